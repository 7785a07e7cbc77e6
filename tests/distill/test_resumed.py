"""What a session was about before its record began."""

from pathlib import Path

from spread.distill import distill
from spread.distill.goal_tell import MANY_TURNS
from spread.distill.resumed import (
    BEFORE,
    LEFT_BEFORE,
    UNDER_WAY,
    in_short,
    left_of,
    mishaps_of,
    next_of,
    request_of,
    still_left,
)
from tests.distill.lines import CWD, Lines

SUMMARY = (
    "This session is being continued from a previous conversation that ran out of context.\n\nAnalysis:\n"
    "1. Initial request: the user came by.\n\nSummary:\n1. **Primary Request and Intent:**\n\n"
    "The parser learns weeks.\n"
    "- read them\n- **write** them, too\n\n2. **Key Technical Concepts:**\n- ISO 8601\n"
)
LATER = (
    "\n4. **Errors and fixes:**\n\n- **`git stash` took another's work.** It was given back.\n"
    "   - **Weeks began on Sunday** — mended.\n\n7. **Pending Tasks:**\nThe rest of the page:\n   - Write `week_of()`\n"
    "   - Tell the user\n   - Rename `weeks.txt` to its place\n"
    "Also open from before: `--iso` (the last of the plan); no more.\n\n"
    "8. **Current Work:**\n- **None of it.**\n- `more()`\n"
)


def test_request_of_a_summary() -> None:
    """It is the part so named, alone or among others; without one there is none."""
    assert request_of(SUMMARY) == "The parser learns weeks.\nread them\nwrite them, too"
    assert request_of("1. Primary Request and Intent:\n   Weeks.") == "Weeks."
    assert request_of("It was long.") == ""


def test_a_long_request_is_told_by_its_ends() -> None:
    """What it begins and ends with stays; a short one stays whole on one line."""
    text = " ".join(f"word{number}" for number in range(400))
    told = in_short(text)
    assert told.startswith("word0 word1 ")
    assert " […] " in told
    assert told.endswith(" word399")
    assert in_short("a  b\nc") == "a b c"
    assert told.startswith(short := in_short(text, ending=False))
    assert short.endswith("[…]")


def test_a_record_that_begins_with_a_summary_has_its_goal(tmp_path: Path) -> None:
    """One that is compacted on the way tells its goal itself."""
    for first in (True, False):
        lines = Lines()
        if not first:
            lines.user("please let the parser read weeks")
            lines.say("It does.")
        at = lines.user(SUMMARY, isCompactSummary=True)
        lines.user("go on with the days, please")
        lines.say("It reads days.")
        goal = distill(lines.save(tmp_path), machine="box").goal
        assert (f"{BEFORE}The parser learns weeks. read them write them, too (L{at})" in goal) == first


NEXT = (
    "\n9. Optional Next Step:\n   Mend `week_of()`, then run:\n\n"
    "   ```bash\n   pytest -q\n   ```\n\n   The user wants weeks.\n"
)


def test_what_a_summary_says_comes_next() -> None:
    """Its first paragraph, with what that leads up to; that nothing does tells nothing."""
    assert next_of(f"{SUMMARY}{NEXT}") == "Mend `week_of()`, then run: pytest -q"
    assert next_of(f"{SUMMARY}\n9. Optional Next Step:\n   None; wait for the user.\n") == ""
    assert next_of(SUMMARY) == ""


def test_a_record_that_ends_with_a_summary_tells_what_that_says_comes_next(tmp_path: Path) -> None:
    """Until somebody goes on; a call before it whose result comes behind it does not."""
    lines = Lines()
    lines.user("please let the parser read weeks")
    lines.say("I look for it. Let me read the rule:")
    lines.edit(f"{CWD}/weeks.py")
    at = lines.user(f"{SUMMARY}{NEXT}", isCompactSummary=True)
    said = f"the client's summary at the end: “Mend `week_of()`, then run: pytest -q” (L{at})"
    assert said in distill(lines.save(tmp_path), machine="box").next
    lines.say("I go on. Let me mend it:")
    assert "summary" not in distill(lines.save(tmp_path), machine="box").next


