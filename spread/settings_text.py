"""Our entries put into the text of a settings file and taken out again, everything else as it was.

The text is never parsed and written anew: single values are inserted, replaced and cut out. What an insertion does is
undone by cutting the value out with the comma it came with; a list or object that is empty then goes too, unless
`Empty` remembers that it was there before us. The client takes strict JSON only, so other files are refused.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from spread.settings import Json, is_ours, joined, parted

Empty = dict[str, str]  # "", "hooks", "hooks/Stop": what stood between the brackets before us
Place = tuple[int, ...]  # which part of the top level, which part of that, …

NEWLINE = re.compile(r"\r\n|\n|\r")
_SPACE = re.compile(r"[ \t\n\r]*")
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity')
_DEFAULT_INDENT: Final = "  "


class SettingsError(ValueError):
    """The text cannot be worked on.

    Args:
        line: From 1.
    """

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


@dataclass(frozen=True)
class Part:
    """One member of an object or one item of a list (its key is ""), from its key to the end of its value."""

    key: str
    start: int
    value: int
    end: int


@dataclass(frozen=True)
class Holder:
    """An object or a list: where its brackets stand, and its parts."""

    open: int
    close: int
    parts: tuple[Part, ...]

    def last(self, key: str) -> int | None:
        """Return which part has this key; of several the client takes the last."""
        return next((i for i in range(len(self.parts) - 1, -1, -1) if self.parts[i].key == key), None)


# Reading


def _refuse(constant: str) -> NoReturn:
    raise SettingsError(f"{constant} is not JSON", 0)


# Numbers stay text: they may be longer than Python converts.
_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_int=str, parse_float=str)


def check(text: str) -> None:
    """See that the text is one JSON object.

    Raises:
        SettingsError: It is not; with the line.
    """
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as problem:
        raise _explained(text, problem.pos, problem.msg) from None
    except RecursionError:
        raise SettingsError("it is nested too deeply", 1) from None
    except SettingsError as problem:
        found = next(m for m in _CONSTANT.finditer(text) if not m[0].startswith('"'))
        raise SettingsError(str(problem), _line(text, found.start())) from None
    if not isinstance(value, dict):
        raise SettingsError("the top level is no object", _line(text, _skip(text, 0)))


def _explained(text: str, at: int, said: str) -> SettingsError:
    """Return the error with better words for what other programs allow."""
    before = len(text[:at].rstrip(" \t\r\n")) - 1
    if text.startswith(("//", "/*"), at):
        said = "a comment is not JSON"
    elif text[at : at + 1] in ("}", "]", ",") and before >= 0 and (text[before] == "," or text[at] == ","):
        said, at = "a comma with nothing after it is not JSON", at if text[at] == "," else before
    return SettingsError(said, _line(text, at))


def _line(text: str, at: int) -> int:
    return len(NEWLINE.findall(text, 0, at)) + 1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _holder(text: str, at: int) -> Holder:
    """Return the object or list (of checked text) that begins at `at`."""
    is_object = text[at] == "{"
    parts: list[Part] = []
    here = _skip(text, at + 1)
    while text[here] not in "}]":
        start, key = here, ""
        if is_object:
            key, here = _DECODER.raw_decode(text, here)
            here = _skip(text, _skip(text, here) + 1)
        value = here
        _, here = _DECODER.raw_decode(text, here)
        parts.append(Part(key, start, value, here))
        here = _skip(text, here)
        if text[here] == ",":
            here = _skip(text, here + 1)
    return Holder(at, here, tuple(parts))


def _at(text: str, place: Place) -> Holder:
    holder = _holder(text, _skip(text, 0))
    for index in place:
        holder = _holder(text, holder.parts[index].value)
    return holder


def _value(text: str, part: Part) -> Any:
    return json.loads(text[part.value : part.end])


# Writing


def _newline(text: str) -> str:
    found = NEWLINE.search(text)
    return found[0] if found else "\n"


def _indent(text: str) -> str:
    """Return one step of indentation, as the top level has it."""
    top = _at(text, ())
    if not top.parts:
        return _DEFAULT_INDENT
    lead = NEWLINE.split(text[top.open + 1 : top.parts[0].start])
    return lead[-1] or _DEFAULT_INDENT if len(lead) > 1 else _DEFAULT_INDENT


def _margin(text: str, at: int) -> str:
    """Return the white space that begins the line of `at`."""
    line = NEWLINE.split(text[:at])[-1]
    return line[: _skip(line, 0)]


def _written(text: str, value: object, margin: str) -> str:
    lines = json.dumps(value, indent=_indent(text)).split("\n")
    return (_newline(text) + margin).join(lines)


def _insert(text: str, place: Place, key: str, value: object) -> str:
    """Add a part at the end of the object or list at `place`, in the way of what is there."""
    holder = _at(text, place)
    name = json.dumps(key) + ": " if key else ""
    if holder.parts:
        last = holder.parts[-1]
        before = holder.parts[-2].end if len(holder.parts) > 1 else holder.open + 1
        lead = text[before : last.start].removeprefix(_spaced_comma(text, before))
        if NEWLINE.search(lead):
            margin = NEWLINE.split(lead)[-1]
            new = "," + _newline(text) + margin + name + _written(text, value, margin)
        else:
            new = "," + lead + name + json.dumps(value)
        return text[: last.end] + new + text[last.end :]
    top = _at(text, ())
    if place and not NEWLINE.search(text, top.open, top.close):  # all of it stands on one line
        new = name + json.dumps(value)
    else:
        outer = _margin(text, holder.open)
        margin = outer + _indent(text)
        line = _newline(text)
        new = line + margin + name + _written(text, value, margin) + line + outer
    return text[: holder.open + 1] + new + text[holder.close :]


def _spaced_comma(text: str, at: int) -> str:
    comma = _skip(text, at)
    return text[at : comma + 1] if text[comma] == "," else ""


def _remove(text: str, place: Place, index: int, inner: str = "") -> str:
    """Cut a part out; what it leaves empty has `inner` between its brackets."""
    holder = _at(text, place)
    part = holder.parts[index]
    if len(holder.parts) == 1:
        return text[: holder.open + 1] + inner + text[holder.close :]
    before = holder.parts[index - 1].end if index else holder.open + 1
    if index + 1 == len(holder.parts):
        return text[: _skip(text, before)] + text[part.end :]
    start = before + len(_spaced_comma(text, before)) if index else before
    return text[:start] + text[_skip(text, part.end) + 1 :]


def _replace(text: str, part: Part, value: object) -> str:
    """Put `value` in the place of a part's value; on one line if it stood so between others."""
    old = text[part.value : part.end]
    new = _written(text, value, _margin(text, part.start)) if NEWLINE.search(old) else json.dumps(value)
    return text[: part.value] + new + text[part.end :]


