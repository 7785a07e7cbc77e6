"""Slow-loris, floods, memory: what a stranger can make us hold, and for how long."""

import asyncio
import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from websockets.asyncio import messages
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from spread import courier_incoming
from spread.errors import EnvelopeError
from spread.net import bounds, client, server, stores
from spread.net.server import LISTENER, Policy
from spread.net.stores import MemoryStore, Quota
from spread.paths import Paths
from spread.protocol import envelope, wire
from tests.attacks.harness import Raw, fresh, hostile, serving, weakened, withstands, withstands_too

PING, TEXT, CONTINUATION = 9, 1, 0
HASTY = replace(LISTENER, handshake_s=0.1, idle_s=0.1, close_s=0.1)
PATIENT = replace(LISTENER, handshake_s=60.0, idle_s=60.0)
# nothing but the bounds on one connection
UNHURRIED = replace(PATIENT, messages_per_s=0, bytes_per_s=0, memory_bytes=1 << 40)


async def _is_cut(raw: Raw, within_s: float = 1.0) -> bool:
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(within_s):
            while await raw.reader.read(1 << 16):
                pass
            return True
    return False


async def test_slow_loris() -> None:
    """Whoever never finishes the handshake, says nothing after it, or falls silent later is hung up on."""

    async def held(policy: Policy) -> int:
        async with serving(None, policy) as place:
            silent = Raw(*await asyncio.open_connection("127.0.0.1", place.port))
            silent.writer.write(b"GET / HTTP/1.1\r\nX-Slow: ")
            mute, idle = await Raw.dial(place.port), await Raw.dial(place.port)
            idle.writer.write(Raw.frame(TEXT, b'{"type": "HELLO", "version": 1}'))
            all_of = [silent, mute, idle]
            cut = await asyncio.gather(*[_is_cut(raw, 0.3 if policy is PATIENT else 10.0) for raw in all_of])
            for raw in all_of:
                await raw.close()
            return cut.count(False)

    assert await held(PATIENT) == 3
    assert await held(HASTY) == 0


async def test_flood_of_connections_from_one_address() -> None:
    """One address cannot take all the places: the others are hung up on before their handshake."""

    async def taken(policy: Policy) -> int:
        async with serving(None, policy) as place:
            let_in = []
            for _ in range(30):
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    let_in.append(await Raw.dial(place.port))
            for raw in let_in:
                await raw.close()
            return len(let_in)

    assert await taken(replace(LISTENER, per_address=10**6)) == 30
    assert await taken(LISTENER) == LISTENER.per_address == 8


async def test_pings_whose_answers_nobody_reads() -> None:
    """A stranger who pings without end and reads nothing does not fill our memory with pongs.

    Rates, the limit on all memory and the time for a first message stop this too, later; they are off in both runs.
    """

    async def grown() -> int:
        async with serving(None, UNHURRIED) as place:
            raw = await Raw.dial(place.port)
            raw.pause()
            (connection,) = place._gate._inside
            cut = await raw.was_cut(Raw.frame(PING, bytes(125)) * 1000, 100)
            waiting = 0 if cut else connection.transport.get_write_buffer_size()
            await raw.close()
            return waiting

    await withstands_too(grown, (bounds, "MAX_UNREAD_BYTES", 1 << 40))


async def test_pings_from_a_hostile_server() -> None:
    """The same from a relay: our connection ends, and our memory does not fill."""

    async def grown() -> int:
        pinged = asyncio.Event()

        async def talk(ws: ServerConnection) -> None:
            ws.transport.pause_reading()
            with contextlib.suppress(ConnectionError, RuntimeError):
                for _ in range(100):
                    ws.transport.write((bytes([0x80 | PING, 125]) + bytes(125)) * 1000)
                    await ws.drain()
            pinged.set()
            await asyncio.sleep(0.05)

        async with hostile(talk) as url:
            ours = await client.dial(url)
            transport = ours.transport
            await pinged.wait()
            await asyncio.sleep(0.02)
            waiting = 0 if transport.is_closing() else transport.get_write_buffer_size()
            transport.abort()
            return waiting

    await withstands_too(grown, (bounds, "MAX_UNREAD_BYTES", 1 << 40))


