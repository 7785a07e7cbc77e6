"""Attacks by playing with mail: replayed, reordered, withheld, forgotten."""

import json
import os
import shutil
import time
from dataclasses import replace
from typing import Any

from spread import identity as keys
from spread import mailroom as mailroom_module
from spread import peers as peers_module
from spread import plan, sequences, store, store_inbox, store_ledger, store_receipts, store_sent
from spread.mailroom import Mailroom
from spread.peers import Peer
from spread.protocol import crypto, envelope
from tests.attacks.harness import always, withstands
from tests.attacks.mail import DAY_S, NOW, Fresh, at, handmade, held, owe, owed, receipt, take
from tests.attacks.mail import fresh as fresh
from tests.pairs import befriend


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
        store_inbox.forget(laptop.paths, store.received(laptop.paths)[0])
        take(laptop, new)
        if held(laptop) and not worked:
            worked.append("forgotten")
        return worked

    withstands(attack, (store_ledger, "load", lambda *_: {}))


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

    withstands(attack, (store_sent, "settle", any_revision))


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
            with at(now):
                raws.append(
                    laptop.mailroom.seal_receipt(laptop.peers["desk"], store_receipts.CONTACT, {}).envelope
                )
        for raw in (raws[1], raws[0]):
            take(desk, raw)
        return bool(desk.peers["laptop"].prekey == old.to_dict())

    def whatever(paths: Any, peer: Peer, **changed: Any) -> None:
        peers_module.save(paths, replace(peers_module.load(paths, peer.name), **changed))

    withstands(attack, (peers_module, "update", whatever))


def test_a_relay_reorders(fresh: Fresh) -> None:
    """In whatever order mail comes, the newest revision is what stays, and nothing is missing in the end."""

    def attack() -> bool:
        desk, laptop, _ = fresh()
        raws = [owe(desk, laptop, revision=revision) for revision in (1, 2, 3)]
        for raw in (raws[2], raws[0], raws[1], raws[0]):
            take(laptop, raw)
        return held(laptop) != [("desk", "s", 3)]

    withstands(attack, (store_ledger, "load", lambda *_: {}), (store_inbox, "_is_replaced", lambda *_: False))


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
