"""Envelopes: what the right machine gets out, and that nobody else gets anything in or out."""

import hashlib
import json
import os
import struct
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from hypothesis import given, settings
from hypothesis import strategies as st

from spread.errors import EnvelopeError
from spread.protocol import crypto, envelope
from spread.protocol.envelope import (
    MAX_CONTENT_BYTES,
    MAX_ENVELOPE_BYTES,
    SUITE_HYBRID,
    SUITE_X25519,
    Prekey,
    SecretPrekey,
    padded_size,
)

CONTENT = b"what was done"
QUICK = settings(max_examples=150, deadline=None)


class Machine:
    """An identity with one prekey."""

    def __init__(self, suite: int = SUITE_HYBRID) -> None:
        self.seed = os.urandom(32)
        self.public = crypto.public_key(self.seed)
        self.secret = envelope.new_prekey(self.seed, 1000) if suite == SUITE_HYBRID else classic(self.seed)


def classic(seed: bytes) -> SecretPrekey:
    """Return a prekey as a machine without ML-KEM makes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlkem, "MLKEM768PrivateKey", Unsupported)
        return envelope.new_prekey(seed, 1000)


class Unsupported:
    """Stands where an algorithm would be that this build of `cryptography` lacks."""

    def __init__(self, *arguments: object) -> None:
        raise UnsupportedAlgorithm("not built in")

    @classmethod
    def generate(cls) -> None:
        """Fail as the real one does on such a build."""
        cls()


sender, recipient, stranger = Machine(), Machine(), Machine()
old_recipient = Machine(SUITE_X25519)


def seal(content: bytes = CONTENT, to: Machine = recipient, **changes: Any) -> bytes:
    """Return an ordinary envelope but for `changes`."""
    values: dict[str, Any] = {
        "kind": "distillation", "id": "session", "revision": 3, "sequence": 7, "sender_seed": sender.seed,
        "recipient": to.public, "prekey": to.secret.prekey, **changes,
    }  # fmt: skip
    return envelope.seal(content, **values)


def unseal(raw: bytes, at: Machine = recipient) -> envelope.Opened:
    """Open an envelope at a machine."""
    return envelope.unseal(raw, at.secret, at.public)


SEALED = {SUITE_HYBRID: seal(), SUITE_X25519: seal(to=old_recipient)}
MACHINES = {SUITE_HYBRID: recipient, SUITE_X25519: old_recipient}
suites = st.sampled_from([SUITE_HYBRID, SUITE_X25519])


# -- it works ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", [recipient, old_recipient], ids=["hybrid", "x25519"])
@pytest.mark.parametrize("kind", envelope.KINDS)
@pytest.mark.parametrize("size", [0, 1, 1023, 70_000, MAX_CONTENT_BYTES])
def test_round_trip(machine: Machine, kind: str, size: int) -> None:
    """The recipient gets exactly what was sealed, with who sealed it, in an envelope within its limit."""
    content = os.urandom(size)
    raw = seal(content, machine, kind=kind, revision=0, sequence=2**53 - 1)
    assert len(raw) <= MAX_ENVELOPE_BYTES
    assert envelope.prekey_id(raw) == machine.secret.prekey.id
    opened = unseal(raw, machine)
    assert opened == envelope.Opened(sender.public, kind, "session", 0, 2**53 - 1, content)


@given(st.binary(max_size=2000), st.text(min_size=1, max_size=128), st.integers(0, 2**53 - 1))
@QUICK
def test_round_trip_of_anything(content: bytes, id: str, revision: int) -> None:
    """Any content, id and number come out as they went in."""
    opened = unseal(seal(content, id=id, revision=revision))
    assert (opened.content, opened.id, opened.revision) == (content, id, revision)


def test_suites() -> None:
    """A prekey is the hybrid where it is built in, else X25519, and its suite says which."""
    assert recipient.secret.prekey.suite == SUITE_HYBRID
    assert len(recipient.secret.prekey.public) == 1184 + 32
    assert old_recipient.secret.prekey.suite == SUITE_X25519
    assert len(old_recipient.secret.prekey.public) == 32


def test_sealed_twice_is_different() -> None:
    """The same content sealed twice shows nothing alike but the head."""
    one, two = seal(), seal()
    assert one[:13] == two[:13]
    assert one[13:45] != two[13:45]


def test_nothing_shows() -> None:
    """An envelope shows neither content nor id nor sender nor recipient."""
    secret = os.urandom(16)
    raw = seal(secret, id="a-session-id")
    for hidden in (secret, b"a-session-id", sender.public, recipient.public, b"distillation"):
        assert hidden not in raw


@given(st.integers(0, 2 * MAX_CONTENT_BYTES))
def test_padding(size: int) -> None:
    """A padded size holds the content, is 1 KiB at least, and wastes an eighth at most."""
    padded = padded_size(size)
    assert padded >= size
    assert padded % 1024 == 0
    assert size < padded or size % 1024 == 0
    assert padded - size <= max(1024, size // 8 + 1)


def test_padding_hides_small_differences() -> None:
    """Contents of about one length make envelopes of one length."""
    assert len({len(seal(bytes(size))) for size in range(20, 400, 60)}) == 1


# -- altered, misdirected, forged --------------------------------------------------------------------------


@QUICK
@given(suites, st.integers(0, 2**24), st.integers(1, 255))
def test_any_altered_byte_is_refused(suite: int, at: int, mask: int) -> None:
    """One altered byte anywhere in an envelope and it does not open."""
    raw = bytearray(SEALED[suite])
    raw[at % len(raw)] ^= mask
    with pytest.raises(EnvelopeError):
        unseal(bytes(raw), MACHINES[suite])


@pytest.mark.parametrize("suite", [SUITE_HYBRID, SUITE_X25519])
def test_each_byte_of_the_head_counts(suite: int) -> None:
    """Every byte of the head, and the first ones after it, are bound."""
    for at in range(80):
        raw = bytearray(SEALED[suite])
        raw[at] ^= 1
        with pytest.raises(EnvelopeError):
            unseal(bytes(raw), MACHINES[suite])


@QUICK
@given(suites, st.integers(0, 2**24))
def test_cut_envelope_is_refused(suite: int, size: int) -> None:
    """An envelope cut short anywhere does not open."""
    raw = SEALED[suite]
    with pytest.raises(EnvelopeError):
        unseal(raw[: size % len(raw)], MACHINES[suite])


@QUICK
@given(suites, st.binary(min_size=1, max_size=40))
def test_extended_envelope_is_refused(suite: int, more: bytes) -> None:
    """An envelope with anything after its end does not open."""
    with pytest.raises(EnvelopeError):
        unseal(SEALED[suite] + more, MACHINES[suite])


@QUICK
@given(suites, st.binary(max_size=200))
def test_random_bytes_are_refused(suite: int, tail: bytes) -> None:
    """Bytes under a right head are refused, never a crash."""
    with pytest.raises(EnvelopeError):
        unseal(SEALED[suite][:13] + tail, MACHINES[suite])


def test_envelope_beyond_the_limit_is_refused() -> None:
    """An envelope larger than the limit is refused before anything is done with it."""
    with pytest.raises(EnvelopeError):
        envelope.prekey_id(SEALED[SUITE_HYBRID] + bytes(MAX_ENVELOPE_BYTES))


def test_not_for_us() -> None:
    """An envelope for another machine does not open, also not with its prekey under our identity."""
    with pytest.raises(EnvelopeError):
        unseal(seal(), stranger)
    with pytest.raises(EnvelopeError):
        envelope.unseal(seal(), recipient.secret, stranger.public)


def test_other_private_key_under_the_same_id() -> None:
    """A wrong private key, or a damaged one, does not open."""
    for private in (stranger.secret.private, b"", bytes(96), recipient.secret.private[:-1]):
        with pytest.raises(EnvelopeError):
            envelope.unseal(seal(), SecretPrekey(recipient.secret.prekey, private), recipient.public)


def test_one_suite_does_not_pass_for_the_other() -> None:
    """An envelope whose head names another suite than its prekey's is refused."""
    raw = bytearray(SEALED[SUITE_HYBRID])
    raw[4] = SUITE_X25519
    with pytest.raises(EnvelopeError):
        unseal(bytes(raw))


