"""`spread peers` and `spread unpair`: whom we trust, and no longer."""

import json
import time
from typing import Any

from spread import config, peers, store
from spread.commands import common
from spread.identity import fingerprint
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
        }
        for peer in known.values()
    ]
    if as_json:
        common.result(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        when = time.strftime("%Y-%m-%d", time.localtime(row["paired_at"]))
        kind = "teammate" if row["teammate"] else "own machine"
        common.result(f"{row['name']:<20} {row['fingerprint']}  {kind}, paired {when}")
    if not rows:
        common.say("no peers yet; next: spread pair")
    return 0


def unpair(paths: Paths, name: str) -> int:
    """Forget a peer: it can no longer write to us, nothing is owed to it, and nothing of it is shown by itself."""
    settings = config.load(paths)
    peer = peers.remove(paths, name)
    if peer is not None:
        store.put_revocation(paths, peer.granted.hex(), {settings.relay, peer.our_relay} - {""})
    common.result(f"unpaired {name}; run `spread unpair` for this machine there too")
    return 0
