"""The engine: watch, scan, distil, plan, seal, send, settle; receive, open, inbox. One per `SPREAD_HOME`.

Everything it does starts from the directories, so it may be killed at any moment: the next one redoes what was not
finished. File events and arriving mail only wake it; it also looks by itself every `SCAN_S`.
"""

import asyncio
import contextlib
import json
import logging
import logging.handlers
import math
import os
import signal
import time
from collections.abc import Callable
from typing import Any, Final

from spread import engine_lock, intake, peers, plan, store
from spread import identity as keys
from spread.config import Config, interfaces
from spread.courier import Courier
from spread.engine_partings import Partings
from spread.enrich import Enricher
from spread.errors import SpreadError, StoreError
from spread.mailroom import Mailroom
from spread.paths import Paths, write_atomic
from spread.peers import Peer
from spread.watch import Watch

SCAN_S: Final = 60.0
ONCE_PATIENCE_S: Final = 10.0  # how long `--once` waits for routes and receipts
RETRY_TURN_S: Final = 5.0
MDNS_PATIENCE_S: Final = 2.0  # a listener on the LAN is heard of within this time
CONCURRENT_SENDS: Final = 8
RECEIPT: Final = "receipt/"  # marks receipts among the names of debts

log = logging.getLogger("spread.engine")


