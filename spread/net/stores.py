"""What a server keeps mail in: memory or SQLite (RELAY_SERVER_SPEC.md, "Mailboxes", "Limits and lifetimes").

A store knows bytes, not rights: the server has checked the message before it asks. `seq` grows with every
put of a store, is never given twice, and follows the clock (microseconds) rather than a count, so that it
tells a mailbox's owner nothing about anyone else's mail.
"""

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

from spread.errors import StoreError

AGE_S: Final = 14 * 24 * 3600
PAGE_ENVELOPES: Final = 64
PAGE_BYTES: Final = 4 * 1024 * 1024  # what one reader may make us hold at a time
RECOUNT_EVERY_S: Final = 10.0  # while the store is full
ENVELOPE_COST: Final = (
    1024  # bytes that each counts for besides its own: names, indexes, what is lost to pages
)
REVOKED_COST: Final = 256  # bytes that a revocation counts for
REVOKED_S: Final = 366 * 24 * 3600.0  # a revocation is kept after the writer's last try
RENEW_S: Final = 24 * 3600.0  # a try sooner after the one before is not noted
COMMIT_TOGETHER: Final = 256  # operations that share one transaction, hence one fsync
PURGE_EVERY_S: Final = 600.0
SCHEMA_VERSION: Final = 2

T = TypeVar("T")
Clock = Callable[[], float]


class StoreFull(StoreError):
    """The mailbox is at its quota, or the disk is full."""


class Revoked(StoreError):
    """The mailbox's owner has revoked this writer."""


@dataclass(frozen=True)
class Mail:
    """One envelope as kept: which, the how-manyeth, and its bytes."""

    id: bytes
    seq: int
    body: bytes


@dataclass(frozen=True)
class Quota:
    """What one mailbox may hold, and for how long; less of it for each writer, so that none keeps the others out."""

    age_s: float = AGE_S
    mailbox_bytes: int = 64 * 1024 * 1024
    mailbox_envelopes: int = 1000
    writer_bytes: int = 16 * 1024 * 1024
    writer_envelopes: int = 250
    mailbox_revoked: int = 1000
    total_bytes: int = 10 * 1024 * 1024 * 1024  # of all mailboxes together


class Store(Protocol):
    """What a server needs. Every effect is durable before its call returns."""

    async def put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        """Keep an envelope; the same (mailbox, writer, id) replaces the earlier one and gets a new `seq`.

        Raises:
            StoreFull: The quota is reached; nothing has changed.
            Revoked: The owner has revoked this writer; nothing has changed.
            StoreError: The store does not work; try later.
        """

    async def waiting(self, mailbox: bytes, after: int = 0, limit: int = PAGE_ENVELOPES) -> list[Mail]:
        """Return mail with `seq` above `after`, in order: at most `limit` envelopes, and not past PAGE_BYTES
        (but at least one, if there is one)."""

    async def count(self, mailbox: bytes) -> int:
        """Return how many envelopes wait."""

    async def delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        """Drop exactly these (id, seq); what has been replaced since, or is not there, is left alone."""

    async def revoke(self, mailbox: bytes, writer: bytes) -> None:
        """Drop the writer's mail and refuse its later puts, until it has tried none for REVOKED_S.

        Raises:
            StoreFull: The mailbox has revoked too many, or there is no place; nothing has changed.
            StoreError: The store does not work; try later.
        """

    async def is_revoked(self, mailbox: bytes, writer: bytes) -> bool:
        """Tell whether `revoke` was called for this writer."""

    async def free(self) -> float:
        """Return the part of all place that is free, 0 to 1, as it was some seconds ago at most.

        Raises:
            StoreError: The store does not work.
        """

    async def close(self) -> None:
        """Finish what was begun and let go of the store."""


