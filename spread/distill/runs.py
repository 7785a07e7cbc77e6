"""Builds, tests, lints and type checks: which command line is one."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec
from msgspec.structs import replace

from spread.distill.errors import plain
from spread.distill.files import absolute
from spread.distill.formatted import writer_of
from spread.distill.hooks import shows_steps
from spread.distill.once import of_line
from spread.distill.operands import in_place
from spread.distill.remote import line_of
from spread.distill.shell import UNKNOWABLE, Simple, placed, split
from spread.distill.shown import tests_too, with_tests
from spread.distill.signs import FAIL, PASS, TEST_FAIL, Sign
from spread.distill.spelling import folder_of
from spread.distill.tools import kind_of
from spread.distill.wrapped import ELSEWHERE
from spread.transcript import DENIED
from spread.transcript_events import Call
from spread.transcript_words import INTERRUPTED

_SHELLS: Final = ELSEWHERE | {"sh", "bash", "zsh", "dash", "fish", "wsl.exe", "nix"}
# Those of Windows, with the options behind which a command stands.
_OF_WINDOWS: Final = {
    **dict.fromkeys(("cmd", "cmd.exe"), ("/c", "//c")),
    **dict.fromkeys(("powershell", "powershell.exe", "pwsh", "pwsh.exe"), ("-c", "-command")),
}
_COMMITS: Final = {"commit", "push"}
NEVER_RAN: Final = (
    DENIED, INTERRUPTED, "This command requires approval", "<tool_use_error>", "Claude requested permissions",
    "This Bash command contains multiple operations", "Command failed: cygpath", "Permission to use",
    "Glob patterns are not allowed", "ENOENT: no such file or directory, posix_spaw",
)  # fmt: skip
# What a shell or a program before the check says when there is none to start; then nothing was checked.
_NOT_STARTED: Final = re.compile(
    r"(?:Exit code \d+\n)?(?:[^\n]{0,80}: (?:command )?not found(?:: \S+)?$|error: unrecognized subcommand |[^\n]{0,80} is not recognized as )",
    re.M,
)
# Likewise where there is no such check, or nothing that it could check: at the beginning, and on a line of its own.
_NO_SUCH: Final = re.compile(
    r"(?:Exit code \d+\n)?\s*(?:npm (?:ERR!|error) (?:Missing script: |code ENOENT$)|ERR_PNPM_NO_SCRIPT|error: (?:Script not found |Failed to spawn: )"
    r"|(?:Usage Error: )?Couldn't find a script named |Command not found: |(?:g?make(?:\[\d+\])?: )?\*\*\* No rule to make target '[^'\n]*'\.  Stop"
    r"|no checks reported on |failed to get (?:run|jobs)|could not find any |error connecting to |HTTP \d\d\d: "
    r"|error: (?:could not find `Cargo\.toml`|Justfile does not contain |no such (?:sub)?command: |(?:the component |toolchain )?['`][^'`\n]+['`] is not installed\b)"
    r"|go: (?:go\.mod file not found|cannot find main module)|\*\* \(Mix\) The task \"[^\"\n]+\" could not be found|Could not execute because the specified command or file was not found"
    r"|===> Command \S+ not found$|(?:\[INFO\][^\n]*\n){0,20}\[ERROR\] (?:No plugin found for prefix |Unknown lifecycle phase )"
    r"|FAILURE: Build failed with an exception\.\n\n\* What went wrong:\n(?:Task '[^'\n]+' not found in |Cannot locate tasks that match ))",
    re.M,
)
_NOTHING_THERE: Final = Sign(
    r"^Error: (?:no test specified$|No tests found\b)|^=*[ \t]*(?:no tests ran|\d+ deselected) in |^No test(?:s| files) found, exiting with code "
    r"|^error Command \"[^\"\n]+\" not found\.$|This is not the tsc command you are looking for|ESLint couldn't find (?:an eslint\.config|a configuration file)",
    "no test", "No test", "deselected in ", "error Command ", "This is not the tsc", "ESLint couldn't find ",
)  # fmt: skip
_NO_MODULE: Final = re.compile(
    r"(?:Exit code \d+\n)?(?:\S*[/\\])?python[\d.]*(?:\.exe)?: No module named \w+\s*"
)
_COPIES: Final = frozenset(("cp", "rsync", "robocopy", "Copy-Item"))
_EDITS: Final = frozenset(("sed", "gsed", "perl"))
_SENDS: Final = {
    **dict.fromkeys(("make", "gmake", "go"), ("-C",)), "npm": ("--prefix", "-C"), "pnpm": ("-C", "--dir"), "yarn": ("--cwd",), "bun": ("--cwd",),
    "poetry": ("-C", "--directory"), "uv": ("--directory",), **dict.fromkeys(("terraform", "tofu"), ("-chdir",)),
}  # fmt: skip
_DETACHES: Final = frozenset(("-f", "-fn", "-nf", "-fN"))  # of ssh: it does not wait for what it began
_HOOKS: Final = ("pass", "fail", "FAIL")
_TAKEN: Final = re.compile(r"\$\(([^()]+)\)")
SILENCE: Final = re.compile(r"\A\(\w+ completed with no output\)")  # says the client
HANDED_WORDS: Final = 12


class Run(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A command line that validates, kept to be judged when all is read: only the last ones count."""

    line: int
    at: int
    source: str
    commands: list[Simple]
    kinds: dict[str, int]  # the place of the last command of each kind
    places: list[int]
    output: str
    ok: bool
    stopped: bool
    task: str
    here: str = ""

    def __hash__(self) -> int:
        return hash((self.at, self.source))


