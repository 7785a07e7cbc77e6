"""What the agent offered: to do next, of which the user neither took it up nor spoke; ways to choose from."""

import re
from itertools import pairwise
from typing import Final

from spread.distill.prompts import assents, is_short_reply, says_no
from spread.distill.questions import choices_asked, question_of
from spread.distill.reports import Piece
from spread.distill.turns import Turn
from spread.distill.words import kept_stems, sentences, stems

LATER_READ: Final = 60  # characters of a prompt
LEAST_STEMS: Final = 4  # a shorter question names nothing
SAME: Final = 0.2  # of its words, from which on something later speaks of it
# Any reply chooses between two; an offer of one thing is plainly left alone.
# What any answer fits offers nothing.
_OPEN: Final = re.compile(
    r"(?:\A\W*|[;:\u2013\u2014] |[,;:] (?:so|and|but) )(?:what|which|how|who|whose|where|when|why)\b", re.I
)
# A yes, behind which may stand what more is wanted.
# A reply that is no "no": what was offered is to come at another time.
_LATER: Final = re.compile(
    r"\W*(?:(?:ok(?:ay)?|no|nope|maybe|yes|sure|please|nein|ja|no|non|sí|oui)\b[ ,.!]*)?(?:(?:do (?:it|that) |das |lo |on (?:le )?)?(?:later|not (?:now|yet)|another time|tomorrow|afterwards|später|nachher|noch nicht|"
    r"luego|más tarde|mañana|ahora no|todavía no|plus tard|pas maintenant|demain|depois|amanhã|позже|потом|później)(?= ?(?:[.,;:!\u2013\u2014-]|$)))|\W*(?:(?:それは)?(?:後で|あとで|また今度|明日)|(?:以后|稍后|等会儿?|明天)再?|나중에)",
    re.I,
)
_YES: Final = re.compile(r"\W*(?:y|yes|yep|yeah|yup|sure|ja|oui|sí|да|是的|好的)\b", re.I)
_LEAVES: Final = re.compile(
    r"\W*(?:(?:it|that|this)(?:'?s| is) (?:fine|ok(?:ay)?|good|enough)|fine\b|no need|not (?:needed|necessary|now)|never ?mind|(?:(?:let'?s|we(?:'ll| can| will| should)?|i(?:'d| would)(?: rather)?) )?(?:skip|leave|defer|postpone|park))\b",
    re.I,
)
MOST_LISTED: Final = 5  # questions of one list
LEAST_LISTED: Final = 2  # telling words of one
REPLY_CHARS: Final = 240
_ASKED_ITEM: Final = re.compile(r"\s*(?:[-*•]|\(?(?:\d|[a-h])[.)])\s+(\S.*[?\uff1f])[\s*]*$", re.I)
# Answers more than one by their places, or all alike.
_SEVERAL: Final = re.compile(
    r"\n|(?:^|[\s,;])\(?[1-9a-h][.):]\s|\b(?:both|all|every|neither|none|first|second|beide|alle|keine|ambas|todas|les deux|toutes)\b|両方|全部|都",
    re.I,
)
LAST_PARTS: Final = 3  # of a message, among which its question stands
_WAYS: Final = re.compile(
    r"\W*(?:here(?: are|'s)|there (?:are|is)|(?:we|you) have|i see)?\s*(?:(?:the|two|three|four|some|several|a few|your|our|other|main|available) )*"
    r"(?:options|alternatives|choices|possibilities|possible (?:ways|approaches|fixes|solutions)|(?:two|three|four|several) (?:ways|approaches))\b",
    re.I,
)
_LABEL: Final = re.compile(r"\W*(?:(?:option|approach) )?[1-9A-H]\**[.):]", re.I)
_WORD: Final = re.compile(r"\w+")
_EITHER: Final = re.compile(r"\bor\b|\boder\b|\bou\b|还是|または|それとも|\bили\b")


