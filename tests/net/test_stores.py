"""The store suite: what every store must do, run over each of them; then what only SQLite has."""

import asyncio
import contextlib
import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from spread.errors import StoreError
from spread.net import stores
from spread.net.redis_store import RedisStore
from spread.net.stores import MemoryStore, Quota, Revoked, Store, StoreFull
from spread.net.stores_sqlite import SQLiteStore
from tests.net.redis_server import RedisServer

BOX, OTHER_BOX = b"b" * 32, b"o" * 32
ANN, BOB = b"a" * 32, b"B" * 32
ONE, TWO, THREE = (bytes([n]) * 16 for n in (1, 2, 3))
QUOTA = Quota(age_s=100.0, mailbox_bytes=10_000, mailbox_envelopes=3, mailbox_revoked=2)
SHARES = replace(QUOTA, writer_bytes=5000, writer_envelopes=2)
LITTLE = replace(QUOTA, total_bytes=5000, mailbox_revoked=100)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


Make = Callable[[], Store]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def quota() -> Quota:
    return QUOTA


@pytest.fixture(params=["memory", "sqlite", "redis"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, quota: Quota
) -> AsyncIterator[Store]:
    made: Store
    if request.param == "memory":
        made = MemoryStore(quota, clock)
    elif request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis")
        made = RedisStore(server.url, quota, clock)
    else:
        made = SQLiteStore(str(tmp_path / "mail.sqlite"), quota, clock)
    yield made
    await made.close()


def worth(cost: int, letter: bytes = b"x") -> bytes:
    """Return a body that counts for so many bytes."""
    return letter * (cost - stores.ENVELOPE_COST)


async def held(store: Store, mailbox: bytes = BOX) -> list[tuple[bytes, bytes]]:
    return [(mail.id, mail.body) for mail in await store.waiting(mailbox)]


async def test_put_then_waiting_in_order(store: Store) -> None:
    """Mail comes back whole, in the order it was put, with growing seq."""
    for id in (TWO, ONE, THREE):
        await store.put(BOX, ANN, id, b"body " + id)
    mail = await store.waiting(BOX)
    assert [(m.id, m.body) for m in mail] == [(id, b"body " + id) for id in (TWO, ONE, THREE)]
    assert mail[0].seq < mail[1].seq < mail[2].seq
    assert await store.count(BOX) == 3


async def test_empty_mailbox(store: Store) -> None:
    """A mailbox nobody wrote to is empty, not an error."""
    assert await store.waiting(BOX) == []
    assert await store.count(BOX) == 0


async def test_empty_body(store: Store) -> None:
    """An envelope of no bytes is kept as such."""
    await store.put(BOX, ANN, ONE, b"")
    assert await held(store) == [(ONE, b"")]


async def test_after_and_limit(store: Store) -> None:
    """`after` and `limit` page through a mailbox without a gap or a double."""
    for id in (ONE, TWO, THREE):
        await store.put(BOX, ANN, id, id)
    first = await store.waiting(BOX, limit=2)
    rest = await store.waiting(BOX, after=first[-1].seq, limit=2)
    assert [m.id for m in first + rest] == [ONE, TWO, THREE]
    assert await store.waiting(BOX, after=rest[-1].seq) == []


async def test_page_is_bounded_in_bytes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page stops before it is too large, but always holds one envelope."""
    monkeypatch.setattr(stores, "PAGE_BYTES", 2 * stores.ENVELOPE_COST + 250)
    for id in (ONE, TWO, THREE):
        await store.put(BOX, ANN, id, b"x" * 120)
    assert [m.id for m in await store.waiting(BOX)] == [ONE, TWO]
    monkeypatch.setattr(stores, "PAGE_BYTES", 1)
    assert [m.id for m in await store.waiting(BOX)] == [ONE]


async def test_same_id_replaces(store: Store) -> None:
    """The same (mailbox, writer, id) is one envelope: the last body, at the end of the line."""
    await store.put(BOX, ANN, ONE, b"old")
    before = (await store.waiting(BOX))[0].seq
    await store.put(BOX, ANN, TWO, b"two")
    await store.put(BOX, ANN, ONE, b"new")
    assert await held(store) == [(TWO, b"two"), (ONE, b"new")]
    assert (await store.waiting(BOX))[-1].seq > before


async def test_writers_do_not_replace_each_other(store: Store) -> None:
    """Two writers' envelopes with one id are two envelopes."""
    await store.put(BOX, ANN, ONE, b"ann")
    await store.put(BOX, BOB, ONE, b"bob")
    assert await held(store) == [(ONE, b"ann"), (ONE, b"bob")]


async def test_mailboxes_are_apart(store: Store) -> None:
    """What is put in, deleted from or revoked in one mailbox does not touch another."""
    await store.put(BOX, ANN, ONE, b"1")
    await store.put(OTHER_BOX, ANN, ONE, b"2")
    [mail] = await store.waiting(BOX)
    await store.delete(OTHER_BOX, [(ONE, mail.seq)])
    await store.revoke(OTHER_BOX, ANN)
    assert await held(store) == [(ONE, b"1")]
    assert await held(store, OTHER_BOX) == []


async def test_delete_is_exact(store: Store) -> None:
    """Only exactly that (id, seq) goes; a replaced envelope outlives the deletion of its forerunner."""
    await store.put(BOX, ANN, ONE, b"old")
    old = (await store.waiting(BOX))[0]
    await store.put(BOX, ANN, ONE, b"new")
    await store.put(BOX, ANN, TWO, b"two")
    new, two = await store.waiting(BOX)
    await store.delete(BOX, [(old.id, old.seq), (ONE, two.seq), (THREE, new.seq)])
    assert await held(store) == [(ONE, b"new"), (TWO, b"two")]
    await store.delete(BOX, [(ONE, new.seq), (TWO, two.seq)])
    await store.delete(BOX, [(ONE, new.seq)])
    assert await held(store) == []
    assert await store.count(BOX) == 0


async def test_seq_is_never_given_twice(store: Store, clock: Clock) -> None:
    """Not after everything was deleted, nor when the clock has gone back."""
    await store.put(BOX, ANN, ONE, b"1")
    [first] = await store.waiting(BOX)
    await store.delete(BOX, [(first.id, first.seq)])
    clock.now_s -= 50
    await store.put(BOX, ANN, ONE, b"2")
    [second] = await store.waiting(BOX)
    assert second.seq > first.seq


async def test_quota_of_envelopes(store: Store) -> None:
    """One envelope too many is refused and changes nothing; a replacement and another mailbox are not."""
    for id in (ONE, TWO, THREE):
        await store.put(BOX, ANN, id, b"x")
    with pytest.raises(StoreFull):
        await store.put(BOX, BOB, ONE, b"y")
    await store.put(BOX, ANN, ONE, b"z")
    await store.put(OTHER_BOX, ANN, ONE, b"w")
    assert await held(store) == [(TWO, b"x"), (THREE, b"x"), (ONE, b"z")]


async def test_quota_of_bytes(store: Store) -> None:
    """A mailbox holds its bytes to the last; what a replacement frees counts as free."""
    await store.put(BOX, ANN, ONE, worth(6000))
    await store.put(BOX, ANN, TWO, worth(4000))
    with pytest.raises(StoreFull):
        await store.put(BOX, ANN, THREE, b"")
    with pytest.raises(StoreFull):
        await store.put(BOX, ANN, ONE, worth(6001))
    assert await held(store) == [(ONE, worth(6000)), (TWO, worth(4000))]
    await store.put(BOX, ANN, ONE, worth(4900))
    await store.put(BOX, ANN, THREE, worth(1100))


@pytest.mark.parametrize("quota", [SHARES])
async def test_one_writers_envelopes(store: Store) -> None:
    """A writer at its share is refused, others are not; what it loses, by any way, it may put again."""
    await store.put(BOX, ANN, ONE, b"x")
    await store.put(BOX, ANN, TWO, b"x")
    with pytest.raises(StoreFull):
        await store.put(BOX, ANN, THREE, b"x")
    await store.put(BOX, ANN, TWO, b"y")
    await store.put(BOX, BOB, ONE, b"z")
    await store.delete(BOX, [(mail.id, mail.seq) for mail in await store.waiting(BOX) if mail.body == b"x"])
    await store.put(BOX, ANN, THREE, b"w")
    assert await held(store) == [(TWO, b"y"), (ONE, b"z"), (THREE, b"w")]


@pytest.mark.parametrize("quota", [SHARES])
async def test_one_writers_bytes(store: Store, clock: Clock) -> None:
    """A writer holds its share to the last byte; replacing and age give back what they free."""
    await store.put(BOX, ANN, ONE, worth(3000))
    with pytest.raises(StoreFull):
        await store.put(BOX, ANN, TWO, worth(2010))
    with pytest.raises(StoreFull):
        await store.put(BOX, ANN, ONE, worth(5010))
    await store.put(BOX, ANN, ONE, worth(2500))
    await store.put(BOX, ANN, TWO, worth(2500))
    await store.put(BOX, BOB, ONE, worth(5000))
    clock.now_s += 100 + stores.PURGE_EVERY_S
    await store.put(BOX, ANN, THREE, worth(5000))
    assert await held(store) == [(THREE, worth(5000))]


@pytest.mark.parametrize("quota", [SHARES])
async def test_a_revoked_writers_share_is_nobodys(store: Store) -> None:
    """What was revoked counts for no one."""
    await store.put(BOX, ANN, ONE, worth(5000))
    await store.revoke(BOX, ANN)
    await store.put(BOX, BOB, ONE, worth(5000))
    await store.put(BOX, b"c" * 32, ONE, worth(5000))


async def test_age(store: Store, clock: Clock) -> None:
    """Mail older than the limit is gone, and its place is free again."""
    await store.put(BOX, ANN, ONE, worth(8900))
    clock.now_s += 60
    await store.put(BOX, ANN, TWO, worth(1100))
    clock.now_s += 40
    assert [m.id for m in await store.waiting(BOX)] == [TWO]
    assert await store.count(BOX) == 1
    clock.now_s += stores.PURGE_EVERY_S
    await store.put(BOX, ANN, THREE, worth(10000))
    assert await store.count(BOX) == 1


async def test_revoke(store: Store) -> None:
    """A revoked writer's mail is gone and stays out; others are not touched; revoking again is harmless."""
    await store.put(BOX, ANN, ONE, b"ann")
    await store.put(BOX, BOB, ONE, b"bob")
    assert not await store.is_revoked(BOX, ANN)
    await store.revoke(BOX, ANN)
    await store.revoke(BOX, ANN)
    assert await store.is_revoked(BOX, ANN)
    assert not await store.is_revoked(BOX, BOB)
    with pytest.raises(Revoked):
        await store.put(BOX, ANN, TWO, b"again")
    assert await held(store) == [(ONE, b"bob")]


async def test_revocations_are_limited(store: Store) -> None:
    """A mailbox may not fill the store with revocations; those it has stand."""
    await store.revoke(BOX, ANN)
    await store.revoke(BOX, BOB)
    with pytest.raises(StoreFull):
        await store.revoke(BOX, b"c" * 32)
    await store.revoke(BOX, ANN)
    await store.revoke(OTHER_BOX, b"c" * 32)
    assert not await store.is_revoked(BOX, b"c" * 32)


async def test_a_revocation_ends(store: Store, clock: Clock) -> None:
    """A revocation ends when its writer has tried nothing for long, and gives its place back; a try keeps it up."""
    await store.revoke(BOX, ANN)
    await store.revoke(BOX, BOB)
    clock.now_s += stores.REVOKED_S - 1
    with pytest.raises(Revoked):
        await store.put(BOX, ANN, ONE, b"x")
    clock.now_s += 1
    assert await store.is_revoked(BOX, ANN)
    assert not await store.is_revoked(BOX, BOB)
    await store.put(BOX, BOB, ONE, b"x")
    await store.revoke(BOX, b"c" * 32)
    assert await store.is_revoked(BOX, ANN)
    with pytest.raises(StoreFull):
        await store.revoke(BOX, BOB)


@pytest.mark.parametrize("store", ["memory", "sqlite"], indirect=True)
@pytest.mark.parametrize("quota", [LITTLE])
async def test_all_that_is_kept(store: Store, clock: Clock) -> None:
    """Envelopes of no bytes and revocations count too where all mail is limited; what ends gives its place back."""
    for box in range(4):
        await store.put(bytes([box]) * 32, ANN, ONE, b"")
    with pytest.raises(StoreFull):
        await store.put(BOX, ANN, ONE, b"")
    for n in range(3):
        await store.revoke(BOX, bytes([n]) * 32)
    with pytest.raises(StoreFull):
        await store.revoke(BOX, ANN)
    assert not await store.is_revoked(BOX, ANN)
    clock.now_s += stores.REVOKED_S
    for box in range(4):
        await store.put(bytes([box]) * 32, ANN, ONE, b"")
    for n in range(3):
        await store.revoke(OTHER_BOX, bytes([n]) * 32)


async def test_what_is_free(store: Store, clock: Clock) -> None:
    """What is put takes place; replaced, deleted, revoked or too old it gives it back."""
    if isinstance(store, RedisStore):  # whose memory holds more than mail
        assert 0.9 < await store.free() < 1
        return
    whole = QUOTA.total_bytes

    async def is_held(*costs: int) -> bool:
        return round((1 - await store.free()) * whole) == sum(costs)

    assert await is_held()
    await store.put(BOX, ANN, ONE, worth(2000))
    await store.put(BOX, ANN, ONE, worth(3000))
    await store.put(BOX, BOB, TWO, worth(4000))
    assert await is_held(3000, 4000)
    with pytest.raises(StoreFull):
        await store.put(BOX, BOB, THREE, worth(4000))
    await store.delete(BOX, [(mail.id, mail.seq) for mail in await store.waiting(BOX)][:1])
    assert await is_held(4000)
    await store.revoke(BOX, BOB)
    assert await is_held(stores.REVOKED_COST)
    await store.put(OTHER_BOX, ANN, ONE, worth(2000))
    clock.now_s += max(QUOTA.age_s, stores.PURGE_EVERY_S)
    await store.put(BOX, ANN, ONE, worth(3000))
    await store.free()
    assert await is_held(stores.REVOKED_COST, 3000)


async def test_many_at_once(store: Store) -> None:
    """Puts that come together are all kept, each refused on its own account only."""
    puts = [store.put(bytes([box]) * 32, ANN, bytes([n]) * 16, b"x") for box in range(20) for n in range(5)]
    outcomes = await asyncio.gather(*puts, return_exceptions=True)
    for box in range(20):  # whichever two came last
        kinds = [type(outcome) for outcome in outcomes[5 * box : 5 * box + 5]]
        assert (kinds.count(type(None)), kinds.count(StoreFull)) == (3, 2)
    counts = [await store.count(bytes([box]) * 32) for box in range(20)]
    assert counts == [3] * 20


@pytest.mark.parametrize("store", ["sqlite", "redis"], indirect=True)
async def test_closing_a_store(store: Store) -> None:
    """What was asked before the close is done; afterwards nothing is; closing twice is harmless."""
    put = asyncio.gather(*(store.put(BOX, ANN, id, b"x") for id in (ONE, TWO, THREE)))
    await asyncio.sleep(0)
    await store.close()
    await store.close()
    await put
    with pytest.raises(StoreError):
        await store.count(BOX)


async def test_an_asker_that_left(store: Store) -> None:
    """A cancelled caller disturbs neither the store nor the others."""
    left = asyncio.ensure_future(store.put(BOX, ANN, ONE, b"x"))
    await asyncio.sleep(0)
    left.cancel()
    await store.put(BOX, ANN, TWO, b"y")
    assert (TWO, b"y") in await held(store)


# SQLite alone


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "mail.sqlite")


