"""What was owed and is paid: one copy of the newest revision of each session, to look up and to search."""

import contextlib
import os

from spread import store
from spread.paths import Paths, sync_directory


def settle(paths: Paths, peer: str, session: str, revision: int) -> bool:
    """Pay exactly one debt and keep what it was; tell whether it was there."""
    if not store.is_session(session):
        return False
    folder = os.path.join(paths.outbox, peer)
    name = f"{session}.{revision}{store.SUFFIX}"
    if not os.path.exists(os.path.join(folder, name)):
        return False
    # an older one is still there if we died before it went; left behind, it would count as work of its own
    store.drop_older(folder, session, revision)
    try:
        os.makedirs(paths.sent, mode=0o700, exist_ok=True)
        os.replace(os.path.join(folder, name), os.path.join(paths.sent, name))
    except FileNotFoundError:
        return False
    except OSError:  # it is paid all the same
        return store.settle(paths, peer, session, revision)
    sync_directory(folder)
    newest = max(item.revision for item in kept(paths, session))
    for item in kept(paths, session):
        if item.revision < newest:  # the receipt of an older one may come last
            with contextlib.suppress(FileNotFoundError):
                os.unlink(item.path)
    return True


def read(paths: Paths, debt: store.Owed) -> bytes:
    """Return what a debt was that is paid; nothing if that is not kept."""
    try:
        with open(os.path.join(paths.sent, debt.name), "rb") as handle:
            return handle.read()
    except OSError:
        return b""


def kept(paths: Paths, session: str = "") -> list[store.Received]:
    """Return what was sent and is paid, what was sent last first; or only that of one session."""
    found = []
    for entry in os.scandir(paths.sent) if os.path.isdir(paths.sent) else []:
        parts = store.split_name(entry.name)
        if parts is not None and session in ("", parts[0]):
            with contextlib.suppress(FileNotFoundError):
                found.append((entry.stat().st_mtime_ns, store.Received("", *parts, True, entry.path)))
    return [item for _, item in sorted(found, key=lambda pair: (-pair[0], pair[1].path))]


def sent(paths: Paths) -> list[store.Received]:
    """Return what this machine has sent or owes, each session's newest revision once, what is newest first."""
    newest: dict[str, tuple[float, store.Received]] = {}
    for debt in store.owed(paths):
        path = os.path.join(paths.outbox, debt.peer, debt.name)
        item = store.Received("", debt.session, debt.revision, False, path)
        if debt.session not in newest or newest[debt.session][1].revision < debt.revision:
            newest[debt.session] = debt.since, item
    for item in kept(paths):
        if item.session not in newest or newest[item.session][1].revision < item.revision:
            with contextlib.suppress(FileNotFoundError):
                newest[item.session] = os.stat(item.path).st_mtime, item
    return [item for _, item in sorted(newest.values(), key=lambda pair: -pair[0])]


def find(paths: Paths, wanted: str) -> store.Received:
    """Return the hand-off with this id, or this beginning of one: received, else sent.

    Raises:
        StoreError: None, or more than one; also one of ours and a received one that has the session of ours.
    """
    item = store.pick(wanted, store.received(paths), lambda: sent(paths))
    if wanted == "latest" or "/" in wanted or not item.peer:
        return item
    ours = [one for one in sent(paths) if one.session == item.session and one.id.startswith(wanted)]
    return store.pick(wanted, [item, *ours])
