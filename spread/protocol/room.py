"""Two machines and one code, without I/O (RELAY_SERVER_SPEC.md, "Room conversation").

All transitions live in `_STEPS`; a conversation is one try at the code. SPAKE2 (by the `spake2` package, not
quite as RFC 9382 has it) turns a weak secret into a strong key without giving a wiretapper anything to test
guesses on; `spake2` confirms nothing, so both sides then prove the key with an HMAC over everything said so
far. The joiner proves first: a creator who has not seen a valid proof has told a guesser nothing, and counts
one try.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from spread.errors import ProtocolError, RoomError
from spread.protocol import crypto

VERSION: Final = 1
MAX_CHUNK_BYTES: Final = 64 * 1024
MAX_HELLO_BYTES: Final = 4096
MAX_FAILURE_BYTES: Final = 200  # what is read of a failure
MAX_TRIES: Final = 3  # wrong codes before a room is burned
_HELLO, _CONFIRM, _CHUNK, _FINAL, _FAIL = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"
_FIELD: Final = 2**255 - 19
_REASONS: Final = ("confirmation", "burned", "version", "purpose", "protocol", "cancelled", "refused")


class Role(Enum):
    """Who made the room, who joined it."""

    CREATOR = "creator"
    JOINER = "joiner"


class State(Enum):
    """How far a conversation is."""

    NEW = "new"
    GREETED = "greeted"  # our hello is out
    PROVING = "proving"  # both hellos are known; a proof is awaited
    OPEN = "open"  # both proofs held
    FAILED = "failed"


# state -> the frame kinds that may come in it
_STEPS: Final = {
    State.NEW: b"",
    State.GREETED: _HELLO + _FAIL,
    State.PROVING: _CONFIRM + _FAIL,
    State.OPEN: _CHUNK + _FINAL + _FAIL,
    State.FAILED: b"",
}


@dataclass(frozen=True)
class Reply:
    """Send this frame."""

    frame: bytes


@dataclass(frozen=True)
class Opened:
    """Both sides hold the same key; `binding` (32 bytes) names this conversation and no other."""

    binding: bytes


@dataclass(frozen=True)
class Data:
    """Decrypted and authentic; `final` ends this direction."""

    plaintext: bytes
    final: bool


Event = Reply | Opened | Data


class WrongCodeError(RoomError):
    """The other side did not prove the same code: one try is used up."""


class BurnedError(RoomError):
    """No try is left for this code."""


def load() -> None:
    """Load what a conversation needs and is slow to load, while nobody is there to wait for it."""
    import spake2  # noqa: F401


def code_secret(words: str) -> bytes:
    """Return the SPAKE2 password of a generated code's words."""
    return crypto.frame_parts("words", words.encode("ascii"))


def passphrase_secret(passphrase: str, room: str) -> bytes:
    """Return the SPAKE2 password of a passphrase a person chose (about 0.3 s of CPU: it is stretched)."""
    return crypto.frame_parts("passphrase", crypto.stretch(passphrase, room))


def failure(reason: str) -> bytes:
    """Return the frame that tells the other side why we stop."""
    assert reason in _REASONS
    return _FAIL + json.dumps({"reason": reason}).encode("ascii")