_HINTS: Final = (
    "test", "lint", "check", "build", "spec", "tsc", "mypy", "pyright", "ruff", "flake8", "clippy", "vet", "tox", "nox",
    "biome", "prettier", "verify", "validate", "make", "just", "black", "rubocop", "phpstan", "psalm", "standard", "credo",
    "cypress", "playwright", "compile", "types", "e2e", " ci", "/ci", ":ci", "-ci", "_ci", ".ci", "bats", "mocha", "ava", "sbt", "ninja", "commit", "push",
    "jest", "knip", "unit", "analyze", "dialyzer", "behave", "busted", "cucumber", "ginkgo", "bandit", "pyre", "prek", "hook",
    "sh -n", "nix ", " plan", "vale", "detekt", "selene", "statix", "deadnix", "typos", "kubeconform", "zizmor", "semgrep", "prove", "webpack",
    "rollup", "ember", "gleam", "rebar3", "srb tc", "llvm-cov", "php -l", "ruby -c", "perl -c", "mvn", "gradle", "fmt", "format", "runtest",
    "assemble", "wdio run", "newman run", "julia", "Rscript", "pest", "Pester", "npm t", "karma", "jasmine", "tap", "robot", "pabot", "cafe", "phpcs", "brakeman", "elm-review", "codecept",
    "-staged", "depcheck", "pyflakes", "codestyle", "docstyle", "spell", "tsd", "-runTests", "twister", "vulture", "errcheck", "gosec", "revive", "clang", "rb_", "slither", "tfsec", "sphinx", "hugo", "scons",
    "gcc", "g++", "rustc", "javac", "kotlinc", "ghc", "latex", "tectonic", "typst", "wtr", "pio run", "platformio run", "cargo t", "cargo c", "cargo b",
    "pint", "synth", "dbt ", "run watch", "act ", "nim c", "elm make", "quarto", "svelte",
    "nginx", "sshd", "visudo", "apache", "httpd", "haproxy", "kubeval", "squawk", "inspec",
)  # fmt: skip


@of_line
def may_validate(source: str) -> bool:
    """Tell quickly whether a command line may be a validation."""
    return any(map(source[:3_000].__contains__, _HINTS))


def known_kind(item: Simple) -> str:
    """Return which kind of validation a command is, found out once; empty when it is none."""
    if item.kind is None:
        item.kind = kind_of(item.words)
    return item.kind


@of_line
def may_hand_on(source: str) -> bool:
    """Tell whether a command line may hand a check on to what runs it elsewhere, as ssh or a container does."""
    for item in split(source) if may_validate(source) else ():
        for at, word in enumerate(item.words[1:HANDED_WORDS], 1):
            if any(map(known_kind, split(word))) if " " in word else kind_of(item.words[at:]):
                return True
    return False


