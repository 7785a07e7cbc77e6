"""From a finished turn to the other machine's inbox, and what others take for a file to be on the other side.

    python -m tests.bench.turn [--turns 60]

Ours is from the Stop hook's exit on one machine to the file in the other's `inbox/new`: distilled, redacted, sealed,
carried, opened, checked, with two engines that see each other on the LAN. The limits are what the disk alone takes for
the four files that must be durable before it is there (the number and the debt here, the envelope and the hand-off
there), and a bare program that copies a file to the other folder as soon as inotify tells of it. syncthing watches a
folder at its fastest setting. All take turns.
"""

import argparse
import contextlib
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
from spread.paths import write_atomic
from tests.bench import peers, table
from tests.bench.table import Row
from tests.e2e.world import Machine, World, wait_until

Carrier = Callable[[str, bytes], float]
SESSIONS: Final = 8
FILE_BYTES: Final = 20_000
PATIENCE_S: Final = 30.0
DURABLE_FILES: Final = 4
TURNS: Final = 60
SYNCTHING: Final = "syncthing, fastest"
INOTIFY: Final = "bare inotify and a copy"
# told by the system of each file that is moved in, it copies it to the other folder, durably
BARE: Final = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.inotify_init1(0)
assert libc.inotify_add_watch(fd, os.fsencode(sys.argv[1]), 0x80) >= 0  # IN_MOVED_TO
print("ready", flush=True)
while True:
    event = os.read(fd, 4096)
    while event:
        size = struct.unpack_from("iIII", event)[3]
        name, event = os.fsdecode(event[16:16 + size].rstrip(b"\\0")), event[16 + size:]
        with open(os.path.join(sys.argv[1], name), "rb") as file:
            data = file.read()
        with open(os.path.join(sys.argv[2], "." + name), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(os.path.join(sys.argv[2], "." + name), os.path.join(sys.argv[2], name))
"""


def durable(folder: Path, files: int, runs: int) -> list[float]:
    """Return the times (ms) that `files` durable writes of a hand-off's size take, one after the other."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        for number in range(files):
            write_atomic(str(folder / f"{number}.bench"), b"x" * 6000)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


class Inotify:
    """The bare program, and two folders for it."""

    def __init__(self, root: Path) -> None:
        self.here, self.there = root / "here", root / "there"
        self.here.mkdir(parents=True)
        self.there.mkdir()
        self._process = subprocess.Popen(
            [sys.executable, "-c", BARE, str(self.here), str(self.there)], stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def appears(self, name: str, content: bytes) -> float:
        """Return the ms from a file being there to its copy being there."""
        made = self.here.parent / name
        made.write_bytes(content)
        out = self.there / name
        began = time.perf_counter()
        made.rename(self.here / name)
        while not out.exists():
            time.sleep(0.0005)
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def rows(quick: bool = False, turns: int = TURNS) -> Iterator[Row]:
    """Measure turns one after the other, each after the last was paid for; the others in between."""
    turns = 3 if quick else turns
    with tempfile.TemporaryDirectory() as made, contextlib.ExitStack() as stack:
        root = Path(made)
        others = {INOTIFY: _inotify(stack, root / "inotify")}
        if peers.has("syncthing"):
            others[SYNCTHING] = stack.enter_context(peers.syncthing(root)).appears
        world = stack.enter_context(World(root / "world"))
        _start(world)
        taken: dict[str, list[float]] = {name: [] for name in ("ours", *others)}
        revisions = set[int]()
        for number in range(turns):
            session, revision = f"session-{number % SESSIONS}", number // SESSIONS + 1
            world.a.turn(session, f"parse the weeks of year {number}")
            began = time.perf_counter()
            taken["ours"].append((_arrival(world.b, session) - began) * 1000)
            revisions.add(_revision(world.b, session) - revision)
            wait_until("it is paid for", lambda: not store.owed(world.a.paths), PATIENCE_S)
            for name in others if number % 3 == 0 else ():
                taken[name].append(others[name](f"turn-{number}", os.urandom(FILE_BYTES)))
        limit = statistics.median(durable(root, DURABLE_FILES, 20))
    yield from _told(taken, limit, max(revisions))


def _inotify(stack: contextlib.ExitStack, folder: Path) -> Carrier:
    bare = Inotify(folder)
    stack.callback(bare.close)
    return bare.appears


def _start(world: World) -> None:
    world.configure(lan=True)
    world.pair()
    for machine in (world.a, world.b):
        machine.start_engine()
    wait_until("a sees b", lambda: world.a.peer().get("routes") == ["lan"])
    wait_until("b sees a", lambda: world.b.peer().get("routes") == ["lan"])


def _told(taken: dict[str, list[float]], limit: float, too_many: int) -> Iterator[Row]:
    ours = sorted(taken.pop("ours"))
    named = {name: statistics.median(times) for name, times in taken.items()}
    middle = statistics.median(ours)
    yield Row("turn to inbox, median", "ms", middle, limit, "four durable files", 150, peers=named)
    yield Row(
        "turn to inbox, against syncthing",
        "ms",
        middle,
        named[INOTIFY],
        INOTIFY,
        1 / 7,
        SYNCTHING,
        peers=named,
    )
    yield Row("turn to inbox, 95th percentile", "ms", ours[int(len(ours) * 0.95)], target=400)
    yield Row("turn to inbox, worst", "ms", ours[-1], target=2000)
    yield Row("revisions too many a turn", "", too_many, target=0)


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=TURNS)
    asked = parser.parse_args()
    peers.enter_own_network()
    os.environ["SPREAD_INTERFACES"] = "127.0.0.1"
    return table.told(rows(turns=asked.turns))


if __name__ == "__main__":
    sys.exit(main())
