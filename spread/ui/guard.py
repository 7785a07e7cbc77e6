"""Who may ask: this machine's own browser, once it has shown the token; everyone else is told nothing.

What stands in the way of whom:

- other users and programs of this machine: the token, 256 random bits. A browser is started with another one that
  holds once, as its command line can be read by everybody here;
- other servers on this machine, which browsers send the cookies of every port: the cookie's path, which is random;
- pages elsewhere: `SameSite=Strict`, and the checks of `Origin` and `Sec-Fetch-Site`;
- a name that is made to lead to 127.0.0.1 (DNS rebinding): the check of `Host`;
- what a hand-off says: the content security policy (nothing but our own files runs, or is loaded at all), beside
  a page that never makes markup out of text.
"""

import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

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
# A link followed from elsewhere (a terminal in a browser, say) leads here without the strict cookie; a page of
# our own that goes on to the same place has it.
AGAIN: Final = '<!doctype html><meta http-equiv="refresh" content="0"><title>claude-spread</title>'


class Guard:
    """Wraps the application; `url` and `launch_url` are for the user and for a browser we start.

    Args:
        port: Where we listen; only requests to it by a loopback name are for us.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._base = f"http://127.0.0.1:{port}"
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._token = secrets.token_urlsafe(32)
        self._once: set[str] = set()
        self._key = secrets.token_urlsafe(32)
        self._prefix = f"/{secrets.token_hex(8)}"

    @property
    def url(self) -> str:
        """The address to print; it holds as long as we run."""
        return f"{self._base}/?token={self._token}"

    def launch_url(self) -> str:
        """Return an address that works once."""
        token = secrets.token_urlsafe(32)
        self._once.add(token)
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
        inner = {**scope, "path": scope["path"].removeprefix(self._prefix), "root_path": ""}
        await self._app(inner, receive, guarded)

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
            return self._let_in() if self._is_token(given) else _told(401, REFUSED)
        if not scope["path"].startswith(f"{self._prefix}/"):
            return _told(404, "nothing here")
        if any(secrets.compare_digest(key, self._key.encode()) for key in _cookies(headers)):
            return None
        if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-dest") == "document":
            return Response(AGAIN, media_type="text/html")
        return _told(401, REFUSED)

    def _is_token(self, given: str) -> bool:
        raw = given.encode("utf-8", "replace")
        if secrets.compare_digest(raw, self._token.encode()):
            return True
        used = [token for token in self._once if secrets.compare_digest(raw, token.encode())]
        self._once.difference_update(used)
        return bool(used)

    def _let_in(self) -> Response:
        """Hand out the cookie and lead on to an address without the token."""
        answer = Response(status_code=303, headers={"location": f"{self._prefix}/"})
        answer.set_cookie(COOKIE, self._key, path=f"{self._prefix}/", httponly=True, samesite="strict")
        return answer


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
