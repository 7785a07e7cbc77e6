"""File events as hints: something changed below one of our directories, look again.

Where the system has no events, or none any more, the directories are looked at every second instead.
"""

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterable
from typing import Final

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

POLL_S: Final = 1.0
PROBE: Final = ".probe"  # a file whose coming and going must be told
_WRITES = {"created", "modified", "moved", "deleted", "closed"}  # not "opened": our own reads would wake us

log = logging.getLogger("spread.watch")


class _Hint(FileSystemEventHandler):
    def __init__(self, callback: Callable[[], None], heard: threading.Event | None = None) -> None:
        self._callback = callback
        self._heard = heard

    def on_any_event(self, event: FileSystemEvent) -> None:
        # an atomic replace is told as a move: what matters is where it went
        path = os.fsdecode(event.dest_path or event.src_path)
        name = os.path.basename(path)
        if self._heard is not None and name.startswith(PROBE):
            self._heard.set()
        temporary = name.startswith(".")
        if event.event_type in _WRITES and not event.is_directory and not temporary:
            self._callback()


class Watch:
    """Watches directories until closed; calls back from another thread.

    Events are hints only: some file systems have none, and a watch goes deaf when its directory is made anew, so the
    owner also scans, and asks `check` now and then.

    Args:
        folders: Watched with all below them.
        shallow: Watched without.
    """

    def __init__(self, folders: list[str], callback: Callable[[], None], shallow: Iterable[str] = ()) -> None:
        self.polling = False
        self._folders = {**dict.fromkeys(shallow, False), **dict.fromkeys(folders, True)}
        self._callback = callback
        self._heard = threading.Event()
        self._probed = False
        self.sure = False  # that it hears, as the last `check` found
        self._start()

    def _start(self) -> None:
        self._seen = {folder: _identity(folder) for folder in self._folders}
        try:
            self._observer = self._observe(PollingObserver(timeout=POLL_S) if self.polling else Observer())
        except OSError as problem:  # no inotify, or its instances and watches are used up
            if self.polling:
                raise
            self._poll(problem.strerror or type(problem).__name__)

    def _poll(self, why: str) -> None:
        log.warning("file events cannot be had (%s): looking every %g s", why, POLL_S)
        self.polling = True
        self._observer = self._observe(PollingObserver(timeout=POLL_S))

    def _observe(self, observer: BaseObserver) -> BaseObserver:
        try:
            for folder, deep in self._folders.items():
                # of a link itself nothing is told
                observer.schedule(
                    _Hint(self._callback, self._heard), os.path.realpath(folder), recursive=deep
                )
            observer.start()
        except OSError:
            observer.stop()  # what had started
            raise
        return observer

    def probe(self) -> None:
        """Make a change that must be told; `check` finds out whether it was."""
        self._heard.clear()
        path = os.path.join(
            next(folder for folder, deep in self._folders.items() if deep), f"{PROBE}.{os.getpid()}"
        )
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
            os.unlink(path)
            self._probed = True

    def check(self) -> bool:
        """Begin anew where the watch has gone deaf; tell whether it had, as then something may have been missed.

        Raises:
            OSError: A directory is gone.
        """
        probed, self._probed, self.sure = self._probed, False, False
        deaf = probed and not self._heard.is_set() and not self.polling
        same = self._seen == {folder: _identity(folder) for folder in self._folders}
        alive = self._observer.is_alive() and all(emitter.is_alive() for emitter in self._observer.emitters)
        self.sure = same and alive and not deaf
        if self.sure:
            return False
        self.close()
        if deaf:
            self._poll("a change was not told")
        else:
            self._start()
        return True

    def close(self) -> None:
        """Stop watching; never raises."""
        with contextlib.suppress(Exception):
            self._observer.stop()
            self._observer.join(2)


def _identity(folder: str) -> tuple[int, int]:
    found = os.stat(folder)
    return found.st_dev, found.st_ino
