"""`spread share`: hand over one thing, once, by code or passphrase (RELAY_SERVER_SPEC.md, "Share")."""

import asyncio
import contextlib
import glob
import hashlib
import json
import os
import sys
import time
from dataclasses import dataclass, replace
from typing import Final

from spread import config, history, ignore, names, narrative
from spread.commands import common, terminal
from spread.config import Config
from spread.distill import distill
from spread.distillation import Distillation
from spread.errors import (
    DistillationError,
    ProtocolError,
    RoomError,
    RouteError,
    StoreError,
    UsageError,
)
from spread.net import meet
from spread.net.client import use_token
from spread.paths import Paths
from spread.project import resolve
from spread.protocol import room
from spread.redact import Redactor, secrets_around

MAX_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True)
class Content:
    """What is shared: redacted already."""

    kind: str  # "distillation" or "text"
    name: str
    data: bytes
    made: Distillation | None = None

    def manifest(self) -> dict[str, object]:
        """Return what the receiver is told before it accepts."""
        return {
            "kind": self.kind,
            "name": self.name,
            "size": len(self.data),
            "sha256": hashlib.sha256(self.data).hexdigest(),
        }


def run(
    paths: Paths, file: str | None, *, session: str | None, relay: str | None, passphrase_file: str | None,
    keep_open_min: float | None, as_json: bool, narrative_file: str | None = None,
) -> int:  # fmt: skip
    """Share until somebody has received it (or for `keep_open_min` minutes).

    Args:
        narrative_file: JSON that Claude wrote of the session; what holds of it is merged into the distillation.
    """
    settings = config.load(paths)
    use_token(settings.relay, settings.relay_token)
    if relay == "" and not settings.relay:
        raise UsageError("no relay is configured", hint="give one: spread share --relay wss://relay.example")
    if [file, passphrase_file, narrative_file].count("-") > 1:
        raise UsageError(
            "two things are to come from stdin at once",
            hint="give --passphrase-file or --narrative-file a file",
        )
    if keep_open_min is not None and not 0 < keep_open_min <= common.ROOM_TTL_S / 60:
        raise UsageError("--keep-open must be between 0 and 30 minutes", hint="rooms last 30 minutes")
    passphrase = common.read_passphrase(passphrase_file)
    content = load(settings, file, session, narrative_file)
    url = "" if relay is None else relay or settings.relay
    served = asyncio.run(_serve(paths, content, url, passphrase, keep_open_min, as_json))
    if not served:
        raise RouteError(
            "nobody came", why="the time is over", hint="run `spread share` again for a new code"
        )
    return 0


def load(
    settings: Config, file: str | None, session: str | None, narrative_file: str | None = None
) -> Content:
    """Return what is to be shared: a distillation, or a text as it is but for secrets.

    Raises:
        SpreadError: It is not there, no text, or too large.
    """
    project = resolve(os.getcwd(), with_state=True)
    redactor = Redactor(secrets_around(os.environ, project.root))
    if file is not None and session is not None:
        raise UsageError("both a file and --session are given", hint="give one of them")
    if narrative_file is not None and file is not None and not file.endswith(".jsonl"):
        raise UsageError("a narrative belongs to a session", hint="give --session ID, or no --narrative-file")
    if file is None or file.endswith(".jsonl"):
        transcript = file or find_transcript(session)
        made = distill(transcript, machine=settings.machine, redactor=redactor)
        if narrative_file is not None:
            made = ignore.load(project.root).apply(_told(made, narrative_file, redactor, transcript))
        return Content("distillation", names.portable(made.title), made.to_markdown().encode("utf-8"), made)
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with open(file, "rb") as handle:
                raw = handle.read(MAX_BYTES + 1)
        text = raw.decode("utf-8")
    except OSError as problem:
        raise StoreError(f"cannot read {file}", why=problem.strerror or "", hint="check the path") from None
    except UnicodeDecodeError:
        raise StoreError(
            f"cannot share {file}", why="it is not UTF-8 text", hint="share a text or Markdown file"
        ) from None
    if not raw:
        raise StoreError(
            "there is nothing to share", why=f"{'standard input' if file == '-' else file} is empty",
            hint="give a file, a text, or nothing for this project's session",
        )  # fmt: skip
    if len(raw) > MAX_BYTES:
        raise StoreError(f"{file} is too large", why=f"at most {MAX_BYTES >> 20} MiB can be shared at once")
    return Content(
        "text",
        names.portable(os.path.basename(file)) if file != "-" else "text",
        redactor.text(text).encode("utf-8"),
    )


def _told(made: Distillation, narrative_file: str, redactor: Redactor, transcript: str) -> Distillation:
    """Return a distillation with what holds of a narrative; the share goes on without it if nothing does."""
    try:
        if narrative_file == "-":
            raw = sys.stdin.buffer.read(4 * narrative.MAX_CHARS + 1)
        else:
            with open(narrative_file, "rb") as handle:
                raw = handle.read(4 * narrative.MAX_CHARS + 1)
        told = narrative.parse(raw.decode("utf-8", "replace"))
        source = "" if narrative_file == "-" else os.path.abspath(narrative_file)
        merged, dropped = narrative.merge(made, told, redactor=redactor, transcript=transcript, source=source)
    except OSError as problem:
        terminal.say(f"shared without the narrative: cannot read {narrative_file} ({problem.strerror})")
        return made
    except DistillationError as problem:
        terminal.say(f"shared without the narrative: {problem.why}")
        return made
    if dropped:
        terminal.say(f"left out of the narrative: {'; '.join(dict.fromkeys(dropped))}")
    return merged


