"""How an attack is tried twice: on a weakened twin, where it must succeed, and on the real code, where it must not."""

import asyncio
import contextlib
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Final, cast

import pytest
import spake2
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from spread.net.server import Policy, Server
from spread.protocol import room, wire

Weakness = tuple[object, str, object]  # where, which name, what instead


@contextlib.contextmanager
def weakened(*weaknesses: Weakness) -> Iterator[None]:
    """Make the code's weakened twin: it lacks exactly what the weaknesses replace."""
    with pytest.MonkeyPatch.context() as patch:
        for where, name, instead in weaknesses:
            patch.setattr(where, name, instead)
        yield


def withstands(attack: Callable[[], object], *weaknesses: Weakness) -> None:
    """Fail unless an attack (which returns something true if it succeeds) needs the weaknesses to succeed."""
    with weakened(*weaknesses):
        assert attack(), "the attack fails even without the defence: it proves nothing"
    broken = attack()
    assert not broken, f"the attack succeeds: {broken!r}"


async def withstands_too(attack: Callable[[], Awaitable[object]], *weaknesses: Weakness) -> None:
    """Do as `withstands` with an attack over sockets."""
    with weakened(*weaknesses):
        assert await attack(), "the attack fails even without the defence: it proves nothing"
    broken = await attack()
    assert not broken, f"the attack succeeds: {broken!r}"


def always(*_: object, **__: object) -> bool:
    """Stand in for a check that lets everything pass."""
    return True


class Lookalike(bytes):
    """Bytes that are never equal to any others: what compares them checks nothing."""

    __hash__ = bytes.__hash__

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True


# -- a key exchange that costs nothing -----------------------------------------------------------------------


class Toy:
    """A key exchange that anyone who listens can test guesses on: the key is a hash of password and messages.

    It stands in for SPAKE2 where that is what is taken away, and on both sides of a comparison where the key
    exchange is not what is attacked and thousands of them are needed.
    """

    def __init__(self, password: bytes, **_: object) -> None:
        self._password = password
        self._ours = b""

    def start(self) -> bytes:
        self._ours = b"T" + secrets.token_bytes(32)
        return self._ours

    def finish(self, theirs: bytes) -> bytes:
        return toy_key(self._password, self._ours, theirs)


def toy_key(password: bytes, one: bytes, other: bytes) -> bytes:
    """Return the toy's key; the order of the messages does not matter."""
    return hashlib.sha256(password + b"".join(sorted([one, other]))).digest()


def any_element(text: str) -> bytes:
    """Take any spelling of anything for an element of the key exchange."""
    return bytes.fromhex(text)


WEAK_PAKE: Final = ((spake2, "SPAKE2_A", Toy), (spake2, "SPAKE2_B", Toy), (room, "_element", any_element))


REAL_KEYS: Final = room.Conversation._keys


def unbound_keys(self: room.Conversation, key: bytes, transcript: bytes) -> None:
    """Make a conversation's keys without what was said: the twin for all that the transcript binds."""
    REAL_KEYS(self, key, b"no transcript")


# -- sockets -------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def serving(store: Any = None, policy: Policy | None = None) -> AsyncIterator[Server]:
    """Run a server of ours on loopback."""
    server = Server(store, policy)
    await server.start(["127.0.0.1"])
    try:
        yield server
    finally:
        await server.close()


@contextlib.asynccontextmanager
async def hostile(talk: Callable[[ServerConnection], Awaitable[None]], **more: Any) -> AsyncIterator[str]:
    """Run a server that is the attacker's; give its URL."""
    async with serve(talk, "127.0.0.1", 0, compression=None, close_timeout=0.2, **more) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Caller:
    """A stranger's connection to a server of ours; `host` is what its handshake names, if not the truth."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws
        self.nonce = bytes(32)

    @classmethod
    @contextlib.asynccontextmanager
    async def at(cls, port: int, host: str = "") -> "AsyncIterator[Caller]":
        """Connect."""
        url = f"ws://{host}" if host else f"ws://127.0.0.1:{port}"
        async with connect(
            url, proxy=None, compression=None, close_timeout=0.2, host="127.0.0.1", port=port
        ) as ws:
            yield cls(ws)

    @classmethod
    @contextlib.asynccontextmanager
    async def behind(cls, port: int, address: str) -> "AsyncIterator[Caller]":
        """Connect as a proxy does for a client at this address."""
        async with connect(
            f"ws://127.0.0.1:{port}", proxy=None, compression=None, close_timeout=0.2,
            additional_headers={"X-Forwarded-For": address},
        ) as ws:  # fmt: skip
            yield cls(ws)

    async def ask(self, type: str, body: bytes | None = None, **fields: Any) -> wire.Message:
        """Send a message and return the reply."""
        await self.ws.send(wire.encode(wire.Message(type, fields, body)))
        return wire.decode(await self.ws.recv())

    async def hello(self) -> "Caller":
        """Greet, and keep the nonce."""
        self.nonce = (await self.ask("HELLO", version=1)).key("nonce", 32)
        return self


class Raw:
    """A WebSocket spoken by hand: frames that no library would send, and answers that nobody reads."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def dial(cls, port: int, local: str = "", **headers: str) -> "Raw":
        """Connect, perhaps from a certain address, and shake hands."""
        where = (local, 0) if local else None
        raw = cls(*await asyncio.open_connection("127.0.0.1", port, local_addr=where))
        lines = {
            "Host": "x", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", **headers,
        }  # fmt: skip
        text = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        try:
            raw.writer.write(f"GET / HTTP/1.1\r\n{text}\r\n".encode())
            raw.answer = (await raw.reader.readuntil(b"\r\n\r\n")).decode()
        except (ConnectionError, asyncio.IncompleteReadError):
            await raw.close()
            raise
        return raw

    answer = ""

    @staticmethod
    def frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
        """Return a client's frame of at most 125 bytes, masked with zeros."""
        return bytes([opcode | (0x80 if fin else 0), 0x80 | len(payload)]) + bytes(4) + payload

    async def was_cut(self, data: bytes, times: int) -> bool:
        """Send the same over and over; tell whether the other side hung up before the end."""
        try:
            for _ in range(times):
                self.writer.write(data)
                await self.writer.drain()
        except ConnectionError:
            return True
        return False

    def pause(self) -> None:
        """Read nothing any more."""
        cast(asyncio.Transport, self.writer.transport).pause_reading()

    async def close(self) -> None:
        """Hang up."""
        self.writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


def entropy_of(seed: bytes) -> Callable[[int], bytes]:
    """Return a source of randomness that a restored snapshot has: it begins anew with every use."""
    count = 0

    def read(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_128(seed + bytes([count])).digest(size)

    return read


def flips(data: bytes, masks: bytes = b"\x01\x80") -> Iterator[bytes]:
    """Return every copy of `data` with one byte changed by one of the masks."""
    for at in range(len(data)):
        for mask in masks:
            yield data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def fresh() -> bytes:
    """Return a new 32-byte seed."""
    return os.urandom(32)
