"""What git stopped at, and what ends it."""

from pathlib import Path

import pytest

from spread.distill import distill
from tests.distill.lines import Lines

CONFLICT = (
    "error: could not apply 1a2b3c4... read days by a table\n"
    "Auto-merging src/days.py\nCONFLICT (content): Merge conflict in src/days.py"
)

UNMERGED = (
    "error: Committing is not possible because you have unmerged files.\n"
    "fatal: Exiting because of an unresolved conflict."
)


@pytest.mark.parametrize(
    ("begin", "then", "verb"),
    [
        ("git rebase origin/main", None, "rebase"),
        ("git rebase origin/main", ("git add . && git rebase --continue", CONFLICT, 1), "rebase"),
        (
            "git rebase main",
            ("git rebase --continue", "Successfully rebased and updated refs/heads/x.", 0),
            "",
        ),
        ("git rebase main", ("git rebase --abort", "", 0), ""),
        ("git rebase main", ("git commit -m x", "[detached HEAD 1a2b3c4] x", 0), "rebase"),
        ("git merge topic", ("git commit --no-edit", "[main 1a2b3c4] Merge branch 'topic'", 0), ""),
        ("git merge topic", ("git reset --hard", "HEAD is now at 1a2b3c4 x", 0), ""),
        ("git pull | tail -1", ("git status", "On branch main\nYou have unmerged paths.", 0), "pull"),
        ("git merge topic", ("git status", "On branch main\nnothing to commit, working tree clean", 0), ""),
        ("git cherry-pick 1a2b3c4", ("git log --oneline", "1a2b3c4 x", 0), "cherry-pick"),
        (
            "git revert 1a2b3c4",
            ("git revert --continue; pytest -q", f"{UNMERGED}\n3 passed in 0.1s", 0),
            "revert",
        ),
        (
            "git merge topic",
            ("git commit --no-edit; git log --oneline", f"{UNMERGED}\n1a2b3c4 x", 0),
            "merge",
        ),
        (
            "git revert 1a2b3c4",
            ("git revert --continue; pytest -q", "[main 1a2b3c4] x\n3 passed in 0.1s", 0),
            "",
        ),
    ],
)
def test_a_conflict_of_which_no_end_is_seen(
    tmp_path: Path, begin: str, then: tuple[str, str, int] | None, verb: str
) -> None:
    """Who goes on has to end it first, and may take the tree for an ordinary one."""
    lines = Lines()
    lines.user("bring the branch up to date")
    lines.bash(begin, CONFLICT, code=0 if "|" in begin else 1)
    if then:
        lines.bash(then[0], then[1], code=then[2])
    doubts = distill(lines.save(tmp_path), machine="desk").uncertainties
    told = [text for text in doubts if "stopped at a conflict" in text]
    assert told == ([f"`git {verb}` stopped at a conflict, no end of it seen: src/days.py"] if verb else [])


def test_a_name_without_end_is_not_kept(tmp_path: Path) -> None:
    """What git stopped at is kept from revision to revision."""
    lines = Lines()
    lines.user("please merge it")
    lines.bash("git merge x", f"CONFLICT (content): Merge conflict in {'a' * 100_000}", code=1)
    state = tmp_path / "s.state"
    told = distill(lines.save(tmp_path), machine="m", state=str(state))
    assert any("`git merge` stopped at a conflict, no end of it seen" in text for text in told.uncertainties)
    assert state.stat().st_size < 50_000


@pytest.mark.parametrize(
    ("begin", "then", "how"),
    [
        ("git merge topic", "git add -A && git commit --no-edit", "git commit"),
        ("git merge topic", "git merge --abort", "git merge --abort"),
        ("git rebase main", "git add -A && GIT_EDITOR=true git rebase --continue", "git rebase --continue"),
        ("git merge topic", "git status", ""),
    ],
)
def test_a_conflict_that_came_to_an_end_is_told_with_what_ended_it(
    tmp_path: Path, begin: str, then: str, how: str
) -> None:
    """Among what failed it would be read as still there; a status ends nothing."""
    lines = Lines()
    lines.user("bring the branch up to date")
    lines.bash(begin, CONFLICT, code=1)
    lines.edit("/home/dev/app/src/days.py")
    line = lines.bash(then, "On branch main\nnothing to commit, working tree clean")
    (told,) = distill(lines.save(tmp_path), machine="desk").failed
    assert told.endswith(f"; ended with `{how}` (L{line})") == bool(how)
