"""Hand-offs that a run of `claude -p` was given: mostly a script's, so that nobody goes on with them there.

`inbox/runs`: a line `<key of the project> <file>` for each. The next session that a person begins in the project is
told of it in one line, once.

A part of `hook`, loaded only where it is needed: hot path, standard library only.
"""

import contextlib
import os

from spread.hook_inbox import peer_and_session
from spread.hook_told import MAX_BYTES, Told, lines
from spread.paths import Paths, write_volatile

PRINTS = "sdk-cli"  # what the client's environment calls `claude -p`


def is_run() -> bool:
    """Tell whether this session is a run of `claude -p`."""
    return os.environ.get("CLAUDE_CODE_ENTRYPOINT") == PRINTS


def note(paths: Paths, key: str, files: list[str]) -> None:
    """Note what a run in a project was given; where it cannot be noted, nobody is told."""
    data = "".join(f"{key} {file}\n" for file in files).encode("utf-8", "surrogateescape")
    with contextlib.suppress(OSError):
        handle = os.open(paths.inbox_runs, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.fstat(handle).st_size + len(data) <= MAX_BYTES:
                os.write(handle, data)
        finally:
            os.close(handle)


def told(paths: Paths, key: str, known: Told) -> str:
    """Return what is to be told of runs in a project, once; "" for nothing.

    Args:
        known: What the session is told of otherwise.
    """
    noted = lines(paths.inbox_runs)
    here = [line for line in noted if line.rpartition(" ")[0] == key]
    if not here:
        return ""
    left = [line for line in noted if line not in here]
    try:
        if left:
            text = "".join(f"{line}\n" for line in left)
            write_volatile(paths.inbox_runs, text.encode("utf-8", "surrogateescape"))
        else:
            os.unlink(paths.inbox_runs)
    except OSError:
        return ""  # else it would be told again and again
    file = here[-1].rpartition(" ")[2]
    if known.knows(file):
        return ""
    peer, session = peer_and_session(file)
    return (
        f"hand-off {session} from {peer} went to a run of `claude -p`; "
        f"`spread accept {session}` gives it to your next session"
    )
