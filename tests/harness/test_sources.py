"""The real client: what each kind of start is told, and what is announced during a session."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import spread
from spread import intake
from spread.paths import Paths
from tests.conftest import need
from tests.e2e.world import wait_until
from tests.harness.client import Sandbox
from tests.harness.home import PROJECT, REMOTE, SESSION, make_project, put_handoff
from tests.harness.stub_api import Json
from tests.harness.terminal import Session

OTHER = "177c5406-bfba-4de7-98dc-ac9d9a8e75b9"
SAYS = "claude-spread: "
PATIENCE_S = 60.0
CAME = f"{SAYS}hand-off {SESSION[:8]} came from laptop"


@pytest.fixture(autouse=True)
def _terminal() -> None:
    need(shutil.which("tmux"), "tmux")


def arrive(home: Paths, session: str = SESSION, **facts: Any) -> None:
    """Let a hand-off come, as the engine does."""
    put_handoff(home, session, **facts)
    Path(home.inbox_arrived).write_text(f"{time.time_ns()}\n")


def ask(box: Sandbox, terminal: Session, text: str) -> str:
    """Submit a prompt and wait for its answer; return what the client sent."""
    box.reply_with({"default": f"ANSWER TO {text.upper()}"})
    terminal.submit(text)
    assert terminal.wait_for(f"ANSWER TO {text.upper()}"), terminal.screen()
    return box.sent()[-1]


def wide(terminal: Session) -> str:
    """Return what the terminal shows as one line, whatever it was folded at."""
    return " ".join(terminal.screen().split())


def hooks_said(box: Sandbox) -> list[Json]:
    """Return what hooks with something to say left in the newest transcript."""
    lines = [json.loads(line) for line in box.transcripts()[-1].read_text().splitlines()]
    return [
        line["attachment"]
        for line in lines
        if line.get("type") == "attachment" and "hook" in line["attachment"].get("type", "")
        if SAYS in json.dumps(line)
    ]


# During a session


def test_what_comes_is_announced_once_in_each_session(box: Sandbox, home: Paths) -> None:
    """Two sessions of the project each hear it once, at their next prompt, in one line and without its text."""
    with Session(box) as one, Session(box) as two:
        for terminal in (one, two):
            terminal.ready()
            assert SAYS not in ask(box, terminal, "begin")
        arrive(home, body="THE-BODY", title="THE-TITLE")
        for terminal in (one, two):
            sent = ask(box, terminal, "go on")
            assert sent.count(CAME) == 1
            assert f"UserPromptSubmit says: {CAME}" in wide(terminal)
            for text in ("THE-BODY", "THE-TITLE"):
                assert text not in sent + terminal.screen()
            assert ask(box, terminal, "and on").count(CAME) == 1, "the first one, and no second"
            assert wide(terminal).count("says: " + SAYS) == 1
        arrive(home, revision=2)
        assert ask(box, one, "still on").count(SAYS) == 1
        # a new context is given the hand-off itself
        one.submit("/clear")
        assert one.wait_for("hand-off from laptop"), one.screen()
        sent = ask(box, one, "anew")
        assert CAME not in sent
        assert sent.count("Hand-off of an earlier Claude Code session") == 1
    assert not os.path.exists(home.hook_log)


@pytest.mark.parametrize("how", ["the session", "everything", "the project", "announcements"])
def test_each_switch_silences(box: Sandbox, home: Paths, how: str) -> None:
    """SPREAD_OFF=1, `spread pause`, `spread pause --project` and `announce = false`."""
    env = {"SPREAD_OFF": "1"} if how == "the session" else {}
    if how == "announcements":
        Path(home.config).write_text('relay = ""\nannounce = false\n')
    elif not env:
        run_spread(box, "pause", *(["--project"] if how == "the project" else []))
    with Session(box, env=env) as terminal:
        terminal.ready()
        ask(box, terminal, "begin")
        arrive(home)
        assert SAYS not in ask(box, terminal, "go on")
        assert "claude-spread" not in terminal.screen()
        if how == "announcements":
            return
        terminal.submit("/clear")
        assert SAYS not in ask(box, terminal, "anew")
        assert "Hand-off of" not in box.sent()[-1]
    if how == "the project":
        run_spread(box, "resume", "--project")
        assert box.run("-p", "hello").returncode == 0
        assert box.sent()[-1].count("Hand-off of an earlier Claude Code session") == 1


def run_spread(box: Sandbox, *arguments: str) -> None:
    """Run a command in the project."""
    lib = str(Path(spread.__file__).parent.parent)
    env = {**os.environ, "PYTHONPATH": lib}
    subprocess.run(
        [sys.executable, "-m", "spread.cli", *arguments], cwd=box.project, env=env, check=True, timeout=60,
        capture_output=True,
    )  # fmt: skip


def test_after_a_cd_it_is_still_the_sessions_project(box: Sandbox, home: Paths) -> None:
    """The model goes into a repository that lies in the project: Stop is told of it, the announcement comes."""
    inner = make_project(box.project / "vendor", remote="https://git.example/other/lib.git")
    with Session(box, "--dangerously-skip-permissions") as terminal:
        begin_without_asking(terminal)
        box.reply_with([{"tools": [{"name": "Bash", "input": {"command": "cd vendor", "description": "x"}}]}])
        terminal.submit("go there")
        assert terminal.wait_for("Stub reply."), terminal.screen()
        arrive(home)
        assert ask(box, terminal, "go on").count(CAME) == 1
    written = [path.read_text() for path in Path(home.checkpoints).iterdir() if path.name[0] != "."]
    stops = [json.loads(text) for text in written if text.endswith("\n")]  # the last may be just begun
    assert {Path(stop["cwd"]) for stop in stops} == {inner}
    assert intake._project(checkpoint_of(stops[0])).key == PROJECT


def begin_without_asking(terminal: Session) -> None:
    """Confirm the warning that the client shows when no permission is asked for."""
    assert terminal.wait_for("Yes, I accept"), terminal.screen()
    terminal.keys("Down")
    terminal.keys("Enter")
    terminal.ready()
    assert terminal.wait_for("bypass permissions on"), terminal.screen()


def checkpoint_of(payload: Json) -> intake.Checkpoint:
    """Return a hook's payload as the engine reads it."""
    found = intake._parse("x", json.dumps(payload).encode() + b"\n", time.time())
    assert found is not None
    return found


