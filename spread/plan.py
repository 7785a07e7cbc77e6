"""The engine's decisions, pure: debts, routes, attempts and the time → what to send, when to look again.

A debt is paid by a receipt and by nothing else. The LAN comes first and at once; the relay follows when the
LAN is not there, fails, is slow, or says it keeps an envelope and no receipt comes. A route that failed last
time is tried with one debt at a time, in growing intervals; the first success opens it for all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

RouteKind = Literal["lan", "relay"]
ROUTES: Final[tuple[RouteKind, ...]] = ("lan", "relay")

LAN_HEAD_START_S: Final = 0.25  # how long the relay waits for the LAN
RECEIPT_WAIT_S: Final = 3.0  # a machine on the LAN answers at once; no receipt by then: another route
RESEND_LAN_S: Final = 60.0  # stored on the LAN and still no receipt; twice as long each time
RESEND_RELAY_S: Final = 6 * 3600.0  # stored at a relay and still no receipt: the relay may have lost it
BACKOFF_S: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
# A route that was there a moment ago is tried often: nothing tells that a cut network works again. For a minute or
# two a connection every few seconds disturbs nobody.
BACKOFF_ROUTE_S: Final = (0.5, 1.0, *(2.0,) * 40, *(5.0,) * 20, 10.0, 30.0, 60.0, 120.0, 300.0)
MAX_UNDER_WAY: Final = 32  # by one route to one peer; who does not answer holds up nobody else


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
    puts: int = 0  # how often it was stored


@dataclass(frozen=True)
class Health:
    """How a route to a peer did lately: so many failures in a row, whatever the debt, the last one at `failed`."""

    failures: int = 0
    failed: float = 0.0


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
Way = tuple[str, RouteKind]  # a peer and a route to it
WELL: Final = Health()


def plan(
    debts: Iterable[Debt],
    routes: Mapping[str, frozenset[RouteKind]],
    tried: Mapping[Key, Attempts],
    now: float,
    jitter: float = 0.5,
    health: Mapping[Way, Health] | None = None,
) -> Plan:
    """Decide.

    Args:
        debts: All that is owed.
        routes: Per peer, the routes that seem usable now.
        tried: What was tried; a missing entry is never.
        now: Seconds, of the clock that all other times here are of.
        jitter: 0 to 1; spreads retries of many machines over half their back-off.
        health: How the routes did lately; a missing entry is well.
    """
    health = health or {}
    under_way: dict[Way, int] = {}
    for (peer, _, route), attempts in tried.items():
        if attempts.started:
            under_way[peer, route] = under_way.get((peer, route), 0) + 1
    sends: list[Send] = []
    wakes: list[float] = []
    for way, due in _all_due(debts, routes, tried, jitter, health).items():
        ill = health.get(way, WELL)
        free = (1 if ill.failures else MAX_UNDER_WAY) - under_way.get(way, 0)
        if free <= 0:
            continue  # the end of an attempt is news
        earliest = ill.failed + backoff(ill.failures, jitter, BACKOFF_ROUTE_S) if ill.failures else 0.0
        if ill.failures:  # not always the same one: it may be that which fails
            due.sort(key=lambda pair: tried.get((*_names(pair[1]), way[1]), Attempts()).failed)
        ready = [debt for at, debt in due if max(at, earliest) <= now]
        sends += [Send(debt, way[1]) for debt in ready[:free]]
        if len(ready) < free:  # else the next step is news: the end of one of these
            wakes += [max(at, earliest) for at, _ in due if max(at, earliest) > now]
    return Plan(tuple(sends), min(wakes, default=None))


def _names(debt: Debt) -> tuple[str, str]:
    return debt.peer, debt.name


def _all_due(
    debts: Iterable[Debt], routes: Mapping[str, frozenset[RouteKind]], tried: Mapping[Key, Attempts],
    jitter: float, health: Mapping[Way, Health],
) -> dict[Way, list[tuple[float, Debt]]]:  # fmt: skip
    """Return, per usable way, what is to be sent and when it is due, in the order of the debts."""
    found: dict[Way, list[tuple[float, Debt]]] = {}
    for debt in debts:
        usable = routes.get(debt.peer, frozenset())
        lan_is_well = "lan" in usable and not health.get((debt.peer, "lan"), WELL).failures
        for route in ROUTES:
            at = _due(debt, route, lan_is_well, tried, jitter) if route in usable else None
            if at is not None:
                found.setdefault((debt.peer, route), []).append((at, debt))
    return found


def _due(
    debt: Debt, route: RouteKind, has_lan: bool, tried: Mapping[Key, Attempts], jitter: float
) -> float | None:
    """Return when a debt is to be sent by a route; None while an attempt is under way."""
    own = tried.get((debt.peer, debt.name, route), Attempts())
    if own.started:
        return None
    due = debt.since
    if own.stored:
        due = own.stored + resend_after(route, own.puts)
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


def resend_after(route: RouteKind, puts: int) -> float:
    """Return the seconds to wait for a receipt after a debt was stored so many times."""
    if route == "relay":
        return RESEND_RELAY_S
    return min(RESEND_LAN_S * 2.0 ** min(max(puts, 1) - 1, 20), RESEND_RELAY_S)


def backoff(failures: int, jitter: float, waits: Sequence[float] = BACKOFF_S) -> float:
    """Return the seconds to wait after so many failures in a row."""
    return waits[min(max(failures, 1), len(waits)) - 1] * (0.75 + jitter / 2)


def started(attempts: Attempts, now: float) -> Attempts:
    """Return `attempts` with one under way."""
    return replace(attempts, started=now)


def stored(attempts: Attempts, now: float) -> Attempts:
    """Return `attempts` after a server said it keeps the envelope."""
    return replace(attempts, started=0.0, stored=now, failures=0, puts=attempts.puts + 1)


def failed(attempts: Attempts, now: float) -> Attempts:
    """Return `attempts` after a failure."""
    return replace(attempts, started=0.0, failed=now, failures=attempts.failures + 1)


def broke(health: Health, now: float) -> Health:
    """Return `health` after the route itself has failed, not only one debt."""
    return Health(health.failures + 1, now)
