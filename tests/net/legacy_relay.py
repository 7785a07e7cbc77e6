"""A relay that speaks claudeSpread 1.x: rooms and nothing else, for tests of what a client does then."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Literal

from websockets.asyncio.server import ServerConnection, serve

from spread.net.rooms import RoomLimits, Rooms

Hello = Literal["error", "close", "ignore"]


@contextlib.asynccontextmanager
async def legacy_relay(
    hello: Hello = "error", limits: RoomLimits | None = None, port: int = 0
) -> AsyncIterator[str]:
    """Serve on loopback and give the URL; `hello` is what comes of any message it does not know."""
    rooms = Rooms(limits or RoomLimits())

    async def talk(ws: ServerConnection) -> None:
        async for frame in ws:
            message = json.loads(frame)
            if message["type"] == "CREATE_ROOM":
                reason = await rooms.create(ws)
            elif message["type"] == "JOIN_ROOM":
                reason = await rooms.join(ws, message["room_id"])
            elif hello == "ignore":
                continue
            else:
                reason = "unknown_type" if hello == "error" else None
            if reason is None:
                return
            await ws.send(json.dumps({"type": "ERROR", "reason": reason}))

    async with serve(talk, "127.0.0.1", port, compression=None, max_size=10 * 1024 * 1024) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