def forged(
    content: bytes = CONTENT, *, signer: bytes = b"", head: bytes = b"", to: bytes = b"", header: bytes | None = None,
    sizes: tuple[int, int] | None = None, signature: bytes = b"", changes: dict[str, Any] | None = None,
) -> bytes:  # fmt: skip
    """Return an envelope that was put together by hand, well-formed but for what is given."""
    right_head = struct.pack("!4sB8s", b"CSE1", SUITE_HYBRID, recipient.secret.prekey.id)
    fields = {
        "sender": sender.public.hex(), "kind": "distillation", "id": "session", "revision": 1, "sequence": 1,
        "sha256": hashlib.sha256(content).hexdigest(), **(changes or {}),
    }  # fmt: skip
    made = (
        header
        if header is not None
        else json.dumps({k: v for k, v in fields.items() if v != "gone"}).encode()
    )
    signature = signature or crypto.sign(
        signer or sender.seed, "content", head or right_head, to or recipient.public, made
    )
    inner = struct.pack("!II", *(sizes or (len(made), len(content)))) + made + signature + content
    public = hpke.MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(recipient.secret.prekey.public[:1184]),
        x25519.X25519PublicKey.from_public_bytes(recipient.secret.prekey.public[1184:]),
    )
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    info = crypto.frame_parts("envelope", right_head, recipient.public)
    return right_head + bytes(suite.encrypt(inner + bytes(100), public, info=info))


