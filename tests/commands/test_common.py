"""What commands share; where a LAN is needed it is loopback."""

import asyncio
import contextlib
import io
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection

from spread.commands import common, joining, routes
from spread.commands.meeting import Meeting
from spread.errors import PairingError, RoomError, RouteError, SpreadError, UsageError
from spread.net import lan, meet
from spread.net.client import dial
from spread.net.server import LISTENER, Policy, Server
from spread.protocol import room, wire
from spread.protocol.words import WORDS as ALL_WORDS
from tests.net import test_meet as net

WORDS = "amber-tiger-lamp"
LOOPBACK = ["127.0.0.1"]
CODE = common.Code("a7f3b2", WORDS)


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
    _, ws, route = await joining.join("share", code, passphrase, use_lan=True, relay=relay)
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
        async def _joined(self) -> str:
            await heard.wait()  # the LAN has had its say
            return await super()._joined()

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

    async with Meeting("share", "", use_lan=True, relay_required=False) as meeting:
        serving = asyncio.create_task(
            meeting.serve(room.code_secret(WORDS), lambda channel, _: net.content(channel))
        )
        async with net.impostor(talk) as url, announced(url, [meeting.room_id] * 2):
            await meeting.announce()
            assert await joined(common.Code(meeting.room_id, WORDS)) == "lan"
        await serving


async def test_a_secret_is_made_once_per_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretching a passphrase costs a third of a second: a second address does not cost it again."""
    made: list[str] = []
    secret_of = routes.secret_of

    def counted(words: str, passphrase: str | None, room_id: str) -> bytes:
        made.append(room_id)
        return secret_of(words, passphrase, room_id)

    monkeypatch.setattr(routes, "secret_of", counted)
    joiner = joining._Joiner("share", "", "weeks are seven days", meet.Tries())
    one, again = await asyncio.gather(joiner._making(net.ROOM), joiner._making(net.ROOM))
    assert one is again is await joiner._making(net.ROOM)
    assert made == [net.ROOM]


async def test_a_servers_next_address_only_where_one_is_silent() -> None:
    """An address where nobody answers is passed over; whoever answers is asked once."""
    asked = 0

    async def talk(ws: ServerConnection) -> None:
        nonlocal asked
        asked += 1

    async with net.impostor(talk) as url:
        joiner = joining._Joiner("share", WORDS, None, meet.Tries())
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


# Codes and passphrases


@pytest.mark.parametrize(
    "text",
    [
        "a7f3b2-amber-tiger-lamp", "A7F3B2-Amber-TIGER-lamp", " a7f3b2 amber  tiger lamp\n", "a7f3b2_amber_tiger_lamp",
        "--a7f3b2--amber-tiger-lamp-",
    ],
)  # fmt: skip
def test_a_code_as_people_type_it(text: str) -> None:
    """Case, blanks and stray separators do not matter; a room alone is a code without words."""
    assert common.parse_code(text) == CODE
    assert str(CODE) == "a7f3b2-amber-tiger-lamp"
    assert common.parse_code("a7f3b2") == common.Code("a7f3b2")
    assert str(common.Code("a7f3b2")) == "a7f3b2"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", "amber", "a7f3b-amber-tiger-lamp", "a7f3b23-amber-tiger-lamp", "a7f3b2-amber",
        "a7f3b2-amber-tiger", "a7f3b2-amber-tiger-lamp-lamp", "a7f3b2-amber-tiger-lamb5", "a7f3é2-amber-tiger-lamp",
        "a7f3b2-amber-tiger-٣", "../../-amber-tiger-lamp",
    ],
)  # fmt: skip
def test_what_is_no_code(text: str) -> None:
    """It is wrong use, with what a code looks like; what was typed is not repeated."""
    with pytest.raises(UsageError) as caught:
        common.parse_code(text)
    assert caught.value.exit_code == 2
    assert str(CODE) in caught.value.hint
    assert not text.strip(" -") or text not in caught.value.what + caught.value.why


def test_a_new_code_can_be_typed() -> None:
    """Words and rooms are fresh each time, and what is shown parses."""
    codes = {common.Code(common.new_room(), common.new_words()) for _ in range(50)}
    assert len(codes) == 50
    assert all(common.parse_code(str(code)) == code for code in codes)
    assert len(ALL_WORDS) ** 3 > 2**30


def test_a_passphrase_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first line, without the line's end; blanks inside and around belong to it. `-` is stdin."""
    path = tmp_path / "phrase"
    path.write_bytes(" weeks are 7 days é \r\nsecond line".encode())
    assert common.read_passphrase(str(path)) == " weeks are 7 days é "
    monkeypatch.setattr("sys.stdin", io.StringIO("seven days\nmore"))
    assert common.read_passphrase("-") == "seven days"


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then there is none, and the caller says what is missing."""
    monkeypatch.setattr("sys.stdin", io.StringIO("weeks\n"))
    assert common.read_passphrase(None, prompt="passphrase: ") is None
    assert common.read_passphrase(None) is None


def test_the_secret_depends_on_what_it_must() -> None:
    """Words as typed; a passphrase stretched with the room, so that it cannot be tried against all rooms at once."""
    assert routes.secret_of("amber-tiger-lamp", None, "a7f3b2") == room.code_secret("amber-tiger-lamp")
    one = routes.secret_of("", "weeks", "a7f3b2")
    assert one == routes.secret_of("", "weeks", "a7f3b2")
    assert len({one, routes.secret_of("", "weeks", "a7f3b3"), routes.secret_of("", "week", "a7f3b2")}) == 3


# The first that succeeds


async def give(value: object, turns: int = 0) -> object:
    """Return a value, or raise it if it is an exception, after some turns of the loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


