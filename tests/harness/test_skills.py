"""The skills, followed to the letter by a scripted model in the real client, without any permission prompt."""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import spread
from spread import store_inbox
from spread.paths import Paths
from tests.conftest import ROOT, need
from tests.harness.client import Result, Sandbox, find_client
from tests.harness.home import make_project
from tests.harness.stub_api import Json
from tests.harness.terminal import Session
from tests.pairs import handoff

MKTEMP = "mktemp /tmp/spread-pass.XXXXXX"
MKTEMP_TOLD = "mktemp /tmp/spread-told.XXXXXX"
MADE = r"\A(?P<file>/tmp/spread-pass\.\w{6})\n?\Z"
WRITTEN = r"\A(?:File created successfully at: |The file )(?P<file>/tmp/spread-pass\.\w{6}) "
MADE_TOLD = r"\A(?P<told>/tmp/spread-told\.\w{6})\n?\Z"
WRITTEN_TOLD = r"\A(?:File created successfully at: |The file )(?P<told>/tmp/spread-told\.\w{6}) "
STARTED = r"Output is being written to: (?P<output>\S+\.output)"
CODE = r"(?P<code>\b[a-z0-9]{6}(?:-[a-z]+-[a-z]+-[a-z]+)?\b)"
TOLD = "The reader of dates is written; it was chosen over a table."
GOAL = "teach the MARKER parser to read dates"
PATIENCE_S = 120
pytestmark = pytest.mark.timeout(400)


def bash(command: str, **more: object) -> Json:
    """Return a reply that calls Bash."""
    return {"tools": [{"name": "Bash", "input": {"command": command, "description": "x", **more}}]}


def write(path: str, content: str) -> Json:
    """Return a reply that calls Write."""
    return {"tools": [{"name": "Write", "input": {"file_path": path, "content": content}}]}


class Machine:
    """A machine with the client, the plugin, a `spread` on PATH that notes its arguments, and a home."""

    def __init__(self, root: Path) -> None:
        self.box = Sandbox(root / "box")
        self.argv = root / "argv"
        self.pids = root / "pids"
        home = Paths(root / "spread")
        home.make()
        Path(home.config).write_text('relay = ""\n')
        make_project(self.box.project)
        folder = root / "bin"
        folder.mkdir()
        lib = shlex.quote(str(Path(spread.__file__).parent.parent))
        (folder / "spread").write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$*" >>{shlex.quote(str(self.argv))}\n'
            f"echo $$ >>{shlex.quote(str(self.pids))}\n"
            f"PYTHONPATH={lib} exec {shlex.quote(sys.executable)} -P -c "
            f"'import sys; from spread.cli import main; sys.exit(main())' \"$@\"\n"
        )
        (folder / "spread").chmod(0o755)
        self.env = {"SPREAD_HOME": home.home, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}

    def run(self, prompt: str, *arguments: str) -> Result:
        """Run one prompt with the plugin and no permission but those the skill brings."""
        extra = ["--permission-mode", "default", "--plugin-dir", str(ROOT), *arguments]
        return self.box.run("-p", prompt, *extra, env=self.env, timeout_s=PATIENCE_S)

    def end(self) -> None:
        """End what a failed run left behind: a share that goes on would be in the way of later tests."""
        for pid in self.pids.read_text().split() if self.pids.exists() else []:
            with contextlib.suppress(OSError):
                if b"spread.cli" in Path("/proc", pid, "cmdline").read_bytes():
                    os.kill(int(pid), signal.SIGTERM)

    def results(self) -> list[Json]:
        """Return every tool result the model was given."""
        messages: list[Any] = self.box.requests()[-1]["body"]["messages"] if self.box.requests() else []
        blocks = [block for message in messages for block in message["content"] if isinstance(block, dict)]
        return [block for block in blocks if block.get("type") == "tool_result"]

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Return the first match in a tool result, when there is one."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            for result in self.results():
                if found := re.search(pattern, str(result["content"])):
                    return found
            time.sleep(0.1)
        raise AssertionError(self.results())


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    """Two machines on one loopback."""
    need(find_client(), "the claude client; set CLAUDE_BIN")
    need((ROOT / ".claude-plugin").is_dir(), "a checkout")
    here, there = Machine(tmp_path / "here"), Machine(tmp_path / "there")
    try:
        with here.box, there.box:
            yield here, there
    finally:
        here.end()
        there.end()


