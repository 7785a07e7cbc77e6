"""What a question is about that names nothing itself, as "which approach?" or "want me to implement this?"."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.options import options_of
from spread.distill.prompts import asks_openly
from spread.distill.questions import asked_before, last_part, place_of
from spread.distill.words import kept_stems, sentences, stems
from spread.distillation_parts import title
from spread.distillation_told import WISHED, WONDERED

LONG_CHARS: Final = 110  # a longer question says what it asks
LEAST_STEMS: Final = 3  # telling words of a sentence that says what a question is about
MOST_OFFERED: Final = 5
LEAD_CHARS: Final = 30  # before a wish, which can be left out
WISH_READ: Final = 600
# Words that any proposal can be spoken of with, cut as `stems` does.
_GENERAL: Final = frozenset((
    "above", "accept", "addres", "adjust", "ahead", "altern", "anothe", "anythi", "appeal", "apply", "approa", "better",
    "build", "change", "choice", "clarif", "comple", "contin", "correc", "design", "did", "direct", "does", "either", "else",
    "envisi", "featur", "first", "fix", "flow", "give", "going", "good", "has", "how", "idea", "implem", "improv", "intent",
    "like", "look", "looks", "match", "method", "mind", "next", "okay", "one", "option", "other", "path", "plan", "prefer",
    "procee", "propos", "ready", "recomm", "right", "route", "sectio", "sense", "set", "should", "soluti", "someth", "sound",
    "sounds", "start", "strate", "take", "there", "they", "think", "thinki", "though", "today", "together", "try", "unders",
    "way", "well", "where", "which", "who", "why", "work", "works", "write",
))  # fmt: skip
# What comes before a wish in the form of a question: a yes to what the agent made of it decides that.
_WISH: Final = re.compile(
    r"\b(?:(?:can|could|should|shall) (?:we|it|you|i|they|this|that)|would it (?:be (?:enough|better|possible|ok(?:ay)?|fine|nice) (?:if|to)|work (?:if|to))|"
    r"(?:how|what) (?:about|if))\b (?:(?:just|maybe|please|also|instead|then)\b ?)*(?=\w)",
    re.I,
)
_POINTS: Final = re.compile(r"\b(?:this|that|these|those|it|them|either)\b", re.I)
_DANGLES: Final = re.compile(r"\W*(?:this|that|these|those|it|they|which|or|both|neither)\b", re.I)
_CHOOSES: Final = re.compile(
    r"\b(?:which|prefer\w*|thoughts|what do you think|what would you|how would you)\b", re.I
)
_WAYS: Final = re.compile(
    r"\b(?:options?|alternatives?|choices|possibilities|either|(?:two|three|four|several|some|other|few|possible) (?:ways|approaches|fixes|paths))\b",
    re.I,
)
_ITEM: Final = re.compile(r"(?:[-*•]|(?:\*\*)?\d[.)]) +(\S.*)")
_BRACKETS: Final = re.compile(r" \([^()]*\)?|[()]")
_LABEL: Final = re.compile(r"(?:\w+ ){0,3}question(?: is)?: (?=\w)", re.I)


@lru_cache(200)
def is_empty(question: str) -> bool:
    """Tell whether a question names nothing: at most one thing to be done with what it only points to."""
    if not question or len(question) > LONG_CHARS or asks_openly(question):
        return False
    telling = stems(question) - _GENERAL
    return not telling or (len(telling) == 1 and _POINTS.search(question) is not None)


def offered(said: str, question: str) -> str:
    """Return what the options of a message are called that its empty question leaves open; else an empty string."""
    options = options_of(said)
    texts = [text for label, text in options.items() if not label.isdigit()]
    if "A" not in options or len(texts) < 2 or not _CHOOSES.search(question):
        texts = _laid_out(said)
    if not 1 < len(texts) <= MOST_OFFERED:
        return ""
    return "; ".join(_name(text) for text in texts)


def _laid_out(said: str) -> list[str]:
    """Return the items of the last list that is led in as one of ways to choose from."""
    out, on = list[str](), False
    for line in last_part(said).splitlines():
        bare = line.strip(" #*_")
        if item := _ITEM.match(line):
            if on:
                out.append(item[1])
        elif bare.endswith(":") or line.startswith("#"):
            out, on = [], _WAYS.search(bare) is not None
        elif bare and not line.startswith(" "):
            on = False
    return out


def _name(option: str) -> str:
    """Return what an option is called: no bracket in it, and no mark of code that has no end."""
    name = _BRACKETS.sub("", title(option).rstrip(".,"))
    return name.replace("`", "") if name.count("`") % 2 else name


def subject_of(said: str, question: str) -> str:
    """Return what of a message its empty question is about: the sentence right before it, or another question."""
    plain = said.replace("**", "")
    line = plain[: place_of(plain, question)].rpartition("\n")[2]
    before = next(reversed([*sentences(line)]), "")
    if len(kept_stems(before) - _GENERAL) >= LEAST_STEMS and not _DANGLES.match(before):
        return before.strip(" *_")
    asked = (
        _BRACKETS.sub("", _LABEL.sub("", each, count=1)) for each in reversed(asked_before(said, question))
    )
    return next((each for each in asked if not is_empty(each)), "")


def wish_of(prompt: str) -> str:
    """Return what a short prompt asks for or wants to know, in short; an empty string where it has no question."""
    if "?" not in prompt or len(prompt) > WISH_READ:
        return ""
    asked = next((each for each in sentences(prompt) if each.endswith("?")), "")
    if len(kept_stems(asked) - _GENERAL) < LEAST_STEMS:
        return ""
    if label := _LABEL.match(asked):
        asked = asked[label.end() :]
    wish = _WISH.search(asked)
    told = asked[wish.end() if wish.start() <= LEAD_CHARS else 0 :].rstrip("?") if wish else asked
    return f"{WISHED if wish else WONDERED}{told}".replace("“", '"').replace("”", '"')
