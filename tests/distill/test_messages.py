"""What commit messages and descriptions of pull requests tell, however a command line gives them."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.messages import message_of, unwrapped
from spread.distill.shell import split
from spread.distillation import body
from tests.distill.lines import CWD, Lines

HERE = "git commit -m \"$(cat <<'EOF'\nmend: x\n\nIt was broken.\n\nCo-Authored-By: A <a@b.c>\nEOF\n)\""


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("git commit -m 'mend: x\n\nIt was broken.'", "mend: x\n\nIt was broken."),
        ('git add . && git commit --no-verify -m "mend: x\n\n- a\n- b"', "mend: x\n\n- a\n- b"),
        ('git commit -m "mend: x" -m "It was broken."', "mend: x\n\nIt was broken."),
        ('git commit -am "mend: x" --author=me', "mend: x"),
        ("git commit --message='mend: x'", "mend: x"),
        ("git -C sub commit -m 'mend: x'", "mend: x"),
        (HERE, "mend: x\n\nIt was broken."),
        ("git commit -F - <<'EOF'\nmend: x\nEOF", "mend: x"),
        ('gh pr create -d --title "Mend" --body "It was broken."', "It was broken."),
        ("cat > a.sh <<'EOF'\ngit commit -F m\nEOF\ncat > m.txt <<'EOF'\nmend: x\nEOF", "mend: x"),
        ("python3 - <<'EOF'\nprint('commit')\nEOF", ""),
        ("git log -m x", ""),
        ("git commit", ""),
    ],
)
def test_the_message_of_a_command_line(source: str, message: str) -> None:
    """However it is given, in quotes, in several parts or a here-document; what is none is not taken for one."""
    assert message_of(source, split(source)) == message


def test_lines_broken_for_their_length_are_joined() -> None:
    """Of sentences and of items; what is short, a list, a heading or code stays as it is."""
    text = (
        "mend: the lamp of the pier\n\n"
        "The lamp was lit by day as well, since the sensor of the\npier is upside down.\n"
        "- the sensor is read the other way round now, which the\n  tests of the harbour show\n"
        "- a lamp\n\n"
        "```\na line of code that is as long as any other line there is\nb\n```\n"
        "# a heading that is as long as any other line there is here\nBelow it."
    )
    assert unwrapped(text) == (
        "mend: the lamp of the pier\n\n"
        "The lamp was lit by day as well, since the sensor of the pier is upside down.\n"
        "- the sensor is read the other way round now, which the tests of the harbour show\n"
        "- a lamp\n\n"
        "```\na line of code that is as long as any other line there is\nb\n```\n"
        "# a heading that is as long as any other line there is here\nBelow it."
    )


def test_the_page_tells_it_and_what_became_of_it(tmp_path: Path) -> None:
    """A commit that failed claims nothing; a file that is edited on a later prompt is told with it."""
    lines = Lines()
    lines.user("mend the lamp")
    lines.edit(f"{CWD}/lamp.py")
    lines.bash(
        "git commit -m 'mend: lamp\n\nWired the wrong way by the old harbour master.'", "hook failed", code=1
    )
    told = "The sensor in lamp.py was upside down, so the\nlamp was lit by day."
    line = lines.bash(f"git commit -m 'mend: lamp\n\n{told}'", "[main 1234567] mend: lamp\n 1 file changed")
    lines.say("Committed.")
    lines.user("now dim it")
    lines.edit(f"{CWD}/lamp.py")
    lines.say("Dimmed.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    claims = f"L{line} commit message claims (lamp.py edited since): "
    assert f"{claims}The sensor in lamp.py was upside down, so the lamp was lit by day." in page
    assert "harbour master" not in page


def test_a_commit_whose_result_is_missing(tmp_path: Path) -> None:
    """Its message tells what was done, though nobody knows whether it was made."""
    lines = Lines()
    lines.user("mend the lamp")
    lines.edit(f"{CWD}/lamp.py")
    told = "The old switch of the pier stays where it was, since nobody uses it."
    lines.call("Bash", {"command": f"git commit -m 'mend: lamp\n\n{told}'"})
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert f"L4 message of a commit without a result: {told}" in page


def test_a_pull_request_of_another_tool(tmp_path: Path) -> None:
    """The text it was opened with is told as a claim."""
    lines = Lines()
    lines.user("mend the lamp and open a pull request")
    told = "The old switch of the pier stays where it was, since nobody uses it."
    lines.tool("mcp__forge__create_pull_request", {"title": "mend: lamp", "body": told}, "opened")
    lines.say("It is open.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert f"L2 text claims: {told}" in page
