"""`spread share`, by real commands."""

import io
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from spread.commands import share_content
from spread.errors import StoreError
from tests.e2e.world import Command, Done, Machine, World, other_words

SESSION = "8d550417-5a77-45ad-95f5-22896d4f7f1f"
CODE = re.compile(r"[a-z0-9]{6}(-[a-z]+){3}")
PHRASE = "weeks are seven days long"
OPENED = '{"type":"file-history-snapshot","messageId":"m","snapshot":{},"isSnapshotUpdate":false}\n'


@pytest.fixture
def relay(world: World) -> str:
    """A relay; with it nothing has to be found on the network."""
    return world.start_relay()


def receive(world: World, code: str, relay: str, *more: str) -> Done:
    """Receive on B."""
    return world.b.run("receive", "--relay", relay, *more, code)


def add_session(machine: Machine, session: str = SESSION, text: str = "let it parse weeks") -> Path:
    """Give a machine's project a session, where the client keeps them."""
    machine.write_turn(session, text)
    slug = re.sub("[^A-Za-z0-9]", "-", str(machine.project))
    folder = machine.home / ".claude" / "projects" / slug
    folder.mkdir(parents=True, exist_ok=True)
    return (machine.root / f"{session}.jsonl").rename(folder / f"{session}.jsonl")


def started(command: Command) -> str:
    """Return the code, once it is shown."""
    code = command.line()
    assert CODE.fullmatch(code)
    assert command.process.poll() is None
    return code


def test_this_projects_newest_session(world: World, relay: str) -> None:
    """Without arguments the project's newest session is shared; the code is the first line, told at once."""
    add_session(world.a)
    sharing = world.a.spread("share", "--relay", relay)
    got = receive(world, started(sharing), relay)
    assert got.code == 0
    assert "let it parse weeks" in got.out
    done = sharing.end()
    assert done.code == 0
    command = f"spread receive --relay {relay} {done.out.strip()}"
    assert f"on the other machine run: {command}\nwaiting for it, 30 minutes at most\n" in done.err
    assert f"session {SESSION[:8]}: let it parse weeks" in done.err
    assert "received by the other side" in done.err
    for machine, event in ((world.a, "sent"), (world.b, "received")):
        (record,) = json.loads(machine.run("log", "--json").out)
        assert (record["event"], record["peer"], record["route"]) == (event, "by code", "relay")
        assert "let it parse weeks" in record["title"]
        assert record["id"].startswith(record["session"])


def test_a_session_where_nothing_was_said_is_passed_over(world: World, relay: str) -> None:
    """One that was only opened is newer, and so may a sub-agent's be: neither is what is meant."""
    path = add_session(world.a)
    later = time.time() + 60
    for name, content in (("ffffffff-0000-4000-8000-000000000000", OPENED), ("agent-a1", path.read_text())):
        newer = path.with_name(f"{name}.jsonl")
        newer.write_text(content)
        os.utime(newer, (later, later))
    sharing = world.a.spread("share", "--relay", relay)
    assert "let it parse weeks" in receive(world, started(sharing), relay).out
    assert f"session {SESSION[:8]}: " in sharing.end().err


@pytest.mark.parametrize("how", ["--session", "a path"])
def test_a_session_that_is_named(world: World, relay: str, how: str) -> None:
    """By the beginning of its id from anywhere, or by its transcript's path."""
    add_session(world.a, text="the older goal")
    path = add_session(world.a, "ffffffff-0000-4000-8000-000000000000", text="the newer goal")
    older = str(path.with_name(f"{SESSION}.jsonl"))
    arguments = ["--session", SESSION[:8]] if how == "--session" else [older]
    sharing = world.a.spread("share", *arguments, "--relay", relay, cwd=world.a.home)
    assert "the older goal" in receive(world, started(sharing), relay).out


