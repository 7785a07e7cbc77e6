"""`spread pause` and `spread resume`: send nothing, for all projects or for one."""

import contextlib
import os

from spread.commands import common
from spread.errors import SpreadError
from spread.intake import paused_projects
from spread.paths import Paths, write_atomic
from spread.project import resolve


def run(paths: Paths, *, pausing: bool, project_only: bool) -> int:
    """Pause or resume; what was received before stays."""
    paths.make()
    if project_only:
        return _project(paths, pausing)
    if pausing:
        write_atomic(paths.paused, b"")
        common.result("paused: no turn is handed over; next: spread resume")
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(paths.paused)
        common.result("resumed")
    return 0


def _project(paths: Paths, pausing: bool) -> int:
    key = resolve(os.getcwd()).key
    if key is None:
        raise SpreadError(
            "this directory is no project that leaves this machine",
            why="it is not in a git repository with a commit, a remote or a `spread.project`",
            hint="run it in the project's directory",
        )
    listed = paused_projects(paths)
    listed = listed | {key} if pausing else listed - {key}
    write_atomic(paths.paused_projects, "".join(f"{one}\n" for one in sorted(listed)).encode("utf-8"))
    common.result(f"{'paused' if pausing else 'resumed'} {key}")
    return 0
