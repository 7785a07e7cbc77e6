"""Takes secrets out of text, before anything is stored or sent.

Every finder looks at the same text and gives spans; spans are merged and each becomes a placeholder
`[redacted:rule]`. Placeholders are never looked into, so each pass leaves less to find, and passes repeat
until one finds nothing: redacting twice is redacting once. Any failure raises: no text leaves half done. One of
several that takes too many passes is left out whole, as it stands in a session for good and the rest would wait for ever.
"""

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import compress
from typing import Final

from spread.errors import SpreadError
from spread.redact_coded import coded
from spread.redact_commands import commands
from spread.redact_context import headers, key_blocks, urls
from spread.redact_folds import refolded
from spread.redact_joints import joined_lines, joined_tokens, origin
from spread.redact_keyed import fields, keyed, tables
from spread.redact_known import distinct, drawn, forms_of, without
from spread.redact_nested import manifests, nested, otherwise
from spread.redact_printed import pasted, put
from spread.redact_said import nearby, phrases, told
from spread.redact_tokens import CUT, DOTS, cut_tokens, long_words, tokens
from spread.redact_values import Span
from spread.redact_view import Lowered, places_of, plain_view

MAX_PASSES: Final = 10
MARK_BYTES: Final = 16
KEPT_MARKS: Final = 4_000
MAX_FOUND: Final = 400  # of what was taken out, kept to be looked for elsewhere
KEPT_REDACTED: Final = 128  # texts out of which something was taken

Finder = Callable[[str, Lowered], Iterator[Span]]
FINDERS: tuple[Finder, ...] = (
    key_blocks,
    urls,
    headers,
    commands,
    keyed,
    fields,
    manifests,
    nested,
    otherwise,
    tables,
    pasted,
    put,
    told,
    nearby,
    phrases,
)
MANY_KNOWN: Final = 2_000  # forms of secrets; a project has a tenth
MIN_HALF: Final = 6  # characters of a secret
_RULE: Final = "= = = = = = = ="
_BETWEEN: Final = f"\n\n{_RULE}\n\n"
UNSETTLED: Final = "[redacted:unsettled]"  # stands for all of a text
_PLACEHOLDER: Final = re.compile(r"\[redacted:[a-z0-9-]+\]")


