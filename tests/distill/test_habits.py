# ruff: noqa: RUF001  (test runners print crosses and ticks)
"""What checks of many ecosystems and habits of the shell prove: of each line what a careful reader would say."""

import pytest

from spread.distill.runs import run_of
from spread.distill.shell import split
from spread.distill.validation import judged
from spread.transcript_events import Call


def told(command: str, output: str = "", code: int = 0) -> str:
    text = f"Exit code {code}\n{output}" if code else output
    call = Call(1, "t", "Bash", {"command": command}, result_line=2, ok=code == 0, output=text)
    found = run_of(call, split(command))
    return ", ".join(f"{check.kind} {check.outcome}" for check in judged(found, {})) if found else "none"


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("mvn verify | tail", "[ERROR] Tests run: 4, Failures: 0, Errors: 1\n[INFO] BUILD FAILURE", "test failed"),
        ("mvn test | tail", "[ERROR] Tests run: 4, Failures: 1, Errors: 0\n[INFO] BUILD FAILURE", "test failed"),
        ("mvn test | tail", "[INFO] Tests run: 4, Failures: 0, Errors: 0\n[INFO] BUILD SUCCESS", "test passed"),
        ("bun test | tail -4", " 3 pass\n 0 fail\n 1 error\nRan 3 tests across 2 files.", "test failed"),
        ("pre-commit run -a | tail -2", "ruff.....Passed\nmypy.....Failed", "lint failed"),
        ("next build | tail", " ✓ Compiled successfully in 3s\nFailed to compile.\nType error: x", "build failed"),
        ("dotnet build | tail -3", "Build FAILED.\n    0 Warning(s)\n    2 Error(s)", "build failed"),
        ("dotnet build | tail -3", "Build succeeded.\n    0 Warning(s)\n    0 Error(s)", "build passed"),
        ("make -j8 2>&1 | tail", "collect2: error: ld returned 1 exit status", "build failed"),
        ("ctest | tail", "50% tests passed, 1 tests failed out of 2", "test failed"),
        ("node --test | tail", "ℹ tests 3\nℹ pass 2\nℹ fail 1", "test failed"),
        ("node --test | tail", "ℹ tests 3\nℹ pass 3\nℹ fail 0", "test passed"),
        ("tox | tail", "  py311: FAIL code 1 (3 seconds)\n  evaluation failed :( (3.3 seconds)", "test failed"),
        ("tox | tail", "  py311: OK (3 seconds)\n  congratulations :) (3.3 seconds)", "test passed"),
        ("swift test | tail", "✘ Test run with 12 tests failed after 0.1 seconds with 2 issues.", "test failed"),
        ("xcodebuild test | tail", "** TEST FAILED **", "test failed"),
        ("prove -r t | tail -1", "Result: FAIL", "test failed"),
        ("cargo nextest run | tail", "Summary [ 0.1s] 12 tests run: 12 passed, 0 skipped", "test passed"),
        ("cargo nextest run | tail", "Summary [ 0.1s] 12 tests run: 11 passed, 0 skipped", "test unknown"),
        ("ruff check --fix . | tail -1", "Found 3 errors (3 fixed, 0 remaining).", "lint unknown"),
        ("eslint . | tail -2", "✖ 3 problems (0 errors, 3 warnings)", "lint passed"),
        ("eslint . | tail -3", "✖ 3 problems (0 errors, 3 warnings)\nfound too many warnings (0).", "lint failed"),
        ("markdownlint-cli2 x.md | tail -2; ls", "Linting: 1 file(s)\nSummary: 0 error(s)", "lint passed"),
        ("markdownlint-cli2 x.md | tail -2; ls", "Linting: 1 file(s)\nSummary: 2 error(s)", "lint failed"),
        ("eslint . | tail -2", "✖ 3 problems (1 error, 2 warnings)", "lint failed"),
        ("go test ./... > out 2>&1; echo $?", "1", "test failed"),
        ("go test ./... > out 2>&1; echo $?", "0", "test passed"),
    ],
)  # fmt: skip
def test_summary_behind_a_pipe_is_read_as_its_tool_means_it(command: str, output: str, wanted: str) -> None:
    """A good word in an output proves nothing where the same output says that it went wrong."""
    assert told(command, output) == wanted


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("make -i test", "make: [Makefile:3: test] Error 1 (ignored)", "test unknown"),
        ("mvn test -fae", "[ERROR] Tests run: 4, Failures: 1\n[INFO] BUILD SUCCESS", "test unknown"),
        (
            "go build ./... && go test ./... | grep -v '^ok' | head; echo done",
            "done",
            "build passed, test passed",
        ),
        ("go test ./... | grep -vE '^ok|no test files'; echo done", "FAIL x\ndone", "test failed"),
        ("go test ./... | grep -v FAIL; echo done", "done", "test unknown"),
        ("go test ./... | grep ok; echo done", "done", "test unknown"),
        ("go build ./... | head && go vet ./... | head; echo done", "done", "build passed, lint passed"),
        ("npm run build | head; echo done", "done", "build unknown"),
        ("go build ./... > out.txt 2>&1; echo done", "done", "build unknown"),
        ("go build ./... 2>/dev/null | head; echo done", "done", "build unknown"),
        ("tsc --noEmit &> out.txt | head", "", "types unknown"),
        (
            "npm run build | tail -1",
            "npm error A complete log of this run can be found in: x",
            "build failed",
        ),
        ("npm test | tail -1; echo OK", "whatever\nOK", "test unknown"),
        ("npm test | tail -5 && echo PASS", "boo\nPASS", "test unknown"),
        ("ruff check . > /dev/null; echo 'All checks passed!'", "All checks passed!", "lint unknown"),
        ("npm test > /dev/null && echo OK || echo NOK", "OK", "test passed"),
        ("npm test > /dev/null && echo OK || echo NOK", "NOK", "test failed"),
        ("npm test || echo badly; ls", "badly\na", "test failed"),
        (
            "tsc && echo 'types ok'; eslint . && echo 'lint ok'",
            "types ok\nlint ok",
            "types passed, lint passed",
        ),
        ("npx jest", "Tests:       0 total", "test unknown"),
        ("npx jest", "Tests:       3 skipped, 3 total", "test unknown"),
        ("npx vitest run", "      Tests  3 skipped (3)", "test unknown"),
        ("npx vitest run", "      Tests  3 passed | 1 skipped (4)", "test passed"),
        ("npx playwright test | tail -3", "  1 interrupted\n  2 did not run\n  3 passed (3s)", "test failed"),
        ("npm test -ws", "Tests: 3 passed, 3 total\nTests: 1 failed, 2 passed, 3 total", "test unknown"),
        ("npm test & npm run lint & wait", "3 passing\nok", "test passed, lint unknown"),
        ("npm run lint | tail -3; npm test | tail -3", "fine\n3 passed", "lint unknown, test passed"),
        ("npm run lint && npm test | tail -3", "fine\n3 passed", "lint passed, test passed"),
        ("(npm run lint && npm test) | tail -3", "fine\n3 passed", "lint unknown, test passed"),
        ("go build ./... && git log | head -3", "abc1234 x", "build passed"),
    ],
)
def test_exit_code_of_a_line_proves_only_what_it_is_of(command: str, output: str, wanted: str) -> None:
    """What is swallowed, or is of another command in the line, is not proven by it."""
    assert told(command, output) == wanted


