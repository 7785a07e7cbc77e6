"""The prompts of a session, each with what it answered and what was answered to it."""

import re
from typing import Final

import msgspec

from spread.distill.choices import choices
from spread.distill.options import named, picked
from spread.distill.prompts import assents, objects
from spread.distill.questions import OFFER, with_aside
from spread.distill.subject import is_empty, offered, subject_of
from spread.distill.words import kept_stems, sentences, stems, stems_once
from spread.distillation_codec import shorten
from spread.distillation_told import WISHED
from spread.transcript_events import Prompt, Say

# A name is told from a word by what stands in it: `db:generate`, `a/b.py`, `read_all`.
_DENIED: Final = re.compile(
    r"\bnot (?:the |an? |in |from |because of |due to )?[`\"'“]?(\w+(?:[./:_-]+\w+)+)"
)
ABOUT_READ: Final = 4_000
ABOUT_CHARS: Final = 200
SHORT_CHARS: Final = 60  # of a prompt that speaks of something said before
REMARK_CHARS: Final = 200  # of one that follows an offer
GENERAL: Final = 2  # words of an offer that hardly says what is offered
MOST_ITEMS: Final = 5  # of a short list
ITEMS_CHARS: Final = 220
_ITEM: Final = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+")
EXPLAINED_CHARS: Final = 100  # of an answer to what names nothing; a longer one says itself to what
SHARED: Final = 2  # words of what a prompt speaks of, and
OF_WORDS: Final = 3  # of so many of its own one
_AGREES: Final = re.compile(
    r"\W*(?:y|yes|yep|yeah|ok(?:ay)?|sure|cool|great|good|nice|perfect|fine|right|correct|let'?s|go|do|ja|sí|oui)\b",
    re.I,
)
ASKING: Final = ("?", "\uff1f")  # end a question


class Turn(msgspec.Struct, array_like=True):
    """One prompt, what it answered, and the last and longest words of the agent on it."""

    prompt: Prompt
    asked: str = ""  # the question in what the agent had said before
    picked: str = ""  # the option of that which the prompt picks
    passed: str = ""  # the other options
    chosen: list[str] | None = None  # what it prefers, decides, corrects, verbatim; see `choices_of`
    objects: bool = False
    # The sentence of what the agent had said before that it objects to, or in short speaks of.
    about: str = ""
    admits: str = ""  # what the agent answered to that
    denies: tuple[str, ...] = ()  # names of what it says is not the cause
    halts: bool = False  # the agent was stopped for it
    last: Say | None = None
    longest: Say | None = None  # of the last turns only
    shown: int = 0  # the line of an image without a word that came after it


def turn_of(prompt: Prompt, asked: str, before: Say | None, wish: str = "") -> Turn:
    """Return the turn that a prompt begins.

    Args:
        asked: The question of the agent that it follows, if any.
        before: What the agent said last.
        wish: What the user had asked for that the agent answered so, if it was only talked of.
    """
    taken, others = picked(prompt.text, before.text, asked) if before else ("", "")
    if before and asked and not taken and assents(prompt.text):
        asked = with_aside(before.text, asked)  # a mere yes is to that, too
    turn = Turn(prompt, asked, taken, others, objects=objects(prompt.text))
    if turn.objects:
        said, read = before.text if before else "", prompt.text[:ABOUT_READ]
        turn.about = named(read, said) or _about(read, said[-ABOUT_READ:]) if said else ""
        turn.denies = tuple(_DENIED.findall(prompt.text[:ABOUT_READ]))
    elif before and not taken and prompt.kind == "typed":
        if _says_little(prompt.text, asked):
            turn.about = _remarked(prompt.text, before.text)
        if not turn.about and is_empty(asked):
            _explain(turn, before.text, wish)
    return turn


def _remarked(reply: str, said: str) -> str:
    """Return the sentence that a remark is on: it shares enough words with it, and says more than these."""
    words = kept_stems(reply)
    about, shared = _spoken_of(reply, said[-ABOUT_READ:])
    if shared < max(SHARED, len(words) // OF_WORDS) or about.endswith(ASKING):
        return ""
    return shorten(about, ABOUT_CHARS) if len(stems_once(about) - words) >= SHARED else ""


def _explain(turn: Turn, said: str, wish: str) -> None:
    """Put in place of a question that names nothing what it is about, and note between what it leaves to choose."""
    reply = turn.prompt.text
    if assents(reply):
        turn.about = wish if wish.startswith(WISHED) else ""
        return
    turn.passed = offered(said, turn.asked)
    subject = subject_of(said, turn.asked)
    if subject.endswith(ASKING) or (subject and not turn.passed and len(reply) <= EXPLAINED_CHARS):
        turn.asked = subject
    elif wish and len(reply) <= EXPLAINED_CHARS:
        # To what they only wanted to know, nobody says yes, unless they choose.
        fits = turn.passed or wish.startswith(WISHED) or not _AGREES.match(reply)
        turn.asked = wish if fits else turn.asked


def _says_little(reply: str, asked: str) -> bool:
    """Tell whether a prompt is hardly understood without what it speaks of: a short one, or a remark on a mere offer."""
    most = REMARK_CHARS if is_general(asked) else SHORT_CHARS if not asked else 0
    return len(reply) <= most and not reply.rstrip().endswith(ASKING) and not assents(reply)


def is_general(asked: str, most: int = GENERAL) -> bool:
    """Tell whether a question is an offer that hardly says what is offered: in at most so many words."""
    found = OFFER.search(asked)
    return found is not None and len(stems(asked[found.end() :])) <= most


def _about(objection: str, said: str) -> str:
    """Return the sentence that speaks most of what an objection speaks of; of such the last.

    Of one in a short list the whole of it: it is what was done, and did not help.
    """
    part = _spoken_of(objection, said)[0]
    items, found = list[str](), False
    for line in [*said.replace("**", "").splitlines(), ""]:
        if item := _ITEM.match(line):
            items.append(line[item.end() :].strip())
            found = found or bool(part and part in line)
        elif found and len(items) <= MOST_ITEMS and sum(map(len, items)) <= ITEMS_CHARS:
            return "; ".join(items)
        else:
            items, found = [], False
    return part


def speaks_of(reply: str, said: str) -> bool:
    """Tell whether a reply shares some telling words with a sentence of what was said."""
    return _spoken_of(reply[:ABOUT_READ], said[-ABOUT_READ:])[1] >= SHARED


def _spoken_of(reply: str, said: str) -> tuple[str, int]:
    """Return the sentence that speaks most of what a reply speaks of, of such the last, and how many words it shares."""
    words = kept_stems(reply)
    found = [(_shared(words, part), part) for part in sentences(said) if not part.startswith("#")]
    most = max((count for count, _ in found), default=0)
    part = next((part for count, part in reversed(found) if count == most), "") if most else ""
    return part.replace("**", ""), most


def _shared(words: frozenset[str], part: str) -> int:
    """Return how many of some telling words a sentence has; most have none, which shows before it is parted into words."""
    low = part.lower()
    return len(words & stems_once(part)) if any(map(low.__contains__, words)) else 0


def choices_of(turn: Turn) -> list[str]:
    """Return what the prompt prefers, decides or corrects; looked for when first wanted, then kept."""
    if turn.chosen is None:
        typed = turn.prompt.kind in ("typed", "queued")
        turn.chosen = (
            choices(turn.prompt.text, answers=bool(turn.asked), halts=turn.halts)[:12] if typed else []
        )
    return turn.chosen
