"""Codes, the room conversation, shares and pairing of RELAY_SERVER_SPEC.md."""

import hashlib
import hmac
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.second_reader import envelopes
from tests.second_reader.basics import (
    Refused,
    derive,
    frame_parts,
    hkdf,
    holds,
    integer,
    parse,
    public_of,
    sha256,
    unhex,
)

WORDS = (Path(__file__).parents[1] / "vectors" / "words.txt").read_text(encoding="ascii").split()

# -- codes and words ---------------------------------------------------------------------------------------


def code(text: str) -> tuple[str, str]:
    room, *words = [
        part for part in text.strip().lower().replace(" ", "-").replace("_", "-").split("-") if part
    ] or [""]
    if len(room) != 6 or any(c not in "abcdefghijklmnopqrstuvwxyz0123456789" for c in room):
        raise Refused("code")
    if any(word not in WORDS for word in words):
        raise Refused("words")
    if len(words) not in (0, 3):
        raise Refused("code")
    return room, "-".join(words)


def draw(random: bytes, count: int) -> list[str]:
    out: list[str] = []
    for at in range(0, len(random), 2):
        number = int.from_bytes(random[at : at + 2], "big")
        if len(out) < count and number < 65536 - 65536 % 1531:
            out.append(WORDS[number % 1531])
    return out


def check_words(binding: bytes, identities: list[bytes], creator_nonce: bytes, joiner_nonce: bytes) -> str:
    parts = (binding, min(identities), max(identities), creator_nonce, joiner_nonce)
    n = int.from_bytes(sha256(frame_parts("pair check", *parts))[:16], "big")
    out = []
    for _ in range(4):
        out.append(WORDS[n % 1531])
        n //= 1531
    return " ".join(out)


def commitment(binding: bytes, promise: bytes, card: str, nonce: bytes) -> str:
    if sha256(frame_parts("pair commitment", binding, card.encode(), nonce)) != promise:
        raise Refused("commitment")
    return card


def password(words: str | None, passphrase: str, room: str) -> bytes:
    if words is not None:
        return frame_parts("words", words.encode())
    salt = frame_parts("stretch", room.encode())
    return frame_parts("passphrase", hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, 600_000, 32))


# -- the group of edwards25519, affine and slow ------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    (x1, y1), (x2, y2) = a, b
    e = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + e, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - e, -1, P)
    return x % P, y % P


def multiply(n: int, point: Point) -> Point:
    out = (0, 1)
    for bit in bin(n)[2:]:
        out = add(out, out)
        if bit == "1":
            out = add(out, point)
    return out


def encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decode(raw: bytes) -> Point | None:
    """RFC 8032, 5.1.3."""
    number = int.from_bytes(raw, "little")
    y, sign = number % 2**255, number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and sign):
        return None
    return (P - x if x % 2 != sign else x), y


def known(text: str) -> Point:
    point = decode(bytes.fromhex(text))
    assert point is not None
    return point


BASE = known("5866666666666666666666666666666666666666666666666666666666666666")
M = known("15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312")
N = known("f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3")


# -- the conversation --------------------------------------------------------------------------------------


class Talk:
    """One side of one conversation."""

    def __init__(self, role: str, purpose: str, room: str, password: bytes, random: bytes) -> None:
        self.creates = role == "creator"
        self.role, self.purpose, self.room, self.password = role, purpose, room, password
        self.w = int.from_bytes(hkdf(password, b"", b"SPAKE2 pw", 48), "big") % L
        self.scalar = int.from_bytes(random, "big") % L
        self.blind, self.unblind = (M, N) if self.creates else (N, M)
        self.element = encode(add(multiply(self.scalar, BASE), multiply(self.w, self.blind)))
        hello = {
            "versions": [1], "role": role, "purpose": purpose, "room": room,
            "pake": ((b"A" if self.creates else b"B") + self.element).hex(),
        }  # fmt: skip
        self.hello = json.dumps(hello, separators=(",", ":")).encode()
        self.sent = [b"\x01" + self.hello]
        self.state = "greeted"
        self.records: list[tuple[bytes, bool]] = []
        self.binding = b""

    def receive(self, frame: bytes | str) -> None:
        may = {"greeted": (1, 5), "proving": (2, 5), "open": (3, 4, 5)}[self.state]
        if isinstance(frame, str) or not frame or frame[0] not in may:
            raise Refused("room frame")
        kind, rest = frame[0], frame[1:]
        if kind == 5:
            raise Refused("room failure")
        (self._hello, self._proof, self._chunk, self._chunk)[kind - 1](rest, kind == 4)

    def _hello(self, raw: bytes, _: bool) -> None:
        if len(raw) > 4096:
            raise Refused("room hello")
        theirs = parse(raw, "room hello")
        texts = [theirs.get(name) for name in ("role", "purpose", "room", "pake")]
        if not isinstance(theirs.get("versions"), list) or not all(isinstance(text, str) for text in texts):
            raise Refused("room hello")
        role, purpose, room, pake = texts
        other = "joiner" if self.creates else "creator"
        if purpose not in ("share", "pair") or role != other or room != self.room:
            raise Refused("room hello")
        if not any(type(version) is int and version == 1 for version in theirs["versions"]):
            raise Refused("room version")
        if purpose != self.purpose:
            raise Refused("room purpose")
        key = self._key(unhex(pake, 33, "room pake"))
        self._keys(key, raw)

    def _key(self, pake: bytes) -> bytes:
        side, element = pake[:1], pake[1:]
        y = int.from_bytes(element, "little") % 2**255
        point = decode(element)
        if (
            side != (b"B" if self.creates else b"A")
            or y in (0, 1)
            or point is None
            or element == self.element
        ):
            raise Refused("room pake")
        if multiply(L, point) != (0, 1):
            raise Refused("room pake")
        shared = multiply(self.scalar, add(point, multiply(L - self.w, self.unblind)))
        x, y_ = (self.element, element) if self.creates else (element, self.element)
        hashes = sha256(self.password) + sha256(b"creator") + sha256(b"joiner")
        return sha256(hashes + x + y_ + encode(shared))

    def _keys(self, key: bytes, theirs: bytes) -> None:
        hellos = (self.hello, theirs) if self.creates else (theirs, self.hello)
        transcript = sha256(frame_parts("room", *hellos))
        proofs = {
            role: hmac.digest(
                derive(key, transcript, "room confirm " + role), frame_parts("proof", transcript), "sha256"
            )
            for role in ("creator", "joiner")
        }
        self.ours = proofs.pop(self.role)
        (self.theirs,) = proofs.values()
        ways = ["room creator to joiner", "room joiner to creator"]
        out, into = ways if self.creates else ways[::-1]
        self.out: list[Any] = [AESGCM(derive(key, transcript, out)), 0]
        self.into: list[Any] = [AESGCM(derive(key, transcript, into)), 0]
        self.binding_key = derive(key, transcript, "room binding")
        self.state = "proving"
        if not self.creates:
            self.sent.append(b"\x02" + self.ours)

    def _proof(self, proof: bytes, _: bool) -> None:
        if proof != self.theirs:
            raise Refused("room proof")
        if self.creates:
            self.sent.append(b"\x02" + self.ours)
        self.state, self.binding = "open", self.binding_key

    def _chunk(self, sealed: bytes, final: bool) -> None:
        aead, number = self.into
        if len(sealed) > 65_536 + 16 or number < 0:
            raise Refused("room chunk")
        try:
            plaintext = aead.decrypt(number.to_bytes(11, "big") + bytes([final]), sealed, None)
        except (InvalidTag, ValueError):
            raise Refused("room chunk") from None
        self.into[1] = -1 if final else number + 1
        self.records.append((plaintext, final))

    def say(self, plaintext: bytes, final: bool) -> None:
        aead, number = self.out
        nonce = number.to_bytes(11, "big") + bytes([final])
        self.sent.append(bytes([4 if final else 3]) + aead.encrypt(nonce, plaintext, None))
        self.out[1] = number + 1


