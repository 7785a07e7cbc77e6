"""What was tried and failed or was refused: grouped, with how often, and what worked in the end."""

import re
from dataclasses import dataclass
from typing import Final

from spread.distill_calls import what_of
from spread.distill_validation import NEVER_RAN, ends, failure_of
from spread.distillation_codec import shorten
from spread.transcript_events import Call

KEPT_TRIALS: Final = 40
NEAR_LINES: Final = 60  # so soon after a failure, a similar command that works is the answer to it
# Tools whose failing is part of looking around.
_LOOKING: Final = frozenset(
    ("Read", "NotebookRead", "Glob", "Grep", "LS", "TodoWrite", "TaskOutput", "BashOutput", "AgentOutputTool", "KillShell",
     "AskUserQuestion", "ExitPlanMode", "TaskUpdate", "ToolSearch")
)  # fmt: skip
_NO_SUCH: Final = re.compile(
    r"command not found|unrecognized (?:sub)?command|unknown (?:sub)?command|no such (?:sub)?command|is not recognized as", re.I
)  # fmt: skip
_REFUSED: Final = (
    "This command requires approval",
    "This Bash command contains",
    "Claude requested",
    "Permission to use",
)
_RETRIED: Final = re.compile(
    r"String to replace not found|No changes to make|Found \d+ matches|has been modified since"
)
_TAG: Final = re.compile(r"</?tool_use_error>")
_VARIES: Final = re.compile(r"[\"'`“].*?[\"'`”]|\S*[/\\]\S*|\d+")
_SHELLS: Final = ("Bash", "PowerShell")


@dataclass(slots=True)
class Trial:
    """Calls that failed alike; `worked` is what did it afterwards, at line `worked_at`."""

    line: int
    last: int
    what: str
    subject: str
    output: str
    refused: bool
    agent: bool
    count: int = 1
    worked: str = ""
    worked_at: int = 0


def note(trials: dict[str, Trial], call: Call, key: str, *, checked: bool = False) -> None:
    """Take a call in: one that failed is kept, one that worked answers those of its kind.

    Args:
        key: The program and its first word for a shell call that does more than look, else empty.
        checked: It is a validation; how these fail is told elsewhere, unless they never ran.
    """
    if call.ok:
        if trials:
            _worked(trials, call, key)
        return
    refused = call.output.startswith(NEVER_RAN)
    shell = call.name in _SHELLS
    if (shell and not key) or call.name in _LOOKING:
        return
    if not shell and _RETRIED.search(call.output[:200]):
        return  # the next edit says it rightly
    if checked and not refused and not _NO_SUCH.search(call.output[:600]):
        return
    output = _TAG.sub("", ends(call.output[:20_000]))[:4_000].strip()
    name = (
        f"{call.name} {key or _subject(call)} {_VARIES.sub('', output[:80]) if refused or not shell else ''}"
    )
    if (known := trials.pop(name, None)) is not None and not (known.worked and shell):
        known.count, known.last = known.count + 1, call.result_line or call.line
        known.worked, known.output = "", output
        trials[name] = known
        return
    trials[name] = Trial(
        call.line, call.result_line or call.line, what_of(call)[:400], _subject(call), output, call.output.startswith(_REFUSED), bool(call.agent)
    )  # fmt: skip
    if len(trials) > KEPT_TRIALS:
        gone = next((key for key, trial in trials.items() if trial.worked), next(iter(trials)))
        del trials[gone]


def _subject(call: Call) -> str:
    """Return what a call is about, to find the next on the same."""
    if call.name in _SHELLS:
        return str(call.input.get("command") or "")[:400]
    if call.name in ("Task", "Agent"):
        return ""  # any that starts shows what was wrong
    return str(call.input.get("file_path") or call.input.get("notebook_path") or "")


def _worked(trials: dict[str, Trial], call: Call, key: str) -> None:
    if call.name in _LOOKING:
        return
    edits = call.name in ("Edit", "Write", "MultiEdit", "NotebookEdit")
    subject = _subject(call)
    for name, trial in trials.items():
        if trial.worked:
            continue
        tool, _, rest = name.partition(" ")
        if call.name in _SHELLS:
            alike = tool in _SHELLS and (
                bool(key and rest.rstrip() == key)
                or (call.line - trial.last < NEAR_LINES and _alike(subject, trial.subject))
            )
        else:
            alike = (tool == call.name or (edits and "dit" in tool)) and trial.subject == subject
        if alike:
            trial.worked, trial.worked_at = what_of(call)[:400], call.line


def _alike(one: str, other: str) -> bool:
    mine, theirs = set(one.split()), set(other.split())
    return len(mine & theirs) > 1 and 2 * len(mine & theirs) >= max(len(mine), len(theirs))


def told(trials: dict[str, Trial], most: int) -> list[tuple[int, str]]:
    """Return (line, text) of the trials that matter most: unanswered and repeated ones first, in order of lines."""
    ranked = sorted(trials.values(), key=lambda it: (not it.worked, min(it.count, 3), it.last))
    return sorted((trial.last, _text(trial)) for trial in ranked[-most:])


def _text(trial: Trial) -> str:
    shell = trial.what.startswith(_SHELLS)
    lines = failure_of(trial.output, 260).splitlines()[:2] if shell else trial.output.splitlines()[:1]
    error = shorten(" / ".join(lines), 200)
    what = _input(trial.what)
    tool = "" if shell else f"{trial.what.partition(' ')[0]} "
    times = f" {trial.count} times since L{trial.line}" if trial.count > 1 else ""
    where = " in a sub-agent" if trial.agent else ""
    how = "was refused" if trial.refused else "failed"
    text = f"{tool}`{what}` {how}{where}{times}{': ' if error else ''}{error}"
    if not trial.worked:
        return f"{text}; never allowed" if trial.refused and trial.count > 1 else text
    worked = _input(trial.worked)
    again = "the same later worked" if worked == what else f"then worked: `{worked}`"
    return f"{text}; {again} (L{trial.worked_at})"


def _input(what: str) -> str:
    """Return what a call was given, of a long path the end."""
    given = what.partition(" ")[2].strip("`") or what
    if len(given) > 60 and " " not in given and given.count("/") > 3:
        return "…/" + "/".join(given.split("/")[-3:])
    return shorten(given, 120)
