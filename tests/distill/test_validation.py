"""What a build, test, lint or type check really said."""

from pathlib import Path

import pytest

from spread.distill.runs import NEVER_RAN, Run, run_of
from spread.distill.shell import split
from spread.distill.validation import Check, judged, latest, verdict
from spread.transcript_events import Call
from tests.distill.lines import Lines


def run(command: str, output: str = "", *, code: int = 0, **extra: object) -> list[Check]:
    text = f"Exit code {code}\n{output}" if code else output
    call = Call(1, "t", "Bash", {"command": command}, result_line=2, ok=code == 0, output=text, extra=extra)
    found = run_of(call, split(command))
    return judged(found, {}) if found else []


def outcome(command: str, output: str = "", *, code: int = 0) -> str:
    found = run(command, output, code=code)
    return found[-1].outcome if found else "no run"


@pytest.mark.parametrize(
    ("command", "outcome_wanted"),
    [
        ("pytest -q", "passed"),
        ("cd app && pytest -q", "passed"),
        ("pytest -q | cat", "unknown"),
        ("set -o pipefail; pytest -q | cat", "passed"),
        ("pytest -q || true", "unknown"),
        ("pytest -q; echo done", "unknown"),
        ("set -e; pytest -q; echo done", "passed"),
        ("pytest -q && echo done", "passed"),
        ("pytest -q &", "unknown"),
    ],
)
def test_exit_code_zero_counts_only_where_nothing_hides_it(command: str, outcome_wanted: str) -> None:
    """A pipe, `||`, `;` or `&` takes the exit code away, and with it the proof."""
    assert outcome(command) == outcome_wanted


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("pytest | tail -5", "==== 12 passed in 0.1s ====", "passed"),
        ("pytest | tail -5", "==== 1 failed, 11 passed in 0.1s ====", "failed"),
        ("python -m unittest 2>&1 | tail", "Ran 3 tests in 0.1s\n\nOK", "passed"),
        ("python -m unittest 2>&1 | tail", "Ran 3 tests in 0.1s\n\nFAILED (failures=1)", "failed"),
        ("go test ./... | tail -3", "ok  \tx/a\t0.1s\nok  \tx/b\t0.2s", "passed"),
        ("go test ./... | tail -3", "ok  \tx/a\t0.1s\nFAIL\tx/b\t0.2s\nFAIL", "failed"),
        ("go test ./... | grep ok", "ok  \tx/a\t0.1s", "unknown"),
        ("go test ./... | grep -E 'ok|FAIL'", "ok  \tx/a\t0.1s", "passed"),
        ("go test ./... | head -1", "ok  \tx/a\t0.1s", "unknown"),
        ("go build ./... 2>&1 | head -20", "", "passed"),
        ("go build ./... 2>&1 | head -20", "x/a.go:3:4: undefined: y", "failed"),
        ("make -k check | tail -2", "12 passed in 0.1s\nmake: Target 'check' not remade because of errors.", "failed"),
        ("sh -c 'pytest -q &'", "", "unknown"),
        ("cargo test 2>&1 | tail", "test result: ok. 4 passed; 0 failed;", "passed"),
        ("cargo test 2>&1 | tail", "test result: FAILED. 3 passed; 1 failed;", "failed"),
        ("bun test | tail", "error: shown by a test\n 7 pass\n 0 fail\n", "passed"),
        ("bun test | tail", " 6 pass\n 1 fail\n", "failed"),
        ("tsc --noEmit | tail", "a.ts(1,2): error TS2322: no", "failed"),
        ("npm test; echo \"exit: $?\"", "exit: 1", "failed"),
        ("npm test; echo \"exit: $?\"", "exit: 0", "passed"),
        ("npx jest | tail", "Tests:       2 failed, 3 passed, 5 total", "failed"),
        ("npx jest | tail", "Tests:       5 passed, 5 total", "passed"),
        ("mise run lint | tail", "0 issues.", "passed"),
        ("ruff check . | tail", "Found 3 errors.", "failed"),
        ("npm run build 2>&1 | Select-Object -Last 3", '[SUCCESS] Generated static files in "build".', "passed"),
        ("npm run build | Select-Object -First 1", '[SUCCESS] Generated static files in "build".', "unknown"),
        ("npm run build 2>&1 | grep -E 'built|error'", "✓ built in 3.1s", "passed"),
        ("npm run build 2>&1 | grep built", "✓ built in 3.1s", "unknown"),
        ("pytest | tail -1", "=== 2 passed, 1 error in 0.50s ===", "failed"),
        ("pytest --color=yes -q | tail -1", "\x1b[32m\x1b[1m4 passed\x1b[0m\x1b[32m in 0.10s\x1b[0m", "passed"),
        ("npx vitest run | tail -1", "\x1b[2m  Tests \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m (3)", "failed"),
        ("npx vitest run | tail -1", "\x1b[2m  Tests \x1b[22m \x1b[1m\x1b[32m3 passed\x1b[39m\x1b[22m (3)", "passed"),
        ("nyc mocha | tail -1", "ERROR: Coverage for lines (61%) does not meet global threshold (80%)", "failed"),
        ("npm test | tail -1", 'Jest: "global" coverage threshold for lines (80%) not met: 61%', "failed"),
        ("make check | tail -1", "Coverage failure: total of 71 is less than fail-under=80", "failed"),
        ("npx jest | tail -3", "  ✓ locks after 3 failed attempts\n  ✓ 2 errors\nTests:  2 passed, 2 total", "passed"),
        ("npx jest | tail -3", "  ✓ locks after 3 failed\n  ✕ 2 errors\nTests:  1 failed, 1 passed, 2 total", "failed"),
        ("pytest -v | tail -2", "t.py::test_x[3 failed] PASSED [100%]\n=== 2 passed in 0.20s ===", "passed"),
        ("bundle exec rspec -fd | tail -2", "  locks it after 3 failed logins\n1 example, 0 failures", "passed"),
        ("go test -v . | tail -3", "    a_test.go:3: 2 failed\n--- PASS: TestA (0.00s)\nok  \tx/a\t0.1s", "passed"),
        ("Rscript -e 'devtools::test()' | tail -1", "[ FAIL 0 | WARN 0 | SKIP 0 | PASS 7 ]", "passed"),
        ("Rscript -e 'devtools::test()' | tail -1", "[ FAIL 1 | WARN 0 | SKIP 0 | PASS 7 ]", "failed"),
        ("ansible-lint | tail -1", "Passed: 0 failure(s), 0 warning(s) on 12 files.", "passed"),
        ("npx vue-tsc --noEmit; echo \"types: $?\"", "types: 0", "passed"),
        ("npx vue-tsc --noEmit; echo \"types: $?\"", "types: 2", "failed"),
        ("make test | tail -1; echo \"types: $?\"", "ready\ntypes: 0", "unknown"),
        ("make test | tail -1; echo \"it: ${PIPESTATUS[0]}\"", "ready\nit: 2", "failed"),
        ("Invoke-Pester -Path tests", "Tests Passed: 11, Failed: 1, Skipped: 0", "unknown"),
        ("Invoke-Pester -Path tests", "Tests Passed: 11, Failed: 0, Skipped: 0", "passed"),
        ("docker build . 2>&1 | tail -1", "ERROR: failed to solve: process did not complete", "failed"),
        ("npx lerna run test | tail -1", "lerna ERR! npm run test exited 1 in 'web'", "failed"),
        ("xelatex a.tex | tail -3", "! Undefined control sequence.\nl.12 \\foo\n?", "failed"),
        ("mvn package -DskipTests", "[INFO] Tests are skipped.\n[INFO] BUILD SUCCESS", "passed"),
        ("mvn verify", "[INFO] Tests are skipped.\n[INFO] BUILD SUCCESS", "unknown"),
        ("npm test 2>&1 | grep -E 'passed|error'", "3 passed", "unknown"),
        ("cargo build | tail -1", "    Finished `dev` profile [unoptimized] target(s) in 3s", "passed"),
        ("cargo test | tail -1", "    Finished `test` profile [unoptimized] target(s) in 3s", "unknown"),
        ("ctest | tail -3", "100% tests passed, 0 tests failed out of 3", "passed"),
        ("ruff check . | tail", "All checks passed!", "passed"),
    ],
)  # fmt: skip
def test_output_decides_where_the_exit_code_is_hidden(command: str, output: str, wanted: str) -> None:
    """A runner's own summary proves success or failure; anything less is unknown."""
    assert outcome(command, output) == wanted


