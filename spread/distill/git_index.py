"""Which changes the commands of git staged and committed, as the index keeps them."""

from collections.abc import Callable
from typing import Final

from spread.distill.files import FileLedger
from spread.distill.git_commands import Gits
from spread.distill.index import Index
from spread.distill.log import ID_CHARS
from spread.distill.net_back import keep
from spread.distill.shell import Simple
from spread.transcript_events import Call

_COMMITTING: Final = frozenset(("commit", "rebase", "cherry-pick", "revert", "merge", "am", "pull"))
_LOOKS: Final = frozenset(
    ("status", "log", "diff", "show", "branch", "fetch", "remote", "rev-parse", "config", "push", "ls-files", "blame", "worktree")
)  # fmt: skip


def follow(
    index: Index,
    files: FileLedger,
    top_of: Callable[[str, str], str],
    call: Call,
    commands: list[Simple],
    gits: Gits,
    root: str,
    made: list[str],
    refused: bool,
    stashed: tuple[int, list[str]],
) -> None:
    """Take over which changes the commands staged and committed.

    Args:
        top_of: Tells the top of the work tree of a directory.
        made: The ids of the commits that git told of.
        refused: Whether what was to commit came to nothing.
        stashed: The line of a stash that was not brought back, and the files it certainly took.
    """
    line, committed = call.line, bool(made)
    only = made[0][:ID_CHARS] if len(made) == 1 == sum(words[1] == "commit" for words, _ in gits) else ""
    if committed and not any(words[1] in _COMMITTING for words, _ in gits):
        index.all(line)
    unseen = bool(call.extra.get("backgroundTaskId"))
    for words, place in gits:
        verb, rest = words[1], words[2:]
        top = top_of(place, root)
        if not place or unseen:
            if verb not in _LOOKS:
                index.all(line)
        elif verb in ("add", "rm", "mv"):
            index.add(rest, place, top)
            index.ignores(call.output, place, line)
        elif verb == "check-ignore":
            index.ignores(call.output, place, line, rest)
        elif verb == "commit":
            if committed or not refused:
                index.commit(rest, place, top, line, call.output, only, files.edited, files.created)
                keep(files.net, line, index.held_since, stashed)
        elif verb == "status" and call.ok:
            index.status(rest, commands, call.output, top, line, list(changes(files)), files.created)
        elif verb in ("diff", "show", "log"):
            if call.ok and " changed" in call.output:
                index.looked(verb, rest, call.output, top, line)
        else:
            index.other(verb, rest, top, line)


def changes(files: FileLedger) -> dict[str, int]:
    """Return all files that were changed and that git may track, with the lines of their last changes."""
    changed = files.changes()
    return {path: at for path, at in changed.items() if path not in files.of_git} if files.of_git else changed
