"""What a form of questions decided: the answers, and the options that were offered beside them."""

import re
from typing import Final

from spread.distillation_codec import shorten
from spread.transcript_events import Call

_ANSWERED: Final = re.compile(r'^\s*- "(.+?)"\s*\n\s*Answer: (.+)$', re.M)
_FORM: Final = "Questions asked:"


def answers(call: Call) -> list[tuple[str, str]]:
    """Return each question with its answer and what was not taken, on one line; and the answer alone."""
    given = call.extra.get("answers")
    if not isinstance(given, dict):
        return []
    return [
        (_told(str(question), str(answer), 400) + _not_taken(call, question, str(answer)), str(answer))
        for question, answer in given.items()
    ]


def put_back(words: str) -> list[str]:
    """Return what is told of a form that the user did not send: what they said, and what they had answered so far."""
    if _FORM in words:
        given = (_told(found[1], found[2], 300) for found in _ANSWERED.finditer(words))
        return [f"{told}, but then: let us talk about it" for told in given]
    return [f"asked to choose, the user said instead: “{shorten(words, 480)}”"] if words.strip(" ():") else []


def _told(question: str, answer: str, most: int) -> str:
    return f"{shorten(question, 160)} → “{shorten(answer, most)}”"


def _not_taken(call: Call, question: object, answer: str) -> str:
    asked = call.input.get("questions")
    for item in asked if isinstance(asked, list) else ():
        if isinstance(item, dict) and item.get("question") == question:
            offered = item.get("options")
            offered = offered if isinstance(offered, list) else []
            labels = [str(option.get("label")) for option in offered if isinstance(option, dict)]
            if answer in labels and len(labels) > 1:
                return f" (not: {shorten('; '.join(label for label in labels if label != answer), 120)})"
    return ""
