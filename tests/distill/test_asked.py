"""What a form of questions or a plan leaves to the user when the session ends on it."""

from pathlib import Path
from typing import Any

import pytest

from spread.distill import distill
from spread.distillation import Distillation
from tests.distill.lines import CWD, Lines, begun


def _ends_on(tmp_path: Path, name: str, given: dict[str, object], *more: str) -> Distillation:
    lines = Lines()
    lines.user("Design how sessions are locked")
    lines.say("It takes a file lock for each session.")
    lines.call(name, given)
    for text in more:
        lines.user(text)
        lines.say("It is done without.")
    return distill(lines.save(tmp_path), machine="laptop")


def test_a_plan_that_nobody_approved_yet_is_what_comes_next(tmp_path: Path) -> None:
    """The call that waits is no doubt but the next step, and the user's."""
    made = _ends_on(tmp_path, "ExitPlanMode", {"plan": "# Lock sessions\n\n1. Add a lock file"})
    assert made.state == "question open"
    assert made.answered
    assert made.next == "the user has to approve or refuse the plan “Lock sessions”"
    assert not any("no result" in doubt for doubt in made.uncertainties)


def test_a_form_that_nobody_answered_yet_is_what_comes_next(tmp_path: Path) -> None:
    """It is told with the answers to choose from."""
    asked = {"question": "Which lock?", "options": [{"label": "flock"}, {"label": "a table"}]}
    made = _ends_on(tmp_path, "AskUserQuestion", {"questions": [asked]})
    assert (made.state, made.next) == (
        "question open",
        "the user has to answer: Which lock? (flock; a table)",
    )


def test_a_form_put_back_to_discuss_stays_open(tmp_path: Path) -> None:
    """The agent's own question about it says little: what was asked is told with it, and what led to it."""
    lines = Lines()
    lines.user("plan how sessions are locked")
    lines.say("A lock is kept per session. " * 30)
    lines.say("Two locks would do. " + "A file lock needs no server, a table survives crashes. " * 8)
    asked = [
        {"question": "Which lock?", "options": [{"label": "flock"}, {"label": "a table"}]},
        {"question": "Which language?", "options": [{"label": "Go"}, {"label": "Zig"}]},
    ]
    words = (
        "The user doesn't want to proceed with this tool use. the user said:\n"
        "The user wants to clarify these questions.\n\n    Questions asked:\n"
        '- "Which lock?"\n  (No answer provided)\n- "Which language?"\n  Answer: Zig'
    )
    at = lines.tool("AskUserQuestion", {"questions": asked}, words, error=True)
    back = f"; put back by the user to discuss first: Which lock? (flock; a table) (L{at})"
    assert (
        distill(lines.save(tmp_path), machine="m").next
        == f"the last request was not finished; take it up first{back}"
    )
    lines.say("What would you like to clarify?")
    made = distill(lines.save(tmp_path), machine="m")
    assert made.next == f"the user has to answer: What would you like to clarify?{back}"
    assert "A file lock needs no server" in made.summary
    lines.user("is a table faster than a file?")
    lines.say("No. Shall I take flock?")
    assert "put back" not in distill(lines.save(tmp_path), machine="m").next


def test_of_a_long_question_its_end_is_told(tmp_path: Path) -> None:
    """What stands before it only leads to it."""
    asked = {
        "question": "A file lock needs no server. " * 9 + "Shall we build it?",
        "options": [{"label": "yes"}],
    }
    made = _ends_on(tmp_path, "AskUserQuestion", {"questions": [asked]})
    assert made.next == "the user has to answer: Shall we build it? (yes)"
    asked["question"] = "```\n" + "x = 1\n" * 60 + "```"
    assert "x = 1" in _ends_on(tmp_path, "AskUserQuestion", {"questions": [asked]}).next


