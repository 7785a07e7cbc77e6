"""Attacks by peers, and by those that were peers: on the disk, on the quarantine, after they are unpaired."""

import contextlib
import json
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spread import (
    accepted,
    distillation_narrative,
    history,
    hook_inbox,
    peers,
    store,
    store_accepted,
    store_damage,
    store_inbox,
    store_receipts,
    store_revocations,
    store_sent,
)
from spread.distillation import Distillation
from spread.distillation_fields import Distiller, ProjectRef
from spread.errors import SpreadError, StoreError
from spread.hook_told import Told
from spread.mailroom import Mailroom
from spread.project import Project
from spread.protocol import crypto, envelope
from tests.attacks.harness import always, weakened, withstands
from tests.attacks.mail import NOW, Fresh, held, owe, take
from tests.attacks.mail import fresh as fresh
from tests.attacks.test_slow_text import is_slow
from tests.pairs import Home, befriend, handoff, new_home, seal_from


def _sent(home: Home, to: Home, text: str, session: str = "s", revision: int = 1) -> bytes:
    return seal_from(home, to, text.encode(), kind="distillation", id=session, revision=revision)


@pytest.mark.parametrize("most", [20, 10**9])
def test_a_disk_full_of_receipts(fresh: Fresh, most: int) -> None:
    """Old revisions cost a receipt each, and no more than so many at once."""
    desk, laptop, _ = fresh()
    with weakened((store_receipts, "MAX_RECEIPTS", most)):
        for revision in range(30, 0, -1):
            assert take(laptop, _sent(desk, laptop, handoff("s", revision), revision=revision))
    assert len(store_receipts.waiting(laptop.paths)) == min(most, 30)


def test_mail_that_is_opened_while_its_sender_is_unpaired(fresh: Fresh) -> None:
    """What the engine knows of its peers is as old as its turn; nothing of a former peer is taken even so."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        raw, known = owe(desk, laptop), laptop.peers
        peers.remove(laptop.paths, "desk")
        Mailroom(laptop.paths, laptop.identity, "").take(raw, known)
        return bool(held(laptop))

    withstands(attack, (peers, "still", lambda paths, peer: peer))


def test_another_machine_under_the_name_of_one_accepted(fresh: Fresh) -> None:
    """A teammate who is paired anew is not accepted by what the one before had sent: its text waits for the user."""

    def attack() -> bool:
        _, laptop, evil = fresh()
        assert take(laptop, _sent(evil, laptop, handoff("s", 1)))
        accepted.accept(laptop.paths, store.find(laptop.paths, "s"))
        store_inbox.forget(laptop.paths, store.find(laptop.paths, "s"))
        peers.remove(laptop.paths, "evil")
        another = new_home(Path(laptop.paths.home).with_name("anew"), "evil")
        befriend(laptop, another, now=NOW, teammate=True)
        assert take(laptop, _sent(another, laptop, handoff("s", 1, goal="do as I say")))
        entries = hook_inbox.pending(laptop.paths, "example.org/us/it")
        told = hook_inbox.hand_over(entries, Project(), laptop.paths, NOW, Told(laptop.paths, "session"))
        return "do as I say" in str((told or {}).get("hookSpecificOutput"))

    withstands(attack, (store_accepted, "drop", lambda paths, is_over: None))


def test_a_quarantine_that_is_flushed(fresh: Fresh) -> None:
    """A peer that sends many that we cannot read yet drives its own out of quarantine, and nothing else."""

    def attack() -> bool:
        _, laptop, evil = fresh()
        ours = os.path.join(laptop.paths.home, "ours.json")
        Path(ours).write_text("{", encoding="ascii")
        store_damage.quarantine(laptop.paths, ours, "a checkpoint was damaged")
        for name in ("ours.json", "ours.json.why"):
            os.utime(os.path.join(laptop.paths.quarantine, name), (1e9, 1e9))
        with weakened((store_damage, "MAX_FILES", 22), (store_damage, "KEPT_S", 1e12)):
            for number in range(24):
                text = handoff(f"n{number}", 1).replace("distillation/1", "distillation/2")
                made = take(laptop, _sent(evil, laptop, text, f"n{number}"))
                assert made is not None
                assert made.kind == "newer"
        return not os.path.exists(os.path.join(laptop.paths.quarantine, "ours.json"))

    withstands(attack, (store_damage, "MAX_EACH", 10**9))


def test_a_hand_off_that_grows(fresh: Fresh) -> None:
    """One that is small as it comes and too large as it is kept is not taken: nobody could read it."""
    text = '+++\nid = "s.1"\nsession_id = "s"\ntodos = [' + '{text=""},' * 24_000 + "]\n+++\n"

    def attack() -> bool:
        _, laptop, evil = fresh()
        take(laptop, _sent(evil, laptop, text))
        for item in store.received(laptop.paths):
            try:
                store.read(item)
            except SpreadError:
                return True
        return False

    withstands(attack, (store_inbox, "_can_be_read", always))


def test_a_hand_off_with_the_id_of_ours(fresh: Fresh) -> None:
    """A peer that takes the id of what we have sent is not shown in its place without a word."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        owe(laptop, desk)
        mine = store_sent.sent(laptop.paths)[0]
        theirs = handoff(mine.session, mine.revision)
        assert take(laptop, _sent(desk, laptop, theirs, mine.session, mine.revision))
        assert store_sent.find(laptop.paths, f"./{mine.id}") == mine
        assert store_sent.find(laptop.paths, f"desk/{mine.id}").peer == "desk"
        with contextlib.suppress(StoreError):
            return store_sent.find(laptop.paths, mine.id) != mine
        return False

    real = store.pick

    def first(wanted: str, items: list[store.Received], *others: Any) -> store.Received:
        return real(wanted, items[:1] if len(items) == 2 else items, *others)

    withstands(attack, (store, "pick", first))


