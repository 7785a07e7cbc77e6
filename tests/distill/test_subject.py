"""What a question is about that names nothing itself."""

from pathlib import Path
from time import thread_time

import pytest

from spread.distill.subject import is_empty, offered, subject_of, wish_of
from tests.distill.lines import Lines

WAYS = (
    "Two ways to go:\n\n- **Keep the dates.** They cost nothing.\n- **Drop the year** (for now): less ink.\n\n"
    "Want me to drop it?"
)
LETTERS = (
    "## Option A: one box for each\nmore wood\n\n## Option B: a shelf\nless wood\n\nWhat's your preference?"
)
TABLE = (
    "**Next question:** For shared pages (several hands), what should be kept?\n\n| Way | What |\n|---|---|\n"
    "| **A. The last hand** | short |\n| **B. All hands** | long |\n\nWhich approach?"
)


@pytest.mark.parametrize(
    ("question", "empty"),
    [
        ("Which approach?", True),
        ("What's your preference?", True),
        ("Want me to implement this?", True),
        ("Want me to widen it?", True),
        ("Does that match your understanding?", True),
        ("Shall I keep the lantern at the gate?", False),
        ("Commit this batch as-is?", False),
        ("What would you like to work on next?", False),
        ("", False),
    ],
)
def test_what_names_nothing(question: str, empty: bool) -> None:
    """At most one thing to be done with what it points to; an open question is none, its answer is a new request."""
    assert is_empty(question) == empty


@pytest.mark.parametrize(
    ("said", "question", "names"),
    [
        (WAYS, "Want me to drop it?", "Keep the dates; Drop the year"),
        (LETTERS, "What's your preference?", "one box for each; a shelf"),
        (TABLE, "Which approach?", "The last hand; All hands"),
        ("What I did:\n1. cut the wood\n2. sawed it\n\nWhat do you prefer?", "What do you prefer?", ""),
        ("Options:\n- only one of them\n\nWhich?", "Which?", ""),
        ("Options:\n\n- one\n- two\n\nNow this.\n\n## Steps\n- cut\n- saw\n\nWhich?", "Which?", ""),
    ],
)
def test_what_was_offered(said: str, question: str, names: str) -> None:
    """The items of the last list that is one of options, by their names; a list of anything else offers nothing."""
    assert offered(said, question) == names


def test_what_a_question_is_about() -> None:
    """The sentence before it, unless that only points on, else a question that names something."""
    said = "Three leaks are left. The lower pipe drips at night. Want me to fix this?"
    assert subject_of(said, "Want me to fix this?") == "The lower pipe drips at night."
    assert subject_of("This keeps the lower pipe dry. Want me to do it?", "Want me to do it?") == ""
    assert subject_of(TABLE, "Which approach?") == "For shared pages, what should be kept?"
    assert subject_of("| Hook? | Gate? |\n\nWhich approach?", "Which approach?") == ""


@pytest.mark.parametrize(
    ("prompt", "wish"),
    [
        ("could we paint the boat hull blue?", "their wish: paint the boat hull blue"),
        ("hm. can you please show the whole harbour map?", "their wish: show the whole harbour map"),
        (
            "instead of a book for every boat in the harbour can it keep one?",
            "their wish: instead of a book for every boat in the harbour can it keep one",
        ),
        ("the question is: does the gate open at night?", "their question: does the gate open at night?"),
        ("paint the hull blue", ""),
        ("does it work?", ""),
        (f"could we paint the boat hull blue? {'and more ' * 80}", ""),
    ],
)
def test_a_wish_of_their_own(prompt: str, wish: str) -> None:
    """What a short prompt asks for or wants to know, if that names something."""
    assert wish_of(prompt) == wish


def decisions(tmp_path: Path, asked: str, said: str, reply: str, *between: str) -> list[str]:
    lines = Lines()
    lines.user("paint the boat")
    lines.user(asked)
    lines.say(said)
    for each in between:
        lines.user(each)
    lines.user(reply)
    lines.say("Done.")
    lines.user("and now the oars, all four of them, in the same blue as the hull")
    return [*lines.distilled(tmp_path).decisions]


STOPPED = "[Request interrupted by user]"
IDEA = "could we store every hull colour in a second book?"
DESIGN = "Yes, a clean idea.\n\n```\nbook 1\nbook 2\n```\n\nThis keeps them apart. Want me to implement this?"


def test_a_reply_to_an_empty_question_is_told_with_the_wish_it_is_on(tmp_path: Path) -> None:
    """A plain yes decides it; what only wanted to know is not agreed to."""
    told = "their wish: store every hull colour in a second book"
    assert f"{told} → “yes”" in decisions(tmp_path, IDEA, DESIGN, "yes")
    reply = "but the first book would then be torn"
    assert f"{told} → “{reply}”" in decisions(tmp_path, IDEA, DESIGN, reply)
    assert f"{told} → “{reply}”" in decisions(
        tmp_path, IDEA, DESIGN, reply, "and then the spine would break, right?", STOPPED
    )
    assert decisions(tmp_path, "does the second book hold every colour?", DESIGN, "yes") == []
    assert decisions(tmp_path, "store every hull colour in a second book", DESIGN, "yes") == []


def test_a_reply_in_other_words_is_told_with_what_was_offered(tmp_path: Path) -> None:
    """Who takes over sees what was not taken, and what it was about."""
    made = decisions(
        tmp_path, "what about the shared pages, do they keep all hands?", TABLE, "let's keep it simple"
    )
    assert made == [
        "For shared pages, what should be kept? → “let's keep it simple” (offered: The last hand; All hands)"
    ]


@pytest.mark.parametrize("unit", ["- a (", "?", "Options:\n", "can we ", "| a", "**", ": "])
def test_no_text_takes_long(unit: str) -> None:
    """Whatever a peer wrote, it is read in linear time."""
    text = unit * 20_000
    begun = thread_time()
    offered(text, "Which?")
    subject_of(f"{text} Which?", "Which?")
    wish_of(f"{text}?")
    wish_of(f"{unit * (500 // len(unit))}?")
    assert thread_time() - begun < 1.0
