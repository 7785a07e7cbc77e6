"""Two relay processes on one Redis: what they store, tell and forward, and what a kill -9 leaves.

    python -m tests.bench.relay_redis [put|fetch|news|rooms|kill ...] [--puts 10000] [--runs 3]

Redis is a real one that writes each change to the disk before it answers. The limit beside puts is that Redis filled by
redis-benchmark with values of the same size, by as many connections, in the same run. The clients send frames made
beforehand, so that they cost little; CPU time is given for each process, as the machine may have other work.
"""

import argparse
import asyncio
import contextlib
import hashlib
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message
from tests.bench import table
from tests.bench.peers import Unavailable
from tests.bench.table import Row
from tests.net.redis_server import RedisServer, redis_server

ROOT: Final = Path(__file__).parents[2]
RELAY: Final = (
    "import sys; from spread.commands import relay; sys.exit(relay.run('127.0.0.1', 0, sys.argv[1]))"
)
BODY_BYTES: Final = 20 * 1024
CONNECTIONS: Final = 128
FETCHED: Final = 100
LEAST_PUTS_S: Final = 2000.0
MOST_FETCH_S: Final = 0.2
MOST_NEWS_S: Final = 0.1
TICKS: Final = os.sysconf("SC_CLK_TCK")


# -- processes ----------------------------------------------------------------


