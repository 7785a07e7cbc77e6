"""What the commands of a shell's function stand for where it is called, and those of a loop that reads lines standing in it."""

import re
from typing import Final

import msgspec

from spread.distill.simple import Simple

MOST: Final = 40  # lines of a loop, and calls of functions
MOST_FUNCTIONS: Final = 12
MOST_COMMANDS: Final = 60
_PLACE: Final = re.compile(r"\$(?:(\d)\b|\{(\d)\})")
_BLOCK: Final = re.compile(r"\s*\(\)\s*\{")
_CLOSES: Final = re.compile(r";\s*\}")
_CLOSES_BELOW: Final = re.compile(r"\n\}")
_DONE: Final = re.compile(r"done\s*<<-?\s*([\"']?)(\w+)\1[^\n]*\n")
_PARTED: Final = re.compile(r"\bIFS=(?:\$?([\"'])(\\?.?)\1|(\S?))\s+read\b")
_UNKNOWN: Final = re.compile(r"[$`\\\"']")
# After one of these a command of a loop may not have run for each line.
_ASKS: Final = frozenset(
    ("[", "[[", "test", "grep", "rg", "cmp", "diff", "case", "continue", "break", "read")
)


def called(source: str, commands: list[Simple]) -> list[Simple]:
    """Return the commands, with those of a function that use what it is given once more for each of its calls."""
    bodies = dict[str, list[Simple]]()
    out, room = list[Simple](), MOST
    for at, item in enumerate(commands):
        named = item.joint == "(" and len(item.words) == 1 and len(bodies) < MOST_FUNCTIONS
        if named and (begun := _BLOCK.match(source, item.end)):
            closes = _CLOSES if source[begun.end() :].partition("\n")[0].strip() else _CLOSES_BELOW
            end = found.start() if (found := closes.search(source, begun.end())) else 0
            inside = (it for it in commands[at + 1 :] if it.start < end)
            bodies[item.name] = [it for it in inside if it.name != item.name][:MOST]
        elif item.name in bodies and item.words[1:] and room > 0 and item not in bodies[item.name]:
            room -= 1
            out += _as_called(bodies[item.name], item)
        out.append(item)
    return out


def _as_called(body: list[Simple], call: Simple) -> list[Simple]:
    """Return the commands of a function with what a call gives it in their place."""
    words = call.words[1:]

    def put(text: str) -> str:
        return _PLACE.sub(
            lambda it: words[at] if 0 <= (at := int(it[1] or it[2]) - 1) < len(words) else it[0], text
        )

    out, unsure = list[Simple](), call.unsure
    for item in body:
        if item.name in _ASKS:
            break
        unsure = unsure or item.name == "for"  # what is in a loop is told of each of its values
        if item.name == "for" or "$" in f"{item.words}{item.writes}{item.sets}":
            out.append(
                msgspec.structs.replace(
                    item,
                    words=[put(word) for word in item.words],
                    writes=[(put(path), appends) for path, appends in item.writes],
                    sets=[(name, put(value), sure or not call.unsure) for name, value, sure in item.sets],
                    depth=call.depth,
                    unsure=unsure,
                    spare=item.spare or call.spare,
                )
            )
    return out


def read(source: str, commands: list[Simple]) -> list[Simple]:
    """Return the commands, with those of a loop over the lines of a here-document once for each of these."""
    begun = _DONE.search(source)
    loops = [at for at, item in enumerate(commands) if item.name == "read" and item.unsure]
    if begun is None or len(loops) != 1 or len(commands) > MOST_COMMANDS:
        return commands
    at, item = loops[0], commands[loops[0]]
    names = [word for word in item.words[1:] if word[:1] != "-"]
    end = source.find(f"\n{begun[2]}", begun.end() - 1)
    rows = [line.strip() for line in source[begun.end() : max(end, begun.end())].split("\n") if line.strip()]
    flags = {word for word in item.words[1:] if word[:1] == "-"}
    if end < 0 or not names or not flags <= {"-r"} or not all(map(str.isidentifier, names)):
        return commands
    if len(rows) > MOST or any(map(_UNKNOWN.search, rows)):
        return commands
    parted = _PARTED.search(source)
    by = (parted[2] or parted[3] or "") if parted else None
    given = [dict(zip(names, _fields(row, by, len(names)), strict=False)) for row in rows]
    use = re.compile(rf"\$(?:({'|'.join(names)})\b|\{{({'|'.join(names)})\}})")
    out, asked = commands[: at + 1], False
    for each in commands[at + 1 :]:
        asked = asked or each.name in _ASKS or each.name == "for" or bool(each.sets)
        inside = each.start < begun.start() and not asked
        used = inside and use.search(" ".join([*each.words, *(path for path, _ in each.writes)]))
        out += [_of_row(each, use, row) for row in given] if used else [each]
    return out


def _fields(row: str, by: str | None, count: int) -> list[str]:
    parts = row.split(by or None, count - 1) if count > 1 else [row]
    return [part.strip() for part in parts] + [""] * (count - len(parts))


def _of_row(item: Simple, use: re.Pattern[str], row: dict[str, str]) -> Simple:
    """Return a command as it is in one turn of a loop, with what the variables of that hold."""

    def put(text: str) -> str:
        return use.sub(lambda it: row[it[1] or it[2]], text)

    words, writes = [*map(put, item.words)], [(put(path), appends) for path, appends in item.writes]
    return msgspec.structs.replace(item, words=words, writes=writes, unsure=item.spare)


def stayed(commands: list[Simple], output: str) -> list[Simple]:
    """Return the commands without a `cd` that failed, and what was to be done only behind it."""
    out, at = list[Simple](), 0
    while at < len(commands):
        item = commands[at]
        at += 1
        if item.name != "cd" or len(item.words) != 2 or not _failed(item.words[1], output):
            out.append(item)
            continue
        while at < len(commands) and commands[at - 1].joint == "&&":
            at += 1
    return out


def _failed(folder: str, output: str) -> bool:
    return (
        f"cd: {folder}: No such file" in output or f"no such file or directory: {folder}\n" in f"{output}\n"
    )


def parted(item: Simple, values: dict[str, list[str]], source: str) -> Simple:
    """Return a command with the words parted for which a bare variable stands: `for f in $FILES`."""
    words = list[str]()
    for word in item.words:
        held = values.get(word[1:].strip("{}"), []) if word[:1] == "$" else []
        several = len(held) == 1 and " " in held[0] and f'"{word}"' not in source
        words += held[0].split() if several else [word]
    return item if len(words) == len(item.words) else msgspec.structs.replace(item, words=words)
