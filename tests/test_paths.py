"""Where everything is, and files that are there whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from spread.paths import Paths, read_plain, sync_directory, write_atomic

PROPERTIES = [name for name, value in vars(Paths).items() if isinstance(value, property)]


def mode(path: str | Path) -> int:
    """Return a file's permissions."""
    return stat.S_IMODE(os.stat(path).st_mode)


def test_home_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`SPREAD_HOME` says where the home is; unset or empty it is `~/.spread`; an argument wins over both."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SPREAD_HOME", str(tmp_path / "chosen"))
    assert Paths().home == str(tmp_path / "chosen")
    assert Paths(tmp_path / "given").home == str(tmp_path / "given")
    monkeypatch.setenv("SPREAD_HOME", "")
    assert Paths().home == str(tmp_path / ".spread")
    monkeypatch.delenv("SPREAD_HOME")
    assert Paths().home == str(tmp_path / ".spread")


def test_home_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative home stays where it was when the program goes elsewhere."""
    monkeypatch.chdir(tmp_path)
    found = Paths("somewhere")
    monkeypatch.chdir("/")
    assert found.home == str(tmp_path / "somewhere")


def test_everything_is_inside_the_home(tmp_path: Path) -> None:
    """Every path is below the home, and each is another one."""
    found = Paths(tmp_path / "home")
    every = [getattr(found, name) for name in PROPERTIES]
    assert len(every) > 20
    assert all(path.startswith(found.home + os.sep) for path in every)
    assert len(set(every)) == len(every)


def test_nothing_is_made_unasked(tmp_path: Path) -> None:
    """Asking for paths creates nothing."""
    found = Paths(tmp_path / "home")
    for name in PROPERTIES:
        getattr(found, name)
    assert os.listdir(tmp_path) == []


def test_make_is_private_and_safe_to_repeat(tmp_path: Path) -> None:
    """The directories are for the user alone, and making them again leaves what is in them."""
    found = Paths(tmp_path / "home")
    found.make()
    Path(found.outbox, "debt").write_bytes(b"owed")
    found.make()
    assert Path(found.outbox, "debt").read_bytes() == b"owed"
    made = [found.home, *(str(path) for path in Path(found.home).rglob("*") if path.is_dir())]
    assert len(made) > 10
    assert {mode(path) for path in made} == {0o700}


@pytest.mark.parametrize(
    ("beside", "after"), [("", 0o700), (".config.toml.swp", 0o700), ("thesis.tex", 0o755)]
)
def test_make_closes_a_home_made_by_hand(tmp_path: Path, beside: str, after: int) -> None:
    """What `mkdir` left open to others is closed, but not a folder in which the user keeps other things."""
    home = tmp_path / "spread"
    home.mkdir()
    for name in filter(None, ("config.toml", beside)):
        (home / name).touch()
    home.chmod(0o755)
    Paths(home).make()
    assert mode(home) == after


@pytest.mark.parametrize("data", [b"", b"text", bytes(300_000)])
def test_write_atomic(tmp_path: Path, data: bytes) -> None:
    """A file is written whole and private, over whatever was there, with nothing left beside it."""
    target = tmp_path / "file"
    target.write_bytes(b"before")
    os.chmod(target, 0o644)
    write_atomic(str(target), data)
    assert target.read_bytes() == data
    assert mode(target) == 0o600
    assert os.listdir(tmp_path) == ["file"]


def test_write_atomic_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that writes less than asked for gets the rest too."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:3]))
    write_atomic(str(tmp_path / "file"), b"a longer text")
    monkeypatch.undo()
    assert (tmp_path / "file").read_bytes() == b"a longer text"


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_write_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """When any step fails, what was there is still there, and no half-written file beside it."""
    target = tmp_path / "file"
    target.write_bytes(b"before")

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        with pytest.raises(OSError, match="No space"):
            write_atomic(str(target), b"after")
    assert target.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["file"]


def test_write_that_fails_after_the_rename(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt right after the rename is passed on; the file is there whole."""
    real = os.replace

    def replace(source: str, target: str) -> None:
        real(source, target)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            write_atomic(str(tmp_path / "file"), b"after")
    assert (tmp_path / "file").read_bytes() == b"after"
    assert os.listdir(tmp_path) == ["file"]


def test_write_into_no_directory(tmp_path: Path) -> None:
    """A directory that is not there is an error of the system's, and is not made."""
    with pytest.raises(FileNotFoundError):
        write_atomic(str(tmp_path / "none" / "file"), b"data")
    assert os.listdir(tmp_path) == []


def test_sync_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory is made durable, where directories can be opened; elsewhere nothing is done."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    sync_directory(str(tmp_path))
    assert len(synced) == 1
    with pytest.raises(FileNotFoundError):
        sync_directory(str(tmp_path / "none"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        sync_directory(str(tmp_path / "none"))
    assert len(synced) == 1


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    """A project's file may be anything: a pipe is not waited for, a folder and a device are refused."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path(os.devnull)):
        with pytest.raises(OSError, match="plain file"):
            read_plain(str(path), 10)
    (tmp_path / "file").write_bytes(b"abc")
    assert read_plain(str(tmp_path / "file"), 2) == b"ab"
