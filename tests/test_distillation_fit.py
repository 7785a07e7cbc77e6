# ruff: noqa: E501  (a table of cases folded over lines is harder to read than a long line)
"""How lists of the page get into few words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.distillation_also import brief
from spread.distillation_codec import command, shorten
from spread.distillation_fit import fit, tight, worth

LONG = "one that is told at some length, " * 12


def test_all_items_are_shown_while_they_fit() -> None:
    """As they are, with room; all cut alike when that is enough."""
    items = [f"- {at} {LONG} (L{at})" for at in range(4)]
    assert fit(items, 1_000).items == items
    cut = fit(items, 140)
    assert (len(cut.items), cut.left) == (4, 0)
    assert all(item.endswith(f"(L{at})") for at, item in enumerate(cut.items))
    assert sum(len(item.split()) for item in cut.items) <= 140


def test_the_least_telling_are_left_out() -> None:
    """What was chosen among options stays, questions and an old approval go; the order stays."""
    chosen = [
        f"- Which {name}? → “x{name}” = {name} it is (not: some other; a third) (L{at})"
        for at, name in enumerate(("lock", "cache", "format"))
    ]
    asking = [
        f"- user: “can you explain once more how {name} is meant to work in that case?” (L{at})"
        for at, name in enumerate("abcdefgh")
    ]
    made = fit(
        [asking[0], chosen[0], *asking[1:], chosen[1], "- approved the plan “A plan” (L9)", chosen[2]], 50
    )
    assert [item for item in made.items if "Which" in item] == chosen
    assert made.left == 12 - len(made.items) > 0


@pytest.mark.parametrize(
    ("item", "most", "told"),
    [
        # an option's name stays, the letter's question and the explanation go
        (
            "- What should the document look like, where should it live, and who may change it? → “a” = Single file — agents read the whole of it (not: A folder; Several files) (L8)",
            120,
            "- What should the document look like… → Single file (not: A folder; Several files) (L8)",
        ),
        # why it was taken and what was not come before the end of a long question
        (
            "- Should the lock be added as part of this work, or be treated as a separate concern of another issue? → “Add it”: two hooks write at once (not: Another issue; A retry) (L8)",
            150,
            "- lock be added as part of this work, or be… → “Add it”: two hooks write at once (not: Another issue; A retry) (L8)",
        ),
        # what was asked in general need not be told
        ("- Does this section look right so far? → “it should live in the other folder” (L9)", 200, "- user: “it should live in the other folder” (L9)"),
        ("- Does this section look right so far? → “no” (L9)", 200, "- Does this section look right so far? → “no” (L9)"),
        # of a quotation the statement stays
        (
            "- agent noted: “what does reset do in that case, and why is it there at all? the lock has to be dropped before anything is written to the file” (L5)",
            130,
            "- agent noted: “…the lock has to be dropped before anything is written to the file” (L5)",
        ),
        # what a person says in few words is not cut
        (
            "- plan rejected; user: “what does reset do in that case, and why is it there at all? the lock has to be dropped before anything is written to the file” (L5)",
            130,
            "- plan rejected; user: “what does reset do in that case, and why is it there at all? the lock has to be dropped before anything is written to the file” (L5)",
        ),
        (
            "- `tool run the whole of the suite with every option that there is` failed: Error: it is not there, and what comes after that is long too, so that it is cut; then worked: `tool run` (L7) (L5)",
            120,
            "- `tool run the whole of the suite with every option that…` failed: Error: it is not there, and what comes after that is long too, so that it is…; then worked: `tool run` (L7) (L5)",
        ),
    ],
)  # fmt: skip
def test_an_item_is_cut_in_its_parts(item: str, most: int, told: str) -> None:
    """Each part keeps what it tells, and the line stays."""
    assert tight(item, most) == told


def test_newer_items_come_before_older_ones() -> None:
    """Where the list has its newest first and there is no room for more."""
    said = (
        "walnut tables belong under copper lamps",
        "seven silver kettles never boil twice",
        "yellow ladders prefer narrow garden doors",
        "winter boots rather stay beside ovens",
    )
    items = [f"- user: “{words} today” (L{90 - at})" for at, words in enumerate(said)]
    assert fit(items, 24, rest=True).items[0] == items[0]
    assert fit(items[::-1], 24, rest=True).items[0] == items[-1]


def test_an_order_to_go_on_tells_little() -> None:
    """What came of it shows the same."""
    assert worth("- user: “commit this and push it then” (L4)") < worth(
        "- user: “hold this back until then” (L4)"
    )


def test_worth_of_failures() -> None:
    """An objection tells more than a failed call, that more than a slip."""
    objection = "- user objected: “no, the other file” (to: I changed this file.) (L3)"
    failed = "- `make x` failed: main.go:3: no `lockFile` here (L4)"
    slip = "- Edit `/a` failed: File has not been read yet; a later try worked (L7) (L5)"
    diagnosis = "- agent's diagnosis: “The cache holds an old lock file.” (L6)"
    noted = "- agent noted: “Only works from the first of these tools, as it is no command.” (L7)"
    assert worth(objection) > worth(diagnosis) > worth(failed) > worth(noted) > worth(slip)


def test_a_refusal_tells_more_than_what_is_said_besides() -> None:
    """What was refused, nothing that was done shows."""
    words = "put the notes into another file"
    assert worth(f"- denied: Bash `git add notes`; user: “{words}” (L3)") > worth(f"- user: “{words}” (L4)")


def test_a_short_objection_keeps_what_it_answers() -> None:
    """It says nothing alone."""
    answered = "The file holds all of the records of the session, and the list shows them to anyone who asks"
    item = f"- user objected: “still no” (to: {answered}) (L3)"
    assert tight(item, 100) == item.replace(" who asks", "…")


@given(st.lists(st.text(alphabet="ab “”→=:;`()…?.- ", max_size=80), max_size=12), st.integers(0, 60))
def test_any_text_is_fitted(texts: list[str], words: int) -> None:
    """Whatever an item holds, no more words are told than given, and nothing is lost count of."""
    items = [f"- {text} (L{at})" for at, text in enumerate(texts)]
    made = fit(items, words)
    assert len(made.items) + made.left == len(items)
    assert made.words == sum(len(item.split()) for item in made.items) <= words


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"cd {'sub/' * 30} && pytest -q -k 'lock and not slow' --color=no", " -k 'lock and not slow'…"),
        (f"{'A=1 ' * 40}npx jest --ci src/copy.test.ts", " src/copy.test.ts"),
        (f"{'A=1 ' * 40}python -m pytest tests/test_a.py::test_b", " tests/test_a.py::test_b"),
    ],
)
def test_a_command_keeps_the_test_it_selects(line: str, told: str) -> None:
    """It says what failed; of another command the beginning stays."""
    assert command(line, 70).endswith(told)
    assert len(command(line, 70)) <= 100
    assert command(line, 500) == line
    assert command(f"git add {'a/b.py ' * 20}tests/test_c.py", 40) == shorten(f"git add {'a/b.py ' * 20}", 40)
    assert len(command("-k " + "test " * 200_000, 60)) < 200


def test_one_item_that_is_too_long_is_cut() -> None:
    """A list of nothing but what it leaves out would tell nothing."""
    made = fit([f"- {'keep the names as they are ' * 9}(L{at})" for at in range(3)], 14)
    assert len(made.items) == 1
    assert made.items[0].startswith("- keep the names")
    assert made.words <= 14
    assert made.left == 2


def test_of_options_not_taken_none_is_lost() -> None:
    item = (
        "- Which storage do you prefer? → “I think A) is fine, let's add it to the file of settings for now” = Keep it in the struct of settings"
        " (not: Keep it in a separate file beside the settings; Generate it on demand only, never keep it) (L59)"
    )
    told = tight(item, 150)
    assert "Keep it in a separate file" in told
    assert "Generate it on demand" in told


def test_of_options_taken_none_is_lost() -> None:
    """One of them alone would say that it was all, however little room there is."""
    item = (
        "- Which first? → “please build 1. and 2. here and now, with all that belongs to them, as you said” = "
        "Start with the checks of the store, no file; Write it as one file with a lock (not: a service) (L6)"
    )
    for most in (170, 120, 60):
        assert "checks of the store, no file; Write it as one file with a lock (not: a service)" in tight(
            item, most
        )
    assert "; Write it" in brief(item)
