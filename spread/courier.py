"""Carries envelopes: our listener, the LAN, the relays. Knows routes; decides nothing (`plan` does).

A relay link stays open as long as the engine runs; a LAN connection is made when there is something to send.
"""

import asyncio
import contextlib
import itertools
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from spread import plan, store_damage
from spread.config import Config
from spread.courier_calls import Calls
from spread.courier_incoming import SUFFIX
from spread.courier_lan import LanRoutes
from spread.errors import RouteError, SpreadError
from spread.farewells import Farewell
from spread.identity import Identity
from spread.mailroom import Letter
from spread.net import lan
from spread.net.client import Connection, is_near_relay
from spread.net.links import Links
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol.mailbox import DELETE_ITEMS

BRIEF_S: Final = 10.0  # a relay that hangs up sooner is not called again at once
MAX_AT_ONCE: Final = 64  # envelopes held in memory
# a relay that seems to know rooms only may be one that is just being stopped, or is busy
ROOMS_ONLY_RETRY_S: Final = (60.0, 300.0, 3600.0)

log = logging.getLogger("spread.courier")


@dataclass
class RelayLink:
    """Our standing with one relay; `state` is for people."""

    url: str
    state: str = "not tried"
    looked: bool = False  # the first attempt is over
    connection: Connection | None = None
    ours: bool = False  # our mailbox is there; else it is a peer's relay, for putting only
    kept: list[tuple[bytes, int, bytes]] = field(default_factory=list)  # could not be taken in yet
    done: list[tuple[bytes, int]] = field(default_factory=list)  # taken in, to be deleted there
    deleting: asyncio.Task[None] | None = None
    first_mail: int = 0  # envelopes that waited when we connected
    times: int = 0  # how often it was connected
    again: asyncio.Event = field(default_factory=asyncio.Event)  # try at once: the network has changed


Waiting = tuple[RelayLink | str, bytes, tuple[bytes, int]]


