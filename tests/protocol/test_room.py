"""Two machines and one code: who gets in, and what nobody in between can do."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spread.errors import ProtocolError, RoomError
from spread.protocol import room
from spread.protocol.room import BurnedError, Conversation, Data, Reply, Role, State, WrongCodeError
from tests.pairs import CODE, ROOM, Between, ConnectionPair, Side

OTHER_CODE = room.code_secret("amber-tiger-lion")
FIELD = 2**255 - 19  # the field of the curve: a coordinate at or above it is no canonical one
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUICK = settings(max_examples=150, deadline=None)
roles = st.sampled_from(Role)


@pytest.fixture(scope="module")
def opened() -> ConnectionPair:
    """A pair both of whose sides are open; tests use forks of it."""
    return ConnectionPair().meet()


def hello(**changes: Any) -> bytes:
    """Return a joiner's well-formed hello but for `changes`; a value of None leaves the field out."""
    talk = Conversation(Role.JOINER, "share", ROOM, CODE, os.urandom)
    fields = {**json.loads(talk.start()[1:]), **changes}
    return b"\x01" + json.dumps({k: v for k, v in fields.items() if v is not None}).encode()


def creator() -> Conversation:
    """Return a creator that has sent its hello."""
    talk = Conversation(Role.CREATOR, "share", ROOM, CODE, os.urandom)
    talk.start()
    return talk


def joiner_that_proved() -> Conversation:
    """Return a joiner whose proof is out."""
    talk = Conversation(Role.JOINER, "share", ROOM, CODE, os.urandom)
    talk.start()
    talk.receive(Conversation(Role.CREATOR, "share", ROOM, OTHER_CODE, os.urandom).start())
    return talk


# -- it works ----------------------------------------------------------------------------------------------


def test_same_code_opens_both_sides() -> None:
    """With the same code both sides open, and know the conversation by the same 32 bytes."""
    pair = ConnectionPair().meet()
    assert pair.creator.error is pair.joiner.error is None
    assert pair.creator.talk.state is pair.joiner.talk.state is State.OPEN
    assert pair.creator.binding == pair.joiner.binding
    assert len(pair.creator.binding or b"") == 32


def test_conversations_differ() -> None:
    """The same code twice makes two conversations with nothing in common."""
    one, two = ConnectionPair().meet(), ConnectionPair().meet()
    assert one.creator.binding != two.creator.binding
    two.joiner.hear(one.creator.talk.seal(b"content"))
    assert isinstance(two.joiner.error, ProtocolError)


@pytest.mark.parametrize("sender", Role)
def test_chunks_arrive(opened: ConnectionPair, sender: Role) -> None:
    """What one side seals the other opens, in both directions, up to the largest chunk and the final one."""
    pair = opened.fork()
    contents = [b"", b"one", bytes(room.MAX_CHUNK_BYTES)]
    frames = [pair.of(sender).talk.seal(content) for content in contents]
    frames.append(pair.of(sender).talk.seal(b"end", final=True))
    for frame in frames:
        pair.other(sender).hear(frame)
    expected = [Data(content, False) for content in contents] + [Data(b"end", True)]
    assert pair.other(sender).received == expected


def test_content_is_hidden(opened: ConnectionPair) -> None:
    """A chunk on the way does not show its content."""
    content = os.urandom(32)
    assert content not in opened.fork().creator.talk.seal(content)


# -- the code ----------------------------------------------------------------------------------------------


def test_wrong_code_fails_on_both_sides() -> None:
    """With a wrong code the creator learns it first and has proved nothing; told so, the joiner learns it too."""
    pair = ConnectionPair(joiner=OTHER_CODE).meet()
    assert isinstance(pair.creator.error, WrongCodeError)
    assert pair.creator.talk.state is State.FAILED
    assert len(pair.creator.sent) == 1, "a hello and no proof: a guesser has nothing to test guesses on"
    assert pair.joiner.error is None
    pair.joiner.hear(room.failure("confirmation"))
    assert isinstance(pair.joiner.error, WrongCodeError)
    assert pair.creator.binding is pair.joiner.binding is None


@pytest.mark.parametrize("error", ["creator", "joiner"])
def test_wrong_code_error_explains(error: str) -> None:
    """Both sides' errors say what, why and what to do, and not the code."""
    pair = ConnectionPair(joiner=OTHER_CODE).meet()
    pair.joiner.hear(room.failure("confirmation"))
    problem = pair.of(Role(error)).error
    assert problem is not None
    assert (problem.what, bool(problem.why)) == ("the code is wrong", True)
    assert "three tries, over LAN and relay together" in problem.hint
    assert "tiger" not in "".join(problem.lines())


