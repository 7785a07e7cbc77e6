"""Whether a test run that passed ran all that another one failed on: of a narrower one its words must tell."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from spread.distill.errors import plain
from spread.distill.runs import Run, known_kind
from spread.distill.tools import kind_of
from spread.distill.validation import Check, judged, says_bad
from spread.distillation_fields import UNKNOWN
from spread.distillation_letters import number

_FILTERS: Final = frozenset(
    ("-k", "-t", "-m", "-run", "--run", "--filter", "--grep", "-g", "--tests", "--test", "--name", "--testNamePattern", "--group",
     "--test-name-pattern", "--testPathPattern", "--testPathPatterns", "--only", "-only", "-Dtest", "--spec", "--shard", "--project",
)
)  # fmt: skip
_ALONE: Final = frozenset(("--lf", "--last-failed", "--sw", "--onlyFailures", "--changed", "--onlyChanged"))
_VALUED: Final = frozenset(
    ("-n", "-p", "-c", "-o", "-W", "-j", "-timeout", "-count", "-parallel", "-cover", "--config", "--rootdir", "--ignore", "--deselect", "--cov")
)  # fmt: skip
_WHOLE: Final = frozenset((".", "./", "./...", "...", "--", "run", "all"))
_PATH: Final = re.compile(r"/|::|\.\w{1,5}$")
_FAILED: Final = re.compile(
    r"(?m)^(?:FAILED (?P<py>\S+)(?= - |$)|[ \t]*FAIL[ \t]+(?P<js>\S+\.[cm]?[jt]sx?)\b|test (?P<rs>\S+) \.\.\. FAILED$)"
)
_FAILURES: Final = re.compile(r"\b(\d+) failed\b")
_SUITES: Final = re.compile(r"Test (?:Suites|Files):? +(\d+) failed")


Failed = tuple[str, str]  # a test or a file of tests, and what it is written in


class Selected(NamedTuple):
    """What a test run was narrowed to: files, folders and names, and patterns; nothing of a whole one."""

    places: frozenset[str]
    filters: frozenset[str]


def covers(passed: Run, failed: Run) -> bool:
    """Tell whether a test run ran all of another, or at least the tests that are known to have failed there."""
    mine, theirs = _words(passed), _words(failed)
    return answers(mine, theirs, []) or answers(mine, theirs, failed_in(failed.output))


def answers(words: list[str], other: list[str], failed: list[Failed]) -> bool:
    """Tell whether a test command runs all that another did, or at least what failed there, where that is known."""
    mine, theirs = _selected(tuple(words)), _selected(tuple(other))
    return _includes(mine, theirs) or (bool(failed) and all(_ran(mine, *each) for each in failed))


def unmet(runs: list[Run], settled: dict[str, tuple[int, str]], since: int) -> Check | None:
    """Return the first test run of some that failed and whose tests no later one is known to have passed.

    Args:
        since: The line where the files became others; what failed before tells nothing of these.
    """
    out = list[tuple[Run, Check]]()
    for run in runs if len(runs) > 1 else ():
        for check in judged(run, settled):
            if check.kind == "test" and check.outcome != UNKNOWN:
                out = [each for each in out if not covers(run, each[0])]
                out += [(run, check)] if check.outcome == "failed" and check.at > since else []
    return out[0][1] if out else None


def kept(runs: list[Run], most: int) -> list[Run]:
    """Return the last runs of some: a wide one that failed is kept before narrower ones that came after it."""
    while len(runs) > most:
        first = runs[0]
        bad = not first.ok or says_bad(first)
        holds = bad and not any(covers(later, first) for later in runs[1:])
        runs = [first, *runs[2:]] if holds else runs[1:]
    return runs


def _words(run: Run) -> list[str]:
    items = (run.commands[at] for at in run.places if at >= 0)
    return next((item.words for item in items if known_kind(item) == "test"), [])


@lru_cache(256)
def _selected(words: tuple[str, ...]) -> Selected:
    begin = next((at for at in range(1, len(words)) if kind_of([*words[:at]]) == "test"), len(words))
    places, filters, before = set[str](), set(words[:1]) & {"xargs"}, ""
    for word in words[begin:]:
        name, _, value = word.partition("=")
        if word.startswith("-"):
            if name in _FILTERS and (value or name in _ALONE):
                filters.add(value or name)
        elif before in _FILTERS and before not in _ALONE:
            filters.add(word)
        elif before in _VALUED or (before.startswith("--") and before != "--" and not _PATH.search(word)):
            pass  # the value of an option
        elif word not in _WHOLE:
            places.add(word.removeprefix("./").rstrip("/").removesuffix("/..."))
        before = name
    return Selected(frozenset(places), frozenset(filters))


def _includes(mine: Selected, theirs: Selected) -> bool:
    if not mine.filters <= theirs.filters:
        return False
    inside = all(any(_is_in(path, place) for place in mine.places) for path in theirs.places)
    return not mine.places or (bool(theirs.places) and inside)


def _ran(mine: Selected, test: str, kind: str) -> bool:
    if kind == "js" and mine.filters:
        return False  # only the file is known
    named = all(word.lower() in test.lower() and word.isidentifier() for word in mine.filters)
    return named and (
        not mine.places
        or any(_is_in(test, place) or (kind == "rs" and place in test) for place in mine.places)
    )


def failed_in(output: str) -> list[Failed]:
    """Return the tests (or files of tests) that failed, each with its language, nothing where not all may be listed."""
    text = plain(output)
    found = dict.fromkeys(
        (found[found.lastgroup or 0], found.lastgroup or "") for found in _FAILED.finditer(text)
    )
    counts = (_SUITES if any(kind == "js" for _, kind in found) else _FAILURES).findall(text)
    return [*found] if sum(map(number, counts)) == len(found) else []


def _is_in(path: str, place: str) -> bool:
    """Tell whether a path (or test in it) is another or below it, however far up each begins."""
    path, place = f"/{path.lstrip('/')}", f"/{place.lstrip('/')}"
    return (
        path.endswith(place)
        or place.endswith(path)
        or f"{path}/".replace("::", "/").find(f"{place}/".replace("::", "/")) >= 0
    )
