"""`spread inbox`, `show` and `forget`, over hand-offs that were received."""

import io
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spread import store, store_accepted, store_inbox
from spread.distillation import Distillation
from spread.paths import Paths
from tests.commands.conftest import Run
from tests.e2e.world import Done
from tests.pairs import handoff

FIRST, SECOND = "aaaa1111-0000", "aaaa2222-0000"


@pytest.fixture
def inbox(home: Paths) -> Paths:
    """Two hand-offs, the second one newer; the first was shown."""
    for came_at, session in enumerate((FIRST, SECOND), 1_700_000_000):
        store_inbox.accept(
            home, "laptop", handoff(session, 3, goal=f"goal of {session}"), expected=(session, 3), own=True
        )
        os.utime(Path(home.inbox_new, f"laptop.{session}.3.md"), (came_at, came_at))
    name = f"laptop.{FIRST}.3.md"
    Path(home.inbox_new, name).rename(Path(home.inbox_seen, name))
    return home


def test_an_empty_inbox(home: Paths, run: Run) -> None:
    """Nothing on stdout, a word on stderr; as JSON an empty list."""
    done = run("inbox")
    assert (done.code, done.out, done.err) == (0, "", "the inbox is empty\n")
    assert json.loads(run("inbox", "--json").out) == []


def test_what_came_last_comes_first(inbox: Paths, run: Run) -> None:
    """One line each: a star for what no session was shown, id, peer, project, goal."""
    new, seen = run("inbox").out.splitlines()
    assert new.split()[:7] == ["*", SECOND[:8], "laptop", "example.org/us/it", "goal", "of", SECOND]
    assert seen.split()[:6] == [FIRST[:8], "laptop", "example.org/us/it", "goal", "of", FIRST]


def test_the_star_is_explained_where_there_is_one(inbox: Paths, run: Run) -> None:
    """Once all were shown, nothing is said of it."""
    assert run("inbox").err == "* not shown to a session yet; next: spread show ID\n"
    for name in os.listdir(inbox.inbox_new):
        os.rename(os.path.join(inbox.inbox_new, name), os.path.join(inbox.inbox_seen, name))
    assert run("inbox").err == "next: spread show ID\n"


def test_json_has_whole_ids(inbox: Paths, run: Run) -> None:
    """What a script needs to go on with."""
    rows = json.loads(run("inbox", "--json").out)
    assert [(row["id"], row["seen"]) for row in rows] == [(f"{SECOND}.3", False), (f"{FIRST}.3", True)]
    assert {row["peer"] for row in rows} == {"laptop"}


def test_a_damaged_hand_off_is_named_as_such(inbox: Paths, run: Run) -> None:
    """It does not hide the others, and cannot be shown."""
    Path(inbox.inbox_new, f"laptop.{SECOND}.3.md").write_text("+++\nnonsense")
    rows = json.loads(run("inbox", "--json").out)
    assert [row["state"] for row in rows] == ["damaged", "no change"]
    done = run("show", SECOND)
    assert done.code == 1
    assert done.told()["error"]


@pytest.mark.parametrize("wanted", ["latest", SECOND, SECOND[:6], f"{SECOND}.3"])
def test_show(inbox: Paths, run: Run, wanted: str) -> None:
    """By id, by its beginning, or the latest; the text is on stdout, where from on stderr."""
    done = run("show", wanted)
    assert done.code == 0
    assert f"goal of {SECOND}" in done.out
    assert done.err == "from laptop, example.org/us/it main\n"


