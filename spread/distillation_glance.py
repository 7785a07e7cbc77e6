"""A quick look at a stored distillation: the fields that a list shows, and its texts, without TOML.

For what lists or searches thousands of files that were checked when they came. The fields are looked up by name: that
takes a tenth of what looking at every line would.
"""

import json
import re
from typing import Final

from spread.errors import DistillationError

_VALUE: Final = re.compile(r'(?:[^"\\]|\\.)*+')
_TEXT: Final = re.compile(r'"((?:[^"\\]|\\(?s:.))*+)("?)')  # one without an end is taken whole, and is none
_UNSAID: Final = ("schema", "id", "session_id", "started_at", "ended_at", "state", "machine")
_OF_PROJECT: Final = ("id", "branch")


def fields(text: str) -> dict[str, str]:
    """Return what lists show: `goal`, `state`, `project.id` and so on, of what stands on one line each.

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
    end = text.find("\n+++\n")
    if end < 0 or not text.startswith("+++\n") or text.find('\nsession_id = "', 0, end) < 0:
        raise DistillationError("not a distillation", why="it does not begin as one")
    evidence = text.find("\n[evidence]\n", 0, end)
    return text[: end if evidence < 0 else evidence] + "\n"


def _fields(front: str) -> dict[str, str]:
    made = _found(front, 0, ("goal", *_UNSAID), "")
    project = front.find("\n[project]\n")
    return made if project < 0 else made | _found(front, project + 1, _OF_PROJECT, "project.")


def _found(front: str, begin: int, names: tuple[str, ...], prefix: str) -> dict[str, str]:
    """Return the fields of these names of a table, which goes from `begin` to the next one."""
    end = front.find("\n[", begin)
    end = len(front) if end < 0 else end + 1
    made = {}
    for name in names:
        opening = f'\n{name} = "'
        at = front.find(opening, begin, end)
        if at >= 0:
            value = front[at + len(opening) : front.index("\n", at + 1)]
            if value.endswith('"') and _VALUE.fullmatch(value, 0, len(value) - 1):
                made[prefix + name] = _unescaped(value[:-1])
    return made


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:  # what only TOML knows is not what we write
        return text
