"""What was left open, composed from facts when nobody said what comes next."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from spread import distill_noticed
from spread.distill_aftermath import DENIED_LINES
from spread.distill_agents import unseen
from spread.distill_asked import title_of
from spread.distill_ends import Ends, unconfirmed, untested
from spread.distill_files import relative
from spread.distill_heard import AGENT, DENIED
from spread.distill_later import put_off
from spread.distill_ledger import Ledger
from spread.distill_left_off import imports_only, stopped, untouched
from spread.distill_offered import left_alone
from spread.distill_omitted import unanswered, unfetched, unlooked
from spread.distill_plans import outline
from spread.distill_prompts import assents
from spread.distill_record import RAN, WROTE
from spread.distill_resumed import LEFT_BEFORE
from spread.distill_shell import split
from spread.distill_stale import is_stale
from spread.distill_to_verify import unmade
from spread.distill_trials_tell import named, never_allowed
from spread.distill_turns import Turn
from spread.distill_unproven import dropped, still
from spread.distill_validation import Check, may_hand_on, may_validate
from spread.distill_words import stems
from spread.distillation_codec import shorten
from spread.distillation_told import LEFT, REFUSED_PLAN, UNCHECKED
from spread.project import Project

UNTRIED: Final = "not tried, the agent said: "
PUT_OFF: Final = "left for later: "
MAX_LINES: Final = 7
TOLD_BEFORE: Final = 3  # of what was left before the record
MAX_WORDS: Final = 96
MOST_OF_ONE: Final = 24  # words of one count; only a plan with its steps has more
RECENT_TURNS: Final = 4
PUT_OFF_TURNS: Final = 12
NEAR_LINES: Final = 40  # before a plan was approved, where it was sent back
SHOWN_LEFT: Final = 4  # changed files in no commit
FEW_LEFT: Final = 2
LEAST_CODE: Final = 8  # characters; less is a bracket or an end
FEW_CODE: Final = 2  # lines that are shown all
CODE_CHARS: Final = 80
MAX_PUT_OFF: Final = 2
LONG_CHARS: Final = 200
SHOWN_ISSUES: Final = 3
MAX_UNRUN: Final = 6
ITEM_CHARS: Final = 130
_COMMENT: Final = ("//", "#", "/*", "*", "--", "<!--", ";", "%", '"""')
_PROSE: Final = re.compile(
    r"\.(?:md|mdx|txt|rst|adoc|csv|svg|png|jpe?g|gif|ico|pdf|lock|log)$|(?:^|/)(?:LICENSE|NOTICE|\.gitignore)$"
)
_SENTENCE: Final = re.compile(r"(?<=[.!?;。！？]) ?")  # noqa: RUF001 - all of them end one
_NUMBER: Final = re.compile(r"#(\d+)\b")
_PUSH: Final = re.compile(r"\b(?:push|pr|pull request)\b", re.I)
_NO_PUSH: Final = re.compile(r"\b(?:don'?t|do not|never|without|no)\b.{0,20}\bpush", re.I)

OLD_AFTER_REQUESTS: Final = 2  # a list of todos that so many requests did not touch


def open_ends(
    ledger: Ledger, root: str, checks: Iterable[Check], left: dict[str, int], *, todos: bool = True
) -> Ends:
    """Return (line, text) of what was left open as far as the record tells, the weightiest first.

    Args:
        left: Of `left_out`.
        todos: Whether to tell of todos, too.
    """
    found = [
        *_denied(ledger),
        *_planned(ledger),
        *stopped(ledger),
        *imports_only(ledger, root),
        *untouched(ledger),
        *_to_verify(ledger, checks),
        *_uncommitted(ledger, left, root),
        *_unpushed(ledger),
        *_drafts(ledger),
        *unlooked(ledger),
        *unanswered(ledger),
        *_put_off(ledger),
        *_before(ledger),
        *_noticed(ledger),
        *_offered(ledger),
        *_issues(ledger),
        *_untried(ledger, checks),
        *_dropped(ledger),
        *_unproven(ledger, checks),
        *unconfirmed(ledger),
        *_unrun(ledger, root),
        *unfetched(ledger, root),
        *untested(ledger, root),
    ]
    if todos:
        found += _todos(ledger)
    out, words = Ends(), MAX_WORDS
    for line, text in found[:MAX_LINES]:
        words -= min(len(text.split()), MOST_OF_ONE)
        if words < 0 and out:
            break
        out.append((line, text))
    return out


