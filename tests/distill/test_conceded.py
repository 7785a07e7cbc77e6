"""Words that grant that those before were wrong."""

from pathlib import Path

import pytest

from spread.distill.aftermath import Aftermath
from spread.distill.conceded import BACK, FLATLY, IS_NOT, concedes, takes_back
from spread.distill.heard import AGENT, DECIDED, Heard
from spread.distill.turns import Turn, turn_of
from spread.transcript_events import Prompt
from tests.distill.lines import Lines


def _remark(turns: list[Turn], heard: list[Heard], at: int = 0, changes: tuple[int, ...] = ()) -> str:
    edited = {"a.py": [(line, 0, f"a{line}.py") for line in changes[::-1]]}
    return Aftermath(turns, heard, {}, edited).remark(*heard[at])


def _turn(line: int, text: str) -> Turn:
    return turn_of(Prompt(line, text), "", None)


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("Stimmt, es sind zwölf.", "stimmt"),
        ("Da hast du recht: sie ist offen.", "da hast du recht"),
        ("Tienes razón, faltaba una.", "tienes razón"),
        ("Exact, rien n'est parti.", "exact"),
        ("Oui, tu as raison.", "tu as raison"),
        ("Sorry, I marked that as done.", "sorry, i marked"),
        ("你说得对。少了一个", "你说得对"),
        ("Sorry, I can't open that page.", ""),
        ("Exact matches are counted.", ""),
        ("Stimmt die Zahl, geht es weiter.", ""),
        ("The lamp is lit.", ""),
    ],
)
def test_it_is_granted_in_several_tongues(said: str, how: str) -> None:
    """Only where a message begins so, and where the words do not go on to something else."""
    assert concedes(said) == how


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("The new wick did not help.", BACK),
        ("Still dark. The oil is not it. The wick is short.", IS_NOT),
        ("So the real cause is the wick.", BACK),
        ("No: the wick is short. The oil is fine.", FLATLY),
        ("No lamps are left.", ""),
        ("This is not it yet working, so I go on.", ""),
        (f"{'The wick burns. ' * 40}The oil did not help.", ""),
    ],
)
def test_the_agent_takes_back_what_it_supposed(said: str, how: str) -> None:
    """Near the beginning of a message."""
    assert takes_back(said) == how


@pytest.mark.parametrize(
    ("said", "own"),
    [
        ("ah I messed up, I lit it twice", True),
        ("oh sorry, my bad", True),
        ("mein Fehler, der Docht war nass", True),
        ("did I mess up the wick?", False),
        ("my badge is lost", False),
    ],
)
def test_the_user_blames_themselves(said: str, own: bool) -> None:
    """What the agent last met is told so: it may come from that, and be no fault at all."""
    turns = [_turn(1, "light the lamps"), _turn(5, said)]
    found = [(3, "Nine lamps are lit and the list has seven.", AGENT), (7, "So.", AGENT)]
    assert _remark(turns, found) == (" (the user then blamed themselves, L5)" if own else "")


def test_the_user_is_told_to_be_right_on_what_was_said_just_before() -> None:
    """The agent's answer may name what a short prompt does not; with no word of either in it, it was something else."""
    turns = [_turn(1, "light the lamps"), _turn(5, "why does the town say otherwise?")]
    said = [
        (3, "All nine wicks of the harbour are new.", AGENT),
        (6, "Good catch. Two wicks are old.", AGENT),
    ]
    assert _remark(turns, said) == " (then to the user: “good catch”)"
    assert _remark(turns, [said[0], (6, "Good catch. The gate is open.", AGENT)]) == ""


