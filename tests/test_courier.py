"""The courier over loopback: routes as they come and go, what is put and what is fetched."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from spread import courier, courier_incoming, peers, plan
from spread.config import Config
from spread.courier import Courier
from spread.courier_incoming import Incoming
from spread.errors import RouteError
from spread.mailroom import Letter
from spread.net import lan, meet
from spread.net.client import Connection as OurEnd
from spread.net.client import UnprovenError
from spread.net.server import Server
from spread.net.server_connection import Connection
from spread.net.stores import MemoryStore, StoreFull
from spread.paths import Paths, write_atomic
from spread.protocol import mailbox, wire
from tests.net.legacy_relay import legacy_relay
from tests.pairs import Home, paired
from tests.ports import free_port

LOOPBACK = ["127.0.0.1"]
Waiting = tuple[courier.RelayLink | str, bytes, tuple[bytes, int]]


class Running:
    """A courier of one home, with what it needs to be waited for."""

    def __init__(self, home: Home, config: Config) -> None:
        self.home = home
        self._news = asyncio.Event()
        self.courier = Courier(home.paths, config, home.identity, self._news.set)

    async def start(self) -> None:
        await self.courier.start(self.home.peers, LOOPBACK)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds, looking again at all news."""
        async with asyncio.timeout(60):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def fetch(self) -> list[Waiting]:
        """Return what waits, as soon as there is something."""
        found: list[Waiting] = []

        def look() -> bool:
            found.extend(self.courier.mail())
            return bool(found)

        await self.until(look)
        return found

    def hears(self, home: Home, port: int) -> bool:
        """Tell whether a home's listener is announced at a port."""
        speaker = self.courier.lan.speaker
        assert speaker is not None
        return any(f":{port}" in str(found.urls) for found in speaker.owners_of(home.identity.mailbox))

    def route(self) -> set[str]:
        """Return the routes to the one peer."""
        (kinds,) = self.courier.routes().values()
        return set(kinds)


@contextlib.asynccontextmanager
async def running(home: Home, *, relay: str = "", lan: bool = False) -> AsyncIterator[Running]:
    """Run a home's courier; its peers are at the same relay."""
    for peer in home.peers.values():
        peers.save(home.paths, replace(peer, relay=relay, our_relay=relay))
    made = Running(home, Config(relay=relay, lan=lan))
    await made.start()
    try:
        yield made
    finally:
        await made.courier.close()


@contextlib.asynccontextmanager
async def a_relay(port: int = 0, store: MemoryStore | None = None) -> AsyncIterator[tuple[str, Server]]:
    """Run one of ours."""
    server = Server(store or MemoryStore())
    await server.start(LOOPBACK, port)
    try:
        yield f"ws://127.0.0.1:{server.port}", server
    finally:
        await server.close()


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Home, Home]:
    """Two paired machines."""
    return paired(tmp_path, now=time.time())


def letter(sender: Home, envelope: bytes = b"sealed") -> Letter:
    """Return an envelope for the sender's one peer; the courier never looks into it."""
    (peer,) = sender.peers.values()
    return Letter(peer.mailbox, peer.writer_seed, peer.grant, os.urandom(16), envelope)


async def send(sender: Running, route: str, envelope: bytes = b"sealed") -> None:
    """Send one to the one peer."""
    (peer,) = sender.home.peers.values()
    await sender.courier.send(peer, letter(sender.home, envelope), "lan" if route == "lan" else "relay")


async def test_through_a_relay(homes: tuple[Home, Home]) -> None:
    """What one puts the other fetches; kept, it comes again; dropped, it does not, after a start anew either."""
    desk, laptop = homes
    async with a_relay() as (url, _):
        async with running(desk, relay=url) as sender, running(laptop, relay=url) as receiver:
            await sender.until(lambda: sender.route() == {"relay"})
            await receiver.until(lambda: receiver.courier.looked)
            await send(sender, "relay")
            found = await receiver.fetch()
            ((origin, body, item),) = found
            assert body == b"sealed"
            receiver.courier.keep(origin, body, item)
            assert receiver.courier.mail() == found
            receiver.courier.drop(origin, item)
            await receiver.courier.deleted()
            assert receiver.courier.links[url].state == "connected"
        async with running(laptop, relay=url) as again:
            await again.until(lambda: again.courier.looked)
            assert again.courier.mail() == []


