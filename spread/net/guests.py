"""Who is let in: the connections of a server from the moment they are accepted, and what they may take up."""

import hmac
import http
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast

from websockets.http11 import Request, Response
from websockets.protocol import State

from spread.net import addresses, flow
from spread.net.addresses import PerAddress, Proxies, line_of, network, shares
from spread.net.doorstep import TOO_FAR, Knocks
from spread.net.guests_connection import Guest, nothing
from spread.net.metrics import Metrics

_CODES: Final = {1002: "bad_frame", 1007: "bad_text", 1009: "too_large", 1011: "no_pong"}  # by us, for what


MOMENT_S: Final = 1.0
GREETED_AT_ONCE: Final = 50  # connections of one address that are not past their handshake
USUAL_BURST: Final = 100  # new connections of one address that may come at once
FEW: Final = 2  # connections of a machine, for mailbox and room; a line with more makes place for others
UNNAMED: Final = 64  # connections of proxies, above all others, whose clients we are about to learn
OLDEST: Final = 64  # of a line, among which we look for one that is in no room


@dataclass(frozen=True)
class Door:
    """Who is let in.

    Args:
        connections: Open at a time.
        per_address: Of these from one address.
        per_minute: New ones of one address; as many at once as it may have open.
        proxies: In front of us; who comes through one has the address that it tells.
        token: If set, only who shows it is let in.
        ipv6_bits: Of an IPv6 address, that make one address.
        gives_way: Where all places are taken, one who is nobody we know goes: the oldest of the address that has the
            most of these. Whoever is on a LAN has as many addresses as they like, and holds a place with each.
    """

    connections: int
    per_address: int
    per_minute: int
    proxies: Proxies | None = None
    token: bytes | None = None
    ipv6_bits: int = 64
    gives_way: bool = False


