"""How much a relay holds, carries and keeps, each figure beside its limit, measured in the same run.

    python -m tests.bench.relay [idle|forward|mail|attack|kill ...] [--seconds 30] [--runs 3]

The limit of idle connections and of forwarding is a bare `websockets` server without compression, a process of its
own as the relay is. The clients are raw sockets, so that they cost as little as they can. Rates are taken by the CPU
time of the server process where the machine may have other work, and by the clock besides.
"""

import argparse
import contextlib
import os
import resource
import selectors
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message
from tests.bench import table
from tests.bench.table import LIMIT, Row

ROOT: Final = Path(__file__).parents[2]
UPGRADE: Final = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
BARE: Final = """
import asyncio
from websockets.asyncio.server import serve
first = {}
async def talk(ws):
    room = ws.request.path
    if room == "/idle":
        await ws.wait_closed()
        return
    if room in first:
        peer, met = first.pop(room)
        met.set_result(ws)
    else:
        met = asyncio.get_running_loop().create_future()
        first[room] = ws, met
        peer = await met
    await ws.send("met")
    async for frame in ws:
        await peer.send(frame)
async def main():
    async with serve(talk, "127.0.0.1", 0, compression=None, max_size=None, backlog=1024) as server:
        print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.get_running_loop().create_future()
asyncio.run(main())
"""
OURS: Final = (
    "import sys; from spread.commands import relay; sys.exit(relay.run('127.0.0.1', 0, sys.argv[1]))"
)
LIMIT_IS: Final = "bare websockets"
NO_LIMITS: Final = {
    "RELAY_MAX_CONNECTIONS": "20000",
    "RELAY_MAX_PER_ADDRESS": "20000",
    "RELAY_MAX_CONNECTS": "1000000",
    "RELAY_MAX_JOINS": "100000",
    "RELAY_MAX_WAITING_PER_ADDRESS": "1000",
    "RELAY_HANDSHAKE_S": "600",
    "RELAY_MAX_MESSAGES_S": "0",
    "RELAY_MAX_BYTES_S": "0",
    "RELAY_MAX_BYTES_PER_ADDRESS": "1000000000000",
    "RELAY_MAX_WRITER_ENVELOPES": "1000",
    "RELAY_MAX_WRITER_BYTES": "67108864",
}


# -- servers ------------------------------------------------------------------


class Running:
    """A server process, and what the system knows of it."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.port = port

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kib(self, which: str = "VmRSS") -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith(which)))


@contextlib.contextmanager
def running(script: str, *arguments: str, **environment: str) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env={**os.environ, **environment},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield Running(process, int(line.rpartition(":")[2]))
    finally:
        process.kill()
        process.communicate()
        for sock in _opened:
            sock.close()
        _opened.clear()


# -- a client that costs little -----------------------------------------------


def frame(body: bytes, opcode: int) -> bytes:
    """Return a client's frame; masked with zeros, which costs the server as much as any mask."""
    size = len(body)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
    return head + bytes(4) + body


_opened: list[socket.socket] = []  # to the server that runs


