"""Which of the definitions that a session wrote it took out or renamed again: what was said of them is overtaken."""

import re
from collections import Counter
from typing import Final

from spread.distill.newest import drop_oldest
from spread.transcript_events import Call

KEPT: Final = 400  # names that are followed
KEPT_UNDONE: Final = 40
SHOWN: Final = 5
_DEFINED: Final = re.compile(
    r"(?<!\w)(?:func(?:tion)?|fn|fun|def|class|type|trait|interface|struct|sub|enum)\s+(?:\([^()\n]*\)\s*)?([A-Za-z_]\w{5,})"
)
_CODED: Final = re.compile(r"[a-z\d][A-Z]|_")
_WORD: Final = re.compile(r"\w+")
# At the top of some code, where there is no other of its name, as methods may be many.
_AT_TOP: Final = re.compile(
    r"(?m)^(?:[a-z]+ )*(?:func|function|fn|fun|def|class|type|trait|interface|struct|enum) (\w+)"
)
_KEYWORDS: Final = ("fun", "fn", "def", "class", "type", "trait", "interface", "struct", "sub", "enum")


def follow(names: dict[str, int], undone: dict[str, int], became: dict[str, str], call: Call) -> None:
    """Take over which definitions an edit added and which it took out.

    Args:
        names: How often each that was added here stands there.
        undone: Those that are gone again, with the line.
        became: The new names of those of them whose place another one took.
    """
    given = call.input.get("edits")
    edits = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else [call.input]
    for edit in edits:
        new, old = edit.get("new_string") or edit.get("content"), edit.get("old_string")
        made = _defined(new) if isinstance(new, str) else []
        gone = _defined(old) if isinstance(old, str) else []
        added, taken = Counter(made), Counter(gone)
        both = added.keys() & taken.keys() - names.keys()
        anew = both.intersection(_AT_TOP.findall(str(new))) if both else both
        for name in dict.fromkeys((*made, *gone)) if made or gone else ():
            change = added[name] - taken[name]
            if name in anew:
                names[name] = added[name]  # it was there, and was written anew
                undone.pop(name, None)
            elif change > 0 or name in names:
                names[name] = names.get(name, 0) + change
                undone.pop(name, None)
                if names[name] <= 0:
                    del names[name]
                    undone[name] = call.line
        if gone and len(made) == len(gone):
            became |= {old: new for old, new in zip(gone, made, strict=True) if old != new and old in undone}
    for kept, most in ((names, KEPT), (undone, KEPT_UNDONE)):
        drop_oldest(kept, most)
    for name in became.keys() - undone.keys() if became else ():
        del became[name]


def _defined(text: str) -> list[str]:
    """Return the names that some code defines; to look for the words that may begin a definition is faster by far."""
    places: list[int] = []
    for word in _KEYWORDS:
        at = text.find(word)
        while at >= 0:
            places.append(at)
            at = text.find(word, at + 1)
    out: list[str] = []
    end = 0
    for at in sorted(places):
        if at >= end and (found := _DEFINED.match(text, at)):
            out.append(found[1])
            end = found.end()
    return out


def told(names: dict[str, int], undone: dict[str, int], became: dict[str, str]) -> list[tuple[int, str]]:
    """Return (line, text) of what was written and is gone again."""
    if not undone:
        return []
    gone = list(undone)[-SHOWN:]
    listed = ", ".join(
        f"{name} (now {now})" if (now := _now(name, undone, became)) in names else name for name in gone
    )
    more = f" and {len(undone) - SHOWN} more" if len(undone) > SHOWN else ""
    return [(undone[gone[-1]], f"written here, taken out or renamed again: {listed}{more}")]


def since(text: str, line: int, names: dict[str, int], undone: dict[str, int], became: dict[str, str]) -> str:
    """Return what became after a line of the first definition that a text names and that is gone again; else nothing.

    One that is a mere word may stand for anything.
    """
    for name, at in undone.items() if undone else ():
        if at > line and name in text and _CODED.search(name) and re.search(rf"(?<!\w){name}(?!\w)", text):
            now = _now(name, undone, became)
            if now in names:
                return f" (now {now}, L{at})"
            alone = all(word == name or not _CODED.search(word) for word in _WORD.findall(text))
            return f" ({'' if alone else f'{name} '}gone since, L{at})"
    return ""


def _now(name: str, undone: dict[str, int], became: dict[str, str]) -> str:
    """Return the name that a definition has in the end, as far as is known."""
    for _ in range(SHOWN):
        if name in undone:
            name = became.get(name, name)
    return name
