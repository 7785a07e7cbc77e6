"""How the page shows the agent's last report: every item, shortened alike, rather than the first ones whole."""

import re
from functools import lru_cache
from typing import Final

from spread.distillation_codec import shorten

LINE_CHARS: Final = 320  # of a line of the report
READ_CHARS: Final = 2_000  # of a line
MOST_LINES: Final = 200  # are looked at: a page has room for a tenth of them
WORDS: Final = 165  # of all of it, about
MOST_WORDS: Final = 175  # above which lists lose their ends
JOINED_CHARS: Final = 420  # of list items on one line
_LIMITS: Final = (240, 190, 150, 120, 95, 75, 60)
_WHOLE: Final = 2  # so many lines of the beginning keep LINE_CHARS: they say what it is about
_BULLET: Final = re.compile(r"(?:[-*\u2022]\s+)+")
_NUMBERED: Final = re.compile(r"\d{1,2}[.):]\s")
_DECORATION: Final = re.compile("[\U0001f300-\U0001faff\u2728]\ufe0f?\\s*")
_END: Final = re.compile(r"(?<=[.!?])(?<!\b\d\.)(?<!\b\d\d\.)\s+(?=[\"'“`(*A-Z\d])")
_LAST_SHARE: Final = 0.5  # of a line is for its last sentence, at most
_PARTED: Final = 130  # characters of a line, in which both can be told
_LABEL: Final = 24  # characters of a first sentence that may be but the name of what follows
LISTED: Final = 3  # items of a list that stay, where others go for what stands below
_DONE: Final = re.compile("^((?:(?:[-*]|\\d{1,2}[.)])\\s+)?)[\u2705\u2713\u2714]\ufe0f?\\s+")


@lru_cache(4)  # until there is a newer one, the same comes again at each revision, and more than once in one
def lines_of(report: str) -> list[str]:
    """Return the lines of a report for the page; the longer it is, the less of each of its lines."""
    lines = [_DONE.sub(r"\1", _DECORATION.sub("", line)).strip() for line in report.splitlines()]
    lines = [line for line in lines if line]
    return _joined(_fitting(lines[:MOST_LINES])) + lines[MOST_LINES:]


def _fitting(lines: list[str]) -> list[str]:
    """Return the lines cut at the longest limit at which all of them fit, else at the shortest."""
    made = [_cut(line, LINE_CHARS) for line in lines]
    for limit in _LIMITS:
        if sum(len(line.split()) for line in made) <= WORDS:
            break
        made = [_cut(line, _most(line, at, limit)) for at, line in enumerate(lines)]
    return _ending(made)


def _ending(lines: list[str]) -> list[str]:
    """Return lines of which there are too many without the ends of their long lists: advice and offers stand last."""
    words = [len(_BULLET.sub("", line, count=1).split()) for line in lines]
    excess = sum(words) - MOST_WORDS
    gone, items = set[int](), 0
    runs = list[tuple[int, int]]()  # where each list begins and ends, but one that nothing follows
    for at, line in enumerate(lines):
        if _is_item(line):
            items += 1
        elif items:
            runs.append((at - items, at))
            items = 0
    for begin, end in sorted(runs, key=lambda run: run[0] - run[1]):
        for at in range(end - 1, begin + LISTED - 1, -1):
            if excess <= 0:
                break
            gone.add(at)
            excess -= words[at]
    return [
        f"{line.removesuffix('…')}…" if at + 1 in gone else line
        for at, line in enumerate(lines)
        if at not in gone
    ]


def _is_item(line: str) -> bool:
    return bool(_BULLET.match(line) or _NUMBERED.match(line))


def _cut(line: str, most: int) -> str:
    """Return a line cut: of a paragraph the sentences between the first and the last go first.

    What something comes to, or why, is said last; an item of a list begins with what it is.
    """
    if len(line) <= most or len(line) > READ_CHARS or _is_item(line):
        return shorten(line, most)
    parts = _END.split(line)
    if len(parts) > 1 and len(parts[0]) < _LABEL:
        parts[:2] = [f"{parts[0]} {parts[1]}"]
    head, last = parts[0], parts[-1]
    share = max(most * _LAST_SHARE, most - len(head) - 2)
    if most >= _PARTED:
        last = shorten(last, int(share))
    if len(parts) < 2 or len(last) > share:
        return shorten(line, most)
    room, at = most - len(last) - 2, 1
    while at < len(parts) - 1 and len(head) + len(parts[at]) + 1 <= room:
        head += f" {parts[at]}"
        at += 1
    head = shorten(head, room)
    gap = "…" if at < len(parts) - 1 and not head.endswith("…") else ""
    return f"{head} {gap}{last}"


def _most(line: str, at: int, limit: int) -> int:
    """Return how long a line may be: what is no item of a list says more, such as what follows from the items."""
    item = _is_item(line) or line.count(";") > 2  # these are of code
    return limit if item else LINE_CHARS if at < _WHOLE else min(LINE_CHARS, limit * 9 // 5)


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
