"""Checks of whose output a filter lets little through, and checks that other programs run or cut short."""

import pytest

from spread.distill.runs import checked, run_of
from spread.distill.shell import split
from spread.distill.validation import judged
from spread.transcript_events import Call

PYTEST = "12 passed, 1 skipped in 0.31s"
CARGO = "test result: ok. 4 passed; 0 failed; 0 ignored\ntest result: ok. 0 passed; 0 failed; 0 ignored"
CTEST = "100% tests passed, 0 tests failed out of 12"


def outcome(command: str, output: str = "", code: int = 0) -> str:
    text = f"Exit code {code}\n{output}" if code else output
    call = Call(1, "t", "Bash", {"command": command}, result_line=2, ok=code == 0, output=text)
    found = run_of(call, split(command))
    return judged(found, {})[-1].outcome if found else "none"


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("pytest | grep passed", PYTEST, "passed"),
        ("bun test nope", "bun test v1.2.0\n\n 0 pass\n 0 fail", "unknown"),
        ("bun test", "3 pass\n0 fail", "passed"),
        ("fish -c 'pytest -q | tail -1'", "1 failed, 3 passed in 0.2s", "failed"),
        ('npm test; Write-Host "exit $LASTEXITCODE"', "exit 1", "failed"),
        ('npm test; Write-Host "exit $LASTEXITCODE"', "exit 0", "passed"),
        ("uv run pytest -q 2>&1 | grep -E 'passed|warnings' | tail -1", PYTEST, "passed"),
        ("ctest --test-dir build | grep 'tests passed'", CTEST, "passed"),
        ("mypy src | grep -v note", "Success: no issues found in 9 source files", "passed"),
        ("vendor/bin/phpunit | grep OK", "OK (12 tests, 31 assertions)", "passed"),
        ("bundle exec rspec | grep examples", "12 examples, 0 failures", "passed"),
        ("go test ./... 2>&1 | grep -v 'no test files'", "ok  \tx/a\t0.01s", "passed"),
        ("cargo test -q 2>&1 | grep -vE '^$|running|Compiling' | tail -9; git log -1", CARGO, "passed"),
        ("cargo test -q | grep -vE '^$|resul'; git log -1", "....", "unknown"),
        ("npx jest 2>&1 | grep -v Browserslist | tail -6", "Tests:       4 passed, 4 total", "passed"),
        ("npx jest | grep -vf noise.txt", "Tests:       4 passed, 4 total", "unknown"),
        ("npx jest | grep -v 'T.*l'", "Tests:       4 passed, 4 total", "unknown"),
        ("pytest | grep passed", "1 failed, 12 passed in 0.31s", "failed"),
        ("pytest | head -3", f"...\n\n{PYTEST}", "unknown"),
        ("pytest | awk '/passed/'", PYTEST, "unknown"),
        ("for each in a b; do pytest $each | grep passed; done", PYTEST, "unknown"),
        ("for each in a b; do pytest $each | grep passed; done", f"{PYTEST}\n{PYTEST}", "unknown"),
        ("pytest a | grep passed; pytest b | grep passed", PYTEST, "unknown"),
        ("cargo test | grep ok", "test result: ok. 3 passed; 0 failed; 0 ignored", "unknown"),
        ("npx jest | grep Tests:", "Tests:       4 passed, 4 total", "unknown"),
        ("make test | grep passed", PYTEST, "unknown"),
        ("pytest | tail -2; grep LIMIT app/limits.py; git push", f"{PYTEST}\nLIMIT = 3", "passed"),
        ("ctest | tail -4; git diff --stat", f"{CTEST}\n 1 file changed", "passed"),
        ("(cd a; pytest) | grep passed; git push", "4 passed", "unknown"),
    ],
)
def test_the_one_line_that_tells_of_all(command: str, output: str, wanted: str) -> None:
    """What a tool sums up in one line tells of a failure in the same line, so that a filter cannot take that away."""
    assert outcome(command, output) == wanted


