"""The one server, the one client, and the ways to find the server; asyncio starts here."""

import contextlib
import logging
import sys
import types
from typing import Final

# Used in development only, to name its version; and by proxies, which we never use (`client.dial`).
_UNUSED: Final = ("importlib.metadata", "urllib.request")


def _load_websockets() -> None:
    """Load websockets without what it does not need for us: a fifth of our start."""
    spared = [name for name in _UNUSED if name not in sys.modules]
    sys.modules.update({name: types.ModuleType(name) for name in spared})
    try:
        with contextlib.suppress(
            AttributeError, ImportError
        ):  # such a version: it will be loaded as it wants
            import websockets.proxy
            import websockets.version  # noqa: F401
    finally:
        for name in spared:
            del sys.modules[name]


class _Kinds(logging.Handler):
    """Tells of what nobody has caught, and of what libraries say, the kind alone: strangers choose the words."""

    def emit(self, record: logging.LogRecord) -> None:
        problem = record.exc_info[0] if record.exc_info else None
        if sys.stderr is not None:
            kind = problem.__name__ if problem else "something failed"
            sys.stderr.write(f"spread: {record.name}: {kind}\n")


_load_websockets()
# For what has no other handler: a command's, not the engine's or a relay's.
logging.lastResort = _Kinds(logging.WARNING)
