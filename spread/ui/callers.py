"""The connections to the page: whoever asks for nothing, or never ends asking, keeps no place from others.

Every user of this machine can connect. Who has no token is answered at once, and then holds nothing; before that, a
connection that says nothing, or little by little, would cost a file each until we have no more.
"""

import asyncio
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

ASK_S: Final = 5.0  # for a whole request; browsers connect ahead of one, and come again
MAX_SILENT: Final = 64  # connections that ask for nothing yet, or no more; a browser has six


class Caller(H11Protocol):
    """One connection; while it asks for nothing it is among `silent`, the oldest first."""

    silent: ClassVar[dict["Caller", asyncio.TimerHandle]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its base
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._wait_no_more()

    def data_received(self, data: bytes) -> None:
        before: Any = self.cycle
        super().data_received(data)
        if self.cycle is not before:  # a request is whole, but for its body
            self._wait_no_more()

    def on_response_complete(self) -> None:
        before: Any = self.cycle
        self._wait()
        super().on_response_complete()
        if self.cycle is not before:  # the next request was there already
            self._wait_no_more()

    def _wait(self) -> None:
        self._wait_no_more()
        if len(self.silent) >= MAX_SILENT:
            next(iter(self.silent)).hang_up()
        self.silent[self] = self.loop.call_later(ASK_S, self.hang_up)

    def _wait_no_more(self) -> None:
        timer = self.silent.pop(self, None)
        if timer is not None:
            timer.cancel()

    def hang_up(self) -> None:
        """End it without a word."""
        self._wait_no_more()
        self.transport.abort()
