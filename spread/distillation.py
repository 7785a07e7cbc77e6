"""What one session is boiled down to, and its two forms: Markdown with TOML front matter, and JSON.

The front matter (between a first line `+++` and the next line `+++`) holds every field for programs;
the body below it says the same for a person and for Claude, most important first, and stands alone.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from typing import Final

import tomli_w

from spread.distillation_codec import malformed, shorten, typed
from spread.distillation_fields import SCHEMA, Fields
from spread.errors import DistillationError, NewerError

MAX_BYTES: Final = 256 * 1024
FENCE: Final = "+++"
MAX_KEY_DOTS: Final = 8
# What is no key: strings and comments; without an `end` it goes on after its line. No step of it is ever taken back.
_QUOTED: Final = re.compile(r'''"""|\'\'\'|\#[^\n]*+|(?:"(?:[^"\\\n]|\\[^\n])*+|'[^'\n]*+)(?P<end>["'])?''')
_BETWEEN_KEYS: Final = re.compile(r"[\n=,{}\[\]]")


@dataclass(frozen=True)
class Distillation(Fields):
    """One revision of one session in its two forms."""

    def to_markdown(self) -> str:
        """Return the stored form: front matter, then the body."""
        from spread.distillation_page import render  # who only reads one does not wait for it

        return f"{FENCE}\n{tomli_w.dumps(self.to_data())}{FENCE}\n{render(self)}"

    @classmethod
    def from_json(cls, text: str) -> "Distillation":
        """Read the JSON form.

        Raises:
            DistillationError: Too large, not JSON, or a field missing or of the wrong type.
        """
        _bounded(text)
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise malformed("it is not valid JSON") from error
        return _checked(data)

    @classmethod
    def from_markdown(cls, text: str) -> "Distillation":
        """Read the stored form; the body is not looked at, `to_markdown` makes it anew.

        Raises:
            DistillationError: Too large, no front matter, or a field missing or of the wrong type.
        """
        _bounded(text)
        front, fence, _ = text.partition(f"\n{FENCE}\n")
        if not fence or not front.startswith(f"{FENCE}\n"):
            raise malformed("it has no front matter between two lines `+++`")
        front = front[len(FENCE) + 1 :] + "\n"
        _readable(front)
        try:
            data = tomllib.loads(front)
        except (ValueError, RecursionError) as error:
            raise malformed("its front matter is not valid TOML") from error
        return _checked(data)


def body(text: str) -> str:
    """Return the body of the stored form, or all of a text without front matter."""
    return (
        text.split(f"\n{FENCE}\n", 1)[1] if text.startswith(f"{FENCE}\n") and f"\n{FENCE}\n" in text else text
    )


def _bounded(text: str) -> None:
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise malformed(f"it is larger than {MAX_BYTES // 1024} KiB")


def _readable(front: str) -> None:
    """Refuse what makes TOML readers slow: `tomllib` takes the square of a key's length; ours are `table.key` at most.

    What is a key is judged with the strings taken out, so none may be there that we and a reader could see differently.
    """
    bare = _QUOTED.sub(lambda found: "" if found["end"] or found[0][0] == "#" else '"', front)
    if '"' in bare:
        raise malformed("its front matter has a string that does not stand on one line")
    if any(part.count(".") > MAX_KEY_DOTS for part in _BETWEEN_KEYS.split(bare)):
        raise malformed("its front matter has a key that is too long")


def _checked(data: object) -> Distillation:
    _known_schema(data)
    value = typed(Distillation, data)
    assert isinstance(value, Distillation)
    if value.schema != SCHEMA:
        raise DistillationError(
            "cannot read this distillation",
            why=f"its schema is {shorten(value.schema, 60)}",
            hint="update claude-spread",
        )
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}", value.session_id) or value.revision < 1:
        raise malformed("its session id or revision is malformed")
    if value.id != f"{value.session_id}.{value.revision}":
        raise malformed("its id is not <session>.<revision>")
    return value


def _known_schema(data: object) -> None:
    """Tell a newer form, whose other fields we cannot judge, from a damaged one."""
    schema = data.get("schema") if isinstance(data, dict) else None
    family, _, number = str(schema).rpartition("/")
    ours, _, known = SCHEMA.rpartition("/")
    if (
        family == ours
        and number.isascii()
        and number.isdigit()
        and len(number) < 9
        and int(number) > int(known)
    ):
        raise NewerError(
            "a hand-off is of a newer version", why=f"its schema is {schema}, this version reads {SCHEMA}",
            hint="update claude-spread",
        )  # fmt: skip