# -- share -------------------------------------------------------------------------------------------------


def is_portable(name: str) -> bool:
    size = len(name.encode("utf-8", "surrogatepass"))
    if not 1 <= size <= 200 or name[0] in ".- " or name[-1] in ". ":
        return False
    if any(c in '/\\:*?"<>|' or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name):
        return False
    devices = {"CON", "PRN", "AUX", "NUL", *(f"{kind}{n}" for kind in ("COM", "LPT") for n in range(10))}
    return name.split(".")[0].strip().upper() not in devices


def announcement(record: str) -> dict[str, Any]:
    given = parse(record, "manifest")
    if given.get("kind") not in ("distillation", "text"):
        raise Refused("manifest")
    if not isinstance(given.get("name"), str) or not is_portable(given["name"]):
        raise Refused("manifest")
    integer(given.get("size"), 0, 268_435_456, "manifest")
    unhex(given.get("sha256"), 32, "manifest")
    return {name: given[name] for name in ("kind", "name", "size", "sha256")}


def acceptance(announced: dict[str, Any], record: str) -> int:
    given = parse(record, "acceptance")
    if given.get("accept") is not True or given.get("sha256") != announced["sha256"]:
        raise Refused("acceptance")
    return integer(given.get("from"), 0, announced["size"], "acceptance")


# -- pairing -----------------------------------------------------------------------------------------------


def machine_name(text: str) -> str:
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.split(".")[0].lower())
    return "-".join(part for part in kept.split("-") if part)[:32].rstrip("-") or "machine"


def is_relay(text: str) -> bool:
    """Tell whether a text is a relay's URL: its characters, its length, a host, a port that is one."""
    found = re.fullmatch(
        r"wss?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%-]+)(?::([0-9]*))?(/[A-Za-z0-9.:/_~%\[\]-]*)?", text
    )
    if len(text) > 200 or found is None:
        return False
    return found[2] in (None, "") or 0 < int(found[2]) < 65536


def card(record: str, binding: bytes, role: str, own: bytes) -> dict[str, Any]:
    layer = "card fields"
    sent = parse(record, layer)
    if not isinstance(sent.get("card"), str):
        raise Refused(layer)
    text = sent["card"]
    given = parse(text, layer)
    if not isinstance(given.get("name"), str) or not isinstance(given.get("relay"), str):
        raise Refused(layer)
    sizes = {"identity": 32, "mailbox": 32, "writer_seed": 32, "grant": 64}
    raw = {name: unhex(given.get(name), size, layer) for name, size in sizes.items()}
    signature = unhex(sent.get("signature"), 64, layer)
    if "prekey" not in given:
        raise Refused(layer)
    envelopes.prekey(given["prekey"], raw["identity"])
    if not holds(raw["identity"], signature, "card", binding, role.encode(), text.encode()):
        raise Refused("card proof")
    if not holds(raw["mailbox"], raw["grant"], "grant", public_of(raw["writer_seed"])):
        raise Refused("card proof")
    if raw["identity"] == own:
        raise Refused("card self")
    return {
        "name": machine_name(given["name"]), "identity": raw["identity"].hex(), "mailbox": raw["mailbox"].hex(),
        "relay": given["relay"] if is_relay(given["relay"]) else "",
        "teammate": given.get("teammate") is True,
    }  # fmt: skip
