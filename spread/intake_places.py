"""Whether teammates may know of every place that a session was in: a hand-off tells of its whole session.

A place that is gone, such as a work tree removed after a merge, counts as what it was when a turn ended with it there.
"""

import json
import os
import tempfile
from collections.abc import Iterable
from typing import Final

from spread import rules
from spread.paths import Paths, write_atomic
from spread.peers import Peer
from spread.project import resolve, root_of
from spread.transcript_file import first_cwd

TEMPORARY: Final = "/tmp"  # noqa: S108 - no place that is used


def who_may_know(
    paths: Paths, session: str, transcript: str, places: Iterable[str], here: str | None, allowed: rules.Rules,
    entitled: list[Peer],
) -> list[Peer]:  # fmt: skip
    """Return whom a turn is owed to: a teammate only if it may have every project that the session was in.

    Where it began decides for what lies below. A place in no project is for nobody, unless it is a temporary one.

    Args:
        places: The directories that the record names as the session's.
        here: The project that the turn is told under.
    """
    if not any(peer.teammate for peer in entitled):
        return entitled
    began = first_cwd(transcript)
    apart = {began, *(place for place in places if not began or not is_below(place, began))} - {""}
    keys = _keys(paths.session_places(session), sorted(apart))
    told = {key for place, key in keys.items() if key or place == began or not _is_temporary(place)}
    return [peer for peer in entitled if not peer.teammate or _has_all(allowed, peer.name, {here, *told})]


def is_below(path: str, folder: str) -> bool:
    """Tell whether a path lies in a folder, wherever links lead."""
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))


def _has_all(allowed: rules.Rules, peer: str, projects: set[str | None]) -> bool:
    return all(project is not None and allowed.allows(peer, project) for project in projects)


def _is_temporary(place: str) -> bool:
    inside = os.path.join(place, "x")
    return is_below(inside, tempfile.gettempdir()) or is_below(inside, TEMPORARY)


def _keys(path: str, places: list[str]) -> dict[str, str | None]:
    """Return the project of each place, None where there is none.

    Args:
        path: The file that keeps what they were while they were there.
    """
    known, of_root = _known(path), dict[str | None, str | None]({None: None})
    found, seen = dict[str, str | None](), dict(known)
    for place in places:
        root = root_of(place)
        if root not in of_root:
            of_root[root] = resolve(root or "").key
        key = of_root[root]
        if key and os.path.isdir(place):
            seen[place] = key
        elif not os.path.isdir(place):
            key = known.get(place, key)
        found[place] = key
    if seen != known:
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
