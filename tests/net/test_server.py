"""The server, spoken to by real WebSocket clients over loopback."""

import asyncio
import contextlib
import errno
import json
import logging
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from spread.errors import RouteError, StoreError
from spread.net import server_mail
from spread.net.server import LISTENER, Policy, Server
from spread.net.stores import Mail, MemoryStore, Quota, cost
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message
from tests.conftest import need
from tests.net.redis_server import until

OWNER, WRITER = os.urandom(32), os.urandom(32)
BOX, ANN = crypto.public_key(OWNER), crypto.public_key(WRITER)
ONE, TWO = bytes([1]) * 16, bytes([2]) * 16


class Client:
    """A connection with the manners of a real one: it knows its nonce and the name it dialled."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws
        self.nonce = bytes(32)
        self.host = ws.request.headers["Host"] if ws.request else ""

    async def say(self, type: str, body: bytes | None = None, **fields: Any) -> None:
        await self.ws.send(wire.encode(Message(type, fields, body)))

    async def hear(self) -> Message:
        return wire.decode(await self.ws.recv())

    async def ask(self, type: str, **fields: Any) -> Message:
        await self.say(type, **fields)
        return await self.hear()

    async def hello(self) -> "Client":
        self.nonce = (await self.ask("HELLO", version=1)).key("nonce", 32)
        return self

    async def open(self, seed: bytes = OWNER) -> Message:
        proof = mailbox.open_proof(seed, self.nonce, self.host)
        return await self.ask("OPEN", mailbox=crypto.public_key(seed).hex(), proof=proof.hex())

    async def revoke(self, writer: bytes = ANN, seed: bytes = OWNER) -> Message:
        proof = mailbox.revoke_proof(seed, self.nonce, self.host, writer)
        return await self.ask("REVOKE", writer=writer.hex(), proof=proof.hex())

    async def put(self, body: bytes, id: bytes = ONE, **other: Any) -> Message:
        values: dict[str, Any] = {"mailbox": BOX, "grant": mailbox.grant(OWNER, ANN), "audience": self.host}
        message = mailbox.put_message(
            writer_seed=WRITER, nonce=self.nonce, id=id, body=body, **(values | other)
        )
        await self.ws.send(wire.encode(message))
        return await self.hear()

    async def synced(self) -> None:
        """Return when the server has received all we sent."""
        await (await self.ws.ping())


class Place:
    """A server, and connections to it that end with the test."""

    def __init__(self, server: Server, stack: contextlib.AsyncExitStack) -> None:
        self.server = server
        self._stack = stack

    async def dial(self, **more: Any) -> Client:
        url = f"ws://127.0.0.1:{self.server.port}"
        connecting = connect(
            url, proxy=None, compression=None, max_size=wire.MAX_MESSAGE_BYTES, close_timeout=0.2, **more
        )  # fmt: skip
        return Client(await self._stack.enter_async_context(connecting))

    async def room(self) -> tuple[Client, str]:
        creator = await self.dial()
        return creator, (await creator.ask("CREATE_ROOM")).text("room_id")

    async def pair(self) -> tuple[Client, Client, str]:
        creator, room = await self.room()
        joiner = await self.dial()
        assert (await joiner.ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"
        assert (await creator.hear()).type == "PEER_JOINED"
        return creator, joiner, room


@contextlib.asynccontextmanager
async def serving(store: Any = None, **policy: Any) -> AsyncIterator[Place]:
    async with contextlib.AsyncExitStack() as stack:
        server = Server(store, Policy(**policy))
        await server.start(["127.0.0.1"])
        stack.push_async_callback(server.close)
        yield Place(server, stack)


async def until_closed(ws: ClientConnection) -> AsyncIterator[str | bytes]:
    with contextlib.suppress(ConnectionClosed):
        while True:
            yield await ws.recv()


def error(reason: str, **fields: str) -> Message:
    return Message("ERROR", {"reason": reason, **fields})


# Rooms


async def test_room_verbs_byte_for_byte() -> None:
    """Programs of claudeSpread 1.x, which know no HELLO, hear exactly the frames they expect."""
    async with serving() as place:
        creator, joiner = (await place.dial()).ws, (await place.dial()).ws
        await creator.send('{"type": "CREATE_ROOM"}')
        created = await creator.recv()
        assert isinstance(created, str)
        found = re.fullmatch(r'\{"type": "ROOM_CREATED", "room_id": "([a-z0-9]{6})"\}', created)
        assert found
        await joiner.send(f'{{"type":"JOIN_ROOM","room_id":"{found[1]}"}}')
        assert await joiner.recv() == f'{{"type": "ROOM_JOINED", "room_id": "{found[1]}"}}'
        joined = await creator.recv()
        assert isinstance(joined, str)
        peer = re.fullmatch(r'\{"type": "PEER_JOINED", "peer_id": "(conn_[0-9a-f]+)"\}', joined)
        assert peer
        await joiner.close()
        assert await creator.recv() == f'{{"type": "PEER_DISCONNECTED", "peer_id": "{peer[1]}"}}'


async def test_frames_are_forwarded_as_they_are() -> None:
    """Text stays text, binary stays binary, none is parsed, order is kept, both ways at once."""
    frames: list[str | bytes] = [
        "", b"", "no json {", '{"type":"CREATE_ROOM"}', '{"type": "HELLO", "version": 1}', "ü\0\U0001f600",
        b"\xff\x00\xfe", os.urandom(200_000), b"x" * (wire.MAX_MESSAGE_BYTES - 1),
    ]  # fmt: skip
    async with serving(MemoryStore()) as place:
        creator, joiner, _ = await place.pair()

        async def chat(client: Client) -> list[str | bytes]:
            for frame in frames:
                await client.ws.send(frame)
            return [await client.ws.recv() for _ in frames]

        heard = await asyncio.gather(chat(creator), chat(joiner))
        assert list(heard) == [frames, frames]


async def test_room_after_hello() -> None:
    """HELLO before a room verb changes nothing about the room."""
    async with serving() as place:
        creator = await (await place.dial()).hello()
        room = (await creator.ask("CREATE_ROOM")).text("room_id")
        joiner = await (await place.dial()).hello()
        assert await joiner.ask("JOIN_ROOM", room_id=room) == Message("ROOM_JOINED", {"room_id": room})


async def test_rooms_are_apart() -> None:
    """What is said in one room is not heard in another."""
    async with serving() as place:
        some, other = await place.pair(), await place.pair()
        assert some[2] != other[2]
        await some[0].ws.send("one")
        await other[0].ws.send("other")
        assert (await some[1].ws.recv(), await other[1].ws.recv()) == ("one", "other")


async def test_joiners_one_after_the_other() -> None:
    """The room stays open when the joiner leaves; each joiner has its own peer id."""
    async with serving() as place:
        creator, room = await place.room()
        peers = set()
        for _ in range(3):
            joiner = await place.dial()
            assert (await joiner.ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"
            peer = (await creator.hear()).text("peer_id")
            await joiner.ws.send("last words")
            await joiner.ws.close()
            assert await creator.ws.recv() == "last words"
            assert await creator.hear() == Message("PEER_DISCONNECTED", {"peer_id": peer})
            peers.add(peer)
        assert len(peers) == 3


async def test_join_refused() -> None:
    """No such room, and a room with somebody in it; whoever was refused may try again."""
    async with serving() as place:
        _, joiner, room = await place.pair()
        other = await place.dial()
        assert await other.ask("JOIN_ROOM", room_id="nosuch") == error("room_not_found")
        assert await other.ask("JOIN_ROOM", room_id=room) == error("room_busy")
        await joiner.ws.close()
        while (answer := await other.ask("JOIN_ROOM", room_id=room)) == error("room_busy"):
            pass
        assert answer.type == "ROOM_JOINED"


async def test_too_many_rooms() -> None:
    """One room too many is refused; a closed one makes place."""
    async with serving(rooms=1) as place:
        first, room = await place.room()
        second = await place.dial()
        assert await second.ask("CREATE_ROOM") == error("too_many_rooms")
        await first.ws.close()
        await until(lambda: not len(place.server._rooms))  # the server hears of it a moment later
        assert (await second.ask("CREATE_ROOM")).text("room_id") != room


async def test_too_many_joins_from_an_address() -> None:
    """Guessing room ids ends at the limit, a right guess included."""
    async with serving(joins_per_minute=2) as place:
        _, room = await place.room()
        guesser = await place.dial()
        place.server._rooms._clock = lambda: 0.0
        heard = [await guesser.ask("JOIN_ROOM", room_id=id) for id in ("nosuch", "nosuch", room)]
        assert heard == [error("room_not_found"), error("room_not_found"), error("too_many_joins")]


async def test_too_many_joins_of_a_room() -> None:
    """One address can join a room only so often, and uses it up for no other."""
    need(sys.platform == "linux", "a second loopback address")
    async with serving(joins_per_room=1) as place:
        creator, joiner, room = await place.pair()
        await joiner.ws.close()
        assert (await creator.hear()).type == "PEER_DISCONNECTED"
        assert await (await place.dial()).ask("JOIN_ROOM", room_id=room) == error("too_many_joins")
        other = await place.dial(local_addr=("127.0.0.2", 0))
        assert (await other.ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"


async def test_a_creator_puts_a_joiner_out() -> None:
    """It names who is to go: that one gets what was sent before and is closed, and the next is let in."""
    async with serving() as place:
        creator, room = await place.room()
        joiner = await place.dial()
        await joiner.say("JOIN_ROOM", room_id=room)
        peer_id = (await creator.hear()).text("peer_id")
        await creator.ws.send("last words")
        await creator.say("DROP_PEER", peer_id=peer_id)
        await creator.ws.send("for nobody")
        assert (await joiner.hear()).type == "ROOM_JOINED"
        assert [frame async for frame in until_closed(joiner.ws)] == ["last words"]
        assert await creator.hear() == Message("PEER_DISCONNECTED", {"peer_id": peer_id})
        following = await place.dial()
        assert (await following.ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"
        assert (await creator.hear()).type == "PEER_JOINED"
        await creator.ws.send("for the next")
        assert await following.ws.recv() == "for the next"


async def test_who_was_put_out_is_not_heard() -> None:
    """What a joiner sends until its connection is closed goes nowhere."""
    async with serving(close_s=0.3) as place:
        creator, room = await place.room()
        joiner = await place.dial()
        await joiner.say("JOIN_ROOM", room_id=room)
        peer_id = (await creator.hear()).text("peer_id")
        await joiner.hear()
        joiner.ws.transport.pause_reading()  # it does not learn that it is to go
        await creator.say("DROP_PEER", peer_id=peer_id)
        await creator.synced()
        with contextlib.suppress(ConnectionClosed):
            await joiner.ws.send("still here")
        assert (await creator.hear()).type == "PEER_DISCONNECTED"
        joiner.ws.transport.resume_reading()


async def test_only_the_joiner_that_is_named() -> None:
    """Anything but the exact frame for this joiner, and the joiner's own such frame, is forwarded as any other."""
    async with serving() as place:
        creator, room = await place.room()
        joiner = await place.dial()
        await joiner.say("JOIN_ROOM", room_id=room)
        await joiner.hear()
        exact = wire.encode(Message("DROP_PEER", {"peer_id": (await creator.hear()).text("peer_id")}))
        assert isinstance(exact, str)
        frames: list[str | bytes] = [exact.replace("conn_", "conn_x"), exact.replace(" ", ""), exact.encode()]
        for frame in frames:
            await creator.ws.send(frame)
        assert [await joiner.ws.recv() for _ in frames] == frames
        await joiner.ws.send(exact)
        assert await creator.ws.recv() == exact


