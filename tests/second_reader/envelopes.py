"""Prekeys, envelopes and distillations of RELAY_SERVER_SPEC.md; HPKE is written out from RFC 9180."""

import hashlib
import re
import tomllib
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.second_reader.basics import (
    Refused,
    frame_parts,
    hkdf_expand,
    hkdf_extract,
    holds,
    integer,
    parse,
    sha256,
    unhex,
)

# -- prekeys -----------------------------------------------------------------------------------------------


def prekey_id(suite: int, public: bytes) -> bytes:
    return sha256(frame_parts("prekey id", bytes([suite]), public))[:8]


def prekey(record: Any, identity: bytes) -> str:
    layer = "prekey fields"
    if not isinstance(record, dict):
        raise Refused(layer)
    suite = integer(record.get("suite"), 0, 255, layer)
    created = integer(record.get("created"), 0, 2**64 - 1, layer)
    public = unhex(record.get("public"), None, layer)
    signature = unhex(record.get("signature"), 64, layer)
    if len(public) > 4096:
        raise Refused(layer)
    if not holds(identity, signature, "prekey", bytes([suite]), public, created.to_bytes(8, "big")):
        raise Refused("prekey signature")
    return prekey_id(suite, public).hex()


def can_seal_to(suite: int, public: bytes) -> None:
    if {1: 1216, 2: 32}.get(suite) != len(public):
        raise Refused("prekey key")
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(public[-32:]))
        if suite == 1:
            MLKEM768PublicKey.from_public_bytes(public[:1184])
    except ValueError:  # what the library says to a shared secret of zeros, too
        raise Refused("prekey key") from None


# -- HPKE, RFC 9180 ----------------------------------------------------------------------------------------


