"""A section of the page, the room on it, and how sections share that."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from spread import distillation_spoken as spoken
from spread.distillation_also import BETWEEN, LEAD
from spread.distillation_changes import fit_changes
from spread.distillation_codec import on_one_line
from spread.distillation_fit import fit, words_in

PAGE_CHARS: Final = 9_800
MAX_WORDS: Final = 1_195  # of the whole body, about, so that it stays below 1,200
WORTH_FILLING: Final = 12  # words left over
LEAST_FILLED: Final = 5  # of these, in the end
MOST_FITTED: Final = 300  # items of a list that are weighed; no page has room for a fifth of them
LEAST_WORDS: Final = 25  # of each of the lists that share what is left
_TOLD: Final = re.compile(rf"(?<=\d\)){BETWEEN}")  # between what an item tells of others, each with its line
WORD_CHARS: Final = 6  # with the space
CUT_WORD_CHARS: Final = 8  # of a word in a list that is cut, with the space
BEFORE_OTHERS: Final = 3  # of what is left a third is for lists of what was read and done


@dataclass
class Room:
    """What is left of a page."""

    words: int
    chars: int

    def fits(self, text: str) -> bool:
        return len(text) < self.chars and words_in(text) <= self.words

    def takes(self, text: str) -> bool:
        """Take a text that fits."""
        words = words_in(text)
        if len(text) >= self.chars or words > self.words:
            return False
        self.words -= words
        self.chars -= len(text) + 1
        return True

    def take(self, text: str) -> None:
        self.words -= words_in(text)
        self.chars -= len(text) + 1

    def give(self, text: str) -> None:
        """Take back what was taken."""
        self.words += words_in(text)
        self.chars += len(text) + 1


@dataclass(eq=False)
class Section:
    """A heading and its items, most important first; `shown` items stand in the first part.

    `least` of them get their room before any others do, in sections that hold what Claude told (`told`) first; one
    that is `spare` gets what nothing else has use for. Where `words` is given, so many are there for all items,
    which are cut for that, and some left out (`hidden`); without `rest` it gets these before all else.
    """

    heading: str
    items: list[str]
    least: int = 1
    shown: int = 0
    told: bool = False
    early: bool = False  # gets room right after what gets its room before all else
    at_first: int = 0  # of what gets its room before all else, so many words
    words: int = 0
    hidden: int = 0
    last: int = 1  # how many the last item stands for
    spare: bool = False
    rest: bool = False  # of what `words` leave out, the last item tells in short
    beside: str = ""  # what stands elsewhere, and is not told so again
    files: bool = False  # what came to changed files
    spoken: int = 0  # words of the user in it
    joint: Callable[[list[str]], list[str]] = list  # puts items on fewer lines
    other: str = ""  # begins items of another kind, which do not count as more of the first

    def __post_init__(self) -> None:
        self.whole = self.items

    def again(self) -> "Section":
        """Return the same once more, to be cut otherwise: what `copy` does, in a tenth of its time."""
        made = Section.__new__(Section)
        made.__dict__.update(self.__dict__)
        return made

    def fit(self, words: int) -> None:
        """Cut the items so that all but the least telling go into so many words."""
        if self.files:
            self.items, told, self.last = fit_changes(self.whole, words)
            self.hidden, self.least = len(self.whole) - told, len(self.items)
            return
        fitted = fit(self.whole[:MOST_FITTED], words, rest=self.rest, beside=self.beside)
        self.items, self.last = fitted.items, fitted.told
        self.hidden = fitted.left + len(self.whole[MOST_FITTED:])
        self.least = len(fitted.items)

    @property
    def lacks(self) -> bool:
        """Whether something is left out or cut."""
        return self.shown < len(self.items) or bool(self.words and self.items != self.whole)

    def fill(self, room: Room, least: int = WORTH_FILLING) -> None:
        """Cut less where room is left over."""
        if self.shown < len(self.items) or self.items == self.whole or room.words < least:
            return
        before, hidden, last = self.items, self.hidden, self.last
        for item in before:
            room.give(item)
        self.fit(room.words - 1)
        # Some items cannot be cut to what they should be.
        longer = sum(map(words_in, self.items)) > room.words
        if longer or sum(len(item) + 1 for item in self.items) > room.chars:
            self.items, self.hidden, self.last = before, hidden, last
        for item in self.items:
            room.take(item)
        self.shown = len(self.items)

    def squeeze(self, room: Room) -> None:
        """Cut the items more where the last of them found no room, if so all of them do."""
        if not self.rest or self.files or not 0 < self.shown < len(self.items):
            return
        before, shown = (self.items, self.hidden, self.last), self.shown
        for item in self.items[:shown]:
            room.give(item)
        self.fit(min(room.words - 1, room.chars // CUT_WORD_CHARS))
        if (
            sum(map(words_in, self.items)) < room.words
            and sum(len(item) + 1 for item in self.items) < room.chars
        ):
            self.shown = len(self.items)
        else:
            self.items, self.hidden, self.last = before
        for item in self.items[: self.shown]:
            room.take(item)

    def grow(self, room: Room, most: int) -> bool:
        """Show one item more, up to `most`, if there is room."""
        if self.shown >= min(most, len(self.items)):
            return False
        if not room.takes(self.items[self.shown]):
            if not self._cut_last(room):
                return False
            room.take(self.items[self.shown])
        self.shown += 1
        return True

    def _cut_last(self, room: Room) -> bool:
        """Leave out of a last item, which tells of many in short, the oldest, so that it fits; tell whether it does."""
        if self.shown < len(self.items) - 1 or not self.items[-1].startswith(LEAD):
            return False
        told = _TOLD.split(self.items[-1].removeprefix(LEAD))
        while told and not room.fits(f"{LEAD}{BETWEEN.join(told)}"):
            told.pop()
        if told:
            self.hidden += self.last - len(told)
            self.items, self.last = [*self.items[:-1], f"{LEAD}{BETWEEN.join(told)}"], len(told)
        return bool(told)


def show(section: Section) -> str:
    """Return a section as it stands on the page, with how much is left out."""
    unseen = len(section.items) - section.shown
    if not section.shown and not section.hidden:
        return ""
    left = unseen + section.hidden + (section.last - 1 if unseen else 0)
    cut = f"- …{left} more\n" if left else ""
    if left and section.other:
        begins = f"- {section.other}"
        others = sum([item.startswith(begins) for item in section.whole[section.shown :]])
        cut = f"- …{left - others} more\n" if others < left else f"- …{section.other}s besides\n"
    return (
        f"\n## {section.heading}\n"
        + "".join([f"{on_one_line(item)}\n" for item in section.joint(section.items[: section.shown])])
        + cut
    )


def wanted_words(section: Section) -> int:
    """Return how many words a section has use for, at most those it may have."""
    return min(section.words, sum(map(words_in, section.items[:MOST_FITTED])))


def lacking_words(sections: list[Section], room: int, most: int) -> int:
    """Return how many words more a room needs for what the user said."""
    wants = [*map(wanted_words, sections)]
    wanted = sum(wants)
    return sum(
        spoken.lacking(want, section.spoken, wanted - want, room, most)
        for section, want in zip(sections, wants, strict=True)
        if section.spoken
    )


def share_out(sections: list[Section], room: int, of_log: int) -> None:
    """Cut the items of sections so that all get their words, or where there are fewer, the same share of them.

    What the user said comes first.
    """
    said = [section for section in sections if section.spoken]
    others = [section for section in sections if not section.spoken]
    wants = [[*map(wanted_words, sharing)] for sharing in (said, others)]
    beside = sum(wants[1])
    for sharing, each in zip((said, others), wants, strict=True):
        wanted = sum(each)
        share = min(1.0, max(room, 0) / max(wanted, 1))
        for section, want in zip(sharing, each, strict=True):
            words = int(want * share)
            if section.spoken:
                words = spoken.share_of(wanted, section.spoken, beside, room, of_log)
            section.fit(max(words, LEAST_WORDS))
            room -= sum(map(words_in, section.items))


def fill_some(sections: list[Section], room: Room) -> None:
    """Cut the items of sections less, with a part of what is left: they come before lists of what was read and done."""
    kept = room.words // BEFORE_OTHERS
    room.words -= kept
    for section in sections:
        section.fill(room)
    room.words += kept


def filled_up(sections: list[Section], most_chars: int, head: str, below: str) -> list[str]:
    """Give what is left of the words to the lists that left something out, in equal parts, then to the first of them.

    Returns:
        The sections as they are shown.

    Args:
        most_chars: Of the page down to the log.
        below: The log, and what else is on record.
    """
    used, chars = words_in(head) + words_in(below), min(most_chars, PAGE_CHARS - len(below)) - len(head)
    shown = list(map(show, sections))
    for parts in (True, False):
        lacking = [(place, section) for place, section in enumerate(sections) if section.lacks]
        for at, (place, section) in enumerate(lacking):
            left, chars_left = MAX_WORDS - used - sum(map(words_in, shown)), chars - sum(map(len, shown))
            if min(left, chars_left // WORD_CHARS) < LEAST_FILLED:
                return shown
            room = Room(left // (len(lacking) - at) if parts else left, chars_left)
            told = shown[place]
            room.take(f"## {section.heading}\n" * (not told) + "- …12 more\n" * ("\n- …" not in told))
            if section.words:
                section.fill(room, LEAST_FILLED)
            while section.grow(room, len(section.items)):
                pass
            shown[place] = show(section)
    return shown
