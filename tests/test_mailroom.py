"""What comes out of envelopes and what goes into them: only a paired peer is heard, and only for itself."""

import json
import logging
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import (
    __version__,
    history,
    peers,
    sequences,
    store,
    store_damage,
    store_inbox,
    store_receipts,
    store_sent,
)
from spread import identity as keys
from spread.errors import StoreError
from spread.mailroom import Letter, Mailroom, Taken
from spread.paths import Paths
from spread.protocol import crypto, envelope, mailbox
from tests.pairs import Home, befriend, handoff, new_home, paired, seal_from

NOW = float(int(time.time()))
DAY_S = 24 * 3600.0


@pytest.fixture
def two(tmp_path: Path) -> tuple[Home, Home]:
    """Two machines, `desk` and `laptop`, paired."""
    return paired(tmp_path, now=NOW)


def owe(home: Home, peer: str, session: str = "s", revision: int = 1) -> Letter:
    """Owe a peer a hand-off and return its envelope."""
    store.put(home.paths, peer, session, revision, handoff(session, revision))
    (debt,) = [
        d for d in store.owed(home.paths) if (d.peer, d.session, d.revision) == (peer, session, revision)
    ]
    letter = home.mailroom.seal_debt(home.peers[peer], debt)
    assert letter is not None
    return letter


def take(home: Home, raw: bytes) -> Taken | None:
    """Take an envelope in with the peers as they are on disk."""
    return home.mailroom.take(raw, home.peers)


def receipt(home: Home, peer: str, session: str = "s", revision: int = 1) -> Letter:
    """Return the receipt that a machine gives to a peer."""
    fields = {"session": session, "revision": revision}
    return home.mailroom.seal_receipt(home.peers[peer], f"{session}.{revision}.json", fields)


def contact(home: Home, peer: str) -> bytes:
    """Return the envelope of a machine's contact alone."""
    return home.mailroom.seal_receipt(home.peers[peer], store_receipts.CONTACT, {}).envelope


def everything(home: Home) -> dict[str, bytes]:
    """Return all files of a home."""
    return {str(path): path.read_bytes() for path in Path(home.paths.home).rglob("*") if path.is_file()}


def outbox(home: Home) -> list[tuple[str, str]]:
    """Return what a machine owes."""
    return [(debt.peer, debt.name) for debt in store.owed(home.paths)]


# -- there and back ----------------------------------------------------------------------------------------


def test_hand_off_and_receipt(two: tuple[Home, Home]) -> None:
    """A hand-off arrives, its receipt goes back, and only that pays the debt."""
    desk, laptop = two
    letter = owe(desk, "laptop")
    assert take(laptop, letter.envelope) == Taken("distillation", "desk", new=True)
    assert store.find(laptop.paths, "s.1").peer == "desk"
    assert outbox(desk) == [("laptop", "s.1.md")]
    ((peer, name, _),) = store_receipts.waiting(laptop.paths)
    fields = store_receipts.read(laptop.paths, peer, name)
    assert fields is not None
    back = laptop.mailroom.seal_receipt(laptop.peers[peer], name, fields)
    assert take(desk, back.envelope) == Taken("receipt", "laptop", settled=("s", 1))
    assert outbox(desk) == []


def test_hand_off_twice_is_new_once(two: tuple[Home, Home]) -> None:
    """The same envelope again is not new, and its receipt is owed again: the first may have been lost."""
    desk, laptop = two
    raw = owe(desk, "laptop").envelope
    take(laptop, raw)
    store_receipts.drop(laptop.paths, "desk", "s.1.json")
    assert take(laptop, raw) == Taken("distillation", "desk", new=False)
    assert [name for _, name, _ in store_receipts.waiting(laptop.paths)] == ["s.1.json"]
    assert len(store.received(laptop.paths)) == 1


@pytest.mark.parametrize("teammate", [False, True])
def test_whose_machine_it_is(tmp_path: Path, teammate: bool) -> None:
    """A teammate's hand-off is not marked as one's own."""
    desk, laptop = paired(tmp_path, now=NOW, teammate=teammate)
    take(laptop, owe(desk, "laptop").envelope)
    entries = json.loads(Path(laptop.paths.inbox_index).read_bytes())["entries"]
    assert [entry["own"] for entry in entries.values()] == [not teammate]


