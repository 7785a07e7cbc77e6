"""Keys, signatures, key derivation and AEAD; the only file to audit first.

Every signature and every derived key is bound to a label and to length-prefixed parts, so that
bytes made for one purpose are worthless for any other.
"""

import hashlib
import hmac
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from spread.protocol.crypto_labels import LABEL
from spread.protocol.crypto_labels import digest as digest
from spread.protocol.crypto_labels import frame_parts as frame_parts

SEED_BYTES: Final = 32
PUBLIC_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
KEY_BYTES: Final = 32
PBKDF2_ROUNDS: Final = 600_000  # OWASP's figure for PBKDF2-HMAC-SHA256


def public_key(seed: bytes) -> bytes:
    """Return the Ed25519 public key (32 bytes) of a 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, label: str, *parts: bytes) -> bytes:
    """Return the Ed25519 signature (64 bytes) over `frame_parts(label, *parts)`."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(frame_parts(label, *parts))


def is_signed(public: bytes, signature: bytes, label: str, *parts: bytes) -> bool:
    """Tell whether `signature` is `public`'s over `frame_parts(label, *parts)`; malformed keys are a no."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, frame_parts(label, *parts))
    except (InvalidSignature, ValueError):
        return False
    return True


def derive(secret: bytes, salt: bytes, label: str, length: int = KEY_BYTES) -> bytes:
    """Return `length` bytes of HKDF-SHA256 (RFC 5869) of `secret`."""
    return HKDF(hashes.SHA256(), length, salt, LABEL + label.encode("ascii")).derive(secret)


def stretch(passphrase: str, room: str) -> bytes:
    """Return 32 bytes from a passphrase a person chose: PBKDF2-HMAC-SHA256, salted with the room."""
    salt = frame_parts("stretch", room.encode("ascii"))
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode("utf-8"), salt, PBKDF2_ROUNDS)


def mac(key: bytes, label: str, *parts: bytes) -> bytes:
    """Return HMAC-SHA256 (32 bytes) over `frame_parts(label, *parts)`."""
    return hmac.digest(key, frame_parts(label, *parts), "sha256")


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def unhex(text: object, size_bytes: int | None = None) -> bytes:
    """Return the bytes of lower-case hex, the one spelling there is.

    Raises:
        ValueError: Anything else, or another size.
    """
    raw = bytes.fromhex(text) if isinstance(text, str) else b""
    if raw.hex() != text or (size_bytes is not None and len(raw) != size_bytes):
        raise ValueError("not lower-case hex of that size")
    return raw


class Stream:
    """One direction of chunked AES-256-GCM; a nonce is a chunk counter and a final flag.

    The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015): a chunk moved, dropped, doubled
    or cut off does not open. A key serves one `Stream` only.
    """

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._count = 0
        self._ended = False

    def _nonce(self, final: bool) -> bytes:
        assert not self._ended, "a stream has one final chunk"
        nonce = self._count.to_bytes(11, "big") + (b"\1" if final else b"\0")
        self._count += 1
        self._ended = final
        return nonce

    def seal(self, plaintext: bytes | memoryview, *, final: bool = False) -> bytes:
        """Return the next chunk, 16 bytes longer than `plaintext`."""
        return self._aead.encrypt(self._nonce(final), plaintext, None)

    def open(self, chunk: bytes, *, final: bool = False) -> bytes | None:
        """Return the plaintext of the next chunk, or None if it is not the next chunk of this stream."""
        if self._ended:
            return None
        try:
            return self._aead.decrypt(self._nonce(final), chunk, None)
        except (InvalidTag, ValueError):
            return None
