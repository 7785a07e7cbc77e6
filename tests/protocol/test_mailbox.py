"""Who may do what with a mailbox."""

import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.errors import ProtocolError
from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message

OWNER, WRITER, STRANGER = (os.urandom(32) for _ in range(3))
BOX, ANN, EVE = (crypto.public_key(seed) for seed in (OWNER, WRITER, STRANGER))
NONCE, ID, HOST = os.urandom(32), os.urandom(16), "relay.example:9784"


def put(**other: Any) -> Message:
    """Return a PUT that is in order but for `other`."""
    values: dict[str, Any] = {
        "mailbox": BOX, "writer_seed": WRITER, "grant": mailbox.grant(OWNER, ANN),
        "nonce": NONCE, "audience": HOST, "id": ID, "body": b"envelope",
    }  # fmt: skip
    return mailbox.put_message(**(values | other))


def test_grant() -> None:
    """A grant is the owner's word for one writer."""
    grant = mailbox.grant(OWNER, ANN)
    assert mailbox.is_granted(BOX, ANN, grant)
    assert not mailbox.is_granted(BOX, EVE, grant)
    assert not mailbox.is_granted(EVE, ANN, grant)
    assert not mailbox.is_granted(BOX, ANN, mailbox.grant(STRANGER, ANN))
    assert not mailbox.is_granted(BOX, ANN, b"")


def test_open_proof() -> None:
    """The owner's proof holds for this connection and this server only."""
    proof = mailbox.open_proof(OWNER, NONCE, HOST)
    assert mailbox.is_owner(BOX, proof, NONCE, HOST)
    assert not mailbox.is_owner(EVE, proof, NONCE, HOST)
    assert not mailbox.is_owner(BOX, proof, os.urandom(32), HOST)
    assert not mailbox.is_owner(BOX, proof, NONCE, "other.example:9784")
    assert not mailbox.is_owner(BOX, mailbox.open_proof(STRANGER, NONCE, HOST), NONCE, HOST)


def test_proofs_of_a_listener() -> None:
    """They hold for one challenge on one connection, and for one envelope of one writer."""
    challenge = os.urandom(32)
    proof = mailbox.listener_proof(OWNER, challenge, NONCE, HOST)
    assert mailbox.is_listener(BOX, proof, challenge, NONCE, HOST)
    assert not mailbox.is_listener(EVE, proof, challenge, NONCE, HOST)
    assert not mailbox.is_listener(BOX, proof, os.urandom(32), NONCE, HOST)
    assert not mailbox.is_listener(BOX, proof, challenge, os.urandom(32), HOST)
    assert not mailbox.is_listener(BOX, proof, challenge, NONCE, "other.example:9784")
    stored = mailbox.stored_proof(OWNER, ANN, ID, b"envelope")
    assert mailbox.is_stored(BOX, stored, ANN, ID, b"envelope")
    assert not mailbox.is_stored(EVE, stored, ANN, ID, b"envelope")
    assert not mailbox.is_stored(BOX, stored, EVE, ID, b"envelope")
    assert not mailbox.is_stored(BOX, stored, ANN, bytes(16), b"envelope")
    assert not mailbox.is_stored(BOX, stored, ANN, ID, b"envelopf")


def test_proof_of_revoking() -> None:
    """It holds for one writer on one connection to one server, and nothing else passes for it."""
    proof = mailbox.revoke_proof(OWNER, NONCE, HOST, ANN)
    assert mailbox.may_revoke(BOX, proof, NONCE, HOST, ANN)
    assert not mailbox.may_revoke(BOX, proof, NONCE, HOST, EVE)
    assert not mailbox.may_revoke(BOX, proof, os.urandom(32), HOST, ANN)
    assert not mailbox.may_revoke(BOX, proof, NONCE, "other.example:9784", ANN)
    assert not mailbox.may_revoke(EVE, proof, NONCE, HOST, ANN)
    assert not mailbox.may_revoke(BOX, mailbox.open_proof(OWNER, NONCE, HOST), NONCE, HOST, ANN)


