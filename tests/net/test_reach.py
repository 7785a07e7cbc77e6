"""Why a server cannot be reached, and what to do about it."""

import ssl

import pytest
import websockets
from websockets.datastructures import Headers
from websockets.http11 import Response

from spread.net.reach import advice, explain

WSS = "wss://relay.example"


def status(code: int) -> websockets.InvalidStatus:
    """Return what a server's refusal of an upgrade is told as."""
    return websockets.InvalidStatus(Response(code, "", Headers()))


def tls_failure() -> ssl.SSLError:
    """Return what a server that speaks no TLS is told as."""
    incoming = ssl.MemoryBIO()
    incoming.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    try:
        ssl.create_default_context().wrap_bio(incoming, ssl.MemoryBIO(), server_hostname="x").do_handshake()
    except ssl.SSLError as problem:
        return problem
    raise AssertionError("that is no handshake")


@pytest.mark.parametrize(
    ("problem", "why", "hint"),
    [
        (TimeoutError(), "no answer in time", "no firewall on the way"),
        (ConnectionRefusedError(), "connection refused", "the port is right"),
        (OSError("Multiple exceptions: [Errno 111] Connection refused"), "connection refused", "the port is right"),
        (tls_failure(), "TLS failed", "ws:// instead of wss://"),
        (status(401), "it is private", "set `relay_token`"),
        (status(502), "HTTP status 502", "a proxy must pass WebSockets on"),
        (EOFError(), "does not speak WebSocket", "it is no relay"),
        (websockets.WebSocketException(), "the connection was lost", ""),
    ],
)  # fmt: skip
def test_each_cause_has_its_advice(problem: Exception, why: str, hint: str) -> None:
    """Where there is more to say than that it did not work."""
    told = explain(problem)
    assert why in told
    given = advice(WSS, told)
    assert hint in given if hint else given == ""


@pytest.mark.parametrize(
    ("why", "hint"),
    [
        ("its TLS certificate is not valid: certificate has expired", "check this machine's clock; if it is right"),
        ("its TLS certificate is not valid: certificate is not yet valid", "check this machine's clock"),
        ("its TLS certificate is not valid: Hostname mismatch", "use the name its certificate is made for"),
        ("its TLS certificate is not valid: unable to get local issuer certificate", "let the system trust its issuer"),
    ],
)  # fmt: skip
def test_a_certificate(why: str, hint: str) -> None:
    """Each way not to be valid is mended in another place."""
    assert hint in advice(WSS, why)
