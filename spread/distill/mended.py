"""What became of a diagnosis, as far as edits and checks tell: that edits followed is all they say, not that they helped."""

import re
from bisect import bisect_right
from functools import cached_property
from typing import Final

from spread.distill import trials
from spread.distill.aftermath import MENDED
from spread.distill.ledger import Ledger
from spread.distill.next_code import is_prose
from spread.distill.record import WROTE
from spread.distill.said import Log
from spread.distill.validation import judged
from spread.distillation_also import AGAIN

_FILE: Final = re.compile(r"[\w.-]*\w\.[A-Za-z]\w{0,5}\b|\.\w[\w.-]+")
_END: Final = MENDED.removesuffix(")")


class Outcomes:
    """Tells it of each diagnosis.

    Args:
        causes: The lines of all diagnoses.
    """

    def __init__(self, ledger: Ledger, log: Log, causes: list[int]) -> None:
        self.ledger, self.after = ledger, log.after
        self.edits = sorted({*ledger.mended, *log.after.changes})
        self.causes = sorted(causes)
        self.ran = sorted(run.at for kept in ledger.runs.values() for run in kept)

    def of(self, line: int, said: str) -> str:
        """Return what followed a diagnosis of a line, empty when nothing of it is known."""
        mended, until = self.after.mended(line, self.edits), self.after.until(line)
        if mended and trials.failed_again(self.ledger.trials, line, said):
            return AGAIN
        after = bisect_right(self.edits, line)
        first = min([until, *self.edits[after : after + 1]])
        ran = bisect_right(self.ran, line)
        may_have = ran < len(self.ran) and self.ran[ran] < first
        if may_have and (passed := next((at for at in self._passed if line < at < first), 0)):
            return f" (then it passed without an edit, L{passed})"
        if not mended:
            return ""
        if other := next((at for at in self.causes if first < at < until), 0):
            return f"{_END}, then another diagnosis, L{other})"
        names = [path.rpartition("/")[2] for at, path in self._written if line < at < until]
        spoken = self._names.intersection(_FILE.findall(said))
        other_file = names and (spoken.isdisjoint(names) if spoken else is_prose(names[0]))
        return f" (edits of {names[0]} followed)" if other_file else mended

    @cached_property
    def _written(self) -> list[tuple[int, str]]:
        """The lines of what was written, with paths, in order."""
        wrote = {item.line: item.what for item in self.ledger.record if item.kind == WROTE}
        return sorted((wrote | {line: path for path, line in self.ledger.files.edited().items()}).items())

    @cached_property
    def _names(self) -> set[str]:
        files = self.ledger.files
        return {path.rpartition("/")[2] for path in (*files.edited(), *files.read)}

    @cached_property
    def _passed(self) -> list[int]:
        """The lines of the last checks that passed where the same kind had failed before."""
        out = list[int]()
        for kept in self.ledger.runs.values():
            failed = False
            for run in kept:
                outcomes = {check.outcome for check in judged(run, self.ledger.settled)}
                if failed and outcomes == {"passed"}:
                    out.append(run.at)
                failed = "failed" in outcomes
        return sorted(out)