def test_a_record_that_begins_in_the_middle_of_work_says_so(tmp_path: Path) -> None:
    """Its first prompt is not what that work is for; words alone before a prompt are no work."""
    for works in (True, False):
        lines = Lines()
        at = lines.say(
            "The rule of weeks is too strict. Let me loosen it:" if works else "No response requested."
        )
        if works:
            lines.edit(f"{CWD}/weeks.py")
        lines.user("which weeks of the year are in the table?")
        lines.say("All of them.")
        goal = distill(lines.save(tmp_path), machine="box").goal
        assert goal.startswith("which weeks of the year")
        assert goal.endswith(f"{UNDER_WAY} (L{at})") == works


def test_errors_and_what_was_left_are_read_of_a_summary() -> None:
    """Each from the part of its name; a summary without these tells of none."""
    assert (
        mishaps_of(SUMMARY + LATER) == "Errors then: `git stash` took another's work; Weeks began on Sunday"
    )
    assert left_of(SUMMARY + LATER) == [
        "Write `week_of()`",
        "Rename `weeks.txt` to its place",
        "Also open from before: `--iso` (the last of the plan)",
    ]
    assert (mishaps_of(SUMMARY), left_of(SUMMARY)) == ("", [])


def test_what_a_text_names_is_not_left() -> None:
    """An item goes once its name in code is spoken of, or all words of one without."""
    left = ["Write `week_of()`", "`?format=png` (the last)"]
    assert still_left(left, "I have week_of() now.\nA format is no picture,\nand a png is one.") == left[1:]
    assert still_left(left, "The png format is there.") == left[:1]
    assert still_left(left, "All is well.") == left


def test_of_many_prompts_the_first_words_of_the_summary_are_told(tmp_path: Path) -> None:
    """What was asked last before them, they have overtaken."""
    wish = " ".join(f"and in the end it reads part {number}" for number in range(60))
    for prompts in (MANY_TURNS, MANY_TURNS + 1):
        lines = Lines()
        lines.user(
            SUMMARY.replace("The parser learns weeks.", f"The parser learns weeks {wish}"),
            isCompactSummary=True,
        )
        for number in range(prompts):
            lines.user(f"please go on with the days of month {number}")
            lines.say("It reads days.")
        goal = distill(lines.save(tmp_path), machine="box").goal
        assert "The parser learns weeks and in the end" in goal
        assert ("write them, too" in goal) == (prompts == MANY_TURNS)


def test_of_what_was_left_before_only_what_nothing_names_since_comes_next(tmp_path: Path) -> None:
    """Neither a word nor a call; where the record has the part before, it tells that itself."""
    for first in (True, False):
        lines = Lines()
        if not first:
            lines.user("please let the parser read weeks")
            lines.say("It does.")
        at = lines.user(SUMMARY + LATER, isCompactSummary=True)
        lines.user("go on with the days, please")
        lines.tool(
            "Edit", {"file_path": "/home/dev/app/a.py", "old_string": "a", "new_string": "def week_of(): ..."}
        )
        lines.say("The file weeks.txt has its place.")
        made = distill(lines.save(tmp_path), machine="box")
        assert (
            f"{LEFT_BEFORE}“Also open from before: `--iso` (the last of the plan)” (L{at})"
            in made.next.splitlines()
        ) == first
        page = made.to_markdown()
        errors = f"- the client's summary: “{mishaps_of(SUMMARY + LATER)}” (L{at})"
        assert (errors in page.splitlines()) == first
        assert made.constraints == ()


def test_a_summary_without_headings_of_its_own_tells_nothing(tmp_path: Path) -> None:
    """Older clients write the parts on lines of a list."""
    lines = Lines()
    lines.user(
        f"{SUMMARY.splitlines()[0]}\n1. Primary Request and Intent: build `foo.py`.", isCompactSummary=True
    )
    lines.user("go on with the days, please")
    lines.say("It reads days.")
    assert distill(lines.save(tmp_path), machine="box").next
