"""`spread receive`: take what was shared under a code or passphrase."""

import asyncio
import hashlib
import json
import os
import sys
from dataclasses import dataclass
from typing import Any, Final

from spread import claude, config
from spread.commands import common, share
from spread.distillation import Distillation
from spread.errors import ProtocolError, StoreError, UsageError
from spread.net import meet
from spread.net.client import use_token
from spread.paths import Paths, write_atomic

MAX_NAME: Final = 200


@dataclass(frozen=True)
class Shared:
    """What came."""

    kind: str
    name: str
    data: bytes
    route: str


def run(
    paths: Paths, code: str | None, *, relay: str | None, room: str | None, host: str | None,
    passphrase_file: str | None, output: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Receive and print, or write to `output`."""
    settings = config.load(paths)
    use_token(settings.relay, settings.relay_token)
    if output is not None and os.environ.get("CLAUDECODE"):
        # a hostile text in the context must not get a file of its own written, say CLAUDE.md
        raise UsageError(
            "-o is for people", why="inside Claude Code it could overwrite any file with received text"
        )
    if code is not None and room is not None:
        raise UsageError("both a code and --room are given", hint="the code begins with the room")
    if relay == "" and not settings.relay:
        raise UsageError(
            "no relay is configured", hint="give one: spread receive --relay wss://relay.example CODE"
        )
    parsed = common.parse_code(code or room or "") if code or room else None
    passphrase = None
    if parsed is None or not parsed.words:
        passphrase = common.read_passphrase(passphrase_file, prompt="passphrase: ")
        if passphrase is None:
            raise UsageError(
                "a code or a passphrase is needed", why="neither was given",
                hint="spread receive a7f3b2-amber-tiger-lamp, or --passphrase-file FILE",
            )  # fmt: skip
    elif passphrase_file is not None:
        raise UsageError(
            "both a whole code and a passphrase are given", hint="give --room with the passphrase"
        )
    if relay is not None and parsed is None:
        raise UsageError("--relay needs the room", hint="give --room ID as the other side shows it")
    url = "" if relay is None else relay or settings.relay
    shared = asyncio.run(_receive(parsed, passphrase, url, host or ""))
    _present(shared, output, as_json)
    return 0


async def _receive(code: common.Code | None, passphrase: str | None, relay: str, host: str) -> Shared:
    channel, ws, route = await common.join(
        "share", code, passphrase, use_lan=not relay, relay=relay, host=host
    )
    try:
        return await take(channel, route)
    finally:
        await ws.close()


async def take(channel: meet.Channel, route: str) -> Shared:
    """Read the manifest, accept, and return the content once it is here whole.

    Raises:
        ProtocolError: What came is not what the manifest says.
        RouteError: The other side has gone.
    """
    manifest = await channel.receive_json()
    kind, name, size, digest = _checked(manifest)
    await channel.send_json({"accept": True, "from": 0})
    parts: list[bytes] = []
    got = 0
    while True:
        data = await channel.receive()
        got += len(data.plaintext)
        if got > size:
            raise ProtocolError("more came than was announced")
        parts.append(data.plaintext)
        if data.final:
            break
    whole = b"".join(parts)
    if got != size or hashlib.sha256(whole).hexdigest() != digest:
        raise ProtocolError("what came is not what was announced")
    if kind == "distillation":
        Distillation.from_markdown(_text(whole))
    await channel.send_json({"received": digest}, final=True)
    return Shared(kind, name, whole, route)


def _checked(manifest: dict[str, Any]) -> tuple[str, str, int, str]:
    kind, name = manifest.get("kind"), manifest.get("name")
    size, digest = manifest.get("size"), manifest.get("sha256")
    if (
        kind not in ("distillation", "text")
        or not isinstance(name, str)
        or type(size) is not int
        or not 0 <= size <= share.MAX_BYTES
        or not isinstance(digest, str)
    ):
        raise ProtocolError("the other side's announcement is malformed")
    return str(kind), claude.sanitise(name)[:MAX_NAME], size, digest


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError("what came is not text") from None


def _present(shared: Shared, output: str | None, as_json: bool) -> None:
    text = _text(shared.data)
    common.say(f"received {shared.kind} “{shared.name}” ({len(shared.data)} bytes, by {shared.route})")
    if output is not None:
        try:
            write_atomic(os.path.abspath(output), shared.data)
        except OSError as problem:
            raise StoreError(
                f"cannot write {output}", why=problem.strerror or "",
                hint="it was received; ask the other side to share again",
            ) from None  # fmt: skip
        common.result(output)
    elif as_json:
        common.result(json.dumps({"kind": shared.kind, "name": shared.name, "content": text}))
    elif os.environ.get("CLAUDECODE"):  # run by Claude: what it reads is data, and says so
        body = claude.body(text) if shared.kind == "distillation" else text
        sys.stdout.write(
            claude.frame(body, machine="one-off share", age="just now", ident="", limit=claude.FRAME) + "\n"
        )
    else:
        sys.stdout.write(claude.visible(text).rstrip("\n") + "\n")  # nothing in it can steer a terminal
