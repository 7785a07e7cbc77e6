"""What git tells of files when it commits: those staged by name, and what a commit lists as made, moved or removed."""

import posixpath
import re
from itertools import chain
from typing import Final

from spread.distill import git_lines
from spread.distill.carried import counted
from spread.distill.files import FileLedger, absolute
from spread.distill.log import ID_CHARS
from spread.distill.net_back import last_kept, may_go
from spread.distill.operands import is_trial
from spread.distill.repo import Repositories
from spread.distill.shell import UNKNOWABLE
from spread.distillation_paths import is_within
from spread.transcript_events import Call

MOST_UNTRACKED: Final = 40  # of one call; the rest is in the directories among them
MOST_REMOVED: Final = 1_000
MOST_NAMED: Final = 200  # each is held against all that was removed
_RENAMED: Final = re.compile(r"(?m)^ rename (.+) \(\d+%\)$")
_REMOVED: Final = re.compile(r"(?m)^rm '([^'\n]+)'$")
GONE: Final = re.compile(r"(?m)^(?:\tdeleted: +(\S.*)|(?: D|D ) (\S.*))$")
_MOVED: Final = re.compile(r"^(.*?)\{((?:(?! => )[^{}])*+) => ([^{}]*+)\}(.*)$")
# What no quote ends is taken, too, up to the end of its line: else each of many quotes would be looked behind so far.
_QUOTED: Final = re.compile(r'"((?:[^"\\\n]|\\.)*+)("?)')
_BYTES: Final = re.compile(rb"\\([0-3][0-7]{2}|.)", re.S)
_LETTERS: Final = {b"n": b"\n", b"t": b"\t"}


def unquoted(output: str) -> str:
    """Return what git printed with the names as they are in which it spelled letters by the numbers of their bytes."""
    return _QUOTED.sub(_plain, output) if '"' in output and "\\" in output else output


def _named(path: str) -> str:
    """Return a name that git printed, in quotes where it has letters of its own for some of it."""
    return _QUOTED.sub(_letters, path) if path[:1] == '"' else path


def _plain(found: re.Match[str]) -> str:
    return _letters(found) if re.search(r"\\[23]\d\d", found[1]) else found[0]


def _letters(found: re.Match[str]) -> str:
    if not found[2]:
        return found[0]
    told = _BYTES.sub(
        lambda it: bytes([int(it[1], 8)]) if len(it[1]) == 3 else _LETTERS.get(it[1], it[1]),
        found[1].encode(),
    )
    try:
        return told.decode()
    except UnicodeDecodeError:
        return found[0]


def has_list(output: str) -> bool:
    """Tell whether an output has a commit's own list of files."""
    return bool(git_lines.listed(output))


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
        below = [known for known in changed if is_within(known, path)]
        names_file = "." in path.rpartition("/")[2] and not word.endswith("/")
        out += below or ([path] if names_file else [])
    return out


def all_staged(files: FileLedger, changed: list[str], edited: list[str], call: Call) -> dict[str, int]:
    """Return what a status listed as changed where a commit of all that is changed holds just that and what was edited.

    Args:
        changed: What the status listed.
        edited: The files that the session edited since the commit before.
    """
    gone = {old for old, _ in files.renamed.values()} | files.deleted.keys() | files.gone.keys()
    fits = gone.isdisjoint(changed) and counted(call.output) == len({*changed, *edited})
    return dict.fromkeys(changed, call.line) if fits else {}


def take_staged(
    files: FileLedger, staged: dict[str, int], untracked: set[str], fresh: list[str], line: int
) -> None:
    """Take over that a commit has what was staged by name: it tells of the change, to stage a file changes nothing.

    Args:
        untracked: What was only taken out of the index before, and so may be as it was.
        fresh: What the last status listed as new.
    """
    new = tuple([f"/{path}" for path in fresh])
    for path in staged:
        if path not in untracked and path.endswith(new) and not files.touches(path):
            files.made(path, line)
            files.told.add(path)
        elif path not in untracked:
            files.listed(path, line)
    staged.clear()


def take_listed(
    files: FileLedger,
    repos: Repositories,
    output: str,
    line: int,
    here: str,
    root: str,
    untracked: set[str],
) -> None:
    """Take from a commit's own list what scripts made, moved or removed.

    Args:
        untracked: Files and directories that were taken out of the index alone: they are still there.
    """
    listed = [(what, _named(path)) for what, path in git_lines.listed(output)]
    moved = [_ends(text) for text in (_RENAMED.findall(output) if " rename " in output else ())]
    places = from_top(files, [*(path for _, path in listed), *chain(*moved)], here, root)
    folders = dict(files.deleted)
    moved_away = {old for old, _ in files.renamed.values()}
    for (what, path), where in zip(listed, places, strict=False):  # behind these are those that moved
        if what == "create":
            files.guessed.discard(where)
            repos.added([path])
        if what == "create" and where in files.deleted:
            del files.deleted[where]  # it is back, as it was or not
            files.listed(where, line)
        elif what == "create" and where not in files.created and where not in files.renamed:
            files.modified.pop(where, None)
            files.made(where, line)
            files.told.add(where)
        elif (
            what == "delete"
            and where not in files.deleted
            and not any(is_within(where, old) for old in moved_away)
            and not any(is_within(where, it) for it in untracked)
        ):
            _deleted(files, where, line, folders)
    for at in range(len(listed), len(places), 2):
        _rename(files, places[at], places[at + 1], line)


def _deleted(files: FileLedger, path: str, line: int, folders: dict[str, int]) -> None:
    """Take over that a commit tells of a deleted file, which says more than the folder that was taken away with it."""
    files.forget(path)
    if path in files.born and path not in files.guessed:
        return
    files.gone.pop(path, None)
    above = posixpath.dirname(path)
    while above not in folders and (higher := posixpath.dirname(above)) != above:
        above = higher
    if above in folders:
        files.deleted.pop(above, None)
    else:
        files.told.add(path)
    files.deleted[path] = folders.get(above, line)


