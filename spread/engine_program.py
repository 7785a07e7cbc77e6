"""Whether an update has put another program in the place of the one that runs, and how the new one takes over."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Final, NoReturn

import spread
from spread.engine_pulse import BEAT_S

SETTLED_S: Final = 3 * BEAT_S  # an installer is long done with a file that was not touched for so long
CHECK_S: Final = 30.0

log = logging.getLogger("spread.engine")


class Resting:
    """The stamp of a file that others write, and for how long it has been the same: half a file tells nothing.

    Args:
        read: Returns the stamp.
    """

    def __init__(self, read: Callable[[], object]) -> None:
        self._read = read
        self._seen = read()
        self._since = time.monotonic()

    def now(self) -> tuple[object, float]:
        """Return the stamp, and seconds since a look first found it."""
        stamp, now = self._read(), time.monotonic()
        if stamp != self._seen:
            self._seen, self._since = stamp, now
        return stamp, now - self._since


class Program:
    """Finds out whether the package that we were read from is another one by now.

    Its first file tells: an installer writes it anew, and a new version says so in it. What is not there, as between
    the old files and the new ones, is no program.
    """

    def __init__(self) -> None:
        self._file = os.path.abspath(spread.__file__)
        self._known: object = self._stamp()
        self._resting = Resting(self._stamp)

    def replaced(self) -> bool | None:
        """Tell whether it is, and can be run; None: ask again in `BEAT_S`, as it was only just written."""
        stamp, rested = self._resting.now()
        if stamp in (None, self._known):
            return False
        if rested < SETTLED_S:
            return None
        self._known = stamp
        if not _runs():
            log.warning("claude-spread was replaced by what does not run: this engine stays")
            return False
        log.info("claude-spread was replaced: the new one takes over")
        return True

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._file)
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns


def _command() -> tuple[list[str], list[str]]:
    """Return how Python was told to run us, and our own arguments."""
    count = len(sys.argv) - 1
    words = [sys.executable, *sys.orig_argv[1:]]
    return words[: len(words) - count], sys.argv[1:]


def _runs() -> bool:
    try:
        done = subprocess.run(
            [*_command()[0], "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=CHECK_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def take_over() -> NoReturn:
    """Become the new program, as the same process, by the same command.

    Raises:
        OSError: The interpreter cannot be run.
    """
    before, own = _command()
    os.execv(before[0], [*before, *own])  # noqa: S606 - no shell is wanted
