"""Vectors of codes, rooms, shares and pairing."""

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from spread.protocol import crypto, pairing, room
from spread.protocol.room import Conversation, Data, Opened, Reply, Role
from spread.protocol.words import WORDS, pick
from tests.vectors.make import Vector, seed

ROOM = "a7f3b2"
CODE = room.code_secret("amber-tiger-lamp")
P = 2**255 - 19


def groups() -> dict[str, Iterable[Vector]]:
    """Return the vectors by folder."""
    return {"codes": codes(), "rooms": rooms(), "shares": [*announcements(), *acceptances()]}


# -- codes -------------------------------------------------------------------------------------------------


def codes() -> Iterator[Vector]:
    """What people type, and what is drawn and shown."""
    whole = {"room": ROOM, "words": "amber-tiger-lamp"}
    for name, text, gives in (
        ("plain", "a7f3b2-amber-tiger-lamp", whole), ("case", "A7F3B2-Amber-TIGER-lamp", whole),
        ("loose", "  a7f3b2 amber__tiger -- lamp- ", whole), ("room-only", "A7f3b2", {"room": ROOM, "words": ""}),
    ):  # fmt: skip
        yield Vector(name, "a code as typed", "code", {"text": text}, gives=gives)
    for name, about, text, layer in (
        ("empty", "nothing", "", "code"), ("separators", "separators only", " - _", "code"),
        ("short-room", "five characters", "a7f3b-amber-tiger-lamp", "code"),
        ("long-room", "seven characters", "a7f3b2c-amber-tiger-lamp", "code"),
        ("letters", "a letter that is not of ASCII", "a7f3b\u00e9-amber-tiger-lamp", "code"),
        ("digits", "a digit that is not of ASCII", "a7f3b\u0663-amber-tiger-lamp", "code"),
        ("no-room", "no room", "amber-tiger-lamp", "code"), ("two-words", "a word missing", "a7f3b2-amber-tiger", "code"),
        ("four-words", "a word too many", "a7f3b2-amber-tiger-lamp-amber", "code"),
        ("unknown-word", "a word that is none", "a7f3b2-amber-tigre-lamp", "words"),
        ("unknown-first", "two words and one that is none", "a7f3b2-xx-amber", "words"),
        ("word-parts", "a part of a word", "a7f3b2-amber-tiger-lam", "words"),
    ):  # fmt: skip
        yield Vector(name, about, "code", {"text": text}, layer=layer)
    limit = 65536 - 65536 % len(WORDS)
    for name, about, random in (
        ("draw", "three words of random bytes", seed("words", 6)),
        ("draw-edges", "the first word, the last draw that counts, and the first word again", bytes(2) + (limit - 1).to_bytes(2, "big") + len(WORDS).to_bytes(2, "big")),
        ("draw-again", "draws that would favour the first words are thrown away", limit.to_bytes(2, "big") + b"\xff\xff" + seed("words", 6)),
    ):  # fmt: skip
        given = {"random": random.hex(), "count": 3}
        yield Vector(name, about, "draw", given, gives={"words": pick(3, io.BytesIO(random).read)})
    one, other = crypto.public_key(seed("one")), crypto.public_key(seed("other"))
    binding, nonces = seed("binding"), (seed("creator nonce"), seed("joiner nonce"))
    for name, both, order in (
        ("check-words", (one, other), nonces), ("check-words-swapped", (other, one), nonces),
        ("check-words-nonces", (one, other), nonces[::-1]),
    ):  # fmt: skip
        given = {"binding": binding.hex(), "identities": [key.hex() for key in both]}
        given |= {"creator_nonce": order[0].hex(), "joiner_nonce": order[1].hex()}
        shown = pairing.words(binding, both, *order)
        yield Vector(name, "the four words on both screens", "check-words", given, gives={"words": shown})
    promise = pairing.commitment(binding, "{}", nonces[1])
    for name, about, card, nonce in (
        ("commitment", "a card as promised", "{}", nonces[1]), ("commitment-card", "another card", "{ }", nonces[1]),
        ("commitment-nonce", "another nonce", "{}", nonces[0]),
    ):  # fmt: skip
        given = {"binding": binding.hex(), "commitment": promise.hex(), "card": card, "nonce": nonce.hex()}
        holds = name == "commitment"
        layer = "" if holds else "commitment"
        yield Vector(name, about, "commitment", given, layer, {"card": card} if holds else None)
    yield Vector(
        "password", "of a code", "password", {"words": "amber-tiger-lamp"}, gives={"password": CODE.hex()}
    )
    for name, phrase, room_id in (
        ("passphrase", "correct horse", ROOM),
        ("passphrase-utf8", "p\u00e4sse zw\u00f6lf", "zzzzzz"),
    ):
        secret = room.passphrase_secret(phrase, room_id)
        yield Vector(
            name, "of a passphrase", "password", {"passphrase": phrase, "room": room_id}, gives={"password": secret.hex()}
        )  # fmt: skip


