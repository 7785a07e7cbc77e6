"""What was tried and failed or was refused, noted call by call."""

import re
from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import Final

from spread.distill import differs
from spread.distill import errors as errors
from spread.distill.calls import LOOKING, SHELLS
from spread.distill.failing import names_of
from spread.distill.git_commands import unsent
from spread.distill.looking import only_asks
from spread.distill.narrow import failed_in
from spread.distill.runs import NEVER_RAN, ends
from spread.distill.trial import (
    ALIKE,
    KEPT_TRIALS,
    LATER,
    Trial,
    brings,
    choice_of,
    digest_of,
    is_verb,
    name_of,
    place_of,
    subject_of,
)
from spread.distill.trials_answer import NEAR_LINES, alike, between, ended_well, removed
from spread.distill.trials_answer import is_there as is_there
from spread.distill.trials_answer import went_on as went_on
from spread.distill.trials_answer import worked as worked
from spread.distill.trials_answer import written as written
from spread.distill.words import stems_once
from spread.distillation_codec import reason, shorten, some_of
from spread.distillation_fields import UNKNOWN
from spread.transcript_events import DENIED_TO_AGENT, Call

BEGINNING_CHARS: Final = 200
NAMES_READ: Final = 100_000
MAX_TESTS: Final = 4
TEST_CHARS: Final = 70  # of a name
# Tools whose failing is part of looking around.
_LOOKING: Final = frozenset(
    ("Read", "NotebookRead", "Glob", "Grep", "LS", "TodoWrite", "TaskOutput", "BashOutput", "AgentOutputTool", "KillShell",
     "AskUserQuestion", "ExitPlanMode", "TaskUpdate", "ToolSearch")
)  # fmt: skip
_NO_SUCH: Final = re.compile(
    r"command not found|unrecognized (?:sub)?command|unknown (?:sub)?command|no such (?:sub)?command|is not recognized as|"
    r"\A(?:Exit code \d+\n)?(?:\w[\w.-]*: )?(?:fatal: |error: |cannot |could not |unable to )", re.I
)  # fmt: skip
_REFUSED: Final = (
    "This command requires approval",
    "This Bash command contains",
    "Claude requested",
    "Permission to use",
    DENIED_TO_AGENT,
)
# Of these nothing is learned: another call was the cause.
_USUAL: Final = re.compile(
    r"No changes to make|is temporarily unavailable, so auto mode|Cancelled: parallel tool call|Sibling tool call errored|exceeds maximum allowed|no pull requests found for"
)
# Of these little: the next call says it rightly. All of a kind are one entry, and only where there is room.
_SLIP: Final = re.compile(
    r"(String to replace not found|Found \d+ matches|has been (?:unexpectedly )?modified since|File has not been read yet)"
)
_ABSENT: Final = re.compile(
    r"command not found|is not recognized as|No such file or directory|Cannot find module"
)
# What a call is for, in its own words, where it is to fail.
_MEANT: Final = re.compile(
    r"(?i:\s*(?:verify|confirm|check|test|ensure|prove|probe|show)\b)(?!.*\b(?:if|whether|why|what|where)\b).*?"
    r"\b(?:(?:is|are|gets?) (?:now |still |properly |correctly )?(?:rejected|refused)|rejects|refuses|fails (?:cleanly|loudly|fast|early|on|with|without)|"
    r"(?:failure|rejection) (?:output|message|case|path)s?|negative (?:case|test|path)s?)\b"
)
ASKS: Final = "it stops at a question: "
REASON_CHARS: Final = 80
MAX_BEFORE: Final = 2
_BEGAN: Final = attrgetter("line")
SOON_LINES: Final = 15  # between a failure and a diagnosis of it
MIN_SHARED: Final = 2  # words of both
_LITERAL: Final = re.compile(r"\d+|[./\\\w-]*[/\\][./\\\w-]*")
_TAG: Final = re.compile(r"</?tool_use_error>")
_GIT_LOOKS: Final = ("git status", "git log", "git diff", "git show", "git branch")


