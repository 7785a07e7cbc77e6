"""What outputs say of success and failure: patterns, each looked for only on lines that hold one of its words."""

import re
from typing import Final


class Sign:
    """A pattern that looks at single lines, and words one of which stands on every line that it is found on.

    To look for words is a hundred times faster than to search for a pattern that begins with the beginning of a line.
    """

    def __init__(self, pattern: str, *words: str, fold: bool = False) -> None:
        """Args:
        fold: Whether case does not matter; the pattern and the words are in lower case then.
        """
        self.pattern: Final = re.compile(pattern, re.M)
        self.words: Final = words
        self.fold: Final = fold

    def search(self, text: str) -> bool:
        """Tell whether the pattern is found on any line of a text."""
        text = text.lower() if self.fold else text
        for word in self.words:
            at = text.find(word)
            while at >= 0:
                end = text.find("\n", at)
                end = end if end >= 0 else len(text)
                if self.pattern.search(text, text.rfind("\n", 0, at) + 1, end):
                    return True
                at = text.find(word, end)
        return False

    def words_in(self, text: str) -> list[str]:
        """Return those of the words that a text holds, for `on` its lines."""
        text = text.lower() if self.fold else text
        return [word for word in self.words if word in text]

    def on(self, line: str, words: list[str]) -> bool:
        """Tell whether the pattern is found on a line of a text that holds these words only."""
        line = line.lower() if self.fold else line
        return any(map(line.__contains__, words)) and self.pattern.search(line) is not None