async def test_creator_leaves() -> None:
    """The joiner still gets what was sent, then is closed; the room is gone."""
    async with serving() as place:
        creator, joiner, room = await place.pair()
        await creator.ws.send("last words")
        await creator.ws.close()
        assert await joiner.ws.recv() == "last words"
        with pytest.raises(ConnectionClosed):
            await joiner.ws.recv()
        assert await (await place.dial()).ask("JOIN_ROOM", room_id=room) == error("room_not_found")


async def test_room_expires() -> None:
    """At the end of its time a room is closed, whoever is in it."""
    async with serving(room_ttl_s=0.6) as place:
        creator, joiner, room = await place.pair()
        for client in (creator, joiner):
            with pytest.raises(ConnectionClosed):
                await client.ws.recv()
        assert await (await place.dial()).ask("JOIN_ROOM", room_id=room) == error("room_not_found")


async def test_frames_into_an_empty_room_are_dropped() -> None:
    """Nobody hears what the creator says before there is a joiner."""
    async with serving() as place:
        creator, room = await place.room()
        await creator.ws.send("early")
        await creator.synced()
        joiner = await place.dial()
        await joiner.ask("JOIN_ROOM", room_id=room)
        assert (await creator.hear()).type == "PEER_JOINED"
        await creator.ws.send("now")
        assert await joiner.ws.recv() == "now"


