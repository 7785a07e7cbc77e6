"""The parsers of what strangers send: servers, clients, rooms, envelopes, announcements."""

import copy
import json
import os
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import x25519
from zeroconf.asyncio import AsyncServiceInfo

from spread import names
from spread.commands import common, pair, receive, share
from spread.config import Config, is_relay, machine_name
from spread.errors import EnvelopeError, PairingError, ProtocolError, RoomError, UsageError
from spread.identity import Identity
from spread.net import lan
from spread.paths import Paths
from spread.protocol import crypto, envelope, mailbox, room, wire
from spread.protocol.room import Conversation, Role
from spread.protocol.wire import Message
from tests.fuzz.target import Target
from tests.pairs import CODE, ROOM, ConnectionPair, Side

SEED = bytes(range(32))
NONCE, BODY = bytes(32), b"CSE1\x01" + bytes(40)
AUDIENCE = "relay.example:9784"


def text_of(data: bytes) -> str:
    """Return any bytes as text, lone surrogates included where three bytes spell one."""
    return data.decode("utf-8", "surrogatepass") if _spells(data) else data.decode("utf-8", "replace")


def _spells(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def json_of(data: bytes) -> Any:
    """Return the JSON in an input, or its text where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return text_of(data)


# -- servers and clients -----------------------------------------------------------------------------------


def _frame_of(data: bytes) -> bytes | str:
    return data[1:] if data[:1] == b"\x01" else text_of(data)


def _wire(data: bytes) -> object:
    message = wire.decode(_frame_of(data))
    if message.body is None:
        assert wire.decode(wire.encode(message)).type == message.type
    return message.body is None, len(message.fields)


def _fields(data: bytes) -> object:
    """Ask a message for every field a server or client asks for."""
    message = wire.decode(_frame_of(data))
    told = [mailbox.may_put(message, NONCE, AUDIENCE)]
    for name, size in (
        ("mailbox", 32),
        ("writer", 32),
        ("proof", 64),
        ("challenge", 32),
        ("id", 16),
        ("nonce", 32),
    ):
        try:
            told.append(len(message.key(name, size)) == size)
        except ProtocolError:
            told.append(False)
    for name in ("token", "room_id", "reason"):
        try:
            told.append(isinstance(message.text(name), str))
        except ProtocolError:
            told.append(False)
    return told


def _deletions(data: bytes) -> object:
    return len(mailbox.deletions(Message("DELETE", {"items": json_of(data)})))


def _messages() -> list[bytes]:
    box, writer = crypto.public_key(SEED), bytes(32)
    grant = mailbox.grant(SEED, crypto.public_key(writer))
    put = mailbox.put_message(box, writer, grant, NONCE, AUDIENCE, bytes(16), BODY)
    texts: list[tuple[str, dict[str, Any]]] = [
        ("HELLO", {"version": 1, "challenge": "00" * 32}),
        ("WELCOME", {"version": 1, "features": ["rooms", "mailboxes"], "nonce": "00" * 32, "time": 1, "limits": {}}),
        ("CREATE_ROOM", {"token": "x"}), ("JOIN_ROOM", {"room_id": ROOM}), ("ERROR", {"reason": "refused"}),
        ("OPEN", {"mailbox": box.hex(), "proof": mailbox.open_proof(SEED, NONCE, AUDIENCE).hex()}),
        ("DELETE", {"items": [["00" * 16, 1]]}), ("REVOKE", {"writer": box.hex(), "proof": "00" * 64}),
    ]  # fmt: skip
    frames = [wire.encode(Message(kind, fields)) for kind, fields in texts]
    frames += [wire.encode(put), wire.encode(Message("MAIL", {"id": "00" * 16, "seq": 1}, BODY))]
    return [b"\x01" + frame if isinstance(frame, bytes) else frame.encode() for frame in frames]


# -- rooms -------------------------------------------------------------------------------------------------


def _room(talk: Conversation) -> Callable[[bytes], object]:
    """Give a frame to a copy of a conversation."""

    def run(data: bytes) -> object:
        fresh = copy.copy(talk)
        fresh._in, fresh._out = copy.copy(talk._in), copy.copy(talk._out)
        fresh._pake = copy.copy(talk._pake)
        return [type(event).__name__ for event in fresh.receive(data)], fresh.state

    return run


def _rooms() -> list[Target]:
    sides = {role: Side(Conversation(role, "share", ROOM, CODE, os.urandom)) for role in Role}
    hellos = {role: side.talk.start() for role, side in sides.items()}
    proof, fail = (
        b"\x02" + bytes(32),
        [room.failure(reason) for reason in ("confirmation", "burned", "refused")],
    )
    greeted = {role: copy.copy(side.talk) for role, side in sides.items()}
    proving = {Role.CREATOR: sides[Role.CREATOR].talk, Role.JOINER: sides[Role.JOINER].talk}
    proving[Role.CREATOR].receive(hellos[Role.JOINER])
    proving[Role.JOINER].receive(hellos[Role.CREATOR])
    pair = ConnectionPair().meet()
    chunks = [
        copy.copy(pair.joiner.talk).seal(b'{"accept": true}'),
        b"\x04" + bytes(16),
        b"\x03" + bytes(65_600),
    ]
    talks = [
        ("new", Conversation(Role.CREATOR, "share", ROOM, CODE, os.urandom), [hellos[Role.JOINER], proof]),
        *((f"greeted-{role.value}", greeted[role], [*hellos.values(), *fail]) for role in Role),
        *((f"proving-{role.value}", proving[role], [proof, *fail]) for role in Role),
        ("open", pair.creator.talk, [*chunks, *fail]),
    ]  # fmt: skip
    return [
        Target(f"room-{name}", tuple(seeds), _room(talk), (ProtocolError, RoomError)) for name, talk, seeds in talks
    ]  # fmt: skip


def _hello(data: bytes) -> object:
    fields = room._parse_hello(data)
    return len(room._element(fields["pake"])), fields["purpose"]


def _manifest(data: bytes) -> object:
    fields = json_of(data)
    if not isinstance(fields, dict):
        return None
    if "accept" in fields:
        return share._begin(fields, {"size": 70_000, "sha256": "00" * 32})
    return receive._checked(fields)[0]


def _names(data: bytes) -> object:
    text = text_of(data)
    name = names.portable(text)
    assert names.is_portable(name), name
    assert len(machine_name(text)) <= 32
    return names.is_portable(text), is_relay(text)


def _card(data: bytes) -> object:
    message = json_of(data)
    return OURS.peer(message, bytes(32), "joiner").name if isinstance(message, dict) else None


OURS = pair.Ours(Identity(SEED, bytes(32)), Config(name="desk"), "", False, bytes(32), Paths("/nonexistent"))


def _cards() -> list[bytes]:
    theirs, box, writer = bytes([7]) * 32, bytes([8]) * 32, bytes([9]) * 32
    card = {
        "name": "laptop", "identity": crypto.public_key(theirs).hex(), "mailbox": crypto.public_key(box).hex(),
        "relay": "wss://relay.example", "writer_seed": writer.hex(), "teammate": True,
        "grant": mailbox.grant(box, crypto.public_key(writer)).hex(),
        "prekey": envelope.new_prekey(theirs, 1).prekey.to_dict(),
    }  # fmt: skip
    text = json.dumps(card)
    signature = crypto.sign(theirs, "card", bytes(32), b"joiner", text.encode())
    return [
        json.dumps({"card": text, "signature": signature.hex()}).encode(),
        b'{"card": "{}", "signature": ""}',
    ]


# -- envelopes ---------------------------------------------------------------------------------------------


def _envelopes() -> list[Target]:
    x = x25519.X25519PrivateKey.from_private_bytes(bytes([5]) * 32)
    public = x.public_key().public_bytes_raw()
    signature = crypto.sign(SEED, "prekey", *envelope._prekey_parts(2, public, 1))
    plain = envelope.SecretPrekey(envelope.Prekey(2, public, 1, signature), x.private_bytes_raw())
    secrets = {2: plain, 1: envelope.new_prekey(SEED, 1)}
    ours = crypto.public_key(SEED)

    def sealed(suite: int, content: bytes = b"content") -> bytes:
        return envelope.seal(
            content, kind="receipt", id="s1", revision=1, sequence=0, sender_seed=SEED, recipient=ours,
            prekey=secrets[suite].prekey,
        )  # fmt: skip

    def opened(data: bytes) -> object:
        suite = data[4] if len(data) > 4 and data[4] in secrets else 2
        return envelope.unseal(data, secrets[suite], ours).kind

    head = sealed(2)[:13]

    def inside(data: bytes) -> object:
        whole = head + envelope._suite(2).encrypt(
            data, envelope._public(plain.prekey), info=envelope._info(head, ours)
        )
        return envelope._unsealed(whole, plain, ours).kind

    inner = envelope._suite(2).decrypt(
        sealed(2)[13:], envelope._private(plain), info=envelope._info(head, ours)
    )
    prekeys = [json.dumps(secret.prekey.to_dict()).encode() for secret in secrets.values()]
    return [
        Target("envelope", (sealed(1), sealed(2), sealed(2)[:40]), opened, (EnvelopeError,)),
        Target("inside", (inner, inner[:200]), inside, (EnvelopeError, envelope.RefusedError)),
        Target(
            "prekey", tuple(prekeys), lambda data: envelope.Prekey.from_dict(json_of(data), ours).suite,
            (EnvelopeError,),
        ),
    ]  # fmt: skip


# -- the LAN, and what people type -------------------------------------------------------------------------


def _announced(data: bytes) -> object:
    addresses = [data[at : at + size] for at, size in ((0, 4), (4, 16)) if len(data) > 40]
    info = AsyncServiceInfo(
        lan.SERVICE, f"x.{lan.SERVICE}", port=int.from_bytes(data[:2], "big"), properties=data[2:],
        addresses=addresses or [b"\x7f\0\0\1"],
    )  # fmt: skip
    found = lan.found_in(info)
    if found is None:
        return None
    assert all(len(text) <= 64 for text in (found.nonce, found.tag, found.purpose, found.room))
    return found.is_of(bytes(32)), found.is_room("share", "")


def _announcements() -> tuple[bytes, ...]:
    texts = [
        [b"v=1", b"n=00ff", b"t=" + lan.tag(bytes(32), "00ff").encode()],
        [b"v=1", b"room=a7f3b2", b"for=share"],
    ]
    return tuple(b"\x26\x38" + b"".join(bytes([len(part)]) + part for part in parts) for parts in texts)


def targets() -> list[Target]:
    """Return the targets of what comes over a network or is typed."""
    manifest = {"kind": "text", "name": "notes.md", "size": 5, "sha256": "00" * 32}
    accept = {"accept": True, "from": 0, "sha256": "00" * 32}
    messages = tuple(_messages())
    return [
        Target("wire", messages, _wire, (ProtocolError,)),
        Target("fields", messages, _fields, (ProtocolError,)),
        Target("deletions", (b'[["' + b"00" * 16 + b'", 1]]', b"[]"), _deletions, (ProtocolError,)),
        *_rooms(),
        Target(
            "hello", (Conversation(Role.JOINER, "share", ROOM, CODE, os.urandom).start()[1:],), _hello,
            (ProtocolError, ValueError),
        ),
        Target(
            "manifest", (json.dumps(manifest).encode(), json.dumps(accept).encode()), _manifest, (ProtocolError,)
        ),
        Target("names", (b"notes.md", b"NUL.txt", b"wss://relay.example:1/x", "pässe".encode()), _names),
        Target("card", tuple(_cards()), _card, (ProtocolError, PairingError, EnvelopeError)),
        *_envelopes(),
        Target("mdns", _announcements(), _announced),
        Target(
            "code", (b"a7f3b2-amber-tiger-lamp", b"A7F3B2 amber_tiger lamp", b"a7f3b2"),
            lambda data: len(common.parse_code(text_of(data)).words) > 0, (UsageError,),
        ),
    ]  # fmt: skip
