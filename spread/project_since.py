"""What became of a commit in this checkout since: for telling how old a hand-off is. Hot path, as `project`."""

import os
import time

from spread.project import _git, _text

LIMIT_S = 0.3  # for all of it; a session start waits
HEX = frozenset("0123456789abcdef")


class Since:
    """How a checkout stands to a commit of another machine.

    Args:
        known: Whether it has the commit at all; if not, the rest says nothing.
        lacking: Commits up to that one which HEAD has not.
        newer: Commits of HEAD since.
        changed: Paths that differ between the two.
        branch_gone: Whether neither this checkout nor a remote it knows has the branch.
    """

    __slots__ = ("branch_gone", "changed", "known", "lacking", "newer")

    def __init__(self, known: bool) -> None:
        self.known = known
        self.lacking = self.newer = 0
        self.changed: frozenset[str] = frozenset()
        self.branch_gone = False


def since(directory: str, commit: str, branch: str | None, limit_s: float | None = None) -> Since | None:
    """Return how the checkout at `directory` stands to `commit`; None when that cannot be known in time.

    Args:
        commit: As told by a peer; anything but a commit id is refused.
        branch: As told by a peer; None when it need not be looked for.
        limit_s: For all questions to git together; LIMIT_S unless told otherwise.
    """
    if not 7 <= len(commit) <= 64 or not HEX.issuperset(commit):
        return None
    end = time.monotonic() + (LIMIT_S if limit_s is None else limit_s)
    try:
        return _since(directory, commit, branch, end)
    except (OSError, ValueError):
        return None


def _since(directory: str, commit: str, branch: str | None, end: float) -> Since | None:
    counts = _ask(directory, end, "rev-list", "--left-right", "--count", f"{commit}...HEAD")
    if counts is None:
        found = _ask(directory, end, "rev-list", "--ignore-missing", "--no-walk", commit)
        return Since(False) if found == "" else None
    out = Since(True)
    left, right = counts.split()
    out.lacking, out.newer = int(left), int(right)
    if out.lacking or out.newer:
        paths = _ask(directory, end, "diff-tree", "-r", "--no-renames", "--name-only", "-z", commit, "HEAD")
        if paths is None:
            return None
        out.changed = frozenset(paths.split("\0"))
    if branch:
        places = (f"refs/heads/{branch}", f"refs/remotes/*/{branch}")
        found = _ask(directory, end, "for-each-ref", "--count=1", "--format=%(refname)", *places)
        out.branch_gone = found == ""
    return out


def _ask(directory: str, end: float, *arguments: str) -> str | None:
    left_s = end - time.monotonic()
    if left_s <= 0 or not os.path.isdir(directory):
        return None
    raw = _git(directory, *arguments, timeout_s=left_s)
    return None if raw is None else _text(raw).strip()
