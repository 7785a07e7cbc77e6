"""What a page tells of the files of a session: which were changed and read, and what was changed on the machine."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from posixpath import commonprefix
from typing import Final

from spread.distillation_fields import NONE, WRITTEN_AGAIN, Fields, Files
from spread.distillation_paths import shortest
from spread.distillation_told import CHANGED, LEFT, MACHINE, UNDONE, UNLISTED

WORTH_SHARING: Final = 40  # characters
MOST_OUTSIDE: Final = 70  # characters of the path of a temporary file
ENDS: Final = 2  # parts of a longer one that stand at its beginning and at its end
UNCHANGED: Final = f"changed: {NONE}"
UNKNOWN_OF: Final = "; what sub-agents wrote is not known"
BACK: Final = ", all taken back"  # behind the line of a file of whose edits nothing is left
MOST_MACHINE: Final = 6  # of what was installed, cloned or set
BESIDE_FILES: Final = 3  # of these, where files were changed
_WORKTREE: Final = (
    "worktree"  # in the path of a second work tree, of which the files may be taken for the first one's
)
_OTHER_ROOTS: Final = ("~", "/")
_CLIENTS: Final = "~/.claude/"
_TEMPORARY: Final = re.compile(r"(?im)^[^~/\n]*+[~/].*/te?mp/")
# What the manifest tells as well, which is among the files; a work tree is told for itself.
_OF_PROJECT: Final = re.compile(
    rf"- {MACHINE}`(?:(?:npm|pnpm|yarn|bun|poetry|pdm|uv|mix|dotnet|composer|bundle)"
    r" (?:add|install|i|remove|uninstall|upgrade|require) (?!.*(?:-g |--global))"
    r"|cargo (?:add|remove) |go get |git |(?:(?:python3?|py) -m )?pip3? \w+ -r )"
)
_PARTS: Final = re.compile(r"[\s,;()]")
_PATH: Final = re.compile(r"(?<![^\s,()])[^\s,()]+/[^\s,()]+")


def named_short(doubts: list[str], files: Files) -> list[str]:
    """Return how things stand, with files that stand in full among the changed ones by their names."""
    if not any(item.startswith(f"- {LEFT}") for item in doubts):
        return doubts
    known = [*files.created, *files.modified, *files.deleted, *(item.new for item in files.renamed)]
    names = Counter([path.rpartition("/")[2] for path in known])
    short = {path: name for path in known if "/" in path and names[name := path.rpartition("/")[2]] == 1}
    out = list[str]()
    for item in doubts:
        lead, left, rest = item.partition(LEFT)
        if lead == "- " and left:
            item = lead + left + _PATH.sub(lambda found: short.get(found[0], found[0]), rest)
        out.append(item)
    return out


def files_of_session(it: Fields, machine: list[str], nameless: list[str]) -> list[str]:
    """Return what happened to files, then what else was changed on the machine, where no file tells that as well.

    Args:
        nameless: What tells of files that were edited and whose names are not known.
    """
    files = it.files
    renamed = tuple(f"{item.old} → {item.new}" for item in files.renamed)
    pairs = (
        ("created", files.created),
        ("modified", files.modified),
        ("deleted", files.deleted),
        ("renamed", renamed),
    )
    out = [
        line
        for kind, paths in pairs
        for line in paths_of(kind, tuple(map(_outside, paths)), _spans(it, kind))
    ]
    unknown = any(UNLISTED in text for text in it.uncertainties)
    if out:
        out[:0] = _start(it.project.directory, [path for _, paths in pairs for path in paths])
    else:
        nothing = [] if nameless else [f"{UNCHANGED}{UNKNOWN_OF * unknown}"]
        return [*nothing, *nameless, *_machine(machine, MOST_MACHINE)]
    return [
        *out,
        *nameless,
        *_machine([item for item in machine if not _OF_PROJECT.match(item)], BESIDE_FILES),
    ]


def _start(directory: str, paths: list[str]) -> list[str]:
    """Return where relative paths start, where one may take them for those of another directory."""
    far = [path for path in paths if path.startswith(_OTHER_ROOTS)]
    apart = any(not (path.startswith(_CLIENTS) or _TEMPORARY.search(path)) for path in far)
    if not directory or len(far) == len(paths) or not (apart or _WORKTREE in directory):
        return []
    return [f"- paths from {directory}"]


def only_read(files: Files, named: list[str]) -> tuple[str, ...]:
    """Return the files that were read, but not changed: of the others it goes without saying.

    Args:
        named: What tells of files as well.
    """
    changed = {*files.created, *files.modified, *(item.new for item in files.renamed)}
    return tuple(
        [path for path in files.read if path not in changed and not any(_tells(item, path) for item in named)]
    )


def _tells(item: str, path: str) -> bool:
    """Tell whether an item names a path, perhaps with others of its folder."""
    folder, _, name = path.rpartition("/")
    return folder in item and any(f"{before}{name}" in item for before in ("/", "{", " "))


@lru_cache(1_000)
def _outside(path: str) -> str:
    """Return a path, a long one of a temporary file without its middle."""
    if len(path) <= MOST_OUTSIDE or not _TEMPORARY.search(path):
        return path
    parts = path.split("/")
    return "/".join([*parts[:ENDS], "…", *parts[-ENDS:]]) if len(parts) > 2 * ENDS else path


def _machine(items: list[str], most: int) -> list[str]:
    """Return what was changed on the machine, the newest of it, on one line."""
    ran = ", ".join(item.removeprefix(f"- {MACHINE}") for item in items[-most:])
    more = f" and {len(items) - most} before" if len(items) > most else ""
    return [f"- {MACHINE}{ran}{more}"] if ran else []


def by_name(items: list[str], known: Iterable[str]) -> list[str]:
    """Return items about files with no more of each path than tells it from the others.

    Args:
        known: The paths of all files that were changed.
    """
    paths = [item.removeprefix(f"- {CHANGED}").partition(": ")[0] for item in items]
    ends = shortest(paths, known)
    return [
        f"- {ends[path]}{item[len(f'- {CHANGED}{path}') :]}" for item, path in zip(items, paths, strict=True)
    ]


def _spans(it: Fields, kind: str) -> tuple[str, ...]:
    """Return the line of each change; of what was created and written again, the first and the last."""
    first, last = it.lines_of(f"files.{kind}"), it.lines_of(WRITTEN_AGAIN) if kind == "created" else ()
    if kind == "modified" and (undone := [text for text in it.failed if text.startswith(UNDONE)]):
        paths = zip(it.files.modified, first, strict=False)
        named = {word for text in undone for word in _PARTS.split(text)}
        return tuple([f"{line}{BACK * (path in named)}" for path, line in paths])
    if len(first) != len(last):
        return first
    return tuple([line if line == end else f"{line}…{end}" for line, end in zip(first, last, strict=True)])


@lru_cache(32)
def paths_of(kind: str, paths: tuple[str, ...], lines: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return paths, eight on a line, those of a directory together; of several of one line the last names it."""
    out, below = [], _shared(paths) if kind else ""
    if below:
        kind, paths = f"{kind}, all below {below}", tuple([path[len(below) :] for path in paths])
    folders = [_directory(path) for path in paths]
    for start in range(0, len(paths), 8):
        shown = range(start, min(start + 8, len(paths)))
        told = list[str]()
        for where, group in groupby(shown, folders.__getitem__):
            alike = list(group)
            names = [
                f"{paths[at][len(where) :] if len(alike) > 1 else paths[at]}"
                f"{'' if at + 1 in alike and lines[at : at + 1] == lines[at + 1 : at + 2] else at_line(lines, at)}"
                for at in alike
            ]
            told.append(f"{where}{{{', '.join(names)}}}" if len(alike) > 1 and where else ", ".join(names))
        out.append(f"- {kind}{kind and ': '}{', '.join(told)}")
    return tuple(out)


def _shared(paths: tuple[str, ...]) -> str:
    """Return the directory that all are below, where it would be told often enough."""
    shared = commonprefix(paths)
    shared = shared[: shared.rfind("/") + 1]
    if not shared or " → " in shared:
        return ""
    folders = len({_directory(path) for path in paths})
    return shared if len(shared) * (folders - 1) >= WORTH_SHARING else ""


def _directory(path: str) -> str:
    """Return the directory of a path with its slash, that of a renamed one is not looked for."""
    return path[: path.rfind("/") + 1] if " → " not in path else ""


def at_line(lines: tuple[str, ...], at: int) -> str:
    return f" ({lines[at]})" if at < len(lines) and lines[at] else ""
