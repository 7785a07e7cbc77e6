"""Attacks on envelopes and what comes of them: forged, re-targeted, replayed, withheld, stolen."""

import contextlib
import hashlib
import json
import os
import shutil
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from spread import identity as keys
from spread import mailroom as mailroom_module
from spread import peers as peers_module
from spread import plan, sequences, store
from spread.errors import EnvelopeError, SpreadError
from spread.mailroom import Mailroom
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol import crypto, envelope
from tests.attacks.harness import always, flips, weakened, withstands
from tests.pairs import Home, befriend, handoff, new_home, paired, seal_from

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


# -- forged --------------------------------------------------------------------------------------------------


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

    def all_peers(folder: str, session: str, revision: int, prefix: str = "") -> None:
        for name in os.listdir(folder):
            if name.partition(".")[2].startswith(f"{session}."):
                os.unlink(os.path.join(folder, name))

    withstands(attack, (store, "_drop_older", all_peers))


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


class Weak:
    """A cipher that needs no secret, uses one key and nonce and knows no tag: the twin of HPKE."""

    PAD: Final = AESGCM(bytes(32)).encrypt(bytes(12), bytes(1 << 16), None)

    def __init__(self, suite: int = 0) -> None: ...

    def encrypt(self, plaintext: bytes, *_: object, **__: object) -> bytes:
        return bytes(a ^ b for a, b in zip(plaintext, self.PAD, strict=False))

    decrypt = encrypt


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


# -- replayed ------------------------------------------------------------------------------------------------


def test_replay_of_a_hand_off(fresh: Fresh) -> None:
    """An envelope again, or an older one after a newer one, changes nothing; nor after it was shown and forgotten."""

    def attack() -> list[str]:
        desk, laptop, _ = fresh()
        old, new = owe(desk, laptop), owe(desk, laptop, revision=2)
        worked = []
        take(laptop, new)
        take(laptop, new)
        take(laptop, old)
        if held(laptop) != [("desk", "s", 2)]:
            worked.append("older or doubled")
        store.forget(laptop.paths, store.received(laptop.paths)[0])
        take(laptop, new)
        if held(laptop) and not worked:
            worked.append("forgotten")
        return worked

    withstands(attack, (store, "_ledger", lambda *_: {}))


def test_replay_of_a_receipt(fresh: Fresh) -> None:
    """A receipt pays the revision that it names and no later debt."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        take(laptop, owe(desk, laptop))
        raw = receipt(laptop, desk)
        take(desk, raw)
        owe(desk, laptop, revision=2)
        take(desk, raw)
        return owed(desk) == []

    def any_revision(paths: Any, peer: str, session: str, revision: int) -> bool:
        shutil.rmtree(os.path.join(paths.outbox, peer), ignore_errors=True)
        return True

    withstands(attack, (store, "settle", any_revision))


def test_replay_of_a_receipt_after_a_restore(fresh: Fresh) -> None:
    """A receipt for other work under the same number does not pay: it is owed again under a higher one."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        take(laptop, owe(desk, laptop, goal="before the backup was restored"))
        raw = receipt(laptop, desk)
        owe(desk, laptop, goal="after it")
        take(desk, raw)
        return owed(desk) == []

    withstands(attack, (mailroom_module, "_other_than_sent", lambda *_: 0))


def test_replay_of_a_farewell(fresh: Fresh) -> None:
    """A farewell of an earlier pairing does not end the one that is now."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        raw = desk.mailroom.seal_farewell(desk.peers["laptop"]).envelope
        befriend(desk, laptop, now=NOW)  # paired anew
        take(laptop, raw)
        return laptop.peers["desk"].gone

    def believed(self: Mailroom, opened: envelope.Opened, peer: Peer) -> mailroom_module.Taken:
        peers_module.end(self.paths, peer)
        return mailroom_module.Taken("farewell", peer.name)

    withstands(attack, (Mailroom, "_take_farewell", believed))


def test_a_farewell_in_somebody_elses_name(fresh: Fresh) -> None:
    """A peer cannot end the pairing of two others, even if it knows how the one would."""

    def attack() -> bool:
        desk, laptop, evil = fresh()
        body = json.dumps({"writer": laptop.peers["desk"].granted.hex()}).encode()
        raw = handmade(
            desk.identity.public, evil.identity.seed, laptop, body, kind="farewell", id="farewell", revision=0
        )
        take(laptop, raw)
        return laptop.peers["desk"].gone

    withstands(attack, (crypto, "is_signed", always))


def test_replay_of_an_old_contact(fresh: Fresh) -> None:
    """An old contact, replayed, does not bring back a sealing key that may be stolen by now."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        old = keys.prekeys(laptop.paths)[0].prekey
        raws = []
        for now in (NOW, NOW + DAY_S):
            keys.current_prekey(laptop.paths, laptop.identity, now)
            with _at(now):
                raws.append(laptop.mailroom.seal_receipt(laptop.peers["desk"], store.CONTACT, {}).envelope)
        for raw in (raws[1], raws[0]):
            take(desk, raw)
        return bool(desk.peers["laptop"].prekey == old.to_dict())

    def whatever(paths: Any, peer: Peer, **changed: Any) -> None:
        peers_module.save(paths, replace(peers_module.load(paths, peer.name), **changed))

    withstands(attack, (peers_module, "update", whatever))