class Conversation:
    """One side of one try; feed it frames, do what its events say.

    Args:
        role: Whether we made the room.
        purpose: "share" or "pair"; both sides must want the same.
        room: The room id as both sides know it.
        secret: From `code_secret` or `passphrase_secret`.
        entropy: Returns so many random bytes.
    """

    def __init__(
        self, role: Role, purpose: str, room: str, secret: bytes, entropy: Callable[[int], bytes]
    ) -> None:
        import spake2  # late: it is slow to load, and a room's code is shown before anyone can be in it

        self.state = State.NEW
        self._role = role
        self._purpose = purpose
        self._room = room
        side = spake2.SPAKE2_A if role is Role.CREATOR else spake2.SPAKE2_B
        self._pake = side(secret, idA=b"creator", idB=b"joiner", entropy_f=entropy)
        self._hello = b""
        self._confirm_theirs = b""
        self._confirm_ours = b""
        self._binding = b""
        self._has_proved = False
        self._out: crypto.Stream | None = None
        self._in: crypto.Stream | None = None

    def start(self) -> bytes:
        """Return our first frame."""
        assert self.state is State.NEW
        fields = {
            "versions": [VERSION],
            "role": self._role.value,
            "purpose": self._purpose,
            "room": self._room,
            "pake": self._pake.start().hex(),
        }
        self._hello = json.dumps(fields, separators=(",", ":")).encode("ascii")
        self.state = State.GREETED
        return _HELLO + self._hello

    def receive(self, frame: bytes | str) -> list[Event]:
        """Take the other side's next frame.

        Raises:
            WrongCodeError: The other side's proof does not hold, or it says that ours does not.
            RoomError: The other side stopped, or wants something else.
            ProtocolError: The other side broke the protocol.
        """
        try:
            return self._receive(frame)
        except (RoomError, ProtocolError):
            self.state = State.FAILED
            raise

    def _receive(self, frame: bytes | str) -> list[Event]:
        if self.state is State.GREETED and self._role is Role.JOINER and frame[:1] in (_CHUNK, _FINAL):
            return []  # the creator had it on its way to the joiner before us
        if isinstance(frame, str) or not frame or frame[:1] not in _STEPS[self.state]:
            raise ProtocolError("unexpected frame in the room", why=f"the conversation is {self.state.value}")
        kind, rest = frame[:1], frame[1:]
        if kind == _FAIL:
            raise _told(rest, self._has_proved)
        if kind == _HELLO:
            return self._greeted(rest)
        if kind == _CONFIRM:
            return self._proved(rest)
        assert self._in is not None
        plaintext = self._in.open(rest, final=kind == _FINAL) if len(rest) <= MAX_CHUNK_BYTES + 16 else None
        if plaintext is None:
            raise ProtocolError("a chunk does not open", why="it was altered, moved or cut on the way")
        return [Data(plaintext, kind == _FINAL)]

    def _greeted(self, raw: bytes) -> list[Event]:
        theirs = _parse_hello(raw)
        other = Role.JOINER if self._role is Role.CREATOR else Role.CREATOR
        if theirs.get("role") != other.value or theirs.get("room") != self._room:
            raise ProtocolError("the other side's hello does not fit", why="its role or room is wrong")
        if not any(type(version) is int and version == VERSION for version in theirs["versions"]):
            raise RoomError(
                "the other side speaks another version", hint="update claude-spread on both machines"
            )
        if theirs.get("purpose") != self._purpose:
            raise RoomError(
                f"that room is for `{theirs.get('purpose')}`, not `{self._purpose}`",
                hint="use `spread receive` for a share and `spread pair` for pairing",
            )
        try:
            key = self._pake.finish(_element(theirs["pake"]))
        except Exception as problem:  # spake2 raises bare errors of many kinds on a hostile element
            raise ProtocolError("the other side's key exchange message is invalid") from problem
        ours_first = self._role is Role.CREATOR
        hellos = (self._hello, raw) if ours_first else (raw, self._hello)
        self._keys(key, crypto.digest("room", *hellos))
        self.state = State.PROVING
        self._has_proved = self._role is Role.JOINER
        return [Reply(_CONFIRM + self._confirm_ours)] if self._has_proved else []

    def _keys(self, key: bytes, transcript: bytes) -> None:
        def one(label: str) -> bytes:
            return crypto.derive(key, transcript, "room " + label)

        proofs = {
            Role.CREATOR: crypto.mac(one("confirm creator"), "proof", transcript),
            Role.JOINER: crypto.mac(one("confirm joiner"), "proof", transcript),
        }
        streams = {
            Role.CREATOR: crypto.Stream(one("creator to joiner")),
            Role.JOINER: crypto.Stream(one("joiner to creator")),
        }
        self._confirm_ours = proofs.pop(self._role)
        (self._confirm_theirs,) = proofs.values()
        self._out = streams.pop(self._role)
        (self._in,) = streams.values()
        self._binding = one("binding")

    def _proved(self, proof: bytes) -> list[Event]:
        if not crypto.same(proof, self._confirm_theirs):
            raise WrongCodeError(
                "the code is wrong", why="the other side used another code or passphrase",
                hint="type it again exactly as shown; a room allows three tries, over LAN and relay together",
            )  # fmt: skip
        self.state = State.OPEN
        events: list[Event] = [Opened(self._binding)]
        if self._role is Role.CREATOR:
            self._has_proved = True
            events.insert(0, Reply(_CONFIRM + self._confirm_ours))
        return events

    def seal(self, plaintext: bytes | memoryview, *, final: bool = False) -> bytes:
        """Return the frame of our next chunk, at most `MAX_CHUNK_BYTES` of plaintext."""
        assert self.state is State.OPEN
        assert self._out is not None
        assert len(plaintext) <= MAX_CHUNK_BYTES
        return (_FINAL if final else _CHUNK) + self._out.seal(plaintext, final=final)


