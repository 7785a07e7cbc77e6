"""What the hooks of a commit or a push ran."""

import pytest

from spread.distill.hooks import is_blocked, is_done, shows_steps, steps


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
