"""What ran and was seen after the last change, though it is no test: that shows something, and proves no more than that."""

import re
from collections import Counter
from typing import Final

from spread.distill.background import program
from spread.distill.calls import LOOKING
from spread.distill.errors import is_empty_search
from spread.distill.parsed import Parsed
from spread.distill.proof import unechoed
from spread.distill.record import CHECKED, GAP, GIVEN, LANGUAGES, RAN, STOPPED, TASK, Item, Record
from spread.distill.record_lines import telling
from spread.distill.runs import may_hand_on, may_validate
from spread.distill.shell import Simple, split
from spread.distill.there import acts, is_there, unquoted
from spread.distill.unrun import NO_RUN
from spread.distillation_codec import shorten

SHOWN_RAN: Final = 3
SHOWN_USED: Final = 4
SHOWN_TASKS: Final = 2
RAN_CHARS: Final = 60
THERE_CHARS: Final = 90
RESULT_CHARS: Final = 80
ALIKE: Final = 3  # last lines of so many words each are rows of a list
_QUIET: Final = frozenset(
    ("kill", "pkill", "killall", "command", "printf", "open", "tee", "wait", "unset", "alias", "date",
     "$LASTEXITCODE", "$?")
)  # fmt: skip
_LISTS: Final = frozenset(
    ("ls", "dir", "tree", "find", "cat", "head", "tail", "grep", "rg", "wc", "Get-ChildItem", "Get-Content")
)
_HANDED: Final = frozenset(("git", "gh", "glab"))
_FOREIGN: Final = "mcp__"
_SERVES: Final = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d+)")
_NOTHING: Final = "nothing printed"
_NO_MATCH: Final = "nothing found"
_SILENT: Final = frozenset(
    ("cd", "export", "set", "sleep", "mkdir", "chmod", "true", "source", ".", "eval", "ssh-add")
)
_SEARCHES: Final = frozenset(("grep", "egrep", "fgrep", "zgrep", "rg"))
EVERYWHERE: Final = 3  # outputs that hold a line which tells of the machine, not of the command
_COUNTED: Final = re.compile(r"[^\W\d_]: (\d[\d,.]*)(?=[\s,;)]|\Z)|(?<![\w.:/-])(\d[\d,.]*) [a-z]{3,}\b(?!:)")
_PROTOCOL: Final = ("<", ">", "{", "}", "*")  # begin lines on how something was sent
_DIGITS: Final = re.compile(r"\d+")

SHOWN_DONE: Final = 3
DONE_CHARS: Final = 70

Told = list[tuple[int, str]]


