"""Whether a check that passed shows that what failed to compile before does so now."""

import re
from typing import Final

from spread.distill.trial import Trial

_UNCOMPILED: Final = re.compile(
    r":\d+(?::\d+)?: .{0,80}?(?:undefined\b|undeclared|syntax error|declared and not used|cannot use |cannot find |not found in|import cycle|no such (?:module|type|field)|"
    r"missing (?:return|argument)|not enough arguments|too many arguments|no new variables|imported and not used)"
)
_BUILD_FIRST: Final = frozenset(("cargo", "dotnet", "swift"))  # all of it, before they test


def compiles(does: tuple[str, str], trial: Trial) -> bool:
    """Tell whether a check by the same program shows that what another one could not compile does so now."""
    if _built(does, trial):
        return True
    if not (trial.causes and does[1] and trial.does and _UNCOMPILED.search(trial.causes[0])):
        return False
    mine, theirs = does[1].split(), trial.does.split()
    if mine[0] != theirs[0] or does[0].partition(":")[0] != trial.where.partition(":")[0]:
        return False
    places = {word for word in theirs[1:] if "/" in word}
    return bool(places) and (places.issubset(mine) or "./..." in mine)


def _built(does: tuple[str, str], trial: Trial) -> bool:
    """Tell whether tests passed that the program builds before it runs them, where it could not build as much."""
    mine, theirs = does[1].split(), trial.does.split()
    same = theirs[1:2] == ["build"] and mine[:2] == [theirs[0], "test"] and theirs[0] in _BUILD_FIRST
    if not same or does[0].partition(":")[0] != trial.where.partition(":")[0]:
        return False
    named, built = ([word for word in words[2:] if word[0] != "-"] for words in (mine, theirs))
    return named == built and set(theirs[2:]) <= set(mine[2:])
