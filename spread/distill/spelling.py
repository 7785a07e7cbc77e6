"""How paths are spelled: absolute ones, whatever system they are of, and as hand-offs give them."""

import ntpath
import posixpath
import re
from collections.abc import Callable
from fnmatch import translate
from functools import lru_cache
from typing import Final

from spread.distill.noise import is_temporary

PATH_CHARS: Final = 4_096  # no system has a longer one
_HOME: Final = re.compile(r"^(?:/(?:home|Users)/[^/]+|/root|[A-Za-z]:/Users/[^/]+)(?=/|$)")
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")
_PATTERN: Final = re.compile(r"[*?]")


def is_pattern(path: str) -> bool:
    """Tell whether a path is one that stands for several."""
    return _PATTERN.search(path) is not None


def stood_for(pattern: str) -> Callable[[str], object]:
    """Return what tells whether a path is one that a pattern of the shell stands for."""
    return re.compile(translate(pattern).replace(".*", "[^/]*")).match


@lru_cache(4_000)
def is_aside(path: str, here: str) -> bool:
    """Tell whether a file is a temporary one beside the work: what was checked stays checked when it changes.

    Args:
        here: The directory that the session works in, which may be a temporary one itself.
    """
    return is_temporary(path) and not is_temporary(absolute(here, ""))


@lru_cache(4_000)
def absolute(path: str, here: str) -> str:
    """Return an absolute POSIX spelling of a path: `C:\\a\\b` and `/c/a/b` as `C:/a/b`; outside a home `~/x` as it is."""
    if path.startswith("~") and path[1:2] in ("", "/") and (home := _HOME.match(here.replace("\\", "/"))):
        path = home[0] + path[1:]
    if _DRIVE.match(path) or _DRIVE.match(here):
        path, here = path.replace("\\", "/"), here.replace("\\", "/")
        path = re.sub(r"^/(?:mnt/)?([a-zA-Z])(?=/|$)", lambda found: f"{found[1].upper()}:", path)
        if re.match(r"[A-Za-z]:", path):
            path = path[0].upper() + path[1:]
        if re.match(r"[A-Za-z]:", here):
            here = here[0].upper() + here[1:]
        joined = path if ntpath.isabs(path) or path.startswith("~") else f"{here}/{path}"
        return posixpath.normpath(joined)
    if path.startswith("~"):
        return posixpath.normpath(path)
    return posixpath.normpath(posixpath.join(here or ".", path)) if path else ""


def folder_of(here: str | None, cwd: str) -> str:
    """Return the directory that a command runs in, `here` being where its line went from the one it began in, if it did."""
    return absolute(here, cwd) if here else cwd


@lru_cache(4_000)
def relative(path: str, root: str) -> str:
    """Return a path as hand-offs give it: from the project's root, else `~/…`, else absolute."""
    if (
        root
        and path.lower().startswith(root.lower().rstrip("/") + "/")
        and (root[1:2] == ":" or path.startswith(root))
    ):
        return path[len(root.rstrip("/")) + 1 :]
    return _HOME.sub("~", path)


def meant(name: str, here: str, known: dict[str, list[str]]) -> str:
    """Return the one known file that a name means; nobody knows what directory a report speaks from."""
    path, end = absolute(name, here), f"/{absolute(name, '').removeprefix('./')}"
    if path in known.get(path.rpartition("/")[2], ()):
        return path
    found = [each for each in known.get(end.rpartition("/")[2], ()) if each.endswith(end)]
    return found[0] if len(found) == 1 else ""


def common_base(means: dict[str, str]) -> str:
    """Return the directory, with its slash, from which all names are spelled that mean these paths; empty if they differ."""
    bases = {path.removesuffix(absolute(name, "").removeprefix("./")) for name, path in means.items()}
    base = bases.pop() if len(bases) == 1 else ""
    return base if base.endswith("/") else ""
