"""Of what only grows the newest is kept."""

from typing import Any


def drop_oldest(known: dict[Any, Any], most: int) -> None:
    """Take out what came first, until no more than so many are left."""
    while len(known) > most:
        del known[next(iter(known))]
