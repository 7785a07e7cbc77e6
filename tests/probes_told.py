"""How many of the points that the answers to the probes need stand on the pages: `python -m tests.probes_told DIR`.

DIR holds the transcripts. `probes/statements.json` has for each point of each key whether the page stated it above its
log when it was marked, and digests of the statements that state it: what the log tells can be judged in seconds.
"""

import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from spread.distill import distill, document
from spread.distill.said import Log
from tests.judge_reading import digest, normal

PROBES: Final = Path(__file__).parent / "probes"
MARKS: Final = PROBES / "statements.json"
BEGIN_CHARS: Final = 70  # by which a statement is known again, also where it is cut

Point = tuple[bool, list[str]]  # whether the page states it above its log, and what else does


class Share(NamedTuple):
    """Of the points of some questions, each question counting as one."""

    of: float = 0.0
    above: float = 0.0
    told: float = 0.0  # above or in the log

    def and_(self, points: list[Point], told: set[str]) -> "Share":
        """Return this with a question more."""
        above = sum(stands for stands, _ in points)
        all_ = sum(stands or not told.isdisjoint(marks) for stands, marks in points)
        return Share(self.of + 1, self.above + above / len(points), self.told + all_ / len(points))


def mark_of(statement: str) -> str:
    """Return what a statement is known by, which does not tell it."""
    return digest(normal(statement)[:BEGIN_CHARS])


def statements(transcript: Path) -> Iterator[str]:
    """Yield the marks of the statements that the log of a session's page tells."""
    logs = list[Log]()

    def made(*given: Any) -> Log:
        logs.append(Log(*given))
        return logs[-1]

    with patch.object(document, "Log", made):
        told = normal(distill(str(transcript), machine="m").context)
    for each in logs[-1].candidates.its:
        begin = normal(each.text)[:BEGIN_CHARS]
        if begin and begin in told:
            yield mark_of(each.text)


def main() -> None:
    """Print the shares, by category."""
    shares = defaultdict[str, Share](Share)
    for name, marked in json.loads(MARKS.read_text("utf-8")).items():
        probes = tomllib.loads((PROBES / f"{name}.toml").read_text("utf-8"))
        told = set(statements(Path(sys.argv[1]) / f"{probes['session']}.jsonl"))
        for probe in probes["probe"]:
            for kind in (probe["category"], "all"):
                shares[kind] = shares[kind].and_(marked[probe["id"]], told)
    for kind, share in shares.items():
        above, told_ = share.above / share.of, share.told / share.of
        sys.stdout.write(f"{kind:10} {share.of:4.0f} questions  above {above:.3f}  told {told_:.3f}\n")


if __name__ == "__main__":
    main()
