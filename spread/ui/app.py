"""What may be asked for: the page's files, answers from `model`, its changes, a pairing, and the stream of news."""

import asyncio
import contextlib
import hashlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from spread.errors import SpreadError, UsageError
from spread.paths import Paths
from spread.ui.live import Live
from spread.ui.model import Model
from spread.ui.pairing import Pairing, told

STATIC: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "static")
KINDS: Final = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
}  # fmt: skip
MAX_BODY: Final = 4096

Json = dict[str, Any]
Answer = Callable[[Request], Awaitable[Response]]


class Page:
    """The application of one home."""

    def __init__(self, paths: Paths) -> None:
        paths.make()
        self.model = Model(paths)
        inbox = os.path.dirname(paths.inbox_new)
        # a code that nobody sees any more must not go on to hold
        self.live = Live(
            [inbox, paths.outbox, paths.peers], [paths.engine, paths.home], self._news,
            left=lambda: self.pairing.stop(),
        )  # fmt: skip
        self.pairing = Pairing(paths, self.live.nudge)
        self.asgi = Starlette(routes=self._routes(), lifespan=self._lifespan)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.live.start()
        warm = asyncio.create_task(asyncio.to_thread(self.model.warm))  # while the browser starts
        try:
            yield
        finally:
            await warm
            await self.pairing.close()
            await self.live.close()

    def _routes(self) -> list[Route]:
        get: dict[str, Answer] = {
            "state": self._first,
            "handoff": _told(lambda ask: self.model.handoff(ask.query_params.get("key", ""))),
            "changes": _told(self._changes),
            "search": _told(lambda ask: self.model.search(ask.query_params.get("q", ""))),
        }
        post: dict[str, Answer] = {
            "accept": self._changed(lambda data: self.model.accept(_text(data, "key"))),
            "forget": self._changed(lambda data: self.model.forget(_text(data, "key"))),
            "pause": self._changed(self._pause),
            "pair": self._pair,
        }
        return [
            Route("/api/events", self._events),
            *(Route(f"/api/{name}", answer) for name, answer in get.items()),
            *(Route(f"/api/{name}", answer, methods=["POST"]) for name, answer in post.items()),
            *(Route(f"/{'' if name == 'index.html' else name}", one) for name, one in _files().items()),
        ]

    def _whole(self) -> tuple[str, bytes]:
        """Return what the page shows at first as JSON, and a word that changes with it."""
        state = msgspec.json.encode(self.model.state())
        return hashlib.sha256(state).hexdigest()[:16], state

    async def _first(self, _: Request) -> Response:
        try:
            digest, state = await asyncio.to_thread(self._whole)
        except SpreadError as problem:
            return _failed(problem)
        answer = b'{"digest":"%s","state":%s}' % (digest.encode(), state)
        return Response(answer, media_type="application/json")

    def _news(self) -> Json:
        """Return what tells a page whether to ask again, and the pairing itself."""
        return {"digest": self._whole()[0], "pairing": self.pairing.state}

    def _changes(self, ask: Request) -> Any:
        since = ask.query_params.get("since", "")
        if not since.isascii() or not since.isdigit() or len(since) > 12:
            raise UsageError("since which revision is not said")
        return self.model.changes(ask.query_params.get("key", ""), int(since))

    def _pause(self, data: Json) -> None:
        if type(data.get("on")) is not bool:
            raise UsageError("whether to pause is not said")
        peer, project = data.get("peer", ""), data.get("project", "")
        if not isinstance(peer, str) or not isinstance(project, str) or "\n" in project:
            raise UsageError("that is no peer and no project")
        self.model.pause(on=data["on"], peer=peer, project=project)

    def _changed(self, change: Callable[[Json], None]) -> Answer:
        async def answer(ask: Request) -> Response:
            try:
                data = await _body(ask)
                await asyncio.to_thread(change, data)
            except SpreadError as problem:
                return _failed(problem)
            self.live.nudge()
            return JSONResponse({})

        return answer

    async def _pair(self, ask: Request) -> Response:
        try:
            data = await _body(ask)
            if data.get("stop") is True:
                self.pairing.stop()
            else:
                code = data.get("code", "")
                if not isinstance(code, str):
                    raise UsageError("that is no code")
                self.pairing.begin(code.strip(), teammate=data.get("teammate") is True)
        except SpreadError as problem:
            return _failed(problem)
        return JSONResponse({})

    async def _events(self, _: Request) -> Response:
        if not self.live.room():
            return Response("too many pages\n", 503)
        return StreamingResponse(self.live.page(), media_type="text/event-stream")


class _Json(JSONResponse):
    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


def _told(make: Callable[[Request], Any]) -> Answer:
    """Answer with JSON that is made in a thread, since files are read for it."""

    async def answer(ask: Request) -> Response:
        try:
            return _Json(await asyncio.to_thread(make, ask))
        except SpreadError as problem:
            return _failed(problem)

    return answer


def _failed(problem: SpreadError) -> Response:
    return JSONResponse({"error": told(problem)}, 400 if isinstance(problem, UsageError) else 409)


async def _body(ask: Request) -> Json:
    """Return the JSON object that was sent.

    Raises:
        UsageError: It is none, or too long.
    """
    raw = b""
    async for chunk in ask.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise UsageError("that is too long")
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        data = None
    if ask.headers.get("content-type") != "application/json" or not isinstance(data, dict):
        raise UsageError("that is no JSON object")
    return data


def _text(data: Json, name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise UsageError(f"no {name} is given")
    return value


def _files() -> dict[str, Answer]:
    """Return the page's files by name, read once."""
    found: dict[str, Answer] = {}
    for entry in sorted(os.scandir(STATIC), key=lambda entry: entry.name):
        kind = KINDS.get(os.path.splitext(entry.name)[1])
        if kind is not None:
            with open(entry.path, "rb") as handle:
                found[entry.name] = _file(handle.read(), kind)
    return found


def _file(data: bytes, kind: str) -> Answer:
    async def answer(_: Request) -> Response:
        return Response(data, media_type=kind)

    return answer
