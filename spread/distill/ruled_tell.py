"""Which rules of files, skills and orders are told: those that speak of what the session did, the firmest first."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Final

from spread.distill.resumed import MISHAPS
from spread.distill.ruled import AGAIN, HOOK, ORDERS, SKILL, Ruled
from spread.distill.ruled_text import SAME, is_same
from spread.distill.words import kept_stems, stems_once
from spread.distillation_codec import shorten
from spread.distillation_paths import is_within, within_any
from spread.distillation_told import RULED

MAX_CHARS: Final = 200  # of a rule
TOLD_WORDS: Final = 64  # of all of them, with the places
FEW_BESIDE: Final = 60  # words of the user's rules; each more leaves one less for these, down to the next
LEAST_TOLD: Final = 28
TOLD_EACH: Final = 3
MISHAP_CHARS: Final = 150  # of errors before the record
LENGTH: Final = 15  # words of a rule, that cost as much as it is worth to be firm
SHARED: Final = 0.5  # what it is worth that a rule has a word of what the session did, and
MOST_SHARED: Final = 3  # so many of them count
CUT_OFF: Final = 0.5  # and less, that it is not told from its beginning
OWN: Final = 1.0  # what it is worth that a rule is the project's own
SO_TOO: Final = "; so too "
# What these say holds, though the session edits them.
MEMORY: Final = (
    "CLAUDE.md",
    "CLAUDE.local.md",
    "AGENTS.md",
    "GEMINI.md",
)
PLUGINS: Final = "/plugins/"  # in the path of what comes with one
# What stands there holds for all projects.
_USERS: Final = re.compile(r"(?:~|/(?:home|Users)/[^/]+|/root|[A-Za-z]:/Users/[^/]+)/\.claude/")
# Files of others, who may rule what they like.
_OF_OTHERS: Final = re.compile(
    r"/(?:node_modules|bower_components|vendor|third[_-]?party|(?:site|dist)-packages|\.?venv|pods|deps|godeps|external|\.yarn|\.cargo|pkg/mod)/",
    re.I,
)
_CODE: Final = re.compile(r"`[^`]{2,60}`")
# A command, a file or a tool by its name: a hook that names none says how to speak, or what holds anywhere.
_NAMES: Final = re.compile(r"`[^`]{2,60}`|\w{2}\.[a-z]\w{0,4}\b|[a-z][A-Z]")


def told(
    ruled: Ruled,
    did: frozenset[str],
    root: str,
    files: Collection[str],
    beside: int,
    safe: Callable[[str], str],
) -> list[tuple[int, str]]:
    """Return (line, text) of each place with those of its rules that speak most of what the session did.

    Not of skills that came with a plug-in, which hold anywhere.

    Args:
        did: The telling words of that.
        files: What the session edited: a skill among them is its work, not its rule.
        beside: Words of the rules of the user, which come first.
        safe: Gives a text redacted.
    """
    own = within_any(files, [name.removeprefix(SKILL) for name in ruled])
    places = {
        name: place
        for name, place in ruled.items()
        if not (_is_work(name, own) or _is_foreign(name, root, ruled))
    }
    found = list[tuple[float, str, int, str]]()
    for name, (_, rules) in places.items():
        weigh = _weigher(name, did, root, ruled)
        for value, line, said in rules if PLUGINS not in name else ():
            if weight := weigh(value, said):
                said = said.replace("“", '"').replace("”", '"')
                told = shorten(safe(said), MISHAP_CHARS if name == MISHAPS else MAX_CHARS)
                found.append((weight - len(told.split()) / LENGTH, name, line, told))
    room = max(TOLD_WORDS - max(beside - FEW_BESIDE, 0), LEAST_TOLD)
    chosen = _chosen(sorted(found, key=lambda item: -item[0]), ruled, room)
    out = list[tuple[int, str]]()
    for name, best in chosen.items():
        last = best[-1][0]
        lines = "; ".join(said if line == last else f"{said} (L{line})" for line, said in best)
        out.append((last, f"{RULED}{_named(name, ruled)}: {lines}"))
    return out


def _weigher(name: str, did: frozenset[str], root: str, ruled: Ruled) -> Callable[[float, str], float]:
    """Return what says how much a rule of a place is worth beside its length, nothing where it does not bear on the session."""
    whole = name in (ORDERS, MISHAPS) or (root and is_within(name.removeprefix(SKILL), root))
    own, binds = (OWN if whole else 0.0), whole and not _of_skill(name, ruled)

    def weigh(value: float, said: str) -> float:
        shared = min(len(kept_stems(said) & did), MOST_SHARED)
        bears = bool(_NAMES.search(said)) if name == HOOK else shared or binds
        if not bears or (name == ORDERS and value < AGAIN):
            return 0.0
        return value % AGAIN + SHARED * shared + own - CUT_OFF * said.startswith("…")

    return weigh


def _is_foreign(name: str, root: str, known: Iterable[str]) -> bool:
    """Tell whether a file of rules is of another project, which was only looked at, or came with what this one uses."""
    if _OF_OTHERS.search(name):
        return True
    if name in (HOOK, ORDERS, MISHAPS) or not root or _of_skill(name, known) or _USERS.match(name):
        return False
    folder = name.rpartition("/")[0]
    return not (is_within(folder, root) or is_within(root, folder))


def _below(skill: str) -> Callable[[str], bool]:
    """Return what tells whether a path is that of a skill, or of a file of it."""
    base = skill.removeprefix(SKILL)
    inside = f"{base}/"
    return lambda path: path == base or path.startswith(inside)


def _is_work(name: str, files: Collection[str]) -> bool:
    """Tell whether rules are what the session made."""
    if name.startswith(SKILL):
        base = name.removeprefix(SKILL)
        inside = f"{base}/"
        return base in files or any(path.startswith(inside) for path in files)
    return name in files and not name.endswith(MEMORY)


def _chosen(
    found: list[tuple[float, str, int, str]], ruled: Ruled, room: int
) -> dict[str, list[tuple[int, str]]]:
    """Return the best rules (line, words) by their place; of one that says the same of something else only of what."""
    chosen = dict[str, list[tuple[int, str]]]()
    seen = list[tuple[frozenset[str], str, int]]()
    for _, name, line, said in found:
        words = stems_once(said)
        like = next(((place, at) for each, place, at in seen if is_same(words, each)), None)
        if like is not None:
            place, at = like
            first, known = chosen[place][at]
            more = ", ".join(code for code in _CODE.findall(said) if code not in known)
            if not _differ_in_names(said, known):
                more = ""
            if more and place == name and len(more.split()) + 2 <= room:
                chosen[place][at] = first, f"{known}{', ' if SO_TOO in known else SO_TOO}{more}"
                room -= len(more.split()) + 2
            continue
        cost = len(said.split()) + (0 if name in chosen else len(_named(name, ruled).split()) + 2)
        if cost > room or len(chosen.get(name, ())) == TOLD_EACH:
            continue
        rules = chosen.setdefault(name, [])
        rules.append((line, f"“{said}”"))
        seen.append((words, name, len(rules) - 1))
        room -= cost
    return chosen


def _differ_in_names(said: str, known: str) -> bool:
    """Tell whether two rules say the same of what each names in code."""
    one, other = (stems_once(_CODE.sub("", text.partition(SO_TOO)[0])) for text in (said, known))
    named = _CODE.search(said) and _CODE.search(known)
    return bool(named) and len(one & other) >= SAME * max(len(one), len(other), 1)


def _of_skill(name: str, known: Iterable[str]) -> str:
    """Return the loaded skill that a place is of, an empty string where it is of none."""
    path = name.removeprefix(SKILL)
    return next((base for base in known if base.startswith(SKILL) and _below(base)(path)), "")


def _named(name: str, known: Iterable[str]) -> str:
    """Return how a place is called: a file of a skill with that."""
    if skill := _of_skill(name, known):
        file = f", {name.rpartition('/')[2]}" * (name != skill)
        return f"{SKILL}{skill.rpartition('/')[2]}{file}"
    return name if name in (HOOK, MISHAPS) else "/".join(name.split("/")[-2:])
