"""What was rejected and what proved wrong, of texts that speak of the same the newest only."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from spread.distill.words import stems
from spread.distillation_told import SAID

Told = list[tuple[int, str]]


class _Alike:
    """Sets of words, by their words: a new one is held only against those that share some with it."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.places: dict[str, list[int]] = {}  # of the sets that hold a word

    def add(self, words: Iterable[str]) -> None:
        """Take in a set of words as the next one."""
        own = set(words)
        for word in own:
            self.places.setdefault(word, []).append(len(self.sizes))
        self.sizes.append(len(own))

    def shared(self, words: Iterable[str]) -> Iterator[tuple[int, int]]:
        """Yield, for each set that shares any of these words, how many it shares and how many it has."""
        counts = Counter(chain.from_iterable(filter(None, map(self.places.get, words))))
        for place, count in counts.items():
            yield count, self.sizes[place]


@lru_cache(8)  # most revisions add nothing to these
def once(
    rejected: tuple[tuple[int, str, str], ...], found: tuple[tuple[int, str, str], ...]
) -> tuple[Told, Told]:
    """Return (line, text) of each that speaks of something else than those before it.

    Args:
        rejected: Line, text, and what the agent answered to it, newest first.
        found: Line, kind, text of what the agent noted, newest first.
    """
    known, told, noted = _Alike(), Told(), Told()
    for line, text, admitted in rejected:
        words = stems(text)
        if not any(2 * both > min(len(words), size) for both, size in known.shared(words)):
            answered = f"{SAID}{admitted}”" if admitted else ""
            known.add(words)
            known.add(stems(answered))
            told.append((line, text + answered))
    for line, kind, text in found:
        words = stems(text)
        if not any(2 * both > len(words) for both, _ in known.shared(words)):
            known.add(words)
            noted.append((line, f"{kind}: “{text}”"))
    return told, noted
