"""File events as hints: what was changed is told, what we only read is not."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.events import (
    DirCreatedEvent,
    FileClosedEvent,
    FileClosedNoWriteEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileOpenedEvent,
    FileSystemEvent,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from spread import watch
from spread.paths import write_atomic
from spread.watch import Watch

PATIENCE_S = 60.0


class Hints:
    """Counts hints, and lets a test wait for one."""

    def __init__(self) -> None:
        self.came = threading.Event()

    def __call__(self) -> None:
        self.came.set()

    def wait(self) -> bool:
        """Wait for a hint; tell whether one came."""
        return self.came.wait(PATIENCE_S)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, Hints]]:
    """A directory that is watched."""
    folder = tmp_path / "watched"
    folder.mkdir()
    hints = Hints()
    watching = Watch([str(folder)], hints)
    assert not watching.polling
    yield folder, hints
    watching.close()


# -- which events count ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "counts"),
    [
        (FileCreatedEvent("/d/file"), True), (FileModifiedEvent("/d/file"), True), (FileClosedEvent("/d/file"), True),
        (FileDeletedEvent("/d/file"), True), (FileMovedEvent("/d/.file.tmp", "/d/file"), True),
        (FileMovedEvent("/d/file", "/d/.file.tmp"), False), (FileCreatedEvent("/d/.file.tmp"), False),
        (FileOpenedEvent("/d/file"), False), (FileClosedNoWriteEvent("/d/file"), False),
        (DirCreatedEvent("/d/folder"), False), (FileCreatedEvent(b"/d/file"), True),
    ],
)  # fmt: skip
def test_which_events_count(event: FileSystemEvent, counts: bool) -> None:
    """Writes under a final name count; temporary files, directories, and what our own reading makes do not."""
    hints = Hints()
    watch._Hint(hints).dispatch(event)
    assert hints.came.is_set() == counts


# -- the real thing ----------------------------------------------------------------------------------------


def test_new_file_is_told(watched: tuple[Path, Hints]) -> None:
    """A file that a hook leaves is told."""
    folder, hints = watched
    (folder / "checkpoint").write_bytes(b"{}\n")
    assert hints.wait()


def test_atomic_replace_is_told(watched: tuple[Path, Hints]) -> None:
    """A file put whole under its name is told, though only its rename shows that name."""
    folder, hints = watched
    write_atomic(str(folder / "debt.1.md"), b"text")
    assert hints.wait()


def test_file_in_a_new_folder_is_told(watched: tuple[Path, Hints]) -> None:
    """A file moved into a folder that did not exist when watching began is told."""
    folder, hints = watched
    outside = folder.parent / "file"
    outside.write_bytes(b"text")
    (folder / "peer").mkdir()
    os.rename(outside, folder / "peer" / "debt.1.md")
    assert hints.wait()


def test_deleted_file_is_told(tmp_path: Path) -> None:
    """A file that goes is told."""
    (tmp_path / "debt").write_bytes(b"text")
    hints = Hints()
    watching = Watch([str(tmp_path)], hints)
    os.unlink(tmp_path / "debt")
    assert hints.wait()
    watching.close()


def test_several_folders(tmp_path: Path) -> None:
    """Each of the folders is watched."""
    hints = Hints()
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    watching = Watch([str(folder) for folder in folders], hints)
    for folder in folders:
        hints.came.clear()
        (folder / "file").write_bytes(b"")
        assert hints.wait()
    watching.close()


def test_links_to_folders(tmp_path: Path) -> None:
    """What is in a folder is told, also where a link leads to it; a link that leads elsewhere is another folder."""
    for name in ("one", "two"):
        (tmp_path / name / "deep").mkdir(parents=True)
    home = tmp_path / "home"
    home.symlink_to(tmp_path / "one")
    hints = Hints()
    watching = Watch([str(home / "deep")], hints, shallow=[str(home)])
    for folder in ("home", "home/deep", "one", "one/deep"):
        hints.came.clear()
        (tmp_path / folder / "file").write_bytes(b"text")
        assert hints.wait()
    home.unlink()
    home.symlink_to(tmp_path / "two")
    assert watching.check()
    hints.came.clear()
    (home / "file").write_bytes(b"text")
    assert hints.wait()
    watching.close()


def test_closed_watch_is_silent(tmp_path: Path) -> None:
    """After closing nothing is told, no thread is left, and closing again is no error."""
    before = set(threading.enumerate())  # some of which may just be ending
    hints = Hints()
    watching = Watch([str(tmp_path)], hints)
    assert set(threading.enumerate()) - before
    watching.close()
    assert set(threading.enumerate()) <= before
    (tmp_path / "file").write_bytes(b"")
    watching.close()
    assert not hints.came.is_set()


# -- where file events cannot be had -----------------------------------------------------------------------


@pytest.mark.parametrize("started", [0, 1])
def test_without_inotify_it_polls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: int) -> None:
    """Where the system's events are used up, also half-way, the directories are looked at every second instead."""

    def used_up(observer: BaseObserver) -> None:
        for emitter in list(observer.emitters)[:started]:
            emitter.start()
        raise OSError(24, "inotify watch limit reached")

    monkeypatch.setattr(Observer, "start", used_up)
    before = set(threading.enumerate())
    hints = Hints()
    watching = Watch([str(tmp_path)], hints)
    assert watching.polling
    (tmp_path / "file").write_bytes(b"text")
    assert hints.wait()
    watching.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "what had started is stopped"


