"""What our hooks cost: runs of the real client with them and without, against the stub, in turns.

    python -m tests.bench.client [--pairs 15]

The home is paired and its engine's lock is held. A third run in each turn has hooks on the same events that do
nothing: what is left is ours. Then each hook by itself, with 50 hand-offs in the inbox, against the bare interpreter
and a shell that does nothing. Medians; wall time is what a person waits, CPU time is what a busy machine can tell.
"""

import argparse
import contextlib
import fcntl
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from spread import resources
from spread.paths import Paths
from tests.harness.client import Sandbox
from tests.harness.home import make_project, put_handoff, set_up

MAX_RATIO: Final = 1.05  # of a run with our hooks to one without
RUNS_OF_A_HOOK: Final = 41
BARE: Final = [sys.executable, "-I", "-S", "-c", "pass"]


def prepare(home: Paths) -> None:
    """Set a home up, as it usually is: something came once, nothing is new."""
    home.make()
    Path(home.config).write_text('relay = ""\n')
    set_up(home)
    for name in ("stop", "session-start", "prompt"):
        shutil.copy(os.path.join(resources.bundled("hooks"), name), home.hooks)
    Path(home.inbox_arrived).write_text("1\n")


@contextlib.contextmanager
def engine(home: Paths) -> Iterator[None]:
    """Hold the engine's lock, and have a process that looks like it, as with a running engine."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()", "spread", "sync"]
    with open(home.engine_lock, "w") as lock, subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Path(home.engine_pid).write_text(f"{process.pid}\n")
        try:
            yield
        finally:
            process.communicate()


def timed(box: Sandbox, home: Paths, settings: dict[str, object]) -> tuple[float, float]:
    """Run the client once; return the seconds on the clock, and those of CPU time of it and all it waited for."""
    box.settings(settings)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = box.run("-p", "hello", env={"SPREAD_HOME": home.home})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    return done.seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(box: Sandbox, home: Paths, pairs: int) -> float:
    """Print and return the ratio of runs with our hooks to runs without."""
    ours = json.loads(Path(resources.bundled("settings.example.json")).read_text())
    idle = json.loads(json.dumps(ours))
    for groups in idle["hooks"].values():
        groups[0]["hooks"][0]["command"] = ":"
    kinds: dict[str, dict[str, object]] = {"without": {}, "hooks of `:`": idle, "with ours": ours}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    timed(box, home, ours)
    for number in range(pairs):
        names = list(kinds)
        for name in names[number % 3 :] + names[: number % 3]:  # who goes first takes turns
            taken[name].append(timed(box, home, kinds[name]))
    ratio = 1.0
    for at, what in ((1, "CPU"), (0, "wall")):
        base = statistics.median(run[at] for run in taken["without"])
        for name, runs in taken.items():
            ratio = statistics.median(run[at] for run in runs) / base
            print(f"{what:>5} {name:>14}: {spread_of([run[at] for run in runs])}, {ratio:.3f} x without")
    return ratio


def spread_of(seconds: list[float]) -> str:
    """Return median and quartiles in milliseconds."""
    low, middle, high = (1000 * value for value in statistics.quantiles(seconds, n=4))
    return f"{middle:.1f} ms ({low:.1f} to {high:.1f})"


def hooks(home: Paths, project: Path) -> None:
    """Print what each hook takes by itself, in turns with a bare interpreter."""
    for number in range(50):
        put_handoff(home, f"session-{number}", project="git.example/acme/other", body="line\n" * 500)
    session = str(uuid.uuid4())
    shims = {name: ["sh", os.path.join(home.hooks, name)] for name in ("stop", "session-start", "prompt")}
    commands = {"python -I -S -c pass": BARE, "sh -c :": ["sh", "-c", ":"], **shims}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    payload = json.dumps({"session_id": session, "cwd": str(project), "source": "startup"}) + "\n"
    env = {
        "PATH": os.environ["PATH"], "HOME": home.home, "SPREAD_HOME": home.home,
        "CLAUDE_CODE_SESSION_ID": session, "CLAUDE_PROJECT_DIR": str(project),
    }  # fmt: skip
    for _ in range(RUNS_OF_A_HOOK):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, input=payload.encode(), env=env, check=True, capture_output=True)
            taken[name].append(time.perf_counter() - started)
    bare = statistics.median(taken["python -I -S -c pass"])
    for name, seconds in taken.items():
        print(f"{name:>22}: {spread_of(seconds)}, {statistics.median(seconds) / bare:.2f} x bare")


def main() -> int:
    parser = argparse.ArgumentParser(description="what our hooks cost in the real client")
    parser.add_argument("--pairs", type=int, default=15)
    pairs: int = parser.parse_args().pairs
    with tempfile.TemporaryDirectory() as folder:
        home = Paths(Path(folder, "home"))
        prepare(home)
        with Sandbox(Path(folder, "box")) as box, engine(home):
            make_project(box.project)
            ratio = compare(box, home, pairs)
            hooks(home, box.project)
    return 0 if ratio <= MAX_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
