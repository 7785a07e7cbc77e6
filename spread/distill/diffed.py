"""Which files a command of the shell changed, as newer clients found by comparing the work tree before and after it."""

from typing import Any, Final

from spread.distill import net
from spread.distill.files import FileLedger
from spread.distill.noise import is_noise
from spread.distill.shell import Simple
from spread.distill.spelling import PATH_CHARS, absolute
from spread.transcript_events import Call

CREATED: Final = "created"
DELETED: Final = "deleted"
MODIFIED: Final = "modified"
MOST: Final = 200  # files of one command
# With these others' changes may be among them, or some are missing.
_UNSURE: Final = ("shared", "unavailable", "skipped")
# What git puts into the work tree is no edit.
_MOVES: Final = frozenset(
    ("checkout", "switch", "restore", "stash", "reset", "merge", "rebase", "pull", "cherry-pick", "revert", "am", "clean", "worktree", "bisect")
)  # fmt: skip


def found(call: Call, known: FileLedger) -> dict[str, str]:
    """Return what became of each file that changed, by absolute path; of many files only those that the session knows."""
    diff: Any = call.extra.get("bashEditDiff")
    if not isinstance(diff, dict) or any(map(diff.get, _UNSURE)):
        return {}
    out = dict[str, str]()
    files, changed = (diff.get(key) for key in ("files", "changedFiles"))
    for each in files[:MOST] if isinstance(files, list) else ():
        path = each.get("filePath") if isinstance(each, dict) else None
        if isinstance(path, str):
            out[absolute(path, "")] = next(
                (kind for kind in (CREATED, DELETED) if each.get(kind) is True), MODIFIED
            )
    for path in changed[:MOST] if isinstance(changed, list) else ():
        if isinstance(path, str):  # what became of it is not told
            out.setdefault(absolute(path, ""), MODIFIED)
    many = diff.get("moreFiles") != 0
    return {
        path: kind
        for path, kind in out.items()
        if len(path) <= PATH_CHARS and (not many or known.touches(path) or path in known.read)
    }


def take(
    files: FileLedger, diff: dict[str, str], line: int, commands: list[Simple], source: str, *, checks: bool
) -> None:
    """Take over what the client found, beside what the commands tell themselves.

    Args:
        diff: As `found` tells it.
        checks: The line holds a check, which may write files itself: these need no other one.
    """
    if any(item.name == "git" and not _MOVES.isdisjoint(item.words[1:4]) for item in commands):
        return
    moved = {old for old, _ in files.renamed.values()}
    for path, kind in diff.items():
        at = files.edited_at(path)
        if is_noise(path, files.own) or path in moved:
            continue
        if kind == DELETED:
            if path not in files.deleted and path not in files.gone:
                files.delete(path, line)
        elif at is None or at < line:
            net.written(files.net, path, source, anew=False)
            files.write(path, line, created=kind == CREATED, aside=checks)
        elif kind == MODIFIED and path in files.guessed and files.first.get(path, 0) >= line:
            _was_there(files, path)


def _was_there(files: FileLedger, path: str) -> None:
    """Take over that what seemed to be made had been there before."""
    files.guessed.discard(path)
    files.born.discard(path)
    files.first.pop(path, None)
    files.modified[path] = files.created.pop(path)
