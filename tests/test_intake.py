"""From checkpoints to debts: every turn becomes one revision for every own machine, and nothing is lost."""

import errno
import json
import logging
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spread import distill, intake, rules, store
from spread.distillation import Distillation
from spread.intake import BROKEN_AFTER_S, MAX_CHECKPOINT_BYTES, TRANSCRIPT, follow, take_all
from spread.intake_settled import SETTLE_S
from spread.paths import Paths
from spread.peers import Peer
from tests.distill.lines import Lines
from tests.pairs import Home, befriend, new_home

SESSION = "0b1f7c52-2f5d-4a39-9f3c-6a1f0c1d2e3f"
REMOTE = "example.org/us/it"


class Desk:
    """A machine at work: its home, one project, one session, and whom it is paired with."""

    def __init__(self, folder: Path) -> None:
        self.home: Home = new_home(folder, "desk")
        self.paths: Paths = self.home.paths
        self.repository = folder / "it"
        self.repository.mkdir()
        self.git("init", "--quiet")
        self.git("remote", "add", "origin", f"https://{REMOTE}.git")
        self.transcript = folder / f"{SESSION}.jsonl"
        self.peers: dict[str, Peer] = {}
        self.turns = 0

    def git(self, *arguments: str) -> None:
        """Run git in the project."""
        subprocess.run(["git", "-C", str(self.repository), *arguments], check=True, capture_output=True)

    def pair(self, name: str, *, teammate: bool = False) -> None:
        """Pair with a machine."""
        befriend(self.home, new_home(self.repository.parent, name), now=1_000_000_000, teammate=teammate)
        self.peers = self.home.peers

    def turn(
        self, request: str = "please do it", answer: str = "It is done.", *, cwd: Path | None = None
    ) -> None:
        """Add a turn to the transcript."""
        self.turns += 1
        user = {"role": "user", "content": f"{request} ({self.turns})"}
        said = {
            "role": "assistant",
            "model": "m",
            "id": f"m{self.turns}",
            "content": [{"type": "text", "text": answer}],
        }
        with self.transcript.open("a", encoding="utf-8") as handle:
            for kind, message in (("user", user), ("assistant", said)):
                entry = {
                    "type": kind, "message": message, "uuid": f"{kind}-{self.turns}", "sessionId": SESSION,
                    "timestamp": f"2026-11-22T13:{self.turns:02}:00.000Z", "cwd": str(cwd or self.repository),
                    "version": "2.1.0", "gitBranch": "main",
                }  # fmt: skip
                handle.write(json.dumps(entry) + "\n")

    def payload(self, **changes: Any) -> bytes:
        """Return what the Stop hook is given; a value of None leaves a field out."""
        fields = {
            "session_id": SESSION, "transcript_path": str(self.transcript), "cwd": str(self.repository),
            "hook_event_name": "Stop", "last_assistant_message": "It is done.", **changes,
        }  # fmt: skip
        return json.dumps({key: value for key, value in fields.items() if value is not None}).encode() + b"\n"

    def checkpoint(
        self, name: str = "1", raw: bytes | None = None, *, age_s: float = 0, **changes: Any
    ) -> Path:
        """Leave a checkpoint as a hook would, some seconds ago."""
        path = Path(self.paths.checkpoints, name)
        path.write_bytes(self.payload(**changes) if raw is None else raw)
        then = os.stat(path).st_mtime - age_s
        os.utime(path, (then, then))
        return path

    def take(self, *, later_s: float = SETTLE_S, enrich: bool = False) -> bool:
        """Take all checkpoints, some seconds after the newest was left."""
        now = (
            max((entry.stat().st_mtime for entry in os.scandir(self.paths.checkpoints)), default=0) + later_s
        )
        return take_all(self.paths, self.peers, "desk", now, enrich=enrich)

    def checkpoints(self) -> list[str]:
        """Return the checkpoints not taken yet."""
        return sorted(os.listdir(self.paths.checkpoints))

    def quarantined(self) -> list[str]:
        """Return what is in quarantine."""
        return sorted(os.listdir(self.paths.quarantine))

    def owed(self) -> list[tuple[str, int]]:
        """Return to whom which revision is owed."""
        return sorted((debt.peer, debt.revision) for debt in store.owed(self.paths))

    def sent(self) -> Distillation:
        """Return the hand-off owed to the first peer."""
        raw = store.read_owed(self.paths, store.owed(self.paths)[0])
        assert raw is not None
        return Distillation.from_markdown(raw.decode())


@pytest.fixture
def desk(tmp_path: Path, plain_git: Path) -> Desk:
    """A machine paired with its owner's laptop, after one turn."""
    made = Desk(tmp_path)
    made.pair("laptop")
    made.turn()
    return made


