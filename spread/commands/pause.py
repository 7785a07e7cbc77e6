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
    word = "paused" if pausing else "resumed"
    if peer is not None:
        set_peer(paths, peer, pausing)
        terminal.result(f"{word} {peer}")
    elif project_only:
        key = _here()
        set_project(paths, key, pausing)
        terminal.result(f"{word} {key}")
    else:
        set_all(paths, pausing)
        terminal.result("paused: no turn is handed over; next: spread resume" if pausing else word)
    if not pausing and (still := _still(paths)):
        terminal.say(f"still paused: {', '.join(still)}")
    return 0


def _still(paths: Paths) -> list[str]:
    """Return what is paused yet, each with what ends that: who resumes one kind of pause may have meant another."""
    found = ["everything (spread resume)"] if os.path.exists(paths.paused) else []
    found += [
        f"{project} (spread resume --project, in it)" for project in sorted(rules.paused_projects(paths))
    ]
    return found + [f"{name} (spread resume --peer {name})" for name in sorted(rules.paused_peers(paths))]


def set_all(paths: Paths, pausing: bool) -> None:
    """Pause or resume everything."""
    if pausing:
        write_atomic(paths.paused, b"")
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(paths.paused)


def set_project(paths: Paths, key: str, pausing: bool) -> None:
    """Pause or resume one project."""
    listed = rules.paused_projects(paths)
    rules.write_lines(paths.paused_projects, listed | {key} if pausing else listed - {key})


def set_peer(paths: Paths, name: str, pausing: bool) -> None:
    """Turns go on to be owed to a paused peer; they go when it is resumed, the newest of each session.

    Raises:
        PairingError: There is no such peer.
    """
    peers.load(paths, name)
    listed = rules.paused_peers(paths)
    rules.write_lines(paths.paused_peers, listed | {name} if pausing else listed - {name})


def _here() -> str:
    """Return the project of this directory."""
    key = resolve(os.getcwd()).key
    if key is None:
        raise SpreadError(
            "this directory is no project that leaves this machine",
            why="it is not in a git repository with a commit, a remote or a `spread.project`",
            hint="run it in the project's directory",
        )
    return key
