"""Puts together what wrapped lines and concatenated strings have broken, and finds the tokens that lie over the joints."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import Final

from spread.redact_rules import WHOLE, Rule, compiled
from spread.redact_tokens import (
    BLOCK_WORD_CHARS,
    BLOCK_WORDS,
    MIN_WORD_CHARS,
    PARTS,
    TOKEN_CHARS,
    data_of,
    matches,
    pieces_of,
    present,
    secret_group,
)
from spread.redact_values import Span

MAX_JOINTS: Final = 64  # lines one token is looked for over
MAX_PADDING: Final = 200  # blanks a terminal leaves at the end of a wrapped line
MIN_TAIL_CHARS: Final = 8  # as much of a token stands before the first place where it is broken
MAX_TAIL_CHARS: Final = 240
MANY_LINES: Final = 400  # so many different lines of one length are a file's, whatever is in them

_HEX: Final = "0123456789abcdef"
# What a person writes at the beginning of a line: words, numbers, names of several words.
_WORDS_ONLY: Final = re.compile(
    r"(?:[A-Za-z]?[a-z]{0,15}|[A-Z]{1,15}|\d{1,4}|[a-z]{3,12}(?:[A-Z][a-z]{2,12}){1,3})"
    r"(?:[_./=-](?:[A-Z]{1,15}(?![A-Za-z])|[A-Za-z]?[a-z]{0,15}|\d{1,4}))*+"
)
# A line that gives something a value, as it goes on after the sign of a diff, a number and an `export`. Padding is no
# value, and the name has to be made as names are: the rest of a token, too, may stand before a colon.
_LINE_BEGIN: Final = r"[+-]?[ \t]{0,8}(?:\d{1,6}[:|\t→][ \t]{0,8})?(?:- |export[ \t]+)?[\"']?"
_LINE_VALUE: Final = r"[\"']?[ \t]?(?:\+?=(?!=|[\"']?(?:\s|\Z))|:(?=[ \t\r\n\"'\[{]|\Z)|=>)"
_FIELD: Final = re.compile(
    rf"{_LINE_BEGIN}(?:[A-Z]{{2,20}}|[A-Z]?[a-z]{{2,20}}|[A-Z][A-Z0-9]{{1,20}}(?:_[A-Z0-9]{{1,20}}){{1,12}}"
    r"|[a-z][a-z0-9]{1,20}(?:[_.-][a-z0-9]{1,20}){1,12}|[a-z]{2,15}(?:[A-Z][a-z]{2,15}){1,5}\d{0,2})"
    rf"{_LINE_VALUE}"
)
# One that is none of a token, even where the token is not whole before it.
_SURE_FIELD: Final = re.compile(
    rf"{_LINE_BEGIN}(?:[A-Z]{{2,20}}(?:_[A-Z]{{2,20}}){{1,12}}|[a-z]{{2,20}}(?:_[a-z]{{2,20}}){{1,12}}){_LINE_VALUE}"
)
_WHOLE: Final = re.compile(WHOLE)
# Where a wrapped or concatenated token is broken: between two of its characters.
_WRAP: Final = re.compile(r"\n(?<=[A-Za-z0-9_+/=.\\ \t\r-]\n)[ \t]*(?:[>|│][ \t]?)?(?=[A-Za-z0-9_+/=.-])")
# The same where at least eight such characters stand before it.
_LONG_WRAP: Final = re.compile(
    r"\n(?:(?<=[A-Za-z0-9_+/=.-]{8}\n)|(?<=[A-Za-z0-9_+/=.-]{8}\r\n)|(?<=[ \t\\]\n))[ \t]*(?:[>|│][ \t]?)?(?=[A-Za-z0-9_+/=.-])"
)
_CONCATENATIONS: Final = tuple(
    re.compile(
        sign + r"(?![\"'])[ \t]*+[+.]?+[ \t]*+\\?+(?:\r?\n[ \t]*+)?+[+.]?+[ \t]*+[\"'](?=[A-Za-z0-9_+/=.-])"
    )
    for sign in "\"'"
)
_RUN: Final = re.compile(r"[A-Za-z0-9_./+=~:$%!@,\\-]*")
_HEX_TOKEN_END: Final = re.compile(r"[0-9a-f]{0,31}-(?:us\d|[0-9a-f]{1,8})")


def joined_lines(text: str, pairs: frozenset[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return `text` without the joints at which a token may be broken, and for each joint (place in the result, characters cut so far).

    Args:
        pairs: Joints between two such characters are taken too.
    """
    pieces: list[str] = []
    joints: list[tuple[int, int]] = []
    at = cut = 0
    for start, end in _joints(text, pairs):
        pieces.append(text[at:start])
        cut += end - start
        joints.append((end - cut, cut))
        at = end
    pieces.append(text[at:])
    return "".join(pieces), joints


