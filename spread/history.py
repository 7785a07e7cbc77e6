"""What went where and when, by which route: one line each in `history.jsonl`, written as it happens.

A line is written whole or not at all, whoever is killed meanwhile; power may take the last ones. It names sessions,
peers and reasons, and the hand-off's title, which is redacted like all of it; never content or keys. Two files of a
megabyte at most are kept.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, Final, Literal, get_args

from spread.distillation_codec import clean, shorten
from spread.paths import Paths

Event = Literal["sent", "receipt", "received", "failed", "held", "refused"]
EVENTS: Final[tuple[Event, ...]] = get_args(Event)
MAX_BYTES: Final = 1_000_000  # of each of the two files
MAX_KNOWN: Final = 20_000  # about what the two files hold
MAX_TEXT: Final = 200  # of a title or a reason
BY_CODE: Final = "by code"  # in the place of a peer: `spread share` and `spread receive`


@dataclass(frozen=True)
class Record:
    """One thing that happened.

    `sent`: a route has taken it. `receipt`: the peer says that it is in its inbox. `received`: it is in ours.
    `failed`: a route has not taken it, `held`: it must not go now, `refused`: it came and was not taken in; each
    with its reason in `why`. `at` is unix seconds; `route` is "lan", "relay" or "" where there was none.
    """

    at: float
    event: Event
    peer: str
    session: str = ""
    revision: int = 0
    route: str = ""
    project: str = ""
    title: str = ""
    why: str = ""

    @property
    def id(self) -> str:
        """What `spread show` takes; "" for a text that was shared by code."""
        return f"{self.session}.{self.revision}" if self.session else ""


def to_line(record: Record) -> bytes:
    """Return a record as it is kept: JSON without what is empty, and a line's end."""
    data = asdict(record) | {
        name: shorten(getattr(record, name), MAX_TEXT) for name in ("project", "title", "why")
    }
    data["at"] = round(record.at, 3)
    return json.dumps({name: value for name, value in data.items() if value}).encode("ascii") + b"\n"


def from_line(line: bytes) -> Record | None:
    """Return a kept record, or None for a line that is damaged or of a later version."""
    try:
        data = json.loads(line)
        at, event, revision = float(data.pop("at")), data.pop("event"), data.pop("revision", 0)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    if event not in EVENTS or type(revision) is not int or not 0 <= at < 2**40:
        return None
    texts = {name: data.get(name, "") for name in ("peer", "session", "route", "project", "title", "why")}
    if not all(isinstance(text, str) for text in texts.values()):
        return None
    return Record(at, event, revision=revision, **{name: clean(text) for name, text in texts.items()})


def append(paths: Paths, record: Record) -> None:
    """Write a record down; a disk that is full loses it, since nothing rests on it.

    Several processes may do so at once.
    """
    with contextlib.suppress(OSError):
        handle = os.open(paths.history, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size
            # what a full disk cut off must not spoil the next line
            broken = size and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, (b"\n" if broken else b"") + to_line(record))
            if size > MAX_BYTES and _is_at(handle, paths.history):
                os.replace(paths.history, paths.history_before)
        finally:
            os.close(handle)


def _is_at(handle: int, path: str) -> bool:
    """Tell whether an open file still has its name: another process may just have put it aside."""
    return os.path.samestat(os.fstat(handle), os.stat(path))


def records(paths: Paths) -> Iterator[Record]:
    """Return all that is kept, what happened last first."""
    for path in (paths.history, paths.history_before):
        try:
            with open(path, "rb") as handle:
                lines = handle.read().splitlines()
        except OSError:
            continue
        yield from filter(None, map(from_line, reversed(lines)))


def select(
    found: Iterable[Record], *, peer: str = "", project: str = "", session: str = "", count: int | None = None
) -> list[Record]:
    """Return those of a peer, of a project (a part of its key is enough) and of a session, `count` at most."""
    fits = (
        record for record in found
        if peer in ("", record.peer) and project.lower() in record.project.lower()
        and session in ("", record.session)
    )  # fmt: skip
    return list(islice(fits, count))


def to_data(record: Record) -> dict[str, Any]:
    """Return what `spread log --json` prints of a record: every field, and its id."""
    return asdict(record) | {"id": record.id}


class Recorder:
    """Writes records down, but none twice: what a crash interrupts is done again, what fails is tried again.

    Args:
        clock: Unix seconds.
    """

    def __init__(self, paths: Paths, clock: Callable[[], float]) -> None:
        self._paths = paths
        self._clock = clock
        self._known: dict[_Key, None] | None = None  # in the order in which they were written

    def has(self, event: Event, peer: str, session: str, revision: int) -> bool:
        """Tell whether this is written down, by whatever route and for whatever reason."""
        return (event, peer, session, revision) in self._all()

    def note(
        self, event: Event, peer: str, session: str, revision: int, *, route: str = "", why: str = "",
        about: Callable[[], tuple[str, str]] = lambda: ("", ""),
    ) -> None:  # fmt: skip
        """Write down that something happened now, unless it did so before, by this route and for this reason.

        Args:
            about: Returns the project and the title; called only when they are needed.
        """
        why = shorten(clean(why), MAX_TEXT)
        record = Record(self._clock(), event, peer, session, revision, route, why=why)
        if _key(record) in self._all():
            return
        self._remember(record)
        project, title = about()
        append(self._paths, replace(record, project=project, title=title))

    def _all(self) -> dict["_Key", None]:
        if self._known is None:
            self._known = {}
            for record in reversed(list(records(self._paths))):
                self._remember(record)
        return self._known

    def _remember(self, record: Record) -> None:
        assert self._known is not None
        key = _key(record)
        self._known[key] = self._known[key[:4]] = None
        while len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]


_Key = tuple[str | int, ...]


def _key(record: Record) -> _Key:
    what = (record.event, record.peer, record.session, record.revision)
    if record.event in ("sent", "failed"):  # by each route another one; what came is the same by all
        return (*what, record.route, record.why)
    return (*what, record.why)
