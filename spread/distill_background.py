"""What a session started in the background and nobody saw end: servers that may still run."""

import re
from typing import Final

from spread.distill_calls import LOOKING
from spread.distill_shell import split
from spread.distillation_codec import shorten
from spread.transcript_events import Call

KEPT: Final = 40
SHOWN: Final = 4
SHOWN_CHARS: Final = 240
HELPER: Final = "sub-agent: "
_TASK: Final = re.compile(r"running in background with ID: ([\w-]+)")
_TO: Final = re.compile(r"\s+(?:2>&1|&)\s*$")
_BESIDE: Final = ("tee", "echo", "sleep", "cd")

Background = dict[str, tuple[int, str]]  # by task: the line, and what runs


def task_of(call: Call) -> str:
    """Return the id of the task that a shell call runs as in the background, an empty string where it does not."""
    if task := call.extra.get("backgroundTaskId"):
        return str(task)
    found = _TASK.search(call.output, 0, 200) if "in background" in call.output[:200] else None
    return found[1] if found else ""


def program(source: str) -> str:
    """Return what a command line starts, without its settings and the way there."""
    commands = [item for item in reversed(split(source)) if item.words]
    doing = (item for item in commands if item.name not in LOOKING and item.name not in _BESIDE)
    return " ".join(next(doing, commands[0]).words) if commands else ""


def begun(running: Background, line: int, task: str, source: str) -> None:
    """Take over a task; the same thing started before has ended then, or goes by this one."""
    what = program(source)
    for known in [known for known, (_, it) in running.items() if program(it) == what and known != task]:
        del running[known]
    running.setdefault(task, (line, shorten(_TO.sub("", source), SHOWN_CHARS)))
    while len(running) > KEPT:
        del running[next(iter(running))]


def told(running: Background) -> list[tuple[int, str]]:
    """Return (line, text) of what runs on as far as was seen, the newest first."""
    newest = sorted(running.values(), reverse=True)
    if not newest:
        return []
    names = "; ".join(
        (what if what.startswith(HELPER) else f"`{what}`") + f" (L{line})" * (len(newest) > 1)
        for line, what in newest[:SHOWN]
    )
    more = f" and {len(newest) - SHOWN} more" if len(newest) > SHOWN else ""
    return [(newest[0][0], f"in the background, its end was not seen: {names}{more}")]
