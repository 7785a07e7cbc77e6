"""A room whose maker is in the server's own process."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from spread.net import client, inside
from spread.net.inside import Inside
from spread.net.server import LISTENER, Server
from spread.protocol import wire


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """One on loopback."""
    made = Server(None, LISTENER)
    await made.start(["127.0.0.1"])
    yield made
    await made.close()


async def joined(server: Server, room_id: str) -> tuple[ClientConnection, str]:
    """Join a room; return the connection and what the server answered."""
    ws = await client.dial(f"ws://127.0.0.1:{server.port}")
    await ws.send(wire.encode(wire.Message("JOIN_ROOM", {"room_id": room_id})))
    return ws, wire.decode(await ws.recv()).type


async def heard(maker: Inside) -> wire.Message:
    """Return what the server tells the maker next."""
    return wire.decode(await maker.recv())


async def test_both_ways_and_the_end(server: Server) -> None:
    """Frames go through as with a WebSocket; when the maker has left, so has the room."""
    maker = server.make_room()
    room_id = (await heard(maker)).text("room_id")
    await maker.send(b"to nobody")
    ws, answer = await joined(server, room_id)
    assert (answer, (await heard(maker)).type) == ("ROOM_JOINED", "PEER_JOINED")
    await ws.send(b"one")
    assert await maker.recv() == b"one"
    await maker.send(b"two")
    assert await ws.recv() == b"two"
    await maker.close()
    await ws.wait_closed()
    for broken in (maker.send(b"three"), maker.recv()):
        with pytest.raises(ConnectionClosed):
            await broken
    assert (await joined(server, room_id))[1] == "ERROR"


async def test_the_next_waits_until_the_maker_knows(server: Server) -> None:
    """What the maker sends before it has read that one has left reaches nobody, also not who comes next."""
    maker = server.make_room()
    room_id = (await heard(maker)).text("room_id")
    first, _ = await joined(server, room_id)
    assert (await heard(maker)).type == "PEER_JOINED"
    await first.close()
    await server._rooms.ended(5)
    joining = asyncio.create_task(joined(server, room_id))
    while not server._rooms.joined():  # noqa: ASYNC110 - there is no event
        await asyncio.sleep(0)
    await maker.send(b"for the first")
    assert (await heard(maker)).type == "PEER_DISCONNECTED"
    await maker.send(b"also for the first")
    assert (await heard(maker)).type == "PEER_JOINED"
    second, answer = await joining
    await maker.send(b"for the second")
    assert (answer, await second.recv()) == ("ROOM_JOINED", b"for the second")
    await second.close()


async def test_a_maker_that_reads_nothing_is_closed() -> None:
    """Only so much waits for it; who waits for room hears that it has gone."""
    maker = Inside()
    for _ in range(inside.QUEUED_FRAMES):
        await maker.deliver(b"x", 10)
    with pytest.raises(TimeoutError):
        await maker.deliver(b"x", 0.01)
    with pytest.raises(ConnectionClosed):
        await maker.deliver(b"x", 10)
    assert [await maker.recv() for _ in range(inside.QUEUED_FRAMES)] == [b"x"] * inside.QUEUED_FRAMES
    with pytest.raises(ConnectionClosed):
        await maker.recv()


async def test_whoever_waits_goes_on_when_there_is_room() -> None:
    """A frame that finds the queue full is delivered after one is read, in order."""
    maker = Inside()
    for number in range(inside.QUEUED_FRAMES):
        await maker.deliver(bytes([number]), 10)
    waiting = asyncio.create_task(maker.deliver(b"last", 10))
    await asyncio.sleep(0)
    assert not waiting.done()
    read = [await maker.recv() for _ in range(inside.QUEUED_FRAMES)]
    await waiting
    assert [*read, await maker.recv()] == [*(bytes([n]) for n in range(inside.QUEUED_FRAMES)), b"last"]


async def test_a_ping_of_one_that_has_gone() -> None:
    """It is told."""
    maker = Inside()
    await maker.close()
    with pytest.raises(ConnectionClosed):
        await maker.ping()


def test_loading_websockets_leaves_no_trace() -> None:
    """What we spare it is there for who needs it, and was not loaded before."""
    code = (
        "import sys, spread.net, websockets.asyncio.client, websockets.proxy;"
        "assert not {'importlib.metadata', 'urllib.request', 'http.client'} & set(sys.modules);"
        "import importlib.metadata as m; assert m.version('websockets') == websockets.__version__;"
        "import urllib.request; assert websockets.proxy.urllib.request.getproxies"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr == ""
