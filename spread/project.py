"""Which project a directory belongs to: the same key on every machine that holds the same work.

Explicit id (`spread.project` in git config), else the normalised remote, else the root commit, else
local only (no key: never sent). Hot path: imported by the SessionStart hook, so `os` and C modules only,
and one `git` for the usual directory.
"""

import os
import select
import time
from posixpath import normpath

from spread.paths import read_plain
from spread.project_remote import instead_of, is_windows, normalise

GIT_TIMEOUT_S = 2.0
SIGKILL = 9  # as POSIX has it; the `signal` module costs the hook 2 ms
MAX_OUTPUT_BYTES = 1 << 20  # `git config --list` is some 5 KB, 100 KB on a repository of 500 remotes
MAX_EXPLICIT_CHARS = 200
MAX_BRANCH_CHARS = 250  # the end of it is the name of a file
LFS = (
    "git-lfs clean -- %f",
    "git-lfs filter-process",
)  # as it is set up; without it all its files would seem changed
LFS_EXTENSION = "lfs.extension."
OWN_SCOPES = ("local", "worktree")
KEPT_GIT_VARIABLES = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH")


class Project:
    """What is known of a directory's project.

    Args:
        key: The same on all machines that share the project; None when it is local only.
        kind: "explicit", "remote", "root-commit" or "local".
        remote: The normalised remote (`host/owner/repo` or `path:/…`), if there is one.
        root: Top level of the work tree, spelled as in the directory asked for.
        branch: None when detached or unknown.
        head: Full commit id; only with state.
        changed: The changed and untracked paths, from the top, sorted; only with state.
        dirty: Whether git reports any change or untracked file; None when not asked or not known in time.
    """

    __slots__ = ("branch", "changed", "dirty", "head", "key", "kind", "remote", "root")

    def __init__(
        self,
        key: str | None = None,
        kind: str = "local",
        *,
        remote: str | None = None,
        root: str | None = None,
        branch: str | None = None,
        head: str | None = None,
        dirty: bool | None = None,
        changed: tuple[str, ...] = (),
    ) -> None:
        self.key = key
        self.kind = kind
        self.remote = remote
        self.root = root
        self.branch = branch
        self.head = head
        self.dirty = dirty
        self.changed = changed

    def __repr__(self) -> str:
        return f"Project({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"


def resolve(directory: str, *, with_state: bool = False) -> Project:
    """Return the project of `directory`; never raises.

    Args:
        with_state: Also find `head` and `dirty` (one or two more `git`, each at most GIT_TIMEOUT_S).
    """
    project = Project()
    try:
        _fill(project, directory, with_state)
    except (OSError, ValueError):  # gone meanwhile, not readable, a NUL in the name
        return project
    return project


def root_of(directory: str) -> str | None:
    """Return the top of the work tree that `directory` is in; never raises, asks no `git`."""
    try:
        found = _work_tree(os.path.realpath(directory))
        return _as_spelled(found[0], os.path.abspath(directory)) if found else None
    except (OSError, ValueError):
        return None


def _fill(project: Project, directory: str, with_state: bool) -> None:
    directory = os.path.abspath(directory)
    physical = os.path.realpath(directory)
    found = _work_tree(physical)
    if found is None:
        return
    top, git_dir = found
    project.root = _as_spelled(top, directory)
    project.branch = _branch(git_dir)
    # asked at the top: below it, a clone may have a folder that git takes for a bare repository of its own
    settings = _config(top)
    project.remote = _remote(settings, project.branch)
    explicit = _explicit(settings)
    if explicit:
        project.key, project.kind = explicit, "explicit"
    elif project.remote:
        project.key, project.kind = project.remote, "remote"
    else:
        commit = _root_commit(top, git_dir)
        if commit:
            project.key, project.kind = f"root:{commit}", "root-commit"
    if with_state:
        place = dict(settings).get("core.worktree", "")  # a repository may name any, as the user's home
        is_here = not place or os.path.realpath(os.path.join(git_dir, place)) == top
        _add_state(project, top, _without_filters(settings, top) if is_here else None)


# The work tree, read as git itself reads it.


def _work_tree(physical: str) -> tuple[str, str] | None:
    """Return (top level, its git directory), walking up from `physical`."""
    top = physical
    while True:
        dot_git = os.path.join(top, ".git")
        if os.path.isfile(os.path.join(dot_git, "HEAD")):
            return top, dot_git
        if os.path.isfile(dot_git):  # a linked worktree or a submodule
            pointer = _first_line(dot_git)
            if pointer.startswith("gitdir:"):
                return top, os.path.join(top, pointer[len("gitdir:") :].strip())
            return None
        parent = os.path.dirname(top)
        if parent == top:
            return None
        top = parent


