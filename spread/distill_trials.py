"""What was tried and failed or was refused: grouped, with how often, and what worked in the end."""

import hashlib
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import msgspec

from spread import distill_errors as errors
from spread.distill_calls import what_of
from spread.distill_edits import gist_of, is_test, pairs
from spread.distill_failure import names_of
from spread.distill_runs import NEVER_RAN, ends
from spread.distill_words import stems_once
from spread.distillation_codec import command, reason, shorten
from spread.distillation_fields import UNKNOWN
from spread.distillation_letters import Words
from spread.distillation_told import SAID, THOUGHT
from spread.transcript_events import Call
from spread.transcript_words import INTERRUPTED

KEPT_TRIALS: Final = 40
_ORDERED: Final = json.JSONEncoder(sort_keys=True).encode
NEAR_LINES: Final = 60  # so soon after a failure, a similar command that works is the answer to it
ALIKE: Final = 3  # so many failures with one error are told as one
WHAT_CHARS: Final = 90
WHAT_READ: Final = 140
ERROR_CHARS: Final = 120
BEGINNING_CHARS: Final = 200
NAMES_READ: Final = 100_000
MAX_TESTS: Final = 4
TEST_CHARS: Final = 70  # of a name
INPUT_CHARS: Final = 60  # a longer input is no choice among few
# Tools whose failing is part of looking around.
_LOOKING: Final = frozenset(
    ("Read", "NotebookRead", "Glob", "Grep", "LS", "TodoWrite", "TaskOutput", "BashOutput", "AgentOutputTool", "KillShell",
     "AskUserQuestion", "ExitPlanMode", "TaskUpdate", "ToolSearch")
)  # fmt: skip
_NO_SUCH: Final = re.compile(
    r"command not found|unrecognized (?:sub)?command|unknown (?:sub)?command|no such (?:sub)?command|is not recognized as", re.I
)  # fmt: skip
_IN_AGENT: Final = "Permission for this tool use was denied"
_REFUSED: Final = (
    "This command requires approval",
    "This Bash command contains",
    "Claude requested",
    "Permission to use",
    _IN_AGENT,
)
# Of these nothing is learned: another call was the cause.
_USUAL: Final = re.compile(
    r"No changes to make|is temporarily unavailable, so auto mode|Cancelled: parallel tool call|Sibling tool call errored|exceeds maximum allowed|no pull requests found for"
)
# Of these little: the next call says it rightly. All of a kind are one entry, and only where there is room.
_SLIP: Final = re.compile(
    r"(String to replace not found|Found \d+ matches|has been (?:unexpectedly )?modified since|File has not been read yet)"
)
REASON_CHARS: Final = 80
MAX_BEFORE: Final = 2
NEVER: Final = "never seen to pass"  # of a validation, as far as one can tell
_SKIP_HINTS: Final = (
    "kip",
    ".todo",
    ".fixme",
    "xit(",
    "xdescribe(",
    "xtest(",
    "xfail",
    "[ignore",
    "@Disabled",
    "@Ignore",
)
SOON_LINES: Final = 15  # between a failure and a diagnosis of it
MIN_SHARED: Final = 2  # words of both
SKIPS: Final = "skipping tests in "
_SKIP: Final = re.compile(
    r"\bt\.Skip|\b(?:it|test|describe|context)\.(?:skip|todo|fixme)\b|\bx(?:it|describe|test)\(|\bmark\.(?:skip|xfail)|\bpytest\.skip|"
    r"\bskipTest\(|@(?:unittest\.)?skip\b|#\[ignore|@(?:Disabled|Ignore)\b|XCTSkip|markTestSkipped|\bSkip = \""
)
_WORDS: Final = Words(r"[^\W\d]{4,}")
_LITERAL: Final = re.compile(r"\d+|[./\\\w-]*[/\\][./\\\w-]*")
MAX_SINCE: Final = 3  # things done between a failure and what worked
_TAG: Final = re.compile(r"</?tool_use_error>")
_CD: Final = re.compile(r"cd (?:\"[^\"]+\"|\S+) && ")
# What only carries the command to where it runs, and the command.
_INNER: Final = re.compile(
    r"((?:ssh|wsl|docker|podman|kubectl)\b(?: [^\s\"']+)*?(?: (?:ba|z)?sh -l?c)?|(?:ba|z|da)?sh -l?c) [\"'](.{12,})",
    re.S,
)
_CARRIER: Final = re.compile(r"(?:ssh|wsl|docker|podman|kubectl)\b[^:]*?\S: |\w*sh -l?c: ")
_LATER: Final = "~"  # another validation by the same program passed
_SHOWN: Final = re.compile(r"\s*(?:2>&1\s*)?\|.*|\s*2>&1", re.S)
_VERB: Final = re.compile(r"[\w.-]+ (?!run$|exec$|compose$)[a-z][a-z:-]+$")
_DULL_VERBS: Final = (
    "git add",
    "git commit",
    "git push",
    "git status",
    "git log",
    "git diff",
    "git show",
    "git branch",
    "git fetch",
    "gh pr",
    "gh api",
    "gh run",
)
_GIT_LOOKS: Final = ("git status", "git log", "git diff", "git show", "git branch")
_FOREIGN: Final = "mcp__"
_SHELLS: Final = ("Bash", "PowerShell")
_EDITS: Final = ("Edit", "Write", "MultiEdit", "NotebookEdit")
_AGENTS: Final = ("Task", "Agent")


