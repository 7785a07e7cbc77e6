"""What a reply says of the items of a list by their numbers."""

from pathlib import Path

import pytest

from spread.distill.verdicts import spoken_of, verdicts
from tests.distill.lines import Lines

LISTED = """I propose:
1. **Lock the till** (till.py:4): two of them write
2. Open a port
3. Log each sale
4. Drop the cache"""


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("1 and 2 tickets for us, 3 no - the auditors vetoed that. 4 is Bo's.", "1 2 -3 4"),
        ("2 is wrong I think. and 4: who reads it?", "-2 4"),
        ("fine, but skip 4, nobody has it", "-4"),
        ("2 would need a rule, no. 1, in the till itself", "2 1"),
        ("no 3 please", "-3"),
        ("2 tests fail now", ""),
        ("fix 3 things, 4 times. 2 minutes are enough", ""),
        ("it is version 2.1, not 3.4", ""),
        ("7: what is that?", ""),
    ],
)
def test_items_are_taken_and_turned_down_by_number(reply: str, found: str) -> None:
    """A number that begins a clause is an item of the list, one that counts something is none."""
    told = " ".join(f"{'-' * declined}{label}" for label, declined in verdicts(reply, LISTED).items())
    assert told == found


def test_items_are_told_by_their_titles() -> None:
    """Who reads the reply alone does not have the list."""
    assert spoken_of("1 and 3 later", LISTED) == "1. Lock the till; 3. Log each sale"


def _page(tmp_path: Path, reply: str) -> str:
    lines = Lines()
    lines.user("look over the shop please")
    lines.say(LISTED.replace("I propose:", "The till is fixed. Follow-ups I propose:"))
    lines.user(reply)
    lines.say("Noted.")
    lines.user("thanks, now read the till once more")
    lines.say("It is fine.")
    return lines.page(tmp_path)


def test_what_is_wrong_is_not_picked(tmp_path: Path) -> None:
    """Words against one finding are no choice of it over the others."""
    page = _page(
        tmp_path, "3 is wrong I think, we should keep the sales out of the log. check the law on that"
    )
    assert "which option?" not in page
    assert "(not: " not in page
    assert "(to: 3. Log each sale)" in page


def test_what_is_turned_down_is_not_left_for_later(tmp_path: Path) -> None:
    """Of a list of follow-ups the others are."""
    page = _page(
        tmp_path, "1 and 3 as tickets, 2 no - the auditors vetoed that last year because of the till"
    )
    left = next(line for line in page.splitlines() if "left for later: " in line)
    assert "Open a port" not in left
    assert "Lock the till" in left


def test_an_objection_with_numbers_is_told_whole(tmp_path: Path) -> None:
    """What it takes stands before what it objects to."""
    reply = (
        "the names are fine, all of our callers know them. for the rest: 2 would open a port, no. "
        "3, to a file, each hour. hmm wait does that need a thread? no threads please"
    )
    page = _page(tmp_path, reply)
    assert "2 would open a port, no. 3, to a file" in page.partition("## Failed or rejected")[2]
    assert "(to: 2. Open a port; 3. Log each sale)" in page
