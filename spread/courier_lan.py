"""The courier's side of the LAN: our listener, who is announced, connections to the listeners of peers."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from spread.config import Config
from spread.courier_calls import REPLY_S, Calls
from spread.courier_incoming import Incoming
from spread.errors import RouteError, SpreadError
from spread.identity import Identity
from spread.mailroom import Letter
from spread.net import lan
from spread.net.client import Connection, UnprovenError
from spread.net.server import LISTENER, Server
from spread.paths import Paths
from spread.peers import Peer
from spread.protocol import envelope, wire

DIAL_S: Final = 2.0  # a machine on the LAN answers at once, or not at all

log = logging.getLogger("spread.courier")


class LanRoutes:
    """Routes over the LAN; `state` is for people.

    Args:
        known: Tells the peers as they are now.
        mailboxes: Tells the mailboxes that we may have something for.
        on_news: Called in the loop when mail came or a route appeared or went.
    """

    def __init__(
        self, paths: Paths, config: Config, identity: Identity, calls: Calls,
        known: Callable[[], Mapping[str, Peer]], mailboxes: Callable[[], Iterable[bytes]],
        on_news: Callable[[], None],
    ) -> None:  # fmt: skip
        self.state = "off"
        self.addresses: list[str] = []  # where we listen
        self.works = True  # or it is turned off
        self.port = 0
        self.speaker: lan.Lan | None = None
        self.server: Server | None = None
        self._paths = paths
        self._config = config
        self._identity = identity
        self._calls = calls
        self._known = known
        self._mailboxes = mailboxes
        self._on_news = on_news
        self._direct: dict[bytes, tuple[lan.Found, Connection]] = {}  # by mailbox
        self._dialling: dict[bytes, asyncio.Lock] = {}
        self._nonce = os.urandom(8).hex()

    async def find(self, interfaces: list[str] | None) -> bool:
        """Listen and speak on the addresses that we have now; what fails is told in `state`.

        Tell whether all of it could be done.
        """
        if not self._config.lan:
            return True
        self.works = False
        try:
            ips = lan.addresses(interfaces)
            if self.server is None:
                await self._start_listener(ips)
            else:
                await self.server.move(ips)
            self.state = f"listening on {', '.join(ips)} port {self.port}"
            if self.speaker is None:
                await self._start_lan(ips)
            else:
                await self.speaker.move(ips)
        except (SpreadError, OSError) as problem:
            told = f"{problem.what}: {problem.why}" if isinstance(problem, SpreadError) else problem.strerror
            self.state = told or type(problem).__name__
            log.warning("no LAN: %s", self.state)
        else:
            self.works = True
        return self.works

    async def _start_listener(self, ips: list[str]) -> None:
        policy = replace(
            LISTENER, mailbox=self._identity.mailbox, mailbox_seed=self._identity.mailbox_seed,
            remote_open=False, rooms=0,
            envelope_bytes=envelope.MAX_ENVELOPE_BYTES,
            message_bytes=4 + wire.MAX_HEADER_BYTES + envelope.MAX_ENVELOPE_BYTES,
            writers=lambda writer: any(peer.granted == writer for peer in self._known().values()),
        )  # fmt: skip
        server = Server(Incoming(self._paths, self._on_news), policy)
        await server.start(ips, self._config.listen_port)
        self.server, self.addresses, self.port = server, ips, server.port

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
        self.speaker = speaker

    def _unmask(self, found: lan.Found, connection: Connection) -> None:
        """Use no more what poses as a peer's listener, or what stands between it and us."""
        log.warning("LAN: %s is not the machine it poses as", connection.url)
        self._drop(found)
        self._calls.hang_up(connection)
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
        for found in self.speaker.owners_of(peer.mailbox) if self.speaker is not None else []:
            for url in found.urls:
                try:
                    connection = await Connection.open(url, timeout_s=DIAL_S, listener=peer.mailbox)
                except UnprovenError as failed:
                    problem = failed
                    log.warning("LAN: %s", failed.what)
                    self._drop(found)
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
            self._drop(found)

    def _drop(self, found: lan.Found) -> None:
        if self.speaker is not None:
            self.speaker.forget(found)

    def connections(self) -> list[Connection]:
        """Return the connections to listeners of peers."""
        return [connection for _, connection in self._direct.values()]

    def is_there(self, mailbox: bytes) -> bool:
        """Tell whether a peer's listener is announced now."""
        return self.speaker is not None and bool(self.speaker.owners_of(mailbox))

    def names(self, mailbox: bytes) -> tuple[str, ...]:
        """Return the names under which a peer's listener is announced now; a new one is a new chance."""
        return (
            tuple(found.name for found in self.speaker.owners_of(mailbox)) if self.speaker is not None else ()
        )

    def missing(self, mailbox: bytes, seen: float | None) -> str:
        """Return why there is no route to a peer, for people; where there is one, nothing.

        Args:
            seen: When it was last known to be there (unix seconds).
        """
        if not self._config.lan:
            return "the LAN is turned off"
        if self.speaker is None:
            return f"no LAN: {self.state}"
        if self.is_there(mailbox):
            return ""
        since = time.strftime(" since %Y-%m-%d %H:%M:%S", time.localtime(seen)) if seen else " yet"
        return f"not seen on the LAN{since}"

    async def send(self, peer: Peer, letter: Letter) -> None:
        """Put an envelope into the mailbox of a peer's own listener.

        Raises:
            RouteError: It is not there.
        """
        found, connection = await self._direct_to(peer)
        try:
            await self._calls.put(connection, letter, REPLY_S)
        except UnprovenError:
            self._unmask(found, connection)
            raise

    async def hang_up(self) -> None:
        """End the connections to listeners of peers."""
        await asyncio.gather(*(one.close() for one in self.connections()), return_exceptions=True)

    async def close(self) -> None:
        """Speak and listen no more."""
        if self.speaker is not None:
            await self.speaker.close()
        if self.server is not None:
            await self.server.close()