async def test_survives_a_restart(path: str) -> None:
    """Mail, revocations and the last seq are there after closing and opening again."""
    first = SQLiteStore(path)
    await first.put(BOX, ANN, ONE, b"body")
    [mail] = await first.waiting(BOX)
    await first.put(BOX, ANN, TWO, b"deleted")
    last = (await first.waiting(BOX))[-1]
    await first.delete(BOX, [(TWO, last.seq)])
    await first.revoke(BOX, BOB)
    await first.close()
    second = SQLiteStore(path, clock=lambda: 0.0)
    try:
        assert await second.waiting(BOX) == [mail]
        assert await second.is_revoked(BOX, BOB)
        await second.put(BOX, ANN, THREE, b"later")
        assert (await second.waiting(BOX, after=mail.seq))[0].seq > last.seq
    finally:
        await second.close()


async def test_commits_are_durable(path: str) -> None:
    """The database waits for the disk at each commit (WAL, synchronous FULL)."""
    store = SQLiteStore(path)
    try:
        assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)
    finally:
        await store.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no mode bits")
async def test_file_is_private(path: str) -> None:
    """Only the user may read the file and what SQLite puts beside it."""
    store = SQLiteStore(path)
    await store.put(BOX, ANN, ONE, b"x")
    modes = {stat.S_IMODE(os.stat(path + suffix).st_mode) for suffix in ("", "-wal", "-shm")}
    await store.close()
    assert modes == {0o600}