class MemoryStore:
    """Mail that dies with the process; for tests, and for a listener whose engine takes mail at once."""

    def __init__(self, quota: Quota | None = None, clock: Clock = time.time) -> None:
        self._quota = quota or Quota()
        self._clock = clock
        self._seq = 0
        # Insertion order is seq order: a replaced entry is taken out and put back at the end.
        self._boxes: dict[bytes, _Box] = {}
        self._revoked: dict[bytes, dict[bytes, float]] = {}  # and when each last tried
        self._purged = clock()
        self._total = _Total(self._quota.total_bytes, self._held)

    def _held(self) -> int:
        mail = sum(cost(mail.body) for box in list(self._boxes) for _, mail in self._box(box).values())
        return mail + sum(REVOKED_COST * len(self._refused(box)) for box in list(self._revoked))

    def _refused(self, mailbox: bytes) -> dict[bytes, float]:
        """Return whom a mailbox refuses, without those that have not tried for long; none leaves no trace."""
        revoked = self._revoked.get(mailbox, {})
        oldest = self._clock() - REVOKED_S
        for writer in [writer for writer, at in revoked.items() if at <= oldest]:
            del revoked[writer]
        if not revoked:
            self._revoked.pop(mailbox, None)
        return revoked

    def _box(self, mailbox: bytes) -> "_Box":
        """Return what a mailbox holds, without what is too old; an empty one leaves no trace."""
        box = self._boxes.get(mailbox, {})
        oldest = self._clock() - self._quota.age_s
        self._drop(box, [key for key, (at, _) in box.items() if at <= oldest])
        if not box:
            self._boxes.pop(mailbox, None)
        return box

    def _drop(self, box: "_Box", keys: list[tuple[bytes, bytes]]) -> None:
        for key in keys:
            self._total.shrink(cost(box.pop(key)[1].body))

    async def put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        refused, now, size = self._refused(mailbox), self._clock(), cost(body)
        if writer in refused:
            refused[writer] = now
            raise Revoked("this writer is revoked")
        box = self._box(mailbox)
        others = {key: cost(mail.body) for key, (_, mail) in box.items() if key != (writer, id)}
        _check_mailbox(self._quota, len(others), sum(others.values()) + size)
        own = [size for key, size in others.items() if key[0] == writer]
        _check_writer(self._quota, len(own), sum(own) + size)
        if not self._total.may_grow(size, now):
            raise StoreFull("the mail store is full")
        self._seq = _next_seq(now, self._seq)
        if (writer, id) in box:
            self._drop(box, [(writer, id)])
        box[writer, id] = (now, Mail(id, self._seq, body))
        self._boxes[mailbox] = box

    async def waiting(self, mailbox: bytes, after: int = 0, limit: int = PAGE_ENVELOPES) -> list[Mail]:
        page: list[Mail] = []
        room = PAGE_BYTES
        for _, mail in self._box(mailbox).values():
            if mail.seq <= after:
                continue
            if len(page) == limit or (page and cost(mail.body) > room):
                break
            page.append(mail)
            room -= cost(mail.body)
        return page

    async def count(self, mailbox: bytes) -> int:
        return len(self._box(mailbox))

    async def delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        box = self._box(mailbox)
        wanted = set(items)
        self._drop(box, [key for key, (_, mail) in box.items() if (mail.id, mail.seq) in wanted])
        self._box(mailbox)

    async def revoke(self, mailbox: bytes, writer: bytes) -> None:
        revoked, now = self._refused(mailbox), self._clock()
        if writer not in revoked:
            _check_revoked(self._quota, len(revoked))
            if not self._total.may_grow(REVOKED_COST, now):
                raise StoreFull("the mail store is full")
        self._revoked[mailbox] = {**revoked, writer: now}
        box = self._box(mailbox)
        self._drop(box, [key for key in box if key[0] == writer])
        self._box(mailbox)

    async def is_revoked(self, mailbox: bytes, writer: bytes) -> bool:
        return writer in self._refused(mailbox)

    async def free(self) -> float:
        now = self._clock()
        if self._total.bytes is None or abs(now - self._purged) >= PURGE_EVERY_S:
            self._purged = now
            self._total.recount()
        return self._total.free()

    async def close(self) -> None:
        self._boxes.clear()


_Box = dict[tuple[bytes, bytes], tuple[float, Mail]]  # writer and id, and when each came


