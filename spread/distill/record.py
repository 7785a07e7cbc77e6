"""What calls did and showed, kept in short: it is told where a page has room left."""

import re
from typing import Any, Final

import msgspec

from spread.distill import differs
from spread.distill.calls import LOOKING, only_asks, only_looks, what_of
from spread.distill.edits import lines_of, relaid, relaid_in
from spread.distill.plans import unnumbered
from spread.distill.runs import known_kind
from spread.distill.shell import Simple, split
from spread.distill.unrun import NO_RUN
from spread.distillation_codec import command, shorten
from spread.transcript_events import Call

KEPT: Final = 120
KEPT_CHARS: Final = 24_000
SOURCE_CHARS: Final = 600
TEXT_CHARS: Final = 900  # of one edit
GONE_CHARS: Final = 300  # of what it took out
PART_CHARS: Final = 12  # of a line that stand in no other one by chance
END_CHARS: Final = 350  # of a longer output, its beginning and its end
FOUND_CHARS: Final = 500  # likewise of a search
READ_CHARS: Final = 3_000  # of a file: of a longer one nothing is kept
RAN, LOOKED, CHECKED, WROTE, TASK, OPEN, GIVEN = "ran", "looked", "checked", "wrote", "task", "open", "given"
ABOUT_CHARS: Final = 100
LANGUAGES: Final = ("python", "node", "bun", "deno", "ruby", "perl", "php", "tsx")
_INLINE: Final = re.compile(r"\b(?:python3?|node|bun|deno|ruby|perl|php|tsx) (?:-\w+ )?(?:-[ecrp]|eval|- <<)")
_JOINED: Final = ("&&", ";", "|", "\n")
_NOTES: Final = (
    "Shell cwd was reset to", "(Bash completed with no output)", "<system-", "<task-", "<error", "</", "```",
    "NOTE: do any of the files", '(use "git ',
)  # fmt: skip
MAX_COUNTING: Final = 6_000  # characters of an output in whose middle counts are looked for
MAX_COUNTS: Final = 4
_COUNT: Final = re.compile(r"(?m)^[^\n:]{3,40}: \d[^\n:]{0,60}$")
STOPPED_CHARS: Final = 60  # of what ran then
STOPPED: Final = "stopped here"  # ends what a command in the background showed
GAP: Final = "…"  # where lines are left out
_FOREIGN: Final = re.compile(r"(?:^|/)(?:\.git|\.build|\.venv|node_modules|__pycache__|\.next|\.gradle)/")
_NOTHING: Final = "Exit code 1"  # what a search prints that found nothing
_REMINDER: Final = "<system-reminder>"
OF_CHARS: Final = 40  # of what a message to another agent is about
_OF_TEAMS: Final = frozenset(("TeamCreate", "TeamDelete"))  # set up who works, of which nothing follows
_GIT_LOOKS: Final = frozenset(("status", "log", "diff", "show", "branch", "remote"))


class Item(msgspec.Struct, array_like=True, gc=False):
    """One call: `said` is what it showed, of an edit what it wrote, and `gone` what that took out."""

    line: int
    kind: str
    what: str
    said: str
    gone: str = ""
    ok: bool = True
    about: str = ""  # of a program on the command line: what the agent says it does


Record = list[Item]


def shell(record: Record, call: Call, source: str) -> None:
    """Keep a command line with what it wrote."""
    name = source.partition(" ")[0]
    looks = name in LOOKING and not any(map(source.__contains__, _JOINED))
    if call.ok is None:
        if not only_asks(call):
            about = str(call.input.get("description") or "")[:ABOUT_CHARS]
            _add(record, Item(call.line, OPEN, source[:SOURCE_CHARS], "", about=about))
    elif not (call.extra.get("backgroundTaskId") or (call.agent and (looks or only_looks(call)))):
        differing = None if call.ok else differs.found(source, call.output)
        output = call.output if differing is None else f"{differs.DIFFERS}\n{differing}"
        said = _ends(output, counts=not looks)
        nothing = looks and said == _NOTHING
        if nothing or (len(said) < END_CHARS and all(map(is_note, said.splitlines()))):
            said = ""
        kind = LOOKED if looks else RAN
        about = str(call.input.get("description") or "") if _is_inline(source) else ""
        about = about if len(about) <= ABOUT_CHARS else ""
        ok = call.ok or nothing or differing is not None
        _add(record, Item(call.line, kind, source[:SOURCE_CHARS], said, ok=ok, about=about))


def _is_inline(source: str) -> bool:
    """Tell whether a program stands on a command line; most name no language."""
    given = " -" in source or " eval" in source
    return given and any(map(source.__contains__, LANGUAGES)) and _INLINE.search(source) is not None


