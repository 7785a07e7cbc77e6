"""How a browser is told where the page is: by a private file, since a command line can be read by everybody here."""

import contextlib
import html
import os
import secrets
import time
from pathlib import Path
from typing import Final

from spread.paths import Paths, write_volatile
from spread.ui.guard import LAUNCH_S

REDIRECT: Final = (
    '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
    '<meta http-equiv="refresh" content="0;url={url}"><title>claude-spread</title>'
    '<a href="{url}">claude-spread</a>\n'
)


class Redirect:
    """A file that leads on to an address with a token; only this user can read it (0600, in a folder of 0700)."""

    def __init__(self, paths: Paths, url: str) -> None:
        os.makedirs(paths.ui, mode=0o700, exist_ok=True)
        os.chmod(paths.ui, 0o700)
        _sweep(paths.ui)
        self._path = os.path.join(paths.ui, f"{secrets.token_hex(8)}.html")
        write_volatile(self._path, REDIRECT.format(url=html.escape(url)).encode("ascii"))

    @property
    def address(self) -> str:
        """What a browser is started with; nothing in it is secret."""
        return Path(self._path).as_uri()

    def drop(self) -> None:
        """Take the file away; it may be gone already."""
        with contextlib.suppress(OSError):
            os.unlink(self._path)


def _sweep(folder: str) -> None:
    """Take away what one of us that was killed has left; its token is worth nothing any more."""
    for entry in os.scandir(folder):
        with contextlib.suppress(OSError):
            if entry.stat(follow_symlinks=False).st_mtime < time.time() - LAUNCH_S:
                os.unlink(entry.path)
