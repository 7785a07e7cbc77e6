"""What an edit tells: the comments it added, which say what is done there and why, and what small ones changed."""

import json
import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from spread.distillation_codec import shorten
from spread.transcript_events import Call

MAX_CHARS: Final = 4_000  # of one edit
READ_CHARS: Final = 20_000  # of a new file, the beginning
MAX_NOTEBOOK: Final = 4_000_000  # characters that are looked into for a cell
MIN_CHARS: Final = 3
MIN_SPACES: Final = 3  # in a comment that says something
SMALL_CHARS: Final = 1_600  # of what was there and what is
MAX_CHANGES: Final = 3  # of one call
GIST_CHARS: Final = 90
CHANGE_CHARS: Final = 130  # of what was there, and of what is
_SCRIPTS: Final = (".sh", ".ps1", ".bat", ".cmd", ".bash")
_CODE_FILE: Final = re.compile(r"\.(?:py|[cm]?[jt]sx?|go|rs|java|kts?|swift|rb|php|cs|sh|bats|exs?)$")
_DULL: Final = re.compile(
    r"(?:import|from|use|using|#include|require|package|//|#|\*|/\*|<!--)(?:\b|\s)|[^\w]*$"
)
_COMMENT: Final = re.compile(r"(?://+!?|#+(?!!)|\*|--|/\*+|\"\"\")\s?(.{3,}?)\s*(?:\*/|\"\"\")?")
_TEST: Final = re.compile(r"(?:^|[/\\])(?:test_|conftest|tests?[/\\.])[^/\\]*$|[._-](?:test|spec)s?\.\w+$")
# What a server is to do, tests among it.
_PIPELINE: Final = re.compile(r"(?:^|[/\\])\.(?:github|gitlab|gitea|forgejo|circleci|buildkite)[/\\]")
_NOTES: Final = (".txt", ".md", ".log", ".csv", ".pdf", ".png", ".jpg")  # which hold no tests
_RULE: Final = frozenset("|-: ")  # of a table
_SIGNS: Final = frozenset('/#*-"')  # what a comment begins with
_BEGIN: Final = ("*", "--", '"""')
_END: Final = ("*/", '"""')
_MARKS: Final = ("#", "//", "*", "--", '"""')
_DIRECTIVE: Final = (
    "eslint", "nolint", "type:", "noqa", "@", "prettier", "biome", "ts-", "go:", "region", "pylint"
)  # fmt: skip

# What the preprocessor of C and its kin is told, right behind the mark: no comment.
_OF_C: Final = (
    "include", "define ", "undef ", "pragma ", "if ", "ifdef ", "ifndef ", "elif ", "endif", "import ", "error ", "warning "
)  # fmt: skip

_SILENCERS: Final = (
    "nolint", "noqa", "nosec", "-ignore", "-disable", "type: ignore", "pylint:", "rubocop:", "NOLINT"
)  # fmt: skip


@lru_cache(8)  # each edit's are asked for more than once
def lines_of(text: str) -> tuple[list[str], list[str]]:
    """Return the lines of a text as they stand, and without the blanks around them; leave both as they are."""
    lines = text.splitlines()
    return lines, [*map(str.strip, lines)]


def relaid(gone: Collection[str], made: Collection[str]) -> tuple[dict[str, str], set[str]]:
    """Return which bare lines of an edit differ in layout alone: those that went, with what each is now, and those that came."""
    if not gone or not made or not _may_be_wide("\n".join((*gone, *made))):
        return {}, set()
    came = {_laid_out(line): line for line in made}
    went = {line: came[key] for line in gone if (key := _laid_out(line)) in came}
    keys = {_laid_out(line) for line in went}
    return went, {line for line in made if _laid_out(line) in keys} if keys else set()


def relaid_in(text: str, went: dict[str, str]) -> str:
    """Return a text, of which edits wrote the lines, with those that were only laid out anew as they are now."""
    lines = text.splitlines() if any(map(text.__contains__, went)) else []
    bare = [*map(str.strip, lines)]
    if went.keys().isdisjoint(bare):
        return text
    return "\n".join(line.replace(part, went.get(part, part)) for line, part in zip(lines, bare, strict=True))


def _may_be_wide(lines: str) -> bool:
    """Tell quickly whether a bare line, or one of several, may have more blanks than it needs."""
    return "  " in lines or "\t" in lines or lines[:1] == "|" or "\n|" in lines


def _laid_out(line: str) -> str:
    """Return a line with as few blanks as it can have; all rules of tables are one, as their width is that of the cells."""
    if not _may_be_wide(line):
        return line
    text = " ".join(line.split())
    if text[:1] != "|":
        return text
    return "|-" if _RULE.issuperset(text) else text.replace("| ", "|").replace(" |", "|")


