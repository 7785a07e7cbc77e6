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
_STARTED: Final = b"from spread.cli import main"  # by a hook


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
        # For reading: an engine may run on where the disk has become read-only.
        handle = os.open(paths.engine_lock, os.O_RDONLY)
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
    began = quiet_since = told_at = time.monotonic()
    told: set[tuple[int, int]] = set()
    while True:
        pids = _engines(paths)
        now = time.monotonic()
        if pids or is_running(paths):
            quiet_since = now
        elif now - quiet_since >= settle_s:
            return bool(told)
        number = signal.SIGKILL if now - began > wait_s else signal.SIGTERM
        for pid in pids:
            if (pid, number) not in told:
                told.add((pid, number))
                told_at = now  # it has its time from here, however late we are ourselves
                with contextlib.suppress(ProcessLookupError, OverflowError):
                    os.kill(pid, number)
        if now - began > 2 * wait_s + settle_s and now - told_at > wait_s:
            raise StoreError(
                "the engine does not end", why=f"process {_read_pid(paths)} holds {paths.engine_lock}",
                hint="end that process, then run this again",
            )  # fmt: skip
        time.sleep(0.02)


def _engines(paths: Paths) -> set[int]:
    """Return the engine that holds the lock, and those that are about to (seen where there is a /proc)."""
    found: set[int] = set()
    pid = _read_pid(paths)
    if is_running(paths) and pid.isdecimal() and _is_engine(int(pid)):
        found.add(int(pid))
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if name.isdecimal() and _STARTED in _proc(name, "cmdline") and _is_engine(int(name)):
            environment = dict(
                line.partition(b"=")[::2] for line in _proc(name, "environ").split(b"\0") if line
            )
            if not environment:  # another user's, who may write what they like on a command line
                continue
            home = environment.get(b"SPREAD_HOME") or os.path.join(environment.get(b"HOME", b""), b".spread")
            if os.path.abspath(os.fsdecode(home)) == paths.home:
                found.add(int(name))
    return found


def _is_engine(pid: int) -> bool:
    """Tell whether a process can be an engine of ours; where that cannot be seen, the lock must be enough."""
    if os.path.isdir("/proc/self"):
        return b"sync" in _proc(str(pid), "cmdline").split(b"\0") and pid != os.getpid()
    return pid > 1


def _proc(pid: str, what: str) -> bytes:
    try:
        with open(f"/proc/{pid}/{what}", "rb") as handle:
            return handle.read()
    except OSError:
        return b""


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
    """Tell whether a process may still write; one that only waits to be reaped does not (where there is a /proc)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not _proc(str(pid), "stat").rpartition(b")")[2].lstrip().startswith((b"Z", b"X"))
