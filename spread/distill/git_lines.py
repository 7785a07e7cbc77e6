"""Lines that git prints: what a push sent, `a..b main -> main`, what a commit lists, which branches were deleted."""

import re
from collections.abc import Collection, Iterator
from typing import Final

_RANGE: Final = r"[0-9a-f]{7,40}\.{2,3}([0-9a-f]{7,40})"
# What was sent, as it is told, and the id that it ends with where it was there before.
SENT: Final = rf"(?m:^) ?[ +*-] +((?:{_RANGE}|\[new (?:branch|tag)\]) +\S+ -> \S+)"
_SENT: Final = re.compile(SENT)
_LAST: Final = re.compile(rf"{_RANGE} (\S+) -> ")
_TO: Final = re.compile(r"(?m)^To (\S+)$")
_OF_PUSH: Final = re.compile(rf"(?m)^ [ +*!-] +(\[[a-z ]+\]|{_RANGE}) +(?:\S+ -> )?(\S+)(?: \(.*\))?$")
_VERSION: Final = re.compile(r"v?\d+(?:\.\d+)+\S*")  # what a tag is called, and no branch
_LISTED: Final = re.compile(r"(?m)^ (create|delete) mode \d+ (.+)$")
_DROPPED: Final = re.compile(r"(?m)^Deleted branch (\S+) \(was ([0-9a-f]{7,40})\)")


def at_lines(pattern: re.Pattern[str], output: str, start: str) -> Iterator[re.Match[str]]:
    """Yield what a pattern matches at lines that begin so; it takes no more than a line."""
    at = 0
    while at >= 0:
        if output.startswith(start, at) and (found := pattern.match(output, at)):
            yield found
        at = output.find(f"\n{start}", at) + 1 or -1


def sent_by(output: str, branch: str = "") -> str:
    """Return what the output of a push tells as updated, the given branch, else the last; empty when it tells none."""
    to = next(at_lines(_TO, output, "To "), None)
    found = [" ".join(told.split()) for told, _ in (_SENT.findall(output, to.end()) if to else [])]
    found = [
        each for each in found if not each.startswith("[new tag]")
    ]  # that leaves the branches as they are
    own = [each for each in found if f" {branch} -> " in each]
    return (own or found or [""])[-1]


def ids_sent(output: str) -> list[str]:
    """Return the ids of the commits that pushes left branches at, where these were there before."""
    return [sha for _, sha in _SENT.findall(output) if sha] if " -> " in output else []


def head_sent(sent: str) -> tuple[str, str]:
    """Return the id of the commit that something sent ends with, and what it is of here; empty where that is not told."""
    found = _LAST.match(sent)
    return (found[1], found[2]) if found else ("", "")


def target_of(sent: str) -> str:
    """Return the branch that something was sent to."""
    return sent.rpartition(" ")[2]


def addresses(output: str) -> list[str]:
    """Return where pushes went to."""
    return _TO.findall(output) if "To " in output else []


def of_push(output: str) -> list[tuple[str, str]]:
    """Return what pushes tell of each branch and tag there: `[new tag]`, `[deleted]` or the like, or a range; and its name."""
    to = next(at_lines(_TO, output, "To "), None)
    found = _OF_PUSH.findall(output.partition("\nFrom ")[0], to.end()) if to else []
    return [(what, name) for what, _, name in found]


def is_tag(name: str, source: str, known: Collection[str]) -> bool:
    """Tell whether what a push names is a tag.

    Args:
        source: The command line: of a tag the output says no more than of a branch.
        known: The tags of the session.
    """
    if name in known or _VERSION.fullmatch(name):
        return True
    return "tag" in source and re.search(rf"\btags?[ /]{re.escape(name)}(?!\S)", source) is not None


def deleted_by(output: str, source: str, tags: Collection[str]) -> list[str]:
    """Return the branches that a push took away there; `source` and `tags` are those of `is_tag`."""
    gone = [name for what, name in of_push(output) if what == "[deleted]"] if "[deleted]" in output else []
    return [name for name in gone if not is_tag(name, source, tags)]


def listed(output: str) -> list[tuple[str, str]]:
    """Return what a commit lists below its sum: `create` or `delete`, and the path as it is printed."""
    return _LISTED.findall(output) if " mode " in output else []


def dropped(output: str) -> list[tuple[str, str]]:
    """Return the branches that were deleted here, each with the id of the commit that it was at."""
    return _DROPPED.findall(output) if "Deleted branch " in output else []
