"""Runs of checks on a server that were watched to their end: they are of what was pushed."""

from spread.distill.files import FileLedger
from spread.distill.git import GitLedger
from spread.distill.runs import Run
from spread.distill.tools import is_watched


def is_of_older(run: Run, git: GitLedger, files: FileLedger) -> bool:
    """Tell whether a run was only of such checks, and the files may be others than those that were pushed."""
    checks = [run.commands[at] for at in run.places if at >= 0] if "gh " in run.source else []
    if not checks or not all(is_watched(item.words) for item in checks):
        return False
    here = any(item.words[:2] == ["git", "push"] for item in run.commands[: run.places[0]])
    pushed = run.line if here else max((it.push for it in git.repos.places.values()), default=0)
    return files.last_change > pushed or bool(git.left())
