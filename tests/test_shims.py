"""`hooks/stop`, `hooks/session-start` and `hooks/prompt`: whatever is wrong, exit 0 and not a word."""

import fcntl
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import spread
from spread import hook
from spread.paths import Paths
from spread.settings import entries
from spread.settings_text import add_hooks
from tests.conftest import ROOT, need
from tests.harness.home import SESSION, make_project, put_handoff, set_up, telling_engine

PAYLOAD = json.dumps(
    {"session_id": SESSION, "hook_event_name": "Stop", "last_assistant_message": "é" * 30_000}
)
SHELLS = {"dash": ["dash"], "bash": ["bash", "--posix"], "busybox": ["busybox", "sh"]}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> list[str]:
    """Each shell that may be a machine's `sh`."""
    command = SHELLS[request.param]
    need(shutil.which(command[0]), f"the shell {command[0]}")
    return command


@pytest.fixture
def ready(home: Paths, tmp_path: Path) -> Paths:
    """A home that is set up; its engine, when started, is one that only tells how it was."""
    set_up(home, telling_engine(tmp_path))
    Path(home.engine_pid).write_text(f"{os.getpid()}\n")
    return home


def run(
    command: Sequence[str | Path],
    stdin: str | None = PAYLOAD + "\n",
    *,
    env: dict[str, str] | None = None,
    file_size: int = -1,
) -> tuple[subprocess.CompletedProcess[bytes], str]:
    """Run a hook; return how it ended, and what a started engine told once all that was started has ended."""
    reading, writing = os.pipe()
    base = {name: value for name, value in os.environ.items() if name in ("PATH", "SPREAD_HOME", "HOME")}

    def prepare() -> None:  # pragma: no cover (after the fork)
        if stdin is None:
            os.close(0)
        if file_size >= 0:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    try:
        done = subprocess.run(
            command,
            input=None if stdin is None else stdin.encode(),
            capture_output=True,
            env={**base, "CLAUDE_CODE_SESSION_ID": SESSION, "TOLD_TO": str(writing), **(env or {})},
            pass_fds=[writing],
            preexec_fn=prepare,
            timeout=20,
        )
    finally:
        os.close(writing)
    with open(reading) as told:
        return done, told.read()


def assert_silent(done: subprocess.CompletedProcess[bytes]) -> None:
    """Assert what the client must see of a hook that has nothing to say."""
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def checkpoints(home: Paths) -> list[Path]:
    """Return the checkpoints in a home."""
    return sorted(Path(home.checkpoints).iterdir())


def test_stop_leaves_the_whole_payload(shell: list[str], bundle: Path, ready: Paths) -> None:
    """The payload is one whole line in a new private file named after the session, and no engine is started."""
    done, told = run([*shell, bundle / "hooks" / "stop"])
    assert_silent(done)
    (checkpoint,) = checkpoints(ready)
    assert checkpoint.read_text() == PAYLOAD + "\n"
    assert checkpoint.stat().st_mode & 0o777 == 0o600
    assert checkpoint.name.startswith(SESSION + ".")
    assert checkpoint.suffix == ".json"
    assert told == ""


def test_stop_twice_leaves_two(bundle: Path, ready: Paths) -> None:
    """A second turn does not overwrite what the engine may be reading."""
    for _ in range(2):
        assert_silent(run(["sh", bundle / "hooks" / "stop"])[0])
    assert len(checkpoints(ready)) == 2


@pytest.mark.parametrize(
    "pid", ["", "\n", "0\n", "-1\n", "1 2\n", "abc\n", "99999999999999999999\n", "4194305\n", None]
)
def test_stop_starts_a_dead_engine(shell: list[str], bundle: Path, ready: Paths, pid: str | None) -> None:
    """Without a living engine one is started on the recorded interpreter, apart from the hook's streams."""
    if pid is None:
        os.unlink(ready.engine_pid)
    else:
        Path(ready.engine_pid).write_text(pid)
    done, told = run([*shell, bundle / "hooks" / "stop"], env={"PYTHONPATH": "/evil"})
    assert_silent(done)
    report = json.loads(told)
    assert report["argv"] == ["sync", "--detached"]
    assert report["python"] == sys.executable
    assert report["stdin"] == report["stdout"] == os.devnull
    assert "/evil" not in report["path"]
    assert "" not in report["path"]
    assert len(checkpoints(ready)) == 1