class _Total:
    """How much there is in all: never more than we think; where it matters it is counted anew."""

    def __init__(self, most: int, count: Callable[[], int]) -> None:
        self._most = most
        self._count = count
        self.bytes: int | None = None  # not counted yet
        self._counted_s = float("-inf")

    def recount(self) -> None:
        """Count all there is."""
        self.bytes = self._count()

    def free(self) -> float:
        """Return the part that is free, as far as we know."""
        held = self.bytes or 0
        return max(0.0, 1.0 - held / self._most) if self._most else 0.0

    def shrink(self, size: int) -> None:
        """Note that there is so much less."""
        if self.bytes is not None:
            self.bytes = max(0, self.bytes - size)

    def may_grow(self, size: int, now_s: float) -> bool:
        """Tell whether there is place for so much more, and note it if there is."""
        if self.bytes is None or (
            self.bytes + size > self._most and abs(now_s - self._counted_s) >= RECOUNT_EVERY_S
        ):
            self.bytes = self._count()
            self._counted_s = now_s
        if self.bytes + size > self._most:
            return False
        self.bytes += size
        return True


def cost(body: bytes) -> int:
    """Return what an envelope counts for wherever bytes of mail are limited."""
    return len(body) + ENVELOPE_COST


def _next_seq(now_s: float, last: int) -> int:
    return max(int(now_s * 1_000_000), last + 1)


def _check_mailbox(quota: Quota, envelopes: int, new_bytes: int) -> None:
    """Refuse one more envelope beside so many, if all bytes are then so many."""
    if envelopes >= quota.mailbox_envelopes or new_bytes > quota.mailbox_bytes:
        raise StoreFull("this mailbox is full")


def _check_writer(quota: Quota, envelopes: int, new_bytes: int) -> None:
    if envelopes >= quota.writer_envelopes or new_bytes > quota.writer_bytes:
        raise StoreFull("this writer's share of the mailbox is full")


