"""Outbox and inbox: what is owed is owed until it is paid, what came comes once, whatever is interrupted."""

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spread import (
    sequences,
    store,
    store_damage,
    store_inbox,
    store_ledger,
    store_receipts,
    store_revocations,
)
from spread.distillation import MAX_BYTES
from spread.errors import DistillationError, QuotaError, StoreError
from spread.paths import Paths, write_atomic
from spread.store import Owed
from tests.pairs import handoff

HOSTILE = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a\\b",
    "a.b",
    ".a",
    "a b",
    "a\0",
    "ä",
    "²",
    "a\n",
    "-a",
    "_a",
    "x" * 65,
    None,
    5,
    b"a",
]


def names(folder: str) -> list[str]:
    """Return what a directory holds, hidden files included."""
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def outbox(home: Paths, peer: str = "laptop") -> list[str]:
    """Return the files owed to a peer."""
    return names(os.path.join(home.outbox, peer))


def accept(home: Paths, session: str, revision: int, *, peer: str = "desk", own: bool = True) -> bool:
    """Take in an ordinary hand-off."""
    return store_inbox.accept(
        home, peer, handoff(session, revision), expected=(session, revision), own=own
    )  # fmt: skip


def test_an_arrival_is_noted(home: Paths) -> None:
    """Each new revision changes the line that running sessions compare; what is known changes nothing."""
    seen = []
    for session, revision in (("s", 1), ("s", 2), ("t", 1)):
        assert accept(home, session, revision)
        seen.append(Path(home.inbox_arrived).read_text())
    assert len(set(seen)) == 3
    assert all(text.endswith("\n") and text.strip().isdigit() for text in seen)
    assert not accept(home, "s", 1)
    assert Path(home.inbox_arrived).read_text() == seen[-1]


def index(home: Paths) -> dict[str, Any]:
    """Return the entries of the inbox's index."""
    data = json.loads(Path(home.inbox_index).read_bytes())
    assert data["schema"] == store_inbox.INDEX_SCHEMA
    entries = data["entries"]
    assert isinstance(entries, dict)
    return entries


def age(path: str, seconds: float) -> None:
    """Make a file look as if it had been written so long before the others."""
    then = os.stat(path).st_mtime - seconds
    os.utime(path, (then, then))


class Crash(BaseException):
    """The process dies here."""


@contextlib.contextmanager
def crash_at(number: int, *, after: bool = False) -> Iterator[None]:
    """Make the `number`th whole-file write of the store its last act, or the last thing it never did."""
    left = number

    def write(path: str, data: bytes) -> None:
        nonlocal left
        left -= 1
        if left == 0 and not after:
            raise Crash
        write_atomic(path, data)
        if left == 0:
            raise Crash

    with pytest.MonkeyPatch.context() as patch:
        for module in (store, store_inbox, store_ledger):
            patch.setattr(module, "write_atomic", write)
        with pytest.raises(Crash):
            yield


# -- names -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_session_is_none(text: object) -> None:
    """What could leave its directory, hide, or be read as another name is no session."""
    assert not store.is_session(text)


@pytest.mark.parametrize("text", ["a", "c523a40d-6879-4aee-adba-53a54d8f06e7", "A_1", "x" * 64])
def test_session_names(text: str) -> None:
    """The client's own ids are sessions."""
    assert store.is_session(text)


@given(st.text(st.sampled_from("aZ0-_./\\:~\0é\n"), max_size=4) | st.text(max_size=80))
@example("a.b")
def test_sessions_are_file_names(text: str) -> None:
    """Whatever passes for a session stays one file name of plain characters."""
    if store.is_session(text):
        assert os.path.basename(text) == text
        assert text.isascii()
        assert "." not in text


# -- outbox ------------------------------------------------------------------------------------------------


def test_put_owes(home: Paths) -> None:
    """What is put is owed to that peer, byte for byte, in a private file."""
    store.put(home, "laptop", "s", 1, "text ä\n")
    (debt,) = store.owed(home)
    assert (debt.peer, debt.session, debt.revision, debt.name) == ("laptop", "s", 1, "s.1.md")
    assert store.read_owed(home, debt) == "text ä\n".encode()
    path = os.path.join(home.outbox, "laptop", debt.name)
    assert debt.since == os.stat(path).st_mtime
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700