# -- a relay that plays with mail ----------------------------------------------------------------------------


def test_a_relay_reorders(fresh: Fresh) -> None:
    """In whatever order mail comes, the newest revision is what stays, and nothing is missing in the end."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        raws = [owe(desk, laptop, revision=revision) for revision in (1, 2, 3)]
        for raw in (raws[2], raws[0], raws[1], raws[0]):
            take(laptop, raw)
        return held(laptop) != [("desk", "s", 3)]

    withstands(attack, (store, "_ledger", lambda *_: {}))


def test_a_relay_withholds(fresh: Fresh) -> None:
    """What a relay keeps back is told as missing, by number."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        raws = [owe(desk, laptop, session=f"s{n}") for n in range(3)]
        take(laptop, raws[0])
        take(laptop, raws[2])
        told = sequences.missing(laptop.paths, "desk", time.time() + 3600)
        return told is None or str(told) != "2 of 3 is missing"

    withstands(attack, (sequences, "came", lambda *_: None))


def test_a_relay_is_wiped(fresh: Fresh) -> None:
    """That a relay says it keeps a hand-off pays nothing: without a receipt it is sent again."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        owe(desk, laptop)
        debt = plan.Debt("laptop", "s.1.md", 0.0)
        tried = {("laptop", "s.1.md", "relay"): plan.stored(plan.Attempts(), 1.0)}
        later = plan.plan([debt], {"laptop": frozenset(["relay"])}, tried, 1.0 + DAY_S)  # type: ignore[arg-type]
        return owed(desk) == [] or not later.sends

    withstands(attack, (plan, "RESEND_RELAY_S", float("inf")))


# -- stolen, cloned, restored --------------------------------------------------------------------------------


def test_a_stolen_state_directory_opens_no_old_mail(fresh: Fresh) -> None:
    """Of a machine's recorded mail, what was sealed to keys older than fifteen days stays closed for ever."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        raw = owe(desk, laptop)
        for day in range(1, 18):
            keys.current_prekey(laptop.paths, laptop.identity, NOW + day * DAY_S)
        return envelope.prekey_id(raw) in [key.prekey.id for key in keys.prekeys(laptop.paths)]

    withstands(attack, (keys, "PREKEY_KEPT_S", float("inf")))


def test_what_a_stolen_state_directory_opens(fresh: Fresh) -> None:
    """It opens mail of the last days; it does not open what its owner sent, nor others' mail, nor speak for others."""
    desk, laptop, evil = fresh()
    waiting, sent, others = owe(desk, laptop), owe(laptop, desk), owe(desk, evil)

    def thief() -> list[str]:
        files = [path.read_bytes() for path in Path(laptop.paths.home).rglob("*") if path.is_file()]
        stolen = b"\n".join(files)
        secrets = [key for key in keys.prekeys(laptop.paths) if key.private.hex().encode() in stolen]
        opens = []
        for name, raw, to in (("waiting", waiting, laptop), ("sent", sent, desk), ("others", others, evil)):
            for secret in secrets:
                with contextlib.suppress(EnvelopeError):
                    envelope.unseal(raw, secret, to.identity.public)
                    opens.append(name)
        if desk.identity.seed.hex().encode() in stolen or desk.identity.mailbox_seed.hex().encode() in stolen:
            opens.append("desk's keys")
        return opens

    assert thief() == ["waiting"]
    # the twin: a machine that has its peers' secrets too (as where one key serves a pair, both ways)
    for key in keys.prekeys(desk.paths):
        shutil.copy(os.path.join(desk.paths.prekeys, key.prekey.id.hex() + ".json"), laptop.paths.prekeys)
    assert thief() == ["waiting", "sent"]