class Raw:
    """A WebSocket on a blocking socket."""

    def __init__(self, port: int, path: str = "/") -> None:
        self.host = f"127.0.0.1:{port}"
        self.sock = socket.create_connection(("127.0.0.1", port))
        _opened.append(self.sock)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(60)
        self.sock.sendall(UPGRADE.format(path=path, host=self.host).encode())
        self.left = b""
        while b"\r\n\r\n" not in self.left:
            self.left += self._more()
        head, _, self.left = self.left.partition(b"\r\n\r\n")
        assert b" 101 " in head.partition(b"\r\n")[0], head

    def _more(self) -> bytes:
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionError
        return data

    def _take(self, size: int) -> bytes:
        while len(self.left) < size:
            self.left += self._more()
        taken, self.left = self.left[:size], self.left[size:]
        return taken

    def say(self, message: Message) -> None:
        encoded = wire.encode(message)
        binary = isinstance(encoded, bytes)
        self.sock.sendall(
            frame(encoded if isinstance(encoded, bytes) else encoded.encode(), 2 if binary else 1)
        )

    def hear(self) -> bytes:
        """Return the body of the next frame that is not a ping."""
        while True:
            opcode, size = self._take(2)
            if size == 126:
                (size,) = struct.unpack("!H", self._take(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._take(8))
            body = self._take(size)
            if opcode & 15 == 8:
                raise ConnectionError
            if opcode & 15 in (1, 2):
                return body

    def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        self.say(Message(type, fields))
        heard = wire.decode(self.hear().decode())
        return {"type": heard.type, **heard.fields}

    def hello(self) -> bytes:
        return bytes.fromhex(self.ask("HELLO", version=1)["nonce"])

    def open(self, seed: bytes) -> dict[str, Any]:
        proof = mailbox.open_proof(seed, self.hello(), self.host)
        return self.ask("OPEN", mailbox=crypto.public_key(seed).hex(), proof=proof.hex())


# -- idle connections ---------------------------------------------------------


def connect_many(server: Running, count: int, path: str) -> tuple[list[Raw], float, float]:
    """Return the connections, and the time and the server's CPU time that they took."""
    began, cpu = time.perf_counter(), server.cpu_s()
    connections = [Raw(server.port, path) for _ in range(count)]
    return connections, time.perf_counter() - began, server.cpu_s() - cpu


def idle(count: int) -> Iterator[Row]:
    """Memory and connect time of many machines that wait for mail."""
    with running(BARE) as server:
        before = server.kib()
        connections, bare_s, bare_cpu = connect_many(server, count, "/idle")
        bare_kib = (server.kib() - before) / count
        for each in connections:
            each.sock.close()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(OURS, f"sqlite:{folder}/mail", **NO_LIMITS) as server,
    ):
        before = server.kib()
        connections, ours_s, ours_cpu = connect_many(server, count, "/")
        seeds = [os.urandom(32) for _ in range(count)]
        for each, seed in zip(connections, seeds, strict=True):
            assert each.open(seed)["type"] == "OPENED"
        ours_kib = (server.kib() - before) / count
        for each in connections:
            each.sock.close()
    yield Row(f"{count} open mailboxes, each", "KiB", ours_kib, bare_kib, LIMIT_IS, 1.3, LIMIT)
    yield Row(f"{count} connects", "s", ours_s, bare_s, LIMIT_IS, 2.0, LIMIT)
    yield Row(f"{count} connects, CPU", "s", ours_cpu, bare_cpu, LIMIT_IS, 2.0, LIMIT)


# -- forwarding ---------------------------------------------------------------


def bare_pairs(server: Running, count: int) -> list[tuple[Raw, Raw]]:
    pairs = []
    for number in range(count):
        first, second = Raw(server.port, f"/{number}"), Raw(server.port, f"/{number}")
        assert (first.hear(), second.hear()) == (b"met", b"met")
        pairs.append((first, second))
    return pairs


def our_pairs(server: Running, count: int) -> list[tuple[Raw, Raw]]:
    pairs = []
    for _ in range(count):
        first, second = Raw(server.port), Raw(server.port)
        room = first.ask("CREATE_ROOM")["room_id"]
        assert second.ask("JOIN_ROOM", room_id=room)["type"] == "ROOM_JOINED"
        assert b"PEER_JOINED" in first.hear()
        pairs.append((first, second))
    return pairs