class Labels:
    """LabeledExtract and LabeledExpand (section 4)."""

    def __init__(self, suite_id: bytes) -> None:
        self.id = suite_id

    def extract(self, salt: bytes, label: bytes, secret: bytes) -> bytes:
        return hkdf_extract(salt, b"HPKE-v1" + self.id + label + secret)

    def expand(self, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
        return hkdf_expand(key, length.to_bytes(2, "big") + b"HPKE-v1" + self.id + label + info, length)


def decapsulate(suite: int, encapsulated: bytes, private: bytes) -> bytes:
    x = X25519PrivateKey.from_private_bytes(private[-32:])
    ephemeral, own = encapsulated[-32:], x.public_key().public_bytes_raw()
    shared = x.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    if suite == 1:
        first = MLKEM768PrivateKey.from_seed_bytes(private[:64]).decapsulate(encapsulated[:1088])
        return hashlib.sha3_256(first + shared + ephemeral + own + bytes.fromhex("5c2e2f2f5e5c")).digest()
    labels = Labels(b"KEM" + (0x20).to_bytes(2, "big"))
    key = labels.extract(b"", b"eae_prk", shared)
    return labels.expand(key, b"shared_secret", ephemeral + own, 32)


def schedule(suite: int, shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of the first message in base mode."""
    kem = {1: 0x647A, 2: 0x20}[suite]
    labels = Labels(b"HPKE" + kem.to_bytes(2, "big") + b"\x00\x01\x00\x02")
    context = b"\0" + labels.extract(b"", b"psk_id_hash", b"") + labels.extract(b"", b"info_hash", info)
    secret = labels.extract(shared, b"secret", b"")
    return labels.expand(secret, b"key", context, 32), labels.expand(secret, b"base_nonce", context, 12)


# -- envelopes ---------------------------------------------------------------------------------------------


def unseal(envelope: bytes, recipient: bytes, suite: int, public: bytes, private: bytes) -> dict[str, Any]:
    head = envelope[:13]
    if not 13 < len(envelope) <= 1_048_576 or head != b"CSE1" + bytes([suite]) + prekey_id(suite, public):
        raise Refused("envelope head")
    size = {1: 1120, 2: 32}[suite]
    encapsulated, sealed = envelope[13 : 13 + size], envelope[13 + size :]
    try:
        shared = decapsulate(suite, encapsulated, private)
        key, nonce = schedule(suite, shared, frame_parts("envelope", head, recipient))
        inner = AESGCM(key).decrypt(nonce, sealed, b"")
    except (InvalidTag, ValueError):
        raise Refused("envelope hpke") from None
    header_size, content_size = int.from_bytes(inner[:4], "big"), int.from_bytes(inner[4:8], "big")
    if len(inner) < 8 + header_size + 64 + content_size or content_size > 524_288:
        raise Refused("envelope inner")
    at = 8 + header_size
    header, signature, content = inner[8:at], inner[at : at + 64], inner[at + 64 : at + 64 + content_size]
    fields = parse(header, "envelope fields")
    told = header_fields(fields)
    if not holds(bytes.fromhex(told["sender"]), signature, "content", head, recipient, header):
        raise Refused("envelope signature")
    if sha256(content).hex() != fields["sha256"]:
        raise Refused("envelope content")
    return {**told, "content": content.hex()}


def header_fields(fields: dict[str, Any]) -> dict[str, Any]:
    layer = "envelope fields"
    sender = unhex(fields.get("sender"), 32, layer).hex()
    kind, id_ = fields.get("kind"), fields.get("id")
    if kind not in ("distillation", "receipt", "contact", "farewell"):
        raise Refused(layer)
    if not isinstance(id_, str) or not 1 <= len(id_) <= 128:
        raise Refused(layer)
    revision = integer(fields.get("revision"), 0, 2**53 - 1, layer)
    sequence = integer(fields.get("sequence"), 0, 2**53 - 1, layer)
    unhex(fields.get("sha256"), 32, layer)
    return {"sender": sender, "kind": kind, "id": id_, "revision": revision, "sequence": sequence}


def padded(size: int) -> int:
    step = max(1024, 2 ** (size.bit_length() - 4) if size.bit_length() >= 4 else 1)
    return (size + step - 1) // step * step


# -- distillations -----------------------------------------------------------------------------------------

TEXTS = [
    "schema",
    "id",
    "session_id",
    "machine",
    "started_at",
    "ended_at",
    "state",
    "goal",
    "last_request",
    "summary",
    "next",
    "context",
]
LISTS = ["constraints", "completed", "decisions", "failed", "uncertainties", "commits"]
TABLES: dict[str, dict[str, type]] = {
    "project": {
        "id": str, "remote": str, "branch": str, "head": str, "directory": str, "dirty": bool, "elsewhere": list,
    },
    "agent": {"name": str, "version": str, "model": str},
    "files": {"created": list, "modified": list, "deleted": list, "read": list},
    "validation": {
        "command": str, "outcome": str, "at": str, "failure": str, "exit_code": int, "after_last_edit": bool,
    },
    "distiller": {"name": str, "version": str, "enriched": bool},
}  # fmt: skip
ROWS = {"todos": (("text",), ("text", "status")), "renamed": (("old", "new"), ("old", "new"))}
# Control but newline and tab; format (bidirectional, invisible), tags, noncharacters.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)


def distillation(markdown: str) -> dict[str, Any]:
    layer = "distillation container"
    front, fence, _ = markdown.partition("\n+++\n")
    if len(markdown.encode("utf-8", "replace")) > 262_144 or not fence or not front.startswith("+++\n"):
        raise Refused(layer)
    toml = front[4:] + "\n"
    if any(part.count(".") >= 9 for part in re.split(r"[\n=,{}\[\]]", without_strings(toml))):
        raise Refused(layer)
    try:
        data = tomllib.loads(toml)
    except (ValueError, RecursionError):
        raise Refused(layer) from None
    return told(data)


def without_strings(toml: str) -> str:
    """Return TOML without its strings and comments; none may go on after its line."""
    out, at = "", 0
    while at < len(toml):
        quote, line_end = toml[at], toml.index("\n", at)
        if quote in "\"'":
            if toml.startswith(quote * 3, at):
                raise Refused("distillation container")
            at += 1
            while toml[at] != quote and at < line_end:
                at += 2 if toml[at] == "\\" and quote == '"' else 1
            if at >= line_end:
                raise Refused("distillation container")
            at += 1
        elif quote == "#":
            at = line_end
        else:
            out, at = out + quote, at + 1
    return out


def told(data: dict[str, Any]) -> dict[str, Any]:
    layer = "distillation fields"
    for name, value in data.items():
        check(name, value)
    if "id" not in data or "session_id" not in data:
        raise Refused(layer)
    clean = {name: HIDDEN.sub("", value) for name, value in data.items() if isinstance(value, str)}
    if clean.get("schema", "claude-spread/distillation/1") != "claude-spread/distillation/1":
        raise Refused("distillation schema")
    session, revision = clean["session_id"], data.get("revision", 1)
    if not re.fullmatch("[0-9A-Za-z][0-9A-Za-z._-]{0,63}", session) or revision < 1:
        raise Refused(layer)
    if clean["id"] != f"{session}.{revision}":
        raise Refused(layer)
    return {
        "id": clean["id"],
        "session_id": session,
        "revision": revision,
        "goal": clean.get("goal", "unknown"),
    }


def check(name: str, value: Any) -> None:
    if name in TEXTS:
        kind(value, str)
    elif name == "revision":
        kind(value, int)
    elif name in LISTS:
        kind(value, list)
    elif name in TABLES:
        kind(value, dict)
        for key, wanted in TABLES[name].items():
            if key in value:
                kind(value[key], wanted)
        if name == "files" and "renamed" in value:
            rows(value["renamed"], "renamed")
    elif name == "todos":
        rows(value, name)
    elif name in ("evidence", "redactions"):
        kind(value, dict)
        for item in value.values():
            kind(item, list if name == "evidence" else int)


def kind(value: Any, wanted: type) -> None:
    """The type itself: a boolean is no integer; a list is of strings."""
    good = type(value) is wanted
    if wanted is list:
        good = good and all(type(item) is str for item in value)
    if wanted is int:
        good = good and abs(value) < 2**53
    if not good:
        raise Refused("distillation fields")


def rows(value: Any, name: str) -> None:
    required, known = ROWS[name]
    if type(value) is not list:
        raise Refused("distillation fields")
    for row in value:
        kind(row, dict)
        for key in known:
            if key in required or key in row:
                kind(row.get(key), str)
