"""Messages and their bytes on a WebSocket (RELAY_SERVER_SPEC.md, "Messages").

A message without a body is a text frame holding one JSON object. A message with a body is a binary
frame: header length (uint32, big-endian), header (JSON object), body.
"""

import json
import struct
from dataclasses import dataclass, field
from typing import Any, Final

from spread.errors import ProtocolError

MAX_MESSAGE_BYTES: Final = 10 * 1024 * 1024  # what claudeSpread 1.x relays accept
MAX_HEADER_BYTES: Final = 16 * 1024


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


# Python's own takes NaN for a number; whoever counts with it fails far from here.
_JSON: Final = json.JSONDecoder(parse_constant=_no_number)


@dataclass(frozen=True)
class Message:
    """One message: its type, its other fields, and its body if it has one."""

    type: str
    fields: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None

    def text(self, name: str, *, most: int = 1024) -> str:
        """Return a string field.

        Raises:
            ProtocolError: Missing, not a string, or longer than `most` characters.
        """
        value = self.fields.get(name)
        if not isinstance(value, str) or len(value) > most:
            raise ProtocolError(f"bad message {self.type}", why=f"field {name} is missing or malformed")
        return value

    def key(self, name: str, size_bytes: int) -> bytes:
        """Return a field of exactly `size_bytes` bytes, lower-case hex on the wire.

        Raises:
            ProtocolError: Anything else.
        """
        value = self.text(name, most=2 * size_bytes)
        try:
            raw = bytes.fromhex(value)
        except ValueError:
            raw = b""
        if len(raw) != size_bytes or raw.hex() != value:
            raise ProtocolError(
                f"bad message {self.type}", why=f"field {name} is not {size_bytes} bytes of hex"
            )
        return raw


def encode(message: Message) -> str | bytes:
    """Return the frame of a message: str for a text frame, bytes for a binary one."""
    # Spaced as 1.x programs space it, and ASCII, so that no string makes a frame that is not UTF-8.
    header = json.dumps({"type": message.type, **message.fields})
    if message.body is None:
        return header
    raw = header.encode("ascii")
    assert len(raw) <= MAX_HEADER_BYTES
    return struct.pack("!I", len(raw)) + raw + message.body


def decode(frame: str | bytes) -> Message:
    """Return the message in a frame.

    Raises:
        ProtocolError: The frame is not a message.
    """
    body: bytes | None = None
    if isinstance(frame, bytes):
        size = int.from_bytes(frame[:4], "big")
        if len(frame) < 4 or size > MAX_HEADER_BYTES or len(frame) < 4 + size:
            raise ProtocolError("bad frame", why="its header length does not fit")
        header, body = frame[4 : 4 + size], frame[4 + size :]
    else:
        header = frame.encode("utf-8", "surrogatepass")
        if len(header) > MAX_HEADER_BYTES:
            raise ProtocolError("bad frame", why="its header is too long")
    try:
        fields = _JSON.decode(header.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ProtocolError("bad frame", why="it is not JSON") from None
    if not isinstance(fields, dict) or not isinstance(fields.get("type"), str):
        raise ProtocolError("bad frame", why="it has no type")
    kind = fields.pop("type")
    return Message(kind, fields, body)
