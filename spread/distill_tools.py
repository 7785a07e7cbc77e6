"""Which commands build, test, lint or check types, over the ecosystems."""

import re
from typing import Final

_SCRIPT: Final = re.compile(r"(?:^|[:\-_.])(tests?|spec|e2e|unit|lint|typecheck|type-check|types|tsc|check|build|"
                            r"compile|verify|validate|ci|format-check|fmt-check|vet)(?:$|[:\-_.])")  # fmt: skip
# What ends so is named for the tests' or the build's things, and does not run them.
_THING: Final = re.compile(
    r"[\-_.](?:data|fixtures?|server|setup|env|utils?|helpers?|db|config|reports?|results?|outputs?|logs?)$"
)
_KINDS: Final = {
    "lint": "lint", "vet": "lint", "check": "lint", "format-check": "lint", "fmt-check": "lint", "validate": "lint",
    "typecheck": "types", "type-check": "types", "types": "types", "tsc": "types", "build": "build", "compile": "build",
}  # fmt: skip
_ALONE: Final = {
    "pytest": "test", "py.test": "test", "tox": "test", "nox": "test", "jest": "test", "vitest": "test", "mocha": "test",
    "ava": "test", "rspec": "test", "phpunit": "test", "ctest": "test", "behave": "test", "gotestsum": "test",
    "ginkgo": "test", "bats": "test", "busted": "test", "minitest": "test", "cucumber": "test",
    "mypy": "types", "pyright": "types", "basedpyright": "types", "tsc": "types", "vue-tsc": "types", "pyre": "types",
    "eslint": "lint", "flake8": "lint", "pylint": "lint", "golangci-lint": "lint", "staticcheck": "lint",
    "rubocop": "lint", "shellcheck": "lint", "hadolint": "lint", "yamllint": "lint", "markdownlint": "lint",
    "swiftlint": "lint", "stylelint": "lint", "actionlint": "lint", "phpstan": "types", "psalm": "types", "knip": "lint",
    "oxlint": "lint", "tflint": "lint", "ansible-lint": "lint", "credo": "lint", "standard": "lint", "bandit": "lint",
    "ktlint": "lint", "detekt": "lint", "checkstyle": "lint", "luacheck": "lint", "selene": "lint", "vale": "lint",
    "markdownlint-cli2": "lint", "cfn-lint": "lint", "statix": "lint", "deadnix": "lint", "typos": "lint", "kubeconform": "lint",
    "zizmor": "lint", "semgrep": "lint", "elm-test": "test", "prove": "test", "pytest-3": "test", "msbuild": "build",
    "webpack": "build", "rollup": "build", "esbuild": "build", "py_compile": "types", "compileall": "types",
}  # fmt: skip
_VERBS: Final = {
    "go": {"test": "test", "build": "build", "vet": "lint"},
    "cargo": {"test": "test", "nextest": "test", "build": "build", "check": "types", "clippy": "lint", "llvm-cov": "test"},
    "dotnet": {"test": "test", "build": "build"},
    "swift": {"test": "test", "build": "build", "lint": "lint"},
    "mix": {"test": "test", "compile": "build", "credo": "lint", "dialyzer": "types"},
    "deno": {"test": "test", "lint": "lint", "check": "types"},
    "bun": {"test": "test", "build": "build"},
    "zig": {"test": "test", "build": "build"},
    "flutter": {"test": "test", "analyze": "lint", "build": "build"},
    "dart": {"test": "test", "analyze": "lint"},
    "rails": {"test": "test"},
    "rake": {"test": "test", "spec": "test"},
    "ruff": {"check": "lint"},
    "biome": {"check": "lint", "ci": "lint", "lint": "lint"},
    "nix": {"build": "build", "flake": "build"},
    "terraform": {"validate": "lint", "plan": "lint"},
    "tofu": {"validate": "lint"},
    "helm": {"lint": "lint"},
    "docker": {"build": "build"},
    "cypress": {"run": "test"},
    "playwright": {"test": "test"},
    "next": {"build": "build", "lint": "lint"},
    "vite": {"build": "build"},
    "astro": {"check": "types", "build": "build"},
    "svelte-check": {},
    "turbo": {}, "nx": {}, "lerna": {},
    "stack": {"test": "test", "build": "build"}, "cabal": {"test": "test", "build": "build"},
    "sbt": {"test": "test", "compile": "build"},
    "claude": {},
    "pre-commit": {"run": "lint"}, "prek": {"run": "lint"}, "lefthook": {"run": "lint"},
    "composer": {"test": "test"},
    "forge": {"test": "test", "build": "build"},
    "hugo": {}, "mkdocs": {"build": "build"},
    "xcodebuild": {"test": "test", "build": "build"},
    "node": {"--test": "test", "--check": "types"},
    "bash": {"-n": "lint"}, "sh": {"-n": "lint"}, "zsh": {"-n": "lint"},
    "home-manager": {"build": "build"}, "darwin-rebuild": {"build": "build", "check": "build"},
    "nixos-rebuild": {"build": "build"},
    "ng": {"test": "test", "build": "build", "lint": "lint"}, "ember": {"test": "test", "build": "build"},
    "react-scripts": {"test": "test", "build": "build"}, "nuxt": {"build": "build", "typecheck": "types"},
    "nuxi": {"build": "build", "typecheck": "types"}, "hardhat": {"test": "test", "compile": "build"},
    "anchor": {"test": "test", "build": "build"}, "wdio": {"run": "test"}, "newman": {"run": "test"},
    "artisan": {"test": "test"}, "manage.py": {"test": "test", "check": "lint"}, "setup.py": {"test": "test", "build": "build"},
    "gleam": {"test": "test", "build": "build", "check": "types"}, "crystal": {"spec": "test", "build": "build"},
    "dune": {"test": "test", "runtest": "test", "build": "build"}, "lein": {"test": "test"}, "ant": {"test": "test"},
    "rebar3": {"eunit": "test", "ct": "test", "compile": "build", "dialyzer": "types"},
    "meson": {"test": "test", "compile": "build"}, "west": {"build": "build"}, "pio": {"test": "test"},
    "R": {"check": "test"}, "ty": {"check": "types"}, "pyrefly": {"check": "types"}, "srb": {"tc": "types"},
    "sqlfluff": {"lint": "lint"}, "buf": {"lint": "lint", "build": "build"}, "fastlane": {"test": "test"},
    "php": {"-l": "types"}, "ruby": {"-c": "types"}, "perl": {"-c": "types"},
    "mvn": {"package": "build", "install": "build"}, "mvnw": {"package": "build", "install": "build"},
    "gradle": {"assemble": "build"}, "gradlew": {"assemble": "build"},
}  # fmt: skip
_RUNNERS: Final = {"npm", "pnpm", "yarn", "bun", "make", "gmake", "just", "task", "mise", "rush", "turbo", "nx", "lerna",
                   "gradle", "gradlew", "mvn", "mvnw", "npx", "bunx", "pnpx", "deno", "composer", "rake", "poe", "pdm",
                   "hatch", "invoke", "inv", "sbt", "ninja", "bazel", "buck2", "dagger", "earthly", "mill", "scala-cli", "rye"}  # fmt: skip
