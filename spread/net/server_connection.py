"""What the server knows of one connection while it talks to us."""

import asyncio
import os
from typing import Final
from urllib.parse import urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Request

from spread.net.addresses import Bucket
from spread.net.guests_connection import Guest
from spread.net.server_policy import Policy
from spread.protocol import mailbox
from spread.protocol.wire import Message

_NO_REQUEST: Final = Request("", Headers())


class Connection:
    """What we know of one connection while it talks to us."""

    __slots__ = ("again", "audiences", "errors", "host", "mailbox", "nonce", "pusher", "sent", "ws")

    def __init__(self, ws: Guest, policy: Policy) -> None:
        self.ws = ws
        self.nonce = os.urandom(mailbox.NONCE_BYTES)
        host = ws.request.headers.get("Host", "") if ws.request else ""
        self.host = host
        self.audiences = policy.audiences or (host,)
        ws.request, ws.response = _NO_REQUEST, None  # the headers of thousands that are idle take their place
        self.mailbox: bytes | None = None  # open here
        self.sent = 0  # the last seq of it that was sent
        self.again = False  # there may be more to send
        self.pusher: asyncio.Task[None] | None = None
        self.errors: Bucket | None = None  # that it may still be answered

    def is_for_us(self) -> bool:
        """Tell whether the client dialled the address that it came to: else somebody in between passes us on."""
        try:
            parts = urlsplit(f"ws://{self.host}")
            dialled = (parts.hostname or "").partition("%")[0], parts.port or 80
        except ValueError:
            return False
        host, port = (self.ws.transport.get_extra_info("sockname") or ("", 0))[:2]
        return dialled == (host.partition("%")[0], port)

    def pushed(self, pusher: "asyncio.Task[None]") -> None:
        if self.pusher is pusher:
            self.pusher = None

    def is_owner(self, box: bytes, proof: bytes) -> bool:
        return any(mailbox.is_owner(box, proof, self.nonce, name) for name in self.audiences)

    def may_revoke(self, box: bytes, proof: bytes, writer: bytes) -> bool:
        return any(mailbox.may_revoke(box, proof, self.nonce, name, writer) for name in self.audiences)

    def may_put(self, message: Message) -> bool:
        return any(mailbox.may_put(message, self.nonce, name) for name in self.audiences)
