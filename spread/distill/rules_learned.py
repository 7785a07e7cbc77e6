"""Rules that no pattern knows, by what their words weigh: a logistic regression over words and pairs of words.

The weights were learned from the labelled prompts of `tests/rules`, by `python -m tests.rules.learn`.
"""

import json
import math
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import punctuation
from typing import Final, NamedTuple

from spread.distill.words import in_plain

WORDS_A_STEP: Final = 4  # of a sentence's length
MOST_STEPS: Final = 6
LETTERS: Final = 4  # in a row, where a letter is a word, and
LAST_LETTERS: Final = 3  # at its end
# Of ten sentences above it that no pattern knows, about seven are rules; below it soon fewer are than not.
LEAST_ODDS: Final = -0.4
_CODE: Final = re.compile(r"`[^`]*`")
_RUN: Final = re.compile(r"\S+")
_OF_PATH: Final = re.compile(r"[/\\_@]")
_NAME: Final = re.compile(r"\b\w+(?:\.\w+)+\b|\b[a-z]+[A-Z]\w*")
_NO_WORDS: Final = punctuation.replace("_", "") + "…\u3002\uff0c\u3001"
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
    words = _WORD.findall(_DIGITS.sub("0", in_plain(_RUN.sub(_named, _CODE.sub("§", said)))))
    row = ["^", *words, "$"]
    out = {*row, *map(" ".join, pairwise(row)), *map(" ".join, zip(row, row[1:], row[2:], strict=False))}
    for word in () if said.isascii() else words:
        if _WIDE.search(word):
            out.update(
                f"~{word[at : at + n]}" for n in range(1, LETTERS + 1) for at in range(len(word) - n + 1)
            )
            out.update(f"~{word[-n:]}$" for n in range(1, LAST_LETTERS + 1))
    out.add(f"#{min(len(words) // WORDS_A_STEP, MOST_STEPS)}")
    out.update(name for name, has in (("#first", first), ("#last", last), ("#alone", first and last)) if has)
    return out


def _named(run: re.Match[str]) -> str:
    """Return a run of characters with a sign for a name; where that is one of a file, with what stands behind it."""
    if _OF_PATH.search(run[0]):
        words = run[0].rstrip(_NO_WORDS)
        return f"§{run[0][len(words) :]}"
    return _NAME.sub("§", run[0])


@cache
def weights() -> Weights:
    """Return what was learned."""
    found = json.loads(Path(__file__).with_name("rules_weights.json").read_text("utf-8"))
    return Weights(found["bias"], found["of"])


def odds(said: str, *, first: bool, last: bool) -> float:
    """Return the log-odds that a sentence is a rule, of those that no pattern knows."""
    known, has = weights(), features(said, first=first, last=last)
    return known.bias + math.fsum(map(known.of.__getitem__, known.of.keys() & has)) / math.sqrt(len(has))


def says(said: str, *, first: bool, last: bool) -> bool:
    """Tell whether a sentence that no pattern knows is likely a rule."""
    return odds(said, first=first, last=last) > LEAST_ODDS
