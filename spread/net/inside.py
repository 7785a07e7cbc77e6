"""The maker of a room on a server in its own process: what a WebSocket to ourselves would carry, without one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from websockets.exceptions import ConnectionClosed, ConnectionClosedOK
from websockets.protocol import State

# So many wait for the maker; a stranger in its room may make each as long as a message.
QUEUED_FRAMES: Final = 16
Frame = str | bytes


class Inside:
    """Both ends of the connection between a room and its maker.

    The maker has `send`, `recv` and `close` as with a WebSocket. What it sends has been forwarded, or was for nobody,
    when `send` returns.
    """

    def __init__(self) -> None:
        self.state = State.OPEN
        # What the room does with what the maker sends.
        self._take: Callable[[Frame], Awaitable[None]] | None = None
        self._frames: deque[Frame | asyncio.Future[None]] = deque()  # for the maker
        self._came = asyncio.Event()  # something has, or the end
        self._left = asyncio.Event()  # there is room for one more, or the end
        self._gone = asyncio.Event()

    # The maker's end

    async def send(self, frame: Frame) -> None:
        """Send a frame; it waits for who is to have it.

        Raises:
            ConnectionClosed: The room is gone.
        """
        if self._take is None or self._gone.is_set():
            raise _closed()
        await self._take(frame)

    async def recv(self) -> Frame:
        """Return the next frame.

        Raises:
            ConnectionClosed: The room is gone, and all that came has been read.
        """
        while True:
            while not self._frames:
                if self._gone.is_set():
                    raise _closed()
                self._came.clear()
                await self._came.wait()
            frame = self._frames.popleft()
            self._left.set()
            if not isinstance(frame, asyncio.Future):
                return frame
            frame.set_result(None)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Leave; both ends have this, with the arguments of a WebSocket's."""
        self.state = State.CLOSED
        for event in (self._gone, self._came, self._left):
            event.set()

    # The room's end

    async def serve(self, take: Callable[[Frame], Awaitable[None]]) -> None:
        """Give what the maker sends to `take`, until one end has closed."""
        self._take = take
        await self._gone.wait()

    async def deliver(self, frame: Frame, timeout_s: float) -> None:
        """Give the maker a frame, at once if there is room for it; it is closed if it makes none in time.

        Raises:
            ConnectionClosed, TimeoutError: It is gone.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while len(self._frames) >= QUEUED_FRAMES and not self._gone.is_set():
                    self._left.clear()
                    await self._left.wait()
        except TimeoutError:
            await self.close()
            raise
        if self._gone.is_set():
            raise _closed()
        self._frames.append(frame)
        self._came.set()

    async def ping(self) -> "asyncio.Future[None]":
        """Return what is done once the maker has read all that came before, and asks for more.

        A WebSocket's answer tells less: that it has come, not that it was read.
        """
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._gone.is_set():
            raise _closed()
        self._frames.append(answered)
        self._came.set()
        return answered


def _closed() -> ConnectionClosed:
    return ConnectionClosedOK(None, None)
