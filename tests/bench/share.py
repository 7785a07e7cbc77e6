"""One hand-over by code, from the sender's start to the plaintext at the receiver, and what others take for it.

    python -m tests.bench.share [--quick]

The receiver starts as soon as the code is known. The limit is two bare asyncio programs with a key they both have:
one sends the file sealed with AES-256-GCM, the other is started once it listens. All take turns. `spread share` takes
secrets out of a text before anything is sent, which others do not; so the large text is measured twice: as it is
handed over by the command, and with redaction done before, which is what the way itself can carry.
"""

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

from tests.bench import peers, table
from tests.bench.relay import OURS as RELAY
from tests.bench.relay import running
from tests.bench.table import Row

ROOT: Final = Path(__file__).parents[2]
RUNS: Final = 9
WORMHOLE: Final = "magic-wormhole"
AGREED: Final = "magic-wormhole, code agreed"
SCP: Final = "scp, new connection"
# what a program of this kind cannot do without: a start, a connection, a sealed stream
BARE: Final = """
import asyncio, struct, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
KEY, STEP = bytes(range(32)), 1 << 20
async def send(reader, writer):
    aead = AESGCM(KEY)
    with open(sys.argv[2], "rb") as file:
        for number in range(1 << 30):
            part = file.read(STEP)
            sealed = aead.encrypt(number.to_bytes(12, "big"), part, None)
            writer.write(struct.pack("!I", len(sealed)) + sealed)
            await writer.drain()
            if not part:
                break
    await reader.read(1)
    asyncio.get_running_loop().stop()
async def serve():
    server = await asyncio.start_server(send, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
async def receive():
    aead = AESGCM(KEY)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[3]), limit=1 << 22)
    with open(sys.argv[2], "wb") as file:
        for number in range(1 << 30):
            (size,) = struct.unpack("!I", await reader.readexactly(4))
            part = aead.decrypt(number.to_bytes(12, "big"), await reader.readexactly(size), None)
            if not part:
                break
            file.write(part)
    writer.write(b"x")
    await writer.drain()
if sys.argv[1] == "send":
    loop = asyncio.new_event_loop()
    loop.run_until_complete(serve())
    loop.run_forever()
else:
    asyncio.run(receive())
"""
# `spread share FILE` of a text that has been redacted before
REDACTED: Final = """
import sys
from spread import cli, redact
redact.Redactor.text = lambda self, text: text
sys.exit(cli.main(sys.argv[1:]))
"""
COMMAND: Final = (sys.executable, "-m", "spread.cli")


