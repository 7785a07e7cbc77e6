"""What a session was about before its record began, as the client's own summary at the top of it says.

A model wrote that: it is told as such, and of what was left then only that of which nothing is said later.
"""

import re
from typing import Final

from spread.distill.ruled_text import listed
from spread.distill.words import stems

FIRST_CHARS: Final = 260
LAST_CHARS: Final = 240
KEPT_CHARS: Final = 4_000
BEFORE: Final = "before this record, by the client's summary of it: "
UNDER_WAY: Final = "the record begins in the middle of earlier work; what was asked for that is not on it"
_ASKED: Final = re.compile(
    r"(?ms)^\s*1\. \**Primary Request and Intent:?\**:?\s*(?P<asked>.*?)(?=^\s*2\. \**[A-Z]|\Z)"
)
MISHAPS: Final = "the client's summary"  # where errors stand that were made there
LEFT_BEFORE: Final = "left before this record, by the client's summary; no later word of it seen: "
KEPT_LEFT: Final = 12
LEFT_CHARS: Final = 160  # of one
_PART: Final = re.compile(
    r"(?m)^\s*\d+\. \**(?P<title>[A-Z][\w ]{3,40})(?: \([^)\n]*\))?(?:\**:\**|:\**)[ \t]*$"
)
_NOTHING: Final = re.compile(r"(?:no\b|none\b|nothing\b|n/a\b|await|wait)", re.I)
KEPT_NEXT: Final = 600
_BOLD: Final = re.compile(r"(?m)^\s*[-*] \*\*(.{8,160}?)\*\*")
_ITEM: Final = re.compile(r"\s*(?:[-*]|\d+[.)])\s+(?:\[ \] )?")
_CODE: Final = re.compile(r"`([^`\n]{3,80})`")
_MARKS: Final = re.compile(r"(?m)^\s*[-*]\s+|\*\*")


def request_of(summary: str) -> str:
    """Return what a summary says was asked for, an empty string where it has no such part."""
    # The last: an analysis before it has numbers, too.
    found = [it["asked"] for it in _ASKED.finditer(summary)]
    return _MARKS.sub("", found[-1]).strip()[:KEPT_CHARS] if found else ""


def in_short(said: str, *, ending: bool = True) -> str:
    """Return the beginning of it, and the end, which is what was asked last."""
    text = " ".join(said.split())
    if len(text) <= FIRST_CHARS + LAST_CHARS * ending:
        return text
    end = f" {text[-LAST_CHARS:].partition(' ')[2]}" if ending else ""
    return f"{text[:FIRST_CHARS].rsplit(' ', 1)[0]} […]{end}"


def mishaps_of(summary: str) -> str:
    """Return on one line what errors a summary names; an empty string for less than two."""
    named = [" ".join(name.split()).rstrip(".") for name in _BOLD.findall(_part(summary, "errors"))]
    return listed("Errors then", named) if len(named) > 1 else ""


def left_of(summary: str) -> list[str]:
    """Return what a summary says was left to do and names in code, each in its own words.

    Of what has no name nobody can tell whether it was done later.
    """
    out = list[str]()
    for line in _part(summary, "pending").splitlines():
        marker = _ITEM.match(line)
        text = _MARKS.sub("", line[marker.end() :] if marker else line).strip()
        pieces = [text] if marker else text.split("; ")  # a sentence may name more than one
        for piece in map(str.strip, pieces):
            if _CODE.search(piece) and not piece.endswith(":") and len(piece) <= LEFT_CHARS:
                out.append(piece.rstrip("."))
    return out[:KEPT_LEFT]


def next_of(summary: str) -> str:
    """Return the first paragraph of what a summary says comes next, an empty string where it says that nothing does."""
    lines = list[str]()
    for line in map(str.strip, _part(summary, "optional next").strip().splitlines()):
        if line and not line.startswith("```"):
            lines.append(line)
        elif lines and not lines[-1].endswith(":"):
            break
    said = _MARKS.sub("", "\n".join(lines)).strip()
    return "" if _NOTHING.match(said) else " ".join(said.split())[:KEPT_NEXT]


def unless_after(line: int, ahead: tuple[int, str]) -> tuple[int, str]:
    """Return what a summary says comes next, nothing once somebody went on at a line after it."""
    return ahead if line < ahead[0] else (0, "")


def still_left(left: list[str], said: str) -> list[str]:
    """Return what a text does not speak of: no line of it has a name that stands there, or all words of one."""
    lines = [stems(line) for line in said.splitlines()]

    def spoken_of(name: str) -> bool:
        own = stems(name)
        return name in said or (len(own) > 1 and any(own <= line for line in lines))

    return [text for text in left if not any(map(spoken_of, _CODE.findall(text)))]


def _part(summary: str, title: str) -> str:
    """Return a part of a summary, the last one with a title that begins so: an analysis before it has parts, too."""
    found = list(_PART.finditer(summary))
    ends = [*(it.start() for it in found), len(summary)][1:]
    parts = [
        summary[it.end() : end]
        for it, end in zip(found, ends, strict=True)
        if it["title"].lower().startswith(title)
    ]
    return parts[-1] if parts else ""
