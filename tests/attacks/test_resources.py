"""Slow-loris, floods, memory: what a stranger can make us hold, and for how long."""

import asyncio
import contextlib
import functools
import os
import ssl
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio import messages
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from spread import courier_incoming
from spread.errors import EnvelopeError
from spread.net import addresses, bounds, client, daily, guests, server, server_mail, stores
from spread.net.rooms import Rooms
from spread.net.server import LISTENER, Policy, Server
from spread.net.stores import MemoryStore, Quota
from spread.net.stores_sqlite import SQLiteStore
from spread.paths import Paths
from spread.protocol import crypto, envelope, mailbox, wire
from tests.attacks.harness import (
    Caller,
    Raw,
    always,
    fresh,
    hostile,
    serving,
    weakened,
    withstands,
    withstands_too,
)
from tests.conftest import need
from tests.net.redis_server import until
from tests.net.tls import self_signed

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
            cut = await asyncio.gather(*[_is_cut(raw, 0.3 if policy is PATIENT else 60.0) for raw in all_of])
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


async def test_pings_from_a_hostile_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same from a relay: our connection ends, and our memory does not fill.

    That we hang up on who pings so much stops this too; it does not in both runs.
    """
    monkeypatch.setattr(client, "NOISE", 1 << 40)
    most = bounds.MAX_UNREAD_BYTES

    async def grown() -> int:
        async def talk(ws: ServerConnection) -> None:
            ws.transport.pause_reading()
            with contextlib.suppress(ConnectionError, RuntimeError):
                for _ in range(1000):
                    ws.transport.write((bytes([0x80 | PING, 125]) + bytes(125)) * 1000)
                    await ws.drain()
            await over.wait()

        over = asyncio.Event()
        async with hostile(talk) as url:
            ours = await client.dial(url)
            transport = ours.transport
            # the system keeps some megabytes of what nobody reads
            await until(lambda: transport.is_closing() or transport.get_write_buffer_size() > 2 * most)
            waiting = 0 if transport.is_closing() else transport.get_write_buffer_size()
            transport.abort()
            over.set()
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

    await withstands_too(keeps_others_out, (stores, "check_writer", lambda *_: None))


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


def _has_a_page(guest: Any) -> bool:
    return bool(guest.extra_bytes) or guest.transport.is_closing()


async def test_readers_of_a_mailbox_that_do_not_read() -> None:
    """A mailbox's owner who opens it often and reads nothing does not fill our memory with its mail."""
    seed, memory = fresh(), 16 << 20
    box = crypto.public_key(seed)

    async def held() -> bool:
        store = MemoryStore()
        for number in range(15):
            await store.put(box, fresh(), number.to_bytes(16, "big"), bytes(1 << 20))
        async with (
            serving(store, replace(Policy(), memory_bytes=memory)) as place,
            contextlib.AsyncExitStack() as stack,
        ):
            for _ in range(12):
                caller = await (await stack.enter_async_context(Caller.at(place.port))).hello()
                proof = mailbox.open_proof(seed, caller.nonce, f"127.0.0.1:{place.port}").hex()
                fields = {"mailbox": box.hex(), "proof": proof}
                await caller.ws.send(wire.encode(wire.Message("OPEN", fields)))
                caller.ws.transport.pause_reading()
            await until(
                lambda: place.metrics.messages["OPEN"] == 12 and all(map(_has_a_page, place._gate._inside))
            )
            inside = [each for each in place._gate._inside if not each.transport.is_closing()]
            return sum(each.held() for each in inside) > 2 * memory

    async def unweighed(
        self: server_mail.Mailboxes, connection: Any, store: Any, box: bytes
    ) -> list[stores.Mail]:
        page: list[stores.Mail] = await store.waiting(box, connection.sent)
        connection.ws.extra_bytes = sum(len(mail.body) for mail in page)
        return page

    await withstands_too(held, (server_mail.Mailboxes, "_page", unweighed))


