"""What members of a team that a session leads report to it, and what it writes to them."""

from pathlib import Path

from tests.distill.lines import Lines, begun

SPAWNED = (
    "Spawned successfully.\nagent_id: tester@pens\nname: tester\nteam_name: pens\nThe agent is now running."
)
MESSAGE = '<teammate-message teammate_id="tester" color="red" summary="pens">\n%s\n</teammate-message>'


def _led() -> Lines:
    lines = begun()
    given = {"description": "Spawn tester", "prompt": "Test the pens.", "team_name": "pens", "name": "tester"}
    lines.tool("Task", given, SPAWNED)
    return lines


def test_a_member_of_a_team_reports_by_messages(tmp_path: Path) -> None:
    """That it was launched is no report, nor what its client says of it."""
    lines = _led()
    assert "sub-agents that reported" not in lines.page(tmp_path)
    lines.user(MESSAGE % '{"type":"idle_notification","from":"tester"}')
    page = lines.page(tmp_path)
    assert "sub-agents that reported" not in page
    assert "is now running" not in page
    line = lines.user(MESSAGE % "The green pen leaks above 40 degrees.")
    lines.say("I see to it.")
    page = lines.page(tmp_path)
    assert "The green pen leaks above 40 degrees." in page
    assert f"(L{line})" in page
    assert ">as the goal (L1) (answered L" in page


def test_a_message_of_one_that_was_not_launched_here_changes_nothing(tmp_path: Path) -> None:
    """A member is told of others' work, too."""
    lines = begun()
    before = lines.page(tmp_path)
    lines.user(MESSAGE % "The green pen leaks above 40 degrees.")
    assert lines.page(tmp_path) == before


def test_a_message_to_a_member_is_kept_as_it_was_written(tmp_path: Path) -> None:
    """Not that it was sent; that a team was set up, or may go, tells nothing."""
    lines = _led()
    lines.tool("TeamCreate", {"team_name": "pens"}, '{"team_file_path":"/home/dev/.claude/teams/pens"}')
    said = '{"success":true,"message":"sent to an inbox"}'
    lines.tool(
        "SendMessage", {"recipient": "tester", "type": "message", "content": "Try the blue ink."}, said
    )
    lines.tool("SendMessage", {"to": "tester", "message": "And the red ink.", "summary": "red"}, said)
    lines.tool(
        "SendMessage", {"recipient": "tester", "type": "shutdown_request", "content": "Go home."}, said
    )
    page = lines.page(tmp_path)
    assert "`SendMessage to tester: Try the blue ink.` → Try the blue ink." in page
    assert "`SendMessage to tester: red` → And the red ink." in page
    assert not any(word in page for word in ("inbox", "Go home", "TeamCreate"))
