"""What an agent wrote of its work for others: messages of commits, descriptions of pull requests."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from spread.distill.shell import Simple

HEAD: Final = 200  # characters before a here-document, where it says what that goes to
WRAPPED: Final = 45  # characters of a line, below which it was not wrapped
_HERE: Final = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?(?=\n)")
_FIRST_WORD: Final = re.compile(r"\n[ \t]*(\w+)")
# What a here-document goes to that is no message: a program of its own, or a file that is not one of words.
_PROGRAM: Final = re.compile(
    r"(?:\b(?:python|node|ruby|perl|bash|sh|zsh|psql|sqlite)[\d.]*(?: -\w*)*|>\s*[^\s>]*\.(?!(?:txt|md|msg|commit|body)\b)\w+[\"']?)\s*$"
)
_SIGNED: Final = re.compile(r"(?m)^[^\S\n]*+(?:[\w-]+-By: .*|.*Generated with .*)$", re.I)
_BEGINS: Final = re.compile(r"\s*(?:[-*+•#|>]|\d{1,3}[.)]|\[[ x]\]|```)|\s*$")
_ITEM: Final = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s")
_INDENTED: Final = re.compile(r"\s{2,}\S")


def message_of(source: str, commands: list[Simple]) -> str:
    """Return the message of a commit or the text of a pull request that a command line gives."""
    told = "\n\n".join(_given(commands)) or next(_handed(source), "")
    return unwrapped(_SIGNED.sub("", told).strip())


def _handed(source: str) -> Iterator[str]:
    """Yield what stands in here-documents that are no programs."""
    if "<<" not in source:
        return
    ends: dict[str, list[re.Match[str]]] = {}  # by the word, as many a document may have no end
    for line in _FIRST_WORD.finditer(source):
        ends.setdefault(line[1], []).append(line)
    done = 0
    for found in _HERE.finditer(source):
        after = ends.get(found[1], [])
        at = bisect_right(after, found.end(), key=re.Match.start)
        if found.start() < done or at == len(after):
            continue
        done = after[at].end()
        begin = source.rfind("\n", 0, found.start()) + 1
        if not _PROGRAM.search(source, max(begin, found.start() - HEAD), found.start()):
            yield source[found.end() + 1 : after[at].start()]


def _given(commands: list[Simple]) -> Iterator[str]:
    """Yield what switches give; a here-document in one is left to the pattern."""
    for item in commands:
        words = item.words
        if words[:1] == ["git"] and "commit" in words[1:4]:
            short, long = "m", "--message"
        elif words[:2] == ["gh", "pr"]:
            short, long = "b", "--body"
        else:
            continue
        for at, word in enumerate(words):
            name, is_set, text = word.partition("=")
            flags = word.startswith("-") and word[1:2] != "-" and word.endswith(short)
            if not (is_set and name == long):
                text = words[at + 1] if (flags or word == long) and at + 1 < len(words) else ""
            if text and "<<" not in text:
                yield text


def unwrapped(text: str) -> str:
    """Return a text with the lines of a sentence, or of an item of a list, joined that were broken for their length."""
    out: list[str] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith("```")
        before = out[-1] if out else ""
        goes_on = (
            not fenced and not _BEGINS.match(line) and before.strip() and not before.lstrip().startswith("#")
        )
        broken = len(before) >= WRAPPED and not _INDENTED.match(line)
        if goes_on and (broken or (_INDENTED.match(line) and _ITEM.match(before))):
            out[-1] = f"{before.rstrip()} {line.strip()}"
        else:
            out.append(line)
    return "\n".join(out)