def test_settled_debt_has_no_envelope(two: tuple[Home, Home]) -> None:
    """A debt that was paid or replaced meanwhile is not sealed."""
    desk, _ = two
    owe(desk, "laptop")
    (debt,) = store.owed(desk.paths)
    store.settle(desk.paths, "laptop", "s", 1)
    assert desk.mailroom.seal_debt(desk.peers["laptop"], debt) is None


# -- the address -------------------------------------------------------------------------------------------


def test_letter_carries_our_capability(two: tuple[Home, Home]) -> None:
    """A letter goes into the peer's mailbox, with the capability which that mailbox's owner gave us."""
    desk, laptop = two
    letter = owe(desk, "laptop")
    assert letter.mailbox == laptop.identity.mailbox
    assert mailbox.is_granted(letter.mailbox, crypto.public_key(letter.writer_seed), letter.grant)
    assert laptop.peers["desk"].granted == crypto.public_key(letter.writer_seed)


def test_slots(two: tuple[Home, Home], tmp_path: Path) -> None:
    """A server can replace an old revision by a newer one, and tell nothing else from the ids it sees."""
    desk, laptop = two
    tower = new_home(tmp_path, "tower")
    befriend(desk, tower, now=NOW)
    befriend(laptop, tower, now=NOW)
    first = owe(desk, "laptop")
    assert len(first.id) == 16
    assert owe(desk, "laptop", revision=2).id == first.id
    others = [
        owe(desk, "laptop", "t"), owe(desk, "tower"), owe(laptop, "tower"), receipt(desk, "laptop"),
        receipt(desk, "laptop", revision=2),
        desk.mailroom.seal_receipt(desk.peers["laptop"], store_receipts.CONTACT, {}),
    ]  # fmt: skip
    assert len({first.id, *(letter.id for letter in others)}) == 1 + len(others)


# -- who is not heard --------------------------------------------------------------------------------------


def assert_dropped(home: Home, raw: bytes) -> None:
    """Assert that an envelope is dropped and changes nothing at all."""
    before = everything(home)
    assert take(home, raw) is None
    assert everything(home) == before


def test_unknown_prekey_is_dropped(two: tuple[Home, Home], tmp_path: Path) -> None:
    """An envelope sealed to a key we do not have is dropped."""
    desk, laptop = two
    raw = owe(desk, "laptop").envelope
    for name in os.listdir(laptop.paths.prekeys):
        os.unlink(os.path.join(laptop.paths.prekeys, name))
    assert_dropped(laptop, raw)


def test_unknown_sender_is_dropped(two: tuple[Home, Home], tmp_path: Path) -> None:
    """An envelope from a machine we are not paired with is dropped, however well it is sealed and signed."""
    _, laptop = two
    stranger = new_home(tmp_path, "stranger")
    raw = seal_from(stranger, laptop, handoff("s", 1).encode(), kind="distillation", id="s", revision=1)
    assert_dropped(laptop, raw)


def test_unpaired_sender_is_dropped(two: tuple[Home, Home]) -> None:
    """After unpairing, what the peer had sealed before is dropped."""
    desk, laptop = two
    raw = owe(desk, "laptop").envelope
    peers.remove(laptop.paths, "desk")
    assert_dropped(laptop, raw)


def test_unpaired_meanwhile_stays_unpaired(two: tuple[Home, Home]) -> None:
    """A peer's newer contact does not bring it back when it was unpaired after the engine last looked."""
    desk, laptop = two
    before = laptop.peers
    keys.current_prekey(desk.paths, desk.identity, NOW + DAY_S)
    raw = contact(desk, "laptop")
    peers.remove(laptop.paths, "desk")
    assert laptop.mailroom.take(raw, before) is None
    assert laptop.peers == {}


def test_another_peer_cannot_pay_a_debt(two: tuple[Home, Home], tmp_path: Path) -> None:
    """A receipt settles only what is owed to the machine that signed it, whoever else is paired."""
    desk, _ = two
    tower = new_home(tmp_path, "tower")
    befriend(desk, tower, now=NOW)
    owe(desk, "laptop")
    owe(desk, "tower")
    forged = receipt(tower, "desk").envelope
    assert take(desk, forged) == Taken("receipt", "tower", settled=("s", 1))
    assert outbox(desk) == [("laptop", "s.1.md")]


