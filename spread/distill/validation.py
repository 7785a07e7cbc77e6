"""Builds, tests, lints and type checks: what a run of one really said.

"passed" is a claim others act on, so it needs an exit code of 0 that nothing hides, or output that can
only mean success; whatever is left open is "unknown".
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from spread.distill.beside import shows_another
from spread.distill.blame import blamed, let_on, suspects, tested
from spread.distill.branched import asks_for_code, codes_of, says_badly, told_by
from spread.distill.failure import EXIT, cached, counts_of, failure_of
from spread.distill.git_commands import made_none
from spread.distill.hooks import is_done, steps
from spread.distill.idle import BUILT, had_nothing, is_rest, ran
from spread.distill.proof import (
    answered,
    broke_down,
    counted,
    is_before_loop,
    is_cut,
    is_full,
    is_last,
    is_listed,
    is_meant_to_fail,
    is_only,
    is_silent,
    is_visible,
    is_whole,
    labelled,
    tallied,
    unechoed,
    went_on,
    whole_of,
)
from spread.distill.runs import Run, copies, of_kinds
from spread.distill.shell import Simple
from spread.distill.shown import is_look
from spread.distill.signs import COUNTED, DIED, FAIL, PASS, TEST_FAIL, ZERO, has
from spread.distill.tasks import as_ended
from spread.distillation_codec import bare
from spread.distillation_fields import UNKNOWN
from spread.distillation_letters import number

HOOK: Final = "by the hooks of git"
_ECHOED: Final = re.compile(r"(?im)^\W*(?:[\w ]*(?:exit|rc|status|result|code)[\w ]*)\W{1,3}(\d{1,3})\W*$")
_COUNTS: Final = re.compile(
    r"(?m)^.*\b\d+ (?:pass(?:ed|ing)?|fail(?:ed|ing|ures?)?|examples?|tests?)\b.*$|^ok[ \t].*$|^OK\b.*$|^PASS\b.*$|^[#\u2139] (?:tests|pass|fail) \d+$"
    r"|^.*(?:All (?:tests|specs) passed|TEST RUN PASSED|TEST SUCCEEDED|Test run with |\d SUCCESS\b|\"Action\":|: Total \d|Test summary: |^Passed! ).*$|^# ok$"
)
# What a check before the tests says where it fails; then the tests did not run, whatever is counted.
_STOPPED: Final = re.compile(r"(?mi)^error\b|(?<![\w.])(?:[1-9]\d* errors?\b|\d+(?::\d+)?\)?:? +error\b)")
_SAYS_FAIL: Final = re.compile(r"(?m)^[ \t]*((?:[A-Z]+ )?FAIL(?:ED|URE)?\b.*\S)")
SAID_CHARS: Final = 120
_TIMED_OUT: Final = "Command timed out"
_CUT_OFF: Final = "Exit code 124"  # by `timeout`
_KILLED: Final = ("Exit code 130", "Exit code 137", "Exit code 143")  # by a signal
_ONLY_CODE: Final = re.compile(r"[;\n]\s*echo \$\?\s*\Z")
_PLANNED: Final = re.compile(
    r"(?m)^[^\w\n]{0,20}Plan: ((?:\d{1,9} to (?:import|add|change|destroy)(?:, )?){1,4})"
)
_LETS_FAIL: Final = ("failure.ignore", "--fail-never", "mvn -fn")  # and says that it built all the same
_FLOW: Final = re.compile(r"(?<![\w-])(?:(?:do|then|else) )+")  # begins a command in a loop
_UNPUSHED: Final = re.compile(r"(?m)^error: failed to push some refs.*$")


@dataclass(slots=True)
class Check:
    """What one run said: `kind` is test, build, lint or types; `at` is the line of its result."""

    line: int
    at: int
    kind: str
    command: str
    outcome: str
    exit_code: int | None = None
    failure: str = ""
    counts: str = ""  # of a test run, how many passed and failed
    here: str = ""  # the directory that it ran in
    said: str = ""  # where the outcome is not known, its last line, or one that says that something failed
    last: bool = True  # which of them
    among: str = ""  # the kinds one of which it was, where that is not known


def judged(run: Run, settled: dict[str, tuple[int, str]]) -> list[Check]:
    """Return what a run proved, each kind of validation once.

    Args:
        settled: The line and words that background tasks ended with, by id.
    """
    return [*_judged(run, settled.get(run.task))]


@lru_cache(64)  # the last runs are asked about several times, and again at the next revision
def _judged(run: Run, end: tuple[int, str] | None) -> tuple[Check, ...]:
    if run.places == [-1]:
        return _counted(_hooks(run), run.output, run.source)
    at, shown = run.at, True
    if end is not None:
        at = end[0]
        run, shown = as_ended(run, end[1])
    outcome, code, failure = judge(run)
    if not shown and outcome == "passed" and not is_visible(run.commands, run.places):
        outcome, code = UNKNOWN, None  # nobody saw whether it printed nothing
    kinds, before, among = run.kinds, set[str](), list[str]()
    if outcome != "passed" and len(kinds) > 1:  # one of several did not pass; the rest cannot be told
        kinds, before, among = _told_of(run, outcome)
    out: list[Check] = []
    for kind, place in sorted(kinds.items(), key=lambda pair: pair[1]):
        ends = ("passed", None, "") if kind in before else (outcome, code, failure)
        out.append(Check(run.line, at, kind, _shown(run.source, run.commands[place]), *ends))
    for check in out if len(among) > 1 else ():
        if check.kind == among[0]:
            check.among = " or ".join(among)
            check.command = _shown(run.source, *(run.commands[run.kinds[kind]] for kind in among))
    if outcome == "passed" and len(kinds) > 1:
        proven = _proven(run)
        for check in out:
            if check.kind not in proven:
                check.outcome, check.exit_code = UNKNOWN, None
    if outcome == UNKNOWN and not run.task:
        last = run.output.rstrip().rpartition("\n")[2].strip()
        bad = _SAYS_FAIL.search(run.output) if "FAIL" in run.output else None
        for check in out:
            check.said = "" if check.kind in before else (bad[1] if bad else last)[:SAID_CHARS]
            check.last = bad is None or bad[1] == last
    for check in out:
        check.here = "" if copies(run) else run.here
    return _counted(out, run.output, run.source)


def _told_of(run: Run, outcome: str) -> tuple[dict[str, int], set[str], list[str]]:
    """Return the kinds to tell of where not all passed, those of them that did, and those one of which failed."""
    if codes := codes_of(run):
        bad = {run.commands[at].kind or "" for at, code in codes.items() if code}
        return dict(run.kinds), {*run.kinds} - bad, []
    if outcome == UNKNOWN and run.ok and (known := _known_alone(run)):
        return dict(run.kinds), known, []
    counts = "test" in run.kinds and (has(TEST_FAIL, run.output) or _COUNTS.search(run.output))
    shown = blamed(run, run.output) if outcome == "failed" else ["test" if counts else next(iter(run.kinds))]
    only = counts and shown in ([], ["test"]) and not _STOPPED.search(run.output)
    before = let_on(run, run.kinds["test"]) if only else tested(run, shown)
    among = [] if shown else suspects(run, run.output, before)
    told = {*shown, *among[:1], *before}
    return {kind: place for kind, place in run.kinds.items() if kind in told}, before, among


def _known_alone(run: Run) -> set[str]:
    """Return the kinds that passed where of the others nothing is known: their output is whole, or the line ends in them."""
    if whole := whole_of(run.commands, run.places, run.output):
        return whole
    own = {kind for kind, at in run.kinds.items() if at == len(run.commands) - 1}
    return own if own and verdict(of_kinds(run, own))[0] == "passed" else set()


def _proven(run: Run) -> set[str]:
    """Return the kinds that a run with several of them proved: what tests count says nothing of a lint before them."""
    if not run.ok or answered(run.commands, run.places, run.output) or codes_of(run):
        return set(run.kinds)
    if is_visible(run.commands, run.places) or is_silent(run.commands, run.places, run.output, run.source):
        return set(run.kinds)
    rest = _COUNTS.sub("", run.output)
    alone = {kind for kind, at in run.kinds.items() if is_visible(run.commands, [at])}
    told = {"test"} if rest != run.output or "test" not in run.kinds else set[str]()
    told |= set(run.kinds) - {"test"} if PASS.search(rest) else set[str]()
    return alone | told


def _counted(checks: list[Check], output: str, source: str) -> tuple[Check, ...]:
    """Note what a run's own summary counts, of tests or of a plan."""
    shown = " shown" if "(cached)" in output and is_full(output, source) else ""
    for check in checks:
        if check.kind == "test":
            check.counts = counts_of(output)
            if "(cached)" in output:
                check.counts = "; ".join(filter(None, (check.counts, cached(output, shown))))
        elif check.kind == "lint" and " to destroy" in output and (plan := _PLANNED.findall(output)):
            check.counts = plan[-1]  # what would be done is more than that it can be
    return tuple(checks)