async def test_late_frames_do_not_reach_the_next_joiner() -> None:
    """What a creator sends before it can know that a joiner left is not heard by the next one."""
    async with serving() as place:
        creator, joiner, room = await place.pair()
        creator.ws.transport.pause_reading()  # the news is on its way
        await joiner.ws.close()
        following = await place.dial()
        await following.say("JOIN_ROOM", room_id=room)
        await following.synced()
        for _ in range(50):
            await creator.ws.send("for the first")
        creator.ws.transport.resume_reading()
        assert [(await creator.hear()).type for _ in range(2)] == ["PEER_DISCONNECTED", "PEER_JOINED"]
        await creator.ws.send("for the second")
        assert (await following.hear()).type == "ROOM_JOINED"
        assert await following.ws.recv() == "for the second"


async def test_slow_reader_in_a_room_is_closed() -> None:
    """A joiner that does not read is closed, with what was for it; the creator goes on."""
    async with serving(send_s=0.2) as place:
        creator, joiner, room = await place.pair()
        joiner.ws.transport.pause_reading()
        for _ in range(30):
            await creator.ws.send(bytes(1024 * 1024))
        assert (await creator.hear()).type == "PEER_DISCONNECTED"
        await creator.synced()
        following = await place.dial()
        assert (await following.ask("JOIN_ROOM", room_id=room)).type == "ROOM_JOINED"
        assert (await creator.hear()).type == "PEER_JOINED"
        await creator.ws.send("hello")
        assert await following.ws.recv() == "hello"


