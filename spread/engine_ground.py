"""What an engine stands on: clocks, the network, its home and directories, its settings.

The system tells of most that moves there, and ends a rest. What it does not tell of is found by a look every `REST_S`:
a sleep, a home that was renamed, a directory that was made anew, a file elsewhere that `config.toml` links to. What has
just moved, and what this system tells nothing of, is looked at every `BEAT_S`.
"""

import contextlib
import logging
import math
import time
from collections.abc import Callable
from dataclasses import replace

from spread import engine_lock, plan
from spread.courier import Courier
from spread.engine_pulse import BEAT_S, REST_S, Beat, Pulse
from spread.paths import Paths
from spread.watch import Watch

log = logging.getLogger("spread.engine")


class Ground:
    """Looks at it, mends what can be mended, and knows how long it may rest.

    Args:
        outdated: Tells whether the settings are others than the engine's; None: that is to be asked again soon.
    """

    def __init__(
        self, paths: Paths, courier: Courier, watch: Watch, outdated: Callable[[], bool | None]
    ) -> None:
        self.pulse = Pulse(time.monotonic(), time.time(), courier.network(), engine_lock.stamp(paths))
        self._paths = paths
        self._courier = courier
        self._watch = watch
        self._outdated = outdated
        self._unsure = True  # what the settings are
        self._retry_at = math.inf  # when to try again what the network did not allow
        self._failures = 0
        if not courier.lan.works:
            self._retry_later()

    async def look(self) -> Beat:
        """Look at all of it; what has changed is a reason to look at everything else."""
        mono = time.monotonic()
        beat = self.pulse.beat(mono, time.time(), self._courier.network(), engine_lock.stamp(self._paths))
        if beat.evicted:
            log.error("%s is gone, or another engine's: leaving", self._paths.home)
            return beat
        if beat.woke or beat.moved or mono >= self._retry_at:
            log.info("%s", "awake again" if beat.woke else "the network has changed")
            beat = replace(beat, moved=True)
            self._retry_at = math.inf
            if await self._courier.network_changed():
                self._failures = 0
            else:
                self._retry_later()
        outdated = self._outdated()
        self._unsure = outdated is None
        return replace(beat, outdated=bool(outdated), missed=self._missed())

    def _retry_later(self) -> None:
        self._failures += 1
        self._retry_at = time.monotonic() + plan.backoff(self._failures + 3, 0.5)

    def _missed(self) -> bool:
        """Tell whether file events may have been missed."""
        try:
            return self._watch.check()
        except OSError:  # one of our directories was removed: a new one is as good
            with contextlib.suppress(OSError):
                self._paths.make()
            return True

    def is_due(self) -> bool:
        """Tell whether it was not looked at for long, as there was no rest."""
        return time.monotonic() - self.pulse.mono > BEAT_S

    def rest_s(self, stir: Callable[[], None]) -> float:
        """Return for how long it need not be looked at, unless news come or `stir` is called."""
        if self._unsure or not self._watch.sure or self._retry_at < math.inf:
            return BEAT_S
        return REST_S if self._courier.listen_to_network(stir) else BEAT_S
