"""What mail one address may bring a server in a day: no stranger takes the place of all, or the disk.

Mail lives longer than a day, so a limit a day is not enough: the fuller the store is, the less each may bring. Few then
never fill it, many hardly do, and who brings little is kept out last.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from spread.net.addresses import PerAddress, shares

DAY_S: Final = 24 * 3600


@dataclass(frozen=True)
class DailyLimits:
    """What one address may do in a day.

    Args:
        mailboxes: That its mail may go into.
        bytes: Of mail, each envelope with what it counts for, where the store is empty.
        revocations: Asked for.
    """

    mailboxes: int
    bytes: int
    revocations: int


def still(most: int, free: float) -> float:
    """Return what an address may bring in a day where only this part of all place is free.

    Were it `most * free`, 40 who bring all they may would leave half of what is free each day, and nothing soon. As it
    is, `n` who bring a fortieth of all leave a part of about 1 / (1 + days * n / 40).
    """
    return most * free * free


class _Day:
    __slots__ = ("bytes", "mailboxes", "revocations")

    def __init__(self) -> None:
        self.mailboxes = set[bytes]()
        self.bytes = 0
        self.revocations = 0


class Daily:
    """What each address has brought today."""

    def __init__(self, limits: DailyLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._today = 0
        self._known: PerAddress[_Day] = PerAddress(_Day)

    def _of(self, address: str) -> list[tuple[_Day, int]]:
        today = int(self._clock() // DAY_S)
        if today != self._today:
            self._today = today
            self._known = PerAddress(_Day)
        return [(self._known.of(name), times) for name, times in shares(address)]

    def may_put(self, address: str, box: bytes, size: int, free: float = 1.0) -> bool:
        """Count an envelope if it is within the limits, and tell whether it is.

        Args:
            free: The part of the store's place that is.
        """
        limits, days = self._limits, self._of(address)
        name = box[:8]  # enough to count them by
        for day, times in days:
            if day.bytes + size > times * still(limits.bytes, free):
                return False
            if name not in day.mailboxes and len(day.mailboxes) >= times * limits.mailboxes:
                return False
        for day, _ in days:
            day.mailboxes.add(name)
            day.bytes += size
        return True

    def give_back(self, address: str, size: int) -> None:
        """The envelope was not kept: its bytes do not count. That its mailbox was asked for does."""
        for day, _ in self._of(address):
            day.bytes = max(0, day.bytes - size)  # another day may have begun

    def may_revoke(self, address: str) -> bool:
        """Count a revocation if it is within the limit, and tell whether it is."""
        days = self._of(address)
        if any(day.revocations >= times * self._limits.revocations for day, times in days):
            return False
        for day, _ in days:
            day.revocations += 1
        return True
