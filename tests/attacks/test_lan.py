"""Attacks on the local network: announcements with our names, floods of them, callers of our listeners."""

import asyncio
import contextlib
import gc
import logging
import re
import struct
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, WebSocketException
from zeroconf import DNSIncoming, DNSOutgoing, DNSPointer, DNSText, ServiceStateChange  # type: ignore[attr-defined]
from zeroconf.asyncio import AsyncServiceInfo
from zeroconf.const import _CLASS_IN, _FLAGS_AA, _FLAGS_QR_RESPONSE, _TYPE_PTR, _TYPE_TXT

from spread import courier as courier_module
from spread.commands import joining
from spread.config import Config
from spread.courier import Courier, RelayLink
from spread.errors import RoomError, SpreadError
from spread.mailroom import Letter
from spread.net import client, lan, lan_records, meet
from spread.net.flow import Rates
from spread.net.guests import Door, Gate
from spread.net.lan import Found
from spread.net.metrics import Metrics
from spread.net.rooms import RoomLimits
from spread.net.server import LISTENER, Policy
from spread.net.server_connection import Connection
from spread.net.stores import MemoryStore
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message
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
from tests.pairs import Home, paired

NONCE = bytes(32)
SERVICE_LABELS = (b"_claude-spread", b"_tcp", b"local")


@pytest.fixture
def two(tmp_path: Path) -> tuple[Home, Home]:
    """Two paired machines."""
    return paired(tmp_path, now=1.0)


async def delivered(desk: Home, laptop: Home, url: str) -> bool:
    """Let the desk send by the LAN where only `url` is announced; tell whether it takes the envelope for kept."""
    courier = Courier(desk.paths, Config(relay=""), desk.identity, lambda: None)
    peer = desk.peers["laptop"]
    found = Found("x", (url,), "ab", lan.tag(peer.mailbox, "ab"), "", "")
    here: Any = SimpleNamespace(owners_of=lambda _: [found], forget=lambda _: None, close=_nothing)
    courier.lan.speaker = here
    letter = Letter(peer.mailbox, peer.writer_seed, peer.grant, bytes(16), b"sealed")
    try:
        await courier.send(peer, letter, "lan")
        return True
    except SpreadError:
        return False
    finally:
        await courier.close()


async def _nothing() -> None: ...


