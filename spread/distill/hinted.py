"""Patterns that are asked only of the sentences that hold one of their words.

Patterns are many, and of most sentences none finds anything. Words come again and again: it is found out once which
patterns each of them speaks for, so that a sentence costs one look-up a word and not one for each word of a pattern.
Most sessions need few of the patterns: each is compiled when a sentence first asks for it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from operator import or_
from typing import Final

Hints = tuple[str, ...]
Sought = tuple[Hints, str | re.Pattern[str]]
_KEPT_WORDS: Final = 4_000
_KEY: Final = 2  # letters by which hints are found; each has as many at least


class Hinted:
    """Patterns, each with words (or parts of them, or some) of which one stands in all that it finds."""

    def __init__(self, parts: Iterable[Sought]) -> None:
        self._parts = tuple(parts)
        self._keyed: dict[str, list[tuple[str, int]]] = {}
        self._long = list[Hints]()  # of each, the hints of several words
        for at, (hints, _) in enumerate(self._parts):
            several = list[str]()
            for hint in hints:
                words = tuple(_words(hint))
                whole = len(words) == 1  # of several the longest is looked for first
                several += [] if whole else [hint]
                bit = 1 << 2 * at + whole
                told = max(words, key=len)
                self._keyed.setdefault(told[:_KEY], []).append((told, bit))
            self._long.append(tuple(several))
        self._bits = lru_cache(_KEPT_WORDS)(self._look)
        self._chosen = lru_cache(_KEPT_WORDS)(self._choose)

    def likely(self, plain: str) -> list[re.Pattern[str]]:
        """Return the patterns that may find something in a sentence."""
        sure, perhaps = self._chosen(reduce(or_, map(self._bits, plain.split()), 0))
        if not perhaps:
            return sure
        return sure + [compiled(pattern) for hints, pattern in perhaps if any(map(plain.__contains__, hints))]

    def _look(self, word: str) -> int:
        word = f" {word} "
        bits = 0
        for at in range(len(word) - 1):
            for told, bit in self._keyed.get(word[at : at + _KEY], ()):
                if word.startswith(told, at):
                    bits |= bit
        return bits

    def _choose(self, bits: int) -> tuple[list[re.Pattern[str]], list[Sought]]:
        sure = list[re.Pattern[str]]()
        perhaps = list[Sought]()
        for at, (_, pattern) in enumerate(self._parts):
            if bits >> 2 * at & 2:
                sure.append(compiled(pattern))
            elif bits >> 2 * at & 1:
                perhaps.append((self._long[at], pattern))
        return sure, perhaps


@lru_cache(None)  # there are no more than those of the modules
def compiled(pattern: str | re.Pattern[str]) -> re.Pattern[str]:
    """Return a pattern compiled, once."""
    return re.compile(pattern)


def _words(hint: str) -> Iterator[str]:
    """Yield the words of a hint, with a blank where one ends there."""
    words = hint.split(" ")
    for at, word in enumerate(words):
        if word:
            yield f"{' ' * (at > 0)}{word}{' ' * (at < len(words) - 1)}"
