"""The page of a distillation: its body, for a person and for Claude, most important first; it stands alone."""

import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Final

from spread import distillation_once as once
from spread import distillation_spoken as spoken
from spread.distillation_also import BETWEEN, LEAD
from spread.distillation_brief import Brief, brief
from spread.distillation_brief import told as told_of
from spread.distillation_changes import fit_changes
from spread.distillation_codec import clean, shorten
from spread.distillation_commits import HEADING as HELD_HEADING
from spread.distillation_commits import apart, files_of
from spread.distillation_fields import NONE, UNKNOWN, Fields
from spread.distillation_files import at_line, by_name, files_of_session, named_short, paths_of
from spread.distillation_fit import fit, said_in, words_in
from spread.distillation_head import head as head_of
from spread.distillation_head import titled
from spread.distillation_lean import codes
from spread.distillation_once import Told
from spread.distillation_report import lines_of as report_lines
from spread.distillation_tight import CUTS, tight
from spread.distillation_told import (
    CHANGED,
    ELSEWHERE,
    LINK,
    MACHINE,
    OBJECTED,
    RECORD,
    REFUSED_PLAN,
    REPORT_HEADING,
    RULED,
    SAID_SO,
    STANDS,
    ordered,
    parted,
    unmarked,
)

FIRST_PART_CHARS: Final = 6_000  # about 1,500 tokens: what a session start may show
KEPT_CHARS: Final = (
    200  # of them are kept free at first: of headings and what is cut is not known how long they are
)
PAGE_CHARS: Final = 9_800
MAX_WORDS: Final = 1_195  # of the whole body, about, so that it stays below 1,200
WORTH_FILLING: Final = 12  # words left over
LEAST_FILLED: Final = 5  # of these, in the end
MOST_FITTED: Final = 300  # items of a list that are weighed; no page has room for a fifth of them
ALWAYS: Final = 9  # lines of what stands on every page
STATE_WORDS: Final = 130
REPORT_WORDS: Final = 130  # of the agent's last report, before what follows in this list has its room
FILE_WORDS: Final = 120  # likewise of the files
LEAST_WORDS: Final = 25  # of each of the lists that share what is left then
LATER_WORDS: Final = 70  # kept for what comes after these
BESIDE_LOG_WORDS: Final = 20  # once there is a log, which has what these left
RULE_WORDS: Final = 120
DECISION_WORDS: Final = 182  # and
EACH_DECISION: Final = 6  # for each decision, up to the next
MOST_DECISION_WORDS: Final = 350
FAILED_WORDS: Final = 210
FEW_COMMITS: Final = 4
MOST_COMMITS: Final = 10  # of the session's own, which all stand on the page
MOST_LINKS: Final = 3  # before them
TODO_CHARS: Final = 360
COMMIT_CHARS: Final = 56  # of each of more than a few
_LAST_LINE: Final = re.compile(r" \(L\d+\)$")
_TOLD: Final = re.compile(rf"(?<=\d\)){BETWEEN}")  # between what an item tells of others, each with its line
_VOID: Final = " until a rewrite, L"  # follows the id of a commit that is another one now
REFUSED_CHARS: Final = 60  # of a refused call beside a rule
_REFUSED: Final = re.compile(r"- denied: ([^“”]{1,400}); user: “")
_LIFTED: Final = re.compile(r"- rule “[^”]{1,600}” \(L\d+\) no longer holds")
_REMARKS: Final = re.compile(
    rf"(?:{re.escape(ELSEWHERE)})?(?: \([0-9a-f]{{7,40}} until a rewrite, L\d+\))?(?: \(L\d+\))?\Z"
)
CHANGED_WORDS: Final = 44
EACH_CHANGE: Final = 2  # and for each file
MOST_CHANGED_WORDS: Final = 76
LOG_WORDS: Final = 430  # of these are the log's, where there is enough to tell
LEAST_LOG_WORDS: Final = 260
RULED_WORDS: Final = 64  # of rules that nobody typed; the log has less for them
STARVED: Final = 1.0  # times what there is then, the lists would need more
STARVED_WORDS: Final = 30  # the log leaves them then, too
BESIDE_DOCUMENT: Final = 0.25  # of both, where a document is what the session came to
# A narrative of 1,100 words is shown whole, with the facts beside it; it is read in full where it is asked for.
TOLD_WORDS: Final = 1_995
TOLD_CHARS: Final = 15_600
SPARE_WORDS: Final = 350  # are left empty rather than filled with what the narrative stands for
ITEM_CHARS: Final = 1_200
SAME_CHARS: Final = 60  # of a request that is the goal
WORD_CHARS: Final = 6  # with the space
LONG_WORD_CHARS: Final = 8  # of a list with names in it
NO_RULE: Final = "- none seen"
OVERTAKEN: Final = (f"- {SAID_SO}", f"- {REFUSED_PLAN}")  # wishes that later turns may have refined
UNTICKED: Final = " (never ticked off; may be done)"  # ends a todo that the page only counts
BEFORE_OTHERS: Final = 3  # of what is left a third is for lists of what was read and done
DECISIONS_HEADING: Final = "Decisions, newest first: they overrule older"
FAILED_HEADING: Final = "Failed or rejected, newest first"
DOCUMENT_HEADING: Final = "Written, as it stands; planned there is not done"
RULED_HEADING: Final = "Rules that stand in files and skills, not typed by the user"
LOG_HEADING: Final = "Said on the way, newest first; unchecked, older may be overtaken"