def test_stop_and_session_start_start_the_same_engine(bundle: Path) -> None:
    """The command stands twice, in sh and in Python, and is one."""
    script = (bundle / "hooks" / "stop").read_text()
    assert " ".join(hook.ENGINE_OPTIONS) + f" '{hook.ENGINE_CODE}'" in script


@pytest.mark.parametrize(
    "name", ["../../escape", "a b", 'a"b', "a'b", "$(id)", "*", ".hidden", "é", "a/b", "a\nb"]
)
def test_stop_never_uses_an_odd_session_id_as_a_name(
    shell: list[str], bundle: Path, ready: Paths, name: str
) -> None:
    """A session id with anything but letters, digits and dashes does not reach the file system."""
    before = {path for path in Path(ready.home).parent.rglob("*")}
    assert_silent(run([*shell, bundle / "hooks" / "stop"], env={"CLAUDE_CODE_SESSION_ID": name})[0])
    (new,) = {path for path in Path(ready.home).parent.rglob("*")} - before
    assert new.parent == Path(ready.checkpoints)
    assert new.name.startswith("s.")


@pytest.mark.parametrize("how", ["off", "paused", "no interpreter", "no checkpoints", "no home"])
@pytest.mark.parametrize("name", ["stop", "session-start", "prompt"])
def test_nothing_is_done_when_off_or_not_set_up(
    shell: list[str], bundle: Path, ready: Paths, how: str, name: str
) -> None:
    """Switched off, paused or not set up, a hook leaves nothing and starts nothing."""
    os.unlink(ready.engine_pid)
    env = {}
    if how == "off":
        env = {"SPREAD_OFF": "1"}
    elif how == "paused":
        Path(ready.paused).touch()
    elif how == "no interpreter":
        os.unlink(ready.interpreter)
    elif how == "no checkpoints":
        os.rmdir(ready.checkpoints)
    else:
        env = {"SPREAD_HOME": ready.home + "/none"}
    before = {path for path in Path(ready.home).rglob("*")}
    done, told = run([*shell, bundle / "hooks" / name], '{"source":"resume"}\n', env=env)
    assert_silent(done)
    assert told == ""
    assert {path for path in Path(ready.home).rglob("*")} - before <= {Path(ready.hook_log)}


@pytest.mark.parametrize("what", ["engine", "engine/pid", "log", "peers", "inbox", "hooks"])
@pytest.mark.parametrize("name", ["stop", "session-start", "prompt"])
def test_a_damaged_home_fails_nothing(
    shell: list[str], bundle: Path, ready: Paths, what: str, name: str
) -> None:
    """Directories gone, or files where directories should be, end in exit 0."""
    path = Path(ready.home, what)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    assert_silent(run([*shell, bundle / "hooks" / name])[0])
    path.parent.mkdir(exist_ok=True)
    path.mkdir() if what == "engine/pid" else path.write_text("not a directory")
    assert_silent(run([*shell, bundle / "hooks" / name])[0])


@pytest.mark.parametrize("name", ["stop", "session-start", "prompt"])
@pytest.mark.parametrize(
    "env", [{"HOME": ""}, {"HOME": "", "SPREAD_HOME": ""}, {"SPREAD_HOME": "/dev/null/x"}]
)
def test_an_odd_environment_fails_nothing(
    shell: list[str], bundle: Path, name: str, env: dict[str, str]
) -> None:
    """Without a usable home in the environment a hook ends in exit 0."""
    assert_silent(run([*shell, bundle / "hooks" / name], "{}\n", env=env)[0])


