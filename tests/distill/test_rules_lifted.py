# ruff: noqa: RUF001  (the sentences hold punctuation of other scripts on purpose)
"""Rules that a later prompt takes back, and those it leaves."""

from pathlib import Path

import pytest

from spread.distill.rules_lifted import still_binding, what_went
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
        ("Never commit without me saying so.", "commit it", True),
        ("Never push unless I say so.", "push and open a PR", True),
        ("Nie pushen ohne mein Okay.", "push it", True),
        (
            "Never commit without me saying so.",
            "from now on you may commit yourself when the tests pass",
            False,
        ),
        ("Don't ask me for every little thing", "please do ask me before you run it", False),
    ],
)
def test_an_order_lifts_only_what_it_is_of(rule: str, later: str, *, binds: bool) -> None:
    """The verb alone does not tell: nearly all is added, changed or used; a commit is of the work as a whole."""
    assert bool(still_binding(later, [(1, rule)])) is binds


@pytest.mark.parametrize(
    ("later", "gone"),
    [
        ("my friend says semicolons are better so put them back. forget that rule", True),
        ("forget the rule with the semicolons", True),
        ("vergiss die Regel mit den semicolons", True),
        ("oublie la règle des semicolons", True),
        ("olvida la regla de los semicolons", True),
        ("esquece a regra dos semicolons", True),
        ("zapomnij o zasadzie o semicolons", True),
        ("Правило про semicolons отменяю", True),
        ("semicolons 규칙은 취소", True),
        ("don't forget the rule about semicolons", False),
        ("не забудь правило про semicolons", False),
        ("should we drop the rule about semicolons?", False),
        ("drop that rule", False),
        ("cancel the request when the rule fails", False),
    ],
)
def test_a_rule_called_off_as_one(later: str, *, gone: bool) -> None:
    """It is the one whose words stand where that is said, or elsewhere in the prompt; another stays."""
    other, rule = (1, "Never touch the folder of fonts."), (2, "never use semicolons in the scripts")
    assert still_binding(later, [other, rule]) == ([other] if gone else [other, rule])
    assert still_binding("取消分号那条规则", [other, (2, "代码里不要用分号")]) == [other]


@pytest.mark.parametrize(
    ("rule", "later", "left", "gone"),
    [
        (
            "Rules: python 3.11 only, never commit on main, and no emojis in logs",
            "ok commit on main",
            "Rules: python 3.11 only, …, and no emojis in logs",
            "never commit on main",
        ),
        ("Never commit on main, it is frozen, because we ship", "commit on main", "", None),
        ("Never commit on main, no emojis", "commit on main", "", None),
    ],
)
def test_of_a_list_only_what_is_taken_back_goes(rule: str, later: str, left: str, gone: str | None) -> None:
    """The rest still binds; a rule with its reason is no list."""
    known = [(1, rule)]
    binding = still_binding(later, known)
    assert binding == ([(1, left)] if left else [])
    assert what_went(known, binding) == [(1, gone or rule)]


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


@pytest.mark.parametrize(
    ("rule", "later"),
    [
        ("ask me before you change anything", "yes, go ahead and change it"),
        ("ask me before changing anything", "ok change it"),
        ("always show me the plan before you code", "looks good, go ahead"),
        ("From now on ask before deleting anything", "yes delete those"),
        ("don't add dependencies without asking me", "ok, add that one"),
        ("never push without asking", "ok push it this time"),
        ("before any commit, show me the diff", "diff is fine, commit"),
        ("No new dependencies", "add the missing import"),
        ("never commit secrets", "commit the fix"),
        ("Don't touch the README without asking me", "you can fix the typo in the README"),
        ("künftig erst den Plan zeigen, dann coden", "gut, du kannst jetzt coden"),
        ("frag mich, bevor du löschst", "ja, lösch die drei"),
        ("De ahora en adelante pregúntame antes de borrar cualquier cosa", "sí, esos puedes borrarlos"),
        ("demande avant de supprimer", "oui tu peux les supprimer"),
        ("以后改代码之前先跟我确认方案", "可以,改吧"),
        ("删除前要先问我", "可以删"),
        ("変更の前に必ず確認してください", "はい、変更していいです"),
        ("commit messages in English", "commit it"),
        ("No force pushes", "push it"),
        ("Never use sudo", "you can run it"),
    ],
)
def test_leave_that_a_rule_asks_for_does_not_lift_it(rule: str, later: str) -> None:
    """Who wants to be asked each time says yes each time; what is never done is not another thing that is."""
    assert still_binding(later, [(1, rule)]) == [(1, rule)]


@pytest.mark.parametrize(
    ("rule", "later"),
    [
        ("ask me before you change anything", "you don't need to ask any more before you change things"),
        ("never push without asking", "from now on you can push without asking"),
        ("以后改代码之前先跟我确认方案", "以后改代码不用跟我确认方案了,你可以直接改"),
    ],
)
def test_what_is_so_from_now_on_lifts_it(rule: str, later: str) -> None:
    """That is no leave for once."""
    assert still_binding(later, [(1, rule)]) == []


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


