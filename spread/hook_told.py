"""What one session of the client knows already: when it last looked, and which hand-offs it was told of.

`inbox/told/<session>`: the line of `inbox/arrived` as it was then (`hooks/prompt` compares the two), then a line
`given <file>` for what was shown in full and `named <file>` for what was mentioned.

A part of `hook`, loaded only where there is something to remember: hot path, standard library only.
"""

import os

from spread.paths import Paths

MAX_BYTES = 64 << 10
MAX_CHARS = 64  # of a session id


class Told:
    """One session's knowledge; of a session without a usable id nothing is kept.

    A hand-off is one session of one peer, whatever its revision: who was told of it is not told of its next turns.
    """

    __slots__ = ("_folder", "_known", "_path", "_whose", "arrived")

    def __init__(self, paths: Paths, session: object) -> None:
        # before the inbox is looked at: what comes meanwhile leads to one look too many, not to one too few
        self.arrived = first_line(paths.inbox_arrived)
        self._folder = paths.inbox_told
        name = file_name(session)
        self._path = os.path.join(self._folder, name) if name else None
        self._known = lines(self._path)[1:] if self._path else []
        self._whose = {_whose(line.partition(" ")[2]) for line in self._known}

    @property
    def given(self) -> list[str]:
        """The files of hand-offs that were shown in full, the last one last."""
        return [line.removeprefix("given ") for line in self._known if line.startswith("given ")]

    def knows(self, file: str) -> bool:
        """Tell whether the session was told of this hand-off, in this or an earlier revision."""
        return _whose(file) in self._whose

    def add(self, kind: str, file: str) -> None:
        """Note a hand-off as `given` or `named`."""
        self._known.append(f"{kind} {file}")
        self._whose.add(_whose(file))

    def take_over(self, session: object) -> None:
        """Know what another session knows: the one that this is a fork of."""
        name = file_name(session)
        if name and not self._known:
            self._known = lines(os.path.join(self._folder, name))[1:]
            self._whose = {_whose(line.partition(" ")[2]) for line in self._known}

    def save(self, *, looked: bool = True) -> bool:
        """Keep it; tell whether that could be done (where nothing can be kept, nothing may be repeated).

        Args:
            looked: Whether the inbox was looked into; else the next prompt does.
        """
        if self._path is None:
            return False
        temporary = f"{self._folder}/.{os.path.basename(self._path)}.{os.getpid()}.0.tmp"
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                arrived = self.arrived if looked else ""
                data = "\n".join([arrived, *self._known, ""]).encode("utf-8", "surrogateescape")
                whole = os.write(handle, data) == len(data)
            finally:
                os.close(handle)
            if not whole:
                os.unlink(temporary)
                return False
            os.rename(temporary, self._path)
        except OSError:
            return False
        return True


def file_name(session: object) -> str | None:
    """Return a session id that can be a file's name, else None; `hooks/prompt` knows no other."""
    if isinstance(session, str) and 0 < len(session) <= MAX_CHARS:
        return session if all(c.isascii() and (c.isalnum() or c == "-") for c in session) else None
    return None


def first_line(path: str) -> str:
    """Return the first line of a file, "" if there is none."""
    return (lines(path) or [""])[0]


def lines(path: str) -> list[str]:
    """Return the lines of a small file, none if it cannot be read."""
    try:
        with open(path, "rb") as handle:
            return handle.read(MAX_BYTES).decode("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []


def _whose(file: str) -> str:
    """Return `<peer>.<session>` of `<peer>.<session>.<revision>.md`."""
    return file.rsplit(".", 2)[0]
