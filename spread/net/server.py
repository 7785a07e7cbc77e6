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
import socket
import ssl
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, cast
from urllib.parse import urlsplit

from websockets.asyncio.server import Server as Listening
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from spread.errors import ProtocolError, RouteError, StoreError
from spread.net import doorstep
from spread.net.addresses import Bucket
from spread.net.daily import Daily
from spread.net.flow import ANSWER_COST
from spread.net.guests import Gate, Guest
from spread.net.inside import Inside
from spread.net.metrics import Metrics
from spread.net.rooms import Rooms, note, send
from spread.net.server_http import Health
from spread.net.server_policy import LISTENER as LISTENER
from spread.net.server_policy import Policy as Policy
from spread.net.siblings import Alone, Siblings
from spread.net.stores import Mail, Revoked, Store, StoreFull, cost
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message

VERSION: Final = 1
PORT_TRIES: Final = 5  # a port free on the first host may be taken on the next
QUEUED_FRAMES: Final = 16  # read ahead; what all connections hold together is limited by `memory_bytes`
ACCEPTED_AT_ONCE: Final = 2  # then the others have their turn, however many knock
KNOCKING: Final = 1024  # may wait to be accepted
READ_AGAIN: Final = (
    5  # times, where the store cannot be read; the owner comes again to another relay, perhaps
)
READ_AGAIN_S: Final = 0.2  # the first time, and so much longer each time
PAGES_AT_ONCE: Final = 8  # taken out of the store; then it is known how much each reader makes us hold

log = logging.getLogger(__name__)
# websockets logs what a peer sent and tracebacks of what it broke; we log the kind of a failure and no more.
_NO_REQUEST: Final = Request("", Headers())
_silent = logging.getLogger(f"{__name__}.websockets")
_silent.setLevel(logging.CRITICAL + 1)


class _Connection:
    """What we know of one connection while it talks to us."""

    __slots__ = ("again", "audiences", "errors", "host", "mailbox", "nonce", "pusher", "sent", "ws")

    def __init__(self, ws: Guest, policy: Policy) -> None:
        self.ws = ws
        self.nonce = os.urandom(mailbox.NONCE_BYTES)
        host = ws.request.headers.get("Host", "") if ws.request else ""
        self.host = host
        self.audiences = policy.audiences or (host,)
        ws.request, ws.response = _NO_REQUEST, None  # the headers of thousands that are idle take their place
        self.mailbox: bytes | None = None  # open here
        self.sent = 0  # the last seq of it that was sent
        self.again = False  # there may be more to send
        self.pusher: asyncio.Task[None] | None = None
        self.errors: Bucket | None = None  # that it may still be answered

    def is_for_us(self) -> bool:
        """Tell whether the client dialled the address that it came to: else somebody in between passes us on."""
        try:
            parts = urlsplit(f"ws://{self.host}")
            dialled = (parts.hostname or "").partition("%")[0], parts.port or 80
        except ValueError:
            return False
        host, port = (self.ws.transport.get_extra_info("sockname") or ("", 0))[:2]
        return dialled == (host.partition("%")[0], port)

    def pushed(self, pusher: "asyncio.Task[None]") -> None:
        if self.pusher is pusher:
            self.pusher = None

    def is_owner(self, box: bytes, proof: bytes) -> bool:
        return any(mailbox.is_owner(box, proof, self.nonce, name) for name in self.audiences)

    def may_revoke(self, box: bytes, proof: bytes, writer: bytes) -> bool:
        return any(mailbox.may_revoke(box, proof, self.nonce, name, writer) for name in self.audiences)

    def may_put(self, message: Message) -> bool:
        return any(mailbox.may_put(message, self.nonce, name) for name in self.audiences)


