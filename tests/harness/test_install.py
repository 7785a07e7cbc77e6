"""The real client after `spread install`: it takes what we wrote, and runs each hook once."""

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from spread import cli, settings
from spread.paths import Paths
from tests.conftest import ROOT, need
from tests.harness.client import Sandbox
from tests.harness.home import make_project, put_handoff, set_up
from tests.harness.terminal import Session


@pytest.fixture
def lock(claude_box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TextIO]:
    """The lock of an engine that seems to run in a home of an odd name."""
    home = Paths(tmp_path / 'it\'s $HOME "q"')
    home.make()
    set_up(home)
    Path(home.config).write_text('relay = ""\n')
    Path(home.engine_pid).write_text(f"{os.getpid()}\n")
    monkeypatch.setenv("SPREAD_HOME", home.home)
    monkeypatch.setenv("HOME", str(claude_box.home))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    with open(home.engine_lock, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


@pytest.fixture
def box(claude_box: Sandbox, lock: TextIO, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The client in a project, without any settings."""
    make_project(claude_box.project)
    monkeypatch.chdir(claude_box.project)
    return claude_box


def events(home: Paths) -> list[str]:
    """Return the events that left a checkpoint."""
    return sorted(
        json.loads(path.read_text())["hook_event_name"] for path in Path(home.checkpoints).iterdir()
    )


def hello(box: Sandbox, *arguments: str) -> str:
    """Run one turn without SPREAD_HOME in the environment; return what the model was sent."""
    done = box.run("-p", "hello", *arguments, env={"SPREAD_HOME": ""})
    assert (done.returncode, done.stderr) == (0, "")
    return box.sent()[-1]


@pytest.mark.parametrize("scope", ["user", "project"])
def test_installed_it_tells_and_leaves(box: Sandbox, lock: TextIO, scope: str) -> None:
    """The next session is told what waits, once, and leaves its checkpoints; uninstalled it does neither."""
    assert cli.main(["install", "--scope", scope]) == 0
    home = Paths()
    put_handoff(home, body="MARKER")
    assert hello(box).count("MARKER") == 1
    assert events(home) == ["SessionEnd", "Stop"]
    lock.close()
    assert cli.main(["uninstall", "--scope", scope]) == 0
    put_handoff(home, "another", body="MARKER")
    assert "MARKER" not in hello(box)
    assert len(events(home)) == 2


def test_the_example_loads(box: Sandbox, bundle: Path) -> None:
    """The client takes every entry of the example without a word."""
    shutil.copy(bundle / "settings.example.json", box.home / ".claude" / "settings.json")
    assert "hello" in hello(box)


def test_a_skill_is_found(box: Sandbox) -> None:
    """The skills are there under their names."""
    assert cli.main(["install"]) == 0
    done = box.run("-p", "/distill-receive a7f3b2-amber-tiger-lamp", yolo=True)
    assert done.returncode == 0
    assert "spread receive CODE" in box.sent()[0]


@pytest.mark.parametrize("scope", ["user", "project", "elsewhere"])
def test_with_the_plugin_too_each_runs_once(box: Sandbox, scope: str, tmp_path: Path) -> None:
    """Settings and plugin together leave one checkpoint a turn; installed in another project, the plugin does it."""
    need((ROOT / ".claude-plugin").is_dir(), "a checkout")
    home = Paths()
    if scope == "elsewhere":
        os.chdir(make_project(tmp_path / "other"))
    assert cli.main(["install", "--scope", "user" if scope == "user" else "project"]) == 0
    put_handoff(home, body="MARKER")
    done = box.run("-p", "hello", "--plugin-dir", str(ROOT))
    assert done.returncode == 0
    assert box.sent()[0].count("MARKER") == 1
    assert events(home) == ["SessionEnd", "Stop"]


def test_the_form_without_a_shell(box: Sandbox) -> None:
    """The client runs the form for Windows as it is, without a shell in between."""
    home = Paths()
    assert cli.main(["install"]) == 0
    groups = json.dumps(settings.entries(home.home, sys.executable, windows=True)).replace(
        "\\\\hooks\\\\", "/hooks/"
    )
    box.settings({"hooks": {event: [group] for event, group in json.loads(groups).items()}})
    put_handoff(home, body="MARKER")
    assert hello(box).count("MARKER") == 1
    assert events(home) == ["SessionEnd", "Stop"]


def test_two_status_lines(box: Sandbox) -> None:
    """The person sees their own segment and ours."""
    need(shutil.which("tmux"), "tmux")
    box.settings({"statusLine": {"type": "command", "command": "printf 'THEIRS '  # mine"}})
    assert cli.main(["install", "--statusline"]) == 0
    Path(Paths().hooks, "statusline").write_text("echo OURS\n")
    with Session(box) as terminal:
        terminal.ready()
        assert terminal.wait_for("THEIRS OURS"), terminal.screen()
