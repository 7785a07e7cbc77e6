"""What all edits of a file came to: names, switches and values that stand now and did not before, or no longer do.

Only the net effect is kept. What one edit adds and a later one takes out is as if it had never been; whether anything
is left at all, a sum of hashes tells, which is 0 again when every line is back where it was.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final
from zlib import crc32

from spread.distill_edits import comments, is_test, pairs
from spread.distill_wired import imports_of
from spread.distillation_codec import shorten
from spread.transcript_events import Call

MAX_NETS: Final = 60  # files; those that were edited last
MAX_NAMES: Final = 24  # of each kind in one file
MAX_VALUES: Final = 12
MAX_USES: Final = 24
READ_CHARS: Final = 20_000  # of one edit
LINE_CHARS: Final = 300  # of a line that defines something
NAME_CHARS: Final = 80
MAX_RAW: Final = 60_000  # characters of edits of one file that are put by
MAX_LINES: Final = 6
MIN_SPACES: Final = 3  # in a line of prose that is told
SHORT: Final = 70  # characters of a line that can be told
LONG: Final = 24  # characters of an expression, from which on only what differs is told
WAS_CHARS: Final = 50  # of what it says in place of
SHOWN: Final = 4  # of each kind
MORE_SHOWN: Final = 2  # rather than to count them
ENOUGH: Final = 3  # words of a line
ABOUT_READ: Final = 1_500  # characters of a new file
ABOUT_CHARS: Final = 100
ABOUT_SAME: Final = 24
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s")
_DOCS: Final = ('"""', "'''")
_MARKS: Final = ("#", "//", "/*", "--")
PROSE: Final = (".md", ".mdx", ".rst", ".txt")
_LEGAL: Final = ("Copyright", "SPDX", "Licen")
SETS: Final = " → "  # stands where something was set otherwise
ELSEWHERE: Final = "…"  # stands for a value that is not told
_PRIME: Final = (1 << 61) - 1
_FACTOR: Final = 0x1F3D5B79A1C2E4
_EDGE: Final = 0
_WHOLE, _CODE, _PROSE = "whole", "code", "prose"
_DEFINES: Final = re.compile(
    r"(?:(?:export|default|pub(?:\([a-z]+\))?|public|private|protected|internal|static|async|abstract|final|override|open|"
    r"unsafe|sealed|inline|declare)\s+){0,4}"
    r"(?:def|func|fn|fun|function|class|struct|enum|interface|trait|type|protocol|record|module)\*?\s+"
    r"(?:\([^()]{0,60}\)\s*)?(?P<name>[A-Za-z_$][\w$]*[?!]?)"
    r"|(?:it|test|describe|context|scenario)(?:\.\w+)?\(\s*(?P<q>[\"'`])(?P<test>.{3,80}?)(?P=q)"
    r"|@test\s+[\"'](?P<bats>[^\"']{3,80})"
)
_VALUE: Final = re.compile(
    r"[:=]\s*(-?\d[\w.]*(?:\s*\*\s*[\w.]+)?|true\b|false\b|True\b|False\b|\"[^\"\n]{1,40}\"|'[^'\n]{1,40}')"
)
_NAMED: Final = re.compile(r"([A-Za-z_][\w-]{2,40})[\"']?[ \t]*:?\Z")  # before that
NAMED_CHARS: Final = 50
_WORD: Final = re.compile(
    r"(?<![\w-])--[a-z][\w-]+|\b[A-Z][A-Z0-9]*_[A-Z0-9_]{2,}\b|(?<=[\"'`/])[\w-]{2,40}\.[a-z]{2,4}(?=[\"'`])"
)
_NUMBER: Final = re.compile(r"-?\d*[2-9.]|-?\d{2}")  # to begin with 0 or 1 tells little
_TELLS: Final = re.compile(r"(?!</)[\w\"'.$@<-].*\w{3}")  # no comment, no mere brackets, no end of a tag
_SETS: Final = re.compile(
    r"(?:export |const |let |var )?([\w.$\"'-]{2,40}(?:, ?\w{1,20})?\s?(?::=|[:=]))\s*(?=[^\s={(\[])"
)
_DECLARES: Final = re.compile(
    r"(\w+)\??: ?[\w.<>\[\]| ]+;?\Z"
)  # a name with its type: files alike have it, too
_SPOKEN: Final = re.compile(r"[A-Za-z_]\w{3,}")
_IMPORTS: Final = re.compile(r"(?:import|from|use|using|#include|require|package)\b")
_REQUIRES: Final = re.compile(r"\brequire\(")


