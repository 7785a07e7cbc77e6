"""A relay's log: one JSON object a line on stderr, without addresses unless its operator asks for them."""

import json
import logging
import time

LOGGERS = ("spread.net", "spread.commands.relay")


class JsonLines(logging.Formatter):
    """A record as JSON: time, level, event, and what came in `extra={"fields": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        return json.dumps(told)


def start() -> logging.Handler:
    """Send what the relay logs to stderr; return the handler, for `stop`."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return handler


def stop(handler: logging.Handler) -> None:
    """Undo `start`."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
        logger.propagate = True
