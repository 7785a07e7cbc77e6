"""Which of many texts speak of the same: how many words each shares with what was told before."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain


class Alike:
    """Sets of words, by their words: a new one is held only against those that share some with it."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.places: dict[str, list[int]] = {}  # of the sets that hold a word

    def add(self, words: Iterable[str]) -> None:
        own = set(words)
        for word in own:
            self.places.setdefault(word, []).append(len(self.sizes))
        self.sizes.append(len(own))

    def shared(self, words: Iterable[str]) -> Iterator[tuple[int, int]]:
        """Yield, for each set that shares any of these words, how many it shares and how many it has."""
        counts = Counter(chain.from_iterable(filter(None, map(self.places.get, words))))
        for place, count in counts.items():
            yield count, self.sizes[place]
