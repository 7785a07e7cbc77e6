"""Formatters that answer their own checks, tests that answer builds, and lines that end in what failed."""

from pathlib import Path

import pytest

from tests.distill.lines import CWD, Lines


def page_of(tmp_path: Path, *ran: tuple[str, str, int]) -> str:
    """Return the page of a session that edits a file and runs some commands, each with its output and exit code."""
    lines = Lines()
    lines.user("light the lamps")
    lines.edit(f"{CWD}/lamps.py")
    for source, output, code in ran:
        lines.bash(source, output, code=code) if source else lines.edit(f"{CWD}/lamps.py")
    lines.say("They are lit.")
    return lines.page(tmp_path)


@pytest.mark.parametrize(
    ("check", "writes"),
    [
        ("cargo fmt --all --check", "cargo fmt --all"),
        ("black --check .", "black ."),
        ("npx prettier --check src", "npx prettier --write src"),
        ("vendor/bin/pint --test", "vendor/bin/pint"),
        ("terraform fmt -check -recursive", "terraform fmt -recursive"),
        ("dotnet format --verify-no-changes", "dotnet format"),
    ],
)
def test_a_formatter_does_what_its_check_asks_for(tmp_path: Path, check: str, writes: str) -> None:
    """Once it ended well, nothing is left that its check could say."""
    page = page_of(tmp_path, (check, "FAIL 1 file, 1 style issue", 1), (writes, "", 0))
    assert "**State: validated**" in page
    assert f"then worked: `{writes}`" in page
    assert f"make `{check}` pass" not in page


@pytest.mark.parametrize(
    ("check", "writes", "code"),
    [
        ("black --check .", "black lamps.py", 0),  # not all of it
        ("black --check .", "black . | tail -1", 0),
        ("black --check .", "black .", 123),
        ("ruff check .", "ruff format .", 0),
    ],
)
def test_a_check_that_no_formatter_answers(tmp_path: Path, check: str, writes: str, code: int) -> None:
    """What it writes is less than what was looked at, or nobody knows whether it did."""
    page = page_of(tmp_path, (check, "lamps.py is to be formatted", 1), (writes, "", code))
    assert "**State: failing**" in page


def test_a_formatter_alone_is_no_check(tmp_path: Path) -> None:
    """Nothing asked for it: it says nothing of what was there."""
    page = page_of(tmp_path, ("cargo fmt", "", 0))
    assert "no test, build, lint or type check seen" in page


ERROR = "error: could not compile `lamps` (lib) due to 1 previous error"
PASSED = "test result: ok. 3 passed; 0 failed; 0 ignored"


@pytest.mark.parametrize(
    ("built", "tested", "answered"),
    [
        ("cargo build --workspace", "cargo test --workspace", True),
        ("cargo build --release", "cargo test", False),
        ("cargo build", "cargo test -p gate", False),
    ],
)
def test_tests_show_that_all_is_built(tmp_path: Path, built: str, tested: str, answered: bool) -> None:
    """Of programs that build all before they test."""
    page = page_of(tmp_path, (built, ERROR, 101), ("", "", 0), (tested, PASSED, 0))
    failed = page.partition("## Failed")[2]
    assert (f"`{tested}`" in failed) is answered


def test_a_line_that_ends_in_what_failed_answers_it(tmp_path: Path) -> None:
    """What stands before it, as a check whose exit code a pipe hides, does not matter."""
    again = "terraform plan -out=pier.tfplan | tail -1 && terraform apply pier.tfplan"
    page = page_of(
        tmp_path,
        ("terraform apply pier.tfplan", "Error: Saved plan is stale", 1),
        (again, "Saved the plan to: pier.tfplan\nApply complete! Resources: 1 added", 0),
    )
    assert "Error: Saved plan is stale; then worked: `terraform plan" in page


def test_a_line_that_begins_with_what_failed_answers_it(tmp_path: Path) -> None:
    """What runs only behind it shows that it worked, and what answered it keeps what was said of it."""
    lines = Lines()
    lines.user("please write the migration")
    failed = "cp dev.db copy.db && ./migrate.sh copy.db"
    lines.bash(failed, 'Parse error near line 2: near "(": syntax error', code=1)
    lines.say("An expression as default needs parentheses in SQLite.")
    lines.edit(f"{CWD}/migrations/003_due.sql")
    lines.bash(f"{failed} && sqlite3 copy.db 'SELECT count(*) FROM loan JOIN member USING (id)'", "3")
    page = lines.page(tmp_path)
    assert (
        "syntax error; the agent: “An expression as default needs parentheses in SQLite.”; then worked: `cp dev.db"
        in page
    )


def test_the_edit_of_what_the_agent_named_is_the_cure(tmp_path: Path) -> None:
    """One that came later, of something else, is none."""
    lines = Lines()
    lines.user("please drop the trials")
    lines.bash("./run.py", "TypeError: '>=' not supported between instances of 'str' and 'int'", code=1)
    lines.say("The csv gives strings, so I need `int(...)` around the months.")
    for old, new in (
        ("rows['months'] >= 3", "int(rows['months']) >= 3"),
        ("bar(rates)", "bar([*plans, 'all'])"),
    ):
        lines.tool("Edit", {"file_path": f"{CWD}/churn.py", "old_string": old, "new_string": new})
    lines.bash("./run.py", "all ran")
    page = lines.page(tmp_path)
    assert "after editing churn.py (`rows['months'] >=` → `int(rows['months']) >=`)" in page


def test_a_no_to_a_question_of_the_user_takes_nothing_back(tmp_path: Path) -> None:
    """What the agent said of a failure stands, though the answer speaks of some of the same."""
    lines = Lines()
    lines.user("please write the migration")
    lines.bash("./migrate.sh copy.db", 'Parse error near line 2: near "(": syntax error', code=1)
    lines.say("An expression as default needs parentheses in SQLite.")
    lines.edit(f"{CWD}/migrations/003_due.sql")
    lines.user("will it run in production too?")
    lines.say(
        "No, not as it is: an expression of SQLite as default needs another syntax there, because it is Postgres."
    )
    assert "the agent: “An expression as default needs parentheses in SQLite.”" in lines.page(tmp_path)


def test_what_a_terminal_was_told_is_no_part_of_a_failure(tmp_path: Path) -> None:
    """Some programs set the letters back to those of the language with each colour."""
    page = page_of(tmp_path, ("cargo fmt --check", "\x1b[31m-    light()\n\x1b(B\x1b[m+light()", 1))
    assert "+light()" in page
    assert "(B" not in page
