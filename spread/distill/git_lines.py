"""Lines that git prints: what a push sent, `a..b main -> main`, and took away, below the address it went to."""

import re
from collections.abc import Iterator
from typing import Final

_RANGE: Final = r"[0-9a-f]{7,40}\.{2,3}([0-9a-f]{7,40})"
# What was sent, as it is told, and the id that it ends with where it was there before.
SENT: Final = rf"(?m:^) ?[ +*-] +((?:{_RANGE}|\[new (?:branch|tag)\]) +\S+ -> \S+)"
_SENT: Final = re.compile(SENT)
_LAST: Final = re.compile(rf"{_RANGE} (\S+) -> ")
_TO: Final = re.compile(r"(?m)^To (\S+)$")
_DELETED: Final = re.compile(r"(?m)^ - \[deleted\] +(\S+)$")


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


def deleted_by(output: str) -> list[str]:
    """Return the branches that a push took away there."""
    to = next(at_lines(_TO, output, "To "), None) if "[deleted]" in output else None
    return _DELETED.findall(output.partition("\nFrom ")[0], to.end()) if to else []
