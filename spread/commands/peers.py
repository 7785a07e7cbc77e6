"""`spread peers` and `spread unpair`: whom we trust, and no longer."""

import json
import time
from typing import Any

from spread import config, engine_lock, farewells, identity, peers, store
from spread.commands import common
from spread.errors import EnvelopeError, StoreError
from spread.identity import fingerprint
from spread.mailroom import Mailroom
from spread.paths import Paths


def run(paths: Paths, *, as_json: bool = False) -> int:
    """List the peers."""
    known = peers.load_all(paths)
    rows: list[dict[str, Any]] = [
        {
            "name": peer.name,
            "fingerprint": fingerprint(peer.identity),
            "teammate": peer.teammate,
            "relay": peer.relay,
            "paired_at": peer.paired_at,
            "gone": peer.gone,
        }
        for peer in known.values()
    ]
    if as_json:
        common.result(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        when = time.strftime("%Y-%m-%d", time.localtime(row["paired_at"]))
        kind = "teammate" if row["teammate"] else "own machine"
        gone = "; it has unpaired this machine" if row["gone"] else ""
        common.result(f"{row['name']:<20} {row['fingerprint']}  {kind}, paired {when}{gone}")
    if not rows:
        common.say("no peers yet; next: spread pair")
    return 0


def unpair(paths: Paths, name: str) -> int:
    """Forget a peer: it can no longer write to us, nothing is owed to it, and nothing of it is shown by itself."""
    settings = config.load(paths)
    farewell = _farewell(paths, name, settings.relay)
    peer = peers.remove(paths, name)
    if peer is not None:
        store.put_revocation(paths, peer.granted.hex(), {settings.relay, peer.our_relay} - {""})
    if farewell is not None:
        later = "" if engine_lock.is_running(paths) else " (with the next session, or now with `spread sync`)"
        common.result(f"unpaired {name}; it is told as soon as it can be reached{later}")
    elif peer is not None and peer.gone:
        common.result(f"unpaired {name}, which had unpaired this machine before")
    else:
        common.result(f"unpaired {name}; run `spread unpair` for this machine there too")
    return 0


def _farewell(paths: Paths, name: str, relay: str) -> farewells.Farewell | None:
    """Keep a sealed farewell, while we have the keys; None: there is no telling it."""
    try:
        peer = peers.load(paths, name)
        if peer.gone:
            return None
        made = Mailroom(paths, identity.load(paths), relay).seal_farewell(peer)
    except (StoreError, EnvelopeError):
        return None
    farewells.put(paths, made)
    return made
