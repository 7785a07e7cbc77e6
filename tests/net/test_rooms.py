"""Rooms: what needs no whole server; the rest of their behaviour is pinned in test_server.py."""

import contextlib
import json

import pytest
from websockets.asyncio.client import connect

from spread.net.rooms import Joins, RoomLimits
from tests.net.legacy_relay import legacy_relay


def test_joins_by_the_minute() -> None:
    """An address has so many tries a minute, then again in the next."""
    joins = Joins(2)
    assert [joins.allow("192.0.2.1", 60.0 + n) for n in range(3)] == [True, True, False]
    assert joins.allow("192.0.2.2", 63.0)
    assert joins.allow("192.0.2.1", 120.0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "192.0.2.2", False),
    ],
)
def test_what_is_one_address(one: str, other: str, same: bool) -> None:
    """An IPv6 network of 64 bits is one address, and IPv4 is itself however written."""
    joins = Joins(1)
    joins.allow(one, 0.0)
    assert joins.allow(other, 0.0) is not same


async def test_a_creator_that_does_not_answer() -> None:
    """Nobody is let in while the creator may still be sending to the one before."""
    async with legacy_relay(limits=RoomLimits(settle_s=0.05)) as url, contextlib.AsyncExitStack() as stack:
        creator, first, second = [
            await stack.enter_async_context(connect(url, proxy=None, compression=None)) for _ in range(3)
        ]
        await creator.send('{"type": "CREATE_ROOM"}')
        room = json.loads(await creator.recv())["room_id"]
        await first.send(json.dumps({"type": "JOIN_ROOM", "room_id": room}))
        await first.recv()
        creator.transport.pause_reading()
        await first.close()
        answers = []
        for _ in range(2):
            await second.send(json.dumps({"type": "JOIN_ROOM", "room_id": room}))
            answers.append(await second.recv())
        assert answers == ['{"type": "ERROR", "reason": "room_busy"}'] * 2
        creator.transport.resume_reading()