TEST_FAIL: Final = Sign(
    r"^(?:FAILED\b|FAIL\b|--- FAIL|FAILURES?!|FAILED \(|not ok \d)"
    r"|\b[1-9]\d* (?:failed|failing|failures?)\b|^\s*[1-9]\d* fail$|(?:failures|errors)=[1-9]|test result: FAILED"
    r"|Tests?:\s+[1-9]\d* failed|\bNo module named \w+|[#\u2139] fail +[1-9]|^Asserts: .* [1-9]\d* fail |^# \{ total: .*\bfail: [1-9]|\[ FAIL [1-9]|- Failed: +[1-9]|\d+ examples?, [1-9]\d* failures?"
    r"|[✖✗] [1-9]\d* (?!problems? \(0 errors)|(?:Failures|Errors): [1-9]|\b[1-9]\d* tests? failed\b|^\s*[1-9]\d* errors?$|^✘ Test run|evaluation failed :\("
    r"|\*\* TEST FAILED \*\*|^Result: FAIL$|^\[  FAILED  \]|(?<!\w)[1-9]\d* (?:TESTS? )?FAILED\b|\*\*\* FAILED \*\*\*|^\[error\] Failed tests:"
    r"|^TEST RUN FAILED|tests FAILED:|^Errors while running CTest|^Failed examples:|^rspec \S+:\d+ # |\b[1-9]\d* errors? occurred outside of examples"
    r"|^\d\d:\d\d \+.* (?:\[E\]|Some tests failed\.)$|^Test summary: .*\bfailed: [1-9]|\"Action\":\"fail\"|^not ok\b(?!.*# (?:TODO|SKIP)\b)",
    "FAIL", "fail", "Failed e", "Failed t", "Errors while", "fail: ", "rspec ", " outside of ", " [E]", "not ok", "Failed: ", "errors=", "No module named ", "✖", "✗", "Failures: ", "Errors: ", " error", "✘ Test",
)  # fmt: skip
FAIL: Final = Sign(
    r"^(?:npm (?:ERR!|error)|make(?:\[\d+\])?: \*\*\*|ERROR in |(?:[\w.+/-]+: )?(?:fatal )?error(?:\[E\d+\])?: |vet(?:\.exe)?: )|BUILD FAIL(?:ED|URE)\b"
    r"|^\S+?\.\w{1,5}:\d+:\d+: (?!note|warning|info)|\berror TS\d+|Build (?:failed|FAILED)|exit status [1-9]|ELIFECYCLE|ERROR task failed"
    r"|\b[1-9]\d* (?:errors?|problems?)\b(?! \(0 errors| \(\d+ fixed, 0 remaining)|\b[1-9]\d* [Ee]rror\(s\)|^[1-9]\d* issues:|Command failed with exit code [1-9]"
    r"|^(?:\S+: )?(?:\S+: )?command not found|: command not found$|Would reformat|Some errors were emitted|> Build error|^\W*Failed to compile|\.{3}Failed$|too many warnings \(|^\s*\d+ (?:interrupted|did not run)$"
    r"|^In .+ line \d+:$|^\S+:\d+ (?:DL|SC)\d{4} |^│ Error: |\b[1-9]\d* issue\(s\) found:|Code style issues (?:found )?in |^would reformat |\bwould be reformatted"
    r"|^Diff in \S|\(\d+(?:,\d+)?\): error [A-Z]+\d*: |^(?:== |> |\[ERROR\] )?Compilation (?:failed|error)\b|^\[error\] \(\S+ / |\bmods/funs, found [1-9]|^ +error (?:•|-) \S.* (?:•|-) |^ +\d+:\d+ +error +\S"
    r"|\bviolations?, [1-9]\d* serious|^\[ERROR\] -> \[Help 1\]|^\[error\] No files matching|^(?:PHP )?(?:Fatal|Parse) error: |^\S+ aborted!$|^level=error msg=.(?:Running|Can't|\[linters)"
    r"|^Oops! Something went wrong! :|^ruff failed$|^mypy: can't |^ERROR: Test file |^ +https://www\.shellcheck\.net/wiki/SC\d",
    "ERR", "FAIL", "rror", "vet", ": ", "failed", "exit status ", "ELIFECYCLE", "problem", " issues:", "command not found", "Would reformat",
    "Failed", "too many", " interrupted", " did not run", " line ", " DL", " SC", "issue(s) ", "Code style ", "would ", "Diff in ", "Compilation ",
    "mods/funs, found", " serious", "[Help 1]", " aborted!", "Oops! ", "mypy: ", "shellcheck.net", "[error] (",
)  # fmt: skip
PASS: Final = Sign(
    r"^(?:OK(?: \(.*\))?|ok[ \t]+\S+.*|PASS|All checks passed!|Success: no issues found.*|BUILD SUCCESS(?:FUL)?.*)\s*$"
    r"|^=*\s*\d+ passed\b|test result: ok\.|Tests:\s+(?:\d+ skipped, )?\d+ passed|\b\d+ passing\b|^\s*(?:\d+ pass|0 fail)\s*$"
    r"|(?<![\w.])0 (?:errors?|failed|failures)\b|Tests\s+\d+ passed|[#\u2139] fail 0\b|BUILD SUCCEEDED|Build succeeded|\bno issues found"
    r"|^0 issues\.|^Checked \d+ files? .*No fixes applied|No ESLint warnings or errors|[Cc]ompiled successfully"
    r"|^\[SUCCESS\] |^\W*built in \d|^\s*Finished `?(?:dev|release)\b|^Build complete!|Application bundle generation complete"
    r"|\b([1-9]\d*) tests? run: \1 passed\b|congratulations :\)|\*\* TEST SUCCEEDED \*\*|^Result: PASS$|\[build\] Complete!|^\[100%\] Built target|100% tests passed|TEST RUN PASSED|Tests run: [1-9]\d*, Failures: 0(?!, Errors: [1-9])|\.{3}Passed$|^Passed! +- Failed: +0,"
    r"|^\W*All specs passed!|^All tests passed \(|^All [1-9]\d* tests passed\.$|^\d\d:\d\d \+.*: All tests passed!$|Executed ([1-9]\d*) of \2 (?:.* )?SUCCESS\b"
    r"|^TOTAL: [1-9]\d* SUCCESS$|^OK, but some tests were skipped!|^\[  PASSED  \] [1-9]\d* tests?\.$|^\[info\] (?:All tests passed\.|Passed: Total [1-9])|^ {2}[1-9]\d* tests? passed$"
    r"|; ([1-9]\d*)/\3 tests passed$|\bTest run with [1-9]\d* tests?.* passed after|^# ok$|^Asserts: +[1-9]\d* pass +0 fail |^\{.*\"Action\":\"pass\",\"Package\":\"[^\"]+\",\"Elapsed\""
    r"|^DONE [1-9]\d* tests(?:, \d+ skipped)? in |^ *\[OK\] No errors|^ *No errors found!|\b[1-9]\d* files? inspected, no offenses|^Audit done\.$|^Success! The configuration is valid"
    r"|^All matched files use Prettier|^[1-9]\d* files? (?:would be left unchanged\.|already formatted)$|Found \d+ violations?, 0 serious in [1-9]"
    r"|mods/funs, found no issues|^No issues found!|^Checked [1-9]\d* files?$",
    "OK", "ok", "PASS", " pass", "no issues found", "BUILD SUCCE", "0 fail", "0 error", "fail 0", "Build succeeded",
    "0 issues.", "No fixes applied", "No ESLint", "ompiled successfully",
    "[SUCCESS] ", "built in ", "Finished ", "Build complete!", "generation complete", "[build] Complete!", "Built target",
    "All specs", "All tests", "s passed.", " SUCCESS", "[  PASSED  ]", "Passed: Total", "# ok", "Action\":\"pass\"", "DONE ", "No errors", "no offenses",
    "Audit done.", "Success! The", "All matched", "unchanged.", "already formatted", "0 serious", "no issues", "No issues", "Checked ",
    "100% tests passed", "TEST RUN PASSED", "Failures: 0", "...Passed", "Passed!", "congratulations", "SUCCEEDED",
)  # fmt: skip
# A summary that counts no failure, after which error lines in the log are only what tests printed.
ZERO: Final = Sign(
    r"^\s*0 fail(?:ed|ures?)?$|[#\u2139] fail 0\b|(?<![\w.])0 failed\b|^=+ \d+ passed[^=\n]*=+$|^OK$|test result: ok",
    "0 fail", "fail 0", " passed", "OK", "test result: ok",
)  # fmt: skip
COUNTED: Final = Sign(
    r"^\W*[1-9]\d* (?:fail(?:ed|ing|ures?)?|errors?)\b|^(?:FAILED|FAIL|--- FAIL)\b|Tests?:\s+[1-9]\d* failed",
    " fail", " error", "FAIL",
)  # fmt: skip

# Of lines of a failed call: what says why it failed, and what may.
STRONG: Final = Sign(
    r"CONFLICT |fatal: |\b[Ee]rror(?:\[\w+\])?: |^npm error |\b[A-Z]\w*(?:Error|Exception)\b|\bpanic: |ERR!|"
    r"Command (?:failed|timed out)|[Pp]ermission denied|command not found",
    "CONFLICT ", "fatal: ", "rror", "Exception", "panic: ", "ERR!", "Command ", "ermission denied", "command not found",
)  # fmt: skip
WEAK: Final = Sign(
    r"\b(?:fail(?:ed|ure|s)?|error|can(?:no|')t|could(?: not|n't)|unable|not found|no such|denied|refused|blocked|not allowed|"
    r"unknown|invalid|missing|required?s?|ignored|rejected|unrecogni[sz]ed|timed out|outside|already|unexpected|must|depend(?:s|ed) (?:up)?on)\b",
    "fail", "error", "can", "could", "unable", "not found", "no such", "denied", "refused", "blocked", "not allowed",
    "unknown", "invalid", "missing", "require", "ignored", "rejected", "unrecogni", "timed out", "outside", "already",
    "unexpected", "must", "depend", fold=True,
)  # fmt: skip