def test_what_the_agent_itself_took_back_says_so() -> None:
    """It is of the same, and on the same prompt or the one before; a "no" on a prompt answers the user."""
    turns = [_turn(1, "light the lamps")]
    guess = (3, "The lamps stay dark since the oil is cold.", AGENT)
    back = (7, "Warm oil did not help. The wick is short.", AGENT)
    told = " (taken back, L7)"
    assert _remark(turns, [guess, back]) == told
    assert _remark([*turns, _turn(5, "go on")], [guess, back]) == told
    assert _remark([*turns, _turn(5, "go on"), _turn(6, "well")], [guess, back]) == ""
    assert _remark(turns, [guess, (7, "The gate did not help.", AGENT)]) == ""
    no = (7, "No: the lamps have no wick.", AGENT)
    assert _remark(turns, [guess, no]) == told
    assert _remark([*turns, _turn(5, "is it the oil?")], [guess, no]) == ""
    other = (7, "It isn't the cause that the oil is cold.", AGENT)
    assert _remark([*turns, _turn(5, "they are still dark")], [guess, other]) == told
    assert _remark([*turns, _turn(5, "is the height part of it? 3 m")], [guess, other]) == ""


def test_an_objection_to_a_report_is_not_to_all_words_before_it() -> None:
    """On the way to it only those are meant that it speaks of."""
    turns = [_turn(1, "light the lamps"), _turn(9, "no, the gate stays shut at night")]
    report = (7, "The lamps are lit, the wicks are new, and the gate of the harbour is open all day.", AGENT)
    turns[1].about = report[1]
    assert _remark(turns, [(3, "The wick was short.", AGENT), report]) == ""
    assert "objected" in _remark(turns, [(3, "The gate of the harbour was stuck.", AGENT), report])
    assert _remark(turns, [(3, "The gate is on a list for later.", AGENT), report]) == ""
    assert "objected" in _remark(turns, [(3, "The wick was short.", AGENT), report], 1)
    assert "objected" in _remark(turns, [(3, "The wick was short.", AGENT), (7, "So.", AGENT)])


def test_an_objection_may_be_to_what_was_done_since() -> None:
    """Last words that it speaks of are meant, others are not where edits followed them without a word."""
    turns = [_turn(1, "light the lamps"), _turn(9, "wait, the harbour wants the old wicks back, keep them")]
    said = (3, "The lamps need more oil than the list tells, I change the list.", AGENT)
    assert "objected" in _remark(turns, [said])
    assert "objected" not in _remark(turns, [said], 0, (6,))
    assert "objected" in _remark(turns, [(3, "The wicks go, I write that down.", AGENT)], 0, (6,))
    long = _turn(9, "stop. the mayor measured it: " + "ink wears out each page of the book, " * 5)
    assert "objected" not in _remark([turns[0], long], [said])


def test_of_a_long_message_only_what_is_named_was_wrong() -> None:
    """The rest of it would pass for taken back, too."""
    turns = [_turn(1, "light the lamps"), _turn(5, "is oil for an hour not as dear?")]
    guess = (3, "Gas needs a second pipe. Oil for an hour is cheap.", AGENT)
    back = (7, "Oil for a night is. I was wrong to call the oil for an hour cheap. Take that.", AGENT)
    assert _remark(turns, [guess, back]) == " (L7: “I was wrong to call the oil for an hour cheap”)"


def test_a_denial_after_edits_is_of_the_call() -> None:
    """What was said before them was done already."""
    heard = [(3, "The wicks are new.", AGENT), (9, "denied: Bash `make`", DECIDED)]
    assert _remark([_turn(1, "go")], heard) == " (the user then objected)"
    assert _remark([_turn(1, "go")], heard, 0, (6,)) == " (the user then denied a call)"


def test_what_failed_while_the_agent_was_at_work_was_so_then() -> None:
    """Of last words on a prompt nobody knows that, nor where nothing was asked since; of code as it is neither."""
    turns = [_turn(1, "light the lamps"), _turn(9, "now the gate")]
    last = (7, "Both lamps burn.", AGENT)
    for said in (
        "Lighting fails because there's no oil yet.",
        "The lamp isn't responding.",
        "The pump refuses the connection of the lamp.",
        "Another pump runs on the port. Let me restart the lamp.",
    ):
        assert _remark(turns, [(3, said, AGENT), last]) == " (at the time)"
        assert _remark(turns[:1], [(3, said, AGENT), last]) == ""
        assert "Let me" in said or _remark(turns, [last, (3, said, AGENT)], 1) == ""
    begun = "Another pump runs on the port. Let me restart the lamp."  # its end nobody saw, but it was no last word
    assert _remark(turns, [last, (8, begun, AGENT)], 1) == " (at the time)"
    for said in ("The lamp has no lock of its own.", "Let me look at the lamp."):
        assert _remark(turns, [(3, said, AGENT), last]) == ""


