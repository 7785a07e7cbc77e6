"""A remote URL in the one form all machines agree on.

Hot path: imported by the SessionStart hook through `project`.
"""

from posixpath import normpath

# Forges that look up owner and repository without regard to case.
CASELESS_HOSTS = ("github.com", "gitlab.com", "bitbucket.org")
# The same forge under the name it uses for SSH over port 443, or with a needless `www.`.
HOST_ALIASES = {
    "ssh.github.com": "github.com",
    "www.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "www.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
    "www.bitbucket.org": "bitbucket.org",
}


def normalise(url: str) -> str | None:
    """Return `host/owner/repo`, or `path:/…` for an absolute path; None when the URL names nothing to share.

    Scheme, user, password, port, query, `.git` and the host's case are dropped, so no secret survives.
    """
    url = url.strip()
    helper, double, rest = url.partition("::")
    if double and helper.isalnum():
        if helper in ("ext", "fd"):  # a command line or a file descriptor
            return None
        url = rest
    if not url.isprintable():
        return None
    scheme, separator, rest = url.partition("://")
    if separator:
        if scheme.lower() == "file":
            return _path_key(rest if rest.startswith("/") else "//" + rest)
        authority, _, path = rest.partition("/")
        return _host_key(authority, path.partition("?")[0].partition("#")[0])
    if is_windows(url) or url.startswith("/"):
        return _path_key(url)
    at = url.find("]:") + 1 if "[" in url.partition("/")[0] else url.find(":")
    if at <= 0 or "/" in url[:at]:
        return None  # a relative path means something else on every machine
    if "@" in url[at:] and "@" not in url[:at]:
        return None  # `user:password@host:path` is no form git knows: rather no key than a password
    return _host_key(url[:at], url[at + 1 :])


def _host_key(authority: str, path: str) -> str | None:
    host = authority.rpartition("@")[2].lower()
    # `[::1]` is an IPv6 address; `[host:22]` or `[user@host:22]` is how scp's form gives a port.
    if "]" in host:
        inside = host.lstrip("[").partition("]")[0]
        host = f"[{inside}]" if inside.count(":") > 1 else inside.partition(":")[0]
    else:
        host, _, port = host.partition(":")
        if port and (not port.isdigit() or ("@" in path and "@" not in authority)):
            return None  # a `/` in a password ends the authority early: rather no key than half a password
    host = host.rstrip(".")
    host = HOST_ALIASES.get(host, host)
    path = _without_git(_unquoted(path).lstrip("/").removeprefix("~/"))
    if host == "ssh.dev.azure.com":
        host, path = "dev.azure.com", path.removeprefix("v3/")
    if host == "dev.azure.com":
        path = path.replace("/_git/", "/")
    if host in CASELESS_HOSTS:
        path = path.lower()
    return f"{host}/{path}" if host and path and path.isprintable() else None


def _path_key(path: str) -> str | None:
    path = _unquoted(path)
    if path[:1] == "/" and is_windows(path.lstrip("/")):
        path = path.lstrip("/")  # file:///C:/git/x
    if path.startswith("//localhost/"):
        path = path[len("//localhost") :]
    if is_windows(path):
        path = path.replace("\\", "/").lower()
    path = _without_git(path)
    return f"path:{path}" if path.isprintable() and path.strip("/") else None


def _without_git(path: str) -> str:
    path = path.rstrip("/")
    path = normpath(path) if path else path
    return path.removesuffix("/.git").removesuffix(".git").rstrip("/")


def _unquoted(text: str) -> str:
    """Return `text` with %XX decoded (urllib costs the hook 10 ms)."""
    if "%" not in text:
        return text
    first, *rest = text.encode("utf-8", "surrogatepass").split(b"%")
    out = [first]
    for piece in rest:
        try:
            out.append(bytes([int(piece[:2].decode("ascii"), 16)]) + piece[2:])
        except ValueError:
            out.append(b"%" + piece)
    return b"".join(out).decode("utf-8", "replace")


def instead_of(url: str, settings: list[tuple[str, str]]) -> str:
    """Return `url` as `url.<base>.insteadOf` rewrites it: the longest matching prefix wins, once."""
    best, chosen = "", ""
    for name, prefix in settings:
        if not (name.startswith("url.") and name.endswith(".insteadof")):
            continue
        if url.startswith(prefix) and len(prefix) > len(best):
            best, chosen = prefix, name[len("url.") : -len(".insteadof")]
    return chosen + url[len(best) :] if best else url


def is_windows(path: str) -> bool:
    """Tell whether `path` starts with a drive (`C:\\`, `C:/`) or a share (`\\\\server`)."""
    return path.startswith("\\\\") or (path[1:2] == ":" and path[2:3] in ("\\", "/") and path[0].isalpha())
