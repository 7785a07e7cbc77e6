"""`spread install` and `spread uninstall`: in, out, and nothing else."""

import json
import os
import plistlib
import pty
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import spread
from spread import config, engine_lock, identity
from spread.commands import install, install_places, install_service
from spread.paths import Paths
from spread.settings import command, entries
from tests.commands.conftest import Run
from tests.conftest import need
from tests.e2e.world import World, wait_until
from tests.pairs import paired
from tests.settings_files import settings_files

Tree = dict[str, tuple[int, bytes | None]]


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A HOME without any Claude Code and without any SPREAD_HOME; the working directory is a folder beside it."""
    folder = tmp_path / "user"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("SPREAD_HOME", "CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


def tree(folder: Path, without: str = ".spread") -> Tree:
    """Return all below a folder but our home: mode and bytes of each file, links as their targets."""
    found: Tree = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name.split("/")[0] == without:
            continue
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            found[name] = (0, os.readlink(path).encode())
        else:
            found[name] = (mode, path.read_bytes() if path.is_file() else None)
    return found


def write(folder: Path, data: bytes | str, name: str = ".claude/settings.json", mode: int = 0o644) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    path.chmod(mode)
    return path


def test_the_example_is_what_install_writes(user: Path, run: Run, bundle: Path) -> None:
    """Into a HOME without settings exactly the example is written, for the owner alone, with our skills."""
    done = run("install")
    assert (done.code, done.err) == (0, "")
    path = user / ".claude" / "settings.json"
    assert done.out == f"installed in {path}; next: spread pair\n"
    assert path.read_text() == (bundle / "settings.example.json").read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for skill in (bundle / "skills").iterdir():
        copy = user / ".claude" / "skills" / skill.name / "SKILL.md"
        assert copy.read_bytes() == (skill / "SKILL.md").read_bytes()
    home = Paths(user / ".spread")
    assert Path(home.interpreter).read_text() == f"{sys.executable}\n{Path(spread.__file__).parent.parent}\n"
    assert os.access(os.path.join(home.hooks, "stop"), os.X_OK)


@pytest.mark.parametrize("scope", ["user", "project"])
def test_what_was_not_there_is_gone_again(user: Path, run: Run, scope: str) -> None:
    """Where nothing was, nothing is left; said twice, nothing happens."""
    before = tree(user.parent)
    assert run("install", "--scope", scope, "--statusline").code == 0
    assert len(tree(user.parent)) > len(before)
    assert run("uninstall", "--scope", scope).code == 0
    assert tree(user.parent, "user") == {name: one for name, one in before.items() if name != "user"}
    assert tree(user) == {}
    assert run("uninstall", "--scope", scope).out.startswith("nothing of ours in ")
    assert not os.path.exists(Paths().installed)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=settings_files())
def test_any_file_comes_out_as_it_was(user: Path, run: Run, data: bytes) -> None:
    """On disk, whatever the file: installed twice is once, and uninstalled all bytes and modes are the same."""
    shutil.rmtree(user / ".claude", ignore_errors=True)
    path = write(user, data, mode=0o640)
    before = tree(user)
    assert run("install", "--statusline").code == 0
    after = tree(user)
    assert after[".claude/settings.json"] != before[".claude/settings.json"]
    assert run("install", "--statusline").out.startswith("already installed")
    assert tree(user) == after
    assert (path.parent / "settings.json.before-spread").read_bytes() == data
    assert run("uninstall").code == 0
    assert tree(user) == before


def test_the_clients_own_folder(user: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """CLAUDE_CONFIG_DIR is where the user's settings are."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(user / "a b" / "claude"))
    assert run("install").code == 0
    assert (user / "a b" / "claude" / "settings.json").exists()
    assert not (user / ".claude").exists()
    assert run("uninstall").code == 0
    assert tree(user) == {}


