"""What is heard and kept."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.heard import GAP, KEPT_CHARS, MANY, Heard, ending, keep, ordering, replaced, written
from tests.distill.lines import CWD, Lines


def test_what_was_heard_stays_bounded() -> None:
    """Of a very long session the oldest words go."""
    heard: list[Heard] = []
    for at in range(1_000):
        keep(heard, at, "word " * 100)
    assert sum(len(said) for _, said, _ in heard) <= KEPT_CHARS + 32 * 500
    assert heard[-1][0] == 999


def test_the_newest_words_that_fit_are_kept() -> None:
    """The oldest go, no more of them than must."""
    heard: list[Heard] = []
    for at in range(64):
        keep(heard, at, "x" * 1_000)
    assert [line for line, _, _ in heard] == list(range(24, 64))


def test_what_nothing_is_left_of_goes_in_the_end() -> None:
    """Lines of a document that were replaced take no room, so there must not be more and more of them."""
    heard: list[Heard] = []
    for at in range(4_000):
        keep(heard, at, f"The value number {at} counts.", "in a/README.md")
        replaced(heard, "in a/README.md", f"The value number {at} counts.", "")
    assert len(heard) <= MANY + 32


WIDE = "| Key    | Sense           |\n| ------ | --------------- |\n| `lamp` | Lights the hall |"
NARROW = "| Key | Sense |\n|-----|-------|\n| `lamp` | Lights the hall |"


def test_what_is_only_laid_out_anew_was_not_written() -> None:
    """Of an edit of prose count the paragraphs and the rows that were not there; a table keeps its head."""
    assert written(WIDE, NARROW) == ""
    assert written(f"{WIDE}\n\nA  note.", f"{NARROW}\n\nA note.\n\nOne more.") == "One more."
    row = "| `bell` | Rings at noon |"
    assert written(WIDE, f"{NARROW}\n{row}").splitlines() == [*NARROW.splitlines()[:2], row]
    assert written("one\ntwo", "one\nthree") == "one\nthree"
    assert written("## A\n\nold", "## A\n\nold\n\nnew") == "## A\n\nnew"
    assert written("```sh\na\n\nb\n```", "```sh\na\n\nc\n\nb\n```").splitlines() == ["```sh", "", "c", "```"]


def test_what_is_laid_out_anew_stays_heard_as_it_stands() -> None:
    """A table set otherwise takes nothing out of what was written, and a later edit still finds it."""
    heard: list[Heard] = [(1, f"{NARROW}\nA bell.", "in a/README.md"), (2, NARROW, "agent")]
    replaced(heard, "in a/README.md", NARROW, WIDE)
    assert heard == [(1, f"{WIDE}\nA bell.", "in a/README.md"), (2, NARROW, "agent")]
    replaced(heard, "in a/README.md", WIDE, "")
    assert heard[0][1].split() == [GAP, GAP, GAP, "A", "bell."]
    replaced(heard, "in a/README.md", "A bell.", "")
    assert heard[0][1] == ""


@pytest.mark.parametrize(
    ("edits", "said", "answers"),
    [
        (False, "The pier had no oil left since the storm.", True),
        (True, "The pier had no oil left since the storm.", False),
        (True, "The red lamps hung in the cellar by mistake.", True),
    ],
)
def test_what_was_said_after_edits_answers_no_objection(
    tmp_path: Path, edits: bool, said: str, answers: bool
) -> None:
    """It is of what came of these, unless it speaks of what was objected to."""
    lines = Lines()
    lines.user("hang the lamps")
    lines.edit(f"{CWD}/lamps.py")
    lines.say("All lamps hang in the cellar now, the red ones too.")
    lines.user("no, not the red lamps in the cellar")
    if edits:
        lines.edit(f"{CWD}/lamps.py")
    lines.say(said)
    lines.user("now paint the boat")
    lines.say("It is blue.")
    page = distill(lines.save(tmp_path), machine="box").to_markdown()
    assert (f"the agent: “{said}”" in page) == answers


def test_the_text_of_a_command_is_what_it_orders() -> None:
    """Its examples are of other tasks, and what it praises binds nobody; what it was given stands behind them."""
    text = (
        "Light the lamps.\n## Usage examples\n### Noon\n- light nine\n```sh\n# now\nlight 9\n```\n"
        "## Rules\nCount them.\n## Key benefits\nNo oil is lost.\nARGUMENTS: the harbour"
    )
    assert ordering(text) == "Light the lamps.\n## Rules\nCount them.\nARGUMENTS: the harbour"
    assert ordering("## Example 1: noon\nlight nine\n# Rules\nBy hand") == "# Rules\nBy hand"
    assert ordering("Light the lamps, for example nine.") == "Light the lamps, for example nine."


def test_the_end_of_a_long_report_begins_with_a_line_and_in_no_code() -> None:
    """What is said behind code that was cut off is said, and the code behind that is none of it."""
    code, said = "run it again\n" * 80, "The cache was stale.\n"
    text = f"Before.\n```sh\n{code}```\n{said}```sh\nmake clean\n```\nDone."
    assert ending(text, 200) == f"{said}```sh\nmake clean\n```\nDone."
    assert ending(text, len(text)) == text
    assert ending(f"{said * 9}{text}", len(text) + 30) == f"{said}{text}"
    assert ending("x" * 90, 20) == "x" * 20
    assert ending(f"{code}```\n{'y' * 30}", 20) == "y" * 20
