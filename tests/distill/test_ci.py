"""Checks that run on a server and were watched to their end."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, Lines

DONE = "[main 1a2b3c4] mend\n 1 file changed"
PUSHED = "To example.com:x/y.git\n   0000001..1a2b3c4  main -> main"
WATCH = "gh run watch 123 --exit-status"


def _begun() -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.py")
    return lines


@pytest.mark.parametrize(
    "command", [WATCH, "gh pr checks 7 --watch", "sleep 20 && gh run watch --exit-status 9"]
)
@pytest.mark.parametrize(("code", "outcome", "state"), [(0, "passed", "validated"), (1, "failed", "failing")])
def test_what_was_pushed_was_checked(
    tmp_path: Path, command: str, code: int, outcome: str, state: str
) -> None:
    """A run that is watched, and tells by its exit code, is a check of what was pushed before it."""
    lines = _begun()
    lines.bash("git commit -am mend", DONE)
    lines.bash("git push", PUSHED)
    lines.bash(command, "JOBS\ntest in 31s (ID 5)", code=code)
    made = lines.distilled(tmp_path)
    assert (made.validation.outcome, made.state) == (outcome, state)


def test_a_push_in_the_same_line(tmp_path: Path) -> None:
    """It stands before the watch."""
    lines = _begun()
    lines.bash(f"git commit -am mend && git push && {WATCH}", f"{DONE}\n{PUSHED}\n✓ main CI · 123")
    assert lines.distilled(tmp_path).validation.outcome == "passed"


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("gh run watch 123", "X main CI · 123"),
        ("gh run view 123", "✓ main CI · 123"),
        ("gh run list", "completed success mend CI main push 123"),
        ("gh pr checks 7", "test pass 31s"),
        ("gh run rerun 123", ""),
    ],
)
def test_what_does_not_fail_where_the_checks_do(tmp_path: Path, command: str, output: str) -> None:
    """A watch that ends well whatever came of the run proves nothing, nor does a look."""
    lines = _begun()
    lines.bash("git commit -am mend", DONE)
    lines.bash("git push", PUSHED)
    lines.bash(command, output)
    assert lines.distilled(tmp_path).validation.outcome == "none observed"


def test_checks_of_older_contents_are_none(tmp_path: Path) -> None:
    """What was edited after the push, or never committed, they have not seen."""
    lines = _begun()
    lines.bash(WATCH, "✓ main CI · 123")
    assert lines.distilled(tmp_path).validation.outcome == "none observed"
    lines.bash("git commit -am mend", DONE)
    lines.bash("git push", PUSHED)
    lines.edit(f"{CWD}/b.py")
    lines.bash(WATCH, "✓ main CI · 123")
    assert lines.distilled(tmp_path).validation.outcome == "none observed"


@pytest.mark.parametrize(
    "output",
    [
        "no checks reported on the 'main' branch",
        "failed to get run: HTTP 404: Not Found",
        "error connecting to api.example.com",
    ],
)
def test_checks_that_were_not_found_failed_not(tmp_path: Path, output: str) -> None:
    """Nothing was checked then."""
    lines = _begun()
    lines.bash("git commit -am mend", DONE)
    lines.bash("git push", PUSHED)
    lines.bash("gh pr checks --watch", output, code=1)
    assert lines.distilled(tmp_path).validation.outcome == "none observed"
