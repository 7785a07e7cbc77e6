"""Finds tokens of known formats in text, also where a wrapped line or a concatenation has broken them.

A rule is tried only on words long enough for a token in which one of its literals stands. Words that are a sha, a
UUID or a piece of a picture are put aside first, so that texts full of them cost no more than others.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import Final

from spread.redact_rules import TOKENS, WHOLE, Rule, compiled
from spread.redact_values import Span, is_strong
from spread.redact_view import places_of

MAX_JOINTS: Final = 64  # lines one token is looked for over
MAX_PADDING: Final = 200  # blanks a terminal leaves at the end of a wrapped line
MANY_TOKENS: Final = 50  # above that, one search with the pattern is cheaper than one for each
MIN_WORD_CHARS: Final = 16  # no known format is shorter
MIN_TAIL_CHARS: Final = 8  # as much of a token stands before the first place where it is broken
BLOB_CHARS: Final = 2000  # base64 without a break as long as that is a file, not a token
BLOCK_WORDS: Final = 40  # so many words of base64 of one length are the lines of a file
BLOCK_WORD_CHARS: Final = 60
MANY_LINES: Final = 400  # so many different lines of one length are a file's, whatever is in them

_CORE: Final = re.compile(r"[A-Za-z0-9]*")
_PARTS: Final = [
    (part, max(_CORE.findall(part), key=len), rule) for rule in TOKENS for part in rule.heads + rule.inner
]
_HEADS: Final = tuple(
    head.encode() for rule in TOKENS for head in rule.heads if len(head) >= 3 and head.isalnum()
)
_HEADS_3: Final = frozenset(head[:3] for head in _HEADS)
# Of the base64 of the first bytes of key files.
_KEY_FILES: Final = (b"LS0tLS1CRUdJTiB", b"b3BlbnNzaC1rZXktdjE", b"IBAzCC")
# Bytes that can stand in a known token, or right before it in an escape; all others part words.
_TOKEN_BYTES: Final = bytes(
    byte if (byte < 128 and chr(byte).isalnum()) or chr(byte) in "_-./+=~:$%!@,\\" else 32
    for byte in range(256)
)
_PIECE_BYTES: Final = bytes(byte if byte < 128 and chr(byte).isalnum() else 32 for byte in range(256))
_HEX: Final = b"0123456789abcdef"
_ID_ENDS: Final = _HEX + b".-"
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_COLOUR: Final = re.compile(r"\x1b\[[\d;]{0,20}m")
# Lock files are half made of these.
_HASH: Final = re.compile(r"(?:sha(?:1|256|384|512)[-:=]|h1:)[A-Za-z0-9+/_-]{27,}={0,2}")
_TOKEN_CHARS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.-")
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


CUT: Final = "…"  # where texts are shortened
MIN_CUT_CHARS: Final = 4  # of a token behind its head; less tells nothing
MAX_CUT_CHARS: Final = 200  # a longer piece is one that its rule knows
# What begins ordinary names, too: without the length of a token nothing tells one from these.
_NAMES: Final = frozenset(
    ("key-", "key_", "api-", "API-", "test_", "sdk-", "pat-", "pat.", "mob-", "ico-", "sat.", "pul-", "na1.", "eu1.")
)  # fmt: skip
_CUT_HEADS: Final = {
    head: rule.name for rule in TOKENS for head in rule.heads if len(head) > 3 and head not in _NAMES
}
_CUT_TOKEN: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?P<head>{'|'.join(map(re.escape, sorted(_CUT_HEADS, key=len, reverse=True)))})"
    rf"(?=.*[0-9A-Z]).{{{MIN_CUT_CHARS},}}"
)


def cut_tokens(text: str) -> Iterator[Span]:
    """Find what is left of a known token where a text was shortened: its head, and too little for its rule."""
    for at in places_of(text, CUT):
        end = at - (text[at - 1 : at] == " ")
        begin = end
        while begin > max(end - MAX_CUT_CHARS, 0) and text[begin - 1] in _TOKEN_CHARS:
            begin -= 1
        if end - begin > MIN_CUT_CHARS and (found := _CUT_TOKEN.search(text, begin, end)):
            yield found.start(), end, _CUT_HEADS[found["head"]]
        elif is_strong(text[begin:end]):
            yield begin, end, "cut"


def tokens(text: str, words: str | None = None) -> Iterator[Span]:
    """Find known tokens among the long words of `text`, then each wherever it stands."""
    words = long_words(text) if words is None else words
    known: set[str] = set()
    for rule, pattern in _present(words):
        group = _group(pattern)
        found = {match[group].rstrip(".-") for match in _matches(rule, pattern, words)}
        known |= found
        if len(found) > MANY_TOKENS:
            yield from ((*match.span(group), rule.name) for match in pattern.finditer(text))
            continue
        for token in found:
            yield from ((start, start + len(token), rule.name) for start in places_of(text, token))
    for token in {*_drawn(words)}:
        if not any(each in token for each in known):
            yield from ((start, start + len(token), "token") for start in places_of(text, token))


# How most vendors make theirs since 2021: a word or a few in small letters, then what was drawn.
_VENDOR: Final = re.compile(r"[_-](?=[A-Za-z0-9]{16})(?P<s>[A-Za-z0-9]++)(?![_+/=-])")
_VENDOR_NAME: Final = re.compile(r"(?<![A-Za-z0-9_+/.-])[A-Za-z][a-z0-9]{1,14}(?:[_-][a-z0-9]{1,12}){0,3}\Z")
_VENDOR_WORDS: Final = re.compile(r"(?:secret|token|passw(?:or)?d|api[_-]?key|auth)(?![a-z])")
MAX_VENDOR_CHARS: Final = 56
MIN_DRAWN_CHARS: Final = 30  # of an unknown vendor's token; names of records are shorter


def _drawn(words: str) -> Iterator[str]:
    """Find tokens of vendors we do not know among long words."""
    for match in _VENDOR.finditer(words):
        drawn, at = match["s"], match.start()
        if not is_strong(drawn):
            continue
        name = _VENDOR_NAME.search(words, max(0, at - MAX_VENDOR_CHARS), at)
        if name and (len(drawn) >= MIN_DRAWN_CHARS or _VENDOR_WORDS.search(name[0])):
            yield words[name.start() : match.end()]


def long_words(text: str) -> str:
    """Return the distinct words long enough for a token, one a line: a few percent of ordinary text."""
    if "\x1b" in text:
        text = _COLOUR.sub(" ", text)
    if "sha" in text or "h1:" in text:
        text = _HASH.sub(" ", text)
    split = set(text.encode("utf-8", "surrogatepass").translate(_TOKEN_BYTES).split())
    words = {word for word in split if len(word) >= MIN_WORD_CHARS}
    if len(words) > BLOCK_WORDS or any(len(word) > BLOB_CHARS for word in words):
        words = _without_data(words)
    return b"\n".join(sorted(words)).decode("ascii")


def _without_data(words: set[bytes]) -> set[bytes]:
    """Leave out shas, UUIDs and the lines of base64 files: half of a log may be made of them."""
    words = {word for word in words if word[-1] not in _ID_ENDS or not _is_id(word)}
    lengths = Counter(map(len, words))
    blocks = {length for length, n in lengths.items() if length > BLOB_CHARS or (n > BLOCK_WORDS and length >= BLOCK_WORD_CHARS)}  # fmt: skip
    return {word for word in words if len(word) not in blocks or not _is_data(word)} if blocks else words


def _is_id(word: bytes) -> bool:
    """Tell whether a word is a lower-case sha, a UUID, or `name=` with one of them."""
    rest = word.rstrip(_HEX)
    if len(rest) + 16 > len(word):
        if word[-13:-12] != b"-" or word[-18:-17] != b"-" or word[-36:].strip(_HEX + b"-"):
            return not word.strip(_HEX + b".")
        rest = word[:-36]
    return not rest or (rest[-1:] in b"=:" and len(rest) < MIN_WORD_CHARS and b"uth" not in rest and b"_pass" not in rest and b"/" not in rest)  # fmt: skip


def _is_data(word: bytes) -> bool:
    return (
        not word.rstrip(b"=").translate(None, _BASE64)
        and not (word[:3] in _HEADS_3 and word.startswith(_HEADS))
        and not any(head in word for head in _KEY_FILES)
    )


def _present(words: str) -> Iterator[tuple[Rule, re.Pattern[str]]]:
    if words:
        split = words.encode("ascii").translate(_PIECE_BYTES).split()
        pieces = b"\n".join(set(split)).decode("ascii")  # the same few stand in most words
        for rule in dict.fromkeys([rule for part, core, rule in _PARTS if core in pieces and part in words]):
            yield rule, compiled(rule.source)


def _group(pattern: re.Pattern[str]) -> str | int:
    return "s" if "s" in pattern.groupindex else 0


def _matches(rule: Rule, pattern: re.Pattern[str], words: str) -> Iterator[re.Match[str]]:
    for head in rule.heads:
        end = 0
        for place in places_of(words, head):
            match = pattern.match(words, place) if place >= end else None
            if match:
                end = match.end()
                yield match
    for part in rule.inner:
        for word in words.split("\n"):
            if part in word:
                yield from pattern.finditer(word)


# Wrapped lines.


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
    at = 0
    tail = ""
    for start, end in sorted((*_wraps(text, _WRAP if pairs else _LONG_WRAP), *_concatenations(text))):
        if start < at or not start or text[start - 1] not in _TOKEN_CHARS:
            continue
        known = bool(pairs) and text[start - 1] + text[end] in pairs
        near = text[max(0, start - 41) : start]
        if not known and (" " in near[-MIN_TAIL_CHARS:] or "\n" in near[-MIN_TAIL_CHARS:] or _is_sha(near)):
            continue  # as most lines end
        tail = _same_tail(text, start, tail) or _tail(text, start)
        found.append((start, end, tail, known))
        at = end
    tails = {tail for _, _, tail, _ in found if _may_begin(tail)}
    lengths = Counter(len(tail) for tail in tails if len(tail) >= BLOCK_WORD_CHARS)
    data = {
        tail
        for tail in tails
        if (n := lengths.get(len(tail))) and (n > MANY_LINES or _is_data(tail.encode("ascii")))
    }
    begun = _begun(tails - data) | (data if len(data) <= BLOCK_WORDS else set())
    kept: list[tuple[int, int]] = []
    for start, end, tail, known in found:
        goes_on = bool(kept) and start - len(tail) <= kept[-1][1]
        if not known and _SURE_FIELD.match(text, end):
            continue
        if known or goes_on or tail in begun or (len(tail) >= 8 and _HEX_TOKEN_END.match(text, end) and not tail.strip(_HEX_CHARS)):  # fmt: skip
            kept.append((start, end))
    return kept


_HEX_CHARS: Final = _HEX.decode()


def _same_tail(text: str, end: int, last: str) -> str:
    """Return a line of base64 as long as the last one, found without going through it."""
    start = end - len(last)
    if len(last) < BLOCK_WORD_CHARS or text[start - 1 : start] != "\n":
        return ""
    return text[start:end] if _RUN.fullmatch(text, start, end) else ""


def _is_sha(near: str) -> bool:
    return near[:1] in (" ", "\t", "\n") and not near[1:].strip(_HEX_CHARS)


MAX_TAIL_CHARS: Final = 240


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
        and bool(tail.strip(_HEX_CHARS))
    )


def _begun(tails: set[str]) -> set[str]:
    mixed = {tail for tail in tails if _is_mixed(tail)}
    rest = tails - mixed
    together = "\n".join(rest)
    parts = [part for part, _, _ in _PARTS if part in together] if rest else []
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
    for rule, _ in _present(new):
        pattern = compiled(rule.source, open_end=True)
        if next(_matches(rule, pattern, new), None) is None:
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
        start, end = match.span(_group(pattern))
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