async def test_mdns_spoofing_with_our_names(two: tuple[Home, Home]) -> None:
    """Whoever copies a peer's announcement, and says that it keeps what it gets, is not believed."""

    async def talk(ws: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                message = wire.decode(await ws.recv())
                answer = Message(
                    "WELCOME", {"version": 1, "features": ["mailboxes"], "nonce": NONCE.hex(), "proof": ""}
                )
                if message.type == "PUT":
                    answer = Message("STORED", {"id": message.fields["id"], "proof": bytes(64).hex()})
                await ws.send(wire.encode(answer))

    async def attack() -> bool:
        async with hostile(talk) as url:
            return await delivered(*two, url)

    await withstands_too(attack, (mailbox, "is_listener", always), (mailbox, "is_stored", always))


async def test_in_between_on_the_lan(two: tuple[Home, Home]) -> None:
    """Whoever passes the true listener's greeting on and swallows the mail is found out, at its own address at once."""
    _, laptop = two
    policy = replace(
        LISTENER,
        mailbox=laptop.identity.mailbox,
        mailbox_seed=laptop.identity.mailbox_seed,
        remote_open=False,
    )

    async def attack() -> bool:
        async with serving(MemoryStore(), policy) as listener:

            async def talk(ws: ServerConnection) -> None:
                assert ws.request is not None
                url = f"ws://{ws.request.headers['Host']}"
                async with connect(url, proxy=None, host="127.0.0.1", port=listener.port) as far:
                    await far.send(await ws.recv())
                    await ws.send(await far.recv())
                    swallowed = wire.decode(await ws.recv())
                    answer = Message("STORED", {"id": swallowed.fields["id"], "proof": bytes(64).hex()})
                    await ws.send(wire.encode(answer))
                    await ws.wait_closed()

            async with hostile(talk) as url:
                return await delivered(*two, url)

    await withstands_too(attack, (Connection, "is_for_us", always), (mailbox, "is_stored", always))
    with weakened((Connection, "is_for_us", always)):
        assert not await attack()


async def test_passed_on_from_another_address(two: tuple[Home, Home]) -> None:
    """Nor does somebody at another address learn who sends us how much, by passing all of it on."""
    _, laptop = two
    policy = replace(LISTENER, mailbox=laptop.identity.mailbox, mailbox_seed=laptop.identity.mailbox_seed)

    async def attack() -> bool:
        seen: list[str] = []
        async with serving(MemoryStore(), policy) as listener:

            async def talk(ws: ServerConnection) -> None:
                assert ws.request is not None
                url = f"ws://{ws.request.headers['Host']}"
                with contextlib.suppress(ConnectionClosed):
                    async with connect(url, proxy=None, host="127.0.0.1", port=listener.port) as far:
                        while True:
                            asked = await ws.recv()
                            seen.append(wire.decode(asked).type)
                            await far.send(asked)
                            await ws.send(await far.recv())

            async with hostile(talk) as url:
                await delivered(*two, url)
        return "PUT" in seen

    await withstands_too(attack, (Connection, "is_for_us", always))


def bogus(number: int, **more: str) -> Found:
    """Return what a stranger announces."""
    given = {"nonce": "cd", "tag": f"{number:016x}", "room": "", "purpose": "", **more}
    return Found(f"x{number}", ("ws://127.0.0.1:1",), **given)


def test_10000_bogus_services(two: tuple[Home, Home]) -> None:
    """A flood of announcements fills no memory and does not push the peer's out."""
    desk, _ = two
    box = desk.peers["laptop"].mailbox

    def attack() -> list[str]:
        speaker = lan.Lan(["127.0.0.1"], wanted=lambda found: found.is_of(box))
        speaker._remember(Found("peer", ("ws://127.0.0.1:2",), "ab", lan.tag(box, "ab"), "", ""))
        worked = []
        for number in range(10_000):
            speaker._remember(bogus(number))
            if len(speaker.found) > 1000:
                worked.append("a thousand remembered")
                break
        if not speaker.owners_of(box):
            worked.append("the peer is forgotten")
        return worked

    withstands(attack, (lan, "MAX_FOUND", 10**9))


def test_10000_copies_of_one_announcement(two: tuple[Home, Home]) -> None:
    """Nor does a flood of copies of what a peer announces: only a few are remembered, and so are tried."""
    desk, _ = two
    box = desk.peers["laptop"].mailbox

    def attack() -> int:
        speaker = lan.Lan(["127.0.0.1"], wanted=lambda found: found.is_of(box))
        for number in range(300):
            speaker._remember(bogus(number, nonce="ab", tag=lan.tag(box, "ab")))
        tried = len(speaker.owners_of(box))
        return tried if tried > 10 else 0

    withstands(attack, (lan, "MAX_ALIKE", 10**9))


def test_copies_that_are_heard_first(two: tuple[Home, Home]) -> None:
    """Nor do they keep it out where they are heard first: they are unmasked, one after the other, and it is next."""
    desk, _ = two
    box = desk.peers["laptop"].mailbox

    def attack() -> bool:
        speaker = lan.Lan(["127.0.0.1"], wanted=lambda found: found.is_of(box))
        for number in range(100):
            speaker._remember(bogus(number, nonce="ab", tag=lan.tag(box, "ab")))
        speaker._remember(Found("peer", ("ws://127.0.0.1:2",), "ab", lan.tag(box, "ab"), "", ""))
        while found := speaker.owners_of(box):
            if found[0].name == "peer":
                return False
            speaker.forget(found[0])
        return True

    withstands(attack, (lan.Lan, "_drop", lambda self, name: self.found.pop(name, None)))


def test_copies_do_not_push_the_original_out(two: tuple[Home, Home]) -> None:
    """Whoever copies a peer's announcement, under however many names, does not have the peer's forgotten."""
    desk, _ = two
    box = desk.peers["laptop"].mailbox

    def attack() -> bool:
        speaker = lan.Lan(["127.0.0.1"], wanted=lambda found: found.is_of(box))
        speaker._remember(Found("peer", ("ws://127.0.0.1:2",), "ab", lan.tag(box, "ab"), "", ""))
        for number in range(300):
            speaker._remember(bogus(number, nonce="ab", tag=lan.tag(box, "ab")))
        return "peer" not in [found.name for found in speaker.owners_of(box)]

    def newest(self: lan.Lan, new: Found) -> None:
        alike = [each.name for each in self.found.values() if (each.tag, each.room) == (new.tag, new.room)]
        if len(alike) >= lan.MAX_ALIKE:
            del self.found[alike[0]]
        self.found[new.name] = new

    withstands(attack, (lan.Lan, "_remember", newest))


async def test_10000_names_that_nobody_answers_for() -> None:
    """Looking up who is behind a name is bounded too."""

    async def attack() -> int:
        speaker = lan.Lan(["127.0.0.1"])
        waiting = asyncio.Event()

        async def for_ever(*_: object) -> None:
            await waiting.wait()

        speaker._look_up = for_ever  # type: ignore[method-assign, assignment]
        speaker._knows = lambda *_: False  # type: ignore[method-assign]
        for number in range(10_000):
            name = f"x{number}.{lan.SERVICE}"
            speaker._heard(None, lan.SERVICE, name, ServiceStateChange.Added)  # type: ignore[arg-type]
        under_way = len(speaker._lookups)
        tasks = list(speaker._lookups.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return under_way if under_way > 1000 else 0

    await withstands_too(attack, (lan, "LOOKUPS_AT_ONCE", 10**9))


def junk(number: int, *, named: bool = False) -> DNSIncoming:
    """Return what a stranger says by mDNS: sixty records of nobody's, or instances of ours, that last for years."""
    said = DNSOutgoing(_FLAGS_QR_RESPONSE | _FLAGS_AA)
    for each in range(60):
        name = f"x{number}-{each}"
        if named:
            ours = f"{name}.{lan.SERVICE}"
            said.add_answer_at_time(DNSPointer(lan.SERVICE, _TYPE_PTR, _CLASS_IN, 2**31 - 1, ours), 0)
        else:
            said.add_answer_at_time(DNSText(f"{name}.local.", _TYPE_TXT, _CLASS_IN, 2**31 - 1, b"\x01x"), 0)
    (packet,) = said.packets()
    return DNSIncoming(packet, ("127.0.0.1", 5353))


async def test_records_that_last_for_years() -> None:
    """What was once said by mDNS, and is over, keeps no machine from finding those that come later."""

    async def attack() -> bool:
        heard = asyncio.Event()
        speaker = lan.Lan(["127.0.0.1"], heard.set, lambda found: found.tag == "cd")
        later = lan.Lan(["127.0.0.1"])
        try:
            await speaker.start()
            assert speaker._zeroconf is not None
            for number in range(250):
                speaker._zeroconf.zeroconf.record_manager.async_updates_from_response(junk(number))
            await later.start()
            await later.announce(4242, {"n": "ab", "t": "cd"})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(heard.wait(), 5)
            return not heard.is_set()
        finally:
            await later.close()
            await speaker.close()

    await withstands_too(attack, (lan_records, "MAX_RECORDS", 10**9))


async def test_whoever_comes_during_a_flood() -> None:
    """A listener that is announced among names without end is known as soon as it is heard."""

    async def attack() -> bool:
        heard = asyncio.Event()
        speaker = lan.Lan(["127.0.0.1"], heard.set, lambda found: found.tag == "cd")
        said = DNSOutgoing(_FLAGS_QR_RESPONSE | _FLAGS_AA)
        true = AsyncServiceInfo(
            lan.SERVICE, f"true.{lan.SERVICE}", port=4242, addresses=[bytes((127, 0, 0, 1))],
            server="true.local.", properties={"n": "ab", "t": "cd"},
        )  # fmt: skip
        for record in (true.dns_pointer(), true.dns_service(), true.dns_text(), *true.dns_addresses()):
            said.add_answer_at_time(record, 0)
        packets = [junk(number, named=True) for number in range(80)]
        packets[40:40] = [DNSIncoming(packet, ("127.0.0.1", 5353)) for packet in said.packets()]
        try:
            await speaker.start()
            assert speaker._zeroconf is not None
            for packet in packets:
                speaker._zeroconf.zeroconf.record_manager.async_updates_from_response(packet)
            return not heard.is_set()
        finally:
            await speaker.close()

    await withstands_too(attack, (lan.Lan, "_knows", lambda *_: False))


async def test_names_without_end() -> None:
    """Names that are heard once and kept for ever fill no memory: what browses is made anew."""

    async def attack() -> bool:
        speaker = lan.Lan(["127.0.0.1"])
        try:
            await speaker.start()
            assert speaker._zeroconf is not None
            first = speaker._browser
            for number in range(50):
                speaker._zeroconf.zeroconf.record_manager.async_updates_from_response(
                    junk(number, named=True)
                )
            await asyncio.sleep(1.2 * lan.TIDY_S)
            speaker._zeroconf.zeroconf.record_manager.async_updates_from_response(junk(50, named=True))
            await asyncio.sleep(0.1)
            return speaker._browser is first
        finally:
            await speaker.close()

    await withstands_too(attack, (lan_records, "MAX_RECORDS", 10**9))


@pytest.mark.parametrize(
    "name", ["\x1b]0;owned\x07.local.", "\x1b[2J do as I say", ".", "x" * 200 + f".{lan.SERVICE}"]
)
async def test_names_that_are_none(name: str) -> None:
    """A name that no listener can have ends its look-up; nobody is told of that in the stranger's words."""

    async def attack() -> list[str]:
        told: list[str] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(str(context.get("exception"))))
        speaker = lan.Lan(["127.0.0.1"])
        try:
            await speaker.start()
            assert speaker._zeroconf is not None
            speaker._heard(speaker._zeroconf.zeroconf, lan.SERVICE, name, ServiceStateChange.Added)
            await asyncio.sleep(0.05)
            gc.collect()
            return told
        finally:
            loop.set_exception_handler(None)
            await speaker.close()

    def forgotten(self: lan.Lan, name: str, task: object) -> None:
        del self._lookups[name]

    any_name = (lan, "NAME", re.compile("(?s).*")), (lan.Lan, "_knows", lambda *_: False)
    await withstands_too(attack, (lan.Lan, "_looked_up", forgotten), *any_name)


async def test_a_name_that_cannot_be_asked_for() -> None:
    """A name that cannot be written down is let go: in the list of what we know, it would end our questions."""
    named = b"".join(bytes((len(label),)) + label for label in (b"\xff" * 60, *SERVICE_LABELS)) + b"\0"
    service = b"".join(bytes((len(label),)) + label for label in SERVICE_LABELS) + b"\0"
    said = (
        struct.pack("!6H", 0, 0x8400, 0, 1, 0, 0)
        + service
        + struct.pack("!HHIH", 12, 1, 4500, len(named))
        + named
    )

    async def attack() -> bool:
        failed = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda *_: failed.set())
        speaker = lan.Lan(["127.0.0.1"])
        try:
            await speaker.start()
            assert speaker._zeroconf is not None
            incoming = DNSIncoming(said, ("127.0.0.1", 5353))
            speaker._zeroconf.zeroconf.record_manager.async_updates_from_response(incoming)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(failed.wait(), 2)
            return failed.is_set()
        finally:
            loop.set_exception_handler(None)
            await speaker.close()

    any_name = (lan, "NAME", re.compile("(?s).*")), (lan.Lan, "_knows", lambda *_: False)
    await withstands_too(attack, *any_name)


