"""Which sessions of this machine go on, as far as anything tells: while one does, the engine does not leave."""

import math
import os
import time
from collections.abc import Mapping
from typing import Final

from spread.paths import Paths

OPEN_S: Final = 3600.0  # a session that says nothing for so long counts as ended: a crash tells nobody


class Sessions:
    """Sessions of this machine, and their last sign."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._open: dict[str, float] = {}

    def note(self, sessions: Mapping[str, bool]) -> None:
        """Take note of signs of sessions, and whether each goes on."""
        now = time.monotonic()
        for session, goes_on in sessions.items():
            self._open.pop(session, None)
            if goes_on:
                self._open[session] = now

    def go_on(self) -> bool:
        """Tell whether any has not ended."""
        now = time.monotonic()
        self._open = {session: at for session, at in self._open.items() if now - at < OPEN_S}
        return bool(self._open)

    def hook_age(self) -> float:
        """Return for how many seconds no session was begun or went on, as far as its hooks tell."""
        try:
            age = time.time() - os.stat(self._paths.inbox_told).st_mtime
        except OSError:
            return math.inf
        return age if age >= 0 else math.inf  # a clock that was set back must not keep us here
