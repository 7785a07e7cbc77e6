"""Who may be read from, and when: how a flood waits and the others do not.

Every connection has credit, which grows slowly and is spent by what it sends. With credit it is read at once. Without,
it is read in turn, a few such connections each time round the event loop, so that a thousand floods cost everybody
else no more than one turn of a few; alone, it goes as fast as it can. The credit that the connections of one line spend
is the line's as well, which has that of a few, and turns go round among lines: a thousand connections of one address
are no more than a few. Above this a limit holds for each connection: who exceeds it is not read from until it may go
on, and who has to be held back for too long is closed.
A socket we do not read from holds its sender back by itself.

Strangers have no credit but to begin with (strangers.py).

What waits in our memory for a connection, read or to be written, is added up now and then; above the limit those
that hold the most are closed.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from spread.net.addresses import Bucket, PerAddress, line_of
from spread.net.strangers import Strangers

QUEUE: Final = 1  # why a connection is not read from: what came has not been looked at,
RATE: Final = 2  # it is too fast,
TURN: Final = 4  # others have their turn,
BACKLOG: Final = 8  # or there are frames in what was read that were not taken out of it

TURNS: Final = 2  # connections without credit that are read from at a time
FRAME_COST: Final = 8192  # a frame costs us as much as so many bytes
CREDIT_PER_S: Final = 1024 * 1024
MOST_CREDIT: Final = 1024 * 1024
LINE_SHARE: Final = 8  # times the credit of one connection have those of one line together
STRANGERS_CREDIT_PER_S: Final = 1024
FIRST_CREDIT: Final = 24 * 1024  # to say hello
ANSWER_COST: Final = 32 * 1024  # of a message that we answer, besides its bytes

READ_BYTES: Final = 256 * 1024  # at a time, at most; asyncio's own value
STRANGERS_BYTES: Final = 64 * 1024
FRAMES_AT_ONCE: Final = 32  # taken out of what was read; a frame of 126 to 65,535 bytes counts as two
STRANGERS_FRAMES: Final = 8


@dataclass(frozen=True)
class Rates:
    """What one connection may send; 0 is no limit.

    Args:
        messages_per_s: Frames, strictly; a burst may be four seconds' worth.
        bytes_per_s: A burst may be four seconds' worth.
        held_back_s: Who had to be held back for so long without a pause is closed.
        memory_bytes: For all connections together.
    """

    messages_per_s: float = 0
    bytes_per_s: float = 0
    held_back_s: float = 60.0
    memory_bytes: int = 256 * 1024 * 1024


BURST_S: Final = 4.0


class Sender(Protocol):
    """A connection, as far as this module is concerned."""

    address: str
    flow: "State"
    stops: int

    def stop(self, why: int) -> None:
        """Do not read from it."""

    def go(self, why: int) -> None:
        """Read from it, unless there is another reason not to."""

    def read_at_most(self, size_bytes: int) -> None:
        """Read so much at a time."""

    def held(self) -> int:
        """Return the bytes we hold for it."""

    def end(self, why: str) -> None:
        """Close it at once."""


class Line:
    """The credit of all connections of one line that are no strangers'."""

    __slots__ = ("at_s", "credit")

    def __init__(self) -> None:
        self.credit = float(LINE_SHARE * MOST_CREDIT)
        self.at_s = asyncio.get_running_loop().time()

    def grow(self, now: float) -> None:
        most = LINE_SHARE * MOST_CREDIT
        self.credit = min(most, self.credit + (now - self.at_s) * LINE_SHARE * CREDIT_PER_S)
        self.at_s = now

    def spend(self, amount: float) -> None:
        self.credit = max(-LINE_SHARE * MOST_CREDIT, self.credit - amount)


class State:
    """What is known of one connection's flow."""

    __slots__ = (
        "at_s",
        "bytes",
        "credit",
        "frames",
        "is_known",
        "line",
        "messages",
        "since_s",
    )

    def __init__(self) -> None:
        self.credit = float(FIRST_CREDIT)
        self.at_s = asyncio.get_running_loop().time()
        self.is_known = False  # no stranger
        self.line: Line | None = None  # since it was known
        self.frames = 0  # that came with what is being read
        self.messages: Bucket | None = None
        self.bytes: Bucket | None = None
        self.since_s: float | None = None  # it has been held back without a pause


