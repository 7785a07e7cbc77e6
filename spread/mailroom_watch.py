"""Mail that stops an engine: an envelope over which it hung is put aside.

What hangs in a regular expression or a parser written in C lets no other code of the process run, so a time limit has
to come from outside Python: `faulthandler` has a thread of its own, and ends the process. What it then writes into
the mark of the envelope is the proof; an engine that was killed while it opened one leaves a mark without it.
"""

import contextlib
import faulthandler
import hashlib
import os
import time
from collections.abc import Iterator
from typing import Final

from spread import store_damage
from spread.paths import Paths

OPEN_S: Final = 30.0  # no envelope takes a hundredth of it
HUNG: Final = b"\nTimeout"  # as faulthandler says


class Watch:
    """Marks what is being opened, and knows over what the process before this one hung."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._hung = _left(paths)

    @contextlib.contextmanager
    def over(self, sealed: bytes) -> Iterator[bool]:
        """Mark an envelope meanwhile; give whether it may be opened. If not, it is in quarantine now."""
        digest = hashlib.sha256(sealed).hexdigest()
        if digest == self._hung:
            name = f"unopened-{digest[:16]}.env"
            why = "the engine hung over it; it is not opened again"
            store_damage.keep(self._paths, name, sealed, "mail that has come stops the engine", why)
            store_damage.sweep(self._paths, time.time())
            yield False
            return
        with open(self._paths.opening, "w", encoding="ascii", opener=_private) as mark:
            mark.write(f"{digest}\n")
            mark.flush()
            faulthandler.dump_traceback_later(OPEN_S, exit=True, file=mark)
            try:
                yield True
            finally:
                faulthandler.cancel_dump_traceback_later()
        with contextlib.suppress(OSError):
            os.unlink(self._paths.opening)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _left(paths: Paths) -> str:
    """Return what was being opened when a process hung; "": nothing."""
    try:
        with open(paths.opening, "rb") as handle:
            digest, said = handle.read(64), handle.read(100)
    except OSError:
        return ""
    return digest.decode("ascii", "replace") if said.startswith(HUNG) else ""
