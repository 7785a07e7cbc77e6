"""Outbox and inbox: what they are made of, what is owed, what was received. The directory is the state.

`outbox/<peer>/<session>.<revision>.md` is owed; `inbox/new/<peer>.<session>.<revision>.md` is received and not
shown; `inbox/seen/` was shown. A newer revision replaces older ones everywhere.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from spread.errors import DistillationError, StoreError
from spread.paths import Paths, sync_directory, write_atomic

if TYPE_CHECKING:  # late: half of what a command that only lists things would load
    from spread.distillation import Distillation

SUFFIX: Final = ".md"
MAX_SESSION_CHARS: Final = 64


@dataclass(frozen=True)
class Owed:
    """One file of the outbox; `since` is unix seconds."""

    peer: str
    session: str
    revision: int
    since: float

    @property
    def name(self) -> str:
        return f"{self.session}.{self.revision}{SUFFIX}"


@dataclass(frozen=True)
class Received:
    """One file of the inbox."""

    peer: str
    session: str
    revision: int
    seen: bool
    path: str

    @property
    def id(self) -> str:
        """What `spread show` takes; a prefix that fits no other is enough."""
        return f"{self.session}.{self.revision}"


def is_session(text: object) -> bool:
    """Tell whether `text` may be a session id in a file name."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= MAX_SESSION_CHARS
        and text.isascii()
        and text.replace("-", "").replace("_", "").isalnum()
        and text[0] not in "-_"
    )


def split_name(name: str) -> tuple[str, int] | None:
    """Return session and revision of `<session>.<revision>.md`."""
    session, dot, revision = name.removesuffix(SUFFIX).rpartition(".")
    if not name.endswith(SUFFIX) or not dot or not is_session(session) or not _is_number(revision):
        return None
    return session, int(revision)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and text == str(int(text))  # "²" is a digit, "01" has two names


def parsed(text: str) -> "Distillation":
    """Read the stored form."""
    from spread.distillation import Distillation

    return Distillation.from_markdown(text)


# -- outbox ------------------------------------------------------------------------------------------------


def put(paths: Paths, peer: str, session: str, revision: int, text: str) -> None:
    """Owe `peer` this revision, and no longer any older one of the session."""
    assert is_session(session)
    folder = os.path.join(paths.outbox, peer)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    write_atomic(os.path.join(folder, f"{session}.{revision}{SUFFIX}"), text.encode("utf-8"))
    drop_older(folder, session, revision)