def test_a_project(user: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a repository the project's folder is at its top, for all who share it, with nothing of this machine."""
    top = user.parent / "work"
    subprocess.run(["git", "init", "-q", top], check=True)
    (top / "sub").mkdir()
    monkeypatch.chdir(top / "sub")
    told = json.loads(run("install", "--scope", "project", "--json").out)
    path = top / ".claude" / "settings.json"
    assert told["settings"] == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert str(user) not in path.read_text()
    assert (top / ".claude" / "skills" / "distill-share" / "SKILL.md").exists()
    assert not (user / ".claude").exists()
    assert run("install").code == 0
    done = run("uninstall", "--scope", "project")
    assert f"still installed in {user / '.claude'}" in done.out
    assert not (top / ".claude").exists()
    assert (user / ".claude" / "settings.json").exists()


def test_another_home(user: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands name a home that is not the usual one, and work from anywhere with an empty environment."""
    home = Paths(tmp_path / 'it\'s $HOME "q"')
    monkeypatch.setenv("SPREAD_HOME", home.home)
    assert run("install").code == 0
    hooks = json.loads((user / ".claude" / "settings.json").read_text())["hooks"]
    stop = hooks["Stop"][0]["hooks"][0]["command"]
    Path(home.engine_pid).write_text(f"{os.getpid()}\n")  # an engine seems to run
    done = subprocess.run(
        ["sh", "-c", stop], input="{}\n", env={}, cwd="/", capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert len(os.listdir(home.checkpoints)) == 1
    monkeypatch.setenv("SPREAD_HOME", str(user / ".spread"))
    assert run("install").code == 0
    assert json.loads((user / ".claude" / "settings.json").read_text())["hooks"] == {
        event: [group] for event, group in entries().items()
    }


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('{\n  // mine\n  "model": "opus"\n}', 2, "comment"),
        ('{\n  "model": "opus",\n}', 2, "comma"),
        ('{"hooks": {},\n\n"x"}', 3, "':'"),
        ('{\n"hooks": []}', 2, "hooks is no object"),
        ('{"hooks":\n{"Stop": null}}', 2, "hooks.Stop is no list"),
        ("[]", 1, "no object"),
        ("nonsense", 1, "value"),
    ],
)
def test_a_broken_file_is_refused(user: Path, run: Run, text: str, line: int, said: str) -> None:
    """With file and line, and nothing at all is changed, not even our home is made."""
    path = write(user, text)
    before = tree(user, "")
    done = run("install", "--statusline")
    assert (done.code, done.out) == (1, "")
    assert done.told()["error"].startswith(f"{path}, line {line}: ")
    assert said in done.told()["error"]
    assert done.told()["hint"]
    assert tree(user, "") == before


def test_an_uninstall_of_a_broken_file_is_refused(user: Path, run: Run) -> None:
    """Also where the file was broken after installing; once it is mended all goes."""
    run("install")
    path = user / ".claude" / "settings.json"
    good = path.read_text()
    path.write_text(good + "}")
    assert run("uninstall").told()["error"].startswith(f"{path}, line {good.count(chr(10)) + 1}: ")
    path.write_text(good)
    assert run("uninstall").code == 0
    assert tree(user) == {}


def test_no_file_where_one_should_be(user: Path, run: Run) -> None:
    """A directory, a pipe or a file in the way are refused."""
    folder = user / ".claude"
    (folder / "settings.json").mkdir(parents=True)
    for name in ("install", "uninstall"):
        assert run(name).told()["cause"] == "it is a directory"
    (folder / "settings.json").rmdir()
    os.mkfifo(folder / "settings.json")
    assert run("install").told()["cause"] == "it is no file"
    shutil.rmtree(folder)
    folder.touch()
    assert run("install").told()["cause"] == f"{folder} is no directory"


def test_the_name_of_a_project_steers_no_terminal(
    user: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who makes an archive names its folders."""
    folder = user / "app\x1b[2J\u202e"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for verb in ("install", "uninstall"):
        told = run(verb, "--scope", "project").out
        assert "app" in told
        assert "\x1b" not in told
        assert "\u202e" not in told


def test_what_a_project_has_beside_its_settings_stops_nothing(user: Path, run: Run) -> None:
    """A pipe is not waited for, and what is nested without end is passed over: a project may be anyone's."""
    other = user / ".claude" / "settings.local.json"
    other.parent.mkdir()
    other.write_text("[" * 100_000)
    assert run("install").code == 0
    other.unlink()
    os.mkfifo(other)
    script = (
        f"from spread.commands.install_places import plugin_of; print(plugin_of([{str(other.parent)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=20, check=True)
    assert done.stdout == b"\n"


def test_links_are_written_through(user: Path, run: Run) -> None:
    """Settings that are links into somebody's dotfiles stay links, and the file there changes and changes back."""
    real = write(user, '{"model": "opus"}', "dotfiles/claude.json", 0o600)
    (user / ".claude").mkdir()
    (user / ".claude" / "settings.json").symlink_to("../dotfiles/claude.json")
    before = tree(user)
    assert run("install").code == 0
    assert (user / ".claude" / "settings.json").is_symlink()
    assert "hooks/stop" in real.read_text()
    assert not (user / "dotfiles" / "claude.json.before-spread").exists()
    assert run("uninstall").code == 0
    assert tree(user) == before


def test_a_link_to_nothing_yet(user: Path, run: Run) -> None:
    """The file is made where the link points, and goes again."""
    (user / ".claude").mkdir()
    (user / ".claude" / "settings.json").symlink_to(user / "dotfiles" / "claude.json")
    before = tree(user)
    assert run("install").code == 0
    assert (user / "dotfiles" / "claude.json").exists()
    assert run("uninstall").code == 0
    assert tree(user) == before


def test_a_second_name_of_the_file_stays_one(user: Path, run: Run) -> None:
    """A file with two names is written in place."""
    path = write(user, '{"model": "opus"}')
    os.link(path, user / "other")
    before = tree(user)
    assert run("install").code == 0
    assert os.path.samefile(path, user / "other")
    assert run("uninstall").code == 0
    assert tree(user) == before
    assert os.path.samefile(path, user / "other")


def test_a_file_mounted_by_itself(user: Path) -> None:
    """A file that cannot be replaced, as in a container, is written in place."""
    path = write(user, '{"model": "opus"}')
    script = (
        'mount --bind "$1" "$1" && "$2" -m spread.cli install && "$2" -m spread.cli uninstall && cat "$1"'
    )
    namespace = ["unshare", "--map-root-user", "--mount"]
    possible = subprocess.run([*namespace, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
    need(possible.returncode == 0, "mount namespaces")
    done = subprocess.run(
        [*namespace, "sh", "-c", script, "sh", path, sys.executable], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == '{"model": "opus"}'


def test_one_private_copy_is_kept(user: Path, run: Run) -> None:
    """The file as it was before us is kept once; it goes when the file is that again, and stays when it is not."""
    path = write(user, '{"model": "opus"}')
    copy = path.with_name("settings.json.before-spread")
    assert f"as it was before: {copy}" in run("install").out
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    path.write_text(path.read_text().replace("opus", "sonnet"))
    run("install", "--statusline")
    assert copy.read_text() == '{"model": "opus"}'
    done = run("uninstall")
    assert f"kept, since the file was changed since: {copy}" in done.out
    assert (path.read_text(), copy.read_text()) == ('{"model": "sonnet"}', '{"model": "opus"}')


def test_what_is_ours_alone_is_not_kept(user: Path, run: Run) -> None:
    """Where there was no file before us, installing once more makes no copy of what we wrote ourselves."""
    assert run("install").code == 0
    assert "as it was before" not in run("install", "--statusline").out
    assert "kept" not in run("uninstall").out
    assert tree(user) == {}


def test_a_file_changed_meanwhile_is_not_overwritten(
    user: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another program wrote between our reading and writing stays."""
    path = write(user, "{}")
    real = install_places.put_skills

    def meanwhile(*arguments: Any) -> dict[str, list[str]]:
        path.write_text('{"model": "opus"}')
        return real(*arguments)

    monkeypatch.setattr(install_places, "put_skills", meanwhile)
    done = run("install")
    assert (done.code, done.told()["hint"]) == (1, "run this again")
    assert path.read_text() == '{"model": "opus"}'


def test_an_entry_put_there_by_hand(user: Path, run: Run, bundle: Path) -> None:
    """What somebody merged from an example of an earlier version becomes today's, and goes with it."""
    old = command("stop").replace("hooks/stop;", "hooks/stop;  ")
    text = json.dumps(
        {"model": "opus", "hooks": {"Stop": [{"hooks": [{"type": "command", "command": old}]}]}}
    )
    path = write(user, text)
    assert run("install").code == 0
    after = json.loads(path.read_text())
    assert after["hooks"] == {event: [group] for event, group in entries().items()}
    assert run("uninstall").code == 0
    assert path.read_text() == '{"model": "opus"}'


def test_without_a_record(user: Path, run: Run) -> None:
    """After our home was deleted all of ours is still found and taken out."""
    write(user, '{"model": "opus"}')
    before = tree(user)
    run("install", "--statusline")
    shutil.rmtree(user / ".spread")
    assert run("uninstall").code == 0
    assert tree(user) == {**before, ".claude/skills": (0o700, None)}
    assert not (user / ".spread").exists()


# Skills


def test_a_skill_of_the_users_is_kept(user: Path, run: Run) -> None:
    """A file of that name that is not ours is neither overwritten nor deleted; that is said."""
    mine = write(user, "mine", ".claude/skills/distill-share/SKILL.md")
    before = tree(user)
    assert f"skill kept as it is, since it is not as we wrote it: {mine}" in run("install").out
    assert run("uninstall").code == 0
    assert tree(user) == before


def test_a_changed_skill_is_kept(user: Path, run: Run) -> None:
    """What the user changed of ours stays, when installed again and when uninstalled, and is named."""
    run("install")
    skill = user / ".claude" / "skills" / "distill-share" / "SKILL.md"
    skill.write_text(skill.read_text() + "mine\n")
    assert str(skill) in run("install").out
    assert f"skill kept, since it was changed: {skill}" in run("uninstall").out
    assert list(tree(user)) == [
        ".claude", ".claude/skills", ".claude/skills/distill-share", ".claude/skills/distill-share/SKILL.md"
    ]  # fmt: skip


def test_an_older_skill_of_ours_is_replaced(user: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an earlier version wrote it, a skill becomes today's, and one that we left goes."""
    today = install_places.bundled_skills()
    older = {"distill-share/SKILL.md": b"older\n", "left/SKILL.md": b"left\n", "left/more/x": b"x\n"}
    monkeypatch.setattr(install_places, "bundled_skills", lambda: older)
    run("install")
    monkeypatch.setattr(install_places, "bundled_skills", lambda: today)
    told = json.loads(run("install", "--json").out)
    assert not told["changed"]
    assert told["skills"]["kept"] == []
    assert not (user / ".claude" / "skills" / "left" / "SKILL.md").exists()
    assert (user / ".claude/skills/distill-share/SKILL.md").read_bytes() == today["distill-share/SKILL.md"]
    run("uninstall")
    assert tree(user) == {}


def test_a_skill_that_was_there_before_stays(user: Path, run: Run) -> None:
    """One that is exactly as ours, put there by somebody, is not ours to delete."""
    write(
        user,
        install_places.bundled_skills()["distill-share/SKILL.md"],
        ".claude/skills/distill-share/SKILL.md",
    )
    before = tree(user)
    run("install")
    run("uninstall")
    assert tree(user) == before


# Status line


def test_the_status_line(user: Path, run: Run) -> None:
    """Ours is set where there is none; somebody's stays and ours comes after it, each printing for itself."""
    assert json.loads(run("install", "--statusline", "--json").out)["statusline"] == "added"
    path = user / ".claude" / "settings.json"
    assert json.loads(path.read_text())["statusLine"] == {"type": "command", "command": command("statusline")}
    run("uninstall")
    write(user, json.dumps({"statusLine": {"type": "command", "command": "cat; echo mine; exit 3 # x"}}))
    assert json.loads(run("install", "--statusline", "--json").out)["statusline"] == "added"
    shim = user / ".spread" / "hooks" / "statusline"
    shim.write_text("echo ours; exit 2\n")
    shown = json.loads(path.read_text())["statusLine"]["command"]
    done = subprocess.run(["sh", "-c", shown], input="in\n", capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "in\nmine\nours\n", "")


def test_a_status_line_of_another_kind(user: Path, run: Run) -> None:
    """It is left alone and that is said; the hooks are installed."""
    path = write(user, '{\n"statusLine": {"type": "later"}}')
    done = run("install", "--statusline")
    assert (done.code, "status line not added: line 2: " in done.out) == (0, True)
    assert json.loads(path.read_text())["statusLine"] == {"type": "later"}


# The plugin


@pytest.mark.parametrize("where", ["user", "project", "local"])
def test_the_plugin_is_spoken_of(user: Path, run: Run, where: str) -> None:
    """Who has both hears it; who switched the plugin off does not."""
    base = user if where == "user" else user.parent / "work"
    name = ".claude/settings.local.json" if where == "local" else ".claude/settings.json"
    path = write(base, '{"enabledPlugins": {"spread@claude-spread": true, "x@y": true}}', name)
    (note,) = json.loads(run("install", "--json").out)["notes"]
    assert note.endswith("claude plugin disable spread@claude-spread")
    assert f"note: {note}\n" in run("install").out
    path.write_text('{"enabledPlugins": {"spread@claude-spread": false}}')
    assert json.loads(run("install", "--json").out)["notes"] == []


def test_hooks_switched_off_are_spoken_of(user: Path, run: Run) -> None:
    """Where the client runs no hook at all, that is said."""
    write(user, '{"disableAllHooks": true, "n": ' + "9" * 5000 + "}")
    assert "disableAllHooks" in run("install").out


def test_installing_needs_nothing_of_posix(user: Path) -> None:
    """Without the modules that Windows has not, `spread install` is done too."""
    code = "import sys; sys.modules.update(fcntl=None, pwd=None, termios=None); from spread.cli import main; "
    done = subprocess.run(
        [sys.executable, "-c", code + "main(['install'])"], capture_output=True, text=True, check=True
    )
    assert (done.stdout[:10], done.stderr) == ("installed ", "")


# Service


def test_a_unit_that_systemd_takes(tmp_path: Path) -> None:
    """Odd paths come through; systemd's own check finds nothing."""
    need(shutil.which("systemd-analyze"), "systemd-analyze")
    odd = '/a b/it\'s $HOME %h "q" \\'
    text = install_service.unit([sys.executable, "-c", "x='$A %h'", odd, "sync"], odd)
    file = write(tmp_path, text, "claude-spread.service")
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", file],
        capture_output=True, text=True, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert '"x=\'$$A %%h\'" "/a b/it\'s $$HOME %%h \\"q\\" \\\\" "sync"' in text
    assert 'Environment="SPREAD_HOME=/a b/it\'s $HOME %%h \\"q\\" \\\\"' in text
    assert "Environment" not in install_service.unit(["x"], "")


def test_a_launchd_agent() -> None:
    """The agent says what is run, and keeps it running."""
    agent = plistlib.loads(install_service.plist(["/py", "sync"], "/h"))
    assert agent["ProgramArguments"] == ["/py", "sync"]
    assert agent["KeepAlive"]
    assert agent["EnvironmentVariables"] == {"SPREAD_HOME": "/h"}
    assert "EnvironmentVariables" not in plistlib.loads(install_service.plist(["/py"], ""))


@pytest.mark.skipif(sys.platform != "linux", reason="systemd")
@pytest.mark.parametrize("works", [True, False])
def test_the_service(
    user: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    """Where systemctl works it is told to start the service, else the command is shown; uninstall leaves nothing."""
    said = tmp_path / "said"
    program = write(
        tmp_path, f'#!/bin/sh\necho "$@" >>"{said}"\nexit {0 if works else 1}\n', "bin/systemctl", 0o755
    )
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    told = json.loads(run("install", "--service", "--json").out)
    unit = user / ".config" / "systemd" / "user" / "claude-spread.service"
    assert told["service"] == str(unit)
    assert sys.executable in unit.read_text()
    start = "--user enable --now claude-spread.service"
    assert told["start_service_with"] == ("" if works else f"systemctl {start}")
    assert (start in said.read_text()) is works
    assert f"service removed: {unit}" in run("uninstall").out
    assert not unit.exists()
    assert "--user disable --now claude-spread.service" in said.read_text()
    assert not (user / ".config" / "systemd").exists()
    run("install", "--service")
    other = write(unit.parent, "[Unit]\n", "other.service")
    run("uninstall", "--service")
    assert os.listdir(unit.parent) == [os.path.basename(other)]


# What uninstall leaves


def test_the_engine_is_stopped(world: World, run: Run, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A running engine ends, and is waited for; with --purge our home goes too, and is named."""
    world.configure(relay="", lan=False)
    world.a.start_engine()
    wait_until("it runs", lambda: os.path.exists(world.a.paths.engine_ready))
    pid = int(Path(world.a.paths.engine_pid).read_text())
    monkeypatch.setenv("SPREAD_HOME", world.a.paths.home)
    run("install")
    done = run("uninstall", "--purge", "--yes")
    assert (done.code, "engine stopped" in done.out) == (0, True)
    assert f"deleted {world.a.paths.home}" in done.out
    assert not os.path.exists(world.a.paths.home)
    wait_until("it has ended", lambda: _state(pid) in ("", "Z"))


def test_an_engine_that_a_hook_just_started_ends_too(
    world: World, run: Run, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that does not hold its lock yet when uninstall looks does not outlive it."""
    world.configure(relay="", lan=False)
    monkeypatch.setenv("SPREAD_HOME", world.a.paths.home)
    monkeypatch.setattr(install, "SETTLE_S", 4.0)  # a busy machine takes longer to start one
    run("install")
    world.a.turn("a-session")  # the Stop hook starts an engine in the background
    done = run("uninstall", "--purge", "--yes")
    assert (done.code, "engine stopped" in done.out) == (0, True)
    assert not engine_lock.is_running(world.a.paths)
    assert not os.path.exists(world.a.paths.home)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def test_an_engine_elsewhere_installed_runs_on(
    world: World, run: Run, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While something stays installed the engine stays."""
    world.configure(relay="", lan=False)
    world.a.start_engine()
    wait_until("it runs", lambda: os.path.exists(world.a.paths.engine_ready))
    monkeypatch.setenv("SPREAD_HOME", world.a.paths.home)
    run("install")
    run("install", "--scope", "project")
    assert "engine stopped" not in run("uninstall").out
    assert engine_lock.is_running(world.a.paths)
    assert "engine stopped" in run("uninstall", "--scope", "project").out
    assert not engine_lock.is_running(world.a.paths)


def test_purge_takes_all_installs(user: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was installed in other projects goes too, and a kept copy of the settings."""
    before = tree(user.parent, "user")
    run("install", "--scope", "project")
    path = write(user, '{"model": "opus"}')
    run("install")
    path.write_text(path.read_text().replace("opus", "sonnet"))
    monkeypatch.chdir(user)
    assert run("uninstall", "--purge", "--yes").code == 0
    assert tree(user.parent, "user") == before
    assert list(tree(user, "")) == [".claude", ".claude/settings.json"]


def test_purge_names_who_is_not_told(
    user: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Peers go on trusting a machine that has forgotten them: what is to be done there is said."""
    desk, _ = paired(tmp_path / "homes", now=time.time())
    monkeypatch.setenv("SPREAD_HOME", desk.paths.home)
    config.change(desk.paths, name="desk")
    assert run("install").code == 0
    assert "not told" not in run("uninstall").out
    done = run("uninstall", "--purge", "--yes")
    assert (
        "still paired with this machine, and not told: laptop; next: `spread unpair desk` there\n" in done.out
    )
    assert "not told" not in run("uninstall", "--purge", "--yes").out


@pytest.mark.parametrize("before", [None, "alias ll='ls -l'\n"])
def test_purge_takes_the_tab_key_too(
    user: Path, run: Run, before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the shells were told is taken out of their files to the byte; a fish file that is not ours stays."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(user / "config"))
    startup, fish = user / ".bashrc", user / "config" / "fish" / "completions" / "spread.fish"
    if before is not None:
        startup.write_text(before)
    run("install")
    for shell in ("bash", "fish"):
        run("completion", shell, "--install")
    done = run("uninstall", "--purge", "--yes")
    assert "bash completes nothing of ours any more\nfish completes" in done.out
    assert (startup.read_text() if startup.exists() else None) == before
    assert not fish.exists()
    fish.write_text("# mine\n")
    assert "fish" not in run("uninstall", "--purge", "--yes").out
    assert fish.exists()


def test_what_stays_is_told(user: Path, run: Run) -> None:
    """Our home outlives an uninstall, with a paired machine's keys in it, and how to be rid of it is said."""
    home = Paths(user / ".spread")
    assert "stay in" not in run("uninstall").out
    stay = f"stay in {home.home}; `spread uninstall --purge` deletes them"
    run("install")
    assert run("uninstall").out.splitlines()[-1] == f"our own files {stay}"
    identity.load(home)
    run("install")
    assert run("uninstall").out.splitlines()[-1] == f"keys, pairings and hand-offs {stay}"
    assert "stay in" not in run("uninstall", "--purge", "--yes").out


def test_purge_follows_no_link(user: Path, run: Run) -> None:
    """What links of our home point to stays, and what is not ours in it stays and is named."""
    outside = write(user, "x", "outside/x").parent
    run("install")
    home = user / ".spread"
    shutil.rmtree(home / "quarantine")
    (home / "quarantine").symlink_to(outside)
    (home / "inbox" / "link").symlink_to(outside)
    (home / "mine").touch()
    done = run("uninstall", "--purge", "--yes")
    assert f"kept, since it is not ours: {home / 'mine'}" in done.out
    assert [path.name for path in home.iterdir()] == ["mine"]
    assert (outside / "x").exists()


@pytest.mark.parametrize("what", ["link", "file", "foreign"])
def test_purge_of_what_is_no_home(user: Path, run: Run, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link, a file and somebody's folder are refused before anything is changed."""
    run("install")
    place = user / "place"
    if what == "link":
        place.symlink_to(user / ".spread")
    elif what == "file":
        place.touch()
    else:
        write(place, "x", "inbox/mail")
    before = tree(user, "")
    monkeypatch.setenv("SPREAD_HOME", str(place))
    done = run("uninstall", "--purge", "--yes")
    assert (done.code, done.told()["error"]) == (1, f"{place} is not deleted")
    assert tree(user, "") == before


def test_purge_asks(user: Path, run: Run) -> None:
    """Without a terminal --yes is needed; on one, only a yes deletes."""
    run("install")
    before = tree(user, "")
    program = [sys.executable, "-m", "spread.cli", "uninstall", "--purge"]
    done = subprocess.run(program, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, "add --yes" in done.stderr) == (2, True)
    for answer, code in (("\n", 1), ("no\n", 1), ("y\n", 0)):
        assert tree(user, "") == before
        ours, theirs = pty.openpty()
        os.write(ours, answer.encode())
        done = subprocess.run(program, capture_output=True, text=True, stdin=theirs)
        os.close(ours)
        os.close(theirs)
        assert (done.returncode, "[y/N]" in done.stderr) == (code, True)
    assert tree(user, "") == {}


def test_every_name_in_a_home_is_known(home: Paths) -> None:
    """What Paths knows is what --purge deletes."""
    assert set(os.listdir(home.home)) <= home.names()
    assert {"installed", "install.json", "config.toml", "inbox", "relay.sqlite", "engine"} <= home.names()
