"""`spread status`: routes, peers, and what is owed and why it has not gone."""

import contextlib
import json
import os
import time
from typing import Any, Final

from spread import config, engine_lock, engine_status, farewells, peers, rules, sequences, store, store_damage
from spread.commands import audience, terminal
from spread.commands.audience import Theirs
from spread.errors import SpreadError, StoreError
from spread.fingerprint import fingerprint
from spread.paths import Paths
from spread.peers import Peer

QUARANTINE_TOLD: Final = 5


def run(paths: Paths, *, as_json: bool = False) -> int:
    """Tell how things stand, from the directories and from what the engine last wrote."""
    audience.refuse_json(as_json)
    found = collect(paths)
    if as_json:
        terminal.result(json.dumps(found, indent=2))
        return 0
    terminal.lines(audience.shielded(lines(found)))
    return 0


def alone(paths: Paths, everyday: str) -> int:
    """Tell in a few lines what state this machine is in, and the everyday commands."""
    title, _, commands = everyday.partition("\n")
    terminal.commands([title, ""])
    try:
        terminal.lines(short(collect(paths), _is_set_up(paths)))
    except SpreadError as problem:  # a broken file must not hide the commands
        told = Theirs(f"{problem.what}: {problem.why or 'see `spread doctor`'}")
        terminal.lines(audience.shielded([told]))
    terminal.commands(commands.split("\n"))
    return 0


def _is_set_up(paths: Paths) -> bool:
    """Tell whether Claude Code has our hooks: `install` wrote them down, one of them has run, or a plugin has them."""
    ran = os.path.isdir(paths.sessions) and bool(os.listdir(paths.sessions))
    if ran or os.path.exists(paths.installed):
        return True
    from spread.commands import install_places  # late: mostly it is not asked for

    return bool(install_places.plugin_of([install_places.user_folder(), install_places.project_folder()]))


def short(found: dict[str, Any], is_set_up: bool) -> list[str]:
    """Return the state for a person in a hurry."""
    out = [f"{found['machine']}: engine {found['engine']}{', paused' if found['paused'] else ''}"]
    for row in found["peers"]:
        route = f", by {' and '.join(row['routes'])}" if row["routes"] else ""
        owed = f"{row['owed']} owed" if row["owed"] else _nothing(found)
        out.append(
            f"paired with {row['name']}: {'it has unpaired this machine' if row['gone'] else owed + route}"
        )
    if not found["peers"]:
        out.append("paired with: no machine yet; next: spread pair")
    if not is_set_up:
        out.append("Claude Code: does not know us yet; next: spread install")
    out.append(f"inbox: {found['new']} new" + ("; next: spread inbox" if found["new"] else ""))
    if found["problems"] or found["quarantined"]:
        out.append("problems: yes; next: spread status")
    return out


def collect(paths: Paths) -> dict[str, Any]:
    """Return the state as one JSON document."""
    settings = config.load(paths)
    running = engine_lock.is_running(paths)
    told = engine_status.read(paths)
    owed = store.owed(paths)
    items = store.received(paths)
    known, damaged = peers.load_usable(paths)
    problems = dict(told.get("problems", {})) if running else {}
    problems |= {"peers": "; ".join(damaged.values())} if damaged else {}
    try:
        allowed = rules.load(paths)
    except StoreError as problem:
        allowed = rules.Rules(paused=os.path.exists(paths.paused))
        problems["rules"] = f"{problem.what}: {problem.why}; {problem.hint}"
    kept = store_damage.kept(paths)
    return {
        "machine": settings.machine,
        "engine": "running" if running else "not running",
        "paused": allowed.paused,
        "paused_projects": sorted(allowed.paused_projects),
        "lan": told.get("lan", "") if running else "",
        "relay": settings.relay,
        "relays": told.get("relays", {}) if running else {},
        "problem": told.get("inbox", "") if running else "",
        "problems": problems,
        "polling": bool(running and told.get("polling")),
        "peers": [
            _row(paths, peer, told.get("peers", {}).get(peer.name, {}), owed, allowed, running)
            for peer in known.values()
        ],
        "turns_waiting": _waiting(paths),
        "unpaired_untold": farewells.untold(paths),
        "new": sum(not item.seen for item in items),
        "seen": sum(item.seen for item in items),
        "quarantined": len(kept),
        "quarantine": [
            {"name": one.name, "what": one.what, "why": one.why} for one in kept[:QUARANTINE_TOLD]
        ],
    }


def _waiting(paths: Paths) -> int:
    """Return how many turns the engine has not taken up yet; of their hand-offs nothing is known so far."""
    with contextlib.suppress(OSError):
        return sum(not name.startswith(".") for name in os.listdir(paths.checkpoints))
    return 0


def _nothing(found: dict[str, Any]) -> str:
    return "nothing owed yet" if found["turns_waiting"] else "nothing owed"


