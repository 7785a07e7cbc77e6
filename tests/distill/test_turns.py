"""Prompts with what they answer."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.ledger import Ledger
from spread.distill.turns import choices, choices_of, objection_of, turn_of
from spread.transcript_events import Prompt, Say
from tests.distill.lines import Lines

OFFER = Say(1, "Which?\n1. fast\n2. small")


def test_turn_knows_the_option_it_picks() -> None:
    """A reply by number is kept with what that number stood for."""
    turn = turn_of(Prompt(2, "2"), "Which?", OFFER)
    assert (turn.asked, turn.picked) == ("Which?", "small")
    assert turn_of(Prompt(2, "2"), "", None).picked == ""


def test_turn_knows_an_objection() -> None:
    """What objects to the work before is marked at once."""
    assert turn_of(Prompt(2, "that's wrong, revert it"), "", OFFER).objects
    assert not turn_of(Prompt(2, "now write the docs"), "", OFFER).objects


@pytest.mark.parametrize(
    ("asked", "reply", "objects"),
    [
        ("Worth a lock around the parser, too?", "no, acceptable. go on", False),
        ("Should the parser run at each start?", "hmm no. only when somebody calls it", False),
        ("Soll ich noch eine Sperre einbauen?", "nein, das läuft nie doppelt. commit ja, push nein", False),
        ("I can lock it, or add a package for that. Which one?", "no new packages. a lock", False),
        ("Should I add a lock around the parser?", "no, that's wrong, revert it", True),
        ("Does the parser work now?", "no, look again", True),
        ("Shall I proceed?", "no, look at the lexer first", True),
        ("", "no, look again", True),
        ("", "ach nein, nicht so", True),
    ],
)
def test_a_no_to_what_is_proposed_is_no_objection(asked: str, reply: str, objects: bool) -> None:
    """It is a choice; to a mere "shall I", to how it stands, or with a word against what was done, it objects."""
    assert turn_of(Prompt(2, reply), asked, Say(1, f"The parser is done. {asked}")).objects == objects


def test_choices_are_found_once() -> None:
    """They are looked for when wanted and then kept; commands choose nothing."""
    turn = turn_of(Prompt(2, "I think we should keep the parser small."), "", None)
    assert turn.chosen is None
    assert choices_of(turn) == ("I think we should keep the parser small.",)
    assert choices_of(turn) is turn.chosen
    assert choices_of(turn_of(Prompt(2, "/review we should keep it", "command"), "", None)) == ()


def test_an_objection_is_kept_with_what_it_is_about() -> None:
    """The sentence of what was said before that names the same, and the name it denies to be the cause."""
    said = Say(1, "All is pushed.\n\nEvery `db:make` run formats the client anew.\n\nWhat do you prefer?")
    turn = turn_of(Prompt(2, "no, the formatter does it, not db:make."), "What do you prefer?", said)
    assert turn.about == "Every `db:make` run formats the client anew."
    assert turn.denies == ("db:make",)
    assert turn_of(Prompt(2, "no, do it by hand"), "", OFFER).about == ""


def test_an_objection_to_an_option_is_about_that_one() -> None:
    """Another option may share more of its words, and would pass for the one that was turned down."""
    said = Say(1, "1. **Keep the hash** in a field\n2. Look it up by trailer of the commit")
    turn = turn_of(Prompt(2, "Option 1 doesn't work, the commit moves and the trailer stays"), "", said)
    assert turn.objects
    assert turn.about == "Keep the hash in a field"


def test_what_a_program_says_is_no_objection_to_anything() -> None:
    """What was pasted may share words with any sentence; the user's own say what is meant."""
    said = Say(1, "Done.\n\n" + "\n".join([f"- step {at} of the work on the gate" for at in range(6)]) + (
        "\n- The switch of the frame now stands in the header of the page\n- The lamp view has no frame"
    ))  # fmt: skip
    pasted = (
        "x.js:3 Uncaught LampError: no switch in the frame of the header. Seems you forgot to wire the page"
    )
    turn = turn_of(Prompt(2, f"The lamp view makes it all dark.\n{pasted}"), "", said)
    assert turn.objects
    assert turn.about == "The lamp view has no frame"


def test_an_objection_to_what_was_done_in_steps_is_about_all_of_them() -> None:
    """Of a short list each item; of a long one, or of a sentence, only that."""
    steps = ["Renamed the session file to its number", "Set its mode to 600"]
    listed = "\n".join(f"{at}. **{step}**" for at, step in enumerate(steps, 1))
    said = Say(1, f"Try again now.\n\nChanges made:\n{listed}\n\nTell me what it says.")
    assert turn_of(Prompt(2, "still didn't work with the session file"), "", said).about == "; ".join(steps)
    leads = Say(1, f"The picker now shows the session of a file:\n\n{listed}\n\nTry it.")
    assert turn_of(Prompt(2, "that's wrong, the picker shows old ones"), "", leads).about == "; ".join(steps)
    longer = Say(1, "\n".join([f"- step {at} of the work" for at in range(6)] + ["- the mode of the file"]))
    assert turn_of(Prompt(2, "that's wrong, the mode is"), "", longer).about == "the mode of the file"


