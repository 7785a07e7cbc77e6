"""What newer revisions have replaced: a few are kept, and go with the hand-off."""

import os
from pathlib import Path

import pytest

from spread import store, store_earlier, store_inbox
from spread.paths import Paths
from tests.pairs import handoff


def come(home: Paths, session: str, revision: int) -> None:
    text = handoff(session, revision, goal=f"goal {revision}")
    assert store_inbox.accept(home, "laptop", text, expected=(session, revision), own=True)


def kept(home: Paths, session: str) -> list[int]:
    return [number for number, _ in store_earlier.of(home, f"laptop.{session}.99.md")]


def test_the_last_few_are_kept(home: Paths) -> None:
    """Newest first, whole, and not in the inbox any more."""
    for revision in range(1, 9):
        come(home, "aaa", revision)
    assert kept(home, "aaa") == [7, 6, 5, 4, 3]
    assert "goal 7" in Path(store_earlier.of(home, "laptop.aaa.8.md")[0][1]).read_text()
    assert [item.revision for item in store.received(home)] == [8]


def test_also_of_what_was_seen(home: Paths) -> None:
    """A session was shown one; the next revision replaces it all the same."""
    come(home, "aaa", 1)
    os.rename(Path(home.inbox_new, "laptop.aaa.1.md"), Path(home.inbox_seen, "laptop.aaa.1.md"))
    come(home, "aaa", 2)
    assert kept(home, "aaa") == [1]


def test_names_are_whole(home: Paths) -> None:
    """A session whose name begins like another's is another one."""
    for session in ("aaa", "aaa-b"):
        come(home, session, 1)
        come(home, session, 2)
    assert kept(home, "aaa") == [1]
    store_inbox.forget(home, next(item for item in store.received(home) if item.session == "aaa"))
    assert (kept(home, "aaa"), kept(home, "aaa-b")) == ([], [1])


def test_a_peer_has_a_bound(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest of a peer's go when all are too much; another peer's stay."""
    store_inbox.accept(home, "desk", handoff("ddd", 1), expected=("ddd", 1), own=True)
    store_inbox.accept(home, "desk", handoff("ddd", 2), expected=("ddd", 2), own=True)
    monkeypatch.setattr(store_earlier, "MAX_BYTES", 3 * len(handoff("aaa", 1)))
    for number, session in enumerate(("aaa", "bbb", "ccc", "eee")):
        come(home, session, 1)
        os.utime(Path(home.inbox_new, f"laptop.{session}.1.md"), (number, number))
        come(home, session, 2)
    assert [session for session in ("aaa", "bbb", "ccc", "eee") if kept(home, session)] in (
        ["ccc", "eee"],
        ["bbb", "ccc", "eee"],
    )
    assert store_earlier.of(home, "desk.ddd.2.md")


def test_where_it_cannot_be_kept_it_goes(home: Paths) -> None:
    """Nothing rests on it: a newer revision comes in all the same."""
    come(home, "aaa", 1)
    Path(home.inbox_earlier).write_text("in the way")
    come(home, "aaa", 2)
    assert [item.revision for item in store.received(home)] == [2]
