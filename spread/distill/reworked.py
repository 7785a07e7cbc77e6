"""What the agent said before it edited again what it had just edited and then tried: what was wrong with that."""

import re
from dataclasses import dataclass, field
from typing import Final

from spread.distill.calls import EDITS, LOOKS
from spread.distill.found import explanation
from spread.distillation_told import REWORKED
from spread.transcript_events import Call, Say

KEPT: Final = 60  # files of one prompt
LEAST_CHARS: Final = 32  # of a sentence that tells what was wrong
AGAIN: Final = " again"  # follows the file's name
_PLEASED: Final = re.compile(r"\W*[^.!?:;\n]{1,24}!(?:\s|$)")  # begins what only tells of success


@dataclass(slots=True)
class Work:
    """The edits on one prompt, and whether anything was run since the last."""

    prompt: int = 0
    edited: dict[str, int] = field(default_factory=dict)
    last: int = 0
    tried: bool = False


def note(work: Work, call: Call, path: str, prompt: int, say: Say | None) -> tuple[int, str, str] | None:
    """Take a call in; return what was said (line, of what, words) before an edit of a file that was edited and tried.

    Args:
        path: Of a document and the like it is empty.
        prompt: The line of the last one.
        say: What the agent said last.
    """
    if call.name not in EDITS:
        work.tried = work.tried or call.name not in LOOKS
        return None
    if prompt != work.prompt:
        work.prompt, work.edited, work.last, work.tried = prompt, {}, 0, False
    if not call.ok or not path:
        return None
    told = None
    if say and work.tried and work.last < say.line and path in work.edited and not _PLEASED.match(say.text):
        words = explanation(say.text)
        name = path.replace("\\", "/").rpartition("/")[2]
        if len(words) >= LEAST_CHARS:
            told = say.line, f"{REWORKED}{name}{AGAIN}", words
    if len(work.edited) < KEPT:
        work.edited[path] = call.line
    work.last, work.tried = call.line, False
    return told
