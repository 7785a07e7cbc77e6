"""Which commits a `git reset` took back, and what became of the changes in them."""

from collections.abc import Collection
from typing import Final

from spread.distill.files import FileLedger
from spread.distill.git_commands import is_refused
from spread.distill.index import Index
from spread.distill.log import ID_CHARS, head_after, same, taken_back
from spread.distill.place import Place

_THERE: Final = ("origin/", "upstream/", "@{u", "FETCH_HEAD")


def fallen(it: Place, words: list[str], output: str, aside: Collection[int]) -> list[str]:
    """Return the ids of those commits of a work tree that a reset certainly took back.

    Args:
        aside: The lines where branches were made that may still hold them.
    """
    back = taken_back(words)
    if back:
        return it.made[-back:] if back <= len(it.made) and same(it.made[-1], it.sha) else []
    to, last = head_after("reset", output)[:ID_CHARS], it.made[-it.linear :] if it.linear else []
    if "--hard" not in words or not to or not last:
        return []
    if to in last:
        return last[last.index(to) + 1 :]
    # What was pushed, or left on another branch, may have come back with what was reset to.
    return [] if it.push or it.on or is_aside(it, aside) else last


def is_aside(it: Place, aside: Collection[int]) -> bool:
    """Tell whether a branch was made that may still hold what is taken back."""
    return any(line >= it.first for line in aside)


def is_in_vain(output: str) -> bool:
    """Tell whether a reset did nothing, whatever hid that."""
    return is_refused(output) and not head_after("reset", output)


def brings_back(words: list[str]) -> bool:
    """Tell whether a reset goes to where HEAD was before another one."""
    return "--hard" in words and any("@{" in word or word == "ORIG_HEAD" for word in words[2:])


def redo(files: FileLedger, it: Place, line: int) -> None:
    """Take over that the files which a reset took along are there again."""
    for path in [path for path, at in files.gone.items() if at == it.back]:
        files.write(path, line, created=True)
    it.back = it.backs = 0


def is_even(words: list[str]) -> bool:
    """Tell whether a reset makes a branch what it is on the other side: what was made on another one stays as it is."""
    return "--hard" in words and any(word.startswith(_THERE) for word in words[2:])


def undo(
    files: FileLedger,
    index: Index,
    it: Place,
    ids: list[str],
    words: list[str],
    line: int,
    aside: Collection[int],
) -> None:
    """Take over what became of the changes in commits that a reset took back.

    A hard one takes them along, of files that no other commit of the session holds; else they are in no commit again.

    Args:
        aside: The lines where branches were made that may still hold them.
    """
    for net in files.net.values():
        net.kept = 0  # what the commits left hold of it, nobody knows
    it.since = max(it.since - len(ids), 0)
    it.commit = it.commit if it.made else 0
    sure = len(ids) <= it.linear and not is_aside(it, aside)
    others = [index.holds.get(sha) for sha in it.made]
    left = {path for paths in others for path in paths or ()}
    for sha in ids:
        paths = index.holds.pop(sha, [])
        if "--hard" not in words:
            index.loose(paths, line, staged="--soft" in words)
        elif sure and None not in others:
            for path in [path for path in paths if path not in left]:
                if path in files.created:
                    files.delete(path, line)
                elif path in files.modified:
                    files.revert(path, line, whole=True)
    it.back, it.backs = line, it.backs + len(ids)