async def test_old_mail_leaves_the_file(path: str, clock: Clock) -> None:
    """What is too old is deleted in time, not merely hidden."""
    store = SQLiteStore(path, QUOTA, clock)
    await store.put(BOX, ANN, ONE, b"x")
    clock.now_s += stores.PURGE_EVERY_S + 1
    await store.put(OTHER_BOX, ANN, ONE, b"y")
    await store.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT body FROM mail").fetchall() == [(b"y",)]


def test_not_a_database(path: str) -> None:
    """A file that is something else is refused with what, why and a hint, and left as it was."""
    Path(path).write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError) as caught:
        SQLiteStore(path)
    assert (path in caught.value.what, bool(caught.value.why), "--store" in caught.value.hint) == (
        True,
        True,
        True,
    )
    assert Path(path).read_bytes() == b"not a database at all" * 100


async def test_the_first_schema(path: str, clock: Clock) -> None:
    """A database of the first schema is taken over: its revocations hold, and its mail counts as it does now."""
    await (store := SQLiteStore(path, QUOTA, clock)).put(BOX, ANN, ONE, b"")
    await store.revoke(BOX, BOB)
    await store.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE revoked DROP COLUMN at")
        db.execute("UPDATE mail SET size = 0")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    again = SQLiteStore(path, QUOTA, clock)
    try:
        assert await again.is_revoked(BOX, BOB)
        assert again._held() == stores.ENVELOPE_COST + stores.REVOKED_COST
    finally:
        await again.close()


