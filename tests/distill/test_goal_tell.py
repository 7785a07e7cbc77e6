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


def test_a_file_that_was_written_anew_was_first_written_before(tmp_path: Path) -> None:
    """The work came on the request that the file was made on, not on the one that had it written again."""
    lines = Lines()
    lines.user("how many words has the old note on colours?")
    lines.say("It has 40.")
    lines.user(TAKEN)
    for text in ("one", "two"):
        lines.tool("Write", {"file_path": f"{CWD}/notes.md", "content": text}, "File created successfully")
        lines.say("It is written.")
        lines.user("fine so far, but the note has to say more of the colours and less of their names, please")
    lines.say("It does.")
    lines.user("and now go back to the main branch please")
    lines.say("You are on it.")
    assert f"{BEGAN}{TAKEN} (L" in lines.distilled(tmp_path).goal


def test_a_file_written_anew_does_not_hide_when_the_edits_began(tmp_path: Path) -> None:
    """What the edits before came to is gone with it, but not that they were made on what was asked first."""
    lines = Lines()
    lines.user(REVIEW)
    lines.edit(f"{CWD}/colours.py")
    lines.say("The doubles are gone.")
    lines.user(TAKEN)
    lines.write(f"{CWD}/colours.py", created=False)
    lines.say("The list is sorted.")
    lines.user("and now go back to the main branch please")
    lines.say("You are on it.")
    assert BEGAN not in lines.distilled(tmp_path).goal


def test_what_the_user_gave_up_of_the_first_request_is_said_with_it(tmp_path: Path) -> None:
    """Without it a successor would take it up; where it is told as what is asked lately it is not said twice."""
    lines = Lines()
    lines.user("Count the lamps of the harbour and paint them. Keep the counts in a SQLite store.")
    lines.edit(f"{CWD}/lamps.py")
    lines.user("no sqlite. a file will do")
    lines.edit(f"{CWD}/lamps.py")
    lines.user("paint them red")
    lines.edit(f"{CWD}/lamps.py")
    lines.say("They are red.")
    page = lines.page(tmp_path)
    assert "SQLite store. (then, L4: “no sqlite.”) (L1)" in page


@pytest.mark.parametrize(
    ("said", "is_goal"),
    [
        ("let me know when you are done with all of the lamps", False),
        ("explain what a lease of the harbour is in a few words", False),
        ("the keeper runs it by night. does that make the race more common", False),
        ("the keeper runs it by night. count each lamp once. does that make sense?", True),
        ("can you also count the horns of the harbour by night?", True),
        ("can we count the horns, please?", True),
        ("the horns are counted now", False),
        ("please go on", False),
    ],
)
def test_what_only_wants_an_answer_is_not_what_is_worked_on(tmp_path: Path, said: str, is_goal: bool) -> None:
    """It is no work, and soon done: of what was asked for lately that is told which still is the work."""
    lines = Lines()
    lines.user("Count the lamps of the harbour and paint them.")
    lines.edit(f"{CWD}/lamps.py")
    lines.say("They are counted.")
    lines.user("now write the list of the lamps to a file for the keeper")
    lines.edit(f"{CWD}/list.py")
    lines.say("It is written.")
    lines.user(said)
    lines.say("Here is what there is to say of it. Go on with the bells?")
    lines.user("yes")
    lines.edit(f"{CWD}/bells.py")
    lines.say("The bells ring.")
    goal = lines.distilled(tmp_path).goal
    assert (f"lately: {said}" in goal) == is_goal
    assert ("lately: now write the list" in goal) != is_goal


@pytest.mark.parametrize("later", [0, 6])
def test_what_a_long_request_ends_in_is_told(tmp_path: Path, later: int) -> None:
    """Who dictates comes to the point last; with many requests after it, only less of the middle is told."""
    lines, told = (
        Lines(),
        "so the till in the shop at the harbour is slow on saturdays and people complain. " * 6,
    )
    lines.user(
        f"{told}the printer there is a blue one. {told}what i need first is a list of the slow queries."
    )
    for at in range(later):
        lines.user(f"now speed up the query number {at} of the stock report")
        lines.edit(f"/home/dev/app/q{at}.py")
    goal = lines.distilled(tmp_path).goal
    assert "so the till" in goal
    assert "a list of the slow queries." in goal
    assert ("blue" in goal) is (later == 0)


def test_the_end_of_a_paste_is_not_what_is_asked(tmp_path: Path) -> None:
    """Of a request in which something is pasted the beginning is told."""
    lines = Lines()
    paste = "the job of the harbour was run and all of the ships were counted by hand. " * 12
    lines.user(f"please look at this log:\n\n2026-01-02 ERROR {paste}\nTypeError: x is none")
    assert "TypeError" not in lines.distilled(tmp_path).goal


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("never push a tag", True),
        ("no, that doesn't work", True),
        ("continue", True),
        ("rather write the release notes for the harbour now, in German and with all the names", False),
    ],
)
def test_what_was_halted_is_told_beside_words_on_how_to_go_on(said: str, told: bool, tmp_path: Path) -> None:
    """They do not say what is to be done; what another request takes the place of is left to the log."""
    lines = Lines()
    lines.user("please mend the parser of the date fields, it drops the zone")
    lines.say("Mended.")
    line = lines.user("now release it for all of the piers")
    lines.bash("git tag v2", "")
    lines.user("[Request interrupted by user]")
    lines.user(said)
    lines.bash("git tag -d v2", "Deleted")
    begins = f"interrupted while at work on: now release it for all of the piers (L{line})\n"
    assert lines.distilled(tmp_path).last_request == f"{begins if told else ''}{said}"
