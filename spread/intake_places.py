"""Whether others may know of every place that a session was in: a hand-off tells of its whole session.

A place that is gone, such as a work tree removed after a merge, counts as what it was when a turn ended with it there.
"""

import json
import os
import tempfile
from collections.abc import Iterable
from typing import Final

from spread import rules
from spread.distillation_fields import ELSEWHERE
from spread.paths import write_atomic
from spread.peers import Peer
from spread.project import Project, resolve, root_of
from spread.transcript_file import first_cwd

BOTH: Final = "\n"  # between the keys of one place
NO_REMOTE: Final = "root:"
TEMPORARY: Final = "/tmp"  # noqa: S108 - no place that is used


def others_of(transcript: str, places: Iterable[str], here: Project, kept: str = "") -> set[str]:
    """Return the other projects that a session was in, `ELSEWHERE` where that is none.

    Where it began decides for what lies below. A temporary place in no project counts for nothing.

    Args:
        places: The directories that the record names as the session's.
        here: The project that the turn is told under.
        kept: The file that keeps what places were while they were there, if one does.
    """
    began = first_cwd(transcript)
    apart = {began, *(place for place in places if not began or not is_below(place, began))} - {""}
    keys = _keys(kept, sorted(apart), here)
    told = {
        key for place, each in keys.items() for key in each
        if key or place == began or not _is_temporary(place)
    }  # fmt: skip
    return {key or ELSEWHERE for key in told} - {here.key or ELSEWHERE}


def who_may_know(others: set[str], allowed: rules.Rules, entitled: list[Peer]) -> list[Peer]:
    """Return whom a turn is owed to: who may have every project that the session was in or was told of.

    A place in no project is for no teammate; for an own machine that may have some projects only it is no secret.
    """
    return [
        peer for peer in entitled
        if all(_may(allowed, peer, other) for other in others)
    ]  # fmt: skip


def _may(allowed: rules.Rules, peer: Peer, project: str) -> bool:
    return not peer.teammate if project == ELSEWHERE else allowed.allows(peer.name, project)


def is_below(path: str, folder: str) -> bool:
    """Tell whether a path lies in a folder, wherever links lead."""
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))


def _is_temporary(place: str) -> bool:
    inside = os.path.join(place, "x")
    return is_below(inside, tempfile.gettempdir()) or is_below(inside, TEMPORARY)


def _keys(path: str, places: list[str], here: Project) -> dict[str, set[str | None]]:
    """Return the projects of each place, None where there is none: of one that became another's, both.

    Args:
        path: The file that keeps what they were, "" for none.
        here: One that is known.
    """
    known, of_root = _known(path), dict[str | None, str | None]({here.root: here.key, None: None})
    found, seen = dict[str, set[str | None]](), dict(known)
    for place in places:
        root = root_of(place)
        if root not in of_root:
            of_root[root] = resolve(root or "").key
        key, before = of_root[root], {*known[place].split(BOTH)} if place in known else set[str]()
        if key and os.path.isdir(place):
            if not key.startswith(NO_REMOTE):  # the same work, which has got a remote
                before = {each for each in before if not each.startswith(NO_REMOTE)}
            seen[place] = BOTH.join(sorted({key, *before}))
            found[place] = {key, *before}
        else:
            found[place] = {*before} or {key}
    if path and seen != known:
        write_atomic(path, json.dumps(seen).encode("ascii"))
    return found


def _known(path: str) -> dict[str, str]:
    try:
        with open(path, "rb") as file:
            data = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    items = data.items() if isinstance(data, dict) else ()
    return {place: key for place, key in items if isinstance(key, str)}
