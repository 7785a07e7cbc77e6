"""One change that a command made to a file."""

from dataclasses import dataclass
from typing import Final

MAYBE: Final = "maybe"
SWEPT: Final = "swept"


@dataclass(slots=True)
class Effect:
    """One change.

    kind is write, append, modify, listed (as modified), delete, tree (a directory deleted), rename, copy, revert, folder (made) maybe (written, perhaps), or swept (all below
    it that have a name like the other deleted).
    """

    kind: str
    path: str
    other: str = ""
    sure: bool = True  # whether the path must have existed (not so with `rm -f`)
    typed: bool = False  # the line holds all that was written: no output of a program
    by: str = ""  # of one whose path is a pattern: how the program is called
