"""What must not pass for a validation that passed, and what has to all the same."""

from pathlib import Path

import pytest

from spread.distill.runs import run_of
from spread.distill.shell import split
from spread.distill.validation import judged
from spread.transcript_events import Call
from tests.distill.lines import Lines


def outcome(command: str, output: str = "", code: int = 0) -> str:
    call = Call(1, "t", "Bash", {"command": command}, result_line=2, ok=code == 0, output=output)
    found = run_of(call, split(command))
    return judged(found, {})[-1].outcome if found else "none"


# The last lines of a run of cargo whose comments hold no examples to be tested.
RUST_END = (
    "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; in 0.00s"
)


@pytest.mark.parametrize(
    "command",
    [
        "cargo test --no-run",
        "cargo run -- test",
        "cargo run --bin x check",
        "go run . build",
        "go test -c ./x",
        "docker compose logs build",
        "docker run node build",
        "mvn verify -DskipTests",
        "jest --clearCache",
        "tsc --init",
        "eslint --print-config a.js",
        "ruff check --exit-zero .",
        "pylint --exit-zero x",
        "npm view vue-tsc version",
        "npm pkg get scripts.build",
        "composer require symfony/test-pack",
        "pdm add pytest-check",
        "npm run gen:types",
        "npm run types:generate",
        "make clean-test",
        "npm run deploy:test",
        "npm run start:test",
        "make -C build clean",
        "ninja -C build clean",
        "meson setup build",
        "ng generate component test",
        "deno fmt test.ts",
        "deno cache test.ts",
        "npm run cli -- check foo",
        "pnpm cli check",
        "golangci-lint version",
        "tflint --init",
        "vale sync",
        "nix flake update",
        "bazel query //foo:test",
        "gradle help --task test",
        "just --show test",
        "cargo nextest list",
        "cargo watch -x test",
        "cargo llvm-cov report",
        "/usr/bin/test -f a",
        "rake db:test:prepare",
        "hatch env create test",
        "semgrep --config auto",
        "deadnix .",
        "statix list",
        "tsc --watch",
        "npx playwright test --list",
        "npx playwright install",
        "pytest --co -q",
        "python -m pytest --version",
        "bun test --help",
        "xcodebuild -list",
        "dotnet test --list-tests",
        "dotnet new test",
        "nx g lib test",
        "tox -l",
        "npx cypress verify",
        "./run.sh test",
        "php artisan make:test FooTest",
        "forge script test",
        "mise use test",
    ],
)
def test_is_no_validation(command: str) -> None:
    """A verb that is only an argument, a script of another purpose, options with which nothing runs."""
    assert outcome(command) == "none"


@pytest.mark.parametrize(
    "command",
    [
        "npm test",
        "! grep -q x && npm test",
        "cd x || exit 1; npm test",
        "[ -d x ] || mkdir x && npm test",
        "(cd x && npm test)",
        "if true; then x; fi; pytest",
        "docker compose build",
        "mvn -q package -DskipTests",
        "ninja -C build",
        "make -C test",
        "meson compile -C build",
        "make -j 8 test",
        "make clean test",
        "mvn clean test",
        "mvn -pl core -am test",
        "./gradlew clean :app:test",
        "gradle check",
        "deno task test",
        "pnpm -r run build",
        "pnpm --filter web build",
        "yarn workspace web test",
        "npm --prefix web run build",
        "npm run -w web build",
        "npm run test -- --run x",
        "npm -w web test",
        "yarn --cwd web test",
        "bun --cwd web run test",
        "bun run --filter x test",
        "npx tsc -p . --noEmit",
        "golangci-lint run ./...",
        "bazel test //foo:all",
        "cargo +nightly test",
        "hatch run test",
        "statix check",
        "fastlane ios test",
        "R CMD check x",
        "rebar3 as test compile",
        "sbt clean test",
        "turbo test lint",
        "nx run app:test",
        "lerna run test",
        "rush build",
        "tox -e py311",
        "nox -s lint",
        "npx nx run-many -t test",
        "flutter build apk",
        "west build -b x",
        "terraform -chdir=x validate",
        "playwright test",
        "npx cypress run",
        "npm run check-types",
        "npm run build:prod",
        "npm run test:ci",
        "make test-unit",
        "uv run --with x pytest -k foo",
        "./build.sh",
        "cargo clippy -- -D warnings",
        "zig build test",
        "swift build",
        "rails test",
        "bundle exec rake test",
        "python setup.py test",
        "anchor test",
        "forge test",
        "mise run test",
        "mise exec -- npm test",
        "poetry run pytest",
    ],
)
def test_exit_code_is_of_the_validation(command: str) -> None:
    """These run one, wherever options and other targets stand, and exit as it does."""
    assert outcome(command) == "passed"