def _denied(ledger: Ledger) -> Ends:
    recent = ledger.turns[-RECENT_TURNS:]
    since = recent[0].prompt.line if recent else 0
    refused, out = never_allowed(ledger.trials), Ends()
    if refused and refused.last > since:
        out.append((refused.last, f"never allowed: {named(refused.what)}, refused {refused.count} times"))
    if ledger.denied and ledger.denied[0] in ledger.refused and ledger.denied[0] > since:
        out.append((ledger.denied[0], f"denied by the user, not done since: {named(ledger.denied[1])}"))
    return out


def _planned(ledger: Ledger) -> Ends:
    """Tell of an approved plan after which no code was changed and nothing committed."""
    if ledger.plan is None:
        return []
    line, plan = ledger.plan
    later = max((at for at, _, _ in ledger.git.commits), default=0)
    agents = max((agent.ended_at for agent in unseen(ledger.agents)), default=0)
    if max(later, agents, last_code(ledger)) > line:
        return []
    title = title_of(plan)
    ended = ledger.last_say if ledger.end == "say" else None
    if ended is None or ended.line <= line:
        told = f"approved, no code changed since: the plan “{shorten(title, ITEM_CHARS)}”"
    else:  # who lets the agent end its turn there has not asked it to begin
        before = [words for at, words in ledger.decisions if line - NEAR_LINES < at < line]
        last = before[-1].partition("; user: ")[2] if before and before[-1].startswith(REFUSED_PLAN) else ""
        told = (
            f"ask the user whether to begin: when the agent ended its turn (L{ended.line}), approved and not begun was "
            f"the plan “{shorten(title, ITEM_CHARS)}”{last and f', which the user had sent back with {last}'}"
        )
    return [(line, "; its ".join(filter(None, (told, outline(ledger.plans.get("", (0, ""))[1])))))]


def _to_verify(ledger: Ledger, checks: Iterable[Check]) -> Ends:
    line = last_code(ledger)
    return unmade(ledger, line, (check.kind for check in checks if check.at > line)) if line else []


def last_code(ledger: Ledger) -> int:
    files, last = ledger.files, 0
    for path, at in reversed(files.edited().items()):  # the newest first, about
        if at > last and path not in files.deleted and not is_prose(path):
            last = at
    return last


def of_code(ledger: Ledger, line: int) -> str:
    """Return what the last edit of code is called where documents were edited after it."""
    return " of code" if any(at > line for at in ledger.files.edited().values()) else ""


def left_out(ledger: Ledger, project: Project | None) -> dict[str, int]:
    """Return the session's changed files that are in no commit, with lines; git itself decides where it is at hand."""
    agents = [agent.ended_at for agent in unseen(ledger.agents)]
    left = ledger.git.left(max(agents, default=0))
    if project is None or project.dirty is None or not project.root:
        return left
    top = project.root.replace("\\", "/").rstrip("/")
    changed = {f"{top}/{path}" for path in project.changed}
    return {path: line for path, line in left.items() if not path.startswith(f"{top}/") or path in changed}