def test_envelope_made_by_hand_opens() -> None:
    """The format is that of the specification: an envelope put together by hand opens."""
    assert unseal(forged()) == envelope.Opened(sender.public, "distillation", "session", 1, 1, CONTENT)


def test_forged_sender_is_refused() -> None:
    """Whoever knows the public prekey can seal, but not sign for another."""
    with pytest.raises(EnvelopeError):
        unseal(forged(signer=stranger.seed))
    with pytest.raises(EnvelopeError):
        unseal(forged(signature=bytes(64)))


def test_signature_for_another_recipient_is_refused() -> None:
    """A peer cannot hand on what was signed for itself, or for another prekey, as if it were meant for us."""
    with pytest.raises(EnvelopeError):
        unseal(forged(to=stranger.public))
    other = struct.pack("!4sB8s", b"CSE1", SUITE_HYBRID, stranger.secret.prekey.id)
    with pytest.raises(EnvelopeError):
        unseal(forged(head=other))


def test_other_content_under_a_signature_is_refused() -> None:
    """The signature holds for one content only."""
    with pytest.raises(EnvelopeError):
        unseal(forged(changes={"sha256": hashlib.sha256(b"something else").hexdigest()}))


@pytest.mark.parametrize(
    "header", [b"", b"{", b"[]", b"7", b'"x"', b"null", b"\xff", b"[" * 5000, b'{"sender":"00"}']
)
def test_header_that_is_none_is_refused(header: bytes) -> None:
    """A header that is no header is refused, however it is signed."""
    with pytest.raises(EnvelopeError):
        unseal(forged(header=header))


@pytest.mark.parametrize(
    "sizes", [(0, 0), (2**32 - 1, 13), (10, 2**32 - 1), (2**31, 2**31), (5, 5)]
)  # fmt: skip
def test_sizes_that_do_not_fit_are_refused(sizes: tuple[int, int]) -> None:
    """Lengths that point elsewhere are refused."""
    with pytest.raises(EnvelopeError):
        unseal(forged(sizes=sizes))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "gone") for name in ("sender", "kind", "id", "revision", "sequence", "sha256")),
        *((name, None) for name in ("sender", "kind", "id", "revision", "sequence", "sha256")),
        ("kind", "command"), ("kind", ["receipt"]), ("id", ""), ("id", "x" * 129), ("id", 5), ("sender", "00"),
        ("sender", "zz"), ("revision", -1), ("revision", 2**53), ("revision", 1.0), ("revision", True),
        ("revision", "1"), ("sequence", -1), ("sequence", 2**53), ("sequence", 0.5), ("sha256", ""),
    ],
)  # fmt: skip
def test_signed_but_malformed_is_refused(name: str, value: object) -> None:
    """Also what a peer has properly signed must be well-formed."""
    with pytest.raises(EnvelopeError):
        unseal(forged(changes={name: value}))


def test_too_much_content_is_refused() -> None:
    """A content beyond the limit is refused, also when the envelope is within its own."""
    with pytest.raises(EnvelopeError):
        unseal(forged(bytes(MAX_CONTENT_BYTES + 1)))


def test_refusals_look_alike() -> None:
    """Which of the reasons it was is not told."""
    altered = SEALED[SUITE_HYBRID][:-1] + bytes([SEALED[SUITE_HYBRID][-1] ^ 1])
    told = set()
    for raw in (
        b"",
        b"CSE2" + SEALED[SUITE_HYBRID][4:],
        altered,
        forged(signer=stranger.seed),
        forged(changes={"kind": "x"}),
    ):
        with pytest.raises(EnvelopeError) as caught:
            unseal(raw)
        told.add((caught.value.what, caught.value.why, caught.value.hint))
    assert len(told) == 1


