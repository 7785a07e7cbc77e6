"""`spread receive`, by real commands; and `take` against senders that lie."""

import asyncio
import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from spread import claude, history, names
from spread.commands import common, receive, share_content, share_room, terminal, unfinished
from spread.commands.share_content import Content
from spread.distillation import Distillation
from spread.errors import DistillationError, ProtocolError, RoomError, RouteError, SpreadError
from spread.net import meet
from spread.net.server import Policy, Server
from spread.paths import Paths, write_atomic
from spread.protocol import room
from tests.e2e.world import NOT_OURS, World, listening_ports, wait_until

WORDS = "amber-tiger-lamp"
TEXT = "# weeks\n\n\x1b[31mseven\x1b[0m days \u202eneves\n"


@pytest.fixture
def relay(world: World) -> str:
    """A relay; with it nothing has to be found on the network."""
    return world.start_relay()


@pytest.fixture
def offer(world: World, relay: str) -> str:
    """The code of a text that A shares at the relay."""
    return world.a.spread("share", "-", "--relay", relay, stdin=TEXT).line()


def test_a_text_is_printed_without_what_steers_a_terminal(world: World, relay: str, offer: str) -> None:
    """Result on stdout, the rest on stderr; control and bidi characters are made visible or dropped."""
    done = world.b.run("receive", "--relay", relay, offer)
    assert done.code == 0
    assert done.out.startswith("# weeks\n")
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert "seven" in done.out
    assert re.search(r"^coming: text “text”, \d+ bytes, by relay\n", done.err)
    assert re.search(r"received text “text” \(\d+ bytes, by relay\)", done.err)
    for machine, event in ((world.a, "sent"), (world.b, "received")):
        wait_until("it is written down", lambda at=machine: list(history.records(at.paths)))  # type: ignore[misc]
        (record,) = history.records(machine.paths)
        assert (record.event, record.peer, record.route, record.title) == (
            event,
            history.BY_CODE,
            "relay",
            "text",
        )


@pytest.mark.parametrize("fancy", [True, False])
def test_a_person_is_shown_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fancy: bool
) -> None:
    """On a terminal a hand-off reads as `spread show` has it; a script gets all of it, as it came."""
    made = Distillation("s.1", "s", revision=1, goal="days too \x1b[2J")
    shared = receive.Shared("distillation", "days", made.to_markdown().encode(), "lan", made=made)
    monkeypatch.setattr(terminal, "is_fancy", lambda: fancy)
    receive._present(shared, None, False)
    out, told = capsys.readouterr()
    assert "days too" in out
    assert ("it is kept nowhere else; next: " in told) is fancy
    assert "\x1b[2J" not in out
    assert ("session_id = " in out) is not fancy


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no disk that is always full")
def test_what_cannot_be_printed_still_waits(world: World, relay: str, offer: str) -> None:
    """On a full disk the other side is not told that it was received, and the next run gets it."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "spread.cli", "receive", "--relay", relay, offer], stdout=full,
            stderr=subprocess.PIPE, text=True, timeout=60, check=False, env=world.b.env(), cwd=world.b.project,
        )  # fmt: skip
    assert done.returncode == 1
    assert "spread: error: cannot write to standard output\nspread: cause: No space left" in done.stderr
    assert "the other side still waits" in done.stderr
    again = world.b.run("receive", "--relay", relay, offer)
    assert again.code == 0
    assert again.out.startswith("# weeks\n")


def test_what_is_printed_is_not_printed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into a file it goes before the other side hears of it; what breaks off then shows it once."""
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        page = receive._Page(None, False)
        for _ in range(2):
            page.keep(receive.Shared("text", "n", b"weeks", "lan"))
        page.show(receive.Shared("text", "n", b"weeks", "lan"))
    assert (tmp_path / "out").read_text() == "weeks\n"


