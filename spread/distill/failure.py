# ruff: noqa: RUF001  (test runners print crosses and ticks)
"""What the output of a test run or build says went wrong, and what its own summary counts."""

import re
from functools import lru_cache
from itertools import islice, pairwise
from typing import Final

from spread.distill.errors import plain
from spread.distill.failing import compiled, names_of, of_lines
from spread.distillation_codec import some_of
from spread.distillation_letters import number

MAX_NAMES: Final = 10
TESTS: Final = "failing tests: "
# So much of a line is shown, and kept, that redaction sees what stands around a secret.
LINE_CHARS: Final = 260
KEPT_CHARS: Final = 1_500

FAILURE_CHARS: Final = 4_000
EXIT: Final = re.compile(r"Exit code (\d+)")
# A place in a file and what is wrong there, in more than a word; not where a traceback only passes through.
_PLACED: Final = re.compile(
    r"(?m)^[ \t]*[^\s:]+\.\w{1,5}:\d+(?::\d+)?(?:: | - )(?!in |note|info|[wW]arning|\w+Warning|:)\S+[ \t]+\S.*$"
)
MOST_PLACED: Final = 5
# A file with the rule it breaks, drawn out to a line across, and the message below.
_RULED: Final = re.compile(
    r"(?m)^[ \t]*(?:at )?([^\s:]+\.\w{1,5}(?::\d+:\d+)? [\w/-]+)(?: +FIXABLE)? +━{5,}\n(?:[ \t]*\n)?[ \t]*[×✖!][ \t]+(\S.*?):?$"
)
_WORST: Final = (
    re.compile(r"(?m)^.*(?:AssertionError|Error|Exception|panic|error TS\d+|error(?:\[E\d+\])?):? .*$"),
    re.compile(
        r"(?m)^(?:FAIL|FAILED|--- FAIL|E   |✗|✖|×|not ok|error:|fatal:|\[ERROR\] (?: {2}[A-Z][\w$]*\.\w+|\S+:\[\d+,\d+\] )).*$"
    ),
)
# What Maven advises below every failure.
_ADVICE: Final = re.compile(
    r"(?m)^\[ERROR\] *(?:(?:-> )?\[Help \d+\].*|To see the full stack trace.*|Re-run Maven .*|For more information about .*|Please refer to .*)?$\n?"
)
# A line that does no more than name a test that failed.
_LISTED: Final = re.compile(
    r"FAILED \S+::|\s*--- FAIL: |\(fail\) | FAIL  .* > |not ok \d|(?:FAIL|ERROR): \w+ \("
)
# Above what a file of tests wrote; of one that failed this says so, or what stands there does.
_OF_FILE: Final = re.compile(r"(?m)^(?:(PASS|FAIL)[ \t]+\S.*|\S+[._](?:test|spec)\.\w{1,4}:[ \t]*)$")
_BROKE: Final = ("(fail) ", "# Unhandled error")
# What stands in an output that has such a summary, and the summary; the first form that is found counts, the last time.
_COUNTS: Final = of_lines(
    (" passed", r" {2}(\d+ failed)\n(?:(?: {4}\S.*| {2}\d+ (?:flaky|interrupted|skipped|did not run))\n)*(?: {2}(\d+ passed))?"),
    (" passed; ", r"(\d+ passed; \d+ skipped; \d+ failed)\.$"),
    ("", r"=*[ \t]*((?:\d+ [a-z]+, )*\d+ (?:passed|failed)(?:, \d+ [a-z]+)*(?: in [\d.]+s)?)\b.*$"),
    ("! ", r"(?:Success|Failure)! (\d+ passed, \d+ failed(?:, \d+ skipped)?)\.$"),
    ("Tests:", r"Tests:\s+(\d+ .*\btotal)$"),
    ("Tests", r"[ \t]*Tests[ \t]+(\d+ (?:passed|failed).*?)(?: \(\d+\))?$"),
    (" passing", r"[ \t]*(\d+ passing\b(?: \([\d.]+m?s\))?(?:\n\s*\d+ failing)?)"),
    (" pass", r"[ \t]*(\d+ pass\n(?:\s*\d+ skip\n)?\s*\d+ fail)$"),
    ("DONE ", r"DONE (\d+ tests.*)$"),
    (" passed | ", r"(?:ok|FAILED) \| (\d+ passed.*?)(?: \(\d[\w.]*\))?$"),
    ("TOTAL: ", r"TOTAL: (\d+ (?:SUCCESS|FAILED).*)$"),
    ("Ran ", r"Ran (\d+ tests?) in [\d.]+s\n\n(?:OK|FAILED)(?: \((.*)\))?$"),
    ("scenario", r"(\d+ scenarios? (?:passed, \d+ failed.*|\(.*\)))$"),
    (", ", r"(\d+ [a-z]+(?:, (?!\d+ fail(?:ures?|ed)\b)\d+ [a-z ]+)*+, \d+ (?:failures?|failed)(?:, \d+ [a-z ]+)*+)\.?$"),
    ("OK (", r"OK \((\d+ tests?, \d+ assertions?)\)$"),
    ("Assertions: ", r"(Tests: \d+, Assertions: .*?)\.?$"),
    ("Tests:", r" +Tests: +(\d.*?)(?: \(\d+ assertions?\))?$"),
    ("Test summary: ", r"Test summary: (total: \d+, failed: \d+, succeeded: \d+)"),
    (" tests failed out of ", r"\d+% tests passed, (\d+ tests failed out of \d+)$"),
    ("test cases: ", r"(?:\[doctest\] )?(test cases: +\d+ \|.*?)(?: \|)?$"),
    ("All tests passed (", r"All tests passed \((.*)\)$"),
    ("Test run with ", r"\S+ +Test run with ([1-9]\d* tests?(?: in \d+ suites?)? (?:passed|failed))"),
    ("Executed ", r"[ \t]*Executed (\d+ tests?, with .*?(?<!\d)\d+ failures?)"),
    (" tests passed", r".*; (\d+/\d+ tests passed(?:; \d+ (?:failed|skipped|leaked))*)"),
    (" out of ", r"Executed \d+ out of \d+ tests?: (\d.*\b(?:pass(?:es)?|fails?)\b.*)\.$"),
    (" passed.", r"All (\d+ tests passed)\.$"),
    ("s passed", r" {2}(\d+ tests passed)$"),
    ("s failed", r" {2}(\d+ tests failed)$"),
)  # fmt: skip
_HINTS: Final = (
    "pass", "Passed", "fail", "FAIL", "Tests", "Test", "DONE", "TOTAL: ", "OK", "ok ", "ok\t", "--- SKIP",
    " tests, "
)  # fmt: skip
# Summaries of a part each, which are to be added: what is found in them, in order.
_SUMS: Final = tuple(
    (hint, f"(?m)^{pattern}", words)
    for hint, pattern, words in (
        (" run: ", r" +Summary \[.*\] (\d+) tests? run: (\d+) passed(?:.*?(?<!\d)(\d+) failed)?", ("tests", "passed", "failed")),
        ("test result: ", r"test result: \w+\. (\d+) passed; (\d+) failed(?:; (\d+) ignored)?", ("passed", "failed", "ignored")),
        ("! ", r"(?:Passed|Failed)! +- Failed: +(\d+), Passed: +(\d+), Skipped: +(\d+)", ("failed", "passed", "skipped")),
        ("Tests run: ", r"\[\w+\] Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)$", ("tests", "failed", "errors", "skipped")),
        ("Tests: succeeded ", r"\[info\] Tests: succeeded (\d+), failed (\d+)", ("passed", "failed")),
        (": Total ", r"\[\w+\] (?:Passed|Failed): Total (\d+), Failed (\d+), Errors (\d+)", ("tests", "failed", "errors")),
        ("[  PASSED  ] ", r"\[  PASSED  \] (\d+) tests?\.(?:\n\[  SKIPPED \].*)*(?:\n\[  FAILED  \] (\d+) tests?)?", ("passed", "failed")),
        (" pass ", r"[#ℹ] pass +(\d+)(?:\n[#ℹ] fail +(\d+))?", ("passed", "failed")),
        ("Passed: ", r"Passed: +(\d+)\nFailed: +(\d+)$", ("passed", "failed")),
        ("s passed!", r"\d\d:\d\d \+(\d+)(?: ~(\d+))?: All tests passed!", ("passed", "skipped")),
        ("Some tests failed", r"\d\d:\d\d \+(\d+)(?: ~\d+)? -(\d+): Some tests failed", ("passed", "failed")),
    )
)  # fmt: skip
_LEFT_OUT: Final = re.compile(r"(?m)^\s*--- SKIP: (\S+)")
_ALWAYS: Final = ("tests", "passed", "failed")
MAX_LEFT_OUT: Final = 3
FROM_CACHE: Final = "cached"
_PACKAGE: Final = re.compile(r"(?:\S+ \| )?(?:ok|FAIL)\s+\S+\s")
_GO_FAILED: Final = re.compile(r"(?m)^FAIL[ \t]+(?:\S*/)?([^\s/]+)[ \t]+(?:[\d.]+s|\[\w+ failed\])")
MAX_PACKAGES: Final = 3
_GO: Final = re.compile(r"(?m)^ok[ \t]+(?:\S*/)?([^\s/]+)[ \t]+([\d.]+s)(?![^\n]*no tests to run)")


