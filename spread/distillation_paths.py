"""Paths by the ends that tell them apart, where a bare name would pass for another file's."""

import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

FAR: Final = 200  # characters of a path before its name
_IN_PATHS: Final = "_./~@+${}-"  # beside letters and digits
_IN_PATH: Final = re.compile(rf"[\w{re.escape(_IN_PATHS)}]+")


@lru_cache(2_000)  # the same paths are asked about again and again
def bare_name(path: str) -> str:
    """Return a path without its folder."""
    return path.rpartition("/")[2]


def shortest(paths: Iterable[str], beside: Iterable[str] = ()) -> dict[str, str]:
    """Return for each path its shortest end of whole parts that no other path has, else all of it.

    Args:
        beside: More paths that it is told apart from.
    """
    wanted = tuple(paths)
    own, others, out = _by_name(wanted), _all_by_name(tuple(beside)), dict[str, str]()
    for path in wanted:
        name = bare_name(path)
        out[path] = _end(path, {*own[name], *others.get(name, ())})
    return out


def _by_name(paths: tuple[str, ...]) -> dict[str, list[str]]:
    out = dict[str, list[str]]()
    for path, name in zip(paths, map(bare_name, paths), strict=True):
        out.setdefault(name, []).append(path)
    return out


# The same ones are beside others again and again, for one document and for the next.
_all_by_name: Final = lru_cache(4)(_by_name)


def _end(path: str, alike: set[str]) -> str:
    """Return it of one of the paths with the same name."""
    if len(alike) == 1:
        return path.rpartition("/")[2]
    at, others = path.rfind("/"), [f"/{other}" for other in alike if other != path]
    while at > 0:
        at = path.rfind("/", 0, at)
        end = path[at + 1 :]
        others = [other for other in others if other.endswith(f"/{end}")]
        if not others:
            return end
    return path


@lru_cache(1_000)  # the same words are held against the same paths at each revision
def speaks_of(text: str, path: str) -> bool:
    """Tell whether a text names the file of a path: alone, or with the folder that it is in."""
    folder, _, name = path.rpartition("/")
    at = text.find(name)
    while at >= 0:
        before = text[at - 1] if at else " "
        if _leads_there(text, at, folder) if before == "/" else not (before.isalnum() or before in _IN_PATHS):
            return True
        at = text.find(name, at + 1)
    return False


def _leads_there(text: str, at: int, folder: str) -> bool:
    """Tell whether what stands before a name may be the end of the way to its folder."""
    backwards = _IN_PATH.match(text[max(0, at - FAR) : at][::-1])
    way = backwards[0][::-1] if backwards else "/"
    return "$" in way or way.rstrip("/").rpartition("/")[2] in ("", ".", "..", "~", folder.rpartition("/")[2])


def within_any(paths: Iterable[str], places: Collection[str]) -> set[str]:
    """Return those of many paths that are one of some places or below one: all are held against each path in one go."""
    below = tuple(f"{place.rstrip('/')}/" for place in places)
    return {path for path in paths if path.startswith(below) or path in places}


def in_folder(folder: str, names: list[str]) -> str:
    """Return names behind the folder they are in, which is told once for all of them.

    Args:
        folder: With the sign at its end; an empty string for none.
    """
    return f"{folder}{{{', '.join(names)}}}" if len(names) > 1 else f"{folder}{names[0]}"


def is_within(path: str, place: str) -> bool:
    """Tell whether a path is a place or below it; the place may end in a slash."""
    return path == place or path.startswith(f"{place.rstrip('/')}/")


def may_be_one(path: str, given: str) -> bool:
    """Tell whether two spellings may be of one file, or of a directory and what is in it; one by a pattern, too."""
    if "*" in given or "?" in given:
        return fnmatchcase(f"/{path}", f"*/{given}")
    return any(
        f"/{one}/".endswith(f"/{other}/") or f"/{one}/".startswith(f"/{other}/")
        for one, other in ((path, given), (given, path))
    )
