"""Rooms: two connections that meet through a code, and what a server does for them: it forwards.

RELAY_SERVER_SPEC.md, "Rooms". Every frame has exactly one reader, settled when the server reads the frame:
the other side at that moment, or nobody. What the creator sent to one joiner cannot reach the next, as the
next is let in only when the creator has answered a ping that followed the news of the first one's leaving.
"""

import asyncio
import contextlib
import secrets
import string
import time
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Final

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from spread.net.addresses import line_of, network, shares
from spread.net.frames import LARGE
from spread.net.guests_connection import Guest
from spread.net.inside import Inside
from spread.net.siblings import Alone, Siblings
from spread.protocol import wire
from spread.protocol.wire import Message

ID_LETTERS: Final = string.ascii_lowercase + string.digits
ID_LENGTH: Final = 6
ASKED_S: Final = 3.0  # who found a room busy waits for it so long, without asking again
FEW: Final = 2  # rooms of a machine, to share and to pair; of a line with more, joined ones go too


@dataclass(frozen=True)
class RoomLimits:
    """How many rooms, how long each lasts, and how often one may be tried.

    Args:
        room_id: If set, the id of the only room there can be (a listener that serves one code).
        waiting: Rooms that nobody has joined yet, or again.
        waiting_per_address: Of these, made from one address.
        ttl_s: From its making; then it is closed, used or not.
        per_minute: Joins tried by one address.
        per_room: Joins of one room by one address, from its making.
        send_s: For a reader to make room for one frame.
        settle_s: For a creator to answer the ping after a joiner has left.
    """

    rooms: int = 1000
    room_id: str | None = None
    ttl_s: float = 1800.0
    per_minute: int = 300
    per_room: int = 30
    send_s: float = 30.0
    settle_s: float = 20.0
    waiting: int = 1000
    waiting_per_address: int = 200


Maker = ServerConnection | Inside


async def send(ws: Maker, frame: str | bytes, timeout_s: float) -> None:
    """Send a frame; close a connection that does not take it in time.

    Raises:
        ConnectionClosed, TimeoutError: It is gone.
    """
    if isinstance(ws, Inside):
        await ws.deliver(frame, timeout_s)
        return
    if ws.state is State.OPEN and ws.send_in_progress is None:
        # As `ws.send` does it, without what that costs: most of the time there is nothing to wait for.
        if isinstance(ws, Guest) and isinstance(frame, bytes) and len(frame) >= LARGE:
            ws.send_large(frame)
        else:
            if isinstance(frame, str):
                ws.protocol.send_text(frame.encode())
            else:
                ws.protocol.send_binary(frame)
            if isinstance(ws, Guest):
                ws.flush_soon(len(frame))
            else:
                ws.send_data()
        if not ws.paused and not ws.transport.is_closing():
            return
        sending: Awaitable[None] = ws.drain()
    else:
        sending = ws.send(frame)
    try:
        async with asyncio.timeout(timeout_s):
            await sending
    except OSError as error:
        if not isinstance(error, TimeoutError):
            return  # the connection broke while we waited; whoever uses it next will be told
        note(ws, "slow_reader")
        ws.transport.abort()
        raise


def know(ws: Maker, is_known: bool) -> None:
    """Note that a connection is no stranger's, or is one again."""
    if isinstance(ws, Guest):
        ws.gate.flow.know(ws, is_known)


def note(ws: Maker, why: str) -> None:
    """Note why a connection is about to be closed, for the metrics."""
    if isinstance(ws, Guest):
        ws.why = why


def address_of(ws: Maker) -> str:
    """Return the address a connection counts for."""
    if isinstance(ws, Inside):
        return ""
    return ws.address if isinstance(ws, Guest) else network(str((ws.remote_address or ("",))[0]))


