"""Commands that only parse files of data are told where nothing else was checked."""

from pathlib import Path

import pytest

from spread.distill import distill
from tests.distill.lines import CWD, Lines

LOADS = "python3 -c \"import json; json.load(open('a.json'))\""


@pytest.mark.parametrize(
    ("command", "output", "code", "told"),
    [
        (LOADS, "", 0, True),
        (f"for f in *.json; do {LOADS} && echo OK; done", "OK", 0, True),
        ("python -m json.tool a.json > /dev/null", "", 0, True),
        ("jq empty a.json", "", 0, True),
        ("jq . a.json > /dev/null", "", 0, True),
        ("jq . a.json", "{}", 0, False),  # to read it
        ("cat a.json | python -m json.tool", "{}", 0, False),
        (LOADS.replace("))", ")['a'])"), "", 0, False),
        (LOADS, "json.decoder.JSONDecodeError: Expecting value", 1, False),
        (f"{LOADS}; echo done", "json.decoder.JSONDecodeError: Expecting value\ndone", 0, False),
    ],
)
def test_what_only_parses_a_file_is_a_light_check(
    command: str, output: str, code: int, told: bool, tmp_path: Path
) -> None:
    """It is no validation, and told as what it is once something else was edited."""
    lines = Lines()
    lines.user("bump the version, please")
    lines.edit(f"{CWD}/a.json")
    lines.bash(command, output, code=code)
    lines.edit(f"{CWD}/b.py")
    lines.say("It is bumped.")
    made = distill(lines.save(tmp_path), machine="box")
    assert any("of checks only the syntax of data seen, by `" in it for it in made.uncertainties) == told
    assert not made.validation.command


def test_it_says_nothing_where_something_was_checked(tmp_path: Path) -> None:
    """A test that passed checks more than that data can be read."""
    lines = Lines()
    lines.user("bump the version, please")
    lines.edit(f"{CWD}/b.py")
    lines.bash(LOADS)
    lines.bash("pytest -q", "3 passed in 0.1s")
    lines.say("It is bumped.")
    made = distill(lines.save(tmp_path), machine="box")
    assert not any("syntax of data" in it for it in made.uncertainties)
