"""What our hooks cost: runs of the real client with them and without, against the stub, in turns.

    python -m tests.bench.client [--pairs 15]

The home is paired, its engine's lock is held, 50 hand-offs for another project wait in the inbox. Then each hook by
itself against the bare interpreter and a shell that does nothing. Wall time, as a person waits; medians.
"""

import argparse
import contextlib
import fcntl
import json
import os
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
    """Set a home up, with hand-offs of another project in the inbox."""
    home.make()
    Path(home.config).write_text('relay = ""\n')
    set_up(home)
    for name in resources.HOOKS:
        shutil.copy(os.path.join(resources.bundled("hooks"), name), home.hooks)
    Path(home.engine_pid).write_text(f"{os.getpid()}\n")
    for number in range(50):
        put_handoff(home, f"session-{number}", project="git.example/acme/other", body="line\n" * 500)
    Path(home.inbox_arrived).write_text("1\n")


@contextlib.contextmanager
def engine(home: Paths) -> Iterator[None]:
    """Hold the engine's lock, as a running engine does."""
    with open(home.engine_lock, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def timed(box: Sandbox, home: Paths, settings: dict[str, object]) -> float:
    """Run the client once; return the seconds."""
    box.settings(settings)
    done = box.run("-p", "hello", env={"SPREAD_HOME": home.home})
    assert done.returncode == 0, done.stderr
    return done.seconds


def compare(box: Sandbox, home: Paths, pairs: int) -> float:
    """Print and return the ratio of runs with our hooks to runs without."""
    ours = json.loads(Path(resources.bundled("settings.example.json")).read_text())
    timed(box, home, ours)
    timed(box, home, {})
    with_, without, ratios = [], [], []
    for number in range(pairs):
        first = number % 2  # who goes first takes turns
        one = timed(box, home, ours if first else {})
        two = timed(box, home, {} if first else ours)
        with_.append(one if first else two)
        without.append(two if first else one)
        ratios.append(with_[-1] / without[-1])
    ratio = statistics.median(with_) / statistics.median(without)
    print(f"{pairs} pairs: without {spread_of(without)}, with {spread_of(with_)}")
    print(f"with / without: {ratio:.3f} of the medians, {statistics.median(ratios):.3f} median of the pairs")
    return ratio


def spread_of(seconds: list[float]) -> str:
    """Return median and quartiles in milliseconds."""
    low, middle, high = (1000 * value for value in statistics.quantiles(seconds, n=4))
    return f"{middle:.1f} ms ({low:.1f} to {high:.1f})"


def hooks(home: Paths, project: Path) -> None:
    """Print what each hook takes by itself, in turns with a bare interpreter."""
    session = str(uuid.uuid4())
    shims = {name: ["sh", os.path.join(home.hooks, name)] for name in resources.HOOKS}
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
            hooks(home, box.project)
            ratio = compare(box, home, pairs)
    return 0 if ratio <= MAX_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
