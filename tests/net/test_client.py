"""The client over loopback: against our server, and against servers that are something else."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from spread.errors import RouteError
from spread.net import client, client_tokens
from spread.net.client import Connection
from spread.net.server import Policy, Server
from spread.net.stores import MemoryStore
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message
from tests.net.legacy_relay import legacy_relay
from tests.net.redis_server import until
from tests.net.tls import self_signed
from tests.ports import free_port

OWNER, WRITER = os.urandom(32), os.urandom(32)
BOX, ANN = crypto.public_key(OWNER), crypto.public_key(WRITER)
GRANT = mailbox.grant(OWNER, ANN)
ONE, TWO = bytes([1]) * 16, bytes([2]) * 16


@contextlib.asynccontextmanager
async def serving(policy: Policy | None = None) -> AsyncIterator[Server]:
    """Run our server."""
    server = Server(MemoryStore(), policy)
    await server.start(["127.0.0.1"])
    try:
        yield server
    finally:
        await server.close()


@contextlib.asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Connection]:
    """Connect to it."""
    connection = await Connection.open(f"ws://127.0.0.1:{server.port}")
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def saying(talk: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[str]:
    """Run a server that says what a test wants, and give its URL."""
    async with serve(talk, "127.0.0.1", 0, compression=None) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def put(connection: Connection, body: bytes, id: bytes = ONE) -> None:
    """Put an envelope into the owner's mailbox."""
    await connection.put(BOX, WRITER, GRANT, id, body)


async def test_mail_goes_through() -> None:
    """What waited and what comes later arrives in order, stays until deleted, and not after."""
    async with serving() as server, connected(server) as writer:
        assert "mailboxes" in writer.features
        assert writer.server_time is not None
        await put(writer, b"first", ONE)
        async with connected(server) as owner:
            heard = asyncio.Event()
            assert await owner.open_mailbox(OWNER, BOX, heard.set) == 1
            id, seq, body = await owner.mail.get()
            assert (id, body) == (ONE, b"first")
            await put(writer, b"second", TWO)
            assert (await owner.mail.get())[2] == b"second"
            assert heard.is_set()
            await owner.delete([(id, seq)])
        async with connected(server) as again:
            assert await again.open_mailbox(OWNER, BOX, heard.set) == 1
            assert (await again.mail.get())[0] == TWO


async def test_several_puts_at_once_each_get_their_answer() -> None:
    """Replies are told apart by their id, also when one of them is a refusal."""
    async with serving(Policy(envelope_bytes=10)) as server, connected(server) as writer:
        done = await asyncio.gather(
            put(writer, b"small", ONE), put(writer, b"x" * 11, TWO), put(writer, b"small", bytes(16)),
            return_exceptions=True,
        )  # fmt: skip
    assert [type(one) for one in done] == [type(None), RouteError, type(None)]
    assert isinstance(done[1], RouteError)
    assert not done[1].transient


@pytest.mark.parametrize("wrong", ["grant", "revoked"])
async def test_a_refusal_is_final(wrong: str) -> None:
    """Who may not write is told so, and need not try again."""
    async with serving() as server, connected(server) as writer, connected(server) as owner:
        await owner.open_mailbox(OWNER, BOX, lambda: None)
        if wrong == "revoked":
            await owner.revoke(ANN)
        grant = GRANT if wrong == "revoked" else bytes(64)
        with pytest.raises(RouteError) as caught:
            await writer.put(BOX, WRITER, grant, ONE, b"x")
    assert caught.value.why == "it takes nothing from this machine, as after an unpairing there"
    assert not caught.value.transient


async def test_somebody_elses_mailbox_stays_shut() -> None:
    """Opening needs the owner's key."""
    async with serving() as server, connected(server) as thief:
        with pytest.raises(RouteError) as caught:
            await thief.open_mailbox(WRITER, BOX, lambda: None)
    assert not caught.value.transient


async def test_a_relay_that_was_given_other_names_says_so() -> None:
    """Whoever reads the status learns what to set at the relay, not only that it refused."""
    async with serving(Policy(audiences=("relay.example",))) as server, connected(server) as owner:
        with pytest.raises(RouteError) as caught:
            await owner.open_mailbox(OWNER, BOX, lambda: None)
    host = f"127.0.0.1:{server.port}"
    assert host in caught.value.why
    assert f"RELAY_NAMES must have {host}" in caught.value.hint


