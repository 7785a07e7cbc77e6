# ruff: noqa: RUF001  (the questions hold punctuation of other scripts on purpose)
"""What a message of the agent leaves to the person."""

import pytest

from spread.distill.questions import (
    ends_in_question,
    next_of,
    question_of,
    question_to,
    questions_of,
    to_try,
    with_aside,
    without_courtesy,
)
from spread.distill.turns import choices


def test_question_of_a_message() -> None:
    """The last question, whole."""
    said = "I use v2.0 now. Two ways:\n1. keep it\n2) drop it\n\nWhich one, 1 or v2.1?"
    assert question_of(said) == "Which one, 1 or v2.1?"
    assert question_of("no question here.") == ""
    assert question_of("The title is 'Are fifty lamps enough?'.") == ""
    assert question_of('Shall the title be "Are fifty lamps enough?"') != ""
    assert question_of("Added `email?: string` to the token.") == ""


def test_what_a_program_asks_the_agent_does_not_ask() -> None:
    """A question that a quotation goes on behind is one of the thing talked about."""
    ways = 'Where a chart is there already:\n- A) Keep it\n- B) Prompt with "Chart exists. Draw it again? [y/N]"\n\n'
    assert questions_of(f"{ways}I would take A. Your thoughts?") == ["Your thoughts?"]
    assert question_of(f"{ways}I take A.") == ""
    assert question_of('Shall the 7" board go first? It has 2" holes.').startswith("Shall the 7")


def test_a_short_question_of_a_script_without_small_letters() -> None:
    """Its letters say more; what is no question by itself is shorter still."""
    assert questions_of("窗帘写好了。你想放哪个歌单？") == ["你想放哪个歌单？"]
    assert question_of("It is packer now. 바꿀까요?") == "바꿀까요?"
    assert question_of("写好了。为什么？") == question_of("Done. Why so?") == ""


def test_code_asks_nothing() -> None:
    """A question mark in code is one of a language."""
    assert question_of("The reader takes nulls with `a ??= b`... no: it is never reached here.") == ""
    assert question_of("Now it is `c?.d ??e`. Shall I take the first way here?")[:5] == "Shall"


def test_messages_that_leave_the_step_to_the_person() -> None:
    """A closing question, also when a remark follows in its paragraph."""
    assert ends_in_question("Done.\n\nShall I commit?")
    assert ends_in_question("Done.\n\nShall I commit? It is ready.")
    assert ends_in_question("The column needs a cast first; tell me its type. Not committed.")
    assert ends_in_question(
        "There is only a candidate, which I won't take without you deciding that. I stop here."
    )
    assert ends_in_question("I'm waiting for the key.")
    assert ends_in_question("The plan is waiting for your word.")
    assert ends_in_question(
        "Two ways to do it.\n\nSay which one and what to do with the rig, and I'll begin."
    )
    assert ends_in_question("Both are drawn. Pick one and I go on.")
    assert not ends_in_question("The papers say which rig it was. They pick one of the two for each boat.")
    assert not ends_in_question("It is not committed. Say the word and I'll commit it.")
    assert not ends_in_question("Committed; the upload is still waiting for you to be online.")
    assert not ends_in_question("Why? Because it was wrong.\n\nIt is fixed now.")
    assert not ends_in_question("Both are drawn. Let me know if you need anything else!")


def test_whether_there_is_anything_else_is_no_question_that_waits() -> None:
    """It says that nothing is left; what stands before it may ask something, and so does a choice within it."""
    assert not ends_in_question("Both are drawn.\n\nIs there anything else you'd like me to draw or paint?")
    assert not ends_in_question("Both are drawn. Anything else?")
    assert without_courtesy("Both are drawn.\n\n**Anything else?**") == "Both are drawn.\n"
    assert without_courtesy("Both are drawn.\n\nWhich is red?") == "Both are drawn.\n\nWhich is red?"
    assert ends_in_question("Which of them shall be red?\n\nAnything else?")
    assert ends_in_question("Shall the first be red? Anything else I can do?")
    assert ends_in_question("Both are drawn. Anything else to draw, or shall I print them?")
    assert ends_in_question(
        "Both are drawn. Is there anything else in the box that has to go with them: the lid?"
    )


def test_an_offer_that_leads_to_a_list_of_what_it_is_about() -> None:
    """It is asked all the same; no more than a few items, and nothing but an offer."""
    told = ["- **one**: a title", "- **two**: a name"]
    assert ends_in_question(
        "\n".join(["Two ways.\n", "Want me to build it? The list would then show:", *told])
    )
    assert not ends_in_question("\n".join(["Two ways.\n", "Why both? The lists show:", *told]))
    assert not ends_in_question("\n".join(["Want me to build it? Then say so.\n", "It shows:", *told]))
    assert not ends_in_question("\n".join(["Want me to build it? It shows:", *(told * 4)]))
    steps = ["1. Read it:", *told, *told, "2. Write it:", *told]
    assert ends_in_question("\n".join(["Want me to build it? I would then:", *steps]))
    assert not ends_in_question("\n".join(["Want me to build it? I would then:", *(steps * 3)]))


