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
from tests.bench import table
from tests.bench.peers import Unavailable
from tests.bench.table import LIMIT, Row
from tests.harness.client import Sandbox, find_client
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


def compare(box: Sandbox, home: Paths, pairs: int) -> Iterator[Row]:
    """Compare runs with our hooks to runs with hooks that do nothing, and to runs without."""
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
    for at, what in ((1, "CPU"), (0, "wall")):
        found = {name: 1000 * statistics.median(run[at] for run in runs) for name, runs in taken.items()}
        for name in ("hooks of `:`", "with ours"):
            target = MAX_RATIO if (name, what) == ("with ours", "wall") else None
            yield Row(f"a run of the client, {name}, {what}", "ms", found[name], found["without"], "without", target,
                      LIMIT)  # fmt: skip


def hooks(home: Paths, project: Path, runs: int) -> Iterator[Row]:
    """Measure what each hook takes by itself, in turns with a bare interpreter."""
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
    for _ in range(runs):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, input=payload.encode(), env=env, check=True, capture_output=True)
            taken[name].append(time.perf_counter() - started)
    found = {name: 1000 * statistics.median(seconds) for name, seconds in taken.items()}
    bare = found.pop("python -I -S -c pass")
    for name, ms in found.items():
        yield Row(f"{name} by itself, 50 hand-offs", "ms", ms, bare, "bare interpreter")


def rows(quick: bool = False, pairs: int = 15) -> Iterator[Row]:
    """Measure both."""
    if find_client() is None:
        raise Unavailable("the client is not installed; set CLAUDE_BIN")
    with tempfile.TemporaryDirectory() as folder:
        home = Paths(Path(folder, "home"))
        prepare(home)
        with Sandbox(Path(folder, "box")) as box, engine(home):
            make_project(box.project)
            yield from compare(box, home, 2 if quick else pairs)
            yield from hooks(home, box.project, 3 if quick else RUNS_OF_A_HOOK)


def main() -> int:
    parser = argparse.ArgumentParser(description="what our hooks cost in the real client")
    parser.add_argument("--pairs", type=int, default=15)
    return table.told(rows(pairs=parser.parse_args().pairs))


if __name__ == "__main__":
    sys.exit(main())
