"""The status line's segment: `⇄ 2 peers · 1 owed · 3 pending`, from files alone.

Hot path: the client runs it again and again. No network, no engine; standard library only, and what is needed only
sometimes is imported where it is needed (`tests/test_hot_path.py`).
"""

import os
import sys

from spread.paths import Paths

TYPE_CHECKING = False  # `typing` alone costs 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable

SIGN = "⇄ "
STDIN_WAIT_S = 0.3  # for the client's JSON; whoever gives us an open stdin and says nothing is not waited for
MAX_STDIN_BYTES = 1 << 20
COMMAND_WAIT_S = 5.0


def main(words: list[str] | None = None) -> None:
    """Print the segment, below an existing status line's own output when its command is given; never fails.

    Args:
        words: That command: one word is a line for the shell, as the client's settings have it; several are a
            program and its arguments. A leading `--` is passed over. None: the words after `sys.argv[1]`.
    """
    command = sys.argv[2:] if words is None else words
    if command[:1] == ["--"]:
        command = command[1:]
    given = _quietly(_stdin)
    above = _quietly(lambda: _output(command, given)) if command else b""
    own = _quietly(lambda: segment(Paths(), given).encode("utf-8"))
    line = above.rstrip(b"\r\n") + (b" " if above.strip() and own else b"") + own
    if line:
        try:
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
        except OSError:  # the reader has gone
            os._exit(0)


def _quietly(work: "Callable[[], bytes]") -> bytes:
    """Return what comes of it, nothing if it fails: a status line has no place for that."""
    try:
        return work()
    except Exception:
        return b""


def segment(paths: Paths, payload: bytes = b"") -> str:
    """Return our part of the line; nothing without peers, or when switched off for this session.

    Args:
        payload: The client's JSON; of its directory's project what waits is counted, without it of all.
    """
    peers = _names(paths.peers, ".toml")
    if not peers or (os.environ.get("SPREAD_OFF") or "0") != "0":
        return ""
    if os.path.exists(paths.paused):
        return SIGN + "paused"
    owed = sum(len(_names(os.path.join(paths.outbox, peer[: -len(".toml")]), ".md")) for peer in peers)
    waiting = _names(paths.inbox_new, ".md")
    pending = _of_project(paths, waiting, payload) if waiting else 0
    parts = [f"{len(peers)} peer{'' if len(peers) == 1 else 's'}"]
    parts += [f"{count} {what}" for count, what in ((owed, "owed"), (pending, "pending")) if count]
    return SIGN + " · ".join(parts)


def _names(folder: str, suffix: str) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.endswith(suffix) and name[0] != "."]
    except OSError:
        return []


def _of_project(paths: Paths, waiting: list[str], payload: bytes) -> int:
    """Return how many of the files that wait are of the project the session is in; of all if it is not told."""
    directory = _directory(payload)
    if not directory:
        return len(waiting)
    from spread import project

    key = project.resolve(directory).key
    try:
        with open(paths.inbox_index, "rb") as handle:
            index = _loads(handle.read())
        entries = index["entries"] if isinstance(index, dict) else {}
        return sum(key is not None and entries.get(name, {}).get("project") == key for name in waiting)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return len(waiting)


def _directory(payload: bytes) -> str:
    """Return the session's directory: the project's rather than where a `cd` has led."""
    if not payload.strip():
        return ""
    try:
        told = _loads(payload)
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    places = told.get("workspace")
    places = places if isinstance(places, dict) else {}
    found = [places.get("project_dir"), places.get("current_dir"), told.get("cwd")]
    return next((place for place in found if isinstance(place, str) and place), "")


class _Plain:
    """What the scanner behind `json.loads` asks of its owner."""

    strict = True
    object_hook = object_pairs_hook = memo = None
    parse_int = int
    parse_float = parse_constant = float


def _loads(text: bytes) -> object:
    """Return what `json.loads` would, without its import: that takes longer than all else here (it brings `re`).

    Raises:
        ValueError: It is not JSON.
    """
    try:
        from _json import make_scanner
    except ImportError:  # another Python than CPython
        import json

        return json.loads(text)
    whole = text.decode("utf-8").strip()
    try:
        found, end = make_scanner(_Plain())(whole, 0)  # type: ignore[arg-type]
    except (StopIteration, RecursionError):
        raise ValueError("not JSON") from None
    if end != len(whole):
        raise ValueError("more than one JSON value")
    return found


def _stdin() -> bytes:
    """Return what the client sends; nothing from a terminal, and no more than what comes in time."""
    import select

    found = b""
    if os.isatty(0):
        return found
    while len(found) < MAX_STDIN_BYTES and select.select([0], [], [], STDIN_WAIT_S)[0]:
        part = os.read(0, 1 << 16)
        if not part:
            break
        found += part
    return found


def _output(command: list[str], given: bytes) -> bytes:
    """Return what the other status line's command prints; however it ends, and at the latest in COMMAND_WAIT_S."""
    import subprocess

    argv = ["/bin/sh", "-c", command[0]] if len(command) == 1 else command
    try:
        done = subprocess.run(argv, input=given, stdout=subprocess.PIPE, timeout=COMMAND_WAIT_S)
    except subprocess.TimeoutExpired as late:
        return late.output or b""
    return done.stdout
