"""The status line: what it counts, that it never waits, and that it leaves an existing one alone."""

import fcntl
import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

import spread
from spread import statusline
from spread.paths import Paths
from tests.harness.home import PROJECT, make_project, put_handoff

LIBRARY = str(Path(spread.__file__).parent.parent)
CODE = "import sys; sys.path.append(sys.argv[1]); from spread.statusline import main; main()"


@pytest.fixture
def two(home: Paths) -> Paths:
    """A home with two peers; one debt, and a file that is none."""
    for name in ("laptop", "tower"):
        Path(home.peers, f"{name}.toml").touch()
    Path(home.peers, ".laptop.toml.1.tmp").touch()
    owed = Path(home.outbox, "laptop")
    owed.mkdir()
    (owed / "s.1.md").touch()
    (owed / ".s.2.md.1.ab.tmp").touch()
    return home


def told(directory: Path) -> bytes:
    """Return what the client sends, with the keys it has."""
    place = str(directory)
    return json.dumps(
        {"session_id": "s", "cwd": place, "workspace": {"current_dir": place, "project_dir": place}}
    ).encode()


def shim(
    *words: str, stdin: bytes = b"{}\n", **env: str
) -> "subprocess.CompletedProcess[bytes]":  # fmt: skip
    """Run it as the client's shim does, in an environment without any locale."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 1 << 20)
    os.write(writing, stdin)  # all at once, and before it starts: it waits for nobody
    os.close(writing)
    try:
        return subprocess.run(
            [sys.executable, "-I", "-S", "-c", CODE, LIBRARY, *words], stdin=reading, capture_output=True, timeout=60,
            env={"PATH": os.environ["PATH"], "SPREAD_HOME": os.environ["SPREAD_HOME"], "LC_ALL": "C", **env},
        )  # fmt: skip
    finally:
        os.close(reading)


def test_nobody(home: Paths) -> None:
    """Without a peer, or a home at all, there is nothing to see."""
    assert statusline.segment(home) == ""
    assert statusline.segment(Paths(Path(home.home, "none"))) == ""
    done = shim()
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_counts(two: Paths, tmp_path: Path) -> None:
    """Peers and what is owed; what waits is counted when there is something."""
    assert statusline.segment(two) == "⇄ 2 peers · 1 owed"
    put_handoff(two, "one")
    put_handoff(two, "two", project="git.example/acme/other")
    assert statusline.segment(two) == "⇄ 2 peers · 1 owed · 2 pending"
    here = make_project(tmp_path / "checkout")
    assert statusline.segment(two, told(here)) == "⇄ 2 peers · 1 owed · 1 pending"
    os.unlink(two.inbox_index)
    assert statusline.segment(two, told(here)).endswith(" · 2 pending")


def test_one_peer(two: Paths) -> None:
    """One is one; nothing owed and nothing pending is not told."""
    os.unlink(Path(two.peers, "laptop.toml"))
    assert statusline.segment(two) == "⇄ 1 peer"


def test_outside_any_project(two: Paths, tmp_path: Path) -> None:
    """Nothing is for a directory outside git, so nothing is pending there."""
    put_handoff(two)
    bare = tmp_path / "bare"
    bare.mkdir()
    assert statusline.segment(two, told(bare)) == "⇄ 2 peers · 1 owed"


@pytest.mark.parametrize(
    "text",
    ['{"a": [1, -2.5e3, "\\u00e9\\n", true, null], "b": {}}', " 5\n", '""', '"\U0001f600"', "NaN", "[]"],
)
def test_it_reads_json_as_json_does(text: str) -> None:
    """The scanner that is used without its module gives the same."""
    assert repr(statusline._loads(text.encode())) == repr(json.loads(text))


@pytest.mark.parametrize(
    "text", ["", "{", '{"a"}', "[1,]", "1 2", "{} x", "nul", "[" * 100_000, '"\n"', "\udcff"]
)
def test_what_is_no_json(text: str) -> None:
    """Each is a ValueError, as of the module."""
    with pytest.raises(ValueError):  # noqa: PT011 - of either kind
        statusline._loads(text.encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    "payload", [b"", b"\n", b"{", b"[]", b"null", b'{"workspace": 1, "cwd": 2}', b"\xff"]
)
def test_a_payload_that_tells_nothing(two: Paths, payload: bytes) -> None:
    """Whatever the client sends, what waits is counted, then of all projects."""
    put_handoff(two, project=PROJECT)
    assert statusline.segment(two, payload) == "⇄ 2 peers · 1 owed · 1 pending"


def test_switched_off(two: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause is told; a session that is switched off has no segment."""
    Path(two.paused).touch()
    assert statusline.segment(two) == "⇄ paused"
    monkeypatch.setenv("SPREAD_OFF", "1")
    assert statusline.segment(two) == ""


