"""The commits of a session in order; those that are looked for are among the last, so it is looked for from the end."""

import re
from typing import Final

from spread.distill.git_commands import Gits
from spread.distill.log import ID_CHARS
from spread.distill.shell import UNKNOWABLE
from spread.distillation_told import ELSEWHERE

Commits = list[tuple[int, str, str]]  # line, id, subject

_PUSHES: Final = frozenset(
    ("add", "commit", "push", "status", "log")
)  # beside these HEAD may be another commit
_SENT: Final = re.compile(r"(?m)^ +[0-9a-f]{7,40}\.\.([0-9a-f]{7,40}) +(\S+) -> (\S+)$")
_MESSAGE: Final = re.compile(r"-[a-z]*m|--message")


def sent(output: str, gits: Gits) -> list[tuple[str, str]]:
    """Return the one commit of a call, id and subject, where it showed neither, but a push behind it what it sent."""
    made = [words for words, _ in gits if words[1] == "commit"]
    found = _SENT.findall(output) if ".." in output else []
    if len(made) != 1 or len(found) != 1 or found[0][1] != found[0][2] or "--amend" in made[0]:
        return []
    if gits[-1][0][1] != "push" or any(words[1] not in _PUSHES for words, _ in gits):
        return []
    said = next((made[0][at + 1] for at, word in enumerate(made[0][:-1]) if _MESSAGE.fullmatch(word)), "")
    subject = said.strip().partition("\n")[0].strip()
    return [(found[0][0], subject)] if subject and not UNKNOWABLE.search(subject) else []


def drop(commits: Commits, ids: list[str]) -> None:
    """Take commits out by their ids."""
    left = {sha[:ID_CHARS] for sha in ids}
    for at in range(len(commits) - 1, -1, -1) if left else ():
        if (sha := commits[at][1][:ID_CHARS]) in left:
            left.remove(sha)
            del commits[at]
            if not left:
                return


def by_subject(commits: Commits, ids: list[str]) -> dict[str, tuple[str, str]]:
    """Return the ids and what is told of the commits of some ids, by their subjects; of several the last."""
    left, out = set(ids), dict[str, tuple[str, str]]()
    for _, sha, told in reversed(commits) if left else ():
        if (short := sha[:ID_CHARS]) in left:
            left.remove(short)
            out.setdefault(told.removesuffix(ELSEWHERE), (short, told))
            if not left:
                break
    return out


def first_of(commits: Commits, ids: list[str]) -> int:
    """Return the place of the first commit of some ids, the end where there is none."""
    left, first = set(ids), len(commits)
    for at in range(len(commits) - 1, -1, -1) if left else ():
        if (short := commits[at][1][:ID_CHARS]) in left:
            left.remove(short)
            first = at
            if not left:
                break
    return first
