"""The tokens of private relays: each is shown to its own relay and to no other server."""

from urllib.parse import urlsplit

from spread.errors import RouteError


def audience_of(url: str) -> str:
    """Return what the `Host` header of a connection to `url` says; proofs are bound to it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"ws": 80, "wss": 443}.get(parts.scheme)
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


_tokens: dict[tuple[str, str], str] = {}  # scheme and host → the token of a private relay


def use_token(relay: str, token: str) -> None:
    """Show a token to this relay, and to no other server, whoever names it; "" for none."""
    key = urlsplit(relay).scheme, audience_of(relay)
    _tokens.pop(key, None)
    if token:
        _tokens[key] = token


def authorization(url: str) -> dict[str, str]:
    """Return the header that shows a server its token, none where it is to see none.

    Raises:
        RouteError: The token would go unencrypted over a network.
    """
    parts = urlsplit(url)
    token = _tokens.get((parts.scheme, audience_of(url)))
    if token is None:
        return {}
    if parts.scheme != "wss" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise RouteError(
            f"the access token is not sent to {url}", why="the connection is not encrypted",
            hint="use a wss:// address", transient=False,
        )  # fmt: skip
    return {"Authorization": f"Bearer {token}"}
