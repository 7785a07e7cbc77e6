"""Who is read from, and when: the decisions, with connections that only note what is asked of them."""

import asyncio
from collections import Counter

import pytest

from spread.net import flow
from spread.net.flow import Flow, Rates, State


class Noting:
    """A connection that is told when to stop and go."""

    def __init__(self, held: int = 0, address: str = "192.0.2.1") -> None:
        self.address = address
        self.flow = State()
        self.flow.is_known = True
        self.stops = 0
        self.going = asyncio.Event()
        self.most = 0
        self.bytes = held
        self.ended = ""

    def stop(self, why: int) -> None:
        self.stops |= why

    def go(self, why: int) -> None:
        self.stops &= ~why
        if not self.stops:
            self.going.set()

    async def may_go(self) -> None:
        self.going.clear()
        await self.going.wait()

    def read_at_most(self, size_bytes: int) -> None:
        self.most = size_bytes

    def held(self) -> int:
        return self.bytes

    def end(self, why: str) -> None:
        self.ended = why

    def send(self, to: Flow, size: int, frames: int = 1) -> None:
        assert not self.stops, "it is not read from"
        self.flow.frames = frames
        to.received(self, size)


def make(rates: Rates, *senders: Noting) -> tuple[Flow, Counter[str]]:
    counts: Counter[str] = Counter()
    return Flow(rates, lambda: senders, lambda name, amount: counts.update({name: amount})), counts


async def test_alone_it_goes_as_fast_as_it_can() -> None:
    """Nobody waits for a turn while there are as many turns as floods."""
    floods = [Noting() for _ in range(flow.TURNS)]
    traffic, counts = make(Rates(), *floods)
    for _ in range(100):
        for each in floods:
            each.send(traffic, 10_000_000, 100)
    assert counts == {"received_bytes_total": 2_000_000_000, "received_frames_total": 20_000}


async def test_floods_take_turns() -> None:
    """Each is read from as often as the others, and no more of them at a time than there are turns."""
    floods = [Noting() for _ in range(10)]
    traffic, _ = make(Rates(), *floods)
    times: Counter[int] = Counter()
    for each in floods:
        each.send(traffic, 10_000_000)
    for _ in range(50):
        reading = [index for index, each in enumerate(floods) if not each.stops]
        assert len(reading) == flow.TURNS
        for index in reading:
            times[index] += 1
            floods[index].send(traffic, 10_000_000)
        await asyncio.sleep(0)
    assert set(times) == set(range(10))
    assert max(times.values()) - min(times.values()) <= 2


async def test_who_says_little_is_read_at_once() -> None:
    """With credit nobody has to wait, however many floods do."""
    floods, quiet = [Noting() for _ in range(10)], Noting()
    traffic, _ = make(Rates(), *floods, quiet)
    for each in floods:
        each.send(traffic, 10_000_000)
    quiet.flow.at_s = asyncio.get_running_loop().time() - 1
    for _ in range(20):
        quiet.send(traffic, 20_000)
    assert not quiet.stops


async def _reads_a_second(floods: list[Noting], others: list[Noting]) -> tuple[int, int]:
    """Have all send one tiny frame whenever they are read from, each within its own credit; count the reads."""
    traffic, _ = make(Rates(), *floods, *others)
    for each in floods + others:
        each.flow.is_known = False
        traffic.know(each)
    counts = [0, 0]
    for _ in range(120):
        for index, senders in enumerate((floods, others)):
            for each in senders:
                if not each.stops:
                    counts[index] += 1
                    each.send(traffic, 7)
        await asyncio.sleep(0)
    return counts[0], counts[1]


async def test_connections_of_one_line_share_its_credit(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many it has, what is read from them at once is bounded; two of another line are read as ever."""
    monkeypatch.setattr(flow, "CREDIT_PER_S", 0.0)  # so much at once, whatever the time it takes
    whole = flow.MOST_CREDIT // (flow.FRAME_COST + 7)

    async def reads() -> tuple[int, int]:
        floods = [Noting(address=f"2001:db8:1:{number:x}::/64") for number in range(200)]
        return await _reads_a_second(floods, [Noting(address="192.0.2.2") for _ in range(2)])

    most = (flow.LINE_SHARE + 1) * whole + 120 * flow.TURNS + 200
    loud, quiet = await reads()
    assert loud < most
    assert quiet == 2 * 120
    monkeypatch.setattr(flow, "LINE_SHARE", 1000)
    loud, quiet = await reads()
    assert loud > 2 * most


async def test_lines_take_turns() -> None:
    """One flood of one line has as many turns as a hundred of another."""
    floods, alone = [Noting() for _ in range(100)], Noting(address="192.0.2.2")
    traffic, _ = make(Rates(), *floods, alone)
    for each in [*floods, alone]:
        each.send(traffic, 10_000_000)
    times = 0
    for _ in range(60):
        for each in [*floods, alone]:
            if not each.stops:
                times += each is alone
                each.send(traffic, 10_000_000)
        await asyncio.sleep(0)
    assert times >= 25


async def test_who_was_stopped_takes_its_turn() -> None:
    """Those whose frames had to be looked at first go on in turns as well, not all at once."""
    floods = [Noting() for _ in range(10)]
    traffic, _ = make(Rates(), *floods)
    for each in floods:
        each.stop(flow.QUEUE)
        each.flow.frames = 16
        traffic.received(each, 10_000_000)
    for each in floods:
        traffic.resume(each, flow.QUEUE)
    assert sum(not each.stops for each in floods) == flow.TURNS


async def test_a_turn_is_not_kept() -> None:
    """Who has its turn and says nothing, or goes, leaves it to the next."""
    floods = [Noting() for _ in range(6)]
    traffic, _ = make(Rates(), *floods)
    for each in floods:
        each.send(traffic, 10_000_000)
    traffic.gone(floods[0])
    for _ in range(8):
        await asyncio.sleep(0)
    assert [each.stops for each in floods] == [0] * 6


async def test_too_fast() -> None:
    """Above its limit a connection is not read from for as long as it takes, and in the end closed."""
    loud = Noting()
    traffic, counts = make(Rates(messages_per_s=1000, held_back_s=0.02), loud)
    while not loud.ended:  # it has not to be let run in time
        while not loud.stops and not loud.ended:
            loud.send(traffic, 10, 500)
        if not loud.ended:
            assert loud.stops == flow.RATE
            await loud.may_go()
    assert loud.ended == "too_fast"
    assert counts["held_back_total"] >= 1


async def test_too_many_bytes() -> None:
    """Bytes are limited as messages are."""
    loud = Noting()
    traffic, _ = make(Rates(bytes_per_s=1000), loud)
    loud.send(traffic, 4_001)
    assert loud.stops == flow.RATE


async def test_strangers_are_read_less_of() -> None:
    """A read of a stranger's is smaller; who is known is read as fast as the system can."""
    sender = Noting()
    traffic, _ = make(Rates(), sender)
    traffic.know(sender, False)
    assert sender.most == flow.STRANGERS_BYTES
    traffic.know(sender)
    assert sender.most == flow.READ_BYTES


async def test_those_that_hold_the_most_are_closed() -> None:
    """Above the limit of memory, the largest go until half of it is free; below it nobody does."""
    large, larger, small = Noting(60), Noting(70), Noting(20)
    traffic, _ = make(Rates(memory_bytes=150), large, larger, small)
    traffic.weigh()
    assert (large.ended, larger.ended, small.ended) == ("", "", "")
    small.bytes = 21
    traffic.weigh()
    assert (large.ended, larger.ended, small.ended) == ("memory", "memory", "")