def run_of(call: Call, commands: list[Simple], linted: Sequence[Run] = ()) -> Run | None:
    """Return the run that a shell call was, if it validated anything.

    Args:
        commands: Those of the call's command line.
        linted: The runs that linted before: a formatter whose check failed last does what that asked for.
    """
    flat, source = _flat(commands), str(call.input.get("command"))
    found = [(at, kind) for at, item in enumerate(flat) if (kind := known_kind(item))]
    if not found and "$(" in source and may_validate(source):
        flat = [*flat, *_inside(source)]
        found = [(at, kind) for at, item in enumerate(flat) if (kind := known_kind(item))]
    if not any(kind == "test" for _, kind in found) and (shown := with_tests(flat, call.output)) is not flat:
        flat = shown
        found = [(at, kind) for at, item in enumerate(flat) if (kind := known_kind(item))]
    if not found and call.ok and linted and not linted[-1].ok:
        last = linted[-1]
        if (at := writer_of(flat, (last.commands[each] for each in last.places if each >= 0))) >= 0:
            flat = [*flat[:at], replace(flat[at], kind="lint"), *flat[at + 1 :]]
            found = [(at, "lint")]
    if not found and not asks_hooks(flat):
        return None
    output = SILENCE.sub("", plain(ends(call.output)), count=1)
    if not found:
        if not any(map(output.__contains__, _HOOKS)) and not shows_steps(output):
            return None
        found = [(-1, "hooks")]
    found = tests_too(found, flat, output) if found[0][0] >= 0 else found
    open_ = False
    if "stash" in source and (away := _while_away(flat)) and not away.isdisjoint(at for at, _ in found):
        back = [(at, kind) for at, kind in found if at not in away]
        open_ = bool(back) and not (call.ok and back[0][0] == len(flat) - 1)  # of which contents it tells
        found, output = back or found, "" if open_ else _after_failure(output) if back else output
    task = call.extra.get("backgroundTaskId") or (
        "?" if "running in background with ID" in output[:200] else ""
    )
    stopped = open_ or call.extra.get("interrupted") is True
    return Run(
        call.line,
        call.result_line,
        source,
        flat,
        {kind: at for at, kind in found},
        [*dict.fromkeys(at for at, _ in found)],
        output,
        bool(call.ok),
        stopped,
        str(task),
        _here(call, flat, min(at for at, _ in found)),
    )


def _while_away(commands: list[Simple]) -> set[int]:
    """Return the places of the commands that a line runs while it has put changes aside, which it brings back after them."""
    out, began = set[int](), -1
    for at, item in enumerate(commands):
        if item.name == "git" and item.words[1:2] == ["stash"]:
            if not {"pop", "apply"}.isdisjoint(item.words[2:3]):
                out |= set(range(began + 1, at)) if began >= 0 else set()
                began = -1
            elif {"list", "show", "drop", "clear"}.isdisjoint(item.words[2:3]):
                began = at
    return out


def _after_failure(output: str) -> str:
    """Return what an output tells after the last line that something failed."""
    lines = output.splitlines()
    last = max(
        (at for at, line in enumerate(lines) if TEST_FAIL.search(line) or FAIL.search(line)), default=-1
    )
    return "\n".join(lines[last + 1 :])


def _here(call: Call, commands: list[Simple], first: int) -> str:
    """Return where the first check of a line works: where the line goes before it, else the directory of the call."""
    check = commands[first] if first >= 0 else None
    goes = next((here for item, here in placed(commands) if item is check), "") or ""
    if check is not None and (place := _sent(check.words)):
        goes = absolute(place, folder_of(goes, call.cwd))
    return absolute(goes, call.cwd) if goes else absolute(call.cwd, "")


def _sent(words: list[str]) -> str:
    """Return the directory that a command is told to work in, an empty string where it is told none."""
    name = words[0].rpartition("/")[2]
    for option, value in (*(word.split("=", 1) for word in words[1:] if "=" in word), *pairwise(words[1:])):
        if option in _SENDS.get(name, ()) and not UNKNOWABLE.search(value):
            return value
    return ""


def copies(run: Run) -> bool:
    """Tell whether a run was of what its line had just copied, and left as it was: that is a check of what was copied."""
    before = run.commands[: min(run.places)]
    at = next((at for at, item in enumerate(before) if item.name in _COPIES), None)
    return at is not None and not any(
        item.writes or (item.name in _EDITS and next(in_place(item.words), None)) for item in before[at:]
    )