# -- a turn ------------------------------------------------------------------------------------------------


def test_turn_becomes_a_debt(desk: Desk) -> None:
    """A checkpoint becomes revision 1, owed to the own machine, and is gone."""
    desk.checkpoint()
    assert desk.take()
    assert desk.owed() == [("laptop", 1)]
    made = desk.sent()
    assert (made.id, made.session_id, made.revision, made.machine) == (f"{SESSION}.1", SESSION, 1, "desk")
    assert made.project.id == REMOTE
    assert "please do it" in made.goal
    assert desk.checkpoints() == []
    assert desk.quarantined() == []


def test_nothing_to_take(desk: Desk) -> None:
    """Without checkpoints there is nothing to do, also before the home is made."""
    assert not desk.take()
    assert not take_all(Paths(desk.repository / "none"), {}, "desk", 0)


def test_next_turn_replaces_the_debt(desk: Desk) -> None:
    """Each turn makes one revision more, and only the newest is owed."""
    for revision in (1, 2, 3):
        desk.checkpoint()
        desk.take()
        assert desk.owed() == [("laptop", revision)]
        desk.turn()


def test_many_checkpoints_make_one_revision(desk: Desk) -> None:
    """Turns that came while no engine ran make one revision together."""
    for number in range(5):
        desk.checkpoint(str(number), age_s=10 - number)
    desk.take()
    assert desk.owed() == [("laptop", 1)]
    assert desk.checkpoints() == []


def test_unchanged_session_makes_no_revision(desk: Desk) -> None:
    """A checkpoint after which nothing is new makes no revision, and pays no debt."""
    for _ in range(3):
        desk.checkpoint()
        assert desk.take()
    assert desk.owed() == [("laptop", 1)]
    assert desk.checkpoints() == []


def test_what_a_client_notes_at_the_end_makes_no_revision(desk: Desk) -> None:
    """Lines that say nothing new about the work, with a dirty tree besides, are not sent and told again."""
    (desk.repository / "left.txt").write_text("not committed")
    desk.checkpoint()
    desk.take()
    note = {"type": "system", "subtype": "informational", "content": "bye", "uuid": "n", "sessionId": SESSION}
    note |= {"timestamp": "2026-11-22T13:59:00.000Z", "cwd": str(desk.repository), "version": "2.1.0"}
    with desk.transcript.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(note) + "\n")
    desk.checkpoint(hook_event_name="SessionEnd", last_assistant_message=None)
    desk.take()
    assert desk.owed() == [("laptop", 1)]


def test_sessions_are_kept_apart(desk: Desk) -> None:
    """Two sessions have their own revisions."""
    desk.checkpoint("1")
    desk.checkpoint("2", session_id="other")
    desk.take()
    assert sorted(debt.name for debt in store.owed(desk.paths)) == [f"{SESSION}.1.md", "other.1.md"]


def test_every_own_machine_and_no_teammate(desk: Desk) -> None:
    """Every machine of the same person is owed the hand-off; a teammate gets nothing unasked."""
    desk.pair("tower")
    desk.pair("colleague", teammate=True)
    desk.checkpoint()
    desk.take()
    assert desk.owed() == [("laptop", 1), ("tower", 1)]
    assert not os.path.exists(os.path.join(desk.paths.outbox, "colleague"))


def test_a_session_that_began_elsewhere(desk: Desk, tmp_path: Path) -> None:
    """It holds what was done there, too, so a teammate gets it only if that may go to them as well."""
    desk.pair("mate", teammate=True)
    secret = tmp_path / "secret"
    subprocess.run(["git", "init", "--quiet", str(secret)], check=True)
    subprocess.run(["git", "-C", str(secret), "remote", "add", "origin", "https://h.org/a/b"], check=True)
    told = desk.transcript.read_text("utf-8")
    desk.transcript.write_text(told.replace(f'"{desk.repository}"', f'"{secret}"', 1), "utf-8")
    rules.limit(desk.paths, "mate", [REMOTE])
    desk.checkpoint()
    desk.take(enrich=True)
    assert desk.owed() == [("laptop", 1)]
    assert not os.path.exists(os.path.join(desk.paths.enrich, SESSION + ".md"))
    rules.limit(desk.paths, "mate", [REMOTE, "h.org/a/b"])
    desk.turn()
    desk.checkpoint()
    desk.take()
    assert desk.owed() == [("laptop", 2), ("mate", 2)]


