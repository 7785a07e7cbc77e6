"""What a server says to plain HTTP requests: whether it lives, whether it is ready, and what it has counted."""

import asyncio
import http
import time
from collections.abc import Awaitable, Callable
from typing import Final

from websockets.asyncio.server import Server as Listening
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from spread.errors import StoreError
from spread.net.metrics import CONTENT_TYPE, Metrics
from spread.net.stores import Store

ASK_STORE_EVERY_S: Final = 1.0  # however often we are asked
STORE_S: Final = 2.0


class Health:
    """Whether the server lives and is ready."""

    def __init__(self, store: Store | None) -> None:
        self.is_draining = False
        self._store = store
        self._asked_s = float("-inf")
        self._works = True

    async def answer(self, guest: ServerConnection, request: Request) -> Response | None:
        """Answer a request for our health; None if it is for something else."""
        if "Upgrade" in request.headers:
            return None  # a WebSocket may have any path
        path = request.path.partition("?")[0]
        if path == "/healthz":
            return guest.respond(http.HTTPStatus.OK, "ok\n")
        if path == "/readyz":
            if self.is_draining:
                return guest.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "stopping\n")
            if not await self._store_works():
                return guest.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "the store does not work\n")
            return guest.respond(http.HTTPStatus.OK, "ready\n")
        return None

    async def _store_works(self) -> bool:
        if self._store is None:
            return True
        now = time.monotonic()
        if now - self._asked_s >= ASK_STORE_EVERY_S:
            self._asked_s = now
            try:
                async with asyncio.timeout(STORE_S):
                    await self._store.count(bytes(32))
                self._works = True
            except (StoreError, TimeoutError):
                self._works = False
        return self._works


Answer = Callable[[ServerConnection, Request], Awaitable[Response | None]]


async def serve_metrics(metrics: Metrics, health: Answer, host: str, port: int) -> Listening:
    """Serve `/metrics` and our health on a port of its own, which need not be open to the world."""

    async def answer(guest: ServerConnection, request: Request) -> Response:
        healthy = await health(guest, request)
        if healthy is not None:
            return healthy
        if request.path.partition("?")[0] != "/metrics":
            return guest.respond(http.HTTPStatus.NOT_FOUND, "there is /metrics, /healthz and /readyz\n")
        response = guest.respond(http.HTTPStatus.OK, metrics.text())
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = CONTENT_TYPE
        return response

    async def never(_: ServerConnection) -> None:
        raise AssertionError("every request is answered")

    return await serve(
        never, host, port, compression=None, process_request=answer, server_header=None, open_timeout=5.0
    )
