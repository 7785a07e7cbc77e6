"""Attacks on pairing: cards, identities, names."""

import contextlib
import json
import os
from pathlib import Path

import pytest

from spread import identity as keys
from spread.commands import pair
from spread.config import Config
from spread.errors import PairingError, ProtocolError
from spread.protocol import crypto
from tests.attacks.harness import (
    Lookalike,
    withstands,
)  # fmt: skip
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
