"""Mail that an engine does not survive: an envelope over which it was killed twice is put aside.

While an envelope is opened, a mark names it. Who finds one at its start knows over what its predecessor died. Once can
be a coincidence, and mail that is put aside comes again only after hours; twice is the mail.
"""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from typing import Final

from spread import store_damage
from spread.paths import Paths, write_volatile

DEATHS: Final = 2


class Watch:
    """Marks what is being opened, and knows what was when this process began."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._suspect, self._deaths = _left(paths)

    @contextlib.contextmanager
    def over(self, sealed: bytes) -> Iterator[bool]:
        """Mark an envelope meanwhile; give whether it may be opened. If not, it is in quarantine now."""
        digest = hashlib.sha256(sealed).hexdigest()
        deaths = self._deaths if digest == self._suspect else 0
        if deaths >= DEATHS:
            why = f"the engine had to be killed over it {deaths} times; it is not opened again"
            name = f"unopened-{digest[:16]}.env"
            store_damage.keep(self._paths, name, sealed, "mail that has come stops the engine", why)
            store_damage.sweep(self._paths, time.time())
            yield False
            return
        write_volatile(self._paths.opening, f"{digest} {deaths + 1}".encode("ascii"))
        try:
            yield True
        finally:
            with contextlib.suppress(OSError):
                os.unlink(self._paths.opening)


def _left(paths: Paths) -> tuple[str, int]:
    """Return what was being opened at the last sudden end, and how often in a row; ("", 0): nothing."""
    try:
        with open(paths.opening, encoding="ascii") as handle:
            digest, deaths = handle.read(100).split()
        return digest, int(deaths)
    except (OSError, ValueError):
        return "", 0
