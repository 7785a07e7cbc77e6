"""What is told of all edits: what those of each file came to, and of which nothing is left."""

from collections.abc import Collection
from typing import Final

from spread.distill_edits import is_test
from spread.distill_files import relative
from spread.distill_ledger import Ledger
from spread.distill_net import passed, told
from spread.distill_said import AGENT
from spread.distillation_codec import shorten
from spread.distillation_told import CHANGED, UNDONE

MAX_FILES: Final = 14
FEW_LEFT: Final = 3
WHY_CHARS: Final = 160

_Told = list[tuple[int, str]]


def net_edits(ledger: Ledger, root: str, left: Collection[str] = ()) -> _Told:
    """Return (line, text) of what the edits of each file came to: those edited most first, tests after the rest.

    Args:
        left: Files that are in no commit; where these are few, they come first.
    """
    first = left if len(left) <= FEW_LEFT else ()
    nets, out = ledger.files.net, _Told()
    found = [
        (path not in first, is_test(path), -net.edits, -net.line, path)
        for path, net in nets.items()
        if ledger.files.touches(path)
    ]
    for *_, path in sorted(found):
        net = nets[path]
        if len(out) < MAX_FILES and not net.is_nothing and (text := told(net)):
            out.append((net.line, f"{CHANGED}{relative(path, root)}: {text}"))
    return out


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
