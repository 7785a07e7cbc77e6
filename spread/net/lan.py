"""Finding listeners on the local network by mDNS, and being found (RELAY_SERVER_SPEC.md, "On the LAN").

What is announced changes with every start and names nobody: peers recognise each other's listeners by a tag
that only who knows the mailbox can compute; a room is announced by its public id.
"""

import asyncio
import contextlib
import ipaddress
import re
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import ifaddr
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from spread.errors import RouteError
from spread.protocol import crypto

SERVICE: Final = "_claude-spread._tcp.local."
MAX_FOUND: Final = 256  # listeners remembered; a flood of bogus ones must not fill our memory
MAX_ALIKE: Final = 8  # of one tag or room: anyone can copy what is announced
MAX_LOOKUPS: Final = 256
ROOM: Final = re.compile("[a-z0-9]{6}")


@dataclass(frozen=True)
class Found:
    """A listener somebody announces; nothing of this is proven."""

    name: str
    urls: tuple[str, ...]
    nonce: str
    tag: str
    room: str
    purpose: str

    def is_of(self, mailbox: bytes) -> bool:
        """Tell whether it carries `mailbox`'s tag."""
        return self.tag != "" and self.tag == tag(mailbox, self.nonce)

    def is_room(self, purpose: str, room_id: str = "") -> bool:
        """Tell whether it is a room of a purpose; of any id, or of one."""
        return self.room != "" and self.purpose == purpose and room_id in ("", self.room)


def tag(mailbox: bytes, nonce: str) -> str:
    """Return the tag by which peers know the listener that owns `mailbox`."""
    return crypto.digest("lan tag", mailbox, nonce.encode("ascii", "replace"))[:8].hex()


def addresses(interfaces: list[str] | None) -> list[str]:
    """Return the addresses to listen on and announce: of the interfaces given, else of all but loopback.

    Args:
        interfaces: Addresses or interface names.

    Raises:
        RouteError: A name is no interface of this machine.
    """
    adapters = ifaddr.get_adapters()
    every = {ip.ip if isinstance(ip.ip, str) else ip.ip[0]: a.nice_name for a in adapters for ip in a.ips}
    if interfaces is None:
        usable = [ip for ip in every if not _is_special(ip)]
        return sorted(usable) or ["127.0.0.1"]
    chosen = []
    for wanted in interfaces:
        named = [
            ip for ip, name in every.items() if name == wanted and not ipaddress.ip_address(ip).is_link_local
        ]
        if not named and wanted not in every:
            raise RouteError(
                f"no interface is called {wanted}", why="SPREAD_INTERFACES names it",
                hint=f"use one of {', '.join(sorted(set(every.values())))}, or an address", transient=False,
            )  # fmt: skip
        chosen += named or [wanted]
    return chosen


def _is_special(ip: str) -> bool:
    address = ipaddress.ip_address(ip)
    return address.is_loopback or address.is_link_local or address.is_unspecified