def test_put_in_order() -> None:
    """A PUT with a grant and a proof may be put, also after a trip over the wire."""
    message = put()
    assert mailbox.may_put(message, NONCE, HOST)
    assert mailbox.may_put(wire.decode(wire.encode(message)), NONCE, HOST)
    assert (message.key("mailbox", 32), message.key("writer", 32), message.body) == (BOX, ANN, b"envelope")


def test_put_elsewhere() -> None:
    """A PUT overheard on one connection is worthless on another, and at another server."""
    assert not mailbox.may_put(put(), os.urandom(32), HOST)
    assert not mailbox.may_put(put(), NONCE, "other.example:9784")


@pytest.mark.parametrize(
    "other",
    [
        {"mailbox": EVE},
        {"writer_seed": STRANGER},
        {"grant": mailbox.grant(STRANGER, ANN)},
        {"grant": mailbox.grant(OWNER, EVE)},
        {"grant": mailbox.open_proof(OWNER, NONCE, HOST)},
        {"nonce": bytes(32)},
        {"audience": "other.example"},
    ],
)
def test_put_not_in_order(other: dict[str, Any]) -> None:
    """A PUT for another mailbox, by another writer, with another's grant or an old nonce is refused."""
    assert not mailbox.may_put(put(**other), NONCE, HOST)


def test_put_changed_on_the_way() -> None:
    """The proof covers id and body."""
    message = put()
    assert not mailbox.may_put(replace(message, body=b"envelopf"), NONCE, HOST)
    assert not mailbox.may_put(replace(message, body=None), NONCE, HOST)
    assert not mailbox.may_put(replace(message, type="PUTS"), NONCE, HOST)
    assert not mailbox.may_put(replace(message, fields={**message.fields, "id": "00" * 16}), NONCE, HOST)


@given(st.sampled_from(["mailbox", "writer", "grant", "proof", "id"]), st.none() | st.text() | st.integers())
def test_put_malformed(name: str, value: object) -> None:
    """A PUT with a field that is missing or malformed is a no, never an exception."""
    message = put()
    assert not mailbox.may_put(replace(message, fields={**message.fields, name: value}), NONCE, HOST)


def test_audience_that_is_not_utf8() -> None:
    """A `Host` header of any bytes is compared, never an exception."""
    strange = b"relay\xff".decode("ascii", "surrogateescape")
    assert not mailbox.is_owner(BOX, mailbox.open_proof(OWNER, NONCE, HOST), NONCE, strange)
    assert not mailbox.may_put(put(), NONCE, strange)


def test_deletions() -> None:
    """A DELETE names pairs of id and seq."""
    items = [[ID.hex(), 0], ["00" * 16, mailbox.MAX_SEQ]]
    assert mailbox.deletions(Message("DELETE", {"items": items})) == [(ID, 0), (bytes(16), mailbox.MAX_SEQ)]
    assert mailbox.deletions(Message("DELETE", {"items": []})) == []
    most = [[ID.hex(), n] for n in range(mailbox.DELETE_ITEMS)]
    assert len(mailbox.deletions(Message("DELETE", {"items": most}))) == mailbox.DELETE_ITEMS
    encoded = wire.encode(Message("DELETE", {"items": [[ID.hex(), 10**16]] * mailbox.DELETE_ITEMS}))
    assert len(encoded) <= wire.MAX_HEADER_BYTES


@pytest.mark.parametrize(
    "items",
    [
        None,
        {},
        "items",
        [[]],
        [ID.hex()],
        [[ID.hex()]],
        [[ID.hex(), 1, 2]],
        [[ID.hex(), -1]],
        [[ID.hex(), 2**63]],
        [[ID.hex(), True]],
        [[ID.hex(), 1.0]],
        [[ID.hex(), "1"]],
        [[ID.hex()[2:], 1]],
        [[None, 1]],
        [[ID.hex(), 1]] * (mailbox.DELETE_ITEMS + 1),
    ],
)
def test_bad_deletions(items: object) -> None:
    """Anything else in a DELETE is the peer's fault."""
    with pytest.raises(ProtocolError):
        mailbox.deletions(Message("DELETE", {"items": items}))