Raw = tuple[int, str, str, str]  # the line, what kind of text, what was there and what came


@dataclass(slots=True)
class Net:
    """What the edits of one file came to; `whole` is a file written as a whole, of which the lines are not known.

    What `settle` finds out is true only after it.
    """

    line: int = 0
    began: int = 0  # the line of the first edit
    edits: int = 0
    whole: bool = False
    total: int = 0  # the hashes of neighbouring lines that came, less those that went
    names: dict[str, int] = field(default_factory=dict)  # how often more than before
    words: dict[str, int] = field(default_factory=dict)  # likewise switches, variables, names of files
    values: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # before and now; "" where there was none
    passed: dict[str, int] = field(default_factory=dict)  # what came and went, with the line
    lines: dict[str, str] = field(default_factory=dict)  # short ones that are new, with what they stand in
    was: dict[str, str] = field(default_factory=dict)  # by these, what they set before
    uses: dict[str, int] = field(default_factory=dict)  # what it imports, as far as that came here
    about: str = ""  # the first comment of a new file: what it is for
    imports: dict[str, int] = field(default_factory=dict)  # lines that import, how often more than before
    tests: bool = False
    why: str = ""  # a comment that came with what tests expect otherwise
    undone: int = 0  # the line where git took all of it back
    raw: list[Raw] = field(
        default_factory=list
    )  # not looked at so far; most are overtaken before anyone asks
    raw_chars: int = 0
    summed: int = 0  # so many of these are in the total

    @property
    def is_nothing(self) -> bool:
        """Tell whether all is as it was before."""
        if self.undone or self.edits < 2 or self.whole:
            return bool(self.undone)
        _sum_up(self)
        return self.total == 0


def edited(nets: dict[str, Net], path: str, call: Call, *, prose: bool) -> None:
    """Take over an edit that worked; of prose only whether anything is left of it."""
    net = nets.pop(path, None)
    content, changed = call.input.get("content"), pairs(call)
    anew = isinstance(content, str) and not changed
    if net is None or net.undone or anew:
        net = Net(began=call.line)
    nets[path] = net
    net.line, net.edits, net.tests = call.line, net.edits + 1, is_test(path)
    if isinstance(content, str) and anew:
        net.whole = True
        if not prose:
            net.about = "" if is_test(path) else _first_comment(content)
            net.raw.append((call.line, _WHOLE, "", content[:READ_CHARS]))
            net.raw_chars += len(content)
    for old, new in changed:
        net.raw.append((call.line, _PROSE if prose else _CODE, old, new))
        net.raw_chars += len(old) + len(new)
    if net.raw_chars > MAX_RAW:
        settle(net)
    if len(nets) > MAX_NETS:
        del nets[next(iter(nets))]


def _first_comment(content: str) -> str:
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


def settle(net: Net) -> None:
    """Take over what was put by."""
    _sum_up(net)
    for line, kind, old, new in net.raw:
        if kind == _WHOLE:
            lines = new.splitlines()
            _counted(net.names, net.passed, _names(lines), (), line)
            _used(net.uses, imports_of(text.strip() for text in lines), ())
        elif kind == _CODE:
            _change(net, old, new, line)
        else:
            _prose(net, old, new)
    net.raw, net.raw_chars, net.summed = [], 0, 0


def _prose(net: Net, old: str, new: str) -> None:
    """Take over which headings came into a text that was there before, and which lines."""
    if net.whole:
        return
    _counted(net.names, {}, _headings(new), _headings(old), 0)
    before, after = ([line.strip() for line in it.splitlines()] for it in (old, new))
    for text in before:
        net.lines.pop(text, None)
    for text in _lacking(after, before):
        if text.count(" ") >= MIN_SPACES and len(text) <= LINE_CHARS and text[0] != "#":
            net.lines[text] = ""
    while len(net.lines) > MAX_LINES:
        del net.lines[next(iter(net.lines))]


def _headings(text: str) -> list[str]:
    """Return the headings of a text in Markdown."""
    out, fenced = list[str](), False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif line[:1] == "#" and not fenced and (bare := line.lstrip("#"))[:1] == " ":
            out.append(bare.strip().replace("`", "'")[:NAME_CHARS])
    return out


def _sum_up(net: Net) -> None:
    for _, kind, old, new in net.raw[net.summed :]:
        if kind != _WHOLE:
            _summed(net, old, new)
    net.summed = len(net.raw)


