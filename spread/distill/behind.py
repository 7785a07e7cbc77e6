"""What a line does to files behind its checks: they have not seen it."""

from typing import Final

from spread.distill.runs import Run
from spread.distill.shell import Simple, effects

# What is only copied or cleared away behind a build is what it made.
KINDS: Final = frozenset(("write", "append", "modify", "rename"))


def before(run: Run, commands: list[Simple], output: str) -> int | None:
    """Return how many changes of files a line that worked makes before its last check ends, None where it makes none later.

    Args:
        commands: Those of the line; what stands in one pipe with the check runs beside it.
    """
    if run.places[-1] < 0:
        return None
    end = run.commands[run.places[-1]].end
    place = next(
        (at for at, item in enumerate(commands) if item.start >= end and commands[at - 1].joint != "|"), 0
    )
    return sum(1 for _ in effects(commands[:place], ok=True, output=output)) if place else None