class Joins:
    """How often an address has tried to join a room this minute."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def allow(self, address: str, now_s: float) -> bool:
        """Count one try and tell whether it is within the limit."""
        minute = int(now_s // 60)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        names = shares(address)
        self._counts.update(name for name, _ in names)
        return all(self._counts[name] <= times * self._per_minute for name, times in names)


class _Room:
    """Who made it, who is in it now, and whether the creator's frames go to them yet."""

    __slots__ = (
        "address",
        "asked",
        "creator",
        "drop",
        "forwards",
        "id",
        "joiner",
        "joins",
        "over",
        "settled",
    )

    def __init__(self, id: str, creator: Maker) -> None:
        self.id = id
        self.creator = creator
        self.address = address_of(creator)
        self.joiner: ServerConnection | None = None
        self.forwards = False
        self.drop: str | bytes | None = None  # the frame by which the creator puts this joiner out
        self.joins: Counter[str] = Counter()  # by address
        self.asked: dict[str, float] = {}  # addresses that found it busy, and when
        self.over: asyncio.Future[None] | None = None  # when the joiner has left
        self.settled: asyncio.Future[Any] | None = None  # the creator's pong after the last joiner left


class Rooms:
    """The rooms of one server, those of its process; `siblings` learn of them."""

    def __init__(self, limits: RoomLimits, siblings: Siblings | None = None) -> None:
        self._limits = limits
        self._siblings = siblings or Alone()
        self._rooms: dict[str, _Room] = {}
        self._joins = Joins(limits.per_minute)
        self._clock = time.monotonic
        self._closing: set[asyncio.Task[None]] = set()
        self._elsewhere: set[asyncio.Future[None]] = set()  # when a joiner has left another process's room

    async def create(self, creator: Maker) -> str | None:
        """Make a room and forward what its creator sends, until the creator has gone and the room with it.

        Returns:
            None, or the reason why there is no room.
        """
        if not self._has_place(address_of(creator)):
            return "too_many_rooms"
        room = _Room(self._limits.room_id or self._new_id(), creator)
        self._rooms[room.id] = room
        expiry = asyncio.get_running_loop().call_later(self._limits.ttl_s, self._expire, room)
        try:
            if not await self._siblings.claim(room.id):
                return "unavailable"
            await send(creator, _frame("ROOM_CREATED", room_id=room.id), self._limits.send_s)
            if isinstance(creator, Inside):
                await creator.serve(lambda frame: self._from_creator(room, frame))
            else:
                async for frame in creator:
                    await self._from_creator(room, frame)
        finally:
            expiry.cancel()
            if self._rooms.get(room.id) is room:  # else it gave its place to another
                del self._rooms[room.id]
                self._siblings.release(room.id)
            if room.joiner is not None:
                await room.joiner.close(reason="the room is closed")
        return None

    async def _from_creator(self, room: _Room, frame: str | bytes) -> None:
        if not room.forwards or room.joiner is None:
            return
        if frame == room.drop:
            room.forwards = False
            self._close(room.joiner, "the room's maker has ended it")
        else:
            await self._forward(frame, room.joiner)

    async def join(self, joiner: ServerConnection, id: str, address: str = "") -> str | None:
        """Enter a room and forward what the joiner sends, until the joiner has gone.

        Args:
            address: The joiner's, where it is not at the other end of its connection.

        Returns:
            None, or the reason why it was not let in.
        """
        address = address or address_of(joiner)
        if not self._joins.allow(address, self._clock()):
            return "too_many_joins"
        room = self._rooms.get(id)
        if room is None:
            return "room_not_found"
        if room.joiner is not None or self._do_others_wait(room, address):
            room.asked[address] = self._clock()
            return "room_busy"
        if any(room.joins[name] >= times * self._limits.per_room for name, times in shares(address)):
            return "too_many_joins"
        room.joins.update(name for name, _ in shares(address))
        room.asked.pop(address, None)
        room.joiner = joiner
        room.over = asyncio.get_running_loop().create_future()
        try:
            if not await self._is_settled(room):
                return "room_busy"
            await self._meet(room, joiner)
        finally:
            room.joiner = None
            room.over.set_result(None)
            room.over = None
        return None

    def _do_others_wait(self, room: _Room, address: str) -> bool:
        """Tell whether one waits that was in this room less often: who comes back at once keeps nobody out."""
        now_s = self._clock()
        room.asked = {who: at_s for who, at_s in room.asked.items() if now_s - at_s < ASKED_S}
        return any(room.joins[who] < room.joins[address] for who in room.asked)

    async def join_elsewhere(self, joiner: ServerConnection, id: str) -> str | None:
        """Enter a room of another process and forward, until the joiner or the room has gone.

        Returns:
            None, or the reason why it was not let in.
        """
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._elsewhere.add(over)
        try:
            return await self._siblings.join(joiner, id, address_of(joiner))
        finally:
            self._elsewhere.discard(over)
            over.set_result(None)

    def __len__(self) -> int:
        return len(self._rooms)

    def joined(self) -> int:
        """Return how many rooms have somebody in them."""
        return sum(room.joiner is not None for room in self._rooms.values())

    async def ended(self, most_s: float) -> None:
        """Wait until those that are in a room together now have left it, at most `most_s`."""
        meetings = [room.over for room in self._rooms.values() if room.over is not None]
        meetings += self._elsewhere
        if meetings:
            await asyncio.wait(meetings, timeout=most_s)

    def _has_place(self, address: str) -> bool:
        """Tell whether this address may make a room, perhaps in place of one of those who have more of them waiting."""
        limits, rooms = self._limits, self._rooms
        waiting = [room for room in rooms.values() if room.joiner is None]
        by_line = Counter(line_of(room.address) for room in waiting)
        by_address = Counter(room.address for room in waiting)
        line = line_of(address)
        for name, times in shares(address):
            if (by_line if name == line else by_address)[name] >= times * limits.waiting_per_address:
                return False
        is_full = len(rooms) >= (1 if limits.room_id else limits.rooms)
        if len(waiting) < limits.waiting and not is_full:
            return True
        if is_full and self._make_place(line, list(rooms.values()), FEW):
            return True
        return self._make_place(line, waiting)

    def _make_place(self, line: str, among: list[_Room], few: int = 0) -> bool:
        """Close the oldest of these rooms of who has most of them, rather one that nobody is in, for one who has fewer.

        Returns:
            Whether there is such a one, with more than a few.
        """
        by_line = Counter(line_of(room.address) for room in among)
        greedy, most = by_line.most_common(1)[0] if by_line else ("", 0)
        if most <= max(few, by_line[line] + 1):
            return False
        theirs = [room for room in among if line_of(room.address) == greedy]
        oldest = next((room for room in theirs if room.joiner is None), theirs[0])
        del self._rooms[oldest.id]
        self._siblings.release(oldest.id)
        note(oldest.creator, "crowded")
        self._close(oldest.creator, "there are too many rooms")
        return True

    def _new_id(self) -> str:
        while True:
            id = "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))
            if id not in self._rooms:
                return id

    def _expire(self, room: _Room) -> None:
        note(room.creator, "expired")
        self._close(room.creator, "the room has expired")

    def _close(self, ws: Maker, reason: str) -> None:
        """Close a connection, without waiting for it."""
        task = asyncio.create_task(ws.close(reason=reason))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _is_settled(self, room: _Room) -> bool:
        """Wait until the creator can have nothing on its way to us that was meant for the joiner before."""
        if room.settled is None:
            return True
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(self._limits.settle_s):
                await asyncio.shield(room.settled)
                return True
        return False

    async def _meet(self, room: _Room, joiner: ServerConnection) -> None:
        peer_id = f"conn_{secrets.token_hex(4)}"
        await send(joiner, _frame("ROOM_JOINED", room_id=room.id), self._limits.send_s)
        room.drop = _frame("DROP_PEER", peer_id=peer_id)
        know(joiner, True)
        know(room.creator, True)
        room.forwards = True  # and PEER_JOINED is written before anyone else runs
        try:
            await self._forward(_frame("PEER_JOINED", peer_id=peer_id), room.creator)
            async for frame in joiner:
                if room.forwards:  # else it was put out
                    await self._forward(frame, room.creator)
        finally:
            room.forwards = False
            know(joiner, False)
            know(room.creator, False)
            await self._forward(_frame("PEER_DISCONNECTED", peer_id=peer_id), room.creator)
            with contextlib.suppress(ConnectionClosed):
                # Its pong follows all it had sent before it could know; those frames are read and dropped.
                room.settled = asyncio.ensure_future(await room.creator.ping())

    async def _forward(self, frame: str | bytes, to: Maker) -> None:
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            await send(to, frame, self._limits.send_s)


def _frame(type: str, **fields: str) -> str | bytes:
    return wire.encode(Message(type, fields))
