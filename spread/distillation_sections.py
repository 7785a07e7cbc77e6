"""Which sections the page of a distillation has, and what stands in them."""

from itertools import chain, zip_longest
from typing import Final, NamedTuple

from spread import distillation_once as once
from spread.distillation_brief import Brief
from spread.distillation_brief import told as told_of
from spread.distillation_codec import shorten
from spread.distillation_commits import apart
from spread.distillation_fields import NONE, Fields
from spread.distillation_files import UNCHANGED, by_name, files_of_session, named_short, only_read, paths_of
from spread.distillation_fit import words_in
from spread.distillation_head import titled
from spread.distillation_items import (
    RULE_WORDS,
    are_shown,
    items_of,
    logged,
    prose,
    request_of,
    short_commit,
    text_lines,
    todos_of,
)
from spread.distillation_narrative import ordered, parted, unmarked
from spread.distillation_once import Told
from spread.distillation_report import lines_of as report_lines
from spread.distillation_room import Section
from spread.distillation_told import (
    BUILT,
    CHANGED,
    ELSEWHERE,
    HANDED,
    LINK,
    MACHINE,
    NAMED,
    NAMELESS,
    OBJECTED,
    REFUSED_PLAN,
    REPORT_HEADING,
    RULED,
    SAID_SO,
    STANDS,
)

ALWAYS: Final = 9  # lines of what stands on every page
STATE_WORDS: Final = 130
REPORT_WORDS: Final = 130  # of the agent's last report, before what follows has its room
FILE_WORDS: Final = 120  # likewise of the files
TODO_WORDS: Final = 60  # and of several open todos: each is work that comes next
MOST_DECISION_WORDS: Final = 350
FAILED_WORDS: Final = 210
FEW_COMMITS: Final = 8  # whose subjects are told whole: their ends say what it is about
MERGED: Final = " Merge branch '"
MOST_COMMITS: Final = 10  # of the session's own, which all stand on the page
MOST_LINKS: Final = 3  # before them
_VOID: Final = " until a rewrite, L"  # follows the id of a commit that is another one now
CHANGED_WORDS: Final = 44
EACH_CHANGE: Final = 3  # and for each file
MOST_CHANGED_WORDS: Final = 100
NO_RULE: Final = "- none as such"
DECIDED_RULE: Final = "- none; see Decisions"  # which may bind, too
OVERTAKEN: Final = (f"- {SAID_SO}", f"- {REFUSED_PLAN}")  # wishes that later turns may have refined
DECISIONS_HEADING: Final = "Decisions, newest overrule older; what was built may differ"
FILES_HEADING: Final = "Files"
FAILED_HEADING: Final = "Failed or rejected"  # the newest first
READ_HEADING: Final = "Files only read"
DOCUMENT_HEADING: Final = "Written, as it stands; planned there is not done"
RULED_HEADING: Final = "Rules that stand in files and skills, not typed by the user"
HANDED_HEADING: Final = "Rules of a hand-off before this, of files and skills; not typed by the user here"
LOG_HEADING: Final = "Said on the way, newest first; unchecked, may be overtaken"
RECORD_HEADING: Final = "On record besides, newest first"


