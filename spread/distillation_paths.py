"""Paths by the ends that tell them apart, where a bare name would pass for another file's."""

from collections import Counter
from collections.abc import Iterable


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