def test_creator_that_cannot_prove_is_refused() -> None:
    """A creator that answers a proof with a wrong one does not get the joiner to open."""

    def guess(sender: Role, number: int, frame: bytes) -> list[bytes]:
        return [frame[:1] + bytes(32)] if sender is Role.CREATOR and number == 1 else [frame]

    pair = ConnectionPair().meet(guess)
    assert isinstance(pair.joiner.error, WrongCodeError)
    assert pair.joiner.binding is None


def test_two_conversations_in_the_middle_fail() -> None:
    """Somebody in between who does not know the code cannot stand in for either side."""
    left, right = ConnectionPair(joiner=OTHER_CODE).meet(), ConnectionPair(creator=OTHER_CODE).meet()
    assert isinstance(left.creator.error, WrongCodeError)
    assert right.joiner.binding is None


def test_secrets_are_kept_apart() -> None:
    """Words, passphrases, and passphrases in other rooms never make the same secret."""
    made = {
        room.code_secret("amber"), room.passphrase_secret("amber", ROOM), room.passphrase_secret("amber", "b"),
        room.code_secret("amber-tiger"),
    }  # fmt: skip
    assert len(made) == 4
    assert room.passphrase_secret("pässe", ROOM) == room.passphrase_secret("pässe", ROOM)


# -- somebody in between -----------------------------------------------------------------------------------


def tampering(sender: Role, number: int, change: Callable[[bytes], list[bytes]]) -> Between:
    """Return a `between` that changes one frame of one side."""
    return lambda role, at, frame: change(frame) if (role, at) == (sender, number) else [frame]


def flip(frame: bytes, at: int, mask: int) -> bytes:
    """Return `frame` with one byte altered."""
    at %= len(frame)
    return frame[:at] + bytes([frame[at] ^ mask]) + frame[at + 1 :]


def never_open(pair: ConnectionPair) -> None:
    """Assert that no side takes the conversation for open."""
    assert pair.creator.binding is None
    assert pair.joiner.binding is None


@SLOW
@given(roles, st.integers(0, 2**16), st.integers(1, 255))
def test_altered_hello_never_opens(sender: Role, at: int, mask: int) -> None:
    """One altered byte of either hello, anywhere in it, and neither side opens."""
    never_open(ConnectionPair().meet(tampering(sender, 0, lambda frame: [flip(frame, at, mask)])))


@SLOW
@given(roles, st.integers(0, 2**16))
def test_cut_hello_never_opens(sender: Role, size: int) -> None:
    """A hello cut short never opens either side."""
    never_open(ConnectionPair().meet(tampering(sender, 0, lambda frame: [frame[: size % len(frame)]])))


@SLOW
@given(st.integers(0, 32), st.integers(1, 255))
def test_altered_proof_of_the_joiner_opens_nothing(at: int, mask: int) -> None:
    """One altered byte of the joiner's proof, and neither side opens."""
    never_open(ConnectionPair().meet(tampering(Role.JOINER, 1, lambda frame: [flip(frame, at, mask)])))


@SLOW
@given(st.integers(0, 32), st.integers(1, 255))
def test_altered_proof_of_the_creator_opens_no_joiner(at: int, mask: int) -> None:
    """One altered byte of the creator's proof, and the joiner does not open."""
    pair = ConnectionPair().meet(tampering(Role.CREATOR, 1, lambda frame: [flip(frame, at, mask)]))
    assert pair.joiner.binding is None
    assert pair.joiner.error is not None


@pytest.mark.parametrize("sender", Role)
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("change", ["drop", "double", "cut", "extend"])
def test_damaged_step_opens_no_receiver(sender: Role, number: int, change: str) -> None:
    """A hello or proof that is dropped, doubled, cut or extended never leaves its receiver open for long."""
    changes: dict[str, Callable[[bytes], list[bytes]]] = {
        "drop": lambda frame: [],
        "double": lambda frame: [frame, frame],
        "cut": lambda frame: [frame[:-1]],
        "extend": lambda frame: [frame + b" "],
    }
    pair = ConnectionPair().meet(tampering(sender, number, changes[change]))
    assert pair.other(sender).talk.state is not State.OPEN