RECORD_HEADING: Final = "On record besides, newest first: run, shown, written, said"


@dataclass
class _Section:
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

    def __post_init__(self) -> None:
        self.whole = self.items

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

    def fill(self, room: "_Room", least: int = WORTH_FILLING) -> None:
        """Cut less where room is left over."""
        if self.shown < len(self.items) or self.items == self.whole or room.words < least:
            return
        before, hidden, last = self.items, self.hidden, self.last
        for item in before:
            room.give(item)
        self.fit(room.words - 1)
        longer = (
            sum(map(words_in, self.items)) > room.words
        )  # some items cannot be cut to what they should be
        if longer or sum(len(item) + 1 for item in self.items) > room.chars:
            self.items, self.hidden, self.last = before, hidden, last
        for item in self.items:
            room.take(item)
        self.shown = len(self.items)

    def grow(self, room: "_Room", most: int) -> bool:
        """Show one item more, up to `most`, if there is room."""
        if self.shown >= min(most, len(self.items)):
            return False
        if not room.fits(self.items[self.shown]) and not self._cut_last(room):
            return False
        room.take(self.items[self.shown])
        self.shown += 1
        return True

    def _cut_last(self, room: "_Room") -> bool:
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


class Page:
    """The page of a document, which may be written with one log and with another."""

    def __init__(self, it: Fields) -> None:
        self.it, self.first = it, _brief(it)
        self.head = head_of(it, self.first)
        self._told = Told()  # what stands above the decisions
        self._made = _sections(it, self.first, self._told)
        self._rules = it.constraints if _are_shown(_ruled(it)[0]) else ()

    def sections(self, context: str) -> list[_Section]:
        """Return the sections above a log, which tell nothing that it does."""
        told = Told.of(self._told)
        told.log(context.splitlines())
        made = [copy(section) for section in self._made]
        for section in made:
            if section.heading == DECISIONS_HEADING:
                items = [spoken.without_rules(item, self._rules) for item in told.new(section.items, _alone)]
                section.whole = section.items = items
                section.spoken = said_in(items)
                words = max(DECISION_WORDS + EACH_DECISION * len(items), section.spoken)
                section.words = min(words, MOST_DECISION_WORDS)
            elif section.heading == FAILED_HEADING:
                section.whole = section.items = once.newest(told.new(section.items, _roomy))
        return _told_sections(self.it, made) if self.it.distiller.enriched else made

    def text(self, context: str) -> str:
        """Return the body with a log; what a document may not hold is taken out of that, as a document does."""
        return _written(self, clean(context))


def render(it: Fields) -> str:
    """Return the body, most important first: what is always wanted, then what room is left for, told what is cut.

    What exceeds FIRST_PART_CHARS is cut where a session starts: the log of what was said comes last, before it what
    failed, so it is these.
    """
    return Page(it).text(it.context)


