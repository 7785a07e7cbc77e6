"""What the client itself takes away: a work tree that it made, and the files in it."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, begun

TREE = f"{CWD}/.claude/worktrees/weeks"


@pytest.mark.parametrize(
    ("twin", "commits", "stays"),
    [
        ({"action": "remove", "discardedFiles": 1, "discardedCommits": 0}, False, False),
        ({"action": "remove", "discardedFiles": 0, "discardedCommits": 1}, True, False),
        ({"action": "remove", "discardedFiles": 0, "discardedCommits": 0}, True, True),
        ({"action": "keep"}, False, True),
    ],
)
def test_what_the_client_removed_with_a_work_tree_is_not_there(
    twin: dict[str, object], commits: bool, stays: bool, tmp_path: Path
) -> None:
    """Files that are in no commit go with it, and those of commits that go as well."""
    lines = begun()
    lines.write(f"{CWD}/days.py")
    lines.tool("EnterWorktree", {"name": "weeks"}, "Created worktree")
    lines.cwd = TREE
    lines.write(f"{TREE}/weeks.py")
    if commits:
        lines.bash(
            "git add -A && git commit -m 'Add weeks'",
            "[worktree-weeks 1234567] Add weeks\n 1 file changed, 1 insertion(+)\n create mode 100644 weeks.py",
        )
    lines.tool("ExitWorktree", {"action": twin["action"]}, "Exited", twin={**twin, "worktreePath": TREE})
    lines.cwd = CWD
    lines.say("That is done.")
    files = lines.page(tmp_path).partition("## Files")[2].partition("\n## ")[0]
    assert "days.py" in files
    assert ("weeks.py" in files) is stays


@pytest.mark.parametrize(
    "stays", ["", "git push -u origin worktree-weeks", f"git -C {CWD} merge worktree-weeks"]
)
def test_commits_that_went_with_a_work_tree_are_not_told_as_there(stays: str, tmp_path: Path) -> None:
    """Unless they were pushed, or merged before: the client counts all that were made on its branch."""
    lines = begun()
    lines.tool("EnterWorktree", {"name": "weeks"}, "Created worktree")
    lines.cwd = TREE
    lines.write(f"{TREE}/weeks.py")
    lines.bash(
        "git add -A && git commit -m 'Add weeks'",
        "[worktree-weeks 1234567] Add weeks\n 1 file changed, 1 insertion(+)\n create mode 100644 weeks.py",
    )
    if "push" in stays:
        lines.bash(stays, "To github.com:a/b.git\n * [new branch]      worktree-weeks -> worktree-weeks")
    elif stays:
        lines.bash(stays, "Updating 7654321..1234567\nFast-forward\n weeks.py | 1 +")
    twin = {
        "action": "remove",
        "discardedFiles": 0,
        "discardedCommits": 1,
        "worktreeBranch": "worktree-weeks",
    }
    line = lines.tool("ExitWorktree", {"action": "remove"}, "Exited", twin={**twin, "worktreePath": TREE})
    lines.cwd = CWD
    lines.say("That is done.")
    page = lines.page(tmp_path)
    assert ("1234567 Add weeks" in page.partition("## Commits")[2]) is bool(stays)
    assert (
        f"this work tree was removed since (L{line}), and with it 1 commit made there" in page
    ) is not bool(stays)
    assert ("weeks.py" in page.partition("## Files")[2].partition("\n## ")[0]) is bool(stays)


@pytest.mark.parametrize("given_up", ["git merge --abort", "git reset --hard", ""])
def test_a_merge_that_came_to_nothing_keeps_no_commit(given_up: str, tmp_path: Path) -> None:
    """It stopped at a conflict and was given up, or never began."""
    lines = begun()
    lines.tool("EnterWorktree", {"name": "weeks"}, "Created worktree")
    lines.cwd = TREE
    lines.write(f"{TREE}/weeks.py")
    lines.bash(
        "git add -A && git commit -m 'Add weeks'",
        "[worktree-weeks 1234567] Add weeks\n 1 file changed, 1 insertion(+)\n create mode 100644 weeks.py",
    )
    conflict = (
        "CONFLICT (content): Merge conflict in days.py\nAutomatic merge failed; fix conflicts and commit."
    )
    never = "merge: worktree-weeks - not something we can merge"
    lines.bash(f"git -C {CWD} merge worktree-weeks", conflict if given_up else never, code=1)
    if given_up:
        lines.bash(given_up.replace("git", f"git -C {CWD}"), "")
    twin = {"action": "remove", "discardedFiles": 0, "discardedCommits": 1, "worktreePath": TREE}
    lines.tool("ExitWorktree", {"action": "remove"}, "Exited", twin=twin)
    lines.cwd = CWD
    lines.say("That is done.")
    assert "weeks.py" not in lines.page(tmp_path).partition("## Files")[2].partition("\n## ")[0]