# -- rooms -------------------------------------------------------------------------------------------------


def talk(role: Role, *, purpose: str = "share", code: bytes = CODE, name: str = "") -> Conversation:
    """Return a conversation whose scalar is always the same."""
    return Conversation(role, purpose, ROOM, code, lambda size: seed(f"scalar {role.value} {name}", size))


class Told:
    """One side and all it was sent; `vector` is what became of it."""

    def __init__(self, role: Role, *, purpose: str = "share", code: bytes = CODE) -> None:
        self.talk = talk(role, purpose=purpose, code=code)
        self.given = {
            "role": role.value, "purpose": purpose, "room": ROOM, "password": code.hex(),
            "random": seed(f"scalar {role.value} ", 64).hex(),
        }  # fmt: skip
        self.sent = [self.talk.start()]
        self.events: list[Any] = []
        self.frames: list[Any] = []
        self.says: list[dict[str, Any]] = []

    def hear(self, *frames: bytes) -> "Told":
        """Take frames that hold."""
        for frame in frames:
            events = self.talk.receive(frame)
            self.frames.append(frame.hex())
            self.events += events
            self.sent += [event.frame for event in events if isinstance(event, Reply)]
        return self

    def say(self, plaintext: bytes, final: bool) -> bytes:
        """Send a chunk."""
        frame = self.talk.seal(plaintext, final=final)
        self.says.append({"plaintext": plaintext.hex(), "final": final})
        self.sent.append(frame)
        return frame

    def good(self, name: str, about: str) -> Vector:
        """Return the vector of what came so far."""
        binding = next((event.binding.hex() for event in self.events if isinstance(event, Opened)), None)
        records = [
            {"plaintext": e.plaintext.hex(), "final": e.final} for e in self.events if isinstance(e, Data)
        ]
        gives = {"sent": [frame.hex() for frame in self.sent], "binding": binding, "records": records}
        return Vector(
            name, about, "room", {**self.given, "frames": self.frames, "say": self.says}, gives=gives
        )

    def bad(self, name: str, about: str, layer: str, *last: Any) -> Vector:
        """Return the vector in which the last frame is refused."""
        frames = [frame.hex() if isinstance(frame, bytes) else frame for frame in last]
        given = {**self.given, "frames": [*self.frames, *frames], "say": self.says}
        return Vector(name, about, "room", given, layer=f"room {layer}")


def hello_of(side: Role, /, **changes: Any) -> bytes:
    """Return a hello but for some fields; `...` leaves one out."""
    fields = {**json.loads(talk(side).start()[1:]), **changes}
    return b"\x01" + json.dumps({name: value for name, value in fields.items() if value is not ...}).encode()


def met(purpose: str = "share", code: bytes = CODE) -> tuple[Told, Told]:
    """Return creator and joiner, both open."""
    creator, joiner = (
        Told(Role.CREATOR, purpose=purpose, code=code),
        Told(Role.JOINER, purpose=purpose, code=code),
    )
    joiner.hear(creator.sent[0])
    creator.hear(joiner.sent[0], joiner.sent[1])
    joiner.hear(creator.sent[1])
    return creator, joiner


