"""One engine per `SPREAD_HOME`: the lock, who holds it, and what a killed one left half-written."""

import contextlib
import fcntl
import glob
import os
import time
from collections.abc import Iterator
from typing import Final

from spread.errors import StoreError
from spread.paths import Paths

LOCK_TRIES: Final = 5


@contextlib.contextmanager
def locked(paths: Paths) -> Iterator[None]:
    """Hold the engine's lock; the system releases it when the process dies, however it dies.

    Raises:
        StoreError: Another engine holds it.
    """
    paths.make()
    handle = os.open(paths.engine_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try_lock(handle):
            raise StoreError(
                "an engine is already running", why=f"process {_read_pid(paths)} holds {paths.engine_lock}",
                hint="see `spread status`",
            )  # fmt: skip
        yield
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool:
    """Take the lock; a few tries, since whoever only asks whether it is held holds it for an instant."""
    for left in reversed(range(LOCK_TRIES)):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if left:
                time.sleep(0.02)
        else:
            return True
    return False


def _read_pid(paths: Paths) -> str:
    try:
        with open(paths.engine_pid, encoding="ascii") as handle:
            return handle.read(20).strip()
    except (OSError, UnicodeDecodeError):
        return "unknown"


def is_running(paths: Paths) -> bool:
    """Tell whether an engine holds the lock."""
    try:
        handle = os.open(paths.engine_lock, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)  # two who ask do not hinder each other
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def stamp(paths: Paths) -> tuple[int, int] | None:
    """Return what tells this lock from one that another engine made anew, None if there is none any more."""
    try:
        found = os.stat(paths.engine_lock)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def sweep(paths: Paths) -> None:
    """Delete what `write_atomic` left unfinished when its process died: `.<name>.<pid>.<random>.tmp`."""
    everywhere = os.path.join(glob.escape(paths.home), "**", ".*.*.*.tmp")
    for path in glob.glob(everywhere, recursive=True, include_hidden=True):
        with contextlib.suppress(OSError, OverflowError, ValueError):
            if not _is_alive(int(path.split(".")[-3])):
                os.unlink(path)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