async def test_room_token() -> None:
    """Where rooms are the listener's own, only who knows the token makes one; anyone may join."""
    token = os.urandom(16).hex()
    async with serving(room_token=token) as place:
        client = await place.dial()
        assert await client.ask("CREATE_ROOM", token="é" + token) == error("refused")
        created = await client.ask("CREATE_ROOM", token=token)
        joiner = await place.dial()
        joined = await joiner.ask("JOIN_ROOM", room_id=created.text("room_id"))
        assert (created.type, joined.type) == ("ROOM_CREATED", "ROOM_JOINED")


# Talking


async def test_welcome() -> None:
    """WELCOME tells version, features, a fresh nonce, the time and the limits."""
    async with serving(MemoryStore(), envelope_bytes=5, message_bytes=9999, age_s=7) as place:
        first, second = await place.dial(), await place.dial()
        welcome, other = await first.ask("HELLO", version=1), await second.ask("HELLO", version=2)
        assert welcome.type == "WELCOME"
        assert set(welcome.fields) == {"version", "features", "nonce", "time", "limits"}
        assert (welcome.fields["version"], welcome.fields["features"]) == (1, ["rooms", "mailboxes"])
        assert welcome.fields["limits"] == {"message_bytes": 9999, "envelope_bytes": 5, "age_s": 7}
        assert isinstance(welcome.fields["time"], int)
        assert welcome.key("nonce", 32) != other.key("nonce", 32)
        again = await first.ask("HELLO", version=1, more="of the future")
        assert again.fields | {"time": 0} == welcome.fields | {"time": 0}  # a second may have begun


async def test_rooms_only() -> None:
    """A server without a store says so and refuses mail."""
    async with serving() as place:
        client = await place.dial()
        assert (await client.ask("HELLO", version=1)).fields["features"] == ["rooms"]
        await client.hello()
        assert await client.open() == error("refused")
        assert await client.put(b"x") == error("refused", id=ONE.hex())


@pytest.mark.parametrize(
    "frame",
    [
        "no json",
        "[]",
        b"\xff\xff\xff\xff",
        '{"type": "HELLO"}',
        '{"type": "HELLO", "version": true}',
        '{"type": "JOIN_ROOM"}',
        '{"type": "JOIN_ROOM", "room_id": ["a7f3b2"]}',
        '{"type": "OPEN", "mailbox": "00"}',
        '{"type": "PUT"}',
        json.dumps({"type": "PUT", "mailbox": "00" * 32, "writer": "00" * 32, "id": "00" * 16}),
        '{"type": "DELETE", "items": [[1, 2]]}',
        '{"type": "REVOKE", "writer": null}',
    ],
)
async def test_malformed_message(frame: str | bytes) -> None:
    """A message that breaks the protocol is told so and the connection ends; nothing is logged."""
    async with serving(MemoryStore()) as place:
        client = await place.dial()
        await client.ws.send(frame)
        assert await client.hear() == error("bad_message")
        with pytest.raises(ConnectionClosed):
            await client.ws.recv()


async def test_unknown_message() -> None:
    """A message of a later version is told to be unknown, and the connection goes on."""
    async with serving() as place:
        client = await place.dial()
        assert await client.ask("FLY", to="the moon") == error("unknown_message")
        assert (await client.ask("HELLO", version=1)).type == "WELCOME"


async def test_oversize_message() -> None:
    """A frame above the limit ends the connection with code 1009; one at the limit is taken."""
    async with serving(message_bytes=1000) as place:
        creator, joiner, _ = await place.pair()
        await creator.ws.send(bytes(1000))
        assert await joiner.ws.recv() == bytes(1000)
        await creator.ws.send(bytes(1001))
        with pytest.raises(ConnectionClosed) as caught:
            await creator.ws.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1009


async def test_silent_connections_are_closed() -> None:
    """Who says nothing at first, or nothing for long, is closed; an open mailbox may be silent."""
    async with serving(MemoryStore(), handshake_s=0.8, idle_s=0.6) as place:
        owner = await (await place.dial()).hello()
        await owner.open()
        silent, idle = await place.dial(), await (await place.dial()).hello()
        for client in (silent, idle):
            with pytest.raises(ConnectionClosed):
                await client.ws.recv()
        assert (await owner.ask("DELETE", items=[])).type == "DELETED"


# Mailboxes


async def test_waiting_mail() -> None:
    """Mail put while the owner is away comes when it opens its mailbox, in order."""
    async with serving(MemoryStore()) as place:
        writer = await (await place.dial()).hello()
        assert await writer.put(b"first", ONE) == Message("STORED", {"id": ONE.hex()})
        assert await writer.put(b"second", TWO) == Message("STORED", {"id": TWO.hex()})
        owner = await (await place.dial()).hello()
        assert await owner.open() == Message("OPENED", {"waiting": 2})
        first, second = await owner.hear(), await owner.hear()
        assert (first.type, first.key("id", 16), first.body) == ("MAIL", ONE, b"first")
        assert (second.type, second.key("id", 16), second.body) == ("MAIL", TWO, b"second")
        assert first.fields["seq"] < second.fields["seq"]


