"""What all edits of a file came to: names, switches and values that stand now and did not before, or no longer do.

Only the net effect is kept. What one edit adds and a later one takes out is as if it had never been.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import msgspec

from spread.distill.edits import comments, is_test, pairs
from spread.distill.enclosing import NESTED, UNKNOWN, Outer, forget, outer_of
from spread.distill.net_lines import (
    ABOUT_CHARS,
    LINE_CHARS,
    balance,
    edit_of,
    first_comment,
    headings,
    names_of,
    parted,
    set_before,
)
from spread.distill.net_sums import Ends, add
from spread.distill.newest import drop_oldest
from spread.distill.wired import imports_of
from spread.distillation_codec import shorten
from spread.transcript_events import Call

MAX_NETS: Final = 60  # files; those that were edited last
MAX_NAMES: Final = 24  # of each kind in one file
MAX_VALUES: Final = 12
MAX_USES: Final = 24
READ_CHARS: Final = 20_000  # of one edit
MAX_RAW: Final = 60_000  # characters of edits of one file that are put by
MAX_LINES: Final = 6
MAX_LEFT: Final = 16
MAX_SUMS: Final = 12  # of one file
MAX_CAME: Final = 6  # texts of one file
CAME_CHARS: Final = 1_500  # of one of them
MIN_SPACES: Final = 3  # in a line of prose that is told
ABOUT_SAME: Final = 24
PART: Final = 3  # characters of a part of a name
PROSE: Final = (".md", ".mdx", ".rst", ".txt")
_MARKED: Final = frozenset("-*+>|#0123456789")  # begin items, rows and headings
_ENDS: Final = ("#", "```")  # begin a line that no paragraph goes on from
ELSEWHERE: Final = "…"  # stands for a value that is not told
_WHOLE, _CODE, _APART, _PROSE = "whole", "code", "apart", "prose"

Raw = tuple[
    int, str, str, str, Outer
]  # the line, what kind of text, what was there, what came, what around it


class Net(msgspec.Struct, array_like=True, gc=False):
    """What the edits of one file came to; `whole` is a file written as a whole, of which the lines are not known.

    What `settle` finds out is true only after it.
    """

    line: int = 0
    began: int = 0  # the line of the first edit
    edits: int = 0
    whole: bool = False
    total: int = 0  # the hashes of neighbouring lines that came, less those that went
    names: dict[str, int] = {}  # how often more than before
    words: dict[str, int] = {}  # likewise switches, variables, names of files
    values: dict[str, tuple[str, str]] = {}  # before and now; "" where there was none
    passed: dict[str, int] = {}  # what came and went, with the line
    lines: dict[str, str] = {}  # short ones that are new, with what they stand in
    was: dict[str, str] = {}  # by these, what they set before
    uses: dict[str, int] = {}  # what it imports, as far as that came here
    about: str = ""  # the first comment of a new file: what it is for
    imports: dict[str, int] = {}  # lines that import, how often more than before
    tests: bool = False
    why: str = ""  # a comment that came with what tests expect otherwise
    undone: int = 0  # the line where git took all of it back
    raw: list[Raw] = []  # not looked at so far; most are overtaken before anyone asks
    raw_chars: int = 0  # of edits since `settle`
    settled: int = 0  # the line of the last edit that was looked at
    summed: int = 0  # so many of these are in the total
    came: list[str] = []  # what the last edits put in, as it stands
    sums: list[tuple[int, int]] = []  # the total after each of the last edits, with its line
    kept: int = 0  # the line of the last commit of the session that took edits of it
    held: int = 0  # of the one before that
    away: int = 0  # the line since which only another branch has it, as long as git moves nothing
    ends: Ends = msgspec.field(default_factory=Ends)
    since: int = 0  # the line of the first edit, also where it was written anew later
    left: list[str] = []  # lines that were there before and went
    gone: list[tuple[int, int]] = []  # between which lines edits were made that git took back at the second
    others: int = 0  # the line where somebody else was last found to have changed it

    @property
    def rests(self) -> bool:
        """Tell whether nothing is put by: then it is as it is until more is read."""
        return not self.raw

    @property
    def is_nothing(self) -> bool:
        """Tell whether all is as it was before."""
        if self.undone or self.edits < 2 or self.whole:
            return bool(self.undone)
        if self.summed < len(self.raw):
            sum_up(self)
        return self.ends.is_nothing(self.total)


def edited(nets: dict[str, Net], path: str, call: Call, *, prose: bool) -> None:
    """Take over an edit that worked; of prose only whether anything is left of it."""
    net = nets.pop(path, None)
    content, changed = call.input.get("content"), pairs(call)
    anew = isinstance(content, str) and not changed
    gone = net is None or net.undone or net.away
    if net is None or gone or anew:
        since, lost = (net.since, net.gone) if net else (0, [])
        net = Net(began=call.line, since=call.line if gone else since, gone=lost)
    nets[path] = net
    net.line, net.edits, net.tests = call.line, net.edits + 1, is_test(path)
    if isinstance(content, str) and anew:
        net.whole, net.came = True, [content] if len(content) <= CAME_CHARS else []
        if not prose:
            net.about = "" if is_test(path) else first_comment(content)
            net.raw.append((call.line, _WHOLE, "", content[:READ_CHARS], UNKNOWN))
            net.raw_chars += len(content)
    if not (anew or changed or net.whole):  # as of a cell of a notebook: what was there before is not known
        settle(net)  # of the edits before it is
        net.whole = True
    for old, new in changed:
        apart, outer = path.endswith(NESTED), outer_of(call, old, path, prose=prose)
        apart = apart and not any(old in text for text in net.came)
        old, new = _widened(net.came, old, new, call.input.get("replace_all"))
        net.raw.append((call.line, _PROSE if prose else _APART if apart else _CODE, old, new, outer))
        net.raw_chars += len(old) + len(new)
    if net.raw_chars > MAX_RAW:
        settle(net)
    drop_oldest(nets, MAX_NETS)


def _widened(came: list[str], old: str, new: str, everywhere: object) -> tuple[str, str]:
    """Return an edit of a part of lines that came with an earlier one as an edit of these lines.

    Else what a line says now would not be known, only what it said at first.
    """
    if everywhere is True:
        if old:
            longer = len(new) - len(old)
            came[:] = [
                text.replace(old, new)
                for text in came
                if len(text) + longer * text.count(old) <= CAME_CHARS  # else it might grow without end
            ]
        return old, new
    within = next((text for text in reversed(came) if old in text), "") if old else ""
    start = within.find(old)
    end = start + len(old)
    now = within[:start] + new + within[end:] if within else new
    came[:] = [text for text in came if text != within and text not in old]
    if len(now) <= CAME_CHARS:
        came.append(now)
        del came[:-MAX_CAME]
    if not within:
        return old, new
    first, last = within.rfind("\n", 0, start) + 1, within.find("\n", end) % (len(within) + 1)
    return within[first:last], within[first:start] + new + within[end:last]


def settle(net: Net) -> None:
    """Take over what was put by."""
    net.raw_chars = 0
    _settle(net, len(net.raw))


def settled(net: Net) -> Net:
    """Return what is known for the document: one that rests as it is, as the next revision goes on from it."""
    if net.raw:
        settle(net)
    return net


def settle_what_stays(net: Net, last: int = 0) -> None:
    """Take over of what was put by what git cannot take back by itself: edits that a commit holds, or all before any.

    What is known in the end is the same without it.

    Args:
        last: The line of the last commit, which a revert may take back.
    """
    since = net.held or net.kept if net.kept == last else net.kept
    _settle(net, sum(each[0] <= since for each in net.raw) if since else len(net.raw))


def _settle(net: Net, count: int) -> None:
    if not count:
        return
    sum_up(net)
    net.settled = net.raw[count - 1][0]
    for line, kind, old, new, outer in net.raw[:count]:
        if kind == _WHOLE:
            _counted(net.names, net.passed, balance(names_of(lines := new.splitlines()), ()), line)
            _used(net.uses, imports_of(text.strip() for text in lines), ())
        elif kind in (_CODE, _APART):
            _change(net, old, new, line, outer, apart=kind == _APART)
        else:
            _prose(net, old, new, outer.name)
    del net.raw[:count]
    net.summed = len(net.raw)


def _prose(net: Net, old: str, new: str, below: str) -> None:
    """Take over which headings came into a text that was there before, and which lines."""
    if net.whole:
        return
    more = balance(headings(new), headings(old))
    _counted(net.names, {}, more, 0)
    forget(net.lines, more)
    before, after = ([line.strip() for line in it.splitlines()] for it in (old, new))
    made, _, went = parted(before, after)
    _laid_out(net, went)
    for text in before:
        net.lines.pop(text, None)
    fit = [
        text for text in made if text.count(" ") >= MIN_SPACES and len(text) <= LINE_CHARS and text[0] != "#"
    ]
    begins = {
        text
        for last, text in pairwise(["", *after])
        if last.startswith(_ENDS) or not last or text[:1] in _MARKED
    }
    # The rest of a wrapped paragraph says little by itself.
    first = [text for text in fit if text in begins]
    for text in first if first or net.lines else fit:
        net.lines[text] = [below, *headings(new[: new.find(text)])][-1]
    drop_oldest(net.lines, MAX_LINES)


def _laid_out(net: Net, went: dict[str, str]) -> None:
    """Know lines that are only laid out anew by their new layout."""
    for old, new in went.items():
        if old in net.lines:
            net.lines[new] = net.lines.pop(old)
        if old in net.was:
            net.was[new] = net.was.pop(old)


def sum_up(net: Net) -> None:
    if net.summed == len(net.raw):  # as nearly always: it is asked again and again
        return
    for line, kind, old, new, _ in net.raw[net.summed :]:
        if kind != _WHOLE:
            net.total = add(net.total, net.ends, old, new)
            net.sums.append((line, net.total))
    net.summed = len(net.raw)
    del net.sums[:-MAX_SUMS]


def written(nets: dict[str, Net], path: str, command: str, *, anew: bool) -> None:
    """A command wrote into a file, or all of it (`anew`): what it speaks of is not known any more."""
    net = nets.get(path)
    if net is not None and net.undone:
        net = nets[path] = Net(net.line, net.line, 1, since=net.line, gone=net.gone)
    if net is not None:
        settle(net)
        net.whole = True
        if anew or net.about[:ABOUT_SAME] in command:
            net.about = ""
        _used(net.uses, imports_of(map(str.strip, command.splitlines())), ())
        net.lines.clear()
        net.was.clear()
        net.came.clear()
        for known in (net.names, net.words, net.values, net.passed):
            for name in [name for name in known if name in command]:
                del known[name]


def _change(net: Net, old: str, new: str, line: int, outer: Outer, *, apart: bool) -> None:
    if "\n" not in old and len(old) >= PART:
        _in_part(net, old, new)
    it = edit_of(old, new, outer)
    _laid_out(net, it.went)
    if net.about and any(net.about[:ABOUT_SAME] in text for text in (*it.imports[0], *it.gone)):
        net.about = ""
    _counted(net.names, net.passed, it.names, line)
    forget(net.lines, it.names)
    _standing(net, new, it.after)
    _unused(net, old, new)
    _used(net.uses, it.uses[1], it.uses[0])
    for sign, lines in zip((-1, 1), it.imports, strict=True):
        for text in lines:
            _add(net.imports, text[:LINE_CHARS], sign)
    _counted(net.words, net.passed, it.words, line)
    before, values = it.values
    if apart:  # by the same name, and maybe of another thing: which one, only what stands around it says
        net.values.update({name: (ELSEWHERE, ELSEWHERE) for name in values if name in net.values})
    _valued(net.values, before, values, new)
    earlier = {text: net.was.pop(text) for text in it.gone if text in net.was}
    before_that = {} if apart else earlier
    for text in it.gone:
        if text not in net.lines and not net.whole and len(text) <= LINE_CHARS:
            net.left.append(text)
    del net.left[:-MAX_LEFT]
    for text in [text for text in net.lines if _went(text, it.gone, it.made)]:
        del net.lines[text]
    known = set_before(it.gone, it.made, before_that)
    if net.tests:
        _explained(net, old, new, otherwise=any(known.values()))
    for text, was in known.items():
        if was and text not in net.lines:  # else it stands in two places
            net.was[text] = was
    for text, inside in it.tell:
        if text in net.left:  # it is back
            net.left.remove(text)
        elif known.get(text) != "":
            net.lines[text] = inside
    drop_oldest(net.lines, MAX_LINES)
    for text in [text for text in net.was if text not in net.lines]:
        del net.was[text]


def _went(text: str, gone: Iterable[str], made: Iterable[str]) -> bool:
    """Tell whether a line, or a part of one as it was told, is among lines that went and not among those that came."""
    return any(text in line for line in gone) and not any(text in line for line in made)


def _in_part(net: Net, old: str, new: str) -> None:
    """Take over an edit within what is known: of what stands only once in a file, it is just that."""
    if old in net.about:
        net.about = "" if "\n" in new else shorten(net.about.replace(old, new), ABOUT_CHARS)
    found = [name for name, count in net.names.items() if count > 0 and old in name and old != name]
    if len(found) == 1 and "\n" not in new:
        net.names[found[0].replace(old, new)] = net.names.pop(found[0])


def _standing(net: Net, text: str, lines: list[str]) -> None:
    """Forget of what went that which an edit shows to stand: it was there twice."""
    if gone := [name for name, count in net.names.items() if count < 0 and name in text]:
        for name in set(gone).intersection(names_of(lines)):
            del net.names[name]


def _unused(net: Net, old: str, new: str) -> None:
    """Put names last that an edit takes a use of: what the others do is less likely overtaken."""
    for name in [name for name, count in net.names.items() if count > 0 and name in old and name not in new]:
        net.names[name] = net.names.pop(name)


def _add(known: dict[str, int], text: str, sign: int) -> None:
    """Count a line that came or went; what came and went is as if it had never been."""
    count = known.pop(text, 0) + sign
    if count:
        known[text] = count
    drop_oldest(known, MAX_LINES)


def _explained(net: Net, old: str, new: str, *, otherwise: bool) -> None:
    """Keep the comment that came with what a test expects otherwise, as long as it stands."""
    if net.why and net.why.rstrip("…") in " ".join(comments(old, new)):
        net.why = ""
    if otherwise and (said := comments(new, old)):
        net.why = shorten(said[-1], ABOUT_CHARS)


def _used(uses: dict[str, int], more: Iterable[str], less: Iterable[str]) -> None:
    """Count what is imported; what is imported no more goes."""
    for names, by in ((less, -1), (more, 1)):
        for name in names:
            uses[name] = uses.get(name, 0) + by
    for name in [name for name, count in uses.items() if count <= 0]:
        del uses[name]
    drop_oldest(uses, MAX_USES)


def _counted(known: dict[str, int], passed: dict[str, int], more: dict[str, int], line: int) -> None:
    for name, count in more.items():
        was = known.pop(name, 0)
        passed.pop(name, None)
        if was + count:
            known[name] = was + count
        elif was > 0:
            passed[name] = line
    drop_oldest(known, MAX_NAMES)
    drop_oldest(passed, MAX_NAMES)


def _valued(known: dict[str, tuple[str, str]], gone: dict[str, str], made: dict[str, str], new: str) -> None:
    for name in {**gone, **made}:
        before, now = gone.get(name, ""), made.get(name, "")
        first, last = known.pop(name, (before, before))
        if first == last == ELSEWHERE or last != before:
            known[name] = ELSEWHERE, ELSEWHERE  # two places go by the name, each with a value of its own
        elif first != now and (
            now or name not in new
        ):  # what comes after it was taken out may stand elsewhere
            known[name] = ("" if first and now and not last else first), now
    drop_oldest(known, MAX_VALUES)