def drop_older(
    folder: str, session: str, revision: int, prefix: str = "", drop: Callable[[str], object] | None = None
) -> None:
    """Delete a session's older revisions from a folder.

    Args:
        prefix: What stands before the session in their names.
        drop: What to do with them instead.
    """
    for name in os.listdir(folder):
        parts = split_name(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if parts and parts[0] == session and parts[1] < revision:
            (drop or unlink)(os.path.join(folder, name))


def unlink(path: str) -> bool:
    """Delete a file; tell whether it was there."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


def owed(paths: Paths) -> list[Owed]:
    """Return all debts, oldest first; what is not named like a debt is not one."""
    found = []
    for peer in sorted(os.listdir(paths.outbox)) if os.path.isdir(paths.outbox) else []:
        folder = os.path.join(paths.outbox, peer)
        for entry in os.scandir(folder) if os.path.isdir(folder) else []:
            parts = split_name(entry.name)
            if parts is None:
                continue
            try:
                since = entry.stat().st_mtime
            except FileNotFoundError:  # settled meanwhile
                continue
            found.append(Owed(peer, *parts, since))
    return sorted(found, key=lambda debt: (debt.since, debt.name))


def read_owed(paths: Paths, debt: Owed) -> bytes | None:
    """Return a debt's content, or None if it was settled or replaced meanwhile."""
    try:
        with open(os.path.join(paths.outbox, debt.peer, debt.name), "rb") as handle:
            return handle.read()
    except FileNotFoundError:
        return None


def projects_of(paths: Paths, debt: Owed) -> tuple[str, ...]:
    """Return the project of a debt and the others that it may tell of; of one that is damaged or settled ""."""
    content = read_owed(paths, debt)
    try:
        project = parsed((content or b"").decode("utf-8")).project
    except (DistillationError, UnicodeDecodeError):
        return ("",)
    return project.id, *(project.elsewhere or ())


def settle(paths: Paths, peer: str, session: str, revision: int) -> bool:
    """Pay exactly one debt; tell whether it was there."""
    if not is_session(session):
        return False
    folder = os.path.join(paths.outbox, peer)
    paid = unlink(os.path.join(folder, f"{session}.{revision}{SUFFIX}"))
    if paid:
        sync_directory(folder)
    return paid


def drop_debts(paths: Paths, peer: str) -> int:
    """Owe a peer nothing any more; return how much it was."""
    import shutil  # late, as all that only some need

    dropped = sum(debt.peer == peer for debt in owed(paths))
    for folder in (paths.outbox, paths.receipts):
        shutil.rmtree(os.path.join(folder, peer), ignore_errors=True)
    return dropped


# -- inbox -------------------------------------------------------------------------------------------------


def read(item: Received) -> "Distillation":
    """Return a received distillation.

    Raises:
        DistillationError: The file is damaged.
        StoreError: It cannot be read.
    """
    return parsed(_content(item))


def glance(item: Received) -> dict[str, str]:
    """Return the fields that lists show of a received distillation (`distillation_glance`), which is much faster.

    Raises:
        DistillationError: The file is damaged.
        StoreError: It cannot be read.
    """
    from spread import distillation_glance

    return distillation_glance.fields(_content(item))


def _content(item: Received) -> str:
    try:
        with open(
            item.path, "rb", buffering=0
        ) as handle:  # half the time, which counts for a list of thousands
            text = handle.read().decode("utf-8")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    except UnicodeDecodeError:
        raise DistillationError(
            f"cannot read {item.path}", why="it is not text", hint="see `spread inbox`"
        ) from None
    except OSError as problem:
        raise StoreError(
            f"cannot read {item.path}", why=problem.strerror or "", hint="check its permissions"
        ) from None


def received(paths: Paths) -> list[Received]:
    """Return the inbox, what came last first."""
    found = listed(paths.inbox_new, False) + listed(paths.inbox_seen, True)
    return [item for _, item in sorted(found, key=lambda pair: (-pair[0], pair[1].path))]


def listed(folder: str, seen: bool) -> list[tuple[int, Received]]:
    """Return what one of the inbox's folders holds, each with the time it came (nanoseconds)."""
    found = []
    for entry in os.scandir(folder) if os.path.isdir(folder) else []:
        peer, dot, rest = entry.name.partition(".")
        parts = split_name(rest)
        if not dot or parts is None:
            continue
        try:
            changed = entry.stat().st_mtime_ns
        except FileNotFoundError:  # shown meanwhile
            continue
        found.append((changed, Received(peer, *parts, seen, entry.path)))
    return found


def find(paths: Paths, wanted: str) -> Received:
    """Return the received hand-off with this id, with this beginning of an id, or the `latest`.

    Raises:
        StoreError: None, or more than one.
    """
    return pick(wanted, received(paths))


def pick(wanted: str, items: list[Received], others: Callable[[], list[Received]] = list) -> Received:
    """Return the item with this id; where there is none, look among the others.

    `PEER/ID` is one of that peer's, and `./ID` one of our own: an id is what its machine says, also another's.

    Raises:
        StoreError: None, or more than one.
    """
    if not wanted:
        raise StoreError("no id is given", hint="see `spread inbox`, or say latest")
    if "/" in wanted:
        return _pick_of(wanted, [*items, *others()])
    fits = items[:1] if wanted == "latest" else [item for item in items if item.id.startswith(wanted)]
    if len(fits) == 1:
        return fits[0]
    exact = [item for item in fits if wanted in (item.id, item.session)]
    if len(exact) == 1:
        return exact[0]
    if fits:
        raise StoreError(
            f"{wanted} fits {len(fits)} hand-offs", why=", ".join(map(_whole, fits[:4])),
            hint="give more of the id, and whose it is: MACHINE/ID",
        )  # fmt: skip
    more = others() if wanted != "latest" else []
    if any(item.id.startswith(wanted) for item in more):
        return pick(wanted, more)
    why = "" if items or more else "the inbox is empty"
    if more:
        raise StoreError(
            f"no hand-off {wanted}, received or sent", hint="see `spread inbox` and `spread log`"
        )
    raise StoreError(f"no hand-off {wanted} in the inbox", why=why, hint="see `spread inbox`")


def _whole(item: Received) -> str:
    """Return a name that no other item has."""
    return f"{item.peer or '.'}/{item.id}"


def _pick_of(wanted: str, items: list[Received]) -> Received:
    """Return one machine's item with an id."""
    whose, _, ident = wanted.rpartition("/")
    of = [item for item in items if (item.peer or ".") == whose]
    if not of:
        raise StoreError(f"no hand-off of {whose} is here", hint="see `spread inbox`")
    return pick(ident, of)
