"""Which of the options the agent laid out a reply takes."""

from pathlib import Path
from time import thread_time

import pytest

from spread.distill.options import labels_of, options_of, picked, takes_up
from spread.distillation_parts import title
from tests.distill.lines import Lines

LETTERS = """I would do this:

1. look
2. write

Which one?

**A)** One file — simple to read
**B) A folder** - more of them
C. Both, by a setting
"""
TABLE = "| | **A: Single file** | **B: A folder** |\n|---|---|---|\n| Speed | high | low |\nWhich?"
ELSEWHERE = (
    "Three ways.\n\n**My advice is C (Hybrid)**. The file tells whose turn it is, for both of them.\nClick."
)
NUMBERS = "I use v2.0 now. Two ways:\n1. keep it\n2) drop it\n\nWhich one, 1 or v2.1?"
WITHIN = "The store is full. Ways: (a) drop `v1.2` logs, (b) buy a disk; or (c) wait a year. I would wait."
STEPS = """**Option A — one file.** Simple.
**Option B — a service.** Slow.
**Option C — a library.** Not ours.

My advice:

1. Start with **the checks (no file)** — cheap
2. Write it as **Option A (one file)**, not as Option B
3. Add **a service** later
"""


@pytest.mark.parametrize(
    ("reply", "said", "taken", "others"),
    [
        ("b", LETTERS, "A folder - more of them", "One file; Both, by a setting"),
        ("B) but keep the old name", LETTERS, "A folder - more of them", "One file; Both, by a setting"),
        ("allow A or C", LETTERS, "One file; Both, by a setting", "A folder"),
        ("2", LETTERS, "write", "look"),
        ("2, the boss does not know it anyway", LETTERS, "write", "look"),
        ("давай 2, нас мало", LETTERS, "write", "look"),
        ("2번으로 해줘", LETTERS, "write", "look"),
        ("选1吧", LETTERS, "look", "write"),
        ("2, why?", LETTERS, "", ""),
        ("2, 3 of the files are wrong", LETTERS, "", ""),
        ("2 files are wrong", LETTERS, "", ""),
        (
            "c",
            "Look at the page. **My advice is C (both of them)**, not D (none). Which?",
            "both of them",
            "",
        ),
        ("e", "Look at the page. **My advice is C (both of them)**. Which?", "", ""),
        ("a", TABLE, "Single file", "A folder"),
        ("I want both", TABLE, "Single file; A folder", ""),
        ("2", NUMBERS, "drop it", "keep it"),
        ("option 1", NUMBERS, "keep it", "drop it"),
        ("ok let's do 2 then", NUMBERS, "drop it", "keep it"),
        ("1 does seem better", NUMBERS, "keep it", "drop it"),
        ("1 and 2", NUMBERS, "keep it; drop it", ""),
        ("yes", NUMBERS, "", ""),
        ("use 2.5 instead", NUMBERS, "", ""),
        ("3", NUMBERS, "", ""),
        (
            "b, but tomorrow. and tell anna",
            LETTERS,
            "A folder - more of them",
            "One file; Both, by a setting",
        ),
        ("try 1 first, it is cheap", NUMBERS, "keep it", "drop it"),
        ("try 2 more times", NUMBERS, "", ""),
        (
            "I think B, it is short",
            "A: `lamp: { on: true }`\nB: `on: true`\nWhich?",
            "`on: true`",
            "`lamp: { on: true }`",
        ),
        ("(b)", WITHIN, "buy a disk", "drop `v1.2` logs; wait a year"),
        ("(a), it is old anyway", WITHIN, "drop `v1.2` logs", "buy a disk; wait a year"),
        (
            "do (2) for now",
            WITHIN.replace("(a)", "(1)").replace("(b)", "(2)"),
            "buy a disk",
            "drop `v1.2` logs",
        ),
        ("(a) is mine, (b) is yours", WITHIN, "", ""),
        ("b", "It fails with the errors (a) and (b).", "", ""),
        ("1 or 3", NUMBERS, "", ""),
        ("so be it. I would have 1. and 2. of that list built here", NUMBERS, "keep it; drop it", ""),
        ("I would rather not have 1. and 2. of that list built here", NUMBERS, "", ""),
        ("it is between 1 and 2 times as long as it was", NUMBERS, "", ""),
        ("I want both", LETTERS, "", ""),
        ("a nice idea", LETTERS, "", ""),
        (
            "it costs a lot. but B seems like a good idea",
            LETTERS,
            "A folder - more of them",
            "One file; Both, by a setting",
        ),
        ("I don't think B is a good idea", LETTERS, "", ""),
        ("let's look at 2. I do not know that one", NUMBERS, "drop it", ""),
        ("please fix 2 tests of it", NUMBERS, "", ""),
        ("please don't fix 2, that is meant so", NUMBERS, "", ""),
        ("I think B), as we said", LETTERS, "A folder - more of them", "One file; Both, by a setting"),
        (
            "fine. I want you to build 1. and 2. (your advice) here.",
            STEPS,
            "Start with the checks, no file; Write it as Option A, one file, not as Option B",
            "Add a service later; a service; a library",
        ),
        ("build 2.5 of it", STEPS, "", ""),
        ("c", ELSEWHERE, "Hybrid: The file tells whose turn it is, for both of them.", ""),
        ("b", ELSEWHERE, "", ""),
    ],
)
def test_a_reply_takes_an_option(reply: str, said: str, taken: str, others: str) -> None:
    """By its letter or number, alone or with more; never one that was not offered, nor a guess."""
    assert picked(reply, said) == (taken, others)


