"""What is told of all edits: what those of each file came to, and of which nothing is left."""

import posixpath
import re
import sys
from bisect import bisect_right
from collections.abc import Container
from functools import cached_property, lru_cache
from typing import Final

from spread.distill.agents import unseen
from spread.distill.edits import is_code, is_test
from spread.distill.files import relative
from spread.distill.heard import AGENT, SUB_AGENT
from spread.distill.ledger import Ledger
from spread.distill.net import ELSEWHERE, PROSE, Net, settled
from spread.distill.net_back import gone_at
from spread.distill.net_lines import SHORT, value_at
from spread.distill.plans import is_plan
from spread.distill.record import WROTE
from spread.distill.wired_tell import links as links_of
from spread.distill.words import own_words
from spread.distillation_codec import shorten, some_of
from spread.distillation_paths import shortest
from spread.distillation_told import BETWEEN, CHANGED, OTHERS, UNDONE

MAX_FILES: Final = 24
AGAIN: Final = "(changed again since) "  # by what does not say how: a command, a sub-agent
STASHED: Final = "(stashed, L{}) "
PARTLY_STASHED: Final = "(partly stashed, L{}) "
AWAY: Final = "(reset here, L{}; on another branch) "
WIRES: Final = "imports new "
MAX_NEW: Final = 4  # new files that one imports
MAX_ALIKE: Final = 3  # files with the same change that are named
MOST_SAID: Final = 4  # times that a file is named count
WHY_CHARS: Final = 160
MAX_NAMES: Final = 3

_NAME: Final = re.compile(r"[A-Za-z_]\w{3,}")
_PLAIN: Final = re.compile(r"[\"'\d-]|(?:true|false|null|none|nil)\b", re.I)
_Told = list[tuple[int, str]]
LONG: Final = 24  # characters of an expression, from which on only what differs is told
SHOWN: Final = 4  # of each kind
MORE_SHOWN: Final = 2  # rather than to count them
ENOUGH: Final = 3  # words of a line
# Functions of all kinds of things are called so.
_COMMON: Final = frozenset(
    ("main", "run", "start", "stop", "init", "setup", "close", "get", "set", "call", "apply", "constructor", "visit", "render")
)  # fmt: skip
LINES_IN: Final = "lines in "  # what was there before, or is not named
SETS: Final = " → "  # stands where something was set otherwise
_NUMBER: Final = re.compile(r"-?\d*[2-9.]|-?\d{2}")  # to begin with 0 or 1 tells little
# A name with its type: files alike have it, too.
_DECLARES: Final = re.compile(r"(\w+)\??: ?[\w.<>\[\]| ]+;?\Z")
# Likewise, or as Go has it: a field of something, of which all are told by their names.
_FIELD: Final = re.compile(
    r"(?:(\w+)\??: ?[\w.<>\[\]| ]+[;,]?|([A-Z]\w*) +[\w.*\[\]]+(?: +`[^`]*`)?(?: *//.*)?)\Z"
)
_WITHIN: Final = frozenset("_.-+")  # not parted at these: a secret is only known by how it begins
_SPOKEN: Final = re.compile(r"[A-Za-z_]\w{3,}")


