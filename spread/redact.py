"""Takes secrets out of text, before anything is stored or sent.

Every finder looks at the same text and gives spans; spans are merged and each becomes a placeholder
`[redacted:rule]`. Placeholders are never looked into, so each pass leaves less to find, and passes repeat
until one finds nothing: redacting twice is redacting once. Any failure raises: no text leaves half done.
"""

import base64
import json
import os
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

from spread.errors import SpreadError
from spread.redact_context import FINDERS, Span
from spread.redact_rules import TOKENS, Rule, compiled
from spread.redact_values import env_file_values, known_secrets

MAX_PASSES: Final = 10
MAX_JOINTS: Final = 64  # lines one token is looked for over
MAX_PADDING: Final = 200  # blanks a terminal leaves at the end of a wrapped line
MAX_ENV_FILE_BYTES: Final = 256 * 1024
MANY_TOKENS: Final = 50  # above that, one search with the pattern is cheaper than one for each
MIN_WORD_CHARS: Final = 16  # no known format is shorter
SAMPLE_ENV_FILES: Final = ("example", "sample", "template", "dist", "defaults", "schema")

_PARTS: Final = [(part, rule) for rule in TOKENS for part in rule.heads + rule.inner]
_PLACEHOLDER: Final = re.compile(r"\[redacted:[a-z0-9-]+\]")
# Bytes that can stand in a known token, or right before it in an escape; all others part words.
_TOKEN_BYTES: Final = bytes(
    byte if (byte < 128 and chr(byte).isalnum()) or chr(byte) in "_-./+=~:$%!@,\\" else 32
    for byte in range(256)
)
_COLOUR: Final = re.compile(r"\x1b\[[\d;]{0,20}m")
_HASH: Final = re.compile(
    r"(?:sha(?:1|256|384|512)[-:=]|h1:)[A-Za-z0-9+/]{27,}={0,2}"
)  # lock files are half made of these
_TOKEN_CHARS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.-")
# What a person writes at the beginning of a line: words, numbers, names of several words.
_WORDS_ONLY: Final = re.compile(
    r"(?:[A-Za-z]?[a-z]{0,15}|[A-Z]{1,15}|\d{1,4}|[a-z]{3,12}(?:[A-Z][a-z]{2,12}){1,3})"
    r"(?:[_./=-](?:[A-Za-z]?[a-z]{0,15}|[A-Z]{1,15}|\d{1,4}))*+"
)
# Where a wrapped or concatenated token is broken: between two of its characters.
_WRAP: Final = re.compile(r"\n[ \t]*(?:[>|│][ \t]?)?(?=[A-Za-z0-9_+/=.-])")
_CONCATENATION: Final = re.compile(
    r"[\"'](?![\"'])[ \t]*[+.]?[ \t]*\\?(?:\r?\n[ \t]*)?[+.]?[ \t]*[\"'](?=[A-Za-z0-9_+/=.-])"
)


class Redactor:
    """Redacts texts and counts what it removed.

    Args:
        extra: Name → exact value of secrets this machine knows; see `secrets_around`.
    """

    def __init__(self, extra: Mapping[str, str] | None = None) -> None:
        self.counts: dict[str, int] = {}
        self._known = sorted(
            {form for value in (extra or {}).values() for form in _forms(value)}, key=len, reverse=True
        )

    def text(self, text: str) -> str:
        """Return `text` with a placeholder for each secret.

        Raises:
            SpreadError: Redaction did not finish; nothing of `text` may be used.
        """
        counts = dict(self.counts)
        try:
            for _ in range(MAX_PASSES):
                spans = _settled(text, self._find(text))
                if not spans:
                    self.counts = counts
                    return text
                text = _replaced(text, spans, counts)
        except Exception as error:
            # The cause could quote the text, so only its type is told.
            raise SpreadError("cannot redact a text", why=f"our {type(error).__name__}") from None
        raise SpreadError("cannot redact a text", why=f"not settled after {MAX_PASSES} passes")

    def _find(self, text: str) -> Iterator[Span]:
        low = _lowered(text)
        yield from self._exact(text)
        words = _long_words(text)
        yield from _tokens(text, words)
        for finder in FINDERS:
            yield from finder(text, low)
        yield from self._wrapped(text, words)

    def _exact(self, text: str) -> Iterator[Span]:
        for form in self._known:
            yield from ((start, start + len(form), "environment") for start in _places(text, form))

    def _wrapped(self, text: str, words: str) -> Iterator[Span]:
        """Find what shows only when wrapped lines and concatenated strings are put together."""
        joined, joints = _joined(text)
        if not joints:
            return
        new = "\n".join(set(_long_words(joined).split("\n")).difference(words.split("\n")))
        places = [place for place, _ in joints]
        for start, end, rule in (*_joined_tokens(joined, new, places), *self._exact(joined)):
            if bisect_right(places, start) < bisect_left(places, end):
                yield _origin(start, joints), _origin(end - 1, joints) + 1, rule


