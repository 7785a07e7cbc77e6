"""How long each command takes to start and end when it has no work to do, in a small home.

    python -m tests.bench.startup [RUNS]

Each is a whole process. CPU time is what it needs; wall time is what a person waits on this machine, as busy as it is.
The commands take turns. Nothing leaves the machine and no engine is started.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import spread
from spread import history, store, store_inbox, store_sent
from tests.bench import table
from tests.bench.table import Row
from tests.pairs import handoff, paired

RUNS: Final = 15
TARGET_MS: Final = 150.0
HANDOFFS: Final = 20
LIBRARY: Final = str(Path(spread.__file__).resolve().parent.parent)
RUN: Final = "import sys; sys.argv[0] = 'spread'; from spread.cli import script; script()"
COMMANDS: Final = (
    "--help", "", "status", "inbox", "show latest", "peers", "log", "search parser", "forget --help", "pair --help",
    "share --help", "sync --help", "relay --help", "doctor --help", "demo --help", "distill --help", "resume",
    "completion bash", "status --json",
)  # fmt: skip
ON_A_TERMINAL: Final = ("", "status", "inbox", "show latest", "log", "search parser")


@dataclass
class Case:
    """One command line, and what its runs took."""

    name: str
    argv: list[str]
    is_terminal: bool = False
    cpu_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)

    def run(self, env: dict[str, str]) -> None:
        """Run it once, and look whether it did what it should."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        code, out = _on_a_terminal(self.argv, env) if self.is_terminal else _into_a_pipe(self.argv, env)
        self.wall_s.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu_s.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert code == 0, f"{self.name}: exit {code}: {out!r}"
        assert out or self.name == "python", f"{self.name} said nothing"


def _into_a_pipe(argv: list[str], env: dict[str, str]) -> tuple[int, bytes]:
    done = subprocess.run(argv, env=env, capture_output=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def _on_a_terminal(argv: list[str], env: dict[str, str]) -> tuple[int, bytes]:
    main, other = os.openpty()
    with subprocess.Popen(argv, env=env, stdin=other, stdout=other, stderr=other) as process:
        os.close(other)
        out = b""
        try:
            while more := os.read(main, 65536):
                out += more
        except OSError:  # the other end is closed
            pass
        os.close(main)
        return process.wait(), out


def make_home(folder: Path) -> str:
    """Make a machine with a peer, some hand-offs and a history; return its SPREAD_HOME."""
    home, _ = paired(folder, now=time.time())
    Path(home.paths.config).write_text('relay = ""\n', encoding="utf-8")
    recorder = history.Recorder(home.paths, time.time)
    for number in range(HANDOFFS):
        session = f"{number:08x}-0000"
        text = handoff(session, 1, goal=f"make the parser accept {number}")
        if number % 2:
            store_inbox.accept(home.paths, "laptop", text, expected=(session, 1), own=True)
            recorder.note("received", "laptop", session, 1, route="lan")
        else:
            store.put(home.paths, "laptop", session, 1, text)
            recorder.note("sent", "laptop", session, 1, route="lan")
            store_sent.settle(home.paths, "laptop", session, 1)
    return home.paths.home


def measure(runs: int) -> tuple[list[Case], Case]:
    """Run all commands in turns; return them and the bare interpreter."""
    bare = Case("python", [sys.executable, "-c", "pass"])
    cases = [Case(f"spread {line}".strip(), [sys.executable, "-c", RUN, *line.split()]) for line in COMMANDS]
    cases += [
        Case(f"spread {line}".strip() + ", on a terminal", [sys.executable, "-c", RUN, *line.split()], True)
        for line in ON_A_TERMINAL
    ]
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ, "SPREAD_HOME": make_home(Path(folder)), "PYTHONPATH": LIBRARY, "HOME": folder,
            "SPREAD_INTERFACES": "127.0.0.1", "TERM": "xterm-256color",
        }  # fmt: skip
        for case in (bare, *cases):
            case.run(env)  # files into the cache, the index made
            case.cpu_s.clear()
            case.wall_s.clear()
        for _ in range(runs):
            for case in (bare, *cases):
                case.run(env)
    return cases, bare


def rows(quick: bool = False, runs: int = RUNS) -> Iterator[Row]:
    """Return what each command takes; least of its runs for CPU time, which a busy machine makes longer."""
    cases, bare = measure(3 if quick else runs)
    for case in cases:
        wall, floor = 1e3 * statistics.median(case.wall_s), 1e3 * min(bare.cpu_s)
        yield Row(
            f"{case.name}: CPU time (median wait {wall:.0f} ms)", "ms", 1e3 * min(case.cpu_s), floor,
            "bare interpreter", TARGET_MS,
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(table.told(rows(runs=int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)))
