"""What the protocol costs: sealing, a handshake, a pairing; all on this machine, over loopback.

    python -m tests.bench.protocol [--runs 20]

Sealing and handshakes are CPU time of this process, both sides together; a pairing is wall time from the entered
code to both sides having stored each other, with the real commands' own code. Exit 1 if a median is over its limit.
"""

import argparse
import asyncio
import contextlib
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from spread.commands import common, pair
from spread.config import Config
from spread.net.server import Server
from spread.net.stores import MemoryStore
from spread.protocol import crypto, envelope, room
from tests.bench import table
from tests.bench.table import Row
from tests.pairs import ConnectionPair, Home, new_home

CONTENT_BYTES: Final = 20 * 1024
MAX_SEAL_MS: Final = 2.0
MAX_HANDSHAKE_MS: Final = 100.0
MAX_PAIRING_MS: Final = 1500.0


def row(what: str, times: list[float], limit: float | None = None) -> Row:
    """Return the median of some times in milliseconds."""
    return Row(what, "ms", statistics.median(times), target=limit)


def cpu_ms(work: Callable[[], object], runs: int) -> list[float]:
    """Return the CPU time of each run."""
    times = []
    for _ in range(runs):
        at = time.process_time()
        work()
        times.append((time.process_time() - at) * 1000)
    return times


def envelopes(runs: int) -> list[Row]:
    """Seal and unseal a hand-off of a usual size, 20 together, as one is too short for the clock."""
    sender, recipient = os.urandom(32), os.urandom(32)
    secret = envelope.new_prekey(recipient, 1)
    content, to = os.urandom(CONTENT_BYTES), crypto.public_key(recipient)

    def seal() -> bytes:
        return envelope.seal(
            content, kind="distillation", id="s", revision=1, sequence=1, sender_seed=sender, recipient=to,
            prekey=secret.prekey,
        )  # fmt: skip

    sealed = seal()

    def twenty(work: Callable[[], object]) -> list[float]:
        return [each / 20 for each in cpu_ms(lambda: [work() for _ in range(20)], runs)]

    return [
        row(f"seal {CONTENT_BYTES // 1024} KB (suite {secret.prekey.suite})", twenty(seal)),
        row("unseal it", twenty(lambda: envelope.unseal(sealed, secret, to))),
        row("seal and unseal", twenty(lambda: envelope.unseal(seal(), secret, to)), MAX_SEAL_MS),
    ]


def handshakes(runs: int) -> list[Row]:
    """Meet with a generated code, and with a passphrase, which is stretched on purpose."""

    def meet() -> None:
        met = ConnectionPair().meet()
        assert met.creator.binding == met.joiner.binding is not None

    return [
        row("handshake, both sides", cpu_ms(meet, runs), MAX_HANDSHAKE_MS),
        row(
            "stretching a passphrase",
            cpu_ms(lambda: room.passphrase_secret("weeks are seven days", "a7f3b2"), 3),
        ),
    ]


def ours(home: Home, relay: str, lan: bool) -> pair.Ours:
    """Return what a machine brings to a pairing."""
    config = Config(name=home.name, relay=relay, lan=lan)
    return pair.Ours(home.identity, config, relay, False, os.urandom(crypto.SEED_BYTES), home.paths)


async def one_pairing(folder: Path, relay: str, lan: bool) -> float:
    """Pair two new machines; return the time from the entered code on."""
    here, there = new_home(folder, "here"), new_home(folder, "there")
    codes: list[common.Code] = []
    with contextlib.redirect_stderr(io.StringIO()):
        offering = asyncio.create_task(
            pair.offer(ours(here, relay, lan), bool(relay), lambda code, _: codes.append(code), print)
        )
        await asyncio.sleep(1.5)  # a person reads and types for longer
        at = time.perf_counter()
        (_, one), (_, other) = await asyncio.gather(offering, pair.join(ours(there, relay, lan), codes[0]))
        took = (time.perf_counter() - at) * 1000
    assert one == other
    assert len(here.peers) == len(there.peers) == 1
    return took


async def pairings(runs: int) -> list[Row]:
    """Pair over the LAN, over a relay, and over both at once."""
    server = Server(MemoryStore())
    await server.start(["127.0.0.1"])
    url = f"ws://127.0.0.1:{server.port}"
    out = []
    for what, relay, lan in (("LAN", "", True), ("relay", url, False), ("both at once", url, True)):
        times = []
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as folder:
                times.append(await one_pairing(Path(folder), relay, lan))
        out.append(row(f"pairing by {what}, code entered to both ready", times, MAX_PAIRING_MS))
    await server.close()
    return out


def rows(quick: bool = False, runs: int = 20) -> Iterator[Row]:
    """Measure all."""
    runs = 1 if quick else runs
    os.environ["SPREAD_INTERFACES"] = "127.0.0.1"
    yield from envelopes(runs)
    yield from handshakes(runs)
    yield from asyncio.run(pairings(max(1 if quick else 3, runs // 4)))


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    return table.told(rows(runs=parser.parse_args().runs))


if __name__ == "__main__":
    sys.exit(main())