# What goes on


def test_compact_resume_and_clear(box: Sandbox, home: Paths) -> None:
    """A compacted session has one line in place of the hand-off; no context is ever given it twice."""
    put_handoff(home, body="THE-BODY")
    with Session(box) as terminal:
        terminal.ready()
        assert ask(box, terminal, "begin").count("THE-BODY") == 1
        first = box.transcripts()[-1].stem
        terminal.submit("/compact")
        assert terminal.wait_for("Compacted"), terminal.screen()
        sent = ask(box, terminal, "go on")
        assert "THE-BODY" not in sent
        assert sent.count(f"`spread show {SESSION[:8]}` prints it again.") == 1
        arrive(home, OTHER, body="SECOND-BODY")
        terminal.submit("/clear")
        assert terminal.wait_for("hand-off from laptop"), terminal.screen()
        sent = ask(box, terminal, "anew")
        assert "THE-BODY" not in sent
        assert sent.count("SECOND-BODY") == 1
        second = box.transcripts()[-1].stem
        terminal.submit("/exit")
        assert terminal.wait_for("EXITED 0"), terminal.screen()
    arrive(home, revision=2, body="THE-BODY again")
    for session, own, foreign in (
        (first, f"spread show {SESSION[:8]}", OTHER),
        (second, "SECOND-BODY", SESSION),
    ):
        assert session != (second if session == first else first)
        assert box.run("-p", "back", "--resume", session).returncode == 0
        sent = box.sent()[-1]
        assert sent.count(own) == 1
        assert "THE-BODY again" not in sent
        assert foreign not in sent
    assert len(os.listdir(home.inbox_new)) == 1


@pytest.mark.parametrize("kind", [[], ["--fork-session"]])
def test_what_goes_on_hears_one_line(box: Sandbox, home: Paths, kind: list[str]) -> None:
    """A resumed or forked session that was given one hears of what waits at its prompt, once, and it stays.

    Compacted, it is reminded of what was given, though a fork has another id.
    """
    put_handoff(home, body="THE-BODY")
    assert box.run("-p", "begin").returncode == 0
    session = box.transcripts()[0].stem
    arrive(home, OTHER, body="SECOND-BODY")
    came = f"hand-off {OTHER[:8]} came from laptop"
    with Session(box, "--resume", session, *kind) as terminal:
        terminal.ready()
        for text in ("go on", "and on"):
            sent = ask(box, terminal, text)
            assert [sent.count(part) for part in ("THE-BODY", came, "SECOND-BODY")] == [1, 1, 0]
        assert " ".join(terminal.screen().split()).count(came) == 1
        terminal.submit("/compact")
        assert terminal.wait_for("Compacted"), terminal.screen()
        sent = ask(box, terminal, "at last")
        assert "THE-BODY" not in sent
        assert sent.count(f"`spread show {SESSION[:8]}` prints it again.") == 1
    assert len(os.listdir(home.inbox_new)) == 1


