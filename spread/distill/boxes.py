"""The boxes that the text of a pull request leaves unticked, as far as the command that wrote it holds them."""

import re
from typing import Final

from spread.distillation_codec import shorten
from spread.transcript_events import Call

SHOWN_CHARS: Final = 60  # of the first one
_BOX: Final = re.compile(r"(?m)(?:^|[\"'])\s*[-*] \[([ xX])\] (\S.*?)[\"']?$")

Boxes = tuple[int, int, int, str]  # the line, how many are unticked, of how many, the first of them


def boxes_of(call: Call) -> Boxes | None:
    """Return what a call that wrote the text leaves unticked, None where that is nothing or not known."""
    command = call.input.get("command")
    found = _BOX.findall(command) if isinstance(command, str) and "[ ]" in command else []
    left = [text for mark, text in found if mark == " "]
    return (call.line, len(left), len(found), shorten(left[0], SHOWN_CHARS)) if left else None


def told(boxes: Boxes | None) -> str:
    if boxes is None:
        return ""
    line, left, count, first = boxes
    return f"; unticked in its text: {left} of {count}, “{first}”{' first' if left > 1 else ''} (L{line})"
