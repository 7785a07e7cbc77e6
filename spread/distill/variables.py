"""The variables and the loops of a command line, where the line itself or what it printed says what they stand for."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from spread.distill import cmdlets, given
from spread.distill.operands import spelled_out
from spread.distill.shell import split
from spread.distill.simple import Simple

MOST: Final = 40  # values of a loop, and commands that one of it stands for
# Of all that a word stands for: variables that hold others could make it grow without end.
MOST_CHARS: Final = 8_000
MOST_WORDS: Final = 4_000  # of all commands of loops
_USED: Final = re.compile(r"\$(?:(\w+)|\{(\w+)(?:%%?([\w.]+)|(##\*/))?\})")
_OVERWRITES: Final = frozenset(("read", "unset", "mapfile", "readarray", "getopts"))
_SETTERS: Final = frozenset(("export", "local", "declare", "readonly", "typeset"))
# After one of these a command of a loop may not have run for each value.
_ASKS: Final = frozenset(("[", "[[", "test", "grep", "rg", "cmp", "diff", "case", "continue", "break"))
_SHELLS: Final = frozenset(("bash", "sh", "zsh", "dash"))
_POWER: Final = frozenset(("powershell", "pwsh"))
_RUNS: Final = ("sh -", "hell", "eval ")  # one is in every line that has a shell run another line
_GIVEN: Final = re.compile(r"-[a-mo-z]{0,4}c")  # with an n it only looks
_GOES: Final = frozenset(("cd", "pushd"))
_LEAVES: Final = _GOES | {"popd"}
_UNKNOWN: Final = re.compile(r"[$`(\n]")
_COUNTED: Final = re.compile(r"\$\(seq (\d{1,5})(?: (\d{1,5}))?\)")

Values = dict[str, list[str]]  # what a variable stands for: one value, or those of a loop in turn


def spelled(source: str, commands: list[Simple], output: str = "") -> list[Simple]:
    """Return the commands with the variables in them replaced, those of a loop once for each of its values.

    What a variable stands for that was set to anything but plain text, in a branch or more than once in a loop is left.

    Args:
        output: What the line printed, which may tell that a `cd` failed.
    """
    typed = commands
    if any(map(source.__contains__, _RUNS)):
        commands = [each for item in commands for each in _inside(item)]
    if "cd: " in output or "no such file" in output:
        commands = given.stayed(commands, output)
    if "$" not in source or _is_quoted(source, typed):
        return commands
    if "()" in source:
        commands = given.called(source, commands)
    if "read " in source and "<<" in source:
        commands = given.read(source, commands)
    values: Values = {"HOME": ["~"]}
    if "PWD" in source and not any(item.name in _LEAVES or item.into for item in commands):
        values["PWD"] = ["."]
    looped: set[str] = set()  # those of them that are of a loop
    out: list[Simple] = []
    room = MOST_WORDS
    for item in commands:
        if not item.unsure and item.words[:1] != ["for"]:
            _leave_loops(values, looped)  # behind a loop its variable has but the last value
        for name, value, sure in item.sets:
            _set(values, name, value, sure=sure)
        if item.name in _SETTERS:
            for word in item.words[1:]:
                name, equals, value = word.partition("=")
                if equals:
                    _set(values, name, value, sure=not item.unsure)
        elif item.words[1:2] == ["="] and item.words[0].startswith("$"):  # PowerShell
            plain = len(item.words) == 3 and not (item.unsure or item.words[2].startswith(("(", "@")))
            _set(values, item.words[0][1:], item.words[-1], sure=plain)
        elif item.name in _OVERWRITES or item.words[:2] == ["printf", "-v"]:
            for word in item.words[1:]:
                values.pop(word, None)
        elif item.words[:1] == ["for"] and len(item.words) > 1:
            values.pop(item.words[1], None)
            item = given.parted(item, values, source)
            listed = [each for word in item.words[3:] for each in _expanded(_counted(word), values)]
            paths = [each for word in listed for each in spelled_out(word)]
            if item.words[2:3] == ["in"] and 0 < len(paths) <= MOST and not any(map(_UNKNOWN.search, paths)):
                values[item.words[1]] = paths
                looped.add(item.words[1])
        elif item.name in _ASKS:
            _leave_loops(values, looped)
        copies = _copies(given.parted(item, values, source), values, room, looped)
        room -= len(copies) * len(item.words) if len(copies) > 1 else 0
        out += copies
    return out


def _is_quoted(source: str, commands: list[Simple]) -> bool:
    """Tell whether a `$` stands for itself somewhere, other than in a here-document."""
    if "<<" in source:
        source = "\n".join(source[item.start : item.end] for item in commands)
    return "'$" in source or "\\$" in source


def _inside(item: Simple) -> list[Simple]:
    """Return the commands of `bash -c '…'` and the like, in brackets of their own; any other command as it is."""
    source = _given(item)
    if not source:
        return [item]
    change, deeper = msgspec.structs.replace, item.depth + 1  # the commands of a line stay as they are
    inner = [
        change(
            each,
            depth=deeper + each.depth,
            unsure=item.unsure or each.unsure,
            spare=item.spare or each.spare,
            start=item.start,
        )
        for each in split(source)
    ]
    if inner and item.into:  # as of `env -C`
        inner.insert(0, Simple(["cd", item.into], joint="&&", depth=deeper, name="cd", start=item.start))
    if inner:
        inner[-1].joint, inner[-1].ends = ")", item.joint
    return [*inner, change(item, words=item.words[:1])] if item.writes else inner


def _given(item: Simple) -> str:
    """Return the command line that a command runs, an empty string where it runs none."""
    words, name = item.words, item.name.removesuffix(".exe")
    if name == "eval":
        return " ".join(words[1:])
    if name in _SHELLS and len(words) == 3 and _GIVEN.fullmatch(words[1]):
        return words[2]
    if name in _POWER and len(words) > 2 and words[-2].lower() in ("-command", "-c"):
        return cmdlets.spelled(words[-1])
    return ""


def _set(values: Values, name: str, value: str, *, sure: bool) -> None:
    held = _expanded(value, values)
    if sure and len(held) == 1 and not _UNKNOWN.search(held[0]):
        values[name] = held
    else:
        values.pop(name, None)


def _leave_loops(values: Values, looped: set[str]) -> None:
    looped.clear()
    for name in [name for name, held in values.items() if len(held) != 1]:
        del values[name]


def _expanded(word: str, values: Values) -> list[str]:
    """Return what a word stands for; as it is where a variable is not known."""
    out = [word]
    for found in _USED.finditer(word) if "$" in word else ():
        held = values.get(found[1] or found[2])
        if held is None or len(out) * len(held) > MOST:
            return [word]
        if found[3] or found[4]:
            held = [each.removesuffix(found[3]) if found[3] else each.rpartition("/")[2] for each in held]
        long = len(held) * sum(map(len, out)) + len(out) * sum(map(len, held))
        if long > MOST_CHARS:
            return [word]
        out = [each.replace(found[0], value, 1) for each in out for value in held]
    return out


def _counted(word: str) -> str:
    """Return the numbers that `seq` prints as braces, any other word as it is."""
    found = _COUNTED.fullmatch(word)
    first, last = (found[1], found[2]) if found and found[2] else ("1", found[1] if found else "")
    return f"{{{int(first)}..{int(last)}}}" if found else word


def _names(words: Iterable[str], values: Values) -> list[str]:
    found = (each[1] or each[2] for word in words if "$" in word for each in _USED.finditer(word))
    return [name for name in dict.fromkeys(found) if name in values]


def _copies(item: Simple, values: Values, room: int, looped: set[str]) -> list[Simple]:
    given = [*item.words, *[path for path, _ in item.writes]]
    if "$" not in "".join(given) or not (names := _names(given, values)):
        return [item]
    loops = [name for name in names if len(values[name]) != 1 or name in looped]
    if loops and (item.name in _GOES or len(loops) > 1):
        _leave_loops(values, looped)  # where the rest of the loop runs cannot be told
        return [item]
    if loops and len(values[loops[0]]) * len(item.words) > room:
        return [item]
    out: list[Simple] = []
    for value in values[loops[0]] if loops else [""]:
        now = {**{name: values[name] for name in names}, **({loops[0]: [value]} if loops else {})}
        words = [_expanded(word, now)[0] for word in item.words]
        writes = [(_expanded(path, now)[0], appends) for path, appends in item.writes]
        # What a loop over plain words does is done for each of them.
        unsure = item.unsure and not loops
        out.append(msgspec.structs.replace(item, words=words, writes=writes, unsure=unsure))
    return out