class Flow:
    """The flow of all connections of one server."""

    def __init__(
        self, rates: Rates, everyone: Callable[[], Iterable[Sender]], count: Callable[[str, int], None]
    ) -> None:
        self._rates = rates
        self._everyone = everyone
        self._count = count
        self._waiting: dict[str, deque[Sender]] = {}  # for their turn, by line, in the order of their turns
        self._lines = PerAddress(Line)
        self._reading: dict[Sender, bool] = {}  # without credit; whether for a whole round already
        self._going_round = False
        self.strangers = Strangers()
        self._weigh_after = rates.memory_bytes // 8
        self._unweighed = 0  # bytes that came, or were taken out of the store, since memory was last added up

    def received(self, sender: Sender, size: int) -> None:
        """Note what a connection has sent, and decide when it is read from again."""
        state = sender.flow
        frames, state.frames = state.frames, 0
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._count("received_bytes_total", size)
        self._count("received_frames_total", frames)
        most, grows = (
            (MOST_CREDIT, CREDIT_PER_S) if state.is_known else (FIRST_CREDIT, STRANGERS_CREDIT_PER_S)
        )
        credit = min(most, state.credit + (now - state.at_s) * grows)
        spent = size + frames * FRAME_COST
        state.credit = max(-MOST_CREDIT, credit - spent)
        state.at_s = now
        if state.is_known:
            line = self._line(sender)
            line.grow(now)
            if sender not in self._reading:  # else it had its turn
                line.spend(min(spent, max(0.0, credit)))
        if self._rates.messages_per_s or self._rates.bytes_per_s:
            self._hold_back(sender, state, size, frames, now)
        if sender.stops & ~(TURN | BACKLOG):
            self._reading.pop(sender, None)  # it takes its turn when it may go on
        elif state.is_known:
            self._take_turns(sender)
        elif state.credit < 0:
            self.wait_for_turn(sender)
        self.hold(size)

    def wait_for_turn(self, sender: Sender) -> None:
        """Read from a stranger when it is its turn."""

        def has_come() -> bool:
            waited = bool(sender.stops & TURN)
            sender.go(TURN)
            return waited

        sender.stop(TURN)
        self.strangers.queue(sender.address, has_come)

    def know(self, sender: Sender, is_known: bool = True) -> None:
        """Note that a connection is no stranger's, or is one again."""
        state = sender.flow
        if state.is_known == is_known:
            return
        state.is_known = is_known
        state.at_s = asyncio.get_running_loop().time()
        self._reading.pop(sender, None)
        sender.read_at_most(READ_BYTES if is_known else STRANGERS_BYTES)
        if is_known:
            state.credit = MOST_CREDIT
            sender.go(TURN)
        else:
            state.credit = min(state.credit, FIRST_CREDIT)

    def _line(self, sender: Sender) -> Line:
        state = sender.flow
        if state.line is None:
            state.line = self._lines.of(line_of(sender.address))
        return state.line

    def _has_credit(self, sender: Sender) -> bool:
        return sender.flow.credit >= 0 and self._line(sender).credit >= 0

    def hold(self, size: int) -> None:
        """Note that a connection makes us hold so much more, and add up what all do now and then."""
        self._unweighed += size
        if self._unweighed > self._weigh_after:
            self.weigh()

    def gone(self, sender: Sender) -> None:
        """Forget a connection."""
        self._reading.pop(sender, None)  # if it waits, its turn comes to nothing

    def _hold_back(self, sender: Sender, state: State, size: int, frames: int, now: float) -> None:
        rates = self._rates
        wait_s = 0.0
        if rates.messages_per_s:
            if state.messages is None:
                state.messages = Bucket(rates.messages_per_s, BURST_S * rates.messages_per_s, now)
            wait_s = state.messages.take(frames, now)
        if rates.bytes_per_s:
            if state.bytes is None:
                state.bytes = Bucket(rates.bytes_per_s, BURST_S * rates.bytes_per_s, now)
            wait_s = max(wait_s, state.bytes.take(size, now))
        if not wait_s:
            # It pauses by itself if a second's worth is there again.
            if state.since_s is not None and not self._owes_soon(state, now):
                state.since_s = None
            return
        if state.since_s is None:
            state.since_s = now
        if now - state.since_s >= rates.held_back_s:
            sender.end("too_fast")
            return
        self._count("held_back_total", 1)
        sender.stop(RATE)
        asyncio.get_running_loop().call_later(wait_s, self.resume, sender, RATE)

    def resume(self, sender: Sender, why: int) -> None:
        """Read from a connection again that was stopped; without credit, when it is its turn."""
        state = sender.flow
        if not state.is_known:
            if not sender.stops & TURN and state.credit < 0:
                self.wait_for_turn(sender)
        elif not sender.stops & TURN and not self._has_credit(sender) and sender not in self._reading:
            self._take_turns(sender)
        sender.go(why)

    def _owes_soon(self, state: State, now: float) -> bool:
        buckets = [bucket for bucket in (state.messages, state.bytes) if bucket is not None]
        return any(not bucket.has(bucket.rate, now) for bucket in buckets)

    def _take_turns(self, sender: Sender) -> None:
        reading = self._reading
        if self._has_credit(sender):
            reading.pop(sender, None)
        elif sender in reading:
            if self._waiting:  # it has had its turn
                del reading[sender]
                self._queue(sender)
            else:
                reading[sender] = False
        elif len(reading) < TURNS and not self._waiting:
            reading[sender] = False
        else:
            self._queue(sender)

    def _queue(self, sender: Sender) -> None:
        sender.stop(TURN)
        self._waiting.setdefault(line_of(sender.address), deque()).append(sender)
        if not self._going_round:
            self._going_round = True
            asyncio.get_running_loop().call_soon(self._go_round)

    def _go_round(self) -> None:
        """Give the next ones their turn; once for each time round the event loop, while any wait."""
        reading = self._reading
        for sender, whole in list(reading.items()):
            if whole:
                del reading[sender]  # it has nothing to say
            else:
                reading[sender] = True
        while self._waiting and len(reading) < TURNS:
            line, senders = next(iter(self._waiting.items()))
            del self._waiting[line]
            sender = senders.popleft()
            if senders:
                self._waiting[line] = senders  # behind the others
            reading[sender] = False
            sender.go(TURN)
        self._going_round = bool(self._waiting)
        if self._going_round:
            asyncio.get_running_loop().call_soon(self._go_round)

    def weigh(self) -> None:
        """Add up what we hold; close those that hold the most until it is little enough."""
        self._unweighed = 0
        held = [(sender.held(), index, sender) for index, sender in enumerate(self._everyone())]
        total = sum(size for size, _, _ in held)
        # To go through thousands keeps all waiting; what we hold grows by no more than what comes.
        eighth = self._rates.memory_bytes // 8
        self._weigh_after = max(eighth, 7 * eighth - total)
        if total <= self._rates.memory_bytes:
            return
        for size, _, sender in sorted(held, key=lambda each: each[:2], reverse=True):
            sender.end("memory")
            total -= size
            if total <= self._rates.memory_bytes // 2:
                return
