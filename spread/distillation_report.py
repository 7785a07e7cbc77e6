"""How the page shows the agent's last report: every item, shortened alike, rather than the first ones whole."""

import re
from typing import Final

from spread.distillation_codec import shorten

LINE_CHARS: Final = 320  # of a line of the report
MOST_LINES: Final = 200  # are looked at: a page has room for a tenth of them
WORDS: Final = 165  # of all of it, about
JOINED_CHARS: Final = 420  # of list items on one line
_LIMITS: Final = (240, 190, 150, 120, 95, 75, 60)
_WHOLE: Final = 2  # so many lines of the beginning keep LINE_CHARS: they say what it is about
_BULLET: Final = re.compile(r"(?:[-*\u2022]\s+)+")
_NUMBERED: Final = re.compile(r"\d{1,2}[.):]\s")
_DECORATION: Final = re.compile("[\U0001f300-\U0001faff\u2728]\ufe0f?\\s*")
_DONE: Final = re.compile("^((?:(?:[-*]|\\d{1,2}[.)])\\s+)?)[\u2705\u2713\u2714]\ufe0f?\\s+")


def lines_of(report: str) -> list[str]:
    """Return the lines of a report for the page; the longer it is, the less of each of its lines."""
    lines = [_DONE.sub(r"\1", _DECORATION.sub("", line)).strip() for line in report.splitlines()]
    lines = [line for line in lines if line]
    return _joined(_fitting(lines[:MOST_LINES])) + lines[MOST_LINES:]


def _fitting(lines: list[str]) -> list[str]:
    """Return the lines cut at the longest limit at which all of them fit, else at the shortest."""
    made = [shorten(line, LINE_CHARS) for line in lines]
    for limit in _LIMITS:
        if sum(len(line.split()) for line in made) <= WORDS:
            break
        made = [shorten(line, _most(line, at, limit)) for at, line in enumerate(lines)]
    return made


def _most(line: str, at: int, limit: int) -> int:
    """Return how long a line may be: what is no item of a list says more, such as what follows from the items."""
    item = bool(_BULLET.match(line) or _NUMBERED.match(line) or line.count(";") > 2)  # these are of code
    return LINE_CHARS if at < _WHOLE else limit if item else min(LINE_CHARS, limit * 9 // 5)


def _joined(lines: list[str]) -> list[str]:
    """Return the lines, items of a list one after the other: signs that stand alone count as words."""
    out, listing = list[str](), False
    for line in lines:
        bullet = _BULLET.match(line)
        item = line[bullet.end() :] if bullet else line
        is_item = bool(bullet or _NUMBERED.match(line))
        if is_item and listing and len(out[-1]) + len(item) < JOINED_CHARS:
            out[-1] += f"{'' if out[-1].endswith(':') else ';'} {item}"
        else:
            out.append(item)
        listing = is_item or item.endswith(":") or ": - " in item[-LINE_CHARS:]
    return out
