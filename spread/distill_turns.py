"""The prompts of a session, each with what it answered and what was answered to it."""

from dataclasses import dataclass

from spread.distill_words import choices, objects, option_of
from spread.transcript_events import Prompt, Say


@dataclass(slots=True)
class Turn:
    """One prompt, what it answered, and the last and longest words of the agent on it."""

    prompt: Prompt
    asked: str = ""  # the question in what the agent had said before
    picked: str = ""  # the option of that which the prompt picks
    chosen: list[str] | None = None  # what it prefers, decides, corrects, verbatim; see `choices_of`
    objects: bool = False
    last: Say | None = None
    longest: Say | None = None  # of the last turns only


def turn_of(prompt: Prompt, asked: str, before: Say | None) -> Turn:
    picked = option_of(prompt.text, before.text) if before else ""
    return Turn(prompt, asked, picked, objects=objects(prompt.text))


def choices_of(turn: Turn) -> list[str]:
    """Return what the prompt prefers, decides or corrects; looked for when first wanted, then kept."""
    if turn.chosen is None:
        typed = turn.prompt.kind in ("typed", "queued")
        turn.chosen = choices(turn.prompt.text, answers=bool(turn.asked))[:12] if typed else []
    return turn.chosen
