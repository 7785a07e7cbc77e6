"""`spread doctor`'s checks that talk, on loopback: listener, mDNS, relays, the clock."""

import asyncio
import contextlib
import json
import os
import ssl
import time
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from spread import engine_lock
from spread.commands import doctor_net
from spread.commands.doctor_check import Check
from spread.config import Config
from spread.net.server import LISTENER, Policy, Server
from spread.net.stores import MemoryStore
from spread.paths import Paths
from tests.commands.test_doctor import assert_told
from tests.net.legacy_relay import Hello, legacy_relay
from tests.net.tls import self_signed
from tests.ports import free_port

QUIET = Config(relay="", lan=False)
Headers = dict[str, str]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine makes nobody late; what does not come is waited for elsewhere."""
    for limit in ("LISTENER_S", "MDNS_S", "DIAL_S", "GREET_S"):
        assert getattr(doctor_net, limit) < 5  # a person waits
        monkeypatch.setattr(doctor_net, limit, 60.0)


async def ask(url: str, *, paired: bool = True) -> tuple[Check, Check]:
    """Return what is told of a relay and of the clock."""
    relay, clock = await asyncio.to_thread(
        doctor_net.relays, Config(relay=url), {url: ["laptop"]} if paired else {}
    )
    return relay, clock


@contextlib.asynccontextmanager
async def relay_of(store: MemoryStore | None, policy: Policy | None = None) -> AsyncIterator[str]:
    """Run a server of ours."""
    server = Server(store, policy)
    await server.start(["127.0.0.1"])
    try:
        yield f"ws://127.0.0.1:{server.port}"
    finally:
        await server.close()


@contextlib.asynccontextmanager
async def wrong_clock(
    ahead_s: float, *, in_welcome: bool, tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Run a relay whose clock is wrong: it says so in its greeting, or in the HTTP header alone; then it hangs up."""

    async def talk(ws: ServerConnection) -> None:
        await ws.recv()
        welcome = {
            "type": "WELCOME", "version": 1, "nonce": "00" * 32, "time": int(time.time() + ahead_s),
            "features": ["rooms", "mailboxes"] if in_welcome else ["rooms"], "limits": {},
        }  # fmt: skip
        await ws.send(json.dumps(welcome))

    def date(connection: ServerConnection, request: Request, response: Response) -> None:
        del response.headers["Date"]
        response.headers["Date"] = formatdate(time.time() + ahead_s, usegmt=True)

    async with serve(talk, "127.0.0.1", 0, process_response=date, ssl=tls) as server:
        yield f"{'wss' if tls else 'ws'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"


# Relays


async def test_a_relay_in_order() -> None:
    """Ours has rooms and mailboxes, and tells the time."""
    async with relay_of(MemoryStore()) as url:
        relay, clock = await ask(url)
    assert_told(relay, "ok", f"{url} has rooms and mailboxes")
    assert_told(clock, "ok", "agrees")


