"""What the agent offered to do next and the user neither took up nor spoke of."""

import re
from typing import Final

from spread.distill.prompts import assents, is_short_reply
from spread.distill.questions import question_of
from spread.distill.turns import Turn
from spread.distill.words import sentences, stems

LEAST_STEMS: Final = 4  # a shorter question names nothing
SAME: Final = 0.2  # of its words, from which on something later speaks of it
# Any reply chooses between two; an offer of one thing is plainly left alone.
# What any answer fits offers nothing.
_OPEN: Final = re.compile(r"\W*(?:what|which|how|who|whose|where|when|why)\b", re.I)
_YES: Final = re.compile(
    r"\W*(?:y|yes|yep|yeah|yup|sure|ja|oui|sí|да|是的|好的)\b", re.I
)  # and what more is wanted
_LEAVES: Final = re.compile(
    r"\W*(?:(?:it|that|this)(?:'?s| is) (?:fine|ok(?:ay)?|good|enough)|fine\b|no need|not (?:needed|necessary|now)|never ?mind|skip|leave)\b",
    re.I,
)
_EITHER: Final = re.compile(r"\bor\b|\boder\b|\bou\b|还是|または|それとも|\bили\b")


def left_alone(turns: list[Turn]) -> list[tuple[int, str]]:
    """Return (line, question) of the offers of these turns but the last that nothing later speaks of, the newest first."""
    later, out = list[set[str]](), list[tuple[int, str]]()
    for at in range(len(turns) - 1, -1, -1):
        turn, then = turns[at], turns[at + 1] if at + 1 < len(turns) else None
        answers = then is None or then.objects or _replies(then.prompt.text)
        asked = question_of(turn.last.text) if turn.last and not answers else ""
        offer = next((part for part in reversed([*sentences(asked)]) if part.endswith(("?", "？"))), asked)  # noqa: RUF001 - both are used
        words = stems(offer)
        known = any(len(words & each) >= SAME * len(words) for each in later)
        vague = _EITHER.search(offer.lower()) or _OPEN.match(offer) or offer.count("(") != offer.count(")")
        if turn.last and len(words) >= LEAST_STEMS and not known and not vague:
            out.append((turn.last.line, offer.replace("**", "").strip(" *_")))
        says = {say.line: say.text for say in (turn.longest, turn.last) if say is not None}
        later += [stems(part) for told in (turn.prompt.text, *says.values()) for part in told.splitlines()]
    return out


def _replies(text: str) -> bool:
    """Tell whether a prompt answers what was said before, whatever that was."""
    return is_short_reply(text) or assents(text) or bool(_YES.match(text) or _LEAVES.match(text))
