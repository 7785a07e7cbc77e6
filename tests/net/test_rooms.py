"""Rooms: what needs no whole server; the rest of their behaviour is pinned in test_server.py."""

import asyncio
import contextlib
import json

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection

from spread.net import client, meet
from spread.net.rooms import Joins, RoomLimits, Rooms, _Room
from tests.net.legacy_relay import legacy_relay


def test_joins_by_the_minute() -> None:
    """An address has so many tries a minute, then again in the next."""
    joins = Joins(2)
    assert [joins.allow("192.0.2.1", 60.0 + n) for n in range(3)] == [True, True, False]
    assert joins.allow("192.0.2.2", 63.0)
    assert joins.allow("192.0.2.1", 120.0)


def test_joins_of_a_line() -> None:
    """All networks of an IPv6 line together have twice as many tries as one."""
    joins = Joins(2)
    tries = [joins.allow(f"2001:db8:7:{n}::/64", 60.0) for n in (1, 1, 1, 2, 3)]
    assert tries == [True, True, False, True, False]
    assert joins.allow("2001:db8:8:1::/64", 60.0)


class Maker(ServerConnection):
    """As much of a room's maker as a full server looks at."""

    def __init__(self, address: str) -> None:
        self.remote = address
        self.is_closed = asyncio.Event()

    @property
    def remote_address(self) -> tuple[str]:
        return (self.remote,)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.is_closed.set()


def full_of_rooms(lines: int, each: int) -> tuple[Rooms, list[Maker]]:
    """Return rooms that are all joined, so many of each line; and their makers, the oldest first."""
    rooms = Rooms(RoomLimits(rooms=lines * each))
    makers = [Maker(f"198.51.100.{n % lines}") for n in range(lines * each)]
    for n, maker in enumerate(makers):
        room = rooms._rooms[str(n)] = _Room(str(n), maker)
        room.joiner = maker
    return rooms, makers


async def test_many_lines_that_hold_all_rooms_give_them_up() -> None:
    """A newcomer gets a room, however the rooms are shared out among a hundred lines, and whoever is in them."""
    rooms, makers = full_of_rooms(100, 10)
    assert rooms._has_place("203.0.113.1")
    await makers[0].is_closed.wait()
    assert len(rooms) == 999
    assert sum(maker.is_closed.is_set() for maker in makers) == 1


async def test_a_room_that_nobody_is_in_is_given_up_first() -> None:
    """Who has most rooms loses the one by which nothing is broken off."""
    rooms, makers = full_of_rooms(2, 4)
    rooms._rooms["6"].joiner = None
    assert rooms._has_place("203.0.113.1")
    await makers[6].is_closed.wait()


async def test_who_has_few_rooms_keeps_them() -> None:
    """Where everybody has as many as one machine needs, a newcomer finds no place."""
    rooms, _ = full_of_rooms(50, 2)
    assert not rooms._has_place("203.0.113.1")
    assert len(rooms) == 100


async def just_left(url: str, stack: contextlib.AsyncExitStack) -> tuple[ClientConnection, str]:
    """Return the creator of a room, who reads nothing any more, and the room's id: a joiner has just left it."""
    creator, joiner = [
        await stack.enter_async_context(connect(url, proxy=None, compression=None)) for _ in range(2)
    ]
    await creator.send('{"type": "CREATE_ROOM"}')
    room = json.loads(await creator.recv())["room_id"]
    await joiner.send(json.dumps({"type": "JOIN_ROOM", "room_id": room}))
    await joiner.recv()
    creator.transport.pause_reading()
    await joiner.close()
    return creator, room


async def test_a_creator_that_does_not_answer() -> None:
    """Nobody is let in while the creator may still be sending to the one before."""
    async with legacy_relay(limits=RoomLimits(settle_s=0.05)) as url, contextlib.AsyncExitStack() as stack:
        creator, room = await just_left(url, stack)
        second = await stack.enter_async_context(connect(url, proxy=None, compression=None))
        answers = []
        for _ in range(2):
            await second.send(json.dumps({"type": "JOIN_ROOM", "room_id": room}))
            answers.append(await second.recv())
        assert answers == ['{"type": "ERROR", "reason": "room_busy"}'] * 2
        creator.transport.resume_reading()


async def test_who_comes_while_a_room_settles(monkeypatch: pytest.MonkeyPatch) -> None:
    """A joiner waits for the server's word for longer than the server waits for the creator's."""
    assert RoomLimits().settle_s < meet.JOIN_TIMEOUT_S
    monkeypatch.setattr(client, "REPLY_TIMEOUT_S", 0.1)
    async with legacy_relay(limits=RoomLimits(settle_s=0.5)) as url, contextlib.AsyncExitStack() as stack:
        creator, room = await just_left(url, stack)
        with pytest.raises(meet.BusyError):
            await meet.join(url, "share", room, b"a")
        creator.transport.resume_reading()
