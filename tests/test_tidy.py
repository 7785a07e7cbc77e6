"""Nothing grows for ever: what nobody needs any more goes, by a clock, and nothing else does."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spread import store_damage, store_inbox
from spread import tidy as tidying
from spread.paths import Paths
from spread.store_damage import KEPT_S, MAX_BYTES, MAX_FILES
from spread.tidy import SEEN_S, SESSIONS_S, STATES_S, tidy
from tests.pairs import handoff

NOW = 2_000_000_000.0


def put(folder: str, name: str, age_s: float, size: int = 1) -> Path:
    """Make a file that was last changed so long ago."""
    path = Path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (NOW - age_s, NOW - age_s))
    return path


def test_what_is_old_goes(home: Paths) -> None:
    """Sessions, seen hand-offs and quarantine have their times; new hand-offs and debts have none."""
    ages = {
        home.sessions: SESSIONS_S,
        home.inbox_seen: SEEN_S,
        home.quarantine: KEPT_S,
        home.inbox_told: store_inbox.TOLD_S,
    }
    old = [put(folder, "old.md", age + 1) for folder, age in ages.items()]
    young = [put(folder, "young.md", age - 1) for folder, age in ages.items()]
    kept = [
        put(home.inbox_new, "laptop.s.1.md", 10 * SESSIONS_S),
        put(os.path.join(home.outbox, "laptop"), "s.1.md", 10 * SESSIONS_S),
        put(home.checkpoints, "s.json", 10 * SESSIONS_S), put(home.ledger, "laptop.json", 10 * SESSIONS_S),
        put(home.peers, "laptop.toml", 10 * SESSIONS_S), put(home.prekeys, "k.json", 10 * SESSIONS_S),
        put(home.sent, "today.md", 0),
    ]  # fmt: skip
    tidy(home, NOW)
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in (*young, *kept))


def test_what_was_read_of_a_session_goes_first(home: Paths) -> None:
    """It holds words as they stood there: whether another session begins or not, it goes long before the numbers."""
    old = put(home.sessions, "s.state", STATES_S + 1)
    young = put(home.sessions, "t.state", STATES_S - 1)
    numbers = put(home.sessions, "s.json", STATES_S + 1)
    today = put(home.sent, "today.md", 0)
    assert tidy(home, NOW) == 1
    assert [path.exists() for path in (old, young, numbers, today)] == [False, True, True, True]


def test_a_clock_that_is_far_ahead(home: Paths) -> None:
    """An engine that starts with it deletes nothing that the day before would not have been."""
    folders = (home.sessions, home.sent, home.inbox_seen, home.quarantine, home.inbox_told)
    ahead_s = time.time() - NOW
    kept = [put(folder, "yesterday.md", 400 * 86_400 - ahead_s) for folder in folders]
    old = put(home.sent, "old.md", 400 * 86_400 - ahead_s + SEEN_S)
    environment = {**os.environ, "SPREAD_INTERFACES": "127.0.0.1"}
    command = [sys.executable, "-m", "spread.cli", "sync", "--once"]
    done = subprocess.run(command, env=environment, cwd=home.home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert [path for path in kept if not path.exists()] == []
    assert not old.exists()


def test_quarantine_is_bounded(home: Paths) -> None:
    """By number and by size; the newest stay."""
    for number in range(2 * MAX_FILES + 5):
        put(home.quarantine, f"{number:04}", number)
    tidy(home, NOW)
    assert sorted(os.listdir(home.quarantine)) == [f"{number:04}" for number in range(2 * MAX_FILES)]
    put(home.quarantine, "large", -1, MAX_BYTES - 10)
    tidy(home, NOW)
    assert sorted(os.listdir(home.quarantine)) == [*(f"{number:04}" for number in range(10)), "large"]


def test_many_days(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions every day, all seen, each damaged once: no directory holds more than its time's worth."""
    for module, name, days in (
        (tidying, "SEEN_S", 10),
        (tidying, "SESSIONS_S", 20),
        (store_damage, "KEPT_S", 5),
    ):
        monkeypatch.setattr(module, name, days * 86_400.0)
    for day in range(60):
        now = NOW + day * 86_400
        for number in range(3):
            session = f"s{day}-{number}"
            store_inbox.accept(home, "desk", handoff(session, 1), expected=(session, 1), own=True)
            name = f"desk.{session}.1.md"
            os.rename(os.path.join(home.inbox_new, name), os.path.join(home.inbox_seen, name))
            for path in (os.path.join(home.inbox_seen, name), os.path.join(home.sessions, f"{session}.json")):
                Path(path).touch()
                os.utime(path, (now, now))
            damaged = put(home.checkpoints, f"{session}.json", 0)
            store_damage.quarantine(home, str(damaged), "damaged")
            for kept in (damaged.name, damaged.name + store_damage.WHY):
                os.utime(os.path.join(home.quarantine, kept), (now, now))
        tidy(home, now)
    assert len(os.listdir(home.sessions)) == 21 * 3
    assert len(os.listdir(home.inbox_seen)) == 11 * 3
    assert len(os.listdir(home.quarantine)) == 6 * 3 * 2
    assert os.listdir(home.checkpoints) == []


def test_what_is_in_quarantine(home: Paths) -> None:
    """The newest first, each with what and why; a name kept anew replaces the older; released it is gone."""
    path = put(home.checkpoints, "c.json", 0)
    assert store_damage.quarantine(home, str(path), "it was damaged", "half of it")
    store_damage.keep(home, "n.md", b"one", "of a newer version")
    store_damage.keep(home, "n.md", b"two", "of a newer version", "update")
    os.utime(os.path.join(home.quarantine, "c.json.why"), (1, 1))
    assert [(one.name, one.what, one.why) for one in store_damage.kept(home)] == [
        ("n.md", "of a newer version", "update"), ("c.json", "it was damaged", "half of it"),
    ]  # fmt: skip
    assert Path(home.quarantine, "n.md").read_bytes() == b"two"
    store_damage.release(home, "n.md")
    assert sorted(os.listdir(home.quarantine)) == ["c.json", "c.json.why"]


def test_what_cannot_be_moved_stays(home: Paths) -> None:
    """It is told, and is no error."""
    assert not store_damage.quarantine(home, os.path.join(home.checkpoints, "none"), "it was damaged")
    assert store_damage.kept(home) == []


def test_replaced_revisions_go_too(home: Paths) -> None:
    """As old as seen hand-offs may get, and no older."""
    put(home.inbox_earlier, "laptop.aaa.1.md", SEEN_S + 60)
    put(home.inbox_earlier, "laptop.aaa.2.md", SEEN_S - 60)
    assert tidy(home, NOW) == 1
    assert os.listdir(home.inbox_earlier) == ["laptop.aaa.2.md"]