@dataclass(slots=True)
class Trial:
    """Calls that failed alike; `worked` is what did it afterwards, at line `worked_at`."""

    line: int
    last: int
    what: str
    subject: str
    output: str  # its beginning
    refused: bool
    agent: bool
    count: int = 1
    worked: str = ""
    worked_at: int = 0
    key: str = ""
    causes: list[str] = field(
        default_factory=list
    )  # the lines of the output that may tell why, the likeliest first
    error: str = ""  # the signature of the first
    given: str = ""  # a digest of the last input
    choice: dict[str, str] = field(default_factory=dict)  # the short inputs of the last call
    changed: str = ""  # how the input of what worked differed; `=` when it did not
    checked: bool = False  # a validation
    ended_well: bool = False  # later, without an error, though nothing says that it passed
    others: int = 0  # older failures with the same error that are kept no longer
    others_worked: int = 0
    slip: bool = False  # the agent's own, at once mended
    since: list[str] = field(default_factory=list)  # what was edited or done before it worked, the last
    tests: str = ""  # the names of the tests that failed in it
    cure: str = ""  # what the last edits before it worked changed, of those the one that shares most words with the error
    shares: int = 0  # so many words
    where: str = ""  # what carried a validation elsewhere, and the kinds of its checks
    does: str = ""  # what it checks
    telling: frozenset[str] | None = None  # the words of the error, once an edit was held against them
    before: list[str] = field(default_factory=list)  # other reasons that it failed for earlier
    between: int = 0  # where just the same worked between two failures
    said: str = ""  # what the agent said of it right then
    thought: str = ""  # what it thought of it
    heard: bool = True  # what it says next may be of this


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
    if call.ok and outcome != "failed" and not hidden:
        if not (call.name in _SHELLS and (not key or key.startswith(_GIT_LOOKS))):
            done_since(trials)
        if trials and outcome in ("", "passed"):
            _worked(trials, call, key, does, checked=bool(outcome))
        elif trials:
            _ended_well(trials, call, key)
        if trials and not outcome:
            _between(trials, call, key)
        return
    done_since(trials)
    refused = call.output.startswith(NEVER_RAN) or call.output.startswith(_REFUSED)
    shell = call.name in _SHELLS
    if (shell and not key) or _USUAL.search(call.output[:300]):
        return
    if outcome == UNKNOWN and not refused and not _NO_SUCH.search(call.output[:600]):
        return
    if shell and _is_no_trial(str(call.input.get("command")), call.output):
        return
    output = ends(call.output[:20_000])
    output = (_TAG.sub("", output) if "tool_use_error>" in output else output)[:4_000].strip()
    about = key if shell and not refused and _is_verb(key) else _subject(call)
    slip = _SLIP.search(output[:300])
    # What such an error quotes of the file is no cause, whatever it speaks of.
    causes = [" ".join(output.partition("\n")[0].split())] if slip else _causes(output, call.name)
    error = errors.signature(next(iter(causes), ""))
    tests = _tests(call.output) if outcome == "failed" else ""
    name = f"{call.name} slip {slip[1][:12]}" if slip else f"{call.name} {about} {error}"
    known = trials.pop(name, None)
    if known is not None and slip and (known.worked or known.subject != _subject(call)):
        known = None  # of another file, or another spot of it: nothing holds them together but the tool
    if known is not None:
        _reasoned(known, causes)
        known.between = known.between or known.worked_at * (known.changed == "=")
        known.count, known.last = known.count + 1, call.result_line or call.line
        known.subject = _subject(call)  # what works next answers this one
        known.cure, known.shares, known.telling = "", 0, None
        known.worked, known.output, known.causes = "", output[:BEGINNING_CHARS], causes
        known.ended_well = False
        known.given, known.choice, known.since = _digest(call), _choice(call), []
        known.tests = f"{tests} the last time" if tests not in ("", known.tests) else tests
        known.said, known.thought, known.heard = "", "", True
        trials[name] = known
        return
    trials[name] = Trial(
        call.line, call.result_line or call.line, _what(call), _subject(call), output[:BEGINNING_CHARS],
        call.output.startswith(_REFUSED), bool(call.agent), key=key, causes=causes, error=error, given=_digest(call), choice=_choice(call), checked=bool(outcome), slip=bool(slip),
        tests=tests, where=does[0], does=does[1],
    )  # fmt: skip
    if len(trials) > KEPT_TRIALS:
        _drop(trials)


