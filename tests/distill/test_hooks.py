"""What the hooks of a commit or a push ran."""

from pathlib import Path

import pytest

from spread.distill.hooks import is_blocked, is_done, shows_steps, steps
from tests.distill.lines import CWD, Lines

BAD = "  ● adds\n\nTests:       1 failed, 2 passed, 3 total\nTime:        0.4 s"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("$ tsc --noEmit", ("types", "tsc --noEmit", None)),
        ("> eslint src", ("lint", "eslint src", None)),
        ("✔️ typecheck (2.18 seconds)", ("types", "typecheck", True)),
        ("🥊 unit-test (0.34 seconds)", ("test", "unit-test", False)),
        ("ruff check...............................Passed", ("lint", "ruff check", True)),
        ("mypy.....................................Failed", ("types", "mypy", False)),
    ],
)
def test_steps_as_their_runners_print_them(line: str, wanted: tuple[str, str, bool | None]) -> None:
    """Script runners print the command, lefthook and pre-commit how each step went."""
    (step,) = steps(f"before\n{line}\nafter")
    assert (step.kind, step.name, step.went) == wanted
    assert shows_steps(line)


def test_what_validates_nothing_is_no_step() -> None:
    """A formatter, a package's heading and plain words are not told."""
    assert steps("> app@1.0.0 lint\n$ prettier --write .\nfix spaces....Passed\nall tests passed") == ()
    assert steps("") == ()


def test_each_step_has_its_own_output() -> None:
    """What a step printed ends where the next one begins."""
    first, second = steps("$ pytest\n3 passed\n$ mypy .\nfine")
    assert (first.output.strip(), second.output.strip()) == ("3 passed", "fine")


def test_git_says_when_hooks_let_it() -> None:
    """The line of a commit and that of a pushed branch come only after the hooks."""
    assert is_done("[main abc1234] x")
    assert is_done("[main (root-commit) abc1234] x")
    assert is_done("   aaaaaaa..bbbbbbb  main -> main")
    assert not is_done("$ pytest\n3 passed")


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("husky - pre-commit script failed (code 1)", True),
        ("husky - pre-push hook exited with code 2 (error)", True),
        ("husky > pre-commit hook failed (add --no-verify to bypass)", True),
        ("ruff check......Failed\n- hook id: ruff\n- exit code: 1", True),
        ("🥊 unit-test (0.34 seconds)", True),
        ("FAILED: git commit\n3 pass", True),
        ("🥊 unit-test (0.34 seconds)\n[main abc1234] x", False),
        ("husky - pre-commit script ran\n1 failed as it should", False),
        ("mypy......Passed", False),
    ],
)
def test_runners_say_that_a_hook_stands_in_the_way(output: str, wanted: bool) -> None:
    """Their words tell it where a pipe hides the exit code; git's own line after them tells the opposite."""
    assert is_blocked(output) == wanted


@pytest.mark.parametrize(
    ("command", "output", "outcome", "in_vain"),
    [
        ("git commit -m 'mend it' 2>&1 | tail -15", BAD, "failed", True),
        ("git add -A && git commit -m 'mend it' 2>&1 | tail -n 3", BAD, "failed", True),
        (
            "git commit -m 'mend it' | tail -15",
            f"{BAD}\n 1 file changed, 1 insertion(+)",
            "none observed",
            False,
        ),
        ("git commit -m 'mend it' | tail -1", " create mode 100644 b.py", "none observed", False),
        ("git commit -q -m 'mend it' | tail -15", BAD, "none observed", False),
        ("git commit -m 'mend it' | head -3", BAD, "none observed", False),
        ("git push 2>&1 | tail -4", f"{BAD}\nerror: failed to push some refs to 'x'", "failed", False),
    ],
)
def test_only_the_end_of_what_hooks_printed(
    command: str, output: str, outcome: str, in_vain: bool, tmp_path: Path
) -> None:
    """Git tells last what it committed: an end with a failure and nothing of that is of a hook that refused."""
    lines = Lines()
    lines.user("please mend the totals")
    lines.edit(f"{CWD}/calc.py")
    lines.bash(command, output)
    lines.say("Done.")
    made = lines.distilled(tmp_path)
    assert (made.validation.outcome, "a commit (tried in vain)" in lines.page(tmp_path)) == (outcome, in_vain)
