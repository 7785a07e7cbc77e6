"""The one client: a connection to a relay or to a listener (RELAY_SERVER_SPEC.md, "Messages")."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import websockets
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as ws_connect
from websockets.frames import Frame, Opcode
from websockets.protocol import Event

from spread import claude
from spread.errors import ProtocolError, RouteError
from spread.net.addresses import Bucket, is_near
from spread.net.bounds import Bounds
from spread.net.client_tokens import audience_of, authorization
from spread.net.reach import advice, explain
from spread.protocol import crypto, envelope, mailbox, wire

VERSION: Final = 1  # of the protocol; the only one there is
LATEST_S: Final = 253_402_300_800  # the end of the year 9999 (unix seconds): no clock is beyond
CONNECT_TIMEOUT_S: Final = 5.0
REPLY_TIMEOUT_S: Final = 10.0
WHY_NOT_PUT: Final = "it takes nothing from this machine, as after an unpairing there"
QUEUED_FRAMES: Final = 4  # read ahead of us; a stranger in our room may make each `max_bytes` long
PASSING: Final = (1001, 1011, 1012, 1013)  # RFC 6455 section 7.4.1, and IANA: it stops, fails, or is busy
MAX_UNREAD: Final = 64  # envelopes taken from a server and not looked at yet; then its sending is held back
# What a server sends unasked (pings, answers to nothing), at once and in a second; to take it costs us more than it.
NOISE: Final = 100
NOISE_S: Final = 10.0
MAX_MAIL_MESSAGE_BYTES: Final = envelope.MAX_ENVELOPE_BYTES + wire.MAX_HEADER_BYTES + 4


class _Guarded(ClientConnection):
    """A connection to a server that may be hostile."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.bounds = Bounds()
        self._noise = Bucket(NOISE_S, NOISE, time.monotonic())

    def hear_noise(self) -> None:
        """Count what nobody asked for; a server that goes too far is hung up on, as it would keep us busy with it."""
        if not self._noise.may_take(1, time.monotonic()):
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self.bounds.receive(self.transport, super().data_received, data)

    def process_event(self, event: Event) -> None:
        if isinstance(event, Frame) and event.opcode in (Opcode.PING, Opcode.PONG):
            self.hear_noise()
        if self.bounds.allows(event):
            super().process_event(event)
        else:
            self.transport.abort()


class _Distant(_Guarded):
    """A connection to where somebody else has sent us: to no service of this machine, whatever a name resolves to."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if is_near(str((transport.get_extra_info("peername") or ("",))[0])):
            self.transport.abort()  # before anything is sent


class _Connect(ws_connect):
    """Connects to where it was told and nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Take a redirect for the failure that it is: the address is the user's choice, or was checked."""
        return exc


def is_near_relay(url: str) -> bool:
    """Tell whether a relay is on this machine, or on the same cable, as far as its address says."""
    return is_near(urlsplit(url).hostname or "")


async def dial(
    url: str,
    timeout_s: float = CONNECT_TIMEOUT_S,
    max_bytes: int = wire.MAX_MESSAGE_BYTES,
    *,
    near: bool = True,
) -> ClientConnection:
    """Open a WebSocket without proxy and compression.

    Args:
        near: Whether it may be on this machine; not where only a peer says that something is there.

    Raises:
        RouteError: It did not open within `timeout_s`; transient unless the URL itself is wrong.
    """
    if not near and is_near_relay(url):
        raise RouteError(
            f"{url} is not used", why="a peer names a relay on this machine",
            hint="if that relay is yours, it is `relay` in config.toml here too", transient=False,
        )  # fmt: skip
    try:
        return await _Connect(
            url, proxy=None, compression=None, max_size=max_bytes, open_timeout=timeout_s,
            max_queue=QUEUED_FRAMES, ping_interval=20, ping_timeout=20, close_timeout=1,
            additional_headers=authorization(url), create_connection=_Guarded if near else _Distant,
        )  # fmt: skip
    except websockets.InvalidURI:
        raise _no_address(url) from None
    except (
        OSError,
        websockets.WebSocketException,
        EOFError,
    ) as problem:  # OSError first: a bad certificate is both
        why = explain(problem)
        hint = advice(url, why) or "check the address and that the server runs"
        raise RouteError(f"cannot reach {url}", why=why, hint=hint) from None
    except ValueError:
        raise _no_address(url) from None


def _no_address(url: str) -> RouteError:
    return RouteError(
        f"{url} is no WebSocket address", hint="it looks like wss://relay.example", transient=False
    )


class UnprovenError(RouteError):
    """A listener is not, or does not prove to be, the machine it poses as."""


def _proof(answer: wire.Message) -> bytes:
    """Return the proof in an answer, or one that never holds."""
    try:
        return answer.key("proof", crypto.SIGNATURE_BYTES)
    except ProtocolError:
        return b""


