"""What lines define, set, import and name; which lines another text lacks."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from spread.distill.edits import comments, relaid
from spread.distill.wired import imports_of
from spread.distillation_codec import shorten

LINE_CHARS: Final = 300  # of a line that defines something
NAME_CHARS: Final = 80
ABOUT_READ: Final = 1_500  # characters of a new file
ABOUT_CHARS: Final = 100
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s")
_DOCS: Final = ('"""', "'''")
_MARKS: Final = ("#", "//", "/*", "--")
_LEGAL: Final = ("Copyright", "SPDX", "Licen")
SHORT: Final = 70  # characters of a line that can be told
# No comment, no mere brackets, no end of a tag; of what git ignores, other beginnings, too.
_TELLS: Final = re.compile(r"(?!</)(?:[\w\"'.$@<!-]|/\w|\*\.?\w).*\w{3}")
WAS_CHARS: Final = 50  # of what it says in place of
_DEFINES: Final = re.compile(
    r"(?:(?:export|default|pub(?:\([a-z]+\))?|public|private|protected|internal|static|async|abstract|final|override|open|"
    r"unsafe|sealed|inline|declare)\s+){0,4}"
    r"(?:def|func|fn|fun|function|sub|class|struct|enum|interface|trait|type|protocol|record|module)\*?\s+"
    r"(?:\([^()]{0,60}\)\s*)?(?:self\.)?(?P<name>[A-Za-z_$][\w$]*(?:-\w+)*[?!]?)"
    # A method with a word before it that no call has, or that is private as JavaScript writes it.
    r"|(?=#|(?:public|private|protected|internal|static|async|override|final|virtual|get|set)\s)"
    r"(?:(?:public|private|protected|internal|static|async|override|final|virtual|abstract|readonly|get|set)\s+){0,4}\*?"
    r"(?:[\w.]{1,60}(?:<[^()]{1,60}>)?(?:\[\])?\??\s+)?(?P<method>#?[A-Za-z_$][\w$]*)(?:<[^()]{1,40}>)?\([^()]{0,160}\)[^;{}=()]{0,80}(?:\{|=>)"
    r"|(?:export (?:default )?)?(?:const|let|var) (?P<bound>[A-Za-z_$][\w$]*)(?:: ?[^=]{1,100}?)? = (?:async )?"  # to a function
    r"(?:function\b|(?:React\.)?(?:useCallback|memo|forwardRef)\b|(?:\([^()]{0,120}\)|\w+)(?:: ?[\w<>\[\]., |]{1,60})? =>|\(\{?$)"
    r"|(?:it|test|describe|context|scenario)(?:\.\w+)?\(\s*(?P<q>[\"'`])(?P<test>(?:\\.|[^\\\n]){3,80}?)(?P=q)"
    r"|(?:@test|It|Describe|Context)\s+[\"'](?P<bats>[^\"']{3,80})"
)
_BINDS: Final = re.compile(r"(?:export (?:default )?)?(?:const|let|var) ([A-Za-z_$][\w$]*)\b")
_VALUE: Final = re.compile(
    r"[:=]\s*(-?\d[\w.]*+%?+(?:\s*\*\s*[\w.]++)?+|true\b|false\b|True\b|False\b|\"[^\"\n]{1,40}\"|'[^'\n]{1,40}')"
    r"(?![ \t]*(?:[+.*?]|/(?![/*])|\|\||- )|[ \t]+(?:if|or)\b|-\w)"  # no expression goes on
)
_REMARKS: Final = ("// ", "/* ", "/** ", "* ", "{/*", "# ", "-- ", "<!--")  # begin lines that do nothing
_OVER_LINES: Final = (("/*", "*/"), ("{/*", "*/"), ("<!--", "-->"))
_NAMED: Final = re.compile(r"(?<![\w-])([A-Za-z_][\w-]{2,40})[\"']?[ \t]*:?\Z")  # before that
# Likewise, with a type between: else that would pass for the name.
_TYPED: Final = re.compile(
    r"(?:^|\b(?:const|let|var|val|static|mut|final)[ \t]+)([A-Za-z_]\w{2,40}):[ \t]*&?[A-Za-z_][\w.<>|\[\]]{0,30}[ \t]*\Z",
    re.M,
)
_DEFINED: Final = re.compile(r"(?m)^[ \t]*#define[ \t]+([A-Za-z_]\w*)[ \t]+")
NAMED_CHARS: Final = 50
_RETURNS: Final = re.compile(r"\) ?(?::|->) ?\Z")  # before a type
_UNPACKED: Final = re.compile(r"[\w.* \t]+,[\w.*, \t]*\Z")  # on its line before the last of several names
_WORD: Final = re.compile(
    r"(?<![\w-])--[a-z][\w-]+|\b[A-Z][A-Z0-9]*_[A-Z0-9_]{2,}\b|(?<=[\"'`/])[\w-]{2,40}\.[a-z]{2,4}(?=[\"'`])"
)
_SETS: Final = re.compile(
    r"(?:export |const |let |var )?([\w.$\"'-]{2,40}(?:, ?\w{1,20})?\s?(?::=|:(?!:|//)|=))\s*(?=[^\s={(\[])"
)
_IMPORTS: Final = re.compile(r"(?:import|from|use|using|#include|require|package)\b")
_REQUIRES: Final = re.compile(r"\brequire\(")


