"""What a successor must not take for granted: unproven checks, unconfirmed claims, things left open."""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Final

from spread.distill import (
    background,
    doubts_git,
    left_off,
    nameless,
    remote,
    removed,
    results,
    rewound,
    undone,
    warned,
)
from spread.distill.after import after_edit, in_background, parsed_only, seen_there
from spread.distill.agents import unseen, verdicts
from spread.distill.calls import EDITS
from spread.distill.claims import claimed
from spread.distill.doubts_git import Doubts
from spread.distill.ends import unmoved
from spread.distill.files import is_aside, relative
from spread.distill.ledger import Ledger
from spread.distill.narrow import left_failed
from spread.distill.next_code import is_prose, last_code, of_code
from spread.distill.next_git import asked_to_push
from spread.distill.shell import split
from spread.distill.tools import kind_of
from spread.distill.validation import HOOK, Check, older, passed_since
from spread.distill.wired_tell import unwired
from spread.distill.words import sentences
from spread.distillation_codec import bare, command, shorten, some_of
from spread.distillation_fields import UNKNOWN
from spread.distillation_paths import is_within
from spread.distillation_told import ALSO, EARLIER, HIDDEN, LATE, NOT_SEEN, UNLISTED
from spread.project import Project
from spread.transcript_events import Facts

MAX_LATE: Final = 3
MAX_PASSED: Final = 5
LAST_CHARS: Final = 100
EDITING: Final = tuple(f"{name} " for name in EDITS)
BLINDLY: Final = ", in no edit seen"  # a checkout, a script
UNORDERED: Final = " or before it, in a sub-agent's work"  # all of whose record has one line here


def doubts(
    ledger: Ledger,
    facts: Facts,
    project: Project | None,
    checks: Collection[Check],
    main: Check | None,
    root: str,
    left: dict[str, int],
    gone: dict[str, int],
) -> Doubts:
    """Return (line, text) of how things stand, then of each doubt, the gravest kinds first.

    Args:
        left: Of `left_out`.
        gone: Of `removed.told`.
    """
    end, git = facts.lines, ledger.git
    since, held = last_code(ledger), git.left_behind()
    out = [*results.told(ledger, root, since), *_passed(ledger, main), *_seen(ledger, checks, since)]
    out += _where(ledger, main, root)
    out += doubts_git.standing(ledger, facts, project, root, left)
    out += removed.of_the_session(ledger.files.gone, held, root, kept=True)
    out += doubts_git.lost(git, root)
    out += rewound.told(ledger, root)
    out += _not_done(ledger, checks, end)
    out += unmoved(ledger)
    out += left_off.unbegun(ledger, root, since)
    out += left_off.planning(ledger)
    out += background.told(ledger.background)
    out += background.logged(ledger.background, ledger.record)
    out += verdicts(ledger.agents, since)
    out += warned.told(ledger.warned)
    out += unwired(ledger, root)
    out += undone.told(ledger.names, ledger.undone, ledger.became)
    listed = {relative(path, root) for path in ledger.files.gone}
    out += removed.doubt({name: line for name, line in gone.items() if name not in listed})
    out += _checks(ledger, checks, main, root)
    out += _reformed(ledger, checks)
    out += nameless.told(ledger.files, root)
    out += _unlisted(ledger, main)
    out += _claims(ledger)
    out += doubts_git.unsettled(git)
    out += _cut_short(ledger, end)
    out += removed.of_the_session(ledger.files.gone, held, root, kept=False)
    out += _elsewhere(ledger)
    out += _unfinished(ledger)
    if facts.broken or ledger.unread:
        files = f", {ledger.unread} files of sub-agents" if ledger.unread else ""
        out.append((end, f"{facts.broken} broken lines of the transcript{files} were left out"))
    return out


def _seen(ledger: Ledger, checks: Collection[Check], since: int) -> Doubts:
    """Return what ran and was seen after the last edit of code, though it is no check."""
    out, edit = Doubts(), f"the last edit{of_code(ledger, since)}"
    if since and not any(check.at > since for check in checks):
        out += after_edit(ledger.record, since, edit)
    if since:
        out += in_background(ledger.record, since, edit)
    return out if checks else out + parsed_only(ledger.parsed, ledger.record, since)