async def test_new_mail_is_pushed() -> None:
    """Mail that comes while the mailbox is open is sent at once, to each connection that has it open."""
    async with serving(MemoryStore()) as place:
        owners = [await (await place.dial()).hello() for _ in range(2)]
        for owner in owners:
            assert await owner.open() == Message("OPENED", {"waiting": 0})
        writer = await (await place.dial()).hello()
        for body in (b"1", b"2", b"2 again"):
            await writer.put(body, ONE if body == b"1" else TWO)
            assert [(await owner.hear()).body for owner in owners] == [body, body]


async def test_more_mail_than_a_page() -> None:
    """All that waits is sent, over as many pages as it takes, once."""
    store = MemoryStore()
    for n in range(200):
        await store.put(BOX, ANN, n.to_bytes(16, "big"), b"%d" % n)
    async with serving(store) as place:
        owner = await (await place.dial()).hello()
        assert await owner.open() == Message("OPENED", {"waiting": 200})
        assert [(await owner.hear()).body for _ in range(200)] == [b"%d" % n for n in range(200)]
        assert (await owner.ask("DELETE", items=[])).type == "DELETED"


async def test_delete() -> None:
    """Only exactly that (id, seq) is deleted; the reply names what was asked."""
    store = MemoryStore()
    async with serving(store) as place:
        owner = await (await place.dial()).hello()
        await owner.open()
        writer = await (await place.dial()).hello()
        await writer.put(b"old")
        old = await owner.hear()
        await writer.put(b"new")
        new = await owner.hear()
        items = [[ONE.hex(), old.fields["seq"]]]
        assert await owner.ask("DELETE", items=items) == Message("DELETED", {"items": items})
        assert [mail.body for mail in await store.waiting(BOX)] == [b"new"]
        await owner.ask("DELETE", items=[[ONE.hex(), new.fields["seq"]]])
        assert await store.waiting(BOX) == []


async def test_revoke() -> None:
    """A revoked writer is refused from then on."""
    async with serving(MemoryStore()) as place:
        owner = await (await place.dial()).hello()
        await owner.open()
        writer = await (await place.dial()).hello()
        assert (await writer.put(b"x")).type == "STORED"
        await owner.hear()
        assert await owner.revoke() == Message("REVOKED", {"writer": ANN.hex()})
        assert await writer.put(b"y") == error("refused", id=ONE.hex())


async def test_revoking_needs_a_proof_of_its_own() -> None:
    """In an open mailbox too, nobody is revoked without the owner's signature for this writer, here and now."""
    async with serving(MemoryStore()) as place:
        owner = await (await place.dial()).hello()
        await owner.open()
        for wrong in (
            mailbox.revoke_proof(WRITER, owner.nonce, owner.host, ANN),
            mailbox.revoke_proof(OWNER, bytes(32), owner.host, ANN),
            mailbox.revoke_proof(OWNER, owner.nonce, "elsewhere", ANN),
            mailbox.revoke_proof(OWNER, owner.nonce, owner.host, BOX),
        ):
            assert await owner.ask("REVOKE", writer=ANN.hex(), proof=wrong.hex()) == error("refused")
        writer = await (await place.dial()).hello()
        assert (await writer.put(b"x")).type == "STORED"


async def test_a_listener_proves_itself() -> None:
    """Where the server is the mailbox's own machine, WELCOME (if asked) and STORED are signed with its key."""
    async with serving(MemoryStore(), mailbox=BOX, mailbox_seed=OWNER) as place:
        client = await place.dial()
        assert "proof" not in (await client.ask("HELLO", version=1)).fields
        challenge = os.urandom(32)
        welcome = await client.ask("HELLO", version=1, challenge=challenge.hex())
        proof, client.nonce = welcome.key("proof", 64), welcome.key("nonce", 32)
        assert mailbox.is_listener(BOX, proof, challenge, client.nonce, client.host)
        assert not mailbox.is_listener(BOX, proof, os.urandom(32), client.nonce, client.host)
        assert not mailbox.is_listener(BOX, proof, challenge, client.nonce, "elsewhere")
        stored = (await client.put(b"x")).key("proof", 64)
        assert mailbox.is_stored(BOX, stored, ANN, ONE, b"x")
        assert not mailbox.is_stored(BOX, stored, ANN, ONE, b"y")
        assert not mailbox.is_stored(BOX, stored, ANN, TWO, b"x")
        await client.say("HELLO", version=1, challenge="short")
        assert await client.hear() == error("bad_message")