# Our hooks


@dataclass(frozen=True)
class Found:
    """A group that holds entries of ours: where its list is, which it is there, which entries; `alone`: only ours."""

    event: str
    place: Place
    index: int
    entries: tuple[int, ...]
    alone: bool
    counts: bool  # not hidden from the client by a later member of the same name


def _groups(text: str) -> list[Found]:
    out: list[Found] = []
    top = _at(text, ())
    for i, hooks in enumerate(top.parts):
        if hooks.key != "hooks" or text[hooks.value] != "{":
            continue
        events = _holder(text, hooks.value)
        for j, event in enumerate(events.parts):
            if text[event.value] != "[":
                continue
            counts = top.last("hooks") == i and events.last(event.key) == j
            for k, group in enumerate(_holder(text, event.value).parts):
                entries, alone = _ours(text, group)
                if entries:
                    out.append(Found(event.key, (i, j), k, entries, alone, counts))
    return out


def _ours(text: str, group: Part) -> tuple[tuple[int, ...], bool]:
    """Return which entries of a group are ours, and whether all are."""
    value = _value(text, group)
    inner = value.get("hooks") if isinstance(value, dict) else None
    found = tuple(i for i, each in enumerate(inner) if is_ours(each)) if isinstance(inner, list) else ()
    return found, isinstance(inner, list) and len(found) == len(inner)


def _drop(text: str, found: Found, empty: Mapping[str, str]) -> str:
    """Take out what is ours of one group, and all that is empty then and was not before us."""
    hooks, event = found.place
    if not found.alone:
        group = (*found.place, found.index)
        inner = _at(text, group).last("hooks")
        assert inner is not None, "its entries were found there"
        for entry in reversed(found.entries):
            text = _remove(text, (*group, inner), entry)
        return text
    name = f"hooks/{found.event}"
    text = _remove(text, found.place, found.index, empty.get(name, ""))
    if _at(text, found.place).parts or (found.counts and name in empty):
        return text
    text = _remove(text, (hooks,), event, empty.get("hooks", ""))
    if _at(text, (hooks,)).parts or (found.counts and "hooks" in empty):
        return text
    return _remove(text, (), hooks, empty.get("", ""))