def _cut_short(ledger: Ledger, end: int) -> Doubts:
    """Say that a session ended in the middle of its work."""
    if ledger.end == "api-error" and ledger.error:
        text = shorten(ledger.error.text, 160)
        return [(ledger.error.line, f"the session ended on an API error: {text}")]
    interrupted = "the user interrupted the agent and nothing followed"
    return [(end, interrupted)] if ledger.end == "interrupted" else []


def _elsewhere(ledger: Ledger) -> Doubts:
    """Return what ran on other hosts, and what was seen there."""
    if not ledger.hosts:
        return []
    line, ran = remote.ran(ledger.hosts, ledger.remote, acted=ledger.acted)
    asked = ledger.turns[-1].prompt.line if ledger.turns else 0
    seen = seen_there(ledger.record, asked if asked < line else 0)
    return [(line, ran), *remote.told(ledger.remote), *seen]


def _unfinished(ledger: Ledger) -> Doubts:
    """Return how many calls have no result, unless it is one look: what it would have shown changes nothing."""
    count, last = ledger.unfinished, ledger.unfinished_what
    if not count or (count == 1 and not last) or _is_next(ledger):
        return []
    what = f"; the last: {last}" if last else ""
    calls = "tool call has" if count == 1 else "tool calls have"
    return [(ledger.unfinished_at, f"{count} {calls} no result in the transcript{what}")]


def _is_next(ledger: Ledger) -> bool:
    """Tell whether what comes next says all there is to say of calls without a result."""
    return ledger.end == "open" and ledger.unfinished == 1 and bool(ledger.unfinished_what and ledger.turns)


def _unlisted(ledger: Ledger, main: Check | None) -> Doubts:
    """Say that files are missing: those of sub-agents of whose work there is no record."""
    agents = unseen(ledger.agents)
    if not agents:
        return []
    count = f"{len(agents)} sub-agents" if len(agents) > 1 else "a sub-agent"
    line = max(agent.ended_at or agent.line for agent in agents)
    told = f"files that {count} {UNLISTED} unless a report names them"
    late = "; some of their work came after the last validation" if main and line > main.at else ""
    edited = ledger.files.edited().values()
    older = "; edits before that may be overtaken" if edited and min(edited) < line else ""
    return [(line, f"{told}{late}{older}")]


def _after(check: Check, ledger: Ledger, root: str) -> str:
    """Name what changed after a check, and say so when that hardly concerns it."""
    changed = ledger.files.edited()
    late = [path for path, line in changed.items() if check.at < line and not is_aside(path, root)]
    if not late:
        (line, by), last = ledger.files.reformed, ledger.files.last_change
        if check.line == check.at == last:
            return UNORDERED
        if check.at <= last == ledger.files.moved:
            return f"{BLINDLY} (git, script or user, L{last})"
        return f", only by `{by}`" if check.at < line == last else ""
    late.sort(key=changed.__getitem__, reverse=True)
    names = [relative(path, root) for path in late]
    unseen_code = any(agent.ended_at > check.at for agent in unseen(ledger.agents)) or any(
        line > check.at and not is_prose(path) for path, line in ledger.files.listed_only().items()
    )
    if unseen_code:
        return f": {some_of(names, MAX_LATE)}"
    kind = ", only documents" if all(map(is_prose, late)) else ""
    if not kind and all(name.startswith(("~", "/")) for name in names):
        kind = ", only outside the project"
    return f"{kind}: {some_of(names, MAX_LATE)}"


def _where(ledger: Ledger, main: Check | None, root: str) -> Doubts:
    """Say in which of several work trees the last validation ran, or in which directory where no file was edited."""
    places = ledger.git.repos.places
    if main is None or not main.here:
        return []
    top = ledger.git.repos.top_of(main.here, root)
    if len(places) > 1:
        branch = places[top].branch if top in places else ""
        on = f", on branch {branch}" if branch else ""
        return [(main.at, f"the last validation ran in {relative(top, '')}{on}")]
    here, code, inside = _seen_from(ledger, main, root)
    if not code or is_within(root, here) or (inside and is_within(here, root)):
        return []
    empty = "" if inside else ", where no file was edited"
    return [(main.at, f"the last validation ran in {relative(here, root)}{empty}")]


