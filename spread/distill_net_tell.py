"""What is told of all edits: what those of each file came to, and of which nothing is left."""

import re
from collections.abc import Container
from typing import Final

from spread.distill_edits import is_code, is_test
from spread.distill_files import relative
from spread.distill_ledger import Ledger
from spread.distill_net import SETS, passed, told
from spread.distill_said import AGENT, SUB_AGENT
from spread.distillation_codec import shorten
from spread.distillation_told import CHANGED, UNDONE

MAX_FILES: Final = 24
MOST_SAID: Final = 4  # times that a file is named count
WHY_CHARS: Final = 160

_NAME: Final = re.compile(r"[A-Za-z_]\w{3,}")
_PLAIN: Final = re.compile(r"[\"'\d-]|(?:true|false|null|none|nil)\b", re.I)
_Told = list[tuple[int, str]]


def net_edits(ledger: Ledger, root: str, left: Container[str]) -> _Told:
    """Return (line, text) of what the edits of each file came to, tests after the rest.

    Of both those that no commit took come first, then those where something is set otherwise, then those most spoken
    of, then those most edited.

    Args:
        left: Files that are in no commit.
    """
    nets, out = ledger.files.net, _Told()
    said = _said(ledger) if nets else ""
    spoken = frozenset(_NAME.findall(said))
    found = list[tuple[bool, bool, int, int, int, int, str, str]]()
    for path, net in nets.items():
        if ledger.files.touches(path) and not net.is_nothing and (text := told(net, spoken)):
            known = min(said.count(_name(path)), MOST_SAID)
            found.append(
                (
                    is_test(path),
                    path not in left,
                    -_sets(path, text),
                    -known,
                    -net.edits,
                    -net.line,
                    path,
                    text,
                )
            )
    alike = dict[str, list[str]]()
    for *_, path, text in sorted(found):
        alike.setdefault(text, []).append(path)
    for text, (path, *others) in list(alike.items())[:MAX_FILES]:
        so = f"; so in {len(others)} other file{'s' if len(others) > 1 else ''}" if others else ""
        out.append((nets[path].line, f"{CHANGED}{relative(path, root)}: {text}{so}"))
    return out


def _sets(path: str, text: str) -> int:
    """Return 2 where a plain value is another one now, 1 where an expression is."""
    _, sets, now = text.partition(SETS)
    return bool(sets) + bool(sets and (_PLAIN.match(now) or not is_code(path)))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _said(ledger: Ledger) -> str:
    """Return what the user and the agents said, as far as it is known."""
    said = [words for _, words, who in ledger.heard if who in (AGENT, SUB_AGENT)]
    return "\n".join([*said, *(turn.prompt.text for turn in ledger.turns)])


def taken_back(ledger: Ledger, root: str) -> _Told:
    """Return (line, text) of files of whose edits nothing is left, with what the agent said before it undid them."""
    found: dict[str, _Told] = {}
    for path, net in ledger.files.net.items():
        if net.is_nothing:
            heard = reversed(ledger.heard)
            said = next((words for line, words, who in heard if who == AGENT and line < net.line), "")
            what = passed(net)
            text = f"{relative(path, root)}{what and f' ({what})'}"
            found.setdefault(shorten(said, WHY_CHARS), []).append((net.line, text))
    return [
        (
            max(each)[0],
            f"{UNDONE}{', '.join(text for _, text in each)}{why and f'; the agent before that: {why}'}",
        )
        for why, each in found.items()
    ][-MAX_FILES:]