def net_edits(ledger: Ledger, root: str, left: Container[str]) -> _Told:
    """Return (line, text) of what the edits of each file came to, tests after the rest.

    Of both those that no commit took come first, then those where something is set otherwise, then those most spoken
    of, then those most edited.

    Args:
        left: Files that are in no commit.
    """
    nets, out = ledger.files.net, _Told()
    texts = _said(ledger) if nets else []
    said, spoken = _Spoken(texts), frozenset[str]().union(*map(_names_in, texts))
    made, links = ledger.files.created, links_of(ledger)
    asked = ledger.turns[-1].prompt.line if ledger.turns and ledger.end != "say" else sys.maxsize
    found = list[tuple[bool, bool, int, int, int, int, str, str]]()
    hidden = bool(nets and unseen(ledger.agents))
    for path, net in nets.items():
        if not ledger.files.touches(path) or net.is_nothing or is_plan(path):
            continue
        if hidden and (ledger.files.edited_at(path) or 0) > net.line and not _defines(net):
            continue  # a line alone may be gone: what a sub-agent did to the file since nobody knows
        new = [_name(to) for to in links.get(path, ()) if path not in made]
        wires = f"{WIRES}{', '.join(f'`{name}`' for name in new[:MAX_NEW])}" if new else ""
        if text := "; ".join(filter(None, (wires, told(net, spoken, late=net.line > asked)))) or imports_told(
            net
        ):
            known = said.count(_name(path))
            found.append(
                (
                    is_test(path) or path.endswith(PROSE),
                    path not in left,
                    -_sets(path, text),
                    -known,
                    -net.edits,
                    -net.line,
                    path,
                    f"{_aside(ledger, path, net)}{text}",
                )
            )
    alike = dict[str, list[tuple[str, str]]]()
    for *_, path, text in sorted(found):
        alike.setdefault(text.partition(f"; {LINES_IN}")[0], []).append((path, text))
    # Where it came is told of one file, of several only what.
    told_of = [
        (each[0][1] if len(each) == 1 else text, [path for path, _ in each]) for text, each in alike.items()
    ][:MAX_FILES]
    ends = shortest([other for _, paths in told_of for other in paths[1 : MAX_ALIKE + 1]], nets)
    for text, (path, *others) in told_of:
        so = f"; so in {some_of(others, MAX_ALIKE, ends.__getitem__)}" if others else ""
        net = nets[path]
        span = f" (L{net.began}…L{net.line})" if net.began not in (0, net.line) else ""
        since = AGAIN if (ledger.files.edited_at(path) or 0) > net.line else ""
        if net.others:
            since = f"{(OTHERS if net.others > net.line else BETWEEN).format(net.others)} "
        out.append((net.line, f"{CHANGED}{relative(path, root)}: {since}{text}{so}{span}"))
    return out


def _aside(ledger: Ledger, path: str, net: Net) -> str:
    """Tell where the edits of a file are that are not in it now, as far as that is certain."""
    git = ledger.git
    if git.stashed and path in git.stash:
        whole = net.line <= git.stashed and not net.kept
        return (STASHED if whole else PARTLY_STASHED).format(git.stashed)
    return AWAY.format(net.away) if net.away >= ledger.files.moved > 0 else ""


def _defines(net: Net) -> bool:
    """Tell whether edits came to more than lines: something defined, or set otherwise."""
    return any(count > 0 for count in net.names.values()) or bool(net.values or net.words or net.about)


def _sets(path: str, text: str) -> int:
    """Return 2 where a plain value is another one now or a new file is wired in, 1 where an expression is another one."""
    if text.startswith(WIRES):
        return 2
    _, sets, now = text.partition(SETS)
    return bool(sets) + bool(sets and (_PLAIN.match(now) or not is_code(path)))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


@lru_cache(1_000)  # most texts come again at the next revision
def _names_in(said: str) -> frozenset[str]:
    return frozenset(_NAME.findall(said))


@lru_cache(1_000)
def _dotted(said: str) -> str:
    """Return the words of a text that may hold the name of a file with an end."""
    return " ".join([word for word in said.split() if "." in word]) if "." in said else ""


class _Spoken:
    """Counts how often names are said: those with a dot among the few words that have one."""

    def __init__(self, texts: list[str]) -> None:
        self.texts, self.dotted = texts, "\n".join(map(_dotted, texts))

    def count(self, name: str) -> int:
        """Return how often it is, at most MOST_SAID times."""
        few = "." in name and len(name.split()) == 1
        return min((self.dotted if few else self.whole).count(name), MOST_SAID)

    @cached_property
    def whole(self) -> str:
        return "\n".join(self.texts)


def _said(ledger: Ledger) -> list[str]:
    """Return what the user and the agents said, as far as it is known."""
    said = [words for _, words, who in ledger.heard if who in (AGENT, SUB_AGENT)]
    return [*said, *[turn.prompt.text for turn in ledger.turns]]


def undone_edits(ledger: Ledger) -> dict[str, int]:
    """Return the files of whose edits nothing is left, with the line of the last of these, or where git took them back."""
    return {path: net.line for path, net in ledger.files.net.items() if net.is_nothing}


