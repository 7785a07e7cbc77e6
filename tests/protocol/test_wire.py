"""Messages and their frames."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spread.errors import ProtocolError
from spread.protocol import wire
from spread.protocol.wire import Message

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
names = st.text().filter(lambda name: name != "type")
messages = st.builds(
    Message, st.text(), st.dictionaries(names, values, max_size=6), st.none() | st.binary(max_size=2000)
)


def framed(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack("!I", len(header)) + header + body


@given(messages)
def test_round_trip(message: Message) -> None:
    """What was encoded decodes to the same message, text for text and bytes for bytes."""
    frame = wire.encode(message)
    assert isinstance(frame, str if message.body is None else bytes)
    assert wire.decode(frame) == message


@given(st.text() | st.binary() | st.binary().map(framed))
def test_decode_raises_nothing_else(frame: str | bytes) -> None:
    """Any frame is a message or a ProtocolError."""
    try:
        message = wire.decode(frame)
    except ProtocolError:
        return
    assert isinstance(message, Message)


@given(values)
def test_decode_json_that_is_no_message(value: Any) -> None:
    """Any JSON is a message or a ProtocolError, in a text frame as in a binary one."""
    header = json.dumps(value)
    for frame in (header, framed(header.encode())):
        try:
            wire.decode(frame)
        except ProtocolError:
            continue
        assert isinstance(value["type"], str)


@given(messages.filter(lambda message: message.body is not None), st.data())
def test_decode_a_cut_frame(message: Message, data: st.DataObject) -> None:
    """A binary frame cut within its header is a ProtocolError."""
    frame = wire.encode(message)
    assert isinstance(frame, bytes)
    header_end = len(frame) - len(message.body or b"")
    with pytest.raises(ProtocolError):
        wire.decode(frame[: data.draw(st.integers(0, header_end - 1))])


def test_bytes_on_the_wire() -> None:
    """The frames are exactly these, as programs of claudeSpread 1.x write them."""
    assert wire.encode(Message("CREATE_ROOM")) == '{"type": "CREATE_ROOM"}'
    assert (
        wire.encode(Message("JOIN_ROOM", {"room_id": "a7f3b2"}))
        == '{"type": "JOIN_ROOM", "room_id": "a7f3b2"}'
    )
    assert (
        wire.encode(Message("MAIL", {"seq": 7}, b"\0x")) == b'\x00\x00\x00\x1a{"type": "MAIL", "seq": 7}\0x'
    )


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"type": 1}',
        '{"type": "X", "n": ' + "1" * 5000 + "}",
        '{"type": "X", "n": NaN}',
        '{"type": "X", "n": [-Infinity]}',
        "[" * 16_000,
        '{"type": "' + "x" * wire.MAX_HEADER_BYTES + '"}',
        "\ud800",
        b"",
        b"\0\0\0",
        framed(b""),
        framed(b"\xff"),
        framed('{"type": "X"}'.encode("utf-16")),
        framed(b'{"type": "' + b"x" * wire.MAX_HEADER_BYTES + b'"}'),
        struct.pack("!I", 2**32 - 1) + b"{}",
    ],
)
def test_bad_frames(frame: str | bytes) -> None:
    """Frames that are no message, or that ask for too much, are refused."""
    with pytest.raises(ProtocolError):
        wire.decode(frame)


def test_header_limit_is_exact() -> None:
    """A header of exactly the limit is taken."""
    padding = "x" * (wire.MAX_HEADER_BYTES - len('{"type": ""}'))
    frame = json.dumps({"type": padding})
    assert wire.decode(frame).type == padding
    assert wire.decode(framed(frame.encode(), b"body")) == Message(padding, {}, b"body")


def test_text() -> None:
    """A string field within its limit is given back; anything else is the peer's fault."""
    message = Message("X", {"good": "abc", "number": 1})
    assert message.text("good", most=3) == "abc"
    for name, most in (("good", 2), ("number", 9), ("missing", 9)):
        with pytest.raises(ProtocolError) as caught:
            message.text(name, most=most)
        assert name in caught.value.why


@given(st.binary(min_size=1, max_size=64))
def test_key(raw: bytes) -> None:
    """A field of bytes is lower-case hex of exactly its size."""
    assert Message("X", {"key": raw.hex()}).key("key", len(raw)) == raw
    for size in (len(raw) - 1, len(raw) + 1):
        with pytest.raises(ProtocolError):
            Message("X", {"key": raw.hex()}).key("key", size)


@pytest.mark.parametrize("value", ["AB", "a b ", "zz", "a", "", "\u0660\u0660", None, 12, ["ab"]])
def test_bad_key(value: object) -> None:
    """Upper case, spaces, other digits and other types are not hex of one byte."""
    with pytest.raises(ProtocolError):
        Message("X", {"key": value}).key("key", 1)
