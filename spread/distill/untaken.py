"""Which commands of a line did not run: behind `false` or `exit`, or in a branch that was not taken."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from spread.distill.simple import CLOSES, NEAR, UNKNOWABLE, Simple

MIN_SAID: Final = 3
MOST_OPEN: Final = 20  # within one another, of what anybody writes
MOST_BRANCHES: Final = 20
ELSE: Final = -1  # in place of the number of a branch
_ENDS: Final = (";", "\n", "")
_ASKS: Final = frozenset(("if", "elif", "while", "until"))
_OPENS: Final = frozenset(("if", "while", "until", "for", "select", "case"))
_BEGINS: Final = frozenset(("then", "do", "else"))
_CONSTANTS: Final = {"true": True, ":": True, "false": False}
_NOT_ALL: Final = (
    "running in background",
    "<persisted-output>",
    " truncated",
)  # not what was printed, or a part
_READERS: Final = frozenset(("cat", "echo", "printf", "head", "tail", "grep", "diff", "cmp", "ls", "wc"))
# What fails whenever it says anything under its own name, other than as a warning.
_SAYS_SO: Final = frozenset(
    ("jq", "yq", "sed", "awk", "cat", "cp", "mv", "mkdir", "rm", "sort", "touch", "patch")
)
_HINTS: Final = ("if ", "false", "exit", "until ")


@dataclass(slots=True)
class _Block:
    """A conditional or a loop that is open: which branch of it, whether that never runs, and none after it."""

    kind: str
    key: int
    begin: int  # among the commands that may have run
    number: int = 0
    inside: bool = False
    asked: bool | None = None
    never: bool = False
    rest_never: bool = False

    def takes(self, word: str) -> None:
        """Go on to the next condition or branch."""
        self.inside, self.never = word in _BEGINS, self.rest_never
        if word == "else":
            self.number = ELSE
        elif word in _BEGINS:
            self.number += 1
            self.never |= self.asked is False
            self.rest_never |= self.asked is True and self.kind == "if"


def may_leave(source: str) -> bool:
    """Tell quickly whether a line may have commands that did not run."""
    return any(map(source.__contains__, _HINTS))


def taken(found: list[Simple]) -> list[Simple]:
    """Return the commands, with their keywords, that may have run, and note in which branch of what each stands."""
    out, blocks, count, behind = list[Simple](), list[_Block](), 0, False
    for before, item in pairwise([Simple(joint=";"), *found]):
        at = 0
        for at, word in enumerate([*item.words, ""]):  # the place of the first word of the command
            if word in _OPENS:
                count += 1
                blocks.append(_Block(word, count, len(out)))
                if len(blocks) > MOST_OPEN:
                    return _forgotten(found)
            elif word in CLOSES:
                if blocks and (item.writes or item.joint == "|"):  # what is printed in it goes elsewhere
                    _forgotten(out[blocks[-1].begin :])
                del blocks[-1:]
            elif blocks and word in (*_BEGINS, "elif"):
                blocks[-1].takes(word)
            elif word != "!":
                break
            if word in _ASKS and blocks:
                blocks[-1].asked = (
                    _constant(item, at + 1) if word != "until" else _not(_constant(item, at + 1))
                )
        rest = item.words[at:]
        if not (behind or any(block.never for block in blocks)):
            out.append(item)
            if blocks and blocks[-1].kind == "if" and blocks[-1].inside and not item.depth:
                item.branch = blocks[-1].key, blocks[-1].number
            if rest[:1] == ["exit"] and not (blocks or item.unsure or item.depth) and _is_alone(before, item):
                break
        behind = item.joint == "&&" and (behind or rest == ["false"])
    return out


def _forgotten(found: list[Simple]) -> list[Simple]:
    """Return commands of which it is not known in which branch they stand."""
    for item in found:
        item.branch = (0, 0)
    return found


def _constant(item: Simple, at: int) -> bool | None:
    """Return what is asked where that is a constant."""
    return _CONSTANTS.get(item.words[at]) if len(item.words) == at + 1 and item.joint in _ENDS else None


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _is_alone(before: Simple, item: Simple) -> bool:
    return before.joint in _ENDS and item.joint in _ENDS


def said(item: Simple, output: str) -> bool | None:
    """Tell whether an output holds what an `echo` was to print, None where that is not known."""
    text = item.words[-1] if item.name == "echo" and len(item.words) == 2 and not item.writes else ""
    return (
        text in output if len(text) >= MIN_SAID and not UNKNOWABLE.search(text) and "\\" not in text else None
    )


class Branches:
    """What an output tells of the branches of a line: which did not run, and of which nobody knows."""

    def __init__(self, commands: list[Simple], output: str | None) -> None:
        if output is not None and any(map(output.__contains__, _NOT_ALL)):
            output = None
        self._commands, self._output = commands, output or ""
        self._failed: set[str] | None = None
        self.untaken, self._others = set[tuple[int, int]](), dict[tuple[int, int], list[set[str]]]()
        blocks: dict[int, dict[int, list[Simple]]] = {}
        for item in commands:
            if item.branch[0]:
                blocks.setdefault(item.branch[0], {}).setdefault(item.branch[1], []).append(item)
        for key, branches in blocks.items():
            told = {number: _told(items, output) for number, items in branches.items()}
            some = True in told.values()
            untaken = {number for number, it in told.items() if it is False or (some and it is None)}
            if len(untaken) < len(branches) or ELSE not in branches:  # else it was printed elsewhere
                self.untaken |= {(key, number) for number in untaken}
                branches = {number: items for number, items in branches.items() if number not in untaken}
            if ELSE in branches and 1 < len(branches) <= MOST_BRANCHES and not some:
                words = {number: _named(items) for number, items in branches.items()}
                for number in branches:
                    self._others[key, number] = [it for other, it in words.items() if other != number]

    def fell(self, at: int) -> bool:
        """Tell whether one of those that a command hangs on says that it failed, which the rest of the line then hid."""
        least = max(at - NEAR, 0)
        while at > least and self._commands[at - 1].joint == "&&":
            at -= 1
            if self._commands[at].name in _SAYS_SO and self._commands[at].name in self._those_that_failed():
                return True
        return False

    def _those_that_failed(self) -> set[str]:
        """Return the programs that say so; most lines have none that anything hangs on."""
        if self._failed is None:
            self._failed = _failed(self._commands, self._output)
        return self._failed

    def may_not(self, item: Simple, path: str) -> bool:
        """Tell whether a command may well not have written a file: another branch that may have run does not name it."""
        return any(path not in words for words in self._others.get(item.branch, ()))


def _failed(commands: list[Simple], output: str) -> set[str]:
    """Return the programs that say so under their name; one that stands twice may have failed in either place."""
    told = [name for name in _SAYS_SO if f"{name}: " in output]
    if not told:
        return set()
    starts = {line.partition(": ")[0] for line in output.splitlines() if "warning" not in line}
    return {name for name in told if name in starts and sum(it.name == name for it in commands) == 1}


def _told(items: list[Simple], output: str | None) -> bool | None:
    """Return whether an output tells that a branch ran, None where it tells nothing."""
    known = [said(item, output) for item in items] if output is not None else []
    return True if True in known else False if False in known else None


def _named(items: list[Simple]) -> set[str]:
    """Return what commands name that they may write: what is only looked at or copied they leave as it is."""
    out = {path for item in items for path, _ in item.writes}
    for item in items:
        words = [word for word in item.words if word not in _BEGINS]
        if item.name not in _READERS:
            out.update(words[-1:] if item.name == "cp" else words)
    return out
