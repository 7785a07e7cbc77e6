"""Carries envelopes: our listener, the LAN, the relays. Knows routes; decides nothing (`plan` does).

A relay link stays open as long as the engine runs; a LAN connection is made when there is something to send.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from spread import plan, store_damage
from spread.config import Config
from spread.courier_incoming import MAX_INCOMING as MAX_INCOMING
from spread.courier_incoming import SUFFIX
from spread.courier_incoming import Incoming as Incoming
from spread.errors import RouteError, SpreadError
from spread.farewells import Farewell
from spread.identity import Identity
from spread.mailroom import Letter
from spread.net import lan
from spread.net.client import Connection, UnprovenError, is_near_relay
from spread.net.links import Links
from spread.net.server import LISTENER, Server
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol import envelope, wire
from spread.protocol.mailbox import DELETE_ITEMS

LAN_DIAL_S: Final = 2.0  # a machine on the LAN answers at once, or not at all
LAN_REPLY_S: Final = 4.0
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


class Courier:
    """Routes to all peers.

    Args:
        on_news: Called in the loop when mail came or a route appeared or went.
    """

    def __init__(self, paths: Paths, config: Config, identity: Identity, on_news: Callable[[], None]) -> None:
        self.links: dict[str, RelayLink] = {}
        self.lan_state = "off"
        self.addresses: list[str] = []  # where we listen
        self.lan_works = True  # or it is turned off
        self.port = 0
        self._paths = paths
        self._config = config
        self._identity = identity
        self._on_news = on_news
        self._peers: Mapping[str, Peer] = {}
        self._near = False  # a relay of ours is on this machine: a peer's may be
        self._former: frozenset[bytes] = frozenset()
        self._lan: lan.Lan | None = None
        self._server: Server | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._direct: dict[bytes, tuple[lan.Found, Connection]] = {}  # by mailbox
        self._dialling: dict[bytes, asyncio.Lock] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._interfaces: list[str] | None = None
        self._links = Links()
        self._network: frozenset[str] = frozenset()
        self._nonce = os.urandom(8).hex()
        self._seen: dict[str, float] = {}  # when a peer was last known to be on the LAN (unix seconds)

    async def start(self, peers: Mapping[str, Peer], interfaces: list[str] | None) -> None:
        """Listen, announce, and connect; what fails is told in the states and tried without."""
        self._peers, self._interfaces = peers, interfaces
        self._network = lan.network(interfaces)
        await self.find_lan()
        self.follow(peers)

    def network(self) -> frozenset[str]:
        """Return what is another set when the network is another one."""
        if self._links.changed():
            self._network = lan.network(self._interfaces)
        return self._network

    async def find_lan(self) -> bool:
        """Listen and speak on the addresses that we have now; what fails is told in `lan_state`.

        Tell whether all of it could be done.
        """
        if not self._config.lan:
            return True
        self.lan_works = False
        try:
            ips = lan.addresses(self._interfaces)
            if self._server is None:
                await self._start_listener(ips)
            else:
                await self._server.move(ips)
            self.lan_state = f"listening on {', '.join(ips)} port {self.port}"
            if self._lan is None:
                await self._start_lan(ips)
            else:
                await self._lan.move(ips)
        except (SpreadError, OSError) as problem:
            told = f"{problem.what}: {problem.why}" if isinstance(problem, SpreadError) else problem.strerror
            self.lan_state = told or type(problem).__name__
            log.warning("no LAN: %s", self.lan_state)
        else:
            self.lan_works = True
        return self.lan_works

    async def network_changed(self) -> bool:
        """See what of the connections is left, and announce and ask anew. Tell whether the LAN works."""
        for link in self.links.values():
            link.again.set()
            if link.connection is not None:
                self._later(self._see(link.connection))
        for _, connection in self._direct.values():
            self._later(self._see(connection))
        return await self.find_lan()

    async def _see(self, connection: Connection) -> None:
        if not await connection.answers(LAN_REPLY_S / 2):
            self._hang_up(connection)

    def _hang_up(self, connection: Connection) -> None:
        connection.closed.set()  # nobody is to use it any more; a goodbye may take a while
        self._later(connection.close())

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _start_listener(self, ips: list[str]) -> None:
        policy = replace(
            LISTENER, mailbox=self._identity.mailbox, mailbox_seed=self._identity.mailbox_seed,
            remote_open=False, rooms=0,
            envelope_bytes=envelope.MAX_ENVELOPE_BYTES,
            message_bytes=4 + wire.MAX_HEADER_BYTES + envelope.MAX_ENVELOPE_BYTES,
            writers=lambda writer: any(peer.granted == writer for peer in self._peers.values()),
        )  # fmt: skip
        server = Server(Incoming(self._paths, self._on_news), policy)
        await server.start(ips, self._config.listen_port)
        self._server, self.addresses, self.port = server, ips, server.port

    async def _start_lan(self, ips: list[str]) -> None:
        speaker = lan.Lan(
            ips, self._on_news, lambda found: any(found.is_of(mailbox) for mailbox in self._mailboxes())
        )
        try:
            await speaker.start()
            tag = lan.tag(self._identity.mailbox, self._nonce)
            await speaker.announce(self.port, {"n": self._nonce, "t": tag})
        except BaseException:
            await speaker.close()
            raise
        self._lan = speaker

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
        failures = 0
        while True:
            wait_s, began = 0.0, time.monotonic()
            try:
                await self._hold(link)
                failures = failures + 1 if time.monotonic() - began < BRIEF_S else 0
            except SpreadError as problem:
                failures += 1
                link.state = f"{problem.what}" + (f" ({problem.why})" if problem.why else "")
                log.info("relay: %s", link.state)
                if isinstance(problem, RouteError) and not problem.transient:
                    wait_s = ROOMS_ONLY_RETRY_S[min(failures, len(ROOMS_ONLY_RETRY_S)) - 1]
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

    def mail(self) -> list[tuple[RelayLink | str, bytes, tuple[bytes, int]]]:
        """Return envelopes that wait, at most MAX_AT_ONCE of each origin: origin, the bytes, (id, seq).

        An origin is a link, or a file of the listener's.
        """
        found: list[tuple[RelayLink | str, bytes, tuple[bytes, int]]] = []
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
            found += [(link, body, (id_, seq)) for id_, seq, body in mail]
        links = [link.connection for link in self.links.values() if link.connection is not None]
        if len(names) > MAX_AT_ONCE or any(not connection.mail.empty() for connection in links):
            self._on_news()
        return found

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
        if self._lan is not None and self._lan.owners_of(peer.mailbox):
            kinds.add("lan")
        link = self.links.get(peer.relay)
        if link is not None and link.connection is not None:
            kinds.add("relay")
        return frozenset(kinds)

    def missing(self, peer: Peer) -> dict[plan.RouteKind, str]:
        """Return why a route to a peer is not there, for people; what is there is left out."""
        found: dict[plan.RouteKind, str] = {}
        if not self._config.lan:
            found["lan"] = "the LAN is turned off"
        elif self._lan is None:
            found["lan"] = f"no LAN: {self.lan_state}"
        elif not self._lan.owners_of(peer.mailbox):
            seen = self._seen.get(peer.name)
            since = time.strftime(" since %Y-%m-%d %H:%M:%S", time.localtime(seen)) if seen else " yet"
            found["lan"] = f"not seen on the LAN{since}"
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
            await self._put(link.connection, letter, None)
            return
        found, connection = await self._direct_to(peer)
        try:
            await self._put(connection, letter, LAN_REPLY_S)
        except UnprovenError:
            self._unmask(found, connection)
            raise

    async def _put(self, connection: Connection, letter: Letter, within_s: float | None) -> None:
        try:
            async with asyncio.timeout(within_s):
                await connection.put(
                    letter.mailbox, letter.writer_seed, letter.grant, letter.id, letter.envelope
                )
        except TimeoutError:
            self._hang_up(connection)
            raise RouteError(f"{connection.url} does not answer") from None
        except RouteError as problem:
            if problem.what.endswith(
                "does not answer"
            ):  # a connection over a network that is away may never end
                self._hang_up(connection)
            raise

    def _unmask(self, found: lan.Found, connection: Connection) -> None:
        """Use no more what poses as a peer's listener, or what stands between it and us."""
        log.warning("LAN: %s is not the machine it poses as", connection.url)
        self._lan_forget(found)
        self._hang_up(connection)
        self._on_news()

    async def _direct_to(self, peer: Peer) -> tuple[lan.Found, Connection]:
        """Return a connection to a peer's own listener, which has proved to be that."""
        async with self._dialling.setdefault(
            peer.mailbox, asyncio.Lock()
        ):  # one connection, however many wait for it
            known = self._direct.get(peer.mailbox)
            if known is not None and not known[1].closed.is_set():
                return known
            return await self._dial(peer)

    async def _dial(self, peer: Peer) -> tuple[lan.Found, Connection]:
        problem = RouteError("the peer is not on the LAN")
        silent: list[lan.Found] = []
        for found in self._lan.owners_of(peer.mailbox) if self._lan is not None else []:
            for url in found.urls:
                try:
                    connection = await Connection.open(url, timeout_s=LAN_DIAL_S, listener=peer.mailbox)
                except UnprovenError as failed:
                    problem = failed
                    log.warning("LAN: %s", failed.what)
                    self._lan_forget(found)
                    break
                except RouteError as failed:
                    problem = failed
                else:
                    self._forget(silent)
                    self._direct[peer.mailbox] = found, connection
                    return found, connection
            else:
                silent.append(found)
        raise problem

    def _forget(self, silent: list[lan.Found]) -> None:
        """Drop announcements that nobody stands behind any more; only an answer elsewhere proves that.

        Where nobody answers, the network may be cut, and what is announced comes back without a word.
        """
        for found in silent:
            self._lan_forget(found)

    def _lan_forget(self, found: lan.Found) -> None:
        if self._lan is not None:
            self._lan.forget(found)

    def lan_names(self, mailbox: bytes) -> tuple[str, ...]:
        """Return the names under which a peer's listener is announced now; a new one is a new chance."""
        return tuple(found.name for found in self._lan.owners_of(mailbox)) if self._lan is not None else ()

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
                await asyncio.gather(*(c.close() for _, c in self._direct.values()), return_exceptions=True)
                await asyncio.gather(*self._closing, return_exceptions=True)
                if self._lan is not None:
                    await self._lan.close()
                if self._server is not None:
                    await self._server.close()
        except TimeoutError:
            log.warning("left without every goodbye")
