"""Whom a turn may go to by the places its session was in."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from spread import intake_places, rules
from spread.intake_places import others_of, who_may_know
from spread.project import Project, resolve
from tests.pairs import Home, befriend, new_home

OURS = "example.org/us/it"
THEIRS = "example.org/me/diary"
SESSION = "s"


def repository(path: Path, remote: str = "") -> Path:
    """Make a repository, of a project that others know if it has a remote."""
    subprocess.run(["git", "init", "--quiet", str(path)], check=True)
    if remote:
        subprocess.run(["git", "-C", str(path), "remote", "add", "origin", f"https://{remote}"], check=True)
    return path


@dataclass
class Desk:
    """A machine whose teammate may have one project."""

    home: Home
    folder: Path
    ours: Path
    temporary: Path
    began: Path
    known: Path | None = None

    def told(self, *places: Path | str) -> bool:
        """Tell whether the teammate is told of a session that was in these places; the own machine always is."""
        transcript = self.folder / "session.jsonl"
        transcript.write_text(json.dumps({"cwd": str(self.began)}) + "\n", "utf-8")
        peers = self.home.peers
        allowed = rules.load(self.home.paths)
        here = Project(OURS, root=str(self.known) if self.known else None)
        others = others_of(str(transcript), map(str, places), here, self.home.paths.session_places(SESSION))
        told = who_may_know(others, allowed, allowed.entitled(peers, OURS))
        names = {peer.name for peer in told}
        assert "laptop" in names
        return "mate" in names


@pytest.fixture
def desk(tmp_path: Path, plain_git: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A machine with a laptop of its own and a teammate, and a temporary directory apart from the rest."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(intake_places, "TEMPORARY", str(temporary))
    home = new_home(tmp_path, "desk")
    befriend(home, new_home(tmp_path, "laptop"), now=1e9)
    befriend(home, new_home(tmp_path, "mate"), now=1e9, teammate=True)
    rules.limit(home.paths, "mate", [OURS])
    ours = repository(tmp_path / "it", OURS)
    return Desk(home, tmp_path, ours, temporary, ours)


def _private(desk: Desk) -> Path:
    return repository(desk.folder / "diary", THEIRS)


def _local(desk: Desk) -> Path:
    return repository(desk.folder / "notes")


def _in_temporary(desk: Desk) -> Path:
    return repository(desk.temporary / "copy", THEIRS)


@pytest.mark.parametrize("place", [_private, _local, _in_temporary, lambda desk: desk.folder, lambda _: "/"])
def test_where_a_teammate_may_not_know_of(desk: Desk, place: Callable[[Desk], Path]) -> None:
    """A session that was in another project or in none meanwhile is not told to a teammate."""
    assert desk.told(desk.ours)
    assert not desk.told(desk.ours, place(desk), desk.ours)


def test_where_a_teammate_may_know_of(desk: Desk) -> None:
    """Another named project, temporary places without one, and what lies below where it began, keep nothing back."""
    _private(desk)
    vendored = repository(desk.ours / "vendor" / "lib", "example.org/other/lib")
    rules.limit(desk.home.paths, "mate", [OURS, THEIRS])
    places = [
        desk.folder / "diary" / "2026",
        vendored,
        desk.ours / "gone",
        desk.temporary,
        desk.temporary / "x",
    ]
    assert desk.told(*places, "")


def test_a_session_that_began_in_no_project(desk: Desk) -> None:
    """It began where nothing is shared, though that place is a temporary one."""
    desk.began = desk.temporary / "scratch"
    assert not desk.told(desk.ours)


def test_a_work_tree_that_is_gone(desk: Desk) -> None:
    """A place counts as what it was while it was there: a work tree as ours, a copy of a private project as that."""
    for number, remote in enumerate((OURS, THEIRS)):
        place = repository((desk.folder, desk.temporary)[number] / "tree", remote)
        assert desk.told(place) is (remote == OURS)
        shutil.rmtree(place)
        assert desk.told(place) is (remote == OURS)


@pytest.mark.parametrize("kept", [b"", b"[]", b'{"/x": 3}', b"{"])
def test_damaged_memory(desk: Desk, kept: bytes) -> None:
    """What was kept of places counts for nothing when it cannot be read."""
    tree = repository(desk.folder / "tree", OURS)
    Path(desk.home.paths.session_places(SESSION)).write_bytes(kept)
    assert desk.told(tree)
    shutil.rmtree(tree)
    Path(desk.home.paths.session_places(SESSION)).write_bytes(kept)
    assert not desk.told(tree)


def test_few_questions_to_git(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many directories a session was in, each repository is asked about once."""
    asked: list[str] = []

    def asking(place: str) -> Project:
        asked.append(place)
        return resolve(place)

    monkeypatch.setattr(intake_places, "resolve", asking)
    desk.began = desk.ours / "src"
    assert desk.told(*(desk.ours / "docs" / str(number) for number in range(50)))
    assert asked == [str(desk.ours)]


def test_a_place_that_became_another_project(desk: Desk) -> None:
    """A remote that was set anew, or a link that leads elsewhere now, does not make what was there before ours."""
    place = repository(desk.folder / "tree", THEIRS)
    assert not desk.told(place)
    subprocess.run(["git", "-C", str(place), "remote", "set-url", "origin", f"https://{OURS}"], check=True)
    assert not desk.told(place)
    link = desk.folder / "link"
    link.symlink_to(_private(desk))
    desk.known = desk.ours
    assert not desk.told(link)
    link.unlink()
    link.symlink_to(desk.ours)
    assert not desk.told(link)


def test_a_place_that_got_a_remote(desk: Desk) -> None:
    """Work that had none when it began is the same work."""
    place = repository(desk.folder / "tree")
    commit = [
        "-c",
        "user.name=n",
        "-c",
        "user.email=e@example.org",
        "commit",
        "--quiet",
        "--allow-empty",
        "-m",
        "x",
    ]
    subprocess.run(["git", "-C", str(place), *commit], check=True)
    assert not desk.told(place)
    subprocess.run(["git", "-C", str(place), "remote", "add", "origin", f"https://{OURS}"], check=True)
    assert desk.told(place)
