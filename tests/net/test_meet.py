"""Rooms from both sides, over loopback; whoever lies here speaks real WebSocket."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection, serve

from spread.errors import RoomError, RouteError, SpreadError
from spread.net import client, meet
from spread.net.server import Server
from spread.protocol import room, wire
from spread.protocol.room import BurnedError, WrongCodeError

RIGHT, WRONG = room.code_secret("amber-tiger-lamp"), room.code_secret("amber-tiger-lion")
ROOM = "a7f3b2"
Talk = Callable[[ServerConnection], Awaitable[None]]


async def content(channel: meet.Channel) -> bool:
    """Be the creator's side of the shortest exchange there is."""
    await channel.send_json({"hello": 1}, final=True)
    return True


@contextlib.asynccontextmanager
async def relay() -> AsyncIterator[str]:
    """Serve rooms and give the URL."""
    server = Server(None)
    await server.start(["127.0.0.1"])
    try:
        yield f"ws://127.0.0.1:{server.port}"
    finally:
        await server.close()


@contextlib.asynccontextmanager
async def hosting(
    url: str, tries: meet.Tries | None = None
) -> AsyncIterator[tuple[str, "asyncio.Task[None]"]]:
    """Wait for joiners in a room; give its id and what serves it."""
    host = meet.Host(url, "share")
    room_id = await host.create()
    serving = asyncio.create_task(host.serve(RIGHT, content, tries))
    try:
        yield room_id, serving
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await host.close()


@contextlib.asynccontextmanager
async def impostor(talk: Talk) -> AsyncIterator[str]:
    """Let anyone join any room, then `talk`, as whoever answers at a room's address can; give the URL."""

    async def enter(ws: ServerConnection) -> None:
        joined = wire.decode(await ws.recv())
        await ws.send(wire.encode(wire.Message("ROOM_JOINED", {"room_id": joined.text("room_id")})))
        await talk(ws)

    async with serve(enter, "127.0.0.1", 0, compression=None, close_timeout=0.2) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def guess(ws: ServerConnection, proofs: list[bytes]) -> None:
    """Be a creator with a guess at the code up to where the joiner's proof tests it."""
    hello = await ws.recv(decode=False)
    room_id = json.loads(hello[1:])["room"]
    talk = room.Conversation(room.Role.CREATOR, "share", room_id, WRONG, os.urandom)
    await ws.send(talk.start())
    with contextlib.suppress(SpreadError):
        talk.receive(hello)
        proofs.append(bytes(await ws.recv(decode=False)))


async def proof_of(url: str, room_id: str) -> tuple[ClientConnection, bytes]:
    """Join with a wrong code up to the proof; return the connection and the proof, not sent yet."""
    ws = await client.dial(url)
    await ws.send(wire.encode(wire.Message("JOIN_ROOM", {"room_id": room_id})))
    await ws.recv()
    talk = room.Conversation(room.Role.JOINER, "share", room_id, WRONG, os.urandom)
    await ws.send(talk.start())
    (event,) = talk.receive(await ws.recv())
    assert isinstance(event, room.Reply)
    return ws, event.frame


async def test_the_right_code() -> None:
    """Both sides open, and no try is used."""
    tries, ours = meet.Tries(), meet.Tries()
    async with relay() as url, hosting(url, tries) as (room_id, serving):
        channel, ws = await meet.join(url, "share", room_id, RIGHT, ours)
        assert await channel.receive_json() == {"hello": 1}
        await ws.close()
        await serving
    assert tries.used == ours.used == 0


async def test_three_wrong_codes_burn_the_room() -> None:
    """Two are told that the code is wrong, the third that the room is burned; so is the creator."""
    async with relay() as url, hosting(url) as (room_id, serving):
        kinds = []
        for _ in range(3):
            with pytest.raises(RoomError) as caught:
                await meet.join(url, "share", room_id, WRONG)
            kinds.append(type(caught.value))
        assert kinds == [WrongCodeError, WrongCodeError, BurnedError]
        with pytest.raises(BurnedError):
            await serving


