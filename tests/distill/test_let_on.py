"""What a check before the tests and comments on pull requests may not claim."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.redact import Redactor
from tests.distill.lines import Lines, begun


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


TESTS = "> app@1.0.0 test\n> node --test --test-reporter=dot test/\n\n....\n"


@pytest.mark.parametrize("git", ["commit -m 'sums'", "cherry-pick --continue"])
def test_a_commit_that_only_a_pass_lets_on_proves_it(tmp_path: Path, git: str) -> None:
    """Whatever the line does after that, it was made."""
    lines = begun()
    lines.edit("/home/dev/app/a.js")
    made = "[main f560c3b] sums: round half up\n 1 file changed, 2 insertions(+)"
    lines.bash(f"npm test && git add -A && git {git}; git status -sb", f"{TESTS}{made}\n## main")
    assert lines.distilled(tmp_path).state == "validated"
    lines.bash(f"npm test; git add -A && git {git}; git status -sb", f"{TESTS}{made}\n## main")
    assert lines.distilled(tmp_path).state == "needs verification"


@pytest.mark.parametrize("mark", ["#", "\u2139"])
def test_counts_of_node_before_a_lint(tmp_path: Path, mark: str) -> None:
    """What the tests counted is proof of them, what came of the lint behind them is its own."""
    lines = begun()
    lines.edit("/home/dev/app/a.js")
    counts = f"{mark} tests 6\n{mark} pass 6\n{mark} fail 0\n"
    lines.bash(f"npm test 2>&1 | grep -E '^{mark} (tests|pass|fail)'; npm run lint", f"{counts}> eslint src")
    assert lines.distilled(tmp_path).state == "validated"
