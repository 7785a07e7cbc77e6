"""An extract under a budget: of candidates those that tell most of what the page lacks, for their length.

Again and again the line is taken that brings, for its length, most of the session's telling words that the page
lacks (greedy maximum coverage; Lin and Bilmes, "A Class of Submodular Functions for Document Summarization", 2011).
Newer lines win over older ones that tell of the same.
"""

import heapq
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain, compress, repeat
from operator import add, attrgetter, call, itemgetter, mul, neg, not_, truediv
from sys import intern  # equal words are looked up faster as the same object
from typing import Final, NamedTuple

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


class Weighed(NamedTuple):
    """A text that may be told, and what it is worth, if its form is the best, however old."""

    text: str
    words: frozenset[str]
    length: int
    worth: float
    floor: float = 0.0  # the share of its words' worth that stays, whatever other texts tell
    piece: Piece | None = None  # of a statement, whose form is weighed when it is looked at
    source: str = ""  # the line a statement stands in
    under: str = ""  # what a statement stands under, told once before all of those
    part: int = 0  # its place among the parts of its message


class Message(NamedTuple):
    """Whose texts may be told."""

    line: int
    at: int  # the place in what was heard; a prompt: -1 - its place among the turns
    remarked: int = 0  # words of what became of it
    share: float = 1.0  # of what one message may have
    command: bool = False  # text of a command, which the user knows


_worth, _words, _length = attrgetter("worth"), attrgetter("words"), attrgetter("length")
_piece, _floor = attrgetter("piece"), attrgetter("floor")

# The messages of which something stands on the page, and under what that stands.
Places = set[tuple[int, str]]


class Candidate(NamedTuple):
    """A text of a message, which is told."""

    of: Message
    it: Weighed
    order: int


class Candidates:
    """All texts that may be told, each with its message and what it is worth for its age."""

    def __init__(self) -> None:
        self.its, self.of, self.weights = list[Weighed](), list[Message](), list[float]()

    def add(self, of: Message, its: Sequence[Weighed], recent: float) -> None:
        """Add texts of a message.

        Args:
            recent: Of `recency`.
        """
        self.its += its
        self.of += repeat(of, len(its))
        self.weights += map(mul, map(_worth, its), repeat(recent))


@lru_cache(1_000)  # most come again at the next revision
def whole(text: str, worth: float, floor: float = 0.0) -> tuple[Weighed, ...]:
    """Return a text that is told whole, when it has any telling words."""
    words, length = measured(text)
    return (Weighed(text, words, length, worth, floor),) if words else ()


def _cost(of: Message, it: Weighed, places: Places) -> int:
    """Return how many words a text adds to the page; where something of the same message stands, no name."""
    cost = it.length
    if (of.at, "") not in places:
        cost += NAMED_WORDS + of.remarked
    if it.under and (of.at, it.under) not in places:
        cost += it.under.count(" ") + 1
    return cost


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
    room, fits, places = words, list[Candidate](), Places()
    for each in chosen:
        if room <= LEAST_LEFT:
            break
        if (cost := _cost(each.of, each.it, places)) > room:
            continue
        room -= cost
        fits.append(each)
        places.update(((each.of.at, ""), (each.of.at, each.it.under)))
    return fits


def _next_part(candidates: Candidates, at: int) -> int | None:
    """Return the place of the part of the same message that follows directly; those of one stand together, in order."""
    its, message, part = candidates.its, candidates.of[at].at, candidates.its[at].part
    for place in range(at + 1, len(its)):
        if candidates.of[place].at != message or its[place].part > part + 1:
            break
        if its[place].part == part + 1:
            return place
    return None


def _limits(candidates: Candidates, at: int) -> list[int]:
    """Return the places of what limits, in the same message, a statement that says how things are in every case."""
    it, of = candidates.its[at], candidates.of[at]
    if of.at < 0 or not any(map(f" {it.text.lower()}".__contains__, _EVERY)):
        return []
    out = list[int]()
    for places in (range(at - 1, -1, -1), range(at + 1, len(candidates.its))):
        for place in places:
            if candidates.of[place].at != of.at:
                break
            other = candidates.its[place]
            if _LIMITS.search(other.text) and len(other.words & it.words) >= ALIKE:
                out.append(place)
    return out


