"""What `spread sync` shows while it runs: a picture on a terminal, lines elsewhere."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spread import store
from spread.commands.sync_view import View
from tests.commands.test_status import desk as desk
from tests.e2e.world import World, wait_until
from tests.pairs import Home, handoff


def test_each_change_is_a_line(desk: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """What stays as it was is not said again; a configuration that was broken meanwhile ends nothing."""
    with View(desk.paths) as view:
        view.changed()
        first = capsys.readouterr().err
        assert "nothing owed" in first
        view.changed()
        assert capsys.readouterr().err == ""
        store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
        view.changed()
        (line,) = capsys.readouterr().err.splitlines()
        assert "1 owed since" in line
        Path(desk.paths.config).write_text("relay = ")
        view.changed()
    assert "rich" not in first


def test_a_picture_on_a_terminal(world: World) -> None:
    """It is drawn over itself, and the terminal is left as it was."""
    main, other = pty.openpty()
    env = world.a.env(TERM="xterm", COLUMNS="200", LINES="30")
    engine = subprocess.Popen(
        [sys.executable, "-m", "spread.cli", "sync"], env=env, cwd=world.a.project, stdin=other, stdout=other,
        stderr=other,
    )  # fmt: skip
    os.close(other)
    shown = b""
    end = time.monotonic() + 20
    while b"inbox: 0 new, 0 seen" not in shown and time.monotonic() < end:
        shown += os.read(main, 65536)
    wait_until("it is ready", lambda: os.path.exists(world.a.paths.engine_ready))
    engine.terminate()
    assert engine.wait(20) == 0
    while True:
        try:
            more = os.read(main, 65536)
        except OSError:  # the terminal's other end is closed
            break
        if not more:
            break
        shown += more
    os.close(main)
    assert b"no peers yet; next: spread pair" in shown
    assert shown.count(b"\x1b[?25l") == shown.count(b"\x1b[?25h") == 1, "the cursor is back"


def test_rich_is_loaded_for_a_terminal_only(world: World) -> None:
    """A detached engine, one in a script and --once start without it."""
    code = (
        "import sys; from spread.paths import Paths; from spread.commands import sync;"
        "sync.run(Paths(), once=True);"
        "assert 'rich' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=world.a.env(),
        cwd=world.a.project,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
