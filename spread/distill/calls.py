"""Single tool calls: what kind of call one is, and how it is named."""

import json
import re
from typing import Any, Final

from spread import transcript_rewinds
from spread.distill import cmdlets, own
from spread.distill.once import of_line
from spread.distill.runs import may_validate
from spread.distill.shell import may_change, split
from spread.distill.simple import Simple
from spread.distillation_codec import command, shorten
from spread.transcript_events import Call

SHELLS: Final = ("Bash", "PowerShell")
EDITS: Final = transcript_rewinds.EDITS
AGENTS: Final = ("Task", "Agent")  # start a sub-agent
READS: Final = ("Read", "NotebookRead")
SEARCHES: Final = ("Grep", "Glob", "LS")
LISTS: Final = ("TodoWrite", "TaskCreate", "TaskUpdate", "TaskList")  # keep a list of what is to be done
FORMS: Final = ("AskUserQuestion", "ExitPlanMode")  # ask the user
# What may come between a thought and what it is about, or between two edits: it tries nothing.
LOOKS: Final = frozenset((*READS, *SEARCHES, *LISTS, "ToolSearch"))
ACTING: Final = frozenset((*SHELLS, *EDITS, *AGENTS))
# Programs that only look: their failing is part of searching, not of what was tried.
LOOKING: Final = frozenset(
    ("cd", "ls", "cat", "head", "tail", "grep", "rg", "find", "fd", "which", "type", "test", "[", "echo", "pwd", "wc", "sed",
     "awk", "stat", "file", "tree", "ps", "lsof", "sleep", "diff", "jq", "export", "set", "source", "true", "for", "lsd", "sort",
     "uniq", "cut", "tr", "dir", "gci", "gc", "sls",
     "Get-Content", "Get-ChildItem", "Get-Item", "Get-ItemProperty", "Get-Location", "Get-Command", "Get-Process", "Get-Help",
     "Select-String", "Select-Object", "Where-Object", "Sort-Object", "Measure-Object", "Format-Table", "Format-List",
     "Test-Path", "Resolve-Path", "Join-Path", "Split-Path", "Set-Location", "Push-Location", "Pop-Location",
     "Write-Host", "Write-Output", "Start-Sleep", "Out-String")
)  # fmt: skip
# What git only shows then.
_ASKING: Final = (["status"], ["log"], ["diff"], ["show"])
_TASK_ID: Final = re.compile(r"<task-id>\s*([^<\s]+)\s*</task-id>")


def is_dull(call: Call) -> bool:
    """Tell whether a shell call only looked: of its success nothing follows."""
    source = call.input.get("command")
    if call.name not in SHELLS or not isinstance(source, str):
        return False
    source = cmdlets.spelled(source) if call.name == "PowerShell" else source
    return not may_change(source) and not may_validate(source) and not own.speaks_of_us(source)


def only_looks(call: Call) -> bool:
    """Tell whether a shell call runs nothing but programs that look around: nobody waits for what came of it."""
    source = call.input.get("command")
    return call.name in SHELLS and isinstance(source, str) and _looks(source)


def only_asks(call: Call) -> bool:
    """Tell whether a shell call runs nothing but programs that look around or questions to git."""
    source = call.input.get("command")
    return call.name in SHELLS and isinstance(source, str) and _asks(source)


@of_line
def _looks(source: str) -> bool:
    commands = split(source)
    return bool(commands) and all(map(_is_look, commands))


@of_line
def _asks(source: str) -> bool:
    commands = split(source)
    return bool(commands) and all(_is_look(item) or _asks_git(item) for item in commands)


def _is_look(item: Simple) -> bool:
    return item.words[:1] == [item.name] and item.name in LOOKING and not item.writes


def _asks_git(item: Simple) -> bool:
    words = item.words[2:] if item.words[1:2] == ["-C"] else item.words
    return item.words[:1] == ["git"] and words[1:2] in _ASKING and not item.writes


def is_async(call: Call) -> bool:
    """Tell whether a sub-agent was only launched: its result comes later, in a notice, or in messages of a team's member."""
    return (
        bool(call.extra.get("isAsync")) or "Async agent launched" in call.output[:200] or bool(mate_of(call))
    )


def mate_of(call: Call) -> str:
    """Return the name of the member of a team that a call only launched, by which its messages come; else nothing."""
    return str(call.input.get("name") or "") if call.output.startswith("Spawned successfully") else ""


def task_of(notice: str) -> str:
    """Return the background task or sub-agent that a notice tells of, or an empty string."""
    found = _TASK_ID.search(notice)
    return found[1] if found else ""


def what_of(call: Call) -> str:
    """Name a call by its tool and the one input that tells most."""
    given: Any = call.input
    for key in ("command", "file_path", "description", "prompt", "url", "query", "skill"):
        if isinstance(given.get(key), str):
            cut = command if key == "command" else shorten
            return f"{call.name} `{cut(given[key], 140)}`"
    return f"{call.name} {shorten(json.dumps(given, ensure_ascii=False), 100)}" if given else call.name


@of_line
def _acts(source: str) -> list[str]:
    """Return what a command line does; the same list for the same line."""
    return [" ".join(item.words[:2]) for item in split(source) if item.words and item.name not in LOOKING]


def acts_of(call: Call) -> list[str]:
    """Return what a call does, so that another is known to do the same: the file, or the programs with their verbs."""
    if call.name in SHELLS:
        source = call.input.get("command")
        return _acts(source) if isinstance(source, str) else []
    path = call.input.get("file_path") or call.input.get("notebook_path")
    return [path] if isinstance(path, str) else []
