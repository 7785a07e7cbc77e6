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
    "--package", "--testsuite", "--suite", "--tag", "--tags", "--bin", "--example", "-pl",
)
)  # fmt: skip
# What they name does not run: a run with one of them leaves out what another may have failed on.
_LEAVES_OUT: Final = frozenset(
    ("--deselect", "--ignore", "--ignore-glob", "--skip", "-skip", "--exclude", "--exclude-group", "--testPathIgnorePatterns")
)  # fmt: skip
_ALONE: Final = frozenset(
    ("--lf", "--last-failed", "--sw", "--onlyFailures", "--changed", "--onlyChanged", "--only-failures", "--short", "-short",
     "--lib", "--bins", "--doc", "--examples", "--findRelatedTests")
)  # fmt: skip
_OF_PART: Final = {"cargo": ("-p",)}  # what selects for one program, and is something else for others
_VALUED: Final = frozenset(
    ("-n", "-p", "-c", "-o", "-W", "-j", "-timeout", "-count", "-parallel", "-cover", "--config", "--rootdir", "--cov")
)  # fmt: skip
_EVERY: Final = frozenset(
    ("all", "ci", "run", "once", "full", "cov", "coverage")
)  # what names no part of a script
_SCOPES: Final = frozenset(("--filter", "-w", "--workspace"))  # before what is run: in which packages
_WHOLE: Final = frozenset((".", "./", "./...", "...", "--", "run", "all"))
_PATH: Final = re.compile(r"/|::|\.\w{1,5}$")
_FAILED: Final = re.compile(
    r"(?m)^(?:FAILED (?P<py>\S+)(?= - |$)|[ \t]*FAIL[ \t]+(?P<js>\S+\.[cm]?[jt]sx?)\b|test (?P<rs>\S+) \.\.\. FAILED$)"
)
_FAILURES: Final = re.compile(r"\b(\d+) failed\b")
_ERRORS: Final = re.compile(
    r"\b[1-9]\d* errors?\b"
)  # in what did not get as far as to fail, and is not listed
# Test commands that cannot run the tests of one another.
_LANGUAGES: Final = {
    name: at
    for at, names in enumerate(
        (
            ("pytest", "py.test", "python", "python3"),
            ("go",),
            ("cargo",),
            ("npm", "yarn", "pnpm", "bun", "jest", "vitest", "mocha"),
            ("phpunit",),
            ("rspec",),
            ("dotnet",),
        )
    )
    for name in names
}
_SUITES: Final = re.compile(r"Test (?:Suites|Files):? +(\d+) failed")


Failed = tuple[str, str]  # a test or a file of tests, and what it is written in


class Selected(NamedTuple):
    """What a test run was narrowed to: files, folders and names, and patterns; nothing of a whole one."""

    places: frozenset[str]
    filters: frozenset[str]
    language: str = ""
    script: str = ""  # what runs the tests, as it is named


def covers(passed: Run, failed: Run) -> bool:
    """Tell whether a test run ran all of another, or at least the tests that are known to have failed there."""
    return _covers(passed, failed, []) or _covers(passed, failed, failed_in(failed.output))


def _covers(passed: Run, failed: Run, tests: list[Failed]) -> bool:
    if not (_is_below(passed.here, failed.here) or _is_below(failed.here, passed.here)):
        return False
    return answers(_words(passed), _words(failed), tests)


def _is_below(path: str, place: str) -> bool:
    return not place or f"{path}/".startswith(f"{place}/")


def answers(words: list[str], other: list[str], failed: list[Failed]) -> bool:
    """Tell whether a test command runs all that another did, or at least what failed there, where that is known."""
    mine, theirs = _selected(tuple(words)), _selected(tuple(other))
    if mine.language not in ("", theirs.language) and theirs.language:
        return False
    part = mine.script.removeprefix(theirs.script)
    if part != mine.script and part[:1] in (":", "-") and part[1:] not in _EVERY:
        return False  # a part of it by its name
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
        # Mostly the same was run again; to look into outputs takes longer.
        again = any(_covers(later, first, []) for later in runs[1:])
        bad = not again and (not first.ok or says_bad(first))
        holds = bad and not any(covers(later, first) for later in runs[1:])
        runs = [first, *runs[2:]] if holds else runs[1:]
    return runs


def _words(run: Run) -> list[str]:
    items = (run.commands[at] for at in run.places if at >= 0)
    return next((item.words for item in items if known_kind(item) == "test"), [])


@lru_cache(256)
def _selected(words: tuple[str, ...]) -> Selected:
    begin = next((at for at in range(1, len(words)) if kind_of([*words[:at]]) == "test"), len(words))
    lead = [name for word in words[:begin] if (name := word.rpartition("/")[2]) in _LANGUAGES]
    chosen = _FILTERS.union(*(_OF_PART.get(name, ()) for name in lead))
    places, filters, before = set[str](), set(words[:1]) & {"xargs"}, ""
    for at, word in enumerate(words):
        name, _, value = word.partition("=")
        if at < begin and not (name in _SCOPES or before in _SCOPES):
            pass
        elif word.startswith("-"):
            if name in _ALONE or (word.startswith("-k") and len(name) > 2):
                filters.add(word)
            elif value and (name in chosen or at < begin):
                filters.add(value)
            elif value and name in _LEAVES_OUT:
                filters.add(f"not {value}")
        elif before in chosen or (at < begin and before in _SCOPES):
            filters.add(word)
        elif before in _LEAVES_OUT:
            filters.add(f"not {word}")
        elif before in _VALUED or (before.startswith("--") and before != "--" and not _PATH.search(word)):
            pass  # the value of an option
        elif word not in _WHOLE:
            places.add(word.removeprefix("./").rstrip("/").removesuffix("/..."))
        before = name
    language = f"{_LANGUAGES[lead[-1]]}" if lead else ""
    return Selected(frozenset(places), frozenset(filters), language, words[begin - 1] if begin else "")


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


@lru_cache(64)  # the last runs are held against each other again and again
def failed_in(output: str) -> list[Failed]:
    """Return the tests (or files of tests) that failed, each with its language, nothing where not all may be listed."""
    text = plain(output)
    if _ERRORS.search(text):
        return []
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
