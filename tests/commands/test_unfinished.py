"""What is kept of a share that broke off."""

import errno
import hashlib
import os
import time
from pathlib import Path

import pytest

from spread.commands.unfinished import KEPT_S, Unfinished, sweep
from spread.paths import Paths

DATA = b"weeks are seven days" * 5000
SHA = hashlib.sha256(DATA).hexdigest()


def kept(home: Paths) -> list[Path]:
    """Return what lies in our home."""
    return sorted(Path(home.unfinished).iterdir())


def test_it_goes_on_where_it_broke_off(home: Paths) -> None:
    """What was added is there for the next one, private, until it is whole; then it is gone."""
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as first:
        first.add(DATA[:7000])
    (path,) = kept(home)
    assert path.stat().st_mode & 0o777 == 0o600
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as second:
        assert second.have == 7000
        second.add(DATA[7000:])
        assert second.whole() == DATA
    assert kept(home) == []


def test_what_is_added_outlives_a_sudden_death(home: Paths) -> None:
    """Nothing waits in a buffer for a goodbye."""
    dying = Unfinished(home, "a7f3b2", SHA, len(DATA))
    dying.add(DATA[:10])
    assert kept(home)[0].read_bytes() == DATA[:10]
    dying._file.close()


def test_another_room_or_content_knows_nothing_of_it(home: Paths) -> None:
    """A sender elsewhere that announces the same hash cannot find out what we have."""
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as first:
        first.add(DATA[:7000])
    for room, sha, size in (
        ("b7f3b2", SHA, len(DATA)),
        ("a7f3b2", "0" * 64, len(DATA)),
        ("a7f3b2", SHA, 7000),
    ):
        with Unfinished(home, room, sha, size) as other:
            assert other.have == 0
    assert len(kept(home)) == 1  # who has nothing leaves nothing


def test_what_turns_out_wrong_is_dropped(home: Paths) -> None:
    """Altered on disk, cut or padded: not returned, and not gone on with."""
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as first:
        first.add(b"!" + DATA[1:7000])
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as second:
        second.add(DATA[7000:])
        assert second.whole() is None
    assert kept(home) == []
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as third:
        third.add(DATA)
        kept(home)[0].write_bytes(DATA + b"more")
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as fourth:
        assert fourth.have == 0


def test_two_at_once_do_not_mix(home: Paths) -> None:
    """The second one keeps what comes to itself."""
    with (
        Unfinished(home, "a7f3b2", SHA, len(DATA)) as one,
        Unfinished(home, "a7f3b2", SHA, len(DATA)) as two,
    ):
        one.add(DATA[:10])
        two.add(DATA)
        assert two.whole() == DATA
        assert kept(home)[0].read_bytes() == DATA[:10]


@pytest.mark.parametrize("disk", ["the same", "another"])
def test_what_is_whole_is_moved(
    home: Paths, tmp_path: Path, disk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the place of what is there, private, and is kept no more; from another disk it is copied."""
    replace = os.replace

    def refuse(source: str, target: str) -> None:
        if source.startswith(home.unfinished):
            raise OSError(errno.EXDEV, "another disk")
        replace(source, target)

    if disk == "another":
        monkeypatch.setattr(os, "replace", refuse)
    out = tmp_path / "out"
    out.write_text("mine")
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as one:
        one.add(DATA)
        assert one.move_to(str(out))
    assert out.read_bytes() == DATA
    assert out.stat().st_mode & 0o777 == 0o600
    assert kept(home) == []


def test_what_is_not_whole_is_not_moved(home: Paths, tmp_path: Path) -> None:
    """Nor what is something else; what cannot be put where it should go is kept."""
    out = tmp_path / "out"
    for data in (DATA[1:], b"!" + DATA[1:]):
        with Unfinished(home, "a7f3b2", SHA, len(DATA)) as one:
            one.add(data)
            assert not one.move_to(str(out))
        assert kept(home) == []
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as one:
        one.add(DATA)
        with pytest.raises(FileNotFoundError):
            one.move_to(str(tmp_path / "nowhere" / "out"))
    assert len(kept(home)) == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("parts", "is_text"), [((b"\xc3", b"\xa9"), True), ((b"\xc3",), False), ((b"\xff", b"a"), False)]
)
def test_text_is_told_from_the_rest(home: Paths, parts: tuple[bytes, ...], is_text: bool) -> None:
    """Wherever a character was cut in two."""
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as one:
        for part in parts:
            one.add(part)
        assert one.is_text() is is_text
        one.start_anew()
        assert one.is_text()


def test_a_link_is_not_followed(home: Paths, tmp_path: Path) -> None:
    """Should somebody have put one in our home, nothing is written through it."""
    with Unfinished(home, "a7f3b2", SHA, len(DATA)) as first:
        first.add(b"x")
    (path,) = kept(home)
    path.unlink()
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path.symlink_to(victim)
    try:
        Unfinished(home, "a7f3b2", SHA, len(DATA))
    except OSError:
        pass
    else:
        raise AssertionError("it was opened")
    assert victim.read_text() == "mine"


def test_what_nobody_can_go_on_with_is_swept(home: Paths) -> None:
    """No room lives longer than half an hour."""
    for age_s, room in ((KEPT_S + 1, "a7f3b2"), (KEPT_S - 60, "b7f3b2")):
        with Unfinished(home, room, SHA, len(DATA)) as one:
            one.add(b"x")
        (path,) = [each for each in kept(home) if time.time() - each.stat().st_mtime < 30]
        os.utime(path, (time.time() - age_s,) * 2)
    sweep(home)
    assert len(kept(home)) == 1
