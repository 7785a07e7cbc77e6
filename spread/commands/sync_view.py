"""The live view of `spread sync`: on a terminal a picture that changes, else a line for each change."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from spread.commands import audience, status, terminal
from spread.errors import SpreadError
from spread.paths import Paths


class View:
    """Shows what `spread status` tells; a context manager, `changed` is for the engine."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._told: list[str] = []
        self._show: Callable[[list[str]], None] = self._lines
        self._end: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._picture()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def changed(self) -> None:
        """Show how things stand now."""
        try:
            self._show(status.lines(status.collect(self._paths)))
        except (SpreadError, OSError):  # the engine tells it where it matters
            return

    def _lines(self, lines: list[str]) -> None:
        for line in lines:
            if line not in self._told:
                told = audience.Theirs(f"{time.strftime('%H:%M:%S')} {line}")
                for each in audience.shielded([told]):
                    terminal.say(each)
        self._told = lines

    def _picture(self) -> None:
        from rich.console import Console  # late: 60 ms that only a terminal needs
        from rich.live import Live
        from rich.text import Text

        live = Live(Text(""), console=Console(stderr=True), auto_refresh=False, transient=False)
        live.start()
        self._show = lambda lines: live.update(Text("\n".join(lines)), refresh=True)
        self._end = live.stop
