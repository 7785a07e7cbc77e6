"""`spread demo`: what it shows really happens, and nothing of it stays."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spread.commands import demo
from tests.commands.conftest import Run
from tests.commands.test_doctor import children_s
from tests.e2e.world import World, wait_until

STEPS = [
    "two machines, one project, and a relay of our own",
    "paired with a one-time code",
    "a turn on the laptop arrives on the desktop over the LAN",
    "the desktop is off: the next turn waits at the relay, sealed",
    "the laptop is off: the desktop wakes and fetches it",
    "the receipt pays the laptop's debt",
    "what the desktop's next Claude Code session is told:",
]


def test_it_shows_the_whole_job(world: World) -> None:
    """Every step is there, in order, from a bare environment, and few seconds' work; nothing is left behind."""
    folder = world.root / "tmp"
    folder.mkdir()
    before = {path.name: path.stat().st_mtime_ns for path in Path(world.a.paths.home).rglob("*")}
    worked_s = children_s()
    done = world.a.spread("demo", TMPDIR=str(folder), SPREAD_INTERFACES="", CLAUDE_BIN="/nowhere").end(100)
    assert children_s() - worked_s < 30
    assert (done.code, done.err) == (0, "")
    assert [line[2:].partition(" (")[0] for line in done.out.splitlines() if line.startswith("✓")] == STEPS
    assert "all of it really happened" in done.out
    assert "    | " in done.out
    assert list(folder.iterdir()) == []
    wait_until("all it started has gone", lambda: not world.strays())
    assert {path.name: path.stat().st_mtime_ns for path in Path(world.a.paths.home).rglob("*")} == before


@pytest.mark.parametrize("days", [0, 8, 4_000])
def test_a_recorded_session_has_just_ended(days: int) -> None:
    """Whenever it is shown; its turns are as far apart as they were, and nothing else is another."""
    recorded = (Path(demo.__file__).parent.parent / "demo.jsonl").read_text()
    now = datetime(2026, 11, 29, 10, tzinfo=UTC) + timedelta(days=days)
    shown = demo.as_of(now, recorded)
    before, after = (
        [datetime.fromisoformat(at) for at in demo.RECORDED_AT.findall(text)] for text in (recorded, shown)
    )
    assert max(after) == now
    assert {then - was for was, then in zip(before, after, strict=True)} == {now - max(before)}
    assert demo.RECORDED_AT.sub("", shown) == demo.RECORDED_AT.sub("", recorded)
    assert demo.as_of(max(before), recorded) == recorded


def test_a_step_that_does_not_happen(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It ends there with exit 1, names what did not happen, and cleans up all the same."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    wait = demo.Demo.wait

    def in_vain(self: demo.Demo, what: str, holds: Callable[[], bool]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(demo, "PATIENCE_S", 0.0)
            wait(self, what, lambda: False)

    monkeypatch.setattr(demo.Demo, "wait", in_vain)
    done = run("demo")
    assert done.code == 1
    assert done.told()["error"] == "the two engines did not find each other"
    assert "really happened" not in done.out
    assert list(tmp_path.iterdir()) == []


def test_without_git(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one program it needs is asked for by name."""
    monkeypatch.setenv("PATH", os.devnull)
    done = run("demo")
    assert (done.code, done.out) == (1, "")
    assert done.told()["error"] == "git is not installed"