def checked(record: Record, line: int) -> None:
    """Note that the call just kept is a validation, whose outcome is told on its own."""
    if record and record[-1].line == line:
        record[-1].kind = CHECKED


def looked(record: Record, call: Call) -> None:
    """Keep what a search found or a short file holds."""
    if not call.ok or not call.output or call.agent:
        return
    said = call.output.partition(_REMINDER)[0]
    if call.cwd and "pattern" in call.input:  # mostly paths
        said = said.replace(f"{call.cwd}/", "")
    if call.name == "Glob":
        said = "\n".join([path for path in said.splitlines() if not _FOREIGN.search(path)])
    if len(said) <= READ_CHARS:
        _add(record, Item(call.line, GIVEN, _named(call), unnumbered(_ends(said, FOUND_CHARS))))


def other(record: Record, call: Call) -> None:
    """Keep what any other tool gave back; what was written to another agent instead of that it was sent."""
    if not call.ok or not call.output or call.agent or call.name in _OF_TEAMS:
        return
    if call.name == "SendMessage":
        if said := _words_of(call.input):
            to, of = call.input.get("to") or call.input.get("recipient"), call.input.get("summary") or said
            what = f"SendMessage to {to}: {shorten(str(of), OF_CHARS)}"  # of another one the name is another
            _add(record, Item(call.line, GIVEN, what[:SOURCE_CHARS], _ends(said)))
        return
    _add(record, Item(call.line, GIVEN, _named(call), _ends(call.output)))


def _words_of(given: dict[str, Any]) -> str:
    """Return what a message says, an empty string where it only asks a member of a team to go."""
    said = given.get("content") or given.get("message")
    return said if isinstance(said, str) and given.get("type") in (None, "message", "broadcast") else ""


def stopped_at(record: Record, since: int) -> str:
    """Return the last command line after a line, as what the agent was at when it was stopped."""
    last = next((item for item in reversed(record) if item.kind in (RAN, LOOKED, CHECKED)), None)
    return f"stopped at `{command(last.what, STOPPED_CHARS)}`" if last and last.line > since else ""


def ended(record: Record, line: int, what: str, said: str) -> None:
    """Keep what a command in the background came to."""
    _add(record, Item(line, TASK, what[:SOURCE_CHARS], _ends(said)))


def joined(record: Record) -> tuple[int, Item] | None:
    """Join a call whose result cannot be read to the notice that names it by what it was to do.

    Returns:
        The line of the call, and the notice.
    """
    for at in [at for at, item in enumerate(record) if item.kind == TASK and not item.what]:
        end = record[at]
        opened = [it for it in record if it.kind == OPEN and it.about and it.line < end.line]
        if mine := [it for it in opened if f'"{it.about}"' in end.said]:
            record[at] = end = msgspec.structs.replace(end, what=mine[-1].what)
            record.remove(mine[-1])
            return mine[-1].line, end
    return None


def stopped(record: Record, line: int, what: str) -> None:
    """Keep that a command in the background was stopped, with what it had printed."""
    what = what[:SOURCE_CHARS]
    said = next((item.said for item in reversed(record) if item.kind == TASK and item.what == what), "")
    ran_on(record, line, what, f"{said}\n{STOPPED}".strip())


def ran_on(record: Record, line: int, what: str, said: str) -> None:
    """Keep what a command printed that still runs in the background, in place of what it had printed before."""
    what = what[:SOURCE_CHARS]
    record[:] = [item for item in record if item.kind != TASK or item.what != what]
    _add(record, Item(line, TASK, what, _ends(said)))


def wrote(record: Record, call: Call, path: str) -> None:
    """Keep the lines that an edit put in, and which it took out that were not put in before: of those nothing stays."""
    given = call.input.get("edits")
    edits = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else [call.input]
    for edit in edits:
        old, new = edit.get("old_string"), edit.get("new_string") or edit.get("content")
        before, bare = lines_of(old) if isinstance(old, str) else ([], [])
        after, came = lines_of(new) if isinstance(new, str) else ([], [])
        known = {"", *bare}
        gone = known.difference(("", *came))
        went, same = relaid(gone, {*came} - known) if gone else ({}, set())
        gone -= went.keys()
        mine = [item for item in record if item.what == path and item.kind == WROTE]
        for item in mine if went else ():
            item.said = relaid_in(item.said, went)
        known |= same
        own = "\n".join([item.said for item in mine]) if gone else ""
        for item in mine:  # what is back was not taken out
            item.gone = "\n".join([line for line in item.gone.splitlines() if line.strip() not in came])
        if mine:
            _take_out(record, mine, gone if before and not edit.get("replace_all") else None, came)
        said = "\n".join([line for line, text in zip(after, came, strict=True) if text not in known])
        took = zip(before, bare, strict=True) if gone else ()
        lost = "\n".join([line for line, text in took if text in gone and text not in own])
        if said or lost:
            _add(record, Item(call.line, WROTE, path, _whole(said, TEXT_CHARS), _whole(lost, GONE_CHARS)))