def done_since(trials: dict[str, Trial]) -> None:
    """Note that something else was done since the last failure: what is said next may be of that."""
    if trials:
        next(reversed(trials.values())).heard = False


@lru_cache(500)  # the same ones come again and again
def _is_verb(key: str) -> bool:
    """Tell whether a program and its first word say what is done."""
    return _VERB.match(key) is not None


def _reasoned(known: Trial, causes: list[str]) -> None:
    """Keep why it failed before, where that was something else."""
    old, new = (reason(next(iter(each), ""))[:REASON_CHARS] for each in (known.causes, causes))
    if old and new and _LITERAL.sub("", old) != _LITERAL.sub("", new) and old not in known.before:
        known.before.append(old)
        del known.before[:-MAX_BEFORE]


def _cured(waiting: list[Trial], change: str) -> None:
    """Take an edit for the cure of each, unless an earlier one shares more words with the error."""
    words = frozenset(_WORDS.of(change))
    for trial in waiting:
        if trial.telling is None:
            trial.telling = frozenset(_WORDS.of(" ".join(trial.causes[:3])))
        if words.isdisjoint(trial.telling):
            if not trial.shares:
                trial.cure = change
        elif (shares := len(words & trial.telling)) >= trial.shares:
            trial.cure, trial.shares = change, shares