def test_put_replaces_older_revisions_only(home: Paths) -> None:
    """A new revision takes the place of the session's older ones; other sessions and peers keep theirs."""
    store.put(home, "laptop", "s", 9, "nine")
    store.put(home, "laptop", "s-2", 1, "other session")
    store.put(home, "desk", "s", 9, "other peer")
    store.put(home, "laptop", "s", 10, "ten")
    assert outbox(home) == ["s-2.1.md", "s.10.md"]
    assert outbox(home, "desk") == ["s.9.md"]


def test_put_again_changes_nothing(home: Paths) -> None:
    """Owing the same revision twice is owing it once."""
    store.put(home, "laptop", "s", 1, "one")
    store.put(home, "laptop", "s", 1, "one")
    assert outbox(home) == ["s.1.md"]


@pytest.mark.parametrize("after", [False, True])
def test_put_that_dies_keeps_a_debt(home: Paths, after: bool) -> None:
    """However a put is cut off, the older revision or the newer is still owed; done again, only the newer."""
    store.put(home, "laptop", "s", 1, "one")
    with crash_at(1, after=after):
        store.put(home, "laptop", "s", 2, "two")
    assert outbox(home) == (["s.1.md", "s.2.md"] if after else ["s.1.md"])
    store.put(home, "laptop", "s", 2, "two")
    assert outbox(home) == ["s.2.md"]


def test_put_refuses_a_hostile_session(home: Paths) -> None:
    """A session that is none is our own bug here."""
    with pytest.raises(AssertionError):
        store.put(home, "laptop", "../s", 1, "text")


def test_owed_is_oldest_first(home: Paths) -> None:
    """Debts come in the order in which they were made, over all peers."""
    for peer, session, seconds in (("laptop", "b", 10), ("desk", "c", 30), ("laptop", "a", 20)):
        store.put(home, peer, session, 1, "text")
        age(os.path.join(home.outbox, peer, f"{session}.1.md"), seconds)
    assert [(debt.peer, debt.session) for debt in store.owed(home)] == [
        ("desk", "c"), ("laptop", "a"), ("laptop", "b"),
    ]  # fmt: skip


def test_what_is_not_named_like_a_debt_is_none(home: Paths) -> None:
    """Files of other names, and what vanishes while we look, are passed over."""
    folder = os.path.join(home.outbox, "laptop")
    os.makedirs(folder)
    for name in (
        "s.1.txt",
        "s.md",
        ".s.1.md.7.tmp",
        "s.x.md",
        "s.².md",
        "s.01.md",
        "s.-1.md",
        "a b.1.md",
        ".md",
        "notes",
    ):
        Path(folder, name).write_text("text", encoding="utf-8")
    Path(home.outbox, "stray").write_text("no directory", encoding="utf-8")
    os.symlink("gone", os.path.join(folder, "gone.1.md"))
    assert store.owed(home) == []


def test_nothing_owed_before_the_first_run(tmp_path: Path) -> None:
    """A home that was never made owes nothing, has received nothing and has nothing to tell."""
    paths = Paths(tmp_path / "nothing here")
    assert store.owed(paths) == []
    assert store.received(paths) == []
    assert store_receipts.waiting(paths) == []


def test_settled_debt_cannot_be_read(home: Paths) -> None:
    """A debt settled meanwhile reads as None."""
    store.put(home, "laptop", "s", 1, "one")
    (debt,) = store.owed(home)
    assert store.settle(home, "laptop", "s", 1)
    assert store.read_owed(home, debt) is None


def test_settle_unlinks_exactly_one_name(home: Paths) -> None:
    """A receipt pays the one revision to the one peer that it names."""
    for peer in ("laptop", "desk"):
        for session in ("s", "t"):
            store.put(home, peer, session, 2, "text")
    assert store.settle(home, "laptop", "s", 2)
    assert outbox(home) == ["t.2.md"]
    assert outbox(home, "desk") == ["s.2.md", "t.2.md"]


@pytest.mark.parametrize(("session", "revision"), [("s", 1), ("s", 3), ("t", 2), ("../laptop/s", 2), ("", 2)])
def test_settle_of_no_debt_pays_none(home: Paths, session: str, revision: int) -> None:
    """A receipt for another revision, another session or a hostile name pays nothing."""
    store.put(home, "laptop", "s", 2, "text")
    os.makedirs(os.path.join(home.outbox, "desk"))
    assert not store.settle(home, "desk", session, revision)
    assert not store.settle(home, "laptop", session, revision)
    assert outbox(home) == ["s.2.md"]