async def test_the_server_goes() -> None:
    """`closed` is set, and whoever asks from then on is told; nothing hangs."""
    async with serving() as server:
        connection = await Connection.open(f"ws://127.0.0.1:{server.port}")
    async with asyncio.timeout(60):
        await connection.closed.wait()
    with pytest.raises(RouteError, match="lost"):
        await put(connection, b"x")
    await connection.close()


async def test_the_server_goes_while_asked() -> None:
    """A question that is open when the connection goes is answered by an error that may be tried again."""

    async def talk(ws: ServerConnection) -> None:
        await ws.recv()
        fields = {"nonce": "00" * 32, "features": ["mailboxes"], "time": 1, "version": 1}
        await ws.send(wire.encode(Message("WELCOME", fields)))
        await ws.recv()

    async with saying(talk) as url:
        connection = await Connection.open(url)
        with pytest.raises(RouteError) as caught:
            await put(connection, b"x")
        assert caught.value.transient
        await connection.close()


async def test_closing_twice_is_no_harm() -> None:
    """Nor is closing after the server has gone."""
    async with serving() as server:
        connection = await Connection.open(f"ws://127.0.0.1:{server.port}")
        await connection.close()
        await connection.close()
    assert connection.closed.is_set()


@pytest.mark.parametrize("hello", ["error", "close"])
async def test_a_relay_for_rooms_only(hello: str) -> None:
    """It is recognised, and trying again is no use."""
    async with legacy_relay("error" if hello == "error" else "close") as url:
        with pytest.raises(RouteError) as caught:
            await Connection.open(url)
    assert (caught.value.what, caught.value.transient) == (f"{url} keeps no mail", False)
    assert "spread relay" in caught.value.hint


@pytest.mark.parametrize("code", [None, 1001, 1012])
async def test_a_connection_lost_while_greeting(code: int | None) -> None:
    """It says nothing about the relay, which may be asked again at once."""

    async def talk(ws: ServerConnection) -> None:
        await ws.recv()
        if code is None:
            ws.transport.abort()
        else:
            await ws.close(code)

    async with saying(talk) as url:
        with pytest.raises(RouteError) as caught:
            await Connection.open(url)
    assert (caught.value.what, caught.value.transient) == (f"the connection to {url} was lost", True)


async def test_a_relay_that_does_not_answer() -> None:
    """One that leaves HELLO unanswered is taken for one for rooms only, after the time given."""
    async with legacy_relay("ignore") as url:
        with pytest.raises(RouteError) as caught:
            await Connection.open(url, timeout_s=2)
    assert not caught.value.transient


async def test_our_server_without_a_store_is_for_rooms_only() -> None:
    """The same holds for ours when it has no store."""
    server = Server(None, Policy())
    await server.start(["127.0.0.1"])
    with pytest.raises(RouteError, match="keeps no mail"):
        await Connection.open(f"ws://127.0.0.1:{server.port}")
    await server.close()


@pytest.mark.parametrize("nonce", [None, "", "00", 1])
async def test_a_malformed_greeting(nonce: object) -> None:
    """A server whose greeting lacks what we need is refused, not trusted."""

    async def talk(ws: ServerConnection) -> None:
        await ws.recv()
        await ws.send(wire.encode(Message("WELCOME", {"nonce": nonce, "features": ["mailboxes"]})))
        await ws.wait_closed()

    async with saying(talk) as url:
        with pytest.raises(RouteError, match="does not speak our protocol"):
            await Connection.open(url)


@pytest.mark.parametrize("version", [None, 0, 2, 2**70, "1", True, 1.0, [1]])
async def test_another_version(version: object) -> None:
    """A server that will speak what we do not is hung up on, and let alone for a while."""

    async def talk(ws: ServerConnection) -> None:
        await ws.recv()
        fields = {"version": version, "nonce": "00" * 32, "features": ["mailboxes"], "time": 1}
        await ws.send(wire.encode(Message("WELCOME", fields)))
        await ws.wait_closed()

    async with saying(talk) as url:
        with pytest.raises(RouteError, match="does not speak our protocol") as caught:
            await Connection.open(url)
    assert caught.value.why == "it speaks another version of it"
    assert not caught.value.transient


@pytest.mark.parametrize("time", ["1e999", "-1", "-1e300", "1e300", "9" * 400, "true", "null", '"1"', "[]"])
async def test_a_time_that_no_clock_shows(time: str) -> None:
    """It is no time to compare ours with, nor to print; what the server is good for besides stays."""

    async def talk(ws: ServerConnection) -> None:
        await ws.recv()
        fields = {"version": 1, "nonce": "00" * 32, "features": ["mailboxes"], "time": 0}
        await ws.send(str(wire.encode(Message("WELCOME", fields))).replace('"time": 0', f'"time": {time}'))
        await ws.wait_closed()

    async with saying(talk) as url:
        connection = await Connection.open(url)
        assert connection.server_time is None
        await connection.close()