class Redactor:
    """Redacts texts and counts what it removed.

    Args:
        extra: Name → exact value of secrets this machine knows; see `redact_known.secrets_around`.
    """

    def __init__(self, extra: Mapping[str, str] | None = None) -> None:
        self.counts: dict[str, int] = {}
        self._known = sorted(
            {form for value in (extra or {}).values() for form in forms_of(value)}, key=len, reverse=True
        )
        self.heads = frozenset(form[:MIN_HALF] for form in self._known)
        self._pairs = frozenset(form[at : at + 2] for form in self._known for at in range(len(form) - 1))
        self._key = hashlib.blake2b("\n".join(self._known).encode("utf-8", "surrogatepass")).digest()
        # Marks of texts in which nothing was found, by this one or one before.
        self.cleared: set[bytes] = set()
        self.told: set[bytes] = set()  # those of the texts that `texts` was given
        self.redacted = _redacted
        self.found: dict[str, None] = {}  # what was taken out, the first first
        self.given: dict[
            str, None
        ] = {}  # secrets that only the session tells as such: passphrases, what was printed

    def text(self, text: str) -> str:
        """Return `text` with a placeholder for each secret.

        Raises:
            SpreadError: Redaction did not finish; nothing of `text` may be used.
        """
        told = self._passed(self._without(text))
        if told is None:
            raise SpreadError("cannot redact a text", why=f"not settled after {MAX_PASSES} passes")
        return told

    def _without(self, text: str) -> str:
        """Return `text` without the secrets that the session gave."""
        text, count = without(text, self.given)
        if count:
            self.counts["passphrase"] = self.counts.get("passphrase", 0) + count
        return text

    def _passed(self, text: str) -> str | None:
        """Return `text` with a placeholder for each secret, None where as many passes as are made leave some."""
        counts = dict(self.counts)
        for _ in range(MAX_PASSES):
            before, (text, counts) = text, self._pass(text, counts)
            if text == before:
                self.counts = counts
                return text
        return None

    def _one(self, text: str) -> str:
        """Return one of several texts redacted; of one that does not settle nothing, so that the others are told."""
        told = self._passed(text)
        if told is None:
            self.counts["unsettled"] = self.counts.get("unsettled", 0) + 1
        return UNSETTLED if told is None else told

    def _pass(self, text: str, counts: dict[str, int]) -> tuple[str, dict[str, int]]:
        """Return `text` with what is found at once replaced, and the counts with that."""
        try:
            spans = _settled(text, self._find(text))
            for start, end, _ in spans[: max(0, MAX_FOUND - len(self.found))]:
                self.found[text[start:end]] = None
            return (_replaced(text, spans, counts), counts) if spans else (text, counts)
        except Exception as error:
            # The cause could quote the text, so only its type is told.
            raise SpreadError("cannot redact a text", why=f"our {type(error).__name__}") from None

    def texts(self, texts: list[str]) -> list[str]:
        """Return each of `texts` redacted; together they take far less time than one by one, cleared ones none.

        One that does not settle is taken out as a whole.

        Raises:
            SpreadError: Redaction failed; nothing of the texts may be used.
        """
        texts = [*map(self._without, texts)] if self.given else texts
        marks = [*map(_marks(self._key).__getitem__, texts)]
        self.told.update(marks)
        left = set(marks) - self.cleared
        if not left:
            return [*texts]
        unclear = [*compress(zip(texts, marks, strict=True), map(left.__contains__, marks))]
        known = {text: found for text, mark in unclear if (found := self.redacted.get(mark))}
        new = {text: mark for text, mark in unclear if text not in known}
        told = {text: now for text, (now, _, _) in known.items()}
        texts_of_new = [text for text, _ in unclear if text in new]
        told.update(zip(texts_of_new, self._together(texts_of_new) if new else (), strict=True))
        self.cleared.update([mark for text, mark in new.items() if told[text] == text])
        for text, mark in new.items():
            if told[text] != text:
                self._remember(text, mark, told[text])
        for text in [text for text, _ in unclear if text in known]:
            self.found.update(known[text][2])
            for rule, count in known[text][1].items():
                self.counts[rule] = self.counts.get(rule, 0) + count
        return [*map(told.get, texts, texts)]

    def elsewhere(self, texts: list[str]) -> list[str]:
        """Return short texts without what was taken out of others: said once what it is, it is one where nothing says so.

        Long words that were drawn go too: who reads such a text needs none of them.

        Raises:
            SpreadError: Redaction did not finish; nothing of the texts may be used.
        """
        known = Redactor({str(number): value for number, value in enumerate(distinct(self.found))})
        every = "\n".join(texts) if self.found else ""
        heads = [*filter(every.__contains__, known.heads)]  # mostly none
        told, founds = [*texts], [*map(drawn, texts)]
        for at, (text, found) in enumerate(zip(texts, founds, strict=True)) if heads or any(founds) else ():
            if heads and any(map(text.__contains__, heads)):
                found = (*((start, end, "said-elsewhere") for start, end, _ in known._exact(text)), *found)
            if found and (spans := _settled(text, found)):
                told[at] = _replaced(text, spans, self.counts)
        return told

    def _remember(self, text: str, mark: bytes, now: str) -> None:
        """Remember what a text came to, and what was taken out; not where it comes to something else by itself."""
        alone = Redactor()
        alone._known, alone._pairs, alone.heads = self._known, self._pairs, self.heads
        try:
            same = alone._one(text) == now
        except SpreadError:
            return
        if same:
            self.redacted[mark] = now, alone.counts, alone.found
            for old in [*self.redacted][:-KEPT_REDACTED]:
                self.redacted.pop(old, None)

    def _together(self, texts: list[str]) -> list[str]:
        whole = _BETWEEN.join(texts)
        if whole.count(_RULE) >= len(
            texts
        ):  # in one of them, which may be anyone's: no text is told as another
            return [*map(self._one, texts)]
        found, counts = self._pass(whole, dict(self.counts))
        told = found.split(_BETWEEN)
        if len(told) != len(texts):  # what was found goes over two of them
            return [*map(self._one, texts)]
        self.counts = counts
        return [new if new == old else self._one(new) for old, new in zip(texts, told, strict=True)]

    def _find(self, text: str) -> Iterator[Span]:
        view = plain_view(text)
        low = Lowered.of(view)
        yield from self._exact(text)
        words = long_words(text)
        yield from tokens(text, words)
        for finder in FINDERS:
            yield from finder(view, low)
        yield from coded(text, words, FINDERS)
        yield from self._wrapped(text)
        yield from refolded(view, low, FINDERS)

    def _exact(self, text: str) -> Iterator[Span]:
        forms = self._begun(text)
        for form in forms:
            yield from ((start, start + len(form), "environment") for start in places_of(text, form))
        if CUT in text or DOTS in text:
            yield from _halves(text, forms)
            yield from cut_tokens(text)

    def _begun(self, text: str) -> list[str]:
        """Return the known secrets, of very many those that may be in a text: a project's `.env` may be anyone's."""
        if len(self._known) <= MANY_KNOWN:
            return self._known
        there = self.heads & {text[at : at + MIN_HALF] for at in range(len(text))}
        return [form for form in self._known if form[:MIN_HALF] in there] if there else []

    def _wrapped(self, text: str) -> Iterator[Span]:
        """Find what shows only when wrapped lines and concatenated strings are put together."""
        joined, joints = joined_lines(text, self._pairs)
        if not joints:
            return
        places = [place for place, _ in joints]
        known = (
            each
            for each in self._exact(joined)
            if bisect_right(places, each[0]) < bisect_left(places, each[1])
        )
        for start, end, rule in (*joined_tokens(joined, places), *known):
            yield origin(start, joints), origin(end - 1, joints) + 1, rule


def _halves(text: str, forms: Iterable[str]) -> Iterator[Span]:
    """Find the beginnings of known secrets where a text was shortened before it came here."""
    for form in forms:
        for start in places_of(text, form[:MIN_HALF]):
            for sign in (CUT, DOTS):
                end = text.find(sign, start, start + len(form))
                if end > start and form.startswith(text[start:end]):
                    yield start, end, "environment"


class _Marks(dict[str, bytes]):
    """What stands for texts among those cleared, made when first asked for: most come again at the next revision.

    Args:
        key: Tells which secrets are known: where others are, other marks stand for the same texts.
    """

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self.key = key

    def __missing__(self, text: str) -> bytes:
        raw = text.encode("utf-8", "surrogatepass")
        made = hashlib.blake2b(raw, digest_size=MARK_BYTES, key=self.key).digest()
        if len(self) >= KEPT_MARKS:
            self.clear()
        self[text] = made
        return made


_marks: Final = lru_cache(4)(_Marks)


# What texts came to out of which something was taken, by their marks; most come again at the next revision.
_redacted: Final[dict[bytes, tuple[str, dict[str, int], dict[str, None]]]] = {}


# Spans to text.


def _settled(text: str, found: Iterable[Span]) -> list[Span]:
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