class Edit(NamedTuple):
    """What an edit of code shows by itself; of pairs the first is of what went."""

    after: list[str]  # the bare lines that are there now
    gone: list[str]  # but for those that import
    made: list[str]
    went: dict[str, str]  # lines that are only laid out anew, with the new layout
    names: dict[str, int]  # what is defined, how often more than before
    words: dict[str, int]  # likewise switches, variables, names of files
    uses: tuple[list[str], list[str]]  # what is imported
    imports: tuple[list[str], list[str]]  # the lines that do it
    values: tuple[dict[str, str], dict[str, str]]
    tell: list[tuple[str, str]]  # lines that came and can be told, with what they stand in


@lru_cache(128)  # what no commit holds so far is looked at again at each revision, as git may take it back
def edit_of(old: str, new: str, outer: tuple[str, int] = ("", -1)) -> Edit:
    """Return what an edit shows, whatever others there were.

    Args:
        outer: What its first line stands in, and how far out a line no longer does.
    """
    before, after = bare_lines(old), bare_lines(new)
    made, gone, went = parted(before, after)
    names, names_before = names_of(made), names_of(gone)
    if same := bound_in(gone) & bound_in(made) if "=" in old and "=" in new else set():
        # What is bound otherwise now, such as to a function within another call, neither came nor went.
        names, names_before = ([name for name in each if name not in same] for each in (names, names_before))
    uses, imports = (imports_of(gone), imports_of(made)), (_imports(gone), _imports(made))
    gone, made = ([text for text in lines if not is_import(text)] for lines in (gone, made))
    words, values = _new_words(made, gone, before, after), (values_of(gone), values_of(made))
    short = {text for text in made if len(text) <= SHORT and _TELLS.match(text)}
    tell = [(text, inside) for text, inside in with_names(new, *outer) if text in short] if short else []
    return Edit(after, gone, made, went, balance(names, names_before), words, uses, imports, values, tell)


def parted(before: list[str], after: list[str]) -> tuple[list[str], list[str], dict[str, str]]:
    """Return the lines that came, those that went, and those that are only laid out anew, with their new layout."""
    gone, made = lacking(before, after), lacking(after, before)
    went, came = relaid(gone, made)
    if went:
        gone, made = [text for text in gone if text not in went], [text for text in made if text not in came]
    return made, gone, went


def balance(made: Iterable[str], gone: Iterable[str]) -> dict[str, int]:
    """Return what came more often than it went, or less often, with the difference."""
    more = Counter(made)
    more.subtract(Counter(gone))
    return {name: count for name, count in more.items() if count}


def _new_words(made: list[str], gone: list[str], before: list[str], after: list[str]) -> dict[str, int]:
    """Return the balance of switches, variables and names of files without those that stand there before and after."""
    words = balance(words_of(made), words_of(gone))
    stay = {*words_of(before)}.intersection(words_of(after)) if words else ()
    return {word: count for word, count in words.items() if word not in stay}


def _imports(lines: list[str]) -> list[str]:
    return [text for text in lines if is_import(text)]


def bare_lines(text: str) -> list[str]:
    """Return the lines of some code without what stands around them, nor what a comment over several lines says.

    A comma that comes with the next item of a list makes no other item of it.
    """
    lines = [line.strip().rstrip(",") for line in text.splitlines()]
    if "/*" not in text and "<!--" not in text:
        return lines
    out, end = list[str](), ""
    for line in lines:
        if end:
            end = "" if end in line else end
            continue
        out.append(line)
        end = next(
            (close for begin, close in _OVER_LINES if line.startswith(begin) and close not in line), ""
        )
    return out


def headings(text: str) -> list[str]:
    """Return the headings of a text in Markdown."""
    out, fenced = list[str](), False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif line[:1] == "#" and not fenced and (bare := line.lstrip("#"))[:1] == " ":
            out.append(bare.strip().replace("`", "'")[:NAME_CHARS])
    return out


def set_before(gone: list[str], made: list[str], earlier: dict[str, str]) -> dict[str, str]:
    """Return, by lines that came and set a thing, what it was set to before, "" where that is the same again.

    Only where one line that came and one that went does.

    Args:
        earlier: Likewise of lines that are now gone.
    """
    out = dict[str, str]()
    before, after = _by_target(gone), _by_target(made)
    for target, text in after.items():
        old = before.get(target, "")
        if text and old and len(text) <= SHORT:
            first = earlier.get(old) or old[value_at(old) :]
            if len(first) <= WAS_CHARS:
                out[text] = first if first != text[value_at(text) :] else ""
    return out


