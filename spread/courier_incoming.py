"""What our listener has accepted: one file an envelope, until the engine opens it."""

import asyncio
import os
import time
from collections.abc import Callable
from typing import Final

from spread.net import stores
from spread.paths import Paths, write_atomic

MAX_INCOMING: Final = 256  # envelopes accepted and not opened yet
MAX_INCOMING_EACH: Final = 64  # of one peer: a flood of one must not keep the others out
SUFFIX: Final = ".env"


class Incoming:
    """The store behind our listener: durable files the engine opens soon; nobody reads them over the network."""

    def __init__(self, paths: Paths, on_put: Callable[[], None]) -> None:
        self._paths = paths
        self._on_put = on_put

    async def put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        """Keep an envelope until the engine has taken it in."""
        whose = f"-{writer[:8].hex()}-"
        names = os.listdir(self._paths.incoming)
        if len(names) >= MAX_INCOMING or sum(whose in name for name in names) >= MAX_INCOMING_EACH:
            raise stores.StoreFull("too much mail waits to be opened")
        name = f"{time.time_ns():020d}{whose}{os.urandom(4).hex()}{SUFFIX}"
        try:
            await asyncio.to_thread(write_atomic, os.path.join(self._paths.incoming, name), body)
        except OSError as problem:
            raise stores.StoreFull("cannot keep mail", why=problem.strerror or "") from None
        self._on_put()

    async def waiting(self, mailbox: bytes, after: int = 0, limit: int = 0) -> list[stores.Mail]:
        """Return nothing: the policy lets nobody open the mailbox."""
        return []

    async def count(self, mailbox: bytes) -> int:
        """Return 0, as `waiting`."""
        return 0

    async def delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        """Do nothing, as `waiting`."""

    async def revoke(self, mailbox: bytes, writer: bytes) -> None:
        """Do nothing: whom we have unpaired is no longer among the writers."""

    async def is_revoked(self, mailbox: bytes, writer: bytes) -> bool:
        """Return False, as `revoke`."""
        return False

    async def free(self) -> float:
        """Return 1: what may wait is bounded by number, and the policy knows who may put."""
        return 1.0

    async def close(self) -> None:
        """Do nothing."""
