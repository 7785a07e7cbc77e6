"""Files that a shell call shows: what `cat`, `sed -n` and their like print, the agent has read as with a tool."""

import re
from collections.abc import Iterator
from typing import Final

from spread.distill import cmdlets, sought
from spread.distill.files import MAX_VIEWED, absolute, is_aside
from spread.distill.ledger_fields import Fields
from spread.distill.newest import drop_oldest
from spread.distill.noise import is_noise
from spread.distill.once import of_line
from spread.distill.shell import Simple, is_placed, placed, split
from spread.distill.spelling import folder_of
from spread.distill.stands import found, is_known, stood
from spread.distill.untaken import said
from spread.distill.variables import spelled
from spread.transcript_events import Call

MOST: Final = 20  # of one call
# What clients keep in their own folders of a home: skills and plug-ins, and what tasks printed.
_OF_CLIENT: Final = re.compile(
    r"^(?:/(?:home|Users)/[^/]+|/root|[A-Z]:/Users/[^/]+|~)/\.[\w-]+/(?:[^/]+/)*(?:plugins|skills|sessions|cache)/|\.output$"
)
ERROR_CHARS: Final = 20_000  # of an output, in which errors are looked for
# The options that take a value, as a word of its own.
_VALUES: Final[dict[str, frozenset[str]]] = {
    "cat": frozenset(),
    "nl": frozenset(("-b", "-d", "-f", "-h", "-i", "-l", "-n", "-s", "-v", "-w")),
    "head": frozenset(("-n", "-c", "--lines", "--bytes")),
    "tail": frozenset(("-n", "-c", "--lines", "--bytes")),
    "less": frozenset(),
    "more": frozenset(),
    "bat": frozenset(("-l", "--language", "-r", "--line-range", "-H", "--style", "--theme", "--color", "--paging")),
    "sed": frozenset(("-e", "--expression", "-f", "--file", "-l")),
    "awk": frozenset(("-F", "-v", "-f")),
    "type": frozenset(),
    "get-content": frozenset(
        ("-totalcount", "-head", "-first", "-tail", "-last", "-encoding", "-readcount", "-delimiter", "-erroraction", "-ea")
    ),
}  # fmt: skip
_CALLED: Final = {"batcat": "bat", "gsed": "sed", "gawk": "awk", "gc": "get-content"}
_SCRIPTED: Final = {
    "sed": ("-e", "--expression", "-f", "--file"),
    "awk": ("-f",),
}  # else the first argument is the script
_WRITES: Final = re.compile(r"-[nErsuz]*i|--in-place")
# Through these one still sees what is in the file.
_THROUGH: Final = frozenset(
    (*_VALUES, *_CALLED, "grep", "egrep", "rg", "jq", "yq", "cut", "tr", "sort", "uniq", "column", "fold", "select-object",
     "select-string", "where-object", "out-string")
)  # fmt: skip
_UNKNOWN: Final = re.compile(r"[$`*?{}\n]|^-$|^&|^/dev/|\[[^\]]*-|/$|^\.{1,2}$")
_MAY: Final = re.compile(
    r"(?i)(?m)(?:^|[;&(]|\|\||\bdo )[ \t]*(?:cat|nl|head|tail|less|more|bat|batcat|g?sed|g?awk|type|get-content|gc)[ \t]+(?!<)"
)
_TAKEN_IN: Final = re.compile(
    r"\$\(\s*(?:cat\s+|<\s*)([\w./-]+)\s*\)"
)  # a file whose text goes into a command
_ERRORS: Final = ("o such file", "s a directory", "annot open", "ermission denied", "annot find path")


@of_line
def may_view(source: str) -> bool:
    """Tell quickly whether a command line may show a file."""
    return _MAY.search(source) is not None


def note(ledger: Fields, call: Call, source: str) -> None:
    """Take over which files a call showed; to be asked before it is known where the call leaves its shell."""
    if call.ok and "$(" in source and "<<" not in source:
        for path in _TAKEN_IN.findall(source):
            if path not in call.output:  # else it may not be there
                ledger.files.there[absolute(path, call.cwd)] = call.line
        drop_oldest(ledger.files.there, MAX_VIEWED)
    sought.note(ledger.files, call, source)
    if not (call.ok and call.output and may_view(source)) or call.extra.get("backgroundTaskId"):
        return
    files, cwd = ledger.files, absolute(call.cwd, "")
    elsewhere = stood(ledger.shell, ledger.strayed, call)
    powershell = call.name == "PowerShell"
    commands = split(cmdlets.spelled(source)) if powershell else spelled(source, split(source))
    for path, here in _shown(commands, call.output):
        place = absolute(path, folder_of(here, call.cwd))
        if elsewhere and not (
            is_placed(path, None) or is_placed(here, None)
        ):  # it may be in either directory
            place = found(place, (call.cwd, elsewhere), files)
            if not is_known(place, files):
                continue
        if not (is_noise(place, files.own) or is_aside(place, cwd) or _OF_CLIENT.search(place)):
            files.view(place, call.line)


def _shown(commands: list[Simple], output: str) -> Iterator[tuple[str, str]]:
    """Yield the files that commands show, with the directory that each of these runs in."""
    places = {id(item): at for at, item in enumerate(commands)}
    refused = _refused(output)
    count = 0
    for item, here in placed(commands):
        name = _name(item)
        if name not in _VALUES or item.writes or item.heredoc or here is None:
            continue
        at = places[id(item)]
        if item.spare or item.joint == ")" or not _is_seen(commands, at, output):
            continue
        for path in _operands(name, item.words[1:]):
            told = not item.unsure or path in output
            if (
                told
                and count < MOST
                and not _UNKNOWN.search(path)
                and not any(path in line for line in refused)
            ):
                count += 1
                yield path, here


def _name(item: Simple) -> str:
    name = item.name.lower()
    return _CALLED.get(name, name)


def _refused(output: str) -> list[str]:
    """Return the lines of an output that say that a file could not be read."""
    head = output[:ERROR_CHARS]
    if not any(map(head.__contains__, _ERRORS)):
        return []
    return [line for line in head.splitlines() if any(map(line.__contains__, _ERRORS))]


def _is_seen(commands: list[Simple], at: int, output: str) -> bool:
    """Tell whether what a command prints can be seen, and nothing speaks against its having worked."""
    item, after = commands[at], commands[at + 1 : at + 2]
    if item.joint == "||" and after:
        told = said(after[0], output)
        return told is False or (told is None and not item.quiet and after[0].name in ("true", ":"))
    end = at
    while commands[end].joint == "|" and end + 1 < len(commands):
        end += 1
        if commands[end].writes or commands[end].name.lower() not in _THROUGH:
            return False
    return not item.quiet or (end == at and item.joint in ("", "&&"))


def _operands(name: str, words: list[str]) -> list[str]:
    """Return the files that a command is given."""
    values, out, scripted = _VALUES[name], list[str](), name not in _SCRIPTED
    rest = iter(words)
    for word in rest:
        option = word.lower() if name == "get-content" else word
        if option in values:
            scripted = scripted or option in _SCRIPTED.get(name, ())
            next(rest, None)
        elif word.startswith("-") and len(word) > 1:
            if name == "sed" and _WRITES.match(word):
                return []
            scripted = scripted or word.startswith(_SCRIPTED.get(name, ("\0",)))
        elif not scripted:
            scripted = True
        elif not word.startswith("+"):
            out.append(word)
    if name == "type":  # a shell says so what kind of command a word is
        return [word for word in out if "." in word or "/" in word]
    return [each for word in out for each in word.split(",")] if name == "get-content" else out
