"""Outbox and inbox: put, settle, accept, unseen, seen. The directory is the state.

`outbox/<peer>/<session>.<revision>.md` is owed; `inbox/new/<peer>.<session>.<revision>.md` is received and not
shown; `inbox/seen/` was shown. A newer revision replaces older ones everywhere; the ledger remembers what came, so
that nothing comes twice even after it was shown or forgotten.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from spread import sequences, store_damage, store_earlier
from spread.errors import DistillationError, QuotaError, SpreadError, StoreError
from spread.paths import Paths, sync_directory, write_atomic

if TYPE_CHECKING:  # late: half of what a command that only lists things would load
    from spread.distillation import Distillation

SUFFIX: Final = ".md"
INDEX_SCHEMA: Final = 1
MAX_SESSION_CHARS: Final = 64
MAX_FIELD: Final = 300  # of the index, which the hook reads whole
MAX_LEDGER: Final = (
    4000  # sessions remembered of a peer; what was sealed 15 days ago cannot be opened any more
)
MAX_INBOX_FILES: Final = 1000  # of one peer, new and seen together
MAX_INBOX_BYTES: Final = 64 << 20
MAX_RECEIPTS: Final = 1000  # that wait for one peer
TOLD_S: Final = 60 * 86_400.0  # the client itself deletes its sessions after 30 days
CONTACT: Final = "contact.json"  # among receipts, whose names have a revision


@dataclass(frozen=True)
class Owed:
    """One file of the outbox; `since` is unix seconds."""

    peer: str
    session: str
    revision: int
    since: float

    @property
    def name(self) -> str:
        return f"{self.session}.{self.revision}{SUFFIX}"


@dataclass(frozen=True)
class Received:
    """One file of the inbox."""

    peer: str
    session: str
    revision: int
    seen: bool
    path: str

    @property
    def id(self) -> str:
        """What `spread show` takes; a prefix that fits no other is enough."""
        return f"{self.session}.{self.revision}"


def is_session(text: object) -> bool:
    """Tell whether `text` may be a session id in a file name."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= MAX_SESSION_CHARS
        and all(c.isascii() and (c.isalnum() or c in "-_") for c in text)
        and text[0] not in "-_"
    )


def split_name(name: str) -> tuple[str, int] | None:
    """Return session and revision of `<session>.<revision>.md`."""
    session, dot, revision = name.removesuffix(SUFFIX).rpartition(".")
    if not name.endswith(SUFFIX) or not dot or not is_session(session) or not _is_number(revision):
        return None
    return session, int(revision)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and text == str(int(text))  # "²" is a digit, "01" has two names


def _parsed(text: str) -> "Distillation":
    from spread.distillation import Distillation

    return Distillation.from_markdown(text)


# -- outbox ------------------------------------------------------------------------------------------------


def put(paths: Paths, peer: str, session: str, revision: int, text: str) -> None:
    """Owe `peer` this revision, and no longer any older one of the session."""
    assert is_session(session)
    folder = os.path.join(paths.outbox, peer)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    write_atomic(os.path.join(folder, f"{session}.{revision}{SUFFIX}"), text.encode("utf-8"))
    _drop_older(folder, session, revision)


