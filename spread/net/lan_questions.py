"""Asking by mDNS from a port of our own, which is answered at once."""

import asyncio
import socket
from collections.abc import Callable
from typing import Final

MDNS: Final = ("224.0.0.251", 5353)


def pointers_of(service: str) -> bytes:
    """Return one question for the pointers of a service (RFC 1035, section 4.1)."""
    labels = b"".join(bytes((len(label),)) + label.encode("ascii") for label in service.split("."))
    return bytes((0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)) + labels + bytes((0, 12, 0, 1))


class Answers(asyncio.DatagramProtocol):
    """Hands what comes to one socket on."""

    def __init__(self, take: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._take(data, addr)


def asking_socket(ip: str) -> socket.socket:
    """Return a socket of a free port that speaks to the segment of `ip`, and no further."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(ip))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        sock.bind((ip, 0))
    except OSError:
        sock.close()
        raise
    return sock
