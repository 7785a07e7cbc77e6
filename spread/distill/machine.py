"""What commands changed besides the files listed: programs installed, repositories cloned, settings and whole projects made."""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from spread.distill import deployed
from spread.distill.errors import unanswered
from spread.distill.files import absolute, relative
from spread.distill.newest import drop_oldest
from spread.distill.once import of_line
from spread.distill.shell import Simple, placed
from spread.distill.signs import Sign
from spread.distillation_codec import shorten
from spread.distillation_told import MACHINE

KEPT: Final = 20
SHOWN_CHARS: Final = 60
CLUSTER_CHARS: Final = 110  # which object it is of, and what it is set to
KEPT_CHARS: Final = (
    CLUSTER_CHARS + 800
)  # what is shown is cut after it was redacted: half a secret is not found
WITHOUT_VALUES: Final = 4  # words of a command whose further ones may be a secret
_PACKAGES: Final = frozenset(
    ("install", "uninstall", "reinstall", "upgrade", "remove", "purge", "autoremove", "add", "del", "tap", "untap", "i")
)  # fmt: skip
_SERVICES: Final = frozenset(
    ("enable", "disable", "start", "stop", "restart", "mask", "unmask", "load", "unload", "bootstrap", "bootout")
)  # fmt: skip
_SETTINGS: Final = frozenset(("write", "delete", "import", "set", "add", "reset", "load"))
_MAKES: Final = frozenset(("new", "create", "init"))
_DEPLOYS: Final = frozenset(
    ("apply", "create", "delete", "scale", "destroy", "install", "upgrade", "uninstall", "rollback")
)
_ACTS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(
        ("brew", "apt", "apt-get", "dnf", "yum", "zypper", "apk", "opkg", "snap", "flatpak", "port", "choco", "scoop",
         "winget", "mas", "pkg", "pip", "pip3", "pipx", "gem", "luarocks", "conda", "mamba", "micromamba", "npm", "pnpm",
         "yarn", "bun", "cargo", "uv", "poetry", "pdm", "mise", "asdf", "pyenv", "nvm", "fnm", "volta", "sdk", "rustup",
         "opam", "cabal", "stack", "raco", "mix", "dotnet", "nix"), _PACKAGES,
    ),
    "go": frozenset(("install", "get")),
    "composer": frozenset(("require", "remove", "create-project")),
    "bundle": frozenset(("add", "remove", "gem")),
    **dict.fromkeys(("systemctl", "launchctl", "service", "rc-service"), _SERVICES),
    **dict.fromkeys(("defaults", "gsettings", "dconf", "reg", "uci"), _SETTINGS),
    **dict.fromkeys(("helm", "terraform", "tofu"), _DEPLOYS),
    "kubectl": _DEPLOYS | frozenset(
        ("patch", "replace", "edit", "set", "label", "annotate", "taint", "cordon", "uncordon", "drain", "autoscale", "expose")
    ),
    "git": frozenset(("clone",)),
    # These make the files of a new project, which no output lists.
    **dict.fromkeys(
        ("rails", "ng", "nest", "laravel", "symfony", "gatsby", "jekyll", "hugo", "sbt", "vue", "flutter", "expo"), _MAKES
    ),
    "django-admin": frozenset(("startproject", "startapp")),
}  # fmt: skip
_MAKERS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("npm", "pnpm", "yarn", "bun"), frozenset(("create", "init"))),
    **dict.fromkeys(
        ("cargo", "dotnet", "uv", "poetry", "mix", "stack"), frozenset(("new", "init", "phx.new"))
    ),
}
_NAMING: Final = frozenset((*_MAKES, "clone", "worktree", "venv", "startproject"))
_RUNNERS: Final = frozenset(("npx", "bunx", "pnpx"))  # of what is fetched for one run
_PAIRS: Final[dict[str, frozenset[tuple[str, str]]]] = {  # a verb and what follows it
    "git": frozenset((("worktree", "add"), ("worktree", "remove"), ("config", "--global"))),
    "gh": frozenset(
        (("repo", "create"), ("repo", "clone"), ("repo", "fork"), ("secret", "set"), ("variable", "set"),
         ("release", "create"), ("extension", "install"))
    ),
    "uv": frozenset((("tool", "install"), ("tool", "uninstall"), ("pip", "install"), ("pip", "uninstall"))),
    "dotnet": frozenset((("tool", "install"),)),
    "nix": frozenset((("profile", "install"), ("profile", "remove"))),
    "yarn": frozenset((("global", "add"), ("global", "remove"))),
    **dict.fromkeys(
        ("conda", "mamba"), frozenset((("env", "create"), ("env", "remove"), ("create", "-n"), ("create", "--name")))
    ),
    **dict.fromkeys(("python", "python3", "py"), frozenset((("-m", "venv"),))),
    "kubectl": frozenset((("rollout", "restart"), ("rollout", "undo"), ("rollout", "pause"), ("rollout", "resume"))),
    "argocd": frozenset((("app", "sync"), ("app", "set"), ("app", "rollback"), ("app", "delete"), ("app", "create"))),
}  # fmt: skip
_SWITCHES: Final[dict[str, tuple[str, ...]]] = {
    "pacman": ("-S", "-R", "-U"), "dpkg": ("-i", "-r"), "rpm": ("-i", "-U", "-e"), "code": ("--install-extension",),
    "sysctl": ("-w",), "scutil": ("--set",), "pmset": ("-a", "-b", "-c"), "nix-env": ("-i", "-e"),
}  # fmt: skip
# These need what is installed.
_BARE: Final = frozenset(("npm", "pnpm", "yarn", "bun", "poetry", "pdm", "uv", "mix", "dotnet"))
_HINTS: Final = (
    "install", " add ", " i ", "remove", "upgrade", "clone", " get ", "require", "enable", "disable", " start", "stop",
    "load", "write ", " set", "delete", "import", "create", "apply", "worktree", "--global", "purge", " tap ", " -S",
    "boot", " -m venv", "fork", " -w", " -R", " -i", "scale", "destroy", "mask", " -a ", " -U", " del ", " new ", "phx.new",
    "bundle gem", "kubectl", "argocd", "| sh", "| bash", "| zsh", "| sudo", "$(curl",
)  # fmt: skip
# What these act on is only said by the folder that they run in.
_BY_FOLDER: Final = frozenset(("terraform", "tofu", "terragrunt", "pulumi", "cdk"))
_CLUSTERS: Final = frozenset(("kubectl", "helm", "argocd"))
_WHERE: Final = frozenset(
    ("-n", "--namespace", "--context", "--kube-context", "--cluster", "--kubeconfig", "-s", "--server")
)
_VALUES: Final = ("--from-", "--set", "-p", "--patch", "--values")  # begin what may hold a secret
_LOOKS: Final = frozenset(("--help", "-h", "--dry-run", "--version", "--list", "-l"))
_HOLDS_VALUES: Final = frozenset(("gh", "reg"))
_SHELLS: Final = frozenset(("sh", "bash", "zsh"))
_FETCHERS: Final = frozenset(("curl", "wget"))
_PROGRAMS: Final = frozenset((*_ACTS, *_PAIRS, *_SWITCHES, *_RUNNERS))
_FAILED: Final = Sign(
    r"^\s*(?:\S+:? )?(?:error|fatal|err!)[:! ]|^e: |command not found|permission denied|^\S+: not found",
    "error", "fatal", "err!", "e: ", "not found", "permission denied", fold=True,
)  # fmt: skip
_NOTHING: Final = Sign(
    r"\balready (?:installed|up.to.date|tapped|exists)|requirement already satisfied", "already ", fold=True
)