def test_a_file_gets_the_very_bytes(world: World, relay: str, offer: str) -> None:
    """With -o what was shared is there as it was, for its owner only; stdout names the file."""
    done = world.b.run("receive", "--relay", relay, offer, "-o", "got.md")
    got = world.b.project / "got.md"
    assert (done.code, done.out) == (0, "got.md\n")
    assert got.read_text(encoding="utf-8") == TEXT
    assert got.stat().st_mode & 0o777 == 0o600


def test_json_has_the_content_as_it_was(world: World, relay: str, offer: str) -> None:
    """--json is one document."""
    done = world.b.run("receive", "--relay", relay, "--json", offer)
    assert json.loads(done.out) == {"kind": "text", "name": "text", "content": TEXT}


def test_the_code_from_stdin(world: World, relay: str, offer: str) -> None:
    """`-` takes the code from stdin, so that it stands in no list of processes."""
    done = world.b.run("receive", "--relay", relay, "--json", "-", stdin=offer + "\n")
    assert json.loads(done.out)["content"] == TEXT


def test_for_claude_it_is_framed_as_data(world: World, relay: str, offer: str) -> None:
    """Run by the client, every line of it is quoted inside our frame."""
    done = world.b.run("receive", "--relay", relay, offer, CLAUDECODE="1")
    lines = done.out.rstrip("\n").splitlines()
    assert lines[-1] == claude.CLOSING.splitlines()[-1]
    assert "| # weeks" in lines
    assert "\x1b" not in done.out


def test_a_host_without_mdns(world: World) -> None:
    """--host HOST:PORT joins a room there directly."""
    sharing = world.a.spread("share", "README")
    code = sharing.line()
    port = listening_port(sharing.process.pid)
    done = world.b.run("receive", "--host", f"127.0.0.1:{port}", code)
    assert (done.code, done.out) == (0, "a parser\n")
    assert sharing.end().code == 0


def listening_port(pid: int) -> int:
    """Return the port a process listens on, as soon as it does: a code is shown a moment before."""
    wait_until("it listens", lambda: listening_ports(pid))
    return listening_ports(pid)[0]


def test_a_wrong_passphrase(world: World, relay: str) -> None:
    """It is told as such, exit 1, and the right one still works."""
    phrases = {"right": "weeks are seven days", "wrong": "weeks are eight days"}
    for name, phrase in phrases.items():
        (world.b.root / name).write_text(phrase + "\n")
    right = str(world.b.root / "right")
    room = world.a.spread("share", "README", "--relay", relay, "--passphrase-file", right).line()
    arguments = ["receive", "--relay", relay, "--room", room, "--passphrase-file"]
    wrong = world.b.run(*arguments, str(world.b.root / "wrong"))
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong.told()["error"] == "the passphrase is wrong"
    assert "code" not in wrong.told()["hint"]
    assert world.b.run(*arguments, right).out == "a parser\n"


@pytest.mark.parametrize("what", ["no folder", "a folder", "a link", "a pipe"])
def test_where_nothing_can_or_may_be_written(world: World, relay: str, offer: str, what: str) -> None:
    """Said before anything is asked for: nothing is received, nothing written, and the share still waits."""
    folder = world.b.project
    (folder / "victim").write_text("mine")
    output = {"no folder": "no/such/folder", "a folder": "there", "a link": "link", "a pipe": "pipe"}[what]
    (folder / "there").mkdir()
    (folder / "link").symlink_to("victim")
    os.mkfifo(folder / "pipe")
    done = world.b.run("receive", "--relay", relay, offer, "-o", output)
    assert (done.code, done.out) == (1, "")
    assert done.told()["error"] == f"cannot write {output}"
    assert done.told()["hint"]
    assert "coming" not in done.err
    assert (folder / "victim").read_text() == "mine"
    assert (folder / "link").is_symlink()
    assert world.b.run("receive", "--relay", relay, offer, "-o", "got.md").code == 0