def test_another_peer_cannot_speak_for_one(two: tuple[Home, Home], tmp_path: Path) -> None:
    """A hand-off counts as its signer's; a contact of another's key is dropped."""
    desk, laptop = two
    tower = new_home(tmp_path, "tower")
    befriend(tower, laptop, now=NOW)
    raw = seal_from(tower, laptop, handoff("s", 9).encode(), kind="distillation", id="s", revision=9)
    assert take(laptop, raw) == Taken("distillation", "tower", new=True)
    assert take(laptop, owe(desk, "laptop").envelope) == Taken("distillation", "desk", new=True)
    body = json.dumps({"contact": desk.mailroom.contact()}).encode()
    assert_dropped(laptop, seal_from(tower, laptop, body, kind="contact", id="contact", revision=0))


def test_envelope_for_another_machine_is_dropped(two: tuple[Home, Home], tmp_path: Path) -> None:
    """What a peer sealed for another machine is dropped, also when that machine passes it on."""
    desk, laptop = two
    tower = new_home(tmp_path, "tower")
    befriend(tower, laptop, now=NOW)
    befriend(tower, desk, now=NOW)
    assert_dropped(tower, owe(desk, "laptop").envelope)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_is_dropped(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """An envelope altered or cut anywhere, or random bytes, is dropped and changes nothing."""
    desk, laptop = _shared_two(tmp_path_factory)
    raw = bytearray(
        seal_from(desk, laptop, handoff("s", 1).encode(), kind="distillation", id="s", revision=1)
    )
    how = data.draw(st.sampled_from(["alter", "cut", "random"]))
    if how == "alter":
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    elif how == "cut":
        del raw[data.draw(st.integers(0, len(raw) - 1)) :]
    else:
        raw = bytearray(data.draw(st.binary(max_size=100)))
    assert take(laptop, bytes(raw)) is None
    assert store.received(laptop.paths) == []
    assert store_receipts.waiting(laptop.paths) == []


_two: list[tuple[Home, Home]] = []


def _shared_two(factory: pytest.TempPathFactory) -> tuple[Home, Home]:
    if not _two:
        _two.append(paired(factory.mktemp("homes"), now=NOW))
    return _two[0]


# -- what a peer may say -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "id_", "revision"),
    [
        (b"\xff", "s", 1), (b"", "s", 1), (b"no hand-off", "s", 1), (handoff("s", 1).encode(), "t", 1),
        (handoff("s", 1).encode(), "s", 2), (handoff("a.b", 1).encode(), "a.b", 1),
        (handoff("s", 1).encode(), "../s", 1),
    ],
)  # fmt: skip
def test_hand_off_that_is_none_is_dropped(
    two: tuple[Home, Home], content: bytes, id_: str, revision: int
) -> None:
    """A hand-off that is none, or not the one its signature names, is dropped without a receipt."""
    desk, laptop = two
    assert_dropped(laptop, seal_from(desk, laptop, content, kind="distillation", id=id_, revision=revision))


def test_receipt_settles_exactly_one_debt(two: tuple[Home, Home]) -> None:
    """A receipt pays the revision it names; one for a replaced revision pays nothing; again pays nothing."""
    desk, laptop = two
    for session, revision in (("s", 1), ("s", 2), ("t", 2)):
        owe(desk, "laptop", session, revision)
    old, new = (receipt(laptop, "desk", "s", revision).envelope for revision in (1, 2))
    assert take(desk, old) == Taken("receipt", "laptop", settled=None)
    assert outbox(desk) == [("laptop", "s.2.md"), ("laptop", "t.2.md")]
    assert take(desk, new) == Taken("receipt", "laptop", settled=("s", 2))
    assert take(desk, new) == Taken("receipt", "laptop", settled=None)
    assert outbox(desk) == [("laptop", "t.2.md")]


@pytest.mark.parametrize("session", ["../laptop/s", "s\nforged log line", "a.b", "\x1b[2J"])
def test_receipt_for_a_hostile_session_is_dropped(
    two: tuple[Home, Home], caplog: pytest.LogCaptureFixture, session: str
) -> None:
    """A receipt whose id is no session changes nothing, and its text does not reach the log."""
    desk, laptop = two
    caplog.set_level(logging.INFO)
    body = json.dumps({"contact": laptop.mailroom.contact()}).encode()
    assert_dropped(desk, seal_from(laptop, desk, body, kind="receipt", id=session, revision=1))
    assert session not in caplog.text