@pytest.mark.parametrize("how", ["a file", "stdin"])
def test_what_holds_of_a_narrative_goes_along(world: World, relay: str, how: str) -> None:
    """Claude's own account is merged, what the session does not know is left out and told."""
    add_session(world.a)
    told = json.dumps(
        {"decisions": ["Weeks begin on Mondays.", "It is all in src/invented.py."], "next": "Ask again."}
    )
    (world.a.project / "told").write_text(told)
    source = ("told", "") if how == "a file" else ("-", told)
    sharing = world.a.spread("share", "--relay", relay, "--narrative-file", source[0], stdin=source[1])
    got = receive(world, started(sharing), relay)
    assert "agent: Weeks begin on Mondays." in got.out
    assert "invented" not in got.out
    assert "let it parse weeks" in got.out
    done = sharing.end()
    assert "left out of the narrative: decisions names a path that the session does not know" in done.err


@pytest.mark.parametrize(
    "told", [None, "", "no JSON", "[]", '{"summary": "See src/invented.py."}', "{" * 99_999]
)
def test_a_narrative_that_cannot_be_used_stops_nothing(world: World, relay: str, told: str | None) -> None:
    """The session is shared without it, and that is told."""
    add_session(world.a)
    if told is not None:
        (world.a.project / "told").write_text(told)
    sharing = world.a.spread("share", "--relay", relay, "--narrative-file", "told")
    assert "let it parse weeks" in receive(world, started(sharing), relay).out
    assert "shared without the narrative: " in sharing.end().err


def test_stdin_is_shared_without_its_secrets(world: World, relay: str) -> None:
    """A text from stdin comes as it is, but for what is secret in it."""
    secret = "ghp_" + "Zx9Kq2Lm7Rt4Vw8B" + "n3Yc6Pd1Sf5Gh0JaUeQi"
    sharing = world.a.spread("share", "-", "--relay", relay, stdin=f"weeks\n{secret}\n")
    got = receive(world, started(sharing), relay)
    assert got.out.startswith("weeks\n")
    assert secret not in got.out


def test_json_names_code_room_and_relay(world: World, relay: str) -> None:
    """--json is one document with what the receiver needs."""
    (world.a.project / "notes").write_text("weeks")
    sharing = world.a.spread("share", "notes", "--relay", relay, "--json")
    told = json.loads(sharing.line())
    assert told == {"code": told["code"], "room": told["code"][:6], "relay": relay}
    assert receive(world, told["code"], relay).out == "weeks\n"


def test_the_passphrase_is_nowhere_to_be_seen(world: World, relay: str) -> None:
    """Neither in any process's arguments nor in any output, nor in what is left in our home."""
    (world.a.project / "notes").write_text("weeks")
    sharing = world.a.spread(
        "share", "notes", "--relay", relay, "--passphrase-file", "-", stdin=PHRASE + "\n"
    )
    room = sharing.line()
    assert re.fullmatch("[a-z0-9]{6}", room)
    phrase = world.b.root / "phrase"
    phrase.write_text(PHRASE)
    command = world.b.spread("receive", "--relay", relay, "--room", room, "--passphrase-file", str(phrase))
    seen = world.arguments()
    while command.process.poll() is None:
        seen += world.arguments()
    assert any(b"receive" in one for one in seen)
    assert any(b"share" in one for one in seen)
    assert not [one for one in seen if PHRASE.encode() in one]
    for done in (sharing.end(), command.end()):
        assert done.code == 0
        assert PHRASE not in done.out + done.err
    for machine in (world.a, world.b):
        files = [path for path in Path(machine.paths.home).rglob("*") if path.is_file()]
        assert not [path for path in files if PHRASE.encode() in path.read_bytes()]


def test_kept_open_it_serves_several(world: World, relay: str) -> None:
    """With --keep-open a second receiver gets it too, until Ctrl-C."""
    (world.a.project / "notes").write_text("weeks")
    sharing = world.a.spread("share", "notes", "--relay", relay, "--keep-open", "5")
    code = started(sharing)
    for _ in range(2):
        assert receive(world, code, relay).out == "weeks\n"
    assert sharing.process.poll() is None
    done = sharing.stop(signal.SIGINT)
    assert (done.code, done.err.splitlines()[-1]) == (130, "spread: interrupted")
    assert "waiting for it, 5 minutes at most\n" in done.err