def test_one_of_two_checks_tells_of_itself() -> None:
    """What a filter may have taken of the build says nothing of the tests behind it."""
    command = "cmake --build out | grep -E 'error|warning'; ctest --test-dir out | tail -3; git status -s"
    call = Call(1, "t", "Bash", {"command": command}, result_line=2, ok=True, output=f"{CTEST}\n M a.cpp")
    found = run_of(call, split(command))
    assert found is not None
    assert {check.kind: check.outcome for check in judged(found, {})} == {
        "build": "unknown",
        "test": "passed",
    }


@pytest.mark.parametrize(
    ("command", "output", "code", "wanted"),
    [
        ("npx tsc --noEmit | wc -l", "0", 0, "passed"),
        ("npx tsc --noEmit 2>&1 | wc -l", "       7", 0, "failed"),
        ("npx tsc --noEmit | grep -c 'error TS'", "4", 0, "failed"),
        ("npx tsc --noEmit | grep -c 'error TS'", "0", 1, "unknown"),
        ("cargo build 2>&1 | grep -c 'error\\['", "2", 0, "failed"),
        ("go test ./... | grep -c FAIL", "1", 0, "failed"),
        ("npx eslint . | wc -l", "0", 0, "unknown"),
        ("npm test | wc -l", "9", 0, "unknown"),
        ("npm test | grep -c passed", "9", 0, "unknown"),
        ("npm test | grep -c error", "1", 0, "unknown"),
        ("npx tsc --noEmit | wc -l && date", "0\n2026", 0, "unknown"),
    ],
)
def test_lines_that_were_counted(command: str, output: str, code: int, wanted: str) -> None:
    """The number of errors tells whether there were any, where only errors are counted."""
    assert outcome(command, output, code) == wanted


@pytest.mark.parametrize(
    ("command", "output", "code", "wanted"),
    [
        ("npm test > /tmp/log 2>&1 || tail -20 /tmp/log", "  x sum > adds", 0, "failed"),
        ("npm test > /tmp/log 2>&1 || tail -20 /tmp/log", "", 0, "unknown"),
        ("npm test > /tmp/log || tail -20 /tmp/log", "a warning", 0, "unknown"),
        ("npm test > /tmp/log 2>&1 || echo it failed; tail -2 /tmp/log", "  adds", 0, "unknown"),
        ("npm test > /tmp/log 2>&1 || echo it failed; tail -2 /tmp/log", "it failed\n  adds", 0, "failed"),
        (
            "for i in 1 2; do npm test > /tmp/$i 2>&1 || echo $i failed; done; tail -2 /tmp/2",
            "adds",
            0,
            "unknown",
        ),
        ("cd web && npm test > /tmp/log 2>&1 || tail -20 /tmp/log", "  x sum > adds", 0, "failed"),
        ("make && npm test > /tmp/log 2>&1 || tail -20 /tmp/log", "  x sum > adds", 0, "unknown"),
        ("npm test > /tmp/log 2>&1 || { tail -50 /tmp/log; exit 1; }", "", 0, "passed"),
        ("npm test > /tmp/log 2>&1 || { tail -50 /tmp/log; exit 1; }", "x", 1, "failed"),
        ("npm test || exit 1", "", 0, "passed"),
        ("npm test || (cat log && false)", "", 0, "passed"),
        ("npm test || exit 0", "", 0, "unknown"),
        ("npm test || { tail log; exit 1; }; echo done", "done", 0, "unknown"),
        ("npm test || true || exit 1", "", 0, "unknown"),
    ],
)
def test_what_is_done_where_it_fails(command: str, output: str, code: int, wanted: str) -> None:
    """What is shown of a log then, or that the line gives up, tells how it went."""
    assert outcome(command, output, code) == wanted


@pytest.mark.parametrize(
    ("command", "output", "code", "wanted"),
    [
        ("timeout 20 npx vitest", "      Tests  1 failed | 11 passed (12)\n Watching", 124, "failed"),
        ("timeout 20 npx vitest", "      Tests  12 passed (12)\n Watching", 124, "unknown"),
        ("pytest", "Command timed out after 2m 0.0s\nFAILED tests/test_a.py::test_x", 143, "failed"),
        ("pytest", "Command timed out after 2m 0.0s\n.......", 143, "unknown"),
        ("timeout 5 npm run build", "error: x", 124, "unknown"),
        ("timeout 20 pytest # expected to fail", "FAILED tests/test_a.py::test_x", 124, "unknown"),
    ],
)
def test_what_had_failed_before_time_was_up(command: str, output: str, code: int, wanted: str) -> None:
    """A test that failed by then did fail; of all else nothing is known."""
    assert outcome(command, output, code) == wanted


