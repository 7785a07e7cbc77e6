"""`spread` does what the vectors say, and where it refuses, the layer they name does it."""

import contextlib
import hashlib
import io
import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spread.commands import common, pair, receive, routes, share_room
from spread.config import Config
from spread.distillation import Distillation
from spread.errors import DistillationError, EnvelopeError, PairingError, ProtocolError, RoomError, UsageError
from spread.identity import Identity
from spread.net import lan
from spread.paths import Paths
from spread.protocol import crypto, envelope, mailbox, pairing, room, wire
from spread.protocol.room import Conversation, Data, Opened, Reply, Role, State
from spread.protocol.wire import Message
from spread.protocol.words import WORDS, pick
from tests import vectors
from tests.second_reader.run import DO as SECOND
from tests.vectors import make_envelopes


class RefusedError(Exception):
    """A layer refuses."""


@contextlib.contextmanager
def layer(name: str, *errors: type[Exception]) -> Iterator[None]:
    """Take these errors for the refusal of a layer."""
    try:
        yield
    except errors:
        raise RefusedError(name) from None


def _require(good: bool, name: str) -> None:
    if not good:
        raise RefusedError(name)


def _frame(given: dict[str, Any]) -> str | bytes:
    return str(given["text"]) if "text" in given else bytes.fromhex(given["hex"])


def _message(given: dict[str, Any]) -> Message:
    with layer("wire", ProtocolError):
        return wire.decode(_frame(given))


# -- one function for each thing to do ---------------------------------------------------------------------


def do_parts(given: dict[str, Any]) -> dict[str, Any]:
    parts = [bytes.fromhex(part) for part in given["parts"]]
    return {"bytes": crypto.frame_parts(given["label"], *parts).hex()}


def do_derive(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": crypto.derive(
            bytes.fromhex(given["secret"]), bytes.fromhex(given["salt"]), given["label"]
        ).hex()
    }


def do_lan_tag(given: dict[str, Any]) -> dict[str, Any]:
    return {"tag": lan.tag(bytes.fromhex(given["mailbox"]), given["nonce"])}


def do_frame(given: dict[str, Any]) -> dict[str, Any]:
    message = _message(given)
    body = None if message.body is None else message.body.hex()
    return {"type": message.type, "fields": message.fields, "body": body}


def do_field(given: dict[str, Any]) -> dict[str, Any]:
    message = _message(given)
    with layer("fields", ProtocolError):
        if given["size"] is None:
            return {"value": message.text(given["name"])}
        return {"value": message.key(given["name"], given["size"]).hex()}


def do_deletions(given: dict[str, Any]) -> dict[str, Any]:
    message = _message(given)
    with layer("fields", ProtocolError):
        return {"items": [[id_.hex(), seq] for id_, seq in mailbox.deletions(message)]}


def do_put(given: dict[str, Any]) -> dict[str, Any]:
    message = _message({"hex": given["frame"]})
    nonce, audience = bytes.fromhex(given["nonce"]), given["audience"]
    good = mailbox.may_put(message, nonce, audience)
    with layer("fields", ProtocolError):
        sizes = {"mailbox": 32, "writer": 32, "grant": 64, "proof": 64, "id": 16}
        keys = {name: message.key(name, size) for name, size in sizes.items()}
    if not good:  # which layer it was, the server tells nobody
        _require(message.type == "PUT" and message.body is not None, "fields")
        _require(mailbox.is_granted(keys["mailbox"], keys["writer"], keys["grant"]), "mailbox grant")
        raise RefusedError("mailbox proof")
    return {"id": keys["id"].hex()}