async def first(*values: object) -> object:
    """Give each a later turn than the one before."""
    tasks = [asyncio.create_task(give(value, turns)) for turns, value in enumerate(values)]
    try:
        return await routes.first_success(tasks, lambda _, problem: isinstance(problem, room.BurnedError))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_one_success_is_enough() -> None:
    """A route that fails does not matter while another one works."""
    assert await first(RouteError("away"), "there") == "there"


async def test_of_failures_the_most_telling() -> None:
    """That there is no such room says more than that a server is away."""
    with pytest.raises(RoomError, match="no such room"):
        await first(RouteError("away"), RoomError("no such room"), RouteError("away too"))


async def test_what_is_final_ends_the_wait() -> None:
    """Nobody waits for the other routes then."""
    with pytest.raises(room.BurnedError):
        await first(room.BurnedError("the room is burned"), *[RouteError("away")] * 9, "there")


# A meeting


def test_no_way_to_meet() -> None:
    """Neither LAN nor relay is wrong use, before any code is shown."""

    async def enter() -> None:
        async with Meeting("share", "", use_lan=False, relay_required=False):
            pass

    with pytest.raises(UsageError, match="no way to meet"):
        asyncio.run(enter())


async def test_both_routes_lead_to_one_code(capsys: pytest.CaptureFixture[str]) -> None:
    """One code holds on the LAN and at the relay; who comes first is served, and there is one winner."""
    server = Server(None, Policy())
    await server.start(["127.0.0.1"])
    url = f"ws://127.0.0.1:{server.port}"
    secret = routes.secret_of(CODE.words, None, "")
    talked: list[str] = []

    async def talk(channel: meet.Channel, route: str) -> bool:
        await channel.receive_json()
        talked.append(route)
        return True

    async with Meeting("share", url, use_lan=True, relay_required=False) as meeting:
        assert re.fullmatch("[a-z0-9]{6}", meeting.room_id)
        serving = asyncio.create_task(meeting.serve(secret, talk))
        await meeting.announce()
        code = common.Code(meeting.room_id, CODE.words)
        channel, ws, route = await joining.join("share", code, None, use_lan=True, relay=url)
        await channel.send_json({})
        await serving
        await ws.close()
    await server.close()
    assert talked == [route]
    assert capsys.readouterr().err == ""


