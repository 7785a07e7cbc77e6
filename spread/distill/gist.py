"""What is kept of a long report: its beginning, and of the rest the lines that say why, what is otherwise, and how far."""

import math
import re
from typing import Final

from spread.distill.reports import cues

HEAD_PART: Final = 6  # of what is kept, this part is the report's beginning
SHORT: Final = "…"  # a line that stands where others are left out
WHOLE: Final = 0.5  # what a whole sentence counts, beside its reasons
LEAST_CHARS: Final = 12  # of a line that says something
WHOLE_SPACES: Final = 8
_VERSION: Final = re.compile(r"(?<![\d.])\d+\.\d+\.\d")
_LISTS: Final = re.compile(  # begins with a path, or the name of a test
    r"(?:[-*|]|\d+[.)])\s+\**`(?:[^`./\\]*[./\\][^`]*|[Tt]est_?[A-Z_a-z]\w+)`"
)
_FENCED: Final = re.compile(r"(?m)^[ \t]*```.*?(?:^[ \t]*```[ \t]*$|\Z)", re.S)


def gist(report: str, most: int) -> str:
    """Return so much of a report as is kept, in whole lines where there are any."""
    if len(report) <= most:
        return report
    lines = (_FENCED.sub(SHORT, report) if "```" in report else report).splitlines()
    kept, room, at = set[int](), most, 0
    while at < len(lines) and len(lines[at]) + 1 <= room - most * (HEAD_PART - 1) // HEAD_PART:
        kept.add(at)
        room -= len(lines[at]) + 1
        at += 1
    value = {
        at: _reasons(line) / math.sqrt(len(line))
        for at, line in enumerate(lines)
        if at not in kept and len(line) >= LEAST_CHARS and not line.startswith("#")
    }
    headings = _headings(lines)
    for at in sorted(value, key=lambda at: (-value[at], at)):
        if value[at] <= 0 or room < LEAST_CHARS:
            break
        new = {at, headings[at]} - kept
        size = sum(len(lines[each]) + len(SHORT) + 2 for each in new)
        if size <= room:
            kept |= new
            room -= size
    return _joined(lines, kept) or report[:most]


def _headings(lines: list[str]) -> list[int]:
    """Return for each line the place of the heading it stands under, or its own."""
    out, last = list[int](), -1
    for at, line in enumerate(lines):
        last = at if line.startswith("#") else last
        out.append(last if last >= 0 else at)
    return out


def _reasons(line: str) -> float:
    """Return what a line brings that a list of names, of commands and of outcomes has not."""
    listed = _LISTS.match(line.lstrip())
    whole = 0.0 if listed or line.count(" ") < WHOLE_SPACES else WHOLE * (1 + line.count(". "))
    return whole + cues(line) + (line.count(".") > 1 and bool(_VERSION.search(line)))


def _joined(lines: list[str], kept: set[int]) -> str:
    """Return lines in their order, with a mark where others are left out."""
    out, gap = list[str](), False
    for at, line in enumerate(lines):
        if at in kept:
            if gap and not line.startswith("#"):
                out.append(SHORT)
            out.append(line)
        gap = at not in kept and (gap or bool(line.strip()))
    return "\n".join(out)