_FORMATTERS: Final = frozenset(
    ("prettier", "black", "isort", "stylua", "shfmt", "rustfmt", "clang-format", "dprint")
)
_FORMATS: Final = frozenset(("format", "fmt"))
_CHECKS: Final = frozenset(("--check", "-check", "--check-formatted", "--check-only"))
_IN_TEXT: Final = frozenset(("julia", "Rscript", "R"))
_STAYS: Final = frozenset(("serve", "--serve", "--watch"))  # it goes on, and says nothing of an end
_THROUGH: Final = {"npx", "bunx", "pnpx", "uvx", "pipx"}
_PYTHON: Final = re.compile(r"(?:python[\d.]*|py|pypy3?)")
_UV_VALUES: Final = frozenset(
    ("--with", "--python", "-p", "--extra", "--group", "--package", "--project", "--directory")
)
_NO_RUN: Final = {
    "--help",
    "-h",
    "--version",
    "-V",
    "--collect-only",
    "--co",
    "--list",
    "--listTests",
    "--dry-run",
    "-n",
}


_NEVER: Final = frozenset(
    ("cd", "echo", "head", "tail", "grep", "cat", "ls", "git", "sed", "awk", "find", "rm", "mkdir", "gh", "export", "sleep",
     "printf", "wc", "sort", "cp", "mv", "curl", "jq", "rg", "true", "for", "done", "pwd", "which", "touch", "chmod", "kill")
)  # fmt: skip