def test_failing_run_tells_code_and_reason() -> None:
    """The exit code and the lines that say why are kept."""
    (check,) = run("pytest -q", "E   AssertionError: 1 != 2\n1 failed in 0.1s", code=1)
    assert (check.outcome, check.exit_code, check.kind) == ("failed", 1, "test")
    assert "AssertionError: 1 != 2" in check.failure


@pytest.mark.parametrize(
    "output",
    [
        "Ran 0 tests in 0.000s\n\nOK",
        "collected 0 items",
        "ok  \tx\t0.1s [no tests to run]",
        "no tests ran in 0.01s",
    ],
)
def test_running_no_test_proves_nothing(output: str) -> None:
    """Exit code 0 without a single test is not a pass."""
    assert outcome("pytest -q", output) == "unknown"


def test_failure_swallowed_by_a_wrapper_is_no_pass() -> None:
    """Exit code 0 beside a failing summary is not believed."""
    assert outcome("make test", "FAILED (failures=2)") == "unknown"


def test_run_meant_to_fail_is_unknown() -> None:
    """A negative check says nothing about the project."""
    assert outcome("echo 'should fail now'; pytest x", "1 failed", code=1) == "unknown"


@pytest.mark.parametrize(
    "output",
    ["This command requires approval", "<tool_use_error>Sibling tool call errored</tool_use_error>",
     "The user doesn't want to proceed with this tool use."],
)  # fmt: skip
def test_what_never_ran_is_told_by_its_result(output: str) -> None:
    """Approval and denial texts are known as such, so that no run is made of them."""
    assert output.startswith(NEVER_RAN)


