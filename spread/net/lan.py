"""Finding listeners on the local network by mDNS, and being found (RELAY_SERVER_SPEC.md, "On the LAN").

What is announced changes with every start and names nobody: peers recognise each other's listeners by a tag
that only who knows the mailbox can compute; a room is announced by its public id.
"""

import asyncio
import contextlib
import ipaddress
import os
import re
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import ifaddr
from zeroconf import DNSIncoming as Incoming  # type: ignore[attr-defined]  # exported, but not by its `__all__`
from zeroconf import IPVersion, ServiceInfo, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from spread.errors import RouteError
from spread.net import lan_questions, lan_records
from spread.net.addresses import Bucket
from spread.protocol import crypto

SERVICE: Final = "_claude-spread._tcp.local."
MAX_FOUND: Final = 256  # listeners remembered; a flood of bogus ones must not fill our memory
MAX_ALIKE: Final = 8  # of one tag or room: anyone can copy what is announced
LOOKUP_MS: Final = 3000
# So many more than announce themselves whole, as ours do: each costs us a message, and keeps us busy.
LOOKUPS_PER_S: Final = 20.0
LOOKUPS_AT_ONCE: Final = 64.0
# One is over at once where we, or the other machine, were held up: nobody tells us again.
LOOKUP_TRIES: Final = 3
GONE_S: Final = 1.0  # after a goodbye, in which an answer that was already on its way may come
TIDY_S: Final = 1.0  # while a flood lasts, what it leaves is dropped so often at most
ROOM: Final = re.compile("[a-z0-9]{6}")
NAME: Final = re.compile(r"[!-\-/-~]{1,63}\." + re.escape(SERVICE))  # ASCII that can be seen, in one label


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


def found_in(info: ServiceInfo) -> Found | None:
    """Return what an announcement says, made harmless; None if there is no way to reach it."""
    if not info.port:
        return None
    text = {
        key.decode("ascii", "replace"): (value or b"").decode("ascii", "replace")[:64]
        for key, value in info.properties.items()
    }
    urls = tuple(
        f"ws://[{ip}]:{info.port}" if ":" in ip else f"ws://{ip}:{info.port}"
        for ip in info.parsed_scoped_addresses(IPVersion.All)[:8]
    )
    if not urls:
        return None
    room = text.get("room", "")
    room = room if ROOM.fullmatch(room) else ""
    return Found(info.name, urls, text.get("n", ""), text.get("t", ""), room, text.get("for", ""))


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


def network(interfaces: list[str] | None, sys_net: str = "/sys/class/net") -> frozenset[str]:
    """Return what is another set when the network is another one: our addresses, and which have a carrier.

    Args:
        interfaces: As for `addresses`.
        sys_net: Where the system tells about carriers; a cable that is plugged in changes no address.
    """
    found = set()
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            named = interfaces is not None and (adapter.nice_name in interfaces or text in interfaces)
            if named or (interfaces is None and not _is_special(text)):
                carrier = _read(os.path.join(sys_net, adapter.nice_name, "carrier"))
                found.add(text if carrier != b"0" else f"{text} without carrier")
    return frozenset(found)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as handle:
            return handle.read(1)
    except OSError:  # no such file, or the interface is off
        return b""