def note(
    trials: dict[str, Trial], call: Call, key: str, outcome: str = "", does: tuple[str, str] = ("", "")
) -> None:
    """Take a call in: one that failed is kept, one that worked answers those of its kind.

    Args:
        key: The program and its first word for a shell call that does more than look, else empty.
        outcome: Of a validation, whose exit code may be hidden: passed, failed or unknown.
        does: Where it ran, with the kinds of its checks, and what it checks.
    """
    if call.name in _LOOKING:
        return
    hidden = not outcome and bool(key) and errors.is_hidden(str(call.input.get("command")), call.output)
    asked = errors.unanswered(call.output) if call.ok and key and not outcome else ""
    if call.ok and outcome != "failed" and not (hidden or asked):
        if trials:
            _answered(trials, call, key, outcome, does)
        return
    if _USUAL.search(call.output[:300]):
        return  # nothing was done
    done_since(trials)
    refused = call.output.startswith(NEVER_RAN) or call.output.startswith(_REFUSED)
    shell = call.name in SHELLS
    if shell and not (outcome or refused) and _is_meant(call):
        return
    if shell and (not key or _is_no_trial(str(call.input.get("command")), call.output)):
        return
    away = unsent(call.output) == "was refused"
    if outcome == UNKNOWN and not (refused or away or _NO_SUCH.search(call.output[:600])):
        return
    output = ends(_both(call.output, 20_000))
    output = output.partition("\nerror: failed to push")[0] if away else output
    output = _both(_TAG.sub("", output) if "tool_use_error>" in output else output, 4_000).strip()
    about = key if shell and not refused and is_verb(key) else subject_of(call)
    slip = _SLIP.search(output[:300])
    # What such an error quotes of the file is no cause, whatever it speaks of, nor is what it advises.
    causes = (
        [" ".join(output.partition("\n")[0].split()).partition(". ")[0]]
        if slip
        else _causes(output, call.name)
    )
    if shell and not (outcome or refused) and _only_looked(key, next(iter(causes), "")):
        return
    causes = [f"{ASKS}“{asked}”"] if asked else causes
    error = errors.signature(next(iter(causes), ""))
    tests = _tests(call.output) if outcome == "failed" else ""
    failed = failed_in(ends(call.output)) if tests else []
    name = f"{call.name} slip {slip[1][:12]}" if slip else f"{call.name} {about} {error}"
    known = trials.pop(name, None)
    if known is not None and slip and (known.worked or known.subject != subject_of(call)):
        known = None  # of another file, or another spot of it: nothing holds them together but the tool
    if known is not None:
        _again(known, call, output, causes, differs=shell and not (outcome or refused))
        known.tests = f"{tests} the last time" if tests not in ("", known.tests) else tests
        known.failed, known.place = failed, place_of(call)
        trials[name] = known
        return
    trials[name] = Trial(
        call.line, call.result_line or call.line, name_of(call), subject_of(call), output[:BEGINNING_CHARS],
        call.output.startswith(_REFUSED), bool(call.agent), key=key, causes=causes, error=error, given=digest_of(call), choice=choice_of(call), checked=bool(outcome), slip=bool(slip),
        tests=tests, where=does[0], does=does[1], failed=failed, looks=not (refused or outcome or asked or slip) and only_asks(call),
        place=place_of(call),
    )  # fmt: skip
    if len(trials) > KEPT_TRIALS:
        _drop(trials)


def _answered(trials: dict[str, Trial], call: Call, key: str, outcome: str, does: tuple[str, str]) -> None:
    """Take in a call that did not fail, where any has failed before."""
    if not (call.name in SHELLS and (not key or key.startswith(_GIT_LOOKS))):
        done_since(trials)
    if call.name in SHELLS and "rm " in (source := str(call.input.get("command"))):
        removed(trials, source)
    if outcome in ("", "passed"):
        worked(trials, call, key, does, checked=bool(outcome))
    else:
        ended_well(trials, call, key)
    if not outcome:
        between(trials, call, key)


def _again(known: Trial, call: Call, output: str, causes: list[str], *, differs: bool) -> None:
    """Take in that it failed once more; what is known of the time before holds no longer.

    Args:
        differs: Another subject makes it another attempt.
    """
    _reasoned(known, causes)
    known.between = known.between or known.worked_at * (known.changed == "=")
    subject = subject_of(call)
    if differs and not alike(subject, known.subject):
        known.others, known.count, known.what = known.others + known.count, 0, name_of(call)
    known.count, known.last = known.count + 1, call.result_line or call.line
    known.subject = subject  # what works next answers this one
    known.cure, known.mends, known.shares, known.telling = "", "", 0, None
    known.elsewhere = ""
    known.worked, known.output, known.causes = "", output[:BEGINNING_CHARS], causes
    known.ended_well, known.left = False, []
    known.given, known.choice, known.since = digest_of(call), choice_of(call), []
    known.said, known.thought, known.heard = "", "", True


