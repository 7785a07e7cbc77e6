"""Before the door: who is hung up on as soon as the system has connected them, before we make anything for it.

An address connects only so often. One whose connections were closed for what they did, or come and go all the time, has
gone too far: for a while, longer each time, it connects a tenth as often. Those of its connections that are inside stay
there.
"""

import contextlib
import os
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any, Final

from spread.net.addresses import Bucket

REFUSED_AT_ONCE: Final = 4  # then the others have their turn
ACCEPTED_AT_ONCE: Final = 2  # each time round the event loop, while others would lose by it,
MANY_AT_ONCE: Final = 16  # and while they do not: what waits for us in the system waits in no fair order
FIRST_S: Final = 2.0  # that an address knocks less often, twice as long each time,
MOST_DOUBLED: Final = 5
QUIET_S: Final = 10.0  # without, and it is one time fewer
A_TENTH: Final = 0.1
# To be closed for one of these is to have gone too far.
TOO_FAR: Final = frozenset(
    ("bad_frame", "bad_text", "bad_message", "too_large", "fragments", "errors", "too_fast")
)


class Knocks:
    """How often one address may still connect."""

    __slots__ = ("_rarely", "_times", "_until_s", "_usual")

    def __init__(self, rate: float, burst: float, now_s: float) -> None:
        self._usual = Bucket(rate, burst, now_s)
        self._rarely: Bucket | None = None
        self._until_s = 0.0
        self._times = 0

    def went_too_far(self, now_s: float) -> None:
        """Let it connect less often for a while; all that it does meanwhile is one time.

        Many may share an address: one of them that errs now and then does not keep the others waiting for long.
        """
        if now_s < self._until_s:
            return
        self._times = max(0, self._times - int((now_s - self._until_s) / QUIET_S))
        if self._rarely is None:
            self._rarely = Bucket(self._usual.rate * A_TENTH, 1, now_s)
        self._until_s = now_s + FIRST_S * 2**self._times
        self._times = min(self._times + 1, MOST_DOUBLED)

    def came_and_went(self, now_s: float) -> None:
        """Note that a connection was there for a moment only; where many are, they go too far."""
        if not self._usual.has(self._usual.burst / 2, now_s):
            self.went_too_far(now_s)

    def why_not(self, now_s: float) -> str:
        """Return why it may not connect; "" if it may."""
        if not self._usual.has(1, now_s):
            return "rate"
        if self._rarely is not None and now_s < self._until_s and not self._rarely.has(1, now_s):
            return "went_too_far"
        return ""

    def count(self, now_s: float) -> None:
        """Count one connection."""
        self._usual.take(1, now_s)
        if self._rarely is not None:
            self._rarely.take(1, now_s)


class Expected(socket.socket):
    """A connection that has its place although nobody is told of it yet: TLS comes first, and may never end."""

    gone: Callable[[], None]

    def close(self) -> None:
        super().close()
        self.gone()


class Doorstep(socket.socket):
    """A listening socket that gives only those connections that may come in.

    With `expect`, which is given the peer's name and returns what is called when the connection has gone.
    """

    may_come: Callable[[str], bool]
    is_busy: Callable[[], bool]
    expect: Callable[[Any], Callable[[], None]] | None = None
    _accepted = 0  # since others had their turn

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept the next one that may come in.

        Raises:
            BlockingIOError: There is none, or others have their turn first.
        """
        try:
            if self._accepted >= (ACCEPTED_AT_ONCE if self.is_busy() else MANY_AT_ONCE):
                raise BlockingIOError
            accepted = self._next()
        except BlockingIOError:
            self._accepted = 0
            raise
        self._accepted += 1
        return accepted

    def _next(self) -> tuple[socket.socket, Any]:
        for _ in range(REFUSED_AT_ONCE):
            connection, address = super().accept()
            if self.may_come(address[0]):
                return self._expected(connection, address), address
            with contextlib.suppress(OSError):
                if os.name == "posix":  # forgotten by the system as well
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
        raise BlockingIOError

    def _expected(self, connection: socket.socket, address: Any) -> socket.socket:
        if self.expect is None:
            return connection
        family, kind, protocol = connection.family, connection.type, connection.proto
        expected = Expected(family, kind, protocol, fileno=connection.detach())
        expected.gone = self.expect(address)
        return expected


def stand(
    found: tuple[Any, ...],
    port: int,
    may_come: Callable[[str], bool],
    is_busy: Callable[[], bool],
    expect: Callable[[Any], Callable[[], None]] | None = None,
) -> Doorstep:
    """Return a socket bound to what `getaddrinfo` found, with this port.

    Args:
        is_busy: Whether few are to be accepted at a time.

    Raises:
        OSError: It is taken, or none of ours.
    """
    family, kind, protocol, _, address = found
    sock = Doorstep(family, kind, protocol)
    try:
        sock.may_come, sock.is_busy, sock.expect = may_come, is_busy, expect
        if os.name == "posix" and sys.platform != "cygwin":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind((address[0], port, *address[2:]))
    except BaseException:
        sock.close()
        raise
    return sock
