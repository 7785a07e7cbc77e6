"""Whether an address or a link of this machine may have changed: asked every few seconds, it must cost nothing."""

import contextlib
import socket
from typing import Final

_ROUTE: Final = 0  # NETLINK_ROUTE
_GROUPS: Final = 0x1 | 0x10 | 0x100  # links, IPv4 addresses, IPv6 addresses
_MAX_MESSAGES: Final = 10_000


class Links:
    """Listens to what Linux says of its interfaces; elsewhere every look may find something."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
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

    def close(self) -> None:
        """Stop listening."""
        if self._socket is not None:
            self._socket.close()