async def test_a_message_in_endless_empty_fragments() -> None:
    """Fragments without a byte add nothing to a message's size; their number is bounded all the same."""

    async def taken() -> bool:
        async with serving(None, LISTENER) as place:
            raw = await Raw.dial(place.port)
            raw.writer.write(Raw.frame(TEXT, b"{", fin=False))
            cut = await raw.was_cut(Raw.frame(CONTINUATION, fin=False) * 500, 20)
            with contextlib.suppress(ConnectionError):
                raw.writer.write(Raw.frame(CONTINUATION, b'"type": "HELLO", "version": 1}'))
                answer = await raw.reader.read(1 << 12)
                await raw.close()
                return not cut and b"WELCOME" in answer
            return False

    # newer versions of the library have a limit of their own
    library = [(messages, "MAX_FRAGMENTS", 10**9)] if hasattr(messages, "MAX_FRAGMENTS") else []
    await withstands_too(taken, (bounds, "MAX_FRAGMENTS", 10**9), *library)


async def test_an_oversized_message() -> None:
    """A message larger than the limit ends the connection before it is taken in."""

    async def taken(policy: Policy) -> bool:
        async with serving(None, policy) as place:
            ws = await client.dial(f"ws://127.0.0.1:{place.port}")
            try:
                await ws.send(
                    b"\0\0\0\x31" + b'{"type": "HELLO", "version": 1, "challenge": ""} ' + bytes(1 << 20)
                )
                return wire.decode(await ws.recv()).type in ("WELCOME", "ERROR")
            except ConnectionClosed:
                return False
            finally:
                ws.transport.abort()

    assert await taken(replace(LISTENER, message_bytes=1 << 30))
    assert not await taken(LISTENER)


async def test_decompression_bombs() -> None:
    """Nothing is ever decompressed: whoever offers compression is not taken up on it."""

    async def negotiated() -> bool:
        async with serving() as place:
            raw = await Raw.dial(place.port, Sec_WebSocket_Extensions="permessage-deflate")
            await raw.close()
            return "permessage-deflate" in raw.answer

    def serve_compressed(*arguments: object, **more: object) -> object:
        return real(*arguments, **{**more, "compression": "deflate"})

    real: Any = serve
    await withstands_too(negotiated, (server, "serve", serve_compressed))


async def test_a_flood_of_mail_by_one_writer() -> None:
    """A writer with a grant cannot fill a mailbox, so that there is place for others' mail."""

    async def keeps_others_out() -> bool:
        box, writer, other = fresh(), fresh(), fresh()
        store = MemoryStore()
        for number in range(1200):
            with contextlib.suppress(stores.StoreFull):
                await store.put(box, writer, number.to_bytes(16, "big"), bytes(100))
        assert await store.count(box) in (1000, Quota().writer_envelopes)
        with contextlib.suppress(stores.StoreFull):
            await store.put(box, other, bytes(16), bytes(100))
            return False
        return True

    await withstands_too(keeps_others_out, (stores, "_check_writer", lambda *_: None))


async def test_a_flood_of_mail_at_the_listener(tmp_path: Path) -> None:
    """Nor can a peer on the LAN fill our disk faster than the engine opens what it sends (a smaller limit here)."""

    async def kept() -> int:
        paths = Paths(tmp_path / fresh().hex())
        paths.make()
        incoming = courier_incoming.Incoming(paths, lambda: None)
        with contextlib.suppress(stores.StoreFull):
            for _ in range(20):
                await incoming.put(b"", b"", b"", b"x")
        return len(os.listdir(paths.incoming))

    with weakened((courier_incoming, "MAX_INCOMING", 10**9)):
        assert await kept() == 20
    with weakened((courier_incoming, "MAX_INCOMING", 8)):
        assert await kept() == 8


def test_an_oversized_envelope() -> None:
    """What is larger than an envelope may be is refused before any of it is deciphered."""
    ours = fresh()
    secret = envelope.new_prekey(ours, 1)
    opened: list[int] = []

    def attack() -> bool:
        opened.clear()
        raw = envelope._HEAD.pack(envelope.MAGIC, secret.prekey.suite, secret.prekey.id) + bytes(1 << 21)
        with contextlib.suppress(EnvelopeError):
            envelope.unseal(raw, secret, ours)
        return bool(opened)

    class Counting:
        def decrypt(self, sealed: bytes, *_: object, **__: object) -> bytes:
            opened.append(len(sealed))
            raise ValueError

    with weakened((envelope, "_suite", lambda _: Counting())):
        withstands(attack, (envelope, "MAX_ENVELOPE_BYTES", 1 << 30))
