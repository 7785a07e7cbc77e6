"""`spread sync`: the engine in the foreground, once, or detached by a hook."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterator

from spread import config, engine, engine_lock, engine_log, farewells
from spread.commands import terminal
from spread.config import Config
from spread.engine_program import Program, Resting, take_over
from spread.engine_pulse import BEAT_S
from spread.errors import EXIT_INTERRUPTED, ConfigError, RouteError, StoreError
from spread.net.client_tokens import use_token
from spread.paths import Paths
from spread.resources import remember

log = logging.getLogger("spread.engine")


def run(paths: Paths, *, once: bool = False, detached: bool = False) -> int:
    """Run the engine.

    Args:
        once: Do what can be done now, then return; 1 if something could not be handed over.
        detached: Started by a hook: no terminal, quiet, and an engine that already runs is no error.
    """
    if detached:
        _detach()
        if engine_lock.is_running(paths):
            return 0
    program = Program()
    settings = config.load(paths)
    use_token(settings.relay, settings.relay_token)
    if (
        not detached
    ):  # a person runs it with the installation that the hooks are to use, also while an engine runs
        remember(paths)
    with engine_lock.locked(paths):
        if detached:
            remember(paths)
        engine_log.start_log(paths, settings.log_level)
        with _view(paths) if not once and not detached else contextlib.nullcontext() as changed:
            while True:
                watched = _Watched(paths, settings, program)
                running = engine.Engine(
                    paths, settings, once=once, on_status=changed, outdated=watched.outdated
                )
                asyncio.run(running.run())
                if watched.newer is None or watched.replaced or running.evicted or running.ended:
                    break
                settings = watched.newer
    if running.evicted:
        raise StoreError(
            f"{paths.home} is gone, or another engine's", why="it was removed while the engine ran",
            hint="nothing was lost that was not in it; `spread status` shows what is there now",
        )  # fmt: skip
    if running.interrupted:
        return EXIT_INTERRUPTED
    if watched.replaced and not running.ended:
        take_over()
    return _tell(running) if once else 0


class _Watched:
    """Finds out whether `config.toml` says something else than what an engine goes by, and whether it was updated.

    Args:
        now: What it goes by.
    """

    def __init__(self, paths: Paths, now: Config, program: Program) -> None:
        self.newer: Config | None = None  # what it says instead
        self.replaced: bool | None = False  # as `Program` tells
        self._program = program
        self._paths = paths
        self._now = now
        self._read: object = ()  # so the first looks find what was changed while we started
        self._resting = Resting(lambda: config.stamp(paths))

    def outdated(self) -> bool | None:
        """Tell whether it is to begin anew; None: ask again in `BEAT_S`, as something was only just written."""
        self.replaced = self._program.replaced()
        settings = self._changed()
        return True if self.replaced or settings else None if None in (self.replaced, settings) else False

    def _changed(self) -> bool | None:
        """Tell whether the configuration did; half a file is a valid one, too, in which the rest has its default."""
        stamp, rested = self._resting.now()
        if self.newer is None and stamp != self._read:
            if rested < BEAT_S:
                return None
            self._read = stamp
            self.newer = _newer(self._paths, self._now)
        return self.newer is not None


def _newer(paths: Paths, settings: Config) -> Config | None:
    """Return what the configuration says now, None where it is the same or cannot be used: then the old one stays."""
    try:
        found = config.load(paths)
    except ConfigError as problem:
        log.warning("the configuration stays as it was: %s", problem.what)
        return None
    if found == settings:
        return None
    log.info("the configuration has changed")
    use_token(settings.relay, "")
    use_token(found.relay, found.relay_token)
    engine_log.start_log(paths, found.log_level)
    return found


@contextlib.contextmanager
def _view(paths: Paths) -> Iterator[Callable[[], None]]:
    from spread.commands import sync_view  # late: a detached engine starts without them

    terminal.say(f"engine running; log in {paths.engine_log}; stop with Ctrl-C")
    with sync_view.View(paths) as view:
        yield view.changed


def _tell(ended: engine.Engine) -> int:
    """Say how `--once` ended."""

    if ended.came:
        terminal.result(f"{ended.came} received; next: spread inbox")
    if untold := farewells.untold(ended.paths):
        terminal.result(f"not told yet that it is unpaired: {', '.join(untold)}")
    left = ended.debts.unsafe()
    if left:
        peers = ", ".join(sorted({debt.peer for debt in left}))
        raise RouteError(
            f"{len(left)} not handed over (to {peers})", why=ended.debts.reason(),
            hint="it stays in the outbox and goes when a route is there; see `spread status`",
        )  # fmt: skip
    if ended.debts.held:
        terminal.result(f"{len(ended.debts.held)} held back while paused; next: spread resume")
    else:
        terminal.result(
            "nothing is owed" if not ended.debts.owed else f"{len(ended.debts.owed)} kept by a relay"
        )
    return 0


def _detach() -> None:
    """Leave the terminal's session, so that nothing that ends it ends us."""
    with contextlib.suppress(OSError):  # already the leader of one
        os.setsid()
    os.chdir("/")
    os.umask(0o077)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
