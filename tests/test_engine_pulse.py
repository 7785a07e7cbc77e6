"""The pulse: what has changed between two looks, from clocks and sets alone."""

from dataclasses import fields

import pytest

from spread.engine_pulse import APART_S, Beat, Pulse

HERE = frozenset({"10.0.0.2"})
THERE = frozenset({"10.0.0.9"})
LOCK = (1, 2)


def pulse() -> Pulse:
    """Return one that has just begun."""
    return Pulse(100.0, 1e9, HERE, LOCK)


def test_nothing_has_changed() -> None:
    """An ordinary beat, also a late one, is nothing."""
    made = pulse()
    assert not made.beat(102.0, 1e9 + 2.1, HERE, LOCK)
    assert not made.beat(202.0, 1e9 + 102.0, HERE, LOCK)


def test_a_sleep_is_noticed_once() -> None:
    """The monotonic clock stood still, the wall clock did not."""
    made = pulse()
    assert made.beat(102.0, 1e9 + 2 + APART_S + 1, HERE, LOCK) == Beat(woke=True)
    assert not made.beat(104.0, 1e9 + 4 + APART_S + 1, HERE, LOCK)


def test_a_clock_set_back_is_no_sleep() -> None:
    """But a reason to look."""
    assert pulse().beat(102.0, 1e9 - 3600, HERE, LOCK) == Beat(set_back=True)


def test_small_corrections_are_nothing() -> None:
    """A time server moves clocks by less."""
    made = pulse()
    for number in range(1, 50):
        assert not made.beat(100.0 + 2 * number, 1e9 + 4 * number, HERE, LOCK)


def test_a_new_address_counts_at_once() -> None:
    """And only once."""
    made = pulse()
    assert made.beat(102.0, 1e9 + 2, HERE | THERE, LOCK) == Beat(moved=True)
    assert not made.beat(104.0, 1e9 + 4, HERE | THERE, LOCK)


def test_a_lost_address_counts_when_it_stays_lost() -> None:
    """An interface that flaps makes no news; one that goes does, and its return does."""
    made = pulse()
    assert not made.beat(102.0, 1e9 + 2, frozenset(), LOCK)
    assert not made.beat(104.0, 1e9 + 4, HERE, LOCK)
    assert not made.beat(106.0, 1e9 + 6, frozenset(), LOCK)
    assert made.beat(108.0, 1e9 + 8, frozenset(), LOCK) == Beat(moved=True)
    assert made.beat(110.0, 1e9 + 10, HERE, LOCK) == Beat(moved=True)


def test_another_lock_is_another_engines_home() -> None:
    """So is none; without one at the beginning there is nothing to compare."""
    assert pulse().beat(102.0, 1e9 + 2, HERE, (1, 3)).evicted
    assert pulse().beat(102.0, 1e9 + 2, HERE, None).evicted
    assert not Pulse(100.0, 1e9, HERE).beat(102.0, 1e9 + 2, HERE, LOCK)


@pytest.mark.parametrize("what", [field.name for field in fields(Beat)])
def test_whatever_has_changed_counts(what: str) -> None:
    """Each alone is a reason to look at everything."""
    assert not Beat()
    assert Beat(**{what: True})
