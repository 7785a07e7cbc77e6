"""Files that a hard reset or a revert touched."""

from pathlib import Path

import pytest

from tests.distill.test_operands import told

MADE = "touch {0}.c; git add {0}.c; git commit -m 'Add {0}' => [main {1}] Add {0}\n 1 file changed, 1 insertion(+)\n"
NEW = " create mode 100644 {0}.c"
ONE, TWO = ((MADE + NEW).format(*each) for each in (("one", "1" * 7), ("two", "2" * 7)))
DONE = " => Successfully rebased and updated refs/heads/main."
STAT = " src/b.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)"
SHOWN = f"git show --stat HEAD => commit 3456789\n\n    Revert\n\n{STAT}"


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        (["touch a.c; git add a.c", "git reset --hard"], ""),
        (["touch a.c", "git reset --hard"], "+a.c"),
        (["touch a.c; git add a.c", "git reset", "git reset --hard"], "+a.c"),
        (["touch a.c; git add a.c", "git restore --staged a.c", "git reset --hard"], "+a.c"),
        (["touch a.c; git add a.c", "git rm --cached a.c => rm 'a.c'", "git reset --hard"], "+a.c"),
        (["touch a.c; git add a.c", "git stash", "git reset --hard", "git stash pop"], "+a.c"),
    ],
)
def test_a_hard_reset_takes_new_files_that_are_staged(tmp_path: Path, steps: list[str], wanted: str) -> None:
    """Others it leaves where they are."""
    assert told(tmp_path, *steps) == wanted


def test_files_of_a_revert_are_told_once_git_shows_them(tmp_path: Path) -> None:
    """Those of a commit of others; what the session itself committed is as it was before."""
    revert = 'git revert HEAD => [main 3456789] Revert "{}"\n 1 file changed, 1 insertion(+), 1 deletion(-)'
    assert told(tmp_path, revert.format("x"), SHOWN) == "~src/b.c"
    mine = (
        "git add src/b.c; git commit -m x => [main 1234567] x\n 1 file changed, 1 insertion(+), 1 deletion(-)"
    )
    assert told(tmp_path, "edit src/b.c", mine, revert.format("x"), SHOWN) == ""


def test_a_revert_takes_back_what_began_after_a_commit_nobody_knows(tmp_path: Path) -> None:
    """A commit before the first edit of a file cannot hold anything of it; one after that may."""
    quiet = "git commit -qam w && git log --oneline -1 => 0123456 w"
    mine = (
        "git add src/b.c; git commit -m x => [main 1234567] x\n 1 file changed, 1 insertion(+), 1 deletion(-)"
    )
    revert = 'git revert HEAD => [main 3456789] Revert "x"\n 1 file changed, 1 insertion(+), 1 deletion(-)'
    assert "src/b.c" not in told(tmp_path, "edit src/a.c", quiet, "edit src/b.c", mine, revert)
    again = ("edit src/b.c", "edit src/a.c", quiet, "edit src/b.c", mine, revert)
    assert "~src/b.c" in told(tmp_path, *again)
