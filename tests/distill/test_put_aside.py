"""Changes that were put aside for a while."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, Lines

PASSED = "**State: validated**; passed after the last edit: `pytest` 3 passed in 0.1s (L{0})"
SAVED, BACK = "Saved working directory", "On branch main\nDropped refs/stash@{0}"
ON = "Switched to branch 'it'\nYour branch is ahead of 'origin/main' by 1 commit."
EVEN = "Switched to branch 'it'\nYour branch is up to date with 'origin/it'."
FAILED = "1 failed, 2 passed in 0.1s"


def _begun() -> tuple[Lines, int]:
    lines = Lines()
    lines.user("mend the parser")
    lines.bash("git checkout -b lists", "Switched to a new branch 'lists'")
    lines.edit(f"{CWD}/a.py")
    return lines, lines.bash("pytest", "3 passed in 0.1s") + 1


@pytest.mark.parametrize(
    "steps",
    [
        [("git stash", SAVED), ("pytest", FAILED), ("git stash pop", BACK)],
        [("git stash", SAVED), ("git stash pop --index stash@{0}", BACK)],
        [("git stash -u && pytest | tail -1", f"{SAVED}\n{FAILED}"), ("git stash apply", BACK)],
        [("git stash", SAVED), *[("pytest", FAILED)] * 6, ("pytest; git stash pop", f"{FAILED}\n{BACK}")],
        [("git stash && git log -1; git stash pop", f"{SAVED}\n{BACK}")],
        [("git checkout main", ON), ("pytest", FAILED), ("git checkout -", ON)],
        [("git checkout main", EVEN), ("pytest", FAILED), ("git checkout -", EVEN)],
        [("git switch -q main", ""), ("pytest", FAILED), ("git switch lists", ON)],
        [
            ("git stash", SAVED),
            ("git checkout main", ON),
            ("pytest", FAILED),
            ("git checkout lists", ON),
            ("git stash pop", BACK),
        ],
    ],
)
def test_what_ran_without_the_changes_is_not_of_now(tmp_path: Path, steps: list[tuple[str, str]]) -> None:
    """Brought back before anything was edited, they stand as they were checked: it failed without them."""
    lines, at = _begun()
    for command, output in steps:
        failed = FAILED in output and "tail" not in command and "pop" not in command
        lines.bash(command, output, code=1 if failed else 0)
    lines.say("It failed before, too.")
    page = lines.page(tmp_path)
    assert PASSED.format(at) in page
    assert "make `pytest` pass" not in page


@pytest.mark.parametrize(
    "steps",
    [
        [("git stash", SAVED)],
        [("git checkout main", EVEN)],
        [("git checkout main && git pull", "Switched to branch 'main'\nAlready up to date.")],
        [("git stash", SAVED), ("sed -i s/a/b/ a.py", ""), ("git stash pop", BACK)],
        [("git stash", SAVED), ("git pull", "Updating a..b"), ("git stash pop", BACK)],
        [("git stash", SAVED), ("git stash pop && git checkout other", BACK)],
        [("git checkout main", ON)],
        [("git checkout main", ON), ("git checkout other", ON)],
        [("git checkout main", ON), ("git merge lists", "Fast-forward"), ("git checkout -", ON)],
        [("git checkout main", ON), ("git stash push -m lists", SAVED)],
        [("git stash", SAVED), ("git stash pop stash@{1}", BACK)],
        [("git checkout -", ON)],
        [("git checkout a.py", "Updated 1 path from the index"), ("git checkout -", ON)],
        [("git checkout -q a.py", ""), ("git checkout -", ON)],
    ],
)
def test_where_more_was_changed_nothing_is_proved(tmp_path: Path, steps: list[tuple[str, str]]) -> None:
    """Then it is not what was checked, nor is it where nothing was brought back."""
    lines, _ = _begun()
    for command, output in steps:
        lines.bash(command, output)
    assert "**State: validated**" not in lines.page(tmp_path)


def test_a_check_behind_it_counts(tmp_path: Path) -> None:
    """It ran on all of the changes again."""
    lines, _ = _begun()
    lines.bash("git stash", SAVED)
    line = lines.bash("git stash pop && pytest", f"{BACK}\n2 failed, 1 passed in 0.2s", code=1) + 1
    assert f"failed, exit code 1: 2 failed, 1 passed in 0.2s (L{line})" in lines.page(tmp_path)
    lines, _ = _begun()
    lines.bash("git stash", SAVED)
    line = lines.bash("git stash pop && pytest", f"{BACK}\n3 passed in 0.2s") + 1
    assert f"passed after the last edit: `git stash pop && pytest` 3 passed in 0.2s (L{line})" in lines.page(
        tmp_path
    )


@pytest.mark.parametrize("later", [False, True])
def test_what_a_stash_brings_back_is_in_no_commit_made_without_it(tmp_path: Path, later: bool) -> None:
    """A commit made while it lay aside took none of it; one that comes after it may."""
    commit = ("git commit -qam Doors && git log --oneline -1", "1aa0b7e Doors")
    lines = Lines()
    lines.user("paint the lamps")
    lines.edit(f"{CWD}/lamps.py")
    lines.bash("git stash -q")
    lines.edit(f"{CWD}/doors.py")
    lines.bash(*commit)
    lines.bash("git stash pop -q")
    if later:
        lines.bash("git commit -qam Lamps && git log --oneline -1", "2bb0b7e Lamps")
    lines.say("They are painted.")
    assert ("in no commit seen: lamps.py" in lines.page(tmp_path)) is not later


BAD = "---- reads stdout ----\nboom\n\nfailures:\n    reads\n\ntest result: FAILED. 2 passed; 1 failed\n\nerror: x"


@pytest.mark.parametrize(
    ("command", "output", "outcome", "counts"),
    [
        (
            "git stash -q && cargo test; git stash pop -q; cargo test",
            f"{BAD}\ntest result: ok. 3 passed; 0 failed",
            "passed",
            "3 passed, 0 failed",
        ),
        (
            "git stash -q && cargo test; git stash pop -q; cargo test | tail -1",
            f"{BAD}\ntest result: ok. 3 passed; 0 failed",
            "unknown",
            "",
        ),
        ("git stash -q && cargo test; git stash pop -q", BAD, "passed", "4 passed, 0 failed"),
    ],
)
def test_a_line_that_tests_without_a_change_and_then_with_it(
    tmp_path: Path, command: str, output: str, outcome: str, counts: str
) -> None:
    """What failed while the change was put aside says nothing of how it stands."""
    lines = Lines()
    lines.user("please mend the reader and prove it by a test")
    lines.edit("/home/dev/app/src/a.rs")
    lines.bash("cargo test", "test result: ok. 4 passed; 0 failed")
    lines.bash(command, output)
    lines.say("It fails without the change.")
    found = lines.distilled(tmp_path).validation
    assert found is not None
    assert found.outcome == outcome
    assert not counts or found.counts == counts
