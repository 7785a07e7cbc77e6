"""The names of the files of `inbox/new` that the user has accepted, in `inbox/accepted`, one a line.

A name says nothing of what the file holds: it counts for the file that was accepted and for none that comes after it.
"""

from collections.abc import Callable

from spread.paths import Paths, write_atomic


def names(paths: Paths) -> list[str]:
    """Return the names of the files that are accepted and wait, in the order in which they were."""
    try:
        with open(paths.inbox_accepted, encoding="ascii", errors="replace") as handle:
            return [line.strip() for line in handle if line.strip()]
    except OSError:
        return []


def put(paths: Paths, listed: list[str]) -> None:
    """Write down which files are accepted."""
    write_atomic(paths.inbox_accepted, "".join(f"{name}\n" for name in listed).encode("ascii", "replace"))


def drop(paths: Paths, is_over: Callable[[str], bool]) -> None:
    """Accept no longer what has such names."""
    listed = names(paths)
    left = [name for name in listed if not is_over(name)]
    if left != listed:
        put(paths, left)
