"""`spread sync`, by real commands."""

import json
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import spread
from spread import config, engine_lock, engine_program, store
from spread.commands import sync
from spread.config import Config
from spread.engine_program import Program
from spread.engine_pulse import BEAT_S
from spread.paths import Paths
from tests.e2e.world import World, wait_until
from tests.ports import free_port

SESSION = "8d550417-5a77-45ad-95f5-22896d4f7f1f"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_leaves_cleanly(world: World, number: int, code: int) -> None:
    """Ctrl-C ends it with 130, SIGTERM with 0; neither leaves anything of the engine behind."""
    done = world.a.start_engine().stop(number)
    assert done.code == code
    first, *lines = done.err.splitlines()
    assert first == f"engine running; log in {world.a.paths.engine_log}; stop with Ctrl-C"
    assert [line.split(" ", 1)[1] for line in lines if "LAN" not in line] == [
        "a: engine running", "no peers yet; next: spread pair", "inbox: 0 new, 0 seen",
    ]  # fmt: skip
    assert not engine_lock.is_running(world.a.paths)
    assert not os.path.exists(world.a.paths.engine_pid)
    assert not os.path.exists(world.a.paths.engine_ready)


def test_a_changed_configuration_is_taken_at_once(world: World) -> None:
    """The same process goes on by the new one, whoever writes it; a broken one changes nothing."""
    running = world.a.start_engine()
    pid = Path(world.a.paths.engine_pid).read_text()
    log = Path(world.a.paths.engine_log)
    with Path(world.a.paths.config).open("a", encoding="utf-8") as file:
        file.write("nonsense = 1\n")
    wait_until("it is noticed", lambda: log.exists() and "stays as it was" in log.read_text())
    assert running.process.poll() is None
    world.a.configure(name="renamed", log_level="debug")
    wait_until("it is taken", lambda: "has changed" in log.read_text())
    running.says("renamed: engine running")
    assert Path(world.a.paths.engine_pid).read_text() == pid
    assert json.loads(world.a.run("status", "--json").out)["engine"] == "running"
    done = running.stop(signal.SIGTERM)
    assert (done.code, "renamed" in done.err) == (0, True)
    assert not os.path.exists(world.a.paths.engine_pid)