async def test_what_waited_is_looked_at_before_it_says_so(homes: tuple[Home, Home]) -> None:
    """`looked` holds only once all that waited at the start was taken in."""
    desk, laptop = homes
    async with a_relay() as (url, _):
        async with running(desk, relay=url) as sender:
            await sender.until(lambda: sender.route() == {"relay"})
            for number in range(3):
                await send(sender, "relay", b"sealed %d" % number)
        async with running(laptop, relay=url) as receiver:
            taken = 0
            while taken < 3:
                found = await receiver.fetch()
                for origin, _, item in found:
                    assert not receiver.courier.looked
                    receiver.courier.drop(origin, item)
                taken += len(found)
            assert receiver.courier.looked


async def test_over_the_lan(homes: tuple[Home, Home]) -> None:
    """The peer's listener is found, and what it takes lies in its owner's files before it says so."""
    desk, laptop = homes
    async with running(desk, lan=True) as sender, running(laptop, lan=True) as receiver:
        await sender.until(lambda: sender.route() == {"lan"})
        await send(sender, "lan")
        ((origin, body, _),) = receiver.courier.mail()
        assert body == b"sealed"
        assert isinstance(origin, str)
        assert os.path.dirname(origin) == laptop.paths.incoming
        assert os.stat(origin).st_mode & 0o777 == 0o600
        receiver.courier.drop(origin, (b"", 0))
        assert receiver.courier.mail() == []
        assert receiver.courier.lan.state.startswith("listening on 127.0.0.1 port ")


async def test_a_stranger_on_the_lan_writes_nothing(homes: tuple[Home, Home], tmp_path: Path) -> None:
    """Whom we have unpaired is refused although it still holds a capability."""
    desk, laptop = homes
    async with running(desk, lan=True) as sender, running(laptop, lan=True) as receiver:
        await sender.until(lambda: sender.route() == {"lan"})
        receiver.courier.follow({})
        with pytest.raises(RouteError, match="refused"):
            await send(sender, "lan")
        assert os.listdir(laptop.paths.incoming) == []


async def test_a_listener_is_for_putting_only(homes: tuple[Home, Home]) -> None:
    """Its own mailbox is not opened over the network, not even with its key, nor is a room made there."""
    _, laptop = homes
    async with running(laptop, lan=True) as receiver:
        url = f"ws://127.0.0.1:{receiver.courier.lan.port}"
        connection = await OurEnd.open(url, listener=laptop.identity.mailbox)
        with pytest.raises(RouteError, match="does not open our mailbox"):
            await connection.open_mailbox(laptop.identity.mailbox_seed, laptop.identity.mailbox, lambda: None)
        await connection.close()
        with pytest.raises(RouteError, match="makes no more rooms"):
            await meet.Host(url, "share").create()


async def test_an_announcement_without_a_listener_goes_once_another_answers(homes: tuple[Home, Home]) -> None:
    """What a killed engine has announced stays for as long as nobody answers: the network may only be cut."""
    desk, laptop = homes
    gone = free_port()
    async with running(desk, lan=True) as sender, posing(laptop, f"ws://127.0.0.1:{gone}"):
        await sender.until(lambda: sender.hears(laptop, gone))
        with pytest.raises(RouteError):
            await send(sender, "lan")
        assert sender.hears(laptop, gone)
    async with running(desk, lan=True) as sender, running(laptop, lan=True) as receiver:
        await sender.until(partial(sender.hears, laptop, receiver.courier.lan.port))
        async with posing(laptop, f"ws://127.0.0.1:{gone}"):  # heard last, it is tried first
            await sender.until(lambda: sender.hears(laptop, gone))
            await send(sender, "lan")
            assert not sender.hears(laptop, gone)
            assert contents(laptop.paths) == [b"sealed"]