def test_a_cause_that_was_taken_back_is_not_told_of_the_failure(tmp_path: Path) -> None:
    """That which was found out in place of it is, and the first guess is told with what became of it."""
    lines = Lines()
    lines.user("mend the lamp test")
    lines.bash("pytest", "FAILED test_lamp.py::test_lamp - assert 0 == 1\n1 failed", code=1)
    lines.say("The lamp test fails since the oil is written to the store too late.")
    lines.bash("cat test_lamp.py", "lamp = Lamp()")
    lines.say("No: the lamp of the test has another store than the oil, so neither sees the other.")
    lines.edit(f"{lines.cwd}/test_lamp.py")
    lines.bash("pytest", "9 passed")
    page = lines.page(tmp_path)
    failed = page[page.index("## Failed") : page.index("## Said")]
    assert "has another store" in failed
    assert "too late" not in failed


def test_a_diagnosis_that_the_agent_took_back_says_so(tmp_path: Path) -> None:
    """That edits followed would be said of it otherwise."""
    lines = Lines()
    lines.user("the lamps of the pier stay dark, find out why")
    lines.say("The root cause is that the relay of the pier reads the clock of the town.")
    lines.edit(f"{lines.cwd}/relay.py")
    lines.bash("python pier.py", "dark")
    back = lines.say("The clock of the relay is not it. I look at the fuse of the harbour now.")
    lines.edit(f"{lines.cwd}/fuse.py")
    lines.say("Lit.")
    told = f"clock of the town.” (taken back, L{back})"
    assert lines.distilled(tmp_path).failed[0].endswith(told)


@pytest.mark.parametrize(
    ("thought", "told"),
    [
        ("The lamp is dark because the harbour counts 31 posts while the pier has only old ones.", False),
        ("The lamp is dark because the harbour counts 40 posts while the pier has only old ones.", True),
        ("The lamp is dark because the harbour counts new posts while the pier has only old ones.", True),
    ],
)
def test_a_thought_with_figures_that_the_failure_does_not_show_is_not_told(
    tmp_path: Path, thought: str, told: bool
) -> None:
    """They may be of another case than they would be read of."""
    lines = Lines()
    lines.user("mend the lamp test")
    lines.bash("pytest", "FAILED test_lamp.py::test_lamp - assert 0 == 40\n1 failed", code=1)
    lines.think(thought)
    lines.edit(f"{lines.cwd}/lamp.py")
    lines.bash("pytest", "9 passed")
    lines.say("Mended.")
    failed = "\n".join(lines.distilled(tmp_path).failed)
    assert "test_lamp" in failed
    assert ("harbour counts" in failed) is told


LISTED = (
    "Three faults:\n1. The wick is short\n2. The oil of the lamps is cold\n3. The gate of the harbour is shut"
)


def test_of_a_list_the_items_are_named_that_the_user_was_right_on() -> None:
    """The others were not spoken of."""
    turns = [_turn(1, "look over the lamps"), _turn(5, "2 is wrong I think, the oil of the lamps is warm")]
    heard = [(3, LISTED, AGENT), (7, "You are right, the oil is warm.", AGENT)]
    told = " (then to the user on 2. The oil of the lamps is cold: “you are right”)"
    assert _remark(turns, heard) == told


def test_who_answers_a_list_by_numbers_objects_to_what_they_turn_down() -> None:
    """All of it would pass for objected to."""
    turns = [
        _turn(1, "look over the lamps"),
        _turn(5, "wait, does that need a ladder? 1 first. 3 no, it stays"),
    ]
    assert turns[1].objects
    assert _remark(turns, [(3, LISTED, AGENT)]) == " (the user then objected to 3 of it)"
    turns[1] = _turn(5, "wait, does that need a ladder? 1 first, by hand")
    assert _remark(turns, [(3, LISTED, AGENT)]) == ""