def left_alone(turns: list[Turn]) -> list[tuple[int, str, int]]:
    """Return (line, question, then) of the offers of these turns but the last that nothing later speaks of, the newest first.

    `then` is the line of the prompt that put it off, 0 where none did.
    """
    later, out = list[frozenset[str]](), list[tuple[int, str, int]]()
    for at in range(len(turns) - 1, -1, -1):
        turn, then = turns[at], turns[at + 1] if at + 1 < len(turns) else None
        put_off = then is not None and _LATER.match(then.prompt.text[:LATER_READ]) is not None
        answers = then is None or (not put_off and (then.objects or _replies(then.prompt.text)))
        asked = question_of(turn.last.text) if turn.last and not answers else ""
        offer = next((part for part in reversed([*sentences(asked)]) if part.endswith(("?", "？"))), asked)  # noqa: RUF001 - both are used
        words = stems(offer)
        # The next prompt was written with the offer in view: one word of it there speaks of it.
        known = any(len(words & each) >= SAME * len(words) for each in later) or (
            then is not None and not (words | _coded(offer)).isdisjoint(_names(then.prompt.text))
        )
        vague = _EITHER.search(offer.lower()) or _OPEN.search(offer) or offer.count("(") != offer.count(")")
        if turn.last and len(words) >= LEAST_STEMS and not known and not vague:
            said = offer.replace("**", "").strip(" *_")
            out.append((turn.last.line, said, then.prompt.line if then and put_off else 0))
        says = {say.line: say.text for say in (turn.longest, turn.last) if say is not None}
        later += [
            kept_stems(part) for told in (turn.prompt.text, *says.values()) for part in told.splitlines()
        ]
    return out


def half_answered(turns: list[Turn]) -> list[tuple[int, str]]:
    """Return (line, question) of a list of questions of which the next prompt takes up another one, and no later one this.

    Only of the newest: once the agent has laid out anew what there is to choose, an older list is no more in view.
    """
    later, out = list[frozenset[str]](), list[tuple[int, str]]()
    for turn, before in pairwise(turns[::-1]):
        if turn.last and _lays_out(turn.last.text):
            break
        reply = turn.prompt.text
        later.append(kept_stems(reply))
        asked = _listed_questions(before.last.text) if before.last else []
        if not 1 < len(asked) <= MOST_LISTED or len(reply) > REPLY_CHARS or _SEVERAL.search(reply):
            continue
        words = [kept_stems(each) for each in asked]
        taken = [each for each in words if each & later[-1]]
        if len(taken) != 1 or before.last is None or assents(reply) or turn.objects:
            continue
        own = taken[0]
        left = [
            (before.last.line, each)
            for each, its in zip(asked, words, strict=True)
            if its != own and len(its) >= LEAST_LISTED and not any(its & said - own for said in later)
        ]
        out += left
    return out


def _lays_out(said: str) -> bool:
    """Tell whether a message ends in a list of what the user may choose, or in several questions."""
    return len(_listed_questions(said)) > 1 or bool(choices_asked(said))


def _listed_questions(said: str) -> list[str]:
    """Return the questions of the list that a message ends in."""
    out = list[str]()
    for line in reversed(said.rstrip().splitlines()):
        if not line.strip():
            continue
        found = _ASKED_ITEM.match(line)
        if not found:
            break
        out.append(found[1].replace("**", ""))
    return out[::-1]


def ways(parts: tuple[Piece, ...]) -> set[int]:
    """Return the places of what a message that ends with a question lays out to be chosen from."""
    if not any(part.text.endswith("?") for part in parts[-LAST_PARTS:]):
        return set()
    out, on = set[int](), False
    for part in parts:
        labelled = _LABEL.match(part.source) is not None
        on = _WAYS.match(part.under) is not None or (on and labelled and not part.under)
        if on and (labelled or part.source.lstrip().startswith(("- ", "* ", "•"))):
            out.add(part.place)
    return out


def _names(text: str) -> set[str]:
    return stems(text) | _coded(text)


def _coded(text: str) -> set[str]:
    """Return the words of a text that hold a digit: short as they are, they name something."""
    return {word for word in _WORD.findall(text.lower()) if any(map(str.isdigit, word))}


def _replies(text: str) -> bool:
    """Tell whether a prompt answers what was said before, whatever that was."""
    return (
        is_short_reply(text)
        or assents(text)
        or says_no(text)
        or bool(_YES.match(text) or _LEAVES.match(text))
    )
