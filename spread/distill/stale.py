"""Words of the agent that a later edit took the ground from: what they say stood in the lines that it took out."""

import re
from collections.abc import Collection
from functools import lru_cache
from itertools import repeat
from typing import Final

from spread.distill.net_lines import values_of
from spread.distill.newest import drop_oldest
from spread.distill.shell import Simple
from spread.distill.turns import Turn
from spread.distill.words import stems_once
from spread.distillation_paths import bare_name, speaks_of
from spread.transcript_events import Call

KEPT: Final = 40
TURNS: Final = 6
READ_CHARS: Final = 4_000
LEAST: Final = 4  # words of a clause that says something
SPARED: Final = 5  # of so many words one may be another
PAIRS: Final = 2  # names with values; one alone may be of anything
OUTPUT_CHARS: Final = 20_000
FEW_CHARS: Final = 1_500  # of a report whose words are found as fast as it is seen whether it may share any
FEW_LINES: Final = 8  # that an edit takes out; of more, values are the least
_VALUE: Final = re.compile(r"(?<![\w.-])([A-Za-z_]\w{0,40})=(\d[\d.]*%?)(?![\w.])")
_VALUES: Final = re.compile(
    r"(?<![\w.-])[A-Za-z_]\w{0,40}=\d[\d.]*%?(?:[, ]{1,2}[A-Za-z_]\w{0,40}=\d[\d.]*%?)+"
)
_NAME: Final = re.compile(r"[\w.-]{2,}")
_PART: Final = re.compile(r"[.;!?](?:\s+|$)|\n+")  # not at the colon between a name and its value
_TOLD: Final = re.compile(r"[\w.%-]+")
_MAY_SET: Final = re.compile(r"[:=]\s?[\d\"'tfTF-]|#define ")
_CLAUSE: Final = re.compile(r"[.;:!?](?:\s+|$)|\n+")
# By these alone words speak of a file that says how things are done; "the project" may be of anything.
_PAPERS: Final = frozenset(("skill", "spec", "makefile", "dockerfile"))
_PROSE: Final = ("", "md", "mdx", "rst", "txt", "adoc")
_PAPER: Final = re.compile(
    rf"\b(?:the|this|that|our|der|die|das|den|dem|le|la|el) ({'|'.join(sorted(_PAPERS))})\b(?![-/.])", re.I
)

Edited = dict[str, list[tuple[int, int, str]]]
Stale = dict[str, int]  # clauses, with the line of the edit


def note(stale: Stale, turns: list[Turn], call: Call) -> None:
    """Take over which clauses of the last reports an edit made untrue."""
    old, new = call.input.get("old_string"), call.input.get("new_string")
    says = [turn.last.text for turn in turns[-TURNS:] if turn.last is not None]
    newest = turns[-1].last.text if turns and turns[-1].last is not None else ""
    if not isinstance(old, str) or not isinstance(new, str) or not says:
        return
    new = new[:READ_CHARS]
    lines = [line for line in old[:READ_CHARS].splitlines() if line not in new]
    _reset(stale, says, lines, new, call.line)
    gone = stems_once("\n".join(lines))
    if len(gone) < LEAST:
        return
    # Most words speak of other things, which shows long before they are parted into clauses.
    about = [
        (said, both)
        for said in says
        if (said is not newest or _may_share(said, gone)) and len(both := gone & _words(said)) >= LEAST
    ]
    came = _among(frozenset().union(*(both for _, both in about)), new) if about else frozenset()
    for said, both in about:
        if len(gone := both - came) >= LEAST:
            for clause, words in _clauses(said[:READ_CHARS]):
                if len(words - gone) * SPARED <= len(words) - LEAST:
                    stale[clause] = call.line
    drop_oldest(stale, KEPT)


def _reset(stale: Stale, says: list[str], gone: list[str], new: str, line: int) -> None:
    """Take over which clauses name a value that an edit sets otherwise, by its name, and not the new one."""
    if not 0 < len(gone) <= FEW_LINES or not _MAY_SET.search("\n".join(gone)):
        return
    known = {name: was for name, was in values_of(gone).items() if any(name in said for said in says)}
    now = values_of(new.splitlines()) if known else {}
    changed = {
        name: (was.strip("\"'"), now[name].strip("\"'"))
        for name, was in known.items()
        if now.get(name, was) != was
    }
    for name, (was, value) in changed.items():
        for part in [part for said in says if name in said for part in _PART.split(said[:READ_CHARS])]:
            told = {word.rstrip(".") for word in _TOLD.findall(part)} if name in part and was in part else ()
            if name in told and was in told and value not in told:
                stale[part.strip(" -*`#>|").replace("**", "")] = line


def _among(stems: frozenset[str], text: str) -> frozenset[str]:
    """Return which of the telling words, as `stems_once` cuts them, a text holds: few of its lines hold any."""
    lines = (
        [line for line in text.lower().splitlines() if any(map(line.__contains__, stems))] if stems else []
    )
    return stems & stems_once("\n".join(lines))