def _between(trials: dict[str, Trial], call: Call, key: str) -> None:
    """Note what was done while failures wait for an answer: the name of an edited file, or a command that acts."""
    edits = call.name in _EDITS
    if edits:
        did = _subject(call).replace("\\", "/").rpartition("/")[2]
        did = f"{SKIPS if _skips(call) else 'editing '}{did}" if did else ""
    elif call.name in _SHELLS and _is_verb(key) and not key.startswith(_DULL_VERBS):
        did = f"`{key}`"
    else:
        return
    line = call.line
    waiting = [it for it in trials.values() if not it.worked and it.last <= line and not it.slip]
    if not waiting or not did:
        return
    if edits and (change := gist_of(call)):
        _cured(waiting, change)
    for trial in waiting:
        since = trial.since
        if since and since[-1] == did:
            continue
        if did in since:
            since.remove(did)
        elif len(since) == MAX_SINCE:
            del since[0]
        since.append(did)


def _skips(call: Call) -> bool:
    """Tell whether an edit put in that tests are left out: what passes then was not mended."""
    return is_test(_subject(call)) and any(
        any(map(new.__contains__, _SKIP_HINTS)) and len(_SKIP.findall(new)) > len(_SKIP.findall(old))
        for old, new in pairs(call)
    )


def waits(trials: dict[str, Trial], call: Call, program: str) -> bool:
    """Tell whether a call may be the answer to a failure of the same program."""
    subject, since = _subject(call) if trials else "", call.line - NEAR_LINES
    for it in trials.values():
        if (
            (not it.worked or it.changed == _LATER)
            and program in it.subject
            and (it.last > since or it.subject == subject)
        ):
            return True
    return False


def may_answer(trials: dict[str, Trial], call: Call) -> bool:
    """Tell quickly whether a shell call that worked does what failed before."""
    subject, since = _subject(call), call.line - NEAR_LINES
    return any(
        not it.worked and (it.subject == subject or (it.last > since and it.key and it.key in subject))
        for it in trials.values()
    )


def failed_again(trials: dict[str, Trial], line: int, said: str) -> bool:
    """Tell whether the failure that something was said of shortly after it was met again, and had not worked meanwhile."""
    met = [
        it
        for it in trials.values()
        if it.line < line < it.last and line - it.line < SOON_LINES and not it.between
    ]
    words = stems_once(said) if met else set()
    return any(len(words & stems_once(f"{it.what} {' '.join(it.causes)}")) >= MIN_SHARED for it in met)


def _is_no_trial(command: str, output: str) -> bool:
    """Tell whether an exit code only answers a question: nothing was found, or checks of a pull request failed."""
    return "gh pr checks" in command or errors.is_empty_search(command, output[:4_000])


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


def _tests(output: str) -> str:
    """Return the names of the tests that failed, of one that holds others only those of these."""
    names = names_of(errors.plain(ends(output[:NAMES_READ])))
    names = [name for name in names if not any(other.startswith(f"{name}/") for other in names)]
    more = f" and {len(names) - MAX_TESTS} more" if len(names) > MAX_TESTS else ""
    return f"{', '.join(shorten(name, TEST_CHARS) for name in names[:MAX_TESTS])}{more}"


def _causes(output: str, tool: str) -> list[str]:
    if output.startswith(_IN_AGENT):
        return [f"the user said: {output.partition('The user said:')[2].strip()}"]
    return errors.causes(output, first=tool not in _SHELLS)


def _digest(call: Call) -> str:
    given = {
        name: value for name, value in call.input.items() if name != "description" or len(call.input) == 1
    }
    try:
        data = msgspec.json.encode(given, order="deterministic")
    except ValueError:  # halves of characters
        data = _ORDERED(given).encode()
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _choice(call: Call) -> dict[str, str]:
    """Return the short inputs of a call that are no text of its own."""
    own = ("description", "prompt", "command", "file_path", "old_string", "new_string", "content")
    return {
        name: value
        for name, value in call.input.items()
        if isinstance(value, str) and name not in own and len(value) <= INPUT_CHARS
    }


def _what(call: Call) -> str:
    """Name a call, a shell call without the directory that it changes to first."""
    given = call.input.get("command")
    if call.name not in _SHELLS or not isinstance(given, str) or not (found := _CD.match(given)):
        return what_of(call)[:400]
    return f"{call.name} `{command(given[found.end() :], WHAT_READ)}`"


