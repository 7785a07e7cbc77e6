"""What the agent said of a file that no edit of it came after: a defect in one just read, and what it puts off doing to one."""

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
    "bug", "discrepanc", "mismatch", "race condition", "leak", "typo", "vulnerab", "inconsisten", "defect"
)  # fmt: skip
_NOTICED: Final = re.compile(
    r"\b(?:i(?: also|'ve)?(?: just)? (?:notice|noticed|see|spotted|found)|there(?:'s| is| are)(?: also)?|(?:this|that|it) is)\b"
    r"[^.:]{0,40}\b(?:bugs?|discrepanc(?:y|ies)|mismatch(?:es)?|race conditions?|(?:\w+ )?leaks?|typos?|vulnerabilit(?:y|ies)|inconsistenc(?:y|ies)|defects?)\b"
)
_UNSURE: Final = re.compile(r"\b(?:if|no|not|whether|might|may|could|would|any)\b|n't\b|\?$")

_FILE: Final = re.compile(r"(?<![\w@])[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]\w{0,4}\b(?!\()")

# Puts off what is to be done to a file that it names.
_PUT_OFF: Final = re.compile(
    r"i(?:'ll| will) (?!be |have |not )[^`]{3,60}`[^`]{3,200}`.{0,200}?\b(?:once|as soon as|when|after) "
)
_QUOTED: Final = re.compile(r"`([^`\s]{3,200})`")
_ASIDE: Final = re.compile(r" [\u2014\u2013-] |; ")  # what stands behind it says why
PROMISE: Final = ("I'll ", "I will ")  # begins what is put off, as it is kept

Noticed = list[tuple[int, str, str]]  # the line, the file, the words


def noticed(known: Noticed, line: int, said: str, low: str, files: FileLedger) -> None:
    """Take over what a message says of a defect in the file that was read right before, or puts off doing to a file."""
    if "`" in low and ("i'll " in low or "i will " in low or "i\u2019ll " in low):
        _put_off(known, line, said[:READ_CHARS], files)
    path, read = next(reversed(files.read.items()), ("", line))
    if not 0 < line - read <= NEAR_LINES or not any(map(low.__contains__, _HINTS)):
        return
    if _is_of_others(said[:READ_CHARS], path):
        return
    for part in sentences(said[:READ_CHARS], lambda text: any(map(text.lower().__contains__, _HINTS))):
        plain = part.lower().replace("\u2019", "'")
        if (found := _NOTICED.search(plain)) and not _UNSURE.search(plain[: found.end()]):
            known.append((line, path, shorten(part.replace("**", ""), NOTED_CHARS)))
            break
    del known[:-KEPT]


def _put_off(known: Noticed, line: int, said: str, files: FileLedger) -> None:
    """Take over what the agent says it does later to a file that the session wrote."""
    for part in sentences(said, lambda text: "`" in text):
        plain = part.replace("\u2019", "'").replace("**", "")
        found = _PUT_OFF.search(plain.lower())
        if not found or not plain[found.start() :].startswith(PROMISE) or plain.endswith("?"):
            continue
        names = _QUOTED.findall(plain[found.start() : found.end()])
        path = next(
            (path for path in files.edited() for name in names if f"/{path}".endswith(f"/{name}")), ""
        )
        if path:
            what = _ASIDE.split(plain[found.start() :])[0]
            known.append((line, path, shorten(what, NOTED_CHARS)))
            del known[:-KEPT]
            return


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