@pytest.mark.parametrize(
    ("command", "output", "code", "wanted"),
    [
        ("! pytest", "", 0, "unknown"),
        ("! pytest", "", 1, "unknown"),
        ("! pytest", "2 failed", 0, "failed"),
        ("[ -d dist ] || npm run build", "", 0, "unknown"),
        ("[ -d dist ] || npm run build", "✓ built in 3s", 0, "passed"),
        ("which eslint || npm run lint", "/usr/bin/eslint", 0, "unknown"),
        ("curl -s localhost:3000 || npm run build", "ok", 0, "unknown"),
        ("[ -d x ] || (cd x && npm test)", "", 0, "unknown"),
        ("[ -d x ] || { cd x && npm test; }", "", 0, "unknown"),
        ("(cd x && npm test) | tail -3", "", 0, "unknown"),
        ("(cd x && npm test) || true", "", 0, "unknown"),
        ("(cd x && npm test); echo x", "x", 0, "unknown"),
        ("(cd x && npm test) && echo ok", "ok", 0, "passed"),
        ("(cd x && npm test); ls nofile", "", 1, "unknown"),
        ("if [ -f Makefile ]; then make test; fi", "", 0, "unknown"),
        ("if [ -f Makefile ]; then cd x; make test; fi", "", 0, "unknown"),
        ("if pytest; then echo yes; else echo no; fi", "no", 0, "failed"),
        ("t() { pytest; }", "", 0, "unknown"),
        ("t() { pytest; }; t", "3 passed", 0, "passed"),
        ("while ! pytest; do sleep 1; done", "", 0, "unknown"),
        ("for d in a b; do (cd $d && npm test); done", "2 failed", 0, "failed"),
        ("for d in a b; do npm test; done", "", 0, "unknown"),
        ("for d in a b; do npm test || exit 1; done", "", 0, "unknown"),
        ("npm test & sleep 1; echo hi", "hi", 0, "unknown"),
        ("npm test > /tmp/o 2>&1; tail -2 /tmp/o", "Tests: 2 failed, 3 passed", 0, "failed"),
        ("npm test > /tmp/o 2>&1; tail -2 /tmp/o", "done", 0, "unknown"),
        ("npm test > /tmp/o 2>&1; tail -2 /tmp/o; echo exit $?", "done\nexit 0", 0, "unknown"),
        ("npm test > /tmp/o 2>&1; rc=$?; tail -2 /tmp/o; echo exit $rc", "done\nexit 0", 0, "passed"),
        ("npm test > /tmp/o 2>&1; echo exit: $?; tail -2 /tmp/o", "exit: 0\ndone", 0, "passed"),
        ("pytest; echo EXIT: $?", "EXIT: 1", 0, "failed"),
        ("pytest 2>&1; echo EXIT: $?", "x\nEXIT: 0", 0, "passed"),
        ("pytest | tail -1; echo $?", "0", 0, "unknown"),
        ("pytest | tail -1; echo exit=$?", "3 failed\nexit=0", 0, "failed"),
        ("pytest | tail -1; echo exit=$?", "boom\nexit=0", 0, "unknown"),
        ("pytest | tail -1; echo exit=${PIPESTATUS[0]}", "boom\nexit=0", 0, "passed"),
        ('npm test || echo "exit $?"', "exit 1", 0, "failed"),
        (
            "cargo test foo",
            "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 12 filtered out",
            0,
            "unknown",
        ),
        (
            "cargo test",
            "test result: ok. 7 passed; 0 failed;\n\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed;",
            0,
            "passed",
        ),
        ("cargo test -q 2>&1 | tail -4", RUST_END, 0, "passed"),
        ("cargo test -p tides 2>&1 | tail -4; cargo clippy && echo clean", f"{RUST_END}\nclean", 0, "passed"),
        ("cargo test 2>&1 | tail -4; git status --short", RUST_END, 0, "passed"),
        ("cargo test -q", RUST_END, 0, "unknown"),
        ("cargo test foo 2>&1 | tail -4", RUST_END, 0, "unknown"),
        ("cargo test --no-fail-fast 2>&1 | tail -4", RUST_END, 0, "unknown"),
        ("cargo test 2>&1 | tail -20", f"{RUST_END}\n{RUST_END}", 0, "unknown"),
        ("go test ./...", "?   \tx\t[no test files]\n?   \ty\t[no test files]", 0, "unknown"),
        ("go test ./...", "?   \tx\t[no test files]\nok  \ty\t0.1s", 0, "passed"),
        ("go test -run Foo ./...", "ok  \tx\t0.01s [no tests to run]", 0, "unknown"),
        ("cd x && go -C y test ./...", "ok  \ty\t0.1s", 0, "passed"),
        ("npx vitest run --passWithNoTests", "No test files found, exiting with code 0", 0, "unknown"),
        ("jest --passWithNoTests", "No tests found, exiting with code 0", 0, "unknown"),
        ("ctest", "No tests were found!!!", 0, "unknown"),
        ("./gradlew test", "> Task :test NO-SOURCE\nBUILD SUCCESSFUL in 1s", 0, "unknown"),
        ("./gradlew test", "> Task :test UP-TO-DATE\nBUILD SUCCESSFUL in 1s", 0, "passed"),
        ("./gradlew test", "> Task :a:test NO-SOURCE\n> Task :b:test\nBUILD SUCCESSFUL in 1s", 0, "unknown"),
        ("mvn test", "[INFO] No tests to run.\n[INFO] BUILD SUCCESS", 0, "unknown"),
        (
            "mvn test",
            "[INFO] No tests to run.\n[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0\n[INFO] BUILD SUCCESS",
            0,
            "passed",
        ),
        ("npx mocha", "  0 passing (1ms)", 0, "unknown"),
        ("npx mocha", "  10 passing (1ms)", 0, "passed"),
        ("bundle exec rspec", "No examples found.\n\n0 examples, 0 failures", 0, "unknown"),
        ("bundle exec rspec", "10 examples, 0 failures", 0, "passed"),
        ("phpunit", "No tests executed!", 0, "unknown"),
        (
            "swift test",
            "Executed 0 tests, with 0 failures (0 unexpected) in 0.000 (0.000) seconds",
            0,
            "unknown",
        ),
        (
            "swift test",
            "Executed 10 tests, with 0 failures (0 unexpected) in 0.000 (0.000) seconds",
            0,
            "passed",
        ),
        ("node --test", "# tests 0\n# pass 0\n# fail 0", 0, "unknown"),
        ("node --test", "# tests 10\n# pass 10\n# fail 0", 0, "passed"),
        ("deno test", "ok | 0 passed | 0 failed (3ms)", 0, "unknown"),
        ("deno test", "ok | 10 passed | 0 failed (3ms)", 0, "passed"),
        ("mix test", "There are no tests to run", 0, "unknown"),
        ("flutter test", "No tests ran.", 0, "unknown"),
        ("dotnet test", "No test is available in /x.dll.", 0, "unknown"),
        ("vale docs", "ok", 0, "passed"),
        ("nix flake check", "ok", 0, "passed"),
        ("gradle -x test build", "BUILD SUCCESSFUL", 0, "passed"),
        ("cargo nextest run", "x", 0, "passed"),
        ("pre-commit run", "ruff....(no files to check)Skipped", 0, "unknown"),
        (
            "pre-commit run -a",
            "ruff....................................Passed\nmypy....(no files to check)Skipped",
            0,
            "passed",
        ),
        ("npm test || true", "2 failing", 0, "failed"),
        ("timeout 20 npm test -- --watch", "Exit code 124\nwatching", 124, "unknown"),
        ("timeout 20 npm test", "Exit code 1\n2 failing", 1, "failed"),
        ("npm test; true", "", 0, "unknown"),
        ("npm test 2>&1 | tail -3", "Done in 3s.", 0, "unknown"),
        ("set -o pipefail; npm test | tail -3", "Done", 0, "passed"),
        ("npm test && echo ok || echo bad", "bad", 0, "failed"),
        ("make x && npm test && echo ok || echo bad", "bad", 0, "unknown"),
        ("Rscript -e 'devtools::test()'", "[ FAIL 1 | WARN 0 | SKIP 0 | PASS 10 ]", 0, "unknown"),
        ("timeout 5 npm test -- --watch", "3 passed", 0, "passed"),
        ("npx playwright test", "2 passed", 0, "passed"),
        ("pytest", "===== 3 skipped in 0.1s =====", 0, "unknown"),
        ("pytest", "===== 3 passed, 3 skipped in 0.1s =====", 0, "passed"),
        ("pytest -q", "3 deselected in 0.1s", 0, "unknown"),
        ("go vet ./... 2>/dev/null || true", "", 0, "unknown"),
        ("make test", "make: Nothing to be done for 'test'.", 0, "unknown"),
        ("make test", "make: 'test' is up to date.", 0, "unknown"),
        ("make build", "make: 'build' is up to date.", 0, "unknown"),
        ("npm test --if-present", "", 0, "unknown"),
        ("turbo run test", "No tasks were executed as part of this run.", 0, "unknown"),
        ("turbo run test", " Tasks:    0 successful, 0 total\nCached:    0 cached, 0 total", 0, "unknown"),
        ("turbo run test", " Tasks:    10 successful, 10 total\nCached:    0 cached, 10 total", 0, "passed"),
        ("npx nx affected -t test", " NX   No tasks were run", 0, "unknown"),
        ("pnpm --filter a test", 'No projects matched the filters in "/src"', 0, "unknown"),
        ("pnpm -r test", 'None of the selected packages has a "test" script', 0, "unknown"),
        ("npm run test --if-present", "(Bash completed with no output)", 0, "unknown"),
        ("ninja | tail -1", "[9/9] Linking CXX executable a", 0, "passed"),
        ("cmake --build b | tail -1", "ninja: no work to do.", 0, "passed"),
        ("ninja | tail -1", "[8/9] Building CXX object a.o", 0, "unknown"),
        ("ninja | tail -2", "[9/9] Linking CXX executable a\nFAILED: a", 0, "failed"),
        ("bazel build //... | tail -1", "ERROR: Build did NOT complete successfully", 0, "failed"),
        ("bazel build //... | tail -1", "INFO: Build completed successfully, 3 total actions", 0, "passed"),
        ("turbo run test", "Tasks: 3 successful, 3 total\nCached: 3 cached, 3 total", 0, "passed"),
        ("xcodebuild -scheme App -destination 'x' test", "** TEST SUCCEEDED **", 0, "passed"),
        ("pre-commit run --all-files", "x....Failed", 1, "failed"),
    ],
)
def test_is_passed_only_where_it_ran_and_tested(command: str, output: str, code: int, wanted: str) -> None:
    """A branch, a loop, a fallback, a pipe or a run without tests proves nothing, unless the output says more."""
    assert outcome(command, output, code) == wanted


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("npm test > out.log 2>&1; tail -3 out.log", "passed"),
        ("npm test > /tmp/a/out.log 2>&1; cd /tmp/a; grep -E 'passed|failed' out.log", "passed"),
        ("npm test | tee run.txt | tail -3; cat run.txt", "passed"),
        ("npm test -- --outputFile=run.txt | tail -3; cat run.txt", "passed"),
        ("npm test | tail -3; cat package.json", "passed"),
        ("npm test > out.log 2>&1; tail -3 older.log", "unknown"),
        ("npm test | tail -3; cat README.md", "unknown"),
        ("npm test | tail -3; sed -n 1,20p docs/CHANGELOG", "unknown"),
        ("npm test | tail -3; grep -rn passed notes.txt", "unknown"),
        ("cat > said.txt <<'E'\nx\nE\nnpm test > /dev/null; cat said.txt", "unknown"),
    ],
)
def test_log_or_prose_that_is_shown_beside_a_check_proves_nothing(command: str, wanted: str) -> None:
    """What a file tells that the line did not write may be of another run, or an example."""
    assert outcome(command, "Tests: 4 passed, 4 total") == wanted


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("make test || { tail log; exit 1; }", "passed"),
        ("make test || exit $?", "passed"),
        ("make test || { code=$?; tail log; exit $code; }", "passed"),
        ("make test || { tail log; exit $?; }", "unknown"),
        ("make test || { tail log; exit $code; }", "unknown"),
        ("make test || exit 00", "unknown"),
        ("make test || exit 256", "unknown"),
        ("make test || exit x", "unknown"),
        ("make test || exit", "unknown"),
        ("npm test; rc=$?; rm x; if [ $rc -eq 0 ]; then echo well; else echo badly; fi", "passed"),
        ("npm test; rc=$?; rm x; rc=0; if [ $rc -eq 0 ]; then echo well; else echo badly; fi", "unknown"),
        ("tsc > out.log | wc -l", "unknown"),
        ("mvn -fn test", "unknown"),
    ],
)
def test_what_ends_well_whatever_failed_proves_nothing(command: str, wanted: str) -> None:
    """An exit code that is not that of the check, or a count of what went elsewhere."""
    output = {"npm": "well", "tsc": "0", "mvn": "BUILD SUCCESS"}.get(command[:3], "")
    assert outcome(command, output) == wanted


