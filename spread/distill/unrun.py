"""Which of the scripts and tests that a session wrote it also ran."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.edits import is_test
from spread.distill.once import of_line
from spread.distill.runs import ends, known_kind, may_validate
from spread.distill.shell import Simple, split
from spread.distill.shown import has_tested
from spread.transcript_events import Call

NO_RUN: Final = frozenset(
    ("git", "chmod", "ls", "cat", "head", "tail", "wc", "grep", "rg", "rm", "rmdir", "mv", "cp", "mkdir", "touch",
     "echo", "find", "sed", "stat", "gh")
)  # fmt: skip
_NOT_STARTED: Final = (
    "No module named", "command not found", "not recognized as", "No such file or directory", "Permission denied", "cygpath",
)  # fmt: skip
_HOOKED: Final = re.compile(r"\b(?:passe[ds]|failed|passing|PASS|FAIL|FAILED|OK)\b")
_HOOKING: Final = frozenset(("commit", "push", "merge", "rebase", "pull", "am", "cherry-pick", "revert"))
_OF_GIT: Final = ("remote:", "error:", "fatal:", "hint:", "warning:", " ! ")  # of its own, not of hooks
_HOOKS: Final = ("pass", "fail", "PASS", "FAIL", "OK")
_TEST_FILE: Final = re.compile(r"(?:test|spec)[\w-]*\.[a-z]{1,4}\b")
_PICKS: Final = re.compile(r"\s-(?:k|t|run|-grep)\b")
_PICKING: Final = ("-k", "-t", "-run", "--grep")


def ran(unrun: dict[str, int], call: Call, source: str) -> None:
    """Take from what was not run so far what a command line names or, as one of all tests, may well run."""
    if not call.ok and any(map(call.output[:2_000].__contains__, _NOT_STARTED)):
        return
    stems = _stems(tuple(unrun))
    tests = may_validate(source) and not _is_one_test(source)
    named = any(map(source.__contains__, stems.values()))
    if not tests and not named:
        return
    commands = split(source)
    doing = [item for item in commands if item.name not in NO_RUN]
    if tests and (
        any(known_kind(item) == "test" for item in doing)
        or (any(map(_hooks, commands)) and _is_hooked(call.output[:4_000]))
        or has_tested(doing, ends(call.output))
    ):
        for path in [path for path in stems if is_test(path)]:
            del unrun[path]
    words = [word for item in doing for word in item.words] if named else []
    text = " ".join(words)
    for path in [path for path, stem in stems.items() if stem in text]:
        if path in unrun and _names(stems[path], words):
            del unrun[path]


def _hooks(item: Simple) -> bool:
    """Tell whether git runs hooks that may test on a command; a status that says `failed` is of something else."""
    return item.name == "git" and not _HOOKING.isdisjoint(item.words)


def _is_hooked(output: str) -> bool:
    """Tell whether hooks say how tests went; what is looked for first is much faster found."""
    if not any(map(output.__contains__, _HOOKS)):
        return False
    own = (line for line in output.splitlines() if not line.startswith(_OF_GIT))
    return any(_HOOKED.search(line) for line in own)


@lru_cache(4)  # most calls run none of them, and leave them as they are
def _stems(paths: tuple[str, ...]) -> dict[str, str]:
    """Return the names by which scripts and tests are run."""
    return {path: path.rpartition("/")[2].rpartition(".")[0] for path in paths}


@of_line
def _is_one_test(source: str) -> bool:
    """Tell whether a command line names the tests that it runs; what is looked for first is much faster found."""
    if "::" in source or (any(map(source.__contains__, _PICKING)) and _PICKS.search(source)):
        return True
    return ("test" in source or "spec" in source) and _TEST_FILE.search(source) is not None


def _names(stem: str, words: list[str]) -> bool:
    """Tell whether a word names it: it stands there, and is no part of a longer name."""
    named = re.compile(rf"(?<!\w){re.escape(stem)}(?!\w)")
    return any(stem in word and named.search(word) for word in words)