def _written(page: Page, context: str) -> str:
    it, told, head = page.it, page.it.distiller.enriched, page.head
    sections = [section for section in page.sections(context) if section.items]
    log, record = ([], []) if told else _logged(context)
    known = (*it.files.created, *it.files.modified)
    held = [] if told else files_of(*apart(_items(it, "commits")[::-1], known))
    used = sum(len(line.split()) for line in [*log, *held]) + (len(HELD_HEADING.split()) + 1 if held else 0)
    # Before there is a log, room is left for one; what that does not need is there for the rest.
    written = sum(
        len(item) for section in sections if section.heading == DOCUMENT_HEADING for item in section.items
    )
    log_words = int(LOG_WORDS * BESIDE_DOCUMENT) if written else LOG_WORDS
    least_log = int(LEAST_LOG_WORDS * BESIDE_DOCUMENT) if written else LEAST_LOG_WORDS
    of_log = spoken.OF_LOG // 2 if written else spoken.OF_LOG
    ruled = [item for section in sections if section.heading == RULED_HEADING for item in section.items]
    least_log -= min(sum(map(words_in, ruled)), RULED_WORDS)
    words = TOLD_WORDS if told else MAX_WORDS - (used if log else log_words)
    room = _Room(words, (TOLD_CHARS if told else FIRST_PART_CHARS + written) - KEPT_CHARS)
    if log:  # what it has less, others have more
        room.chars += min(max(log_words - used, 0), log_words - least_log) * WORD_CHARS
        room.chars += min(max(least_log - used, 0), of_log) * LONG_WORD_CHARS
    most_chars = room.chars + KEPT_CHARS - 10
    room.take(head)
    for section in sections:
        room.take(f"## {section.heading}\n- … 12 more\n")
    for section in sections:
        if section.words and not section.rest:  # a rule that is left out is not kept
            section.fit(section.words)
        always = section.least >= ALWAYS or (section.words and not section.rest)
        before, most = room.words, section.at_first or (MAX_WORDS if always else 0)
        while not section.told and before - room.words < most and section.grow(room, len(section.items)):
            pass
    for section in sections:
        while section.early and not told and section.grow(room, len(section.items)):
            pass
    sharing = [section for section in sections if section.words and section.rest]
    if not (log or told):
        lacking = sum(map(_wanted, sharing)) - (room.words - LATER_WORDS)
        more = min(max(lacking, 0), log_words - least_log)
        if lacking > STARVED * (room.words + more):
            more += STARVED_WORDS if not written else 0
        more += _lacking(sharing, room.words + more - LATER_WORDS, of_log)
        room.words, room.chars = room.words + more, room.chars + more * WORD_CHARS
    _share_out(sharing, room.words - (BESIDE_LOG_WORDS if log else LATER_WORDS), of_log)
    while any([section.told and section.grow(room, section.least) for section in sections]):
        pass
    for section in sections:  # none is left out for another's length
        section.grow(room, min(section.least, 1))
    first = [section for section in sections if section.words or section.least >= ALWAYS]
    for section in [*first, *(each for each in sections if each not in first)]:
        while section.grow(room, section.least):
            pass
    said = [section for section in sharing if section.rest and not section.files]
    _fill_some(sorted(said, key=lambda section: not section.hidden), room)
    spare = [section for section in sections if section.spare]
    while any([section.grow(room, len(section.items)) for section in sections if section not in spare]):
        pass
    room.words -= SPARE_WORDS
    while any([section.grow(room, len(section.items)) for section in spare]):
        pass
    for section in sorted(sections, key=lambda section: section.files):
        if section.words:
            section.fill(room)
    below = "".join(
        _show(_Section(heading, lines, shown=len(lines)))
        for heading, lines in ((HELD_HEADING, held), (LOG_HEADING, log), (RECORD_HEADING, record))
        if lines
    )
    above = _filled_up(sections, most_chars, head, below) if log or record else map(_show, sections)
    return f"{head}{''.join(above)}{below}"


