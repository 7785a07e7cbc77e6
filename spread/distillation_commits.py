"""What a page tells of the files that commits hold, where these are certain."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Final

from spread.distillation_paths import shortest
from spread.distillation_told import HOLDS

HEADING: Final = "Files of commits"
WORDS: Final = 38  # for all
MOST_NAMES: Final = 16  # of one
LEAST_NAMES: Final = 3  # of those of one that are too many
MOST_ALIKE: Final = 4  # commits with the same files
_HELD: Final = re.compile(rf"{re.escape(HOLDS)}(?P<paths>[^)]*)(?:\)|\Z)")
_ID: Final = re.compile(r"- ([0-9a-f]{7,40}) ")


def apart(items: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return commits without their files, and of each the paths of these."""
    bare, held = list[str](), dict[str, list[str]]()
    for item in items:
        if (found := _HELD.search(item)) is None:
            bare.append(item)
            continue
        bare.append(item[: found.start()] + item[found.end() :])
        held[bare[-1]] = [path for path in found["paths"].split(", ") if not path.endswith("…")]
    return bare, held


def files_of(items: list[str], held: dict[str, list[str]], known: Iterable[str] = ()) -> list[str]:
    """Return a line on the files of commits, the newest first, as far as there is room; none where none is known.

    Args:
        items: The commits, the newest first.
        held: By these, the paths of their files.
        known: The paths of all files that were changed, whose names tell nothing alone where several have them.
    """
    ends = shortest(chain.from_iterable(held.values()), known)
    alike = dict[tuple[str, ...], list[str]]()
    for item in items:
        if held.get(item) and _ID.match(item):
            alike.setdefault(tuple([ends[path] for path in held[item]]), []).append(item)
    out, room = list[str](), WORDS
    for files, commits in alike.items():
        ids = [found[1] for item in commits if (found := _ID.match(item))]
        most = min(room - len(ids[:MOST_ALIKE]) - 1, MOST_NAMES)
        few = files if len(files) <= most else files[: most - 2]
        if len(few) < min(len(files), LEAST_NAMES):
            continue
        more = f" and {len(files) - len(few)} more" if len(few) < len(files) else ""
        others = ", …" if len(ids) > MOST_ALIKE else ""
        out.append(f"{', '.join(ids[:MOST_ALIKE])}{others}: {', '.join(few)}{more}")
        room -= len(out[-1].split())
    return [f"- {'; '.join(out)}"] if out else []
