"""`spread receive`: take what was shared under a code or passphrase."""

import asyncio
import json
import os
import re
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from spread import claude, config, names
from spread.commands import audience, common, joining, terminal, unfinished
from spread.commands.share_content import MAX_BYTES, note
from spread.errors import DistillationError, ProtocolError, RoomError, RouteError, StoreError, UsageError
from spread.net import meet
from spread.net.client_tokens import use_token
from spread.paths import Paths, write_volatile
from spread.protocol import room as room_core

if TYPE_CHECKING:
    from spread.distillation import Distillation

T = TypeVar("T")

RESUME_PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
CHUNKS_AT_ONCE: Final = 16  # go to the disk together
HASH: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Shared:
    """What came; without data where that was put into a file."""

    kind: str
    name: str
    data: bytes = field(repr=False)  # asyncio writes out what a task returns, whatever its size
    route: str
    written: int = 0  # bytes, into a file
    made: "Distillation | None" = field(default=None, repr=False)


def run(
    paths: Paths, code: str | None, *, relay: str | None, room: str | None, host: str | None,
    passphrase_file: str | None, output: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Receive and print, or write to `output`."""
    audience.refuse_json(as_json)
    settings = config.load(paths)
    use_token(settings.relay, settings.relay_token)
    if output is not None and audience.for_claude():
        # a hostile text in the context must not get a file of its own written, say CLAUDE.md
        raise UsageError(
            "-o is for people", why="inside Claude Code it could overwrite any file with received text",
            hint="leave -o out: what came is printed",
        )  # fmt: skip
    url = "" if relay is None else relay or settings.relay
    _check_where(code, room, host, needs_relay=relay is not None and not url)
    parsed = common.given_code(code) if code else common.given_room(room) if room else None
    passphrase = _passphrase(parsed, passphrase_file)
    if relay is not None and parsed is None:
        raise UsageError("--relay needs the room", hint="give --room ID as the other side shows it")
    if output is not None:
        _check_output(output)
    page = _Page(output, as_json)
    try:
        shared = asyncio.run(_receive(paths, parsed, passphrase, url, host or "", output, page.keep))
    except room_core.WrongCodeError as problem:
        if passphrase is None:
            raise
        raise _wrong_passphrase(problem) from None
    note(paths, "received", shared.route, shared.name, shared.made)
    page.show(shared)
    return 0


@dataclass
class _Page:
    """Where what came is put, once: what breaks off after that is gone on with, and not shown again."""

    output: str | None
    as_json: bool
    shown: bool = False

    def show(self, shared: Shared) -> None:
        """Print what came, unless that is done."""
        if not self.shown:
            _present(shared, self.output, self.as_json)
            self.shown = True

    def keep(self, shared: Shared) -> None:
        """Print it now if stdout is a file, whose disk may be full: the other side must not take that for received.

        Raises:
            StoreError: There is no room.
        """
        if self.output is not None or sys.stdout is None:
            return
        try:
            mode = os.fstat(sys.stdout.fileno()).st_mode
            if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or sys.stdout.isatty():
                return  # who reads there may take its time, and has no disk
        except (OSError, ValueError):  # it is closed, or no file at all
            return
        try:
            self.show(shared)
            sys.stdout.flush()
        except OSError as problem:
            raise StoreError(
                "cannot write to standard output", why=problem.strerror or "",
                hint="run it again with -o FILE on another disk: the other side still waits",
            ) from None  # fmt: skip


def _check_where(code: str | None, room: str | None, host: str | None, *, needs_relay: bool) -> None:
    """Refuse what does not say, or says twice, where the other side is.

    Raises:
        UsageError: It does not.
    """
    if code is not None and room is not None:
        raise UsageError("both a code and --room are given", hint="the code begins with the room")
    if needs_relay:
        raise UsageError(
            "no relay is configured", hint="give one: spread receive --relay wss://relay.example CODE"
        )
    if host:
        _check_host(host)


def _passphrase(code: common.Code | None, file: str | None) -> str | None:
    """Return the passphrase, None with a whole code.

    Raises:
        UsageError: Neither is given, or both.
    """
    if code is not None and code.words:
        if file is not None:
            raise UsageError(
                "both a whole code and a passphrase are given", hint="give --room with the passphrase"
            )
        return None
    passphrase = common.read_passphrase(file, prompt="passphrase: ")
    if passphrase is None:
        raise UsageError(
            "a code or a passphrase is needed", why="neither was given",
            hint="spread receive a7f3b2-amber-tiger-lamp, or --passphrase-file FILE",
        )  # fmt: skip
    return passphrase


def _check_host(host: str) -> None:
    """Refuse what is no HOST:PORT: without a port another one would be tried than was meant.

    Raises:
        UsageError: It is none.
    """
    name, port = common.split_address(host)
    if not name or port is None or not common.port_of(port):
        raise UsageError(f"{host} is no HOST:PORT", hint="it looks like 192.168.1.20:9784, or [fe80::1]:9784")


def _wrong_passphrase(problem: room_core.WrongCodeError) -> RoomError:
    """Return what says of a passphrase what the conversation says of any code."""
    return RoomError(
        "the passphrase is wrong", why=problem.why,
        hint="give the one that the other side gave; a room allows three tries, over LAN and relay together",
    )  # fmt: skip


async def _receive(
    paths: Paths, code: common.Code | None, passphrase: str | None, relay: str, host: str, output: str | None = None,
    keep: Callable[[Shared], None] = lambda shared: None,
) -> Shared:  # fmt: skip
    """Receive; what breaks off is gone on with, in the same room, for as long as that makes sense."""
    unfinished.sweep(paths)
    pauses = iter(RESUME_PAUSES_S)
    broke_off: RouteError | None = None
    tries = meet.Tries()
    while True:
        try:
            channel, ws, route = await joining.join(
                "share", code, passphrase, use_lan=not relay, relay=relay, host=host, tries=tries
            )
        except (RouteError, meet.BusyError) as problem:
            if broke_off is None:
                raise
            again, wait_s = problem, next(pauses, None)
        else:
            code = code or common.Code(channel.room_id)
            try:
                return await take(channel, route, paths, output, keep)
            except RouteError as problem:
                again, wait_s = problem, next(pauses, None)
                broke_off = problem
            finally:
                await ws.close()
        if wait_s is None:
            raise RouteError(
                again.what, why=again.why, hint="run the same command again soon: it goes on from where it broke off"
            ) from None  # fmt: skip
        terminal.say(f"the connection was lost; going on in {wait_s:g} s")
        await asyncio.sleep(wait_s)


async def take(
    channel: meet.Channel, route: str, paths: Paths | None = None, output: str | None = None,
    keep: Callable[[Shared], None] = lambda shared: None,
) -> Shared:  # fmt: skip
    """Read the manifest, accept, and return the content once it is here whole; the other side hears if not.

    Args:
        paths: Where what came is kept, so that a later call goes on from it; None: nowhere.
        output: The file to put it into, before the other side hears that it is here.
        keep: Is given it before that, too.

    Raises:
        ProtocolError: What came is not what the manifest says.
        RouteError: The other side has gone.
        StoreError: `output` cannot be written.
    """
    try:
        return await _take(channel, route, paths, output, keep)
    except (ProtocolError, DistillationError, StoreError, OSError):
        await channel.stop("refused")
        raise
    except asyncio.CancelledError:
        await channel.stop("cancelled")
        raise


async def _take(
    channel: meet.Channel, route: str, paths: Paths | None, output: str | None, keep: Callable[[Shared], None]
) -> Shared:
    kind, name, size, digest = _checked(await channel.receive_json())
    terminal.say(f"coming: {_told(kind)}{_named(name)}, {size} bytes, by {route}")
    with unfinished.Unfinished(paths, channel.room_id, digest, size) as kept:
        await channel.send_json({"accept": True, "from": kept.have, "sha256": digest})
        await _fill(kept, channel, size)
        if not kept.is_text():
            kept.drop()
            raise ProtocolError("what came is not text")
        found: bytes | None = b""
        if output is None or kind == "distillation":
            found = kept.whole()
        elif not _written(output, kept.move_to):
            found = None
        if found is None:
            raise ProtocolError("what came is not what was announced")
    data, made = found, None
    if kind == "distillation":
        from spread.distillation import Distillation

        made = Distillation.from_markdown(data.decode("utf-8"))
        if output is not None:
            _written(output, lambda path: write_volatile(path, found))
            data = b""
    shared = Shared(kind, name, data, route, size - len(data), made)
    keep(shared)
    await channel.send_json({"received": digest}, final=True)
    return shared


async def _fill(kept: unfinished.Unfinished, channel: meet.Channel, size: int) -> None:
    """Read a content to its end; on a thread it is hashed and written while more comes."""
    came, parts = kept.have, list[bytes]()
    adding: asyncio.Future[None] | None = None
    try:
        with terminal.Bar("receiving") as bar:
            while True:
                chunk = await channel.receive()
                came += len(chunk.plaintext)
                if came > size:
                    break
                parts.append(chunk.plaintext)
                bar.at(came, size)
                if chunk.final:
                    break
                if len(parts) >= CHUNKS_AT_ONCE:
                    if adding is not None:
                        await asyncio.wait([adding])
                        adding.result()
                    adding = asyncio.get_running_loop().run_in_executor(None, _add, kept, parts)
                    parts = []
    finally:  # also what came before it broke off
        if adding is not None:
            await asyncio.wait([adding])
            adding.result()
        _add(kept, parts)
    if came > size:
        kept.drop()
        raise ProtocolError("more came than was announced")


def _add(kept: unfinished.Unfinished, parts: list[bytes]) -> None:
    kept.add(b"".join(parts))


def _written(output: str, write: Callable[[str], T]) -> T:
    """Let `write` put what came at `output`, beside it and by a rename, which follows no link put there meanwhile."""
    _check_output(output)
    try:
        return write(os.path.abspath(output))
    except OSError as problem:
        raise StoreError(
            f"cannot write {output}", why=problem.strerror or "",
            hint="run it again with another name: the other side still waits",
        ) from None  # fmt: skip


def _checked(manifest: dict[str, Any]) -> tuple[str, str, int, str]:
    """Return kind, name, size and hash of an announcement; nothing has been written yet."""
    kind, name = manifest.get("kind"), manifest.get("name")
    size, digest = manifest.get("size"), manifest.get("sha256")
    if (
        kind not in ("distillation", "text")
        or not isinstance(name, str)
        or type(size) is not int
        or not 0 <= size <= MAX_BYTES
        or not isinstance(digest, str)
        or not HASH.fullmatch(digest)
    ):
        raise ProtocolError("the other side's announcement is malformed")
    if not names.is_portable(name):
        raise ProtocolError("the other side's announcement is refused", why="its name is no plain file name")
    return str(kind), name, size, digest


def _check_output(output: str) -> None:
    """Refuse what cannot be written, and what is more than a file, before anything is asked for.

    Raises:
        StoreError: It is there and no plain file, or its folder is not there.
    """
    path = os.path.abspath(output)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise StoreError(
                f"cannot write {output}", why="it is there and is no plain file", hint="give another name"
            )
    except FileNotFoundError:
        pass
    except OSError as problem:
        raise StoreError(
            f"cannot write {output}", why=problem.strerror or "", hint="check the path"
        ) from None
    if not os.path.isdir(os.path.dirname(path)):
        raise StoreError(
            f"cannot write {output}", why="there is no such folder", hint="make it, or give another name"
        )


def _named(name: str) -> str:
    """Return a name of the sender's for people; to Claude it is told inside the frame only."""
    return "" if audience.for_claude() else f" “{name}”"


def _told(kind: str) -> str:
    return "hand-off" if kind == "distillation" else kind


def _present(shared: Shared, output: str | None, as_json: bool) -> None:
    size = shared.written or len(shared.data)
    terminal.say(f"received {_told(shared.kind)}{_named(shared.name)} ({size} bytes, by {shared.route})")
    text = shared.data.decode("utf-8")
    if output is not None:
        terminal.result(output)
    elif as_json:
        terminal.result(json.dumps({"kind": shared.kind, "name": shared.name, "content": text}))
    elif audience.for_claude():  # what it reads is data, and says so
        body = claude.body(text) if shared.kind == "distillation" else f"File: {shared.name}\n\n{text}"
        sys.stdout.write(
            claude.frame(body, machine="one-off share", age="just now", ident="", limit=claude.FRAME) + "\n"
        )
    elif (
        shared.kind == "distillation" and terminal.is_fancy()
    ):  # a person reads its page, not what is kept with it
        from spread.commands import inbox_view

        inbox_view.show(claude.visible(claude.body(text)))
    else:
        sys.stdout.write(claude.visible(text).rstrip("\n") + "\n")  # nothing in it can steer a terminal
    if output is None and terminal.is_fancy():
        terminal.say(
            "it is kept nowhere else; next: paste it into a session, or have it shared again and keep it with -o FILE"
        )
