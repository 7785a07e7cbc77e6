# ruff: noqa: E501  (a message folded over lines is harder to read than a long line)
"""What of the agent's words tells why something was decided."""

from collections.abc import Callable

from spread.distill.heard import AGENT, SUB_AGENT, Heard
from spread.distill.reports import pieces
from spread.distill.said import Log
from spread.distill.turns import Turn, turn_of
from spread.distillation_codec import shorten
from spread.transcript_events import Prompt, Say


def _resolved(turn: Turn, most: int, safe: Callable[[str], str]) -> str:
    return shorten(safe(turn.prompt.text), most)


def _log(turns: list[Turn], heard: list[Heard], words: int, edited: list[int] | None = None) -> str:
    changes = {"x.py": [(line, 0, "x.py") for line in edited or ()]}
    return Log(turns, heard, {}, changes).laid_out("", _resolved, str)(words)


def _turns(said: str, reply: str, asked: str) -> list[Turn]:
    answer = turn_of(Prompt(5, reply), asked, Say(3, said))
    return [turn_of(Prompt(1, "look at the hooks"), "", None), answer]


def test_reasons_in_a_list_are_told() -> None:
    """The words before the list say that it holds reasons, its items need not."""
    items = "- The settings file wants the old names\n- Hooks of two kinds share one name at times"
    other = "- Sessions keep their files below one folder\n- Files of two sessions share one name there"
    said = f"Of the files:\n{other}\n\nThey cannot be one type because:\n{items}"
    told = _log([turn_of(Prompt(1, "look at them"), "", None)], [(3, said, AGENT)], 24)
    assert "cannot be one type because: " in told
    assert "Sessions keep" not in told


def test_what_leads_in_a_list_is_not_told_alone() -> None:
    """It stands before an item of the list, or not at all."""
    said = "The reader of the hooks takes its 3 names from:\n- `hooks.toml` of the folder, 12 lines\n\nThe whole of it is slow."
    assert _log([turn_of(Prompt(1, "look at them"), "", None)], [(3, said, AGENT)], 16) == (
        "L3 agent: The whole of it is slow."
    )


def test_what_was_asked_about_may_be_changed_by_the_answer() -> None:
    """Edits on the prompt that answers follow what the agent asked about; those on a later one are not of it."""
    said = "The handler writes a log line for each turn of 9. Where do you want it?"
    turns = _turns(said, "put it in the end handler", "Where do you want it?")
    later = [*turns, turn_of(Prompt(20, "and now the docs"), "", None)]
    heard = [(3, said, AGENT), (9, "It stands in the end handler of 3 agents now.", AGENT)]
    assert "L3 agent (edits followed): The handler writes" in _log(later, heard, 200, [7])
    assert "edits followed" not in _log(later, heard, 200, [25])
    turns[0].last = Say(3, said)
    assert "L3 agent (edits followed): The handler writes" in _log(later, heard, 200, [7])
    turns = [turns[0], turn_of(Prompt(5, "go on with the docs"), "", None), later[2]]
    assert "edits followed" not in _log(turns, heard, 200, [7])


def test_edits_after_a_sub_agents_report_are_told() -> None:
    """As with what the agent said: how many there are, or what is left, may be otherwise since."""
    turns = [turn_of(Prompt(1, "build the list of commands"), "", None)]
    heard = [(3, "The list has 7 commands in all, each with its help text.", SUB_AGENT)]
    assert "L3 sub-agent (edits followed): The list has 7" in _log(turns, heard, 200, [7])
    assert "L3 sub-agent: The list has 7" in _log(turns, heard, 200, [2])


def test_of_a_very_long_sentence_the_beginning_is_told() -> None:
    """Up to the end of a clause, marked as cut; it is still found beside a secret."""
    long = "A skill of its own would help little, since the summary of one commit is mostly empty then"
    said = f"{long}, {'and so on with more of it ' * 14}."
    assert [piece.text for piece in pieces(said)] == [f"{long}…"]
    turn = turn_of(Prompt(1, "do we need a skill for that?"), "", None)
    turn.last = Say(3, said)
    assert f"L3 agent: {long}…" in _log([turn], [(3, said, AGENT)], 200)