class Gate:
    """Counts open connections, in all and by address, from the moment they are accepted."""

    def __init__(self, door: Door, rates: flow.Rates, metrics: Metrics) -> None:
        self._door = door
        self._metrics = metrics
        self._inside: set[Guest] = set()
        self._by_address: Counter[str] = Counter()
        self._lines: dict[str, dict[Guest, None]] = {}  # the same connections by line, the oldest first
        self._by_size: dict[int, dict[str, None]] = {}  # lines by how many they have
        self._most = 0  # of one line
        self._trusted: dict[bytes, str] = {}  # the address that each whom we know came from last
        self._counted = 0
        self._expected: dict[Any, str] = {}  # addresses of peers that have a place, and speak TLS first
        self._greeting: Counter[str] = Counter()  # of them, those not past their handshake
        self._clock = time.monotonic
        self._knocks = PerAddress(lambda: self._new_knocks(1))
        self._site_knocks = PerAddress(lambda: self._new_knocks(addresses.SITE_SHARE))
        self.flow = flow.Flow(rates, lambda: self._inside, metrics.add)

    def __len__(self) -> int:
        return len(self._inside)

    @property
    def kind(self) -> type[Guest]:
        """The kind of connection that passes this gate, for `serve`."""
        return cast(type[Guest], type("Guest", (Guest,), {"gate": self, "__slots__": ()}))

    def _new_knocks(self, times: int) -> Knocks:
        door = self._door
        burst = min(door.per_minute, max(door.per_address, USUAL_BURST))
        return Knocks(times * door.per_minute / 60, times * burst, self._clock())

    def _knocks_of(self, address: str) -> list[Knocks]:
        return [
            (self._knocks if name == address else self._site_knocks).of(name) for name, _ in shares(address)
        ]

    def may_come(self, peer: str) -> bool:
        """Tell whether this address may connect now; who may not is hung up on before it costs us anything."""
        if self._door.proxies is not None and self._door.proxies.is_one(peer):
            return self._may_be_named()
        address = self.address(peer)
        return self._has_place(address) and self._has_room(address)

    def is_busy(self) -> bool:
        """Tell whether few are to come at a time: others talk, or each that comes in puts out one not heard yet."""
        return self._is_full() or self.flow.strangers.do_others_talk()

    def expect(self, peer_name: Any) -> Callable[[], None]:
        """Give somebody a place who may come and is let in later; return what takes it back unless he was."""
        if self._door.proxies is not None and self._door.proxies.is_one(peer_name[0]):
            return nothing
        self._expected[peer_name] = address = self.address(peer_name[0])
        self._take_place(address)

        def gone() -> None:
            if self._expected.pop(peer_name, None) is not None:
                self._give_place(address)
                self._end_greeting(address)

        return gone

    def enter(self, guest: Guest) -> bool:
        """Let it in, or say why not and count that."""
        # A proxy's connections count for whoever is behind it, which we learn later.
        if not (self._may_be_named() if self._is_proxy(guest) else self._count(guest)):
            return False
        self._inside.add(guest)
        self._metrics.add("connections_total")
        return True

    def admit(self, guest: Guest, request: Request) -> Response | None:
        """Look at what it asks for; return what it gets instead of a connection, if it is not let in."""
        if self._is_proxy(guest) and self._door.proxies is not None:
            values = request.headers.get_all(self._door.proxies.header)
            guest.address = self.address(self._door.proxies.client(guest.peer, values))
            if not self._count(guest):
                return guest.respond(http.HTTPStatus.TOO_MANY_REQUESTS, "too many connections\n")
        if _is_of_a_page(request):
            self._turn_away("origin")
            return guest.respond(http.HTTPStatus.FORBIDDEN, "this is not for web pages\n")
        if self._door.token is not None and not _shows(self._door.token, request):
            self._turn_away("token")
            response = guest.respond(http.HTTPStatus.UNAUTHORIZED, "this relay is private\n")
            response.headers["WWW-Authenticate"] = 'Bearer realm="relay"'
            return response
        return None

    def address(self, peer: str) -> str:
        """Return what this client's address counts as."""
        return network(peer, self._door.ipv6_bits)

    def leave(self, guest: Guest) -> None:
        """Count it no longer."""
        if guest not in self._inside:
            return  # it gave its place to another
        self._inside.discard(guest)
        self.flow.gone(guest)
        sent = guest.protocol.close_sent
        why = guest.why or (_CODES.get(sent.code, "") if sent else "")
        if why:
            self._metrics.closed[why] += 1
        now_s = self._clock()
        for knocks in self._knocks_of(guest.address):
            if why in TOO_FAR:
                knocks.went_too_far(now_s)
            elif now_s - guest.came_s < MOMENT_S:
                knocks.came_and_went(now_s)
        self.greeted(guest)
        if guest.counted:
            self._uncount(guest)

    def trust(self, guest: Guest, who: bytes) -> None:
        """Note that it is one whom we know: it has no need to make way, nor has who comes from there again.

        One address for each, or they, and who passes on what they send, could hold all places.
        """
        self._trusted[who] = guest.address

    def _uncount(self, guest: Guest) -> None:
        self._give_place(guest.counted)
        line = line_of(guest.counted)
        del self._lines[line][guest]
        self._sized(line, 1)
        if not self._lines[line]:
            del self._lines[line]

    def greeted(self, guest: Guest) -> None:
        """Note that it is past its handshake, or gone."""
        if guest.counted and not guest.is_greeted:
            guest.is_greeted = True
            self._end_greeting(guest.counted)

    def _take_place(self, address: str) -> None:
        if self._is_full():
            self._make_place()
        for knocks in self._knocks_of(address):
            knocks.count(self._clock())
        self._counted += 1
        for name, _ in shares(address):
            self._by_address[name] += 1
            self._greeting[name] += 1

    def _give_place(self, address: str) -> None:
        self._counted -= 1
        for name, _ in shares(address):
            self._by_address[name] -= 1
            if self._by_address[name] <= 0:
                del self._by_address[name]

    def _end_greeting(self, address: str) -> None:
        for name, _ in shares(address):
            self._greeting[name] -= 1
            if not self._greeting[name]:
                del self._greeting[name]

    def end_handshakes(self) -> None:
        """Hang up on all that have not become a WebSocket yet."""
        for guest in list(self._inside):
            if guest.state is State.CONNECTING:
                guest.transport.abort()

    def _is_proxy(self, guest: Guest) -> bool:
        return self._door.proxies is not None and self._door.proxies.is_one(guest.peer)

    def _count(self, guest: Guest) -> bool:
        if self._expected.pop(guest.peer_name, None) is None:
            if not self._has_place(guest.address) or not self._has_room(guest.address):
                return False
            self._take_place(guest.address)
        guest.counted = guest.address
        line = line_of(guest.address)
        self._lines.setdefault(line, {})[guest] = None
        self._sized(line, -1)
        return True

    def _sized(self, line: str, fewer: int) -> None:
        """Note how many a line has now that had so many more before: in any crowd we know who has most."""
        now = len(self._lines[line])
        self._by_size.get(now + fewer, {}).pop(line, None)
        if now:
            self._by_size.setdefault(now, {})[line] = None
        self._most = max(self._most, now)
        while self._most and not self._by_size.get(self._most):
            self._most -= 1

    def _is_full(self) -> bool:
        return self._counted >= self._door.connections

    def _may_be_named(self) -> bool:
        return len(self._inside) < self._door.connections + UNNAMED or self._turn_away("connections")

    def _has_place(self, address: str) -> bool:
        """Tell whether there is a place, or a line that has to give one up for this address."""
        return (
            not self._is_full()
            or self._gives_up(address)
            or self._gives_way() is not None
            or self._turn_away("connections")
        )

    def _gives_up(self, address: str) -> bool:
        return self._most > max(FEW, len(self._lines.get(line_of(address), ())) + 1)

    def _gives_way(self) -> Guest | None:
        """Return the oldest of the address with most strangers: in no room, from where nobody we know came."""
        if not self._door.gives_way:
            return None
        trusted = set(self._trusted.values())
        strangers = [
            guest for guest in self._inside
            if guest.counted and guest.address not in trusted and not guest.flow.is_known
        ]  # fmt: skip
        held = Counter(guest.counted for guest in strangers)
        return min(strangers, key=lambda guest: (-held[guest.counted], guest.came_s), default=None)

    def _make_place(self) -> None:
        """Close who gives way, or the oldest of the line that has the most, rather one that is in no room."""
        guest = self._gives_way()
        if guest is None:
            guests = self._lines[next(iter(self._by_size[self._most]))]
            oldest = next(iter(guests))
            guest = next((each for each in islice(guests, OLDEST) if not each.flow.is_known), oldest)
        guest.end("crowded")
        self.leave(guest)  # its place is free now, and its end comes later

    def _has_room(self, address: str) -> bool:
        if any(self._by_address[name] >= times * self._door.per_address for name, times in shares(address)):
            return self._turn_away("address")
        if any(self._greeting[name] >= times * GREETED_AT_ONCE for name, times in shares(address)):
            return self._turn_away("handshakes")
        now_s = self._clock()
        why = next(filter(None, (knocks.why_not(now_s) for knocks in self._knocks_of(address))), "")
        return not why or self._turn_away(why)

    def _turn_away(self, reason: str) -> bool:
        self._metrics.turned_away[reason] += 1
        return False


def _is_of_a_page(request: Request) -> bool:
    """Tell whether a web page of elsewhere asks, by somebody's browser (RFC 6455, section 10.2)."""
    origin, host = request.headers.get("Origin"), request.headers.get("Host", "")
    return origin is not None and origin.partition("://")[2] != host


def _shows(token: bytes, request: Request) -> bool:
    """Tell whether a request carries the token: as Bearer, or as the password of Basic (1.x: in the URL)."""
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    given = shown.strip().encode("utf-8", "replace")
    if kind.lower() == "basic":
        try:
            given = b64decode(given, validate=True).partition(b":")[2]
        except ValueError:
            return False
    elif kind.lower() != "bearer":
        return False
    return hmac.compare_digest(given, token)