def test_misuse_is_our_bug() -> None:
    """An unknown kind or too large a content of our own is an assertion."""
    with pytest.raises(AssertionError):
        seal(kind="command")
    with pytest.raises(AssertionError):
        seal(bytes(MAX_CONTENT_BYTES + 1))


# -- prekeys -----------------------------------------------------------------------------------------------


def test_prekey_survives_its_json_form() -> None:
    """A prekey comes back from JSON as it was, and under the same id."""
    key = recipient.secret.prekey
    again = Prekey.from_dict(json.loads(json.dumps(key.to_dict())), recipient.public)
    assert again == key
    assert again.id == key.id
    assert len(key.id) == envelope.PREKEY_ID_BYTES


def test_prekey_of_another_is_refused() -> None:
    """A prekey counts only if the machine itself has signed it."""
    with pytest.raises(EnvelopeError, match="not signed"):
        Prekey.from_dict(recipient.secret.prekey.to_dict(), stranger.public)


@pytest.mark.parametrize(
    "change",
    [
        {"suite": SUITE_X25519}, {"created": 1001}, {"public": "00" * 1216}, {"signature": "00" * 64},
    ],
)  # fmt: skip
def test_altered_prekey_is_refused(change: dict[str, Any]) -> None:
    """The signature holds for suite, key and time."""
    with pytest.raises(EnvelopeError, match="not signed"):
        Prekey.from_dict({**recipient.secret.prekey.to_dict(), **change}, recipient.public)


@pytest.mark.parametrize(
    "change",
    [
        {"suite": None}, {"suite": 256}, {"suite": -1}, {"suite": []}, {"public": "zz"}, {"public": 5},
        {"public": None}, {"created": -1}, {"created": 2**64}, {"created": float("inf")}, {"created": "x"},
        {"signature": "0"}, {"signature": None},
    ],
)  # fmt: skip
def test_malformed_prekey_is_refused(change: dict[str, Any]) -> None:
    """Fields of a wrong kind or range are refused."""
    with pytest.raises(EnvelopeError, match="malformed"):
        Prekey.from_dict({**recipient.secret.prekey.to_dict(), **change}, recipient.public)


@pytest.mark.parametrize("data", [None, [], "x", 7, {}])
def test_prekey_that_is_none_is_refused(data: object) -> None:
    """What is no prekey at all is refused."""
    with pytest.raises(EnvelopeError, match="malformed"):
        Prekey.from_dict(data, recipient.public)


def own_prekey(suite: int, public: bytes) -> Prekey:
    """Return a prekey that its owner has signed, whatever it is."""
    parts = bytes([suite]), public, struct.pack("!Q", 1)
    return Prekey(suite, public, 1, crypto.sign(recipient.seed, "prekey", *parts))


def test_unknown_suite_says_update() -> None:
    """Sealing to a key of a kind to come fails with a way out."""
    with pytest.raises(EnvelopeError) as caught:
        seal(prekey=own_prekey(9, bytes(32)))
    assert "update" in caught.value.hint


@pytest.mark.parametrize("suite", [SUITE_HYBRID, SUITE_X25519])
@pytest.mark.parametrize("size", [0, 31, 33, 1215, 1217])
def test_prekey_of_a_wrong_size_is_refused(suite: int, size: int) -> None:
    """Sealing to a key that is none fails, with no envelope."""
    with pytest.raises(EnvelopeError, match="malformed"):
        seal(prekey=own_prekey(suite, bytes(size)))


@pytest.mark.parametrize("suite", [SUITE_HYBRID, SUITE_X25519])
def test_low_order_prekey_is_refused(suite: int) -> None:
    """Sealing to a key that gives a secret everybody knows fails, with no envelope."""
    ml_kem = recipient.secret.prekey.public[:1184] if suite == SUITE_HYBRID else b""
    with pytest.raises(EnvelopeError):
        seal(prekey=own_prekey(suite, ml_kem + bytes(32)))


def test_hybrid_where_it_is_not_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without ML-KEM says that it cannot seal for the peer, and what to do; never a weaker suite."""
    monkeypatch.setattr(hpke, "Suite", Unsupported)
    with pytest.raises(EnvelopeError) as caught:
        seal()
    assert "ML-KEM" in caught.value.why
    assert "cryptography" in caught.value.hint