def after_edit(record: Record, since: int, edit: str) -> Told:
    """Return (line, text) of commands after a line that ran something and showed it, and of other tools.

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
            for each in doing:  # what it showed of what ran before nobody can tell from theirs
                out.pop(f"`{_named(item.what, commands, each)}`", None)
            continue
        if may_hand_on(item.what):
            continue
        what = _named(item.what, commands, doing[-1]) if doing else ""
        call = what and (_purpose(item.about, [each.name for each in doing]) or f"`{what}`")
        if not item.ok:  # what it showed before is no longer how it goes
            out.pop(call, None)
        elif what and (result := _result(_said(item.said, commands), noise)):
            out.pop(call, None)
            out[call] = (item.line, f"{call} → {result} (L{item.line})")
    told = Told()
    if used:
        names = ", ".join(f"{name} ({count})" for name, count in used.most_common(SHOWN_USED))
        told.append((last_used, f"other tools used after {edit}: {names}"))
    if found := list(out.values()):
        # Of many where it began and where it ended.
        found = found if len(found) <= SHOWN_RAN else [found[0], *found[1 - SHOWN_RAN :]]
        shown = ", ".join(text for _, text in found)
        told.append((found[-1][0], f"run after {edit}, no test or build: {shown}"))
    return told


def _said(said: str, commands: list[Simple]) -> str:
    """Return what was printed without the texts that the line prints in any case: these tell of no command."""
    sure = [each for each, last in zip(commands[1:], commands, strict=False) if last.joint in (";", "\n")]
    return unechoed(sure, said)


def _named(source: str, commands: list[Simple], item: Simple) -> str:
    given = _as_given(source, item)
    if any(each.name in _LISTS for each in commands[: commands.index(item)]):
        given = " ".join(source.split())  # which of them showed it is not told
    return shorten(given, RAN_CHARS).replace("`", "")


def _as_given(source: str, item: Simple) -> str:
    """Return a command in few words; as it was given where backslashes stand in it, which may be those of paths."""
    if "\\" not in source:
        return " ".join(item.words)
    start = item.start
    while start and not (source[start - 1].isspace() or source[start - 1] in ";|&("):
        start -= 1  # the place is counted back from the end, without the backslashes
    given = source[start : item.end]
    return " ".join(given.split() if "\\" in given else item.words)


def _purpose(about: str, names: list[str]) -> str:
    """Return what code on the command line is for, of which the beginning tells little, and what alone ran it."""
    if not about or not names[-1].startswith(LANGUAGES):
        return ""
    return f"“{about}” by `{names[-1]}`" if len(set(names)) == 1 else f"“{about}”"


def in_background(record: Record, since: int, edit: str) -> Told:
    """Return (line, text) of what ran in the background after a line, is no test, and was seen to print something.

    Args:
        edit: That in the line.
    """
    out = dict[str, tuple[int, str]]()
    others = [item.what for item in record if item.line > since and item.kind in (RAN, CHECKED, GIVEN)]
    for item in record:
        if item.kind != TASK or item.line <= since or not item.what or may_validate(item.what):
            continue
        if any(each.line > item.line and each.kind == RAN and item.what in each.what for each in record):
            continue  # it was run again since, and what came of that is told
        lines = list(filter(None, map(telling, item.said.splitlines())))
        stopped = lines[-1:] == [STOPPED]
        if shown := lines[: len(lines) - stopped][-1:]:
            what = shorten(program(item.what), RAN_CHARS).replace("`", "")
            end = f", {STOPPED}" if stopped else ""
            if (port := _SERVES.search(item.said)) and not any(_asks(each, port[1]) for each in others):
                end += ", no request to it seen"
            out.pop(what, None)
            out[what] = (item.line, f"`{what}` → {shorten(shown[0], RESULT_CHARS)}{end} (L{item.line})")
    found = list(out.values())[-SHOWN_TASKS:]
    listed = ", ".join(text for _, text in found)
    return [(found[-1][0], f"run in the background after {edit}, no test: {listed}")] if found else []


def parsed_only(known: Parsed, record: Record, since: int) -> Told:
    """Return (line, text) of the last command that only parsed data, unless it is told with what ran after a line."""
    line, what = known
    again = line > since and any(item.line == line for item in record)
    return [(line, f"of checks only the syntax of data seen, by `{what}`")] if line and not again else []


def _asks(what: str, port: str) -> bool:
    """Tell whether a call may be a request to what serves at a port."""
    return what.startswith(_FOREIGN) or f":{port}" in what


def seen_there(record: Record, since: int) -> Told:
    """Return (line, text) of the last commands on other hosts after a line that worked: what they showed is all there is."""
    out, done = list[tuple[int, str]](), list[str]()
    for item in record[::-1]:
        if item.line <= since or len(done) == SHOWN_DONE:
            break
        if item.kind != RAN or "ssh" not in item.what:
            continue
        commands = split(item.what)
        there = next((each for each in commands if is_there(each)), None)
        none = there is not None and not item.ok and _found_none(item, there)
        if there is None or not (item.ok or none):
            continue
        if len(out) < SHOWN_RAN:
            what = shorten(there.words[-1], THERE_CHARS).replace("`", "")
            first = _first(item)
            shown = f"{first}, a search found nothing" if none and first else _NO_MATCH if none else first
            # What a command here printed first is not of there.
            first_here = commands[0] is not there and commands[0].name not in _SILENT
            shown = "" if first_here else f" → {shown or _NOTHING}"
            out.append((item.line, f"`{what}`{shown} (L{item.line})"))
        elif " " in (what := unquoted(there.words[-1])) and acts(what):
            done.append(f"`{shorten(what, DONE_CHARS).replace('`', '')}` (L{item.line})")
    told = [("seen there last", [text for _, text in out]), ("run there before that, more than looks", done)]
    return [(out[0][0], f"{how}: {', '.join(texts)}") for how, texts in told if texts]


def _found_none(item: Item, there: Simple) -> bool:
    """Tell whether the exit code of a command that only looks says that a search in it found nothing."""
    if not is_empty_search(item.what, item.said):
        return False
    source = unquoted(there.words[-1])
    return not acts(source) and any(each.name in _SEARCHES for each in split(source))


def _first(item: Item) -> str:
    """Return the first line that a command showed: what follows may be of the way there."""
    lines = item.said.splitlines()[not item.ok :]  # without the exit code
    shown = list(filter(None, map(telling, lines)))
    count = "" if GAP in lines else f"{len(shown) - 1} "  # of a longer output only both ends are kept
    more = f", then {count}more lines" if len(shown) > 2 else ""
    return f"{shorten(shown[0], RESULT_CHARS)}{more}" if shown else ""


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
    """Return the line of an output that counts most, before others one that counts to nothing, and the last one.

    Of the last one of a list is said that it is no more than that.
    """
    lines = [told for line in said.splitlines() if _bare(line) not in noise and (told := telling(line))]
    best = max(range(len(lines)), key=lambda at: (_counts(lines[at]), at), default=0)
    ends = [line.count(" ") for line in lines[-ALIKE:]]
    if len(ends) == ALIKE < len(lines) and len(set(ends)) == 1:
        return f"a list that ends with {shorten(lines[-1], RESULT_CHARS)}"
    chosen = [lines[best], lines[-1]] if lines and _counts(lines[best]) else lines[-1:]
    return "; ".join(shorten(line, RESULT_CHARS) for line in dict.fromkeys(chosen))


def _counts(line: str) -> int:
    found = [] if line.startswith(_PROTOCOL) else [one or other for one, other in _COUNTED.findall(line)]
    return len(found) + 2 * ("0" in found)
