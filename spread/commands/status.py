"""`spread status`: routes, peers, and what is owed and why it has not gone."""

import json
import os
import time
from typing import Any

from spread import config, engine_lock, farewells, peers, sequences, store
from spread.commands import common
from spread.identity import fingerprint
from spread.intake import paused_projects
from spread.paths import Paths


def run(paths: Paths, *, as_json: bool = False) -> int:
    """Tell how things stand, from the directories and from what the engine last wrote."""
    found = collect(paths)
    if as_json:
        common.result(json.dumps(found, indent=2))
        return 0
    for line in lines(found):
        common.result(line)
    return 0


def collect(paths: Paths) -> dict[str, Any]:
    """Return the state as one JSON document."""
    settings = config.load(paths)
    running = engine_lock.is_running(paths)
    told = _told(paths) if running else {}
    owed = store.owed(paths)
    items = store.received(paths)
    rows = []
    for peer in peers.load_all(paths).values():
        live = told.get("peers", {}).get(peer.name, {})
        since = [debt.since for debt in owed if debt.peer == peer.name]
        rows.append(
            {
                "name": peer.name,
                "fingerprint": fingerprint(peer.identity),
                "teammate": peer.teammate,
                "relay": peer.relay,
                "gone": peer.gone,
                "routes": live.get("routes", []),
                "owed": len(since),
                "owed_since": min(since, default=None),
                "at_relay": live.get("at_relay", 0),
                "last_route": live.get("last_route"),
                "last_receipt": live.get("last_receipt"),
                "missing": _missing(sequences.missing(paths, peer.name, time.time())),
                "why": live.get("why", "") if since else "",
            }
        )
    return {
        "machine": settings.machine,
        "engine": "running" if running else "not running",
        "paused": os.path.exists(paths.paused),
        "paused_projects": sorted(paused_projects(paths)),
        "lan": told.get("lan", ""),
        "relays": told.get("relays", {}),
        "problem": told.get("inbox", ""),
        "peers": rows,
        "unpaired_untold": sorted(farewell.name for farewell in farewells.load_all(paths)),
        "new": sum(not item.seen for item in items),
        "seen": sum(item.seen for item in items),
        "quarantined": _count(paths.quarantine, ".why"),
    }


def _missing(found: sequences.Missing | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"numbers": found.ranges, "of": found.highest, "since": found.since, "told": str(found)}


def _told(paths: Paths) -> dict[str, Any]:
    try:
        with open(paths.engine_status, "rb") as handle:
            data = json.load(handle)
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _count(folder: str, suffix: str) -> int:
    return sum(name.endswith(suffix) for name in os.listdir(folder)) if os.path.isdir(folder) else 0


def lines(found: dict[str, Any]) -> list[str]:
    """Return the state for a person."""
    out = [f"{found['machine']}: engine {found['engine']}{', paused' if found['paused'] else ''}"]
    out += [f"project paused: {project}" for project in found["paused_projects"]]
    if found["lan"]:
        out.append(f"LAN: {found['lan']}")
    out += [f"relay {url}: {state}" for url, state in found["relays"].items()]
    if found["problem"]:
        out.append(f"inbox: {found['problem']}")
    out += [_peer_line(row, found["engine"] == "running") for row in found["peers"]]
    out += [f"{name}: unpaired; it is told as soon as it can be reached" for name in found["unpaired_untold"]]
    if not found["peers"]:
        out.append("no peers yet; next: spread pair")
    out.append(f"inbox: {found['new']} new, {found['seen']} seen")
    if found["quarantined"]:
        out.append(f"quarantine: {found['quarantined']} could not be distilled; the reasons lie beside them")
    return out


def _peer_line(row: dict[str, Any], running: bool) -> str:
    parts = [f"{row['name']} ({row['fingerprint']}){' (teammate)' if row['teammate'] else ''}:"]
    if row["gone"]:
        forget = f"nothing goes there any more; `spread unpair {row['name']}` forgets it"
        return f"{parts[0]} it has unpaired this machine; {forget}"
    parts.append(f"by {' and '.join(row['routes'])}" if row["routes"] else "no route now")
    if row["owed"]:
        waiting = f"{row['owed']} owed since {_clock(row['owed_since'])}"
        if row["at_relay"]:
            waiting += f", {row['at_relay']} kept by the relay"
        parts.append(waiting + (f" ({row['why']})" if row["why"] else ""))
        if not running:
            parts.append("(goes with the next session, or now with `spread sync`)")
    else:
        parts.append("nothing owed")
    if row["last_receipt"]:
        parts.append(f"last receipt {_clock(row['last_receipt'])}")
    if row["missing"]:
        parts.append(f"of its hand-offs {row['missing']['told']} since {_clock(row['missing']['since'])}")
    return " ".join(parts)


def _clock(when: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))