def turns_taken_back(ledger: Ledger) -> dict[int, int]:
    """Return the lines of prompts of whose edits git took back all, with the line of that."""
    nets, starts = ledger.files.net, [turn.prompt.line for turn in ledger.turns]
    if not any([net.gone for net in nets.values()]):
        return {}
    known = next((item.line for item in ledger.record), 0)  # of earlier edits not all are known
    out: dict[int, list[int]] = {}
    for item in ledger.record:
        at = bisect_right(starts, item.line) - 1
        if item.kind == WROTE and at >= 0 and starts[at] >= known:
            out.setdefault(starts[at], []).append(gone_at(nets, item.what, item.line))
    return {start: max(lines) for start, lines in out.items() if all(lines)}


def taken_back(ledger: Ledger, root: str) -> _Told:
    """Return (line, text) of files of whose edits nothing is left, with what the agent said before it undid them."""
    found: dict[str, _Told] = {}
    for path, net in ledger.files.net.items():
        if net.is_nothing:
            what = passed(net)
            text = f"{relative(path, root)}{what and f' ({what})'}"
            found.setdefault(_before(ledger, net), []).append((net.line, text))
    return [
        (
            max(each)[0],
            f"{UNDONE}{', '.join(text for _, text in each)}{why and f'; the {why}'}",
        )
        for why, each in found.items()
    ][-MAX_FILES:]


def _before(ledger: Ledger, net: Net) -> str:
    """Return who spoke before edits were undone, and what: the user, where they did between the first and the last."""
    turn = next((turn for turn in reversed(ledger.turns) if turn.prompt.line < net.line), None)
    # An answer tells little without its question.
    if turn and turn.prompt.line > net.began and not turn.asked:
        return f"user before that: “{shorten(own_words(turn.prompt.text), WHY_CHARS)}”"
    heard = reversed(ledger.heard)
    said = next((words for line, words, who in heard if who == AGENT and line < net.line), "")
    return f"agent before that: {shorten(said, WHY_CHARS)}" if said else ""


def told(net: Net, spoken: frozenset[str] = frozenset(), *, late: bool = False) -> str:
    """Return in few words what stands now that did not before, and what does not any more.

    Args:
        spoken: Words that were said: what they name is told before the rest.
        late: It was edited for what is not finished: the newest line is told, too, as no report speaks of it.
    """
    settled(net)
    out: list[str] = []
    if net.about:
        out.append(f"“{net.about}”")
    new = [name for name, count in net.names.items() if count > 0] if net.names else []
    if new:
        out.append(f"+{_listed(_spoken_first(new, spoken))}")
    elif net.why:
        out.append(f"“{net.why}”")
    old = [name for name, count in net.names.items() if count < 0] if len(new) < len(net.names) else []
    if old and not net.whole:
        out.append(f"removed {_listed(old)}")
    if net.passed:
        out.append(f"came and went: {_listed(list(net.passed))}")
    lasts = len(out) > bool(net.passed) + bool(net.why and not new)
    values, changed, given = dict[str, tuple[str, str]](), list[str](), list[str]()
    if net.values:
        values = {name: each for name, each in net.values.items() if ELSEWHERE not in each}
        changed = [f"{name} {was}{SETS}{now}" for name, (was, now) in values.items() if was and now]
        given = [f"{name} = {now}" for name, (was, now) in values.items() if not was and _NUMBER.match(now)]
        out += [*changed[-SHOWN:], *given[-SHOWN:]]
    words = [name for name, count in net.words.items() if count > 0] if net.words else []
    if words and values:
        told_so = " ".join([*changed, *given])
        words = [name for name in words if name not in values and name not in told_so]
    if words:
        out.append(f"+{_listed(_spoken_first(words, spoken))}")
    if net.lines and not (lasts or words or changed) and (net.was or not given):
        out.append(_line_told(net, spoken))
    elif late and not (new or net.was) and " " in (newest := next(reversed(net.lines), "")):
        out.insert(0, f"+`{shorten(newest, SHORT).replace('`', chr(39))}`")
    if (
        values
        and not (out or net.whole)
        and (gone := [name for name, (was, now) in values.items() if was and not now])
    ):
        out.append(f"removed {_listed(gone)}")
    text = "; ".join(out)
    places = [where for where in dict.fromkeys(net.lines.values()) if where and f"`{where}`" not in text]
    return f"{text}; {LINES_IN}{_listed(places)}" if text and places else text


