"""How a check ended that ran in the background: the client tells its exit code, and shows what it printed or not."""

import re
from typing import Final

from msgspec.structs import replace

from spread.distill.errors import plain
from spread.distill.once import of_line
from spread.distill.runs import Run, ends
from spread.distill.shell import split
from spread.distillation_letters import number
from spread.transcript_events import Call

LOG: Final = re.compile(r"/tasks/([\w-]+)\.output\b")  # where the client writes what a task prints
_CODE: Final = re.compile(r"<exit_code>\s*(\d+)\s*</exit_code>")
_NOTICE: Final = re.compile(r"exit code:? (\d+)\)?\s*(?:</summary>|$)")
_SHOWN: Final = re.compile(r"<(?:output|stdout|stderr)>")
_TAGS: Final = re.compile(r"</?(?:output|stdout|stderr)>\n?|<timestamp>[^<\n]{1,40}</timestamp>\n?")
_SHOW: Final = frozenset(("cat", "tail"))
QUIET: Final = frozenset(("sleep", "cd", "echo"))
OPTION: Final = re.compile(r"-\S*|[+\d]\d*")
BESIDE: Final = ("<", "$(", "`")  # may show something else
MOST_LINES: Final = 2_000  # that the client shows of a file at once
MOST_SETTLED: Final = 100


def as_ended(run: Run, text: str) -> tuple[Run, bool]:
    """Return a run as it had been in the foreground, and whether what it printed is known; without an exit code as it is.

    Args:
        text: What the client told when it ended.
    """
    found = _SHOWN.search(text)
    head = text[: found.start()] if found else text
    told = _CODE.search(head) or _NOTICE.search(head)
    if told is None:
        return run, False
    code, printed = number(told[1]), plain(_TAGS.sub("", text[found.start() :])) if found else ""
    output = f"Exit code {code}\n{printed}" if code else printed
    return replace(run, output=output, ok=not code, stopped=False, task=""), found is not None


def is_shown(text: str) -> bool:
    """Tell whether what the client told when a task ended shows what it printed."""
    return _SHOWN.search(text) is not None


def read(settled: dict[str, tuple[int, str]], where: str, output: str) -> None:
    """Take over what a task that ended had printed, where the file of it is read.

    Args:
        where: The path of the file, or the line that shows it.
    """
    found = LOG.search(where)
    if found and found[1] in settled:
        line, text = settled[found[1]]
        settled[found[1]] = line, ends(f"{text}\n<output>\n{output}")


@of_line
def reads_whole(source: str) -> bool:
    """Tell whether a line shows one file of a task from its end or as a whole, and no other: nothing takes the bad news out."""
    if "/tasks/" not in source or any(map(source.__contains__, BESIDE)):
        return False
    commands = split(source)
    shown = [
        word
        for item in commands
        if item.name in _SHOW
        for word in item.words[1:]
        if not OPTION.fullmatch(word)
    ]
    return len(shown) == 1 and all(item.name in _SHOW or item.name in QUIET for item in commands)


def is_whole(call: Call) -> bool:
    """Tell whether a reading of a file shows its end: it was not told where to stop, and did not stop by itself."""
    return "limit" not in call.input and call.output.count("\n") < MOST_LINES - 1


def forget(settled: dict[str, tuple[int, str]], runs: dict[str, list[Run]]) -> None:
    """Keep of the tasks that ended the newest, and those that are still of use."""
    if len(settled) > 2 * MOST_SETTLED:
        used = {run.task for each in runs.values() for run in each}
        for task in [*settled][:-MOST_SETTLED]:
            if task not in used:
                del settled[task]
