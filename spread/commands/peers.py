"""`spread peers` and `spread unpair`: whom we trust, and no longer."""

import contextlib
import json
import os
import time
from typing import Any

from spread import config, engine_lock, farewells, history, peers, rules, store
from spread.commands import audience, terminal
from spread.errors import EnvelopeError, SpreadError, StoreError
from spread.fingerprint import fingerprint
from spread.paths import Paths


def run(paths: Paths, *, name: str | None = None, as_json: bool = False) -> int:
    """List the peers, or one of them."""
    audience.refuse_json(as_json)
    known, damaged = ({name: peers.load(paths, name)}, {}) if name else peers.load_usable(paths)
    allowed = rules.limits(paths)
    rows: list[dict[str, Any]] = [
        {
            "name": peer.name,
            "fingerprint": fingerprint(peer.identity),
            "teammate": peer.teammate,
            "relay": peer.relay,
            "paired_at": peer.paired_at,
            "projects": list(allowed[peer.name]) if peer.name in allowed else None,
            "gone": peer.gone,
        }
        for peer in known.values()
    ]
    if as_json:
        terminal.result(json.dumps(rows, indent=2))
    else:
        _list(rows)
    for each in damaged:
        peers.load(paths, each)  # says what is wrong with it
    if not rows and not as_json:
        terminal.say("no peers yet; next: spread pair")
    return 0


def _list(rows: list[dict[str, Any]]) -> None:
    told = []
    for row in rows:
        when = time.strftime("%Y-%m-%d", time.localtime(row["paired_at"]))
        kind = "teammate" if row["teammate"] else "own machine"
        gone = "; it has unpaired this machine" if row["gone"] else ""
        allowed = rules.told(row["projects"], teammate=row["teammate"])
        only = f", {allowed}" if allowed else ""
        told.append((row["name"], row["fingerprint"], f"{kind}, paired {when}{only}{gone}"))
    if terminal.is_fancy() and told:
        terminal.table(told, ("NAME", "FINGERPRINT", "WHAT"), cut=2, spare=(2,), styles=("bold", "cyan"))
        return
    for name, mark, what in told:
        terminal.result(f"{name:<20} {mark}  {what}")


def limit(paths: Paths, name: str, projects: list[str]) -> int:
    """Let a peer have these projects only (`.` is this directory's, `*` in a name is anything, `all` lifts it).

    A teammate has none until some are named.
    """
    peer = peers.load(paths, name)  # there must be one
    if projects == ["all"]:
        rules.limit(paths, name, ["*"] if peer.teammate else None)
        terminal.result(f"{name} may have all projects")
        return 0
    keys = [_key(project) for project in projects if project != "none"]
    rules.limit(paths, name, keys)
    allowed = rules.load(paths)
    dropped = 0
    over = [
        debt for debt in store.owed(paths)
        if debt.peer == name and not allowed.allows_all(name, store.projects_of(paths, debt))
    ]  # fmt: skip
    if over and peer.relay and not peer.gone:
        _withdraw(paths, peer, {debt.session for debt in over})
    for debt in over:
        dropped += store.settle(paths, name, debt.session, debt.revision)
    told = f"; {dropped} owed of others dropped" if dropped else ""
    terminal.result(f"{name} may have {rules.told(keys)}{told}")
    _note_strange(paths, keys)
    return 0


def _note_strange(paths: Paths, keys: list[str]) -> None:
    """Tell of each key that no project of this machine has and that looks like none: nothing would ever go by it."""
    ours = (record.project for record in history.records(paths) if record.event in ("sent", "failed", "held"))
    known = sorted({*ours} - {""})
    for key in keys:
        is_path = key.startswith(("./", "../", "~/", "/"))  # of a directory that is not there
        if key in known or (not is_path and any(mark in key for mark in "/:*")):
            continue
        meant = [project for project in known if key in project.split("/")]
        hint = f"did you mean {' or '.join(meant[:3])}?" if meant else "`.` is this directory's"
        terminal.say(f"spread: note: nothing went from here of a project {key}; {hint}")


def _withdraw(paths: Paths, peer: peers.Peer, sessions: set[str]) -> None:
    """Have an engine destroy what waits of these at the peer's relay, before that machine fetches it."""
    from spread import identity  # late, as below
    from spread.mailroom import Mailroom

    with contextlib.suppress(EnvelopeError):
        room = Mailroom(paths, identity.load(paths), config.load(paths).relay)
        farewells.put(paths, room.seal_withdrawal(peer, sessions))


def _key(project: str) -> str:
    from spread.project import resolve

    if project not in (".", "./") and not os.path.isdir(project):
        return project
    key = resolve(project).key
    if key is None:
        raise SpreadError(
            f"{project} is no project that leaves this machine",
            why="it is not in a git repository with a commit, a remote or a `spread.project`",
            hint="name the project as `spread inbox` or a hand-off does, such as github.com/acme/parser",
        )
    return key


def unpair(paths: Paths, name: str) -> int:
    """Forget a peer: it can no longer write to us, nothing is owed to it, and nothing of it is shown by itself."""
    settings = config.load(paths)
    farewell = _farewell(paths, name, settings.relay)
    peer = peers.remove(paths, name, settings.relay)
    rules.forget(paths, name)
    if farewell is not None:
        later = "" if engine_lock.is_running(paths) else " (with the next session, or now with `spread sync`)"
        terminal.result(f"unpaired {name}; it is told as soon as it can be reached{later}")
    elif peer is not None and peer.gone:
        terminal.result(f"unpaired {name}, which had unpaired this machine before")
    else:
        terminal.result(f"unpaired {name}; run `spread unpair` for this machine there too")
    return 0


def _farewell(paths: Paths, name: str, relay: str) -> farewells.Farewell | None:
    """Keep a sealed farewell, while we have the keys; None: there is no telling it."""
    from spread import identity  # late: who only lists peers needs no cryptography
    from spread.mailroom import Mailroom

    try:
        peer = peers.load(paths, name)
        if peer.gone:
            return None
        made = Mailroom(paths, identity.load(paths), relay).seal_farewell(peer)
    except (StoreError, EnvelopeError):
        return None
    farewells.put(paths, made)
    return made
