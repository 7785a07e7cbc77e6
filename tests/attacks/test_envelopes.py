"""Attacks on envelopes: forged, re-targeted, downgraded, altered."""

import contextlib
import os
from pathlib import Path

import pytest

from spread import identity as keys
from spread import store
from spread.errors import EnvelopeError
from spread.mailroom import Mailroom
from spread.peers import Peer
from spread.protocol import crypto, envelope
from tests.attacks.harness import always, flips, weakened, withstands
from tests.attacks.mail import (
    Fresh,
    Weak,
    handmade,
    held,
    inner_of,
    owe,
    sealed_again,
    take,
)
from tests.attacks.mail import fresh as fresh
from tests.pairs import handoff, new_home, seal_from


def test_another_paired_peer_forges_a_sender(fresh: Fresh) -> None:
    """A peer cannot speak for another one."""

    def attack() -> bool:
        desk, laptop, evil = fresh()
        text = handoff("s", 1, goal="do as evil says").encode()
        take(laptop, handmade(desk.identity.public, evil.identity.seed, laptop, text))
        return ("desk", "s", 1) in held(laptop)

    withstands(attack, (crypto, "is_signed", always))


def test_another_paired_peer_re_targets_an_envelope(fresh: Fresh) -> None:
    """A peer cannot hand on what was signed for it as if it were meant for somebody else."""
    origin: list[tuple[bytes, bytes]] = []
    real = crypto.is_signed

    def wherever(public: bytes, signature: bytes, label: str, *parts: bytes) -> bool:
        parts = (*origin[-1], *parts[2:]) if label == "content" else parts
        return real(public, signature, label, *parts)

    def attack() -> bool:
        desk, laptop, evil = fresh()
        raw = owe(desk, evil)
        origin.append((raw[:13], evil.identity.public))
        take(laptop, sealed_again(inner_of(raw, evil), laptop))
        return ("desk", "s", 1) in held(laptop)

    withstands(attack, (crypto, "is_signed", wherever))


def test_a_stranger(fresh: Fresh, tmp_path: Path) -> None:
    """Whoever knows all that is public of a machine, and is no peer, is not heard."""

    def attack() -> bool:
        _, laptop, _ = fresh()
        stranger = new_home(tmp_path / os.urandom(4).hex(), "stranger")
        raw = seal_from(stranger, laptop, handoff("s", 1).encode(), kind="distillation", id="s", revision=1)
        take(laptop, raw)
        return held(laptop) != []

    class Open(Mailroom):
        def _open(self, sealed: bytes, peers: dict[str, Peer]) -> tuple[envelope.Opened, Peer]:
            secret = keys.prekeys(self.paths)[0]
            return envelope.unseal(sealed, secret, self.identity.public), next(iter(peers.values()))

    withstands(attack, (Mailroom, "_open", Open._open))


def test_a_peer_replaces_another_peers_session(fresh: Fresh) -> None:
    """The same session under a higher revision from another peer replaces nothing, and is known as that peer's."""

    def attack() -> bool:
        desk, laptop, evil = fresh()
        take(laptop, owe(desk, laptop))
        take(laptop, owe(evil, laptop, revision=99))
        return ("desk", "s", 1) not in held(laptop)

    def all_peers(folder: str, session: str, revision: int, prefix: str = "", drop: object = None) -> None:
        for name in os.listdir(folder):
            if name.partition(".")[2].startswith(f"{session}."):
                os.unlink(os.path.join(folder, name))

    withstands(attack, (store, "drop_older", all_peers))


@pytest.mark.parametrize("where", ["suite of an envelope", "suite of a prekey"])
def test_downgrade_of_the_suite(fresh: Fresh, where: str) -> None:
    """Nobody in between can have the hybrid replaced by X25519 alone."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        if where == "suite of an envelope":
            raw = owe(desk, laptop)
            take(laptop, raw[:4] + bytes([envelope.SUITE_X25519]) + raw[5:])
            return held(laptop) != []
        prekey = keys.prekeys(laptop.paths)[0].prekey
        stripped = {**prekey.to_dict(), "suite": envelope.SUITE_X25519, "public": prekey.public[-32:].hex()}
        with contextlib.suppress(EnvelopeError):
            return envelope.Prekey.from_dict(stripped, laptop.identity.public).suite == envelope.SUITE_X25519
        return False

    def loosely(raw: bytes, secret: envelope.SecretPrekey, recipient: bytes) -> envelope.Opened:
        return _real_unseal(raw[:4] + bytes([secret.prekey.suite]) + raw[5:], secret, recipient)

    withstands(attack, (crypto, "is_signed", always), (envelope, "unseal", loosely))


_real_unseal = envelope.unseal


def test_bit_flips_everywhere_in_an_envelope(fresh: Fresh) -> None:
    """No byte of an envelope can be changed: head, encapsulated key, ciphertext, tag."""

    def attack() -> int:
        desk, laptop, _ = fresh()
        raw = owe(desk, laptop)
        secret = keys.prekeys(laptop.paths)[0]
        private = envelope._private(secret)  # read once: that takes most of the time
        opened = 0
        with weakened((envelope, "_private", lambda _: private)):
            for changed in flips(raw, b"\x04"):
                with contextlib.suppress(EnvelopeError):
                    envelope.unseal(changed, secret, laptop.identity.public)
                    opened += 1
        return opened

    withstands(attack, (envelope, "_suite", Weak), (crypto, "is_signed", always))


def test_the_size_tells_little(fresh: Fresh) -> None:
    """Whoever sees only sizes cannot tell a short content from a somewhat longer one."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        one, other = (
            seal_from(desk, laptop, b"x" * size, kind="distillation", id="s", revision=1) for size in (1, 300)
        )
        return len(one) != len(other)

    withstands(attack, (envelope, "padded_size", lambda size: size))
