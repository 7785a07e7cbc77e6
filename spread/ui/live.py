"""Tells every open page when something has changed: file events, and a look every few seconds."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from spread.watch import Watch

TICK_S: Final = 5.0  # whether an engine runs is told by no file event
SETTLE_S: Final = 0.05  # what comes together is told together
MAX_PAGES: Final = 16
LEFT_S: Final = 5.0  # a page that is loaded again is back by then

State = Callable[[], dict[str, Any]]


class Live:
    """One watcher for all pages; `pages` yields what one of them is sent.

    Args:
        folders: Looked at with all below them.
        state: What pages are told; called in a thread, since it reads files.
        left: Called when the last page has gone.
    """

    def __init__(
        self, folders: list[str], shallow: list[str], state: State, left: Callable[[], None]
    ) -> None:
        self._folders, self._shallow, self._state, self._left = folders, shallow, state, left
        self._pages: set[asyncio.Queue[str | None]] = set()
        self._looking = asyncio.Lock()
        self._hint = asyncio.Event()
        self._told = ""
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to watch; in the running loop."""
        loop = asyncio.get_running_loop()

        def hint() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._hint.set)

        self._watch = Watch(self._folders, hint, self._shallow)
        self._task = asyncio.create_task(self._run())

    def nudge(self) -> None:
        """Look at once: we have changed something ourselves."""
        self._hint.set()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._hint.wait()
                await asyncio.sleep(SETTLE_S)
            self._hint.clear()
            if self._pages:
                await self._look()

    async def _look(self) -> None:
        async with self._looking:
            try:
                state = json.dumps(await asyncio.to_thread(self._state))
            except Exception:  # a file that is just being written, say: the next look tells
                return
            if state != self._told and not self._closed:
                self._told = state
                for page in self._pages:
                    while not page.empty():  # a page that is behind needs the newest only
                        page.get_nowait()
                    page.put_nowait(state)

    def room(self) -> bool:
        """Tell whether one page more may listen."""
        return len(self._pages) < MAX_PAGES and not self._closed

    async def page(self) -> AsyncIterator[str]:
        """Yield the lines of one page's event stream until it or we go."""
        mine: asyncio.Queue[str | None] = asyncio.Queue()
        try:
            async with self._looking:  # else a look that began before could tell something older after it
                if self._closed:
                    return
                self._pages.add(mine)
                state = json.dumps(await asyncio.to_thread(self._state))
                self._told = ""  # what this page and the others were told may differ: the next look tells all
            yield f"retry: 1000\ndata: {state}\n\n"
            while (newer := await mine.get()) is not None:
                yield f"data: {newer}\n\n"
        finally:
            self._pages.discard(mine)
            asyncio.get_running_loop().call_later(LEFT_S, self._look_for_pages)

    def _look_for_pages(self) -> None:
        if not self._pages:
            self._left()

    def leave(self) -> None:
        """Let every page's stream end; from the loop's thread."""
        self._closed = True
        for page in self._pages:
            page.put_nowait(None)

    async def close(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await asyncio.to_thread(self._watch.close)
