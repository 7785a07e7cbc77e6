"""Many hand-offs between real engines while engines, the relay and connections die: none lost, none twice, none half.

`SPREAD_MANY` says how many (200 unless it is given).
"""

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from spread import engine_lock, store, store_receipts
from tests.e2e.proxy import Proxy
from tests.e2e.test_kill import half_written
from tests.e2e.world import Command, Machine, World, listening_ports, wait_until
from tests.ports import free_port

MANY: Final = int(os.environ.get("SPREAD_MANY", "200"))
KILLED: Final = 0.05
RESET: Final = 0.05
PATIENCE_S: Final = 180.0  # after the last one: a route that failed often rests for a while


@dataclass
class Storm:
    """A world with a relay behind a proxy, and what became of its hand-offs."""

    world: World
    proxy: Proxy
    relay_port: int
    random: random.Random
    lan: bool
    relay: Command | None = None
    got: Counter[str] = field(default_factory=Counter)  # goals, as often as they came
    done: Counter[str] = field(default_factory=Counter)  # what was done to whom

    def start_relay(self) -> None:
        """Start it anew, at the same port and with the same store."""
        home = self.world.root / "relay.sqlite"
        machine = self.world.a
        self.relay = machine.spread(
            "relay", "--host", "127.0.0.1", "--port", str(self.relay_port), "--store", f"sqlite:{home}"
        )
        self.relay.line()

    def start_engine(self, machine: Machine) -> None:
        """Start it as a hook would, detached."""
        if not engine_lock.is_running(machine.paths):
            machine.spread("sync", "--detached")
            wait_until("an engine runs", lambda: engine_lock.is_running(machine.paths))

    def kill(self, who: str) -> None:
        """kill -9; the engine of `a` is started again by its next hook alone."""
        self.done[f"killed {who}"] += 1
        if who == "relay":
            assert self.relay is not None
            self.relay.stop(signal.SIGKILL)
            self.start_relay()
            return
        machine = self.world.a if who == "a" else self.world.b
        with contextlib.suppress(OSError, ValueError):
            pid = int(Path(machine.paths.engine_pid).read_text())
            if pid in self.world.strays():
                os.kill(pid, signal.SIGKILL)
        wait_until(f"{who} has gone", lambda: not engine_lock.is_running(machine.paths))
        if who == "b":
            self.start_engine(machine)

    def step(self, number: int) -> None:
        """One hand-off, and what befalls it."""
        fate = self.random.random()
        self.world.a.turn(f"session-{number}", text=f"goal {number}")
        threading.Event().wait(self.random.random() * 0.15)  # the moment is what is being tested
        if fate < KILLED:
            self.kill(self.random.choice(("a", "b", "relay")))
        elif fate < KILLED + RESET:
            self.reset()
        self.collect()

    def reset(self) -> None:
        """Break one connection: the next that carries something through the proxy, or one on the LAN."""
        self.done["reset"] += 1
        if self.lan and self.random.random() < 0.5 and (found := self.reset_on_lan()):
            self.done["reset on the LAN"] += found
            return
        self.proxy.reset_after(self.random.choice((0, 1, 200, 1000, 4000, 9000)))

    def reset_on_lan(self) -> int:
        """Break what leads to the listener of `b` at the moment; 0 when there is none for a while."""
        for _ in range(20):
            with contextlib.suppress(OSError, ValueError):  # the engine has just been killed
                engine = int(Path(self.world.b.paths.engine_pid).read_text())
                ports = [f"sport = :{port}" for port in listening_ports(engine)]
                if ports and (killed := killed_connections(" or ".join(ports))):
                    return killed
            time.sleep(0.01)
        return 0

    def collect(self) -> None:
        """Look at what has come, as sessions would: once each."""
        for item in store.received(self.world.b.paths):
            if not item.seen:
                self.got[store.read(item).goal] += 1
                seen = os.path.join(self.world.b.paths.inbox_seen, os.path.basename(item.path))
                with contextlib.suppress(FileNotFoundError):
                    os.replace(item.path, seen)

    def is_over(self, wanted: set[str]) -> bool:
        self.collect()
        for machine in (self.world.a, self.world.b):
            self.start_engine(machine)
        a, b = self.world.a.paths, self.world.b.paths
        return wanted <= set(self.got) and not store.owed(a) and not os.listdir(a.checkpoints) and not (
            os.listdir(b.incoming) or store_receipts.waiting(b)
        )  # fmt: skip

    def told(self, wanted: set[str]) -> str:
        """Return what is not over, and what the engines said of late, to find out why."""
        a, b = self.world.a.paths, self.world.b.paths
        open_ends = {
            "not come": sorted(wanted - set(self.got)), "owed": [str(item) for item in store.owed(a)],
            "checkpoints": os.listdir(a.checkpoints), "incoming": os.listdir(b.incoming),
            "receipts": len(store_receipts.waiting(b)),
        }  # fmt: skip
        logs = [log for paths in (a, b) if (log := Path(paths.engine_log)).exists()]
        return "\n".join((str(open_ends), *(log.read_text("utf-8", "replace")[-5000:] for log in logs)))


def killed_connections(which: str) -> int:
    """Let the kernel break connections as if the network had, and return how many (ss(8), `--kill`)."""
    done = subprocess.run(
        ["ss", "-KHtn", "state", "established", f"( {which} )"], capture_output=True, text=True, check=True
    )  # fmt: skip
    return len(done.stdout.splitlines())


@pytest.mark.timeout(60 + MANY * 3 + PATIENCE_S)
@pytest.mark.parametrize("lan", [False, True], ids=["relay", "lan and relay"])
def test_many(world: World, lan: bool) -> None:
    """Half of them by the relay alone."""
    many, relay_port, seed = MANY // 2, free_port(), random.randrange(10**6)
    with Proxy(relay_port) as proxy:
        storm = Storm(world, proxy, relay_port, random.Random(seed), lan)
        storm.start_relay()
        world.configure(relay=f"ws://127.0.0.1:{proxy.port}", lan=lan)
        world.pair()
        for machine in (world.a, world.b):
            storm.start_engine(machine)
        began = time.monotonic()
        for number in range(many):
            storm.step(number)
        wanted = {f"goal {number}" for number in range(many)}
        try:
            wait_until(
                f"all have come; seed {seed}, {dict(storm.done)}",
                lambda: storm.is_over(wanted),
                timeout_s=PATIENCE_S,
            )
        except AssertionError as problem:
            pytest.fail(f"{problem}\n{storm.told(wanted)}")
        for machine in (world.a, world.b):
            machine.stop_engine()
        storm.collect()
        print(
            f"seed {seed}: {many} in {time.monotonic() - began:.0f} s, {dict(storm.done)}, {proxy.resets} resets"
        )
    assert set(storm.got) == wanted
    assert [goal for goal, times in storm.got.items() if times > 1] == []
    assert [name for machine in (world.a, world.b) for name in half_written(machine.paths)] == []
    for machine in (world.a, world.b):
        assert os.listdir(machine.paths.quarantine) == []