class Lan:
    """One mDNS speaker: announces listeners and keeps the list of those it hears of.

    Args:
        ips: The addresses to speak on, from `addresses`; never anything else.
        on_change: Called (in the loop) when a listener appears, changes or goes.
        wanted: Tells whether a listener matters. Others are remembered too, for what matters may change, but
            make no news and are the first to be forgotten.
    """

    def __init__(
        self, ips: list[str], on_change: Callable[[], None] | None = None,
        wanted: Callable[[Found], bool] | None = None,
    ) -> None:  # fmt: skip
        self.found: dict[str, Found] = {}  # the last heard last
        self._ips = ips
        self._on_change = on_change or (lambda: None)
        self._wanted = wanted or (lambda _: True)
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._announced: list[AsyncServiceInfo] = []
        self._lookups: dict[str, asyncio.Task[None]] = {}  # by name, the oldest first
        self._broadcasts: set[asyncio.Future[None]] = set()

    async def start(self) -> None:
        """Begin to listen for announcements.

        Raises:
            RouteError: Multicast is not possible here.
        """
        version = IPVersion.All if any(":" in ip for ip in self._ips) else IPVersion.V4Only
        try:
            self._zeroconf = AsyncZeroconf(interfaces=list(self._ips), ip_version=version)
            await self._zeroconf.zeroconf.async_wait_for_start()
        except Exception as problem:  # OSError, or zeroconf's own, by platform
            raise RouteError(
                "cannot use mDNS", why=str(problem) or type(problem).__name__,
                hint="check SPREAD_INTERFACES, or set lan = false",
            ) from None  # fmt: skip
        self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, SERVICE, handlers=[self._heard])

    def _heard(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        if state_change is ServiceStateChange.Removed:
            gone = self.found.pop(name, None)
            if gone is not None and self._wanted(gone):
                self._on_change()
            return
        if name in {info.name for info in self._announced}:
            return
        self._end_lookup(name)
        if len(self._lookups) >= MAX_LOOKUPS:  # one that matters is answered long before it is the oldest
            self._end_lookup(next(iter(self._lookups)))
        task = asyncio.get_running_loop().create_task(self._look_up(zeroconf, name))
        self._lookups[name] = task
        task.add_done_callback(lambda done: self._looked_up(name, done))

    def _end_lookup(self, name: str) -> None:
        task = self._lookups.pop(name, None)
        if task is not None:
            task.cancel()

    def _looked_up(self, name: str, task: asyncio.Task[None]) -> None:
        if self._lookups.get(name) is task:
            del self._lookups[name]

    async def _look_up(self, zeroconf: Zeroconf, name: str) -> None:
        info = AsyncServiceInfo(SERVICE, name)
        if not await info.async_request(zeroconf, 3000) or not info.port:
            return
        text = {
            key.decode("ascii", "replace"): (value or b"").decode("ascii", "replace")[:64]
            for key, value in info.properties.items()
        }
        urls = tuple(
            f"ws://[{ip}]:{info.port}" if ":" in ip else f"ws://{ip}:{info.port}"
            for ip in info.parsed_scoped_addresses(IPVersion.All)[:8]
        )
        if urls:
            room = text.get("room", "")
            room = room if ROOM.fullmatch(room) else ""
            self._remember(Found(name, urls, text.get("n", ""), text.get("t", ""), room, text.get("for", "")))

    def _remember(self, new: Found) -> None:
        known, what = self.found.pop(new.name, None), (new.tag, new.room)
        alike = sum((each.tag, each.room) == what for each in self.found.values())
        if alike >= MAX_ALIKE and (known is None or (known.tag, known.room) != what):
            return  # tags and rooms are new at every start: whoever copies one comes after whom it copies
        if len(self.found) >= MAX_FOUND:
            others = (name for name, each in self.found.items() if not self._wanted(each))
            del self.found[next(others, next(iter(self.found)))]
        self.found[new.name] = new
        if self._wanted(new):
            self._on_change()

    async def announce(self, port: int, properties: dict[str, str]) -> None:
        """Announce a listener on `port`; its name is random, so nothing needs probing."""
        assert self._zeroconf is not None
        label = secrets.token_hex(8)
        packed = [socket.inet_pton(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip) for ip in self._ips]
        info = AsyncServiceInfo(
            SERVICE, f"{label}.{SERVICE}", port=port, addresses=packed, server=f"{label}.local.",
            properties={"v": "1", **properties},
        )  # fmt: skip
        self._announced.append(info)
        broadcast = await self._zeroconf.async_register_service(info, cooperating_responders=True)
        task = asyncio.ensure_future(broadcast)
        self._broadcasts.add(task)
        task.add_done_callback(self._broadcasts.discard)

    def owners_of(self, mailbox: bytes) -> list[Found]:
        """Return the announced listeners that carry `mailbox`'s tag, the last heard first.

        There may be more than one: a listener that was cut off or killed says no goodbye.
        """
        return [found for found in self.found.values() if found.is_of(mailbox)][::-1]

    def forget(self, found: Found) -> None:
        """Drop a listener that is not there any more; it is heard of again only if its announcement changes."""
        self.found.pop(found.name, None)

    def rooms(self, purpose: str, room_id: str = "") -> list[Found]:
        """Return announced rooms of a purpose, of all ids or of one."""
        return [found for found in self.found.values() if found.is_room(purpose, room_id)]

    async def close(self) -> None:
        """Say goodbye; never raises."""
        for task in (*self._lookups.values(), *self._broadcasts):
            task.cancel()
        with contextlib.suppress(Exception):
            if self._browser is not None:
                await self._browser.async_cancel()
            if self._zeroconf is not None:
                async with asyncio.timeout(2):
                    await self._zeroconf.async_unregister_all_services()
        with contextlib.suppress(Exception):
            if self._zeroconf is not None:
                await self._zeroconf.async_close()
