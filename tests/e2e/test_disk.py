"""A disk that is full under a running engine, and one that cannot be written; in a mount namespace of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, need

INSIDE = """
import asyncio, contextlib, os, signal, subprocess, sys, time
from dataclasses import replace
from pathlib import Path
from spread import engine, engine_lock, store
from spread.engine import Engine
from spread.errors import SpreadError
from tests.pairs import handoff, paired
from tests.e2e.world import World, wait_until
from tests.test_engine import QUIET, a_relay, owe, running, status, until

engine.RETRY_TURN_S = 0.1
root = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", root], check=True)


def fill():
    with contextlib.suppress(OSError), open(root / "filler", "ab", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


async def full():
    desk, laptop = paired(root, now=time.time())
    async with a_relay(desk, laptop) as config, running(desk, config), running(laptop, config):
        owe(desk, "before")
        await until("it has come", lambda: store.received(laptop.paths))
        await until("it is paid for", lambda: not store.owed(desk.paths))
        owe(desk, "full")
        fill()
        await asyncio.sleep(1.5)
        came = {item.session for item in store.received(laptop.paths)}
        os.unlink(root / "filler")
        await until("it has come", lambda: len(store.received(laptop.paths)) == 2)
        await until("it is paid for", lambda: not store.owed(desk.paths))
    print("full: delivered, then", sorted(came - {"before", "full"}))


async def turn():
    with World(root / "w") as world:
        world.configure(relay="", lan=True)
        world.pair()
        engine, _ = world.a.start_engine(), world.b.start_engine()
        world.a.turn("before")  # from here on it takes no time to load what distils
        wait_until("it has come", lambda: world.b.holds("before"))
        said = world.a.write_turn("session")
        engine.process.send_signal(signal.SIGSTOP)
        fill()
        os.truncate(root / "filler", os.path.getsize(root / "filler") - 8192)  # the checkpoint fits, and no more
        hook = ["sh", world.a.paths.hooks + "/stop"]
        env = world.a.env(CLAUDE_CODE_SESSION_ID="session")
        done = subprocess.run(hook, input=said, text=True, capture_output=True, env=env, cwd=world.a.project)
        print("hook", done.returncode, repr(done.stdout + done.stderr))
        for path in Path(world.a.paths.checkpoints).iterdir():
            os.utime(path, (time.time() - 3600, time.time() - 3600))  # the disk is full for so long
        fill()
        engine.process.send_signal(signal.SIGCONT)
        await asyncio.sleep(3)
        print("kept", len(os.listdir(world.a.paths.checkpoints)), os.listdir(world.a.paths.quarantine))
        os.unlink(root / "filler")
        wait_until("it has come", lambda: world.b.holds("session"))
        print("came", os.listdir(world.a.paths.checkpoints))


async def read_only():
    desk, laptop = paired(root / "ro", now=time.time())
    owe(desk, "ro")
    subprocess.run(["mount", "-o", "remount,ro", root], check=True)
    for command in (["sync", "--once"], ["sync"], ["status"], ["pause"], ["inbox"]):
        done = subprocess.run(
            [sys.executable, "-m", "spread.cli", *command], env={**os.environ, "SPREAD_HOME": desk.paths.home},
            capture_output=True, text=True,
        )
        print(command[0], done.returncode, "Read-only file system" in done.stderr, "Traceback" in done.stderr)


async def read_only_under_an_engine():
    with World(root / "w") as world:
        world.a.configure()
        world.a.start_engine()
        # writers keep a mount from becoming read-only: another one of the same
        script = f'mount --bind {root} {root} && mount -o remount,ro,bind {root} && "$@"'
        world.a.through = ["unshare", "-m", "sh", "-c", script, "sh"]
        print(world.a.run("status").out.splitlines()[0])


asyncio.run(globals()[sys.argv[2]]())
"""


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("full", ["full: delivered, then []"]),
        ("turn", ["hook 0 ''", "kept 1 []", "came []"]),
        (
            "read_only",
            [
                "sync 1 True False",
                "sync 1 True False",
                "status 0 False False",
                "pause 1 True False",
                "inbox 0 False False",
            ],
        ),
        ("read_only_under_an_engine", ["a: engine running"]),
    ],
)
def test_a_disk_that_fails_and_comes_back(tmp_path: Path, what: str, said: list[str]) -> None:
    """Nothing ends, nothing is lost, and it goes on by itself; an engine that cannot start says why."""
    need(shutil.which("unshare") and shutil.which("mount") and os.geteuid() == 0, "root, unshare and mount")
    done = subprocess.run(
        ["unshare", "-m", "--propagation", "private", sys.executable, "-c", INSIDE, str(tmp_path), what],
        capture_output=True, text=True, timeout=110, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == said
