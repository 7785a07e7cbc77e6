"""What a form of questions decided: the answers, and the options that were offered beside them."""

import re
from collections.abc import Container
from typing import Any, Final

from spread.distill.words import sentences
from spread.distillation_codec import shorten
from spread.distillation_parts import ADVISED
from spread.transcript_events import Call

_ANSWERED: Final = re.compile(r'^[^\S\n]*- "(.+?)"[^\S\n]*\n\s*Answer: (.+)$', re.M)
_BESIDE: Final = re.compile(r'(?<=") (?:user notes|selected preview):')
_APPROVED: Final = "\n## Approved Plan"
_FORM: Final = "Questions asked:"
_ADVISED: Final = " (Recommended)"
OFFERED_CHARS: Final = 120
QUESTION_CHARS: Final = 200
NOTE_CHARS: Final = 300
FEW_CHARS: Final = 200  # of an answer in the user's own words, beside which there is room
MEANING_CHARS: Final = 160  # of what a form says of the option that was chosen


def answers(call: Call) -> list[str]:
    """Return each question with its answer and what was not taken, on one line."""
    notes = _notes(call)
    return [
        _told(question, answer, 400)
        + _not_taken(call, question, answer)
        + (f"; the user noted: “{shorten(notes[question], NOTE_CHARS)}”" if question in notes else "")
        for question, answer in _given(call).items()
    ]


def own_words(call: Call) -> list[str]:
    """Return the answers that the user wrote, not those that an option offered."""
    offered = {
        str(item.get("question")): [str(it.get("label")) for it in _options(item)]
        for item in _questions(call)
    }
    out = list[str]()
    for question, answer in _given(call).items():
        rest = answer
        for label in sorted(offered.get(question, ()), key=len, reverse=True):
            rest = rest.replace(label, "")
        if rest.strip(" ,"):
            out.append(answer)
    return [*out, *_notes(call).values()]


def _given(call: Call) -> dict[str, str]:
    """Return the answer to each question: from the structured result, without one from the words of the client."""
    given = call.extra.get("answers")
    if isinstance(given, dict):
        told = (
            (str(key), ", ".join(map(str, it)) if isinstance(it, list) else str(it))
            for key, it in given.items()
        )
        return dict(told)
    said = call.output if call.ok else ""
    asked = (str(item.get("question")) for item in _questions(call))
    spots = sorted((at, key) for key in asked if (at := said.find(f'"{key}"="')) >= 0)
    ends = [*(at for at, _ in spots[1:]), len(said)][: len(spots)]
    parts = {key: said[at + len(key) + 4 : end] for (at, key), end in zip(spots, ends, strict=True)}
    return {key: _BESIDE.split(part, maxsplit=1)[0].rpartition('"')[0] for key, part in parts.items()}


def _notes(call: Call) -> dict[str, str]:
    """Return what the user wrote beside the options that they chose."""
    given = call.extra.get("annotations")
    found = given.items() if isinstance(given, dict) else ()
    notes = ((str(key), it.get("notes")) for key, it in found if isinstance(it, dict))
    return {key: note for key, note in notes if isinstance(note, str) and note.strip()}


def _questions(call: Call) -> list[dict[str, Any]]:
    asked = call.input.get("questions")
    return [item for item in asked if isinstance(item, dict)] if isinstance(asked, list) else []


def waiting(call: Call) -> str:
    """Return what a call without a result leaves to the user: to approve a plan, or to answer; else an empty string."""
    if call.name == "ExitPlanMode":
        return f"the user has to approve or refuse the plan “{shorten(title_of(plan_of(call)), 160)}”"
    told = _asks(call)
    return f"the user has to answer: {' / '.join(told)}" if told else ""


def still_asked(call: Call) -> str:
    """Return what a form asked that the user did not send, but wants to speak about first; what they answered aside."""
    if _FORM not in call.words:
        return ""
    given = {found[1] for found in _ANSWERED.finditer(call.words)}
    return " / ".join(_asks(call, given))