@pytest.mark.parametrize("code", [130, 137, 143])
def test_killed_run_has_no_outcome(code: int) -> None:
    """A watch mode that was ended by a signal did not fail, unless it said so."""
    assert told("npm test -- --watch", "Tests: 3 passed, 3 total", code) == "test unknown"
    assert told("npm test -- --watch", "Tests: 1 failed, 2 passed, 3 total", code) == "test failed"


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("docker compose run --rm app npm test", "test"),
        ("docker compose exec -T app pytest -q", "test"),
        ("docker-compose exec app bundle exec rspec", "test"),
        ("docker run --rm -v x:/y image npm test", "test"),
        ("kubectl exec pod -- pytest", "test"),
        ("docker compose logs test", "none"),
        ("kubectl run tests", "none"),
        ("sudo -u app pytest -q", "test"),
        ("env -u FOO pytest -q", "test"),
        ("npm t", "test"),
        ("pnpm --filter web exec tsc --noEmit", "types"),
        ("./gradlew :app:testDebugUnitTest", "test"),
        ("./gradlew :app:compileKotlin", "build"),
        ("sbt 'testOnly *Foo'", "test"),
        ("zig build test", "test"),
        ("dotnet format --verify-no-changes", "lint"),
        ("vendor/bin/pest", "test"),
        ("./vendor/bin/sail test", "test"),
    ],
)
def test_checks_that_go_through_others_are_seen(command: str, wanted: str) -> None:
    """A check that is not seen leaves an older one standing as the last."""
    assert told(command).partition(" ")[0] == wanted


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("=== clean ===\n M app/parse.go", "test passed"),
        ("?   \tapp\t[setup]\n=== clean ===\n M app/parse.go", "test unknown"),
        (" M app/parse.go", "test unknown"),  # nobody knows what that is of
    ],
)
def test_what_follows_a_text_of_the_line_itself_is_of_other_commands(output: str, wanted: str) -> None:
    """What a check prints ends where that text stands; without it nobody knows what an output is of."""
    line = (
        'go test ./... 2>&1 | grep -vE "^ok|no test files" | head; echo "=== clean ==="; git status --short'
    )
    assert told(line, output) == wanted


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("docker run -d --rm image pytest -q", "0123456789ab"),
        ("docker compose run -d app npm test", "app-run"),
        ("pytest -q && echo OK; ./other.sh", "1 failed, 3 passed in 0.1s\nOK"),
        ("go build ./... & echo started", "started"),
        ("go build ./... &", ""),
        ("! pytest -q && for f in a b; do echo $f; done", "a\nb"),
        ("test -d x || npm test && for f in a b; do echo $f; done", "a\nb"),
        ("tsc | grep -v TS2304; echo ok", "ok"),
        ("tsc | grep -v .; echo ok", "ok"),
        ("tsc | grep -v src/; echo ok", "ok"),
        ("tsc | grep -vE 'node_modules|_test'; echo ok", "ok"),
        ('tsc | grep -v "$KNOWN"; echo ok', "ok"),
    ],
)
def test_what_says_nothing_of_its_check_is_no_pass(command: str, output: str) -> None:
    """An exit code of another command, or an output that was let through in part, proves nothing."""
    assert "passed" not in told(command, output)


