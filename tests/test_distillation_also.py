# ruff: noqa: E501  (a table of cases folded over lines is harder to read than a long line)
"""What a list tells in short of the items that have no room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.distillation_also import WORDS, also, brief, cause, few_of, gist
from spread.distillation_fit import fit, ranked


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("- user: “okay drop the fencing wording” (L281)", "“drop the fencing wording” (L281)"),
        ("- Where should we mark the end, in the hook or in the writer? → “put it in closeSession” (L140)", "“put it in closeSession” (L140)"),
        ("- Should I remove the base package too, or leave it since others need it? → “leave it” (L9)", "“leave it” (to: …leave it since others need it?) (L9)"),
        ("- Which approach? → “b” = Turn-based (recommended) (not: Section ownership) (L74)", "Which approach? → Turn-based (not: Section ownership) (L74)"),
        ("- How is it kept? → “I want both. let the user decide” = A file for each; One file for all (L79)", "“I want both” = A file for each; One file for all (L79)"),
        ("- Add the lock now, or treat it as a separate concern? → “Add it” (not: Another issue; A retry) (L75)", "“Add it” (not: Another issue; A retry) (L75)"),
        ("- How are names kept in the end? → “b” = General list of names (not: A file) (L75)", "chose General list of names (not: A file) (L75)"),
        ("- user: “another couple of cases:” “the server is slow to start” “it stops” (L8)", "“…the server is slow to start” (L8)"),
        ("- plan rejected; user: “two more things. what does it do? and why?” (L8)", ""),
        ("- Shall I go on? → “yes” (L4)", ""),
        ("- their wish: keep one book for both → “yes” (L4)", "their wish: keep one book for both → “yes” (L4)"),
        ("- What's your preference? → “ok, do nothing, can we add a bell?” (offered: Ring it; Leave it as it is; Sell) (L4)", "“do nothing…” (offered: Ring it; Leave it as…; …) (L4)"),
        ("- approved the plan “A plan” (L4)", ""),
        (
            "- denied: the plan; user then: “one flow: first begin, then build” (L9)",
            "denied the plan, user: “one flow: first begin, then build” (L9)",
        ),
        ("- denied: Bash `tool --all --unsafe run`; user: “let's not do the heavy thing” (L7)", "denied `tool --all --unsafe run`: “let's not do the heavy thing” (L7)"),
        ("- plan rejected; user: “what is that? update the doc first” (L7)", "plan rejected: “…update the doc first” (L7)"),
        ("- user objected: “no, the cache is not it” (to: The cache is stale.); the agent: “True.” (L8)", "objected “no, the cache is not it” (to: The cache is stale.) (L8)"),
        ("- `npm run build` failed: error TS7034: x has type any; then worked: `npm run b` (L5)", "`npm run build`: error TS7034: x has type any (then `npm run b`) (L5)"),
        ("- `make x` failed: no rule y; before that no rule z; passed after editing a.mk, b.mk (+`y:`) (L5)", "`make x`: no rule y (worked, a.mk, b.mk edited) (L5)"),
        ("- `make x` failed: no rule y; later passed after editing a.mk: `make xy` (L5)", "`make x`: no rule y (worked, a.mk edited) (L5)"),
        ("- `for each in a b` failed: exit code 127; then worked in part: `svc a stop` (L6) (L5)", "`for each in a b`: exit code 127 (then in part: `svc a stop`) (L5)"),
        ("- Task `look` failed: no such type; then worked with kind `plain` (L5)", "Task `look`: no such type (then with kind `plain`) (L5)"),
        ("- `make x` failed: no rule y; the same later worked (L5)", "`make x`: no rule y (later worked) (L5)"),
        ("- `make x` failed: no rule y; before that no rule z; never seen to… (L5)", "`make x`: no rule y (L5)"),
        ("- `make x` failed: no rule y; never seen to pass (L5)", "`make x`: no rule y (L5)"),
        ("- user objected: “still no” (to: It has all of the records now.); the agent: “True.” (L8)", "objected “still no” (to: It has all of the records now.) (L8)"),
        ("- Edit `a/b.py` failed: String to replace not found in file. (L5)", ""),
        ("- `npm run build` failed; the same later worked (L5)", ""),
        ("- `make x` failed: no rule y; the agent: “The rule was renamed by the last merge.”; passed after editing a.mk (+`y:`) (L6) (L5)", "`make x`: agent: “The rule was renamed by the last merge.” (worked, a.mk edited) (L5)"),
        ("- `make x` failed: no rule y; the agent: “Wrong name again.”; never seen to pass (L5)", "`make x`: no rule y (L5)"),
        ("- user objected: “no remove it” (to: their own “how about the year?”); the agent: “True.” (L8)", "objected “no remove it” (to: their own “how about the year?”) (L8)"),
        ("- user objected: “no keep this out of it, whoever reads the list would wait for lamps” (to: their own “how about the year of the lamp?”) (L8)", "objected “no keep this out of it, whoever reads the list would wait for lamps” (to: their own “how about the year of the lamp?”) (L8)"),
        ("- user objected: “no keep the year out of the list, whoever reads that would wait for lamps” (to: their own “how about the year of the lamp?”) (L8)", "objected “no keep the year out of the list, whoever reads that would wait for lamps” (L8)"),
        ("- `tool` was refused 3 times since L2: it needs approval; never allowed (L5)", "`tool`: it needs approval (L5)"),
    ],
)  # fmt: skip
def test_an_item_in_a_few_words(item: str, told: str) -> None:
    """The user's words stay, with the question only where they need it; a mere yes is left out."""
    assert brief(item) == told


