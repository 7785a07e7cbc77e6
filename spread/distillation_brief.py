"""How it stands, in plain words: what is asked first is said first, and once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from spread.distillation_parts import AT_LINE
from spread.distillation_told import (
    A_TEST_RUN,
    ALSO,
    EARLIER,
    LATE,
    NO_PUSH,
    NOT_SEEN,
    PUSHED,
    UNTESTED,
    WORD,
)

A_COMMIT: Final = "a commit"
A_PUSH: Final = "a push"
LACKING: Final = "not seen here"  # begins what was never done, in few words
A_TEST: Final = "a test written or changed"
_TEST: Final = re.compile(r"[:,] test `")
_REPOSITORY: Final = re.compile(r"- repository\b[^:]*: ")


@dataclass(slots=True)
class Brief:
    """What the first lines say; `taken` stands nowhere else then."""

    late: str = ""  # what changed after the last validation
    also: str = ""  # what else passed on the files as they are now
    lines: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    unpushed: bool = False  # whether these say that no push is seen
    untested: bool = False  # whether a test passed, and only before the last edits


def brief(doubts: Iterable[str], after: Iterable[str], *, checked: bool) -> Brief:
    """Return what the first lines say of how things stand.

    Args:
        doubts: How things stand, as items of a list.
        after: What comes next, line by line.
        checked: Whether there was a validation.
    """
    out, doubts = Brief(), list(doubts)
    lacks, how, word = list[str](), "", ""
    for item in doubts:
        if item.startswith(f"- {LATE}"):
            out.late = AT_LINE.sub("", item.removeprefix(f"- {LATE}"))
        elif item.startswith(f"- {ALSO}"):
            out.also = item.removeprefix(f"- {ALSO}")
        elif item.startswith(f"- {EARLIER}"):
            out.untested |= _TEST.search(item) is not None
            continue
        elif item.startswith(f"- {NOT_SEEN}"):
            how, _, listed = AT_LINE.sub("", item.removeprefix(f"- {NOT_SEEN}")).partition(": ")
            lacks = [what for what in listed.split(", ") if checked or what != A_TEST_RUN]
        elif item.startswith(f"- {WORD}"):
            word = item.removeprefix("- ")
        else:
            continue
        out.taken.add(item)
    places = [item for item in doubts if _REPOSITORY.match(item)]
    if A_PUSH not in lacks and places and not any(f": {PUSHED}" in item for item in places):
        out.unpushed = all(f": {NO_PUSH}" in item for item in places)
        lacks[bool(lacks) and lacks[0].startswith(A_COMMIT) : 0] = [A_PUSH] * out.unpushed
    if untested := [line for line in after if line.startswith(UNTESTED)]:
        out.taken.update(untested)
        lacks.append(A_TEST)
    if lacks:
        out.lines.append(f"{LACKING}{how}: {', '.join(lacks)}")
    if word:
        out.lines.append(word)
    return out


def told(item: str, made: Brief) -> str:
    """Return an item without what the first lines say of it."""
    return item.replace(f": {NO_PUSH}; ", ": ", 1) if made.unpushed and _REPOSITORY.match(item) else item