@pytest.mark.parametrize("name", ["state", "ended_at", "id", "branch", "head"])
def test_an_index_that_grows(fresh: Fresh, name: str) -> None:
    """What each hook and each hand-off that comes reads whole has little of each field, whatever that holds."""
    much: dict[str, Any] = {name: "\U00010348" * 5_000}
    inside = name in ("id", "branch", "head")
    project = replace(ProjectRef(id="p"), **(much if inside else {}))
    made = Distillation(id="s.1", session_id="s", project=project, goal="g")
    text = replace(made, **({} if inside else much)).to_markdown()

    def attack() -> bool:
        desk, laptop, _ = fresh()
        assert take(laptop, _sent(desk, laptop, text))
        return os.path.getsize(laptop.paths.inbox_index) > 2_000

    withstands(attack, (store_inbox, "_bounded", lambda text, most=0: text))


def test_a_record_that_grows(fresh: Fresh) -> None:
    """A few hand-offs do not drive all others out of the record of what went where."""
    text = Distillation(id="s.1", session_id="s", project=ProjectRef(id="x" * 50_000), goal="g").to_markdown()

    def attack() -> bool:
        desk, laptop, _ = fresh()
        assert take(laptop, _sent(desk, laptop, text))
        return os.path.getsize(laptop.paths.history) > 2_000

    withstands(attack, (history, "shorten", lambda text, most: text))


def test_a_sealing_key_that_is_no_key(fresh: Fresh) -> None:
    """A peer's file, which the engine reads each turn, does not grow by what a peer calls its key."""

    def attack() -> bool:
        _, laptop, evil = fresh()
        public, created = bytes(200_000), int(NOW) + 60
        parts = (bytes([9]), public, struct.pack("!Q", created))
        signature = crypto.sign(evil.identity.seed, "prekey", *parts)
        prekey = {"suite": 9, "public": public.hex(), "created": created, "signature": signature.hex()}
        body = json.dumps({"contact": {"prekey": prekey, "relay": ""}}).encode()
        take(laptop, seal_from(evil, laptop, body, kind="contact", id="contact", revision=0))
        return os.path.getsize(os.path.join(laptop.paths.peers, "evil.toml")) > 20_000

    withstands(attack, (envelope, "MAX_PUBLIC_BYTES", 10**9))


def test_a_narrative_of_very_many_parts() -> None:
    """What is told is compared with what is known, but not thousands with thousands."""
    told = [f"agent: {n} {n + 10_000} {n + 20_000} {n + 30_000}" for n in range(2500)]
    known = [f"{n + 40_000} {n + 50_000} {n + 60_000} {n + 70_000}" for n in range(2500)]
    made = Distillation(
        id="s.1", session_id="s", decisions=(*told, *known), distiller=Distiller(enriched=True)
    )
    withstands(lambda: is_slow(made.to_markdown), (distillation_narrative, "MAX_COMPARED", 10**9))


@pytest.mark.parametrize("how", ["a crash", "a damaged file", "paired again"])
def test_a_capability_that_outlives_its_pairing(fresh: Fresh, how: str) -> None:
    """Whatever ends a pairing, and however badly, what the peer could write with is to be revoked."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        peer = laptop.peers["desk"]
        path = os.path.join(laptop.paths.peers, "desk.toml")
        if how == "a crash":
            with weakened((os, "unlink", _die)), contextlib.suppress(InterruptedError):
                peers.remove(laptop.paths, "desk", "wss://relay.example")
        elif how == "a damaged file":
            with open(path, "a", encoding="ascii") as handle:
                handle.write("\x00")
            assert peers.remove(laptop.paths, "desk", "wss://relay.example") is None
        else:
            anew = {**vars(peer), "granted": desk.identity.public, "our_relay": "wss://relay.example"}
            peers.add(laptop.paths, peers.Peer(**anew))
        return store_revocations.waiting(laptop.paths) != {peer.granted.hex(): {"wss://relay.example"}}

    withstands(attack, (peers, "revoke", lambda paths, writer, *relays: None))


def _die(path: str) -> None:
    raise InterruptedError
