"""How the work grows: with the files in a home, from 10 to 10,000, and with the peers a turn goes to, from 1 to 20.

    python -m tests.bench.growth

Each row stands beside the one before it: the ratio of the figures, where the work grows by ten (or as the peers do).
The targets say that nothing grows faster than the work itself, and that what a person waits for hardly grows at all.
CPU time but for SessionStart, which is a whole process by wall time.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from spread import store
from tests.bench import table
from tests.bench.engine import cpu_s, fill
from tests.bench.table import LIMIT, Row
from tests.e2e.world import World
from tests.pairs import befriend, handoff, new_home

FILES: Final = (10, 100, 1_000, 10_000)
PEERS: Final = (1, 5, 10, 20)
TURNS: Final = 20


def files(root: Path, counts: tuple[int, ...], runs: int) -> Iterator[Row]:
    """Measure the engine's start and SessionStart in homes of more and more files."""
    before: dict[str, float] = {}
    for count in counts:
        with World(root / str(count)) as world:
            world.configure(lan=True)
            world.pair()
            fill(world.a.paths, count)
            starts, hooks = [], []
            for _ in range(runs):
                engine = world.a.start_engine()
                starts.append(cpu_s(engine.process.pid) * 1000)
                world.a.stop_engine()
            engine = world.a.start_engine()  # a hook starts none then
            for _ in range(2 * runs):
                began = time.perf_counter()
                world.a.told()
                hooks.append((time.perf_counter() - began) * 1000)
        for what, times, most in (("engine's start, CPU", starts, 10.0), ("SessionStart", hooks, 2.0)):
            figure = statistics.median(times)
            yield _row(f"{what}, {count:,} files", figure, before.get(what), most)
            before[what] = figure


def peers(root: Path, counts: tuple[int, ...], turns: int) -> Iterator[Row]:
    """Measure what owing a turn's hand-off to so many peers, and sealing it for each, takes."""
    desk, now = new_home(root, "desk"), time.time()
    before: tuple[int, float] | None = None
    for count in counts:
        while len(desk.peers) < count:
            befriend(desk, new_home(root, f"laptop-{len(desk.peers)}"), now=now)
        trusted, mailroom = desk.peers, desk.mailroom
        taken = []
        for number in range(turns):
            text = handoff("session", number + 1, goal="parse the weeks " * 500)
            began = time.process_time()
            for name in trusted:
                store.put(desk.paths, name, "session", number + 1, text)
            sealed = [mailroom.seal_debt(trusted[debt.peer], debt) for debt in store.owed(desk.paths)]
            taken.append((time.process_time() - began) * 1000)
            assert len(sealed) == count
            assert None not in sealed
        store_dropped = [store.drop_debts(desk.paths, name) for name in trusted]
        assert sum(store_dropped) == count
        figure = statistics.median(taken)
        most = 1.2 * count / before[0] if before else None
        yield _row(
            f"a turn for {count} peers, owed and sealed, CPU", figure, before[1] if before else None, most
        )
        before = count, figure


def _row(what: str, figure: float, before: float | None, most: float | None) -> Row:
    if before is None:
        return Row(what, "ms", figure)
    return Row(what, "ms", figure, before, "the row before", most, LIMIT)


def rows(quick: bool = False) -> Iterator[Row]:
    """Measure both."""
    os.environ["SPREAD_INTERFACES"] = "127.0.0.1"
    with tempfile.TemporaryDirectory() as made:
        yield from files(Path(made), FILES[:2] if quick else FILES, 1 if quick else 3)
        yield from peers(Path(made), PEERS[:2] if quick else PEERS, 3 if quick else TURNS)


def main() -> int:
    """Measure and print a table."""
    return table.told(rows())


if __name__ == "__main__":
    sys.exit(main())
