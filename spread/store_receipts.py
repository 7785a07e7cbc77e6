"""What peers are still to be told: that we hold what they have sent, and our new sealing key."""

import contextlib
import json
import os
from typing import Any, Final

from spread import store
from spread.paths import Paths, write_atomic

MAX_RECEIPTS: Final = 1000  # that wait for one peer
CONTACT: Final = "contact.json"  # among receipts, whose names have a revision


def put(paths: Paths, peer: str, session: str, revision: int) -> None:
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


def waiting(paths: Paths) -> list[tuple[str, str, float]]:
    """Return what is to be told: peer, file name, since when (unix seconds)."""
    found = []
    for peer in sorted(os.listdir(paths.receipts)) if os.path.isdir(paths.receipts) else []:
        folder = os.path.join(paths.receipts, peer)
        for entry in os.scandir(folder) if os.path.isdir(folder) else []:
            if entry.name == CONTACT or _of_receipt(entry.name):
                with contextlib.suppress(FileNotFoundError):  # sent meanwhile
                    found.append((peer, entry.name, entry.stat().st_mtime))
    return found


def read(paths: Paths, peer: str, name: str) -> dict[str, Any] | None:
    """Return a receipt to be sent, or None if it was sent meanwhile; its name says it all."""
    if not os.path.exists(os.path.join(paths.receipts, peer, name)):
        return None
    session, revision = _of_receipt(name) or ("", 0)
    return {"session": session, "revision": revision} if session else {}


def _of_receipt(name: str) -> tuple[str, int] | None:
    return store.split_name(name.removesuffix(".json") + store.SUFFIX) if name.endswith(".json") else None


def drop(paths: Paths, peer: str, name: str) -> None:
    """A route has taken a receipt: it is no longer to be sent."""
    store.unlink(os.path.join(paths.receipts, peer, name))
