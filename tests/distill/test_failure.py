# ruff: noqa: RUF001  (test runners print signs of their own)
"""What is told of a failed run, and of what a run counts."""

import pytest

from spread.distill.failing import names_of
from spread.distill.failure import LINE_CHARS, counts_of, failure_of, shown


@pytest.mark.parametrize(
    ("output", "counts"),
    [
        ("==== 3 passed in 0.16s ====", "3 passed in 0.16s"),
        ("=== 4 failed, 31 passed in 0.39s ===", "4 failed, 31 passed in 0.39s"),
        ("Tests:       1 failed, 8 passed, 9 total", "1 failed, 8 passed, 9 total"),
        ("      Tests  12 passed (12)", "12 passed"),
        (" 1274 pass\n 0 fail", "1274 pass, 0 fail"),
        ("  9 passing (30ms)\n  1 failing", "9 passing (30ms), 1 failing"),
        (
            "test result: ok. 4 passed; 0 failed; x\ntest result: ok. 2 passed; 1 failed; y",
            "6 passed, 1 failed",
        ),
        ("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured", ""),
        ("ok  \thost/x/e2e\t16.201s", "ok e2e 16.201s"),
        ("test result: ok. 4 passed; 0 failed; 2 ignored; 0 measured", "4 passed, 0 failed, 2 ignored"),
        (
            "    --- SKIP: TestHook/nu (0.19s)\n--- PASS: TestHook (4.10s)\nok  \thost/x/e2e\t16.201s",
            "ok e2e 16.201s; skipped: TestHook/nu",
        ),
        (
            "--- SKIP: A (0.1s)\n--- SKIP: B (0s)\n--- SKIP: C (0s)\n--- SKIP: D (0s)",
            "skipped: A, B, C and 1 more",
        ),
        ("ok  \thost/x/a\t1.6s\nFAIL\thost/x/shop\t1.7s\nok  \thost/x/b\t(cached)\nFAIL", "FAIL shop"),
        (
            "FAIL\thost/a [build failed]\nFAIL\thost/b\t1s\nFAIL\thost/c\t1s\nFAIL\td\t1s",
            "FAIL a, b, c and 1 more",
        ),
        ("DONE 12 tests in 3.1s", "12 tests in 3.1s"),
        ("Executed 1 out of 5 tests: 4 tests pass and 1 fails locally.", "4 tests pass and 1 fails locally"),
        (
            "  2 failed\n    a.spec.ts:3:5 › pays ────\n  1 flaky\n    a.spec.ts:9:5 › x ──\n  4 passed (3s)",
            "2 failed, 4 passed",
        ),
        ("ℹ tests 3\nℹ suites 1\nℹ pass 1\nℹ fail 2", "1 passed, 2 failed"),
        ("FAILED | 1 passed | 2 failed (24ms)", "1 passed | 2 failed"),
        ("TOTAL: 2 FAILED, 1 SUCCESS", "2 FAILED, 1 SUCCESS"),
        ("3 examples, 2 failures", "3 examples, 2 failures"),
        (
            "3 runs, 2 assertions, 1 failures, 0 errors, 0 skips",
            "3 runs, 2 assertions, 1 failures, 0 errors, 0 skips",
        ),
        ("1 doctest, 2 tests, 0 failures", "1 doctest, 2 tests, 0 failures"),
        ("OK (2 tests, 5 assertions)", "2 tests, 5 assertions"),
        ("Tests: 3, Assertions: 2, Errors: 1.", "Tests: 3, Assertions: 2, Errors: 1"),
        ("  Tests:    2 failed, 1 passed (2 assertions)", "2 failed, 1 passed"),
        (
            "Passed! - Failed: 0, Passed: 2, Skipped: 1, Total: 3\nFailed!  - Failed:  1, Passed:  4, Skipped:  0",
            "1 failed, 6 passed, 1 skipped",
        ),
        (
            "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s\n"
            "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0\n"
            "[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0",
            "5 tests, 1 failed, 1 errors",
        ),
        ("33% tests passed, 2 tests failed out of 3", "2 tests failed out of 3"),
        ("[  PASSED  ] 1 test.\n[  FAILED  ] 2 tests, listed below:", "1 passed, 2 failed"),
        ("Ran 3 tests in 0.1s\n\nFAILED (failures=1, errors=1)", "3 tests, failures=1, errors=1"),
        ("[info] Tests: succeeded 1, failed 2, canceled 0", "1 passed, 2 failed"),
        ("00:00 +1 -2: Some tests failed.", "1 passed, 2 failed"),
        (
            "  Summary [ 0.009s] 3 tests run: 1 passed (1 slow), 2 failed, 0 skipped",
            "3 tests, 1 passed, 2 failed",
        ),
        ("1 passed; 0 skipped; 1 failed.", "1 passed; 0 skipped; 1 failed"),
        ("all is well", ""),
    ],
)
def test_counts_of_the_runners(output: str, counts: str) -> None:
    """How many passed and failed, and how long it took, in the words of the runner."""
    assert counts_of(output) == counts


