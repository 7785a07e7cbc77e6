"""What the page is told: how things stand, the time line, one hand-off, what a search finds; and what it may change."""

import contextlib
import os
from dataclasses import asdict, dataclass
from typing import Any, Final

from spread import (
    accepted,
    history,
    rules,
    search,
    store,
    store_accepted,
    store_earlier,
    store_inbox,
    store_sent,
)
from spread.commands import pause, status
from spread.distillation import Distillation
from spread.distillation_narrative import parted
from spread.errors import DistillationError, SpreadError, StoreError, UsageError
from spread.paths import Paths
from spread.ui import changes
from spread.ui.heads import Head, Heads

MAX_DEBTS: Final = 200
MAX_FOUND: Final = 200
MAX_QUERY: Final = 200
MAX_RECORDS: Final = 30

Json = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One hand-off of the time line; `key` names it to us."""

    key: str
    way: str  # "in" or "out"
    peer: str  # whom it came from; "" for ours
    owed_to: tuple[str, ...]
    session: str
    revision: int
    at: float
    seen: bool
    accepted: bool
    head: Head
    path: str

    def told(self) -> Json:
        """Return it for the page."""
        told = {**vars(self), **vars(self.head)}  # `asdict` would copy a thousand of them too slowly
        for name in ("head", "path", "session", "revision", "machine"):
            del told[name]
        return told


class Model:
    """Answers from the directories below one home."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self._heads = Heads()

    def warm(self) -> None:
        """Read what the first answer needs."""
        with contextlib.suppress(OSError, SpreadError):
            self.lines()

    def state(self) -> Json:
        """Return all of the first view: machines, routes, debts and pauses; and the time line."""
        lines = self.lines()
        return {"overview": self._overview(lines), "lines": [line.told() for line in lines]}

    def _overview(self, lines: list[Line]) -> Json:
        found = status.collect(self.paths)
        debts = [line.told() for line in lines if line.owed_to]
        pending: dict[str, int] = {}
        for line in lines:
            if line.way == "in" and not line.seen:
                pending[line.peer] = pending.get(line.peer, 0) + 1
        for row in found["peers"]:
            row["pending"] = pending.get(row["name"], 0)
        return {**found, "debts": debts[:MAX_DEBTS], "debts_in_all": len(debts)}

    def lines(self) -> list[Line]:
        """Return the time line, what happened last first."""
        chosen = store_accepted.names(self.paths)
        found: list[Line] = []
        for item in store.received(self.paths):
            is_accepted = not item.seen and os.path.basename(item.path) in chosen
            found += self._line(item, accepted=is_accepted)
        owed: dict[tuple[str, int], list[str]] = {}
        for debt in store.owed(self.paths):
            owed.setdefault((debt.session, debt.revision), []).append(debt.peer)
        for item in store_sent.sent(self.paths):
            found += self._line(item, owed_to=tuple(owed.get((item.session, item.revision), ())))
        self._heads.keep_only({line.path for line in found})
        return sorted(found, key=lambda line: (-line.at, line.key))

    def _line(
        self, item: store.Received, *, accepted: bool = False, owed_to: tuple[str, ...] = ()
    ) -> list[Line]:
        """Return the line of an item, or none if it is gone meanwhile."""
        try:
            stat = os.stat(item.path)
        except OSError:
            return []
        head = self._heads.of(item, (stat.st_mtime_ns, stat.st_size))
        if head is None:
            return []
        return [Line(
            _key(item.peer, item.id), "in" if item.peer else "out", item.peer, owed_to, item.session,
            item.revision, stat.st_mtime, item.seen, accepted, head, item.path,
        )]  # fmt: skip

    def find(self, key: str) -> Line:
        """Return one line.

        Raises:
            StoreError: There is none, or no longer.
        """
        for line in self.lines():
            if line.key == key:
                return line
        raise StoreError("this hand-off is no longer here", why="it was replaced, delivered or forgotten")

    def handoff(self, key: str) -> Json:
        """Return a whole hand-off.

        Raises:
            DistillationError: Its file is damaged.
            StoreError: It is gone.
        """
        line = self.find(key)
        made = _read(line.path)
        told, context, report = parted(made.summary) if made.distiller.enriched else ("", "", made.summary)
        return {
            "line": line.told(),
            "handoff": made.to_data(),
            "parts": {"told": told, "context": context, "report": report},
            "earlier": [number for number, _ in self._earlier(line)],
            "records": [asdict(record) for record in self._records(line)],
            "paused_project": made.project.id in rules.paused_projects(self.paths),
        }

    def _records(self, line: Line) -> list[history.Record]:
        """Return what is written down of a session's ways, what happened last first."""
        whose = history.select(history.records(self.paths), session=line.session, peer=line.peer)
        return whose[:MAX_RECORDS]

    def changes(self, key: str, since: int) -> list[changes.Change]:
        """Return what changed since an earlier revision.

        Raises:
            DistillationError: A file is damaged.
            StoreError: One of the two is gone.
        """
        line = self.find(key)
        for number, path in self._earlier(line):
            if number == since:
                return changes.changes(_read(path), _read(line.path))
        raise StoreError(f"revision {since} is no longer kept")

    def _earlier(self, line: Line) -> list[tuple[int, str]]:
        """Return number and path of the revisions that are kept beside this one, newest first."""
        return store_earlier.of(self.paths, os.path.basename(line.path)) if line.way == "in" else []

    def search(self, words: str) -> list[Json]:
        """Return the keys of the hand-offs that have all the words, best first, each with where they stand in it.

        Raises:
            StoreError: The index cannot be used now.
        """
        return [
            {"key": _key(hit.peer, hit.id), "pieces": _pieces(hit.snippet)}
            for hit in search.search(self.paths, words[:MAX_QUERY], count=MAX_FOUND)
        ]

    # -- what the page may change ------------------------------------------------------------------------------

    def accept(self, key: str) -> None:
        """Have the next session of its project be given this hand-off.

        Raises:
            StoreError: It is gone, or none that was received.
        """
        accepted.accept(self.paths, self._received(key))

    def forget(self, key: str) -> None:
        """Delete a received hand-off.

        Raises:
            StoreError: It is gone, or none that was received.
        """
        store_inbox.forget(self.paths, self._received(key))
        search.follow(self.paths, thoroughly=True)

    def _received(self, key: str) -> store.Received:
        for item in store.received(self.paths):
            if _key(item.peer, item.id) == key:
                return item
        raise StoreError("this hand-off is no longer here", why="it was replaced or forgotten")

    def pause(self, *, on: bool, peer: str = "", project: str = "") -> None:
        """Pause or resume: all, or one peer, or one project.

        Raises:
            PairingError: There is no such peer.
            UsageError: Both are named.
        """
        if peer and project:
            raise UsageError("a peer or a project, not both")
        self.paths.make()
        if peer:
            pause.set_peer(self.paths, peer, on)
        elif project:
            pause.set_project(self.paths, project, on)
        else:
            pause.set_all(self.paths, on)


def _read(path: str) -> Distillation:
    try:
        with open(path, encoding="utf-8") as handle:
            return Distillation.from_markdown(handle.read())
    except UnicodeDecodeError:
        raise DistillationError("a hand-off is damaged", why="it is not text") from None
    except OSError as problem:
        raise StoreError("this hand-off is no longer here", why=problem.strerror or "") from None


def _key(peer: str, ident: str) -> str:
    """Return what names a hand-off to the page; ours have no peer."""
    return f"in/{peer}/{ident}" if peer else f"out/{ident}"


def _pieces(snippet: str) -> list[tuple[str, str]]:
    """Return a snippet's parts: what fits is "+", the rest "="."""
    out: list[tuple[str, str]] = []
    for part in snippet.split(search.OPEN):
        fits, closed, rest = part.partition(search.CLOSE)
        out += [("+", fits), ("=", rest)] if closed else [("=", part)]
    return [(kind, text) for kind, text in out if text]
