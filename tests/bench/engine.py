"""How fast and how light the engine is, with real processes over loopback.

    python -m tests.bench.engine [--turns 200] [--runs 5] [--idle-s 30] [--only NAME] [--folder DIR]

`latency` is from the Stop hook's exit on one machine to the file in the other's `inbox/new`, settle time included; its
limit is what the disk alone takes for the four files that must be durable, one after the other, before it is there
(the number and the debt here, the envelope and the hand-off there). `start` counts from the start of the process to
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

from spread import store
from spread.paths import Paths, write_atomic
from tests.e2e.world import Machine, World, wait_until
from tests.pairs import handoff

SESSIONS: Final = 8
FILES: Final = 1000
PATIENCE_S: Final = 30.0
DURABLE_FILES: Final = 4
TICKS: Final = os.sysconf("SC_CLK_TCK")


class Table:
    """Prints figures, and remembers whether all met their targets."""

    def __init__(self) -> None:
        self.good = True
        print(f"{'what':32} {'figure':>10} {'limit':>10} {'ratio':>7} {'target':>9}")

    def line(self, what: str, got: float, most: float, unit: str, limit: float | None = None) -> None:
        """Print one figure; `limit` is what cannot be gone below here."""
        against = ("", "") if limit is None else (f"{limit:.1f} {unit}", f"{got / limit:.2f}")
        met = got <= most
        self.good &= met
        verdict = "ok" if met else "MISSED"
        print(
            f"{what:32} {got:>7.2f} {unit:2} {against[0]:>10} {against[1]:>7} {most:>6g} {unit:2} {verdict}",
            flush=True,
        )


def durable(folder: Path, files: int, runs: int) -> list[float]:
    """Return the times (ms) that `files` durable writes of a hand-off's size take, one after the other."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        for number in range(files):
            write_atomic(str(folder / f"{number}.bench"), b"x" * 6000)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def interpreter(runs: int) -> list[float]:
    """Return the times (ms) of a Python that loads the engine's modules and ends."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import spread.commands.sync, spread.engine"], check=True)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


# -- latency -----------------------------------------------------------------------------------------------


def latency(root: Path, turns: int, table: Table) -> None:
    """Measure turns one after the other, each after the last was paid for."""
    with World(root) as world:
        world.configure(lan=True)
        world.pair()
        for machine in (world.a, world.b):
            machine.start_engine()
        wait_until("a sees b", lambda: world.a.peer().get("routes") == ["lan"])
        wait_until("b sees a", lambda: world.b.peer().get("routes") == ["lan"])
        taken, revisions = [], set[int]()
        for number in range(turns):
            session, revision = f"session-{number % SESSIONS}", number // SESSIONS + 1
            world.a.turn(session, f"parse the weeks of year {number}")
            began = time.perf_counter()
            taken.append((_arrival(world.b, session) - began) * 1000)
            revisions.add(_revision(world.b, session) - revision)
            wait_until("it is paid for", lambda: not store.owed(world.a.paths), PATIENCE_S)
        limit = durable(root, DURABLE_FILES, 20)
    taken.sort()
    table.line("latency, median", statistics.median(taken), 150, "ms", statistics.median(limit))
    table.line("latency, 95th percentile", taken[int(len(taken) * 0.95)], 400, "ms")
    table.line("latency, worst", taken[-1], 2000, "ms")
    table.line("revisions too many a turn", max(revisions), 0, "")


def _arrival(machine: Machine, session: str) -> float:
    """Return when a newer revision of a session is in the inbox than was before."""
    before = _revision(machine, session)
    end = time.perf_counter() + PATIENCE_S
    while _revision(machine, session) == before:
        assert time.perf_counter() < end, "it did not come"
        time.sleep(0.001)
    return time.perf_counter()


def _revision(machine: Machine, session: str) -> int:
    names = (name.split(".") for name in os.listdir(machine.paths.inbox_new) if name[0] != ".")
    return max((int(revision) for _, its, revision, _ in names if its == session), default=0)


# -- idle and start ----------------------------------------------------------------------------------------


def idle(root: Path, seconds: float, table: Table) -> None:
    """Measure an engine with a peer on the LAN and nothing to do."""
    with World(root) as world:
        world.configure(lan=True)
        world.pair()
        engines = [machine.start_engine() for machine in (world.a, world.b)]
        wait_until("they see each other", lambda: world.a.peer().get("routes") == ["lan"])
        time.sleep(8)  # announcements are repeated at first
        before = [_cpu_s(engine.process.pid) for engine in engines]
        time.sleep(seconds)
        used = [_cpu_s(engine.process.pid) - was for engine, was in zip(engines, before, strict=True)]
        table.line("idle, CPU", max(used) / seconds * 100, 0.1, "%")
        table.line("idle, memory", max(_rss_mb(engine.process.pid) for engine in engines), 60, "MB")


def _cpu_s(pid: int) -> float:
    """Return the CPU time of a process: of its threads' clocks, which are finer than the ticks of `stat`."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        total += int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
    return total / 1e9