@pytest.mark.parametrize("task", ["testClasses", "assembleDebugAndroidTest", ":app:compileTestKotlin"])
def test_a_task_that_only_builds_tests_runs_none(task: str) -> None:
    """The name of the task holds the word, but no test ran."""
    assert "test" not in told(f"gradle {task}", "BUILD SUCCESSFUL in 1s")


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        (
            "npx jest --coverage | tail",
            'Jest: Coverage for lines (0%) does not meet "global" threshold (99%)\nTests:  2 passed, 2 total',
            "test failed",
        ),
        (
            "pytest --cov -q | tail; coverage report",
            "=== 2 passed in 0.1s ===\nCoverage failure: total of 7 is less than fail-under=9",
            "test failed",
        ),
        (
            "c8 node --test | tail",
            "# fail 0\nERROR: Coverage for lines (7%) does not meet global threshold (9%)",
            "test failed",
        ),
        (
            "node --test | tail",
            "ℹ fail 0\nℹ Error: 50.00% line coverage does not meet threshold of 90%.",
            "test failed",
        ),
        ("flutter analyze | tail -1", "2 issues found. (ran in 1.1s)", "lint failed"),
        ("dart analyze | tail -1", "2 issues found.", "lint unknown"),
        (
            "pytest -x | tail -3",
            "INTERNALERROR> RuntimeError: boom\n\n=== no tests ran in 0.02s ===",
            "test failed",
        ),
        (
            "./test.sh | tail -1",
            "./test.sh: line 3:  1234 Segmentation fault      (core dumped) ./unit",
            "test failed",
        ),
        ("uvx ty check | tail -1", "Found 3 diagnostics", "types failed"),
        ("vendor/bin/phpcs src | tail -4", "FOUND 2 ERRORS AFFECTING 2 LINES", "lint failed"),
        ("npx knip || true", "Unused files (1)\nsrc/old.ts", "lint failed"),
        ("pytest --junitxml=r.xml > x.log; grep -o 'failures=.*' r.xml", 'failures="2"', "test failed"),
        ("xcodebuild build | xcbeautify | tail -1", "Build Succeeded", "build passed"),
        ("xcodebuild test | xcpretty | tail -1", "▸ Test Succeeded", "test passed"),
        ("xcodebuild test | xcbeautify | tail -1", "Test Failed", "test failed"),
        (
            "go test -run Nothing",
            "testing: warning: no tests to run\nPASS\nok  \tx/a\t0.003s [no tests to run]",
            "test unknown",
        ),
        ("go test -run One", "PASS\nok  \tx/a\t0.003s", "test passed"),
        ("./check.sh", "lint: FAILED\ntests: ok", "lint unknown"),
        ("./test.sh", "PASS a.test.js\n  state: FAILED\nTests: 3 passed, 3 total", "test passed"),
    ],
)
def test_what_tools_say_at_their_end(command: str, output: str, wanted: str) -> None:
    """Too little coverage is a failure, and what a script says of its parts weighs more than how it ended."""
    assert told(command, output) == wanted


