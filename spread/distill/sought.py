"""Files that a search showed to hold what a later command replaces in all files which the same search lists."""

import re
from itertools import pairwise
from typing import Final

from spread.distill import stands
from spread.distill.files import FileLedger, absolute
from spread.distill.newest import drop_oldest
from spread.distill.operands import options
from spread.distill.shell import UNKNOWABLE, Simple, placed, split
from spread.distill.spelling import folder_of
from spread.transcript_events import Call

MOST: Final = 12  # searches
MOST_FILES: Final = 60  # of one
LEAST: Final = 3  # characters of what is sought
_SEARCHES: Final = frozenset(("grep", "egrep", "rg"))
_ESCAPES: Final = re.compile(r"\\[b<>]?")  # a search for whole words is one, too
_MAY: Final = re.compile(r"(?:\A|&& *)(?:e?grep|rg) ")
_THROUGH: Final = frozenset(("head", "sort", "uniq"))
# With other switches a file that is shown may not hold it just so, or no file is.
_PLAIN: Final = re.compile(r"-[rRnlIEFwHsZ]+|--include=\S+")
_SHOWN: Final = re.compile(r"([\w./@+-]{1,400}?\.\w{1,8})(?=:|$)")
_OUTPUT: Final = re.compile(r"\$\(((?:e?grep|rg) [^()]{1,400})\)")


def note(files: FileLedger, call: Call, source: str) -> None:
    """Keep which files a call shows that does nothing but search."""
    if not (call.ok and call.output and _MAY.search(source)):
        return
    commands = split(source)
    ran = [(item, here) for item, here in placed(commands) if item.name not in _THROUGH]
    if (
        len(ran) != 1
        or ran[0][1] is None
        or not (key := _key(ran[0][0], place := folder_of(ran[0][1], call.cwd)))
    ):
        return
    found = dict.fromkeys(it[1] for line in call.output.splitlines() if (it := _SHOWN.match(line)))
    if 0 < len(found) <= MOST_FILES:
        files.sought.pop(key, None)
        files.sought[key] = [absolute(path, place) for path in found]
        drop_oldest(files.sought, MOST)


def replaced(files: FileLedger, source: str, commands: list[Simple], cwd: str) -> list[str]:
    """Return the files that the one search of a line showed before, where the line replaces in them what is sought."""
    inner = [each for found in _OUTPUT.findall(source) for each in split(found)]
    found = [(item, here) for item, here in placed([*commands, *inner]) if item.name in _SEARCHES]
    if len(found) != 1 or found[0][1] is None or not (key := _key(found[0][0], folder_of(found[0][1], cwd))):
        return []
    search = found[0][0]
    goes = next(
        (after.name for item, after in pairwise(commands) if item is search and item.joint == "|"), ""
    )
    if goes not in ("xargs", "read") and all(item is not search for item in inner):
        return []  # what it lists goes to no editor, or not all of it does
    what = re.escape(key.partition("\0")[0])
    editors = [item for item in commands if any(map(stands.IN_PLACE.fullmatch, item.words[1:]))]
    scripts = (_ESCAPES.sub("", word) for item in editors for word in item.words)
    whole = any(re.match(rf"s(?P<mark>\W){what}(?P=mark)", word) for word in scripts)
    return files.sought.get(key, []) if whole else []


def _key(item: Simple, place: str) -> str:
    """Return what a search seeks and where, an empty string where that is not plain."""
    flags, args = options(item.words[1:]) if item.name in _SEARCHES else ([], [])
    plain = all(map(_PLAIN.fullmatch, flags)) and len(args) > 0 and not any(map(UNKNOWABLE.search, args))
    names = any("l" in flag for flag in flags) or all("." not in path.strip("./") for path in args[1:])
    if not (plain and names) or len(args[0]) < LEAST:
        return ""
    only = [flag for flag in flags if flag.startswith("--")]
    return "\0".join(
        [_ESCAPES.sub("", args[0]), *(absolute(path, place) for path in args[1:] or ["."]), *only]
    )
