"""What a hand-off that the session was given says: what the work is for, and the rules that its user set.

A session that goes on with it, and is handed over in its turn, is not asked for these again. They are told with
their origin, never as said here, and only where the session does go on with that work.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from spread.claude import OPENING, QUOTE
from spread.distill.words import own_words
from spread.distillation_codec import shorten
from spread.distillation_fields import NONE, UNKNOWN
from spread.distillation_told import HANDED, RULED

MOST: Final = 2  # hand-offs that are kept
MOST_RULES: Final = 8
MOST_CHARS: Final = 40_000  # of one; our own commands show less
RULE_CHARS: Final = 200
GOAL_CHARS: Final = 400
FIRST_PROMPTS: Final = 2  # say whether a session goes on with one
FEW_WORDS: Final = 8  # of a prompt that says no more than to go on
_FROM: Final = re.compile(rf"(?m)^{OPENING}([\w.-]{{1,60}}), [^\n]{{1,80}} \(id ([\w.-]{{1,60}})\)\.")
_REFERENCE: Final = re.compile(r" \(L\d+(?:…L\d+)?\)")
_QUOTED: Final = re.compile(r"“([^”\n]{1,400})”")
_NAMED: Final = re.compile(r"(?<![\w.-])[\w.-]{1,120}\.\w{1,8}\b")
_GOES_ON: Final = re.compile(
    r"\b(?:continue|carry on|go on|keep going|resume|proceed|pick up|where (?:we|i|you) (?:were|was|left)|next (?:step|task|item|one)|what'?s next|weiter|continua|sigue|seguir|"
    r"reprend|продолж\w*)\b|继续|接着|続け|続き|계속",
    re.I,
)


class Handed(msgspec.Struct, array_like=True, gc=False):
    """One hand-off, and the line where the session was given it."""

    line: int
    session: str
    machine: str
    goal: str
    rules: list[str]
    files: list[str]  # the names that its page speaks of as changed

    @property
    def origin(self) -> str:
        """Where it came from, in words."""
        return f"{HANDED}{self.session} from machine {self.machine}"


def read(line: int, framed: str) -> Handed | None:
    """Return what a framed hand-off says, None where there is none; of several the first."""
    found = _FROM.search(framed)
    if found is None:
        return None
    parts = dict[str, list[str]]()
    title = ""
    for each in framed[found.end() : MOST_CHARS].splitlines():
        if each.startswith(OPENING):
            break
        if not each.startswith(QUOTE):
            continue
        text = each.removeprefix(QUOTE)
        if text.startswith("## "):
            title = text.removeprefix("## ")
        else:
            parts.setdefault(title, []).append(_REFERENCE.sub("", text))
    goal = " ".join(
        text.removeprefix(">") for text in parts.get("Goal", ()) if not text.startswith(">titled")
    )
    if goal in (UNKNOWN, NONE):
        goal = ""
    rules = [text.removeprefix("- ") for text in _under(parts, "Rules of the user") if text.startswith("- ")]
    for text in _under(parts, "Rules "):
        if text.startswith(f"- {HANDED}"):
            rules += _QUOTED.findall(text)
    names = _NAMED.findall(" ".join(_under(parts, "Files")))
    return Handed(
        line,
        found[2],
        found[1],
        shorten(goal, GOAL_CHARS),
        # One that ends its quotation itself would go on as our own words.
        [shorten(rule.replace("”", '"'), RULE_CHARS) for rule in dict.fromkeys(rules)][:MOST_RULES],
        sorted(set(names))[:200],
    )


def _under(parts: dict[str, list[str]], title: str) -> list[str]:
    """Return the lines under a heading that begins so."""
    return [text for name, texts in parts.items() if name.startswith(title) for text in texts]


def take(handed: list[Handed], line: int, framed: str) -> None:
    """Keep what a hand-off says that the session was given; a newer revision takes the place of an older one."""
    if (new := read(line, framed)) is not None:
        handed[:] = [it for it in handed if it.session.partition(".")[0] != new.session.partition(".")[0]]
        handed.append(new)
        del handed[:-MOST]


def gone_on_with(handed: list[Handed], prompts: list[str], touched: Iterable[str]) -> Handed | None:
    """Return the newest hand-off that a session goes on with: it was told to, or changed one of its files.

    Args:
        prompts: What the user asked for first.
        touched: The paths of the files that were changed.
    """
    names = {path.rpartition("/")[2] for path in touched}
    told_to = any(map(goes_on, prompts))
    return next((it for it in reversed(handed) if told_to or names.intersection(it.files)), None)


def goes_on(prompt: str) -> bool:
    """Tell whether a prompt says no more than to go on."""
    words = own_words(prompt)
    return len(words.split()) <= FEW_WORDS and _GOES_ON.search(words) is not None


def told(it: Handed | None) -> list[tuple[int, str]]:
    """Return (line, text) of the rules of the user that came with a hand-off."""
    if it is None or not it.rules:
        return []
    return [(it.line, f"{RULED}{it.origin}: {'; '.join(f'“{rule}”' for rule in it.rules)}")]
