"""The store in Redis: what it has beside the store suite, and what becomes of it when Redis fails."""

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from spread.errors import StoreError, UsageError
from spread.net import redis_scripts, redis_store, stores
from spread.net.redis_siblings import RedisSiblings
from spread.net.redis_store import RedisStore
from spread.net.server import Policy
from spread.net.stores import Quota, StoreFull
from spread.protocol import crypto
from tests.net.redis_server import RedisServer, redis_server, until
from tests.net.test_server import BOX, ONE, OWNER, TWO
from tests.patience import with_more_time


async def test_memory_is_full(tmp_path: Path) -> None:
    """A Redis without memory is full; mail can still be read, deleted and told of; revoked, when there is place."""
    with redis_server(tmp_path, "--maxmemory", "4mb") as redis:
        store = RedisStore(redis.url)
        siblings = RedisSiblings(store, Policy())
        n = 0
        with contextlib.suppress(StoreFull):
            while True:
                await store.put(BOX, BOX, n.to_bytes(16, "big"), os.urandom(100_000))
                n += 1
        with redis.client() as client:
            client.config_set("maxmemory", "1mb")
        [first, *_] = await store.waiting(BOX)
        await siblings.start(lambda *_: asyncio.sleep(0, "refused"), lambda _: None)
        await siblings.watch(BOX)
        await store.delete(BOX, [(first.id, first.seq)])
        assert await store.count(BOX) == n - 1
        with pytest.raises(StoreFull):
            await store.revoke(BOX, BOX)
        with redis.client() as client:
            client.config_set("maxmemory", "8mb")
        await store.revoke(BOX, BOX)
        assert await store.count(BOX) == 0
        await siblings.close()
        await store.close()


