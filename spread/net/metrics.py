"""What a server counts, in the text format that Prometheus reads.

A few lines of our own instead of a package: a count is one dictionary entry, as cheap as counting can be on the
way of every message, and the format is a line per value.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

# What is counted: name, what it tells, and the label its counts are kept apart by ("" for none).
_COUNTERS: Final = (
    ("connections_total", "Connections accepted.", ""),
    ("turned_away_total", "Connections that were not let in.", "reason"),
    ("messages_total", "Messages of the protocol that were answered.", "type"),
    ("refused_total", "Errors that were answered.", "reason"),
    ("closed_total", "Connections that were closed for what they did, or did not do.", "reason"),
    ("received_bytes_total", "Bytes received, rooms included.", ""),
    ("received_frames_total", "Frames received, rooms included.", ""),
    ("stored_total", "Envelopes stored.", ""),
    ("mail_sent_total", "Envelopes sent to their owners.", ""),
    ("held_back_total", "Times that a connection was too fast and had to wait.", ""),
)


class Metrics:
    """Counters, and gauges that are read when they are asked for."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {name: Counter() for name, _, _ in _COUNTERS}
        self.turned_away = self.counts["turned_away_total"]
        self.messages = self.counts["messages_total"]
        self.refused = self.counts["refused_total"]
        self.closed = self.counts["closed_total"]
        self._gauges: list[tuple[str, str, Callable[[], float]]] = []

    def add(self, name: str, amount: int = 1) -> None:
        """Count something that has no label."""
        self.counts[name][""] += amount

    def gauge(self, name: str, told: str, value: Callable[[], float]) -> None:
        """Have `value` called whenever the metrics are read."""
        self._gauges.append((name, told, value))

    def text(self) -> str:
        """Return everything, as Prometheus reads it."""
        lines: list[str] = []
        for name, told, label in _COUNTERS:
            counts = self.counts[name]
            rows = sorted(counts.items()) if label else [("", counts[""])]
            lines += _family(name, told, "counter", ((label, value, count) for value, count in rows))
        for name, told, read in self._gauges:
            lines += _family(name, told, "gauge", [("", "", read())])
        return "\n".join(lines) + "\n"


def _family(name: str, told: str, kind: str, rows: Iterable[tuple[str, str, float]]) -> list[str]:
    lines = [f"# HELP spread_relay_{name} {told}", f"# TYPE spread_relay_{name} {kind}"]
    for label, value, count in rows:
        # Every label value is a word of ours: a reason, or a type that the server knows.
        lines.append(
            f"spread_relay_{name}" + (f'{{{label}="{value}"}}' if label else "") + f" {_number(count)}"
        )
    return lines


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
