"""The inbox as it changes: what comes is taken in, told in the index, seen, forgotten."""

import contextlib
import json
import os
import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, Final

from spread import sequences, store, store_accepted, store_damage, store_earlier, store_ledger
from spread.errors import DistillationError, QuotaError, SpreadError
from spread.paths import Paths, write_atomic
from spread.store import Received

if TYPE_CHECKING:  # late, as in `store`
    from spread.distillation import Distillation

INDEX_SCHEMA: Final = 1
MAX_FIELD: Final = 300  # of the index, which the hook reads whole, and all that comes or goes writes anew
MAX_INBOX_FILES: Final = 1000  # of one peer, new and seen together
MAX_INBOX_BYTES: Final = 64 << 20
TOLD_S: Final = 60 * 86_400.0  # the client itself deletes its sessions after 30 days


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

    distillation = store.parsed(text)
    session, revision = distillation.session_id, distillation.revision
    if not store.is_session(session) or revision < 1 or (session, revision) != expected:
        raise DistillationError("a received hand-off is not the one its envelope names")
    ledger = store_ledger.load(paths, peer)
    if session in ledger and ledger[session][0] >= revision:
        return False
    # after a crash between a newer file and the ledger, only the inbox knows of it; somebody may replay the older one
    if _is_replaced(paths, Received(peer, session, revision, False, "")):
        return False
    # made anew from what was checked: the body is what a session is shown, and nobody has looked at theirs
    made = distillation.to_markdown().encode("utf-8")
    if not _can_be_read(made):
        raise DistillationError("a received hand-off is too large once it is written out")
    prefix = f"{peer}."
    _make_room(paths, prefix, session, len(made))
    name = f"{prefix}{session}.{revision}{store.SUFFIX}"
    # after a crash between the file and the ledger, the file may already have been shown
    if not os.path.exists(os.path.join(paths.inbox_seen, name)):
        if not _holds(os.path.join(paths.inbox_new, name), made):  # else it comes again after a crash
            store_accepted.drop(paths, lambda one: one == name)  # of another that once had this name
        # the index first: a session that starts now must not find a file that it knows nothing of
        now_ns, path = time.time_ns(), os.path.join(paths.inbox_new, name)
        entry = {**entry_of(distillation, peer, now_ns), "own": own}
        others = {key: at for key, at in index(paths).items() if _whose(at) != (peer, session)}
        _write_index(paths, {**others, name: entry})
        write_atomic(path, made)
        with contextlib.suppress(FileNotFoundError):  # shown already
            os.utime(path, ns=(now_ns, now_ns))
        # before the ledger: after a crash in between it all comes again
        write_atomic(paths.inbox_arrived, f"{now_ns}\n".encode("ascii"))
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    store_ledger.note(paths, peer, ledger, session, (revision, digest))
    for folder in (paths.inbox_new, paths.inbox_seen):
        store.drop_older(folder, session, revision, prefix, lambda path: store_earlier.keep(paths, path))
    _reindex(paths, {peer: own}.get)
    return True


def _holds(path: str, made: bytes) -> bool:
    try:
        with open(path, "rb") as handle:
            return handle.read() == made
    except OSError:
        return False


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
        store.unlink(path)
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
        parts = store.split_name(entry.name.removeprefix(prefix)) if entry.name.startswith(prefix) else None
        if parts is not None and parts[0] != session:
            with contextlib.suppress(FileNotFoundError):
                stat = entry.stat()
                found.append((stat.st_mtime, stat.st_size, entry.path))
    return found


def reindex(paths: Paths, own_peers: Collection[str] = ()) -> None:
    """Make `inbox/index.json` say what `inbox/new` holds; files that are no distillation go to quarantine.

    Args:
        own_peers: The peers that are machines of the same person; only their text is given to Claude unasked.
    """
    _reindex(paths, lambda peer: peer in own_peers)


