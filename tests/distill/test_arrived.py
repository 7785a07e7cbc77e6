"""A pull request whose files a pull of another branch brought was merged, as it seems."""

import pytest

from tests.distill.test_git import ran

COMMIT = ("git commit -m a", "[fix aaaaaaa] a\n create mode 100644 src/new.py\n create mode 100644 src/b.py")
PUSH = ("git push", "To host:x.git\n   aaaaaaa..bbbbbbb  fix -> fix")
OPENED = ("gh pr create --title t", "https://host.example/o/r/pull/7")
BROUGHT = " src/new.py | 12 +++\n src/b.py | 3 +\n README.md | 1 +"
FROM = "From https://host.example/o/r\n   1111111..2222222  main       -> origin/main\n"


def _state(*steps: tuple[str, str]) -> str:
    return ran(COMMIT, PUSH, OPENED, *steps).repos.requests["7"][1]


def test_a_pull_of_another_branch_that_brings_its_files() -> None:
    """Wherever git switched to it, its files came from the pull request: so that seems merged."""
    pulled = f"{FROM}Updating 1111111..2222222\nFast-forward\n{BROUGHT}\n"
    assert (
        _state(("git checkout main && git pull", pulled))
        == "merged, as it seems: a pull of main brought its files"
    )
    there = ("git checkout main", "Switched to branch 'main'")
    assert _state(there, ("git pull", f"Updating 1..2\nFast-forward\n{BROUGHT}")).startswith(
        "merged, as it seems"
    )


@pytest.mark.parametrize(
    "output",
    [
        f"{FROM}Fast-forward\n src/new.py | 12 +++\n",  # not all of them
        f"From https://host.example/o/r\n   1111111..2222222  fix -> origin/fix\nFast-forward\n{BROUGHT}\n",
        f"Updating 1111111..2222222\nFast-forward\n{BROUGHT}\n",  # nobody knows of what branch
    ],
)
def test_a_pull_that_proves_nothing(output: str) -> None:
    """What brings only some of its files, or comes of its own branch or an unknown one, leaves it open."""
    assert _state(("git pull", output)) == "opened"


def test_checks_that_passed_before_stay_told() -> None:
    """A merge that is only likely does not take the place of what was seen."""
    pulled = f"{FROM}Fast-forward\n{BROUGHT}\n"
    state = _state(("gh pr checks 7", "unit\tpass\t3s\nlint\tpass\t2s\n"), ("git pull", pulled))
    assert (
        state == "merged, as it seems: a pull of main brought its files; before that all 2 checks passed (L4)"
    )
