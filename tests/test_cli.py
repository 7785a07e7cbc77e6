"""The command line: usage, exit codes, and what becomes of failures."""

import argparse
import asyncio
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spread import __version__, cli, cli_parsers
from spread.paths import Paths
from tests.commands.conftest import Run
from tests.commands.conftest import run as run
from tests.e2e.world import LIBRARY

RECORDED = str(Path(cli.__file__).parent / "demo.jsonl")

COMMANDS = (
    "demo", "distill", "share", "receive", "pair", "peers", "unpair", "sync", "status", "pause", "resume", "inbox",
    "show", "accept", "forget", "relay", "doctor", "statusline", "log", "search", "ui", "completion", "install",
    "uninstall",
)  # fmt: skip


def test_alone_it_names_the_everyday_commands(home: Paths, run: Run) -> None:
    """Five of them, and where to read on; that is no failure."""
    done = run()
    assert (done.code, done.err) == (0, "")
    for name in ("pair", "status", "inbox", "share", "receive"):
        assert f"  spread {name}" in done.out
    assert "spread demo" in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_help(home: Paths, run: Run, name: str) -> None:
    """Every command has a usage, one example and the exit codes."""
    done = run(name, "--help")
    assert done.code == 0
    assert done.out.startswith(f"usage: spread {name}")
    assert f"example: spread {name}" in done.out
    assert "exit codes: 0 done, 1 failed as explained, 2 usage, 3 our bug, 130 interrupted" in done.out


def test_top_help_names_every_command(home: Paths, run: Run) -> None:
    """`spread --help` lists them all; --version tells ours."""
    out = run("--help").out
    assert all(f"    {name}" in out for name in COMMANDS)
    assert run("--version").out == f"claude-spread {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",), ("status", "more"), ("pair", "--nonsense"), ("share", "--keep-open", "soon"), ("unpair",),
        ("share", "--lan", "--relay", "ws://x"), ("relay", "--port", "x"), ("distill", "x", "--format", "xml"),
    ],
)  # fmt: skip
def test_usage(home: Paths, run: Run, arguments: tuple[str, ...]) -> None:
    """Wrong use is exit 2, told in our form, and points to the help."""
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.told()["error"]
    assert "--help" in done.told()["hint"]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("status --jsn", "did you mean `--json`? see `spread status --help`"),
        ("-q distill x --zzz", "see `spread distill --help`"),
        ("status more", "see `spread status --help`"),
        ("--versoin", "did you mean `--version`? see `spread --help`"),
        ("--versoin status", "did you mean `--version`? see `spread --help`"),
        ("statuss", "did you mean `status`? see `spread --help`"),
        ("history", "did you mean `log`? see `spread --help`"),
        ("zzz", "see `spread --help`"),
    ],
)  # fmt: skip
def test_what_was_meant(home: Paths, run: Run, line: str, hint: str) -> None:
    """What is not known points to the help of the command it was given to, and to what is near."""
    done = run(*line.split())
    assert (done.code, done.told()["hint"]) == (2, hint)


