"""Which new files nothing uses that was written, as far as imports tell."""

import posixpath
import re
from collections import Counter
from typing import Final

from spread.distill.agents import unseen
from spread.distill.edits import is_code, is_test
from spread.distill.files import relative
from spread.distill.ledger import Ledger
from spread.distill.net import settled
from spread.distill.record import CHECKED, RAN, TASK
from spread.distill.wired import is_entry, loose, wired
from spread.distillation_codec import some_of

MAX_LOOSE: Final = 6
FOLDER: Final = 3  # files or more are told by their folder, where no other one of it was changed
_STARTS: Final = re.compile(r"(?:python|node|bun|deno|ruby|perl|php|tsx|ts-node)[\d.]* [^\n;&|]*")


def links(ledger: Ledger) -> dict[str, list[str]]:
    """Return which of the changed files import which new ones."""
    nets = ledger.files.net.items()
    uses = {path: net.uses for path, net in nets if settled(net).uses and ledger.files.touches(path)}
    return wired(uses, ledger.files.created)


def unwired(ledger: Ledger, root: str) -> list[tuple[int, str]]:
    """Return (line, text) of new files that none of those changed here imports but such and tests, though others beside them are.

    Only where all that was written is known.
    """
    created, nets = ledger.files.created, ledger.files.net
    unknown = any(is_code(path) and path not in nets for path in (*created, *ledger.files.modified))
    if unknown or ledger.unread or unseen(ledger.agents):
        return []
    code = [path for path in created if is_code(path) and not is_test(path) and path not in ledger.unrun]
    known, started = links(ledger), _started(ledger)
    begins = [path for path in code if is_entry(path, gathers=not nets[path].names) or _stem(path) in started]
    left = loose(known, code, begins)
    if not left:
        return []
    imported = {path for paths in known.values() for path in paths}
    but = ", or only others of these and tests" if not imported.isdisjoint(left) else ""
    folders, rest = _folders(ledger, left)
    names = [f"{count} files in {relative(path, root)}" for path, count in folders.items()]
    names += [f"{relative(path, root)} (L{created[path]})" for path in rest]
    text = f"new, and no file written here imports it{but}: {some_of(names, MAX_LOOSE)}"
    return [(max(created[path] for path in left), text)]


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _started(ledger: Ledger) -> set[str]:
    """Return the words of what interpreters were told to run."""
    ran = (item.what for item in ledger.record if item.kind in (RAN, CHECKED, TASK))
    return {word for text in ran for line in _STARTS.findall(text) for word in re.findall(r"[\w-]+", line)}


def _folders(ledger: Ledger, left: list[str]) -> tuple[dict[str, int], list[str]]:
    """Return the folders of which all changed code is left, with how many files that is, and the other files."""
    inside = Counter(map(posixpath.dirname, left))
    changed = [*ledger.files.created, *ledger.files.modified]
    all_ = Counter(posixpath.dirname(path) for path in changed if is_code(path) and not is_test(path))
    whole = {folder: count for folder, count in inside.items() if count >= max(FOLDER, all_[folder])}
    return whole, [path for path in left if posixpath.dirname(path) not in whole]
