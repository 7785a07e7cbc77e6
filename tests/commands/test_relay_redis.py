"""Several `spread relay` processes on one Redis, and what is left when one of them, or Redis, is killed."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from spread.commands import relay, relay_redis
from spread.errors import ConfigError, StoreError, UsageError
from spread.net.redis_siblings import RedisSiblings
from spread.net.redis_store import RedisStore
from spread.net.server import Policy
from spread.net.stores import MemoryStore
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message
from tests.commands.test_relay import all_mail, greet, put_until_gone, running
from tests.commands.test_relay_operation import get, make_certificate, trusting_anyone
from tests.commands.test_relay_operation import running as operated
from tests.net.redis_server import RedisServer, until
from tests.net.redis_server import redis as redis
from tests.net.redis_server import shared_redis as shared_redis


async def ask(ws: ClientConnection, type: str, **fields: str) -> Message:
    await ws.send(wire.encode(Message(type, fields)))
    return wire.decode(await ws.recv())


@contextlib.asynccontextmanager
async def room(
    creators: str, joiners: str, **options: Any
) -> AsyncIterator[tuple[ClientConnection, ClientConnection, str]]:
    """Give the two in a room, each at its own relay, and the room's id."""
    async with (
        connect(creators, proxy=None, **options) as creator,
        connect(joiners, proxy=None, **options) as joiner,
    ):
        id = (await ask(creator, "CREATE_ROOM")).text("room_id")
        assert await ask(joiner, "JOIN_ROOM", room_id=id) == Message("ROOM_JOINED", {"room_id": id})
        assert wire.decode(await creator.recv()).type == "PEER_JOINED"
        yield creator, joiner, id


async def test_a_room_across_two_processes(redis: RedisServer) -> None:
    """Who comes to one relay meets who comes to the other."""
    async with (
        running("", RELAY_STORE=redis.url) as (_, one),
        running("", RELAY_STORE=redis.url) as (_, two),
        room(one, two) as (creator, joiner, _),
    ):
        await creator.send(b"there")
        await joiner.send("back")
        assert (await joiner.recv(), await creator.recv()) == (b"there", "back")


async def test_the_creators_process_is_killed(redis: RedisServer) -> None:
    """The joiner, at a process that lives, is closed in order; the room is gone; new ones are made."""
    async with (
        running(redis.url) as (first, one),
        running(redis.url) as (_, two),
        room(one, two) as (creator, joiner, id),
    ):
        first.kill()
        for ws in (creator, joiner):
            with pytest.raises(ConnectionClosed):
                await ws.recv()
        assert joiner.close_code == 1000
        async with connect(two, proxy=None) as other:
            assert await ask(other, "JOIN_ROOM", room_id=id) == Message("ERROR", {"reason": "room_not_found"})
            assert (await ask(other, "CREATE_ROOM")).type == "ROOM_CREATED"


async def test_the_joiners_process_is_killed(redis: RedisServer) -> None:
    """The creator hears that its joiner has left; the room is there for the next."""
    async with (
        running(redis.url) as (_, one),
        running(redis.url) as (second, two),
        room(one, two) as (creator, _, id),
    ):
        second.kill()
        assert wire.decode(await creator.recv()).type == "PEER_DISCONNECTED"
        async with connect(one, proxy=None) as following:
            assert (await ask(following, "JOIN_ROOM", room_id=id)).type == "ROOM_JOINED"


async def test_a_process_is_stopped(redis: RedisServer) -> None:
    """SIGTERM ends it with all it was in, whichever side of a room it was."""
    async with (
        running(redis.url, RELAY_DRAIN_S="0") as (first, one),
        running(redis.url) as (_, two),
        room(one, two) as (_, joiner, _),
        room(two, one) as (other_creator, _, _),
    ):
        first.terminate()
        with pytest.raises(ConnectionClosed):
            await joiner.recv()
        assert joiner.close_code == 1000
        assert wire.decode(await other_creator.recv()).type == "PEER_DISCONNECTED"
        assert await first.wait() == 0


@pytest.mark.parametrize("is_creators", [True, False])
async def test_a_process_drains(redis: RedisServer, is_creators: bool) -> None:
    """Whichever side of a room it has, it waits for the two to finish."""
    async with (
        operated("--store", redis.url, RELAY_DRAIN_S="60") as one,
        operated("--store", redis.url, RELAY_DRAIN_S="60") as two,
        room(one.url, two.url) as (creator, joiner, _),
    ):
        stopping = one if is_creators else two
        stopping.process.terminate()
        await stopping.event("stopping")
        for frame in ("there", "and", "back"):
            await creator.send(frame)
            assert await joiner.recv() == frame
            await joiner.send(frame)
            assert await creator.recv() == frame
        assert stopping.process.returncode is None
        await joiner.close()
        assert wire.decode(await creator.recv()).type == "PEER_DISCONNECTED"
        async with asyncio.timeout(60):
            assert await stopping.process.wait() == 0


