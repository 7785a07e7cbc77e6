"""What nobody tried, and what the user asked for and nobody took up again."""

from pathlib import Path

import pytest

from spread.distill.unproven import KEPT, still, unproven
from tests.distill.test_next import DENIED, begun, told


@pytest.mark.parametrize(
    "said",
    [
        "**The workflow has not executed in CI yet** - watch its first run.",
        "The reset was not tested.",
        "I couldn't verify the upload from here.",
        "The lock of the other system is untested.",
        "The import has never been run.",
    ],
)
def test_what_was_not_tried(said: str) -> None:
    """However it is said."""
    assert unproven(f"All is done.\n{said}\nIt is fast.") == [said.replace("**", "")]


@pytest.mark.parametrize(
    "said",
    [
        "Tell me if the reset was not tested.",
        "Has the reset not been tested?",
        "The list is deliberately not tested here.",
        "The parts are added only when they were not checked.",
        "The reset runs and is tested.",
    ],
)
def test_what_says_nothing_of_the_kind(said: str) -> None:
    """Questions, conditions, and what is so on purpose."""
    assert unproven(said) == []


def test_what_is_spoken_of_later_is_not_told() -> None:
    """Nor what the tests may have settled since."""
    known = [(3, "The upload of pictures was not verified."), (5, "The new tests were not run.")]
    assert still(known, [(1, "The upload of pictures is next.")], 0) == known[::-1]
    assert still(known, [(7, "Now the upload of pictures is verified.")], 0) == [known[1]]
    assert still(known, [], 9) == [known[0]]


def test_next_names_what_was_not_tried(tmp_path: Path) -> None:
    """Also of an earlier report; once only, where the last words say it as well."""
    lines = begun()
    lines.say("The parser is mended. The nightly workflow has not executed in CI yet.")
    lines.user("now rename the module of the days")
    lines.edit("/home/dev/app/days.py")
    lines.bash("pytest -q", "1 passed in 0.1s")
    lines.say("It has its new name.")
    wanted = "not tried, the agent said: “The nightly workflow has not executed in CI yet.” (L"
    assert wanted in told(lines, tmp_path)
    once = begun()
    once.say("The parser is mended. The nightly workflow was not tested yet.")
    assert told(once, tmp_path).count("nightly workflow") == 1
    many = begun()
    many.say(" ".join(f"Part {at} was not tested." for at in range(3 * KEPT)))
    assert told(many, tmp_path).count("was not tested") <= 5


@pytest.mark.parametrize(("again", "part"), [(False, False), (True, False), (False, True)])
def test_next_names_a_request_whose_call_was_denied(tmp_path: Path, *, again: bool, part: bool) -> None:
    """As long as nobody asks for it again and nothing is seen to do it, or part of it."""
    lines = begun()
    lines.user("fetch the remarks of the reviewers and answer them")
    if part:
        lines.tool(
            "Write", {"file_path": "/home/dev/proj/answers.md", "content": "x"}, "File created successfully"
        )
    lines.tool("Bash", {"command": "gh api repos/a/b/comments"}, DENIED, error=True)
    lines.user("[Request interrupted by user for tool use]")
    lines.user("explain how the parser reads a day")
    lines.say("By a table.")
    if again:
        lines.user("fetch the remarks of the reviewers now")
        lines.say("They are here.")
    for _ in range(5):
        lines.user("and how does it read a month")
        lines.say("By a table, too.")
    assert ("not asked again: “fetch the remarks" in told(lines, tmp_path)) is not (again or part)