def test_half_a_configuration_is_none(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is just being written is not taken: what is not yet in it would have its default."""
    now, stamp = [100.0], [1]
    taken: list[int] = []
    monkeypatch.setattr(engine_program, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(config, "stamp", lambda _: stamp[0])
    monkeypatch.setattr(sync, "_newer", lambda *_: taken.append(stamp[0]))
    settings = sync._Watched(home, Config(), Program())
    told = []
    # looks come at once at file events, however often; what counts is for how long it is the same
    for at, what in (
        (0, 1),
        (1, 2),
        (1.1, 2),
        (2.9, 3),
        (4.8, 3),
        (5, 3),
        (5, 3),
        (90, 4),
        (91.9, 4),
        (92, 4),
    ):
        now[0], stamp[0] = 100.0 + at, what
        told.append(settings.outdated())
    assert told == [None] * 5 + [False, False] + [None, None] + [False]
    assert taken == [3, 4]


def test_another_configuration_is_told_until_the_engine_has_left(home: Paths) -> None:
    """What it says is kept; what follows is for the next engine to see."""
    config.change(home, name="desk")
    settings = sync._Watched(home, config.load(home), Program())
    settings._resting._since -= BEAT_S
    assert settings.outdated() is False
    config.change(home, name="lap")
    assert settings.outdated() is None
    settings._resting._since -= BEAT_S
    assert settings.outdated() is True
    config.change(home, name="top")
    assert settings.outdated() is True
    assert settings.newer is not None
    assert settings.newer.name == "lap"


def test_a_stop_beside_a_changed_configuration_is_a_stop(world: World) -> None:
    """An engine that is about to begin anew does not, whenever the signal comes."""
    for after_s in (0.0, 0.02, 0.05):
        running = world.a.start_engine()
        world.a.configure(name=f"renamed-{after_s}")
        log = Path(world.a.paths.engine_log)
        seen = log.read_text().count("has changed") if log.exists() else 0
        world.a.configure(name=f"again-{after_s}")
        wait_until("it is taken", lambda: log.exists() and log.read_text().count("has changed") > seen)  # noqa: B023
        time.sleep(after_s)
        assert running.stop(signal.SIGTERM).code in (0, -signal.SIGTERM)


def test_one_engine_a_home(world: World) -> None:
    """A second is refused with the first one's process; started by a hook it just leaves; another home is free."""
    first = world.a.start_engine()
    second = world.a.run("sync")
    assert second.code == 1
    assert second.told()["error"] == "an engine is already running"
    assert f"process {first.process.pid} " in second.told()["cause"]
    assert second.told()["hint"] == "see `spread status`"
    assert world.a.run("sync", "--detached").code == 0
    assert first.process.poll() is None
    recorded = Path(world.a.paths.interpreter)
    recorded.write_text(
        "/gone/python\n/gone\n"
    )  # as doctor says, the next run mends it, though an engine runs
    assert world.a.run("sync", "--once").code == 1
    assert recorded.read_text().splitlines()[0] == sys.executable
    world.b.start_engine()


def test_once_with_nothing_to_do(world: World) -> None:
    """It says so, and does not wait for anybody."""
    done = world.a.run("sync", "--once")
    assert (done.code, done.out) == (0, "nothing is owed\n")


def test_once_hands_over_to_a_relay(world: World) -> None:
    """What the relay keeps is safe, though not paid for yet; the other side's --once fetches it, and so on."""
    world.configure(relay=world.start_relay(), lan=False)
    world.pair()
    Path(world.a.paths.checkpoints, "c.json").write_text(world.a.write_turn(SESSION))
    done = world.a.run("sync", "--once")
    assert (done.code, done.out) == (0, "1 kept by a relay\n")
    done = world.b.run("sync", "--once")
    assert (done.code, done.out) == (0, "1 received; next: spread inbox\nnothing is owed\n")
    assert world.b.holds(SESSION, 1)
    done = world.a.run("sync", "--once")
    assert (done.code, done.out) == (0, "nothing is owed\n")
    assert store.owed(world.a.paths) == []


def test_once_tells_who_was_unpaired(world: World) -> None:
    """As long as it takes to hear of a listener; of whom is not there, it says that it does not know."""
    world.pair()
    assert world.a.run("unpair", "b").code == 0
    world.b.stop_engine()
    done = world.a.run("sync", "--once")
    assert (done.code, done.out) == (0, "not told yet that it is unpaired: b\nnothing is owed\n")
    world.b.start_engine()
    done = world.a.run("sync", "--once")
    assert (done.code, done.out) == (0, "nothing is owed\n")
    wait_until("b knows", lambda: "it has unpaired this machine" in world.b.run("peers").out)


def test_once_while_a_project_is_paused(world: World) -> None:
    """What is held back is told, and is no failure."""
    world.pair()
    world.a.stop_engine()
    Path(world.a.paths.checkpoints, "c.json").write_text(world.a.write_turn(SESSION))
    assert world.a.run("sync", "--once").code == 1  # nobody is there
    assert world.a.run("pause", "--project").code == 0
    done = world.a.run("sync", "--once")
    assert (done.code, done.out) == (0, "1 held back while paused; next: spread resume\n")


def test_once_and_nobody_there(world: World) -> None:
    """With no route to the peer the debt stays, and that is exit 1 with the reason."""
    world.pair()
    world.configure(lan=False)
    Path(world.a.paths.checkpoints, "c.json").write_text(world.a.write_turn(SESSION))
    done = world.a.run("sync", "--once")
    assert (done.code, done.out) == (1, "")
    assert done.told() == {
        "error": "1 not handed over (to b)", "cause": "b: no route to it (the LAN is turned off; it has no relay)",
        "hint": "it stays in the outbox and goes when a route is there; see `spread status`",
    }  # fmt: skip
    assert len(store.owed(world.a.paths)) == 1


def test_a_relay_that_is_down(world: World) -> None:
    """The reason is told by --once, and by status while the engine runs; when it comes back all goes by itself."""
    arguments = ["relay", "--host", "127.0.0.1", "--port", str(free_port()), "--store", "memory"]
    relay = world.a.spread(*arguments)
    url = relay.line().removeprefix("listening on ")
    world.configure(relay=url, lan=False)
    world.pair()
    relay.stop()
    Path(world.a.paths.checkpoints, "c.json").write_text(world.a.write_turn(SESSION))
    done = world.a.run("sync", "--once")
    assert done.code == 1
    assert "no route" in done.told()["cause"]
    world.a.start_engine()
    status = world.a.run("status").out
    assert f"relay {url}: cannot be reached (connection refused)" in status
    assert "b (" in status
    assert f"no route now (the LAN is turned off; relay {url}: cannot be reached" in status
    assert "1 owed since" in status
    world.a.spread(*arguments).line()
    wait_until("the relay has it", lambda: world.a.peer().get("at_relay") == 1)
    assert "1 kept by the relay" in world.a.run("status").out
    world.a.stop_engine()
    after = world.a.run("status").out
    assert "1 kept by the relay" in after, "also when the engine has left"
    assert "goes with the next session" not in after, "it need not"


def test_the_port_is_taken(world: World) -> None:
    """With `listen_port` taken the engine runs without a listener, and status says why."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        world.a.configure(listen_port=port)
        world.a.start_engine()
        done = world.a.run("status")
    assert done.code == 0
    assert f"LAN: port {port} is taken: another program listens on 127.0.0.1" in done.out


def test_no_such_interface(world: World) -> None:
    """With SPREAD_INTERFACES naming none of this machine's, too."""
    command = world.a.spread("sync", SPREAD_INTERFACES="nosuch0")
    wait_until("it has said so", lambda: world.a.status().get("lan"))
    assert world.a.status()["lan"].startswith("no interface is called nosuch0: ")
    assert command.stop().code == 0


def test_a_corrupt_config(world: World) -> None:
    """The engine does not start on a configuration it cannot read; the line is named."""
    Path(world.a.paths.config).write_text("relay = \n")
    done = world.a.run("sync")
    assert done.code == 1
    assert done.told()["error"] == f"{world.a.paths.config} is not valid TOML"
    assert "line 1" in done.told()["cause"]
    assert done.told()["hint"]


def test_an_unreadable_transcript(world: World) -> None:
    """Its checkpoint is kept in quarantine with the reason; others are not held up; status counts it."""
    world.pair()
    payload = world.a.write_turn("broken")
    (world.a.root / "broken.jsonl").unlink()
    (world.a.root / "broken.jsonl").mkdir()
    Path(world.a.paths.checkpoints, "a.json").write_text(payload)
    Path(world.a.paths.checkpoints, "b.json").write_text(world.a.write_turn(SESSION))
    world.a.start_engine()
    wait_until("the other one is owed", lambda: store.owed(world.a.paths))
    wait_until("it is told", lambda: list(Path(world.a.paths.quarantine).glob("*.why")))
    (why,) = Path(world.a.paths.quarantine).glob("*.why")
    assert why.read_text().strip()
    assert why.with_suffix("").read_text() == payload
    assert "quarantine: 1 file that could not be used" in world.a.run("status").out


def test_an_update_takes_over(world: World, tmp_path: Path, bundle: Path) -> None:
    """A version put in our place goes on as the same process; what does not run is left alone."""
    package = tmp_path / "library" / "spread"
    shutil.copytree(Path(spread.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(bundle / "hooks", package.parent / "hooks", dirs_exist_ok=True)
    first, ready = package / "__init__.py", Path(world.a.paths.engine_ready)
    version = first.read_text(encoding="utf-8")
    running = world.a.spread("sync", PYTHONPATH=str(package.parent))
    wait_until("it runs", ready.exists)

    def logged(text: str) -> None:
        log = Path(world.a.paths.engine_log)
        wait_until(f"{text!r} in the log", lambda: log.exists() and text in log.read_text())

    first.write_text("raise SystemExit(1)\n", encoding="utf-8")
    logged("this engine stays")
    first.write_text(f"{version}UPDATED = True\n", encoding="utf-8")
    logged("the new one takes over")
    wait_until("the new one runs", lambda: running.err.count("stop with Ctrl-C") == 2 and ready.exists())
    assert Path(world.a.paths.engine_pid).read_text() == f"{running.process.pid}\n"
    assert running.stop().code == 0
