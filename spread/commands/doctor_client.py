"""Checks of Claude Code on this machine: the client, our hooks in it, and whether they run."""

import contextlib
import glob
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any, Final

from spread import __version__, resources
from spread.commands.doctor_check import Check, ago, ok, problem, warning
from spread.hook import ENGINE_OPTIONS
from spread.paths import Paths, open_plain
from spread.project import resolve
from spread.resources import client_home, client_program, sessions_folder

TESTED: Final = ((2, 1, 330), (2, 1, 332))  # the oldest and the newest client that our tests ran with
PROGRAM_S: Final = 4.0
EVENTS: Final = ("SessionStart", "Stop")  # what the main job needs
SHIM: Final = re.compile(r"hooks[/\\](?:stop|session-start)\b")
TWO_WAYS: Final = (
    "run `spread install`; or, inside Claude Code, /plugin marketplace add PLACE-OF-CLAUDE-SPREAD "
    "and /plugin install spread@claude-spread"
)
SILENCE_S: Final = 3600.0  # a transcript so much newer than the last checkpoint was not seen by our hooks
PROBE: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import spread, spread.cli, spread.engine, spread.hook; "
    "print(spread.__version__)"
)


# The client


def client() -> Check:
    """Claude Code is there, in a version that we know."""
    found = client_program()
    if found is None:
        return warning(
            "client", "no `claude` on PATH", "an editor's own client runs our hooks all the same",
            "install Claude Code: npm install -g @anthropic-ai/claude-code",
        )  # fmt: skip
    done = _output([found, "--version"])
    if done is None:
        return problem("client", f"{found} does not answer", f"within {PROGRAM_S:g} s", "claude doctor")
    version = re.match(rb"(\d+)\.(\d+)\.(\d+)", done[1])
    if done[0] != 0 or version is None:
        why = f"`claude --version` ended with {done[0]} and told no version"
        return problem(
            "client", f"{found} does not work", why, "install Claude Code again, or: claude doctor"
        )
    numbers = tuple(int(part) for part in version.groups())
    return judged(numbers)


def judged(version: tuple[int, ...]) -> Check:
    """Return what we know of a version of the client."""
    oldest, newest = TESTED
    what = f"Claude Code {_dotted(version)}"
    tested = f"tested: {_dotted(oldest)}" + (f" to {_dotted(newest)}" if newest != oldest else "")
    if version < oldest:
        return warning("client", what, f"older than what we tested ({tested})", "claude update")
    if version[0] > newest[0]:
        return warning(
            "client",
            what,
            f"much newer than what we tested ({tested})",
            "in a newer checkout, if there is one: pip install .",
        )
    return ok("client", what, tested if version > newest else "")


def _dotted(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version)


