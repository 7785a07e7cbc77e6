"""Engines that are killed in the middle of things: every hand-off arrives once and whole, and is paid for."""

import os
import random
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from spread import store
from spread.paths import Paths
from tests.e2e.world import Command, World, wait_until

DELIVERY_S = 0.2  # a delivery takes about 0.07 s, and longer where the machine is busy
KILLS = 5


@pytest.mark.parametrize("route", ["lan", "relay"])
@pytest.mark.parametrize("who", ["a", "b"])
def test_a_killed_engine_loses_and_repeats_nothing(world: World, who: str, route: str) -> None:
    """kill -9 at five random moments of a delivery each, then a restart."""
    if route == "relay":
        world.configure(relay=world.start_relay(), lan=False)
    world.pair()
    engines = {"a": world.a.start_engine(), "b": world.b.start_engine()}
    for number in range(KILLS):
        after_s = DELIVERY_S * (number + random.random()) / KILLS
        session = f"session-{number}"
        world.a.turn(session, text=f"goal {number}")
        # not a wait for something to happen: the moment is what is being tested
        threading.Event().wait(after_s)
        kill(engines[who])
        engines[who] = (world.a if who == "a" else world.b).start_engine()
        check_delivered(world, session, f"{who} killed after {after_s:.3f} s")
    for engine in engines.values():
        assert engine.stop().code == 0
    assert [name for paths in (world.a.paths, world.b.paths) for name in half_written(paths)] == []


def kill(engine: Command) -> None:
    """End an engine without giving it a chance."""
    assert engine.stop(signal.SIGKILL).code == -signal.SIGKILL, engine.err


def check_delivered(world: World, session: str, case: str) -> None:
    """See that a session arrives once and whole, is told once, and that A's debt is paid by it."""
    wait_until(f"{session} has come ({case})", lambda: world.b.holds(session))
    assert "goal" in world.b.told(), case
    # a new engine takes it again where the old one died before it was dropped, maybe after all is paid for
    wait_until(f"its checkpoint goes ({case})", lambda: not os.listdir(world.a.paths.checkpoints))
    wait_until(f"{session} is paid for ({case})", lambda: not store.owed(world.a.paths))
    wait_until(f"nothing is under way ({case})", lambda: not os.listdir(world.b.paths.incoming))
    assert world.b.told() == "", case
    items = [item for item in store.received(world.b.paths) if item.session == session]
    # a number that was reserved when A died is not used again: nobody may have seen it
    assert [(item.peer, item.revision in (1, 2), item.seen) for item in items] == [("a", True, True)], case
    assert store.read(items[0]).session_id == session, case


def half_written(paths: Paths) -> list[str]:
    """Return the files below a home that were not finished."""
    return [str(path) for path in Path(paths.home).rglob(".*") if path.is_file()]


def test_what_a_killed_process_left_unfinished_goes(world: World) -> None:
    """A new engine removes temporary files of processes that are gone, and none of others."""
    inbox = Path(world.a.paths.inbox_new)
    gone = world.a.spread("status")
    gone.end()
    left = inbox / f".x.md.{gone.process.pid}.0a1b2c3d.tmp"
    living = inbox / f".x.md.{os.getpid()}.0a1b2c3d.tmp"
    unreaped = subprocess.Popen(["true"])
    os.waitid(os.P_PID, unreaped.pid, os.WEXITED | os.WNOWAIT)
    ended = inbox / f".x.md.{unreaped.pid}.0a1b2c3d.tmp"
    for path in (left, living, ended):
        path.touch()
    world.a.start_engine()
    assert not left.exists()
    assert not ended.exists(), "a process that waits to be reaped writes no more"
    unreaped.wait()
    assert living.exists()


def test_a_hook_that_is_killed_while_it_asks_git(world: World) -> None:
    """A hand-off is the next session's where the client, or whoever it was, ended the hook before it told any of it."""
    world.pair()
    for machine in (world.a, world.b):
        machine.start_engine()
    world.a.turn("session", text="goal")
    wait_until("it has come", lambda: world.b.holds("session"))
    killing = world.root / "bin" / "git"
    killing.parent.mkdir()
    killing.write_text(
        f'#!/bin/sh\ncase "$*" in *rev-list*) kill -9 $PPID ;; esac\nexec {shutil.which("git")} "$@"\n'
    )
    killing.chmod(0o700)
    assert world.b.told(PATH=f"{killing.parent}:{os.environ['PATH']}") == ""
    assert "goal" in world.b.told()
    assert world.b.told() == ""