def _joints(text: str, pairs: frozenset[str]) -> list[tuple[int, int]]:
    """Return the joints worth a look: those behind what looks like the beginning of a token, and those that go on from there."""
    found: list[tuple[int, int, str, bool]] = []
    skipped: Counter[int] = Counter()
    at = 0
    tail = ""
    for start, end in sorted((*_wraps(text, _WRAP if pairs else _LONG_WRAP), *_concatenations(text))):
        if start < at or not start or text[start - 1] not in TOKEN_CHARS:
            continue
        known = bool(pairs) and text[start - 1] + text[end] in pairs
        near = text[max(0, start - 41) : start]
        if not known and (" " in near[-MIN_TAIL_CHARS:] or "\n" in near[-MIN_TAIL_CHARS:] or _is_sha(near)):
            continue  # as most lines end
        last, tail = tail, _same_tail(text, start, tail) or _tail(text, start)
        found.append((start, end, tail, known))
        at = end
        if (
            len(tail) >= BLOCK_WORD_CHARS
            and len(tail) != len(last)
            and not pairs
            and (lines := _lines_like(text, end, tail)) > MANY_LINES
        ):
            skipped[len(tail)] += lines - 1
            at += (lines - 1) * (len(tail) + 1)
    if not found:
        return []
    tails = {tail for _, _, tail, _ in found if _may_begin(tail)}
    lengths = Counter(len(tail) for tail in tails if len(tail) >= BLOCK_WORD_CHARS) + skipped
    data = {tail for tail in tails if lengths[len(tail)] > MANY_LINES}
    data |= {
        word.decode()
        for word in data_of([tail.encode() for tail in tails - data if len(tail) >= BLOCK_WORD_CHARS])
    }
    begun = _begun(tails - data) | (data if len(data) + skipped.total() <= BLOCK_WORDS else set())
    kept: list[tuple[int, int]] = []
    for start, end, tail, known in found:
        goes_on = bool(kept) and start - len(tail) <= kept[-1][1]
        if known or (
            (goes_on or tail in begun or (len(tail) >= 8 and not tail.strip(_HEX) and _HEX_TOKEN_END.match(text, end)))
            and not _SURE_FIELD.match(text, end)
        ):  # fmt: skip
            kept.append((start, end))
    return kept


def _same_tail(text: str, end: int, last: str) -> str:
    """Return a line of base64 as long as the last one, found without going through it."""
    start = end - len(last)
    if len(last) < BLOCK_WORD_CHARS or text[start - 1 : start] != "\n":
        return ""
    return text[start:end] if _RUN.fullmatch(text, start, end) else ""


def _lines_like(text: str, at: int, line: str) -> int:
    """Return how many lines of base64 from `at` on are as long as `line`."""
    found = re.compile(rf"(?:[A-Za-z0-9+/]{{{len(line)}}}\n)*+").match(text, at)
    return len(found[0]) // (len(line) + 1) if found else 0


def _is_sha(near: str) -> bool:
    return near[:1] in (" ", "\t", "\n") and not near[1:].strip(_HEX)


def _tail(text: str, end: int) -> str:
    """Return the characters of a token right before `end`."""
    back = text[max(0, end - MAX_TAIL_CHARS) : end][::-1]
    found = _RUN.match(back)
    return back[: found.end()][::-1] if found else ""


