"""The prompts of a session, each with what it answered and what was answered to it."""

import re
from dataclasses import dataclass
from typing import Final

from spread.distill_options import named, picked
from spread.distill_words import choices, objects, sentences, stems
from spread.transcript_events import Prompt, Say

# A name is told from a word by what stands in it: `db:generate`, `a/b.py`, `read_all`.
_DENIED: Final = re.compile(
    r"\bnot (?:the |an? |in |from |because of |due to )?[`\"'“]?(\w+(?:[./:_-]+\w+)+)"
)
ABOUT_READ: Final = 4_000


@dataclass(slots=True)
class Turn:
    """One prompt, what it answered, and the last and longest words of the agent on it."""

    prompt: Prompt
    asked: str = ""  # the question in what the agent had said before
    picked: str = ""  # the option of that which the prompt picks
    passed: str = ""  # the other options
    chosen: list[str] | None = None  # what it prefers, decides, corrects, verbatim; see `choices_of`
    objects: bool = False
    about: str = ""  # the sentence of what the agent had said before that it objects to
    admits: str = ""  # what the agent answered to that
    denies: tuple[str, ...] = ()  # names of what it says is not the cause
    last: Say | None = None
    longest: Say | None = None  # of the last turns only


def turn_of(prompt: Prompt, asked: str, before: Say | None) -> Turn:
    taken, others = picked(prompt.text, before.text) if before else ("", "")
    turn = Turn(prompt, asked, taken, others, objects=objects(prompt.text))
    if turn.objects:
        said, read = before.text if before else "", prompt.text[:ABOUT_READ]
        turn.about = named(read, said) or _about(read, said[-ABOUT_READ:]) if said else ""
        turn.denies = tuple(_DENIED.findall(prompt.text[:ABOUT_READ]))
    return turn


def _about(objection: str, said: str) -> str:
    """Return the sentence that speaks most of what an objection speaks of; of such the last."""
    words = stems(objection)
    found = [(len(words & stems(part)), part) for part in sentences(said) if not part.startswith("#")]
    most = max((count for count, _ in found), default=0)
    return (
        next((part.replace("**", "") for count, part in reversed(found) if count == most), "") if most else ""
    )


def choices_of(turn: Turn) -> list[str]:
    """Return what the prompt prefers, decides or corrects; looked for when first wanted, then kept."""
    if turn.chosen is None:
        typed = turn.prompt.kind in ("typed", "queued")
        turn.chosen = choices(turn.prompt.text, answers=bool(turn.asked))[:12] if typed else []
    return turn.chosen