async def test_pages_taken_out_at_once() -> None:
    """However many open their mailboxes at the same time, few pages are taken out of the store at a time."""
    seed = fresh()
    box = crypto.public_key(seed)
    most = 0

    class Slow(MemoryStore):
        under_way = 0

        async def waiting(self, *_: Any, **__: Any) -> list[stores.Mail]:
            nonlocal most
            self.under_way += 1
            most = max(most, self.under_way)
            await asyncio.sleep(0.02)
            self.under_way -= 1
            return []

    async def at_once() -> bool:
        nonlocal most
        most = 0
        async with serving(Slow()) as place, contextlib.AsyncExitStack() as stack:
            for _ in range(30):
                caller = await (await stack.enter_async_context(Caller.at(place.port))).hello()
                proof = mailbox.open_proof(seed, caller.nonce, f"127.0.0.1:{place.port}").hex()
                await caller.ask("OPEN", mailbox=box.hex(), proof=proof)
            await asyncio.gather(*list(place._tasks))
            most = 0
            place._boxes.news(None)
            await asyncio.gather(*list(place._tasks))
        return most > 8

    await withstands_too(at_once, (server_mail, "PAGES_AT_ONCE", 1000))


async def _fill(place: server.Server, local: str, body: bytes, most: int) -> int:
    """Put mail into new mailboxes from one address; return how much of it was kept."""
    async with connect(
        f"ws://127.0.0.1:{place.port}", proxy=None, compression=None, local_addr=(local, 0)
    ) as ws:
        caller = await Caller(ws).hello()
        for kept in range(most):
            seed, writer = fresh(), fresh()
            box, host = crypto.public_key(seed), f"127.0.0.1:{place.port}"
            grant = mailbox.grant(seed, crypto.public_key(writer))
            await ws.send(
                wire.encode(mailbox.put_message(box, writer, grant, caller.nonce, host, bytes(16), body))
            )
            if wire.decode(await ws.recv()).type != "STORED":
                return kept
        return most


async def test_one_stranger_fills_the_relay() -> None:
    """One address does not take the place of all, into however many mailboxes its mail goes."""
    need(sys.platform == "linux", "a second loopback address")
    rules = replace(Policy(), bytes_per_address=200_000)

    async def keeps_others_out() -> bool:
        async with serving(MemoryStore(Quota(total_bytes=1_000_000)), rules) as place:
            await _fill(place, "127.0.0.1", bytes(50_000), 100)
            return await _fill(place, "127.0.0.2", bytes(50_000), 1) == 0

    await withstands_too(keeps_others_out, (daily.Daily, "may_put", always))


BEHIND = replace(Policy(), proxies=addresses.Proxies(addresses.networks("127.0.0.1")))
LINE = [f"2001:db8:7:1{number:02x}::1" for number in range(20)]  # of the 256 networks that a line may have
APART = ((addresses, "SITE_SHARE", 1000),)


async def _mail_from(place: server.Server, address: str, body: bytes) -> bool:
    """Put mail into a new mailbox, from an address that a proxy of ours tells; tell whether it was kept."""
    async with Caller.behind(place.port, address) as caller:
        await caller.hello()
        seed, writer = fresh(), fresh()
        box, host = crypto.public_key(seed), f"127.0.0.1:{place.port}"
        grant = mailbox.grant(seed, crypto.public_key(writer))
        put = mailbox.put_message(box, writer, grant, caller.nonce, host, bytes(16), body)
        await caller.ws.send(wire.encode(put))
        return wire.decode(await caller.ws.recv()).type == "STORED"


