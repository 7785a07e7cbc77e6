"""Checks that only what they print shows to be any."""

from pathlib import Path

import pytest

from spread.distill.shell import split
from spread.distill.shown import with_tests
from tests.distill.lines import CWD, Lines

COMMIT = ("git commit -am mend", "[main 1a2b3c4] mend\n 1 file changed")
PUSH = ("git push", "To example.com:x/y.git\n   0000001..1a2b3c4  main -> main")
RAN = "Ran 3 tests in 0.001s\n\n"
NODE = "\u2139 tests 2\n\u2139 pass 2\n\u2139 fail 0\n\u2139 duration_ms 50"
NODE_FAILED = "\u2716 adds (0.5ms)\n\u2139 tests 2\n\u2139 pass 1\n\u2139 fail 1"
VIEW = "\nX main CI \u00b7 123456789\nTriggered via push\n\nJOBS\nX test in 31s (ID 5)\n  X Run tests"
LOG = "test\tRun\t2026-01-02T03:04:05.1Z 1 failed in 0.1s\ntest\tRun\t2026-01-02T03:04:06.1Z ##[error]Ended with 1."
ROWS = "lint\tfail\t3s\thttps://host.example\nunit\tpass\t3s\thttps://host.example"


def _told(folder: Path, *steps: tuple[str, str] | tuple[str, str, int] | str) -> tuple[str, str]:
    """Return the outcome of the last check, and its command; a text among the steps is an edit."""
    lines = Lines()
    lines.user("please mend the parser")
    for step in ("a.py", *steps):
        if isinstance(step, str):
            lines.edit(f"{CWD}/{step}")
        else:
            lines.bash(step[0], step[1], code=step[2] if len(step) > 2 else 0)
    found = lines.distilled(folder).validation
    return found.outcome, found.command


@pytest.mark.parametrize(
    ("command", "output", "code", "outcome"),
    [
        ("python3 test_x.py", f"...\n{RAN}OK", 0, "passed"),
        ("python3 test_x.py", f"F..\n{RAN}FAILED (failures=1)", 1, "failed"),
        ("uv run test_x.py 2>&1 | tail -4", f"{RAN}OK", 0, "passed"),
        ("cd lib && python3 -W error test_x.py | tail -3", f"{RAN}FAILED (errors=1)", 0, "failed"),
        ("node x.test.js", NODE, 0, "passed"),
        ("node x.test.js", NODE_FAILED, 1, "failed"),
        ("node x.test.mjs 2>&1 | tail", "1..1\n# tests 1\n# pass  1\n\n# ok", 0, "passed"),
        ("perl t/a.t", "ok 1 - a\n1..1", 0, "passed"),
        ("ruby x_test.rb", "2 runs, 3 assertions, 0 failures, 0 errors, 0 skips", 0, "passed"),
        ("python3 test_x.py", "all is well", 0, "none observed"),
        ("node --check app.js; node test.js", "all 4 checks ok", 0, "passed"),
        ("node test.js", "AssertionError [ERR_ASSERTION]: 0 == 2", 1, "failed"),
        ("node app.js", "AssertionError [ERR_ASSERTION]: 0 == 2", 1, "none observed"),
        ("node app.js", "all 4 checks ok", 0, "none observed"),
        ("python3 fixtures/make_tests.py", "4 tests, none ok yet\nwritten", 0, "none observed"),
        ("python3 test_x.py", "Ran 0 tests in 0.000s\n\nNO TESTS RAN", 0, "none observed"),
        ("python3 report.py", "it says: Ran 3 tests in 0.001s today", 0, "none observed"),
        ("python3 -c 'import x; x.run()'", f"{RAN}OK", 0, "none observed"),
        ("python3 a.py; python3 b.py", f"{RAN}OK", 0, "none observed"),
        ("cat last.log", f"{RAN}OK", 0, "none observed"),
    ],
)
def test_a_script_that_runs_its_own_tests(
    tmp_path: Path, command: str, output: str, code: int, outcome: str
) -> None:
    """The summary of a test framework makes a script from a file a test run, or its name with how it ended."""
    assert _told(tmp_path, (command, output, code))[0] == outcome


