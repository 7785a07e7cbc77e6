"""The one server, the one client, and the ways to find the server; asyncio starts here."""

import contextlib
import sys
import types
from typing import Final

_UNUSED: Final = "importlib.metadata"


def _load_websockets() -> None:
    """Load websockets without what it uses in development only, to name its version: a tenth of our start."""
    if _UNUSED in sys.modules:
        return
    sys.modules[_UNUSED] = types.ModuleType(_UNUSED)
    try:
        with contextlib.suppress(AttributeError):  # it is such a version: it will be loaded as it wants
            import websockets.version  # noqa: F401
    finally:
        del sys.modules[_UNUSED]


_load_websockets()
