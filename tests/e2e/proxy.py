"""A TCP proxy on loopback that breaks connections: by a reset, in the middle of whatever they carry."""

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing sends RST


class Proxy:
    """Passes connections on to a port; each `reset_after` breaks one of them."""

    def __init__(self, to: int) -> None:
        self.resets = 0
        self._to = to
        self._budgets: list[int] = []  # bytes that may still pass before the next one breaks
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._reset(pair)

    def reset_after(self, size: int) -> None:
        """Break the connection over which the `size`th byte from now passes; orders of the same time break one each."""
        with self._lock:
            self._budgets.append(size)

    def _accept(self) -> None:
        while True:
            try:
                ours, _ = self._listener.accept()
            except OSError:
                return
            try:
                theirs = socket.create_connection(("127.0.0.1", self._to), timeout=5)
            except OSError:  # the relay is down
                ours.close()
                continue
            theirs.settimeout(None)
            with self._lock:
                self._pairs.add((ours, theirs))
            for source, sink in ((ours, theirs), (theirs, ours)):
                threading.Thread(target=self._pass, args=(source, sink, (ours, theirs)), daemon=True).start()

    def _pass(
        self, source: socket.socket, sink: socket.socket, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._is_spent(len(data)):
                    sink.sendall(data[: len(data) // 2])
                    self._reset(pair)
                    return
                sink.sendall(data)
        with self._lock:
            self._pairs.discard(pair)
        for one in pair:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _is_spent(self, size: int) -> bool:
        """Tell whether a connection that carries `size` bytes more is to break; one order a call."""
        with self._lock:
            self._budgets = sorted(left - size for left in self._budgets)
            spent = bool(self._budgets) and self._budgets[0] <= 0
            if spent:
                del self._budgets[0]
                self.resets += 1
            return spent

    def _reset(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.discard(pair)
        for one in pair:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                one.shutdown(socket.SHUT_RD)  # wakes the thread that reads it
                one.close()
