"""`spread pause` and `spread resume`: send nothing at all, nothing of one project, or nothing to one peer."""

import contextlib
import os

from spread import peers, rules
from spread.commands import terminal
from spread.errors import SpreadError
from spread.paths import Paths, write_atomic
from spread.project import resolve


def run(paths: Paths, *, pausing: bool, project_only: bool, peer: str | None = None) -> int:
    """Pause or resume; what was received before stays."""
    paths.make()
    if peer is not None:
        return _peer(paths, peer, pausing)
    if project_only:
        return _project(paths, pausing)
    if pausing:
        write_atomic(paths.paused, b"")
        terminal.result("paused: no turn is handed over; next: spread resume")
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(paths.paused)
        terminal.result("resumed")
    return 0


def _project(paths: Paths, pausing: bool) -> int:
    key = resolve(os.getcwd()).key
    if key is None:
        raise SpreadError(
            "this directory is no project that leaves this machine",
            why="it is not in a git repository with a commit, a remote or a `spread.project`",
            hint="run it in the project's directory",
        )
    listed = rules.paused_projects(paths)
    listed = listed | {key} if pausing else listed - {key}
    rules.write_lines(paths.paused_projects, listed)
    terminal.result(f"{'paused' if pausing else 'resumed'} {key}")
    return 0


def _peer(paths: Paths, name: str, pausing: bool) -> int:
    """Turns go on to be owed to a paused peer; they go when it is resumed, the newest of each session."""
    peers.load(paths, name)  # there must be one
    listed = rules.paused_peers(paths)
    rules.write_lines(paths.paused_peers, listed | {name} if pausing else listed - {name})
    terminal.result(f"{'paused' if pausing else 'resumed'} {name}")
    return 0
