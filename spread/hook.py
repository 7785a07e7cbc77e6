"""The SessionStart hook: tell a new session what waits for its project, and see that an engine runs.

And the UserPromptSubmit hook: tell a session, once, of a hand-off that came after its start.

Hot path: a person waits. Standard library only, of that next to nothing (`tests/test_hot_path.py`); what
is needed only sometimes is imported where it is needed. `main` and `prompt` print one JSON object or nothing.
"""

import os
import sys
import time

from spread.paths import Paths

TYPE_CHECKING = False  # `typing` alone costs 5 ms
if TYPE_CHECKING:
    from spread.hook_told import Told
    from spread.project import Project

MAX_LOG_BYTES = 64 << 10
READY_WAIT_S = 1.5
POLL_S = 0.02
# The same command stands in hooks/stop. -P keeps the project's folder, and a `json.py` there, off the path.
ENGINE_OPTIONS = ("-E", "-P", "-c")
ENGINE_CODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from spread.cli import main; sys.exit(main())"


def main() -> None:
    """Answer the client at a session's start: JSON in, JSON or nothing out."""
    paths = Paths()
    try:
        if _is_idle(paths):
            return
        _answer(session_start(_payload(), paths, time.time()))
    except Exception as problem:  # whatever it is, the session must go on (and the shim exits 0)
        _log(paths, problem, "session-start")


def prompt() -> None:
    """Answer the client at a prompt; `hooks/prompt` asks only when something has come."""
    paths = Paths()
    try:
        _answer(user_prompt(_payload(), paths))
    except Exception as problem:  # as above
        _log(paths, problem, "prompt")


def _payload() -> dict[str, object]:
    import json

    payload = json.loads(sys.stdin.buffer.readline())
    if not isinstance(payload, dict):
        raise TypeError("a hook's payload is an object")
    return payload


def _answer(answer: dict[str, object] | None) -> None:
    """Print an answer; failures go to the hook log, never to the session."""
    if answer:
        import json

        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def session_start(payload: dict[str, object], paths: Paths, now: float) -> dict[str, object] | None:
    """Return what the client should be told at the start of a session, or None.

    `startup` and `clear` begin a new context and are given a hand-off; `resume` and `fork` go on with one, and hear
    one line at their next prompt; `compact` has lost what it was given, and is told what that was.

    Args:
        payload: The hook's stdin; `source`, `session_id`, `transcript_path` and `cwd` are used.
        now: Unix seconds.
    """
    source = payload.get("source")
    if os.path.exists(paths.paused) or not _has_peers(paths):
        return None
    if source != "compact":
        _ensure_engine(paths, wait_s=READY_WAIT_S if source in ("startup", "clear") else 0.0)
    from spread.hook_told import Told

    told = Told(paths, payload.get("session_id"))
    if source == "compact":
        return _reminder(payload, paths, told)
    if not os.listdir(paths.inbox_new) and not os.path.exists(paths.inbox_runs):
        if told.arrived:
            told.save()
        return None
    if source not in ("startup", "clear"):
        if source == "fork":
            from spread import hook_record

            told.take_over(hook_record.parent(payload.get("transcript_path")))
        # The client drops what is said here to a context that holds something of an earlier start.
        told.save(looked=False)
        return None
    from spread import hook_inbox

    here = _here(payload, paths)
    if here is None:
        return None
    entries = hook_inbox.pending(paths, str(here.key))
    answer = hook_inbox.hand_over(entries, here, paths, now, told) if entries else None
    answer = _on_runs(answer, paths, str(here.key), told)
    told.save()
    return answer


def _reminder(payload: dict[str, object], paths: Paths, told: "Told") -> dict[str, object] | None:
    """Return one line on what a context had been given: by us, or by its fork's parent, as its transcript tells."""
    from spread import hook_inbox

    if told.given:
        given: tuple[str, str] | None = hook_inbox.peer_and_session(told.given[-1])
    else:
        from spread import hook_record

        given = hook_record.given(payload.get("transcript_path"))
    return hook_inbox.reminder(*given) if given and _here(payload, paths) else None


def _on_runs(
    answer: dict[str, object] | None, paths: Paths, key: str, told: "Told"
) -> dict[str, object] | None:
    """Note what a run of `claude -p` was given; in a person's session add a line on what runs were given before."""
    from spread import hook_runs

    if hook_runs.is_run():
        hook_runs.note(paths, key, told.given)
        return answer
    said = hook_runs.told(paths, key, told)
    if not said:
        return answer
    answer = answer or {}
    before = answer.get("systemMessage")
    return {**answer, "systemMessage": f"{before}; {said}" if before else f"claude-spread: {said}"}


def user_prompt(payload: dict[str, object], paths: Paths) -> dict[str, object] | None:
    """Return one line on what came for the session's project since it was last told, or None.

    Args:
        payload: The hook's stdin; `session_id` and `cwd` are used.
    """
    if os.path.exists(paths.paused) or not _has_peers(paths):
        return None
    from spread.hook_told import Told

    told = Told(paths, payload.get("session_id"))
    answer = None
    if os.listdir(paths.inbox_new):
        from spread import hook_inbox

        here = _here(payload, paths)
        if here is not None:
            answer = hook_inbox.announce(hook_inbox.pending(paths, str(here.key)), paths, told)
    return answer if told.save() else None


def _here(payload: dict[str, object], paths: Paths) -> "Project | None":
    """Return the session's project; None when it has none that leaves this machine, or when it is paused."""
    from spread import project

    here = project.resolve(os.environ.get("CLAUDE_PROJECT_DIR") or str(payload.get("cwd") or os.getcwd()))
    return None if here.key is None or here.key in _paused_projects(paths) else here


def _paused_projects(paths: Paths) -> set[str]:
    """Return the projects that are paused, as `rules.paused_projects` does."""
    try:
        with open(paths.paused_projects, "rb") as handle:
            return {line.strip() for line in handle.read().decode("utf-8", "replace").splitlines()}
    except FileNotFoundError:
        return set()


def _is_idle(paths: Paths) -> bool:
    """Tell, as cheaply as can be, that there is nothing to do: the usual case, in which not even `json` is loaded.

    While nothing has ever come to this home there is nothing to remember either.
    """
    if os.path.exists(paths.paused) or not _has_peers(paths):
        return True
    told = None
    session = os.environ.get("CLAUDE_CODE_SESSION_ID")
    known = session and os.path.exists(os.path.join(paths.inbox_told, session))
    if known or os.path.exists(paths.inbox_arrived):
        from spread.hook_told import Told

        told = Told(paths, session)
    if os.listdir(paths.inbox_new) or os.path.exists(paths.inbox_runs) or not _engine_runs(paths):
        return False
    # what it was given is told again if this is a compaction; only the payload says
    return told is None or (not known and told.save())


# The engine


def _has_peers(paths: Paths) -> bool:
    try:
        return any(not name.startswith(".") for name in os.listdir(paths.peers))
    except OSError:
        return False


def _ensure_engine(paths: Paths, *, wait_s: float) -> None:
    """Start the engine unless one runs; then wait, at most `wait_s`, for what peers have for us."""
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


def _log(paths: Paths, problem: BaseException, hook: str = "session-start") -> None:
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
        os.write(handle, f"{int(time.time())} {hook} {type(problem).__name__} {where}\n".encode())
        os.close(handle)
    except OSError:
        pass
