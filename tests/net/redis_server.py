"""A real Redis on loopback, in a folder of its own."""

import asyncio
import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.conftest import need
from tests.ports import free_port


class RedisServer:
    """One Redis with an append-only file that it writes before it answers; it can be killed and started again."""

    def __init__(self, folder: Path, *options: str) -> None:
        need(shutil.which("redis-server"), "redis-server")
        self._folder = folder
        self._options = options
        self.port = free_port()  # also while it is away
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder),
            "--save", "", "--appendonly", "yes", "--appendfsync", "always",
            "--maxmemory", "1gb", *self._options,
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        with contextlib.closing(Redis(port=self.port)) as client:
            while True:
                assert self._process.poll() is None
                with contextlib.suppress(RedisError):
                    client.ping()
                    return
                time.sleep(0.02)

    def kill(self) -> None:
        """End it as kill -9 does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self) -> "contextlib.closing[Redis]":
        """Return a client, to be closed."""
        return contextlib.closing(Redis(port=self.port))


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds that nothing tells us of; the test's own time limit ends it."""
    while not holds():  # noqa: ASYNC110 - there is no event
        await asyncio.sleep(0.01)


@contextlib.contextmanager
def redis_server(folder: Path, *options: str) -> Iterator[RedisServer]:
    """Run a Redis with these options as well."""
    server = RedisServer(folder, *options)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="module")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis for a module; `redis` gives it empty."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis(shared_redis: RedisServer) -> RedisServer:
    """An empty Redis."""
    with shared_redis.client() as client:
        client.flushall()
    return shared_redis
