# ruff: noqa: RUF001  (test runners print crosses and ticks)
"""Builds, tests, lints and type checks: which command is one, and what it really said.

"passed" is a claim others act on, so it needs an exit code of 0 that nothing hides, or output that can
only mean success; whatever is left open is "unknown".
"""

import re
from dataclasses import dataclass
from typing import Final

from spread.distill_shell import Simple, split
from spread.distillation import UNKNOWN
from spread.transcript import DENIED, INTERRUPTED, Call

_QUICK: Final = re.compile(
    r"test|spec|lint|check|build|tsc|mypy|pyright|ruff|flake8|clippy|\bvet\b|jest|vitest|mocha|tox|nox|biome|prettier"
    r"|verify|validate|make|just|mise|gradle|mvn|typecheck|black|rubocop|phpunit|phpstan|psalm|standard|credo|ctest"
    r"|cypress|playwright|compile|\bqa\b|\bci\b",
    re.I,
)
_SCRIPT: Final = re.compile(r"(?:^|[:\-_.])(tests?|spec|e2e|unit|lint|typecheck|type-check|types|tsc|check|build|"
                            r"compile|verify|validate|ci|format-check|fmt-check|vet)(?:$|[:\-_.])")  # fmt: skip
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
}  # fmt: skip
_VERBS: Final = {
    "go": {"test": "test", "build": "build", "vet": "lint"},
    "cargo": {"test": "test", "nextest": "test", "build": "build", "check": "types", "clippy": "lint"},
    "dotnet": {"test": "test", "build": "build"},
    "swift": {"test": "test", "build": "build"},
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
}  # fmt: skip
_RUNNERS: Final = {"npm", "pnpm", "yarn", "bun", "make", "gmake", "just", "task", "mise", "rush", "turbo", "nx", "lerna",
                   "gradle", "gradlew", "mvn", "mvnw", "npx", "bunx", "pnpx", "deno", "composer", "rake", "poe", "pdm",
                   "hatch", "invoke", "inv", "sbt", "ninja", "bazel", "buck2", "dagger", "earthly"}  # fmt: skip
_THROUGH: Final = {"npx", "bunx", "pnpx", "uvx", "pipx"}
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

NEVER_RAN: Final = (
    DENIED, INTERRUPTED, "This command requires approval", "<tool_use_error>", "Claude requested permissions",
    "This Bash command contains multiple operations", "Command failed: cygpath", "Permission to use",
    "Glob patterns are not allowed", "ENOENT: no such file or directory, posix_spaw",
)  # fmt: skip
_EXIT: Final = re.compile(r"Exit code (\d+)")
_ECHOED: Final = re.compile(r"(?im)^\W*(?:[\w ]*(?:exit|rc|status|result|code)[\w ]*)\W{1,3}(\d{1,3})\W*$")

