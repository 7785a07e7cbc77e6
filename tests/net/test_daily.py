"""What one address may bring a server in a day, and what many leave of it."""

import os

import pytest

from spread.net.daily import DAY_S, Daily, DailyLimits, still
from spread.net.stores import MemoryStore, Quota, cost

TOTAL = 40_000_000
A_FORTIETH = DailyLimits(10**9, TOTAL // 40, 0)


def test_the_fuller_the_less() -> None:
    """A line may bring what it may bring at an empty store times the square of what is free."""
    assert (still(1000, 1.0), still(1000, 0.5), still(1000, 0.0)) == (1000, 250, 0)


def test_a_store_that_fills() -> None:
    """What was brought today counts, and what may still be brought shrinks meanwhile."""
    daily = Daily(DailyLimits(10, 1000, 0), lambda: 0.0)
    assert daily.may_put("192.0.2.1", bytes(32), 500, 1.0)
    assert not daily.may_put("192.0.2.1", bytes(32), 500, 0.9)
    assert daily.may_put("192.0.2.1", bytes(32), 300, 0.9)
    assert not daily.may_put("192.0.2.1", bytes(32), 1, 0.5)
    assert daily.may_put("192.0.2.2", bytes(32), 250, 0.5)
    assert daily.may_put("2001:db8:1:1::/64", bytes(32), 250, 0.5)
    assert daily.may_put("2001:db8:1:2::/64", bytes(32), 250, 0.5)
    assert not daily.may_put("2001:db8:1:3::/64", bytes(32), 1, 0.5)  # its /48 has twice as much


def test_what_was_not_kept_does_not_count() -> None:
    """Its bytes are given back, of another day none; that its mailbox was asked for still counts."""
    now = [0.0]
    daily = Daily(DailyLimits(1, 1000, 0), lambda: now[0])
    assert daily.may_put("192.0.2.1", bytes(32), 1000)
    assert not daily.may_put("192.0.2.1", bytes(32), 1)
    daily.give_back("192.0.2.1", 1000)
    assert not daily.may_put("192.0.2.1", b"x" * 32, 1), "another mailbox"
    assert daily.may_put("192.0.2.1", bytes(32), 1000), "the same one"
    now[0] += DAY_S
    daily.give_back("192.0.2.1", 1000)
    assert daily.may_put("192.0.2.1", b"x" * 32, 1000)
    assert not daily.may_put("192.0.2.1", b"x" * 32, 1)


@pytest.mark.parametrize(("lines", "at_worst"), [(4, 0.4), (40, 0.06)])
async def test_what_lines_leave(lines: int, at_worst: float) -> None:
    """Lines that bring all they may, as long as mail lives and longer, leave place."""
    now = [0.0]
    store = MemoryStore(Quota(total_bytes=TOTAL), lambda: now[0])
    daily = Daily(A_FORTIETH, lambda: now[0])
    bodies = {1 << n: bytes((1 << n) - 1024) for n in range(11, 19)}

    async def brings(address: str) -> None:
        size = max(bodies)
        while size in bodies:
            body, box = bodies[size], os.urandom(32)
            if daily.may_put(address, box, cost(body), await store.free()):
                await store.put(box, box, bytes(16), body)
            else:
                size //= 2

    least = 1.0
    for _ in range(30):
        for line in range(lines):
            await brings(f"192.0.2.{line}")
        least = min(least, await store.free())
        now[0] += DAY_S
    assert at_worst < least < 2 * at_worst
