"""What binds bytes to one purpose; part of `crypto`, apart so that a fingerprint needs no cryptography loaded."""

import hashlib
import struct
from typing import Final

LABEL: Final = b"claude-spread/1 "


def frame_parts(label: str, *parts: bytes) -> bytes:
    """Return label and parts as one unambiguous byte string: each part after its length (uint32, big-endian)."""
    out = [LABEL + label.encode("ascii") + b"\0"]
    for part in parts:
        out.append(struct.pack("!I", len(part)))
        out.append(part)
    return b"".join(out)


def digest(label: str, *parts: bytes) -> bytes:
    """Return SHA-256 over `frame_parts(label, *parts)`."""
    return hashlib.sha256(frame_parts(label, *parts)).digest()
