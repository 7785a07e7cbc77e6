"""What makes the check words of a pairing worth their length: neither side can choose them.

They are made of a fresh nonce of each side. The joiner commits itself to its card and nonce before it sees the
creator's, and the creator shows its own before the joiner opens: so whoever sits in between has settled everything of
its own in both conversations before it knows what the screens will show, and can try as often as people pair.
"""

from typing import Final

from spread.errors import ProtocolError
from spread.protocol import crypto
from spread.protocol.words import check_words

NONCE_BYTES: Final = 32


def commitment(binding: bytes, card: str, nonce: bytes) -> bytes:
    """Return what the joiner sends first: it can then send no other card or nonce."""
    return crypto.digest("pair commitment", binding, card.encode("utf-8"), nonce)


def opened(promised: bytes, binding: bytes, card: str, nonce: bytes) -> None:
    """Check what a joiner sends against what it promised.

    Raises:
        ProtocolError: It is something else.
    """
    if commitment(binding, card, nonce) != promised:
        raise ProtocolError("the other machine sent another card than it had promised")


def words(binding: bytes, identities: tuple[bytes, bytes], creator_nonce: bytes, joiner_nonce: bytes) -> str:
    """Return the four words that are the same on both screens if nobody is in between."""
    both = sorted(identities)
    return check_words(crypto.digest("pair check", binding, *both, creator_nonce, joiner_nonce))
