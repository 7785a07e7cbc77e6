"""What a server does against those that take too much, spoken to by real clients over loopback."""

import asyncio
import contextlib
import re
import sys
from itertools import count, pairwise
from types import SimpleNamespace

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from spread.commands.relay_settings import DRAIN_S
from spread.net import bounds, doorstep, flow, guests, rooms, stores
from spread.net.addresses import Proxies, networks
from spread.net.guests import Gate
from spread.net.metrics import Metrics
from spread.net.server import LISTENER, Policy
from spread.net.stores import MemoryStore, Quota
from spread.protocol import crypto, mailbox, wire
from tests.conftest import ROOT, need
from tests.net.redis_server import until
from tests.net.test_server import ANN, ONE, TWO, error, is_refused, serving, until_closed


async def test_waiting_rooms() -> None:
    """Rooms that nobody joins are limited by themselves; a joined one no longer counts."""
    async with serving(waiting_rooms=1) as place:
        await place.pair()
        waiting, _ = await place.room()
        late = await place.dial()
        assert await late.ask("CREATE_ROOM") == error("too_many_rooms")
        await waiting.ws.close()
        await until(lambda: len(place.server._rooms) == 1)  # the server hears of it a moment later
        assert (await late.ask("CREATE_ROOM")).type == "ROOM_CREATED"
        assert place.server.metrics.refused == {"too_many_rooms": 1}


async def test_waiting_rooms_of_an_address() -> None:
    """One address makes only so many rooms that nobody joins, and leaves the others to the rest."""
    need(sys.platform == "linux", "a second loopback address")
    async with serving(waiting_per_address=1) as place:
        await place.room()
        assert await (await place.dial()).ask("CREATE_ROOM") == error("too_many_rooms")
        other = await place.dial(local_addr=("127.0.0.2", 0))
        assert (await other.ask("CREATE_ROOM")).type == "ROOM_CREATED"


async def test_connects_a_minute() -> None:
    """One address connects only so often, also when it has left in between."""
    async with serving(connects_per_minute=2) as place:
        place.server._gate._clock = lambda: 1000.0
        for _ in range(2):
            await (await place.dial()).ws.close()
        assert await is_refused(place)
        assert place.server.metrics.turned_away == {"rate": 1}


async def test_errors_close() -> None:
    """Who is answered one error after the other is closed."""
    async with serving(errors_per_minute=3) as place:
        client = await place.dial()
        for _ in range(4):
            assert (await client.ask("FLY")) == error("unknown_message")
        with pytest.raises(ConnectionClosed) as caught:
            await client.ws.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1008
        await client.ws.wait_closed()
    assert place.server.metrics.closed == {"errors": 1}


async def test_mailboxes_of_an_address() -> None:
    """Mail from one address goes into so many mailboxes a day, into those as often as it likes."""
    async with serving(MemoryStore(), mailboxes_per_address=1) as place:
        client = await (await place.dial()).hello()
        assert (await client.put(b"x")).type == "STORED"
        other = crypto.public_key(bytes(32))
        granted = mailbox.grant(bytes(32), ANN)
        assert await client.put(b"x", mailbox=other, grant=granted) == error("full", id=ONE.hex())
        assert (await client.put(b"y", TWO)).type == "STORED"
        place.server._daily._today -= 1
        assert (await client.put(b"x", mailbox=other, grant=granted)).type == "STORED"


async def test_bytes_of_an_address() -> None:
    """Mail from one address is so many bytes a day, however small; what was not kept does not count."""
    size = stores.cost(b"x")
    async with serving(MemoryStore(Quota(mailbox_envelopes=2)), bytes_per_address=4 * size - 1) as place:
        client = await (await place.dial()).hello()
        other = crypto.public_key(bytes(32))
        more = {"mailbox": other, "grant": mailbox.grant(bytes(32), ANN)}
        for id in (ONE, TWO):
            assert (await client.put(b"x", id)).type == "STORED"
        for _ in range(5):
            assert await client.put(b"x", b"3" * 16) == error("full", id=(b"3" * 16).hex())
        assert (await client.put(b"x", **more)).type == "STORED"
        assert await client.put(b"", TWO, **more) == error("full", id=TWO.hex())
        place.server._daily._today -= 1
        assert (await client.put(b"x", TWO, **more)).type == "STORED"


