"""Where the reading of a transcript was left, so that the next revision reads only what was appended.

The state holds what was folded so far, words of the session included, hence it is sealed under a key made
of the transcript itself: who cannot read that reads nothing here, and no state opens for another beginning
than its own. What is compared is the file's inode and the first and last 64 KiB of what was read; a file
rewritten in place only in between would not be noticed (Claude Code only appends). Plain data in MessagePack,
read by the types of our fields, so no code runs; damaged, of another version, or of another beginning: as if there were none.
"""

import contextlib
import hashlib
import os
import time
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, BinaryIO, Final, get_args, get_type_hints

import msgspec

from spread import __version__
from spread.distill.ledger import Ledger
from spread.redact import MARK_BYTES
from spread.transcript import Reader

SAMPLE_BYTES: Final = 64 * 1024
KEPT_S: Final = 14 * 24 * 3600.0  # a session not gone on with for so long is read in full
NONCE_BYTES: Final = 12
COUNT_BYTES: Final = 4
_MAGIC: Final = "spread-state-5"
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


def packed(reader: Reader, ledger: Ledger, taken: dict[str, int], about: int = 0) -> bytearray:
    """Return what was read (our events and ledgers, plain data) as it is now, empty when it cannot be kept.

    Args:
        about: So many bytes it will be; then it need not be moved as it grows.
    """
    made = bytearray(about)
    try:
        _ENCODER.encode_into((_reader_parts(reader), _ledger_parts(ledger), taken), made)
    except _FAULTS:
        made.clear()
    return made


def _unpacked(data: memoryview) -> tuple[Reader, Ledger, dict[str, int]]:
    """Return what was packed; msgspec holds each value against the type its field is declared with."""
    of_reader, of_ledger, taken = _decoder().decode(data)
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


def save(path: str, transcript: str, offset: int, value: bytearray, cleared: set[bytes]) -> None:
    """Keep a packed value, and what was cleared, as the state after the first `offset` bytes.

    Whatever fails, there is then no state, and the next reading is a full one. The value, which may be large, is
    not copied: what was cleared is put at its end.
    """
    try:
        if not value:
            raise ValueError("not packed")
        with open(transcript, "rb") as source:
            head = _head(source, offset)
            sealed = _aead(source, offset, head)
            nonce = os.urandom(NONCE_BYTES)
            value += b"".join((*cleared, len(cleared).to_bytes(COUNT_BYTES, "little")))
            data = sealed.encrypt(nonce, value, head)
        _write(path, head + nonce, data)
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            os.unlink(path)


def load(path: str, transcript: str) -> tuple[int, tuple[Reader, Ledger, dict[str, int]], set[bytes]] | None:
    """Return (bytes read so far, what was read, what was cleared), or None when nothing fits the transcript."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        head = data[: data.index(b"\n") + 1]
        offset = int(head.split()[-1])
        with open(transcript, "rb") as source:
            if head != _head(source, offset) or os.fstat(source.fileno()).st_size < offset:
                return None
            sealed = _aead(source, offset, head)
        at = len(head) + NONCE_BYTES
        opened = sealed.decrypt(data[len(head) : at], memoryview(data)[at:], head)
        last = len(opened) - COUNT_BYTES
        end = last - int.from_bytes(opened[last:], "little") * MARK_BYTES
        cleared = {opened[at : at + MARK_BYTES] for at in range(end, last, MARK_BYTES)}
        return offset, _unpacked(memoryview(opened)[:end]), cleared
    except _FAULTS:
        return None


def sweep(folder: str, now: float | None = None) -> None:
    """Delete states in `folder` that were not written for KEPT_S."""
    before = (time.time() if now is None else now) - KEPT_S
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.endswith(".state") and entry.stat().st_mtime < before:
                os.unlink(entry.path)


def _head(source: BinaryIO, offset: int) -> bytes:
    return f"{_MAGIC} {_shape()} {os.fstat(source.fileno()).st_ino} {offset}\n".encode("ascii")


def _aead(source: BinaryIO, offset: int, head: bytes) -> Any:
    """Return the cipher whose key is the beginning that was read; InvalidTag becomes ValueError there."""
    first = _digest(source.read(min(SAMPLE_BYTES, offset)))
    source.seek(max(0, offset - SAMPLE_BYTES))
    last = _digest(source.read(min(SAMPLE_BYTES, offset)))
    return _Sealer(hashlib.blake2b(head + first + last, digest_size=32).digest())


@lru_cache(8)  # a beginning comes again at each revision, an end at the next
def _digest(sample: bytes) -> bytes:
    return hashlib.blake2b(sample).digest()


class _Sealer:
    """AES-256-GCM, imported late: reading a transcript once needs no cryptography."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._aead = AESGCM(key)

    def encrypt(self, nonce: bytes, data: bytearray, head: bytes) -> bytes:
        return self._aead.encrypt(nonce, data, head)

    def decrypt(self, nonce: bytes, data: memoryview, head: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            return self._aead.decrypt(nonce, data, head)
        except InvalidTag as error:
            raise ValueError("damaged") from error


def _write(path: str, *data: bytes) -> None:
    """Put `data` at `path`, 0600, over what is there: what is torn does not open, and is only a full reading lost.

    Neither another file nor fsync: a file that is put in another's place is written out at once by some systems.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with open(handle, "wb", buffering=0) as file:
        for part in data:
            left = memoryview(part)
            while left:
                left = left[file.write(left) :]
        file.truncate()
