"""Files that functions of a script write whose path they are given: `def sub(path, old, new)`, and the calls of it."""

import posixpath
import re
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Final, NamedTuple

from spread.distill.once import of_line

MAX_NAMES: Final = 16  # variables of a script that are looked behind
MOST: Final = 6  # functions that are looked at
MOST_CALLS: Final = 80
MAX_BODY_CHARS: Final = 4_000
_TEXT: Final = r"(?:\"([^\"'\n\\$`*?{}]+)\"|'([^\"'\n\\$`*?{}]+)')"
_PLAIN: Final = r"(?:\"[^\"'\n\\$`*?{}]+\"|'[^\"'\n\\$`*?{}]+')"
_SET: Final = re.compile(
    rf"(?m)^[ \t]*(?:const |let |var )?(?P<name>[A-Za-z_]\w{{0,40}}) ?= ?(?:[\w.]*\bPath\( ?(?P<path>{_PLAIN})? ?\)|(?P<text>{_PLAIN}));?[ \t]*(?:#.*)?$"
)
_DEF: Final = re.compile(
    r"(?m)^(?P<indent>[ \t]*)(?:async )?(?:def|function) (?P<name>[A-Za-z_]\w{0,40}) ?\( ?(?P<first>[A-Za-z_]\w{0,40})\b[^()\n]{0,200}(?:\([^()\n]{0,40}\)[^()\n]{0,80})?\)[^\n:{]{0,60}[:{]"
    r"|^(?:const|let) (?P<const>[A-Za-z_]\w{0,40}) ?= ?(?:async ?)?\( ?(?P<given>[A-Za-z_]\w{0,40})\b[^()\n]{0,200}\) ?=> ?\{"
)
_LEAVES: Final = re.compile(
    r"(?m)^[ \t]*(?:return|continue|break|try|except|else)\b|[;{:] *(?:return|continue|break)\b"
)
_FALLS: Final = re.compile(r"(?:^|[:{);])[ \t]*(?:raise|throw|(?:sys\.|process\.)?exit(?=\())\b")
_TURNS: Final = re.compile(r"^[ \t]*(?:for|while)\b")
_IF: Final = re.compile(r"^[ \t]*(?:\} )?(?:el)?if\b")
_PRINT: Final = re.compile(r"\b(?:print|console\.log)\((?P<said>[^\n]*)\)")
_SAID: Final = re.compile(r"[\"'`]([^\"'`\n]*)[\"'`]")
_WRITES: Final = (", 'w", ', "w', ".write_", "writeFile", "os.replace(", "renameSync(")
_LONG: Final = ('"""', "'''")
_HOLE: Final = re.compile(r"\$?\{[^{}]*\}")


class Given(NamedTuple):
    """A file that a call has a function write: whether anew, and whether that is certain."""

    path: str
    anew: bool
    sure: bool


class _Function(NamedTuple):
    name: str
    first: str
    body: str
    end: int
    start: str  # the folder that it puts before what it is given
    anew: bool
    sure: bool
    at: int  # where in its body it writes


def given(script: str, output: str) -> Iterator[Given]:
    """Yield the files that a script has its own functions write, where it names them in a call.

    Args:
        output: What it printed, which may tell what a function that leaves out some did.
    """
    if "def " not in script and "function " not in script and "=>" not in script:
        return
    for one in islice(_functions(script, known_names(script)), MOST):
        calls = re.compile(
            rf"(?m)^(?P<indent>[ \t]*)(?:await )?{one.name}\(\s*(?:{one.first} ?= ?)?{_TEXT}\s*[,)]"
        )
        for call in islice(calls.finditer(script, one.end), MOST_CALLS):
            path = posixpath.join(one.start, call[2] or call[3])
            quoted = any(script.count(sign, 0, call.start()) % 2 for sign in _LONG)
            sure = one.sure or _told(one, call[2] or call[3], output)
            if not quoted:
                yield Given(path, one.anew, sure and not call["indent"])


