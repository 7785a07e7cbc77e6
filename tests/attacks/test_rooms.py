"""Attacks on a room's code: guessing it, offline and online, and finding the room."""

import asyncio
import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from spake2 import ed25519_basic as curve
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK
from websockets.protocol import State as WsState

from spread.commands import common, receive, routes
from spread.commands.meeting import Meeting
from spread.commands.share_content import Content
from spread.errors import SpreadError
from spread.net import meet
from spread.net import rooms as rooms_module
from spread.net.rooms import Joins
from spread.net.server import Policy
from spread.paths import Paths
from spread.protocol import crypto, room
from spread.protocol.room import Conversation, Reply, Role
from tests.attacks.harness import (
    WEAK_PAKE,
    always,
    hostile,
    serving,
    toy_key,
    weakened,
    withstands,
    withstands_too,
)  # fmt: skip
from tests.net import test_meet as net
from tests.pairs import ROOM, ConnectionPair

WORDS = "amber-tiger-lamp"
DICTIONARY = [f"amber-tiger-{word}" for word in ("lion", "window", "lamp", "zebra", "river")]
PURPOSE = "share"
PROOF = b"\x02"  # the kind of frame


class Recording:
    """What a wiretapper, or a side with a guess of its own, has of one conversation."""

    def __init__(self, creator: bytes, joiner: bytes, proof: bytes, scalar: object = None) -> None:
        self.creator, self.joiner, self.proof, self.scalar = creator, joiner, proof, scalar

    def fits(self, words: str) -> bool:
        """Tell whether a guess explains the joiner's proof, by every way to a key that needs no secret."""
        transcript = crypto.digest("room", self.creator[1:], self.joiner[1:])
        return any(
            crypto.mac(crypto.derive(key, transcript, "room confirm joiner"), "proof", transcript)
            == self.proof[1:]
            for key in self._keys(room.code_secret(words))
        )

    def _keys(self, password: bytes) -> Iterator[bytes]:
        one, other = (bytes.fromhex(json.loads(hello[1:])["pake"]) for hello in (self.creator, self.joiner))
        yield toy_key(password, one, other)
        # what SPAKE2 hides: without a scalar of either side, its elements less the password's share are all there is
        if one[:1] == b"A":
            from spake2.parameters.ed25519 import ParamsEd25519 as params
            from spake2.spake2 import finalize_SPAKE2

            scalar = params.group.password_to_scalar(password)
            x = curve.bytes_to_element(one[1:]).add(params.M.scalarmult(-scalar))
            y = curve.bytes_to_element(other[1:]).add(params.N.scalarmult(-scalar))
            candidates = [x, y, x.add(y)]
            if self.scalar is not None:  # an active attacker knows the scalar behind its own element
                candidates.append(y.scalarmult(self.scalar))
            for point in candidates:
                yield finalize_SPAKE2(
                    b"creator", b"joiner", one[1:], other[1:], point.to_bytes(), password
                )  # fmt: skip


def test_recorded_handshake_and_a_dictionary() -> None:
    """Whoever has recorded a handshake cannot test guesses on it, not even the right one."""

    def attack() -> list[str]:
        pair_ = ConnectionPair(creator=room.code_secret(WORDS), joiner=room.code_secret(WORDS)).meet()
        assert pair_.joiner.binding
        heard = Recording(pair_.creator.sent[0], pair_.joiner.sent[0], pair_.joiner.sent[1])
        return [words for words in DICTIONARY if heard.fits(words)]

    withstands(attack, *WEAK_PAKE)


def test_relay_in_the_middle_tests_one_guess() -> None:
    """A relay that poses as the other side with a wrong guess has tested that one and none besides."""

    def attack() -> list[str]:
        guess = room.code_secret(DICTIONARY[0])
        talk = Conversation(Role.CREATOR, PURPOSE, ROOM, guess, os.urandom)
        victim = Conversation(Role.JOINER, PURPOSE, ROOM, room.code_secret(WORDS), os.urandom)
        ours, theirs = talk.start(), victim.start()
        (proof,) = victim.receive(ours)
        assert isinstance(proof, Reply)
        scalar = getattr(talk._pake, "xy_scalar", None)
        heard = Recording(ours, theirs, proof.frame, scalar)
        return [words for words in DICTIONARY[1:] if heard.fits(words)]

    withstands(attack, *WEAK_PAKE)


def test_the_attacker_would_know_a_right_guess() -> None:
    """Against the real key exchange the one guess it has is tested: the computation above is right."""
    talk = Conversation(Role.CREATOR, PURPOSE, ROOM, room.code_secret(WORDS), os.urandom)
    victim = Conversation(Role.JOINER, PURPOSE, ROOM, room.code_secret(WORDS), os.urandom)
    ours, theirs = talk.start(), victim.start()
    (proof,) = victim.receive(ours)
    assert isinstance(proof, Reply)
    heard = Recording(ours, theirs, proof.frame, talk._pake.xy_scalar)
    assert [words for words in DICTIONARY if heard.fits(words)] == [WORDS]


