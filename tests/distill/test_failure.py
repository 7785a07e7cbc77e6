"""What is told of a failed run, and of what a run counts."""

import pytest

from spread.distill.failure import LINE_CHARS, counts_of, failure_of, names_of, shown


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
        ("all is well", ""),
    ],
)
def test_counts_of_the_runners(output: str, counts: str) -> None:
    """How many passed and failed, and how long it took, in the words of the runner."""
    assert counts_of(output) == counts


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
            "a/b.c:3:1: note: here\nE   KeyError: 'x'",
            ["E   KeyError: 'x'"],
        ),
    ],
)
def test_a_place_and_what_is_wrong_there(output: str, told: list[str]) -> None:
    """Without it the last failure says no more than that there was one; where a traceback passes through tells less."""
    assert failure_of(output).splitlines() == told


def test_a_long_line_keeps_both_ends_and_says_what_is_missing() -> None:
    """Cut in the middle without a word, an assertion may seem to show something else."""
    line = f"E   assert '[KEY]' in 'begin {'x ' * 400}at the end: sk-gone'"
    told = shown(failure_of(line), 900)
    assert told.startswith("E   assert '[KEY]' in 'begin x")
    assert told.endswith("at the end: sk-gone'")
    assert "characters…]" in told
    assert len(told) < LINE_CHARS
    assert shown("E   short: 1", 900) == "E   short: 1"
