"""What a list shows of hand-offs, remembered as long as their files stay as they were."""

from dataclasses import dataclass
from typing import Final

from spread import store
from spread.distillation_codec import clean, headline, shorten
from spread.errors import DistillationError, StoreError

TITLE_CHARS: Final = 160
FIELD_CHARS: Final = 300


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


def read(item: store.Received) -> Head | None:
    """Return the head of a stored hand-off, None if the file is gone."""
    try:
        told = store.glance(item)
    except DistillationError:
        return Head("(a file that cannot be used)", "damaged")
    except StoreError:
        return None
    names = {"project.id": "project", "project.branch": "branch"}
    fields = {names.get(name, name): shorten(clean(text), FIELD_CHARS) for name, text in told.items()}
    wanted = {name: text for name, text in fields.items() if name in Head.__dataclass_fields__}
    return Head(**{**wanted, "title": headline(clean(told.get("goal", "")), TITLE_CHARS)})


@dataclass(frozen=True)
class _Kept:
    stamp: tuple[int, int]
    head: Head


class Heads:
    """Remembers heads as long as their files stay as they were."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def of(self, item: store.Received, stamp: tuple[int, int]) -> Head | None:
        """Return a file's head.

        Args:
            stamp: Its time of change and its size; the file is read again when that is another one.
        """
        kept = self._kept.get(item.path)
        if kept is not None and kept.stamp == stamp:
            return kept.head
        head = read(item)
        if head is not None:
            self._kept[item.path] = _Kept(stamp, head)
        return head

    def keep_only(self, paths: set[str]) -> None:
        """Forget all files but these."""
        for path in self._kept.keys() - paths:
            self._kept.pop(path, None)  # another thread may do the same
