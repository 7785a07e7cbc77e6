"""What the output of a line tells of its loops: whose turn it was, where each turn says so, and what `xargs` was given."""

import re
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from spread.distill.given import in_turn
from spread.distill.simple import UNKNOWABLE, Simple

MOST: Final = 40  # turns of a loop
MOST_COMMANDS: Final = 60
MIN_SAID: Final = 4  # signs beside the name, so that nothing else is taken for it
MAX_CHARS: Final = 20_000  # of the output
_LIST_ENDS: Final = (";", "\n", "")
_USE: Final = r"\$(?:{0}\b|\{{{0}\}})"
_FED_BY: Final = frozenset(("echo", "printf"))
_VALUED: Final = frozenset(("-n", "-P", "-L", "-d", "-s", "-I", "-a"))


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
    return named if known and len(named) == len(found) <= MOST else []


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
    return [] if bad or len(words) > MOST else words
