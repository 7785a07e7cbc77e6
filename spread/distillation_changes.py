"""What a page tells of many changed files: of each a little, before it tells of any more."""

import re
from typing import Final

from spread.distillation_codec import shorten

LEAD: Final = "- also: "
BRIEF_CHARS: Final = 48  # of what came to one file, where there are many
LEAST_CHARS: Final = 30  # where there are more of them
SET_WORDS: Final = 6  # where something is set otherwise, fewer are told whole
ABOUT_CHARS: Final = 60  # of what a file says of itself
FULL_CHARS: Final = 230
MORE_NAMES: Final = 2
_ITEM: Final = re.compile(r"- (?P<name>[^:]+): (?P<told>.*?)(?P<at> \((?:L\d+…)?L\d+\))?\Z", re.S)
_PART: Final = re.compile(r"(?<=”); |; (?=\+`|removed `|came and went: `|[\w.-]+ = |[\w.-]+ \S+ → )")
_NAME: Final = re.compile(r"`[^`]*`")
_PARTIAL: Final = re.compile(r" \(1 of \d+ edits\)")
_INSIDE: Final = re.compile(r"(?<=`) in `[^`]*`(?=…?\Z)")
_ALIKE: Final = re.compile(r"; so in [\w@.-]+(?:, [\w@.-]+)*(?: and \d+ more)?\Z")


def brief(item: str, names: int, chars: int = BRIEF_CHARS) -> str:
    """Return what came to a file in few words: of the first thing told of it so many names."""
    found = _ITEM.match(item)
    if found is None:
        return item.removeprefix("- ")
    alike = _ALIKE.search(found["told"])
    first, *rest = _PART.split(found["told"][: alike.start()] if alike else found["told"])
    whole, first = first, _PARTIAL.sub("", first)
    if chars < BRIEF_CHARS:
        first = _INSIDE.sub("", first)
    rest += ["more"] if first != whole else []
    all_names = list(_NAME.finditer(first))
    sets = (" → " in first or " = " in first) and "`" not in first
    few = (sets and first.count(" ") < SET_WORDS) or first.startswith("imports new ")
    if ", `" in first and len(all_names) > names and not few:
        first, rest = first[: all_names[names - 1].end()], ["more"]
    short = shorten(first, FULL_CHARS if few else chars)
    if " → " in first and not few:
        short = " → ".join(shorten(part, chars // 2) for part in first.split(" → ", 1))
    if first.startswith("“"):
        short = f"“{shorten(first.strip('“”'), chars + ABOUT_CHARS - BRIEF_CHARS)}”"
    more = "…" if rest and not short.endswith(("…", "…”")) else ""
    return f"{found['name']}: {short}{more}{alike[0] if alike else ''}{found['at'] or ''}"


def fit_changes(items: list[str], words: int) -> tuple[list[str], int, int]:
    """Return lines on changed files in about so many words, how many files these tell of, and how many the last does.

    Each that there is room for is told in brief; where more room is left, the first ones are told in full.
    """
    short = [brief(item, 1) for item in items]
    room, count = words - len(LEAD.split()), 0
    if sum(len(item.split()) for item in short) > room:
        short = [brief(item, 1, LEAST_CHARS) for item in items]
    while count < len(items) and (needs := len(short[count].split())) <= room:
        room -= needs
        count += 1
    full = dict[int, str]()
    for longer in (_brief, _longer, _full):
        for at in range(count):
            told = longer(items[at])
            now = full.get(at, short[at])
            more = len(told.split()) - len(now.split())
            if told != f"- {now}" and told != now and more <= room:
                full[at] = told
                room -= more
    rest = [short[at] for at in range(count) if at not in full]
    lines = [full[at] for at in sorted(full)]
    if rest:
        lines.append(f"{LEAD if lines else '- '}{'; '.join(rest)}")
    return lines, count, max(len(rest), 1)


def _brief(item: str) -> str:
    return f"- {brief(item, 1)}"


def _longer(item: str) -> str:
    return f"- {brief(item, MORE_NAMES)}"


def _full(item: str) -> str:
    found = _ITEM.match(item)
    if found is None:
        return item
    return f"- {found['name']}: {shorten(found['told'], FULL_CHARS)}{found['at'] or ''}"
