"""What is paid is kept once, in its newest revision."""

import os

import pytest

from spread import store, store_inbox, store_sent
from spread.errors import StoreError
from spread.paths import Paths
from tests.pairs import handoff


def owe(home: Paths, peer: str, session: str, revision: int = 1) -> None:
    """Owe a peer a hand-off."""
    store.put(home, peer, session, revision, handoff(session, revision))


def test_a_paid_debt_is_kept(home: Paths) -> None:
    """It is owed no more, and can be looked up; paying it again changes nothing."""
    owe(home, "laptop", "s")
    assert store_sent.settle(home, "laptop", "s", 1)
    assert store.owed(home) == []
    assert [item.id for item in store_sent.kept(home)] == ["s.1"]
    assert store.read(store_sent.find(home, "s")).goal == "make it work"
    assert store_sent.read(home, store.Owed("laptop", "s", 1, 0.0))
    assert store_sent.read(home, store.Owed("laptop", "t", 1, 0.0)) == b""
    assert not store_sent.settle(home, "laptop", "s", 1)
    assert not store_sent.settle(home, "laptop", "../s", 1)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_newest_revision_only(home: Paths, order: tuple[int, int]) -> None:
    """Whichever is paid last."""
    owe(home, "laptop", "s", 1)
    owe(home, "desk", "s", 2)
    for revision in order:
        assert store_sent.settle(home, "laptop" if revision == 1 else "desk", "s", revision)
    assert [item.id for item in store_sent.kept(home)] == ["s.2"]


def test_an_older_debt_goes_with_a_newer(home: Paths) -> None:
    """A death between the two may have left it; one that is newer, or of another session or peer, stays."""
    for peer, session, revision in [("laptop", "s", 2), ("laptop", "t", 1), ("desk", "s", 1)]:
        owe(home, peer, session, revision)
    for revision in (1, 3):
        name = f"s.{revision}.md"
        with open(os.path.join(home.outbox, "laptop", name), "w") as handle:
            handle.write(handoff("s", revision))
    assert not store_sent.settle(home, "laptop", "s", 4), "of no debt nothing goes"
    assert store_sent.settle(home, "laptop", "s", 2)
    left = sorted((debt.peer, debt.name) for debt in store.owed(home))
    assert left == [("desk", "s.1.md"), ("laptop", "s.3.md"), ("laptop", "t.1.md")]


def test_sent_lists_each_session_once(home: Paths) -> None:
    """Owed to two, or owed anew after it was paid: its newest revision, what is newest first."""
    for peer in ("laptop", "desk"):
        owe(home, peer, "s", 1)
    store_sent.settle(home, "desk", "s", 1)
    owe(home, "desk", "s", 2)
    owe(home, "desk", "t", 1)
    os.utime(os.path.join(home.outbox, "desk", "t.1.md"), (1e9, 1e9))
    assert [item.id for item in store_sent.sent(home)] == ["s.2", "t.1"]


def test_it_is_paid_though_it_cannot_be_kept(home: Paths) -> None:
    """A receipt counts, whatever is in the way of the copy."""
    owe(home, "laptop", "s")
    os.rmdir(home.sent)
    with open(home.sent, "w"):
        pass
    assert store_sent.settle(home, "laptop", "s", 1)
    assert store.owed(home) == []


def test_what_came_is_found_before_what_went(home: Paths) -> None:
    """Ids of both are understood; `latest` is what came."""
    owe(home, "laptop", "abc")
    store_inbox.accept(home, "laptop", handoff("abd", 1), expected=("abd", 1), own=True)
    assert store_sent.find(home, "ab").id == "abd.1"
    assert store_sent.find(home, "abc").id == "abc.1"
    assert store_sent.find(home, "latest").id == "abd.1"
    with pytest.raises(StoreError, match="no hand-off x"):
        store_sent.find(home, "x")