class Line:
    """One end of a connection in memory, with what rooms and conversations use of a real one."""

    send_in_progress = "always"  # so that whoever sends calls `send`, and does not write to a socket itself

    def __init__(self, address: str) -> None:
        self.remote_address = (address, 1)
        self.inbox: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.far: Line = self
        self.state = WsState.OPEN
        self.transport = SimpleNamespace(abort=lambda: None)

    @classmethod
    def pair(cls, address: str) -> "tuple[Line, Line]":
        """Return the client's end and the server's."""
        near, far = cls(address), cls(address)
        near.far, far.far = far, near
        return near, far

    async def send(self, frame: str | bytes) -> None:
        if self.state is not WsState.OPEN:
            raise ConnectionClosedOK(None, None)
        self.far.inbox.put_nowait(frame)

    async def recv(self) -> str | bytes:
        frame = await self.inbox.get()
        if frame is None:
            self.state = WsState.CLOSED
            raise ConnectionClosedOK(None, None)
        return frame

    def __aiter__(self) -> "Line":
        return self

    async def __anext__(self) -> str | bytes:
        with contextlib.suppress(ConnectionClosed):
            return await self.recv()
        raise StopAsyncIteration

    async def ping(self) -> "asyncio.Future[float]":
        pong: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        pong.set_result(0.0)
        return pong

    async def close(self, reason: str = "") -> None:
        for end in (self, self.far):
            end.inbox.put_nowait(None)


class Guesser:
    """A creator behind a server's rooms, and an attacker that goes through guesses at its code.

    The key exchange is the toy on both sides of the comparison: 10,000 real ones take minutes, and what is
    attacked here is the counting of tries.
    """

    def __init__(self) -> None:
        self.rooms = rooms_module.Rooms(Policy().room_limits())
        self.judged = 0

    async def run(self, guesses: int, right_at: int, address: Callable[[int], str]) -> bool:
        """Try so many guesses, the right one among them; tell whether the room was entered."""
        near, far = Line.pair("192.0.2.1")
        making = asyncio.create_task(self.rooms.create(far))  # type: ignore[arg-type]
        room_id = json.loads(await near.recv())["room_id"]
        host = meet.Host("memory:", PURPOSE)
        host.room_id, host._ws = room_id, near  # type: ignore[assignment]
        serving_ = asyncio.create_task(host.serve(room.code_secret(WORDS), net.content))
        entered = False
        for number in range(guesses):
            words = WORDS if number == right_at else f"amber-tiger-{number}"
            if await self._guess(room_id, words, address(number)):
                entered = True
                break
            if serving_.done():  # as when a client's process ends: its connection goes, and the room with it
                await near.close()
                await asyncio.gather(making, return_exceptions=True)
        for task in (serving_, making):
            task.cancel()
        await asyncio.gather(serving_, making, return_exceptions=True)
        return entered

    async def _guess(self, room_id: str, words: str, address: str) -> bool:
        near, far = Line.pair(address)
        joining = asyncio.create_task(self.rooms.join(far, room_id))  # type: ignore[arg-type]
        talking = asyncio.create_task(self._talk(near, room_id, words))
        await asyncio.wait([joining, talking], return_when=asyncio.FIRST_COMPLETED)
        if not talking.done() and joining.done() and joining.result() is not None:
            talking.cancel()
        (opened,) = await asyncio.gather(talking, return_exceptions=True)
        await near.close()
        await joining
        return opened is True

    async def _talk(self, ws: Line, room_id: str, words: str) -> bool:
        await ws.recv()
        self.judged += 1
        with contextlib.suppress(SpreadError):
            await meet.converse(
                ws, Role.JOINER, PURPOSE, room_id, room.code_secret(words), meet.Tries()  # type: ignore[arg-type]
            )  # fmt: skip
            return True
        return False


UNCOUNTED = (meet.Tries, "take", always)


async def test_10000_guesses_from_one_address() -> None:
    """After three wrong ones the code is burned; the twin counts neither tries nor addresses, and lets the 400th in."""

    async def attack() -> bool:
        with weakened(*WEAK_PAKE):
            return await Guesser().run(10_000, 400, lambda _: "198.51.100.7")

    await withstands_too(attack, UNCOUNTED, (rooms_module, "network", _anyone))


def _anyone(address: str) -> str:
    """Take every call for one of another address."""
    return os.urandom(8).hex()


