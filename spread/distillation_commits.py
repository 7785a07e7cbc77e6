"""What a page tells of commits: with the newest ones the names of their files, where these are certain."""

import re
from collections import Counter
from typing import Final

from spread.distillation_told import HOLDS

WORDS: Final = 36  # for the files of all, of the most
NEWEST: Final = 6  # of the commits
FEW: Final = 4
FEWER_WORDS: Final = 20  # of more of them, each of which may tell the same again
MOST_NAMES: Final = 14  # of one commit
LEAST_NAMES: Final = 3  # of those of one that are too many
_HELD: Final = re.compile(rf"{re.escape(HOLDS)}(?P<paths>[^)]*)(?:\)|\Z)")
_LINE: Final = re.compile(r"(?: \(L\d+\))?\Z")


def apart(items: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return commits without their files, and of each the names of these."""
    bare, names = list[str](), dict[str, list[str]]()
    for item in items:
        if (found := _HELD.search(item)) is None:
            bare.append(item)
            continue
        bare.append(item[: found.start()] + item[found.end() :])
        paths = found["paths"].split(", ")
        names[bare[-1]] = _short([path for path in paths if not path.endswith("…")])
    return bare, names


def with_files(items: list[str], files: list[list[str]]) -> list[str]:
    """Return commits, the newest first, with the names of their files, as far as there is room for them.

    One that holds nothing but what newer ones do is left as it is.
    """
    out, told = list[str](), set[str]()
    room = WORDS if len(items) <= FEW else FEWER_WORDS
    for at, (item, names) in enumerate(zip(items, files, strict=True)):
        if at >= NEWEST or told.issuperset(names):
            out.append(item)
            continue
        most = min(room, MOST_NAMES)
        few = names if len(names) <= most else names[: most - 2] if most - 2 >= LEAST_NAMES else []
        more = f" and {len(names) - len(few)} more" if len(few) < len(names) else ""
        room -= len(few)
        told.update(few)
        found = _LINE.search(item)
        end = found.start() if found else len(item)
        out.append(f"{item[:end]} [{', '.join(few)}{more}]{item[end:]}" if few else item)
    return out


def _short(paths: list[str]) -> list[str]:
    """Return paths with no more of each than tells it from the others."""
    count = Counter(path.rpartition("/")[2] for path in paths)
    return [
        path.rpartition("/")[2] if count[path.rpartition("/")[2]] == 1 else "/".join(path.split("/")[-2:])
        for path in paths
    ]