CONTACTS: list[Any] = [
    None, [], {}, {"contact": None}, {"contact": {}}, {"contact": {"relay": ""}},
    {"contact": {"relay": "", "prekey": {}}},
    {"contact": {"relay": "", "prekey": None}},
]  # fmt: skip


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 5000, *(json.dumps(c).encode() for c in CONTACTS)])
def test_malformed_contact_is_dropped(two: tuple[Home, Home], body: bytes) -> None:
    """A receipt without a contact in order is dropped and pays nothing."""
    desk, laptop = two
    owe(desk, "laptop")
    assert_dropped(desk, seal_from(laptop, desk, body, kind="receipt", id="s", revision=1))
    assert_dropped(desk, seal_from(laptop, desk, body, kind="contact", id="contact", revision=0))


def test_log_names_no_content(two: tuple[Home, Home], caplog: pytest.LogCaptureFixture) -> None:
    """The log tells ids and sizes, never what a hand-off says."""
    desk, laptop = two
    caplog.set_level(logging.DEBUG)
    take(laptop, owe(desk, "laptop").envelope)
    take(laptop, b"garbage")
    assert "s revision 1 from desk: new" in caplog.text
    assert "dropped mail of 7 bytes" in caplog.text
    assert "make it work" not in caplog.text


# -- sealing keys and relays -------------------------------------------------------------------------------


def with_relay(home: Home, relay: str) -> Mailroom:
    """Return a machine's mailroom after it has moved to a relay."""
    return Mailroom(home.paths, home.identity, relay)


def test_newer_contact_is_noted(two: tuple[Home, Home]) -> None:
    """A peer's new sealing key and relay count from then on; nothing else about it changes."""
    desk, laptop = two
    before = laptop.peers["desk"]
    fresh = keys.current_prekey(desk.paths, desk.identity, NOW + DAY_S)
    letter = with_relay(desk, "wss://new.example").seal_receipt(
        desk.peers["laptop"], store_receipts.CONTACT, {}
    )
    assert take(laptop, letter.envelope) == Taken("contact", "desk")
    after = laptop.peers["desk"]
    assert after == replace(
        before, prekey=fresh.prekey.to_dict(), relay="wss://new.example", version=__version__
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [("1.2.3rc1", "1.2.3rc1"), ("2.0+local-1", "2.0+local-1"), ("", ""), ("1\x1b[2J", ""), ("1 2", ""), ("9" * 33, ""),
     ("é", ""), (5, ""), (None, "")],
)  # fmt: skip
def test_only_a_version_is_noted_as_one(two: tuple[Home, Home], said: object, kept: str) -> None:
    """What a peer says it runs is shown to people: nothing else can stand there; a peer need not say it."""
    desk, laptop = two
    prekey = keys.current_prekey(desk.paths, desk.identity, NOW + DAY_S).prekey.to_dict()
    body = json.dumps({"contact": {"prekey": prekey, "relay": "", "version": said}}).encode()
    take(laptop, seal_from(desk, laptop, body, kind="contact", id="contact", revision=0))
    assert laptop.peers["desk"].version == kept


def test_replayed_contact_changes_nothing(two: tuple[Home, Home]) -> None:
    """Old contacts, replayed in any order, do not bring back an old key or relay."""
    desk, laptop = two
    recorded = []
    for day in range(3):
        keys.current_prekey(desk.paths, desk.identity, NOW + day * DAY_S)
        room = with_relay(desk, f"wss://relay-{day}.example")
        recorded.append(room.seal_receipt(desk.peers["laptop"], store_receipts.CONTACT, {}).envelope)
    take(laptop, recorded[2])
    now = laptop.peers
    stale = {"desk": replace(now["desk"], prekey={})}
    for raw in (recorded[0], recorded[1], recorded[2], recorded[0]):
        assert take(laptop, raw) == Taken("contact", "desk")
        laptop.mailroom.take(raw, stale)
        assert laptop.peers == now


@pytest.mark.parametrize(
    ("relay", "kept"),
    [
        ("", ""),
        ("ws://r", "ws://r"),
        ("http://r", "old"),
        ("wss://" + "x" * 500, "old"),
        (None, "old"),
        (5, "old"),
    ],
)
def test_unusable_relay_is_not_noted(two: tuple[Home, Home], relay: object, kept: str) -> None:
    """What is no relay's address leaves the known one; an empty one means that there is none any more."""
    desk, laptop = two
    peers.save(laptop.paths, replace(laptop.peers["desk"], relay="wss://old.example"))
    prekey = keys.current_prekey(desk.paths, desk.identity, NOW + DAY_S).prekey.to_dict()
    body = json.dumps({"contact": {"prekey": prekey, "relay": relay}}).encode()
    take(laptop, seal_from(desk, laptop, body, kind="contact", id="contact", revision=0))
    after = laptop.peers["desk"]
    assert after.relay == (kept if kept != "old" else "wss://old.example")
    assert after.prekey == prekey