class Courier:
    """Routes to all peers.

    Args:
        on_news: Called in the loop when mail came or a route appeared or went.
    """

    def __init__(self, paths: Paths, config: Config, identity: Identity, on_news: Callable[[], None]) -> None:
        self.links: dict[str, RelayLink] = {}
        self._paths = paths
        self._config = config
        self._identity = identity
        self._on_news = on_news
        self._peers: Mapping[str, Peer] = {}
        self._near = False  # a relay of ours is on this machine: a peer's may be
        self._former: frozenset[bytes] = frozenset()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._interfaces: list[str] | None = None
        self._links = Links()
        self._moves = True  # the network did at the last look
        self._network: frozenset[str] = frozenset()
        self._seen: dict[str, float] = {}  # when a peer was last known to be on the LAN (unix seconds)
        self._calls = Calls()
        self.lan = LanRoutes(
            paths, config, identity, self._calls, lambda: self._peers, self._mailboxes, on_news
        )  # fmt: skip

    async def start(self, peers: Mapping[str, Peer], interfaces: list[str] | None) -> None:
        """Listen, announce, and connect; what fails is told in the states and tried without."""
        self._peers, self._interfaces = peers, interfaces
        self._network = lan.network(interfaces)
        await self.lan.find(interfaces)
        self.follow(peers)

    def network(self) -> frozenset[str]:
        """Return what is another set when the network is another one."""
        self._moves = self._links.changed()
        if self._moves:
            self._network = lan.network(self._interfaces)
        return self._network

    def listen_to_network(self, on_change: Callable[[], None]) -> bool:
        """Call `on_change` (in the loop) when the network may be another one; tell whether one may wait for that.

        Not while it moves: then more is to come, and all of it is too much to be called for.
        """
        return not self._moves and self._links.listen(on_change)

    async def network_changed(self) -> bool:
        """See what of the connections is left, and announce and ask anew. Tell whether the LAN works."""
        for link in self.links.values():
            link.again.set()
            if link.connection is not None:
                self._calls.later(self._calls.see(link.connection))
        for connection in self.lan.connections():
            self._calls.later(self._calls.see(connection))
        return await self.lan.find(self._interfaces)

    def _mailboxes(self) -> Iterator[bytes]:
        """Return the mailboxes that we may have something for."""
        yield from (peer.mailbox for peer in self._peers.values())
        yield from self._former

    def follow(
        self, peers: Mapping[str, Peer], former: Iterable[Farewell] = (), revoking: Iterable[str] = ()
    ) -> None:
        """Take note of the peers as they are now: links to their relays and ours are opened or dropped.

        Args:
            former: Machines that are to be told that they are peers no longer.
            revoking: Relays of ours that are to refuse somebody.
        """
        self._peers = peers
        former = list(former)
        self._former = frozenset(farewell.mailbox for farewell in former)
        ours = {*revoking}
        if peers:
            ours |= {self._config.relay, *(peer.our_relay for peer in peers.values())}
        self._near = any(map(is_near_relay, ours))
        theirs = {peer.relay for peer in peers.values()} | {farewell.relay for farewell in former}
        wanted = {url for url in ours | theirs if url}
        for url, link in list(self.links.items()):
            if url not in wanted or (url in ours and not link.ours):  # once open, our mailbox may stay so
                self._tasks.pop(url).cancel()
                del self.links[url]
        for url in wanted - set(self.links):
            # a relay that only a peer names gets no proof that it could use elsewhere to open our mailbox
            self.links[url] = RelayLink(url, ours=url in ours)
            self._tasks[url] = asyncio.create_task(self._keep(self.links[url]))

    async def _keep(self, link: RelayLink) -> None:
        """Keep one relay link open for as long as it is wanted."""
        failures = refusals = 0
        while True:
            wait_s, began = 0.0, time.monotonic()
            try:
                await self._hold(link)
                failures = failures + 1 if time.monotonic() - began < BRIEF_S else 0
                refusals = 0
            except SpreadError as problem:
                failures += 1
                link.state = f"{problem.what}" + (f" ({problem.why})" if problem.why else "")
                log.warning("relay: %s", link.state)  # offline for hours it is said once an hour
                if isinstance(problem, RouteError) and not problem.transient:
                    wait_s = ROOMS_ONLY_RETRY_S[min(refusals, len(ROOMS_ONLY_RETRY_S) - 1)]
                    refusals += 1  # in a row, save for times when it could not be asked
            except Exception as problem:  # whatever a server does, the next try must come
                failures += 1
                link.state = f"failed with {type(problem).__name__}"
                log.error("relay %s: %s", link.url, link.state)
            finally:
                connection, link.connection = link.connection, None
                if connection is not None:
                    await connection.close()
            link.looked = True
            self._on_news()
            await self._pause(
                link, wait_s or plan.backoff(failures, os.urandom(1)[0] / 255, plan.BACKOFF_ROUTE_S)
            )
            failures = 0 if link.again.is_set() else failures
            link.again.clear()

    @staticmethod
    async def _pause(link: RelayLink, wait_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await link.again.wait()

    async def _hold(self, link: RelayLink) -> None:
        connection = await Connection.open(link.url, near=link.ours or self._near)
        link.connection = connection
        waiting = 0
        if link.ours:
            waiting = await connection.open_mailbox(
                self._identity.mailbox_seed, self._identity.mailbox, self._on_news
            )
        link.state = "connected"
        link.again.clear()
        link.times += 1
        link.first_mail = waiting
        link.looked = waiting == 0
        link.kept.clear()  # it comes again over the new connection
        link.done.clear()
        self._on_news()
        await connection.closed.wait()
        link.state = "the connection was lost"

    @property
    def looked(self) -> bool:
        """Whether every mailbox of ours was looked into once."""
        return all(link.looked for link in self.links.values())

    def mail(self) -> list[Waiting]:
        """Return envelopes that wait, at most MAX_AT_ONCE by each way, in turn one of each.

        An origin is a link, or a file of the listener's.
        """
        found: list[Waiting] = []
        ways = [found]
        names = sorted(n for n in os.listdir(self._paths.incoming) if n.endswith(SUFFIX) and n[0] != ".")
        for name in names[:MAX_AT_ONCE]:
            path = os.path.join(self._paths.incoming, name)
            try:
                with open(path, "rb") as handle:
                    found.append((path, handle.read(), (b"", 0)))
            except FileNotFoundError:
                continue
            except OSError as problem:
                what = "mail that has come cannot be read"
                store_damage.quarantine(self._paths, path, what, problem.strerror or "")
        for link in self.links.values():
            mail, link.kept = link.kept, []
            while (
                link.connection is not None and not link.connection.mail.empty() and len(mail) < MAX_AT_ONCE
            ):
                mail.append(link.connection.mail.get_nowait())
            ways.append([(link, body, (id_, seq)) for id_, seq, body in mail])
        links = [link.connection for link in self.links.values() if link.connection is not None]
        if len(names) > MAX_AT_ONCE or any(not connection.mail.empty() for connection in links):
            self._on_news()
        return [one for each in itertools.zip_longest(*ways) for one in each if one is not None]

    def keep(self, origin: RelayLink | str, sealed: bytes, item: tuple[bytes, int]) -> None:
        """An envelope could not be taken in: it comes again with the next `mail`."""
        if not isinstance(origin, str):
            origin.kept.append((*item, sealed))

    def drop(self, origin: RelayLink | str, item: tuple[bytes, int]) -> None:
        """An envelope was taken in: delete it where it waited. A failure only means that it comes again."""
        if isinstance(origin, str):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(origin)
            return
        origin.first_mail -= 1
        origin.looked = origin.looked or origin.first_mail <= 0
        origin.done.append(item)
        if origin.deleting is None or origin.deleting.done():
            origin.deleting = asyncio.create_task(self._delete(origin))

    @staticmethod
    async def _delete(link: RelayLink) -> None:
        """Delete what was taken in; a server that does not answer is hung up on, and waited for by nobody."""
        while link.done and link.connection is not None:
            items, link.done = link.done[:DELETE_ITEMS], link.done[DELETE_ITEMS:]
            try:
                await link.connection.delete(items)
            except RouteError:
                if link.connection is not None:
                    await link.connection.close()
                return

    def is_open_at(self, url: str) -> bool:
        """Tell whether our mailbox at a relay is open."""
        link = self.links.get(url)
        return link is not None and link.connection is not None and link.ours

    def is_lan_alone(self, peer: Peer) -> bool:
        """Tell whether a peer can reach us by the LAN now and not by a mailbox of ours at a relay."""
        return self.lan.speaker is not None and not self.is_open_at(peer.our_relay)

    async def revoke(self, url: str, writer: bytes) -> bool:
        """Refuse a writer at one of our relays; tell whether that is done."""
        link = self.links.get(url)
        if link is None or link.connection is None or not link.ours:
            return False
        try:
            await link.connection.revoke(writer)
        except RouteError:
            return False
        return True

    async def deleted(self) -> None:
        """Wait until what was taken in is deleted where it waited."""
        tasks = [link.deleting for link in self.links.values() if link.deleting is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    def routes(self) -> dict[str, frozenset[plan.RouteKind]]:
        """Return, per peer, the routes that seem usable now."""
        found = {name: self.routes_to(peer) for name, peer in self._peers.items()}
        self._seen |= {name: time.time() for name, kinds in found.items() if "lan" in kinds}
        return found

    def routes_to(self, peer: Peer) -> frozenset[plan.RouteKind]:
        """Return the routes to one machine that seem usable now."""
        kinds: set[plan.RouteKind] = set()
        if self.lan.is_there(peer.mailbox):
            kinds.add("lan")
        link = self.links.get(peer.relay)
        if link is not None and link.connection is not None:
            kinds.add("relay")
        return frozenset(kinds)

    def missing(self, peer: Peer) -> dict[plan.RouteKind, str]:
        """Return why a route to a peer is not there, for people; what is there is left out."""
        found: dict[plan.RouteKind, str] = {}
        if on_lan := self.lan.missing(peer.mailbox, self._seen.get(peer.name)):
            found["lan"] = on_lan
        link = self.links.get(peer.relay)
        if link is None:
            found["relay"] = "it has no relay"
        elif link.connection is None:
            found["relay"] = f"relay {link.url}: {link.state}"
        return found

    async def send(self, peer: Peer, letter: Letter, route: plan.RouteKind) -> None:
        """Put an envelope into a peer's mailbox by a route.

        Raises:
            RouteError: It is not there.
        """
        if route == "relay":
            link = self.links.get(peer.relay)
            if link is None or link.connection is None:
                raise RouteError("the relay is not connected")
            await self._calls.put(link.connection, letter, None)
            return
        await self.lan.send(peer, letter)

    async def close(self) -> None:
        """Hang up everywhere, in a few seconds at most; never raises."""
        self._links.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await self.deleted()
        for task in self._tasks.values():
            task.cancel()
        try:
            async with asyncio.timeout(5):
                await asyncio.gather(*self._tasks.values(), return_exceptions=True)
                await self.lan.hang_up()
                await self._calls.close()
                await self.lan.close()
        except TimeoutError:
            log.warning("left without every goodbye")