@of_line
def may_act(source: str) -> bool:
    """Tell quickly whether a command line may change something on the machine."""
    return any(map(source[:3_000].__contains__, _HINTS)) or deployed.may(source[:3_000])


def note(
    made: dict[str, int], line: int, commands: list[Simple], output: str, *, cwd: str = "", root: str = ""
) -> None:
    """Take over what commands changed on the machine that ended well.

    Args:
        made: The commands, with lines; the newest last.
        output: What they printed, which may tell that one of them failed all the same.
        cwd: Where the line began, if that is known.
    """
    found = [item for item in commands if (item.name in _PROGRAMS and _acts(item)) or deployed.does(item)]
    found += _installers(commands)
    if not found or _FAILED.search(output) or unanswered(output):
        return
    if _NOTHING.search(output) and "uccessfully installed" not in output:
        return
    for item in found:
        words = item.words[:WITHOUT_VALUES] if item.name in _HOLDS_VALUES else _without_values(item)
        words = deployed.without_secrets(words) if deployed.does(item) else words
        text = " ".join(" ".join(words)[:KEPT_CHARS].replace("`", "'").split())
        text = f"{_way_to(item, commands, cwd, root) if cwd and item.name in _BY_FOLDER else ''}{text}"
        made.pop(text, None)
        made[text] = line
    drop_oldest(made, KEPT)


