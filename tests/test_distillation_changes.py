"""What a list tells of many changed files."""

import pytest

from spread.distillation_changes import brief, fit_changes

NAMES = "+`load`, `save`, `close`, `open` and 3 more; limit = 5"


@pytest.mark.parametrize(
    ("told", "names", "short"),
    [
        (NAMES, 1, "+`load`…"),
        (NAMES, 2, "+`load`, `save`…"),
        ("+`load`", 1, "+`load`"),
        ("+`load_all_that_stands_there`, `save_all_that_is_read`", 2, "+`load_all_that_stands_there`…"),
        ("limit 3 → 5; +`load`", 1, "limit 3 → 5…"),
        (f"text {'a ' * 40}→ {'b ' * 40}", 1, "text a a a a a a a a a… → b b b b b b b b b b b…"),
        ("imports new `a.ts`, `b.ts`; +`load`", 1, "imports new `a.ts`, `b.ts`…"),
        ("“Sends the post”; +`load`", 1, "“Sends the post”…"),
        ("+`load`, `save`; so in b.py, c.py and 4 more", 1, "+`load`…; so in b.py, c.py and 4 more"),
    ],
)
def test_in_brief(told: str, names: int, short: str) -> None:
    """The first change and some of its names stay, and which files are alike; the rest goes."""
    assert brief(f"- a.py: {told} (L3)", names) == f"a.py: {short} (L3)"


def test_of_each_a_little_before_more_of_any() -> None:
    """Those first that stand first; what has no room is counted."""
    items = [f"- {name}.py: {NAMES} (L{at})" for at, name in enumerate("abc")]
    assert fit_changes(items, 11) == (
        ["- a.py: +`load`… (L0); b.py: +`load`… (L1); c.py: +`load`… (L2)"],
        3,
        3,
    )
    assert fit_changes(items, 9) == (["- a.py: +`load`… (L0); b.py: +`load`… (L1)"], 2, 2)
    lines, told, last = fit_changes(items, 26)
    assert lines[0].startswith("- a.py: +`load`, `save`, `close`, `open`")
    assert (told, last) == (3, 1)
    assert fit_changes(items, 100) == (items, 3, 1)


def test_where_else_lines_came_is_told_last() -> None:
    """It goes before any name does."""
    item = "- a.py: +`load`, `save`, `close`, `open`; lines in `Lamp`, `Pier of the harbour` (L1…L3)"
    assert fit_changes([item], 30)[0] == [item]
    assert fit_changes([item], 11)[0] == ["- a.py: +`load`, `save`, `close`, `open` (L1…L3)"]


@pytest.mark.parametrize(
    ("told", "short"),
    [
        ("+`run(it)` in `Loop` (1 of 3 edits)", "+`run(it)` in `Loop`…"),
        ("+`run(it, or not)` in `Loop`; lines in `stop`", "+`run(it,…` in `Loop`…"),
        ("+`return one of the many`", "+`return one of…"),
        ("limit = 30; +`load`", "limit = 30…"),
        ("(changed since, L9) +`load`, `save`", "(changed since, L9) +`load`…"),
        ("(others too, L9) +`load`, `save`", "(others too, L9) +`load`…"),
        ("(changed again since) came and went: `load`", "(changed again since) came and went: `load`"),
        ("“Sends the post to all who asked for it”", "“Sends the post…”"),
        ("came and went: `load`", "came and went: `load`"),
        ("came and went: `load`; size = 40", "size = 40…"),
        ("text one two three four → five six seven eight", "text one two… → five six seven…"),
    ],
)
def test_in_the_fewest_words(told: str, short: str) -> None:
    """A name says more than how it goes on; a value is told whole."""
    assert brief(f"- a.py: {told} (L3)", 1, least=True) == f"a.py: {short} (L3)"


def test_of_many_the_first_are_told_in_more_words() -> None:
    """Of the others each has the fewest, and one that is too long leaves its room to those behind it."""
    items = [f"- {name}.py: +`run that thing of {name}` (L{at})" for at, name in enumerate("abcdef")]
    lines, told, last = fit_changes(items, 31)
    assert lines == [
        "- a.py: +`run that thing of a` (L0)",
        "- also: b.py: +`run that thing of b` (L1); c.py: +`run that thing… (L2); d.py: +`run that thing… (L3); "
        "e.py: +`run that thing… (L4)",
    ]
    assert (told, last) == (5, 4)
    long = f"- so.py: {' '.join(f'a{at} → b' for at in range(9))} (L9)"
    assert fit_changes([items[0], long, items[1]], 16)[1] == 2