def do_proof(given: dict[str, Any]) -> dict[str, Any]:
    at = {name: bytes.fromhex(value) for name, value in given.items() if name not in ("kind", "audience")}
    box, proof, audience = at["mailbox"], at["proof"], given.get("audience", "")
    checks: dict[str, tuple[str, Callable[[], bool]]] = {
        "open": ("mailbox proof", lambda: mailbox.is_owner(box, proof, at["nonce"], audience)),
        "revoke": ("mailbox proof", lambda: mailbox.may_revoke(box, proof, at["nonce"], audience, at["writer"])),
        "listener": (
            "listener proof", lambda: mailbox.is_listener(box, proof, at["challenge"], at["nonce"], audience),
        ),
        "stored": ("stored proof", lambda: mailbox.is_stored(box, proof, at["writer"], at["id"], at["body"])),
    }  # fmt: skip
    name, holds = checks[given["kind"]]
    _require(holds(), name)
    return {}


def do_code(given: dict[str, Any]) -> dict[str, Any]:
    try:
        code = common.parse_code(given["text"])
    except UsageError as problem:
        raise RefusedError("words" if "none of ours" in problem.why else "code") from None
    return {"room": code.room, "words": code.words}


def do_draw(given: dict[str, Any]) -> dict[str, Any]:
    return {"words": pick(given["count"], io.BytesIO(bytes.fromhex(given["random"])).read)}


def do_check_words(given: dict[str, Any]) -> dict[str, Any]:
    one, other = (bytes.fromhex(key) for key in given["identities"])
    nonces = (bytes.fromhex(given[name]) for name in ("creator_nonce", "joiner_nonce"))
    return {"words": pairing.words(bytes.fromhex(given["binding"]), (one, other), *nonces)}


def do_commitment(given: dict[str, Any]) -> dict[str, Any]:
    promise, binding, nonce = (bytes.fromhex(given[name]) for name in ("commitment", "binding", "nonce"))
    with layer("commitment", ProtocolError):
        pairing.opened(promise, binding, given["card"], nonce)
    return {"card": given["card"]}


def do_password(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "password": routes.secret_of(
            given.get("words", ""), given.get("passphrase"), given.get("room", "")
        ).hex()
    }


def do_room(given: dict[str, Any]) -> dict[str, Any]:
    random = bytes.fromhex(given["random"])
    talk = Conversation(
        Role(given["role"]), given["purpose"], given["room"], bytes.fromhex(given["password"]), lambda _: random
    )  # fmt: skip
    sent, binding, records = [talk.start()], None, []
    for frame in given["frames"]:
        for event in _hear(talk, frame["text"] if isinstance(frame, dict) else bytes.fromhex(frame)):
            if isinstance(event, Reply):
                sent.append(event.frame)
            elif isinstance(event, Opened):
                binding = event.binding.hex()
            elif isinstance(event, Data):
                records.append({"plaintext": event.plaintext.hex(), "final": event.final})
    sent += [talk.seal(bytes.fromhex(each["plaintext"]), final=each["final"]) for each in given["say"]]
    return {"sent": [frame.hex() for frame in sent], "binding": binding, "records": records}


REFUSALS = {
    "unexpected frame in the room": "frame", "the other side's hello is malformed": "hello",
    "the other side's hello does not fit": "hello", "the other side speaks another version": "version",
    "the other side's key exchange message is invalid": "pake", "a chunk does not open": "chunk",
}  # fmt: skip


def _hear(talk: Conversation, frame: str | bytes) -> list[room.Event]:
    try:
        return talk.receive(frame)
    except (RoomError, ProtocolError) as problem:
        assert talk.state is State.FAILED
        if frame[:1] == b"\x05" and problem.what not in REFUSALS:
            raise RefusedError("room failure") from None
        if isinstance(problem, room.WrongCodeError):
            raise RefusedError("room proof") from None
        purpose = "purpose" if problem.what.startswith("that room is for") else ""
        raise RefusedError(f"room {purpose or REFUSALS[problem.what]}") from None


def do_announcement(given: dict[str, Any]) -> dict[str, Any]:
    with layer("manifest", ProtocolError):
        kind, name, size, digest = receive._checked(_record(given["record"]))
    return {"kind": kind, "name": name, "size": size, "sha256": digest}