def test_a_bug_is_ours(home: Paths, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody expected is exit 3; the traceback goes to a log, without the words that may hold content."""

    content = " ".join(["with", "content", "in", "it"])

    def fail(*_: object) -> int:
        raise LookupError(content)

    monkeypatch.setattr(cli, "_run", fail)
    done = run("status")
    assert (done.code, done.out) == (3, "")
    assert done.told()["error"] == "a bug in claude-spread: LookupError"
    (log,) = Path(home.log).glob("bug-*.log")
    assert str(log) in done.told()["cause"]
    assert "fail" in log.read_text()
    for text in (done.err, log.read_text()):
        assert content not in text


@pytest.mark.parametrize(("line", "asked"), [("help", "--help"), ("help pair", "pair --help")])
def test_help_as_a_word(run: Run, line: str, asked: str) -> None:
    """It is what `--help` is."""
    done = run(*line.split())
    assert (done.code, done.out) == (0, run(*asked.split()).out)


def test_where_files_cannot_be_locked(home: Paths, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows it is told that it does not run there, which is no bug to be reported."""

    def fail(*_: object) -> int:
        raise ModuleNotFoundError("No module named 'fcntl'", name="fcntl")

    monkeypatch.setattr(cli, "_run", fail)
    done = run("status")
    assert (done.code, done.told()["error"]) == (1, "this command does not run on Windows yet")
    assert not os.path.exists(home.log) or not os.listdir(home.log)


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("msgspec", 1, "the package msgspec is missing"), ("rich.console", 1, "the package rich is missing"),
        ("spread.nothing", 3, "a bug in claude-spread: ModuleNotFoundError"), ("asyncio.nothing", 3, "a bug in"),
    ],
)  # fmt: skip
def test_a_package_that_is_not_installed(
    home: Paths, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, code: int, says: str
) -> None:
    """Run from a checkout, or by another Python, it says what to do; a module of ours or Python's own is our bug."""

    def fail(*_: object) -> int:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr(cli, "_run", fail)
    done = run("status")
    assert done.code == code
    assert done.told()["error"].startswith(says)
    if code == 1:
        assert done.told()["hint"] == f"in a checkout: {sys.executable} -m pip install ."


def test_a_bug_where_no_log_can_be(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even then it is told, and no second failure hides the first."""

    def fail(*_: object) -> int:
        raise LookupError

    (tmp_path / "file").touch()
    monkeypatch.setenv("SPREAD_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(cli, "_run", fail)
    done = run("status")
    assert (done.code, done.told()["error"]) == (3, "a bug in claude-spread: LookupError")


@pytest.mark.parametrize("kind", [KeyboardInterrupt, asyncio.CancelledError])
def test_ctrl_c(home: Paths, run: Run, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]) -> None:
    """Interrupted is exit 130 and one word; the second is what asyncio makes of it at times."""

    def interrupt(*_: object) -> int:
        raise kind

    monkeypatch.setattr(cli, "_run", interrupt)
    done = run("status")
    assert (done.code, done.err) == (130, "\nspread: interrupted\n")


def test_no_permission(home: Paths, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file we may not use is named, as a failure and not as our bug."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied", "/some/file")

    monkeypatch.setattr(cli, "_run", refuse)
    done = run("status")
    assert done.code == 1
    assert done.told() == {
        "error": "cannot use /some/file",
        "cause": "Permission denied",
        "hint": "check its permissions and owner, and the disk's free space",
    }


def test_a_full_disk(home: Paths, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that found no room names no file: where there is none, and what to do, is told."""

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cli, "_run", refuse)
    done = run("status")
    assert done.code == 1
    assert done.told() == {
        "error": f"cannot write in {home.home}",
        "cause": "No space left on device",
        "hint": "make room on its disk, or set SPREAD_HOME to a directory on another one",
    }


def test_as_a_module(home: Paths) -> None:
    """`python -m spread` is the command, where its script is on no PATH."""
    done = subprocess.run(
        [sys.executable, "-m", "spread", "statsu"], capture_output=True, text=True, timeout=20, check=False,
        env={**os.environ, "SPREAD_HOME": home.home, "PYTHONPATH": LIBRARY},
    )  # fmt: skip
    assert done.returncode == 2
    assert "did you mean `status`?" in done.stderr


