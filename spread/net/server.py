"""The one server: rooms, and mailboxes if it has a store (RELAY_SERVER_SPEC.md).

A relay is this with a SQLite store and the default policy; the listener inside an engine is this with one
mailbox. A connection begins by talking to the server; once in a room it only forwards, and what it forwards
is never parsed. No mail is queued in memory for a reader: whoever is to get mail is sent pages from the
store, at its own pace, and one that stops reading is closed.
"""

import asyncio
import contextlib
import errno
import logging
import os
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from websockets.asyncio.server import Server as Listening
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from spread.errors import ProtocolError, RouteError, StoreError
from spread.net.rooms import Rooms, address_of, send
from spread.net.server_policy import LISTENER as LISTENER
from spread.net.server_policy import Gate
from spread.net.server_policy import Policy as Policy
from spread.net.siblings import Alone, Siblings
from spread.net.stores import Revoked, Store, StoreFull
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message

VERSION: Final = 1
PORT_TRIES: Final = 5  # a port free on the first host may be taken on the next
QUEUED_FRAMES: Final = 4  # read ahead of a room's other side; each may be `message_bytes`

log = logging.getLogger(__name__)
# websockets logs what a peer sent and tracebacks of what it broke; we log the kind of a failure and no more.
_silent = logging.getLogger(f"{__name__}.websockets")
_silent.setLevel(logging.CRITICAL + 1)


class _Connection:
    """What we know of one connection while it talks to us."""

    __slots__ = ("again", "audiences", "mailbox", "nonce", "pusher", "sent", "ws")

    def __init__(self, ws: ServerConnection, policy: Policy) -> None:
        self.ws = ws
        self.nonce = os.urandom(mailbox.NONCE_BYTES)
        host = ws.request.headers.get("Host", "") if ws.request else ""
        self.audiences = policy.audiences or (host,)
        self.mailbox: bytes | None = None  # open here
        self.sent = 0  # the last seq of it that was sent
        self.again = False  # there may be more to send
        self.pusher: asyncio.Task[None] | None = None

    def is_owner(self, box: bytes, proof: bytes) -> bool:
        return any(mailbox.is_owner(box, proof, self.nonce, name) for name in self.audiences)

    def may_put(self, message: Message) -> bool:
        return any(mailbox.may_put(message, self.nonce, name) for name in self.audiences)


