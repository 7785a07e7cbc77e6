"""Calls that failed or were refused, grouped."""

from spread.distill_trials import Trial, note, told
from spread.transcript_events import Call


def _call(line: int, name: str, output: str, *, ok: bool = False, **given: str) -> Call:
    return Call(line, f"k{line}", name, given, result_line=line + 1, ok=ok, output=output)


def _texts(trials: dict[str, Trial]) -> list[str]:
    return [text for _, text in told(trials, 9)]


def test_refusals_of_one_command_are_one_entry() -> None:
    """A command refused again and again is told once, with how often and since when."""
    trials: dict[str, Trial] = {}
    for line in (3, 5, 7):
        note(trials, _call(line, "Bash", "This command requires approval", command="make all"), "make all")
    assert _texts(trials) == [
        "`make all` was refused 3 times since L3: This command requires approval; never allowed"
    ]


def test_what_worked_in_the_end_is_told() -> None:
    """A similar command that works soon after a failure stands beside it; so does a call of the same tool."""
    trials: dict[str, Trial] = {}
    failed = _call(3, "Bash", "Exit code 2\nerror: unknown command run-all", command="wrap tool run all -v")
    note(trials, failed, "wrap tool")
    note(trials, _call(5, "Bash", "", ok=True, command="tool run all -v"), "tool run")
    note(
        trials, _call(7, "Task", "<tool_use_error>prompt is missing</tool_use_error>", description="look"), ""
    )
    note(trials, _call(9, "Task", "found", ok=True, description="look again"), "")
    first, second = _texts(trials)
    assert first.endswith("; then worked: `tool run all -v` (L5)")
    assert second == "Task `look` failed: prompt is missing; then worked: `look again` (L9)"


def test_failures_told_elsewhere_or_of_no_weight() -> None:
    """Validations that ran, looking around and an edit that was only mistyped are not told here."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "2 failed", command="pytest"), "pytest", checked=True)
    note(trials, _call(2, "Read", "no such file", file_path="/a"), "")
    note(trials, _call(3, "Edit", "String to replace not found in file.", file_path="/a"), "")
    note(trials, _call(4, "Bash", "", command="ls x"), "")
    assert trials == {}


def test_a_validation_that_never_ran_is_told() -> None:
    """A test command whose program does not know it is a failed try, not a failed test."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "sh: pytest: command not found", command="pytest"), "pytest", checked=True)
    assert _texts(trials) == ["`pytest` failed: sh: pytest: command not found"]


def test_unanswered_failures_come_before_answered_ones() -> None:
    """Where there is room for few, those that nothing answered are told."""
    trials: dict[str, Trial] = {}
    note(trials, _call(1, "Bash", "boom", command="deploy now"), "deploy now")
    note(trials, _call(3, "Bash", "boom", command="upload it"), "upload it")
    note(trials, _call(5, "Bash", "", ok=True, command="upload it"), "upload it")
    assert told(trials, 1) == [(2, "`deploy now` failed: boom")]
