"""What a server asks of the other processes that serve the same rooms and mailboxes, if there are any."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from websockets.asyncio.server import ServerConnection

# Connection, room, address: as Rooms.join.
Join = Callable[[ServerConnection, str, str], Awaitable[str | None]]
News = Callable[[bytes | None], None]  # there is mail in this mailbox, or perhaps in any


class Siblings(Protocol):
    """The other processes, as one server sees them."""

    async def start(self, join: Join, news: News) -> None:
        """Be one of them from now on.

        Args:
            join: Called for somebody who came to another process and wants into a room of ours.
            news: Called when another process has put mail into a mailbox that we watch.
        """

    async def close(self) -> None:
        """Be one of them no longer."""

    async def claim(self, room_id: str) -> bool:
        """Make a room of ours known to the others; False if that cannot be."""

    def release(self, room_id: str) -> None:
        """Make it known no longer; returns at once."""

    async def join(self, joiner: ServerConnection, room_id: str, address: str) -> str | None:
        """Bring somebody into a room of another process, and forward until one of the two has gone.

        Returns:
            None, or the reason why it was not let in.
        """

    async def watch(self, mailbox: bytes) -> None:
        """Have `news` called for this mailbox; once this returns, none is missed.

        Raises:
            StoreError: It cannot be; the mailbox is not watched.
        """

    def unwatch(self, mailbox: bytes) -> None:
        """Take back one `watch`; returns at once."""


class Alone:
    """No other processes."""

    async def start(self, join: Join, news: News) -> None:
        pass

    async def close(self) -> None:
        pass

    async def claim(self, room_id: str) -> bool:
        return True

    def release(self, room_id: str) -> None:
        pass

    async def join(self, joiner: ServerConnection, room_id: str, address: str) -> str | None:
        return "room_not_found"

    async def watch(self, mailbox: bytes) -> None:
        pass

    def unwatch(self, mailbox: bytes) -> None:
        pass
