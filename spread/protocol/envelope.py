"""Envelopes: a content sealed for exactly one machine, bytes to bytes (RELAY_SERVER_SPEC.md, "Envelope").

HPKE (RFC 9180, base mode) hides the content and binds it to the recipient and the prekey; base mode says
nothing of the sender, so an Ed25519 signature inside covers every field that gives the content its meaning.
"""

import hashlib
import json
import struct
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519

from spread.errors import EnvelopeError
from spread.protocol import crypto

MAGIC: Final = b"CSE1"
MAX_ENVELOPE_BYTES: Final = 1024 * 1024
MAX_CONTENT_BYTES: Final = 512 * 1024
PREKEY_ID_BYTES: Final = 8
# Of a sealing key, of suites to come too; a peer's file has it, and is read often.
MAX_PUBLIC_BYTES: Final = 4096
KINDS: Final = ("distillation", "receipt", "contact", "farewell")
SUITE_HYBRID: Final = 1  # MLKEM768_X25519, HKDF-SHA256, AES-256-GCM
SUITE_X25519: Final = 2  # X25519, HKDF-SHA256, AES-256-GCM: where the hybrid is not built in
_MLKEM_PUBLIC: Final = 1184
_MLKEM_SEED: Final = 64
_HEAD: Final = struct.Struct("!4sB8s")