async def test_a_relay_proves_nothing() -> None:
    """A relay has no mailbox's key: it ignores a challenge."""
    async with serving(MemoryStore()) as place:
        client = await place.dial()
        assert "proof" not in (await client.ask("HELLO", version=1, challenge=bytes(32).hex())).fields
        await client.hello()
        assert "proof" not in (await client.put(b"x")).fields


async def test_owner_only() -> None:
    """Without an open mailbox nothing is deleted or revoked."""
    async with serving(MemoryStore()) as place:
        client = await (await place.dial()).hello()
        assert await client.ask("DELETE", items=[]) == error("refused")
        assert await client.revoke() == error("refused")


async def test_open_refused() -> None:
    """A mailbox opens for its key, over this connection, at this server, and once."""
    async with serving(MemoryStore()) as place:
        client = await (await place.dial()).hello()
        good_nonce, good_host = client.nonce, client.host
        forged = mailbox.open_proof(WRITER, client.nonce, client.host)
        assert await client.ask("OPEN", mailbox=BOX.hex(), proof=forged.hex()) == error("refused")
        client.nonce = os.urandom(32)
        assert await client.open() == error("refused")
        client.nonce, client.host = good_nonce, "other.example"
        assert await client.open() == error("refused")
        client.host = good_host
        assert (await client.open()).type == "OPENED"
        assert await client.open() == error("refused")


async def test_put_refused_tells_nothing() -> None:
    """A stranger hears the same of a mailbox with mail, one without, and one that never was."""
    store = MemoryStore()
    await store.put(BOX, ANN, ONE, b"x")
    stranger = os.urandom(32)
    async with serving(store) as place:
        client = await (await place.dial()).hello()
        forged = mailbox.grant(stranger, ANN)
        heard = [await client.put(b"x", mailbox=box, grant=forged) for box in (BOX, ANN, os.urandom(32))]
        assert heard == [error("refused", id=ONE.hex())] * 3
        client.nonce = os.urandom(32)
        assert await client.put(b"x") == error("refused", id=ONE.hex())
        assert await store.count(BOX) == 1


async def test_put_before_hello() -> None:
    """Without the nonce from WELCOME no proof holds."""
    async with serving(MemoryStore()) as place:
        assert await (await place.dial()).put(b"x") == error("refused", id=ONE.hex())


async def test_put_without_place() -> None:
    """Too large and full are told apart; the connection goes on."""
    async with serving(MemoryStore(Quota(mailbox_bytes=cost(bytes(10)))), envelope_bytes=8) as place:
        client = await (await place.dial()).hello()
        assert await client.put(b"123456789") == error("too_large", id=ONE.hex())
        assert (await client.put(b"12345678")).type == "STORED"
        assert await client.put(b"123", TWO) == error("full", id=TWO.hex())


async def test_one_mailbox() -> None:
    """A listener for one mailbox takes mail for that one, from the writers it knows, and opens for nobody."""
    known = {ANN}
    policy: dict[str, Any] = {"mailbox": BOX, "remote_open": False, "writers": known.__contains__}
    async with serving(MemoryStore(), **policy) as place:
        client = await (await place.dial()).hello()
        assert (await client.put(b"x")).type == "STORED"
        known.clear()
        assert await client.put(b"x") == error("refused", id=ONE.hex())
        known.add(ANN)
        other = mailbox.grant(WRITER, ANN)
        assert await client.put(b"x", mailbox=ANN, grant=other) == error("refused", id=ONE.hex())
        assert await client.open() == error("refused")


async def test_another_mailbox_does_not_open() -> None:
    """Where there is one mailbox, even its rightful owner cannot open another."""
    async with serving(MemoryStore(), mailbox=BOX) as place:
        client = await (await place.dial()).hello()
        assert await client.open(WRITER) == error("refused")
        assert (await client.open()).type == "OPENED"


async def test_audiences() -> None:
    """A server that knows its names takes proofs made for them, and not for whatever was dialled."""
    async with serving(MemoryStore(), audiences=("relay.example", "relay.example:9784")) as place:
        client = await (await place.dial()).hello()
        assert await client.open() == error("refused")
        assert await client.put(b"x") == error("refused", id=ONE.hex())
        client.host = "relay.example:9784"
        assert (await client.put(b"x")).type == "STORED"
        assert (await client.open()).type == "OPENED"


async def test_owner_makes_no_rooms() -> None:
    """A connection to which mail may be sent at any moment cannot become one that only forwards."""
    async with serving(MemoryStore()) as place:
        _, room = await place.room()
        owner = await (await place.dial()).hello()
        await owner.open()
        assert await owner.ask("CREATE_ROOM") == error("refused")
        assert await owner.ask("JOIN_ROOM", room_id=room) == error("refused")


