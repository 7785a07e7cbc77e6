"""Rules that a later prompt takes back, and those it leaves."""

from pathlib import Path

import pytest

from spread.distill.rules_lifted import still_binding
from tests.distill.lines import Lines

LEAVE = "you can now edit the generated files"


@pytest.mark.parametrize(
    ("rule", "later", "binds"),
    [
        ("Don't add dependencies.", "add a button to the header", True),
        ("Don't add dependencies.", "add the dependencies for the chart", False),
        ("Don't change the api", "change the color to blue", True),
        ("Never use var.", "use the other endpoint", True),
        ("Don't delete anything", "delete the old branch", False),
        ("Don't use lodash", "use it then", False),
        ("Don't touch the tests.", "please update the tests too", False),
        ("Don't change the api", "update the api docs", True),
        ("Always use yarn.", "we've moved, so no yarn any more", False),
        ("Log the warnings in tests", "great, no more warnings", True),
        ("Don't commit yet.", "commit the fix", False),
        ("Don't ask me for every little thing", "please do ask me before you run it", False),
    ],
)
def test_an_order_lifts_only_what_it_is_of(rule: str, later: str, *, binds: bool) -> None:
    """The verb alone does not tell: nearly all is added, changed or used; a commit is of the work as a whole."""
    assert bool(still_binding(later, [(1, rule)])) is binds


@pytest.mark.parametrize(
    "shown",
    [
        'the docs say "you can now edit the generated files". is that wrong?',
        "the banner says `you can now edit the generated files` twice",
        "it prints this:\n\nhint: you can now edit the generated files\n",
        "Here is the issue text:\n\nGo ahead, edit the generated files.\n\nplease answer it",
        "Sam wrote: you can now edit the generated files\n\nwhat does he mean",
        "edit: the generated files are all wrong",
    ],
)
def test_what_a_prompt_only_shows_lifts_no_rule(shown: str, tmp_path: Path) -> None:
    """A quotation, a log and the words of others are not the user's leave; the same words said are."""
    for said, left in ((shown, ("Never edit the generated files.",)), (LEAVE, ())):
        lines = Lines()
        lines.user("Add a flag for colours. Never edit the generated files.")
        lines.say("Done.")
        lines.user(said)
        lines.say("Well.")
        assert tuple(lines.distilled(tmp_path).constraints) == left