async def test_revocations_of_an_address() -> None:
    """One address revokes so often a day."""
    async with serving(MemoryStore(), revocations_per_address=1) as place:
        client = await (await place.dial()).hello()
        await client.open()
        assert (await client.revoke(ANN)).type == "REVOKED"
        assert await client.revoke(ANN) == error("full")
        place.server._daily._today -= 1
        assert (await client.revoke(ANN)).type == "REVOKED"


async def test_all_mail() -> None:
    """When all mailboxes together hold what they may, the server is full."""
    async with serving(MemoryStore(Quota(total_bytes=stores.ENVELOPE_COST + 3))) as place:
        client = await (await place.dial()).hello()
        assert (await client.put(b"123")).type == "STORED"
        assert await client.put(b"4", TWO) == error("full", id=TWO.hex())


async def test_too_fast_is_closed() -> None:
    """A flood is slowed down, and closed when it goes on; what it sent in time has arrived."""
    async with serving(messages_per_s=100, held_back_s=0.1) as place:
        creator, joiner, _ = await place.pair()
        with contextlib.suppress(ConnectionClosed):
            for _ in range(100_000):
                await creator.ws.send(b"x" * 1000)
        assert len([frame async for frame in until_closed(joiner.ws)]) > 100
    assert place.server.metrics.closed["too_fast"] == 1
    assert place.server.metrics.counts["held_back_total"][""] >= 1


async def test_messages_that_never_end() -> None:
    """Unfinished messages count as memory; those that hold the most are closed, the others go on."""
    async with serving(memory_bytes=1_000_000) as place:
        creator, joiner, _ = await place.pair()
        hoarders = [(await place.pair())[0] for _ in range(4)]

        async def hoard(index: int) -> None:
            ws = hoarders[index].ws
            # the head of a frame of 400 kB, and most of it
            ws.transport.write(b"\x82\xff" + (400_000).to_bytes(8, "big") + bytes(4) + bytes(390_000))
            await ws.wait_closed()

        done, waiting = await asyncio.wait(
            [asyncio.create_task(hoard(index)) for index in range(4)], return_when=asyncio.FIRST_COMPLETED
        )
        for task in waiting:
            task.cancel()
        await creator.ws.send("still here")
        assert await joiner.ws.recv() == "still here"
        assert place.server.metrics.closed["memory"] >= len(done)


async def test_a_slow_reader_is_counted() -> None:
    """A joiner that does not read is closed, and that is counted."""
    async with serving(send_s=0.2) as place:
        creator, joiner, _ = await place.pair()
        joiner.ws.transport.pause_reading()
        for _ in range(30):
            await creator.ws.send(bytes(1024 * 1024))
        assert (await creator.hear()).type == "PEER_DISCONNECTED"
        assert place.server.metrics.closed == {"slow_reader": 1}


async def test_addresses_behind_a_proxy() -> None:
    """Behind a trusted proxy every client has its own limits; what a client claims itself is ignored."""
    proxies = Proxies(networks("127.0.0.1"))
    async with serving(proxies=proxies, per_address=1) as place:

        async def through(*hops: str) -> None:
            await place.dial(additional_headers=[("X-Forwarded-For", hop) for hop in hops])

        await through("192.0.2.1")
        await through("192.0.2.2")
        with pytest.raises(InvalidStatus) as caught:
            await through("198.51.100.1, 192.0.2.2")
        assert caught.value.response.status_code == 429
        assert place.server.metrics.turned_away == {"address": 1}


async def test_who_is_no_proxy() -> None:
    """A header from elsewhere says nothing."""
    async with serving(proxies=Proxies(networks("10.0.0.1")), per_address=1) as place:
        await place.dial(additional_headers={"X-Forwarded-For": "192.0.2.1"})
        with pytest.raises((OSError, EOFError, InvalidMessage)):
            await place.dial(additional_headers={"X-Forwarded-For": "192.0.2.2"})
        assert place.server.metrics.turned_away == {"address": 1}


async def test_messages_outside_rooms() -> None:
    """Only a room takes messages that are longer than any envelope."""
    async with serving(MemoryStore(), envelope_bytes=1000) as place:
        creator, joiner, _ = await place.pair()
        await creator.ws.send(bytes(100_000))
        assert await joiner.ws.recv() == bytes(100_000)
        client = await (await place.dial()).hello()
        assert await client.put(bytes(1001)) == error("too_large", id=ONE.hex())
        await client.ws.send(bytes(100_000))
        with pytest.raises(ConnectionClosed) as caught:
            await client.ws.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1009


