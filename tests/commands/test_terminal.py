"""What is printed where: bars only for people who wait, words only for those who want them."""

import contextlib
import io
import os
import re
import subprocess
import sys
import time

import pytest

from spread.commands import terminal
from spread.commands.terminal import Bar
from tests.commands.test_output import ESCAPE, Terminal


class Clock:
    """A clock that is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The person's terminal, 100 columns wide."""
    made = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(terminal, "_quiet", False)
    return made


def run(screen: io.StringIO, unit: str = "bytes", seconds: int = 4) -> None:
    """Do something of 40 MB that takes so long."""
    clock = Clock()
    with contextlib.redirect_stderr(screen), Bar("sending", unit=unit, clock=clock) as bar:
        for step in range(5):
            bar.at(step * 10_000_000, 40_000_000)
            clock.now += seconds / 4


def test_a_bar_with_speed_and_time_left(screen: Terminal) -> None:
    """After a second; it is gone at the end."""
    run(screen)
    told = ESCAPE.sub("", screen.getvalue())
    assert "sending" in told
    assert re.search(r"\d+(\.\d)?/40.0 MB", told)
    assert "/s" in told or "?" in told
    assert re.search(r"-:--:--|\d:\d\d:\d\d", told)
    assert screen.getvalue().rstrip().endswith("\x1b[2K")


def test_what_is_counted_has_no_speed(screen: Terminal) -> None:
    """Hand-offs are no bytes."""
    run(screen, unit="hand-offs")
    assert "/40000000" in ESCAPE.sub("", screen.getvalue())
    assert "/s" not in screen.getvalue()


@pytest.mark.parametrize("case", ["soon done", "no terminal", "dumb", "quiet"])
def test_no_bar(screen: Terminal, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """For what is done within a second, for files, for terminals that cannot draw, and for who wants none."""
    stream = io.StringIO() if case == "no terminal" else screen
    if case == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    elif case == "quiet":
        terminal.be_quiet()
    run(stream, seconds=1 if case == "soon done" else 4)
    assert stream.getvalue() == ""


def test_quiet(screen: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    """Results are printed, other words are not."""
    terminal.be_quiet()
    with contextlib.redirect_stderr(screen):
        terminal.say("a word")
        terminal.show_qr("a code")
        terminal.result("a result")
    assert screen.getvalue() == ""
    assert capsys.readouterr().out == "a result\n"


def test_what_cannot_be_measured_is_told_to_go_on(screen: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it takes longer; nothing is left of it, and nothing is shown of what is done at once."""
    monkeypatch.setattr(terminal, "PATIENCE_S", 0.01)
    with contextlib.redirect_stderr(screen), terminal.Busy("taking secrets out"):
        end = time.monotonic() + 20
        while "taking secrets out" not in screen.getvalue() and time.monotonic() < end:
            time.sleep(0.01)
    assert "taking secrets out" in screen.getvalue()
    assert screen.getvalue().rstrip().endswith("\x1b[2K")
    monkeypatch.setattr(terminal, "PATIENCE_S", 60.0)
    other = Terminal()
    with contextlib.redirect_stderr(other), terminal.Busy("taking secrets out"):
        pass
    assert other.getvalue() == ""


def test_a_result_is_printed_though_nobody_hears_the_rest() -> None:
    """A pipe of stderr that is closed at the other end, and no stderr at all."""
    code = "from spread.commands import terminal as t; t.say('so far'); t.is_fancy(); t.result('done')"
    for gone in (False, True):
        read, write = os.pipe()
        os.close(read)
        closing = "import sys; sys.stderr = None; " if gone else ""
        done = subprocess.run(
            [sys.executable, "-c", closing + code], stdout=subprocess.PIPE, stderr=write, check=False
        )
        os.close(write)
        assert done.stdout == b"done\n"