def latest(
    runs: dict[str, list[Run]], settled: dict[str, tuple[int, str]], last_change: int = 0
) -> dict[str, Check]:
    """Return the newest check of each kind; what hooks ran yields to a pass of the session's own on the same files.

    Args:
        last_change: The line of the last change of a file.
    """
    out: dict[str, Check] = {}
    for kind, kept in runs.items():
        found: dict[str, Check] = {}
        # What still runs in the background told nothing so far: what ended before it counts.
        ended = sorted(kept, key=lambda run: settled.get(run.task, (0,))[0] if run.task else run.at)
        for newer, run in enumerate(reversed(ended)):
            for check in judged(run, settled):
                vague = newer and check.outcome == UNKNOWN  # so was the newer one: of that nothing was told
                if kind in ("hooks", check.kind) and not vague:
                    found.setdefault(check.kind, check)
            if kind in found:
                break
        for check in found.values():
            known = out.get(check.kind)
            if known is None or _replaces(check, known, last_change):
                out[check.kind] = check
    return out


def passed_since(
    runs: dict[str, list[Run]], settled: dict[str, tuple[int, str]], last_change: int
) -> list[Check]:
    """Return every check that passed after the last change of a file, of the same command the newest that told; newest first."""
    out: dict[tuple[str, str], Check] = {}
    fresh = {run.at: run for kept in runs.values() for run in kept if run.at > last_change or run.task}
    for at in sorted(fresh, reverse=True):
        for check in judged(fresh[at], settled):
            if check.at > last_change and check.outcome != UNKNOWN:
                out.setdefault((check.kind, bare(check.command)), check)
    return sorted((check for check in out.values() if check.outcome == "passed"), key=lambda check: -check.at)