@pytest.mark.parametrize(
    ("command", "output", "code", "wanted"),
    [
        ("./dev.sh pytest -q | tail -1", "2 failed in 0.01s", 0, "test failed"),
        ("./dev.sh pytest -q", "=== 2 passed in 0.01s ===", 0, "test passed"),
        ("scripts/in_docker mypy src", "Found 1 error in 1 file (checked 2 source files)", 1, "types failed"),
        ("bin/run.sh tsc --noEmit", "", 0, "types unknown"),
        ("./install.sh pytest", "", 0, "none"),
        ("./dev.sh install pytest", "", 0, "none"),
        ("./dev.sh", "", 0, "none"),
    ],
)
def test_tool_behind_a_script_that_runs_it(command: str, output: str, code: int, wanted: str) -> None:
    """A script hands a tool on to where it runs; that it hands on how that ended is not sure."""
    assert told(command, output, code) == wanted


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        (
            'ruff check . > l; echo "rc=$?"; pytest -q > t; echo "rc=$?"',
            "rc=1\nrc=0",
            "lint failed, test passed",
        ),
        (
            "mypy . > l; echo types $?; pytest -q > t 2>&1; echo tests $?",
            "types 0\ntests 0",
            "types passed, test passed",
        ),
        (
            'mypy . > l; echo "rc=$?"; pytest -q > t | cat; echo "rc=$?"',
            "rc=0\nrc=0",
            "types unknown",
        ),
        ('mypy . > l; echo "rc=$?"; pytest -q > t; echo "rc=$?"', "rc=0", "types unknown"),
        ("pytest -q a; echo $?; pytest -q b > t; echo $?", "0\n1", "test unknown"),
        (
            'for p in a b; do pytest -q $p > t && echo "$p OK" || echo "$p FAIL"; done',
            "a OK\nb FAIL",
            "test failed",
        ),
        (
            'for p in a b; do pytest -q $p > t && echo "$p OK" || echo "$p FAIL"; done',
            "a OK\nb OK",
            "test unknown",
        ),
        ('for p in a b; do pytest -q $p > t; rm $p || echo "$p FAIL"; done', "b FAIL", "test unknown"),
        ("terraform validate || true", "Error: x\n\n  on main.tf line 3:\n\nAn argument.", "lint failed"),
    ],
)
def test_codes_and_words_that_a_line_prints_of_each(command: str, output: str, wanted: str) -> None:
    """Each check is told by its own code; where one of them is not surely its own, nothing is."""
    assert told(command, output) == wanted


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("npm test --workspaces 2>&1 | tail -2", "# pass 2\n# fail 0", "test unknown"),
        ("npm test --workspaces 2>&1 | tail -40", "# pass 2\n# fail 0", "test passed"),
        ("for p in a b; do (cd $p && pytest -q); done 2>&1 | tail -1", "2 passed in 0.01s", "test unknown"),
        ("for p in a b; do (cd $p && pytest -q); done 2>&1 | tail -9", "2 passed in 0.01s", "test passed"),
        ("(cd a; pytest -q; cd ../b; pytest -q) | tail -1", "2 passed in 0.01s", "test unknown"),
        ("(cd a; pytest -q) | tail -1", "2 passed in 0.01s", "test passed"),
        ("ls | xargs -n1 pytest -q | tail -1", "2 passed in 0.01s", "test unknown"),
    ],
)
def test_end_of_several_runs_proves_the_last_alone(command: str, output: str, wanted: str) -> None:
    """What `tail` took away may have told that one before failed."""
    assert told(command, output) == wanted
