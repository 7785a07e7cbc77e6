"""How often an address may connect; the rest is in test_server_limits.py."""

import contextlib
import socket

import pytest

from spread.net.doorstep import ACCEPTED_AT_ONCE, MANY_AT_ONCE, MOST_DOUBLED, Knocks, stand


@pytest.fixture
def knocks() -> Knocks:
    return Knocks(10.0, 100, 0.0)


def hold_s(knocks: Knocks, now_s: float) -> float:
    """Go too far, and return for how long that holds."""
    knocks.went_too_far(now_s)
    return knocks._until_s - now_s


def test_many_errors_in_one_hold_are_one(knocks: Knocks) -> None:
    """What comes while an address is held back, by whichever of those behind it, does not hold it longer."""
    assert hold_s(knocks, 0.0) == 2
    assert [hold_s(knocks, n / 10) for n in range(1, 20)] == [pytest.approx(2 - n / 10) for n in range(1, 20)]
    assert hold_s(knocks, 2.0) == 4


def test_who_goes_on_is_held_longer(knocks: Knocks) -> None:
    """Each hold that follows another is twice as long, up to a minute."""
    now_s, holds = 0.0, []
    for _ in range(MOST_DOUBLED + 2):
        holds.append(hold_s(knocks, now_s))
        now_s += holds[-1]
    assert holds == [2, 4, 8, 16, 32, 64, 64]


def test_an_error_now_and_then(knocks: Knocks) -> None:
    """One error a minute is always the first one."""
    assert [hold_s(knocks, 60.0 * n) for n in range(5)] == [2] * 5


def test_a_tenth_meanwhile(knocks: Knocks) -> None:
    """Held back, an address still connects a tenth as often."""
    for began_s in (0.0, 2.0, 6.0):  # for 2, 4 and 8 s
        hold_s(knocks, began_s)
    knocks.count(began_s)
    let_in = 0
    for tenths in range(70):
        now_s = began_s + tenths / 10
        if not knocks.why_not(now_s):
            knocks.count(now_s)
            let_in += 1
    assert let_in in (6, 7)


def test_how_many_are_accepted_at_once() -> None:
    """Many, as the system keeps them in the order they came; few while those who are in rooms would wait for it."""
    is_busy = True
    found = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 0))
    with contextlib.ExitStack() as stack:
        door = stack.enter_context(stand(found, 0, lambda peer: True, lambda: is_busy))
        door.listen(2 * MANY_AT_ONCE)
        for _ in range(2 * MANY_AT_ONCE):
            stack.enter_context(socket.create_connection(door.getsockname(), timeout=10))

        def accepted() -> int:
            """Return how many come until others have their turn."""
            for n in range(2 * MANY_AT_ONCE):
                try:
                    stack.enter_context(door.accept()[0])
                except BlockingIOError:
                    return n
            return 2 * MANY_AT_ONCE

        assert [accepted(), accepted()] == [ACCEPTED_AT_ONCE] * 2
        is_busy = False
        assert accepted() == MANY_AT_ONCE
        assert accepted() == MANY_AT_ONCE - 2 * ACCEPTED_AT_ONCE
        assert accepted() == 0
