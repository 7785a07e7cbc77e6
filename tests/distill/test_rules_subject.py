# ruff: noqa: RUF001  (the sentences hold punctuation of other scripts on purpose)
"""Whom a sentence of a prompt addresses, and what takes a rule back."""

import pytest

from spread.distill.rules import rules
from spread.distill.rules_lifted import still_binding


@pytest.mark.parametrize(
    "said",
    [
        "members must not be able to close a shared album",
        "the drawer should stay open after a resize",
        "A ride may not start without a driver and must never end without a receipt.",
        "on tablets the ruler should not cover the page",
        "counter shouldn't go below zero",
        "no badge for silent members",
        "one seat per guest",
        "the bell must ring twice, rn it does not and sometimes it rings forever, but it is loud",
        "Build a kitchen timer. When it is muted, never play a sound.",
        "The crane must stop at once. It must not swing.",
        "Album page\n- only square pictures\n- never upscale them\n- must be fast",
        "As the note says: 'Guests must not see drafts. Never index them.' where is that done?",
        "Hi all,\n\nplease never restart the mixer by hand.\n\nThanks\nRuth\n\n^ got this, draft a reply",
        "Jo wrote: I must never be billed twice. Please don't do that again.",
        "you shouldn't be able to pick a day in the past",
        "dont restart it, i already did",
        "der knopf darf nicht klickbar sein solange er lädt",
        "un invité ne doit pas voir les brouillons",
        "гость не должен видеть чужие счета",
    ],
)
def test_what_a_product_must_do_is_no_rule(said: str) -> None:
    """What is to be made, a report of what it should do and letters of others do not bind who works on it."""
    assert rules(said) == []


@pytest.mark.parametrize(
    ("rule", "later"),
    [
        ("hands off the old parser", "the old parser is fair game now"),
        ("No new packages.", "ok you may add this one, packages are fine"),
        ("i want small commits", "forget the small commits, squash them"),
        ("keep lines under 90 columns", "the 90 columns limit is lifted"),
        ("don't download anything big", "back on wifi, you can download what you want"),
        ("only look, don't change anything", "alright, fix it"),
        ("do not push until I had a look", "looks good, push it"),
        ("use a venv", "no venv needed, install it here"),
        ("bitte nichts an der config ändern", "du darfst die config jetzt ändern"),
        ("不要改数据库结构", "现在可以改数据库结构了"),
    ],
)
def test_leave_that_is_given_lifts_a_rule(rule: str, later: str) -> None:
    """A later prompt that gives leave for what a rule forbids takes it back, however it says so."""
    assert still_binding(later, [(1, rule)]) == []


@pytest.mark.parametrize(
    ("rule", "later"),
    [
        ("Don't touch the tests.", "the tests are fine, it is the handler that breaks"),
        ("only touch the api folder", "the api is allowed to return null"),
        ("do not use sed", "you can use the search tool again"),
        ("never push to main", "push is slow today, why"),
        ("don't change the schema", "after all the schema is what drives the importer"),
        ("不要改数据库结构", "现在可以登录了，但是数据库连接很慢"),
    ],
)
def test_leave_for_another_thing_lifts_nothing(rule: str, later: str) -> None:
    """A later prompt that speaks of a rule's words, and gives leave for something else or none, takes nothing back."""
    assert still_binding(later, [(1, rule)]) == [(1, rule)]
