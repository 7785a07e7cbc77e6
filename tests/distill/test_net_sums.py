"""Whether the edits of a file came to nothing, however much of it each of them shows."""

import pytest

from spread.distill.net_sums import Ends, add

MADE = "lamp()\n\tdim()\nend"


def is_nothing(*edits: tuple[str, str]) -> bool:
    total, ends = 0, Ends()
    for old, new in edits:
        total = add(total, ends, old, new)
    return ends.is_nothing(total)


@pytest.mark.parametrize(
    "edits",
    [
        [("b", f"{MADE}\nb"), (f"a\n{MADE}\nb", "a\nb")],  # what stands before shows only when it goes
        [("a", f"a\n{MADE}"), (f"a\n{MADE}\nb", "a\nb")],
        [("x", "y"), ("a\ny\nb", "a\nx\nb")],
        [("a\nx\nb", "a\ny\nb"), ("y", "x")],
        [("a\nb", f"a\n{MADE}\nb"), (f"{MADE}\nb", "b")],
        [("a\nb", f"a\n{MADE}\nb"), (f"a\n{MADE}", "a")],
        [("b", f"{MADE}\nb"), ("dim()", "hue()"), ("hue()", "dim()"), (f"a\n{MADE}\nb", "a\nb")],
        [("x", "y"), ("y", "x")],
        [],
    ],
)
def test_all_is_back(edits: list[tuple[str, str]]) -> None:
    """What one edit leaves open another one shows."""
    assert is_nothing(*edits)


@pytest.mark.parametrize(
    "edits",
    [
        [("b", f"{MADE}\nb"), (f"a\n{MADE}\nc", "a\nc")],  # it was somewhere else
        [(f"a\n{MADE}\nb", "a\nb"), ("d", f"{MADE}\nd")],
        [("x", "y"), ("a\ny\nb", "a\nz\nb")],
        [("b", f"{MADE}\nb"), ("a\nlamp()", "a")],
        [("b", f"{MADE}\nb")],
        [("", "x")],
        [("a\nx\nb", "a\nb"), ("c\nd", "c\nx\nd")],
    ],
)
def test_something_is_left(edits: list[tuple[str, str]]) -> None:
    """What came elsewhere, or otherwise, is a change."""
    assert not is_nothing(*edits)
