"""How a quotation gets shorter: each of its parts a little, the one with the wish least; never just its end."""

import re
from typing import Final

from spread.distillation_also import WISH, unended
from spread.distillation_codec import shorten

SEVERAL_CHARS: Final = 50  # of each sentence of several that wish for something
LEAST: Final = 30  # characters of a part of several
READ_CHARS: Final = 2_000
MOST_PARTS: Final = 8
WISH_WEIGHT: Final = 2
# A cut that leaves out less than that spares nothing, and may take the object or the reason.
SPARED: Final = 1.25
BEFORE_WISH: Final = 4  # words
MANY: Final = 3  # parts, which need more room than one
# What begins a part: a letter or number of a list, a dash between blanks, the next of several quotations.
_LISTED: Final = re.compile(r"(?:^|\s)(?=(?:[A-H1-9]\)|[A-H1-9]\.|[-•*])\s+\S)|(?<=”) (?=“)")
_DASHES: Final = "-•*"
_ENDED: Final = re.compile(r"(?<=[.!?…])\s+(?=\S)")
LAST_SHARE: Final = 0.5  # of a sentence is for its last clause
# Of a quotation, for a sentence before the one with the wish, which it may be about.
FIRST_SHARE: Final = 0.4
BRACKET_CHARS: Final = 16  # of what begins a bracket say nothing


def quote(said: str, most: int) -> str:
    """Return words of a person in at most about `most` characters, with an ellipsis where some are left out."""
    if len(said) <= most:
        return said
    listed = parts_of(said)
    if len(listed) > 1:
        return _each(listed, most)
    if len(said) <= most * SPARED:
        return said
    said = said[:READ_CHARS]
    sentences = _ENDED.split(said)
    wished = [at for at, part in enumerate(sentences) if WISH.search(part)]
    # Of a first sentence that hardly has room the end is told, which may be what it speaks of.
    if len(sentences) > 1 and most < len(sentences[0]) <= most * SPARED and wished in ([], [0]):
        return f"{sentences[0]} …"
    if 1 < len(wished) <= most // SEVERAL_CHARS:
        return _each(sentences, most, wished)
    if len(sentences) > 1 and wished and wished[0] > 0 and not _fits(sentences, wished[0], most):
        wish, first = " ".join(sentences[wished[0] :]), sentences[0]
        if len(first) <= most * FIRST_SHARE:
            wish, gap = _wished(wish, most - len(first) - 2), "…" if wished[0] > 1 else ""
            return f"{first} {wish if wish.startswith('…') else f'{gap}{wish}'}"
        return "…" + _wished(wish, most - 1).removeprefix("…")
    return _wished(said, most)


def parts_of(said: str) -> list[str]:
    """Return the parts of a quotation that is a list, else the whole of it."""
    parts = [part.strip() for part in _LISTED.split(said[:READ_CHARS]) if part.strip()]
    if len(parts) == 2 and parts[1][0] in _DASHES and parts[0][0] not in _DASHES:
        return [" ".join(parts)]  # one dash is within a sentence
    return parts


def _fits(sentences: list[str], at: int, most: int) -> bool:
    return len(" ".join(sentences[: at + 1])) <= most


def _each(parts: list[str], most: int, only: list[int] | None = None) -> str:
    """Return parts one after the other, each cut to its share: those in `only`, else of too many those with a wish."""
    room = max(most // LEAST, 1)
    if only is not None:
        kept = only
    elif len(parts) > min(room, MOST_PARTS):
        order = sorted(range(len(parts)), key=lambda at: (not WISH.search(parts[at]), at))
        kept = sorted(order[: min(room, MOST_PARTS)])
    else:
        kept = list(range(len(parts)))
    weights = {at: WISH_WEIGHT if WISH.search(parts[at]) else 1 for at in kept}
    out, left, weight = dict[int, str](), most - len(kept), sum(weights.values())
    for at in sorted(
        kept, key=lambda at: len(parts[at]) / weights[at]
    ):  # what a short one leaves, others get
        out[at] = _wished(parts[at], max(left * weights[at] // weight, LEAST * 2 // 3))
        if parts[at].endswith("”") and not out[at].endswith("”"):
            out[at] += "”"  # else the next one would seem to be said within it
        left, weight = left - len(out[at]), weight - weights[at]
    told, before = "", -1
    for at in kept:
        gap = "… " if at != before + 1 and not told.endswith("…") else ""
        told += f"{' ' if told else ''}{gap}{out[at]}"
        before = at
    return told if before == len(parts) - 1 or told.endswith("…") else f"{told}…"


def _wished(said: str, most: int) -> str:
    """Return a sentence cut; where what it wishes comes too late for that, the part from there on."""
    if len(said) <= most:
        return said
    cut = _closed(unended(shorten(said, most).removesuffix("…"))) + "…"
    wish = WISH.search(said)
    if wish is None or wish.start() < len(cut) * 3 // 4 or wish.start() < LEAST:
        return cut
    start = max(said.rfind(mark, 0, wish.start()) for mark in (", ", "; ", ": ", ") ", " - "))
    if start < 0 or wish.start() - start > most * 2 // 3:
        before = said[: wish.start()].split(" ")[-BEFORE_WISH - 1 :]  # who wishes, and how much
        start = wish.start() - len(" ".join(before)) - 1
    wished = shorten(said[start + 1 :].lstrip("-)… "), most - 1)
    if len(wished) <= most * LAST_SHARE:  # it leaves room for what it is about
        return _headed(said[:start], wished, most)
    return f"…{wished}"


def _headed(head: str, last: str, most: int) -> str:
    """Return the beginning of a sentence as far as there is room, cut at a word, and its end."""
    room = most - len(last) - 2
    head = head if len(head) <= room else head[: room + 1].rpartition(" ")[0]
    return f"{_closed(unended(head))}… {last}" if head else f"…{last}"


def _closed(cut: str) -> str:
    """Return what was cut without a bracket of which hardly more than the beginning is left."""
    at = cut.rfind("(")
    return cut[:at].rstrip() if cut.rfind(")") < at and 0 < len(cut) - at < BRACKET_CHARS < at else cut
