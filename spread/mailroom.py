"""What comes out of an envelope and what goes into one: files and keys, no network.

Taking in is safe to repeat: whatever a crash interrupts comes again and changes nothing the second time.
"""

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from spread import (
    __version__,
    distillation_glance,
    farewells,
    history,
    intake,
    sequences,
    store,
    store_damage,
    store_inbox,
    store_ledger,
    store_receipts,
    store_revocations,
    store_sent,
)
from spread import identity as keys
from spread import peers as peers_module
from spread.config import is_relay
from spread.distillation import Distillation
from spread.distillation_codec import headline
from spread.errors import DistillationError, EnvelopeError, NewerError, QuotaError, SpreadError, StoreError
from spread.identity import Identity
from spread.mailroom_watch import Watch
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol import crypto, envelope

MAX_REVISION: Final = 2**40  # far above what is counted; a peer must not drive our numbers to their end

WITHDRAWN: Final = "-withdrawn"  # ends the name of what withdraws

log = logging.getLogger("spread.mailroom")


@dataclass(frozen=True)
class Letter:
    """An envelope ready to be put: into which mailbox, by which capability, under which id."""

    mailbox: bytes
    writer_seed: bytes
    grant: bytes
    id: bytes
    envelope: bytes


@dataclass(frozen=True)
class Taken:
    """What came of an envelope; `settled` is a debt it paid (session, revision), `why` why it was not taken in."""

    kind: str
    peer: str
    new: bool = False
    settled: tuple[str, int] | None = None
    why: str = ""


