"""The page of a distillation: its body, for a person and for Claude, most important first; it stands alone."""

from functools import lru_cache
from itertools import compress
from typing import Final, NamedTuple

from spread import distillation_once as once
from spread import distillation_spoken as spoken
from spread.distillation_brief import Brief, brief
from spread.distillation_codec import clean
from spread.distillation_commits import HEADING as HELD_HEADING
from spread.distillation_commits import apart, files_of
from spread.distillation_fields import Fields
from spread.distillation_fit import said_in, words_in
from spread.distillation_head import head as head_of
from spread.distillation_items import are_shown, items_of, logged, rules_of, text_lines
from spread.distillation_once import Item, Told
from spread.distillation_parts import AT_LINE
from spread.distillation_room import (
    MAX_WORDS,
    WORD_CHARS,
    Room,
    Section,
    fill_some,
    filled_up,
    lacking_words,
    share_out,
    show,
    wanted_words,
)
from spread.distillation_sections import (
    ALWAYS,
    DECIDED_RULE,
    DECISIONS_HEADING,
    DOCUMENT_HEADING,
    FAILED_HEADING,
    FILES_HEADING,
    LOG_HEADING,
    MOST_DECISION_WORDS,
    NO_RULE,
    RECORD_HEADING,
    sections_of,
    with_narrative,
)
from spread.distillation_tight import CUTS, tight
from spread.distillation_told import SAID_SO

FIRST_PART_CHARS: Final = 6_000  # about 1,500 tokens: what a session start may show
PATH_CHARS: Final = 900  # of lists of files; longer paths take no room from what was decided and what failed,
MOST_PATH_CHARS: Final = 700  # up to so many
KEPT_CHARS: Final = 200  # are kept free at first: how long headings and what is cut are is not known
LATER_WORDS: Final = 70  # kept for what comes after the lists that share the room
BESIDE_LOG_WORDS: Final = 20  # once there is a log, which has what these left
DECISION_WORDS: Final = 182  # and
EACH_DECISION: Final = 6  # for each decision, up to the next
LOG_WORDS: Final = 430  # of the page are the log's, where there is enough to tell
LEAST_LOG_WORDS: Final = 260
STARVED: Final = 1.0  # times what there is then, the lists would need more
STARVED_WORDS: Final = 30  # the log leaves them then, too, and
VERY_STARVED: Final = 3  # times these where they would need
VERY_STARVED_FROM: Final = 2.0  # times more than what there is
BESIDE_DOCUMENT: Final = 0.25  # of both, where a document is what the session came to
# A narrative of 1,100 words is shown whole, with the facts beside it; it is read in full where it is asked for.
TOLD_WORDS: Final = 1_995
TOLD_CHARS: Final = 15_600
SPARE_WORDS: Final = 350  # are left empty rather than filled with what the narrative stands for
LONG_WORD_CHARS: Final = 8  # of a word in a list with names, with the space


class Page:
    """The page of a document, which may be written with one log and with another."""

    def __init__(self, it: Fields) -> None:
        self.it, self.first = it, _brief(it)
        self.head = head_of(it, self.first)
        self._told = Told()  # what stands above the decisions
        stated = rules_of(it)
        self._made = sections_of(it, self.first, self._told, stated)
        rules = it.constraints if are_shown(stated[0]) else ()
        found = {section.heading: section.items for section in self._made}
        self._failed = [once.item_of(item, _roomy(item)) for item in found[FAILED_HEADING]]
        self._decisions = [_decision(item, rules) for item in found[DECISIONS_HEADING]]
        known = (*it.files.created, *it.files.modified)
        self._texts = dict[str, str]()  # by their logs
        self.held = [] if it.distiller.enriched else files_of(*apart(items_of(it, "commits")[::-1]), known)

    def sections(self, context: str) -> list[Section]:
        """Return the sections above a log, which tell nothing that it does."""
        told = Told.of(self._told)
        told.log(context.splitlines())
        made = [section.again() for section in self._made]
        for section in made:
            if section.heading == DECISIONS_HEADING:
                lacks = told.lacks([item for item, _, _ in self._decisions])
                new = [*compress(self._decisions, lacks)]
                section.whole = section.items = [text for _, text, _ in new]
                section.spoken = sum([words for _, _, words in new])
                words = max(DECISION_WORDS + EACH_DECISION * len(new), section.spoken)
                section.words = min(words, MOST_DECISION_WORDS)
            elif section.heading == FAILED_HEADING:
                left = once.newest(tuple(compress(self._failed, told.lacks(self._failed))))
                section.whole = section.items = [item.text for item in left]
        if not any(section.items for section in made if section.heading == DECISIONS_HEADING):
            for section in made:
                if section.items == [DECIDED_RULE]:  # all that was decided stands above
                    section.whole = section.items = [NO_RULE]
        return with_narrative(self.it, made) if self.it.distiller.enriched else made

    def text(self, context: str) -> str:
        """Return the body with a log; what a document may not hold is taken out of that, as a document does."""
        if context not in self._texts:
            self._texts[context] = _written(self, clean(context))
        return self._texts[context]


def render(it: Fields) -> str:
    """Return the body, most important first: what is always wanted, then what room is left for, told what is cut.

    What exceeds FIRST_PART_CHARS is cut where a session starts: the log of what was said comes last, before it what
    failed, so it is these.
    """
    return Page(it).text(it.context)


