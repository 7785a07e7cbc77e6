"""The engine's log: ids, sizes and reasons, in two files of a megabyte at most."""

import logging
import logging.handlers
import traceback
from typing import Final

from spread.paths import Paths

MAX_BYTES: Final = 1_000_000
REPEAT_S: Final = 3600.0


class _Handler(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: a full disk must neither end the engine nor fill a terminal."""


class _Once(logging.Filter):
    """Lets a warning that is the same as the last one through once an hour: weeks of it say nothing more."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, tuple[str, float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        place, text = f"{record.pathname}:{record.lineno}", record.getMessage()
        before, at = self._last.get(place, ("", 0.0))
        if text == before and 0 <= record.created - at < REPEAT_S:
            return False
        self._last[place] = (text, record.created)
        return True


def start_log(paths: Paths, level: str) -> None:
    """Log to `log/engine.log`, at most 2 MB kept."""
    handler = _Handler(paths.engine_log, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(_Once())
    root = logging.getLogger("spread")
    for old in root.handlers:
        old.close()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    root.propagate = False
    # What the file watcher says when it is stopped is no news, and would come out on stderr.
    logging.getLogger("watchdog").handlers[:] = [logging.NullHandler()]


def where(problem: BaseException) -> str:
    """Return the kind of a problem and where it came from, without a word of what it was about."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(problem).__name__}{place}"
