"""What outputs say of success and failure: patterns, each looked for only on lines that hold one of its words."""

import re
from functools import cached_property, lru_cache
from typing import Final


class Sign:
    """A pattern that looks at single lines, and words one of which stands on every line that it is found on.

    To look for words is a hundred times faster than to search for a pattern that begins with the beginning of a line.
    """

    def __init__(self, pattern: str, *words: str, fold: bool = False) -> None:
        """Args:
        fold: Whether case does not matter; the pattern and the words are in lower case then.
        """
        self.written: Final = pattern
        self.words: Final = words
        self.fold: Final = fold

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when a word of it is first met: most sessions meet few of the runners."""
        return re.compile(self.written, re.M)

    def search(self, text: str) -> bool:
        """Tell whether the pattern is found on any line of a text."""
        text = text.lower() if self.fold else text
        looked_at = set[int]()  # where lines end that hold another word, too
        for word in self.words:
            at = text.find(word)
            while at >= 0:
                end = text.find("\n", at)
                end = end if end >= 0 else len(text)
                if end not in looked_at and self.pattern.search(text, text.rfind("\n", 0, at) + 1, end):
                    return True
                looked_at.add(end)
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


class Signs:
    """Several signs, of which one is enough: what is common first, then what single tools say."""

    def __init__(self, *signs: Sign) -> None:
        self.signs: Final = signs

    def search(self, text: str) -> bool:
        """Tell whether one of the signs is found on any line of a text."""
        return any(sign.search(text) for sign in self.signs)


# No line of a test that passed, or of what one logged: a name may speak of failures.
_NO_NAME: Final = (
    r"^(?!\s*(?:[\u2713\u2714\u221a]|ok \d|--- PASS|\[?PASS\b|\S+_test\.go:\d+: |\d\d:\d\d \+\d+: ))"
    r"(?!.*(?:\bPASSED|\.\.\. ok)\s*(?:\[ *\d+%\])?$)"
)
_TEST_FAIL: Final = Sign(
    rf"{_NO_NAME}.*\b[1-9]\d* (?:failed(?! (?:attempts?|calls?|jobs?|logins?|messages?|payments?|requests?|retries|times|tries|uploads?)\b)|failing|failures?)\b|"
    r"^(?:FAILED\b(?!:? +0$)|FAIL\b(?!:? +0$)|--- FAIL|FAILURES?!|FAILED \()"
    r"|^\s*[1-9]\d* fail$|(?:failures|errors)=\"?[1-9]|test result: FAILED"
    r"|Tests?:\s+[1-9]\d* failed|\bNo module named \w+|[#\u2139] fail +[1-9]|\[ FAIL [1-9]|- Failed: +[1-9]|\d(?<!\d\d)\d* examples?, [1-9]\d* failures?"
    r"|[✖✗] [1-9]\d* (?!problems? \(0 errors)|(?:Failures|Errors): [1-9]|\b[1-9]\d* tests? failed\b|^\s*[1-9]\d* errors?$|^✘ Test run|evaluation failed :\("
    r"|\*\* TEST FAILED \*\*|^Result: FAIL$",
    "FAIL", "fail", "Failed: ", "errors=", "No module named ", "✖", "✗", "Failures: ", "Errors: ", " error", "✘ Test",
)  # fmt: skip
_FAIL: Final = Sign(
    r"^(?:npm (?:ERR!|error)|make(?:\[\d+\])?: \*\*\*|ERROR in |(?:[\w.+/-]+: )?(?:fatal )?error(?:\[E\d+\])?: |vet(?:\.exe)?: )|BUILD FAIL(?:ED|URE)\b"
    r"|^\S+?\.\w{1,5}:\d+:\d+: (?!note|warning|info)|\berror TS\d+|Build (?:failed|FAILED)|exit status [1-9]|ELIFECYCLE|ERROR task failed"
    rf"|{_NO_NAME}.*\b[1-9]\d* (?:errors?|problems?)\b(?! \(0 errors| \(\d+ fixed, 0 remaining)|"
    r"\b[1-9]\d* [Ee]rror\(s\)|^[1-9]\d* issues:|Command failed with exit code [1-9]"
    r"|^(?:\S+: )?(?:\S+: )?command not found|: command not found$|Would reformat|Some errors were emitted|> Build error|^\W*Failed to compile|\.{3}Failed$|too many warnings \(|^\s*\d+ (?:interrupted|did not run)$",
    "ERR", "FAIL", "rror", "vet", ": ", "failed", "exit status ", "ELIFECYCLE", "problem", " issues:", "command not found", "Would reformat",
    "Failed", "too many", " interrupted", " did not run",
)  # fmt: skip
_PASS: Final = Sign(
    r"^(?:OK(?: \(.*\))?|ok[ \t]+\S+.*|PASS|All checks passed!|Success: no issues found.*|BUILD SUCCESS(?:FUL)?.*)\s*$"
    r"|^=*\s*\d+ passed\b|test result: ok\.|Tests:\s+(?:\d+ skipped, )?\d+ passed|\b\d+ passing\b|^\s*(?:\d+ pass|0 fail)\s*$"
    r"|(?<![\w.])0 (?:errors?|failed|failures)\b|Tests\s+\d+ passed|[#\u2139] fail 0\b|BUILD SUCCEEDED|Build succeeded|\bno issues found"
    r"|^0 issues\.|^Checked \d+ files? .*No fixes applied|No ESLint warnings or errors|[Cc]ompiled successfully"
    r"|^\[SUCCESS\] |^\W*built in \d|^\s*Finished `?(?:dev|release)\b|^Build complete!|Application bundle generation complete"
    r"|\b([1-9]\d*) tests? run: \1 passed\b|congratulations :\)|\*\* TEST SUCCEEDED \*\*|^Result: PASS$|\[build\] Complete!|^\[100%\] Built target|100% tests passed|TEST RUN PASSED|Tests run: [1-9]\d*, Failures: 0(?!, Errors: [1-9])|\.{3}Passed$|^Passed! +- Failed: +0,",
    "OK", "ok", "PASS", " pass", "no issues found", "BUILD SUCCE", "0 fail", "0 error", "fail 0", "Build succeeded",
    "0 issues.", "No fixes applied", "No ESLint", "ompiled successfully",
    "[SUCCESS] ", "built in ", "Finished ", "Build complete!", "generation complete", "[build] Complete!", "Built target",
    "100% tests passed", "TEST RUN PASSED", "Failures: 0", "...Passed", "Passed!", "congratulations", "SUCCEEDED",
)  # fmt: skip
TEST_FAIL: Final = Signs(
    _TEST_FAIL,
    Sign(r"^not ok\b(?!.*# (?:TODO|SKIP)\b)", "not ok"),
    Sign(
        r"^\[  FAILED  \]|(?<!\w)[1-9]\d* (?:TESTS? )?FAILED\b|\*\*\* FAILED \*\*\*|^\[error\] Failed tests:|^TEST RUN FAILED|tests FAILED:",
        "FAILED", "Failed tests:",
    ),
    Sign(
        r"^Errors while running CTest|^Failed examples:|^rspec \S+:\d+ # |\b[1-9]\d* errors? occurred outside of examples",
        "Errors while", "Failed examples:", "rspec ", "outside of examples",
    ),
    Sign(r"^\d\d:\d\d \+.* (?:\[E\]|Some tests failed\.)$", " [E]", "Some tests failed."),
    Sign(
        r"^Executed \d+ out of \d+ tests?: .*\b[1-9]\d* fails?\b|^Test suite \S+: FAIL$|(?: |^)Done\. PASS=\d+ WARN=\d+ ERROR=[1-9]",
        "Executed ", "Test suite ", "Done. PASS=",
    ),
    Sign(
        r"^nox > (?:\* \S+: failed|Session \S+ (?:failed|aborted))|^Fail: +[1-9]\d*$|^# (?:FAIL|XPASS|ERROR): +[1-9]\d*$|> Test suite \S+ failed$|^Test suite failure for package |\U0001f3c1  Job failed|^Error: Job '[^'\n]+' failed$",
        "nox > ", "Fail: ", "# FAIL: ", "# XPASS: ", "# ERROR: ", "Test suite ", "Job failed", "Error: Job '",
    ),
    # Tests that all passed, and covered too little: what counts no failure is no excuse.
    Sign(
        r"^(?:ERROR|Jest): Coverage for .* does not meet |^Jest: \"\S+\" coverage threshold |^Coverage failure: total of |below the expected minimum coverage"
        r"|^[#\u2139] Error: [\d.]+% \w+ coverage does not meet threshold ",
        "Coverage for ", "coverage threshold ", "Coverage failure: ", "minimum coverage", "coverage does not meet",
    ),
    Sign(
        r"^Tests Passed: \d+, Failed: [1-9]|^Test summary: .*\bfailed: [1-9]|\"Action\":\"fail\"|^# \{ total: .*\bfail: [1-9]|^Asserts: .* [1-9]\d* fail ",
        "Tests Passed: ", "Test summary: ", '"Action":"fail"', "# { total: ", "Asserts: ",
    ),
)  # fmt: skip
FAIL: Final = Signs(
    _FAIL,
    Sign(r"^\W*\u2502 Error: ", "\u2502 Error: "),
    Sign(r"^In .+ line \d+:$|^ +https://www\.shellcheck\.net/wiki/SC\d|^\S+:\d+ (?:DL|SC)\d{4} ", "In ", "shellcheck.net", " DL", " SC"),
    Sign(
        r"^ERROR: (?:failed to (?:solve|build)|Build did NOT complete)|^Failed: {4}\S+#\S|^lerna ERR! |^! (?:LaTeX Error: |Undefined control|Missing |Emergency stop| ==> Fatal)",
        "ERROR: failed to ", "ERROR: Build did NOT", "Failed:    ", "lerna ERR!", "! ",
    ),
    Sign(
        r"^nginx: configuration file \S+ test failed$|^nginx: \[emerg\] |^ {2}FAILED:$|^\[ALERT\] .*(?:Fatal errors|Error\(s\)) found|: Unit configuration has fatal error|\. Refusing\.$|^AH\d{5}: Syntax error",
        " test failed", "[emerg]", "  FAILED:", "[ALERT]", "has fatal error", "Refusing.", "Syntax error",
    ),
    Sign(r"\b[1-9]\d*/\d+ targets? failed\b|\b[1-9]\d* chart\(s\) failed|\b[1-9]\d* offenses? detected(?!.*\bcorrected$)", "target failed", "targets failed", "chart(s) failed", " detected"),
    Sign(r"^g?make(?:\[\d+\])?: Target [`'][^'\n]+' not remade because of errors\.$", " not remade because of errors"),
    Sign(r"^\W*\[ERROR\] (?:TS\d|Could not|Cannot|Unexpected|Expected|No matching)", "[ERROR] "),
    Sign(r"^│ Error: |^ {2}on \S+\.tf(?:\.json)? line \d|\b[1-9]\d* issue\(s\) found:", "│ Error: ", "  on ", "issue(s) found:"),
    Sign(
        r"Code style issues (?:found )?in |^would reformat |\bwould be reformatted|^Diff in \S",
        "Code style issues", "would reformat", "would be reformatted", "Diff in ",
    ),
    Sign(
        r"\(\d+(?:,\d+)?\): error [A-Z]+\d*: |^ +error (?:•|-) \S.* (?:•|-) |^ +\d+:\d+ +error {2,}\S",
        "): error ", " error •", " error - ", " error  ",
    ),
    Sign(
        r"^(?:== |> |\[ERROR\] )?Compilation (?:failed|error)\b|^\[error\] (?:\(\S+ / |No files matching)|^\[ERROR\] -> \[Help 1\]",
        "Compilation ", "[error] (", "[error] No files", "[Help 1]",
    ),
    Sign(r"^[1-9]\d* issues? found\. \(ran in |^(?:\u25b8 )?(?:Build|Test) Failed$", " found. (ran in", "Build Failed", "Test Failed"),
    Sign(
        r"^Found [1-9]\d* diagnostics?$|^FOUND [1-9]\d* ERRORS?\b"
        r"|^(?:Unused (?:files|dependencies|devDependencies|exports|exported types)|Unlisted (?:dependencies|binaries)|Unresolved imports) \([1-9]\d*\)$",
        " diagnostic", "FOUND ", "Unused ", "Unlisted ", "Unresolved imports",
    ),
    # pytest itself, and a program that a shell script ran, broke down.
    Sign(
        r"^INTERNALERROR> \S|: line \d+: +\d+ (?:Segmentation fault|Aborted|Bus error)\b",
        "INTERNALERROR> ", " Segmentation fault", " Aborted", " Bus error",
    ),
    Sign(r"\bmods/funs, found [1-9]|\bviolations?, [1-9]\d* serious", "mods/funs, found", " serious"),
    Sign(
        r"^(?:PHP )?(?:Fatal|Parse) error: |^\S+ aborted!$|^level=error msg=.(?:Running|Can't|\[linters)|^Oops! Something went wrong! :|^ruff failed$|^mypy: can't "
        r"|^ERROR: Test file ",
        "Fatal error: ", "Parse error: ", " aborted!", "level=error", "Oops! ", "ruff failed", "mypy: can't", "ERROR: Test file",
    ),
)  # fmt: skip
# What watches over a program's memory and threads found, or the shell tells of its end: of a test, and not of a build before it.
DIED: Final = Sign(
    r"^(?:==\d+==)?(?:ERROR|WARNING): \w+Sanitizer: |^WARNING: DATA RACE$|^==\d+== (?:Invalid (?:read|write|free)|Conditional jump|Use of uninit)"
    r"|^(?:[^\n]*: line \d+: +\d+ )?Segmentation fault\b",
    "Sanitizer: ", "DATA RACE", "== ", "Segmentation fault",
)  # fmt: skip
PASS: Final = Signs(
    _PASS,
    Sign(
        r"^\W*All specs passed!|^All tests passed \(|^All [1-9]\d* tests passed\.$|^\d\d:\d\d \+.*: All tests passed!$|^\[info\] (?:All tests passed\.|Passed: Total [1-9])"
        r"|; ([1-9]\d*)/\1 tests passed$|^ {2}[1-9]\d* tests? passed$|\bTest run with [1-9]\d* tests?(?: in \d+ suites?)? passed after|^OK, but some tests were skipped!",
        "All specs passed", "tests passed", "test passed", "Passed: Total", "passed after", "OK, but some",
    ),
    # Of servers that look at their own settings.
    Sign(r"^nginx: configuration file \S+ test is successful$|^Syntax OK$|^ {2}SUCCESS: \d+ rules? found$|^Configuration file is valid$|^Valid configuration$", "test is successful", "Syntax OK", "SUCCESS: ", "is valid", "Valid conf"),
    # A plan ends so where it could be made.
    Sign(r"^[^\w\n]{0,20}Plan: \d+ to (?:add|import)\b|^No changes\. Your infrastructure", "Plan: ", "No changes. "),
    Sign(
        r"^#\d+ naming to \S+ (?:[\d.]+s )?done$|^Successfully tagged \S+$|\U0001f3c1  Job succeeded$|^# PASS: +[1-9]\d*$|^ (?:\u2714 )?(?:Service )?\S+ +Built$|^[^\w\n]*NX +Successfully ran targets? |^nox > Session \S+ was successful",
        "naming to ", "# PASS: ", " Built", "Successfully ran target", "Successfully tagged ", "Job succeeded", "was successful",
    ),
    Sign(
        r"^Executed \d+ out of ([1-9]\d*) tests?: \1 tests? pass(?:es)?\.$|^([1-9]\d*) of \2 test suites \(|^ Tasks: {4}([1-9]\d*) successful, \3 total$"
        r"|(?: |^)Done\. PASS=[1-9]\d* WARN=\d+ ERROR=0 |^=+ [1-9]\d* succeeded in \d\d:\d\d:\d\d"
        r"|^\[ FAIL 0 \| WARN \d+ \| SKIP \d+ \| PASS [1-9]\d* \]|^INFO: Build completed successfully|^Tests Passed: [1-9]\d*, Failed: 0\b|^Passed: 0 failure\(s\), \d+ warning\(s\) (?:in|on) [1-9]",
        "Executed ", " test suites (", "successful, ", "Done. PASS=", " succeeded in ", "[ FAIL 0 ", "Passed: 0 ", "INFO: Build completed", "Tests Passed: ",
    ),
    # The last of so many steps, after which a build that failed says so.
    Sign(
        r"^\[([1-9]\d*)/\1\] (?:Linking|Building|Compiling|Generating|Creating) |^ninja: no work to do\.$",
        "] Linking ", "] Building ", "] Compiling ", "] Generating ", "] Creating ", "ninja: no work",
    ),
    Sign(r"Executed ([1-9]\d*) of \1 (?:(?:(?!Executed ).)* )?SUCCESS\b|^TOTAL: [1-9]\d* SUCCESS$", " SUCCESS"),
    Sign(
        r"^\[  PASSED  \] [1-9]\d* tests?\.$|^# ok$|^Asserts: +[1-9]\d* pass +0 fail |^DONE [1-9]\d* tests(?:, \d+ skipped)? in "
        r"|^\{.*\"Action\":\"pass\",\"Package\":\"[^\"]+\",\"Elapsed\"",
        "[  PASSED  ]", "# ok", "Asserts: ", "DONE ", '"Action":"pass"',
    ),
    Sign(
        r"^ *\[OK\] No errors|^ *No errors found!|\b[1-9]\d* files? inspected, no offenses|^Audit done\.$|^Success! The configuration is valid"
        r"|^All matched files use Prettier|^[1-9]\d* files? (?:would be left unchanged\.|already formatted)$|Found \d+ violations?, 0 serious in [1-9]"
        r"|mods/funs, found no issues|^No issues found!|^Checked [1-9]\d* files?$|^(?:\u25b8 )?(?:Build|Test) Succeeded$",
        "[OK] No errors", "No errors found!", "no offenses", "Audit done.", "Success! The", "All matched files", "left unchanged.", "already formatted",
        ", 0 serious", "found no issues", "No issues found!", "Checked ", "Build Succeeded", "Test Succeeded",
    ),
)  # fmt: skip
# A summary that counts no failure, after which error lines in the log are only what tests printed.
ZERO: Final = Sign(
    r"^\s*0 fail(?:ed|ures?)?$|[#\u2139] fail 0\b|(?<![\w.])0 failed\b|^=+ \d+ passed(?:(?!, \d+ error)[^=\n])*=+$|^OK$|test result: ok",
    "0 fail", "fail 0", " passed", "OK", "test result: ok",
)  # fmt: skip
COUNTED: Final = Sign(
    r"^\W*[1-9]\d* (?:fail(?:ed|ing|ures?)?|errors?)\b|^(?:FAILED|FAIL|--- FAIL)\b(?!:? +0$)|Tests?:\s+[1-9]\d* failed",
    " fail", " error", "FAIL",
)  # fmt: skip

# Of lines of a failed call: what says why it failed, and what may.
STRONG: Final = Sign(
    r"CONFLICT |fatal: |\b[Ee]rror(?:\[\w+\])?: |^npm error |\b[A-Z]\w*(?:Error|Exception)\b|\bpanic: |ERR!|"
    r"Command (?:failed|timed out)|[Pp]ermission denied|command not found|is not recognized as |\b(?:depended upon|needed) by\b|\bdependency problems\b|"
    # What a program that broke down, and what watches over its memory and threads, says.
    r"\w+Sanitizer: |WARNING: DATA RACE|Segmentation fault|\b(?:malloc|free|realloc|munmap_chunk)\(\): |double free|stack smashing|"
    r"panicked at |Assertion .{1,200} failed|Failed asserting that |^terminate called |^==\d+== (?:Invalid|Conditional jump|Use of uninit|Process terminating)",
    "Sanitizer: ", "DATA RACE", "Segmentation fault", "(): ", "double free", "stack smashing", "panicked at ", "Assertion ", "Failed asserting ", "terminate called ", "== ",
    "CONFLICT ", "fatal: ", "rror", "Exception", "panic: ", "ERR!", "Command ", "ermission denied", "command not found", "is not recognized as ",
    "depended upon by", "needed by", "dependency problems",
)  # fmt: skip
WEAK: Final = Sign(
    r"\b(?:fail(?:ed|ure|s)?|error|can(?:no|')t|could(?: not|n't)|unable|not found|no such|denied|refused|blocked|not allowed|"
    r"unknown|invalid|missing|required?s?|ignored|rejected|unrecogni[sz]ed|timed out|outside|already|unexpected|must|depend(?:s|ed) (?:up)?on)\b",
    "fail", "error", "can", "could", "unable", "not found", "no such", "denied", "refused", "blocked", "not allowed",
    "unknown", "invalid", "missing", "require", "ignored", "rejected", "unrecogni", "timed out", "outside", "already",
    "unexpected", "must", "depend", fold=True,
)  # fmt: skip


@lru_cache(256)
def has(sign: Sign | Signs, output: str) -> bool:
    """Tell whether a sign is found; the last outputs are asked about at each revision."""
    return sign.search(output)