def rooms() -> Iterator[Vector]:
    """The conversation in a room."""
    yield from meetings()
    yield from hellos()
    yield from elements()
    yield from proofs()
    yield from chunks()


def meetings() -> Iterator[Vector]:
    """Conversations that go well."""
    creator, joiner = met()
    yield creator.good("creator", "a creator that opens")
    yield joiner.good("joiner", "a joiner that opens")
    for side in met("pair", room.passphrase_secret("correct horse", ROOM)):
        yield side.good(f"passphrase-{side.given['role']}", "pairing with a passphrase")
    yield Told(Role.CREATOR).good("greeted", "a creator that has greeted")
    yield (
        Told(Role.CREATOR)
        .hear(hello_of(Role.JOINER))
        .good("creator-proving", "a creator says nothing before the proof")
    )
    yield Told(Role.JOINER).hear(hello_of(Role.CREATOR)).good("joiner-proving", "a joiner proves first")
    later = hello_of(Role.JOINER, versions=[3, 1, "x"], extra={"new": True})
    yield Told(Role.CREATOR).hear(later).good("later-versions", "later versions and unknown names do no harm")
    creator, joiner = met()
    joiner.hear(creator.say(b'{"kind": "text"}', False), creator.say(b"", False), creator.say(b"end", True))
    creator.hear(joiner.say(b'{"accept": true}', False), joiner.say(b"{}", True))
    yield creator.good("records-creator", "records both ways, to the final ones")
    yield joiner.good("records-joiner", "records both ways, to the final ones")
    creator, joiner = met()
    joiner.hear(creator.say(bytes(65_536), True))
    yield joiner.good("largest-chunk", "65,536 bytes in one chunk")


def hellos() -> Iterator[Vector]:
    """Frames out of place, and hellos that do not fit."""
    creator = Told(Role.CREATOR)
    raw = hello_of(Role.JOINER)
    for name, about, layer, frame in (
        ("text", "a text frame", "frame", {"text": raw[1:].decode()}), ("nothing", "an empty frame", "frame", b""),
        ("kind-0", "a kind that is none", "frame", b"\0" + raw[1:]), ("kind-6", "another", "frame", b"\x06"),
        ("early-proof", "a proof before the hello", "frame", b"\x02" + bytes(32)),
        ("early-chunk", "a chunk before the hello", "frame", b"\x03" + bytes(32)),
        ("hello-empty", "an empty hello", "hello", b"\x01"), ("hello-list", "a list", "hello", b"\x01[]"),
        ("hello-cut", "a hello that is cut off", "hello", raw[:-1]),
        ("hello-bom", "a byte order mark", "hello", b"\x01\xef\xbb\xbf" + raw[1:]),
        ("hello-utf16", "UTF-16", "hello", b"\x01" + raw[1:].decode().encode("utf-16-le")),
        ("hello-deep", "nested too deeply", "hello", b'\x01{"a": ' + b"[" * 4000),
        ("hello-large", "4,097 bytes", "hello", raw + b" " * (4098 - len(raw))),
        ("hello-role", "the role of this side", "hello", hello_of(Role.JOINER, role="creator")),
        ("hello-role-new", "a role that is none", "hello", hello_of(Role.JOINER, role="relay")),
        ("hello-room", "another room", "hello", hello_of(Role.JOINER, room="zzzzzz")),
        ("hello-purpose-new", "a purpose that is none", "hello", hello_of(Role.JOINER, purpose="sync")),
        ("hello-no-pake", "no pake", "hello", hello_of(Role.JOINER, pake=...)),
        ("hello-pake-null", "null for the pake", "hello", hello_of(Role.JOINER, pake=None)),
        ("hello-no-room", "no room", "hello", hello_of(Role.JOINER, room=...)),
        ("hello-versions-number", "a number for the versions", "hello", hello_of(Role.JOINER, versions=1)),
        ("version-later", "later versions only", "version", hello_of(Role.JOINER, versions=[2, 3])),
        ("version-none", "no version", "version", hello_of(Role.JOINER, versions=[])),
        ("version-true", "true is no 1", "version", hello_of(Role.JOINER, versions=[True])),
        ("version-text", "nor is a text", "version", hello_of(Role.JOINER, versions=["1"])),
        ("purpose", "pairing in a room for a share", "purpose", hello_of(Role.JOINER, purpose="pair")),
        ("version-first", "the version is looked at before purpose and pake", "version",
         hello_of(Role.JOINER, versions=[2], purpose="pair", pake="")),
        ("purpose-before-pake", "the purpose before the pake", "purpose", hello_of(Role.JOINER, purpose="pair", pake="")),
        ("failure", "the other side stops", "failure", room.failure("cancelled")),
        ("failure-text", "or says nonsense", "failure", b"\x05\xff\x1b[2J"),
    ):  # fmt: skip
        yield creator.bad(name, about, layer, frame)
    yield Told(Role.JOINER).bad("self", "the joiner's own hello", "hello", Told(Role.JOINER).sent[0])


