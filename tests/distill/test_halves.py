"""Secrets that stand where a text is shortened: half of one is still one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.errors import causes
from spread.redact import Redactor
from tests.distill.lines import CWD, Lines

SECRET = "Zq8vN3xK7pL2mR9tY4wB6cJ1dF5hS0gA"


def _works(lines: Lines, before: str) -> None:
    """The user's word on a diagnosis."""
    lines.bash("make archive", "Error: the archive does not open", code=2)
    lines.say("The root cause is that `open_archive` in `parser.py` reads the wrong header of the file.")
    lines.edit(f"{CWD}/parser.py")
    lines.say("I changed the header.")
    lines.user(f"it works now {before}{SECRET}")
    lines.say("Good.")


def _gist(lines: Lines, before: str) -> None:
    """An edit without a result."""
    new = f"shelf = {before}{SECRET}"
    lines.call("Edit", {"file_path": f"{CWD}/a.py", "old_string": "a", "new_string": new})


def _waits(lines: Lines, before: str) -> None:
    """The last words, which wait for the user."""
    lines.edit(f"{CWD}/a.py")
    lines.say(f"Done.\nThe reader {SECRET} {'of books ' * (len(before) // 4)}stands, awaiting your review")


def _there(lines: Lines, before: str) -> None:
    """Commands on another host."""
    lines.bash(f"ssh build 'mv {before}{SECRET} other'", "done")
    for _ in range(3):
        lines.bash("ssh build uptime", "up 3 days")


@pytest.mark.parametrize("told", [_works, _gist, _waits, _there])
def test_a_known_secret_across_a_cut(told: Callable[[Lines, str], None], tmp_path: Path) -> None:
    """Wherever the cut falls, no more than a few characters of it are told."""
    redactor = Redactor({"KEY": SECRET})
    for chars in range(0, 100, 6):
        lines = Lines()
        lines.user("please mend the parser of the archive")
        told(lines, ("wide shelf " * 10)[:chars])
        made = distill(lines.save(tmp_path), machine="m", redactor=redactor).to_markdown()
        assert not [at for at in range(len(SECRET) - 8) if SECRET[at : at + 8] in made]


def test_a_cut_is_known_by_its_mark() -> None:
    """What merely begins like a secret is none, unless it was cut there."""
    redactor = Redactor({"KEY": SECRET})
    assert redactor.text(f"a {SECRET[:12]} b") == f"a {SECRET[:12]} b"
    assert redactor.text(f"a {SECRET[:12]}… b") == "a [redacted:environment]… b"


TOKEN = "ghp_Jn852ESHh2egta4PGhB7adq23AweTy5QpGWB"


def _fails(lines: Lines, before: str) -> None:
    """A long line of a failure."""
    lines.edit(f"{CWD}/a.py")
    lines.bash(
        "pytest", f"E   AssertionError: {'wide ' * 270}{before}{TOKEN}{' wide' * 20}\n1 failed", code=1
    )


def _helps(lines: Lines, before: str) -> None:
    """What a sub-agent was for."""
    given = {"description": f"{before}{TOKEN} there", "prompt": f"Use {TOKEN}.", "subagent_type": "x"}
    lines.tool("Task", given, [{"type": "text", "text": f"I found {TOKEN} there."}])


def _plans(lines: Lines, before: str) -> None:
    """The steps of a plan."""
    plan = f"# Plan\n\n1. Use {before}{TOKEN} there\n2. Do the rest"
    lines.tool("ExitPlanMode", {"plan": plan}, "User has approved your plan. You can now start coding.")


@pytest.mark.parametrize("told", [_fails, _helps, _plans, _works, _gist])
def test_a_token_across_a_cut(
    told: Callable[[Lines, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is known by its format alone is known by its beginning where it was cut; a whole one is told nowhere."""
    monkeypatch.setitem(globals(), "SECRET", TOKEN)
    for chars in range(0, 270, 9):
        lines = Lines()
        lines.user("please mend the parser of the archive")
        told(lines, f"{('wide shelf ' * 30)[:chars]} ")
        made = distill(lines.save(tmp_path), machine="m", redactor=Redactor({})).to_markdown()
        assert not [at for at in range(len(TOKEN) - 9) if TOKEN[at : at + 9] in made]


def test_a_long_line_of_an_error_is_marked_where_it_is_cut() -> None:
    """What is told of it may end there, and redaction knows half of a token by the mark alone."""
    (cause,) = causes(f"a.py:2:4: error: {'wide ' * 52}{TOKEN} is missing")
    assert TOKEN[:9] in cause
    assert TOKEN[:9] not in Redactor({}).text(cause)


def test_a_cut_token_is_known_by_its_beginning() -> None:
    """Where nothing was cut, or no format begins so, it may be anything; names are none."""
    redactor = Redactor({})
    assert redactor.text(f"a {TOKEN[:20]}… b") == "a [redacted:github-token]… b"
    assert redactor.text(f"a {TOKEN[:20]} … [cut]") == "a [redacted:github-token] … [cut]"
    for kept in (
        f"a {TOKEN[:20]} b",
        f"a {TOKEN[:6]}… b",
        "test_two2Words… b",
        "npm_install… b",
        "a wide… b",
    ):
        assert redactor.text(kept) == kept
