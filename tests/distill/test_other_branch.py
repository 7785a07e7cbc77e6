"""What was done on one branch is not told of another one that was switched to since."""

from pathlib import Path

from tests.distill.lines import Lines, begun

NEW = "Switched to a new branch 'feat/sort'"
LISTS = "[feat/sort 77aa001] lists: keep the order\n 1 file changed, 1 insertion(+)"


def _page(tmp_path: Path, *steps: tuple[str, str]) -> str:
    lines: Lines = begun()
    for command, output in steps:
        lines.edit("/home/dev/app/a.py")
        lines.bash(command, output)
    return lines.page(tmp_path)


def test_a_quiet_push_is_of_the_branch_it_came_from(tmp_path: Path) -> None:
    """What git did not show it sent was sent from the branch that was checked out."""
    push = "git commit -qm 'lists: keep the order' -a && git push -q", ""
    on = "git switch -c feat/sort", NEW
    assert "branch feat/sort: pushed another branch;" in _page(tmp_path, push, on)
    page = _page(tmp_path, on, push, ("git switch -q main", ""))
    assert "branch main: pushed another branch, feat/sort;" in page
    assert "“lists: keep the order” on feat/sort, its id not shown" in page
    assert "branch feat/sort: pushed;" in _page(tmp_path, on, push)


def test_a_quiet_push_of_a_branch_come_back_to_may_be_of_it(tmp_path: Path) -> None:
    """Where the first branch has no name so far, one that is not new may be it."""
    push = "git commit -qm 'lists: keep the order' -a && git push -q", ""
    page = _page(
        tmp_path, push, ("git switch -c feat/sort", NEW), ("git switch main", "Switched to branch 'main'")
    )
    assert "branch main: pushed;" in page


def test_a_branch_switched_to_before_a_quiet_commit(tmp_path: Path) -> None:
    """The commit is of the branch that its own call went to."""
    page = _page(tmp_path, ("git checkout -q -b feat/sort && git commit -qam 'lists: keep the order'", ""))
    assert "“lists: keep the order”, its id not shown" in page


def test_unpushed_commits_are_told_by_branch(tmp_path: Path) -> None:
    """A log that shows what a commit did not show is of the branch of that commit."""
    push = (
        "git commit -qam 'start' && git push",
        "To github.com:kim/shop.git\n   1111aaa..22bb002  main -> main",
    )
    quiet = "git commit -qam 'lists: keep the order'", ""
    log = "git log --oneline -2", "77aa001 lists: keep the order\n22bb002 start"
    fix = "git switch -q main && git commit -am 'sums'", "[main 4f2a9c1] sums: round half up\n 1 file changed"
    page = _page(tmp_path, push, ("git switch -c feat/sort", NEW), quiet, log, fix)
    assert "not pushed as far as seen: 2 commits (1 made on feat/sort, 1 made on main)" in page


def test_a_rebase_leaves_the_commits_of_other_branches(tmp_path: Path) -> None:
    """Only what may be on the branch is made anew."""
    sums = (
        "git switch -q main && git commit -am 'sums'",
        "[main 4f2a9c1] sums: round half up\n 1 file changed",
    )
    rebase = (
        "git switch -q feat/sort && git rebase main",
        "Successfully rebased and updated refs/heads/feat/sort.",
    )
    page = _page(
        tmp_path, ("git switch -c feat/sort && git commit -am 'lists'", f"{NEW}\n{LISTS}"), sums, rebase
    )
    assert "4f2a9c1 sums: round half up" in page
    assert "lists: keep the order (77aa001 until a rewrite" in page
