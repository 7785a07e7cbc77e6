"""Bounds on what a connection makes us hold that no limit on messages covers: unread answers and tiny fragments."""

import asyncio
from collections.abc import Callable
from typing import Final

from websockets.frames import DATA_OPCODES, Frame

MAX_UNREAD_BYTES: Final = 64 * 1024  # of answers to pings; whoever keeps to the protocol leaves a few dozen
MAX_FRAGMENTS: Final = 1024  # of one message; empty ones add nothing to its size, and there may be any number


class Bounds:
    """What one connection has made us hold; a sender that goes too far is hung up on."""

    __slots__ = ("_fragments", "_unread_bytes")

    def __init__(self) -> None:
        self._unread_bytes = 0
        self._fragments = 0

    def receive(self, transport: asyncio.Transport, take: Callable[[bytes], None], data: bytes) -> None:
        """Let `take` have what came, unless the other side leaves too many of our answers to pings unread.

        What is written while `take` runs are answers: nothing else runs meanwhile.
        """
        before = transport.get_write_buffer_size()
        take(data)
        grown = max(0, transport.get_write_buffer_size() - before)
        self._unread_bytes = grown + (self._unread_bytes if before else 0)
        if self._unread_bytes > MAX_UNREAD_BYTES:
            transport.abort()

    def allows(self, event: object) -> bool:
        """Count the fragments of a message; tell whether one more is allowed."""
        if isinstance(event, Frame) and event.opcode in DATA_OPCODES:
            self._fragments = 0 if event.fin else self._fragments + 1
        return self._fragments <= MAX_FRAGMENTS