@pytest.mark.parametrize(
    ("command", "output", "code"),
    [
        ("gh run view 123456789", VIEW, 0),
        ("gh run view 123456789 | head -20", VIEW, 0),
        ("gh run view 123456789 --log-failed | tail -50", LOG, 0),
        ("gh run view --json conclusion,jobs -q '.conclusion, .jobs[].name'", "failure\ntest", 0),
        ("gh run view 123456789 --json conclusion", '{"conclusion":"failure"}', 0),
        ("gh pr checks 7", ROWS, 1),
    ],
)
def test_a_look_that_shows_a_failure_there(tmp_path: Path, command: str, output: str, code: int) -> None:
    """What failed on a server after the push is a failed check, until a later look shows that all passed."""
    look = (command, output, code)
    assert _told(tmp_path, COMMIT, PUSH, look) == ("failed", command)
    assert _told(tmp_path, COMMIT, PUSH, look, ("gh pr checks 7", "unit\tpass\t3s\tx"))[0] == "none observed"
    assert _told(tmp_path, COMMIT, PUSH, look, ("gh pr checks 7", "unit\tpending\t3s\tx", 8))[0] == "failed"
    assert _told(tmp_path, COMMIT, PUSH, "b.py", look)[0] == "none observed", "it is of what was pushed"


def test_a_look_at_an_older_run_is_none(tmp_path: Path) -> None:
    """A run that was known before the last push did not see what that brought."""
    known = ("gh run watch 123456789", "X main CI \u00b7 123456789")
    look = ("gh run view 123456789 --log-failed", LOG)
    assert _told(tmp_path, COMMIT, PUSH, known, "b.py", COMMIT, PUSH, look)[0] == "none observed"


def test_a_look_is_no_trial(tmp_path: Path) -> None:
    """What it shows to fail was not tried here: nobody has to see that very look pass."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.py")
    for command, output in (COMMIT, PUSH, ("gh run view 123456789 --log-failed | tail -50", LOG)):
        lines.bash(command, output)
    lines.edit(f"{CWD}/a.py")
    lines.bash("pytest -q", "3 passed in 0.1s")
    lines.say("Done.")
    assert not lines.distilled(tmp_path).failed


GO = "go vet ./... && go test ./...\nok  \texample.org/x/y\t0.004s"


@pytest.mark.parametrize(
    ("command", "output", "tested"),
    [
        ("make check", GO, True),
        ("just ci", "==== 4 passed in 0.1s ====", True),
        ("make check", "checked 3 files", False),
        ("make lint", "All checks passed!", False),
    ],
)
def test_a_target_of_any_name_that_ran_tests(tmp_path: Path, command: str, output: str, tested: bool) -> None:
    """What a target of any name counts of tests makes it a test run of all that was written."""
    lines = Lines()
    lines.user("please write one test")
    lines.bash("go test ./...", "ok  \texample.org/x/y\t0.003s")
    lines.write(f"{CWD}/y/y_test.go")
    lines.bash(command, output)
    page = lines.page(tmp_path)
    assert ("no run of it seen" in page) is not tested
    assert ("a test passed only before it" in page) is not tested


def test_what_a_look_shows_to_fail_is_to_pass_there(tmp_path: Path) -> None:
    """A log that is only viewed cannot be made to pass."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit(f"{CWD}/a.py")
    for command, output in (COMMIT, PUSH, ("gh run view 123456789 --log-failed", LOG)):
        lines.bash(command, output)
    lines.say("The run is red.")
    told = lines.distilled(tmp_path).next
    assert told.startswith(
        "get the checks on the server to pass, failed by `gh run view 123456789 --log-failed`"
    )


def test_what_a_look_showed_to_fail_is_told_as_of_the_server(tmp_path: Path) -> None:
    """The look itself did not fail, nor can a run here leave out what failed there."""
    lines = Lines()
    lines.user("the checks of the branch fail on the server, please look")
    lines.bash("gh run view 123456789 --log-failed", LOG)
    lines.edit(f"{CWD}/a.py")
    lines.bash("cd /home/dev/copy && pytest -q", "3 passed in 0.1s")
    lines.say("It passes there.")
    told = "\n".join(lines.distilled(tmp_path).uncertainties)
    assert "checks on the server failed" in told
    assert "`gh run view 123456789 --log-failed`; no later look at them seen" in told
    assert "may have left it out" not in told


def test_check_is_the_name_of_the_tests_where_autotools_made_it() -> None:
    """They say so themselves, in a sum that counts some."""
    command = split("./configure && make check")
    assert with_tests(command, "PASS: sums\n# TOTAL: 1\n# PASS:  1\n# FAIL:  0")[1].kind == "test"
    assert with_tests(command, "# TOTAL: 0\n# PASS:  0\n# FAIL:  0")[1].kind != "test"
