"""What former peers are still to be told."""

import os
import time
from pathlib import Path

import pytest

from spread import farewells
from spread.farewells import KEPT_S, Farewell
from spread.paths import Paths


def one(writer: str = "ab", since: float | None = None, identity: bytes = b"i" * 32) -> Farewell:
    """Return a farewell."""
    return Farewell(
        writer, "laptop", identity, b"m" * 32, os.urandom(32), b"g" * 64, "wss://relay.example", b"d" * 16, b"sealed",
        time.time() if since is None else since, (b"o" * 16,),
    )  # fmt: skip


def test_kept_until_dropped(home: Paths) -> None:
    """As it was, for its owner only; dropping twice is no error."""
    kept = one()
    farewells.put(home, kept)
    assert farewells.load_all(home) == [kept]
    assert os.stat(os.path.join(home.farewells, "ab.json")).st_mode & 0o777 == 0o600
    for _ in range(2):
        farewells.drop(home, "ab")
        assert farewells.load_all(home) == []


def test_not_for_ever(home: Paths) -> None:
    """Its secrets go when nobody could read it any more."""
    farewells.put(home, one(since=time.time() - KEPT_S - 1))
    assert farewells.load_all(home) == []
    assert os.listdir(home.farewells) == []


def test_not_to_a_machine_that_is_paired_again(home: Paths) -> None:
    """Others' stay."""
    farewells.put(home, one("ab"))
    farewells.put(home, one("cd", identity=b"j" * 32))
    farewells.drop_for(home, b"i" * 32)
    assert [each.writer for each in farewells.load_all(home)] == ["cd"]


@pytest.mark.parametrize("damage", [b"", b"[]", b"{}", b'{"id": 1}', b"\xff", b"[" * 9000])
def test_damaged_is_passed_over(home: Paths, damage: bytes) -> None:
    """One that we did not write stops no other."""
    farewells.put(home, one())
    Path(home.farewells, "cd.json").write_bytes(damage)
    assert [each.writer for each in farewells.load_all(home)] == ["ab"]


def test_too_old_and_of_no_name_for_a_file(home: Paths) -> None:
    """What it names cannot be deleted; the others are found all the same."""
    kept = one()
    farewells.put(home, kept)
    farewells.put(home, one("old", since=1.0))
    with open(os.path.join(home.farewells, "old.json"), "r+", encoding="ascii") as file:
        damaged = file.read().replace('"old"', r'"\ud800"')
        file.seek(0)
        file.write(damaged)
    assert farewells.load_all(home) == [kept]
