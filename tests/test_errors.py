"""Expected failures: what happened, why, what to do, and the exit code."""

import inspect

import pytest

from spread import errors
from spread.errors import RouteError, SpreadError, UsageError

CHILDREN = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, SpreadError)
]  # fmt: skip


@pytest.mark.parametrize("kind", CHILDREN)
def test_every_error_explains_itself(kind: type[SpreadError]) -> None:
    """Every error shows three lines, holds the three parts, and is as a string what happened."""
    problem = kind("it broke", why="it was old", hint="get a new one")
    assert problem.lines() == [
        "spread: error: it broke", "spread: cause: it was old", "spread: hint: get a new one",
    ]  # fmt: skip
    assert (problem.what, problem.why, problem.hint, str(problem)) == (
        "it broke", "it was old", "get a new one", "it broke",
    )  # fmt: skip


def test_parts_that_are_unknown_are_not_shown() -> None:
    """Without a cause or a hint there is no line for it."""
    assert SpreadError("it broke").lines() == ["spread: error: it broke"]
    assert SpreadError("it broke", hint="mend it").lines()[1:] == ["spread: hint: mend it"]
    assert SpreadError("it broke", why="it was old").lines()[1:] == ["spread: cause: it was old"]


def test_exit_codes() -> None:
    """The codes are those the commands promise: usage errors 2, all other explained failures 1."""
    codes = (
        errors.EXIT_DONE, errors.EXIT_FAILED, errors.EXIT_USAGE, errors.EXIT_BUG, errors.EXIT_INTERRUPTED,
    )  # fmt: skip
    assert codes == (0, 1, 2, 3, 130)
    assert {kind: kind.exit_code for kind in CHILDREN} == {
        kind: errors.EXIT_USAGE if kind is UsageError else errors.EXIT_FAILED for kind in CHILDREN
    }


def test_route_errors_may_pass() -> None:
    """A route that failed is worth another try unless it says otherwise."""
    assert RouteError("no answer").transient
    assert not RouteError("wrong protocol", transient=False).transient
