"""Whether a test run that passed ran all that another one failed on, or might: of one that need not have, its words must tell."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from spread.distill.errors import plain
from spread.distill.failure import TESTS
from spread.distill.files import absolute
from spread.distill.runs import Run, known_kind
from spread.distill.shown import is_look
from spread.distill.tools import LANGUAGES, kind_of
from spread.distill.validation import Check, is_bad, judged
from spread.distillation_codec import bare, command, shorten
from spread.distillation_fields import UNKNOWN
from spread.distillation_letters import number
from spread.distillation_paths import is_within

NAMES_CHARS: Final = 100
NARROW: Final = "what failed in it is not known to have passed since: later runs may have left it out"
THERE: Final = "checks on the server"
_FILTERS: Final = frozenset(
    ("-k", "-t", "-m", "-run", "--run", "--filter", "--grep", "-g", "--tests", "--test", "--name", "--testNamePattern", "--group",
     "--test-name-pattern", "--testPathPattern", "--testPathPatterns", "--only", "-only", "-Dtest", "--spec", "--shard", "--project",
    "--package", "--testsuite", "--suite", "--tag", "--tags", "--bin", "--example", "-pl",
     "-FullNameFilter", "-FullName", "-TestName", "-TagFilter", "-Tag")
)  # fmt: skip
# What they name does not run: a run with one of them leaves out what another may have failed on.
_LEAVES_OUT: Final = frozenset(
    ("--deselect", "--ignore", "--ignore-glob", "--skip", "-skip", "--exclude", "--exclude-group", "--testPathIgnorePatterns",
     "-ExcludeTagFilter", "-ExcludeTag", "-ExcludePath")
)  # fmt: skip
_ALONE: Final = frozenset(
    ("--lf", "--last-failed", "--sw", "--onlyFailures", "--changed", "--onlyChanged", "--only-failures", "--short", "-short",
     "--lib", "--bins", "--doc", "--examples", "--findRelatedTests")
)  # fmt: skip
# They run again all that failed before, whichever run it was in.
_WHAT_FAILED: Final = frozenset(("--lf", "--last-failed"))
# What these select by is written in no name of a test.
_BY_GROUP: Final = frozenset(
    ("-m", "--group", "--project", "--package", "--testsuite", "--suite", "--tag", "--tags", "--shard", "--bin", "--example",
     "-p", "-pl", "-TagFilter", "-Tag")
)  # fmt: skip
_OF_PART: Final = {"cargo": ("-p",)}  # what selects for one program, and is something else for others
_VALUED: Final = frozenset(
    ("-n", "-p", "-c", "-o", "-W", "-j", "-timeout", "-count", "-parallel", "-cover", "--config", "--rootdir", "--cov")
)  # fmt: skip
_CMDLET: Final = re.compile(r"[A-Z][a-z]+-[A-Z]\w+")  # each of whose options but switches has a value
_PLACED: Final = ("-path", "-script")  # which of them name what is run
_EVERY: Final = frozenset(
    ("all", "ci", "run", "once", "full", "cov", "coverage")
)  # what names no part of a script
_SCOPES: Final = frozenset(("--filter", "-w", "--workspace"))  # before what is run: in which packages
_WHOLE: Final = frozenset((".", "./", "./...", "...", "--", "run", "all"))
_PATH: Final = re.compile(r"/|::|\.\w{1,5}$")
_FAILED: Final = re.compile(
    r"(?m)^(?:FAILED (?P<py>\S+)(?= - |$)|[ \t]*FAIL[ \t]+(?P<js>\S+\.[cm]?[jt]sx?)\b|test (?P<rs>\S+) \.\.\. FAILED$|"
    r"\[ERROR\] {3}(?P<jv>[A-Z][\w$]*\.\w+)(?:\([^()\n]*\))?(?::\d+| » ))"
)
_RUST: Final = re.compile(r"(?m)^failures:\n((?: {4}\S+\n)+)")  # the end of it, which a filter leaves
_NAMED: Final = re.compile(r"[\w:./-]{3,}")
_FAILURES: Final = re.compile(
    r"\b(\d+) failed\b|^\[ERROR\] Tests run: \d+, Failures: (\d+), Errors: 0, Skipped: \d+$", re.M
)
_ERRORS: Final = re.compile(
    r"\b[1-9]\d* errors?\b"
)  # in what did not get as far as to fail, and is not listed
_GO: Final = f"{LANGUAGES['go']}"  # without `/...` it tests one package, not those below it
_PATTERNS: Final = f"{LANGUAGES['jest']}"  # what these are given they look for in paths
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
    return answers(_words(passed), _words(failed), tests, passed.here, failed.here)


def _is_below(path: str, place: str) -> bool:
    return not place or is_within(path, place)


def answers(
    words: list[str], other: list[str], failed: list[Failed], here: str = "", there: str = ""
) -> bool:
    """Tell whether a test command runs all that another did, or at least what failed there, where that is known.

    Args:
        here: The directory that it ran in; with `there`, that of the other, empty where both are not told.
    """
    mine, theirs = _selected(tuple(words)), _selected(tuple(other))
    if mine.language not in ("", theirs.language) and theirs.language:
        return False
    part = mine.script.removeprefix(theirs.script)
    if part != mine.script and part[:1] in (":", "-") and part[1:] not in _EVERY:
        return False  # a part of it by its name
    if mine.filters and mine.filters <= _WHAT_FAILED and not mine.places and mine.script == theirs.script:
        return True
    return _includes(mine, theirs, here, there) or (
        bool(failed) and all(_ran(mine, here, absolute(test, there), kind) for test, kind in failed)
    )


def leaves_out(mine: str, output: str, theirs: str, failed: list[Failed]) -> bool:
    """Tell whether a test command that passed may not have run what failed in another; its output may tell that it did."""
    return not (answers(mine.split(), theirs.split(), failed) or _listed(output, failed))


def _listed(output: str, failed: list[Failed]) -> bool:
    """Tell whether a run that passed printed of each of the tests that failed elsewhere that it passed."""
    passed = {
        name
        for line in (output.splitlines() if failed else ())
        if line.endswith(" ... ok") or " PASSED" in line or line.startswith(("--- PASS: ", "ok "))
        for name in _NAMED.findall(line)
    }
    return bool(failed) and all(test in passed for test, _ in failed)


def may_be(mine: str, theirs: str) -> bool:
    """Tell whether a command may be another one, as only what a loop put in place of a variable would show."""
    return "$" in mine and bool(theirs) and {*theirs.split()[:2]} <= {*mine.split()}


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


def left_failed(runs: list[Run], settled: dict[str, tuple[int, str]], since: int) -> list[tuple[int, str]]:
    """Return (line, text) of the test run that `unmet` finds, with the tests that its output names."""
    wide = unmet(runs, settled, since)
    if wide is None:
        return []
    tests = shorten(wide.failure.partition("\n")[0].partition(TESTS)[2], NAMES_CHARS)
    failed = f"failed on {tests}" if tests else "failed"
    named = f"`{command(bare(wide.command), 80)}`"
    if is_look(wide.command.split()):
        return [(wide.at, f"{THERE} {failed} by {named}; no later look at them seen")]
    return [(wide.at, f"{named} {failed}, and {NARROW}")]


def kept(runs: list[Run], most: int) -> list[Run]:
    """Return the last runs of some: a wide one that failed is kept before narrower ones that came after it."""
    while len(runs) > most:
        first = runs[0]
        # Mostly the same was run again; to look into outputs takes longer.
        again = any(_covers(later, first, []) for later in runs[1:])
        bad = not again and (not first.ok or is_bad(first.output))
        failed = _failed_before(first.output) if bad else []
        holds = bad and not (failed and any(_covers(later, first, failed) for later in runs[1:]))
        runs = [first, *runs[2:]] if holds else runs[1:]
    return runs


def _words(run: Run) -> list[str]:
    items = (run.commands[at] for at in run.places if at >= 0)
    return next((item.words for item in items if known_kind(item) == "test"), [])


@lru_cache(256)
def _selected(words: tuple[str, ...]) -> Selected:
    begin = next((at for at in range(1, len(words)) if kind_of([*words[:at]]) == "test"), len(words))
    lead = [name for word in words[:begin] if (name := word.rpartition("/")[2]) in LANGUAGES]
    chosen = _FILTERS.union(*(_OF_PART.get(name, ()) for name in lead))
    places, filters, before = set[str](), set(words[:1]) & {"xargs"}, ""
    cmdlet = bool(words) and _CMDLET.fullmatch(words[0]) is not None
    for at, word in enumerate(words):
        name, _, value = word.partition("=")
        if at < begin and not (name in _SCOPES or before in _SCOPES or (value and name in chosen)):
            pass
        elif word.startswith("-"):
            if name in _ALONE or (word.startswith("-k") and len(name) > 2):
                filters.add(word)
            elif value and (name in chosen or at < begin):
                filters.add(_selects(name, value))
            elif value and name in _LEAVES_OUT:
                filters.add(f"not {value}")
        elif before in chosen or (at < begin and before in _SCOPES):
            filters.add(_selects(before, word))
        elif before in _LEAVES_OUT:
            filters.add(f"not {word}")
        elif before in _VALUED or (before.startswith("--") and before != "--" and not _PATH.search(word)):
            pass  # the value of an option
        elif cmdlet and before[:1] == "-" and before.lower() not in _PLACED:
            pass
        elif word not in _WHOLE:
            places.add(word.removeprefix("./").rstrip("/"))
        before = name
    language = f"{LANGUAGES[lead[-1]]}" if lead else ""
    return Selected(frozenset(places), frozenset(filters), language, words[begin - 1] if begin else "")


def _selects(option: str, value: str) -> str:
    return f"{option} {value}" if option in _BY_GROUP else value


def _includes(mine: Selected, theirs: Selected, here: str, there: str) -> bool:
    if not mine.filters <= theirs.filters:
        return False
    inside = all(_takes_in(mine, here, absolute(path, there)) for path in theirs.places)
    return not mine.places or (bool(theirs.places) and inside)


def _ran(mine: Selected, here: str, test: str, kind: str) -> bool:
    if kind == "js" and mine.filters:
        return False  # only the file is known
    named = all(word.lower() in test.lower() and word.isidentifier() for word in mine.filters)
    given = not mine.places or _takes_in(mine, here, test)
    return named and (given or (kind == "rs" and any(place in test for place in mine.places)))


def _takes_in(mine: Selected, here: str, path: str) -> bool:
    """Tell whether a path, or test in it, is among what a run was given from where it ran."""
    for place in mine.places:
        tree = place.removesuffix("/...")
        if mine.language == _PATTERNS and f"/{place}/" in f"/{path}/":
            return True  # whatever stands before it
        at, alone = absolute(tree, here), mine.language == _GO and tree == place
        if path == at or (not alone and _is_in(path, at)):
            return True
    return False


@lru_cache(64)  # the last runs are held against each other again and again
def failed_in(output: str) -> list[Failed]:
    """Return the tests (or files of tests) that failed, each with its language, nothing where not all may be listed."""
    text = plain(output)
    if _ERRORS.search(text):
        return []
    found = dict.fromkeys(
        (found[found.lastgroup or 0], found.lastgroup or "") for found in _FAILED.finditer(text)
    )
    if "failures:\n    " in text:
        found |= dict.fromkeys((name, "rs") for block in _RUST.findall(f"{text}\n") for name in block.split())
    counts = (_SUITES if any(kind == "js" for _, kind in found) else _FAILURES).finditer(text)
    return [*found] if sum(number(it[it.lastindex or 1]) for it in counts) == len(found) else []


_failed_before: Final = lru_cache(8)(failed_in)  # one that is kept is asked about at each run after it


def _is_in(path: str, place: str) -> bool:
    """Tell whether a path (or test in it) is another or below it; where one alone is absolute, whether it may be."""
    path, place = path.replace("::", "/"), place.replace("::", "/")
    if path[:1] == "/" != place[:1]:
        return f"/{place}/" in f"{path}/"
    return place.endswith(f"/{path}") if place[:1] == "/" != path[:1] else is_within(path, place)