def written(nets: dict[str, Net], path: str, command: str, *, anew: bool) -> None:
    """A command wrote into a file, or all of it (`anew`): what it speaks of is not known any more."""
    net = nets.get(path)
    if net is not None:
        settle(net)
        net.whole = True
        if anew or net.about[:ABOUT_SAME] in command:
            net.about = ""
        _used(net.uses, imports_of(map(str.strip, command.splitlines())), ())
        net.lines.clear()
        net.was.clear()
        for known in (net.names, net.words, net.values, net.passed):
            for name in [name for name in known if name in command]:
                del known[name]


def reverted(nets: dict[str, Net], path: str, line: int) -> None:
    """Git took back what was changed at or below a path."""
    for known, net in nets.items():
        if (known == path or known.startswith(f"{path.rstrip('/')}/")) and not net.undone:
            net.line = net.undone = line


def _summed(net: Net, old: str, new: str) -> None:
    """Add up what each line that came stands for, and take off what each stood for that went."""
    before, after = ([line for line in map(str.rstrip, it.splitlines()) if line] for it in (old, new))
    least = min(len(before), len(after))
    start, end = 0, 0  # what both begin and end with comes to nothing
    while start < least and before[start] == after[start]:
        start += 1
    while end < least - start and before[-1 - end] == after[-1 - end]:
        end += 1
    edge, behind = before[start - 1 : start], before[len(before) - end :][:1]
    for sign, lines in ((-1, before), (1, after)):
        # Each line is taken with the one before it, so that it counts where it stands.
        told = [*edge, *lines[start : len(lines) - end], *behind]
        sums = [crc32(line.encode("utf-8", "replace")) for line in told]
        sums = [*([] if edge else [_EDGE]), *sums, *([] if behind else [_EDGE])]
        total = sum([(one * _FACTOR + other) ** 2 % _PRIME for one, other in pairwise(sums)])
        net.total = (net.total + sign * total) % _PRIME


def _change(net: Net, old: str, new: str, line: int) -> None:
    # A comma that comes with the next item of a list makes no other item of it.
    before, after = ([each.strip().rstrip(",") for each in it.splitlines()] for it in (old, new))
    gone, made = _lacking(before, after), _lacking(after, before)
    if net.about and any(net.about[:ABOUT_SAME] in text for text in gone):
        net.about = ""
    _counted(net.names, net.passed, _names(made), _names(gone), line)
    less, more = (imports_of(lines) for lines in (gone, made))
    _used(net.uses, more, less)
    for sign, lines in ((-1, gone), (1, made)):
        for text in filter(_imports, lines):
            _add(net.imports, text[:LINE_CHARS], sign)
    gone, made = ([text for text in lines if not _imports(text)] for lines in (gone, made))
    _counted(net.words, net.passed, _words(made), _words(gone), line)
    _valued(net.values, _values(gone), _values(made))
    before_that = {text: net.was.pop(text) for text in gone if text in net.was}
    for text in gone:
        net.lines.pop(text, None)
    known = _set_before(gone, made, before_that)
    if net.tests:
        _explained(net, old, new, otherwise=any(known.values()))
    for text, was in known.items():
        if was and text not in net.lines:  # else it stands in two places
            net.was[text] = was
    new_here = {text for text in made if known.get(text) != ""}
    for text, inside in _inside(new):
        if text in new_here and len(text) <= SHORT and _TELLS.match(text):
            net.lines[text] = inside
    while len(net.lines) > MAX_LINES:
        del net.lines[next(iter(net.lines))]
    for text in [text for text in net.was if text not in net.lines]:
        del net.was[text]


def _add(known: dict[str, int], text: str, sign: int) -> None:
    """Count a line that came or went; what came and went is as if it had never been."""
    count = known.pop(text, 0) + sign
    if count:
        known[text] = count
    if len(known) > MAX_LINES:
        del known[next(iter(known))]


def _explained(net: Net, old: str, new: str, *, otherwise: bool) -> None:
    """Keep the comment that came with what a test expects otherwise, as long as it stands."""
    if net.why and net.why.rstrip("…") in " ".join(comments(old, new)):
        net.why = ""
    if otherwise and (said := comments(new, old)):
        net.why = shorten(said[-1], ABOUT_CHARS)


