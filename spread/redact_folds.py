"""Finds secrets of no known format that a terminal has broken over two lines or more.

A line that is as long as its neighbours, or longer, and has no blank at its end may be the first part of one. Where it
names a secret near its end, it is put together with what follows, and what the finders see across the joint goes.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from spread.redact_rules import WHOLE
from spread.redact_values import Span
from spread.redact_view import Lowered

MIN_FOLD_CHARS: Final = 60  # no terminal is narrower
MAX_FOLD_CHARS: Final = 400
MAX_LINES: Final = 8
NEAR_CHARS: Final = 240  # so far before the fold a name may stand
_WIDE: Final = re.compile(rf"\n[^\n]{{{MIN_FOLD_CHARS}}}")
_DATA: Final = re.compile(r"[A-Za-z0-9+/\n]*+=*")  # no name has a value there
# Farther than any finder looks for what belongs to a name; the head of a block ends the one before.
_BETWEEN: Final = f"\n{' ' * MAX_FOLD_CHARS}-----BEGIN \n"
_RECORD: Final = re.compile(
    r"(?:[+-][ \t]?)?(?:\d{1,6}[:|\t→][ \t]?)?(?:- |export[ \t]+)?"
    r"[\"']?[\w.-]{1,60}[\"']?[ \t]?(?:=(?!=|[\"']?\s|[\"']?$)|:[ \t]|=>)|[-*#>] |```|---"
)
# What ends with its line, where the next one begins with a word: signs as of a URL may still go on.
_ENDED: Final = re.compile(WHOLE + r"(?=\r?\n[+-]?[A-Za-z0-9])")
MAX_WHOLE_CHARS: Final = 180
_NAMES: Final = (
    "pass", "pwd", "secret", "token", "key", "auth", "credential", "cookie", "bearer", "jwt", "otp", "://",
    "signature", "mnemonic", "phrase", "senha", "passe",
)  # fmt: skip


def refolded(
    text: str, low: Lowered, finders: Sequence[Callable[[str, Lowered], Iterator[Span]]]
) -> Iterator[Span]:
    """Find what shows only when lines that a terminal has folded are put together."""
    if _WIDE.search("\n" + text) is None:
        return
    folded = [*_folded(text, low)]
    if not folded:
        return
    pieces = [text[start:end].replace("\n", "") for start, end, _ in folded]
    begins = [*accumulate([len(piece) + len(_BETWEEN) for piece in pieces], initial=0)]
    joined = _BETWEEN.join(pieces)
    low = Lowered.of(joined)
    for finder in finders:
        for left, right, rule in finder(joined, low):
            number = bisect_right(begins, left) - 1
            (start, _, folds), left, right = folded[number], left - begins[number], right - begins[number]
            places = [fold - start - cut for cut, fold in enumerate(folds)]
            if right <= len(pieces[number]) and any(left < place < right for place in places):
                yield start + _cut(left, places), start + _cut(right - 1, places) + 1, rule


def _folded(text: str, low: Lowered) -> Iterator[tuple[int, int, list[int]]]:
    """Yield from where to where lines may belong together, and where they are folded."""
    done = 0
    for at in low.places(*_NAMES):
        if at < done:  # in a line whose end was looked at, or that was put together
            continue
        fold = text.find("\n", at, at + NEAR_CHARS)
        if fold < 1:
            continue
        done = fold
        if fold + 1 == len(text) or text[fold + 1].isspace() or text[fold - 1].isspace():
            continue
        start = text.rfind("\n", max(0, fold - MAX_FOLD_CHARS), fold) + 1
        if MIN_FOLD_CHARS <= fold - start <= MAX_FOLD_CHARS:
            folds, end = _folds(text, start, fold)
            done = end if folds else done
            if folds and not _DATA.fullmatch(text, start, end):
                yield start, end, folds


def _folds(text: str, start: int, fold: int) -> tuple[list[int], int]:
    """Return where the lines from `start` on are folded, and where the last of them ends."""
    width = fold - start
    before = text.rfind("\n", max(0, start - 1 - MAX_FOLD_CHARS), max(0, start - 1)) + 1
    if start and start - 1 - before > width:
        return [], fold
    folds: list[int] = []
    end = fold
    while len(folds) < MAX_LINES and end < len(text) and not text[end + 1 : end + 2].isspace():
        stop = text.find("\n", end + 1, end + 2 + width)
        if (stop < 0 and len(text) - end - 1 > width) or _RECORD.match(text, end + 1):
            break
        line = folds[-1] + 1 if folds else start
        if _ENDED.search(text, max(line, end - MAX_WHOLE_CHARS), end + 3):
            break
        folds.append(end)
        end = stop if stop >= 0 else len(text)
        if end - folds[-1] - 1 < width:
            break
    return folds, end


def _cut(place: int, places: list[int]) -> int:
    """Return where a place of the joined lines is in the lines themselves."""
    return place + sum(each <= place for each in places)