def test_the_part_with_the_wish_is_told() -> None:
    """Of several sentences that; what is left out is marked."""
    assert gist("It is all quite large. Let's use one file. Thanks") == "…Let's use one file."
    short = "no, take that out again, the risk that somebody takes it for stable is too big"
    assert gist(short) == short
    long = "keep each of the many files that were there before as they are in there and the new ones"
    assert gist(long) == "keep each of the many files that were…"
    assert gist("what is it?") == "what is it?"
    order = "On the long pier, nothing is lit at dusk, and the list should be turned round: put west first, then north and east."
    assert gist(order) == "…put west first, then north and east."
    assert gist("The quay is much too dark at night. Apply bright paint there before winter.") == (
        "…Apply bright paint there before winter."
    )
    cut = "We should keep all lamps of piers I saw on the way home to the house by the sea and others"
    assert gist(cut) == "We should keep all lamps of piers…"


def test_those_that_choose_come_first_and_the_rest_is_counted() -> None:
    """The list is in its own order; no more words than there are."""
    items = [
        "- user: “we are in a folder with other files now” (L9)",
        "- user: “don't use the old name” (L8)",
        "- user: “commit” (L7)",
        "- user: “drop the lock” (L6)",
    ]
    assert also(ranked([*map(few_of, items)]), 13) == (
        "- also: “don't use the old name” (L8); “drop the lock” (L6)",
        [1, 3],
    )
    assert also(ranked([*map(few_of, items)]), 5) == ("", [])


def test_an_option_that_was_taken_comes_before_a_wish() -> None:
    """What it was chosen over is cut, and is no fault of it."""
    items = [
        "- user: “I want the lamps on the pier lit” (L9)",
        "- How shall we keep them? → “one file” (not: Many small files in folders of their own beside the house; None) (L8)",
    ]
    assert also(ranked([*map(few_of, items)]), 16) == (
        "- also: “one file” (not: Many small files…; None) (L8)",
        [1],
    )


def test_a_list_tells_the_rest_in_short() -> None:
    """Within the same words; and counts what is told nowhere."""
    items = [f"- user: “don't touch part {at}, {'which is told at length ' * 8}” (L{at})" for at in range(12)]
    made = fit(items, 120, rest=True)
    assert made.items[-1].startswith("- also: “don't touch part")
    assert made.words <= 120
    told = len(made.items) - 1 + made.items[-1].count("“")
    assert made.left == 12 - told
    assert not any(item.startswith("- also: ") for item in fit(items, 120).items)


@given(st.text(alphabet="“”→`=(): .;?Lab1-\n", max_size=200))
def test_any_item_gets_short(text: str) -> None:
    """What others wrote is cut, whatever it holds."""
    assert len(brief(f"- {text} (L1)")) <= 300
    assert len(gist(text).split()) <= WORDS + 3


def test_of_a_cause_the_words_stay() -> None:
    """The place in a file is left out before the end of what is said is."""
    why = "…/parser/days_of_the_week.go:189:19: the value of `read.Day` is not checked by anybody"
    assert cause(why, 200) == why
    assert cause(why, 60) == "the value of `read.Day` is not checked by anybody"
    assert cause("a.ts(52,11): error TS7034: it has no type", 35) == "error TS7034: it has no type"


def test_long_items_take_no_time() -> None:
    """Items of others are looked at up to a bound."""
    for hostile in ("“" * 50_000, "`a" * 50_000, "a → “" * 20_000, " and" * 50_000, "denied: `" * 9_000):
        assert len(brief(f"- {hostile}")) <= 400


def test_what_is_not_is_told_with_what_is() -> None:
    """A denial that is cut early would turn its meaning."""
    said = "I would not care about the colour of it anymore but more that the page is shown to all of the guests soon"
    told = brief(f"- user: “{said}” (L3)")
    assert "not care" in told
    assert "but more that the page" in told


def test_what_follows_each_other_is_named_once() -> None:
    """Of one line only the last names it, and of the same kind only the first says so."""
    items = [
        "- agent noted: “the lock was never taken” (L9)",
        "- agent noted: “the table had no key” (L8)",
        "- user: “keep the pink tiles” (L7)",
        "- user: “drop the old ones” (L7)",
    ]
    line, places = also(ranked([*map(few_of, items)]), 60)
    assert places == [0, 1, 2, 3]
    assert line == (
        "- also: agent noted: “the lock was never taken” (L9), “the table had no key” (L8); "
        "“keep the pink tiles”; “drop the old ones” (L7)"
    )
