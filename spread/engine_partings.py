"""What is left to do after a pairing has ended: refuse the former peer's capability, and tell it."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from spread import farewells, plan, store_revocations
from spread.courier import Courier
from spread.errors import RouteError
from spread.farewells import Farewell
from spread.mailroom import Letter
from spread.paths import Paths
from spread.peers import Peer

ROUTES: Final[tuple[plan.RouteKind, ...]] = ("lan", "relay")

log = logging.getLogger("spread.engine")


class Partings:
    """Carries out revocations and farewells beside the engine's other work; the directories say what is left.

    Args:
        on_news: Called in the loop when something was done.
    """

    def __init__(self, paths: Paths, courier: Courier, on_news: Callable[[], None]) -> None:
        self.left: list[Farewell] = []
        self.revoking: dict[str, set[str]] = {}
        self._paths = paths
        self._courier = courier
        self._on_news = on_news
        self._failures: dict[tuple[str, plan.RouteKind], tuple[int, float]] = {}
        self._task: asyncio.Task[None] | None = None

    def look(self) -> None:
        """Read what is left to do."""
        self.left = farewells.load_all(self._paths)
        self.revoking = store_revocations.waiting(self._paths)

    @property
    def relays(self) -> frozenset[str]:
        """Our relays that are still to be told to refuse somebody."""
        return frozenset(url for relays in self.revoking.values() for url in relays)

    @property
    def can_go_on(self) -> bool:
        """Whether something that is left could be done now."""
        if self._task is not None and not self._task.done():
            return True
        return any(map(self._routes, self.left)) or any(map(self._courier.is_open_at, self.relays))

    def begin(self) -> None:
        """Do what can be done now, in the background."""
        if self.can_go_on and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        for writer, relays in self.revoking.items():
            for url in sorted(relays):
                if await self._courier.revoke(url, bytes.fromhex(writer)):
                    relays = relays - {url}
                    store_revocations.put(self._paths, writer, relays)
                    self._on_news()
        for farewell in self.left:
            for route in self._routes(farewell):
                if await self._say(farewell, route):
                    break

    def _routes(self, farewell: Farewell) -> list[plan.RouteKind]:
        """Return the routes by which it could go now; one that has failed rests for a while."""
        now = time.monotonic()
        usable = self._courier.routes_to(_former(farewell))
        return [
            route for route in ROUTES
            if route in usable and (farewell.id or route == "relay")
            and self._failures.get((farewell.writer, route), (0, 0.0))[1] <= now
        ]  # fmt: skip

    async def _say(self, farewell: Farewell, route: plan.RouteKind) -> bool:
        """Put a farewell by one route; tell whether nothing is left to do."""
        try:
            for id in (farewell.id, *(farewell.others if route == "relay" else ())):
                if id:
                    letter = Letter(
                        farewell.mailbox, farewell.writer_seed, farewell.grant, id, farewell.envelope
                    )
                    await self._courier.send(_former(farewell), letter, route)
        except RouteError as problem:
            if not problem.transient and route == "relay":  # it has revoked us first
                log.info("%s does not take our farewell: %s", farewell.name, problem.why)
                farewells.drop(self._paths, farewell.writer)
                return True
            failures = self._failures.get((farewell.writer, route), (0, 0.0))[0] + 1
            rest_s = plan.backoff(failures, os.urandom(1)[0] / 255)
            self._failures[farewell.writer, route] = (failures, time.monotonic() + rest_s)
            return False
        what = (
            "what waited at its relay is withdrawn"
            if farewell.withdraws
            else "it is told that it is unpaired"
        )
        log.info("%s, by %s: %s", farewell.name, route, what)
        is_done = route == "relay" or not farewell.others
        if is_done:
            farewells.drop(self._paths, farewell.writer)
        else:  # it has heard; only what waits at its relay is left
            farewells.put(self._paths, replace(farewell, id=b""))
        self._on_news()
        return is_done

    async def close(self) -> None:
        """Stop; what is not done stays to be done."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


def _former(farewell: Farewell) -> Peer:
    """Return what the courier needs to know of a machine that is no peer any more."""
    return Peer(
        farewell.name, farewell.identity, farewell.mailbox, farewell.writer_seed, farewell.grant, b"", {},
        farewell.relay,
    )  # fmt: skip