_TEST_FAIL: Final = re.compile(
    r"(?m)^(?:FAILED\b|FAIL\b|--- FAIL|FAILURES?!|FAILED \(|not ok \d)"
    r"|\b[1-9]\d* (?:failed|failing|failures?)\b|^\s*[1-9]\d* fail$|(?:failures|errors)=[1-9]|test result: FAILED"
    r"|Tests?:\s+[1-9]\d* failed|\bNo module named \w+|# fail [1-9]|\d+ examples?, [1-9]\d* failures?|[✖✗] [1-9]\d* "
)
_FAIL: Final = re.compile(
    r"(?m)^(?:npm ERR!|make(?:\[\d+\])?: \*\*\*|BUILD FAILED|ERROR in |error(?:\[E\d+\])?: |vet(?:\.exe)?: )"
    r"|^\S+?\.\w{1,5}:\d+:\d+: (?!note|warning|info)|\berror TS\d+|Build failed|exit status [1-9]|ELIFECYCLE|ERROR task failed"
    r"|\bFound [1-9]\d* errors?|\b[1-9]\d* (?:errors?|problems?)\b|^[1-9]\d* issues:|Command failed with exit code [1-9]"
    r"|^(?:\S+: )?(?:\S+: )?command not found|: command not found$|Would reformat|Some errors were emitted|> Build error"
)
_PASS: Final = re.compile(
    r"(?m)^(?:OK(?: \(.*\))?|ok[ \t]+\S+.*|PASS|All checks passed!|Success: no issues found.*|BUILD SUCCESS(?:FUL)?.*)\s*$"
    r"|^=*\s*\d+ passed\b|test result: ok\.|Tests:\s+(?:\d+ skipped, )?\d+ passed|\b\d+ passing\b|^\s*(?:\d+ pass|0 fail)\s*$"
    r"|\b0 (?:errors|failed|failures)\b|Tests\s+\d+ passed|# fail 0\b|BUILD SUCCEEDED|Build succeeded|\bno issues found"
    r"|^0 issues\.|^Checked \d+ files? .*No fixes applied|No ESLint warnings or errors|Compiled successfully"
)
_MEANT: Final = re.compile(
    r"negative (?:check|test|control)|expect(?:ed|s)?(?: to)? fail|(?:should|must) (?:now )?fail|mutation|sanity.{0,20}fail",
    re.I,
)
_SILENT: Final = {
    "go": ("build", "vet"),
    "tsc": (),
    "gcc": (),
    "clang": (),
    "eslint": (),
    "node": ("--check",),
    "bash": ("-n",),
}
_NOTE: Final = re.compile(r"(?m)^Shell cwd was reset to .*$\n?|^go: downloading .*$\n?")
# A summary that counts no failure, after which error lines in the log are only what tests printed.
_ZERO: Final = re.compile(
    r"(?m)^\s*0 fail(?:ed|ures?)?$|# fail 0\b|\b0 failed\b|^=+ \d+ passed[^=]*=+$|^OK$|test result: ok"
)
_EMPTY: Final = re.compile(
    r"(?m)^Ran 0 tests.*$|^.*\[no tests to run\].*$|^.*\b(?:no tests ran|No tests found)\b.*$|collected 0 items$"
)
_WORST: Final = (
    re.compile(r"(?m)^.*(?:AssertionError|Error|Exception|panic|error TS\d+|error(?:\[E\d+\])?):? .*$"),
    re.compile(r"(?m)^(?:FAIL|FAILED|--- FAIL|E   |✗|✖|×|not ok|error:|fatal:).*$"),
)


@dataclass(slots=True)
class Check:
    """One run: `kind` is test, build, lint or types."""

    line: int
    at: int
    kind: str
    command: str
    outcome: str
    exit_code: int | None
    failure: str
    task: str = ""


