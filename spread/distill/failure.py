# ruff: noqa: RUF001  (test runners print crosses and ticks)
"""What the output of a test run or build says went wrong, and what its own summary counts."""

import re
from functools import lru_cache
from itertools import islice
from typing import Final

from spread.distill.errors import plain
from spread.distillation_letters import number

MAX_NAMES: Final = 10
TESTS: Final = "failing tests: "
LINE_CHARS: Final = (
    260  # of a line are shown, and kept so much that redaction sees what stands around a secret
)
KEPT_CHARS: Final = 1_500

_EXIT: Final = re.compile(r"Exit code (\d+)")
# A place in a file and what is wrong there, in more than a word; not where a traceback only passes through.
_PLACED: Final = re.compile(
    r"(?m)^[ \t]*[^\s:]+\.\w{1,5}:\d+(?::\d+)?(?:: | - )(?!in |note|info|[wW]arning|\w+Warning|:)\S+[ \t]+\S.*$"
)
MOST_PLACED: Final = 5
_WORST: Final = (
    re.compile(r"(?m)^.*(?:AssertionError|Error|Exception|panic|error TS\d+|error(?:\[E\d+\])?):? .*$"),
    re.compile(r"(?m)^(?:FAIL|FAILED|--- FAIL|E   |✗|✖|×|not ok|error:|fatal:).*$"),
)
_NAMES: Final = re.compile(
    r"(?m)^(?:FAILED \S*?(?:::|/)?(?P<py>[^\s:/]+)(?= - |$)|\s*--- FAIL: (?P<go>\S+)|test (?P<rust>\S+) \.\.\. FAILED"
    r"|\(fail\) (?P<bun>.+?)(?: \[[\d.]+m?s\])?$)"
)
_COUNTS: Final = (
    re.compile(
        r"(?m)^=*[ \t]*((?:\d+ [a-z]+, )*\d+ (?:passed|failed)(?:, \d+ [a-z]+)*(?: in [\d.]+s)?)\b.*$"
    ),
    re.compile(r"(?m)^Tests:\s+(\d+ .*\btotal)$"),
    re.compile(r"(?m)^[ \t]*Tests[ \t]+(\d+ (?:passed|failed).*?)(?: \(\d+\))?$"),
    re.compile(r"(?m)^[ \t]*(\d+ passing\b(?: \([\d.]+m?s\))?(?:\n\s*\d+ failing)?)"),
    re.compile(r"(?m)^[ \t]*(\d+ pass\n(?:\s*\d+ skip\n)?\s*\d+ fail)$"),
    re.compile(r"(?m)^DONE (\d+ tests.*)$"),
)
_HINTS: Final = ("pass", "failed", "Tests", "DONE", "ok ", "ok\t", "FAIL\t", "--- SKIP")
_RESULTS: Final = re.compile(r"(?m)^test result: \w+\. (\d+) passed; (\d+) failed(?:; (\d+) ignored)?")
_LEFT_OUT: Final = re.compile(r"(?m)^\s*--- SKIP: (\S+)")
MAX_LEFT_OUT: Final = 3
FROM_CACHE: Final = "cached, not run anew"
_PACKAGE: Final = re.compile(r"(?:\S+ \| )?(?:ok|FAIL)\s+\S+\s")
_GO_FAILED: Final = re.compile(r"(?m)^FAIL[ \t]+(?:\S*/)?([^\s/]+)[ \t]+(?:[\d.]+s|\[\w+ failed\])")
MAX_PACKAGES: Final = 3
_GO: Final = re.compile(r"(?m)^ok[ \t]+(?:\S*/)?([^\s/]+)[ \t]+([\d.]+s)(?![^\n]*no tests to run)")


@lru_cache(256)  # the last outputs are asked about at each revision
def counts_of(output: str) -> str:
    """Return how many tests passed and failed, as the last summary of an output says, or an empty string."""
    if rust := _RESULTS.findall(output) if "test result: " in output else []:
        passed, failed, ignored = (sum(number(each[at] or "0") for each in rust) for at in range(3))
        return f"{passed} passed, {failed} failed" + (f", {ignored} ignored" if ignored else "")
    if not any(map(output.__contains__, _HINTS)):
        return ""
    for pattern in _COUNTS:
        if found := pattern.findall(output):
            return " ".join(found[-1].replace("\n", ", ").split())[:80]
    skipped = list(dict.fromkeys(_LEFT_OUT.findall(output))) if "--- SKIP: " in output else []
    more = f" and {len(skipped) - MAX_LEFT_OUT} more" if len(skipped) > MAX_LEFT_OUT else ""
    left = f"skipped: {', '.join(skipped[:MAX_LEFT_OUT])}{more}" if skipped else ""
    if broken := list(dict.fromkeys(_GO_FAILED.findall(output))):  # those that passed would say the contrary
        more = f" and {len(broken) - MAX_PACKAGES} more" if len(broken) > MAX_PACKAGES else ""
        return "; ".join(filter(None, (f"FAIL {', '.join(broken[:MAX_PACKAGES])}{more}", left)))
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


def names_of(output: str) -> list[str]:
    """Return the names of the tests that an output lists as failed."""
    found = (next(filter(None, match.groups()), "") for match in _NAMES.finditer(output))
    return list(dict.fromkeys(filter(None, found)))


@lru_cache(128)
def failure_of(output: str, most: int = 4_000) -> str:
    """Return the few lines of an output that say what went wrong."""
    text = _EXIT.sub("", plain(output), count=1).strip()  # colours stand within what is looked for
    names = names_of(text)
    placed = dict.fromkeys(found[0].strip() for found in islice(_PLACED.finditer(text), MOST_PLACED))
    picked: dict[int, str] = {}
    for pattern in _WORST:
        for found in pattern.finditer(text):
            if not (names and _NAMES.match(found[0])):
                picked.setdefault(found.start(), found[0].strip())
            if len(picked) >= 8:
                break
    lines = [*placed, *(picked[at] for at in sorted(picked))] or [
        line for line in text.splitlines() if line.strip()
    ][-3:]
    tail = [line for line in text.splitlines() if line.strip()][-1:]
    out = ""
    if names:
        more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        out = f"{TESTS}{', '.join(names[:MAX_NAMES])}{more}\n"
    for line in dict.fromkeys([*lines[:7], *tail]):
        if len(line) > KEPT_CHARS:  # its end is told, too, and half a word may be half a secret
            line = f"{line[:KEPT_CHARS].rpartition(' ')[0]} … [cut]"
        if len(out) + len(line) < most:
            out += line + "\n"
    return out.strip()


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
