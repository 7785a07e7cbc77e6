"""Carries envelopes: our listener, the LAN, the relays. Knows routes; decides nothing (`plan` does).

A relay link stays open as long as the engine runs; a LAN connection is made when there is something to send.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from spread import plan
from spread.config import Config
from spread.errors import RouteError, SpreadError
from spread.farewells import Farewell
from spread.identity import Identity
from spread.mailroom import Letter
from spread.net import lan, stores
from spread.net.client import Connection, UnprovenError
from spread.net.server import LISTENER, Server
from spread.paths import Paths, write_atomic
from spread.peers import Peer
from spread.protocol import envelope, wire
from spread.protocol.mailbox import DELETE_ITEMS

MAX_INCOMING: Final = 256  # envelopes accepted and not opened yet
MAX_AT_ONCE: Final = 64  # envelopes held in memory
SUFFIX: Final = ".env"
# a relay that seems to know rooms only may be one that is just being stopped, or is busy
ROOMS_ONLY_RETRY_S: Final = (60.0, 300.0, 3600.0)

log = logging.getLogger("spread.courier")


class Incoming:
    """The store behind our listener: durable files the engine opens soon; nobody reads them over the network."""

    def __init__(self, paths: Paths, on_put: Callable[[], None]) -> None:
        self._paths = paths
        self._on_put = on_put

    async def put(self, mailbox: bytes, writer: bytes, id: bytes, body: bytes) -> None:
        """Keep an envelope until the engine has taken it in."""
        if len(os.listdir(self._paths.incoming)) >= MAX_INCOMING:
            raise stores.StoreFull("too much mail waits to be opened")
        name = f"{time.time_ns():020d}-{os.urandom(4).hex()}{SUFFIX}"
        try:
            await asyncio.to_thread(write_atomic, os.path.join(self._paths.incoming, name), body)
        except OSError as problem:
            raise stores.StoreFull("cannot keep mail", why=problem.strerror or "") from None
        self._on_put()

    async def waiting(self, mailbox: bytes, after: int = 0, limit: int = 0) -> list[stores.Mail]:
        """Return nothing: the policy lets nobody open the mailbox."""
        return []

    async def count(self, mailbox: bytes) -> int:
        """Return 0, as `waiting`."""
        return 0

    async def delete(self, mailbox: bytes, items: list[tuple[bytes, int]]) -> None:
        """Do nothing, as `waiting`."""

    async def revoke(self, mailbox: bytes, writer: bytes) -> None:
        """Do nothing: whom we have unpaired is no longer among the writers."""

    async def is_revoked(self, mailbox: bytes, writer: bytes) -> bool:
        """Return False, as `revoke`."""
        return False

    async def close(self) -> None:
        """Do nothing."""


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


class Courier:
    """Routes to all peers.

    Args:
        on_news: Called in the loop when mail came or a route appeared or went.
    """

    def __init__(self, paths: Paths, config: Config, identity: Identity, on_news: Callable[[], None]) -> None:
        self.links: dict[str, RelayLink] = {}
        self.lan_state = "off"
        self.port = 0
        self._paths = paths
        self._config = config
        self._identity = identity
        self._on_news = on_news
        self._peers: Mapping[str, Peer] = {}
        self._former: frozenset[bytes] = frozenset()
        self._lan: lan.Lan | None = None
        self._server: Server | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._direct: dict[bytes, tuple[lan.Found, Connection]] = {}  # by mailbox

    async def start(self, peers: Mapping[str, Peer], interfaces: list[str] | None) -> None:
        """Listen, announce, and connect; what fails is told in the states and tried without."""
        self._peers = peers
        if self._config.lan:
            try:
                await self._start_lan(interfaces)
            except SpreadError as problem:
                self.lan_state = f"{problem.what}: {problem.why}"
                log.warning("no LAN: %s", self.lan_state)
        self.follow(peers)

    async def _start_lan(self, interfaces: list[str] | None) -> None:
        ips = lan.addresses(interfaces)
        policy = replace(
            LISTENER, mailbox=self._identity.mailbox, mailbox_seed=self._identity.mailbox_seed,
            remote_open=False, rooms=0,
            envelope_bytes=envelope.MAX_ENVELOPE_BYTES,
            message_bytes=4 + wire.MAX_HEADER_BYTES + envelope.MAX_ENVELOPE_BYTES,
            writers=lambda writer: any(peer.granted == writer for peer in self._peers.values()),
        )  # fmt: skip
        server = Server(Incoming(self._paths, self._on_news), policy)
        await server.start(ips, self._config.listen_port)
        self._server, self.port = server, server.port
        self.lan_state = f"listening on {', '.join(ips)} port {server.port}"
        speaker = lan.Lan(
            ips, self._on_news, lambda found: any(found.is_of(mailbox) for mailbox in self._mailboxes())
        )
        await speaker.start()
        self._lan = speaker
        nonce = os.urandom(8).hex()
        await speaker.announce(server.port, {"n": nonce, "t": lan.tag(self._identity.mailbox, nonce)})

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
            wait_s = 0.0
            try:
                await self._hold(link)
                failures = 0
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
            await asyncio.sleep(wait_s or plan.backoff(failures, os.urandom(1)[0] / 255))

    async def _hold(self, link: RelayLink) -> None:
        connection = await Connection.open(link.url)
        link.connection = connection
        waiting = 0
        if link.ours:
            waiting = await connection.open_mailbox(
                self._identity.mailbox_seed, self._identity.mailbox, self._on_news
            )
        link.state = "connected"
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
            with contextlib.suppress(FileNotFoundError), open(path, "rb") as handle:
                found.append((path, handle.read(), (b"", 0)))
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
        return {name: self.routes_to(peer) for name, peer in self._peers.items()}

    def routes_to(self, peer: Peer) -> frozenset[plan.RouteKind]:
        """Return the routes to one machine that seem usable now."""
        kinds: set[plan.RouteKind] = set()
        if self._lan is not None and self._lan.owners_of(peer.mailbox):
            kinds.add("lan")
        link = self.links.get(peer.relay)
        if link is not None and link.connection is not None:
            kinds.add("relay")
        return frozenset(kinds)

    async def send(self, peer: Peer, letter: Letter, route: plan.RouteKind) -> None:
        """Put an envelope into a peer's mailbox by a route.

        Raises:
            RouteError: It is not there.
        """
        if route == "relay":
            link = self.links.get(peer.relay)
            if link is None or link.connection is None:
                raise RouteError("the relay is not connected")
            await self._put(link.connection, letter)
            return
        found, connection = await self._direct_to(peer)
        try:
            await self._put(connection, letter)
        except UnprovenError:
            await self._unmask(found, connection)
            raise

    @staticmethod
    async def _put(connection: Connection, letter: Letter) -> None:
        await connection.put(letter.mailbox, letter.writer_seed, letter.grant, letter.id, letter.envelope)

    async def _unmask(self, found: lan.Found, connection: Connection) -> None:
        """Use no more what poses as a peer's listener, or what stands between it and us."""
        log.warning("LAN: %s is not the machine it poses as", connection.url)
        self._lan_forget(found)
        await connection.close()
        self._on_news()

    async def _direct_to(self, peer: Peer) -> tuple[lan.Found, Connection]:
        """Return a connection to a peer's own listener, which has proved to be that."""
        known = self._direct.get(peer.mailbox)
        if known is not None and not known[1].closed.is_set():
            return known
        problem = RouteError("the peer is not on the LAN")
        silent: list[lan.Found] = []
        for found in self._lan.owners_of(peer.mailbox) if self._lan is not None else []:
            for url in found.urls:
                try:
                    connection = await Connection.open(url, timeout_s=3, listener=peer.mailbox)
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
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await self.deleted()
        for task in self._tasks.values():
            task.cancel()
        try:
            async with asyncio.timeout(5):
                await asyncio.gather(*self._tasks.values(), return_exceptions=True)
                await asyncio.gather(*(c.close() for _, c in self._direct.values()), return_exceptions=True)
                if self._lan is not None:
                    await self._lan.close()
                if self._server is not None:
                    await self._server.close()
        except TimeoutError:
            log.warning("left without every goodbye")
