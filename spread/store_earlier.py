"""Revisions that newer ones have replaced in the inbox: a few are kept, to see what changed.

`inbox/earlier/<peer>.<session>.<revision>.md`. Nothing rests on them, and no session is ever shown one.
"""

import contextlib
import os
from typing import Final

from spread.paths import Paths

SUFFIX: Final = ".md"
MAX_OF_SESSION: Final = 5
MAX_BYTES: Final = 32 << 20  # of one peer


def keep(paths: Paths, path: str) -> None:
    """Take a replaced file of the inbox; where that fails it just goes, as nothing rests on it."""
    name = os.path.basename(path)
    try:
        os.makedirs(paths.inbox_earlier, mode=0o700, exist_ok=True)
        os.replace(path, os.path.join(paths.inbox_earlier, name))
        _bound(paths, name)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _bound(paths: Paths, name: str) -> None:
    """Delete what is too much of a session or of its peer, the oldest first."""
    peer = name.partition(".")[0]
    for _, path in of(paths, name)[MAX_OF_SESSION:]:
        os.unlink(path)
    total = 0
    found = [entry for entry in os.scandir(paths.inbox_earlier) if entry.name.startswith(f"{peer}.")]
    for entry in sorted(found, key=lambda entry: -entry.stat().st_mtime_ns):
        total += entry.stat().st_size
        if total > MAX_BYTES:
            os.unlink(entry.path)


def of(paths: Paths, name: str) -> list[tuple[int, str]]:
    """Return number and path of the kept revisions of a session, newest first.

    Args:
        name: `<peer>.<session>.<revision>.md` of any of them.
    """
    whose = name.removesuffix(SUFFIX).rpartition(".")[0]
    found = []
    for entry in os.scandir(paths.inbox_earlier) if os.path.isdir(paths.inbox_earlier) else []:
        head, _, number = entry.name.removesuffix(SUFFIX).rpartition(".")
        if head == whose and number.isascii() and number.isdigit():
            found.append((int(number), entry.path))
    return sorted(found, reverse=True)


def forget(paths: Paths, name: str) -> None:
    """Delete all that is kept of a session."""
    for _, path in of(paths, name):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
