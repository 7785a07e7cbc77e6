"""What is told of all edits: what those of each file came to, and of which nothing is left."""

import re
import sys
from collections import Counter
from collections.abc import Container
from functools import cached_property, lru_cache
from typing import Final

from spread.distill.agents import unseen
from spread.distill.edits import is_code, is_test
from spread.distill.extract import Counted, counted
from spread.distill.files import relative
from spread.distill.heard import AGENT, SUB_AGENT
from spread.distill.ledger import Ledger
from spread.distill.net import PROSE, Net, settle
from spread.distill.net_words import SETS, imports_told, passed, told
from spread.distill.plans import is_plan
from spread.distill.record import WROTE
from spread.distill.wired import loose, wired
from spread.distill.words import own_words
from spread.distillation_codec import shorten
from spread.distillation_paths import shortest
from spread.distillation_told import CHANGED, UNDONE

MAX_FILES: Final = 24
AGAIN: Final = "(changed again since) "  # by what does not say how: a command, a sub-agent
STASHED: Final = "(stashed, L{}) "
PARTLY_STASHED: Final = "(partly stashed, L{}) "
AWAY: Final = "(reset here, L{}; on another branch) "
WIRES: Final = "imports new "
MAX_NEW: Final = 4  # new files that one imports
MAX_LOOSE: Final = 4
MAX_ALIKE: Final = 3  # files with the same change that are named
MOST_SAID: Final = 4  # times that a file is named count
WHY_CHARS: Final = 160
MAX_NAMES: Final = 3

_NAME: Final = re.compile(r"[A-Za-z_]\w{3,}")
_PLAIN: Final = re.compile(r"[\"'\d-]|(?:true|false|null|none|nil)\b", re.I)
_Told = list[tuple[int, str]]
_last: Final[list[Counted]] = [(Counter(), Counter())]  # of the last page


def net_edits(ledger: Ledger, root: str, left: Container[str]) -> _Told:
    """Return (line, text) of what the edits of each file came to, tests after the rest.

    Of both those that no commit took come first, then those where something is set otherwise, then those most spoken
    of, then those most edited.

    Args:
        left: Files that are in no commit.
    """
    nets, out = ledger.files.net, _Told()
    texts = _said(ledger) if nets else []
    said, spoken = _Spoken(texts), counted([*map(_names_in, texts)], _last)
    made, links = ledger.files.created, _links(ledger)
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
    alike = dict[str, list[str]]()
    for *_, path, text in sorted(found):
        alike.setdefault(text, []).append(path)
    told_of = list(alike.items())[:MAX_FILES]
    ends = shortest([other for _, paths in told_of for other in paths[1 : MAX_ALIKE + 1]], nets)
    for text, (path, *others) in told_of:
        named = ", ".join(ends[other] for other in others[:MAX_ALIKE])
        more = f" and {len(others) - MAX_ALIKE} more" if len(others) > MAX_ALIKE else ""
        so = f"; so in {named}{more}" if others else ""
        net = nets[path]
        span = f" (L{net.began}…L{net.line})" if net.began not in (0, net.line) else ""
        since = AGAIN if (ledger.files.edited_at(path) or 0) > net.line else ""
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


def _links(ledger: Ledger) -> dict[str, list[str]]:
    """Return which of the changed files import which new ones."""
    for net in ledger.files.net.values():
        settle(net)
    uses = {
        path: net.uses for path, net in ledger.files.net.items() if net.uses and ledger.files.touches(path)
    }
    return wired(uses, ledger.files.created)


def unwired(ledger: Ledger, root: str) -> _Told:
    """Return (line, text) of new files that none of those changed here imports, though others beside them are.

    Only where all that was written is known.
    """
    created, nets = ledger.files.created, ledger.files.net
    unknown = any(is_code(path) and path not in nets for path in (*created, *ledger.files.modified))
    if unknown or ledger.unread or unseen(ledger.agents):
        return []
    code = [path for path in created if is_code(path) and not is_test(path) and path not in ledger.unrun]
    left = loose(_links(ledger), code)
    if not left:
        return []
    more = f" and {len(left) - MAX_LOOSE} more" if len(left) > MAX_LOOSE else ""
    names = ", ".join(f"{relative(path, root)} (L{created[path]})" for path in left[:MAX_LOOSE])
    return [(max(created[path] for path in left), f"new, and no file written here imports it: {names}{more}")]


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
    return [*said, *(turn.prompt.text for turn in ledger.turns)]


def undone_edits(ledger: Ledger) -> dict[str, int]:
    """Return the files of whose edits nothing is left, with the line of the last of these, or where git took them back."""
    return {path: net.line for path, net in ledger.files.net.items() if net.is_nothing}


def undone_in(ledger: Ledger, undone: dict[str, int], since: int, until: int, late: int) -> str:
    """Return which files were first edited between two lines and taken back; nothing where another edit stands.

    Args:
        late: From where on they may have been taken back for something else.
    """
    stays = (item for item in ledger.record if item.kind == WROTE and since < item.line < until)
    if any(undone.get(item.what, 0) <= item.line for item in stays):
        return ""
    paths = [
        path for path, line in undone.items() if since < ledger.files.net[path].began < until <= line < late
    ]
    names = ", ".join(_name(path) for path in paths[:MAX_NAMES])
    return f" (edits of {names} for it taken back, L{max(undone[path] for path in paths)})" if paths else ""


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