@pytest.mark.parametrize("name", ["stop", "session-start", "prompt"])
def test_a_closed_stdin_fails_nothing(shell: list[str], bundle: Path, ready: Paths, name: str) -> None:
    """A hook whose stdin is closed leaves no broken checkpoint."""
    assert_silent(run([*shell, bundle / "hooks" / name], None)[0])
    assert checkpoints(ready) == []


def test_a_failed_write_leaves_no_part(shell: list[str], bundle: Path, ready: Paths) -> None:
    """When the payload cannot be written whole, nothing of it stays."""
    assert_silent(run([*shell, bundle / "hooks" / "stop"], file_size=1_000)[0])
    assert checkpoints(ready) == []


@pytest.mark.parametrize("state", ["remount,ro", "remount,size=48k"])
@pytest.mark.parametrize("name", ["stop", "session-start", "prompt"])
def test_a_full_or_read_only_disk_fails_nothing(
    shell: list[str], bundle: Path, ready: Paths, tmp_path: Path, name: str, state: str
) -> None:
    """On a disk without room, or without the right to write, a hook ends in exit 0."""
    namespace = ["unshare", "--map-root-user", "--mount"]
    possible = subprocess.run([*namespace, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
    need(possible.returncode == 0, "mount namespaces")
    disk = tmp_path / "disk"
    disk.mkdir()
    script = """
        mount -t tmpfs -o size=8m none "$DISK" && cp -R "$HOME_NOW/." "$DISK" && mount -o "$STATE" none "$DISK" &&
        "$@" && { echo x >"$DISK/probe" && head -c 60000 /dev/zero >>"$DISK/probe"; } 2>/dev/null
        echo "refused $?" && ls "$DISK/checkpoints" """
    env = {"SPREAD_HOME": str(disk), "DISK": str(disk), "HOME_NOW": ready.home, "STATE": state}
    command: list[str | Path] = [*namespace, "sh", "-c", script, "sh", *shell, bundle / "hooks" / name]
    done, _ = run(command, env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout in (b"refused 1\n", b"refused 2\n"), "the disk took all, or a part was left"


@pytest.mark.parametrize(
    "interpreter", ["", "/nowhere/python\n/lib\n", "relative\n", "\n\n", "/dev/null\n/lib\n"]
)
def test_a_useless_interpreter_fails_nothing(
    shell: list[str], bundle: Path, ready: Paths, interpreter: str
) -> None:
    """With an interpreter that is gone the checkpoint is still left, and a new session says how to set up."""
    Path(ready.interpreter).write_text(interpreter)
    os.unlink(ready.engine_pid)
    assert_silent(run([*shell, bundle / "hooks" / "stop"])[0])
    assert len(checkpoints(ready)) == 1
    done, _ = run([*shell, bundle / "hooks" / "session-start"], '{"source":"startup"}\n')
    assert (done.returncode, done.stderr) == (0, b"")
    assert "spread command is not set up" in json.loads(done.stdout)["systemMessage"]
    Path(ready.identity).touch()
    done, _ = run([*shell, bundle / "hooks" / "session-start"], '{"source":"startup"}\n')
    assert (done.returncode, done.stderr) == (0, b"")
    assert (
        "is gone; with the spread you use now run: spread sync --once"
        in json.loads(done.stdout)["systemMessage"]
    )


@pytest.mark.parametrize("name", ["session-start", "prompt"])
def test_a_crashing_interpreter_fails_nothing(
    shell: list[str], bundle: Path, ready: Paths, name: str
) -> None:
    """Whatever the recorded program does, the hook exits 0."""
    Path(ready.interpreter).write_text("/bin/false\n/lib\n")
    Path(ready.inbox_arrived).write_text("1\n")
    assert_silent(run([*shell, bundle / "hooks" / name], '{"source":"startup"}\n')[0])


# The start


class Engine:
    """A process that looks like an engine from outside, or like another program."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()", *arguments], stdin=subprocess.PIPE
        )

    def __enter__(self) -> int:
        return self.process.pid

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        (["spread.cli", "sync", "--detached"], False),
        (["/a b/bin/spread", "sync"], False),
        (["/a b/bin/spread", "status"], True),
        (["something else"], True),
        (["spread", "sync", "--once"], True),
    ],
)
def test_the_usual_start_needs_no_interpreter(
    shell: list[str], bundle: Path, ready: Paths, asked: Path, arguments: list[str], runs: bool
) -> None:
    """With an engine behind the noted number and an empty inbox it is silent, and the session has looked."""
    need(os.path.exists("/proc/self/cmdline"), "/proc")
    told = Path(ready.inbox_told, SESSION)
    with Engine(*arguments) as pid:
        Path(ready.engine_pid).write_text(f"{pid}\n")
        assert_silent(run([*shell, bundle / "hooks" / "session-start"])[0])
    assert asked.exists() is runs
    assert told.exists() is not runs
    if not runs:
        assert told.read_text() == Path(ready.inbox_arrived).read_text()
        assert told.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("how", ["inbox", "told", "id", "dead", "no pid"])
def test_an_unusual_start_asks(shell: list[str], bundle: Path, ready: Paths, asked: Path, how: str) -> None:
    """Something in the inbox, a session that was told before, an odd id, or no engine: Python looks."""
    env = {"CLAUDE_CODE_SESSION_ID": "../x"} if how == "id" else {}
    with Engine("spread", "sync") as pid:
        Path(ready.engine_pid).write_text(f"{pid}\n")
        if how == "inbox":
            Path(ready.inbox_new, "laptop.x.1.md").touch()
        elif how == "told":
            Path(ready.inbox_told, SESSION).touch()
        elif how == "dead":
            Path(ready.engine_pid).write_text("4194305\n")
        elif how == "no pid":
            os.unlink(ready.engine_pid)
        assert_silent(run([*shell, bundle / "hooks" / "session-start"], env=env)[0])
    assert asked.exists()


def test_a_start_before_anything_came_notes_nothing(
    shell: list[str], bundle: Path, ready: Paths, asked: Path
) -> None:
    """Where nothing ever arrived there is nothing to remember."""
    os.unlink(ready.inbox_arrived)
    with Engine("spread", "sync") as pid:
        Path(ready.engine_pid).write_text(f"{pid}\n")
        assert_silent(run([*shell, bundle / "hooks" / "session-start"])[0])
    assert not asked.exists()
    assert os.listdir(ready.inbox_told) == []


# The prompt


@pytest.fixture
def asked(ready: Paths, tmp_path: Path) -> Path:
    """A file that is there once the recorded interpreter was run; something has come."""
    python = tmp_path / "an interpreter"
    python.write_text(f'#!/bin/sh\necho "$@" >"{tmp_path}/asked"\n')
    python.chmod(0o755)
    Path(ready.interpreter).write_text(f"{python}\n/the lib\n")
    Path(ready.inbox_arrived).write_text("1700000000000000001\n")
    return tmp_path / "asked"


def test_the_prompt_asks_only_when_something_has_come(
    shell: list[str], bundle: Path, ready: Paths, asked: Path
) -> None:
    """The interpreter runs when the session has not looked since, and at no other prompt."""
    told = Path(ready.inbox_told, SESSION)
    for seen, runs in (
        (None, True),
        ("1700000000000000000\n", True),
        ("1700000000000000001\nnamed x\n", False),
    ):
        asked.unlink(missing_ok=True)
        if seen:
            told.write_text(seen)
        assert_silent(run([*shell, bundle / "hooks" / "prompt"])[0])
        assert asked.exists() is runs
    os.unlink(ready.inbox_arrived)
    told.unlink()
    assert_silent(run([*shell, bundle / "hooks" / "prompt"])[0])
    assert not asked.exists()


@pytest.mark.parametrize("how", ["off", "paused", "odd id"])
def test_the_prompt_asks_nothing_when_off(
    shell: list[str], bundle: Path, ready: Paths, asked: Path, how: str
) -> None:
    """Switched off, paused, or in a session whose id is no file's name, the prompt costs nothing."""
    env = {"off": {"SPREAD_OFF": "1"}, "odd id": {"CLAUDE_CODE_SESSION_ID": "../x"}}.get(how, {})
    if how == "paused":
        Path(ready.paused).touch()
    assert_silent(run([*shell, bundle / "hooks" / "prompt"], env=env)[0])
    assert not asked.exists()


def test_the_usual_prompt_forks_nothing(shell: list[str], bundle: Path, ready: Paths, asked: Path) -> None:
    """Counted by the process numbers of a namespace of its own: the hook's is 2, and the next one follows it."""
    namespace = ["unshare", "--map-root-user", "--pid", "--fork", "--kill-child"]
    possible = subprocess.run([*namespace, "true"], capture_output=True)
    need(possible.returncode == 0, "process namespaces")
    count: list[str | Path] = [*namespace, "sh", "-c", '"$@"; sh -c \'echo "$$"; :\'; :', "sh"]
    command = [*count, *shell, bundle / "hooks" / "prompt"]
    assert run(command)[0].stdout == b"4\n"
    assert asked.exists()
    Path(ready.inbox_told, SESSION).write_text(Path(ready.inbox_arrived).read_text())
    assert run(command)[0].stdout == b"3\n"


@pytest.mark.parametrize(
    ("source", "told"), [("startup", True), ("resume", False), ("compact", False), ("clear", False)]
)
def test_a_plugin_without_the_command_says_so_once(
    shell: list[str], bundle: Path, tmp_path: Path, source: str, told: bool
) -> None:
    """Where `spread` never ran, a new session is told how to set it up; nothing else speaks."""
    payload = json.dumps({"hook_event_name": "SessionStart", "source": source}, separators=(",", ":"))
    done, _ = run(
        [*shell, bundle / "hooks" / "session-start"],
        payload + "\n",
        env={"SPREAD_HOME": str(tmp_path / "none")},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert bool(done.stdout) is told
    if told:
        assert list(json.loads(done.stdout)) == ["systemMessage"]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["stop", "session-start"])
@pytest.mark.parametrize(
    "scope", ["user", "config dir", "project", "another project", "untouched", "entry gone", "settings gone"]
)
def test_the_plugins_hooks_step_aside(
    shell: list[str], bundle: Path, ready: Paths, tmp_path: Path, name: str, scope: str
) -> None:
    """Where the settings have our hooks, the plugin's leave the work to these; elsewhere they do it."""
    shutil.copy(bundle / "hooks" / name, ready.hooks)
    folder = tmp_path / "a folder" / ".claude"
    env = {"HOME": str(tmp_path / "none"), "CLAUDE_PROJECT_DIR": str(tmp_path)}
    elsewhere: dict[str, dict[str, str]] = {
        "another project": {},
        "project": {"CLAUDE_PROJECT_DIR": str(folder.parent)},
        "config dir": {"CLAUDE_CONFIG_DIR": str(folder)},
    }
    env |= elsewhere.get(scope, {"HOME": str(folder.parent)})
    Path(ready.installed).write_text(f"/x/.claude\n{folder}\n")
    settings = folder / "settings.json"
    folder.mkdir(parents=True)
    settings.write_text("{}" if scope in ("untouched", "entry gone") else add_hooks("{}", entries(), {}))
    age = -10 if scope == "untouched" else 10
    os.utime(settings, (time.time() + age, time.time() + age))
    if scope == "settings gone":
        settings.unlink()
    Path(ready.interpreter).write_text("/nowhere\n/nowhere\n")  # session-start says so where it does its work
    works = {}
    for where in (bundle / "hooks" / name, Path(ready.hooks, name)):
        before = len(checkpoints(ready))
        done, _ = run([*shell, where], '{"source":"startup"}\n', env=env)
        assert (done.returncode, done.stderr) == (0, b"")
        works[where.parent == Path(ready.hooks)] = bool(done.stdout) or len(checkpoints(ready)) > before
    assert works == {True: True, False: scope in ("another project", "entry gone", "settings gone")}


def test_a_useless_list_of_installs_fails_nothing(shell: list[str], bundle: Path, ready: Paths) -> None:
    """What cannot be read there is as if nothing were installed."""
    listed = Path(ready.installed)
    listed.mkdir()
    assert_silent(run([*shell, bundle / "hooks" / "stop"], env={"HOME": ""})[0])
    listed.rmdir()
    listed.write_bytes(b"\xff\0\n\n/x")
    assert_silent(run([*shell, bundle / "hooks" / "stop"], env={"HOME": ""})[0])
    assert len(checkpoints(ready)) == 2


def test_the_status_line_shim(shell: list[str], bundle: Path, ready: Paths, tmp_path: Path) -> None:
    """It runs the module on the recorded interpreter, gives it the client's JSON, and is silent when that fails."""
    lib = tmp_path / "lib"
    (lib / "spread").mkdir(parents=True)
    module = lib / "spread" / "statusline.py"
    module.write_text("import sys\ndef main(): print(sys.stdin.read() + str(sys.flags.isolated))\n")
    Path(ready.interpreter).write_text(f"{sys.executable}\n{lib}\n")
    shim: list[str | Path] = [*shell, bundle / "hooks" / "statusline"]
    done, _ = run(shim, "told ")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"told 1\n", b"")
    assert_silent(run(shim, env={"SPREAD_OFF": "1"})[0])
    module.write_text("1 / 0")
    assert_silent(run(shim)[0])
    os.unlink(ready.interpreter)
    assert_silent(run(shim)[0])


def test_the_hooks_without_a_shell(bundle: Path, ready: Paths) -> None:
    """The form for Windows leaves the same checkpoint, tells the same, and fails nothing."""
    shim: list[str | Path] = [sys.executable, "-I", "-S", bundle / "hooks" / "spread-hook.py"]
    assert_silent(run([*shim, "stop"])[0])
    (checkpoint,) = checkpoints(ready)
    assert checkpoint.read_text() == PAYLOAD + "\n"
    assert_silent(run([*shim, "stop"], env={"SPREAD_OFF": "1"})[0])
    Path(ready.paused).touch()
    assert_silent(run([*shim, "stop"])[0])
    os.unlink(ready.paused)
    assert len(checkpoints(ready)) == 1
    set_up(ready)
    env = {"CLAUDE_PROJECT_DIR": str(make_project(Path(ready.home).parent / "p"))}
    put_handoff(ready, title="fix it")
    with open(ready.engine_lock, "w") as lock:  # an engine seems to run
        fcntl.flock(lock, fcntl.LOCK_EX)
        done, _ = run([*shim, "session-start"], '{"source":"startup"}\n', env=env)
    assert "fix it" in json.loads(done.stdout)["systemMessage"]
    shutil.rmtree(ready.home)
    for name in ("stop", "session-start", "prompt", "none"):
        assert_silent(run([*shim, name])[0])


def settings_commands(bundle: Path) -> dict[str, str]:
    """Return the hook command of each event in the example settings."""
    settings = json.loads((bundle / "settings.example.json").read_text())
    return {event: groups[0]["hooks"][0]["command"] for event, groups in settings["hooks"].items()}


@pytest.mark.parametrize("event", ["Stop", "SessionEnd"])
def test_settings_commands_run_the_copies(shell: list[str], bundle: Path, ready: Paths, event: str) -> None:
    """The commands in the settings find our copies in a home with spaces, whatever shell runs them."""
    shutil.copy(bundle / "hooks" / "stop", ready.hooks)
    assert_silent(run([*shell, "-c", settings_commands(bundle)[event]])[0])
    assert len(checkpoints(ready)) == 1


def test_settings_commands_without_copies_are_silent(shell: list[str], bundle: Path, ready: Paths) -> None:
    """After the home was deleted the settings' commands do nothing."""
    shutil.rmtree(ready.home)
    for command in settings_commands(bundle).values():
        assert_silent(run([*shell, "-c", command])[0])


def test_the_plugin_has_our_version() -> None:
    """The plugin and the command say the same version."""
    plugin = ROOT / ".claude-plugin" / "plugin.json"
    need(plugin.exists(), "a checkout")
    assert json.loads(plugin.read_text())["version"] == spread.__version__
