"""Rooms over loopback: who is let into the conversation, who is not, and what each side is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect

from spread.errors import ProtocolError, RoomError, RouteError, SpreadError
from spread.net import meet
from spread.net.server import Policy, Server
from spread.protocol import room
from tests.net.legacy_relay import legacy_relay

SECRET, OTHER = room.code_secret("amber-tiger-lamp"), room.code_secret("amber-tiger-tulip")


@pytest.fixture(params=["ours", "1.x"])
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A server: each test holds with ours and with a relay of claudeSpread 1.x."""
    if request.param == "1.x":
        async with legacy_relay() as legacy:
            yield legacy
        return
    server = Server(None, Policy())
    await server.start(["127.0.0.1"])
    yield f"ws://127.0.0.1:{server.port}"
    await server.close()


class Hosting:
    """A room whose creator answers every message with the same, until it hears `done`."""

    def __init__(self, url: str, tries: meet.Tries | None = None) -> None:
        self.host = meet.Host(url, "share")
        self.room = ""
        self.bindings: list[bytes] = []
        self.heard: list[dict[str, object]] = []
        self._tries = tries
        self.task: asyncio.Task[None] | None = None

    async def _talk(self, channel: meet.Channel) -> bool:
        self.bindings.append(channel.binding)
        while True:
            fields = await channel.receive_json()
            self.heard.append(fields)
            await channel.send_json(fields)
            if "done" in fields:
                return True

    async def __aenter__(self) -> "Hosting":
        self.room = await self.host.create()
        self.task = asyncio.create_task(self.host.serve(SECRET, self._talk, self._tries))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.host.close()

    async def end(self) -> None:
        """Wait until the room is done with, and raise what it failed of."""
        assert self.task is not None
        async with asyncio.timeout(5):
            await self.task


@contextlib.asynccontextmanager
async def joined(url: str, room_id: str, secret: bytes = SECRET) -> AsyncIterator[meet.Channel]:
    """Join a room."""
    channel, ws = await meet.join(url, "share", room_id, secret)
    try:
        yield channel
    finally:
        await ws.close()


async def test_two_who_know_the_code_talk(url: str) -> None:
    """Both hold the same binding; what one seals the other opens."""
    async with Hosting(url) as hosting, joined(url, hosting.room) as channel:
        for fields in ({"weeks": 7}, {"done": True}):
            await channel.send_json(fields)
            assert await channel.receive_json() == fields
        await hosting.end()
        assert hosting.bindings == [channel.binding]


async def test_a_wrong_code_then_the_right_one(url: str) -> None:
    """The wrong one is told; the room stays for the right one."""
    async with Hosting(url) as hosting:
        with pytest.raises(room.WrongCodeError):
            await meet.join(url, "share", hosting.room, OTHER)
        async with joined(url, hosting.room) as channel:
            await channel.send_json({"done": True})
            await channel.receive_json()
        await hosting.end()


async def test_three_wrong_codes_burn_the_room(url: str) -> None:
    """The third joiner hears that, and so does the creator; nothing was said to any of them."""
    async with Hosting(url) as hosting:
        for _ in range(2):
            with pytest.raises(room.WrongCodeError):
                await meet.join(url, "share", hosting.room, OTHER)
        with pytest.raises(RoomError, match="burned"):
            await meet.join(url, "share", hosting.room, OTHER)
        with pytest.raises(RoomError, match="burned"):
            await hosting.end()
        assert (hosting.heard, hosting.bindings) == ([], [])


async def test_tries_count_over_all_routes() -> None:
    """One code offered in two rooms allows three tries, not six."""
    tries = meet.Tries()
    async with legacy_relay() as url, Hosting(url, tries) as one, Hosting(url, tries) as two:
        for hosting in (one, two):
            with pytest.raises(room.WrongCodeError):
                await meet.join(url, "share", hosting.room, OTHER)
        with pytest.raises(RoomError, match="burned"):
            await meet.join(url, "share", one.room, OTHER)


async def test_another_purpose_is_another_code(url: str) -> None:
    """A code for a share does not pair."""
    async with Hosting(url) as hosting:
        with pytest.raises(SpreadError):
            await meet.join(url, "pair", hosting.room, SECRET)
        assert hosting.heard == []


