"""What commands showed that ran after the last edit and are no test and no build: the best there is to tell whether it works."""

import re
from collections import Counter
from typing import Final

from spread.distill_calls import LOOKING
from spread.distill_record import GIVEN, RAN, Record
from spread.distill_record_tell import telling
from spread.distill_shell import split
from spread.distill_unrun import NO_RUN
from spread.distillation_codec import shorten

SHOWN_RAN: Final = 3
SHOWN_USED: Final = 4
RAN_CHARS: Final = 60
RESULT_CHARS: Final = 80
EVERYWHERE: Final = 3  # outputs that hold a line which tells of the machine, not of the command
_FOREIGN: Final = "mcp__"
_HANDED: Final = frozenset(("git", "gh", "glab"))
_QUIET: Final = frozenset(
    ("kill", "pkill", "killall", "command", "printf", "open", "tee", "wait", "unset", "alias", "date")
)
_COUNTED: Final = re.compile(r"[^\W\d_]: (\d[\d,.]*)(?=[\s,;)]|\Z)|(?<![\w.:/-])(\d[\d,.]*) [a-z]{3,}\b(?!:)")
_PROTOCOL: Final = ("<", ">", "{", "}", "*")  # begin lines on how something was sent
_DIGITS: Final = re.compile(r"\d+")


def after_edit(record: Record, since: int, edit: str) -> list[tuple[int, str]]:
    """Return (line, text) of commands after a line that ran something and showed it, and of other tools.

    They show something, though they are no test and no build and prove no more than that.

    Args:
        edit: That in the line.
    """
    out, used = dict[str, tuple[int, str]](), Counter[str]()
    last_used, noise = 0, _noise(record)
    for item in record:
        if item.line <= since:
            continue
        if item.kind == GIVEN and item.what.startswith(_FOREIGN):
            used[item.what.partition(" ")[0].rpartition("__")[2]] += 1
            last_used = item.line
        if item.kind != RAN:
            continue
        commands = [each for each in split(item.what) if each.words]
        doing = [each for each in commands if each.name not in LOOKING | NO_RUN | _QUIET]
        if any(each.name in _HANDED for each in commands):  # a message of theirs may pass for commands
            continue
        what = shorten(" ".join(doing[-1].words), RAN_CHARS).replace("`", "") if doing else ""
        if item.ok and what and (result := _result(item.said, noise)):
            out.pop(what, None)
            out[what] = (item.line, f"`{what}` → {result} (L{item.line})")
    told = list[tuple[int, str]]()
    if used:
        names = ", ".join(f"{name} ({count})" for name, count in used.most_common(SHOWN_USED))
        told.append((last_used, f"other tools used after {edit}: {names}"))
    if found := list(out.values()):
        found = (
            found if len(found) <= SHOWN_RAN else [found[0], *found[1 - SHOWN_RAN :]]
        )  # where it began, where it ended
        shown = ", ".join(text for _, text in found)
        told.append((found[-1][0], f"run after {edit}, no test or build: {shown}"))
    return told


def _noise(record: Record) -> set[str]:
    """Return the lines, without their numbers, that outputs of several commands of more than one program hold."""
    counts, programs = Counter[str](), dict[str, set[str]]()
    for item in record:
        for line in set(map(_bare, item.said.splitlines())) if item.kind == RAN else ():
            counts[line] += 1
            programs.setdefault(line, set()).add(item.what.partition(" ")[0])
    return {line for line, count in counts.items() if count >= EVERYWHERE and len(programs[line]) > 1}


def _bare(line: str) -> str:
    return _DIGITS.sub("", line).strip()


def _result(said: str, noise: set[str]) -> str:
    """Return the line of an output that counts most, before others one that counts to nothing, and the last one."""
    lines = [told for line in said.splitlines() if _bare(line) not in noise and (told := telling(line))]
    best = max(range(len(lines)), key=lambda at: (_counts(lines[at]), at), default=0)
    chosen = [lines[best], lines[-1]] if lines and _counts(lines[best]) else lines[-1:]
    return "; ".join(shorten(line, RESULT_CHARS) for line in dict.fromkeys(chosen))


def _counts(line: str) -> int:
    found = [] if line.startswith(_PROTOCOL) else [one or other for one, other in _COUNTED.findall(line)]
    return len(found) + 2 * ("0" in found)
