"""Two servers on one Redis: what holds for a room or a mailbox at one holds across both."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from spread.errors import RouteError
from spread.net import redis_scripts, redis_siblings
from spread.net.redis_siblings import RedisSiblings
from spread.net.redis_store import RedisStore
from spread.net.server import Policy, Server
from spread.protocol import wire
from spread.protocol.wire import Message
from tests.conftest import need
from tests.net.redis_server import RedisServer, redis_server, until
from tests.net.test_server import BOX, ONE, OWNER, TWO, Client, Place, error, until_closed
from tests.patience import with_more_time


class Two:
    """Two servers on one Redis: creators come to the first, joiners to the second."""

    def __init__(self, first: Place, second: Place) -> None:
        self.first, self.second = first, second

    async def pair(self) -> tuple[Client, Client, str]:
        creator, room = await self.first.room()
        joiner = await self.second.dial()
        assert await joiner.ask("JOIN_ROOM", room_id=room) == Message("ROOM_JOINED", {"room_id": room})
        assert (await creator.hear()).type == "PEER_JOINED"
        return creator, joiner, room


@contextlib.asynccontextmanager
async def place(redis: RedisServer, **policy: Any) -> AsyncIterator[Place]:
    rules = Policy(**policy)
    async with contextlib.AsyncExitStack() as stack:
        store = RedisStore(redis.url)
        stack.push_async_callback(store.close)
        server = Server(store, rules, siblings=RedisSiblings(store, rules))
        stack.push_async_callback(server.close)
        await server.start(["127.0.0.1"])
        yield Place(server, stack)


@contextlib.asynccontextmanager
async def two(redis: RedisServer, **policy: Any) -> AsyncIterator[Two]:
    async with place(redis, **policy) as first, place(redis, **policy) as second:
        yield Two(first, second)


def siblings_of(place: Place) -> RedisSiblings:
    assert isinstance(place.server._siblings, RedisSiblings)
    return place.server._siblings


# Rooms


async def test_frames_are_forwarded_as_they_are(redis: RedisServer) -> None:
    """Text stays text, binary stays binary, of any size, in order, both ways at once; Redis sees none of it."""
    frames: list[str | bytes] = [
        "", b"", "no json {", '{"type":"ERROR","reason":"room_busy"}', "ü\0\U0001f600", b"\xff\x00\xfe",
        os.urandom(200_000), b"x" * wire.MAX_MESSAGE_BYTES, b"the needle" * 100,
    ]  # fmt: skip
    async with two(redis) as both:
        creator, joiner, _ = await both.pair()

        async def chat(client: Client) -> list[str | bytes]:
            for frame in frames:
                await client.ws.send(frame)
            return [await client.ws.recv() for _ in frames]

        assert list(await asyncio.gather(chat(creator), chat(joiner))) == [frames, frames]
    files = [path for path in redis._folder.rglob("*") if path.is_file()]
    assert files
    assert not any(b"the needle" in path.read_bytes() for path in files)


async def test_joiners_one_after_the_other(redis: RedisServer) -> None:
    """What a joiner sent arrives before the news that it left; the next one, wherever it comes to, is let in."""
    async with two(redis) as both:
        creator, room = await both.first.room()
        for at in (both.second, both.first, both.second):
            joiner = await at.dial()
            assert (await joiner.ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"
            peer = (await creator.hear()).text("peer_id")
            await joiner.ws.send("last words")
            await joiner.ws.close()
            assert await creator.ws.recv() == "last words"
            assert await creator.hear() == Message("PEER_DISCONNECTED", {"peer_id": peer})


async def test_join_refused(redis: RedisServer) -> None:
    """No such room anywhere, and one with somebody in it; whoever was refused may try again."""
    async with two(redis) as both:
        _, joiner, room = await both.pair()
        other = await both.second.dial()
        for id in ("nosuch", "", "ü", "x" * 1000):
            assert await other.ask("JOIN_ROOM", room_id=id) == error("room_not_found")
        assert await other.ask("JOIN_ROOM", room_id=room) == error("room_busy")
        await joiner.ws.close()
        while (answer := await other.ask("JOIN_ROOM", room_id=room)) == error("room_busy"):
            pass
        assert answer.type == "ROOM_JOINED"


async def test_a_creator_puts_a_joiner_out(redis: RedisServer) -> None:
    """The joiner gets what was sent before and is closed."""
    async with two(redis) as both:
        creator, room = await both.first.room()
        joiner = await both.second.dial()
        await joiner.say("JOIN_ROOM", room_id=room)
        peer_id = (await creator.hear()).text("peer_id")
        await creator.ws.send("last words")
        await creator.say("DROP_PEER", peer_id=peer_id)
        assert (await joiner.hear()).type == "ROOM_JOINED"
        assert [frame async for frame in until_closed(joiner.ws)] == ["last words"]
        assert joiner.ws.close_code == 1000
        assert await creator.hear() == Message("PEER_DISCONNECTED", {"peer_id": peer_id})


async def test_creator_leaves(redis: RedisServer) -> None:
    """The joiner still gets what was sent, then is closed; the room is gone everywhere."""
    async with two(redis) as both:
        creator, joiner, room = await both.pair()
        await creator.ws.send("last words")
        await creator.ws.close()
        assert [frame async for frame in until_closed(joiner.ws)] == ["last words"]
        assert joiner.ws.close_code == 1000
        for at in (both.first, both.second):
            assert await (await at.dial()).ask("JOIN_ROOM", room_id=room) == error("room_not_found")


async def test_room_expires(redis: RedisServer) -> None:
    """At the end of its time a room is closed, whoever is in it, and what Redis knows of it ends as well."""

    async def expires(ttl_s: float) -> None:
        async with two(redis, room_ttl_s=ttl_s) as both:
            creator, joiner, room = await both.pair()
            with redis.client() as client:
                assert 0 < int(client.pttl(f"spread:room:{room}")) < ttl_s * 1000 + 10_000
            for each in (creator, joiner):
                with pytest.raises(ConnectionClosed):
                    await each.ws.recv()

    await with_more_time(expires, 0.6, 5.0, 30.0)


async def test_too_many_joins_of_a_room(redis: RedisServer) -> None:
    """The address that counts is the joiner's own, not that of the process it came to."""
    need(sys.platform == "linux", "a second loopback address")
    async with two(redis, joins_per_room=1) as both:
        creator, joiner, room = await both.pair()
        await joiner.ws.close()
        assert (await creator.hear()).type == "PEER_DISCONNECTED"
        assert await (await both.second.dial()).ask("JOIN_ROOM", room_id=room) == error("too_many_joins")
        other = await both.second.dial(local_addr=("127.0.0.2", 0))
        assert (await other.ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"


async def test_late_frames_do_not_reach_the_next_joiner(redis: RedisServer) -> None:
    """What a creator sends before it can know that a joiner left is not heard by the next one."""
    async with two(redis) as both:
        creator, joiner, room = await both.pair()
        creator.ws.transport.pause_reading()
        await joiner.ws.close()
        following = await both.second.dial()
        rooms = both.first.server._rooms
        await until(lambda: not rooms.joined())
        await following.say("JOIN_ROOM", room_id=room)
        await until(rooms.joined)
        for _ in range(50):
            await creator.ws.send("for the first")
        creator.ws.transport.resume_reading()
        assert [(await creator.hear()).type for _ in range(2)] == ["PEER_DISCONNECTED", "PEER_JOINED"]
        await creator.ws.send("for the second")
        assert (await following.hear()).type == "ROOM_JOINED"
        assert await following.ws.recv() == "for the second"


@pytest.mark.parametrize("is_creator", [True, False])
async def test_slow_reader_is_closed(redis: RedisServer, is_creator: bool) -> None:
    """Whoever does not read holds the other back through both servers, then is closed."""
    async with two(redis, send_s=0.5, close_s=0.5) as both:
        creator, joiner, _ = await both.pair()
        slow, other = (creator, joiner) if is_creator else (joiner, creator)
        slow.ws.transport.pause_reading()
        sent = 0
        with contextlib.suppress(ConnectionClosed):
            for _ in range(60):
                await other.ws.send(bytes(1024 * 1024))
                sent += 1
        if is_creator:
            with pytest.raises(ConnectionClosed):
                await other.ws.recv()
            assert sent < 60
        else:
            assert (await other.hear()).type == "PEER_DISCONNECTED"


async def test_rooms_while_redis_is_away(tmp_path: Path) -> None:
    """No room is made or found elsewhere, and clients hear so; rooms that are here go on; then all is as before."""
    with redis_server(tmp_path) as redis:
        async with two(redis) as both:
            creator, room = await both.first.room()
            redis.kill()
            stranger = await both.second.dial()
            assert await stranger.ask("CREATE_ROOM") == error("unavailable")
            assert await stranger.ask("JOIN_ROOM", room_id=room) == error("unavailable")
            near = await both.first.dial()
            assert (await near.ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"
            assert (await creator.hear()).type == "PEER_JOINED"
            redis.start()
            _, other_room = await both.first.room()
            assert (await stranger.ask("JOIN_ROOM", room_id=other_room)).type == "ROOM_JOINED"


async def test_a_room_of_a_process_that_is_gone(redis: RedisServer) -> None:
    """What Redis still knows of it does not help: there is no such room."""
    async with two(redis) as both:
        _, room = await both.first.room()
        siblings = siblings_of(both.first)
        assert siblings._listening is not None
        siblings._listening.close()
        await siblings._listening.wait_closed()
        assert await (await both.second.dial()).ask("JOIN_ROOM", room_id=room) == error("room_not_found")
        with redis.client() as client:
            client.delete(siblings._about(siblings._process))
        assert await (await both.second.dial()).ask("JOIN_ROOM", room_id=room) == error("room_not_found")


async def test_an_id_that_is_taken_elsewhere(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes never have rooms of one id."""
    async with two(redis) as both:
        _, room = await both.first.room()
        rooms = both.second.server._rooms
        with monkeypatch.context() as patch:
            patch.setattr(rooms, "_new_id", lambda: room)
            other = await both.second.dial()
            assert await other.ask("CREATE_ROOM") == error("unavailable")
        assert (await other.ask("CREATE_ROOM")).text("room_id") != room
        assert (await (await both.second.dial()).ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"


@pytest.mark.parametrize("proof", ["00" * 32, "no hex", None])
async def test_who_is_no_sibling(redis: RedisServer, proof: str | None) -> None:
    """Between the servers, too, nobody gets anywhere without proof, nor with one from another connection."""
    async with two(redis) as both:
        _, room = await both.first.room()
        siblings = siblings_of(both.first)
        async with connect(f"ws://127.0.0.1:{siblings._port}", proxy=None) as ws:
            if proof is None:
                proof = redis_siblings._proof(siblings._token, bytes(32), room, "192.0.2.1").hex()
            assert wire.decode(await ws.recv()).type == "SIBLING"
            fields = {"room_id": room, "address": "192.0.2.1", "proof": proof}
            await ws.send(wire.encode(Message("JOIN", fields)))
            with pytest.raises(ConnectionClosed):
                await ws.recv()


async def test_nothing_is_left(redis: RedisServer) -> None:
    """Servers that close leave nothing about themselves, their rooms and who watched what."""
    async with two(redis) as both:
        await both.pair()
        owner = await (await both.second.dial()).hello()
        await owner.open()
    with redis.client() as client:
        assert client.keys() == []


# Mail


async def test_mail_is_told_at_once(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Owners at either server get what is put at either, each envelope once, and without waiting for a beat."""
    monkeypatch.setattr(redis_siblings, "BEAT_S", 1000.0)
    monkeypatch.setattr(redis_siblings, "GONE_S", 2000.0)
    async with two(redis) as both:
        owners = [await (await at.dial()).hello() for at in (both.first, both.second)]
        assert [(await owner.open()).fields["waiting"] for owner in owners] == [0, 0]
        for n, at in enumerate((both.first, both.second, both.first)):
            writer = await (await at.dial()).hello()
            async with asyncio.timeout(60):
                assert (await writer.put(b"body", bytes([n]) * 16)).type == "STORED"
                assert [(await owner.hear()).text("id") for owner in owners] == [f"{n:02x}" * 16] * 2
        for owner in owners:
            await owner.synced()
            assert (await owner.ask("DELETE", items=[])).type == "DELETED"


async def test_other_mailboxes_are_not_told(redis: RedisServer) -> None:
    """A server hears only of the mailboxes that are open at it, and no longer than they are."""
    async with two(redis) as both:
        news: list[bytes | None] = []
        siblings = siblings_of(both.first)
        siblings._news = news.append
        first, second = [await (await both.first.dial()).hello() for _ in range(2)]
        writer = await (await both.second.dial()).hello()
        await first.open()
        await second.open()
        await writer.put(b"1")
        await first.ws.close()
        await until(lambda: siblings._watched[BOX] == 1)
        await writer.put(b"2")
        await second.ws.close()
        with redis.client() as client:
            await until(lambda: not client.exists(redis_scripts.keys_of(BOX)[3]))
            await writer.put(b"3")
            assert int(client.xlen(redis_scripts.news_of(siblings._process))) <= 3
        await until(lambda: len(news) >= 2)
        assert news == [BOX, BOX]


async def test_opening_and_closing_at_once(redis: RedisServer) -> None:
    """However one follows the other, a mailbox that is open is told of, and one that is not is not watched."""
    async with two(redis) as both:
        siblings = siblings_of(both.first)
        boxes = [os.urandom(32) for _ in range(50)]
        for box in boxes:
            first = asyncio.ensure_future(siblings.watch(box))
            await asyncio.sleep(0)
            siblings.unwatch(box)
            await siblings.watch(box)
            await first
        kept = boxes[::2]
        for box in boxes[1::2]:
            siblings.unwatch(box)
        await siblings.watch(OWNER)
        with redis.client() as client:
            watched = [box for box in boxes if client.smembers(redis_scripts.keys_of(box)[3])]
        assert watched == kept


async def test_mail_while_redis_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile it is `unavailable`; what was stored is there, and who had a mailbox open hears of new mail."""
    monkeypatch.setattr(redis_siblings, "GONE_S", 0.5)  # so that Redis forgets the servers
    monkeypatch.setattr(redis_siblings, "BEAT_S", 0.2)
    with redis_server(tmp_path) as redis:
        async with two(redis) as both:
            owner = await (await both.first.dial()).hello()
            writer = await (await both.second.dial()).hello()
            await owner.open()
            assert (await writer.put(b"before")).type == "STORED"
            assert (await owner.hear()).body == b"before"
            redis.kill()
            assert await writer.put(b"x", TWO) == error("unavailable", id=TWO.hex())
            assert await owner.ask("DELETE", items=[[ONE.hex(), 1]]) == error("unavailable")
            assert await (await (await both.first.dial()).hello()).open() == error("unavailable")
            await asyncio.sleep(0.6)  # GONE_S goes on while Redis is away
            redis.start()
            while (answer := await writer.put(b"after", TWO)) == error("unavailable", id=TWO.hex()):
                pass
            assert answer.type == "STORED"
            async with asyncio.timeout(60):
                try:
                    heard = await owner.hear()
                except ConnectionClosed:  # its server looked too early: a client comes again
                    owner = await (await both.first.dial()).hello()
                    await owner.open()
                    await owner.hear()
                    heard = await owner.hear()
                assert heard.body == b"after"
            second = await (await both.second.dial()).hello()
            assert (await second.open()).fields["waiting"] == 2


async def test_forgotten_by_redis(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that Redis has forgotten says again what it watches, and looks for what it missed."""
    monkeypatch.setattr(redis_siblings, "BEAT_S", 0.2)
    async with two(redis) as both:
        owner = await (await both.first.dial()).hello()
        writer = await (await both.second.dial()).hello()
        await owner.open()
        _, room = await both.first.room()
        with redis.client() as client:
            client.flushall()
        await writer.put(b"missed")
        async with asyncio.timeout(60):
            assert (await owner.hear()).body == b"missed"
        joiner = await both.second.dial()
        with redis.client() as client:
            await until(lambda: client.exists(f"spread:room:{room}"))
        assert (await joiner.ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"


async def test_more_news_than_can_be_kept(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where news may have been lost, every open mailbox is looked at; what was read is dropped."""
    monkeypatch.setattr(redis_siblings, "BEAT_S", 0.2)
    async with two(redis) as both:
        siblings = siblings_of(both.first)
        news: list[bytes | None] = []
        siblings._news = news.append
        key = redis_scripts.news_of(siblings._process)
        monkeypatch.setattr(redis_scripts, "NEWS_KEPT", 5)
        with redis.client() as client:
            for _ in range(9):
                client.xadd(key, {"mailbox": BOX})
            await until(lambda: None in news and client.xlen(key) == 1)


async def test_an_address_that_is_not_ours(redis: RedisServer) -> None:
    """Where the other processes cannot reach us, we do not start."""
    store = RedisStore(redis.url)
    siblings = RedisSiblings(store, Policy(), "192.0.2.1")
    with pytest.raises(RouteError) as caught:
        await siblings.start(lambda *_: asyncio.sleep(0, "refused"), lambda _: None)
    assert "RELAY_SIBLINGS" in caught.value.hint
    await siblings.close()
    await store.close()
