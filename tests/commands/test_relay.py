"""`spread relay`: what it says, how it stops, and what it still has after it was killed."""

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from spread.commands import relay, relay_settings
from spread.errors import EXIT_DONE, EXIT_INTERRUPTED, ConfigError, RouteError, StoreError, UsageError
from spread.net.server import Policy, Server
from spread.net.stores import MemoryStore
from spread.net.stores_sqlite import SQLiteStore
from spread.paths import Paths
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message

SCRIPT = "import sys; from spread.commands import relay; sys.exit(relay.run('127.0.0.1', 0, sys.argv[1]))"


@contextlib.asynccontextmanager
async def running(store: str, **environment: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Run a relay as a process of its own; give it and the URL it says it listens on."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SCRIPT, store, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
        env=os.environ | environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        assert line.startswith("listening on ws://127.0.0.1:")
        yield process, line.removeprefix("listening on ").strip()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def greet(ws: ClientConnection) -> tuple[bytes, str]:
    """Say HELLO and return the nonce, and the name we dialled."""
    await ws.send(wire.encode(Message("HELLO", {"version": 1})))
    assert ws.request is not None
    return wire.decode(await ws.recv()).key("nonce", 32), ws.request.headers["Host"]


async def put_until_gone(
    url: str, box_seed: bytes, writer_seed: bytes, stored: list[bytes], enough: asyncio.Event
) -> None:
    """Put envelopes, noting each id once it is acknowledged, until the relay is gone."""
    grant = mailbox.grant(box_seed, crypto.public_key(writer_seed))
    box = crypto.public_key(box_seed)
    with contextlib.suppress(ConnectionClosed, OSError, InvalidMessage):  # or gone before we are connected
        async with connect(url, proxy=None) as ws:
            nonce, host = await greet(ws)
            while True:
                id = os.urandom(16)
                message = mailbox.put_message(box, writer_seed, grant, nonce, host, id, id * 200)
                await ws.send(wire.encode(message))
                answer = wire.decode(await ws.recv())
                if answer == Message("ERROR", {"reason": "unavailable", "id": id.hex()}):
                    return  # the store is gone
                assert answer == Message("STORED", {"id": id.hex()})
                stored.append(id)
                if len(stored) >= 150:
                    enough.set()


async def all_mail(url: str, box_seed: bytes) -> dict[bytes, bytes]:
    """Open a mailbox and return what waits in it."""
    async with connect(url, proxy=None) as ws:
        nonce, host = await greet(ws)
        proof = mailbox.open_proof(box_seed, nonce, host)
        fields = {"mailbox": crypto.public_key(box_seed).hex(), "proof": proof.hex()}
        opened = Message("ERROR", {"reason": "unavailable"})
        while opened == Message("ERROR", {"reason": "unavailable"}):  # its store may just have come back
            await ws.send(wire.encode(Message("OPEN", fields)))
            opened = wire.decode(await ws.recv())
        waiting = opened.fields["waiting"]
        mail = [wire.decode(await ws.recv()) for _ in range(waiting)]
        return {message.key("id", 16): message.body or b"" for message in mail}


async def test_killed_while_putting(tmp_path: Path) -> None:
    """Every envelope acknowledged before kill -9 is there, whole, after a restart."""
    store, box_seed = f"sqlite:{tmp_path / 'mail.sqlite'}", os.urandom(32)
    stored: list[bytes] = []
    enough = asyncio.Event()
    async with running(store) as (process, url):
        putting = [put_until_gone(url, box_seed, os.urandom(32), stored, enough) for _ in range(8)]
        writers = asyncio.gather(*putting)
        await enough.wait()
        process.kill()
        await writers
    async with running(store) as (_, url):
        kept = await all_mail(url, box_seed)
    assert len(stored) >= 150
    assert set(stored) <= set(kept)
    assert all(body == id * 200 for id, body in kept.items())


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to stop a process by")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, EXIT_DONE), (signal.SIGINT, EXIT_INTERRUPTED)])
async def test_stopped_by_a_signal(number: int, code: int) -> None:
    """SIGTERM ends a relay as done, SIGINT as interrupted, with connections told."""
    async with running("memory") as (process, url), connect(url, proxy=None) as ws:
        await greet(ws)
        process.send_signal(number)
        with pytest.raises(ConnectionClosed) as caught:
            await ws.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1001
        assert await process.wait() == code


def test_run(home: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It says where it listens, on each address, keeps mail in SPREAD_HOME, and leaves signals as they were."""
    start = Server.start
    monkeypatch.setattr(relay, "ANYWHERE", ("127.0.0.1", "::1"))

    async def start_then_stop(self: Server, hosts: list[str], port: int = 0) -> None:
        await start(self, hosts, port)
        for number in (signal.SIGTERM, signal.SIGINT):  # the first counts
            os.kill(os.getpid(), number)

    monkeypatch.setattr(Server, "start", start_then_stop)
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    monkeypatch.setenv("RELAY_MAX_CONECTIONS", "17")
    assert relay.run(port=0) == EXIT_DONE
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
    out, err = capsys.readouterr()
    first, *more = out.splitlines()
    port = int(first.removeprefix("listening on ws://127.0.0.1:"))
    assert more in ([], [f"listening on ws://[::1]:{port}"])
    assert Path(home.relay_store).exists()
    told = "RELAY_MAX_CONECTIONS in the environment sets nothing; did you mean RELAY_MAX_CONNECTIONS?"
    assert err.splitlines()[0] == f"spread: warning: {told}"
    assert err.count("CONECTIONS") == 1


async def test_port_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A taken port, here from RELAY_PORT, is an error with what, why and a hint."""
    server = Server(None)
    await server.start(["127.0.0.1"])
    monkeypatch.setenv("RELAY_PORT", str(server.port))
    with pytest.raises(RouteError) as caught:
        await asyncio.to_thread(run_off_the_main_thread)
    await server.close()
    assert caught.value.what == f"port {server.port} is taken"
    assert caught.value.hint


def run_off_the_main_thread() -> None:
    """Run a relay where signals cannot be caught."""
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(signal, "signal", lambda number, handler: handler)
        relay.run("127.0.0.1", store="memory")


def test_policy_from_the_environment() -> None:
    """The variables of 1.x relays are honoured; without them the defaults hold."""
    names = {"RELAY_MAX_ROOMS": "7", "RELAY_ROOM_TTL": "60", "RELAY_MAX_MSG_SIZE": "2000000"}
    policy = relay_settings.policy(names | {"RELAY_NAMES": "relay.example, relay.example:9784,"})
    assert (policy.rooms, policy.room_ttl_s, policy.message_bytes) == (7, 60.0, 2_000_000)
    assert policy.audiences == ("relay.example", "relay.example:9784")
    assert policy.envelope_bytes == Policy().envelope_bytes
    assert relay_settings.policy({"RELAY_MAX_ROOMS": " "}) == Policy()


def test_connections_from_the_environment() -> None:
    """How many connections there may be, in all and of one address, is the operator's to say."""
    policy = relay_settings.policy({"RELAY_MAX_CONNECTIONS": "20", "RELAY_MAX_PER_ADDRESS": "10"})
    assert (policy.connections, policy.per_address) == (20, 10)


def test_no_more_connections_than_files() -> None:
    """The limit on open files is raised as far as it goes; connections stay below it."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        assert relay.room_for(200) == 200
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= 200 + relay.SPARE_FILES
        assert relay.room_for(10**9) < 10**9
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_an_envelope_fits_a_message() -> None:
    """Where messages are limited further, so are envelopes."""
    policy = relay_settings.policy({"RELAY_MAX_MSG_SIZE": "100000"})
    assert policy.envelope_bytes + 4 + wire.MAX_HEADER_BYTES == policy.message_bytes == 100_000
    assert relay_settings.policy({"RELAY_MAX_MSG_SIZE": "1"}).envelope_bytes == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELAY_MAX_ROOMS", "many"),
        ("RELAY_MAX_ROOMS", "-1"),
        ("RELAY_MAX_CONNECTIONS", "0"),
        ("RELAY_MAX_PER_ADDRESS", "0"),
        ("RELAY_ROOM_TTL", "nan"),
        ("RELAY_MAX_MSG_SIZE", "0"),
        ("RELAY_MAX_MSG_SIZE", str(wire.MAX_MESSAGE_BYTES + 1)),
    ],
)
def test_bad_environment(name: str, value: str) -> None:
    """A value that cannot be is an error that names the variable."""
    with pytest.raises(ConfigError) as caught:
        relay_settings.policy({name: value})
    assert name in caught.value.what
    assert value in caught.value.why


async def test_stores(tmp_path: Path) -> None:
    """`--store` names memory or a file."""
    assert isinstance(relay.open_store("memory"), MemoryStore)
    store = relay.open_store(f"sqlite:{tmp_path / 'a:b.sqlite'}")
    assert isinstance(store, SQLiteStore)
    await store.close()
    assert (tmp_path / "a:b.sqlite").exists()


@pytest.mark.parametrize("store", ["redis:localhost", "redis", "sqlite:", "sqlite", "postgres:x", "memory:"])
def test_no_such_store(store: str) -> None:
    """Any other store is a usage error that says which there are."""
    with pytest.raises(UsageError) as caught:
        relay.open_store(store)
    assert "--store memory" in caught.value.hint
    assert "sqlite:PATH" in caught.value.hint
    assert "redis://" in caught.value.hint


def test_unusable_store(tmp_path: Path) -> None:
    """A store that cannot be opened ends the relay before it listens."""
    with pytest.raises(StoreError):
        relay.run("127.0.0.1", 0, f"sqlite:{tmp_path}")


@pytest.mark.parametrize("port", [-1, 65536, 70000])
def test_no_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """A number that is no port is wrong use, and nothing is made for it."""
    monkeypatch.setenv("SPREAD_HOME", str(tmp_path / "new"))
    with pytest.raises(UsageError) as caught:
        relay.run("127.0.0.1", port)
    assert (caught.value.what, "relay --help" in caught.value.hint) == (f"{port} is no port", True)
    assert not (tmp_path / "new").exists()


def test_no_address_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that can listen nowhere is told so."""
    monkeypatch.setattr(relay, "ANYWHERE", ("192.0.2.1", "2001:db8::1"))
    with pytest.raises(RouteError):
        relay.everywhere()
