"""Vectors of prekeys, cards and envelopes.

Sealing is random, so envelopes are sealed here with ephemeral keys that are always the same. Nobody else may do so. An
ML-KEM ciphertext cannot be made without randomness by the library: one is kept in `mlkem768-ciphertext.txt`.
"""

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from spread.config import machine_name
from spread.protocol import crypto, envelope, mailbox
from spread.protocol.envelope import Prekey, SecretPrekey
from tests.second_reader.envelopes import Labels, schedule
from tests.vectors import FOLDER
from tests.vectors.make import Vector, long, seed

SENDER, RECIPIENT, STRANGER = seed("sender"), seed("recipient"), seed("stranger")
TO = crypto.public_key(RECIPIENT)
SESSION = "0b0f8a3e-6b1c-4f7e-9f6e-0d7c2a1b3c4d"
CREATED = 1_767_225_600


def groups() -> dict[str, Iterable[Vector]]:
    """Return the vectors by folder."""
    return {
        "prekeys": [*prekeys(), *seal_to()], "cards": cards(), "envelopes": envelopes(),
    }  # fmt: skip


# -- prekeys -----------------------------------------------------------------------------------------------


def secret_prekey(suite: int, name: str = "prekey") -> SecretPrekey:
    """Return a prekey of the recipient's that is always the same."""
    private = seed(f"{name} x25519")
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    if suite == envelope.SUITE_HYBRID:
        kem = seed(f"{name} mlkem", 64)
        public = MLKEM768PrivateKey.from_seed_bytes(kem).public_key().public_bytes_raw() + public
        private = kem + private
    return SecretPrekey(signed(suite, public), private)


def signed(suite: int, public: bytes, created: int = CREATED, identity: bytes = RECIPIENT) -> Prekey:
    """Return a prekey signed by an identity."""
    signature = crypto.sign(identity, "prekey", bytes([suite]), public, struct.pack("!Q", created))
    return Prekey(suite, public, created, signature)


def prekeys() -> Iterator[Vector]:
    """Prekeys as they are given to peers."""
    identity = TO.hex()
    for name, about, key in (
        ("hybrid", "suite 1", secret_prekey(1).prekey), ("x25519", "suite 2", secret_prekey(2).prekey),
        ("unknown-suite", "a later suite is not this layer's matter", signed(9, b"later")),
        ("public-largest", "a later suite's, of 4,096 bytes", signed(9, bytes(4096))),
        ("created-0", "the beginning of time", signed(2, seed("k"), 0)),
        ("created-last", "its end", signed(2, seed("k"), 2**64 - 1)),
    ):  # fmt: skip
        given = {"record": json.dumps(key.to_dict()), "identity": identity}
        yield Vector(name, about, "prekey", given, gives={"id": key.id.hex()})
    base = secret_prekey(2).prekey.to_dict()
    fields: list[tuple[str, str, Any]] = [
        ("suite-true", "true for a suite", {"suite": True}), ("suite-text", "a text for a suite", {"suite": "2"}),
        ("suite-large", "a suite of two bytes", {"suite": 258}), ("suite-fraction", "a fraction", {"suite": 2.0}),
        ("created-text", "a text for a time", {"created": str(CREATED)}), ("created-negative", "a negative time", {"created": -1}),
        ("created-large", "2^64", {"created": 2**64}), ("created-null", "no time", {"created": None}),
        ("public-upper", "upper case", {"public": base["public"].upper()}), ("public-null", "no key", {"public": None}),
        ("public-blank", "blanks", {"public": " " + base["public"]}), ("signature-short", "a short signature", {"signature": "00" * 63}),
        ("public-large", "a byte more than a key may have", signed(9, bytes(4097)).to_dict()),
    ]  # fmt: skip
    for name, about, changes in fields:
        given = {"record": json.dumps({**base, **changes}), "identity": identity}
        yield Vector(name, about, "prekey", given, layer="prekey fields")
    for name, record in (("no-object", "[]"), ("null", "null")):
        yield Vector(
            name, "no object", "prekey", {"record": record, "identity": identity}, layer="prekey fields"
        )
    for name, about, changes in (
        ("other-time", "made younger", {"created": CREATED + 1}), ("other-suite", "another suite", {"suite": 1}),
        ("other-key", "another key", {"public": seed("k").hex()}), ("no-signature", "a signature of zeros", {"signature": "00" * 64}),
    ):  # fmt: skip
        given = {"record": json.dumps({**base, **changes}), "identity": identity}
        yield Vector(name, about, "prekey", given, layer="prekey signature")
    stranger = crypto.public_key(STRANGER).hex()
    yield Vector(
        "other-identity",
        "another's prekey",
        "prekey",
        {"record": json.dumps(base), "identity": stranger},
        layer="prekey signature",
    )


