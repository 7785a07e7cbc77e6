"""Checks of the engine and of what it knows of the peers, from what it leaves in `SPREAD_HOME`."""

import contextlib
import json
import os
import time
from typing import Any, Final

from spread import __version__, engine_lock, store
from spread.commands.doctor_check import Check, ago, ok, problem, warning
from spread.config import Config
from spread.paths import Paths
from spread.peers import Peer
from spread.resources import client_program

STUCK_S: Final = 120.0  # a checkpoint that a running engine has not taken by then
SETTLE_S: Final = 1.0
TAIL_BYTES: Final = 64 << 10
LONG_OWED_S: Final = 86_400.0
LONG_UNHEARD_S: Final = 10 * 86_400.0  # sealing keys are renewed daily, and old ones kept for 15 days


def told(paths: Paths) -> dict[str, Any]:
    """Return what the engine last wrote, {} if that is nothing usable."""
    try:
        with open(paths.engine_status, "rb") as handle:
            data = json.load(handle)
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def engine(paths: Paths, now: float) -> Check:
    """One runs and does its work, or none does and the hooks can start one."""
    found = _engine(paths, now)
    if found.status == "problem":
        time.sleep(SETTLE_S)  # it may be just starting or leaving
        found = _engine(paths, now)
    return found


def _engine(paths: Paths, now: float) -> Check:
    pid, since = _pid(paths)
    alive = pid > 0 and _is_alive(pid)
    if not engine_lock.is_running(paths):
        if alive:  # the Stop hook takes the other process for it
            return problem(
                "engine", "none runs, and the Stop hook cannot see that",
                f"a killed engine left {paths.engine_pid}; process {pid} is another program",
                f"rm '{paths.engine_pid}'",
            )  # fmt: skip
        error = _last_error(paths, 0.0)
        return ok(
            "engine",
            "not running; the next turn or session starts it",
            f"its last error: {error}" if error else "",
        )
    if not alive:
        return problem(
            "engine", "its lock is held, and not by an engine",
            f"{paths.engine_pid} names {f'process {pid}, which has ended' if pid else 'no process'}",
            f"see who holds it and end that: fuser -v '{paths.engine_lock}'",
        )  # fmt: skip
    what = f"running, process {pid}, since {time.strftime('%Y-%m-%d %H:%M', time.localtime(since))}"
    waiting = _oldest(paths.checkpoints)
    if waiting and now - waiting > STUCK_S:
        why = f"a turn of {ago(waiting, now)} was not taken in"
        return problem(
            "engine", what, why, f"kill {pid}; the next turn starts a new one. Its log is {paths.engine_log}"
        )
    error = _last_error(paths, since)
    if error:
        return warning("engine", what, f"its last error: {error}", f"see {paths.engine_log}")
    return ok("engine", what)


def narratives(paths: Paths, settings: Config | None, now: float) -> list[Check]:
    """Where narratives are wanted: whether they come, and how many more of this day."""
    if settings is None or settings.enrich != "claude":
        return []
    from spread import enrich  # late, as few want it

    if client_program() is None:
        return [
            warning(
                "narrative", "none is made", "there is no `claude` on PATH, nor where it installs itself",
                "install Claude Code, or take `enrich` out of config.toml",
            )
        ]  # fmt: skip
    try:
        noted = enrich.last_run(paths)
    except FileNotFoundError:
        return [ok("narrative", "no session was quiet for long enough so far")]
    except (OSError, ValueError):
        why = "the note of what was spent is damaged"
        return [warning("narrative", "none today", why, f"rm '{paths.enrich_spent}'")]
    what = f"{noted.spent(now)} of {settings.enrich_daily} today, the last {ago(noted.last, now)}"
    if noted.failed:
        hint = "see whether `echo hello | claude -p` answers; the plain hand-off was delivered"
        return [warning("narrative", what, f"that one failed: {noted.failed}", hint)]
    return [ok("narrative", what)]


def _pid(paths: Paths) -> tuple[int, float]:
    """Return the process in the pid file and since when it is there; 0 for none."""
    try:
        with open(paths.engine_pid, encoding="ascii") as handle:
            return int(handle.read(20)), os.stat(paths.engine_pid).st_mtime
    except (OSError, ValueError):
        return 0, 0.0


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _oldest(folder: str) -> float:
    found = []
    for entry in os.scandir(folder) if os.path.isdir(folder) else ():
        with contextlib.suppress(FileNotFoundError):
            if not entry.name.startswith("."):
                found.append(entry.stat().st_mtime)
    return min(found, default=0.0)


def _last_error(paths: Paths, since: float) -> str:
    """Return the log's last error line if it was written after `since`; each line begins with its time."""
    try:
        with open(paths.engine_log, "rb") as handle:
            handle.seek(max(0, os.fstat(handle.fileno()).st_size - TAIL_BYTES))
            lines = handle.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    for line in reversed(lines):
        when, _, rest = line.partition(" ERROR ")
        if rest:
            try:
                at = time.mktime(time.strptime(when.partition(",")[0], "%Y-%m-%d %H:%M:%S"))
            except (ValueError, OverflowError):
                continue
            return f"{when.partition(',')[0]} {rest.partition(' ')[2]}" if at + 1 > since else ""
    return ""


def peers(paths: Paths, known: dict[str, Peer], now: float) -> list[Check]:
    """Each peer: when it last confirmed something, what it is owed and why, and what it runs."""
    if not known:
        return [warning("peers", "none yet", "no machine was paired with this one", "spread pair")]
    running = engine_lock.is_running(paths)
    rows = told(paths).get("peers")
    owed = store.owed(paths)
    checks = []
    for peer in known.values():
        row = rows.get(peer.name) if isinstance(rows, dict) else None
        since = [debt.since for debt in owed if debt.peer == peer.name]
        checks.append(_peer(peer, row if isinstance(row, dict) else {}, since, now, running=running))
    return checks


def _peer(peer: Peer, row: dict[str, Any], since: list[float], now: float, *, running: bool) -> Check:
    name = f"peer {peer.name}"
    receipt = row.get("last_receipt")
    parts = [f"last receipt {ago(receipt, now)}" if isinstance(receipt, int | float) else "no receipt known"]
    parts.append(f"{len(since)} owed since {ago(min(since), now)}" if since else "nothing owed")
    if peer.version:
        parts.append(f"runs {peer.version}")
    what = ", ".join(parts)
    wake = f"start Claude Code on {peer.name}, or run `spread sync` there"
    heard = peer.prekey.get("created")
    if isinstance(heard, int) and now - heard > LONG_UNHEARD_S:
        return warning(
            name,
            what,
            f"it was last heard of {ago(heard, now)}",
            f"{wake}; or forget it: spread unpair {peer.name}",
        )
    if since and now - min(since) > LONG_OWED_S:
        reason = str(row.get("why") or "no route to it") if running else "no engine runs here"
        return warning(name, what, reason, f"{wake}; here: spread sync" if not running else wake)
    if peer.version and peer.version.split(".")[0] != __version__.split(".")[0]:
        return warning(
            name, what, f"this machine runs {__version__}", "in a new checkout: pip install ., on both"
        )
    return ok(name, what)
