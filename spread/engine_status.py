"""What the engine tells of itself in `engine/status.json`, also after it has left."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from spread import plan
from spread.paths import Paths, write_volatile

RECEIPT: Final = "receipt/"  # marks receipts among the names of debts
MAX_KEPT: Final = 500  # names told of a peer


@dataclass
class Facts:
    """What is known of one peer, beyond its files."""

    last_route: str | None = None
    last_receipt: float | None = None  # unix seconds
    why: str = ""  # the last sending failed
    refused: str = ""  # why something of it was not taken in


@dataclass
class Report:
    """Gathers what is told, and writes it when it has changed."""

    paths: Paths
    started: float
    facts: dict[str, Facts] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)  # what is in the way, by where
    told: dict[str, Any] = field(default_factory=dict)

    def of(self, peer: str) -> Facts:
        """Return the facts of a peer, to be changed."""
        return self.facts.setdefault(peer, Facts())

    def recall(self, paired_at: Mapping[str, int]) -> None:
        """Take over what an earlier engine knew of the peers, but not of another machine that once had the name."""
        rows = read(self.paths).get("peers")
        for name, row in rows.items() if isinstance(rows, dict) else ():
            if name not in paired_at or not isinstance(row, dict):
                continue
            route, receipt = row.get("last_route"), row.get("last_receipt")
            known = isinstance(receipt, int | float) and receipt >= paired_at[name]
            self.facts[name] = Facts(route if isinstance(route, str) else None, receipt if known else None)

    def write(self, rows: Mapping[str, dict[str, Any]], **whole: Any) -> bool:
        """Write the state; tell whether it was another one.

        Args:
            rows: Per peer what goes beside its facts.
        """
        self.facts = {name: facts for name, facts in self.facts.items() if name in rows}
        told = {
            "pid": os.getpid(), "started": self.started, "problems": dict(self.problems), **whole,
            "peers": {name: {**row, **asdict(self.of(name))} for name, row in rows.items()},
        }  # fmt: skip
        if told == self.told:
            return False
        self.told = told
        write_volatile(self.paths.engine_status, json.dumps(told).encode("ascii"))
        return True


def debts_of(peer: str, owed: Iterable[plan.Debt], tried: Mapping[plan.Key, plan.Attempts]) -> dict[str, Any]:
    """Return how many hand-offs a peer is owed, and which of them a relay keeps."""
    names = [debt.name for debt in owed if debt.peer == peer and not debt.name.startswith(RECEIPT)]
    kept = [name for name in names if tried.get((peer, name, "relay"), plan.Attempts()).stored]
    return {"owed": len(names), "at_relay": len(kept), "kept": kept[:MAX_KEPT]}


def read(paths: Paths) -> dict[str, Any]:
    """Return what an engine last told, {} if nothing that can be used."""
    try:
        with open(paths.engine_status, "rb") as handle:
            data = json.load(handle)
        return data if isinstance(data, dict) and isinstance(data.get("peers"), dict) else {}
    except (OSError, ValueError, RecursionError):
        return {}