def test_timeout_and_background_are_unknown() -> None:
    """A run whose end was not seen has no outcome."""
    assert outcome("pytest", "Command timed out after 2m", code=143) == "unknown"
    (check,) = run("pytest", "Command running in background with ID: b1", backgroundTaskId="b1")
    assert check.outcome == "unknown"


def test_chain_of_kinds_passes_as_a_whole_and_fails_as_one() -> None:
    """All passed: each kind did. One failed: the one the output names is blamed, what let it run passed."""
    assert {check.kind: check.outcome for check in run("npm run lint && npm test")} == {
        "lint": "passed",
        "test": "passed",
    }
    blamed = run("npm run lint && npm test", "Tests: 1 failed, 2 passed", code=1)
    assert [(check.kind, check.outcome) for check in blamed] == [("lint", "passed"), ("test", "failed")]
    unclear = run("npm run lint; npm test", "Tests: 1 failed, 2 passed", code=1)
    assert [(check.kind, check.outcome) for check in unclear] == [("test", "failed")]


@pytest.mark.parametrize(
    ("command", "output", "code", "wanted"),
    [
        ("find t -name 't_*.py' | xargs pytest", "== 3 passed in 0.1s ==", 0, {"test": "passed"}),
        ("find t | xargs pytest", "== 1 failed, 2 passed in 0.1s ==", 123, {"test": "failed"}),
        ("git ls-files src | xargs flake8", "a.py:1:80: E501 line too long", 123, {"lint": "failed"}),
        ("set -o pipefail; git ls-files | xargs flake8", "a quarrel", 128, {"lint": "unknown"}),
        ("git diff --name-only | xargs -r eslint", "", 0, {"lint": "unknown"}),
        ("find t | xargs pytest; ruff check .", "== 3 passed in 0.1s ==\nAll checks passed!", 0,
         {"test": "passed", "lint": "passed"}),
        ("find t | xargs pytest; ruff check .", "== 1 failed in 0.1s ==\nAll checks passed!", 0,
         {"test": "failed"}),
        ("find t | xargs grep pytest; ruff check .", "All checks passed!", 0, {"lint": "passed"}),
    ],
)  # fmt: skip
def test_what_xargs_runs_is_checked(command: str, output: str, code: int, wanted: dict[str, str]) -> None:
    """It is known by its exit code and output; without a word nobody knows whether anything was listed for it."""
    assert {check.kind: check.outcome for check in run(command, output, code=code)} == wanted


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("npm run lint && npm test", "/a.js\n  1:1  error  3 tests failed\n\n✖ 1 problem (1 error, 0 warnings)",
         {"lint": ""}),
        ("ruff check . && pytest", "12 | # 3 tests passed\nFound 1 error.", {"lint": ""}),
        ("ruff check . && mypy . && pytest", "All checks passed!\nFound 1 error in 1 file (checked 3 source files)",
         {"types": ""}),
        ("ruff check . && pytest", "All checks passed!\nERROR: file or directory not found: t", {"test": ""}),
        ("ruff check . && eslint . && pytest", "All checks passed!\nOops", {"lint": "lint or test"}),
        ("npm run lint && npm run build", "> x@1.0.0 lint\n> eslint .\n\n> x@1.0.0 build\n> vite build\nnope",
         {"build": ""}),
        ("npm run lint && npm run build", "> x@1.0.0 build\n> tsc\na.ts(1,2): error TS2322: no", {"build": ""}),
        ("mypy .; pytest", "Found 1 error in 1 file (checked 3 source files)\n== 1 failed in 1s ==",
         {"types": "", "test": ""}),
        ("cargo clippy && cargo test", "error: could not compile `x`", {"lint": "lint or test"}),
    ],
)  # fmt: skip
def test_what_the_output_shows_failed_is_blamed(command: str, output: str, wanted: dict[str, str]) -> None:
    """What stands behind a check that failed never ran; where nobody knows which it was, one of them failed."""
    failed = run(command, output, code=1)
    assert {check.kind: check.among for check in failed} == wanted
    assert {check.outcome for check in failed} == {"failed"}


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("pytest && ruff check .", "== 3 passed in 1s ==\nFound 1 error.", {"test": "passed", "lint": "failed"}),
        ("pytest | tail -1; ruff check .", "3 passed in 1s\nFound 1 error.", {"test": "passed", "lint": "failed"}),
        ("mypy .; pytest", "Found 1 error in 1 file (checked 3 source files)\n== 3 passed in 1s ==",
         {"types": "failed", "test": "passed"}),
        ("pytest; ruff check .", "== 1 failed, 3 passed in 1s ==\nFound 1 error.",
         {"test": "failed", "lint": "failed"}),
        ("pytest a; pytest b; ruff check .", "== 3 passed in 1s ==\nFound 1 error.", {"lint": "failed"}),
        ("pytest | grep -c passed; ruff check .", "1\nFound 1 error.", {"lint": "failed"}),
    ],
)  # fmt: skip
def test_tests_passed_beside_another_check_that_failed(
    command: str, output: str, wanted: dict[str, str]
) -> None:
    """Their own summary says it, where they ran once; whatever the lint found."""
    assert {check.kind: check.outcome for check in run(command, output, code=1)} == wanted


