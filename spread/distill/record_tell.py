"""What a page tells of the record where it has room left: calls that did or showed something it does not tell so far."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice
from operator import itemgetter
from typing import Final

from spread.distill.calls import LOOKING
from spread.distill.files import relative
from spread.distill.heard import AGENT
from spread.distill.ledger import Ledger
from spread.distill.net_back import is_gone
from spread.distill.once import Known
from spread.distill.proof import is_full
from spread.distill.record import (
    CHECKED,
    GAP,
    GIVEN,
    LOOKED,
    OPEN,
    RAN,
    TASK,
    WROTE,
    Item,
    looks,
    only_shows,
    tries,
)
from spread.distill.record_lines import form, is_scrap, telling
from spread.distill.record_words import ASKED, CODE, OF_WORDS, PLAN, SAID, parted, words_of
from spread.distill.removed import names
from spread.distill.said import Log
from spread.distill.shell import split
from spread.distillation_codec import bare, command
from spread.distillation_fit import words_on
from spread.distillation_page import LEAST_LOG_WORDS
from spread.distillation_paths import bare_name, shortest, speaks_of
from spread.distillation_room import MAX_WORDS, PAGE_CHARS
from spread.distillation_sections import RECORD_HEADING
from spread.distillation_told import OTHERS, RECORD

LEAST_ROOM: Final = 40  # words left on a page, below which nothing of it is told
KEPT_FREE: Final = 9  # words and characters: marks of headings, and what says that something was redacted
ITEM_WORDS: Final = 16  # of one are told at least, where it has so many
EACH_WORDS: Final = 4  # so many words of room, one item more is weighed
LEAST_WEIGHED: Final = 60
COMMAND_CHARS: Final = 110
SHOWN_CHARS: Final = 400  # of one that showed nothing, where there is room
CHARS: Final = 6  # of a word, with its space
LINE_COST: Final = 5  # words: the reader's effort for one item more
LEAST_NEW: Final = 3  # words that the page lacks, for an item to be told
SAME_CHARS: Final = 40  # of an output that does not come twice by chance
COUNT_WORDS: Final = 4  # that say how many lines of an output are told
LISTED: Final = 4  # lines of what was shown, of which a newer look shows most again
LEAST_SAID: Final = 9  # likewise, for a sentence that mostly announces something
_WORTH: Final = {  # what only looked around comes last
    TASK: 2.0, WROTE: 1.6, RAN: 1.5, CHECKED: 1.5, OPEN: 1.3, ASKED: 1.0, CODE: 1.0, SAID: 0.7, GIVEN: 0.6, LOOKED: 0.5, PLAN: 0.4
}  # fmt: skip
_SHOWN: Final = (LOOKED, GIVEN, RAN, CHECKED)
_DEEDS: Final = (TASK, RAN, OPEN)
_FINDERS: Final = frozenset(("grep", "egrep", "fgrep", "rg", "ag"))
_ONE: Final = "Exit code 1"  # by these only says that there is no such thing
_FAILED: Final = 0.6  # told among what failed
_DULL: Final = frozenset(
    ("cd", "echo", "sleep", "pwd", "ps", "lsof", "export", "set", "source", "true", "kill")
)
_SHOWING: Final = frozenset(("grep", "rg", "find", "fd", "ls"))  # where nothing is shown, there is nothing
_LINK: Final = re.compile(r"(?:[-*] )?!?\[[^\]\n]*\]\([^)\n]*\)")
_TOKEN: Final = re.compile(r"\w{2,}")
_NOTHING: Final = ("No files found", "No matches found")

Safe = Callable[[str], str]


class Besides:
    """What else is on record, of which is told what a page lacks and has room for."""

    def __init__(self, ledger: Ledger, root: str, log: Log) -> None:
        self.ledger, self.root, self.log = ledger, root, log
        self.ends = dict[str, str]()
        self.edited = ledger.files.edited()
        self.is_new = _lacked_by("")

    @cached_property
    def names(self) -> list[tuple[int, str, str]]:
        """The files that were edited: line, name and path, by their lines."""
        return sorted(zip(self.edited.values(), map(bare_name, self.edited), self.edited, strict=True))

    @cached_property
    def commits(self) -> list[int]:
        """The lines of commits, in order."""
        return sorted(
            it.line
            for it in self.ledger.record
            if "git commit" in it.what and it.ok and it.kind != OPEN and "FAILED" not in it.said
        )

    def below(self, log: str, page: str, with_log: Callable[[], str], safe: Safe) -> str:
        """Return a log, and below it what else is on record, as far as the whole page leaves room.

        Args:
            page: Without the log; with it the lists before it may have less room, but not much.
            with_log: Gives the page with it, which takes longer.
        """
        if _left(words_on(page) + min(words_on(log), LEAST_LOG_WORDS)) < LEAST_ROOM:
            return log
        page = with_log()
        chars = PAGE_CHARS - len(page) - len(RECORD_HEADING) - KEPT_FREE
        more = self.lines(page, safe, _left(words_on(page)), chars)
        return "\n".join([*filter(None, [log]), RECORD, *more]) if more else log

    def lines(self, page: str, safe: Safe, words: int, chars: int) -> list[str]:
        """Return lines of what was done and shown and is not on the page, the newest first.

        Args:
            safe: Gives a text redacted.
            words: How many there is room for, and so for `chars`.
        """
        self.is_new = _lacked_by(page)
        chosen = [
            item
            for item in (self._choose(page, words) if words >= LEAST_ROOM else ())
            if item.kind != SAID or safe(item.said.removesuffix("…")) in safe(item.gone)
        ]
        told = [self._told(item, safe, ITEM_WORDS) for item in chosen]
        lengths = [len(text.split()) for text in told]
        while told and (sum(lengths) > words or sum(map(len, told)) + 2 * len(told) > chars):
            told.pop()
            lengths.pop()
        self._grow(chosen, told, safe, words, chars)
        kept = [at for at, text in enumerate(told) if not (looks(chosen[at]) and is_scrap(text))]
        if len(kept) < len(told):  # others have their room
            chosen, told = [chosen[at] for at in kept], [told[at] for at in kept]
            self._grow(chosen, told, safe, words, chars)
        order = sorted(zip(chosen, told, strict=False), key=lambda pair: -pair[0].line)
        return [text for _, text in order if text]

    def _grow(self, chosen: list[Item], told: list[str], safe: Safe, words: int, chars: int) -> None:
        """Give what is told of each more of the room that is left, in place."""
        lengths = [len(text.split()) for text in told]
        spare, room = words - sum(lengths), chars - sum(map(len, told)) - 2 * len(told)
        for at, item in enumerate(chosen[: len(told)]):  # first what lacks only a little
            whole = self._told(item, safe, lengths[at] + ITEM_WORDS)
            more, longer_by = len(whole.split()) - lengths[at], len(whole) - len(told[at])
            if GAP not in whole and 0 < more <= spare and longer_by <= room:
                told[at], spare, room = whole, spare - more, room - longer_by
                lengths[at] += more
        for part in (3, 1):  # the best ones first get what is left
            for at, item in enumerate(chosen[: len(told)] if spare else ()):
                longer = self._told(item, safe, lengths[at] + max(spare // part, min(spare, ITEM_WORDS)))
                more, longer_by = len(longer.split()) - lengths[at], len(longer) - len(told[at])
                if 0 < more <= spare and longer_by <= room:
                    told[at], spare, room = longer, spare - more, room - longer_by
                    lengths[at] += more

    def _choose(self, page: str, words: int) -> list[Item]:
        """Return the items that bring most for their room, the best first."""
        items = list(islice(self._standing(page), max(words // EACH_WORDS, LEAST_WEIGHED)))
        newest = max((item.line for item in items), default=1)
        ranked = list[tuple[float, int]]()
        for at, item in enumerate(items):
            what = self._what(item)
            said = f"{what} {item.said} {item.gone if item.kind == WROTE else ''}".split()[: 3 * ITEM_WORDS]
            new = sum(map(self.is_new, dict.fromkeys(said)))
            if (item.what == AGENT and new < LEAST_SAID) or (item.kind in _SHOWN and not _shows(item)):
                continue
            if any(part[:SAME_CHARS] not in page for part in _parts(item)):
                new = max(new, LEAST_NEW)  # that it was done is told nowhere else
            if item.said in _NOTHING or (not item.said and item.kind == LOOKED):
                new = max(new, LEAST_NEW)  # that there is none is told nowhere else
            if new >= (1 if item.kind in _DEEDS else LEAST_NEW):
                worth = _WORTH[LOOKED if only_shows(item) else item.kind] * (1.0 if item.ok else _FAILED)
                recent = 0.5 + 0.5 * item.line / newest
                ranked.append((-worth * recent * max(new, 1) / (len(said) + LINE_COST), at))
        return [items[at] for _, at in sorted(ranked)][: words // LINE_COST]

    def _standing(self, page: str) -> Iterator[Item]:
        """Yield what nothing later took the place of, the newest first; of what failed what the page does not name."""
        ledger = self.ledger
        edited = self.edited
        nets = ledger.files.net
        stays = [it for it in ledger.record if it.kind == WROTE and not is_gone(nets, it.what, it.line)]
        last = {item.what: item.line for item in stays}
        self.ends = shortest(last)
        changes = {**edited, **ledger.files.gone, **ledger.removed}
        changed = [(line, path, path.rpartition("/")[2]) for path, line in changes.items()]
        seen, lists = set[str](), set[str]()
        for item in sorted([*ledger.record, *words_of(ledger, self.log)], key=lambda item: -item.line):
            if item.kind == WROTE:
                if edited.get(item.what) == last.get(item.what) and not is_gone(nets, item.what, item.line):
                    yield item
                continue
            if item.kind in OF_WORDS:
                undone = self.log.after.undone_of(item.line) if item.kind in (SAID, CODE) else ()
                if item.said not in seen and not any(map(item.said.__contains__, undone)):
                    yield item
                seen.add(item.said)
                continue
            does = _does(item)
            what = bare(item.what) or item.said
            again = does <= seen or what in seen or (len(item.said) > SAME_CHARS and item.said in seen)
            again = again or (only_shows(item) and any(part.count(" ") > 1 and part in seen for part in does))
            seen |= {*does, what, item.said}
            if item.kind in (LOOKED, GIVEN):  # another look at the same place
                shown = {line for line in item.said.splitlines() if line != GAP}
                again = again or (len(shown) >= LISTED and 2 * len(shown & lists) > len(shown))
                lists |= shown
            if (
                again
                or (item.kind == CHECKED and not tries(item))
                or (not item.ok and what[:SAME_CHARS] in page)
            ):
                continue
            if item.kind not in (LOOKED, GIVEN) or not any(
                line > item.line and (name in item.what or self._is_missing(item, path))
                for line, path, name in changed
            ):
                yield item

    def _is_missing(self, item: Item, path: str) -> bool:
        """Tell whether a look found nothing of what later stood at a path."""
        if item.said not in _NOTHING:
            return False
        looked, _, place = item.what.partition(" ")[2].partition(" in ")
        if place.strip("./~") not in path:
            return False
        made = path in self.ledger.files.created and path.endswith(looked.rpartition("*")[2])
        return made or any(
            it.kind == WROTE and it.what == path and looked in it.said for it in self.ledger.record
        )

    def _what(self, item: Item) -> str:
        return self.ends.get(item.what, item.what) if item.kind == WROTE else bare(item.what)

    def _told(self, item: Item, safe: Safe, words: int) -> str:
        """Return an item on one line, in at most about so many words."""
        root, place = (f"{self.root}/", "~/") if relative(self.root, "") == "~" else (f"{self.root}/", "")

        def clear(text: str) -> str:
            return safe(text).replace(root, place) if self.root else safe(text)

        said, gone = clear(item.said), clear(item.gone)
        if item.kind == SAID:
            return f"L{item.line} {item.what}: {said}"
        if item.kind in OF_WORDS:
            said = said if item.kind == CODE else parted(said)
            return f"L{item.line} {clear(item.what)}: {self._fit(said, words, ' ')}"
        if item.kind == WROTE:
            name = f"{clear(self._what(item))}{self._since(item)}"
            if not (text := self._fit(said, words, " ")):
                took = self._fit(gone, words, " ")  # no word of it may be fit to be told
                return f"L{item.line} taken out of {name}: {took}" if took else ""
            old = self._fit(gone, words // 3, " ")
            return f"L{item.line} written in {name}: {text}" + (f" (in place of: {old})" if old else "")
        most = COMMAND_CHARS if said else max(COMMAND_CHARS, min(words * CHARS, SHOWN_CHARS))
        what = command(bare(clear(item.what), searched=bool(said)), most).replace("`", "")
        if item.kind == TASK:
            return f"L{item.line} in the background{f' `{what}`' if what else ''}: {self._fit(said, words, '; ', counted=True)}"
        lead = f"L{item.line} `{what}`"
        remark = self._remark(item, safe)
        if item.kind == OPEN:
            return f"{lead}: its result is not in the record"
        if is_full(item.said, item.what):
            said += f"\n{GAP}"
        shown = self._fit(said, max(words - len(lead.split()), ITEM_WORDS // 2), "; ", counted=True)
        if not item.ok:
            if item.said.strip() == _ONE and all(each.name in _FINDERS for each in split(item.what)):
                return f"{lead}{remark} → nothing found"
            return f"{lead} failed{remark}: {shown}"
        if not shown:
            looks = item.kind == LOOKED or only_shows(item) or only_shows(item, split(item.what)[-1:])
            shown = (
                "nothing found in what it printed"
                if looks and "| grep" in item.what and "grep" not in what
                else ""
            )
            shown = shown or ("printed nothing" if looks else "ok")
        return f"{lead}{remark} → {shown}"

    def _since(self, item: Item) -> str:
        """Return whether somebody else changed a file after it was written."""
        net = self.ledger.files.net.get(item.what)
        return f" {OTHERS.format(net.others)}" if net and net.others > item.line else ""

    def _remark(self, item: Item, safe: Safe) -> str:
        """Return what became of what a call names or shows."""
        ledger = self.ledger
        gone = [line for path, line in ledger.removed.items() if line > item.line and names(item.what, path)]
        if gone and "rm " not in item.what:
            return f" (deleted later, L{max(gone)})"
        if "git " in item.what and "commit" not in item.what:
            after = bisect_right(self.commits, item.line)
            if after < len(self.commits):
                return f" (before the commit of L{self.commits[after]})"
        later = [
            (line, name)
            for line, name, path in self.names[bisect_right(self.names, item.line, key=itemgetter(0)) :]
            if (name in item.what and speaks_of(item.what, path))
            or (f"{name}:" in item.said and speaks_of(item.said, path))
        ]
        return f" ({safe(max(later)[1])} changed later, L{max(later)[0]})" if later else ""

    def _fit(self, said: str, words: int, joint: str, *, counted: bool = False) -> str:
        """Return the lines of a text that bring most new words for their length, in their order.

        Args:
            counted: Whether to say of how many lines they are, without which a list would pass for a whole one.
        """
        lines = _lines(said)
        lengths = [line.count(" ") + 1 for line in lines]
        if sum(lengths) <= words:
            kept, left = set(range(len(lines))), 0
        else:
            kept, left = set[int](), words - COUNT_WORDS * counted
            dense = [
                sum(map(self.is_new, set(line.split()))) / (length + 2) * form(line)
                for line, length in zip(lines, lengths, strict=True)
            ]
            for at in sorted(range(len(lines)), key=lambda at: (-dense[at], at)):
                if lengths[at] <= left and lines[at] != GAP:
                    kept.add(at)
                    left -= lengths[at]
            if not kept and lines:
                return f"{' '.join(lines[0].split()[:words])} {GAP}"
        out, gap = "", ""
        for at, line in enumerate(lines):
            if at not in kept or line == GAP:
                gap = GAP
                continue
            out += f"{joint if out else ''}{gap}{line}"
            gap = ""
        return f"{_count(lines, kept) if counted else ''}{out} {gap}".rstrip() if out else ""


def _lacked_by(page: str) -> Callable[[str], bool]:
    """Return what tells of a word whether a page lacks it."""
    shown = set(_TOKEN.findall(page.lower()))
    return Known[str, bool](lambda word: not shown.issuperset(_tokens(word))).__getitem__


def _count(lines: tuple[str, ...], kept: set[int]) -> str:
    """Return how many lines of an output are told, nothing where all are; of one kept in part there were more."""
    told = sum(lines[at] != GAP for at in kept)
    more = GAP in lines
    there = len(lines) - lines.count(GAP) + more
    return f"{told} of {there}{'+' * more} lines: " if told < there else ""


def _left(words: int) -> int:
    """Return how many words a page of so many leaves."""
    return MAX_WORDS - words - len(RECORD_HEADING.split()) - KEPT_FREE


def _shows(item: Item) -> bool:
    """Tell whether anything can be told of what was shown, or nothing was."""
    lines = item.said.splitlines()
    if item.kind == GIVEN:  # that a picture was taken, or the like, tells nothing of what it shows
        lines = [line for line in lines if line[:1] != "#" and not _LINK.fullmatch(line)]
    return not item.said or any(map(telling, lines))


@lru_cache(4_000)
def _tokens(word: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(word.lower()))


@lru_cache(600)  # each is fitted more than once, and most come again at the next revision
def _lines(said: str) -> tuple[str, ...]:
    return tuple([line for each in said.splitlines() if (line := GAP if each == GAP else telling(each))])


def _does(item: Item) -> set[str]:
    """Return the commands of a command line but those of which nothing is worth telling."""
    if item.kind in (TASK, GIVEN):
        return {item.what or item.said}
    quiet = LOOKING - _SHOWING if not item.said else _DULL
    return {" ".join(each.words) for each in split(item.what) if each.name not in quiet}


def _parts(item: Item) -> Iterable[str]:
    """Return what was done, in parts that stand on the page as they are, or do not."""
    if item.kind == WROTE:
        lines = f"{item.said}\n{item.gone}".splitlines()
        return [line.strip() for line in lines if len(line) > SAME_CHARS // 2]
    return _does(item) if item.kind in _DEEDS else ()
