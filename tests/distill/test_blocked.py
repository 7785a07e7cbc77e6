"""Commits that hooks kept git from, where a pipe or a wrapper hides that the line failed."""

from pathlib import Path

from spread.distill import distill
from spread.distillation import body
from tests.distill.lines import CWD, Lines

REFUSED = "$ bun test\n 5 pass\n 2 fail\nhusky - pre-commit script failed (code 1)"


def _begun() -> Lines:
    lines = Lines()
    lines.user("mend the parser, then commit")
    lines.edit(f"{CWD}/src/parser.ts")
    lines.bash("bun test", " 4 pass\n 0 fail")
    lines.bash("git add src && git commit -m 'mend the parser' 2>&1 | tail -4", REFUSED)
    return lines


def test_a_commit_that_hooks_refused_is_none(tmp_path: Path) -> None:
    """The page says that it was tried in vain and what the hooks saw fail; its message claims nothing."""
    lines = _begun()
    lines.say("The hook failed. Let me look at it.")
    page = body(distill(lines.save(tmp_path), machine="box").to_markdown())
    assert "**State: failing**" in page
    assert "a commit (tried in vain), a push" in page
    assert "commit message claims" not in page
    assert "a commit was called" not in page


def test_hooks_that_let_the_next_one_through_failed_no_longer(tmp_path: Path) -> None:
    """A commit that git then made passed them, also where nothing is shown of that; unless it went around them."""
    for switch, state in (("", "validated"), (" --no-verify", "failing")):
        lines = _begun()
        lines.bash(f"git commit{switch} -m 'mend the parser' -q", "")
        lines.say("Committed.")
        made = distill(lines.save(tmp_path), machine="box")
        assert made.state == state
        assert "tried in vain" not in made.to_markdown()