@pytest.mark.parametrize("sender", Role)
@pytest.mark.parametrize("instead", [[1, 2], [2, 1], [1, 1], []])
def test_changed_versions_never_open(sender: Role, instead: list[int]) -> None:
    """Nobody in between can add or strip a version: both sides prove the list as it was sent."""

    def change(frame: bytes) -> list[bytes]:
        assert b'"versions":[1]' in frame
        return [frame.replace(b"[1]", json.dumps(instead, separators=(",", ":")).encode())]

    never_open(ConnectionPair().meet(tampering(sender, 0, change)))


@pytest.mark.parametrize("role", Role)
def test_reflected_hello_is_refused(role: Role) -> None:
    """A side that is sent its own hello stops, also when the role or the key exchange's side is rewritten."""
    other = Role.JOINER if role is Role.CREATOR else Role.CREATOR
    sides = {Role.CREATOR: "41", Role.JOINER: "42"}
    for rewrite in ({}, {"role": other.value}, {"role": other.value, "pake": sides[other]}):
        talk = Conversation(role, "share", ROOM, CODE, os.urandom)
        fields = json.loads(talk.start()[1:])
        if "pake" in rewrite:
            rewrite["pake"] += fields["pake"][2:]
        with pytest.raises(ProtocolError):
            talk.receive(b"\x01" + json.dumps({**fields, **rewrite}).encode())
        assert talk.state is State.FAILED


def test_reflected_proof_is_refused() -> None:
    """A joiner that is sent its own proof does not open."""

    def reflect(sender: Role, number: int, frame: bytes) -> list[bytes]:
        return [pair.joiner.sent[1]] if sender is Role.CREATOR and number == 1 else [frame]

    pair = ConnectionPair()
    pair.meet(reflect)
    assert isinstance(pair.joiner.error, WrongCodeError)


@pytest.mark.parametrize("role", Role)
def test_reflected_chunk_does_not_open(opened: ConnectionPair, role: Role) -> None:
    """A side's own chunk sent back to it does not open: each direction has its own key."""
    side = opened.fork().of(role)
    side.hear(side.talk.seal(b"content"))
    assert isinstance(side.error, ProtocolError)
    assert side.received == []


def test_two_of_one_role_do_not_open() -> None:
    """Two creators, or two joiners, with the right code do not open."""
    for role in Role:
        one, two = (Conversation(role, "share", ROOM, CODE, os.urandom) for _ in range(2))
        two.start()
        with pytest.raises(ProtocolError):
            two.receive(one.start())


# -- chunks ------------------------------------------------------------------------------------------------

CONTENTS = [b"first", b"", b"third", b"last"]


def sealed(pair: ConnectionPair, sender: Role) -> list[bytes]:
    """Return `CONTENTS` as frames, the last one final."""
    return [
        pair.of(sender).talk.seal(content, final=at == len(CONTENTS) - 1)
        for at, content in enumerate(CONTENTS)
    ]


def deliver(side: Side, frames: list[bytes]) -> None:
    """Give a side frames until it stops."""
    for frame in frames:
        side.hear(frame)


def assert_true_prefix(side: Side) -> None:
    """Assert that what was opened is the beginning of what was sent, and final only when it is all of it."""
    got = side.received
    assert [data.plaintext for data in got] == CONTENTS[: len(got)]
    assert [data.final for data in got] == [at == len(CONTENTS) - 1 for at in range(len(got))]


@QUICK
@given(roles, st.integers(0, 3), st.integers(0, 2**16), st.integers(1, 255))
def test_altered_chunk_does_not_open(
    opened: ConnectionPair, sender: Role, which: int, at: int, mask: int
) -> None:
    """A chunk with any byte altered, its kind included, does not open, and nothing after it does."""
    pair = opened.fork()
    frames = sealed(pair, sender)
    frames[which] = flip(frames[which], at, mask)
    deliver(pair.other(sender), frames)
    assert_true_prefix(pair.other(sender))
    assert len(pair.other(sender).received) == which
    assert pair.other(sender).error is not None


@QUICK
@given(roles, st.lists(st.integers(0, 3), max_size=6))
def test_moved_chunks_do_not_open(opened: ConnectionPair, sender: Role, order: list[int]) -> None:
    """However chunks are dropped, doubled or moved, only the true beginning opens, and no false end."""
    pair = opened.fork()
    frames = sealed(pair, sender)
    deliver(pair.other(sender), [frames[at] for at in order])
    right = 0
    while right < len(order) and order[right] == right:
        right += 1
    assert_true_prefix(pair.other(sender))
    assert len(pair.other(sender).received) == right
    assert (pair.other(sender).error is None) == (right == len(order))