def kind_of(words: list[str]) -> str:
    """Return which kind of validation a simple command is, or an empty string."""
    words = _unwrapped(words)
    if not words or (any(word in _NO_RUN for word in words[1:]) and words[0] not in ("bash", "sh", "zsh")):
        return ""
    name = words[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    args = [word for word in words[1:] if not word.startswith(("-", "+"))]
    if name in _ALONE:
        return _ALONE[name]
    if name in ("bash", "sh", "zsh") and words[1:2] != ["-n"]:
        return _script(words[1]) if len(words) > 1 else ""
    if name == "prettier":
        return "lint" if {"--check", "-c", "-l"} & set(words) else ""
    if name == "black" or (name == "ruff" and args[:1] == ["format"]):
        return "lint" if "--check" in words else ""
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
    found = _SCRIPT.search(re.sub(r"\.(?:sh|py|js|ts|mjs|rb|ps1)$", "", name))
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
                words = words[1:]
        elif re.fullmatch(r"(?:python[\d.]*|py|pypy3?)", name) and "-m" in rest[:3]:
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


def checks(call: Call) -> list[Check]:
    """Return the validations that a shell call ran, each kind once, with what they really said."""
    source = call.input.get("command")
    if not isinstance(source, str) or not _QUICK.search(source) or call.ok is None:
        return []
    if not call.ok and call.output.startswith(NEVER_RAN):
        return []
    commands = _flat(split(source))
    found = [(at, kind) for at, item in enumerate(commands) if (kind := kind_of(item.words))]
    if not found:
        return _hooks(call, source)
    outcome, code, failure = judge(call, commands, [at for at, _ in found])
    task = str(call.extra.get("backgroundTaskId") or "") if outcome == UNKNOWN else ""
    latest = {kind: at for at, kind in found}
    if outcome != "passed" and len(latest) > 1:  # one of several did not pass; the rest cannot be told
        blamed = "test" if "test" in latest and _TEST_FAIL.search(call.output) else found[0][1]
        latest = {blamed: latest[blamed]}
    return [
        Check(call.line, call.result_line, kind, _shown(source, commands[at]), outcome, code, failure, task)
        for kind, at in sorted(latest.items(), key=lambda pair: pair[1])
    ]


def _hooks(call: Call, source: str) -> list[Check]:
    """Return the tests that the hooks of a commit or push ran, where their summary shows."""
    if not re.search(r"\bgit\b[^\n;&|]*\b(?:commit|push)\b", source):
        return []
    failed, passed = _TEST_FAIL.search(call.output), _PASS.search(call.output)
    if call.ok and passed and not failed:
        return [Check(call.line, call.result_line, "test", "the hooks of git commit", "passed", 0, "")]
    if not call.ok and failed:
        return [
            Check(
                call.line,
                call.result_line,
                "test",
                "the hooks of git commit",
                "failed",
                None,
                failure_of(call.output),
            )
        ]
    return []


def _flat(commands: list[Simple]) -> list[Simple]:
    """Put what `sh -c '…'` runs in its place, also on a host, in a container or under WSL."""
    out: list[Simple] = []
    for item in commands:
        words = item.words
        at = next((at for at in range(len(words) - 2) if re.fullmatch(r"(?:.*/)?(?:ba|z|da)?sh", words[at])
                   and re.fullmatch(r"-\w*c", words[at + 1])), None)  # fmt: skip
        if at is None or not (
            at == 0 or item.name in ("wsl", "wsl.exe", "docker", "podman", "ssh", "nix", "kubectl")
        ):
            out.append(item)
            continue
        inner = split(words[at + 2])
        for sub in inner:
            sub.start, sub.end = item.start, item.end
        if inner:
            inner[-1].joint = item.joint
        out.extend(inner)
    return out


def _shown(source: str, item: Simple) -> str:
    """Return the whole command line when it is short, else the part that validates."""
    whole = " ".join(source.split())
    return (
        whole
        if len(whole) <= 120 and "\n" not in source.strip()
        else " ".join(source[item.start : item.end].split())
    )


def judge(call: Call, commands: list[Simple], places: list[int]) -> tuple[str, int | None, str]:
    """Return outcome, exit code (None when not told) and the failure's lines of a run."""
    output, source = call.output, str(call.input.get("command"))
    running = "running in background with ID" in output[:200] or call.extra.get("backgroundTaskId")
    if running or call.extra.get("interrupted"):
        return UNKNOWN, None, ""
    if "Command timed out" in output[:300]:
        return UNKNOWN, None, "timed out"
    told = _EMPTY.sub("", output)  # what ran no test proves nothing
    bad = _TEST_FAIL.search(told) or (None if _ZERO.search(told) else _FAIL.search(told))
    if bad and _MEANT.search(source):
        return UNKNOWN, None, ""  # a run that was meant to fail says nothing about the project
    seen = _visible(commands, places)
    if call.ok and seen:
        swallowed = _TEST_FAIL.search(told) and not _PASS.search(
            told
        )  # by a wrapper that exits 0 all the same
        idle = told != output and not _PASS.search(told)
        return (UNKNOWN if swallowed or idle else "passed"), 0, ""
    if not call.ok and (bad or _is_only(commands, places)):
        stated = _EXIT.match(output)
        return "failed", int(stated[1]) if stated else None, failure_of(output)
    if (
        len(places) == 1
        and ("$?" in source or "PIPESTATUS" in source)
        and (echoed := _ECHOED.findall(output[-400:]))
    ):
        code = int(echoed[-1])
        return ("failed", code, failure_of(output)) if code else ("passed", 0, "")
    if bad:
        return "failed", None, failure_of(output)
    said = _PASS.search(told) and not _cut(commands, places, output)
    return ("passed" if call.ok and (said or _silent(commands, places, output)) else UNKNOWN), None, ""


def _silent(commands: list[Simple], places: list[int], output: str) -> bool:
    """Tell whether nothing was printed by a tool that is silent only on success, and nothing else ran."""
    if _NOTE.sub("", output).strip() or len(places) != 1:
        return False
    words = commands[places[0]].words
    wanted = _SILENT.get(commands[places[0]].name)
    others = {item.name for at, item in enumerate(commands) if at not in places}
    return wanted is not None and (not wanted or words[1] in wanted) and others <= {"cd", "head", "tail"}


def _visible(commands: list[Simple], places: list[int]) -> bool:
    """Tell whether a failure of any of the validations would have made the whole line fail."""
    pipefail = any("pipefail" in item.words for item in commands)
    errexit = any(
        item.name == "set" and any("e" in word for word in item.words[1:] if word[:1] == "-")
        for item in commands
    )
    for at in range(min(places), len(commands)):
        item = commands[at]
        last = at == len(commands) - 1
        if item.joint == "|" and not pipefail:
            if any(place <= at for place in places):
                return False
        elif (
            item.joint == "||"
            or (item.joint in (";", "\n", "&") and not last and not errexit)
            or item.joint == "&"
        ):
            return False
    return True


def _is_only(commands: list[Simple], places: list[int]) -> bool:
    """Tell whether the line does nothing else that can fail: then its failure is the validation's."""
    harmless = {
        "cd",
        "export",
        "set",
        "echo",
        "head",
        "tail",
        "grep",
        "cat",
        "tee",
        "source",
        "pushd",
        "sleep",
        "clear",
    }
    return all(at in places or item.name in harmless or not item.words for at, item in enumerate(commands))


def _cut(commands: list[Simple], places: list[int], output: str) -> bool:
    """Tell whether output went through a filter that may have dropped the bad news."""
    for item in commands[min(places) + 1 :]:
        if item.name == "head":
            most = next(
                (int(word.lstrip("-n")) for word in item.words[1:] if word.lstrip("-n").isdigit()), 10
            )
            if output.count("\n") + 1 >= most:
                return True
        elif item.name in ("grep", "rg", "egrep", "Select-String"):
            if not re.search(r"fail", " ".join(item.words[1:]), re.I):
                return True
        elif item.name in ("awk", "sed", "wc", "cut", "jq", "Select-Object"):
            return True
    return False


def failure_of(output: str, most: int = 700) -> str:
    """Return the few lines of an output that say what went wrong."""
    text = _EXIT.sub("", output, count=1).strip()
    picked: dict[int, str] = {}
    for pattern in _WORST:
        for found in pattern.finditer(text):
            picked.setdefault(found.start(), found[0].strip())
            if len(picked) >= 8:
                break
    lines = [picked[at] for at in sorted(picked)] or [line for line in text.splitlines() if line.strip()][-3:]
    tail = [line for line in text.splitlines() if line.strip()][-1:]
    out = ""
    for line in dict.fromkeys([*lines[:7], *tail]):
        if len(out) + len(line[:200]) < most:
            out += line[:200] + "\n"
    return out.strip()