async def test_10000_guesses_from_many_addresses() -> None:
    """A try is a try, whoever makes it."""
    guesser = Guesser()

    async def attack() -> bool:
        nonlocal guesser
        guesser = Guesser()
        with weakened(*WEAK_PAKE):
            return await guesser.run(10_000, 400, lambda n: f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")

    await withstands_too(attack, UNCOUNTED)
    assert guesser.judged == room.MAX_TRIES


async def test_room_ids_are_not_guessed_from_one_address() -> None:
    """An address that goes through room ids may ask thirty times a minute, on the LAN and at a relay."""

    async def attack() -> bool:
        rooms = rooms_module.Rooms(Policy().room_limits())
        rooms._clock = lambda: 0.0
        near, far = Line.pair("192.0.2.1")
        making = asyncio.create_task(rooms.create(far))  # type: ignore[arg-type]
        await near.recv()
        answers = [await rooms.join(Line.pair("198.51.100.7")[1], "nosuch") for _ in range(10_000)]  # type: ignore[arg-type]
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
        return answers.count("room_not_found") > Policy().joins_per_minute

    await withstands_too(attack, (Joins, "allow", always))


def test_room_id_derived_from_the_secret() -> None:
    """A room's id, which everyone sees, says nothing about the words."""
    made: list[str] = []

    def derived() -> str:
        return hashlib.sha256(made[-1].encode()).hexdigest()[: common.ROOM_LENGTH]

    def remembered() -> str:
        made.append(real())
        return made[-1]

    real = common.new_words

    async def once() -> tuple[str, str]:
        words = common.new_words()
        meeting = Meeting(PURPOSE, "", use_lan=True, relay_required=False)
        async with meeting:
            return words, meeting.room_id

    def attack() -> list[str]:
        words, room_id = asyncio.run(once())
        dictionary = [*(real() for _ in range(100)), words]
        return [
            word for word in dictionary for function in ("sha256", "sha1", "md5", "blake2b")
            if hashlib.new(function, word.encode()).hexdigest().startswith(room_id)
        ]  # fmt: skip

    withstands(attack, (common, "new_words", remembered), (common, "new_room", derived))


async def test_breaking_off_earns_no_guesses(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who breaks a share off and then poses as its sender gets three proofs, however often it is resumed."""
    monkeypatch.setattr(receive, "RESUME_PAUSES_S", (0.0,) * 6)
    code, secret = common.Code(ROOM, WORDS), room.code_secret(WORDS)
    proofs: list[bytes] = []
    calls = 0

    async def talk(ws: ServerConnection) -> None:
        nonlocal calls
        calls += 1
        await ws.recv()
        await ws.send(json.dumps({"type": "ROOM_JOINED", "room_id": ROOM}))
        if calls > 1:
            await net.guess(ws, proofs)
            return
        # the first conversation is the true sender's, and passed on until the content has begun
        channel = await meet.converse(ws, Role.CREATOR, PURPOSE, ROOM, secret, meet.Tries())  # type: ignore[arg-type]
        await channel.send_json(Content("text", "n", b"weeks").manifest())
        await channel.receive_json()

    async def attack() -> bool:
        nonlocal calls
        calls = 0
        proofs.clear()
        async with hostile(talk) as url:
            with pytest.raises(SpreadError):
                await receive._receive(home, code, None, url, "")
        return len([proof for proof in proofs if proof[:1] == PROOF]) > room.MAX_TRIES

    class Anew(meet.Tries):
        """The tries of one go at it, as if none were made before."""

        def take(self, spare: int = 0) -> bool:
            return True

    await withstands_too(attack, (meet, "Tries", Anew))
    assert [proof[:1] for proof in proofs].count(PROOF) == room.MAX_TRIES


async def test_chunks_before_the_hello_hold_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many a server sends, a joiner waits as long as for a silent one, and no try is used up."""
    monkeypatch.setattr(meet, "HANDSHAKE_TIMEOUT_S", 0.3)
    sent = 0

    async def talk(ws: ServerConnection) -> None:
        nonlocal sent
        await ws.recv()
        await ws.send(json.dumps({"type": "ROOM_JOINED", "room_id": ROOM}))
        with contextlib.suppress(ConnectionClosed):
            while True:
                await ws.send((b"\x03", b"\x04")[sent % 2] + bytes(40))
                sent += 1

    tries = meet.Tries()
    async with asyncio.timeout(20), hostile(talk) as url:
        with pytest.raises(SpreadError):
            await meet.join(url, PURPOSE, ROOM, room.code_secret(WORDS), tries)
    assert sent > 10
    assert tries.used == 0


async def test_a_stranger_on_the_lan_uses_up_the_tries() -> None:
    """Whoever hears a room announced can spoil it on the LAN; by the relay it is still there for who has the code."""

    async def attack() -> bool:
        async with serving() as relay:
            url = f"ws://127.0.0.1:{relay.port}"
            async with Meeting(PURPOSE, url, use_lan=True, relay_required=False) as meeting:
                opened: list[str] = []

                async def talk(channel: meet.Channel, route: str) -> bool:
                    opened.append(route)
                    return True

                task = asyncio.create_task(meeting.serve(room.code_secret(WORDS), talk))
                near = f"ws://127.0.0.1:{meeting.port}"
                for _ in range(room.MAX_TRIES):
                    with contextlib.suppress(SpreadError):
                        await meet.join(near, PURPOSE, meeting.room_id, room.code_secret("wrong-wrong-wrong"))
                with contextlib.suppress(SpreadError):
                    _, ws = await meet.join(url, PURPOSE, meeting.room_id, room.code_secret(WORDS))
                    await ws.close()
                await asyncio.gather(task, return_exceptions=True)
                return opened != ["relay"]

    await withstands_too(attack, (routes, "LAN_SPARE", 0))
