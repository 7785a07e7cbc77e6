"""What commands took away, wherever it was: what was said of it before is overtaken."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.calls import LOOKING
from spread.distill.files import absolute, relative
from spread.distill.heard import Heard
from spread.distill.newest import drop_oldest
from spread.distill.shell import UNKNOWABLE, Simple, effects
from spread.distill.spelling import folder_of
from spread.distillation_paths import is_within
from spread.transcript_events import Call

KEPT: Final = 60
SHOWN: Final = 5
MAX_PATHS: Final = 12
_AGAIN: Final = "made and deleted again in the session"
LEAST_STEM: Final = 4
_WORD: Final = re.compile(r"[\w-]+")
_USUAL: Final = frozenset(("index", "main", "test", "tests", "readme"))  # stand in a text for something else
_REMOVE: Final = frozenset(("rm", "unlink"))


def follow(removed: dict[str, int], call: Call, commands: list[Simple]) -> None:
    """Take over what a call took away; what it names otherwise may be there again.

    Args:
        removed: Absolute paths, with lines.
    """
    last = -1
    for at, item in enumerate(commands):
        if item.name in _REMOVE:
            last = at
    takes = last >= 0
    if not removed and not takes:
        return
    gone = {
        absolute(effect.path, folder_of(here, call.cwd))
        for effect, here in (effects(commands, ok=True) if takes and call.ok else ())
        if effect.kind in ("delete", "tree") and not UNKNOWABLE.search(effect.path)
    }
    for path in sorted(gone):
        removed.pop(path, None)
        removed[path] = call.line
    words: list[str] = []
    for at, item in enumerate(commands):
        if at <= last or (item.name in LOOKING and not item.writes):
            continue
        words += item.words
        words += [path for path, _ in item.writes]
    if words and removed:
        text = "\0".join(words)
        names = _names(tuple(removed))
        if any(map(text.__contains__, names)):
            for path in [path for path, name in zip(removed, names, strict=True) if name in text]:
                del removed[path]
    drop_oldest(removed, KEPT)


def gone_since(text: str, line: int, gone: dict[str, int]) -> str:
    """Return which file that was made here and deleted after a line a text names, in full or as a word; else nothing.

    Args:
        gone: The paths, with the lines where they were deleted.
    """
    words = None
    for path, at in gone.items():
        name = path.rpartition("/")[2]
        stem = name.partition(".")[0].lower()
        if at <= line:
            continue
        if words is None:
            words = frozenset(_WORD.findall(text.lower()))
        if name in text:
            return f" (deleted since, L{at})"
        if len(stem) >= LEAST_STEM and stem in words and stem not in _USUAL:
            return f" ({name} deleted since, L{at})"
    return ""


@lru_cache(4)  # most calls take nothing away
def _names(paths: tuple[str, ...]) -> list[str]:
    return [path.rpartition("/")[2] for path in paths]


def made(removed: dict[str, int], path: str) -> None:
    """Note that a file was written: it and the folders above it are there."""
    for known in [known for known in removed if path.startswith(known) and is_within(path, known)]:
        del removed[known]


def told(removed: dict[str, int], heard: list[Heard], root: str) -> dict[str, int]:
    """Return what something said names, as it spells it, with lines: before it went, or of the project at any time.

    Of what lies right in the project nothing: a build makes it again, and its bare name may mean something else.
    """
    out: dict[str, int] = {}
    whole = "\n".join([said for _, said, _ in heard]) if removed else ""
    for path, line in removed.items():
        inside = relative(path, root)
        if inside == path or inside.startswith("~"):
            for name in dict.fromkeys((path, relative(path, ""))):
                if name in whole and any(at < line and names(said, name) for at, said, _ in heard):
                    out[name] = line
        elif "/" in inside and inside in whole and any(names(said, inside) for _, said, _ in heard):
            out[inside] = line
    return out


def names(said: str, path: str) -> bool:
    """Tell whether words name a path or one below it, and not one whose name only begins so."""
    at = said.find(path)
    while at >= 0:
        after = said[at + len(path) : at + len(path) + 1]
        if not after.isalnum() and after not in ("-", "_"):
            return True
        at = said.find(path, at + 1)
    return False


def doubt(gone: dict[str, int]) -> list[tuple[int, str]]:
    """Return (line, text) of what was spoken of and is there no more."""
    if not gone:
        return []
    paths = list(gone)[-SHOWN:]
    more = f" and {len(gone) - SHOWN} more" if len(gone) > SHOWN else ""
    listed = ", ".join(f"`{path}` (L{gone[path]})" for path in paths)
    return [(gone[paths[-1]], f"deleted, not seen there since: {listed}{more}")]


def of_the_session(
    gone: dict[str, int], held: dict[str, int], root: str, *, kept: bool
) -> list[tuple[int, str]]:
    """Return (line, text) of the files of the project that came and went.

    Args:
        held: Those of them that a commit has all the same.
        kept: Whether to tell of these, not of the others.
    """
    own = {name: path for path in gone if not (name := relative(path, root)).startswith(("~", "/"))}
    names = [name for name, path in own.items() if (path in held) == kept]
    if not names:
        return []
    what = "committed here, then deleted, that in no commit seen" if kept else _AGAIN
    more = f" and {len(names) - MAX_PATHS} more" if len(names) > MAX_PATHS else ""
    return [(max(gone.values()), f"{what}: {', '.join(names[-MAX_PATHS:])}{more}")]
