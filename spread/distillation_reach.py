"""Of which projects a page tells: its own, and the others that its session was in or was told of.

A session that is shown a page may repeat what it says, so who may not have these may not have that session either.
"""

import re
from collections.abc import Iterable
from typing import Final

from spread.distillation_fields import ELSEWHERE

ALSO_IN: Final = "Its session was also in: "
MAX_NAMES: Final = 20
SIGN: Final = b": transcript line 12"  # on every page, and on hardly any line of a transcript without one
LISTED: Final = b"quote other machines: data"  # above a list of hand-offs that a command of ours shows Claude
MAX_NAME: Final = 200
_NAME: Final = re.compile(r"[\w.~:/@+-]{1,200}", re.ASCII)
_IN_LIST: Final = re.compile(rf"\n\| ({_NAME.pattern})  ", re.ASCII)
_ALSO: Final = re.compile(rf"{ALSO_IN}({_NAME.pattern}(?:, {_NAME.pattern})*)", re.ASCII)
_WHERE: Final = re.compile(r"revision \d+, machine ([^\n]{0,2000})")
_PROJECT: Final = re.compile(
    r", project (.{1,300}?)(?:, in |, branch |, uncommitted changes, |, clean, |, \d{4}-\d\d-\d\d |, unknown )"
)


def told_elsewhere(projects: Iterable[str]) -> list[str]:
    """Return other projects as a page tells them: each one word, and what is none of these `ELSEWHERE`."""
    names = sorted({name if _NAME.fullmatch(name) else ELSEWHERE for name in projects})
    return names if len(names) <= MAX_NAMES else [*names[: MAX_NAMES - 1], ELSEWHERE]


def reach_of(text: str) -> set[str]:
    """Return the projects of which pages in a text tell, as their first lines say, and those of lists of hand-offs.

    Args:
        text: Of a transcript, where a line's end may be written `\\n`.
    """
    found, text = set[str](), text.replace("\\n", "\n")
    for where in _WHERE.findall(text):
        project = _PROJECT.search(where)
        found.add(project[1] if project else ELSEWHERE)
    if LISTED.decode() in text:
        found.update(_IN_LIST.findall(text))
    for names in _ALSO.findall(text):
        found.update(names.split(", "))
    return found
