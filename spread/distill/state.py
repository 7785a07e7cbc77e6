"""Where the reading of a transcript was left, so that the next revision reads only what was appended.

The state holds what was folded so far, words of the session included, hence it is sealed under a key made
of the transcript itself: who cannot read that reads nothing here, and no state opens for another beginning
than its own. What is compared is the file's inode and the first and last 64 KiB of what was read; a file
rewritten in place only in between would not be noticed (Claude Code only appends). Plain data in MessagePack,
read by the types of our fields, so no code runs; damaged, of another version, or of another beginning: as if there were none.

To make and write all that takes longer than to read on, so a process remembers the last reading, and the file may lag.
"""

import contextlib
import hashlib
import os
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, get_args, get_type_hints

import msgspec

from spread import __version__
from spread.distill.ledger import Ledger
from spread.distill.state_copy import Copy, copier
from spread.redact import MARK_BYTES
from spread.transcript import Reader

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SAMPLE_BYTES: Final = 64 * 1024
NONCE_BYTES: Final = 12
COUNT_BYTES: Final = 4
LAG_BYTES: Final = 500_000  # of the transcript are read in less time than ten states are written
MOST_CLEARED: Final = 4_000  # marks of texts; a page tells some hundreds
_MAGIC: Final = "spread-state-11"
# The files are those of the git ledger: who is who matters there and nowhere else.
_OF_LEDGER: Final = tuple(item.name for item in fields(Ledger) if item.name != "files")
_OF_READER: Final = tuple(Reader.STATE)
_ENCODER: Final = msgspec.msgpack.Encoder()
_ledger_parts, _reader_parts = attrgetter(*_OF_LEDGER), attrgetter(*_OF_READER)
_FAULTS: Final = (
    OSError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    RecursionError,
    msgspec.MsgspecError,
)


Read = tuple[Reader, Ledger, dict[str, int]]  # the last are the sub-agents' files


class _Saved(NamedTuple):
    """Where the last reading was left, as far as this process knows: the file may be of one before."""

    file: tuple[int, ...]  # of `_stands`
    written: int  # how much of the transcript had been read then
    offset: int = 0
    beginning: tuple[bytes, ...] = ()  # of `_beginning` up to there
    read: Any = None  # of `packed`, up to `offset`; None once it was taken, as that changes
    cleared: set[bytes] | None = None  # likewise


_last: Final[dict[str, _Saved]] = {}  # by the path of the file; of one session, as most come again and again


def packed(reader: Reader, ledger: Ledger, taken: dict[str, int]) -> Any:
    """Return what was read (our events and ledgers) as it is now, in parts of their own; None if it cannot be kept."""
    of_reader, of_ledger = _copiers()
    parts = (
        zip(_reader_parts(reader), of_reader, strict=True),
        zip(_ledger_parts(ledger), of_ledger, strict=True),
    )
    try:
        return (
            *(tuple([made(value) if made else value for value, made in each]) for each in parts),
            taken.copy(),
        )
    except _FAULTS:
        return None


@cache
def _copiers() -> tuple[list[Copy | None], list[Copy | None]]:
    """Return what copies the parts of a reader and of a ledger."""
    return [*map(copier, _kinds(Reader, _OF_READER))], [*map(copier, _kinds(Ledger, _OF_LEDGER))]


def _unpacked(parts: Any) -> Read:
    """Return what was packed, now in use; from a file, msgspec held it against the types that our fields have."""
    of_reader, of_ledger, taken = parts
    reader, ledger = Reader(), Ledger()
    for name, value in zip(_OF_READER, of_reader, strict=True):
        setattr(reader, name, value)
    for name, value in zip(_OF_LEDGER, of_ledger, strict=True):
        setattr(ledger, name, value)
    ledger.files = ledger.git.files
    return reader, ledger, taken


@cache  # made when first wanted: most readings need none
def _decoder() -> msgspec.msgpack.Decoder[Any]:
    parts = (_kinds(Reader, _OF_READER), _kinds(Ledger, _OF_LEDGER))
    kept: Any = tuple[*(tuple.__class_getitem__(tuple(each)) for each in parts), dict[str, int]]  # type: ignore[misc]  # made at run time
    return msgspec.msgpack.Decoder(kept)


def _kinds(kind: Any, names: tuple[str, ...]) -> list[Any]:
    """Return the types of these fields."""
    hints = get_type_hints(kind)
    return [hints[name] for name in names]


def _names(kind: Any) -> tuple[str, ...]:
    """Return the names of the fields of a class of ours, none of another type."""
    if is_dataclass(kind):
        return tuple(item.name for item in fields(kind))
    return tuple(getattr(kind, "__struct_fields__", ()))