def older(
    runs: dict[str, list[Run]], settled: dict[str, tuple[int, str]], main: Check | None, last_change: int
) -> list[Check]:
    """Return the last pass, before the last change, of a kind whose newer run told nothing; else it is told elsewhere."""
    if main is None or main.outcome != UNKNOWN:
        return []
    found = passed_since(runs, settled, 0)
    return [check for check in found if check.kind == main.kind and check.at <= last_change][:1]


def _replaces(new: Check, old: Check, last_change: int) -> bool:
    """Tell whether a check counts in another's place; hooks often look at the files of one commit only."""
    for hook, own in ((new, old), (old, new)):
        if HOOK in hook.command and HOOK not in own.command and hook.outcome == own.outcome == "passed":
            return (own.at > last_change) == (own is new)
    return new.at > old.at


def _hooks(run: Run) -> list[Check]:
    """Return what the hooks of a commit or push validated: what their runner says of a step, else the step's output."""
    done = run.ok and is_done(run.output)
    verb = "push" if all("commit" not in item.words for item in run.commands) else "commit"
    out: dict[str, Check] = {}
    for step in steps(run.output):
        went = step.went
        if went is None and done and not has(COUNTED, step.output):
            clean = has(ZERO, step.output) or not (has(TEST_FAIL, step.output) or has(FAIL, step.output))
            went = True if clean and (step.kind != "test" or has(PASS, step.output)) else None
        if went is None or (went and step.kind in out and out[step.kind].outcome == "failed"):
            continue
        outcome, failure = ("passed", "") if went else ("failed", failure_of(run.output))
        name = f"{step.name} ({HOOK} {verb})"
        out[step.kind] = Check(run.line, run.at, step.kind, name, outcome, 0 if went else None, failure)
    if "test" not in out:
        if run.ok and not made_none(run.commands, run.output):
            # Linters and builds say that they passed, too.
            if counts_of(run.output) and has(PASS, run.output) and not has(TEST_FAIL, run.output):
                out["test"] = Check(run.line, run.at, "test", f"{HOOK} {verb}", "passed", 0)
        elif has(TEST_FAIL, run.output) and not (out and has(PASS, run.output)):
            name = f"{HOOK} {verb}"
            out["test"] = Check(run.line, run.at, "test", name, "failed", None, failure_of(run.output))
    return sorted(out.values(), key=lambda check: check.kind != "test")


def _shown(source: str, *items: Simple) -> str:
    """Return the whole command line when it is short, else the part that validates."""
    whole = " ".join(source.split())
    if len(whole) <= 120 and "\n" not in source.strip():
        return whole
    return _FLOW.sub("", " ".join(source[items[0].start : items[-1].end].split()))