def _uncommitted(ledger: Ledger, left: dict[str, int], root: str) -> Ends:
    if not left:
        return []
    newest = sorted(left, key=lambda path: -left[path])
    few = len(newest) <= FEW_LEFT
    names = ", ".join(
        f"{_short(relative(path, root))} (L{left[path]}{_put_in(ledger, path, left[path]) if few else ''})"
        for path in newest[:SHOWN_LEFT]
    )
    more = f" and {len(newest) - SHOWN_LEFT} more" if len(newest) > SHOWN_LEFT else ""
    request = ledger.git.repos.only_open()
    pushed = any(it.push for it in ledger.git.repos.places.values())
    into = f"; not seen in pull request #{request}" if request and pushed else ""
    return [(left[newest[0]], f"{LEFT}{names}{more}{into}")]


def _put_in(ledger: Ledger, path: str, line: int) -> str:
    """Return the first line of code that the last edit of a file put in: no commit tells of it."""
    if is_prose(path):
        return ""
    wrote = (
        item.said for item in ledger.record if item.kind == WROTE and (item.what, item.line) == (path, line)
    )
    lines = (text.strip() for said in wrote for text in said.splitlines())
    found = [text for text in lines if len(text) > LEAST_CODE and not text.startswith(_COMMENT)]
    code = "; ".join(found if len(found) <= FEW_CODE else found[:1])
    return code and f": `{shorten(code.replace('`', chr(39)), CODE_CHARS)}`"


def _short(path: str) -> str:
    return path if len(path) <= 60 else "…/" + "/".join(path.split("/")[-3:])


def _unpushed(ledger: Ledger) -> Ends:
    """Tell commits that were not pushed where the session pushes, or the user asked for it."""
    places = ledger.git.repos.places.values()
    habit = any(it.push for it in places)
    out = Ends()
    for it in places:
        asked = asked_to_push(ledger, it.push)
        even = it.status > it.commit and it.stands.startswith("up to date")
        if it.since and (habit or asked) and not even:
            commits = f"{it.since} commit{'' if it.since == 1 else 's'}"
            where = f" on {it.on or it.branch}" if it.on or it.branch else ""
            out.append((it.commit, f"not pushed as far as seen: {commits}{where}{it.head()}"))
    return out


def asked_to_push(ledger: Ledger, since: int = 0) -> bool:
    """Tell whether one of the last prompts, after a line, asks for a push."""
    return any(turn.prompt.line > since and _asks_to_push(turn) for turn in ledger.turns[-RECENT_TURNS:])


def _drafts(ledger: Ledger) -> Ends:
    """Tell of pull requests that were drafts when last seen."""
    requests = ledger.git.repos.requests.items()
    return [
        (line, f"pull request #{key} still a draft when last seen")
        for key, (line, state) in requests
        if _is_draft(state)
    ]


def _issues(ledger: Ledger) -> Ends:
    """Tell of the issues that were opened here: work for later."""
    newest = list(ledger.issues.items())[::-1]
    told = ", ".join(
        f"{key}{title and f' “{shorten(title, 70)}”'} (L{line})"
        for key, (line, title) in newest[:SHOWN_ISSUES]
    )
    return [(newest[0][1][0], f"issues opened here: {told}")] if newest else []


def _is_draft(state: str) -> bool:
    return state.endswith("a draft")


def _asks_to_push(turn: Turn) -> bool:
    text = turn.prompt.text[:1_000]
    return (
        turn.prompt.kind in ("typed", "queued", "command")
        and bool(_PUSH.search(text))
        and not _NO_PUSH.search(text)
    )


def _before(ledger: Ledger) -> Ends:
    """Return what was left before the record and is not spoken of in it."""
    told = "”, “".join(ledger.left_before[:TOLD_BEFORE])
    return [(ledger.resumed[0], f"{LEFT_BEFORE}“{told}”")] if told else []


