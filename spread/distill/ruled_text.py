"""The rules that a text sets: its firm sentences, lists of what it forbids or demands, and what it names principles."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from spread.distill.reports import CUT, Piece, is_item, parted
from spread.distill.statements import MATTER
from spread.distill.words import stems_once
from spread.distillation_codec import clean
from spread.distillation_letters import is_plain

MOST_CHARS: Final = 200  # of a rule; and
LONG_CHARS: Final = 130  # of one that need not be told from its beginning
LIST_CHARS: Final = 600  # of a list of them, which is told cut
LEAST_STEMS: Final = 3  # telling words of one
FIRM: Final = 1.8  # what a rule is worth at least
FIRM_PLACE: Final = 0.8  # of that for a heading of rules above it
STRESSED: Final = 0.3  # and for bold print
LISTED: Final = 3.2  # what a list of what is forbidden or demanded is worth, and
HEADS: Final = 3.2  # the headings below one of rules; a sentence has up to 3.1
SAME: Final = 0.6  # part of the words of a rule that another one has
_RULING: Final = re.compile(
    r"\b(?:rules?|principles?|constraints?|guidelines?|conventions?|important|critical|must|never|always|do not|don'?t|red flags?|invariants?|"
    r"limits?|restrictions?|polic(?:y|ies)|non-?goals|gates?|remember|before (?:you )?commit\w*|what not to|mandatory|"
    r"regeln|grundsätze|wichtig|règles|principes|reglas|principios|regras|regole|правила|важно)\b|规则|原则|约束|注意|规范|ルール|原則|규칙|원칙"
)
_FIRM: Final = re.compile(
    r"\b(?:never|(?<!almost )always|must(?:n'?t)?|do(?: not|n'?t)|may not|forbidden|prohibited|not allowed|(?:is|are|be) required|mandatory|refuses?|"
    r"under no circumstances|no exceptions?|only (?:after|when|if|use|once|in|the)|avoid|(?:before|after) (?:each |every |any |you )?commit\w*|"
    r"niemals|immer|nie|nunca|siempre|jamais|toujours|sempre|mai|nooit|altijd|никогда|всегда|нельзя|обязательно)\b|"
    r"不要|不能|不得|必须|禁止|务必|必ず|絶対|してはいけ|ないでください|하지 ?마|반드시|금지"
)
_VERY: Final = re.compile(  # at the beginning, or behind a label: else it may only tell how a thing works
    r"(?:^|^[^:.]{2,60}: |[—–;,] |\((?!never|always))(?:please |but |and )?(?:never(?! \w+ed\b)|always|do not|don'?t|must|avoid|niemals|immer|nunca|siempre|jamais|toujours)\b|"  # noqa: RUF001 - as people write
    r"\b(?:must (?:not|never)|mandatory|forbidden|is required|under no circumstances|no exceptions?)\b|禁止|必须|必ず|금지"
)
_LEADS: Final = re.compile(
    r"\b(?:never|always|do not|don'?t|must not|not allowed|forbidden|mandatory|niemals|immer|nunca|siempre|jamais|toujours)\b|不要|禁止|必须|必ず|금지"
)
# One of these, or of the short words, stands in all that the three above find.
_HINTS: Final = (
    "never", "always", "must", "do not", "don't", "dont", "may not", "forbidden", "prohibited", "not allowed", " required",
    "mandatory", "refuse", "no circumstances", "no exception", "only ", "avoid", "commit", "niemals", "immer", "nunca", "siempre",
    "jamais", "toujours", "sempre", "nooit", "altijd",
)  # fmt: skip
_OTHER_HINTS: Final = (  # of other letters
    "никогда", "всегда", "нельзя", "обязательно",
    "不要", "不能", "不得", "必须", "禁止", "务必", "必ず", "絶対", "してはいけ", "ないでください", "하지", "반드시", "금지",
)  # fmt: skip
_SHORT_HINTS: Final = ("nie", "mai")
_SHORT_WORDS: Final = re.compile(r"\b(?:nie|mai)\b")
_FORBIDS: Final = re.compile(r"\b(?:do not|don'?t|must)\b")
_POINTS: Final = re.compile(r"\b(?:it|them|this|that)\b")
_SHORT: Final = re.compile(r"\W*(?:do not|don'?t|never|always)\b(?!.*\b(?:it|them|this|that)\b)", re.I)
_LINK: Final = re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\s]{1,300}\)")
# Names the mistake that a rule is against: without its place in a list of such it reads as if it were made here.
_MISTAKE: Final = re.compile(
    r"(?:forgetting|missing|ignoring|skipping|omitting|neglecting|failing to|not \w+ing) [^:.]{2,60}: ", re.I
)
_MARK: Final = re.compile(r"^(?:\d+[.)]|[-*])\s*")
_DANGLES: Final = re.compile(r"(?:this|that|these|those|it|they|he|she|such)\b")
_ITSELF: Final = re.compile(
    r"t(?<!\wt)his (?:skill|command|document|file|guide)\b"
)  # speaks of where it stands
_HEADING: Final = re.compile(r"(#{1,6})\s+(\S.*)")
_RULE: Final = "---\n"
_BEGINS: Final = re.compile(r"\s*(?:[-*•>|#+]|\d{1,2}[.)]\s|```|<)")  # a line that is not wrapped text
_FENCE: Final = "```"
_WIDE: Final = "\u3000"
FEW_COMMANDS: Final = 3  # that are to be run before something
FEW_WORDS: Final = 2  # a heading has, on the average, that says no rule
WHOLE_CHARS: Final = 160  # of a line that is told for a short sentence in it
_PRINCIPLES: Final = re.compile(
    r"\b(?:principles?|invariants?|rules|commandments|tenets|grundsätze|regeln|principes|règles|principios|reglas|princípios|regras)\b|原则|规则|原則|원칙"
)
_CHECKS: Final = re.compile(
    r"\b(?:before|pre|after)[- ](?:you |each |every |any )?(?:commit|push|pull|merg|submit|chang)\w*|\b(?:quality )?gates?\b",
    re.I,
)
_ENDS: Final = (":", "?", "\uff1a", CUT)


@dataclass(slots=True)
class _Part:
    """What stands under a heading, and the headings below it."""

    title: str = ""
    level: int = 0
    ruling: bool = False  # it, or one above it, is a heading of rules
    body: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


def rules_of(text: str) -> Iterator[tuple[float, str]]:
    """Yield the rules of a text, with how firm they are."""
    for part in _parts(text):
        words = sum(len(title.split()) for title in part.below)
        if (
            len(part.below) > 1
            and _PRINCIPLES.search(part.title.lower())
            and words >= FEW_WORDS * len(part.below)
        ):
            yield HEADS, listed(part.title, part.below)
        if 0 < len(part.commands) <= FEW_COMMANDS and _CHECKS.search(part.title):
            yield HEADS, listed(part.title, [f"`{line}`" for line in part.commands])
        lists: dict[str, list[str]] = {}
        said: dict[str, float] = {}
        body = _unwrapped("\n".join(part.body))
        body = clean(_LINK.sub(r"\1", body) if "](" in body else body)
        hints = hints_in(body)
        for piece in parted(body, _wanted(hints)) if hints else ():
            if is_item(piece.source) and _leads(piece.under):
                if not piece.text.endswith(_ENDS):
                    lists.setdefault(piece.under, []).append(piece.text.rstrip("."))
                continue
            value, rule = _weighed(piece, part.ruling)
            if value >= FIRM:
                said[rule] = max(value, said.get(rule, 0.0))
        yield from ((value, rule) for rule, value in said.items())
        for lead, items in lists.items():
            yield LISTED, listed(lead, items)


def hints_in(text: str) -> list[str]:
    """Return words of which each rule of a text holds one; most texts have none, and most lines of the others."""
    low = " ".join(_plain(text).split())
    hints = _HINTS if is_plain(low) else (*_HINTS, *_OTHER_HINTS)
    found = [hint for hint in hints if hint in low]
    short = any(map(low.__contains__, _SHORT_HINTS)) and _SHORT_WORDS.search(low)
    return [*found, *_SHORT_HINTS] if short else found


def _plain(text: str) -> str:
    return text.replace("**", "").replace("\u2019", "'").lower()


def _wanted(hints: list[str]) -> Callable[[str, str], bool]:
    """Return what tells whether a line may hold a rule, or stands under what makes it one."""

    def wanted(line: str, above: str) -> bool:
        low = _plain(line)
        return any(map(low.__contains__, hints)) or _leads(above)

    return wanted


@lru_cache(4)
def _leads(above: str) -> bool:
    """Tell whether words above a list say that its items are forbidden or demanded."""
    return bool(above) and _LEADS.search(above.lower()) is not None


def _weighed(piece: Piece, ruling: bool) -> tuple[float, str]:
    """Return how firm a sentence is, 0 for one that is no rule, and how it is told."""
    said = piece.text.replace("\u2019", "'")
    low = said.lower()
    firm = bool(_FIRM.search(low))
    if not (firm or ruling):  # as most sentences
        return 0.0, ""
    if (
        piece.heading
        or said.endswith(_ENDS)
        or "[ ]" in piece.source
        or _DANGLES.match(low)
        or _ITSELF.search(low)
    ):
        return 0.0, ""
    very = bool(_VERY.search(low))  # alone it is no rule
    value = firm + very + FIRM_PLACE * ruling + STRESSED * (firm and "**" in piece.source)
    if value < FIRM or not (rule := _clause(said, low)):
        return 0.0, ""
    if (
        is_item(piece.source) and len(stems_once(rule)) <= LEAST_STEMS
    ):  # what stands beside it says of what it speaks
        whole = _MARK.sub("", piece.source).replace("**", "").strip()
        rule = whole if len(whole) <= WHOLE_CHARS and not whole.endswith(_ENDS) else rule
    if ": " in rule and (found := _MISTAKE.match(rule)) and _is_whole(rule[found.end() :]):
        rule = rule[found.end() :]
    return (value, rule) if _stands_alone(rule) else (0.0, "")


def listed(lead: str, items: list[str]) -> str:
    """Return a list on one line: whole items, as no secret may be cut in half before it is seen."""
    while len(items) > 1 and sum(map(len, items)) > LIST_CHARS:
        items = items[:-1]
    return f"{lead}: {'; '.join(items)}"


def _clause(said: str, low: str) -> str:
    """Return a rule, of a long sentence from the clause on that forbids or demands; nothing where that is long, too."""
    if len(said) > LONG_CHARS and (found := _FORBIDS.search(low)):
        begins = max(low.rfind(mark, 0, found.start()) for mark in (", ", "; ", " — "))
        said = f"…{said[begins + 2 :].lstrip('— (')}" if begins > 0 else said
        said = said if "(" in said else said.replace(")", "")
    return said if len(said) <= MOST_CHARS else ""


def _is_whole(rule: str) -> bool:
    """Tell whether what stands behind a label begins as a rule does, and speaks of nothing in the label."""
    low = rule.lower()
    return bool(_VERY.match(low)) and not _POINTS.search(low) and _stands_alone(rule)


def _stands_alone(said: str) -> bool:
    """Tell whether a rule says enough to be told alone."""
    count = len(stems_once(said))
    wide = max(said) > _WIDE  # its words have no blanks between them
    return count >= LEAST_STEMS or (count > 0 and (wide or bool(_SHORT.match(said))))


def _parts(text: str) -> list[_Part]:
    """Return the parts of a text; of what is fenced there only lines that may be commands."""
    lines = text.splitlines()
    fences = [line for line in lines if _is_fence(line)] if _FENCE in text else []
    fenced = len(fences) % 2 == 1 and fences[0].strip() == _FENCE  # the text begins within one
    made = [_Part()]
    for line in MATTER.sub("", text, count=1).splitlines() if text.startswith(_RULE) else lines:
        if _FENCE in line and _is_fence(line):
            fenced = not fenced
            made[-1].body.append("")
        elif fenced:
            if line.strip() and not line.lstrip().startswith("#"):
                made[-1].commands.append(line.strip())
        elif line.startswith("#") and (heading := _HEADING.match(line)):
            title = heading[2].rstrip("#").rstrip() or heading[2]
            made.append(_under(made, _MARK.sub("", title).replace("**", ""), len(heading[1])))
        else:
            made[-1].body.append(line)
    return made


def _is_fence(line: str) -> bool:
    return line.lstrip().startswith(_FENCE)


def _under(before: list[_Part], title: str, level: int) -> _Part:
    """Return a part that begins here; it is of rules as well where one above it is. The title of all rules nothing."""
    above = next((part for part in reversed(before) if part.level < level), before[0])
    above.below.append(title)
    whole = level == 1 and len(before) == 1
    return _Part(title, level, above.ruling or (not whole and bool(_RULING.search(title.lower()))))


def _unwrapped(text: str) -> str:
    """Return a text with wrapped lines put together."""
    out: list[str] = []
    before = ""
    for line in text.split("\n"):
        if before.strip() and line.strip() and not _BEGINS.match(line) and before.lstrip()[:1] not in "#|`<":
            out[-1] += f" {line.strip()}"
        else:
            out.append(line)
        before = line
    return "\n".join(out)


def is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two rules, by their telling words, say the same."""
    return len(one & other) >= SAME * min(len(one), len(other))
