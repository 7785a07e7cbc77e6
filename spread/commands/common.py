"""What several commands share: codes, passphrases, questions.

Nothing here is slow to load: a code is shown before what carries it is.
"""

import getpass
import os
import sys
from dataclasses import dataclass
from typing import Final

from spread.commands import terminal
from spread.errors import SpreadError, UsageError
from spread.paths import Paths
from spread.protocol.words import WORDS, pick

ROOM_CHARS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
ROOM_LENGTH: Final = 6
ROOM_TTL_S: Final = 1800.0
MAX_PORT: Final = 65535
MIN_PASSPHRASE: Final = 8
MAX_PASSPHRASE: Final = 1024


@dataclass(frozen=True)
class Code:
    """A parsed code: `<room>-<word>-<word>-<word>`; words may be missing when a passphrase is used."""

    room: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.room}-{self.words}" if self.words else self.room


def new_words() -> str:
    """Return three fresh words (at least 31 bits)."""
    return "-".join(pick(3, os.urandom))


def new_room() -> str:
    """Return a random room id for a listener of ours."""
    return "".join(pick(ROOM_LENGTH, os.urandom, ROOM_CHARS))


def nothing_fits(paths: Paths, peer: str | None) -> str:
    """Say that nothing was found; a name that no peer has may be why (of one that was unpaired there may be more)."""
    if peer:
        from spread import peers  # late, as all here is quick to load

        try:
            peers.load(paths, peer)
        except SpreadError as problem:
            return f"nothing fits; {problem.what} ({problem.why})"
    return "nothing fits"


def waits(minutes: float = ROOM_TTL_S / 60) -> str:
    """Say how long the other side is waited for."""
    return f"waiting for it, {minutes:g} minute{'' if minutes == 1 else 's'} at most"


def parse_code(text: str) -> Code:
    """Return a code as typed: case, blanks and stray separators do not matter.

    Raises:
        UsageError: It cannot be one.
    """
    parts = [part for part in text.strip().lower().replace(" ", "-").replace("_", "-").split("-") if part]
    if not parts:
        raise UsageError("that is no code", why="it is empty", hint="it looks like a7f3b2-amber-tiger-lamp")
    if len(parts[0]) != ROOM_LENGTH or any(c not in ROOM_CHARS for c in parts[0]):
        raise UsageError(
            "that is no code", why="a code begins with six letters or digits",
            hint="it looks like a7f3b2-amber-tiger-lamp",
        )  # fmt: skip
    unknown = [word for word in parts[1:] if word not in WORDS]
    if len(parts) not in (1, 4) or unknown:
        why = "one of its words is none of ours" if unknown else "it has three words after the first part"
        raise UsageError("that is no code", why=why, hint="it looks like a7f3b2-amber-tiger-lamp")
    return Code(parts[0], "-".join(parts[1:]))


def given_room(text: str) -> Code:
    """Return a room as given, which may be a whole code.

    Raises:
        UsageError: It cannot be one.
    """
    try:
        return given_code(text)
    except UsageError:
        raise UsageError(
            "that is no room", why="a room is six letters or digits",
            hint="give --room ID as the other side shows it, such as a7f3b2",
        ) from None  # fmt: skip


def can_ask() -> bool:
    """Tell whether a person can answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def confirmed(question: str) -> bool:
    """Ask, and tell whether the answer is yes."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def given_code(text: str) -> Code:
    """Return a code as given: itself, or `-` for the first line of stdin, where no list of processes shows it.

    Raises:
        UsageError: It cannot be one.
    """
    if text != "-":
        return parse_code(text)
    if sys.stdin.isatty():
        terminal.say("type the code:")
    return parse_code(sys.stdin.readline(MAX_PASSPHRASE))


def port_of(text: str) -> int | None:
    """Return a port, 0 for any free one, as typed; None for what is none."""
    is_short = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_PORT))
    return port if is_short and (port := int(text)) <= MAX_PORT else None


def split_address(text: str) -> tuple[str, str | None]:
    """Return the host, and the port as typed, of HOST, HOST:PORT, [HOST]:PORT or :PORT; None where no port is named."""
    host, colon, port = text.rpartition(":")
    if not colon or port.endswith("]") or (":" in host and not host.startswith("[")):
        return text.strip("[]"), None
    return host.strip("[]"), port


def read_passphrase(source: str | None, prompt: str = "") -> str | None:
    """Return the passphrase from a file, from stdin (`-`), or typed by a person if `prompt` is given.

    Raises:
        UsageError: It is missing, too short or too long.
    """
    if source is None:
        if not prompt or not sys.stdin.isatty():
            return None
        text = getpass.getpass(prompt)
    elif source == "-":
        text = sys.stdin.readline()
    else:
        try:
            with open(source, encoding="utf-8") as handle:
                text = handle.readline(MAX_PASSPHRASE + 2)
        except (OSError, UnicodeDecodeError) as problem:
            raise UsageError(
                f"cannot read the passphrase file {source}", why=getattr(problem, "strerror", "") or "it is not text",
                hint="give a file whose first line is the passphrase, or - for standard input",
            ) from None  # fmt: skip
    text = text.rstrip("\r\n")
    if not MIN_PASSPHRASE <= len(text) <= MAX_PASSPHRASE:
        raise UsageError(
            "that passphrase cannot be used", why=f"it must have {MIN_PASSPHRASE} to {MAX_PASSPHRASE} characters",
            hint="give the one that the other side gave" if prompt
            else "choose a longer one, or none at all: a code is then made for you",
        )  # fmt: skip
    return text
