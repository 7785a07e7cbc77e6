"""What the page is told, without a browser: the time line, one hand-off, changes, search, damage."""

import os
import time
from pathlib import Path

import pytest

from spread import history, store, store_inbox, store_sent
from spread.errors import DistillationError, StoreError
from spread.paths import Paths
from spread.ui import heads
from spread.ui.model import Model
from tests.pairs import handoff


@pytest.fixture
def model(home: Paths) -> Model:
    """A home with something received in two revisions, something owed to two, and something sent."""
    for revision in (1, 2):
        text = handoff("aaa", revision, goal=f"goal {revision} <b>")
        store_inbox.accept(home, "laptop", text, expected=("aaa", revision), own=True)
    for peer in ("desk", "laptop"):
        store.put(home, peer, "bbb", 1, handoff("bbb", 1, goal="owed weeks"))
    store.put(home, "desk", "ccc", 4, handoff("ccc", 4, goal="sent days"))
    store_sent.settle(home, "desk", "ccc", 4)
    return Model(home)


def test_the_time_line(model: Model) -> None:
    """Received, owed and sent, each session once; keys name them to the page."""
    lines = {line.key: line for line in model.lines()}
    assert set(lines) == {"in/laptop/aaa.2", "out/bbb.1", "out/ccc.4"}
    assert lines["out/bbb.1"].owed_to == ("desk", "laptop")
    assert (lines["out/ccc.4"].owed_to, lines["in/laptop/aaa.2"].seen) == ((), False)
    assert lines["in/laptop/aaa.2"].head.title == "goal 2 <b>"
    state = model.state()
    assert state["overview"]["debts_in_all"] == 1
    assert "path" not in state["lines"][0]


def test_one_hand_off_and_what_changed(model: Model) -> None:
    """The revision before is there to compare with; another one is not."""
    got = model.handoff("in/laptop/aaa.2")
    assert (got["handoff"]["goal"], got["earlier"]) == ("goal 2 <b>", [1])
    assert [one["label"] for one in model.changes("in/laptop/aaa.2", 1)] == ["Goal"]
    with pytest.raises(StoreError, match="revision 9 is no longer kept"):
        model.changes("in/laptop/aaa.2", 9)
    assert model.handoff("out/ccc.4")["earlier"] == []


def test_where_it_went(model: Model) -> None:
    """What is written down of this session, and of no other."""
    for session, event in (("ccc", "sent"), ("ccc", "receipt"), ("bbb", "failed")):
        history.append(
            model.paths,
            history.Record(time.time(), event, "desk", session, 4, "lan"),  # type: ignore[arg-type]
        )
    assert [one["event"] for one in model.handoff("out/ccc.4")["records"]] == ["receipt", "sent"]


def test_search_marks_what_fits(model: Model) -> None:
    """In what was received and in what was sent; forgotten words are gone."""
    found = {hit["key"]: hit["pieces"] for hit in model.search("goal")}
    assert ("+", "goal") in [tuple(piece) for piece in found["in/laptop/aaa.2"]]
    assert [hit["key"] for hit in model.search("sent day")] == ["out/ccc.4"]
    model.forget("in/laptop/aaa.2")
    assert model.search("goal") == []


@pytest.mark.parametrize(
    "key", ["", "in/laptop/aaa.1", "in/../aaa.2", "out/aaa.2", "in/laptop/aaa.2/", "out/bbb.1"]
)
def test_only_what_is_there_can_be_changed(model: Model, key: str) -> None:
    """A key that is none of a received hand-off accepts and forgets nothing."""
    for change in (model.accept, model.forget):
        with pytest.raises(StoreError, match="no longer here"):
            change(key)
    assert store.find(model.paths, "aaa")


def test_a_damaged_file(model: Model) -> None:
    """It stands in the list as such and hides no other; opened, it says what is wrong."""
    path = Path(model.paths.inbox_new, "laptop.aaa.2.md")
    path.write_bytes(b"+++\nnonsense \xff")
    os.utime(path, (1, 1))
    lines = {line.key: line for line in model.lines()}
    assert (lines["in/laptop/aaa.2"].head.state, len(lines)) == ("damaged", 3)
    with pytest.raises(DistillationError):
        model.handoff("in/laptop/aaa.2")


def test_a_file_is_read_once(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it changes."""
    model.lines()
    read: list[str] = []
    monkeypatch.setattr(heads, "read", lambda item: read.append(item.session))
    model.lines()
    assert read == []
    os.utime(Path(model.paths.inbox_new, "laptop.aaa.2.md"), (1, 1))
    model.lines()
    assert read == ["aaa"]
