"""Find hand-offs by words, in all that was received and sent: an index in the home, made anew when it is damaged.

The directories are the truth. `search` first takes in what is new there, then asks the index; what was searched for is
only ever words, never the index's own language.
"""

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from spread import distillation_glance, store, store_sent
from spread.distillation_codec import clean, headline
from spread.errors import DistillationError, StoreError
from spread.paths import Paths

if TYPE_CHECKING:  # late: 4 ms that only a search needs
    import sqlite3

SCHEMA: Final = 1
OPEN: Final = "\x02"  # around what fits, in a snippet; no hand-off holds them
CLOSE: Final = "\x03"
SNIPPET_WORDS: Final = 18
MAX_WORDS: Final = 32  # of one search
BUSY_S: Final = 2.0
STILL_NS: Final = 2_000_000_000  # a directory that changed so lately may change again within its clock's step
BATCH: Final = 200  # hand-offs taken in at once
_PHRASE: Final = re.compile(r'"([^"]+)"|(\S+)')

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Hit:
    """A hand-off that fits; `snippet` has what fits between OPEN and CLOSE.

    `peer` is who sent it, or "" for what this machine sent. A higher `score` fits better.
    """

    session: str
    revision: int
    peer: str
    project: str
    machine: str
    branch: str
    title: str
    state: str
    ended_at: str
    snippet: str
    score: float

    @property
    def id(self) -> str:
        """What `spread show` takes."""
        return f"{self.session}.{self.revision}"

    def to_data(self) -> dict[str, Any]:
        """Return plain data; the snippet without marks."""
        plain = self.snippet.replace(OPEN, "").replace(CLOSE, "")
        return {"id": self.id, "received": bool(self.peer)} | asdict(self) | {"snippet": plain}


def search(
    paths: Paths, words: str, *, count: int = 20, peer: str = "", project: str = "",
    progress: Progress = lambda done, of: None,
) -> list[Hit]:  # fmt: skip
    """Return the hand-offs in which all these words are, the last one as a beginning, what fits best first.

    Args:
        words: What is between quotes must stand together.
        project: A part of its key is enough.
        progress: Told how many of the new hand-offs are taken in, and of how many.

    Raises:
        StoreError: The index cannot be used now.
    """
    import sqlite3

    if not os.path.isdir(paths.home):
        return []
    for mending in (False, True):
        try:
            with _index(paths, anew=mending) as index:
                _refresh(paths, index, progress)
                return _ask(index, words, count, peer, project)
        except sqlite3.DatabaseError as problem:
            if mending or _is_busy(problem):
                raise StoreError(
                    "cannot search", why=str(problem), hint="check the disk's free space, then try again"
                ) from None
    raise AssertionError("unreachable")


def follow(paths: Paths, *, thoroughly: bool = False) -> None:
    """Take out of the index what has been deleted; without an index nothing is made.

    Args:
        thoroughly: Each single word of it too, at once (0.8 s of CPU time with 10,000 hand-offs); else they go as
            the index grows.
    """
    import sqlite3

    if not os.path.exists(paths.search):
        return
    try:
        with _index(paths, anew=False) as index:
            _refresh(paths, index, None)
            if thoroughly:
                index.execute("INSERT INTO words (words) VALUES ('optimize')")
            index.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError as problem:
        if not _is_busy(problem):  # the next search makes it anew
            _delete(paths)


def _delete(paths: Paths) -> None:
    for end in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(paths.search + end)


def _is_busy(problem: "sqlite3.DatabaseError") -> bool:
    """Tell whether the index is well but cannot be used now: locked, no space, no permission."""
    import sqlite3

    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
    return code in (
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM,
    )  # fmt: skip


def query(words: str) -> str:
    """Return words as the index asks for them: each a quoted text, the last one as a beginning; "" without any."""
    found = (quoted or bare.replace('"', " ") for quoted, bare in _PHRASE.findall(clean(words)))
    phrases = [phrase for phrase in found if any(c.isalnum() for c in phrase)][:MAX_WORDS]
    if not phrases:
        return ""
    begins = "" if clean(words).rstrip().endswith('"') else "*"
    return " ".join(f'"{phrase}"' for phrase in phrases) + begins


# -- the index ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _index(paths: Paths, anew: bool) -> "Iterator[sqlite3.Connection]":
    import sqlite3

    if anew:
        _delete(paths)
    try:
        os.close(os.open(paths.search, os.O_RDWR | os.O_CREAT, 0o600))  # not with whatever umask there is
    except OSError as problem:
        raise StoreError(
            f"cannot use {paths.search}", why=problem.strerror or "", hint="check its permissions"
        ) from None
    index = sqlite3.connect(paths.search, timeout=BUSY_S, isolation_level=None)
    try:
        index.execute("PRAGMA journal_mode = WAL")
        index.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
        index.execute("PRAGMA synchronous = OFF")  # lost with power, it is made anew
        if index.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
            _make(index)
        yield index
    finally:
        index.close()


