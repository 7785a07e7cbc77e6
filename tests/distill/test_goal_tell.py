"""What a session is for, where it began with something else than the work that came of it."""

from pathlib import Path

import pytest

from spread.distill.goal_tell import BEGAN
from tests.distill.lines import CWD, Lines

REVIEW = "have a look at the list of colours and tell me what you think, no edits"
TAKEN = "anna is away, so take it over: sort the list, drop the doubles and leave the names as they are"


@pytest.mark.parametrize(
    ("edited_first", "asks", "request_of_its_own", "told"),
    [
        (False, False, TAKEN, True),
        (True, False, TAKEN, False),  # the work had begun on what was asked first
        (False, True, TAKEN, False),  # it answers a question
        (False, False, "ok sort it then", False),  # part of what was asked first
    ],
)
def test_the_request_that_the_first_edits_came_on(
    tmp_path: Path, edited_first: bool, asks: bool, request_of_its_own: str, told: bool
) -> None:
    """A session that was to look only, and then was to do something, is told with both."""
    lines = Lines()
    lines.user(REVIEW)
    if edited_first:
        lines.edit(f"{CWD}/colours.py")
    lines.say("The list has doubles and no order." + (" Shall I sort it?" if asks else ""))
    lines.user(request_of_its_own)
    lines.edit(f"{CWD}/colours.py")
    lines.say("The list is sorted.")
    lines.user("and now go back to the main branch please")
    lines.say("You are on it.")
    goal = lines.distilled(tmp_path).goal
    assert goal.startswith(REVIEW)
    assert (f"{BEGAN}{TAKEN} (L" in goal) is told
    assert (BEGAN in goal) is told