def test_a_link_put_there_meanwhile_is_not_followed(home: Paths, tmp_path: Path) -> None:
    """Between the look and the writing too: the link is replaced, what it names stays as it is."""
    victim, output = tmp_path / "victim", tmp_path / "out"
    victim.write_text("mine")
    receive._check_output(str(output))
    output.symlink_to(victim)
    write_atomic(str(output), b"theirs")
    assert victim.read_text() == "mine"
    assert not output.is_symlink()
    assert output.read_text() == "theirs"


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        ([], 2, "a code or a passphrase is needed"),
        (["--room", "a7f3b2"], 2, "a code or a passphrase is needed"),
        (["a7f3b2"], 2, "a code or a passphrase is needed"),
        (["amber-tiger-lamp"], 2, "that is no code"),
        (["a7f3b2-amber-tiger"], 2, "that is no code"),
        (["a7f3b2-amber-tiger-lamp", "--room", "a7f3b2"], 2, "both a code and --room are given"),
        (["a7f3b2-amber-tiger-lamp", "--passphrase-file", "phrase"], 2, "both a whole code and a passphrase"),
        (["--passphrase-file", "phrase", "--relay", "ws://127.0.0.1:1"], 2, "--relay needs the room"),
        (["--passphrase-file", "phrase", "--host", "127.0.0.1:1"], 2, "--host needs the room"),
        (["a7f3b2-amber-tiger-lamp", "--relay"], 2, "no relay is configured"),
        (["--passphrase-file", "/no/such"], 2, "cannot read the passphrase file /no/such"),
        (["--passphrase-file", "phrase", "--room", "nosuchroom"], 2, "that is no room"),
        (["a7f3b2-amber-tiger-lamp", "--host", "127.0.0.1"], 2, "127.0.0.1 is no HOST:PORT"),
        (["a7f3b2-amber-tiger-lamp", "--host", "::1"], 2, "::1 is no HOST:PORT"),
        (["a7f3b2-amber-tiger-lamp", "--host", "localhost:99999"], 2, "localhost:99999 is no HOST:PORT"),
        ([f"{NOT_OURS}-{WORDS}", "--relay", "ws://127.0.0.1:1"], 1, "cannot reach ws://127.0.0.1:1"),
        ([f"{NOT_OURS}-{WORDS}", "--relay", "http://127.0.0.1:1"], 2, "is no relay's address"),
        ([f"{NOT_OURS}-{WORDS}", "--host", "127.0.0.1:1"], 1, "cannot reach ws://127.0.0.1:1"),
    ],
)
def test_what_cannot_be_received(world: World, arguments: list[str], code: int, error: str) -> None:
    """Each is told at once, without a terminal nobody is asked, and there is a hint."""
    (world.b.project / "phrase").write_text("weeks are seven days\n")
    done = world.b.run("receive", *arguments)
    assert (done.code, done.out) == (code, "")
    assert error in done.told()["error"]
    assert done.told()["hint"]


@pytest.mark.parametrize("lan", [True, False])
def test_no_such_room(world: World, relay: str, lan: bool) -> None:
    """A room that nobody made, on the network or at the relay."""
    done = world.b.run("receive", *([] if lan else ["--relay", relay]), f"{NOT_OURS}-{WORDS}")
    assert done.code == 1
    assert done.told()["error"].startswith("no such room")
    assert done.told()["cause"]
    assert done.told()["hint"]


def test_ctrl_c(world: World) -> None:
    """Interrupted while it searches, it ends with 130 and one line."""
    command = world.b.spread("receive", f"{NOT_OURS}-{WORDS}")
    command.is_busy()
    done = command.stop(signal.SIGINT)
    assert (done.code, done.err.strip()) == (130, "spread: interrupted")


# Senders that lie

Talk = Callable[[meet.Channel], Awaitable[Any]]


