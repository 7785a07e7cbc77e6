"""One engine per `SPREAD_HOME`: the lock, who holds it, and what a killed one left half-written."""

import contextlib
import fcntl
import glob
import os
import signal
import time
from collections.abc import Iterator
from typing import Final

from spread.errors import StoreError
from spread.paths import Paths

LOCK_TRIES: Final = 5
STOP_WAIT_S: Final = 10.0


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


def stop(paths: Paths, *, wait_s: float = STOP_WAIT_S, settle_s: float = 0.0) -> bool:
    """Have a running engine end, by SIGTERM and after `wait_s` by SIGKILL; tell whether there was one.

    Args:
        settle_s: Watch for so long whether one that a hook has just started appears.

    Raises:
        StoreError: It runs on.
    """
    began = quiet_since = time.monotonic()
    told: set[tuple[int, int]] = set()
    while (running := is_running(paths)) or time.monotonic() - quiet_since < settle_s:
        if not running:
            time.sleep(0.02)
            continue
        quiet_since = time.monotonic()
        waited = time.monotonic() - began
        if waited > 2 * wait_s:
            raise StoreError(
                "the engine does not end", why=f"process {_read_pid(paths)} holds {paths.engine_lock}",
                hint="end that process, then run this again",
            )  # fmt: skip
        number = signal.SIGKILL if waited > wait_s else signal.SIGTERM
        pid = _read_pid(paths)
        if pid.isdecimal() and (int(pid), number) not in told and _is_engine(int(pid)):
            told.add((int(pid), number))
            with contextlib.suppress(ProcessLookupError, OverflowError):
                os.kill(int(pid), number)
        time.sleep(0.02)
    return bool(told)


def _is_engine(pid: int) -> bool:
    """Tell whether a process can be an engine of ours; where that cannot be seen, the lock must be enough."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as handle:
            return b"sync" in handle.read().split(b"\0")
    except OSError:
        return not os.path.isdir("/proc/self") and pid > 1


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