@QUICK
@given(roles, st.integers(0, 3), st.integers(0, 2**16))
def test_cut_chunk_does_not_open(opened: ConnectionPair, sender: Role, which: int, size: int) -> None:
    """A chunk cut short anywhere does not open."""
    pair = opened.fork()
    frames = sealed(pair, sender)
    frames[which] = frames[which][: size % len(frames[which])]
    deliver(pair.other(sender), frames)
    assert len(pair.other(sender).received) == which
    assert isinstance(pair.other(sender).error, ProtocolError)


def test_nothing_follows_the_final_chunk(opened: ConnectionPair) -> None:
    """After the final chunk nothing more is taken, not even the final chunk again."""
    pair = opened.fork()
    frame = pair.creator.talk.seal(b"end", final=True)
    deliver(pair.joiner, [frame, frame])
    assert pair.joiner.received == [Data(b"end", True)]
    assert isinstance(pair.joiner.error, ProtocolError)


def test_chunk_from_another_conversation_does_not_open(opened: ConnectionPair) -> None:
    """A chunk recorded in one conversation does not open in another with the same code."""
    pair = ConnectionPair().meet()
    pair.joiner.hear(opened.fork().creator.talk.seal(b"content"))
    assert isinstance(pair.joiner.error, ProtocolError)


def test_oversized_chunk_is_refused(opened: ConnectionPair) -> None:
    """A chunk larger than the largest is refused unopened, also when it was sealed as it should be."""
    pair = opened.fork()
    assert pair.creator.talk._out is not None
    pair.joiner.hear(b"\x03" + pair.creator.talk._out.seal(bytes(room.MAX_CHUNK_BYTES + 1)))
    assert isinstance(pair.joiner.error, ProtocolError)


# -- the other side's words --------------------------------------------------------------------------------


def test_purposes_must_agree() -> None:
    """Sharing does not meet pairing: both sides are told what the room is for, and neither opens."""
    pair = ConnectionPair(purposes=("share", "pair")).meet()
    never_open(pair)
    for side, theirs in ((pair.creator, "pair"), (pair.joiner, "share")):
        assert type(side.error) is RoomError
        assert f"`{theirs}`" in side.error.what
        assert "spread pair" in side.error.hint


def test_rewritten_purpose_never_opens() -> None:
    """Nobody in between can make the two sides believe they want the same."""

    def rewrite(sender: Role, number: int, frame: bytes) -> list[bytes]:
        return [
            frame.replace(b'"pair"', b'"share"')
            if sender is Role.JOINER
            else frame.replace(b"share", b"pair")
        ]

    never_open(ConnectionPair(purposes=("share", "pair")).meet(rewrite))


@pytest.mark.parametrize("role", ["creator", "", "somebody"])
def test_roles_must_differ(role: str) -> None:
    """A hello in any role but the other one is refused, also when its key exchange is of the right side."""
    with pytest.raises(ProtocolError, match="does not fit"):
        creator().receive(hello(role=role))


def test_rooms_must_agree() -> None:
    """A hello for another room is refused."""
    pair = ConnectionPair(rooms=(ROOM, "zzzzzz")).meet()
    never_open(pair)
    assert isinstance(pair.creator.error, ProtocolError)
    assert isinstance(pair.joiner.error, ProtocolError)


def test_other_version_says_update() -> None:
    """A side that speaks no version of ours is told so, with a way out."""
    with pytest.raises(RoomError, match="another version") as caught:
        creator().receive(hello(versions=[2]))
    assert "update" in caught.value.hint


def test_later_versions_beside_ours_are_ignored() -> None:
    """A side that also speaks versions to come is met in ours."""
    assert creator().receive(hello(versions=[2, 1, "x"], extra={"later": True})) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 3000, b'{"versions":[1]}', b" " * (room.MAX_HELLO_BYTES + 1),
    ],
)  # fmt: skip
def test_hello_that_is_none_is_refused(raw: bytes) -> None:
    """Bytes that are no hello are the other side's fault, whatever they are."""
    with pytest.raises(ProtocolError, match="malformed"):
        creator().receive(b"\x01" + raw)


