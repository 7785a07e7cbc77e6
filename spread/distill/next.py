"""What was left open, composed from facts when nobody said what comes next."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Final

from spread.distill.agents import reported_on, unseen
from spread.distill.asked import title_of
from spread.distill.ends import Ends, unconfirmed, untested
from spread.distill.files import relative
from spread.distill.ledger import Ledger
from spread.distill.ledger_answers import THEN_CHARS
from spread.distill.left_off import imports_only, stopped, untouched
from spread.distill.next_code import last_code, of_code
from spread.distill.next_git import (
    RECENT_TURNS,
    checks_failed,
    drafts,
    in_vain,
    issues,
    short,
    uncommitted,
    unfinished,
    unpushed,
)
from spread.distill.next_said import (
    ITEM_CHARS,
    denied_requests,
    noticed,
    offered,
    unanswered_of_list,
    untried,
    what_was_put_off,
)
from spread.distill.omitted import unanswered, unfetched, unlooked
from spread.distill.plans import outline
from spread.distill.prompts import assents
from spread.distill.record import RAN
from spread.distill.resumed import LEFT_BEFORE
from spread.distill.runs import may_hand_on
from spread.distill.to_verify import unmade
from spread.distill.todos import KEPT_TODOS
from spread.distill.trials_tell import named, never_allowed
from spread.distill.validation import Check
from spread.distill.waived import waved_off
from spread.distillation_codec import shorten
from spread.distillation_told import OLDER_CUT, REFUSED_PLAN, UNCHECKED

MOVED_ON: Final = 3  # prompts, after which a denied call is no more what comes next
MAX_LINES: Final = 7
TOLD_BEFORE: Final = 3  # of what was left before the record
MAX_WORDS: Final = 96
MOST_OF_ONE: Final = 24  # words of one count; only a plan with its steps has more
NEAR_LINES: Final = 40  # before a plan was approved, where it was sent back
MAX_UNRUN: Final = 6
OLD_AFTER_REQUESTS: Final = 2  # a list of todos that so many requests did not touch


def open_ends(
    ledger: Ledger, root: str, checks: Iterable[Check], left: dict[str, int], *, todos: bool = True
) -> Ends:
    """Return (line, text) of what was left open as far as the record tells, the weightiest first.

    Args:
        left: Of `left_out`.
        todos: Whether to tell of todos, too.
    """
    out, words = Ends(), MAX_WORDS
    found = _ends(ledger, root, checks, left)
    for line, text in islice(chain(found, _todos(ledger) if todos else ()), MAX_LINES):
        words -= min(len(text.split()), MOST_OF_ONE)
        if words < 0 and out:
            break
        out.append((line, text))
    return out


def _ends(
    ledger: Ledger, root: str, checks: Iterable[Check], left: dict[str, int]
) -> Iterator[tuple[int, str]]:
    """Yield open ends, the weightiest first; of the later ones there is often no need."""
    yield from _denied(ledger)
    yield from _planned(ledger)
    yield from stopped(ledger)
    yield from unfinished(ledger)
    yield from in_vain(ledger)
    yield from checks_failed(ledger)
    yield from imports_only(ledger, root)
    yield from untouched(ledger)
    yield from _to_verify(ledger, checks)
    yield from uncommitted(ledger, left, root)
    yield from unpushed(ledger)
    yield from drafts(ledger)
    yield from unlooked(ledger)
    yield from unanswered(ledger)
    yield from what_was_put_off(ledger)
    yield from unanswered_of_list(ledger)
    yield from _before(ledger)
    yield from noticed(ledger)
    yield from offered(ledger)
    yield from issues(ledger)
    yield from untried(ledger, checks)
    yield from denied_requests(ledger)
    yield from _unproven(ledger, checks)
    yield from unconfirmed(ledger)
    yield from _unrun(ledger, root)
    yield from unfetched(ledger, root)
    yield from untested(ledger, root)


def _denied(ledger: Ledger) -> Ends:
    since = _since(ledger, RECENT_TURNS)
    refused, out = never_allowed(ledger.trials), Ends()
    if refused and refused.last > since:
        out.append((refused.last, f"never allowed: {named(refused.what)}, refused {refused.count} times"))
    if ledger.denied and ledger.denied[0] in ledger.refused and ledger.denied[0] > _since(ledger, MOVED_ON):
        line, what = ledger.denied
        out.append((line, f"denied by the user, not done since: {named(what)}{_let_go_on(ledger, line)}"))
    return out


def _let_go_on(ledger: Ledger, line: int) -> str:
    """Return the user's first words after a denial where they only say to go on: what was denied may be wanted then."""
    said = next((turn.prompt for turn in ledger.turns if turn.prompt.line > line), None)
    if said is None or not assents(said.text):
        return ""
    return f"; the user then: “{shorten(said.text, THEN_CHARS)}” (L{said.line})"


def _since(ledger: Ledger, turns: int) -> int:
    """Return the line of the prompt that so many of the last ones begin with, 0 where there is none."""
    recent = ledger.turns[-turns:]
    return recent[0].prompt.line if recent else 0