def of_cell(call: Call) -> None:
    """Give an edit of a notebook's cell what it took out and put in, as other edits have it, where the client tells both."""
    new, before, mode = (
        call.input.get("new_source"),
        call.extra.get("original_file"),
        call.input.get("edit_mode"),
    )
    if not isinstance(new, str) or not isinstance(before, str) or len(before) > MAX_NOTEBOOK:
        return
    old = "" if mode == "insert" else _source(before, call.input.get("cell_id"))
    if old is not None:
        call.input = {**call.input, "old_string": old, "new_string": "" if mode == "delete" else new}


def _source(notebook: str, name: object) -> str | None:
    """Return what stands in a cell, which goes by its id or, where it has none, by its number."""
    try:
        cells = json.loads(notebook)["cells"]
        places = {str(cell.get("id", f"cell-{at}")): cell["source"] for at, cell in enumerate(cells)}
        found = places[str(name)]
        return found if isinstance(found, str) else "".join(found)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # it is another program's
        return None


def pairs(call: Call) -> list[tuple[str, str]]:
    """Return what an edit took out and put in; of a file written anew what the client says is other than before.

    Nothing for a new file, and for one of which the client does not say what was there.
    """
    out: list[tuple[str, str]] = []
    given = call.input.get("edits")
    for edit in given if isinstance(given, list) else [call.input]:
        old, new = (
            (edit.get("old_string"), edit.get("new_string")) if isinstance(edit, dict) else (None, None)
        )
        if isinstance(old, str) and isinstance(new, str):
            out.append(_bounded(old, new))
    patch = call.extra.get("structuredPatch") if isinstance(call.input.get("content"), str) else None
    for hunk in patch if isinstance(patch, list) else []:
        held = hunk.get("lines") if isinstance(hunk, dict) else None
        lines = [line for line in held if isinstance(line, str)] if isinstance(held, list) else []
        before, after = (
            "\n".join(line[1:] for line in lines if line[:1] in signs)[:READ_CHARS] for signs in (" -", " +")
        )
        out.append((before, after))
    return out


def _bounded(old: str, new: str) -> tuple[str, str]:
    """Return the beginnings of both, without the lines that the other has behind its own: those neither went nor came."""
    if max(len(old), len(new)) <= READ_CHARS:
        return old, new
    behind = [set(text[READ_CHARS:].splitlines()) for text in (new, old)]
    before, after = (
        "\n".join(line for line in text[:READ_CHARS].splitlines() if line not in rest)
        for text, rest in zip((old, new), behind, strict=True)
    )
    return before, after


@lru_cache(400)
def is_test(path: str) -> bool:
    """Tell whether a file holds tests, whose comments say little but what is tried there."""
    may_be = ("test" in path or "spec" in path) and not path.endswith(_NOTES) and _TEST.search(path)
    return bool(may_be) and not is_pipeline(path)


def is_pipeline(path: str) -> bool:
    """Tell whether a file says what a server does with the code: one that runs tests holds none."""
    return _PIPELINE.search(path) is not None


def is_code(path: str) -> bool:
    """Tell whether a file holds code, by its name."""
    return _CODE_FILE.search(path) is not None


def runs(path: str, content: str) -> bool:
    """Tell whether a new file is there to be run by its name: a script, or tests."""
    if is_test(path):
        return not path.endswith(("conftest.py", "__init__.py")) and bool(_CODE_FILE.search(path))
    return (
        path.endswith(_SCRIPTS)
        or content.startswith("#!")
        or (path.endswith(".py") and "\nif __name__ == " in content)
    )


def comments_of(call: Call) -> str:
    """Return the comments that an edit adds, one on a line, lines that belong together joined."""
    given = call.input.get("edits")
    edits = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else [call.input]
    out: list[str] = []
    for edit in edits:
        new, old = edit.get("new_string") or edit.get("content"), edit.get("old_string")
        if isinstance(new, str):
            out += comments(new, old if isinstance(old, str) else "")
    return "\n".join(out)[:MAX_CHARS]


def comments(new: str, old: str = "") -> list[str]:
    """Return the comments of some code that were not there before."""
    if not any(map(new.__contains__, _MARKS)):
        return []
    marked = [(at, line) for at, line in enumerate(lines_of(new[:READ_CHARS])[1]) if line[:1] in _SIGNS]
    known = set(lines_of(old)[1]) if marked else set()
    out: list[list[str]] = []
    last = -2
    for at, line in marked:
        said = "" if line in known else _comment(line)
        if said and not said.startswith(_DIRECTIVE):
            if at == last + 1:
                out[-1].append(said)
            else:
                out.append([said])
            last = at
    return [text for block in out if (text := " ".join(block)).count(" ") >= MIN_SPACES]


