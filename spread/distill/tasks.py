"""How a check ended that ran in the background: the client tells its exit code, and shows what it printed or not."""

import re
from typing import Final

from msgspec.structs import replace

from spread.distill.errors import plain
from spread.distill.once import of_line
from spread.distill.runs import Run, ends
from spread.distill.shell import split
from spread.distillation_letters import number

_LOG: Final = re.compile(r"/tasks/([\w-]+)\.output\b")  # where the client writes what a task prints
_CODE: Final = re.compile(r"<exit_code>\s*(\d+)\s*</exit_code>")
_NOTICE: Final = re.compile(r"exit code:? (\d+)\)?\s*(?:</summary>|$)")
_SHOWN: Final = re.compile(r"<(?:output|stdout|stderr)>")
_TAGS: Final = re.compile(r"</?(?:output|stdout|stderr)>\n?")
_WHOLE: Final = frozenset(("cat", "tail", "sleep", "cd", "echo"))


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
    found = _LOG.search(where)
    if found and found[1] in settled:
        line, text = settled[found[1]]
        settled[found[1]] = line, ends(f"{text}\n<output>\n{output}")


@of_line
def reads_whole(source: str) -> bool:
    """Tell whether a line shows a file of a task from its end or as a whole: nothing takes the bad news out."""
    return "/tasks/" in source and all(item.name in _WHOLE for item in split(source))
