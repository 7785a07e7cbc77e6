# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""Whether a message only says what the agent does next: words on the way, which answer nothing yet."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.questions import ends_in_question, lists_own_steps
from spread.distill.reports import CLAIMS, SENTENCE_END, announces

WHOLE_MARKS: Final = 2  # of bold print, round all of a line
# The next step as an order to itself; what stands below other lines may tell the person how to go on.
_STEP: Final = re.compile(
    r"(?:now|next),? (?:add|update|create|fix|write|implement|replace|remove|wire|rename|register|extend|refactor|adjust|move)\b"
    r"(?! (?:is|are|was|were|works?|passes)\b)|"
    r"(?:now,? |next,? )?(?:(?:re)?writ|add|updat|creat|fix|implement|replac|remov|renam|extend|refactor|adjust|mov|wir|correct|runn|rerunn|check|extract)ing\b"
    r"(?!.*\b(?:is|are|was|were|will|would|should|could|can|may|helps?|needs?|works?)\b).{0,60}$"
)
# The next step by its verb, of the agent's own doing and one that changes a file.
_EDITS_NEXT: Final = re.compile(
    r"\b(?:let me|let's|i'll|i will|i'm going to|i (?:need|have) to|(?:now|next),?)(?: (?:now|next|just|also|then|first|quickly|go ahead and|try to))* "
    r"(?:add|update|create|fix|write|rewrite|implement|replace|remove|rename|extend|refactor|adjust|change|correct|wire|move|mend)(?:ing)?\b"
)
# A step as a heading: what came of it would stand below.
_HEADS_STEP: Final = re.compile(
    r"(?:#{1,6} |\*\*)(?:[A-Za-z]+ ){0,3}#?\d{1,2}[.:)] ?\*{0,2} ?[^\W\d]"
    r"(?!.*\b(?:done|completed?|finished|passed|ready)\W*$)",
    re.I,
)
# What the agent does next is the user's to say.
_LEAVES_IT: Final = re.compile(
    r"(?:so )?(?:just )?let me know\b|(?:then |so )?i(?:'ll| will|'m going to) (?:now |just |then )?(?:wait (?:for|until|till) (?:you|your|a word|a reply|the word|the go-ahead)\b|"
    r"hold (?:off|on) (?:until|till) you\b|stand by\b|(?:stop|pause) here\b|leave (?:it|that|this) (?:at that|there|to you|with you)\b)"
)


@lru_cache(1_000)  # most words come again at the next revision
def breaks_off(said: str) -> bool:
    """Tell whether a message ends with what the agent does next: words on the way, which answer nothing yet."""
    end = said.rstrip(" *_\n")
    if end.endswith((":", "：")) or lists_own_steps(end):
        return True
    above, _, last = end.rpartition("\n")
    part = SENTENCE_END.split(last)[-1]
    if _LEAVES_IT.match(part.lower().replace("\u2019", "'")):
        return False
    goes_on = announces(part) or (not above and _STEP.match(part.lower()) is not None)
    return (goes_on or _heads_nothing(said)) and not ends_in_question(said)


def comes_next(said: str) -> str:
    """Return the sentence with which a message ends that only says what the agent does next, an empty string without one."""
    last = SENTENCE_END.split(said.rstrip(" *_:：\n").rpartition("\n")[2])[-1]
    return last if breaks_off(said) else ""


def is_edit(step: str) -> bool:
    """Tell whether what the agent says it does next changes a file."""
    return _EDITS_NEXT.search(step.lower().replace("\u2019", "'")) is not None


def _heads_nothing(said: str) -> bool:
    """Tell whether a message ends with the heading of one step, below words; in a list of them it is an item."""
    *_, above, last = ["", *(line.strip() for line in said.splitlines() if line.strip())]
    whole = last.startswith("#") or (last.endswith("**") and last.count("**") == WHOLE_MARKS)
    stands = whole and above and not last.rstrip(" *").endswith(CLAIMS)
    return bool(stands and _HEADS_STEP.match(last) and not _HEADS_STEP.match(above))