def test_what_nobody_has_caught(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor does anything else that fails, or that a library has to say, come out in them."""
    real = logging.lastResort

    def attack() -> bool:
        try:
            raise ValueError("\x1b]0;owned\x07")
        except ValueError as problem:
            told = logging.LogRecord("asyncio", 40, "", 1, "%s", (problem,), (ValueError, problem, None))
        assert logging.lastResort is not None
        logging.lastResort.handle(told)
        return "\x1b" in capsys.readouterr().err

    withstands(attack, (logging, "lastResort", logging.StreamHandler(sys.stderr)))
    assert logging.lastResort is real


def test_an_announcement_names_nobody(two: tuple[Home, Home]) -> None:
    """Whoever listens at two starts of a machine cannot tell that it is the same one."""
    desk, _ = two

    def attack() -> bool:
        announced: list[dict[str, str]] = []

        class Speaker:
            def __init__(self, *_: object) -> None: ...

            async def start(self) -> None: ...

            async def announce(self, port: int, properties: dict[str, str]) -> None:
                announced.append(properties)

            async def close(self) -> None: ...

        async def start() -> None:
            courier = Courier(desk.paths, Config(relay=""), desk.identity, lambda: None)
            await courier.start({}, ["127.0.0.1"])
            await courier.close()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lan, "Lan", Speaker)
            for _ in range(2):
                asyncio.run(start())
        one, other = (set(properties.values()) for properties in announced)
        return bool(one & other) or desk.identity.mailbox.hex() in str(announced)

    withstands(attack, (lan, "tag", lambda box, nonce: crypto.digest("lan tag", box)[:8].hex()))


async def test_a_stranger_takes_the_room_of_a_listener() -> None:
    """On the listener that serves a code only its owner makes the room."""

    async def attack(policy: Policy) -> bool:
        async with serving(None, policy) as server, Caller.at(server.port) as caller:
            return (await caller.ask("CREATE_ROOM", token="guess")).type == "ROOM_CREATED"

    assert await attack(replace(LISTENER, room_id="a7f3b2"))
    assert not await attack(replace(LISTENER, room_id="a7f3b2", room_token="right"))


async def _listen(creator: Caller) -> None:
    while True:
        await creator.ws.recv()


async def test_a_stranger_joins_over_and_over() -> None:
    """The room on a listener is tried by one address ten times at most."""

    async def joins(limits: dict[str, int]) -> int:
        policy = replace(LISTENER, room_id="a7f3b2", **limits)  # type: ignore[arg-type]
        async with serving(None, policy) as server, Caller.at(server.port) as creator:
            await creator.ask("CREATE_ROOM")
            listening = asyncio.create_task(_listen(creator))
            count = 0
            for _ in range(15):
                async with Caller.at(server.port) as caller:
                    answer = await caller.ask("JOIN_ROOM", room_id="a7f3b2")
                    while answer.fields.get("reason") == "room_busy":
                        answer = await caller.ask("JOIN_ROOM", room_id="a7f3b2")
                    count += answer.type == "ROOM_JOINED"
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            return count

    assert RoomLimits().per_room > LISTENER.joins_per_room
    assert await joins({"joins_per_room": 10**6, "joins_per_minute": 10**6}) == 15
    assert await joins({"joins_per_minute": 10**6}) == LISTENER.joins_per_room == 10


async def test_a_relay_that_a_peer_names(two: tuple[Home, Home]) -> None:
    """We open our mailbox at relays of ours alone: a peer's relay gets no proof that it could use there."""
    desk, _ = two
    said: list[str] = []

    async def attack() -> bool:
        said.clear()
        greeted = asyncio.Event()

        async def talk(ws: ServerConnection) -> None:
            with contextlib.suppress(ConnectionClosed):
                while True:
                    message = wire.decode(await ws.recv())
                    said.append(message.type)
                    fields: dict[str, Any] = {"version": 1, "features": ["mailboxes"], "nonce": fresh().hex()}
                    if message.type == "HELLO":
                        await ws.send(wire.encode(Message("WELCOME", fields)))
                    else:
                        await ws.send(wire.encode(Message("OPENED", {"waiting": 0})))

        async with hostile(talk) as url:
            courier = Courier(
                desk.paths, Config(relay="ws://127.0.0.1:1", lan=False), desk.identity, greeted.set
            )
            peer = replace(desk.peers["laptop"], relay=url)
            await courier.start({"laptop": peer}, None)
            while courier.links[url].connection is None or courier.links[url].state != "connected":
                greeted.clear()
                await greeted.wait()
            await courier.close()
        return "OPEN" in said

    class Trusting(RelayLink):
        def __init__(self, url: str, ours: bool = False) -> None:
            super().__init__(url, ours=True)

    await withstands_too(attack, (courier_module, "RelayLink", Trusting))


def test_all_places_of_a_listener(two: tuple[Home, Home]) -> None:
    """One machine on the LAN cannot take the places of another that has an IPv6 address in the same network."""

    def attack(door: Door) -> bool:
        gate = Gate(door, Rates(), Metrics())
        let_in = []
        for peer in ["fe80::1%eth0"] * 20 + ["fe80::2%eth0"]:
            guest: Any = Knocking(peer, gate.address(peer))
            let_in.append(gate.enter(guest))
        assert let_in.count(True) >= 8
        return not let_in[-1]

    assert attack(replace(LISTENER.door(), ipv6_bits=64))
    assert not attack(LISTENER.door())


async def test_a_place_with_each_of_many_addresses(two: tuple[Home, Home]) -> None:
    """Who sits on all places, one with each address, keeps out no peer, whether it has delivered before or is new."""
    need(sys.platform == "linux", "more loopback addresses")
    desk, laptop = two

    async def keeps_others_out(policy: Policy) -> bool:
        ours = replace(
            policy, connections=24, mailbox=laptop.identity.mailbox, mailbox_seed=laptop.identity.mailbox_seed,
            writers=lambda writer: writer == laptop.peers["desk"].granted,
        )  # fmt: skip
        async with serving(MemoryStore(), ours) as place, contextlib.AsyncExitStack() as stack:
            url = f"ws://127.0.0.1:{place.port}"

            async def come(last: int) -> None:
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    raw = await Raw.dial(place.port, f"127.0.0.{last}")
                    stack.push_async_callback(raw.close)

            for last in range(2, 40):
                await come(last)
            peer = desk.peers["laptop"]
            letter = peer.mailbox, peer.writer_seed, peer.grant, bytes(16), b"sealed"
            try:
                known = await client.Connection.open(url, listener=peer.mailbox)
                stack.push_async_callback(known.close)
                await known.put(*letter)
                for last in range(40, 80):
                    await come(last)
                await known.put(*letter)
            except SpreadError:
                return True
            return False

    assert await keeps_others_out(replace(LISTENER, gives_way=False))
    with weakened((Gate, "trust", lambda *_: None)):
        assert await keeps_others_out(LISTENER)
    assert not await keeps_others_out(LISTENER)


async def test_places_of_those_whom_we_know(two: tuple[Home, Home]) -> None:
    """Who passes on what a peer sends, from many addresses, gets one place by it; two at one address keep theirs."""
    need(sys.platform == "linux", "more loopback addresses")
    desk, laptop = two
    peer = desk.peers["laptop"]
    letter = peer.mailbox, peer.writer_seed, peer.grant, bytes(16), b"sealed"
    ours = replace(
        LISTENER, connections=24, mailbox=laptop.identity.mailbox, mailbox_seed=laptop.identity.mailbox_seed,
        writers=lambda writer: writer == laptop.peers["desk"].granted,
    )  # fmt: skip

    async def keeps_others_out() -> bool:
        async with serving(MemoryStore(), ours) as place, contextlib.AsyncExitStack() as stack:
            url = f"ws://127.0.0.1:{place.port}"

            async def deliver(last: int) -> client.Connection:
                ws = await connect(url, local_addr=(f"127.0.0.{last}", 0), proxy=None)
                known = await client.Connection.over(ws, url, 5, peer.mailbox)
                stack.push_async_callback(known.close)
                await known.put(*letter)
                return known

            for last in range(2, 2 + ours.connections):
                await deliver(last)
            try:
                both = await deliver(1), await deliver(1)
                for last in range(40, 80):
                    raw = await Raw.dial(place.port, f"127.0.0.{last}")
                    stack.push_async_callback(raw.close)
                for known in both:
                    await known.put(*letter)
            except (SpreadError, OSError, WebSocketException):
                return True
            return False

    def by_address(gate: Gate, guest: Any, _: bytes) -> None:
        gate._trusted[guest.address.encode()] = guest.address

    with weakened((Gate, "trust", by_address)):
        assert await keeps_others_out()
    with weakened((Gate, "_gives_way", lambda _: None)):
        assert await keeps_others_out()
    assert not await keeps_others_out()


class Knocking:
    """What a gate looks at of a connection."""

    counted = ""

    def __init__(self, peer: str, address: str) -> None:
        self.peer, self.peer_name, self.address = peer, (peer,), address


async def test_places_of_a_listener_at_another_address() -> None:
    """Who takes a room's joins of one address of ours does not keep us out where we have another one, too."""
    tried: list[str] = []

    async def attack() -> bool:
        tried.clear()

        async def crowded(ws: ServerConnection) -> None:
            await ws.recv()
            tried.append("join")
            await ws.send(wire.encode(Message("ERROR", {"reason": "too_many_joins"})))

        async with hostile(crowded) as one, hostile(crowded) as two:
            joiner = joining._Joiner("share", "a-b-c", None, meet.Tries())
            with pytest.raises(RoomError):
                await joiner.at((one, two, "ws://127.0.0.1:1"), "abcdef", "lan")
        return len(tried) < 2

    # a joiner that takes it for the last word
    await withstands_too(attack, (meet, "_refused", lambda *_: RoomError("too many have tried")))


async def test_a_relay_of_a_peers_on_this_machine(two: tuple[Home, Home]) -> None:
    """A peer's relay is no way to make us talk to services of this machine, whatever it is called."""
    desk, _ = two

    async def attack(named: str) -> bool:
        asked = asyncio.Event()

        async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if await reader.read(100):
                asked.set()
            writer.close()

        tried = asyncio.Event()
        async with await asyncio.start_server(service, "127.0.0.1", 0) as local:
            url = f"ws://{named}:{local.sockets[0].getsockname()[1]}/reboot"
            courier = Courier(desk.paths, Config(relay="", lan=False), desk.identity, tried.set)
            await courier.start({"laptop": replace(desk.peers["laptop"], relay=url)}, None)
            await tried.wait()
            await courier.close()
        return asked.is_set()

    for named in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
        await withstands_too(partial(attack, named), (client, "is_near", lambda _: False))


async def test_redirects() -> None:
    """Whoever answers at an address does not choose another one for us."""

    async def attack() -> bool:
        asked = asyncio.Event()

        async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            asked.set()
            writer.close()

        async def sends_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            port = local.sockets[0].getsockname()[1]
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:{port}/x\r\n\r\n".encode())
            writer.close()

        async with (
            await asyncio.start_server(service, "127.0.0.1", 0) as local,
            await asyncio.start_server(sends_on, "127.0.0.1", 0) as evil,
        ):
            with contextlib.suppress(SpreadError):
                await client.dial(f"ws://127.0.0.1:{evil.sockets[0].getsockname()[1]}")
        return asked.is_set()

    await withstands_too(attack, (client, "_Connect", connect))
