"""Where HEAD is, and which commits are there, as far as git told: nothing else is claimed of them."""

import subprocess
from pathlib import Path

import pytest

from tests.distill.lines import Lines, begun

LISTS = "[main 77aa001] lists: keep the order\n 1 file changed, 1 insertion(+)"
SUMS = "[main 4f2a9c1] sums: round half up\n 1 file changed, 1 insertion(+)"


def _lines(*steps: tuple[str, str]) -> Lines:
    lines = begun()
    lines.edit("/home/dev/app/a.py")
    for command, output in steps:
        lines.bash(command, output)
    return lines


def _commits(page: str) -> str:
    return page.partition("## Commits, newest first\n")[2].partition("\n## ")[0]


def test_only_the_commit_that_amends_takes_the_place_of_another(tmp_path: Path) -> None:
    """A line may make one, and amend that: the one before both of them stays."""
    twice = f"{SUMS}\n{SUMS.replace('4f2a9c1', '5e5e5e5')}"
    page = _lines(
        ("git commit -am 'lists: keep the order'", LISTS),
        ("git commit -am 'sums: round half up' && git commit --amend --no-edit", twice),
    ).page(tmp_path)
    assert "77aa001 lists" in _commits(page)
    assert "5e5e5e5 sums" in _commits(page)
    assert "4f2a9c1" not in _commits(page)
    page = _lines(("git commit -am 'lists: keep the order'", LISTS), ("git commit --amend", SUMS)).page(
        tmp_path
    )
    assert "77aa001" not in _commits(page)


def test_what_a_reset_takes_back_is_told_where_a_branch_has_it(tmp_path: Path) -> None:
    """The commit is not lost: it was made, and stands on that branch."""
    back = "git branch later && git reset --hard HEAD~1", "HEAD is now at 1111aaa start"
    page = _lines(("git commit -am 'lists: keep the order'", LISTS), back).page(tmp_path)
    assert "77aa001 lists: keep the order (on a branch made before a reset, L6)" in _commits(page)
    assert "1 commit taken back by git reset" in page
    page = _lines(("git commit -am 'lists: keep the order'", LISTS), (back[0][20:], back[1])).page(tmp_path)
    assert not _commits(page)


def test_a_pull_that_rebases_leaves_what_was_pushed(tmp_path: Path) -> None:
    """Only what is not there yet is made anew."""
    push = "git push", "To github.com:kim/shop.git\n   1111aaa..77aa001  main -> main"
    pull = "git pull --rebase", "Successfully rebased and updated refs/heads/main."
    first = "git commit -am 'lists: keep the order'", LISTS
    page = _lines(first, push, ("git commit -am 'sums: round half up'", SUMS), pull).page(tmp_path)
    assert "77aa001 lists" in _commits(page)
    assert "sums: round half up (4f2a9c1 until a rewrite, L10)" in _commits(page)
    page = _lines(first, pull).page(tmp_path)
    assert "lists: keep the order (77aa001 until a rewrite" in _commits(page)


def test_a_commit_that_a_hook_refused_in_its_own_words_is_none(tmp_path: Path) -> None:
    """The exit code is that of the status behind it; a commit shows itself where it was not told to be quiet."""
    refused = "subject needs a ticket\n M a.py"
    page = _lines(("git commit -m 'lists'; git status -s", refused)).page(tmp_path)
    assert "a commit was called" not in page
    assert "a commit (tried in vain)" in page


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("git commit -qm 'lists'; git status -s", " M a.py"),
        ("git commit -m 'lists' > /dev/null; git status -s", " M a.py"),
        ("git commit -m 'lists' | tail -1; git status -s", " 1 file changed"),
        ("{ git commit -m 'lists'; git status -s; } | tail -1", " M a.py"),
        ("git commit -m 'lists'; git status -s", ""),
        ("git commit -m 'lists'; git status -s", "ok 77aa001"),
        ("git commit -m 'lists' && git status -s", " M a.py"),
    ],
)
def test_a_commit_that_may_not_have_shown_itself_was_called(
    command: str, output: str, tmp_path: Path
) -> None:
    """Then nobody knows."""
    assert "a commit was called, “lists”" in _lines((command, output)).page(tmp_path)


def test_a_checkout_of_a_commit_leaves_all_branches(tmp_path: Path) -> None:
    """What was checked out before is not where the work tree stands; a branch checked out later is."""
    away = "git checkout HEAD~2", "Note: switching to 'HEAD~2'.\n\nHEAD is now at 1111aaa start"
    first = "git commit -am 'lists: keep the order'", LISTS
    page = _lines(first, away).page(tmp_path)
    assert "repository, detached HEAD: " in page
    assert "HEAD 1111aaa by git (L6)" in page
    assert "at least 1 commit here (1 made on main)" in page
    back = "git switch main", "Switched to branch 'main'"
    assert "repository, branch main: " in _lines(first, away, back).page(tmp_path)


def test_a_commit_on_no_branch_is_told_as_such(tmp_path: Path) -> None:
    """Who goes on must put a branch there, or it is lost; one made there ends that."""
    made = "git commit -am x", "[detached HEAD 77aa001] x"
    assert "repository, detached HEAD: " in _lines(made).page(tmp_path)
    named = "git switch -c kept", "Switched to a new branch 'kept'"
    assert "repository, branch kept: " in _lines(made, named).page(tmp_path)
    status = "git status", "HEAD detached from 1111aaa\nnothing to commit, working tree clean"
    first = "git commit -am 'lists: keep the order'", LISTS
    assert "repository, detached HEAD: " in _lines(first, status).page(tmp_path)


