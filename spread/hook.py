"""The SessionStart hook: tell a new session what waits for its project, and see that an engine runs.

Hot path: a person waits. Standard library only, of that next to nothing (`tests/test_hot_path.py`); what
is needed only sometimes is imported where it is needed. `main` prints either one JSON object or nothing.
"""

import json
import os
import sys
import time

from spread.claude import body, frame, identifier, quote, sanitise, units
from spread.paths import Paths

MAX_CONTEXT_UNITS = 6_000  # the client takes 10,000 of a hook; a hand-off should leave room for others'
MAX_TITLES = 5
MAX_HANDOFF_BYTES = 1 << 20
MAX_LOG_BYTES = 64 << 10
READY_WAIT_S = 1.5
POLL_S = 0.02
# The same command stands in hooks/stop. -P keeps the project's folder, and a `json.py` there, off the path.
ENGINE_OPTIONS = ("-E", "-P", "-c")
ENGINE_CODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from spread.cli import main; sys.exit(main())"

Entry = dict[str, object]


def main() -> None:
    """Answer the client: JSON in, JSON or nothing out. Failures go to the hook log, never to the session."""
    paths = Paths()
    try:
        payload = json.loads(sys.stdin.buffer.readline())
        answer = session_start(payload, paths, time.time())
        if answer:
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    except Exception as problem:  # whatever it is, the session must go on (and the shim exits 0)
        _log(paths, problem)


def session_start(payload: Entry, paths: Paths, now: float) -> dict[str, object] | None:
    """Return what the client should be told at the start of a session, or None.

    Args:
        payload: The hook's stdin; `source` and `cwd` are used.
        now: Unix seconds.
    """
    source = payload.get("source")
    if source == "compact" or os.path.exists(paths.paused) or not _has_peers(paths):
        return None
    _ensure_engine(paths, wait_s=READY_WAIT_S if source in ("startup", "clear") else 0.0)
    entries = _pending(paths)
    if not entries:
        return None
    from spread import project

    here = project.resolve(os.environ.get("CLAUDE_PROJECT_DIR") or str(payload.get("cwd") or os.getcwd()))
    entries = [entry for entry in entries if here.key is not None and entry.get("project") == here.key]
    if not entries:
        return None
    if source not in ("startup", "clear"):
        return {"systemMessage": "claude-spread: " + _waiting(entries)}
    return _hand_over(entries, here.branch, paths, now)


# What is told


def _hand_over(
    entries: list[Entry], branch: str | None, paths: Paths, now: float
) -> dict[str, object] | None:
    """Claim and show our own machines' newest hand-off, of this branch if there is one; name the others."""
    own = [entry for entry in entries if entry.get("own") is True]
    same = [entry for entry in own if branch is not None and entry.get("branch") == branch]
    told: list[str] = []
    answer: dict[str, object] = {}
    for entry in same + [entry for entry in own if entry not in same]:
        text = _read(paths, entry)
        if text is None or not _claim(paths, entry):
            continue
        told.append(f"hand-off from {_machine(entry)}, {_age(entry, now)}: {_title(entry)}")
        others = [other for other in own if other.get("session") != entry.get("session")]
        context = _context(entry, text, others, now)
        answer["hookSpecificOutput"] = {"hookEventName": "SessionStart", "additionalContext": context}
        # What the one shown has made old news is not shown in full to the next session either.
        old = [other for other in own if other.get("branch") == entry.get("branch")]
        for other in old:
            _claim(paths, other)
        entries = [other for other in entries if other not in old]
        break
    if entries:
        told.append(_waiting(entries))
    answer["systemMessage"] = "claude-spread: " + "; ".join(told)
    return answer if told else None


def _context(entry: Entry, text: str, others: list[Entry], now: float) -> str:
    """Return the framed hand-off and, below it, the titles of the others, within MAX_CONTEXT_UNITS."""
    lines = [
        f"- id {_ident(other)}, from {_machine(other)}, {_age(other, now)}:\n"
        + "\n".join(quote(_title(other)))
        for other in others[:MAX_TITLES]
    ]
    also = "\n\nAlso waiting, not shown (spread show ID):\n" + "\n".join(lines) if lines else ""
    facts = {"title": _title(entry)}
    if entry.get("branch"):
        facts["branch"] = f"{entry['branch']} at {str(entry.get('head') or 'unknown')[:12]}"
    shown = frame(
        body(text), machine=_machine(entry), age=_age(entry, now), ident=_ident(entry), facts=facts,
        limit=MAX_CONTEXT_UNITS - units(also),
    )  # fmt: skip
    return shown + also


def _waiting(entries: list[Entry]) -> str:
    """Return one line on hand-offs that stay in the inbox, with the first ones' titles."""
    titles = [f"{_title(entry)} (from {_machine(entry)})" for entry in entries[:MAX_TITLES]]
    more = f" and {len(entries) - MAX_TITLES} more" if len(entries) > MAX_TITLES else ""
    return f"{len(entries)} waiting: {'; '.join(titles)}{more}; see them with `spread inbox`"


