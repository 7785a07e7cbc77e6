"""The file of a transcript: its lines, and whether it is one at all."""

import contextlib
import itertools
import json
import os
from collections.abc import Iterator
from typing import Final

from spread.errors import TranscriptError
from spread.paths import open_plain
from spread.transcript_events import Facts

FIRST_LINES: Final = 50  # one of them has the directory, if any has


def open_lines(path: str, offset: int = 0) -> Iterator[bytes]:
    """Yield the physical lines of a file from a byte offset.

    Raises:
        TranscriptError: The file cannot be opened or read, or is no plain one.
    """
    try:
        with open(open_plain(path), "rb", buffering=1 << 20) as handle:
            handle.seek(offset)
            yield from handle
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise TranscriptError(
            f"cannot read transcript {os.path.basename(path)}",
            why=why,
            hint="give the path of a .jsonl file under ~/.claude/projects, or a session id",
        ) from error


def check(facts: Facts, path: str) -> None:
    """Raise TranscriptError when nothing that was read looks like a Claude Code transcript."""
    if facts.known:
        return
    why = "no line of it is one that Claude Code writes" if facts.lines else "the file is empty"
    raise TranscriptError(
        f"{os.path.basename(path)} is not a Claude Code transcript",
        why=why,
        hint="transcripts are the .jsonl files under ~/.claude/projects",
    )


@contextlib.contextmanager
def named(path: str) -> Iterator[None]:
    """Have what is wrong with a transcript told with its path, which a person has typed."""
    try:
        yield
    except TranscriptError as problem:
        is_read = problem.__cause__ is None
        what = f"{path} is not a Claude Code transcript" if is_read else f"cannot read {path}"
        raise TranscriptError(what, why=problem.why, hint=problem.hint) from None


def first_cwd(path: str) -> str:
    """Return the directory a session began in, "" if its first lines do not say or cannot be read."""
    try:
        for raw in itertools.islice(open_lines(path), FIRST_LINES):
            if b'"cwd"' not in raw:
                continue
            entry = json.loads(raw)
            cwd = entry.get("cwd") if isinstance(entry, dict) else None
            if isinstance(cwd, str) and cwd:
                return cwd
    except (TranscriptError, ValueError, RecursionError):
        pass
    return ""
