"""Which lines of a transcript were read before: forks and copies repeat them under the same uuids."""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Container
from typing import Final

UUID_CHARS: Final = 36
KEY_CHARS: Final = 18  # the first 60 random bits of it: enough for any number of lines
KEY_BYTES: Final = 8  # what these are as a number
FEW_LOOKS: Final = 100
LATE_BYTES: Final = 8_192


class Known:
    """The uuids of the lines so far, in few bytes: as numbers in order, and those that came last beside them."""

    seen: bytes  # the beginnings of the uuids of most lines up to where reading was left, as numbers in order
    _late: bytes  # those of the last of these lines, as they came
    _fresh: list[str]  # and of the lines since, as they stand
    _many: bool  # several sessions in one file: a fork repeats the lines it was made from

    copied: Container[int] = ()  # lines of another file that this one may repeat
    _index: set[int] | None = None
    _looks = 0

    def __init__(self) -> None:
        self.seen, self._late, self._fresh, self._many = b"", b"", [], False

    def known(self) -> set[int]:
        """Return what `copied` takes: all lines so far."""
        if self._index is None:
            self.leave()
            self._index = set(array("Q", self.seen + self._late))
        return self._index

    def _has(self, key: str, raw: bytes, number: int) -> bool:
        """Tell whether a line is among those so far; an index of all is worth its time only when asked often."""
        if self._index is not None or self._looks >= FEW_LOOKS:
            return number in self.known()
        self._looks += 1
        if len(self._fresh) > FEW_LOOKS:
            self.leave()
        if key in self._fresh:
            return True
        ordered = memoryview(self.seen).cast("Q")
        place = bisect_left(ordered, number)
        if place < len(ordered) and ordered[place] == number:
            return True
        at = self._late.find(raw)
        while at >= 0 and at % KEY_BYTES:  # across two of them
            at = self._late.find(raw, at + 1)
        return at >= 0

    def leave(self) -> None:
        """Make ready to be kept as a state; to put all in order anew costs more than to look among a few."""
        keys, self._fresh = self._fresh, []
        try:
            new = bytes.fromhex("".join(keys).replace("-", ""))
        except ValueError:
            new = b""
        if len(new) != len(keys) * KEY_BYTES:  # some is no uuid
            new = b"".join(filter(None, map(_number, keys)))
        self._late += new
        if len(self._late) > LATE_BYTES:
            self.seen, self._late = array("Q", sorted(array("Q", self.seen + self._late))).tobytes(), b""

    def repeats(self, uuid: object) -> bool:
        """Tell whether a line is a copy, as forks make them, and remember it."""
        if not isinstance(uuid, str) or len(uuid) != UUID_CHARS or not uuid.isascii():
            return False
        key = uuid[:KEY_CHARS]
        if self.copied or self._index is not None or self._many:
            raw = _number(key)
            number = int.from_bytes(raw, sys.byteorder)
            if number in self.copied or (self._many and self._has(key, raw, number)):
                return number > 0
            if self._index is not None:
                self._index.add(number)
        self._fresh.append(key)
        return False


def _number(key: str) -> bytes:
    """Return the beginning of a uuid as the bytes of a number, none when it is no uuid."""
    try:
        number = bytes.fromhex(key.replace("-", ""))
    except ValueError:
        return b""
    return number if len(number) == KEY_BYTES else b""
