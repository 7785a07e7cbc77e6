"""Three machines that send each other envelopes, and ways to make envelopes by hand."""

import contextlib
import hashlib
import json
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from spread import identity as keys
from spread import mailroom as mailroom_module
from spread import store
from spread.mailroom import Mailroom
from spread.protocol import crypto, envelope
from tests.attacks.harness import weakened
from tests.pairs import Home, befriend, handoff, new_home, paired

NOW = float(int(time.time()))
DAY_S = 24 * 3600.0
Fresh = Callable[[], tuple[Home, Home, Home]]


@pytest.fixture
def fresh(tmp_path: Path) -> Fresh:
    """Make machines anew: `desk` and `laptop` are paired, and `evil` is a peer of both."""
    count = 0

    def make() -> tuple[Home, Home, Home]:
        nonlocal count
        count += 1
        desk, laptop = paired(tmp_path / str(count), now=NOW)
        evil = new_home(tmp_path / str(count), "evil")
        befriend(desk, evil, now=NOW)
        befriend(laptop, evil, now=NOW)
        return desk, laptop, evil

    return make


def owe(home: Home, to: Home, session: str = "s", revision: int = 1, goal: str = "make it work") -> bytes:
    """Owe a peer a hand-off and return its envelope."""
    store.put(home.paths, to.name, session, revision, handoff(session, revision, goal=goal))
    letter = home.mailroom.seal_debt(home.peers[to.name], store.Owed(to.name, session, revision, NOW))
    assert letter is not None
    return letter.envelope


def take(home: Home, raw: bytes, kind: type[Mailroom] = Mailroom) -> mailroom_module.Taken | None:
    """Take an envelope in with the peers as they are on disk."""
    return kind(home.paths, home.identity, "").take(raw, home.peers)


def receipt(home: Home, to: Home, session: str = "s", revision: int = 1) -> bytes:
    """Return a receipt."""
    fields = {"session": session, "revision": revision}
    return home.mailroom.seal_receipt(home.peers[to.name], f"{session}.{revision}.json", fields).envelope


def held(home: Home) -> list[tuple[str, str, int]]:
    """Return what is in the inbox."""
    return sorted((item.peer, item.session, item.revision) for item in store.received(home.paths))


def owed(home: Home) -> list[str]:
    """Return what a machine owes."""
    return [debt.name for debt in store.owed(home.paths)]


def inner_of(raw: bytes, by: Home) -> bytes:
    """Return the plaintext of an envelope, as its recipient can."""
    (secret,) = [key for key in keys.prekeys(by.paths) if key.prekey.id == envelope.prekey_id(raw)]
    head, suite = raw[:13], envelope._suite(raw[4])
    info = envelope._info(head, by.identity.public)
    return bytes(suite.decrypt(raw[13:], envelope._private(secret), info=info))


def sealed_again(inner: bytes, to: Home) -> bytes:
    """Return a plaintext sealed for a machine: everybody who knows its prekey can do that."""
    prekey = keys.prekeys(to.paths)[0].prekey
    head = envelope._HEAD.pack(envelope.MAGIC, prekey.suite, prekey.id)
    info = envelope._info(head, to.identity.public)
    return head + bytes(envelope._suite(prekey.suite).encrypt(inner, envelope._public(prekey), info=info))


def handmade(sender: bytes, signer: bytes, to: Home, content: bytes, **fields: Any) -> bytes:
    """Return an envelope that names one sender and is signed by another."""
    prekey = keys.prekeys(to.paths)[0].prekey
    head = envelope._HEAD.pack(envelope.MAGIC, prekey.suite, prekey.id)
    given = {
        "sender": sender.hex(), "kind": "distillation", "id": "s", "revision": 1, "sequence": 1,
        "sha256": hashlib.sha256(content).hexdigest(), **fields,
    }  # fmt: skip
    header = json.dumps(given).encode()
    signature = crypto.sign(signer, "content", head, to.identity.public, header)
    return sealed_again(struct.pack("!II", len(header), len(content)) + header + signature + content, to)


class Weak:
    """A cipher that needs no secret, uses one key and nonce and knows no tag: the twin of HPKE."""

    PAD: Final = AESGCM(bytes(32)).encrypt(bytes(12), bytes(1 << 16), None)

    def __init__(self, suite: int = 0) -> None: ...

    def encrypt(self, plaintext: bytes, *_: object, **__: object) -> bytes:
        return bytes(a ^ b for a, b in zip(plaintext, self.PAD, strict=False))

    decrypt = encrypt


@contextlib.contextmanager
def at(now: float) -> Iterator[None]:
    """Set the clock."""
    with weakened((time, "time", lambda: now)):
        yield
