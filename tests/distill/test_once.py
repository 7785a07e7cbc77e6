"""What is found of a command line is remembered, and only that."""

import pytest

from spread.distill import runs
from spread.distill.once import KEPT_LINES, KEPT_LONG, SHORT_CHARS, of_line


def test_the_same_line_is_looked_at_once() -> None:
    """The function that looks is called once for a line, and what it found is given again."""
    seen = list[str]()

    @of_line
    def words(source: str) -> list[str]:
        """Say what is found."""
        seen.append(source)
        return source.split()

    assert words("make all") is words("make " + "all")
    assert seen == ["make all"]
    assert words.__doc__ == "Say what is found."


def test_few_long_lines_are_remembered() -> None:
    """Lines that are long are forgotten sooner than short ones, so that they take no room."""
    seen = list[str]()

    @of_line
    def ends(source: str) -> str:
        seen.append(source[-6:])
        return source[-6:]

    for number in range(KEPT_LONG + 1):
        ends(f"{'x' * SHORT_CHARS}{number:6}")
        ends(f"{number:6}")
    ends(f"{'x' * SHORT_CHARS}{0:6}")
    ends(f"{0:6}")
    assert seen.count(f"{0:6}") == 3
    assert KEPT_LINES > KEPT_LONG


def test_whether_a_line_hands_a_check_on_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked of each command after the last edit, for each revision."""
    asked = list[list[str]]()

    def kind_of(words: list[str]) -> str:
        asked.append(words)
        return ""

    monkeypatch.setattr(runs, "kind_of", kind_of)
    for _ in range(2):
        assert not runs.may_hand_on("lampwright host-of-tests pytest -q once")
    assert len(asked) == 4
    assert not runs.may_hand_on("lampwright host")
    assert len(asked) == 4
