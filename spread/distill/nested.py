"""Work trees inside another one: submodules, clones, further work trees. Their branches and commits are their own."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from spread.distill.files import absolute
from spread.distill.git_commands import Gits
from spread.distill.git_lines import dropped
from spread.distill.log import ID_CHARS
from spread.distill.newest import drop_oldest
from spread.distill.place import Place
from spread.distill.shell import UNKNOWABLE
from spread.distillation_paths import is_within
from spread.transcript_events import Call

MAX_NESTED: Final = 40
_SUBMODULE: Final = re.compile(
    r"(?m)^(?:[ +U-]?[0-9a-f]{40} ([^\s()]+)(?: \([^()\n]*\))?|Submodule path '([^'\n]+)': .*)$"
)
_CLONED: Final = re.compile(r"(?m)^Cloning into '([^'\n]+)'\.\.\.$")
_COMMIT: Final = re.compile(r"(?m)^\[(?!detached )(\S+) [0-9a-f]{7,40}\] ")  # not the first of all
_NEW_BRANCH: Final = frozenset(("-b", "-B"))
_BY_CLIENT: Final = re.compile(r".*?/\.claude/worktrees/[^/]+")  # where the client makes those of its own


def note(
    nested: dict[str, int], places: dict[str, Place], call: Call, gits: Gits, root: str, branch: str
) -> None:
    """Take over which work trees inside that of the session a call tells of, and which known ones it took away.

    Args:
        branch: The one that was switched to last, wherever that was.
    """
    for words, place in gits:
        if words[1:3] in (["worktree", "add"], ["worktree", "remove"]) and call.ok:
            for word in words[3:]:
                if it := places.get(absolute(word, place)):
                    it.gone = call.line if words[2] == "remove" else 0
        for path in _told(words, call, place) if place else ():
            _keep(nested, path, call.line, root)
        if made := _BY_CLIENT.match(place or absolute(call.cwd, "")):
            _keep(nested, made[0], call.line, root)
    for name, sha in dropped(call.output):
        for it in filter(None, map(places.get, nested)):  # none is deleted that a work tree is on
            if it.branch == name or it.made[-1:] == [sha[:ID_CHARS]]:
                it.gone = call.line
    if call.output.startswith("[") or "\n[" in call.output:
        made_in = {place for words, place in gits if words[1] == "commit"}
        made_on = set(_COMMIT.findall(call.output))
        # The client says which branch is checked out where it stands: one that is committed on elsewhere is another tree's.
        if len(made_in) == len(made_on) == 1 and made_on.isdisjoint(
            (call.branch, branch if call.branch else "")
        ):
            here, client = made_in.pop(), absolute(call.cwd, "")
            if call.branch is not None and here != client and is_within(here, client):
                _keep(nested, here, call.line, root)


def _keep(nested: dict[str, int], path: str, line: int, root: str) -> None:
    if path != root and is_within(path, root):
        nested.setdefault(path, line)
        drop_oldest(nested, MAX_NESTED)


def _told(words: list[str], call: Call, here: str) -> Iterator[str]:
    """Yield the tops of work trees that a command made or lists."""
    verb, rest = words[1], words[2:]
    if verb == "submodule":
        for listed, updated in _SUBMODULE.findall(call.output):
            yield absolute(listed or updated, here)
    elif verb == "clone" and (found := _CLONED.search(call.output)) and call.ok:
        yield absolute(found[1], here)
    elif verb == "worktree" and rest[:1] == ["add"] and call.ok:
        given = [word for before, word in pairwise(rest) if word[:1] != "-" and before not in _NEW_BRANCH]
        if given and not UNKNOWABLE.search(given[0]):
            yield absolute(given[0], here)
