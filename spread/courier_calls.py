"""Connections as the courier uses them: put something, see whether anybody is there, hang up."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from spread.errors import RouteError
from spread.mailroom import Letter
from spread.net.client import Connection

REPLY_S: Final = 4.0  # of a machine on the LAN


class Calls:
    """What all connections have in common, and those that are just being ended."""

    def __init__(self) -> None:
        self.closing: set[asyncio.Task[None]] = set()

    async def see(self, connection: Connection) -> None:
        """Hang up on a connection on which nobody answers."""
        if not await connection.answers(REPLY_S / 2):
            self.hang_up(connection)

    def hang_up(self, connection: Connection) -> None:
        """Give a connection up at once."""
        connection.closed.set()  # nobody is to use it any more; a goodbye may take a while
        self.later(connection.close())

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for."""
        task = asyncio.create_task(work)
        self.closing.add(task)
        task.add_done_callback(self.closing.discard)

    async def put(self, connection: Connection, letter: Letter, within_s: float | None) -> None:
        """Put an envelope into a mailbox.

        Raises:
            RouteError: It is not there.
        """
        try:
            async with asyncio.timeout(within_s):
                await connection.put(
                    letter.mailbox, letter.writer_seed, letter.grant, letter.id, letter.envelope
                )
        except TimeoutError:
            self.hang_up(connection)
            raise RouteError(f"{connection.url} does not answer") from None
        except RouteError as problem:
            if problem.what.endswith(
                "does not answer"
            ):  # a connection over a network that is away may never end
                self.hang_up(connection)
            raise

    async def close(self) -> None:
        """Wait for those that are being ended."""
        await asyncio.gather(*self.closing, return_exceptions=True)
