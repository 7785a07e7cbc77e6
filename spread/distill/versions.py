"""Versions that programs print of themselves, held against those that the agent reports."""

import re
from collections.abc import Iterator
from typing import Final

from spread.distill.newest import drop_oldest

READ_CHARS: Final = 500  # of an output: a program says first what it is
KEPT: Final = 24
_PRINTED: Final = re.compile(
    r"(?m)^[^\w\n]{0,8}(?:\w+: )?([A-Z][A-Za-z]+(?:\.[a-z]+)?)[ /@]v?(\d{1,4}(?:\.\d{1,4})+)\b"
)
_VERSION: Final = re.compile(
    r"[ /@]v?\d{1,4}\.\d"
)  # behind each name; to look for it is several times as fast
_CLAIMED: Final = re.compile(r"\b([A-Z][A-Za-z]+(?:\.[a-z]+)?) v?(\d{1,4}(?:\.\d{1,4})*)(?![\w.]*\d)")
# After a version: it is one of several, or the least one.
_OTHERS: Final = re.compile(
    r"\+|[-\u2013/]v?\d|\s?(?:[,/\u2013\u2014-]|\b(?:to|and|or|through|until|bis|und|oder|à|et|ou|y|e|o)\b)\s?v?\d+(?:\.\d|\b(?!\s?[\w(]))"
    r"|,? (?:or|and) (?:newer|later|above|higher|up|older|below)\b|以上|以降"
)
# Before one: it is not there, or something wants it.
_NOT_IT: Final = re.compile(
    r"\b(?:no|not|without|lacks|needs?|requires?|keine?n?|ohne|braucht|pas de|sans|sin|sem|brak)\s\Z", re.I
)
BEFORE_CHARS: Final = 12
# Of a package, which is not what programs print of themselves: its own file, or what a package manager tells of it.
_PACKAGE: Final = re.compile(
    r'"name": ("@?[\w./-]{2,80}"),?\s{1,12}"version": "v?(\d+\.\d+\.\d+)(?![\w.-])'
    r"|^Name: ([\w.-]{2,80})\nVersion: (\d+\.\d+(?:\.\d+)*)$",
    re.M,
)
_OF_PACKAGE: Final = re.compile(
    r"(?<![\w@/.-])(@?[A-Za-z][\w./-]{1,80})[`'\"*]{0,3}(?: (?:is )?(?:at )?(?:version )?|@)v?(\d+\.\d+\.\d+)(?![\w.-]*\w)"
)
MARK: Final = " [{0} by the output of L{1}]"

_MARKED: Final = re.compile(r" \[[\d.]+ by the output of L\d+\]")

Versions = dict[str, tuple[str, int]]  # by name: the one printed last, with its line


def printed(known: Versions, line: int, output: str) -> None:
    """Take over what an output says of versions."""
    head = output[:READ_CHARS]
    if "." not in head:
        return
    for name, version in _PRINTED.findall(head) if _VERSION.search(head) else ():
        known.pop(name, None)
        known[name] = version, line
    for name, version, named, its in _PACKAGE.findall(head) if "ersion" in head else ():
        key = name or f'"{named}"'  # in quotes, as no report is held against what stood there before it
        known.pop(key, None)
        known[key] = version or its, line
    drop_oldest(known, KEPT)


def marked(text: str, known: Versions) -> str:
    """Return a report with each version that is not the one that was printed last marked with that."""
    if not any(map(text.__contains__, known)):
        return text
    done: set[str] = set()

    def mark(found: re.Match[str]) -> str:
        version, line = known.get(found[1], (found[2], 0))
        agrees = f"{version}.".startswith(f"{found[2]}.")
        before = text[max(0, found.start() - BEFORE_CHARS) : found.start()]
        if agrees or found[1] in done or _OTHERS.match(text, found.end()) or _NOT_IT.search(before):
            return found[0]
        done.add(found[1])
        return found[0] + MARK.format(version, line)

    return _CLAIMED.sub(mark, text)


def shown_later(text: str, line: int, known: Versions) -> str:
    """Return which version of a package was shown after words of a line that tell another; empty where none was."""
    return next((mark for _, mark in _later(text, line, known)), "")


def corrected(text: str, line: int, known: Versions) -> str:
    """Return words of a line with that behind the version that they tell."""
    for at, mark in _later(text, line, known):
        return f"{text[:at]}{mark}{text[at:]}"
    return text


def _later(text: str, line: int, known: Versions) -> Iterator[tuple[int, str]]:
    # A package is known by its name in quotes; to look for that, and only if it was told of later, is much faster.
    later = any([at > line and name[0] == '"' and name[1:-1] in text for name, (_, at) in known.items()])
    for found in _OF_PACKAGE.finditer(text) if later else ():
        version, at = known.get(f'"{found[1]}"', (found[2], 0))
        if at > line and version != found[2]:
            yield found.end(), MARK.format(version, at)


def unmarked(text: str) -> str:
    """Return `text` as it was before `marked`."""
    return _MARKED.sub("", text)
