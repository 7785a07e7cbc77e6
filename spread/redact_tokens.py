"""Finds tokens of known formats in text; `redact_joints` where a wrapped line or a concatenation has broken them.

A rule is tried only on words long enough for a token in which one of its literals stands. Words that are a sha, a
UUID or a piece of a picture are put aside first, so that texts full of them cost no more than others.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from spread.redact_rules import TOKENS, Rule, compiled
from spread.redact_values import Span, is_random, is_strong
from spread.redact_view import places_of

MANY_TOKENS: Final = 50  # above that, one search with the pattern is cheaper than one for each
MIN_WORD_CHARS: Final = 16  # no known format is shorter
BLOB_CHARS: Final = 2000  # base64 without a break as long as that is a file, not a token
BLOCK_WORDS: Final = 40  # so many words of base64 of one length are the lines of a file
BLOCK_WORD_CHARS: Final = 60

_CORE: Final = re.compile(r"[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|")
PARTS: Final = [
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
# All of them as one: runs of it are found many times faster than the text is split into words.
_ONE_BYTE: Final = bytes(32 if byte == 32 else ord("x") for byte in _TOKEN_BYTES)
_LONG: Final = re.compile(b"x" * MIN_WORD_CHARS + b"x*+")
_PIECE_BYTES: Final = bytes(byte if byte < 128 and chr(byte).isalnum() else 32 for byte in range(256))
_HEX: Final = b"0123456789abcdef"
_ID_ENDS: Final = _HEX + b".-"
_PLAIN: Final = re.compile(rb"[A-Za-z0-9+/]*+=*")
_COLOUR: Final = re.compile(r"\x1b\[[\d;]{0,20}m")
# Lock files are half made of these.
_HASHES: Final = {
    b"sha": re.compile(rb"sha(?:1|256|384|512)[-:=][A-Za-z0-9+/_-]{27,}={0,2}"),
    b"h1:": re.compile(rb"h1:[A-Za-z0-9+/_-]{27,}={0,2}"),
}
TOKEN_CHARS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.-")


CUT: Final = "…"  # where texts are shortened
DOTS: Final = "..."  # likewise, and much else
MIN_DOTTED_CHARS: Final = 8  # drawn behind the head
MIN_CUT_CHARS: Final = 4  # of a token behind its head; less tells nothing
MAX_CUT_CHARS: Final = 200  # a longer piece is one that its rule knows
# What begins ordinary names, too: without the length of a token nothing tells one from these.
_NAMES: Final = frozenset(
    ("key-", "key_", "api-", "API-", "test_", "sdk-", "pat-", "pat.", "mob-", "ico-", "sat.", "pul-", "na1.", "eu1.")
)  # fmt: skip
_CUT_HEADS: Final = {
    head: rule.name for rule in TOKENS for head in rule.heads if len(head) > 3 and head not in _NAMES
}
_DRAWN: Final = re.compile(r"[A-Za-z0-9_-]{16,}")
_CUT_TOKEN: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?P<head>{'|'.join(map(re.escape, sorted(_CUT_HEADS, key=len, reverse=True)))})"
    rf"(?=.*[0-9A-Z]).{{{MIN_CUT_CHARS},}}"
)

_NO_DOTS: Final = TOKEN_CHARS - {"."}
_LAST_DRAWN: Final = re.compile(rf"[A-Za-z0-9]{{{MIN_DOTTED_CHARS},}}\Z")


def cut_tokens(text: str) -> Iterator[Span]:
    """Find what is left of a known token where a text was shortened: its head, and too little for its rule."""
    for at in places_of(text, CUT):
        end = at - (text[at - 1 : at] == " ")
        begin = end
        while begin > max(end - MAX_CUT_CHARS, 0) and text[begin - 1] in TOKEN_CHARS:
            begin -= 1
        if end - begin > MIN_CUT_CHARS and (found := _CUT_TOKEN.search(text, begin, end)):
            yield found.start(), end, _CUT_HEADS[found["head"]]
        elif is_strong(text[begin:end]):
            yield begin, end, "cut"
    for end in places_of(text, DOTS):
        begin = end
        while begin > max(end - MAX_CUT_CHARS, 0) and text[begin - 1] in _NO_DOTS:
            begin -= 1
        if end - begin > MIN_CUT_CHARS and (found := _CUT_TOKEN.search(text, begin, end)):
            drawn = _LAST_DRAWN.search(text, found.end("head"), end)
            if drawn and is_random(drawn[0]):
                yield found.start(), end, _CUT_HEADS[found["head"]]


def tokens(text: str, words: str | None = None) -> Iterator[Span]:
    """Find known tokens among the long words of `text`, then each wherever it stands."""
    words = long_words(text) if words is None else words
    known: set[str] = set()
    begun: list[str] = []
    for rule, pattern in present(words):
        group = secret_group(pattern)
        found = {match[group].rstrip(".-") for match in matches(rule, pattern, words)}
        known |= found
        begun += _begun(rule, words)
        if len(found) > MANY_TOKENS:
            yield from ((*match.span(group), rule.name) for match in pattern.finditer(text))
            continue
        for token in found:
            yield from ((start, start + len(token), rule.name) for start in places_of(text, token))
    for token in {*_drawn(words)}:
        if not any(each in token for each in known):
            yield from ((start, start + len(token), "token") for start in places_of(text, token))
    for token in {*begun}:
        for start in places_of(text, token):
            if text[(end := start + len(token)) : end + 1] in ("", "\n"):
                yield start, end, "token"


def _begun(rule: Rule, words: str) -> Iterator[str]:
    """Find what may be too short for a rule, as where a text was cut in the midst of a token: its head, and what was drawn."""
    for head in rule.heads:
        for at in places_of(words, head) if head in _CUT_HEADS else ():
            drawn = _DRAWN.match(words, at + len(head))
            before = words[at - 1 : at]
            if drawn and not (before.isalnum() or before in ("_", "-")) and is_strong(drawn[0]):
                yield head + drawn[0]


# How most vendors make theirs since 2021: a word or a few in small letters, then what was drawn.
_VENDOR: Final = re.compile(r"[_-](?=[A-Za-z0-9]{16})(?P<s>[A-Za-z0-9]++)(?![_+/=-])")
_VENDOR_NAME: Final = re.compile(
    r"(?<![A-Za-z0-9_/.-])(?<!\S\+)[A-Za-z][a-z0-9]{1,14}(?:[_-][a-z0-9]{1,12}){0,3}\Z"
)
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
    raw = text.encode("utf-8", "surrogatepass")
    ones = raw.translate(_ONE_BYTE)
    words = dict.fromkeys([raw[slice(*found.span())] for found in _LONG.finditer(ones)])
    together = b"\n".join(words)
    for head, pattern in _HASHES.items():
        if head in together:
            together = pattern.sub(b" ", together)
    if b" " in together:
        words = dict.fromkeys([word for word in together.split() if len(word) >= MIN_WORD_CHARS])
    if len(words) > BLOCK_WORDS or any(len(word) > BLOB_CHARS for word in words):
        return b"\n".join(_without_data(words)).decode("ascii")
    return b"\n".join(words).decode("ascii")


def _without_data(words: Iterable[bytes]) -> list[bytes]:
    """Leave out shas, UUIDs and the lines of base64 files: half of a log may be made of them."""
    kept = [word for word in words if word[-1] not in _ID_ENDS or not _is_id(word)]
    lengths = Counter(map(len, kept))
    blocks = {length for length, n in lengths.items() if length > BLOB_CHARS or (n > BLOCK_WORDS and length >= BLOCK_WORD_CHARS)}  # fmt: skip
    data = data_of([word for word in kept if len(word) in blocks]) if blocks else ()
    return [word for word in kept if word not in data] if data else kept


def _is_id(word: bytes) -> bool:
    """Tell whether a word is a lower-case sha, a UUID, or `name=` with one of them."""
    rest = word.rstrip(_HEX)
    if len(rest) + 16 > len(word):
        if word[-13:-12] != b"-" or word[-18:-17] != b"-" or word[-36:].strip(_HEX + b"-"):
            return not word.strip(_HEX + b".")
        rest = word[:-36]
    return not rest or (rest[-1:] in b"=:" and len(rest) < MIN_WORD_CHARS and b"uth" not in rest and b"_pass" not in rest and b"/" not in rest)  # fmt: skip


def data_of(words: Iterable[bytes]) -> set[bytes]:
    """Return those of `words` that are base64 of anything but a key or a token."""
    plain = [word for word in words if _PLAIN.fullmatch(word)]
    together = b"\n".join(plain)
    keys = [head for head in _KEY_FILES if head in together]  # mostly none
    return {
        word
        for word in plain
        if not (word[:3] in _HEADS_3 and word.startswith(_HEADS)) and not any(head in word for head in keys)
    }


def present(words: str) -> Iterator[tuple[Rule, re.Pattern[str]]]:
    """Yield the rules that may find something in `words`, and their patterns."""
    if not words:
        return
    pieces = pieces_of(words)
    for rule in dict.fromkeys([rule for part, core, rule in PARTS if core in pieces and part in words]):
        yield rule, compiled(rule.source)


def pieces_of(words: str) -> str:
    """Return what words consist of, one a line: the same few pieces stand in most; numbers are in all, and left out."""
    split = words.encode("ascii").translate(_PIECE_BYTES).split()
    return b"\n".join([piece for piece in set(split) if not piece.isdigit()]).decode("ascii")


def secret_group(pattern: re.Pattern[str]) -> str | int:
    """Return which group of a rule's match is the secret."""
    return "s" if "s" in pattern.groupindex else 0


def matches(rule: Rule, pattern: re.Pattern[str], words: str) -> Iterator[re.Match[str]]:
    """Yield where a rule finds something in long words, one a line."""
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
