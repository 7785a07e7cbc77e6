"""What a session started in the background and nobody saw end: servers that may still run."""

import re
import sys
from functools import lru_cache
from typing import Final

from spread.distill.calls import LOOKING
from spread.distill.newest import drop_oldest
from spread.distill.record import LOOKED, RAN, STOPPED, TASK, Record
from spread.distill.shell import Simple, split
from spread.distill.tasks import LOG
from spread.distill.wrapped import COMPOSE, CONTAINERS, WITH_COMPOSE
from spread.distillation_codec import shorten, some_of
from spread.transcript_events import Call

KEPT: Final = 40
SHOWN: Final = 4
SHOWN_CHARS: Final = 240
UP: Final = "up: "  # begins what stands for containers in place of a task
_DETACHED: Final = frozenset(("-d", "--detach", "--wait"))
_DOWN: Final = frozenset(("down", "stop", "kill", "rm"))
_THEIR_LOGS: Final = re.compile(r"\b(?:docker|podman|kubectl)\b[^|;&\n]{0,60}\blogs\b|\bjournalctl\b")
HELPER: Final = "sub-agent: "
SHOWN_LOG: Final = 4
LOG_CHARS: Final = 66
KEY_WORDS: Final = 4  # what a line says that comes again and again with other values
_LEVEL: Final = re.compile(r"(?<![\w-])(?:ERROR|FATAL|CRITICAL|WARN(?:ING)?)(?![\w-])")
_COLOUR: Final = re.compile(r"\x1b?\[[\d;]*m")
_TASK: Final = re.compile(r"running in background with ID: ([\w-]+)")
_SERVED: Final = re.compile(r"\blocalhost:\d{2,5}\b")
_TO: Final = re.compile(r"(?<!\s)\s+(?:2>&1|&)\s*$")
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
    drop_oldest(running, KEPT)


def contained(running: Background, line: int, commands: list[Simple]) -> None:
    """Take over which containers were brought up to run on, and which were taken down."""
    for item in commands:
        words = item.words[1:] if item.name in COMPOSE else item.words[2:]
        if item.name not in COMPOSE and (item.name not in WITH_COMPOSE or item.words[1:2] != ["compose"]):
            continue
        if "up" in words and not _DETACHED.isdisjoint(words):
            running.pop(f"{UP}{item.words}", None)
            running[f"{UP}{item.words}"] = line, shorten(" ".join(item.words), SHOWN_CHARS)
            drop_oldest(running, KEPT)
        elif at := next((at for at, word in enumerate(words, 1) if word in _DOWN), 0):
            named = [word for word in words[at:] if not word.startswith("-")]
            for known in [known for known in running if known.startswith(UP)]:
                if not named or set(named).issuperset(_services(running[known][1])):
                    del running[known]


def _services(up: str) -> list[str]:
    """Return the services that a command brings up, something that no service is called where it names none."""
    return [word for word in up.partition(" up ")[2].split() if not word.startswith("-")] or [UP]


def logged(running: Background, record: Record) -> list[tuple[int, str]]:
    """Return (line, text) of the errors and warnings that were seen in the log of what runs, errors first."""
    tasks = {key: each for key, each in running.items() if not key.startswith(UP)}
    runs = {program(what): line for line, what in tasks.values() if not what.startswith(HELPER)}
    theirs = len(tasks) < len(running) or any(map(_carries, runs))
    begun = max([min(runs.values()), *_stops(record, runs)]) if runs else 0
    found = dict[str, tuple[bool, str, int]]()
    for item in reversed(record if begun else []):
        if item.line < begun or item.kind not in (RAN, LOOKED, TASK):
            continue
        log, elsewhere = _reads(item.what)
        if log and log not in running:  # of what ran before
            continue
        if elsewhere and not theirs:  # of what runs elsewhere
            continue
        for key, warns, words in _levels(item.said):
            found.setdefault(key, (warns, words, item.line))
    shown = sorted(found.values(), key=lambda each: (each[0], -each[2]))[:SHOWN_LOG]
    if not shown:
        return []
    listed = "; ".join(f"“{words}” (L{line})" for _, words, line in shown)
    return [(max(line for *_, line in shown), f"errors and warnings shown while it ran: {listed}")]


@lru_cache(200)  # what is on record comes again at the next revision
def _reads(what: str) -> tuple[str, bool]:
    """Return the task whose log a command line reads, and whether it reads that of what runs elsewhere."""
    log = LOG.search(what)
    return log[1] if log else "", _THEIR_LOGS.search(what) is not None


def silenced(record: Record) -> dict[str, int]:
    """Return the addresses that something served which was stopped and is not started again: nothing is there now."""
    served = dict[str, bool]()
    for item in record:
        if item.kind == TASK and "localhost:" in item.said:
            served |= dict.fromkeys(_SERVED.findall(item.said), item.said.endswith(STOPPED))
    return {address: sys.maxsize for address, stopped in served.items() if stopped}


def _carries(what: str) -> bool:
    """Tell whether what runs does so in a container, the log of which may be read by its name."""
    return what.startswith((*CONTAINERS, "ssh "))


def _stops(record: Record, runs: dict[str, int]) -> list[int]:
    """Return the lines where something was stopped that was then started again: what it had shown may be mended."""
    return [
        item.line
        for item in record
        if item.kind == TASK and item.said.endswith(STOPPED) and item.line < runs.get(program(item.what), 0)
    ]


@lru_cache(200)  # what is on record comes again at the next revision
def _levels(said: str) -> list[tuple[str, bool, str]]:
    """Return (its first words, whether it only warns, it cut) of each error and warning in an output, the last one first."""
    out = list[tuple[str, bool, str]]()
    for text in reversed(said.splitlines()):
        level = _LEVEL.search(text)
        if level is None:
            continue
        words = _COLOUR.sub("", text[level.end() :]).strip(" \t:-|]")
        if key := " ".join(words.split()[:KEY_WORDS]):
            out.append((key, level[0].startswith("W"), shorten(words, LOG_CHARS)))
    return out


def told(running: Background) -> list[tuple[int, str]]:
    """Return (line, text) of what runs on as far as was seen, the newest first."""
    newest = sorted(running.values(), reverse=True)
    if not newest:
        return []

    def named(each: tuple[int, str]) -> str:
        line, what = each
        return (what if what.startswith(HELPER) else f"`{what}`") + f" (L{line})" * (len(newest) > 1)

    names = some_of(newest, SHOWN, named, "; ")
    return [(newest[0][0], f"in the background, its end was not seen: {names}")]