def _output(argv: list[str]) -> tuple[int, bytes] | None:
    """Return exit code and stdout of a program; None if it takes too long, and then nothing of it is left."""
    with subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=os.sep,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            out, _ = process.communicate(timeout=PROGRAM_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return None
    return process.returncode, out


# Our hooks in its settings


def hooks(paths: Paths, directory: str) -> Check:
    """Our hooks are configured for sessions in `directory`: once, and not switched off."""
    read = _read_settings(directory)
    if isinstance(read, Check):
        return read
    off = [path for path, data in read.items() if data.get("disableAllHooks") is True]
    if off:
        return problem(
            "hooks", "all hooks are switched off", f"`disableAllHooks` in {off[0]}", "remove it there"
        )
    found = {path: events for path, data in read.items() if (events := _events(data, paths))}
    plugins, absent = _plugins(read.values())
    places = [*(f"the plugin {name}" for name in plugins), *found]
    if not places and absent:
        return problem(
            "hooks", f"the plugin {absent[0]} is enabled and not installed", "the client cannot load it",
            f"/plugin install {absent[0]} inside Claude Code",
        )  # fmt: skip
    if not places:
        return problem(
            "hooks", "not configured", "neither as a plugin nor in Claude Code's settings", TWO_WAYS
        )
    seen = set().union(*found.values()) | (set(EVENTS) if plugins else set())
    lacking = [event for event in EVENTS if event not in seen]
    if lacking:
        return problem(
            "hooks",
            f"only some are configured in {' and '.join(found)}",
            f"missing: {', '.join(lacking)}",
            TWO_WAYS,
        )
    if len(places) > 1:
        return warning(
            "hooks", "configured more than once", f"in {' and '.join(places)}: each turn is taken twice",
            "keep one: `spread uninstall`, or /plugin uninstall spread@claude-spread inside Claude Code",
        )  # fmt: skip
    return ok("hooks", f"configured in {places[0]}")


def _read_settings(directory: str) -> dict[str, dict[str, Any]] | Check:
    """Return what each file of settings holds, or what is wrong with the first that holds no JSON."""
    read: dict[str, dict[str, Any]] = {}
    for path in _settings_files(directory):
        try:
            with open(open_plain(path), encoding="utf-8-sig") as handle:  # a project's may be anyone's
                data = json.load(handle)
        except FileNotFoundError:
            continue
        except (ValueError, RecursionError) as error:
            where = "nested too deeply" if isinstance(error, RecursionError) else "not UTF-8"
            if isinstance(error, json.JSONDecodeError):
                where = f"line {error.lineno}: {error.msg}"
            return problem(
                "hooks", f"{path} is not valid JSON", where, "mend that line; the client passes over the file"
            )
        read[path] = data if isinstance(data, dict) else {}
    return read


def _settings_files(directory: str) -> list[str]:
    root = os.environ.get("CLAUDE_PROJECT_DIR") or resolve(directory).root or directory
    files = [os.path.join(client_home(), "settings.json")]
    files += [os.path.join(root, ".claude", name) for name in ("settings.json", "settings.local.json")]
    # In HOME they are the same.
    return list({os.path.realpath(path): path for path in reversed(files)}.values())[::-1]


def _events(settings: dict[str, Any], paths: Paths) -> set[str]:
    """Return the events for which one of our shims is called."""
    found = set()
    events = settings.get("hooks")
    for event, groups in events.items() if isinstance(events, dict) else ():
        for entry in _entries(groups):
            args = entry.get("args")
            words = [entry.get("command"), *(args if isinstance(args, list) else [])]
            text = " ".join(str(word) for word in words)
            if SHIM.search(text) and ("spread" in text.lower() or paths.hooks in text):
                found.add(str(event))
    return found


def _entries(groups: Any) -> Iterator[dict[str, Any]]:
    for group in groups if isinstance(groups, list) else ():
        entries = group.get("hooks") if isinstance(group, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield entry


def _plugins(settings: Any) -> tuple[list[str], list[str]]:
    """Return our plugin under each name by which it is enabled: installed, and not; a narrower scope's word counts."""
    enabled: dict[str, object] = {}
    for data in settings:
        told = data.get("enabledPlugins")
        enabled.update(told if isinstance(told, dict) else {})
    names = [name for name, on in enabled.items() if name.partition("@")[0] == "spread" and on]
    installed: Any = {}
    record = os.path.join(client_home(), "plugins", "installed_plugins.json")
    with contextlib.suppress(OSError, ValueError, AttributeError), open(record, "rb") as handle:
        installed = json.load(handle).get("plugins") or {}
    found = [name for name in names if name in installed]
    for path in glob.glob(
        os.path.join(glob.escape(client_home()), "skills", "*", ".claude-plugin", "plugin.json")
    ):
        with contextlib.suppress(OSError, ValueError, AttributeError), open(path, "rb") as handle:
            if json.load(handle).get("name") == "spread":
                found.append("spread@skills-dir")
    return found, [name for name in names if name not in installed]


# Do they run


def firing(paths: Paths, now: float) -> Check:
    """Our hooks really run: when a turn was last taken note of, whatever became of it since."""
    folders = paths.checkpoints, paths.sessions, paths.quarantine
    last = max((stamp for folder in folders for stamp in _stamps(folder)), default=0.0)
    written = max(_transcripts(), default=0.0)
    hint = "start a new session (hooks are read at its start) and end one turn; then see `/hooks` in it"
    if not last:
        why = "no turn ever reached us" + (
            f", though a session wrote its transcript {ago(written, now)}" if written else ""
        )
        return warning("firing", "never", why, hint)
    what = f"last checkpoint {ago(last, now)}"
    if written - last > SILENCE_S and not os.path.exists(paths.paused):
        why = f"yet a session wrote its transcript {ago(written, now)}"
        return warning("firing", what, why, hint)
    return _last_failure(paths, now) or ok("firing", what)


def project(directory: str) -> Check:
    """What is done in this directory may leave this machine: it is a project that other machines can know."""
    found = resolve(directory)
    if found.key is not None:
        return ok("project", found.key)
    if found.root is None and not glob.glob(os.path.join(glob.escape(sessions_folder(directory)), "*.jsonl")):
        return ok("project", "this directory is none; one is checked where `spread doctor` is run in it")
    return warning(
        "project", "sessions of this directory stay on this machine",
        "it is not in a git repository with a commit, a remote or a `spread.project`",
        "`git init`, if it is in none; then `git config spread.project NAME`, the same on the other machine",
    )  # fmt: skip


def _stamps(folder: str) -> Iterator[float]:
    for entry in os.scandir(folder) if os.path.isdir(folder) else ():
        with contextlib.suppress(FileNotFoundError):
            if not entry.name.startswith("."):
                yield entry.stat().st_mtime


def _transcripts() -> Iterator[float]:
    for path in glob.iglob(os.path.join(glob.escape(client_home()), "projects", "*", "*.jsonl")):
        with contextlib.suppress(OSError):
            yield os.stat(path).st_mtime


def _last_failure(paths: Paths, now: float) -> Check | None:
    """Return what the SessionStart hook last failed with, if that was today."""
    try:
        with open(paths.hook_log, encoding="ascii", errors="replace") as handle:
            when, *rest = handle.read().splitlines()[-1].split()
        if now - float(when) > 86_400:
            return None
    except (OSError, ValueError, IndexError):
        return None
    return warning(
        "firing", f"a hook failed {ago(float(when), now)}", " ".join(rest),
        f"if it goes on, please report it, with {paths.hook_log}",
    )  # fmt: skip


def interpreter(paths: Paths) -> Check:
    """What the hooks start is there and can import us."""
    again = "run `spread sync --once` with the installation you want to use: it records itself"
    try:
        with open(paths.interpreter, encoding="utf-8") as handle:
            program, library = handle.read().splitlines()[:2]
    except (OSError, ValueError):
        return problem(
            "interpreter",
            "none is recorded for the hooks",
            f"{paths.interpreter} is not there, or damaged",
            again,
        )
    if not os.access(program, os.X_OK):
        return problem("interpreter", f"{program} is gone", "its environment was removed or moved", again)
    done = _output([program, *ENGINE_OPTIONS, PROBE, library])
    if done is None:
        return problem("interpreter", f"{program} does not answer", f"within {PROGRAM_S:g} s", again)
    if done[0] != 0:
        return problem("interpreter", f"{program} cannot import us", f"from {library}", again)
    version = done[1].decode("ascii", "replace").strip()
    if version != __version__:
        return warning(
            "interpreter", f"the hooks run claude-spread {version}", f"this is {__version__}", again
        )
    old = [name for name in ("stop", "session-start") if not _is_current(paths, name)]
    if old:
        return warning(
            "interpreter",
            f"the hooks in {paths.hooks} are not this version's",
            f"differs: {', '.join(old)}",
            again,
        )
    return ok("interpreter", program)


def _is_current(paths: Paths, name: str) -> bool:
    try:
        with (
            open(os.path.join(paths.hooks, name), "rb") as copy,
            open(os.path.join(resources.bundled("hooks"), name), "rb") as ours,
        ):
            return copy.read() == ours.read()
    except OSError:
        return False
