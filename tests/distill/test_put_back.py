"""What git puts back is as it was, also what was deleted or moved."""

from pathlib import Path

import pytest

from tests.distill.test_taught import files

COMMIT = "git commit -am Less => [main 1234567] Less\n 1 file changed, 1 deletion(-)"


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        (["rm a.py", "git checkout -- ."], ""),
        (["rm a.py lib/b.py", "git restore lib && git status"], "-a.py"),
        (["rm a.py; git checkout -- ."], ""),
        (["rm -r lib", "git checkout ."], ""),
        (["mv a.py b.py", "git checkout -- a.py"], "+b.py"),
        (["git rm a.py", "git checkout -- ."], "-a.py"),
        (["git rm a.py; git checkout -- ."], "-a.py"),
        (["rm a.py", "git add -A", "git checkout -- ."], "-a.py"),
        (["rm a.py", COMMIT, "git checkout -- ."], "-a.py"),
        (["git checkout -- . && rm a.py"], "-a.py"),
        (["rm a.py", "git checkout -- b.py"], "-a.py"),
        (["rm a.py", "git checkout main"], "-a.py"),
        (["sed -i 1d a.py", "git checkout a.py"], ""),
        (["sed -i 1d a.py", "git checkout a.py => Switched to branch 'a.py'"], "~a.py"),
        (["sed -i 1d lib/b.py", "git checkout lib => Updated 1 path from the index"], ""),
        (["sed -i 1d a.py", "git checkout a.py && sed -i 2d a.py => Updated 1 path from the index"], "~a.py"),
        (["rm a.py", "git checkout a.py => Updated 1 path from the index"], ""),
        (["sed -i 1d a.py && git commit -qam x", "sed -i 1d a.py; git checkout -- ."], "~a.py"),
    ],
)
def test_what_git_puts_back(tmp_path: Path, steps: list[str], wanted: str) -> None:
    """What was deleted or moved since the last commit and is in the index is there again; a commit stands."""
    assert files(tmp_path, *steps) == wanted


def test_what_was_deleted_goes_with_a_stash(tmp_path: Path) -> None:
    """What a stash took and threw away is as it was."""
    stash = "git stash => Saved working directory and index state WIP on main: c873014 Begin"
    assert files(tmp_path, "rm a.py", stash, "git stash drop") == ""
    assert files(tmp_path, "rm a.py", stash, "git stash pop") == "-a.py"


def test_a_manifest_that_nobody_saw(tmp_path: Path) -> None:
    """That it was changed a later look tells."""
    look = "git diff --name-only => package.json"
    assert files(tmp_path, "npm pkg set scripts.lint=eslint", look) == "~package.json"
    assert (
        files(tmp_path, "npm version minor && git diff --name-only => v1.1.0\npackage.json")
        == "~package.json"
    )
    assert files(tmp_path, "npm pkg get scripts", look) == ""
