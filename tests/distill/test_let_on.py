"""What a check before the tests and comments on pull requests may not claim."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.redact import Redactor
from tests.distill.lines import Lines


def _page(folder: Path, command: str, output: str) -> str:
    lines = Lines()
    lines.user("Fix the parser.")
    lines.edit("/home/dev/app/src/a.py")
    lines.bash(command, output)
    return distill(lines.save(folder), machine="m", redactor=Redactor({})).to_markdown()


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("mypy . && pytest; true", "a.py:1: error: bad\nFound 2 tests wrong"),
        (
            "tsc --noEmit && npm test | tail -3",
            "a.ts(1,2): error TS2304: no\nFound 1 error. 3 tests affected",
        ),
        ("cargo clippy && cargo test | tail -3", "error: could not compile\n 2 tests skipped"),
        ("eslint . && npx jest || true", "/a.js\n  1:1 error  1 test has no title"),
    ],
)
def test_a_check_that_shows_errors_did_not_pass(tmp_path: Path, command: str, output: str) -> None:
    """Errors shown before the tests are those of the check: it is not said to have let them run."""
    assert "also passed" not in _page(tmp_path, command, output)


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("gh pr comment 12 -b hi || true", "GraphQL: Could not resolve to a PullRequest"),
        ("true || gh pr comment 12 -b hi", ""),
        ("gh pr review 12 --approve", ""),
        ("gh pr comment --help", "Add a comment"),
    ],
)
def test_no_comment_is_told_where_none_was_written(tmp_path: Path, command: str, output: str) -> None:
    """A failed, skipped or wordless call of gh wrote no comment."""
    assert "comments and replies" not in _page(tmp_path, command, output)