def _check_revoked(quota: Quota, revoked: int) -> None:
    if revoked >= quota.mailbox_revoked:
        raise StoreFull("this mailbox has revoked too many writers")


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS mail (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox BLOB NOT NULL, writer BLOB NOT NULL, id BLOB NOT NULL,
    at REAL NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS mail_by_name ON mail (mailbox, writer, id);
CREATE INDEX IF NOT EXISTS mail_by_mailbox ON mail (mailbox, seq, size);
CREATE INDEX IF NOT EXISTS mail_by_age ON mail (at);
CREATE TABLE IF NOT EXISTS revoked (
    mailbox BLOB NOT NULL, writer BLOB NOT NULL, at REAL NOT NULL, PRIMARY KEY (mailbox, writer)
) WITHOUT ROWID;
"""


def _from_1(now_s: float) -> str:
    """Return what makes the first schema the second."""
    return f"""
BEGIN IMMEDIATE;
ALTER TABLE revoked ADD COLUMN at REAL NOT NULL DEFAULT {now_s};
UPDATE mail SET size = size + {ENVELOPE_COST};
PRAGMA user_version = 2;
COMMIT;
"""  # noqa: S608 - numbers of ours


class SQLiteStore:
    """Mail in one SQLite file.

    One thread owns the database. It takes what has queued up meanwhile into one transaction, so that puts
    that come together share one fsync, and answers only after the commit.
    """

    def __init__(self, path: str, quota: Quota | None = None, clock: Clock = time.time) -> None:
        """Open or create the file (0600).

        Raises:
            StoreError: It cannot be opened, or is not a database of ours.
        """
        self._quota = quota or Quota()
        self._clock = clock
        self._purged = 0.0
        self._total = _Total(self._quota.total_bytes, self._held)
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closed = False
        self._db = _open_database(path)
        self._thread = threading.Thread(target=self._work, name="mail store", daemon=True)
        self._thread.start()

    async def put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        await self._do(lambda: self._put(mailbox, writer, id, body))

    async def waiting(self, mailbox: bytes, after: int = 0, limit: int = PAGE_ENVELOPES) -> list[Mail]:
        return await self._do(lambda: self._waiting(mailbox, after, limit))

    async def count(self, mailbox: bytes) -> int:
        sql = "SELECT count(*) FROM mail WHERE mailbox = ? AND at > ?"
        return await self._do(lambda: int(self._one(sql, mailbox, self._oldest())[0]))

    async def delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        await self._do(lambda: self._delete(mailbox, items))

    async def revoke(self, mailbox: bytes, writer: bytes) -> None:
        await self._do(lambda: self._revoke(mailbox, writer))

    async def is_revoked(self, mailbox: bytes, writer: bytes) -> bool:
        return await self._do(lambda: self._tried_s(mailbox, writer) is not None)

    async def free(self) -> float:
        if self._total.bytes is None:
            await self._do(self._total.recount)
        return self._total.free()

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._db.close()

    # What runs on the thread, inside a transaction. A check comes before the first write, so that what is
    # refused has changed nothing and the others in the transaction go on.

    def _one(self, sql: str, *values: object) -> tuple[int, ...]:
        row: tuple[int, ...] = self._db.execute(sql, values).fetchone()
        return row

    def _oldest(self) -> float:
        return self._clock() - self._quota.age_s

    def _held(self) -> int:
        mail = self._one("SELECT total(size) FROM mail")[0]
        return int(mail) + REVOKED_COST * self._one("SELECT count(*) FROM revoked")[0]

    def _tried_s(self, mailbox: bytes, writer: bytes) -> float | None:
        """Return when a revoked writer last tried; None if it is not revoked, or was for long enough."""
        sql = "SELECT max(at) FROM revoked WHERE mailbox = ? AND writer = ? AND at > ?"
        found: float | None = self._one(sql, mailbox, writer, self._clock() - REVOKED_S)[0]
        return found

    def _try(self, mailbox: bytes, writer: bytes) -> bool:
        """Tell whether a writer may put; if not, note that it has tried."""
        tried_s, now = self._tried_s(mailbox, writer), self._clock()
        if tried_s is not None and now - tried_s > RENEW_S:
            sql = "UPDATE revoked SET at = ? WHERE mailbox = ? AND writer = ?"
            self._db.execute(sql, (now, mailbox, writer))
        return tried_s is None

    def _put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        if not self._try(mailbox, writer):
            raise Revoked("this writer is revoked")
        size = cost(body)
        name = (mailbox, writer, id)
        those = "SELECT count(*), total(size) FROM mail WHERE mailbox = ?"
        same = self._one(f"{those} AND writer = ? AND id = ?", *name)

        def beside(sql: str, *of: bytes) -> tuple[int, int]:
            envelopes, held = self._one(sql, *of)
            return envelopes - same[0], int(held - same[1]) + size

        together = beside(those, mailbox)
        _check_mailbox(self._quota, *together)
        if together[0] >= self._quota.writer_envelopes or together[1] > self._quota.writer_bytes:
            _check_writer(self._quota, *beside(f"{those} AND writer = ?", mailbox, writer))
        if not self._total.may_grow(size, self._clock()):
            raise StoreFull("the mail store is full")
        if same[0]:
            self._drop("mailbox = ? AND writer = ? AND id = ?", *name)
        last = self._one("SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'mail'")[0]
        now = self._clock()
        sql = "INSERT INTO mail (seq, mailbox, writer, id, at, size, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
        self._db.execute(sql, (_next_seq(now, last), *name, now, size, body))

    def _waiting(self, mailbox: bytes, after: int, limit: int) -> list[Mail]:
        page: list[Mail] = []
        room = PAGE_BYTES
        sizes = "SELECT seq, size FROM mail WHERE mailbox = ? AND seq > ? AND at > ? ORDER BY seq LIMIT ?"
        for seq, size in self._db.execute(sizes, (mailbox, after, self._oldest(), limit)).fetchall():
            if page and size > room:
                break
            id, body = self._db.execute("SELECT id, body FROM mail WHERE seq = ?", (seq,)).fetchone()
            page.append(Mail(id, seq, body))
            room -= size
        return page

    def _delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        for id, seq in items:
            self._drop("seq = ? AND mailbox = ? AND id = ?", seq, mailbox, id)

    def _drop(self, which: str, *values: object) -> None:
        """Delete this mail, and count it no longer."""
        sizes, delete = f"SELECT total(size) FROM mail WHERE {which}", f"DELETE FROM mail WHERE {which}"  # noqa: S608 - ours
        self._total.shrink(int(self._one(sizes, *values)[0]))
        self._db.execute(delete, values)

    def _revoke(self, mailbox: bytes, writer: bytes) -> None:
        now = self._clock()
        if self._tried_s(mailbox, writer) is None:
            sql = "SELECT count(*) FROM revoked WHERE mailbox = ? AND at > ?"
            _check_revoked(self._quota, self._one(sql, mailbox, now - REVOKED_S)[0])
            if not self._total.may_grow(REVOKED_COST, now):
                raise StoreFull("the mail store is full")
        sql = "INSERT OR REPLACE INTO revoked (mailbox, writer, at) VALUES (?, ?, ?)"
        self._db.execute(sql, (mailbox, writer, now))
        self._drop("mailbox = ? AND writer = ?", mailbox, writer)

    def _purge(self) -> None:
        now = self._clock()
        if abs(now - self._purged) < PURGE_EVERY_S:
            return
        self._purged = now
        self._drop("at <= ?", self._oldest())
        forgotten = self._db.execute("DELETE FROM revoked WHERE at <= ?", (now - REVOKED_S,)).rowcount
        self._total.shrink(REVOKED_COST * forgotten)

    # The thread and the way to it.

    async def _do(self, operation: Callable[[], T]) -> T:
        """Run `operation` on the thread; return or raise what it did, once that is committed."""
        if self._closed:
            raise StoreError("the mail store is closed")
        job = _Job(operation, asyncio.get_running_loop())
        self._jobs.put(job)
        return await job.answer

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch: list[_Job[Any]] = [job]
            more: _Job[Any] | None = job
            while more is not None and len(batch) < COMMIT_TOGETHER and not self._jobs.empty():
                more = self._jobs.get()
                if more is not None:
                    batch.append(more)
            self._commit(batch)
            if more is None:
                return

    def _commit(self, batch: list["_Job[Any]"]) -> None:
        failure: StoreError | None = None
        held = self._total.bytes
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._purge()
            for job in batch:
                job.run()
            self._db.execute("COMMIT")
        except Exception as error:  # whatever it was, the thread goes on and every asker hears of it
            failure = _explain(error)
            self._total.bytes = held
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            if len(batch) > 1:  # what one of them could not do is not everyone's failure
                for job in batch:
                    self._commit([job])
                return
        for job in batch:
            job.report(failure)


class _Job(Generic[T]):
    """One operation on its way to the thread and back."""

    def __init__(self, operation: Callable[[], T], loop: asyncio.AbstractEventLoop) -> None:
        self._operation = operation
        self._loop = loop
        self._settle: Callable[[], None] = lambda: None
        self.answer: asyncio.Future[T] = loop.create_future()

    def run(self) -> None:
        """Do it, on the thread; a refusal (`StoreError`) is its answer, a database error is everyone's."""
        try:
            result = self._operation()
        except StoreError as refusal:
            self._settle = partial(self.answer.set_exception, refusal)
        else:
            self._settle = partial(self.answer.set_result, result)

    def report(self, failure: StoreError | None) -> None:
        """Tell whoever asked; if the transaction failed, that."""
        if failure is not None:
            self._settle = partial(self.answer.set_exception, failure)
        with contextlib.suppress(RuntimeError):  # its event loop has ended
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if not self.answer.done():  # cancelled: whoever asked has gone
            self._settle()


def _open_database(path: str) -> sqlite3.Connection:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")  # a commit is on the disk before we say so
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, 1, SCHEMA_VERSION):
                raise sqlite3.DatabaseError(f"it has schema {version}, this version knows {SCHEMA_VERSION}")
            if version == 1:
                db.executescript(_from_1(time.time()))
            db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        except BaseException:
            db.close()
            raise
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        hint = "give another file with `spread relay --store sqlite:PATH`, or move this one away"
        raise StoreError(f"cannot open the mail store {path}", why=why or "", hint=hint) from None
    return db


def _explain(error: Exception) -> StoreError:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return StoreFull("the mail store's disk is full")
    return StoreError("the mail store does not work", why=f"{type(error).__name__}: {error}")
