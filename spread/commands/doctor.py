"""`spread doctor`: many small checks at once, each with its fix; within six seconds whatever hangs."""

import json
import os
import time
from typing import Any, Final

from spread import config
from spread import peers as peers_module
from spread.commands import audience, doctor_client, doctor_engine, doctor_home, doctor_net, terminal
from spread.commands.audience import Theirs
from spread.commands.doctor_check import Check, Probe, failed, ok, run_all
from spread.config import Config
from spread.errors import EXIT_DONE, EXIT_FAILED, SpreadError
from spread.paths import Paths
from spread.peers import Peer

WIDTH: Final = 8
ABOUT_OTHERS: Final = ("relay", "peers", "quarantine")  # in what is told of these their words may stand


def run(paths: Paths, *, as_json: bool = False) -> int:
    """Check everything; 1 if there is a problem (a warning is none)."""
    audience.refuse_json(as_json)
    told = [check.told() for check in collect(paths)]
    good = all(check["status"] != "problem" for check in told)
    if as_json:
        terminal.result(json.dumps({"checks": told, "ok": good}, indent=2))
    else:
        terminal.lines(audience.shielded(lines(told)))
    return EXIT_DONE if good else EXIT_FAILED


def collect(paths: Paths) -> list[Check]:
    """Make every check; nothing is changed or created by that."""
    settings: Config | None = None
    known: dict[str, Peer] = {}
    try:
        settings = config.load(paths)
        configured = ok("config", paths.config if os.path.exists(paths.config) else "all defaults")
    except SpreadError as error:
        configured = failed("config", error)
    try:
        known = peers_module.load_all(paths)
        damaged: list[Check] = []
    except (SpreadError, OSError) as error:
        told = (
            error
            if isinstance(error, SpreadError)
            else SpreadError("the peers cannot be read", why=getattr(error, "strerror", "") or "")
        )
        damaged = [failed("peers", told)]
    theirs: dict[str, list[str]] = {}
    for peer in known.values():
        for url in {peer.relay, peer.our_relay} - {""}:
            theirs.setdefault(url, []).append(peer.name)
    ours = [peer.our_relay for peer in known.values()]
    now, directory = time.time(), os.getcwd()
    return run_all([
        Probe("python", doctor_home.python),
        Probe("config", lambda: configured),
        Probe("home", lambda: doctor_home.home(paths)),
        Probe("keys", lambda: doctor_home.keys(paths)),
        Probe("disk", lambda: doctor_home.disk(paths)),
        Probe("git", doctor_home.git),
        Probe("client", doctor_client.client),
        Probe("hooks", lambda: doctor_client.hooks(paths, directory)),
        Probe("project", lambda: doctor_client.project(directory)),
        Probe("firing", lambda: doctor_client.firing(paths, now)),
        Probe("switches", lambda: doctor_home.switches(paths)),
        Probe("interpreter", lambda: doctor_client.interpreter(paths)),
        Probe("engine", lambda: doctor_engine.engine(paths, now)),
        Probe("narrative", lambda: doctor_engine.narratives(paths, settings, now)),
        Probe("quarantine", lambda: doctor_home.quarantine(paths)),
        Probe("listener", lambda: doctor_net.listener(paths, settings)),
        Probe("mdns", lambda: doctor_net.mdns(settings)),
        Probe("relay", lambda: doctor_net.relays(settings, theirs, ours)),
        Probe("peers", lambda: damaged or doctor_engine.peers(paths, known, now)),
    ])  # fmt: skip


def lines(told: list[dict[str, Any]]) -> list[str]:
    """Return the outcomes for a person."""
    out = []
    for check in told:
        kind = Theirs if check["name"].startswith(ABOUT_OTHERS) else str
        out.append(kind(f"{check['status']:<{WIDTH}}{check['name']}: {check['what']}"))
        out += [kind(f"{'':<{WIDTH}}{key}: {check[key]}") for key in ("why", "hint") if check[key]]
    counts = {name: sum(check["status"] == name for check in told) for name in ("ok", "warning", "problem")}
    out.append(
        ", ".join(
            f"{count} {name}{'s' if count != 1 and name != 'ok' else ''}" for name, count in counts.items()
        )
    )
    return out