def test_one_of_several_that_failed_is_told_as_that() -> None:
    """A long line is told by the part with all that may have failed, not by one of them."""
    far = (
        "/home/dev/a-long-way-to/the-folder-of-the-project-that-is-checked/by-these-commands/where-it-stands"
    )
    (check,) = run(f"cd {far} && go vet ./... && go test ./...", "./a.go:3: undefined: y", code=1)
    assert (check.among, check.command) == ("lint or test", "go vet ./... && go test ./...")


def test_what_let_a_test_run_passed_though_the_test_is_unclear() -> None:
    """A lint before `&&` passed once the tests print; before `|` or `;`, or where nothing was tested, nobody knows."""
    counted = "ok \tx/a\t0.1s"
    (lint, test) = run("go vet ./... && go test ./... | grep ok", counted)
    assert (lint.kind, lint.outcome, test.outcome) == ("lint", "passed", "unknown")
    (test,) = run("go vet ./... | head && go test ./... | grep ok", counted)
    assert (test.kind, test.outcome) == ("test", "unknown")
    (lint,) = run("go vet ./... && go test ./... | grep ok", "pattern ./...: no main module")
    assert (lint.kind, lint.outcome) == ("lint", "unknown")


def test_hooks_of_a_commit_count_as_tests() -> None:
    """Tests that a pre-commit hook ran are a run like any other."""
    (check,) = run("git commit -m x", " 7 pass\n 0 fail\n[main abc1234] x")
    assert (check.kind, check.outcome) == ("test", "passed")
    assert run("git commit -m x", "[main abc1234] x") == []
    for said in ("All checks passed!", "built in 2.1s", "0 errors and no pass missing"):  # of no test
        assert run("git commit -m x", f"{said}\n[main abc1234] x") == [], said


