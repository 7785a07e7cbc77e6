"""Conventions, messages and mailboxes of RELAY_SERVER_SPEC.md."""

import hashlib
import hmac
import json
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Refused(Exception):
    """Something does not hold; `layer` is the one that says so."""

    def __init__(self, layer: str) -> None:
        super().__init__(layer)
        self.layer = layer


# -- conventions -------------------------------------------------------------------------------------------


def frame_parts(label: str, *parts: bytes) -> bytes:
    out = b"claude-spread/1 " + label.encode() + b"\0"
    for part in parts:
        out += len(part).to_bytes(4, "big") + part
    return out


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def hkdf_extract(salt: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), secret, "sha256")


def hkdf_expand(key: bytes, info: bytes, length: int) -> bytes:
    out = block = b""
    while len(out) < length:
        block = hmac.digest(key, block + info + bytes([len(out) // 32 + 1]), "sha256")
        out += block
    return out[:length]


def hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return hkdf_expand(hkdf_extract(salt, secret), info, length)


def derive(secret: bytes, salt: bytes, label: str) -> bytes:
    return hkdf(secret, salt, b"claude-spread/1 " + label.encode(), 32)


def holds(public: bytes, signature: bytes, label: str, *parts: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, frame_parts(label, *parts))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_of(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def unhex(value: Any, size: int | None, layer: str) -> bytes:
    """Bytes in JSON: lower-case hex of exactly the size given."""
    if not isinstance(value, str) or not re.fullmatch("([0-9a-f][0-9a-f])*", value):
        raise Refused(layer)
    if size is not None and len(value) != 2 * size:
        raise Refused(layer)
    return bytes.fromhex(value)


def integer(value: Any, least: int, most: int, layer: str) -> int:
    if type(value) is not int or not least <= value <= most:
        raise Refused(layer)
    return value


def parse(raw: bytes | str, layer: str) -> dict[str, Any]:
    """A JSON object, UTF-8 without a byte order mark."""
    try:
        value = json.loads(raw if isinstance(raw, str) else raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused(layer) from None
    if not isinstance(value, dict):
        raise Refused(layer)
    return value


# -- messages ----------------------------------------------------------------------------------------------


def message(frame: str | bytes) -> tuple[dict[str, Any], bytes | None]:
    """Header, its `type` included, and body."""
    body = None
    if isinstance(frame, str):
        header = frame.encode("utf-8", "surrogatepass")
    else:
        size = int.from_bytes(frame[:4], "big")
        if len(frame) < 4 + size:
            raise Refused("wire")
        header, body = frame[4 : 4 + size], frame[4 + size :]
    if len(header) > 16_384:
        raise Refused("wire")
    fields = parse(header, "wire")
    if not isinstance(fields.get("type"), str):
        raise Refused("wire")
    return fields, body


def field(fields: dict[str, Any], name: str, size: int | None) -> str:
    """A string of a message, or its bytes as hex."""
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > 1024:
        raise Refused("fields")
    return value if size is None else unhex(value, size, "fields").hex()


def deletions(fields: dict[str, Any]) -> list[tuple[str, int]]:
    items = fields.get("items")
    if not isinstance(items, list) or len(items) > 256:
        raise Refused("fields")
    out = []
    for item in items:
        if not isinstance(item, list) or len(item) != 2:
            raise Refused("fields")
        out.append((unhex(item[0], 16, "fields").hex(), integer(item[1], 0, 2**63 - 1, "fields")))
    return out


# -- mailboxes ---------------------------------------------------------------------------------------------


def put(frame: bytes, nonce: bytes, audience: str) -> str:
    fields, body = message(frame)
    sizes = {"mailbox": 32, "writer": 32, "grant": 64, "proof": 64, "id": 16}
    given = {name: unhex(fields.get(name), size, "fields") for name, size in sizes.items()}
    if fields["type"] != "PUT" or body is None:
        raise Refused("fields")
    if not holds(given["mailbox"], given["grant"], "grant", given["writer"]):
        raise Refused("mailbox grant")
    parts = (nonce, audience.encode(), given["mailbox"], given["id"], sha256(body))
    if not holds(given["writer"], given["proof"], "put", *parts):
        raise Refused("mailbox proof")
    return given["id"].hex()


def proof(kind: str, given: dict[str, Any]) -> None:
    """The proofs of one party over what both know."""
    at = {name: bytes.fromhex(value) for name, value in given.items() if name != "audience"}
    audience = str(given.get("audience", "")).encode()
    layer, parts = {
        "open": ("mailbox proof", ("nonce", "audience")),
        "revoke": ("mailbox proof", ("nonce", "audience", "writer")),
        "listener": ("listener proof", ("challenge", "nonce", "audience")),
        "stored": ("stored proof", ("writer", "id", "body")),
    }[kind]
    values = {**at, "audience": audience}
    if kind == "stored":
        values["body"] = sha256(at["body"])
    if not holds(at["mailbox"], at["proof"], kind, *(values[name] for name in parts)):
        raise Refused(layer)


def lan_tag(mailbox: bytes, nonce: str) -> str:
    return sha256(frame_parts("lan tag", mailbox, nonce.encode()))[:8].hex()
