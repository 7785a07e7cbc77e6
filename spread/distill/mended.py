"""What became of a diagnosis, as far as edits and checks tell: that edits followed is all they say, not that they helped."""

import re
import sys
from bisect import bisect_left, bisect_right
from functools import cached_property, lru_cache
from operator import attrgetter, itemgetter
from typing import Final

from spread.distill import trials
from spread.distill.aftermath import MENDED
from spread.distill.agents import unseen
from spread.distill.ledger import Ledger
from spread.distill.narrow import covers
from spread.distill.next_code import is_prose
from spread.distill.record import WROTE
from spread.distill.results import approves, seen_to_work
from spread.distill.runs import Run
from spread.distill.said import Log
from spread.distill.trial import Trial
from spread.distill.validation import HOOK, Check, judged
from spread.distillation_also import AGAIN
from spread.distillation_codec import bare, shorten
from spread.distillation_paths import bare_name

_FILE: Final = re.compile(r"[\w.-]*\w\.[A-Za-z]\w{0,5}\b|\.\w[\w.-]+")
_END: Final = MENDED.removesuffix(")")
# Says that code is wrong as it is written: whatever reads all of it, and passes, refutes that.
_BUILDS: Final = re.compile(
    r"\b(?:syntax|compil\w+|type|import) errors?\b|\bdoes(?:n't| not) (?:compile|build|parse)\b|\bundefined (?:name|symbol|reference|variable|function)s?\b",
    re.I,
)
_READS: Final = ("build", "types", "test")
NOT_YET: Final = " (no edit since)"  # the last thing that was found out, and nothing was done about it
QUOTED_CHARS: Final = 40
ANOTHER: Final = ", then another diagnosis"


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
        self.prompts = {turn.prompt.line: turn.prompt.text for turn in ledger.turns}
        last = self.causes[-1] if self.causes else 0
        done = self.edits and self.edits[-1] > last
        hidden = unseen(ledger.agents) or ledger.unread
        # A report at the end of the work may tell what the edits before it were about.
        asked, said = max(self.prompts, default=0), ledger.last_say
        told = ledger.end == "say" and said and said.line == last and self.edits and self.edits[-1] > asked
        # The last one, on the last prompt, that nothing is seen to be done about.
        self.open = 0 if done or told or hidden or self.after.until(last) < sys.maxsize else last

    def of(self, line: int, said: str) -> str:
        """Return what followed a diagnosis of a line, empty when nothing of it is known."""
        mended, until = self.after.mended(line, self.edits), self.after.until(line)
        after = bisect_right(self.edits, line)
        first = min([until, *self.edits[after : after + 1]])
        then = bisect_right(self.causes, first)
        other = self.causes[then] if then < len(self.causes) and self.causes[then] < until else 0
        return (
            self._no_cure(line, said, mended)
            or ("" if other else self._approved(until))
            or self._passed_at_once(line, first, said)
            or (
                mended
                and (
                    self._after_edits(line, until, other)
                    or self._seen(line, until, f"{_END}, ")
                    or self._elsewhere(line, until, said)
                    or mended
                )
            )
            or self._seen(line, until)
            or (NOT_YET if line == self.open else "")
        )

    def refuted(self, line: int, said: str) -> str:
        """Return that code of which something was said passed at once, empty when nothing of that is known."""
        after = bisect_right(self.edits, line)
        return self._passed_at_once(line, min([self.after.until(line), *self.edits[after : after + 1]]), said)

    def _no_cure(self, line: int, said: str, mended: str) -> str:
        """Return that what was done about it was taken out again, or that the same failed once more."""
        again = mended and trials.failed_again(self._trials, line, said)
        if mended and (out := self.ledger.taken_out.get(line)):
            return f"{_END}: `{out[1]}` taken out, L{out[2]}{', and it failed again' if again else ''})"
        return AGAIN if again else ""

    def _approved(self, until: int) -> str:
        """Return what the user said on the next prompt, where that says that it works."""
        works = approves(self.prompts.get(until, ""))
        return f" (then the user: “{shorten(works, QUOTED_CHARS)}”, L{until})" if works else ""

    def _seen(self, line: int, until: int, lead: str = " (") -> str:
        """Return what the agent then said of what it saw, where that is that it works; of several diagnoses the last one's."""
        after = bisect_right(self.causes, line)
        at, _ = seen_to_work(self.ledger, line, min([until, *self.causes[after : after + 1]]))
        return f"{lead}then the agent: it works, L{at})" if at else ""

    def _passed_at_once(self, line: int, first: int, said: str) -> str:
        passed = self._passes(line, first) or self._builds(line, first, said)
        return f" (then it passed without an edit, L{passed})" if passed else ""

    def _after_edits(self, line: int, until: int, other: int) -> str:
        """Return what came after the edits: another diagnosis, else a pass of what had failed before."""
        if other:
            return f"{_END}{ANOTHER}, L{other})"
        passed = self._passes(line, until, line)
        return f"{_END}, then it passed, L{passed})" if passed else ""

    def _elsewhere(self, line: int, until: int, said: str) -> str:
        """Return which file was edited, where that is none of those that the diagnosis names, or prose."""
        first, end = (bisect_left(self._written, at, key=itemgetter(0)) for at in (line + 1, until))
        names = [bare_name(path) for _, path in self._written[first:end]]
        spoken = self._names & _files_in(said)
        other_file = names and (spoken.isdisjoint(names) if spoken else is_prose(names[0]))
        return f" (edits of {names[0]} followed)" if other_file else ""

    def edited(self, line: int, said: str) -> str:
        """Return which of the files that a remark names was edited later: how that was then it may be no more."""
        spoken = self._names & _files_in(said)
        after = bisect_right(self._written, line, key=itemgetter(0)) if spoken else 0
        later = [bare_name(path) for _, path in self._written[after:]] if spoken else []
        name = next(filter(spoken.__contains__, reversed(later)), "")
        return f" ({name} edited since)" if name else ""

    def _passes(self, line: int, until: int, failed_by: int = sys.maxsize) -> int:
        """Return the line between two others where what had failed, by a line, first passed; 0 for none."""
        ran = bisect_right(self.ran, line)
        if ran == len(self.ran) or self.ran[ran] >= until:
            return 0
        return next((at for failed, at in self._passed if failed < failed_by and line < at < until), 0)

    def _builds(self, line: int, until: int, said: str) -> int:
        """Return the line between two others where code that was said not to build did, and all checks passed; else 0."""
        if not _tells_of_a_build(said):
            return 0
        between = [run for kept in self.ledger.runs.values() for run in kept if line < run.at < until]
        checks = [check for run in between for check in judged(run, self.ledger.settled)]
        if any(check.outcome == "failed" for check in checks):
            return 0
        return min((it.at for it in checks if it.kind in _READS and it.outcome == "passed"), default=0)

    @cached_property
    def _written(self) -> list[tuple[int, str]]:
        """The lines of what was written, with paths, in order."""
        wrote = {item.line: item.what for item in self.ledger.record if item.kind == WROTE}
        return sorted((wrote | {line: path for path, line in self.ledger.files.edited().items()}).items())

    @cached_property
    def _trials(self) -> list[Trial]:
        """What failed and did not work meanwhile, by its first lines."""
        return sorted([it for it in self.ledger.trials.values() if not it.between], key=attrgetter("line"))

    @cached_property
    def _names(self) -> set[str]:
        files = self.ledger.files
        return {*map(bare_name, files.edited()), *map(bare_name, files.read)}

    @cached_property
    def _passed(self) -> list[tuple[int, int]]:
        """The lines of the last checks of a kind that failed and of those that then passed, by the latter."""
        out = list[tuple[int, int]]()
        for kept in self.ledger.runs.values():
            failed = dict[str, list[Run]]()
            for run in kept:
                checks = judged(run, self.ledger.settled)
                outcomes = {check.outcome for check in checks}
                which = _tool(checks[0]) if checks else ""
                known = failed.pop(which, [])
                left = [] if which or not ({"failed", "passed"} & outcomes) else _left(run, known)
                if outcomes == {"passed"} and len(left) < len(known):
                    out.append((max(it.at for it in known if it not in left), run.at))
                failed[which] = [*left, run] if "failed" in outcomes else left
        return sorted(out, key=itemgetter(1))


@lru_cache(100)  # what was found out is told again at the next revision
def _tells_of_a_build(said: str) -> bool:
    return _BUILDS.search(said) is not None


@lru_cache(100)
def _files_in(said: str) -> frozenset[str]:
    """Return what may be names of files in words."""
    return frozenset(_FILE.findall(said))


def _left(run: Run, failed: list[Run]) -> list[Run]:
    """Return those test runs that another leaves something out of."""
    return [it for it in failed if not covers(run, it)]


def _tool(check: Check) -> str:
    """Return what must pass where a check failed: the hooks of a push are not those of a commit, nor one linter another."""
    if HOOK in check.command:
        return check.command.rpartition(HOOK)[2]
    return "" if check.kind == "test" else " ".join(bare(check.command).split()[:2])