def _parse_hello(raw: bytes) -> dict[str, Any]:
    try:
        # given bytes, json would guess their encoding
        fields = json.loads(raw.decode("utf-8")) if len(raw) <= MAX_HELLO_BYTES else None
    except (ValueError, RecursionError):
        fields = None
    good = (
        isinstance(fields, dict)
        and isinstance(fields.get("versions"), list)
        and all(isinstance(fields.get(name), str) for name in ("role", "purpose", "room", "pake"))
        and fields["purpose"] in ("share", "pair")
    )
    if not good:
        raise ProtocolError("the other side's hello is malformed")
    assert isinstance(fields, dict)
    return fields


def _element(text: str) -> bytes:
    """Return a key exchange message: the side, then a curve point in its one spelling (RFC 8032, section 5.1.3).

    `spake2` refuses points outside the prime-order group, but reads past the end, reduces coordinates, and
    knows the neutral element in one of its spellings only.

    Raises:
        ValueError: It is spelled otherwise, or neutral.
    """
    raw = bytes.fromhex(text)
    coordinate = int.from_bytes(raw[1:], "little") & ~(1 << 255)
    if len(raw) != 33 or raw.hex() != text or not 1 < coordinate < _FIELD:
        raise ValueError("not a canonical element")
    return raw


def _told(raw: bytes, has_proved: bool) -> RoomError:
    """Return the error for a failure the other side reports; its words are never shown as they came.

    Nobody can know our code to be wrong who has not seen our proof of it.
    """
    try:
        reason = json.loads(raw[:MAX_FAILURE_BYTES].decode("utf-8")).get("reason")
    except (ValueError, RecursionError, AttributeError):
        reason = None
    if reason == "confirmation" and has_proved:
        return WrongCodeError(
            "the code is wrong", why="the other side refused our proof of it",
            hint="type it again exactly as shown; a room allows three tries, over LAN and relay together",
        )  # fmt: skip
    if reason == "burned" and has_proved:
        return BurnedError(
            "the room is burned", why="three wrong codes were tried in it",
            hint="start again on the other machine to get a new code",
        )  # fmt: skip
    if reason == "cancelled":
        return RoomError(
            "the other side cancelled", why="it was stopped there", hint="ask the other side for a new code"
        )
    if reason == "refused":
        return RoomError(
            "the other side refused", why="it says there why",
            hint="look at its screen, then start again on both machines",
        )  # fmt: skip
    why = f"reason: {reason}" if reason in _REASONS else "no known reason was given"
    return RoomError("the other side stopped", why=why, hint="start again on both machines")