def _wanted(section: _Section) -> int:
    return min(section.words, sum(map(words_in, section.items[:MOST_FITTED])))


def _lacking(sections: list[_Section], room: int, most: int) -> int:
    """Return how many words more a room needs for what the user said."""
    wanted = sum(map(_wanted, sections))
    return sum(
        spoken.lacking(_wanted(section), section.spoken, wanted - _wanted(section), room, most)
        for section in sections
        if section.spoken
    )


def _share_out(sections: list[_Section], room: int, of_log: int) -> None:
    """Cut the items of sections so that all get their words, or where there are fewer, the same share of them.

    What the user said comes first.
    """
    said = [section for section in sections if section.spoken]
    others = [section for section in sections if not section.spoken]
    for sharing in (said, others):
        wanted = sum(map(_wanted, sharing))
        share = min(1.0, max(room, 0) / max(wanted, 1))
        for section in sharing:
            words = int(_wanted(section) * share)
            if section.spoken:
                words = spoken.share_of(wanted, section.spoken, sum(map(_wanted, others)), room, of_log)
            section.fit(max(words, LEAST_WORDS))
            room -= sum(map(words_in, section.items))


def _fill_some(sections: list[_Section], room: "_Room") -> None:
    """Cut the items of sections less, with a part of what is left: they come before lists of what was read and done."""
    kept = room.words // BEFORE_OTHERS
    room.words -= kept
    for section in sections:
        section.fill(room)
    room.words += kept


