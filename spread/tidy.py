"""What keeps our directories from growing for ever: dead sessions, hand-offs seen or sent long ago, quarantine."""

import contextlib
import os
from typing import Final

from spread import search, store_damage, store_inbox
from spread.paths import Paths

INTERVAL_S: Final = 86_400.0
SESSIONS_S: Final = 180 * 86_400.0  # the client itself deletes its sessions after 30 days
STATES_S: Final = 14 * 86_400.0  # of a session that nobody went on with; after that it is read in full
SEEN_S: Final = 90 * 86_400.0


def tidy(paths: Paths, now: float) -> int:
    """Delete what nobody needs any more; return how many files.

    A session that is gone on with after all begins with revision 1: its peers then tell which one they hold, and it
    goes on from there.

    A clock may be years ahead, as where a machine starts without one: it is a day after what we keep was last added to,
    at most. Where that is long ago, what is old waits for the next hand-off.

    Args:
        now: Unix seconds.
    """
    now = min(now, _newest(paths.sessions, paths.sent, paths.inbox_seen, or_else=now) + INTERVAL_S)
    store_inbox.forget_sessions(paths, now)
    handoffs = _older(paths.inbox_seen, now - SEEN_S) + _older(paths.sent, now - SEEN_S)
    if handoffs:
        search.follow(paths)
    others = _older(paths.sessions, now - SESSIONS_S) + _older(paths.inbox_earlier, now - SEEN_S)
    others += _older(paths.sessions, now - STATES_S, ".state")
    return handoffs + others + store_damage.sweep(paths, now)


def _older(folder: str, before: float, ending: str = "") -> int:
    gone = 0
    for entry in os.scandir(folder) if os.path.isdir(folder) else []:
        with contextlib.suppress(OSError):
            if entry.name.endswith(ending) and entry.stat(follow_symlinks=False).st_mtime < before:
                os.unlink(entry.path)
                gone += 1
    return gone


def _newest(*folders: str, or_else: float) -> float:
    changed = []
    for folder in folders:
        for entry in os.scandir(folder) if os.path.isdir(folder) else []:
            with contextlib.suppress(OSError):
                changed.append(entry.stat(follow_symlinks=False).st_mtime)
    return max(changed, default=or_else)