def _machine(entry: Entry) -> str:
    return identifier(str(entry.get("peer") or ""))


def _ident(entry: Entry) -> str:
    return identifier(f"{entry.get('session')}.{entry.get('revision')}", 60)


def _title(entry: Entry) -> str:
    title = sanitise(str(entry.get("title") or "untitled"), 100)
    state = sanitise(str(entry.get("state") or ""), 30)
    return f"{title} ({state})" if state else title


def _age(entry: Entry, now: float) -> str:
    """Return how long ago the session ended, in words."""
    since = _when(entry)
    if not since:
        return "at an unknown time"
    seconds = max(0.0, now - since)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def _when(entry: Entry) -> float:
    """Return when the session ended, never later than when it came here (unix seconds; 0: unknown)."""
    received = entry.get("received_at")
    latest = float(received) if isinstance(received, int | float) else 0.0
    try:
        from datetime import datetime

        ended = datetime.fromisoformat(str(entry.get("ended_at"))).timestamp()
    except (ValueError, OverflowError):
        return latest
    return min(ended, latest) if latest else ended


# The inbox


def _pending(paths: Paths) -> list[Entry]:
    """Return what the index knows of `inbox/new`, newest first; each entry carries its file name."""
    present = set(os.listdir(paths.inbox_new))
    if not present:
        return []
    try:
        with open(paths.inbox_index, "rb") as handle:
            index = json.load(handle)
    except FileNotFoundError:
        return []
    known = index.get("entries") if isinstance(index, dict) and index.get("schema") == 1 else None
    entries = []
    for name, entry in known.items() if isinstance(known, dict) else ():
        if isinstance(entry, dict) and name in present:
            entry["file"] = name
            entries.append(entry)
    return sorted(entries, key=_when, reverse=True)


def _read(paths: Paths, entry: Entry) -> str | None:
    try:
        with open(os.path.join(paths.inbox_new, str(entry["file"])), "rb") as handle:
            return handle.read(MAX_HANDOFF_BYTES).decode("utf-8", "replace")
    except OSError:
        return None


def _claim(paths: Paths, entry: Entry) -> bool:
    """Move an entry from new to seen; of two sessions that start at once only one succeeds."""
    name = str(entry["file"])
    try:
        os.rename(os.path.join(paths.inbox_new, name), os.path.join(paths.inbox_seen, name))
    except OSError:
        return False
    return True


# The engine


def _has_peers(paths: Paths) -> bool:
    try:
        return any(not name.startswith(".") for name in os.listdir(paths.peers))
    except OSError:
        return False


def _ensure_engine(paths: Paths, *, wait_s: float) -> None:
    """Start the engine unless one runs; then wait, at most `wait_s`, for its first look at the mailboxes."""
    try:
        if not _engine_runs(paths):
            before = _stamp(paths.engine_ready)
            child = _start_engine(paths)
            deadline = time.monotonic() + wait_s
            while (
                time.monotonic() < deadline and _stamp(paths.engine_ready) == before and not _gave_up(child)
            ):
                time.sleep(POLL_S)
    except (OSError, ValueError) as problem:  # what is already in the inbox is still worth telling
        _log(paths, problem)


def _engine_runs(paths: Paths) -> bool:
    """Tell whether an engine holds its lock (its pid may be another process's by now)."""
    import fcntl

    handle = os.open(paths.engine_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two hooks at once are no engine
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _start_engine(paths: Paths) -> int:
    """Start the engine in a session of its own, with the interpreter `spread` recorded; return its pid."""
    with open(paths.interpreter, encoding="utf-8") as handle:
        python, lib = handle.read().splitlines()[:2]
    null = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    command = [python, *ENGINE_OPTIONS, ENGINE_CODE, lib, "sync", "--detached"]
    try:
        return os.posix_spawn(python, command, os.environ, file_actions=null, setsid=True)
    except NotImplementedError:  # the C library has no setsid here; the engine makes its own
        return os.posix_spawn(python, command, os.environ, file_actions=null)


def _gave_up(child: int) -> bool:
    """Tell whether the process we started ended in failure (one that only forked on ended well)."""
    try:
        pid, status = os.waitpid(child, os.WNOHANG)
    except ChildProcessError:
        return False
    return pid == child and status != 0


def _stamp(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return None


def _log(paths: Paths, problem: BaseException) -> None:
    """Write one line on a failure: when, what kind and where, never with content."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "unknown"
    try:
        mode = os.O_TRUNC if os.stat(paths.hook_log).st_size > MAX_LOG_BYTES else 0
    except OSError:
        mode = 0
    try:
        handle = os.open(paths.hook_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | mode, 0o600)
        os.write(handle, f"{int(time.time())} session-start {type(problem).__name__} {where}\n".encode())
        os.close(handle)
    except OSError:
        pass