class Server:
    """Rooms and mailboxes on one port.

    Args:
        store: Where mail is kept; it stays the caller's to close. None: rooms only.
        siblings: The other processes that serve the same; they are started and closed with the server.
    """

    def __init__(
        self, store: Store | None, policy: Policy | None = None, siblings: Siblings | None = None
    ) -> None:
        self.port = 0
        self._store = store
        self._policy = policy or Policy()
        self._siblings = siblings or Alone()
        self._rooms = Rooms(self._policy.room_limits(), self._siblings)
        self._gate = Gate(self._policy.connections, self._policy.per_address)
        self._owners: dict[bytes, set[_Connection]] = {}
        self._listening: list[Listening] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._handlers: dict[str, Callable[[_Connection, Message], Coroutine[Any, Any, bool]]] = {
            "HELLO": self._hello,
            "CREATE_ROOM": self._create_room,
            "JOIN_ROOM": self._join_room,
            "OPEN": self._open,
            "PUT": self._put,
            "DELETE": self._delete,
            "REVOKE": self._revoke,
        }

    async def start(self, hosts: Sequence[str], port: int = 0) -> None:
        """Listen on every host, all on one port; 0 lets the system choose it.

        Raises:
            RouteError: The port is taken, or a host is not one of this machine's.
        """
        await self._siblings.start(self._rooms.join, self._news)
        tries = PORT_TRIES if port == 0 else 1
        for left in reversed(range(tries)):
            try:
                self.port = port
                for host in hosts:
                    self._listening.append(await self._listen(host, self.port))
                    self.port = self.port or self._listening[0].sockets[0].getsockname()[1]
            except OSError as error:
                await self._stop()
                if not left or error.errno != errno.EADDRINUSE:
                    raise _cannot_listen(error, host, self.port) from None
            else:
                return

    async def close(self) -> None:
        """Close every connection and stop listening."""
        await self._stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._siblings.close()

    async def _listen(self, host: str, port: int) -> Listening:
        policy = self._policy
        return await serve(
            self._serve,
            host,
            port,
            compression=None,
            open_timeout=policy.handshake_s,
            ping_interval=policy.ping_s,
            ping_timeout=policy.ping_s,
            close_timeout=policy.close_s,
            max_size=policy.message_bytes,
            max_queue=QUEUED_FRAMES,
            server_header=None,
            create_connection=self._gate.kind,
            logger=_silent,
        )

    async def _stop(self) -> None:
        for listening in self._listening:
            listening.close()
        self._gate.end_handshakes()  # whoever says nothing would hold us up for `handshake_s`
        for listening in self._listening:
            await listening.wait_closed()
        self._listening.clear()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # One connection

    async def _serve(self, ws: ServerConnection) -> None:
        connection = _Connection(ws, self._policy)
        try:
            await self._talk(connection)
        except (ConnectionClosed, TimeoutError):
            pass  # gone, or silent for too long
        except ProtocolError:
            with contextlib.suppress(ConnectionClosed, TimeoutError):
                await self._error(connection, "bad_message")
        except Exception as error:
            log.error("a connection failed: %s", type(error).__name__)
        finally:
            self._forget(connection)

    async def _talk(self, connection: _Connection) -> None:
        """Answer messages until the connection has been in a room, errs, or is silent for too long."""
        patience_s: float | None = self._policy.handshake_s
        in_room = False
        while not in_room:
            async with asyncio.timeout(patience_s):
                frame = await connection.ws.recv()
            message = wire.decode(frame)
            handler = self._handlers.get(message.type)
            if handler is None:
                await self._error(connection, "unknown_message")
            else:
                in_room = await handler(connection, message)
            patience_s = None if connection.mailbox else self._policy.idle_s

    def _forget(self, connection: _Connection) -> None:
        if connection.mailbox is not None:
            owners = self._owners[connection.mailbox]
            owners.discard(connection)
            if not owners:
                del self._owners[connection.mailbox]
            self._siblings.unwatch(connection.mailbox)
        if connection.pusher is not None:
            connection.pusher.cancel()

    async def _reply(self, connection: _Connection, type: str, **fields: Any) -> bool:
        """Send a message; False: the connection goes on talking to us."""
        await send(connection.ws, wire.encode(Message(type, fields)), self._policy.send_s)
        return False

    async def _error(self, connection: _Connection, reason: str, **fields: Any) -> bool:
        return await self._reply(connection, "ERROR", reason=reason, **fields)

    async def _hello(self, connection: _Connection, message: Message) -> bool:
        if type(message.fields.get("version")) is not int:  # true is an int, and no version
            raise ProtocolError("bad message HELLO", why="field version is missing or malformed")
        policy = self._policy
        return await self._reply(
            connection,
            "WELCOME",
            version=VERSION,
            features=["rooms", "mailboxes"] if self._store else ["rooms"],
            nonce=connection.nonce.hex(),
            time=int(time.time()),
            limits={
                "message_bytes": policy.message_bytes,
                "envelope_bytes": policy.envelope_bytes,
                "age_s": policy.age_s,
            },
        )

    async def _create_room(self, connection: _Connection, message: Message) -> bool:
        token = self._policy.room_token
        if connection.mailbox is not None:
            return await self._error(connection, "refused")
        if token is not None and not crypto.same(
            message.text("token").encode("utf-8", "replace"), token.encode()
        ):
            return await self._error(connection, "refused")
        return await self._after_room(connection, await self._rooms.create(connection.ws))

    async def _join_room(self, connection: _Connection, message: Message) -> bool:
        id = message.text("room_id")
        if connection.mailbox is not None:
            return await self._error(connection, "refused")
        reason = await self._rooms.join(connection.ws, id)
        if reason == "room_not_found":
            reason = await self._siblings.join(connection.ws, id, address_of(connection.ws))
        return await self._after_room(connection, reason)

    async def _after_room(self, connection: _Connection, reason: str | None) -> bool:
        return True if reason is None else await self._error(connection, reason)

    # Mailboxes

    async def _open(self, connection: _Connection, message: Message) -> bool:
        box = message.key("mailbox", crypto.PUBLIC_BYTES)
        proof = message.key("proof", crypto.SIGNATURE_BYTES)
        store, policy = self._store, self._policy
        if store is None or not policy.remote_open or policy.mailbox not in (None, box):
            return await self._error(connection, "refused")
        if connection.mailbox is not None or not connection.is_owner(box, proof):
            return await self._error(connection, "refused")
        try:
            await self._siblings.watch(box)
        except StoreError:
            return await self._error(connection, "unavailable")
        try:
            waiting = await store.count(box)
            await self._reply(connection, "OPENED", waiting=waiting)
        except BaseException as error:
            self._siblings.unwatch(box)
            if not isinstance(error, StoreError):
                raise
            return await self._error(connection, "unavailable")
        connection.mailbox = box
        self._owners.setdefault(box, set()).add(connection)
        self._push(connection)
        return False

    def _news(self, box: bytes | None) -> None:
        """Look for mail that another process has put into this mailbox, or into any."""
        for each in [box] if box is not None else list(self._owners):
            for owner in self._owners.get(each, ()):
                self._push(owner)

    def _push(self, connection: _Connection) -> None:
        """Send the owner what it has not been sent yet; returns at once."""
        connection.again = True
        if connection.pusher is None or connection.pusher.done():
            connection.pusher = self._spawn(self._send_mail(connection))

    async def _send_mail(self, connection: _Connection) -> None:
        assert self._store is not None
        assert connection.mailbox is not None
        try:
            while connection.again:
                connection.again = False
                while page := await self._store.waiting(connection.mailbox, connection.sent):
                    for mail in page:
                        fields = {"id": mail.id.hex(), "seq": mail.seq}
                        frame = wire.encode(Message("MAIL", fields, mail.body))
                        await send(connection.ws, frame, self._policy.send_s)
                        connection.sent = mail.seq
        except (ConnectionClosed, TimeoutError):
            pass
        except Exception as error:
            log.error("mail could not be read: %s", type(error).__name__)
            await connection.ws.close(1011)

    async def _put(self, connection: _Connection, message: Message) -> bool:
        box, writer = message.key("mailbox", crypto.PUBLIC_BYTES), message.key("writer", crypto.PUBLIC_BYTES)
        id = message.key("id", mailbox.ID_BYTES)
        reason = await self._keep(connection, message, box, writer, id)
        if reason is not None:
            return await self._error(connection, reason, id=id.hex())
        for owner in self._owners.get(box, ()):
            self._push(owner)
        return await self._reply(connection, "STORED", id=id.hex())

    async def _keep(
        self, connection: _Connection, message: Message, box: bytes, writer: bytes, id: bytes
    ) -> str | None:
        """Put an envelope into the store; return None, or the reason why not."""
        store, policy, body = self._store, self._policy, message.body
        if body is None:
            raise ProtocolError("bad message PUT", why="it has no body")
        if len(body) > policy.envelope_bytes:
            return "too_large"
        if store is None or policy.mailbox not in (None, box) or not connection.may_put(message):
            return "refused"
        if policy.writers is not None and not policy.writers(writer):
            return "refused"
        try:
            await store.put(box, writer, id, body)
        except Revoked:
            return "refused"
        except StoreFull:
            return "full"
        except StoreError:
            return "unavailable"
        return None

    async def _delete(self, connection: _Connection, message: Message) -> bool:
        wanted = mailbox.deletions(message)
        if self._store is None or connection.mailbox is None:
            return await self._error(connection, "refused")
        try:
            await self._store.delete(connection.mailbox, wanted)
        except StoreError:
            return await self._error(connection, "unavailable")
        return await self._reply(connection, "DELETED", items=message.fields["items"])

    async def _revoke(self, connection: _Connection, message: Message) -> bool:
        writer = message.key("writer", crypto.PUBLIC_BYTES)
        if self._store is None or connection.mailbox is None:
            return await self._error(connection, "refused")
        try:
            await self._store.revoke(connection.mailbox, writer)
        except StoreFull:
            return await self._error(connection, "full")
        except StoreError:
            return await self._error(connection, "unavailable")
        return await self._reply(connection, "REVOKED", writer=writer.hex())


def _cannot_listen(error: OSError, host: str, port: int) -> RouteError:
    if error.errno == errno.EADDRINUSE:
        return RouteError(
            f"port {port} is taken",
            why=f"another program listens on {host}",
            hint="stop it, or choose another port with --port",
            transient=False,
        )
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror or error)
    return RouteError(
        f"cannot listen on {host} port {port}",
        why=why,
        hint="give one of this machine's addresses",
        transient=False,
    )