class Hands:
    """Two homes between which a file is handed over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "notes.md"
        self.out = folder / "received.md"

    def write(self, size: int) -> None:
        """Make the file: plain text of so many bytes."""
        text = (ROOT / "RELAY_SERVER_SPEC.md").read_text(encoding="utf-8").encode("ascii", "replace")
        self.file.write_bytes((text * (size // len(text) + 1))[:size])

    def ours(self, *how: str, command: tuple[str, ...] = COMMAND) -> float:
        """Hand it over with `spread share` and `spread receive`."""
        return self._handed(
            [*command, "share", str(self.file), *how],
            lambda code: [*COMMAND, "receive", *[each for each in how if each != "--lan"], code, "-o", str(self.out)],
        )  # fmt: skip

    def bare(self) -> float:
        """Hand it over with the two bare programs."""
        return self._handed(
            [sys.executable, "-c", BARE, "send", str(self.file)],
            lambda port: [sys.executable, "-c", BARE, "receive", str(self.out), port],
        )

    def _handed(self, sender: list[str], receiver: Callable[[str], list[str]]) -> float:
        self.out.unlink(missing_ok=True)
        began = time.perf_counter()
        with subprocess.Popen(
            sender, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=self.folder, env=self._env("a")
        ) as sending:  # fmt: skip
            assert sending.stdout is not None
            code = sending.stdout.readline().strip()
            done = subprocess.run(
                receiver(code), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=self.folder,
                env=self._env("b"), timeout=300,
            )  # fmt: skip
            taken = (time.perf_counter() - began) * 1000
            assert done.returncode == 0, done.stderr
        assert self.out.stat().st_size == self.file.stat().st_size
        return taken

    def _env(self, home: str) -> dict[str, str]:
        return {
            **peers.plain(self.folder), "SPREAD_HOME": str(self.folder / home), "SPREAD_INTERFACES": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip


Ways = dict[str, Callable[[], float]]


@contextlib.contextmanager
def others(hands: Hands) -> Iterator[Ways]:
    """Start what the others need; return how each hands the file over."""
    ways: Ways = {}
    with contextlib.ExitStack() as stack:
        if peers.has("magic-wormhole"):
            wormhole = stack.enter_context(peers.wormhole(hands.folder))
            numbers = iter(range(100, 999))
            ways[WORMHOLE] = lambda: wormhole.send(hands.file, hands.out)
            ways[AGREED] = lambda: wormhole.send(hands.file, hands.out, f"{next(numbers)}-amber-tiger")
        if peers.has("scp"):
            with contextlib.suppress(peers.Unavailable):
                scp = stack.enter_context(peers.scp(hands.folder))
                ways[SCP] = lambda: scp.send(hands.file, hands.out)
        yield ways


def medians(ways: Ways, runs: int) -> dict[str, float]:
    """Let all take turns; return the median of each."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()  # what is loaded from the disk once does not count
    for _ in range(runs):
        for name, way in ways.items():
            taken[name].append(way())
    return {name: statistics.median(times) for name, times in taken.items()}


def rows(quick: bool = False) -> Iterator[Row]:
    """Measure a small text by both routes, and a large one."""
    with tempfile.TemporaryDirectory() as folder, running(RELAY, "memory") as relay:
        hands = Hands(Path(folder))
        with others(hands) as theirs:
            yield from _small(hands, theirs, f"ws://127.0.0.1:{relay.port}", 1 if quick else RUNS)
            yield from _large(hands, theirs, 1_000_000 if quick else 100_000_000, 1 if quick else 5)


def _small(hands: Hands, theirs: Ways, relay: str, runs: int) -> Iterator[Row]:
    hands.write(20_000)
    found = medians({
        "lan": lambda: hands.ours("--lan"), "relay": lambda: hands.ours("--relay", relay), "bare": hands.bare, **theirs,
    }, runs)  # fmt: skip
    named = {name: found[name] for name in theirs}
    for way in ("lan", "relay"):
        yield Row(
            f"20 KB by code, {way}", "ms", found[way], found["bare"], "asyncio + AES-GCM", 1 / 3, WORMHOLE, peers=named,
            why="two programs have to start, and a handshake of a code (SPAKE2) to be loaded, which is most of it",
        )  # fmt: skip


def _large(hands: Hands, theirs: Ways, size: int, runs: int) -> Iterator[Row]:
    hands.write(size)
    theirs = {name: way for name, way in theirs.items() if name != AGREED}
    redacted = (sys.executable, "-c", REDACTED)
    found = medians({
        "sent": lambda: hands.ours("--lan", command=redacted), "bare": hands.bare, **theirs
    }, runs)  # fmt: skip
    named = {name: found[name] for name in theirs}
    what = f"{size // 1_000_000} MB by code, lan"
    yield Row(f"{what}, redacted before", "ms", found["sent"], found["bare"], "asyncio + AES-GCM", 1 / 2, WORMHOLE,
              peers=named)  # fmt: skip
    yield Row(
        f"{what}, with redaction", "ms", hands.ours("--lan"), found["bare"], "asyncio + AES-GCM", 1 / 2, WORMHOLE,
        peers=named, why="secrets are looked for in every byte before anything is sent; the others do not look",
    )  # fmt: skip


def main() -> int:
    """Measure in a network of our own."""
    peers.enter_own_network()
    os.environ["SPREAD_INTERFACES"] = "127.0.0.1"
    return table.told(rows("--quick" in sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
