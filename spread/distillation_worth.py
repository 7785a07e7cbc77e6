"""How much an item of a list tells to who goes on."""

import re
from functools import lru_cache
from typing import Final

from spread import distillation_parts as parts
from spread.distillation_also import ASKS, LEADS_IN, goes_on, repeats
from spread.distillation_fields import Fields
from spread.distillation_lean import LEAST
from spread.distillation_told import BACK, OBJECTED, REFUSED_PLAN, REWORKED, SAID_SO, UNDONE

NEVER: Final = ("never allowed", "never seen to pass")  # end a failure that nothing helped against
SHORT: Final = 10  # characters of a mere yes
AGREED: Final = 2.4  # worth of a yes to what the agent made of the user's own wish
GOING_ON: Final = 0.2  # worth of what only tells the agent to go on: the deed shows it
DIAGNOSIS: Final = "agent's diagnosis: “"  # begins what the agent says was the cause
DENIED: Final = "denied: "  # begins a call that the user refused with words
NOTED: Final = "agent noted: “"  # begins what it says proved wrong: its words may tell of no failure
SUPPOSED: Final = "agent supposed: “"  # likewise what it took for a fault
EXPLAINED: Final = 0.4  # worth of what the agent said of a failure
AGAIN: Final = 0.3  # worth of having failed more than once
HELPED: Final = 0.4  # of what made it work
TRIFLE: Final = -1.3  # of what the next call does rightly
SLIPPED: Final = -1.0  # of what was mended at its place in code
_TIMES: Final = re.compile(r" \d+ times since L\d")
_SLIP: Final = re.compile(
    r"(?:File has not been read yet|String to replace not found|Found \d+ matches|modified since)"
)
QUOTED: Final = re.compile(r"(?P<lead>[^“]*)“(?P<said>.*)”(?P<rest>[^”]*)$", re.S)
_OPENS: Final = re.compile(
    r"\b(?:do|does|did|is|are|can|could|would|should|what|how|why) "
    r"(?:we|i|you|it|there|the|they|this|that|happens|about)\b",
    re.I,
)
_ONLY_ASKS: Final = re.compile(
    r"\W*(?:what|how|where|when|which|who|do|does|did|is|was)\b(?! about\b)[^.!?]*\?\W*\Z", re.I
)
_TESTS: Final = re.compile(r": (?:tests |[\w./-]{3,80}: \S{1,160}\.\w{1,5}[:(]\d)")
_PLACED: Final = re.compile(r": \S{1,160}\.\w{1,5}[:(]\d")
_STYLE: Final = re.compile(  # says only that code or words are laid out otherwise than a tool would
    r"line-length|line too long|max-len\b|E501\b|code style issues|would (?:be )?reformat|would have printed|"
    r"not (?:properly )?formatted|trailing (?:white)?spaces?|table-column-style",
    re.I,
)
_DASHED: Final = re.compile(r"(\s[-\u2013\u2014]\s|[:;]\s)")
_SENTENCE: Final = re.compile(r"(?<=[.!?…”])(?<!\d\.)\s+")  # a number may be of a list
# What a rule says that holds for all that comes; others may be wishes of a moment.
_BINDS: Final = re.compile(
    r"\b(?:never|always|don'?t|do not|only|no|not|nothing|without|must|every|each|from now on|"
    r"nie|niemals|immer|nur|kein\w*|nicht|jede\w*|jamais|toujours|nunca|siempre|sempre)\b|不|别|勿|必须|ない",
    re.I,
)
LITTLE: Final = 80  # characters of an answer: a greeting, an "ok"
BINDING: Final = 3.0  # worth of that, besides
_NAMES: Final = re.compile(r"[\"'`“]\w[^\"'`”]*[\"'`”]|\w+[._/]\w+|\w+[a-z][A-Z]\w+|\b[A-Z]{2,}\d*\b")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")


