"""An extract under a budget: of candidates those that tell most of what the page lacks, for their length.

Again and again the line is taken that is worth most for its length: the less, the more of its telling words the page
has (greedy; Lin and Bilmes, "A Class of Submodular Functions for Document Summarization", 2011).
"""

import heapq
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat
from operator import attrgetter, mul
from sys import intern  # equal words are looked up faster as the same object
from typing import Final, NamedTuple

from spread.distill.reports import is_item
from spread.distillation_letters import Words
from spread.distillation_once import Told

LEAST_LEFT: Final = 8  # words, for which nothing more is looked for
NAMED_WORDS: Final = 2  # a line's number and who spoke
EFFORT: Final = 7  # of the reader for a line more, in words
GOES_ON_EFFORT: Final = 2  # for what directly follows a chosen one: the fix after the problem, the reason
ITEM_EFFORT: Final = 5  # for the next item of a list
COMMAND_WORDS: Final = 140  # of one are enough
ENDS: Final = 2  # words of a text, its first and its last, which may be parts of longer ones where it stands
COVERED: Final = 0.2  # what a word counts that an older line told which was taken, and
SHOWN: Final = 0.5  # one that stands on the page above
OLDEST: Final = 0.5  # what is left of the worth of what was said first
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
    """A text that may be told, and what it is worth, however old."""

    text: str
    words: frozenset[str]
    length: int
    worth: float
    floor: float = 0.0  # the share of its words' worth that stays, whatever other texts tell
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


_worth = attrgetter("worth")

# The messages of which something stands on the page, and under what that stands.
Places = set[tuple[int, str]]


class Candidate(NamedTuple):
    """A text of a message, which is told."""

    of: Message
    it: Weighed
    order: int


class Candidates:
    """All texts that may be told, each with its message and what it is worth for its age."""

    def __init__(self, newest: int = 1) -> None:
        self.its, self.of, self.weights = list[Weighed](), list[Message](), list[float]()
        self.newest = newest  # the last line on which anything was said

    def add(self, of: Message, its: Sequence[Weighed]) -> None:
        """Add texts of a message."""
        recent = OLDEST + (1.0 - OLDEST) * of.line / self.newest
        self.its += its
        self.of += repeat(of, len(its))
        self.weights += map(mul, map(_worth, its), repeat(recent))


@lru_cache(1_000)  # most come again at the next revision
def whole(text: str, worth: float = 1.0, floor: float = 0.0) -> tuple[Weighed, ...]:
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
        its = candidates.its
        self.weights, self.efforts = [*candidates.weights], [EFFORT] * len(its)
        # Most lines stood on the last page, too.
        shown = frozenset[str]().union(*map(telling_words, page.splitlines()))
        self.fresh = [it.words - shown for it in its]  # of each, the words that the page lacks
        self.shown, self.prompts = shown, page  # with those that were taken
        self.told = dict[str, int]()  # by word the newest line taken that tells it
        self.places, self.spent = Places(), dict[int, int]()
        self.taken = set[int]()
        # As `_gain` has it, while nothing is taken: there are hundreds of these, of which few are looked at again.
        self.heap = [
            (
                -(floor + (1.0 - floor) * (len(fresh) + SHOWN * (len(words) - len(fresh))) / len(words))
                * weight
                / (length + NAMED_WORDS + of.remarked + (under.count(" ") + 1 if under else 0) + EFFORT),
                at,
            )
            for at, ((_, words, length, _, floor, _, under, _), of, fresh, weight) in enumerate(
                zip(its, candidates.of, self.fresh, self.weights, strict=True)
            )
            if fresh or floor
        ]
        heapq.heapify(self.heap)

    def made(self) -> list[int]:
        """Return what is taken until there is no room."""
        out, heap, its, messages = list[int](), self.heap, self.candidates.its, self.candidates.of
        while heap and self.room > LEAST_LEFT:
            _, at = heapq.heappop(heap)
            it, of = its[at], messages[at]
            if at in self.taken or not self._fits(of, it) or self._answers(it):
                continue
            now = self._gain(at)
            if heap and now < -heap[0][0] - 1e-12:
                heapq.heappush(heap, (-now, at))
                continue
            if self._stands(of, it):  # looked at last, as it takes longest
                continue
            out.append(at)
            self._take(at)
        return out

    def _gain(self, at: int) -> float:
        """Return what a candidate brings, for its length: as much as of its words no line tells so far."""
        it, of, fresh, told = self.candidates.its[at], self.candidates.of[at], self.fresh[at], self.told
        new = len(fresh) + SHOWN * (len(it.words) - len(fresh))
        if told and (again := fresh & told.keys()):
            new -= len(again) - COVERED * sum([told[word] < of.line for word in again])
        share = it.floor + (1.0 - it.floor) * new / len(it.words)
        return share * self.weights[at] / (_cost(of, it, self.places) + self.efforts[at])

    def _fits(self, of: Message, it: Weighed) -> bool:
        """Tell whether there is room for a candidate, on the page and beside the rest of its message."""
        if _cost(of, it, self.places) > self.room:
            return False
        return self.spent.get(of.at, 0) <= (COMMAND_WORDS if of.command else self.most * of.share)

    def _answers(self, it: Weighed) -> bool:
        """Tell whether the page has a statement: it is the answer beside a prompt."""
        # But for the ends of an answer, it has no words then that do not stand there.
        is_statement, new = bool(it.source), it.words - self.shown - self.told.keys()
        return is_statement and len(new) <= ENDS and it.text in self.prompts

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
        for word in it.words:
            self.told[word] = max(self.told.get(word, 0), of.line)
        for place in _limits(self.candidates, at):
            if place not in self.taken:
                self.weights[place] *= LIMITING
                self._again(place)
        if (after := _next_part(self.candidates, at)) is not None and after not in self.taken:
            follows = is_item(self.candidates.its[after].source)
            self.efforts[after] = ITEM_EFFORT if follows else GOES_ON_EFFORT
            self._again(after)

    def _again(self, at: int) -> None:
        heapq.heappush(self.heap, (-self._gain(at), at))
