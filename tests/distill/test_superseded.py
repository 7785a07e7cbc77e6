"""What the user said later of what is told of before."""

from pathlib import Path

import pytest

from spread.distill.document_tell import Teller
from spread.distill.ledger import Ledger
from spread.distill.superseded import marked
from spread.distill.turns import turn_of
from spread.redact import Redactor
from spread.transcript_events import Prompt
from tests.distill.lines import Lines


@pytest.mark.parametrize(
    ("told", "said", "then"),
    [
        (
            "user: “paint the gate blue with dark stripes”",
            "drop dark stripes, the town says",
            "drop dark stripes, the town says",
        ),
        ("Store the lamps in a shed", "no shed! It rains in.", "no shed!"),
        ("Lampen in die Halle", "zu teuer. Keine Halle.", "Keine Halle."),
        ("user: “gate 8090, 8080 is shut”", "8090 is taken, use 8085", "8090 is taken, use 8085"),
        ("user: “lamps v1.2 for all”", "take v1.3 rather than v1.2", "take v1.3 rather than v1.2"),
        ("Store the lamps in a shed", "no shed for the lamps of the harbour is needed", ""),
        ("Store the lamps in a shed", "why is there no shed?", ""),
        ("Store the lamps in sheds", "no shed.", ""),
        ("Store the lamps in a shed", "the shed: drop it, we sell them", "the shed: drop it, we sell them"),
        ("Paint the red lamps", "nah, drop the red lamps altogether.", "nah, drop the red lamps altogether."),
        ("/loop 5m count the lamps", "thanks, stop the loop.", "thanks, stop the loop."),
        ("/loop 5m count the lamps", "does that stop the loop?", ""),
        ("user: “no shed, please”", "no shed!", ""),
        ("user: “this one works”", "no, not this one.", ""),
        ("user: “gate 8090, 8080 is shut”", "8090 is open", ""),
        ("user: “gate 12 and 13”", "12 is taken, use 13", ""),
        (
            "Miss nur alle 10 Minuten",
            "10 minuten ist doch zu selten, mach 5",
            "10 minuten ist doch zu selten, mach 5",
        ),
        ("wait 30 seconds", "30 seconds is too long, 10 will do", "30 seconds is too long, 10 will do"),
        ("wait 30 seconds", "it took 30 seconds in 2 runs", ""),
        ("wait 30 seconds", "it is not 30 seconds", ""),
        (
            "user: “the shed is called Lantern”",
            "rename Lantern to Lamp House",
            "rename Lantern to Lamp House",
        ),
        ("user: “the shed is called Lantern”", "rename lantern() to lamp()", ""),
        (
            "user: “gate colour blue, #1144aa”",
            "warm ones: lamps #ffee99, gate #aa5500",
            "warm ones: lamps #ffee99, gate #aa5500",
        ),
        ("user: “gate colour blue, #1144aa”", "lamps #ffee99", ""),
        ("user: “gate colour blue, #1144aa”", "is the gate #aa5500?", ""),
        ("user: “gate at port 8090”", "port 8085", "port 8085"),
        ("user: “gate at port 8090”", "port 8085 for the lamps", ""),
        ("user: “make it gate 003 then”", "yes, but only 002 and 003, 001 stands there otherwise", ""),
    ],
)
def test_what_was_given_up_or_replaced(told: str, said: str, then: str) -> None:
    """By a later prompt that names it as a whole; a question gives up nothing, nor does an earlier prompt."""
    turns = [turn_of(Prompt(1, said), "", None), turn_of(Prompt(9, said), "", None)]
    mark = f" (then, L9: “{then}”)" if then else ""
    assert marked([(5, told)], turns, lambda text, most: text[:most]) == [(5, f"{told}{mark}")]
    assert marked([(12, told)], turns, lambda text, most: text[:most]) == [(12, told)]


def test_decisions_and_what_was_ticked_off_say_so(tmp_path: Path) -> None:
    """Each would be read as how it is: the choice of a person's lead overrules, too."""
    lines = Lines()
    lines.user("light the harbour")
    asked = [{"question": "Which lamp?", "options": [{"label": "Gas lamp"}, {"label": "Oil lamp"}]}]
    answer = {"questions": asked, "answers": {"Which lamp?": "Gas lamp"}}
    lines.tool(
        "AskUserQuestion", {"questions": asked}, 'User has answered: "Which lamp?"="Gas lamp".', twin=answer
    )
    todos = [{"content": "Build a shed", "status": "completed", "activeForm": "x"}]
    lines.tool("TodoWrite", {"todos": todos}, "Todos have been modified successfully")
    lines.edit(f"{lines.cwd}/lamp.py")
    lines.say("The gas lamp burns in its shed.")
    line = lines.user("the town wants the oil lamp, as all others have it. and no shed.")
    lines.edit(f"{lines.cwd}/lamp.py")
    lines.say("Oil it is.")
    lines.user("fine, now the gate")
    lines.say("It is open.")
    told = lines.distilled(tmp_path)
    assert any(f"overruled (L{line})" in text for text in told.decisions), told.decisions
    assert f"Build a shed (then, L{line}: “and no shed.”)" in told.completed


