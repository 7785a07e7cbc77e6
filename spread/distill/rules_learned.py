"""Rules that no pattern knows, by what their words weigh: a logistic regression over words and pairs of words.

The weights were learned from the labelled prompts of `tests/rules`, by `python -m tests.rules.learn`.
"""

import json
import math
import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from spread.distill.words import in_plain

WORDS_A_STEP: Final = 4  # of a sentence's length
MOST_STEPS: Final = 6
IN_A_ROW: Final = 3  # words; where a letter is a word,
LETTERS: Final = 4  # letters
# Of ten sentences above it that no pattern knows, about seven are rules; below it soon fewer are than not.
LEAST_ODDS: Final = -0.3
_NAME: Final = re.compile(r"`[^`]*`|\S*[/\\_@]\S*\w|\b\w+(?:\.\w+)+\b|\b[a-z]+[A-Z]\w*")
_WORD: Final = re.compile(r"\w+(?:'\w+)?|[§?!:;,]")
_WIDE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # kana, Chinese characters, hangul
_DIGITS: Final = re.compile(r"\d+")


class Weights(NamedTuple):
    """What was learned: log-odds that a sentence is a rule."""

    bias: float
    of: dict[str, float]  # what a sentence has, over the square root of how much it has


def features(said: str, *, first: bool, last: bool) -> set[str]:
    """Return what a sentence has that weighs: its words, up to three in a row, its length, and where it stands.

    Names of files and of what is in them are one word, and so are numbers.

    Args:
        first: It is the first of its prompt.
        last: It is the last of its prompt.
    """
    words = _WORD.findall(_DIGITS.sub("0", in_plain(_NAME.sub("§", said))))
    row = ["^", *words, "$"]
    out = {" ".join(row[at : at + n]) for n in range(1, IN_A_ROW + 1) for at in range(len(row) - n + 1)}
    for word in words:
        if not word.isascii() and _WIDE.search(word):
            out.update(
                f"~{word[at : at + n]}" for n in range(1, LETTERS + 1) for at in range(len(word) - n + 1)
            )
            out.update(f"~{word[-n:]}$" for n in range(1, IN_A_ROW + 1))
    out.add(f"#{min(len(words) // WORDS_A_STEP, MOST_STEPS)}")
    out.update(name for name, has in (("#first", first), ("#last", last), ("#alone", first and last)) if has)
    return out


@cache
def weights() -> Weights:
    """Return what was learned."""
    found = json.loads(Path(__file__).with_name("rules_weights.json").read_text("utf-8"))
    return Weights(found["bias"], found["of"])


def odds(said: str, *, first: bool, last: bool) -> float:
    """Return the log-odds that a sentence is a rule, of those that no pattern knows."""
    known, has = weights(), features(said, first=first, last=last)
    return known.bias + math.fsum(known.of.get(each, 0.0) for each in has) / math.sqrt(len(has))


def says(said: str, *, first: bool, last: bool) -> bool:
    """Tell whether a sentence that no pattern knows is likely a rule."""
    return odds(said, first=first, last=last) > LEAST_ODDS