def test_branch_that_a_line_did_not_come_to_says_nothing() -> None:
    """Where the whole line failed, its last command, which only prints, did not run: a log said that."""
    line = "set -e; cat ci.log; npm test; if [ $? -eq 0 ]; then echo well; else echo badly; fi"
    assert outcome(line, "well", 1) == "unknown"


@pytest.mark.parametrize(
    "output",
    [
        "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x1",
        "WARNING: ThreadSanitizer: data race (pid=3)",
        "==================\nWARNING: DATA RACE\nRead at 0x1 by goroutine 7",
        "==12== Invalid write of size 1",
        "run.sh: line 3:  9001 Segmentation fault      ./a",
    ],
)
def test_what_watches_over_memory_and_threads_found_something(output: str, tmp_path: Path) -> None:
    """Though a pipe hides the exit code, the check failed."""
    lines = Lines()
    lines.user("please mend the reader")
    lines.edit("/home/dev/app/a.c")
    lines.bash("make test 2>&1 | tail -40", output)
    lines.say("Hm.")
    found = lines.distilled(tmp_path).validation
    assert found is not None
    assert found.outcome == "failed"


def test_what_a_program_died_of_is_no_failure_of_its_build(tmp_path: Path) -> None:
    """It was built before that."""
    lines = Lines()
    lines.user("please mend the reader")
    lines.edit("/home/dev/app/a.c")
    lines.bash(
        "make 2>&1 | tail -2; ./a 2>&1 | head -9", "cc a.c\n==7==ERROR: AddressSanitizer: heap-use-after-free"
    )
    lines.say("Hm.")
    found = lines.distilled(tmp_path).validation
    assert found is not None
    assert found.outcome == "unknown"