def imports_told(net: Net) -> str:
    """Return which lines that import came and went: where nothing else did, a file may not even compile."""
    came, went = ([text for text, count in net.imports.items() if count * sign > 0] for sign in (1, -1))
    parts = (
        f"{lead}{_listed([shorten(text, SHORT) for text in lines])}"
        for lead, lines in (("+", came), ("removed ", went))
        if lines
    )
    return "; ".join(parts)


def _spoken_first(names: list[str], spoken: frozenset[str]) -> list[str]:
    """Return names in their order, but first those that were said, and last those that many things go by."""
    return sorted(sorted(names, key=spoken.__contains__, reverse=True), key=_is_common)


@lru_cache(1_000)  # most come again at the next revision
def _is_common(name: str) -> bool:
    """Tell whether a name tells nothing, as all kinds of things have one that is so called."""
    return name.startswith("__") or name in _COMMON


@lru_cache(500)  # the same lines are told of at each revision
def _words(line: str) -> frozenset[str]:
    return frozenset(_SPOKEN.findall(line))


def _line_told(net: Net, spoken: frozenset[str]) -> str:
    """Return the line that came of which most was said, of alike ones the longest, then the newest.

    For one that only declares a name, the first that uses it, as that says what is done with it here.
    """
    lines = [text for text in net.lines if text in net.was] or list(net.lines)

    def telling(at: int) -> tuple[int, int, int]:
        words = _words(lines[at])
        return len(words & spoken), min(len(words), ENOUGH), at

    text = lines[max(range(len(lines)), key=telling)]
    if found := _DECLARES.match(text):
        uses = re.compile(rf"\b{found[1]}\b.*\w|\w.*\b{found[1]}\b")
        others = (line for line in lines if uses.search(line) and not _DECLARES.match(line))
        text = next(others, text)
    inside, was = net.lines[text], net.was.get(text, "")
    if was:
        name = text[: value_at(text)].strip(" :=")
        old, now = _apart(was.rstrip(";"), text[value_at(text) :].rstrip(";"))
        return f"{name} {old}{SETS}{now}".replace("`", "'")
    of = f" (1 of {net.edits} edits)" if net.edits > 1 and {inside, ""}.issuperset(net.lines.values()) else ""
    if _FIELD.match(text) and len(names := _fields(net.lines, inside)) > 1:
        return f"+{_listed(names)}{inside and f' in `{inside}`'}"
    return f"+`{shorten(text, SHORT).replace('`', chr(39))}`{inside and f' in `{inside}`'}{of}"


def _fields(lines: dict[str, str], inside: str) -> list[str]:
    """Return the names of the fields that came into something."""
    found = (_FIELD.match(text) for text, where in lines.items() if where == inside)
    return [*dict.fromkeys(each[1] or each[2] for each in found if each)]


def _apart(old: str, new: str) -> tuple[str, str]:
    """Return two long expressions without what both begin and end with."""
    if min(len(old), len(new)) < LONG:
        return old, new
    start = len(posixpath.commonprefix([old, new]))
    while start and (old[start - 1].isalnum() or old[start - 1] in _WITHIN):
        start -= 1
    most = min(len(old), len(new)) - start
    end = len(posixpath.commonprefix([old[::-1][:most], new[::-1][:most]]))
    while end and (old[-end].isalnum() or old[-end] in _WITHIN):
        end -= 1
    lead, rest = "…" * bool(start), "…" * bool(end)
    before, after = (f"{lead}{each[start : len(each) - end].strip()}{rest}" for each in (old, new))
    return before, after


def passed(net: Net) -> str:
    """Return what was tried of which nothing is left, an empty string where that is not known."""
    settled(net)
    return _listed(list(net.passed) or [name for name, count in net.names.items() if count > 0])


def _listed(names: list[str]) -> str:
    most = SHOWN if len(names) > SHOWN + MORE_SHOWN else len(names)
    return some_of(names, most, "`{}`".format)