async def test_who_goes_too_far() -> None:
    """Whose connections are closed for what they did connects less often for a while; who is inside stays."""
    need(sys.platform == "linux", "a second loopback address")
    async with serving() as place:
        now_s = 1000.0
        place.server._gate._clock = lambda: now_s
        creator, joiner, _ = await place.pair()
        closed = place.server.metrics.closed
        for number in (1, 2):
            client = await place.dial()
            await client.ws.send("no JSON")
            await client.ws.wait_closed()
            await until(lambda: closed["bad_message"] == number)  # noqa: B023 - the client may give up sooner
        assert await is_refused(place)
        assert place.server.metrics.turned_away == {"went_too_far": 1}
        await creator.ws.send("still here")
        assert await joiner.ws.recv() == "still here"
        await place.dial(local_addr=("127.0.0.2", 0))
        now_s += 10
        for _ in range(3):
            await place.dial()


async def test_who_comes_and_goes() -> None:
    """Who connects and leaves all the time connects less often."""
    async with serving(connects_per_minute=10) as place:
        place.server._gate._clock = lambda: 1000.0  # no time passes, however long it takes
        for _ in range(6):
            await (await place.dial()).ws.close()
        await place.dial()
        assert await is_refused(place)
        assert place.server.metrics.turned_away == {"went_too_far": 1}


async def test_handshakes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One address has only so many connections that are not past their handshake."""
    monkeypatch.setattr(guests, "GREETED_AT_ONCE", 2)
    async with serving() as place:
        await place.pair()  # who is past it does not count
        silent = [await asyncio.open_connection("127.0.0.1", place.server.port) for _ in range(2)]
        assert await is_refused(place)
        assert place.server.metrics.turned_away == {"handshakes": 1}
        silent[0][1].transport.abort()
        async with asyncio.timeout(60):
            while len(place.server._gate) > 3:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
        await place.dial()
        silent[1][1].transport.abort()


@pytest.mark.parametrize(
    ("origin", "is_let_in"), [(None, True), ("http://{host}", True), ("https://web.example", False), ("null", False)]
)  # fmt: skip
async def test_web_pages(origin: str | None, is_let_in: bool) -> None:
    """A page in somebody's browser reaches this machine, too; it gets nothing. Programs name no origin, or our own."""
    async with serving() as place:
        told = origin and origin.format(host=f"127.0.0.1:{place.server.port}")
        if is_let_in:
            assert (await (await place.dial(origin=told)).ask("CREATE_ROOM")).type == "ROOM_CREATED"
        else:
            with pytest.raises(InvalidStatus):
                await place.dial(origin=told)
            assert place.server.metrics.turned_away == {"origin": 1}


async def test_rooms_of_one_make_place_for_others() -> None:
    """When there is no place for rooms, who has many that wait gives one up for who has fewer."""
    need(sys.platform == "linux", "a second loopback address")
    async with serving(waiting_rooms=3) as place:
        greedy = [await place.dial(local_addr=("127.0.0.2", 0)) for _ in range(4)]
        for each in greedy[:3]:
            assert (await each.ask("CREATE_ROOM")).type == "ROOM_CREATED"
        assert await greedy[3].ask("CREATE_ROOM") == error("too_many_rooms")
        assert (await (await place.dial()).ask("CREATE_ROOM")).type == "ROOM_CREATED"
        await greedy[0].ws.wait_closed()
        assert place.server.metrics.closed == {"crowded": 1}
        assert (await (await place.dial()).ask("CREATE_ROOM")) == error("too_many_rooms")


async def test_who_gives_its_place_to_another() -> None:
    """Of the line that has most connections it is the oldest that is in no room; those in a room stay."""
    need(sys.platform == "linux", "a second loopback address")
    async with serving(connections=4) as place:
        creator, joiner, _ = await place.pair()
        idle, later = await place.dial(), await place.dial()
        await place.dial(local_addr=("127.0.0.2", 0))
        await idle.ws.wait_closed()
        await creator.ws.send("still here")
        assert await joiner.ws.recv() == "still here"
        assert (await later.ask("FLY")) == error("unknown_message")
        assert place.server.metrics.closed == {"crowded": 1}