def do_acceptance(given: dict[str, Any]) -> dict[str, Any]:
    with layer("acceptance", ProtocolError):
        return {"from": share_room._begin(_record(given["record"]), given["announcement"])}


def _record(text: str) -> dict[str, Any]:
    """Return a record as `Channel.receive_json` does."""
    with layer("manifest", ValueError):
        fields = json.loads(text)
    _require(isinstance(fields, dict), "manifest")
    assert isinstance(fields, dict)
    return fields


def do_card(given: dict[str, Any]) -> dict[str, Any]:
    class Ourself(Identity):
        """A machine of which the public key is known only."""

        @property
        def public(self) -> bytes:
            return bytes.fromhex(given["own"])

    ours = pair.Ours(Ourself(bytes(32), bytes(32)), Config(), "", False, bytes(32), Paths("/nonexistent"))
    message = _record(given["record"])
    try:
        peer = ours.peer(message, bytes.fromhex(given["binding"]), given["role"])
    except ProtocolError as problem:
        raise RefusedError("card fields" if "malformed" in problem.what else "card proof") from None
    except EnvelopeError as problem:
        raise RefusedError("prekey fields" if "malformed" in problem.what else "prekey signature") from None
    except PairingError:
        raise RefusedError("card self") from None
    return {
        "name": peer.name, "identity": peer.identity.hex(), "mailbox": peer.mailbox.hex(), "relay": peer.relay,
        "teammate": peer.teammate,
    }  # fmt: skip


def do_prekey(given: dict[str, Any]) -> dict[str, Any]:
    try:
        key = envelope.Prekey.from_dict(json.loads(given["record"]), bytes.fromhex(given["identity"]))
    except EnvelopeError as problem:
        raise RefusedError("prekey fields" if "malformed" in problem.what else "prekey signature") from None
    return {"id": key.id.hex()}


def do_seal_to(given: dict[str, Any]) -> dict[str, Any]:
    key = envelope.Prekey(given["suite"], bytes.fromhex(given["public"]), 0, b"")
    with layer("prekey key", EnvelopeError):
        envelope.seal(
            b"", kind="contact", id="x", revision=0, sequence=0, sender_seed=bytes(32), recipient=bytes(32), prekey=key
        )  # fmt: skip
    return {}


def do_envelope(given: dict[str, Any]) -> dict[str, Any]:
    public, private = bytes.fromhex(given["public"]), bytes.fromhex(given["private"])
    secret = envelope.SecretPrekey(envelope.Prekey(given["suite"], public, 0, b""), private)
    whole, recipient = bytes.fromhex(given["envelope"]), bytes.fromhex(given["recipient"])
    with layer(_layer_of(whole, secret, recipient), EnvelopeError):
        opened = envelope.unseal(whole, secret, recipient)
    fields = {name: getattr(opened, name) for name in ("kind", "id", "revision", "sequence")}
    return {"sender": opened.sender.hex(), **fields, "content": opened.content.hex()}


def _layer_of(whole: bytes, secret: envelope.SecretPrekey, recipient: bytes) -> str:
    try:
        envelope._unsealed(whole, secret, recipient)
    except envelope.RefusedError as refusal:
        return str(refusal)
    except EnvelopeError:
        return "envelope head"
    return "none"


def do_padded(given: dict[str, Any]) -> dict[str, Any]:
    return {"padded": envelope.padded_size(given["size"])}


def do_distillation(given: dict[str, Any]) -> dict[str, Any]:
    try:
        made = Distillation.from_markdown(given["markdown"])
    except DistillationError as problem:
        containers = ("it is larger than", "it has no front matter", "its front matter")
        if problem.why.startswith(containers):
            raise RefusedError("distillation container") from None
        schema = "schema" if problem.why.startswith("its schema") else "fields"
        raise RefusedError(f"distillation {schema}") from None
    return {"id": made.id, "session_id": made.session_id, "revision": made.revision, "goal": made.goal}