async def test_few_lines_fill_the_relay_while_mail_lives() -> None:
    """Nor do four that come each day: the fuller it is, the less each may bring."""
    rules = replace(BEHIND, bytes_per_address=100_000)
    four = [f"198.51.100.{last}" for last in range(4)]

    async def keeps_others_out() -> bool:
        now_s = 1e9
        store = MemoryStore(Quota(total_bytes=40 * rules.bytes_per_address), lambda: now_s)
        async with serving(store, rules) as place:
            place._daily._clock = lambda: now_s
            for _ in range(stores.AGE_S // daily.DAY_S):
                for address in four:
                    while await _mail_from(place, address, bytes(48_000)):
                        pass
                    await _mail_from(place, address, bytes(6000))
                now_s += daily.DAY_S
            now_s -= 1
            return not await _mail_from(place, "203.0.113.9", bytes(6000))

    await withstands_too(keeps_others_out, (daily, "still", lambda most, free: most))


async def test_a_line_with_many_addresses_fills_the_relay() -> None:
    """All networks of one IPv6 line together count as two of them."""
    rules = replace(BEHIND, bytes_per_address=200_000)

    async def keeps_others_out() -> bool:
        addresses.shares.cache_clear()
        async with serving(MemoryStore(Quota(total_bytes=1_000_000)), rules) as place:
            for address in LINE:
                await _mail_from(place, address, bytes(150_000))
            return not await _mail_from(place, "198.51.100.7", bytes(150_000))

    with weakened((daily, "still", lambda most, free: most)):  # which would stop it as well
        await withstands_too(keeps_others_out, *APART)


async def test_a_line_with_many_addresses_takes_the_rooms() -> None:
    """Rooms that wait, and connections, count like its mail."""

    async def keeps_others_out(rules: Policy) -> bool:
        addresses.shares.cache_clear()
        async with serving(MemoryStore(), rules) as place, contextlib.AsyncExitStack() as stack:

            async def makes_a_room(address: str) -> bool:
                with contextlib.suppress(InvalidHandshake, OSError):  # or hung up on before that
                    caller = await stack.enter_async_context(Caller.behind(place.port, address))
                    await caller.ws.send('{"type": "CREATE_ROOM"}')
                    return "ROOM_CREATED" in str(await caller.ws.recv())
                return False

            for address in LINE:
                await makes_a_room(address)
            return not await makes_a_room("198.51.100.7")

    few_rooms = replace(BEHIND, waiting_rooms=10, waiting_per_address=3)
    for rules in (few_rooms, replace(BEHIND, connections=10, per_address=3)):
        # or the line gives up a room, or a connection, for the other
        keeps = [(Rooms, "_make_place", lambda *_: False), (guests.Gate, "_gives_up", lambda *_: False)]
        await withstands_too(functools.partial(keeps_others_out, rules), *APART, *keeps)


async def test_a_line_with_many_addresses_tries_more_often() -> None:
    """Nor does a line connect, begin handshakes or try rooms more often by having many networks."""

    async def get_in(rules: Policy, finishes: bool) -> bool:
        """Tell whether more than twice five of twenty get an answer other than that there were too many."""
        addresses.shares.cache_clear()
        async with serving(MemoryStore(), rules) as place, contextlib.AsyncExitStack() as stack:

            async def gets_in(address: str) -> bool:
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, InvalidHandshake):
                    if not finishes:  # its handshake: what it connects to asks the proxy's header first
                        raw = await Raw.dial(place.port, X_Forwarded_For=address)
                        stack.push_async_callback(raw.close)
                        return " 101 " in raw.answer
                    caller = await stack.enter_async_context(Caller.behind(place.port, address))
                    return (await caller.ask("JOIN_ROOM", room_id="aaaaaa")).text(
                        "reason"
                    ) == "room_not_found"
                return False

            return sum([await gets_in(address) for address in LINE]) > 10

    for rules, finishes in (
        (replace(BEHIND, connects_per_minute=5), False),
        (replace(BEHIND, joins_per_minute=5), True),
    ):
        await withstands_too(functools.partial(get_in, rules, finishes), *APART)


async def test_a_line_takes_the_rooms_and_joins_them() -> None:
    """A room does not become its maker's for good by being joined."""

    async def keeps_others_out() -> bool:
        async with (
            serving(MemoryStore(), replace(BEHIND, rooms=10)) as place,
            contextlib.AsyncExitStack() as stack,
        ):

            async def asks(address: str, type: str, **fields: Any) -> wire.Message:
                caller = await stack.enter_async_context(Caller.behind(place.port, address))
                return await caller.ask(type, **fields)

            made = [await asks(address, "CREATE_ROOM") for address in LINE[:10]]
            for index, each in enumerate(made):
                await asks(LINE[index], "JOIN_ROOM", room_id=each.text("room_id"))
            assert place._rooms.joined() == 10
            assert (await asks(LINE[0], "CREATE_ROOM")).type == "ERROR"  # it has most itself
            answers = [(await asks(f"198.51.100.{last}", "CREATE_ROOM")).type for last in range(3)]
            return answers != ["ROOM_CREATED"] * 3

    def only_waiting(self: Rooms, line: str, among: list[Any], fair: int = 0) -> bool:
        return make_place(self, line, [room for room in among if room.joiner is None], fair)

    make_place = Rooms._make_place
    await withstands_too(keeps_others_out, (Rooms, "_make_place", only_waiting))