def test_mail_to_a_replaced_key_opens(two: tuple[Home, Home]) -> None:
    """Mail that waited at a relay for two weeks, over many new sealing keys, still opens; later it is dropped."""
    desk, laptop = two
    raw = owe(desk, "laptop").envelope
    late = owe(desk, "laptop", "t").envelope
    for day in range(1, 16):
        keys.current_prekey(laptop.paths, laptop.identity, NOW + day * DAY_S)
    assert take(laptop, raw) == Taken("distillation", "desk", new=True)
    for day in range(16, 19):
        keys.current_prekey(laptop.paths, laptop.identity, NOW + day * DAY_S)
    assert_dropped(laptop, late)


# -- our own disk ------------------------------------------------------------------------------------------


def test_unreadable_ledger_keeps_the_mail(two: tuple[Home, Home]) -> None:
    """When a file of ours is in the way the caller is told to keep the envelope; mended, it is taken in."""
    desk, laptop = two
    raw = owe(desk, "laptop").envelope
    ledger = Path(laptop.paths.ledger, "desk.json")
    ledger.mkdir()
    with pytest.raises(StoreError):
        take(laptop, raw)
    assert store_receipts.waiting(laptop.paths) == []
    ledger.rmdir()
    assert take(laptop, raw) == Taken("distillation", "desk", new=True)


def test_unwritable_inbox_keeps_the_mail(two: tuple[Home, Home]) -> None:
    """When the disk fails nothing is acknowledged."""
    desk, laptop = two
    raw = owe(desk, "laptop").envelope
    os.rmdir(laptop.paths.inbox_new)
    Path(laptop.paths.inbox_new).write_bytes(b"")
    with pytest.raises(OSError, match="Not a directory"):
        take(laptop, raw)
    assert store_receipts.waiting(laptop.paths) == []


# -- numbers that went back --------------------------------------------------------------------------------


def put_back(desk: Home, laptop: Home, *, held: int, goal: str = "other work") -> bytes:
    """Return the receipt that a restored machine gets for its revision 1, when the peer holds something else."""
    for revision in range(1, held + 1):
        take(laptop, owe(desk, "laptop", "s", revision).envelope)
    store.settle(desk.paths, "laptop", "s", held)
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1, goal=goal))
    (debt,) = store.owed(desk.paths)
    letter = desk.mailroom.seal_debt(desk.peers["laptop"], debt)
    assert letter is not None
    assert take(laptop, letter.envelope) == Taken("distillation", "desk", new=False)
    return receipt(laptop, "desk", "s", 1).envelope


@pytest.mark.parametrize("held", [1, 7])
def test_restored_machine_counts_on(two: tuple[Home, Home], held: int) -> None:
    """A receipt for other work than what is owed pays nothing: the work goes out again under a number above."""
    desk, laptop = two
    back = put_back(desk, laptop, held=held)
    assert take(desk, back) == Taken("receipt", "laptop", settled=None)
    assert outbox(desk) == [("laptop", f"s.{held + 1}.md")]
    (debt,) = store.owed(desk.paths)
    letter = desk.mailroom.seal_debt(desk.peers["laptop"], debt)
    assert letter is not None
    assert take(laptop, letter.envelope) == Taken("distillation", "desk", new=True)
    assert store.read(store.find(laptop.paths, "s")).goal == "other work"
    assert take(desk, receipt(laptop, "desk", "s", held + 1).envelope) == Taken(
        "receipt", "laptop", settled=("s", held + 1)
    )