DO: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    name.removeprefix("do_").replace("_", "-"): work for name, work in list(globals().items()) if name.startswith("do_")
}  # fmt: skip


# -- the tests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", vectors.paths(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_vector(path: Path) -> None:
    """What succeeds gives exactly what the vector says; what fails is refused by exactly the layer it names."""
    vector = vectors.load(path)
    if "layer" in vector:
        with pytest.raises(RefusedError) as refused:
            DO[vector["do"]](vector["given"])
        assert str(refused.value) == vector["layer"]
    else:
        assert DO[vector["do"]](vector["given"]) == vector["gives"]


def test_envelope_failures_look_alike() -> None:
    """Whichever layer refuses an envelope, what is raised is the same, with no cause that could be logged."""
    seen = set()
    for path in (vectors.FOLDER / "envelopes").glob("*.json"):
        vector = vectors.load(path)
        if vector.get("layer", "").startswith("envelope"):
            given = vector["given"]
            key = envelope.Prekey(given["suite"], bytes.fromhex(given["public"]), 0, b"")
            secret = envelope.SecretPrekey(key, bytes.fromhex(given["private"]))
            with pytest.raises(EnvelopeError) as caught:
                envelope.unseal(bytes.fromhex(given["envelope"]), secret, bytes.fromhex(given["recipient"]))
            seen.add((*caught.value.lines(), str(caught.value.__cause__)))
    assert seen == {("spread: error: an envelope does not open", "None")}


def test_content_beyond_the_limit() -> None:
    """A content of more than 512 KiB that is there whole and signed is refused all the same (too large for a file)."""
    given = make_envelopes.Sealing(2, bytes(envelope.MAX_CONTENT_BYTES + 1)).given()
    for reader in (DO, SECOND):
        with pytest.raises(Exception, match="envelope inner"):
            reader["envelope"](given)
        assert reader["envelope"](make_envelopes.Sealing(2, bytes(envelope.MAX_CONTENT_BYTES)).given())


def test_there_are_enough_vectors() -> None:
    """At least 120 vectors, every thing to do with a success, every layer with a failure."""
    loaded = [json.loads(path.read_text(encoding="utf-8")) for path in vectors.paths()]
    assert len(loaded) >= 120
    assert {vector["do"] for vector in loaded if "gives" in vector} == set(DO)
    readme = (vectors.FOLDER / "README.md").read_text(encoding="utf-8")
    layers = {vector["layer"] for vector in loaded if "layer" in vector}
    assert {name for name in layers if f"`{name}`" not in readme} == set()


def test_vectors_are_what_the_generator_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator makes every file again, byte for byte, and no other."""
    from tests.vectors import make

    recorded = vectors.FOLDER / "mlkem768-ciphertext.txt"
    (tmp_path / recorded.name).write_bytes(recorded.read_bytes())
    monkeypatch.setattr(make, "FOLDER", tmp_path)
    monkeypatch.setattr(make_envelopes, "FOLDER", tmp_path)
    make.main()

    def files(folder: Path) -> dict[str, str]:
        found = [*folder.glob("*/*.json"), folder / "words.txt"]
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found
        }

    assert files(tmp_path) == files(vectors.FOLDER)


def test_words_are_the_published_ones() -> None:
    """The list other implementations read is ours."""
    assert tuple((vectors.FOLDER / "words.txt").read_text(encoding="ascii").split()) == WORDS


def test_recorded_ciphertext_is_one_of_mlkem() -> None:
    """What cannot be made again has at least the size it must have."""
    text = (vectors.FOLDER / "mlkem768-ciphertext.txt").read_text(encoding="ascii").strip()
    assert len(bytes.fromhex(text)) == 1088 == struct.calcsize("1088s")
