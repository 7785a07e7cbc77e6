"""The log of what the user said."""

from spread.distill_said import MAX_LOG_CHARS, asked, log
from spread.distill_turns import Turn
from spread.distillation_codec import shorten
from spread.transcript_events import Prompt, Say


def _turn(line: int, asked: str, told: str) -> Turn:
    return Turn(Prompt(line, asked), last=Say(line + 1, told))


def _log(turns: list[Turn], room: int) -> str:
    return log(turns, lambda turn, most: shorten(turn.prompt.text, most), str, room)


TOLD = " ".join(f"The limit of stage {at} is {at * 7} because of rule {at}." for at in range(40))


def test_an_earlier_report_is_told_by_its_facts() -> None:
    """The line of an earlier prompt has the facts of its report, the newest prompt stands alone."""
    turns = [_turn(1, "raise it", "Great, all is done!\n- limit raised from 3 to 9"), _turn(5, "go on", "ok")]
    assert _log(turns, 5_000) == ("L5 user: go on\nL1 user: raise it → L2 agent: limit raised from 3 to 9")


def test_the_log_grows_with_the_room() -> None:
    """A page with much room left gets longer reports than a full one."""
    turns = [_turn(at, f"request number {at}", TOLD) for at in range(1, 40, 4)]
    assert len(_log(turns, 6_000)) > 1.5 * len(_log(turns, 0))
    assert len(_log(turns, 6_000)) <= 6_000


def test_what_does_not_fit_is_counted() -> None:
    """However long the session, the log stays bounded and says how many prompts it leaves out."""
    turns = [_turn(at, "ask " * 60, TOLD) for at in range(1, 400, 4)]
    told = _log(turns, 9_999)
    assert len(told) < MAX_LOG_CHARS + 200
    assert told.endswith("earlier prompts left out")


def test_of_a_pasted_review_the_demands_are_told() -> None:
    """A long prompt is given by its beginning and the parts with facts, not by its first words alone."""
    praise = "This is lovely and well made work indeed.\n" * 20
    told = asked(f"more feedback:\n{praise}- limit retries to 3 in `app/fetch.py`\n", 200)
    assert told.startswith("more feedback: This is")
    assert "[…]" in told
    assert "limit retries to 3 in `app/fetch.py`" in told
    assert asked("short", 200) == "short"
