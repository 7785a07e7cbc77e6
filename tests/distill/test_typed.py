"""Commands that the user runs in the session, and what the user says of the result."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.questions import ends_in_question, next_of
from spread.distill.results import approves, judges
from tests.distill.lines import CWD, Lines

PASSED = "3 passed in 0.1s"


def done(command: str = "pytest -q", printed: str = PASSED) -> Lines:
    """Return a record with an edit, a check of it, and a report."""
    lines = Lines()
    lines.user("Make the cart round half up")
    lines.edit(f"{CWD}/cart.py")
    lines.bash(command, printed)
    lines.say("Done.")
    return lines


def typed(lines: Lines, command: str, out: str = "", errors: str = "") -> int:
    """Add a command of the user's and what it printed, as the client writes both."""
    lines.user(f"<bash-input> {command}</bash-input>")
    return lines.user(f"<bash-stdout>{out}</bash-stdout><bash-stderr>{errors}</bash-stderr>")


def test_a_check_that_the_user_ran_counts(tmp_path: Path) -> None:
    """One that fails prints all as errors, with its signs escaped."""
    lines = done()
    at = typed(
        lines, "npm run build", errors="error TS2304: Cannot find name &#x27;halfUp&#x27; in &lt;Cart&gt;."
    )
    made = distill(lines.save(tmp_path), machine="laptop")
    assert (made.state, made.validation.command, made.validation.at) == ("failing", "npm run build", f"L{at}")
    assert "Cannot find name 'halfUp' in <Cart>" in made.validation.failure
    typed(lines, "npm run build", out="✓ built in 1.2s")
    assert distill(lines.save(tmp_path), machine="laptop").state == "validated"


@pytest.mark.parametrize(
    ("command", "out", "errors", "state"),
    [
        ("npm test", "", "Something exploded in the harness", "needs verification"),
        ("npm test", "", "Terminated", "needs verification"),
        ("npm test", "", "", "needs verification"),
        ("make check", "", "mismatch in a.json", "needs verification"),
        ("npm run lint", "✖ 3 problems (3 errors, 0 warnings)", "", "needs verification"),
        ("npm test", "", "Tests:       32 passed, 32 total", "validated"),
        ("npx tsc --noEmit", "", "", "validated"),
    ],
)
def test_a_check_of_the_user_without_an_exit_code(
    command: str, out: str, errors: str, state: str, tmp_path: Path
) -> None:
    """It passed only where it says so, or is of those that say nothing then."""
    lines = Lines()
    lines.user("Make the cart round half up")
    lines.edit(f"{CWD}/cart.ts")
    lines.say("Done.")
    typed(lines, command, out, errors)
    assert distill(lines.save(tmp_path), machine="laptop").state == state


@pytest.mark.parametrize(
    ("command", "errors", "pushed"),
    [
        ("git push", "To github.com:a/b.git\n   0a1b2c3..1a2b3c4  main -&gt; main", True),
        ("git push", "Everything up-to-date", True),
        ("git push -q", "", True),
        ("git push", "", False),
        ("git push", "kex_exchange_identification: Connection closed by remote host", False),
    ],
)
def test_a_push_of_the_user(command: str, errors: str, pushed: bool, tmp_path: Path) -> None:
    """Git tells as errors that it went well; what says nothing of the kind did not, unless it was to be quiet."""
    lines = done()
    typed(lines, command, errors=errors)
    assert ("repository: pushed" in lines.page(tmp_path)) == pushed


def test_errors_of_a_move_move_nothing(tmp_path: Path) -> None:
    """Whatever words they are in."""
    lines = done()
    typed(lines, "mv cart.py basket.py", errors="mv: cannot stat cart.py")
    assert list(distill(lines.save(tmp_path), machine="laptop").files.modified) == ["cart.py"]


def test_what_the_user_did_to_files(tmp_path: Path) -> None:
    """A command of the user's changes files as one of the agent's does; one that failed does not."""
    lines = done()
    typed(lines, "rm cart.py", errors="rm: cannot remove &#x27;cart.py&#x27;: No such file or directory")
    assert list(distill(lines.save(tmp_path), machine="laptop").files.modified) == ["cart.py"]
    typed(lines, "git mv cart.py basket.py", out="(Bash completed with no output)")
    renamed = distill(lines.save(tmp_path), machine="laptop").files.renamed
    assert [(each.old, each.new) for each in renamed] == [("cart.py", "basket.py")]


def test_a_slip_of_the_user_is_no_failure_of_the_work(tmp_path: Path) -> None:
    """What is no check and fails is told nowhere."""
    lines = done()
    typed(lines, "gti status", errors="/bin/bash: line 1: gti: command not found")
    made = distill(lines.save(tmp_path), machine="laptop")
    assert made.state == "validated"
    assert not made.failed


@pytest.mark.parametrize("said", ["still shows 2.67 in the browser", "no luck", "it still crashes on start"])
def test_no_green_check_outweighs_the_user(said: str, tmp_path: Path) -> None:
    """Tests pass, and the user says that it does not work: until an edit it is not validated."""
    assert judges(said)
    assert not approves(said)
    lines = done()
    lines.user(said)
    lines.say("The page is cached.")
    assert distill(lines.save(tmp_path), machine="laptop").state == "needs verification"
    lines.edit(f"{CWD}/cart.py")
    lines.bash("pytest -q", PASSED)
    lines.say("Done.")
    assert distill(lines.save(tmp_path), machine="laptop").state == "validated"


@pytest.mark.parametrize("said", ["it still needs a test", "still working on it", "works, thanks"])
def test_words_that_deny_nothing(said: str) -> None:
    """`still` alone says nothing of a failure."""
    assert not judges(said) or approves(said)


def test_what_the_agent_leaves_to_the_user_to_do() -> None:
    """An order to the user is what comes next; what the agent will not do is not."""
    order = "Please run `make migrate` on the staging box and tell me the output."
    assert next_of(f"Done.\n\n{order}") == order
    assert ends_in_question(order)
    assert next_of("I will not run the tests. I'll leave the config alone.") == ""


def test_a_command_of_the_user_answers_nothing(tmp_path: Path) -> None:
    """It is run with a question in view, which the next words of the user answer."""
    lines = done()
    lines.say("Which lamp is next?\n- A) The northern lamp\n- B) Some other lamp?")
    typed(lines, "git status", out="nothing to commit, working tree clean")
    lines.user("B, the one at the pier")
    lines.edit(f"{CWD}/pier.py")
    lines.say("It is lit.")
    lines.user("and the bells?")
    lines.say("They ring.")
    page = lines.page(tmp_path)
    assert "git status (to the agent's question" not in page
    assert "“git status”" not in page
    assert "the one at the pier" in page