def find_transcript(session: str | None) -> str:
    """Return the transcript of a session, or of this project's newest.

    Raises:
        StoreError: There is none.
    """
    root = os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")
    session = session or os.environ.get("CLAUDE_CODE_SESSION_ID") or None
    if session is not None:
        fits = glob.glob(os.path.join(glob.escape(root), "projects", "*", glob.escape(session) + "*.jsonl"))
        if len(fits) == 1:
            return fits[0]
        raise StoreError(
            f"{'no session' if not fits else 'more than one session'} is called {session}",
            why=f"looked in {root}/projects", hint="give the whole id, or the transcript's path",
        )  # fmt: skip
    here = os.environ.get("CLAUDE_PROJECT_DIR") or os.getcwd()
    folder = "".join(c if c.isascii() and c.isalnum() else "-" for c in os.path.realpath(here))
    fits = glob.glob(os.path.join(glob.escape(os.path.join(root, "projects", folder)), "*.jsonl"))
    if not fits:
        raise StoreError(
            "there is no session of this directory", why=f"none in {root}/projects/{folder}",
            hint="run it in the project's directory, or give --session ID or a file",
        )  # fmt: skip
    return max(fits, key=os.path.getmtime)


async def _serve(
    paths: Paths,
    content: Content,
    relay: str,
    passphrase: str | None,
    keep_open_min: float | None,
    as_json: bool,
) -> int:
    words = "" if passphrase is not None else common.new_words()
    served = 0

    async def talk(channel: meet.Channel, route: str) -> bool:
        nonlocal served
        try:
            await send(channel, content)
        except (ProtocolError, RoomError, RouteError) as problem:
            terminal.say(
                f"not received yet: {problem.what} ({problem.why or 'no cause given'}); still waiting"
            )
            raise
        served += 1
        note(paths, "sent", route, content.name, content.made)
        terminal.say(f"received by the other side ({len(content.data)} bytes, by {route})")
        return keep_open_min is None

    meeting = common.Meeting("share", relay, use_lan=not relay, relay_required=bool(relay))
    async with meeting:
        code = common.Code(meeting.room_id, words)
        secret = await asyncio.to_thread(common.secret_of, words, passphrase, code.room)
        _tell(code, relay, as_json)
        serving = asyncio.create_task(meeting.serve(secret, talk))
        limit_s = common.ROOM_TTL_S if keep_open_min is None else keep_open_min * 60
        try:
            await meeting.announce()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limit_s):
                    await serving
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
    return served


def note(paths: Paths, event: history.Event, route: str, name: str, made: Distillation | None) -> None:
    """Write down what was handed over by code, for `spread log`."""
    record = history.Record(time.time(), event, history.BY_CODE, route=route, title=name)
    if made is not None:
        record = replace(
            record, session=made.session_id, revision=made.revision, project=made.project.id, title=made.title
        )
    history.append(paths, record)


def _tell(code: common.Code, relay: str, as_json: bool) -> None:
    if as_json:
        terminal.result(json.dumps({"code": str(code), "room": code.room, "relay": relay or None}))
    else:
        terminal.result(str(code))
    how = f" --relay {relay}" if relay else ""
    if code.words:
        terminal.say(f"on the other machine run: spread receive{how} {code}")
        terminal.show_qr(f"spread receive{how} {code}")
    else:
        terminal.say(
            f"on the other machine run: spread receive{how} --room {code.room} --passphrase-file FILE"
        )


async def send(channel: meet.Channel, content: Content) -> None:
    """Send a content after the receiver has accepted its manifest; return when it says that it has it whole.

    Raises:
        SpreadError: It did not; the room stays open for the next one.
    """
    manifest = content.manifest()
    await channel.send_json(manifest)
    data, step = memoryview(content.data), room.MAX_CHUNK_BYTES
    begin = _begin(await channel.receive_json(), manifest)
    # heard at once: who breaks off in the middle comes back, and must not find us still sending to nobody
    hearing = asyncio.create_task(channel.receive_json(None))
    try:
        starts = range(begin, max(len(data), begin + 1), step)
        with terminal.Bar("sending") as bar:
            for at in starts:
                await channel.send(bytes(data[at : at + step]), final=at == starts[-1])
                bar.at(min(at + step, len(data)), len(data))
                await asyncio.sleep(0)
                if hearing.done():
                    break
        async with asyncio.timeout(meet.RECORD_TIMEOUT_S):
            answer = await hearing
    except TimeoutError:
        raise RouteError("the other side is silent", why="it does not say that it has it whole") from None
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
    if answer.get("received") != manifest["sha256"]:
        raise ProtocolError("the other side did not receive it whole")


def _begin(answer: dict[str, object], manifest: dict[str, object]) -> int:
    """Return from which byte on the other side wants the content."""
    begin, size = answer.get("from"), manifest["size"]
    assert isinstance(size, int)
    if answer.get("accept") is not True or answer.get("sha256") != manifest["sha256"]:
        raise ProtocolError("the other side did not accept")
    if type(begin) is not int or not 0 <= begin <= size:
        raise ProtocolError("the other side's answer is malformed")
    return begin
