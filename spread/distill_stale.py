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
_CLAUSE: Final = re.compile(r"[.;:!?](?:\s+|$)|\n+")

Edited = list[tuple[int, str, int]]
Stale = dict[str, int]  # clauses, with the line of the edit


def note(stale: Stale, turns: list[Turn], call: Call) -> None:
    """Take over which clauses of the last reports an edit made untrue."""
    old, new = call.input.get("old_string"), call.input.get("new_string")
    says = [turn.last.text for turn in turns[-TURNS:] if turn.last is not None]
    if not isinstance(old, str) or not isinstance(new, str) or not says:
        return
    new = new[:READ_CHARS]
    gone = stems_once("\n".join([line for line in old[:READ_CHARS].splitlines() if line not in new]))
    if len(gone) < LEAST or len(gone := gone - stems_once(new)) < LEAST:
        return
    for said in says:
        for clause, words in _clauses(said[:READ_CHARS]):
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
    """Return (last edit, bare name, line it was created at or 0) of files, those first that were edited last."""
    return sorted(
        ((line, path.rpartition("/")[2], first.get(path, 0)) for path, line in edited.items()), reverse=True
    )


def edited_since(said: str, line: int, edited: Edited, since: int) -> str:
    """Return the file that words of a line speak of and that was edited last after another, empty if none was."""
    for last, name, made in edited:
        if last <= since:
            break
        if made <= line and name in said and _speaks_of(said, name):
            return name
    return ""


def _speaks_of(said: str, name: str) -> bool:
    """Tell whether words hold a name as a whole."""
    at = said.find(name)
    while at >= 0:
        before, after = said[max(at - 1, 0) : at], said[at + len(name) : at + len(name) + 1]
        if not (before.isalnum() or before in ("_", "-", ".") or after.isalnum() or after in ("_", "-")):
            return True
        at = said.find(name, at + 1)
    return False
