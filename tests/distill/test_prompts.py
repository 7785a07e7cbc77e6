"""Of what kind a prompt is, and what it decides."""

import pytest

from spread.distill.prompts import asks_openly, is_answer, is_incidental, objection, objects, only_halts
from spread.distill.turns import choices


@pytest.mark.parametrize(
    "said",
    [
        "no, wrong file",
        "that's not what I meant",
        "still fails",
        "it doesn't work",
        "revert that",
        "it is slower, please revert the last one",
        "espera, se te ha olvidado el puerto",
        "geht immer noch nicht",
        "ne warte, doch beim Start",
        "ah non, remets-le comme avant",
        "não, isso está errado",
        "ne moment, die anderen sagen 55",
        "hold on, the others say 55",
        "the stop of the lamp is not correct, it comes at the end of each turn",
    ],
)
def test_objections(said: str) -> None:
    """A prompt that objects is known as one."""
    assert objects(said)
    assert not objects("looks good, next one please")
    assert not objects("no need, I do it by hand")
    assert not objects("no to zrób to atomowo")  # in Polish and Czech a "no" leads on
    assert objects("no to the second one, it breaks the menu")
    assert not objects("wait until the build is done, then push")
    assert not objects("wait, before you push: add a line to the notes")
    assert not objects("fine, Ann goes on from here. you did not change the menu, right?")
    assert objects("you broke the menu, right?")
    assert not objects("stop there for today, I ask for the logs tomorrow")
    assert not objects("lovely, that reads well. stop here.")
    assert not objects("stop the server")
    assert not objects("stop the dev server please, and the workers")
    assert objects("stop the refactoring, I want the old one")
    assert not objects("no leave it then. commit what there is")
    assert objects("no leave it as it was, why did it move")
    assert objects("stop here and explain that to me")
    assert not objects("wait, what happens with it without args?")
    assert not objects("commit it, then revert it again, so that the history shows both")
    assert not objects("commit the first. reason for the revert: callers compare it themselves")
    assert not objects("mientras tanto: antes del revert tenía otra idea")
    assert not objects("annule le commit des tarifs (revert), le client n'en veut plus")
    assert not objects("no hace falta, gracias")
    assert not objects("non merci, c'est bon")
    assert not objects("non-breaking spaces in the titles, please")
    assert not objects("hmm pros and cons of both")
    assert not objects("hmm, I think I'd like the list sorted as well")
    assert not objects("hmm, let's rename it, too")
    assert not objects("wait, one more: can the blue be darker?")
    assert not objects("hold on until the build is done, then push")
    assert not objects("fix it on main and pick it to the release, then revert it on main")
    assert not objects("measure it without the cache, and then undo that")
    assert not objects("add undo and redo to the editor")
    assert not objects("does it need the flag? no wait forget that, it is for the other tool")
    assert not objects("known, anna has it. commit both. no pr yet, we wait for the notes")
    assert objects("I tried it twice. no luck, it still fails")
    assert objects("hm. no it was the other file")
    assert objects("this is what I got:\nNo entry found to go on with")
    assert objects("no wait, that breaks the list")
    assert not objects("does the next sync revert the setting?")
    assert not objects("so is it worse now?")
    assert objects("why is it still failing?")
    assert objects("can you revert that?")
    assert not objects("well, does the lamp still revert that?")  # whatever leads to the question
    assert objects("wait, is the lamp still not working?")
    assert not objects("yes. forget what I said about lamps, one in the hall is fine")
    assert objects("I said no lamps")
    assert not objects("hmm wait, I want to try it in the attic first, so a lamp is fine there")
    assert objects("wait, I want to keep the old lamp")


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


def test_answers_are_told_from_new_requests() -> None:
    """A short or a plainly answering reply answers; a new task does not."""
    assert is_answer("yes")
    assert is_answer("yes, and add a multi step test for this as well please")
    assert not is_answer("what is left of the work on the second phase?")
    assert not is_answer("/review the code now")
    assert not is_answer("do we have to write a plan for that or are we fine to begin with the parser now?")
    assert not is_answer("hmm pros and cons of the first and the second")
    assert not is_answer("the kiln is on for eight hours. does this happen more then")
    assert not is_answer("explain what a glaze is")
    assert is_answer("what you think is best")
    assert is_answer("is fine")
    assert is_answer("can we fire the small kiln first")
    assert is_answer("in main. how it is named is fine")
    assert is_answer("use the second one for the parser. And could you say what the cache is for, please?")