@pytest.mark.parametrize("asked_s", [60.0, 0.0])
async def test_who_was_in_a_room_less_often_goes_first(
    monkeypatch: pytest.MonkeyPatch, asked_s: float
) -> None:
    """Who comes back as soon as it was put out keeps nobody out that waits; who has not asked lately waits no more."""
    need(sys.platform == "linux", "a second loopback address")
    monkeypatch.setattr(rooms, "ASKED_S", asked_s)
    async with serving() as place:
        creator, joiner, room = await place.pair()
        waits = await place.dial(local_addr=("127.0.0.2", 0))
        assert await waits.ask("JOIN_ROOM", room_id=room) == error("room_busy")
        again = await place.dial()
        await joiner.ws.close()
        assert (await creator.hear()).type == "PEER_DISCONNECTED"
        if asked_s:
            assert await again.ask("JOIN_ROOM", room_id=room) == error("room_busy")
            again = waits
        while (answer := await again.ask("JOIN_ROOM", room_id=room)) == error("room_busy"):
            pass
        assert answer.type == "ROOM_JOINED"


def test_many_lines_that_hold_all_places_give_them_up() -> None:
    """A newcomer gets in at once, however the places are shared out among a hundred lines; those do not come back."""

    class Held:
        """As much of a connection as the gate looks at."""

        flow, is_greeted, peer_name, came_s = SimpleNamespace(is_known=False), False, None, 0.0
        why = ended = ""

        def __init__(self, address: str) -> None:
            self.address = self.peer = address
            self.counted = ""
            self.protocol = SimpleNamespace(close_sent=None)

        def end(self, why: str) -> None:
            self.ended = why

    gate = Gate(Policy().door(), Policy().rates(), Metrics())
    gate._clock = count(step=0.5).__next__
    held = [Held(f"198.51.{n % 100}.1") for n in range(Policy().connections)]
    for each in held:
        assert not gate.is_busy()
        assert gate.enter(each)  # type: ignore[arg-type]
        gate.greeted(each)  # type: ignore[arg-type]
    assert gate.is_busy()  # who comes in now, as fast as they like, puts out others before they are heard
    assert gate.may_come("203.0.113.1")
    newcomer = Held("203.0.113.1")
    assert gate.enter(newcomer)  # type: ignore[arg-type]
    assert sum(each.ended == "crowded" for each in held) == 1
    assert not newcomer.ended
    crowded = next(each for each in held if each.ended)
    assert not gate.enter(Held(crowded.address))  # type: ignore[arg-type]
    for each in [*held, newcomer]:
        gate.leave(each)  # type: ignore[arg-type]
    assert len(gate) == gate._most == 0
    assert not any(gate._by_size.values())


async def test_nobody_gives_its_place_to_one_that_would_have_as_many() -> None:
    """Else two lines would push each other out for ever."""
    need(sys.platform == "linux", "a second loopback address")
    async with serving(connections=3) as place:
        first, second = await place.dial(), await place.dial()
        await place.dial(local_addr=("127.0.0.2", 0))
        with pytest.raises((OSError, InvalidMessage)):
            await place.dial(local_addr=("127.0.0.2", 0))
        for client in (first, second):
            assert (await client.ask("FLY")) == error("unknown_message")
        assert place.server.metrics.turned_away == {"connections": 1}