def _may_share(said: str, gone: frozenset[str]) -> bool:
    """Tell whether words may hold enough of others; those on the last prompt are other ones at each edit."""
    if len(said) <= FEW_CHARS:
        return True
    low = said[:READ_CHARS].replace("**", "").lower()
    return sum(map(low.__contains__, gone)) >= LEAST


@lru_cache(4 * TURNS)
def _words(said: str) -> frozenset[str]:
    return stems_once(said[:READ_CHARS].replace("**", ""))


@lru_cache(4 * TURNS)
def _clauses(said: str) -> list[tuple[str, frozenset[str]]]:
    parts = (part.strip(" -*`#>|").replace("**", "") for part in _CLAUSE.split(said))
    return [
        (part, words)
        for part in parts
        if part.count(" ") >= LEAST - 1 and len(words := stems_once(part)) >= LEAST
    ]


def killed(stale: Stale, call: Call, commands: list[Simple]) -> None:
    """Take over which processes were ended: what the agent said of them holds no longer."""
    for item in commands:
        for word in item.words[1:] if item.name == "kill" else ():
            if word.isdigit() and len(word) > 2:
                stale[f"PID {word}"] = call.line


def printed(stale: Stale, turns: list[Turn], call: Call) -> None:
    """Take over which values that the last reports quote by their names a call prints anew, and others."""
    says = [turn.last for turn in turns[-TURNS:] if turn.last is not None and turn.last.line < call.line]
    text = call.output[-OUTPUT_CHARS:]
    # Few reports quote any, and most outputs name none of those: to read all values takes much longer than to see that.
    told = [
        (quoted, was)
        for say in says
        if "=" in say.text
        for quoted, was in _quoted(say.text)
        if all(f"{name}=" in text for name in was)
    ]
    now = dict(_VALUE.findall(text)) if told else {}
    for quoted, was in told if len(now) >= PAIRS else ():
        if was.keys() <= now.keys() and any(now[name] != value for name, value in was.items()):
            stale[quoted] = call.line
    drop_oldest(stale, KEPT)


@lru_cache(4 * TURNS)
def _quoted(said: str) -> list[tuple[str, dict[str, str]]]:
    """Return the values that a report quotes one beside the other, each with its name."""
    return [(found[0], dict(_VALUE.findall(found[0]))) for found in _VALUES.finditer(said[:READ_CHARS])]


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
    """Return, for each bare name, files of that name as (last edited, created or 0, path), the newest edits first."""
    out: Edited = {}
    paths = sorted(edited, key=edited.__getitem__, reverse=True)
    each = zip(map(edited.__getitem__, paths), map(first.get, paths, repeat(0)), paths, strict=False)
    for name, it in zip(map(bare_name, paths), each, strict=True):
        out.setdefault(name, []).append(it)
    return out


def edited_since(said: str, named: Collection[str], line: int, edited: Edited, since: int) -> str:
    """Return which file that words of a line speak of was edited last after another, with how many others were.

    Args:
        named: The names of edited files in those words.
    """
    lasts = dict[str, int]()
    for name in named:
        # A bare noun is of the only one.
        paper = len(edited[name]) == 1 and paper_of(name) in papers_in(said)
        for last, made, path in edited[name]:
            if last <= since:
                break
            if made <= line and (paper or speaks_of(said, path)):
                lasts[name] = last
                break
    if not lasts:
        return ""
    newest = max(lasts, key=lambda name: (lasts[name], name))
    return f"{newest} +{len(lasts) - 1}" if len(lasts) > 1 else newest


@lru_cache(1)
def same(names: frozenset[str]) -> frozenset[str]:
    """Return the same object for the same names, so that they are not compared one by one for each text."""
    return names


@lru_cache(1_000)  # the same words come again at the next revision, and most edits are of files edited before
def names_in(said: str, names: frozenset[str]) -> frozenset[str]:
    """Return which of some names stand in words, as a whole or as what such a file is called."""
    papers = papers_in(said)
    spoken = frozenset([name for name in names if paper_of(name) in papers]) if papers else frozenset()
    return names & _names(said) | spoken


def paper_of(name: str) -> str:
    """Return what a file of a name is called where that tells it from all others, as "the skill"; else nothing."""
    stem, _, end = name.lower().partition(".")
    return stem if stem in _PAPERS and end in _PROSE else ""


@lru_cache(1_000)
def papers_in(said: str) -> frozenset[str]:
    """Return which files words speak of by what such files are called."""
    low = said.lower()
    return frozenset(_PAPER.findall(low)) if any(map(low.__contains__, _PAPERS)) else frozenset()


@lru_cache(1_000)  # the names are other ones as soon as a file is edited that was not before
def _names(said: str) -> frozenset[str]:
    return frozenset([name.rstrip(".") for name in _NAME.findall(said)])
