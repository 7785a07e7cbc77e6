"""Files that commands edited by a pattern, by a list that another command made or in a script, and whose names nobody saw."""

import re
from collections.abc import Callable
from typing import Final

from spread.distill.files import FileLedger, relative
from spread.distill.newest import drop_oldest
from spread.distill.noise import is_noise
from spread.distill.shell import Simple, split
from spread.distill.spelling import is_pattern, stood_for
from spread.distillation_paths import is_within
from spread.distillation_told import NAMELESS
from spread.transcript_events import Call

MOST: Final = 12
SHOWN: Final = 4
SCRIPT: Final = "a script"  # stands for one that has no name
_NOWHERE: Final = ""  # the place where a script wrote that is not known
_EDITORS: Final = frozenset(("sed", "gsed", "perl", "ruby", "yq"))  # in place only where they are told so
_CLEAN: Final = "nothing to commit, working tree clean"
_STATUS: Final = re.compile(r"(?m)^(?:[ MADRCTU?]{2} \S|\t\S)")


def note(files: FileLedger, place: str, line: int, by: str) -> None:
    """Keep that files were edited which a pattern fits, or which are in a folder.

    Args:
        place: The pattern or the folder, absolute.
        by: The program that did.
    """
    if not is_noise(place, files.own):
        files.nameless.pop(place, None)
        files.nameless[place] = (line, by)
        drop_oldest(files.nameless, MOST)


def by_script(files: FileLedger, line: int) -> None:
    """Keep that a script wrote files whose paths do not stand in it."""
    note(files, _NOWHERE, line, SCRIPT)


def matching(files: FileLedger, pattern: str, line: int, by: str) -> list[str]:
    """Return the files that are known and that a pattern fits by which files were edited; there may be others."""
    note(files, pattern, line, by)
    return files.matching(pattern)


def looked(files: FileLedger, call: Call, source: str) -> None:
    """Take over that a status lists all that changed: what it does not list was not, or is in a commit since."""
    asked = [item for item in split(source) if item.name == "git" and "status" in item.words]
    if not all(map(_is_whole, asked)) or not (_CLEAN in call.output or _STATUS.search(call.output)):
        return
    if not asked or "cd " in source:
        return
    if "commit" not in source:
        for place in [place for place, (line, _) in files.nameless.items() if line < call.line]:
            del files.nameless[place]


def _is_whole(status: Simple) -> bool:
    """Tell whether a status shows all that changed: not of some paths, of another repository, or through a filter."""
    options = all(word.startswith("-") for word in status.words[2:])
    return status.words[1] == "status" and options and status.joint != "|" and not status.writes


def told(files: FileLedger, root: str) -> list[tuple[int, str]]:
    """Return (line, text) of each pattern and folder of which no file is known to have changed since."""
    edited, out = files.edited(), list[tuple[int, str]]()
    for place, (line, by) in files.nameless.items():
        fit = fits(place)
        if place == _NOWHERE:
            if not edited and all(at != line for known, (at, _) in files.nameless.items() if known != place):
                out.append((line, f"{NAMELESS}by {by}"))
        elif not any(at >= line and fit(path) for path, at in files.changes().items()):
            what = "files matching" if is_pattern(place) else "files in"
            where = f"{what} `{relative(place, root)}`" if place != root else "files of the project"
            program = by if by == SCRIPT else f"`{by}{' -i' * (by in _EDITORS)}`"
            out.append((line, f"{NAMELESS}{where}, by {program}"))
    return out[-SHOWN:]


def fits(place: str) -> Callable[[str], object]:
    """Return what tells whether a path is one that a pattern of the shell stands for, or is in a folder."""
    return stood_for(place) if is_pattern(place) else lambda path: is_within(path, place)