class _ForLog(NamedTuple):
    """How many words of the page are the log's."""

    words: int
    least: int
    spoken: int  # of what lists of the user's words lack

    @classmethod
    def beside(cls, document: int) -> "_ForLog":
        """Return these beside what is told of a document in so many characters."""
        if document:
            return cls(
                int(LOG_WORDS * BESIDE_DOCUMENT), int(LEAST_LOG_WORDS * BESIDE_DOCUMENT), spoken.OF_LOG // 2
            )
        return cls(LOG_WORDS, LEAST_LOG_WORDS, spoken.OF_LOG)


def _written(page: Page, context: str) -> str:
    told, head, held = page.it.distiller.enriched, page.head, page.held
    sections = [section for section in page.sections(context) if section.items]
    log, record = ([], []) if told else logged(context)
    used = sum(map(words_in, [*log, *held])) + (len(HELD_HEADING.split()) + 1 if held else 0)
    documents = [section for section in sections if section.heading == DOCUMENT_HEADING]
    document = sum(len(item) for section in documents for item in section.items)
    share = _ForLog.beside(document)
    # Before there is a log, room is left for one; what that does not need is there for the rest.
    words = TOLD_WORDS if told else MAX_WORDS - (used if log else share.words)
    paths = sum([
        len(item) for section in sections if section.heading == FILES_HEADING for item in section.items
    ])  # fmt: skip
    long = min(max(paths - PATH_CHARS, 0), MOST_PATH_CHARS)
    room = Room(words, (TOLD_CHARS if told else FIRST_PART_CHARS + document + long) - KEPT_CHARS)
    if log:  # what it has less, others have more
        room.chars += min(max(share.words - used, 0), share.words - share.least) * WORD_CHARS
        room.chars += min(max(share.least - used, 0), share.spoken) * LONG_WORD_CHARS
    most_chars = room.chars + KEPT_CHARS - 10
    room.take(head)
    _take_first(sections, room, told=told)
    sharing = [section for section in sections if section.words and section.rest]
    if not (log or told):
        _take_from_log(sharing, room, share, starved=0 if document else STARVED_WORDS)
    share_out(sharing, room.words - (BESIDE_LOG_WORDS if log else LATER_WORDS), share.spoken)
    _take_rest(sections, sharing, room)
    below = "".join(
        show(Section(heading, lines, shown=len(lines)))
        for heading, lines in ((HELD_HEADING, held), (LOG_HEADING, log), (RECORD_HEADING, record))
        if lines
    )
    above = filled_up(sections, most_chars, head, below) if log or record else map(show, sections)
    return f"{head}{''.join(above)}{below}"


def _take_first(sections: list[Section], room: Room, *, told: bool) -> None:
    """Give room to the headings, and to what gets its own before all else."""
    for section in sections:
        room.take(f"## {section.heading}\n- …12 more\n")
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


def _take_from_log(sharing: list[Section], room: Room, share: _ForLog, *, starved: int) -> None:
    """Give to the lists that share the room what they lack and the log can do without.

    Args:
        starved: So many words more, where they lack much.
    """
    lacking = sum(map(wanted_words, sharing)) - (room.words - LATER_WORDS)
    more = min(max(lacking, 0), share.words - share.least)
    if lacking > STARVED * (room.words + more):
        more += starved * (VERY_STARVED if lacking > VERY_STARVED_FROM * (room.words + more) else 1)
    more += lacking_words(sharing, room.words + more - LATER_WORDS, share.spoken)
    room.words, room.chars = room.words + more, room.chars + more * WORD_CHARS


def _take_rest(sections: list[Section], sharing: list[Section], room: Room) -> None:
    """Give out the room that is left: what each needs at least, and then more, the most important first.

    In each round every section grows by an item, as far as it can: hence `any` of a list, which asks them all.
    """
    while any([section.told and section.grow(room, section.least) for section in sections]):
        pass
    for section in sections:  # none is left out for another's length
        section.grow(room, min(section.least, 1))
    first = [section for section in sections if section.words or section.least >= ALWAYS]
    for section in [*first, *(each for each in sections if each not in first)]:
        while section.grow(room, section.least):
            pass
    for section in sharing:
        section.squeeze(room)
    said = [section for section in sharing if section.rest and not section.files]
    fill_some(sorted(said, key=lambda section: not section.hidden), room)
    spare = [section for section in sections if section.spare]
    while any([section.grow(room, len(section.items)) for section in sections if section not in spare]):
        pass
    room.words -= SPARE_WORDS
    while any([section.grow(room, len(section.items)) for section in spare]):
        pass
    for section in sorted(sections, key=lambda section: section.files):
        if section.words:
            section.fill(room)


def _brief(it: Fields) -> Brief:
    after = text_lines(it.next, it.lines_of("next"))
    return brief(items_of(it, "uncertainties"), after, checked=bool(it.validation.command))


@lru_cache(500)  # most come again at the next revision
def _decision(item: str, rules: tuple[str, ...]) -> tuple[Item, str, int]:
    """Return a decision, how it is told beside rules, and of how many words it is then at least."""
    told = spoken.without_rules(item, rules)
    return once.item_of(item, _alone(item)), told, said_in(told)


def _roomy(item: str) -> str:
    return tight(item, CUTS[0])


def _alone(item: str) -> str:
    """Return a decision as it is shown where there is room; what the user stated without what that speaks of."""
    shown, at = _roomy(item), AT_LINE.search(item)
    said = shown.partition("” (to: ")[0] if shown.startswith(f"- {SAID_SO}") else shown
    return shown if said == shown else f"{said}”{at[0] if at else ''}"
