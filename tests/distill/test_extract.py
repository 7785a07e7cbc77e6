"""Which lines are chosen for their room."""

import pytest

from spread.distill.extract import Candidates, Message, choose, whole
from spread.distillation_once import Told

EVERY = "After every deploy the lampd daemon restarts on the northern pier"
LIMIT = "The lampd daemon only restarts if the deploy changed its table"
OTHER = "Gulls counted beside harbours outnumber ferries, barges, tugboats, rafts, kayaks"


@pytest.mark.parametrize(
    ("said", "limit", "first"),
    [
        (EVERY, LIMIT, LIMIT),
        (EVERY.replace("every", "a"), LIMIT, OTHER),
        (EVERY, LIMIT.replace("only", "then"), OTHER),
    ],
)
def test_what_limits_a_statement_comes_with_it(said: str, limit: str, first: str) -> None:
    """One that says how things are in every case would tell too much without what the same message says against it."""
    found = Candidates()
    for at, (text, value) in enumerate(((said, 9.0), (limit, 1.0), (OTHER, 0.4))):
        found.add(Message(1, 0 if at < 2 else 1), whole(text, value))
    chosen = choose(found, "", Told(), 60, 60)
    assert [each.it.text for each in chosen][:2] == [said, first]
