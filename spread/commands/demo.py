"""`spread demo`: the main job on one machine, with the real commands, hooks, engines and relay.

Two homes in a temporary directory, loopback only. Each step is checked by what it left behind, not by what was
meant to happen.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import tomli_w

from spread import history, store, store_receipts
from spread.commands import terminal
from spread.errors import EXIT_DONE, SpreadError
from spread.paths import Paths
from spread.resources import remember

REMOTE: Final = "https://git.example/dev/parser.git"
RECORDED_CWD: Final = "/home/dev/parser"
SESSION: Final = "d3m0d3m0-0000-4000-8000-000000000001"
RECORDED_AT: Final = re.compile(r'(?<="timestamp":")[^"]+')
PATIENCE_S: Final = 60.0  # a step takes a second; the machine may be busy


class Demo:
    """The temporary world of one demo."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.began = datetime.now(UTC)
        self.processes: list[subprocess.Popen[str]] = []
        self.relay = ""
        self.held = self.ended = False  # what ends us waits, and came

    def home(self, machine: str) -> Paths:
        return Paths(os.path.join(self.root, machine, "spread"))

    def project(self, machine: str) -> str:
        return os.path.join(self.root, machine, "parser")

    def env(self, machine: str) -> dict[str, str]:
        """Return an environment that knows this machine's home and the loopback interface only."""
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
        library = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        return {
            **kept, "HOME": os.path.join(self.root, machine), "SPREAD_HOME": self.home(machine).home,
            "SPREAD_INTERFACES": "127.0.0.1", "PYTHONPATH": library, "GIT_CONFIG_GLOBAL": os.devnull,
        }  # fmt: skip

    def spread(self, machine: str, *arguments: str) -> "subprocess.Popen[str]":
        """Start a `spread` command; its stderr goes to a file of its own."""
        self.held = True  # else it could run on, and nobody knew of it
        with open(os.path.join(self.root, f"{machine}.stderr"), "a", encoding="utf-8") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "spread.cli", *arguments], env=self.env(machine), cwd=self.root,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        self.processes.append(process)
        self.held = False
        if self.ended:
            raise KeyboardInterrupt
        return process

    def on_signal(self, *_: object) -> None:
        """End the demo, unless something is half begun, or it ends already."""
        self.ended = True
        if not self.held:
            raise KeyboardInterrupt

    def hook(self, machine: str, name: str, payload: dict[str, Any]) -> str:
        """Run one of our hooks as the client would, and return what it prints."""
        done = subprocess.run(
            ["sh", os.path.join(self.home(machine).hooks, name)], input=json.dumps(payload) + "\n", text=True,
            env={**self.env(machine), "CLAUDE_CODE_SESSION_ID": SESSION, "CLAUDE_PROJECT_DIR": self.project(machine)},
            cwd=self.project(machine), capture_output=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SpreadError(f"the {name} hook failed", why=f"it ended with {done.returncode}")
        return done.stdout

    def line(self, process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None
        text = process.stdout.readline().strip()
        if not text:
            raise SpreadError("a command ended early", why=self.errors())
        return text

    def errors(self) -> str:
        """Return the last thing any command said on stderr."""
        said = []
        for machine in ("laptop", "desktop"):
            with contextlib.suppress(OSError), open(os.path.join(self.root, f"{machine}.stderr")) as handle:
                said += handle.read().strip().splitlines()[-2:]
        return " / ".join(said)

    def end(self, process: "subprocess.Popen[str]") -> None:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self.processes.remove(process)

    def wait(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait until something is so.

        Raises:
            SpreadError: It did not become so in time.
        """
        end = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > end:
                raise SpreadError(what, why=self.errors() or f"not within {PATIENCE_S:.0f} s")
            time.sleep(0.02)


def run() -> int:
    """Show the main job; exit 1 if any step did not really happen."""
    if shutil.which("git") is None:
        raise SpreadError(
            "git is not installed", why="the demo makes two checkouts of one project", hint="install git"
        )
    started = time.monotonic()
    with _world() as demo:
        for title, step in (
            ("two machines, one project, and a relay of our own", _prepare),
            ("paired with a one-time code", _pair),
            ("a turn on the laptop arrives on the desktop over the LAN", _over_lan),
            ("the desktop is off: the next turn waits at the relay, sealed", _to_relay),
            ("the laptop is off: the desktop wakes and fetches it", _from_relay),
            ("the receipt pays the laptop's debt", _receipt),
        ):
            at = time.monotonic()
            detail = step(demo)
            terminal.result(f"✓ {title} ({time.monotonic() - at:.1f} s)")
            for one in detail:
                terminal.result(f"    {one}")
        told = _told(demo)
    terminal.result("✓ what the desktop's next Claude Code session is told:\n")
    terminal.result("\n".join(f"    {one}" for one in told.splitlines()))
    terminal.result(
        f"\nall of it really happened, in {time.monotonic() - started:.1f} s; next: spread install"
    )
    return EXIT_DONE


@contextlib.contextmanager
def _world() -> Iterator[Demo]:
    # It has its name before it is made: from that moment on somebody may end us.
    demo = Demo(os.path.join(tempfile.gettempdir(), f"spread-demo-{secrets.token_hex(8)}"))
    for ending in ("SIGINT", "SIGTERM", "SIGHUP"):  # ended from outside it tidies up all the same
        if signal.getsignal(number := getattr(signal, ending, signal.SIGTERM)) is not signal.SIG_IGN:
            signal.signal(number, demo.on_signal)
    try:
        os.mkdir(demo.root, 0o700)
        yield demo
    finally:
        demo.held = True
        for process in list(demo.processes):
            demo.end(process)
        shutil.rmtree(demo.root, ignore_errors=True)


def _prepare(demo: Demo) -> list[str]:
    demo.home("relay").make()
    relay = demo.spread("relay", "relay", "--host", "127.0.0.1", "--port", "0", "--store", "memory")
    for machine in ("laptop", "desktop"):
        os.makedirs(demo.project(machine))
        for arguments in (["init", "-q", "-b", "main"], ["remote", "add", "origin", REMOTE]):
            subprocess.run(["git", *arguments], cwd=demo.project(machine), env=demo.env(machine), check=True)
    demo.relay = demo.line(relay).split()[-1]
    for machine in ("laptop", "desktop"):
        paths = demo.home(machine)
        remember(paths)
        with open(paths.config, "wb") as handle:
            tomli_w.dump({"name": machine, "relay": demo.relay}, handle)
    return [f"relay at {demo.relay}"]


def _pair(demo: Demo) -> list[str]:
    first = demo.spread("laptop", "pair")
    code = demo.line(first)
    second = demo.spread("desktop", "pair", code)
    said = [demo.line(first), demo.line(second)]
    for process in (first, second):
        demo.end(process)
    return [f"code {code}", *said]


def _payload(demo: Demo, machine: str, event: str, **more: Any) -> dict[str, Any]:
    return {
        "session_id": SESSION, "transcript_path": os.path.join(demo.root, "session.jsonl"),
        "cwd": demo.project(machine), "hook_event_name": event, **more,
    }  # fmt: skip


def _turn(demo: Demo, whole: bool) -> None:
    """Let the recorded session go on by a turn, and run the Stop hook as the client does."""
    recorded = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "demo.jsonl")
    with open(recorded, encoding="utf-8") as handle:
        text = as_of(demo.began, handle.read()).replace(RECORDED_CWD, demo.project("laptop"))
    lines = text.splitlines(keepends=True)
    prompts = [at for at, line in enumerate(lines) if _is_prompt(json.loads(line))]
    kept = lines if whole else lines[: prompts[1]]
    with open(os.path.join(demo.root, "session.jsonl"), "w", encoding="utf-8") as handle:
        handle.writelines(kept)
    demo.hook("laptop", "stop", _payload(demo, "laptop", "Stop", stop_hook_active=False))


def as_of(now: datetime, recorded: str) -> str:
    """Return a recorded session as if it had ended now: one that is older than a week is not told by itself."""
    times = [datetime.fromisoformat(at) for at in RECORDED_AT.findall(recorded)]
    late: timedelta = now - max(times)
    return RECORDED_AT.sub(lambda at: _written(datetime.fromisoformat(at[0]) + late), recorded)


def _written(at: datetime) -> str:
    """Return a time as the client writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_prompt(line: dict[str, Any]) -> bool:
    return line.get("type") == "user" and isinstance(line.get("message", {}).get("content"), str)


def _peer(demo: Demo, machine: str) -> dict[str, Any]:
    """Return what a machine's engine says of its one peer."""
    try:
        with open(demo.home(machine).engine_status, "rb") as handle:
            (peer,) = json.load(handle)["peers"].values()
    except (OSError, ValueError, KeyError):
        return {}
    return dict(peer)


def _sent_by(demo: Demo, machine: str) -> list[str]:
    """Return the routes that it sent by: on a busy machine the relay does not wait until the LAN has it."""
    return [record.route for record in history.records(demo.home(machine)) if record.event == "sent"]


def _arrived(demo: Demo, revision: int) -> bool:
    return any(not i.seen and i.revision == revision for i in store.received(demo.home("desktop")))


def _over_lan(demo: Demo) -> list[str]:
    for machine in ("laptop", "desktop"):
        demo.spread(machine, "sync")
    demo.wait(
        "the two engines did not find each other", lambda: "lan" in _peer(demo, "laptop").get("routes", [])
    )
    at = time.monotonic()
    _turn(demo, whole=False)
    demo.wait("the hand-off did not arrive", lambda: _arrived(demo, 1))
    took = time.monotonic() - at
    demo.wait("no receipt came back", lambda: not store.owed(demo.home("laptop")))
    demo.wait("it did not go over the LAN", lambda: "lan" in _sent_by(demo, "laptop"))
    return [f"{took * 1000:.0f} ms from the end of the turn to the desktop's inbox"]


def _to_relay(demo: Demo) -> list[str]:
    demo.end(demo.processes[-1])
    _turn(demo, whole=True)
    demo.wait("the relay did not take it", lambda: _peer(demo, "laptop").get("at_relay") == 1)
    return [f"{len(store.owed(demo.home('laptop')))} owed to desktop, kept by the relay"]


def _from_relay(demo: Demo) -> list[str]:
    demo.end(demo.processes[-1])
    demo.spread("desktop", "sync")
    demo.wait("the hand-off did not come from the relay", lambda: _arrived(demo, 2))
    return ["revision 2 is in the desktop's inbox; the older one is gone"]


def _receipt(demo: Demo) -> list[str]:
    demo.wait(
        "the receipt was not left at the relay", lambda: not store_receipts.waiting(demo.home("desktop"))
    )
    demo.spread("laptop", "sync")
    demo.wait("no receipt came back", lambda: not store.owed(demo.home("laptop")))
    return ["the laptop's outbox is empty"]


def _told(demo: Demo) -> str:
    said = demo.hook("desktop", "session-start", _payload(demo, "desktop", "SessionStart", source="startup"))
    try:
        text = str(json.loads(said)["hookSpecificOutput"]["additionalContext"])
    except (ValueError, KeyError, TypeError):
        raise SpreadError("the desktop's next session would be told nothing", why=demo.errors()) from None
    if demo.hook("desktop", "session-start", _payload(demo, "desktop", "SessionStart", source="startup")):
        raise SpreadError("the desktop's sessions would be told the same twice")
    return text