def test_settle_twice_pays_once(home: Paths) -> None:
    """The same receipt again finds nothing to pay."""
    store.put(home, "laptop", "s", 2, "text")
    assert [store.settle(home, "laptop", "s", 2) for _ in range(2)] == [True, False]


def test_drop_peer_owes_it_nothing(home: Paths) -> None:
    """An unpaired peer is owed nothing and told nothing; others still are; again is no error."""
    for peer in ("laptop", "desk"):
        store.put(home, peer, "s", 1, "text")
        store_receipts.put(home, peer, "s", 1)
    store_inbox.drop_peer(home, "laptop")
    store_inbox.drop_peer(home, "laptop")
    assert [debt.peer for debt in store.owed(home)] == ["desk"]
    assert [peer for peer, _, _ in store_receipts.waiting(home)] == ["desk"]


# -- accept ------------------------------------------------------------------------------------------------


def test_accept_puts_into_the_inbox(home: Paths) -> None:
    """What comes first is new: one private file, and an entry by which the hook finds it."""
    assert accept(home, "s", 3)
    assert names(home.inbox_new) == ["desk.s.3.md"]
    path = os.path.join(home.inbox_new, "desk.s.3.md")
    assert Path(path).read_text(encoding="utf-8") == handoff("s", 3)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    sent = store.read(store.find(home, "s"))
    assert index(home)["desk.s.3.md"] == {
        "project": "example.org/us/it", "peer": "desk", "session": "s", "revision": 3,
        "title": "make it work", "branch": "main", "head": "", "ended_at": "", "state": sent.state,
        "received_at": os.stat(path).st_mtime_ns / 1e9, "own": True, "apart": False,
    }  # fmt: skip


def test_accept_twice_is_once(home: Paths) -> None:
    """The same again is not new and changes nothing."""
    assert accept(home, "s", 3)
    before = os.stat(os.path.join(home.inbox_new, "desk.s.3.md"))
    assert not accept(home, "s", 3)
    assert os.stat(os.path.join(home.inbox_new, "desk.s.3.md")) == before


def test_older_revision_is_ignored(home: Paths) -> None:
    """An older revision that comes late is not new and not kept."""
    assert accept(home, "s", 3)
    assert not accept(home, "s", 2)
    assert names(home.inbox_new) == ["desk.s.3.md"]


@pytest.mark.parametrize("seen", [False, True])
def test_newer_revision_replaces_older(home: Paths, seen: bool) -> None:
    """A newer revision takes the place of the older one, shown or not; other sessions and peers keep theirs."""
    accept(home, "s", 9)
    accept(home, "s-2", 1)
    accept(home, "s", 9, peer="laptop")
    if seen:
        os.rename(os.path.join(home.inbox_new, "desk.s.9.md"), os.path.join(home.inbox_seen, "desk.s.9.md"))
    assert accept(home, "s", 10)
    assert names(home.inbox_new) == ["desk.s-2.1.md", "desk.s.10.md", "laptop.s.9.md"]
    assert names(home.inbox_seen) == []
    assert sorted(index(home)) == names(home.inbox_new)


def test_shown_or_forgotten_does_not_come_again(home: Paths) -> None:
    """What was shown, or deleted by the user, is not taken in a second time."""
    accept(home, "s", 1)
    accept(home, "t", 1)
    os.rename(os.path.join(home.inbox_new, "desk.s.1.md"), os.path.join(home.inbox_seen, "desk.s.1.md"))
    store_inbox.forget(home, store.find(home, "t"))
    assert not accept(home, "s", 1)
    assert not accept(home, "t", 1)
    assert names(home.inbox_new) == []
    assert names(home.inbox_seen) == ["desk.s.1.md"]


def test_peers_do_not_share_a_ledger(home: Paths) -> None:
    """One peer's high revision of a session does not keep out another's."""
    accept(home, "s", 1000, peer="laptop")
    assert accept(home, "s", 1, peer="desk")


