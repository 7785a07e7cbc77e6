"""What calls that edit, read and search files add to what a session came to."""

from operator import itemgetter
from typing import Final

from msgspec.structs import replace

from spread.distill import agents as helpers
from spread.distill import (
    documents,
    logged,
    named,
    net,
    outside,
    own_scripts,
    record,
    removed,
    ruled,
    stale,
    taken_out,
    tasks,
)
from spread.distill.edits import changes_of, comments, comments_of, is_test, runs
from spread.distill.effect import Effect
from spread.distill.files import absolute, is_aside
from spread.distill.filled import text_for
from spread.distill.heard import (
    BECAME,
    COMMENTED,
    EDITED,
    forget,
    keep,
    replaced,
    rewritten,
    substituted,
    written,
)
from spread.distill.ledger_answers import planned
from spread.distill.ledger_fields import Fields
from spread.distill.net import PROSE
from spread.distill.newest import drop_oldest
from spread.distill.plans import is_plan, unnumbered
from spread.distill.spelling import PATH_CHARS
from spread.distill.undone import follow
from spread.transcript_events import Call

KEPT_PROSE_CHARS: Final = 4_000
MAX_UNRUN: Final = 30
RECENT: Final = 80  # of what was heard, where an edit is looked for that another one replaces
LEAST_GONE: Final = 12  # characters of a line that is known by itself
_whose: Final = itemgetter(2)


def path_of(call: Call) -> str:
    """Return the file or directory that a call names, an empty string where it names none."""
    given = call.input.get("file_path") or call.input.get("notebook_path") or call.input.get("path")
    return absolute(given, call.cwd) if isinstance(given, str) and 0 < len(given) <= PATH_CHARS else ""


def _done_at(ledger: Fields, call: Call) -> int:
    """Return the line of an edit: that of its call, but where a check of the same message ran before it."""
    if call.result_line - call.line < 2:  # nothing stands between
        return call.line
    last = (each[-1] for each in ledger.runs.values() if each)
    behind = any(run.line < call.line < run.at < call.result_line for run in last)
    return call.result_line if behind else call.line


def on_edit(ledger: Fields, call: Call) -> None:
    path = path_of(call)
    if call.ok and path:
        aside = is_aside(path, call.cwd)
        outside.edited(ledger, call, path)
        ledger.files.write(path, _done_at(ledger, call), created=call.created, aside=aside)
        removed.made(ledger.removed, path)
        ledger.logs.pop(path, None)
        ruled.edited(ledger.ruled, path, call)
        record.wrote(ledger.record, call, path)
        stale.note(ledger.stale, ledger.turns, call)
        own_scripts.wrote(ledger.files, path, call)
        taken_out.follow(ledger.taken_out, ledger.found, path, call)
        _said(ledger, call, path)
        if call.created and runs(path, str(call.input.get("content") or "")):
            ledger.unrun[path] = call.line
            drop_oldest(ledger.unrun, MAX_UNRUN)


def on_written(ledger: Fields, call: Call, effect: Effect, path: str, source: str, spelled: str) -> None:
    """Take over that a command line wrote into a file, and what it says where the line holds all of that.

    Args:
        path: What `spelled` stands for on the line.
    """
    anew = effect.kind == "write"
    net.written(ledger.files.net, path, source, anew=anew)
    substituted(ledger.heard, label(path), source)
    text = text_for(source, spelled) if anew and effect.typed and ledger.files.touches(path) else None
    if text is not None:
        _said(ledger, replace(call, input={"file_path": path, "content": text}, extra={}), path)


def _said(ledger: Fields, call: Call, path: str) -> None:
    """Take over what an edit says."""
    net.edited(ledger.files.net, path, call, prose=path.endswith(PROSE))
    new = call.input.get("new_string")
    if isinstance(call.input.get("content"), str):
        rewritten(ledger.heard, label(path))
    if path.endswith(PROSE) and isinstance(new, str):
        who = f"in {label(path)}"
        old = str(call.input.get("old_string") or "")
        replaced(ledger.heard, who, old, new)
        if came := written(old, new):
            keep(ledger.heard, call.line, came[:KEPT_PROSE_CHARS], who)
    ledger.edits.append(path)
    del ledger.edits[: -documents.LAST_EDITS]
    text = ""
    if documents.is_document(path):
        text = documents.note(ledger.documents, call, path)
    if is_plan(path):  # after an edit the steps that were there before may be others
        planned(ledger, call.line, text or str(call.input.get("content") or ""), path.rpartition("/")[2])
    elif not path.endswith(PROSE) and not is_test(path):
        _coded(ledger, call, label(path))
    if not path.endswith(PROSE):
        follow(ledger.names, ledger.undone, ledger.became, call)
    if call.agent:
        helpers.wrote(ledger.agents, call.agent, path)


def label(path: str) -> str:
    """Return the name of a file with its folder, which is told where another file has that name too."""
    return "/".join(path.split("/")[-2:])


def _coded(ledger: Fields, call: Call, name: str) -> None:
    """Keep what an edit of code tells; of what it replaces nothing."""
    before, after = call.input.get("old_string"), call.input.get("new_string")
    of = f"{COMMENTED} {name}"
    if isinstance(before, str) and isinstance(after, str):
        forget(ledger.heard, of, comments(before, after))
    if said := comments_of(call):
        keep(ledger.heard, call.line, said, of)
    who, old, heard = f"{EDITED} {name}", call.input.get("old_string"), ledger.heard
    if isinstance(old, str):
        since = max(len(heard) - RECENT, 0)
        whose = [*map(_whose, heard[since:])]
        gone = _taken_out(old, after) if who in whose else []
        old = " ".join(old.split())  # as changes are told
        for at in range(len(heard) - 1, since - 1, -1) if who in whose else ():
            now = heard[at][1].rpartition(BECAME)[2][:-1]
            if whose[at - since] == who and (now in old or any(line in now for line in gone)):
                del heard[at]
    for change in changes_of(call):
        keep(ledger.heard, call.line, change, who)


def _taken_out(old: str, new: object) -> list[str]:
    """Return the lines, as changes are told, that an edit takes out and nothing like them puts in."""
    kept = new if isinstance(new, str) else ""
    lines = (" ".join(line.split()) for line in old.splitlines() if line.strip() not in kept)
    return [line for line in lines if len(line) >= LEAST_GONE]


def on_read(ledger: Fields, call: Call) -> None:
    path = path_of(call)
    if call.ok and path:
        ledger.files.saw(path, call.line)
        if "/tasks/" in path and tasks.is_whole(call):
            tasks.read(ledger.settled, path, unnumbered(call.output))
        if path in ledger.logs:
            shown = unnumbered(call.output)
            logged.looked(ledger.logs, ledger.runs, path, shown, whole=tasks.is_whole(call))
        if is_plan(path):
            planned(ledger, call.result_line, unnumbered(call.output), path.rpartition("/")[2])
        ruled.looked(ledger.ruled, path, call)
    record.looked(ledger.record, call)


def on_search(ledger: Fields, call: Call) -> None:
    named.note(ledger, call)
    if call.name == "Grep" and call.input.get("output_mode") == "content" and (path := path_of(call)):
        ruled.looked(ledger.ruled, path, call)
    record.looked(ledger.record, call)