async def test_a_route_that_loses_costs_no_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both routes are tried at once, again and again; the maker of the code counts none of it as a guess."""
    counted: list[meet.Tries] = []

    class Counted(meet.Tries):
        def __init__(self) -> None:
            super().__init__()
            counted.append(self)

    monkeypatch.setattr(meet, "Tries", Counted)
    server = Server(None, Policy())
    await server.start(["127.0.0.1"])
    url = f"ws://127.0.0.1:{server.port}"
    secret = routes.secret_of(CODE.words, None, "")
    served = 0

    async def talk(channel: meet.Channel, route: str) -> bool:
        nonlocal served
        await channel.receive_json()
        served += 1
        return served == 4

    async with Meeting("share", url, use_lan=True, relay_required=False) as meeting:
        serving = asyncio.create_task(meeting.serve(secret, talk))
        await meeting.announce()
        await asyncio.sleep(0)
        (makers,) = counted
        for _ in range(4):
            code = common.Code(meeting.room_id, CODE.words)
            channel, ws, _ = await joining.join("share", code, None, use_lan=True, relay=url)
            await channel.send_json({})
            await ws.close()
        await serving
    await server.close()
    assert makers.used == 0


async def nobody(channel: meet.Channel, route: str) -> bool:
    """Stand where nobody comes with the right code."""
    raise AssertionError


async def test_a_listener_limits_the_tries_of_one_address() -> None:
    """On the LAN too, joins of a room and open connections are counted by address."""
    async with Meeting("share", "", use_lan=True, relay_required=False) as meeting:
        serving = asyncio.create_task(meeting.serve(b"s" * 32, nobody))
        url = f"ws://127.0.0.1:{meeting.port}"
        answers = []
        for _ in range(LISTENER.joins_per_room + 1):
            ws = await dial(url)
            await ws.send(wire.encode(wire.Message("JOIN_ROOM", {"room_id": meeting.room_id})))
            answers.append(wire.decode(await ws.recv()))
            await ws.close()
        assert {answer.type for answer in answers[:-1]} == {"ROOM_JOINED"}
        assert answers[-1] == wire.Message("ERROR", {"reason": "too_many_joins"})
        held: list[ClientConnection] = []
        with contextlib.suppress(RouteError):
            while len(held) < LISTENER.per_address:
                held.append(await dial(url))
        assert len(held) == LISTENER.per_address
        for ws in held:
            await ws.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_failure_of_the_talk_ends_the_meeting() -> None:
    """What the command itself refuses is not taken for a joiner's fault."""

    async def refuse(channel: meet.Channel, route: str) -> bool:
        raise PairingError("somebody else")

    async with Meeting("share", "", use_lan=True, relay_required=False) as meeting:
        code = common.Code(meeting.room_id, CODE.words)
        serving = asyncio.create_task(meeting.serve(routes.secret_of(CODE.words, None, ""), refuse))
        channel, ws, _ = await joining.join(
            "share", code, None, use_lan=False, relay="", host=f"127.0.0.1:{meeting.port}"
        )
        assert channel.binding
        with pytest.raises(PairingError, match="somebody else"):
            await serving
        await ws.close()