async def test_lines_that_take_all_connections() -> None:
    """Who has most gives one up for a newcomer, whether we see its address or a proxy tells it."""
    need(sys.platform == "linux", "a second loopback address")

    async def keeps_others_out(is_behind: bool) -> bool:
        rules = replace(BEHIND if is_behind else Policy(), connections=20, per_address=10)
        async with serving(MemoryStore(), rules) as place, contextlib.AsyncExitStack() as stack:

            async def comes(last: int) -> bool:
                local = {"X_Forwarded_For": f"192.0.2.{last}"} if is_behind else {}
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    raw = await Raw.dial(place.port, "" if is_behind else f"127.0.0.{last}", **local)
                    stack.push_async_callback(raw.close)
                    return " 101 " in raw.answer
                return False

            assert [await comes(number // 10 + 2) for number in range(20)] == [True] * 20
            assert not await comes(2)  # it has as many as any
            return not all([await comes(last) for last in (7, 8, 9)])

    for is_behind in (False, True):
        attack = functools.partial(keeps_others_out, is_behind)
        await withstands_too(attack, (guests.Gate, "_gives_up", lambda *_: False))


async def test_envelopes_without_bytes(tmp_path: Path) -> None:
    """Nor the disk with envelopes that hold nothing: what the file grows by is counted."""
    quota = Quota(total_bytes=100_000)

    async def file_bytes() -> int:
        path = str(tmp_path / fresh().hex())
        store = SQLiteStore(path, quota)
        puts = [store.put(fresh(), fresh(), bytes(16), b"") for _ in range(1000)]
        await asyncio.gather(*puts, return_exceptions=True)
        await store.close()
        return os.stat(path).st_size

    with weakened((stores, "ENVELOPE_COST", 0)):
        assert await file_bytes() > 2 * quota.total_bytes
    assert await file_bytes() < 2 * quota.total_bytes


async def test_revocations_without_end(tmp_path: Path) -> None:
    """Revocations are few from one address, count as what is kept, and end."""
    now = [1_000_000_000.0]

    async def kept(rules: Policy, after_s: float = 0) -> int:
        store = SQLiteStore(str(tmp_path / fresh().hex()), Quota(total_bytes=10_000), lambda: now[0])
        async with serving(store, rules) as place:
            for _ in range(10):
                seed = fresh()
                async with Caller.at(place.port) as caller:
                    await caller.hello()
                    host = f"127.0.0.1:{place.port}"
                    proof = mailbox.open_proof(seed, caller.nonce, host).hex()
                    await caller.ask("OPEN", mailbox=crypto.public_key(seed).hex(), proof=proof)
                    for _ in range(9):
                        writer = fresh()
                        proof = mailbox.revoke_proof(seed, caller.nonce, host, writer).hex()
                        await caller.ask("REVOKE", writer=writer.hex(), proof=proof)
        now[0] += after_s
        await store.count(bytes(32))
        found = int(store._one("SELECT count(*) FROM revoked")[0])
        await store.close()
        return found

    few = replace(Policy(), revocations_per_address=20)
    assert await kept(few) == 20
    assert await kept(Policy()) == 10_000 // stores.REVOKED_COST
    assert await kept(Policy(), stores.REVOKED_S) == 0
    with weakened(
        (daily.Daily, "may_revoke", always), (stores, "REVOKED_COST", 0), (stores, "REVOKED_S", 1e12)
    ):
        assert await kept(few, 366 * 24 * 3600) == 90


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


async def test_silence_before_tls(tmp_path: Path) -> None:
    """Whoever connects to a relay with a certificate and never speaks TLS takes no more places than anybody."""
    server_tls = self_signed(tmp_path)

    async def lets_in(count: int) -> bool:
        place = Server(None, replace(PATIENT, per_address=20), server_tls)
        raws = list[Raw]()
        await place.start(["127.0.0.1"])
        try:
            for _ in range(count):
                raws.append(Raw(*await asyncio.open_connection("127.0.0.1", place.port)))
            return not any([await _is_cut(raw, 0.3) for raw in raws[-3:]])
        except ConnectionError:
            return False
        finally:
            for raw in raws:
                raw.writer.transport.abort()
            await place.close()

    assert await lets_in(20)
    await withstands_too(lambda: lets_in(40), (guests.Gate, "expect", lambda *_: lambda: None))


async def test_places_come_back_after_tls(tmp_path: Path) -> None:
    """Those who were let in, and those who went before it came to that, leave their places to others."""
    place = Server(None, replace(PATIENT, per_address=2), self_signed(tmp_path))
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    await place.start(["127.0.0.1"])
    try:
        for _ in range(3):
            _, writer = await asyncio.open_connection("127.0.0.1", place.port)
            async with connect(f"wss://127.0.0.1:{place.port}", ssl=trusting, proxy=None, compression=None):
                assert place._gate._counted == 2
            writer.transport.abort()
            await until(lambda: place._gate._counted == 0)
        assert not place._gate._by_address
        assert not place._gate._greeting
    finally:
        await place.close()
