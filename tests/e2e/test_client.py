"""The main job with the real client: what a session did on one machine, the next one on another knows."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from spread import claude, engine_lock, store, store_receipts
from tests.conftest import ROOT, need
from tests.e2e.world import LIBRARY, Machine, World, make_checkout, wait_until
from tests.harness.client import Result, Sandbox, find_client
from tests.harness.stub_api import Reply
from tests.harness.terminal import Session

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
    """A machine with the real client on it, which has our hooks in one of the ways there are.

    Args:
        how: "settings" (the example's), "install" (by `spread install`), "plugin-dir" (for each run) or
            "marketplace" (installed from the checkout).
    """

    def __init__(self, machine: Machine, box: Sandbox, how: str, bundle: Path) -> None:
        self.machine = machine
        self.box = box
        self.arguments = ["--plugin-dir", str(ROOT)] if how == "plugin-dir" else []
        if how == "settings":
            box.settings(json.loads((bundle / "settings.example.json").read_text()))
        elif how == "install":
            machine.run("install")
            assert "hooks/stop" in (box.home / ".claude/settings.json").read_text()
        elif how == "marketplace":
            for command in (["marketplace", "add", str(ROOT)], ["install", "spread@claude-spread"]):
                done = box.run("plugin", *command)
                assert done.returncode == 0, done

    def claude(self, prompt: str, cwd: Path | None = None) -> Result:
        env = self.machine.spread_env()
        done = self.box.run("-p", prompt, *self.arguments, cwd=cwd, env=env, yolo=True)
        assert done.returncode == 0, done.stderr
        return done


@pytest.fixture
def how() -> str:
    """How the hooks are there, unless a test says otherwise."""
    return "settings"


@pytest.fixture
def developers(world: World, bundle: Path, how: str) -> Iterator[tuple[Developer, Developer]]:
    """Both machines of the world, each with a client, an API and a HOME of its own."""
    need(find_client(), "the claude client; set CLAUDE_BIN")
    need(how in ("settings", "install") or (ROOT / ".claude-plugin").is_dir(), "a checkout")
    with ExitStack() as stack:
        boxes = [stack.enter_context(Sandbox(machine.root)) for machine in (world.a, world.b)]
        yield Developer(world.a, boxes[0], how, bundle), Developer(world.b, boxes[1], how, bundle)


def work(a: Developer) -> None:
    """Have a session on A that ends with a failing test."""
    a.box.reply_with(reply_with_work(a.machine.project))
    assert "fails" in a.claude(GOAL).stdout
    assert "a parser of durations" in (a.machine.project / "README").read_text()


def hand_over(world: World, a: Developer) -> None:
    """Pair the machines, start both engines, and wait until a session on A has come to B."""
    world.pair()
    for machine in (world.a, world.b):
        machine.start_engine()
    work(a)
    wait_until("the hand-off has come", lambda: len(store.received(world.b.paths)) == 1)


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
    assert f">{GOAL}" in framed.partition("## Goal")[2].partition("##")[0]
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


@pytest.mark.parametrize("how", ["install", "plugin-dir", "marketplace"])
def test_a_session_is_known_over_the_lan(
    world: World, developers: tuple[Developer, Developer], tmp_path: Path
) -> None:
    """Both engines run: the hand-off is in B's inbox before its session, told once there, and paid for on A."""
    a, b = developers
    hand_over(world, a)
    wait_until("A's outbox is empty", lambda: all_paid(world.a))
    wait_until("the receipt is told of", lambda: world.a.peer().get("last_receipt"))
    assert world.a.peer()["last_route"] == "lan"
    check_not_told_elsewhere(b, tmp_path)
    b.box.log.unlink()
    check_told(b)


def let_it_wait(machine: Machine) -> None:
    """Let a session wait nearly as long as the client lets it for an engine to start: the machine may be busy."""
    library = machine.root / "library"
    package = Path(shutil.copytree(os.path.join(LIBRARY, "spread"), library / "spread"))
    for name in ("hooks", "skills"):  # beside it in a checkout, inside it in a wheel
        if os.path.isdir(source := os.path.join(LIBRARY, name)):
            shutil.copytree(source, library / name)
    text = (package / "hook.py").read_text()
    assert text.count("READY_WAIT_S = 1.5\n") == 1
    (package / "hook.py").write_text(text.replace("READY_WAIT_S = 1.5\n", "READY_WAIT_S = 9.0\n"))
    Path(machine.paths.interpreter).write_text(f"{sys.executable}\n{library}\n")


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

    let_it_wait(world.b)
    check_told(b)
    assert engine_lock.is_running(world.b.paths)
    check_not_told_elsewhere(b, tmp_path)
    wait_until("the relay has the receipt", lambda: not store_receipts.waiting(world.b.paths))
    world.b.stop_engine()
    world.a.start_engine()
    wait_until("A's outbox is empty because of B's receipt", lambda: not store.owed(world.a.paths))
    wait_until("the receipt is told of", lambda: world.a.peer().get("last_receipt"))


def test_a_project_without_a_remote_is_known_by_its_first_commit(
    world: World, developers: tuple[Developer, Developer]
) -> None:
    """B has a clone of A's, and neither has a remote: B's next session is told of A's all the same."""
    a, b = developers
    for machine, arguments in (
        (world.a, ["remote", "remove", "origin"]),
        (world.b, ["fetch", "-q", str(world.a.project), "main"]),
        (world.b, ["reset", "-q", "--hard", "FETCH_HEAD"]),
        (world.b, ["remote", "remove", "origin"]),
    ):
        subprocess.run(["git", *arguments], cwd=machine.project, env=machine.env(), check=True)
    hand_over(world, a)
    check_told(b)


def test_a_hand_off_is_heard_of_during_a_session(
    world: World, developers: tuple[Developer, Developer]
) -> None:
    """A session on B that began before hears of A's at its next prompt, by its machine and id alone, and once."""
    need(shutil.which("tmux"), "tmux")
    a, b = developers
    world.pair()
    for machine in (world.a, world.b):
        machine.start_engine()
    with Session(b.box, env=world.b.spread_env()) as terminal:
        terminal.ready()
        b.box.reply_with({"default": "AN ANSWER"})
        terminal.submit("begin")
        assert terminal.wait_for("AN ANSWER"), terminal.screen()
        work(a)
        wait_until("the hand-off has come", lambda: len(store.received(world.b.paths)) == 1)
        (session,) = (path.stem for path in a.box.transcripts())
        came = f"claude-spread: hand-off {session[:8]} came from a"
        for number in ("one", "two"):
            b.box.reply_with({"default": f"ANSWER {number}"})
            terminal.submit(f"prompt {number}")
            assert terminal.wait_for(f"ANSWER {number}"), terminal.screen()
            assert b.box.sent()[-1].count(came) == 1
            assert GOAL not in b.box.sent()[-1]
        assert " ".join(terminal.screen().split()).count(came) == 1


def test_what_a_run_without_a_person_took_is_told_of(
    world: World, developers: tuple[Developer, Developer]
) -> None:
    """`claude -p` on B is given A's hand-off; the next session that a person begins there is told so in one line."""
    need(shutil.which("tmux"), "tmux")
    a, b = developers
    hand_over(world, a)
    b.box.reply_with({"default": "AN ANSWER"})
    b.claude("name a title")
    assert GOAL in b.box.sent()[-1]
    with Session(b.box, env=world.b.spread_env()) as terminal:
        terminal.ready()
        terminal.submit("begin")
        assert terminal.wait_for("AN ANSWER"), terminal.screen()
        assert "went to a run of" in terminal.screen()
        assert GOAL not in b.box.sent()[-1]
    assert not os.path.exists(world.b.paths.inbox_runs)


def test_a_killed_client_loses_no_finished_turn(
    world: World, developers: tuple[Developer, Developer]
) -> None:
    """kill -9 in the middle of the second turn: the first one is handed over, by the engine that its hook started."""
    need(shutil.which("tmux"), "tmux")
    a, b = developers
    world.pair()
    world.b.start_engine()
    world.a.stop_engine()
    with Session(a.box, env=world.a.spread_env()) as terminal:
        terminal.ready()
        a.box.reply_with(["AN ANSWER", {"text": "NEVER", "delay": 15}])
        terminal.submit(GOAL)
        assert terminal.wait_for("AN ANSWER"), terminal.screen()
        wait_until("the turn has ended", lambda: engine_lock.is_running(world.a.paths))
        terminal.submit("the second turn")
        wait_until("it is asked for", lambda: len(a.box.requests()) == 2)
        clients = [pid for pid in world.strays() if is_client(pid)]
        assert clients
        for pid in clients:
            os.kill(pid, signal.SIGKILL)
        assert terminal.wait_for("EXITED 137"), terminal.screen()
    wait_until("the hand-off has come", lambda: len(store.received(world.b.paths)) == 1)
    wait_until("it is paid for", lambda: all_paid(world.a))
    b.claude("continue")
    assert f"| >{GOAL}" in b.box.sent()[-1]
    assert not [pid for pid in world.strays() if is_client(pid)]


def is_client(pid: int) -> bool:
    """Tell whether a process is the client itself."""
    try:
        return "claude" in os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    except OSError:
        return False


def test_a_cd_does_not_change_the_project(world: World, developers: tuple[Developer, Developer]) -> None:
    """The model ends its turn in a repository inside the project: the hand-off is the project's."""
    a, b = developers
    world.pair()
    for machine in (world.a, world.b):
        machine.start_engine()
    make_checkout(world.a.project / "vendor", world.a.env(), remote="https://git.example/acme/vendor.git")
    a.box.reply_with([{"tools": [{"name": "Bash", "input": {"command": "cd vendor", "description": "x"}}]}])
    a.claude(GOAL)
    wait_until("the hand-off has come", lambda: len(store.received(world.b.paths)) == 1)
    b.claude("continue")
    assert f"| >{GOAL}" in b.box.sent()[-1]


def test_what_still_runs_is_not_told_as_finished(
    world: World, developers: tuple[Developer, Developer]
) -> None:
    """While a background task runs B is told so; what is there after its end replaces it."""
    a, _ = developers
    world.pair()
    for machine in (world.a, world.b):
        machine.start_engine()
    gate = world.root / "gate"
    os.mkfifo(gate)
    task = {"command": f"cat {gate}", "description": "x", "run_in_background": True}
    a.box.reply_with(
        {
            "rules": [{"match": "<task-notification>", "reply": "The task has ended."}],
            "sequence": [{"tools": [{"name": "Bash", "input": task}]}, "It runs on."],
        }
    )
    running = threading.Thread(target=a.claude, args=(GOAL,))
    running.start()
    try:
        wait_until("the hand-off has come", lambda: len(store.received(world.b.paths)) == 1)
        assert store.read(store.find(world.b.paths, "latest")).title.endswith(", still running]")
    finally:
        gate.write_text("READY\n")
        running.join()
    wait_until(
        "the finished one has come",
        lambda: not store.read(store.find(world.b.paths, "latest")).title.endswith(", still running]"),
    )
    assert "The task has ended." in store.read(store.find(world.b.paths, "latest")).summary