class Relay:
    """A relay process, and its CPU time."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RELAY, url], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline().rpartition(":")[2])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextlib.asynccontextmanager
async def two_relays() -> AsyncIterator[tuple[RedisServer, list[Relay]]]:
    with tempfile.TemporaryDirectory() as folder, redis_server(Path(folder)) as redis:
        relays = [Relay(redis.url) for _ in range(2)]
        try:
            yield redis, relays
        finally:
            for relay in relays:
                relay.kill()


# -- a client that costs little -----------------------------------------------


def ws_frame(data: str | bytes) -> bytes:
    """Return a frame as a client sends it; its mask is zero, so that it costs nothing."""
    raw, opcode = (data.encode(), 0x81) if isinstance(data, str) else (data, 0x82)
    if len(raw) < 126:
        head = struct.pack("!BB", opcode, 0x80 | len(raw))
    elif len(raw) < 65536:
        head = struct.pack("!BBH", opcode, 0x80 | 126, len(raw))
    else:
        head = struct.pack("!BBQ", opcode, 0x80 | 127, len(raw))
    return head + bytes(4) + raw


class Client:
    """One connection with its nonce, and two keys: of a mailbox and of who writes into it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self.reader, self.writer, self.host = reader, writer, host
        self.box_seed, self.writer_seed = os.urandom(32), os.urandom(32)
        self.nonce = b""
        self.frames: list[tuple[bytes, bytes]] = []  # id and PUT, to be sent

    @classmethod
    async def dial(cls, relay: Relay) -> "Client":
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port, limit=1 << 22)
        host = f"127.0.0.1:{relay.port}"
        writer.write(
            f"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        client = cls(reader, writer, host)
        client.nonce = (await client.ask(Message("HELLO", {"version": 1}))).key("nonce", 32)
        return client

    async def read(self) -> str | bytes:
        """Return the next data frame; answer pings. An ended connection is an EOFError."""
        while True:
            opcode, size = await self.reader.readexactly(2)
            if size >= 126:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            data = await self.reader.readexactly(size)
            match opcode & 15:
                case 1:
                    return data.decode()
                case 2:
                    return data
                case 8:
                    raise EOFError
                case 9:
                    self.writer.write(struct.pack("!BB", 0x8A, 0x80 | size) + bytes(4) + data)

    async def ask(self, message: Message) -> Message:
        self.writer.write(ws_frame(wire.encode(message)))
        return wire.decode(await self.read())

    async def open(self, seed: bytes) -> int:
        proof = mailbox.open_proof(seed, self.nonce, self.host)
        fields = {"mailbox": crypto.public_key(seed).hex(), "proof": proof.hex()}
        waiting = (await self.ask(Message("OPEN", fields))).fields["waiting"]
        assert isinstance(waiting, int)
        return waiting

    def prepare(self, count: int) -> None:
        """Make so many PUTs into this client's mailbox; a body can be told from its id."""
        box = crypto.public_key(self.box_seed)
        grant = mailbox.grant(self.box_seed, crypto.public_key(self.writer_seed))
        for _ in range(count):
            id = os.urandom(16)
            message = mailbox.put_message(
                box, self.writer_seed, grant, self.nonce, self.host, id, body_of(id)
            )
            self.frames.append((id, ws_frame(wire.encode(message))))

    async def put_all(self, stored: Callable[[bytes, bytes], None]) -> None:
        """Send what was prepared, each once the one before is stored; again where the store is away."""
        while self.frames:
            id, frame = self.frames[-1]
            self.writer.write(frame)
            answer = wire.decode(await self.read())
            if answer.type == "STORED":
                self.frames.pop()
                stored(self.box_seed, id)
            else:
                assert answer.fields["reason"] == "unavailable", answer
                await asyncio.sleep(0.05)


def body_of(id: bytes) -> bytes:
    return hashlib.sha256(id).digest() * (BODY_BYTES // 32)


async def prepared(relays: list[Relay], puts: int) -> list[Client]:
    clients = [await Client.dial(relays[n % len(relays)]) for n in range(CONNECTIONS)]
    for client in clients:
        client.prepare(puts // CONNECTIONS)
    return clients


def limit(redis: RedisServer, count: int) -> float:
    """Return how many SETs a second of this size, from as many connections, this Redis does."""
    command = [
        "redis-benchmark", "-p", str(redis.port), "-t", "set", "-c", str(CONNECTIONS), "-n", str(count),
        "-d", str(BODY_BYTES), "-r", "10000", "--csv",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1].split(",")[1].strip('"'))


# -- what is measured ---------------------------------------------------------


async def put(puts: int, runs: int) -> Row:
    rates, bares = [], []
    for _ in range(runs):
        async with two_relays() as (redis, relays):
            bare = limit(redis, puts)
            bares.append(bare)
            with redis.client() as direct:
                direct.flushall()
            clients = await prepared(relays, puts)
            assert redis._process is not None
            pids = [relays[0].process.pid, relays[1].process.pid, redis._process.pid]
            before, own, begun = [cpu_s(pid) for pid in pids], time.process_time(), time.perf_counter()
            count = 0

            def stored(box: bytes, id: bytes) -> None:
                nonlocal count
                count += 1

            await asyncio.gather(*(client.put_all(stored) for client in clients))
            took = time.perf_counter() - begun
            spent = [(cpu_s(pid) - was) / count * 1e6 for pid, was in zip(pids, before, strict=True)]
            rates.append(count / took)
            print(
                f"     {count} puts in {took:.2f} s: {count / took:.0f}/s (redis-benchmark SET: {bare:.0f}/s);"
                f" CPU per put: relays {spent[0] + spent[1]:.0f} us together, Redis {spent[2]:.0f} us,"
                f" clients {(time.process_time() - own) / count * 1e6:.0f} us; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
            for client in clients:
                client.writer.close()
    return Row("puts of 20 KB, two relays, best run", "/s", max(rates), max(bares), "redis-benchmark SET", LEAST_PUTS_S,
               least=True)  # fmt: skip


async def fetch(runs: int) -> Row:
    times = []
    async with two_relays() as (_, relays):
        writer = await Client.dial(relays[0])
        writer.prepare(FETCHED)
        await writer.put_all(lambda box, id: None)
        for _ in range(max(runs, 5)):
            begun = time.perf_counter()
            owner = await Client.dial(relays[1])
            for _ in range(await owner.open(writer.box_seed)):
                await owner.read()
            times.append(time.perf_counter() - begun)
            owner.writer.close()
    return Row(
        f"fetch of {FETCHED} after a reconnect",
        "ms",
        statistics.median(times) * 1000,
        target=MOST_FETCH_S * 1000,
    )


async def news(count: int = 200) -> Row:  # one writer may have 250 in a mailbox
    times = []
    async with two_relays() as (_, relays):
        writer, owner = await Client.dial(relays[0]), await Client.dial(relays[1])
        await owner.open(writer.box_seed)
        writer.prepare(count)
        for _, frame in writer.frames:
            begun = time.perf_counter()
            writer.writer.write(frame)
            await asyncio.gather(writer.read(), owner.read())
            times.append(time.perf_counter() - begun)
    return Row(
        "PUT at one relay to MAIL at the other",
        "ms",
        statistics.median(times) * 1000,
        target=MOST_NEWS_S * 1000,
    )


async def rooms(frames: int = 4000) -> Row:
    rates: dict[bool, float] = {}
    async with two_relays() as (_, relays):
        for across in (False, True, False, True):
            creator = await Client.dial(relays[0])
            joiner = await Client.dial(relays[1 if across else 0])
            room = (await creator.ask(Message("CREATE_ROOM"))).text("room_id")
            assert (await joiner.ask(Message("JOIN_ROOM", {"room_id": room}))).type == "ROOM_JOINED"
            await creator.read()
            frame = ws_frame(os.urandom(BODY_BYTES))
            pids = [relay.process.pid for relay in relays]
            spent, begun = sum(map(cpu_s, pids)), time.perf_counter()

            async def send(creator: Client, frame: bytes) -> None:
                for _ in range(frames):
                    creator.writer.write(frame)
                    await creator.writer.drain()

            sending = asyncio.ensure_future(send(creator, frame))
            for _ in range(frames):
                await joiner.read()
            await sending
            took = time.perf_counter() - begun
            rates[across] = max(rates.get(across, 0.0), frames / took)
            where = "across two relays" if across else "in one relay"
            print(
                f"     {where}: {frames / took:.0f} frames of 20 KB a second,"
                f" {(sum(map(cpu_s, pids)) - spent) / frames * 1e6:.0f} us of CPU each",
                flush=True,
            )
            creator.writer.close()
            joiner.writer.close()
    return Row("20 KB frames across two relays", "/s", rates[True], rates[False], "in one relay", least=True)


async def kill(puts: int) -> list[Row]:
    """Kill a relay after a third of the puts and Redis after two thirds; look for all that was acknowledged."""
    stored: dict[bytes, set[bytes]] = {}
    count = 0
    async with two_relays() as (redis, relays):

        def note(box: bytes, id: bytes) -> None:
            nonlocal count
            stored.setdefault(box, set()).add(id)
            count += 1
            if count == puts // 3:
                relays[0].kill()
            elif count == puts // 2:
                redis.kill()
                asyncio.get_running_loop().call_later(0.3, redis.start)

        async def put_on(client: Client) -> None:
            with contextlib.suppress(EOFError, ConnectionError):  # its relay was killed
                await client.put_all(note)

        clients = await prepared(relays, puts * 2)  # the dead relay's share is not sent
        await asyncio.gather(*map(put_on, clients))
        relays[0] = Relay(redis.url)
        lost = wrong = 0
        for box, ids in stored.items():
            found = await mail_of(relays[0], box)
            lost += len(ids - found.keys())
            wrong += sum(body != body_of(id) for id, body in found.items())
    return [
        Row("acknowledged around kill -9 of a relay and Redis", "", count, target=puts, least=True),
        Row("of these lost, or not as they were put", "", lost + wrong, target=0),
    ]


async def mail_of(relay: Relay, box: bytes) -> dict[bytes, bytes]:
    owner = await Client.dial(relay)
    messages = [wire.decode(await owner.read()) for _ in range(await owner.open(box))]
    owner.writer.close()
    return {message.key("id", 16): message.body or b"" for message in messages}


NAMES: Final = ("put", "fetch", "news", "rooms", "kill")


def rows(
    quick: bool = False, what: Sequence[str] = NAMES, puts: int = 10_000, runs: int = 3
) -> Iterator[Row]:
    """Measure what is asked for."""
    if not (shutil.which("redis-server") and shutil.which("redis-benchmark")):
        raise Unavailable("redis-server is not installed")
    puts, runs = (512, 1) if quick else (puts, runs)
    if "put" in what:
        yield asyncio.run(put(puts, runs))
    if "fetch" in what:
        yield asyncio.run(fetch(runs))
    if "news" in what:
        yield asyncio.run(news())
    if "rooms" in what:
        yield asyncio.run(rooms())
    if "kill" in what:
        yield from asyncio.run(kill(puts))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help="put, fetch, news, rooms, kill; all without")
    parser.add_argument("--puts", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    return table.told(rows(False, given.what or NAMES, given.puts, given.runs))


if __name__ == "__main__":
    sys.exit(main())