def sharing(command: str, passphrase: str) -> Json:
    """Script what distill-share asks for: a narrative, the passphrase's file, a background share, no file left."""
    read: Json = {"tools": [{"name": "Read", "input": {"file_path": "{{output}}"}}]}
    command += " --narrative-file {{told}}" + (" --passphrase-file {{file}}" if passphrase else "")
    share = bash(command, run_in_background=True)
    told = "The code is {{code}}."
    second: list[Json] = [
        {"match": "Bash completed with no output", "times": 1, "reply": bash("rm -f {{file}}")}
    ]
    return {
        "default": told,
        "rules": [
            {"match": MADE_TOLD, "reply": write("{{told}}", json.dumps({"summary": TOLD}))},
            {"match": WRITTEN_TOLD, "reply": bash(MKTEMP) if passphrase else share},
            {"match": MADE, "reply": write("{{file}}", passphrase)},
            {"match": WRITTEN, "reply": share},
            {"match": STARTED, "reply": read},
            {"match": "contents are empty", "reply": {**read, "delay": 0.2}},
            {"match": rf"\A1\t{CODE}\n", "reply": bash("rm -f {{told}}")},
            {"match": "<task-notification>", "reply": "It was received."},
            *(second if passphrase else []),
            {"match": "Bash completed with no output", "reply": told},
            {"match": "# Share this session", "reply": bash(MKTEMP_TOLD)},
        ],
    }


def receiving(command: str, passphrase: str) -> Json:
    """Script what distill-receive asks for: the passphrase's file, the command, no file left, the question."""
    receive = bash(command + (" --passphrase-file {{file}}" if passphrase else ""))
    asked = "It is about dates. Shall I go on?"
    return {
        "default": asked,
        "rules": [
            {"match": MADE, "reply": write("{{file}}", passphrase)},
            {"match": WRITTEN, "reply": receive},
            {"match": r"(?m)^received ", "reply": bash("rm -f {{file}}") if passphrase else asked},
            {"match": "# Receive a session", "reply": bash(MKTEMP) if passphrase else receive},
        ],
    }


@pytest.mark.parametrize("passphrase", ["", "open sesame; touch trap"])
def test_share_on_one_machine_is_received_on_the_other(
    machines: tuple[Machine, Machine], passphrase: str
) -> None:
    """As the skills say it works: nothing needs a permission, no secret is an argument, no file is left."""
    here, there = machines
    session = str(uuid.uuid4())
    if passphrase:  # a share of the same phrase elsewhere on this interface must not answer
        passphrase += f" {uuid.uuid4()}"
    here.box.reply_with(["Now it reads dates."])
    assert here.run(GOAL, "--session-id", session).returncode == 0

    here.box.reply_with(sharing(f"spread share --session {session}", passphrase))
    ended: list[Result] = []
    share = threading.Thread(
        target=lambda: ended.append(here.run(f"/distill-share {passphrase}".strip(), "--resume", session))
    )
    share.start()
    try:
        shown = here.wait_for(rf"1\t{CODE}\n")
        words = passphrase or shown["code"]
        there.box.reply_with(
            receiving("spread receive" if passphrase else f"spread receive {words}", passphrase)
        )
        done = there.run(f"/distill-receive {words}")
    finally:
        share.join()
    assert "Shall I go on?" in done.stdout
    assert "It was received." in ended[0].stdout
    for machine in (here, there):
        assert [result for result in machine.results() if result.get("is_error")] == []
        assert passphrase == "" or passphrase not in machine.argv.read_text()
    received = there.box.sent()[-1]
    assert f"| >{GOAL}" in received
    assert received.count("Hand-off of an earlier Claude Code session") == 1
    assert f"| >{TOLD}" in received
    mine = "\n".join((received, here.box.sent()[-1]))
    files = {file for file in re.findall(r"/tmp/spread-(?:pass|told)\.\w{6}", mine) if "XXXXXX" not in file}
    assert len(files) == (3 if passphrase else 1)
    assert not any(os.path.exists(file) for file in files)