HOOKS = "$ bun test src/\nTask 2 failed as it should\n 7 pass\n 0 fail\n$ biome check\nfine\n$ tsc --noEmit\n"


def test_each_step_of_the_hooks_counts_once_git_committed() -> None:
    """Tests need their summary, lint and type check only that git went on; noise of tests is no failure."""
    found = run("git commit -m x", f"{HOOKS}[main abc1234] x")
    assert [(check.kind, check.outcome) for check in found] == [
        ("test", "passed"),
        ("lint", "passed"),
        ("types", "passed"),
    ]
    assert found[2].command == "tsc --noEmit (by the hooks of git commit)"
    assert run("git commit -m x | tail -9", "$ biome check\n$ tsc --noEmit\n") == []
    shown = run("git commit -m x", f"{HOOKS}a.ts(1,2): error TS1: no\n[main abc1234] x")
    assert "types" not in {check.kind for check in shown}


def test_steps_that_hooks_tell_as_failed() -> None:
    """A runner's own word on a step counts, also when nothing was committed."""
    found = run("git push", "✔️ lint (1 seconds)\n🥊 unit-test (2 seconds)", code=1)
    assert {check.kind: check.outcome for check in found} == {"lint": "passed", "test": "failed"}
    assert found[0].command == "unit-test (by the hooks of git push)"


def test_hooks_yield_to_a_run_of_the_same_files() -> None:
    """Hooks often check one commit's files only: the session's own pass stays, unless files changed since."""
    runs: dict[str, list[Run]] = {}
    for at, (command, output) in enumerate(
        [("tsc --noEmit", ""), ("git commit -m x", f"{HOOKS}[main abc1234] x")], 1
    ):
        call = Call(at, "t", "Bash", {"command": command}, result_line=at, ok=True, output=output)
        found = run_of(call, split(command))
        assert found is not None
        runs.update({kind: [found] for kind in found.kinds})
    assert latest(runs, {})["types"].at == 1
    assert latest(runs, {}, last_change=1)["types"].at == 2


def test_newer_runs_replace_older_ones_of_their_kind() -> None:
    """Of each kind the newest run that proved something counts."""
    calls = [("pytest", 1, 1), ("pytest", 0, 3), ("git commit -m x", 0, 5)]
    runs: dict[str, list[object]] = {}
    for command, code, at in calls:
        call = Call(
            at,
            "t",
            "Bash",
            {"command": command},
            result_line=at + 1,
            ok=not code,
            output="pass" if at == 5 else "",
        )
        found = run_of(call, split(command))
        assert found is not None
        for kind in found.kinds:
            runs.setdefault(kind, []).append(found)
    checks = latest(runs, {})  # type: ignore[arg-type]
    assert {kind: (check.outcome, check.at) for kind, check in checks.items()} == {"test": ("passed", 4)}


def test_runs_alike_are_one_to_what_remembers_them() -> None:
    """A run read back from a state is the one judged before: equal, and found under the same hash; another is not."""
    one, again, other = (Run(1, at, "make", [], {}, [], "ok", True, False, "") for at in (2, 2, 3))
    assert {one: "judged"} == {again: "judged"}
    assert other not in {one}


REJECTED = " ! [rejected]        main -> main (fetch first)\nerror: failed to push some refs to 'origin'"