def _asks(call: Call, given: Container[str] = ()) -> list[str]:
    """Return the questions of a form with what they offer, without those that are given an answer."""
    found = _questions(call) if call.name == "AskUserQuestion" else []
    left = [item for item in found if str(item.get("question")) not in given]
    return [f"{_short(str(item.get('question')))}{_offered(item)}" for item in left]


def _short(question: str) -> str:
    """Return a question, or of a long one what it ends in: that is what it asks."""
    said = [*sentences(question)] if len(question) > QUESTION_CHARS else []
    return shorten(said[-1] if said else question, QUESTION_CHARS)


def plan_of(call: Call) -> str:
    """Return the plan that a call puts up for approval; of an approved one as the user left it, who may edit it."""
    return str(call.extra.get("plan") or call.input.get("plan") or _in_words(call))


def _in_words(call: Call) -> str:
    """Return the plan as the client repeats it to the agent, below a heading that may say that the user edited it."""
    _, found, said = (call.output if call.ok else "").partition(_APPROVED)
    return said.partition("\n")[2].strip() if found else ""


def was_edited(call: Call) -> bool:
    """Tell whether the user approved another plan than the one that was put up."""
    put_up, approved = call.input.get("plan"), call.extra.get("plan")
    return isinstance(put_up, str) and isinstance(approved, str) and put_up.split() != approved.split()


def title_of(plan: str, otherwise: str = "untitled") -> str:
    """Return the first line of a plan, which says what it is about."""
    return next((line.strip("# ") for line in plan.splitlines() if line.strip("# ")), otherwise)


def _offered(item: dict[str, Any]) -> str:
    labels = _labels(_options(item))
    return f" ({shorten(labels, 160)})" if labels else ""


def _options(item: dict[str, Any]) -> list[dict[str, Any]]:
    offered = item.get("options")
    return [it for it in offered if isinstance(it, dict)] if isinstance(offered, list) else []


def _labels(options: list[dict[str, Any]]) -> str:
    """Return what options are called, and which the agent advised."""
    return "; ".join(str(it.get("label")).replace(_ADVISED, ", advised") for it in options)


def put_back(words: str) -> list[str]:
    """Return what is told of a form that the user did not send: what they said, and what they had answered so far."""
    if _FORM in words:
        given = (_told(found[1], found[2], 300) for found in _ANSWERED.finditer(words))
        return [f"{told} (put back to discuss)" for told in given]
    return [f"asked to choose; user: “{shorten(words, 480)}”"] if words.strip(" ():") else []


def _told(question: str, answer: str, most: int) -> str:
    return f"{shorten(question, 160)} → “{shorten(answer.replace(_ADVISED, ''), most)}”"


def _not_taken(call: Call, question: str, answer: str) -> str:
    """Return what a chosen option means, and the options that were not chosen."""
    for item in _questions(call):
        if str(item.get("question")) == question:
            options = _options(item)
            taken = [it for it in options if str(it.get("label")) in (answer, *answer.split(", "))]
            if not taken or ", ".join(str(it.get("label")) for it in taken) != answer:
                return _advised(options) if len(answer) <= FEW_CHARS else ""
            means = str(taken[0].get("description") or "") if len(taken) == 1 else ""
            others = _labels([it for it in options if it not in taken])
            told = f": {shorten(means, MEANING_CHARS)}" if means else ""
            return told + (f" (not: {shorten(others, 160)})" if others else "")
    return ""


def _advised(options: list[dict[str, Any]]) -> str:
    """Return which option the agent advised, and what else it offered; nothing where it advised none."""
    named = [str(it.get("label")) for it in options]
    best = next((label for label in named if _ADVISED in label), "")
    # No bracket in one.
    others = [label.replace("(", "- ").replace(")", "") for label in named if label != best]
    told = "; ".join(
        [best.replace(_ADVISED, ""), *([f"offered: {others[0]}", *others[1:]] if others else ())]
    )
    return f"{ADVISED}{shorten(told, OFFERED_CHARS)})" if best else ""
