"""What a narrower test run that passed says of a wider one that failed."""

from pathlib import Path

import pytest

from spread.distill import distill
from spread.distill.narrow import answers, covers, failed_in, kept
from spread.distill.runs import Run, run_of
from spread.distill.shell import split
from spread.redact import Redactor
from spread.transcript_events import Call
from tests.distill.lines import CWD, Lines

LISTED = "FAILED tests/test_b.py::test_two - AssertionError: 1 != 2\n==== 1 failed, 9 passed in 0.1s ===="
SHORT = "==== 1 failed, 9 passed in 0.1s ===="
SUITES = "FAIL src/b.test.ts\n  ● adds\n\nTest Suites: 1 failed, 4 passed, 5 total\nTests:       1 failed, 9 passed"
RUST = "test parse::empty ... FAILED\ntest result: FAILED. 3 passed; 1 failed; 0 ignored"


def _run(command: str, output: str = "", *, ok: bool = True) -> Run:
    call = Call(1, "t", "Bash", {"command": command}, result_line=2, ok=ok, output=output)
    found = run_of(call, split(command))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("failed", "output", "passed", "wanted"),
    [
        ("pytest", SHORT, "pytest -q --tb short -n 4", True),
        ("pytest", SHORT, "cd app && python -m pytest . | tail -3", True),
        ("pytest tests/unit", SHORT, "pytest tests", True),
        ("pytest tests/unit", SHORT, "pytest -x tests/unit tests/more", True),
        ("pytest -k 'a or b'", SHORT, "pytest -k 'a or b'", True),
        ("go test ./a ./b", "FAIL", "go test ./...", True),
        ("cargo test", RUST, "cargo test --workspace", True),
        ("npm test", SHORT, "npm test", True),
        ("Invoke-Pester -Path ./t -Output Detailed", SHORT, "Invoke-Pester -Path ./t -Output Minimal", True),
        ("Invoke-Pester -Path ./t", SHORT, "Invoke-Pester -Path ./t/a.Tests.ps1", False),
        ("Invoke-Pester ./t", SHORT, "Invoke-Pester ./t -TagFilter fast", False),
        ("pytest", SHORT, "pytest tests/test_b.py", False),
        ("pytest", SHORT, "pytest -k two", False),
        ("pytest", SHORT, "pytest --deselect tests/test_b.py::test_two", False),
        ("pytest", LISTED, "pytest --deselect tests/test_b.py::test_two", False),
        ("pytest", SHORT, "pytest --ignore=tests/test_b.py", False),
        ("pytest", SHORT, "pytest -ktwo", False),
        ("cargo test", RUST.replace("parse", "x"), "cargo test -p small", False),
        ("phpunit", SHORT, "phpunit --testsuite unit", False),
        ("npm test", SHORT, "npm run test:unit", False),
        ("pytest", SHORT, "npm test", False),
        ("go test ./...", SHORT, "go test -short ./...", False),
        ("pnpm test", SHORT, "pnpm --filter web test", False),
        ("cargo test", "1 failed", "cargo test --lib", False),
        ("cd back && npm test", SHORT, "cd front && npm test", False),
        ("pytest", f"{LISTED[:-10]}, 2 errors", "pytest tests/test_b.py", False),
        ("npm test", SHORT, "npm run test:ci", True),
        ("pytest -p no:cacheprovider", SHORT, "pytest -p no:cov", True),
        ("pytest", SHORT, "pytest -m 'not slow'", False),
        ("pytest tests", SHORT, "pytest tests/test_b.py", False),
        ("pytest tests/test_a.py", SHORT, "pytest tests/test_b.py", False),
        ("pytest tests/a.py tests/b.py", SHORT, "pytest tests/a.py", False),
        ("pytest tests", SHORT, "pytest packages/core/tests", False),
        ("pytest packages/core/tests", SHORT, "pytest tests", False),
        ("cd packages/core && pytest tests", SHORT, "pytest packages/core/tests", True),
        ("pytest packages/core/tests", SHORT, "cd packages/core && pytest tests", True),
        ("cd packages/core && pytest tests", SHORT, "pytest tests", False),
        ("cd app && pytest", LISTED, "pytest app/tests/test_b.py", True),
        ("cd app && pytest", LISTED, "pytest tests/test_b.py", False),
        ("pytest /srv/app/tests", SHORT, "pytest app/tests", True),
        ("pytest app/tests", SHORT, "pytest /srv/app/tests", True),
        ("npx jest core/src/a.test.ts", SUITES, "npx jest src/a.test.ts", True),
        ("npx jest src/a.test.ts", SHORT, "npx jest core/src/a.test.ts", False),
        ("pytest -m two", SHORT, "pytest -m two", True),
        ("pytest", LISTED, "pytest -m two", False),
        ("pytest", LISTED, "pytest -k one", False),
        ("cargo test", RUST, "cargo test -p parse", False),
        ("go test ./...", "FAIL", "go test ./a", False),
        ("go test ./a/b", "FAIL", "go test ./a", False),
        ("go test ./a/...", "FAIL", "go test ./a", False),
        ("go test ./a/b", "FAIL", "go test ./a/...", True),
        ("go test ./a/...", "FAIL", "go test ./a/...", True),
        ("go test ./a", "FAIL", "go test ./a -run TestOne", False),
        ("npm test", SHORT, "npm test -- src/b.test.ts", False),
        ("pytest", SHORT, "find tests | xargs pytest", False),
        ("pytest", LISTED, "pytest tests/test_b.py", True),
        ("pytest", LISTED, "pytest tests/test_b.py::test_two -v", True),
        ("pytest", LISTED, "pytest -k two", True),
        ("pytest", LISTED, "pytest tests", True),
        ("pytest", LISTED, "pytest tests/test_a.py", False),
        ("pytest", LISTED, "pytest -k 'two and not slow'", False),
        ("pytest", LISTED.replace("1 failed", "2 failed"), "pytest tests/test_b.py", False),
        ("npx jest", SUITES, "npx jest src/b.test.ts", True),
        ("npx jest", SUITES, "npx jest src/b.test.ts -t adds", False),
        ("npx jest", SUITES, "npx jest src/a.test.ts", False),
        ("cargo test", RUST, "cargo test parse::", True),
        ("cargo test", RUST, "cargo test lex", False),
    ],
)
def test_what_a_run_that_passed_answers(failed: str, output: str, passed: str, wanted: bool) -> None:
    """A whole run, or one of the same, ran all that failed; a narrower one only where all that failed is listed."""
    assert covers(_run(passed), _run(failed, output, ok=False)) == wanted