def test_show_tells_claude_how_old_it_is(home: Paths, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame says when the session ended, as at the start of a session."""
    monkeypatch.setenv("CLAUDECODE", "1")
    ended = datetime.fromtimestamp(time.time() - 3 * 86_400 - 60, UTC).isoformat()
    made = Distillation("s.1", "s", revision=1, goal="days", ended_at=ended)
    Path(home.inbox_new, "laptop.s.1.md").write_text(made.to_markdown(), encoding="utf-8")
    assert "from machine laptop, 3 days ago (id s.1)" in run("show", "latest").out


def test_show_as_json(inbox: Paths, run: Run) -> None:
    """The whole distillation."""
    assert json.loads(run("show", "--json", SECOND).out)["session_id"] == SECOND


def test_show_is_harmless_to_a_terminal(home: Paths, run: Run) -> None:
    """A hand-off that tries to steer the terminal does not get through."""
    text = handoff("evil", 1, goal="plain words").replace("plain", r"plain\u001b[2J\u0007\u202e\u2066")
    Path(home.inbox_new, "laptop.evil.1.md").write_text(text)
    for said in (run("show", "evil").out, run("inbox").out, run("inbox", "--json").out):
        assert "plain" in said
        assert not {"\x1b", "\x07", "\u202e", "\u2066"} & set(said)


@pytest.mark.parametrize("command", ["show", "forget"])
@pytest.mark.parametrize(
    ("wanted", "error"), [("nosuch", "no hand-off nosuch in the inbox"), ("aaaa", "aaaa fits 2 hand-offs")]
)
def test_none_or_several(inbox: Paths, run: Run, command: str, wanted: str, error: str) -> None:
    """An id must fit exactly one; else nothing is shown or deleted."""
    done = run(command, wanted)
    assert (done.code, done.out) == (1, "")
    assert done.told()["error"] == error
    assert done.told()["hint"]
    assert len(store.received(inbox)) == 2


def test_latest_of_nothing(home: Paths, run: Run) -> None:
    """`latest` in an empty inbox is a failure like any other id."""
    told = run("show", "latest").told()
    assert told["error"] == "no hand-off latest in the inbox"
    assert told["cause"] == "the inbox is empty"


def test_what_is_forgotten_is_in_no_index(inbox: Paths, run: Run) -> None:
    """Its words are gone from the disk with it, not only at the next search."""
    assert SECOND[:8] in run("search", "goal").out

    def known(session: str) -> bool:
        return any(session.encode() in path.read_bytes() for path in Path(inbox.home).glob("search.sqlite*"))

    assert known(SECOND)
    run("forget", SECOND)
    assert (known(FIRST), known(SECOND)) == (True, False)


def test_forget(inbox: Paths, run: Run) -> None:
    """It is gone from the inbox and from what sessions are told, and does not come again."""
    assert run("forget", SECOND).out == f"forgot {SECOND}.3\n"
    assert json.loads(run("forget", "--json", FIRST).out) == {"forgotten": f"{FIRST}.3"}
    assert store.received(inbox) == []
    assert json.loads(Path(inbox.inbox_index).read_text())["entries"] == {}
    assert not store_inbox.accept(inbox, "laptop", handoff(SECOND, 3), expected=(SECOND, 3), own=True)


class Person(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


def _accept(
    run: Run, monkeypatch: pytest.MonkeyPatch, wanted: str, answer: str, *, seen: type[io.StringIO] = Person
) -> tuple[Done, str]:
    """Run `spread accept` with an answer at hand; return what came of it, and what was on the screen."""
    screen = seen()
    monkeypatch.setattr("sys.stdin", Person(answer))
    monkeypatch.setattr("sys.stdout", screen)
    return run("accept", wanted), screen.getvalue()


@pytest.mark.parametrize("answer", ["y\n", "YES\n"])
def test_accept(home: Paths, run: Run, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """A teammate's hand-off is shown, harmlessly, and asked about; confirmed, it is first in line."""
    text = handoff("xyz", 1, goal="\x1b]52;c;cHduZWQ=\x07 THE-GOAL")
    store_inbox.accept(home, "laptop", text, expected=("xyz", 1), own=False)
    done, shown = _accept(run, monkeypatch, "latest", answer)
    assert done.code == 0
    assert "THE-GOAL" in shown
    assert "]52;c" not in shown
    assert done.err == (
        "from laptop, example.org/us/it main\nAccept it? The next session in example.org/us/it is given it. [y/N] "
    )
    assert shown.splitlines()[-1] == "accepted xyz.1: the next session in example.org/us/it is given it"
    assert store_accepted.names(home) == ["laptop.xyz.1.md"]


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_what_is_not_confirmed_is_not_accepted(
    inbox: Paths, run: Run, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """It was shown, and that was all."""
    done, shown = _accept(run, monkeypatch, SECOND, answer)
    assert (done.code, f"goal of {SECOND}" in shown, store_accepted.names(inbox)) == (1, True, [])


@pytest.mark.parametrize("who", ["claude", "a pipe", "a script"])
def test_only_a_person_accepts(inbox: Paths, run: Run, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    """Neither Claude, nor who does not see it, nor who cannot be asked."""
    if who == "claude":
        monkeypatch.setenv("CLAUDECODE", "1")
    if who == "a script":
        done, shown = run("accept", SECOND), ""
    else:
        seen = io.StringIO if who == "a pipe" else Person
        done, shown = _accept(run, monkeypatch, SECOND, "y\n", seen=seen)
    assert (done.code, done.out + shown, store_accepted.names(inbox)) == (2, "", [])
    assert "to accept is for people" in done.err


def test_what_no_session_can_be_given(home: Paths, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of no project, and one of ours, are not asked about."""
    text = handoff("xyz", 1, project="")
    store_inbox.accept(home, "laptop", text, expected=("xyz", 1), own=True)
    store.put(home, "laptop", "ours", 1, handoff("ours", 1))
    for wanted, why in (("xyz", "belongs to no project"), ("ours", "no hand-off ours")):
        done, _ = _accept(run, monkeypatch, wanted, "y\n")
        assert (done.code, why in done.err, "[y/N]" in done.err) == (1, True, False)