@lru_cache(2_000)
def worth(item: str) -> float:
    """Return how much an item of the decisions or failures tells to who goes on."""
    text = item.removeprefix("- ")
    answer, quoted = parts.answer(text), QUOTED.match(text)
    said = answer["said"] if answer else quoted["said"] if quoted else text
    substance = min(len({word.lower() for word in _WORD.findall(said)}), 10) / 10
    if answer and (answer["picked"] or answer["means"] or answer["beside"].startswith(" (not")):
        return 4.0 if answer["picked"] else 3.5
    if _SLIP.search(text) and text.startswith(("Edit", "Write", "MultiEdit")):
        return 0.2
    if text.startswith(OBJECTED):
        return 4.0
    if text.startswith(REWORKED):
        return (2.4 if BACK in (quoted["lead"] if quoted else text) else 1.8) + substance
    if text.startswith((DIAGNOSIS, UNDONE, "rule “")):
        return 3.0
    if text.startswith((NOTED, SUPPOSED)):
        return 1.2 + substance
    if text.startswith((DENIED, REFUSED_PLAN)):  # also with a question, unless that only wants to know
        return (2.6 if statements(said) else 0.6 if _ONLY_ASKS.match(said) else 1.8) + substance
    if statements(said) == "":
        return 0.2 + substance / 4
    if answer and len(said) > SHORT:
        yes = goes_on(said) or repeats(answer["asked"], said)
        asks = ASKS.match(_SENTENCE.split(said)[-1])  # what stands before a question only leads to it
        return (GOING_ON if yes else 1.2 if asks else 2.4) + substance
    if answer:
        return AGREED if answer["asked"].startswith(parts.OF_THEIRS) else 1.0
    if text.startswith("approved the plan"):
        return 0.8
    if (failure := parts.failure(text)) and (failure["said"] or not quoted):
        why = failure["why"]
        told = _PLACED.match(why) or parts.is_trifle(failure["what"], why)
        most = (
            1 if told and not _TESTS.match(why) else 3
        )  # names of what stands at a place in code tell little
        names = min(len(_NAMES.findall(why)), most) / 3
        known = EXPLAINED if failure["said"] else 0.0
        return 1.6 + names + known + _kind(failure) if why else 0.6
    if text.startswith(SAID_SO):
        return (GOING_ON if goes_on(said) else 1.6 if "” (to: " in text else 1.0) + substance
    return 1.6 + substance + (0.0 if quoted or not _BINDS.search(text) else BINDING)


def tells_little(made: Fields) -> bool:
    """Tell whether whoever goes on would learn nothing of a session: "go on", and then "ok", say."""
    return made.only_talked and len(statements(made.summary)) <= LITTLE


def _kind(failure: parts.Parts) -> float:
    """Return what it adds to a failure of what kind it was, and how it ended: a slip in code is mended at its place."""
    what, why, then = failure["what"], failure["why"], failure["then"]
    again = AGAIN if _TIMES.search(what) else 0.0
    if _STYLE.search(why):
        return TRIFLE + again
    if then.endswith(NEVER):
        return 0.8 + again
    if _TESTS.match(why):
        return again + (0.6 if then else 0.0) + (HELPED if _helped(then) else 0.0)
    if parts.is_trifle(what, why):
        return TRIFLE + again
    if not then:  # an approach that was left, for all one knows
        return again + (0.0 if _PLACED.match(why) else 0.5)
    if not _helped(then):
        return again
    return again + HELPED + (SLIPPED if _PLACED.match(why) else 0.0)


def _helped(then: str) -> bool:
    """Tell whether it is said what made work what had failed."""
    return " after " in then or "`" in then


def _led_in(said: str) -> str:
    """Return what is said before a question, without a question before that: "two things - what is it and how …"."""
    parts_ = _DASHED.split(said)
    while parts_ and ASKS.match(parts_[-1]):
        del parts_[-2:]
    return "".join(parts_)


def statements(said: str) -> str:
    """Return the words of a quotation without its questions; nothing when it only asks."""
    out = list[str]()
    for each in _SENTENCE.split(said):
        if each.rstrip("” ").endswith(("?", "？")):  # noqa: RUF001 - both are asked with
            opens = [found.start() for found in _OPENS.finditer(each)]
            if not opens or opens[-1] < LEAST or ASKS.match(each):
                continue
            stated = _led_in(each[: opens[-1]].rstrip())
            if len(stated.split()) <= LEADS_IN:
                continue
            each = f"{stated}…"
        elif ASKS.match(each):
            continue
        out.append(each)
    return " ".join(out)
