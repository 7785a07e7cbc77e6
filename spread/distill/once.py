"""What is to be known of a command line is found out once: the same lines come again and again, and much asks about each."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

KEPT_LINES: Final = 2_048
SHORT_CHARS: Final = 1_000  # of longer lines few are kept
KEPT_LONG: Final = 32
Fact = TypeVar("Fact")


def of_line(find: Callable[[str], Fact]) -> Callable[[str], Fact]:
    """Return a function that remembers what another one, which looks at nothing but a command line, found of it."""
    short, long = lru_cache(KEPT_LINES)(find), lru_cache(KEPT_LONG)(find)

    @wraps(find)
    def found(source: str) -> Fact:
        return short(source) if len(source) <= SHORT_CHARS else long(source)

    return found
