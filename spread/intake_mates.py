"""What of a hand-off a teammate has no use for: where things lie on this machine, and so the user's name there."""

import os
import re
from dataclasses import replace
from typing import Final

from spread.distillation import Distillation
from spread.distillation_codec import map_text

_OUTSIDE: Final = ("/", "~")
END: Final = r"(?!\.?[\w-])"  # of a path, maybe before a full stop
_READ: Final = "files.read"


def for_mate(made: Distillation, home: str, real: str = "") -> Distillation:
    """Return a hand-off as a teammate gets it: paths from the project's top or `~`, and none of what was read outside.

    Args:
        home: The user's home directory.
        real: Where that lies, if it is a link.
    """
    where = made.project.directory
    top = home + where[1:] if where.startswith("~") else where
    patterns = [
        (re.compile(rf"{re.escape(path)}{behind}"), by)
        for path, behind, by in (
            (top, r"/(?=[\w.])", ""), (top, END, "."), (home, END, "~"), (real, END, "~"),
            *((each.replace("/", "-"), r"(?!\w)", "-~") for each in (home, real)),  # as the client names its folders
        ) if len(path) > 1
    ]  # fmt: skip

    def short(text: str) -> str:
        for pattern, by in patterns:
            text = pattern.sub(by, text)
        return text

    out = map_text(made, short)
    assert isinstance(out, Distillation)
    read, lines = made.files.read, made.evidence.get(_READ, ())
    kept = [at for at, path in enumerate(read) if not path.startswith(_OUTSIDE)]
    evidence = {name: each for name, each in out.evidence.items() if name != _READ}
    if kept and lines:
        evidence[_READ] = tuple(lines[at] for at in kept) if len(lines) == len(read) else lines
    return replace(
        out, project=replace(made.project, directory=""), evidence=evidence,
        files=replace(out.files, read=tuple(out.files.read[at] for at in kept)),
    )  # fmt: skip


def homes_of() -> tuple[str, str]:
    """Return the user's home directory as it is named, and where it lies if that is a link, else an empty string."""
    home = os.path.expanduser("~").rstrip("/")
    real = os.path.realpath(home or "/")
    return home, "" if real == home else real
