"""What the agent's last words on a prompt come to: how it is now, and why, in a sentence or two."""

from functools import lru_cache
from typing import Final

from spread.distill.reports import (
    Piece,
    explains,
    is_courtesy,
    is_item,
    is_stressed,
    listed,
    opens,
    pieces,
    points,
)
from spread.distill.words import stems

LEADING: Final = 4  # sentences, one of which says how it is
CAUSES: Final = 12  # sentences that are looked at for why
CLOSING: Final = 2  # sentences close a matter


@lru_cache(1_000)  # most turns come again at the next revision
def verdict(said: str, asked: str, most: int) -> str:
    """Return what a message answers to a prompt, in sentences that are whole; nothing of one that only announces."""
    parts, order = _order(said, asked)
    if not parts:
        return points(said, most) if asked.rstrip().endswith(("?", "？")) else ""  # noqa: RUF001 - both are asked with
    room, kept = most, set[int]()
    for at in order:
        if len(parts[at].text) + 3 <= room:
            kept.add(at)
            room -= len(parts[at].text) + 3
    return listed(("", parts[at].text, parts[at].place) for at in sorted(kept))


@lru_cache(1_000)
def _order(said: str, asked: str) -> tuple[list[Piece], list[int]]:
    """Return the sentences of a message, and the places of those that answer, the first one first.

    People answer first and explain then; so it is what is in bold print as a whole, the first sentence that speaks of
    what was asked, the one that says what it came from, and what follows.
    """
    if said.rstrip().endswith((":", "：")):  # noqa: RUF001 - the message was broken off by a deed
        return [], []
    parts = [part for part in pieces(said) if _is_sentence(part)]
    words = stems(asked)
    lead = next((at for at, part in enumerate(parts[:LEADING]) if words & stems(part.text)), 0)
    causes = [at for at in range(min(len(parts), CAUSES)) if explains(parts[at].text)]
    stressed = [at for at, part in enumerate(parts[:CAUSES]) if is_stressed(part.source)]
    order = (*stressed[:CLOSING], lead, *causes[:1], lead + 1)
    return parts, [at for at in dict.fromkeys(order) if at < len(parts)]


def _is_sentence(part: Piece) -> bool:
    """Tell whether a part stands by itself, unlike the items of a list, the cells of a table and what announces them."""
    return not (
        part.heading
        or part.text.endswith(":")
        or is_item(part.source)
        or opens(part.text)
        or is_courtesy(part.text)
    )
