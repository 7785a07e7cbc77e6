"""Hand-offs that the user has accepted: the next session of their project is given them before all others.

Also a teammate's, or one that is old or was shown before; what is given to a session stays quoted data.
`inbox/accepted` has the names of the files, one a line, beside which they lie in `inbox/new`.
"""

import os

from spread import store, store_inbox
from spread.errors import StoreError
from spread.paths import Paths, write_atomic


def accept(paths: Paths, item: store.Received) -> None:
    """Put a received hand-off first in line for the next session of its project.

    Raises:
        DistillationError: It is damaged.
        StoreError: It is gone, or belongs to no project.
    """
    if not store.read(item).project.id:
        raise StoreError(
            "this hand-off belongs to no project", why="so no session can be known to be one of it",
            hint=f"read it with `spread show {item.id}`",
        )  # fmt: skip
    name = os.path.basename(item.path)
    target = os.path.join(paths.inbox_new, name)
    kept = [one for one in names(paths) if one != name and os.path.exists(os.path.join(paths.inbox_new, one))]
    # first the name, and the index, which a session reads: a file that it knows nothing of would just wait
    write_atomic(paths.inbox_accepted, "".join(f"{one}\n" for one in [*kept, name]).encode("ascii"))
    if item.seen:
        store_inbox.unsee(paths, item)
    if not os.path.exists(target):
        raise StoreError("this hand-off is no longer here", why="it was replaced, or given to a session")


def names(paths: Paths) -> list[str]:
    """Return the names of the files that are accepted and wait, in the order in which they were."""
    try:
        with open(paths.inbox_accepted, encoding="ascii", errors="replace") as handle:
            return [line.strip() for line in handle if line.strip()]
    except OSError:
        return []
