"""An extract under a budget: of candidates those that tell most of what the page lacks, for their length.

Again and again the line is taken that brings, for its length, most of the session's telling words that the page
lacks (greedy maximum coverage; Lin and Bilmes, "A Class of Submodular Functions for Document Summarization", 2011).
Newer lines win over older ones that tell of the same.
"""

import heapq
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from sys import intern  # equal words are looked up faster as the same object
from typing import Final

import msgspec

from spread.distill.reports import Piece, is_item, worth
from spread.distillation_letters import Words
from spread.distillation_once import Told

LEAST_LEFT: Final = 8  # words, for which nothing more is looked for
NAMED_WORDS: Final = 2  # a line's number and who spoke
LINE_COST: Final = 7  # words: those, and the reader's effort
GOES_ON_COST: Final = 3  # of what directly follows a chosen one: the fix after the problem, the reason
ITEM_COST: Final = 6  # of the next item of a list
COMMAND_WORDS: Final = 140  # of one are enough
FORM: Final = 0.2  # what it adds to a statement's worth that its form is one better
EMPTY: Final = -3.0  # below which a short statement only leads in what follows, or praises
EMPTY_WORDS: Final = 8
ENDS: Final = 2  # words of a text, its first and its last, which may be parts of longer ones where it stands
BEST_FORM: Final = 1.8  # what a statement counts, at most
ONCE: Final = 0.6  # what a word is worth that stands in one line only
COMMON: Final = 0.3  # and one that stands in a fifth of all lines
COVERED: Final = 0.2  # what a word is still worth that an older line told
LIMITING: Final = 3.0  # times what a statement is worth without which one that was taken says too much
ALIKE: Final = 2  # telling words that both have
_EVERY: Final = (" every ", " each time", " always ", " whenever ", " all ", " any ")
_LIMITS: Final = re.compile(r"\bonly\b[^.]{0,80}\b(?:when|if|where|after|once)\b|\b(?:unless|except)\b")
WORD: Final = Words(r"[^\W\d_]{3,}|\d[\d.,:]*\d|\d")
STEM_CHARS: Final = 7
_STOP_WORDS: Final = (
    "the and for you that this with not are was were but all any from have has had will would could should can may into also "
    "just then than when what which where who how why its our your their they them there here these those now let about been "
    "being does did done only one two some more most other each very over under out off because need want make made use used "
    "using like get got see look"
)
_STOP: Final = frozenset(word[:STEM_CHARS] for word in _STOP_WORDS.split())


class Candidate(msgspec.Struct, gc=False):
    """A line that may be told, with what it brings and costs."""

    line: int
    text: str
    words: frozenset[str]
    length: int
    weight: float  # for its kind and place, of a statement as if its form were the best
    at: int  # the place in what was heard; a prompt: -1 - its place among the turns
    piece: Piece | None = None  # a statement whose form is not weighed so far
    source: str = ""  # the line a statement stands in
    order: int = 0
    under: str = ""  # what a statement stands under, told once before all of those
    part: int = 0  # its place among the parts of its message
    command: bool = False  # text of a command, which the user knows
    share: float = 1.0  # of what one message may have
    remarked: int = 0  # words of what became of its message
    effort: int = LINE_COST  # beside its own words
    floor: float = 0.0  # the share of its words' worth that stays, whatever other lines tell

    @property
    def place(self) -> tuple[int, int]:
        return self.line, self.at

    def cost(self, places: set[tuple[int, int, str]]) -> int:
        """Return how many words it adds to the page; where something of the same message stands, no name."""
        cost = self.length
        if (self.line, self.at, "") not in places:
            cost += NAMED_WORDS + self.remarked
        if self.under and (self.line, self.at, self.under) not in places:
            cost += self.under.count(" ") + 1
        return cost

    def take(self, places: set[tuple[int, int, str]]) -> None:
        places.update(((*self.place, ""), (*self.place, self.under)))


def add(out: list[Candidate], line: int, text: str, value: float, newest: int, at: int) -> Candidate | None:
    """Add a text that is told whole as a candidate, when it has any telling words."""
    words, length = measured(text)
    if not words:
        return None
    made = Candidate(line, text, words, length, value * recency(line, newest), at, order=len(out))
    out.append(made)
    return made


def recency(line: int, newest: int) -> float:
    """Return what is left of the worth of what was said at a line."""
    return 0.5 + 0.5 * line / newest