def _row(
    paths: Paths,
    peer: Peer,
    live: dict[str, Any],
    owed: list[store.Owed],
    allowed: rules.Rules,
    running: bool,
) -> dict[str, Any]:
    """Return how we stand with one peer; what an engine told before it left still holds, but for the routes."""
    debts = [debt for debt in owed if debt.peer == peer.name]
    kept = {str(name) for name in live.get("kept", ())}
    limited = allowed.limits.get(peer.name)
    return {
        "name": peer.name,
        "fingerprint": fingerprint(peer.identity),
        "teammate": peer.teammate,
        "paused": peer.name in allowed.paused_peers,
        "projects": None if limited is None else list(limited),
        "relay": peer.relay,
        "our_relay": peer.our_relay,
        "gone": peer.gone,
        "routes": live.get("routes", []) if running else [],
        "no_route": live.get("missing", {}) if running else {},
        "missing": _missing(sequences.missing(paths, peer.name, time.time())),
        "owed": len(debts),
        "owed_since": min((debt.since for debt in debts), default=None),
        "held": live.get("held", 0) if running else 0,
        "at_relay": min(len(debts), live.get("at_relay", 0))
        if running
        else sum(one.name in kept for one in debts),
        "last_route": live.get("last_route"),
        "last_receipt": live.get("last_receipt"),
        "why": live.get("why", "") if debts else "",
        "refused": live.get("refused", ""),
    }


def _missing(found: sequences.Missing | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"numbers": found.ranges, "of": found.highest, "since": found.since, "told": str(found)}


def lines(found: dict[str, Any]) -> list[str]:
    """Return the state for a person."""
    out = [f"{found['machine']}: engine {found['engine']}{', paused' if found['paused'] else ''}"]
    out += [f"project paused: {project}" for project in found["paused_projects"]]
    if found["lan"]:
        out.append(Theirs(f"LAN: {found['lan']}"))
    out += [
        Theirs(f"relay {url}{_whose(found, url)}: {_without(url, state)}")
        for url, state in found["relays"].items()
    ]
    if found["polling"]:
        out.append("file events cannot be had here: the directories are looked at every second")
    out += [Theirs(f"{where}: {problem}") for where, problem in found["problems"].items()]
    if found["turns_waiting"]:
        when = (
            "in a moment"
            if found["engine"] == "running"
            else "with the next session, or now by `spread sync`"
        )
        out.append(f"turns: {found['turns_waiting']} not taken up yet; that comes {when}")
    out += [_peer_line(found, row) for row in found["peers"]]
    out += [f"{name}: unpaired; it is told as soon as it can be reached" for name in found["unpaired_untold"]]
    if not found["peers"]:
        out.append("no peers yet; next: spread pair")
    out.append(f"inbox: {found['new']} new, {found['seen']} seen")
    if found["quarantined"]:
        out.append(f"quarantine: {_count(found['quarantined'], 'file')} that could not be used")
        out += [
            Theirs(f"  {one['what']}" + (f": {one['why']}" if one["why"] else ""))
            for one in found["quarantine"]
        ]
    return out


def _whose(found: dict[str, Any], url: str) -> str:
    """Return why a relay is listed that is not the configured one."""
    if url == found["relay"]:
        return ""
    theirs, ours = (
        ", ".join(row["name"] for row in found["peers"] if row[key] == url) for key in ("relay", "our_relay")
    )
    if theirs:
        return f" (named by {theirs})"
    return f" (paired at it: {ours}; to pair again leaves it)" if ours else ""


def _without(url: str, state: str) -> str:
    """Return what is told of a relay without its address, which stands before it."""
    return state.replace(f"cannot reach {url}", "cannot be reached").removeprefix(f"{url} ")


def _peer_line(found: dict[str, Any], row: dict[str, Any]) -> str:
    running = found["engine"] == "running"
    notes = [text for key, text in (("teammate", "teammate"), ("paused", "paused")) if row[key]]
    if allowed := rules.told(row["projects"], teammate=row["teammate"]):
        notes.append(allowed)
    head = f"{row['name']} ({row['fingerprint']}){''.join(f' ({note})' for note in notes)}:"
    parts: list[str] = []
    if row["gone"]:
        forget = f"nothing goes there any more; `spread unpair {row['name']}` forgets it"
        return f"{head} it has unpaired this machine; {forget}"
    if row["routes"]:
        parts.append(f"by {' and '.join(row['routes'])}")
    else:
        whys = [_without(row["relay"], why) for why in row["no_route"].values()]
        whys = whys if running else ["no engine runs"]
        parts.append("no route now" + (f" ({'; '.join(whys)})" if whys else ""))
    parts.append(_debts(row, running, _lift(found, row)) if row["owed"] else _nothing(found))
    if row["last_receipt"]:
        by = f" by {row['last_route']}" if row["last_route"] else ""
        parts.append(f"last receipt {_clock(row['last_receipt'])}{by}")
    if row["refused"]:
        parts.append(f"not taken in: {row['refused']}")
    if row["missing"]:
        parts.append(f"of its hand-offs {row['missing']['told']} since {_clock(row['missing']['since'])}")
    return Theirs(f"{head} {'; '.join(parts)}")


def _lift(found: dict[str, Any], row: dict[str, Any]) -> str:
    """Return what lets go what is held back."""
    if found["paused"]:
        return "spread resume"
    if row["paused"]:
        return f"spread resume --peer {row['name']}"
    return "spread resume --project, in it" if found["paused_projects"] else "spread resume"


def _debts(row: dict[str, Any], running: bool, lift: str) -> str:
    told = f"{row['owed']} owed since {_clock(row['owed_since'])}"
    if row["at_relay"]:
        told += f", {row['at_relay']} kept by the relay"
    if row["held"] or row["paused"]:
        told += f", {row['held'] or row['owed']} held back; next: {lift}"
    if row["why"]:
        told += f" ({row['why']})"
    if not running and row["at_relay"] < row["owed"]:
        told += " (goes with the next session, or now with `spread sync`)"
    return told


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _clock(when: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))