def test_missing_folder_is_told(tmp_path: Path) -> None:
    """A directory that is not there is an error, not a watch that sees nothing."""
    with pytest.raises(FileNotFoundError):
        Watch([str(tmp_path / "none")], Hints())


# -- what goes deaf ----------------------------------------------------------------------------------------


def test_a_watch_that_hears_stays(watched: tuple[Path, Hints], tmp_path: Path) -> None:
    """Nothing has changed, the probe was heard and told nobody: it goes on as it is."""
    folder, _ = watched
    hints = Hints()
    watching = Watch([str(folder)], hints)
    watching.probe()
    assert watching._heard.wait(PATIENCE_S)
    assert not watching.sure, "nothing was found out yet"
    assert not watching.check()
    assert watching.sure
    assert not watching.polling
    assert not hints.came.is_set()
    watching.close()


def test_a_folder_that_is_made_anew(tmp_path: Path) -> None:
    """The watch begins anew, says so once, and hears what comes."""
    folder = tmp_path / "watched"
    folder.mkdir()
    hints = Hints()
    watching = Watch([str(folder)], hints)
    assert not watching.check()
    assert watching.sure
    folder.rename(tmp_path / "away")
    with pytest.raises(FileNotFoundError):
        watching.check()
    assert not watching.sure
    folder.mkdir()
    assert watching.check()
    assert not watching.sure, "it may have been made anew again, before it was watched"
    assert not watching.check()
    assert watching.sure
    hints.came.clear()
    (folder / "file").write_bytes(b"text")
    assert hints.wait()
    assert not watching.polling
    watching.close()


def test_where_changes_are_not_told_it_polls(tmp_path: Path) -> None:
    """A directory that tells nothing, as on some file systems: the probe is not heard."""
    folder = tmp_path / "watched"
    folder.mkdir()
    hints = Hints()
    watching = Watch([str(folder)], hints)
    folder.rename(tmp_path / "away")  # what is watched is there, and not where we make changes
    folder.mkdir()
    watching._seen = {str(folder): watch._identity(str(folder))}
    watching.probe()
    assert watching.check()
    assert watching.polling
    (folder / "file").write_bytes(b"text")
    assert hints.wait()
    watching.probe()
    assert not watching.check(), "it polls already"
    watching.close()


def test_a_watch_that_died_begins_anew(tmp_path: Path) -> None:
    """Whatever ended its threads."""
    watching = Watch([str(tmp_path)], Hints())
    watching._observer.stop()
    watching._observer.join(PATIENCE_S)
    assert watching.check()
    assert watching._observer.is_alive()
    watching.close()


def test_shallow_folders(tmp_path: Path) -> None:
    """Of a folder that is watched without what is below, only its own files count."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "other").mkdir()
    hints = Hints()
    watching = Watch([str(tmp_path / "deep")], hints, shallow=[str(tmp_path)])
    (tmp_path / "other" / "file").write_bytes(b"")
    (tmp_path / "paused").write_bytes(b"")
    assert hints.wait()
    hints.came.clear()
    (tmp_path / "deep" / "file").write_bytes(b"")
    assert hints.wait()
    watching.close()
