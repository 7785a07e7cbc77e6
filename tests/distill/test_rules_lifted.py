"""Rules that a later prompt takes back, and those it leaves."""

import pytest

from spread.distill.rules_lifted import still_binding


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
