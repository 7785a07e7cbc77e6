"""What a prompt lists below a line that calls it constraints or rules."""

from spread.distill.rules import rules


def test_what_is_listed_below_constraints_is_a_rule_whatever_it_says() -> None:
    """The line above tells what the items are."""
    assert rules("Add retries.\n\nConstraints:\n- Python 3.9\n- plain sockets\n\nThen tell me.") == [
        "Python 3.9",
        "plain sockets",
    ]


def test_the_rules_of_a_game_to_be_made_are_not_those_of_the_work() -> None:
    """Below an order to make something "rules" are its own."""
    assert rules("Build a card game.\n\nRules:\n- five cards each\n- highest card takes all\n") == []
