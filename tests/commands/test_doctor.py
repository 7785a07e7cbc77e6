"""`spread doctor`: a healthy pair is all ok, and every check fails for real once, with its fix."""

import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spread import __version__, config, engine_lock, store
from spread.commands import doctor, doctor_check, doctor_client, doctor_engine, doctor_home
from spread.commands.doctor_check import Check, Probe
from spread.config import Config
from spread.errors import RouteError
from spread.paths import Paths
from spread.resources import bundled, remember, sessions_folder
from tests.commands.conftest import Run
from tests.conftest import ROOT, need
from tests.e2e.world import Done, Machine, World, wait_until
from tests.harness.client import Sandbox, find_client
from tests.harness.home import PROJECT, make_project
from tests.pairs import Home, handoff, paired

NAMES = [
    "python", "config", "home", "keys", "disk", "git", "client", "hooks", "project", "firing", "switches",
    "interpreter", "engine", "quarantine", "listener", "mdns", "relay", "clock",
]  # fmt: skip
OURS = {
    "hooks": {
        event: [{"hooks": [{"type": "command", "command": f"sh \"$HOME/.spread/hooks/{shim}\""}]}]
        for event, shim in (("SessionStart", "session-start"), ("Stop", "stop"), ("SessionEnd", "stop"))
    }
}  # fmt: skip
PLUGIN = {"enabledPlugins": {"spread@claude-spread": True}}
INSTALLED = {"version": 2, "plugins": {"spread@claude-spread": [{"scope": "user"}]}}


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A HOME of its own; return where the client's files are in it."""
    made = tmp_path / "user"
    (made / ".claude").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(made))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    return made / ".claude"