@pytest.mark.parametrize("whose", ["the session", "a sub-agent"])
def test_a_session_that_was_elsewhere_meanwhile(desk: Desk, tmp_path: Path, whose: str) -> None:
    """What was done there stays in its record, so no later turn goes to a teammate, though none is read anew."""
    desk.pair("mate", teammate=True)
    rules.limit(desk.paths, "mate", [REMOTE])
    secret = tmp_path / "secret"
    subprocess.run(["git", "init", "--quiet", str(secret)], check=True)
    subprocess.run(["git", "-C", str(secret), "remote", "add", "origin", "https://h.org/a/b"], check=True)
    desk.checkpoint()
    desk.take()
    assert desk.owed() == [("laptop", 1), ("mate", 1)]
    if whose == "a sub-agent":
        own = desk.transcript
        desk.transcript = tmp_path / SESSION / "subagents" / "agent-a1.jsonl"
        desk.transcript.parent.mkdir(parents=True)
        desk.turn(cwd=secret)
        desk.transcript = own
    else:
        desk.turn(cwd=secret)
    for revision in (2, 3):
        desk.turn()
        desk.checkpoint()
        desk.take()
        assert desk.owed() == [("laptop", revision), ("mate", 1)]


def test_session_end_keeps_the_last_message(desk: Desk) -> None:
    """A SessionEnd right after a Stop, which knows no last message, does not lose the Stop's."""
    desk.checkpoint("1", last_assistant_message="The tests still fail in the parser.", age_s=5)
    desk.checkpoint("2", last_assistant_message=None, hook_event_name="SessionEnd")
    desk.take()
    assert "still fail in the parser" in desk.sent().summary


def test_later_message_counts(desk: Desk) -> None:
    """Of two Stops the later one's message counts, in whatever order their files are named."""
    desk.checkpoint("1", last_assistant_message="This is the later message.")
    desk.checkpoint("2", last_assistant_message="This came earlier.", age_s=5)
    desk.take()
    assert "This is the later message." in desk.sent().summary


def test_what_the_client_still_writes_is_waited_for(desk: Desk) -> None:
    """A transcript without the turn's last message is looked at again, and taken as it is in the end."""
    desk.checkpoint(last_assistant_message="Not there yet.")
    waiting: set[str] = set()
    at = os.stat(Path(desk.paths.checkpoints, "1")).st_mtime
    assert not take_all(desk.paths, desk.peers, "desk", at + SETTLE_S / 2, waiting=waiting)
    assert (waiting, desk.checkpoints(), desk.owed()) == ({SESSION}, ["1"], [])
    desk.turn(answer="Not there yet.")
    waiting.clear()
    assert take_all(desk.paths, desk.peers, "desk", at + SETTLE_S / 2, waiting=waiting)
    assert (waiting, desk.checkpoints()) == (set(), [])
    assert desk.sent().last_request == "please do it (2)"
    for later_s in (SETTLE_S, -60):  # the clock may be set back
        desk.checkpoint(last_assistant_message=f"Never there, {later_s}.")
        assert desk.take(later_s=later_s)


def test_a_sessions_end_is_not_waited_for(desk: Desk) -> None:
    """At its end the file is complete, whatever the last message was."""
    desk.checkpoint("1", age_s=1, last_assistant_message="Not there yet.")
    desk.checkpoint("2", hook_event_name="SessionEnd", last_assistant_message=None)
    assert desk.take(later_s=0)


BUSY = [{"id": "b1", "type": "shell", "status": "running", "description": "x", "command": "sleep 9"}]


def test_what_still_runs_is_not_sent_as_finished(desk: Desk) -> None:
    """While something runs in the background the hand-off says so; the turn after its end is a new revision."""
    desk.checkpoint(background_tasks=BUSY)
    desk.take()
    first = desk.sent()
    assert first.state == "no change, still running"
    assert first.title.endswith("[no change, still running]")
    desk.checkpoint(background_tasks=[])
    desk.take()
    assert (desk.sent().revision, desk.sent().state) == (2, "no change")


def test_at_a_sessions_end_nothing_runs_any_more(desk: Desk) -> None:
    """A SessionEnd, whose payload has no list, ends what ran; also when it is taken together with the Stop."""
    desk.checkpoint("1", age_s=1, background_tasks=BUSY)
    desk.checkpoint("2", hook_event_name="SessionEnd", last_assistant_message=None)
    desk.take()
    assert desk.sent().state == "no change"


@pytest.mark.parametrize(
    "tasks", [None, [], {}, "x", [3], [{"status": "completed"}], [{"status": "failed"}, {"status": "killed"}]]
)
def test_nothing_runs(desk: Desk, tasks: object) -> None:
    """What is no list of running tasks says nothing."""
    desk.checkpoint(background_tasks=tasks)
    desk.take()
    assert desk.sent().state == "no change"


