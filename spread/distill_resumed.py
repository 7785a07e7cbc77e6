"""What a session was about before its record began, as the client's own summary at the top of it says."""

import re
from typing import Final

FIRST_CHARS: Final = 320
LAST_CHARS: Final = 280
KEPT_CHARS: Final = 4_000
BEFORE: Final = "before this record, by the client's summary of it: "
_ASKED: Final = re.compile(
    r"(?ms)^\s*1\. \**Primary Request and Intent:?\**:?\s*(?P<asked>.*?)(?=^\s*2\. \**[A-Z]|\Z)"
)
_MARKS: Final = re.compile(r"(?m)^\s*[-*]\s+|\*\*")


def request_of(summary: str) -> str:
    """Return what a summary says was asked for, an empty string where it has no such part."""
    found = [
        it["asked"] for it in _ASKED.finditer(summary)
    ]  # the last: an analysis before it has numbers, too
    return _MARKS.sub("", found[-1]).strip()[:KEPT_CHARS] if found else ""


def in_short(said: str) -> str:
    """Return the beginning and the end of it, which is what was asked last."""
    text = " ".join(said.split())
    if len(text) <= FIRST_CHARS + LAST_CHARS:
        return text
    return f"{text[:FIRST_CHARS].rsplit(' ', 1)[0]} […] {text[-LAST_CHARS:].partition(' ')[2]}"
