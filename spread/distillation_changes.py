"""What a page tells of many changed files: of each a little, before it tells of any more."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from spread.distillation_codec import shorten
from spread.distillation_fit import words_in

LEAD: Final = "- also: "
BRIEF_CHARS: Final = 48  # of what came to one file, where there are many
FEW_CHARS: Final = 36  # where there are more of them: of no more words than
FEW_WORDS: Final = 3
LEAST_CHARS: Final = 24  # of a line whose place is told
SET_WORDS: Final = 6  # where something is set otherwise, fewer are told whole
ABOUT_CHARS: Final = 60  # of what a file says of itself
FULL_CHARS: Final = 230
MORE_NAMES: Final = 2
WORD_CHARS: Final = 17  # of a word, about: names of files are longer than others
MOST_FIRST: Final = 3
FIRST: Final = 2  # files that are told in no fewer words, as these matter most
_ITEM: Final = re.compile(r"- (?P<name>[^:]+): (?P<told>.*?)(?P<at> \((?:L\d+…)?L\d+\))?\Z", re.S)
# Begins what may no longer stand.
_SINCE: Final = re.compile(r"\((?:changed (?:again )?since|others too)(?:, L\d+)?\) ")
_PART: Final = re.compile(r"(?<=”); |; (?=\+`|removed `|came and went: `|[\w.-]+ = |[\w.-]+ \S+ → )")
_NAME: Final = re.compile(r"`[^`]*`")
_PARTIAL: Final = re.compile(r" \(1 of \d+ edits\)|; lines in .*", re.S)
_LINES: Final = re.compile(r"; lines in `.*?`(?= \((?:L\d+…)?L\d+\)\Z|\Z|; so in )", re.S)
_INSIDE: Final = re.compile(r"(?<=`) in `[^`]*`\Z")
_ALIKE: Final = re.compile(r"; so in [\w@.-]+(?:, [\w@.-]+)*(?: and \d+ more)?\Z")


@lru_cache(1_000)  # each is fitted more than once, and most come again at the next revision
def brief(item: str, names: int, *, least: bool = False) -> str:
    """Return what came to a file in few words, or in the fewest: of the first thing told of it so many names."""
    found = _ITEM.match(item)
    if found is None:
        return item.removeprefix("- ")
    since = _SINCE.match(found["told"])
    told = found["told"][since.end() if since else 0 :]
    alike = _ALIKE.search(told)
    first, *rest = _PART.split(told[: alike.start()] if alike else told)
    if first.startswith("came and went: ") and rest:  # what stands now tells more
        first, rest[0] = rest[0], first
    whole, first = first, _PARTIAL.sub("", first)
    inside = place[0] if (place := _INSIDE.search(first)) else ""
    first = first.removesuffix(inside)
    rest += ["more"] if first != whole else []
    all_names = list(_NAME.finditer(first))
    sets = (" → " in first or " = " in first) and "`" not in first
    few = (sets and first.count(" ") < SET_WORDS) or first.startswith("imports new ")
    fit = sum(name.end() <= BRIEF_CHARS for name in all_names[:names]) or 1  # half a name names nothing
    if ", `" in first and len(all_names) > fit and not few:
        first, rest = first[: all_names[fit - 1].end()], ["more"]
    # Where it is tells more than the end of what came there.
    most = max(BRIEF_CHARS - len(inside), LEAST_CHARS)
    short = (
        shorten(first, FULL_CHARS) if few else _cut(first, most, FEW_WORDS - 2 * bool(inside) if least else 0)
    )
    if " → " in first and not few:
        words = FEW_WORDS * least
        short = " → ".join(_cut(part, BRIEF_CHARS // 2, words) for part in first.split(" → ", 1))
    if first.startswith("“"):
        short = f"“{_cut(first.strip('“”'), ABOUT_CHARS, FEW_WORDS * least)}”"
    if inside:
        short = f"{short}{'`' * (short.count('`') % 2)}{inside}"
    more = "…" if rest and not short.endswith(("…", "…”")) else ""
    lead, end = since[0] if since else "", alike[0] if alike else ""
    return f"{found['name']}: {lead}{short}{more}{end}{found['at'] or ''}"


def _cut(text: str, chars: int, few_words: int = 0) -> str:
    """Return a text cut, where it is to be of few words by these: what they are long for tells most."""
    if not few_words:
        return shorten(text, chars)
    words, most = text.split(), few_words + text.startswith("came and went: ")
    few = " ".join(words[:most])
    return shorten(f"{few}…" if len(words) > most and not few.endswith("…") else few, min(chars, FEW_CHARS))


@dataclass
class _Room:
    words: int
    chars: int

    def takes(self, now: str, then: str) -> bool:
        """Take the room for what is told instead, and tell whether there was enough."""
        words, chars = words_in(then) - words_in(now), len(then) - len(now)
        if words > self.words or chars > self.chars:
            return False
        self.words, self.chars = self.words - words, self.chars - chars
        return True


def fit_changes(items: list[str], words: int) -> tuple[list[str], int, int]:
    """Return lines on changed files in about so many words, how many files these tell of, and how many the last does.

    Each that there is room for is told in brief; where more room is left, the first ones are told in full.
    """
    lines, told, last = _fit(tuple(items), words)
    return [*lines], told, last


@lru_cache(64)  # most lists come again, in one document and in the next
def _fit(items: tuple[str, ...], words: int) -> tuple[list[str], int, int]:
    short = [brief(item, 1) for item in items]
    room = _Room(words - len(LEAD.split()), words * WORD_CHARS)
    if sum(map(words_in, short)) > room.words or sum(map(len, short)) > room.chars:
        short = [brief(item, 1, least=at >= FIRST) for at, item in enumerate(items)]
    shown = [at for at, text in enumerate(short) if room.takes("", text)]
    for at in shown:
        if (more := brief(items[at], 1)) != short[at] and room.takes(short[at], more):
            short[at] = more
    full = dict[int, str]()
    for longer in (_longer, _named, _full):
        for at in shown:
            told = longer(items[at])
            now = full.get(at, short[at])
            if told != f"- {now}" and told != now and room.takes(now, told):
                full[at] = told
    rest = [short[at] for at in shown if at not in full]
    lines = [full[at] for at in sorted(full)]
    if len(rest) > MOST_FIRST and not lines:  # of a list a page shows one item before others have room
        lines.append(f"- {rest.pop(0)}")
    if rest:
        lines.append(f"{LEAD if lines else '- '}{'; '.join(rest)}")
    return lines, len(shown), max(len(rest), 1)


def _longer(item: str) -> str:
    return f"- {brief(item, MORE_NAMES)}"


def _named(item: str) -> str:
    """Return an item with all that is named in it, but for where else lines came."""
    return _full(_LINES.sub("", item))


@lru_cache(500)  # the same items come again at the next revision
def _full(item: str) -> str:
    found = _ITEM.match(item)
    if found is None:
        return item
    return f"- {found['name']}: {shorten(found['told'], FULL_CHARS)}{found['at'] or ''}"
