"""The statements of what was heard, and what they are worth before their form is looked at."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from spread.distill.extract import Weighed, measured, telling_words
from spread.distill.heard import AGENT
from spread.distill.intents import stated
from spread.distill.offered import ways
from spread.distill.reports import LEAD_CHARS, Piece, explains, invites, pieces, worth
from spread.distillation_codec import clean_again, shorten

PASSING: Final = 0.4  # of how things stood some turns ago, and of what was only supposed then
OBJECTED: Final = 0.4  # of what the user objected to
ASKED: Final = 0.5  # of a question of the agent
SAID_AGAIN: Final = 4  # telling words that two statements of one message share
MIN_SPACES: Final = 3  # in a statement
FORM: Final = 1.35  # times what a statement is worth when its form is one better
MOST_FORM: Final = 4.0
EXPLAINS: Final = 3.0  # what the form of a statement is better that says what something comes from
EMPTY: Final = -3.0  # form, below which a short statement only leads in what follows, or praises
EMPTY_WORDS: Final = 8
LEADS: Final = (":", "：")  # noqa: RUF001 - both end what only leads to something
_PASSING: Final = re.compile(
    r"\b(?:remaining|next step|still (?:fail|not|need|to)|not yet|pending|to ?do\b|status:|ready to|waiting|\d+/\d+ tasks|"
    r"clean working|working (?:tree|directory|copy)(?: is|:)? clean\b|n(?:othing|ot)(?: is| was| has been)? (?:yet )?(?:committed|pushed)|"
    r"should (?:now |all |then |finally )?(?:pass|work|succeed|be (?:green|fixed|resolved))\b|"
    r"likely|probably|perhaps|maybe|might \w+|i (?:think|suspect|believe)\b|(?:seem|appear)s? (?:to|like|that)\b)"
)


class _Statement(NamedTuple):
    """A sentence or list item of what was heard, with what holds of it wherever it was said."""

    piece: Piece
    stands: str  # what of it tells something once the turn went on; nothing of what only announces
    tells: bool
    passes: bool  # is of how things stood, or of what was only supposed
    explains: bool  # says what something comes from, or stands in a list of what it comes from
    way: bool  # one of several ways that are laid out to be chosen from


@lru_cache(400)  # most come again at the next revision
def _statements(said: str) -> tuple[_Statement, ...]:
    """Return what may be told of words by itself, and what only announces."""
    parts = pieces_of(said)
    leads, out = {part.under for part in parts}, list[_Statement]()
    offered = ways(parts)
    for piece in parts:
        text, under = piece.text, piece.under
        if text.endswith(":") and shorten(text.rstrip(": "), LEAD_CHARS) in leads:
            continue  # told with what stands below it
        only_leads = text.endswith(LEADS) and "`" not in text  # what it leads to is told under it
        tells = text.count(" ") >= MIN_SPACES and not only_leads and not invites(text)
        passes = tells and _PASSING.search(text.lower()) is not None
        explained = tells and (explains(text) or (bool(under) and explains(under)))
        stands = stated(text)
        if tells or not stands:
            out.append(_Statement(piece, stands, tells, passes, explained, piece.place in offered))
    return tuple(out)


class Bearing(NamedTuple):
    """What bears on the worth of all statements of one message."""

    who: str
    value: float
    denied: tuple[str, ...]  # names of what is said later not to be so
    old: bool = False
    before: bool = False
    past: bool = False  # before the last prompt
    picked: str = ""  # the beginning of the option of it that the user took, where the page tells that


@lru_cache(400)  # most come again at the next revision
def weighed(said: str, on: Bearing) -> tuple[tuple[str, ...], tuple[Weighed, ...]]:
    """Return what words announce that is told by what followed, and their statements."""
    announced, out, agent = list[str](), list[Weighed](), on.who == AGENT
    gone = [telling_words(it.piece.text) for it in _statements(said) if _has(it.piece.text, on.denied)]
    for it in _statements(said):
        text = it.piece.text
        if _has(text, on.denied) or (gone and _says_again(text, gone)):
            continue
        if on.before and not it.stands:
            announced.append(text)
            continue
        piece = it.piece._replace(text=it.stands) if on.before and it.stands != text else it.piece
        text = piece.text
        if not it.tells or (it.way and on.past) or (on.picked and on.picked in text):
            continue  # the decision tells which way was taken
        lasts = PASSING if on.old and it.passes else 1.0
        asks = ASKED if agent and text.endswith("?") else 1.0  # what was answered is told as a decision
        words, length = measured(text)
        form = worth(piece) + (EXPLAINS if it.explains else 0.0)
        if words and (form >= EMPTY or length > EMPTY_WORDS):
            value = on.value * lasts * asks * FORM ** max(min(form, MOST_FORM), -MOST_FORM)
            out.append(Weighed(text, words, length, value, 0.0, piece.source, piece.under, piece.place))
    return tuple(announced), tuple(out)


def _has(text: str, names: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, names))


def _says_again(text: str, gone: list[frozenset[str]]) -> bool:
    """Tell whether a statement speaks with other words of what another one names that is gone."""
    words = telling_words(text)
    return any(len(words & each) >= SAID_AGAIN for each in gone)


@lru_cache(400)
def pieces_of(said: str) -> tuple[Piece, ...]:
    return pieces(clean_again(said))