async def test_routes_share_three_tries() -> None:
    """Proofs that come on two routes at the same time are judged as long as a try is left, no longer."""
    tries = meet.Tries()
    tries.used = 2
    async with relay() as url, hosting(url, tries) as one, hosting(url, tries) as other:
        waiting = [await proof_of(url, room_id) for room_id, _ in (one, other)]
        await asyncio.gather(*(ws.send(frame) for ws, frame in waiting))
        assert [await ws.recv() for ws, _ in waiting] == [room.failure("burned")] * 2
        assert tries.used == room.MAX_TRIES
        for _, serving in (one, other):
            with pytest.raises(BurnedError):
                await serving
        for ws, _ in waiting:
            await ws.close()


async def test_a_right_code_too_late_is_not_judged() -> None:
    """Once the tries are used up even a right proof opens nothing."""
    tries = meet.Tries()
    tries.used = room.MAX_TRIES
    async with relay() as url, hosting(url, tries) as (room_id, _):
        with pytest.raises(BurnedError):
            await meet.join(url, "share", room_id, RIGHT)


async def test_who_leaves_before_the_proof_uses_no_try() -> None:
    """Only proofs are tries: a joiner that stops before costs the code nothing."""
    tries = meet.Tries()
    async with relay() as url, hosting(url, tries) as (room_id, _):
        for _ in range(room.MAX_TRIES):
            ws, _ = await proof_of(url, room_id)
            await ws.send(room.failure("cancelled"))
            await ws.close()
        channel, ws = await meet.join(url, "share", room_id, RIGHT)
        assert await channel.receive_json() == {"hello": 1}
        await ws.close()


@pytest.mark.parametrize("after", ["hang up", "deny", "garbage"])
async def test_a_joiner_proves_itself_three_times_at_most(after: str) -> None:
    """However an impostor ends the conversation, it has had a try; after three our proof stays with us."""
    proofs: list[bytes] = []

    async def talk(ws: ServerConnection) -> None:
        await guess(ws, proofs)
        if after != "hang up":
            await ws.send(room.failure("confirmation") if after == "deny" else b"\xff")
            await ws.wait_closed()

    tries = meet.Tries()
    async with impostor(talk) as url:
        for _ in range(room.MAX_TRIES):
            with pytest.raises(SpreadError):
                await meet.join(url, "share", ROOM, RIGHT, tries)
        assert tries.used == len(proofs) == room.MAX_TRIES
        with pytest.raises(BurnedError):
            await meet.join(url, "share", ROOM, RIGHT, tries)
    assert proofs[room.MAX_TRIES :] in ([], [room.failure("burned")])


async def test_tries_left_for_others() -> None:
    """A route that must leave a try for another does not prove itself with the last one."""
    proofs: list[bytes] = []
    tries = meet.Tries()
    async with impostor(lambda ws: guess(ws, proofs)) as url:
        for kind in (RouteError, RouteError, BurnedError):
            with pytest.raises(kind):
                await meet.enter(await client.dial(url), url, "share", ROOM, RIGHT, tries, spare=1)
    assert tries.used == 2


@pytest.mark.parametrize("reason", ["confirmation", "burned"])
async def test_a_verdict_without_our_proof(reason: str) -> None:
    """Who says that the code is wrong before it has our proof has merely stopped; no try is used."""
    tries = meet.Tries()

    async def talk(ws: ServerConnection) -> None:
        await ws.send(room.failure(reason))
        await ws.wait_closed()

    async with impostor(talk) as url:
        with pytest.raises(RoomError) as caught:
            await meet.join(url, "share", ROOM, RIGHT, tries)
    assert type(caught.value) is RoomError
    assert tries.used == 0


# Joiners that are in the way


