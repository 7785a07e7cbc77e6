"""Rooms over a connection: make or join one, hold the conversation in it, speak in records."""

import asyncio
import contextlib
import json
import os
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

import websockets
from websockets.asyncio.client import ClientConnection

from spread import claude
from spread.errors import ProtocolError, RoomError, RouteError
from spread.net import client
from spread.net.inside import Inside
from spread.protocol import room, wire

HANDSHAKE_TIMEOUT_S: Final = 10.0
JOIN_TIMEOUT_S: Final = 25.0  # a server waits for 20 s until a room is rid of the joiner before
RECORD_TIMEOUT_S: Final = 60.0
STOP_TIMEOUT_S: Final = 2.0
MAX_PEER_ID: Final = 100
ROOM_ID: Final = re.compile("[a-z0-9]{6}")


Link = ClientConnection | Inside


class Channel:
    """An open conversation: sealed records both ways. A record is one JSON object or a piece of content."""

    def __init__(self, ws: Link, talk: room.Conversation, binding: bytes, room_id: str) -> None:
        self.binding = binding
        self.room_id = room_id
        self._ws = ws
        self._talk = talk

    async def send(self, data: bytes | memoryview, *, final: bool = False) -> None:
        """Send at most `room.MAX_CHUNK_BYTES`."""
        try:
            async with asyncio.timeout(RECORD_TIMEOUT_S):
                await self._ws.send(self._talk.seal(data, final=final))
        except (TimeoutError, websockets.ConnectionClosed):
            raise _lost() from None

    async def send_json(self, fields: dict[str, Any], *, final: bool = False) -> None:
        """Send one JSON object."""
        await self.send(json.dumps(fields).encode("utf-8"), final=final)

    async def receive(self, timeout_s: float | None = RECORD_TIMEOUT_S) -> room.Data:
        """Return the next record.

        Args:
            timeout_s: None: wait for as long as the connection lives.

        Raises:
            RouteError: The other side is gone or silent.
            RoomError: It stopped on purpose, and why.
            ProtocolError: It broke the protocol.
        """
        try:
            async with asyncio.timeout(timeout_s):
                frame = await _next(self._ws)
        except (TimeoutError, websockets.ConnectionClosed):
            raise _lost() from None
        (event,) = self._talk.receive(frame)
        assert isinstance(event, room.Data)
        return event

    async def receive_json(self, timeout_s: float | None = RECORD_TIMEOUT_S) -> dict[str, Any]:
        """Return the next record, which must be a JSON object."""
        data = await self.receive(timeout_s)
        try:
            fields = json.loads(data.plaintext.decode("utf-8"))
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            raise ProtocolError("the other side sent what is no JSON object")
        return fields

    async def stop(self, reason: str) -> None:
        """Tell the other side why we stop; never raises."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._ws.send(room.failure(reason))


async def _next(ws: Link) -> bytes:
    """Return the other side's next frame, unless the server says that it has gone.

    Text is the server's word, or of whoever wants it to look so: what does not end the conversation is noise.
    """
    while True:
        frame = await ws.recv()
        if isinstance(frame, bytes):
            return frame
        if _message(frame).type in ("PEER_DISCONNECTED", "PEER_JOINED"):
            raise _lost()


def _lost() -> RouteError:
    return RouteError(
        "the other side is gone", why="the connection was lost", hint="start again on both machines"
    )


class BusyError(RoomError):
    """Somebody is in the room; maybe we, whose leaving the server has not noticed yet."""


class CrowdedError(RoomError):
    """The server lets nobody in who comes from where we come from, for now."""


class Tries:
    """The guesses that may be made at one code, on all routes together: `room.MAX_TRIES`.

    One is taken before a proof is judged by us, or sent out for others to judge, and given back if it holds;
    so conversations that run at the same time cannot use more.
    """

    def __init__(self) -> None:
        self.used = 0

    def take(self, spare: int = 0) -> bool:
        """Take one unless only `spare` are left; tell whether there was one."""
        if self.used + spare >= room.MAX_TRIES:
            return False
        self.used += 1
        return True

    def give_back(self) -> None:
        """The proof held: it was no guess."""
        self.used -= 1


class Host:
    """A room we made on a server: serves joiners one after another.

    Args:
        url: The server; our own listener's or a relay's.
        purpose: "share" or "pair".
        inside: What our own listener gives for a room on it; none: it is made over the network.
    """

    def __init__(self, url: str, purpose: str, inside: Inside | None = None) -> None:
        self.room_id = ""
        self._url = url
        self._purpose = purpose
        self._ws: Link | None = inside

    async def create(self, timeout_s: float = client.CONNECT_TIMEOUT_S) -> str:
        """Make the room and return its id.

        Raises:
            RouteError: The server cannot be reached or makes no more rooms.
        """
        if self._ws is None:
            self._ws = await client.dial(self._url, timeout_s)
            await self._ws.send(wire.encode(wire.Message("CREATE_ROOM")))
        answer = await _answer(self._ws, self._url)
        if answer.type != "ROOM_CREATED":
            raise _refused(self._url, answer)
        room_id = answer.fields.get("room_id")
        if not isinstance(room_id, str) or not ROOM_ID.fullmatch(room_id):
            raise RouteError(
                f"{self._url} does not speak our protocol", why="the room's id is malformed", transient=False
            )
        self.room_id = room_id
        return room_id

    async def serve(
        self, secret: bytes, talk: Callable[[Channel], Awaitable[bool]], tries: "Tries | None" = None, spare: int = 0
    ) -> None:  # fmt: skip
        """Answer joiners until `talk` returns True.

        Args:
            tries: Shared by all rooms of one code.
            spare: How many of them are left for the other rooms.

        Raises:
            BurnedError: Three joiners had a wrong code, or as many as may have one here.
            RouteError: The room is gone (expired, server lost).
        """
        assert self._ws is not None
        tries = tries or Tries()
        while True:
            peer_id = await self._joined()
            channel: Channel | None = None
            try:
                channel = await converse(
                    self._ws, room.Role.CREATOR, self._purpose, self.room_id, secret, tries, spare
                )
                if await talk(channel):
                    return
            except asyncio.CancelledError:
                if channel is not None:
                    await channel.stop("cancelled")
                raise
            except (ProtocolError, RoomError, RouteError) as problem:
                if isinstance(problem, room.BurnedError) and tries.used + spare >= room.MAX_TRIES:
                    raise  # not where a joiner only says so
                if self._ws.state is not websockets.State.OPEN:
                    raise _gone() from None
                # a joiner that broke off or spoke nonsense is not the one we wait for
            # It makes room for the next, also if it would not; a 1.x relay passes this on to it as noise.
            with contextlib.suppress(websockets.ConnectionClosed):
                await self._ws.send(wire.encode(wire.Message("DROP_PEER", {"peer_id": peer_id})))

    async def _joined(self) -> str:
        assert self._ws is not None
        while True:
            try:
                frame = await self._ws.recv()
            except websockets.ConnectionClosed:
                raise _gone() from None
            joined = _message(frame) if isinstance(frame, str) else wire.Message("")
            if joined.type == "PEER_JOINED":
                return str(joined.fields.get("peer_id"))[:MAX_PEER_ID]

    async def close(self) -> None:
        """Leave and so delete the room; never raises."""
        if self._ws is not None:
            with contextlib.suppress(Exception):
                await self._ws.close()


def _gone() -> RouteError:
    return RouteError(
        "the room is gone", why="it expired, or the server closed it", hint="start again to get a new code"
    )


def _message(frame: str) -> wire.Message:
    try:
        return wire.decode(frame)
    except ProtocolError:
        return wire.Message("")


async def join(
    url: str, purpose: str, room_id: str, secret: bytes, tries: Tries | None = None
) -> tuple[Channel, ClientConnection]:
    """Join a room and hold the conversation; the caller closes the connection.

    Raises:
        RoomError: No such room, a busy one, or a wrong code.
        RouteError: The server cannot be reached.
    """
    return await enter(await client.dial(url), url, purpose, room_id, secret, tries or Tries())


async def enter(
    ws: ClientConnection, url: str, purpose: str, room_id: str, secret: bytes, tries: Tries, spare: int = 0
) -> tuple[Channel, ClientConnection]:
    """Do as `join` on a connection that is already there; it is closed on failure.

    Args:
        tries: Shared by all who use this secret.
        spare: How many tries are left for others.

    Raises:
        BurnedError: No try is left: our proof was not sent.
    """
    try:
        await ws.send(wire.encode(wire.Message("JOIN_ROOM", {"room_id": room_id})))
        answer = await _answer(ws, url, JOIN_TIMEOUT_S)
        if answer.type != "ROOM_JOINED":
            raise _refused(url, answer)
        return await converse(ws, room.Role.JOINER, purpose, room_id, secret, tries, spare), ws
    except websockets.ConnectionClosed:
        await ws.close()
        raise RouteError(f"{url} hung up") from None
    except BaseException:
        await ws.close()
        raise


async def _answer(ws: Link, url: str, within_s: float = client.REPLY_TIMEOUT_S) -> wire.Message:
    try:
        async with asyncio.timeout(within_s):
            return wire.decode(await ws.recv())
    except TimeoutError:
        raise RouteError(f"{url} does not answer") from None
    except websockets.ConnectionClosed:
        raise RouteError(f"{url} hung up") from None
    except ProtocolError as problem:
        raise RouteError(f"{url} does not speak our protocol", why=problem.why, transient=False) from None


def _refused(url: str, answer: wire.Message) -> RoomError | RouteError:
    reason = claude.identifier(str(answer.fields.get("reason")))
    if reason == "room_not_found":
        return RoomError(
            "no such room", why="the code is mistyped, or the room has expired (30 minutes) or is done",
            hint="check the first part of the code, or start again on the other machine",
        )  # fmt: skip
    if reason == "room_busy":
        return BusyError("the room is busy", why="somebody else is in it", hint="try again in a moment")
    if reason == "too_many_joins":
        return CrowdedError(
            "too many have tried to join from here", why="a server lets one address try so often only",
            hint="wait a minute and try again, or start again on the other machine to get a new code",
        )  # fmt: skip
    if reason == "too_many_rooms":
        return RouteError(f"{url} makes no more rooms", why="it is full", hint="try again later")
    return RouteError(f"{url} refused", why=f"it answered {claude.identifier(answer.type)} {reason}")


async def converse(
    ws: Link, role: room.Role, purpose: str, room_id: str, secret: bytes, tries: Tries, spare: int = 0
) -> Channel:  # fmt: skip
    """Hold one conversation up to both proofs; see `enter` for the arguments.

    A joiner's try is used up by whatever happens once its proof is out: who has it has tested one guess.
    """
    talk = room.Conversation(role, purpose, room_id, secret, os.urandom)
    try:
        async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
            await ws.send(talk.start())
            while True:
                for event in _heard(talk, role, await _next(ws), tries, spare):
                    if isinstance(event, room.Reply):
                        await ws.send(event.frame)
                    elif isinstance(event, room.Opened):
                        return Channel(ws, talk, event.binding, room_id)
    except (room.WrongCodeError, room.BurnedError) as problem:
        reason = "burned" if isinstance(problem, room.BurnedError) else "confirmation"
        with contextlib.suppress(websockets.ConnectionClosed):
            await ws.send(room.failure(reason))
        raise
    except (TimeoutError, websockets.ConnectionClosed):
        raise _lost() from None


def _heard(
    talk: room.Conversation, role: room.Role, frame: bytes, tries: Tries, spare: int
) -> list[room.Event]:
    """Give a frame to the conversation; nothing else runs between taking a try and its outcome."""
    judges = role is room.Role.CREATOR and talk.state is room.State.PROVING
    if judges and not tries.take(spare):
        raise _burned()
    try:
        events = talk.receive(frame)
    except room.WrongCodeError:
        if judges and tries.used + spare >= room.MAX_TRIES:
            raise _burned() from None
        raise
    except (RoomError, ProtocolError):
        if judges:
            tries.give_back()  # there was no proof to judge
        raise
    if talk.state is room.State.OPEN:
        tries.give_back()
    elif role is room.Role.JOINER and events and not tries.take(spare):  # our proof would go out now
        raise no_tries_left()
    return events


def _burned() -> room.BurnedError:
    return room.BurnedError(
        "the room is burned", why="three wrong codes were tried in it",
        hint="start again to get a new code; if nobody mistyped, somebody is guessing",
    )  # fmt: skip


def no_tries_left() -> room.BurnedError:
    """Return the error for a joiner that has shown its proof often enough."""
    return room.BurnedError(
        "the code is wrong", why="several tries at it have failed, and no more are made",
        hint="start again with a new code; if nobody mistyped, somebody poses as the other machine: use --relay",
    )  # fmt: skip
