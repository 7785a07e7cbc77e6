"""Hand-offs that the user has accepted: the next session of their project is given them before all others.

Also a teammate's, or one that is old or was shown before; what is given to a session stays quoted data.
`store_accepted` has the names of the files, beside which they lie in `inbox/new`.
"""

import os

from spread import store, store_accepted, store_inbox
from spread.errors import StoreError
from spread.paths import Paths


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
    listed = [one for one in store_accepted.names(paths) if one != name]
    kept = [one for one in listed if os.path.exists(os.path.join(paths.inbox_new, one))]
    # first the name, and the index, which a session reads: a file that it knows nothing of would just wait
    store_accepted.put(paths, [*kept, name])
    if item.seen:
        store_inbox.unsee(paths, item)
    if not os.path.exists(target):
        raise StoreError("this hand-off is no longer here", why="it was replaced, or given to a session")
