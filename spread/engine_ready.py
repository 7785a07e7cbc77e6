"""When a session that starts need wait no longer for what peers may still deliver: `engine/ready` says so.

A relay says how much waits for us. On the LAN nobody says that nothing is owed: who hears of us delivers at once,
so after a short silence nothing more is to come.
"""

import math
import time
from collections.abc import Mapping
from typing import Final

from spread.courier import Courier
from spread.paths import Paths, write_volatile
from spread.peers import Peer

MAILBOX_PATIENCE_S: Final = 10.0  # for relays
LAN_PATIENCE_S: Final = 1.0  # with the start of an interpreter, less than the hook waits
LAN_SILENCE_S: Final = 0.3  # twice what it takes to hear of us, connect and deliver


class Readiness:
    """Whether the mailboxes were looked into and peers on the LAN had their chance.

    Args:
        started: When the engine did (monotonic).
    """

    def __init__(self, paths: Paths, courier: Courier, started: float) -> None:
        self._paths = paths
        self._courier = courier
        self._started = started
        self._told = False
        self._delivered: set[str] = set()  # it may have heard of us before we hear of it
        self._absent: set[str] = set()
        self._changed = started  # when somebody came or went on the LAN, or mail came

    def came(self, name: str, now: float) -> None:
        """Note that a peer's mail was taken in."""
        self._delivered.add(name)
        self._changed = now

    def look(self, peers: Mapping[str, Peer]) -> float:
        """Say so once it is so; return when to look again at the latest (monotonic)."""
        now = time.monotonic()
        if not self._told and (at := self.at(peers, now)) > now:
            return at
        if not self._told:
            self._told = True
            write_volatile(self._paths.engine_ready, f"{time.time()}\n".encode("ascii"))
        return math.inf

    def at(self, peers: Mapping[str, Peer], now: float) -> float:
        """Return when it will be so if nothing happens before; it is so if that is not after `now` (monotonic)."""
        if not self._courier.looked:
            return self._started + MAILBOX_PATIENCE_S
        awaited = {peer.name: peer.mailbox for peer in peers.values() if self._courier.is_lan_alone(peer)}
        if not awaited:
            return now
        there = {name for name, mailbox in awaited.items() if self._courier.lan.is_there(mailbox)}
        absent = awaited.keys() - there - self._delivered
        if absent != self._absent:
            self._absent, self._changed = absent, now
        latest = self._started + LAN_PATIENCE_S
        return latest if absent else min(latest, self._changed + LAN_SILENCE_S)
