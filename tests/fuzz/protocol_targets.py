"""The parsers of what strangers send: servers, clients, rooms, envelopes, announcements."""

import copy
import json
import os
from collections.abc import Callable
from typing import Any

from zeroconf.asyncio import AsyncServiceInfo

from spread import names
from spread.commands import common, pair, receive, share_room
from spread.config import Config, is_relay, machine_name
from spread.errors import EnvelopeError, PairingError, ProtocolError, RoomError, UsageError
from spread.identity import Identity
from spread.net import lan
from spread.paths import Paths
from spread.protocol import crypto, envelope, mailbox, room, wire
from spread.protocol.room import Conversation, Role
from spread.protocol.wire import Message
from tests.fuzz import corpus
from tests.fuzz.target import Target
from tests.pairs import CODE, ROOM, ConnectionPair, Side
from tests.vectors import make_envelopes, make_rooms
from tests.vectors.make import seed

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


def _items() -> tuple[bytes, ...]:
    found = (wire.decode(frame.decode()).fields.get("items") for frame in corpus.frames("deletions"))
    return tuple(json.dumps(items).encode() for items in found)


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
    known = [frame for frame in corpus.room_frames() if len(frame) < 5_000]
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
        Target(f"room-{name}", (*seeds, *known), _room(talk), (ProtocolError, RoomError)) for name, talk, seeds in talks
    ]  # fmt: skip


def _hello(data: bytes) -> object:
    fields = room._parse_hello(data)
    return len(room._element(fields["pake"])), fields["purpose"]


def _manifest(data: bytes) -> object:
    fields = json_of(data)
    if not isinstance(fields, dict):
        return None
    if "accept" in fields:
        return share_room._begin(fields, make_rooms.ANNOUNCED)
    return receive._checked(fields)[0]


def _names(data: bytes) -> object:
    text = text_of(data)
    name = names.portable(text)
    assert names.is_portable(name), name
    assert len(machine_name(text)) <= 32
    return names.is_portable(text), is_relay(text)


def _card(data: bytes) -> object:
    message = json_of(data)
    return OURS.peer(message, seed("binding"), "joiner").name if isinstance(message, dict) else None


OURS = pair.Ours(Identity(SEED, bytes(32)), Config(name="desk"), "", False, bytes(32), Paths("/nonexistent"))


# -- envelopes ---------------------------------------------------------------------------------------------


def _envelopes() -> list[Target]:
    secrets = {suite: make_envelopes.secret_prekey(suite) for suite in (1, 2)}
    ours = make_envelopes.TO

    def opened(data: bytes) -> object:
        suite = data[4] if len(data) > 4 and data[4] in secrets else 2
        return envelope.unseal(data, secrets[suite], ours).kind

    good = make_envelopes.Sealing(2)
    info = envelope._info(good.head, ours)

    def inside(data: bytes) -> object:
        """Open what a hostile peer has sealed well; which layer refuses tells outcomes apart."""
        sealed = envelope._suite(2).encrypt(data, envelope._public(secrets[2].prekey), info=info)
        return envelope._unsealed(good.head + sealed, secrets[2], ours).kind

    inners = [make_envelopes.Sealing(2, kind=kind, id="s1").inner() for kind in envelope.KINDS]
    return [
        Target("envelope", corpus.raw("envelope", "envelope"), opened, (EnvelopeError,)),
        Target("inside", tuple(inners), inside, (EnvelopeError, envelope.RefusedError)),
        Target(
            "prekey", corpus.texts("prekey", "record"),
            lambda data: envelope.Prekey.from_dict(json_of(data), ours).suite, (EnvelopeError,),
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
    messages = tuple(_messages())
    return [
        Target("wire", (*messages, *corpus.frames("frame", "field")), _wire, (ProtocolError,)),
        Target("fields", (*messages, *corpus.frames("field", "deletions")), _fields, (ProtocolError,)),
        Target("deletions", _items(), _deletions, (ProtocolError,)),
        *_rooms(),
        Target(
            "hello", tuple(frame[1:] for frame in corpus.room_frames() if frame[:1] == b"\1"), _hello,
            (ProtocolError, ValueError),
        ),
        Target(
            "manifest", (*corpus.texts("announcement", "record"), *corpus.texts("acceptance", "record")), _manifest,
            (ProtocolError,),
        ),
        Target("names", (b"notes.md", b"NUL.txt", b"wss://relay.example:1/x", "pässe".encode()), _names),
        Target("card", corpus.texts("card", "record"), _card, (ProtocolError, PairingError, EnvelopeError)),
        *_envelopes(),
        Target("mdns", _announcements(), _announced),
        Target(
            "code", corpus.texts("code", "text"),
            lambda data: len(common.parse_code(text_of(data)).words) > 0, (UsageError,),
        ),
    ]  # fmt: skip
