"""Mail in Redis, where several relay processes share it (RELAY_SERVER_SPEC.md, "Several processes").

What makes it durable is Redis's append-only file: with `appendfsync always`, Redis replies once the file is on
the disk, and what came together from several connections shares one fsync. With `everysec` the last second can be
lost with the machine; without the file, everything with the process. `check` tells.
"""

import asyncio
import os
from collections.abc import Awaitable, Sequence
from typing import Any, Final, cast
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.connection import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError

from spread.errors import StoreError, UsageError
from spread.net import redis_scripts, stores
from spread.net.stores import PAGE_ENVELOPES, Clock, Mail, Quota, Revoked, StoreFull

CONNECTIONS: Final = 64  # of one process; each has one command under way
CONNECT_S: Final = 5.0
ANSWER_S: Final = 15.0
LEAST_VERSION: Final = (7, 0)  # for scripts that say whether they may run where memory is full

Failures: Final = (RedisError, OSError, asyncio.TimeoutError)


def shown(url: str) -> str:
    """Return a Redis URL without its credentials, for messages."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def dial(url: str, connections: int = CONNECTIONS, answer_s: float = ANSWER_S) -> Redis:
    """Return a client of the Redis at `url`; nothing is connected yet.

    Raises:
        UsageError: It is no such URL.
    """
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=connections,
            timeout=answer_s,
            socket_timeout=answer_s,
            socket_connect_timeout=CONNECT_S,
            # A pooled connection may be a dead one of before Redis restarted. All we do can be done twice.
            retry=Retry(NoBackoff(), 1),
            protocol=2,
        )
    except ValueError as error:
        raise UsageError(
            "no such Redis", why=str(error).replace(url, "…"), hint="use redis://HOST:PORT/DB"
        ) from None
    return Redis.from_pool(pool)


def explain(error: BaseException) -> StoreError:
    """Return what a failure of Redis means to a server."""
    if isinstance(error, OutOfMemoryError):
        return StoreFull("the mail store's memory is full")
    return StoreError("the mail store does not work", why=f"{type(error).__name__}: {error}")


class RedisStore:
    """Mail in one Redis.

    Args:
        url: redis://HOST:PORT/DB, or rediss:// with TLS.
        clock: None for Redis's own, the same for all processes.

    Raises:
        UsageError: The URL is none.
    """

    def __init__(self, url: str, quota: Quota | None = None, clock: Clock | None = None) -> None:
        self.url = url
        self.process = os.urandom(8).hex()  # the name of ours among those that share the Redis
        self.redis = dial(url)
        self._quota = quota or Quota()
        self._clock = clock
        self._running = 0
        self._idle = asyncio.Event()
        self._closed = False
        register = self.redis.register_script
        self._put_script = register(redis_scripts.PUT)
        self._waiting_script = register(redis_scripts.WAITING)
        self._count_script = register(redis_scripts.COUNT)
        self._delete_script = register(redis_scripts.DELETE)
        self._revoke_script = register(redis_scripts.REVOKE)

    async def check(self) -> list[str]:
        """Return what is wrong with how this Redis keeps things, in sentences.

        Raises:
            StoreError: It cannot be used.
        """
        where = shown(self.url)
        try:
            server = await self.redis.info("server")
            about = await self.redis.info("persistence")
            memory = await self.redis.info("memory")
        except Failures as error:
            raise StoreError(
                f"cannot use the mail store {where}",
                why=f"{type(error).__name__}: {error}",
                hint="check that Redis runs there and that its credentials are right",
            ) from None
        version = str(server.get("redis_version", "0"))
        if tuple(int(part) for part in version.split(".")[:2]) < LEAST_VERSION:
            raise StoreError(
                f"cannot use the mail store {where}", why=f"it is Redis {version}", hint="use 7.0"
            )
        return await self._doubts(bool(about.get("aof_enabled")), str(memory.get("maxmemory_policy")))

    async def _doubts(self, has_file: bool, eviction: str) -> list[str]:
        doubts = []
        if not has_file:
            doubts.append("Redis has no append-only file: mail is lost when it stops; set appendonly yes")
        else:
            try:
                fsync = (await self.redis.config_get("appendfsync")).get("appendfsync", "")
            except ResponseError:  # where Redis is hosted, its settings may be hidden
                fsync = ""
            if fsync and fsync != "always":
                doubts.append(
                    f"Redis writes to the disk later (appendfsync {fsync}): the last mail is lost when its machine"
                    " stops; set appendfsync always"
                )
        if eviction != "noeviction":
            doubts.append(
                f"Redis may drop mail when memory is full ({eviction}); set maxmemory-policy noeviction"
            )
        return doubts

    async def put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        most = self._quota.mailbox_envelopes, self._quota.mailbox_bytes
        answer = await self._run(
            self._put_script, mailbox, *self._times(), writer, id, body, *most, mailbox, self.process
        )
        if answer == b"revoked":
            raise Revoked("this writer is revoked")
        if answer == b"full":
            raise StoreFull("this mailbox is full")

    async def waiting(self, mailbox: bytes, after: int = 0, limit: int = PAGE_ENVELOPES) -> list[Mail]:
        page = await self._run(
            self._waiting_script, mailbox, *self._times(), after, limit, stores.PAGE_BYTES
        )  # fmt: skip
        return [Mail(id, int(seq), body) for id, seq, body in page]

    async def count(self, mailbox: bytes) -> int:
        return int(await self._run(self._count_script, mailbox, *self._times()))

    async def delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        if items:
            await self._run(self._delete_script, mailbox, *(part for item in items for part in item))

    async def revoke(self, mailbox: bytes, writer: bytes) -> None:
        if await self._run(self._revoke_script, mailbox, writer, self._quota.mailbox_revoked) == b"full":
            raise StoreFull("this mailbox has revoked too many writers")

    async def is_revoked(self, mailbox: bytes, writer: bytes) -> bool:
        revoked = redis_scripts.keys_of(mailbox)[2]
        return bool(
            await self._do(cast(Awaitable[int], self.redis.sismember(revoked.decode(), cast(str, writer))))
        )

    async def close(self) -> None:
        self._closed = True
        while self._running:
            self._idle.clear()
            await self._idle.wait()
        await self.redis.aclose()

    def _times(self) -> tuple[int | str, int]:
        now = "" if self._clock is None else int(self._clock() * 1_000_000)
        return now, int(self._quota.age_s * 1_000_000)

    async def _run(self, script: AsyncScript, mailbox: bytes, *arguments: int | str | bytes) -> Any:
        keys: Sequence[bytes] = redis_scripts.keys_of(mailbox)
        return await self._do(script(keys=keys, args=arguments))

    async def _do(self, work: Awaitable[Any]) -> Any:
        """Wait for Redis; what goes wrong there is a StoreError."""
        if self._closed:
            cast(Any, work).close()
            raise StoreError("the mail store is closed")
        self._running += 1
        try:
            return await work
        except Failures as error:
            raise explain(error) from None
        finally:
            self._running -= 1
            self._idle.set()
