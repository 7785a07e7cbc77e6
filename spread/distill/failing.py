"""The names of the tests that failed, as each runner writes them down."""

# ruff: noqa: RUF001  (test runners print crosses and ticks)
import re
from functools import cache
from typing import Final


def of_lines(*forms: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return forms, each what stands in every output that has it and its pattern, to be found where a line begins."""
    return tuple((hint, f"(?m)^{pattern}") for hint, pattern in forms)


# How each runner tells such a name; the groups are the name's parts. Each pattern goes over a line once.
_FORMS: Final = of_lines(
    # Python
    ("::", r"(?:FAILED|ERROR) (?:[^\s:\[]*+:++)++(?<=::)([^\s:\[]++(?:\[.*?\])?)(?= - |$)"),
    ("======\n", r"(?:FAIL|ERROR): (\w+) \((?!unittest\.loader)[\w.]+\)"),
    ("| FAIL |", r"(\S(?:.*\S)?) *\| FAIL \|$(?!\n(?:.*\n)?\d+ tests?, )"),
    (".feature:", r" {2}\S+\.feature:\d+ {2}(\S.*)$"),
    # Go
    ("--- FAIL: ", r"[ \t]*--- FAIL: (\S+)"),
    ("=== FAIL: ", r"=== FAIL: \S+ (\S+) \([\d.]+s\)$"),
    ('"Action":"fail"', r'\{(?>.*?"Action":"fail",)(?>.*?"Test":")([^"\n]+)"'),
    ("[F", r"[ \t]*\[(?:FAIL|Fail)\] (\S(?>.*?\[It\] ).*\S)$"),
    # Rust
    ("... FAILED", r"test (\S+) \.\.\. FAILED"),
    ("s] ", r" +(?:FAIL|TIMEOUT|SIG[A-Z]+) \[[^\]\n]*\] (?:\([^()\n]*\) )?\S+ (\S+)$"),
    # JavaScript
    ("(fail) ", r"\(fail\) (.+?)(?: \[[\d.]+m?s\])?$"),
    (" FAILURES ", r"(\S.*) => \S+:\d+:\d+$"),
    (" failing\n", r" {2}\d+\) (\S.*(?:\n {7,}\S.*){0,6}?):$"),
    ("● ", r" {2}● (?!Console$|Test suite failed to run$)(\S.*)\n\n"),
    (" FAIL ", r" FAIL {2}\S.*?\.[cm]?[jt]sx? > (.+)$"),
    ("✘ [fail]", r" {2}✘ \[fail\]: (\S.*?)(?: Error thrown in test)?$"),
    ("✖ ", r"test at \S+:\d+:\d+\n✖ (\S.*) \([\d.]+m?s\)$"),
    ("not ok ", r" *not ok \d+(?: -)? (?!.*# (?:TODO|SKIP|time=))(\S.*)(?!(?:\n +\S.*){1,5}\n +failureType: 'subtestsFailed')$"),
    ("  Message:", r"\d+\) (\S.*)\n {2}Message:$"),
    (" FAILED\n", r"[A-Z][\w ]* \d[\d.]* \([^()\n]+\) (\S.*) FAILED$"),
    # Ruby, PHP
    (" # ", r"(?:rspec|crystal spec|cucumber) \S+ # (?:Scenario: )?(\S.*)$"),
    ("#", r"(?: *\d+\) )?(?:Failure|Error):\n(\S+#.+?)(?: \[\S+\])?:"),
    (" ✘ ", r" ✘ (\S.*?)(?: \[[\d.]+ m?s\])?\n {3}[│┐]"),
    ("   FAILED  ", r" +FAILED {2}\S+ > (\S.*?)(?: {2,}\w*)? *$"),
    # .NET, Java, Scala
    ("  Failed ", r" {2}Failed (\S.*) \[[^][\n]*\]$"),
    ("[xUnit.net ", r"\[xUnit\.net [\d:.]+\] +(\S.*) \[FAIL\]$"),
    ("error TESTERROR", r" +(\S.*) \([^()\n]*\): Error Message: "),
    (" <<< ", r"\[ERROR\] (?:[\w$]++\.)*?([\w$]++\.[\w$]++)(?!\.[\w$])\S*+ -- Time elapsed: .* <<< (?:FAILURE|ERROR)!"),
    ("[ERROR]   ", r"\[ERROR\] {3}([A-Z][\w$]*\.\w+)(?:\([^()\n]*\))?(?:\[\d+\])?(?::\d+| » )"),
    (" FAILED\n", r"(\w[^\n>]* > .+) FAILED$"),
    ("*** FAILED ***", r"(?:\[\w+\] *)?- (\S.*) \*\*\* FAILED \*\*\*"),
    ("[error] Test ", r"\[error\] Test (\S.*) failed: "),
    # C and C++
    ("tests FAILED:", r"[ \t]+\d+ - (\S.*) \((?!Disabled|Skipped)[\w ]+\)"),
    (" FAILED in ", r"(//\S+) +FAILED in [\d.]+(?:s| out of \d+ in .*)$"),
    (" TIMEOUT in ", r"(//\S+) +TIMEOUT in [\d.]+s$"),
    ("[  FAILED  ]", r"\[  FAILED  \] ([\w/]+\.[\w/]+)"),
    (": FAILED:", r"-{60,}\n(\S.*)\n(?: .*\n){0,6}-{60,}\n\S+\n\.{60,}\n\n\S+: FAILED:$"),
    # Swift, Dart, Elixir, Elm, Zig, Clojure, Haskell, R, Terraform, shells
    ("Test Case ", r"Test Case '(?:-\[(?:\w+\.)?(\w+) (\w+)\]|(\S+))' failed"),
    ("Failing tests:", r"\t(?:-\[)?(\w+)[. ](\w+)(?:\(\)|\])$"),
    (" failed after ", r'\S+ +Test (?:"(.+)"|(\w+\(.*\))) failed after '),
    (" [E]", r"\d\d:\d\d \+\d+(?: ~\d+)? -\d+: (?:\S+\.dart: )?(?!loading )(\S.*) \[E\]$"),
    ("\n  1) ", r" {2}\d+\) ((?:test|doctest|property) .+) \([\w.]+\)$"),
    ("TEST RUN FAILED", r"✗ (\S.*)$"),
    ("error: '", r"error: '(.+)' failed: "),
    ("FAIL (", r"\d+/\d+ (\S(?:(?!\.\.\.).)*+)\.\.\. ?(?:.*\n)?FAIL \("),
    (" in (", r"(?:FAIL|ERROR) in \(([^()\s]+)\)"),
    (" FAILED [", r" +(\S.*) FAILED \[\d+\]$"),
    ("── ", r"── (?:Failure|Error) \((?>.*?\): )(\S.*?) ─+$"),
    ('"... fail', r' +run "([^"\n]+)"\.\.\. fail$'),
    (" ✗ ", r" ✗ (\S.*)\n {3}\((?:in|from) "),
    ("[FAIL", r"\[FAIL[^\]\n]*\] (\w+)\("),
)  # fmt: skip
# Lists whose items alone say nothing of what they are: the line above, and each of them.
_LISTS: Final = (
    (" failed\n", r"(?m)^ {2}\d+ failed\n((?: {4}\S.*(?:\n|\Z))+)", r"(?m)^ {4}(?:\[[^\]\n]+\] › )?\S+:\d+:\d+ › (\S.*\S) ─+$"),
    ("failures:\n    ", r"(?m)^failures:\n((?: {4}\S.*(?:\n|\Z))+)", r"(?m)^ {4}(\S.*)$"),
    # What a search for these marks lets through of what node prints.
    ("✖ failing tests:\n✖ ", r"(?m)^✖ failing tests:\n((?:✖ .* \([\d.]+m?s\)(?:\n|\Z))+)", r"(?m)^✖ (\S.*) \([\d.]+m?s\)$"),
    ("There w", r"(?m)^There (?:was|were) \d+ (?:error|failure)s?:\n((?:(?!There w).*(?:\n|\Z))*)", r"(?m)^\d+\) ([\w\\]+::\w+(?: with data set (?:\"[^\"\n]*\"|#\d+))?)"),
)  # fmt: skip


@cache  # most sessions meet few of the runners
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern, compiled when it is first looked for."""
    return re.compile(pattern)


def names_of(output: str) -> list[str]:
    """Return the names of the tests that an output lists as failed; of one that holds others only those of these."""
    found = [
        (match.start(), ".".join(" ".join(part.split()) for part in match.groups() if part))
        for hint, form in _FORMS
        if hint in output
        for match in compiled(form).finditer(output)
    ]
    for hint, above, item in _LISTS:
        for part in compiled(above).finditer(output) if hint in output else ():
            found += [(part.start() + each.start(), each[1]) for each in compiled(item).finditer(part[1])]
    names = list(dict.fromkeys(name for _, name in sorted(found) if name))
    holding = {name.rpartition("/")[0] for name in names if "/" in name}
    return [name for name in names if name not in holding]
