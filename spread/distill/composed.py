"""Paths that a script puts together from plain parts, or takes from a table that stands in it, written out."""

import ast
import posixpath
import re
import warnings
from itertools import islice, takewhile
from typing import Final

from spread.distill.once import of_line

MAX_NAMES: Final = 16  # variables of a script that are looked behind
MAX_ROUNDS: Final = 4  # how often one part may rest on another
MAX_ROWS: Final = 40
MAX_TABLE_CHARS: Final = 60_000
_HINTS: Final = ("Path(", ".join(", "{", ".items()", " in ")
_TEXT: Final = r"(?:\"[^\"'\n\\$`*?{}]+\"|'[^\"'\n\\$`*?{}]+')"
_SET: Final = re.compile(
    rf"(?m)^[ \t]*(?:const |let |var )?(?P<name>[A-Za-z_]\w{{0,40}}) ?= ?(?:[\w.]*\bPath\( ?(?P<path>{_TEXT})? ?\)|(?P<text>{_TEXT}));?[ \t]*(?:#.*)?$"
)
_PARTS: Final = rf"(?:{_TEXT}|[A-Za-z_]\w*)"
_JOINED: Final = re.compile(
    rf"(?<![\w.])(?:(?:os\.)?path\.|posixpath\.)?join\( ?({_PARTS}(?:, ?{_PARTS}){{1,8}}) ?\)"
)
_DIVIDED: Final = re.compile(
    rf"(?<![\w.)\]])\(? ?(?P<first>[\w.]*\bPath\( ?{_TEXT}? ?\)|[A-Za-z_]\w*)(?P<rest>(?: ?/ ?{_TEXT}){{1,8}})(?P<end> ?\))?"
)
# A branch that holds no other one, and the one for else, which prints a plain text first.
_OTHERWISE: Final = re.compile(
    r"""(?m)^(?P<indent>[ \t]*)if [^\n]+:\n(?P<then>(?:(?P=indent)[ \t]+(?!(?:el)?if |for |while )[^\n]*\n){1,40})(?P=indent)else:\n"""
    r"""(?P=indent)[ \t]+print\((?P<q>["'])(?P<else>[^"'\n\\]{2,200})(?P=q)\)"""
)
_FILLED: Final = re.compile(r"\bf(?:\"([^\"'\n\\]{1,200})\"|'([^\"'\n\\]{1,200})')|`([^`\"'\n\\]{1,200})`")
_HOLE: Final = re.compile(r"\$?\{(\w+)\}")
_PLAIN: Final = re.compile(r"[^\"'\n\\$`*?{}]+")
_OPENED: Final = re.compile(
    rf"(?:\bPath\( ?(?P<text>{_TEXT}) ?\)|\b(?P<name>[A-Za-z_]\w*))\.open\( ?(?=[\"'])"
)
_WRAPPED: Final = re.compile(
    r"\bPath\( ?([A-Za-z_]\w*) ?\)(?=\.(?:write_|open\())|(?<=open\()Path\( ?([A-Za-z_]\w*) ?\)"
)
_ROWS: Final = re.compile(
    r"(?m)^(?P<indent>[ \t]*)for (?P<names>\(?[A-Za-z_]\w*(?:, ?[A-Za-z_]\w*){0,5}\)?) in (?P<table>[A-Za-z_]\w{0,40})(?P<call>\.items\(\)|\.keys\(\))?:"
)
_LEAVES_OUT: Final = re.compile(r"\b(?:if|continue|break|try|except|return)\b")
_STRING: Final = r"[rRbBuUfF]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
_TOKEN: Final = re.compile(rf"{_STRING}|#[^\n]*|[\[\](){{}}]", re.S)


def written_out(script: str) -> str:
    """Return a script with the paths as one text each that it joins from plain texts and names set once to such."""
    if not any(map(script.__contains__, _HINTS)):
        return script
    for _ in range(MAX_ROUNDS):
        made = _round(script, known_names(script))
        if made == script:
            break
        script = made
    script = _WRAPPED.sub(lambda found: found[1] or found[2], script)
    return _OPENED.sub(lambda found: f"open({found['text'] or found['name']}, ", script)


def _round(script: str, known: dict[str, str]) -> str:
    script = _JOINED.sub(lambda found: _of_join(found, known), script)
    if "Path(" in script:
        script = _DIVIDED.sub(lambda found: _of_division(found, known), script)
    return _FILLED.sub(lambda found: _of_text(found, known), script)


def without_untaken(script: str, output: str) -> str:
    """Return a Python script without the branches of which it prints what stands for the other one."""
    if "else:" not in script or "print(" not in script:
        return script
    lines = output.splitlines()

    def left(found: re.Match[str]) -> str:
        text = found["else"]
        taken = text in lines and found["then"].count(text) == 0 and script.count(text) == 1
        return "" if taken else found[0]

    return _OTHERWISE.sub(left, script)


@of_line
def known_names(script: str) -> dict[str, str]:
    """Return the names that a script sets once, and to a plain text, with that; not to be changed."""
    found = list(_SET.finditer(script))
    counted = [each["name"] for each in found]
    out = dict[str, str]()
    for each in found[:MAX_NAMES]:
        name = each["name"]
        if counted.count(name) == 1 and not _is_other(script, name):
            out[name] = (each["path"] or each["text"] or "'.'")[1:-1]
    return out


