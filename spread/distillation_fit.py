"""How a list of the page gets into few words: all its items cut alike, and the least telling left out."""

import heapq
import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from spread.distillation_also import OLDEST, Few, Ranked, also, brief, few_of
from spread.distillation_lean import MOST as LEAN
from spread.distillation_lean import lean
from spread.distillation_letters import Words
from spread.distillation_tight import CUTS, ITEM_CHARS, MEANT, tight
from spread.distillation_told import OBJECTED
from spread.distillation_worth import QUOTED, worth

ROOMY: Final = 4  # of the cuts, with which what only tells to go on, or was a slip, stays too
DULL: Final = 0.7  # the worth of that is below
DULL_WORDS: Final = 30  # for all of it
_TERM: Final = Words(r"[^\W\d_]{3,}|\d[\d.]+")
TERM_CHARS: Final = 7
FREQUENT: Final = 2
# Of few binary places, so that they add up to the same in any order: sets have none.
_VALUES: Final = [round(math.sqrt(count) * 2**30) / 2**30 for count in range(FREQUENT + 1)]
AGAIN: Final = 0.5  # what is left of an item that tells a rule again
WHOLE: Final = (0.75, 0.5, 0.25)  # parts of a list's words for what is not told in short
IN_SHORT: Final = 0.85  # what an item tells then
OBJECTED_IN_SHORT: Final = 0.5
CHARS: Final = 5  # of a word, about
LONG_WORD: Final = 8  # characters, above which it takes the room of more than one
ITEM_WORDS: Final = 3  # its dash, its line and its ellipsis
WORTH_ANOTHER: Final = 16  # words, for which one more item is looked for
LEAST_WORDS: Final = 8  # below which nothing is worth its room
ITEM_COST: Final = 20  # words: the reader's effort for one item more
_DULL_WORDS: Final = (
    "the and for you that this with not are was were but all any from have has had will would could can may into also "
    "then than what which how why our your they them there here these those let now about been does did done only use "
    "using want need make like get see look user failed worked later should just "
    "passed editing followed diagnosis noted objected"
)
_DULL: Final = frozenset(word[:TERM_CHARS] for word in _DULL_WORDS.split())


@dataclass(slots=True)
class Fit:
    """The items to show, in their order, and how many words they take."""

    items: list[str]
    words: int
    left: int = 0
    told: int = 1  # how many the last item tells of


def fit(items: list[str], words: int, *, rest: bool = False, beside: str = "") -> Fit:
    """Return as many items as go into about `words` words: all, cut alike, or those that tell most, cut most.

    Args:
        rest: Whether a last item tells of those that are left out in short, in a share of the words.
        beside: What stands elsewhere on the page, and is not told again in short.
    """
    made = _fit(tuple(items), words, rest, beside)
    return replace(made, items=[*made.items])


@lru_cache(160)  # most lists come again, in one document and in the next
def _fit(given: tuple[str, ...], words: int, rest: bool, beside: str) -> Fit:
    if made := _alike(given, words, CUTS[:ROOMY] if rest else CUTS):
        return made
    known = _list(given, rest)
    if rest:
        if made := _dull_in_few(known, words):
            return made
        if known.spent <= words:
            return Fit([*known.short], known.spent)
        if made := _without_dull(known, words, beside):
            return made
    return _fewer(known, words, rest=rest, beside=beside)


class _List:
    """What holds of a list however many words there are for it.

    Args:
        rest: Whether what is left out of it is told in short.
    """

    def __init__(self, items: tuple[str, ...], rest: bool) -> None:
        short = [tight(item, CUTS[-1]) for item in items]
        self.items = items
        self.short = tuple(
            [_lean(item, cut) for item, cut in zip(items, short, strict=True)] if rest else short
        )
        self.spent = sum(map(words_in, self.short))  # by all of them in few words
        self.is_dull = [worth(item) < DULL for item in items]
        self.telling = tuple([item for item, is_dull in zip(items, self.is_dull, strict=True) if not is_dull])
        self.dull = [item for item, is_dull in zip(items, self.is_dull, strict=True) if is_dull]
        self.few = [told for told, is_dull in zip(self.short, self.is_dull, strict=True) if is_dull]
        self.room_of_few = sum(map(room_of, self.few))
        self.room_of_dull = min(sum([room_of(brief(item)) + 1 for item in self.dull]), DULL_WORDS)


# One list is made to fit several times, and may come again in the next document.
_list: Final = lru_cache(16)(_List)


