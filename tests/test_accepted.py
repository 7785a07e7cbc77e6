"""What the user accepts is given to the next session of its project, and to no other."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from spread import accepted, hook_inbox, store, store_accepted, store_inbox
from spread.distillation import Distillation
from spread.errors import StoreError
from spread.hook_told import Told
from spread.paths import Paths
from spread.project import Project
from tests.pairs import handoff

PROJECT = "example.org/us/it"
HERE = Project(key=PROJECT, branch="main")


def come(
    home: Paths, session: str, *, own: bool = True, seen: bool = False, age_s: float = 60, goal: str = ""
) -> None:
    """Let a hand-off arrive, some time ago."""
    text = handoff(session, 1, goal=goal or f"goal of {session}")
    store_inbox.accept(home, "laptop", text, expected=(session, 1), own=own)
    path = Path(home.inbox_new, f"laptop.{session}.1.md")
    os.utime(path, (time.time() - age_s,) * 2)
    if seen:
        path.rename(Path(home.inbox_seen, path.name))
        store_inbox.reindex(home, {"laptop"} if own else ())


def told(home: Paths) -> str:
    """Return what a session that starts now is given."""
    entries = hook_inbox.pending(home, PROJECT)
    answer = hook_inbox.hand_over(entries, HERE, home, time.time(), Told(home, "s1")) if entries else None
    output = (answer or {}).get("hookSpecificOutput")
    return str(output["additionalContext"]) if isinstance(output, dict) else ""


def test_what_was_seen_is_given_again(home: Paths) -> None:
    """Before a newer one of our own machines, which stays for the session after."""
    come(home, "aaa", seen=True, age_s=500)
    come(home, "bbb")
    accepted.accept(home, store.find(home, "aaa"))
    assert "goal of aaa" in told(home)
    assert store.find(home, "aaa").seen
    assert not store.find(home, "bbb").seen
    assert "goal of bbb" in told(home)
    assert told(home) == ""


def test_a_teammates(home: Paths) -> None:
    """It is given only once it is accepted, and framed as any other."""
    come(home, "aaa", own=False)
    assert told(home) == ""
    accepted.accept(home, store.find(home, "aaa"))
    shown = told(home)
    assert "goal of aaa" in shown
    assert "laptop" in shown
    assert told(home) == ""


def test_an_old_one(home: Paths) -> None:
    """Age does not matter to what was asked for."""
    come(home, "aaa", age_s=30 * 86_400)
    path = Path(home.inbox_new, "laptop.aaa.1.md")
    old = replace(Distillation.from_markdown(path.read_text()), ended_at="2020-01-01T00:00:00Z")
    path.write_text(old.to_markdown())
    Path(home.inbox_index).unlink()
    store_inbox.reindex(home, {"laptop"})
    assert told(home) == ""
    accepted.accept(home, store.find(home, "aaa"))
    assert "goal of aaa" in told(home)


def test_the_last_one_comes_first(home: Paths) -> None:
    """Of several, in the order opposite to that in which they were accepted."""
    for session in ("aaa", "bbb", "ccc"):
        come(home, session)
    for session in ("bbb", "ccc", "aaa", "ccc"):
        accepted.accept(home, store.find(home, session))
    assert [name.split(".")[1] for name in store_accepted.names(home)] == ["bbb", "aaa", "ccc"]
    for session in ("ccc", "aaa", "bbb"):
        assert f"| >goal of {session}" in told(home)


def test_the_engine_changes_nothing_of_it(home: Paths) -> None:
    """The index made anew keeps an accepted one where it is; until then a teammate's counts as no machine of ours."""
    come(home, "aaa", own=False, seen=True)
    accepted.accept(home, store.find(home, "aaa"))
    assert store_inbox.index(home)["laptop.aaa.1.md"]["own"] is False
    store_inbox.reindex(home, ())
    assert "goal of aaa" in told(home)


def test_without_a_project(home: Paths) -> None:
    """No session could be known to be one of it."""
    text = handoff("aaa", 1, project="")
    store_inbox.accept(home, "laptop", text, expected=("aaa", 1), own=True)
    with pytest.raises(StoreError, match="belongs to no project"):
        accepted.accept(home, store.find(home, "aaa"))
    assert store_accepted.names(home) == []


def test_what_is_gone(home: Paths) -> None:
    """It is told, whenever it goes."""
    come(home, "aaa", seen=True)
    item = store.find(home, "aaa")
    store_inbox.forget(home, item)
    with pytest.raises(StoreError):
        accepted.accept(home, item)
    assert told(home) == ""


@pytest.mark.parametrize("how", ["forgotten", "unpaired", "came anew"])
def test_a_name_is_accepted_for_one_file(home: Paths, how: str) -> None:
    """What comes later under the same name has to be accepted itself."""
    come(home, "bbb", own=False)
    come(home, "aaa", own=False)
    for session in ("bbb", "aaa"):
        accepted.accept(home, store.find(home, session))
    if how == "forgotten":
        store_inbox.forget(home, store.find(home, "aaa"))
    elif how == "unpaired":
        store_inbox.drop_peer(home, "laptop")
    else:  # it was given to a session, and deleted long after
        Path(home.inbox_new, "laptop.aaa.1.md").unlink()
        Path(home.ledger, "laptop.json").unlink()
        come(home, "aaa", own=False, goal="another one")
    assert store_accepted.names(home) == ([] if how == "unpaired" else ["laptop.bbb.1.md"])


def test_it_comes_again_after_a_crash(home: Paths) -> None:
    """The same file stays accepted."""
    come(home, "aaa", own=False)
    accepted.accept(home, store.find(home, "aaa"))
    Path(home.ledger, "laptop.json").unlink()  # it died before this was written
    come(home, "aaa", own=False)
    assert "goal of aaa" in told(home)
