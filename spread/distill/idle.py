"""What a check says that had nothing to run: that proves nothing."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.shell import Simple
from spread.distill.signs import COUNTED, PASS, TEST_FAIL, ZERO, has

# What says that nothing was run: over several lines, and on one, which then holds one of these words.
_EMPTY_LINES: Final = re.compile(
    r"(?mi)^Ran 0 tests.*$(?:\s*^OK.*$)?|^[^\w\n]*\u2139? ?tests 0$(?:\n(?![^\w\n]*\u2139? ?tests 0$).*)*?\bfail 0$"
    r"|^.*No (?:python|source) files found.*\n(?:.*\n){0,3}?(?:all checks passed!|0 errors,.*)$|^[ \t]*0 pass$\n(?:[ \t]*\d+ \w+\n)?[ \t]*0 fail$"
    r"|^testing: warning: no tests to run\nPASS$"
)
_EMPTY: Final = re.compile(
    r"(?i)^.*(?:\bno tests? (?:to run|ran|files?|were|found|executed|specified|yet|is available)|\bno (?:examples found|tasks were (?:executed|run)|projects matched the filters)"
    r"|\b0 passed\b[;, |]+0 failed|(?<!\d)0 (?:passing|examples, 0 failures$|specs,|runs, 0 ass|files inspected)"
    r"|^DONE 0 tests in |^\[  passed  \] 0 tests|^1\.\.0(?: |$)|^checked 0 files|Test run with 0 tests|^0 scenarios passed, 0 f|(?<!\d)(?P<all>[1-9]\d*) tests?, 0 failures, (?P=all) excluded|No test matches the given|No Python files are"
    r"|^\s*Tests:? +(?:\d+ (?:skipped|todo)(?:, | \| | (?=\()))*(?:\d+ total|\(\d+\))$|Executed 0 tests|Tests are skipped|NO-SOURCE|no files to check\)Skipped"
    r"|None of the selected packages has a |^ *Tasks: +0 successful, 0 total|Nothing to be done for|is up to date\.$|collected 0 items$).*$|^=*\s*\d+ (?:skipped|deselected)(?:, \d+ \w+)* in [\d.]+s.*$"
)
_EMPTY_WORDS: Final = (
    "no test", "no examples", "no tasks", "0 passed", "0 passing", "0 examples", "tests", "no-source",
    "no files", "nothing to be", "up to date.", "collected 0", " skipped", " deselected", "0 specs", "0 runs, ", "0 files ", "1..0",
    " excluded", "no python", "0 scenarios", "no projects", "none of the selected", "0 total",
)  # fmt: skip
_NO_TESTS: Final = (
    " 0 tests", "o test", "O TEST", "No examples", "No tasks", "No projects", "None of the selected", " 0 pass", "\n0 pass", "0 examples,", "tests 0", "Tests are skipped", "NO-SOURCE",
    "0 specs", "0 runs, ", "0 files ", "1..0", " excluded", "No Python", "No source", "0 scenarios", "no files to check", "Nothing to be done", "is up to date.", "collected 0", " skipped", " deselected", " 0 total", " todo",
)  # fmt: skip
BUILT: Final = re.compile(
    r"(?m)^(?:.*BUILD SUCCESS|[ \t]*Build (?:complete!|succeeded)).*$"
)  # said of what had no tests, too
# What a script says of one of the checks that it ran, and went on.
_LABELLED: Final = re.compile(r"(?m)^\W{0,4}[\w./@-][\w ./@-]{0,39}: +FAIL(?:ED)?$")
_IGNORED: Final = re.compile(r"(?m)^make.* Error \d+ \(ignored\)$")
_LAST_PART: Final = re.compile(
    r"test result: ok\. 0 passed; 0 failed; \d+ ignored; 0 measured; 0 filtered out"
)


def is_rest(commands: list[Simple], places: list[int], output: str) -> bool:
    """Tell whether only the last part of a run is shown, which began after all others had passed.

    Cargo stops at the first target with a failure; the examples in comments come last, and often there are none.
    """
    if (
        "0 passed; 0 failed" not in output
        or output.count("test result: ") != 1
        or not _LAST_PART.search(output)
    ):
        return False
    tests = [at for at in places if commands[at].words[:2] == ["cargo", "test"]]
    return bool(tests) and all(_ends_in_tail(commands[at : at + 2]) for at in tests)


def _ends_in_tail(commands: list[Simple]) -> bool:
    """Tell whether a run of all tests is piped into what shows its end."""
    run, *after = commands
    return bool(after) and run.joint == "|" and after[0].name == "tail" and not _selects(run.words)


def _selects(words: list[str]) -> bool:
    """Tell whether a run of cargo is of some tests only, or goes on after a failure."""
    named = [at for at, word in enumerate(words) if at > 1 and word[0] != "-" and words[at - 1][0] != "-"]
    return bool(named) or "--no-fail-fast" in words or "--" in words


@lru_cache(256)
def ran(output: str) -> str:
    """Return an output without what it says of checks that had nothing to run."""
    if not any(map(output.__contains__, _NO_TESTS)):
        return output
    low = output.lower()
    if any(
        map(
            low.__contains__,
            ("0 tests", "tests 0", "python files", "source files", "0 pass", "no tests to run"),
        )
    ):
        output = _EMPTY_LINES.sub("", output)
    words = [word for word in _EMPTY_WORDS if word in low]
    return "\n".join(
        _EMPTY.sub("", line) if _holds(line.lower(), words) else line for line in output.split("\n")
    )


def _holds(line: str, words: list[str]) -> bool:
    return any(map(line.__contains__, words))


def had_nothing(output: str, told: str, *, tests: bool) -> bool:
    """Tell whether what ended well proves nothing: it ran no test, or swallowed that something failed.

    Args:
        told: Of `ran`.
        tests: Whether it was to run tests.
    """
    idle = not has(PASS, told) and (
        told != output or has(TEST_FAIL, told) or (": FAIL" in told and _LABELLED.search(told) is not None)
    )
    idle = idle and (tests or not BUILT.search(told))  # a build without tests is one all the same
    idle = idle or (has(COUNTED, told) and not has(ZERO, told))
    return idle or ("(ignored)" in told and _IGNORED.search(told) is not None)