@lru_cache(2_000)  # most texts come again at the next revision
def measured(text: str) -> tuple[frozenset[str], int]:
    """Return what `telling_words` does, and how many words the text has."""
    stems = frozenset([intern(word[:STEM_CHARS]) for word in set(WORD.of(text.lower()))]) - _STOP
    return stems, len(text.split())


def telling_words(text: str) -> frozenset[str]:
    """Return the words of a text that tell something, cut so that their forms are one."""
    return measured(text)[0]


def fitting(chosen: list[Candidate], words: int) -> list[Candidate]:
    """Return those of the chosen, the first ones first, that have room in so many words, about."""
    room, fits, places = words, list[Candidate](), set[tuple[int, int, str]]()
    for it in chosen:
        if room <= LEAST_LEFT:
            break
        if (cost := it.cost(places)) > room:
            continue
        room -= cost
        fits.append(it)
        it.take(places)
    return fits


def _next_part(candidates: list[Candidate], at: int) -> int | None:
    """Return the place of the part of the same message that follows directly; those of one stand together, in order."""
    it = candidates[at]
    for place in range(at + 1, len(candidates)):
        other = candidates[place]
        if other.place != it.place or other.part > it.part + 1:
            break
        if other.part == it.part + 1:
            return place
    return None


def _limits(candidates: list[Candidate], at: int) -> list[int]:
    """Return the places of what limits, in the same message, a statement that says how things are in every case."""
    it = candidates[at]
    if it.at < 0 or not any(map(f" {it.text.lower()}".__contains__, _EVERY)):
        return []
    out = list[int]()
    for places in (range(at - 1, -1, -1), range(at + 1, len(candidates))):
        for place in places:
            other = candidates[place]
            if other.place != it.place:
                break
            if _LIMITS.search(other.text) and len(other.words & it.words) >= ALIKE:
                out.append(place)
    return out


Counted = tuple[Counter[frozenset[str]], Counter[str]]

_last: Final[list[Counted]] = [(Counter(), Counter())]  # of the last page; replaced, never changed


def counted(sets: list[frozenset[str]], last: list[Counted] = _last) -> Counter[str]:
    """Return how many of some sets have each word; most of these were counted the last time, too.

    Args:
        last: What was counted then, which is replaced.
    """
    now, (before, counts) = Counter(sets), last[0]
    changed = {words: now[words] - before[words] for words, _ in now.items() ^ before.items()}
    if sum(map(abs, changed.values())) > len(sets):
        counts = Counter(chain.from_iterable(sets))
    elif changed:
        counts = counts.copy()
        for words, more in changed.items():
            for word in words:
                counts[word] += more
        for word in [word for words, more in changed.items() if more < 0 for word in words]:
            if not counts[word]:
                del counts[word]
    last[0] = now, counts
    return counts


@lru_cache(2_000)
def _looked_up(words: frozenset[str]) -> Callable[[dict[str, float]], tuple[float, ...]]:
    """Return what looks up all of some words in one go, in half the time."""
    return itemgetter(*words) if len(words) > 1 else lambda value: tuple([value[word] for word in words])


