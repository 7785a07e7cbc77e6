"""What is read from the outputs of test runners, linters and type checkers over the ecosystems."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from spread.distill.failing import names_of
from spread.distill.runs import run_of
from spread.distill.shell import split
from spread.distill.validation import judged
from spread.transcript_events import Call

OUTCOMES = {"pass": "passed", "fail": "failed"}
# Whose output says in a pipe neither that it passed nor that it failed, and runs whose last lines do not.
TELLS_NOTHING = {"maven-q", "pylint", "ruff-fixed", "karma-crash"}
ENDS_SILENT = {"maven", "cargo", "tfvalidate", "tflint"}


class Case(NamedTuple):
    """One run: `kind` is pass, fail or none, where no test ran or nothing was checked."""

    tool: str
    command: str
    kind: str
    code: int
    names: list[str]
    output: str


def cases() -> Iterator[Case]:
    """Read the outputs: each has a line above it with tool, command, kind, exit code and the tests that failed."""
    text = (Path(__file__).parent / "runners.txt").read_text("utf-8")
    for block in re.split(r"(?m)^=== (?=[^|\n]+\|[^|\n]+\| \w+ \| \d+ \|)", text)[1:]:
        head, _, output = block.partition("\n")
        tool, command, kind, code, names = (part.strip() for part in head.split(" |"))
        yield Case(tool, command, kind, int(code), [*filter(None, names.split(","))], output.rstrip("\n"))


CASES = [*cases()]
IDS = [f"{case.tool}-{case.kind}" for case in CASES]


def outcome(command: str, output: str, code: int = 0) -> str:
    text = f"Exit code {code}\n{output}" if code else output
    call = Call(1, "t", "Bash", {"command": command}, result_line=2, ok=code == 0, output=text)
    found = run_of(call, split(command))
    return judged(found, {})[-1].outcome if found else "none"


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_outcome_by_the_exit_code(case: Case) -> None:
    """A run that failed failed; one that ended well passed, but where it says that there was nothing to run."""
    told = outcome(case.command, case.output, case.code)
    assert told == (OUTCOMES.get(case.kind) or ("failed" if case.code else "unknown"))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_outcome_where_a_pipe_hides_the_exit_code(case: Case) -> None:
    """The runner's own words tell; where there was nothing to run, or it broke down, nothing passed."""
    lines = case.output.split("\n")
    told = {
        most: outcome(f"{case.command} 2>&1 | tail -{most}", "\n".join(lines[-most:])) for most in (40, 20, 5)
    }
    told[0] = outcome(f"{case.command} 2>&1 | head -200", case.output)
    told[1] = outcome(f"{case.command}; echo done", f"{case.output}\ndone")
    if case.kind == "none":
        assert "passed" not in (told[0], told[1], told[40], told[20])
        return
    wanted = OUTCOMES[case.kind]
    assert set(told.values()) <= {wanted, "unknown"}
    if case.tool not in TELLS_NOTHING:
        assert (told[0], told[1], told[20]) == (wanted, wanted, wanted)
    if case.tool not in TELLS_NOTHING | ENDS_SILENT and not (case.tool == "tape" and case.kind == "fail"):
        assert told[5] == wanted


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_head_of_an_output_proves_no_pass(case: Case) -> None:
    """What was cut off may have told of a failure."""
    lines = case.output.split("\n")
    for most in range(1, min(len(lines), 12)):
        told = outcome(f"{case.command} 2>&1 | head -{most}", "\n".join(lines[:most]))
        assert told in ("unknown", OUTCOMES.get(case.kind, "failed").replace("passed", "unknown"))


@pytest.mark.parametrize("case", [it for it in CASES if it.kind == "fail"])
def test_failing_tests_are_named(case: Case) -> None:
    """Of a test that holds others only those of these; what is no test, as a file that did not compile, has no name."""
    assert sorted(names_of(case.output)) == sorted(case.names)


@pytest.mark.parametrize("case", [it for it in CASES if it.kind != "fail"])
def test_nothing_is_named_as_failed_where_nothing_failed(case: Case) -> None:
    """What passes, or did not run, has no names of tests."""
    assert names_of(case.output) == []
