"""How fast and how light the engine is, with real processes over loopback.

    python -m tests.bench.engine [--runs 5] [--idle-s 30] [--only NAME] [--folder DIR]

`start` counts from the start of the process to
its first look at everything. The limits of `start` and of `first session` are a bare interpreter that loads what an
engine loads. Figures are wall time but for `idle`; nothing leaves loopback.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from spread import store, store_inbox
from spread.paths import Paths
from tests.bench import table
from tests.bench.table import Row
from tests.e2e.world import World, wait_until
from tests.pairs import handoff

FILES: Final = 1000
PATIENCE_S: Final = 30.0
LOADED: Final = "interpreter, same modules"
TICKS: Final = os.sysconf("SC_CLK_TCK")


def interpreter(runs: int) -> list[float]:
    """Return the times (ms) of a Python that loads the engine's modules and ends."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import spread.commands.sync, spread.engine"], check=True)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


# -- idle and start ----------------------------------------------------------------------------------------


def idle(root: Path, seconds: float) -> Iterator[Row]:
    """Measure an engine with a peer on the LAN and nothing to do."""
    with World(root) as world:
        world.configure(lan=True)
        world.pair()
        engines = [machine.start_engine() for machine in (world.a, world.b)]
        wait_until("they see each other", lambda: world.a.peer().get("routes") == ["lan"])
        time.sleep(8)  # announcements are repeated at first
        before = [cpu_s(engine.process.pid) for engine in engines]
        time.sleep(seconds)
        used = [cpu_s(engine.process.pid) - was for engine, was in zip(engines, before, strict=True)]
        yield Row("idle, CPU", "%", max(used) / seconds * 100, target=0.1)
        yield Row("idle, memory", "MB", max(_rss_mb(engine.process.pid) for engine in engines), target=60)


def cpu_s(pid: int) -> float:
    """Return the CPU time of a process: of its threads' clocks, which are finer than the ticks of `stat`."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        total += int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
    return total / 1e9


def _rss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024 / 1e6


def start(root: Path, runs: int) -> Iterator[Row]:
    """Measure the start of an engine whose directories hold a thousand files."""
    with World(root) as world:
        world.configure(lan=True)
        world.pair()
        fill(world.a.paths)
        taken, used = [], []
        for _ in range(runs):
            Path(world.a.paths.engine_status).unlink(missing_ok=True)
            began = time.perf_counter()
            engine = world.a.spread("sync")
            wait_until("it has looked at everything", world.a.status)
            taken.append((time.perf_counter() - began) * 1000)
            used.append(cpu_s(engine.process.pid) * 1000)
            assert world.a.peer()["owed"] == FILES // 4
            world.a.stop_engine()
        bare = interpreter(runs)
        yield Row(
            "start with 1,000 files", "ms", statistics.median(taken), statistics.median(bare), LOADED, 500
        )
        yield Row("start with 1,000 files, CPU", "ms", statistics.median(used), target=500)


def fill(paths: Paths, files: int = FILES) -> None:
    """Put so many files into a home: debts, hand-offs new and seen, and what is kept of sessions."""
    peer = next(name.removesuffix(".toml") for name in os.listdir(paths.peers))
    os.makedirs(os.path.join(paths.outbox, peer), exist_ok=True)
    for number in range(files):
        text = handoff(f"s{number}", 1, goal=f"parse the weeks of year {number} " * 20)
        place = (
            os.path.join(paths.outbox, peer, f"s{number}.1.md"),
            os.path.join(paths.inbox_new, f"{peer}.s{number}.1.md"),
            os.path.join(paths.inbox_seen, f"{peer}.s{number}.1.md"),
            os.path.join(paths.sessions, f"s{number}.json"),
        )[number % 4]
        content = '{"revision": 1, "sha256": ""}' if place.endswith(".json") else text
        Path(place).write_text(content)
    store_inbox.reindex(paths, [peer])


# -- a session right after boot ----------------------------------------------------------------------------


def first_session(root: Path, runs: int) -> Iterator[Row]:
    """Measure SessionStart on a machine whose engine is not there yet, with mail waiting at the relay."""
    with World(root) as world:
        url = world.start_relay(f"sqlite:{root / 'relay.db'}")
        world.configure(relay=url, lan=False)
        world.pair()
        world.a.start_engine()
        wait_until("a is at the relay", lambda: world.a.peer().get("routes") == ["relay"])
        taken = _first_sessions(world, runs, lambda: world.a.peer().get("at_relay") == 1)
        yield Row("first session, with the hand-off", "ms", taken, statistics.median(interpreter(runs)),
                  LOADED, 1500)  # fmt: skip


def first_session_lan(root: Path, runs: int) -> Iterator[Row]:
    """Measure it without a relay: the peer delivers when it hears of the engine."""
    with World(root) as world:
        world.configure(lan=True)
        world.pair()
        world.a.start_engine()
        taken = _first_sessions(world, runs, lambda: world.a.peer().get("owed") == 1)
        yield Row("first session by the LAN, with the hand-off", "ms", taken, statistics.median(interpreter(runs)),
                  LOADED, 1700)  # fmt: skip


def _first_sessions(world: World, runs: int, waits: Callable[[], bool]) -> float:
    """Return how long (ms) the slowest SessionStart took that had to start the engine."""
    taken = []
    for number in range(runs):
        world.b.stop_engine()
        goal = f"parse the weeks of year {number}"
        world.a.turn(f"session-{number}", goal)
        wait_until("it waits for b", waits, PATIENCE_S)
        began = time.perf_counter()
        told = world.b.told()
        taken.append((time.perf_counter() - began) * 1000)
        assert goal in told, "the hand-off is not in the context"
        wait_until("it is paid for", lambda: not store.owed(world.a.paths), PATIENCE_S)
    return max(taken)


Step = Callable[[Path], Iterator[Row]]


def rows(
    quick: bool = False, runs: int = 5, idle_s: float = 30, only: str = "", folder: str | None = None
) -> Iterator[Row]:
    """Measure all, or what is called `only`."""
    runs, idle_s = (1, 1.0) if quick else (runs, idle_s)
    steps: dict[str, Step] = {
        "idle": lambda root: idle(root, idle_s), "start": lambda root: start(root, runs),
        "first": lambda root: first_session(root, runs), "first-lan": lambda root: first_session_lan(root, runs),
    }  # fmt: skip
    for name, measure in steps.items():
        if only in name:
            with tempfile.TemporaryDirectory(dir=folder) as made:
                yield from measure(Path(made))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--idle-s", type=float, default=30)
    parser.add_argument("--only", default="", help="figures whose name holds this: idle, start, first")
    parser.add_argument("--folder", help="where the homes are made, if not in the temporary folder")
    asked = parser.parse_args()
    return table.told(rows(False, asked.runs, asked.idle_s, asked.only, asked.folder))


if __name__ == "__main__":
    sys.exit(main())
