"""Honest users of a relay while others attack it.

    python -m tests.bench.relay attack [--seconds 30]
    python -m tests.bench.relay_attack [KIND ...] [--seconds 15]

The second tells each kind of attack apart. Attackers bring their own machines, so here they have a processor of
their own, the last one, and the relay and the honest share another, the first; in calm they share that very one.
So what the honest lose is what the relay does for attackers, and what the system does for it on the relay's
processor, and not what the attackers' own work costs. Where there is one processor, or none can be chosen, the
attackers only have the lowest priority, and the figure is theirs as well.
"""

import argparse
import asyncio
import contextlib
import os
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from websockets.asyncio.client import connect

from spread.protocol import wire
from spread.protocol.wire import Message
from tests.bench import table
from tests.bench.relay import OURS, ROOT, UPGRADE, frame, running
from tests.bench.table import LIMIT, Row

KINDS: Final = ("flood", "guess", "rooms", "slow", "oversize", "junk", "puts", "connect")


class Attacker:
    """One hostile connection; it comes again when it is closed."""

    def __init__(self, port: int, number: int, kinds: Sequence[str] = KINDS) -> None:
        self.port = port
        self.number = number
        self.kind = kinds[number // 20 % len(kinds)]
        self.out = b""
        self.again_s = 0.0
        self.sock: socket.socket | None = None

    def connect(self) -> socket.socket:
        self.sock = socket.socket()
        self.sock.setblocking(False)
        # What it has not sent yet would wait in its own machine, and not in the memory this one has for TCP.
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)
        self.sock.bind((f"127.0.0.{2 + self.number % 20}", 0))  # not where the honest are
        self.sock.connect_ex(("127.0.0.1", self.port))
        self.out = UPGRADE.format(path="/", host=f"127.0.0.1:{self.port}").encode() + self._first()
        return self.sock

    def _first(self) -> bytes:
        text = {"flood": '{"type": "CREATE_ROOM"}', "rooms": '{"type": "CREATE_ROOM"}'}
        return frame(text.get(self.kind, '{"type": "HELLO", "version": 1}').encode(), 1)

    def more(self) -> bytes:
        """Return what it sends next; it never waits for an answer."""
        match self.kind:
            case "flood":
                return FLOOD
            case "guess":
                return frame(b'{"type": "JOIN_ROOM", "room_id": "%s"}' % os.urandom(3).hex().encode(), 1) * 50
            case "slow":
                return frame(bytes(9_000_000), 2)[: 20 + os.urandom(1)[0] * 4000]
            case "oversize":
                return frame(bytes(11_000_000), 2)[:1_000_000]
            case "junk":
                return frame(b'{"type": "FLY", "to": "the moon"}', 1) * 50
            case "puts":
                return PUT * 20
        return b""


FLOOD: Final = frame(bytes(20_000), 2) * 20 + frame(b"x", 1) * 2_000
PUT: Final = frame(
    bytes(
        wire.encode(
            Message(
                "PUT",
                {
                    "mailbox": "00" * 32,
                    "writer": "00" * 32,
                    "grant": "00" * 64,
                    "proof": "00" * 64,
                    "id": "00" * 16,
                },
                bytes(2_000),
            )
        )  # type: ignore[arg-type]
    ),
    2,
)


