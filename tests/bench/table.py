"""One shape for all figures: what was measured, what it is measured against, and whether it is good enough."""

import dataclasses
import datetime
import json
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

LIMIT: Final = "limit"
BEGIN: Final = "<!-- bench: begin -->"
END: Final = "<!-- bench: end -->"


@dataclass(frozen=True)
class Row:
    """One figure, with what was measured beside it in the same run.

    Args:
        unit: Of `ours`, `limit` and `peers`.
        limit: What cannot be gone beyond on this machine, as `limit_is` says.
        peers: What others take for the same, by name; who is not installed is not there.
        target: What is asked for: of `ours` itself, or of its ratio to what `of` names (`LIMIT`, or a peer).
        least: Whether more is better.
        why: The reason, if the target is missed.
    """

    what: str
    unit: str
    ours: float
    limit: float | None = None
    limit_is: str = ""
    target: float | None = None
    of: str = ""
    least: bool = False
    peers: dict[str, float] = field(default_factory=dict)
    why: str = ""

    @property
    def base(self) -> float | None:
        """What the ratio is to; None if that was not measured."""
        return self.peers.get(self.of) if self.of not in ("", LIMIT) else self.limit

    @property
    def ratio(self) -> float | None:
        """Ours to the base."""
        return self.ours / self.base if self.base else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None if there is none, or nothing to hold it against."""
        value = self.ratio if self.of else self.ours
        if self.target is None or value is None:
            return None
        return value >= self.target if self.least else value <= self.target

    def cells(self) -> list[str]:
        """Return the row as it is printed."""
        limit = "" if self.limit is None else f"{shown(self.limit, self.unit)} {self.limit_is}".strip()
        target = ""
        if self.target is not None:
            sign = "≥" if self.least else "≤"
            of = {"": f" {self.unit}", LIMIT: " x the limit"}.get(self.of, f" x {self.of}")
            target = f"{sign} {self.target:.3g}{of}".rstrip()
        verdict = {True: "met", False: "MISSED", None: "-" if self.target is None else "not measured"}[
            self.met
        ]
        others = ", ".join(f"{name} {shown(value, self.unit)}" for name, value in self.peers.items())
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return [self.what, shown(self.ours, self.unit), limit, others, ratio, target, verdict]


HEADS: Final = ("figure", "ours", "limit", "others", "ratio", "target", "")
WIDTHS: Final = (46, 12, 34, 40, 7, 24, 12)


def shown(value: float, unit: str) -> str:
    """Return a figure with three digits or all that stand before the point."""
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits} {unit}".strip()


def missed(rows: Iterable[Row]) -> int:
    """Return how many targets are missed."""
    return sum(row.met is False for row in rows)


def _line(cells: Sequence[str]) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def show(rows: Iterable[Row], out: list[Row] | None = None) -> list[Row]:
    """Print the rows, each as soon as it is there; return them, in `out` if that is given."""
    out = [] if out is None else out
    print(_line(HEADS))
    for row in rows:
        out.append(row)
        print(_line(row.cells()), flush=True)
        if row.met is False and row.why:
            print(f"    {row.why}")
    return out


def told(rows: Iterable[Row]) -> int:
    """Print the rows and return an exit code: 1 if a target is missed."""
    return 1 if missed(show(rows)) else 0


def machine() -> str:
    """Return what kind of machine this is: its processor, how many of them, its system; nothing that names it."""
    model = platform.processor() or platform.machine()
    if sys.platform == "linux":
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), model)
    python = platform.python_version()
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}, Python {python}"


@dataclass
class Result:
    """All groups of one run."""

    groups: dict[str, list[Row]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)  # group or peer → why
    date: str = field(default_factory=lambda: datetime.datetime.now(datetime.UTC).date().isoformat())
    machine: str = field(default_factory=machine)
    load: float = field(default_factory=lambda: round(os.getloadavg()[0], 1))  # what else it had to do

    def as_json(self) -> str:
        """Return everything, for programs."""
        rows = {
            name: [{**dataclasses.asdict(row), "ratio": row.ratio, "met": row.met} for row in rows]
            for name, rows in self.groups.items()
        }
        told = {
            "date": self.date,
            "machine": self.machine,
            "load": self.load,
            "groups": rows,
            "left_out": self.left_out,
        }
        return json.dumps(told, indent=1, ensure_ascii=False) + "\n"

    def as_markdown(self) -> str:
        """Return the table that the README shows."""
        every = [row for rows in self.groups.values() for row in rows]
        judged = [row for row in every if row.met is not None]
        lines = [
            f"Measured on {self.date}: {self.machine}; load at the start {self.load:g}. "
            f"Targets met: {len(judged) - missed(judged)} of {len(judged)}.",
            "", "| " + " | ".join((*HEADS[:-1], "met?")) + " |", "|---|--:|---|---|--:|---|---|",
        ]  # fmt: skip
        for name, rows in self.groups.items():
            lines.append(f"| **{name}** |  |  |  |  |  |  |")
            lines += [
                "| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells()) + " |" for row in rows
            ]
        reasons = [f"- {row.what}: {row.why}" for row in every if row.met is False and row.why]
        if reasons:
            lines += ["", "Missed, and why:", "", *reasons]
        if self.left_out:
            lines += [
                "",
                "Left out: " + "; ".join(f"{name} ({why})" for name, why in self.left_out.items()) + ".",
            ]
        return "\n".join(lines) + "\n"


def put_between(text: str, table: str) -> str:
    """Return `text` with `table` between its two markers.

    Raises:
        ValueError: The markers are not there, in this order.
    """
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN} … {END}")
    return f"{head}{BEGIN}\n{table}{END}{tail}"


def read(path: Path) -> Result:
    """Return a result that was written as JSON."""
    told = json.loads(path.read_text(encoding="utf-8"))
    groups = {
        name: [
            Row(**{key: value for key, value in row.items() if key not in ("ratio", "met")}) for row in rows
        ]
        for name, rows in told["groups"].items()
    }
    return Result(groups, told["left_out"], told["date"], told["machine"], told["load"])