def _subject(call: Call) -> str:
    """Return what a call is about, to find the next on the same."""
    if call.name in _SHELLS:
        return str(call.input.get("command") or "")[:400]
    if call.name in _AGENTS:
        return ""  # any that starts shows what was wrong
    return str(call.input.get("file_path") or call.input.get("notebook_path") or "")


def _worked(
    trials: dict[str, Trial], call: Call, key: str, does: tuple[str, str], *, checked: bool = False
) -> None:
    line, shell = call.line, call.name in _SHELLS
    subject, verb = _subject(call), ""
    since = line - NEAR_LINES if shell else sys.maxsize
    # It must be about the same, or follow soon; given before the failure was known, it answers nothing.
    near_by = [
        (name, trial)
        for name, trial in trials.items()
        if (trial.last > since or trial.subject == subject)
        and trial.last <= line
        and (not trial.worked or trial.changed == _LATER)
    ]
    shown = " ".join(call.output[:4_000].split()) if near_by and shell and not checked else ""
    for name, trial in near_by:
        if shown and trial.causes and trial.causes[0] in shown:
            continue  # it failed again, and only its exit code is gone
        verb = verb or (key if _is_verb(key) else "")
        tool = name.partition(" ")[0]
        if shell:
            near = line - trial.last < NEAR_LINES and (
                _checks(does, subject, trial)
                if checked
                else bool(verb and trial.key == verb) or _alike(subject, trial.subject)
            )
            alike = tool in _SHELLS and (near or trial.subject == subject)
        else:
            both = call.name in _EDITS and tool in _EDITS
            alike = (tool == call.name or both) and trial.subject == subject
        if alike:
            trial.worked, trial.worked_at = _what(call), call.line
            trial.changed = "=" if _digest(call) == trial.given else _change(trial.choice, _choice(call))
        elif (
            checked
            and trial.checked
            and not trial.worked
            and _program(does, key) == _program((trial.where, trial.does), trial.key) != "git"
        ):
            trial.worked, trial.worked_at, trial.changed = _what(call), call.line, _LATER


def _ended_well(trials: dict[str, Trial], call: Call, key: str) -> None:
    """Take note of a check that ended without an error though nothing says that it passed: that may be all it says."""
    subject = _subject(call)
    for trial in trials.values():
        if trial.checked and not trial.worked and (trial.subject == subject or trial.key == key):
            trial.ended_well = True


def _change(before: dict[str, str], now: dict[str, str]) -> str:
    """Return the short inputs that a call has and the one before it had not."""
    return ", ".join(f"{name} `{value}`" for name, value in now.items() if before.get(name) != value)[:120]


def _checks(does: tuple[str, str], subject: str, trial: Trial) -> bool:
    """Tell whether a validation that passed checks what one that failed did, in the same place."""
    if not does[1] or not trial.does:
        return _covers(subject, trial.subject)
    return does[0].partition(":")[0] == trial.where.partition(":")[0] and _covers(does[1], trial.does)


def _program(does: tuple[str, str], key: str) -> str:
    """Return the program that checks, with what carries it elsewhere and the kinds of its checks."""
    return f"{does[0]} {does[1].split(' ')[0]}".strip() if does[1] else key.split(" ")[0]


def _covers(one: str, other: str) -> bool:
    """Tell whether one validation does all that another does; where its output goes counts for nothing."""
    mine, theirs = _done(one), _done(other)
    return not mine.isdisjoint(theirs) and (mine <= theirs or theirs <= mine)


@lru_cache(4 * KEPT_TRIALS)
def _done(subject: str) -> frozenset[str]:
    """Return the words that say what a command line runs, without its options."""
    return frozenset([word for word in _SHOWN.sub("", _CD.sub("", subject)).split() if word[0] != "-"])