@pytest.fixture
def desk(tmp_path: Path, user: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A machine that is paired with `laptop`, has no relay, and is ours."""
    made, _ = paired(tmp_path, now=time.time())
    Path(made.paths.config).write_text('relay = ""\nlan = false\n')
    monkeypatch.setenv("SPREAD_HOME", made.paths.home)
    return made


def children_s() -> float:
    """Return the CPU time of all that we have started and that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def program(path: Path, text: str) -> Path:
    """Make a shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return path


def one(checks: list[Check], name: str) -> Check:
    (found,) = [check for check in checks if check.name == name]
    return found


def assert_told(check: Check, status: str, *words: str) -> None:
    """Assert an outcome; one that is not ok has a cause or says what, and always a fix."""
    assert check.status == status, check
    assert status == "ok" or check.hint, check
    for word in words:
        assert word in f"{check.what} / {check.why} / {check.hint}", check


# A healthy pair


def path_with_client(world: World) -> str:
    """Return a PATH on which the real client is."""
    folder = world.root / "bin"
    folder.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (folder / "claude").symlink_to(os.path.realpath(find_client() or ""))
    return f"{folder}:{os.environ['PATH']}"


def look(machine: Machine, meant: Callable[[dict[str, Any]], bool], path: str) -> tuple[Done, dict[str, Any]]:
    """Return what is told, and the document; a busy machine that holds a check up is asked again."""
    for _ in range(5):
        done = machine.run("doctor", "--json", PATH=path)
        told = json.loads(done.out)
        if meant(told):
            break
    return done, told


def work(machine: Machine) -> None:
    """Let the real client have one turn, with our hooks in its settings."""
    with Sandbox(machine.root) as box:
        box.settings(json.loads(Path(bundled("settings.example.json")).read_text()))
        done = box.run("-p", "teach it weeks", env=machine.spread_env(), yolo=True)
        assert done.returncode == 0, done.stderr


def test_a_healthy_pair(world: World) -> None:
    """Two machines with the client, a relay and engines at work: every check is ok on both, and none is for long."""
    need(find_client(), "the claude client; set CLAUDE_BIN")
    world.configure(relay=world.start_relay())
    world.pair()
    machines = (world.a, world.b)
    for machine in machines:
        machine.start_engine()
    for machine in machines:
        work(machine)
    wait_until(
        "all is paid",
        lambda: not any(store.owed(m.paths) or os.listdir(m.paths.checkpoints) for m in machines),
    )
    wait_until(
        "receipts are told of", lambda: all(machine.peer().get("last_receipt") for machine in machines)
    )
    for machine, other in ((world.a, "b"), (world.b, "a")):
        worked_s = children_s()
        done, told = look(machine, lambda told: bool(told["ok"]), path_with_client(world))
        assert children_s() - worked_s < 30
        assert [check for check in told["checks"] if check["status"] != "ok"] == []
        assert (done.code, told["ok"], done.err) == (0, True, "")
        assert [check["name"] for check in told["checks"]] == [*NAMES, f"peer {other}"]
        what = {check["name"]: check["what"] for check in told["checks"]}
        assert what["client"].startswith("Claude Code ")
        assert "has rooms and mailboxes" in what["relay"]
        assert what["listener"].startswith("answers on 127.0.0.1 port ")
        assert what["mdns"] == "we hear ourselves on 127.0.0.1"
        assert f"nothing owed, runs {__version__}" in what[f"peer {other}"]
    world.a.stop_engine()
    for _ in range(5):  # as in `look`
        done = world.a.run("doctor", PATH=path_with_client(world))
        if done.code == 0:
            break
    assert done.out.splitlines()[-1] == f"{len(NAMES) + 1} ok, 0 warnings, 0 problems"
    assert done.code == 0


def test_a_machine_without_anything(
    tmp_path: Path, user: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step that is still to do is told, and nothing is made."""
    monkeypatch.setenv("SPREAD_HOME", str(tmp_path / "none"))
    monkeypatch.setattr(config, "load", lambda paths: Config(relay=""))  # the default one is not on loopback
    before = sorted(tmp_path.rglob("*"))
    done = run("doctor")
    assert done.code == 1
    assert "        hint: spread pair\n" in done.out
    assert "problem hooks: not configured\n" in done.out
    assert sorted(tmp_path.rglob("*")) == before


# All checks, whatever happens


def test_a_broken_config(desk: Home, run: Run) -> None:
    """It is one failed check; what needs it is not checked (no relay is called that may not be wanted); others are."""
    Path(desk.paths.config).write_text("relay = \n")
    told = json.loads(run("doctor", "--json").out)
    assert told["ok"] is False
    checks = {check["name"]: check for check in told["checks"]}
    assert list(checks) == [*NAMES, "peer laptop"]
    assert checks["config"]["status"] == "problem"
    assert "is not valid TOML" in checks["config"]["what"]
    assert "line 1" in checks["config"]["why"]
    for name in ("listener", "mdns", "relay", "clock"):
        assert (checks[name]["status"], checks[name]["what"]) == ("warning", "not checked")
    assert checks["keys"]["status"] == "ok"


def test_a_damaged_peer(desk: Home) -> None:
    """It is told with its file; the rest is checked."""
    Path(desk.paths.peers, "laptop.toml").write_text("identity = 5\n")
    checks = doctor.collect(desk.paths)
    assert_told(one(checks, "peers"), "problem", "laptop.toml", "spread unpair laptop")
    assert_told(one(checks, "config"), "ok")


def test_what_hangs_holds_nothing_up(desk: Home, world: World, tmp_path: Path) -> None:
    """A client, an interpreter and a relay that never answer: all is told in time, and nothing stays behind."""
    assert doctor_check.LIMIT_S <= 5
    machine = world.a

    def are_told(told: dict[str, Any]) -> bool:
        return not any(check["what"].startswith("no answer within") for check in told["checks"])

    slow = program(tmp_path / "slow" / "claude", "sleep 300 & sleep 300")
    Path(machine.paths.interpreter).write_text(
        f"{program(tmp_path / 'python', 'exec sleep 300')}\n/nowhere\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as mute:
        machine.configure(relay=f"ws://127.0.0.1:{mute.getsockname()[1]}")
        started = time.monotonic()
        done, told = look(machine, are_told, f"{slow.parent}:{os.environ['PATH']}")
        assert time.monotonic() - started < 200  # it sleeps for longer
    checks = {check["name"]: check for check in told["checks"]}
    assert done.code == 1
    assert "does not answer" in checks["client"]["what"]
    assert "does not answer" in checks["interpreter"]["what"]
    assert checks["relay"]["why"] == "no answer in time"
    assert "firewall" in checks["relay"]["hint"]
    assert checks["clock"]["what"] == "not compared"
    wait_until("all it started has gone", lambda: not world.strays())


def test_a_check_that_fails_or_hangs() -> None:
    """It costs its own outcome only: an expected failure as told, a bug of ours by its kind, a hang in time."""

    def broken() -> Check:
        raise ValueError("a secret")

    over = threading.Event()

    def slow() -> Check:
        over.wait()
        return doctor_check.ok("slow", "at last")

    def refused() -> Check:
        raise RouteError("no way", why="because", hint="go round")

    def unreadable() -> Check:
        raise PermissionError(13, "Permission denied", "/x")

    probes = [
        Probe("slow", slow, late="wake it"),
        Probe("broken", broken), Probe("refused", refused), Probe("unreadable", unreadable),
        Probe("fine", lambda: doctor_check.ok("fine", "yes")),
    ]  # fmt: skip
    for limit_s in (0.5, 5.0, 30.0):  # a busy machine may hold the others up
        found = doctor_check.run_all(probes, limit_s)
        if [check.what.startswith("no answer") for check in found] == [True] + [False] * 4:
            break
    over.set()
    assert [check.status for check in found] == ["problem"] * 4 + ["ok"]
    assert (found[0].what, found[0].hint) == (f"no answer within {limit_s:g} s", "wake it")
    assert "secret" not in str(found[1])
    assert (found[2].what, found[2].why, found[2].hint) == ("no way", "because", "go round")
    assert found[3].why == "Permission denied"


def test_what_is_shown_is_tidy() -> None:
    """One line, no control characters, no password of an address."""
    told = Check("x", "problem", "cannot reach wss://me:pw@relay.example/x", "a\x1b[2Jb\nc").told()
    assert told["what"] == "cannot reach wss://relay.example/x"
    assert told["why"] == "ab c"


def test_no_secret_is_shown(desk: Home, run: Run) -> None:
    """Names and fingerprints, but nothing of a key file."""
    out = run("doctor").out
    for file in (desk.paths.identity, Path(desk.paths.peers, "laptop.toml")):
        for word in Path(file).read_text().replace('"', " ").split():
            assert len(word) < 32 or word not in out


# This installation, and SPREAD_HOME


def test_packages() -> None:
    """A package that is missing or too old is named, with the command that mends it."""
    check = doctor_home.python(
        ["cryptography>=9999.1", "no-such-package>=1", "zeroconf>=0.1", "pytest>=8 ; extra == 'test'"]
    )
    assert_told(
        check, "problem", "9999.1 is needed", "no-such-package is missing", "-m pip install --upgrade"
    )
    assert "zeroconf" not in check.why
    assert_told(doctor_home.python(), "ok", __version__, "packages as needed")


def test_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told before anything fails of it."""
    monkeypatch.setattr(doctor_home, "LEAST_PYTHON", (4, 0))
    assert_told(doctor_home.python(), "problem", "is needed")


def test_a_home_that_others_can_read(desk: Home) -> None:
    """With the command that closes it, which works."""
    os.chmod(desk.paths.home, 0o750)
    check = doctor_home.home(desk.paths)
    assert_told(check, "problem", "0750")
    subprocess.run(["sh", "-c", check.hint], check=True)
    assert_told(doctor_home.home(desk.paths), "ok")


@pytest.mark.parametrize("kind", ["identity", "prekey", "peer"])
def test_a_key_that_others_can_read(desk: Home, kind: str) -> None:
    """Any of them, with the command that closes it."""
    path = {
        "identity": Path(desk.paths.identity), "prekey": next(Path(desk.paths.prekeys).iterdir()),
        "peer": Path(desk.paths.peers, "laptop.toml"),
    }[kind]  # fmt: skip
    path.chmod(0o640)
    check = doctor_home.keys(desk.paths)
    assert_told(check, "problem", str(path), "0640")
    subprocess.run(["sh", "-c", check.hint.partition(";")[0]], check=True)
    assert_told(doctor_home.keys(desk.paths), "ok")


def test_a_home_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not there yet, that it never can be is no matter of setting up."""
    paths = Paths(tmp_path / "new")
    assert_told(doctor_home.home(paths), "warning", "is not there", "spread install")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert_told(
        doctor_home.home(paths), "problem", "cannot be made", f"{tmp_path} cannot be written", "SPREAD_HOME"
    )


def test_somebody_elses_home_and_key(desk: Home) -> None:
    """After a `sudo spread`, say."""
    need(os.geteuid() == 0, "root, to give a file away")
    os.chown(desk.paths.identity, 12345, -1)
    assert_told(doctor_home.keys(desk.paths), "problem", "is not yours", "12345", "chown")
    os.chown(desk.paths.home, 12345, -1)
    assert_told(doctor_home.home(desk.paths), "problem", "is not yours", "12345", "chown")


def test_a_damaged_identity(desk: Home) -> None:
    """As every command tells it."""
    Path(desk.paths.identity).write_text("{}")
    assert_told(
        one(doctor.collect(desk.paths), "keys"), "problem", "identity.json", "restore it from a backup"
    )


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no folder here that nobody can write to")
def test_a_disk_that_takes_nothing() -> None:
    """It is tried: that there is room does not tell that it is not read-only, or broken."""
    assert_told(
        doctor_home.disk(Paths(Path("/proc/self")), 0, 0), "problem", "nothing can be written", "SPREAD_HOME"
    )


def test_a_full_disk(desk: Home) -> None:
    """By what is really free here, against limits above that."""
    assert_told(doctor_home.disk(desk.paths, 1 << 60, 1 << 61), "problem", "MB free", "SPREAD_HOME")
    assert_told(doctor_home.disk(desk.paths, 0, 1 << 61), "warning", "MB free")
    assert_told(doctor_home.disk(Paths(Path(desk.paths.home, "not", "yet")), 0, 0), "ok")


def test_no_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without git nothing is a project that may leave this machine."""
    assert_told(doctor_home.git(), "ok", "git")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert_told(doctor_home.git(), "problem", "no `git`", "install git")


def test_quarantine(world: World) -> None:
    """What cannot be distilled is told with the newest reason; the command given really tries it again."""
    machine = world.a
    world.pair()
    payload = machine.write_turn("broken")
    transcript = machine.root / "broken.jsonl"
    whole = transcript.read_text()
    transcript.unlink()
    transcript.mkdir()
    Path(machine.paths.checkpoints, "c.json").write_text(payload)
    machine.run("sync", "--once")
    check = doctor_home.quarantine(machine.paths)
    assert_told(check, "warning", "1 turn could not be distilled")
    assert len(check.why) > len("the newest: ")
    transcript.rmdir()
    transcript.write_text(whole)
    again = check.hint.partition("with: ")[2].partition("; or")[0]
    subprocess.run(["sh", "-c", again], check=True)
    machine.run("sync", "--once")
    assert store.owed(machine.paths)


def test_narratives(desk: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they are wanted: whether the client is there, how many were made, and why the last one was not."""
    wanted, note = Config(enrich="claude"), Path(desk.paths.enrich_spent)

    def told() -> Check:
        return one(doctor_engine.narratives(desk.paths, wanted, 20_000 * 86_400.0 + 600), "narrative")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    assert doctor_engine.narratives(desk.paths, Config(), 0.0) == []
    assert_told(told(), "warning", "no `claude` on PATH")
    program(tmp_path / "claude", "exit 1")
    assert_told(told(), "ok", "so far")
    note.parent.mkdir()
    note.write_text(json.dumps({"day": 20_000, "count": 3, "last": 20_000 * 86_400.0}))
    assert_told(told(), "ok", "3 of 20 today, the last 10 minutes ago")
    noted = {
        "day": 19_999,
        "count": 3,
        "last": 20_000 * 86_400.0 - 60,
        "failed": "the client ended with code 1",
    }
    note.write_text(json.dumps(noted))
    assert_told(told(), "warning", "0 of 20 today", "that one failed: the client ended with code 1")
    note.write_text("{")
    assert_told(told(), "warning", "damaged", f"rm '{note}'")


def test_switched_off(desk: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause and the environment's switch."""
    Path(desk.paths.paused).touch()
    assert_told(doctor_home.switches(desk.paths), "warning", "paused", "spread resume")
    monkeypatch.setenv("SPREAD_OFF", "1")
    assert_told(doctor_home.switches(desk.paths), "warning", "SPREAD_OFF")


# The client


@pytest.mark.parametrize(
    ("version", "status"),
    [((2, 1, 330), "ok"), ((2, 1, 331), "ok"), ((2, 4, 0), "ok"), ((2, 1, 329), "warning"),
     ((1, 9, 9), "warning"), ((3, 0, 0), "warning")],
)  # fmt: skip
def test_versions_of_the_client(version: tuple[int, ...], status: str) -> None:
    """Older than tested, or of a later kind, is told; the tested range is said where it is left."""
    check = doctor_client.judged(version)
    assert_told(check, status)
    oldest, newest = doctor_client.TESTED
    assert ("tested: 2.1.330 to " in check.why) == (not oldest <= version <= newest)


def test_the_tested_client_is_the_one_ci_installs() -> None:
    """The range ends with the client that the tests of this checkout are run with."""
    script = Path(__file__).parents[2] / ".ci" / "run"
    assert f"client={'.'.join(str(part) for part in doctor_client.TESTED[1])}\n" in script.read_text()


@pytest.mark.parametrize(
    ("script", "words"),
    [("exit 1", "does not work"), ("echo hello", "told no version"), (None, "no `claude` on PATH")],
)
def test_no_client(
    user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, words: str
) -> None:
    """None at all, one that fails, one that tells no version."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    if script is not None:
        program(tmp_path / "bin" / "claude", script)
    assert_told(doctor_client.client(), "warning" if script is None else "problem", words)


def test_the_client_where_it_installs_itself(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside PATH it is found as well."""
    program(user / "local" / "claude", "echo '2.1.330 (Claude Code)'")
    monkeypatch.setenv("PATH", "/nowhere")
    assert_told(doctor_client.client(), "ok", "2.1.330")


# Hooks


def write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))


def test_no_hooks(desk: Home, user: Path, tmp_path: Path) -> None:
    """Neither plugin nor settings, also when other hooks are there: both ways to get ours are told."""
    assert_told(
        doctor_client.hooks(desk.paths, str(tmp_path)), "problem", "spread install", "/plugin install"
    )
    other = {
        "hooks": {
            "Stop": [{"hooks": [{"type": "command", "command": "sh ~/other/hooks/stop"}]}, "x"],
            "Setup": 5,
        }
    }
    write(user / "settings.json", other)
    assert_told(doctor_client.hooks(desk.paths, str(tmp_path)), "problem", "not configured")
    write(user / "settings.json", {"enabledPlugins": {"spread@claude-spread": False}})
    assert_told(doctor_client.hooks(desk.paths, str(tmp_path)), "problem", "not configured")


@pytest.mark.parametrize("place", ["user", "project", "local", "plugin", "project plugin", "skills", "exec"])
def test_hooks(desk: Home, user: Path, tmp_path: Path, place: str) -> None:
    """Each place where they can be is known."""
    project = tmp_path / "project"
    write(user / "plugins" / "installed_plugins.json", INSTALLED)
    if place in ("user", "plugin"):
        write(user / "settings.json", OURS if place == "user" else PLUGIN)
    elif place == "skills":
        write(user / "skills" / "mine" / ".claude-plugin" / "plugin.json", {"name": "spread"})
    elif place == "exec":
        entries = {
            event: [{"hooks": [{"command": "/bin/sh", "args": [f"{desk.paths.hooks}/{shim}"]}]}]
            for event, shim in (("SessionStart", "session-start"), ("Stop", "stop"))
        }
        write(user / "settings.json", {"hooks": entries})
    else:
        name = "settings.local.json" if place == "local" else "settings.json"
        write(project / ".claude" / name, PLUGIN if "plugin" in place else OURS)
    assert_told(doctor_client.hooks(desk.paths, str(project)), "ok", "configured in ")


def test_the_example_settings_are_ours(desk: Home, user: Path, tmp_path: Path) -> None:
    """What the README says to merge is recognised."""
    write(user / "settings.json", json.loads(Path(bundled("settings.example.json")).read_text()))
    assert_told(doctor_client.hooks(desk.paths, str(tmp_path)), "ok")


@pytest.mark.parametrize("other", ["plugin", "project"])
def test_hooks_twice(desk: Home, user: Path, tmp_path: Path, other: str) -> None:
    """Plugin and settings, or the settings of two scopes: every turn would be taken twice."""
    project = tmp_path / "project"
    write(user / "settings.json", {**OURS, **(PLUGIN if other == "plugin" else {})})
    write(user / "plugins" / "installed_plugins.json", INSTALLED)
    if other == "project":
        write(project / ".claude" / "settings.json", OURS)
    assert_told(
        doctor_client.hooks(desk.paths, str(project)), "warning", "more than once", "spread uninstall"
    )


def test_the_plugin_as_the_client_installs_it(
    desk: Home, claude_box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Added, installed and removed by the real client; enabled without being installed it is no hook."""
    need((ROOT / ".claude-plugin").is_dir(), "a checkout")
    monkeypatch.setenv("HOME", str(claude_box.home))

    def look() -> Check:
        return doctor_client.hooks(desk.paths, str(tmp_path))

    for words in (("marketplace", "add", str(ROOT)), ("install", "spread@claude-spread")):
        done = claude_box.run("plugin", *words)
        assert done.returncode == 0, done.stderr
    assert_told(look(), "ok", "configured in the plugin spread@claude-spread")
    enabled = (claude_box.home / ".claude" / "settings.json").read_text()
    assert claude_box.run("plugin", "uninstall", "spread@claude-spread").returncode == 0
    assert_told(look(), "problem", "not configured")
    (claude_box.home / ".claude" / "settings.json").write_text(enabled)
    assert_told(look(), "problem", "not installed", "/plugin install spread@claude-spread")


def test_the_home_directory_is_no_second_scope(desk: Home, user: Path) -> None:
    """A session in HOME reads the same file for both scopes."""
    write(user / "settings.json", OURS)
    assert_told(doctor_client.hooks(desk.paths, str(user.parent)), "ok")


def test_settings_without_end(desk: Home, user: Path, tmp_path: Path) -> None:
    """What is nested too deeply is told as what the client cannot load, not as a failure of the check."""
    (user / "settings.json").write_text("[" * 100_000)
    assert_told(
        doctor_client.hooks(desk.paths, str(tmp_path)), "problem", "is not valid JSON", "nested too deeply"
    )


def test_hooks_that_the_client_cannot_run(desk: Home, user: Path, tmp_path: Path) -> None:
    """Broken settings with the line, all hooks off, and only some of ours."""
    (user / "settings.json").write_text('{\n"hooks": {},,\n}')
    assert_told(
        doctor_client.hooks(desk.paths, str(tmp_path)), "problem", "settings.json is not valid JSON", "line 2"
    )
    write(user / "settings.json", {**OURS, "disableAllHooks": True})
    assert_told(doctor_client.hooks(desk.paths, str(tmp_path)), "problem", "disableAllHooks")
    write(user / "settings.json", {"hooks": {"Stop": OURS["hooks"]["Stop"]}})
    assert_told(doctor_client.hooks(desk.paths, str(tmp_path)), "problem", "missing: SessionStart")
    (user / "settings.json").write_bytes(b'{"a": "\xff"}')
    assert_told(doctor_client.hooks(desk.paths, str(tmp_path)), "problem", "not UTF-8")


def test_a_directory_whose_sessions_stay_here(desk: Home, user: Path, tmp_path: Path) -> None:
    """A project is named; in a repository, or where sessions were, that no machine but this can know, that is said."""
    assert_told(doctor_client.project(str(make_project(tmp_path / "p"))), "ok", PROJECT)
    scratch = tmp_path / "s p"
    scratch.mkdir()
    assert_told(doctor_client.project(str(scratch)), "ok", "this directory is none")
    write(Path(sessions_folder(str(scratch)), "s.jsonl"), {})
    told = doctor_client.project(str(scratch))
    assert_told(
        told, "warning", "stay on this machine", "not in a git repository", "git config spread.project"
    )
    subprocess.run(["git", "init", "-q", scratch], check=True)
    assert doctor_client.project(str(scratch)) == told
    subprocess.run(["git", "-C", scratch, "config", "spread.project", "mine"], check=True)
    assert_told(doctor_client.project(str(scratch)), "ok", "mine")
    empty = tmp_path / "empty"
    subprocess.run(["git", "init", "-q", empty], check=True)
    told = doctor_client.project(str(empty))
    assert_told(told, "warning", "stay on this machine", "a commit, a remote", "git config spread.project")


def test_firing(desk: Home, user: Path) -> None:
    """Never, not since a session wrote, or just now; a record outlives the engine's taking the checkpoint."""
    now = time.time()
    assert_told(doctor_client.firing(desk.paths, now), "warning", "never", "new session")
    transcript = user / "projects" / "-x" / "s.jsonl"
    write(transcript, {})
    assert_told(doctor_client.firing(desk.paths, now), "warning", "never", "wrote its transcript just now")
    record = Path(desk.paths.sessions, "s.json")
    record.touch()
    assert_told(doctor_client.firing(desk.paths, now), "ok", "last checkpoint just now")
    os.utime(record, (now - 7200, now - 7200))
    assert_told(
        doctor_client.firing(desk.paths, now), "warning", "last checkpoint 2 hours ago", "yet a session"
    )
    Path(desk.paths.paused).touch()
    assert_told(doctor_client.firing(desk.paths, now), "ok", "2 hours ago")


def test_a_hook_that_failed(desk: Home) -> None:
    """Today's failure is told, by its kind; an old one no more."""
    now = time.time()
    Path(desk.paths.sessions, "s.json").touch()
    Path(desk.paths.hook_log).write_text(f"{int(now) - 60} session-start ValueError hook.py:9\n")
    assert_told(doctor_client.firing(desk.paths, now), "warning", "1 minute ago", "ValueError hook.py:9")
    assert_told(doctor_client.firing(desk.paths, now + 90_000), "ok")


def test_the_interpreter(desk: Home, tmp_path: Path) -> None:
    """Not recorded, gone, without us, another version, old copies of the hooks; recorded anew it is in order."""
    recorded = Path(desk.paths.interpreter)
    assert_told(doctor_client.interpreter(desk.paths), "problem", "none is recorded", "spread sync --once")
    recorded.write_text(f"{tmp_path / 'gone' / 'python'}\n/x\n")
    assert_told(doctor_client.interpreter(desk.paths), "problem", "is gone")
    bare = program(tmp_path / "bare", f'exec {sys.executable} -S "$@"')
    recorded.write_text(f"{bare}\n{tmp_path}\n")
    assert_told(doctor_client.interpreter(desk.paths), "problem", "cannot import us")
    recorded.write_text(f"{program(tmp_path / 'other', 'echo 0.0.9')}\n{tmp_path}\n")
    assert_told(doctor_client.interpreter(desk.paths), "warning", "0.0.9", __version__)
    remember(desk.paths)
    assert_told(doctor_client.interpreter(desk.paths), "ok", sys.executable)
    Path(desk.paths.hooks, "stop").write_text("exit 0\n")
    assert_told(doctor_client.interpreter(desk.paths), "warning", "differs: stop")


# The engine and the peers


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> float:
    """The time; what may be passing is looked at again at once."""
    monkeypatch.setattr(doctor_engine, "SETTLE_S", 0.0)
    return time.time()


def ended() -> int:
    """Return the id of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_a_stale_lock(desk: Home, now: float) -> None:
    """A lock file alone is nothing; a lock that is held while the engine is gone is told, with who to look for."""
    Path(desk.paths.engine_lock).touch()
    assert_told(doctor_engine.engine(desk.paths, now), "ok", "not running")
    with engine_lock.locked(desk.paths):
        assert_told(
            doctor_engine.engine(desk.paths, now), "problem", "its lock is held", "no process", "fuser"
        )
        Path(desk.paths.engine_pid).write_text(f"{ended()}\n")
        assert_told(
            doctor_engine.engine(desk.paths, now), "problem", "which has ended", desk.paths.engine_lock
        )


def test_a_stale_pid(desk: Home, now: float) -> None:
    """A killed engine's id that another program has now keeps the Stop hook from starting one; the fix is right."""
    Path(desk.paths.engine_pid).write_text(f"{os.getppid()}\n")
    check = doctor_engine.engine(desk.paths, now)
    assert_told(check, "problem", "none runs", str(os.getppid()))
    subprocess.run(["sh", "-c", check.hint], check=True)
    assert_told(doctor_engine.engine(desk.paths, now), "ok")
    Path(desk.paths.engine_pid).write_text(f"{ended()}\n")
    assert_told(doctor_engine.engine(desk.paths, now), "ok")


def test_an_engine_that_is_stuck(desk: Home, now: float) -> None:
    """It holds the lock and lives, and a turn is left lying."""
    with engine_lock.locked(desk.paths):
        Path(desk.paths.engine_pid).write_text(f"{os.getpid()}\n")
        assert_told(doctor_engine.engine(desk.paths, now), "ok", f"running, process {os.getpid()}, since 20")
        Path(desk.paths.checkpoints, "c.json").touch()
        assert_told(doctor_engine.engine(desk.paths, now), "ok")
        os.utime(Path(desk.paths.checkpoints, "c.json"), (now - 300, now - 300))
        assert_told(doctor_engine.engine(desk.paths, now), "problem", "5 minutes ago", f"kill {os.getpid()}")


def test_an_error_in_the_log(desk: Home, now: float) -> None:
    """The last one of this engine's is told; an earlier engine's only while none runs."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
    Path(desk.paths.engine_log).write_text(
        f"{stamp},001 ERROR spread.engine a turn failed: No space left\n{stamp},002 INFO spread.engine on it goes\n"
    )
    assert_told(doctor_engine.engine(desk.paths, now), "ok", "a turn failed: No space left")
    with engine_lock.locked(desk.paths):
        pid = Path(desk.paths.engine_pid)
        pid.write_text(f"{os.getpid()}\n")
        os.utime(pid, (now - 60, now - 60))
        assert_told(
            doctor_engine.engine(desk.paths, now), "warning", "a turn failed: No space left", "engine.log"
        )
        os.utime(pid, (now + 60, now + 60))
        assert_told(doctor_engine.engine(desk.paths, now), "ok")


def test_peers(desk: Home, now: float) -> None:
    """What is owed for a day is told with the reason, and a peer not heard of for long."""

    def look() -> Check:
        (check,) = doctor_engine.peers(desk.paths, desk.peers, now)
        return check

    assert_told(look(), "ok", "no receipt known, nothing owed")
    store.put(desk.paths, "laptop", "s", 1, handoff("s", 1))
    assert_told(look(), "ok", "1 owed since just now")
    os.utime(os.path.join(desk.paths.outbox, "laptop", "s.1.md"), (now - 90_000, now - 90_000))
    assert_told(look(), "warning", "1 owed since 1 day ago", "no engine runs here", "spread sync")
    row = {"why": "cannot reach it", "last_receipt": now - 7200}
    Path(desk.paths.engine_status).write_text(json.dumps({"peers": {"laptop": row}}))
    with engine_lock.locked(desk.paths):
        assert_told(
            look(), "warning", "last receipt 2 hours ago", "cannot reach it", "start Claude Code on laptop"
        )
    (old,) = doctor_engine.peers(desk.paths, desk.peers, now + 11 * 86_400)
    assert_told(old, "warning", "last heard of 11 days ago", "spread unpair laptop")


def test_versions_of_peers(desk: Home, now: float) -> None:
    """A peer's version is told; one of another kind is a warning; none is known of a peer that never said it."""
    for version, status in (("", "ok"), (__version__, "ok"), ("0.9", "ok"), ("7.0", "warning")):
        peer = replace(desk.peers["laptop"], version=version)
        (check,) = doctor_engine.peers(desk.paths, {"laptop": peer}, now)
        assert_told(check, status)
        assert ("runs" in check.what) == (version != "")


def test_nobody(desk: Home, now: float) -> None:
    """Without a peer the next step is told."""
    (check,) = doctor_engine.peers(desk.paths, {}, now)
    assert_told(check, "warning", "none yet", "spread pair")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"peers": 5}', '{"peers": {"laptop": 5}}'])
def test_a_damaged_status_file(desk: Home, now: float, text: str) -> None:
    """It is no failure of the checks."""
    Path(desk.paths.engine_status).write_text(text)
    (check,) = doctor_engine.peers(desk.paths, desk.peers, now)
    assert_told(check, "ok", "no receipt known")


def test_words() -> None:
    """How long ago, in words."""
    ago: Callable[[float, float], str] = doctor_check.ago
    assert [ago(0, s) for s in (-5, 59, 60, 7200, 86_400)] == [
        "just now",
        "just now",
        "1 minute ago",
        "2 hours ago",
        "1 day ago",
    ]