def test_the_head_of_the_page_names_no_branch_where_none_is_checked_out(tmp_path: Path) -> None:
    """What the repository at hand says counts more than what the session saw last."""
    repository = tmp_path / "app"
    repository.mkdir()
    git = ["git", "-C", str(repository), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q", "-b", "main"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    lines = Lines(cwd=str(repository))
    lines.user("please look at the first commit")
    assert ", branch main at " in lines.page(tmp_path)
    subprocess.run([*git, "checkout", "-q", "--detach"], check=True)
    assert ", detached HEAD at " in lines.page(tmp_path)
    assert "branch main" not in lines.page(tmp_path)


def test_a_branch_renamed_from_another_work_tree_has_its_new_name_in_all(tmp_path: Path) -> None:
    """Work trees of a repository share its branches."""
    page = _lines(
        ("git worktree add -b feat ../side", "Preparing worktree (new branch 'feat')"),
        ("git -C ../side commit -am x", "[feat 77aa001] x"),
        ("git branch -m feat feature", ""),
    ).page(tmp_path)
    assert "repository, branch feature in " in page


def test_a_stash_that_met_a_conflict_is_still_there(tmp_path: Path) -> None:
    """Git says that it keeps it, though what came behind it worked."""
    kept = "CONFLICT (content): Merge conflict in a.py\nThe stash entry is kept in case you need it again.\nUU a.py"
    aside = "git stash", "Saved working directory and index state WIP on main: 1111aaa start"
    told = "changes were put aside with git stash and not brought back"
    assert f"{told}: a.py (L4)" in _lines(aside).page(tmp_path)
    assert told in _lines(aside, ("git stash pop; git status -s", kept)).page(tmp_path)
    assert told not in _lines(aside, ("git stash pop; git status -s", " M a.py")).page(tmp_path)


def test_what_git_at_hand_no_longer_lists_is_not_told_and_what_it_lists_is(tmp_path: Path) -> None:
    """The user may go on by hand, after the last line: delete what was untracked, change something, commit."""
    repository = tmp_path / "app"
    repository.mkdir()
    git = ["git", "-C", str(repository), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    (repository / "a.py").write_text("a\n")
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    lines = Lines(cwd=str(repository))
    lines.user("please mend the parser")
    lines.bash("git commit -am x", f"[main {head[:7]}] x\n 1 file changed")
    for name in ("notes.txt", "plan.txt"):
        (repository / name).write_text("n\n")
    lines.bash("git status -s", "?? notes.txt\n?? plan.txt")
    assert "untracked: ./notes.txt, ./plan.txt" in lines.page(tmp_path)
    assert "uncommitted now" not in lines.page(tmp_path)
    (repository / "notes.txt").unlink()
    (repository / "a.py").write_text("b\n")
    page = lines.page(tmp_path)
    assert "untracked: ./plan.txt" in page
    assert "uncommitted now: a.py, plan.txt" in page
    assert "HEAD is" not in page
    subprocess.run([*git, "commit", "-qam", "y"], check=True)
    new = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    assert f"HEAD is {new[:7]} on main now; git told of {head[:7]} last (L2)" in lines.page(tmp_path)


def test_a_number_that_another_program_printed_is_no_commit(tmp_path: Path) -> None:
    """A log of one line for each commit shows a subject behind each id; a telephone number has none."""
    lines = Lines()
    lines.user("please write the numbers with a leading 0")
    lines.edit(f"{lines.cwd}/clean.py")
    shows = "phone\n01715550101\n\n0305550102\ne9cf9e3 Lead with a 0\n0f0db11 Begin"
    lines.bash("cut -d, -f3 out.csv; git commit -qam 'Lead with a 0' && git log --oneline", shows)
    page = lines.page(tmp_path)
    assert "the last e9cf9e3" in page
    assert "the last 0" not in page


def test_commits_of_several_branches_are_told_apart(tmp_path: Path) -> None:
    """One number beside the name of the last branch would say that all of them are there."""
    steps = [
        ("git switch -c sums", "Switched to a new branch 'sums'"),
        ("git commit -am 'sums: round half up'", SUMS.replace("main", "sums")),
        ("git switch main", "Switched to branch 'main'"),
        ("git commit -am 'lists: keep the order'", LISTS),
    ]
    assert "at least 2 commits here (1 made on sums, 1 made on main)" in _lines(*steps).page(tmp_path)
    named = "git branch -m sums rounding", ""
    assert "(1 made on rounding, 1 made on main)" in _lines(*steps, named).page(tmp_path)
    named = "git branch -m sums rounding && git switch rounding", "Switched to branch 'rounding'"
    assert "(1 made on rounding, 1 made on main)" in _lines(*steps, named).page(tmp_path)
    assert "made on" not in _lines(*steps[2:]).page(tmp_path)


def test_a_log_of_all_branches_shows_which_commits_no_reset_made_void(tmp_path: Path) -> None:
    """What is on another branch still has its id; what a log of the past shows may have lost it."""
    steps = [
        ("git switch -c sums", "Switched to a new branch 'sums'"),
        ("git commit -am 'sums: round half up'", SUMS.replace("main", "sums")),
        ("git switch main", "Switched to branch 'main'"),
        ("git merge --no-ff sums && git reset --hard ORIG_HEAD", "HEAD is now at 1111aaa start"),
    ]
    assert "(4f2a9c1 until a rewrite" in _commits(_lines(*steps).page(tmp_path))
    shows = "* 4f2a9c1 (sums) sums: round half up\n* 1111aaa (HEAD -> main) start"
    page = _lines(*steps, ("git log --oneline --all --graph", shows)).page(tmp_path)
    assert "4f2a9c1 sums: round half up" in _commits(page)
    assert "may be gone" not in page
    page = _lines(*steps, ("git log -g --all --oneline", shows)).page(tmp_path)
    assert "(4f2a9c1 until a rewrite" in _commits(page)
