"""The numbers of what we owe a peer, and which of a peer's numbers are missing (RELAY_SERVER_SPEC.md, "Sequence").

A number stands for a debt, not for an envelope: newer revisions take it over until it is paid. So nothing that was
only replaced is ever missing. Numbers decide nothing but what `spread status` tells.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from typing import Any, Final

from spread.paths import Paths, write_atomic

PATIENCE_S: Final = 120.0  # routes overtake each other; what is missing for longer is worth telling
MAX_RANGES: Final = 64  # of numbers that came; a peer must not fill our disk with holes
MAX_NUMBER: Final = 2**53 - 1


@dataclass(frozen=True)
class Missing:
    """Ranges of numbers that have not come, the highest that came, and since when something is missing."""

    ranges: tuple[tuple[int, int], ...]
    highest: int
    since: float

    def __str__(self) -> str:
        told = ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in self.ranges[:4])
        more = ", …" if len(self.ranges) > 4 else ""
        one = len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1]
        return f"{told}{more} of {self.highest} {'is' if one else 'are'} missing"


def number(paths: Paths, peer: str, session: str) -> int:
    """Return the number of what we owe a peer of a session; a new one is on disk before it is used."""
    path = _path(paths, peer, "out")
    state = _load(path)
    unpaid = _unpaid(state)
    if session not in unpaid:
        last = state.get("last")
        unpaid[session] = min((last if type(last) is int and last >= 0 else 0) + 1, MAX_NUMBER)
        _save(path, {"last": unpaid[session], "unpaid": unpaid})
    return unpaid[session]


def paid(paths: Paths, peer: str, session: str) -> None:
    """The newest revision was paid for: the next one is a debt of its own."""
    path = _path(paths, peer, "out")
    state = _load(path)
    unpaid = _unpaid(state)
    if unpaid.pop(session, None) is not None:
        _save(path, {"last": state.get("last", 0), "unpaid": unpaid})


def _unpaid(state: dict[str, Any]) -> dict[str, int]:
    unpaid = state.get("unpaid")
    if not isinstance(unpaid, dict):
        return {}
    return {session: n for session, n in unpaid.items() if type(n) is int and 0 < n <= MAX_NUMBER}


def came(paths: Paths, peer: str, sequence: int, now: float) -> None:
    """Note that a number came; 0 is none."""
    if sequence == 0:
        return
    path = _path(paths, peer, "in")
    before = _load(path)
    known = _ranges(before)
    if not known and os.path.exists(path):  # damaged: what came before is not known to be missing
        known, before = [(1, sequence)], {}
    seen = _joined([*known, (sequence, sequence)])
    if seen == known and before:
        return
    since = (before.get("since") or now) if len(seen) > 1 or seen[0][0] > 1 else None
    _save(path, {"seen": seen, "since": since})


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ranges sorted and joined; of too many the oldest holes are forgotten."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    while len(out) > MAX_RANGES:
        out[:2] = [(1, out[1][1])]
    return out


def _ranges(state: dict[str, Any]) -> list[tuple[int, int]]:
    try:
        ranges = [(int(low), int(high)) for low, high in state["seen"]]
    except (KeyError, TypeError, ValueError, OverflowError):
        return []
    return [(low, high) for low, high in ranges if 0 < low <= high <= MAX_NUMBER]


def missing(paths: Paths, peer: str, now: float) -> Missing | None:
    """Return what has been missing from a peer for a while; None: nothing."""
    state = _load(_path(paths, peer, "in"))
    seen, since = _ranges(state), state.get("since")
    holes, last = [], 0
    for low, high in seen:
        if low > last + 1:
            holes.append((last + 1, low - 1))
        last = high
    try:
        begun = float(since) if isinstance(since, int | float) else now
    except OverflowError:
        begun = now
    if not holes or now - begun < PATIENCE_S:
        return None
    return Missing(tuple(holes), last, begun)


def forget(paths: Paths, peer: str) -> None:
    """Begin anew with a peer, in both directions."""
    for way in ("in", "out"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_path(paths, peer, way))


def _path(paths: Paths, peer: str, way: str) -> str:
    return os.path.join(paths.sequences, f"{peer}.{way}.json")


def _load(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as handle:
            data = json.load(handle)
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _save(path: str, state: dict[str, Any]) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    write_atomic(path, json.dumps(state).encode("ascii"))
