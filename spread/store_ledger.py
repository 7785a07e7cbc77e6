"""What has come of each peer, session by session: nothing comes twice, even after it was shown or forgotten."""

import contextlib
import json
import os
from typing import Final

from spread import store, store_damage
from spread.errors import StoreError
from spread.paths import Paths, write_atomic

# sessions remembered of a peer; what was sealed 15 days ago cannot be opened any more
MAX_LEDGER: Final = 4000


def held(paths: Paths, peer: str, session: str) -> tuple[int, str] | None:
    """Return the newest revision that came of a session, and the SHA-256 of what came; None: none ever came."""
    return load(paths, peer).get(session)


def keep(paths: Paths, peer: str, identity: bytes) -> None:
    """A peer is about to go: should it be paired again, mail of before must not count as new."""
    ledger = load(paths, peer)
    if ledger:
        write_atomic(path_of(paths, identity.hex()), json.dumps(ledger).encode("ascii"))


def recall(paths: Paths, peer: str, identity: bytes) -> None:
    """A machine is paired, maybe again: what it has sent before came already."""
    with contextlib.suppress(FileNotFoundError):
        os.replace(path_of(paths, identity.hex()), path_of(paths, peer))


def note(
    paths: Paths, peer: str, ledger: dict[str, tuple[int, str]], session: str, came: tuple[int, str]
) -> None:
    """Add the newest revision that came of a session, and its digest."""
    ledger.pop(session, None)  # what came last stands last
    ledger[session] = came
    while len(ledger) > MAX_LEDGER:
        del ledger[next(iter(ledger))]
    write_atomic(path_of(paths, peer), json.dumps(ledger).encode("ascii"))


def load(paths: Paths, peer: str) -> dict[str, tuple[int, str]]:
    """Return revision and digest by session; of a damaged ledger, what the inbox still tells.

    Raises:
        StoreError: It cannot be read.
    """
    path = path_of(paths, peer)
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
    for item in store.received(paths):  # of what is there nothing comes twice
        if item.peer == peer and item.revision > made.get(item.session, (0, ""))[0]:
            made[item.session] = (item.revision, "")
    write_atomic(path, json.dumps(made).encode("ascii"))
    return made


def path_of(paths: Paths, peer: str) -> str:
    """Return the ledger's file."""
    return os.path.join(paths.ledger, peer + ".json")
