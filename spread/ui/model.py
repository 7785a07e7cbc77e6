"""What the page is told: how things stand, the time line, one hand-off, what a search finds; and what it may change."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import Any, Final

from spread import accepted, rules, store, store_earlier
from spread.commands import pause, status
from spread.distillation import Distillation
from spread.distillation_codec import shorten, texts_of
from spread.distillation_told import parted
from spread.errors import DistillationError, StoreError, UsageError
from spread.paths import Paths
from spread.ui import changes
from spread.ui.heads import Head, Heads

MAX_DEBTS: Final = 200
MAX_FOUND: Final = 200
MAX_QUERY: Final = 200
SNIPPET_CHARS: Final = 160

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
        whole = asdict(self)
        head = whole.pop("head")
        del whole["path"]
        return {**whole, **head}


class Model:
    """Answers from the directories below one home."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self._heads = Heads()

    def overview(self) -> Json:
        """Return machines, routes, debts and pauses."""
        found = status.collect(self.paths)
        lines = self.lines()
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
        chosen = accepted.names(self.paths)
        found: list[Line] = []
        for item in store.received(self.paths):
            is_accepted = not item.seen and os.path.basename(item.path) in chosen
            found += self._line(item, accepted=is_accepted)
        owed: dict[tuple[str, int], list[str]] = {}
        for debt in store.owed(self.paths):
            owed.setdefault((debt.session, debt.revision), []).append(debt.peer)
        for item in _sent(self.paths):
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
        head = self._heads.of(item.path, (stat.st_mtime_ns, stat.st_size))
        if head is None:
            return []
        way, key = ("in", f"in/{item.peer}/{item.id}") if item.peer else ("out", f"out/{item.id}")
        return [Line(
            key, way, item.peer, owed_to, item.session, item.revision, stat.st_mtime, item.seen, accepted, head,
            item.path,
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
            "paused_project": made.project.id in rules.paused_projects(self.paths),
        }

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
        """Return the keys of the lines whose hand-offs have all the words, each with where the first stands."""
        wanted = words[:MAX_QUERY].casefold().split()
        found: list[Json] = []
        for line in self.lines() if wanted else ():
            try:
                texts = texts_of(_read(line.path))
            except (DistillationError, StoreError):
                continue
            whole = "\n".join(texts).casefold()
            if all(word in whole for word in wanted):
                text = next((text for text in texts if wanted[0] in text.casefold()), "")
                found.append({"key": line.key, "text": _around(text, wanted[0])})
                if len(found) == MAX_FOUND:
                    break
        return found

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
        store.forget(self.paths, self._received(key))

    def _received(self, key: str) -> store.Received:
        for item in store.received(self.paths):
            if f"in/{item.peer}/{item.id}" == key:
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


def _sent(paths: Paths) -> list[store.Received]:
    """Return what this machine owes, each revision once."""
    found: dict[str, store.Received] = {}
    for debt in store.owed(paths):
        path = os.path.join(paths.outbox, debt.peer, debt.name)
        found.setdefault(debt.name, store.Received("", debt.session, debt.revision, True, path))
    return list(found.values())


def digest(data: object) -> str:
    """Return what changes when an answer does."""
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]


def _read(path: str) -> Distillation:
    try:
        with open(path, encoding="utf-8") as handle:
            return Distillation.from_markdown(handle.read())
    except UnicodeDecodeError:
        raise DistillationError("a hand-off is damaged", why="it is not text") from None
    except OSError as problem:
        raise StoreError("this hand-off is no longer here", why=problem.strerror or "") from None


def _around(text: str, word: str) -> str:
    at = max(0, text.casefold().find(word) - SNIPPET_CHARS // 3)
    return ("…" if at else "") + shorten(text[at:], SNIPPET_CHARS)