@pytest.mark.parametrize("frame", ["text", b"", b"\x00", b"\x07" * 500])
async def test_who_speaks_nonsense_is_not_waited_for(url: str, frame: str | bytes) -> None:
    """A joiner that is none of ours costs nothing: the next one is served."""
    async with Hosting(url) as hosting:
        async with connect(url, compression=None, proxy=None) as stranger:
            await stranger.send(f'{{"type": "JOIN_ROOM", "room_id": "{hosting.room}"}}')
            await stranger.recv()
            await stranger.send(frame)
        async with joined(url, hosting.room) as channel:
            await channel.send_json({"done": True})
            await channel.receive_json()
        await hosting.end()


async def test_one_at_a_time(url: str) -> None:
    """While somebody is in the room, another is told that it is busy."""
    async with Hosting(url) as hosting, joined(url, hosting.room):
        with pytest.raises(RoomError, match="busy") as caught:
            await meet.join(url, "share", hosting.room, SECRET)
        assert caught.value.hint


async def test_no_such_room(url: str) -> None:
    """A room that is not there, with what to check."""
    with pytest.raises(RoomError, match="no such room") as caught:
        await meet.join(url, "share", "aaaaaa", SECRET)
    assert "mistyped" in caught.value.why
    assert caught.value.hint


async def test_the_room_goes_with_its_maker(url: str) -> None:
    """When the creator leaves, who is in it is told, and nobody gets in any more."""
    async with Hosting(url) as hosting, joined(url, hosting.room) as channel:
        await hosting.host.close()
        with pytest.raises(RouteError, match="gone"):
            await channel.receive()
        with pytest.raises(RoomError, match="no such room"):
            await meet.join(url, "share", hosting.room, SECRET)
        with pytest.raises(RouteError, match="gone"):
            await hosting.end()


async def test_a_silent_side_is_given_up(url: str) -> None:
    """A record that does not come in time is a lost connection."""
    async with Hosting(url) as hosting, joined(url, hosting.room) as channel:
        with pytest.raises(RouteError, match="gone"):
            await channel.receive(timeout_s=0.05)


async def test_stopping_on_purpose_is_told(url: str) -> None:
    """The other side hears that we stopped, not that the line is dead."""

    async def talk(channel: meet.Channel) -> bool:
        await channel.stop("refused")
        return True

    host = meet.Host(url, "pair")
    room_id = await host.create()
    serving = asyncio.create_task(host.serve(SECRET, talk))
    channel, ws = await meet.join(url, "pair", room_id, SECRET)
    with pytest.raises(RoomError):
        await channel.receive()
    await serving
    await ws.close()
    await host.close()


@pytest.mark.parametrize("record", [b"[]", b"{", b"\xff", b"[" * 5_000])
async def test_a_record_that_is_no_object(url: str, record: bytes) -> None:
    """Where one JSON object is due, anything else is the other side's fault."""

    async def talk(channel: meet.Channel) -> bool:
        await channel.send(record)
        return True

    host = meet.Host(url, "share")
    room_id = await host.create()
    serving = asyncio.create_task(host.serve(SECRET, talk))
    channel, ws = await meet.join(url, "share", room_id, SECRET)
    with pytest.raises(ProtocolError):
        await channel.receive_json()
    await serving
    await ws.close()
    await host.close()


async def test_too_many_rooms() -> None:
    """A full server is told as such, to be tried later."""
    server = Server(None, Policy(rooms=0))
    await server.start(["127.0.0.1"])
    host = meet.Host(f"ws://127.0.0.1:{server.port}", "share")
    with pytest.raises(RouteError, match="makes no more rooms") as caught:
        await host.create()
    assert caught.value.transient
    await host.close()
    await server.close()


async def test_a_listeners_room_needs_its_token() -> None:
    """Nobody else makes the one room of a listener; its id is the one that was shown."""
    server = Server(None, Policy(room_id="a7f3b2", room_token="t" * 32))
    await server.start(["127.0.0.1"])
    url = f"ws://127.0.0.1:{server.port}"
    stranger, ours = meet.Host(url, "share"), meet.Host(url, "share", "t" * 32)
    with pytest.raises(SpreadError):
        await stranger.create()
    assert await ours.create() == "a7f3b2"
    for host in (stranger, ours):
        await host.close()
    await server.close()
