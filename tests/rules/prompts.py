"""Made-up prompts whose rules are marked, sentence by sentence; README.md tells how."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from spread.distill.rules import looked_through
from spread.distill.words import sentences

HERE: Final = Path(__file__).parent
_PROMPT: Final = re.compile(r"^=== .*\n", re.M)
_MARK: Final = re.compile(r"\[\[(.*?)\]\]|\(\((?=\S)(.*?)(?<=\S)\)\)", re.S)
_WORDS: Final = re.compile(r"[\W_]+")


class Marked(NamedTuple):
    """A prompt, and what of it is a rule or may be one."""

    text: str
    rules: tuple[str, ...]
    arguable: tuple[str, ...]


class Sentence(NamedTuple):
    """A sentence of a prompt."""

    text: str
    rule: bool | None  # None: it can be argued either way


def read(path: Path) -> list[Marked]:
    """Return the prompts of a file."""
    return [marked(text.strip("\n")) for text in _PROMPT.split(path.read_text("utf-8"))[1:]]


def marked(text: str) -> Marked:
    """Return a prompt without its marks, and what they marked."""
    found = [*_MARK.finditer(text)]
    plain = _MARK.sub(lambda mark: mark[1] or mark[2], text)
    return Marked(plain, tuple(m[1] for m in found if m[1]), tuple(m[2] for m in found if m[2]))


def plain(text: str) -> str:
    """Return a text as it is compared: its words."""
    return _WORDS.sub(" ", text.lower()).strip()


def parted(prompt: Marked) -> Iterator[Sentence]:
    """Yield the sentences of a prompt as the distiller reads them."""
    for text in sentences(looked_through(prompt.text)):
        if words := plain(text):
            rule = _is_of(words, prompt.rules) or (None if _is_of(words, prompt.arguable) else False)
            yield Sentence(text, rule)


def _is_of(words: str, marks: tuple[str, ...]) -> bool:
    return any(words in mark or mark in words for mark in map(plain, marks) if mark)