def _dull_in_few(known: _List, words: int) -> Fit | None:
    """Return the items that tell something cut alike, and the others as they are in few words; None: no room."""
    made = _alike(known.telling, words - known.room_of_few, CUTS)
    if made is None:
        return None
    told, others = iter(made.items), iter(known.few)
    shown = [next(others if is_dull else told) for is_dull in known.is_dull]
    return Fit(shown, sum(map(words_in, shown)))


def _without_dull(known: _List, words: int, beside: str) -> Fit | None:
    """Return the items that tell something cut alike, and a last one that tells the others in short."""
    made, dull = _alike(known.telling, words - known.room_of_dull, CUTS), known.dull
    if made is None or not dull:
        return made
    above = "\n".join([beside, *made.items])
    line, told = also(ranked([*map(few_of, dull)]), words - made.words, above)
    shown = [*made.items, *([line] if line else [])]
    return Fit(shown, sum(map(words_in, shown)), len(dull) - len(told), max(len(told), 1))


@lru_cache(64)  # of one list it is asked for several times
def _least_room(items: tuple[str, ...], cut: int) -> int:
    """Return how much room items take that are cut alike."""
    return sum([room_of(tight(item, cut)) for item in items])


def _alike(items: tuple[str, ...], words: int, cuts: tuple[int, ...]) -> Fit | None:
    """Return all items cut alike, those that tell most less where words are left; None where they are too many."""
    if _least_room(items, cuts[-1]) > words:
        return None
    for before, cut in pairwise((ITEM_CHARS, *cuts)):
        short = [tight(item, cut) for item in items]
        spent = sum(map(words_in, short))
        if spent > words:
            continue
        for at in sorted(range(len(items)), key=lambda at: -worth(items[at])):
            longer = tight(items[at], before)
            if (more := room_of(longer) - room_of(short[at])) <= words - spent:
                short[at], spent = longer, spent + more
        return Fit(short, spent)
    return None


def said_in(item: str) -> int:
    """Return how many words a decision takes that is told in few, with the user's own as they are."""
    return room_of(_lean(item, tight(item, CUTS[-1])))


def _lean(item: str, cut: str) -> str:
    """Return an item in few words; what the user objected to needs more of them."""
    said = "“" in item and not item.startswith(f"- {OBJECTED}")
    return lean(item) or (tight(item, LEAN) if said else cut)


def _fewer(known: _List, words: int, *, rest: bool, beside: str) -> Fit:
    """Return those items that tell most; the best one cut to the words, where even that is longer."""
    items, short = known.items, known.short
    if rest:
        choice = _choice(items, short, OLDEST, beside)
        made = max([_both(choice, words, share) for share in WHOLE], key=itemgetter(0))[1]
    else:
        kept = _choice(items, short, 1.0, "").of(words)
        made = Fit([short[at] for at in kept], 0, len(items) - len(kept))
    if not made.items and words >= LEAST_WORDS:
        best = max(range(len(items)), key=lambda at: worth(items[at]))
        made = Fit([tight(items[best], (words - ITEM_WORDS) * CHARS)], 0, len(items) - 1)
    return replace(made, words=sum(map(words_in, made.items)))


def _both(choice: "_Choice", words: int, share: float) -> tuple[float, Fit]:
    """Return items of which about this share of the words tells some as they are, and a last item the others in short.

    With what they tell: those in short less.
    """
    items, room = choice.items, int(words * share)
    kept, line, told, unused = _parted(choice, words, room)
    if unused >= WORTH_ANOTHER:  # the few words of the others need less than was left for them
        kept, line, told, _ = _parted(choice, words, room + unused)
    aged, left = choice.aged, choice.left
    value = sum([aged[at] for at in kept]) + sum([aged[at] * left[at] for at in told])
    shown = [*(choice.short[at] for at in kept), *([line] if line else [])]
    return value, Fit(shown, 0, len(items) - len(kept) - len(told), max(len(told), 1))


def _left(item: str) -> float:
    """Return the part of what an item tells that a few words of it do: of an objection little without what it is to."""
    return OBJECTED_IN_SHORT if item.startswith(f"- {OBJECTED}") else IN_SHORT


def _parted(choice: "_Choice", words: int, room: int) -> tuple[list[int], str, list[int], int]:
    """Return the places of items that go into the room, the line that tells of others, of which, and what is left."""
    kept = choice.of(room)
    rest = _rest(choice, tuple(kept))
    left = words - rest.spent
    line, told = also(rest.few, left, rest.shown, choice.least_few)
    return kept, line, [rest.others[at] for at in told], left - room_of(line)