def _set_before(gone: list[str], made: list[str], earlier: dict[str, str]) -> dict[str, str]:
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
            first = earlier.get(old) or old[_end(old) :]
            if len(first) <= WAS_CHARS:
                out[text] = first if first != text[_end(text) :] else ""
    return out


def _by_target(lines: list[str]) -> dict[str, str]:
    """Return lines that set something by what they set; an empty one where several do."""
    out = dict[str, str]()
    for text in lines:
        if found := _SETS.match(text):
            out[found[1]] = "" if found[1] in out else text
    return out


def _end(text: str) -> int:
    """Return where the value begins in a line that sets something."""
    found = _SETS.match(text)
    return found.end() if found else 0


def _used(uses: dict[str, int], more: Iterable[str], less: Iterable[str]) -> None:
    """Count what is imported; what is imported no more goes."""
    for names, by in ((less, -1), (more, 1)):
        for name in names:
            uses[name] = uses.get(name, 0) + by
    for name in [name for name, count in uses.items() if count <= 0]:
        del uses[name]
    while len(uses) > MAX_USES:
        del uses[next(iter(uses))]


def _imports(line: str) -> bool:
    return _IMPORTS.match(line) is not None or ("require(" in line and _REQUIRES.search(line) is not None)


def _inside(text: str) -> Iterator[tuple[str, str]]:
    """Yield each line, bare, with the name of what it stands in, as far as the text shows that by its indentation."""
    name, margin = "", 0
    for line in text.splitlines():
        bare = line.strip().rstrip(",")
        indent = len(line) - len(line.lstrip())
        if defined := _name(bare):
            name, margin = defined, indent
            yield bare, ""
        elif bare:
            if indent <= margin:
                name = ""
            yield bare, name


def _lacking(lines: list[str], others: list[str]) -> list[str]:
    """Return the lines that others lack, in their order, the same ones side by side; lines that are there twice count twice."""
    have, known = dict.fromkeys(lines), set(others)
    if len(have) == len(lines):
        return [line for line in lines if line not in known]
    left = Counter(lines)
    left.subtract(line for line in others if line in have)
    return list(left.elements())


def _names(lines: Iterable[str]) -> list[str]:
    """Return what lines define: functions, types, tests."""
    return [name for line in lines if (name := _name(line.strip()))]


def _name(line: str) -> str:
    """Return what a bare line defines, an empty string where it is nothing."""
    it = _DEFINES.match(line[:LINE_CHARS])
    return (it["name"] or it["test"] or it["bats"])[:NAME_CHARS] if it else ""


def _words(lines: Iterable[str]) -> list[str]:
    """Return the switches, variables and names of files on lines; what is looked for first is much faster found."""
    return [
        word
        for line in lines
        if "--" in line
        or ("_" in line and not line.islower())
        or ("." in line and any(map(line.__contains__, "\"'`")))
        for word in _WORD.findall(line)
    ]


def _values(lines: list[str]) -> dict[str, str]:
    """Return what is given a number or a short text, where only one thing goes by the name."""
    text, found = "\n".join(lines), list[tuple[str, str]]()
    for it in _VALUE.finditer(text):
        named = _NAMED.search(text, max(0, it.start() - NAMED_CHARS), it.start())
        if named and text[max(named.start() - 1, 0)] != "/":  # a port, or the like, of an address
            found.append((named[1], " ".join(it[1].split())))
    counts = Counter(name for name, _ in found)
    return {name: value for name, value in found if counts[name] == 1}


def _counted(
    known: dict[str, int], passed: dict[str, int], made: Iterable[str], gone: Iterable[str], line: int
) -> None:
    more = Counter(made)
    more.subtract(Counter(gone))
    for name, count in more.items():
        if not count:
            continue
        was = known.pop(name, 0)
        passed.pop(name, None)
        if was + count:
            known[name] = was + count
        elif was > 0:
            passed[name] = line
    while len(known) > MAX_NAMES:
        del known[next(iter(known))]
    while len(passed) > MAX_NAMES:
        del passed[next(iter(passed))]


def _valued(known: dict[str, tuple[str, str]], gone: dict[str, str], made: dict[str, str]) -> None:
    for name in {**gone, **made}:
        before, now = gone.get(name, ""), made.get(name, "")
        first, last = known.pop(name, (before, before))
        if first == last == ELSEWHERE or last != before:
            known[name] = ELSEWHERE, ELSEWHERE  # two places go by the name, each with a value of its own
        elif now and first != now:
            known[name] = first, now
    while len(known) > MAX_VALUES:
        del known[next(iter(known))]


