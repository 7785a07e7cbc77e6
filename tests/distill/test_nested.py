"""Work trees that stand inside another one have branches, commits and files of their own."""

import pytest

from spread.distill.files import FileLedger
from tests.distill.test_git import ROOT, ran

INSIDE = f"{ROOT}/libs/paint"
COMMIT = ("git -C libs/paint commit -am x", "[mend aaaaaaa] x\n 1 file changed, 1 insertion(+)")
ID = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("git submodule status", f"+{ID} libs/paint (v1-2-g0123456)\n {ID} libs/other (heads/main)"),
        ("git submodule update --init", "Submodule path 'libs/paint': checked out '0123456'"),
        ("git clone https://host.example/paint libs/paint", "Cloning into 'libs/paint'..."),
        ("git worktree add -b mend libs/paint main", "Preparing worktree (new branch 'mend')"),
        ("cd libs && git worktree add paint", "Preparing worktree"),
    ],
)
def test_a_tree_that_git_tells_of_stands_alone(command: str, output: str) -> None:
    """What is committed there takes nothing of the tree around it, and its branch is not that one's."""
    files = FileLedger()
    files.modified = {f"{ROOT}/a.py": 2, f"{INSIDE}/b.py": 2}
    git = ran(
        ("git commit --allow-empty -m first", "[main 9999999] first"), (command, output), COMMIT, files=files
    )
    assert INSIDE in git.repos.nested
    assert {top: it.branch for top, it in git.repos.places.items()} == {ROOT: "main", INSIDE: "mend"}
    assert git.left() == {f"{ROOT}/a.py": 2}


@pytest.mark.parametrize("before", ["", "git add -A; br=$(git branch --list 'm*'); "])
def test_those_that_the_client_makes_for_itself(before: str) -> None:
    """No command tells of them, only where they are: their commits are theirs, and what a rebase there makes anew."""
    inside = f"{ROOT}/.claude/worktrees/mend"
    git = ran(
        ("git commit --allow-empty -m first", "[main 9999999] first"),
        ("cd .claude/worktrees/mend && git diff --stat", " a.py | 2 +-\n 1 file changed"),
        (
            "cd .claude/worktrees/mend && git commit -am x",
            "[mend aaaaaaa] x\n 1 file changed, 1 insertion(+)",
        ),
        (
            f"{before}cd .claude/worktrees/mend && git rebase main && git log --oneline | head -2",
            "Successfully rebased and updated refs/heads/mend.\nbbbbbbb x\n9999999 first",
        ),
    )
    assert [told for _, told in git.told_commits()] == ["9999999 first", "bbbbbbb x"]
    assert [*git.files.listed_only()] == [f"{inside}/a.py"]


@pytest.mark.parametrize("sha", ["aaaaaaa", "bbbbbbb"])
def test_one_whose_branch_is_deleted_is_gone(sha: str) -> None:
    """Git deletes no branch that a work tree is on; one of another name may be of any commit."""
    git = ran(
        ("cd .claude/worktrees/mend && git commit -qam x && git log --oneline -1", "aaaaaaa x"),
        ("git worktree remove --force $w; git branch -D w-1", f"Deleted branch w-1 (was {sha})."),
    )
    assert bool(git.repos.places[f"{ROOT}/.claude/worktrees/mend"].gone) is (sha == "aaaaaaa")


@pytest.mark.parametrize(
    ("client", "switched", "stands_alone"),
    [
        ("main", False, True),
        ("", False, True),  # no work tree at all where the client stands
        ("", True, True),
        ("mend", False, False),
        ("main", True, False),  # the client may be late to tell
        (None, False, False),  # an old one, which does not say
    ],
)
def test_a_commit_on_a_branch_that_the_client_has_not_checked_out(
    client: str | None, switched: bool, stands_alone: bool
) -> None:
    """It was made in a tree of its own, unless that branch was switched to just now."""
    switch = ("git -C libs/paint switch mend", "Switched to branch 'mend'")
    git = ran(*([switch] if switched else []), COMMIT, branch=client)
    assert (INSIDE in git.repos.nested) is stands_alone


@pytest.mark.parametrize("command", ["git commit -am x", "git -C /srv/other commit -am x"])
def test_what_is_not_inside_is_not_nested(command: str) -> None:
    """The session's own directory, and one elsewhere, are no trees inside it."""
    assert not ran((command, COMMIT[1]), branch="main").repos.nested


def test_a_folder_with_a_dot_is_no_file_of_a_commit() -> None:
    """A commit of all that changed holds files, not the tree that it was made in."""
    git = ran(("git -C /srv/my.app commit -am x", "[main bbbbbbb] x\n 1 file changed, 1 insertion(+)"))
    assert "bbbbbbb" not in git.index.holds
