"""What commands share; where a LAN is needed it is loopback."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection

from spread.commands import common
from spread.errors import RouteError, SpreadError, UsageError
from spread.net import lan, meet
from spread.net.server import Server
from spread.protocol import room
from tests.net import test_meet as net

WORDS = "amber-tiger-lamp"
LOOPBACK = ["127.0.0.1"]


@contextlib.asynccontextmanager
async def announced(url: str, rooms: list[str], purpose: str = "share") -> AsyncIterator[None]:
    """Announce rooms at a URL on the LAN, each by a name of its own."""
    speaker = lan.Lan(LOOPBACK)
    await speaker.start()
    try:
        for each in rooms:
            await speaker.announce(int(url.rpartition(":")[2]), {"room": each, "for": purpose})
        yield
    finally:
        await speaker.close()


async def joined(code: common.Code | None, relay: str = "", passphrase: str | None = None) -> str:
    """Join, and return by which route."""
    _, ws, route = await common.join("share", code, passphrase, use_lan=True, relay=relay)
    await ws.close()
    return route


async def test_many_impostors_get_three_guesses() -> None:
    """However many listeners claim to be the room, our proof goes out three times."""
    proofs: list[bytes] = []
    async with net.impostor(lambda ws: net.guess(ws, proofs)) as url, announced(url, [net.ROOM] * 6):
        with pytest.raises(room.BurnedError) as caught:
            await joined(common.Code(net.ROOM, WORDS))
    assert len(proofs) == room.MAX_TRIES
    assert "poses" in caught.value.hint


async def test_a_passphrase_in_any_room_gets_three_tries() -> None:
    """Also where only a passphrase is known, all rooms on the network together get three proofs."""
    proofs: list[bytes] = []
    rooms = [f"room0{n}" for n in range(5)]
    async with net.impostor(lambda ws: net.guess(ws, proofs)) as url, announced(url, rooms):
        with pytest.raises(SpreadError):
            await joined(None, passphrase="weeks are seven days")
    assert 1 <= len(proofs) <= room.MAX_TRIES


@pytest.mark.parametrize("lie", ["confirmation", "burned", "garbage", "a guess"])
async def test_an_impostor_on_the_lan_does_not_stop_the_relay(lie: str) -> None:
    """Whatever is said on the LAN, the relay's try is made, and one is left for it."""
    heard = asyncio.Event()
    proofs: list[bytes] = []

    async def talk(ws: ServerConnection) -> None:
        if lie == "a guess":
            await net.guess(ws, proofs)
        await ws.send(b"\xff" if lie == "garbage" else room.failure(lie if lie in REASONS else REASONS[0]))
        if lie != "a guess" or len(proofs) == 2:
            heard.set()
        await ws.wait_closed()

    class SlowHost(meet.Host):
        async def _joined(self) -> None:
            await heard.wait()  # the LAN has had its say
            await super()._joined()

    server = Server(None)
    await server.start(LOOPBACK)
    url = f"ws://127.0.0.1:{server.port}"
    host = SlowHost(url, "share")
    room_id = await host.create()
    serving = asyncio.create_task(host.serve(room.code_secret(WORDS), net.content))
    try:
        async with net.impostor(talk) as lan_url, announced(lan_url, [room_id] * 3):
            assert await joined(common.Code(room_id, WORDS), url) == "relay"
        await serving
    finally:
        await host.close()
        await server.close()


REASONS = ("confirmation", "burned")


async def test_a_wrong_code_at_the_relay_ends_it_all() -> None:
    """The relay's room is the one we were told of: who says there that the code is wrong is believed."""
    async with net.relay() as url, net.hosting(url) as (room_id, _):
        with pytest.raises(room.WrongCodeError):
            await joined(common.Code(room_id, "amber-tiger-lion"), url)


async def test_garbage_does_not_end_the_search() -> None:
    """After a listener that speaks nonsense the next one is tried."""

    async def talk(ws: ServerConnection) -> None:
        await ws.send(b"\xff")

    async with common.Meeting("share", "", use_lan=True, relay_required=False) as meeting:
        serving = asyncio.create_task(
            meeting.serve(room.code_secret(WORDS), lambda channel, _: net.content(channel))
        )
        async with net.impostor(talk) as url, announced(url, [meeting.room_id] * 2):
            await meeting.announce()
            assert await joined(common.Code(meeting.room_id, WORDS)) == "lan"
        await serving


async def test_a_secret_is_made_once_per_room() -> None:
    """Stretching a passphrase costs a third of a second: a second address does not cost it again."""
    joiner = common._Joiner("share", "", "weeks are seven days")
    one = await joiner._secret(net.ROOM)
    started = time.process_time()
    assert await joiner._secret(net.ROOM) is one
    assert time.process_time() - started < 0.05


async def test_a_servers_next_address_only_where_one_is_silent() -> None:
    """An address where nobody answers is passed over; whoever answers is asked once."""
    asked = 0

    async def talk(ws: ServerConnection) -> None:
        nonlocal asked
        asked += 1

    async with net.impostor(talk) as url:
        joiner = common._Joiner("share", WORDS, None)
        with pytest.raises(RouteError):
            await joiner.at(("ws://127.0.0.1:1", url, url, url), net.ROOM, "lan")
    assert asked == 1


@pytest.mark.parametrize(
    ("text", "good"), [("7 chars", False), ("8 chars.", True), ("x" * 1024, True), ("x" * 1025, False)]
)
def test_passphrases(tmp_path: Path, text: str, good: bool) -> None:
    """From 8 to 1024 characters; its value is never in the error."""
    (tmp_path / "phrase").write_text(text + "\n")
    if good:
        assert common.read_passphrase(str(tmp_path / "phrase")) == text
        return
    with pytest.raises(UsageError) as caught:
        common.read_passphrase(str(tmp_path / "phrase"))
    assert text not in "".join(caught.value.lines())
