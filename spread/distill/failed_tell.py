"""What a document tells of what failed: rejected or objected to, proved wrong, tried in vain."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Final

from spread.distill import trials_tell
from spread.distill.aftermath import Aftermath
from spread.distill.found import CAUSE, SUPPOSED, WRONG
from spread.distill.ledger import Ledger
from spread.distill.mended import ANOTHER, Outcomes
from spread.distill.net_tell import taken_back
from spread.distill.said import Log
from spread.distill.validation import Check
from spread.distill.versions import Versions, shown_later
from spread.distill.words import stems
from spread.distillation_told import BACK, OBJECTED, SAID

MAX_TRIALS: Final = 14
MAX_FOUND: Final = 16
_OF_GIT: Final = re.compile("(?i)commit|push|pouss")
Told = list[tuple[int, str]]


def _since(outcomes: Outcomes, line: int, said: str) -> str:
    """Return what became of what the agent found out."""
    if said.startswith(CAUSE):
        became = outcomes.of(line, said)
        return became if ANOTHER in became else outcomes.after.taken_back(line) or became
    if said.startswith(SUPPOSED):
        return outcomes.refuted(line, said)
    return outcomes.edited(line, said) if said.startswith(WRONG) else ""


def _told_of(ledger: Ledger, after: Aftermath) -> list[tuple[int, str]]:
    """Return what is told of the trials, with what became of what the agent said of them."""
    told = trials_tell.told(ledger.trials, MAX_TRIALS)
    return [(line, _since_said(line, text, after, ledger.versions)) for line, text in told]


def _since_said(line: int, text: str, after: Aftermath, shown: Versions) -> str:
    """Return what is told of a trial with what became of the agent's words: a file or a version of which they speak is another."""
    head, sep, rest = text.partition(SAID)
    said, end, then = rest.partition("”; ") if "”; " in rest else (rest, "", "")
    became = (shown_later(said, line, shown) or after.edited_since(said, line)) if sep else ""
    return f"{head}{sep}{said.removesuffix('”')}”{became}{end[1:]}{then}" if became else text


def failed_of(
    ledger: Ledger, log: Log, root: str, main: Check | None, done: Mapping[str, int]
) -> list[tuple[int, str]]:
    """Return what was rejected or objected to, of alike ones the newest, what proved wrong, and what failed.

    Args:
        done: Words that say that git lacks what it has by now, with the line since when, of `claims.overtaken`.
    """
    turns = ledger.turns
    after = [*turns[1:], None]
    admits = {
        turn.prompt.line: turn.admits
        for turn, then in zip(turns, after, strict=False)
        if turn.admits and not (then and then.objects)
    }
    told = [
        (line, text, admits.get(line, "") if text.startswith(OBJECTED) else "")
        for line, text in reversed(ledger.rejected)
    ]
    tried = _told_of(ledger, log.after) + taken_back(ledger, root)
    explained = "\n".join(text.partition(SAID)[2] for _, text in tried)
    noted = [
        item
        for item in reversed(ledger.found)
        # What was taken back for it shows that it was meant.
        if item[2] not in explained
        and (BACK in item[1] or not log.refuted(item[0]))
        and not (any([w in item[2] and at > item[0] for w, at in done.items()]) and _OF_GIT.search(item[2]))
    ]
    rejected, found = once(tuple(told), tuple(noted))
    causes = [line for line, text in found if text.startswith(CAUSE)]
    outcomes = Outcomes(ledger, log, causes)
    # Of the older ones nobody asks.
    came = ((line, text, _since(outcomes, line, text)) for line, text in found)
    stands = ((line, text + became) for line, text, became in came if became or not text.startswith(SUPPOSED))
    last = main.at if main else 0  # told on its own
    return sorted([*rejected, *islice(stands, MAX_FOUND), *(item for item in tried if item[0] != last)])


class _Alike:
    """Sets of words, by their words: a new one is held only against those that share some with it."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.places: dict[str, list[int]] = {}  # of the sets that hold a word

    def add(self, words: Iterable[str]) -> None:
        """Take in a set of words as the next one."""
        own = set(words)
        for word in own:
            self.places.setdefault(word, []).append(len(self.sizes))
        self.sizes.append(len(own))

    def shared(self, words: Iterable[str]) -> list[tuple[int, int]]:
        """Return, for each set that shares any of these words, how many it shares and how many it has."""
        counts = Counter(chain.from_iterable(filter(None, map(self.places.get, words))))
        return [(count, self.sizes[place]) for place, count in counts.items()]


@lru_cache(8)  # most revisions add nothing to these
def once(
    rejected: tuple[tuple[int, str, str], ...], found: tuple[tuple[int, str, str], ...]
) -> tuple[Told, Told]:
    """Return (line, text) of each that speaks of something else than those before it.

    Args:
        rejected: Line, text, and what the agent answered to it, newest first.
        found: Line, kind, text of what the agent noted, newest first.
    """
    known, told, noted = _Alike(), Told(), Told()
    for line, text, admitted in rejected:
        words = stems(text)
        if not any([2 * both > min(len(words), size) for both, size in known.shared(words)]):
            answered = f"{SAID}{admitted}”" if admitted else ""
            known.add(words)
            known.add(stems(answered))
            told.append((line, text + answered))
    for line, kind, text in found:
        words = stems(text)
        if not any([2 * both > len(words) for both, _ in known.shared(words)]):
            known.add(words)
            noted.append((line, f"{kind}: “{text}”"))
    return told, noted