def _may_begin(tail: str) -> bool:
    """Tell whether a line's last word may be the beginning of a token: no plain word, no sha."""
    return (
        len(tail) >= MIN_TAIL_CHARS
        and not (tail.isalpha() and (tail.islower() or tail[1:].islower()))
        and bool(tail.strip(_HEX))
    )


def _begun(tails: set[str]) -> set[str]:
    mixed = {tail for tail in tails if _is_mixed(tail)}
    rest = tails - mixed
    together = "\n".join(rest)
    pieces = pieces_of(together)
    parts = [part for part, core, _ in PARTS if core in pieces and part in together] if rest else []
    return mixed | {tail for tail in rest if any(part in tail for part in parts)}


def _is_mixed(tail: str) -> bool:
    """Tell whether a word has what the tokens have that show no literal at their beginning."""
    return (
        len(tail) >= 12
        and any(char.isdigit() for char in tail)
        and any(char.isupper() for char in tail)
        and any(char.islower() for char in tail)
    )


def _wraps(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        start = match.start()
        while start and text[start - 1] in " \t\r\\" and match.start() - start < MAX_PADDING:
            start -= 1
        yield start, match.end()


def _concatenations(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for pattern in _CONCATENATIONS for match in pattern.finditer(text))


def origin(place: int, joints: list[tuple[int, int]]) -> int:
    """Return where a place of the joined text is in the text itself."""
    index = bisect_right(joints, (place, len(joints) << 40))
    return place + (joints[index - 1][1] if index else 0)


def joined_tokens(joined: str, places: list[int]) -> Iterator[Span]:
    """Find the tokens that lie over one of `places`, themselves or with what names them."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if not runs or place >= runs[-1][1]:
            runs.append(_run(joined, place))
    new = "\n".join({joined[start:end] for start, end in runs if end - start >= MIN_WORD_CHARS})
    for rule, _ in present(new):
        pattern = compiled(rule.source, open_end=True)
        if next(matches(rule, pattern, new), None) is None:
            continue
        for first, last in runs:
            if any(joined.find(part, first, last) >= 0 for part in rule.heads + rule.inner):
                yield from _in_run(joined, (first, last), rule, pattern, places)


def _run(joined: str, place: int) -> tuple[int, int]:
    start = place
    while tail := _tail(joined, start):
        start -= len(tail)
        if len(tail) < MAX_TAIL_CHARS or place - start > MAX_JOINTS * MAX_TAIL_CHARS:
            break
    found = _RUN.match(joined, place)
    return start, found.end() if found else place


def _in_run(
    joined: str, run: tuple[int, int], rule: Rule, pattern: re.Pattern[str], places: list[int]
) -> Iterator[Span]:
    at = run[0]
    while match := pattern.search(joined, at, run[1]):
        start, end = match.span(secret_group(pattern))
        first = bisect_right(places, start)
        inside = places[first : min(bisect_left(places, end), first + MAX_JOINTS)]
        end = _trimmed(joined, match.start(), end, inside, pattern)
        over = bisect_right(places, match.start()) < bisect_left(places, end)
        if over and (
            end in inside
            or places[bisect_left(places, end) :][:1] == [end]
            or not joined[end : end + 1].isalnum()
        ):
            yield start, end, rule.name
        at = max(end, match.start() + 1)


def _trimmed(joined: str, start: int, end: int, inside: list[int], pattern: re.Pattern[str]) -> int:
    """Return where a token over joints really ends: an ordinary word or a field on the next line is no part of it."""
    bounds = [*inside, end]
    while len(bounds) > 1:
        piece = joined[bounds[-2] : bounds[-1]]
        is_other = _WORDS_ONLY.fullmatch(piece) or _FIELD.match(joined, bounds[-2])
        if not (
            (is_other and pattern.fullmatch(joined, start, bounds[-2]))
            or _WHOLE.fullmatch(joined, start, bounds[-2])
        ):
            break
        bounds.pop()
    return end if pattern.search(joined[bounds[-1] : end]) else bounds[-1]