class _Rest(NamedTuple):
    """What holds of the items beside some that are shown."""

    spent: int  # words of those
    others: list[int]  # their places
    few: Ranked  # by the place among these
    shown: str


def ranked(few: list[Few | None]) -> Ranked:
    """Return what items of a list are in few words, in the order in which they are worth it."""
    fall, found = (1.0 - OLDEST) / max(len(few), 1), enumerate(few)
    return sorted(
        [(-it.worth * (1.0 - fall * at) * it.slipped, at, it) for at, it in found if it is not None]
    )


@lru_cache(128)  # for another room they often are the same
def _rest(choice: "_Choice", kept: tuple[int, ...]) -> _Rest:
    known, shown = set(kept), [choice.short[at] for at in kept]
    others = [at for at in range(len(choice.items)) if at not in known]
    few = ranked([*map(choice.few.__getitem__, others)])
    return _Rest(sum(map(words_in, shown)), others, few, "\n".join([choice.beside, *shown]))


class _Choice:
    """Chooses items that, for their length, bring most of the words that the list has more than once.

    What that takes is looked up once for all the room there may be.

    Args:
        oldest: What the last item is worth against the first.
        beside: What stands elsewhere on the page.
    """

    def __init__(self, items: tuple[str, ...], short: tuple[str, ...], oldest: float, beside: str) -> None:
        self.items, self.short, self.beside = items, short, beside
        self.terms, self.rooms = [_terms(item) for item in short], [room_of(item) for item in short]
        counts = Counter(chain.from_iterable(self.terms))
        self.value = {term: _VALUES[min(count, FREQUENT)] for term, count in counts.items()}
        fall = (1.0 - oldest) / max(len(items), 1)
        worths = [worth(item) for item in items]
        self.worths = [
            known * (1.0 - fall * at) * _apart(item, beside)
            for at, (item, known) in enumerate(zip(items, worths, strict=True))
        ]
        telling = [at for at, known in enumerate(worths) if oldest == 1.0 or known >= DULL]
        self.first = [(-self._gain(at, self.terms[at]), at) for at in telling]
        self.least = min([self.rooms[at] for at in telling], default=0)
        heapq.heapify(self.first)
        # What an item tells, less when newer ones may overrule it, and the part of that which a few words of it do.
        self.aged = [known * (1.0 - (1.0 - OLDEST) * at / len(items)) for at, known in enumerate(worths)]
        self.left, self.few = [*map(_left, items)], [*map(few_of, items)]
        self.least_few = min([it.words for it in self.few if it is not None], default=0)

    def _gain(self, at: int, new: frozenset[str]) -> float:
        return self.worths[at] * sum(map(self.value.__getitem__, new)) / (self.rooms[at] + ITEM_COST)

    def of(self, words: int) -> list[int]:
        """Return the places of those that go into so many words."""
        told: set[str] = set()
        heap = self.first.copy()
        kept: list[int] = []
        while heap and words >= self.least:
            before, at = heapq.heappop(heap)
            if self.rooms[at] > words:
                continue
            now = -self._gain(at, self.terms[at] - told)
            if heap and now > before + 1e-12 and (now, at) > heap[0]:
                heapq.heappush(heap, (now, at))
                continue
            kept.append(at)
            words -= self.rooms[at]
            told |= self.terms[at]
        return sorted(kept)


# One list is made to fit several times, and may come again in the next document.
_choice: Final = lru_cache(16)(_Choice)


def _apart(item: str, beside: str) -> float:
    """Return what it takes from an item that the user's words in it stand elsewhere on the page."""
    said = _quoted(item) if beside else ""
    return AGAIN if len(said) > MEANT and said in beside else 1.0


@lru_cache(2_000)
def _quoted(item: str) -> str:
    """Return what an item quotes of the user, an empty string for nothing."""
    found = QUOTED.match(item)
    return found["said"] if found else ""


@lru_cache(2_000)  # the same items come again at the next revision
def _terms(text: str) -> frozenset[str]:
    """Return the telling words of a text, cut so that their forms are one."""
    return frozenset([word[:TERM_CHARS] for word in _TERM.of(text.lower())]) - _DULL


@lru_cache(4_000)
def words_in(text: str) -> int:
    """Return how many words a text has."""
    return words_on(text) if "\n" in text else len(text.split())


def words_on(page: str) -> int:
    """Return how many words a page has; most of its lines were counted before."""
    return sum(map(words_in, page.splitlines()))


@lru_cache(4_000)
def room_of(text: str) -> int:
    """Return how many words of room a text takes: a page has its limits in characters, too."""
    return max(words_in(text), len(text) // LONG_WORD)