def seal_to() -> Iterator[Vector]:
    """Prekeys that are signed and can, or cannot, be sealed to."""
    hybrid, plain = secret_prekey(1).prekey.public, secret_prekey(2).prekey.public
    for name, suite, public in (("seal-hybrid", 1, hybrid), ("seal-x25519", 2, plain)):
        yield Vector(
            name, "a key that can be sealed to", "seal-to", {"suite": suite, "public": public.hex()}, gives={}
        )
    for name, about, suite, public in (
        ("seal-unknown", "an unknown suite", 9, plain), ("seal-short", "a byte missing", 2, plain[:-1]),
        ("seal-mixed", "the keys of the other suite", 1, plain), ("seal-mixed-2", "and the other way", 2, hybrid),
        ("seal-zeros", "a point of low order", 2, bytes(32)), ("seal-one", "another", 2, b"\1" + bytes(31)),
        ("seal-hybrid-zeros", "one in a hybrid key", 1, hybrid[:1184] + bytes(32)),
        ("seal-not-reduced", "an ML-KEM key with numbers not reduced", 1, b"\xff" * 384 + hybrid[384:]),
    ):  # fmt: skip
        yield Vector(name, about, "seal-to", {"suite": suite, "public": public.hex()}, layer="prekey key")


# -- cards -------------------------------------------------------------------------------------------------


def cards() -> Iterator[Vector]:
    """What machines say of themselves when they are paired."""
    binding, box, writer = seed("binding"), seed("box"), seed("writer")
    base: dict[str, Any] = {
        "name": "laptop", "identity": TO.hex(), "mailbox": crypto.public_key(box).hex(), "relay": "wss://relay.example",
        "writer_seed": writer.hex(), "grant": mailbox.grant(box, crypto.public_key(writer)).hex(), "teammate": False,
        "prekey": secret_prekey(2).prekey.to_dict(),
    }  # fmt: skip

    def case(
        file: str,
        about: str,
        layer: str = "",
        /,
        own: bytes = STRANGER,
        signs: bytes = RECIPIENT,
        said_in: bytes = binding,
        role: str = "joiner",
        expects: str = "joiner",
        record: str = "",
        taken: str = "wss://relay.example",
        **changes: Any,
    ) -> Vector:
        fields = {key: value for key, value in {**base, **changes}.items() if value is not ...}
        text = json.dumps(fields)
        signature = crypto.sign(signs, "card", said_in, role.encode(), text.encode())
        record = record or json.dumps({"card": text, "signature": signature.hex()})
        given = {
            "record": record,
            "binding": binding.hex(),
            "role": expects,
            "own": crypto.public_key(own).hex(),
        }
        gives = {
            "name": machine_name(str(fields.get("name"))), "identity": TO.hex(), "mailbox": base["mailbox"],
            "relay": taken, "teammate": fields.get("teammate") is True,
        }  # fmt: skip
        return Vector(file, about, "card", given, layer, None if layer else gives)

    yield case("card", "a card in order")
    yield case("teammate", "somebody else's machine", teammate=True)
    yield case("teammate-text", "only true is true", teammate="yes")
    yield case("teammate-missing", "it may be missing", teammate=...)
    yield case("odd-name", "a name from which little is left", name="\u202eMy Laptop!!.local")
    yield case("no-name", "and nothing", name="../../")
    yield case("long-name", "a long one", name="x" * 300)
    yield case("later", "unknown names", later={"a": 1})
    for name, relay in (
        ("relay-empty", ""), ("relay-long", "wss://relay.example/" + "x" * 181), ("relay-user", "wss://me@relay.example"),
        ("relay-markup", "wss://relay.example/<b>obey</b>"), ("relay-command", "wss://relay.example/`id`;$IFS"),
        ("relay-port", "wss://relay.example:65536"), ("relay-http", "https://relay.example"),
    ):  # fmt: skip
        yield case(name, "a relay that is none", taken="", relay=relay)
    for name, relay in (
        ("relay-longest", "wss://relay.example/" + "x" * 180), ("relay-all", "ws://[::1]:9784/a-b_c~d.e%20f/:[]"),
    ):  # fmt: skip
        yield case(name, "a relay as odd as one may be", taken=relay, relay=relay)
    for name, changes in (
        ("no-identity", {"identity": ...}), ("short-identity", {"identity": base["identity"][:-2]}),
        ("upper-identity", {"identity": base["identity"].upper()}), ("number-name", {"name": 1}),
        ("null-relay", {"relay": None}), ("short-seed", {"writer_seed": "00" * 31}), ("long-grant", {"grant": "00" * 65}),
        ("no-prekey", {"prekey": ...}),
    ):  # fmt: skip
        yield case(name, "a field that is not as said", "card fields", **changes)
    yield case(
        "card-list",
        "a card that is a list",
        "card fields",
        record='{"card": "[]", "signature": "%s"}' % ("00" * 64),
    )
    yield case(
        "card-object",
        "a card that is no text",
        "card fields",
        record='{"card": {}, "signature": "%s"}' % ("00" * 64),
    )
    yield case(
        "signature-missing", "no signature", "card fields", record=json.dumps({"card": json.dumps(base)})
    )
    strange = signed(2, secret_prekey(2).prekey.public, identity=STRANGER).to_dict()
    yield case("prekey-stranger", "another's prekey", "prekey signature", prekey=strange)
    yield case(
        "prekey-malformed",
        "a prekey without a time",
        "prekey fields",
        prekey={**base["prekey"], "created": None},
    )
    yield case("signed-by-other", "a signature by another identity", "card proof", signs=STRANGER)
    yield case("other-binding", "from another conversation", "card proof", said_in=seed("binding 2"))
    yield case("creator", "the creator's", role="creator", expects="creator")
    yield case("other-role", "from the other side", "card proof", role="creator")
    yield case("other-role-creator", "and the other way", "card proof", expects="creator")
    yield case("other-grant", "a grant for another key", "card proof", grant=mailbox.grant(box, TO).hex())
    yield case("no-grant", "a grant of zeros", "card proof", grant="00" * 64)
    yield case("self", "this machine's own", "card self", own=RECIPIENT)


