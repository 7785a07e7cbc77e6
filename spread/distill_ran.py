"""What ran after the last edit without being a test or a build: it shows something, though it proves no more than that."""

import re
from typing import Final

from spread.distill_calls import LOOKING
from spread.distill_shell import split
from spread.distill_unrun import NO_RUN
from spread.distillation_codec import shorten
from spread.transcript_events import Call

KEPT: Final = 16
SHOWN: Final = 2
SOURCE_CHARS: Final = 600
TOLD_CHARS: Final = 70  # of a command
OUTPUT_CHARS: Final = 2_000  # the end of it
RESULT_CHARS: Final = 80
_QUIET: Final = frozenset(
    ("kill", "pkill", "killall", "command", "printf", "open", "tee", "wait", "unset", "alias")
)
_HANDED: Final = frozenset(("git", "gh", "glab"))
_JOINED: Final = ("&&", ";", "|", "\n")
_WORD: Final = re.compile(r"\w{2}")
_NOTE: Final = "Shell cwd was reset to"

Ran = list[tuple[int, str, str]]  # the line, the command line, the last line of what it wrote


def note(ran: Ran, call: Call, source: str) -> None:
    """Keep a shell call with the last line of what it wrote, unless it only looks around."""
    name = source.partition(" ")[0]
    if (name in LOOKING or name in NO_RUN) and not any(map(source.__contains__, _JOINED)):
        return
    if call.extra.get("backgroundTaskId"):
        return
    lines = call.output[-OUTPUT_CHARS:].splitlines()[::-1]
    last = next(
        (line.strip() for line in lines if _WORD.search(line) and not line.startswith((_NOTE, "<"))), ""
    )
    ran.append((call.line, source[:SOURCE_CHARS], last[:200] if call.ok else ""))
    del ran[:-KEPT]


def told(ran: Ran, since: int, edit: str) -> list[tuple[int, str]]:
    """Return (line, text) of the last commands after a line that ran something and showed it.

    Args:
        edit: That in the line.
    """
    out = dict[str, tuple[int, str]]()
    for line, source, last in reversed(ran):
        commands = [item for item in split(source) if item.words]
        items = [item for item in commands if item.name not in LOOKING | NO_RUN | _QUIET]
        if any(item.name in _HANDED for item in commands):  # a message of theirs may pass for commands
            continue
        what = shorten(" ".join(items[-1].words), TOLD_CHARS).replace("`", "") if items else ""
        if line > since and what and last and what not in out and len(out) < SHOWN:
            out[what] = (line, f"`{what}` → {shorten(last, RESULT_CHARS)} (L{line})")
    if not out:
        return []
    found = list(out.values())[::-1]
    shown = ", ".join(text for _, text in found)
    return [(found[-1][0], f"run after {edit}, no test or build: {shown}")]