def add_hooks(text: str, groups: Mapping[str, Json], empty: Empty) -> str:
    """Return checked text with our group for each event, older ones of ours replaced where they stand.

    Args:
        empty: Gets what `take_hooks` needs to know.

    Raises:
        SettingsError: The client would not take a group there.
    """
    text = _drop_all(text, empty, lambda event: event not in groups)
    for event, group in groups.items():
        text = _drop_all(text, empty, event.__eq__, but_one=True)
        kept = next((found for found in _groups(text) if found.event == event), None)
        if kept is None:
            text = _insert_group(text, event, group, empty)
            continue
        part = _at(text, kept.place).parts[kept.index]
        text = text if _value(text, part) == group else _replace(text, part, group)
    return text


def take_hooks(text: str, empty: Mapping[str, str]) -> str:
    """Return checked text without any entry of ours."""
    return _drop_all(text, empty, lambda _: True)


def _drop_all(
    text: str, empty: Mapping[str, str], which: Callable[[str], bool], *, but_one: bool = False
) -> str:
    """Drop all of the events that `which` says, but for the first group that is ours alone if one is to be kept."""
    while True:
        found = [each for each in _groups(text) if which(each.event)]
        kept = next((each for each in found if but_one and each.alone and each.counts), None)
        found = [each for each in found if each is not kept]
        if not found:
            return text
        text = _drop(text, found[-1], empty)


def _insert_group(text: str, event: str, group: Json, empty: Empty) -> str:
    """Put a group at the end of its event's list; the list, and `hooks`, are made where they are missing."""
    hooks = _at(text, ()).last("hooks")
    if hooks is None:
        return _insert_noting(text, (), "hooks", {event: [group]}, "", empty)
    _expect(text, (), hooks, "{", "hooks is no object")
    at = _at(text, (hooks,)).last(event)
    if at is None:
        return _insert_noting(text, (hooks,), event, [group], "hooks", empty)
    _expect(text, (hooks,), at, "[", f"hooks.{event} is no list")
    return _insert_noting(text, (hooks, at), "", group, f"hooks/{event}", empty)


def _insert_noting(text: str, place: Place, key: str, value: object, name: str, empty: Empty) -> str:
    holder = _at(text, place)
    if not holder.parts:
        empty[name] = text[holder.open + 1 : holder.close]
    return _insert(text, place, key, value)


def _expect(text: str, place: Place, index: int, bracket: str, otherwise: str) -> None:
    value = _at(text, place).parts[index].value
    if text[value] != bracket:
        raise SettingsError(otherwise, _line(text, value))


# Our status line


def add_status(text: str, command: str, empty: Empty) -> str:
    """Return checked text whose status line is our command, or somebody's and then ours.

    Raises:
        SettingsError: There is a status line that is no command.
    """
    index = _at(text, ()).last("statusLine")
    if index is None:
        return _insert_noting(text, (), "statusLine", {"type": "command", "command": command}, "", empty)
    part = _command(text, index)
    if part is None:
        raise SettingsError("statusLine is no command", _line(text, _at(text, ()).parts[index].start))
    new = joined(text[part.value + 1 : part.end - 1], command)
    return text[: part.value + 1] + new + text[part.end - 1 :]


def take_status(text: str, empty: Mapping[str, str]) -> str:
    """Return checked text whose status line is as it was before us."""
    for index in reversed(range(len(_at(text, ()).parts))):
        part = _command(text, index) if _at(text, ()).parts[index].key == "statusLine" else None
        if part is None:
            continue
        raw = text[part.value + 1 : part.end - 1]
        left = parted(raw)
        if left is None:
            text = _remove(text, (), index, empty.get("", ""))
        elif left != raw:
            text = text[: part.value + 1] + left + text[part.end - 1 :]
    return text


def _command(text: str, index: int) -> Part | None:
    """Return the command, a string, of the status line that is this part of the top level."""
    part = _at(text, ()).parts[index]
    if text[part.value] != "{" or _value(text, part).get("type") != "command":
        return None
    status = _holder(text, part.value)
    found = status.last("command")
    return status.parts[found] if found is not None and text[status.parts[found].value] == '"' else None


def has_ours(text: str) -> bool:
    """Tell whether anything in checked text is ours."""
    return take_status(take_hooks(text, {}), {}) != text