def _alike(one: str, other: str) -> bool:
    mine, theirs = _words(one), _words(other)
    both = len(mine & theirs)
    return both > 1 and 2 * both >= max(len(mine), len(theirs))


@lru_cache(4 * KEPT_TRIALS)  # each failure is held against many later calls
def _words(subject: str) -> frozenset[str]:
    return frozenset(_CD.sub("", subject).split())


def told(trials: dict[str, Trial], most: int) -> list[tuple[int, str]]:
    """Return (line, text) of the trials that matter most: unanswered and repeated ones first, in order of lines.

    Those with the same error are told as one, as an error of the environment would hide all others.
    """
    found = [(trial, trial.causes) for trial in trials.values()]
    noise, main = _noise(found)
    groups: dict[str, list[tuple[Trial, str]]] = {}
    for at, (trial, lines) in enumerate(found):
        cause = errors.telling(lines, noise)
        kind = errors.signature(cause)
        groups.setdefault(main.get(kind, f"{at}"), []).append((trial, cause))
    ranked = sorted(groups.values(), key=_rank)
    return sorted((group[-1][0].last, _group(group)) for group in ranked[-most:])


def _noise(found: list[tuple[Trial, list[str]]]) -> tuple[dict[str, int], dict[str, str]]:
    """Return how often each error was met that several trials share, and the commonest it comes together with."""
    counts, kinds = Counter[str](), Counter[str]()
    met = [({errors.signature(line) for line in lines} - {""}, trial) for trial, lines in found]
    for each, trial in met:
        for kind in each:
            counts[kind] += trial.count + trial.others
            kinds[kind] += 1 + bool(trial.others)
    noise = {kind: count for kind, count in counts.items() if count >= ALIKE and kinds[kind] > 1}
    main = {kind: kind for kind in noise}
    for each, _ in met:
        shared = sorted(each & noise.keys())
        for kind in shared:
            main[kind] = max(main[kind], *shared, key=lambda it: (noise[it], it))
    return noise, main


def _rank(group: list[tuple[Trial, str]]) -> tuple[bool, bool, int, int]:
    open_ = any(not trial.worked for trial, _ in group)
    return (
        not group[0][0].slip,
        open_,
        min(sum(trial.count for trial, _ in group), 3),
        max(trial.last for trial, _ in group),
    )


def _group(group: list[tuple[Trial, str]]) -> str:
    group.sort(key=lambda pair: pair[0].last)
    trial, cause = next((pair for pair in reversed(group) if not pair[0].worked), group[-1])
    count = sum(each.count + each.others for each, _ in group)
    if len(group) == 1 and not trial.others:
        return _text(trial, cause)
    worked = sum(each.others_worked + (each.count if each.worked else 0) for each, _ in group)
    refused = all(each.refused for each, _ in group)
    since = min(each.line for each, _ in group)
    later = f", {worked} later worked" if worked else ""  # before the error, as no cut must take it
    text = f"{count} calls {'were refused' if refused else 'failed'} alike since L{since}{later}: {errors.told(cause, ERROR_CHARS)}"
    # The line at the end is that of the last one, and must not be taken for that of the example.
    at = f" (L{trial.last}), the last" if trial.last != group[-1][0].last else ""
    return f"{text}; e.g. {named(trial.what)}{at}"


def never_allowed(trials: dict[str, Trial]) -> Trial | None:
    """Return the last call that was refused more than once and never worked."""
    found = (it for it in trials.values() if it.refused and it.count > 1 and not it.worked and not it.agent)
    return max(found, key=lambda it: it.last, default=None)


def named(what: str) -> str:
    """Return a call's name for a list: of a shell call only the command, of a tool from elsewhere no server."""
    tool = what.partition(" ")[0]
    if tool.startswith(_FOREIGN):
        tool = tool.rpartition("__")[2]
    return f"{'' if tool in _SHELLS else f'{tool} '}`{_input(what)}`"