def test_what_a_search_lets_through_of_node_names_the_failed_tests() -> None:
    """The places between its lists of marks are gone; its first list holds what groups them, too."""
    marks = "✖ sums (3.17ms)\n✖ escapes <b> (0.31ms)"
    output = f"✖ all of it (9.1ms)\n{marks}\nℹ tests 7\nℹ fail 2\n✖ failing tests:\n{marks}"
    assert names_of(output) == ["sums", "escapes <b>"]


def test_failing_tests_are_named_first() -> None:
    """All of their names stand on one line, whatever else there is room for."""
    output = "\n".join(
        [
            "E   AssertionError: assert 1 == 2",
            *(f"FAILED t/test_a.py::TestB::test_{at} - AssertionError: x" for at in range(12)),
        ]
    )
    first, second, *_ = failure_of(output).splitlines()
    assert first == f"failing tests: {', '.join(f'test_{at}' for at in range(10))} and 2 more"
    assert second == "E   AssertionError: assert 1 == 2"
    assert names_of("--- FAIL: TestX (0.1s)\ntest mod::works ... FAILED\n(fail) adds up [0.2ms]") == [
        "TestX", "mod::works", "adds up",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (
            "Exit code 1\npkg/shop.go:1: : # host/shop\npkg/shop.go:93:23: quiet lacks the method Warn (typecheck)\n"
            "package shop\n1 issues:\n* typecheck: 1",
            ["pkg/shop.go:93:23: quiet lacks the method Warn (typecheck)", "* typecheck: 1"],
        ),
        (
            "2026/01/06 19:00:41 INFO saved\n--- FAIL: TestTitle (0.04s)\n"
            "    shop_test.go:72: title = 'a', want 'b'\nFAIL",
            ["failing tests: TestTitle", "shop_test.go:72: title = 'a', want 'b'", "FAIL"],
        ),
        (
            "t/test_a.py:9: in test_a\n    load()\na/b.py:3: DeprecationWarning: old\n"
            "a/b.c:3:1: note: here\nt/test_a.py:9: KeyError\nE   KeyError: 'x'",
            ["E   KeyError: 'x'"],
        ),
        (
            "lib/x.mjs (1:0): Error when using a map for an error\na.ts:2:3 - error TS26: no such name\nFound 1 error.",
            [
                "a.ts:2:3 - error TS26: no such name",
                "lib/x.mjs (1:0): Error when using a map for an error",
                "Found 1 error.",
            ],
        ),
        (
            f"src/list.tsx format {'━' * 40}\n\n  × Formatter would have printed this:\n\n    1 │ - a\n"
            f"src/cart.ts:6:3 lint/suspicious/noVoid  FIXABLE  {'━' * 20}\n\n  ! Unexpected void.\n"
            'Found 2 errors.\nerror: script "lint" exited with code 1',
            [
                "src/list.tsx format: Formatter would have printed this",
                "src/cart.ts:6:3 lint/suspicious/noVoid: Unexpected void.",
                'error: script "lint" exited with code 1',
            ],
        ),
    ],
)
def test_a_place_and_what_is_wrong_there(output: str, told: list[str]) -> None:
    """Without it the last failure says no more than that there was one; where a traceback passes through tells less."""
    assert failure_of(output).splitlines() == told