def _make(index: "sqlite3.Connection") -> None:
    index.executescript(f"""
        BEGIN IMMEDIATE;
        DROP TABLE IF EXISTS handoff;
        DROP TABLE IF EXISTS folder;
        DROP TABLE IF EXISTS words;
        CREATE TABLE folder (path TEXT PRIMARY KEY, changed INTEGER NOT NULL);
        CREATE TABLE handoff (
            id INTEGER PRIMARY KEY, peer TEXT NOT NULL, session TEXT NOT NULL, revision INTEGER NOT NULL,
            size INTEGER NOT NULL, project TEXT NOT NULL, machine TEXT NOT NULL, branch TEXT NOT NULL,
            title TEXT NOT NULL, state TEXT NOT NULL, ended_at TEXT NOT NULL, UNIQUE (peer, session)
        );
        CREATE VIRTUAL TABLE words USING fts5 (title, body, tokenize = "unicode61 remove_diacritics 2");
        PRAGMA user_version = {SCHEMA};
        COMMIT;
    """)


_Key = tuple[str, str]  # peer ("" for ours) and session


def _refresh(paths: Paths, index: "sqlite3.Connection", progress: Progress | None) -> None:
    """Leave out what is no longer in the directories, and take in what is new there (nothing without `progress`)."""
    folders = _folders(paths)
    if dict(index.execute("SELECT path, changed FROM folder")) == folders:
        return
    there = {(item.peer, item.session): item for item in (*store_sent.sent(paths), *_received(paths))}
    sizes = {key: size for key, item in there.items() if (size := _size(item.path)) >= 0}
    known = {
        (peer, session): (revision, size)
        for peer, session, revision, size in index.execute(
            "SELECT peer, session, revision, size FROM handoff"
        )
    }
    gone = [key for key in known if key not in sizes]
    new = [key for key, size in sizes.items() if known.get(key) != (there[key].revision, size)]
    new = new if progress is not None else []
    for at in range(0, max(len(new), 1), BATCH):
        index.execute("BEGIN IMMEDIATE")
        for key in gone if at == 0 else ():
            _drop(index, key)
        for key in new[at : at + BATCH]:
            _drop(index, key)
            _take(index, key, there[key], sizes[key])
        index.execute("COMMIT")
        if new and progress is not None:
            progress(min(at + BATCH, len(new)), len(new))
    index.execute("DELETE FROM folder")
    now = time.time_ns()
    if progress is not None and all(now - changed > STILL_NS for changed in folders.values()):
        index.executemany("INSERT INTO folder VALUES (?, ?)", folders.items())


def _received(paths: Paths) -> Iterator[store.Received]:
    """Return the newest revision of what was received last, so that it wins: an older one may be about to go."""
    yield from sorted(store.received(paths), key=lambda item: item.revision)


def _folders(paths: Paths) -> dict[str, int]:
    """Return when each directory that hand-offs are in changed last (nanoseconds)."""
    debts = [entry.path for entry in os.scandir(paths.outbox)] if os.path.isdir(paths.outbox) else []
    found = {}
    for path in (paths.inbox_new, paths.inbox_seen, paths.sent, paths.outbox, *debts):
        with contextlib.suppress(OSError):
            found[path] = os.stat(path).st_mtime_ns
    return found


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:  # moved or settled meanwhile: with the next search
        return -1


def _drop(index: "sqlite3.Connection", key: _Key) -> None:
    for (number,) in index.execute(
        "DELETE FROM handoff WHERE peer = ? AND session = ? RETURNING id", key
    ).fetchall():
        index.execute("DELETE FROM words WHERE rowid = ?", (number,))


def _take(index: "sqlite3.Connection", key: _Key, item: store.Received, size: int) -> None:
    try:
        with open(item.path, encoding="utf-8") as handle:
            fields, body = distillation_glance.said(handle.read())
    except (OSError, UnicodeDecodeError, DistillationError):
        return
    title = headline(fields.get("goal", ""))
    number = index.execute(
        "INSERT INTO handoff (peer, session, revision, size, project, machine, branch, title, state, ended_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, item.revision, size, fields.get("project.id", ""), fields.get("machine", ""),
         fields.get("project.branch", ""), title, fields.get("state", ""), fields.get("ended_at", "")),
    ).lastrowid  # fmt: skip
    about = " · ".join(
        fields[name] for name in ("goal", "project.id", "project.branch", "machine") if fields.get(name)
    )
    index.execute("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", (number, about, body))


# -- asking ------------------------------------------------------------------------------------------------


def _ask(index: "sqlite3.Connection", words: str, count: int, peer: str, project: str) -> list[Hit]:
    wanted = query(words)
    if not wanted:
        return []
    # the snippets of all that fits would take most of the time
    rows = index.execute(
        "WITH best AS MATERIALIZED ("
        " SELECT handoff.*, -bm25(words, 6.0, 1.0) AS score"
        " FROM words JOIN handoff ON handoff.id = words.rowid"
        " WHERE words MATCH ?1 AND (?2 = '' OR peer = ?2) AND (?3 = '' OR instr(lower(project), lower(?3)))"
        " ORDER BY score DESC, ended_at DESC, session LIMIT ?4)"
        " SELECT session, revision, peer, project, machine, branch, best.title, state, ended_at,"
        " replace(snippet(words, -1, ?5, ?6, '…', ?7), char(10), ' '), score"
        " FROM best JOIN words ON words.rowid = best.id WHERE words MATCH ?1"
        " ORDER BY score DESC, ended_at DESC, session",
        (wanted, peer, project, count, OPEN, CLOSE, SNIPPET_WORDS),
    )
    return [Hit(*row) for row in rows]
