"""Two machines in one temporary folder, with real `spread` processes; nothing leaves loopback."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import tomli_w

import spread
from spread import engine_lock, store
from spread.paths import Paths
from spread.protocol.words import WORDS

REMOTE = "https://git.example/acme/parser.git"
PROJECT = "git.example/acme/parser"
PATIENCE_S = 60.0
LIBRARY = str(Path(spread.__file__).resolve().parent.parent)
MARK = "SPREAD_TEST_WORLD"  # in the environment of all that a world starts, detached engines too
NOT_OURS = "a" * 6  # a room that nobody has made


def wait_until(what: str, holds: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
    """Return as soon as `holds()`; fail, saying what did not happen, when it does not in time."""
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, f"within {timeout_s} s: {what}"
        time.sleep(0.01)


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def told(self) -> dict[str, str]:
        """Return what the lines on stderr say: `error`, `cause`, `hint`."""
        parts = [line.split(": ", 2)[1:] for line in self.err.splitlines() if line.startswith("spread: ")]
        return {part[0]: part[1] for part in parts if len(part) == 2}


class Command:
    """A running command; its output goes to files, as a script's would, so that what is not flushed is not seen."""

    def __init__(
        self, argv: list[str], env: dict[str, str], cwd: Path, stem: Path, stdin: str | None
    ) -> None:
        self._out, self._err = stem.with_suffix(".out"), stem.with_suffix(".err")
        with open(self._out, "wb") as out, open(self._err, "wb") as err:
            source: Any = subprocess.DEVNULL if stdin is None else subprocess.PIPE
            self.process = subprocess.Popen(argv, env=env, cwd=cwd, stdin=source, stdout=out, stderr=err)
        if self.process.stdin is not None and stdin is not None:
            self.process.stdin.write(stdin.encode())
            self.process.stdin.close()

    @property
    def out(self) -> str:
        return self._out.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        return self._err.read_text(encoding="utf-8")

    def line(self) -> str:
        """Return the first whole line on stdout, while the command goes on."""
        wait_until(f"a line on stdout; stderr: {self.err}", self._has_line_or_ended)
        assert "\n" in self.out, f"ended with {self.process.returncode}: {self.err}"
        return self.out.partition("\n")[0]

    def _has_line_or_ended(self) -> bool:
        return "\n" in self.out or self.process.poll() is not None

    def says(self, text: str) -> None:
        """Wait for `text` on stderr."""
        wait_until(f"{text!r} on stderr", lambda: text in self.err)

    def is_busy(self) -> None:
        """Wait until it has a socket open: from then on it does what it was told to."""
        wait_until("a socket", lambda: any("socket:" in name for name in open_files(self.process.pid)))

    def end(self, timeout_s: float = PATIENCE_S) -> Done:
        """Wait for the end."""
        try:
            code = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"did not end: {self.process.args!r}: {self.out} {self.err}") from None
        return Done(code, self.out, self.err)

    def stop(self, number: int = signal.SIGTERM) -> Done:
        """Send a signal, and wait for the end."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.end()


class Machine:
    """A HOME with a `SPREAD_HOME` and a checkout; laid out as the client's `Sandbox` is."""

    def __init__(self, world: "World", name: str) -> None:
        self.name = name
        self.world = world
        self.root = world.root / name
        self.home = self.root / "home"
        self.paths = Paths(self.root / "spread")
        self.project = self.root / "project"
        self.home.mkdir(parents=True)
        self.paths.make()
        make_checkout(self.project, self.env())
        self.through: list[str] = []  # what its commands are started with: a host of a private network, say
        self._count = 0

    def env(self, **more: str) -> dict[str, str]:
        """Return a whole environment; only the loopback interface is known in it."""
        kept = {
            key: os.environ[key] for key in ("PATH", "TMPDIR", "COVERAGE_PROCESS_START") if key in os.environ
        }
        return {
            **kept, "HOME": str(self.home), "LANG": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull,
            "PYTHONPATH": LIBRARY, **self.spread_env(), **more,
        }  # fmt: skip

    def spread_env(self) -> dict[str, str]:
        """Return the part of the environment that is ours."""
        return {
            "SPREAD_HOME": self.paths.home, "SPREAD_INTERFACES": "127.0.0.1", MARK: self.world.mark,
        }  # fmt: skip

    def configure(self, **values: Any) -> None:
        """Write config.toml; there is no relay unless one is given."""
        Path(self.paths.config).write_text(tomli_w.dumps({"name": self.name, "relay": "", **values}))

    def spread(
        self, *arguments: str, stdin: str | None = None, cwd: Path | None = None, **env: str
    ) -> Command:
        """Start a `spread` command."""
        self._count += 1
        stem = self.root / f"{self._count:03}-{arguments[0] if arguments else 'spread'}"
        argv = [*self.through, sys.executable, "-m", "spread.cli", *arguments]
        command = Command(argv, self.env(**env), cwd or self.project, stem, stdin)
        self.world.commands.append(command)
        return command

    def run(self, *arguments: str, stdin: str | None = None, cwd: Path | None = None, **env: str) -> Done:
        """Run a `spread` command to its end."""
        return self.spread(*arguments, stdin=stdin, cwd=cwd, **env).end()

    def start_engine(self) -> Command:
        """Run `spread sync` and wait until it has looked at the mailboxes."""
        before = _stamp(self.paths.engine_ready)  # a killed engine leaves the file
        command = self.spread("sync")
        wait_until(
            f"{self.name}'s engine is ready",
            lambda: (
                _stamp(self.paths.engine_ready) not in (None, before) or command.process.poll() is not None
            ),
        )
        assert command.process.poll() is None, command.err
        return command

    def status(self) -> dict[str, Any]:
        """Return what the engine last wrote, {} if nothing."""
        try:
            return dict(json.loads(Path(self.paths.engine_status).read_text()))
        except (OSError, ValueError):
            return {}

    def peer(self) -> dict[str, Any]:
        """Return what the engine last wrote of its one peer, {} if nothing."""
        return next(iter(self.status().get("peers", {}).values()), {})

    def write_turn(self, session: str, text: str = "let it parse weeks") -> str:
        """Add one turn to a session's transcript; return what the Stop hook is told of it."""
        transcript = self.root / f"{session}.jsonl"
        lines = transcript.read_text() if transcript.exists() else ""
        at = time.strftime(f"%Y-%m-%dT%H:%M:%S.{lines.count(chr(10)):03}Z", time.gmtime())
        common = {"sessionId": session, "cwd": str(self.project), "timestamp": at, "version": "2.1.330"}
        answer = {"role": "assistant", "id": "m1", "content": [{"type": "text", "text": "Done."}]}
        said: list[dict[str, Any]] = [
            {"type": "user", "promptSource": "sdk", "message": {"role": "user", "content": text}},
            {"type": "assistant", "message": answer},
        ]
        for one in said:
            lines += json.dumps({**one, **common, "uuid": secrets.token_hex(8), "parentUuid": None}) + "\n"
        transcript.write_text(lines)
        payload = {
            "session_id": session, "transcript_path": str(transcript), "cwd": str(self.project),
            "hook_event_name": "Stop", "last_assistant_message": "Done.",
        }  # fmt: skip
        return json.dumps(payload) + "\n"

    def turn(self, session: str, text: str = "let it parse weeks") -> None:
        """Let a session have one more turn, with the Stop hook at its end."""
        subprocess.run(
            ["sh", os.path.join(self.paths.hooks, "stop")], input=self.write_turn(session, text), text=True,
            check=True, env=self.env(CLAUDE_CODE_SESSION_ID=session), cwd=self.project, timeout=PATIENCE_S,
        )  # fmt: skip

    def told(self, **more: str) -> str:
        """Return what a session that starts now is told, "" if nothing; with more in its environment."""
        payload = {"session_id": "next", "cwd": str(self.project), "hook_event_name": "SessionStart"}
        done = subprocess.run(
            ["sh", os.path.join(self.paths.hooks, "session-start")],
            input=json.dumps({**payload, "source": "startup"}) + "\n", text=True, check=True,
            env=self.env(CLAUDE_PROJECT_DIR=str(self.project), **more), cwd=self.project, timeout=PATIENCE_S,
            capture_output=True,
        )  # fmt: skip
        if not done.stdout:
            return ""
        return str(json.loads(done.stdout).get("hookSpecificOutput", {}).get("additionalContext", ""))

    def holds(self, session: str, revision: int | None = None) -> bool:
        """Tell whether the inbox has a session's hand-off."""
        return any(
            item.session == session and revision in (None, item.revision)
            for item in store.received(self.paths)
        )

    def stop_engine(self) -> None:
        """End this home's engine, however it was started, and wait until it has gone."""
        wait_until(f"{self.name}'s engine has gone", self._engine_gone)

    def _engine_gone(self) -> bool:
        if not engine_lock.is_running(self.paths):
            return True
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(Path(self.paths.engine_pid).read_text()), signal.SIGTERM)
        return False


