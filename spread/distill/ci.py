"""Runs of checks on a server or another host: they are of what was pushed or sent there."""

import re
from typing import Final

from spread.distill.files import FileLedger
from spread.distill.git import GitLedger
from spread.distill.record import Record
from spread.distill.runs import Run
from spread.distill.shell import Simple, split
from spread.distill.shown import has_passed_there, is_look
from spread.distill.tools import is_watched
from spread.transcript_events import Call

_COPIES: Final = frozenset(("rsync", "scp"))
_PUSHES: Final = "git push"

_RUN: Final = re.compile(r"\d{6,}")  # the number of one on a server
_LOST: Final = "Exit code 255"  # by ssh itself


def is_of_older(run: Run, record: Record, git: GitLedger, files: FileLedger) -> bool:
    """Tell whether a run was only of such checks, and the files may be others than those that were pushed."""
    checks = [run.commands[at].words for at in run.places if at >= 0] if "gh " in run.source else []
    if not checks or not all(is_watched(words) or is_look(words) for words in checks):
        return False
    here = any(item.words[:2] == ["git", "push"] for item in run.commands[: run.places[0]])
    pushed = run.line if here else max((it.push for it in git.repos.places.values()), default=0)
    runs = [word for words in checks for word in words if _RUN.fullmatch(word)]
    known = any(name in item.what for item in record if item.line < pushed for name in runs)
    return known or files.last_change > pushed or bool(git.left())


def passed_there(runs: dict[str, list[Run]], call: Call, commands: list[Simple]) -> None:
    """Forget what a look at a server showed to fail once a later one shows that all passed."""
    if (
        runs.get("test")
        and "gh " in str(call.input.get("command"))
        and has_passed_there(commands, call.output)
    ):
        runs["test"] = [run for run in runs["test"] if not is_look_of(run)]


def is_look_of(run: Run) -> bool:
    """Tell whether a run only looked at what had run on a server."""
    return "gh " in run.source and all(is_look(run.commands[at].words) for at in run.places)


def is_unsent(run: Run, commands: list[Simple], record: Record, git: GitLedger, files: FileLedger) -> bool:
    """Tell whether a run was to be on another host, and did not get there or nothing was sent there since the last change.

    Args:
        commands: Those of the call's command line, as they stand in it.
    """
    if "ssh " not in run.source:
        return False
    begun = {item.start for item in commands if item.name == "ssh"}
    if begun.isdisjoint(run.commands[at].start for at in run.places if at >= 0):
        return False
    if run.output.startswith(_LOST) or not files.last_change:
        return run.output.startswith(_LOST)
    since = [run.source, *(item.what for item in record if item.ok and item.line > files.last_change)]
    sent = any(map(_copies, since))
    committed = max((it.commit for it in git.repos.places.values()), default=0) > files.last_change
    return not (sent or (committed and not git.left() and any(_PUSHES in what for what in since)))


def _copies(source: str) -> bool:
    """Tell whether a line copies files to another host."""
    if not any(map(source.__contains__, _COPIES)):
        return False
    return any(item.name in _COPIES and ":" in item.words[-1] for item in split(source))


def ran_there(runs: dict[str, list[Run]]) -> bool:
    """Tell whether any of the last checks may have been on another host."""
    return any(kept and "ssh " in kept[-1].source for kept in runs.values())
