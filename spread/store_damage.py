"""What to do with a file of ours that is not what we wrote: out of the way, kept, and told.

Each lies in `quarantine/` with a file `.why` beside it: what is wrong, and from where it came.
"""

import contextlib
import os
from dataclasses import dataclass
from typing import Final

from spread.paths import Paths, write_atomic

WHY: Final = ".why"
MAX_WHY: Final = 400
KEPT_S: Final = 30 * 86_400.0
MAX_FILES: Final = 200
MAX_BYTES: Final = 64 << 20
MAX_EACH: Final = 20  # of what one peer has sent


def _log(text: str, *words: object) -> None:
    import logging  # late: who only lists things never says any of it

    logging.getLogger("spread.store").error(text, *words)


@dataclass(frozen=True)
class Kept:
    """One file in quarantine."""

    name: str
    what: str
    why: str
    since: float


def quarantine(paths: Paths, path: str, what: str, why: str = "", name: str = "") -> bool:
    """Move a file out of the way; tell whether that could be done. Else, as on a full disk, it stays where it is.

    Args:
        name: As what to keep it, if not under its own name.
    """
    name = name or os.path.basename(path)
    try:
        os.makedirs(paths.quarantine, mode=0o700, exist_ok=True)
        _note(paths, name, what, why)  # first: without it nobody would be told of the file
        os.replace(path, os.path.join(paths.quarantine, name))
    except OSError as problem:
        _log("cannot quarantine %s: %s", name, problem.strerror)
        if not os.path.exists(os.path.join(paths.quarantine, name)):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(paths.quarantine, name + WHY))
        return False
    _log("%s: %s; kept in quarantine", what, why or "no cause known")
    return True


def keep(paths: Paths, name: str, content: bytes, what: str, why: str = "") -> None:
    """Keep what came and cannot be used yet; the same name again replaces it.

    Raises:
        OSError: It cannot be written.
    """
    os.makedirs(paths.quarantine, mode=0o700, exist_ok=True)
    write_atomic(os.path.join(paths.quarantine, name), content)
    _note(paths, name, what, why)


def make_room(paths: Paths, prefix: str, name: str) -> None:
    """Delete the oldest of what begins with `prefix`, so that with `name` there are at most `MAX_EACH`."""
    found = [one.name for one in kept(paths) if one.name.startswith(prefix) and one.name != name]
    for old in found[MAX_EACH - 1 :]:
        release(paths, old)


def _note(paths: Paths, name: str, what: str, why: str) -> None:
    note = f"{what}\n{why}\n".encode("utf-8", "replace")
    write_atomic(os.path.join(paths.quarantine, name + WHY), note)


def release(paths: Paths, name: str) -> None:
    """Delete something from quarantine that has come in a usable form meanwhile."""
    for each in (name, name + WHY):
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(paths.quarantine, each))


def kept(paths: Paths) -> list[Kept]:
    """Return what is in quarantine, the newest first."""
    found = []
    for entry in os.scandir(paths.quarantine) if os.path.isdir(paths.quarantine) else []:
        if not entry.name.endswith(WHY) or entry.name.startswith("."):
            continue
        with contextlib.suppress(OSError), open(entry.path, encoding="utf-8", errors="replace") as handle:
            what, _, why = handle.read(MAX_WHY).partition("\n")
            since = entry.stat().st_mtime
            found.append(Kept(entry.name.removesuffix(WHY), what, why.strip(), since))
    return sorted(found, key=lambda one: (-one.since, one.name))


def sweep(paths: Paths, now: float) -> int:
    """Delete what has lain in quarantine for long, and the oldest of too much; return how many files."""
    files = []
    for entry in os.scandir(paths.quarantine) if os.path.isdir(paths.quarantine) else []:
        with contextlib.suppress(OSError):
            found = entry.stat(follow_symlinks=False)
            if not entry.is_dir(follow_symlinks=False):
                files.append((found.st_mtime, found.st_size, entry.path))
    gone = total = 0
    for number, (changed, size, path) in enumerate(sorted(files, reverse=True)):
        total += size
        if now - changed > KEPT_S or number >= 2 * MAX_FILES or total > MAX_BYTES:
            with contextlib.suppress(OSError):
                os.unlink(path)
                gone += 1
    return gone
