"""What git tells of files when it commits: those staged by name, and what a commit lists as made, moved or removed."""

import re
from typing import Final

from spread.distill.files import FileLedger, absolute
from spread.distill.repo import Repositories
from spread.distill.shell import UNKNOWABLE

LISTED: Final = re.compile(r"(?m)^ (create|delete) mode \d+ (.+)$")
_RENAMED: Final = re.compile(r"(?m)^ rename (.+) \(\d+%\)$")
_MOVED: Final = re.compile(r"^(.*?)\{((?:(?! => )[^{}])*+) => ([^{}]*+)\}(.*)$")


def staged_by(words: list[str], here: str, changed: list[str]) -> list[str]:
    """Return what a `git add` puts in the next commit by name, and what a status listed below a named directory.

    Args:
        changed: The files that the last status listed.
    """
    out = list[str]()
    for word in words:
        if word.startswith("-") or UNKNOWABLE.search(word):
            continue
        path = absolute(word, here)
        below = [known for known in changed if known.startswith(f"{path}/")]
        names_file = "." in path.rpartition("/")[2] and not word.endswith("/")
        out += below or ([path] if names_file else [])
    return out


def take_listed(files: FileLedger, repos: Repositories, output: str, line: int, here: str, root: str) -> None:
    """Take from a commit's own list what scripts made, moved or removed."""
    for what, path in LISTED.findall(output) if " mode " in output else ():
        if what == "create":
            repos.added([path.strip('"')])
        where = from_top(files, path.strip('"'), here, root)
        if what == "create" and where not in files.created and where not in files.renamed:
            files.modified.pop(where, None)
            files.made(where, line)
            files.told.add(where)
        elif what == "delete" and where not in files.deleted:
            files.forget(where)
            if where not in files.born:
                files.deleted[where] = line
                files.told.add(where)
    for text in _RENAMED.findall(output) if " rename " in output else ():
        braced = _MOVED.match(text)
        old, _, new = text.partition(" => ")
        if braced:
            old, new = (f"{braced[1]}{part}{braced[4]}".replace("//", "/") for part in (braced[2], braced[3]))
        _rename(files, from_top(files, old, here, root), from_top(files, new, here, root), line)


def _rename(files: FileLedger, old: str, new: str, line: int) -> None:
    if new in files.renamed:
        return
    was_new = old in files.born
    known, first = files.edited().get(old), files.first.get(old)
    files.forget(old)
    files.forget(new)
    if known is None:
        files.told.add(new)
    else:
        line = known
    if was_new:
        files.first[new] = first or line
        files.made(new, line)
    else:
        files.renamed[new] = (old, line)


def from_top(files: FileLedger, path: str, here: str, root: str) -> str:
    """Return the place of a path that git told from the top of its tree: a known one, else below the top."""
    inside = here == root or here.startswith(f"{root}/")
    place = absolute(path, root if inside else here)
    if files.touches(place):
        return place
    end = f"/{path}"
    for known in (files.created, files.modified, files.renamed, files.deleted):
        for each in known:
            if each.endswith(end):
                return each
    return place
