"""What the page tells once: what stands above, of the same line in the same words, is not told again below."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from spread.distillation_letters import number
from spread.distillation_told import (
    BEFORE_REPORT,
    HIDDEN,
    LEFT,
    REPORT_HEADING,
    SEE,
    UNCHECKED,
    UNRECOGNISED,
)

SHARE: Final = 0.8  # of the words of what is told again
WHOLE: Final = 0.95  # of those of a prompt, most of which may be what was pasted
LEAST_CHARS: Final = 20  # of a sentence that does not stand twice by chance
JOINED_CHARS: Final = 220  # of short facts on one line
FACT_CHARS: Final = 110  # of each of these
BESIDES: Final = "besides, "  # begins that nothing is open where something stands above that is
ANSWERED: Final = "the last request is answered, "  # begins that line, without where, which stands above
LEAST_WORDS: Final = 3  # of a deed that a commit tells
_LINE: Final = re.compile(r"L(?<!\wL)(\d+)\b")  # a letter first is found faster
_AT: Final = re.compile(r" \(L(\d+)\)$")
_PARTS: Final = re.compile(r" (?=L\d+\b)")
_WORD: Final = re.compile(r"\w{2,}|\d")
_OURS: Final = frozenset(  # words that say what a line is, and stand in no other form of it
    ("user", "agent", "objected", "denied", "rejected", "to", "the", "then", "by", "answered", "also", "when", "last",
     "seen")
)  # fmt: skip
_ANSWERED: Final = re.compile(r"answered \(L\d+\), (?=no question|the agent waits)")
_LEFT: Final = re.compile(
    rf"{LEFT}(?P<names>.*?)(?: and (?P<more>\d+) more)?"
    r"(?P<into>; not seen in pull request #\d+)?(?P<at> \(L\d+\))?$"
)
_MORE: Final = re.compile(r" and (\d+) more\b")
_BY_GIT: Final = re.compile(r"(?:^- uncommitted now: |; not committed: )([^;]*)")
_UNRECOGNISED: Final = re.compile(rf", (\d+){re.escape(UNRECOGNISED)}")
_TODOS: Final = re.compile(r"(\d+ todos? open\b[^:]*): .*?( \(L\d+\))?$")
_SAID: Final = re.compile(r"(?P<lead>[^“]*: )(?P<said>“.*”(?:, of \d+ listed)?) \((?P<at>L\d+)\)$")


class Item(NamedTuple):
    """An item that may be told already: looked at once, asked about for each page that it may stand on."""

    text: str
    line: str  # that it rests on, if it names it at its end
    shown: frozenset[str]  # its words as it is shown where there is room, without that line
    words: frozenset[str]  # all of them


@lru_cache(1_000)  # nearly all come again at the next revision
def item_of(text: str, shown: str) -> Item:
    """Return an item with how it is shown where there is room."""
    return Item(text, *_resting(shown), _words(_AT.sub("", text)))


class Told:
    """What stands above on the page, by the lines that it rests on."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._words: dict[str, frozenset[str]] = {}
        self.add(texts)

    @classmethod
    def of(cls, known: "Told") -> "Told":
        """Return one that goes on from another."""
        made = cls()
        made._words |= known._words
        return made

    def add(self, texts: Iterable[str], line: str = "") -> None:
        """Add texts that name their lines, or rest on the given one."""
        known = self._words
        for text in texts:
            words, lines = _told_of(text)
            for at in (*lines, line[1:]) if line[1:] else lines:
                known[at] = known[at] | words if at in known else words

    def log(self, lines: Iterable[str]) -> None:
        """Add lines of the log, which tell of several lines one after the other."""
        self.add(part for line in lines for part in _PARTS.split(line))

    def tells_of(self, line: int) -> bool:
        """Tell whether anything that rests on a line was told."""
        return str(line) in self._words

    def again(self, text: str, share: float = SHARE) -> bool:
        """Tell whether a text with its line at its end only says what was told of that line.

        Args:
            share: Of its words, which stand there.
        """
        line, words = _resting(text)
        return line in self._words and len(words & self._words[line]) >= max(share * len(words), 1)

    def lacks(self, items: Iterable["Item"]) -> list[bool]:
        """Tell of items, as they are shown where there is room, whether they say anything else."""
        above = self._words
        return [
            line not in above or len(shown & above[line]) < max(SHARE * len(shown), 1)
            for _, line, shown, _ in items
        ]


def above(page: str, line: int) -> Told:
    """Return what stands on a page without its log, whose report of the agent is of a line."""
    told = Told()
    before, _, report = page.partition(f"\n## {REPORT_HEADING}\n")
    report, _, rest = report.partition("\n## ")
    told.add(before.splitlines())
    told.add(rest.splitlines())
    last, _, longer = report.partition(BEFORE_REPORT)
    told.add([last], f"L{line}")
    told.add([longer], f"L{longer.partition(',')[0].partition(':')[0]}")
    return told


