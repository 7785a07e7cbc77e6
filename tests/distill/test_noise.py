"""Files nobody wants to know of, and those that git keeps for itself."""

from pathlib import Path

import pytest

from spread.distill.noise import is_noise, is_of_git
from tests.distill.lines import CWD, Lines

HOOK, EXCLUDE = f"{CWD}/.git/hooks/pre-push", f"{CWD}/.git/info/exclude"


@pytest.mark.parametrize("path", [HOOK, EXCLUDE, f"{CWD}/.git/config", f"{CWD}/a/.git/hooks/pre-push.old"])
def test_what_is_set_in_git(path: str) -> None:
    """Hooks and settings of a work tree are told, though no commit can hold them."""
    assert is_of_git(path)
    assert not is_noise(path)


@pytest.mark.parametrize(
    "path", ["hooks", "hooks/pre-push.sample", "hooks/a/b", "HEAD", "config.lock", "modules/a/config", "info"]
)
def test_what_git_keeps(path: str) -> None:
    """All else there changes with each command of git."""
    assert is_noise(f"{CWD}/.git/{path}")


@pytest.mark.parametrize("path", [".github/a.yml", ".gitignore", "a.git/config", "src/.github/hooks/a"])
def test_what_is_not_of_git(path: str) -> None:
    """Files with a like name are files of the project."""
    assert not is_of_git(f"{CWD}/{path}")
    assert not is_noise(f"{CWD}/{path}")


def _begun() -> Lines:
    """Return a session that edited, tested and committed."""
    lines = Lines()
    lines.user("get rid of the old hook, please")
    lines.edit(f"{CWD}/src/a.ts")
    lines.bash("npm test", "Tests: 4 passed, 4 total")
    lines.bash("git commit -am 'fix: less'", "[main 1234567] fix: less\n 1 file changed, 1 insertion(+)")
    return lines


def test_what_was_done_to_it_is_told(tmp_path: Path) -> None:
    """A hook made, one deleted and the local excludes changed stand among the files of the session."""
    lines = _begun()
    lines.bash("rm .git/hooks/pre-push.old && rm -f .git/index.lock")
    lines.bash("echo '*.tmp' >> .git/info/exclude")
    lines.tool(
        "Write", {"file_path": f"{CWD}/.git/hooks/pre-commit", "content": "x"}, twin={"type": "create"}
    )
    files = lines.distilled(tmp_path).files
    assert files.deleted == (".git/hooks/pre-push.old",)
    assert files.modified == (".git/info/exclude", "src/a.ts")
    assert files.created == (".git/hooks/pre-commit",)


def test_nothing_else_follows_from_it(tmp_path: Path) -> None:
    """It is in no commit and will be in none, and what was checked stays checked."""
    lines = _begun()
    lines.edit(HOOK)
    lines.bash("rm .git/hooks/pre-push.old")
    lines.bash("git status --short", "?? notes.txt")
    lines.say("Done.")
    told = lines.distilled(tmp_path)
    assert told.state == "validated"
    page = lines.page(tmp_path)
    assert "in no commit" not in page
    assert "files changed after" not in page


def test_what_takes_back_the_work_leaves_it(tmp_path: Path) -> None:
    """Neither a checkout of all files nor a hard reset touches what is in git's own folder."""
    lines = _begun()
    lines.edit(HOOK)
    lines.bash("git checkout -- .", "")
    lines.edit(f"{CWD}/src/b.ts")
    lines.bash("git reset --hard", "HEAD is now at 1234567 fix: less")
    assert lines.distilled(tmp_path).files.modified == (".git/hooks/pre-push", "src/a.ts")


def test_a_work_tree_among_temporary_files_is_none_of_them(tmp_path: Path) -> None:
    """What a shell does in it counts; what lies beside it does not, nor a cache in it."""
    lines = Lines("/tmp/build/app")
    lines.user("tidy the hut")
    lines.write("/tmp/build/app/old.py")
    lines.bash("rm old.py && echo x > new.py && echo y > /tmp/note.txt && echo z > node_modules/z.js", "")
    lines.bash("git rm -q lamp.py && cd /tmp && echo x > also.txt", "")
    lines.say("Done.")
    files = lines.distilled(tmp_path).files
    assert (files.created, files.deleted) == (("new.py",), ("lamp.py",))