def told(net: Net, spoken: Container[str] = frozenset()) -> str:
    """Return in few words what stands now that did not before, and what does not any more.

    Args:
        spoken: Words that were said: what they name is told before the rest.
    """
    settle(net)
    out = list[str]()
    if net.about:
        out.append(f"“{net.about}”")
    if new := [name for name, count in net.names.items() if count > 0]:
        out.append(f"+{_listed(_spoken_first(new, spoken))}")
    elif net.why:
        out.append(f"“{net.why}”")
    if not net.whole and (old := [name for name, count in net.names.items() if count < 0]):
        out.append(f"removed {_listed(old)}")
    if net.passed:
        out.append(f"came and went: {_listed(list(net.passed))}")
    lasts = len(out) > bool(net.passed) + bool(net.why and not new)
    values = {name: each for name, each in net.values.items() if ELSEWHERE not in each}
    changed = {name: f"{name} {was}{SETS}{now}" for name, (was, now) in values.items() if was}
    out += list(changed.values())[-SHOWN:]
    given = [f"{name} = {now}" for name, (was, now) in values.items() if not was and _NUMBER.match(now)]
    out += given[-SHOWN:]
    if words := [name for name, count in net.words.items() if count > 0 and name not in values]:
        out.append(f"+{_listed(_spoken_first(words, spoken))}")
    if net.lines and not (lasts or words or changed) and (net.was or not given):
        out.append(_line_told(net, spoken))
    return "; ".join(out)


def imports_told(net: Net) -> str:
    """Return which lines that import came and went: where nothing else did, a file may not even compile."""
    came, went = ([text for text, count in net.imports.items() if count * sign > 0] for sign in (1, -1))
    parts = (
        f"{lead}{_listed([shorten(text, SHORT) for text in lines])}"
        for lead, lines in (("+", came), ("removed ", went))
        if lines
    )
    return "; ".join(parts)


def _spoken_first(names: list[str], spoken: Container[str]) -> list[str]:
    return sorted(names, key=lambda name: name not in spoken)


def _line_told(net: Net, spoken: Container[str]) -> str:
    """Return the line that came of which most was said, of alike ones the longest, then the newest.

    For one that only declares a name, the first that uses it, as that says what is done with it here.
    """
    lines = [text for text in net.lines if text in net.was] or list(net.lines)

    def telling(at: int) -> tuple[int, int, int]:
        words = set(_SPOKEN.findall(lines[at]))
        return sum(word in spoken for word in words), min(len(words), ENOUGH), at

    text = lines[max(range(len(lines)), key=telling)]
    if found := _DECLARES.match(text):
        uses = re.compile(rf"\b{found[1]}\b.*\w|\w.*\b{found[1]}\b")
        others = (line for line in lines if uses.search(line) and not _DECLARES.match(line))
        text = next(others, text)
    inside, was = net.lines[text], net.was.get(text, "")
    if was:
        name = text[: _end(text)].strip(" :=")
        old, now = _apart(was.rstrip(";"), text[_end(text) :].rstrip(";"))
        return f"{name} {old}{SETS}{now}".replace("`", "'")
    of = f" (1 of {net.edits} edits)" if net.edits > 1 else ""
    return f"+`{shorten(text, SHORT).replace('`', chr(39))}`{inside and f' in `{inside}`'}{of}"


def _apart(old: str, new: str) -> tuple[str, str]:
    """Return two long expressions without what both begin and end with."""
    if min(len(old), len(new)) < LONG:
        return old, new
    start = len(posixpath.commonprefix([old, new]))
    while start and (old[start - 1].isalnum() or old[start - 1] in "_."):
        start -= 1
    most = min(len(old), len(new)) - start
    end = len(posixpath.commonprefix([old[::-1][:most], new[::-1][:most]]))
    while end and (old[-end].isalnum() or old[-end] in "_."):
        end -= 1
    lead, rest = "…" * bool(start), "…" * bool(end)
    before, after = (f"{lead}{each[start : len(each) - end].strip()}{rest}" for each in (old, new))
    return before, after


def passed(net: Net) -> str:
    """Return what was tried of which nothing is left, an empty string where that is not known."""
    settle(net)
    return _listed(list(net.passed) or [name for name, count in net.names.items() if count > 0])


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= SHOWN + MORE_SHOWN else names[:SHOWN]
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return ", ".join(f"`{name}`" for name in shown) + more
