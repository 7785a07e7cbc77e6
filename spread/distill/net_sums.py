"""Whether edits came to nothing: a sum of hashes, which is 0 again when every line is back where it was.

Each line is taken with the one before it, so that it counts where it stands. What stands right before or behind all
that an edit shows is not known; another edit there may show it.
"""

from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeVar
from zlib import crc32

import msgspec

MAX_KEPT: Final = 6  # of each kind
_PRIME: Final = (1 << 61) - 1
_FACTOR: Final = 0x1F3D5B79A1C2E4
_EDGE: Final = 0  # in place of a line that is not known

Kept = TypeVar("Kept")
Pair = tuple[int, int]  # the line at an end, as it came and as it was


class Ends(msgspec.Struct, array_like=True, gc=False):
    """What edits show at their ends: `starts` and `stops` those where nothing shows what is beyond, else what does."""

    starts: list[Pair] = []
    stops: list[Pair] = []
    before: list[int] = []
    behind: list[int] = []

    def is_nothing(self, total: int) -> bool:
        """Tell whether a sum is 0, perhaps with a line at an end of an edit that another edit shows."""
        if total == 0 or not (self.starts or self.stops):
            return total == 0
        return _fits(total, tuple(self.starts), tuple(self.stops), tuple(self.before), tuple(self.behind))


@lru_cache(256)  # the same is asked again and again
def _fits(
    total: int,
    starts: tuple[Pair, ...],
    stops: tuple[Pair, ...],
    before: tuple[int, ...],
    behind: tuple[int, ...],
) -> bool:
    first = {
        (_hash(_EDGE, new) - _hash(_EDGE, old) - _hash(line, new) + _hash(line, old)) % _PRIME
        for new, old in starts
        for line in before
    }
    last = {
        (_hash(new, _EDGE) - _hash(old, _EDGE) - _hash(new, line) + _hash(old, line)) % _PRIME
        for new, old in stops
        for line in behind
    }
    return any((total - one) % _PRIME in last | {0} for one in first | {0})


def add(total: int, ends: Ends, old: str, new: str) -> int:
    """Return a sum with what each line that came stands for, less what each stood for that went."""
    before, after = ([line for line in map(str.rstrip, it.splitlines()) if line] for it in (old, new))
    least = min(len(before), len(after))
    start, end = 0, 0  # what both begin and end with comes to nothing
    while start < least and before[start] == after[start]:
        start += 1
    while end < least - start and before[-1 - end] == after[-1 - end]:
        end += 1
    edge, beyond = before[start - 1 : start], before[len(before) - end :][:1]
    sides = [
        [
            crc32(line.encode("utf-8", "replace"))
            for line in (*edge, *lines[start : len(lines) - end], *beyond)
        ]
        for lines in (before, after)
    ]
    if all(sides):
        was, now = sides
        _keep(ends.before, was[0]) if edge else _keep(ends.starts, (now[0], was[0]))
        _keep(ends.behind, was[-1]) if beyond else _keep(ends.stops, (now[-1], was[-1]))
    for sign, side in zip((-1, 1), sides, strict=True):
        sums = [*([] if edge else [_EDGE]), *side, *([] if beyond else [_EDGE])]
        total += sign * sum([_hash(one, other) for one, other in pairwise(sums)])
    return total % _PRIME


def _hash(one: int, other: int) -> int:
    return (one * _FACTOR + other) ** 2 % _PRIME


def _keep(known: list[Kept], it: Kept) -> None:
    if it not in known:
        known.append(it)
        del known[:-MAX_KEPT]
