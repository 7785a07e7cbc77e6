"""What redaction took out of one distillation, told without telling it: for `spread distill --audit`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

from spread.distillation import Distillation
from spread.distillation_codec import clean
from spread.redact import Redactor, _settled
from spread.redact_values import Span

SHOWN_CHARS: Final = 2  # at most, of each end
HIDDEN_FOR_ONE: Final = 8  # characters hidden for each one shown: of a short secret nothing is shown
_NUMBERED: Final = re.compile(r"\[redacted:([a-z0-9-]+)-n(\d+)\]")
_CONTEXT_LINE: Final = re.compile(r"L\d+(?= user: )")


@dataclass(frozen=True)
class Removed:
    """One secret: by which rule, how it looks masked, how long it is, how often, and in which fields it was.

    `places` holds pairs of a field and the transcript line that it rests on ("" where none is known); it is
    empty when the document is cut before the place.
    """

    rule: str
    masked: str
    characters: int
    times: int
    places: tuple[tuple[str, str], ...]


class Auditor(Redactor):
    """A redactor whose placeholders are numbered, one number for each secret, so that they can be found again."""

    def __init__(self, extra: dict[str, str] | None = None) -> None:
        super().__init__(extra)
        self.redacted = {}  # what others remember has no numbers
        self._numbers: dict[tuple[str, str], int] = {}

    def _find(self, text: str) -> Iterator[Span]:
        for start, end, rule in _settled(text, super()._find(text)):
            number = self._numbers.setdefault((rule, text[start:end]), len(self._numbers))
            yield start, end, f"{rule}-n{number}"

    def removed(self, made: Distillation) -> list[Removed]:
        """Return what was taken out while `made` was made with this redactor; ordered by rule."""
        places: dict[int, list[tuple[str, str]]] = {}
        for name, line, text in _texts(made):
            for found in _NUMBERED.finditer(text):
                known = places.setdefault(int(found[2]), [])
                if (name, line) not in known:
                    known.append((name, line))
        out = [
            Removed(rule, mask(secret), len(secret), times, tuple(places.get(number, ())))
            for (rule, secret), number in self._numbers.items()
            if (times := self.counts.get(f"{rule}-n{number}", 0))
        ]
        return sorted(out, key=lambda item: (item.rule, -item.times, item.masked))


def mask(secret: str) -> str:
    """Return the first and last two characters at most, fewer of a short secret, none of a very short one."""
    shown = min(SHOWN_CHARS, len(secret) // (2 * (HIDDEN_FOR_ONE + 1)))
    left, right = secret[:shown], secret[len(secret) - shown :]
    return "…".join("".join(clean(part).split()) for part in (left, right))


def _texts(made: Distillation) -> Iterator[tuple[str, str, str]]:
    """Yield field, transcript line and text of all that a distillation says."""
    for item in fields(made):
        if item.name not in ("evidence", "redactions"):
            yield from _named(made, item.name, getattr(made, item.name))


def _named(made: Distillation, name: str, value: Any) -> Iterator[tuple[str, str, str]]:
    lines = made.lines_of(name)
    if isinstance(value, str):
        for text in value.splitlines() if name == "context" else [value]:
            own = _CONTEXT_LINE.match(text) if name == "context" else None
            yield name, own[0] if own else next(iter(lines), ""), text
    elif isinstance(value, tuple):
        for at, part in enumerate(value):
            for _, _, text in _named(made, name, part):
                yield f"{name}[{at}]", lines[at] if at < len(lines) else "", text
    elif is_dataclass(value):
        for field in fields(value):
            yield from _named(made, f"{name}.{field.name}", getattr(value, field.name))