def test_a_run_is_where_its_line_went_before_it() -> None:
    """Also where the way there is not the first thing that a line does, or is inside what a shell is given."""
    failed = _run("bash -c 'cd ~/copy && go test ./...'", "FAIL", ok=False)
    assert covers(_run("bash -c 'rm -rf ~/copy/a && cd ~/copy && go test ./... | tail -3'"), failed)
    assert not covers(_run("bash -c 'cd ~/other && go test ./...'"), failed)


def test_no_words_answer_nothing_that_failed() -> None:
    """What lists no failing test, or fewer than it counts, lists nothing."""
    assert failed_in("3 failed") == failed_in("FAILED a.py::b\n3 failed") == failed_in("") == []
    assert not answers(["pytest", "a.py"], ["pytest"], [])


def test_a_wide_failure_is_kept_before_narrower_runs() -> None:
    """Runs after it do not push it out, but for one that ran all of it."""
    wide, narrow = _run("pytest", SHORT, ok=False), _run("pytest a.py", "== 1 passed in 1s ==")
    assert kept([wide, *[narrow] * 4], 4) == [wide, *[narrow] * 3]
    whole = _run("pytest", "== 9 passed in 1s ==")
    assert kept([wide, whole, *[narrow] * 3], 4) == [whole, *[narrow] * 3]
    assert kept([narrow, wide, *[narrow] * 3], 4) == [wide, *[narrow] * 3]


def _page(folder: Path, output: str, *then: str) -> str:
    lines = Lines()
    lines.user("Fix the parser so that empty lines are kept.")
    lines.edit(f"{CWD}/src/a.py")
    lines.bash("pytest", output, code=1)
    lines.say("Let me look at the lexer.")
    lines.bash("cat src/a.py", "x = 1")
    lines.say("The root cause is the lexer, which drops the empty line.")
    lines.edit(f"{CWD}/src/a.py")
    for command in then:
        lines.bash(command, "==== 3 passed in 0.1s ====")
    lines.say("Done.")
    return distill(lines.save(folder), machine="m", redactor=Redactor({})).to_markdown()


def test_a_narrower_pass_leaves_the_wider_failure(tmp_path: Path) -> None:
    """It is told that what failed is not known to have passed, and nothing is validated by it."""
    page = _page(tmp_path, SHORT, *["pytest tests/test_a.py"] * 6)
    assert "State: needs verification" in page
    assert "`pytest` failed, and what failed in it is not known to have passed since" in page
    assert "then it passed" not in page
    assert "later passed" not in page


@pytest.mark.parametrize(("output", "then"), [(LISTED, "pytest tests/test_b.py"), (SHORT, "pytest -q")])
def test_a_pass_of_what_failed_answers_it(tmp_path: Path, output: str, then: str) -> None:
    """A run of the failing tests, or of all, is what the failure waited for."""
    page = _page(tmp_path, output, then)
    assert "State: validated" in page
    assert "narrower" not in page
    assert "then it passed" in page
    assert f"later passed after editing a.py (`a` → `b`): `{then}`" in page


def test_a_wider_failure_names_its_tests(tmp_path: Path) -> None:
    """Where the output lists them."""
    page = _page(tmp_path, LISTED.replace("1 failed", "2 failed"), "pytest tests/test_a.py")
    assert "`pytest` failed on test_two, and what failed in it is not known to have passed since" in page


