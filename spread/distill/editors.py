"""Files that line editors write, told to by a script on the command line or behind it: ed, ex, Vim and awk in place."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from spread.distill.effect import Effect
from spread.distill.shell import UNKNOWABLE, Simple, placed
from spread.distill.wrapped import VARIABLE

_BY_LINE: Final = frozenset(("ed", "red"))
_VISUAL: Final = frozenset(("ex", "vi", "vim", "nvim"))
_AWKS: Final = frozenset(("awk", "gawk"))
_ALL: Final = _BY_LINE | _VISUAL | _AWKS
_HINTS: Final = ("ed ", "ex ", "vi ", "vim ", "awk -")
_WRITES: Final = re.compile(r"(?:\d*,?\$?|%)?(?:w|wq|x|xit|up|update|wa|wall|wqa|xa)!?")
_WRITES_ALL: Final = re.compile(r"(?:wa|wall|wqa|wqall|xa|xall)!?")
_COMMAND: Final = re.compile(r"-[A-Za-z]*c")
# Options of Vim with a value; what a script in a file does nobody knows.
_VALUED: Final = frozenset(("-u", "-U", "-i", "-T", "-w", "-W", "-S", "--cmd"))
_AWK_VALUED: Final = frozenset(("-v", "-F", "--assign", "--field-separator"))
_AWK_PROGRAM: Final = frozenset(("-f", "--file", "-e", "--source"))
_INPLACE: Final = frozenset(("inplace", "-iinplace", "--include=inplace"))
_REFUSED: Final = re.compile(r"(?m)^(?:\?|E\d{2,4}: .*|Error detected while processing.*)$")
MOST_SCRIPT_CHARS: Final = 20_000
MOST: Final = 40  # editors in one line


def edited(source: str, commands: list[Simple], output: str) -> Iterator[tuple[Effect, str]]:
    """Yield the files that editors of a call that worked wrote, each with the directory it was done in.

    Args:
        source: The line, with the scripts in it.
        output: What was printed: an editor that could not do a thing says so, whatever its exit code.
    """
    if not any(map(source.__contains__, _HINTS)):
        return
    count = sum(item.name in _ALL for item in commands)
    if not 0 < count <= MOST or _REFUSED.search(output):
        return
    before = Simple()
    for item, here in placed(commands):
        for effect in _of(item, before, source) if here is not None else ():
            if not UNKNOWABLE.search(effect.path):
                missing = f"{effect.path}: No such file" in output  # as ed says before it makes it
                yield Effect("write", effect.path) if missing else effect, here or ""
        before = item


def _of(item: Simple, before: Simple, source: str) -> Iterator[Effect]:
    words = item.words[1:]
    if item.name in _AWKS:
        yield from _by_awk(words)
        return
    if item.name in _BY_LINE:
        files = [word for at, word in enumerate(words) if word[:1] != "-" and words[at - 1 : at] != ["-p"]]
        yield from (Effect("modify", path) for path in files[-1:] if _saves(_script(item, before, source)))
    elif item.name in _VISUAL:
        given = [word[1:] for word in words if word[:1] == "+"] + _script(item, before, source)
        given += [after for word, after in pairwise(words) if _COMMAND.fullmatch(word)]
        takes = (word in _VALUED or _COMMAND.fullmatch(word) for word in item.words)
        files = [
            word for word, of in zip(words, takes, strict=False) if word[:1] not in ("+", "-") and not of
        ]
        every = any(_WRITES_ALL.fullmatch(each) or "argdo" in each for each in _single(given))
        if _saves(given):
            yield from (Effect("modify", path) for path in (files if every else files[:1]))


def _script(item: Simple, before: Simple, source: str) -> list[str]:
    """Return the commands that an editor reads: the lines of its here-document, or the words that are piped to it."""
    if item.heredoc:
        return source[item.end : item.end + MOST_SCRIPT_CHARS].splitlines()
    if before.joint != "|" or before.name not in ("printf", "echo"):
        return []
    return [line for word in before.words[1:] for line in word.replace("\\n", "\n").splitlines()]


def _single(given: list[str]) -> Iterator[str]:
    for each in given:
        yield from (part.strip(" \t:") for part in each.split("|"))


def _saves(given: list[str]) -> bool:
    return any(map(_WRITES.fullmatch, _single(given)))


def _by_awk(words: list[str]) -> Iterator[Effect]:
    """Yield the files behind the program that `awk -i inplace` is given; what sets a variable there is none."""
    at, program, inplace = 0, False, False
    while at < len(words) and words[at].startswith("-") and words[at] not in ("-", "--"):
        word = words[at]
        inplace |= word in _INPLACE or (word in ("-i", "--include") and words[at + 1 : at + 2] == ["inplace"])
        program |= word in _AWK_PROGRAM
        at += 2 if word in _AWK_VALUED or word in _AWK_PROGRAM or word in ("-i", "--include") else 1
    at += words[at : at + 1] == ["--"]
    for path in words[at if program else at + 1 :] if inplace else ():
        if not VARIABLE.match(path):
            yield Effect("modify", path)
