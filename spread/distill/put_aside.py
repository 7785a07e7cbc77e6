"""What is put aside or left for a while, to see how things are without it, and brought back as it was."""

from typing import Final

import msgspec

from spread.distill.files import FileLedger
from spread.distill.runs import Run
from spread.distill.shell import UNKNOWABLE, Simple
from spread.distill.stands import is_move
from spread.transcript_events import Call

Runs = dict[str, list[Run]]
Stashed = tuple[
    int, list[str]
]  # the line of a stash that was not brought back, and the files it certainly took
MOST: Final = 4  # within one another
_BACK: Final = frozenset(("pop", "apply"))
_STASH: Final = "stash"
NEWEST: Final = ("0", "stash@{0}")
_WITH_NEW: Final = frozenset(("-u", "--include-untracked", "-a", "--all"))
_PARTLY: Final = frozenset(("-p", "--patch", "-S", "--staged", "--"))
_KEPT: Final = "The stash entry is kept in case you need it again"
_WENT: Final = ("Switched to branch", "HEAD is now at")


class Aside(msgspec.Struct, array_like=True, gc=False):
    """How it stood when changes were put aside, or a branch was left."""

    line: int
    what: str  # a stash, else the branch, nothing where its name is not known
    last_change: int
    moved: int
    runs: Runs


def follow(
    aside: list[Aside],
    call: Call,
    commands: list[Simple],
    files: FileLedger,
    runs: Runs,
    branch: str,
    *,
    late: bool,
) -> bool:
    """Take over a call that moved the work tree, and tell whether it only put something aside or brought it back.

    What is brought back before anything else was changed stands as it stood: what ran in between was on other contents.

    Args:
        branch: The one that was checked out before, as far as is known.
        late: Whether it did so after what it ran of the checks.
    """
    moving = [item.words for item in commands if item.name in ("git", "gh") and is_move(item)]
    if [_verb(words, call.output) for words in moving] == [_STASH, "pop"]:
        return not (late and any(run.line == call.line for each in runs.values() for run in each))
    if len(moving) != 1 or not (verb := _verb(moving[0], call.output)):
        return False
    last, target = aside[-1] if aside else None, moving[0][-1]
    known = last is not None and last.line == files.last_change
    if (
        last
        and known
        and (verb == "pop" if last.what == _STASH else verb == "goes" and target in ("-", last.what))
    ):
        files.last_change, files.moved = last.last_change, last.moved
        for kind in runs:
            new = [run for run in runs[kind] if run.line == call.line and not late]
            runs[kind] = [*last.runs.get(kind, ()), *new]
        aside.pop()
        return True
    if verb == "pop" or target == "-":
        return False
    line = call.result_line if late else call.line
    kept = {kind: [run for run in each if late or run.line != call.line] for kind, each in runs.items()}
    aside[:] = [
        *(aside[1 - MOST :] if known else ()),
        Aside(line, _STASH if verb == _STASH else branch, files.last_change, files.moved, kept),
    ]
    files.last_change = files.moved = line
    return True


def _verb(words: list[str], output: str) -> str:
    """Return what a command that moves the work tree does to what was there: nothing where more is done."""
    if words[1:2] == [_STASH]:
        if _BACK.isdisjoint(words[2:3]):
            return _STASH
        return "pop" if all(word.startswith("-") or word in NEWEST for word in words[3:]) else ""
    plain = [word for word in words[2:] if word not in ("-q", "--quiet")]
    if len(plain) != 1 or (plain[0] != "-" and UNKNOWABLE.search(plain[0])):
        return ""
    said = words[1:2] == ["checkout"] and any(map(output.__contains__, _WENT))  # else it may be a file
    return "goes" if said or words[1:2] == ["switch"] else ""


def stashed(stood: Stashed, words: list[str], call: Call, files: FileLedger, edited: list[str]) -> Stashed:
    """Return what a `git stash` left put aside; changes that it threw away are none any more.

    Args:
        words: What follows `stash`.
        edited: The files that were edited since the last commit.
    """
    verb, args = words[:1], words[1:]
    if not call.ok:
        return stood[0], []  # it may have been brought back in part
    if verb in (["list"], ["show"]) or "No local changes" in call.output:
        return stood
    if _KEPT in call.output and verb == ["pop"]:  # though what came after it in the line worked
        return stood[0] or call.line, []
    if verb in (["drop"], ["clear"]):
        if any(word not in (*NEWEST, "-q", "--quiet") for word in args):
            return stood
        _dropped(stood, files, call.line)
    if verb in (["pop"], ["apply"], ["branch"], ["drop"], ["clear"]):
        return 0, []
    args = args if verb in (["push"], ["save"]) else words
    at = next((at for at, word in enumerate(args) if word in ("-m", "--message")), len(args))
    names = [word for word in args[:at] + args[at + 2 :] if not word.startswith("-")]
    if not _PARTLY.isdisjoint(args) or (names and verb != ["save"]):
        return call.line, []
    new = files.created if not _WITH_NEW.isdisjoint(args) else ()
    return call.line, [
        path for path in edited if path in files.modified or path in files.deleted or path in new
    ]


def _dropped(stood: Stashed, files: FileLedger, line: int) -> None:
    """Forget the changes that were put aside and thrown away, where they were not made anew since."""
    at, stash = stood
    edited = files.edited()
    for path in stash:
        if edited.get(path, at) < at:
            if path in files.created:
                files.delete(path, line)
            else:
                files.revert(path, line)