class Server:
    """Rooms and mailboxes on one port.

    Args:
        store: Where mail is kept; it stays the caller's to close. None: rooms only.
        tls: With a certificate: speak TLS. None: speak plainly, as behind a proxy.
        siblings: The other processes that serve the same; they are started and closed with the server.
    """

    def __init__(
        self,
        store: Store | None,
        policy: Policy | None = None,
        tls: ssl.SSLContext | None = None,
        siblings: Siblings | None = None,
    ) -> None:
        self.port = 0
        self.metrics = Metrics()
        self.health = Health(store)
        self.on_refusal: Callable[[str, str], None] = lambda address, reason: None
        self._tls = tls
        self._store = store
        self._policy = policy or Policy()
        self._siblings = siblings or Alone()
        self._rooms = Rooms(self._policy.room_limits(), self._siblings)
        self._gate = Gate(self._policy.door(), self._policy.rates(), self.metrics)
        self._daily = Daily(self._policy.daily())
        self._paging = asyncio.Semaphore(PAGES_AT_ONCE)
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
        self._count_what_is_there()

    def _count_what_is_there(self) -> None:
        gauge = self.metrics.gauge
        gauge("connections", "Open connections.", lambda: len(self._gate))
        gauge("rooms", "Rooms.", lambda: len(self._rooms))
        gauge("rooms_joined", "Rooms with somebody in them.", lambda: self._rooms.joined())
        gauge("mailboxes_open", "Mailboxes that are open.", lambda: len(self._owners))
        gauge("cpu_seconds_total", "CPU time of this process.", time.process_time)

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
                    await self._listen(host, self.port)
            except OSError as error:
                await self._stop()
                if not left or error.errno != errno.EADDRINUSE:
                    raise _cannot_listen(error, host, self.port) from None
            else:
                return

    async def move(self, hosts: Sequence[str]) -> None:
        """Listen on these addresses instead, on the same port; connections to those that stay go on.

        Raises:
            RouteError: One cannot be listened on (yet); the others are.
        """
        here = {each.sockets[0].getsockname()[0]: each for each in self._listening if each.sockets}
        for host in here.keys() - set(hosts):
            here[host].close()
            self._listening.remove(here[host])
        for host in hosts:
            if host not in here:
                try:
                    await self._listen(host, self.port)
                except OSError as error:
                    raise _cannot_listen(error, host, self.port) from None

    async def close(self) -> None:
        """Close every connection and stop listening."""
        await self._stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._siblings.close()

    def make_room(self) -> Inside:
        """Make a room from within this process; its first frame is the answer to that, as with CREATE_ROOM."""
        inside = Inside()

        async def create() -> None:
            await self._rooms.create(inside)
            await inside.close()  # it may be that there is no room

        self._spawn(create())
        return inside

    def let_nobody_in(self) -> None:
        """Stop listening; those that are connected go on."""
        self.health.is_draining = True
        for listening in self._listening:
            listening.server.close()

    async def drain(self, most_s: float) -> None:
        """Wait until those that are in a room together have left it, at most `most_s`."""
        await self._rooms.ended(most_s)

    async def _listen(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        for found in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
            expect = self._gate.expect if self._tls else None
            sock = doorstep.stand(found, port, self._gate.may_come, expect)
            port = port or sock.getsockname()[1]
            try:
                self._listening.append(await self._listen_on(sock))
            except BaseException:
                sock.close()
                raise
        self.port = port

    async def _listen_on(self, sock: socket.socket) -> Listening:
        policy = self._policy
        listening = await serve(
            self._serve,
            sock=sock,
            compression=None,
            open_timeout=policy.handshake_s,
            ping_interval=policy.ping_s,
            ping_timeout=policy.ping_s,
            close_timeout=policy.close_s,
            max_size=policy.message_bytes,
            max_queue=QUEUED_FRAMES,
            server_header=None,
            create_connection=self._gate.kind,
            process_request=self._request,
            logger=_silent,
            ssl=self._tls,
            ssl_handshake_timeout=policy.handshake_s if self._tls else None,
            backlog=ACCEPTED_AT_ONCE,  # so many asyncio accepts before it does anything else
        )
        for each in listening.sockets:
            with socket.socket(fileno=os.dup(each.fileno())) as same:
                same.listen(KNOCKING)
        return listening

    async def _request(self, ws: ServerConnection, request: Request) -> Response | None:
        return await self.health.answer(ws, request) or self._gate.admit(cast(Guest, ws), request)

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
        connection = _Connection(cast(Guest, ws), self._policy)
        ws.protocol.max_message_size = self._policy.talk_bytes()
        try:
            await self._gate.flow.strangers.timed(self._talk(connection), connection.ws.flow)
        except ConnectionClosed:
            pass
        except TimeoutError:
            note(ws, connection.ws.why or "silent")
        except ProtocolError:
            note(ws, "bad_message")
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
            flow = connection.ws.flow
            if not flow.is_known and flow.credit < 0:
                await self._gate.flow.strangers.turn(connection.ws.address)
            message = wire.decode(frame)
            flow.credit -= ANSWER_COST
            handler = self._handlers.get(message.type)
            if handler is None:
                await self._error(connection, "unknown_message")
            else:
                self.metrics.messages[message.type] += 1
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
        self.metrics.refused[reason] += 1
        self.on_refusal(connection.ws.address, reason)
        await self._reply(connection, "ERROR", reason=reason, **fields)
        most, now = self._policy.errors_per_minute, time.monotonic()
        if connection.errors is None:
            connection.errors = Bucket(most / 60, most, now)
        if not connection.errors.may_take(1, now):
            note(connection.ws, "errors")
            await connection.ws.close(1008, "too many errors")
        return False

    async def _hello(self, connection: _Connection, message: Message) -> bool:
        if type(message.fields.get("version")) is not int:  # true is an int, and no version
            raise ProtocolError("bad message HELLO", why="field version is missing or malformed")
        policy, proof = self._policy, {}
        if policy.mailbox_seed is not None and "challenge" in message.fields and connection.is_for_us():
            challenge = message.key("challenge", mailbox.NONCE_BYTES)
            signed = mailbox.listener_proof(policy.mailbox_seed, challenge, connection.nonce, connection.host)
            proof = {"proof": signed.hex()}
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
            **proof,
        )

    async def _create_room(self, connection: _Connection, message: Message) -> bool:
        token = self._policy.room_token
        if connection.mailbox is not None:
            return await self._error(connection, "refused")
        if token is not None and not crypto.same(
            message.text("token").encode("utf-8", "replace"), token.encode()
        ):
            return await self._error(connection, "refused")
        connection.ws.protocol.max_message_size = self._policy.message_bytes
        return await self._after_room(connection, await self._rooms.create(connection.ws))

    async def _join_room(self, connection: _Connection, message: Message) -> bool:
        id = message.text("room_id")
        if connection.mailbox is not None:
            return await self._error(connection, "refused")
        connection.ws.protocol.max_message_size = self._policy.message_bytes
        reason = await self._rooms.join(connection.ws, id)
        if reason == "room_not_found":
            reason = await self._rooms.join_elsewhere(connection.ws, id)
        return await self._after_room(connection, reason)

    async def _after_room(self, connection: _Connection, reason: str | None) -> bool:
        connection.ws.protocol.max_message_size = self._policy.talk_bytes()
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
            connection.pusher.add_done_callback(connection.pushed)

    async def _send_mail(self, connection: _Connection) -> None:
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
                        self.metrics.add("mail_sent_total")
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

    async def _page(self, connection: _Connection, store: Store, box: bytes) -> list[Mail]:
        """Take the next mail out of the store; who then holds too much of our memory is closed."""
        async with self._paging:
            page = await store.waiting(box, connection.sent)
            connection.ws.extra_bytes = sum(len(mail.body) for mail in page)
            self._gate.flow.hold(connection.ws.extra_bytes)
        return page

    async def _put(self, connection: _Connection, message: Message) -> bool:
        box, writer = message.key("mailbox", crypto.PUBLIC_BYTES), message.key("writer", crypto.PUBLIC_BYTES)
        id = message.key("id", mailbox.ID_BYTES)
        reason = await self._keep(connection, message, box, writer, id)
        if reason is not None:
            return await self._error(connection, reason, id=id.hex())
        self.metrics.add("stored_total")
        for owner in self._owners.get(box, ()):
            self._push(owner)
        proof, seed = {}, self._policy.mailbox_seed
        if seed is not None and message.body is not None:
            proof = {"proof": mailbox.stored_proof(seed, writer, id, message.body).hex()}
        return await self._reply(connection, "STORED", id=id.hex(), **proof)

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
        proof = message.key("proof", crypto.SIGNATURE_BYTES)
        if self._store is None or connection.mailbox is None:
            return await self._error(connection, "refused")
        if not connection.may_revoke(connection.mailbox, proof, writer):
            return await self._error(connection, "refused")
        if not self._daily.may_revoke(connection.ws.address):
            return await self._error(connection, "full")
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