def _planned(ledger: Ledger) -> Ends:
    """Tell of an approved plan after which no code was changed, nothing committed and not all that was to do was done."""
    if ledger.plan is None:
        return []
    line, plan = ledger.plan
    if {status for at, _, status in ledger.todos.values() if at > line} == {"completed"}:
        return []
    later = max((at for at, _, _ in ledger.git.commits), default=0)
    agents = max((agent.ended_at for agent in unseen(ledger.agents)), default=0)
    if max(later, agents, last_code(ledger)) > line:
        return []
    title = title_of(plan)
    ended = ledger.last_say if ledger.end == "say" else None
    before = [words for at, words in ledger.decisions if line - NEAR_LINES < at < line]
    last = before[-1].partition("; user: ")[2] if before and before[-1].startswith(REFUSED_PLAN) else ""
    told = f"the plan “{shorten(title, ITEM_CHARS)}”{last and f', which the user had sent back with {last}'}"
    if ended is None or ended.line <= line:
        told = f"approved, no code changed since: {told}"
    else:  # who lets the agent end its turn there has not asked it to begin
        told = (
            f"ask the user whether to begin: when the agent ended its turn (L{ended.line}), approved and not begun was "
            f"{told}"
        )
    return [(line, "; its ".join(filter(None, (told, outline(ledger.plans.get("", (0, ""))[1])))))]


def _to_verify(ledger: Ledger, checks: Iterable[Check]) -> Ends:
    line = last_code(ledger)
    return unmade(ledger, line, (check.kind for check in checks if check.at > line)) if line else []


def _before(ledger: Ledger) -> Ends:
    """Return what was left before the record and is not spoken of in it."""
    told = "”, “".join(ledger.left_before[:TOLD_BEFORE])
    return [(ledger.resumed[0], f"{LEFT_BEFORE}“{told}”")] if told else []


def _unproven(ledger: Ledger, checks: Iterable[Check]) -> Ends:
    line = last_code(ledger)
    if not line or any(check.at > line for check in checks):
        return []
    later = (item.what for item in ledger.record if item.line > line and item.kind == RAN)
    if any(map(may_hand_on, later)):
        return []
    return [(line, f"{UNCHECKED}{of_code(ledger, line)}")]


def _unrun(ledger: Ledger, root: str) -> Ends:
    """Tell of scripts and tests that were written here and that no command is seen to run; only where all is seen."""
    if unseen(ledger.agents) or ledger.unread:
        return []
    paths = [path for path in ledger.unrun if path in ledger.files.created]
    if not paths:
        return []
    names = ", ".join(short(relative(path, root)) for path in paths[-MAX_UNRUN:])
    more = f" and {len(paths) - MAX_UNRUN} more" if len(paths) > MAX_UNRUN else ""
    return [(ledger.unrun[paths[-1]], f"written here, no run of it seen: {names}{more}")]


def unticked(ledger: Ledger) -> set[str]:
    """Return the open todos that may be done all the same: what was ticked off last comes later, or nobody kept the
    list up."""
    newest = max((line for line, _, _ in ledger.todos.values()), default=0)
    worked = max([0, *ledger.files.edited().values(), *[agent.line for agent in ledger.agents]])
    # A last request on which nothing was done only ends the session.
    asked = ledger.turns if ledger.turns and worked > ledger.turns[-1].prompt.line else ledger.turns[:-1]
    later = sum([turn.prompt.line > newest for turn in asked])
    keys = list(ledger.todos)
    done = [(ledger.todos[key][0], at) for at, key in enumerate(keys) if ledger.todos[key][2] == "completed"]
    since, last = max(done, default=(0, -1))  # not the last of the list: one done out of turn passes none by
    # Nor does it pass by what comes after the one that is in work since.
    in_work = (
        at for at, (line, _, now) in enumerate(ledger.todos.values()) if now == "in_progress" and line > since
    )
    last = min([last, *in_work])
    return {
        key
        for at, key in enumerate(keys)
        if ledger.todos[key][2] != "completed"
        and (later >= OLD_AFTER_REQUESTS or (at < last and ledger.todos[key][0] < since))
    }


def _todos(ledger: Ledger) -> Ends:
    doubtful = unticked(ledger)
    open_ = [
        (line, text, status)
        for key, (line, text, status) in ledger.todos.items()
        if status != "completed" and key not in doubtful and not waved_off(ledger.turns, text, line)[0]
    ]
    reported = {text for line, text, _ in open_ if reported_on(ledger.agents, line, text)}
    begun = {text for _, text, status in open_ if status == "in_progress"}
    if not open_:
        return []
    count = f"{len(open_)} todos" if len(open_) > 1 else "1 todo"
    counts = [(len(begun - reported), "in progress"), (len(reported), "reported on by a sub-agent")]
    if begun == reported:  # each is counted once
        counts = [(len(begun), "in progress and reported on by a sub-agent")]
    how = ", ".join(f"{number} {what}" for number, what in counts if number)
    how = how and f" ({how})"
    open_.sort(key=lambda item: item[1] in reported)  # what is left comes first
    cut = OLDER_CUT if len(ledger.todos) >= KEPT_TODOS else ""
    more = f" and {len(doubtful)} never ticked off, may be done" if doubtful else ""
    return [(max(open_)[0], f"{count} open{how}{cut}{more}: {shorten(open_[0][1], 80)}")]


def lines_of(ends: Ends, tell: Callable[[str, int], str]) -> str:
    """Return open ends for the page, each with its line.

    Args:
        tell: Gives a text redacted, in at most so many characters.
    """
    shown = ((f"(L{line})", tell(text, 1_000)) for line, text in ends)
    return "\n".join(text if at in text or f"{at[:-1]}:" in text else f"{text} {at}" for at, text in shown)