def test_schema_of_the_future(path: str) -> None:
    """A database a later version made is not touched."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError) as caught:
        SQLiteStore(path)
    assert "99" in caught.value.why


def test_no_such_folder(tmp_path: Path) -> None:
    """A path that cannot be made is refused with the cause."""
    with pytest.raises(StoreError) as caught:
        SQLiteStore(str(tmp_path / "none" / "mail.sqlite"))
    assert caught.value.why == "No such file or directory"


async def test_a_broken_database_refuses_and_recovers(path: str) -> None:
    """While the database cannot be written every asker hears so; afterwards the store goes on."""
    store = SQLiteStore(path)
    try:
        store._db.execute("PRAGMA query_only = 1")
        outcomes = await asyncio.gather(
            *(store.put(BOX, ANN, id, b"x") for id in (ONE, TWO)), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [StoreError, StoreError]
        store._db.execute("PRAGMA query_only = 0")
        assert await store.free() == 1
        await store.put(BOX, ANN, THREE, b"x")
        assert await held(store) == [(THREE, b"x")]
    finally:
        await store.close()


async def test_full_disk_is_full(path: str) -> None:
    """A database that may not grow says that it is full."""
    store = SQLiteStore(path)
    try:
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreFull):
            await store.put(BOX, ANN, ONE, b"x" * 100_000)
        assert await store.count(BOX) == 0
    finally:
        await store.close()


async def test_all_mailboxes_together(tmp_path: Path) -> None:
    """All mailboxes together hold so much; what is deleted makes place."""
    now = [1_000_000.0]
    quota = Quota(total_bytes=2 * stores.ENVELOPE_COST + 10)
    for store in (
        MemoryStore(quota, lambda: now[0]),
        SQLiteStore(str(tmp_path / "mail.sqlite"), quota, lambda: now[0]),
    ):
        await store.put(bytes(32), bytes(32), bytes(16), b"12345678")
        other = bytes([1]) * 32
        with pytest.raises(StoreFull):
            await store.put(other, bytes(32), bytes(16), b"123")
        await store.put(other, bytes(32), bytes(16), b"12")
        await store.delete(bytes(32), [(mail.id, mail.seq) for mail in await store.waiting(bytes(32))])
        await store.put(bytes(32), bytes(32), bytes(16), b"12345678")
        await store.close()