def test_what_stands_behind_a_closing_question_belongs_to_it() -> None:
    """It says how much is offered; a courtesy there says nothing, nor does what an earlier paragraph holds."""
    asked = "Want me to mend these?"
    said = f"Five leaks. The first is **big**.\n\n{asked} I would take 1 to 3 now and leave the *keel* for spring."
    assert with_aside(said, asked) == f"{asked} I would take 1 to 3 now and leave the *keel* for spring."
    assert with_aside(f"All of it is known.\n\n{asked}", asked) == asked
    assert with_aside(f"{asked} Let me know which of them first.", asked) == asked
    assert with_aside(f"{asked}\n\nThe pump runs and the deck is dry.", asked) == asked


def test_next_steps_are_quoted() -> None:
    """Sentences that say what comes next are told, others not."""
    said = "The parser is done. Next I would write the docs. Tests pass."
    assert next_of(said) == "Next I would write the docs."
    assert next_of("All done.") == ""
    assert next_of("The papers say which one it was.") == ""
    assert next_of("Two ways. Say which one, and I'll begin.") == "Say which one, and I'll begin."
    assert next_of("It is written. Tell me its type.") == "Tell me its type."
    assert next_of("Orders without an amount are left out now. So are those now left out of the sum.") == ""
    assert next_of("The retry is left out.") == "The retry is left out."


def test_of_listed_choices_a_long_reply_answers_only_the_one_that_it_takes_up() -> None:
    """A word that it shares with the last one by chance makes it no answer to that."""
    choices = (
        "1. Wait for the nightly pipeline?\n2. Rename the old cache?\n3. Discuss the design of the parser?"
    )
    said = f"All is pushed. Want me to:\n{choices}"
    other = "the build passed but the linter. let a helper mend that, and we plan a simpler design meanwhile"
    assert question_to(said, other) == ""
    assert (
        question_to(said, "rename the cache now, and tell me which callers have to be moved then")[:6]
        == "Rename"
    )
    assert question_to(said, "3")[:7] == "Discuss"


def test_a_question_behind_a_label_in_bold_print_is_told_without_it() -> None:
    """The marks of bold print are no part of it either."""
    assert (
        question_of("It runs.\n\n**One thing to settle:** When should `end` be **set**?")
        == "When should `end` be set?"
    )


def test_what_a_table_asks_is_no_question() -> None:
    """It says what each of the rows is about; what stands below it may still ask."""
    rows = '| Way | Tells |\n|---|---|\n| by lamp | "Who lit it?" |\n| by pier | "Which pier is dark?" |'
    said = f"Two ways to count:\n\n{rows}\n\n"
    assert question_of(f"{said}The second is enough for the harbour.") == ""
    assert question_of(f"{said}Shall I take the second?") == "Shall I take the second?"


def test_a_decision_that_a_question_builds_on() -> None:
    """It is told, as what is asked for needs it."""
    assert choices("let's keep it in one file, can you give a full example?") == ["let's keep it in one file"]
    assert choices("let's see, can you give a full example?") == []


def test_what_an_earlier_section_asks_is_not_asked_along() -> None:
    """It says what to look for in a trial; what stands in the section of the last question is asked."""
    trial = "### Step 4: look\n\nIs the lamp lit?\n\nAny smoke?\n\n---\n\n"
    assert questions_of(f"{trial}Shall I light it for you now?") == ["Shall I light it for you now?"]
    asked = ["Keep the **old** wick?".replace("**", ""), "Shall I light it for you now?"]
    assert questions_of(f"{trial}- Keep the **old** wick?\n\nShall I light it for you now?") == asked


def test_a_trial_that_is_left_to_the_person() -> None:
    """The last sentence says so, with the commands behind it; how to use a thing in general is none."""
    code = "\n\n```bash\ncd pier\nmake lamps\n```"
    assert (
        to_try(f"The relay is back.\n\nGo ahead and try it:{code}")
        == "Go ahead and try it: `cd pier; make lamps`"
    )
    assert to_try("The cable is cut. Once you mend it, run the lamps again.") == (
        "Once you mend it, run the lamps again."
    )
    assert to_try("Try **lighting** it now, I watch the log.") == "Try lighting it now, I watch the log."
    assert to_try(f"Lamps are lit so. To use it:{code}") == ""
    assert to_try("Run `make lamps` to light them.") == ""
    assert to_try("Try it later.\n\nAll lamps are lit.") == ""


def test_no_question_begins_within_code() -> None:
    """A colon between backticks ends nothing."""
    said = "The lamps go out early. Shall I set `hours: 3` in the cellar?"
    assert question_of(said) == "Shall I set `hours: 3` in the cellar?"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Committed, not pushed.\n\n- Tomorrow 07:00 with Nina: `make release`.",
            "Tomorrow 07:00 with Nina: `make release`.",
        ),
        ("The schema is not pushed yet.", "The schema is not pushed yet."),
        ("Für morgen: den Zeitplan einspielen.", "Für morgen: den Zeitplan einspielen."),
        ("Committed, not pushed.", ""),
        ("Tomorrow's build uses the new image.", ""),
    ],
)
def test_what_is_put_on_a_later_day_comes_next_and_how_it_stands_does_not(said: str, told: str) -> None:
    """That something is not pushed the repository tells, unless it is said to be so only so far."""
    assert next_of(said) == told
