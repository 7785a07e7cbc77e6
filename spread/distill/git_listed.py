"""Which changed files a `git diff` of what is not committed lists."""

import re
from typing import Final

from spread.distill.calls import LOOKING
from spread.distill.carried import listed
from spread.distill.git_commands import source_of
from spread.distill.shell import Simple, split
from spread.distill.stands import IN_PLACE
from spread.transcript_events import Call

MOST: Final = 200
_NAME: Final = re.compile(r"[^\s:;\"'()<>|]{1,400}")
_STATUS: Final = re.compile(r"[MT]\t([^\t]{1,400})")
_SAYS: Final = LOOKING - {"cd", "for", "set", "export", "true", "sleep", "[", "test"} | {"printf", "gh"}
# Of a file that was there before and still is.
_HEADER: Final = re.compile(r"(?m)^diff --git a/(\S+) b/(?=\S+\nindex )\1$")
_PATCHES: Final = frozenset(("show", "log", "stash", "format-patch", "range-diff"))
_QUIET: Final = frozenset(("add", "stash", "checkout", "restore", "apply", "commit"))


def changed_by(words: list[str], call: Call) -> list[str]:
    """Return the files that a `git diff` of what is not committed lists, none where it cuts their names, or others print some.

    Args:
        words: What follows `diff`.
    """
    if any(word[:1] != "-" and word not in ("HEAD", ".") for word in words):
        return []
    if "--stat" in words:
        names = listed(call.output)
        return [] if any(name.startswith("...") for name in names) else names
    if not {"--name-only", "--name-status"}.isdisjoint(words) and _is_alone(call):
        return _named(call.output.splitlines()[-MOST:], marked="--name-status" in words)
    return _HEADER.findall(call.output)[:MOST] if _is_only_diff(call) else []


def _is_only_diff(call: Call) -> bool:
    """Tell whether what a call prints in the form of a patch is of what is not committed alone."""
    verbs = [item.words[1] for item in split(source_of(call)) if item.name == "git" and item.words[1:]]
    return "\ndiff --git " in f"\n{call.output}" and verbs.count("diff") == 1 and _PATCHES.isdisjoint(verbs)


def _named(lines: list[str], *, marked: bool) -> list[str]:
    """Return the last lines that are no more than names, with the sign of a change before them if that is asked for."""
    out = list[str]()
    for line in reversed(lines):
        found = _STATUS.fullmatch(line) if marked else _NAME.fullmatch(line)
        if found:
            out.append(found[1] if marked else line)
        elif not marked or line[1:2] != "\t":
            break
    return out[::-1]


def _is_alone(call: Call) -> bool:
    """Tell whether none of the commands beside it prints names, too."""
    return sum(map(_speaks, split(source_of(call)))) <= 1


def _speaks(item: Simple) -> bool:
    if item.joint == "|" or item.writes:
        return False
    if item.name == "git":
        return item.words[1:2] != [] and item.words[1] not in _QUIET
    if item.name not in _SAYS:
        return False
    if item.name == "find":
        return "-exec" not in item.words and "-delete" not in item.words
    return not (item.name == "sed" and any(map(IN_PLACE.fullmatch, item.words[1:])))
