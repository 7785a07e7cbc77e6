"""A quick look at a stored distillation: its one-line fields and its texts, without TOML.

For what lists or searches thousands of files that were checked when they came; five times as fast as reading them.
"""

import json
import re
from typing import Final

from spread.errors import DistillationError

_FIELD: Final = re.compile(r'^(\w+) = "((?:[^"\\]|\\.)*+)"$', re.MULTILINE)
_TABLE: Final = re.compile(r"^\[(\w+)\]$", re.MULTILINE)
_TEXT: Final = re.compile(r'"((?:[^"\\]|\\(?s:.))*+)("?)')  # one without an end is taken whole, and is none
_UNSAID: Final = ("schema", "id", "session_id", "started_at", "ended_at", "state", "machine")


def fields(text: str) -> dict[str, str]:
    """Return what stands on one line each: `goal`, `project.id`, `agent.model` and so on.

    Raises:
        DistillationError: It is no distillation.
    """
    return _fields(_front(text))


def said(text: str) -> tuple[dict[str, str], str]:
    """Return these fields, and all that is said in any field, but not the lines that it rests on.

    Raises:
        DistillationError: It is no distillation.
    """
    front = _front(text)
    found = _fields(front)
    unsaid = {found.get(name, "") for name in (*_UNSAID, "goal")}
    texts = dict.fromkeys(_unescaped(text) for text, end in _TEXT.findall(front) if end)
    return found, "\n".join(text for text in texts if text and text not in unsaid)


def _front(text: str) -> str:
    """Return the front matter without its evidence, which comes after all that is said."""
    front, fence, _ = text.partition("\n+++\n")
    if not fence or not front.startswith("+++\n") or '\nsession_id = "' not in front:
        raise DistillationError("not a distillation", why="it does not begin as one")
    return front.partition("\n[evidence]\n")[0]


def _fields(front: str) -> dict[str, str]:
    tables = [(0, ""), *((found.start(), f"{found[1]}.") for found in _TABLE.finditer(front))]
    made: dict[str, str] = {}
    at = 0
    for found in _FIELD.finditer(front):
        while at + 1 < len(tables) and tables[at + 1][0] < found.start():
            at += 1
        made.setdefault(tables[at][1] + found[1], _unescaped(found[2]))
    return made


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:  # what only TOML knows is not what we write
        return text
