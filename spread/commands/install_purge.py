"""`spread uninstall --purge`: delete our home, and nothing that is not ours."""

import os
import shutil

from spread.commands import common
from spread.errors import SpreadError, UsageError
from spread.paths import Paths

MARKS = ("interpreter", "checkpoints", "inbox", "outbox")  # a home that was ever used has all of these


def confirm(paths: Paths, yes: bool) -> None:
    """See that our home may be deleted.

    Raises:
        UsageError: There is nobody to ask.
        SpreadError: It is not a home of ours, or the user does not want it.
    """
    if not os.path.lexists(paths.home):
        return
    if os.path.islink(paths.home) or not os.path.isdir(paths.home):
        raise SpreadError(
            f"{paths.home} is not deleted", why="it is a link" if os.path.islink(paths.home) else "it is no directory",
            hint="set SPREAD_HOME to the directory itself",
        )  # fmt: skip
    missing = [name for name in MARKS if not os.path.lexists(os.path.join(paths.home, name))]
    if missing and os.listdir(paths.home):
        raise SpreadError(
            f"{paths.home} is not deleted", why=f"it does not look like a home of ours: no {missing[0]} in it",
            hint="if it is one, delete it yourself",
        )  # fmt: skip
    if yes:
        return
    if not common.can_ask():
        raise UsageError("--purge deletes pairings and hand-offs for good", hint="add --yes")
    if not common.confirmed(f"Delete {paths.home} with this machine's keys, pairings and hand-offs?"):
        raise SpreadError("nothing was changed", why="it was not confirmed")


def purge(paths: Paths) -> tuple[list[str], list[str]]:
    """Delete what is ours in our home, then the home; return what was deleted, and what is not ours and stays.

    Links are deleted, never followed.
    """
    if not os.path.isdir(paths.home) or os.path.islink(paths.home):
        return [], []
    ours = paths.names()
    deleted: list[str] = []
    kept: list[str] = []
    for name in sorted(os.listdir(paths.home)):
        path = os.path.join(paths.home, name)
        if not _is_ours(name, ours):
            kept.append(path)
            continue
        deleted.append(path)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    if kept:
        return deleted, kept
    os.rmdir(paths.home)
    return [paths.home], []


def _is_ours(name: str, ours: set[str]) -> bool:
    return name in ours or name.endswith(".tmp") or name.startswith(("relay.sqlite-", "search.sqlite-"))