@lru_cache(256)  # the last outputs are asked about at each revision
def counts_of(output: str) -> str:
    """Return how many tests passed and failed, as the last summary of an output says, or an empty string."""
    if not any(map(output.__contains__, _HINTS)):
        return ""
    for hint, pattern, words in _SUMS:
        if found := compiled(pattern).findall(output) if hint in output else []:
            sums = (sum(number(each or "0") for each in column) for column in zip(*found, strict=True))
            told = [*zip(sums, words, strict=True)]
            # Where all are none, only the end of it is shown: how many ran before that nobody knows.
            shown = (f"{many} {word}" for many, word in told if many or word in _ALWAYS)
            return ", ".join(shown) if any(many for many, _ in told) else ""
    for hint, pattern in _COUNTS:
        if found := compiled(pattern).findall(output) if hint in output else []:
            last = ", ".join(filter(None, found[-1])) if isinstance(found[-1], tuple) else found[-1]
            return " ".join(last.replace("\n", ", ").split())[:80]
    skipped = list(dict.fromkeys(_LEFT_OUT.findall(output))) if "--- SKIP: " in output else []
    left = f"skipped: {some_of(skipped, MAX_LEFT_OUT)}" if skipped else ""
    if broken := list(dict.fromkeys(_GO_FAILED.findall(output))):  # those that passed would say the contrary
        return "; ".join(filter(None, (f"FAIL {some_of(broken, MAX_PACKAGES)}", left)))
    if 0 < len(go := _GO.findall(output)) <= MAX_PACKAGES:
        return "; ".join(filter(None, (", ".join(f"ok {name} {took}" for name, took in go), left)))
    return left