@dataclass(frozen=True)
class Prekey:
    """A public sealing key, signed by its owner's identity; `created` is in unix seconds."""

    suite: int
    public: bytes
    created: int
    signature: bytes

    @property
    def id(self) -> bytes:
        return crypto.digest("prekey id", bytes([self.suite]), self.public)[:PREKEY_ID_BYTES]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; bytes as hex."""
        return {
            "suite": self.suite,
            "public": self.public.hex(),
            "created": self.created,
            "signature": self.signature.hex(),
        }

    @staticmethod
    def from_dict(data: Any, identity: bytes) -> "Prekey":
        """Return a prekey that `identity` has signed.

        Raises:
            EnvelopeError: It is malformed or not signed by `identity`.
        """
        try:
            # A bool is an int, and neither.
            if type(data["suite"]) is not int or type(data["created"]) is not int:
                raise ValueError
            key = Prekey(
                data["suite"], crypto.unhex(data["public"]), data["created"],
                crypto.unhex(data["signature"], crypto.SIGNATURE_BYTES),
            )  # fmt: skip
            if len(key.public) > MAX_PUBLIC_BYTES:
                raise ValueError
            parts = _prekey_parts(key.suite, key.public, key.created)
        except (KeyError, TypeError, ValueError, OverflowError, struct.error):
            raise EnvelopeError("a sealing key is malformed") from None
        if not crypto.is_signed(identity, key.signature, "prekey", *parts):
            raise EnvelopeError("a sealing key is not signed by its owner")
        return key


@dataclass(frozen=True)
class SecretPrekey:
    """A prekey with its private part: ML-KEM seed and X25519 key, or the latter alone."""

    prekey: Prekey
    private: bytes


@dataclass(frozen=True)
class Opened:
    """What an envelope held; `sender` has signed all of it."""

    sender: bytes
    kind: str
    id: str
    revision: int
    sequence: int
    content: bytes


def _prekey_parts(suite: int, public: bytes, created: int) -> tuple[bytes, bytes, bytes]:
    return bytes([suite]), public, struct.pack("!Q", created)


def new_prekey(identity_seed: bytes, created: int) -> SecretPrekey:
    """Return a fresh prekey of the best suite this machine can do."""
    x = x25519.X25519PrivateKey.generate()
    suite, public, private = SUITE_X25519, x.public_key().public_bytes_raw(), x.private_bytes_raw()
    try:
        m = mlkem.MLKEM768PrivateKey.generate()
        suite = SUITE_HYBRID
        public = m.public_key().public_bytes_raw() + public
        private = m.private_bytes_raw() + private
    except UnsupportedAlgorithm:
        pass  # the suite id says so to the other side
    signature = crypto.sign(identity_seed, "prekey", *_prekey_parts(suite, public, created))
    return SecretPrekey(Prekey(suite, public, created, signature), private)


def _suite(suite: int) -> hpke.Suite:
    kem = {SUITE_HYBRID: hpke.KEM.MLKEM768_X25519, SUITE_X25519: hpke.KEM.X25519}.get(suite)
    if kem is None:
        raise EnvelopeError(
            "a peer's sealing key is of an unknown kind", hint="update claude-spread on this machine"
        )
    try:
        return hpke.Suite(kem, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    except UnsupportedAlgorithm:
        raise EnvelopeError(
            "this machine cannot seal for that peer",
            why="its cryptography package lacks ML-KEM",
            hint="install a newer `cryptography` wheel",
        ) from None


def _public(prekey: Prekey) -> Any:
    at = _MLKEM_PUBLIC if prekey.suite == SUITE_HYBRID else 0
    try:
        x = x25519.X25519PublicKey.from_public_bytes(prekey.public[at:])
        if prekey.suite == SUITE_X25519:
            return x
        return hpke.MLKEM768X25519PublicKey(mlkem.MLKEM768PublicKey.from_public_bytes(prekey.public[:at]), x)
    except ValueError:
        raise EnvelopeError("a peer's sealing key is malformed") from None


def _private(secret: SecretPrekey) -> Any:
    if secret.prekey.suite == SUITE_X25519:
        return x25519.X25519PrivateKey.from_private_bytes(secret.private)
    return hpke.MLKEM768X25519PrivateKey(
        mlkem.MLKEM768PrivateKey.from_seed_bytes(secret.private[:_MLKEM_SEED]),
        x25519.X25519PrivateKey.from_private_bytes(secret.private[_MLKEM_SEED:]),
    )


def padded_size(size_bytes: int) -> int:
    """Return the size a content is padded to: at least 1 KiB, then steps of an eighth of its power of two."""
    step = max(1024, 1 << max(0, size_bytes.bit_length() - 4))
    return -(-size_bytes // step) * step


def _info(head: bytes, recipient: bytes) -> bytes:
    return crypto.frame_parts("envelope", head, recipient)


def seal(
    content: bytes, *, kind: str, id: str, revision: int, sequence: int, sender_seed: bytes, recipient: bytes,
    prekey: Prekey,
) -> bytes:  # fmt: skip
    """Return an envelope that only the holder of `prekey` opens.

    Args:
        content: At most `MAX_CONTENT_BYTES`.
        kind: One of `KINDS`.
        sender_seed: Our Ed25519 identity seed; it signs inside.
        recipient: The peer's identity key; `prekey` must be signed by it (see `Prekey.from_dict`).

    Raises:
        EnvelopeError: The peer's key is malformed, or of a kind this machine cannot use.
    """
    assert kind in KINDS
    assert len(content) <= MAX_CONTENT_BYTES
    head = _HEAD.pack(MAGIC, prekey.suite, prekey.id)
    fields = {
        "sender": crypto.public_key(sender_seed).hex(),
        "kind": kind,
        "id": id,
        "revision": revision,
        "sequence": sequence,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    header = json.dumps(fields, separators=(",", ":")).encode("ascii")
    signature = crypto.sign(sender_seed, "content", head, recipient, header)
    inner = struct.pack("!II", len(header), len(content)) + header + signature + content
    inner += bytes(padded_size(len(inner)) - len(inner))
    suite, public = _suite(prekey.suite), _public(prekey)
    try:
        return head + suite.encrypt(inner, public, info=_info(head, recipient))
    except ValueError:  # a point of low order: the shared secret would be one that everybody knows
        raise EnvelopeError("a peer's sealing key is malformed") from None


def prekey_id(envelope: bytes) -> bytes:
    """Return the id of the prekey an envelope is sealed to.

    Raises:
        EnvelopeError: Not an envelope of this version.
    """
    if not _HEAD.size < len(envelope) <= MAX_ENVELOPE_BYTES or envelope[:4] != MAGIC:
        raise EnvelopeError("an envelope does not open")
    return bytes(_HEAD.unpack_from(envelope)[2])


def unseal(envelope: bytes, secret: SecretPrekey, recipient: bytes) -> Opened:
    """Return what an envelope sealed for us holds, signed by `Opened.sender`.

    The caller decides whether it trusts that sender.

    Args:
        envelope: At most `MAX_ENVELOPE_BYTES`, as received.
        secret: Our prekey named by `prekey_id(envelope)`.
        recipient: Our own identity key.

    Raises:
        EnvelopeError: Not for us, not signed, or altered; which of these is not told.
    """
    try:
        return _unsealed(envelope, secret, recipient)
    except RefusedError:
        raise EnvelopeError("an envelope does not open") from None


class RefusedError(Exception):
    """An envelope does not open because of the layer named; for tests alone, nobody else is told."""


def _unsealed(envelope: bytes, secret: SecretPrekey, recipient: bytes) -> Opened:
    head, suite = envelope[: _HEAD.size], envelope[4:5]
    if prekey_id(envelope) != secret.prekey.id or suite != bytes([secret.prekey.suite]):
        raise RefusedError("envelope head")
    try:
        inner = _suite(suite[0]).decrypt(
            envelope[_HEAD.size :], _private(secret), info=_info(head, recipient)
        )
    except (InvalidTag, ValueError):
        raise RefusedError("envelope hpke") from None
    header, signature, content = _split(inner)
    opened, digest = _fields(header, content)
    if not crypto.is_signed(opened.sender, signature, "content", head, recipient, header):
        raise RefusedError("envelope signature")
    if hashlib.sha256(content).digest() != digest:
        raise RefusedError("envelope content")
    return opened


def _split(inner: bytes) -> tuple[bytes, bytes, bytes]:
    """Return header, signature and content of what was sealed; what follows is padding."""
    try:
        header_size, content_size = struct.unpack_from("!II", inner)
    except struct.error:
        raise RefusedError("envelope inner") from None
    at = 8 + header_size
    begin = at + crypto.SIGNATURE_BYTES
    if content_size > MAX_CONTENT_BYTES or len(inner) < begin + content_size:
        raise RefusedError("envelope inner")
    return inner[8:at], inner[at:begin], inner[begin : begin + content_size]


def _fields(header: bytes, content: bytes) -> tuple[Opened, bytes]:
    """Return what a header says, and the hash the content must have."""
    try:
        fields = json.loads(header.decode("utf-8"))
        sender = crypto.unhex(fields["sender"], crypto.PUBLIC_BYTES)
        opened = Opened(sender, fields["kind"], fields["id"], fields["revision"], fields["sequence"], content)
        digest = crypto.unhex(fields["sha256"], crypto.KEY_BYTES)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RefusedError("envelope fields") from None
    if not _well_formed(opened):
        raise RefusedError("envelope fields")
    return opened, digest


def _well_formed(opened: Opened) -> bool:
    return (
        opened.kind in KINDS
        and isinstance(opened.id, str)
        and 0 < len(opened.id) <= 128
        and all(type(n) is int and 0 <= n < 2**53 for n in (opened.revision, opened.sequence))
    )
