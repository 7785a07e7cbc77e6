"""How lists of the page get into few words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.distillation_codec import command, shorten
from spread.distillation_fit import fit, words_on

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


def test_each_test_run_of_a_line_keeps_its_own_filter() -> None:
    """A line with several is not shortened to one run with the filter of another."""
    way = "bash -c 'rm -rf ~/a/very/long/place && cp -r . ~/a/very/long/place && cd ~/a/very/long/place && "
    two = command(f"{way}go test -count=1 ./... 2>&1 | tail -3 && echo --- && go test -run Two ./...'", 120)
    assert two.endswith("test -count=1 ./...; test -run Two…")
    assert command(f"{way}go test ./... && cat src/two_test.go'", 80).endswith("…")
    assert "two_test.go" not in command(f"{way}go test ./... && cat src/two_test.go'", 80)
    one = command(f"{way}go test -count=1 -run Two ./...'", 80)
    assert one.endswith("test -count=1 -run Two…")


@given(st.text())
def test_words_of_a_page_are_counted_line_by_line(page: str) -> None:
    """No word goes over the end of a line, whatever ends it."""
    assert words_on(page) == len(page.split())