def elements() -> Iterator[Vector]:
    """SPAKE2 messages that must be refused."""
    creator = Told(Role.CREATOR)
    own = json.loads(creator.sent[0][1:])["pake"]
    theirs = json.loads(hello_of(Role.JOINER)[1:])["pake"]
    order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    for name, about, pake in (
        ("pake-empty", "nothing", ""), ("pake-short", "a byte missing", theirs[:-2]), ("pake-long", "a byte too many", theirs + "00"),
        ("pake-upper", "upper-case hex", theirs.upper()), ("pake-blank", "blanks between bytes", theirs[:2] + " " + theirs[2:]),
        ("pake-side", "this side's byte", "41" + theirs[2:]), ("pake-symmetric", "a side that is none", "53" + theirs[2:]),
        ("pake-neutral", "the neutral element", "42" + "01" + "00" * 31),
        ("pake-neutral-signed", "the neutral element with a sign", "42" + "01" + "00" * 30 + "80"),
        ("pake-order-2", "a point of order 2", "42" + (P - 1).to_bytes(32, "little").hex()),
        ("pake-order-4", "a point of order 4", "42" + "00" * 32), ("pake-order-8", "a point of order 8", "42" + order_8),
        ("pake-not-reduced", "the neutral element, not reduced", "42" + (P + 1).to_bytes(32, "little").hex()),
        ("pake-high", "all bits set", "42" + "ff" * 32), ("pake-off-curve", "no point", "42" + off_curve().hex()),
        ("pake-torsion", "a point of the whole curve's order", "42" + with_torsion().hex()),
        ("pake-reflected", "this side's own point", "42" + own[2:]),
    ):  # fmt: skip
        yield creator.bad(name, about, "pake", hello_of(Role.JOINER, pake=pake))


def off_curve() -> bytes:
    """Return a canonical y without a point."""
    from tests.second_reader.rooms import decode

    return next(raw for y in range(2, 99) if decode(raw := y.to_bytes(32, "little")) is None)