@pytest.mark.parametrize("given", [{}, {"questions": "x"}, {"questions": [7]}])
def test_a_form_without_questions_is_a_call_without_a_result(
    tmp_path: Path, given: dict[str, object]
) -> None:
    """Whatever stands there, no question is made up of it."""
    assert _ends_on(tmp_path, "AskUserQuestion", given).state == "no change"


def test_a_plan_that_the_user_went_past_waits_for_nobody(tmp_path: Path) -> None:
    """A prompt after it is the user's answer."""
    made = _ends_on(tmp_path, "ExitPlanMode", {"plan": "# Lock sessions"}, "Do it without a plan")
    assert made.state == "no change"
    assert "approve" not in made.next


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("flock (one file)", "“flock (one file)” (not: a table, advised)"),
        ("a table", "“a table” (not: flock (one file))"),
        (
            "none, one process is enough",
            "“none, one process is enough” (advised: a table; offered: flock - one file)",
        ),
        ("none " * 50, None),
    ],
)
def test_what_the_agent_advised_is_told_beside_another_answer(
    tmp_path: Path, answer: str, told: str | None
) -> None:
    """Where the user took the advice, or none was given, nothing is added."""
    lines = Lines()
    lines.user("Design how sessions are locked")
    options = [{"label": "flock (one file)"}, {"label": "a table (Recommended)"}]
    answer = "a table (Recommended)" if answer == "a table" else answer
    given = {"questions": [{"question": "Which lock?", "options": options}]}
    lines.tool("AskUserQuestion", given, "answered", twin={"answers": {"Which lock?": answer}})
    lines.say("So be it.")
    (decided,) = distill(lines.save(tmp_path), machine="laptop").decisions
    assert ("advised" in decided) == (told is not None and "advised" in told)
    assert told is None or decided.endswith(told)


@pytest.mark.parametrize(
    ("answer", "rules"),
    [
        ("Never push by yourself", []),
        ("Never push by yourself, Keep both", []),
        ("Never push by yourself, and keep the log", ["Never push by yourself, and keep the log"]),
        ("Never push on Fridays", ["Never push on Fridays"]),
    ],
)
def test_words_of_an_option_are_no_rule_in_the_words_of_the_user(
    tmp_path: Path, answer: str, rules: list[str]
) -> None:
    """Who takes an option has decided, and that is told; its words are the agent's."""
    lines = Lines()
    lines.user("Set up the release.")
    options = [{"label": "Never push by yourself"}, {"label": "Keep both"}]
    given = {"questions": [{"question": "How to push?", "options": options}]}
    lines.tool("AskUserQuestion", given, "answered", twin={"answers": {"How to push?": answer}})
    made = distill(lines.save(tmp_path), machine="box")
    assert list(made.constraints) == rules
    assert any(answer in told for told in made.decisions)


@pytest.mark.parametrize("question", [["How", "to push?"], {"text": "How?"}, None, 7])
def test_a_form_whose_question_is_no_text_stops_nothing(tmp_path: Path, question: object) -> None:
    """What the client never writes is passed over; the answer is told all the same."""
    lines = Lines()
    lines.user("Set up the release.")
    given = {"questions": [{"question": question, "options": [{"label": "By hand"}]}]}
    lines.tool("AskUserQuestion", given, "answered", twin={"answers": {"How to push?": "Never on Fridays"}})
    assert any("Never on Fridays" in told for told in distill(lines.save(tmp_path), machine="box").decisions)


def test_what_was_answered_is_asked_no_more(tmp_path: Path) -> None:
    """The agent goes on without a word after the answer; what comes next is no answer to that question."""
    lines = Lines()
    lines.user("clean the lamps up")
    lines.say("The old bulbs are in the way. Shall I throw the old bulbs away?")
    lines.user("fine, but keep the two red ones")
    lines.edit(f"{CWD}/lamps.py")
    lines.user("now write the labels in green instead")
    decided = lines.distilled(tmp_path).decisions
    assert [text.startswith("Shall I throw") for text in decided if "red ones" in text] == [True]
    assert not any("throw" in text for text in decided if "green" in text)


