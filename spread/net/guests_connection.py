"""One connection of a server, from the moment it is accepted: what it reads, holds and writes, and when."""

import asyncio
import time
from time import perf_counter
from typing import Any, ClassVar, Protocol, cast

from websockets.asyncio.server import ServerConnection

from spread.net import flow
from spread.net.bounds import Bounds
from spread.net.frames import large_head, use
from spread.net.strangers import TURN_S


def nothing() -> None:
    pass


class Keeper(Protocol):
    """What a connection asks of who lets it in."""

    flow: flow.Flow

    def address(self, peer: str) -> str: ...
    def enter(self, guest: "Guest") -> bool: ...
    def greeted(self, guest: "Guest") -> None: ...
    def leave(self, guest: "Guest") -> None: ...
    def trust(self, guest: "Guest", who: bytes) -> None: ...


class Guest(ServerConnection):
    """A connection that passes the gate of its server."""

    __slots__ = (
        "address",
        "bounds",
        "came_s",
        "corked",
        "counted",
        "extra_bytes",
        "flow",
        "goes_on",
        "is_greeted",
        "is_inside",
        "peer",
        "peer_name",
        "reader",
        "stops",
        "why",
    )
    gate: ClassVar[Keeper]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.flow = flow.State()
        self.bounds = Bounds()
        self.came_s = time.monotonic()
        self.stops = 0
        self.why = ""  # we close it, if we do
        self.extra_bytes = 0  # that we hold for it elsewhere
        self.corked = 0  # bytes that are to be written together
        self.goes_on = False  # with what has come, as soon as it may
        self.peer_name = transport.get_extra_info("peername") or ("",)
        self.peer = str(self.peer_name[0])
        self.address = self.gate.address(self.peer)
        self.counted = ""  # the address it counts for
        self.is_greeted = False  # past its handshake, or its end
        self.is_inside = self.gate.enter(self)
        if not self.is_inside:
            cast(asyncio.Transport, transport).abort()
            return
        super().connection_made(transport)
        self.reader = use(self.protocol)
        self.read_at_most(flow.STRANGERS_BYTES)
        self.recv_messages.pause = self._queue_full
        self.recv_messages.resume = self._queue_free
        # asyncio begins to read after this, whatever is said to it now.
        self.loop.call_soon(self._wait_to_be_read)

    def _wait_to_be_read(self) -> None:
        if self.counted and not self.transport.is_closing():
            self.gate.flow.wait_for_turn(self)

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        await self.gate.flow.strangers.timed(super().handshake(*args, **kwargs), self.flow)
        self.gate.greeted(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.is_inside:
            self.gate.leave(self)
            super().connection_lost(exc)
            # Tracebacks may hold the rest until Python looks for garbage.
            self.reader.discard()
            self.recv_messages.pause = self.recv_messages.resume = nothing

    def data_received(self, data: bytes) -> None:
        began = perf_counter()
        self.reader.frames_left = flow.FRAMES_AT_ONCE if self.flow.is_known else flow.STRANGERS_FRAMES
        self.bounds.receive(self.transport, super().data_received, data)
        self.gate.flow.received(self, len(data))
        if self.reader.is_backlogged:
            self.stop(flow.BACKLOG)
            self._go_on_soon()
        elif self.stops & flow.BACKLOG:
            self.go(flow.BACKLOG)
        strangers, took_s = self.gate.flow.strangers, perf_counter() - began
        if self.flow.is_known:
            strangers.others_talk(took_s + TURN_S)
        else:
            strangers.spend(took_s)

    def _go_on_soon(self) -> None:
        if self.stops == flow.BACKLOG and not self.goes_on:
            self.goes_on = True
            self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        self.goes_on = False
        if self.stops == flow.BACKLOG and not self.transport.is_closing():
            self.data_received(b"")

    def process_event(self, event: Any) -> None:
        self.flow.frames += 1
        if self.bounds.allows(event):
            super().process_event(event)
        else:
            self.end("fragments")

    def flush_soon(self, size: int) -> None:
        """Write what the protocol has to send, `size` bytes more than before, together with what comes meanwhile.

        A write costs the system more than a frame costs us. Whatever else is sent goes after it, as the protocol
        keeps the order; and no more is kept than a read may bring.
        """
        if self.corked + size > flow.READ_BYTES:
            self._flush()
            return
        if not self.corked:
            self.loop.call_soon(self._flush)
        self.corked += size

    def _flush(self) -> None:
        self.corked = 0
        writes = self.protocol.writes
        if not writes or self.transport.is_closing():
            return
        if len(writes) > 1 and b"" not in writes:  # which stands for the end
            self.protocol.writes = [b"".join(writes)]
        self.send_data()

    def send_large(self, frame: bytes) -> None:
        """Write a binary frame as it is, at once: the protocol, and writing it with others, would copy it."""
        self._flush()
        if not self.transport.is_closing():
            self.transport.write(large_head(len(frame)))
            self.transport.write(memoryview(frame))

    # What the flow asks of it

    def stop(self, why: int) -> None:
        if not self.stops:
            self.transport.pause_reading()
        self.stops |= why

    def go(self, why: int) -> None:
        was, self.stops = self.stops, self.stops & ~why
        if was and not self.stops:
            self.transport.resume_reading()
        self._go_on_soon()

    def _queue_full(self) -> None:
        self.stop(flow.QUEUE)

    def _queue_free(self) -> None:
        self.gate.flow.resume(self, flow.QUEUE)

    def read_at_most(self, size_bytes: int) -> None:
        # asyncio has no say for this; where the transport has another name for it, it reads as much as it likes.
        if hasattr(self.transport, "max_size"):
            self.transport.max_size = size_bytes

    def held(self) -> int:
        queued = sum(len(frame.data) for frame in self.recv_messages.frames.queue)
        unread = len(self.reader)
        return queued + unread + self.transport.get_write_buffer_size() + self.corked + self.extra_bytes

    def end(self, why: str) -> None:
        self.why = why
        self.transport.abort()