# Finding known tokens.


def _lowered(text: str) -> str:
    """Return `text` in lower case, of the same length (`İ` alone would become two characters)."""
    low = text.lower()
    return low if len(low) == len(text) else text.replace("\u0130", "i").lower()


def _long_words(text: str) -> str:
    """Return the distinct words long enough for a token, one a line: a few percent of ordinary text."""
    if "\x1b" in text:
        text = _COLOUR.sub(" ", text)
    if "sha" in text or "h1:" in text:
        text = _HASH.sub(" ", text)
    words = text.encode("utf-8", "surrogatepass").translate(_TOKEN_BYTES).split()
    return b"\n".join(sorted({word for word in words if len(word) >= MIN_WORD_CHARS})).decode("ascii")


def _tokens(text: str, words: str) -> Iterator[Span]:
    """Find known tokens among `words`, then each wherever it stands in `text`."""
    for rule, pattern in _present(words):
        group = _group(pattern)
        found = {match[group].rstrip(".-") for match in _matches(rule, pattern, words)}
        if len(found) > MANY_TOKENS:
            yield from ((*match.span(group), rule.name) for match in pattern.finditer(text))
            continue
        for token in found:
            yield from ((start, start + len(token), rule.name) for start in _places(text, token))


def _present(words: str) -> Iterator[tuple[Rule, re.Pattern[str]]]:
    if words:
        for rule in dict.fromkeys([rule for part, rule in _PARTS if part in words]):
            yield rule, compiled(rule.source)


def _group(pattern: re.Pattern[str]) -> str | int:
    return "s" if "s" in pattern.groupindex else 0


def _matches(rule: Rule, pattern: re.Pattern[str], words: str) -> Iterator[re.Match[str]]:
    for head in rule.heads:
        end = 0
        for place in _places(words, head):
            match = pattern.match(words, place) if place >= end else None
            if match:
                end = match.end()
                yield match
    for part in rule.inner:
        for word in words.split("\n"):
            if part in word:
                yield from pattern.finditer(word)


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


# Wrapped lines.


