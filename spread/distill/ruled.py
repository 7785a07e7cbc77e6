"""Rules that bind who goes on though the user did not type them: of skills, files of rules, orders to sub-agents.

Of each place the firmest are kept; `ruled_tell` tells those that speak of what the session did.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from spread.distill.newest import drop_oldest
from spread.distill.plans import unnumbered
from spread.distill.ruled_text import HEADS, LISTED, is_same, rules_of
from spread.distill.words import kept_stems, stems_once
from spread.distillation_paths import is_within
from spread.transcript_events import Call

READ_CHARS: Final = 20_000
KEPT: Final = 8  # places
LEAST_LINE: Final = 12  # characters of a line that holds a rule or an item of one
KEPT_EACH: Final = 10  # rules of each
AT_LEAST: Final = 2.0  # what a rule of an order is worth; its lists are of its task
AGAIN: Final = 8.0  # and more, where another order has it
KEPT_ORDERED: Final = 24
ORDERS: Final = "the orders to sub-agents"
HOOK: Final = "a hook at the start"
SKILL: Final = "skill "
_BASE: Final = re.compile(r"Base directory for this skill: *([^\n]+)")
_FILES: Final = re.compile(
    r"(?:^|/)(?:(?:claude|agents?|gemini|contributing|conventions|guidelines|code_?style|styleguide|coding[_-]standards|"
    r"objectives?|requirements|constitution|principles|prd|spec(?:ification)?|copilot-instructions)(?:\.local)?\.(?:mdc?|mdx|rst|adoc)|\.cursorrules|\.windsurfrules|"
    r"\.(?:claude|agents|codex|cursor|github|gemini|opencode)/(?:[^/]+/)*(?:skill|[^/]*(?:rules|instructions)[^/]*|rules/[^/]+)\.mdc?)$",
    re.I,
)
# What an order leaves alone so that its task stays small; who goes on has another one.
_OF_TASK: Final = re.compile(
    r"\bonly (?:touch|edit|modify|change|create|work on)\b|\b(?:touch|edit|modify|change|work on) only\b",
    re.I,
)
_GREP: Final = re.compile(r"(?m)^\d+[-:]|^--$")
# A line of what is quoted as others' words, as hand-offs are; a row of a table ends so, too.
_QUOTED: Final = re.compile(r"(?m)^\| .*(?<![|\s])[ \t]*$")
_REMINDER: Final = "<system-reminder>"

Rule = tuple[float, int, str]  # how firm it is, and its line
Ruled = dict[str, tuple[int, list[Rule]]]  # by where they stand, with the last line that this was read in


def is_of_rules(path: str, known: Iterable[str]) -> bool:
    """Tell whether a file holds rules: by its name, or as one of a skill that was loaded."""
    if _is_named_so(path):
        return True
    bases = (name.removeprefix(SKILL) for name in known if name.startswith(SKILL))
    return path.endswith((".md", ".mdc")) and any(is_within(path, base) for base in bases)


@lru_cache(400)  # the same files are read again and again
def _is_named_so(path: str) -> bool:
    return _FILES.search(path) is not None


def looked(ruled: Ruled, path: str, call: Call) -> None:
    """Keep what was read in a file of rules, or found there."""
    if call.ok and not call.agent and is_of_rules(path, ruled):
        text = unnumbered(_whole(call.output)).partition(_REMINDER)[0]
        if call.name != "Grep" and "offset" not in call.input and "limit" not in call.input:
            ruled.pop(path, None)  # all of it is seen anew
        note(ruled, path, call.result_line, _GREP.sub("", text) if call.name == "Grep" else text)


def loaded(ruled: Ruled, line: int, text: str) -> None:
    """Keep the rules of a skill that was loaded."""
    if found := _BASE.match(text):
        note(ruled, f"{SKILL}{found[1].strip().replace(chr(92), '/').rstrip('/')}", line, text)


def edited(ruled: Ruled, path: str, call: Call) -> None:
    """Take over what an edit makes of the rules of a file."""
    if path not in ruled:
        return
    old, new = call.input.get("old_string"), call.input.get("new_string")
    if not (isinstance(old, str) and isinstance(new, str)):
        del ruled[path]
        note(ruled, path, call.line, str(call.input.get("content") or ""))
        return
    line, rules = ruled[path]
    gone = {said for _, said in rules_of(old)}
    gone |= _lines(old) - _lines(new)
    ruled[path] = (
        line,
        [rule for rule in rules if not any(it in rule[2] or rule[2].lstrip("…") in it for it in gone)],
    )
    note(ruled, path, call.line, new)


def _lines(text: str) -> set[str]:
    bare = (line.replace("**", "").strip(" -*#.") for line in text.splitlines())
    return {line for line in bare if len(line) >= LEAST_LINE}


def learned(ruled: Ruled, name: str, line: int, text: str) -> None:
    """Keep what was learned from mistakes, as a place tells it."""
    if text:
        ruled[name] = line, [(HEADS, line, text)]


def ordered(ruled: Ruled, line: int, order: str) -> None:
    """Keep what an order to a sub-agent demands; what more than one of them does is a rule of the session."""
    before, known = ruled.pop(ORDERS, (0, []))[1], list[Rule]()
    found = [(value, line, said) for value, said in rules_of(_whole(order)) if AT_LEAST <= value < LISTED]
    had = {said for _, _, said in before}
    if 2 * sum(said in had for _, _, said in found) > len(found):  # given again as it was
        found = []
    words = [stems_once(said) for _, _, said in found]
    have = [kept_stems(said) for _, _, said in before]
    for each, (value, first, said) in zip(have, before, strict=True):
        again = any(is_same(each, other) for other in words)
        known.append((AGAIN + value % AGAIN if again else value, first, said))
    new = [
        rule
        for rule, each in zip(found, words, strict=True)
        if not (_OF_TASK.search(rule[2]) or any(is_same(it, each) for it in have))
    ]
    ruled[ORDERS] = line, sorted([*known, *new], key=lambda item: -item[0])[:KEPT_ORDERED]


def _whole(text: str) -> str:
    """Return the lines of a text that are read: none may be cut, as half a secret would not be known for one."""
    return text if len(text) <= READ_CHARS else text[:READ_CHARS].rpartition("\n")[0]


def note(ruled: Ruled, name: str, line: int, text: str) -> None:
    """Keep the firmest rules of a text beside those known of the same place."""
    text = _QUOTED.sub("", text) if "| " in text else text
    found = [(value, line, said) for value, said in rules_of(_whole(text))]
    if not found and not name.startswith(SKILL):
        return
    before = ruled.pop(name, (0, []))[1]
    known = {said for _, _, said in found}
    every = [*found, *(item for item in before if item[2] not in known)]
    ruled[name] = line, sorted(every, key=lambda item: -item[0])[:KEPT_EACH]
    drop_oldest(ruled, KEPT)