# -- envelopes ---------------------------------------------------------------------------------------------


def hpke(secret: SecretPrekey, plaintext: bytes, info: bytes) -> bytes:
    """Seal with ephemeral keys that are always the same."""
    suite, public = secret.prekey.suite, secret.prekey.public[-32:]
    own = X25519PrivateKey.from_private_bytes(seed("ephemeral"))
    ephemeral = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(public))
    if suite == envelope.SUITE_HYBRID:
        first = bytes.fromhex((FOLDER / "mlkem768-ciphertext.txt").read_text(encoding="ascii"))
        key = MLKEM768PrivateKey.from_seed_bytes(secret.private[:64]).decapsulate(first)
        shared = hashlib.sha3_256(key + shared + ephemeral + public + b"\\.//^\\").digest()
        ephemeral = first + ephemeral
    else:
        labels = Labels(b"KEM\0\x20")
        shared = labels.expand(
            labels.extract(b"", b"eae_prk", shared), b"shared_secret", ephemeral + public, 32
        )
    key, nonce = schedule(suite, shared, info)
    return ephemeral + AESGCM(key).encrypt(nonce, plaintext, b"")


CONTENT = b'{"contact": {}}'


class Sealing:
    """An envelope, any part of which can be made wrong."""

    def __init__(self, suite: int = 2, content: bytes = CONTENT, **fields: Any) -> None:
        self.secret = secret_prekey(suite)
        self.head = b"CSE1" + bytes([suite]) + self.secret.prekey.id
        self.content = content
        given = {
            "sender": crypto.public_key(SENDER).hex(), "kind": "contact", "id": "contact", "revision": 0, "sequence": 0,
            "sha256": hashlib.sha256(content).hexdigest(), **fields,
        }  # fmt: skip
        self.fields = {name: value for name, value in given.items() if value is not ...}
        self.header = json.dumps(self.fields, separators=(",", ":")).encode()
        self.signed_for, self.signed_by, self.signed_head = TO, SENDER, self.head
        self.sizes: tuple[int, int] | None = None
        self.padding = b""
        self.info_for = TO

    def inner(self) -> bytes:
        """Return what is sealed."""
        signature = crypto.sign(self.signed_by, "content", self.signed_head, self.signed_for, self.header)
        sizes = self.sizes or (len(self.header), len(self.content))
        whole = struct.pack("!II", *sizes) + self.header + signature + self.content
        return whole + (self.padding or bytes(envelope.padded_size(len(whole)) - len(whole)))

    def sealed(self, inner: bytes | None = None) -> bytes:
        """Return the envelope."""
        info = crypto.frame_parts("envelope", self.head, self.info_for)
        return self.head + hpke(self.secret, self.inner() if inner is None else inner, info)

    def given(self, whole: Any = None) -> dict[str, Any]:
        """Return what an opener has."""
        key = self.secret
        whole = self.sealed() if whole is None else whole
        return {
            "envelope": whole.hex() if isinstance(whole, bytes) else whole, "recipient": TO.hex(),
            "suite": key.prekey.suite, "public": key.prekey.public.hex(), "private": key.private.hex(),
        }  # fmt: skip

    def good(self, name: str, about: str) -> Vector:
        """Return the vector of an envelope that opens."""
        gives = {key: self.fields[key] for key in ("sender", "kind", "id", "revision", "sequence")}
        return Vector(name, about, "envelope", self.given(), gives={**gives, "content": self.content.hex()})

    def bad(self, name: str, about: str, layer: str, whole: Any = None) -> Vector:
        """Return the vector of one that does not."""
        return Vector(name, about, "envelope", self.given(whole), layer=f"envelope {layer}")