def _seen_from(ledger: Ledger, check: Check, root: str) -> tuple[str, bool, bool]:
    """Return where a check ran, and whether code was edited in the project, and there."""
    code = [path for path in ledger.files.edited() if not is_prose(path)]
    here = check.here.rstrip("/")
    return here, _is_any_below(root, code), _is_any_below(here, code)


def _is_any_below(folder: str, paths: list[str]) -> bool:
    return any(is_within(path, folder) for path in paths)


def is_elsewhere(ledger: Ledger, check: Check, root: str) -> bool:
    """Tell whether a check ran outside the project, where no code was edited: of that in the project it says nothing."""
    here, code, inside = _seen_from(ledger, check, root)
    return (
        bool(here and root)
        and code
        and not inside
        and not is_within(root, here)
        and not is_within(here, root)
    )


def _passed(ledger: Ledger, main: Check | None) -> Doubts:
    """Tell what else passed on the files as they are now."""
    unknown = (agent.ended_at for agent in unseen(ledger.agents))  # what they changed nobody knows
    since = max(ledger.files.last_change, *unknown, 0)
    found = passed_since(ledger.runs, ledger.settled, since)
    known = bare(main.command) if main and main.outcome != UNKNOWN else ""
    hooked = {check.kind: check.at for check in found if HOOK in check.command}
    others = [
        check
        for check in found
        if not (main and bare(check.command) == known and (check.kind == main.kind or check.at == main.at))
        and (HOOK in check.command or check.at > hooked.get(check.kind, 0))
    ][:MAX_PASSED]
    return [(others[-1].at, f"{ALSO}{_named(others)}")] if others else []


def _checks(ledger: Ledger, checks: Iterable[Check], main: Check | None, root: str) -> Doubts:
    out: Doubts = []
    late = main is not None and not is_fresh(main, ledger) and _after(main, ledger, root)
    others = [check for check in checks if check is not main and check.outcome == "passed"]
    known = ledger.runs, ledger.settled, main, ledger.files.last_change
    stale = [check for check in others if not is_fresh(check, ledger)] + older(*known)
    groups = dict[str, list[Check]]()  # by how the edits that came later concern them
    for check in sorted(stale, key=lambda check: -check.at):
        kind = " or after them" if late == UNORDERED else ""
        kind = kind if late else _after(check, ledger, root).partition(": ")[0]
        groups.setdefault(kind, []).append(check)
    out += [(group[0].at, f"{EARLIER}{kind}: {_named(group)}") for kind, group in groups.items()]
    tests = ledger.runs.get("test", []) if main and main.outcome == "passed" else []
    out += left_failed(tests, ledger.settled, ledger.files.moved)
    for item in sorted(checks, key=lambda check: -check.at):
        if item in others:
            continue
        if item is not main:
            told = f"{item.among or item.kind}: `{command(bare(item.command), 80)}` {item.outcome}"
            since = "" if is_fresh(item, ledger) else f", files changed after it{_after(item, ledger, root)}"
            out.append((item.at, f"{told}{since}{_settled(item, checks)}"))
            continue
        if item.outcome == UNKNOWN:
            lead = "; its last line" if item.last else "; in it"
            said = item.said and f"{lead}: “{shorten(item.said, LAST_CHARS)}”"
            out.append((item.at, f"{HIDDEN}{said}"))
        if late:
            out.append((item.at, f"{LATE}{late}"))
    return out


def is_fresh(check: Check, ledger: Ledger) -> bool:
    """Tell whether nothing is known to have changed since a check."""
    return check.at > ledger.files.last_change


def _reformed(ledger: Ledger, checks: Iterable[Check]) -> Doubts:
    """Tell of a formatter or generator that ran after what passed, where nobody knows whether it changed anything."""
    line, by = ledger.files.reformed
    found = [check for check in checks if ledger.files.last_change < check.at < line]
    passed = [check for check in found if check.outcome == "passed"]
    if not passed:
        return []
    kinds = ", ".join(check.kind for check in passed)
    return [(line, f"`{by}` ran after {kinds} passed, and may have changed files")]