@pytest.mark.parametrize(
    ("command", "output", "code", "wanted"),
    [
        ('cmd //c "msbuild app.sln" | tail -2', "    0 Warning(s)\n    2 Error(s)", 0, "failed"),
        ("cmd.exe /c npm test", "ok", 0, "passed"),
        ('powershell -NoProfile -Command "dotnet test"', "", 1, "failed"),
        ("pwsh -c 'npm test; echo done'", "done", 0, "unknown"),
        ("cmd /k npm test", "", 0, "none"),
        ("cmd /c dir", "", 0, "none"),
        ("act push", "", 1, "failed"),
        ("act push 2>&1 | tail -2", "[CI/test] 🏁  Job failed\nError: Job 'test' failed", 0, "failed"),
        ("act -j test | tail -1", "[CI/test] 🏁  Job succeeded", 0, "passed"),
        ("act -l", "Stage  Job ID", 0, "none"),
        ("pod lib lint --quick", "[!] A did not pass validation, due to 1 error.", 1, "failed"),
        ("pod install", "", 0, "none"),
        ("ansible-playbook site.yml --syntax-check", "playbook: site.yml", 0, "passed"),
        ("ansible-playbook site.yml", "ok", 0, "none"),
        ("./mvnw verify | grep -E 'BUILD|ERROR'", "[INFO] BUILD SUCCESS", 0, "passed"),
        ("./mvnw verify -Dmaven.test.failure.ignore | grep BUILD", "[INFO] BUILD SUCCESS", 0, "unknown"),
        ("kubectl apply --dry-run=client -f k.yaml", "x configured (dry run)", 0, "none"),
    ],
)
def test_what_runs_a_check(command: str, output: str, code: int, wanted: str) -> None:
    """A shell of Windows that is given a check is one, and so is a run of the checks of a server at home."""
    assert outcome(command, output, code) == wanted


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("nox -s tests lint | tail -2", "nox > * tests: success\nnox > * lint: failed", "failed"),
        (
            "pnpm nx run-many -t test | tail -2",
            "    ✖  1/8 targets failed, including the following:",
            "failed",
        ),
        ("meson test -C build | tail -2", "Ok:                 11\nFail:               1", "failed"),
        ("stack test 2>&1 | tail -1", "app> Test suite app-test failed", "failed"),
        (
            "docker build . 2>&1 | tail -2",
            "#12 naming to docker.io/library/app done\n#12 DONE 0.1s",
            "passed",
        ),
        ("docker build . 2>&1 | tail -1", "Successfully tagged app:latest", "passed"),
        ("make check | tail -3", "# PASS:  11\n# FAIL:  0\n# ERROR: 0", "passed"),
        ("make check | tail -3", "# PASS:  11\n# FAIL:  0\n# ERROR: 1", "failed"),
        ("make check | tail -3", "# PASS:  0\n# FAIL:  0\n# ERROR: 0", "unknown"),
        ("docker compose build 2>&1 | tail -1", " Service api  Built", "passed"),
        (
            "ng build 2>&1 | tail -1",
            "✘ [ERROR] TS2322: Type string is not assignable to type number",
            "failed",
        ),
        ("nx affected -t lint | tail -1", " NX   Successfully ran target lint for 3 projects (2s)", "passed"),
        ("mvn -Dmaven.test.failure.ignore=true verify", "[INFO] BUILD SUCCESS", "unknown"),
        (
            "mvn --fail-never test",
            "[INFO] Tests run: 4, Failures: 0, Errors: 0\n[INFO] BUILD SUCCESS",
            "passed",
        ),
        (
            "mvn --fail-never test",
            "[ERROR] Tests run: 4, Failures: 1, Errors: 0\n[INFO] BUILD SUCCESS",
            "failed",
        ),
        (
            "rubocop | tail -1",
            "12 files inspected, 3 offenses detected, 2 offenses autocorrectable",
            "failed",
        ),
        ("rubocop -A | tail -1", "12 files inspected, 1 offense detected, 1 offense corrected", "unknown"),
        ("go vet ./... || true", "", "passed"),
        ("npm test || true", "", "unknown"),
    ],
)
def test_what_some_say_at_the_end(command: str, output: str, wanted: str) -> None:
    """In a pipe nothing but that tells how it went."""
    assert outcome(command, output) == wanted


