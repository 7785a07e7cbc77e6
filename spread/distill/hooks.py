"""What the hooks of a commit or a push ran, read from its output."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from spread.distill.git_lines import SENT
from spread.distill.shell import split
from spread.distill.tools import kind_of

# How package runners, lefthook and pre-commit print a step: its command, or its name and how it went.
_STEP: Final = re.compile(
    r"(?m)^(?:\$ (?P<run>\S.*)|> (?!\S+@\S+ )(?P<npm>\S.*)"
    r"|(?P<went>✔️?|🥊) (?P<left>[\w:./-]+) \([\d.]+ ?\w+\)|(?P<pre>\S(?:.*?[^.\n])?)\.{3,}+(?:\([^)\n]*\))?(?P<how>Passed|Failed))[ \t]*$"
)
_SIGNS: Final = ("\n$ ", "\n> ", "✔", "🥊", "Passed", "Failed")  # one of them is in every step
_KINDS: Final = (
    ("test", re.compile(r"(?i)(?:^|[^a-z])(?:py)?tests?(?:$|[^a-z])|vitest|jest|rspec")),
    ("types", re.compile(r"(?i)type-?check|types\b|\btsc\b|mypy|pyright|typescript")),
    ("build", re.compile(r"(?i)\bbuild\b|\bcompile\b")),
    ("lint", re.compile(r"(?i)lint|ruff|biome|clippy|flake8|\bvet\b|shellcheck|rubocop")),
)
# How runners say that a hook failed; git then does nothing, though a pipe or a wrapper may hide its exit code.
_BLOCKED: Final = re.compile(
    r"(?m)^husky (?:-|>) \S+ (?:script failed|hook failed|hook exited with code [1-9])|^- exit code: [1-9]|\.{3}Failed[ \t]*$"
    r"|^🥊 |^FAILED: git (?:commit|push)\b"
)
# One of these stands wherever that is found; most outputs have none, which is found much faster.
_BLOCKED_SIGNS: Final = ("\nhusky ", "\n- exit code: ", "...Failed", "\n🥊 ", "\nFAILED: git ")
_DONE: Final = re.compile(rf"(?m:^)\[\S+(?: \S+)? [0-9a-f]{{7,40}}\] |{SENT}")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a hook ran; `went` is True or False where the hook's runner says so, else None."""

    kind: str
    name: str
    went: bool | None
    output: str  # from its line to the next step's


def shows_steps(output: str) -> bool:
    """Tell whether an output names steps of hooks."""
    return any(map(f"\n{output}".__contains__, _SIGNS)) and _STEP.search(output) is not None


@lru_cache(32)
def is_done(output: str) -> bool:
    """Tell whether git says that it committed or pushed, which it does only when the hooks let it."""
    return _DONE.search(output) is not None


def is_blocked(output: str) -> bool:
    """Tell whether a hook kept git from committing or pushing, whatever the exit code of the line."""
    signs = any(map(f"\n{output}".__contains__, _BLOCKED_SIGNS))
    return signs and _BLOCKED.search(output) is not None and not is_done(output)


@lru_cache(32)  # the last outputs are asked about at each revision
def steps(output: str) -> tuple[Step, ...]:
    """Return the validations among the steps, in order."""
    found = list(_STEP.finditer(output))
    ends = [*(item.start() for item in found[1:]), len(output)][: len(found)]
    out = []
    for item, end in zip(found, ends, strict=True):
        command = item["run"] or item["npm"] or ""
        name = command or item["left"] or item["pre"]
        kind = _kind(command) if command else _named(name)
        told = item["went"] or item["how"]
        went = told in ("✔", "✔️", "Passed") if told else None
        if kind:
            out.append(Step(kind, name, went, output[item.end() : end]))
    return tuple(out)


def _kind(command: str) -> str:
    return next((kind for item in split(command) if (kind := kind_of(item.words))), "")


def _named(name: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(name)), "")