def _filled_up(sections: list[_Section], most_chars: int, head: str, below: str) -> list[str]:
    """Give what is left of the words to the lists that left something out, in equal parts, then to the first of them.

    Returns:
        The sections as they are shown.

    Args:
        most_chars: Of the page down to the log.
        below: The log, and what else is on record.
    """
    used, chars = words_in(head) + words_in(below), min(most_chars, PAGE_CHARS - len(below)) - len(head)
    shown = list(map(_show, sections))
    for parts in (True, False):
        lacking = [(place, section) for place, section in enumerate(sections) if section.lacks]
        for at, (place, section) in enumerate(lacking):
            left, chars_left = MAX_WORDS - used - sum(map(words_in, shown)), chars - sum(map(len, shown))
            if min(left, chars_left // WORD_CHARS) < LEAST_FILLED:
                return shown
            room = _Room(left // (len(lacking) - at) if parts else left, chars_left)
            told = shown[place]
            room.take(f"## {section.heading}\n" * (not told) + "- … 12 more\n" * ("\n- … " not in told))
            if section.words:
                section.fill(room, LEAST_FILLED)
            while section.grow(room, len(section.items)):
                pass
            shown[place] = _show(section)
    return shown


@dataclass
class _Room:
    """What is left of a page."""

    words: int
    chars: int

    def fits(self, text: str) -> bool:
        return len(text) < self.chars and words_in(text) <= self.words

    def take(self, text: str) -> None:
        self.words -= words_in(text)
        self.chars -= len(text) + 1

    def give(self, text: str) -> None:
        """Take back what was taken."""
        self.words += words_in(text)
        self.chars += len(text) + 1


def _show(section: _Section) -> str:
    unseen = len(section.items) - section.shown
    if not section.shown and not section.hidden:
        return ""
    left = unseen + section.hidden + (section.last - 1 if unseen else 0)
    cut = f"- … {left} more\n" if left else ""
    return (
        f"\n## {section.heading}\n"
        + "".join(f"{item}\n" for item in section.joint(section.items[: section.shown]))
        + cut
    )


def _sections(it: Fields, first: Brief, told: Told) -> list[_Section]:
    """Return the sections, those of decisions and of what failed with all there is.

    Args:
        told: Takes in what stands above these.
    """
    checked = bool(it.validation.command)
    doubts = [
        told_of(item, first) for item in once.stands(_items(it, "uncertainties")) if item not in first.taken
    ]
    if not it.distiller.enriched:  # there they stand in the head
        doubts = [*(f"- {line}" for line in first.lines), *doubts]
    doubts = named_short(doubts, it.files)
    goal, request = _quote(titled(it.goal)[0], it.lines_of("goal"), first=True), _request(it)
    after = once.coming(
        [line for line in _quote(it.next, it.lines_of("next")) if line not in first.taken] or [NONE],
        _items(it, "uncertainties"),
        checked=checked and it.validation.after_last_edit is not False,
        answered=it.answered,
        todos=bool(it.todos),
    )
    told.add([*doubts, *goal, *after])
    told.add(request, it.lines_of("last_request")[0] if it.lines_of("last_request") else "")
    rules, lifted = _ruled(it)
    if _are_shown(rules):
        told.add(rules)
    objected = {
        line
        for line, text in zip(it.lines_of("failed"), it.failed, strict=False)
        if text.startswith(OBJECTED)
    }
    decisions = [  # an objection is told below
        item
        for item, line in zip_longest(_items(it, "decisions"), it.lines_of("decisions")[: len(it.decisions)])
        if item not in lifted
        and not (item.startswith(f"- {SAID_SO}") and (line in objected or f"({line})" in it.goal))
        and f"({line})" not in it.last_request
    ][::-1]
    failed = [  # the last request is told above, with what came of it
        item
        for item, line in zip_longest(_items(it, "failed"), it.lines_of("failed")[: len(it.failed)])
        if not (item.startswith(f"- {OBJECTED}") and line in it.lines_of("last_request"))
    ][::-1]
    deeds = _items(it, "completed")
    changed = [item for item in deeds if item.startswith(f"- {CHANGED}")]
    stands = [item for item in deeds if item.startswith(f"- {STANDS}")]
    machine = [item for item in deeds if item.startswith(f"- {MACHINE}")]
    ruled = [item for item in deeds if item.startswith(f"- {RULED}")]
    read = [f"- {item.removeprefix(f'- {RULED}')}" for item in ruled]
    commits, _ = apart(_items(it, "commits")[::-1])
    own = [item for item in commits if ELSEWHERE not in item and _VOID not in item][:MOST_COMMITS]
    links = [item for item in deeds if item.startswith(f"- {LINK}")][-MOST_LINKS:]
    done = once.deeds(
        [item for item in deeds if item not in {*changed, *stands, *links, *machine, *ruled}], own
    )
    files = files_of_session(it, machine)
    commits.sort(key=lambda item: ELSEWHERE in item)
    if len(commits) > FEW_COMMITS:  # all of them, cut short, rather than a few
        commits, own = [_commit(item) for item in commits], [_commit(item) for item in own]
    failure = [f"    {line}" for line in it.validation.failure.splitlines()]
    return [
        _Section("How it stands; what is unproved", doubts, ALWAYS, at_first=STATE_WORDS),
        _Section("Goal", _prose(goal), ALWAYS),
        _Section("Last request", _prose(request), ALWAYS),
        _Section("Next", _prose(after), ALWAYS),
        _Section(
            REPORT_HEADING,
            _prose([line for line in report_lines(it.summary) if not once.is_in(line, it.next)]),
            6,
            at_first=REPORT_WORDS,
        ),
        _Section("The last validation's failure", failure if it.validation.outcome != "passed" else [], 6),
        _Section(
            "Rules of the user, verbatim" if rules else "Rules",
            rules or [NO_RULE],
            words=RULE_WORDS,
        ),
        _Section(RULED_HEADING, read, early=True),
        _Section("Files", files, ALWAYS, at_first=FILE_WORDS, joint=once.paths),
        _Section(
            "Edits, net (L: first…last edit)",
            by_name(changed, (*it.files.created, *it.files.modified)),
            words=min(CHANGED_WORDS + EACH_CHANGE * len(changed), MOST_CHANGED_WORDS),
            rest=True,
            files=True,
        ),
        _Section(
            DECISIONS_HEADING,
            decisions,
            words=MOST_DECISION_WORDS,
            rest=True,
            beside="\n".join(it.constraints),
        ),
        _Section(
            "Commits, newest first" if commits else "Pull requests",
            [*links, *commits],
            max(4, len(links) + len(own)),
            at_first=min(sum(map(words_in, [*links, *own])), 60),
            joint=once.facts,
        ),
        _Section("Ticked off or reported", done, max(4 - len(links) - len(own), 1), joint=once.facts),
        _Section("Todos", _todos(it), 6, joint=once.facts),
        _Section(
            FAILED_HEADING,
            failed,
            words=FAILED_WORDS,
            rest=True,
            beside="\n".join(it.constraints),
        ),
        _Section("Files read", [*paths_of("", it.files.read)], 0, joint=once.paths),
        _Section(DOCUMENT_HEADING, [f"- {item.removeprefix(f'- {STANDS}')}" for item in stands], ALWAYS),
    ]


def _brief(it: Fields) -> Brief:
    after = _quote(it.next, it.lines_of("next"))
    return brief(_items(it, "uncertainties"), after, checked=bool(it.validation.command))


def _roomy(item: str) -> str:
    return tight(item, CUTS[0])


def _alone(item: str) -> str:
    """Return a decision as it is shown where there is room; what the user stated without what that speaks of."""
    shown, at = _roomy(item), _LAST_LINE.search(item)
    said = shown.partition("” (to: ")[0] if shown.startswith(f"- {SAID_SO}") else shown
    return shown if said == shown else f"{said}”{at[0] if at else ''}"


def _request(it: Fields) -> list[str]:
    """Return the last request; where it is the goal, not in its words."""
    answered = f" (answered {it.lines_of('answer')[0]})" if it.answered else " (no answer seen)"
    lines, goal = it.lines_of("last_request"), it.lines_of("goal")
    request = _quote(it.last_request, lines, answered)
    if lines[:1] == goal[:1] and lines and it.last_request.splitlines()[-1][:SAME_CHARS] in it.goal:
        request[-1] = f"as the goal{at_line(lines, 0)}{answered}"
    return request


def _are_shown(rules: list[str]) -> bool:
    """Tell whether the page has room for all rules."""
    return sum(map(words_in, rules)) <= RULE_WORDS


def _ruled(it: Fields) -> tuple[list[str], set[str]]:
    """Return the rules, each given on refusing a call with that call, and those lifted; and the decisions that so say
    nothing more."""
    refused = {
        line: (item, found[1])
        for item, line in zip(_items(it, "decisions"), it.lines_of("decisions"), strict=False)
        if (found := _REFUSED.match(item))
    }
    rules, told = _items(it, "constraints"), set[str]()
    for at, (text, line) in enumerate(zip(it.constraints, it.lines_of("constraints"), strict=False)):
        item, what = refused.get(line, ("", ""))
        if what:
            rules[at] = (
                f"- {text} (on refusing {codes(what.removeprefix('Bash '), REFUSED_CHARS)}){at_line((line,), 0)}"
            )
            if f"“{text}”" in item:
                told.add(item)
    lifted = [item for item in _items(it, "decisions") if _LIFTED.match(item)]
    return [*rules, *lifted], told.union(lifted)


@lru_cache(400)  # a page is written more than once, and most of it comes again at the next revision
def _commit(item: str) -> str:
    """Return a commit with its subject cut; what became of it and its line stay."""
    found = _REMARKS.search(item)
    at = found.start() if found else len(item)
    return shorten(item[:at], COMMIT_CHARS) + item[at:]


def _told_sections(it: Fields, made: list[_Section]) -> list[_Section]:
    """Return the sections of a page with a narrative: that first, the facts beside it, what else was said last.

    Told decisions and failures stand for those that rules picked out of the record, as these know nothing of what
    became of them; what of these it does not retell follows where there is room.
    """
    summary, context, report = parted(it.summary)
    (
        doubts, goal, request, after, _, failure, rules, ruled, files, changed, decisions, commits, done, todos, failed,
        read, stands,
    ) = made  # fmt: skip
    for section in (stands, ruled):
        section.least, section.spare = 0, True
    done.items, done.least, done.at_first = [*commits.items, *done.items], commits.least, commits.at_first
    doubts.heading, doubts.at_first, doubts.least = "Uncertain", 0, 8
    for quoted in (goal, request):
        quoted.items = [shorten(line, 500) for line in quoted.items[:3]]
        quoted.told = True
    after.told = True
    for section in (rules, changed, decisions, failed):
        section.words = 0
    rules.least, decisions.least, failed.least = 8, 5, 4
    for section in (rules, done, doubts):
        section.items, count = ordered(section.items)
        section.least, section.told = max(count, section.least), count > 0
    done.heading = "Done and handed on"
    if rules.told:
        rules.heading = "Rules of the user; those with a line are verbatim, and may have been lifted"
    recorded: list[str] = []
    for section, heading in (
        (decisions, "Decisions and what was rejected"),
        (failed, "Failed, refused, refuted"),
    ):
        items, count = ordered(section.items)
        section.heading = heading
        if count:
            told = items[:count][::-1]  # as they were told: `_sections` has them newest first
            section.items, section.least, section.told = [unmarked(item) for item in told], count, True
            recorded += [item for item in items[count:] if not item.startswith(OVERTAKEN)]
    files.least = 4
    how = _Section("How it stands, as the agent tells it", _prose(summary.splitlines()), 9, told=True)
    facts = [f"- {line}" for line in context.splitlines() if line.strip()]
    more = _Section("Facts, as the agent tells them", facts, len(facts), told=True)
    heard = _Section(
        REPORT_HEADING,
        [shorten(line, 400) for line in _prose(report.splitlines())],
        0,
    )
    rest = _Section(
        "On record besides, newest first; refined later where it differs from the above",
        recorded,
        0,
        spare=True,
    )
    log = _Section(LOG_HEADING, [shorten(line, 400) for line in chain(*_logged(it.context))], 0, spare=True)
    return [goal, request, how, after, rules, ruled, decisions, failed, doubts, more, done, failure, files, changed,
            todos, heard, read, rest, stands, log]  # fmt: skip


def _items(it: Fields, name: str) -> list[str]:
    # Only what is never cut keeps a line that stands within.
    return list(_numbered(getattr(it, name), it.lines_of(name), name != "uncertainties"))


@lru_cache(64)
def _numbered(values: tuple[str, ...], lines: tuple[str, ...], cut: bool) -> tuple[str, ...]:
    """Return items, each with its line."""

    def named(text: str, line: str) -> bool:
        return text.endswith((f"({line})", f"…{line})")) or not (
            cut or re.search(rf"\b{line}\b", text) is None
        )

    told = [shorten(text, ITEM_CHARS) for text in values]
    return tuple([
        f"- {text}{'' if at < len(lines) and named(text, lines[at]) else at_line(lines, at)}"
        for at, text in enumerate(told)
    ])  # fmt: skip


def _quote(value: str, lines: tuple[str, ...], note: str = "", *, first: bool = False) -> list[str]:
    """Return the lines of a text, the last one with what it rests on, or the first one."""
    if value in (UNKNOWN, NONE) or not value.strip():
        return [value.strip() or NONE]
    quoted = [line for line in value.splitlines() if line.strip()]
    at = at_line(lines, 0)
    if first and len(quoted) > 1:
        return [quoted[0] + at, *quoted[1:-1], quoted[-1] + note]
    return [*quoted[:-1], quoted[-1] + (at if at not in f" {quoted[-1]}" else "") + note]


def _prose(lines: list[str]) -> list[str]:
    """Return lines so that none of them can pass for a heading of ours or a fence."""
    return [line if line in (UNKNOWN, NONE) else f">{line}" for line in lines if line.strip()]


def _logged(context: str) -> tuple[list[str], list[str]]:
    """Return the log, and what else is on record."""
    log, _, record = f"\n{context}".partition(f"\n{RECORD}\n")
    return _prose(log.splitlines()), _prose(record.splitlines())


def _todos(it: Fields) -> list[str]:
    order = {"in_progress": 0, "pending": 1}
    ranked = sorted(enumerate(it.todos), key=lambda pair: order.get(pair[1].status, 2))
    out = [
        f"- [{todo.status}] {shorten(todo.text, TODO_CHARS)}{at_line(it.lines_of('todos'), at)}"
        for at, todo in ranked
        if not todo.text.endswith(UNTICKED)
    ]
    old = len(ranked) - len(out)
    return [*out, f"- never ticked off, may be done: {old}"] if old else out