async def test_a_private_relay_of_two_processes(redis: RedisServer, tmp_path: Path) -> None:
    """With TLS and a token, clients meet across processes; who shows no token is let in at neither."""
    cert, key = make_certificate(tmp_path, "relay")
    token = tmp_path / "token"
    token.touch(0o600)
    token.write_text(os.urandom(16).hex())
    options = "--store", redis.url, "--cert", cert, "--key", key
    shown = {"additional_headers": {"Authorization": "Bearer " + token.read_text()}}
    async with (
        operated(*options, RELAY_TOKEN_FILE=str(token)) as one,
        operated(*options, RELAY_TOKEN_FILE=str(token)) as two,
    ):
        for server in (one, two):
            assert await get(server.url.replace("wss://", "https://") + "/readyz") == (200, "ready\n")
            with pytest.raises(InvalidStatus):
                async with connect(server.url, proxy=None, ssl=trusting_anyone()):
                    pass
        async with room(one.url, two.url, ssl=trusting_anyone(), **shown) as (creator, joiner, _):
            await creator.send(b"there")
            await joiner.send("back")
            assert (await joiner.recv(), await creator.recv()) == (b"there", "back")
        one.process.terminate()
        await one.event("stopped")  # and every line before it is JSON


async def test_not_ready_without_redis(redis: RedisServer) -> None:
    """A balancer learns that a relay's Redis is away, and that it is back."""
    async with operated("--store", redis.url) as relay:
        ready = relay.url.replace("ws://", "http://") + "/readyz"
        for change, wanted in ((None, 200), (redis.kill, 503), (redis.start, 200)):
            if change is not None:
                change()
            async with asyncio.timeout(60):
                while (await get(ready))[0] != wanted:
                    pass


async def test_limits_of_a_mailbox(redis: RedisServer) -> None:
    """What the operator says of mailboxes and their mail holds in Redis too."""
    box_seed, writer_seed = os.urandom(32), os.urandom(32)
    box, grant = crypto.public_key(box_seed), mailbox.grant(box_seed, crypto.public_key(writer_seed))
    environment = {"RELAY_MAX_MAILBOX_ENVELOPES": "3", "RELAY_MAIL_AGE": "1000"}
    answers = []
    async with running(redis.url, **environment) as (_, url), connect(url, proxy=None) as ws:
        nonce, host = await greet(ws)
        for n in range(4):
            put = mailbox.put_message(box, writer_seed, grant, nonce, host, bytes([n]) * 16, b"body")
            await ws.send(wire.encode(put))
            answers.append(wire.decode(await ws.recv()))
        with redis.client() as client:
            lives = [int(client.pttl(key)) for key in client.scan_iter("spread:*")]
    assert [answer.type for answer in answers] == ["STORED", "STORED", "STORED", "ERROR"]
    assert answers[-1].text("reason") == "full"
    assert sum(900_000 < life <= 1_001_000 for life in lives) >= 3


async def test_a_process_is_killed_while_putting(redis: RedisServer) -> None:
    """All that was acknowledged by either process is there, at the one that lives."""
    stored: list[bytes] = []
    enough, box_seed = asyncio.Event(), os.urandom(32)
    async with running(redis.url) as (first, one), running(redis.url) as (_, two):
        here = [put_until_gone(one, box_seed, os.urandom(32), stored, enough) for _ in range(4)]
        there = asyncio.ensure_future(put_until_gone(two, box_seed, os.urandom(32), stored, enough))
        writers = asyncio.gather(*here)
        await enough.wait()
        first.kill()
        await writers
        there.cancel()
        await asyncio.gather(there, return_exceptions=True)
        kept = await all_mail(two, box_seed)
    assert len(stored) >= 150
    assert set(stored) <= set(kept)
    assert all(body == id * 200 for id, body in kept.items())


async def test_redis_is_killed_while_putting(redis: RedisServer) -> None:
    """All that was acknowledged is there once Redis is back; the relays have stayed."""
    stored: list[bytes] = []
    enough, box_seed = asyncio.Event(), os.urandom(32)
    async with running(redis.url) as (_, one), running(redis.url) as (_, two):
        urls = [one, two, one, two]
        writers = asyncio.gather(
            *(put_until_gone(url, box_seed, os.urandom(32), stored, enough) for url in urls)
        )
        await enough.wait()
        redis.kill()
        await writers
        redis.start()
        kept = [await all_mail(url, box_seed) for url in (one, two)]
    assert len(stored) >= 150
    assert kept[0] == kept[1]
    assert set(stored) <= set(kept[0])


async def test_a_killed_process_is_forgotten(redis: RedisServer) -> None:
    """What Redis knows of a process that says no more ends by itself."""
    async with running(redis.url) as (first, _):
        first.kill()
        with redis.client() as client:
            keys = list(client.scan_iter("spread:*"))
            assert len(keys) == 2  # it, and its news
            for key in keys:
                assert 0 < client.pttl(key) <= 15_000


# What the command line and the environment say


