"""Words of the agent that a later edit took the ground from: what they say stood in the lines that it took out."""

import re
from functools import lru_cache
from typing import Final

from spread.distill_turns import Turn
from spread.distill_words import stems_once
from spread.transcript_events import Call

KEPT: Final = 40
TURNS: Final = 6
READ_CHARS: Final = 4_000
LEAST: Final = 4  # words of a clause that says something
SPARED: Final = 5  # of so many words one may be another
_NAME: Final = re.compile(r"(?<![\w.-])[\w.-]*\w\.[A-Za-z]\w{0,5}(?![\w-]|\.\w)")
_CLAUSE: Final = re.compile(r"[.;:!?](?:\s+|$)|\n+")

Edited = dict[str, list[tuple[int, int]]]
Stale = dict[str, int]  # clauses, with the line of the edit


def note(stale: Stale, turns: list[Turn], call: Call) -> None:
    """Take over which clauses of the last reports an edit made untrue."""
    old, new = call.input.get("old_string"), call.input.get("new_string")
    if not isinstance(old, str) or not isinstance(new, str) or len(old) < LEAST * LEAST:
        return
    gone = stems_once(old[:READ_CHARS]) - stems_once(new[:READ_CHARS])
    if len(gone) < LEAST:
        return
    for turn in turns[-TURNS:]:
        for clause, words in _clauses(turn.last.text[:READ_CHARS]) if turn.last else ():
            if len(words - gone) * SPARED <= len(words) - LEAST:
                stale[clause] = call.line
    while len(stale) > KEPT:
        del stale[next(iter(stale))]


@lru_cache(4 * TURNS)
def _clauses(said: str) -> list[tuple[str, frozenset[str]]]:
    parts = (part.strip(" -*`#>|").replace("**", "") for part in _CLAUSE.split(said))
    return [
        (part, words)
        for part in parts
        if part.count(" ") >= LEAST - 1 and len(words := stems_once(part)) >= LEAST
    ]


def is_stale(said: str, line: int, stale: Stale) -> bool:
    """Tell whether an edit after a line made some of its words untrue."""
    return any(edit > line and clause in said for clause, edit in stale.items())


def without(said: str, line: int, stale: Stale) -> str:
    """Return words of a line without the clauses that an edit made untrue."""
    for clause, edit in stale.items():
        if edit > line:
            said = said.replace(clause, "…")
    return said


def by_name(edited: dict[str, int], first: dict[str, int]) -> Edited:
    """Return files by their bare names, each with the line it was created at, 0 if it was there before, and the last edit."""
    out: Edited = {}
    for path, line in edited.items():
        out.setdefault(path.rpartition("/")[2], []).append((first.get(path, 0), line))
    return out


def edited_since(said: str, line: int, edited: Edited, since: int) -> str:
    """Return the file that words of a line speak of and that was edited last after another, empty if none was."""
    found = {
        name: max([last for made, last in edited.get(name, ()) if made <= line], default=0)
        for name in _names(said)
    }
    newest = max(sorted(found), key=found.__getitem__, default="")
    return newest if newest and found[newest] > since else ""


@lru_cache(400)
def _names(said: str) -> frozenset[str]:
    return frozenset(_NAME.findall(said))
