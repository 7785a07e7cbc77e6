"""Which rules bind after a prompt that takes one back or says that one stands after all."""

from pathlib import Path

import pytest

from spread.distill.rules_back import Lifted, bound, holds_again
from spread.distill.rules_lifted import still_binding
from tests.distill.lines import Lines

NO_LAMPS = "No new lamps in the attic, please."
NO_BELLS = "Never ring the bells at night."
LIFTED: list[Lifted] = [
    (5, 1, NO_LAMPS, "for the hall a lamp is fine"),
    (7, 1, NO_BELLS, "ring them if you must"),
]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("So the no-lamps rule stands after all.", NO_LAMPS),
        ("ok, then the rule about lamps still holds", NO_LAMPS),
        ("the rule stands then", NO_BELLS),
        ("also die Regel mit den bells gilt wieder", NO_BELLS),
        ("bueno, la regla de bells sigue en pie", NO_BELLS),
        ("does the rule about lamps still hold?", ""),
        ("the rule about lamps no longer holds", ""),
        ("die Regel gilt nicht mehr", ""),
        ("the rule about the gutters stands", ""),
        ("look whether the rule about lamps still holds", ""),
        ("the lamp stands in the attic", ""),
    ],
)
def test_a_rule_stands_after_all(text: str, rule: str) -> None:
    """It is named as one; what asks or denies says nothing of the kind."""
    _, found = holds_again(text, LIFTED)
    assert (found[2] if found else "") == rule


@pytest.mark.parametrize(
    ("rule", "text", "is_gone"),
    [
        ("dont touch the tests", "u may touch the tests now", True),
        ("Bitte keine Lampen im Dachboden.", "Das mit den Lampen im Dachboden vergiss.", True),
        ("Bitte keine Lampen im Dachboden.", "Das mit den Lampen kannst du vergessen, Jan mag sie.", True),
        ("Bitte keine Lampen im Dachboden.", "Vergiss das mit den Lampen.", True),
        ("Bitte keine Lampen im Dachboden.", "Vergiss das mit den Lampen nicht.", False),
        ("Bitte keine Lampen im Dachboden.", "Das mit den Glocken vergiss.", False),
        ("Sin lámparas en el desván.", "Olvida lo de las lámparas del desván.", True),
        ("Pas de lampes au grenier.", "Oublie ce que j'ai dit sur les lampes.", True),
        ("Pas de lampes au grenier.", "N'oublie pas ce que j'ai dit sur les lampes.", False),
    ],
)
def test_a_rule_is_forgotten(rule: str, text: str, is_gone: bool) -> None:
    """In several languages, and by a typist of few letters."""
    assert (still_binding(text, [(1, rule)]) == []) is is_gone


def test_what_takes_back_is_no_rule_itself() -> None:
    """The sentence that sets another one is."""
    text = "Das mit den Lampen vergiss. Ab jetzt nur Kerzen."
    known = [(1, "Bitte keine Lampen.")]
    new = ["Das mit den Lampen vergiss.", "Ab jetzt nur Kerzen."]
    binding, gone = bound(text, 9, 4, known, [], new)
    assert binding == [(9, "Ab jetzt nur Kerzen.")]
    assert gone == known


def test_a_rule_taken_back_and_set_again(tmp_path: Path) -> None:
    """The page lists it among those that hold, and no more among those that do not."""
    lines = Lines()
    lines.user(f"Paint the attic. {NO_LAMPS}")
    lines.edit("/home/dev/app/attic.py")
    lines.say("Painted.")
    lines.user("Forget what I said about new lamps in the attic, one is fine.")
    lines.say("The shop has none.")
    assert "no longer holds" in lines.page(tmp_path)
    lines.user("Take it out again. So the rule about lamps stands after all.")
    lines.say("Taken out.")
    page = lines.page(tmp_path)
    assert "no longer holds" not in page
    assert f"- {NO_LAMPS} (L1)" in page
