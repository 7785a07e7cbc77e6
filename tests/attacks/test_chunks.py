"""Attacks on what is said in a room once it is open: order, end, bytes, other sessions, nonces."""

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest

from spread.errors import SpreadError
from spread.protocol import crypto, room
from spread.protocol.room import Conversation, Reply, Role
from tests.attacks.harness import (
    REAL_KEYS,
    WEAK_PAKE,
    always,
    entropy_of,
    flips,
    unbound_keys,
    weakened,
    withstands,
)  # fmt: skip
from tests.pairs import CODE, ROOM, ConnectionPair

PURPOSE = "share"


class Tagless(crypto.Stream):
    """A stream that checks no tag: the twin for altered bytes."""

    def open(self, chunk: bytes, *, final: bool = False) -> bytes | None:
        nonce = self._nonce(final)
        size = len(chunk) - 16
        pad = self._aead.encrypt(nonce, bytes(max(0, size)), None)
        return bytes(a ^ b for a, b in zip(chunk[: max(0, size)], pad, strict=False))


@pytest.fixture(scope="module")
def met() -> ConnectionPair:
    """One open conversation; each try goes on from a copy of it."""
    return ConnectionPair().meet()


PARTS = [b"one", b"two", b"two", b"three", b"four"]


def _sealed(pair_: ConnectionPair) -> list[bytes]:
    return [pair_.creator.talk.seal(part, final=at == len(PARTS) - 1) for at, part in enumerate(PARTS)]


def _received(pair_: ConnectionPair, frames: list[bytes]) -> list[bytes] | None:
    """Return what a receiver takes for the whole content; None if it ends otherwise."""
    got = []
    with contextlib.suppress(SpreadError):
        for frame in frames:
            (data,) = pair_.joiner.talk.receive(frame)
            assert isinstance(data, room.Data)
            got.append(data.plaintext)
            if data.final:
                return got
    return None


@pytest.mark.parametrize("trick", ["reorder", "drop", "duplicate", "truncate"])
def test_chunks_at_every_boundary(met: ConnectionPair, trick: str) -> None:
    """Wherever the order changes or a chunk is missing or doubled, the content is not taken for whole."""

    def changed(frames: list[bytes]) -> Iterator[list[bytes]]:
        for at in range(len(frames)):
            if trick == "reorder":
                for other in range(at + 1, len(frames)):
                    swapped = list(frames)
                    swapped[at], swapped[other] = swapped[other], swapped[at]
                    yield [_relabelled(each, n == len(frames) - 1) for n, each in enumerate(swapped)]
            elif trick == "drop":
                left = frames[:at] + frames[at + 1 :]
                yield left
                yield [*left[:-1], _relabelled(left[-1], True)]
            elif trick == "duplicate":
                yield frames[: at + 1] + frames[at:]
                yield [*(_relabelled(each, False) for each in frames[: at + 1]), *frames[at:]]
            elif at:
                yield [*frames[: at - 1], _relabelled(frames[at - 1], True)]

    def attack() -> int:
        count = 0
        frames = _sealed(met.fork())
        for tried in changed(frames):
            got = _received(met.fork(), tried)
            count += got is not None and got != PARTS
        return count

    assert _received(met.fork(), _sealed(met.fork())) == PARTS
    withstands(attack, (crypto.Stream, "_nonce", _numberless), (crypto.Stream, "open", _unending))


def _numberless(self: crypto.Stream, final: bool) -> bytes:
    return bytes(12)


def _unending(self: crypto.Stream, chunk: bytes, *, final: bool = False) -> bytes | None:
    self._ended = False
    with contextlib.suppress(Exception):
        return self._aead.decrypt(bytes(12), chunk, None)
    return None


def _relabelled(frame: bytes, final: bool) -> bytes:
    return (b"\x04" if final else b"\x03") + frame[1:]


