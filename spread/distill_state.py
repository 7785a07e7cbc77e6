"""Where the reading of a transcript was left, so that the next revision reads only what was appended.

The state holds what was folded so far, words of the session included, hence it is sealed under a key made
of the transcript itself: who cannot read that reads nothing here, and no state opens for another beginning
than its own. What is compared is the file's inode and the first and last 64 KiB of what was read; a file
rewritten in place only in between would not be noticed (Claude Code only appends). Plain data by `marshal`,
which makes no code run; damaged, of another version, or of another beginning: as if there were none.
"""

import contextlib
import hashlib
import marshal
import operator
import os
import sys
import time
from dataclasses import fields
from typing import Any, BinaryIO, Final

from spread import __version__
from spread.distill_agents import SubAgent
from spread.distill_files import FileLedger
from spread.distill_git import GitLedger
from spread.distill_index import Index
from spread.distill_ledger import Ledger
from spread.distill_repo import Place, Repositories
from spread.distill_shell import Simple
from spread.distill_trials import Trial
from spread.distill_turns import Turn
from spread.distill_validation import Run
from spread.redact import MARK_BYTES
from spread.transcript import Reader
from spread.transcript_events import Call, Facts, Mark, Prompt, Say

SAMPLE_BYTES: Final = 64 * 1024
KEPT_S: Final = 14 * 24 * 3600.0  # a session not gone on with for so long is read in full
NONCE_BYTES: Final = 12
_MAGIC: Final = "spread-state-1"
_KINDS: Final[tuple[type, ...]] = (
    Call, Facts, FileLedger, GitLedger, Index, Ledger, Mark, Place, Prompt, Reader,
    Repositories, Run, Say, Simple, SubAgent, Trial, Turn,
)  # fmt: skip
_NAMES: Final[dict[type, tuple[str, ...]]] = {
    kind: Reader.STATE if kind is Reader else tuple(item.name for item in fields(kind)) for kind in _KINDS
}
_PARTS: Final = {kind: operator.attrgetter(*names) for kind, names in _NAMES.items()}
_TAGS: Final = {kind: tag for tag, kind in enumerate(_KINDS)}
_LEAVES: Final = frozenset((str, int, bool, float, bytes, type(None), set, bytearray))
_SHAPE: Final = hashlib.sha256(
    repr((_MAGIC, __version__, sys.implementation.cache_tag, marshal.version, list(_NAMES.values()))).encode()
).hexdigest()[:16]


def packed(value: object) -> bytes:
    """Return `value` (our events and ledgers, plain data) as it is now, empty when it cannot be kept."""
    try:
        return marshal.dumps(_packed(value, {}))
    except (ValueError, RecursionError):
        return b""


def save(path: str, transcript: str, offset: int, value: bytes, cleared: set[bytes]) -> None:
    """Keep a packed value, and what was cleared, as the state after the first `offset` bytes.

    Whatever fails, there is then no state, and the next reading is a full one.
    """
    try:
        if not value:
            raise ValueError("not packed")
        with open(transcript, "rb") as source:
            head = _head(source, offset)
            sealed = _aead(source, offset, head)
            nonce = os.urandom(NONCE_BYTES)
            data = marshal.dumps((value, b"".join(sorted(cleared))))
            data = head + nonce + sealed.encrypt(nonce, data, head)
        _replace(path, data)
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            os.unlink(path)


def load(path: str, transcript: str) -> tuple[int, Any, set[bytes]] | None:
    """Return (bytes read so far, what was kept, what was cleared), or None when nothing fits the transcript."""
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
        value, marks = marshal.loads(sealed.decrypt(data[len(head) : at], data[at:], head))  # noqa: S302 - sealed
        cleared = {marks[at : at + MARK_BYTES] for at in range(0, len(marks), MARK_BYTES)}
        return offset, _unpacked(marshal.loads(value), []), cleared  # noqa: S302 - sealed
    except (OSError, ValueError, IndexError, KeyError, TypeError, EOFError):
        return None


def sweep(folder: str, now: float | None = None) -> None:
    """Delete states in `folder` that were not written for KEPT_S."""
    before = (time.time() if now is None else now) - KEPT_S
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.endswith(".state") and entry.stat().st_mtime < before:
                os.unlink(entry.path)


def _head(source: BinaryIO, offset: int) -> bytes:
    return f"{_MAGIC} {_SHAPE} {os.fstat(source.fileno()).st_ino} {offset}\n".encode("ascii")


def _aead(source: BinaryIO, offset: int, head: bytes) -> Any:
    """Return the cipher whose key is the beginning that was read; InvalidTag becomes ValueError there."""
    key = hashlib.blake2b(head, digest_size=32)
    key.update(source.read(min(SAMPLE_BYTES, offset)))
    source.seek(max(0, offset - SAMPLE_BYTES))
    key.update(source.read(min(SAMPLE_BYTES, offset)))
    return _Sealer(key.digest())


class _Sealer:
    """AES-256-GCM, imported late: reading a transcript once needs no cryptography."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._aead = AESGCM(key)

    def encrypt(self, nonce: bytes, data: bytes, head: bytes) -> bytes:
        return self._aead.encrypt(nonce, data, head)

    def decrypt(self, nonce: bytes, data: bytes, head: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            return self._aead.decrypt(nonce, data, head)
        except InvalidTag as error:
            raise ValueError("damaged") from error


def _replace(path: str, data: bytes) -> None:
    """Put `data` at `path`, 0600; without fsync: half a file does not open, and is only a full reading lost."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file:
        file.write(data)
    os.replace(temporary, path)


def _is_plain(value: Any, kind: type) -> bool:
    """Tell whether a container holds nothing that has to be looked into."""
    if kind is dict:
        return _LEAVES.issuperset(map(type, value.values()))
    return kind in (list, tuple) and _LEAVES.issuperset(map(type, value))


def _packed(value: Any, known: dict[int, int]) -> Any:
    """Return `value` as what `marshal` takes; an object met again is a reference, as who is who matters."""
    kind = type(value)
    if kind in _LEAVES or _is_plain(value, kind):
        return value
    if kind is list:
        return [_packed(item, known) for item in value]
    if kind is dict:
        return {key: _packed(item, known) for key, item in value.items()}
    if kind is tuple:
        return tuple([_packed(item, known) for item in value])
    tag = _TAGS.get(kind)
    if tag is None:
        raise ValueError(f"no {kind.__name__} can be kept")
    if (place := known.get(id(value))) is not None:
        return (..., place)
    known[id(value)] = len(known)
    parts = _PARTS[kind](value)
    if _LEAVES.issuperset(map(type, parts)):
        return (..., tag, *parts)
    return (..., tag, *[item if type(item) in _LEAVES else _packed(item, known) for item in parts])


def _unpacked(value: Any, known: list[Any]) -> Any:
    kind = type(value)
    if kind in _LEAVES or _is_plain(value, kind):
        return value
    if kind is list:
        return [_unpacked(item, known) for item in value]
    if kind is dict:
        return {key: _unpacked(item, known) for key, item in value.items()}
    if value[0] is not ...:
        return tuple([_unpacked(item, known) for item in value])
    if len(value) == 2:
        return known[value[1]]
    kind = _KINDS[value[1]]
    made = object.__new__(kind)
    known.append(made)
    for name, item in zip(_NAMES[kind], value[2:], strict=True):
        setattr(made, name, item if type(item) in _LEAVES else _unpacked(item, known))
    return made