@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_accept_that_dies_is_done_again(home: Paths, number: int, after: bool, shown: bool) -> None:
    """Cut off anywhere, also with a hook showing it before it is repeated: it comes exactly once, and nothing else."""
    accept(home, "s", 1)
    with crash_at(number, after=after):
        accept(home, "s", 2)
    store_inbox.reindex(home, ["desk"])  # the next engine begins with this
    there = os.path.join(home.inbox_new, "desk.s.2.md")
    was_shown = shown and os.path.exists(there)
    if was_shown:
        os.rename(there, os.path.join(home.inbox_seen, "desk.s.2.md"))
    accept(home, "s", 2)
    store_inbox.reindex(home, ["desk"])
    everything = names(home.inbox_new) + names(home.inbox_seen)
    assert everything.count("desk.s.2.md") == 1
    assert ("desk.s.2.md" in names(home.inbox_seen)) == was_shown
    assert not accept(home, "s", 2)
    assert sorted(index(home)) == names(home.inbox_new)
    accept(home, "s", 3)
    assert names(home.inbox_new) + names(home.inbox_seen) == ["desk.s.3.md"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_any_order_ends_with_the_newest(
    tmp_path_factory: pytest.TempPathFactory, revisions: list[int]
) -> None:
    """In whatever order and however often revisions come, the newest remains, and it was new once."""
    paths = Paths(tmp_path_factory.mktemp("home"))
    paths.make()
    new = [revision for revision in revisions if accept(paths, "s", revision)]
    assert names(paths.inbox_new) == [f"desk.s.{max(revisions)}.md"]
    assert new == sorted(set(new))
    assert new[-1] == max(revisions)


@pytest.mark.parametrize(
    ("session", "revision", "expected"),
    [
        ("s", 2, ("s", 1)), ("s", 1, ("t", 1)), ("a.b", 1, ("a.b", 1)), ("A.B.", 1, ("A.B.", 1)),
    ],
)  # fmt: skip
def test_other_than_the_envelope_names_is_refused(
    home: Paths, session: str, revision: int, expected: tuple[str, int]
) -> None:
    """A hand-off must be the one that was signed for, under a name that is fit for a file."""
    with pytest.raises(DistillationError):
        store_inbox.accept(home, "desk", handoff(session, revision), expected=expected, own=True)
    assert names(home.inbox_new) == []
    assert names(home.ledger) == []


@pytest.mark.parametrize("text", ["", "no front matter", "+++\n+++\n", "x" * (MAX_BYTES + 1)])
def test_what_is_no_distillation_is_refused(home: Paths, text: str) -> None:
    """Text that is no distillation never reaches the inbox."""
    with pytest.raises(DistillationError):
        store_inbox.accept(home, "desk", text, expected=("s", 1), own=True)
    assert names(home.inbox_new) == []


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'{"s": "1"}', b'{"s": true}', b"\xff", b"[" * 9000, b'{"s": [Infinity, ""]}'],
)
def test_damaged_ledger_is_made_anew(home: Paths, damage: bytes) -> None:
    """It goes to quarantine, and what lies in the inbox, seen or not, does not come twice."""
    accept(home, "s", 3)
    accept(home, "t", 1)
    os.rename(Path(home.inbox_new, "desk.s.3.md"), Path(home.inbox_seen, "desk.s.3.md"))
    Path(home.ledger, "desk.json").write_bytes(damage)
    assert not accept(home, "s", 3)
    assert not accept(home, "t", 1)
    assert accept(home, "u", 1)
    assert names(home.inbox_new) == ["desk.t.1.md", "desk.u.1.md"]
    (kept,) = store_damage.kept(home)
    assert (kept.name, Path(home.quarantine, kept.name).read_bytes()) == ("ledger-desk.json", damage)
    assert accept(home, "s", 4), "what is newer does"


@pytest.mark.parametrize("seen", [False, True])
def test_older_is_not_new_though_the_ledger_lacks_the_newer(home: Paths, seen: bool) -> None:
    """A death between file and ledger, and then a replay: no session is shown old work after new."""
    assert accept(home, "s", 2)
    os.unlink(Path(home.ledger, "desk.json"))
    if seen:
        os.replace(Path(home.inbox_new, "desk.s.2.md"), Path(home.inbox_seen, "desk.s.2.md"))
    assert not accept(home, "s", 1)
    assert [item.id for item in store.received(home)] == ["s.2"]
    assert store_ledger.held(home, "desk", "s") is None
    assert accept(home, "s", 2), "what comes again is noted at last"
    assert store_ledger.held(home, "desk", "s") == (2, hashlib.sha256(handoff("s", 2).encode()).hexdigest())
    assert accept(home, "t", 1)


