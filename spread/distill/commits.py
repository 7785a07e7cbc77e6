"""The commits of a session in order; those that are looked for are among the last, so it is looked for from the end."""

from collections.abc import Callable
from typing import Any

from spread.distill.files import relative
from spread.distill.log import ID_CHARS, ids_of, same
from spread.distill.place import MAX_KNOWN, Place
from spread.distillation_told import ASIDE, ELSEWHERE, HOLDS

Commits = list[tuple[int, str, str]]  # line, id, subject


def drop(commits: Commits, ids: list[str]) -> None:
    """Take commits out by their ids."""
    left = {sha[:ID_CHARS] for sha in ids}
    for at in range(len(commits) - 1, -1, -1) if left else ():
        if (sha := commits[at][1][:ID_CHARS]) in left:
            left.remove(sha)
            del commits[at]
            if not left:
                return


def put_in_order(commits: Commits, made: list[str], ids: list[str]) -> None:
    """Put commits that a log shows, newest first, in its order, among those that it does not show.

    Args:
        made: The ids of those of the same work tree, oldest first.
    """
    rank = {sha: -at for at, sha in enumerate(ids)}
    left, places = set(made).intersection(ids), list[int]()
    for at in range(len(commits) - 1, -1, -1) if left else ():
        if (short := commits[at][1][:ID_CHARS]) in left:
            left.remove(short)
            places.append(at)
            if not left:
                break
    _sort(commits, places[::-1], lambda each: rank[each[1][:ID_CHARS]])
    _sort(made, [at for at, sha in enumerate(made) if sha in rank], rank.__getitem__)


def _sort(items: list[Any], places: list[int], key: Callable[[Any], int]) -> None:
    """Put the items at some places, which ascend, in order among themselves."""
    for at, each in zip(places, sorted((items[at] for at in places), key=key), strict=True):
        items[at] = each


def set_aside(commits: Commits, it: Place, ids: list[str], line: int) -> None:
    """Take over that commits are on another branch alone: a reset took them back here."""
    for at, (made, sha, subject) in enumerate(commits):
        if sha[:ID_CHARS] in ids:
            commits[at] = made, sha, f"{subject}{ASIDE.format(line)}"
    it.made = [sha for sha in it.made if sha not in ids]


def of(commits: Commits, ids: list[str]) -> Commits:
    """Return the commits of some ids."""
    return [each for each in commits if each[1][:ID_CHARS] in ids] if ids else []


def reverted(commits: Commits, sha: str) -> str:
    """Return the subject of a revert of one of some commits, an empty string where it is of none of them."""
    return next((f'Revert "{told}"' for _, made, told in reversed(commits) if same(made, sha)), "")


def last_of(commits: Commits, ids: list[str]) -> int:
    """Return the line of the last commit of some ids, 0 where there is none."""
    return max((line for line, *_ in of(commits, ids)), default=0)


def others(ids: list[str], commits: Commits, known: list[str]) -> list[str]:
    """Return those of some ids that are neither of commits nor known otherwise."""
    shown = {sha[:ID_CHARS] for sha in known} | {sha[:ID_CHARS] for _, sha, _ in commits}
    return [sha for sha in ids if sha[:ID_CHARS] not in shown]


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


def remade(commits: Commits, it: Place) -> list[str]:
    """Return the ids of commits that a rebase made anew before it was brought to its end, which it is now."""
    new = {subject for _, _, subject in of(commits, it.replayed)}
    it.replayed = []
    old = by_subject(commits, it.stale) if new else {}
    return [sha for subject, (sha, _) in old.items() if subject in new]


def told(
    commits: Commits, holds: dict[str, list[str]], void: dict[str, int], root: str
) -> list[tuple[int, str]]:
    """Return (line, text) of commits.

    Args:
        holds: Their files by their ids, where these are certain.
        void: Those ids that a later rewrite made void, with its line.
    """
    out = list[tuple[int, str]]()
    for line, sha, subject in commits:
        if at := void.get(sha[:ID_CHARS]):
            out.append((line, f"{subject} ({sha} until a rewrite, L{at})"))
            continue
        if (held := holds.get(sha[:ID_CHARS])) is not None:
            subject += f"{HOLDS}{', '.join([relative(path, root) for path in held])})"
        out.append((line, f"{sha} {subject}"))
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


def take_hidden(commits: Commits, older: list[tuple[str, str]], line: int, it: Place) -> None:
    """Take over commits of the session whose ids were not shown, where a log shows them below a new one.

    Args:
        older: The ids and subjects below that one, newest first.
    """
    if not (older and it.hidden and it.said and older[0][1].startswith(it.said)):
        return  # of another branch
    known = {*it.known, *it.made}
    found = [(sha, subject) for sha, subject in older[: it.hidden] if sha[:ID_CHARS] not in known]
    for sha, subject in reversed(found):
        commits.append((line, sha, subject))
        it.adds(sha[:ID_CHARS])
        it.since += it.quiet > it.push


def take_helped(
    commits: Commits, helped: list[str], line: int, log: list[tuple[str, str]], it: Place
) -> None:
    """Take over commits that a log shows above all known ones and a sub-agent names, each in its place there.

    Args:
        helped: The ids that sub-agents name.
    """
    ids = ids_of(log)
    own = {*helped, *it.made}
    new = next((at for at, sha in enumerate(ids) if sha not in own or sha in it.known), len(ids))
    for at in range(new - 1, -1, -1):
        sha, subject = log[at]
        if ids[at] not in helped or ids[at] in it.made or not subject:
            continue
        later = it.made_of(ids[:at])
        commits.insert(first_of(commits, later), (line, sha, subject))
        it.made.insert(min(map(it.made.index, later), default=len(it.made)), ids[at])
        it.since += 0 if it.push else 1
        it.commit = it.commit or line
    del it.made[:-MAX_KNOWN]
