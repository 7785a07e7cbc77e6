"""Attacks on pairing: cards, identities, names."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from spread import identity as keys
from spread import peers, store_revocations
from spread.commands import pair
from spread.commands.meeting import Meeting
from spread.config import Config
from spread.errors import PairingError, ProtocolError, RoomError, RouteError, SpreadError
from spread.net import meet
from spread.peers import Peer
from spread.protocol import crypto, pairing, room
from spread.protocol.words import WORDS
from tests.attacks.harness import Lookalike, weakened, withstands, withstands_too
from tests.pairs import new_home


def _ours(tmp_path: Path, name: str) -> pair.Ours:
    home = new_home(tmp_path, name)
    return pair.Ours(home.identity, Config(name=name, relay=""), "", False, os.urandom(32), home.paths)


def test_pairing_with_oneself(tmp_path: Path) -> None:
    """A machine that a relay connects with itself does not take itself for a peer."""
    ours = _ours(tmp_path, "desk")
    binding = os.urandom(32)

    def attack() -> bool:
        with contextlib.suppress(PairingError):
            ours.peer(ours.card(binding, "joiner"), binding, "joiner")
            return True
        return False

    blind = property(lambda self: Lookalike(crypto.public_key(self.seed)))
    withstands(attack, (keys.Identity, "public", blind))


@pytest.mark.parametrize("spliced", ["conversation", "role"])
def test_splicing_a_card_into_another_conversation(tmp_path: Path, spliced: str) -> None:
    """Who has a machine's card from one pairing cannot show it in another, nor in the other role."""
    ours, theirs = _ours(tmp_path, "desk"), _ours(tmp_path, "laptop")
    binding = os.urandom(32)
    there = (os.urandom(32), "joiner") if spliced == "conversation" else (binding, "creator")

    def attack() -> bool:
        card = theirs.card(binding, "joiner")
        with contextlib.suppress(ProtocolError):
            ours.peer(card, *there)
            return True
        return False

    real = crypto.is_signed

    def unbound(public: bytes, signature: bytes, label: str, *parts: bytes) -> bool:
        parts = (binding, b"joiner", *parts[2:]) if label == "card" else parts
        return real(public, signature, label, *parts)

    withstands(attack, (crypto, "is_signed", unbound))


def test_a_card_with_somebody_elses_identity(tmp_path: Path) -> None:
    """A card needs the secret of the identity that it names."""
    ours, theirs, victim = (_ours(tmp_path, name) for name in ("desk", "evil", "laptop"))
    binding = os.urandom(32)

    def attack() -> bool:
        message = theirs.card(binding, "joiner")
        card = {**json.loads(message["card"]), "identity": victim.identity.public.hex()}
        card["prekey"] = keys.current_prekey(victim.paths, victim.identity, 1.0).prekey.to_dict()
        text = json.dumps(card)
        signature = crypto.sign(theirs.identity.seed, "card", binding, b"joiner", text.encode())
        with contextlib.suppress(ProtocolError):
            ours.peer({"card": text, "signature": signature.hex()}, binding, "joiner")
            return True
        return False

    real = crypto.is_signed

    def unsigned(public: bytes, signature: bytes, label: str, *parts: bytes) -> bool:
        return label == "card" or real(public, signature, label, *parts)

    withstands(attack, (crypto, "is_signed", unsigned))