class Mailroom:
    """Seals for peers and opens what they sealed for us."""

    def __init__(self, paths: Paths, identity: Identity, relay: str) -> None:
        self.paths = paths
        self.identity = identity
        self.relay = relay
        self._watch = Watch(paths)
        self.history = history.Recorder(paths, time.time)
        self.lost_key = False  # mail came that is sealed to a key of ours that we do not have

    # -- out -----------------------------------------------------------------------------------------------

    def seal_debt(self, peer: Peer, debt: store.Owed) -> Letter | None:
        """Return the envelope of a debt, or None if it was settled or replaced meanwhile."""
        content = store.read_owed(self.paths, debt)
        if content is None or not self._is_whole(peer, debt, content):
            return None
        sequence = sequences.number(self.paths, peer.name, debt.session)
        return self._seal(peer, "distillation", debt.session, debt.revision, sequence, content)

    def note(self, event: history.Event, debt: store.Owed, *, route: str = "", why: str = "") -> None:
        """Write down what became of a debt."""

        def about() -> tuple[str, str]:
            content = store.read_owed(self.paths, debt) or store_sent.read(self.paths, debt)
            try:  # our own, and read before it was sealed
                told = distillation_glance.fields(content.decode("utf-8", "replace"))
            except DistillationError:
                return "", ""
            return told.get("project.id", ""), f"{headline(told.get('goal', ''))} [{told.get('state', '')}]"

        self.history.note(event, debt.peer, debt.session, debt.revision, route=route, why=why, about=about)

    def _is_whole(self, peer: Peer, debt: store.Owed, content: bytes) -> bool:
        """Put a debt that is damaged aside: its peer would never take it, and it would be owed for ever."""
        try:
            Distillation.from_markdown(content.decode("utf-8"))
        except NewerError:  # made before we went back to an older version; its peer will tell
            return True
        except (DistillationError, UnicodeDecodeError) as problem:
            path = os.path.join(self.paths.outbox, debt.peer, debt.name)
            why = problem.why if isinstance(problem, DistillationError) else "it is not text"
            what = f"a hand-off for {peer.name} was damaged and has not gone"
            store_damage.quarantine(self.paths, path, what, why, f"to-{peer.name}.{debt.name}")
            return False
        return True

    def seal_receipt(self, peer: Peer, name: str, receipt: dict[str, Any]) -> Letter:
        """Return the envelope of a receipt or, for the name `store_receipts.CONTACT`, of our contact alone."""
        fields: dict[str, Any] = {"contact": self.contact()}
        if name != store_receipts.CONTACT:
            fields["have"] = store_ledger.held(self.paths, peer.name, str(receipt["session"]))
        body = json.dumps(fields).encode("ascii")
        if name == store_receipts.CONTACT:
            return self._seal(peer, "contact", "contact", 0, 0, body)
        return self._seal(peer, "receipt", str(receipt["session"]), int(receipt["revision"]), 0, body)

    def contact(self) -> dict[str, Any]:
        """Return how we are reached now: our current sealing key and our relay; and what we run."""
        prekey = keys.current_prekey(self.paths, self.identity, time.time()).prekey
        return {"prekey": prekey.to_dict(), "relay": self.relay, "version": __version__}

    def _seal(self, peer: Peer, kind: str, id_: str, revision: int, sequence: int, content: bytes) -> Letter:
        sealed = envelope.seal(
            content, kind=kind, id=id_, revision=revision, sequence=sequence, sender_seed=self.identity.seed,
            recipient=peer.identity, prekey=envelope.Prekey.from_dict(peer.prekey, peer.identity),
        )  # fmt: skip
        which = f"{id_}.{revision}" if kind == "receipt" else id_
        slot = self._slot(peer, kind, which)
        return Letter(peer.mailbox, peer.writer_seed, peer.grant, slot, sealed)

    def _slot(self, peer: Peer, kind: str, which: str) -> bytes:
        """Return the id that a server sees.

        It is the same for all revisions of a hand-off, so that a newer one replaces an older one that still waits;
        without our key it says nothing about the session.
        """
        return crypto.mac(self.identity.seed, "slot", peer.identity, kind.encode(), which.encode())[:16]

    def seal_farewell(self, peer: Peer) -> farewells.Farewell:
        """Return what tells a peer that it is one no longer; it names this pairing and no later one.

        It takes the place of all that is owed to it, should that wait at its relay.

        Raises:
            EnvelopeError: The peer's sealing key cannot be used.
        """
        writer = crypto.public_key(peer.writer_seed).hex()
        waiting = {debt.session for debt in store.owed(self.paths) if debt.peer == peer.name and peer.relay}
        body = json.dumps({"writer": writer}).encode("ascii")
        letter = self._seal(peer, "farewell", "farewell", 0, 0, body)
        return farewells.Farewell(
            writer, peer.name, peer.identity, peer.mailbox, peer.writer_seed, peer.grant, peer.relay, letter.id,
            letter.envelope, time.time(), tuple(self._slot(peer, "distillation", each) for each in sorted(waiting)),
        )  # fmt: skip

    def seal_withdrawal(self, peer: Peer, sessions: Iterable[str]) -> farewells.Farewell:
        """Return what takes the place of hand-offs that wait at a peer's relay: our contact, which it knows.

        Raises:
            EnvelopeError: The peer's sealing key cannot be used.
        """
        writer = f"{crypto.public_key(peer.writer_seed).hex()}{WITHDRAWN}"
        before = [each.others for each in farewells.load_all(self.paths) if each.writer == writer]
        slots = {self._slot(peer, "distillation", each) for each in sessions}.union(*before)
        body = json.dumps({"contact": self.contact()}).encode("ascii")
        letter = self._seal(peer, "contact", "contact", 0, 0, body)
        return farewells.Farewell(
            writer, peer.name, peer.identity, peer.mailbox, peer.writer_seed, peer.grant, peer.relay, b"",
            letter.envelope, time.time(), tuple(sorted(slots)), withdraws=True,
        )  # fmt: skip

    # -- in ------------------------------------------------------------------------------------------------

    def take(self, sealed: bytes, peers: dict[str, Peer], route: str = "") -> Taken | None:
        """Open an envelope and do what it asks for; None means it was of no use and may be dropped.

        Args:
            route: By which it came, for the record.

        Raises:
            StoreError: One of our own files is in the way; the envelope must be kept and tried again.
            OSError: The disk is; likewise.
        """
        with self._watch.over(sealed) as may_be_opened:
            return self._take(sealed, peers, route) if may_be_opened else None

    def _take(self, sealed: bytes, peers: dict[str, Peer], route: str) -> Taken | None:
        try:
            opened, peer = self._open(sealed, peers)
            if opened.kind == "distillation":
                return self._take_distillation(opened, peer, route)
            if opened.kind == "farewell":
                return self._take_farewell(opened, peer)
            return self._take_contact(opened, peer, route)
        except (StoreError, OSError):
            raise
        except SpreadError as problem:
            log.warning("dropped mail of %d bytes: %s", len(sealed), problem.what)
        except Exception as problem:  # a bug of ours; kept, it would stop all other mail again and again
            log.error("dropped mail of %d bytes: %s", len(sealed), type(problem).__name__)
        return None

    def _open(self, sealed: bytes, peers: dict[str, Peer]) -> tuple[envelope.Opened, Peer]:
        secret = keys.find_prekey(self.paths, envelope.prekey_id(sealed))
        if secret is None:
            self.lost_key = True
            raise EnvelopeError("an envelope is sealed to a key we do not have (any more)")
        opened = envelope.unseal(sealed, secret, self.identity.public)
        for peer in peers.values():
            if peer.identity == opened.sender and not peer.gone:
                return opened, peer
        raise EnvelopeError("an envelope comes from a machine we are not paired with")

    def _take_distillation(self, opened: envelope.Opened, peer: Peer, route: str = "") -> Taken:
        try:
            text = opened.content.decode("utf-8")
        except UnicodeDecodeError:
            raise EnvelopeError("a hand-off is not text") from None
        # whom we trust may have changed since the engine has read it: `unpair` must win
        with peers_module.locked(self.paths):
            peer = peers_module.still(self.paths, peer)
            return self._accept(opened, peer, text, route)

    def _accept(self, opened: envelope.Opened, peer: Peer, text: str, route: str) -> Taken:
        try:
            new = store_inbox.accept(
                self.paths, peer.name, text, expected=(opened.id, opened.revision), own=not peer.teammate
            )
        except NewerError as problem:
            return self._keep_newer(opened, peer, problem)
        except QuotaError as problem:  # no receipt: it stays with the peer, and comes again
            log.warning("refused mail of %d bytes: %s (%s)", len(text), problem.what, problem.why)
            self.history.note("refused", peer.name, opened.id, opened.revision, route=route, why=problem.what)
            return Taken("refused", peer.name, why=f"{problem.what}: {problem.why}")
        self._note_received(peer.name, opened, text, route, new)
        store_damage.release(self.paths, _newer_name(peer.name, opened.id))
        sequences.came(self.paths, peer.name, opened.sequence, time.time())
        store_receipts.put(self.paths, peer.name, opened.id, opened.revision)
        log.info(
            "%s revision %d from %s: %s", opened.id, opened.revision, peer.name, "new" if new else "known"
        )
        return Taken("distillation", peer.name, new=new)

    def _note_received(self, peer: str, opened: envelope.Opened, text: str, route: str, new: bool) -> None:
        """Write down what has come; once, also if a crash kept it from being written at first."""
        which = (opened.id, opened.revision)
        if not new:
            held = store_ledger.held(self.paths, peer, opened.id)
            if held is None or held[0] != opened.revision or self.history.has("received", peer, *which):
                return

        def about() -> tuple[str, str]:
            made = Distillation.from_markdown(text)
            return made.project.id, made.title

        self.history.note("received", peer, *which, route=route, about=about)

    def _keep_newer(self, opened: envelope.Opened, peer: Peer, problem: NewerError) -> Taken:
        """Keep the newest of each session that we cannot read; without a receipt it comes again after an update."""
        if not store.is_session(opened.id):
            raise EnvelopeError("a hand-off names no session")
        what = f"a hand-off from {peer.name} is of a newer version of spread"
        why = f"{problem.why}; update claude-spread here, and it comes by itself"
        name = _newer_name(peer.name, opened.id)
        store_damage.make_room(self.paths, _newer_name(peer.name), name)
        store_damage.keep(self.paths, name, opened.content, what, why)
        store_damage.sweep(self.paths, time.time())
        log.warning("%s revision %d from %s: %s", opened.id, opened.revision, peer.name, problem.why)
        return Taken("newer", peer.name, why=f"{what} ({problem.why}); update claude-spread here")

    def _take_contact(self, opened: envelope.Opened, peer: Peer, route: str = "") -> Taken:
        if opened.kind == "receipt" and not store.is_session(opened.id):
            raise EnvelopeError("a receipt names no session")
        self._update(peer, opened.content)
        if opened.kind != "receipt":
            return Taken(opened.kind, peer.name)
        newer = _other_than_sent(self.paths, peer.name, opened)
        if newer:
            # our numbers went back (a restored backup): the peer took other work for this
            intake.renumber(self.paths, peer.name, opened.id, opened.revision, newer + 1)
            return Taken("receipt", peer.name)
        debt = store.Owed(peer.name, opened.id, opened.revision, 0.0)
        if store.read_owed(self.paths, debt) is not None:  # before it is paid: a crash must not lose it
            self.note("receipt", debt, route=route)
        paid = store_sent.settle(self.paths, peer.name, opened.id, opened.revision)
        if paid:
            sequences.paid(self.paths, peer.name, opened.id)
        log.info("%s revision %d: receipt from %s", opened.id, opened.revision, peer.name)
        return Taken("receipt", peer.name, settled=(opened.id, opened.revision) if paid else None)

    def _take_farewell(self, opened: envelope.Opened, peer: Peer) -> Taken:
        try:
            writer = json.loads(opened.content)["writer"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise EnvelopeError("a farewell is malformed") from None
        if writer != peer.granted.hex():  # replayed: of a pairing that has ended before
            raise EnvelopeError("a farewell is not of this pairing")
        # first, so that a crash leaves nobody with a capability whom we take for gone
        store_revocations.put(self.paths, writer, {self.relay, peer.our_relay} - {""})
        dropped = peers_module.end(self.paths, peer)
        log.warning("%s has unpaired this machine; %d owed to it dropped", peer.name, dropped)
        return Taken("farewell", peer.name)

    def _update(self, peer: Peer, content: bytes) -> None:
        """Note a peer's newer sealing key and relay; a replayed older one changes nothing."""
        try:
            contact = json.loads(content)["contact"]
            relay = contact["relay"]
            prekey = envelope.Prekey.from_dict(contact["prekey"], peer.identity)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise EnvelopeError("a peer's contact is malformed") from None
        usable = relay == "" or is_relay(relay)
        if not usable:
            log.warning("%s has named a relay that may not be used; what it named before stays", peer.name)
        version = peers_module.said_version(contact.get("version"))
        peers_module.update(
            self.paths, peer, prekey=prekey.to_dict(), relay=relay if usable else peer.relay, version=version
        )


def _newer_name(peer: str, session: str = "") -> str:
    """Return as what a hand-off is kept, or how the names of all of a peer's begin."""
    return f"from-{peer}.{session}.md" if session else f"from-{peer}."


def _other_than_sent(paths: Paths, peer: str, receipt: envelope.Opened) -> int:
    """Return the revision the peer holds instead of the one we owe it, or 0 if it holds what we owe."""
    debt = store.read_owed(paths, store.Owed(peer, receipt.id, receipt.revision, 0.0))
    try:
        revision, digest = json.loads(receipt.content)["have"]
        revision = int(revision)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return 0
    same = revision == receipt.revision and debt is not None and hashlib.sha256(debt).hexdigest() == digest
    if debt is None or same or not receipt.revision <= revision < MAX_REVISION:
        return 0
    # of two that are owed, as after a death before the older one went, only the newer one's receipt counts
    owed = [one.revision for one in store.owed(paths) if (one.peer, one.session) == (peer, receipt.id)]
    return revision if max(owed, default=0) == receipt.revision else 0
