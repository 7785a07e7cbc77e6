# ruff: noqa: E501  (a table of cases folded over lines is harder to read than a long line)
"""What the agent says of its own errors."""

import pytest

from spread.distill_found import answer_to_objection, found


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("The issue is that the cache holds an old lock file of the packages.", "agent's diagnosis"),
        ("It turns out that the tool reads its settings from the parent folder.", "agent noted"),
        ("I was wrong about the branch: it had been merged two weeks before.", "agent noted"),
        ("That did not work, since the server ignores the header completely.", "agent noted"),
        ("The issue is probably that the cache holds an old lock file.", ""),
        ("If the issue is the cache, then the lock file has to go away first.", ""),
        ("Let me see whether the issue is the cache of the package manager.", ""),
        ("Is the issue that the cache holds an old lock file of the packages?", ""),
        ("The lock file of the packages was written anew and then committed.", ""),
    ],
)
def test_what_proved_wrong_and_what_was_the_cause(said: str, kind: str) -> None:
    """Only what is stated counts, no plan, no question and no guess."""
    assert found(said) == ([(kind, said)] if kind else [])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("You're right! The hooks of the project get in the way of the command here.", "The hooks of the project get in the way of the command here."),
        ("Good catch - the hooks of the project get in the way of the command.", "the hooks of the project get in the way of the command."),
        ("You're absolutely right! Let me fix that at once for you, now.", ""),
        ("Sorry.", ""),
    ],
)  # fmt: skip
def test_the_answer_to_an_objection(said: str, told: str) -> None:
    """It is what the message says beyond politeness and plans."""
    assert answer_to_objection(said) == told