class Connection:
    """A connection that has said HELLO: for mail.

    Envelopes that arrive once our mailbox is open wait in `mail` as (id, seq, envelope), at most MAX_UNREAD of
    them, and `on_mail` is called for each; `closed` is set when the connection is gone.

    With a `listener`, the server must prove that it is the machine which owns that mailbox.
    """

    def __init__(self, ws: ClientConnection, url: str, listener: bytes | None = None) -> None:
        self.url = url
        self.closed = asyncio.Event()
        self.features: tuple[str, ...] = ()
        self.server_time: float | None = None
        self._ws = ws
        self._listener = listener
        self._box_seed = b""  # of the mailbox opened here
        self._nonce = b""
        self._audience = audience_of(url)
        # replies come in the order of what was asked, per kind and id
        self._waiting: dict[tuple[str, str], list[asyncio.Future[wire.Message]]] = {}
        self.mail: asyncio.Queue[tuple[bytes, int, bytes]] = asyncio.Queue(MAX_UNREAD)
        self._on_mail: Callable[[], None] | None = None
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        timeout_s: float = CONNECT_TIMEOUT_S,
        listener: bytes | None = None,
        *,
        near: bool = True,
    ) -> "Connection":
        """Connect and greet.

        Args:
            listener: The mailbox whose own machine this must be; none: a relay, which proves nothing.
            near: As for `dial`.

        Raises:
            UnprovenError: It is not that machine.
            RouteError: Unreachable (transient), or a server without mailboxes (not transient).
        """
        ws = await dial(url, timeout_s, MAX_MAIL_MESSAGE_BYTES, near=near)
        return await cls.over(ws, url, timeout_s, listener)

    @classmethod
    async def over(
        cls, ws: ClientConnection, url: str, timeout_s: float, listener: bytes | None = None
    ) -> "Connection":
        """Greet over what `dial` gave, which is closed when that fails; raises as `open`."""
        connection = cls(ws, url, listener)
        try:
            await connection._greet(timeout_s)
        except BaseException:
            await connection.close()
            raise
        connection._reader = asyncio.create_task(connection._read())
        return connection

    async def _greet(self, timeout_s: float) -> None:
        rooms_only = RouteError(
            f"{self.url} keeps no mail", why="it is a relay for rooms only", transient=False,
            hint="set `relay` in config.toml to one that runs `spread relay`",
        )  # fmt: skip
        challenge = os.urandom(mailbox.NONCE_BYTES)
        asked = {} if self._listener is None else {"challenge": challenge.hex()}
        try:
            async with asyncio.timeout(timeout_s):
                await self._ws.send(wire.encode(wire.Message("HELLO", {"version": VERSION, **asked})))
                answer = wire.decode(await self._ws.recv())
        except websockets.ConnectionClosed as problem:
            if problem.rcvd is None or problem.rcvd.code in PASSING:
                raise RouteError(f"the connection to {self.url} was lost") from None
            raise rooms_only from None
        except (TimeoutError, ProtocolError):
            # relays of claudeSpread 1.x do not know HELLO: they answer nothing, or an error, or close
            raise rooms_only from None
        features = answer.fields.get("features")
        if answer.type != "WELCOME" or not isinstance(features, list) or "mailboxes" not in features:
            raise rooms_only
        self.features = tuple(str(feature) for feature in features)
        try:
            self._nonce = answer.key("nonce", 32)
        except ProtocolError:
            raise RouteError(
                f"{self.url} does not speak our protocol", why="its greeting is malformed"
            ) from None
        version = answer.fields.get("version")
        if type(version) is not int or version != VERSION:
            raise RouteError(
                f"{self.url} does not speak our protocol", why="it speaks another version of it",
                hint="update claude-spread, there or here", transient=False,
            )  # fmt: skip
        clock = answer.fields.get("time")
        if isinstance(clock, int | float) and clock is not True and 0 < clock < LATEST_S:
            self.server_time = float(clock)
        if self._listener is not None and not mailbox.is_listener(
            self._listener, _proof(answer), challenge, self._nonce, self._audience
        ):
            raise UnprovenError(f"{self.url} is not the machine it poses as", why="it does not prove it")

    async def _read(self) -> None:
        try:
            async for frame in self._ws:
                message = wire.decode(frame)
                if message.type == "MAIL":
                    await self._take_mail(message)
                else:
                    self._take(message)
        except (websockets.ConnectionClosed, ProtocolError):
            pass
        finally:
            self.closed.set()
            for future in [future for line in self._waiting.values() for future in line]:
                if not future.done():
                    future.set_exception(RouteError(f"the connection to {self.url} was lost"))
            self._waiting.clear()

    async def _take_mail(self, message: wire.Message) -> None:
        seq = message.fields.get("seq")
        if self._on_mail is not None and type(seq) is int and message.body is not None:
            await self.mail.put((message.key("id", 16), seq, message.body))
            self._on_mail()
        else:
            self._hear_noise()

    def _take(self, message: wire.Message) -> None:
        id_ = message.fields.get("id")
        kind = ("ERROR" if id_ is None else "PUT") if message.type == "ERROR" else message.type
        line = self._waiting.get((kind, str(id_ or "")), [])
        if line and not line[0].done():
            line[0].set_result(message)
            self._leave(line[0])
        else:  # late, or of a type that we do not know
            self._hear_noise()

    def _hear_noise(self) -> None:
        if isinstance(self._ws, _Guarded):
            self._ws.hear_noise()

    def _leave(self, future: "asyncio.Future[wire.Message]") -> None:
        for key, line in list(self._waiting.items()):
            if future in line:
                line.remove(future)
            if not line:
                del self._waiting[key]

    async def _ask(self, message: wire.Message, reply: str, id_: str = "") -> wire.Message:
        """Send a message and wait for its reply, or for the error that answers it."""
        future: asyncio.Future[wire.Message] = asyncio.get_running_loop().create_future()
        keys = [(reply, id_), ("PUT", id_) if id_ else ("ERROR", "")]
        for key in keys:
            self._waiting.setdefault(key, []).append(future)
        try:
            async with asyncio.timeout(REPLY_TIMEOUT_S):
                await self._ws.send(wire.encode(message))
                answer = await future
        except TimeoutError:
            raise RouteError(f"{self.url} does not answer") from None
        except websockets.ConnectionClosed:
            raise RouteError(f"the connection to {self.url} was lost") from None
        finally:
            self._leave(future)
            if future.done() and not future.cancelled():
                future.exception()  # taken note of, also when the send failed first
        if answer.type == "ERROR":
            reason = claude.identifier(str(answer.fields.get("reason")))
            raise RouteError(
                f"{self.url} refused",
                why=WHY_NOT_PUT if (message.type, reason) == ("PUT", "refused") else f"reason: {reason}",
                transient=reason not in ("refused", "too_large"),
            )
        return answer

    async def open_mailbox(self, mailbox_seed: bytes, owner: bytes, on_mail: Callable[[], None]) -> int:
        """Prove that a mailbox is ours; return how many envelopes wait, which come first.

        Args:
            on_mail: Called in the loop when something is in `mail`.

        Raises:
            RouteError: Refused (not transient: most likely the relay was given other names) or lost.
        """
        self._on_mail = on_mail
        self._box_seed = mailbox_seed
        proof = mailbox.open_proof(mailbox_seed, self._nonce, self._audience)
        try:
            answer = await self._ask(
                wire.Message("OPEN", {"mailbox": owner.hex(), "proof": proof.hex()}), "OPENED"
            )
        except RouteError as problem:
            if problem.transient:
                raise
            raise RouteError(
                f"{self.url} does not open our mailbox",
                why=f"most likely it does not know itself as {self._audience} (RELAY_NAMES)",
                hint=f"there, RELAY_NAMES must have {self._audience}, and a proxy must keep the `Host` header",
                transient=False,
            ) from None
        waiting = answer.fields.get("waiting")
        return waiting if isinstance(waiting, int) else 0

    async def put(self, box: bytes, writer_seed: bytes, grant: bytes, id_: bytes, envelope: bytes) -> None:
        """Put an envelope into a mailbox; returns when the server says it keeps it.

        Raises:
            UnprovenError: The listener does not prove that it has it.
            RouteError: Refused or lost; transient says whether a later try may do.
        """
        message = mailbox.put_message(box, writer_seed, grant, self._nonce, self._audience, id_, envelope)
        answer = await self._ask(message, "STORED", id_.hex())
        writer = crypto.public_key(writer_seed)
        if self._listener is not None and not mailbox.is_stored(
            self._listener, _proof(answer), writer, id_, envelope
        ):
            raise UnprovenError(
                f"{self.url} is not the machine it poses as",
                why="it does not prove that it keeps what it got",
            )

    async def delete(self, items: list[tuple[bytes, int]]) -> None:
        """Delete mail from our open mailbox: exactly these (id, seq)."""
        listed: list[Any] = [[id_.hex(), seq] for id_, seq in items]
        await self._ask(wire.Message("DELETE", {"items": listed}), "DELETED")

    async def revoke(self, writer: bytes) -> None:
        """Refuse a writer from now on and drop what it has put."""
        assert self._box_seed, "only of an open mailbox"
        proof = mailbox.revoke_proof(self._box_seed, self._nonce, self._audience, writer)
        await self._ask(wire.Message("REVOKE", {"writer": writer.hex(), "proof": proof.hex()}), "REVOKED")

    async def answers(self, within_s: float) -> bool:
        """Tell whether the other end is still there."""
        try:
            async with asyncio.timeout(within_s):
                await (await self._ws.ping())
        except (TimeoutError, websockets.ConnectionClosed, OSError):
            return False
        return True

    async def close(self) -> None:
        """Hang up; never raises."""
        with contextlib.suppress(Exception):
            await self._ws.close()
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        self.closed.set()
