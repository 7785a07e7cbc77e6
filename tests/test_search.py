"""Words find hand-offs: received and sent ones, new and gone ones, whatever the words are and the index was."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spread import search, store, store_inbox, store_sent
from spread.distillation import Distillation
from spread.distillation_fields import Files, ProjectRef, Validation
from spread.errors import StoreError
from spread.paths import Paths
from tests.pairs import handoff


def receive(
    home: Paths, session: str, goal: str, revision: int = 1, project: str = "example.org/us/it"
) -> None:
    """Let a hand-off come from the peer `laptop`."""
    text = handoff(session, revision, goal=goal, project=project)
    store_inbox.accept(home, "laptop", text, expected=(session, revision), own=True)


def found(home: Paths, words: str, **filters: str) -> list[str]:
    """Return the ids of what fits, best first."""
    return [hit.id for hit in search.search(home, words, **filters)]  # type: ignore[arg-type]


def test_received_and_sent_are_found(home: Paths) -> None:
    """What came, what is owed and what was sent; each once, with who sent it and where the words stand."""
    receive(home, "in", "mend the parser")
    store.put(home, "laptop", "owed", 1, handoff("owed", 1, goal="parser tests"))
    store.put(home, "desk", "owed", 1, handoff("owed", 1, goal="parser tests"))
    store.put(home, "laptop", "paid", 1, handoff("paid", 1, goal="a parser for dates"))
    assert store_sent.settle(home, "laptop", "paid", 1)
    hits = {hit.id: hit for hit in search.search(home, "parser")}
    assert {name: hit.peer for name, hit in hits.items()} == {"in.1": "laptop", "owed.1": "", "paid.1": ""}
    told = hits["in.1"].to_data()
    assert (told["title"], told["project"], told["branch"]) == (
        "mend the parser",
        "example.org/us/it",
        "main",
    )
    assert f"the {search.OPEN}parser{search.CLOSE}" in hits["in.1"].snippet
    assert "the parser" in told["snippet"]
    assert told["received"] is True
    assert stat.S_IMODE(os.stat(home.search).st_mode) == 0o600


def test_every_text_is_searched(home: Paths) -> None:
    """Also what the page has no room for: files, reasons, the log; escapes are no part of a word."""
    made = Distillation(
        id="s.1", session_id="s", goal="g", project=ProjectRef(id="p", branch="feature/zebra"), machine="desk",
        files=Files(modified=("src/lexer.py",)), decisions=('we "quote"\nanother',), context="said: ürümqi\tplan",
        validation=Validation(command="pytest -k walrus", failure="E   assert wombat"), summary="back\\slash",
        evidence={"decisions": ("L4711",)},
    )  # fmt: skip
    store.put(home, "laptop", "s", 1, made.to_markdown())
    for words in (
        "zebra",
        "src/lexer.py",
        "lexer",
        "quote another",
        "Urumqi",
        "plan",
        "walrus",
        "wombat",
        "slash",
    ):
        assert found(home, words) == ["s.1"], words
    assert found(home, "L4711") == []


def test_all_words_and_the_beginning_of_the_last(home: Paths) -> None:
    """All words must fit; what is between quotes stands together; what fits best is first."""
    receive(home, "a", "mend the date parser")
    receive(home, "b", "parser of a date")
    assert set(found(home, "parser dat")) == {"a.1", "b.1"}
    assert found(home, "pars date x") == []
    assert found(home, '"date parser"') == ["a.1"]
    assert found(home, '"date pars"') == []
    assert found(home, "mend") == ["a.1"]
    assert found(home, "DÁTE mend") == ["a.1"]
    receive(home, "c", "something else", project="example.org/us/mend")
    receive(home, "d", "mend mend mend")
    assert found(home, "mend")[0] == "d.1"
    assert found(home, "mend", project="/MEND") == ["c.1"]
    assert found(home, "mend", peer="nobody") == []


def test_it_follows_the_directories(home: Paths) -> None:
    """A newer revision replaces, what was shown stays, what is forgotten goes."""
    receive(home, "a", "first words")
    assert found(home, "first") == ["a.1"]
    receive(home, "a", "second words", revision=2)
    assert (found(home, "first"), found(home, "second")) == ([], ["a.2"])
    (item,) = store.received(home)
    os.replace(item.path, os.path.join(home.inbox_seen, os.path.basename(item.path)))
    assert found(home, "second") == ["a.2"]
    store_inbox.forget(home, store.find(home, "a"))
    assert found(home, "second") == []


def test_what_is_new_is_found_though_nothing_else_changed(
    home: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directories are not read again while they are as they were; a new file makes them others."""
    receive(home, "a", "words")
    for path in (home.inbox_new, home.inbox_seen, home.sent, home.outbox):
        os.utime(path, (1e9, 1e9))
    assert found(home, "words") == ["a.1"]
    with monkeypatch.context() as patch:
        patch.setattr(store, "received", lambda paths: pytest.fail("read again"))
        assert found(home, "words") == ["a.1"]
    receive(home, "b", "words")
    assert set(found(home, "words")) == {"a.1", "b.1"}