def test_a_store_in_a_file(tmp_path: Path) -> None:
    """The environment names the store, or a file that does; the former counts."""
    path = tmp_path / "store"
    path.write_text("redis://127.0.0.1:1/2\n", encoding="utf-8")
    assert relay_redis.named_store(None, {"RELAY_STORE_FILE": str(path)}) == "redis://127.0.0.1:1/2"
    assert relay_redis.named_store(None, {"RELAY_STORE_FILE": str(path), "RELAY_STORE": "memory"}) == "memory"
    assert relay_redis.named_store(None, {}) == ""
    assert relay_redis.named_store("memory", {"RELAY_STORE": "redis://127.0.0.1"}) == "memory"


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
def test_a_file_for_everyone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A password that everyone can read is warned of, and not shown."""
    path, password = tmp_path / "store", os.urandom(8).hex()
    path.write_text(f"redis://:{password}@127.0.0.1:1/0", encoding="utf-8")
    for mode, is_told in ((0o644, True), (0o640, False), (0o600, False)):
        path.chmod(mode)
        assert password in relay_redis.named_store(None, {"RELAY_STORE_FILE": str(path)})
        told = capsys.readouterr().err
        assert ("spread: warning: everyone" in told) == is_told
        assert password not in told


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is an error that names it, as is one that holds no text."""
    path = tmp_path / "store"
    for why in ("No such file or directory", "it is not text"):
        with pytest.raises(ConfigError) as caught:
            relay_redis.named_store(None, {"RELAY_STORE_FILE": str(path)})
        assert (str(path) in caught.value.what, caught.value.why) == (True, why)
        path.write_bytes(b"\xff")


async def test_the_store_is_redis() -> None:
    """A Redis URL, plain or TLS, is one; nothing is connected by naming it."""
    for url in ("redis://127.0.0.1:1/0", "rediss://name:secret@127.0.0.1:1"):
        store = relay.open_store(url)
        assert isinstance(store, RedisStore)
        await store.close()


def test_a_password_is_not_shown() -> None:
    """A store we do not know may be a URL with a password."""
    with pytest.raises(UsageError) as caught:
        relay.open_store("redis:/name:secret@127.0.0.1")
    assert "secret" not in " ".join(caught.value.lines())


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Redis's client is not installed, the extra is named."""
    monkeypatch.setitem(sys.modules, "spread.net.redis_store", None)
    with pytest.raises(ConfigError) as caught:
        relay.open_store("redis://127.0.0.1")
    assert "pip install '.[relay]'" in caught.value.hint


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_password_on_the_command_line(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_shown: bool
) -> None:
    """It works as far as Redis goes, with a warning; from the environment there is none."""
    redis_url = redis.url.replace("redis://", f"redis://:{os.urandom(8).hex()}@")
    monkeypatch.setenv("RELAY_STORE", redis_url)
    with pytest.raises(StoreError):
        relay.run("127.0.0.1", 0, redis_url if is_shown else None)
    assert ("warning: everyone" in capsys.readouterr().err) == is_shown


async def test_doubts_are_told(redis: RedisServer, capsys: pytest.CaptureFixture[str]) -> None:
    """What the Redis may lose is a warning at the start."""
    store = RedisStore(redis.url)
    with redis.client() as client:
        client.config_set("appendfsync", "everysec")
        siblings = await relay_redis.siblings_of(store, Policy(), {"RELAY_SIBLINGS": "127.0.0.2"})
        client.config_set("appendfsync", "always")
    assert isinstance(siblings, RedisSiblings)
    assert capsys.readouterr().err.startswith("spread: warning: Redis writes to the disk later")
    await siblings.start(lambda *_: asyncio.sleep(0, "refused"), lambda _: None)
    with redis.client() as client:
        await until(lambda: client.keys("spread:process:*"))
        [key] = client.keys("spread:process:*")
        assert "ws://127.0.0.2:" in str(client.get(key))
    await siblings.close()
    await store.close()
    assert await relay_redis.siblings_of(MemoryStore(), Policy(), {}) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", ("127.0.0.1", 0)),
        ("192.0.2.1", ("192.0.2.1", 0)),
        ("192.0.2.1:9785", ("192.0.2.1", 9785)),
        ("2001:db8::1", ("2001:db8::1", 0)),
        ("[2001:db8::1]", ("2001:db8::1", 0)),
        ("[2001:db8::1]:9785", ("2001:db8::1", 9785)),
        ("relay-1", ("relay-1", 0)),
    ],
)
def test_where_the_others_reach_us(text: str, address: tuple[str, int]) -> None:
    """A host, with or without a port."""
    assert relay_redis.inner_address(text) == address


@pytest.mark.parametrize(
    "text", ["127.0.0.1:port", "127.0.0.1:70000", "127.0.0.1:", "127.0.0.1:" + "1" * 5_000]
)
def test_where_nobody_reaches_us(text: str) -> None:
    """Anything else is an error that names the variable."""
    with pytest.raises(ConfigError) as caught:
        relay_redis.inner_address(text)
    assert "RELAY_SIBLINGS" in caught.value.what
