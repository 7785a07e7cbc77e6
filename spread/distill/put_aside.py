"""Changes that are put aside for a while, to see how things were without them, and brought back as they were."""

from typing import Final

import msgspec

from spread.distill.files import FileLedger
from spread.distill.runs import Run
from spread.distill.shell import Simple
from spread.distill.stands import is_move
from spread.transcript_events import Call

Runs = dict[str, list[Run]]
_BACK: Final = frozenset(("pop", "apply"))


class Aside(msgspec.Struct, array_like=True):
    """How it stood when changes were put aside; at no line where none are."""

    line: int = 0
    last_change: int = 0
    moved: int = 0
    runs: Runs = {}


def follow(
    was: Aside, call: Call, commands: list[Simple], files: FileLedger, runs: Runs, *, late: bool
) -> Aside | None:
    """Return what is put aside after a call that moved the work tree; None where it did more than that, or something else.

    What is brought back before anything else was changed stands as it stood: what ran in between was on other contents.

    Args:
        late: Whether it did so after what it ran of the checks.
    """
    moving = [item for item in commands if item.name in ("git", "gh") and is_move(item)]
    if any(item.words[1:2] != ["stash"] for item in moving):
        return None
    done = ["back" if not _BACK.isdisjoint(item.words[2:3]) else "put" for item in moving]
    if done == ["put", "back"]:
        counts = late and any(run.line == call.line for each in runs.values() for run in each)
        return None if counts else was
    if done == ["put"]:
        line = call.result_line if late else call.line
        kept = {kind: [run for run in each if late or run.line != call.line] for kind, each in runs.items()}
        made = Aside(line, files.last_change, files.moved, kept)
        files.last_change = files.moved = line
        return made
    if done != ["back"] or not was.line or files.last_change != was.line:
        return None
    files.last_change, files.moved = was.last_change, was.moved
    for kind in runs:
        new = [run for run in runs[kind] if run.line == call.line and not late]
        runs[kind] = [*was.runs.get(kind, ()), *new]
    return Aside()
