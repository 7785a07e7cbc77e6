"""What a check had written to a file, where a later call shows that: then it is judged as if its own line had shown it.

Such are `pytest > run.log 2>&1 || true` and a `tail run.log` after it, and outputs so long that the client put them
into a file.
"""

from typing import Final

from msgspec.structs import replace

from spread.distill.calls import only_looks
from spread.distill.files import absolute
from spread.distill.newest import drop_oldest
from spread.distill.once import of_line
from spread.distill.proof import is_full, is_whole
from spread.distill.runs import Run, ends
from spread.distill.shell import GREPS, UNKNOWABLE, Simple, placed, split
from spread.distill.spelling import folder_of
from spread.distill.tasks import BESIDE, OPTION, QUIET
from spread.distill.validation import verdict
from spread.distillation_fields import UNKNOWN
from spread.transcript_events import Call

MAX_LOGS: Final = 8
_SHOWS: Final = GREPS | {"cat", "tail", "head"}
_NOWHERE: Final = "/dev/null"
_WHOLE: Final = Simple(["cat"], name="cat")

Logs = dict[str, int]  # by absolute path, the line of the check that wrote it last


def note(logs: Logs, call: Call, run: Run, commands: list[Simple]) -> None:
    """Take over where a check wrote to.

    Args:
        commands: Those of the call's command line, as they stand in it.
    """
    if run.task or run.stopped:  # how it ends the client tells
        return
    saved = call.extra.get("persistedOutputPath")
    path = saved if isinstance(saved, str) else _written(call, commands) if ">" in run.source else ""
    if path:
        logs.pop(path, None)
        logs[path] = call.line
        drop_oldest(logs, MAX_LOGS)


def follow(logs: Logs, runs: dict[str, list[Run]], call: Call, source: str) -> None:
    """Take over what a line shows of such files, and forget those that it may have written anew."""
    for path in [*logs]:
        if _name(path) not in source:
            continue
        read = _reading(source)
        if read is None:
            if not only_looks(call):
                del logs[path]
            continue
        word, here, commands = read
        if call.ok and absolute(word, folder_of(here, call.cwd)) == path:
            _shown(runs, logs[path], commands, call.output)


def looked(logs: Logs, runs: dict[str, list[Run]], path: str, shown: str, *, whole: bool) -> None:
    """Take over such a file that was read, as a whole or in part."""
    if path in logs:
        _shown(runs, logs[path], [_WHOLE], shown, whole=whole)


def _shown(
    runs: dict[str, list[Run]], line: int, commands: list[Simple], output: str, *, whole: bool = True
) -> None:
    """Add to a check of which nothing is known what it had written, if that tells how it ended."""
    for kind, kept in runs.items():
        for at, run in enumerate(kept):
            if run.line == line and verdict(run)[0] == UNKNOWN:
                told = _told(run, commands, output, whole=whole)
                if told is not None:
                    runs[kind] = [*kept[:at], told, *kept[at + 1 :]]


def _told(run: Run, commands: list[Simple], output: str, *, whole: bool) -> Run | None:
    """Return a check with what it had written, None where that tells nothing of its end."""
    first = [*run.commands[:-1], replace(run.commands[-1], joint=run.commands[-1].joint or "\n")]
    by = " ".join(word for item in commands if item.name in _SHOWS for word in item.words)
    told = replace(
        run,
        source=f"{run.source}\n| {by}",
        commands=[*first, *(replace(item, start=0, end=0) for item in commands)],
        output=ends(f"{run.output}\n{output}"),
    )
    outcome = verdict(told)[0]
    # It may still have run then, or more may stand below: only the last line of a check says that it ended well.
    whole = whole and not (len(run.places) > 1 and is_full(output, told.source))  # of some nothing was shown
    ended = whole and all("&" not in (item.joint, item.ends) for item in run.commands)
    if outcome == UNKNOWN or (outcome == "passed" and not ended and not _ends_well(run, commands, output)):
        return None
    return told


def _ends_well(run: Run, commands: list[Simple], output: str) -> bool:
    check = [replace(run.commands[at], joint="\n") for at in run.places if at >= 0]
    return len(check) == 1 and is_whole([*check, *commands], [0], output)


def _written(call: Call, commands: list[Simple]) -> str:
    """Return the one file that a line writes anew, an empty string where there is none or more."""
    found = {
        (target, here, appends)
        for item, here in placed(commands)
        for target, appends in item.writes
        if target != _NOWHERE
    }
    if len(found) != 1:
        return ""
    target, here, appends = found.pop()
    if appends or here is None or UNKNOWABLE.search(target):
        return ""
    return absolute(target, folder_of(here, call.cwd))


def _name(path: str) -> str:
    return path[max(path.rfind("/"), path.rfind("\\")) + 1 :]


@of_line
def _reading(source: str) -> tuple[str, str, list[Simple]] | None:
    """Return the one file that a line only shows, where it is there then, and its commands without that; else None."""
    if any(map(source.__contains__, BESIDE)):
        return None
    found, place, out = "", "", list[Simple]()
    for item, here in placed(split(source)):
        if item.unsure or any(target != _NOWHERE for target, _ in item.writes) or here is None:
            return None
        words = [word for word in item.words[1:] if not OPTION.fullmatch(word)]
        words = words[1:] if item.name in GREPS else words
        if item.name in _SHOWS and words:
            if found or len(words) > 1:
                return None
            found, place = words[0], here
            out.append(replace(item, words=[word for word in item.words if word != found]))
        elif item.name in QUIET or (item.name in _SHOWS and out and out[-1].joint == "|"):
            out.append(item)
        else:
            return None
    return (found, place, out) if found else None