@pytest.mark.parametrize(
    ("rule", "later"),
    [
        ("hands off the old parser", "the old parser is fair game now"),
        ("No new packages.", "ok you may add this one, packages are fine"),
        ("i want small commits", "forget the small commits, squash them"),
        ("keep lines under 90 columns", "the 90 columns limit is lifted"),
        ("don't download anything big", "back on wifi, you can download what you want"),
        ("only look, don't change anything", "alright, fix it"),
        ("Don't change anything before I say so.", "by time, then. go ahead. and have the log mended"),
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


@pytest.mark.parametrize(
    ("later", "last", "binds"),
    [
        ("ok forget that, pandas is fine", 3, False),
        ("actually scratch that, let's use a queue", 3, False),
        ("ok forget that, pandas is fine", 5, True),
        ("forget that bug, the other one is ok", 3, True),
        ("forget that, show me the log first", 3, True),
    ],
)
def test_what_was_said_just_before_is_taken_back(later: str, last: int, *, binds: bool) -> None:
    """Without a word of the rule "forget that" is of the prompt before, if it gives leave for another way."""
    rule = [(1, "Never push"), (3, "use only the standard library")]
    assert (still_binding(later, rule, last) == rule) is binds


def test_two_rules_of_one_prompt_are_not_taken_back_together() -> None:
    """Of two that were set at once "that" does not say which."""
    rule = [(3, "use only the standard library"), (3, "answer in short sentences")]
    assert still_binding("ok forget that, pandas is fine", rule, 3) == rule


@pytest.mark.parametrize(
    ("rule", "binds"),
    [
        ("from now on commit after every finished lamp", False),
        ("always count the lamps before a commit", True),
        ("before each commit, count the lamps", True),
    ],
)
def test_an_act_that_is_to_stop_lifts_no_rule_that_only_says_when(rule: str, binds: bool) -> None:
    """What is done before the act, or after it, is another matter."""
    assert bool(still_binding("stop committing by yourself", [(1, rule)])) is binds


@pytest.mark.parametrize(
    ("rule", "later", "binds"),
    [
        ("only look, dont change data", "ok then delete the second one in a migration", False),
        ("only look, dont change data", "ok. what does the second one hold", True),
        ("only look, dont change data", "delete is what they asked for?", True),
        (
            "look at ann/lamp, review only, nix ändern.",
            "ok, cherry-pick nur die 2 guten auf einen branch",
            False,
        ),
        ("just investigate today, NO code changes.", "ok. reproduce it against a local server", True),
        ("no new packages", "ok then remove the second one", True),
    ],
)
def test_who_was_only_to_look_may_change_what_is_then_ordered(rule: str, later: str, *, binds: bool) -> None:
    """It was of what was asked with it; an assent and an order to change something end that."""
    assert bool(still_binding(later, [(1, rule)])) is binds


@pytest.mark.parametrize(
    ("rule", "later", "binds"),
    [
        ("usa siempre tabuladores", "ya no hace falta usar tabuladores", False),
        ("usa siempre tabuladores", "ya no hace falta el lexer", True),
        ("usa siempre tabuladores", "olvida los tabuladores", False),
        ("usa siempre tabuladores", "no olvides los tabuladores", True),
        ("nunca hagas commit de los datos", "ya no hace falta el commit de los tests", True),
        ("pregunta siempre antes de hacer push", "ya no hace falta preguntar antes de hacer push", False),
        ("pregunta siempre antes de hacer push", "ya no hace falta hacer push", True),
        ("utilise toujours des tabulations", "plus besoin d'utiliser des tabulations", False),
        ("utilise toujours des tabulations", "oublie les tabulations", False),
        ("utilise toujours des tabulations", "n'oublie pas les tabulations", True),
        ("use sempre tabulações", "não precisa mais usar tabulações", False),
        ("use sempre tabulações", "esqueça as tabulações", False),
        ("use sempre tabulações", "não esqueça as tabulações", True),
        ("usa sempre le tabulazioni", "non serve più usare le tabulazioni", False),
        ("usa sempre le tabulazioni", "lascia perdere le tabulazioni", False),
        ("benutze immer Tabulatoren", "Tabulatoren sind nicht mehr nötig", False),
        ("benutze immer Tabulatoren", "die Tests sind nicht mehr nötig", True),
    ],
)
def test_a_rule_is_taken_back_in_the_language_that_it_was_given_in(
    rule: str, later: str, binds: bool
) -> None:
    """Where the words are clear, and of what the rule is about; a ban is not lifted with what spares a duty."""
    assert bool(still_binding(later, [(1, rule)])) is binds
