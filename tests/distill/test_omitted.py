"""What the work calls for and nobody did."""

from pathlib import Path

import pytest

from spread.distill import distill
from tests.distill.lines import Lines


def told(lines: Lines, folder: Path) -> str:
    return distill(lines.save(folder), machine="box").next


def begun() -> Lines:
    lines = Lines()
    lines.user("please mend the parser of the import")
    lines.edit("/home/dev/app/a.py")
    return lines


@pytest.mark.parametrize(
    ("command", "fetched"),
    [
        ("python3 --version", False),
        ("conda create -n app python=3.11 -y", False),
        ("python -m pip install -r requirements.txt", True),
        ("uv sync", True),
        ("make dev", True),
        ("./scripts/begin.sh", True),
    ],
)
def test_packages_that_nobody_installed(tmp_path: Path, command: str, *, fetched: bool) -> None:
    """They are told, unless a command after that may have fetched them."""
    lines = begun()
    line = lines.write("/home/dev/app/requirements.txt")
    lines.bash(command, "ok")
    lines.say("Written.")
    wanted = f"packages written down, no install of them seen: requirements.txt (L{line})"
    assert (wanted in told(lines, tmp_path)) is not fetched


def test_review_comments_without_a_reply(tmp_path: Path) -> None:
    """Whoever read them and wrote none back left them open."""
    lines = begun()
    line = lines.bash("gh api repos/o/r/pulls/7/comments --paginate", '[{"id": 1, "body": "why?"}]')
    lines.say("Mended what they ask for.")
    assert f"review comments read, no reply to them seen (L{line})" in told(lines, tmp_path)
    lines.bash("gh api repos/o/r/pulls/7/comments/1/replies -f body='as it was'", '{"id": 2}')
    lines.say("Answered.")
    assert "no reply" not in told(lines, tmp_path)


def test_comments_on_a_request_that_was_merged_are_no_end(tmp_path: Path) -> None:
    """Nobody waits for a reply there."""
    lines = begun()
    lines.bash("gh pr create --fill", "https://host/o/r/pull/7")
    lines.bash("gh pr view 7 --comments", "mira\nchanges requested: why?")
    lines.say("Mended what they ask for.")
    assert "no reply to them seen" in told(lines, tmp_path)
    lines.bash("gh pr merge 7 --squash", "✓ Squashed and merged pull request #7 (Mend)")
    lines.say("Merged.")
    assert "no reply" not in told(lines, tmp_path)


@pytest.mark.parametrize("after", ["", "gh pr checks 7", "gh run list", "user", "gh pr merge 7"])
def test_checks_of_a_push_that_nobody_looked_at(tmp_path: Path, after: str) -> None:
    """Told of an open pull request, unless a call looked at them or the user spoke of them."""
    lines = begun()
    lines.bash("gh pr create --fill", "https://host/o/r/pull/7")
    line = lines.bash("git push", "To host:o/r\n   aaaaaaa..bbbbbbb  main -> main")
    if after == "user":
        lines.user("all checks passed")
    elif after:
        lines.bash(after, "build\tpass\t1m\thttps://host")
    lines.say("Pushed.")
    wanted = f"checks of pull request #7 after the last push: not looked up here (L{line})"
    assert (wanted in told(lines, tmp_path)) is (not after)


OPEN = '{"state":"OPEN","headRefName":"%s"}'


@pytest.mark.parametrize(
    ("looked", "output", "told_of"),
    [
        ("gh pr view 7 --repo o/other --json state", '{"state":"OPEN"}', False),
        ("gh pr view 7 --repo=o/other --json state", '{"state":"OPEN"}', False),
        ("gh pr view https://host/o/other/pull/7 --json state", '{"state":"OPEN"}', False),
        ("gh pr view 7 --json state,headRefName", OPEN % "lamps", False),
        ("gh pr view 7 --json state,headRefName", OPEN % "main", True),
        ("gh pr view 7 --repo source/R --json state", '{"state":"OPEN"}', True),
        ("gh pr view 7 --json state", '{"state":"OPEN"}', True),
        ("gh pr create --repo o/other --fill", "https://host/o/other/pull/7", False),
        ("gh pr create --head lamps --fill", "https://host/o/r/pull/7", False),
        (
            "gh pr create --fill",
            "Creating pull request for main into dev in o/r\n\nhttps://host/o/r/pull/7",
            True,
        ),
    ],
)
def test_a_push_belongs_to_no_pull_request_of_another_place(
    tmp_path: Path, looked: str, output: str, *, told_of: bool
) -> None:
    """One of another repository, or of another branch than was pushed, has nothing of it; a fork is no other."""
    lines = begun()
    lines.bash(looked, output)
    lines.bash("git push", "To host:o/r.git\n   aaaaaaa..bbbbbbb  main -> main")
    lines.say("Pushed.")
    assert ("checks of pull request #7" in told(lines, tmp_path)) is told_of


def test_a_pull_request_made_here_stays_of_here(tmp_path: Path) -> None:
    """Though a later call names its repository by a name that it has no more."""
    lines = begun()
    lines.bash("gh pr create --fill", "https://host/o/old/pull/7")
    lines.bash("gh pr view 7 --repo o/old --json state", '{"state":"OPEN"}')
    lines.bash("git push", "To host:o/r.git\n   aaaaaaa..bbbbbbb  main -> main")
    lines.say("Pushed.")
    assert "checks of pull request #7" in told(lines, tmp_path)


def test_runs_of_workflows_that_nobody_looked_at(tmp_path: Path) -> None:
    """Where a session changes what a push starts, and there is no pull request."""
    lines = begun()
    lines.write("/home/dev/app/.github/workflows/test.yml")
    line = lines.bash("git push", "To host:o/r\n   aaaaaaa..bbbbbbb  main -> main")
    lines.say("Pushed.")
    assert f"workflow runs after the last push: not looked up here (L{line})" in told(lines, tmp_path)
    lines.bash("gh run watch 5", "completed")
    lines.say("It is green.")
    assert "not looked up" not in told(lines, tmp_path)


@pytest.mark.parametrize("after", ["", "gh run watch 5", "gh pr merge --squash", "ci is green now"])
def test_ci_that_the_user_said_fails(tmp_path: Path, after: str) -> None:
    """Whether the push that is to mend it did is open, unless a call looked, somebody merged, or the user says it."""
    lines = begun()
    asked = lines.user("why is ci still failing on this branch?\nError: Process completed with exit code 1.")
    lines.edit("/home/dev/app/a.py")
    line = lines.bash("git push", "To host:o/r\n   aaaaaaa..bbbbbbb  main -> main")
    if after.startswith("ci"):
        lines.user(after)
    elif after:
        lines.bash(after, "completed")
    lines.say("Pushed, the next run is green.")
    wanted = f"CI, of which the user spoke (L{asked}), after the last push: not looked up here (L{line})"
    assert (wanted in told(lines, tmp_path)) is (after == "")


@pytest.mark.parametrize(
    "said", ["please add ci for the docs", "run npm ci, that fails here", "mend .github/ci.yml, it is broken"]
)
def test_what_is_no_word_on_a_failing_ci(tmp_path: Path, said: str) -> None:
    """A wish for one, the command of that name, and a file of that name."""
    lines = begun()
    lines.user(said)
    lines.bash("git push", "To host:o/r\n   aaaaaaa..bbbbbbb  main -> main")
    lines.say("Pushed.")
    assert "not looked up" not in told(lines, tmp_path)