def test_share_and_receive_at_terminals(machines: tuple[Machine, Machine]) -> None:
    """On one screen `/distill-share` shows a code, on the other it brings the context; the first says it came."""
    need(shutil.which("tmux"), "tmux")
    here, there = machines
    session = str(uuid.uuid4())
    arguments = ["--permission-mode", "default", "--plugin-dir", str(ROOT)]
    here.box.reply_with(["Now it reads dates."])
    with (
        Session(here.box, *arguments, "--session-id", session, env=here.env) as mine,
        Session(there.box, *arguments, env=there.env) as theirs,
    ):
        mine.ready()
        mine.submit(GOAL)
        assert mine.wait_for("Now it reads dates."), mine.screen()
        here.box.reply_with(sharing(f"spread share --session {session}", ""))
        mine.submit("/distill-share")
        assert mine.wait_for("The code is ", PATIENCE_S), mine.screen()
        code = re.search(rf"The code is {CODE}", mine.screen())
        assert code, mine.screen()
        there.box.reply_with(receiving(f"spread receive {code['code']}", ""))
        theirs.ready()
        theirs.submit(f"/distill-receive {code['code']}")
        assert theirs.wait_for("Shall I go on?", PATIENCE_S), theirs.screen()
        assert mine.wait_for("It was received.", PATIENCE_S), mine.screen()
    received = there.box.sent()[-1]
    assert f"| >{GOAL}" in received
    assert f"| >{TOLD}" in received
    for machine in (here, there):
        assert [result for result in machine.results() if result.get("is_error")] == []


def test_receive_without_a_word_lists_what_waits(machines: tuple[Machine, Machine]) -> None:
    """What has come is listed and opened without a permission, and Claude reads it as quoted data."""
    here, _ = machines
    store_inbox.accept(
        Paths(here.env["SPREAD_HOME"]), "laptop", handoff("0b1f7c52-2f5d", 1, goal="the MARKER goal"),
        expected=("0b1f7c52-2f5d", 1), own=True,
    )  # fmt: skip
    here.box.reply_with(
        {
            "default": "the end",
            "rules": [
                {"match": "# Receive a session", "reply": bash("spread inbox")},
                {"match": r"(?m)^\* (?P<id>[0-9a-f]{8}) ", "reply": bash("spread show {{id}}")},
            ],
        }
    )
    assert here.run("/distill-receive").stdout.strip() == "the end"
    listed, shown = here.results()
    assert not listed.get("is_error")
    assert "the MARKER goal" in str(listed["content"])
    assert not shown.get("is_error")
    assert "from machine laptop" in str(shown["content"])
    assert "| >the MARKER goal" in str(shown["content"])


@pytest.mark.parametrize(
    ("typed", "command", "told"),
    [
        ("", "spread status", "no peers yet"),
        ("pause project", "spread pause --project", "paused git.example"),
    ],
)
def test_spread_does_what_was_asked_for(
    machines: tuple[Machine, Machine], typed: str, command: str, told: str
) -> None:
    """`/spread` needs no permission for what it is there for."""
    here, _ = machines
    here.box.reply_with([bash(command), "the end"])
    assert here.run(f"/spread {typed}".strip()).stdout.strip() == "the end"
    (result,) = here.results()
    assert not result.get("is_error")
    assert told in str(result["content"])


@pytest.mark.parametrize(
    ("skill", "refused"),
    [
        ("distill-share", "spread share /etc/hostname"),
        ("distill-share", "spread share - --relay ws://127.0.0.1:9"),
        ("distill-share", "rm -f /tmp/spread-pass.aaaaaa {victim}"),
        ("distill-share", "mktemp {victim}.XXXXXX"),
        ("distill-share", "rm -f /tmp/spread-told.aaaaaa {victim}"),
        ("distill-receive", "spread receive a7f3b2-amber-tiger-lamp -o {victim}"),
        ("distill-receive", "spread receive -o{victim} a7f3b2-amber-tiger-lamp"),
        ("distill-receive", 'spread receive a7f3b2-amber-tiger-lamp "-o" {victim}'),
        ("distill-receive", "spread receive a7f3b2-amber-tiger-lamp $(printf %s -o) {victim}"),
        ("distill-receive", "spread receive a7f3b2-amber-tiger-lamp > {victim}"),
        ("distill-receive", "spread show latest; rm {victim}"),
        ("distill-receive", "spread share --session 1"),
        ("spread", "spread unpair laptop"),
        ("spread", "spread pause; rm {victim}"),
        ("spread", "spread pair a7f3b2-amber-tiger-lamp"),
    ],
)
def test_a_skill_permits_no_more_than_it_needs(
    machines: tuple[Machine, Machine], skill: str, refused: str
) -> None:
    """What a hostile text could make of the permissions a skill brings still needs the user's own."""
    here, _ = machines
    victim = here.box.root / "victim"
    victim.write_text("mine")
    here.box.reply_with([bash(refused.format(victim=victim)), write(str(victim), "theirs"), "the end"])
    assert here.run(f"/{skill}").stdout.strip() == "the end"
    assert [bool(result.get("is_error")) for result in here.results()] == [True, True]
    assert victim.read_text() == "mine"
    assert not here.argv.exists()