@lru_cache(1_000)  # the page is written several times, and most of it comes again in the next
def _told_of(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the words of a text, and the lines it names."""
    return _words(text), tuple(dict.fromkeys(_LINE.findall(text)))


def _resting(text: str) -> tuple[str, frozenset[str]]:
    """Return the line that a text names at its end, and the words before that; nothing where it names none."""
    found = _AT.search(text)
    return (found[1], _words(text[: found.start()])) if found else ("", frozenset())


@lru_cache(2_000)  # a document is made several times, and most of it comes again in the next
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_LINE.sub(" ", text).lower())) - _OURS


def stands(doubts: list[str]) -> list[str]:
    """Return how things stand without what the line of the state tells."""
    git = _by_git(doubts)
    out = list[str]()
    for item in doubts:
        left = _LEFT.match(item.removeprefix("- "))
        hidden = item.startswith(f"- {HIDDEN}") and "“" not in item  # but for what was printed
        if not (hidden or (left and _are_in(left, git))):
            out.append(item)
    return out


def coming(lines: list[str], doubts: list[str], *, checked: bool, answered: bool, todos: bool) -> list[str]:
    """Return what comes next without what stands above, unless nothing else is open.

    Args:
        doubts: How things stand, all of it.
        checked: Whether there was a validation after the last edit.
        answered: Whether the last request is told to be.
        todos: Whether those are told below.
    """
    told, left = Told(doubts), [item.removeprefix("- ") for item in doubts]
    names = ", ".join([_by_git(doubts), *(item[len(LEFT) :] for item in left if item.startswith(LEFT))])
    new = [
        line
        for line in lines
        if line.startswith(SEE) or (not told.again(line) and (checked or not line.startswith(UNCHECKED)))
    ]
    if not any(not _ANSWERED.match(line) for line in new):
        new = lines
    out = list[str]()
    for line in new:
        if (found := _LEFT.match(line)) and (count := _are_in(found, names)) > 1:
            line = f"{LEFT}the {count} files above{_others(doubts)}{found['into'] or ''}{found['at'] or ''}"
        if todos:
            line = _TODOS.sub(r"\1\2", line)
        if _ANSWERED.match(line) and answered:
            how = "" if "the agent waits" in line else ANSWERED
            line = f"{BESIDES if out else ''}{_ANSWERED.sub(how, line)}"
        out.append(line)
    return _merged(out)


def _by_git(doubts: list[str]) -> str:
    """Return the files that git itself tells to be in no commit."""
    return ", ".join(found[1] for item in doubts if "committed" in item and (found := _BY_GIT.search(item)))


def _others(doubts: list[str]) -> str:
    """Return how many more files git tells to be in no commit, those that no edit here was seen of."""
    count = sum(number(found[1]) for item in doubts if (found := _UNRECOGNISED.search(item)))
    return f" and {count} more by git" if count else ""


def _are_in(left: re.Match[str], names: str) -> int:
    """Return how many files are in no commit, if those that are named stand in a list of names, else 0."""
    own = [_AT.sub("", name).strip("…/ ") for name in left["names"].split(", ")]
    known = {_MORE.sub("", _AT.sub("", name)).strip() for name in names.split(", ")} - {""}
    count = len(own) + number(left["more"] or "0")
    there = len(known) + sum(number(more) for more in _MORE.findall(names))
    are = count <= there and all(any(f"/{name}".endswith(f"/{each}") for name in known) for each in own)
    return count if are else 0


def _merged(lines: list[str]) -> list[str]:
    """Return lines, those that quote the same line for the same one after the other."""
    out = list[str]()
    for lead, group in groupby(lines, _lead):
        alike = [*group]
        said = [found["said"] for line in alike if lead and (found := _SAID.match(line))]
        out += [f"{lead[0]}{', '.join(said)} ({lead[1]})"] if lead else alike
    return out


def _lead(line: str) -> tuple[str, str] | None:
    found = _SAID.match(line) if "“" in line else None
    return (found["lead"], found["at"]) if found else None


def is_in(line: str, after: str) -> bool:
    """Tell whether a line of a report, as it was cut, stands as what comes next."""
    said = line.rstrip("…").strip("*_ ")
    return (line.endswith("?") or len(said) > LEAST_CHARS) and said in after.replace("**", "")


def deeds(done: list[str], commits: list[str]) -> list[str]:
    """Return what was done without that which a commit tells in the same words."""
    subjects = [_words(_AT.sub("", item)) for item in commits]

    def told(item: str) -> bool:
        words = _words(_AT.sub("", item))
        return len(words) >= LEAST_WORDS and any(words <= each for each in subjects)

    return [item for item in done if not told(item)]


@lru_cache(8)  # a page is written several times, and most of these are the same then
def newest(items: tuple[Item, ...]) -> list[Item]:
    """Return items, the newest first, without older ones that only say what a newer one does."""
    out, said = list[Item](), list[frozenset[str]]()
    for item in items:
        if len(item.words) < LEAST_WORDS or not any(map(item.words.issubset, said)):
            out.append(item)
            said.append(item.words)
    return out


def facts(items: list[str]) -> list[str]:
    """Return items, short ones on one line: signs that stand alone count as words; of one line the last names it."""
    out = list[str]()
    for item in items:
        before, at = out[-1] if out else "", _AT.search(item)
        short = at is not None and len(item) <= FACT_CHARS and "\n" not in item and "; " not in item
        if not short or not before or len(before) + len(item) > JOINED_CHARS or not _AT.search(before):
            out.append(item)
            continue
        if at and before.endswith(at[0]):
            before = before[: -len(at[0])]
        out[-1] = f"{before}; {item.removeprefix('- ')}"
    return out


def paths(items: list[str]) -> list[str]:
    """Return lists of paths, those of one kind on one line."""
    out = list[str]()
    for item in items:
        kind, colon, names = item.partition(": ")
        if out and colon and out[-1].startswith(f"{kind}: "):
            out[-1] += f", {names}"
        elif out and not colon and ": " not in out[-1]:
            out[-1] += f", {item.removeprefix('- ')}"
        else:
            out.append(item)
    return out