def test_a_copy_is_checked_for_what_was_copied(tmp_path: Path) -> None:
    """A pass where a line has just copied the project to is one of the project."""
    page = _page(tmp_path, SHORT, "rm -rf /tmp/c && cp -r . /tmp/c && cd /tmp/c && pytest")
    assert "where no file was edited" not in page


def test_a_run_that_names_the_test_as_passed_ran_it(tmp_path: Path) -> None:
    """Whatever it was narrowed to; of one whose end alone was shown the names stand below `failures:`."""
    ends = "failures:\n    reads_two\n\ntest result: FAILED. 1 passed; 1 failed; 0 ignored"
    assert failed_in(f"{ends}\n\nerror: test failed") == [("reads_two", "rs")]
    for listed, told in (("test reads_two ... ok\n", True), ("test reads_one ... ok\n", False)):
        lines = Lines()
        lines.user("please mend the reader")
        lines.bash("cargo test --workspace", f"---- reads_two stdout ----\nx\n\n{ends}\n\nerror: y", code=101)
        lines.edit("/home/dev/app/src/a.rs")
        lines.bash("cargo test -p small", f"{listed}test result: ok. 1 passed; 0 failed; 0 ignored")
        lines.say("It reads.")
        assert any("never seen to pass" in text for text in lines.distilled(tmp_path).failed) != told


MAVEN = (
    "[ERROR] Failures: \n[ERROR]   LampTest.burns:41 expected:<1> but was:<2>\n"
    "[ERROR]   LampTest.glows:26 expected:<1> but was:<0>\n"
    "[ERROR] Tests run: 6, Failures: 2, Errors: 0, Skipped: 0"
)


@pytest.mark.parametrize(
    ("failed", "output", "passed", "wanted"),
    [
        ("mvn test", MAVEN, "mvn -q -Dtest=LampTest test", True),
        ("mvn test", MAVEN, "mvn -q -Dtest=OilTest test", False),
        ("mvn test", MAVEN.replace("Failures: 2", "Failures: 3"), "mvn -q -Dtest=LampTest test", False),
        ("pytest -x", SHORT, "pytest -x --lf", True),
        ("pytest tests/unit", SHORT, "pytest --last-failed -q", True),
        ("pytest", SHORT, "pytest --lf tests/test_a.py", False),
        ("pytest", SHORT, "pytest --lf -k two", False),
        ("npm test", SHORT, "pytest --lf", False),
    ],
)
def test_what_runs_again_what_failed_answers_it(failed: str, output: str, passed: str, wanted: bool) -> None:
    """By the class that Maven names with each, or as the runner itself remembers what failed."""
    assert covers(_run(passed), _run(failed, output, ok=False)) is wanted


def test_a_pass_answers_what_failed_at_the_end_of_a_long_line(tmp_path: Path) -> None:
    """What checks there is known, however much was written before it."""
    lines = Lines()
    lines.user("please mend the reader")
    script = "".join(f"def test_{at}():\n    assert read({at}) == {at}\n" for at in range(40))
    lines.bash(f"cat > tests/test_b.py <<'X'\n{script}X\npytest -x", LISTED, code=1)
    lines.edit("/home/dev/app/src/a.py")
    lines.bash("pytest -x --lf", "==== 1 passed in 0.1s ====")
    lines.bash("pytest", SHORT, code=1)
    lines.say("It reads.")
    failed = " ".join(lines.distilled(tmp_path).failed)
    assert "later passed after editing a.py (`a` → `b`): `pytest -x --lf`" in failed


def test_what_a_loop_passed_is_not_said_to_have_never_passed(tmp_path: Path) -> None:
    """Which of its turns did what failed, only the loop knows."""
    for command in ("cargo clippy $f", "cargo clippy -p a"):
        lines = Lines()
        lines.user("please mend the reader")
        lines.bash("cargo clippy -p b", "error: unneeded `return` statement", code=101)
        lines.edit("/home/dev/app/src/a.rs")
        lines.bash(
            f"for f in '' '-p b'; do {command} || exit 1; done && cargo test",
            "test result: ok. 1 passed; 0 failed",
        )
        lines.say("It is clean.")
        failed = " ".join(lines.distilled(tmp_path).failed)
        assert ("never seen to pass" in failed) == ("$" not in command)


@pytest.mark.parametrize(
    "line",
    [
        "cp -r . /tmp/c && sed -i s/1/2/ /tmp/c/a.py && cd /tmp/c && pytest",
        "cp -r . /tmp/c && echo x > /tmp/c/a.py && cd /tmp/c && pytest",
        "terraform -chdir=/tmp/c validate",
    ],
)
def test_what_is_checked_elsewhere_is_no_check_of_the_project(tmp_path: Path, line: str) -> None:
    """A copy that was changed for a try is another one, and so is a folder that a command is sent to."""
    lines = Lines()
    lines.user("mend the parser of the lists")
    lines.edit("/home/dev/app/a.py")
    lines.bash(line, "Success! The configuration is valid." if "terraform" in line else "3 passed in 0.1s")
    lines.say("It is mended.")
    assert lines.distilled(tmp_path).state == "needs verification"
    assert "where no file was edited" in lines.page(tmp_path)
