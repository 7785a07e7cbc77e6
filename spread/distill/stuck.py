"""What git was at when it stopped at a conflict, until an end of that is seen."""

import re
from typing import Final

from spread.distill.shell import Simple
from spread.distillation_codec import some_of
from spread.transcript_events import Call

MAX_FILES: Final = 3
_HOW: Final = ("--continue", "--abort", "--skip", "--quit", "--hard", "--merge")
_STOPS: Final = frozenset(("rebase", "merge", "pull", "cherry-pick", "revert", "am"))
_POP: Final = "stash pop"
_COMMITTED: Final = (_STOPS | {_POP}) - {"rebase", "am"}  # what a commit ends
_KEPT: Final = "The stash entry is kept"
_FILE: Final = re.compile(r"(?m)^CONFLICT \([^()\n]{1,80}\): [^\n]{0,200}?\bin (\S{1,400})[ \t\r]*$")
_STOPPED: Final = (
    "CONFLICT (", "could not apply ", "Automatic merge failed", "Resolve all conflicts manually"
)  # fmt: skip
# It was to go on, or to be committed, and could not; what the line ran after that says nothing of it.
_STILL: Final = (
    "error: Committing is not possible", "fatal: Exiting because of an unresolved conflict", "fatal: revert failed",
    "fatal: cherry-pick failed", "You must edit all merge conflicts", "you need to resolve your current index first",
)  # fmt: skip
_UNMERGED: Final = ("in progress", "unmerged", "still merging", "you are currently ")

Stuck = tuple[int, str, str]  # the line, what git was at, the files in conflict
FREE: Final[Stuck] = (0, "", "")


def after(words: list[str], call: Call, before: Stuck) -> Stuck:
    """Return how it is after a command of git.

    Args:
        words: The command, from `git` on.
    """
    verb, output = words[1], call.output
    ended = call.ok and not (before[1] and any(map(output.__contains__, _STILL)))
    if verb == "stash" and words[2:3] == ["drop"] and call.ok and before[1] == _POP:
        return FREE
    if (is_pop := verb == "stash" and _KEPT in output) or verb in _STOPS:
        verb = _POP if is_pop else verb
        if any(map(output.__contains__, _STOPPED)):
            files = list(dict.fromkeys(_FILE.findall(output)))
            return call.line, verb, some_of(files, MAX_FILES)
        return FREE if ended or (before[1] and "no rebase in progress" in output.lower()) else before
    if verb == "status":
        low = output.lower()
        return FREE if low.startswith("on branch ") and not any(map(low.__contains__, _UNMERGED)) else before
    ends = verb == "commit" or (verb == "reset" and not {"--hard", "--merge"}.isdisjoint(words))
    return FREE if ends and ended and before[1] in _COMMITTED else before


def ended_by(before: Stuck, now: Stuck, commands: list[Simple]) -> str:
    """Return the command that brought to an end what git was at, none where one only showed that."""
    if before == FREE or now != FREE:
        return ""
    ends = ("commit", "reset", before[1].partition(" ")[0])
    found = (
        (item.words, verb) for item in commands if item.name == "git" for verb in item.words if verb in ends
    )
    return next((" ".join(("git", verb, *filter(_HOW.__contains__, words))) for words, verb in found), "")


def still_stuck(stuck: Stuck) -> list[tuple[int, str]]:
    """Return the line and what is told of it, if it still is."""
    line, verb, files = stuck
    return (
        [(line, f"`git {verb}` stopped at a conflict, no end of it seen{files and f': {files}'}")]
        if line
        else []
    )