def _reindex(paths: Paths, is_own: Callable[[str], bool | None]) -> None:
    """As `reindex`; for None, files keep the entry they have, and get none (the engine will know)."""
    known = index(paths)
    entries: dict[str, Any] = {}
    for item in store.listed(paths.inbox_new, False):
        name, own = os.path.basename(item[1].path), is_own(item[1].peer)
        if own is None and name not in known:
            continue
        if name not in known and _is_replaced(paths, item[1]):
            store.unlink(item[1].path)
            continue
        try:
            entry = known[name] if name in known else entry_of(store.read(item[1]), item[1].peer, item[0])
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
    """Tell whether a newer revision lies in the inbox: whoever took it in may have died before all was done."""
    return any(
        parts is not None and parts[0] == item.session and parts[1] > item.revision
        for folder in (paths.inbox_new, paths.inbox_seen)
        for name in os.listdir(folder)
        for parts in (
            [store.split_name(name.removeprefix(f"{item.peer}."))] if name.startswith(f"{item.peer}.") else []
        )
    )


def _write_index(paths: Paths, entries: dict[str, Any]) -> None:
    data = {"schema": INDEX_SCHEMA, "entries": entries}
    write_atomic(paths.inbox_index, json.dumps(data).encode("ascii"))


def index(paths: Paths) -> dict[str, Any]:
    """Return the index's entries by file name; of an index that is damaged, none."""
    try:
        with open(paths.inbox_index, "rb") as handle:
            data = json.load(handle)
        entries = data["entries"] if data["schema"] == INDEX_SCHEMA else {}
        return {name: entry for name, entry in entries.items() if isinstance(entry, dict)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def entry_of(distillation: "Distillation", peer: str, received_ns: int) -> dict[str, Any]:
    """Return what the index tells of a hand-off, but for whose machine it comes from."""
    return {
        "project": _bounded(distillation.project.id),
        "peer": peer,
        "session": distillation.session_id,
        "revision": distillation.revision,
        "title": _bounded(distillation.title.removesuffix(f" [{distillation.state}]"), 120),
        "branch": _bounded(distillation.project.branch, 200),
        "head": _bounded(distillation.project.head, 64),
        "ended_at": _bounded(distillation.ended_at, 64),
        "state": _bounded(distillation.state, 100),
        "apart": bool(distillation.project.elsewhere),
        "received_at": received_ns / 1e9,
    }


def _bounded(text: str, most: int = MAX_FIELD) -> str:
    """Return the beginning of a text: so many characters, and no more than four bytes of JSON for each."""
    text = text[:most]
    while len(json.dumps(text)) > 4 * most:
        text = text[: -max(1, len(text) // 8)]
    return text


def forget(paths: Paths, item: Received) -> None:
    """Delete a received hand-off; it will not come again."""
    name = os.path.basename(item.path)
    store.unlink(item.path)
    store_accepted.drop(paths, lambda one: one == name)
    store_earlier.forget(paths, name)
    _reindex(paths, lambda peer: None)


def unsee(paths: Paths, item: Received) -> None:
    """Put a hand-off that was seen back among the new ones, unless it is gone meanwhile."""
    name = os.path.basename(item.path)
    # the index first, as in `accept`; whose machine it is the engine adds
    entry = {**entry_of(store.read(item), item.peer, time.time_ns()), "own": False}
    _write_index(paths, {**index(paths), name: entry})
    with contextlib.suppress(FileNotFoundError):
        os.replace(item.path, os.path.join(paths.inbox_new, name))


def forget_sessions(paths: Paths, now: float) -> None:
    """Delete what was noted for sessions of the client that nobody went on with for long."""
    told = os.listdir(paths.inbox_told) if os.path.isdir(paths.inbox_told) else []
    for path in (paths.inbox_runs, *(os.path.join(paths.inbox_told, name) for name in told)):
        with contextlib.suppress(FileNotFoundError):
            if now - os.stat(path).st_mtime > TOLD_S:
                store.unlink(path)


def drop_peer(paths: Paths, peer: str) -> None:
    """Owe a peer nothing any more, and show nothing more of it by ourselves: what is new counts as seen."""
    store.drop_debts(paths, peer)
    store_accepted.drop(paths, lambda name: name.startswith(f"{peer}."))
    for item in store.received(paths):
        if item.peer == peer and not item.seen:
            with contextlib.suppress(FileNotFoundError):  # shown meanwhile
                os.replace(item.path, os.path.join(paths.inbox_seen, os.path.basename(item.path)))
    store.unlink(store_ledger.path_of(paths, peer))
    sequences.forget(paths, peer)
    if os.path.isdir(paths.inbox_new):
        _reindex(paths, lambda peer: None)