async def test_slow_owner_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner that does not read is closed and its mail kept; nothing of it is queued for it in memory."""
    store, forgotten = MemoryStore(Quota(writer_bytes=1 << 26)), asyncio.Event()
    async with serving(store, send_s=0.2) as place:
        forget = place.server._boxes.forget

        def note(connection: Any) -> None:
            forget(connection)
            forgotten.set()

        monkeypatch.setattr(place.server._boxes, "forget", note)
        owner = await (await place.dial()).hello()
        await owner.open()
        owner.ws.transport.pause_reading()
        writer = await (await place.dial()).hello()
        for n in range(40):
            assert (await writer.put(bytes(1024 * 1024), n.to_bytes(16, "big"))).type == "STORED"
        await forgotten.wait()
        owner.ws.transport.resume_reading()
        read = [frame async for frame in until_closed(owner.ws)]
        assert len(read) < 20
        assert await store.count(BOX) == 40


class BrokenStore(MemoryStore):
    """A store whose disk has gone."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self.failure = failure

    async def put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        raise self.failure

    async def waiting(self, mailbox: bytes, after: int = 0, limit: int = 0) -> list[Mail]:
        raise self.failure

    async def count(self, mailbox: bytes) -> int:
        raise self.failure

    async def delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        raise self.failure

    async def revoke(self, mailbox: bytes, writer: bytes) -> None:
        raise self.failure


async def test_store_that_fails() -> None:
    """A store that does not work is `unavailable`, never STORED; the server goes on."""
    broken = BrokenStore(StoreError("the disk has gone"))
    async with serving(broken) as place:
        client = await (await place.dial()).hello()
        assert await client.put(b"x") == error("unavailable", id=ONE.hex())
        assert await client.open() == error("unavailable")


async def test_store_that_fails_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An owner whose mail cannot be read is closed, to come again; deleting and revoking say `unavailable`."""
    broken = BrokenStore(StoreError("the disk has gone"))
    monkeypatch.setattr(broken, "count", MemoryStore().count)
    async with serving(broken) as place:
        monkeypatch.setattr(broken, "waiting", MemoryStore().waiting)
        owner = await (await place.dial()).hello()
        await owner.open()
        assert await owner.ask("DELETE", items=[]) == error("unavailable")
        assert await owner.revoke() == error("unavailable")
        monkeypatch.undo()
        monkeypatch.setattr(broken, "count", MemoryStore().count)
        monkeypatch.setattr(server_mail, "READ_AGAIN", 1)
        second = await (await place.dial()).hello()
        await second.open()
        with pytest.raises(ConnectionClosed):
            await second.ws.recv()
    assert [record.message for record in caplog.records] == ["mail could not be read: StoreError"] * 2


async def test_revocations_full() -> None:
    """An owner that has revoked too many hears that it is full."""
    async with serving(MemoryStore(Quota(mailbox_revoked=0))) as place:
        owner = await (await place.dial()).hello()
        await owner.open()
        assert await owner.revoke() == error("full")


async def test_our_bug_is_logged_by_kind(caplog: pytest.LogCaptureFixture) -> None:
    """A failure nobody foresaw ends that connection; the log has its kind and none of the content."""
    caplog.set_level(logging.DEBUG)
    async with serving(BrokenStore(ZeroDivisionError("content of the mail"))) as place:
        client = await (await place.dial()).hello()
        with pytest.raises(ConnectionClosed):
            await client.put(b"content of the mail")
        assert (await (await place.dial()).ask("HELLO", version=1)).type == "WELCOME"
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("spread.")]
    assert ours == ["a connection failed: ZeroDivisionError"]


# Listening


async def test_every_host_on_one_port() -> None:
    """A port chosen on the first host is that of all."""
    server = Server(None)
    await server.start(["127.0.0.1", "127.0.0.2"])
    try:
        for host in ("127.0.0.1", "127.0.0.2"):
            async with connect(f"ws://{host}:{server.port}", proxy=None) as ws:
                await ws.send('{"type": "HELLO", "version": 1}')
                assert wire.decode(await ws.recv()).type == "WELCOME"
    finally:
        await server.close()


async def test_a_server_moves_to_other_addresses() -> None:
    """Same port; who is connected to an address that stays goes on, who is to one that went is put out."""
    server = Server(None)
    await server.start(["127.0.0.1", "127.0.0.2"])
    try:
        async with (
            connect(f"ws://127.0.0.1:{server.port}", proxy=None) as gone,
            connect(f"ws://127.0.0.2:{server.port}", proxy=None) as stays,
        ):
            await server.move(["127.0.0.2", "127.0.0.3"])
            async with asyncio.timeout(10):
                await gone.wait_closed()
            async with connect(f"ws://127.0.0.3:{server.port}", proxy=None) as new:
                for ws in (stays, new):
                    await ws.send('{"type": "HELLO", "version": 1}')
                    assert wire.decode(await ws.recv()).type == "WELCOME"
            with pytest.raises(OSError, match=r"refused|111"):
                await connect(f"ws://127.0.0.1:{server.port}", proxy=None)
        with pytest.raises(RouteError):
            await server.move(["127.0.0.2", "192.0.2.1"])
        async with connect(f"ws://127.0.0.2:{server.port}", proxy=None):
            pass
    finally:
        await server.close()


async def test_port_taken_on_the_second_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is free on the first host only is given up for another."""
    server, listen, ports = Server(None), Server._listen, []

    async def once_taken(self: Server, host: str, port: int) -> Any:
        if host == "127.0.0.2":
            ports.append(port)
            if len(ports) == 1:
                raise OSError(errno.EADDRINUSE, "taken")
        return await listen(self, host, port)

    monkeypatch.setattr(Server, "_listen", once_taken)
    await server.start(["127.0.0.1", "127.0.0.2"])
    await server.close()
    assert (len(ports), server.port) == (2, ports[1])


