"""Numbers of debts, and what is missing of a peer's."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import sequences
from spread.paths import Paths
from spread.sequences import MAX_RANGES, PATIENCE_S

NOW = 1_800_000_000.0
LATER = NOW + PATIENCE_S


def told(home: Paths, now: float = LATER) -> str:
    """Return what is told to be missing."""
    found = sequences.missing(home, "laptop", now)
    return "" if found is None else str(found)


def come(home: Paths, *numbers: int, now: float = NOW) -> None:
    """Let numbers come, in this order."""
    for number in numbers:
        sequences.came(home, "laptop", number, now)


def test_a_debt_keeps_its_number_until_it_is_paid(home: Paths) -> None:
    """Sent again, or replaced by a newer revision, it has the same one; each peer is counted apart."""
    assert [sequences.number(home, "laptop", each) for each in ("s", "t", "s")] == [1, 2, 1]
    assert sequences.number(home, "desk", "s") == 1
    sequences.paid(home, "laptop", "s")
    sequences.paid(home, "laptop", "s")
    assert [sequences.number(home, "laptop", each) for each in ("s", "t", "u")] == [3, 2, 4]


def test_nothing_is_missing(home: Paths) -> None:
    """All came, in any order, some twice; and before anything came."""
    assert told(home) == ""
    for order in itertools.permutations((1, 2, 3, 3)):
        sequences.forget(home, "laptop")
        come(home, *order, 0)
        assert told(home) == ""


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ((1, 3), "2 of 3 is missing"), ((3,), "1-2 of 3 are missing"), ((2, 4, 9), "1, 3, 5-8 of 9 are missing"),
        ((2, 4, 6, 8, 10), "1, 3, 5, 7, … of 10 are missing"),
    ],
)  # fmt: skip
def test_what_is_missing(home: Paths, numbers: tuple[int, ...], says: str) -> None:
    """It is told as people would, and only after a while."""
    come(home, *numbers)
    assert told(home, LATER - 1) == ""
    assert told(home) == says


def test_a_gap_closes(home: Paths) -> None:
    """When the missing one comes; a later gap is a new one, with a time of its own."""
    come(home, 1, 3)
    come(home, 5, now=NOW + 50)
    come(home, 2)
    assert told(home) == "4 of 5 is missing"
    come(home, 4)
    assert told(home) == ""
    come(home, 7, now=LATER)
    assert told(home, LATER + 1) == ""
    assert told(home, LATER + PATIENCE_S) == "6 of 7 is missing"


def test_numbers_from_a_restored_machine(home: Paths) -> None:
    """Lower ones than before make nothing missing."""
    come(home, *range(1, 10), 4, 5, 6)
    assert told(home) == ""


def test_a_peer_cannot_fill_our_disk(home: Paths) -> None:
    """Of too many holes the oldest are forgotten."""
    come(home, *range(2, 2 + 4 * MAX_RANGES, 2), 2**53 - 1)
    found = sequences.missing(home, "laptop", LATER)
    assert found is not None
    assert len(found.ranges) < MAX_RANGES
    assert os.path.getsize(os.path.join(home.sequences, "laptop.in.json")) < 64 * MAX_RANGES


@settings(deadline=None, max_examples=30)
@given(st.sets(st.integers(1, 60), min_size=1, max_size=40), st.randoms())
def test_exactly_what_did_not_come(
    tmp_path_factory: pytest.TempPathFactory, numbers: set[int], random: object
) -> None:
    """Whatever the order, the holes are the numbers below the highest that did not come."""
    home = Paths(tmp_path_factory.mktemp("home"))
    order = list(numbers)
    random.shuffle(order)  # type: ignore[attr-defined]
    come(home, *order)
    found = sequences.missing(home, "laptop", LATER)
    holes = {n for low, high in (found.ranges if found else ()) for n in range(low, high + 1)}
    assert holes == set(range(1, max(numbers))) - numbers


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b'{"seen": 1, "last": "x", "unpaid": 3}', b'{"seen": [[1]]}', b"\xff"]
)
def test_damage_is_no_gap(home: Paths, damage: bytes) -> None:
    """With a damaged file, counting begins anew, and nothing is told to be missing that may well have come."""
    os.makedirs(home.sequences)
    for way in ("in", "out"):
        Path(home.sequences, f"laptop.{way}.json").write_bytes(damage)
    assert told(home) == ""
    come(home, 7)
    assert told(home) == ""
    come(home, 9)
    assert told(home) == "8 of 9 is missing"
    assert sequences.number(home, "laptop", "s") == 1