def test_colours_do_not_hide_what_is_wrong() -> None:
    """They stand within the words by which it is found."""
    place = "\x1b[96ma.ts\x1b[0m:\x1b[93m2\x1b[0m:\x1b[93m3\x1b[0m"
    coloured = f"{place} - \x1b[91merror\x1b[0m\x1b[90m TS26: \x1b[0mno such name"
    assert (
        failure_of(f"{coloured}\nand more\nFound 1 error.")
        == "a.ts:2:3 - error TS26: no such name\nFound 1 error."
    )


def test_a_long_line_keeps_both_ends_and_says_what_is_missing() -> None:
    """Cut in the middle without a word, an assertion may seem to show something else."""
    line = f"E   assert '[KEY]' in 'begin {'x ' * 400}at the end: sk-gone'"
    told = shown(failure_of(line), 900)
    assert told.startswith("E   assert '[KEY]' in 'begin x")
    assert told.endswith("at the end: sk-gone'")
    assert "characters…]" in told
    assert len(told) < LINE_CHARS
    assert shown("E   short: 1", 900) == "E   short: 1"


def test_the_list_at_the_end_of_a_rust_run_names_what_failed() -> None:
    """Also where that is all that was shown of it."""
    assert names_of("failures:\n    a::b\n    src/lib.rs - C (line 7)\n\ntest result: FAILED. 1 passed") == [
        "a::b",
        "src/lib.rs - C (line 7)",
    ]


@pytest.mark.parametrize(
    ("passed", "failed"),
    [("src/a.test.ts:", "src/b.test.ts:"), ("PASS src/a.test.ts", "FAIL src/b.test.ts (5.1 s)")],
)
def test_what_a_file_of_tests_logs_that_passed_is_not_what_went_wrong(passed: str, failed: str) -> None:
    """A test of what happens on an error writes one and passes; how all ended stands at the end."""
    logs, wrong = (
        f"{passed}\nerror: no lamp 3\n",
        f"{failed}\nerror: expected 1, got 2\n(fail) lamps > count [1ms]\n",
    )
    told = failure_of(f"{logs}\n{wrong}\n{logs}\n{failed}\n(fail) lamps > dim\n\n 9 pass\n 2 fail")
    assert told.splitlines()[0].startswith("failing tests: lamps > count")
    assert "error: expected 1, got 2" in told
    assert "no lamp 3" not in told
    assert told.endswith("2 fail")
    assert "no lamp 3" in failure_of(f"{logs}\n{logs}\n 9 pass\nerror: it ended")


def test_what_maven_advises_is_not_what_went_wrong() -> None:
    """The test and what it expected stand above that, as does what a compiler says."""
    advice = (
        "[ERROR] \n[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.\n[ERROR] \n"
        "[ERROR] For more information about the errors, please read the following articles:\n"
        "[ERROR] [Help 1] http://cwiki.apache.org/confluence/display/MAVEN/MojoFailureException"
    )
    failed = "[ERROR] Failures: \n[ERROR]   LampTest.glows:49 expected:<1> but was:<2>\n"
    goal = "[ERROR] Failed to execute goal x:test on project lamps: There are test failures."
    assert failure_of(f"{failed}{goal}\n{advice}").splitlines() == [
        "failing tests: LampTest.glows",
        "[ERROR]   LampTest.glows:49 expected:<1> but was:<2>",
        goal,
    ]
    broken = "[ERROR] /a/Lamp.java:[21,46] cannot find symbol"
    assert failure_of(f"{broken}\n{goal}\n{advice}").splitlines() == [broken, goal]
