"""Which sentences are likely rules, by what their words weigh: a logistic regression over words, and over kinds of words.

A kind is what words of many languages have in common, as "never", "ask" or "code": `rules_kinds.txt` tells them. Weights
were learned from the marked prompts of `tests/rules`, by `python -m tests.rules.learn`.
"""

import json
import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain, pairwise
from pathlib import Path
from string import punctuation
from typing import Final, NamedTuple

from spread.distill.words import in_plain

WORDS_A_STEP: Final = 4  # of a sentence's length
MOST_STEPS: Final = 6
LETTERS: Final = 4  # in a row, where a letter is a word, and
LAST_LETTERS: Final = 3  # at its end
WIDEST: Final = 7  # letters of a word with a kind, in writing without blanks
STEM: Final = 5  # letters of a word that its forms have in common
REACH: Final = 3  # words with a kind, within which two of them belong together
LEAST: Final = 20  # things more that a sentence is taken to have: two words alone would weigh too much
QUERY: Final = "@query"  # the kind of the words that ask
# Code, and what is quoted: another's words.
_CODE: Final = re.compile(
    r"`[^`]*`|\"[^\"\n]{3,400}\"|“[^”\n]{3,400}”|«[^»\n]{3,400}»|(?<!\w)'[^'\n]{3,200}'(?!\w)|[\u300c\u300e][^\u300d\u300f\n]{3,400}[\u300d\u300f]"
)
_OF_PATH: Final = re.compile(r"[/\\_@]")
_NAME: Final = re.compile(r"\b\w+(?:\.\w+)+\b|\b[a-z]+[A-Z]\w*")
_NO_WORDS: Final = punctuation.replace("_", "") + "…\u3002\uff0c\u3001"
# Vowels of Indian and Thai writing are no letters to `\\w`.
_WORD: Final = re.compile("[\\w\u0900-\u0963\u0e31-\u0e4e]+(?:'\\w+)?|[§?!:;,]")
# Kana, Chinese characters, hangul, Thai.
_WIDE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_NARROW: Final = re.compile(r"[!-~]+")  # a name, where no blank stands between it and wide writing
_DIGITS: Final = re.compile(r"\d+")
# Begins a question on how things are; to ask whether the other is able to is to ask for it.
_WHETHER: Final = re.compile(
    r"(?:(?:and|but|so|ok|hm+|wait),? )*(?:(?:do|have) (?:we|i|they)|(?:are|is|am|was|were|does|did|has|had) (?!you\b)\w+)\b[^,;:]*$"
)


class Weights(NamedTuple):
    """What was learned: log-odds that a sentence is a rule, and from which on it is taken for one."""

    bias: float
    least: float
    of: dict[str, float]  # what a sentence has, over the square root of how much it has


class Kinds(NamedTuple):
    """The kinds of words."""

    whole: dict[str, set[str]]
    begun: dict[str, set[str]]  # of words that begin so
    wide: dict[str, set[str]]  # of writing without blanks


def features(said: str) -> set[str]:
    """Return what a sentence has that weighs: its words, their stems and kinds, up to two in a row, and its length.

    Names of files and of what is in them are one word, and so are numbers.
    """
    runs = (
        run if run.isalpha() and run[1:].islower() else _named(run) for run in _CODE.sub("§", said).split()
    )
    words = _WORD.findall(_DIGITS.sub("0", in_plain(" ".join(runs))))
    row = ["^", *words, "$"]
    stems = [f"{word[:STEM]}-" if len(word) > STEM else word for word in row]
    out = {*row, *stems, *map(" ".join, pairwise(row)), *map(" ".join, pairwise(stems))}
    for word in () if said.isascii() else words:
        if _WIDE.search(word):
            out.update(
                f"~{word[at : at + n]}" for n in range(1, LETTERS + 1) for at in range(len(word) - n + 1)
            )
            out.update(f"~{word[-n:]}$" for n in range(1, LAST_LETTERS + 1))
    _add_kinds(row, out)
    out.add(f"#{min(len(words) // WORDS_A_STEP, MOST_STEPS)}")
    return out - {"^", "$", "@^", "@$"}  # all have them


def _add_kinds(row: list[str], out: set[str]) -> None:
    """Add the kinds of the words of a sentence, of each two that are near, and of a word's neighbours."""
    known = [*map(kinds_of, row)]
    line = [("@^",), *chain.from_iterable(known), ("@$",)]
    for at, kinds in enumerate(line):
        near = [*chain.from_iterable(line[at + 1 : at + 1 + REACH])]
        for kind in kinds:
            out.add(kind)
            out.update([kind + other for other in near])
    for (word, its), (after, their) in pairwise(zip(row, known, strict=True)):
        for kinds in their:
            out.update([f"{word} {kind}" for kind in kinds])
        for kinds in its:
            out.update([f"{kind} {after}" for kind in kinds])


def enquires(said: str) -> bool:
    """Tell whether a question begins with a word that asks, or asks in one clause how things are."""
    plain = in_plain(said)
    word = _WORD.match(plain)
    return (word is not None and any(QUERY in found for found in kinds_of(word[0])[:1])) or bool(
        _WHETHER.match(plain)
    )


@cache
def kinds() -> Kinds:
    """Return the kinds of words."""
    found = Kinds({}, {}, {})
    for line in Path(__file__).with_name("rules_kinds.txt").read_text("utf-8").splitlines():
        kind, _, words = line.partition(": ")
        for word in words.split():
            table = found.wide if _WIDE.search(word) else found.begun if word.endswith("*") else found.whole
            table.setdefault(word.rstrip("*"), set()).add(f"@{kind}")
    return found


@lru_cache(4_000)
def kinds_of(word: str) -> tuple[tuple[str, ...], ...]:
    """Return the kinds of a word; of a run of letters without blanks those of each of its words."""
    known = kinds()
    if not word.isascii() and _WIDE.search(word):
        return tuple(_wide_kinds(word))
    found = known.whole.get(word, set()).union(
        *(known.begun.get(word[:end], ()) for end in range(2, len(word) + 1))
    )
    return (tuple(sorted(found)),) if found else ()


def _wide_kinds(run: str) -> Iterator[tuple[str, ...]]:
    known, at = kinds().wide, 0
    while at < len(run):
        word = next((run[at:end] for end in range(at + WIDEST, at, -1) if run[at:end] in known), "")
        if word:
            yield tuple(sorted(known[word]))
        at += len(word) or 1


def _named(run: str) -> str:
    """Return a run of characters with a sign for a name; where that is one of a file, with what stands behind it."""
    if not run.isascii() and _WIDE.search(run):
        return _NARROW.sub(lambda name: f" {_named(name[0])} ", run)
    if _OF_PATH.search(run):
        return f"§{run[len(run.rstrip(_NO_WORDS)) :]}"
    return _NAME.sub("§", run)


@cache
def weights() -> Weights:
    """Return what was learned."""
    found = json.loads(Path(__file__).with_name("rules_weights.json").read_text("utf-8"))
    return Weights(
        found["bias"],
        found["least"],
        {name: float(weight) for weight, names in found["of"].items() for name in names},
    )


def share(has: set[str] | frozenset[str]) -> float:
    """Return how much each thing that a sentence has counts: the less, the more there are."""
    return 1 / math.sqrt(len(has) + LEAST)


def weighed(has: set[str] | frozenset[str], known: Weights) -> float:
    """Return the log-odds that what has such things is a rule."""
    return known.bias + math.fsum(map(known.of.__getitem__, known.of.keys() & has)) * share(has)


def odds(said: str) -> float:
    """Return the log-odds that a sentence is a rule."""
    return weighed(features(said), weights())
