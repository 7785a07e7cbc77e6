"""Which command another one only runs: what stands behind `uv run`, `npx`, `docker exec`, `python -m` and their like."""

import re
from typing import Final

FAR: Final = 20  # words, as there may be options before a verb
_NONE: Final = frozenset[str]()
_THROUGH: Final = {"npx", "bunx", "pnpx", "uvx", "pipx"}
_PACKAGE: Final = frozenset(("-p", "--package", "--from", "--with", "--python", "--spec"))
VARIABLE: Final = re.compile(r"[A-Za-z_]\w*=")
_PYTHON: Final = re.compile(r"(?:python[\d.]*|py|pypy3?)")
# Managers of environments and of secrets, with the options of each that have a value before the command.
_NAMED: Final = frozenset(("-n", "--name", "-p", "--prefix"))
_MANAGERS: Final = {
    "uv": frozenset(("--with", "--python", "-p", "--extra", "--group", "--package", "--project", "--directory")),
    "conda": _NAMED, "mamba": _NAMED, "micromamba": _NAMED, "poetry": frozenset(("-C", "-P", "--directory", "--project")),
} | dict.fromkeys(
    ("pipenv", "pdm", "hatch", "rye", "pixi", "bundle", "pnpm", "yarn", "bun", "npm", "direnv", "dotenv", "dotenvx", "volta", "fnm", "rtx",
     "asdf", "mise", "doppler", "op", "opam"), _NONE,
)  # fmt: skip
# What stands behind `run` of these is a script or task of their own, or a tool by its bare name.
_SCRIPTED: Final = frozenset(("npm", "pnpm", "yarn", "bun", "mise", "hatch", "pdm", "pixi"))
_PYTHON_TOOLS: Final = frozenset(
    ("pytest", "mypy", "ruff", "pyright", "basedpyright", "flake8", "pylint", "tox", "nox", "coverage", "python", "python3")
)  # fmt: skip
_NODE_FILE: Final = re.compile(r"(?:.*/)?node_modules/([\w.-]+)/.*\.[cm]?js")
_XARGS_VALUES: Final = frozenset(
    ("-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s", "--arg-file", "--delimiter", "--max-args", "--max-lines", "--max-procs")
)  # fmt: skip
# Tools that come as packages for Node, which pnpm, yarn and bun run by their bare name.
_NODE_TOOLS: Final = frozenset(
    ("jest", "vitest", "mocha", "ava", "tsc", "vue-tsc", "eslint", "stylelint", "knip", "oxlint", "webpack", "rollup", "esbuild",
     "jasmine", "tap", "tape", "testcafe", "cucumber-js", "markdownlint-cli2", "cypress", "playwright", "next", "vite", "astro",
     "turbo", "nx", "lerna", "biome", "prettier", "ng", "ember", "react-scripts", "nuxt", "nuxi", "hardhat", "wdio", "pyright",
     "tauri", "electron-vite", "nest", "vue-cli-service")
)  # fmt: skip
# What only sets variables or the version of what it runs, and the options of each that have a value.
_SETS_UP: Final = {
    "cross-env": _NONE, "corepack": _NONE, "fvm": _NONE, "dotenv": frozenset(("-e", "-c", "-f")), "env-cmd": frozenset(("-e", "-f")),
    "c8": frozenset(("-r", "--reporter")), "nyc": frozenset(("-r", "--reporter")), "unbuffer": _NONE,
}  # fmt: skip
_BY_NAME: Final = frozenset(("pnpm", "yarn", "bun"))
_ON_THE_TOOL: Final = frozenset(("dlx", "run", "workspace"))
_OF_PACKAGE: Final = frozenset(
    ("--filter", "-F", "-C", "--dir", "--cwd", "workspace")
)  # what follows is no tool


WITH_COMPOSE: Final = frozenset(("docker", "podman"))
COMPOSE: Final = frozenset(("docker-compose", "podman-compose"))
CONTAINERS: Final = WITH_COMPOSE | COMPOSE | {"kubectl"}
ELSEWHERE: Final = CONTAINERS | {"ssh", "wsl"}  # what runs a command among other files than those here
_DETACHED: Final = re.compile(r"-[it]*d[it]*|--detach(?:=true)?")
_INTO: Final = frozenset(("exec", "run"))
_BARE: Final = frozenset(
    ("-T", "-i", "-t", "-it", "-ti", "-d", "--rm", "--tty", "--interactive", "--no-deps", "--init", "--privileged", "--build", "--quiet",
     "-q", "--stdin", "--no-TTY", "--detach", "--service-ports", "--use-aliases", "--read-only", "-P", "-a")
)  # fmt: skip


