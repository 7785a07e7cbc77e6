"""`spread pause` and `spread resume`."""

import json
import os
import time
from pathlib import Path

import pytest

from spread import store
from spread.paths import Paths
from spread.rules import paused_projects
from tests.commands.conftest import Run
from tests.e2e.world import World, wait_until
from tests.harness.home import PROJECT, make_project
from tests.pairs import Home, handoff, paired

SESSION = "8d550417-5a77-45ad-95f5-22896d4f7f1f"


def test_pause_and_resume(home: Paths, run: Run) -> None:
    """Both may be said twice; status tells."""
    for _ in range(2):
        assert run("pause").out == "paused: no turn is handed over; next: spread resume\n"
        assert os.path.exists(home.paused)
    assert "paused" in run("status").out.splitlines()[0]
    for _ in range(2):
        assert run("resume").out == "resumed\n"
        assert not os.path.exists(home.paused)
    assert "paused" not in run("status").out


def test_one_project(home: Paths, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--project pauses this directory's project only, wherever in it one is; others stay as they are."""
    inside = make_project(tmp_path / "p") / "sub"
    inside.mkdir()
    monkeypatch.chdir(inside)
    assert run("pause", "--project").out == f"paused {PROJECT}\n"
    assert not os.path.exists(home.paused)
    assert f"project paused: {PROJECT}" in run("status").out
    monkeypatch.chdir(make_project(tmp_path / "q", remote="https://git.example/acme/other.git"))
    run("pause", "--project")
    assert paused_projects(home) == {PROJECT, "git.example/acme/other"}
    assert run("resume", "--project").out == "resumed git.example/acme/other\n"
    assert paused_projects(home) == {PROJECT}


def test_what_is_still_paused(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who resumes one kind of pause is told of the others, each with what ends it."""
    desk, _ = paired(tmp_path / "homes", now=time.time())
    monkeypatch.setenv("SPREAD_HOME", desk.paths.home)
    monkeypatch.chdir(make_project(tmp_path / "p"))
    run("pause", "--peer", "laptop")
    run("pause", "--project")
    run("pause")
    project, peer = f"{PROJECT} (spread resume --project, in it)", "laptop (spread resume --peer laptop)"
    assert run("resume", "--peer", "laptop").err == f"still paused: everything (spread resume), {project}\n"
    assert run("pause", "--peer", "laptop").err == ""
    assert run("resume").err == f"still paused: {project}, {peer}\n"
    assert run("resume", "--project").err == f"still paused: {peer}\n"
    assert run("resume", "--peer", "laptop").err == ""


def test_no_project(home: Paths, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none, nothing is paused by mistake."""
    monkeypatch.chdir(tmp_path)
    done = run("pause", "--project")
    assert (done.code, done.out) == (1, "")
    assert done.told()["error"]
    assert done.told()["hint"]
    assert paused_projects(home) == set()


def test_a_paused_machine_sends_nothing_and_receives(world: World) -> None:
    """Paused, turns here leave nothing and no debt is sent, while hand-offs from the peer still come in."""
    world.configure(relay=world.start_relay(), lan=False)
    world.pair()
    Path(world.a.paths.checkpoints, "c.json").write_text(world.a.write_turn(SESSION))
    assert world.a.run("pause").code == 0
    for machine in (world.a, world.b):
        machine.start_engine()
    world.a.turn("while-paused")
    world.b.turn("from-b")
    wait_until("it has come", lambda: world.a.holds("from-b"))
    wait_until("the receipt has gone", lambda: not store.owed(world.b.paths))
    assert store.owed(world.a.paths) == []
    assert [path.name for path in Path(world.a.paths.checkpoints).iterdir()] == ["c.json"]
    assert world.a.run("resume").code == 0
    world.a.turn("after")
    wait_until("what waited has come too", lambda: world.b.holds(SESSION) and world.b.holds("after"))
    assert not world.b.holds("while-paused")


def test_a_paused_project_stays_here(world: World) -> None:
    """Turns of a paused project are not handed over, and later turns are again."""
    world.configure(relay=world.start_relay(), lan=False)
    world.pair()
    assert world.a.run("pause", "--project").code == 0
    world.a.start_engine()
    world.a.turn(SESSION)
    wait_until("it was looked at", lambda: not os.listdir(world.a.paths.checkpoints))
    assert store.owed(world.a.paths) == []
    assert world.a.run("resume", "--project").code == 0
    world.a.turn(SESSION)
    wait_until("it is owed", lambda: store.owed(world.a.paths))


def test_one_peer(desk: Home, run: Run) -> None:
    """--peer pauses what goes to one machine; status tells; a machine we do not know is an error."""
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
    for _ in range(2):
        assert run("pause", "--peer", "laptop").out == "paused laptop\n"
    line = next(line for line in run("status").out.splitlines() if line.startswith("laptop "))
    assert "(paused)" in line
    assert "1 held back; next: spread resume --peer laptop" in line
    assert "paused" not in run("status").out.splitlines()[0]
    (row,) = json.loads(run("status", "--json").out)["peers"]
    assert row["paused"] is True
    assert run("pause", "--peer", "nobody").told()["error"] == "no peer is called nobody"
    assert run("pause", "--peer", "laptop", "--project").code == 2
    assert run("resume", "--peer", "laptop").out == "resumed laptop\n"
    assert "paused" not in run("status").out


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A machine that is paired with `laptop`, and is ours."""
    made, _ = paired(tmp_path, now=time.time())
    monkeypatch.setenv("SPREAD_HOME", made.paths.home)
    return made