def test_nobody_came(world: World, relay: str) -> None:
    """When the time is over and nobody has come, that is a failure, told."""
    done = world.a.run("share", "README", "--relay", relay, "--keep-open", "0.005")
    assert done.code == 1
    assert done.told()["error"] == "nobody came"
    assert done.told()["hint"]


def test_three_wrong_codes_burn_it(world: World, relay: str) -> None:
    """After three wrong tries both sides hear that the room is burned, and nothing was given away."""
    (world.a.project / "notes").write_text("weeks")
    sharing = world.a.spread("share", "notes", "--relay", relay)
    wrong = other_words(started(sharing))
    told = []
    for _ in range(3):
        done = receive(world, wrong, relay)
        assert (done.code, done.out) == (1, "")
        told.append(done.told())
    burned = sharing.end()
    assert burned.code == 1
    assert [one["error"] for one in told[:2]] == ["the code is wrong"] * 2
    for one in (told[2], burned.told()):
        assert "burned" in one["error"]
        assert one["cause"]
        assert "new code" in one["hint"]


def test_ctrl_c(world: World, relay: str) -> None:
    """Interrupted, it ends with 130, and the code is worth nothing any more."""
    sharing = world.a.spread("share", "README", "--relay", relay)
    code = started(sharing)
    done = sharing.stop(signal.SIGINT)
    assert (done.code, done.err.splitlines()[-1]) == (130, "spread: interrupted")
    gone = receive(world, code, relay)
    assert (gone.code, gone.told()["error"]) == (1, "no such room")


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["nowhere.md"], 1, "cannot read nowhere.md"),
        (["nowhere.jsonl"], 1, "nowhere.jsonl"),
        (["."], 1, "cannot read ."),
        (["binary"], 1, "cannot share binary"),
        (["opened.jsonl"], 1, "there is nothing to share"),
        (["--session", "nosuch"], 1, "no session is called nosuch"),
        ([], 1, "there is no session of this directory"),
        (["binary", "--session", "x"], 2, "both a file and --session are given"),
        (["README", "--relay", "ws://127.0.0.1:1"], 1, "cannot reach ws://127.0.0.1:1"),
        (["README", "--relay"], 2, "no relay is configured"),
        (["README", "--keep-open", "31"], 2, "--keep-open must be between 0 and 30 minutes"),
        (["-", "--passphrase-file", "-"], 2, "two things are to come from stdin"),
        (["--narrative-file", "-", "--passphrase-file", "-"], 2, "two things are to come from stdin"),
        (["README", "--narrative-file", "-"], 2, "a narrative belongs to a session"),
        (["README", "--passphrase-file", "nowhere"], 2, "cannot read the passphrase file"),
        (["README", "--passphrase-file", "binary"], 2, "cannot read the passphrase file"),
        (["README", "--passphrase-file", "short"], 2, "that passphrase cannot be used"),
        (["README", "--lan", "--relay", "ws://127.0.0.1:1"], 2, ""),
    ],
)
def test_what_cannot_be_shared(world: World, arguments: list[str], code: int, error: str) -> None:
    """Each is refused before any code is shown, with what to do."""
    (world.a.project / "binary").write_bytes(b"\xff\xfe\0weeks")
    (world.a.project / "short").write_text("abc\n")
    (world.a.project / "opened.jsonl").write_text(OPENED)
    done = world.a.run("share", *arguments)
    assert (done.code, done.out) == (code, "")
    assert error in done.told()["error"]
    assert done.told()["hint"]


def test_stdin_is_named_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be shared is standard input, not a dash."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    with pytest.raises(StoreError, match="cannot share standard input"):
        share_content.read_text("-")
