"""What a reset took back, and where git left the work: on which branch, pushed or refused."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distillation import Distillation
from tests.distill.lines import CWD, Lines

MADE = "[main 4f2a9c1] cart: round half up\n 1 file changed, 1 insertion(+), 1 deletion(-)"
COMMIT = ("git commit -am 'cart: round half up'", MADE)


def edited(*steps: tuple[str, str]) -> Lines:
    """Return a record where one file was edited, and these commands were run."""
    lines = Lines()
    lines.user("Make the cart round half up")
    lines.edit(f"{CWD}/cart.py")
    for command, output in steps:
        lines.bash(command, output)
    return lines


def page(lines: Lines, tmp_path: Path) -> Distillation:
    return distill(lines.save(tmp_path), machine="laptop")


@pytest.mark.parametrize("how", ["--soft HEAD~1", "HEAD~1", "HEAD^"])
def test_a_commit_taken_back_leaves_its_changes_in_none(how: str, tmp_path: Path) -> None:
    """What it held stands changed and uncommitted again, and the page says so."""
    made = page(edited(COMMIT, (f"git reset {how}", "")), tmp_path)
    assert not made.commits
    assert any("1 commit taken back by git reset" in each for each in made.uncertainties)
    assert "changed, in no commit seen: cart.py" in made.next
    assert list(made.files.modified) == ["cart.py"]


@pytest.mark.parametrize("to", ["origin/main", "HEAD~1", "77aa001"])
def test_a_hard_reset_takes_the_changes_along(to: str, tmp_path: Path) -> None:
    """A commit that was never pushed nor left on a branch is gone, and with it what it changed."""
    made = page(edited(COMMIT, (f"git reset --hard {to}", "HEAD is now at 77aa001 readme: typo")), tmp_path)
    assert not made.commits
    assert not made.files.modified
    assert made.project.head == "77aa001"


@pytest.mark.parametrize(("remove", "there"), [("git rm -rq old", True), ("git rm -rq ../other/old", False)])
def test_what_the_commit_deleted_is_there_again(remove: str, there: bool, tmp_path: Path) -> None:
    """Also where its output names no file."""
    steps = (
        COMMIT,
        (remove, ""),
        ("git commit -qm 'old is gone'; git log --oneline -1", "9537598 old is gone"),
    )
    made = page(edited(*steps, ("git reset -q --hard HEAD~1", "")), tmp_path)
    assert len(made.commits) == 1
    assert (not made.files.deleted) is there


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("git push", "To github.com:kim/shop.git\n   77aa001..4f2a9c1  main -> main"), "8811bbb merge"),
        (("git branch half-up", ""), "77aa001 readme: typo"),
        (("git switch -c half-up", "Switched to a new branch 'half-up'"), "77aa001 readme: typo"),
    ],
)
def test_a_hard_reset_may_leave_commits_elsewhere(
    before: tuple[str, str], after: str, tmp_path: Path
) -> None:
    """What was pushed or stands on another branch is not gone."""
    steps = [COMMIT, before]
    if "switch" in before[0]:
        steps.append(("git switch main", "Switched to branch 'main'"))
    made = page(edited(*steps, ("git reset --hard origin/main", f"HEAD is now at {after}")), tmp_path)
    assert list(made.files.modified) == ["cart.py"]
    assert len(made.commits) == 1


@pytest.mark.parametrize(
    "steps",
    [
        [("git branch half-up", ""), ("git reset --hard HEAD~1", "HEAD is now at 77aa001 x")],
        [
            (
                "git checkout -b try && git reset --hard HEAD~1",
                "Switched to a new branch 'try'\nHEAD is now at 77aa001 x",
            ),
            ("git checkout main", "Switched to branch 'main'"),
        ],
        [("git reset --hard HEAD~1 || true", "fatal: ambiguous argument 'HEAD~1': unknown revision")],
    ],
)
def test_what_another_branch_holds_is_not_lost(steps: list[tuple[str, str]], tmp_path: Path) -> None:
    """Nor what a reset did not take back at all."""
    assert list(page(edited(COMMIT, *steps), tmp_path).files.modified) == ["cart.py"]


@pytest.mark.parametrize("to", ["HEAD@{1}", "ORIG_HEAD"])
def test_a_reset_that_is_taken_back(to: str, tmp_path: Path) -> None:
    """What was made is there again."""
    lines = Lines()
    lines.user("Make the cart round half up")
    lines.write(f"{CWD}/cart.py")
    for command, output in (
        COMMIT,
        ("git reset --hard HEAD~1", "HEAD is now at 77aa001 x"),
        (f"git reset --hard {to}", "HEAD is now at 4f2a9c1 cart: round half up"),
    ):
        lines.bash(command, output)
    made = page(lines, tmp_path)
    assert list(made.files.created) == ["cart.py"]
    assert not any("taken back" in each for each in made.uncertainties)


@pytest.mark.parametrize(
    "said",
    ["ssh: connect to host h port 22: Connection timed out", "remote: Permission to a/b.git denied to c."],
)
def test_a_push_that_did_not_arrive(said: str, tmp_path: Path) -> None:
    """Though a filter behind it hides the exit code."""
    told = page(edited(COMMIT, ("git push 2>&1 | tail -1", said)), tmp_path).uncertainties
    assert any("the last push was refused" in each for each in told)


def test_a_push_that_a_hook_here_stopped(tmp_path: Path) -> None:
    """What waits is told with what was tried; a later push that goes through ends that."""
    lines = edited(COMMIT)
    lines.bash("git push", "To github.com:kim/shop.git\n   8811bbb..4f2a9c1  main -> main")
    lines.write(f"{CWD}/cart.py")
    lines.bash("git commit -am 'cart: two'", "[main 5f2a9c1] cart: two")
    lines.bash(
        "git push", "error: failed to push some refs to 'github.com:kim/shop.git'\nmake: *** [check]", code=1
    )
    made = page(lines, tmp_path)
    assert (
        "not pushed as far as seen: 1 commit on main, the last 5f2a9c1; the last push failed (L" in made.next
    )
    assert any("the last push failed" in each for each in made.uncertainties)
    lines.bash("git push", "To github.com:kim/shop.git\n   4f2a9c1..5f2a9c1  main -> main")
    made = page(lines, tmp_path)
    assert not any("the last push" in each for each in (made.next, *made.uncertainties))


def test_a_commit_without_a_word_is_told_by_its_message(tmp_path: Path) -> None:
    """`git commit -q` shows no id."""
    made = page(edited(("git commit -qam 'cart: round half up'", "")), tmp_path)
    told = "a commit was called, “cart: round half up”, its id not shown"
    assert any(told in each for each in made.uncertainties)


def test_a_push_that_was_turned_away(tmp_path: Path) -> None:
    """The other side has what we have not: the page tells of it until a later push goes through."""
    lines = edited(COMMIT)
    refused = (
        "To github.com:kim/shop.git\n ! [rejected]        main -> main (fetch first)\n"
        "error: failed to push some refs to 'github.com:kim/shop.git'"
    )
    lines.bash("git push", refused, code=1)
    made = page(lines, tmp_path)
    assert any("the last push was refused" in each for each in made.uncertainties)
    assert any("[rejected] main -> main (fetch first)" in each for each in made.failed)
    lines.bash("git pull --rebase", "Successfully rebased and updated refs/heads/main.")
    lines.bash("git push", "To github.com:kim/shop.git\n   8811bbb..c0ffee1  main -> main")
    made = page(lines, tmp_path)
    assert not any("refused" in each for each in made.uncertainties)
    assert made.project.head == "c0ffee1"


def test_the_branch_is_the_one_the_client_saw_last(tmp_path: Path) -> None:
    """`gh pr merge --delete-branch` goes to the base without a word where nobody watches."""
    lines = Lines()
    lines.user("Merge it", gitBranch="half-up")
    lines.bash("git commit -am x", "[half-up 4f2a9c1] x\n 1 file changed, 1 insertion(+)")
    lines.user("Thanks", gitBranch="half-up")
    lines.bash("gh pr merge 12 --squash --delete-branch", "")
    lines.say("Merged.", gitBranch="main")
    made = page(lines, tmp_path)
    assert (made.project.branch, made.project.head) == ("main", "")


def test_gh_says_where_it_went_and_what_it_deleted(tmp_path: Path) -> None:
    """Its words count as those of git do."""
    said = "✓ Deleted local branch half-up and switched to branch main\n✓ Deleted remote branch half-up"
    lines = edited(("git switch -c half-up", "Switched to a new branch 'half-up'"))
    lines.bash("gh pr merge 12 --squash -d", said)
    made = page(lines, tmp_path)
    assert made.project.branch == "main"
    assert any("branches deleted here: half-up, half-up on the remote" in each for each in made.uncertainties)


def test_what_a_line_does_behind_its_commit(tmp_path: Path) -> None:
    """A switch or an autosquash behind it leaves that commit, or makes its id void."""
    fixup = (
        "git commit -a --fixup 4f2a9c1 && git rebase -i --autosquash main",
        "[main 5e5e5e5] fixup! cart: round half up\nSuccessfully rebased and updated refs/heads/main.",
    )
    made = page(edited(COMMIT, fixup), tmp_path)
    assert made.project.head == ""
    assert made.commits
    assert all("until a rewrite" in each for each in made.commits)
    left = ("git commit -am x && git checkout other", "[main 5e5e5e5] x\nSwitched to branch 'other'")
    made = page(edited(left), tmp_path)
    assert (made.project.branch, made.project.head) == ("other", "")


def test_a_stash_that_comes_back_into_a_conflict(tmp_path: Path) -> None:
    """It is the pop that stopped, not the pull before it."""
    lines = edited()
    lines.bash(
        "git stash && git pull && git stash pop",
        "Saved working directory and index state WIP on main: 77aa001 x\nUpdating 77aa001..8811bbb\nFast-forward\n"
        "Auto-merging cart.py\nCONFLICT (content): Merge conflict in cart.py\n"
        "The stash entry is kept in case you need it again.",
        code=1,
    )
    told = "`git stash pop` stopped at a conflict, no end of it seen: cart.py"
    assert told in page(lines, tmp_path).uncertainties
    lines.bash("git stash drop", "Dropped refs/stash@{0} (1234567)")
    assert told not in page(lines, tmp_path).uncertainties


@pytest.mark.parametrize("to", ["4f2a9c1", "ORIG_HEAD"])
def test_a_reset_to_a_commit_taken_back_brings_it_back(to: str, tmp_path: Path) -> None:
    """It is there again, with the file that it made and the one that it changed."""
    made = f"{MADE}\n create mode 100644 tests/cart.py"
    lines = edited()
    lines.write(f"{CWD}/tests/cart.py")
    lines.bash("git add -A && git commit -m 'cart: round half up'", made.replace("1 file", "2 files"))
    lines.bash("git reset --hard HEAD~1", "HEAD is now at 77aa001 readme: typo")
    gone = page(lines, tmp_path)
    assert (gone.commits, gone.files.created, gone.files.modified) == ((), (), ())
    lines.bash(f"git reset --hard {to}", "HEAD is now at 4f2a9c1 cart: round half up")
    back = page(lines, tmp_path)
    assert [each.partition(" (in it")[0] for each in back.commits] == ["4f2a9c1 cart: round half up"]
    assert (back.files.created, back.files.modified) == (("tests/cart.py",), ("cart.py",))
    assert back.project.head == "4f2a9c1"
    assert not any("made and deleted again" in each or "taken back" in each for each in back.uncertainties)


def test_a_reset_to_one_of_two_taken_back(tmp_path: Path) -> None:
    """The other stays away; whose the files were is not known then."""
    second = ("git commit -am 'cart: tidy'", "[main 5e6f7a8] cart: tidy\n 1 file changed, 1 insertion(+)")
    back = ("git reset --hard HEAD~2", "HEAD is now at 77aa001 readme: typo")
    again = ("git reset --hard 4f2a9c1", "HEAD is now at 4f2a9c1 cart: round half up")
    assert list(page(edited(COMMIT, second, back, again), tmp_path).commits) == [
        "4f2a9c1 cart: round half up"
    ]


TRIED = (
    ("git switch -c try", "Switched to a new branch 'try'"),
    ("git commit -am 'cart: round half up'", MADE.replace("main", "try")),
    ("git switch main", "Switched to branch 'main'"),
)
GONE = ("git branch -D try", "Deleted branch try (was 4f2a9c1).")
SQUASH = (
    "git merge --squash try && git commit -m 'cart'",
    "[main 8811bbb] cart\n 1 file changed, 1 insertion(+)",
)


@pytest.mark.parametrize(
    ("between", "commits", "modified"),
    [
        ([], [], []),
        ([SQUASH], ["8811bbb cart"], ["cart.py"]),
        ([("git merge try", "Updating 77aa001..4f2a9c1")], ["4f2a9c1 cart: round half up"], ["cart.py"]),
        ([("git cherry-pick 4f2a9c1", "")], ["4f2a9c1 cart: round half up"], ["cart.py"]),
        ([("git merge -", "")], ["4f2a9c1 cart: round half up"], ["cart.py"]),
        ([("git push origin try", "To x\n * [new branch]      try -> try")],
         ["4f2a9c1 cart: round half up"], ["cart.py"]),
    ],
)  # fmt: skip
def test_a_branch_that_was_thrown_away(
    between: list[tuple[str, str]], commits: list[str], modified: list[str], tmp_path: Path
) -> None:
    """Its commits went with it, and what they changed, unless another branch took them or they were pushed."""
    made = page(edited(*TRIED, *between, GONE), tmp_path)
    assert [each.partition(" (in it")[0] for each in made.commits] == commits
    assert [*made.files.modified] == modified


@pytest.mark.parametrize(
    ("command", "listed"),
    [
        ("rm notes.md", " delete mode 100644 notes.md"),
        ("git mv notes.md news.md", " rename notes.md => news.md (100%)"),
    ],
)
def test_a_hard_reset_brings_back_what_was_deleted_and_moved(
    command: str, listed: str, tmp_path: Path
) -> None:
    """The file is there again under its old name."""
    commit = ("git add -A && git commit -m tidy", f"[main 4f2a9c1] tidy\n 2 files changed\n{listed}")
    made = page(edited((command, ""), commit), tmp_path)
    assert made.files.deleted or made.files.renamed
    back = ("git reset --hard HEAD~1", "HEAD is now at 77aa001 readme: typo")
    made = page(edited((command, ""), commit, back), tmp_path)
    assert (made.files.deleted, made.files.renamed, made.files.modified) == ((), (), ())


def test_a_hard_reset_throws_away_what_is_in_no_commit(tmp_path: Path) -> None:
    """Whatever it goes back to, but the other side's branch, which may hold the same; what a commit has stays."""
    for to, gone in (("HEAD", True), ("HEAD~1", True), ("origin/main", False)):
        lines = edited(COMMIT)
        lines.bash("rm notes.md; mv old.md new.md")
        lines.edit(f"{CWD}/tax.py")
        lines.edit(f"{CWD}/cart.py")
        at = "4f2a9c1 cart: round half up" if to == "HEAD" else "77aa001 readme: typo"
        lines.bash(f"git reset --hard {to}", f"HEAD is now at {at}")
        files = page(lines, tmp_path).files
        assert bool(files.deleted or files.renamed) != gone
        assert ("tax.py" in files.modified) != gone
        assert ("cart.py" in files.modified) == (to == "HEAD")


def test_a_commit_of_a_file_that_was_moved_and_written_anew_goes_whole(tmp_path: Path) -> None:
    """Git tells of such a file as deleted and created; both are in the commit."""
    lines = edited(("git mv cart.py basket.py", ""))
    said = "2 files changed\n create mode 100644 basket.py\n delete mode 100644 cart.py"
    lines.bash("git add -A && git commit -m basket", f"[main 4f2a9c1] basket\n {said}")
    made = page(lines, tmp_path)
    assert list(made.commits) == ["4f2a9c1 basket (in it: basket.py, cart.py)"]
    assert [(each.old, each.new) for each in made.files.renamed] == [("cart.py", "basket.py")]
    lines.bash("git reset --hard HEAD~1", "HEAD is now at 77aa001 readme: typo")
    files = page(lines, tmp_path).files
    assert (files.renamed, files.modified, files.deleted, files.created) == ((), (), (), ())
