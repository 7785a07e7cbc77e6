"""How a server takes frames out of what it reads: few at a time, and large ones with few copies.

What a relay does for a transfer is mostly copying; and thousands of tiny frames that came in one piece would keep
everybody else waiting.
"""

import struct
import sys
from collections.abc import Generator
from typing import Final

from websockets.protocol import Protocol
from websockets.streams import StreamReader

LARGE: Final = 64 * 1024  # below it a copy costs less than avoiding it
SMALL: Final = 16 * 1024  # of what comes at a time: put together, as each piece takes place besides its bytes
HEADER_BYTES: Final = 2  # of a frame (RFC 6455, section 5.2); a length may have as many, and counts as well
_BINARY: Final = 0x82  # the last frame, of bytes


def large_head(size: int) -> bytes:
    """Return what stands before a server's binary frame of at least LARGE bytes."""
    return struct.pack("!BBQ", _BINARY, 127, size)


def use(protocol: Protocol) -> "Reader":
    """Have a protocol that has read nothing yet read by a reader of ours, and return that."""
    protocol.reader = reader = Reader()
    protocol.parser = protocol.parse()  # the one it has reads by the other
    next(protocol.parser)
    return reader


class Reader(StreamReader):
    """Reads as its base does, but puts the pieces of something large together once, when all are there.

    It gives no more than `frames_left` frames; the rest waits until there is more of that and it is fed again,
    be it with nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        # Of what is read and did not come whole.
        self._pieces: list[bytes | bytearray | memoryview] | None = None
        self._held = 0  # bytes of these
        self.frames_left = sys.maxsize  # until somebody sets a limit

    @property
    def is_backlogged(self) -> bool:
        """Whether more frames are there, or parts of one, than it gives now."""
        return self.frames_left <= 0 and bool(self.buffer)

    def __len__(self) -> int:
        return len(self.buffer) + self._held

    def feed_data(self, data: bytes | bytearray) -> None:
        pieces = self._pieces
        if pieces is None or self.eof:
            super().feed_data(data)
            return
        self._held += len(data)
        if len(data) >= SMALL:
            pieces.append(data)
            return
        last = pieces[-1]
        if isinstance(last, bytearray):
            last += data
        else:
            pieces.append(bytearray(data))

    def feed_eof(self) -> None:
        if self.is_backlogged:  # all of it would be read at once now, for somebody who has gone
            self.discard()
        super().feed_eof()

    def read_exact(self, n: int) -> Generator[None, None, bytes | bytearray]:  # type: ignore[override]  # bytes as well
        if n == HEADER_BYTES:
            while self.frames_left <= 0 and not self.eof:
                yield
            self.frames_left -= 1
        if n < LARGE or len(self.buffer) >= n:
            return (yield from super().read_exact(n))
        pieces: list[bytes | bytearray | memoryview] = [self.buffer]
        self._pieces = pieces
        self._held, self.buffer = len(self.buffer), bytearray()
        try:
            while self._held < n:
                if self.eof:
                    raise EOFError(f"stream ends after {self._held} bytes, expected {n} bytes")
                yield
            over = self._held - n
            if over:
                last = memoryview(pieces.pop())
                pieces.append(last[:-over])
                self.buffer += last[-over:]
            return b"".join(pieces)
        finally:  # also where the parser is given up in the middle
            self._pieces, self._held = None, 0