def _put_off(ledger: Ledger) -> Ends:
    """Return what the last reports put off and nothing later takes up."""
    out, known = Ends(), set[str]()
    later, unread = list[set[str]](), list[str]()
    after: Turn | None = None
    edits = sorted(ledger.files.edited().values())
    for turn in reversed(ledger.turns[-PUT_OFF_TURNS:]):
        agreed, after = after is not None and assents(after.prompt.text), turn
        if agreed:  # the user had it done
            continue
        says = list({say.line: say for say in (turn.longest, turn.last) if say is not None}.values())
        ended = [say for say in says if not _goes_on(ledger, turn, say.line, edits)]
        found = [(say.line, text) for say in ended for text in put_off(say.text)]
        if found:
            later += [stems(part) for text in unread for line in text.splitlines() for part in _parts(line)]
            unread = []
        for line, text in found:
            words = stems(text)
            taken_up = any(2 * len(words & each) >= len(words) for each in later) or _is_done(
                ledger, line, text
            )
            if words and text not in known and not taken_up and not is_stale(text, line, ledger.stale):
                known.add(text)
                out.append((line, f"{PUT_OFF}“{shorten(text, ITEM_CHARS)}”"))
        unread += [turn.prompt.text, *(say.text for say in says)]
    return out[:MAX_PUT_OFF]


def _goes_on(ledger: Ledger, turn: Turn, line: int, edits: list[int]) -> bool:
    """Tell whether work on the same prompt followed a message: what that lists was to be done right then.

    Args:
        edits: The lines of all edits, in order.
    """
    later = next((each.prompt.line for each in ledger.turns if each.prompt.line > turn.prompt.line), 0)
    if not later:
        return ledger.end not in ("say", "waits")
    return bisect_right(edits, line) < bisect_left(edits, later)


def _parts(line: str) -> list[str]:
    """Return the sentences of a long line: of so many words half of any others stand in it by chance."""
    return [line] if len(line) <= LONG_CHARS else _SENTENCE.split(line)


def _noticed(ledger: Ledger) -> Ends:
    """Return defects that the agent noticed in files which nobody edited since."""
    found = distill_noticed.left(ledger.noticed, ledger.files)
    return [
        (
            line,
            f"noticed in {path.rpartition('/')[2]}, no edit of it seen since: “{shorten(text, ITEM_CHARS)}”",
        )
        for line, path, text in found
        if not is_stale(text, line, ledger.stale) and not _refuted(ledger, line)
    ][:MAX_PUT_OFF]


def _refuted(ledger: Ledger, line: int) -> bool:
    """Tell whether the user objected to what the agent said there: with the next prompt, or by a denial soon after."""
    after = next((turn for turn in ledger.turns if turn.prompt.line > line), None)
    denials = (at for at, text in ledger.decisions if text.startswith(DENIED))
    return (after is not None and after.objects) or any(line < at <= line + DENIED_LINES for at in denials)


def _offered(ledger: Ledger) -> Ends:
    """Return what the agent offered and nobody took up."""
    found = left_alone(ledger.turns[-PUT_OFF_TURNS:])
    return [
        (line, f"offered, not spoken of since: “{shorten(text, ITEM_CHARS)}”")
        for line, text in found
        if not _is_done(ledger, line, text)
    ][:1]


def _untried(ledger: Ledger, checks: Iterable[Check]) -> Ends:
    """Return what the agent said was not run or could not be verified, as far as nothing later speaks of it."""
    if not ledger.unproven:
        return []
    heard = [(line, said) for line, said, who in ledger.heard if who == AGENT]
    heard += [(turn.prompt.line, turn.prompt.text) for turn in ledger.turns]
    found = still(ledger.unproven, heard, max((check.at for check in checks), default=0))
    found = [(line, text) for line, text in found if not is_stale(text, line, ledger.stale)]
    return [(line, f"{UNTRIED}“{shorten(text, ITEM_CHARS)}”") for line, text in found[:MAX_PUT_OFF]]


def _dropped(ledger: Ledger) -> Ends:
    """Return what the user asked for and whose call was denied, and that nothing later takes up."""
    files = ledger.files
    changed = [line for lines in (files.created, files.modified, files.deleted) for line in lines.values()]
    return [
        (
            line,
            f"a call for it was denied, not asked again: “{shorten(text, ITEM_CHARS)}”",
        )
        for line, text in dropped(ledger.turns, ledger.refused, changed)
        if not _is_done(ledger, line, text)
    ][:MAX_PUT_OFF]


