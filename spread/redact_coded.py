"""Finds secrets in what stands as base64 in a text: files of settings, credentials, JSON.

What is base64 of text shows it in every fourth character, so all that is something else is passed by at once.
"""

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from spread.redact_tokens import tokens
from spread.redact_values import Span
from spread.redact_view import Lowered, places_of

MAX_CODED: Final = 64  # so many words of a text are looked into
MAX_CODED_CHARS: Final = 16_384  # of each
_CODED: Final = re.compile(
    r"(?<![A-Za-z0-9+/_-])[I-Za-f][A-Za-z0-9+/]{3}(?:[CDI-Za-f][A-Za-z0-9+/]{3}){5}[A-Za-z0-9+/_-]{0,16384}={0,2}"
)
_URL_SAFE: Final = str.maketrans("-_", "+/")


def coded(
    text: str, words: str, finders: Sequence[Callable[[str, Lowered], Iterator[Span]]]
) -> Iterator[Span]:
    """Find words that are base64 of a text in which there is a secret.

    Args:
        words: The long words of `text`, one a line.
    """
    for number, match in enumerate(_CODED.finditer(words)):
        if number == MAX_CODED:
            return
        word = match.group()
        inner = _decoded(word)
        if inner and _has_secret(inner, finders):
            yield from ((start, start + len(word), "base64") for start in places_of(text, word))


def _decoded(word: str) -> str:
    """Return the text that a word is the base64 of, or nothing."""
    bare = word.rstrip("=").translate(_URL_SAFE)[:MAX_CODED_CHARS]
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]
    try:
        inner = base64.b64decode(bare + "=" * (-len(bare) % 4)).decode("utf-8")
    except ValueError:
        return ""
    return inner if inner.replace("\n", "").replace("\r", "").replace("\t", "").isprintable() else ""


def _has_secret(inner: str, finders: Sequence[Callable[[str, Lowered], Iterator[Span]]]) -> bool:
    low = Lowered.of(inner)
    found = (span for finder in finders for span in finder(inner, low))
    return next(found, None) is not None or next(tokens(inner), None) is not None
