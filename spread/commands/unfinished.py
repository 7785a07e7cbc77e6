"""What came of a share that may have broken off, kept in our home until it is whole."""

import codecs
import contextlib
import errno
import fcntl
import hashlib
import os
import tempfile
import time
from typing import BinaryIO, Final

from spread.paths import Paths, write_volatile
from spread.protocol import crypto

KEPT_S: Final = 1800.0  # no room lives longer, and nobody else can go on from it
SUFFIX: Final = ".part"


class Unfinished:
    """The part of one content that was opened so far, in order; a context manager.

    A content is known by its room, hash and size: another room's sender learns nothing of what we have.

    Args:
        paths: None: it is kept for this conversation only.
    """

    def __init__(self, paths: Paths | None, room: str, sha256: str, size: int) -> None:
        self._sha256 = sha256
        self._size = size
        self._path = ""
        self._file = self._open(paths, room)
        self._forget()
        while part := self._file.read(1 << 20):
            self._keep(part)
        if self.have > size:
            self.start_anew()

    def _open(self, paths: Paths | None, room: str) -> BinaryIO:
        if paths is None:
            return tempfile.TemporaryFile(buffering=0)
        os.makedirs(paths.unfinished, mode=0o700, exist_ok=True)
        which = crypto.digest("unfinished", room.encode(), self._sha256.encode(), str(self._size).encode())
        path = os.path.join(paths.unfinished, which.hex()[:32] + SUFFIX)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # another `spread receive` is at it
            os.close(handle)
            return tempfile.TemporaryFile(buffering=0)
        self._path = path
        return os.fdopen(handle, "r+b", buffering=0)

    def __enter__(self) -> "Unfinished":
        return self

    def add(self, data: bytes) -> None:
        """Add what was opened next; it outlives us at once."""
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]
        self._keep(data)

    def _keep(self, part: bytes) -> None:
        self._hash.update(part)
        self.have += len(part)
        try:
            self._decoder.decode(part)
        except UnicodeDecodeError:
            self._is_text = False

    def start_anew(self) -> None:
        """Forget what came."""
        self._file.seek(0)
        self._file.truncate()
        self._forget()

    def _forget(self) -> None:
        self.have = 0
        self._hash = hashlib.sha256()
        self._is_text = True
        self._decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")()

    def is_text(self) -> bool:
        """Tell whether what came is UTF-8, and does not end within a character."""
        return self._is_text and not self._decoder.getstate()[0]

    def whole(self) -> bytes | None:
        """Return the content if it is whole and the announced one; forget it in any case."""
        data = None
        if self._is_whole():
            self._file.seek(0)
            data = b"".join(iter(lambda: self._file.read(self._size + 1), b""))
            if hashlib.sha256(data).hexdigest() != self._sha256:
                data = None  # somebody has altered it meanwhile
        self.drop()
        return data

    def move_to(self, path: str) -> bool:
        """Put the content at `path` if it is whole and the announced one; forget it otherwise.

        A file that is there is replaced, and a link not followed. It is not waited for until the disk has it: the
        other side has it still, as with any copy.

        Raises:
            OSError: It cannot be put there; it is kept.
        """
        if not self._is_whole():
            self.drop()
            return False
        if self._path:
            try:
                os.replace(self._path, path)
            except OSError as problem:
                if problem.errno != errno.EXDEV:
                    raise
            else:
                self._path = ""
                return True
        self._file.seek(0)
        write_volatile(path, self._file.read(self._size))
        self.drop()
        return True

    def _is_whole(self) -> bool:
        return self.have == self._size and self._hash.hexdigest() == self._sha256

    def drop(self) -> None:
        """Keep nothing."""
        if self._path:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)
            self._path = ""

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self._path and not self.have:
            self.drop()


def sweep(paths: Paths) -> None:
    """Delete what nobody can go on with any more."""
    for entry in os.scandir(paths.unfinished) if os.path.isdir(paths.unfinished) else []:
        with contextlib.suppress(FileNotFoundError):
            if entry.name.endswith(SUFFIX) and time.time() - entry.stat().st_mtime > KEPT_S:
                os.unlink(entry.path)
