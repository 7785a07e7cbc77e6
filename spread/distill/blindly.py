"""Files edited in place by a pattern or a list that another command makes: which these were a later status tells."""

import re
from fnmatch import translate
from typing import Final

from spread.distill import stands
from spread.distill.files import FileLedger, absolute
from spread.distill.git_files import from_top
from spread.distill.newest import drop_oldest
from spread.distill.operands import options
from spread.distill.shell import Simple, placed, split
from spread.distill.variables import spelled
from spread.distillation_paths import is_within
from spread.transcript_events import Call

MOST: Final = 12  # patterns and folders
MOST_COMMANDS: Final = 40
MOST_LISTED: Final = 60
_PATTERN: Final = re.compile(r"[*?]")
_BUT_PATTERN: Final = re.compile(r"[$`{}\[\]\n]")
_SEARCHES: Final = frozenset(("grep", "egrep", "rg", "ag"))
_ASKS: Final = ("git status", "git diff")
_EDITS: Final = ("sed ", "perl ")


def note(files: FileLedger, call: Call, source: str, dirty: list[str]) -> None:
    """Keep where a line edited files that it does not name.

    Args:
        dirty: What the last status listed; in a folder where that was something, nobody knows whose a change is.
    """
    commands = split(source)
    if len(commands) > MOST_COMMANDS:
        return
    before: Simple | None = None
    for item, here in placed(spelled(source, commands)):
        for place in _places(item, before) if here is not None else ():
            where = absolute(place, absolute(here, call.cwd) if here else call.cwd)
            known = _PATTERN.search(place) or not any(is_within(path, where) for path in dirty)
            if known and not _BUT_PATTERN.search(place):
                files.blind[where] = call.line
        before = item
    drop_oldest(files.blind, MOST)


def _places(item: Simple, before: Simple | None) -> list[str]:
    """Return the patterns that an editor is given, else the folders whose files are listed for it."""
    words = item.words
    if item.name in stands.EDITORS:
        given = words[-1:] if any(map(stands.IN_PLACE.fullmatch, words[1:])) else []
        return [word for word in given if _PATTERN.search(word)]
    at = next((at for at, word in enumerate(words) if word in stands.EDITORS), 0)
    if not at or not any(map(stands.IN_PLACE.fullmatch, words[at:])):
        return []
    if item.name == "find":
        return words[1:2] if words[1][:1] not in ("-", "(") else ["."]
    if item.name != "xargs" or before is None or before.joint != "|":
        return []
    flags, args = options(before.words[1:])
    if before.name == "find":
        return args[:1] if before.words[1:2] == args[:1] else ["."]
    if before.name not in _SEARCHES or not any("l" in flag for flag in flags) or "-e" in flags:
        return []
    return args[1:] or ["."]


def told(files: FileLedger, call: Call, source: str, changed: list[str], at: tuple[str, str]) -> None:
    """Take over those of the files that a status lists which were edited so; what was listed before that says nothing.

    Args:
        changed: What was listed, as it was spelled.
        at: The directory of that, and the top of its work tree.
    """
    asked = max(map(source.rfind, _ASKS))
    if asked < max(map(source.rfind, _EDITS)) or len(changed) > MOST_LISTED:
        return
    places = [
        re.compile(translate(place).replace(".*", "[^/]*")).match if _PATTERN.search(place) else None
        for place in files.blind
    ]
    for path in from_top(files, changed, *at):
        for place, fits in zip(files.blind, places, strict=True):
            if fits(path) if fits else is_within(path, place):
                files.listed(path, call.line)
                break
