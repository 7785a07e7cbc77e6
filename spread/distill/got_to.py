"""How far a command line certainly came: where it failed, and which of its changes stand behind its checks."""

import re
from typing import Final

from spread.distill.files import FileLedger
from spread.distill.runs import Run
from spread.distill.shell import Simple, effects
from spread.distill.validation import is_bad
from spread.distillation_paths import bare_name
from spread.transcript_events import Call

MOST_COMMANDS: Final = 40
MAX_CHARS: Final = 20_000  # of the output
_SHELL: Final = re.compile(r"(?:\S*sh: (?:line \d+: )?|\(eval\):\d+:)")
MIN_OPERAND: Final = 3
MOST_CHANGED: Final = 2  # of files, to be told as what was edited: more were changed by a sweep
# What is only copied or cleared away behind a build is what it made.
BEHIND: Final = frozenset(("write", "append", "modify", "rename"))


def start_of(commands: list[Simple], run: Run | None, output: str, *, failed: bool) -> int:
    """Return the place in a line where a command begins that ran for certain, -1 where none is known.

    Args:
        failed: Whether the line did.
    """
    if not failed or len(commands) < 2:
        return -1
    if run and run.places[0] >= 0 and is_bad(run.output):
        return run.commands[min(run.places)].start
    return _named(commands, output) if "&&" in {item.joint for item in commands} or _stops(commands) else -1


def _stops(commands: list[Simple]) -> bool:
    return any(item.name == "set" for item in commands)


def _named(commands: list[Simple], output: str) -> int:
    """Return where the command begins that says under its name what was wrong with something that it alone was given."""
    if len(commands) > MOST_COMMANDS:
        return -1
    names = [item.name for item in commands]
    lines = [
        _SHELL.sub("", line, count=1) if "sh: " in line or "(eval):" in line else line
        for line in output[:MAX_CHARS].splitlines()
    ]
    for item in reversed(commands):
        if item.unsure or not item.name or names.count(item.name) > 1:
            continue
        given = [word for word in item.words[1:] if len(word) >= MIN_OPERAND and word[0] != "-"]
        for line in lines:
            if line.startswith(f"{item.name}: ") and any(map(line.__contains__, given)):
                return item.start
    return -1


def changes_before(run: Run, commands: list[Simple], output: str) -> int | None:
    """Return how many changes of files a line that worked makes before its last check ends, None where it makes none later.

    Args:
        commands: Those of the line; what stands in one pipe with the check runs beside it.
    """
    if run.places[-1] < 0:
        return None
    end = run.commands[run.places[-1]].end
    place = next(
        (at for at, item in enumerate(commands) if item.start >= end and commands[at - 1].joint != "|"), 0
    )
    return sum(1 for _ in effects(commands[:place], ok=True, output=output)) if place else None


def changed_by(files: FileLedger, call: Call, commands: list[Simple], run: Run | None) -> list[str]:
    """Return the names of the few files that a line changed before its checks, none where it may be otherwise."""
    at = (call.line, call.result_line)
    late = run is not None and changes_before(run, commands, call.output) is not None
    if late or not call.ok or files.last_change not in at:
        return []
    names = [bare_name(path) for path, line in files.edited().items() if line in at]
    return names if len(names) <= MOST_CHANGED else []
