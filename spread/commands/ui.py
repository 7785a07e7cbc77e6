"""`spread ui`: the page on this machine, until Ctrl-C."""

import asyncio
import contextlib
import os
import socket
import sys
import threading
import webbrowser
from types import FrameType
from typing import Final
from urllib.parse import quote

import uvicorn

from spread import store, store_sent
from spread.commands import terminal
from spread.errors import EXIT_INTERRUPTED, SpreadError
from spread.paths import Paths
from spread.ui.app import Page
from spread.ui.guard import Guard

LOOPBACK: Final = "127.0.0.1"
LEAVE_S: Final = 2


def run(paths: Paths, *, port: int = 0, launch: bool = True, wanted: str = "") -> int:
    """Serve the page and open a browser where there is one; the address is printed.

    Args:
        port: 0 is any free one.
        wanted: The id of a hand-off to open.
    """
    place = _place(store_sent.find(paths, wanted)) if wanted else ""
    page = Page(paths)
    with _listen(port) as listener:
        guard = Guard(page.asgi, listener.getsockname()[1])
        terminal.result(guard.url + place)
        if launch and _has_browser():
            # some are waited for until they are closed
            asked = (guard.launch_url() + place,)
            threading.Thread(target=webbrowser.open, args=asked, daemon=True).start()
        terminal.say("only this machine can open it; Ctrl-C ends it")
        settings = uvicorn.Config(
            guard, http="h11", ws="none", loop="asyncio", lifespan="on", log_config=None, access_log=False,
            server_header=False, proxy_headers=False, timeout_graceful_shutdown=LEAVE_S,
        )  # fmt: skip
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_Server(settings, page).serve(sockets=[listener]))
            return 0
    return EXIT_INTERRUPTED


def _place(item: store.Received) -> str:
    """Return where on the page a hand-off is."""
    return f"#in/{quote(item.peer)}/{item.id}" if item.peer else f"#out/{item.id}"


class _Server(uvicorn.Server):
    """Lets the pages' streams, which never end by themselves, end with us."""

    def __init__(self, config: uvicorn.Config, page: Page) -> None:
        super().__init__(config)
        self._page = page

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        asyncio.get_running_loop().call_soon_threadsafe(self._page.live.leave)
        super().handle_exit(sig, frame)


def _listen(port: int) -> socket.socket:
    """Return a listening socket that only this machine reaches.

    Raises:
        SpreadError: The port is taken, or not ours to have.
    """
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(64)
    except OSError as problem:
        listener.close()
        raise SpreadError(
            f"cannot listen on port {port}", why=problem.strerror or "",
            hint="give another one with `spread ui --port N`, or none for any that is free",
        ) from None  # fmt: skip
    return listener


def _has_browser() -> bool:
    """Tell whether a browser with a window can be opened: one in this terminal would be in the way."""
    if os.environ.get("BROWSER"):
        return True
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    with contextlib.suppress(webbrowser.Error):
        return (
            type(webbrowser.get()) is not webbrowser.GenericBrowser
        )  # its children are those in the background
    return False
