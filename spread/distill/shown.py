"""Checks that only what they print shows to be any: a script that runs tests of its own, a look at what a server ran."""

import re
from typing import Final

from msgspec.structs import replace

from spread.distill.failure import counts_of
from spread.distill.shell import Simple
from spread.distill.signs import Sign
from spread.distill.tools import RUNNERS
from spread.distill.wrapped import unwrapped

_INTERPRETER: Final = re.compile(r"(?:python|ruby|perl|php|lua|node|bun|deno|tsx|ts-node)[\d.]*(?:\.exe)?")
_SCRIPT: Final = re.compile(r"[\w./\\:~@+-]+\.(?:py|[cm]?[jt]sx?|rb|pl|t|php|lua)")
_INLINE: Final = frozenset(("-c", "-e", "-m", "-", "-p", "--eval", "--print", "-r"))
# How test frameworks that need no runner end: unittest, those that write TAP, minitest.
_SUMMARY: Final = Sign(
    r"^Ran [1-9]\d* tests? in [\d.]+s$|^[#\u2139] (?:tests|pass|fail) [1-9]\d*$|^[1-9]\d* runs, \d+ assertions, |^1\.\.[1-9]\d*$",
    "Ran ", "# ", "\u2139 ", " assertions, ", "1..",
)  # fmt: skip
# How the tests end that autotools make, of which `make check` runs nothing else.
_BY_AUTOTOOLS: Final = Sign(r"^# (?:PASS|FAIL): +[1-9]\d*$", "# PASS: ", "# FAIL: ")
# A script named for its tests that says, last, that they passed, or that ends badly, has run them, too.
_NAMED: Final = re.compile(
    r"(?:.*/)?(?:tests?|spec|(?:tests?|spec)[-_.][\w.-]+|[\w.-]+[-_.](?:tests?|spec))\.\w{1,3}"
)
_SAYS_SO: Final = re.compile(r"(?i)\b(?:ok|pass(?:ed|es|ing)?)\b|[\u2713\u2714\u2705]")
_ENDED_BADLY: Final = "Exit code "
# What a host lists of a pull request's checks, how it heads a run that failed, and what ends a job's log then.
_FAILED_THERE: Final = Sign(
    r"^\S[^\t\n]*\tfail\t|^X \S.* \u00b7 \d+$|^[^\t\n]+\t[^\t\n]+\t\S*\d{4}-\d\d-\d\dT\S+ ##\[error\]"
    r"|^(?:.* )?failure$|\"conclusion\": ?\"failure\"",
    "\tfail\t", "X ", "##[error]", "failure",
)  # fmt: skip
_PASSED_THERE: Final = Sign(
    r"^\S[^\t\n]*\tpass\t|^\u2713 \S.* \u00b7 \d+$|^success$|\"conclusion\": ?\"success\"",
    "\tpass\t",
    "\u2713 ",
    "success",
)
_RUNS_THERE: Final = "\tpending\t"
Found = list[tuple[int, str]]
_LOOKS: Final = (["gh", "run", "view"], ["gh", "pr", "checks"])


def with_tests(commands: list[Simple], output: str) -> list[Simple]:
    """Return commands of which those are tests that the output shows to have run some, or to look at some that failed.

    The same list where it shows none.
    """
    if has_failed_there(commands, output):
        return [replace(item, kind="test") if is_look(item.words) else item for item in commands]
    if _BY_AUTOTOOLS.search(output) and any(map(_is_of_autotools, commands)):
        return [replace(item, kind="test") if _is_of_autotools(item) else item for item in commands]
    counted = bool(_SUMMARY.search(output))
    if not (counted or output.startswith(_ENDED_BADLY) or _SAYS_SO.search(output, output.rfind("\n") + 1)):
        return commands
    known = commands if counted else [item for item in commands if any(map(_NAMED.fullmatch, item.words))]
    scripts = [item for item in known if (it := _script_of(item.words)) and (counted or _NAMED.fullmatch(it))]
    if len(scripts) != 1:  # nobody knows which
        return commands
    return [replace(item, kind="test") if item is scripts[0] else item for item in commands]


def tests_too(found: Found, commands: list[Simple], output: str) -> Found:
    """Return the checks of a line with the tests that its only one ran besides.

    Args:
        found: Where each check stands among the commands, and of which kind it is.
    """
    at, kind = found[0]
    more = len(found) == 1 and kind != "test" and has_tested(commands[at : at + 1], output)
    return [*found, (at, "test")] if more else found


def has_tested(commands: list[Simple], output: str) -> bool:
    """Tell whether a target of any name ran tests, as `make check` may: the output counts some."""
    return any(item.name in RUNNERS for item in commands) and bool(counts_of(output))


def _is_of_autotools(item: Simple) -> bool:
    return item.name in ("make", "gmake") and "check" in item.words


def is_look(words: list[str]) -> bool:
    """Tell whether a command looks at checks on a server, once."""
    return words[:3] in _LOOKS and "--watch" not in words


def has_failed_there(commands: list[Simple], output: str) -> bool:
    """Tell whether a look at checks on a server shows that some failed."""
    return any(is_look(item.words) for item in commands) and _FAILED_THERE.search(output)


def has_passed_there(commands: list[Simple], output: str) -> bool:
    """Tell whether a look at checks on a server shows that they passed: so none fails there any more."""
    looks = any(is_look(item.words) for item in commands)
    return (
        looks and _PASSED_THERE.search(output) and not (_FAILED_THERE.search(output) or _RUNS_THERE in output)
    )


def _script_of(words: list[str]) -> str:
    """Return the file that a command runs as a script, an empty string where it runs none."""
    words = unwrapped(words)
    name = words[0].replace("\\", "/").rpartition("/")[2] if words else ""
    if not _INTERPRETER.fullmatch(name):
        return words[0] if _SCRIPT.fullmatch(name) else ""
    given = next((word for word in words[1:] if word in _INLINE or _SCRIPT.fullmatch(word)), "")
    return "" if given in _INLINE else given