def _functions(script: str, known: dict[str, str]) -> Iterator[_Function]:
    """Yield the functions that write a file whose path is the first that they are given."""
    for found in islice(_DEF.finditer(script), 4 * MOST):
        first, body = found["first"] or found["given"], _body(script, found)
        set_to = re.findall(
            rf"(?m)^[ \t]+(?:const |let )?([A-Za-z_]\w*) ?= ?(?:[\w.]*Path\( ?)?(?:([A-Za-z_]\w*) ?/ ?)?{first}\b ?\)?(?:;.*)?$",
            body,
        )
        starts = {first: "", **{name: known.get(base, "" if not base else "$") for name, base in set_to}}
        names = "|".join(starts)
        written = re.search(
            rf"\bopen\(\s*(?P<open>{names})\s*,\s*(?:mode\s*=\s*)?[\"'][wax]|\b(?P<by>{names})\.write_(?:text|bytes)\("
            rf"|\b(?:write|append)File(?:Sync)?\(\s*(?P<node>{names})\s*,",
            body,
        )
        name = found["name"] or found["const"]
        if written is None:
            if any(map(body.__contains__, _WRITES)):  # under another name
                yield _Function(
                    name, first, body, found.end() + len(body), "", anew=False, sure=False, at=len(body)
                )
            continue
        by = written["open"] or written["by"] or written["node"]
        reads = re.search(
            rf"\bopen\(\s*{by}\s*(?:\)|,\s*(?:[\"']r|encoding))|\b{by}\.read_|readFile(?:Sync)?\(\s*{by}\b",
            body,
        )
        if "$" not in starts[by]:
            sure = _is_sure(f"{body[: written.start()]}x")
            yield _Function(
                name, first, body, found.end() + len(body), starts[by], reads is None, sure, written.start()
            )


def _body(script: str, found: re.Match[str]) -> str:
    """Return the body of a function: what is set in further than it, or stands before a bracket where it begins."""
    rest = script[found.end() : found.end() + MAX_BODY_CHARS]
    indent = found["indent"] or ""
    if found[0].endswith("{"):
        end = rest.find(f"\n{indent}}}") if "\n" in rest.partition("}")[0] else rest.find("}\n")
        return rest[: end if end >= 0 else len(rest)]
    return _set_in(rest, indent)


def _is_sure(before: str) -> bool:
    """Tell whether all that stands before what writes leaves it only with an error."""
    if _LEAVES.search(before):
        return False
    lines = [line for line in before.split("\n") if line.strip()]
    for at, line in enumerate(lines):
        turns = _TURNS.match(line)
        if turns or (_IF.match(line) and not _FALLS.search(line)):
            top = _indent(line)
            end = next((i for i, each in enumerate(lines[at + 1 :], at + 1) if _indent(each) <= top), 0)
            if end == 0 or not (turns or _FALLS.search(lines[end - 1])):
                return False
    return True


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _told(one: _Function, path: str, output: str) -> bool:
    """Tell whether a function says of a path that it wrote it: what it prints right behind that."""
    lines = [line for line in output.split("\n") if path in line] if output else []
    rows = one.body[one.at :].split("\n") if lines else []
    top = _indent(one.body[: one.at].rpartition("\n")[2])
    for row in takewhile(lambda row: not row.strip() or _indent(row) >= top, rows[1:]):
        said = _PRINT.search(row) if _indent(row) == top else None
        texts = (
            [part.strip() for text in _SAID.findall(said["said"]) for part in _HOLE.split(text)]
            if said
            else []
        )
        texts = [text for text in texts if len(text) > 1]
        if texts and any(all(text in line for text in texts) for line in lines):
            return True
    return False


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


def _set_in(text: str, indent: str) -> str:
    """Return the rest of a line, and the lines behind it that are set in further than it."""
    first, *lines = text.split("\n")
    deeper = (f"{indent} ", f"{indent}\t")
    return "\n".join([first, *takewhile(lambda line: not line.strip() or line.startswith(deeper), lines)])
