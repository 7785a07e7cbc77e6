"""Comparisons whose exit code says that there are differences: they worked."""

import re
from typing import Final

from spread.distill.calls import LOOKING
from spread.distill.shell import split

DIFFERS: Final = "it differs"
_CODE: Final = re.compile(r"Exit code ([12])\b\s*")  # more of it is trouble, with all of these
_DETAILED: Final = "-detailed-exitcode"
_HINTS: Final = ("diff", "cmp", _DETAILED)
_COMPARE: Final = frozenset(("diff", "colordiff", "diff3", "sdiff", "cmp"))
_CAN: Final = frozenset(("git", "kubectl", "oc"))  # by a word


def found(source: str, output: str) -> str | None:
    """Return what a command line printed that failed only as what it compares differs, None where that is not so."""
    if not any(map(source.__contains__, _HINTS)) or not (code := _CODE.match(output)):
        return None
    commands = split(source)
    if not commands or commands[-1].unsure or commands[-1].joint:
        return None
    *before, last = commands
    if any(it.name == "set" or (it.joint not in (";", "\n") and it.name not in LOOKING) for it in before):
        return None  # it may be another one that failed
    detailed = any(word.endswith(_DETAILED) for word in last.words)
    compares = last.name in _COMPARE or (last.name in _CAN and "diff" in last.words)
    return output[code.end() :] if code[1] == ("2" if detailed else "1") and (detailed or compares) else None
