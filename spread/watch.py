"""File events as hints: something changed below one of our directories, look again."""

import contextlib
import os
from collections.abc import Callable

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

_WRITES = {"created", "modified", "moved", "deleted", "closed"}  # not "opened": our own reads would wake us


class _Hint(FileSystemEventHandler):
    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback = callback

    def on_any_event(self, event: FileSystemEvent) -> None:
        # an atomic replace is told as a move: what matters is where it went
        path = os.fsdecode(event.dest_path or event.src_path)
        temporary = os.path.basename(path).startswith(".")
        if event.event_type in _WRITES and not event.is_directory and not temporary:
            self._callback()


class Watch:
    """Watches directories until closed; calls back from another thread.

    Events are hints only: some file systems have none, and a watch can go deaf, so the owner also scans.
    """

    def __init__(self, folders: list[str], callback: Callable[[], None]) -> None:
        self.polling = False
        try:
            self._observer = self._start(Observer(), folders, callback)
        except OSError:  # no inotify, or its instances and watches are used up
            self.polling = True
            self._observer = self._start(PollingObserver(timeout=1), folders, callback)

    @staticmethod
    def _start(observer: BaseObserver, folders: list[str], callback: Callable[[], None]) -> BaseObserver:
        try:
            for folder in folders:
                observer.schedule(_Hint(callback), folder, recursive=True)
            observer.start()
        except OSError:
            observer.stop()  # what had started
            raise
        return observer

    def close(self) -> None:
        """Stop watching; never raises."""
        with contextlib.suppress(Exception):
            self._observer.stop()
            self._observer.join(2)