def envelopes() -> Iterator[Vector]:
    """Envelopes that open, and that do not."""
    yield Sealing(1).good("hybrid", "suite 1")
    yield Sealing(2).good("x25519", "suite 2")
    yield Sealing(2, b"+++\n", kind="distillation", id=SESSION, revision=7, sequence=12).good(
        "distillation", "a hand-off"
    )
    yield Sealing(2, kind="receipt", id=SESSION, revision=7).good("receipt", "a receipt")
    yield Sealing(2, kind="farewell", id="farewell").good("farewell", "a farewell")
    yield Sealing(2, b"").good("empty", "no content")
    yield Sealing(2, id="x" * 128, revision=2**53 - 1, sequence=2**53 - 1).good(
        "most", "the longest id, the highest numbers"
    )
    yield Sealing(2, later=[1]).good("later", "unknown names in the header")
    padded, unpadded = Sealing(2), Sealing(2)
    padded.padding, unpadded.content = b"\xff" * 99, CONTENT
    yield padded.good("padding", "padding that is not zeros, nor of the size it should have")
    for size in (1, 1024, 1025, 16_384, 20_000, 524_288):
        yield Vector(
            f"padded-{size}",
            "a size with its padding",
            "padded",
            {"size": size},
            gives={"padded": envelope.padded_size(size)},
        )
    yield from broken()
    yield from misread()


def broken() -> Iterator[Vector]:
    """Envelopes that are not opened."""
    for suite, name in ((1, "hybrid-"), (2, "")):
        it = Sealing(suite)
        whole, at = it.sealed(), 13 + (1120 if suite == 1 else 32)
        flips = {"head": ("magic", 0), "suite": ("suite", 4), "id": ("prekey", 5)}
        for key, (part, place) in flips.items():
            yield it.bad(
                f"{name}{key}-flipped", f"a bit of the {part} flipped", "head", flipped(whole, place)
            )
        for key, place in (("key", 13), ("ephemeral", at - 1), ("first", at), ("last", len(whole) - 1)):
            yield it.bad(
                f"{name}{key}-flipped", "a bit flipped in what is sealed", "hpke", flipped(whole, place)
            )
        yield it.bad(f"{name}cut", "cut off", "hpke", whole[:-1])
        yield it.bad(f"{name}key-cut", "cut off in the encapsulated key", "hpke", whole[: at - 1])
        yield it.bad(f"{name}tagless", "nothing but the encapsulated key", "hpke", whole[:at])
        it.info_for = crypto.public_key(STRANGER)
        yield it.bad(f"{name}other-recipient", "sealed for another identity", "hpke")
    it = Sealing(2)
    whole = it.sealed()
    yield it.bad("zeros", "an ephemeral key of low order", "hpke", whole[:13] + bytes(32) + whole[45:])
    yield it.bad("nothing", "nothing", "head", b"")
    yield it.bad("head-only", "nothing but the head", "head", whole[:13])
    yield it.bad("later-version", "another version", "head", b"CSE2" + whole[4:])
    yield it.bad("other-suite", "the other suite for this prekey", "head", whole[:4] + b"\x01" + whole[5:])
    yield it.bad("large", "1,048,577 bytes", "head", long(whole[:13].hex(), "00", 1_048_577 - 13))
    yield it.bad(
        "largest", "1,048,576 bytes that do not open", "hpke", long(whole[:13].hex(), "00", 1_048_576 - 13)
    )


