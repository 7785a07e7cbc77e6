"""The engine's decisions, pure: debts, routes, attempts and the time → what to send, when to look again.

A debt is paid by a receipt and by nothing else. The LAN comes first and at once; the relay follows when the
LAN is not there, fails, is slow, or says it keeps an envelope and no receipt comes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

RouteKind = Literal["lan", "relay"]

LAN_HEAD_START_S: Final = 0.25  # how long the relay waits for the LAN
RECEIPT_WAIT_S: Final = 3.0  # a machine on the LAN answers at once; no receipt by then: another route
RESEND_LAN_S: Final = 60.0  # stored on the LAN and still no receipt
RESEND_RELAY_S: Final = 6 * 3600.0  # stored at a relay and still no receipt: the relay may have lost it
BACKOFF_S: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)


@dataclass(frozen=True)
class Debt:
    """One file owed to one peer; `name` is its file name, `since` when it appeared (unix seconds)."""

    peer: str
    name: str
    since: float


@dataclass(frozen=True)
class Attempts:
    """What was tried for one debt on one route; times in unix seconds, 0.0 is never."""

    started: float = 0.0  # the attempt under way, 0.0 when none is
    stored: float = 0.0  # the server said it keeps it
    failed: float = 0.0
    failures: int = 0


@dataclass(frozen=True)
class Send:
    """Send this debt by this route now."""

    debt: Debt
    route: RouteKind


@dataclass(frozen=True)
class Plan:
    """What to do now, and when to plan again if nothing happens before (None: when something happens)."""

    sends: tuple[Send, ...]
    wake_at: float | None


Key = tuple[str, str, RouteKind]


def plan(
    debts: Iterable[Debt],
    routes: Mapping[str, frozenset[RouteKind]],
    tried: Mapping[Key, Attempts],
    now: float,
    jitter: float = 0.5,
) -> Plan:
    """Decide.

    Args:
        debts: All that is owed.
        routes: Per peer, the routes that seem usable now.
        tried: What was tried; a missing entry is never.
        now: Unix seconds.
        jitter: 0 to 1; spreads retries of many machines over half their back-off.
    """
    sends: list[Send] = []
    wakes: list[float] = []
    for debt in debts:
        usable = routes.get(debt.peer, frozenset())
        for route in ("lan", "relay"):
            if route not in usable:
                continue
            at = _due(debt, route, "lan" in usable, tried, jitter)
            if at is None:
                continue
            if at <= now:
                sends.append(Send(debt, route))
            else:
                wakes.append(at)
    return Plan(tuple(sends), min(wakes, default=None))


def _due(
    debt: Debt, route: RouteKind, has_lan: bool, tried: Mapping[Key, Attempts], jitter: float
) -> float | None:
    """Return when a debt is to be sent by a route; None while an attempt is under way."""
    own = tried.get((debt.peer, debt.name, route), Attempts())
    if own.started:
        return None
    due = debt.since
    if own.stored:
        due = own.stored + (RESEND_LAN_S if route == "lan" else RESEND_RELAY_S)
    if own.failed > own.stored:
        due = max(due if not own.stored else 0.0, own.failed + backoff(own.failures, jitter))
    if route == "relay" and has_lan:
        due = max(due, _after_lan(debt, tried.get((debt.peer, debt.name, "lan"), Attempts())))
    return due


def _after_lan(debt: Debt, lan: Attempts) -> float:
    """Return from when on the relay is worth it although the peer seems to be on the LAN."""
    if lan.stored and lan.stored >= lan.failed:
        return lan.stored + RECEIPT_WAIT_S
    if lan.failed:
        return lan.failed
    return max(debt.since, lan.started) + LAN_HEAD_START_S


def backoff(failures: int, jitter: float) -> float:
    """Return the seconds to wait after so many failures in a row."""
    return BACKOFF_S[min(max(failures, 1), len(BACKOFF_S)) - 1] * (0.75 + jitter / 2)


def started(attempts: Attempts, now: float) -> Attempts:
    """Return `attempts` with one under way."""
    return replace(attempts, started=now)


def stored(attempts: Attempts, now: float) -> Attempts:
    """Return `attempts` after a server said it keeps the envelope."""
    return replace(attempts, started=0.0, stored=now, failures=0)


def failed(attempts: Attempts, now: float) -> Attempts:
    """Return `attempts` after a failure."""
    return replace(attempts, started=0.0, failed=now, failures=attempts.failures + 1)