def _joined(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return `text` without its joints, and for each joint (place in the result, characters cut so far)."""
    pieces: list[str] = []
    joints: list[tuple[int, int]] = []
    at = cut = 0
    for start, end in sorted((*_wraps(text), *_concatenations(text))):
        if start < at or not start or text[start - 1] not in _TOKEN_CHARS:
            continue
        pieces.append(text[at:start])
        cut += end - start
        joints.append((end - cut, cut))
        at = end
    pieces.append(text[at:])
    return "".join(pieces), joints


def _wraps(text: str) -> Iterator[tuple[int, int]]:
    for match in _WRAP.finditer(text):
        start = match.start()
        while start and text[start - 1] in " \t\r\\" and match.start() - start < MAX_PADDING:
            start -= 1
        yield start, match.end()


def _concatenations(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _CONCATENATION.finditer(text))


def _origin(place: int, joints: list[tuple[int, int]]) -> int:
    index = bisect_right(joints, (place, len(joints) << 40))
    return place + (joints[index - 1][1] if index else 0)


def _joined_tokens(joined: str, new: str, places: list[int]) -> Iterator[Span]:
    for rule, _ in _present(new):
        pattern = compiled(rule.source, open_end=True)
        if next(_matches(rule, pattern, new), None) is None:
            continue
        at = 0
        while match := pattern.search(joined, at):
            start, end = match.span(_group(pattern))
            first = bisect_right(places, start)
            inside = places[first : min(bisect_left(places, end), first + MAX_JOINTS)]
            end = _trimmed(joined, match.start(), end, inside, pattern)
            if (
                end in inside
                or places[bisect_left(places, end) :][:1] == [end]
                or not joined[end : end + 1].isalnum()
            ):
                yield start, end, rule.name
            at = max(end, match.start() + 1)


def _trimmed(joined: str, start: int, end: int, inside: list[int], pattern: re.Pattern[str]) -> int:
    """Return where a token over joints really ends: an ordinary word on the next line is no part of it."""
    bounds = [*inside, end]
    while len(bounds) > 1:
        piece = joined[bounds[-2] : bounds[-1]]
        if not _WORDS_ONLY.fullmatch(piece) or not pattern.fullmatch(joined, start, bounds[-2]):
            break
        bounds.pop()
    return end if pattern.search(joined[bounds[-1] : end]) else bounds[-1]


# Spans to text.


def _settled(text: str, found: Iterator[Span]) -> list[Span]:
    """Return disjoint spans in order: overlapping ones joined (the first found names the rule), placeholders spared."""
    spans = [(start, end, order, rule) for order, (start, end, rule) in enumerate(found) if start < end]
    if not spans:
        return []
    spans.sort()
    merged: list[tuple[int, int, int, str]] = []
    for start, end, order, rule in spans:
        if merged and start < merged[-1][1]:
            last = merged[-1]
            best = min((last[2], last[3]), (order, rule))
            merged[-1] = (last[0], max(last[1], end), *best)
        else:
            merged.append((start, end, order, rule))
    kept = [match.span() for match in _PLACEHOLDER.finditer(text)]
    return [piece for start, end, _, rule in merged for piece in _around(text, start, end, rule, kept)]


def _around(text: str, start: int, end: int, rule: str, kept: list[tuple[int, int]]) -> Iterator[Span]:
    for left, right in kept:
        if right <= start or left >= end:
            continue
        if _has_content(text[start:left]):
            yield start, left, rule
        start = right
    if start < end and _has_content(text[start:end]):
        yield start, end, rule


def _has_content(piece: str) -> bool:
    return sum(char.isalnum() for char in piece) >= 4


def _replaced(text: str, spans: list[Span], counts: dict[str, int]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, rule in spans:
        pieces += (text[at:start], f"[redacted:{rule}]")
        counts[rule] = counts.get(rule, 0) + 1
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


# What this machine knows.


def _forms(value: str) -> set[str]:
    """Return the spellings of a secret: as it is, in JSON, in URLs, in base64 (at any offset) and hex."""
    raw = value.encode("utf-8", "surrogatepass")
    if len(raw) < 6:
        return set()
    escaped = json.dumps(value)[1:-1]
    forms = {
        value,
        value.strip(),
        escaped,
        json.dumps(escaped)[1:-1],
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
    }
    forms |= {quote(raw, safe="").replace("%", "%25"), raw.hex(), raw.hex().upper()}
    for shift in range(3):
        # Of base64 inside more base64 only the groups that hold nothing else are fixed.
        code = base64.b64encode(b"\0" * shift + raw)
        first, last = (0, 2, 3)[shift], len(code) - (0, 3, 2)[(len(raw) + shift) % 3]
        inner = code[first:last].decode("ascii")
        if len(inner) >= 8:
            forms |= {inner, inner.replace("+", "-").replace("/", "_"), quote(inner, safe="")}
    lines = value.splitlines()
    if len(lines) > 1:
        forms |= {line.strip() for line in lines if len(line.strip()) >= 20 and not line.startswith("-----")}
    return {form for form in forms if len(form) >= 6}


def secrets_around(environ: Mapping[str, str], project_root: str | None) -> dict[str, str]:
    """Return name → value of the secrets in the environment and in the project's `.env*` files.

    An unreadable file is skipped: what is in it is still found by format and by name.
    """
    found = known_secrets(environ)
    for path in _env_files(project_root) if project_root else ():
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                values = env_file_values(file.read(MAX_ENV_FILE_BYTES))
        except OSError:
            continue
        for name, value in known_secrets(values).items():
            found[name if found.get(name, value) == value else f"{name} in {os.path.basename(path)}"] = value
    return found


def _env_files(root: str) -> list[str]:
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return []
    return [
        os.path.join(root, name)
        for name in names
        if (name == ".env" or name.startswith((".env.", ".env-", ".envrc")) or name.endswith(".env"))
        and not name.endswith(SAMPLE_ENV_FILES)
    ]