def _whole(text: str, most: int) -> str:
    """Return the whole lines of a text that fit, so that no secret is cut in half."""
    return text if len(text) <= most else text[:most].rpartition("\n")[0] or text[:most]


def _take_out(record: Record, mine: list[Item], gone: set[str] | None, came: list[str]) -> None:
    """Take lines out of what was written into a file, all where nobody knows which.

    Args:
        came: The lines that are there in their place; a part of a line that an edit wrote may be in them still.
    """
    went, now = "\n".join(gone or ()), "\n".join(came)
    for item in mine:
        lines = item.said.splitlines()
        parts = [part for part in gone if part in item.said] if gone is not None else []
        bare = [text for text in map(str.strip, lines) if len(text) >= PART_CHARS] if went else []
        parts += [text for text in bare if text in went and text not in now]
        if gone is not None and not parts and item.said:
            continue
        left = [line for line in lines if not any(map(line.__contains__, parts))] if parts else []
        if not left:
            record.remove(item)
        else:
            item.said = "\n".join(line if line in left else GAP for line in lines)


def is_whole(record: Record) -> bool:
    """Tell whether nothing can have been left out so far: what goes for want of room leaves little of that."""
    sizes = (len(it.what) + len(it.said) + len(it.gone) for it in record)
    return len(record) < KEPT - KEPT // 8 and sum(sizes) < KEPT_CHARS // 2


def _add(record: Record, item: Item) -> None:
    """Add an item; the oldest go when there are too many or too much."""
    record.append(item)
    if len(record) % 8 == 0:  # not each time: to add up takes longer than to add
        del record[:-KEPT]
        sizes = [len(it.what) + len(it.said) + len(it.gone) for it in record]
        over, gone = sum(sizes) - KEPT_CHARS, 0
        while over > 0:
            over -= sizes[gone]
            gone += 1
        del record[:gone]


def _ends(output: str, most: int = END_CHARS, *, counts: bool = False) -> str:
    """Return an output, of a long one whole lines from both ends; in one text, so that a secret over lines is seen.

    Args:
        counts: Whether a few lines between that count something stay, too.
    """
    if len(output) <= 2 * most:
        return output.strip("\n")
    if "\n" not in output[-most:] and "\n" not in output[:most]:
        output = output[: 2 * most]
    if len(output) > 2 * most:
        head, tail = output[:most], output[-most:]
        end = tail.partition("\n")[2] or output.rpartition("\n")[2][:most]
        between = ""
        if counts and len(output) < MAX_COUNTING:
            found = _COUNT.findall(output, len(head), len(output) - len(tail))
            between = "".join(f"{line}\n{GAP}\n" for line in found[-MAX_COUNTS:])
        output = f"{head[: head.rfind(chr(10)) + 1] or head}\n{GAP}\n{between}{end}"
    return output.strip("\n")


def is_note(line: str) -> bool:
    """Tell whether a line of an output is the client's, a mark, or git's advice how to go on."""
    return not line or line.startswith(_NOTES)


def _named(call: Call) -> str:
    """Name a call by its tool, what it looked for, and where."""
    given: dict[str, Any] = call.input
    for key in ("pattern", "file_path", "notebook_path", "path", "url", "query"):
        if isinstance(given.get(key), str):
            where = given.get("path") if key == "pattern" else None
            place = f" in {where}" if isinstance(where, str) and where not in ("", call.cwd) else ""
            only = next(
                (f" ({given[by]} only)" for by in ("glob", "type") if key == "pattern" and given.get(by)), ""
            )
            return f"{call.name} {given[key]}{place}{only}"[:SOURCE_CHARS]
    return what_of(call).replace("`", "")


def only_shows(item: Item, commands: list[Simple] | None = None) -> bool:
    """Tell whether a command line did nothing but show something, or some commands of it."""
    return item.kind == RAN and all(
        each.name in LOOKING
        or not _GIT_LOOKS.isdisjoint(each.words[3:4] if "-C" in each.words[1:2] else each.words[1:3])
        for each in (split(item.what) if commands is None else commands)
    )


def looks(item: Item) -> bool:
    """Tell whether a call only looked at something."""
    return item.kind in (LOOKED, GIVEN) or only_shows(item)


def tries(item: Item) -> bool:
    """Tell whether a line that checks something ends by running it, as what that shows is told nowhere else."""
    last = split(item.what)[-1:]
    return item.ok and any(
        each.words
        and known_kind(each) == ""
        and each.name not in LOOKING
        and each.name not in NO_RUN
        and each.name != "git"
        for each in last
    )
