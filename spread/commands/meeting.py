"""A room of ours, offered on both routes under one code."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spread.commands import common, routes, terminal
from spread.config import interfaces
from spread.errors import PairingError, RouteError, SpreadError
from spread.net import meet
from spread.protocol import room

if TYPE_CHECKING:
    from spread.net.lan import Lan
    from spread.net.server import Server


class Meeting:
    """One room, offered on the LAN and on relays at once under one code; used as a context manager.

    Args:
        purpose: "share" or "pair".
        relay: A relay to make the room on, or "".
        use_lan: Whether to offer it on the LAN.
        relay_required: Whether failing to reach the relay is an error; else it is told and done without.
        room_id: The id of a room that is on the LAN only; "" makes one.
    """

    def __init__(
        self, purpose: str, relay: str, *, use_lan: bool, relay_required: bool, room_id: str = ""
    ) -> None:
        self.room_id = room_id
        self.port = 0
        self._purpose = purpose
        self._relay = relay
        self._use_lan = use_lan
        self._required = relay_required
        self._hosts: list[tuple[str, meet.Host]] = []
        self._speaker: Lan | None = None
        self._server: Server | None = None

    async def __aenter__(self) -> "Meeting":
        if not self._relay and not self._use_lan:
            raise routes.no_way()
        try:
            if self._relay:
                await self._open_relay()
            self.room_id = self.room_id or common.new_room()
            if self._use_lan:
                await self._open_lan()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def _open_relay(self) -> None:
        host = meet.Host(self._relay, self._purpose)
        try:
            self.room_id = await host.create(timeout_s=5.0 if self._required else 1.5)
            self._hosts.append(("relay", host))
        except RouteError as problem:
            await host.close()
            if self._required or not self._use_lan:
                raise
            terminal.say(
                f"spread: note: {problem.what} ({problem.why}); only machines on this network can join"
            )

    async def _open_lan(self) -> None:
        from spread.net import lan  # not needed where there is a relay only, and slow to load
        from spread.net.server import LISTENER, Server

        ips = lan.addresses(interfaces())
        policy = replace(  # with a token that nobody has: the one room is made from within
            LISTENER, room_id=self.room_id, room_token=secrets.token_hex(16), room_ttl_s=common.ROOM_TTL_S
        )
        self._server = Server(None, policy)
        await self._server.start(ips)
        self.port = self._server.port
        host_part = f"[{ips[0]}]" if ":" in ips[0] else ips[0]
        host = meet.Host(f"ws://{host_part}:{self.port}", self._purpose, self._server.make_room())
        await host.create()
        self._hosts.append(("lan", host))

    async def announce(self) -> None:
        """Let the LAN know; apart from opening, so that the code can be shown before."""
        if self._server is None:
            return
        from spread.net import lan

        self._speaker = lan.Lan(lan.addresses(interfaces()))
        try:
            await self._speaker.start()
            await self._speaker.announce(self.port, {"room": self.room_id, "for": self._purpose})
        except RouteError as problem:
            if len(self._hosts) < 2:
                raise
            terminal.say(f"spread: note: {problem.what} ({problem.why})")

    async def serve(self, secret: bytes, talk: Callable[[meet.Channel, str], Awaitable[bool]]) -> None:
        """Answer joiners on every route until `talk(channel, route)` returns True.

        Anyone on the LAN can join there without a code: what is tried there leaves one try for the relay.

        Raises:
            BurnedError: Three wrong codes were tried.
            PairingError: `talk` raised it.
            RouteError: The room is gone on every route.
        """
        tries = meet.Tries()
        by_relay = any(route == "relay" for route, _ in self._hosts)

        async def one(route: str, host: meet.Host) -> None:
            spare = routes.LAN_SPARE if route == "lan" and by_relay else 0
            try:
                await host.serve(secret, lambda channel: talk(channel, route), tries, spare)
            except room.BurnedError:
                await host.close()
                if spare:
                    terminal.say(
                        "spread: note: wrong codes were tried on this network; only by the relay it can go on"
                    )
                raise

        def is_final(_task: "asyncio.Task[Any]", problem: SpreadError) -> bool:
            burned = isinstance(problem, room.BurnedError) and tries.used >= room.MAX_TRIES
            return burned or isinstance(problem, PairingError)

        tasks = [asyncio.create_task(one(route, host)) for route, host in self._hosts]
        try:
            await routes.first_success(tasks, is_final)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def __aexit__(self, *_: object) -> None:
        for _route, host in self._hosts:
            await host.close()
        if self._speaker is not None:
            await self._speaker.close()
        if self._server is not None:
            await self._server.close()
