"""Who may ask: this machine's own browser, once it has shown the token; everyone else is told nothing.

What stands in the way of whom:

- other users and programs of this machine: the token, 256 random bits. A browser that we start is led to another one
  by a private file (`launch`), as its command line can be read by everybody here. That one holds once; should it
  come a second time, somebody else has it, who may have been the first: whoever came in by it is shut out;
- other servers on this machine, which browsers send the cookies of every port: the cookie's path, which is random;
- pages elsewhere: `SameSite=Strict`, and the checks of `Origin` and `Sec-Fetch-Site`;
- a name that is made to lead to 127.0.0.1 (DNS rebinding): the check of `Host`;
- what a hand-off says: the content security policy (nothing but our own files runs, or is loaded at all), beside
  a page that never makes markup out of text.
"""

import html
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE: Final = "spread"
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
REFUSED: Final = "This is claude-spread's page. Open it with the link that `spread ui` prints."
LAUNCH_S: Final = 120.0  # a browser that was not there by then does not come any more
USED: Final = (
    "This link was used before, perhaps by somebody else; see what `spread ui` says in its terminal."
)
# What was followed from elsewhere (a file, a terminal in a browser) leads here without the strict cookie; a page of
# our own that goes on has it. It goes to another address: one with a fragment would not be asked for again.
ONWARD: Final = (
    '<!doctype html><meta http-equiv="refresh" content="0;url={url}"><title>claude-spread</title>\n'
)


@dataclass
class _Launched:
    """A token that holds once: until when, where it leads, and the key of the cookie that was given for it."""

    until: float  # as time.monotonic has it
    place: str
    key: str = ""


class Guard:
    """Wraps the application; `url` and `launch_url` are for the user and for a browser we start.

    Args:
        port: Where we listen; only requests to it by a loopback name are for us.
        entered: Called when an address of `launch_url` was used.
        alarm: Called when one was used again; who came in by it is shut out by then.
    """

    def __init__(
        self,
        app: ASGIApp,
        port: int,
        *,
        entered: Callable[[], None] = lambda: None,
        alarm: Callable[[], None] = lambda: None,
    ) -> None:
        self._app, self._entered, self._alarm = app, entered, alarm
        self._base = f"http://127.0.0.1:{port}"
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._token = secrets.token_urlsafe(32)
        self._launched: dict[str, _Launched] = {}  # by token
        self._key = secrets.token_urlsafe(32)
        self._keys = {self._key}  # of the cookies that hold
        self._prefix = f"/{secrets.token_hex(8)}"

    @property
    def url(self) -> str:
        """The address to print; it holds as long as we run."""
        return f"{self._base}/?token={self._token}"

    def launch_url(self, place: str = "") -> str:
        """Return an address that works once, and soon; it leads to a place on the page (a fragment)."""
        token = secrets.token_urlsafe(32)
        self._launched[token] = _Launched(time.monotonic() + LAUNCH_S, place)
        return f"{self._base}/?token={token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # we speak nothing else
            return
        headers = _only(scope["headers"])

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *ours]}
            await send(message)

        answer = self._refusal(scope, headers) or self._entry(scope, headers)
        if answer is not None:
            await answer(scope, receive, guarded)
            return
        await self._pass_on(scope, receive, guarded, self._key_of(headers))

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, key: str) -> None:
        """Let the application answer, as long as the key holds: one that is revoked ends what it has begun."""
        is_begun = is_over = False

        async def asked() -> Message:
            message = await receive()
            return message if key in self._keys else {"type": "http.disconnect"}

        async def told(message: Message) -> None:
            nonlocal is_begun, is_over
            if is_over:
                return
            if message.get("more_body") and key not in self._keys:
                message, is_over = {"type": "http.response.body", "body": b"", "more_body": False}, True
            is_begun = True
            await send(message)

        inner = {**scope, "path": scope["path"].removeprefix(self._prefix), "root_path": ""}
        try:
            await self._app(inner, asked, told)
        except ClientDisconnect:
            if key in self._keys or is_begun:
                raise
            await _told(401, REFUSED)(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> Response | None:
        """Refuse what no browser on our own page sends, whatever it knows."""
        host, origin, site = headers.get("host", ""), headers.get("origin"), headers.get("sec-fetch-site")
        if host not in self._hosts:
            return _told(421, "not a name of this machine")
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return _told(405, "not that")
        if origin is not None and origin != f"http://{host}":
            return _told(403, "not from there")
        if scope["method"] == "POST" and (origin is None or site not in (None, "same-origin")):
            return _told(403, "not from there")
        if "/api/" in scope["path"] and site not in (None, "same-origin", "none"):
            return _told(403, "not from there")
        return None

    def _entry(self, scope: Scope, headers: Mapping[str, str]) -> Response | None:
        """Answer whoever has no cookie yet; None: it has, and may go on."""
        if scope["path"] == "/":
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
            return self._at_the_door(given.encode("utf-8", "replace"))
        if scope["path"] == "/favicon.ico":  # browsers ask for it on the way to the page
            return Response(status_code=204)
        if not scope["path"].startswith(f"{self._prefix}/"):
            return _told(404, "nothing here")
        if self._key_of(headers):
            return None
        if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-dest") == "document":
            return Response(ONWARD.format(url="?"), media_type="text/html")
        return _told(401, REFUSED)

    def _key_of(self, headers: Mapping[str, str]) -> str:
        """Return the key that a cookie has, "" if none that holds."""
        given = _cookies(headers)
        return next((key for key in self._keys if any(_same(one, key) for one in given)), "")

    def _at_the_door(self, given: bytes) -> Response:
        """Let in who has a token; who has one that was used is the second, or the first was somebody else."""
        if _same(given, self._token):
            return self._let_in(
                self._key, Response(status_code=303, headers={"location": f"{self._prefix}/"})
            )
        launched = next((one for token, one in self._launched.items() if _same(given, token)), None)
        if launched is None or (not launched.key and time.monotonic() > launched.until):
            return _told(401, REFUSED)
        if launched.key:
            self._keys.discard(launched.key)
            self._alarm()
            return _told(401, USED)
        launched.key = secrets.token_urlsafe(32)
        self._keys.add(launched.key)
        self._entered()
        onward = ONWARD.format(url=html.escape(f"{self._prefix}/{launched.place}"))
        return self._let_in(launched.key, Response(onward, media_type="text/html"))

    def _let_in(self, key: str, answer: Response) -> Response:
        """Hand out the cookie with an answer that leads on to an address without the token."""
        answer.set_cookie(COOKIE, key, path=f"{self._prefix}/", httponly=True, samesite="strict")
        return answer


def _same(given: bytes, secret: str) -> bool:
    return secrets.compare_digest(given, secret.encode())


def _told(status: int, text: str) -> Response:
    return Response(text + "\n", status, media_type="text/plain")


def _only(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by name; one that comes twice is none that we trust."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.decode("latin-1").lower()
        found[key] = f"{found[key]}, " if key in found else value.decode("latin-1")
    return found


def _cookies(headers: Mapping[str, str]) -> list[bytes]:
    pairs = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return [value.encode("latin-1") for name, _, value in pairs if name == COOKIE]
