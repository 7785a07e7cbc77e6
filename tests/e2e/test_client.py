"""The main job with the real client: what a session did on one machine, the next one on another knows."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from spread import claude, engine_lock, store
from tests.conftest import need
from tests.e2e.world import Machine, World, make_checkout, wait_until
from tests.harness.client import Result, Sandbox, find_client
from tests.harness.stub_api import Reply

GOAL = "teach parse_duration weeks, and never change its signature"
OPENING = "Hand-off of an earlier Claude Code session"
CHECK = "python3 -m unittest -q"
TEST = """import unittest
from duration import parse_duration
class Weeks(unittest.TestCase):
    def test_weeks(self):
        self.assertEqual(parse_duration("2w"), 1209600)
"""


def reply_with_work(project: Path) -> list[Reply]:
    """Return replies that write two files, change one, and run a test that really fails."""
    duration = str(project / "duration.py")
    return [
        {"tools": [{"name": "Write", "input": {"file_path": duration, "content": "UNITS = {'d': 86400}\n"}}]},
        {"tools": [{"name": "Write", "input": {"file_path": str(project / "test_weeks.py"), "content": TEST}}]},
        {"tools": [{"name": "Read", "input": {"file_path": str(project / "README")}}]},
        {
            "tools": [
                {
                    "name": "Edit",
                    "input": {
                        "file_path": str(project / "README"),
                        "old_string": "a parser", "new_string": "a parser of durations",
                    },
                }
            ]
        },
        {"tools": [{"name": "Bash", "input": {"command": CHECK, "description": "run the tests"}}]},
        {"text": "The test fails: parse_duration is not there yet."},
    ]  # fmt: skip


class Developer:
    """A machine with the real client on it, whose settings have our hooks."""

    def __init__(self, machine: Machine, box: Sandbox, settings: Path) -> None:
        self.machine = machine
        self.box = box
        box.settings(json.loads(settings.read_text()))

    def claude(self, prompt: str, cwd: Path | None = None) -> Result:
        done = self.box.run("-p", prompt, cwd=cwd, env=self.machine.spread_env(), yolo=True)
        assert done.returncode == 0, done.stderr
        return done


@pytest.fixture
def developers(world: World, bundle: Path) -> Iterator[tuple[Developer, Developer]]:
    """Both machines of the world, each with a client, an API and a HOME of its own."""
    need(find_client(), "the claude client; set CLAUDE_BIN")
    with ExitStack() as stack:
        boxes = [stack.enter_context(Sandbox(machine.root)) for machine in (world.a, world.b)]
        settings = bundle / "settings.example.json"
        yield Developer(world.a, boxes[0], settings), Developer(world.b, boxes[1], settings)


def work(a: Developer) -> None:
    """Have a session on A that ends with a failing test."""
    a.box.reply_with(reply_with_work(a.machine.project))
    assert "fails" in a.claude(GOAL).stdout
    assert "a parser of durations" in (a.machine.project / "README").read_text()


def all_paid(machine: Machine) -> bool:
    """Tell whether all that the hooks left is distilled, delivered and paid for."""
    return not os.listdir(machine.paths.checkpoints) and not store.owed(machine.paths)


def check_told(b: Developer) -> None:
    """See that B's next session is told what A's did, once, inside our frame, and no later one is."""
    b.claude("continue")
    (sent,) = b.box.sent()
    assert sent.count(OPENING) == sent.count(claude.CLOSING) == 1
    before, framed = sent[: sent.index(OPENING)], sent[sent.index(OPENING) : sent.index(claude.CLOSING)]
    after = sent[sent.index(claude.CLOSING) :]
    assert framed.splitlines()[2].startswith("Written ")
    assert all(line.startswith("| ") or line == "|" for line in framed.splitlines()[3:] if line)
    assert "from machine a" in framed
    assert f"> {GOAL}" in framed.partition("## Goal")[2].partition("##")[0]
    for name in ("duration.py", "test_weeks.py", "README"):
        assert name in framed.partition("## Files")[2].partition("##")[0]
    assert f"`{CHECK}` failed, exit code 1" in framed
    for text in (GOAL, "test_weeks.py", CHECK):
        assert text not in before + after
    b.claude("something else")
    assert OPENING not in b.box.sent()[1]


def check_not_told_elsewhere(b: Developer, tmp_path: Path) -> None:
    """See that a session of another project on B is told nothing."""
    other = tmp_path / "other"
    make_checkout(other, b.machine.env(), remote="https://git.example/acme/other.git")
    count = len(b.box.sent())
    b.claude("hello", cwd=other)
    assert OPENING not in b.box.sent()[count]
    assert GOAL not in b.box.sent()[count]


def test_a_session_is_known_over_the_lan(
    world: World, developers: tuple[Developer, Developer], tmp_path: Path
) -> None:
    """Both engines run: the hand-off is in B's inbox before its session, told once there, and paid for on A."""
    a, b = developers
    world.pair()
    for machine in (world.a, world.b):
        machine.start_engine()
    work(a)
    wait_until("the hand-off has come", lambda: len(store.received(world.b.paths)) == 1)
    wait_until("A's outbox is empty", lambda: all_paid(world.a))
    wait_until("the receipt is told of", lambda: world.a.peer().get("last_receipt"))
    assert world.a.peer()["last_route"] == "lan"
    check_not_told_elsewhere(b, tmp_path)
    b.box.log.unlink()
    check_told(b)


def test_a_session_is_known_through_the_relay(
    world: World, developers: tuple[Developer, Developer], tmp_path: Path
) -> None:
    """The engines never run together, and B's is started by the very session that is told."""
    a, b = developers
    world.configure(relay=world.start_relay(), lan=False)
    world.pair()
    work(a)
    wait_until("the relay has it", lambda: world.a.peer().get("at_relay") == 1)
    world.a.stop_engine()
    # the session's end makes a revision of its own, which that engine may not have sent any more
    assert world.a.run("sync", "--once").out == "1 kept by a relay\n"
    assert not engine_lock.is_running(world.b.paths)
    assert store.received(world.b.paths) == []

    check_told(b)
    assert engine_lock.is_running(world.b.paths)
    check_not_told_elsewhere(b, tmp_path)
    wait_until("the relay has the receipt", lambda: not store.receipts(world.b.paths))
    world.b.stop_engine()
    world.a.start_engine()
    wait_until("A's outbox is empty because of B's receipt", lambda: not store.owed(world.a.paths))
    wait_until("the receipt is told of", lambda: world.a.peer().get("last_receipt"))
