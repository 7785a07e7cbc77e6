"""`spread.project_since`: how a checkout stands to another machine's commit, within a time limit."""

import subprocess
from pathlib import Path

import pytest

from spread.project_since import Since, since


def git(folder: Path, *arguments: str) -> str:
    """Run git."""
    who = ["-c", "user.name=dev", "-c", "user.email=dev@git.example"]
    done = subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)
    return done.stdout.decode().strip()


def commit(folder: Path, name: str) -> str:
    """Change a file and commit; return the commit."""
    with open(folder / name, "a", encoding="utf-8") as handle:
        handle.write("more\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "more")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty repository."""
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def told(found: Since | None) -> tuple[object, ...] | None:
    """Return all that is known."""
    if found is None:
        return None
    return found.known, found.newer, found.lacking, sorted(found.changed - {""}), found.branch_gone


def test_both_sides_of_a_fork_are_counted(folder: Path) -> None:
    """Commits here since, commits of the other that are not here, and the paths that differ; short ids do too."""
    base = commit(folder, "a")
    git(folder, "checkout", "-q", "-b", "other")
    other = commit(folder, "b")
    git(folder, "checkout", "-q", "main")
    commit(folder, "c d")
    commit(folder, "ü")
    assert told(since(str(folder), base, None)) == (True, 2, 0, ["c d", "ü"], False)
    assert told(since(str(folder), other[:9], None)) == (True, 2, 1, ["b", "c d", "ü"], False)
    assert told(since(str(folder), git(folder, "rev-parse", "HEAD"), None)) == (True, 0, 0, [], False)


def test_a_renamed_file_differs_under_both_names(folder: Path) -> None:
    """Whatever git's settings say of renames, the old path is one that changed."""
    base = commit(folder, "a")
    git(folder, "mv", "a", "b")
    git(folder, "commit", "-qm", "move")
    assert told(since(str(folder), base, None)) == (True, 1, 0, ["a", "b"], False)


def test_a_commit_that_is_not_here(folder: Path) -> None:
    """It is told apart from what could not be found out."""
    commit(folder, "a")
    assert told(since(str(folder), "0123456789", "main")) == (False, 0, 0, [], False)


@pytest.mark.parametrize(
    ("branch", "gone"), [("main", False), ("no/such", True), ("ma*n", False), (None, False)]
)
def test_a_branch(folder: Path, branch: str | None, gone: bool) -> None:
    """A branch is gone when no local and no known remote one has its name."""
    head = commit(folder, "a")
    found = since(str(folder), head, branch)
    assert found is not None
    assert found.branch_gone is gone


@pytest.mark.parametrize("text", ["", "HEAD", "abc", "--all", "0" * 65, "0123456 ", "0123456\n", "ABCDEF1"])
def test_what_is_no_commit_id_is_refused(folder: Path, text: str) -> None:
    """Only hexadecimal ids reach git."""
    commit(folder, "a")
    assert since(str(folder), text, None) is None


def test_what_cannot_be_known_is_none(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No time left, no directory, no repository, or a name git cannot be given."""
    head = commit(folder, "a")
    assert since(str(folder), head, None, limit_s=0) is None
    assert since(str(folder / "nowhere"), head, None) is None
    assert since(str(tmp_path_factory.mktemp("bare")), head, None) is None
    assert since(str(folder), head, "a\0b") is None
