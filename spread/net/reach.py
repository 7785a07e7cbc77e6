"""Why a server cannot be reached, and what to do about it."""

import ssl
from urllib.parse import urlsplit

import websockets


def explain(problem: BaseException) -> str:
    """Return the cause of a failed connection in a few words."""
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"its TLS certificate is not valid: {problem.verify_message}"
    if isinstance(problem, ssl.SSLError):
        return f"TLS failed: {(problem.reason or 'no reason given').lower().replace('_', ' ')}"
    if isinstance(problem, ConnectionRefusedError):
        return "connection refused"
    if isinstance(problem, websockets.InvalidStatus) and problem.response.status_code == 401:
        return "it is private; `relay_token` in config.toml is missing or wrong"
    if isinstance(problem, websockets.InvalidStatus):
        return f"it answered with HTTP status {problem.response.status_code}"
    if isinstance(problem, websockets.InvalidHandshake | EOFError):
        return "it does not speak WebSocket"
    if isinstance(problem, OSError):
        text = str(problem).lower()
        return "connection refused" if "refused" in text else problem.strerror or text or "it hung up"
    return "the connection was lost"


def advice(url: str, why: str) -> str:
    """Return what to do about such a cause, nothing where there is no more to say than that."""
    why = why.lower()
    if urlsplit(url).scheme == "wss" and ("tls failed" in why or "hung up" in why):
        return "it may speak no TLS at that port: check the port, or use ws:// instead of wss://"
    hints = {
        "expired": "check this machine's clock; if it is right, the relay needs a new certificate",
        "not yet valid": "check this machine's clock",
        "mismatch": "use the name its certificate is made for",
        "doesn't match": "use the name its certificate is made for",
        "certificate": "use a relay with a certificate this machine trusts, or let the system trust its issuer",
        "refused": "see that the server runs there, and that the port is right",
        "private": "set `relay_token` in config.toml to the token that its operator gave you",
        "http status": "see what answers at that address: a proxy must pass WebSockets on to the relay",
        "does not speak": "see what answers at that address: it is no relay",
        "in time": "see that the server runs, and that no firewall on the way drops the connection",
    }
    return next((hint for part, hint in hints.items() if part in why), "")