def _is_other(script: str, name: str) -> bool:
    """Tell whether a name is set in another way, too, or is that of a loop or a parameter somewhere."""
    sets = re.findall(rf"(?<![\w.]){name} ?(?:[-+/|]?=(?!=)|:=)", script)
    bound = rf"\b(?:for \(?(?:const |let )?[^\n()]{{0,80}}?\b{name}\b[^\n]{{0,80}}? (?:in|of) |as {name}\b|def \w+\([^)\n]{{0,200}}?\b{name}\b)"
    return len(sets) > 1 or re.search(bound, script) is not None


def _meant(part: str, known: dict[str, str]) -> str | None:
    part = part.strip()
    return part[1:-1] if part[:1] in "\"'" else known.get(part)


def _of_join(found: re.Match[str], known: dict[str, str]) -> str:
    parts = [_meant(part, known) for part in found[1].split(",")]
    given = [part for part in parts if part is not None]
    return repr(posixpath.join(*given)) if len(given) == len(parts) else found[0]


def _of_division(found: re.Match[str], known: dict[str, str]) -> str:
    first = found["first"]
    opened, closed = found[0].startswith("("), found["end"] is not None
    if "Path(" in first:
        start: str | None = first[first.index("(") + 1 : -1].strip()[1:-1]
    else:
        start = known.get(first)
    if start is None:
        return found[0]
    rest = [part.strip()[1:-1] for part in re.findall(_TEXT, found["rest"])]
    made = f"Path({posixpath.join(start, *rest)!r})"
    return made if opened and closed else f"{'(' * opened}{made}{')' * closed}"


def _of_text(found: re.Match[str], known: dict[str, str]) -> str:
    text = found[1] or found[2] or found[3]
    if "{" not in text:
        return found[0]
    made = _HOLE.sub(lambda hole: known.get(hole[1], hole[0]), text)
    return repr(made) if _PLAIN.fullmatch(made) else found[0]


def tables(script: str) -> dict[str, list[str]]:
    """Return the variables of loops over tables that stand in a script, as far as these are paths in its first column.

    A loop that leaves out some of its own accord has none; names that are made of one of a loop's are among them.
    """
    out = dict[str, list[str]]()
    known: dict[str, str] | None = None
    for loop in islice(_ROWS.finditer(script), MAX_NAMES) if " in " in script else ():
        names = [name.strip(" ()") for name in loop["names"].split(",")]
        body = set_in(script[loop.end() :], loop["indent"])
        found = _table(script, loop["table"])
        if found is None or _LEAVES_OUT.search(body) or names[0] in out:
            continue
        rows = _first_column(found, alone=len(names) == 1, mapped=bool(loop["call"]))
        if not rows or (loop["call"] == ".items()") != (len(names) == 2 and found[:1] == "{"):
            continue
        out[names[0]] = rows
        made = rf"(?m)^[ \t]+([A-Za-z_]\w*) ?= ?(?:[\w.]*Path\( ?)?(?:({_TEXT}|[\w.]*Path\( ?{_TEXT}? ?\)|[A-Za-z_]\w*) ?/ ?)?{names[0]}\b ?\)?$"
        known = known_names(script) if known is None else known
        for name, base in re.findall(made, body):
            start = known.get(base) if base.isidentifier() else base.rpartition("(")[2].strip(" )")[1:-1]
            if start is not None and name not in out:
                out[name] = [posixpath.join(start, row) for row in rows]
    return out


def set_in(text: str, indent: str) -> str:
    """Return the rest of a line, and the lines behind it that are set in further than it."""
    first, *lines = text.split("\n")
    deeper = (f"{indent} ", f"{indent}\t")
    return "\n".join([first, *takewhile(lambda line: not line.strip() or line.startswith(deeper), lines)])


def _table(script: str, name: str) -> str | None:
    """Return the text of the list or dictionary that a name is set to, the one time that it is set."""
    found = re.findall(
        rf"(?m)^[ \t]*{name}(?: ?[-+|]?=(?!=)|\.(?:append|extend|insert|update|pop)\(|\[)", script
    )
    begins = re.search(rf"(?m)^[ \t]*{name} ?= ?(?=[\[({{])", script)
    if begins is None or len(found) != 1:
        return None
    depth = 0
    for token in _TOKEN.finditer(script, begins.end(), begins.end() + MAX_TABLE_CHARS):
        depth += (token[0] in "[({") - (token[0] in "])}") if len(token[0]) == 1 else 0
        if depth == 0:
            return script[begins.end() : token.end()]
    return None


def _first_column(table: str, *, alone: bool, mapped: bool) -> list[str]:
    """Return the keys of a dictionary, else the first of each row; none where one of them is no plain text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = ast.parse(table, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    cells: list[ast.expr | None] = []
    if isinstance(node, ast.Dict) and (mapped or alone):
        cells = list(node.keys)
    elif isinstance(node, ast.List | ast.Tuple) and not mapped:
        cells = [
            row if alone else row.elts[0] if isinstance(row, ast.Tuple | ast.List) and row.elts else None
            for row in node.elts
        ]
    texts = [cell.value for cell in cells if isinstance(cell, ast.Constant)]
    paths = [text for text in texts if isinstance(text, str) and text and _PLAIN.fullmatch(text)]
    return paths if len(paths) == len(cells) <= MAX_ROWS else []