def test_the_reader_has_gone(home: Paths) -> None:
    """`spread status | head -0` is exit 1 without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "spread.cli", "status"], stdout=writer, stderr=subprocess.PIPE, text=True,
        timeout=20, check=False, env={**os.environ, "SPREAD_HOME": home.home, "PYTHONPATH": LIBRARY},
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no disk that is always full")
def test_what_is_printed_last_cannot_be_written(home: Paths) -> None:
    """A result that nobody got is a failure, also if it fails only at the very end."""
    for argument in ("status", "--version"):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "spread.cli", argument], stdout=full, stderr=subprocess.PIPE, text=True,
                timeout=20, check=False,
                env={**os.environ, "SPREAD_HOME": home.home, "PYTHONPATH": LIBRARY, "PYTHONUNBUFFERED": ""},
            )  # fmt: skip
        assert done.returncode == 1
        assert "Traceback" not in done.stderr


def test_what_the_terminal_cannot_show(home: Paths) -> None:
    """A character that its encoding has not, and half of one in a file's name, are no bug: a mark stands for them."""
    code = (
        "from spread import cli; cli._run = lambda *_: print('caf\\xe9 \\u2026 \\udcff') or 0; cli.script()"
    )
    for encoding, shown in (
        ("ascii", "caf? ? ?"),
        ("ascii:surrogateescape", "caf? ? ?"),
        ("utf-8", "café … ?"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, "status"], capture_output=True, check=False,
            env={**os.environ, "SPREAD_HOME": home.home, "PYTHONPATH": LIBRARY, "PYTHONIOENCODING": encoding},
        )  # fmt: skip
        assert (done.returncode, done.stdout.decode(), done.stderr) == (0, f"{shown}\n", b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no disk that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [("status",), ("distill", RECORDED)], ids=["short", "long"])
def test_an_output_without_room_is_told_as_that(
    home: Paths, unbuffered: str, command: tuple[str, ...]
) -> None:
    """Not as our own directory, where there may be room enough."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "spread.cli", *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=20,
            check=False,
            env={**os.environ, "SPREAD_HOME": home.home, "PYTHONPATH": LIBRARY, "PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(
        "spread: error: cannot write to standard output\nspread: cause: No space left"
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no disk that is always full")
@pytest.mark.parametrize(("command", "code"), [("status", 1), ("doctor", 1), ("statsu", 2)])
def test_nothing_can_be_written_at_all(home: Paths, command: str, code: int) -> None:
    """An error that nobody can be told of has its exit code all the same, also without a stderr."""
    with open("/dev/full", "wb") as full:
        for redirected in ("2>&1", "2>&-"):
            done = subprocess.run(
                ["/bin/sh", "-c", f'"$0" -m spread.cli {command} {redirected}', sys.executable], stdout=full,
                timeout=20, check=False,
                env={**os.environ, "SPREAD_HOME": home.home, "PYTHONPATH": LIBRARY, "PYTHONUNBUFFERED": ""},
            )  # fmt: skip
            assert done.returncode == code


def test_the_process_ends_at_once(home: Paths) -> None:
    """Nothing is taken apart module by module; but what asked to be told of the end is, and all is written."""
    code = (
        "import atexit, os, sys; from spread import cli; atexit.register(lambda: print('told'));"
        "sys.kept = type('Late', (), {'__del__': lambda _: os.write(2, b'late')})(); cli.script()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "inbox", "--json"], capture_output=True, text=True, check=True,
        env={**os.environ, "SPREAD_HOME": home.home, "PYTHONPATH": LIBRARY},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("[]\ntold\n", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_only_the_parser_asked_for_is_built(name: str) -> None:
    """The others would take longer than some commands run; it says the same as among all."""

    def parser(first: str) -> argparse.ArgumentParser:
        choices = next(
            action for action in cli_parsers.parsers(first)._actions if action.dest == "command"
        ).choices
        assert isinstance(choices, dict)
        assert len(choices) == (1 if first else len(COMMANDS))
        found = choices[name]
        assert isinstance(found, argparse.ArgumentParser)
        return found

    assert parser(name).format_help() == parser("").format_help()


@pytest.mark.parametrize("argument", ["--version", "--help", "nonsense"])
def test_parsing_imports_no_command(home: Paths, argument: str) -> None:
    """Who only asks does not wait for the network's packages to load."""
    code = "import sys; from spread.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, argument], capture_output=True, text=True, check=True,
        env={**os.environ, "SPREAD_HOME": home.home, "PYTHONPATH": LIBRARY},
    )  # fmt: skip
    heavy = {"asyncio", "cryptography", "websockets", "zeroconf", "watchdog"}
    assert not heavy & set(done.stdout.splitlines()[-1].split())
