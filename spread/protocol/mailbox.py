"""Who may do what with a mailbox (RELAY_SERVER_SPEC.md, "Mailboxes"); no I/O.

A mailbox is named by its owner's Ed25519 public key. Two rules, both checked from the message alone:
the owner proves the key over this connection's nonce; a writer shows a grant the owner signed for its own
key, and proves that key over the nonce, the mailbox, the id and the body.

Every proof names the audience, the host the prover meant to talk to, so that a server cannot pass it on to
another one as its own.

A listener is its mailbox's own machine and proves it: in WELCOME, so that nobody sends to whoever copied an
announcement, and in STORED, so that nobody in between can swallow an envelope and say that it is kept.
"""

import hashlib
from functools import lru_cache
from typing import Final

from spread.errors import ProtocolError
from spread.protocol import crypto
from spread.protocol.wire import Message

NONCE_BYTES: Final = 32
ID_BYTES: Final = 16
DELETE_ITEMS: Final = 256
MAX_SEQ: Final = 2**63 - 1


def grant(mailbox_seed: bytes, writer: bytes) -> bytes:
    """Return the owner's permission (64 bytes) for `writer` to put mail into the mailbox."""
    return crypto.sign(mailbox_seed, "grant", writer)


@lru_cache(maxsize=4096)  # a grant comes with every envelope; checking the signature costs 0.15 ms
def is_granted(mailbox: bytes, writer: bytes, grant: bytes) -> bool:
    """Tell whether the mailbox's owner signed `grant` for `writer`."""
    return crypto.is_signed(mailbox, grant, "grant", writer)


def open_proof(mailbox_seed: bytes, nonce: bytes, audience: str) -> bytes:
    """Return the owner's proof (64 bytes) for an OPEN on the connection that gave `nonce`."""
    return crypto.sign(mailbox_seed, "open", nonce, audience.encode("utf-8"))


def is_owner(mailbox: bytes, proof: bytes, nonce: bytes, audience: str) -> bool:
    """Tell whether `proof` was made by the mailbox's owner for this connection and this audience."""
    return crypto.is_signed(mailbox, proof, "open", nonce, audience.encode("utf-8", "surrogateescape"))


def revoke_proof(mailbox_seed: bytes, nonce: bytes, audience: str, writer: bytes) -> bytes:
    """Return the owner's proof (64 bytes) for a REVOKE, which cannot be taken back, on this connection."""
    return crypto.sign(mailbox_seed, "revoke", nonce, audience.encode("utf-8"), writer)


def may_revoke(mailbox: bytes, proof: bytes, nonce: bytes, audience: str, writer: bytes) -> bool:
    """Tell whether `proof` was made by the mailbox's owner to revoke this writer on this connection."""
    named = audience.encode("utf-8", "surrogateescape")
    return crypto.is_signed(mailbox, proof, "revoke", nonce, named, writer)


def listener_proof(mailbox_seed: bytes, challenge: bytes, nonce: bytes, audience: str) -> bytes:
    """Return a listener's proof (64 bytes) that it is the mailbox's own, for the WELCOME that has `nonce`."""
    named = audience.encode("utf-8", "surrogateescape")
    return crypto.sign(mailbox_seed, "listener", challenge, nonce, named)


def is_listener(mailbox: bytes, proof: bytes, challenge: bytes, nonce: bytes, audience: str) -> bool:
    """Tell whether the mailbox's owner has answered our challenge."""
    return crypto.is_signed(mailbox, proof, "listener", challenge, nonce, audience.encode("utf-8"))


def stored_proof(mailbox_seed: bytes, writer: bytes, id: bytes, body: bytes) -> bytes:
    """Return a listener's proof (64 bytes) that its machine keeps this envelope of this writer."""
    return crypto.sign(mailbox_seed, "stored", writer, id, hashlib.sha256(body).digest())


def is_stored(mailbox: bytes, proof: bytes, writer: bytes, id: bytes, body: bytes) -> bool:
    """Tell whether the mailbox's owner says that it keeps this envelope."""
    return crypto.is_signed(mailbox, proof, "stored", writer, id, hashlib.sha256(body).digest())


def _put_parts(nonce: bytes, audience: str, mailbox: bytes, id: bytes, body: bytes) -> tuple[bytes, ...]:
    named = audience.encode("utf-8", "surrogateescape")
    return nonce, named, mailbox, id, hashlib.sha256(body).digest()


def put_message(
    mailbox: bytes, writer_seed: bytes, grant: bytes, nonce: bytes, audience: str, id: bytes, body: bytes
) -> Message:
    """Return the PUT of an envelope.

    Args:
        nonce: From this connection's WELCOME.
        audience: The `Host` header of this connection's handshake.
        id: 16 bytes; a later PUT by the same writer with the same id replaces this one.
        body: The envelope.
    """
    assert len(id) == ID_BYTES
    proof = crypto.sign(writer_seed, "put", *_put_parts(nonce, audience, mailbox, id, body))
    fields = {
        "mailbox": mailbox.hex(),
        "writer": crypto.public_key(writer_seed).hex(),
        "grant": grant.hex(),
        "proof": proof.hex(),
        "id": id.hex(),
    }
    return Message("PUT", fields, body)


def may_put(message: Message, nonce: bytes, audience: str) -> bool:
    """Tell whether a PUT's grant and proof both hold; a PUT with malformed fields is a no."""
    try:
        mailbox, writer = (
            message.key("mailbox", crypto.PUBLIC_BYTES),
            message.key("writer", crypto.PUBLIC_BYTES),
        )
        granted, proof = (
            message.key("grant", crypto.SIGNATURE_BYTES),
            message.key("proof", crypto.SIGNATURE_BYTES),
        )
        id = message.key("id", ID_BYTES)
    except ProtocolError:
        return False
    if message.type != "PUT" or message.body is None or not is_granted(mailbox, writer, granted):
        return False
    return crypto.is_signed(writer, proof, "put", *_put_parts(nonce, audience, mailbox, id, message.body))


def deletions(message: Message) -> list[tuple[bytes, int]]:
    """Return the (id, seq) a DELETE names.

    Raises:
        ProtocolError: They are not at most DELETE_ITEMS pairs of id and seq.
    """
    bad = ProtocolError("bad message DELETE", why="field items is missing or malformed")
    items = message.fields.get("items")
    if not isinstance(items, list) or len(items) > DELETE_ITEMS:
        raise bad
    wanted = []
    for item in items:
        if not isinstance(item, list) or len(item) != 2:
            raise bad
        id, seq = Message("DELETE", {"id": item[0]}).key("id", ID_BYTES), item[1]
        if type(seq) is not int or not 0 <= seq <= MAX_SEQ:  # a bool is an int, and not a seq
            raise bad
        wanted.append((id, seq))
    return wanted
