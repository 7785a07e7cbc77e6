"""A check that wrote what it said to a file, and a later call that shows the file."""

from pathlib import Path

import pytest

from spread.distill.logged import MAX_LOGS
from tests.distill.lines import CWD, Lines

GOOD, BAD = "==== 12 passed in 0.11s ====", "FAILED test_a.py::test_b\n==== 1 failed, 11 passed in 0.11s ===="
RUN = "pytest > run.log 2>&1 || true"
TWO = "Tests:       4 passed, 4 total"


def _lines() -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.py")
    return lines


def _outcome(lines: Lines, tmp_path: Path) -> str:
    lines.say("Done.")
    return lines.distilled(tmp_path).validation.outcome


@pytest.mark.parametrize(
    ("command", "shows", "said", "wanted"),
    [
        (RUN, "tail -n 4 run.log", GOOD, "passed"),
        (RUN, "tail -n 4 run.log", BAD, "failed"),
        (RUN, f"tail -4 {CWD}/run.log", BAD, "failed"),
        (RUN, f"cd {CWD} && tail -4 run.log", GOOD, "passed"),
        (RUN, "cd /srv && tail -4 run.log", GOOD, "unknown"),
        (RUN, "sleep 5; cat ./run.log | grep -E 'passed|failed'", BAD, "failed"),
        (RUN, "grep -E 'passed|failed' run.log", GOOD, "passed"),
        (RUN, "grep -c FAILED run.log", "0", "unknown"),
        (RUN, "tail -4 other.log", GOOD, "unknown"),
        (RUN, "tail -4 run.log old.log", GOOD, "unknown"),
        (RUN, "tail -4 run.log; cat old.log", GOOD, "unknown"),
        (RUN, "tail -4 < run.log", GOOD, "unknown"),
        (RUN, "test -f run.log && tail -4 run.log || true", GOOD, "unknown"),
        ("pytest > /tmp/run.log 2>&1; true", "tail -1 /tmp/run.log", GOOD, "passed"),
        ("cd sub; pytest > run.log 2>&1; true", "tail -1 run.log", GOOD, "unknown"),
        ("cd sub; pytest > run.log 2>&1; true", "tail -1 sub/run.log", GOOD, "passed"),
        ("pytest >> run.log 2>&1 || true", "tail -1 run.log", GOOD, "unknown"),
        ("pytest > $LOG 2>&1 || true", "tail -1 $LOG", GOOD, "unknown"),
        ("ruff check . > a.log; pytest > b.log; true", "tail -1 a.log", GOOD, "unknown"),
        ("(pytest > run.log 2>&1 &); sleep 3", "cat run.log", GOOD, "passed"),
        ("(pytest > run.log 2>&1 &); sleep 3", "cat run.log", BAD, "failed"),
        ("(npm test --workspaces > run.log 2>&1 &); sleep 3", "tail -1 run.log", TWO, "unknown"),
        ("npm test --workspaces > run.log 2>&1; true", "tail -1 run.log", TWO, "unknown"),
        ("npm test > run.log 2>&1; true", "cat run.log", TWO, "passed"),
        ("(ruff check .; pytest) > run.log 2>&1; true", "tail -1 run.log", GOOD, "unknown"),
    ],
)
def test_a_log_that_is_shown_later(tmp_path: Path, command: str, shows: str, said: str, wanted: str) -> None:
    """It tells what it would tell on the check's own line; of what goes on only its last line says that it ended."""
    lines = _lines()
    lines.bash(command)
    lines.bash(shows, said)
    assert _outcome(lines, tmp_path) == wanted


def test_what_was_edited_between_was_not_checked(tmp_path: Path) -> None:
    """The check counts as of when it ran, not of when its log was looked at; and it is named, not the look at it."""
    lines = _lines()
    lines.bash(RUN)
    lines.edit(f"{CWD}/a.py")
    lines.bash("tail -1 run.log", GOOD)
    told = lines.distilled(tmp_path).validation
    assert (told.outcome, told.after_last_edit, told.at) == ("passed", False, "L5")
    assert "tail" not in told.command


@pytest.mark.parametrize(
    ("between", "wanted"),
    [
        ("ls -l run.log", "passed"),
        ("python app.py > run.log", "unknown"),
        ("cp old.log run.log", "unknown"),
        ("python app.py > app.log", "passed"),
    ],
)
def test_a_log_written_anew(tmp_path: Path, between: str, wanted: str) -> None:
    """What another command may have written to the file says nothing of the check."""
    lines = _lines()
    lines.bash(RUN)
    lines.bash(between)
    lines.bash("tail -1 run.log", GOOD)
    assert _outcome(lines, tmp_path) == wanted


def test_a_log_written_by_a_tool(tmp_path: Path) -> None:
    """Likewise where the agent wrote it."""
    lines = _lines()
    lines.bash(RUN)
    lines.write(f"{CWD}/run.log")
    lines.bash("tail -1 run.log", GOOD)
    assert _outcome(lines, tmp_path) == "unknown"


@pytest.mark.parametrize(
    ("given", "said", "wanted"),
    [
        ({}, GOOD, "passed"),
        ({"limit": 20}, GOOD, "passed"),
        ({"limit": 20}, BAD, "failed"),
        ({"limit": 20}, "all tests passed", "unknown"),
    ],
)
def test_a_log_that_is_read(tmp_path: Path, given: dict[str, int], said: str, wanted: str) -> None:
    """Of a part only the line that a check ends with when all went well says that it did."""
    lines = _lines()
    lines.bash(RUN)
    shown = "\n".join(f"{at:>6}\t{text}" for at, text in enumerate(said.split("\n"), 1))
    lines.tool("Read", {"file_path": f"{CWD}/run.log", **given}, shown)
    assert _outcome(lines, tmp_path) == wanted


def test_an_output_that_the_client_put_into_a_file(tmp_path: Path) -> None:
    """Of one that is too long the client shows the beginning; where it put the rest it tells."""
    path = "/home/dev/.claude/projects/-home-dev-app/tool-results/b1.txt"
    lines = _lines()
    shown = "Preview (first 2KB):\ntest_a.py::test_a PASSED\n..."
    told = f"Output too large (61KB). Full output saved to: {path}\n\n{shown}"
    said = f"<persisted-output>\n{told}\n</persisted-output>"
    twin = {"stdout": "", "stderr": "", "interrupted": False, "persistedOutputPath": path}
    lines.tool("Bash", {"command": "pytest -v | cat"}, said, twin=twin)
    lines.bash(f"tail -3 {path}", BAD)
    assert _outcome(lines, tmp_path) == "failed"


def test_few_are_remembered(tmp_path: Path) -> None:
    """The logs of the newest checks are known; and the last run that wrote one counts."""
    lines = _lines()
    lines.bash(RUN)
    for at in range(MAX_LOGS):
        lines.bash(f"pytest a > {at}.log 2>&1 || true")
    lines.bash("tail -1 run.log", GOOD)
    assert _outcome(lines, tmp_path) == "unknown"
