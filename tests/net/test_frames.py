"""Large frames: whatever pieces they come in, what is read is what came, and no piece costs more than its bytes."""

import os
import random
import sys
from collections.abc import Generator

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from spread.net.frames import LARGE, SMALL, Reader, large_head, use

DATA = os.urandom(6 * LARGE)


def finished(reading: Generator[None, None, bytes | bytearray]) -> bytes | None:
    """Let a reader go on; return what it has read, None if it waits for more."""
    try:
        next(reading)
    except StopIteration as done:
        return bytes(done.value)
    return None


def test_no_more_frames_than_are_wanted() -> None:
    """The rest waits until it is fed again; at the end, for somebody who has gone, it is not read at all."""
    protocol = ServerProtocol()
    reader = use(protocol)
    protocol.state = State.OPEN
    protocol.parser = protocol.parse()
    next(protocol.parser)
    reader.frames_left = 2
    protocol.receive_data(b"".join(bytes((0x82, 0x81)) + bytes(4) + b"%d" % number for number in range(9)))
    assert [event.data for event in events_of(protocol)] == [b"0", b"1"]
    assert reader.is_backlogged
    reader.frames_left = 3
    protocol.receive_data(b"")
    assert [event.data for event in events_of(protocol)] == [b"2", b"3", b"4"]
    protocol.receive_eof()
    assert events_of(protocol) == []
    assert not reader.is_backlogged


def events_of(protocol: ServerProtocol) -> list[Frame]:
    """Return the frames that a protocol has read since it was asked last."""
    return [event for event in protocol.events_received() if isinstance(event, Frame)]


def test_pieces_of_all_sizes() -> None:
    """Large and small reads follow one another, in whatever pieces the bytes come."""
    for seed in range(40):
        dice = random.Random(seed)
        reader, came, read = Reader(), 0, 0
        while read < len(DATA):
            wanted = min(len(DATA) - read, dice.choice([1, 2, 10, SMALL, LARGE - 1, LARGE, 2 * LARGE]))
            reading = reader.read_exact(wanted)
            while (got := finished(reading)) is None:
                piece = DATA[came : came + dice.choice([1000, SMALL, 3 * SMALL, 2 * LARGE])]
                reader.feed_data(piece)
                came += len(piece)
                assert len(reader) == came - read
            assert got == DATA[read : read + wanted]
            read += wanted
            assert len(reader) == came - read


def test_an_end_in_the_middle() -> None:
    """A stream that ends within something large is an error, as anywhere else."""
    reader = Reader()
    reading = reader.read_exact(LARGE)
    reader.feed_data(DATA[:100])
    assert finished(reading) is None
    reader.feed_eof()
    with pytest.raises(EOFError, match=f"after 100 bytes, expected {LARGE}"):
        next(reading)
    with pytest.raises(EOFError):
        reader.feed_data(b"x")


def test_who_is_given_up_in_the_middle() -> None:
    """What comes after a protocol has failed within a large frame is thrown away, not kept."""
    protocol = ServerProtocol()
    use(protocol)
    protocol.receive_data(
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    [request] = protocol.events_received()
    protocol.send_response(protocol.accept(request))  # type: ignore[arg-type]
    frame = Frame(Opcode.BINARY, DATA).serialize(mask=True)
    protocol.receive_data(frame)
    assert [event.data for event in protocol.events_received() if isinstance(event, Frame)] == [DATA]
    reader = protocol.reader
    assert isinstance(reader, Reader)
    protocol.receive_data(frame[: 2 * LARGE])
    assert len(reader) > LARGE
    protocol.fail(1011)
    for _ in range(10):
        protocol.receive_data(DATA)
        assert len(reader) == 0


def test_small_pieces_take_no_more_than_their_bytes() -> None:
    """A large frame that comes byte by byte does not take a piece of memory for each."""
    reader = Reader()
    reading = reader.read_exact(LARGE)
    assert finished(reading) is None
    reader.feed_data(DATA[:SMALL])
    for _ in range(20_000):
        reader.feed_data(b"x")
    pieces = reader._pieces
    assert pieces is not None
    assert sum(map(sys.getsizeof, pieces)) + sys.getsizeof(pieces) < 2 * len(reader)


def test_the_head_of_a_large_frame() -> None:
    """It is the one that `websockets` writes."""
    data = bytes(LARGE)
    assert large_head(LARGE) + data == Frame(Opcode.BINARY, data).serialize(mask=False)