class Stranger:
    """Who has the code, as a creator's channel shows it: `answer` makes its last message of all that it has heard."""

    def __init__(self, first: dict[str, Any], answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self.binding = os.urandom(32)
        self.heard: list[dict[str, Any]] = []
        self._first: dict[str, Any] | None = first
        self._answer = answer

    async def receive_json(self) -> dict[str, Any]:
        """Return what it sends."""
        first, self._first = self._first, None
        return first if first is not None else self._answer(self.heard[-1])

    async def send_json(self, fields: dict[str, Any], *, final: bool = False) -> None:
        """Hear what it is sent."""
        self.heard.append(fields)

    async def stop(self, reason: str) -> None:
        """Hear that it is refused."""


def test_check_words_that_are_searched_for(tmp_path: Path) -> None:
    """Whoever sits in between cannot try keys until both screens show the same words.

    It knows what the other screen will show. The first word stands for all four, so that 1,531 tries are enough.
    """
    wanted = WORDS[int.from_bytes(os.urandom(2), "big") % len(WORDS)]

    def attack() -> bool:
        creator, evil = (_ours(tmp_path / os.urandom(4).hex(), name) for name in ("desk", "evil"))

        def answer(card: dict[str, Any]) -> dict[str, Any]:
            both, theirs = (creator.identity.public, evil.identity.public), bytes.fromhex(card["nonce"])
            tries = iter(lambda: os.urandom(32), b"")
            mine = next(
                nonce
                for nonce in tries
                if pairing.words(line.binding, both, theirs, nonce).startswith(f"{wanted} ")
            )
            return {**evil.card(line.binding, "joiner"), "nonce": mine.hex(), "done": True}

        line = Stranger({"commitment": os.urandom(32).hex()}, answer)
        with contextlib.suppress(ProtocolError):
            found: list[tuple[Peer, str]] = []
            asyncio.run(pair._as_creator(creator, cast(meet.Channel, line), found))
            return found[0][1].split()[0] == wanted
        return False

    withstands(attack, (pairing, "opened", lambda *_: None))


def test_a_card_that_is_only_read(tmp_path: Path) -> None:
    """Who takes our card and breaks off keeps a capability that is revoked."""

    def attack() -> bool:
        creator = replace(_ours(tmp_path / os.urandom(4).hex(), "desk"), relay="wss://relay.example")

        def gone(card: dict[str, Any]) -> dict[str, Any]:
            raise RouteError("the other side is gone")

        line = Stranger({"commitment": os.urandom(32).hex()}, gone)
        with contextlib.suppress(RouteError):
            asyncio.run(pair._as_creator(creator, cast(meet.Channel, line), []))
        taken = crypto.public_key(bytes.fromhex(json.loads(line.heard[0]["card"])["writer_seed"])).hex()
        return store_revocations.waiting(creator.paths) != {taken: {"wss://relay.example"}}

    withstands(attack, (peers, "revoke", lambda *_: None))


class Honest(Stranger):
    """A joiner that keeps to the protocol, and whose line ends before it hears that it is stored."""

    def __init__(self, ours: pair.Ours) -> None:
        nonce = os.urandom(32)

        def answer(card: dict[str, Any]) -> dict[str, Any]:
            return {**mine, "nonce": nonce.hex(), "done": True}

        super().__init__({}, answer)
        mine = ours.card(self.binding, "joiner")
        self._first = {"commitment": pairing.commitment(self.binding, mine["card"], nonce).hex()}

    async def send_json(self, fields: dict[str, Any], *, final: bool = False) -> None:
        """Hear what it is sent, but for the last word."""
        await super().send_json(fields, final=final)
        if final:
            raise RouteError("the other side is gone")


def test_a_second_machine_beside_the_one_that_is_shown(tmp_path: Path) -> None:
    """Who has the code and vanishes once it is stored is the one that is named; nobody is stored after it."""

    def attack() -> bool:
        root = tmp_path / os.urandom(4).hex()
        creator, evil, good = (_ours(root, name) for name in ("desk", "evil", "laptop"))
        found: list[tuple[Peer, str]] = []
        for each in (evil, good):
            with contextlib.suppress(RoomError):
                asyncio.run(pair._as_creator(creator, cast(meet.Channel, Honest(each)), found))
        assert found[0][0].name == "evil"
        return set(peers.load_all(creator.paths)) != {"evil"}

    withstands(attack, (pair, "_vacant", lambda *_: None))


@pytest.mark.parametrize("answers", [False, True])
async def test_reading_cards_again_and_again(tmp_path: Path, answers: bool) -> None:
    """Each who has the code and breaks off, or sends a card of no use, is told of on the screen; the third ends it."""

    async def attack() -> bool:
        creator, ports, codes, cards = _ours(tmp_path / os.urandom(4).hex(), "desk"), [], [], []
        notes: list[str] = []
        announced = asyncio.Event()

        async def announce(meeting: Meeting) -> None:
            ports.append(meeting.port)
            announced.set()

        with weakened((Meeting, "announce", announce)):
            offering = asyncio.create_task(
                pair.offer(creator, False, lambda code, _: codes.append(code), notes.append)
            )
            await announced.wait()
            secret = room.code_secret(codes[0].words)
            for _ in range(5):
                with contextlib.suppress(SpreadError):
                    channel, ws = await meet.join(f"ws://127.0.0.1:{ports[0]}", "pair", codes[0].room, secret)
                    await channel.send_json({"commitment": os.urandom(32).hex()})
                    cards.append((await channel.receive_json())["card"])
                    if answers:  # a sealing key that is none
                        card = {**json.loads(cards[-1]), "prekey": {}}
                        bad = {"card": json.dumps(card), "signature": "00" * 64, "nonce": "00" * 32}
                        await channel.send_json({**bad, "done": True})
                        await channel.receive_json()
                    await ws.close()
            offering.cancel()
            await asyncio.gather(offering, return_exceptions=True)
        assert len([note for note in notes if note.startswith("who has the code broke off")]) >= min(
            3, len(cards)
        )
        return len(cards) > 3

    await withstands_too(attack, (pair, "MAX_BROKEN_OFF", 99))
