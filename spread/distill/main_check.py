"""The check that says most about how the work stands, and the state that follows from it."""

from collections.abc import Iterable
from typing import Final

from spread.distill import machine
from spread.distill.agents import unseen
from spread.distill.document_tell import Teller
from spread.distill.doubts import is_elsewhere, is_fresh
from spread.distill.ends import asks, at_work
from spread.distill.failure import shown
from spread.distill.ledger import Ledger
from spread.distill.narrow import unmet
from spread.distill.next_code import is_prose, last_code
from spread.distill.next_git import checks_failed
from spread.distill.results import denied_since, seen_to_fail
from spread.distill.validation import HOOK, Check
from spread.distillation_fields import UNKNOWN, Validation

_TELLS: Final = {"test": 3, "build": 2, "types": 2, "lint": 1}  # how much a check tells of the others


def _still_failing(check: Check, ledger: Ledger) -> bool:
    """Tell whether a check failed and nothing changed since but documents."""
    files = ledger.files
    late = (path for path, line in files.edited().items() if line > check.at)
    return check.outcome == "failed" and check.at > files.moved and all(map(is_prose, late))


def main_check(checks: list[Check], ledger: Ledger) -> Check | None:
    """Return the run that says most about now: a failing one after the last edit, else the last that told."""
    fresh = [item for item in checks if is_fresh(item, ledger)]
    failed = [item for item in checks if _still_failing(item, ledger)]
    told = [item for item in fresh if item.outcome != UNKNOWN]
    unclear = [item for item in fresh if item.outcome == UNKNOWN and item.kind == "test"]
    if unclear and not failed:  # that a lint passed says little then
        return unclear[0]
    if told and not failed and all(item.outcome == "passed" for item in told):  # all of them are told
        return max(told, key=lambda item: (item.kind == "test", HOOK not in item.command, item.at))
    files = ledger.files  # documents since then make little difference
    unseen_code = [line for path, line in files.listed_only().items() if not is_prose(path)]
    code = max([last_code(ledger), files.moved, *unseen_code])
    told = told or [item for item in checks if item.outcome != UNKNOWN and item.at > code]
    return max(failed or told or fresh or checks, key=lambda item: item.at, default=None)


def _left_broken(checks: Iterable[Check], main: Check) -> bool:
    """Tell whether a check that tells more than this one failed and did not run again: that a lint passed mends no test."""
    least = _TELLS.get(main.kind, 0)
    return any(check.outcome == "failed" and _TELLS.get(check.kind, 0) > least for check in checks)


def state_of(ledger: Ledger, main: Check | None, root: str, checks: Iterable[Check] = ()) -> str:
    """Return in a word or two how the work stands where the record ends.

    Args:
        checks: The last of each kind.
    """
    if main and _still_failing(main, ledger):
        return "failing"
    if ledger.end in ("api-error", "interrupted"):
        return "blocked"
    if asks(ledger) or ledger.end == "waits":
        return "question open"
    if ledger.end == "open" and ledger.unfinished_edits:
        return "needs verification"  # they may have been made: no check says anything of them
    files, git = ledger.files, ledger.git
    elsewhere = ledger.acted or unseen(ledger.agents)  # what they changed nobody knows
    changed = files.created or files.modified or files.deleted or files.renamed
    joined = any(it.merged for it in git.repos.places.values())  # made here, though others wrote it
    if not (changed or joined or elsewhere or machine.is_other(ledger.machine)):
        return "no change"
    since = max((agent.ended_at for agent in unseen(ledger.agents)), default=0)  # they may have edited, too
    sure = main and main.outcome == "passed" and is_fresh(main, ledger) and main.at > since
    # Nor is any at work still that may edit.
    sure = sure and all(agent.end for agent in unseen(ledger.agents))
    sure = sure and not (at_work(ledger) and ledger.unfinished_edits)
    sure = sure and main and not is_elsewhere(ledger, main, root)
    sure = sure and not unmet(ledger.runs.get("test", []), ledger.settled, files.moved)
    sure = sure and not (git.conflict[0] or checks_failed(ledger))
    sure = sure and main and files.reformed[0] <= main.at and not _left_broken(checks, main)
    sure = sure and main and not denied_since(ledger.turns, files.last_change)
    sure = sure and main and not seen_to_fail(ledger, main.at)[0]
    return "validated" if sure else "needs verification"


def validation_of(check: Check | None, ledger: Ledger, teller: Teller) -> Validation:
    """Return what the check that says most about now came to."""
    if check is None:
        return Validation()
    teller.cite("validation", [check.line, check.at])
    failure = shown(teller.tell_lines(check.failure, 5_000), 900)
    command = teller.tell(check.command, 300)
    return Validation(
        command,
        check.outcome,
        check.exit_code,
        f"L{check.at}",
        is_fresh(check, ledger),
        failure,
        teller.tell(check.counts, 80),
    )