def attack(port: int, count: int, kinds: Sequence[str] = KINDS, processor: int | None = None) -> None:
    """Attack until killed: `count` connections of these kinds, on this processor."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if processor is None:
        os.nice(19)
    else:
        os.sched_setaffinity(0, {processor})
    attackers = [Attacker(port, number, kinds) for number in range(count)]
    waiting = selectors.DefaultSelector()
    idle = list(attackers)

    def drop(attacker: Attacker) -> None:
        assert attacker.sock is not None
        with contextlib.suppress(KeyError):
            waiting.unregister(attacker.sock)
        attacker.sock.close()
        attacker.again_s = time.monotonic() + 0.5
        idle.append(attacker)

    while True:
        now = time.monotonic()
        for attacker in [each for each in idle if each.again_s <= now][:50]:
            idle.remove(attacker)
            waiting.register(attacker.connect(), selectors.EVENT_READ | selectors.EVENT_WRITE, attacker)
        for key, events in waiting.select(0.05):
            attacker = key.data
            assert attacker.sock is not None
            try:
                if events & selectors.EVENT_READ and not attacker.sock.recv(65536):
                    drop(attacker)
                    continue
                if events & selectors.EVENT_WRITE:
                    attacker.out = attacker.out or attacker.more()
                    if attacker.out:
                        attacker.out = attacker.out[attacker.sock.send(attacker.out) :]
                    elif attacker.kind == "connect":
                        drop(attacker)
                    else:
                        waiting.modify(attacker.sock, selectors.EVENT_READ, attacker)
            except BlockingIOError:
                pass
            except OSError:
                drop(attacker)


async def echo_times(
    port: int, pairs: int, seconds: float, met: Callable[[], object] = lambda: None
) -> list[float]:
    """Have honest pairs exchange 20 KB, twenty times a second each; return the times there and back, in ms.

    Args:
        seconds: From when all have met; `met` is called then.
    """
    times: list[float] = []
    url = f"ws://127.0.0.1:{port}"
    body = os.urandom(20_000)
    left, all_met, until = pairs, asyncio.Event(), 0.0

    async def pair(number: int) -> None:
        nonlocal left, until
        async with (
            connect(url, proxy=None, compression=None) as first,
            connect(url, proxy=None, compression=None) as second,
        ):
            await first.send('{"type": "CREATE_ROOM"}')
            room = wire.decode(await first.recv()).text("room_id")
            await second.send(f'{{"type": "JOIN_ROOM", "room_id": "{room}"}}')
            await second.recv()
            await first.recv()

            async def answer() -> None:
                async for heard in second:
                    await second.send(heard)

            answering = asyncio.create_task(answer())
            left -= 1
            if not left:
                until = time.monotonic() + seconds
                met()
                all_met.set()
            await all_met.wait()
            await asyncio.sleep(number / pairs / 20)
            while time.monotonic() < until:
                began = time.perf_counter()
                await first.send(body)
                assert await first.recv() == body
                taken = time.perf_counter() - began
                times.append(taken * 1000)
                await asyncio.sleep(max(0.0, 0.05 - taken))
            answering.cancel()

    await asyncio.gather(*(pair(number) for number in range(pairs)))
    return times


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)]


@dataclass(frozen=True)
class Attacked:
    """What honest pairs and the relay went through.

    Args:
        calm, loud: The times of the exchanges, in ms, before the attack and under it.
        cpu: Of the relay under attack, of one processor.
        peak_mib: Of the relay's memory.
    """

    calm: list[float]
    loud: list[float]
    cpu: float
    peak_mib: int

    @property
    def ratio(self) -> float:
        """How many times as long the slow exchanges take."""
        return percentile(self.loud, 0.99) / percentile(self.calm, 0.99)


def under_attack(
    seconds: float,
    attackers: int = 1000,
    pairs: int = 20,
    kinds: Sequence[str] = KINDS,
    script: str = OURS,
    begun_s: float = 5.0,
) -> Attacked:
    """Have honest pairs talk in calm and under attack.

    Raises:
        AssertionError: The relay died.
    """
    with (
        on_one_processor() as other,
        tempfile.TemporaryDirectory() as folder,
        running(script, f"sqlite:{folder}/mail") as server,
    ):
        calm = asyncio.run(echo_times(server.port, pairs, min(seconds, 20)))
        program = (
            "from tests.bench.relay_attack import attack; "
            f"attack({server.port}, {attackers}, {kinds}, {other})"
        )
        with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as attacking:
            try:
                time.sleep(begun_s)
                used: list[float] = []
                loud = asyncio.run(
                    echo_times(server.port, pairs, seconds, lambda: used.append(server.cpu_s()))
                )
                cpu = (server.cpu_s() - used[0]) / seconds
            finally:
                attacking.kill()
        assert server.process.poll() is None, "the relay died"
        return Attacked(calm, loud, cpu, server.kib("VmHWM") // 1024)


@contextlib.contextmanager
def on_one_processor() -> Iterator[int | None]:
    """Stay on the first of our processors; give the last one, None if it cannot be so."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        yield None
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield max(before)
    finally:
        os.sched_setaffinity(0, before)


def tell(name: str, times: list[float]) -> None:
    figures = " ".join(f"{share:.1%} {percentile(times, share):.1f}" for share in (0.5, 0.9, 0.99, 0.999))
    print(f"  {name:8} {len(times):7} exchanges, ms: {figures} most {max(times):.0f}", flush=True)


def attacked(seconds: float) -> Iterator[Row]:
    """Honest pairs while a thousand connections flood, guess, open rooms, send slowly and too much."""
    found = under_attack(seconds)
    tell("calm", found.calm)
    tell("attack", found.loud)
    print(f"  the relay's CPU under attack: {found.cpu:.0%}, peak {found.peak_mib} MiB", flush=True)
    calm, loud = percentile(found.calm, 0.99), percentile(found.loud, 0.99)
    yield Row("honest 99th percentile under attack", "ms", loud, calm, "in calm", 2.0, LIMIT)
    yield Row("peak memory under attack", "MiB", found.peak_mib, target=1024)


def kind_by_kind(kinds: Sequence[str], seconds: float) -> Iterator[Row]:
    """The same for each kind of attack alone."""
    for kind in kinds:
        found = under_attack(seconds, kinds=(kind,))
        calm, loud = percentile(found.calm, 0.99), percentile(found.loud, 0.99)
        name = f"{kind}: 99th percentile, relay's CPU {found.cpu:.0%}, {found.peak_mib} MiB"
        yield Row(name, "ms", loud, calm, "in calm", 2.0, LIMIT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kinds", nargs="*", help=" ".join(KINDS))
    parser.add_argument("--seconds", type=float, default=15.0, help="of each attack")
    asked = parser.parse_args()
    if not set(asked.kinds) <= set(KINDS):
        parser.error(f"no such attack: {' '.join(asked.kinds)}")
    return table.told(kind_by_kind(asked.kinds or KINDS, asked.seconds))


if __name__ == "__main__":
    sys.exit(main())