Counted = tuple[Counter[frozenset[str]], dict[str, int]]

_last: Final[list[Counted]] = [(Counter(), {})]  # of the last page; replaced, never changed


def counted(sets: list[frozenset[str]], last: list[Counted] = _last) -> dict[str, int]:
    """Return how many of some sets have each word; most of these were counted the last time, too.

    Args:
        last: What was counted then, which is replaced.
    """
    now, (before, counts) = Counter(sets), last[0]
    changed = {words: now[words] - before[words] for words, _ in now.items() ^ before.items()}
    if sum(map(abs, changed.values())) > len(sets):
        counts = Counter(chain.from_iterable(sets))
    elif changed:
        counts = dict.copy(counts)  # in a third of the time that `Counter` takes
        for words, more in changed.items():
            for word in words:
                counts[word] = counts.get(word, 0) + more
        for word in [word for words, more in changed.items() if more < 0 for word in words]:
            if counts.get(word) == 0:
                del counts[word]
    last[0] = now, counts
    return counts


@lru_cache(2_000)
def _looked_up(words: frozenset[str]) -> Callable[[dict[str, float]], tuple[float, ...]]:
    """Return what looks up all of some words in one go, in half the time."""
    return itemgetter(*words) if len(words) > 1 else lambda value: tuple([value[word] for word in words])