def _as_spelled(top: str, directory: str) -> str:
    """Return `top` as an ancestor of `directory`, so that paths a session used begin with it."""
    while True:
        if os.path.realpath(directory) == top:
            return directory
        parent = os.path.dirname(directory)
        if parent == directory:
            return top
        directory = parent


def _branch(git_dir: str) -> str | None:
    head = _first_line(os.path.join(git_dir, "HEAD"))
    prefix = "ref: refs/heads/"
    if head == prefix + ".invalid":  # what the reftable format leaves here for old readers
        found = _git(git_dir, "symbolic-ref", "--quiet", "HEAD") or b""
        head = "ref: " + _text(found).strip()
    branch = head[len(prefix) :] if head.startswith(prefix) else ""
    # git reads on where this is no name that it would make; on a page it would be whatever it says
    return (
        branch if branch.isprintable() and " " not in branch and 0 < len(branch) <= MAX_BRANCH_CHARS else None
    )


def _first_line(path: str) -> str:
    return _text(read_plain(path, 4096)).partition("\n")[0].strip()


# What git config says.


def _config(directory: str) -> list[tuple[str, str]]:
    """Return all settings in git's order, includes followed; empty when git refuses or is not there."""
    out = _git(directory, "config", "--null", "--list")
    pairs = (entry.partition("\n") for entry in _text(out or b"").split("\0") if entry)
    return [(name, value) for name, _, value in pairs]


def _explicit(settings: list[tuple[str, str]]) -> str | None:
    value = dict(settings).get("spread.project", "").strip()
    return value if value.isprintable() and len(value) <= MAX_EXPLICIT_CHARS and value else None


def _remote(settings: list[tuple[str, str]], branch: str | None) -> str | None:
    """Return origin normalised, else the branch's upstream remote, else the first remote by name."""
    urls: dict[str, str] = {}
    upstream = ""
    for name, value in settings:
        if name.startswith("remote.") and name.endswith(".url"):
            urls.setdefault(name[len("remote.") : -len(".url")], value)
        elif branch is not None and name == f"branch.{branch}.remote":
            upstream = value
    for name in ("origin", upstream, *sorted(urls)):
        if name in urls:
            return normalise(instead_of(urls[name], settings))
    return None


# What needs the commits.


def _root_commit(directory: str, git_dir: str) -> str | None:
    """Return the first commit of HEAD's first-parent line: merging another history in does not change it."""
    if os.path.exists(os.path.join(_common(git_dir), "shallow")):
        return None  # the oldest commit at hand is not the root
    out = _git(directory, "rev-list", "--first-parent", "--max-parents=0", "HEAD") or b""
    return _text(out).strip().rpartition("\n")[2] or None


def _common(git_dir: str) -> str:
    """Return the directory a linked worktree shares with its repository."""
    pointer = os.path.join(git_dir, "commondir")
    return os.path.join(git_dir, _first_line(pointer)) if os.path.isfile(pointer) else git_dir


def _without_filters(settings: list[tuple[str, str]], directory: str) -> dict[str, str] | None:
    """Return an environment in which `git status` starts no program that the repository's own config names.

    None: what that names is not known, as where it is too long to be read.
    """
    if not settings:
        return None
    if not any(_names_program(name) and value not in LFS for name, value in settings):
        return {}
    raw = _git(directory, "config", "--null", "--show-scope", "--list")
    if raw is None:
        return None
    out = _text(raw).split("\0")
    named = [
        (name, value in LFS, scope in OWN_SCOPES) for scope, entry in zip(out[::2], out[1::2], strict=False)
        for name, _, value in [entry.partition("\n")] if _names_program(name)
    ]  # fmt: skip
    extends = any(is_own and name.startswith(LFS_EXTENSION) for name, _, is_own in named)
    ours = [name for name, is_lfs, is_own in named if (extends if is_lfs else is_own)]
    off = {name: "" for name in ours} | {name.rpartition(".")[0] + ".required": "false" for name in ours}
    around = {"GIT_CONFIG_COUNT": str(len(off))}
    for at, (name, value) in enumerate(off.items()):
        around |= {f"GIT_CONFIG_KEY_{at}": name, f"GIT_CONFIG_VALUE_{at}": value}
    return around


def _names_program(name: str) -> bool:
    """Tell whether a setting is a filter, or what LFS starts in turn for each file."""
    return name.startswith((LFS_EXTENSION, "filter.")) and name.endswith((".clean", ".process"))