@pytest.mark.parametrize(
    ("command", "output", "wanted"),
    [
        ("ruff check . && git push", REJECTED, "passed"),
        (
            "ruff check . && git add -A && git commit -m x && git push",
            f"[main 1a2b3c4] x\n{REJECTED}",
            "passed",
        ),
        (
            "ruff check . && git commit -m x",
            "On branch main\nnothing to commit, working tree clean",
            "passed",
        ),
        ("ruff check .; git push", REJECTED, "unknown"),
        ("git commit -m x && ruff check . && git push", "[main 1a2b3c4] x\nFound 1 error.", "failed"),
        ("pytest && git push", f"==== 1 failed in 0.1s ====\n{REJECTED}", "failed"),
    ],
)
def test_what_git_refused_after_a_check_is_no_failure_of_it(command: str, output: str, wanted: str) -> None:
    """Behind `&&`, git runs only where the check passed; seen to have run, it alone failed."""
    assert outcome(command, output, code=1) == wanted


def test_a_push_that_hooks_looked_at_is_no_pass_of_them() -> None:
    """Where git's hooks are the check, there is nothing before git that passed."""
    text = f"Exit code 1\nhusky - pre-push hook\nok\n{REJECTED}"
    call = Call(1, "t", "Bash", {"command": "git push"}, result_line=2, ok=False, output=text)
    found = run_of(call, split("git push"))
    assert found is not None
    assert verdict(found)[0] != "passed"


def test_what_a_plan_would_do_is_told() -> None:
    """That a plan can be made says little where it takes things away."""
    (check,) = run(
        "terraform plan -no-color", "  # a.b must be replaced\n\nPlan: 1 to add, 0 to change, 1 to destroy."
    )
    assert (check.outcome, check.counts) == ("passed", "1 to add, 0 to change, 1 to destroy")
    (check,) = run("terraform plan | tail -3", "Plan: 1 to add, 0 to change, 0 to destroy.")
    assert check.outcome == "passed"
    (check,) = run("terraform plan | tail -3", "Plan: 1 to add, 0 to change.\n╷\n│ Error: Invalid index")
    assert check.outcome == "failed"


def test_a_filter_that_finds_nothing_is_no_failure() -> None:
    """The exit code is the filter's, not the check's, unless the shell keeps that of the check."""
    (check,) = run("pytest -v | grep FAILED", code=1)
    assert check.outcome == "unknown"
    (check,) = run("set -o pipefail; ruff check . | grep -v E501", "a.py:1:1: F401 unused", code=1)
    assert check.outcome == "failed"


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("     25 3 passed", "passed"),
        ("     24 3 passed\n      1 1 failed, 2 passed", "failed"),
        ("     24 3 passed\n      1 no tests ran", "unknown"),
        ("     25 3 passed\n1aa0b7e Wait for the thread", "passed"),
        ("", "unknown"),
    ],
)
def test_many_runs_that_were_counted_by_how_they_ended(output: str, wanted: str) -> None:
    """All of them passed where each kind of end says so."""
    loop = "for i in $(seq 1 25); do pytest -q 2>&1 | tail -1; done | sed 's/ in .*//' | sort | uniq -c"
    assert outcome(loop, output) == wanted
    assert run(f"{loop} && git commit -qm 'Wait for the thread' && git log --oneline -1", output)[0].command in (
        "pytest -q", "pytest -q 2>&1"
    )  # fmt: skip


def test_a_command_is_told_with_all_its_letters(tmp_path: Path) -> None:
    """What begins a command in a loop is left out, and not where another word ends so."""
    lines = Lines()
    lines.edit("/home/dev/app/a.py")
    long = "/srv/attic/with/a/long/name/that/fills/the/line"
    lines.bash(
        f"cd {long} && ls {long}; sudo pytest -q {long}/tests --maxfail 3 --durations 5", "3 passed in 0.1s"
    )
    assert lines.distilled(tmp_path).validation.command.startswith("sudo pytest -q")
    lines.bash(f"ssh attic 'cd {long} && sudo sed -i s/a/b/ {long}/a.conf && sudo nginx -t'", "ok")
    assert "sused" not in lines.page(tmp_path)
