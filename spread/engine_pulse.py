"""What an engine looks at every few seconds, which costs next to nothing: clocks, addresses, its own home."""

from dataclasses import dataclass, field
from typing import Final

BEAT_S: Final = 2.0  # between two looks while something moves, or where the system does not tell that it does
REST_S: Final = 10.0  # else: a process that need not be woken costs nothing
APART_S: Final = 3.0  # clocks that moved apart by more: sleep, or somebody set one


@dataclass(frozen=True)
class Beat:
    """What has changed since the last beat."""

    woke: bool = False  # the machine slept, or the clock was set forward
    set_back: bool = False  # the clock was
    moved: bool = False  # our addresses are others
    evicted: bool = False  # the home we hold is gone, or another engine's
    outdated: bool = False  # our settings are others
    missed: bool = False  # file events may not have been told

    def __bool__(self) -> bool:
        return any(vars(self).values())


@dataclass
class Pulse:
    """Compares now with the last beat.

    The monotonic clock stands still while the machine sleeps, the wall clock does not.

    Args:
        lock: What tells our lock from another one; None if it is not known.
    """

    mono: float
    wall: float
    addresses: frozenset[str] = frozenset()
    lock: tuple[int, int] | None = None
    _moving: frozenset[str] | None = field(default=None, repr=False)

    def beat(self, mono: float, wall: float, addresses: frozenset[str], lock: tuple[int, int] | None) -> Beat:
        """Return what has changed; an address counts as changed when it is so for two beats (they flap)."""
        apart = (wall - self.wall) - (mono - self.mono)
        self.mono, self.wall = mono, wall
        moved = False
        if addresses == self.addresses:
            self._moving = None
        elif addresses == self._moving or addresses - self.addresses:  # a new one is worth no wait
            moved, self.addresses, self._moving = True, addresses, None
        else:
            self._moving = addresses
        return Beat(
            woke=apart > APART_S, set_back=apart < -APART_S, moved=moved,
            evicted=self.lock is not None and lock != self.lock,
        )  # fmt: skip