def cached(output: str, shown: str = "") -> str:
    """Return how many packages a run took from a cache without running their tests.

    Args:
        shown: Stands behind what is counted, where there may have been more.
    """
    found = [
        line.endswith("(cached)") for line in map(str.rstrip, output.splitlines()) if _PACKAGE.match(line)
    ]
    return f"{sum(found)} of {len(found)} packages{shown} {FROM_CACHE}" if any(found) else ""


@lru_cache(128)
def failure_of(output: str) -> str:
    """Return the few lines of an output that say what went wrong."""
    text = EXIT.sub("", plain(output), count=1).strip()  # colours stand within what is looked for
    names = names_of(text)
    text = _without_passed(_ADVICE.sub("", text) if "[Help 1]" in text else text)
    placed = dict.fromkeys(found[0].strip() for found in islice(_PLACED.finditer(text), MOST_PLACED))
    if "━━━━━" in text:
        placed |= dict.fromkeys(
            ": ".join(found.groups()) for found in islice(_RULED.finditer(text), MOST_PLACED)
        )
    picked: dict[int, str] = {}
    for pattern in _WORST:
        for found in pattern.finditer(text):
            if not (names and _LISTED.match(found[0])):
                picked.setdefault(found.start(), found[0].strip())
            if len(picked) >= 8:
                break
    lines = [*placed, *(picked[at] for at in sorted(picked))] or [
        line for line in text.splitlines() if line.strip()
    ][-3:]
    tail = [line for line in text.splitlines() if line.strip()][-1:]
    out = f"{TESTS}{some_of(names, MAX_NAMES)}\n" if names else ""
    for line in dict.fromkeys([*lines[:7], *tail]):
        if len(line) > KEPT_CHARS:  # its end is told, too, and half a word may be half a secret
            line = f"{line[:KEPT_CHARS].rpartition(' ')[0]} … [cut]"
        if len(out) + len(line) < FAILURE_CHARS:
            out += line + "\n"
    return out.strip()


def _without_passed(text: str) -> str:
    """Return an output without what files of tests wrote that passed, where it says which failed: they may log errors."""
    heads = [*_OF_FILE.finditer(text)] if "(fail) " in text or "FAIL " in text else []
    parts = [text[head.start() : after.start()] for head, after in pairwise(heads)]
    broke = [
        head[1] == "FAIL" or any(map(part.__contains__, _BROKE))
        for head, part in zip(heads, parts, strict=False)
    ]
    if not any(broke):
        return text
    kept = (part for part, broken in zip(parts, broke, strict=True) if broken)
    return "".join((text[: heads[0].start()], *kept, text[heads[-1].start() :]))


def shown(failure: str, most: int) -> str:
    """Return the lines of a failure, already redacted, that fit into `most` characters."""
    out = ""
    for line in map(_cut, failure.splitlines()):
        if len(out) + len(line) < most:
            out += line + "\n"
    return out.strip()


def _cut(line: str) -> str:
    """Return a line short enough: of a longer one the beginning and the end, and how much is missing between."""
    if len(line) <= LINE_CHARS:
        return line
    head, tail = line[: LINE_CHARS - 100].rsplit(None, 1)[0], line[-60:].partition(" ")[2]
    return f"{head} […{len(line) - len(head) - len(tail)} characters…] {tail}".rstrip()