def _is_meant(call: Call) -> bool:
    """Tell whether a call says of itself that it is to fail, and its program was there to."""
    meant = _MEANT.match(str(call.input.get("description") or ""))
    return meant is not None and not _ABSENT.search(call.output[:600])


def done_since(trials: dict[str, Trial]) -> None:
    """Note that something else was done since the last failure: what is said next may be of that."""
    if trials:
        next(reversed(trials.values())).heard = False


def _reasoned(known: Trial, causes: list[str]) -> None:
    """Keep why it failed before, where that was something else."""
    old, new = (reason(next(iter(each), ""))[:REASON_CHARS] for each in (known.causes, causes))
    if old and new and _LITERAL.sub("", old) != _LITERAL.sub("", new) and old not in known.before:
        known.before.append(old)
        del known.before[:-MAX_BEFORE]


def waits(trials: dict[str, Trial], call: Call, program: str) -> bool:
    """Tell whether a call may be the answer to a failure of the same program."""
    subject, since = subject_of(call) if trials else "", call.line - NEAR_LINES
    for it in trials.values():
        if (
            (not it.worked or it.changed == LATER or it.elsewhere)
            and (program in it.subject or program in it.does)
            and (it.last > since or it.subject == subject)
        ):
            return True
    return False


def may_answer(trials: dict[str, Trial], call: Call) -> bool:
    """Tell quickly whether a shell call that worked does what failed before, or brings in what it may have lacked."""
    subject, since = subject_of(call), call.line - NEAR_LINES
    brought = brings(f"`{' '.join(subject.split(None, 2)[:2])}`")
    return any(
        (not it.worked or it.elsewhere)
        and (it.subject == subject or (it.last > since and (brought or (it.key and it.key in subject))))
        for it in trials.values()
    )


def failed_again(trials: list[Trial], line: int, said: str) -> bool:
    """Tell whether the failure that something was said of shortly after it was met again, and had not worked meanwhile.

    Args:
        trials: Of those that did not, in order of their first lines.
    """
    first = bisect_right(trials, line - SOON_LINES, key=_BEGAN)
    met = [it for it in trials[first : bisect_left(trials, line, key=_BEGAN)] if line < it.last]
    words = stems_once(said) if met else set()
    return any(len(words & stems_once(f"{it.what} {' '.join(it.causes)}")) >= MIN_SHARED for it in met)


def _only_looked(key: str, cause: str) -> bool:
    """Tell whether what failed is a part of a call that only looks: wherever it ran, nothing was tried by it."""
    return cause.partition(": ")[0] in LOOKING or (key.startswith(_GIT_LOOKS) and "ambiguous arg" in cause)


def _is_no_trial(command: str, output: str) -> bool:
    """Tell whether an exit code only answers a question: nothing or a difference was found, or checks of a pull request failed."""
    if "gh pr checks" in command or errors.is_empty_search(command, output[:4_000]):
        return True
    return differs.found(command, output) is not None


def _drop(trials: dict[str, Trial]) -> None:
    """Drop the oldest of the trials with the commonest error, and count it there; else one that was answered."""
    by_error: dict[str, list[str]] = {}
    for name, trial in trials.items():
        by_error.setdefault(trial.error, []).append(name)
    by_error.pop("", None)
    most = max(by_error.values(), key=len, default=[])
    if len(most) >= ALIKE:
        gone, heir = trials.pop(most[0]), trials[most[-1]]
        heir.others += gone.count + gone.others
        heir.others_worked += gone.others_worked + (gone.count if gone.worked else 0)
        return
    answered = next((name for name, trial in trials.items() if trial.worked), next(iter(trials)))
    del trials[answered]


def _both(output: str, most: int) -> str:
    """Return the beginning and the end of a long output, in whole lines: what builds tell of a fault stands last."""
    if len(output) <= most:
        return output
    head, tail = output[: most // 2], output[-most // 2 :]
    return f"{head[: head.rfind(chr(10)) + 1] or head}{tail[tail.find(chr(10)) + 1 :]}"


def _tests(output: str) -> str:
    """Return the names of the tests that failed, of one that holds others only those of these."""
    names = names_of(errors.plain(ends(output[:NAMES_READ])))
    names = [name for name in names if not any(other.startswith(f"{name}/") for other in names)]
    return some_of(names, MAX_TESTS, lambda name: shorten(name, TEST_CHARS))


def _causes(output: str, tool: str) -> list[str]:
    return errors.causes(output, first=tool not in SHELLS)
