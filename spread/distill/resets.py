"""Which commits a `git reset` took back or a rebase left out, and what became of the changes in them."""

import re
from collections.abc import Collection
from typing import Final

from spread.distill.commits import Commits
from spread.distill.files import FileLedger
from spread.distill.git_commands import is_refused, source_of
from spread.distill.index import Index
from spread.distill.log import ID_CHARS, head_after, same, taken_back
from spread.distill.place import Place
from spread.transcript_events import Call

_DELETED: Final = re.compile(r"(?m)^Deleted branch (\S+) \(was ([0-9a-f]{7,40})\)")
_FORCES: Final = frozenset(("-D", "--force", "-f"))
_HEAD: Final = ("HEAD", "@")
_THERE: Final = ("origin/", "upstream/", "@{u", "FETCH_HEAD")
_EDITOR: Final = re.compile(
    r"(?:SEQUENCE_EDITOR|sequence\.editor)=[\"']?sed -i(?:\.\w+| '')? (?:-e )?[\"']([^\"'\n]{1,200})[\"']"
)
_DELETES: Final = re.compile(r"(?:/\^?(?P<text>[\w .:()-]+)/|(?P<first>\d{1,3})(?:,(?P<last>\d{1,3}))?)d")
_DROPS: Final = re.compile(
    r"(?:/\^?(?P<text>[\w .:()-]+)/|(?P<first>\d{1,3})(?:,(?P<last>\d{1,3}))?)?s/\^?pick(?: (?P<sha>[0-9a-f]{4,40}))?/(?:drop|d)\b[^/]*/"
)
_BACK: Final = re.compile(r"(HEAD|@|[0-9a-f]{7,40})(\^*)(?:~(\d{1,3}))?")
_DONE: Final = "Successfully rebased"
_ASKS: Final = frozenset(("-i", "--interactive"))
_PLAIN: Final = frozenset(("-q", "--quiet", "--no-autosquash", "--autostash", *_ASKS))
_TEXT_CHARS: Final = 4


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
) -> None:
    """Take over what became of the changes in commits that a reset took back.

    A hard one takes them along, of files that no other commit of the session holds; else they are in no commit again.

    Args:
        aside: The lines where branches were made that may still hold them.
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
    it.back, it.backs = line, it.backs + len(ids)


def leave_out(
    files: FileLedger,
    index: Index,
    it: Place,
    words: list[str],
    call: Call,
    made: list[tuple[int, str, str]],
    aside: Collection[int],
) -> list[str]:
    """Take over that a rebase left out commits, and their changes, of files that no other commit holds; return their ids.

    Args:
        made: The commits of the session: line, id, subject.
        aside: The lines where branches were made that may still hold them.
    """
    ids = left_out(it, words, source_of(call), call.output, made)
    it.since = max(it.since - len(ids), 0)
    others = [index.holds.get(sha) for sha in it.made if sha not in ids]
    left = {path for paths in others for path in paths or ()}
    for sha in ids:
        paths = index.holds.pop(sha, [])
        if None not in others and not is_aside(it, aside):
            _take_along(files, [path for path in paths if path not in left], call.line)
    return ids


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
    gone = [(name, sha[:ID_CHARS]) for name, sha in _DELETED.findall(output) if name in it.where.values()]
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


def left_out(
    it: Place, words: list[str], source: str, output: str, made: Collection[tuple[int, str, str]]
) -> list[str]:
    """Return the ids of those commits of a work tree, made on top of one another, that a rebase left out.

    Args:
        words: Of the rebase.
        source: The line it stands in.
        made: The commits of the session: line, id, subject.
    """
    if _DONE not in output or not it.linear or not same(it.made[-1], it.sha):
        return []
    rest = [word for word in words[2:] if word not in _PLAIN]
    if len(rest) == 3 and rest[0] == "--onto":
        onto, base = _behind(it, rest[1]), _behind(it, rest[2])
        return it.made[-onto:-base] if 0 < base < onto <= it.linear else []
    count = _behind(it, rest[0]) if len(rest) == 1 and not _ASKS.isdisjoint(words) else 0
    found = _EDITOR.search(source) if 0 < count <= it.linear else None
    if found is None:
        return []
    subjects = {sha[:ID_CHARS]: subject for _, sha, subject in made}
    return _taken_out(found[1], [(sha, subjects.get(sha, "")) for sha in it.made[-count:]])


def _behind(it: Place, name: str) -> int:
    """Return how many of the commits came after the one that a name means, 0 where that is not known."""
    found = _BACK.fullmatch(name)
    if found is None:
        return 0
    at = 0
    if found[1] not in ("HEAD", "@"):
        at = next((at for at, sha in enumerate(reversed(it.made)) if same(sha, found[1])), -1)
    return at + len(found[2]) + int(found[3] or 0) if at >= 0 else 0


def _taken_out(script: str, todo: list[tuple[str, str]]) -> list[str]:
    """Return the ids that a script of `sed` takes out of a list of commits, oldest first."""
    found = _DELETES.fullmatch(script) or _DROPS.fullmatch(script)
    if found is None:
        return []
    given = found.groupdict()
    if first := int(given["first"] or 0):
        return [sha for sha, _ in todo[first - 1 : int(given["last"] or first)]]
    if sha := given.get("sha"):
        return [each for each, _ in todo if each.startswith(sha[:ID_CHARS])]
    text = given["text"] or ""
    return [sha for sha, subject in todo if len(text) >= _TEXT_CHARS and text in f"pick {sha} {subject}"]