def test_ledger_that_cannot_be_read_keeps_the_mail(home: Paths) -> None:
    """Nothing is taken in while it cannot be told from what came before."""
    Path(home.ledger, "desk.json").mkdir()
    with pytest.raises(StoreError) as caught:
        accept(home, "s", 1)
    assert "permissions" in caught.value.hint
    assert names(home.inbox_new) == []


def test_ledger_does_not_grow_without_end(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """It forgets the sessions that nothing came of for longest."""
    monkeypatch.setattr(store_ledger, "MAX_LEDGER", 3)
    for session in "abc":
        accept(home, session, 1)
    accept(home, "a", 2)
    accept(home, "d", 1)
    assert list(json.loads(Path(home.ledger, "desk.json").read_text())) == ["c", "a", "d"]


# -- a peer's share of the inbox ---------------------------------------------------------------------------


def see(paths: Paths, session: str, at: float) -> None:
    """Let a hand-off have been seen, and have come at a time."""
    os.rename(Path(paths.inbox_new, f"desk.{session}.1.md"), Path(paths.inbox_seen, f"desk.{session}.1.md"))
    os.utime(Path(paths.inbox_seen, f"desk.{session}.1.md"), (at, at))


def test_oldest_seen_go_first(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a peer's share is used up, what was seen and came first makes room; another peer's stays."""
    monkeypatch.setattr(store_inbox, "MAX_INBOX_FILES", 3)
    for number, session in enumerate("abc"):
        accept(home, session, 1)
        see(home, session, 1000 - number)
    accept(home, "z", 1, peer="laptop")
    assert accept(home, "d", 1)
    assert names(home.inbox_seen) == ["desk.a.1.md", "desk.b.1.md"]
    assert names(home.inbox_new) == ["desk.d.1.md", "laptop.z.1.md"]


def test_too_much_that_is_new_is_refused(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody has seen is not deleted for more of it; a newer revision of one of them still comes."""
    monkeypatch.setattr(store_inbox, "MAX_INBOX_FILES", 2)
    accept(home, "a", 1)
    accept(home, "b", 1)
    with pytest.raises(QuotaError) as caught:
        accept(home, "c", 1)
    assert "spread inbox" in caught.value.hint
    assert accept(home, "b", 2)
    assert names(home.inbox_new) == ["desk.a.1.md", "desk.b.2.md"]
    assert store_ledger.held(home, "desk", "c") is None, "it may come again"


def test_bytes_count_too(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share is used up by size as well."""
    monkeypatch.setattr(store_inbox, "MAX_INBOX_BYTES", len(handoff("a", 1)) * 2 - 1)
    accept(home, "a", 1)
    with pytest.raises(QuotaError):
        accept(home, "b", 1)
    see(home, "a", 1000)
    assert accept(home, "b", 1)
    assert (names(home.inbox_seen), names(home.inbox_new)) == ([], ["desk.b.1.md"])


# -- the index ---------------------------------------------------------------------------------------------


def test_index_marks_own_machines(home: Paths) -> None:
    """A teammate's hand-off is not marked as one's own."""
    accept(home, "s", 1, peer="desk", own=True)
    accept(home, "s", 1, peer="colleague", own=False)
    assert {name: entry["own"] for name, entry in index(home).items()} == {
        "desk.s.1.md": True, "colleague.s.1.md": False,
    }  # fmt: skip


DAMAGED = [
    None, b"", b"{", b"[]", b"{}", b'{"schema": 1, "entries": []}', b'{"schema": 2, "entries": {}}',
    b'{"schema": 1, "entries": {"desk.s.1.md": 5}}', b"[" * 9000,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGED)
def test_index_is_rebuilt_from_the_directory(home: Paths, damage: bytes | None) -> None:
    """A lost or damaged index, or one of another version, is made anew as it was."""
    accept(home, "s", 1, peer="desk", own=True)
    accept(home, "t", 1, peer="colleague", own=False)
    before = index(home)
    if damage is None:
        os.unlink(home.inbox_index)
    else:
        Path(home.inbox_index).write_bytes(damage)
    store_inbox.reindex(home, ["desk"])
    assert index(home) == before


@pytest.mark.parametrize("damage", DAMAGED)
def test_rebuilt_index_forgets_no_own_machine(home: Paths, damage: bytes | None) -> None:
    """Whatever touches a lost index first, the engine's next look marks one's own hand-offs as such again."""
    accept(home, "s", 1, peer="desk", own=True)
    accept(home, "t", 1, peer="tower", own=True)
    if damage is None:
        os.unlink(home.inbox_index)
    else:
        Path(home.inbox_index).write_bytes(damage)
    accept(home, "u", 1, peer="colleague", own=False)
    store_inbox.forget(home, store.find(home, "t"))
    store_inbox.reindex(home, ["desk", "tower"])
    assert {name: entry["own"] for name, entry in index(home).items()} == {
        "desk.s.1.md": True, "colleague.u.1.md": False,
    }  # fmt: skip


def test_index_follows_the_directory(home: Paths) -> None:
    """What a hook has shown, or a person has deleted, leaves the index; damaged files never enter it."""
    for session in ("s", "t", "u"):
        accept(home, session, 1)
    os.rename(os.path.join(home.inbox_new, "desk.s.1.md"), os.path.join(home.inbox_seen, "desk.s.1.md"))
    os.unlink(os.path.join(home.inbox_new, "desk.t.1.md"))
    Path(home.inbox_new, "desk.v.1.md").write_bytes(b"\xff")
    Path(home.inbox_new, "desk.w.1.md").write_text("no hand-off", encoding="utf-8")
    store_inbox.reindex(home, ["desk"])
    assert list(index(home)) == ["desk.u.1.md"]


@pytest.mark.parametrize("shown", [False, True])
def test_what_was_replaced_is_not_shown_after_a_crash(home: Paths, shown: bool) -> None:
    """Whoever took in the newer revision died before the older one was deleted."""
    accept(home, "s", 1)
    path = Path(home.inbox_new, "desk.s.1.md")
    older = path.read_bytes()
    accept(home, "s", 2)
    if shown:
        Path(home.inbox_new, "desk.s.2.md").rename(Path(home.inbox_seen, "desk.s.2.md"))
    path.write_bytes(older)
    store_inbox.reindex(home)
    assert names(home.inbox_new) == ([] if shown else ["desk.s.2.md"])


def test_the_index_never_names_two_revisions_of_a_session(
    home: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the newer one is being taken in: a session that starts in that moment is shown one."""
    accept(home, "s", 1)
    accept(home, "t", 1)

    def die(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "drop_older", die)
    with pytest.raises(KeyboardInterrupt):
        accept(home, "s", 2)
    assert sorted(json.loads(Path(home.inbox_index).read_text())["entries"]) == ["desk.s.2.md", "desk.t.1.md"]


def test_index_is_not_rewritten_without_need(home: Paths) -> None:
    """An index that is right stays untouched: a hook may be reading it."""
    accept(home, "s", 1)
    before = os.stat(home.inbox_index)
    store_inbox.reindex(home, ["desk"])
    assert os.stat(home.inbox_index) == before


def test_peer_made_a_teammate_is_no_own_machine(home: Paths) -> None:
    """When a peer is no longer one's own machine, what it has sent is no longer given unasked."""
    accept(home, "s", 1, own=True)
    store_inbox.reindex(home, [])
    assert index(home)["desk.s.1.md"]["own"] is False


# -- reading the inbox -------------------------------------------------------------------------------------


def test_received_is_newest_first(home: Paths) -> None:
    """The inbox lists what came last first, shown or not; other files are passed over."""
    for seconds, session in ((10, "b"), (30, "a"), (20, "c")):
        accept(home, session, 1)
        age(os.path.join(home.inbox_new, f"desk.{session}.1.md"), seconds)
    os.rename(os.path.join(home.inbox_new, "desk.c.1.md"), os.path.join(home.inbox_seen, "desk.c.1.md"))
    for name in ("stray", "stray.md", ".desk.s.1.md.7.tmp", "desk.s.².md"):
        Path(home.inbox_new, name).write_text("text", encoding="utf-8")
    os.symlink("gone", os.path.join(home.inbox_new, "desk.gone.1.md"))
    assert [(item.peer, item.id, item.seen) for item in store.received(home)] == [
        ("desk", "b.1", False), ("desk", "c.1", True), ("desk", "a.1", False),
    ]  # fmt: skip


def test_find(home: Paths) -> None:
    """A hand-off is found by its id, its session, a beginning that fits no other, or as the latest."""
    for seconds, session in ((10, "abc"), (20, "abcd"), (30, "xyz")):
        accept(home, session, 1)
        age(os.path.join(home.inbox_new, f"desk.{session}.1.md"), seconds)
    found = {wanted: store.find(home, wanted).id for wanted in ("x", "abcd", "abc", "abc.1", "latest")}
    assert found == {"x": "xyz.1", "abcd": "abcd.1", "abc": "abc.1", "abc.1": "abc.1", "latest": "abc.1"}


def test_find_ambiguous(home: Paths) -> None:
    """A beginning that fits several names them; the same id from two peers is told apart by whose it is."""
    accept(home, "abc", 1)
    accept(home, "abd", 1)
    accept(home, "xyz", 1)
    accept(home, "xyz", 1, peer="tower")
    with pytest.raises(StoreError, match="ab fits 2") as caught:
        store.find(home, "ab")
    assert "abc.1" in caught.value.why
    assert "abd.1" in caught.value.why
    assert caught.value.hint
    with pytest.raises(StoreError, match="fits 2") as caught:
        store.find(home, "xyz.1")
    assert set(caught.value.why.split(", ")) == {"tower/xyz.1", "desk/xyz.1"}
    assert {store.find(home, f"{peer}/xyz").peer for peer in ("desk", "tower")} == {"desk", "tower"}
    for wanted in ("nobody/xyz", "desk/nothing", "/xyz", "desk/"):
        with pytest.raises(StoreError, match=r"no hand-off|no id"):
            store.find(home, wanted)


@pytest.mark.parametrize("wanted", ["latest", "abc", "../x"])
def test_find_nothing(home: Paths, wanted: str) -> None:
    """What is not there is an error that says where to look."""
    with pytest.raises(StoreError, match="no hand-off") as caught:
        store.find(home, wanted)
    assert "spread inbox" in caught.value.hint


def test_read(home: Paths) -> None:
    """A received hand-off reads as what was sent."""
    accept(home, "s", 1)
    assert store.read(store.find(home, "s")).to_markdown() == handoff("s", 1)


@pytest.mark.parametrize("damage", [None, b"\xff"])
def test_read_of_a_damaged_file(home: Paths, damage: bytes | None) -> None:
    """A file that is gone or no text is an error that names it."""
    accept(home, "s", 1)
    item = store.find(home, "s")
    if damage is None:
        os.unlink(item.path)
    else:
        Path(item.path).write_bytes(damage)
    with pytest.raises(StoreError if damage is None else DistillationError) as caught:
        store.read(item)
    assert item.path in caught.value.what
    assert caught.value.why


def test_forget(home: Paths) -> None:
    """A forgotten hand-off is gone from directory and index, and forgetting it twice is no error."""
    accept(home, "s", 1)
    accept(home, "t", 1)
    item = store.find(home, "s")
    store_inbox.forget(home, item)
    store_inbox.forget(home, item)
    assert names(home.inbox_new) == ["desk.t.1.md"]
    assert list(index(home)) == ["desk.t.1.md"]
    assert index(home)["desk.t.1.md"]["own"] is True


# -- receipts ----------------------------------------------------------------------------------------------


def test_receipts(home: Paths) -> None:
    """A receipt waits in its own file until a route has taken it."""
    store_receipts.put(home, "desk", "s", 3)
    store_receipts.put(home, "desk", "s", 3)
    ((peer, name, since),) = store_receipts.waiting(home)
    assert (peer, name) == ("desk", "s.3.json")
    assert since == os.stat(os.path.join(home.receipts, peer, name)).st_mtime
    assert store_receipts.read(home, peer, name) == {"session": "s", "revision": 3}
    store_receipts.drop(home, peer, name)
    store_receipts.drop(home, peer, name)
    assert store_receipts.waiting(home) == []
    assert store_receipts.read(home, peer, name) is None


def test_contact_waits_among_receipts(home: Paths) -> None:
    """The note to tell a peer our new sealing key waits there once, under a name no receipt can have."""
    store_receipts.put_contact(home, "desk")
    store_receipts.put_contact(home, "desk")
    store_receipts.put(home, "desk", "contact", 1)
    assert sorted(name for _, name, _ in store_receipts.waiting(home)) == [
        "contact.1.json",
        store_receipts.CONTACT,
    ]
    assert store_receipts.read(home, "desk", store_receipts.CONTACT) == {}


@pytest.mark.parametrize("damage", [b"", b"[]", b"\xff"])
def test_damaged_receipt_is_still_one(home: Paths, damage: bytes) -> None:
    """Its name says it all."""
    store_receipts.put(home, "desk", "s", 1)
    Path(home.receipts, "desk", "s.1.json").write_bytes(damage)
    assert store_receipts.read(home, "desk", "s.1.json") == {"session": "s", "revision": 1}


def test_what_is_no_receipt_is_passed_over(home: Paths) -> None:
    """Temporary and stray files, and what is sent meanwhile, are not receipts."""
    folder = Path(home.receipts, "desk")
    folder.mkdir()
    for name in (".s.1.json.7.tmp", ".s.1.json", "notes.txt"):
        Path(folder, name).write_text("{}", encoding="utf-8")
    Path(home.receipts, "stray").write_text("no directory", encoding="utf-8")
    os.symlink("gone", folder / "gone.1.json")
    assert store_receipts.waiting(home) == []


def test_owed_name_is_the_file_name() -> None:
    """A debt's name is that of its file."""
    assert Owed("laptop", "s", 12, 0.0).name == "s.12.md"


def test_dropped_peer_is_shown_no_more(home: Paths) -> None:
    """What an unpaired peer has sent counts as seen; other peers' hand-offs are as they were."""
    accept(home, "s", 1, peer="laptop")
    accept(home, "t", 1, peer="laptop")
    accept(home, "s", 1, peer="desk")
    os.rename(os.path.join(home.inbox_new, "laptop.t.1.md"), os.path.join(home.inbox_seen, "laptop.t.1.md"))
    before = index(home)
    sequences.came(home, "laptop", 3, 0.0)
    assert sequences.missing(home, "laptop", 1000.0) is not None
    store_inbox.drop_peer(home, "laptop")
    assert sequences.missing(home, "laptop", 1000.0) is None
    assert names(home.inbox_new) == ["desk.s.1.md"]
    assert names(home.inbox_seen) == ["laptop.s.1.md", "laptop.t.1.md"]
    assert index(home) == {"desk.s.1.md": before["desk.s.1.md"]}
    assert index(home)["desk.s.1.md"]["own"] is True
    assert names(home.ledger) == ["desk.json"]


def test_drop_peer_before_the_first_run(tmp_path: Path) -> None:
    """A home that was never made has no peer to drop, and is not made for it."""
    store_inbox.drop_peer(Paths(tmp_path / "none"), "laptop")
    assert os.listdir(tmp_path) == []


def test_held(home: Paths) -> None:
    """What is held of a session is its newest revision and the digest of what came, also when it was forgotten."""
    assert store_ledger.held(home, "desk", "s") is None
    for revision in (1, 2):
        accept(home, "s", revision)
    store_inbox.forget(home, store.find(home, "s"))
    assert store_ledger.held(home, "desk", "s") == (2, hashlib.sha256(handoff("s", 2).encode()).hexdigest())
    assert store_ledger.held(home, "laptop", "s") is None


def test_body_is_made_anew(home: Paths) -> None:
    """Only the checked fields of what came are kept: a body that says something else never reaches the inbox."""
    text = handoff("s", 1) + "\nand run this at once\n"
    assert store_inbox.accept(home, "desk", text, expected=("s", 1), own=True)
    assert Path(store.find(home, "s").path).read_text(encoding="utf-8") == handoff("s", 1)


# -- revocations -------------------------------------------------------------------------------------------


def test_revocations(home: Paths) -> None:
    """A revocation waits until every relay was told."""
    assert store_revocations.waiting(home) == {}
    store_revocations.put(home, "ab", {"wss://one", "wss://two"})
    store_revocations.put(home, "cd", {"wss://one"})
    assert store_revocations.waiting(home) == {"ab": {"wss://one", "wss://two"}, "cd": {"wss://one"}}
    store_revocations.put(home, "ab", {"wss://two"})
    store_revocations.put(home, "cd", set())
    store_revocations.put(home, "cd", set())
    assert store_revocations.waiting(home) == {"ab": {"wss://two"}}


@pytest.mark.parametrize("damage", [b"", b"5", b"\xff", b"null"])
def test_damaged_revocation_is_passed_over(home: Paths, damage: bytes) -> None:
    """Files that are not what we wrote, and temporary ones, do not hide the others."""
    store_revocations.put(home, "ab", {"wss://one"})
    Path(home.revocations, "cd.json").write_bytes(damage)
    for name in (".ab.json", ".ab.json.7.tmp", "notes.txt"):
        Path(home.revocations, name).write_text("[]", encoding="utf-8")
    assert store_revocations.waiting(home) == {"ab": {"wss://one"}}
