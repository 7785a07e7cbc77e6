"""The shapes of a sentence that sets a rule, whatever it speaks of."""

import pytest

from spread.distill.rules import rules
from spread.distill.rules_lifted import still_binding


@pytest.mark.parametrize(
    "said",
    [
        "run the type checker before you hand a patch over",
        "Whenever you find a bug, write a failing test",
        "if you need a new table, talk to me",
        'when I say "check" I want a list, not a patch',
        "be blunt about bad ideas",
        "from here commit after each step again",
        "I'll push that on my side",
        "leave it, but ask next time",
        "It is forbidden to touch the ledger.",
        "you do not get to skip tests",
        "Everything shown has to go through the translator",
        "You can use make but not sudo.",
        "table-driven style like the rest of the package",
        "At most 3 files per commit",
        "no comments in the tests, ever",
        "deployment is my job",
        "we only merge with green pipelines",
        "write it without pulling in another framework",
        "the reviewers insist on signed commits",
        "three sentences are enough",
        "Only I talk to the cluster",
        "work in a worktree",
        "tell me after every item",
        "lint every file you touch",
        "Don't be so wordy, what is left?",
        "in case of doubt, ask",
        "Any change to the wire format needs my approval.",
        "Before running anything slow, ask.",
        "could you please write in English from now on?",
        "never, ever touch the keys",
        "in the tests, no sleeps",
        "all our routes are versioned",
        "Vue without Vuex, please.",
        "composition over inheritance",
        "Ich will, dass du nach jedem Schritt testest",
        "No quiero librerías nuevas.",
        "Il faut garder la compatibilité avec PHP 7.",
        "Gebruik geen nieuwe pakketten",
    ],
)
def test_a_rule_is_seen_by_its_scope(said: str) -> None:
    """A condition, a bound, a word of no exception, a likeness or an owner says that an order stands."""
    assert rules(said) == [said]


@pytest.mark.parametrize(
    "said",
    [
        "if you click a row, nothing opens",
        "let's not do the release today",
        "the worker keeps restarting, no logs at all",
        "We never get the mail when the job fails.",
        "it only fails on Python 3.12, never on 3.11",
        "the sidebar should stay collapsed until the user clicks on it",
        "The endpoint must return at most 100 items.",
        "instead of the table draw a chart",
        "the path must be quoted or else it breaks",
        "the date is off, must be a timezone thing",
        "revert the commit but keep the test",
        "run only the failing test",
        "Guests may upload pictures, no films.",
        "turns out we don't need the proxy anymore",
        "all our tests fail since the update",
        "we can't use the new cluster, it refuses the connection",
        "The app must work on phones.",
        "the tests never finish on my machine",
        "saving does nothing, only the spinner shows",
        "module not found",
        "The field accepts at most 20 characters.",
        "call the new button Save, not Store",
        "From now on you can commit yourself.",
    ],
)
def test_what_is_of_the_moment_or_the_product_sets_no_rule(said: str) -> None:
    """An order for one thing, a report, leave without bounds and what the product does are not listed."""
    assert rules(said) == []


def test_what_is_listed_below_constraints_is_a_rule_whatever_it_says() -> None:
    """The line above tells what the items are."""
    assert rules("Add retries.\n\nConstraints:\n- Python 3.9\n- plain sockets\n\nThen tell me.") == [
        "Python 3.9",
        "plain sockets",
    ]


def test_the_rules_of_a_game_to_be_made_are_not_those_of_the_work() -> None:
    """Below an order to make something "rules" are its own."""
    assert rules("Build a card game.\n\nRules:\n- five cards each\n- highest card takes all\n") == []


@pytest.mark.parametrize(
    ("rule", "later"),
    [
        ("No new dependencies.", "fine, add it, the no new dependencies rule is off"),
        ("Write comments in German.", "scrap the German comments rule"),
        ("Use camelCase for variables.", "forget camelCase, snake_case it is"),
        ("No commits please.", "commit it"),
        ("Keep the old client.", "we can drop the old client now"),
    ],
)
def test_a_rule_that_is_called_off_is_taken_back(rule: str, later: str) -> None:
    """To say that a rule is off or scrapped takes it back."""
    assert still_binding(later, [(1, rule)]) == []
