"""The one server: rooms, and mailboxes if it has a store (RELAY_SERVER_SPEC.md).

A relay is this with a SQLite store and the default policy; the listener inside an engine is this with one
mailbox. A connection begins by talking to the server; once in a room it only forwards, and what it forwards
is never parsed.
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

from websockets.asyncio.server import Server as Listening
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from spread.errors import ProtocolError, RouteError
from spread.net import doorstep
from spread.net.addresses import Bucket
from spread.net.daily import Daily
from spread.net.flow import ANSWER_COST
from spread.net.guests import Gate
from spread.net.guests_connection import Guest
from spread.net.inside import Inside
from spread.net.metrics import Metrics
from spread.net.rooms import Rooms, note, send
from spread.net.server_connection import Connection
from spread.net.server_http import Health
from spread.net.server_mail import Mailboxes
from spread.net.server_policy import LISTENER as LISTENER
from spread.net.server_policy import Policy as Policy
from spread.net.siblings import Alone, Siblings
from spread.net.stores import Store
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message

VERSION: Final = 1
PORT_TRIES: Final = 5  # a port free on the first host may be taken on the next
QUEUED_FRAMES: Final = 16  # read ahead; what all connections hold together is limited by `memory_bytes`
KNOCKING: Final = 1024  # may wait to be accepted

log = logging.getLogger(__name__)
# websockets logs what a peer sent and tracebacks of what it broke; we log the kind of a failure and no more.
_silent = logging.getLogger(f"{__name__}.websockets")
_silent.setLevel(logging.CRITICAL + 1)


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
        self._boxes = Mailboxes(
            store, self._policy, self, self._siblings, self._daily, self.metrics, self._gate.flow.hold
        )
        self._listening: list[Listening] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._handlers: dict[str, Callable[[Connection, Message], Coroutine[Any, Any, bool]]] = {
            "HELLO": self._hello,
            "CREATE_ROOM": self._create_room,
            "JOIN_ROOM": self._join_room,
            "OPEN": self._boxes.open,
            "PUT": self._boxes.put,
            "DELETE": self._boxes.delete,
            "REVOKE": self._boxes.revoke,
        }
        self._count_what_is_there()

    def _count_what_is_there(self) -> None:
        gauge = self.metrics.gauge
        gauge("connections", "Open connections.", lambda: len(self._gate))
        gauge("rooms", "Rooms.", lambda: len(self._rooms))
        gauge("rooms_joined", "Rooms with somebody in them.", lambda: self._rooms.joined())
        gauge("mailboxes_open", "Mailboxes that are open.", lambda: len(self._boxes))
        gauge("cpu_seconds_total", "CPU time of this process.", time.process_time)

    async def start(self, hosts: Sequence[str], port: int = 0) -> None:
        """Listen on every host, all on one port; 0 lets the system choose it.

        Raises:
            RouteError: The port is taken, or a host is not one of this machine's.
        """
        await self._siblings.start(self._rooms.join, self._boxes.news)
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

        self.spawn(create())
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
            sock = doorstep.stand(found, port, self._gate.may_come, self._gate.is_busy, expect)
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
            backlog=doorstep.MANY_AT_ONCE
            + 1,  # so often asyncio asks for one; the doorstep says when it is enough
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

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # One connection

    async def _serve(self, ws: ServerConnection) -> None:
        connection = Connection(cast(Guest, ws), self._policy)
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
                await self.error(connection, "bad_message")
        except Exception as error:
            log.error("a connection failed: %s", type(error).__name__)
        finally:
            self._boxes.forget(connection)

    async def _talk(self, connection: Connection) -> None:
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
                await self.error(connection, "unknown_message")
            else:
                self.metrics.messages[message.type] += 1
                in_room = await handler(connection, message)
            patience_s = None if connection.mailbox else self._policy.idle_s

    async def reply(self, connection: Connection, type: str, **fields: Any) -> bool:
        """Send a message; False: the connection goes on talking to us."""
        await send(connection.ws, wire.encode(Message(type, fields)), self._policy.send_s)
        return False

    async def error(self, connection: Connection, reason: str, **fields: Any) -> bool:
        self.metrics.refused[reason] += 1
        self.on_refusal(connection.ws.address, reason)
        await self.reply(connection, "ERROR", reason=reason, **fields)
        most, now = self._policy.errors_per_minute, time.monotonic()
        if connection.errors is None:
            connection.errors = Bucket(most / 60, most, now)
        if not connection.errors.may_take(1, now):
            note(connection.ws, "errors")
            await connection.ws.close(1008, "too many errors")
        return False

    async def _hello(self, connection: Connection, message: Message) -> bool:
        if type(message.fields.get("version")) is not int:  # true is an int, and no version
            raise ProtocolError("bad message HELLO", why="field version is missing or malformed")
        policy, proof = self._policy, {}
        if policy.mailbox_seed is not None and "challenge" in message.fields and connection.is_for_us():
            challenge = message.key("challenge", mailbox.NONCE_BYTES)
            signed = mailbox.listener_proof(policy.mailbox_seed, challenge, connection.nonce, connection.host)
            proof = {"proof": signed.hex()}
        return await self.reply(
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

    async def _create_room(self, connection: Connection, message: Message) -> bool:
        token = self._policy.room_token
        if connection.mailbox is not None:
            return await self.error(connection, "refused")
        if token is not None and not crypto.same(
            message.text("token").encode("utf-8", "replace"), token.encode()
        ):
            return await self.error(connection, "refused")
        connection.ws.protocol.max_message_size = self._policy.message_bytes
        return await self._after_room(connection, await self._rooms.create(connection.ws))

    async def _join_room(self, connection: Connection, message: Message) -> bool:
        id = message.text("room_id")
        if connection.mailbox is not None:
            return await self.error(connection, "refused")
        connection.ws.protocol.max_message_size = self._policy.message_bytes
        reason = await self._rooms.join(connection.ws, id)
        if reason == "room_not_found":
            reason = await self._rooms.join_elsewhere(connection.ws, id)
        return await self._after_room(connection, reason)

    async def _after_room(self, connection: Connection, reason: str | None) -> bool:
        connection.ws.protocol.max_message_size = self._policy.talk_bytes()
        return True if reason is None else await self.error(connection, reason)


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