def test_receipt_for_the_same_work_pays(two: tuple[Home, Home]) -> None:
    """When the peer holds just what is owed, the receipt pays, however often it was sent."""
    desk, laptop = two
    back = put_back(desk, laptop, held=1, goal="make it work")
    assert take(desk, back) == Taken("receipt", "laptop", settled=("s", 1))


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_an_older_revision_beside_a_newer_is_not_other_work(
    two: tuple[Home, Home], order: tuple[int, int]
) -> None:
    """A death between a new debt and the end of the old one leaves both; the peer's receipts name the newer one."""
    desk, laptop = two
    raw = [owe(desk, "laptop", "s", 1).envelope]
    older = Path(desk.paths.outbox, "laptop", "s.1.md")
    content = older.read_bytes()
    raw.append(owe(desk, "laptop", "s", 2).envelope)
    older.write_bytes(content)
    for each in raw:
        take(laptop, each)
    for revision in order:
        take(desk, receipt(laptop, "desk", "s", revision).envelope)
    assert outbox(desk) == []


@pytest.mark.parametrize(
    "have",
    [
        "null", "[]", "5", '"x"', "[1]", '[null, "x"]', '["x", "x"]', '[1e999, "x"]', '[-1, "x"]', '[0, "x"]',
        '[9007199254740992, "x"]', "[" * 3000 + "]" * 3000,
    ],
)  # fmt: skip
def test_receipt_that_tells_nonsense_pays(two: tuple[Home, Home], have: str) -> None:
    """What a peer says it holds, if it makes no sense, moves no number: the receipt counts as it is signed."""
    desk, laptop = two
    owe(desk, "laptop")
    body = f'{{"have": {have}, "contact": {json.dumps(laptop.mailroom.contact())}}}'.encode()
    taken = take(desk, seal_from(laptop, desk, body, kind="receipt", id="s", revision=1))
    assert taken in (Taken("receipt", "laptop", settled=("s", 1)), None)
    assert [name for _, name in outbox(desk)] == (["s.1.md"] if taken is None else [])


# -- what cannot be used, and too much ---------------------------------------------------------------------


def newer(session: str, revision: int) -> bytes:
    """Return a hand-off as a later version may write it: another schema, and fields that we do not know."""
    text = handoff(session, revision).replace("/distillation/1", "/distillation/2")
    return text.replace("+++\n", '+++\nmood = "fine"\n', 1).encode()


def test_a_newer_schema_is_kept_and_told(two: tuple[Home, Home]) -> None:
    """Nothing is shown and nothing acknowledged; the newest of a session is kept, until it comes in a form we know."""
    desk, laptop = two
    for revision in (1, 2):
        raw = seal_from(desk, laptop, newer("s", revision), kind="distillation", id="s", revision=revision)
        taken = take(laptop, raw)
        assert taken is not None
        assert (taken.kind, taken.peer, taken.new) == ("newer", "desk", False)
        assert "update claude-spread" in taken.why
    assert store.received(laptop.paths) == []
    assert store_receipts.waiting(laptop.paths) == []
    (kept,) = store_damage.kept(laptop.paths)
    assert Path(laptop.paths.quarantine, kept.name).read_bytes() == newer("s", 2)
    assert "distillation/2" in kept.why
    assert take(laptop, owe(desk, "laptop", revision=2).envelope) == Taken("distillation", "desk", new=True)
    assert store_damage.kept(laptop.paths) == []


@pytest.mark.parametrize("session", ["../../x", "a/b", "..", ".x", "a.b", "x" * 65])
def test_a_newer_schema_for_a_hostile_session_is_dropped(two: tuple[Home, Home], session: str) -> None:
    """What is kept has the session in its name: it can be no path, and no mail that comes again for ever."""
    desk, laptop = two
    raw = seal_from(desk, laptop, newer(session, 1), kind="distillation", id=session, revision=1)
    assert_dropped(laptop, raw)
    assert store_damage.kept(laptop.paths) == []


@pytest.mark.parametrize(
    "schema", ["other/1", "claude-spread/distillation/x", "claude-spread/distillation/0"]
)
def test_another_schema_is_no_newer_one(two: tuple[Home, Home], schema: str) -> None:
    """What never was ours is dropped."""
    desk, laptop = two
    content = handoff("s", 1).replace("claude-spread/distillation/1", schema).encode()
    assert take(laptop, seal_from(desk, laptop, content, kind="distillation", id="s", revision=1)) is None
    assert store_damage.kept(laptop.paths) == []