def _values(candidates: list[Candidate]) -> dict[str, float]:
    """Return what each word is worth, for how many candidates have it."""
    counts = counted([it.words for it in candidates])
    common = max(4, len(candidates) // 5)
    by_count = {
        # Of few binary places, so that they add up to the same in any order: sets have none.
        count: round((COMMON if count > common else ONCE if count == 1 else min(count, 8) ** 0.5) * 2**30)
        / 2**30
        for count in set(counts.values())
    }
    return dict(zip(counts, map(by_count.__getitem__, counts.values()), strict=True))


def choose(candidates: list[Candidate], page: str, above: Told, room: int, most: float) -> list[Candidate]:
    """Return candidates in the order in which they are worth their room.

    Args:
        above: What stands on the page.
        most: Words of one message.
    """
    return _Choice(candidates, page, above, room, most).made()


class _Choice:
    """What was taken so far, and what each further candidate would bring."""

    def __init__(self, candidates: list[Candidate], page: str, above: Told, room: int, most: float) -> None:
        self.candidates, self.above, self.room, self.most = candidates, above, room, most
        self.value = _values(candidates)
        # Most lines stood on the last page, too.
        self.shown = frozenset[str]().union(*map(telling_words, page.splitlines()))
        self.new = self.value | dict.fromkeys(self.value.keys() & self.shown, 0.0)
        self.prompts = page  # with those that were taken
        self.told, self.told_words = dict[str, int](), set[str]()  # by word the newest line that tells it
        self.places, self.spent = set[tuple[int, int, str]](), dict[tuple[int, int], int]()
        self.taken = set[int]()
        self.heap = [(-self._first(it), at) for at, it in enumerate(candidates)]
        heapq.heapify(self.heap)

    def made(self) -> list[Candidate]:
        """Return what is taken until there is no room, or nothing that brings anything."""
        out, heap = list[Candidate](), self.heap
        while heap and self.room > LEAST_LEFT:
            _, at = heapq.heappop(heap)
            it = self.candidates[at]
            if at in self.taken or not self._fits(it) or self._answers(it) or _is_empty(it):
                continue
            now = self._gain(it)
            if heap and now < -heap[0][0] - 1e-12:
                if now > 0:
                    heapq.heappush(heap, (-now, at))
                continue
            if now <= 0:
                break
            if self._stands(it):  # looked at last, as it takes longest
                continue
            out.append(it)
            self._take(at)
        return out

    def _first(self, it: Candidate) -> float:
        """Return what a candidate brings of whose words nothing chosen has any, for its length."""
        total = (1.0 - it.floor) * sum(_looked_up(it.words)(self.new))
        if it.floor:
            total += it.floor * sum(_looked_up(it.words)(self.value))
        return total * it.weight / (it.length + it.effort)

    def _gain(self, it: Candidate) -> float:
        """Return what a candidate brings beside what was taken, for its length."""
        if not (known := it.words & self.told_words):
            return self._first(it)
        new, told = self.new, self.told
        total = (1.0 - it.floor) * sum(map(new.__getitem__, it.words - known))
        if it.floor:
            total += it.floor * sum(_looked_up(it.words)(self.value))
        else:  # the floor is above what is covered
            total += COVERED * sum([new[word] for word in known if told[word] < it.line])
        return total * it.weight / (it.length + it.effort)

    def _fits(self, it: Candidate) -> bool:
        """Tell whether there is room for a candidate, on the page and beside the rest of its message."""
        most = COMMAND_WORDS if it.command else self.most * it.share
        return it.cost(self.places) <= self.room and self.spent.get(it.place, 0) <= most

    def _answers(self, it: Candidate) -> bool:
        """Tell whether the page has a statement whose form is not weighed so far: it is the answer beside a prompt."""
        # But for the ends of an answer, it has no words then that do not stand there.
        if it.piece is None:
            return False
        return len(it.words - self.shown - self.told_words) <= ENDS and it.text in self.prompts

    def _stands(self, it: Candidate) -> bool:
        """Tell whether the page has it above."""
        return it.at >= 0 and self.above.tells_of(it.line) and self.above.again(f"{it.text} (L{it.line})")

    def _take(self, at: int) -> None:
        """Take a candidate; what limits it is worth more now, and what follows it needs less effort."""
        it = self.candidates[at]
        if it.at < 0:
            self.prompts += f"{it.text}\n"
        self.room -= it.cost(self.places)
        it.take(self.places)
        self.spent[it.place] = self.spent.get(it.place, 0) + it.length
        self.taken.add(at)
        self.told_words |= it.words
        for word in it.words:
            self.told[word] = max(self.told.get(word, 0), it.line)
        for place in _limits(self.candidates, at):
            if place not in self.taken:
                self.candidates[place].weight *= LIMITING
                self._again(place)
        if (after := _next_part(self.candidates, at)) is not None and after not in self.taken:
            follows = self.candidates[after]
            follows.effort = ITEM_COST if is_item(follows.source) else GOES_ON_COST
            self._again(after)

    def _again(self, at: int) -> None:
        heapq.heappush(self.heap, (-self._gain(self.candidates[at]), at))


def _is_empty(it: Candidate) -> bool:
    """Weigh the form of a statement, if that was not done; tell whether it only leads in what follows, or praises."""
    if it.piece is None:
        return False
    form = worth(it.piece)
    if form < EMPTY and it.length <= EMPTY_WORDS:
        return True
    it.weight *= (1 + FORM * min(form, 4.0)) / BEST_FORM
    it.piece = None
    return False