async def test_strangers_do_not_keep_pairs_waiting() -> None:
    """Messages of strangers that never end wait for their turns, and a pair's go first."""
    async with serving(errors_per_minute=10**6) as place:
        creator, joiner, _ = await place.pair()
        flood = b'{"type": "FLY"}'
        clients = [await place.dial() for _ in range(8)]

        async def fly(ws: ClientConnection) -> None:
            with contextlib.suppress(ConnectionClosed):
                for _ in range(3000):
                    await ws.send(flood.decode())

        async def land(ws: ClientConnection) -> None:
            with contextlib.suppress(ConnectionClosed):
                async for _ in ws:
                    pass

        tasks = [asyncio.create_task(each(client.ws)) for client in clients for each in (fly, land)]
        answered = place.server.metrics.refused
        for _ in range(50):
            await creator.ws.send(bytes(20_000))
            await joiner.ws.recv()
        # A twentieth of the time is enough for a few dozen; read at once, all are answered as they come.
        assert answered["unknown_message"] < 500
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_many_frames_at_once() -> None:
    """However many frames come in one piece, few of them are taken at a time, and all in their order."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    seen: list[int] = []
    async with serving() as place:
        first, second, _ = await place.pair()
        count = place.server.metrics.counts["received_frames_total"]

        def watch() -> None:
            seen.append(count[""])
            if not over.is_set():
                loop.call_soon(watch)

        watch()
        frames = [b"%d" % number for number in range(3_000)]
        raw = b"".join(
            bytes((0x82, 0x80 | len(frame))) + bytes(4) + frame for frame in frames
        )  # masked with zeros
        first.ws.transport.write(raw)
        heard = [await second.ws.recv() for _ in frames]
        over.set()
    assert heard == frames
    assert max(after - before for before, after in pairwise(seen)) <= flow.FRAMES_AT_ONCE


# What a row of the specification's table of limits begins with, and the numbers that it has to name.
_RELAY, _QUOTA = Policy(), Quota()
_DAY_S = 24 * 3600
LIMITS: dict[str, tuple[float, ...]] = {
    "a message, with header": (_RELAY.message_bytes, LISTENER.message_bytes),
    "of this, outside rooms": (),
    "a header": (wire.MAX_HEADER_BYTES,),
    "an envelope (": (_RELAY.envelope_bytes,),
    "open connections (": (_RELAY.connections, LISTENER.connections),
    "open connections of one address": (
        _RELAY.ipv6_bits, LISTENER.ipv6_bits, _RELAY.per_address, LISTENER.per_address,
    ),
    "new connections of one address": (_RELAY.connects_per_minute, guests.USUAL_BURST),
    "connections of one address that are not past": (guests.GREETED_AT_ONCE,),
    "new connections of an address that went too far": (
        doorstep.FIRST_S, doorstep.FIRST_S * 2**doorstep.MOST_DOUBLED, doorstep.QUIET_S,
    ),
    "messages of one connection": (0, _RELAY.messages_per_s, flow.BURST_S * _RELAY.messages_per_s),
    "bytes of one connection": (0, _RELAY.bytes_per_s, flow.BURST_S * _RELAY.bytes_per_s),
    "being held back": (_RELAY.held_back_s,),
    "what waits in memory": (_RELAY.memory_bytes, LISTENER.memory_bytes),
    "errors answered": (_RELAY.errors_per_minute,),
    "rooms (": (_RELAY.rooms,),
    "rooms without a joiner": (_RELAY.waiting_rooms,),
    "of these, made from one address": (_RELAY.waiting_per_address,),
    "life of a room": (_RELAY.room_ttl_s,),
    "joins of one room": (_RELAY.joins_per_room, LISTENER.joins_per_room),
    "joins tried": (_RELAY.joins_per_minute, LISTENER.joins_per_minute),
    "age of mail": (_RELAY.age_s, _QUOTA.age_s, _QUOTA.age_s / _DAY_S),
    "what an envelope counts for": (stores.ENVELOPE_COST,),
    "a mailbox (": (_QUOTA.mailbox_envelopes, _QUOTA.mailbox_bytes),
    "what one writer has": (_QUOTA.writer_envelopes, _QUOTA.writer_bytes),
    "mailboxes that mail from one address": (_RELAY.mailboxes_per_address,),
    "mail from one address": (_RELAY.bytes_per_address,),
    "all mail": (stores.REVOKED_COST, _QUOTA.total_bytes),
    "revoked writers": (_QUOTA.mailbox_revoked,),
    "revocations asked for": (_RELAY.revocations_per_address,),
    "life of a revocation": (stores.REVOKED_S, stores.REVOKED_S / _DAY_S),
    "handshake; then silence": (_RELAY.handshake_s, LISTENER.handshake_s),
    "silence of a connection": (_RELAY.idle_s, LISTENER.idle_s),
    "answer to a `Ping`": (_RELAY.ping_s, _RELAY.ping_s),
    "frames one message": (bounds.MAX_FRAGMENTS,),
    "answers to a client's `Ping`s": (bounds.MAX_UNREAD_BYTES,),
    "a reader to take one message": (_RELAY.send_s,),
    "end of those in rooms": (DRAIN_S,),
}  # fmt: skip


def test_the_specification_has_these_limits() -> None:
    """Each row of its table of limits names the numbers of this server, and no others."""
    text = (ROOT / "RELAY_SERVER_SPEC.md").read_text(encoding="utf-8")
    table = text.partition("## Limits and lifetimes")[2].partition("\n\nWhere IPv6")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    told: dict[str, set[float]] = {}
    for limit, value, *_ in rows:
        (name,) = (name for name in LIMITS if limit.startswith(f"| {name}"))
        numbers = re.findall(r"(?<![A-Za-z\d])\d[\d,]*", limit + " " + value)
        told[name] = {float(number.replace(",", "")) for number in numbers}
    assert told == {name: set(map(float, limits)) for name, limits in LIMITS.items()}