async def test_a_silent_joiner_is_put_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever enters and says nothing holds the room for the time of a handshake, however long it stays."""
    monkeypatch.setattr(meet, "HANDSHAKE_TIMEOUT_S", 0.2)
    async with relay() as url, hosting(url) as (room_id, serving), asyncio.timeout(60):
        silent = await client.dial(url)
        await silent.send(wire.encode(wire.Message("JOIN_ROOM", {"room_id": room_id})))
        await silent.recv()
        await silent.wait_closed()
        monkeypatch.undo()
        channel, ws = await meet.join(url, "share", room_id, RIGHT)
        assert await channel.receive_json() == {"hello": 1}
        await ws.close()
        await serving


@pytest.mark.parametrize(
    "noise", ['{"type": "DROP_PEER", "peer_id": "x"}', "no json", '{"type": "ELSE"}', ""]
)
async def test_text_is_noise(noise: str) -> None:
    """A joiner's text frames, forwarded or not, are no part of a conversation and do not end it."""
    async with relay() as url, hosting(url) as (room_id, serving):
        ws = await client.dial(url)
        await ws.send(wire.encode(wire.Message("JOIN_ROOM", {"room_id": room_id})))
        await ws.recv()
        await ws.send(noise)
        channel = await meet.converse(ws, room.Role.JOINER, "share", room_id, RIGHT, meet.Tries())
        assert await channel.receive_json() == {"hello": 1}
        await ws.close()
        await serving


async def test_noise_in_an_open_channel() -> None:
    """Also between records text changes nothing; only that the other side has gone ends it."""

    async def talk(ws: ServerConnection) -> None:
        conversation = room.Conversation(room.Role.CREATOR, "share", ROOM, RIGHT, os.urandom)
        await ws.send(conversation.start())
        while conversation.state is not room.State.OPEN:
            for event in conversation.receive(await ws.recv(decode=False)):
                if isinstance(event, room.Reply):
                    await ws.send(event.frame)
        for frame in ("noise", conversation.seal(b"1"), '{"type": "PEER_DISCONNECTED", "peer_id": "x"}'):
            await ws.send(frame)
        await ws.wait_closed()

    async with impostor(talk) as url:
        channel, ws = await meet.join(url, "share", ROOM, RIGHT)
        assert (await channel.receive()).plaintext == b"1"
        with pytest.raises(RouteError, match="gone"):
            await channel.receive()
        await ws.close()


# Servers that lie


@contextlib.asynccontextmanager
async def answering(answer: wire.Message) -> AsyncIterator[str]:
    """Be a server that has one answer to everything; give the URL."""

    async def talk(ws: ServerConnection) -> None:
        async for _ in ws:
            await ws.send(wire.encode(answer))

    async with serve(talk, "127.0.0.1", 0, compression=None, close_timeout=0.2) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("room_not_found", "no such room"),
        ("room_busy", "busy"),
        ("too_many_joins", "too many have tried"),
        ("too_many_rooms", "makes no more rooms"),
    ],
)
async def test_refusals_are_explained(reason: str, says: str) -> None:
    """Each reason a server may have is told with what to do about it."""
    async with answering(wire.Message("ERROR", {"reason": reason})) as url:
        with pytest.raises(SpreadError, match=says) as caught:
            await meet.join(url, "share", ROOM, RIGHT)
    assert caught.value.hint


EVIL = "\x1b]52;c;cHduCg==\x07\x1b[2J"


@pytest.mark.parametrize("room_id", [EVIL, "a7f3b", "a7f3b2x", "A7F3B2", "a7f3b2\n", "", None, 7])
async def test_a_rooms_id_is_checked(room_id: object) -> None:
    """What a relay calls a room is shown and typed: anything but six letters or digits is refused."""
    async with answering(wire.Message("ROOM_CREATED", {"room_id": room_id})) as url:
        host = meet.Host(url, "share")
        with pytest.raises(RouteError) as caught:
            await host.create()
        await host.close()
    assert "does not speak our protocol" in caught.value.what
    assert host.room_id == ""


@pytest.mark.parametrize(
    "answer",
    [
        wire.Message("X" + EVIL + "A" * 3000, {"reason": EVIL + "B" * 3000}),
        wire.Message("ERROR", {"reason": EVIL}),
        wire.Message("ERROR", {"reason": [EVIL]}),
    ],
)
async def test_a_servers_words_cannot_steer_a_terminal(answer: wire.Message) -> None:
    """What a server answers reaches an error short and harmless."""
    async with answering(answer) as url:
        with pytest.raises(SpreadError) as caught:
            await meet.join(url, "share", ROOM, RIGHT)
    said = "".join(caught.value.lines())
    assert said.isprintable()
    assert len(said) < 300