def test_too_much_is_refused_without_a_receipt(
    two: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays with its sender, and comes when there is room."""
    desk, laptop = two
    monkeypatch.setattr(store_inbox, "MAX_INBOX_FILES", 1)
    take(laptop, owe(desk, "laptop", "a").envelope)
    raw = owe(desk, "laptop", "b").envelope
    taken = take(laptop, raw)
    assert taken is not None
    assert (taken.kind, taken.new) == ("refused", False)
    assert "at most 1 " in taken.why
    assert [name for _, name, _ in store_receipts.waiting(laptop.paths)] == ["a.1.json"]
    store_inbox.forget(laptop.paths, store.find(laptop.paths, "a.1"))
    assert take(laptop, raw) == Taken("distillation", "desk", new=True)


@pytest.mark.parametrize("damage", [b"", b"+++\nid = ", b"\xff\x00", b"\0" * 4096])
def test_a_damaged_debt_goes_to_quarantine(two: tuple[Home, Home], damage: bytes) -> None:
    """No peer would ever acknowledge it; it is kept and told, and not owed for ever."""
    desk, _ = two
    store.put(desk.paths, "laptop", "s", 1, "text")
    Path(desk.paths.outbox, "laptop", "s.1.md").write_bytes(damage)
    (debt,) = store.owed(desk.paths)
    assert desk.mailroom.seal_debt(desk.peers["laptop"], debt) is None
    assert store.owed(desk.paths) == []
    (kept,) = store_damage.kept(desk.paths)
    assert Path(desk.paths.quarantine, kept.name).read_bytes() == damage
    assert "laptop" in kept.what


# -- numbers, and keys after a restore ---------------------------------------------------------------------


def missing(home: Home, peer: str) -> str:
    """Return what a machine tells to be missing, after a while."""
    found = sequences.missing(home.paths, peer, time.time() + sequences.PATIENCE_S + 1)
    return "" if found is None else str(found)


def test_a_withheld_hand_off_is_noticed(two: tuple[Home, Home]) -> None:
    """When the second of three is withheld, the receiver knows; when it comes after all, nothing is missing."""
    desk, laptop = two
    one, second, third = (owe(desk, "laptop", session).envelope for session in "stu")
    take(laptop, one)
    take(laptop, third)
    assert missing(laptop, "desk") == "2 of 3 is missing"
    take(laptop, third)  # a replay changes nothing
    assert missing(laptop, "desk") == "2 of 3 is missing"
    take(laptop, second)
    assert missing(laptop, "desk") == ""


def test_what_was_replaced_is_not_missing(two: tuple[Home, Home]) -> None:
    """Of three revisions only the last comes: it stands for all of them."""
    desk, laptop = two
    for revision in (1, 2):
        owe(desk, "laptop", "s", revision)
    take(laptop, owe(desk, "laptop", "t").envelope)
    assert missing(laptop, "desk") == "1 of 2 is missing"
    take(laptop, owe(desk, "laptop", "s", 3).envelope)
    assert missing(laptop, "desk") == ""


def test_after_a_receipt_the_next_revision_is_counted_anew(two: tuple[Home, Home]) -> None:
    """A revision that is withheld after an earlier one was paid for is missing."""
    desk, laptop = two
    take(laptop, owe(desk, "laptop", "s", 1).envelope)
    take(desk, receipt(laptop, "desk").envelope)
    owe(desk, "laptop", "s", 2)  # withheld
    take(laptop, owe(desk, "laptop", "t").envelope)
    assert missing(laptop, "desk") == "2 of 3 is missing"


def test_paired_again_counting_begins_anew(two: tuple[Home, Home]) -> None:
    """On both sides: nothing is missing of what belonged to the time before."""
    desk, laptop = two
    for session in "stu":
        letter = owe(desk, "laptop", session)
    befriend(desk, laptop, now=NOW)
    take(laptop, owe(desk, "laptop", "v").envelope)
    assert missing(laptop, "desk") == ""
    take(laptop, letter.envelope)  # of before, still on its way
    assert missing(laptop, "desk") == "2 of 3 is missing"
    for session in "st":
        take(laptop, owe(desk, "laptop", session, 2).envelope)
    assert missing(laptop, "desk") == ""


def test_mail_of_before_an_unpairing_is_not_new_again(two: tuple[Home, Home]) -> None:
    """Unpaired and paired again: an older revision that was on its way is not shown after the newer one."""
    desk, laptop = two
    older = owe(desk, "laptop", "s", 1).envelope
    take(laptop, owe(desk, "laptop", "s", 2).envelope)
    peers.remove(laptop.paths, "desk")
    befriend(desk, laptop, now=NOW)
    taken = take(laptop, older)
    assert taken is not None
    assert not taken.new
    assert [(item.revision, item.seen) for item in store.received(laptop.paths)] == [(2, True)]


def clone(home: Home, folder: Path) -> Home:
    """Return a copy of a whole machine: a backup that is restored, or a cloned disk."""
    shutil.copytree(home.paths.home, folder)
    return replace(home, paths=Paths(folder))


def test_a_restored_machine_repeats_no_key_and_nonce(two: tuple[Home, Home], tmp_path: Path) -> None:
    """Sealed twice from the very same state: each time a fresh key, so no (key, nonce) is ever used twice."""
    desk, _ = two
    twin = clone(desk, tmp_path / "twin")
    letters = [owe(home, "laptop") for home in (desk, twin) for _ in range(2)]
    assert len({letter.id for letter in letters}) == 1  # the same debt
    head = 4 + 1 + envelope.PREKEY_ID_BYTES
    assert len({letter.envelope[:head] for letter in letters}) == 1  # to the same key of the peer's
    for begin, end in ((head, head + 1088), (head + 1088, head + 1120), (head + 1120, None)):
        # the encapsulations of ML-KEM and X25519, and what is sealed under the key that came of them
        assert len({letter.envelope[begin:end] for letter in letters}) == len(letters)


def test_mail_from_a_restored_machine_is_taken(two: tuple[Home, Home], tmp_path: Path) -> None:
    """It counts again from where the backup was: its new work is new all the same."""
    desk, laptop = two
    backup = clone(desk, tmp_path / "backup")
    for session in "stuv":
        take(laptop, owe(desk, "laptop", session).envelope)
    taken = take(laptop, owe(backup, "laptop", "w").envelope)
    assert taken is not None
    assert taken.new
    assert missing(laptop, "desk") == ""


def test_both_of_two_cloned_machines_open_their_mail(two: tuple[Home, Home], tmp_path: Path) -> None:
    """A prekey has no state that opening could use up."""
    desk, laptop = two
    letter = owe(desk, "laptop")
    twin = clone(laptop, tmp_path / "twin")
    for home in (laptop, twin):
        taken = take(home, letter.envelope)
        assert taken is not None
        assert taken.new


def test_mail_to_a_key_that_was_lost_is_noticed(two: tuple[Home, Home]) -> None:
    """A restored machine lacks the newest sealing key; it notices, and so can give out another."""
    desk, laptop = two
    letter = owe(desk, "laptop")
    shutil.rmtree(laptop.paths.prekeys)
    room = laptop.mailroom
    assert room.take(letter.envelope, laptop.peers) is None
    assert room.lost_key
    other = laptop.mailroom
    assert other.take(b"noise", laptop.peers) is None
    assert not other.lost_key


# What is written down


def test_an_arrival_is_written_down_once(two: tuple[Home, Home]) -> None:
    """Also when it comes by two routes, and when a crash kept it from being written before; never for what is old."""
    desk, laptop = two
    older, newer = owe(desk, "laptop", revision=1), owe(desk, "laptop", revision=2)
    laptop.mailroom.take(newer.envelope, laptop.peers, "lan")
    laptop.mailroom.take(newer.envelope, laptop.peers, "relay")
    laptop.mailroom.take(older.envelope, laptop.peers, "relay")
    (record,) = history.records(laptop.paths)
    assert (record.event, record.id, record.route, record.title) == (
        "received",
        "s.2",
        "lan",
        "make it work [no change]",
    )
    os.unlink(laptop.paths.history)  # as if it had been killed between the inbox and the record
    laptop.mailroom.take(newer.envelope, laptop.peers, "relay")
    (record,) = history.records(laptop.paths)
    assert (record.event, record.id, record.route) == ("received", "s.2", "relay")


def test_a_receipt_is_written_down_before_it_pays(
    two: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in between, it comes again and is there once."""
    desk, laptop = two
    take(laptop, owe(desk, "laptop").envelope)
    paying = receipt(laptop, "desk").envelope
    with monkeypatch.context() as patch:
        patch.setattr(store_sent, "settle", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            desk.mailroom.take(paying, desk.peers, "lan")
    desk.mailroom.take(paying, desk.peers, "relay")
    desk.mailroom.take(paying, desk.peers, "relay")
    (record,) = history.records(desk.paths)
    assert (record.event, record.peer, record.id, record.route) == ("receipt", "laptop", "s.1", "lan")
    assert store.owed(desk.paths) == []