def checked(run: Run) -> bool:
    """Tell whether anything was checked: where there is no such program or script, or no test, nothing was."""
    missing = not run.ok and len(run.places) == 1
    if missing and _NO_MODULE.fullmatch(run.output):
        return False
    nothing = _NOT_STARTED.match(run.output) or (
        missing and (_NO_SUCH.match(run.output) or _NOTHING_THERE.search(run.output))
    )
    return not nothing or TEST_FAIL.search(run.output) or PASS.search(run.output)  # slow on long outputs


def does(run: Run, commands: list[Simple]) -> tuple[str, str]:
    """Return where a run's checks ran, with their kinds, and what they are without the way there.

    Args:
        commands: Those of the call's command line, as they stand in it.
    """
    where = next((item.name for item in commands if item.name in _SHELLS), "")
    checks = (run.commands[at] for at in run.places if at >= 0)
    return f"{where}:{','.join(sorted(run.kinds))}", " ".join(
        " ".join([item.name, *item.words[1:]]) for item in checks
    )


def of_kinds(run: Run, kinds: set[str]) -> Run:
    """Return a run as if it had the checks of some kinds alone."""
    places = [at for at in run.places if at >= 0 and known_kind(run.commands[at]) in kinds]
    return replace(run, places=places, kinds={kind: at for kind, at in run.kinds.items() if kind in kinds})


def _flat(commands: list[Simple]) -> list[Simple]:
    """Put what `sh -c '…'` or `cmd /c …` runs in its place, also on a host, in a container or under WSL."""
    out: list[Simple] = []
    for item in commands:
        given = _given(item) if item.name in _SHELLS or item.name in _OF_WINDOWS else None
        if given is None:
            out.append(item)
            continue
        inner = [replace(sub, start=item.start, end=item.end) for sub in split(given)]
        for sub in inner if item.name == "ssh" else ():
            if sub.words and sub.words[0].startswith("/"):
                # A script at a place of its own there checks that host; a tool checks what it is run on.
                sub.kind = kind_of([sub.name, *sub.words[1:]])
        if inner:
            goes_on = inner[-1].joint == "&" or (item.name == "ssh" and not _DETACHES.isdisjoint(item.words))
            inner[-1].joint = "&" if goes_on else item.joint
        out.extend(inner)
    return out


def _given(item: Simple) -> str | None:
    """Return the line that a shell is given to run, None where it is given none."""
    words = item.words
    if item.name == "ssh" and (line := line_of(words)):
        return line
    if options := _OF_WINDOWS.get(item.name):
        at = next((at for at, word in enumerate(words[1:], 1) if word.lower() in options), 0)
        return " ".join(words[at + 1 :]) if at else None
    at = next((at for at in range(len(words) - 2) if re.fullmatch(r"(?:.*/)?(?:ba|z|da|fi)?sh", words[at])
               and re.fullmatch(r"-\w*c", words[at + 1])), -1)  # fmt: skip
    return words[at + 2] if at >= 0 else None


def _inside(source: str) -> list[Simple]:
    """Return what a line runs to take its output; whether that passed its exit code does not tell."""
    return [
        replace(item, start=found.start(1) + item.start, end=found.start(1) + item.end, joint="||")
        for found in _TAKEN.finditer(source)
        for item in split(found[1])
    ]


def ends(output: str) -> str:
    """Return the parts of an output where a verdict stands."""
    return output if len(output) <= 7_000 else f"{output[:2_000]}\n{output[-5_000:]}"


def asks_hooks(commands: list[Simple]) -> bool:
    """Tell whether commands make git run its hooks, where there are any."""
    return any(item.name == "git" and not _COMMITS.isdisjoint(item.words) for item in commands)


def still_refused(runs: list[Run], commands: list[Simple], *, refused: bool) -> list[Run]:
    """Return what hooks refused without what they let through now, though they may not have said so.

    Args:
        refused: Whether the last commit that was tried came to nothing.
    """
    done = {
        verb
        for item in commands
        for verb in ("commit", "push")
        if item.name == "git" and verb in item.words and "--no-verify" not in item.words
    }
    done -= {"commit"} if refused else set()
    return [run for run in runs if run.ok or not any(done.intersection(item.words) for item in run.commands)]