def test_as_the_shim_runs_it(two: Paths) -> None:
    """UTF-8 and one line, whatever the locale."""
    done = shim()
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, "⇄ 2 peers · 1 owed\n", b"")


def test_behind_another_status_line(two: Paths, tmp_path: Path) -> None:
    """The other one gets the same stdin; ours stands behind its last line; its words are passed on untouched."""
    payload = told(tmp_path / "a b")
    done = shim(
        "--", sys.executable, "-c", "import sys; print('up'); print(len(sys.stdin.read()))", stdin=payload
    )
    assert done.stdout.decode() == f"up\n{len(payload)} ⇄ 2 peers · 1 owed\n"
    assert shim("printf", "%s|", "a b", "c").stdout.decode() == "a b|c| ⇄ 2 peers · 1 owed\n"
    done = shim("tr a-z A-Z; echo ' and \"so\" on' >&2", stdin=b'{"x": "y"}')
    assert done.stdout.decode() == '{"X": "Y"} ⇄ 2 peers · 1 owed\n'
    assert done.stderr == b' and "so" on\n'


@pytest.mark.parametrize("words", [("no-such-command",), ("no-such-program", "-x"), ("exit 3",), ("true",)])
def test_another_status_line_that_fails(two: Paths, words: tuple[str, ...]) -> None:
    """Then ours stands alone; and the other one's stays when ours has nothing to say."""
    done = shim(*words)
    assert (done.returncode, done.stdout.decode()) == (0, "⇄ 2 peers · 1 owed\n")
    assert shim("echo up", SPREAD_OFF="1").stdout == b"up\n"


def test_a_large_payload_that_nobody_reads(two: Paths) -> None:
    """More than a pipe holds is no deadlock."""
    done = shim("echo up", stdin=b'{"x": "' + b"y" * 300_000 + b'"}')
    assert done.stdout.decode() == "up ⇄ 2 peers · 1 owed\n"


def test_another_status_line_that_hangs(two: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended in time, and what it has printed by then is shown."""
    assert statusline.COMMAND_WAIT_S <= 5
    for wait_s in (0.5, 5.0, 30.0):  # a busy machine may take so long to start it
        monkeypatch.setattr(statusline, "COMMAND_WAIT_S", wait_s)
        if said := statusline._output(["echo up; exec sleep 60"], b""):
            break
    assert said == b"up\n"


def test_it_waits_for_nobody(two: Paths) -> None:
    """A terminal, a closed stdin, and a pipe that stays open and empty: the line comes all the same."""
    leader, follower = pty.openpty()
    reading, writing = os.pipe()
    argv = [sys.executable, "-I", "-S", "-c", CODE, LIBRARY]
    env = {"PATH": os.environ["PATH"], "SPREAD_HOME": two.home}
    try:
        for stdin in (follower, reading):
            started = time.monotonic()
            done = subprocess.run(argv, stdin=stdin, capture_output=True, timeout=60, env=env)
            assert done.stdout.decode() == "⇄ 2 peers · 1 owed\n"
            assert time.monotonic() - started < 30
    finally:
        for handle in (leader, follower, reading, writing):
            os.close(handle)
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *argv], capture_output=True, timeout=30, env=env
    )
    assert closed.stdout.decode() == "⇄ 2 peers · 1 owed\n"


def test_nobody_reads_it(two: Paths) -> None:
    """A reader that has gone is no error."""
    reading, writing = os.pipe()
    os.close(reading)
    argv = [sys.executable, "-I", "-S", "-c", CODE, LIBRARY]
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE, timeout=30,
        env={"SPREAD_HOME": two.home, "PATH": os.environ["PATH"]},
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_command(two: Paths) -> None:
    """`spread statusline` is the same, and takes another status line's command."""
    argv = [sys.executable, "-m", "spread.cli", "statusline"]
    env = {**os.environ, "PYTHONPATH": LIBRARY}
    for words, line in (([], ""), (["--", "echo", "-n", "--json"], "--json ")):
        done = subprocess.run([*argv, *words], input=b"{}", capture_output=True, timeout=30, env=env)
        assert done.stdout.decode() == f"{line}⇄ 2 peers · 1 owed\n"
        assert (done.returncode, done.stderr) == (0, b"")