@pytest.mark.parametrize("name", ["versions", "role", "purpose", "room", "pake"])
@pytest.mark.parametrize("value", [None, 1, [], {}])
def test_hello_with_a_bad_field_is_refused(name: str, value: object) -> None:
    """Each field of a hello must be there and of its kind."""
    with pytest.raises((ProtocolError, RoomError)):
        creator().receive(hello(**{name: value}))


def test_hello_with_an_unknown_purpose_is_refused() -> None:
    """A purpose nobody knows is malformed, so its text is never shown."""
    with pytest.raises(ProtocolError):
        creator().receive(hello(purpose="\x1b[2Jgo away"))


def point(y: int, sign: int = 0) -> str:
    """Return the 32 bytes of a curve point's encoding, as hex."""
    return (y | sign << 255).to_bytes(32, "little").hex()


BAD_ELEMENTS = {
    "nothing": "",
    "side only": "42",
    "no hex": "zz",
    "all zero": "42" + "00" * 32,
    "identity": "42" + point(1),
    "identity with a sign": "42" + point(1, 1),
    "identity, not canonical": "42" + point(FIELD + 1),
    "identity, not canonical, with a sign": "42" + point(FIELD + 1, 1),
    "order 2": "42" + point(FIELD - 1),
    "order 2 with a sign": "42" + point(FIELD - 1, 1),
    "order 4": "42" + point(0, 1),
    "order 4, not canonical": "42" + point(FIELD),
    "order 8": "4226e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "order 8, other": "42c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "all ones": "42" + "ff" * 32,
    "not on the curve": "42" + point(2),
}


@pytest.mark.parametrize("element", BAD_ELEMENTS.values(), ids=BAD_ELEMENTS.keys())
def test_malformed_element_is_refused(element: str) -> None:
    """Elements that are zero, of low order, off the curve or not canonical are the other side's fault."""
    talk = creator()
    with pytest.raises(ProtocolError, match="key exchange"):
        talk.receive(hello(pake=element))
    assert talk.state is State.FAILED


@pytest.mark.parametrize("change", ["shorter", "longer", "other side", "no side", "upper case", "spaced"])
def test_element_has_one_spelling(change: str) -> None:
    """A good element in any but its one spelling is refused."""
    good = json.loads(hello()[1:])["pake"]
    spelled = {
        "shorter": good[:-2], "longer": good + "00", "other side": "41" + good[2:], "no side": good[2:],
        "upper case": good.upper(), "spaced": good[:2] + " " + good[2:],
    }  # fmt: skip
    with pytest.raises(ProtocolError, match="key exchange"):
        creator().receive(hello(pake=spelled[change]))


@SLOW
@given(st.binary(max_size=40))
def test_random_elements_never_crash(element: bytes) -> None:
    """Whatever is sent as an element, it opens nothing and is the other side's fault."""
    talk = creator()
    try:
        assert talk.receive(hello(pake="42" + element.hex())) == []
    except ProtocolError:
        assert talk.state is State.FAILED
    else:
        with pytest.raises(WrongCodeError):
            talk.receive(b"\x02" + bytes(32))


# -- order -------------------------------------------------------------------------------------------------


def test_joiner_proves_first() -> None:
    """On hearing the creator's hello a joiner proves at once; a creator on hearing the joiner's waits."""
    one, two = creator(), Conversation(Role.JOINER, "share", ROOM, CODE, os.urandom)
    assert one.receive(two.start()) == []
    assert one.state is State.PROVING
    (event,) = two.receive(one_hello(one))
    assert isinstance(event, Reply)
    assert event.frame[:1] == b"\x02"


def one_hello(talk: Conversation) -> bytes:
    """Return the hello a conversation has sent."""
    return b"\x01" + talk._hello


@pytest.mark.parametrize("frame", [b"", b"\x00", b"\x06x", b"\x02" + bytes(32), b"\x03x", b"\x04x", "text"])
def test_frame_out_of_order_is_refused(frame: bytes | str) -> None:
    """Where a hello is awaited nothing else is taken, and the conversation is over."""
    talk = creator()
    with pytest.raises(ProtocolError, match="unexpected") as caught:
        talk.receive(frame)
    assert "greeted" in caught.value.why
    with pytest.raises(ProtocolError):
        talk.receive(hello())