@pytest.mark.parametrize("state", ["cloned", "restored"])
def test_nonce_reuse_after_clone_and_restore(fresh: Fresh, tmp_path: Path, state: str) -> None:
    """Two copies of a machine seal different things under one number; no key and nonce are used twice."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        copy = tmp_path / os.urandom(4).hex()
        shutil.copytree(desk.paths.home, copy)
        raws = [owe(desk, laptop, goal="weeks are seven days")]
        if state == "restored":
            shutil.rmtree(desk.paths.home)
            shutil.copytree(copy, desk.paths.home)
            again = desk
        else:
            again = Home("desk", Paths(copy), desk.identity)
        raws.append(owe(again, laptop, goal="what nobody may know"))
        return raws[0][13:77] == raws[1][13:77]

    withstands(attack, (envelope, "_suite", Weak))


@pytest.mark.parametrize("year", [-365 * DAY_S, 365 * DAY_S])
@pytest.mark.parametrize("whose", ["sender", "receiver"])
def test_a_clock_off_by_a_year(fresh: Fresh, year: float, whose: str) -> None:
    """Whoever sets a machine's clock wrong stops no hand-off and no receipt."""
    real = envelope.Prekey.from_dict

    def recent_only(data: Any, identity: bytes) -> envelope.Prekey:
        key = real(data, identity)
        if abs(key.created - time.time()) > DAY_S:
            raise EnvelopeError("too old")
        return key

    def attack() -> bool:
        desk, laptop, _ = fresh()
        clock = {"sender": NOW + year if whose == "sender" else NOW}
        clock["receiver"] = NOW + year if whose == "receiver" else NOW
        try:
            with _at(clock["receiver"]):
                keys.current_prekey(laptop.paths, laptop.identity, clock["receiver"])
                contact = laptop.mailroom.seal_receipt(laptop.peers["desk"], store.CONTACT, {}).envelope
            with _at(clock["sender"]):
                take(desk, contact)
                raw = owe(desk, laptop)
            with _at(clock["receiver"]):
                take(laptop, raw)
                back = receipt(laptop, desk)
            with _at(clock["sender"]):
                take(desk, back)
        except SpreadError:
            return True
        return held(laptop) != [("desk", "s", 1)] or owed(desk) != []

    withstands(attack, (envelope.Prekey, "from_dict", staticmethod(recent_only)))


@contextlib.contextmanager
def _at(now: float) -> Iterator[None]:
    with weakened((time, "time", lambda: now)):
        yield


def test_a_clock_that_was_ahead_for_a_moment(fresh: Fresh) -> None:
    """A sealing key made while somebody had set the clock a year ahead does not stay in use for that year."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        wrong = keys.current_prekey(laptop.paths, laptop.identity, NOW + 365 * DAY_S).prekey
        made = [keys.current_prekey(laptop.paths, laptop.identity, NOW + day * DAY_S) for day in range(20)]
        with _at(NOW + 19 * DAY_S):
            take(desk, laptop.mailroom.seal_receipt(laptop.peers["desk"], store.CONTACT, {}).envelope)
        rotates = len({key.prekey.id for key in made}) == 20
        taken = desk.peers["laptop"].prekey == made[-1].prekey.to_dict()
        gone = wrong.id not in [key.prekey.id for key in keys.prekeys(laptop.paths)]
        return not (rotates and taken and gone)

    withstands(attack, (keys, "PREKEY_KEPT_S", 1e12))


def test_mail_that_meets_a_bug_of_ours(fresh: Fresh) -> None:
    """Poison that some parser of ours is not ready for is dropped: it does not stop the engine, over and over."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        poison, good = owe(desk, laptop, session="p"), owe(desk, laptop)
        real = store.accept

        def unready(*arguments: Any, **more: Any) -> bool:
            if more["expected"][0] == "p":
                raise RecursionError
            return real(*arguments, **more)

        with weakened((store, "accept", unready)), contextlib.suppress(RecursionError):
            for raw in (poison, good):
                take(laptop, raw)
        return held(laptop) != [("desk", "s", 1)]

    withstands(attack, (Mailroom, "take", _without_a_net))


def _without_a_net(self: Mailroom, sealed: bytes, peers: dict[str, Peer]) -> mailroom_module.Taken | None:
    opened, peer = self._open(sealed, peers)
    return self._take_distillation(opened, peer)
