"""The room of a share, from its making to a receiver's word that it has everything (RELAY_SERVER_SPEC.md, "Share")."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from spread.commands import common, routes, terminal
from spread.commands.meeting import Meeting
from spread.commands.share_content import Content, note
from spread.errors import ProtocolError, RoomError, RouteError
from spread.net import meet
from spread.net.client_tokens import use_token
from spread.paths import Paths
from spread.protocol import room


@dataclass(frozen=True)
class Offer:
    """What is shared, and how.

    Args:
        content: Called once, when the code has been told.
        code: Its room is "" unless the code has been told already.
        passphrase: In place of the code's words.
        relay: "" is the LAN.
        keep_open_min: None: until one has received it.
    """

    paths: Paths
    content: Callable[[], Content]
    code: common.Code
    passphrase: str | None
    relay: str
    relay_token: str
    keep_open_min: float | None


def run(offer: Offer, tell: Callable[[common.Code], None]) -> int:
    """Serve an offer; return how many have received it."""
    use_token(offer.relay, offer.relay_token)
    return asyncio.run(_serve(offer, tell))


async def _serve(offer: Offer, tell: Callable[[common.Code], None]) -> int:
    served = 0
    content: Content | None = None

    async def talk(channel: meet.Channel, route: str) -> bool:
        nonlocal served
        assert content is not None
        try:
            await send(channel, content)
        except (ProtocolError, RoomError, RouteError) as problem:
            terminal.say(
                f"not received yet: {problem.what} ({problem.why or 'no cause given'}); still waiting"
            )
            raise
        served += 1
        note(offer.paths, "sent", route, content.name, content.made)
        terminal.say(f"received by the other side ({len(content.data)} bytes, by {route})")
        return offer.keep_open_min is None

    relay, code = offer.relay, offer.code
    meeting = Meeting("share", relay, use_lan=not relay, relay_required=bool(relay), room_id=code.room)
    async with meeting:
        if not code.room:
            code = common.Code(meeting.room_id, code.words)
            tell(code)
        content = offer.content()
        await asyncio.to_thread(lambda: content.sha256)  # the other side is not here yet, and needs it first
        secret = await asyncio.to_thread(routes.secret_of, code.words, offer.passphrase, code.room)
        serving = asyncio.create_task(meeting.serve(secret, talk))
        limit_s = common.ROOM_TTL_S if offer.keep_open_min is None else offer.keep_open_min * 60
        try:
            await meeting.announce()
            room.load()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limit_s):
                    await serving
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
    return served


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
                await channel.send(data[at : at + step], final=at == starts[-1])
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
