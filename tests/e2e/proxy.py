"""A TCP proxy on loopback that breaks connections: by a reset, in the middle of whatever they carry."""

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing sends RST


class Proxy:
    """Passes connections on to a port; `reset_after` lets all that are open break."""

    def __init__(self, to: int) -> None:
        self.resets = 0
        self._to = to
        self._budget: int | None = None
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
        self._reset()

    def reset_after(self, size: int) -> None:
        """Break every connection as soon as `size` more bytes have passed; 0: at once, or the next if there is none."""
        with self._lock:
            at_once = size == 0 and bool(self._pairs)
            self._budget = None if at_once else max(size, 1)
        if at_once:
            self._reset()

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
                    self._reset()
                    return
                sink.sendall(data)
        with self._lock:
            self._pairs.discard(pair)
        for one in pair:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _is_spent(self, size: int) -> bool:
        with self._lock:
            if self._budget is None:
                return False
            self._budget -= size
            if self._budget > 0:
                return False
            self._budget = None
            return True

    def _reset(self) -> None:
        with self._lock:
            pairs, self._pairs = self._pairs, set()
            self.resets += len(pairs)
        for one in (one for pair in pairs for one in pair):
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                one.shutdown(socket.SHUT_RD)  # wakes the thread that reads it
                one.close()