def sections_of(it: Fields, first: Brief, told: Told, binding: tuple[list[str], set[str]]) -> list[Section]:
    """Return the sections, those of decisions and of what failed with all there is.

    Args:
        told: Takes in what stands above these.
        binding: The rules, and the decisions that these tell.
    """
    doubts, after = _doubts(it, first), _next(it, first)
    nameless = [item for item in doubts if item.startswith(f"- {NAMELESS}")]
    doubts = [item for item in doubts if item not in nameless]
    goal, request = text_lines(titled(it.goal)[0], it.lines_of("goal"), first=True), request_of(it)
    told.add([*doubts, *goal, *after])
    told.add(request, it.lines_of("last_request")[0] if it.lines_of("last_request") else "")
    rules, lifted = binding
    if are_shown(rules):
        told.add(rules)
    deeds = _deeds(it)
    report = [line for line in report_lines(it.summary) if not once.is_in(line, it.next)]
    failure = [f"    {line}" for line in it.validation.failure.splitlines()]
    edits = min(CHANGED_WORDS + EACH_CHANGE * len(deeds.changed), MOST_CHANGED_WORDS)
    beside = "\n".join(it.constraints)
    files = files_of_session(it, deeds.machine, nameless) + deeds.built + deeds.named
    todos, decisions = todos_of(it), _decisions(it, lifted)
    looked_up = files[0].startswith(UNCHANGED)  # then this is what there is to tell of files
    return [
        Section("How it stands", doubts, ALWAYS, at_first=STATE_WORDS),
        Section("Goal", prose(goal), ALWAYS),
        Section("Last request", prose(request), ALWAYS),
        Section("Next", prose(after), ALWAYS),
        Section(REPORT_HEADING, prose(report), 6, at_first=REPORT_WORDS),
        Section("The last validation's failure", failure if it.validation.outcome != "passed" else [], 6),
        *_of_rules(rules or [DECIDED_RULE if decisions else NO_RULE], deeds.ruled, any_rule=bool(rules)),
        Section(FILES_HEADING, files, ALWAYS, at_first=FILE_WORDS, joint=once.paths),
        Section(
            "Edits, net",
            by_name(deeds.changed, (*it.files.created, *it.files.modified)),
            words=edits, rest=True, files=True,
        ),
        Section(DECISIONS_HEADING, decisions, words=MOST_DECISION_WORDS, rest=True, beside=beside),
        *_of_commits(it, deeds),
        Section("Todos", todos, 6, at_first=TODO_WORDS if len(todos) > 1 else 0, joint=once.facts),
        Section(FAILED_HEADING, _failed(it), words=FAILED_WORDS, rest=True, beside=beside),
        Section(READ_HEADING, [*paths_of("", only_read(it.files, deeds.named))], int(looked_up), joint=once.paths),
        Section(DOCUMENT_HEADING, [f"- {item.removeprefix(f'- {STANDS}')}" for item in deeds.stands], ALWAYS),
    ]  # fmt: skip


def _doubts(it: Fields, first: Brief) -> list[str]:
    """Return how it stands and what is not proved, without what the head or what comes next tells."""
    doubts = [
        told_of(item, first) for item in once.stands(items_of(it, "uncertainties")) if item not in first.taken
    ]
    if not it.distiller.enriched:  # there they stand in the head
        doubts = [*(f"- {line}" for line in first.lines), *doubts]
    return named_short(doubts, it.files)


def _next(it: Fields, first: Brief) -> list[str]:
    """Return what comes next, without what the first lines tell."""
    return once.coming(
        [line for line in text_lines(it.next, it.lines_of("next")) if line not in first.taken] or [NONE],
        items_of(it, "uncertainties"),
        checked=bool(it.validation.command) and it.validation.after_last_edit is not False,
        answered=it.answered,
        todos=bool(it.todos),
    )


class _Deeds(NamedTuple):
    """What was done, by how its items begin; those that begin like none of these are the rest."""

    changed: list[str]
    stands: list[str]
    machine: list[str]
    built: list[str]
    named: list[str]
    ruled: list[str]
    links: list[str]
    rest: list[str]


def _deeds(it: Fields) -> _Deeds:
    deeds = items_of(it, "completed")
    changed, stands, machine, built, named, ruled, links = (
        [item for item in deeds if item.startswith(f"- {begins}")]
        for begins in (CHANGED, STANDS, MACHINE, BUILT, NAMED, RULED, LINK)
    )
    links = links[-MOST_LINKS:]
    known = {*changed, *stands, *machine, *built, *named, *ruled, *links}
    return _Deeds(
        changed, stands, machine, built, named, ruled, links, [item for item in deeds if item not in known]
    )


