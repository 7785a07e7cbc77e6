"""The variables and the loops of a command line, where the line itself or what it printed says what they stand for."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from spread.distill import cmdlets, given
from spread.distill.given import in_turn
from spread.distill.operands import spelled_out
from spread.distill.shell import split
from spread.distill.simple import UNKNOWABLE, Simple

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
MOST_TURNS: Final = 40  # turns of a loop
MOST_COMMANDS: Final = 60
MIN_SAID: Final = 4  # signs beside the name, so that nothing else is taken for it
MAX_CHARS: Final = 20_000  # of the output
_LIST_ENDS: Final = (";", "\n", "")
_USE: Final = r"\$(?:{0}\b|\{{{0}\}})"
_FED_BY: Final = frozenset(("echo", "printf"))
_VALUED: Final = frozenset(("-n", "-P", "-L", "-d", "-s", "-I", "-a"))


def spelled(source: str, commands: list[Simple], output: str = "") -> list[Simple]:
    """Return the commands with the variables in them replaced, those of a loop once for each of its values.

    What a variable stands for that was set to anything but plain text, in a branch or more than once in a loop is left.

    Args:
        output: What the line printed, which may tell the values of a loop.
    """
    typed = commands
    if "xargs" in source:
        commands = fed(commands)
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
    if "echo " in source and ("for " in source or "read " in source):
        commands = turns_told(commands, output)
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
    names = _names([*item.words, *(path for path, _ in item.writes)], values)
    if not names:
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


def turns_told(commands: list[Simple], output: str) -> list[Simple]:
    """Return the commands, those of a loop once for each of the turns that an `echo` behind them in it names.

    What stands in another branch than that, or behind it, or may be left out of a turn stays as it is.
    """
    if not output or len(commands) > MOST_COMMANDS:
        return commands
    out, at = list[Simple](), 0
    while at < len(commands):
        out.append(commands[at])
        at += 1
        if name := _variable(commands[at - 1]):
            end = next((i for i, it in enumerate(commands[at:], at) if not it.unsure), len(commands))
            body = commands[at:end]
            out += _in_turns(commands[at - 1], name, body, commands, output)
            at = end
    return out


def _variable(item: Simple) -> str:
    """Return the variable of a loop over what is not known from the line."""
    words = item.words
    if words[:1] == ["for"] and words[2:3] == ["in"] and any(map(UNKNOWABLE.search, words[3:])):
        return words[1]
    if item.name == "read" and item.unsure and words[-1:] and words[-1].isidentifier():
        return words[-1] if all(word[:1] == "-" or not word for word in words[1:-1]) else ""
    return ""


def _in_turns(
    loop: Simple, name: str, body: list[Simple], commands: list[Simple], output: str
) -> list[Simple]:
    use = re.compile(_USE.format(re.escape(name)))
    said = next((at for at, item in enumerate(body) if _tells(item, use)), None)
    if said is None or any(each == name for item in body for each, _, _ in item.sets):
        return body
    values = _values(body[said], use, commands, output, loop)
    chain = said
    while chain > 0 and body[chain - 1].joint == "&&":
        chain -= 1
    out = list[Simple]()
    for at, item in enumerate(body):
        alone = at == 0 or body[at - 1].joint in _LIST_ENDS
        here = item.branch == body[said].branch and item.depth == body[said].depth
        used = any(map(use.search, [*item.words, *(path for path, _ in item.writes)]))
        if values and at < said and (at >= chain or alone) and here and used and item.words[:1] != ["for"]:
            # No value holds a sign that a replacement could take for its own.
            out += [in_turn(item, use, value) for value in values]
        else:
            out.append(item)
    return out


def _tells(item: Simple, use: re.Pattern[str]) -> bool:
    return (
        item.name == "echo"
        and not item.writes
        and item.joint not in ("|", "||")
        and _shape(item, use) is not None
    )


def _shape(item: Simple, use: re.Pattern[str]) -> tuple[str, str] | None:
    """Return what an `echo` prints before and behind the variable of the loop, None where it prints another one, too."""
    parts = use.split(" ".join(item.words[1:]))
    if len(parts) != 2 or any(map(re.compile(r"[$`\\]").search, parts)):
        return None
    return (
        (parts[0], parts[1])
        if len(parts[0].strip()) >= MIN_SAID or len(parts[1].strip()) >= MIN_SAID
        else None
    )


def _values(
    said: Simple, use: re.Pattern[str], commands: list[Simple], output: str, loop: Simple
) -> list[str]:
    shape = _shape(said, use)
    assert shape is not None
    before, behind = shape
    others = [
        item
        for item in commands
        if item is not said
        and item.name in _FED_BY
        and any(each.strip() and each.strip() in " ".join(item.words) for each in shape)
    ]
    if others:
        return []
    lines = output[:MAX_CHARS].splitlines()
    line = re.compile(rf"{re.escape(before)}(\S+?){re.escape(behind)}")
    found = list(dict.fromkeys(it[1] for it in map(line.fullmatch, lines) if it))
    patterns = loop.words[3:] if loop.words[:1] == ["for"] else []
    plain = patterns and not any("$" in word or "`" in word for word in patterns)
    fits = [it for it in found if not plain or any(fnmatchcase(it, word) for word in patterns)]
    named = [it for it in fits if "/" in it or "." in it]
    known = not any(UNKNOWABLE.search(it) or "\\" in it for it in named)
    return named if known and len(named) == len(found) <= MOST_TURNS else []


def fed(commands: list[Simple]) -> list[Simple]:
    """Return the commands, with those that `xargs` runs on words that an `echo` before it holds in its place."""
    out = list[Simple]()
    for at, item in enumerate(commands):
        before = commands[at - 1] if at else None
        if item.name != "xargs" or before is None or before.joint != "|" or before.name not in _FED_BY:
            out.append(item)
            continue
        given, words, hole = _printed(before), item.words[1:], ""
        while words and words[0].startswith("-"):
            if words[0].startswith("-I"):
                hole = words[0][2:] or "".join(words[1:2])
            words = words[2:] if words[0] in _VALUED else words[1:]
        if not given or not words:
            out.append(item)
            continue
        runs = [[word.replace(hole, it) for word in words] for it in given] if hole else [[*words, *given]]
        joints = [*[";"] * (len(runs) - 1), item.joint]
        out += [
            msgspec.structs.replace(item, words=run, name=run[0].rpartition("/")[2], joint=joint)
            for run, joint in zip(runs, joints, strict=True)
        ]
    return out


def _printed(item: Simple) -> list[str]:
    """Return the words that an `echo` or `printf` prints, none where they are not all known."""
    words = item.words[1:]
    if item.name == "printf":
        if words[:1] in (["%s\\n"], ["%s\\0"]):
            words = words[1:]
        elif len(words) == 1 and "%" not in words[0]:
            words = [part for part in words[0].split("\\n") if part]
        else:
            return []
    elif words[:1] and words[0].startswith("-"):
        return []
    words = [part for word in words for part in word.split()]
    bad = any(UNKNOWABLE.search(word) or "\\" in word for word in words)
    return [] if bad or len(words) > MOST_TURNS else words