def test_what_was_deselected_was_not_checked() -> None:
    """Where a choice of tests leaves none, none ran."""
    for command, output in (
        ("pytest -k no", "12 deselected in 0.02s"),
        ("npx playwright test no", "Error: No tests found."),
    ):
        said = f"Exit code 1\n\n{output}"
        call = Call(1, "t", "Bash", {"command": command}, result_line=2, ok=False, output=said)
        found = run_of(call, split(command))
        assert found is not None
        assert not checked(found)


_OR = "[ $? -eq 0 ] && echo OK || echo BAD"


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        (f"npm test > l 2>&1; {_OR}", "OK", "passed"),
        (f"npm test > l 2>&1; {_OR}", "BAD", "failed"),
        (f"cd web && npm test > l 2>&1\n{_OR}", "BAD", "failed"),
        (f"npm test | tail -3; {_OR}", "OK", "unknown"),
        (f"npm test && npm pack; {_OR}", "BAD", "unknown"),
        (f"npm test; date; {_OR}", "OK", "unknown"),
        (f"npm test; {_OR}", "", "unknown"),
        (f"npm test; {_OR}", "OK\nBAD", "unknown"),
        (f"npm test; {_OR}", "1 failed, 3 passed\nOK", "unknown"),
        ("npm test; if [ $? -ne 0 ]; then echo BAD; else echo OK; fi", "BAD", "failed"),
        ("npm test; if [[ $? == 0 ]]; then echo OK; else echo BAD; fi", "OK", "passed"),
        ("npm test > l; rc=$?; tail -3 l; [ $rc -eq 0 ] && echo OK || echo BAD", "...\nBAD", "failed"),
        ("npm test > l; rc=$?; [ $other -eq 0 ] && echo OK || echo BAD", "OK", "unknown"),
        ("npm test | tail -2; [ ${PIPESTATUS[0]} -eq 0 ] && echo OK || echo BAD", "BAD", "failed"),
        ("echo x | npm test | tail -2; [ ${PIPESTATUS[0]} -eq 0 ] && echo OK || echo BAD", "OK", "unknown"),
        ("if npm test > /dev/null 2>&1; then echo yes; else echo no; fi", "no", "failed"),
        ("if npm test > /dev/null 2>&1; then echo yes; else echo no; fi", "yes", "passed"),
        ("if ! npm test > /dev/null 2>&1; then echo broken; else echo fine; fi", "broken", "failed"),
        ("if npm test | tail -1; then echo yes; else echo no; fi", "yes", "unknown"),
        ("if npm test; then echo yes; else echo no; fi; echo done", "yes\ndone", "unknown"),
        ("for each in a b; do if npm test; then echo yes; else echo no; fi; done", "yes", "unknown"),
        ("./test.sh", "PASS: 12\nFAIL: 0", "passed"),
        ("./test.sh | tail -2", "PASS: 12\nFAIL: 2", "failed"),
        ("helm lint . | tail -1", "1 chart(s) linted, 1 chart(s) failed", "failed"),
        ("cargo test | grep 'test result'", "test result: ok. 5 passed; 0 failed; 0 ignored", "passed"),
        ("cargo test | grep 'test result: ok'", "test result: ok. 5 passed; 0 failed; 0 ignored", "unknown"),
    ],
)
def test_what_a_line_says_in_the_one_case_and_in_the_other(command: str, output: str, wanted: str) -> None:
    """It asks for the exit code of its check, and prints one word or another."""
    assert outcome(command, output) == wanted
