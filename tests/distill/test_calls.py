"""Single tool calls."""

import pytest

from spread.distill.calls import is_async, is_dull, task_of, what_of
from spread.transcript_events import Call


@pytest.mark.parametrize(
    ("command", "dull"),
    [
        ("ls -la src 2>/dev/null | head -5", True),
        ("cat a.py 2>&1", True),
        ("cat a.py > b.py", False),
        ("rm a.py", False),
        ("npm test", False),
        ("ssh host uptime", False),
        ("spread inbox", False),
    ],
)
def test_what_only_looks_is_dull(command: str, dull: bool) -> None:
    """A call that neither changes nor proves anything need not be read further."""
    assert is_dull(Call(1, "a", "Bash", {"command": command})) is dull
    assert not is_dull(Call(1, "a", "Task", {"command": command}))


def test_launch_of_a_sub_agent_is_no_result() -> None:
    """Launched in the background, by its structured result or by its words."""
    assert is_async(Call(1, "a", "Agent", {}, extra={"isAsync": True}))
    assert is_async(Call(1, "a", "Task", {}, output="Async agent launched successfully."))
    assert not is_async(Call(1, "a", "Task", {}, output="All done."))


def test_task_of_a_notice() -> None:
    """The id between its tags, or nothing."""
    assert task_of("<task-notification>\n<task-id> b12 </task-id>") == "b12"
    assert task_of("no task") == ""


def test_call_is_named_by_its_telling_input() -> None:
    """The command or path, else whatever was given, else the tool alone."""
    assert what_of(Call(1, "a", "Bash", {"command": "npm  ci"})) == "Bash `npm ci`"
    assert what_of(Call(1, "a", "Odd", {"n": 1})) == 'Odd {"n": 1}'
    assert what_of(Call(1, "a", "Odd", {})) == "Odd"
