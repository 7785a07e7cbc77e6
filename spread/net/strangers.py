"""The time that strangers get: what others leave, with room to spare, one address after the other.

A stranger is a connection that is in no room with somebody. What it sends is read and answered in turns. The turns go
round among addresses, so that a thousand connections of one wait for each other and not the others for them. How long
the turns take is measured, and so is the time that those who are no strangers took lately. Many times that much is kept
free for these, so that they find nobody before them when they come. Strangers have the rest, and always a small share:
a room where little is said leaves them nearly all.
"""

import asyncio
import math
import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from time import perf_counter
from typing import Any, Final, Protocol, TypeVar

from spread.net.addresses import line_of

SHARE: Final = 0.05  # of the time, whatever others take
KEPT_FREE: Final = 30  # times what others took of it lately
LATELY_S: Final = 0.05
BUSY_S: Final = 0.1  # others are talking for so long after they have said something
SAVED_S: Final = 0.001  # of a share that was not used
TURN_S: Final = 0.0001  # that a turn, or a read, costs besides what we measure: by the system, and asyncio
OWED_S: Final = 0.01  # at most, whatever one piece of work took: nobody waits without end
AT_ONCE: Final = 1  # pieces of work each time round the event loop, while others talk,
MANY: Final = 8  # and while they do not

T = TypeVar("T")


class Known(Protocol):
    """What tells whether a connection is a stranger's."""

    @property
    def is_known(self) -> bool: ...


class Strangers:
    """The work of all strangers of one server."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._waiting: dict[str, deque[Callable[[], bool]]] = {}  # by address, in the order of their turns
        self._is_going_round = False
        self._left_s = SAVED_S
        self._at_s = clock()
        self._others_s = float("-inf")  # when somebody known spoke
        self._others_took_s = 0.0  # lately, then; what is longer ago counts less and less

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def others_talk(self, seconds: float) -> None:
        """Note how long we have worked for somebody who is no stranger."""
        now = self._clock()
        self._others_took_s = self._lately_s(now) + seconds
        self._others_s = now

    def share(self) -> float:
        """Return the part of the time that strangers have now."""
        return max(SHARE, 1.0 - KEPT_FREE * self._lately_s(self._clock()) / LATELY_S)

    def _lately_s(self, now: float) -> float:
        return self._others_took_s * math.exp((self._others_s - now) / LATELY_S)

    def spend(self, seconds: float) -> None:
        """Note how long we have worked for a stranger."""
        now = self._clock()
        share = self.share()
        self._left_s = min(SAVED_S, self._left_s + (now - self._at_s) * share)
        self._left_s = max(-OWED_S * share, self._left_s - seconds)
        self._at_s = now

    def queue(self, address: str, work: Callable[[], bool]) -> None:
        """Have this called at the address's turn; it tells whether there was anything to do."""
        self._waiting.setdefault(line_of(address), deque()).append(work)
        if not self._is_going_round:
            self._is_going_round = True
            asyncio.get_running_loop().call_soon(self._go_round)

    async def turn(self, address: str) -> None:
        """Wait for this address's turn."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def has_come() -> bool:
            if not turn.done():
                turn.set_result(None)
                return True
            return False

        self.queue(address, has_come)
        await turn

    def wait_s(self) -> float:
        """Return how long the next ones have to wait."""
        if not self.do_others_talk():
            return 0.0
        owed_s = min(OWED_S, -self._left_s / self.share())
        return max(0.0, owed_s - (self._clock() - self._at_s))

    def do_others_talk(self) -> bool:
        """Tell whether somebody who is no stranger has just said something."""
        return self._clock() - self._others_s <= BUSY_S

    def _go_round(self) -> None:
        if not self.wait_s():
            most = AT_ONCE if self.do_others_talk() else MANY
            done = 0
            while self._waiting and done < most:
                address, works = next(iter(self._waiting.items()))
                del self._waiting[address]
                work = works.popleft()
                if works:
                    self._waiting[address] = works  # behind the others
                if work():
                    done += 1
                    self.spend(TURN_S)
        self._is_going_round = bool(self._waiting)
        if self._is_going_round:
            loop, wait_s = asyncio.get_running_loop(), self.wait_s()
            loop.call_later(wait_s, self._go_round) if wait_s else loop.call_soon(self._go_round)

    @types.coroutine
    def timed(self, work: Coroutine[Any, Any, T], whose: Known) -> Generator[Any, Any, T]:
        """Do this, and count the time it takes, without its waiting, as a stranger's or not."""
        step: Callable[[Any], Any] = work.send
        value: Any = None
        while True:
            began = perf_counter()
            try:
                awaited = step(value)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            finally:
                (self.others_talk if whose.is_known else self.spend)(perf_counter() - began)
            try:
                value = yield awaited
                step = work.send
            except GeneratorExit:
                work.close()
                raise
            except BaseException as error:
                step, value = work.throw, error