def test_a_cd_into_another_repository_inside_keeps_the_project(desk: Desk) -> None:
    """The session's project is where it began, though the model went into a repository that lies in it."""
    inner = desk.repository / "vendor" / "lib"
    inner.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "theirs", str(inner)], check=True)
    subprocess.run(
        ["git", "-C", str(inner), "remote", "add", "origin", "https://example.org/other/lib.git"], check=True
    )
    desk.checkpoint(cwd=str(inner))
    desk.take()
    assert desk.sent().project.id == REMOTE


def test_a_cd_into_a_worktree_is_followed(desk: Desk) -> None:
    """A work tree of the same project below the first is where the work is: its branch counts."""
    desk.git("-c", "user.name=d", "-c", "user.email=d@d.example", "commit", "-q", "--allow-empty", "-m", "x")
    desk.git("worktree", "add", "-q", "-b", "feature", str(desk.repository / "trees" / "feature"))
    desk.checkpoint(cwd=str(desk.repository / "trees" / "feature"))
    desk.take()
    assert (desk.sent().project.id, desk.sent().project.branch) == (REMOTE, "feature")


def test_a_session_continued_elsewhere_is_there(desk: Desk, tmp_path: Path) -> None:
    """Resumed in another project, which does not lie in the first, it belongs to that one."""
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    subprocess.run(
        ["git", "-C", str(other), "remote", "add", "origin", "https://example.org/us/other.git"], check=True
    )
    desk.checkpoint(cwd=str(other))
    desk.take()
    assert desk.sent().project.id == "example.org/us/other"