def test_of_two_at_once_one_is_given_it(box: Sandbox, home: Paths) -> None:
    """Two sessions that start together in one project: one has the hand-off, the other nothing."""
    put_handoff(home, body="THE-BODY")
    threads = [threading.Thread(target=box.run, args=("-p", f"begin {number}")) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = box.sent()
    assert len(sent) == 2
    assert sorted(text.count("THE-BODY") for text in sent) == [0, 1]


def test_each_worktree_is_given_its_branchs(box: Sandbox, home: Paths) -> None:
    """In a work tree of the same project the newest of its own branch is shown, the other branch's by its title."""
    shutil.rmtree(box.project)
    box.project.mkdir()
    tree = box.root / "feature tree"
    who = ["-c", "user.name=dev", "-c", "user.email=dev@git.example"]
    for arguments in (
        ["init", "-q", "-b", "main"], ["remote", "add", "origin", REMOTE],
        [*who, "commit", "-q", "--allow-empty", "-m", "begin"], ["worktree", "add", "-q", "-b", "feature", str(tree)],
    ):  # fmt: skip
        subprocess.run(["git", *arguments], cwd=box.project, check=True)
    now = time.time()
    put_handoff(home, "main-1", body="MAIN-BODY", title="main title", received_at=now)
    put_handoff(home, "feature-1", body="OLD-BODY", branch="feature", title="older", received_at=now - 900)
    put_handoff(home, "feature-2", body="FEATURE-BODY", branch="feature", received_at=now - 600)
    assert box.run("-p", "begin", cwd=tree).returncode == 0
    sent = box.sent()[-1]
    assert [sent.count(body) for body in ("FEATURE-BODY", "OLD-BODY", "MAIN-BODY")] == [1, 0, 0]
    assert "main title" in sent
    assert box.run("-p", "begin").returncode == 0
    assert box.sent()[-1].count("MAIN-BODY") == 1
    assert box.run("-p", "begin").returncode == 0
    assert SAYS not in box.sent()[-1]
    assert "Hand-off of" not in box.sent()[-1]
    assert hooks_said(box) == []


# What is interrupted, and what still runs


def events(home: Paths) -> list[Json]:
    """Return the checkpoints, oldest first, and none that is being written."""
    found = [path for path in Path(home.checkpoints).iterdir() if path.name[0] != "."]
    texts = [path.read_text() for path in sorted(found, key=lambda path: path.stat().st_mtime_ns)]
    return [json.loads(text) for text in texts if text.endswith("\n")]


def test_escape_during_a_turn(box: Sandbox, home: Paths) -> None:
    """An interrupted turn leaves nothing and breaks nothing: the next one is handed over, and hears what came."""
    with Session(box, "--dangerously-skip-permissions") as terminal:
        begin_without_asking(terminal)
        box.reply_with(
            [{"tools": [{"name": "Bash", "input": {"command": "tail -f /dev/null", "description": "x"}}]}]
        )
        terminal.submit("take long")
        assert terminal.wait_for("tail -f"), terminal.screen()
        arrive(home)
        terminal.keys("Escape")
        assert terminal.wait_for("Interrupted"), terminal.screen()
        assert events(home) == []
        assert ask(box, terminal, "go on").count(CAME) == 1
        wait_until(
            "the turn has ended", lambda: events(home) != [], PATIENCE_S
        )  # its hook runs after the answer
    assert "Stop" in [event["hook_event_name"] for event in events(home)]


def test_a_background_task_at_the_end_of_a_turn(box: Sandbox, home: Paths) -> None:
    """Stop fires while it runs, and again after its end: only the second hand-off reads as the last word."""
    gate = box.root / "gate"
    os.mkfifo(gate)
    task = {"command": f"cat {gate}", "description": "x", "run_in_background": True}
    box.reply_with(
        {
            "rules": [{"match": "<task-notification>", "reply": "The task has ended."}],
            "sequence": [{"tools": [{"name": "Bash", "input": task}]}, "It runs on."],
        }
    )
    with Session(box, "--dangerously-skip-permissions") as terminal:
        begin_without_asking(terminal)
        terminal.submit("start it")
        wait_until("the first has come", lambda: len(events(home)) == 1, PATIENCE_S)
        gate.write_text("READY\n")
        assert terminal.wait_for("The task has ended."), terminal.screen()
        wait_until("the second has come", lambda: len(events(home)) == 2, PATIENCE_S)
    stops = [event for event in events(home) if event["hook_event_name"] == "Stop"]
    assert [checkpoint_of(stop).busy for stop in stops] == [True, False]


# Without the command


@pytest.mark.parametrize("how", ["directory", "marketplace"])
def test_a_plugin_without_the_command_says_one_helpful_line(
    claude_box: Sandbox, plugin: Path, how: str, tmp_path: Path
) -> None:
    """Where `spread` never ran the person is told how to get it, at the start and never again; Claude is not."""
    arguments: list[str] = ["--plugin-dir", str(plugin)]
    if how == "marketplace":
        arguments = []
        for command in (["marketplace", "add", str(plugin)], ["install", "spread@claude-spread"]):
            assert claude_box.run("plugin", *command).returncode == 0
    env: dict[str, Any] = {"SPREAD_HOME": str(tmp_path / "none")}
    with Session(claude_box, *arguments, env=env) as terminal:
        terminal.ready()
        line = "the spread command is not set up; in a checkout of claude-spread run: pip install . && spread pair"
        assert terminal.wait_for("claude-spread: "), terminal.screen()
        assert line in wide(terminal)
        for text in ("begin", "go on"):
            assert SAYS not in ask(claude_box, terminal, text)
        assert wide(terminal).count("claude-spread: ") == 1
        terminal.submit("/clear")
        assert SAYS not in ask(claude_box, terminal, "anew")
        assert "claude-spread: " not in wide(terminal)
    assert not (tmp_path / "none").exists()
