"""What each tool call adds to what a session came to."""

from collections.abc import Callable
from typing import Final

from spread.distill import agents as helpers
from spread.distill import asked, foreign, handed, issues, own, record, resets, reworked, todos, trials
from spread.distill.calls import (
    ACTING,
    AGENTS,
    EDITS,
    FORMS,
    LISTS,
    LOOKS,
    READS,
    SEARCHES,
    SHELLS,
    acts_of,
    only_asks,
    what_of,
)
from spread.distill.edits import gist_of, of_cell
from spread.distill.explained import explain
from spread.distill.files import absolute
from spread.distill.heard import TEXT, UNSENT, keep
from spread.distill.ledger_answers import denied, done_all_the_same, on_ask, on_plan, on_planning, planned
from spread.distill.ledger_edits import KEPT_PROSE_CHARS, on_edit, on_read, on_search, path_of
from spread.distill.ledger_fields import KEPT_FOUND, Fields
from spread.distill.ledger_shell import is_only_ours, on_shell
from spread.distill.ledger_tasks import ended_unseen, on_agent, on_kill, on_output
from spread.distill.messages import message_of, unwrapped
from spread.distill.net import PROSE
from spread.distill.noise import own_of
from spread.distill.once import of_line
from spread.distill.resumed import still_left, unless_after
from spread.distill.shell import effects, split
from spread.distillation_paths import is_within
from spread.distillation_told import TO_WRITE
from spread.transcript_events import Call

WRITES: Final = ("write", "append", "modify")
MAX_UNSHOWN: Final = 2


def take(ledger: Fields, call: Call) -> None:
    """Add a call that has its result, or will get none."""
    if own.is_own(call):
        ledger.keep_secret(own.secret_in(call))
        return
    if call.name == "Bash" and is_only_ours(ledger, call):
        if call.ok and own.brings(str(call.input["command"])):
            handed.take(ledger.handed, call.line, call.output)
        return
    call = ledger.keep_printed(call)
    if call.name == "NotebookEdit" and call.ok:
        of_cell(call)
    ledger.calls += 1
    ledger.stopped = None
    if ledger.likely:
        explain(next(reversed(ledger.trials.values())), ledger.likely)
        ledger.likely = ""
    ledger.ahead = unless_after(call.line, ledger.ahead)
    if ledger.left_before:
        given = "\n".join(map(str, call.input.values()))
        ledger.left_before = still_left(ledger.left_before, given)
    _of_whom(ledger, call)
    if call.ok is None and call.name == "TodoWrite":
        todos.written(ledger, call)  # its result would say nothing more
        if ledger.end != "open" and not ledger.unfinished_what.startswith(STARTS):  # that one may still run
            ledger.unfinished_what = ""
    was_open = ledger.end == "open"
    _ends_on(ledger, call)
    if call.ok is None:
        _unfinished(ledger, call, was_open)
        return
    if call.denied:
        ledger.thoughts.clear()
        denied(ledger, call)
        return
    if call.name not in LOOKS:
        ledger.thoughts.clear()  # what the agent was about to do, it did
    if call.ok and ledger.refused and call.name in ACTING:
        done_all_the_same(ledger, acts_of(call), call)
    if call.name not in SHELLS:
        trials.note(ledger.trials, call, "")
    if not call.agent:
        _reworked(ledger, call)
    _HANDLERS.get(call.name, _on_other)(ledger, call)


def _of_whom(ledger: Fields, call: Call) -> None:
    """Note that a sub-agent calls, or else where the session works."""
    if call.agent:
        ledger.side = max(ledger.side, call.line)
        helpers.seen(ledger.agents, call.agent)
    elif call.cwd and call.cwd != ledger.cwd:
        ledger.cwd = call.cwd
        here = absolute(call.cwd, "")
        ledger.root = here if not ledger.root or is_within(ledger.root, here) else ledger.root
        ledger.files.own = own_of(ledger.root)


def _ends_on(ledger: Fields, call: Call) -> None:
    """Note that the session ends on a call, unless something follows."""
    if call.agent or ledger.ours:
        return
    if call.name not in (*LISTS, *FORMS):
        ledger.worked = max(ledger.worked, call.line)
    if call.ok is not None:
        ledger.end = "call"
    elif call.line >= ledger.at and call.line > max(
        ledger.last_say.line if ledger.last_say else 0, _asked_at(ledger)
    ):
        ledger.end = "open"  # what was said after a call that has no result answers all the same