def _rss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024 / 1e6


def start(root: Path, runs: int, table: Table) -> None:
    """Measure the start of an engine whose directories hold a thousand files."""
    with World(root) as world:
        world.configure(lan=True)
        world.pair()
        _fill(world.a.paths)
        taken, used = [], []
        for _ in range(runs):
            began = time.perf_counter()
            engine = world.a.start_engine()
            taken.append((time.perf_counter() - began) * 1000)
            used.append(_cpu_s(engine.process.pid) * 1000)
            assert world.a.peer()["owed"] == FILES // 4
            world.a.stop_engine()
        bare = interpreter(runs)
        table.line("start with 1,000 files", statistics.median(taken), 500, "ms", statistics.median(bare))
        table.line("start with 1,000 files, CPU", statistics.median(used), 500, "ms")


def _fill(paths: Paths) -> None:
    peer = next(name.removesuffix(".toml") for name in os.listdir(paths.peers))
    os.makedirs(os.path.join(paths.outbox, peer), exist_ok=True)
    for number in range(FILES):
        text = handoff(f"s{number}", 1, goal=f"parse the weeks of year {number} " * 20)
        place = (
            os.path.join(paths.outbox, peer, f"s{number}.1.md"),
            os.path.join(paths.inbox_new, f"{peer}.s{number}.1.md"),
            os.path.join(paths.inbox_seen, f"{peer}.s{number}.1.md"),
            os.path.join(paths.sessions, f"s{number}.json"),
        )[number % 4]
        content = '{"revision": 1, "sha256": ""}' if place.endswith(".json") else text
        Path(place).write_text(content)
    store.reindex(paths, [peer])


# -- a session right after boot ----------------------------------------------------------------------------


def first_session(root: Path, runs: int, table: Table) -> None:
    """Measure SessionStart on a machine whose engine is not there yet, with mail waiting at the relay."""
    with World(root) as world:
        url = world.start_relay(f"sqlite:{root / 'relay.db'}")
        world.configure(relay=url, lan=False)
        world.pair()
        world.a.start_engine()
        wait_until("a is at the relay", lambda: world.a.peer().get("routes") == ["relay"])
        taken = []
        for number in range(runs):
            world.b.stop_engine()
            goal = f"parse the weeks of year {number}"
            world.a.turn(f"session-{number}", goal)
            wait_until("the relay keeps it", lambda: world.a.peer().get("at_relay") == 1, PATIENCE_S)
            began = time.perf_counter()
            told = world.b.told()
            taken.append((time.perf_counter() - began) * 1000)
            assert goal in told, "the hand-off is not in the context"
            wait_until("it is paid for", lambda: not store.owed(world.a.paths), PATIENCE_S)
        table.line("first session, with the hand-off", max(taken), 1500, "ms",
                   statistics.median(interpreter(runs)))  # fmt: skip


def _steps(asked: argparse.Namespace, table: Table) -> Iterator[tuple[str, Callable[[Path], None]]]:
    yield "latency", lambda root: latency(root, asked.turns, table)
    yield "idle", lambda root: idle(root, asked.idle_s, table)
    yield "start", lambda root: start(root, asked.runs, table)
    yield "first", lambda root: first_session(root, asked.runs, table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--idle-s", type=float, default=30)
    parser.add_argument(
        "--only", default="", help="figures whose name holds this: latency, idle, start, first"
    )
    parser.add_argument("--folder", help="where the homes are made, if not in the temporary folder")
    asked = parser.parse_args()
    table = Table()
    for name, measure in _steps(asked, table):
        if asked.only in name:
            with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
                measure(Path(folder))
    return 0 if table.good else 1


if __name__ == "__main__":
    sys.exit(main())