def _values(sets: list[frozenset[str]]) -> dict[str, float]:
    """Return what each word is worth, for how many candidates have it."""
    counts = counted(sets)
    common = max(4, len(sets) // 5)
    by_count = {
        # Of few binary places, so that they add up to the same in any order: sets have none.
        count: round((COMMON if count > common else ONCE if count == 1 else min(count, 8) ** 0.5) * 2**30)
        / 2**30
        for count in set(counts.values())
    }
    return dict(zip(counts, map(by_count.__getitem__, counts.values()), strict=True))


def choose(candidates: Candidates, page: str, above: Told, room: int, most: float) -> list[Candidate]:
    """Return candidates in the order in which they are worth their room.

    Args:
        above: What stands on the page.
        most: Words of one message.
    """
    chosen = _Choice(candidates, page, above, room, most).made()
    return [Candidate(candidates.of[at], candidates.its[at], at) for at in chosen]


class _Choice:
    """What was taken so far, and what each further candidate, known by its place, would bring."""

    def __init__(self, candidates: Candidates, page: str, above: Told, room: int, most: float) -> None:
        self.candidates, self.above, self.room, self.most = candidates, above, room, most
        its, places = candidates.its, range(len(candidates.its))
        self.weights, self.efforts = [*candidates.weights], [LINE_COST] * len(its)  # beside its own words
        self.formed = set(compress(places, map(not_, map(_piece, its))))  # whose form needs not be weighed
        sets = [*map(_words, its)]
        self.value = _values(sets)
        # Most lines stood on the last page, too.
        self.shown = frozenset[str]().union(*map(telling_words, page.splitlines()))
        self.new = self.value | dict.fromkeys(self.value.keys() & self.shown, 0.0)
        self.prompts = page  # with those that were taken
        self.told, self.told_words = dict[str, int](), set[str]()  # by word the newest line that tells it
        self.places, self.spent = Places(), dict[int, int]()
        self.taken = set[int]()
        # What `_first` does, of all of them in a fraction of the time.
        brings = map(sum, map(call, map(_looked_up, sets), repeat(self.new)))
        costs = map(add, map(_length, its), repeat(LINE_COST))
        first = map(truediv, map(mul, map(neg, brings), self.weights), costs)
        self.heap = [*zip(first, places, strict=True)]
        for at in compress(places, map(_floor, its)):
            self.heap[at] = -self._first(at, its[at]), at
        heapq.heapify(self.heap)

    def made(self) -> list[int]:
        """Return what is taken until there is no room, or nothing that brings anything."""
        out, heap, its, messages = list[int](), self.heap, self.candidates.its, self.candidates.of
        while heap and self.room > LEAST_LEFT:
            _, at = heapq.heappop(heap)
            it, of = its[at], messages[at]
            if at in self.taken or not self._fits(of, it):
                continue
            if at not in self.formed and (self._answers(it) or self._is_empty(at, it)):
                continue
            now = self._gain(at, it, of.line)
            if heap and now < -heap[0][0] - 1e-12:
                if now > 0:
                    heapq.heappush(heap, (-now, at))
                continue
            if now <= 0:
                break
            if self._stands(of, it):  # looked at last, as it takes longest
                continue
            out.append(at)
            self._take(at)
        return out

    def _first(self, at: int, it: Weighed) -> float:
        """Return what a candidate brings of whose words nothing chosen has any, for its length."""
        total = (1.0 - it.floor) * sum(_looked_up(it.words)(self.new))
        if it.floor:
            total += it.floor * sum(_looked_up(it.words)(self.value))
        return total * self.weights[at] / (it.length + self.efforts[at])

    def _gain(self, at: int, it: Weighed, line: int) -> float:
        """Return what a candidate of a line brings beside what was taken, for its length."""
        if not (known := it.words & self.told_words):
            return self._first(at, it)
        new, told = self.new, self.told
        total = (1.0 - it.floor) * sum(map(new.__getitem__, it.words - known))
        if it.floor:
            total += it.floor * sum(_looked_up(it.words)(self.value))
        else:  # the floor is above what is covered
            total += COVERED * sum([new[word] for word in known if told[word] < line])
        return total * self.weights[at] / (it.length + self.efforts[at])

    def _fits(self, of: Message, it: Weighed) -> bool:
        """Tell whether there is room for a candidate, on the page and beside the rest of its message."""
        if _cost(of, it, self.places) > self.room:
            return False
        return self.spent.get(of.at, 0) <= (COMMAND_WORDS if of.command else self.most * of.share)

    def _answers(self, it: Weighed) -> bool:
        """Tell whether the page has a statement whose form is not weighed so far: it is the answer beside a prompt."""
        # But for the ends of an answer, it has no words then that do not stand there.
        return len(it.words - self.shown - self.told_words) <= ENDS and it.text in self.prompts

    def _is_empty(self, at: int, it: Weighed) -> bool:
        """Weigh the form of a statement; tell whether it only leads in what follows, or praises."""
        form = worth(it.piece) if it.piece else 0.0
        if form < EMPTY and it.length <= EMPTY_WORDS:
            return True
        self.weights[at] *= (1 + FORM * min(form, 4.0)) / BEST_FORM
        self.formed.add(at)
        return False

    def _stands(self, of: Message, it: Weighed) -> bool:
        """Tell whether the page has it above."""
        return of.at >= 0 and self.above.tells_of(of.line) and self.above.again(f"{it.text} (L{of.line})")

    def _take(self, at: int) -> None:
        """Take a candidate; what limits it is worth more now, and what follows it needs less effort."""
        of, it = self.candidates.of[at], self.candidates.its[at]
        if of.at < 0:
            self.prompts += f"{it.text}\n"
        self.room -= _cost(of, it, self.places)
        self.places.update(((of.at, ""), (of.at, it.under)))
        self.spent[of.at] = self.spent.get(of.at, 0) + it.length
        self.taken.add(at)
        self.told_words |= it.words
        for word in it.words:
            self.told[word] = max(self.told.get(word, 0), of.line)
        for place in _limits(self.candidates, at):
            if place not in self.taken:
                self.weights[place] *= LIMITING
                self._again(place)
        if (after := _next_part(self.candidates, at)) is not None and after not in self.taken:
            follows = is_item(self.candidates.its[after].source)
            self.efforts[after] = ITEM_COST if follows else GOES_ON_COST
            self._again(after)

    def _again(self, at: int) -> None:
        gain = self._gain(at, self.candidates.its[at], self.candidates.of[at].line)
        heapq.heappush(self.heap, (-gain, at))