async def test_a_time_that_is_no_number() -> None:
    """Nor is one taken with which nobody can count."""

    async def talk(ws: ServerConnection) -> None:
        await ws.recv()
        fields = {"nonce": "00" * 32, "features": ["mailboxes"], "time": float("nan")}
        await ws.send(wire.encode(Message("WELCOME", fields)))
        await ws.wait_closed()

    async with saying(talk) as url:
        with pytest.raises(RouteError, match="keeps no mail"):
            await Connection.open(url)


# Dialling


async def test_nobody_listens() -> None:
    """Connection refused, may be tried again."""
    with pytest.raises(RouteError) as caught:
        await client.dial(f"ws://127.0.0.1:{free_port()}")
    assert (caught.value.why, caught.value.transient) == ("connection refused", True)
    assert caught.value.hint


async def test_nobody_is_sent_to_this_machine() -> None:
    """Where only a peer says that a relay is here, nothing connects, and it is not tried again."""
    called = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.append(writer.get_extra_info("peername"))
        writer.close()

    async with await asyncio.start_server(note, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(RouteError) as caught:
            await client.dial(url, near=False)
        assert (called, caught.value.transient) == ([], False)
        with pytest.raises(RouteError):
            await client.dial(url)
        assert len(called) == 1


async def test_a_flood_of_mail_is_held_back() -> None:
    """Nobody has to look at it: a server that sends without end is not read from, and what was read is bounded."""
    mail = wire.encode(Message("MAIL", {"id": ONE.hex(), "seq": 1}, b"x"))
    over = asyncio.Event()

    async def flood(ws: ServerConnection) -> None:
        await ws.recv()
        await ws.send(
            wire.encode(Message("WELCOME", {"version": 1, "features": ["mailboxes"], "nonce": "00" * 32}))
        )
        await ws.recv()
        await ws.send(wire.encode(Message("OPENED", {"waiting": 0})))
        for _ in range(4 * client.MAX_UNREAD):
            await ws.send(mail)
        over.set()
        await ws.wait_closed()

    async with saying(flood) as url:
        connection = await Connection.open(url)
        await connection.open_mailbox(OWNER, BOX, lambda: None)
        await over.wait()
        await until(connection.mail.full)
        for _ in range(100):
            await asyncio.sleep(0)
        assert connection.mail.qsize() == client.MAX_UNREAD
        await connection.close()


@pytest.mark.parametrize(
    ("opcode", "payload"),
    [
        (0x9, b"p"),
        (0xA, b""),
        (0x1, b'{"type":"X"}'),
        (0x1, b'{"type":"ERROR","reason":"x"}'),
        (0x2, b'\0\0\0\x17{"type":"MAIL","seq":1}!'),
    ],
    ids=["pings", "pongs", "a type that nobody knows", "answers", "mail of no mailbox"],
)
async def test_a_flood_of_what_nobody_asked_for(opcode: int, payload: bytes) -> None:
    """A server that keeps us busy with it is hung up on: a peer may name such a relay, to keep us from all others."""
    frame = bytes([0x80 | opcode, len(payload)]) + payload

    async def flood(ws: ServerConnection) -> None:
        await ws.recv()
        fields = {"version": 1, "features": ["mailboxes"], "nonce": "00" * 32}
        await ws.send(wire.encode(Message("WELCOME", fields)))
        while not ws.transport.is_closing():
            ws.transport.write(frame * 100)
            await asyncio.sleep(0.01)

    async with saying(flood) as url:
        connection = await Connection.open(url)
        async with asyncio.timeout(10):
            await connection.closed.wait()
        await connection.close()


async def test_a_little_of_what_nobody_asked_for() -> None:
    """What comes late, of a later version, or to see whether we live, does no harm."""
    goes_on = asyncio.Event()

    async def talk(ws: ServerConnection) -> None:
        await ws.recv()
        fields = {"version": 1, "features": ["mailboxes"], "nonce": "00" * 32}
        await ws.send(wire.encode(Message("WELCOME", fields)))
        for _ in range(client.NOISE // 2):
            await ws.send(wire.encode(Message("LATER")))
            await (await ws.ping())
        goes_on.set()
        await ws.wait_closed()

    async with saying(talk) as url:
        connection = await Connection.open(url)
        await goes_on.wait()
        assert not connection.closed.is_set()
        await connection.close()


@pytest.mark.parametrize(
    "url", ["", "relay.example", "http://relay.example", "ws://", "ws://x:99999", "ws://["]
)
async def test_no_address(url: str) -> None:
    """What is no WebSocket address is told as such, and is not tried again."""
    with pytest.raises(RouteError) as caught:
        await client.dial(url)
    assert not caught.value.transient
    assert "wss://relay.example" in caught.value.hint


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "it answered with HTTP status 404"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "it does not speak WebSocket"),
        (b"", "it does not speak WebSocket"),
    ],
)
async def test_something_else_listens(answer: bytes, why: str) -> None:
    """Another kind of server is told by what it answers."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(RouteError) as caught:
            await client.dial(url)
    assert caught.value.why == why


async def test_a_certificate_that_is_not_valid(tmp_path: Path) -> None:
    """The cause is told; it may be this machine's clock, so it is tried again."""

    async def talk(ws: ServerConnection) -> None:
        await ws.recv()

    async with serve(talk, "127.0.0.1", 0, ssl=self_signed(tmp_path)) as server:
        with pytest.raises(RouteError) as caught:
            await client.dial(f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert caught.value.what.startswith("cannot reach wss://")
    assert caught.value.why == "its TLS certificate is not valid: self-signed certificate"
    assert caught.value.transient


async def test_no_tls_there() -> None:
    """A server that speaks plainly hangs up, and so it is told."""
    async with serving() as server:
        with pytest.raises(RouteError) as caught:
            await client.dial(f"wss://127.0.0.1:{server.port}")
    assert (caught.value.why, caught.value.transient) == ("it hung up", True)


async def test_one_that_never_answers() -> None:
    """It is given up after the time given."""
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(RouteError) as caught:
        await client.dial(f"ws://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.1)
    assert caught.value.why == "no answer in time"


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment names as a proxy, the connection is direct."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    async with serving() as server, connected(server) as connection:
        assert not connection.closed.is_set()


@pytest.mark.parametrize(
    ("url", "audience"),
    [
        ("ws://relay.example", "relay.example"), ("ws://relay.example:80/", "relay.example"),
        ("wss://relay.example:443", "relay.example"), ("wss://relay.example:80", "relay.example:80"),
        ("ws://127.0.0.1:9784", "127.0.0.1:9784"), ("ws://[::1]:9784", "[::1]:9784"), ("ws://[::1]", "[::1]"),
    ],
)  # fmt: skip
def test_the_audience_is_the_host_header(url: str, audience: str) -> None:
    """Proofs name the server as the `Host` header of the handshake does."""
    assert client_tokens.audience_of(url) == audience


async def test_whether_the_other_end_is_there() -> None:
    """A server that lives answers; one that has gone, or only holds the line, does not."""
    async with serving() as server:
        async with connected(server) as one:
            assert await one.answers(60)
            one._ws.transport.pause_reading()
            assert not await one.answers(0.05)
        async with connected(server) as other:
            await other.close()
            assert not await other.answers(5)


async def test_a_private_relay() -> None:
    """The token goes to the relay it was given for, and to no other; without it the cause is told."""
    token = os.urandom(16).hex()
    async with serving(Policy(token=token.encode())) as server, serving() as other:
        url = f"ws://127.0.0.1:{server.port}"
        with pytest.raises(RouteError) as caught:
            await Connection.open(url)
        assert "relay_token" in caught.value.why
        client_tokens.use_token(url, token)
        try:
            async with connected(server):
                pass
            assert client_tokens.authorization(f"ws://127.0.0.1:{other.port}") == {}
        finally:
            client_tokens.use_token(url, "")
        with pytest.raises(RouteError):
            await Connection.open(url)


def test_a_token_is_not_sent_in_the_clear() -> None:
    """Without TLS a token goes nowhere but to this machine."""
    client_tokens.use_token("ws://relay.example", "x" * 16)
    client_tokens.use_token("wss://relay.example", "y" * 16)
    try:
        with pytest.raises(RouteError) as caught:
            client_tokens.authorization("ws://relay.example")
        assert not caught.value.transient
        assert client_tokens.authorization("wss://relay.example") == {"Authorization": "Bearer " + "y" * 16}
    finally:
        for url in ("ws://relay.example", "wss://relay.example"):
            client_tokens.use_token(url, "")
