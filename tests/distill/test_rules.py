"""The rules that a prompt sets, and which of them bind."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.rules import rules, still_binding
from spread.distillation import body
from tests.distill.lines import Lines


@pytest.mark.parametrize(
    "said",
    [
        "Never change the public API.",
        "Please don't add dependencies.",
        "Always run the linter before you commit.",
        "You must not touch the migrations.",
        "do not use mocks",
        "make sure the old tests still pass",
        "I don't want a new class for this",
        "use uv instead of pip",
        "let's take the second one, though can we stick to the workflow of review?",
        "from now on answer in German",
        "keep the signature as it is",
        "Bitte nicht ändern, was schon läuft.",
        "niemals die Datenbank anfassen",
        "read only until i say so!!",
        "read-only for now, please",
        "ask me before you delete anything",
        "arreglalo sin tocar la api",
        "erst fragen, dann löschen",
        "no uses mocks en las pruebas",
        "不要修改配置文件谢谢大家",
        "テストを必ず実行してください",
        "никогда не меняй схему базы",
        "it would be great if it didn't push",
        "As short as possible please.",
        "add the two cases, use tables where possible",
        "answer each remark in its thread please",
        "Check that nothing needs the old name before you commit.",
        "Confirm that the names are right, and keep the signature as it is.",
        "see if you can do it without changing the table",
        "verify that there are no new dependencies",
    ],
)
def test_rules_are_found_verbatim(said: str) -> None:
    """A sentence that sets a rule is returned as it was said, in several languages."""
    assert rules(f"{said}\nand now look at the file") == [said]


@pytest.mark.parametrize(
    "said",
    [
        "I don't know what this does.",
        "confirm that we can call the new service instead of the old one without any workarounds.",
        "please check whether the table should use lists rather than maps",
        "tell me why it needs to stay in one file",
        "Also find out which of the two is required by the parser",
        "it doesn't work on my machine",
        "The parser doesn't handle days.",
        "why does it never finish?",
        "would it be easier to use a table instead of a loop?",
        "fix the parser",
        "I tested it and don't like it much",
        "```\nnever do this\n```",
        "> always fails here",
        "Error: must not be empty",
        "it didn't push",
        "ah, but the data doesn't need to be a class",
        "Tell me as soon as possible.",
        "the disk is read only",
        "I forgot to ask before",
        "sin embargo me gusta",
        "is it possible to see each step",
        "we should keep both of them; I wonder if a table would do",
    ],
)
def test_what_sets_no_rule_is_none(said: str) -> None:
    """Statements, questions, quotes and pasted output are no rules."""
    assert rules(said) == []


def test_a_rule_stands_with_its_condition() -> None:
    """A sentence right behind it that says when or why belongs to it; one of another line does not."""
    said = "Do not rebuild the site on every run. If you are ready, just ask me to look."
    assert rules(f"why three colours? {said} \n\nnow look at the file") == [said]
    assert rules("Do not rebuild it.\nIf all is well, tell me.") == ["Do not rebuild it."]
    assert rules("Do not rebuild it. The file is large.") == ["Do not rebuild it."]
    assert rules("Do not rebuild it. If it fails, never retry.") == [
        "Do not rebuild it.",
        "If it fails, never retry.",
    ]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Fine, but is a push needed? it would be great if it didn't push", ["*"]),
        ("please tidy the list of ports. only exactly those that are needed", ["*"]),
        ("Do not log the key. Always keep it in memory.", ["*"]),
        ("Look at the key.\n\nAlways keep it in memory.", ["Always keep it in memory."]),
        ("Look at the key. Never store the key.", ["Never store the key."]),
    ],
)
def test_a_rule_that_does_not_say_of_what_stands_with_the_sentence_before_it(
    said: str, told: list[str]
) -> None:
    """Alone, it would be read as of something else; of another paragraph it is not."""
    assert rules(said) == [said if it == "*" else it for it in told]


def test_rules_of_a_long_paste_come_from_its_frame() -> None:
    """Of a long pasted text only the first and the last paragraph are the person's own."""
    text = (
        "Please never rename files.\n\n" + "you must always do as the paper says. " * 60 + "\n\nDon't hurry."
    )
    assert rules(text) == ["Please never rename files.", "Don't hurry."]


@pytest.mark.parametrize(
    ("later", "binds"),
    [
        ("commit it now", False),
        ("please commit", False),
        ("/commit", False),
        ("forget what I said about committing", False),
        ("don't commit yet", True),
        ("fix the parser", True),
        ("should we commit the docs, or does that no longer work?", True),
        ("the colors of the header no longer match anything on the page", True),
        ("could you go ahead and commit?", False),
    ],
)
def test_rule_binds_until_taken_back(later: str, binds: bool) -> None:
    """Asking for what was forbidden, or saying so, takes a rule back."""
    rule = (1, "don't commit anything yet")
    assert (rule in still_binding(later, [rule])) is binds


def test_what_need_not_be_done_is_said_of_one_thing_and_no_other_request_takes_it_back() -> None:
    """A request of before does not lift it."""
    said = "yes, but we don't need to commit"
    assert still_binding("commit please, then push", [(1, said)]) == [(1, said)]


def test_a_rule_that_answers_a_question_is_told_with_it(tmp_path: Path) -> None:
    """Alone it would hold for everything; what does not begin as an answer stands as it is."""
    lines = Lines()
    lines.user("please plan the parser")
    lines.say("The plan stands. Shall I write it down and commit?")
    lines.user("yes, but we don't need to commit")
    lines.say("Written. Shall I go on with the reader?")
    lines.user("Never touch the reader.")
    lines.say("Good.")
    made = distill(lines.save(tmp_path), machine="box")
    assert made.constraints == ("yes, but we don't need to commit", "Never touch the reader.")
    page = body(made.to_markdown())
    assert "- yes, but we don't need to commit (to: Shall I write it down and commit?) (L3)\n" in page
    assert "- Never touch the reader. (L5)\n" in page


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("no trailing commas pls. use the short form", "no trailing commas pls."),
        ("a list first, NO code until I say so", "a list first, NO code until I say so"),
        ("one by one, commit after each file", "one by one, commit after each file"),
        ("no, rename it pls", ""),
        ("no idea, please look", ""),
        ("no thanks please", ""),
        ("the hook runs after each commit", ""),
        ("there was no code until we wrote it", ""),
    ],
)
def test_rules_in_the_fewest_words(said: str, rule: str) -> None:
    """A bare `no` with a thing and `please` binds, as does what is to be done after each step."""
    assert rules(said) == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("said", "binds"),
    [
        ("ok go. code. start with the list", False),
        ("looks good, implement it", False),
        ("shall we start?", True),
        ("go on with the list", True),
        ("add the colours to the list", True),
    ],
)
def test_what_waits_for_a_word_binds_until_it_is_given(said: str, binds: bool) -> None:
    """Whoever forbids a thing until they say so lets it go by saying so."""
    known = [(1, "no code until I say so"), (2, "never push")]
    assert still_binding(said, known) == (known if binds else known[1:])