async def test_port_taken() -> None:
    """A taken port is told with what, why and a hint; nothing keeps listening."""
    async with serving() as place:
        port = place.server.port
        with pytest.raises(RouteError) as caught:
            await Server(None).start(["127.0.0.2", "127.0.0.1"], port)
        assert caught.value.what == f"port {port} is taken"
        assert "127.0.0.1" in caught.value.why
        assert caught.value.hint
        assert not caught.value.transient
        freed = Server(None)
        await freed.start(["127.0.0.2"], port)
        await freed.close()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_foreign_host(host: str) -> None:
    """An address that is not this machine's is told with the cause."""
    with pytest.raises(RouteError) as caught:
        await Server(None).start([host])
    assert host in caught.value.what
    assert caught.value.why


async def test_close() -> None:
    """Closing the server ends its connections and frees the port."""
    async with serving(MemoryStore()) as place:
        creator, joiner, _ = await place.pair()
        owner = await (await place.dial()).hello()
        await owner.open()
        await place.server.close()
        for client in (creator, joiner, owner):
            with pytest.raises(ConnectionClosed):
                await client.ws.recv()
        with pytest.raises(OSError, match=r"refused|111"):
            await place.dial()


# Too many connections


async def is_refused(place: Place) -> bool:
    """Tell whether a new connection is hung up on before its handshake."""
    try:
        await place.dial()
    except (OSError, EOFError, InvalidMessage):
        return True
    return False


@pytest.mark.parametrize("limit", ["connections", "per_address"])
async def test_connections_are_limited(limit: str) -> None:
    """One too many is hung up on unheard; those that are open go on, and one that leaves makes room."""
    async with serving(**{limit: 2}) as place:
        first, second = await place.dial(), await place.dial()
        assert await is_refused(place)
        assert (await first.ask("HELLO", version=1)).type == "WELCOME"
        await second.ws.close()
        await second.ws.wait_closed()
        while await is_refused(place):
            pass
        assert await is_refused(place)


async def test_a_connection_that_says_nothing_counts() -> None:
    """Whoever has not even begun the handshake holds a place, until its time for that is over."""
    async with serving(connections=1, handshake_s=0.3) as place:
        reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
        assert await is_refused(place)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        while await is_refused(place):
            pass


async def test_closing_waits_for_nobodys_handshake() -> None:
    """A client that never begins its handshake does not hold up the end."""
    async with serving(handshake_s=60.0) as place:
        reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
        _ = await place.dial()  # accepted after the silent one, so that one is known to the server
        async with asyncio.timeout(20):
            await place.server.close()
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()


async def test_a_message_that_never_ends() -> None:
    """A listener takes little at a time, and gives up on a message that is not there in time."""
    async with serving(message_bytes=LISTENER.message_bytes, idle_s=0.3) as place:
        client = await (await place.dial()).hello()

        async def parts() -> AsyncIterator[bytes]:
            for _ in range(4):
                yield bytes(LISTENER.message_bytes // 8)
            await client.ws.wait_closed()

        with contextlib.suppress(ConnectionClosed):
            await client.ws.send(parts())
        assert client.ws.close_code == 1000


async def test_a_store_that_cannot_be_read_for_a_moment() -> None:
    """An owner is not sent away for what passes; the mail comes when it can be read."""

    class Shaky(MemoryStore):
        failures = 2

        async def waiting(self, *where: Any, **limits: Any) -> list[Mail]:
            if self.failures:
                self.failures -= 1
                raise StoreError("the mail store does not work")
            return await super().waiting(*where, **limits)

    async with serving(Shaky()) as place:
        owner = await (await place.dial()).hello()
        await owner.open()
        await (await (await place.dial()).hello()).put(b"late")
        assert (await owner.hear()).body == b"late"


def test_the_specification_names_every_message() -> None:
    """RELAY_SERVER_SPEC.md's table holds what the server takes."""
    text = (Path(__file__).parents[2] / "RELAY_SERVER_SPEC.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)` \| C→S", text, re.MULTILINE)) == set(Server(None)._handlers)
