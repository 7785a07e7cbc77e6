"""Checks that ran on another host over ssh: they are of what was sent there, and may be of other files since."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, Lines

GOOD = "==== 12 passed in 0.11s ===="
DONE = "[main 1a2b3c4] parser: mended\n 1 file changed\nTo x.test:x/y.git\n   0000001..1a2b3c4  main -> main"
PUSHED = "To x.test:x/y.git\n   0000001..1a2b3c4  main -> main"
TEST = "ssh dev@box 'cd app && make test'"


def _outcome(lines: Lines, tmp_path: Path) -> tuple[str, bool | None]:
    lines.say("Done.")
    told = lines.distilled(tmp_path).validation
    return told.outcome, told.after_last_edit


def _lines() -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    return lines


@pytest.mark.parametrize(
    ("command", "output", "code", "wanted"),
    [
        (TEST, GOOD, 0, "passed"),
        ("ssh -p 22 -i k dev@box make test", GOOD, 0, "passed"),
        (TEST, "1 failed, 11 passed\nmake: *** [Makefile:8: test] Error 1", 2, "failed"),
        ("ssh dev@box 'cd app && make test | tail -3'", GOOD, 0, "passed"),
        ("ssh dev@box 'cd app; make test; true'", "ok", 0, "unknown"),
        ("ssh dev@box '/opt/venv/bin/python -m pytest -q'", GOOD, 0, "passed"),
        ("ssh dev@box '/root/check-disk.sh'", "fine", 0, "none observed"),
        (TEST, "ssh: connect to host box port 22: Connection refused", 255, "unknown"),
        ("ssh dev@box 'nohup make test > t.log 2>&1 &'", "", 0, "unknown"),
        ("ssh -f dev@box 'make test'", "", 0, "unknown"),
        ("ssh dev@box uptime", "up 3 days", 0, "none observed"),
    ],
)
def test_what_a_line_there_checks(tmp_path: Path, command: str, output: str, code: int, wanted: str) -> None:
    """ssh hands on how its line ended, but where it did not get there; a script of the host's own is no check."""
    lines = _lines()
    lines.bash(command, output, code=code)
    assert _outcome(lines, tmp_path)[0] == wanted


@pytest.mark.parametrize(
    ("before", "command", "wanted"),
    [
        ("", TEST, "unknown"),
        ("", f"rsync -a ./ dev@box:app/ && {TEST}", "passed"),
        ("", "ssh dev@box 'cd app && git pull && make test'", "unknown"),
        ("git commit -qam 'parser: mended' && git push", TEST, "passed"),
        ("git push", TEST, "unknown"),
        ("scp a.py dev@box:app/", TEST, "passed"),
        ("git status", TEST, "unknown"),
        ("rsync -a dev@box:logs/ logs/", TEST, "unknown"),
    ],
)
def test_what_was_not_sent_was_not_checked(tmp_path: Path, before: str, command: str, wanted: str) -> None:
    """Where the files here were changed and nothing is seen to have gone there, a pass may be of older ones."""
    lines = _lines()
    lines.edit(f"{CWD}/a.py")
    if before:
        lines.bash(before, DONE if "commit" in before else PUSHED)
    lines.bash(command, GOOD)
    assert _outcome(lines, tmp_path)[0] == wanted


@pytest.mark.parametrize(
    ("then", "fresh"),
    [
        ('ssh dev@box "cd app && sed -i s/a/b/ a.py"', False),
        ("ssh dev@box 'cd app && git checkout old'", False),
        ("ssh dev@box 'cat app/a.py'", True),
        ("ssh dev@box 'systemctl restart app'", True),
    ],
)
def test_a_change_there_after_it(tmp_path: Path, then: str, *, fresh: bool) -> None:
    """What was changed there after a check was not checked."""
    lines = _lines()
    lines.bash(TEST, GOOD)
    lines.bash(then)
    assert _outcome(lines, tmp_path) == ("passed", fresh)
