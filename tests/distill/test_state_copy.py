"""Copies of what was read."""

from typing import Any, NamedTuple

import msgspec
import pytest

from spread.distill.ledger import Ledger
from spread.distill.state import packed
from spread.distill.state_copy import copier
from spread.transcript import Reader
from tests.distill.test_state import DEMO


class Place(NamedTuple):
    name: str
    line: int


class Places(NamedTuple):
    names: list[str]


class Still(msgspec.Struct, frozen=True):
    names: tuple[str, ...]


class Net(msgspec.Struct):
    names: list[str]

    @property
    def rests(self) -> bool:
        return len(self.names) < 2


class Box(msgspec.Struct):
    name: str
    held: dict[str, list[int]]
    still: Still


@pytest.mark.parametrize(
    "kind", [int, str | None, tuple[int, ...], frozenset[str], tuple[tuple[str, int], float], Place, Still]
)
def test_what_never_changes_stands_for_both(kind: Any) -> None:
    """Of such values no copy is made."""
    assert copier(kind) is None


def test_what_was_json_stands_for_both() -> None:
    """Nothing changes what a call was given: of its names a copy is made, not of what they stand for."""
    made, given = copier(dict[str, Any]), {"edits": [{"old_string": "a"}]}
    assert made is not None
    copied = made(given)
    assert copied is not given
    assert copied["edits"] is given["edits"]


def test_what_rests_stands_for_both() -> None:
    """Until more is read nothing changes it, so only of what does not rest a copy is made."""
    made, still, moving = copier(list[Net]), Net(["a"]), Net(["a", "b"])
    assert made is not None
    first, second = made([still, moving])
    assert first is still
    assert second is not moving
    assert second == moving


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (list[int], [1, 2]),
        (set[str], {"a"}),
        (dict[str, dict[str, int]], {"a": {"b": 1}}),
        (list[Box], [Box("a", {"b": [1]}, Still(("c",)))]),
        (Box | None, Box("a", {"b": [1]}, Still(("c",)))),
        (tuple[int, list[str]], (1, ["a"])),
        (Places, Places(["a"])),
        (dict[str, Any], {"a": 1}),
    ],
)
def test_a_copy_has_its_own_of_all_that_may_change(kind: Any, value: Any) -> None:
    """It is equal, and shares no list, set, dict or object with what it was made of."""
    made = copier(kind)
    assert made is not None
    copied = made(value)
    assert copied == value
    assert type(copied) is type(value)
    assert not _changing(copied) & _changing(value)


def test_nothing_is_known_of_none() -> None:
    """A value that may be missing may."""
    made = copier(list[int] | None)
    assert made is not None
    assert made(None) is None


def test_reading_on_changes_nothing_that_was_packed() -> None:
    """What is remembered of a session is as it was, whatever is read and told after that."""
    reader, ledger = Reader(), Ledger()
    lines = DEMO.splitlines(keepends=True)
    kept = []
    for line in lines:
        for event in reader.feed(line):
            ledger.add(event)
        now = packed(reader, ledger, {})
        kept.append((now, msgspec.msgpack.encode(now)))
    for event in reader.finish():
        ledger.add(event)
    assert all(msgspec.msgpack.encode(now) == then for now, then in kept)


def _changing(value: Any) -> set[int]:
    """Return what tells the objects in a value that may change."""
    inside = (
        value.values() if isinstance(value, dict)
        else value if isinstance(value, list | tuple | set)
        else [getattr(value, name) for name in value.__struct_fields__] if isinstance(value, Box)
        else ()
    )  # fmt: skip
    own = {id(value)} if isinstance(value, list | dict | set | Box) else set[int]()
    return own.union(*map(_changing, inside))
