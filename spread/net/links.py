"""Whether an address or a link of this machine may have changed: asked every few seconds, it must cost nothing."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Final

_ROUTE: Final = 0  # NETLINK_ROUTE
_GROUPS: Final = 0x1 | 0x10 | 0x100  # links, IPv4 addresses, IPv6 addresses
_MAX_MESSAGES: Final = 10_000


class Links:
    """Listens to what Linux says of its interfaces; elsewhere every look may find something."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None  # while it listens
        family = getattr(socket, "AF_NETLINK", None)
        if family is None:
            return
        with contextlib.suppress(OSError):  # not allowed in this sandbox
            self._socket = socket.socket(family, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _ROUTE)
            self._socket.setblocking(False)
            self._socket.bind((0, _GROUPS))

    def changed(self) -> bool:
        """Tell whether anything may have changed since the last call."""
        if self._socket is None:
            return True
        for heard in range(_MAX_MESSAGES):
            try:
                self._socket.recv(65536)
            except BlockingIOError:
                return heard > 0
            except OSError:  # more was said than was kept
                return True
        return True

    def listen(self, on_change: Callable[[], None]) -> bool:
        """Call `on_change` in the running loop, once, when there is something for `changed`; tell whether that can be.

        Asked again before, it only calls another one.
        """
        if self._socket is None:
            return False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._hear, on_change)
        return True

    def _hear(self, on_change: Callable[[], None]) -> None:
        self._listen_no_more()
        on_change()

    def _listen_no_more(self) -> None:
        if self._loop is not None and self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._loop = None

    def close(self) -> None:
        """Stop listening."""
        self._listen_no_more()
        if self._socket is not None:
            self._socket.close()
