"""A disk that is full under a running engine, and one that cannot be written; in a mount namespace of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, need

INSIDE = """
import asyncio, contextlib, os, subprocess, sys, time
from dataclasses import replace
from pathlib import Path
from spread import engine, engine_lock, store
from spread.engine import Engine
from spread.errors import SpreadError
from tests.pairs import handoff, paired
from tests.test_engine import QUIET, a_relay, owe, running, status, until

engine.RETRY_TURN_S = 0.1
root = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", root], check=True)


def fill():
    with contextlib.suppress(OSError), open(root / "filler", "wb", buffering=0) as filler:
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


asyncio.run(globals()[sys.argv[2]]())
"""


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("full", ["full: delivered, then []"]),
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