def _comment(line: str) -> str:
    """Return what a line says as a comment, an empty string when it is none; most need no pattern for that."""
    if line[0] == "#":
        rest = line.lstrip("#")
        if rest.startswith(_OF_C) or line.startswith("#["):  # an attribute of Rust or PHP
            return ""
    elif line[0] == "/":
        rest = (
            line.lstrip("/").removeprefix("!")
            if line[1:2] == "/"
            else line[1:].lstrip("*")
            if line[1:2] == "*"
            else ""
        )
    else:
        mark = next(filter(line.startswith, _BEGIN), "")
        rest = line[len(mark) :] if mark else ""
    said = rest[1:] if rest[:1].isspace() else rest
    if rest and len(said) >= MIN_CHARS and said[0] != "!" and not line.endswith(_END):
        return said
    found = _COMMENT.fullmatch(line)
    return found[1] if found else ""


def changes_of(call: Call) -> list[str]:
    """Return what small edits changed, `old` → `new` without what both begin and end with; imports and layout aside."""
    given = call.input.get("edits")
    edits = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else [call.input]
    out: list[str] = []
    for edit in edits:
        old, new = edit.get("old_string"), edit.get("new_string")
        if isinstance(old, str) and isinstance(new, str) and len(old) + len(new) < SMALL_CHARS:
            told = _change(old, new)
            if told and told not in out:
                out.append(told)
    return out[:MAX_CHANGES]


def gist_of(call: Call) -> str:
    """Return the shortest telling form of what one edit changed: what became of a line, else the first new one."""
    if changed := changes_of(call):
        return min(changed, key=len)
    old, new = call.input.get("old_string"), call.input.get("new_string")
    if not isinstance(old, str) or not isinstance(new, str):
        return ""
    known, lines, first = set(lines_of(old)[1]), lines_of(new[:READ_CHARS])[1], ""
    _, same = relaid(known.difference(lines), set(lines) - known)
    for line in lines:
        if line in known or line in same or _DULL.match(line):
            continue
        if "`" not in line:
            first = line
            break
        first = first or line
    return _came(first or _silencer(known, lines))


def silencer_of(call: Call) -> str:
    """Return the comment by which an edit silences a linter, as `gist_of` tells it."""
    old, new = call.input.get("old_string"), call.input.get("new_string")
    if not isinstance(old, str) or not isinstance(new, str) or not any(map(new.__contains__, _SILENCERS)):
        return ""
    return _came(_silencer(set(lines_of(old)[1]), lines_of(new[:READ_CHARS])[1]))


def _came(line: str) -> str:
    """Return how a line that an edit put in is told, an empty string for none."""
    told = line.replace("`", "'")
    return f"+`{shorten(told, GIST_CHARS)}`" if told else ""


def _silencer(known: set[str], lines: list[str]) -> str:
    """Return the first new line that is a comment by which a linter is silenced: then nothing was mended."""
    new = (line for line in lines if line not in known and line.startswith(_MARKS))
    return next((line for line in new if any(map(line.__contains__, _SILENCERS))), "")


@lru_cache(16)  # asked more than once about each edit
def _change(old: str, new: str) -> str:
    """Return what became of one or two lines, an empty string where more changed."""
    before, after = lines_of(old)[1], lines_of(new)[1]
    kept = {"", *before}.intersection(("", *after))
    gone = [text for text in before if text not in kept]
    made = [text for text in after if text not in kept]
    went, came = relaid(gone, made)
    if went:
        gone, made = [text for text in gone if text not in went], [text for text in made if text not in came]
    if not 0 < len(gone) <= 2 or not 0 < len(made) <= 2 or any(map(_DULL.match, (*gone, *made))):
        return ""
    if _apart(gone, before) or _apart(made, after):
        pairs = [(one, other) for one in gone for other in made]
        one, other = max(pairs, key=_alike)
        gone, made = [one], [other]
    was, now = " ".join(gone).split(), " ".join(made).split()
    if _plain(was) == _plain(now):
        return ""
    start = end = 0
    while start < min(len(was), len(now)) and was[start] == now[start]:
        start += 1
    while end < min(len(was), len(now)) - start and was[-1 - end] == now[-1 - end]:
        end += 1
    start, end = max(0, start - 2), max(0, end - 1)
    was, now = was[start : len(was) - end], now[start : len(now) - end]
    if max(len(" ".join(was)), len(" ".join(now))) > CHANGE_CHARS or "`" in f"{was}{now}":
        return ""
    return f"`{' '.join(was)}` → `{' '.join(now)}`"


def _apart(pair: list[str], lines: list[str]) -> bool:
    """Tell whether two lines stand apart: put together they make code that never stood there."""
    return len(pair) == 2 and lines.index(pair[0]) + 1 != lines.index(pair[1])


def _alike(pair: tuple[str, str]) -> int:
    """Return how many words two lines share."""
    return len(set(pair[0].split()).intersection(pair[1].split()))


def _plain(words: list[str]) -> str:
    """Return code without its layout: blanks, which quotes, and whether these are escaped, say nothing."""
    return "".join(words).replace('\\"', '"').replace("\\'", '"').replace("'", '"').rstrip(",;")