def _text(trial: Trial, cause: str) -> str:
    stopped = INTERRUPTED in trial.output[:200]
    error = "" if stopped else errors.told(cause, ERROR_CHARS)
    if trial.tests and not error.startswith(f"{trial.tests}: "):
        bare = error.lstrip("- ").startswith(("FAIL", "---"))
        error = f"tests {trial.tests}" + ("" if bare or not error else f"; {error}")
    if not error and (code := re.match(r"Exit code (\d+)", trial.output)):
        error = f"exit code {code[1]}"
    times = f" {trial.count} times since L{trial.line}" if trial.count > 1 else ""
    times += f" (between them it worked, L{trial.between})" if trial.between else ""
    where = " in a sub-agent" if trial.agent else ""
    how = "was stopped by the user" if stopped else "was refused" if trial.refused else "failed"
    text = f"{named(trial.what)} {how}{where}{times}{': ' if error else ''}{error}"
    if trial.said and error:
        text += f"{SAID}{trial.said}”"
    elif trial.thought and error and trial.worked:  # what nothing bore out may be a wrong guess
        text += f"{THOUGHT}{trial.thought}”"
    if trial.before and error:
        text += f"; before that {' and '.join(trial.before)}"
    if not trial.worked:
        if trial.refused or stopped or not trial.checked:
            return f"{text}; never allowed" if trial.refused and trial.count > 1 else text
        settled = trial.ended_well or trial.key.startswith("git ")  # another commit is no answer to it
        return text if settled else f"{text}; {NEVER}"
    return f"{text}; {_answer(trial)} (L{trial.worked_at})"


def _answer(trial: Trial) -> str:
    """Say what worked in the end: the same, the same with another choice, or something like it; and after what."""
    since = ", ".join(trial.since).replace(", editing ", ", ")
    after = f" after {since}" if since else ""
    if SKIPS in since:  # nothing was mended
        after = f" only by {since[since.index(SKIPS) :]}"
    if after and trial.cure and SKIPS not in since and since.rpartition("editing ")[2].count("`") == 0:
        after += f" ({trial.cure})"
    worked, what = _input(trial.worked), _input(trial.what)
    if (found := _CARRIER.match(worked)) and what.startswith(found[0]):
        worked = worked[found.end() :]  # where it ran is said already
    same = _same(trial.what, trial.worked)
    if trial.slip and not trial.worked.startswith(_SHELLS):
        return f"then worked: `{command(worked, 60)}`" if worked != what else "a later try worked"
    if trial.changed == "=" or same:
        return f"passed{after}" if trial.checked and after else f"the same later worked{after}"
    if trial.changed == _LATER:
        return f"later passed{after}: `{command(worked, 60)}`"
    if trial.changed:
        return f"then worked with {trial.changed}"
    if worked == what:
        return "another edit of it then worked" if trial.worked.startswith(_EDITS) else "a later try worked"
    if trial.checked and after:
        return f"later passed{after}: `{command(worked, 60)}`"
    return f"then worked: `{command(worked, 60)}`"


def _same(one: str, other: str) -> bool:
    """Tell whether two shell calls do the same and only show their output otherwise."""
    if not one.startswith(_SHELLS) or not other.startswith(_SHELLS):
        return False
    mine, theirs = (_SHOWN.sub("", _CD.sub("", it.partition(" ")[2].strip("`"))) for it in (one, other))
    return bool(mine) and mine == theirs and "…" not in mine


def _input(what: str) -> str:
    """Return what a call was given, without the directory it changed to; of a long path the end."""
    given = _CD.sub("", what.partition(" ")[2].strip("`")) or what
    if found := _INNER.match(given):
        given = f"{found[1]}: {_CD.sub('', found[2].strip()).rstrip(chr(34) + chr(39))}"
    if len(given) > 60 and " " not in given and given.count("/") > 3:
        return "…/" + "/".join(given.split("/")[-3:])
    return command(given, WHAT_CHARS)