def _settled(failed: Check, checks: Iterable[Check]) -> str:
    """Name what the same program passed later than a check that failed."""
    if failed.outcome != "failed":
        return ""
    after = [check for check in checks if check.outcome == "passed" and check.at > failed.at]
    programs = _programs(failed) if after else set()
    # That it finds no fault with how lines are written says nothing of what it builds or tests.
    alike = [check for check in after if check.kind != "lint" or failed.kind == "lint"]
    later = [check for check in alike if programs & _programs(check)]
    return f"; later passed: {_named(later)}" if later else ""


def _programs(check: Check) -> set[str]:
    """Return which programs checked, whatever stands before them in their line."""
    line = bare(check.command)
    return {item.name for item in split(line) if kind_of(item.words) == check.kind} or {
        line.partition(" ")[0]
    }


def _named(checks: Iterable[Check]) -> str:
    """Return checks on one line, the newest first; what several of one line share stands once."""
    newest = sorted(checks, key=lambda check: -check.at)
    out = list[str]()
    for (at, hook), group in groupby(newest, key=lambda check: (check.at, _hook(check))):
        names = dict[str, list[str]]()
        for check in group:
            what = f"`{command(bare(check.command).removesuffix(hook), 60)}`{check.counts and f' {check.counts}'}"
            names.setdefault(what, []).append(check.kind)
        told = ", ".join(f"{' and '.join(kinds)} {what}" for what, kinds in names.items())
        out.append(f"{told} ({hook.strip(' ()')}{hook and ', '}L{at})")
    return ", ".join(out)


def _hook(check: Check) -> str:
    """Return the end of a check's name that says which hooks it ran in."""
    _, found, verb = check.command.partition(f" ({HOOK} ")
    return found + verb


def _not_done(ledger: Ledger, checks: Iterable[Check], end: int) -> Doubts:
    """Say what a session that changed files never did, as silence tells nobody."""
    files, git = ledger.files, ledger.git
    changed = files.created or files.modified or files.deleted or files.renamed
    asked = bool(git.repos.places) and asked_to_push(ledger)
    if not (changed or asked or unseen(ledger.agents)):  # these may have changed something
        return []
    tried = git.tried | git.done | ({"commit"} if git.commits else set())
    tried |= {"pull request"} if ledger.links or git.repos.requests or ledger.named_request else set()
    # Told with the repository.
    tried |= {"push"} if any(it.commit for it in git.repos.places.values()) else set()
    missing = [what for what in ("commit", "push", "pull request") if what not in tried]
    if git.refused and not (git.done & {"commit"} or git.commits or git.helped):
        missing.insert(0, "commit (tried in vain)")
    if changed and not any(check.kind == "test" for check in checks) and "test" not in ledger.runs:
        missing.append("test run")
    sent = ledger.end == "open" and ledger.unfinished_what.startswith(EDITING)
    if changed and not (last_code(ledger) or sent) and not (ledger.hosts or files.listed_only()):
        missing.append("edit of code")
    lacks = "" if not (unseen(ledger.agents) or ledger.unread) else ", sub-agents' work not on record"
    listed = ", ".join(f"{'an' if what[0] == 'e' else 'a'} {what}" for what in missing)
    return [(end, f"{NOT_SEEN}{lacks}: {listed}")] if missing else []


def _claims(ledger: Ledger) -> Doubts:
    """Return what the agent's last words claim and no result in the transcript confirms."""
    last = ledger.last_say
    if last is None:
        return []
    git, done = ledger.git, ledger.git.done
    told = {word for part in sentences(last.text) if (word := claimed(part))}
    known = {"committed": "commit" in done or bool(git.commits), "pushed": not git.repos.lacks("pushed")}
    return [
        (last.line, f"the agent reports “{word}”, which no result in the transcript confirms")
        for word in sorted(told)
        if not known.get(word, word in ("deployed", "published") and ledger.calls > 0)
    ]