def _by_target(lines: list[str]) -> dict[str, str]:
    """Return lines that set something by what they set; an empty one where several do."""
    out = dict[str, str]()
    for text in lines:
        if found := _SETS.match(text):
            out[found[1]] = "" if found[1] in out else text
    return out


def value_at(text: str) -> int:
    """Return where the value begins in a line that sets something."""
    found = _SETS.match(text)
    return found.end() if found else 0


def is_import(line: str) -> bool:
    """Tell whether a line imports something."""
    return _IMPORTS.match(line) is not None or ("require(" in line and _REQUIRES.search(line) is not None)


def with_names(text: str, name: str = "", margin: int = -1) -> Iterator[tuple[str, str]]:
    """Yield each line, bare, with the name of what it stands in, as far as the text shows that by its indentation.

    Args:
        name: Of what the first line stands in.
        margin: Of this; a line that is no further in is outside.
    """
    for at, line in enumerate(text.splitlines()):
        bare = line.strip().rstrip(",")
        indent = len(line) - len(line.lstrip())
        if defined := name_of(bare):
            name, margin = defined, indent
            yield bare, ""
        elif bare:
            if at and indent <= margin:  # the first line may lack what stands before it
                name = ""
            yield bare, name


def lacking(lines: list[str], others: list[str]) -> list[str]:
    """Return the lines that others lack, in their order, the same ones side by side; lines that are there twice count twice."""
    have, known = dict.fromkeys(lines), set(others)
    if len(have) == len(lines):
        return [line for line in lines if line not in known]
    left = Counter(lines)
    left.subtract(line for line in others if line in have)
    return list(left.elements())


def names_of(lines: Iterable[str]) -> list[str]:
    """Return what lines define: functions, types, tests."""
    return [name for line in lines if (name := name_of(line.strip()))]


def name_of(line: str) -> str:
    """Return what a bare line defines, an empty string where it is nothing."""
    it = _DEFINES.match(line[:LINE_CHARS])
    return (it["name"] or it["method"] or it["bound"] or it["test"] or it["bats"])[:NAME_CHARS] if it else ""


def bound_in(lines: Iterable[str]) -> set[str]:
    """Return the names that lines bind to anything, as JavaScript does."""
    return {found[1] for line in lines if "=" in line and (found := _BINDS.match(line))}


def words_of(lines: Iterable[str]) -> list[str]:
    """Return the switches, variables and names of files on bare lines that are no comments.

    What is looked for first is much faster found.
    """
    return [
        word
        for line in lines
        if (
            "--" in line
            or ("_" in line and not line.islower())
            or ("." in line and any(map(line.__contains__, "\"'`")))
        )
        and not line.startswith(_REMARKS)
        for word in _WORD.findall(line)
    ]


def values_of(lines: list[str]) -> dict[str, str]:
    """Return what is given a number or a short text, where only one thing goes by the name."""
    text = "\n".join(line for line in lines if not line.startswith(_REMARKS))
    found = list[tuple[str, str]]()
    text = _DEFINED.sub(r"\1 = ", text) if "#define" in text else text
    for it in _VALUE.finditer(text):
        start, end = max(0, it.start() - NAMED_CHARS), it.start()
        typed = text[end] == "=" and ":" in text[start:end] and _TYPED.search(text, start, end)
        named = typed or _NAMED.search(text, start, end)
        if named and not _is_elsewhere(text, named.start(), end):
            found.append((named[1], " ".join(it[1].split())))
    counts = Counter(name for name, _ in found)
    return {name: value for name, value in found if counts[name] == 1}


def _is_elsewhere(text: str, name: int, sign: int) -> bool:
    """Tell whether a value is not that of the name before it: a port of an address, the first of several, what a function returns."""
    if text[sign] == "=" and _RETURNS.search(text, max(0, name - 4), name):
        return True
    if text[max(name - 1, 0)] == "/" or (
        text[max(name - 1, 0)] == "." and text[sign : sign + 2].strip(":").isdigit()
    ):
        return True
    return text[sign] == "=" and _UNPACKED.match(text, text.rfind("\n", 0, name) + 1, name) is not None


def first_comment(content: str) -> str:
    """Return what a file says of itself: the comment that it begins with."""
    lines = [line.strip() for line in content[:ABOUT_READ].splitlines() if line.strip()]
    if lines and lines[0].startswith("#!"):
        del lines[0]
    first = lines[0][:3] if lines else ""
    if first in _DOCS:  # whose lines have no marks of their own
        told = " ".join(lines)[3:].partition(first)[0].strip()
        said = [told] if " " in told else []
    else:
        said = comments("\n".join(lines))[:1] if first.startswith(_MARKS) else []
    return "" if not said or said[0].startswith(_LEGAL) else shorten(_SENTENCE.split(said[0])[0], ABOUT_CHARS)
