"""What a document tells of what failed: rejected or objected to, proved wrong, tried in vain."""

from typing import Final

from spread.distill import trials_tell
from spread.distill.alike import once
from spread.distill.found import CAUSE, WRONG
from spread.distill.ledger import Ledger
from spread.distill.mended import ANOTHER, Outcomes
from spread.distill.net_tell import taken_back
from spread.distill.said import Log
from spread.distill.validation import Check
from spread.distillation_told import OBJECTED, SAID

MAX_TRIALS: Final = 14
MAX_FOUND: Final = 16


def _since(outcomes: Outcomes, line: int, said: str) -> str:
    """Return what became of what the agent found out."""
    if said.startswith(CAUSE):
        became = outcomes.of(line, said)
        return became if ANOTHER in became else outcomes.after.taken_back(line) or became
    return outcomes.edited(line, said) if said.startswith(WRONG) else ""


def failed_of(ledger: Ledger, log: Log, root: str, main: Check | None) -> list[tuple[int, str]]:
    """Return what was rejected or objected to, of alike ones the newest, what proved wrong, and what failed."""
    turns = ledger.turns
    after = [*turns[1:], None]
    admits = {
        turn.prompt.line: turn.admits
        for turn, then in zip(turns, after, strict=False)
        if turn.admits and not (then and then.objects)
    }
    told = tuple(
        (line, text, admits.get(line, "") if text.startswith(OBJECTED) else "")
        for line, text in reversed(ledger.rejected)
    )
    tried = trials_tell.told(ledger.trials, MAX_TRIALS) + taken_back(ledger, root)
    explained = "\n".join(text.partition(SAID)[2] for _, text in tried)
    noted = tuple(
        item for item in reversed(ledger.found) if item[2] not in explained and not log.refuted(item[0])
    )
    rejected, found = once(told, noted)
    causes = [line for line, text in found if text.startswith(CAUSE)]
    outcomes = Outcomes(ledger, log, causes)
    found = [(line, text + _since(outcomes, line, text)) for line, text in found[:MAX_FOUND]]
    last = main.at if main else 0  # told on its own
    return sorted([*rejected, *found, *(item for item in tried if item[0] != last)])
