"""Attacks on the handshake in a room: who is who, what was agreed, and with which points."""

import contextlib
import json
import os
from typing import Any

import pytest
from spake2 import ed25519_basic as curve

from spread.errors import SpreadError
from spread.protocol import crypto, room
from spread.protocol.room import Conversation, Reply, Role, State
from tests.attacks.harness import (
    WEAK_PAKE,
    any_element,
    unbound_keys,
    weakened,
    withstands,
)  # fmt: skip
from tests.pairs import CODE, ROOM, ConnectionPair

PURPOSE = "share"


class Mirror(Conversation):
    """A conversation in which nothing says who is who: the twin for reflection and role swap."""

    def _greeted(self, raw: bytes) -> list[Any]:
        role = Role.JOINER if self._role is Role.CREATOR else Role.CREATOR
        theirs = json.loads(raw)
        if theirs["role"] != role.value:
            raw, self._hello = sorted([raw, self._hello])[0], sorted([raw, self._hello])[-1]
            theirs["role"], theirs["pake"] = role.value, theirs["pake"]
        with weakened((room, "_parse_hello", lambda _: theirs)):
            return super()._greeted(raw)

    def _keys(self, key: bytes, transcript: bytes) -> None:
        super()._keys(key, b"whoever it is")
        self._confirm_ours = self._confirm_theirs = crypto.mac(key, "proof")


def _reflected(role: Role) -> bool:
    victim = Conversation(role, PURPOSE, ROOM, CODE, os.urandom)
    frames = [victim.start()]
    with contextlib.suppress(SpreadError):
        while frames and victim.state is not State.OPEN:
            frames = [event.frame for event in victim.receive(frames.pop(0)) if isinstance(event, Reply)]
    return victim.state is State.OPEN


def test_reflection() -> None:
    """Nobody who sends back what a side says passes for the other one."""
    assert not _reflected(Role.CREATOR)

    def attack() -> bool:
        return _reflected(Role.JOINER)

    withstands(attack, *WEAK_PAKE, (_this(), "Conversation", Mirror))


def _this() -> object:
    import sys

    return sys.modules[__name__]


def test_role_swap() -> None:
    """Two joiners that a relay puts together, both with the code, do not take each other for the creator."""

    def attack() -> bool:
        one, other = (Conversation(Role.JOINER, PURPOSE, ROOM, CODE, os.urandom) for _ in range(2))
        hellos = one.start(), other.start()
        with contextlib.suppress(SpreadError):
            (mine,), (theirs,) = one.receive(hellos[1]), other.receive(hellos[0])
            assert isinstance(mine, Reply)
            assert isinstance(theirs, Reply)
            one.receive(theirs.frame)
            other.receive(mine.frame)
        return one.state is other.state is State.OPEN

    withstands(attack, *WEAK_PAKE, (_this(), "Conversation", Mirror))


@pytest.mark.parametrize("field", ["versions", "purpose", "added"])
def test_downgrade_by_stripping(field: str) -> None:
    """Nothing that is negotiated can be changed on the way: both sides prove what they have heard.

    The toy stands in for SPAKE2 on both sides: its messages are passed on as they are.
    """

    def between(role: Role, number: int, frame: bytes) -> list[bytes]:
        if number:
            return [frame]
        hello = json.loads(frame[1:])
        if field == "versions":
            hello["versions"] = [1, 0]
        elif field == "purpose":
            hello["purpose"] = "pair" if role is Role.CREATOR else "share"
        else:
            hello["legacy"] = True
        return [frame[:1] + json.dumps(hello).encode()]

    def attack() -> bool:
        with weakened(*WEAK_PAKE):
            purposes = ("share", "pair") if field == "purpose" else ("share", "share")
            met = ConnectionPair(purposes=purposes).meet(between)
            return bool(met.creator.binding and met.joiner.binding)

    withstands(attack, (Conversation, "_keys", unbound_keys))


SMALL = [  # the points of order 1, 2, 4 and 8, by their canonical spelling
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
]


def _accepted(elements: list[str]) -> list[str]:
    taken = []
    for element in elements:
        victim = Conversation(Role.CREATOR, PURPOSE, ROOM, CODE, os.urandom)
        hello = {**json.loads(victim.start()[1:]), "role": "joiner", "pake": element}
        with contextlib.suppress(SpreadError):
            victim.receive(b"\x01" + json.dumps(hello).encode())
            taken.append(element)
    return taken


def test_low_order_points() -> None:
    """A point outside the prime-order group, which would tell a part of our scalar, is refused."""
    base = curve.Base.to_bytes()
    mixed = curve.bytes_to_unknown_group_element(bytes.fromhex(SMALL[4]))
    point = mixed.add(curve.bytes_to_element(base))
    points = [*SMALL, point.to_bytes().hex()]

    def attack() -> list[str]:
        return _accepted([b"B".hex() + each for each in points])

    anywhere = curve.bytes_to_unknown_group_element
    withstands(attack, (room, "_element", any_element), (curve, "bytes_to_element", anywhere))


def test_malformed_points() -> None:
    """One element has one spelling: nothing after it, no reduced coordinate, no other case, no other side."""
    good = ConnectionPair().joiner.talk.start()
    element = json.loads(good[1:])["pake"]
    spellings = [element + "00", element.upper(), " " + element, element[:2] + " " + element[2:]]
    assert _accepted([element]) == [element]
    assert not _accepted(
        ["", "42", element[:-2], "41" + element[2:], "53" + element[2:], "zz", "42" + "ff" * 32]
    )

    def attack() -> list[str]:
        return _accepted(spellings)

    withstands(attack, (room, "_element", any_element))