def test_secrets_do_not_leave(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that this machine knows from its environment is not in what is owed."""
    secret = os.urandom(20).hex()
    monkeypatch.setenv("SERVICE_API_KEY", secret)
    desk.turn(request=f"use {secret} for the service")
    desk.checkpoint(last_assistant_message=f"I used {secret}.")
    desk.take()
    raw = store.read_owed(desk.paths, store.owed(desk.paths)[0])
    assert raw is not None
    assert secret not in raw.decode()
    assert secret.encode() not in b"".join(p.read_bytes() for p in Path(desk.paths.sessions).iterdir())


# -- what is not sent --------------------------------------------------------------------------------------


def test_local_project_is_not_sent(desk: Desk) -> None:
    """A project that no other machine can know is distilled and never enters the outbox."""
    elsewhere = desk.repository.parent / "elsewhere"
    elsewhere.mkdir()
    for number, cwd in enumerate((str(elsewhere), str(elsewhere / "gone"), None, 5)):
        desk.checkpoint(str(number), cwd=cwd, session_id=f"s{number}")
    desk.take()
    assert os.listdir(desk.paths.outbox) == []
    assert desk.checkpoints() == desk.quarantined() == []


def test_paused_project_is_not_sent(desk: Desk) -> None:
    """A paused project makes no revision; resumed, its next turn does."""
    Path(desk.paths.paused_projects).write_text(f"other/project\n\n {REMOTE} \n", encoding="utf-8")
    desk.checkpoint()
    assert desk.take()
    assert desk.owed() == []
    assert os.listdir(desk.paths.sessions) == []
    assert desk.checkpoints() == []
    os.unlink(desk.paths.paused_projects)
    desk.checkpoint()
    desk.take()
    assert desk.owed() == [("laptop", 1)]


def test_paused_projects(desk: Desk) -> None:
    """The paused projects are the lines of their file; without it there are none."""
    assert rules.paused_projects(desk.paths) == set()
    Path(desk.paths.paused_projects).write_text("one\n\n two \n", encoding="utf-8")
    assert rules.paused_projects(desk.paths) == {"one", "two"}


def test_session_without_a_transcript_yet(desk: Desk) -> None:
    """A session that ended before its transcript was written is nothing, and no fault."""
    desk.checkpoint(transcript_path=str(desk.transcript) + "-none")
    assert desk.take()
    assert desk.owed() == []
    assert desk.checkpoints() == desk.quarantined() == []


def test_a_session_where_nothing_was_said_is_not_sent(desk: Desk) -> None:
    """Opened and closed: as the newest it would be given to the next session, in place of one that says something."""
    opened = desk.repository.parent / "opened.jsonl"
    lines = Lines(str(desk.repository))
    lines.user("<command-name>/exit</command-name>\n<command-message>exit</command-message>")
    opened.write_bytes(lines.data())
    desk.checkpoint(
        session_id="other", transcript_path=str(opened), hook_event_name="SessionEnd", last_assistant_message=None
    )  # fmt: skip
    assert desk.take()
    assert desk.owed() == []
    assert desk.checkpoints() == desk.quarantined() == []


@pytest.mark.parametrize(
    ("request_", "answer"),
    [("go on", "ok"), ("hi", "Hello! How can I help you today?"), ("continue", "With what shall I go on?")],
)
def test_a_session_that_tells_nothing_is_not_sent(desk: Desk, request_: str, answer: str) -> None:
    """As one where nothing was said; once there is something to go on with, all of it is."""
    talked = desk.repository.parent / "talked.jsonl"
    lines = Lines(str(desk.repository))
    lines.user(request_)
    lines.say(answer)
    talked.write_bytes(lines.data())
    desk.checkpoint(session_id="other", transcript_path=str(talked), last_assistant_message=answer)
    assert desk.take()
    assert desk.owed() == []
    lines.user("make the parser take days as well")
    lines.say("It takes days now.")
    talked.write_bytes(lines.data())
    desk.checkpoint(
        session_id="other", transcript_path=str(talked), last_assistant_message="It takes days now."
    )
    assert desk.take()
    assert desk.owed() == [("laptop", 1)]


def test_what_was_found_without_a_goal_is_sent(desk: Desk) -> None:
    """Nobody asked for more than to go on, but there is something to go on with."""
    talked = desk.repository.parent / "talked.jsonl"
    found = "The parser drops the last unit of a text: it looks for a digit behind it, and there is none at the end."
    lines = Lines(str(desk.repository))
    lines.user("go on")
    lines.say(found)
    talked.write_bytes(lines.data())
    desk.checkpoint(session_id="other", transcript_path=str(talked), last_assistant_message=found)
    assert desk.take()
    assert desk.owed() == [("laptop", 1)]


# -- damaged checkpoints -----------------------------------------------------------------------------------

WHOLE: Callable[[Desk], bytes] = Desk.payload
BROKEN: dict[str, Callable[[Desk], bytes]] = {
    "empty": lambda desk: b"",
    "half a line": lambda desk: desk.payload()[:40],
    "half a line, ended": lambda desk: desk.payload()[:40] + b"\n",
    "no end": lambda desk: desk.payload()[:-2],
    "two lines": lambda desk: desk.payload() * 2,
    "no UTF-8": lambda desk: b"\xff\n",
    "nested": lambda desk: b"[" * 100_000 + b"\n",
    "a list": lambda desk: b"[]\n",
    "no session": lambda desk: desk.payload(session_id=None),
    "hostile session": lambda desk: desk.payload(session_id="../../x"),
    "no transcript": lambda desk: desk.payload(transcript_path=None),
    "transcript of a wrong kind": lambda desk: desk.payload(transcript_path=5),
    "too large": lambda desk: desk.payload(last_assistant_message="x" * MAX_CHECKPOINT_BYTES),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_checkpoint_is_left_alone_then_quarantined(desk: Desk, kind: str) -> None:
    """A checkpoint that is not whole may still be being written; after two minutes it is set aside, with the reason."""
    raw = BROKEN[kind](desk)
    desk.checkpoint("cut", raw)
    assert not desk.take(later_s=BROKEN_AFTER_S)
    assert desk.checkpoints() == ["cut"]
    assert desk.quarantined() == []
    assert not desk.take(later_s=BROKEN_AFTER_S + 1)
    assert desk.checkpoints() == []
    assert desk.quarantined() == ["cut", "cut.why"]
    assert Path(desk.paths.quarantine, "cut").read_bytes() == raw
    why = Path(desk.paths.quarantine, "cut.why").read_text(encoding="utf-8")
    assert "not one whole JSON object" in why
    assert desk.owed() == []


def test_checkpoint_without_a_lines_end(desk: Desk) -> None:
    """A client that ends its payload with no line's end has said all of it."""
    raw = desk.payload()
    assert raw.endswith(b"}\n")
    desk.checkpoint(raw=raw[:-1])
    assert desk.take()
    assert (len(desk.owed()), desk.checkpoints(), desk.quarantined()) == (1, [], [])


def test_checkpoint_finished_in_time(desk: Desk) -> None:
    """A checkpoint that was half written is taken when it is whole."""
    path = desk.checkpoint(raw=desk.payload()[:-20])
    assert not desk.take()
    with path.open("ab") as handle:
        handle.write(desk.payload()[-20:])
    assert desk.take()
    assert desk.owed() == [("laptop", 1)]


def test_broken_checkpoint_does_not_hold_up_others(desk: Desk) -> None:
    """Beside a broken checkpoint, whole ones are taken."""
    desk.checkpoint("cut", b"{", age_s=BROKEN_AFTER_S + 60)
    desk.checkpoint("whole")
    desk.take()
    assert desk.owed() == [("laptop", 1)]
    assert desk.quarantined() == ["cut", "cut.why"]


def test_other_files_are_left_alone(desk: Desk) -> None:
    """Hidden files and directories among the checkpoints are not checkpoints."""
    desk.checkpoint(".hidden", age_s=1000)
    os.mkdir(os.path.join(desk.paths.checkpoints, "folder"))
    assert not desk.take()
    assert desk.checkpoints() == [".hidden", "folder"]


# -- damaged transcripts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [b"", b"no transcript\n", b"{}\n", None])
def test_unreadable_transcript_is_quarantined(desk: Desk, raw: bytes | None) -> None:
    """A transcript that is none sets the checkpoint aside with the reason; other sessions go on."""
    broken = desk.repository.parent / "broken.jsonl"
    if raw is None:
        broken.mkdir()
    else:
        broken.write_bytes(raw)
    desk.checkpoint("broken", session_id="other", transcript_path=str(broken))
    desk.checkpoint("whole")
    assert desk.take()
    assert desk.checkpoints() == []
    assert desk.quarantined() == ["broken", "broken.why"]
    assert "transcript" in Path(desk.paths.quarantine, "broken.why").read_text(encoding="utf-8")
    assert desk.owed() == [("laptop", 1)]


@pytest.mark.parametrize("last", ["It is done.", None])
def test_a_pipe_as_a_transcript_is_not_waited_for(desk: Desk, last: str | None) -> None:
    """What is no plain file is refused with the reason, whether a last message is looked for in it or not."""
    pipe = desk.repository.parent / "pipe.jsonl"
    os.mkfifo(pipe)
    desk.checkpoint("piped", session_id="other", transcript_path=str(pipe), last_assistant_message=last)
    assert desk.take(later_s=0)
    assert desk.quarantined() == ["piped", "piped.why"]
    assert "no plain file" in Path(desk.paths.quarantine, "piped.why").read_text(encoding="utf-8")


def test_bug_in_one_session_does_not_stop_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """When distilling fails in a way nobody foresaw, that session is set aside, told without its content."""
    real = distill.distill

    def distil(path: str, **arguments: Any) -> Distillation:
        if "odd" in path:
            raise KeyError("something the user wrote")
        return real(path, **arguments)

    monkeypatch.setattr(distill, "distill", distil)
    odd = desk.repository.parent / "odd.jsonl"
    odd.write_bytes(desk.transcript.read_bytes())
    desk.checkpoint("odd", session_id="odd", transcript_path=str(odd))
    desk.checkpoint("whole")
    desk.take()
    assert desk.owed() == [("laptop", 1)]
    assert desk.quarantined() == ["odd", "odd.why"]
    why = Path(desk.paths.quarantine, "odd.why").read_text(encoding="utf-8")
    assert "KeyError" in why
    assert "something the user wrote" not in why


def no_space(*arguments: object) -> None:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["put", "_remember"])
def test_full_disk_loses_no_turn(desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """When the disk is full the checkpoint waits, and is taken when there is room again."""
    desk.checkpoint()
    with monkeypatch.context() as patch:
        patch.setattr(store if where == "put" else intake, where, no_space)
        desk.take()
    assert desk.checkpoints() == ["1"]
    assert desk.quarantined() == []
    desk.take()
    assert [peer for peer, _ in desk.owed()] == ["laptop"]
    assert desk.checkpoints() == []


def test_half_of_the_peers_are_not_owed_the_same_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one peer may have got before the disk was full keeps its number, so that it is known there."""
    desk.pair("tablet")
    desk.checkpoint()
    with monkeypatch.context() as patch:
        whole = store.put

        def put(paths: Paths, peer: str, session: str, revision: int, text: str) -> None:
            if peer == "tablet":
                no_space()
            whole(paths, peer, session, revision, text)

        patch.setattr(store, "put", put)
        desk.take()
    assert desk.owed() == [("laptop", 1)]
    desk.take()
    assert desk.owed() == [("laptop", 1), ("tablet", 1)]
    desk.turn("and now something else")
    desk.checkpoint("2")
    desk.take()
    assert desk.owed() == [("laptop", 2), ("tablet", 2)]


def test_what_stays_refused_ends_in_quarantine(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be taken for two minutes is set aside, with the reason; but a full disk is waited for."""
    desk.checkpoint("old", age_s=1)
    desk.checkpoint("new")
    with monkeypatch.context() as full:
        full.setattr(store, "put", no_space)
        desk.take(later_s=BROKEN_AFTER_S + 1)
    assert (desk.checkpoints(), desk.quarantined()) == (["new", "old"], [])

    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(store, "put", refused)
    desk.take(later_s=BROKEN_AFTER_S + 1)
    assert desk.checkpoints() == []
    assert desk.quarantined() == ["new", "new.why"]
    assert os.strerror(errno.EACCES) in Path(desk.paths.quarantine, "new.why").read_text(encoding="utf-8")


def test_checkpoint_that_cannot_be_quarantined_stays(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """When even the quarantine fails, the checkpoint stays where it is and the log says so."""
    desk.transcript.write_bytes(b"")
    desk.checkpoint()
    os.mkdir(os.path.join(desk.paths.quarantine, "1"))
    desk.take()
    assert desk.checkpoints() == ["1"]
    assert "cannot quarantine 1" in caplog.text


# -- revisions survive -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\xff", b"[]", b"{}", b'{"revision": "7"}', b'{"revision": true}']
)
def test_damaged_session_state_jumps_revisions(desk: Desk, damage: bytes) -> None:
    """When a session's number is lost the next one is far above it, so that no peer takes it for an old one."""
    desk.checkpoint()
    desk.take()
    path = Path(desk.paths.sessions, f"{SESSION}.json")
    path.write_bytes(damage)
    desk.turn()
    desk.checkpoint()
    desk.take()
    ((_, first),) = desk.owed()
    assert first > 1_000_000_000
    desk.turn()
    desk.checkpoint()
    desk.take()
    assert desk.owed() == [("laptop", first + 1)]


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO, errno.ENOMEM])
def test_what_cannot_be_read_for_a_moment_is_not_damaged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The number of a session is the next one after too many files were open, or a disk failed, for a while."""
    desk.checkpoint()
    desk.take()
    desk.turn()
    desk.checkpoint()
    path = os.path.join(desk.paths.sessions, f"{SESSION}.json")

    def failing(file: object, *arguments: object, **more: object) -> object:
        if file == path:
            raise OSError(number, os.strerror(number))
        return open(file, *arguments, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(intake, "open", failing, raising=False)
        desk.take()
    assert desk.checkpoints() != []
    desk.take()
    assert desk.checkpoints() == []
    assert desk.owed() == [("laptop", 2)]


def test_revision_is_reserved_before_it_leaves(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number whose hand-off may already have left is never used for another content, whatever is cut off."""

    class Crash(BaseException):
        pass

    def die(*arguments: object) -> None:
        raise Crash

    desk.pair("tower")
    real, left = store.put, 1

    def put(*arguments: Any) -> None:
        nonlocal left
        if left == 0:
            raise Crash
        left -= 1
        real(*arguments)

    desk.checkpoint()
    with monkeypatch.context() as patch:
        patch.setattr(store, "put", put)
        with pytest.raises(Crash):
            desk.take()
    assert len(desk.owed()) == 1
    desk.turn()
    desk.take()
    assert desk.owed() == [("laptop", 2), ("tower", 2)]
    assert desk.checkpoints() == []