def _is_done(ledger: Ledger, since: int, text: str) -> bool:
    """Tell whether facts after a line speak of what was put off: a commit, a file it names, its pull request."""
    files, words = ledger.files, stems(text)
    if any(
        line > since and 2 * len(words & stems(told)) >= len(words) for line, _, told in ledger.git.commits
    ):
        return True
    changed = {**files.created, **files.modified}
    if any(line > since and path.rpartition("/")[2] in text for path, line in changed.items()):
        return True
    numbers = _NUMBER.findall(text)
    states = [
        ledger.git.repos.requests[number][1] for number in numbers if number in ledger.git.repos.requests
    ]
    return any(state.startswith(("merged", "closed", "no longer")) for state in states)


def _unproven(ledger: Ledger, checks: Iterable[Check]) -> Ends:
    line = last_code(ledger)
    if not line or any(check.at > line for check in checks):
        return []
    later = (item.what for item in ledger.record if item.line > line and item.kind == RAN)
    if any(may_validate(what) and may_hand_on(split(what)) for what in later):
        return []
    return [(line, f"{UNCHECKED}{of_code(ledger, line)}")]


def _unrun(ledger: Ledger, root: str) -> Ends:
    """Tell of scripts and tests that were written here and that no command is seen to run; only where all is seen."""
    if unseen(ledger.agents) or ledger.unread:
        return []
    paths = [path for path in ledger.unrun if path in ledger.files.created]
    if not paths:
        return []
    names = ", ".join(_short(relative(path, root)) for path in paths[-MAX_UNRUN:])
    more = f" and {len(paths) - MAX_UNRUN} more" if len(paths) > MAX_UNRUN else ""
    return [(ledger.unrun[paths[-1]], f"written here, no run of it seen: {names}{more}")]


@lru_cache(4_000)
def is_prose(path: str) -> bool:
    """Tell whether a file is a document or a picture, which no build or test is about."""
    return bool(_PROSE.search(path))


def unticked(ledger: Ledger) -> set[str]:
    """Return the open todos that may be done all the same: later ones are, or nobody kept the list up."""
    newest = max((line for line, _, _ in ledger.todos.values()), default=0)
    later = sum(turn.prompt.line > newest for turn in ledger.turns)
    keys = list(ledger.todos)
    done = [at for at, key in enumerate(keys) if ledger.todos[key][2] == "completed"]
    last = max(done, default=-1)
    since = ledger.todos[keys[last]][0] if done else 0
    return {
        key
        for at, key in enumerate(keys)
        if ledger.todos[key][2] != "completed"
        and (later >= OLD_AFTER_REQUESTS or (at < last and ledger.todos[key][0] <= since))
    }


def _todos(ledger: Ledger) -> Ends:
    doubtful = unticked(ledger)
    open_ = [
        (line, text)
        for key, (line, text, status) in ledger.todos.items()
        if status != "completed" and key not in doubtful
    ]
    if not open_:
        return []
    count = f"{len(open_)} todos" if len(open_) > 1 else "1 todo"
    begun = sum(ledger.todos[key][2] == "in_progress" for key in ledger.todos if key not in doubtful)
    how = f" ({begun} in progress)" if begun else ""
    more = f" and {len(doubtful)} never ticked off, may be done" if doubtful else ""
    return [(open_[0][0], f"{count} open{how}{more}: {shorten(open_[0][1], 80)}")]


def lines_of(ends: Ends, tell: Callable[[str, int], str]) -> str:
    """Return open ends for the page, each with its line.

    Args:
        tell: Gives a text redacted, in at most so many characters.
    """
    shown = ((f"(L{line})", tell(text, 1_000)) for line, text in ends)
    return "\n".join(text if at in text or f"{at[:-1]}:" in text else f"{text} {at}" for at, text in shown)
