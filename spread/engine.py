"""The engine: watch, scan, distil, plan, seal, send, settle; receive, open, inbox. One per `SPREAD_HOME`.

Everything it does starts from the directories, so it may be killed at any moment: the next one redoes what was not
finished. File events and arriving mail only wake it; it also looks by itself every `SCAN_S`, and when the ground that
it stands on has moved (`engine_ground`).
"""

import asyncio
import contextlib
import logging
import math
import os
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from spread import engine_lock, engine_status, farewells, intake, peers, rules, store_inbox, store_receipts
from spread import identity as keys
from spread.config import Config, interfaces
from spread.courier import Courier
from spread.engine_debts import Debts
from spread.engine_ground import Ground
from spread.engine_log import where
from spread.engine_partings import Partings
from spread.engine_ready import Readiness
from spread.engine_sessions import Sessions
from spread.errors import StoreError
from spread.intake_settled import LOOK_AGAIN_S
from spread.mailroom import Mailroom
from spread.paths import Paths, write_volatile
from spread.peers import Peer
from spread.tidy import INTERVAL_S, tidy
from spread.watch import Watch

if TYPE_CHECKING:
    from spread.enrich import Enricher

SCAN_S: Final = 120.0
ONCE_PATIENCE_S: Final = 10.0  # how long `--once` waits for routes and receipts
RECEIVE_S: Final = 0.5  # of one turn, for mail: what we owe does not wait until all of a peer's is read
RETRY_TURN_S: Final = 5.0
MDNS_PATIENCE_S: Final = 2.0  # a listener on the LAN is heard of within this time

log = logging.getLogger("spread.engine")