def _way_to(item: Simple, commands: list[Simple], cwd: str, root: str) -> str:
    """Return how to get from the root to where a command ran."""
    here = next((here for each, here in placed(commands) if each is item), None)
    where = relative(absolute(here, cwd), root) if here is not None else ""
    return f"cd {where} && " if where not in ("", relative(root, root)) else ""


def _installers(commands: list[Simple]) -> list[Simple]:
    """Return the scripts that were fetched and run at once, as many programs are installed."""
    out = list[Simple]()
    for item, after in pairwise([*commands, Simple()]):
        if item.name in _FETCHERS and item.joint == "|" and after.name in _SHELLS:
            out.append(Simple([*item.words, "|", after.name]))
        elif item.name in _SHELLS and item.words[1:2] == ["-c"] and item.words[-1].startswith("$(curl "):
            out.append(item)
    return out


def _without_values(item: Simple) -> list[str]:
    """Return the words of a command, of what makes a secret of a cluster only those before its values."""
    secret = item.name in _CLUSTERS and any("secret" in word.lower() for word in item.words)
    kept = (at for at, word in enumerate(item.words) if secret and word.startswith(_VALUES))
    return item.words[: next(kept, len(item.words))]


def _acts(item: Simple) -> bool:
    """Tell whether a command installs, removes or sets something."""
    words = item.words[1:]
    while (
        item.name in _CLUSTERS and words[:1] and words[0].startswith("-")
    ):  # these say where, before what is done
        del words[: 1 + (words[0] in _WHERE)]
    looks = _LOOKS - {"-l"} if item.name == "kubectl" else _LOOKS  # which chooses by labels there
    if not words or any(word.partition("=")[0] in looks for word in words):
        return False
    plain = [word for word in words if not word.startswith("-")]
    if words[:2] == ["-m", "pip"]:
        return plain[1:2] != [] and plain[1] in _PACKAGES
    first = plain[0] if plain else ""
    if item.name in _RUNNERS or (first in ("dlx", "x") and item.name in _BARE):
        return _makes(plain if item.name in _RUNNERS else plain[1:])
    if first in _MAKERS.get(item.name, ()):
        return len(plain) > 1
    if first in _ACTS.get(item.name, ()):
        return len(plain) > 1 or item.name not in _BARE
    if item.name in _SWITCHES:
        return words[0].startswith(_SWITCHES[item.name])
    return tuple(words[:2]) in _PAIRS.get(item.name, ())


def _makes(words: list[str]) -> bool:
    """Tell whether a package that is run once makes a new project, by its name or by what it is told to do."""
    name = words[0].rpartition("/")[2] if words else ""
    return name.startswith("create-") or (words[1:2] != [] and words[1] in _MAKES)


def told(
    made: dict[str, int], safe: Callable[[str], str], removed: dict[str, int] | None = None
) -> list[tuple[int, str]]:
    """Return (line, text) of what was changed on the machine, without folders made that are gone again.

    Args:
        removed: Absolute paths that were taken away, with lines.
    """
    gone = {path.rpartition("/")[2]: line for path, line in (removed or {}).items()}
    shown = {
        shorten(safe(text), CLUSTER_CHARS if deployed.may(text) else SHOWN_CHARS): line
        for text, line in made.items()
        if not (gone and any(gone.get(name, 0) > line for name in _made_by(text)))
    }
    return [(line, f"{MACHINE}`{text}`") for text, line in shown.items()]


def _made_by(text: str) -> list[str]:
    """Return the bare names that a command gives to what it makes or fetches, as far as it does."""
    words = text.split()
    makes = any(word in _NAMING or word.startswith("create-") for word in words[1:4])
    return [word.rstrip("/").rpartition("/")[2].removesuffix(".git") for word in words[2:]] if makes else []


def is_other(made: dict[str, int]) -> bool:
    """Tell whether the machine is another one after that, not only with a copy of a repository more."""
    return any(not text.startswith("git ") for text in made)