def test_choices_are_what_a_person_states() -> None:
    """Preferences, corrections and facts are told verbatim, questions and plain tasks are not."""
    assert choices("I think we should keep B.\nDoes it work?") == ["I think we should keep B."]
    assert choices("docker is running on your host.") == ["docker is running on your host."]
    assert choices("fix the parser now") == []
    assert choices("it jumps when the banner closes. also covers the marks below") == []
    assert choices("also cover the marks below, they fade") == ["also cover the marks below, they fade"]
    assert choices("does the lamp use the new bulb or is that for later") == []  # many type no mark
    assert choices("so if the old one is closed doesn't that mean we can use the new one") == []
    assert choices("is there an issue raised already to use the new one") == []
    assert choices("is not what i want, use the new one") == ["is not what i want, use the new one"]
    for asked in (
        "does the parser use the cache, or is that not needed",
        "so if it is closed doesn't that mean we use lists",
    ):
        assert choices(asked) == []  # its mark is left out
    for asked in (
        "so what is the share exactly and why is it lower",
        "done, the lamp is up",
        "perfect, the flicker is gone",
    ):
        assert choices(asked) == []
    assert choices("nice, use the small one from now") == ["nice, use the small one from now"]
    said = "did we not have this before, you don't have the keys here"
    assert choices(said) == [said]
    assert choices("put it in the other handler", answers=True) == ["put it in the other handler"]


def test_pasted_output_is_no_choice() -> None:
    """Lines of a stack trace, of a log or quoted back at length are not what the user decided."""
    assert choices(
        "The view is broken.\nUncaught ContextError: it is not there\nrun at main.js:12:3 not"
    ) == ["The view is broken."]
    assert choices('drop the answer "Joined as two. Status is active now, it is the first one."') == []
    review = "The parser should be split. " * 30
    assert choices(f"{review}\n\nI think we should keep it.") == ["I think we should keep it."]


def test_what_goes_wrong_is_no_choice() -> None:
    """A report of what the user sees decides nothing; told what to do about it, it does, and as an answer."""
    report = "ok so it seems the name is displayed as the id now."
    assert choices(report) == []
    assert choices(report, answers=True) == [report]
    assert choices("it seems the name is displayed as the id, it should be the mail address.") != []


def test_what_the_agent_had_written_is_no_choice() -> None:
    """Who quotes it wonders about it; what they say of their own is one, also of what the agent said."""
    own = "I think we should look at the newer lamps only."
    for quoted in (
        "you wrote: So we can use the age of the lamp as a bound.",
        'above you said "the lamps are not lit, use the bells".',
        "Du schreibst: wir nehmen die Lampen nicht mehr.",
    ):
        assert choices(f"{quoted} {own}") == [own]
    assert choices("you said it is not lit, but I think it is lit.") != []


@pytest.mark.parametrize(
    "said",
    ["any chance we can use the long names?", "could we please not keep the copies?", "also WRITE THE DOCS"],
)
def test_a_wish_in_the_form_of_a_question_is_a_choice(said: str) -> None:
    """As is what is added to a request; other questions are none."""
    assert choices(said) == [said]
    assert choices("can we do that in the night?") == []
    assert choices("also it was red") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("still not right, the titles are gone", "still not right, the titles are gone"),
        (
            "I looked at the list, where I see for one: 7 please add a licence of it? this isn't working for drafts.",
            "…this isn't working for drafts.",
        ),
        ("hmm, it comes from there. As in:\n```\nno days\nuse weeks\n```", "hmm, it comes from there. As in:"),
        (
            "The tree makes it slow. What the console says of it, each time:\nx.js:3:1 you forgot to wrap it",
            "The tree makes it slow. What the console says of it, each time: x.js:3:1 you forgot to wrap it",
        ),
        (
            "The lamp view makes it dark on every page I tried.\nx.js:3 Uncaught Error: no. You forgot to wire\nit",
            "The lamp view makes it dark on every page I tried. x.js:3 Uncaught Error: no. You forgot to wire it",
        ),
    ],
)  # fmt: skip
def test_an_objection_is_told_from_where_it_objects(text: str, told: str) -> None:
    """What was pasted before or behind it is no word of it."""
    assert objection(text, 240) == told


def test_a_prompt_that_only_stops_the_agent_objects_to_nothing_yet() -> None:
    """What is wrong, if anything, is said next; with a word of it, it is said at once."""
    assert all(map(only_halts, ("stop", "Wait!", "hold on a second", "ok, stop please.")))
    assert not any(map(only_halts, ("stop the server", "wait, that is wrong", "no")))


def test_a_question_that_leaves_all_open() -> None:
    """What is said to it is the next request; one that also offers something is answered."""
    assert all(
        map(asks_openly, ("🎯 What's next?", "What would you like to work on?", "Is there anything else?"))
    )
    offers = (
        "Shall I light the lamps, or is there anything else?",
        "What's next, the pier or the quay?",
        "Light it?",
    )
    assert not any(map(asks_openly, offers))


@pytest.mark.parametrize(
    "said",
    [
        "paint it. red too? no. fine as is",
        "eleven lamps. red or blue? no stairs in that house",
        "rot auch? nein oder.",
    ],
)
def test_no_that_has_to_do_with_own_words_objects_to_nothing(said: str) -> None:
    """Who asks and answers himself, or says what there is none of, does not speak of what the agent did."""
    assert not objects(said)
    assert objects("i looked at it. no, the lamp is red")