def _add_state(project: Project, directory: str, around: dict[str, str] | None) -> None:
    out = None if around is None else _git(
        directory, "status", "--porcelain=v2", "--branch", "--null", "--ignore-submodules=dirty", around=around
    )  # fmt: skip
    if out is None:  # not in time, or not to be asked
        head = _text(_git(directory, "rev-parse", "--quiet", "--verify", "HEAD") or b"").strip()
        project.head = head or None
        return
    lines = [line for line in _text(out).split("\0") if line]
    for line in lines:
        if line.startswith("# branch.oid ") and not line.endswith("(initial)"):
            project.head = line[len("# branch.oid ") :]
    project.changed = tuple(sorted(_paths(lines)))
    project.dirty = any(not line.startswith("# ") for line in lines)


def _paths(lines: list[str]) -> list[str]:
    """Return the paths of `git status --porcelain=v2 --null`; a renamed one's old name is an entry of its own."""
    entries, paths = iter(lines), []
    for line in entries:
        before = {"1": 8, "2": 9, "u": 10, "?": 1}.get(line[0], 0)
        if before and line[1:2] == " ":
            paths.append(line.split(" ", before)[-1])
        if line[0] == "2":
            next(entries, None)
    return paths


# Running git.


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _environment(around: dict[str, str]) -> dict[str, str]:
    """Return our environment without what would point git elsewhere (set while we run inside a git hook)."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in KEPT_GIT_VARIABLES
    }
    fixed = {
        "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": "none",  # for a git that does not know of lazy fetches, which start an ssh of its choice
    }  # fmt: skip
    return {**clean, **fixed, **around}


def _git(
    directory: str, *arguments: str, timeout_s: float | None = None, around: dict[str, str] | None = None
) -> bytes | None:
    """Return what git prints; None when it fails, is not there, or takes longer than `timeout_s` (GIT_TIMEOUT_S)."""
    timeout_s = GIT_TIMEOUT_S if timeout_s is None else timeout_s
    # An fsmonitor is a program named in the repository's config; nothing of ours starts it.
    command = ["git", "-C", directory, "-c", "core.fsmonitor=false", *arguments]
    try:
        if hasattr(os, "posix_spawnp"):
            return _spawn(command, timeout_s, around or {})
        return _run(command, timeout_s, around or {})  # pragma: no cover (Windows)
    except OSError:
        return None


def _run(
    command: list[str], timeout_s: float, around: dict[str, str]
) -> bytes | None:  # pragma: no cover (Windows)
    import subprocess

    try:
        done = subprocess.run(
            command, env=_environment(around), stdin=subprocess.DEVNULL, capture_output=True,
            timeout=timeout_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    return done.stdout[:MAX_OUTPUT_BYTES] if done.returncode == 0 else None


def _spawn(command: list[str], timeout_s: float, around: dict[str, str]) -> bytes | None:
    """Do what `subprocess.run` does, without the 8 ms its import costs."""
    deadline = time.monotonic() + timeout_s
    reading, writing = os.pipe()
    try:
        try:
            process = os.posix_spawnp(
                command[0], command, _environment(around),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, writing, 1),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
            )  # fmt: skip
        finally:
            os.close(writing)
        out = _read_until(reading, deadline)
    finally:
        os.close(reading)
    if out is None:
        os.kill(process, SIGKILL)
    _, status = os.waitpid(process, 0)
    return out if status == 0 else None


def _read_until(reading: int, deadline: float) -> bytes | None:
    """Return all up to end of file; None past `deadline` or MAX_OUTPUT_BYTES.

    What is there already is read all the same: it may be this process that was held up.
    """
    poll = select.poll()
    poll.register(reading, select.POLLIN | select.POLLHUP)
    out = bytearray()
    while len(out) <= MAX_OUTPUT_BYTES:
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            return None
        chunk = os.read(reading, 65536)
        if not chunk:
            return bytes(out)
        out += chunk
    return None


# Paths as a distillation writes them.


def relative(path: str, project: Project, home: str) -> str:
    """Return `path` repo-relative in POSIX form; below `home` as `~/…`; else as it is.

    Lexical: nothing on disk is looked at, so a path of another machine or of Windows comes out the same.
    """
    windows = is_windows(path) or (project.root is not None and is_windows(project.root))
    if windows:
        path = path.replace("\\", "/")
    if not path or path == "~" or path.startswith("~/"):
        return path
    path = normpath(path)
    for top, label in ((project.root, ""), (home, "~")):
        below = _below(path, normpath(top.replace("\\", "/") if windows else top)) if top else None
        if below is not None:
            return "/".join(part for part in (label, below) if part) or "."
    return path


def _below(path: str, top: str) -> str | None:
    folded = is_windows(path) and is_windows(top)
    same = path[: len(top)].lower() == top.lower() if folded else path.startswith(top)
    if not same or (path[len(top) : len(top) + 1] not in ("", "/") and not top.endswith("/")):
        return None
    return path[len(top) :].strip("/")
