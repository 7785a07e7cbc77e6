"""What a diagnosis holds against a file, and an edit of that file then took out: it is in the way no longer."""

import re
from typing import Final

from spread.distill.edits import pairs
from spread.distill.found import CAUSE
from spread.distill.newest import drop_oldest
from spread.transcript_events import Call

# By the line of the diagnosis: the file, the words, the line of the edit.
TakenOut = dict[int, tuple[str, str, int]]

MAX_TAKEN: Final = 30
LATELY: Final = 4  # diagnoses that are looked at
_WORDS: Final = re.compile(r"`([^`()\n]{5,60})`")


def follow(taken: TakenOut, found: list[tuple[int, str, str]], path: str, call: Call) -> None:
    """Take over an edit that worked: what it takes out of what was found, and puts back of what was out."""
    name = path.rpartition("/")[2]
    causes = [(line, said) for line, kind, said in found[-LATELY:] if kind == CAUSE and name in said]
    back = [line for line, (known, _, _) in taken.items() if known == path]
    if not (causes or back):
        return
    changed = pairs(call)
    now = str(call.input.get("content") or "\n".join(new for _, new in changed))
    for line in back:
        if taken[line][1] in now:
            del taken[line]
    for line, said in causes:
        out = (words for words in _WORDS.findall(said) if words not in now and words != name)
        if gone := next((words for words in out if any(words in old for old, _ in changed)), ""):
            taken.setdefault(line, (path, gone, call.line))
    drop_oldest(taken, MAX_TAKEN)
