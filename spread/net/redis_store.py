"""Mail in Redis, where several relay processes share it (RELAY_SERVER_SPEC.md, "Several processes").

What makes it durable is Redis's append-only file: with `appendfsync always`, Redis replies once the file is on
the disk, and what came together from several connections shares one fsync. With `everysec` the last second can be
lost with the machine; without the file, everything with the process. `check` tells.
"""

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Sequence
from typing import Any, Final, NamedTuple, cast
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
PUT_TOGETHER: Final = 64  # while Redis writes these to the disk, the next queue up
PUT_BYTES: Final = 2 * 1024 * 1024
CONNECT_S: Final = 5.0
ANSWER_S: Final = 15.0
FREE_EVERY_S: Final = 5.0  # we ask how much memory is free
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
        parts = urlsplit(url)
        if "@" in parts.path + parts.query + parts.fragment:
            raise ValueError  # a password that ended the host's part too early
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
    except ValueError:
        raise UsageError(
            "no such Redis",
            why="its URL is malformed",  # not how: that would quote it, and it may hold a password
            hint="use redis://USER:PASSWORD@HOST:PORT/DB; / ? # @ in a password are %2F %3F %23 %40",
        ) from None
    return Redis.from_pool(pool)


def explain(error: BaseException) -> StoreError:
    """Return what a failure of Redis means to a server."""
    if isinstance(error, OutOfMemoryError):
        return StoreFull("the mail store's memory is full")
    return StoreError("the mail store does not work", why=f"{type(error).__name__}: {error}")


def _micros(seconds: float) -> int:
    return int(seconds * 1_000_000)


class _Put(NamedTuple):
    """An envelope on its way, and who waits for what becomes of it."""

    mailbox: bytes
    writer: bytes
    id: bytes
    body: bytes
    answer: "asyncio.Future[bytes]"


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
        self._free = 1.0
        self._free_at_s = float("-inf")
        self._puts: deque[_Put] = deque()
        self._is_putting = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = 0
        self._idle = asyncio.Event()
        self._closed = False
        register = self.redis.register_script
        self._put_script = register(redis_scripts.PUT)
        self._waiting_script = register(redis_scripts.WAITING)
        self._count_script = register(redis_scripts.COUNT)
        self._delete_script = register(redis_scripts.DELETE)
        self._revoke_script = register(redis_scripts.REVOKE)
        self._revoked_script = register(redis_scripts.REVOKED)

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
        doubts = await self._doubts(bool(about.get("aof_enabled")), str(memory.get("maxmemory_policy")))
        if memory.get("maxmemory") == 0:
            doubts.append(
                "Redis has no limit on its memory: anyone's mail may take all that its machine has; set maxmemory"
            )
        return doubts

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
        if self._closed:
            raise StoreError("the mail store is closed")
        waiting = _Put(mailbox, writer, id, body, asyncio.get_running_loop().create_future())
        self._puts.append(waiting)
        if not self._is_putting:
            self._is_putting = True
            task = asyncio.create_task(self._put_all())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        answer = await waiting.answer
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
        most, (now, _) = self._quota.mailbox_revoked, self._times()
        if (
            await self._run(self._revoke_script, mailbox, writer, most, now, _micros(stores.REVOKED_S))
            == b"full"
        ):
            raise StoreFull("this mailbox has revoked too many writers")

    async def is_revoked(self, mailbox: bytes, writer: bytes) -> bool:
        now, _ = self._times()
        return bool(await self._run(self._revoked_script, mailbox, now, _micros(stores.REVOKED_S), writer))

    async def free(self) -> float:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._free_at_s >= FREE_EVERY_S:
            self._free_at_s = now_s  # the others that ask meanwhile have what we knew
            memory = await self._do(self.redis.info("memory"))
            most = int(memory["maxmemory"])
            self._free = max(0.0, 1.0 - int(memory["used_memory"]) / most) if most else 1.0
        return self._free

    async def _put_all(self) -> None:
        """Put what has queued up, together, until there is no more."""
        try:
            while self._puts:
                batch, size = [self._puts.popleft()], 0
                while self._puts and len(batch) < PUT_TOGETHER and size < PUT_BYTES:
                    batch.append(self._puts.popleft())
                    size += len(batch[-1].body)
                outcomes = await self._put_these(batch)
                for put, outcome in zip(batch, outcomes, strict=True):
                    if put.answer.done():  # whoever asked has gone
                        continue
                    if isinstance(outcome, StoreError):
                        put.answer.set_exception(outcome)
                    else:
                        put.answer.set_result(outcome)
        finally:
            self._is_putting = False

    async def _put_these(self, batch: list["_Put"]) -> Sequence[bytes | StoreError]:
        quota = self._quota
        most = quota.mailbox_envelopes, quota.mailbox_bytes, quota.writer_envelopes, quota.writer_bytes
        costs = stores.ENVELOPE_COST, _micros(stores.REVOKED_S), _micros(stores.RENEW_S)
        keys = [key for put in batch for key in redis_scripts.keys_of(put.mailbox)]
        parts = [part for put in batch for part in (put.mailbox, put.writer, put.id, put.body)]
        try:
            outcomes: list[bytes] = await self._put_script(
                keys=keys, args=[*self._times(), *most, self.process, *costs, *parts]
            )
        except Exception as error:
            return [explain(error)] * len(batch)
        return outcomes

    async def close(self) -> None:
        self._closed = True
        await asyncio.gather(*self._tasks)
        while self._running:
            self._idle.clear()
            await self._idle.wait()
        await self.redis.aclose()

    def _times(self) -> tuple[int | str, int]:
        now = "" if self._clock is None else _micros(self._clock())
        return now, _micros(self._quota.age_s)

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