async def exchange(talk: Talk) -> receive.Shared:
    """Let `talk` send to `take`, in a real room on loopback."""
    secret = b"s" * 32
    server = Server(None, Policy())
    await server.start(["127.0.0.1"])
    url = f"ws://127.0.0.1:{server.port}"
    host = meet.Host(url, "share")

    async def once(channel: meet.Channel) -> bool:
        await talk(channel)
        return True

    try:
        await host.create()
        serving = asyncio.create_task(host.serve(secret, once))
        channel, ws = await meet.join(url, "share", host.room_id, secret)
        try:
            return await receive.take(channel, "lan")
        finally:
            await ws.close()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
    finally:
        await host.close()
        await server.close()


def sender(data: bytes, parts: list[tuple[bytes, bool]] | None = None, **lies: object) -> Talk:
    """Return one that announces `data`, but for the lies, and sends the parts (or all of it)."""
    manifest = {"kind": "text", "name": "n", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    async def talk(channel: meet.Channel) -> None:
        await channel.send_json({**manifest, **lies})
        await channel.receive_json()
        for part, final in parts or [(data, True)]:
            await channel.send(part, final=final)
        await channel.receive_json()

    return talk


@pytest.mark.parametrize("size", [0, 1, 3 << 20])
async def test_a_whole_text_comes(size: int) -> None:
    """Nothing, little, and what needs several records."""
    text = ("weeks" * size)[:size]
    content = Content("text", "notes", text.encode())
    got = await exchange(lambda channel: share_room.send(channel, content))
    assert (got.kind, got.name, got.data, got.route) == ("text", "notes", text.encode(), "lan")


@pytest.mark.parametrize(
    "lies",
    [
        {"kind": "program"}, {"kind": None}, {"name": 1}, {"size": -1}, {"size": True}, {"size": "1"},
        {"size": share_content.MAX_BYTES + 1}, {"sha256": 0}, {"sha256": "0" * 63}, {"sha256": "G" * 64},
    ],
)  # fmt: skip
async def test_what_is_no_announcement(lies: dict[str, object]) -> None:
    """It is refused for what it is, before anything else is read."""
    with pytest.raises(ProtocolError, match="announcement is malformed"):
        await exchange(sender(b"weeks", None, **lies))


@pytest.mark.parametrize(
    ("lies", "kind", "what"),
    [
        ({"sha256": "0" * 64}, ProtocolError, "what came is not what was announced"),
        ({"size": 4}, ProtocolError, "more came than was announced"),
        ({"size": 6}, ProtocolError, "what came is not what was announced"),
        ({"kind": "distillation"}, DistillationError, "not a distillation"),
    ],
)
async def test_an_announcement_that_is_not_kept(
    lies: dict[str, object], kind: type[SpreadError], what: str
) -> None:
    """What does not fit its announcement is refused."""
    with pytest.raises(kind, match=what):
        await exchange(sender(b"weeks", None, **lies))


@pytest.mark.parametrize(
    "parts", [[(b"we", True)], [(b"we", False), (b"eks and more", True)], [(b"weeks", False), (b"!", True)]]
)
async def test_less_or_more_than_announced(parts: list[tuple[bytes, bool]]) -> None:
    """Cut short or padded: refused, and nothing of it is returned."""
    with pytest.raises(ProtocolError):
        await exchange(sender(b"weeks", parts))


@pytest.mark.parametrize("name", ["\x1b[31mred", "../../.bashrc", "CON", "-rf", "a\u202eb", "n" * 201, ""])
async def test_a_name_that_is_more_than_a_name(name: str) -> None:
    """It is refused before anything is accepted, and the other side hears that."""
    heard: list[SpreadError] = []

    async def talk(channel: meet.Channel) -> None:
        data = b"weeks"
        fields = {"kind": "text", "name": name, "size": 5, "sha256": hashlib.sha256(data).hexdigest()}
        await channel.send_json(fields)
        try:
            await channel.receive_json()
        except SpreadError as problem:
            heard.append(problem)

    with pytest.raises(ProtocolError, match="refused"):
        await exchange(talk)
    assert [problem.why for problem in heard] == ["it says there why"]


def test_a_senders_name_is_portable() -> None:
    """Whatever a file or a session is called, what is announced is accepted."""
    for name in ("weeks/days: [done]", ".bashrc", "\x1b[31mred"):
        content = Content("text", names.portable(name), b"x")
        assert receive._checked(dict(content.manifest()))[1] == content.name


@pytest.mark.parametrize(
    "answer",
    [
        {"accept": False}, {"accept": True}, {"accept": True, "from": 0},
        {"accept": True, "from": -1, "sha256": "ours"},
        {"accept": True, "from": 6, "sha256": "ours"}, {"accept": True, "from": True, "sha256": "ours"},
        {"accept": True, "from": 0, "sha256": "0" * 64},
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense(answer: dict[str, Any]) -> None:
    """A receiver cannot ask for what is not there, nor go on with another content."""
    manifest = Content("text", "n", b"weeks").manifest()
    if answer.get("sha256") == "ours":
        answer = {**answer, "sha256": manifest["sha256"]}
    with pytest.raises(ProtocolError):
        share_room._begin(answer, manifest)


# What breaks off


class Cut:
    """A way to a server that is cut after some bytes towards us, as often as is wanted."""

    def __init__(self, port: int, after: list[int]) -> None:
        self.passed: list[int] = []
        self._port = port
        self._after = iter(after)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        left = next(self._after, 1 << 40)
        number = len(self.passed)
        self.passed.append(0)

        async def up() -> None:
            while data := await reader.read(1 << 16):
                far_writer.write(data)
            far_writer.close()

        upward = asyncio.create_task(up())
        try:
            while left > 0 and (data := await far_reader.read(1 << 16)):
                left -= len(data)
                self.passed[number] += len(data)
                writer.write(data)
                await writer.drain()
        finally:
            upward.cancel()
            await asyncio.gather(upward, return_exceptions=True)
            for each in (writer, far_writer):
                each.transport.abort()


@contextlib.asynccontextmanager
async def broken(content: Content, after: list[int]) -> AsyncIterator[tuple[Cut, str, str]]:
    """Share a content over a way that breaks; give the way, its URL and the room."""
    async with contextlib.AsyncExitStack() as stack:  # also of a test that fails, so that it alone is told
        server = Server(None, Policy())
        stack.push_async_callback(server.close)
        await server.start(["127.0.0.1"])
        host = meet.Host(f"ws://127.0.0.1:{server.port}", "share")
        stack.push_async_callback(host.close)
        room_id = await host.create()

        async def talk(channel: meet.Channel) -> bool:
            await share_room.send(channel, content)
            return True

        async def end() -> None:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

        serving = asyncio.create_task(host.serve(room.code_secret(WORDS), talk))
        stack.push_async_callback(end)
        way = Cut(server.port, after)
        listening = await stack.enter_async_context(await asyncio.start_server(way, "127.0.0.1", 0))
        yield way, f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}", room_id
        if len(way.passed) > len(after):
            await asyncio.wait_for(serving, 60)


def parts(home: Paths) -> list[bytes]:
    """Return what is kept of unfinished shares."""
    return [path.read_bytes() for path in Path(home.unfinished).iterdir()]


CONTENT = Content("text", "notes", b"weeks are seven days long\n" * 100_000)


async def test_what_breaks_off_goes_on_by_itself(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice cut in the middle, the third conversation brings the rest and no more than the rest."""
    monkeypatch.setattr(receive, "RESUME_PAUSES_S", (0.1,) * 6)
    async with broken(CONTENT, [1_000_000, 800_000]) as (way, url, room_id):
        got = await receive._receive(home, common.Code(room_id, WORDS), None, url, "")
    assert got.data == CONTENT.data
    assert len(way.passed) == 3
    assert way.passed[2] < len(CONTENT.data) - 1_500_000
    assert os.listdir(home.unfinished) == []


async def test_what_breaks_off_goes_on_when_run_again(home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint says so; until then nothing is to be seen of it but in our home."""
    monkeypatch.setattr(receive, "RESUME_PAUSES_S", ())
    async with broken(CONTENT, [1_000_000]) as (way, url, room_id):
        code = common.Code(room_id, WORDS)
        with pytest.raises(RouteError) as caught:
            await receive._receive(home, code, None, url, "")
        assert "run the same command again" in caught.value.hint
        (part,) = parts(home)
        assert CONTENT.data.startswith(part)
        assert len(part) % room.MAX_CHUNK_BYTES == 0  # whole chunks only
        got = await receive._receive(home, code, None, url, "")
    assert got.data == CONTENT.data
    assert way.passed[1] < len(CONTENT.data) - 800_000


async def test_whole_but_unconfirmed(home: Paths) -> None:
    """Nothing is missing but the end: an empty last chunk brings it."""
    async with broken(CONTENT, []) as (way, url, room_id):
        with unfinished.Unfinished(
            home, room_id, hashlib.sha256(CONTENT.data).hexdigest(), len(CONTENT.data)
        ) as kept:
            kept.add(CONTENT.data)
        got = await receive._receive(home, common.Code(room_id, WORDS), None, url, "")
    assert got.data == CONTENT.data
    assert way.passed[0] < 10_000


async def test_what_was_kept_and_is_wrong_is_not_used(home: Paths) -> None:
    """A part that was altered meanwhile makes the whole fail, once; the next try begins anew."""
    async with broken(CONTENT, []) as (_, url, room_id):
        code = common.Code(room_id, WORDS)
        with unfinished.Unfinished(
            home, room_id, hashlib.sha256(CONTENT.data).hexdigest(), len(CONTENT.data)
        ) as kept:
            kept.add(b"x" * 70_000)
        with pytest.raises(ProtocolError, match="not what was announced"):
            await receive._receive(home, code, None, url, "")
        assert (await receive._receive(home, code, None, url, "")).data == CONTENT.data


@pytest.mark.parametrize("who", ["sender", "receiver"])
async def test_who_cancels_tells_the_other(home: Paths, who: str) -> None:
    """In the middle of it, and at once."""
    server = Server(None, Policy())
    await server.start(["127.0.0.1"])
    url = f"ws://127.0.0.1:{server.port}"
    host = meet.Host(url, "share")
    await host.create()
    middle, heard = asyncio.Event(), asyncio.Event()

    async def talk(channel: meet.Channel) -> bool:
        await channel.send_json(CONTENT.manifest())
        await channel.receive_json()
        await channel.send(CONTENT.data[:100])
        middle.set()
        with pytest.raises(RoomError, match="the other side cancelled"):
            await channel.receive_json()
        heard.set()
        return True

    serving = asyncio.create_task(host.serve(b"s" * 32, talk))
    channel, ws = await meet.join(url, "share", host.room_id, b"s" * 32)
    taking = asyncio.create_task(receive.take(channel, "lan", home))
    await middle.wait()
    if who == "sender":
        serving.cancel()
        with pytest.raises(RoomError, match="the other side cancelled"):
            await taking
    else:
        await asyncio.sleep(0)
        taking.cancel()
        await asyncio.wait_for(heard.wait(), 60)
    await asyncio.gather(serving, taking, return_exceptions=True)
    await ws.close()
    await host.close()
    await server.close()


def test_what_came_is_not_written_out_by_the_way() -> None:
    """asyncio writes a task's result out at its end: 100 MB of it took two seconds."""
    assert "weeks" not in repr(receive.Shared("text", "notes", b"weeks", "lan"))
    assert "weeks" not in repr(Content("text", "notes", b"weeks"))
