"""The mailboxes of the server: who may open one, put into it, take out of it (RELAY_SERVER_SPEC.md).

No mail is queued in memory for a reader: whoever is to get mail is sent pages from the store, at its own pace,
and one that stops reading is closed.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

from websockets.exceptions import ConnectionClosed

from spread.errors import ProtocolError, StoreError
from spread.net.daily import Daily
from spread.net.metrics import Metrics
from spread.net.rooms import send
from spread.net.server_connection import Connection
from spread.net.server_policy import Policy
from spread.net.siblings import Siblings
from spread.net.stores import Mail, Revoked, Store, StoreFull, cost
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message

# So many times where the store cannot be read; the owner comes again, to another relay perhaps.
READ_AGAIN: Final = 5
READ_AGAIN_S: Final = 0.2  # the first time, and so much longer each time
PAGES_AT_ONCE: Final = 8  # taken out of the store; then it is known how much each reader makes us hold

log = logging.getLogger(__name__)


class Answers(Protocol):
    """What the mailboxes want of the server whose they are."""

    async def reply(self, connection: Connection, type: str, **fields: Any) -> bool:
        """Send a message; False: the connection goes on talking to us."""

    async def error(self, connection: Connection, reason: str, **fields: Any) -> bool:
        """Refuse what was asked for, as `reply` does."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do this beside, for as long as there is the server."""