def flipped(data: bytes, at: int) -> bytes:
    """Return data with the lowest bit of one byte flipped."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def misread() -> Iterator[Vector]:
    """Envelopes that open and must not be taken all the same: their sender is hostile."""
    header = len(Sealing().header)
    for name, about, sizes in (
        ("header-beyond", "a header beyond the end", (2**32 - 1, 0)), ("content-beyond", "a content beyond the end", (header, 2**32 - 1)),
        ("content-large", "a content of more than 512 KiB", (header, 524_289)), ("signature-beyond", "no room for a signature", (1016 - 63, 0)),
    ):  # fmt: skip
        it = Sealing()
        it.sizes = sizes
        yield it.bad(name, about, "inner")
    yield Sealing().bad("inner-empty", "nothing inside", "inner", Sealing().sealed(b""))
    yield Sealing().bad("inner-short", "seven bytes inside", "inner", Sealing().sealed(bytes(7)))
    for name, about, header_bytes in (
        ("header-empty", "no header", b""), ("header-list", "a list", b"[]"), ("header-cut", "JSON that is cut off", b'{"sender":'),
        ("header-bom", "a byte order mark", b"\xef\xbb\xbf" + Sealing().header), ("header-not-utf8", "not UTF-8", b'{"x":"\xff"}'),
        ("header-utf16", "UTF-16", Sealing().header.decode().encode("utf-16-le")), ("header-deep", "nested too deeply", b"[" * 60_000),
    ):  # fmt: skip
        it = Sealing()
        it.header = header_bytes
        yield it.bad(name, about, "fields")
    sender = crypto.public_key(SENDER).hex()
    wrong: list[tuple[str, str, dict[str, Any]]] = [
        ("kind-unknown", "a kind that is none", {"kind": "command"}), ("kind-number", "a number for a kind", {"kind": 1}),
        ("id-empty", "an empty id", {"id": ""}), ("id-long", "an id of 129 characters", {"id": "x" * 129}),
        ("id-number", "a number for an id", {"id": 7}), ("revision-true", "true for a revision", {"revision": True}),
        ("revision-negative", "a negative revision", {"revision": -1}), ("revision-large", "a revision of 2^53", {"revision": 2**53}),
        ("revision-fraction", "a fraction", {"revision": 1.0}), ("sequence-text", "a text for a sequence", {"sequence": "1"}),
        ("sequence-missing", "no sequence", {"sequence": ...}), ("sender-missing", "no sender", {"sender": ...}),
        ("sender-short", "a short sender", {"sender": sender[:-2]}), ("sender-upper", "upper case", {"sender": sender.upper()}),
        ("hash-missing", "no hash", {"sha256": ...}), ("hash-upper", "an upper-case hash", {"sha256": "AA" * 32}),
        ("hash-short", "a short hash", {"sha256": "00" * 31}),
    ]  # fmt: skip
    for name, about, fields in wrong:
        yield Sealing(**fields).bad(name, about, "fields")
    forged, moved, other, named = (
        Sealing(),
        Sealing(),
        Sealing(),
        Sealing(sender=crypto.public_key(STRANGER).hex()),
    )
    forged.signed_by, moved.signed_for = STRANGER, crypto.public_key(STRANGER)
    other.signed_head = b"CSE1\x01" + bytes(8)
    yield forged.bad("forged", "signed by another", "signature")
    yield named.bad("named", "another named as the sender", "signature")
    yield moved.bad("moved", "signed for another recipient and sealed anew", "signature")
    yield other.bad("other-head", "signed for another prekey", "signature")
    yield Sealing(sender="01" + "00" * 31).bad(
        "weak-sender", "a sender that is a point of low order", "signature"
    )
    swapped = Sealing()
    swapped.content = CONTENT[:-1] + b" "
    yield swapped.bad("other-content", "another content under the signature", "content")
    short = Sealing()
    short.sizes = (header, len(CONTENT) - 1)
    yield short.bad("shorter-content", "the content without its last byte", "content")


def new_ciphertext() -> str:
    """Return an ML-KEM ciphertext for the test prekey; only for making `mlkem768-ciphertext.txt` once."""
    kem = MLKEM768PrivateKey.from_seed_bytes(secret_prekey(1).private[:64])
    return kem.public_key().encapsulate()[1].hex()
