"""Defects that the agent noticed in a file it had just read, and that no edit of that file came after."""

import re
from typing import Final

from spread.distill.files import FileLedger
from spread.distill.words import sentences
from spread.distillation_codec import shorten

KEPT: Final = 8
NEAR_LINES: Final = 12  # between the reading of a file and the words on it
READ_CHARS: Final = 3_000
NOTED_CHARS: Final = 200
_HINTS: Final = (
    "bug",
    "discrepanc",
    "mismatch",
    "race condition",
    "leak",
    "typo",
    "vulnerab",
    "inconsisten",
    "defect",
)
_NOTICED: Final = re.compile(
    r"\b(?:i(?: also|'ve)?(?: just)? (?:notice|noticed|see|spotted|found)|there(?:'s| is| are)(?: also)?|(?:this|that|it) is)\b"
    r"[^.:]{0,40}\b(?:bugs?|discrepanc(?:y|ies)|mismatch(?:es)?|race conditions?|(?:\w+ )?leaks?|typos?|vulnerabilit(?:y|ies)|inconsistenc(?:y|ies)|defects?)\b"
)
_UNSURE: Final = re.compile(r"\b(?:if|no|not|whether|might|may|could|would|any)\b|n't\b|\?$")

_FILE: Final = re.compile(r"(?<![\w@])[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]\w{0,4}\b(?!\()")

Noticed = list[tuple[int, str, str]]  # the line, the file, the words


def noticed(known: Noticed, line: int, said: str, low: str, files: FileLedger) -> None:
    """Take over what a message says of a defect in the file that was read right before."""
    if not any(map(low.__contains__, _HINTS)) or not files.read:
        return
    path, read = next(reversed(files.read.items()))
    if not 0 < line - read <= NEAR_LINES or _is_of_others(said[:READ_CHARS], path):
        return
    for part in sentences(said[:READ_CHARS], lambda text: any(map(text.lower().__contains__, _HINTS))):
        plain = part.lower().replace("\u2019", "'")
        if (found := _NOTICED.search(plain)) and not _UNSURE.search(plain[: found.end()]):
            known.append((line, path, shorten(part.replace("**", ""), NOTED_CHARS)))
            break
    del known[:-KEPT]


def _is_of_others(said: str, path: str) -> bool:
    """Tell whether a message names files and not this one: then it speaks of those."""
    end = path.rpartition("/")[2]
    kind = end.rpartition(".")[2]
    return end not in said and any(name.rpartition(".")[2] == kind for name in _FILE.findall(said))


def left(known: Noticed, files: FileLedger) -> Noticed:
    """Return those of files that were not changed since, the newest first."""
    edited = files.edited()
    return [
        item for item in reversed(known) if edited.get(item[1], 0) < item[0] and item[1] not in files.deleted
    ]