class Mailboxes:
    """Mailboxes that are open here, and what is asked of them.

    Args:
        store: Where mail is kept. None: there are no mailboxes.
        hold: Told how many bytes more a reader makes us hold.
    """

    def __init__(
        self,
        store: Store | None,
        policy: Policy,
        server: Answers,
        siblings: Siblings,
        daily: Daily,
        metrics: Metrics,
        hold: Callable[[int], None],
    ) -> None:
        self._store = store
        self._policy = policy
        self._server = server
        self._siblings = siblings
        self._daily = daily
        self._metrics = metrics
        self._hold = hold
        self._paging = asyncio.Semaphore(PAGES_AT_ONCE)
        self._owners: dict[bytes, set[Connection]] = {}

    def __len__(self) -> int:
        return len(self._owners)

    def forget(self, connection: Connection) -> None:
        """Close the mailbox of a connection that ends."""
        if connection.mailbox is not None:
            owners = self._owners[connection.mailbox]
            owners.discard(connection)
            if not owners:
                del self._owners[connection.mailbox]
            self._siblings.unwatch(connection.mailbox)
        if connection.pusher is not None:
            connection.pusher.cancel()

    async def open(self, connection: Connection, message: Message) -> bool:
        box = message.key("mailbox", crypto.PUBLIC_BYTES)
        proof = message.key("proof", crypto.SIGNATURE_BYTES)
        store, policy = self._store, self._policy
        if store is None or not policy.remote_open or policy.mailbox not in (None, box):
            return await self._server.error(connection, "refused")
        if connection.mailbox is not None or not connection.is_owner(box, proof):
            return await self._server.error(connection, "refused")
        try:
            await self._siblings.watch(box)
        except StoreError:
            return await self._server.error(connection, "unavailable")
        try:
            waiting = await store.count(box)
            await self._server.reply(connection, "OPENED", waiting=waiting)
        except BaseException as error:
            self._siblings.unwatch(box)
            if not isinstance(error, StoreError):
                raise
            return await self._server.error(connection, "unavailable")
        connection.mailbox = box
        self._owners.setdefault(box, set()).add(connection)
        self._push(connection)
        return False

    def news(self, box: bytes | None) -> None:
        """Look for mail that another process has put into this mailbox, or into any."""
        for each in [box] if box is not None else list(self._owners):
            for owner in self._owners.get(each, ()):
                self._push(owner)

    def _push(self, connection: Connection) -> None:
        """Send the owner what it has not been sent yet; returns at once."""
        connection.again = True
        if connection.pusher is None or connection.pusher.done():
            connection.pusher = self._server.spawn(self._send_mail(connection))
            connection.pusher.add_done_callback(connection.pushed)

    async def _send_mail(self, connection: Connection) -> None:
        assert self._store is not None
        assert connection.mailbox is not None
        failures = 0
        while connection.again:
            connection.again = False
            try:
                while page := await self._page(connection, self._store, connection.mailbox):
                    failures = 0
                    for mail in page:
                        fields = {"id": mail.id.hex(), "seq": mail.seq}
                        frame = wire.encode(Message("MAIL", fields, mail.body))
                        await send(connection.ws, frame, self._policy.send_s)
                        connection.sent = mail.seq
                        self._metrics.add("mail_sent_total")
                connection.ws.extra_bytes = 0
            except (ConnectionClosed, TimeoutError):
                return
            except Exception as error:
                failures += 1
                log.error("mail could not be read: %s", type(error).__name__)
                if failures > READ_AGAIN or not isinstance(error, StoreError):
                    await connection.ws.close(1011)
                    return
                connection.again = True
                await asyncio.sleep(failures * READ_AGAIN_S)

    async def _page(self, connection: Connection, store: Store, box: bytes) -> list[Mail]:
        """Take the next mail out of the store; who then holds too much of our memory is closed."""
        async with self._paging:
            page = await store.waiting(box, connection.sent)
            connection.ws.extra_bytes = sum(len(mail.body) for mail in page)
            self._hold(connection.ws.extra_bytes)
        return page

    async def put(self, connection: Connection, message: Message) -> bool:
        box, writer = message.key("mailbox", crypto.PUBLIC_BYTES), message.key("writer", crypto.PUBLIC_BYTES)
        id = message.key("id", mailbox.ID_BYTES)
        reason = await self._keep(connection, message, box, writer, id)
        if reason is not None:
            return await self._server.error(connection, reason, id=id.hex())
        self._metrics.add("stored_total")
        for owner in self._owners.get(box, ()):
            self._push(owner)
        proof, seed = {}, self._policy.mailbox_seed
        if seed is not None and message.body is not None:
            proof = {"proof": mailbox.stored_proof(seed, writer, id, message.body).hex()}
        return await self._server.reply(connection, "STORED", id=id.hex(), **proof)

    async def _keep(
        self, connection: Connection, message: Message, box: bytes, writer: bytes, id: bytes
    ) -> str | None:
        """Put an envelope into the store; return None, or the reason why not."""
        store, policy, body = self._store, self._policy, message.body
        if body is None:
            raise ProtocolError("bad message PUT", why="it has no body")
        if len(body) > policy.envelope_bytes:
            return "too_large"
        if store is None or policy.mailbox not in (None, box) or not connection.may_put(message):
            return "refused"
        if policy.writers is not None:
            if not policy.writers(writer):
                return "refused"
            connection.ws.gate.trust(connection.ws, writer)
        address, size = connection.ws.address, cost(body)
        try:
            if not self._daily.may_put(address, box, size, await store.free()):
                return "full"
            try:
                await store.put(box, writer, id, body)
            except StoreError:
                self._daily.give_back(address, size)
                raise
        except Revoked:
            return "refused"
        except StoreFull:
            return "full"
        except StoreError:
            return "unavailable"
        return None

    async def delete(self, connection: Connection, message: Message) -> bool:
        wanted = mailbox.deletions(message)
        if self._store is None or connection.mailbox is None:
            return await self._server.error(connection, "refused")
        try:
            await self._store.delete(connection.mailbox, wanted)
        except StoreError:
            return await self._server.error(connection, "unavailable")
        return await self._server.reply(connection, "DELETED", items=message.fields["items"])

    async def revoke(self, connection: Connection, message: Message) -> bool:
        writer = message.key("writer", crypto.PUBLIC_BYTES)
        proof = message.key("proof", crypto.SIGNATURE_BYTES)
        if self._store is None or connection.mailbox is None:
            return await self._server.error(connection, "refused")
        if not connection.may_revoke(connection.mailbox, proof, writer):
            return await self._server.error(connection, "refused")
        if not self._daily.may_revoke(connection.ws.address):
            return await self._server.error(connection, "full")
        try:
            await self._store.revoke(connection.mailbox, writer)
        except StoreFull:
            return await self._server.error(connection, "full")
        except StoreError:
            return await self._server.error(connection, "unavailable")
        return await self._server.reply(connection, "REVOKED", writer=writer.hex())
