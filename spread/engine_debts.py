"""What the engine owes, and how the sending of it goes."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from spread import engine_status, plan, rules, store, store_receipts
from spread.courier import Courier
from spread.engine_log import where
from spread.engine_status import RECEIPT, Report
from spread.errors import RouteError, SpreadError
from spread.history import Event
from spread.mailroom import Mailroom
from spread.paths import Paths
from spread.peers import Peer

log = logging.getLogger("spread.engine")


class Debts:
    """What is owed to the peers; each turn of the engine looks at it anew.

    Args:
        known: Tells the peers as they are now.
        on_sent: Called after each sending, with whether it worked.
    """

    def __init__(
        self, paths: Paths, mailroom: Mailroom, courier: Courier, report: Report,
        known: Callable[[], Mapping[str, Peer]], on_sent: Callable[[bool], None],
    ) -> None:  # fmt: skip
        self.paths = paths
        self.owed: list[plan.Debt] = []
        self.tried: dict[plan.Key, plan.Attempts] = {}
        self.health: dict[plan.Way, plan.Health] = {}
        self.held: set[tuple[str, str]] = set()  # debts that must not go now
        self._mailroom = mailroom
        self._courier = courier
        self._report = report
        self._known = known
        self._on_sent = on_sent
        self._sending: set[asyncio.Task[None]] = set()
        self._ways: dict[plan.Way, object] = {}
        self._projects: dict[tuple[str, str], tuple[str, ...]] = {}

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self._sending)

    async def close(self) -> None:
        """Break off what is under way."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def look(self) -> None:
        """Find what is owed now, and which routes are new chances."""
        self.owed = self._all()
        self._forget_settled()
        self._notice_routes()

    def send(self, allowed: rules.Rules) -> float | None:
        """Begin to send what is due and may go; return when something will be due (monotonic)."""
        self.held = self._find_held(allowed)
        decided = plan.plan(
            [debt for debt in self.owed if (debt.peer, debt.name) not in self.held],
            self._courier.routes(), self.tried, time.monotonic(), os.urandom(1)[0] / 255, self.health,
        )  # fmt: skip
        for send in decided.sends:
            self._begin(send)
        return decided.wake_at

    def try_anew(self, name: str) -> None:
        """Count as never sent what a peer has not confirmed, but for what is just under way."""
        for key in [key for key, value in self.tried.items() if key[0] == name and not value.started]:
            del self.tried[key]

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
            missing = self._courier.missing(self._known()[name]) if name in self._known() else {}
            told.append(
                f"{name}: {why or 'no route to it'}"
                + (f" ({'; '.join(missing.values())})" if missing else "")
            )
        return "; ".join(told)

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return for the status, per peer, its routes and what is owed to it."""
        routes = self._courier.routes()
        return {
            name: {
                "routes": sorted(routes.get(name, ())),
                "missing": self._courier.missing(peer),
                "held": sum(debt[0] == name for debt in self.held),
                **engine_status.debts_of(name, self.owed, self.tried),
            }
            for name, peer in self._known().items()
        }

    def _all(self) -> list[plan.Debt]:
        """Return what is owed; times are monotonic from here on, so that a clock set anew delays nothing."""
        found = [(owed.peer, owed.name, owed.since) for owed in store.owed(self.paths)]
        found += [(peer, RECEIPT + name, since) for peer, name, since in store_receipts.waiting(self.paths)]
        now, mono = time.time(), time.monotonic()
        return [
            plan.Debt(peer, name, mono - max(0.0, now - since))
            for peer, name, since in found if peer in self._known()
        ]  # fmt: skip

    def _find_held(self, allowed: rules.Rules) -> set[tuple[str, str]]:
        """Return the debts that must not go now; receipts always may."""
        debts = {(debt.peer, debt.name) for debt in self.owed if not debt.name.startswith(RECEIPT)}
        self._projects = {debt: project for debt, project in self._projects.items() if debt in debts}
        if allowed.hold_some and not allowed.paused:
            for debt in debts - self._projects.keys():
                self._projects[debt] = store.projects_of(self.paths, self._owed(*debt))
        held = {debt: allowed.hold(debt[0], *self._projects.get(debt, ("",))) for debt in debts}
        for debt in debts:
            if held[debt] and debt not in self.held:
                self._note("held", *debt, why=held[debt])
        return {debt for debt in debts if held[debt]}

    def _forget_settled(self) -> None:
        owed = {(debt.peer, debt.name) for debt in self.owed}
        self.tried = {key: value for key, value in self.tried.items() if key[:2] in owed}
        self.health = {way: value for way, value in self.health.items() if way[0] in self._known()}
        self._ways = {way: value for way, value in self._ways.items() if way[0] in self._known()}

    def _notice_routes(self) -> None:
        """A route that came anew is a new chance: what failed or was stored there before is tried again.

        A relay may have lost its mail while it was away, and sending twice is harmless.
        """
        for name, peer in self._known().items():
            link = self._courier.links.get(peer.relay)
            ways: dict[plan.RouteKind, object] = {
                "lan": self._courier.lan.names(peer.mailbox), "relay": link.times if link else 0,
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
        if put and debt.name.startswith(
            RECEIPT
        ):  # told; if it is asked for again at once, that is another debt
            self.tried = {
                key: value for key, value in self.tried.items() if key[:2] != (debt.peer, debt.name)
            }
        log.log(
            logging.INFO if problem else logging.DEBUG, "%s to %s by %s: %s",
            debt.name, debt.peer, send.route, problem or "stored",
        )  # fmt: skip
        if not debt.name.startswith(RECEIPT) and (problem or put):
            self._note("failed" if problem else "sent", debt.peer, debt.name, route=send.route, why=problem)
        if debt.peer in self._known():
            self._report.of(debt.peer).why = problem
            if not problem:
                self._report.of(debt.peer).last_route = send.route
        self._on_sent(not problem)

    def _note(self, event: Event, peer: str, name: str, *, why: str, route: str = "") -> None:
        self._mailroom.note(event, self._owed(peer, name), why=why, route=route)

    async def _put(self, send: plan.Send) -> bool:
        """Put something into a peer's mailbox; tell whether there still was something to put."""
        debt = send.debt
        peer = self._known().get(debt.peer)
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