def _version(ips: list[str]) -> IPVersion:
    return IPVersion.All if any(":" in ip for ip in ips) else IPVersion.V4Only


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
        self._spare: dict[
            str, Found
        ] = {}  # there was no place for, as there were enough alike; the first heard first
        self._ips = ips
        self._on_change = on_change or (lambda: None)
        self._wanted = wanted or (lambda _: True)
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._announced: list[AsyncServiceInfo] = []
        self._lookups: dict[str, asyncio.Task[None]] = {}  # by name
        self._gone: tuple[str, float] = ("", 0.0)  # the last listener that took its leave, and when
        self._looking = Bucket(LOOKUPS_PER_S, LOOKUPS_AT_ONCE, time.monotonic())
        self._tidied_s = 0.0
        self._broadcasts: set[asyncio.Future[None]] = set()
        self._asking: list[asyncio.DatagramTransport] = []

    async def start(self) -> None:
        """Begin to listen for announcements.

        Raises:
            RouteError: Multicast is not possible here.
        """
        try:
            self._zeroconf = AsyncZeroconf(interfaces=list(self._ips), ip_version=_version(self._ips))
            await self._zeroconf.zeroconf.async_wait_for_start()
        except Exception as problem:  # OSError, or zeroconf's own, by platform
            raise RouteError(
                "cannot use mDNS", why=str(problem) or type(problem).__name__,
                hint="check SPREAD_INTERFACES, or set lan = false",
            ) from None  # fmt: skip
        self._browse()

    def _browse(self) -> None:
        assert self._zeroconf is not None
        self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, SERVICE, handlers=[self._heard])

    async def _browse_anew(self) -> None:
        if self._browser is not None:
            await self._browser.async_cancel()
        self._browse()

    async def ask(self) -> None:
        """Ask who is there, right away: somebody waits for the answer.

        A browser asks after up to 120 ms, and others wait as long again before they answer everybody. Who is asked
        from a port that is not mDNS's answers at once, and that port alone (RFC 6762, section 6.7).
        """
        loop = asyncio.get_running_loop()
        for ip in self._ips:
            with contextlib.suppress(OSError):  # the browser asks besides
                if ":" not in ip:
                    asking, _ = await loop.create_datagram_endpoint(
                        lambda: lan_questions.Answers(self._answered), sock=lan_questions.asking_socket(ip)
                    )
                    self._asking.append(asking)
                    asking.sendto(lan_questions.pointers_of(SERVICE), lan_questions.MDNS)

    def _answered(self, data: bytes, source: tuple[str, int]) -> None:
        assert self._zeroconf is not None
        answer = Incoming(data, source)
        if answer.valid and answer.is_response():
            self._zeroconf.zeroconf.record_manager.async_updates_from_response(answer)

    async def move(self, ips: list[str]) -> None:
        """Speak on these addresses from now on: announce anew, ask anew.

        Also for the same ones, when the network was away: what was said meanwhile, by us and by others, was lost.
        """
        assert self._zeroconf is not None
        self._ips = list(ips)
        # at once only the sockets; zeroconf takes seconds to say it all thrice
        self._later(self._zeroconf.async_update_interfaces(list(ips), _version(ips)))
        await self._browse_anew()
        self._announced = [
            self._service(info.name, info.port or 0, info.properties) for info in self._announced
        ]
        for info in self._announced:
            self._later(self._say(info))

    async def _say(self, info: AsyncServiceInfo) -> None:
        assert self._zeroconf is not None
        with contextlib.suppress(Exception):  # the network may be away again
            await (await self._zeroconf.async_update_service(info))

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._broadcasts.add(task)
        task.add_done_callback(self._said)

    def _said(self, task: "asyncio.Future[None]") -> None:
        self._broadcasts.discard(task)
        if not task.cancelled():
            task.exception()  # the network may be away; it is said again when it is back

    def _heard(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        if state_change is ServiceStateChange.Removed:
            gone = self._drop(name)
            if gone is not None and self._wanted(gone):
                self._gone = name, time.monotonic()
                self._on_change()
            return
        if name == self._gone[0] and time.monotonic() < self._gone[1] + GONE_S:
            lan_records.drop(zeroconf, SERVICE, name)  # so that it is heard if it says later that it is there
            return
        if name in {info.name for info in self._announced}:
            return
        if not NAME.fullmatch(name):
            lan_records.drop(zeroconf, SERVICE, name)  # zeroconf cannot even ask for what it has so
            return
        self._end_lookup(name)
        if self._knows(zeroconf, name) or not self._looking.may_take(1, time.monotonic()):
            return
        task = asyncio.get_running_loop().create_task(self._look_up(zeroconf, name))
        self._lookups[name] = task
        task.add_done_callback(lambda done: self._looked_up(name, done))

    def _knows(self, zeroconf: Zeroconf, name: str) -> bool:
        """Take what was announced with a name, as listeners do; tell whether it was all.

        It has to be now: a flood leaves no time to ask, nor room for it among the records.
        """
        asyncio.get_running_loop().call_soon(self._tidy, zeroconf)
        info = AsyncServiceInfo(SERVICE, name)
        try:
            if not info.load_from_cache(zeroconf):
                return False
            found = found_in(info)
        except Exception:  # it can be none of ours; nobody is told in a stranger's words
            return True
        if found is not None:
            self._remember(found)
        return True

    def _tidy(self, zeroconf: Zeroconf) -> None:
        """Let go of what a flood has left; what was dropped with it and matters is asked for again."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._tidied_s >= TIDY_S:
            self._tidied_s = now_s
            if lan_records.thin(zeroconf, lambda name: name in self.found and self._wanted(self.found[name])):
                self._later(self._browse_anew())

    def _end_lookup(self, name: str) -> None:
        task = self._lookups.pop(name, None)
        if task is not None:
            task.cancel()

    def _looked_up(self, name: str, task: asyncio.Task[None]) -> None:
        if self._lookups.get(name) is task:
            del self._lookups[name]
        if not task.cancelled():
            task.exception()  # a name that can be none of ours, say; nobody is told in a stranger's words

    async def _look_up(self, zeroconf: Zeroconf, name: str) -> None:
        info = AsyncServiceInfo(SERVICE, name)
        for _ in range(LOOKUP_TRIES):
            if await info.async_request(zeroconf, LOOKUP_MS):
                found = found_in(info)
                if found is not None:
                    self._remember(found)
                return

    def _remember(self, new: Found) -> None:
        known, what = self.found.pop(new.name, None), (new.tag, new.room)
        alike = sum((each.tag, each.room) == what for each in self.found.values())
        if alike >= MAX_ALIKE and (known is None or (known.tag, known.room) != what):
            # Tags and rooms are new at every start: whoever copies one comes later, though it may be heard first.
            if self._wanted(new) and len(self._spare) < MAX_FOUND:
                self._spare[new.name] = new
            return
        if len(self.found) >= MAX_FOUND:
            others = (name for name, each in self.found.items() if not self._wanted(each))
            del self.found[next(others, next(iter(self.found)))]
        self._spare.pop(new.name, None)
        self.found[new.name] = new
        if self._wanted(new):
            self._on_change()

    def _drop(self, name: str) -> Found | None:
        """Forget a listener; the next that is alike takes its place."""
        self._spare.pop(name, None)
        gone = self.found.pop(name, None)
        if gone is not None:
            what = gone.tag, gone.room
            spare = next((each for each in self._spare.values() if (each.tag, each.room) == what), None)
            if spare is not None:
                self._remember(self._spare.pop(spare.name))
        return gone

    async def announce(self, port: int, properties: dict[str, str]) -> None:
        """Announce a listener on `port`; its name is random, so nothing needs probing."""
        assert self._zeroconf is not None
        info = self._service(f"{secrets.token_hex(8)}.{SERVICE}", port, {"v": "1", **properties})
        self._announced.append(info)
        self._later(await self._zeroconf.async_register_service(info, cooperating_responders=True))

    def _service(self, name: str, port: int, properties: Mapping[Any, Any]) -> AsyncServiceInfo:
        packed = [socket.inet_pton(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip) for ip in self._ips]
        return AsyncServiceInfo(
            SERVICE, name, port=port, addresses=packed, server=f"{name.split('.')[0]}.local.",
            properties=dict(properties),
        )  # fmt: skip

    def owners_of(self, mailbox: bytes) -> list[Found]:
        """Return the announced listeners that carry `mailbox`'s tag, the last heard first.

        There may be more than one: a listener that was cut off or killed says no goodbye.
        """
        return [found for found in self.found.values() if found.is_of(mailbox)][::-1]

    def forget(self, found: Found) -> None:
        """Drop a listener that is not there any more; it is heard of again only if its announcement changes."""
        self._drop(found.name)

    def rooms(self, purpose: str, room_id: str = "") -> list[Found]:
        """Return announced rooms of a purpose, of all ids or of one."""
        return [found for found in self.found.values() if found.is_room(purpose, room_id)]

    async def close(self) -> None:
        """Say goodbye; never raises."""
        for asking in self._asking:
            asking.close()
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