@pytest.mark.parametrize("damage", ["text", "half", "empty", "another"])
def test_a_damaged_index_is_made_anew(home: Paths, damage: str) -> None:
    """Whatever the file is, the search works."""
    for session in "abc":
        receive(home, session, "words of " + "x" * 3000)
    assert len(found(home, "words")) == 3
    path = Path(home.search)
    whole = path.read_bytes()
    if damage == "text":
        path.write_bytes(b"this is no database" * 500)
    elif damage == "half":  # the pages of the words are overwritten, the header is whole
        path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        import sqlite3

        path.unlink()
        other = sqlite3.connect(path)
        other.executescript("CREATE TABLE handoff (x); PRAGMA user_version = 7")
        other.close()
    assert len(found(home, "words")) == 3


def test_an_index_that_another_process_writes(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for, then told; it is not thrown away."""
    import sqlite3

    receive(home, "a", "words")
    assert found(home, "words") == ["a.1"]
    receive(home, "b", "words")
    monkeypatch.setattr(search, "BUSY_S", 0.05)
    other = sqlite3.connect(home.search, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreError, match="cannot search"):
            found(home, "words")
    finally:
        other.close()
    assert set(found(home, "words")) == {"a.1", "b.1"}


def test_a_home_that_cannot_be_written(home: Paths) -> None:
    """It is told with the file's name."""
    os.mkdir(home.search)
    with pytest.raises(StoreError) as told:
        found(home, "words")
    assert home.search in told.value.what


@pytest.mark.parametrize(
    "words",
    ["", "   ", '"', '""', "AND", "NOT x", "NEAR(a b)", "a*", "title:x", "{title} : x", "^a", "-x", "a OR", "(",
     "x\x00y", '"unclosed', "'", "a + b", "*", "'; DROP TABLE handoff; --", "\ud800", "😀", "col : \"x\"",
     "x" * 100_000, "word " * 10_000],
)  # fmt: skip
def test_no_words_are_wrong(home: Paths, words: str) -> None:
    """What means something to the index means nothing to a user."""
    receive(home, "a", "words")
    search.search(home, words)
    assert found(home, "words") == ["a.1"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=40))
def test_no_text_is_wrong(home: Paths, words: str) -> None:
    """Neither is anything else."""
    assert search.search(home, words) == []


def test_progress_is_told(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many of the new ones are taken in, and of how many."""
    monkeypatch.setattr(search, "BATCH", 2)
    for session in "abc":
        receive(home, session, "words")
    told: list[tuple[int, int]] = []
    search.search(home, "words", progress=lambda done, of: told.append((done, of)))
    assert told == [(2, 3), (3, 3)]


def test_what_is_forgotten_leaves_no_words(home: Paths) -> None:
    """Its text is in no file of the index any more; without an index none is made."""
    receive(home, "a", "xylophone")
    search.follow(home)
    assert not os.path.exists(home.search)
    assert found(home, "xylophone") == ["a.1"]
    receive(home, "b", "later")
    store_inbox.forget(home, store.find(home, "a"))
    search.follow(home, thoroughly=True)
    files = [path.read_bytes() for path in Path(home.home).glob("search.sqlite*")]
    assert files
    assert not any(word in content for content in files for word in (b"xylophone", b"later"))
    assert found(home, "later") == ["b.1"]


def test_following_mends_nothing(home: Paths) -> None:
    """A damaged index goes; the next search makes another."""
    receive(home, "a", "words")
    assert found(home, "words") == ["a.1"]
    Path(home.search).write_bytes(b"this is no database" * 500)
    search.follow(home)
    assert not os.path.exists(home.search)
    assert found(home, "words") == ["a.1"]


def test_without_a_home(tmp_path: Path) -> None:
    """Nothing is found and nothing is made."""
    assert search.search(Paths(tmp_path / "none"), "words") == []
    assert not (tmp_path / "none").exists()