@pytest.mark.parametrize("way", ["announced", "host"])
async def test_who_says_nothing_in_our_room_keeps_nobody_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    """Anyone on the LAN can join a room that is announced; it is waited for until its maker has put them out."""
    monkeypatch.setattr(meet, "HANDSHAKE_TIMEOUT_S", 1.0)
    monkeypatch.setattr(joining, "BUSY_S", 60.0)
    async with Meeting("share", "", use_lan=True, relay_required=False) as meeting:
        code = common.Code(meeting.room_id, WORDS)
        stranger = await dial(f"ws://127.0.0.1:{meeting.port}")
        await stranger.send(wire.encode(wire.Message("JOIN_ROOM", {"room_id": meeting.room_id})))
        assert wire.decode(await stranger.recv()).type == "ROOM_JOINED"
        is_announced = way == "announced"
        if is_announced:
            await meeting.announce()
        joiner = asyncio.create_task(
            joining.join(
                "share", code, None, use_lan=is_announced, relay="",
                host="" if is_announced else f"127.0.0.1:{meeting.port}",
            )
        )  # fmt: skip
        said = ""
        while "somebody else is in it; waiting" not in said:
            await asyncio.sleep(0.01)
            assert not joiner.done()
            said += capsys.readouterr().err
        serving = asyncio.create_task(
            meeting.serve(room.code_secret(WORDS), lambda channel, _: net.content(channel))
        )
        _, ws, route = await joiner
        assert route == "lan"
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await ws.close()
        await stranger.close()


async def test_time_in_which_we_are_held_up_is_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is stopped, or gets no CPU, for as long as a search goes on searches on when it runs again."""
    monkeypatch.setattr(joining, "LAN_SEARCH_S", 0.6)
    async with Meeting("share", "", use_lan=True, relay_required=False) as meeting:
        serving = asyncio.create_task(
            meeting.serve(room.code_secret(WORDS), lambda channel, _: net.content(channel))
        )
        joiner = asyncio.create_task(joined(common.Code(meeting.room_id, WORDS)))
        ticking = asyncio.Event()

        async def tick(search: joining._Search) -> None:
            asyncio.get_running_loop().call_later(0.01, ticking.set)
            await on_tick(search)

        on_tick = joining._Search._tick
        monkeypatch.setattr(joining._Search, "_tick", tick)
        await ticking.wait()
        end = time.thread_time() + 0.9
        while time.thread_time() < end:  # the tests' loop does not count what it only sleeps
            pass
        await asyncio.sleep(0)
        await meeting.announce()
        assert await joiner == "lan"
        await serving


async def test_a_listener_that_is_held_up_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is announced and does not answer may be stopped for a while; but not for ever."""
    dialled: list[str] = []

    async def late(url: str, timeout_s: float) -> ClientConnection:
        dialled.append(url)
        if len(dialled) == 1:
            raise RouteError(f"cannot reach {url}", why="no answer in time")
        return await dial(url, timeout_s)

    monkeypatch.setattr(joining, "dial", late)
    monkeypatch.setattr(joining, "LAN_AGAIN_S", 0.01)
    async with Meeting("share", "", use_lan=True, relay_required=False) as meeting:
        serving = asyncio.create_task(
            meeting.serve(room.code_secret(WORDS), lambda channel, _: net.content(channel))
        )
        await meeting.announce()
        assert await joined(common.Code(meeting.room_id, WORDS)) == "lan"
        await serving
        assert len(dialled) == 2
    monkeypatch.setattr(joining, "LAN_HEARD_S", 0.4)
    monkeypatch.setattr(joining, "LAN_SEARCH_S", 0.3)
    async with announced("ws://127.0.0.1:1", [net.ROOM]):
        with pytest.raises(RouteError, match="cannot reach"):
            await joined(common.Code(net.ROOM, WORDS))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("relay-1", ("relay-1", None)),
        ("relay-1:9785", ("relay-1", "9785")),
        ("relay-1:", ("relay-1", "")),
        (":9785", ("", "9785")),
        ("", ("", None)),
        ("2001:db8::1", ("2001:db8::1", None)),
        ("[2001:db8::1]", ("2001:db8::1", None)),
        ("[2001:db8::1]:9785", ("2001:db8::1", "9785")),
    ],
)
def test_an_address_has_a_host_and_perhaps_a_port(text: str, address: tuple[str, str | None]) -> None:
    """An IPv6 address has its port only behind brackets: without them the last of its parts is none."""
    assert common.split_address(text) == address