def test_the_last_list_counts() -> None:
    """Of two lists by numbers in one message the later one holds the options."""
    assert options_of("1. one\n2. two\n\nEither:\n1. keep\n2. drop") == {"1": "keep", "2": "drop"}


def test_labels_and_titles() -> None:
    """A label is no letter of a word; a title ends where the explanation begins."""
    assert labels_of("let's go with #4 and #5 please") == ["4", "5"]
    assert labels_of("do it") == []
    assert title("**Lock file** — every process takes it") == "Lock file"
    assert title("Begin with **the lock file** — every process takes it") == "Begin with the lock file"


def test_what_is_taken_up_turns_nothing_down() -> None:
    """What comes next of a list is no choice; what says with it what not to do, is one."""
    assert takes_up("let's examine 2. I'm not sure how it works")
    assert not takes_up("go with 2")
    assert not takes_up("fix 2, not 3")


def test_a_number_may_mean_a_way_of_the_closing_question() -> None:
    """Where that lays out two ways and the first is none of the list, nobody knows what a number takes."""
    said = "Either way works:\n1. **Return the size** from the server\n2. **Add a page** with all sizes\n\n"
    asked = "Shall I just count on the client, or do you want a page?"
    assert picked("1", said + asked, asked) == ("", "")
    assert picked("2", said + asked, asked)[0] == "Add a page with all sizes"
    asked = "Shall I return the size, or do you want a page?"
    assert picked("1", said + asked, asked)[0] == "Return the size from the server"
    asked = "Option 1, or rather 2?"
    assert picked("1", said + asked, asked)[0] == "Return the size from the server"


@pytest.mark.parametrize("unit", ["*", "`", " ", "- ", "option *"])
def test_a_line_of_marks_takes_no_time(unit: str) -> None:
    """As rulers and drawings are."""
    began = thread_time()
    assert options_of(unit * (6_000 // len(unit))) == {}
    assert thread_time() - began < 0.2


def test_marks_around_a_label_are_none_of_it() -> None:
    """In whatever order bold print and code come."""
    said = "**`A`** one thing\noption **B**: two things\n- Option **`C`** - three"
    assert list(options_of(said)) == ["B", "C"]


def test_a_colon_within_code_ends_no_name(tmp_path: Path) -> None:
    """What an option sets is its name; cut at its colon it would be another setting."""
    lines = Lines()
    lines.user("please add a switch for the fog lamp")
    options = (
        "- **A. `fog: true`**: plain\n- **B. `lamp: { fog: true }`**: nested\n- **C. `fogLamp: true`**: long"
    )
    lines.say(f"How should the key be named?\n\n{options}\n\nWhich do you prefer?")
    lines.user("I think B, as it leaves us room for the other lamps of the harbour later on")
    lines.edit("/home/dev/app/lamps.py")
    lines.say("Done.")
    assert "= `lamp: { fog: true }`: nested (not: `fog: true`; `fogLamp: true`)" in lines.page(tmp_path)
