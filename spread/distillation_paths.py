"""Paths by the ends that tell them apart, where a bare name would pass for another file's."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

FAR: Final = 200  # characters of a path before its name
_BEFORE: Final = re.compile(r"[\w./~@+${}-]+\Z")


def shortest(paths: Iterable[str]) -> dict[str, str]:
    """Return for each path its shortest end of whole parts that no other path has, else all of it."""
    known = list(dict.fromkeys(paths))
    names = Counter(path.rpartition("/")[2] for path in known)
    alike: dict[str, list[str]] = {}
    for path in known:
        if names[name := path.rpartition("/")[2]] > 1:
            alike.setdefault(name, []).append(path)
    return {path: _end(path, alike.get(path.rpartition("/")[2], ())) for path in known}


def _end(path: str, others: Iterable[str]) -> str:
    parts = path.split("/")
    for count in range(1, len(parts)):
        end = "/".join(parts[-count:])
        if not any(f"/{other}".endswith(f"/{end}") for other in others if other != path):
            return end
    return path


def speaks_of(text: str, path: str) -> bool:
    """Tell whether a text names the file of a path: alone, or with the folder that it is in."""
    folder, _, name = path.rpartition("/")
    above = {"", ".", "..", "~", folder.rpartition("/")[2]}
    at = text.find(name)
    while at >= 0:
        found = _BEFORE.search(text, max(0, at - FAR), at)
        way = found[0] if found else "/"
        if way.endswith("/") and ("$" in way or way.rstrip("/").rpartition("/")[2] in above):
            return True
        at = text.find(name, at + 1)
    return False
