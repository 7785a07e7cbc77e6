"""The time that strangers get, with a clock that the test moves."""

import asyncio
from collections.abc import Callable

import pytest

from spread.net import strangers
from spread.net.strangers import Strangers

BUSY_S = 1.0  # of work for others: as much as there can be


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def working(done: list[str], address: str) -> Callable[[], bool]:
    def work() -> bool:
        done.append(address)
        return True

    return work


async def rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_addresses_take_turns() -> None:
    """However much waits for one address, the next one's turn comes after one piece of it."""
    turns, done = Strangers(Clock()), list[str]()
    for address in ["a"] * 50 + ["b", "c"]:
        turns.queue(address, working(done, address))
    await rounds(20)
    assert done[:6] == ["a", "b", "c", "a", "a", "a"]
    assert len(done) == 52
    assert not len(turns)


async def test_one_line_is_one_address() -> None:
    """Networks of one IPv6 line have one turn together."""
    turns, done = Strangers(Clock()), list[str]()
    for address in ["2001:db8:1:1::/64", "2001:db8:1:2::/64", "192.0.2.1"]:
        turns.queue(address, working(done, address))
    await rounds(5)
    assert done == ["2001:db8:1:1::/64", "192.0.2.1", "2001:db8:1:2::/64"]


async def test_strangers_wait_while_others_talk() -> None:
    """The next turn waits until what they took was no more than their share; alone they never wait."""
    clock = Clock()
    turns = Strangers(clock)
    turns.spend(0.002)
    assert turns.wait_s() == 0
    turns.others_talk(BUSY_S)
    assert 0.0 < turns.wait_s() <= 0.002 / strangers.SHARE
    clock.now_s += turns.wait_s()
    assert turns.wait_s() < 1e-9
    turns.spend(10)
    assert turns.wait_s() <= strangers.OWED_S * 1.001  # whatever it took
    clock.now_s += strangers.BUSY_S + 0.01
    assert turns.wait_s() == 0


def _share_beside(seconds: float, every_s: float) -> float:
    """Return how much of the time strangers that always want more get, while others are worked for every so often."""
    clock = Clock()
    turns = Strangers(clock)
    worked_s, until_s, next_s = 0.0, clock.now_s + 10, clock.now_s
    while clock.now_s < until_s:
        if clock.now_s >= next_s:
            clock.now_s += seconds
            turns.others_talk(seconds)
            next_s += every_s
        if waits_s := turns.wait_s():
            clock.now_s += min(waits_s, max(1e-5, next_s - clock.now_s))
        else:
            clock.now_s += 0.001
            worked_s += 0.001
            turns.spend(0.001)
    return worked_s / 10


async def test_strangers_have_what_others_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room with a byte now and then does not take their time away; one that talks does."""
    assert _share_beside(0.0003, 0.05) > 0.7
    assert _share_beside(0.001, 0.01) < 0.2
    monkeypatch.setattr(strangers, "KEPT_FREE", 10**6)
    assert _share_beside(0.0003, 0.05) < 0.2  # as one byte would do


async def test_a_round_while_others_talk() -> None:
    """No more than one piece of work each time round; alone, many."""
    for others, most in ((True, strangers.AT_ONCE), (False, strangers.MANY)):
        turns, done = Strangers(Clock()), list[str]()
        if others:
            turns.others_talk(BUSY_S)
        for _ in range(100):
            turns.queue("a", working(done, "a"))
        await rounds(1)
        assert len(done) == most


async def test_what_is_timed_is_what_strangers_take() -> None:
    """Work counts as long as it is a stranger's, and not while it waits; its result and its failures come through."""

    class Whose:
        is_known = False

    clock = Clock()
    turns, whose = Strangers(clock), Whose()

    async def work(fails: bool) -> str:
        await asyncio.sleep(0.01)
        if fails:
            raise ValueError
        sum(range(200_000))
        return "done"

    turns.others_talk(BUSY_S)
    assert await turns.timed(work(False), whose) == "done"
    waits_s = turns.wait_s()
    assert waits_s > 0
    whose.is_known = True
    assert await turns.timed(work(False), whose) == "done"
    assert turns.wait_s() == waits_s
    try:
        await turns.timed(work(True), whose)
    except ValueError:
        pass
    else:
        raise AssertionError

    async def waits() -> None:
        await turns.timed(asyncio.sleep(10), whose)

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