def test_state_is_private_and_holds_no_content(desk: Desk) -> None:
    """What is remembered of a session is its number, a digest, and the names of whom it was owed to."""
    desk.checkpoint()
    desk.take()
    path = Path(desk.paths.sessions, f"{SESSION}.json")
    data = json.loads(path.read_bytes())
    assert set(data) == {"revision", "sha256", "told"}
    assert data["revision"] == 1
    assert len(data["sha256"]) == 64
    assert path.stat().st_mode & 0o777 == 0o600


def test_log_names_no_content(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The log tells sessions and sizes, not what was said."""
    caplog.set_level(logging.DEBUG)
    desk.checkpoint()
    desk.take()
    assert f"session {SESSION}: revision 1" in caplog.text
    assert "please do it" not in caplog.text
    assert "It is done" not in caplog.text


def test_merged_keeps_its_own_message() -> None:
    """A newer checkpoint with a message of its own keeps it."""
    one = intake.Checkpoint("p", "s", "t", "", "old", 1.0)
    assert intake._merged(one, replace(one, last_message="new")).last_message == "new"
    assert intake._merged(None, replace(one, last_message=None)).last_message is None


# -- numbers that went back --------------------------------------------------------------------------------


def test_renumber(desk: Desk) -> None:
    """A debt is owed under the higher number, and the session counts on from there."""
    desk.checkpoint()
    desk.take()
    before = desk.sent()
    intake.renumber(desk.paths, "laptop", SESSION, 1, 8)
    assert desk.owed() == [("laptop", 8)]
    assert desk.sent() == replace(before, revision=8, id=f"{SESSION}.8")
    desk.checkpoint()
    desk.take()
    assert desk.owed() == [("laptop", 8)], "nothing is new"
    desk.turn()
    desk.checkpoint()
    desk.take()
    assert desk.owed() == [("laptop", 9)]


def test_renumber_never_counts_back(desk: Desk) -> None:
    """A number below the session's own leaves the session where it is."""
    for _ in range(3):
        desk.checkpoint()
        desk.take()
        desk.turn()
    intake.renumber(desk.paths, "laptop", SESSION, 3, 2)
    desk.checkpoint()
    desk.take()
    assert desk.owed() == [("laptop", 4)]


def test_renumber_of_what_was_half_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken again after a death keeps the number that it got meanwhile, so nobody is told it twice."""

    class Crash(BaseException):
        pass

    def put(*arguments: Any) -> None:
        real(*arguments)
        raise Crash

    desk.checkpoint()
    with monkeypatch.context() as patch:
        real = store.put
        patch.setattr(store, "put", put)
        with pytest.raises(Crash):
            desk.take()
    intake.renumber(desk.paths, "laptop", SESSION, 1, 8)
    desk.take()
    assert desk.owed() == [("laptop", 8)]
    assert desk.checkpoints() == []


def test_renumber_of_no_debt(desk: Desk) -> None:
    """What was settled meanwhile is not owed again."""
    intake.renumber(desk.paths, "laptop", SESSION, 1, 8)
    assert desk.owed() == []
    assert os.listdir(desk.paths.sessions) == []


# -- a narrative -------------------------------------------------------------------------------------------


def test_a_copy_waits_for_a_narrative_only_where_wanted(desk: Desk) -> None:
    """With enrichment the newest revision of a session lies in `enrich/` too; without, nothing does."""
    desk.checkpoint()
    desk.take()
    assert not os.path.exists(desk.paths.enrich)
    desk.turn()
    desk.checkpoint()
    desk.take(enrich=True)
    assert os.listdir(desk.paths.enrich) == [f"{SESSION}.md"]
    text = Path(desk.paths.enrich, f"{SESSION}.md").read_text(encoding="utf-8")
    assert Distillation.from_markdown(text) == desk.sent()
    size = desk.transcript.stat().st_size
    assert text.rpartition(TRANSCRIPT)[2] == f"{size} {desk.transcript}"


@pytest.mark.parametrize("nobody", ["no peer", "a teammate"])
def test_what_goes_nowhere_gets_no_narrative(desk: Desk, nobody: str) -> None:
    """Nothing is asked for what no own machine will get."""
    desk.peers = {name: replace(peer, teammate=True) for name, peer in desk.peers.items()}
    desk.peers = {} if nobody == "no peer" else desk.peers
    desk.checkpoint()
    desk.take(enrich=True)
    assert not os.path.exists(desk.paths.enrich)


def test_an_enriched_revision_follows(desk: Desk) -> None:
    """It is owed as the next revision in place of the plain one, once; the same turn again makes no other."""
    desk.checkpoint()
    desk.take()
    made = replace(desk.sent(), decisions=("agent: it was simpler",))
    assert follow(desk.paths, desk.peers, made)
    assert desk.owed() == [("laptop", 2)]
    assert desk.sent() == replace(made, revision=2, id=f"{SESSION}.2")
    assert not follow(desk.paths, desk.peers, made)
    desk.checkpoint("again")
    desk.take()
    assert desk.owed() == [("laptop", 2)]


@pytest.mark.parametrize("named", ["before", "meanwhile"])
def test_a_narrative_for_a_teammate(desk: Desk, named: str) -> None:
    """It goes where the plain one went: a project that is named for a teammate only meanwhile brings it no old turn."""
    desk.pair("mate", teammate=True)
    rules.limit(desk.paths, "mate", [REMOTE] if named == "before" else [])
    desk.checkpoint()
    desk.take()
    rules.limit(desk.paths, "mate", [REMOTE])
    assert follow(desk.paths, desk.peers, replace(desk.sent(), decisions=("agent: it was simpler",)))
    assert desk.owed() == [("laptop", 2)] + ([("mate", 2)] if named == "before" else [])


def test_a_newer_turn_outdates_a_narrative(desk: Desk) -> None:
    """A narrative of an older turn is dropped, and so is one of a project that was paused meanwhile."""
    desk.checkpoint()
    desk.take()
    made = desk.sent()
    desk.turn()
    desk.checkpoint()
    desk.take()
    assert not follow(desk.paths, desk.peers, made)
    assert desk.owed() == [("laptop", 2)]
    made = replace(desk.sent(), project=replace(desk.sent().project, elsewhere=("github.com/other/work",)))
    for paused in (REMOTE, "github.com/other/work"):
        Path(desk.paths.paused_projects).write_text(f"{paused}\n")
        assert not follow(desk.paths, desk.peers, made)
    Path(desk.paths.paused_projects).write_text("")
    assert follow(desk.paths, desk.peers, made)