def take_removed(
    files: FileLedger, call: Call, words: list[str], here: str, root: str, untracked: set[str]
) -> None:
    """Take over the files that `git rm` names: those of a directory, and those that left the index alone.

    Args:
        words: What follows `rm`.
    """
    if is_trial([word for word in words if word[:1] == "-"]):
        return
    paths = from_top(files, _REMOVED.findall(call.output)[:MOST_REMOVED], here, root)
    named = {absolute(word, here) for word in words if word[:1] != "-"}
    if "--cached" in words:
        untracked.update([*sorted(named), *paths][:MOST_UNTRACKED])
        return
    for path in paths:
        if path not in named and path not in files.deleted and path not in files.gone:
            files.delete(path, call.line)
    for folder in named if len(named) <= MOST_NAMED else ():
        if any(path != folder and is_within(path, folder) for path in paths):
            files.deleted.pop(folder, None)  # its files tell of it


def take_gone(files: FileLedger, output: str, line: int, here: str, root: str) -> None:
    """Take over that git lists as deleted what commands may have taken away, as `rm -f` does where there is something."""
    names = [long or _named(short) for long, short in GONE.findall(output)][:MOST_REMOVED]
    for path in from_top(files, names, here, root):
        was_there = (
            path in files.guessed if path in files.gone else any(is_within(path, it) for it in files.doubted)
        )
        if was_there and not files.touches(path):
            files.born.discard(path)
            files.delete(path, line)
            files.told.add(path)


def take_reverted(
    files: FileLedger, made: list[tuple[int, str, str]], holds: dict[str, list[str]], line: int, *, new: bool
) -> None:
    """Take over what the last commit reverts: a commit of the session, or of others, whose files git may show later.

    Args:
        made: The commits of the session: line, id, subject.
        holds: The files of commits, by their ids; of some they are not known.
        new: Whether it was made just now.
    """
    if not made or not made[-1][2].startswith('Revert "'):
        return
    if any(made[-1][2] == f'Revert "{subject}"' for _, _, subject in made[:-1]):
        if new:
            take_back(files, made, holds)
        return
    for path in holds.get(made[-1][1][:ID_CHARS], ()):
        if not files.touches(path) and path not in files.gone:
            files.listed(path, line)


def take_back(files: FileLedger, made: list[tuple[int, str, str]], holds: dict[str, list[str]]) -> None:
    """Forget the changes of a commit that the last one reverts, of files that no later commit or edit changed.

    Args:
        made: The commits of the session: line, id, subject.
        holds: The files of commits, by their ids; of some they are not known.
    """
    line, last, told = made[-1]
    old = next((each for each in made[-2::-1] if told == f'Revert "{each[2]}"'), None)
    if old is None or old[1][:ID_CHARS] not in holds:
        return
    others = [(at, sha[:ID_CHARS]) for at, sha, _ in made if sha not in (old[1], last)]
    kept = {path for _, sha in others for path in holds.get(sha, ())}
    # What was edited for the first time after it, one whose files are not known does not hold.
    unknown = max((at for at, sha in others if sha not in holds and at < old[0]), default=0)
    for path in holds[old[1][:ID_CHARS]]:
        net = files.net.get(path)
        if (
            path in files.modified
            and (not unknown or (net and net.began > unknown))
            and path not in kept
            and (files.modified[path] <= old[0] or files.modified[path] == line)
        ):
            files.revert(path, line, whole=True)
        elif net and old[0] == last_kept(files.net) and may_go(net, old[0]):
            since = [(at, sha) for at, sha in others if net.held <= at <= old[0]]
            took = [at for at, sha in since if path in holds.get(sha, ())]
            if took == [net.held] and all(sha in holds for _, sha in since):
                files.revert(path, line, last=True)


def _ends(text: str) -> tuple[str, str]:
    """Return the old and the new path of what git says was renamed: `a => b`, `dir/{a => b}/c`."""
    if braced := _MOVED.match(text):
        old, new = (f"{braced[1]}{part}{braced[4]}".replace("//", "/") for part in (braced[2], braced[3]))
    else:
        old, _, new = text.partition(" => ")
    return old, new


def _rename(files: FileLedger, old: str, new: str, line: int) -> None:
    if new in files.renamed or files.came_with_folder(old, new):
        return
    if between := next((each for each in files.edited() if each != new and _came_from(files, each, old)), ""):
        files.rename(between, new, line)  # it went on from there in a line that is not known to have worked
        files.renamed[new] = (old, line)
        return
    was_new = old in files.born
    known, first = files.edited_at(old), files.first.get(old)
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


def _came_from(files: FileLedger, path: str, old: str) -> bool:
    """Tell whether a path is known to be where a file went, alone or with its folder."""
    return files.renamed.get(path, ("", 0))[0] == old or files.came_with_folder(old, path)


def from_top(files: FileLedger, paths: list[str], here: str, root: str) -> list[str]:
    """Return the places of paths that git told from the top of its tree: known ones, else below the top."""
    top, known, out = root if is_within(here, root) else here, "", list[str]()
    for path in paths:
        place = absolute(path, top)
        if not files.touches(place):
            # A text of all is searched many times faster than one path after another, of which there may be thousands.
            known = known or "\0".join(
                ["", *files.created, *files.modified, *files.renamed, *files.deleted, ""]
            )
            end = known.find(f"/{path}\0")
            place = known[known.rfind("\0", 0, end) + 1 : end + len(path) + 1] if end >= 0 else place
        out.append(place)
    return out