def test_a_mere_yes_is_to_what_stands_behind_the_question_too() -> None:
    """What was offered there is agreed to; a reply with words of its own, or a picked option, says itself to what."""
    asked, aside = "Want me to mend these?", "I would take 1 to 3 and leave the keel for spring."
    said = Say(1, f"Five leaks.\n\n{asked} {aside}")
    assert turn_of(Prompt(2, "yes"), asked, said).asked == f"{asked} {aside}"
    assert turn_of(Prompt(2, "only the second, and paint it"), asked, said).asked == asked


def test_what_is_typed_while_the_agent_works_goes_on_from_the_prompt_before() -> None:
    """It shares words with what the agent says on the way by chance; a prompt after that speaks of it."""
    said = Say(1, "The list of linked papers is read first, then the papers of the pier.")
    assert turn_of(Prompt(2, "name the linked papers so", "queued"), "", said).about == ""
    assert turn_of(Prompt(2, "name the linked papers so"), "", said).about == said.text


def test_what_the_agent_was_stopped_at_is_what_the_objection_is_to(tmp_path: Path) -> None:
    """It had said nothing that the user could mean; what ran on an earlier prompt is not meant."""
    lines = Lines()
    lines.user("why does the window move?")
    lines.tool("Bash", {"command": "rg -l inkwell config/"}, "config/inkwell.toml")
    lines.user("[Request interrupted by user]")
    lines.user("no, this is another system")
    lines.user("[Request interrupted by user]")
    lines.user("no, that is wrong as well")
    first, second = distill(lines.save(tmp_path), machine="box").failed
    assert first == "user objected: “no, this is another system” (to: stopped at `rg -l inkwell config/`)"
    assert "stopped at" not in second


def test_an_objection_is_to_no_words_before_what_was_done(tmp_path: Path) -> None:
    """What was done without a word after them may be meant; words that it speaks of are meant all the same."""
    lines = Lines()
    lines.user("clear the harbour list")
    lines.say("I look at the names of the ships first.")
    lines.edit("/home/dev/app/ships.toml")
    lines.user("no, don't write to ships.toml")
    lines.say("I move the pier list and drop the buoys.")
    lines.bash("rm buoys.txt")
    lines.user("no, the buoys stay on the pier list")
    first, second = distill(lines.save(tmp_path), machine="box").failed
    assert sorted(("(to: " in first, "(to: " in second)) == [False, True]
    assert "(to: I move the pier list and drop the buoys.)" in first + second


def test_a_remark_is_on_what_says_more_than_it_does() -> None:
    """A sentence that only has its words, or few of many, is not told as what it is on."""
    said = Say(1, "At each hull we paint:\n\nThe keel is red, and the rudder is left for spring.")
    assert turn_of(Prompt(2, "paint each hull"), "", said).about == ""
    assert turn_of(Prompt(2, "no rudder in spring"), "", said).about == said.text.rpartition("\n")[2]
    offer = "Want me to do it?"
    long = "the keel of a boat must last for years, so tar it twice before anyone puts the rudder on"
    assert turn_of(Prompt(2, long), offer, said).about == ""


def test_of_many_prompts_the_first_and_the_newest_are_kept() -> None:
    """What was said between them is on none of those: it would seem to be said on the last of the first ones."""
    ledger = Ledger()
    for line in range(1, 601, 4):
        ledger.add(Prompt(line, f"Please make part {line} of the fetcher."))
        ledger.add(Say(line + 1, f"Part {line} is made."))
    kept = [turn.prompt.line for turn in ledger.turns]
    assert kept == [*range(1, 21, 4), *range(281, 601, 4)]
    assert [line for line, _, _ in ledger.heard] == [2, 6, 10, 14, 18, *range(282, 602, 4)]


def test_many_words_say_themselves_what_they_object_to() -> None:
    """What was said last, and they do not speak of, would pass for what they are against."""
    before = Say(1, "The retry is in a commit, with a delay of one second. Now the gate.")
    few = turn_of(Prompt(2, "stop, not like that"), "", before)
    assert objection_of(few, "", before).endswith(
        " (to: The retry is in a commit, with a delay of one second. Now the gate.)"
    )
    own = "stop. I measured it on our own lamps: the ink of the book wears them out, each line of it. " * 2
    assert "(to: " not in objection_of(turn_of(Prompt(2, own), "", before), "", before)


def test_what_an_item_of_a_list_states_for_its_question_is_no_choice() -> None:
    """One that asks for something is a wish, and other items are what they are."""
    asks = "1. A captain comes home - wants to leave. Moors the boat, takes the oars -> what happens to the lamp?"
    assert choices(f"another couple of cases:\n{asks}\n2. It rains. What then?", answers=True) == []
    wish = "2. We use two lamps. can we use one lamp instead?"
    said = choices(
        f"another couple of cases:\n{asks}\n{wish}\n3. We should keep the lamps lit.", answers=True
    )
    assert said[-1] == "We should keep the lamps lit."
    assert "can we use one lamp instead?" in said
    assert not any("captain" in each or "Moors" in each for each in said)
