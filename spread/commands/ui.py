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
from spread.errors import SpreadError
from spread.paths import Paths
from spread.ui.app import Page
from spread.ui.callers import Caller
from spread.ui.guard import LAUNCH_S, Guard
from spread.ui.launch import Redirect

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
        door = Door(paths, page, listener.getsockname()[1])
        terminal.result(door.guard.url + place)
        if launch and _has_browser():
            door.launch(place)
        terminal.say("only this machine can open it; Ctrl-C ends it")
        settings = uvicorn.Config(
            door.guard, http=Caller, ws="none", loop="asyncio", lifespan="on", log_config=None, access_log=False,
            # what others send that is no HTTP is no matter of the user's
            log_level="error", server_header=False, proxy_headers=False, timeout_graceful_shutdown=LEAVE_S,
        )  # fmt: skip
        asyncio.run(_Server(settings, page, door).serve(sockets=[listener]))
    return 0


class Door:
    """The guard of a page, and the browser that we lead there."""

    def __init__(self, paths: Paths, page: Page, port: int) -> None:
        self._paths, self._page = paths, page
        self.guard = Guard(page.asgi, port, entered=self.shut, alarm=self._alarm)
        self._redirect: Redirect | None = None
        self._timer: threading.Timer | None = None

    def launch(self, place: str) -> None:
        """Start a browser; it is told the token by a file only, which goes once it was followed, or after a while."""
        try:
            self._redirect = Redirect(self._paths, self.guard.launch_url(place))
        except OSError as problem:
            terminal.say(
                f"spread: note: no browser is started ({problem.strerror}): open that address in one"
            )
            return
        self._timer = threading.Timer(LAUNCH_S, self.shut)
        self._timer.daemon = True
        self._timer.start()
        # some are waited for until they are closed
        threading.Thread(target=webbrowser.open, args=(self._redirect.address,), daemon=True).start()

    def shut(self) -> None:
        """Take away what leads a browser here."""
        if self._timer is not None:
            self._timer.cancel()
        if self._redirect is not None:
            self._redirect.drop()

    def _alarm(self) -> None:
        """Say that there are two who have the token that was for the browser only."""
        self._page.pairing.stop()
        terminal.say(
            "spread: warning: the link for the browser was used twice: somebody else on this machine may have seen "
            "the page, and is shut out now"
        )
        terminal.say(
            "spread: hint: the address above still works; see `spread peers` for a machine that you have not paired"
        )


def _place(item: store.Received) -> str:
    """Return where on the page a hand-off is."""
    return f"#in/{quote(item.peer)}/{item.id}" if item.peer else f"#out/{item.id}"


class _Server(uvicorn.Server):
    """Lets the pages' streams, which never end by themselves, end with us."""

    def __init__(self, config: uvicorn.Config, page: Page, door: Door) -> None:
        super().__init__(config)
        self._page, self._door = page, door

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave; a signal that asked for it ends the process right after."""
        self._door.shut()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        asyncio.get_running_loop().call_soon_threadsafe(self._page.live.leave)
        if not self.should_exit:  # it ends soon anyway; forced to, it would complain
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
        # Its children are those in the background.
        return type(webbrowser.get()) is not webbrowser.GenericBrowser
    return False
