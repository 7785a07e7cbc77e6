"""What the agent wrote into code for people to read: the comments it added, which say what is done there and why."""

import re
from typing import Final

from spread.transcript_events import Call

MAX_CHARS: Final = 4_000  # of one edit
READ_CHARS: Final = 20_000  # of a new file, the beginning
MIN_SPACES: Final = 3  # in a comment that says something
_COMMENT: Final = re.compile(r"(?://+|#+(?!!)|\*|--|/\*+|\"\"\")\s?(.{3,}?)\s*(?:\*/|\"\"\")?")
_TEST: Final = re.compile(r"(?:^|[/\\])(?:test_|conftest|tests?[/\\])[^/\\]*$|[._-](?:test|spec)s?\.\w+$")
_SIGNS: Final = frozenset('/#*-"')  # what a comment begins with
_DIRECTIVE: Final = (
    "eslint",
    "nolint",
    "type:",
    "noqa",
    "@",
    "prettier",
    "biome",
    "ts-",
    "go:",
    "region",
    "pylint",
)


def is_test(path: str) -> bool:
    """Tell whether a file holds tests, whose comments say little but what is tried there."""
    return bool(_TEST.search(path))


def comments_of(call: Call) -> str:
    """Return the comments that an edit adds, one on a line, lines that belong together joined."""
    given = call.input.get("edits")
    edits = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else [call.input]
    out = list[str]()
    for edit in edits:
        new, old = edit.get("new_string") or edit.get("content"), edit.get("old_string")
        if isinstance(new, str):
            out += comments(new, old if isinstance(old, str) else "")
    return "\n".join(out)[:MAX_CHARS]


def comments(new: str, old: str = "") -> list[str]:
    """Return the comments of some code that were not there before."""
    known: set[str] | None = None
    out, block = list[str](), list[str]()
    for line in [*new[:READ_CHARS].splitlines(), ""]:
        line = line.strip()
        if line[:1] in _SIGNS:
            known = {line.strip() for line in old.splitlines()} if known is None else known
            found = None if line in known else _COMMENT.fullmatch(line)
            if found and not found[1].startswith(_DIRECTIVE):
                block.append(found[1])
                continue
        if block:
            out.append(" ".join(block))
            block.clear()
    return [text for text in out if text.count(" ") >= MIN_SPACES]