def make_checkout(folder: Path, env: dict[str, str], remote: str = REMOTE) -> None:
    """Make a repository with one commit and a remote."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README").write_text("a parser\n")
    who = ["-c", "user.name=dev", "-c", "user.email=dev@git.example"]
    for arguments in (
        ["init", "-q", "-b", "main"], ["remote", "add", "origin", remote], ["add", "."],
        [*who, "commit", "-qm", "begin"],
    ):  # fmt: skip
        subprocess.run(["git", *arguments], cwd=folder, env=env, check=True)


class World:
    """Machines `a` and `b`, and a relay where one is wanted; a context manager that ends all it started."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.mark = secrets.token_hex(8)
        self.commands: list[Command] = []
        self.a = Machine(self, "a")
        self.b = Machine(self, "b")
        self._relay: Machine | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for command in self.commands:
            command.process.kill()
            command.process.wait()
        wait_until("all processes have gone", self._all_gone)

    def _all_gone(self) -> bool:
        """Kill what is left, again and again: one that is just being ended may have started another."""
        for pid in self.strays():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not self.strays()

    def strays(self) -> list[int]:
        """Return the processes that carry our mark."""
        wanted = f"{MARK}={self.mark}".encode()
        return [pid for pid in _processes() if wanted in _read(f"/proc/{pid}/environ").split(b"\0")]

    def arguments(self) -> list[bytes]:
        """Return the command lines of all processes of this world."""
        return [_read(f"/proc/{pid}/cmdline") for pid in self.strays()]

    def configure(self, **values: Any) -> None:
        """Write both machines' config.toml; there is no relay unless one is given."""
        for machine in (self.a, self.b):
            machine.configure(**values)

    def start_relay(
        self, store: str = "memory", host: str = "127.0.0.1", through: list[str] | None = None
    ) -> str:
        """Start `spread relay` and return its URL."""
        self._relay = self._relay or Machine(self, "relay")
        self._relay.through = through or []
        relay = self._relay.spread("relay", "--host", host, "--port", "0", "--store", store)
        return relay.line().removeprefix("listening on ")

    def pair(self) -> None:
        """Pair the two machines, as a person would."""
        first = self.a.spread("pair")
        second = self.b.run("pair", first.line())
        assert (second.code, first.end().code) == (0, 0), first.err + second.err


def _processes() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def _stamp(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return None


def open_files(pid: int) -> list[str]:
    """Return what a process has open, as Linux names it; it may close any of it while this looks."""
    folder = f"/proc/{pid}/fd"
    return [_link(f"{folder}/{number}") for number in os.listdir(folder)]


def listening_ports(pid: int) -> list[int]:
    """Return the ports a process listens on."""
    ours = open_files(pid)
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return [
        int(fields[1].split(":")[1], 16)
        for fields in lines
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in ours
    ]


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def other_words(code: str) -> str:
    """Return a code for the same room with other words."""
    room, *words = code.split("-")
    return "-".join([room, *(WORDS[(WORDS.index(word) + 1) % len(WORDS)] for word in words)])
