"""Ctrl-C, wherever a command is: exit 130, one word, no traceback, soon."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from spread.commands.demo import Demo
from spread.paths import Paths
from tests.e2e.world import LIBRARY, open_files, wait_until

SOON_S = 8.0  # on a busy machine; a person's own needs a tenth of a second


class Running:
    """A command of its own session, whose Ctrl-C is nobody else's."""

    def __init__(self, folder: Path, line: str) -> None:
        self.folder = folder
        self._err = folder / "err"
        self._out = folder / "out"
        env = {**os.environ, "PYTHONPATH": LIBRARY, "HOME": str(folder), "PYTHONUNBUFFERED": "1"}
        with open(self._out, "wb") as out, open(self._err, "wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "spread.cli", *line.split()], env=env, cwd=folder, stdin=subprocess.PIPE,
                stdout=out, stderr=err, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self._out.read_text() + self._err.read_text()

    def says(self, text: str) -> Callable[[], bool]:
        """Return what tells whether it has said something."""
        return lambda: text in self.said or self.process.poll() is not None

    def close(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def sleeps(self) -> bool:
        """Tell whether it has worked before and waits for something now."""

        def worked() -> tuple[str, list[str]]:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return fields[0], fields[11:13]

        before = worked()
        time.sleep(0.2)
        return before == worked() and before[0] == "S" and before[1] != ["0", "0"]

    def has_open(self, name: str) -> bool:
        """Tell whether it has something open: a file, a socket."""
        return any(name in opened for opened in open_files(self.process.pid))


def interrupt(running: Running) -> None:
    """Press Ctrl-C and look how it ends."""
    began = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(SOON_S) == 130, running.said
    assert time.monotonic() - began < SOON_S
    assert "Traceback" not in running.said, running.said
    assert "Exception ignored" not in running.said


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_ended_from_outside(
    home: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: signal.Signals
) -> None:
    """Killed, or with its terminal closed, it leaves nothing behind as well."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = signal.signal(ending, signal.SIG_DFL)  # what is ignored, as under `nohup`, is so in a child, too
    try:
        running = Running(tmp_path, "demo")
    finally:
        signal.signal(ending, before)
    try:
        wait_until("it has made its machines", lambda: any(tmp_path.glob("spread-demo-*")))
        running.process.send_signal(ending)
        assert running.process.wait(SOON_S) == 130, running.said
        assert not any(tmp_path.glob("spread-demo-*"))
    finally:
        running.close()


def test_what_a_demo_starts_as_it_is_ended_is_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that nobody knows of would run on, and write into what is deleted."""
    it, begin = Demo(str(tmp_path)), subprocess.Popen

    def ended_meanwhile(*given: object, **more: object) -> "subprocess.Popen[str]":
        it.on_signal()
        return begin(*given, **more)  # type: ignore[call-overload, no-any-return]  # as they came

    monkeypatch.setattr(subprocess, "Popen", ended_meanwhile)
    with pytest.raises(KeyboardInterrupt):
        it.spread("laptop", "--version")
    (process,) = it.processes
    process.communicate()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("share notes.md", "on the other machine run"), ("share notes.md --json --keep-open 5", '"code"'),
        ("pair", "on the other machine run"), ("sync", "engine running"),
        ("relay --host 127.0.0.1 --port 0 --store memory", "listening"), ("demo", "\n"),
    ],
)  # fmt: skip
def test_while_it_runs(home: Paths, tmp_path: Path, line: str, says: str) -> None:
    """Once it has begun what it would go on with for long."""
    (tmp_path / "notes.md").write_text("notes\n")
    running = Running(tmp_path, line)
    try:
        wait_until(f"it says {says!r}", running.says(says))
        interrupt(running)
    finally:
        running.close()


def test_while_it_searches_the_network(home: Paths, tmp_path: Path) -> None:
    """A code that nobody has offered."""
    running = Running(tmp_path, "receive a7f3b2-amber-tiger-lamp")
    try:
        wait_until("it has a socket", lambda: running.has_open("socket:"))
        interrupt(running)
    finally:
        running.close()


@pytest.mark.parametrize("line", ["distill session.jsonl", "share session.jsonl"])
def test_while_it_reads(home: Paths, tmp_path: Path, line: str) -> None:
    """A transcript of 40 MB."""
    line_of = {"type": "user", "sessionId": "s", "message": {"role": "user", "content": "mend it " * 50}}
    with open(tmp_path / "session.jsonl", "wb") as handle:
        handle.write((json.dumps(line_of) + "\n").encode() * 80_000)
    running = Running(tmp_path, line)
    try:
        wait_until("it reads", lambda: running.has_open("session.jsonl"))
        interrupt(running)
    finally:
        running.close()


def test_while_it_waits_for_standard_input(home: Paths, tmp_path: Path) -> None:
    """`spread share -` and nothing comes."""
    running = Running(tmp_path, "share -")
    try:
        wait_until("it has loaded", running.sleeps)
        interrupt(running)
        assert running.said == "\nspread: interrupted\n"
    finally:
        running.close()


DROPPED = """
class Half:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
def run(*_):
    Half()
    time.sleep(60)
"""
HALF_MADE = """
class Half:
    def __init__(self):
        signal.raise_signal(signal.SIGINT)
    def __del__(self):
        print(self.whole)
async def never():
    pass
def run(*_):
    coroutine = never()
    Half()
"""


@pytest.mark.parametrize("program", [DROPPED, HALF_MADE])
def test_where_python_itself_would_complain(home: Paths, program: str) -> None:
    """In a destructor, where Python drops it; and before something that complains at its end is whole."""
    code = f"import signal, time; from spread import cli\n{program}\ncli._run = run; cli.script()"
    done = subprocess.run(
        [sys.executable, "-c", code, "status"], capture_output=True, text=True, check=False, timeout=30,
        env={**os.environ, "PYTHONPATH": LIBRARY},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\nspread: interrupted\n")


def test_while_it_loads(home: Paths) -> None:
    """What comes while the first modules are read waits until they are."""
    code = (
        "import builtins, signal, sys; load = builtins.__import__\n"
        "def slow(name, *more):\n"
        "    if name == 'atexit': signal.raise_signal(signal.SIGINT); sys.stderr.write('still here')\n"
        "    return load(name, *more)\n"
        "builtins.__import__ = slow; from spread import cli; cli.script()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "status"], capture_output=True, text=True, check=False, timeout=30,
        env={**os.environ, "PYTHONPATH": LIBRARY},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "still here\nspread: interrupted\n")
