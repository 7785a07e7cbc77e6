"""Which commits a `git reset` took back, and what became of the changes in them."""

import re
from collections.abc import Collection
from typing import Final

from spread.distill.commits import Commits, drop
from spread.distill.files import FileLedger
from spread.distill.git_commands import is_refused
from spread.distill.git_lines import dropped
from spread.distill.index import Index
from spread.distill.log import ID_CHARS, head_after, same, taken_back
from spread.distill.place import Place
from spread.distillation_paths import is_within

_FORCES: Final = frozenset(("-D", "--force", "-f"))
_HEAD: Final = ("HEAD", "@")
_BRINGS: Final = ("rebase", "pull", "merge")
_EVEN: Final = re.compile(r"(?m)^(?:Already|Current branch \S+ is) up[ -]to[ -]date")
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


def alone(words: list[str]) -> int:
    """Return how many commits a rebase makes anew on top of the one below them, 0 where others may come in."""
    return taken_back(words) if words[1] == "rebase" else 0


def is_aside(it: Place, aside: Collection[int]) -> bool:
    """Tell whether a branch was made that may still hold what is taken back."""
    return any(line >= it.first for line in aside)


def is_in_vain(verb: str, output: str) -> bool:
    """Tell whether a command that may move HEAD did nothing, whatever hid that."""
    if verb == "reset":
        return is_refused(output) and not head_after(verb, output)
    return verb in _BRINGS and "date" in output and _EVEN.search(output) is not None


def brings_back(it: Place, words: list[str], output: str) -> bool:
    """Tell whether a reset goes to where HEAD was before another one, or to a commit that one took back."""
    before = any("@{" in word or word == "ORIG_HEAD" for word in words[2:])
    return "--hard" in words and (before or head_after("reset", output)[:ID_CHARS] in _ids(it))


def _ids(it: Place) -> list[str]:
    return [sha[:ID_CHARS] for _, sha, _ in it.fell]


def redo(files: FileLedger, it: Place, line: int, output: str) -> Commits:
    """Take over that what a reset took along is there again; return the commits.

    Of the files nobody knows which commit had them, where not all commits came back.
    """
    ids, to = _ids(it), head_after("reset", output)[:ID_CHARS]
    count = ids.index(to) + 1 if to in ids else len(ids)
    if count == len(ids):
        for path in [path for path, at in files.gone.items() if at == it.back]:
            files.write(path, line, created=True)
        for path in it.lost:
            files.write(path, line, created=False)
        for net in files.net.values():
            net.gone = [span for span in net.gone if span[1] != it.back]
    back = it.fell[:count]
    it.made += ids[:count]
    it.since, it.commit = it.since + count, it.commit or line
    it.back = it.backs = 0
    it.fell, it.lost = [], []
    return back


def is_even(words: list[str]) -> bool:
    """Tell whether a reset makes a branch what it is on the other side: what was made on another one stays as it is."""
    return "--hard" in words and any(word.startswith(_THERE) for word in words[2:])


def lose(
    files: FileLedger, lost: list[str], words: list[str], line: int, staged: Collection[str] = ()
) -> None:
    """Take over that a hard reset threw away what was in no commit; a commit named otherwise may hold it, unseen.

    Args:
        lost: What was changed, deleted or moved since the last commit.
        staged: What is in the index by its name: of new files only these go.
    """
    near = taken_back(words) or all(word.startswith("-") or word in _HEAD for word in words[2:])
    for path in lost if near else ():
        files.deleted.pop(path, None)
        files.renamed.pop(path, None)
        if path in files.modified:
            files.revert(path, line)
        elif path in files.created and path in staged:
            files.delete(path, line)


def undo(
    files: FileLedger,
    index: Index,
    it: Place,
    ids: list[str],
    words: list[str],
    line: int,
    aside: Collection[int],
    since: tuple[int, str],
) -> None:
    """Take over what became of the changes in commits that a reset took back.

    A hard one takes them along, of files that no other commit of the session holds; else they are in no commit again.

    Args:
        aside: The lines where branches were made that may still hold them.
        since: The line of the last commit that is left, and its work tree: what was deleted there later is back.
    """
    for net in files.net.values():
        net.kept = net.held = 0  # what the commits left hold of it, nobody knows
    it.since = max(it.since - len(ids), 0)
    it.commit = it.commit if it.made else 0
    sure = len(ids) <= it.linear and not is_aside(it, aside)
    others = [index.holds.get(sha) for sha in it.made]
    left = {path for paths in others for path in paths or ()}
    for sha in ids:
        paths = index.holds.pop(sha, [])
        if "--hard" not in words:
            index.loose(paths, line, staged="--soft" in words)
        elif None not in others:
            fell = [path for path in paths if path not in left]
            if sure:
                it.lost += _take_along(files, fell, line)
            elif is_aside(it, aside):
                for net in (files.net[path] for path in fell if path in files.net):
                    net.away = max(line, files.moved)
    if sure and "--hard" in words:
        stay, top = since
        for path in [path for path, at in files.deleted.items() if at > stay and is_within(path, top)]:
            del files.deleted[path]
    it.back, it.backs = line, it.backs + len(ids)


def _take_along(files: FileLedger, paths: list[str], line: int) -> list[str]:
    """Take over that changes went with the commits that had them; return the files that are as before."""
    back = [path for path in paths if path in files.modified and path not in files.created]
    for path in paths:
        files.deleted.pop(path, None)
        files.renamed.pop(path, None)
        if path in files.created:
            files.delete(path, line)
    for path in back:
        files.revert(path, line, whole=True)
    return back


def abandoned(it: Place, words: list[str], output: str) -> tuple[str, list[str]]:
    """Return a branch that was deleted before anything took its commits over, and their ids; none where that is not sure."""
    gone = [(name, sha[:ID_CHARS]) for name, sha in dropped(output) if name in it.where.values()]
    if len(gone) != 1 or _FORCES.isdisjoint(words) or it.push or not {"*", gone[0][0]}.isdisjoint(it.taken):
        return "", []
    name, tip = gone[0]
    ids = [sha for sha in it.made if it.where.get(sha) == name]
    return (name, ids) if ids[-1:] == [tip] and it.sha[:ID_CHARS] != tip and it.stale == [] else ("", [])


def leave(files: FileLedger, index: Index, it: Place, name: str, ids: list[str], line: int) -> None:
    """Take over that commits went with their branch, and their changes unless these alone came over before."""
    it.since = max(it.since - len(ids), 0)
    kept = {path for sha in it.made for path in index.holds.get(sha, ())}
    whole = all(sha in index.holds for sha in it.made)
    for sha in ids:
        paths = index.holds.pop(sha, [])
        if whole and name not in it.squashed:
            _take_along(files, [path for path in paths if path not in kept], line)
    it.on = "" if it.on == name else it.on


def go_with(files: FileLedger, index: Index, it: Place, made: Commits, line: int) -> None:
    """Take over that all commits of a work tree went with it."""
    ids = [*it.made]
    drop(made, ids)
    it.drops(ids, line)
    leave(files, index, it, it.branch, ids, line)
    files.held.clear()  # it is found again at the next call of git
    it.commit = it.quiet = 0