def with_torsion() -> bytes:
    """Return the joiner's own point plus one of order 8."""
    from tests.second_reader.rooms import add, decode, encode

    point = decode(bytes.fromhex(json.loads(hello_of(Role.JOINER)[1:])["pake"])[1:])
    eighth = decode(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
    assert point is not None
    assert eighth is not None
    return encode(add(point, eighth))


def proofs() -> Iterator[Vector]:
    """Proofs that do not hold."""
    creator, joiner = met()
    hers, his = creator.sent[1], joiner.sent[1]
    waiting = Told(Role.CREATOR).hear(joiner.sent[0])
    other = Told(Role.JOINER, code=room.code_secret("amber-tiger-lion")).hear(waiting.sent[0])
    for name, about, proof in (
        ("proof-zeros", "zeros", b"\x02" + bytes(32)), ("proof-short", "a byte missing", his[:-1]),
        ("proof-long", "a byte too many", his + b"\0"), ("proof-empty", "nothing", b"\x02"),
        ("proof-flipped", "a bit flipped", his[:-1] + bytes([his[-1] ^ 1])), ("proof-swapped", "the creator's own", hers),
        ("proof-other-session", "that of another session", b"\x02" + seed("proof")),
    ):  # fmt: skip
        yield waiting.bad(name, about, "proof", proof)
    yield (
        Told(Role.CREATOR)
        .hear(other.sent[0])
        .bad("wrong-code", "a joiner with another code", "proof", other.sent[1])
    )
    stripped = hello_of(Role.JOINER, versions=[1])
    yield Told(Role.CREATOR).hear(stripped).bad("rewritten", "a hello spelled anew on the way", "proof", his)
    listening = Told(Role.JOINER).hear(creator.sent[0])
    yield listening.bad("proof-reflected", "the joiner's own proof", "proof", his)
    yield listening.bad("proof-wrong-creator", "a creator without the code", "proof", b"\x02" + bytes(32))
    for name, about, layer, frame in (
        ("hello-twice", "a second hello", "frame", creator.sent[0]), ("chunk-before-proof", "a chunk", "frame", b"\x03" + bytes(20)),
        ("proof-text", "a text frame", "frame", {"text": "{}"}), ("refused", "a failure", "failure", room.failure("confirmation")),
        ("burned", "the third", "failure", room.failure("burned")), ("failure-empty", "without a reason", "failure", b"\x05{}"),
    ):  # fmt: skip
        yield listening.bad(name, about, layer, frame)
    yield met()[0].bad("proof-twice", "a second proof", "frame", his)


def chunks() -> Iterator[Vector]:
    """Chunks that are not the next of their stream."""
    creator, joiner = met()
    one, two, last = (creator.talk.seal(text, final=text == b"last") for text in (b"one", b"two", b"last"))
    own = met()[1].talk.seal(b"own")
    sender = met()[0].talk._out
    assert sender is not None
    large = b"\x03" + sender.seal(bytes(65_537))  # sealed as the next chunk: only its size is wrong
    strange = met(code=room.code_secret("amber-tiger-lion"))[0].talk.seal(b"one")
    for name, about, frames in (
        ("chunk-flipped", "a bit flipped", [one[:-1] + bytes([one[-1] ^ 1])]), ("chunk-cut", "cut off", [one[:-1]]),
        ("chunk-empty", "nothing", [b"\x03"]), ("chunk-tagless", "shorter than a tag", [one[:16]]),
        ("chunk-skipped", "one left out", [two]), ("chunk-other-session", "of another session", [strange]),
        ("chunk-reflected", "this side's own", [own]), ("chunk-as-final", "taken for the final one", [b"\x04" + one[1:]]),
        ("chunk-large", "65,537 bytes of plaintext", [large]),
    ):  # fmt: skip
        yield joiner.bad(name, about, "chunk", *frames)
    for name, about, before, frame in (
        ("chunk-twice", "the same again", [one], one), ("chunk-swapped", "the first after it", [one, two], one),
        ("chunk-unfinal", "the final one taken for another", [one, two], b"\x03" + last[1:]),
        ("chunk-after-final", "one after the final one", [one, two, last], one),
        ("chunk-final-twice", "the final one again", [one, two, last], last),
    ):  # fmt: skip
        yield met()[1].hear(*before).bad(name, about, "chunk", frame)
    yield joiner.bad("open-hello", "a hello in an open conversation", "frame", creator.sent[0])
    yield joiner.bad(
        "open-failure", "a failure in an open conversation", "failure", room.failure("cancelled")
    )
    yield joiner.bad(
        "open-text", "a text frame in an open conversation", "frame", {"text": '{"type": "PEER_JOINED"}'}
    )


# -- shares ------------------------------------------------------------------------------------------------

ANNOUNCED: dict[str, Any] = {
    "kind": "text",
    "name": "notes.md",
    "size": 70_000,
    "sha256": seed("content").hex(),
}


def announcements() -> Iterator[Vector]:
    """What a share begins with."""
    for name, changes in (
        ("announced", {}), ("announced-distillation", {"kind": "distillation"}), ("announced-empty", {"size": 0}),
        ("announced-largest", {"size": 268_435_456}), ("announced-unknown", {"later": 1}),
        ("name-longest", {"name": "x" * 200}), ("name-utf8", {"name": "Gr\u00fc\u00dfe \u4f60.txt"}),
        ("name-console", {"name": "console.txt"}), ("name-inner-dot", {"name": "a..b -c"}),
    ):  # fmt: skip
        fields = {**ANNOUNCED, **changes}
        gives = {name: fields[name] for name in ANNOUNCED}
        yield Vector(name, "an announcement", "announcement", {"record": json.dumps(fields)}, gives=gives)
    bad: list[tuple[str, str, dict[str, Any]]] = [
        ("kind", "a kind that is none", {"kind": "archive"}), ("size-negative", "a negative size", {"size": -1}),
        ("size-large", "a byte too large", {"size": 268_435_457}), ("size-true", "true for a size", {"size": True}),
        ("size-fraction", "a fraction", {"size": 1.0}), ("size-text", "a text for a size", {"size": "1"}),
        ("hash-short", "a short hash", {"sha256": "00" * 31}), ("hash-upper", "upper case", {"sha256": "AA" * 32}),
        ("hash-null", "no hash", {"sha256": None}), ("name-number", "a number for a name", {"name": 1}),
        ("name-empty", "no name", {"name": ""}), ("name-path", "a path", {"name": "a/b"}),
        ("name-windows", "a path on Windows", {"name": "a\\b"}), ("name-parent", "a path upwards", {"name": ".."}),
        ("name-hidden", "a dot in front", {"name": ".bashrc"}), ("name-dash", "an option", {"name": "-rf"}),
        ("name-blank", "a blank in front", {"name": " a"}), ("name-dot-end", "a dot at the end", {"name": "a."}),
        ("name-stream", "a stream of a file", {"name": "a:b"}), ("name-device", "a device", {"name": "CON"}),
        ("name-device-case", "a device in another case", {"name": "nul.tar.gz"}), ("name-com", "a port", {"name": "Com0 .txt"}),
        ("name-newline", "a newline", {"name": "a\nb"}), ("name-escape", "an escape sequence", {"name": "a\x1b[2Jb"}),
        ("name-bidi", "a bidi override", {"name": "a\u202egpj.exe"}), ("name-invisible", "an invisible character", {"name": "a\u200bb"}),
        ("name-surrogate", "half a character", {"name": "a\ud800"}), ("name-nul", "a NUL", {"name": "a\0.md"}),
        ("name-long", "201 bytes", {"name": "x" * 201}), ("name-long-utf8", "101 characters in 202 bytes", {"name": "\u00e9" * 101}),
    ]  # fmt: skip
    for name, about, changes in bad:
        record = json.dumps({**ANNOUNCED, **changes})
        yield Vector(name, about, "announcement", {"record": record}, layer="manifest")
    for name, record in (("record-list", "[]"), ("record-cut", '{"kind": "text"')):
        yield Vector(name, "no object", "announcement", {"record": record}, layer="manifest")


def acceptances() -> Iterator[Vector]:
    """What a receiver answers."""
    good = {"accept": True, "from": 0, "sha256": ANNOUNCED["sha256"]}
    for begin in (0, 65_536, 70_000):
        given = {"announcement": ANNOUNCED, "record": json.dumps({**good, "from": begin})}
        yield Vector(f"from-{begin}", "where to go on", "acceptance", given, gives={"from": begin})
    bad: list[tuple[str, str, dict[str, Any]]] = [
        ("accept-false", "not accepted", {"accept": False}), ("accept-1", "1 is not true", {"accept": 1}),
        ("accept-other", "another content", {"sha256": "00" * 32}), ("accept-beyond", "beyond the end", {"from": 70_001}),
        ("accept-negative", "before the beginning", {"from": -1}), ("accept-true", "true for a number", {"from": True}),
        ("accept-null", "no number", {"from": None}),
    ]  # fmt: skip
    for name, about, changes in bad:
        given = {"announcement": ANNOUNCED, "record": json.dumps({**good, **changes})}
        yield Vector(name, about, "acceptance", given, layer="acceptance")