def _quietly(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: we are leaving
        loop.call_soon_threadsafe(callback)


class Engine:
    """One engine; `run` returns when it is told to stop, is idle for long, or (`once`) has done what it can."""

    def __init__(self, paths: Paths, config: Config, *, once: bool = False) -> None:
        self.paths = paths
        self.config = config
        self.once = once
        self.owed: list[plan.Debt] = []
        self.tried: dict[plan.Key, plan.Attempts] = {}
        self.interrupted = False  # by Ctrl-C
        self._news = asyncio.Event()
        self._stop = False
        self._sending: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(CONCURRENT_SENDS)
        self._started = time.time()
        self._active = time.monotonic()
        self._last_receipt: dict[str, float] = {}
        self._last_route: dict[str, str] = {}
        self._ways: dict[tuple[str, plan.RouteKind], object] = {}
        self._why: dict[str, str] = {}
        self._peers: dict[str, Peer] = {}
        self._gone: list[Peer] = []
        self._following: object = None
        self._status: dict[str, Any] = {}
        self._ready = False
        self._prekey_id = b""  # the sealing key the peers know of
        wanted = config.enrich == "claude" and not once  # a run takes longer than `--once` may
        self._enricher = Enricher(paths, config.enrich_daily, self._news.set) if wanted else None

    async def run(self) -> None:
        """Do the work.

        Raises:
            SpreadError: It cannot even start.
        """
        engine_lock.sweep(self.paths)
        identity = keys.load(self.paths)
        self._peers = self._load_peers()
        self._mailroom = Mailroom(self.paths, identity, self.config.relay)
        self._courier = Courier(self.paths, self.config, identity, self._news.set)
        self._partings = Partings(self.paths, self._courier, self._news.set)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.stop)
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        watch = Watch(
            [self.paths.checkpoints, self.paths.outbox, self.paths.peers],
            lambda: _quietly(loop, self._news.set),
        )
        write_atomic(self.paths.engine_pid, f"{os.getpid()}\n".encode("ascii"))
        try:
            await self._courier.start(self._peers, interfaces())
            await self._work()
        finally:
            watch.close()
            if self._enricher is not None:
                await self._enricher.close()
            await self._partings.close()
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)
            await self._courier.close()
            for path in (self.paths.engine_pid, self.paths.engine_ready):
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

    async def _work(self) -> None:
        while not self._stop:
            self._news.clear()
            try:
                wake_at = await self._turn()
            except OSError as problem:  # disk full, out of descriptors, permission lost: it may pass
                log.error("a turn failed: %s", problem.strerror or type(problem).__name__)
                wake_at = time.monotonic() + RETRY_TURN_S
            if self._is_done():
                return
            wait_s = min(SCAN_S, self.config.idle_s or SCAN_S, *([1.0] if self.once else []))
            if wake_at is not None:
                wait_s = min(wait_s, max(0.01, wake_at - time.monotonic()))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()

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
        paused = self._is_paused()
        if not paused and await asyncio.to_thread(
            intake.take_all,
            self.paths,
            self._peers,
            self.config.machine,
            now,
            enrich=self._enricher is not None,
        ):
            self._active = time.monotonic()
        enrich_s = None if paused else self._enrich(now)
        await self._receive()
        own = [peer.name for peer in (*self._peers.values(), *self._gone) if not peer.teammate]
        store.reindex(self.paths, own)
        self.owed = self._debts()
        self._forget_settled()
        self._notice_routes()
        self._partings.begin()
        decided = plan.plan(
            self.owed if not paused else [d for d in self.owed if d.name.startswith(RECEIPT)],
            self._courier.routes(), self.tried, time.monotonic(), os.urandom(1)[0] / 255,
        )  # fmt: skip
        for send in decided.sends:
            self._begin(send)
        if not self._ready and (self._courier.looked or now - self._started > ONCE_PATIENCE_S):
            self._ready = True
            write_atomic(self.paths.engine_ready, f"{now}\n".encode("ascii"))
        self._write_status(paused)
        if enrich_s is None:
            return decided.wake_at
        return min(time.monotonic() + enrich_s, decided.wake_at or math.inf)

    def _enrich(self, now: float) -> float | None:
        """Owe what was enriched, after newer turns were taken; return after how many seconds to look again."""
        if self._enricher is None:
            return None
        for made in self._enricher.answers():
            if intake.follow(self.paths, self._peers, made):
                self._active = time.monotonic()
        return self._enricher.start(now)

    def _is_paused(self) -> bool:
        return os.path.exists(self.paths.paused)

    def _load_peers(self) -> dict[str, Peer]:
        """Return the peers that have not gone."""
        try:
            found = peers.load_all(self.paths)
            self._gone = [peer for peer in found.values() if peer.gone]
            return {name: peer for name, peer in found.items() if not peer.gone}
        except SpreadError as problem:
            log.error("%s: %s", problem.what, problem.why)
            return self._peers
        except OSError as problem:
            log.error("cannot read the peers: %s", problem.strerror)
            return self._peers

    def _refresh_contacts(self, now: float) -> None:
        """When our sealing key is a day old, make a new one and tell every peer."""
        known = keys.prekeys(self.paths)
        before = self._prekey_id or (known[0].prekey.id if known else b"")
        age_s = keys.LOST_AGE_S if self._mailroom.lost_key else keys.PREKEY_AGE_S
        self._mailroom.lost_key = False
        self._prekey_id = keys.current_prekey(self.paths, self._mailroom.identity, now, age_s).prekey.id
        if before not in (b"", self._prekey_id):
            for name in self._peers:
                store.put_contact(self.paths, name)

    # -- in ------------------------------------------------------------------------------------------------

    async def _receive(self) -> None:
        self._why.pop("inbox", None)  # what still is in the way will be so again
        for origin, sealed, item in self._courier.mail():
            self._active = time.monotonic()
            try:
                taken = self._mailroom.take(sealed, self._peers)
            except (StoreError, OSError) as problem:
                log.error("mail stays where it is: %s", problem)
                self._why["inbox"] = str(problem)
                self._courier.keep(origin, sealed, item)
                continue
            if taken is not None and taken.settled is not None:
                self._last_receipt[taken.peer] = time.time()
            if taken is not None and taken.kind != "distillation":
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
        found += [(peer, RECEIPT + name, since) for peer, name, since in store.receipts(self.paths)]
        now, mono = time.time(), time.monotonic()
        return [
            plan.Debt(peer, name, mono - max(0.0, now - since))
            for peer, name, since in found if peer in self._peers
        ]  # fmt: skip

    def _forget_settled(self) -> None:
        owed = {(debt.peer, debt.name) for debt in self.owed}
        self.tried = {key: value for key, value in self.tried.items() if key[:2] in owed}

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
        debt, problem = send.debt, ""
        try:
            async with self._slots:
                await self._put(send)
        except SpreadError as failed:
            problem = f"{failed.what}" + (f" ({failed.why})" if failed.why else "")
        except Exception as failed:  # a bug of ours must not leave the debt marked as under way for ever
            problem = f"{type(failed).__name__} while sending"
            log.error("sending %s: %s", debt.name, problem)
        before = self.tried.get(key, plan.Attempts())
        self.tried[key] = (plan.failed if problem else plan.stored)(before, time.monotonic())
        self._why[debt.peer] = problem
        log.log(
            logging.INFO if problem else logging.DEBUG, "%s to %s by %s: %s",
            debt.name, debt.peer, send.route, problem or "stored",
        )  # fmt: skip
        if not problem:
            self._active = time.monotonic()
            self._last_route[debt.peer] = send.route
        self._news.set()

    async def _put(self, send: plan.Send) -> None:
        debt = send.debt
        peer = self._peers.get(debt.peer)
        if peer is None:
            return
        if debt.name.startswith(RECEIPT):
            name = debt.name.removeprefix(RECEIPT)
            receipt = store.read_receipt(self.paths, peer.name, name)
            if receipt is not None:
                await self._courier.send(peer, self._mailroom.seal_receipt(peer, name, receipt), send.route)
                store.drop_receipt(self.paths, peer.name, name)
            return
        session, _, revision = debt.name.removesuffix(store.SUFFIX).rpartition(".")
        letter = self._mailroom.seal_debt(peer, store.Owed(peer.name, session, int(revision), time.time()))
        if letter is not None:
            await self._courier.send(peer, letter, send.route)

    # -- when to leave -------------------------------------------------------------------------------------

    def unsafe(self) -> list[plan.Debt]:
        """Return the debts that nobody but us holds yet: neither paid nor kept by a relay."""
        return [
            debt for debt in self.owed
            if not self.tried.get((debt.peer, debt.name, "relay"), plan.Attempts()).stored
        ]  # fmt: skip

    def reason(self) -> str:
        """Return why something is still owed, in a few words."""
        told = [
            f"{name}: {self._why.get(name) or 'no route to it'}" for name in {d.peer for d in self.unsafe()}
        ]
        return "; ".join(sorted(told))

    def _is_done(self) -> bool:
        if self._sending or (self._enricher is not None and self._enricher.busy):
            return False
        age = time.time() - self._started
        if self.once:
            hopeless = not any(self._courier.routes().values()) and age > MDNS_PATIENCE_S + 1
            if self._partings.can_go_on and age <= ONCE_PATIENCE_S:
                return False
            enough = self._courier.looked and not self.unsafe() and not os.listdir(self.paths.incoming)
            return enough or age > ONCE_PATIENCE_S or (hopeless and self._courier.looked)
        idle = time.monotonic() - self._active > self.config.idle_s
        return bool(self.config.idle_s) and idle and not self.unsafe()

    # -- what people see -----------------------------------------------------------------------------------

    def _write_status(self, paused: bool) -> None:
        routes = self._courier.routes()
        status: dict[str, Any] = {
            "pid": os.getpid(),
            "started": self._started,
            "paused": paused,
            "lan": self._courier.lan_state,
            "port": self._courier.port,
            "relays": {url: link.state for url, link in self._courier.links.items()},
            "inbox": self._why.get("inbox", ""),
            "peers": {
                name: {
                    "routes": sorted(routes.get(name, ())),
                    "last_route": self._last_route.get(name),
                    "last_receipt": self._last_receipt.get(name),
                    "owed": sum(d.peer == name and not d.name.startswith(RECEIPT) for d in self.owed),
                    "at_relay": sum(
                        bool(self.tried.get((name, d.name, "relay"), plan.Attempts()).stored)
                        for d in self.owed if d.peer == name and not d.name.startswith(RECEIPT)
                    ),
                    "why": self._why.get(name, ""),
                }
                for name in self._peers
            },
        }  # fmt: skip
        if status != self._status:
            self._status = status
            write_atomic(self.paths.engine_status, json.dumps(status).encode("ascii"))


def start_log(paths: Paths, level: str) -> None:
    """Log to `log/engine.log`, at most 2 MB kept."""
    handler = logging.handlers.RotatingFileHandler(
        paths.engine_log, maxBytes=1_000_000, backupCount=1, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger("spread")
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    root.propagate = False
