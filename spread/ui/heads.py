"""What a list shows of a hand-off, read from its first lines: a thousand of them while a person waits.

The files are as `Distillation.to_markdown` writes them, one field a line; one that is not is read in full.
"""

import json
from dataclasses import dataclass
from typing import Final

from spread.distillation import Distillation
from spread.distillation_codec import clean, shorten
from spread.errors import SpreadError

MAX_READ: Final = 1 << 20
TITLE_CHARS: Final = 160
FIELD_CHARS: Final = 300
_WANTED: Final = {
    "machine": "machine", "started_at": "started_at", "ended_at": "ended_at", "state": "state", "goal": "title",
    "project.id": "project", "project.branch": "branch",
}  # fmt: skip


@dataclass(frozen=True)
class Head:
    """The fields of one line of a list; `state` is "damaged" where the file cannot be used."""

    title: str = ""
    state: str = ""
    machine: str = ""
    project: str = ""
    branch: str = ""
    started_at: str = ""
    ended_at: str = ""


def read(path: str) -> Head | None:
    """Return the head of a stored hand-off, None if the file is gone."""
    try:
        with open(path, "rb") as handle:
            text = handle.read(MAX_READ).decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return Head("(a file that cannot be used)", "damaged")
    return _quick(text) or _slow(text)


def _quick(text: str) -> Head | None:
    found: dict[str, str] = {}
    table = ""
    if not text.startswith("+++\n"):
        return None
    for line in text.split("\n")[1:]:
        if line == "+++":
            break
        if line.startswith("["):
            table = f"{line[1:-1]}."
            if table == "agent.":  # nothing of a head stands below it
                break
            continue
        name, equals, value = line.partition(" = ")
        wanted = _WANTED.get(table + name)
        if not equals or wanted is None:
            continue
        try:
            read_as = json.loads(value)
        except ValueError:
            return None
        if not isinstance(read_as, str) or wanted in found:
            return None
        found[wanted] = read_as
    return _head(found) if len(found) == len(_WANTED) else None


def _slow(text: str) -> Head:
    try:
        made = Distillation.from_markdown(text)
    except SpreadError as problem:
        return Head(f"({problem.what})", "damaged")
    return _head({
        "machine": made.machine, "started_at": made.started_at, "ended_at": made.ended_at, "state": made.state,
        "title": made.goal, "project": made.project.id, "branch": made.project.branch,
    })  # fmt: skip


def _head(found: dict[str, str]) -> Head:
    title = shorten(clean(found.pop("title")), TITLE_CHARS)
    return Head(title, **{name: shorten(clean(value), FIELD_CHARS) for name, value in found.items()})


@dataclass(frozen=True)
class _Kept:
    stamp: tuple[int, int]
    head: Head


class Heads:
    """Remembers heads as long as their files stay as they were."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def of(self, path: str, stamp: tuple[int, int]) -> Head | None:
        """Return a file's head.

        Args:
            stamp: Its time of change and its size; the file is read again when that is another one.
        """
        kept = self._kept.get(path)
        if kept is not None and kept.stamp == stamp:
            return kept.head
        head = read(path)
        if head is not None:
            self._kept[path] = _Kept(stamp, head)
        return head

    def keep_only(self, paths: set[str]) -> None:
        """Forget all files but these."""
        for path in self._kept.keys() - paths:
            del self._kept[path]
