"""`spread receive`, by real commands; and `take` against senders that lie."""

import asyncio
import hashlib
import json
import re
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from spread import claude
from spread.commands import receive, share
from spread.errors import ProtocolError, SpreadError
from spread.net import meet
from spread.net.server import Policy, Server
from tests.e2e.world import NOT_OURS, World

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
    assert re.search(r"received text “text” \(\d+ bytes, by relay\)", done.err)


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
    """Return the port a process listens on."""
    ours = {path.readlink().name for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()}
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in ours:
            return int(fields[1].split(":")[1], 16)
    raise AssertionError("it does not listen")


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
    assert wrong.told()["error"] == "the code is wrong"
    assert wrong.told()["hint"]
    assert world.b.run(*arguments, right).out == "a parser\n"


def test_it_cannot_be_written(world: World, relay: str, offer: str) -> None:
    """-o where nothing can be written fails with exit 1 and says that it did come."""
    done = world.b.run("receive", "--relay", relay, offer, "-o", "no/such/folder")
    assert done.code == 1
    assert done.told()["error"] == "cannot write no/such/folder"
    assert "share again" in done.told()["hint"]


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
        (["--passphrase-file", "nowhere"], 2, "cannot read the passphrase file"),
        ([f"{NOT_OURS}-{WORDS}", "--relay", "ws://127.0.0.1:1"], 1, "cannot reach ws://127.0.0.1:1"),
        ([f"{NOT_OURS}-{WORDS}", "--relay", "http://127.0.0.1:1"], 1, "is no WebSocket address"),
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
        room = await host.create()
        serving = asyncio.create_task(host.serve(secret, once))
        channel, ws = await meet.join(url, "share", room, secret)
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
    content = share.Content("text", "notes", text.encode())
    got = await exchange(lambda channel: share.send(channel, content))
    assert (got.kind, got.name, got.data, got.route) == ("text", "notes", text.encode(), "lan")


@pytest.mark.parametrize(
    "lies",
    [
        {"kind": "program"}, {"kind": None}, {"name": 1}, {"size": -1}, {"size": True}, {"size": "1"},
        {"size": share.MAX_BYTES + 1}, {"sha256": 0}, {"sha256": "0" * 64}, {"size": 4}, {"size": 6},
        {"kind": "distillation"},
    ],
)  # fmt: skip
async def test_an_announcement_that_is_not_kept(lies: dict[str, object]) -> None:
    """What does not fit its announcement, or is no announcement, is refused."""
    with pytest.raises(SpreadError) as caught:
        await exchange(sender(b"weeks", None, **lies))
    assert caught.value.what


@pytest.mark.parametrize(
    "parts", [[(b"we", True)], [(b"we", False), (b"eks and more", True)], [(b"weeks", False), (b"!", True)]]
)
async def test_less_or_more_than_announced(parts: list[tuple[bytes, bool]]) -> None:
    """Cut short or padded: refused, and nothing of it is returned."""
    with pytest.raises(ProtocolError):
        await exchange(sender(b"weeks", parts))


async def test_a_name_cannot_steer_a_terminal() -> None:
    """The sender's name for it is shortened and made harmless."""
    got = await exchange(sender(b"weeks", name="\x1b[31m" + "n" * 1000))
    assert "\x1b" not in got.name
    assert len(got.name) <= receive.MAX_NAME