def kind_of(words: list[str]) -> str:
    """Return which kind of validation a simple command is, or an empty string."""
    if not words or words[0] in _NEVER:
        return ""
    words = _unwrapped(words)
    if not words or (not _NO_RUN.isdisjoint(words[1:]) and words[0] not in ("bash", "sh", "zsh")):
        return ""
    name = words[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    args = [word for word in words[1:] if not word.startswith(("-", "+"))]
    if name in _ALONE:
        return _ALONE[name] if _STAYS.isdisjoint(words) else ""
    if not _CHECKS.isdisjoint(words) and (name in _FORMATTERS or not _FORMATS.isdisjoint(words)):
        return "lint"
    if name in _IN_TEXT and any("Pkg.test" in word or "::test(" in word for word in words):
        return "test"
    if name == "ruby" and any(word.startswith(("test/", "spec/")) for word in args):
        return "test"
    if name in ("clj", "clojure"):
        return "test" if any(":test" in word for word in words) else ""
    if name in ("bash", "sh", "zsh") and words[1:2] != ["-n"]:
        return _script(words[1]) if len(words) > 1 else ""
    if name in _FORMATTERS or (name == "ruff" and args[:1] == ["format"]):
        return "lint" if name == "prettier" and {"-c", "-l"} & set(words) else ""
    if name == "cmake":
        return "build" if "--build" in words else ""
    for word in words[1:4]:
        if word in _VERBS.get(name, {}):
            return _VERBS[name][word]
    if name in _RUNNERS:
        if name in ("npm", "pnpm", "yarn", "bun") and set(args[:1]) & {
            "install",
            "i",
            "add",
            "ci",
            "remove",
            "dlx",
            "create",
        }:
            return ""
        if name in ("make", "gmake", "ninja") and not args:
            return "build"
        return next((kind for word in args[:4] if (kind := _script(word))), "")
    return _script(words[0]) if words[0].startswith(("./", "../", "/", "scripts/", "bin/")) else ""


def _script(word: str) -> str:
    """Return the kind that the name of a script or target promises."""
    name = word.replace("\\", "/").rpartition("/")[2] if "/" in word else word
    name = re.sub(r"\.(?:sh|py|js|ts|mjs|rb|ps1)$", "", name)
    found = None if _THING.search(name) else _SCRIPT.search(name)
    return _KINDS.get(found[1], "test") if found else ""


def _unwrapped(words: list[str]) -> list[str]:
    """Drop what only runs another command: uv run, npx, python -m, docker exec, nix develop -c …"""
    for _ in range(4):
        if not words:
            return words
        name, rest = words[0].rpartition("/")[2], words[1:]
        if name in _THROUGH:
            words = [word for at, word in enumerate(rest) if not (word.startswith("-") and at < 3)]
        elif name in ("uv", "poetry", "pipenv", "pdm", "hatch", "rye", "pixi", "conda", "mise", "bundle", "pnpm", "yarn",
                      "bun", "npm", "direnv", "dotenv", "volta", "fnm", "rtx", "asdf", "doppler", "op") and rest[:1] in (
            ["run"], ["exec"], ["x"]) and not (name in ("npm", "pnpm", "yarn", "bun", "mise", "hatch", "pdm")
                                             and rest[0] == "run"):  # fmt: skip
            words = rest[1:]
            while words and words[0].startswith("-"):
                words = words[2:] if name == "uv" and words[0] in _UV_VALUES else words[1:]
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
        elif name in ("docker", "podman", "kubectl") and "exec" in rest[:2]:
            at = rest.index("exec") + 1
            while at < len(rest) and rest[at].startswith("-"):
                at += 2 if rest[at] in ("-w", "-u", "-e", "--workdir", "--user") else 1
            words = rest[at + 1 :]
        elif name == "nix" and rest[:1] in (["develop"], ["shell"]) and ("-c" in rest or "--command" in rest):
            words = rest[rest.index("-c" if "-c" in rest else "--command") + 1 :]
        else:
            return words
    return words
