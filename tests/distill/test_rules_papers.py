# ruff: noqa: RUF001  (a runner prints such a mark)
"""Papers pasted into a prompt: what they say must be is not the user's rule."""

import pytest

from spread.distill.rules import rules

README = (
    "# lampkit\n\nLights piers.\n\n## Install\n\nYou should never install this globally.\n"
    "Always use a virtual environment.\n\n## Contributing\n\nPlease don't open PRs without an issue."
)


@pytest.mark.parametrize("above", ["are our install steps right?", "see the README I pasted", "look at this"])
def test_a_readme_sets_no_rule(above: str) -> None:
    """It is known by its headings; what stands above it is the user's."""
    assert rules(f"{above}. never touch the docs.\n\n{README}") == ["never touch the docs."]


def test_what_is_called_pasted_is_a_paper_whatever_its_headings_are() -> None:
    """One heading is enough."""
    paper = "# Lamps\n\nThe code must never use floats.\n\nAll tests must pass."
    assert rules(f"the spec i copied from the wiki\n\n{paper}\n\nnever touch the docs") == [
        "never touch the docs"
    ]
    assert "All tests must pass." in rules(f"look here\n\n{paper}")


def test_below_a_paper_the_user_speaks_again() -> None:
    """The last paragraph is told, but not where it is the only one below a heading, or is code."""
    form = "### Steps to reproduce\n\nnever use tabs\n\n### Expected\n\nIt works.\n\n"
    assert rules(f"mend this\n\n{form}never touch the docs") == ["never touch the docs"]
    assert rules(f"mend this\n\n{form}    never touch the docs\n\n") == []


def test_a_prompt_with_headings_of_its_own_is_no_paper() -> None:
    """Who writes a heading of rules, or of a task, speaks."""
    said = "# Task\nmend the parser\n\n## Usage\nnever use tabs here"
    assert rules(said) == ["never use tabs here"]
    assert rules("# Lamps\nnever use tabs here") == ["never use tabs here"]


@pytest.mark.parametrize(
    "line",
    [
        "E: dpkg must never be run as root",
        "W: Do not run apt as a normal user",
        "● invoice › total\n    You must never call done() twice in the code",
        "#12 ERROR never run pip as root in the code",
        "2026-01-01 WARN never use the code twice",
        "2026-01-01 10:00:00 never use the code twice",
        "10:00:00.123 never use the code twice",
        "Jan  1 10:00:00 box cron: never use the code twice",
        "= help: never use the code twice",
        "##[warning] never use the code twice",
        "src/lamp.c:12:3: warning: never use the code twice",
    ],
)
def test_a_line_of_a_log_sets_no_rule(line: str) -> None:
    """It is known by what it begins with."""
    assert rules(f"it fails\n\n{line}\n\nnever touch the docs") == ["never touch the docs"]
