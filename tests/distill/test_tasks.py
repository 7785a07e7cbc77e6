"""A check in the background: its exit code says as much as it does in the foreground, and what it printed the rest."""

from pathlib import Path

import pytest

from spread.distill.runs import Run
from spread.distill.tasks import MOST_SETTLED, forget
from spread.distillation import Distillation
from tests.distill.lines import CWD, Lines

BAD = "Test Suites: 1 failed, 3 passed, 4 total\nTests:       2 failed, 30 passed, 32 total"
GOOD = "Test Suites: 4 passed, 4 total\nTests:       32 passed, 32 total"
LOG = "/tmp/claude/-home-dev-app/tasks/b7.output"


def _begun(command: str) -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.ts")
    said = f"Command running in background with ID: b7. Output is being written to: {LOG}"
    told = {"backgroundTaskId": "b7", "stdout": "", "stderr": ""}
    lines.tool("Bash", {"command": command, "run_in_background": True}, said, twin=told)
    return lines


def _notice(lines: Lines, code: int = 0) -> None:
    how = f"failed with exit code {code}" if code else "completed (exit code 0)"
    lines.user(
        f"<task-notification>\n<task-id>b7</task-id>\n<status>{'failed' if code else 'completed'}</status>\n"
        f'<summary>Background command "Expect exit code 3 of it" {how}</summary>\n</task-notification>'
    )


def _output(lines: Lines, output: str, code: int = 0) -> None:
    text = "<retrieval_status>success</retrieval_status>\n\n<task_id>b7</task_id>\n\n<status>completed</status>\n\n"
    lines.tool(
        "TaskOutput",
        {"task_id": "b7"},
        f"{text}<exit_code>{code}</exit_code>\n\n<output>\n{output}\n</output>",
    )


def _ended(lines: Lines, tmp_path: Path) -> tuple[str, str]:
    lines.say("Done.")
    made: Distillation = lines.distilled(tmp_path)
    return made.state, made.validation.outcome


VALID, FAILING, OPEN = ("validated", "passed"), ("failing", "failed"), ("needs verification", "unknown")


@pytest.mark.parametrize(
    ("command", "code", "wanted"),
    [
        ("npm test", 0, VALID),
        ("npm run lint && npm test", 0, VALID),
        ("npm test", 1, FAILING),
        ("npm test 2>&1 | tail -5", 0, OPEN),
        ("npx tsc --noEmit | head", 0, OPEN),
        ("make test || true", 0, OPEN),
        ("npm test > /tmp/t.log 2>&1; echo done", 0, OPEN),
        ("npm test", 143, OPEN),
    ],
)
def test_a_notice_of_its_end(tmp_path: Path, command: str, code: int, wanted: tuple[str, str]) -> None:
    """Where another command's exit code is told, and no output, nobody knows whether it passed."""
    lines = _begun(command)
    _notice(lines, code)
    assert _ended(lines, tmp_path) == wanted


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("npm test", GOOD, VALID),
        ("npm test 2>&1 | tail -5", GOOD, VALID),
        ("npm test 2>&1 | tail -5", BAD, FAILING),
        ("npm test || true", f"<p>\n{BAD}", FAILING),
        ("npx jest foo --passWithNoTests", "No tests found, exiting with code 0", OPEN),
    ],
)
def test_what_it_printed(tmp_path: Path, command: str, output: str, wanted: tuple[str, str]) -> None:
    """It is read as that of a check that was waited for, and a notice that comes later takes nothing of it."""
    lines = _begun(command)
    _output(lines, output)
    assert _ended(lines, tmp_path) == wanted
    _notice(lines)
    assert _ended(lines, tmp_path) == wanted


@pytest.mark.parametrize(("output", "wanted"), [(GOOD, VALID), (BAD, FAILING)])
def test_its_file_is_read_later(tmp_path: Path, output: str, wanted: tuple[str, str]) -> None:
    """With a tool or in the shell; what a filter let through of it tells nothing."""
    for name, given in (("Read", {"file_path": LOG}), ("Bash", {"command": f"tail -20 {LOG}"})):
        lines = _begun("npm test 2>&1 | tail -5")
        _notice(lines)
        lines.tool(name, given, output)
        assert _ended(lines, tmp_path) == wanted
    lines = _begun("npm test 2>&1 | tail -5")
    _notice(lines)
    lines.bash(f"grep passed {LOG}", output.splitlines()[-1])
    assert _ended(lines, tmp_path) == OPEN


@pytest.mark.parametrize(
    "command",
    [
        f"cat {LOG} /tmp/old.log",
        f"cat /tmp/old.log; cat {LOG}",
        f"echo $(cat /tmp/old.log); tail -3 {LOG}",
        f"cat < /tmp/old.log; tail -3 {LOG}",
        f"echo 'Tests:       32 passed, 32 total'; tail -3 {LOG}",
    ],
)
def test_what_another_file_says_is_none_of_it(tmp_path: Path, command: str) -> None:
    """Nor what the line itself prints."""
    lines = _begun("npm test 2>&1 | tail -5")
    _notice(lines)
    lines.bash(command, GOOD.splitlines()[-1])
    assert _ended(lines, tmp_path) == OPEN


@pytest.mark.parametrize(
    ("more", "output"), [({"limit": 20}, GOOD), ({}, GOOD + "\nlogged" * 2_000)], ids=["limit", "long"]
)
def test_the_beginning_of_its_file_says_nothing(tmp_path: Path, more: dict[str, int], output: str) -> None:
    """What comes behind that may be the failure."""
    lines = _begun("npm test 2>&1 | tail -5")
    _notice(lines)
    lines.tool("Read", {"file_path": LOG, **more}, output)
    assert _ended(lines, tmp_path) == OPEN


def test_of_many_tasks_the_last_are_kept() -> None:
    """And those of the checks that still count, however old."""
    settled = {f"b{at}": (at, "") for at in range(2 * MOST_SETTLED + 1)}
    run = Run(1, 1, "npm test", [], {"test": 0}, [0], "", True, False, "b3")
    forget(settled, {"test": [run]})
    assert len(settled) == MOST_SETTLED + 1
    assert "b3" in settled


def test_of_two_runs_the_one_that_ended_last_counts(tmp_path: Path) -> None:
    """Though it was begun first."""
    lines = _begun("npm test")
    lines.bash("npm test", GOOD)
    _output(lines, BAD, 1)
    assert _ended(lines, tmp_path) == FAILING