@cache
def _shape() -> str:
    """Return what stands for the version and for all that is kept: the fields, in their order, with their types."""
    kinds, told = [*_kinds(Reader, _OF_READER), *_kinds(Ledger, _OF_LEDGER)], dict[Any, str]()
    for kind in kinds:  # grows as it goes
        if kind not in told:
            inside = _kinds(kind, names) if (names := _names(kind)) else []
            told[kind] = f"{kind} {inside}"
            kinds += [*inside, *get_args(kind)]
    made = repr((_MAGIC, __version__, _OF_READER, _OF_LEDGER, list(told.values())))
    return hashlib.sha256(made.encode()).hexdigest()[:16]


def save(path: str, transcript: str, offset: int, value: Any, cleared: set[bytes], told: set[bytes]) -> None:
    """Keep a packed value, and what was cleared of what was told, as the state after the first `offset` bytes.

    The file is written again when it lags far behind, or was read because nothing was remembered, as when sessions
    take turns; until then this process remembers, and another one reads somewhat more. Whatever fails, there is
    then no state, and the next reading is a full one.
    """
    last = _last.pop(path, None)
    _last.clear()
    try:
        if value is None:
            raise ValueError("not packed")
        with open(transcript, "rb") as source:
            beginning = _beginning(source, offset)
        now = cleared & told
        if last is None or not last.written <= offset < last.written + LAG_BYTES:
            data = _ENCODER.encode(value) + b"".join((*now, len(now).to_bytes(COUNT_BYTES, "little")))
            _write(path, _sealed(beginning, data))
            last = _Saved(_stands(path), offset)
        marks = cleared if len(cleared) <= MOST_CLEARED else now
        _last[path] = _Saved(last.file, last.written, offset, beginning, value, marks)
    except _FAULTS:
        with contextlib.suppress(OSError):
            os.unlink(path)


def load(path: str, transcript: str) -> tuple[int, Read, set[bytes]] | None:
    """Return (bytes read so far, what was read, what was cleared), or None when nothing fits the transcript."""
    last = _last.pop(path, None)
    try:
        stands = _stands(path)
        with open(transcript, "rb") as source:
            known = last is not None and last.read is not None and last.file == stands
            if last and known and last.beginning == _beginning(source, last.offset):
                _last[path] = _Saved(stands, last.written)
                return last.offset, _unpacked(last.read), last.cleared or set()
            with open(path, "rb") as file:
                data = file.read()
            head = data[: data.index(b"\n") + 1]
            offset = int(head.split()[-1])
            beginning = _beginning(source, offset)
        if head != beginning[0]:
            return None
        opened = _opened(beginning, data)
        end_of_marks = len(opened) - COUNT_BYTES
        end = end_of_marks - int.from_bytes(opened[end_of_marks:], "little") * MARK_BYTES
        cleared = {opened[at : at + MARK_BYTES] for at in range(end, end_of_marks, MARK_BYTES)}
        return offset, _unpacked(_decoder().decode(memoryview(opened)[:end])), cleared
    except _FAULTS:
        return None


def _stands(path: str) -> tuple[int, ...]:
    """Return what tells a file from what stood in its place before, without a look into it."""
    about = os.stat(path)
    return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def forget(path: str) -> None:
    """Let the next state be written whatever stands there: that one is of no use."""
    _last.pop(path, None)


def _beginning(source: BinaryIO, offset: int) -> tuple[bytes, ...]:
    """Return what tells a transcript from any other and from itself as it was: a head, and samples of what was read."""
    about = os.fstat(source.fileno())
    if not 0 <= offset <= about.st_size:
        raise ValueError("shorter than it was")
    head = f"{_MAGIC} {_shape()} {about.st_ino} {offset}\n".encode("ascii")
    source.seek(0)
    first = source.read(min(SAMPLE_BYTES, offset))
    source.seek(max(0, offset - SAMPLE_BYTES))
    return head, first, source.read(min(SAMPLE_BYTES, offset))


def _sealed(beginning: tuple[bytes, ...], data: bytes) -> bytes:
    """Return a state: the head in clear, the rest under a key that the beginning makes."""
    head, nonce = beginning[0], os.urandom(NONCE_BYTES)
    return head + nonce + _cipher(beginning).encrypt(nonce, data, head)


def _opened(beginning: tuple[bytes, ...], state: bytes) -> bytes:
    """Return what was sealed in a state; damaged, it is a ValueError."""
    from cryptography.exceptions import InvalidTag

    head = beginning[0]
    at = len(head) + NONCE_BYTES
    try:
        return _cipher(beginning).decrypt(state[len(head) : at], memoryview(state)[at:], head)
    except InvalidTag as error:
        raise ValueError("damaged") from error


def _cipher(beginning: tuple[bytes, ...]) -> "AESGCM":
    """Return AES-256-GCM, imported late: reading a transcript once needs no cryptography."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hashlib.blake2b(b"".join(beginning), digest_size=32).digest())


def _write(path: str, data: bytes) -> None:
    """Put `data` at `path`, 0600, over what is there: what is torn does not open, and is only a full reading lost.

    Neither another file nor fsync: a file that is put in another's place is written out at once by some systems.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with open(handle, "wb", buffering=0) as file:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
        file.truncate()
