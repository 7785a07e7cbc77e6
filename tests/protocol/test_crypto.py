"""Keys, signatures, key derivation and AEAD."""

import itertools
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread.protocol import crypto
from spread.protocol.crypto import Stream

parts = st.lists(st.binary(max_size=8), max_size=4)
labels = st.text("abc-/ ", max_size=6)


@given(labels, parts, labels, parts)
def test_frame_parts_are_unambiguous(
    label: str, some: list[bytes], other_label: str, others: list[bytes]
) -> None:
    """Different labels or parts never make the same bytes."""
    same = (label, some) == (other_label, others)
    assert (crypto.frame_parts(label, *some) == crypto.frame_parts(other_label, *others)) == same


def test_frame_parts_bytes() -> None:
    """The bytes signed are those of the specification."""
    assert crypto.frame_parts("x", b"ab", b"") == b"claude-spread/1 x\0\0\0\0\x02ab\0\0\0\0"


def test_public_key_of_rfc_8032() -> None:
    """A seed gives the public key of RFC 8032, section 7.1, test 1."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    expected = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert crypto.public_key(seed).hex() == expected


def test_signature_binds_everything() -> None:
    """A signature holds for its key, label and parts, and for nothing else."""
    seed = os.urandom(32)
    public = crypto.public_key(seed)
    signature = crypto.sign(seed, "grant", b"a", b"b")
    assert len(signature) == crypto.SIGNATURE_BYTES
    assert crypto.is_signed(public, signature, "grant", b"a", b"b")
    assert not crypto.is_signed(public, signature, "open", b"a", b"b")
    assert not crypto.is_signed(public, signature, "grant", b"ab")
    assert not crypto.is_signed(public, signature, "grant", b"ab", b"")
    assert not crypto.is_signed(crypto.public_key(os.urandom(32)), signature, "grant", b"a", b"b")


@given(st.binary(max_size=70), st.binary(max_size=40))
def test_malformed_signatures_are_a_no(signature: bytes, public: bytes) -> None:
    """Bytes that are no signature or no key are a no, never an exception."""
    assert not crypto.is_signed(public, signature, "x", b"part")


def test_altered_signature_is_a_no() -> None:
    """Each altered bit of a signature makes it worthless."""
    seed = os.urandom(32)
    public, signature = crypto.public_key(seed), crypto.sign(seed, "x", b"part")
    for place, bit in itertools.product(range(len(signature)), range(8)):
        altered = bytearray(signature)
        altered[place] ^= 1 << bit
        assert not crypto.is_signed(public, bytes(altered), "x", b"part")


def test_derive() -> None:
    """Derived keys depend on secret, salt and label, and have the length asked for."""
    base = crypto.derive(b"secret", b"salt", "label")
    assert len(base) == crypto.KEY_BYTES
    assert base == crypto.derive(b"secret", b"salt", "label")
    others = [
        crypto.derive(b"Secret", b"salt", "label"),
        crypto.derive(b"secret", b"Salt", "label"),
        crypto.derive(b"secret", b"salt", "Label"),
    ]
    assert len({base, *others}) == 4
    assert len(crypto.derive(b"secret", b"salt", "label", 77)) == 77


def test_stretch() -> None:
    """A passphrase is stretched with the rounds promised, and differently in each room."""
    first = crypto.stretch("pass phrase", "a7f3b2")
    assert first == crypto.stretch("pass phrase", "a7f3b2")
    assert first != crypto.stretch("pass phrase", "a7f3b3")
    assert first != crypto.stretch("pass phrase ", "a7f3b2")
    assert (len(first), crypto.PBKDF2_ROUNDS) == (32, 600_000)


def test_mac_and_digest() -> None:
    """Both bind label and parts; `same` compares them."""
    assert crypto.same(crypto.mac(b"k", "a", b"x"), crypto.mac(b"k", "a", b"x"))
    assert not crypto.same(crypto.mac(b"k", "a", b"x"), crypto.mac(b"k", "b", b"x"))
    assert not crypto.same(crypto.mac(b"k", "a", b"x"), crypto.mac(b"K", "a", b"x"))
    assert crypto.digest("a", b"x", b"y") != crypto.digest("a", b"xy")


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=6))
def test_stream_round_trip(chunks: list[bytes]) -> None:
    """Chunks sealed in order open in order, each 16 bytes longer."""
    key = os.urandom(32)
    sealing, opening = Stream(key), Stream(key)
    for number, chunk in enumerate(chunks, 1):
        final = number == len(chunks)
        sealed = sealing.seal(chunk, final=final)
        assert len(sealed) == len(chunk) + 16
        assert opening.open(sealed, final=final) == chunk
    assert opening.open(sealed, final=True) is None


@pytest.mark.parametrize("order", [[1], [0, 0], [0, 2], [1, 0]])
def test_stream_refuses_another_order(order: list[int]) -> None:
    """A chunk dropped, doubled or moved does not open."""
    key = os.urandom(32)
    sealing, opening = Stream(key), Stream(key)
    sealed = [sealing.seal(bytes([n]), final=n == 2) for n in range(3)]
    outcomes = [opening.open(sealed[n], final=n == 2) for n in order]
    assert outcomes[-1] is None


def test_stream_refuses_a_moved_end() -> None:
    """A stream cut short does not pass for ended, nor an ended one for going on."""
    key = os.urandom(32)
    assert Stream(key).open(Stream(key).seal(b"x"), final=True) is None
    assert Stream(key).open(Stream(key).seal(b"x", final=True)) is None


@given(st.binary(max_size=50), st.data())
@settings(max_examples=50)
def test_stream_refuses_an_altered_chunk(plain: bytes, data: st.DataObject) -> None:
    """Any altered byte is noticed, as is a chunk cut or made longer, and another key."""
    key = os.urandom(32)
    sealed = Stream(key).seal(plain)
    altered = bytearray(sealed)
    altered[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    for wrong in (bytes(altered), sealed[:-1], sealed + b"\0", b""):
        assert Stream(key).open(wrong) is None
    assert Stream(os.urandom(32)).open(sealed) is None


def test_stream_ends_once() -> None:
    """Sealing after the final chunk is our own mistake."""
    stream = Stream(os.urandom(32))
    stream.seal(b"", final=True)
    with pytest.raises(AssertionError):
        stream.seal(b"more")
