"""Make the vectors again, byte for byte: `python -m tests.vectors.make`.

Every key comes from a name, and everything random from those; nothing in them was ever used for anything else.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

from spread.protocol import crypto, mailbox, wire
from spread.protocol.wire import Message
from spread.protocol.words import WORDS
from tests.vectors import FOLDER


class Vector(NamedTuple):
    """One file: `layer` is the one that must refuse, or `gives` is what comes out."""

    name: str
    about: str
    do: str
    given: dict[str, Any]
    layer: str = ""
    gives: dict[str, Any] | None = None

    def text(self) -> str:
        """Return the file."""
        assert bool(self.layer) != (self.gives is not None), self.name
        end = {"layer": self.layer} if self.layer else {"gives": self.gives}
        return json.dumps({"about": self.about, "do": self.do, "given": self.given, **end}, indent=1) + "\n"


def seed(name: str, size: int = 32) -> bytes:
    """Return test bytes that are always the same."""
    out = b""
    while len(out) < size:
        out += hashlib.sha256(f"claude-spread test key {name} {len(out)}".encode()).digest()
    return out[:size]


def long(begin: str, repeat: str, times: int, end: str = "") -> dict[str, Any]:
    """Return a long string in the short form."""
    return {"begin": begin, "repeat": repeat, "times": times, "end": end}


# -- conventions -------------------------------------------------------------------------------------------


def conventions() -> Iterator[Vector]:
    """The building blocks."""
    for name, label, parts in (
        ("none", "card", []), ("two", "put", [b"a", b""]), ("nul", "open", [b"\0" * 3, "é".encode()]),
    ):  # fmt: skip
        yield Vector(
            f"parts-{name}", "label and parts as one string", "parts",
            {"label": label, "parts": [part.hex() for part in parts]}, gives={"bytes": crypto.frame_parts(label, *parts).hex()},
        )  # fmt: skip
    secret, salt = seed("secret"), seed("salt")
    yield Vector(
        "derive", "a key by its label", "derive", {"secret": secret.hex(), "salt": salt.hex(), "label": "room binding"},
        gives={"key": crypto.derive(secret, salt, "room binding").hex()},
    )  # fmt: skip
    tag = crypto.digest("lan tag", crypto.public_key(seed("box")), b"0123456789abcdef")[:8]
    yield Vector(
        "lan-tag", "the tag of a listener", "lan-tag",
        {"mailbox": crypto.public_key(seed("box")).hex(), "nonce": "0123456789abcdef"}, gives={"tag": tag.hex()},
    )  # fmt: skip


# -- messages ----------------------------------------------------------------------------------------------


def binary(header: bytes, body: bytes = b"", size: int | None = None) -> dict[str, Any]:
    """Return a binary frame, its header length right unless told otherwise."""
    return {"hex": ((len(header) if size is None else size).to_bytes(4, "big") + header + body).hex()}


def frames() -> Iterator[Vector]:
    """Frames to messages."""
    good: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("text", "a message without a body", {"text": '{"type": "JOIN_ROOM", "room_id": "a7f3b2"}'},
         {"type": "JOIN_ROOM", "fields": {"room_id": "a7f3b2"}, "body": None}),
        ("binary", "a message with a body", binary(b'{"type": "MAIL", "seq": 7}', b"\0body"),
         {"type": "MAIL", "fields": {"seq": 7}, "body": b"\0body".hex()}),
        ("no-body", "an empty body is a body", binary(b'{"type": "MAIL"}'), {"type": "MAIL", "fields": {}, "body": ""}),
        ("escape", "escapes in a name are the name", {"text": '{"\\u0074ype": "HEL\\u004cO"}'},
         {"type": "HELLO", "fields": {}, "body": None}),
        ("unknown", "an unknown type is a message", {"text": '{"type": "LATER", "x": [1, {}]}'},
         {"type": "LATER", "fields": {"x": [1, {}]}, "body": None}),
        ("largest", "a header of 16,384 bytes", {"text": long('{"type": "X", "x": "', "x", 16_362, '"}')},
         {"type": "X", "fields": {"x": long("", "x", 16_362)}, "body": None}),
    ]  # fmt: skip
    for name, about, given, gives in good:
        yield Vector(name, about, "frame", given, gives=gives)
    utf16 = '{"type": "X"}'.encode("utf-16-le")
    bad: list[tuple[str, str, dict[str, Any]]] = [
        ("empty-text", "an empty text frame", {"text": ""}),
        ("empty", "an empty binary frame", {"hex": ""}),
        ("no-json", "no JSON", {"text": "hello"}),
        ("cut", "JSON that is cut off", {"text": '{"type": "HELLO"'}),
        ("trailing", "something after the object", {"text": '{"type": "HELLO"} x'}),
        ("list", "a list is no object", {"text": '[{"type": "HELLO"}]'}),
        ("no-type", "no type", {"text": '{"version": 1}'}),
        ("type-number", "a type that is no string", {"text": '{"type": 1}'}),
        ("type-null", "a type that is null", {"text": '{"type": null}'}),
        ("deep", "nested too deeply for anyone", {"text": long('{"type": "X", "x": ', "[", 16_000)}),
        ("large-text", "a header of 16,385 bytes in a text frame", {"text": long('{"type": "X", "x": "', "x", 16_363, '"}')}),
        ("large", "a header of 16,385 bytes in a binary frame",
         {"hex": long((16_385).to_bytes(4, "big").hex() + b'{"type": "X"}'.hex(), "20", 16_372)}),
        ("short", "three bytes", {"hex": "000000"}),
        ("beyond", "a header length beyond the end", binary(b'{"type": "X"}', size=14)),
        ("huge", "a header length of 4 GiB", binary(b'{"type": "X"}', size=2**32 - 1)),
        ("not-utf8", "a header that is not UTF-8", binary(b'{"type": "\xff"}')),
        ("bom", "a byte order mark", binary(b'\xef\xbb\xbf{"type": "X"}')),
        ("utf16", "a header in UTF-16", binary(utf16)),
    ]  # fmt: skip
    for name, about, given in bad:
        yield Vector(name, about, "frame", given, layer="wire")


def fields() -> Iterator[Vector]:
    """Fields of messages."""
    key = seed("key").hex()
    for name, size, value in (("key", 32, key), ("proof", 64, key + key), ("text", None, "a7f3b2")):
        told: dict[str, Any] = {"text": json.dumps({"type": "X", "f": value}), "name": "f", "size": size}
        yield Vector(name, "a field as it should be", "field", told, gives={"value": value})
    given: dict[str, Any] = {"text": long('{"type": "X", "f": "', "é", 1024, '"}'), "name": "f", "size": None}
    yield Vector("text-longest", "1,024 characters", "field", given, gives={"value": long("", "é", 1024)})
    bad: list[tuple[str, str, int | None, Any]] = [
        ("missing", "a missing field", 32, ...), ("null", "null for bytes", 32, None), ("number", "a number for bytes", 32, 1),
        ("upper", "upper-case hex", 32, key.upper()), ("odd", "half a byte missing", 32, key[:-1]),
        ("short-key", "a byte missing", 32, key[:-2]), ("long-key", "a byte too many", 32, key + "00"),
        ("blank", "a blank between bytes", 32, key[:30] + " " + key[31:]), ("no-hex", "no hex", 32, "x" * 64),
        ("wide-digits", "digits of another script", 32, "\uff11" * 64), ("list-text", "a list for a text", None, ["a"]),
        ("true", "a boolean for a text", None, True), ("text-long", "1,025 characters", None, "x" * 1025),
    ]  # fmt: skip
    for name, about, size, value in bad:
        message = {"type": "X"} if value is ... else {"type": "X", "f": value}
        yield Vector(
            name, about, "field", {"text": json.dumps(message), "name": "f", "size": size}, layer="fields"
        )
    yield from deletions()


def deletions() -> Iterator[Vector]:
    """The items of `DELETE`."""
    id_ = seed("id", 16).hex()
    for name, about, items in (
        ("delete-one", "one item", [[id_, 1]]), ("delete-none", "no item", []), ("delete-zero", "seq 0", [[id_, 0]]),
        ("delete-most", "256 items, the highest seq", [[id_, 2**63 - 1]] * 256),
    ):  # fmt: skip
        given = {"text": json.dumps({"type": "DELETE", "items": items})}
        yield Vector(name, about, "deletions", given, gives={"items": items})
    bad: list[tuple[str, str, Any]] = [
        ("delete-many", "257 items", [[id_, 1]] * 257), ("delete-object", "an object for the list", {id_: 1}),
        ("delete-null", "null for the list", None), ("delete-three", "three things in an item", [[id_, 1, 1]]),
        ("delete-flat", "an item that is no list", [id_, 1]), ("delete-upper", "an id in upper case", [[id_.upper(), 1]]),
        ("delete-short", "a short id", [[id_[:-2], 1]]), ("delete-true", "true for a seq", [[id_, True]]),
        ("delete-negative", "a negative seq", [[id_, -1]]), ("delete-high", "a seq of 2^63", [[id_, 2**63]]),
        ("delete-fraction", "a seq with a fraction", [[id_, 1.0]]), ("delete-text", "a seq as text", [[id_, "1"]]),
        ("delete-bad-last", "one bad item among good ones", [[id_, 1], [id_, 2], [id_, None]]),
    ]  # fmt: skip
    for name, about, wrong in bad:
        given = {"text": json.dumps({"type": "DELETE", "items": wrong})}
        yield Vector(name, about, "deletions", given, layer="fields")


# -- mailboxes ---------------------------------------------------------------------------------------------

BOX, WRITER, OTHER = seed("box"), seed("writer"), seed("other")
NONCE, AUDIENCE, ID, BODY = (
    seed("nonce"),
    "relay.example:9784",
    seed("id", 16),
    b"CSE1 as far as a server is concerned",
)


def mailboxes() -> Iterator[Vector]:
    """`PUT`, and all proofs."""
    box = crypto.public_key(BOX)
    grant = mailbox.grant(BOX, crypto.public_key(WRITER))
    put = mailbox.put_message(box, WRITER, grant, NONCE, AUDIENCE, ID, BODY)

    def case(
        name: str, about: str, layer: str, message: Message = put, nonce: bytes = NONCE, audience: str = AUDIENCE,
        **changed: str,
    ) -> Vector:  # fmt: skip
        frame = wire.encode(Message(message.type, {**message.fields, **changed}, message.body))
        assert isinstance(frame, bytes)
        given = {"frame": frame.hex(), "nonce": nonce.hex(), "audience": audience}
        gives = None if layer else {"id": message.fields["id"]}
        return Vector(name, about, "put", given, layer, gives)

    strangers = mailbox.put_message(box, OTHER, grant, NONCE, AUDIENCE, ID, BODY)
    theirs = mailbox.put_message(
        box, OTHER, mailbox.grant(OTHER, crypto.public_key(OTHER)), NONCE, AUDIENCE, ID, BODY
    )
    elsewhere = mailbox.put_message(
        crypto.public_key(OTHER),
        WRITER,
        mailbox.grant(OTHER, crypto.public_key(WRITER)),
        NONCE,
        AUDIENCE,
        ID,
        BODY,
    )
    empty = mailbox.put_message(box, WRITER, grant, NONCE, AUDIENCE, ID, b"")
    yield case("put", "a PUT that holds", "")
    yield case("put-empty", "so does one of an empty body", "", empty)
    yield case("put-elsewhere", "and one into another mailbox with its own grant", "", elsewhere)
    yield case("put-other-type", "another type", "fields", Message("MAIL", put.fields, BODY))
    yield case("put-short-proof", "a short proof", "fields", proof=put.fields["proof"][:-2])
    yield case("put-upper", "a writer in upper case", "fields", writer=put.fields["writer"].upper())
    yield case("put-stranger", "another writer with this grant", "mailbox grant", strangers)
    yield case("put-own-grant", "a grant of the writer's own making", "mailbox grant", theirs)
    yield case(
        "put-other-box",
        "the grant of another mailbox",
        "mailbox grant",
        mailbox=crypto.public_key(OTHER).hex(),
    )
    yield case("put-no-grant", "a grant of zeros", "mailbox grant", grant="00" * 64)
    yield case(
        "put-weak-box", "a mailbox that is a point of low order", "mailbox grant", mailbox="01" + "00" * 31
    )
    yield case("put-other-nonce", "a proof of another connection", "mailbox proof", nonce=OTHER)
    yield case("put-other-host", "a proof for another server", "mailbox proof", audience="relay.example")
    yield case("put-other-id", "another id", "mailbox proof", id=seed("id 2", 16).hex())
    yield case("put-other-body", "another body", "mailbox proof", Message("PUT", put.fields, BODY + b"."))
    yield case("put-no-proof", "a proof of zeros", "mailbox proof", proof="00" * 64)
    yield case("put-grant-as-proof", "the grant for a proof", "mailbox proof", proof=grant.hex())
    yield from proofs(box)


def proofs(box: bytes) -> Iterator[Vector]:
    """Proofs that are not a writer's."""
    writer = crypto.public_key(WRITER)
    base: dict[str, dict[str, Any]] = {
        "open": {"nonce": NONCE.hex(), "audience": AUDIENCE, "proof": mailbox.open_proof(BOX, NONCE, AUDIENCE).hex()},
        "revoke": {
            "nonce": NONCE.hex(), "audience": AUDIENCE, "writer": writer.hex(),
            "proof": mailbox.revoke_proof(BOX, NONCE, AUDIENCE, writer).hex(),
        },
        "listener": {
            "challenge": seed("challenge").hex(), "nonce": NONCE.hex(), "audience": AUDIENCE,
            "proof": mailbox.listener_proof(BOX, seed("challenge"), NONCE, AUDIENCE).hex(),
        },
        "stored": {
            "writer": writer.hex(), "id": ID.hex(), "body": BODY.hex(),
            "proof": mailbox.stored_proof(BOX, writer, ID, BODY).hex(),
        },
    }  # fmt: skip
    swapped = {
        "open": mailbox.revoke_proof(BOX, NONCE, AUDIENCE, writer), "revoke": mailbox.open_proof(BOX, NONCE, AUDIENCE),
        "listener": mailbox.open_proof(BOX, NONCE, AUDIENCE), "stored": mailbox.grant(BOX, writer),
    }  # fmt: skip
    layers = {
        "open": "mailbox proof",
        "revoke": "mailbox proof",
        "listener": "listener proof",
        "stored": "stored proof",
    }
    for kind, given in base.items():
        whole = {"kind": kind, "mailbox": box.hex(), **given}
        yield Vector(f"{kind}", f"a proof of {kind} that holds", "proof", whole, gives={})
        for name in given:
            if name == "proof":
                wrong: dict[str, Any] = {"proof": swapped[kind].hex()}
            elif name == "audience":
                wrong = {"audience": "relay.example:443"}
            else:
                wrong = {name: seed("another", len(given[name]) // 2).hex()}
            yield Vector(f"{kind}-other-{name}", f"another {name}", "proof", {**whole, **wrong}, layers[kind])
        stranger = {**whole, "mailbox": crypto.public_key(OTHER).hex()}
        yield Vector(f"{kind}-other-mailbox", "another mailbox", "proof", stranger, layers[kind])


def main() -> None:
    """Write everything anew."""
    from tests.vectors import make_distillations, make_envelopes, make_rooms

    groups = {
        "conventions": conventions(), "frames": frames(), "fields": fields(), "mailboxes": mailboxes(),
        **make_rooms.groups(), **make_envelopes.groups(), "distillations": make_distillations.distillations(),
    }  # fmt: skip
    (FOLDER / "words.txt").write_text("\n".join(WORDS) + "\n", encoding="ascii")
    for group, vectors in groups.items():
        folder = FOLDER / group
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for vector in vectors:
            path = folder / f"{vector.name}.json"
            assert not path.exists(), path
            path.write_text(vector.text(), encoding="ascii")


if __name__ == "__main__":
    main()