def test_bit_flips_everywhere(met: ConnectionPair) -> None:
    """No byte of any chunk, its kind and its tag included, can be changed."""

    def attack() -> int:
        count = 0
        frames = _sealed(met.fork())
        for at, frame in enumerate(frames):
            for changed in flips(frame, bytes([1, 2, 4, 8, 16, 32, 64, 128])):
                got = _received(met.fork(), [*frames[:at], changed, *frames[at + 1 :]])
                count += got is not None
        return count

    withstands(attack, (crypto.Stream, "open", Tagless.open))


def test_bit_flips_in_the_handshake() -> None:
    """Whatever byte of a hello or a proof is changed, both sides do not open."""

    def attack() -> int:
        opened = 0
        plain = ConnectionPair().meet()
        sizes = {role: [len(frame) for frame in plain.of(role).sent] for role in Role}
        with weakened(*WEAK_PAKE):  # the comparison of what was said is attacked; SPAKE2 takes 30 ms a time
            for role in Role:
                for number, size in enumerate(sizes[role]):
                    for at in range(0, size, 3):
                        opened += _opens_with(role, number, at)
        return opened

    withstands(attack, (Conversation, "_keys", unbound_keys), (crypto, "same", always))


def _opens_with(role: Role, number: int, at: int) -> bool:
    def between(who: Role, which: int, frame: bytes) -> list[bytes]:
        if (who, which) == (role, number) and at < len(frame):
            frame = frame[:at] + bytes([frame[at] ^ 1]) + frame[at + 1 :]
        return [frame]

    pair_ = ConnectionPair().meet(between)
    return bool(pair_.creator.binding and pair_.joiner.binding)


def test_replay_of_a_session_and_splicing() -> None:
    """Frames of one conversation are worthless in another, with the same code, in the same room."""

    def attack() -> bool:
        one, other = ConnectionPair().meet(), ConnectionPair().meet()
        frames = _sealed(one)
        spliced = [*_sealed(other)[:2], *frames[2:]]
        return _received(other.fork(), frames) is not None or _received(other, spliced) is not None

    def known(self: Conversation, key: bytes, transcript: bytes) -> None:
        REAL_KEYS(self, b"the same each time", b"")

    withstands(attack, (Conversation, "_keys", known))


def test_nonce_reuse_after_a_restored_state() -> None:
    """Killed, forked or restored in the middle: what is sealed then is sealed with other keys.

    The snapshot brings back one side's randomness; the twin brings back both sides'.
    """
    both = False

    def ciphertext(plaintext: bytes) -> bytes:
        restored = entropy_of(b"snapshot")
        other = entropy_of(b"other snapshot") if both else os.urandom
        creator = Conversation(Role.CREATOR, PURPOSE, ROOM, CODE, restored)
        joiner = Conversation(Role.JOINER, PURPOSE, ROOM, CODE, other)
        first, second = creator.start(), joiner.start()
        (proof,) = joiner.receive(first)
        assert isinstance(proof, Reply)
        creator.receive(second)
        creator.receive(proof.frame)
        return creator.seal(plaintext)[1:-16]

    def attack() -> bool:
        plain = b"weeks are seven days", b"what nobody may know"
        mixed = bytes(a ^ b for a, b in zip(*map(ciphertext, plain), strict=True))
        return mixed == bytes(a ^ b for a, b in zip(*plain, strict=True))

    both = True
    assert attack()
    both = False
    assert not attack()


def test_nonce_reuse_after_a_fork() -> None:
    """A process that forks before it greets uses other keys in its child, also towards the same peer."""

    def elements(entropy: Callable[[int], bytes]) -> bool:
        talk = Conversation(Role.CREATOR, PURPOSE, ROOM, CODE, entropy)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, talk.start())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            theirs = pipe.read()
        os.waitpid(child, 0)
        return theirs == talk.start()

    assert elements(entropy_of(b"a generator in our memory"))
    assert not elements(os.urandom)
