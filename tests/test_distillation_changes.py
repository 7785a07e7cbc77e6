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
        ("limit 3 → 5; +`load`", 1, "limit 3 → 5…"),
        (f"text {'a ' * 40}→ {'b ' * 40}", 1, "text a a a a a a a a a… → b b b b b b b b b b b…"),
        ("imports new `a.ts`, `b.ts`; +`load`", 1, "imports new `a.ts`, `b.ts`…"),
        ("“Sends the post”; +`load`", 1, "“Sends the post”…"),
        ("+`load`, `save`; so in b.py, c.py and 4 more", 1, "+`load`…; so in b.py, c.py and 4 more"),
    ],
)
def test_in_brief(told: str, names: int, short: str) -> None:
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