def judge(run: Run) -> tuple[str, int | None, str]:
    """Return outcome, exit code (None when not told) and the failure's lines of a run."""
    outcome, code = verdict(run)
    if outcome == "failed":
        return outcome, code, failure_of(run.output)
    late = _TIMED_OUT in run.output[:300] and not (run.task or run.stopped)
    return outcome, code, "timed out" if late else ""


@lru_cache(64)  # the last runs are judged several times, and again at the next revision
def verdict(run: Run) -> tuple[str, int | None]:
    """Return outcome and exit code (None when not told) of a run."""
    outcome, code = _verdict(run)
    idle = outcome == "passed" and is_listed(run.commands, run.places) and not has(PASS, run.output)
    return (UNKNOWN if idle else outcome), code


def _verdict(run: Run) -> tuple[str, int | None]:
    """Return what is known but for what was given to a check; nothing is looked for that does not decide."""
    output, commands, places = run.output, run.commands, run.places
    cut = not run.ok and "timeout " in run.source and output.startswith(_CUT_OFF)
    killed = not run.ok and output.startswith(_KILLED) and not is_bad(output)
    if run.task or run.stopped or cut or killed or _TIMED_OUT in output[:300]:
        bad = not run.task and "test" in run.kinds and has(TEST_FAIL, output)  # by then
        return ("failed" if bad and not is_meant_to_fail(run.source) else UNKNOWN), None
    if all(
        is_look(commands[at].words) for at in places
    ):  # at a server; one is a check where it shows a failure
        return "failed", None
    said = told_by(run)
    output = unechoed(commands, output)
    told = output if is_rest(commands, places, output) else ran(output)
    lets_fail = any(map(run.source.__contains__, _LETS_FAIL))
    if lets_fail or (told != output and "test" in run.kinds):
        told = BUILT.sub("", told)
    told = _UNPUSHED.sub("", told) if "failed to push" in told else told
    if is_meant_to_fail(run.source) and is_bad(told):
        return UNKNOWN, None  # a run that was meant to fail says nothing about the project
    # Checks of a tool may print what git does, and then fail.
    went = went_on(commands, places, run.output) and not is_bad(told)
    seen = is_visible(commands, places) or is_before_loop(commands, places, run.source)
    if run.ok and (seen or went) and not lets_fail:
        idle = had_nothing(output, told, tests="test" in run.kinds)
        idle = idle or ("--if-present" in run.source and not output.strip())
        return (UNKNOWN if idle else "passed"), 0
    if went and not run.ok:
        return "passed", 0
    if not run.ok and (is_only(commands, places) or is_bad(told)):
        stated = EXIT.match(output)
        return "failed", number(stated[1]) if stated else None
    if len(places) == 1 and asks_for_code(run) and (echoed := _echoed(run)):
        return ("failed" if number(echoed) else "passed"), number(echoed)
    if codes := codes_of(run):
        return ("failed" if any(codes.values()) else "passed"), max(codes.values())
    if said is not None:
        if said and is_bad(told):
            return UNKNOWN, None  # another command may have printed the text
        return ("passed", 0) if said else ("failed", None)
    return (_by_output(run, output, told) if run.ok else UNKNOWN), None


def _by_output(run: Run, output: str, told: str) -> str:
    """Return what the output of a run tells that worked, where its exit code is not that of the check."""
    commands, places = run.commands, run.places
    died = "test" in run.kinds and not has(ZERO, told) and has(DIED, told)
    if died or is_bad(told) or says_badly(run):
        return "failed"
    if (ends := tallied(output, run.source)) and all(has(PASS, end) for end in ends):
        return "passed"
    if (many := counted(commands, places, output, run.source)) is not None:
        return "passed" if many else "failed"
    if is_cut(commands, places, output):
        proven = is_whole(commands, places, told)
    else:
        proven = has(PASS, told)
        if not proven and broke_down(told):
            return "failed"
    proven = proven and not shows_another(commands) and not is_last(commands, places, output, run.source)
    return "passed" if proven or is_silent(commands, places, run.output, run.source) else UNKNOWN


def _echoed(run: Run) -> str:
    """Return the exit code that a line printed of its check, an empty string where none is found."""
    if found := _ECHOED.findall(run.output[-400:]):
        return str(found[-1])
    if said := labelled(run.source[run.commands[run.places[0]].end :], run.output[-400:]):
        return said
    last = run.output.rstrip().rpartition("\n")[2].strip()
    return last if _ONLY_CODE.search(run.source) and last.isdigit() and len(last) < 4 else ""


def is_bad(told: str) -> bool:
    """Tell whether an output shows that a check ran and what went wrong."""
    return has(TEST_FAIL, told) or (not has(ZERO, told) and has(FAIL, told))