def test_a_number_that_is_too_high_is_given_up(tmp_path: Path) -> None:
    """Also where it is that of a rule; one of something else, or that is only named again, is not."""
    lines = Lines()
    lines.user("make the width configurable: cut(title, n). default stays 60")
    lines.edit(f"{lines.cwd}/titles.py")
    lines.say("They are cut at 60.")
    lines.user("and 60 is what the log counts too, is it?")
    lines.say("It is.")
    line = lines.user("Hm, 60 is too long for our pages, use 48.")
    lines.say("They are cut at 48.")
    (rule,) = lines.distilled(tmp_path).constraints
    assert rule == f"default stays 60 (then, L{line}: “Hm, 60 is too long for our pages, use 48.”)"
    items = [(1, "cut at 60 characters"), (1, "log 60 lines a day")]
    turns = [turn_of(Prompt(5, "60 characters are too many, make it 48"), "", None)]
    told = [text for _, text in marked(items, turns, lambda text, _: text)]
    assert told == [f"{items[0][1]} (then, L5: “{turns[0].prompt.text}”)", items[1][1]]


def test_what_a_prompt_only_shows_gives_nothing_up() -> None:
    """A log that the user pasted is not what they want."""
    shown = Prompt(5, "it prints this:\n\nERROR: no shed, stop.\n\nwhy does it?")
    item = (1, "Store the lamps in a shed")
    assert marked([item], [turn_of(shown, "", None)], lambda text, _: text) == [item]


@pytest.mark.parametrize("before", range(540, 600, 6))
def test_no_half_of_a_secret_is_quoted(before: int) -> None:
    """Where a prompt is read to its limit only, its last sentence may end within a secret."""
    token = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    text = f"{('The harbour is calm today. ' * 30)[: before - 2]}. No shed, go in with {token} and look."
    teller = Teller(Redactor({}), Ledger())
    items, turns = [(1, "Store the lamps in a shed")], [turn_of(Prompt(5, text), "", None)]
    marked(items, turns, teller.tell)
    teller.is_settled([])
    assert "ghp_" not in marked(items, turns, teller.tell)[0][1]


def test_a_rule_whose_number_was_changed_says_so(tmp_path: Path) -> None:
    """It is told as it was said, with what was said of it then."""
    lines = Lines()
    lines.user("light the harbour. Always wait 30 seconds before a test.")
    lines.say("Done.")
    at = lines.user("30 seconds is too long, 10 will do")
    lines.say("Done.")
    (rule,) = lines.distilled(tmp_path).constraints
    assert (
        rule == f"Always wait 30 seconds before a test. (then, L{at}: “30 seconds is too long, 10 will do”)"
    )


def test_a_rule_is_not_given_up_by_what_only_names_it(tmp_path: Path) -> None:
    """That something is not to be pushed is no end of the rule that says so."""
    lines = Lines()
    lines.user("light the harbour. commit on a branch lamps, don't push. never go below v2.0 of gas")
    lines.say("Done.")
    lines.user(
        "try oil as well, quick test, no push and no branch please. I thought v2.0 but leave it, v3.0 later."
    )
    lines.say("Done.")
    rules = lines.distilled(tmp_path).constraints
    assert rules[:2] == ("commit on a branch lamps, don't push.", "never go below v2.0 of gas")


@pytest.mark.parametrize(
    ("rule", "said", "marked_"),
    [
        ("always paint from the lamp table", "hm no, forget lamp: there are two rows", True),
        ("nimm immer die lampentabelle", "nein, vergiss die lampentabelle, es sind zwei", True),
        ("il faut toujours lire la table", "en fait non, oublie la table: il y en a deux", True),
        ("usa siempre la tabla", "mejor no, olvida la tabla.", True),
        ("always paint from the lamp table", "don't forget the lamp table, please", False),
        ("il faut toujours lire la table", "n'oublie pas la table", False),
        ("nimm immer die lampentabelle", "vergiss nicht, die lampentabelle ist lang", False),
    ],
)
def test_a_rule_that_names_what_is_to_be_forgotten(
    tmp_path: Path, rule: str, said: str, marked_: bool
) -> None:
    """It stands with what was said later; who reminds of a thing gives nothing up."""
    turns = [turn_of(Prompt(9, said), "", None)]
    ((_, told),) = marked([(1, rule)], turns, lambda text, _: text, values=True)
    assert (told != rule) == marked_