def forward(server: Running, pairs: list[tuple[Raw, Raw]], size: int, count: int) -> tuple[float, float]:
    """Send `count` frames through each pair; return the frames a second, by clock and by the server's CPU."""
    sent = memoryview(frame(bytes(size), 2) * max(1, 1_000_000 // size))
    in_one = len(sent) // len(frame(bytes(size), 2))
    rounds = -(-count // in_one)
    head = 4 if size < 65536 else 10
    waiting = selectors.DefaultSelector()
    left: dict[socket.socket, int] = {}
    for first, second in pairs:
        first.sock.setblocking(False)
        second.sock.setblocking(False)
        waiting.register(first.sock, selectors.EVENT_WRITE)
        waiting.register(second.sock, selectors.EVENT_READ)
        left[first.sock] = rounds * len(sent)
        left[second.sock] = rounds * in_one * (size + head)
    buffer = bytearray(1024 * 1024)
    began, cpu = time.perf_counter(), server.cpu_s()
    unfinished = len(pairs)
    while unfinished:
        for key, _ in waiting.select():
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            if key.events == selectors.EVENT_WRITE:
                at = -left[sock] % len(sent)
                left[sock] -= sock.send(sent[at:])
                if not left[sock]:
                    waiting.unregister(sock)
            else:
                got = sock.recv_into(buffer)
                assert got, "closed"
                left[sock] -= got
                if left[sock] <= 0:  # and a ping or two
                    waiting.unregister(sock)
                    unfinished -= 1
    total = len(pairs) * rounds * in_one
    return total / (time.perf_counter() - began), total / (server.cpu_s() - cpu)


def forwarding(runs: int, share: float = 1.0) -> Iterator[Row]:
    """Frames through rooms, against a bare forwarder, in turns; `share` of the usual number."""
    for size, pairs, frames in (
        (20_000, 1, 60_000),
        (20_000, 100, 600),
        (1_000_000, 1, 2_000),
        (1_000_000, 100, 20),
    ):
        ours, bare, count = [], [], max(1, int(frames * share))
        for _ in range(runs):
            with running(BARE) as server:
                bare.append(forward(server, bare_pairs(server, pairs), size, count))
            with running(OURS, "memory", **NO_LIMITS) as server:
                ours.append(forward(server, our_pairs(server, pairs), size, count))
        for index, how in enumerate(("clock", "CPU")):
            mine, limit = (statistics.median(each[index] for each in rates) for rates in (ours, bare))
            name = f"{size // 1000} KB, {pairs} pair{'s' * (pairs > 1)}, by {how}"
            unit = "/s" if size < 100_000 else "MB/s"
            yield Row(name, unit, mine, limit, LIMIT_IS, 0.8, LIMIT, least=True)


# -- mail ---------------------------------------------------------------------


def put_frames(client: Raw, box_seed: bytes, count: int, size: int) -> list[tuple[bytes, bytes]]:
    """Return PUTs that are ready to be sent, each with its id."""
    nonce, writer = client.hello(), os.urandom(32)
    box, grant = crypto.public_key(box_seed), mailbox.grant(box_seed, crypto.public_key(writer))
    out = []
    for _ in range(count):
        id, body = os.urandom(16), os.urandom(size)
        encoded = wire.encode(mailbox.put_message(box, writer, grant, nonce, client.host, id, body))
        assert isinstance(encoded, bytes)
        out.append((id, frame(encoded, 2)))
    return out


def put_all(
    lines: list[tuple[Raw, list[tuple[bytes, bytes]]]], on_stored: Callable[[int], None] = lambda _: None
) -> list[bytes]:
    """Have each client put its own, one after the other; return the ids that were acknowledged."""
    waiting = selectors.DefaultSelector()
    stored: list[bytes] = []
    for client, line in [each for each in lines if each[1]]:
        client.sock.sendall(line[0][1])
        waiting.register(client.sock, selectors.EVENT_READ, [client, iter(line[1:]), line[0][0]])
    while waiting.get_map():
        for key, _ in waiting.select():
            client, line, id = key.data
            with contextlib.suppress(OSError):  # it was killed
                assert b"STORED" in client.hear()
                stored.append(id)
                on_stored(len(stored))
                following = next(line, None)
                if following is not None:
                    key.data[2] = following[0]
                    client.sock.sendall(following[1])
                    continue
            waiting.unregister(key.fileobj)
    waiting.close()
    return stored


def mail() -> Iterator[Row]:
    """Puts on SQLite by 32 machines at once, and what waits at a reconnect."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(OURS, f"sqlite:{folder}/mail", **NO_LIMITS) as server,
    ):
        boxes = [os.urandom(32) for _ in range(32)]
        clients = [Raw(server.port) for _ in boxes]
        lines = [
            (client, put_frames(client, box, 250, 20_000)) for client, box in zip(clients, boxes, strict=True)
        ]
        began, cpu = time.perf_counter(), server.cpu_s()
        stored = len(put_all(lines))
        taken, cpu = time.perf_counter() - began, server.cpu_s() - cpu
        yield Row("20 KB puts, 32 at once", "/s", stored / taken, target=1000, least=True)
        yield Row("20 KB puts, the server's CPU each", "µs", cpu / stored * 1e6)
        box = os.urandom(32)
        client = Raw(server.port)
        put_all([(client, put_frames(client, box, 100, 20_000))])
        times = []
        for _ in range(5):
            began = time.perf_counter()
            owner = Raw(server.port)
            waiting = owner.open(box)["waiting"]
            for _ in range(waiting):
                owner.hear()
            times.append((time.perf_counter() - began) * 1000)
            owner.sock.close()
        yield Row("100 envelopes of 20 KB on reconnect", "ms", statistics.median(times), target=200)


def killed(puts: int, folder: str, at: int) -> tuple[int, int]:
    """Kill a relay at so many of the puts, start it again, go on; return (acknowledged, of these missing)."""
    boxes = [os.urandom(32) for _ in range(16)]
    stored: list[bytes] = []
    while len(stored) < puts:
        with running(OURS, f"sqlite:{folder}/mail", **NO_LIMITS) as server:
            clients = [Raw(server.port) for _ in boxes]
            share = -(-(puts - len(stored)) // len(boxes))
            lines = [
                (one, put_frames(one, box, share, 2_000)) for one, box in zip(clients, boxes, strict=True)
            ]
            if stored:
                stored += put_all(lines)
            else:
                stored += put_and_kill(server, lines, at)
    kept: set[bytes] = set()
    with running(OURS, f"sqlite:{folder}/mail", **NO_LIMITS) as server:
        for box in boxes:
            owner = Raw(server.port)
            for _ in range(owner.open(box)["waiting"]):
                kept.add(wire.decode(owner.hear()).key("id", 16))
    return len(stored), len(set(stored) - kept)


def put_and_kill(server: Running, lines: list[tuple[Raw, list[tuple[bytes, bytes]]]], at: int) -> list[bytes]:
    """Put, and have the server killed from aside once `at` are stored, whatever it is doing then."""
    program = "import os, sys; sys.stdin.read(1); os.kill(int(sys.argv[1]), 9)"
    pid = str(server.process.pid)
    with subprocess.Popen([sys.executable, "-c", program, pid], stdin=subprocess.PIPE) as killer:
        assert killer.stdin is not None
        pipe = killer.stdin

        def note(count: int) -> None:
            if count == at:
                pipe.write(b"x")
                pipe.flush()

        return put_all(lines, note)


def kill() -> Iterator[Row]:
    """Kill -9 during 10,000 puts."""
    with tempfile.TemporaryDirectory() as folder:
        stored, missing = killed(10_000, folder, 4_321)
    yield Row(f"of {stored} acknowledged, missing after a kill", "", missing, target=0)


NAMES: Final = ("idle", "forward", "mail", "attack", "kill")


def rows(
    quick: bool = False,
    what: Sequence[str] = NAMES,
    seconds: float = 30,
    runs: int = 3,
    connections: int = 5000,
) -> Iterator[Row]:
    """Measure what is asked for."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if quick:
        runs, connections, seconds = 1, 100, 3
    from tests.bench.relay_attack import attacked  # which needs what is above

    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "idle": lambda: idle(connections), "forward": lambda: forwarding(runs, 0.02 if quick else 1.0),
        "mail": mail, "attack": lambda: attacked(seconds), "kill": kill,
    }  # fmt: skip
    for each in what:
        yield from parts[each]()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", nargs="*", help=" ".join(NAMES))
    parser.add_argument("--seconds", type=float, default=30.0, help="of attack")
    parser.add_argument("--runs", type=int, default=3, help="of forwarding")
    parser.add_argument("--connections", type=int, default=5000)
    asked = parser.parse_args()
    if not set(asked.what) <= set(NAMES):
        parser.error(f"no such bench: {' '.join(asked.what)}")
    return table.told(rows(False, asked.what or NAMES, asked.seconds, asked.runs, asked.connections))


if __name__ == "__main__":
    sys.exit(main())