@contextlib.asynccontextmanager
async def posing(home: Home, url: str) -> AsyncIterator[None]:
    """Announce something at `url` as a home's listener: whoever has heard the announcement can copy it."""
    speaker = lan.Lan(LOOPBACK)
    await speaker.start()
    try:
        nonce = os.urandom(8).hex()
        port = int(url.rpartition(":")[2])
        await speaker.announce(port, {"n": nonce, "t": lan.tag(home.identity.mailbox, nonce)})
        yield
    finally:
        await speaker.close()


async def test_who_copies_an_announcement_gets_nothing(homes: tuple[Home, Home]) -> None:
    """A server that poses as the peer's, and would say `STORED`, is not used: it cannot prove whose it is."""
    desk, laptop = homes
    swallowed = MemoryStore()
    async with (
        a_relay(store=swallowed) as (url, server),
        running(desk, lan=True) as sender,
        posing(laptop, url),
    ):
        await sender.until(lambda: sender.hears(laptop, server.port))
        with pytest.raises(UnprovenError):
            await send(sender, "lan")
        assert await swallowed.count(laptop.identity.mailbox) == 0
        assert sender.route() == set()  # so that the relay is used at once
        async with running(laptop, lan=True) as receiver:
            await sender.until(partial(sender.hears, laptop, receiver.courier.lan.port))
            await send(sender, "lan")
            assert contents(laptop.paths) == [b"sealed"]


@contextlib.asynccontextmanager
async def in_between(port: int) -> AsyncIterator[str]:
    """Run one who passes the greeting on to the true listener, with the very `Host` of the caller, and then says
    itself that it keeps what it gets."""

    async def talk(caller: ServerConnection) -> None:
        async with connect(
            f"ws://127.0.0.1:{mine}", host="127.0.0.1", port=port, proxy=None, compression=None
        ) as true:
            await true.send(await caller.recv())
            await caller.send(await true.recv())
            stolen = wire.decode(await caller.recv())
            await caller.send(wire.encode(wire.Message("STORED", {"id": stolen.fields["id"]})))
            await caller.wait_closed()

    async with serve(talk, "127.0.0.1", 0, compression=None) as server:
        mine = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{mine}"


