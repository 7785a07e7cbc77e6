"""A clock for event loops that stands still while this process is not let run: a busy machine ends no time limit."""

import asyncio
import selectors
import time
import warnings


class _Selector(selectors.DefaultSelector):
    """Notes for how long there was nothing to do, and no longer than was asked for."""

    waited_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        began_s = time.monotonic()
        found = super().select(timeout)
        took_s = time.monotonic() - began_s
        self.waited_s += took_s if timeout is None else min(took_s, max(timeout, 0.0))
        return found


class SteadyLoop(asyncio.SelectorEventLoop):
    """Its time is what its thread has worked, and what it has waited with nothing to do.

    Server and client of a test are mostly in one process. Where the machine lets that stand for a second, both have
    lost a second, and neither has kept the other waiting.
    """

    def __init__(self) -> None:
        self._idle = _Selector()
        super().__init__(self._idle)

    def time(self) -> float:
        """Return seconds, for comparing with each other."""
        return self._idle.waited_s + time.thread_time()


class _Policy(asyncio.DefaultEventLoopPolicy):
    _loop_factory = SteadyLoop


def use() -> None:
    """Let all event loops be such ones from now on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        asyncio.set_event_loop_policy(_Policy())