def _unfinished(ledger: Fields, call: Call, was_open: bool) -> None:
    """Keep what a call without a result was to do, of a sub-agent's beside the call that runs it, or what it waits for."""
    if not call.agent and (asks := asked.waiting(call)) and ledger.end == "open":
        ledger.end, ledger.waiting = "waits", (call.line, asks)
        planned(ledger, call.line, asked.plan_of(call), "")
        return
    if call.name == "TodoWrite":
        return
    if call.name == "Bash" and not call.agent:
        source = str(call.input.get("command") or "")
        record.shell(ledger.record, call, source)
        if ended_unseen(ledger) == call.line:
            return  # a notice told its end
        if "git commit" in source and (message := message_of(source, split(source))):
            keep(ledger.heard, call.line, message, UNSENT)
    ledger.unfinished += 1
    acts = call.name in ACTING and not only_asks(call)
    if call.agent and ledger.unfinished_what.startswith(STARTS):  # the one that runs is told
        ledger.git.attempted(call)
        if acts:
            ledger.unfinished_what = f"{ledger.unfinished_what.partition(IN_IT)[0]}{IN_IT}{what_of(call)}"
            ledger.unfinished_edits |= helpers.may_edit(call)
        return
    ledger.unfinished_at = call.line
    ledger.unfinished_edits = helpers.may_edit(call) or (was_open and ledger.unfinished_edits)
    ledger.unfinished_what = what_of(call) if acts else ""
    ledger.unfinished_gist = (helpers.order_of(call) or gist_of(call)) if acts else ""
    if did := ledger.git.attempted(call):
        ledger.unfinished_what += f" (to {' and '.join(did)})"
    elif acts and (names := _unshown(call, ledger.unfinished_what)):
        ledger.unfinished_what += f" (to {TO_WRITE}{names})"


def _unshown(call: Call, shown: str) -> str:
    """Return the names of files that a shell call without a result was to write, where its cut line shows none."""
    source = call.input.get("command")
    if call.name != "Bash" or not isinstance(source, str):
        return ""
    names = _written(source)
    return "" if any(map(shown.__contains__, names)) else ", ".join(names[:MAX_UNSHOWN])


@of_line
def _written(source: str) -> list[str]:
    """Return the names of files that a command line writes."""
    paths = (effect.path for effect, _ in effects(split(source), ok=True) if effect.kind in WRITES)
    return [*dict.fromkeys(path.rpartition("/")[2] for path in paths)]


def _reworked(ledger: Fields, call: Call) -> None:
    path = path_of(call) if call.name in EDITS else ""
    of = "" if path.endswith(PROSE) else path
    told = reworked.note(ledger.work, call, of, _asked_at(ledger), ledger.last_say)
    if told and all(line != told[0] for line, _, _ in ledger.found[-2:]):
        ledger.found.append(told)
        del ledger.found[:-KEPT_FOUND]


def _asked_at(ledger: Fields) -> int:
    return ledger.turns[-1].prompt.line if ledger.turns else 0


def _on_other(ledger: Fields, call: Call) -> None:
    if call.ok and (effect := foreign.written(call)) is not None:
        ledger.files.apply(effect, call.cwd, call.line)
    if "pull_request" in call.name or "merge_request" in call.name:
        ledger.git.tried.add("pull request")
        body = call.input.get("body") or call.input.get("description")
        if call.ok and isinstance(body, str):
            keep(ledger.heard, call.line, unwrapped(body[:KEPT_PROSE_CHARS]), TEXT)
    elif "issue" in call.name.lower():
        issues.note(ledger.issues, call)
    record.other(ledger.record, call)


def _on_leaving(ledger: Fields, call: Call) -> None:
    """Take over that the client removed a work tree: what is in no commit, or in one that went as well, is gone.

    One goes where it is on the branch of the work tree alone, and that was neither pushed nor merged.
    """
    tree, files, git = call.extra.get("worktreePath"), ledger.files, ledger.git
    if call.ok and call.extra.get("action") == "remove" and isinstance(tree, str):
        top = absolute(tree, "")
        place = git.repos.places.get(top)
        went = bool(call.extra.get("discardedCommits")) and not (place and (place.push or place.taken))
        if place and went:
            resets.go_with(files, git.index, place, git.commits, call.line)
        for path in {*files.created, *files.modified, *files.renamed} - (set() if went else files.held):
            if is_within(path, top):
                files.delete(path, call.line)
        if place:
            place.gone = call.line
    record.other(ledger.record, call)


IN_IT: Final = ", in it "  # before the last call of a sub-agent without a result
STARTS: Final = tuple(f"{name} " for name in AGENTS)  # begins what starts a sub-agent
_HANDLERS: Final[dict[str, Callable[[Fields, Call], None]]] = {
    **dict.fromkeys(EDITS, on_edit),
    **dict.fromkeys(READS, on_read),
    **dict.fromkeys(SEARCHES, on_search),
    **dict.fromkeys(SHELLS, on_shell),
    **dict.fromkeys(AGENTS, on_agent),
    **dict.fromkeys(("TaskOutput", "BashOutput", "AgentOutputTool"), on_output),
    **dict.fromkeys(("KillShell", "KillBash", "TaskStop"), on_kill),
    "ExitWorktree": _on_leaving,
    "TodoWrite": todos.written,
    "TaskCreate": todos.created,
    "TaskUpdate": todos.updated,
    "TaskList": todos.listed,
    "AskUserQuestion": on_ask,
    "EnterPlanMode": on_planning,
    "ExitPlanMode": on_plan,
}
