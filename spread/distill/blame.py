"""Which of several checks of one line failed, as far as its output shows."""

import re
from typing import Final

from spread.distill.failure import counts_of
from spread.distill.proof import is_cut
from spread.distill.runs import Run, known_kind
from spread.distill.signs import PASS, TEST_FAIL, has
from spread.distill.tools import kind_of

_LINT: Final = re.compile(
    r"\b[1-9]\d* problems? \((?!0 errors)|^Found [1-9]\d* errors?(?:\.|, \d+ warn| \(\d+ fixed, [1-9])|\bwould (?:be )?reformat"
    r"|\b[1-9]\d* offenses? detected|Code style issues found|^[1-9]\d* issues:|^\S+:\d+:\d+: [A-Z]{1,3}\d{2,5}:? |\bclippy::",
    re.I,
)
_TYPES: Final = re.compile(
    r"\berror TS\d+|^Found [1-9]\d* errors? in |^\s*[1-9]\d* errors?, \d+ warnings?\b|^\S+\.pyi?:\d+(?::\d+)?: error: "
)
_BUILD: Final = re.compile(r"^\W*Failed to compile|> Build (?:error|failed)|\berror TS\d+")
_SAID: Final = (("lint", _LINT), ("types", _TYPES), ("build", _BUILD))
_PASSED: Final = {"All checks passed!": "lint", "Success: no issues found": "types"}
_BEGUN: Final = re.compile(r"> \S+@\S+ (\S+)(?: /\S+)?$")  # what package managers print before a script


def blamed(run: Run, output: str) -> list[str]:
    """Return the kinds of check of a line that its output shows as failed, as the last one first.

    Where each ran only if the one before passed that is one at most, and nothing after it ran.
    """
    first, last = min(run.places), max(run.places)
    chained = all(item.joint == "&&" and not item.unsure for item in run.commands[first:last])
    out = dict[str, None]()
    for line in reversed(output.splitlines()):
        kind = next((kind for kind, said in _SAID if kind in run.kinds and said.search(line)), "")
        if not kind and "test" in run.kinds and TEST_FAIL.search(line):
            kind = "test"
        if not kind and chained and (begun := _BEGUN.match(line)):
            kind = kind_of(["npm", "run", begun[1]])
        if kind in run.kinds:
            out[kind] = None
        if out and chained:
            break
    return list(out)


def suspects(run: Run, output: str, before: set[str]) -> list[str]:
    """Return the kinds one of which failed where an output does not show which, in order.

    Args:
        before: Those that passed.
    """
    every = [known_kind(run.commands[at]) for at in run.places]
    passed = before | {kind for said, kind in _PASSED.items() if said in output and every.count(kind) == 1}
    kinds = sorted(run.kinds, key=run.kinds.__getitem__)
    return [kind for kind in kinds if kind not in passed] or kinds


def tested(run: Run, shown: list[str]) -> set[str]:
    """Return that the tests passed where their one run says so itself, and what failed is another check."""
    places = [at for at in run.places if at >= 0 and known_kind(run.commands[at]) == "test"]
    own = counts_of(run.output) if len(places) == 1 and "test" not in shown else ""
    passed = own and has(PASS, own) and not has(TEST_FAIL, run.output)
    return {"test"} if passed and not is_cut(run.commands, places, run.output) else set()


def let_on(run: Run, at: int) -> set[str]:
    """Return the kinds that passed before a command which only their success let run."""
    return {
        kind
        for kind, place in run.kinds.items()
        if place < at and all(item.joint == "&&" and not item.unsure for item in run.commands[place:at])
    }