def _quietly(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: we are leaving
        loop.call_soon_threadsafe(callback)


def _enricher(paths: Paths, config: Config, done: Callable[[], None]) -> "Enricher":
    from spread.enrich import Enricher  # late: most engines have none

    return Enricher(paths, config.enrich_daily, done)


class Engine:
    """One engine; `run` returns when it is told to stop, is idle for long, or (`once`) has done what it can.

    Args:
        on_status: Called when what `spread status` tells has changed.
        outdated: As `Ground` asks; where it says so, the engine leaves.
    """

    def __init__(
        self, paths: Paths, config: Config, *, once: bool = False, on_status: Callable[[], None] | None = None,
        outdated: Callable[[], bool | None] | None = None,
    ) -> None:  # fmt: skip
        self.paths = paths
        self.config = config
        self.once = once
        self.ended = self.interrupted = False  # by a signal: it is not to begin anew; by Ctrl-C
        self.evicted = False  # the home is gone, or another engine's
        self.came = 0  # hand-offs that were not here yet
        self._on_status = on_status or (lambda: None)
        self._outdated = outdated or (lambda: False)
        self._news = asyncio.Event()
        self._rest = asyncio.Timeout(None)
        self._stop = False
        self._report = engine_status.Report(paths, time.time())
        self._started = self._active = time.monotonic()
        self._sessions = Sessions(paths)
        self._peers: dict[str, Peer] = {}
        self._taking: asyncio.Task[None] | None = None
        self._take_again = False
        self._later: asyncio.TimerHandle | None = None
        self._unsettled = False  # the client still writes a transcript that we are to distil
        self._gone: list[Peer] = []
        self._following: object = None
        self._tidied = -math.inf
        self._lose_again_at = 0.0  # before, mail to keys we do not have makes no other one (monotonic)
        self._resend_at = 0.0  # before, it has nothing sent again (monotonic)
        self._prekey_id = b""  # the sealing key the peers know of
        wanted = config.enrich == "claude" and not once  # a run takes longer than `--once` may
        self._enricher = _enricher(paths, config, self._news.set) if wanted else None

    async def run(self) -> None:
        """Do the work.

        Raises:
            SpreadError: It cannot even start.
        """
        engine_lock.sweep(self.paths)
        identity = keys.load(self.paths)
        self._peers = self._load_peers()
        self._report.recall({name: peer.paired_at for name, peer in self._peers.items()})
        self._mailroom = Mailroom(self.paths, identity, self.config.relay)
        self._courier = Courier(self.paths, self.config, identity, self._news.set)
        self.debts = Debts(
            self.paths, self._mailroom, self._courier, self._report, lambda: self._peers, self._sent
        )  # fmt: skip
        self._partings = Partings(self.paths, self._courier, self._news.set)
        self._readiness = Readiness(self.paths, self._courier, self._started)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, number)
        self._watch = Watch(
            [self.paths.checkpoints, self.paths.outbox, self.paths.peers],
            lambda: _quietly(loop, self._news.set), shallow=[self.paths.home],
        )  # fmt: skip
        self._watch.probe()
        try:
            write_volatile(self.paths.engine_pid, f"{os.getpid()}\n".encode("ascii"))
            await self._courier.start(self._peers, interfaces())
            self._ground = Ground(self.paths, self._courier, self._watch, self._outdated)
            await self._work()
        finally:
            await self._leave(loop)

    async def _leave(self, loop: asyncio.AbstractEventLoop) -> None:
        self._watch.close()
        if self._later is not None:
            self._later.cancel()
        if self._enricher is not None:
            await self._enricher.close()
        if self._taking is not None:  # a thread cannot be ended; what it does is redone if it must be
            await asyncio.gather(self._taking, return_exceptions=True)
        await self._partings.close()
        await self.debts.close()
        await self._courier.close()
        for path in (self.paths.engine_pid, self.paths.engine_ready) if not self.evicted else ():
            with contextlib.suppress(OSError):
                os.unlink(path)
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)

    def _sent(self, worked: bool) -> None:
        self._active = time.monotonic() if worked else self._active
        self._news.set()

    def stop(self) -> None:
        """Leave soon, cleanly."""
        self._stop = True
        self._news.set()

    def _end(self, number: int) -> None:
        self.ended, self.interrupted = True, number == signal.SIGINT
        self.stop()

    # -- when to look --------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while not self._stop:
            self._news.clear()
            now = time.monotonic()
            try:
                wake_at = await self._turn()
                self._report.problems.pop("engine", None)
            except Exception as problem:  # disk full, permission lost, or a bug of ours: it may pass
                log.error("a turn failed: %s", where(problem))
                wake_at = now + RETRY_TURN_S
                self._tell_failure(problem)
            if self._is_done():
                return
            scan_s = min(SCAN_S, self.config.idle_s or SCAN_S, *([1.0] if self.once else []))
            await self._wait(min(wake_at or math.inf, now + scan_s))

    def _tell_failure(self, problem: Exception) -> None:
        told = problem.strerror if isinstance(problem, OSError) else f"a bug: {where(problem)}"
        self._report.problems["engine"] = f"cannot work: {told or type(problem).__name__}"
        with contextlib.suppress(Exception):
            self._write_status()

    async def _wait(self, until: float) -> None:
        """Return at news, at a time (monotonic), or when the ground has moved; until then next to nothing is done."""
        while not self._news.is_set() and (left := until - time.monotonic()) > 0:
            self._rest = asyncio.timeout(min(left, self._ground.rest_s(self._stir)))
            with contextlib.suppress(TimeoutError):
                async with self._rest:
                    await self._news.wait()
            if await self._look_down():
                return
        if self._ground.is_due():
            await self._look_down()
        await asyncio.sleep(0)

    def _stir(self) -> None:
        """End a rest: the ground may have moved."""
        with contextlib.suppress(RuntimeError):  # there is none
            self._rest.reschedule(-math.inf)

    async def _look_down(self) -> bool:
        """Look at the ground; tell whether all is to be scanned."""
        beat = await self._ground.look()
        if beat.woke or beat.moved:
            self.debts.health.clear()
        if beat.evicted or beat.outdated:
            self.evicted = beat.evicted
            self.stop()
        return bool(beat)

    async def _turn(self) -> float | None:
        """Look at everything once; return when to look again at the latest."""
        now = time.time()
        self._peers = self._load_peers()
        self._partings.look()
        following = (self._peers, self._partings.left, self._partings.relays)
        if following != self._following:
            self._following = following
            self._courier.follow(*following)
        self._refresh_contacts(now)
        allowed = self._rules()
        self._tidy(now)
        if not allowed.paused:
            self._take()
        enrich_s = self._enrich(now, allowed)
        await self._receive()
        own = [peer.name for peer in (*self._peers.values(), *self._gone) if not peer.teammate]
        store_inbox.reindex(self.paths, own)
        self.debts.look()
        self._partings.begin()
        send_at = self.debts.send(allowed)
        self._write_status(allowed.paused)
        ready_at = self._readiness.look(self._peers)
        kept_s = RETRY_TURN_S if "inbox" in self._report.problems else None  # mail that could not be taken in
        after_s = (enrich_s, kept_s, LOOK_AGAIN_S if self._unsettled else None)
        soon = [seconds for seconds in after_s if seconds is not None]
        return min([time.monotonic() + min(soon, default=math.inf), send_at or math.inf, ready_at])

    def _tidy(self, now: float) -> None:
        if time.monotonic() - self._tidied >= INTERVAL_S:
            self._tidied = time.monotonic()
            gone = tidy(self.paths, now)
            log.log(logging.INFO if gone else logging.DEBUG, "tidied up: %d files", gone)

    def _rules(self) -> rules.Rules:
        try:
            found = rules.load(self.paths)
        except StoreError as problem:
            self._report.problems["rules"] = f"{problem.what}: {problem.why}; {problem.hint}"
            return rules.Rules(paused=True)
        self._report.problems.pop("rules", None)
        return found.of(self._peers)

    def _load_peers(self) -> dict[str, Peer]:
        """Return the peers that have not gone."""
        try:
            found, damaged = peers.load_usable(self.paths)
        except OSError as problem:
            self._report.problems["peers"] = f"cannot read the peers: {problem.strerror}"
            return self._peers
        self._report.problems.pop("peers", None)
        if damaged:
            self._report.problems["peers"] = "; ".join(damaged.values())
            log.warning("%s", self._report.problems["peers"])
        self._gone = [peer for peer in found.values() if peer.gone]
        return {name: peer for name, peer in found.items() if not peer.gone}

    def _refresh_contacts(self, now: float) -> None:
        """When our sealing key is a day old, make a new one and tell every peer."""
        known = keys.prekeys(self.paths)
        before = self._prekey_id or (known[0].prekey.id if known else b"")
        lost = self._mailroom.lost_key and time.monotonic() >= self._lose_again_at
        age_s = keys.LOST_AGE_S if lost else keys.PREKEY_AGE_S
        self._mailroom.lost_key = False
        self._prekey_id = keys.current_prekey(self.paths, self._mailroom.identity, now, age_s).prekey.id
        if before != self._prekey_id:  # also where none was left: what a peer has is of no use
            if lost:  # also a relay may say so
                self._lose_again_at = time.monotonic() + keys.PREKEY_AGE_S
            for name in self._peers:
                store_receipts.put_contact(self.paths, name)
        if lost and time.monotonic() >= self._resend_at:  # what could not be opened may have been a receipt
            self._resend_at = time.monotonic() + keys.LOST_AGE_S
            for name in self._peers:
                self.debts.try_anew(name)

    # -- in: turns of this machine, mail of others ---------------------------------------------------------

    def _take(self) -> None:
        """Take checkpoints in a thread: however long a transcript is, mail and receipts do not wait for it."""
        self._take_again = self._taking is not None
        if self._taking is None and any(name[0] != "." for name in os.listdir(self.paths.checkpoints)):
            self._taking = asyncio.create_task(self._take_all())

    async def _take_all(self) -> None:
        waiting, sessions, news = set[str](), dict[str, bool](), True
        try:
            taken = await asyncio.to_thread(
                intake.take_all, self.paths, self._peers, self.config.machine, time.time(),
                enrich=self._enricher is not None, waiting=waiting, sessions=sessions,
            )  # fmt: skip
            self._unsettled = bool(waiting)
            news = taken or self._unsettled or self._take_again
        except Exception as problem:
            log.error("taking checkpoints: %s", where(problem))
            news = False  # the next scan tries again
        finally:
            self._taking = None
        self._sessions.note(sessions)
        self._active = time.monotonic() if sessions else self._active
        if news:
            self._news.set()
        else:  # half a checkpoint, or one that cannot be dealt with now
            self._later = asyncio.get_running_loop().call_later(RETRY_TURN_S, self._news.set)

    def _enrich(self, now: float, allowed: rules.Rules) -> float | None:
        """Owe what was enriched, after newer turns were taken; return after how many seconds to look again."""
        if self._enricher is None or self._enricher.hold(allowed):
            return None
        for made in self._enricher.answers():
            if intake.follow(self.paths, self._peers, made):
                self._active = time.monotonic()
        return self._enricher.start(now)

    async def _receive(self) -> None:
        self._report.problems.pop("inbox", None)  # what still is in the way will be so again
        began = time.monotonic()
        for origin, sealed, item in self._courier.mail():
            if time.monotonic() - began > RECEIVE_S:
                self._courier.keep(origin, sealed, item)
                self._news.set()
                continue
            try:
                taken = await asyncio.to_thread(
                    self._mailroom.take, sealed, self._peers, "lan" if isinstance(origin, str) else "relay"
                )
            except (StoreError, OSError) as problem:
                log.error("mail stays where it is: %s", problem)
                self._report.problems["inbox"] = str(problem)
                self._courier.keep(origin, sealed, item)
                continue
            if taken is not None:  # of use: what a relay makes up does not keep us here
                self._active = time.monotonic()
                self._readiness.came(taken.peer, self._active)
                self.came += taken.kind == "distillation" and taken.new
                facts = self._report.of(taken.peer)
                facts.refused = taken.why or ("" if taken.kind == "distillation" else facts.refused)
                if taken.settled is not None:
                    facts.last_receipt, facts.why = time.time(), ""
                if taken.kind not in ("distillation", "newer", "refused"):
                    self._note_newer_key(taken.peer)
            self._courier.drop(origin, item)
        if self._mailroom.lost_key:
            self._news.set()  # the next turn makes another key

    def _note_newer_key(self, name: str) -> None:
        """Seal anew what a peer has not confirmed, if it has another sealing key now: it may have lost the old one."""
        before, self._peers = self._peers.get(name), self._load_peers()
        after = self._peers.get(name)
        if before is not None and after is not None and before.prekey != after.prekey:
            self.debts.try_anew(name)

    # -- when to leave -------------------------------------------------------------------------------------

    def _is_done(self) -> bool:
        busy = self._enricher is not None and self._enricher.busy
        if self._taking is not None or self._unsettled or self.debts.busy or busy:
            return False
        now = time.monotonic()
        age = now - self._started
        if self.once:
            hopeless = not any(self._courier.routes().values()) and age > MDNS_PATIENCE_S + 1
            if self._partings.can_go_on and age <= ONCE_PATIENCE_S:
                return False
            if self._courier.lan.speaker and age <= MDNS_PATIENCE_S + 1 and farewells.untold(self.paths):
                return False  # its listener may yet be heard of
            enough = self._courier.looked and not self.debts.unsafe() and not os.listdir(self.paths.incoming)
            return enough or age > ONCE_PATIENCE_S or (hopeless and self._courier.looked)
        idle = (
            now - self._active > self.config.idle_s
            and not self._sessions.go_on()
            and self._sessions.hook_age() > self.config.idle_s
        )
        return bool(self.config.idle_s) and idle and not self.debts.unsafe()

    # -- what people see -----------------------------------------------------------------------------------

    def _write_status(self, paused: bool = False) -> None:
        changed = self._report.write(
            self.debts.rows(), paused=paused, lan=self._courier.lan.state, addresses=self._courier.lan.addresses,
            port=self._courier.lan.port,
            polling=self._watch.polling, inbox=self._report.problems.get("inbox", ""),
            relays={url: link.state for url, link in self._courier.links.items()},
        )  # fmt: skip
        if changed:
            self._on_status()