def _of_rules(rules: list[str], ruled: list[str], *, any_rule: bool) -> list[Section]:
    """Return the sections of the user's rules, or that there is none, and of those that were read somewhere."""
    handed = any(item.startswith(f"- {RULED}{HANDED}") for item in ruled)
    heading = "Rules of the user, verbatim" if any_rule else "Rules"
    read = [f"- {item.removeprefix(f'- {RULED}')}" for item in ruled]
    return [
        Section(heading, rules if any_rule or not handed else [], words=RULE_WORDS),
        Section(HANDED_HEADING if handed else RULED_HEADING, read, early=True),
    ]


def _of_commits(it: Fields, deeds: _Deeds) -> list[Section]:
    """Return the sections of commits and pull requests, and of what else was done."""
    links = deeds.links
    commits, _ = apart(items_of(it, "commits")[::-1])
    own = [item for item in commits if ELSEWHERE not in item and _VOID not in item][:MOST_COMMITS]
    done = once.deeds(deeds.rest, own)
    commits.sort(key=lambda item: ELSEWHERE in item)
    # All of many, cut short, rather than a few; of merges git wrote the subject.
    many = len(commits) > FEW_COMMITS
    commits, own = (
        [short_commit(item) if many or MERGED in item else item for item in each] for each in (commits, own)
    )
    count = len(links) + len(own)
    return [
        Section(
            "Commits, newest first" if commits else "Pull requests",
            [*links, *commits],
            max(4, count),
            at_first=min(sum(map(words_in, [*links, *own])), 60),
            joint=once.facts,
        ),
        Section(
            "Ticked off as planned, or reported",
            done,
            0
            if count
            else 4,  # beside commits, what was planned, which may be built otherwise, gets the room left over
            joint=once.facts,
            spare=bool(count),
            other="sub-agent",
        ),
    ]


def _decisions(it: Fields, lifted: set[str]) -> list[str]:
    """Return the decisions, newest first, without objections, which stand among what failed."""
    objected = {
        line
        for line, text in zip(it.lines_of("failed"), it.failed, strict=False)
        if text.startswith(OBJECTED)
    }
    return [
        item
        for item, line in zip_longest(
            items_of(it, "decisions"), it.lines_of("decisions")[: len(it.decisions)]
        )
        if item not in lifted
        and not (item.startswith(f"- {SAID_SO}") and (line in objected or f"({line})" in it.goal))
        and f"({line})" not in it.last_request
    ][::-1]


def _failed(it: Fields) -> list[str]:
    """Return what failed, newest first, without the last request, which is told with what came of it."""
    return [
        item
        for item, line in zip_longest(items_of(it, "failed"), it.lines_of("failed")[: len(it.failed)])
        if not (item.startswith(f"- {OBJECTED}") and line in it.lines_of("last_request"))
    ][::-1]


def with_narrative(it: Fields, made: list[Section]) -> list[Section]:
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
    recorded = _only_told(decisions, "Decisions and what was rejected")
    recorded += _only_told(failed, "Failed, refused, refuted")
    files.least = 4
    how = Section("How it stands, as the agent tells it", prose(summary.splitlines()), 9, told=True)
    facts = [f"- {line}" for line in context.splitlines() if line.strip()]
    more = Section("Facts, as the agent tells them", facts, len(facts), told=True)
    heard = Section(
        REPORT_HEADING,
        [shorten(line, 400) for line in prose(report.splitlines())],
        0,
    )
    rest = Section(
        "On record besides, newest first; refined later where it differs from the above",
        recorded,
        0,
        spare=True,
    )
    log = Section(LOG_HEADING, [shorten(line, 400) for line in chain(*logged(it.context))], 0, spare=True)
    # What a session start shows ends about where what failed begins.
    return [goal, request, how, after, rules, ruled, decisions, failure, files, failed, more, doubts, done, changed,
            todos, heard, read, rest, stands, log]  # fmt: skip


def _only_told(section: Section, heading: str) -> list[str]:
    """Leave in a section what Claude told, if anything; return what else stood there and nothing overtook."""
    section.heading = heading
    items, count = ordered(section.items)
    if not count:
        return []
    told = items[:count][::-1]  # as they were told: `sections_of` has them newest first
    section.items, section.least, section.told = [unmarked(item) for item in told], count, True
    return [item for item in items[count:] if not item.startswith(OVERTAKEN)]