@pytest.mark.parametrize("hello", ["error", "close", "ignore"])
async def test_a_rooms_only_relay_of_1_x(hello: Hello, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as what it is, whatever it answers; for sharing alone it is enough; its clock counts as well."""
    if hello == "ignore":
        monkeypatch.setattr(doctor_net, "GREET_S", 1.0)
    async with legacy_relay(hello) as url:
        relay, clock = await ask(url)
        unpaired, _ = await ask(url, paired=False)
    assert_told(relay, "warning", "keeps no mail", "spread relay")
    assert_told(clock, "ok")
    assert_told(unpaired, "ok", "enough for `spread share`")


async def test_a_rooms_only_relay_of_ours() -> None:
    """A relay without a store is told the same."""
    async with relay_of(None) as url:
        relay, clock = await ask(url)
    assert_told(relay, "warning", "keeps no mail")
    assert_told(clock, "ok")


async def test_a_relay_that_was_given_other_names() -> None:
    """It greets everybody and opens no mailbox: that is no relay in order, and what to set there is told."""
    async with relay_of(MemoryStore(), Policy(audiences=("127.0.0.1",))) as url:
        relay, clock = await ask(url)
    name = url.removeprefix("ws://")
    assert_told(
        relay, "problem", "does not open our mailbox", f"does not know itself as {name}", "RELAY_NAMES"
    )
    assert clock.status == "ok"


async def test_a_private_relay() -> None:
    """It is asked with the token of the configuration; without it that is what is to be set."""
    token = os.urandom(16).hex()
    async with relay_of(MemoryStore(), Policy(token=token.encode())) as url:
        for given, status in ((token, "ok"), ("", "problem"), (token[1:], "problem")):
            relay, _ = await asyncio.to_thread(doctor_net.relays, Config(relay=url, relay_token=given), {})
            assert relay.status == status
    assert_told(relay, "problem", "it is private", "set `relay_token`")


async def test_a_relay_that_is_down() -> None:
    """Nobody listens: refused, and nothing to compare the clock with."""
    relay, clock = await ask(f"ws://127.0.0.1:{free_port()}")
    assert_told(relay, "problem", "cannot reach", "connection refused", "see that the server runs there")
    assert_told(clock, "warning", "not compared")


async def test_the_default_relay_that_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody chose it, and a machine without the Internet is none that something is wrong with."""
    url = f"ws://127.0.0.1:{free_port()}"
    monkeypatch.setattr(doctor_net, "DEFAULT_RELAY", url)
    relay, _ = await ask(url)
    assert_told(
        relay, "warning", "cannot reach", 'relay = "" in config.toml', "see that the server runs there"
    )


async def test_a_name_that_nobody_has() -> None:
    """It is a name's failure, not the relay's; `.invalid` is never one."""
    relay, _ = await ask("ws://relay.invalid")
    assert_told(relay, "problem", "cannot reach ws://relay.invalid", "check the name")


async def test_another_server() -> None:
    """Something that is no WebSocket server."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        relay, _ = await ask(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert_told(relay, "problem", "HTTP status 502", "proxy")


async def test_several_relays() -> None:
    """A peer's own is checked as well, under its name; ours may be none, or one that was named at the pairing."""
    async with relay_of(MemoryStore()) as one, relay_of(None) as other:
        found = await asyncio.to_thread(doctor_net.relays, Config(relay=one), {other: ["laptop", "tower"]})
        assert [(check.name, check.status) for check in found] == [
            ("relay", "ok"), ("relay of laptop, tower", "warning"), ("clock", "ok"),
        ]  # fmt: skip
        found = await asyncio.to_thread(doctor_net.relays, QUIET, {one: ["laptop"]})
        assert [check.name for check in found] == ["relay", "relay of laptop", "clock"]
        assert_told(found[1], "problem", "a peer names a relay on this machine")
        found = await asyncio.to_thread(doctor_net.relays, QUIET, {one: ["laptop"]}, [one])
    assert_told(found[1], "ok", "has rooms and mailboxes")
    assert_told(found[2], "ok", "agrees")
    assert [check.status for check in doctor_net.relays(QUIET, {})] == ["ok", "ok"]


# TLS


async def test_a_certificate_that_is_not_valid(tmp_path: Path) -> None:
    """The cause is told, and it is no connection's."""
    async with wrong_clock(0, in_welcome=True, tls=self_signed(tmp_path)) as url:
        relay, _ = await ask(url)
    assert_told(
        relay, "problem", "its TLS certificate is not valid", "self-signed", "certificate this machine trusts"
    )


async def test_tls_where_there_is_none() -> None:
    """`wss://` at a port that speaks plainly."""
    async with relay_of(MemoryStore()) as url:
        relay, _ = await ask(url.replace("ws://", "wss://"))
    assert_told(relay, "problem", "cannot reach", "it hung up", "use ws:// instead")


# The clock


@pytest.mark.parametrize("in_welcome", [True, False])
@pytest.mark.parametrize(
    ("ahead_s", "status", "words"),
    [(0, "ok", "agrees"), (30, "ok", "agrees"), (120, "warning", "behind"), (-120, "warning", "ahead of"),
     (3600, "problem", "behind"), (-3600, "problem", "ahead of")],
)  # fmt: skip
async def test_the_clock(ahead_s: int, in_welcome: bool, status: str, words: str) -> None:
    """More than a minute off the relay's is a warning, ten are a problem; by greeting or by header."""
    async with wrong_clock(ahead_s, in_welcome=in_welcome) as url:
        _, clock = await ask(url)
    assert_told(clock, status, words)
    if abs(ahead_s) > 60:
        assert abs(int(clock.what.split()[0]) - abs(ahead_s)) <= 20  # this machine may be busy meanwhile


def test_a_date_that_is_none() -> None:
    """What cannot be read tells nothing."""
    assert doctor_net._ahead(0.0, "yesterday") is None
    assert doctor_net._ahead(0.0, None) is None
    assert doctor_net._ahead(10.0, "Thu, 01 Jan 1970 00:00:00 GMT") == 10.0


# On this network


def write_status(home: Paths, **told: object) -> None:
    Path(home.engine_status).write_text(json.dumps(told))


async def test_the_listener(home: Paths) -> None:
    """It answers where the engine says it listens; a port where nobody does is a problem."""
    server = Server(MemoryStore(), LISTENER)
    await server.start(["127.0.0.1"], free_port())
    with engine_lock.locked(home):
        write_status(home, addresses=["127.0.0.1"], port=server.port)
        check = await asyncio.to_thread(doctor_net.listener, home, Config())
        assert_told(check, "ok", f"answers on 127.0.0.1 port {server.port}")
        await server.close()
        check = await asyncio.to_thread(doctor_net.listener, home, Config())
    assert_told(check, "problem", f"port {server.port} does not answer", "connection refused", "firewall")


async def test_something_else_at_the_listeners_port(home: Paths) -> None:
    """A proper answer is asked for, not just an open port."""
    async with legacy_relay() as url:
        write_status(home, addresses=["127.0.0.1"], port=int(url.rpartition(":")[2]))
        with engine_lock.locked(home):
            check = await asyncio.to_thread(doctor_net.listener, home, Config())
    assert_told(check, "problem", "does not answer", "keeps no mail")


def test_an_engine_that_does_not_listen(home: Paths) -> None:
    """Its own reason is told."""
    write_status(home, addresses=[], port=0, lan="port 9 is taken: another program listens")
    assert_told(doctor_net.listener(home, Config()), "ok", "no engine runs")
    with engine_lock.locked(home):
        assert_told(doctor_net.listener(home, Config()), "problem", "port 9 is taken", "listen_port")
    assert_told(doctor_net.listener(home, QUIET), "ok", "off")
    assert_told(doctor_net.mdns(QUIET), "ok", "off")


def test_mdns() -> None:
    """On the interfaces we may use, which here is loopback alone."""
    check = doctor_net.mdns(Config(relay=""))
    assert_told(check, "ok", "127.0.0.1")
    assert check.what == "we hear ourselves on 127.0.0.1"


def test_mdns_that_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """In no time at all nothing is."""
    monkeypatch.setattr(doctor_net, "MDNS_S", 0.0)
    assert_told(
        doctor_net.mdns(Config(relay="")),
        "problem",
        "nothing announced is heard",
        "UDP port 5353",
        "lan = false",
    )


def test_mdns_on_an_interface_that_is_not_there(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is told, and those there are."""
    from spread.commands import doctor

    Path(home.config).write_text('relay = ""\n')
    monkeypatch.setenv("SPREAD_INTERFACES", "nosuch0")
    (check,) = [check for check in doctor.collect(home) if check.name == "mdns"]
    assert_told(check, "problem", "no interface is called nosuch0", "SPREAD_INTERFACES")
