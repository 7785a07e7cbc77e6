"""The network and the relay in memory, and a courier that carries over them."""

import random
from collections.abc import Coroutine, Generator, Iterable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from spread import plan
from spread.courier import Courier, RelayLink
from spread.courier_incoming import Incoming
from spread.errors import RouteError
from spread.farewells import Farewell
from spread.mailroom import Letter
from spread.net import stores
from spread.peers import Peer
from spread.protocol import crypto
from tests.sim.ground import Crash

if TYPE_CHECKING:
    from tests.sim.model import Machine

URL = "ws://relay.example"


def drive(work: Coroutine[Any, Any, Any]) -> Any:
    """Run what never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


class Pause:
    """What a sending waits for: its fate."""

    def __await__(self) -> Generator[None, str, str]:
        return (yield)


class Flight:
    """Something under way: a sending, until its fate is known. Looks like a task to the product."""

    def __init__(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = work
        self._done = False
        self.go(None)

    def go(self, fate: str | None) -> None:
        """Go on until the next pause."""
        try:
            self._work.send(fate)
        except (StopIteration, OSError):  # what fails is begun anew, as the engine does it
            self._done = True

    def done(self) -> bool:
        return self._done

    def end(self) -> None:
        self._work.close()


class Held:
    """Our mailbox as we see it over a connection to the relay; mail comes in any order."""

    def __init__(self, network: "Network", machine: "Machine") -> None:
        self._network = network
        self._machine = machine
        self.queue: list[stores.Mail] = drive(network.relay.waiting(machine.identity.mailbox, 0, 10**6))
        self.mail = self

    def empty(self) -> bool:
        return not self.queue

    def get_nowait(self) -> tuple[bytes, int, bytes]:
        mail = self.queue.pop(self._network.random.randrange(len(self.queue)))
        return mail.id, mail.seq, mail.body

    def qsize(self) -> int:
        return len(self.queue)

    def push(self, mail: list[stores.Mail]) -> None:
        self.queue += mail

    async def revoke(self, writer: bytes) -> None:
        await self._network.relay.revoke(self._machine.identity.mailbox, writer)


class Network:
    """Who reaches whom."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.machines: list[Machine] = []
        self.cut: set[frozenset[str]] = set()  # pairs that do not reach each other on the LAN
        self.past: list[tuple[str, Letter]] = []  # what was put, and how: it may come again
        self.robbed: set[str] = set()  # whose mail a relay has lost
        self.relay = stores.MemoryStore()
        self.wipe()

    def wipe(self) -> None:
        """The relay starts anew and has forgotten everything."""
        for machine in self.machines:
            if drive(self.relay.count(machine.identity.mailbox)):
                self.robbed.add(machine.name)
        self.relay = stores.MemoryStore(stores.Quota(), clock=lambda: 1_700_000_000.0)
        for machine in self.machines:
            machine.hang_up()

    def owner(self, box: bytes) -> "Machine":
        return next(machine for machine in self.machines if machine.identity.mailbox == box)

    def reaches(self, one: "Machine", other: "Machine") -> bool:
        return other.up and frozenset((one.name, other.name)) not in self.cut

    def put(self, letter: Letter, route: str) -> None:
        """Store an envelope where it is to go.

        Raises:
            RouteError: The server refuses it, or died.
        """
        owner, writer = self.owner(letter.mailbox), crypto.public_key(letter.writer_seed)
        try:
            if route == "relay":
                before = {mail.seq for mail in drive(self.relay.waiting(letter.mailbox, 0, 10**6))}
                drive(self.relay.put(letter.mailbox, writer, letter.id, letter.envelope))
                now = drive(self.relay.waiting(letter.mailbox, 0, 10**6))
                owner.push([mail for mail in now if mail.seq not in before])
                return
            if not any(peer.granted == writer for peer in owner.engine.known().values()):
                raise stores.Revoked("not a writer")
            with owner.acting():
                drive(
                    Incoming(owner.paths, lambda: None).put(
                        letter.mailbox, writer, letter.id, letter.envelope
                    )
                )
        except Crash:
            raise RouteError("the connection was lost") from None
        except stores.Revoked:
            raise RouteError("the server refused", transient=False) from None
        except stores.StoreFull:
            raise RouteError("the server refused") from None


class SimCourier(Courier):
    """The product's courier, with our network below it."""

    def __init__(self, machine: "Machine", network: Network) -> None:
        super().__init__(machine.paths, machine.config, machine.identity, lambda: None)
        self._links.close()  # the machine's real addresses are of no interest
        self.machine = machine
        self.net = network
        self.lan.speaker = self  # type: ignore[assignment]  # it asks it for `owners_of` only

    def owners_of(self, box: bytes) -> list[SimpleNamespace]:
        owner = self.net.owner(box)
        is_there = self.net.reaches(self.machine, owner)
        return [SimpleNamespace(name=f"{owner.name}-{owner.boots}")] if is_there else []

    def follow(
        self, peers: Mapping[str, Peer], former: Iterable[Farewell] = (), revoking: Iterable[str] = ()
    ) -> None:
        self._peers, ours = peers, bool(peers) or bool(list(revoking))
        if not ours and not list(former):
            self.links.clear()
        elif URL not in self.links or self.links[URL].ours < ours:
            self.links[URL] = RelayLink(URL, ours=ours)

    def connect(self) -> None:
        """Open the link, if it is wanted and can be."""
        for link in self.links.values():
            if link.connection is None and self.machine.online:
                held = Held(self.net, self.machine)
                link.connection, link.looked = held, True  # type: ignore[assignment]
                link.times, link.first_mail = link.times + 1, held.qsize()
                link.kept.clear()

    def unread(self) -> list[object]:
        """Return what has come over a connection and is not taken in yet."""
        links = [link for link in self.links.values() if link.connection is not None]
        return [one for link in links for one in (*link.kept, *link.connection.queue)]  # type: ignore[union-attr]

    async def send(self, peer: Peer, letter: Letter, route: plan.RouteKind) -> None:
        if route == "relay" and (URL not in self.links or self.links[URL].connection is None):
            raise RouteError("the relay is not connected")
        if route == "lan" and not self.net.reaches(self.machine, self.net.owner(letter.mailbox)):
            raise RouteError("the peer is not on the LAN")
        self.net.past.append((route, letter))
        fate = await Pause()
        if fate == "lost" or (route == "lan" and not self.owners_of(letter.mailbox)):
            raise RouteError("the server does not answer")
        self.net.put(letter, route)
        if fate == "unheard":
            raise RouteError("the connection was lost")

    def drop(self, origin: RelayLink | str, item: tuple[bytes, int]) -> None:
        if isinstance(origin, str):
            super().drop(origin, item)
        elif self.net.random.random() < 0.9:  # else it comes again
            drive(self.net.relay.delete(self.machine.identity.mailbox, [item]))