async def test_who_stands_in_between_cannot_swallow_mail(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the true listener's own address it can pass on the proof of that, but not make the one that mail is kept."""
    desk, laptop = homes
    monkeypatch.setattr(Connection, "is_for_us", lambda _: True)
    async with running(laptop, lan=True) as receiver, in_between(receiver.courier.lan.port) as url:
        port = int(url.rpartition(":")[2])
        async with running(desk, lan=True) as sender, posing(laptop, url):
            await sender.until(partial(sender.hears, laptop, receiver.courier.lan.port))
            await sender.until(partial(sender.hears, laptop, port))
            speaker = sender.courier.lan.speaker
            assert speaker is not None
            for found in list(speaker.found.values()):
                if found.urls == (url,):
                    speaker._remember(found)  # the last heard is the first tried
            with pytest.raises(UnprovenError, match=url):
                await send(sender, "lan")
            assert contents(laptop.paths) == []
            await send(sender, "lan")  # to the true one: the other is not used again
            assert contents(laptop.paths) == [b"sealed"]


async def test_a_listener_that_starts_anew_is_found(homes: tuple[Home, Home]) -> None:
    """After the peer's engine was replaced, the next sending goes to the new one."""
    desk, laptop = homes
    async with running(desk, lan=True) as sender:
        for _ in range(2):
            async with running(laptop, lan=True) as receiver:
                await sender.until(partial(sender.hears, laptop, receiver.courier.lan.port))
                await send(sender, "lan")
                ((origin, _, item),) = receiver.courier.mail()
                receiver.courier.drop(origin, item)


@pytest.mark.parametrize("route", ["lan", "relay"])
async def test_no_route(homes: tuple[Home, Home], route: str) -> None:
    """Sending where there is no way is an error that may pass."""
    async with running(homes[0]) as sender:
        assert sender.route() == set()
        with pytest.raises(RouteError) as caught:
            await send(sender, route)
        assert caught.value.transient


async def test_a_relay_that_is_away_comes_back(homes: tuple[Home, Home]) -> None:
    """Meanwhile its state says why; then it is connected by itself, and counted as a new chance."""
    desk, _ = homes
    async with a_relay(free_port()) as (url, server), running(desk, relay=url) as sender:
        await sender.until(lambda: sender.route() == {"relay"})
        await server.close()
        await sender.until(lambda: sender.route() == set())
        link = sender.courier.links[url]
        await sender.until(lambda: "cannot reach" in link.state)
        sender.courier.keep(link, b"sealed", (bytes(16), 1))  # it waits there, and will come again
        link.done.append((bytes(16), 2))
        async with a_relay(server.port):
            await sender.until(lambda: sender.route() == {"relay"})
        assert link.times == 2
        assert (link.kept, link.done) == ([], [])


async def test_a_relay_that_hangs_up_at_once_is_let_alone(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is called less and less often, although each call begins well; one that held for long is called at once."""
    monkeypatch.setattr(plan, "BACKOFF_ROUTE_S", (0.01, 3600.0))
    async with a_relay() as (url, server), running(homes[0], relay=url) as sender:
        link = sender.courier.links[url]

        async def hung_up_on(times: int) -> None:
            await sender.until(lambda: link.times == times)
            for guest in list(server._gate._inside):
                guest.transport.abort()

        await hung_up_on(1)
        await hung_up_on(2)
        await asyncio.sleep(0.2)
        assert link.times == 2
        monkeypatch.setattr(courier, "BRIEF_S", 0.0)  # each is long now
        link.again.set()
        for times in (3, 4, 5):
            await hung_up_on(times)


async def test_a_relay_for_rooms_only(homes: tuple[Home, Home]) -> None:
    """It is no route, it is looked at, and its state says what it is."""
    async with legacy_relay() as url, running(homes[0], relay=url) as sender:
        await sender.until(lambda: sender.courier.looked)
        assert sender.route() == set()
        assert sender.courier.links[url].state == f"{url} keeps no mail (it is a relay for rooms only)"


async def test_a_relay_for_rooms_only_is_let_alone(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked again after a minute at the soonest, however soon one that is away would be."""
    monkeypatch.setattr(plan, "BACKOFF_ROUTE_S", (0.01,))
    assert courier.ROOMS_ONLY_RETRY_S[0] == 60.0
    async with legacy_relay() as url, running(homes[0], relay=url) as sender:
        await sender.until(lambda: sender.courier.looked)
        link = sender.courier.links[url]
        link.state = "as it was"  # another try would tell
        await asyncio.sleep(0.2)
        assert link.state == "as it was"


async def test_failures_before_do_not_count_for_rooms_only(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relay that was away for long and is then taken for one for rooms only is soon asked again."""
    monkeypatch.setattr(courier, "ROOMS_ONLY_RETRY_S", (0.05, 3600.0))
    monkeypatch.setattr(plan, "BACKOFF_ROUTE_S", (0.01, 0.01))
    async with contextlib.AsyncExitStack() as stack:
        async with a_relay() as (url, server):
            port = server.port  # free from now on
        sender = await stack.enter_async_context(running(homes[0], relay=url))
        link = sender.courier.links[url]
        await sender.until(lambda: "refused" in link.state)
        await asyncio.sleep(0.2)  # again and again
        async with legacy_relay(port=port):
            await sender.until(lambda: "rooms only" in link.state)
        async with a_relay(port):
            await sender.until(lambda: sender.route() == {"relay"})


async def test_our_mailbox_is_opened_at_our_relays_only(homes: tuple[Home, Home]) -> None:
    """A relay that only the peer names is used to put, and gets no proof for our mailbox."""
    desk, _ = homes
    async with a_relay() as (ours, _), a_relay() as (theirs, _):
        (peer,) = desk.peers.values()
        peers.save(desk.paths, replace(peer, relay=theirs, our_relay=ours))
        made = Running(desk, Config(relay=ours, lan=False))
        await made.start()
        await made.until(lambda: made.route() == {"relay"})
        assert {url: link.ours for url, link in made.courier.links.items()} == {ours: True, theirs: False}
        await made.courier.close()


async def test_a_relay_that_becomes_ours_is_opened(homes: tuple[Home, Home]) -> None:
    """Where a peer has its mailbox ours may come to be as well; we then hear of our mail there."""
    desk, laptop = homes
    async with a_relay() as (ours, _), a_relay() as (theirs, _), running(laptop, relay=theirs) as sender:
        (peer,) = desk.peers.values()
        peers.save(desk.paths, replace(peer, relay=theirs, our_relay=ours))
        made = Running(desk, Config(relay=ours, lan=False))
        await made.start()
        await made.until(lambda: made.route() == {"relay"})
        assert not made.courier.is_open_at(theirs)
        peers.save(desk.paths, replace(peer, relay=theirs, our_relay=theirs))
        made.courier.follow(desk.peers)
        await made.until(lambda: made.courier.is_open_at(theirs))
        await sender.until(lambda: sender.route() == {"relay"})
        await send(sender, "relay")
        assert [body for _, body, _ in await made.fetch()] == [b"sealed"]
        await made.courier.close()


async def test_links_follow_the_peers(homes: tuple[Home, Home]) -> None:
    """Without peers nothing is connected; with the last one gone it is hung up."""
    desk, _ = homes
    async with a_relay() as (url, _), running(desk, relay=url) as sender:
        await sender.until(lambda: sender.route() == {"relay"})
        sender.courier.follow({})
        assert sender.courier.links == {}
        sender.courier.follow(desk.peers)
        await sender.until(lambda: sender.route() == {"relay"})


async def test_very_many_are_deleted_in_parts(homes: tuple[Home, Home]) -> None:
    """A server takes only so many at once, and hangs up on who asks for more."""
    desk, laptop = homes
    async with (
        a_relay() as (url, server),
        running(desk, relay=url) as sender,
        running(laptop, relay=url) as receiver,
    ):
        await sender.until(lambda: sender.route() == {"relay"})
        await receiver.until(lambda: receiver.courier.is_open_at(url))
        await send(sender, "relay")
        ((origin, _, item),) = await receiver.fetch()
        link = receiver.courier.links[url]
        link.done += [(os.urandom(16), 0) for _ in range(2 * mailbox.DELETE_ITEMS)]
        receiver.courier.drop(origin, item)
        await receiver.courier.deleted()
        assert receiver.courier.is_open_at(url)
        assert link.done == []
        assert await server._boxes._store.count(laptop.identity.mailbox) == 0  # type: ignore[union-attr]


async def test_mail_comes_by_all_ways_in_turn(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much waits by one way, the others are served too; what is left over is news at once."""
    monkeypatch.setattr(courier, "MAX_AT_ONCE", 2)
    desk, laptop = homes
    async with (
        a_relay() as (url, _),
        running(desk, relay=url) as sender,
        running(laptop, relay=url) as receiver,
    ):
        await sender.until(lambda: sender.route() == {"relay"})
        await receiver.until(lambda: receiver.courier.is_open_at(url))
        for number in range(3):
            if number < 2:
                write_atomic(os.path.join(laptop.paths.incoming, f"{number}.env"), b"lan %d" % number)
            await send(sender, "relay", b"relay %d" % number)
        connection = receiver.courier.links[url].connection
        assert connection is not None
        await receiver.until(lambda: connection.mail.qsize() == 3)
        receiver._news.clear()
        assert [body for _, body, _ in receiver.courier.mail()] == [
            b"lan 0",
            b"relay 0",
            b"lan 1",
            b"relay 1",
        ]
        assert receiver._news.is_set(), "an envelope is left"
        assert connection.mail.get_nowait()[2] == b"relay 2"
        write_atomic(os.path.join(laptop.paths.incoming, "2.env"), b"lan 2")
        receiver._news.clear()
        receiver.courier.mail()
        assert receiver._news.is_set(), "a file is left"


# The store behind the listener


def contents(home: Paths) -> list[bytes]:
    """Return what waits to be opened."""
    return [path.read_bytes() for path in sorted(Path(home.incoming).iterdir())]


async def test_incoming_survives_and_wakes(home: Paths) -> None:
    """Each envelope is a file of its own, in the order they came."""
    woken: list[int] = []
    incoming = Incoming(home, lambda: woken.append(1))
    for body in (b"one", b"two", b"one"):
        await incoming.put(bytes(32), bytes(32), bytes(16), body)
    assert contents(home) == [b"one", b"two", b"one"]
    assert len(woken) == 3


async def test_incoming_shows_nobody_anything(home: Paths) -> None:
    """Over the network the mailbox is empty, whatever lies there."""
    incoming = Incoming(home, lambda: None)
    await incoming.put(bytes(32), bytes(32), bytes(16), b"one")
    assert await incoming.waiting(bytes(32)) == []
    assert await incoming.count(bytes(32)) == 0
    assert not await incoming.is_revoked(bytes(32), bytes(32))


async def test_incoming_has_a_limit(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """When too much waits, or nothing can be written, the sender is told to keep it."""
    monkeypatch.setattr(courier_incoming, "MAX_INCOMING", 1)
    incoming = Incoming(home, lambda: None)
    await incoming.put(bytes(32), bytes(32), bytes(16), b"one")
    with pytest.raises(StoreFull):
        await incoming.put(bytes(32), bytes(32), bytes(16), b"two")
    monkeypatch.undo()
    os.rename(home.incoming, home.incoming + ".away")
    os.symlink("/proc/self", home.incoming)  # nothing can be made there, not even by root
    with pytest.raises(StoreFull):
        await incoming.put(bytes(32), bytes(32), bytes(16), b"three")


async def test_one_peer_cannot_fill_the_incoming(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of one peer's mail keeps nobody else out."""
    monkeypatch.setattr(courier_incoming, "MAX_INCOMING_EACH", 2)
    incoming = Incoming(home, lambda: None)
    flooder, other = b"f" * 32, b"o" * 32
    for _ in range(2):
        await incoming.put(bytes(32), flooder, bytes(16), b"one")
    with pytest.raises(StoreFull):
        await incoming.put(bytes(32), flooder, bytes(16), b"three")
    await incoming.put(bytes(32), other, bytes(16), b"of another")


async def test_a_network_that_changed_keeps_what_still_works(homes: tuple[Home, Home]) -> None:
    """Connections that answer stay; a LAN is announced and asked for anew, and found again."""
    desk, laptop = homes
    async with (
        a_relay() as (url, _),
        running(desk, relay=url, lan=True) as one,
        running(laptop, lan=True) as other,
    ):
        await one.until(lambda: one.route() == {"lan", "relay"})
        assert await one.courier.network_changed()
        assert await other.courier.network_changed()
        await asyncio.gather(*one.courier._calls.closing)
        await send(one, "lan")
        await send(one, "relay")
        assert one.courier.links[url].times == 1
        assert one.courier.lan.works


async def test_a_network_that_changed_ends_what_is_dead(homes: tuple[Home, Home]) -> None:
    """A connection nobody answers on is given up at once, and made anew at once."""
    desk, _ = homes
    async with a_relay() as (url, _), running(desk, relay=url) as one:
        await one.until(lambda: one.route() == {"relay"})
        link = one.courier.links[url]
        assert link.connection is not None
        link.connection._ws.transport.pause_reading()  # as when the network ate what was sent
        await one.courier.network_changed()
        await one.until(lambda: link.times == 2 and link.connection is not None)
        await send(one, "relay")


async def test_many_at_once_share_one_connection(homes: tuple[Home, Home]) -> None:
    """However many hand-offs go out at the same time."""
    desk, laptop = homes
    async with running(desk, lan=True) as sender, running(laptop, lan=True) as receiver:
        await sender.until(lambda: sender.route() == {"lan"})
        await asyncio.gather(*(send(sender, "lan") for _ in range(20)))
        assert receiver.courier.lan.server is not None
        assert len(receiver.courier.lan.server._listening[0].connections) == 1


async def test_why_there_is_no_route(homes: tuple[Home, Home]) -> None:
    """What is there is not told; a LAN peer that has gone is told with when it was last there."""
    desk, laptop = homes
    async with running(desk, lan=True) as one:
        (peer,) = desk.peers.values()
        assert one.courier.missing(peer) == {"lan": "not seen on the LAN yet", "relay": "it has no relay"}
        async with running(laptop, lan=True):
            await one.until(lambda: one.route() == {"lan"})
            assert list(one.courier.missing(peer)) == ["relay"]
        await one.until(lambda: one.route() == set())
        assert one.courier.missing(peer)["lan"].startswith("not seen on the LAN since 20")