async def test_what_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The part of its memory that is free is asked now and then, not for each envelope; without a limit all is free."""
    with redis_server(tmp_path, "--maxmemory", "8mb") as redis, redis.client() as client:
        store = RedisStore(redis.url)
        before = await store.free()
        for n in range(20):
            await store.put(BOX, BOX, n.to_bytes(16, "big"), os.urandom(100_000))
        assert await store.free() == before
        monkeypatch.setattr(redis_store, "FREE_EVERY_S", 0.0)
        assert 0 < await store.free() < before - 0.2
        client.config_set("maxmemory", "1mb")
        assert await store.free() == 0
        client.config_set("maxmemory", "0")
        assert await store.free() == 1
        await store.close()
        with pytest.raises(StoreError):
            await store.free()


async def test_mail_leaves_redis_at_its_age(redis: RedisServer) -> None:
    """Redis drops each envelope when it is too old, though nobody asks, and in the end all, revocations last."""

    async def leaves(age_s: float) -> None:
        store = RedisStore(redis.url, Quota(age_s=age_s))
        try:
            with redis.client() as client:
                client.flushall()
                await store.put(BOX, BOX, ONE, b"x" * 1000)
                await store.revoke(BOX, OWNER)
                [first] = client.keys("*:[0-9]*")
                await asyncio.sleep(age_s / 2)
                await store.put(BOX, BOX, TWO, b"y")
                await until(lambda: not client.exists(first))
                assert [mail.id for mail in await store.waiting(BOX)] == [TWO]
                await until(lambda: len(client.keys()) == 1)
                [revoked] = client.keys()
                assert revoked == redis_scripts.keys_of(BOX)[2]
                assert 0 < client.pttl(revoked) <= stores.REVOKED_S * 1000
        finally:
            await store.close()

    await with_more_time(leaves, 0.6, 4.0, 20.0)


async def test_mail_survives_a_kill_of_redis(tmp_path: Path) -> None:
    """Mail, revocations and the last seq are there after kill -9."""
    with redis_server(tmp_path) as redis:
        store = RedisStore(redis.url)
        await store.put(BOX, BOX, ONE, b"body")
        await store.put(BOX, BOX, TWO, b"deleted")
        mail, deleted = await store.waiting(BOX)
        await store.delete(BOX, [(deleted.id, deleted.seq)])
        await store.revoke(BOX, OWNER)
        redis.kill()
        with pytest.raises(StoreError):
            await store.count(BOX)
        redis.start()
        assert await store.waiting(BOX) == [mail]
        assert await store.is_revoked(BOX, OWNER)
        await store.put(BOX, BOX, TWO, b"later")
        assert (await store.waiting(BOX))[-1].seq > deleted.seq
        await store.close()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), []),
        (("--appendonly", "no"), ["appendonly yes"]),
        (("--appendfsync", "everysec"), ["appendfsync always"]),
        (("--maxmemory-policy", "allkeys-lru"), ["maxmemory-policy noeviction"]),
        (("--maxmemory", "0"), ["set maxmemory"]),
        (("--appendfsync", "everysec", "--rename-command", "CONFIG", ""), []),
    ],
)
async def test_doubts(tmp_path: Path, options: tuple[str, ...], words: list[str]) -> None:
    """What may lose mail is told: no file, one written later, eviction, no limit; not what cannot be known."""
    with redis_server(tmp_path, *options) as redis:
        store = RedisStore(redis.url)
        doubts = await store.check()
        await store.close()
    assert len(doubts) == len(words)
    assert all(word in doubt for word, doubt in zip(words, doubts, strict=True))


async def test_no_redis_there(tmp_path: Path) -> None:
    """A Redis that is not there is told with its address and without its password."""
    password = os.urandom(8).hex()
    with redis_server(tmp_path) as redis:
        redis.kill()
        store = RedisStore(f"redis://:{password}@127.0.0.1:{redis.port}/0")
        with pytest.raises(StoreError) as caught:
            await store.check()
        await store.close()
    assert f"redis://127.0.0.1:{redis.port}/0" in caught.value.what
    assert password not in " ".join(caught.value.lines())


async def test_wrong_password(tmp_path: Path) -> None:
    """So is one that wants another password."""
    password = os.urandom(8).hex()
    with redis_server(tmp_path) as redis:
        with redis.client() as client:
            client.config_set("requirepass", os.urandom(8).hex())
        store = RedisStore(f"redis://:{password}@127.0.0.1:{redis.port}/0")
        with pytest.raises(StoreError) as caught:
            await store.check()
        await store.close()
    assert password not in " ".join(caught.value.lines())


async def test_old_redis(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lacks what our scripts need is refused before anything is served."""
    monkeypatch.setattr(redis_store, "LEAST_VERSION", (99, 0))
    store = RedisStore(redis.url)
    with pytest.raises(StoreError) as caught:
        await store.check()
    await store.close()
    assert "it is Redis" in caught.value.why


@pytest.mark.parametrize("url", ["redis://127.0.0.1:port/0", "redis://127.0.0.1/0?socket_timeout=x"])
def test_bad_url(url: str) -> None:
    """A URL that is none is a usage error."""
    with pytest.raises(UsageError):
        RedisStore(url)


@pytest.mark.parametrize("sign", ["/", "#", "?", "/@", "?x=@"])
@pytest.mark.parametrize("digits", [True, False])
def test_a_password_that_breaks_the_url(sign: str, digits: bool) -> None:
    """One that is not escaped is a usage error, and no part of it is told."""
    parts = [str(1000 + n) if digits else os.urandom(8).hex() + "x" for n in range(2)]
    with pytest.raises(UsageError) as caught:
        RedisStore(f"redis://:{sign.join(parts)}@127.0.0.1:6379/0")
    assert not any(part in " ".join(caught.value.lines()) for part in parts)


def test_keys_of_mailboxes_are_apart() -> None:
    """No key of one mailbox is one of another's."""
    other = crypto.public_key(os.urandom(32))
    assert not set(redis_scripts.keys_of(BOX)) & set(redis_scripts.keys_of(other))
