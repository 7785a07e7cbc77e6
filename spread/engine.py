"""The engine: watch, scan, distil, plan, seal, send, settle; receive, open, inbox. One per `SPREAD_HOME`.

Everything it does starts from the directories, so it may be killed at any moment: the next one redoes what was not
finished. File events and arriving mail only wake it; it also looks by itself every `SCAN_S`, and after a sleep.
"""

import asyncio
import contextlib
import logging
import math
import os
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from spread import engine_lock, engine_status, intake, peers, plan, rules, store, store_inbox, store_receipts
from spread import identity as keys
from spread.config import Config, interfaces
from spread.courier import Courier
from spread.engine_log import start_log as start_log
from spread.engine_log import where
from spread.engine_partings import Partings
from spread.engine_pulse import BEAT_S, Pulse
from spread.engine_status import RECEIPT as RECEIPT
from spread.errors import RouteError, SpreadError, StoreError
from spread.history import Event
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
RETRY_TURN_S: Final = 5.0
MDNS_PATIENCE_S: Final = 2.0  # a listener on the LAN is heard of within this time
OPEN_S: Final = 3600.0  # a session that says nothing for so long counts as ended: a crash tells nobody

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
    """

    def __init__(
        self, paths: Paths, config: Config, *, once: bool = False, on_status: Callable[[], None] | None = None
    ) -> None:
        self.paths = paths
        self.config = config
        self.once = once
        self.owed: list[plan.Debt] = []
        self.tried: dict[plan.Key, plan.Attempts] = {}
        self.health: dict[plan.Way, plan.Health] = {}
        self.held: set[tuple[str, str]] = set()  # debts that must not go now
        self.interrupted = False  # by Ctrl-C
        self.evicted = False  # the home is gone, or another engine's
        self._on_status = on_status or (lambda: None)
        self._news = asyncio.Event()
        self._stop = False
        self._sending: set[asyncio.Task[None]] = set()
        self._report = engine_status.Report(paths, time.time())
        self._started = self._active = time.monotonic()
        self._open: dict[str, float] = {}  # sessions of this machine, and their last sign
        self._ways: dict[plan.Way, object] = {}
        self._peers: dict[str, Peer] = {}
        self._projects: dict[tuple[str, str], str] = {}
        self._taking: asyncio.Task[None] | None = None
        self._take_again = False
        self._later: asyncio.TimerHandle | None = None
        self._unsettled = False  # the client still writes a transcript that we are to distil
        self._gone: list[Peer] = []
        self._following: object = None
        self._ready = False
        self._tidied = -math.inf
        self._network_at = math.inf  # when to try again what the network did not allow
        self._network_failures = 0
        self._lose_again_at = 0.0  # before, mail to keys we do not have makes no other one (monotonic)
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
        self._partings = Partings(self.paths, self._courier, self._news.set)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.stop)
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        self._watch = Watch(
            [self.paths.checkpoints, self.paths.outbox, self.paths.peers],
            lambda: _quietly(loop, self._news.set), shallow=[self.paths.home],
        )  # fmt: skip
        self._watch.probe()
        try:
            write_volatile(self.paths.engine_pid, f"{os.getpid()}\n".encode("ascii"))
            await self._courier.start(self._peers, interfaces())
            self._pulse = Pulse(
                time.monotonic(), time.time(), self._courier.network(), engine_lock.stamp(self.paths)
            )
            if not self._courier.lan_works:
                self._network_later()
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
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self._courier.close()
        for path in (self.paths.engine_pid, self.paths.engine_ready) if not self.evicted else ():
            with contextlib.suppress(OSError):
                os.unlink(path)
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)

    def stop(self) -> None:
        """Leave soon, cleanly."""
        self._stop = True
        self._news.set()

    def _interrupt(self) -> None:
        self.interrupted = True
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
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, BEAT_S)):
                    await self._news.wait()
            if await self._beat():
                return
        await asyncio.sleep(0)

    async def _beat(self) -> bool:
        """Look at clocks, addresses, watch and home; tell whether all is to be scanned."""
        mono = time.monotonic()
        beat = self._pulse.beat(mono, time.time(), self._courier.network(), engine_lock.stamp(self.paths))
        if beat.evicted:
            log.error("%s is gone, or another engine's: leaving", self.paths.home)
            self.evicted = True
            self.stop()
            return True
        if beat.woke or beat.moved or mono >= self._network_at:
            log.info("%s", "awake again" if beat.woke else "the network has changed")
            self.health.clear()
            self._network_at = math.inf
            if await self._courier.network_changed():
                self._network_failures = 0
            else:
                self._network_later()
        try:
            return self._watch.check() or bool(beat)
        except OSError:  # one of our directories was removed: a new one is as good
            with contextlib.suppress(OSError):
                self.paths.make()
            return True

    def _network_later(self) -> None:
        self._network_failures += 1
        self._network_at = time.monotonic() + plan.backoff(self._network_failures + 3, 0.5)

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
        enrich_s = None if allowed.paused else self._enrich(now)
        await self._receive()
        own = [peer.name for peer in (*self._peers.values(), *self._gone) if not peer.teammate]
        store_inbox.reindex(self.paths, own)
        self.owed = self._debts()
        self._forget_settled()
        self._notice_routes()
        self._partings.begin()
        self.held = self._find_held(allowed)
        decided = plan.plan(
            [debt for debt in self.owed if (debt.peer, debt.name) not in self.held],
            self._courier.routes(), self.tried, time.monotonic(), os.urandom(1)[0] / 255, self.health,
        )  # fmt: skip
        for send in decided.sends:
            self._begin(send)
        self._write_status(allowed.paused)
        if not self._ready and (self._courier.looked or time.monotonic() - self._started > ONCE_PATIENCE_S):
            self._ready = True
            write_volatile(self.paths.engine_ready, f"{now}\n".encode("ascii"))
        kept_s = RETRY_TURN_S if "inbox" in self._report.problems else None  # mail that could not be taken in
        after_s = (enrich_s, kept_s, LOOK_AGAIN_S if self._unsettled else None)
        soon = [seconds for seconds in after_s if seconds is not None]
        return min([time.monotonic() + min(soon, default=math.inf), decided.wake_at or math.inf])

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
        return found

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
        if before not in (b"", self._prekey_id):
            if lost:  # also a relay may say so
                self._lose_again_at = time.monotonic() + keys.PREKEY_AGE_S
            for name in self._peers:
                store_receipts.put_contact(self.paths, name)

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
        self._note_sessions(sessions)
        if news:
            self._news.set()
        else:  # half a checkpoint, or one that cannot be dealt with now
            self._later = asyncio.get_running_loop().call_later(RETRY_TURN_S, self._news.set)

    def _note_sessions(self, sessions: dict[str, bool]) -> None:
        now = time.monotonic()
        for session, goes_on in sessions.items():
            self._active = now
            self._open.pop(session, None)
            if goes_on:
                self._open[session] = now

    def _enrich(self, now: float) -> float | None:
        """Owe what was enriched, after newer turns were taken; return after how many seconds to look again."""
        if self._enricher is None:
            return None
        for made in self._enricher.answers():
            if intake.follow(self.paths, self._peers, made):
                self._active = time.monotonic()
        return self._enricher.start(now)

    async def _receive(self) -> None:
        self._report.problems.pop("inbox", None)  # what still is in the way will be so again
        for origin, sealed, item in self._courier.mail():
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
            for key in [key for key, value in self.tried.items() if key[0] == name and not value.started]:
                del self.tried[key]

    # -- out -----------------------------------------------------------------------------------------------

    def _debts(self) -> list[plan.Debt]:
        """Return what is owed; times are monotonic from here on, so that a clock set anew delays nothing."""
        found = [(owed.peer, owed.name, owed.since) for owed in store.owed(self.paths)]
        found += [(peer, RECEIPT + name, since) for peer, name, since in store_receipts.waiting(self.paths)]
        now, mono = time.time(), time.monotonic()
        return [
            plan.Debt(peer, name, mono - max(0.0, now - since))
            for peer, name, since in found if peer in self._peers
        ]  # fmt: skip

    def _find_held(self, allowed: rules.Rules) -> set[tuple[str, str]]:
        """Return the debts that must not go now; receipts always may."""
        debts = {(debt.peer, debt.name) for debt in self.owed if not debt.name.startswith(RECEIPT)}
        self._projects = {debt: project for debt, project in self._projects.items() if debt in debts}
        if allowed.hold_some and not allowed.paused:
            for debt in debts - self._projects.keys():
                self._projects[debt] = store.project_of(self.paths, self._owed(*debt)) or ""
        held = {debt: allowed.hold(debt[0], self._projects.get(debt, "")) for debt in debts}
        for debt in debts:
            if held[debt] and debt not in self.held:
                self._note("held", *debt, why=held[debt])
        return {debt for debt in debts if held[debt]}

    def _forget_settled(self) -> None:
        owed = {(debt.peer, debt.name) for debt in self.owed}
        self.tried = {key: value for key, value in self.tried.items() if key[:2] in owed}
        self.health = {way: value for way, value in self.health.items() if way[0] in self._peers}
        self._ways = {way: value for way, value in self._ways.items() if way[0] in self._peers}

    def _notice_routes(self) -> None:
        """A route that came anew is a new chance: what failed or was stored there before is tried again.

        A relay may have lost its mail while it was away, and sending twice is harmless.
        """
        for name, peer in self._peers.items():
            link = self._courier.links.get(peer.relay)
            ways: dict[plan.RouteKind, object] = {
                "lan": self._courier.lan_names(peer.mailbox), "relay": link.times if link else 0,
            }  # fmt: skip
            for route, way in ways.items():
                if self._ways.get((name, route)) != way:
                    self._ways[name, route] = way
                    self.health.pop((name, route), None)
                    for key, attempts in list(self.tried.items()):
                        if key[0] == name and key[2] == route and not attempts.started:
                            del self.tried[key]

    def _begin(self, send: plan.Send) -> None:
        key = (send.debt.peer, send.debt.name, send.route)
        self.tried[key] = plan.started(self.tried.get(key, plan.Attempts()), time.monotonic())
        task = asyncio.create_task(self._send(send, key))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, send: plan.Send, key: plan.Key) -> None:
        debt, way, problem, put = send.debt, (send.debt.peer, send.route), "", False
        try:
            put = await self._put(send)
            self.health.pop(way, None)
        except SpreadError as failed:
            problem = f"{failed.what}" + (f" ({failed.why})" if failed.why else "")
            if isinstance(failed, RouteError) and not failed.what.endswith(" refused"):  # that was an answer
                self.health[way] = plan.broke(self.health.get(way, plan.WELL), time.monotonic())
        except Exception as failed:  # a bug of ours must not leave the debt marked as under way for ever
            problem = f"{type(failed).__name__} while sending"
            log.error("sending %s: %s", debt.name, where(failed))
        before = self.tried.get(key, plan.Attempts())
        self.tried[key] = (plan.failed if problem else plan.stored)(before, time.monotonic())
        log.log(
            logging.INFO if problem else logging.DEBUG, "%s to %s by %s: %s",
            debt.name, debt.peer, send.route, problem or "stored",
        )  # fmt: skip
        if not debt.name.startswith(RECEIPT) and (problem or put):
            self._note("failed" if problem else "sent", debt.peer, debt.name, route=send.route, why=problem)
        if debt.peer in self._peers:
            self._report.of(debt.peer).why = problem
            if not problem:
                self._report.of(debt.peer).last_route = send.route
        self._active = self._active if problem else time.monotonic()
        self._news.set()

    def _note(self, event: Event, peer: str, name: str, *, why: str, route: str = "") -> None:
        self._mailroom.note(event, self._owed(peer, name), why=why, route=route)

    async def _put(self, send: plan.Send) -> bool:
        """Put something into a peer's mailbox; tell whether there still was something to put."""
        debt = send.debt
        peer = self._peers.get(debt.peer)
        if peer is None:
            return False
        if debt.name.startswith(RECEIPT):
            name = debt.name.removeprefix(RECEIPT)
            receipt = store_receipts.read(self.paths, peer.name, name)
            if receipt is None:
                return False
            await self._courier.send(peer, self._mailroom.seal_receipt(peer, name, receipt), send.route)
            store_receipts.drop(self.paths, peer.name, name)
            return True
        letter = self._mailroom.seal_debt(peer, self._owed(peer.name, debt.name))
        if letter is None:
            return False
        await self._courier.send(peer, letter, send.route)
        return True

    @staticmethod
    def _owed(peer: str, name: str) -> store.Owed:
        session, _, revision = name.removesuffix(store.SUFFIX).rpartition(".")
        return store.Owed(peer, session, int(revision), time.time())

    # -- when to leave -------------------------------------------------------------------------------------

    def unsafe(self) -> list[plan.Debt]:
        """Return the debts that only we hold yet, and could hand over: not paid, kept by no relay, not held back."""
        return [
            debt for debt in self.owed
            if (debt.peer, debt.name) not in self.held
            and not self.tried.get((debt.peer, debt.name, "relay"), plan.Attempts()).stored
        ]  # fmt: skip

    def reason(self) -> str:
        """Return why something is still owed, in a few words."""
        told = []
        for name in sorted({debt.peer for debt in self.unsafe()}):
            why = self._report.of(name).why
            missing = self._courier.missing(self._peers[name]) if name in self._peers else {}
            told.append(
                f"{name}: {why or 'no route to it'}"
                + (f" ({'; '.join(missing.values())})" if missing else "")
            )
        return "; ".join(told)

    def _is_done(self) -> bool:
        busy = self._enricher is not None and self._enricher.busy
        if self._taking is not None or self._unsettled or self._sending or busy:
            return False
        now = time.monotonic()
        age = now - self._started
        if self.once:
            hopeless = not any(self._courier.routes().values()) and age > MDNS_PATIENCE_S + 1
            if self._partings.can_go_on and age <= ONCE_PATIENCE_S:
                return False
            enough = self._courier.looked and not self.unsafe() and not os.listdir(self.paths.incoming)
            return enough or age > ONCE_PATIENCE_S or (hopeless and self._courier.looked)
        self._open = {session: at for session, at in self._open.items() if now - at < OPEN_S}
        idle = (
            now - self._active > self.config.idle_s
            and not self._open
            and self._hook_age() > self.config.idle_s
        )
        return bool(self.config.idle_s) and idle and not self.unsafe()

    def _hook_age(self) -> float:
        """Return for how many seconds no session was begun or went on, as far as its hooks tell."""
        try:
            age = time.time() - os.stat(self.paths.inbox_told).st_mtime
        except OSError:
            return math.inf
        return age if age >= 0 else math.inf  # a clock that was set back must not keep us here

    # -- what people see -----------------------------------------------------------------------------------

    def _write_status(self, paused: bool = False) -> None:
        routes = self._courier.routes()
        rows: dict[str, dict[str, Any]] = {
            name: {
                "routes": sorted(routes.get(name, ())),
                "missing": self._courier.missing(peer),
                "held": sum(debt[0] == name for debt in self.held),
                **engine_status.debts_of(name, self.owed, self.tried),
            }
            for name, peer in self._peers.items()
        }
        changed = self._report.write(
            rows, paused=paused, lan=self._courier.lan_state, addresses=self._courier.addresses,
            port=self._courier.port,
            polling=self._watch.polling, inbox=self._report.problems.get("inbox", ""),
            relays={url: link.state for url, link in self._courier.links.items()},
        )  # fmt: skip
        if changed:
            self._on_status()