def test_what_was_meant_for_the_joiner_before_is_dropped() -> None:
    """A creator may still have sent chunks to one that had left; the next joiner's conversation begins all the same."""
    one, two = creator(), Conversation(Role.JOINER, "share", ROOM, CODE, os.urandom)
    one.receive(two.start())
    assert [two.receive(kind + bytes(40)) for kind in (b"\x03", b"\x04")] == [[], []]
    assert isinstance(two.receive(one_hello(one))[0], Reply)
    with pytest.raises(ProtocolError, match="unexpected"):
        two.receive(b"\x03" + bytes(40))


@pytest.mark.parametrize("kind", [b"\x01", b"\x03", b"\x04"])
def test_only_a_proof_is_taken_before_the_proof(kind: bytes) -> None:
    """Before the proof no chunk is taken, and no second hello."""
    talk = creator()
    talk.receive(hello())
    with pytest.raises(ProtocolError, match="unexpected"):
        talk.receive(kind + bytes(40))


def test_nothing_is_taken_before_the_start() -> None:
    """A side that has not started takes nothing."""
    with pytest.raises(ProtocolError):
        Conversation(Role.CREATOR, "share", ROOM, CODE, os.urandom).receive(hello())


def test_misuse_is_our_bug(opened: ConnectionPair) -> None:
    """Sealing before it is open, too large a chunk, starting twice, an unknown reason: assertions."""
    talk = creator()
    with pytest.raises(AssertionError):
        talk.seal(b"content")
    with pytest.raises(AssertionError):
        talk.start()
    with pytest.raises(AssertionError):
        opened.fork().creator.talk.seal(bytes(room.MAX_CHUNK_BYTES + 1))
    with pytest.raises(AssertionError):
        room.failure("just so")


# -- failures told -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "kind", "what", "why"),
    [
        (room.failure("confirmation")[1:], WrongCodeError, "the code is wrong", "refused our proof"),
        (room.failure("burned")[1:], BurnedError, "the room is burned", "three wrong codes"),
        (room.failure("cancelled")[1:], RoomError, "the other side cancelled", "it was stopped there"),
        (room.failure("refused")[1:], RoomError, "the other side refused", "it says there why"),
        (b'{"reason":"\x1b[31mrun this"}', RoomError, "the other side stopped", "no known reason"),
        (b'{"reason":["burned"]}', RoomError, "the other side stopped", "no known reason"),
        (b"", RoomError, "the other side stopped", "no known reason"),
        (b"[]", RoomError, "the other side stopped", "no known reason"),
        (b"[" * 9999, RoomError, "the other side stopped", "no known reason"),
        (b'{"reason":"burned"}' + b" " * 999 + b"x", BurnedError, "the room is burned", "three wrong codes"),
    ],
)
def test_told_failures(raw: bytes, kind: type[RoomError], what: str, why: str) -> None:
    """A failure the other side tells ends the conversation in our words, never in its own."""
    talk = joiner_that_proved()
    with pytest.raises(kind) as caught:
        talk.receive(b"\x05" + raw)
    assert type(caught.value) is kind
    assert caught.value.what == what
    assert why in caught.value.why
    assert caught.value.hint
    assert talk.state is State.FAILED


@pytest.mark.parametrize("reason", ["confirmation", "burned"])
@pytest.mark.parametrize("role", Role)
def test_nobody_judges_what_was_not_proved(role: Role, reason: str) -> None:
    """Who has not seen our proof cannot say that our code is wrong: it merely stopped."""
    talk = Conversation(role, "share", ROOM, CODE, os.urandom)
    talk.start()
    with pytest.raises(RoomError) as caught:
        talk.receive(room.failure(reason))
    assert type(caught.value) is RoomError
    assert caught.value.what == "the other side stopped"


@pytest.mark.parametrize(("reason", "kind"), [("confirmation", WrongCodeError), ("burned", BurnedError)])
@pytest.mark.parametrize("role", Role)
def test_who_has_our_proof_may_refuse_it(
    opened: ConnectionPair, role: Role, reason: str, kind: type[RoomError]
) -> None:
    """Both sides have proved their code once the conversation is open; what the other says of it counts."""
    side = opened.fork().of(role)
    side.hear(room.failure(reason))
    assert type(side.error) is kind


@pytest.mark.parametrize("role", Role)
def test_failure_may_come_at_any_time(opened: ConnectionPair, role: Role) -> None:
    """Also an open conversation can be stopped by the other side."""
    side = opened.fork().of(role)
    side.hear(room.failure("cancelled"))
    assert type(side.error) is RoomError
