"""What the edits of one file came to, in words."""

import posixpath
import re
from collections.abc import Container
from functools import lru_cache
from typing import Final

from spread.distill.net import ELSEWHERE, Net, settle
from spread.distill.net_lines import SHORT, value_at
from spread.distillation_codec import shorten

LONG: Final = 24  # characters of an expression, from which on only what differs is told
SHOWN: Final = 4  # of each kind
MORE_SHOWN: Final = 2  # rather than to count them
ENOUGH: Final = 3  # words of a line
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


def told(net: Net, spoken: Container[str] = frozenset(), *, late: bool = False) -> str:
    """Return in few words what stands now that did not before, and what does not any more.

    Args:
        spoken: Words that were said: what they name is told before the rest.
        late: It was edited for what is not finished: the newest line is told, too, as no report speaks of it.
    """
    settle(net)
    out: list[str] = []
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
    changed = {name: f"{name} {was}{SETS}{now}" for name, (was, now) in values.items() if was and now}
    out += list(changed.values())[-SHOWN:]
    given = [f"{name} = {now}" for name, (was, now) in values.items() if not was and _NUMBER.match(now)]
    out += given[-SHOWN:]
    told_so = " ".join([*changed.values(), *given])
    if words := [
        name for name, count in net.words.items() if count > 0 and name not in values and name not in told_so
    ]:
        out.append(f"+{_listed(_spoken_first(words, spoken))}")
    if net.lines and not (lasts or words or changed) and (net.was or not given):
        out.append(_line_told(net, spoken))
    elif late and not (new or net.was) and " " in (newest := next(reversed(net.lines), "")):
        out.insert(0, f"+`{shorten(newest, SHORT).replace('`', chr(39))}`")
    gone = [name for name, (was, now) in values.items() if was and not now]
    if gone and not (out or net.whole):
        out.append(f"removed {_listed(gone)}")
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


@lru_cache(500)  # the same lines are told of at each revision
def _words(line: str) -> frozenset[str]:
    return frozenset(_SPOKEN.findall(line))


def _line_told(net: Net, spoken: Container[str]) -> str:
    """Return the line that came of which most was said, of alike ones the longest, then the newest.

    For one that only declares a name, the first that uses it, as that says what is done with it here.
    """
    lines = [text for text in net.lines if text in net.was] or list(net.lines)

    def telling(at: int) -> tuple[int, int, int]:
        words = _words(lines[at])
        return sum(word in spoken for word in words), min(len(words), ENOUGH), at

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
    of = f" (1 of {net.edits} edits)" if net.edits > 1 else ""
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
    settle(net)
    return _listed(list(net.passed) or [name for name, count in net.names.items() if count > 0])


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= SHOWN + MORE_SHOWN else names[:SHOWN]
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return ", ".join(f"`{name}`" for name in shown) + more
