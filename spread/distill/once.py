"""What is to be known of a command line is found out once: the same lines come again and again, and much asks about each."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

KEPT_LINES: Final = 2_048
SHORT_CHARS: Final = 1_000  # of longer lines few are kept
KEPT_LONG: Final = 32
Key = TypeVar("Key")
Fact = TypeVar("Fact")


class Known(dict[Key, Fact]):
    """What was found of each key, found when first asked; to look it up again calls nothing of ours."""

    def __init__(self, find: Callable[[Key], Fact]) -> None:
        super().__init__()
        self.find = find

    def __missing__(self, key: Key) -> Fact:
        made = self[key] = self.find(key)
        return made


def of_line(find: Callable[[str], Fact]) -> Callable[[str], Fact]:
    """Return a function that remembers what another one, which looks at nothing but a command line, found of it."""
    short, long = lru_cache(KEPT_LINES)(find), lru_cache(KEPT_LONG)(find)

    @wraps(find)
    def found(source: str) -> Fact:
        return short(source) if len(source) <= SHORT_CHARS else long(source)

    return found