SINKS = [
    {
        "question": "Which sinks?",
        "multiSelect": True,
        "options": [{"label": "File"}, {"label": "Stdout"}, {"label": "Syslog"}],
    },
    {"question": "Which level?", "options": [{"label": "info"}, {"label": "debug"}]},
]
SAID = 'User has answered your questions: "Which sinks?"="File, Syslog", "Which level?"="warn, "loud" at night". Go'


@pytest.mark.parametrize(
    "twin",
    [
        None,
        "as it was",
        {"answers": {"Which sinks?": ["File", "Syslog"], "Which level?": 'warn, "loud" at night'}},
    ],
)
def test_answers_are_told_in_every_form(twin: Any, tmp_path: Path) -> None:
    """Of several options, in own words, and where only the words of the client tell them."""
    lines = begun()
    lines.tool("AskUserQuestion", {"questions": SINKS}, SAID, twin=twin)
    page = lines.page(tmp_path)
    assert "Which sinks? → “File, Syslog” (not: Stdout)" in page
    assert "Which level? → “warn, " in page
    assert "loud" in page
    assert "Go”" not in page


def test_a_note_beside_an_answer_is_the_users_word(tmp_path: Path) -> None:
    """It binds as an answer of their own does, and is no part of that."""
    lines = begun()
    said = SAID.replace('Syslog"', 'Syslog" user notes: Never log the "tokens"')
    notes = {"Which sinks?": {"notes": "Never log the tokens"}, "Which level?": {"preview": "a box"}, "x": 1}
    given = {"answers": {"Which sinks?": "File", "Which level?": "info"}, "annotations": notes}
    lines.tool("AskUserQuestion", {"questions": SINKS}, said, twin=given)
    assert "→ “File” (not: Stdout; Syslog); the user noted: “Never log the tokens”" in lines.page(tmp_path)
    assert list(lines.distilled(tmp_path).constraints) == ["Never log the tokens"]
    lines = begun()
    lines.tool("AskUserQuestion", {"questions": SINKS}, said)
    assert "Which sinks? → “File, Syslog”" in lines.page(tmp_path)


@pytest.mark.parametrize(
    ("approved", "told"), [("# Cache\n1. add memcached", True), ("# Cache\n1. add  redis\n", False)]
)
def test_a_plan_that_the_user_edited(approved: str, told: bool, tmp_path: Path) -> None:
    """What they approved counts, not what was put up."""
    lines = begun()
    lines.tool(
        "ExitPlanMode",
        {"plan": "# Cache\n1. add redis"},
        "User has approved your plan.",
        twin={"plan": approved},
    )
    page = lines.page(tmp_path)
    assert ("add redis" in page) != told
    assert ("approved the plan “Cache”, as they edited it" in page) == told


def test_a_plan_that_only_the_words_of_the_client_tell(tmp_path: Path) -> None:
    """Where it stands in a file of its own and no structured result is there."""
    lines = begun()
    lines.tool(
        "ExitPlanMode",
        {},
        "User has approved your plan.\n\n## Approved Plan (edited by user):\n# Cache\n1. add redis",
    )
    page = lines.page(tmp_path)
    assert "by an approved plan: Cache (L3)" in page
    assert "untitled" not in page


@pytest.mark.parametrize("said", ["The user chose SQLite.", 'User has answered: "Another?"="SQLite"', ""])
def test_an_answer_in_words_that_name_no_question(said: str, tmp_path: Path) -> None:
    """Nothing is told of it, and the rest of the session is."""
    lines = begun()
    lines.tool(
        "AskUserQuestion",
        {"questions": [{"question": "Which store?", "options": [{"label": "SQLite"}]}]},
        said,
    )
    lines.edit(f"{CWD}/store.py")
    assert "store.py" in lines.page(tmp_path)
