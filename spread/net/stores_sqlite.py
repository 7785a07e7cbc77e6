"""Mail in one SQLite file: what a relay that is one process keeps it in (stores.py)."""

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Generic, TypeVar

from spread.errors import StoreError
from spread.net import stores
from spread.net.stores import PAGE_ENVELOPES, Clock, Mail, Quota, Revoked, StoreFull

COMMIT_TOGETHER: Final = 256  # operations that share one transaction, hence one fsync
SCHEMA_VERSION: Final = 2

T = TypeVar("T")

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
UPDATE mail SET size = size + {stores.ENVELOPE_COST};
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
        self._total = stores.Total(self._quota.total_bytes, self._held)
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
        return int(mail) + stores.REVOKED_COST * self._one("SELECT count(*) FROM revoked")[0]

    def _tried_s(self, mailbox: bytes, writer: bytes) -> float | None:
        """Return when a revoked writer last tried; None if it is not revoked, or was for long enough."""
        sql = "SELECT max(at) FROM revoked WHERE mailbox = ? AND writer = ? AND at > ?"
        found: float | None = self._one(sql, mailbox, writer, self._clock() - stores.REVOKED_S)[0]
        return found

    def _try(self, mailbox: bytes, writer: bytes) -> bool:
        """Tell whether a writer may put; if not, note that it has tried."""
        tried_s, now = self._tried_s(mailbox, writer), self._clock()
        if tried_s is not None and now - tried_s > stores.RENEW_S:
            sql = "UPDATE revoked SET at = ? WHERE mailbox = ? AND writer = ?"
            self._db.execute(sql, (now, mailbox, writer))
        return tried_s is None

    def _put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        if not self._try(mailbox, writer):
            raise Revoked("this writer is revoked")
        size = stores.cost(body)
        name = (mailbox, writer, id)
        those = "SELECT count(*), total(size) FROM mail WHERE mailbox = ?"
        same = self._one(f"{those} AND writer = ? AND id = ?", *name)

        def beside(sql: str, *of: bytes) -> tuple[int, int]:
            envelopes, held = self._one(sql, *of)
            return envelopes - same[0], int(held - same[1]) + size

        together = beside(those, mailbox)
        stores.check_mailbox(self._quota, *together)
        if together[0] >= self._quota.writer_envelopes or together[1] > self._quota.writer_bytes:
            stores.check_writer(self._quota, *beside(f"{those} AND writer = ?", mailbox, writer))
        if not self._total.may_grow(size, self._clock()):
            raise StoreFull("the mail store is full")
        if same[0]:
            self._drop("mailbox = ? AND writer = ? AND id = ?", *name)
        last = self._one("SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'mail'")[0]
        now = self._clock()
        sql = "INSERT INTO mail (seq, mailbox, writer, id, at, size, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
        self._db.execute(sql, (stores.next_seq(now, last), *name, now, size, body))

    def _waiting(self, mailbox: bytes, after: int, limit: int) -> list[Mail]:
        page: list[Mail] = []
        room = stores.PAGE_BYTES
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
            stores.check_revoked(self._quota, self._one(sql, mailbox, now - stores.REVOKED_S)[0])
            if not self._total.may_grow(stores.REVOKED_COST, now):
                raise StoreFull("the mail store is full")
        sql = "INSERT OR REPLACE INTO revoked (mailbox, writer, at) VALUES (?, ?, ?)"
        self._db.execute(sql, (mailbox, writer, now))
        self._drop("mailbox = ? AND writer = ?", mailbox, writer)

    def _purge(self) -> None:
        now = self._clock()
        if abs(now - self._purged) < stores.PURGE_EVERY_S:
            return
        self._purged = now
        self._drop("at <= ?", self._oldest())
        forgotten = self._db.execute("DELETE FROM revoked WHERE at <= ?", (now - stores.REVOKED_S,)).rowcount
        self._total.shrink(stores.REVOKED_COST * forgotten)

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
