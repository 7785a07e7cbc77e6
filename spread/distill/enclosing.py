"""In which function, type, entry or section of a file an edit was made, by what the client says stood there before."""

import re
from typing import Final, NamedTuple

from spread.distill.net_lines import name_of
from spread.transcript_events import Call

READ_CHARS: Final = 400_000  # of a file
MAX_OUTER: Final = 24  # blocks around an edit that are looked at
HEADING_CHARS: Final = 80
NESTED: Final = (".yaml", ".yml", ".json", ".toml", ".tf", ".xml")  # where one name stands for many things
_ENTRY: Final = re.compile(r"(?:- )?[\"']?([\w@./*-]{2,60})[\"']?\s*[:=]\s*[\[{|>]?[-+]?\s*\Z")


class Outer(NamedTuple):
    """What an edit stands in, "" where that is not known, and how far in: a line with no more blanks before it is outside."""

    name: str = ""
    margin: int = -1


UNKNOWN: Final = Outer()


def outer_of(call: Call, old: str, path: str, *, prose: bool) -> Outer:
    """Return what the first line of an edit stands in, by its indentation, in prose by the headings above it.

    Args:
        old: What the edit took out.
    """
    text = call.extra.get("originalFile")
    if (
        not isinstance(text, str)
        or not old
        or len(text) > READ_CHARS
        or call.input.get("replace_all") is True
    ):
        return UNKNOWN
    at = text.find(old)
    if at < 0 or text.find(old, at + 1) >= 0:  # or nobody knows where
        return UNKNOWN
    start = text.rfind("\n", 0, at) + 1
    if prose:
        return Outer(_heading(text[:start]))
    first = next((line for line in text[start:].split("\n", 1 + old.count("\n")) if line.strip()), "")
    margin = _indent(first)
    return Outer(_around(text[:start].splitlines(), margin, nested=path.endswith(NESTED)), margin - 1)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _around(lines: list[str], margin: int, *, nested: bool) -> str:
    """Return what the innermost block that has a name around a line is called, an empty string for none."""
    blocks = 0
    for line in reversed(lines) if margin else ():
        bare = line.strip()
        if not bare or (indent := _indent(line)) >= margin or bare[0] in "#*/":
            continue
        found = _ENTRY.match(bare) if nested else None
        if name := found[1] if found else "" if nested else name_of(bare):
            return name
        # A line that begins so goes on with what began further up as far in.
        margin = indent + (bare[0] in ")]}")
        blocks += 1
        if not margin or blocks > MAX_OUTER:
            break
    return ""


def _heading(text: str) -> str:
    """Return the last heading of a text in Markdown."""
    fenced, out = False, ""
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif line[:1] == "#" and not fenced and line.lstrip("#")[:1] == " ":
            out = line
    return out.lstrip("#").strip().replace("`", "'")[:HEADING_CHARS]


def forget(lines: dict[str, str], names: dict[str, int]) -> None:
    """Forget what lines stand in, where that went.

    Args:
        lines: With what each stands in.
        names: How often more each is there than before.
    """
    for text in [text for text, inside in lines.items() if names.get(inside, 0) < 0]:
        lines[text] = ""