# Scripts that a project keeps to run a command in its container or environment, and what is then surely a tool.
_OWN: Final = re.compile(
    r"(?:\./|\.\./|scripts/|bin/|tools/)(?:[\w.-]+/)*(?:[\w.]+[_-])?(?:run|exec|docker|dev|dc|env|container|venv)(?:\.sh|\.bash)?"
)
_TOOLS: Final = (
    _PYTHON_TOOLS - {"python", "python3"}
    | _NODE_TOOLS
    | {"go", "cargo", "rspec", "rubocop", "phpunit", "phpstan", "ctest"}
)


def by_script(words: list[str]) -> bool:
    """Tell whether a script of the project's own runs a tool: whether it hands on how that ended nobody knows."""
    return words[1:2] != [] and words[1] in _TOOLS and _OWN.fullmatch(words[0]) is not None


def _contained(words: list[str]) -> list[str] | None:
    """Return what is run in a container, None where nothing is."""
    at = next((at for at, word in enumerate(words[:FAR]) if word in _INTO), 0)
    if not at or (words[at] == "run" and words[0].endswith("kubectl")):
        return None
    at += 1
    while at < len(words) and words[at].startswith("-"):
        if _DETACHED.fullmatch(words[at]):
            return []  # it goes on, and its exit code says nothing
        at += 1 if words[at] in _BARE or "=" in words[at] else 2
    at += 1  # the container, its image or the service
    if words[at : at + 1] == ["-c"]:
        at += 2
    return words[at + (words[at : at + 1] == ["--"]) :]


def _tool_at(words: list[str]) -> int:
    """Return the place, from 1, of the tool that a package manager runs by its bare name; 0 where it runs none."""
    before = ""
    for at, word in enumerate(words[:FAR], 1):
        if before not in _OF_PACKAGE and not word.startswith("-") and word not in _ON_THE_TOOL:
            return at if word in _NODE_TOOLS else 0
        before = "" if before in _OF_PACKAGE else word
    return 0


def _is_own(name: str, words: list[str]) -> bool:
    """Tell whether `run` names something of a manager's own."""
    return name in _SCRIPTED and words[0] == "run" and _PYTHON_TOOLS.isdisjoint(words[1:2])


def unwrapped(words: list[str]) -> list[str]:
    """Drop what only runs another command: uv run, npx, xargs, python -m, docker exec, nix develop -c …"""
    for _ in range(4):
        if not words:
            return words
        name, rest = words[0].rpartition("/")[2], words[1:]
        if name == "pnpm" and rest[:1] and rest[0].startswith("-") and "exec" in rest[:FAR]:
            rest = rest[rest.index("exec") :]
        if (name in _BY_NAME or (name == "npm" and rest[:1] == ["run"])) and (tool := _tool_at(rest)):
            return rest[tool - 1 :]
        if name in _THROUGH or name == "xargs":
            words, valued = rest, _XARGS_VALUES if name == "xargs" else _PACKAGE
            while words and words[0].startswith("-"):
                words = words[2:] if words[0] in valued else words[1:]
        elif name in _MANAGERS and rest[:1] in (["run"], ["exec"], ["x"]) and not _is_own(name, rest):
            words = rest[1 + (name == "direnv") :]
            while words and words[0].startswith("-"):
                words = words[2:] if words[0] in _MANAGERS[name] else words[1:]
        elif name == "node" and (file := next((word for word in rest if word[:1] != "-"), "")) in rest[:4]:
            if (found := _NODE_FILE.fullmatch(file)) is None:
                return words
            words = [found[1], *rest[rest.index(file) + 1 :]]
        elif name in _SETS_UP:
            words = rest
            while words and (words[0].startswith("-") or VARIABLE.match(words[0])):
                words = words[2:] if words[0] in _SETS_UP[name] else words[1:]
        elif name == "php" and rest[:1] and rest[0].startswith(("vendor/bin/", "./vendor/bin/")):
            words = rest
        elif (name, *rest[:1]) in (("php", "artisan"), ("coverage", "run")):
            words = rest if name == "php" else ["python", *rest[1:]]
        elif _PYTHON.fullmatch(name) and rest and rest[0].rpartition("/")[2] in ("manage.py", "setup.py"):
            words = [rest[0].rpartition("/")[2], *rest[1:]]
        elif _PYTHON.fullmatch(name) and "-m" in rest[:3]:
            words = rest[rest.index("-m") + 1 :]
            if words[:1] == ["unittest"]:
                return ["pytest", *words[1:]]
            if words[:1] == ["build"]:
                return ["make", "build"]
        elif by_script(words):
            words = rest
        elif name in CONTAINERS and (inside := _contained(words)) is not None:
            words = inside
        elif name == "nix" and rest[:1] in (["develop"], ["shell"]) and ("-c" in rest or "--command" in rest):
            words = rest[rest.index("-c" if "-c" in rest else "--command") + 1 :]
        else:
            return words
    return words
