"""One simple command of a command line, and which of them may not have run though the line worked."""

import re
from typing import Final

import msgspec

UNKNOWABLE: Final = re.compile(r"[$`*?{}\[\]\n]|^-$|^&|^/dev/")
NEAR: Final = 100  # commands before or behind one that it is told to belong to
_OPENS: Final = frozenset(("if", "while", "until", "for", "case", "select", "function"))
CLOSES: Final = frozenset(("fi", "done", "esac"))
_FLOW: Final = _OPENS | CLOSES | {"then", "else", "elif", "do", "{", "}", "!"}

_STOPS: Final = re.compile(r"-[a-z]{0,4}e|errexit|pipefail")  # of `set`: the first that fails ends the line
_LOUD: Final = frozenset(
    ("cd", "mkdir", "touch", "cp", "mv", "rm", "ln", "sed", "cat", "echo", "printf", "tee", "chmod", "pushd")
)


class Simple(msgspec.Struct, array_like=True, gc=False):
    """One simple command: its words, where output goes, the operator after it, its place in the source."""

    words: list[str] = []
    writes: list[tuple[str, bool]] = []  # target, whether it appends
    joint: str = ""
    ends: str = ""  # where that is a closing bracket, the operator after it
    start: int = 0
    end: int = 0
    heredoc: bool = False
    name: str = ""  # of the program, without its directory
    kind: str | None = None  # of validation, once asked for; see `kind_of`
    depth: int = 0  # so many round brackets are around it
    unsure: bool = False  # in a branch, a loop or a function, after `||` or `!`: what the line's exit code says is not of it
    quiet: bool = False  # its errors are thrown away
    spare: bool = False  # it may well not have run: after `||`, in a `case`, or in a function that the line does not call
    into: str = ""  # the directory that a wrapper runs it in
    sets: list[tuple[str, str, bool]] = []  # the variables set since the command before, whether certainly so
    branch: tuple[int, int] = (0, 0)  # of which conditional it is, and the how manieth branch of that


def note_unsure(found: list[Simple]) -> None:
    """Mark the commands that may not have run though the line worked, or whose exit code it turns or drops."""
    brackets: list[tuple[bool, bool]] = []  # whether what is in them is unsure, and spare
    depth, fallback, unsure, spare, round_ones, cases = 0, False, 0, 0, 0, 0
    for at, item in enumerate(found):
        item.depth = round_ones
        round_ones = max(round_ones + (item.joint == "(") - (item.joint == ")"), 0)
        opened: list[tuple[bool, bool]] = []
        closed = 0
        for word in item.words:
            if word not in _FLOW:
                break
            if word == "{":  # after a bracket it is the body of a function, or a block as in C
                body = at > 0 and found[at - 1].joint == ")"
                opened.append((fallback or body, fallback or (body and not _is_called(found, at - 2))))
            elif word == "}":
                closed += 1
            cases += (word == "case") - (word == "esac")
            depth += (word in _OPENS and item.joint != "(") - (word in CLOSES)
        unsure, spare = _left(brackets, closed, unsure, spare)
        brackets += opened
        unsure, spare = unsure + sum(each for each, _ in opened), spare + sum(each for _, each in opened)
        item.spare = fallback or spare > 0 or cases > 0
        item.unsure = depth > 0 or item.spare or unsure > 0 or item.words[:1] == ["!"]
        closed = (item.joint == ")") + (len(item.words) > 1 and item.words[-1] == "}")
        unsure, spare = _left(brackets, closed, unsure, spare)
        if item.joint == "(":
            brackets.append((fallback, fallback))
            unsure, spare = unsure + fallback, spare + fallback
        fallback = item.joint == "||"


def _left(brackets: list[tuple[bool, bool]], closed: int, unsure: int, spare: int) -> tuple[int, int]:
    """Return how many of the brackets that are open are unsure and spare once so many were closed."""
    for _ in range(min(closed, len(brackets))):
        was = brackets.pop()
        unsure, spare = unsure - was[0], spare - was[1]
    return unsure, spare


def _is_called(found: list[Simple], at: int) -> bool:
    """Tell whether a later command of a line, among those near it, is the function that is named at a place."""
    name = found[at].words[-1:] if at >= 0 else []
    return any(name[0] in item.words[:2] for item in found[at + 2 : at + NEAR]) if name else True


def went_on(commands: list[Simple], at: int) -> int:
    """Return the place of the last command of a line that certainly did not stop it, -1 where none did not.

    Args:
        at: The first of them that can have.
    """
    while at < len(commands) - 1 and commands[at].joint in ("&&", ";", "\n") and _is_loud(commands[at]):
        at += 1
    return -1 if any(item.quiet for item in commands) else at - 1


def _is_loud(item: Simple) -> bool:
    """Tell whether a command says so when it fails, or only begins a loop; what that does is `unsure` unless it does it each time."""
    return item.words[:1] == ["for"] or (item.name in _LOUD and not item.unsure)


def stops_at(commands: list[Simple]) -> int:
    """Return the place of the last command that certainly began in a line that is to stop at the first failure."""
    found = (
        at + 1 for at, item in enumerate(commands) if item.name == "set" and _STOPS.match(item.words[-1])
    )
    return next(found, len(commands))