def _drop_older(
    folder: str, session: str, revision: int, prefix: str = "", drop: Callable[[str], object] | None = None
) -> None:
    for name in os.listdir(folder):
        parts = split_name(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if parts and parts[0] == session and parts[1] < revision:
            (drop or _unlink)(os.path.join(folder, name))


def _unlink(path: str) -> bool:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


def owed(paths: Paths) -> list[Owed]:
    """Return all debts, oldest first; what is not named like a debt is not one."""
    found = []
    for peer in sorted(os.listdir(paths.outbox)) if os.path.isdir(paths.outbox) else []:
        folder = os.path.join(paths.outbox, peer)
        for entry in os.scandir(folder) if os.path.isdir(folder) else []:
            parts = split_name(entry.name)
            if parts is None:
                continue
            try:
                since = entry.stat().st_mtime
            except FileNotFoundError:  # settled meanwhile
                continue
            found.append(Owed(peer, *parts, since))
    return sorted(found, key=lambda debt: (debt.since, debt.name))


def read_owed(paths: Paths, debt: Owed) -> bytes | None:
    """Return a debt's content, or None if it was settled or replaced meanwhile."""
    try:
        with open(os.path.join(paths.outbox, debt.peer, debt.name), "rb") as handle:
            return handle.read()
    except FileNotFoundError:
        return None


def project_of(paths: Paths, debt: Owed) -> str | None:
    """Return the project a debt belongs to, or None if it was settled meanwhile or is damaged."""
    content = read_owed(paths, debt)
    try:
        return None if content is None else _parsed(content.decode("utf-8")).project.id
    except (DistillationError, UnicodeDecodeError):
        return None


def settle(paths: Paths, peer: str, session: str, revision: int) -> bool:
    """Pay exactly one debt; tell whether it was there."""
    if not is_session(session):
        return False
    folder = os.path.join(paths.outbox, peer)
    paid = _unlink(os.path.join(folder, f"{session}.{revision}{SUFFIX}"))
    if paid:
        sync_directory(folder)
    return paid


def drop_debts(paths: Paths, peer: str) -> int:
    """Owe a peer nothing any more; return how much it was."""
    import shutil  # late, as all that only some need

    dropped = sum(debt.peer == peer for debt in owed(paths))
    for folder in (paths.outbox, paths.receipts):
        shutil.rmtree(os.path.join(folder, peer), ignore_errors=True)
    return dropped


def drop_peer(paths: Paths, peer: str) -> None:
    """Owe a peer nothing any more, and show nothing more of it by ourselves: what is new counts as seen."""
    drop_debts(paths, peer)
    for item in received(paths):
        if item.peer == peer and not item.seen:
            with contextlib.suppress(FileNotFoundError):  # shown meanwhile
                os.replace(item.path, os.path.join(paths.inbox_seen, os.path.basename(item.path)))
    _unlink(_ledger_path(paths, peer))
    sequences.forget(paths, peer)
    if os.path.isdir(paths.inbox_new):
        _reindex(paths, lambda peer: None)


# -- inbox -------------------------------------------------------------------------------------------------


def accept(paths: Paths, peer: str, text: str, *, expected: tuple[str, int], own: bool) -> bool:
    """Put a received distillation into the inbox; tell whether it was new.

    An older revision than the newest known, or the same again, is not new and changes nothing.

    Args:
        expected: The session and revision that the envelope's signature covers.
        own: Whether the peer is a machine of the same person.

    Raises:
        DistillationError: It is none, another one than expected (NewerError: of a newer version), or grows too large.
        QuotaError: The peer has sent too much that nobody has looked at yet.
    """
    import hashlib

    distillation = _parsed(text)
    session, revision = distillation.session_id, distillation.revision
    if not is_session(session) or revision < 1 or (session, revision) != expected:
        raise DistillationError("a received hand-off is not the one its envelope names")
    ledger = _ledger(paths, peer)
    if session in ledger and ledger[session][0] >= revision:
        return False
    # made anew from what was checked: the body is what a session is shown, and nobody has looked at theirs
    made = distillation.to_markdown().encode("utf-8")
    if not _can_be_read(made):
        raise DistillationError("a received hand-off is too large once it is written out")
    prefix = f"{peer}."
    _make_room(paths, prefix, session, len(made))
    name = f"{prefix}{session}.{revision}{SUFFIX}"
    # after a crash between the file and the ledger, the file may already have been shown
    if not os.path.exists(os.path.join(paths.inbox_seen, name)):
        # the index first: a session that starts now must not find a file that it knows nothing of
        now_ns, path = time.time_ns(), os.path.join(paths.inbox_new, name)
        entry = {**_entry(distillation, peer, now_ns), "own": own}
        others = {key: at for key, at in _index(paths).items() if _whose(at) != (peer, session)}
        _write_index(paths, {**others, name: entry})
        write_atomic(path, made)
        with contextlib.suppress(FileNotFoundError):  # shown already
            os.utime(path, ns=(now_ns, now_ns))
        # before the ledger: after a crash in between it all comes again
        write_atomic(paths.inbox_arrived, f"{now_ns}\n".encode("ascii"))
    ledger.pop(session, None)  # what came last stands last
    ledger[session] = (revision, hashlib.sha256(text.encode("utf-8")).hexdigest())
    while len(ledger) > MAX_LEDGER:
        del ledger[next(iter(ledger))]
    write_atomic(_ledger_path(paths, peer), json.dumps(ledger).encode("ascii"))
    for folder in (paths.inbox_new, paths.inbox_seen):
        _drop_older(folder, session, revision, prefix, lambda path: store_earlier.keep(paths, path))
    _reindex(paths, {peer: own}.get)
    return True


def _can_be_read(made: bytes) -> bool:
    from spread.distillation import MAX_BYTES

    return len(made) <= MAX_BYTES


def _make_room(paths: Paths, prefix: str, session: str, size: int) -> None:
    """Delete a peer's oldest seen hand-offs where its share of the inbox is used up."""
    new, seen = _held_files(paths.inbox_new, prefix, session), _held_files(paths.inbox_seen, prefix, session)
    count, total = len(new) + len(seen) + 1, sum(one[1] for one in (*new, *seen)) + size
    for _, file_size, path in sorted(seen):
        if count <= MAX_INBOX_FILES and total <= MAX_INBOX_BYTES:
            return
        _unlink(path)
        count, total = count - 1, total - file_size
    if count > MAX_INBOX_FILES or total > MAX_INBOX_BYTES:
        raise QuotaError(
            f"{prefix.rstrip('.')} has sent more than may wait here",
            why=f"{len(new)} of its are new; at most {MAX_INBOX_FILES} and {MAX_INBOX_BYTES >> 20} MiB may be",
            hint="look at them with `spread inbox`, or forget some; the rest then comes by itself",
        )


def _held_files(folder: str, prefix: str, session: str) -> list[tuple[float, int, str]]:
    """Return time, size and path of a peer's files, but for those that a newer revision will replace."""
    found = []
    for entry in os.scandir(folder):
        parts = split_name(entry.name.removeprefix(prefix)) if entry.name.startswith(prefix) else None
        if parts is not None and parts[0] != session:
            with contextlib.suppress(FileNotFoundError):
                stat = entry.stat()
                found.append((stat.st_mtime, stat.st_size, entry.path))
    return found


def keep_ledger(paths: Paths, peer: str, identity: bytes) -> None:
    """A peer is about to go: should it be paired again, mail of before must not count as new."""
    ledger = _ledger(paths, peer)
    if ledger:
        write_atomic(_ledger_path(paths, identity.hex()), json.dumps(ledger).encode("ascii"))


def recall_ledger(paths: Paths, peer: str, identity: bytes) -> None:
    """A machine is paired, maybe again: what it has sent before came already."""
    with contextlib.suppress(FileNotFoundError):
        os.replace(_ledger_path(paths, identity.hex()), _ledger_path(paths, peer))


def _ledger_path(paths: Paths, peer: str) -> str:
    return os.path.join(paths.ledger, peer + ".json")


def held(paths: Paths, peer: str, session: str) -> tuple[int, str] | None:
    """Return the newest revision that came of a session, and the SHA-256 of what came; None: none ever came."""
    return _ledger(paths, peer).get(session)


def _ledger(paths: Paths, peer: str) -> dict[str, tuple[int, str]]:
    path = _ledger_path(paths, peer)
    try:
        with open(path, "rb") as handle:
            data = json.load(handle)
        return {session: (int(revision), str(digest)) for session, (revision, digest) in data.items()}
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise StoreError(
            f"cannot read {path}", why=problem.strerror or "", hint="check its permissions"
        ) from None
    except (AttributeError, TypeError, ValueError, OverflowError, RecursionError):
        pass
    name = f"ledger-{peer}.json"
    if not store_damage.quarantine(paths, path, f"{path} was damaged", "made anew from the inbox", name):
        raise StoreError(f"cannot use {path}", why="it is not what we wrote", hint="move it away")
    made: dict[str, tuple[int, str]] = {}
    for item in received(paths):  # of what is there nothing comes twice
        if item.peer == peer and item.revision > made.get(item.session, (0, ""))[0]:
            made[item.session] = (item.revision, "")
    write_atomic(path, json.dumps(made).encode("ascii"))
    return made


def reindex(paths: Paths, own_peers: Collection[str] = ()) -> None:
    """Make `inbox/index.json` say what `inbox/new` holds; files that are no distillation go to quarantine.

    Args:
        own_peers: The peers that are machines of the same person; only their text is given to Claude unasked.
    """
    _reindex(paths, lambda peer: peer in own_peers)


def _reindex(paths: Paths, is_own: Callable[[str], bool | None]) -> None:
    """As `reindex`; for None, files keep the entry they have, and get none (the engine will know)."""
    known = _index(paths)
    entries: dict[str, Any] = {}
    for item in _listed(paths.inbox_new, False):
        name, own = os.path.basename(item[1].path), is_own(item[1].peer)
        if own is None and name not in known:
            continue
        if name not in known and _is_replaced(paths, item[1]):
            _unlink(item[1].path)
            continue
        try:
            entry = known[name] if name in known else _entry(read(item[1]), item[1].peer, item[0])
        except DistillationError as problem:
            store_damage.quarantine(
                paths, item[1].path, f"a hand-off from {item[1].peer} was damaged", problem.why
            )
            continue
        except SpreadError:  # cannot be read now
            continue
        entries[name] = entry if own is None else {**entry, "own": own}
    if entries != known or not os.path.exists(paths.inbox_index):
        _write_index(paths, entries)


def _whose(entry: dict[str, Any]) -> tuple[object, object]:
    return entry.get("peer"), entry.get("session")


def _is_replaced(paths: Paths, item: Received) -> bool:
    """Tell whether a newer revision has come: whoever took it in may have died before the older one went."""
    return any(
        parts is not None and parts[0] == item.session and parts[1] > item.revision
        for folder in (paths.inbox_new, paths.inbox_seen)
        for name in os.listdir(folder)
        for parts in (
            [split_name(name.removeprefix(f"{item.peer}."))] if name.startswith(f"{item.peer}.") else []
        )
    )


def _write_index(paths: Paths, entries: dict[str, Any]) -> None:
    data = {"schema": INDEX_SCHEMA, "entries": entries}
    write_atomic(paths.inbox_index, json.dumps(data).encode("ascii"))


def _index(paths: Paths) -> dict[str, Any]:
    try:
        with open(paths.inbox_index, "rb") as handle:
            data = json.load(handle)
        entries = data["entries"] if data["schema"] == INDEX_SCHEMA else {}
        return {name: entry for name, entry in entries.items() if isinstance(entry, dict)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def read(item: Received) -> "Distillation":
    """Return a received distillation.

    Raises:
        DistillationError: The file is damaged.
        StoreError: It cannot be read.
    """
    return _parsed(_content(item))


def glance(item: Received) -> dict[str, str]:
    """Return the one-line fields of a received distillation (`distillation_glance.fields`), which is much faster.

    Raises:
        DistillationError: The file is damaged.
        StoreError: It cannot be read.
    """
    from spread import distillation_glance

    return distillation_glance.fields(_content(item))


def _content(item: Received) -> str:
    try:
        with open(item.path, encoding="utf-8") as handle:
            return handle.read()
    except UnicodeDecodeError:
        raise DistillationError(
            f"cannot read {item.path}", why="it is not text", hint="see `spread inbox`"
        ) from None
    except OSError as problem:
        raise StoreError(
            f"cannot read {item.path}", why=problem.strerror or "", hint="check its permissions"
        ) from None


def _entry(distillation: "Distillation", peer: str, received_ns: int) -> dict[str, Any]:
    return {
        "project": distillation.project.id[:MAX_FIELD],
        "peer": peer,
        "session": distillation.session_id,
        "revision": distillation.revision,
        "title": distillation.title.removesuffix(f" [{distillation.state}]"),
        "branch": distillation.project.branch[:MAX_FIELD],
        "head": distillation.project.head[:MAX_FIELD],
        "ended_at": distillation.ended_at[:MAX_FIELD],
        "state": distillation.state,
        "received_at": received_ns / 1e9,
    }


def received(paths: Paths) -> list[Received]:
    """Return the inbox, what came last first."""
    found = _listed(paths.inbox_new, False) + _listed(paths.inbox_seen, True)
    return [item for _, item in sorted(found, key=lambda pair: (-pair[0], pair[1].path))]


def _listed(folder: str, seen: bool) -> list[tuple[int, Received]]:
    """Return what one of the inbox's folders holds, each with the time it came (nanoseconds)."""
    found = []
    for entry in os.scandir(folder) if os.path.isdir(folder) else []:
        peer, dot, rest = entry.name.partition(".")
        parts = split_name(rest)
        if not dot or parts is None:
            continue
        try:
            changed = entry.stat().st_mtime_ns
        except FileNotFoundError:  # shown meanwhile
            continue
        found.append((changed, Received(peer, *parts, seen, entry.path)))
    return found


def find(paths: Paths, wanted: str) -> Received:
    """Return the received hand-off with this id, with this beginning of an id, or the `latest`.

    Raises:
        StoreError: None, or more than one.
    """
    return pick(wanted, received(paths))


def pick(wanted: str, items: list[Received], others: Callable[[], list[Received]] = list) -> Received:
    """Return the item with this id; where there is none, look among the others.

    Raises:
        StoreError: None, or more than one.
    """
    if not wanted:
        raise StoreError("no id is given", hint="see `spread inbox`, or say latest")
    fits = items[:1] if wanted == "latest" else [item for item in items if item.id.startswith(wanted)]
    if len(fits) == 1:
        return fits[0]
    exact = [item for item in fits if wanted in (item.id, item.session)]
    if len(exact) == 1:
        return exact[0]
    if fits:
        raise StoreError(
            f"{wanted} fits {len(fits)} hand-offs", why=", ".join(item.id for item in fits[:4]),
            hint="give more of the id",
        )  # fmt: skip
    more = others() if wanted != "latest" else []
    if more:
        return pick(wanted, more)
    raise StoreError(f"no hand-off {wanted} in the inbox", hint="see `spread inbox`")


def forget(paths: Paths, item: Received) -> None:
    """Delete a received hand-off; it will not come again."""
    _unlink(item.path)
    store_earlier.forget(paths, os.path.basename(item.path))
    _reindex(paths, lambda peer: None)


def unsee(paths: Paths, item: Received) -> None:
    """Put a hand-off that was seen back among the new ones, unless it is gone meanwhile."""
    name = os.path.basename(item.path)
    # the index first, as in `accept`; whose machine it is the engine adds
    entry = {**_entry(read(item), item.peer, time.time_ns()), "own": False}
    _write_index(paths, {**_index(paths), name: entry})
    with contextlib.suppress(FileNotFoundError):
        os.replace(item.path, os.path.join(paths.inbox_new, name))


def forget_sessions(paths: Paths, now: float) -> None:
    """Delete what was noted for sessions of the client that nobody went on with for long."""
    for entry in os.scandir(paths.inbox_told) if os.path.isdir(paths.inbox_told) else []:
        with contextlib.suppress(FileNotFoundError):
            if now - entry.stat().st_mtime > TOLD_S:
                _unlink(entry.path)


# -- receipts ----------------------------------------------------------------------------------------------


def put_receipt(paths: Paths, peer: str, session: str, revision: int) -> None:
    """Note that `peer` is to be told that we hold this revision; of very many, it asks again for those left out."""
    folder = os.path.join(paths.receipts, peer)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if len(os.listdir(folder)) >= MAX_RECEIPTS:
        return
    data = {"session": session, "revision": revision}
    write_atomic(os.path.join(folder, f"{session}.{revision}.json"), json.dumps(data).encode("ascii"))


def put_contact(paths: Paths, peer: str) -> None:
    """Note that `peer` is to be told our new sealing key."""
    folder = os.path.join(paths.receipts, peer)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    write_atomic(os.path.join(folder, CONTACT), b"{}")


def receipts(paths: Paths) -> list[tuple[str, str, float]]:
    """Return what is to be told: peer, file name, since when (unix seconds)."""
    found = []
    for peer in sorted(os.listdir(paths.receipts)) if os.path.isdir(paths.receipts) else []:
        folder = os.path.join(paths.receipts, peer)
        for entry in os.scandir(folder) if os.path.isdir(folder) else []:
            if entry.name == CONTACT or _of_receipt(entry.name):
                with contextlib.suppress(FileNotFoundError):  # sent meanwhile
                    found.append((peer, entry.name, entry.stat().st_mtime))
    return found


def read_receipt(paths: Paths, peer: str, name: str) -> dict[str, Any] | None:
    """Return a receipt to be sent, or None if it was sent meanwhile; its name says it all."""
    if not os.path.exists(os.path.join(paths.receipts, peer, name)):
        return None
    session, revision = _of_receipt(name) or ("", 0)
    return {"session": session, "revision": revision} if session else {}


def _of_receipt(name: str) -> tuple[str, int] | None:
    return split_name(name.removesuffix(".json") + SUFFIX) if name.endswith(".json") else None


def drop_receipt(paths: Paths, peer: str, name: str) -> None:
    """A route has taken a receipt: it is no longer to be sent."""
    _unlink(os.path.join(paths.receipts, peer, name))


# -- revocations -------------------------------------------------------------------------------------------


def put_revocation(paths: Paths, writer: str, relays: Collection[str]) -> None:
    """Note which relays are still to be told to refuse a writer (hex); none: the matter is settled."""
    path = os.path.join(paths.revocations, writer + ".json")
    if relays:
        os.makedirs(paths.revocations, mode=0o700, exist_ok=True)
        write_atomic(path, json.dumps(sorted(relays)).encode("ascii"))
    else:
        _unlink(path)


def revocations(paths: Paths) -> dict[str, set[str]]:
    """Return, per writer (hex), the relays that are still to be told."""
    found = {}
    for name in os.listdir(paths.revocations) if os.path.isdir(paths.revocations) else []:
        if not name.endswith(".json") or name.startswith("."):
            continue
        try:
            with open(os.path.join(paths.revocations, name), "rb") as handle:
                found[name.removesuffix(".json")] = {str(relay) for relay in json.load(handle)}
        except (OSError, ValueError, TypeError, RecursionError):
            continue
    return found
