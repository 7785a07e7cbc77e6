"""Requests, rules, objections and questions in a person's words."""

import pytest

from spread.distill_words import (
    choices,
    ends_in_question,
    is_answer,
    is_incidental,
    next_of,
    objects,
    own_words,
    question_of,
    rules,
    sentences,
    still_binding,
)


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
        "no uses mocks en las pruebas",
        "不要修改配置文件谢谢大家",
        "テストを必ず実行してください",
        "никогда не меняй схему базы",
        "it would be great if it didn't push",
        "As short as possible please.",
        "add the two cases, use tables where possible",
        "answer each remark in its thread please",
    ],
)
def test_rules_are_found_verbatim(said: str) -> None:
    """A sentence that sets a rule is returned as it was said, in several languages."""
    assert rules(f"{said}\nand now look at the file") == [said]


@pytest.mark.parametrize(
    "said",
    [
        "I don't know what this does.",
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
        "is it possible to see each step",
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
    said = "yes, but we don't need to commit"
    assert still_binding("commit please, then push", [(1, said)]) == [(1, said)]


@pytest.mark.parametrize(
    "said", ["no, wrong file", "that's not what I meant", "still fails", "it doesn't work", "revert that"]
)
def test_objections(said: str) -> None:
    """A prompt that objects is known as one."""
    assert objects(said)
    assert not objects("looks good, next one please")
    assert not objects("hmm pros and cons of both")


@pytest.mark.parametrize(
    ("text", "kind", "incidental"),
    [
        ("hi", "typed", True),
        ("continue", "typed", True),
        ("/model opus", "command", True),
        ("/review src", "command", False),
        ("ls", "shell", True),
        ("fix the bug", "typed", False),
        ("hi, please fix the bug in the parser", "typed", False),
    ],
)
def test_incidental_prompts(text: str, kind: str, incidental: bool) -> None:
    """Greetings, the client's own commands and shell lines ask for nothing."""
    assert is_incidental(text, kind) is incidental


def test_question_of_a_message() -> None:
    """The last question, whole."""
    said = "I use v2.0 now. Two ways:\n1. keep it\n2) drop it\n\nWhich one, 1 or v2.1?"
    assert question_of(said) == "Which one, 1 or v2.1?"
    assert question_of("no question here.") == ""


def test_messages_that_leave_the_step_to_the_person() -> None:
    """A closing question, also when a remark follows in its paragraph."""
    assert ends_in_question("Done.\n\nShall I commit?")
    assert ends_in_question("Done.\n\nShall I commit? It is ready.")
    assert not ends_in_question("Why? Because it was wrong.\n\nIt is fixed now.")


def test_next_steps_are_quoted() -> None:
    """Sentences that say what comes next are told, others not."""
    said = "The parser is done. Next I would write the docs. Tests pass."
    assert next_of(said) == "Next I would write the docs."
    assert next_of("All done.") == ""


def test_answers_are_told_from_new_requests() -> None:
    """A short or a plainly answering reply answers; a new task does not."""
    assert is_answer("yes")
    assert is_answer("yes, and add a multi step test for this as well please")
    assert not is_answer("what is left of the work on the second phase?")
    assert not is_answer("/review the code now")


def test_choices_are_what_a_person_states() -> None:
    """Preferences, corrections and facts are told verbatim, questions and plain tasks are not."""
    assert choices("I think we should keep B.\nDoes it work?") == ["I think we should keep B."]
    assert choices("docker is running on your host.") == ["docker is running on your host."]
    assert choices("fix the parser now") == []
    assert choices("put it in the other handler", answers=True) == ["put it in the other handler"]


def test_pasted_output_is_no_choice() -> None:
    """Lines of a stack trace, of a log or quoted back at length are not what the user decided."""
    assert choices(
        "The view is broken.\nUncaught ContextError: it is not there\nrun at main.js:12:3 not"
    ) == ["The view is broken."]
    assert choices('drop the answer "Joined as two. Status is active now, it is the first one."') == []
    review = "The parser should be split. " * 30
    assert choices(f"{review}\n\nI think we should keep it.") == ["I think we should keep it."]


def test_a_number_with_a_point_ends_no_sentence() -> None:
    """What follows "build 1. and 2." is not cut off."""
    assert list(sentences("keep them apart. build 1. and 2. here")) == [
        "keep them apart.",
        "build 1. and 2. here",
    ]
    assert list(sentences("größer。build 1. und 2. hier")) == ["größer。", "build 1. und 2. hier"]


def test_what_goes_wrong_is_no_choice() -> None:
    """A report of what the user sees decides nothing; told what to do about it, it does, and as an answer."""
    report = "ok so it seems the name is displayed as the id now."
    assert choices(report) == []
    assert choices(report, answers=True) == [report]
    assert choices("it seems the name is displayed as the id, it should be the mail address.") != []


@pytest.mark.parametrize(
    "said",
    ["any chance we can use the long names?", "could we please not keep the copies?", "also WRITE THE DOCS"],
)
def test_a_wish_in_the_form_of_a_question_is_a_choice(said: str) -> None:
    """As is what is added to a request; other questions are none."""
    assert choices(said) == [said]
    assert choices("can we do that in the night?") == []
    assert choices("also it was red") == []


def test_own_words_are_verbatim_but_for_what_was_printed() -> None:
    """A list keeps its marks, so that what is quoted stands in the prompt."""
    said = "can we do this in a helper?\n\n- also write tests\n```\nx = 1\n```\nthank you"
    assert own_words(said) == "can we do this in a helper? - also write tests … thank you"
