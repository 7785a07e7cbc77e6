"""Whose a connection is: its address, also behind a proxy, and how often an address has asked for something."""

import functools
import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, TypeVar

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

KNOWN_ADDRESSES: Final = 50_000  # we remember; beyond that the oldest is forgotten
HEADERS: Final = ("x-forwarded-for", "forwarded")

T = TypeVar("T")


@lru_cache(4096)
def network(address: str, ipv6_bits: int = 64) -> str:
    """Return what counts as one address: the IPv4 address itself, of IPv6 the network of so many bits."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, ipv6_bits), strict=False))


SITE_BITS: Final = 48  # what one line or one cheap server is given at most (RFC 6177)
SITE_SHARE: Final = 2  # times what one address may take up; neighbours may be behind it


@functools.lru_cache(maxsize=4096)
def shares(address: str) -> tuple[tuple[str, int], ...]:
    """Return what a client counts for, and how many times the share of one address each may take up.

    Args:
        address: As `network` gives it. A /64 counts for the /48 around it as well, of which it is one of 65,536.
    """
    if not address.endswith("/64"):
        return ((address, 1),)
    site = ipaddress.ip_network(address).supernet(new_prefix=SITE_BITS)
    return (address, 1), (str(site), SITE_SHARE)


def line_of(address: str) -> str:
    """Return the line that an address is of, which all its networks share: itself, or of a /64 the /48 around it."""
    return shares(address)[-1][0]


class Bucket:
    """So many a second, and a burst of them; below nothing it tells how long to wait."""

    __slots__ = ("_at_s", "_left", "burst", "rate")

    def __init__(self, rate: float, burst: float, now_s: float) -> None:
        self.rate = rate
        self.burst = burst
        self._left = burst
        self._at_s = now_s

    def take(self, amount: float, now_s: float) -> float:
        """Take it, whether it is there or not; return the seconds until nothing is owed."""
        left = min(self.burst, self._left + (now_s - self._at_s) * self.rate) - amount
        self._at_s = now_s
        self._left = left
        return 0.0 if left >= 0 else -left / self.rate

    def may_take(self, amount: float, now_s: float) -> bool:
        """Take it if it is there."""
        there = self.has(amount, now_s)
        if there:
            self._left -= amount
        return there

    def has(self, amount: float, now_s: float) -> bool:
        """Tell whether it is there."""
        left = min(self.burst, self._left + (now_s - self._at_s) * self.rate)
        self._at_s = now_s
        self._left = left
        return left >= amount


class PerAddress(Generic[T]):
    """Something for each address we have heard of lately; the one least lately heard of goes first."""

    def __init__(self, make: Callable[[], T], most: int = KNOWN_ADDRESSES) -> None:
        self._make = make
        self._most = most
        self._known: dict[str, T] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(self, address: str) -> T:
        """Return what is kept for an address, new if it is not known."""
        value = self._known.pop(address, None)
        if value is None:
            value = self._make()
            if len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
        self._known[address] = value
        return value


def is_near(host: str) -> bool:
    """Tell whether an address is this machine, or on the same cable: nothing that another network can mean."""
    parsed = _parsed(host)
    if parsed is None:
        return host.lower().rstrip(".").endswith("localhost")
    return parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified


@dataclass(frozen=True)
class Proxies:
    """The proxies in front of us, whose word on the client's address is taken.

    Args:
        networks: Where they are.
        header: The one header they set, in lower case; a client can send any other through them.
    """

    networks: tuple[Network, ...]
    header: str = HEADERS[0]

    def is_one(self, address: str) -> bool:
        """Tell whether this is a proxy of ours."""
        parsed = _parsed(address)
        return parsed is not None and any(parsed in each for each in self.networks)

    def client(self, peer: str, values: Iterable[str]) -> str:
        """Return the client's address: the right-most one that is no proxy of ours.

        Args:
            peer: Who connected to us.
            values: Those of our header, in the order they came.
        """
        read = _forwarded if self.header == "forwarded" else _plain
        hops = [hop for value in values for hop in value.split(",")]
        for hop in reversed(hops):
            if not self.is_one(peer):
                break
            address = read(hop)
            if _parsed(address) is None:
                break  # unknown, or hidden: whoever told us stands for it
            peer = address
        return peer


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed


def _plain(hop: str) -> str:
    """Return the address in an entry, without a port: `a`, `a:1`, `[b]:1`, `b`."""
    hop = hop.strip().strip('"')
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _forwarded(hop: str) -> str:
    for pair in hop.split(";"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "for":
            return _plain(value)
    return ""


def networks(text: str) -> tuple[Network, ...]:
    """Return the networks in a list with commas.

    Raises:
        ValueError: One is neither an address nor a network; the message names it.
    """
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
