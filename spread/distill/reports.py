# ruff: noqa: RUF001  (the dashes that agents write)
"""What a report of an agent tells: the parts with facts in them, not the praise."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from spread.distill.links import short
from spread.distill.questions import OFFER
from spread.distillation_codec import shorten

MAX_PIECE_CHARS: Final = 320
MIN_PIECE_CHARS: Final = 12
LEAST_BEGUN: Final = 60  # characters of a longer sentence are told
BEGUN_CHARS: Final = 190  # and at most
CUT: Final = "…"  # ends it
_CLAUSE_ENDS: Final = (", ", "; ", ": ", " — ", " – ", " (")
COURTESY_SPACES: Final = 4
LEAD_SPACES: Final = 3  # in a sentence that says of what a list is
CODE_CHARS: Final = 240  # of a fenced piece are shown
LEAD_CHARS: Final = 90  # of what stands before a list

FENCED: Final = re.compile(r"```.*?(?:```|\Z)", re.S)
_LEFT_OUT: Final = "```"  # stands for a fenced piece
_RULED: Final = re.compile(r"[\s|:=_*+`─━═-]*|`★ [^`─]{1,40}─{5,}`")  # also as the client's styles draw them
_BOLD_LEAD: Final = re.compile(r"\*\*[^*]{3,60}\*\*[^!?*]{0,40}(?<!\.)$")  # names what a list below it is of
_HEADING: Final = re.compile(r"#{1,6}\s|\*\*[^*]{1,60}\*\*:?$")
_LEAD: Final = re.compile(r"^(?:[\s>]|#{1,6}(?=\s|$))+")  # `#12` and `#fa0` are no headings
_MARKER: Final = re.compile(r"^(?:(?:[-*•✓✔✅]|\d{1,2}[.)])\s+)+")
_ITEM: Final = re.compile(r"(?:[-*•✓✔✅|]|\d{1,2}[.)])\s")
_TICKS: Final = "✓✔✅"  # stand before what a list is of, too
_DULL: Final = re.compile(  # headings that say nothing of the items below
    r"(?:summary|overview|changes?|details?|notes?|results?|verification|(?:\w+ )?(?:changes|files)|key \w+|what (?:changed|i did|was done|it does)|"
    r"implementation|completed?|done|context|findings|here(?:'s| is| are)\b.*)(?: (?:made|summary))?\W*$",
    re.I,
)
_CONDITION: Final = re.compile(r"(?:If|When|Unless|Once|Until|Without)\b")
_DEPENDS: Final = re.compile(
    r"(?:Will|Would|Won't|Otherwise|Then|Else|In (?:that|this|which) case|If (?:so|not)|Until then)\b"
)
# What begins with a sign that is to be there, not with a look behind it, is found several times as fast.
SENTENCE_END: Final = re.compile(
    r"\s(?<=[.!?]\s)(?:(?<![ei]\.[ge]\.\s)\s*(?=[\"'“`(*A-Z\d])|(?<=[)\]`]\.\s)\s*(?=[a-z]))"
)
_CODE_ENDS: Final = (";", "{", "}")
_CODE: Final = re.compile(r"(?:(?:const|let|var|return|await|import|def|func)\b|//|\+ |@@)")
_SOLID: Final = re.compile(r"\S{60,}")  # a key or an encoding, no path of a report
_IDS: Final = re.compile(
    r"[0-9a-f](?<!\w.)[0-9a-f]{6,39}\b(?:[^\w\n]+\b[0-9a-f]{7,40}\b){3}[^\w\n]"
)  # a mere list of commits
_NUMBER: Final = re.compile(r"\d")
_NAME: Final = re.compile(
    r"`[^`\n]+`|\b(?:\w[^\W_]*+_\w++|\w++[./]\w++)(?:[./]\w++)*+|\b[a-z]++[A-Z]\w+|(?:^|\s)--?[a-z][\w-]+|\b[0-9a-f]{7,40}\b"
)
_HEX: Final = re.compile(r"[0-9a-f]{7}")  # with no sign and no capital inside, a name is of these
# These two look at text in lower case, as `re.I` takes three times as long; each alternative begins with its letter, not
# with `\b`, for the same reason.
_CUE: Final = re.compile(
    r"b(?<!\wb)(?:ecause|ut|ug|roken|lock\w*|efore)\b|c(?<!\wc)(?:aus\w+|annot|hanged|ritical|hose)\b|"
    r"d(?<!\wd)(?:ue to|epends?|ecreas\w+|ecid\w+)\b|e(?<!\we)(?:xcept|rror)\b|f(?<!\wf)(?:ail\w*|rom)\b|h(?<!\wh)owever\b|"
    r"i(?<!\wi)(?:nstead|ssue|ncreas\w+)\b|k(?<!\wk)(?:ept|eep)\b|l(?<!\wl)eft\b|m(?<!\wm)issing\b|"
    r"n(?:(?<!\wn)(?:ot|o longer|ever|ow)|'t)\b|o(?<!\wo)nly\b|p(?<!\wp)(?:roblem|revent\w*|reserv\w+|reviously)\b|"
    r"r(?<!\wr)(?:emain\w*|eason|equires?|eplac\w+|emov\w+|ecommend\w*|eject\w*)\b|s(?<!\ws)(?:till|ince|o that|kip\w*)\b|"
    r"u(?<!\wu)n(?:able|til)\b|w(?<!\ww)(?:rong|arn\w*)\b|a(?<!\wa)(?:lthough|ctually)\b|→|->|❌|⚠"
)
# Words that say what something comes from: what the agent found out on the way.
_FOUND: Final = re.compile(
    r"r(?<!\wr)oot cause\b|(?:problem|issue|cause|culprit|reason|bug|fix|mistake)(?: here)? (?:is|was)\b|t(?<!\wt)urns out\b|"
    r"f(?<!\wf)ound (?:it|the (?:issue|problem|bug|cause))\b|(?:this|that|which)(?:'s| is| explains?) why\b|e(?<!\we)xplains (?:why|the)\b|"
    r"c(?<!\wc)aused by\b|d(?<!\wd)ue to\b|b(?<!\wb)ecause\b|n(?<!\wn)ot needed\b|i(?<!\wi)n fact\b|c(?<!\wc)onfirm(?:s|ed)\b|"
    r"s(?<!\ws)o the (?:real|actual)\b"
)
_FOUND_HINTS: Final = (  # one of these stands in all of them; to look is much faster
    "cause", "issue", "problem", "culprit", "reason ", "bug ", "fix ", "mistake ", "turns out", "found it", "found the", " why",
    "explains", "due to", "not needed", "in fact", "confirm", "so the ",
)  # fmt: skip
_PRAISE: Final = re.compile(
    r"s(?<!\ws)(?:uccessfully|eamless)|p(?<!\wp)erfect|g(?<!\wg)(?:reat|ood (?:question|catch|point|idea|call|news))|e(?<!\we)(?:xcellent|njoy)|a(?<!\wa)(?:wesome|ll set)|"
    r"c(?<!\wc)(?:ongratulations|omprehensive)|h(?<!\wh)(?:appy|ere(?:'s| is) (?:a|the|what))|f(?<!\wf)(?:antastic|ully)|"
    r"r(?<!\wr)(?:eady|obust)|[!🎉✨🚀]"
)
_PARTING: Final = re.compile(
    r"(?:ready (?:for|to|when)\b|let me know\b|all done\b|enjoy\b|happy to\b|feel free\b|i hope\b)[^?]*$",
    re.I,
)
_OPENING: Final = re.compile(
    r"(?:now |next,? |first,? )?(?:let me|i'll|let's|i need to|i have the)\b|now,? (?:i|add|update|create|fix|write|run|check|the)\b|(?:this session is being continued|if you need specific details|please continue)\b|"
    r"\[[ x]\] |(?:summary|changes made|what i did|key \w+)\W*$"
)


_ANNOUNCES: Final = re.compile(
    r"(?:(?:now|next|first|so|ok(?:ay)?|ok now),? )?(?:let me|let's|i'll|i will|i'm going to)\b"
)
# What the person may do right then: of no use to anybody later.
_INVITES: Final = re.compile(
    r"\W*(?:please )?(?:(?:now )?(?:go ahead and|try (?:it|that|again|\w+ing)\b|give it (?:a|another) (?:try|go)\b|(?:hard[- ])?refresh (?:it|the|your)\b|"
    r"reload (?:it|the|your|http)|feel free to\b))"
)
CLAIMS: Final = (".", "!", "。")  # a line in bold print that ends so states something
_CLOSED: Final = (".", "!", "?", ":", ";", ",", "…")


class Piece(NamedTuple):
    """A sentence or list item of a report."""

    text: str
    heading: bool
    source: str  # its line as it stands
    under: (
        str  # of an item the words before its list, else the heading, without which it may tell the opposite
    )
    place: int = 0  # among all parts of the report, also those that are none: neighbours differ by one


@lru_cache(400)
def pieces(said: str) -> tuple[Piece, ...]:
    """Return the sentences and list items of a report in order."""
    return tuple(parted(said))


def parted(said: str, wanted: Callable[[str, str], bool] | None = None) -> Iterator[Piece]:
    """Yield the sentences and list items of a report in order.

    Args:
        wanted: Of which lines, by what they say and what they stand under; the others cost less, and have no place.
    """
    under, section, place = "", "", 0
    for line in (FENCED.sub(f"\n{_LEFT_OUT}\n", said) if "```" in said else said).splitlines():
        line = source = line.strip()
        if not line:
            continue
        item = bool(_ITEM.match(line)) and not (line[0] in _TICKS and _leads(line))
        if not item:
            under = _lead(line.lstrip(f"{_TICKS} "))
        if titled := line.startswith("#"):
            section = under
        if len(line) < MIN_PIECE_CHARS:
            place += not titled  # the heading stands before what is below it
            continue
        above = under if item and under else "" if titled else section
        if wanted is not None and not wanted(line, above):
            continue
        if line.startswith("|"):
            line = ": ".join(cell.strip() for cell in line.strip("|").split("|") if cell.strip())
        line = short(line)
        heading = bool(_HEADING.match(line)) and not is_stressed(line)
        line = _MARKER.sub("", _LEAD.sub("", line)).replace("**", "").strip(" *_")
        if _RULED.fullmatch(line):
            continue
        if (
            line.endswith(_CODE_ENDS)
            or _CODE.match(line)
            or _SOLID.search(line.replace("](", "] ("))  # of a link both ends count by themselves
            or (line.count(" ") > 2 and _IDS.search(line))
        ):
            place += 1
            continue
        for part in _whole(line):
            place += 1
            part = part if len(part) <= MAX_PIECE_CHARS else _begun(part)
            if len(part) >= MIN_PIECE_CHARS and _is_closed(part):
                yield Piece(part, heading, source, above, place)


def _begun(part: str) -> str:
    """Return the beginning of a sentence that is too long to be told, up to the end of a clause; nothing without one."""
    at = max(part.rfind(mark, LEAST_BEGUN, BEGUN_CHARS) for mark in _CLAUSE_ENDS)
    return f"{part[:at].rstrip()}{CUT}" if at > 0 else ""


def _is_closed(part: str) -> bool:
    """Tell whether a part is no fragment: one that was cut within quoted code or brackets makes no sense alone."""
    return part.count("`") % 2 == 0 and part.count("(") <= part.count(")")


def _leads(line: str) -> bool:
    return line.rstrip("*_ ").endswith(":")


def _lead(line: str) -> str:
    """Return a line that stands before a list, when it says of what the list is."""
    if not (line.startswith("#") or _leads(line) or _BOLD_LEAD.match(line)):
        return ""
    bare = line.replace("**", "").strip("#*_: ")
    if not line.startswith("#") and not _HEADING.match(line):
        last = SENTENCE_END.split(bare)[-1]  # the sentences before it tell themselves
        bare = last if last.count(" ") >= LEAD_SPACES or OFFER.search(last) else bare
    return "" if _DULL.match(bare) else shorten(bare, LEAD_CHARS)


def _whole(line: str) -> list[str]:
    """Return the sentences of a line; those that only hold under the one before them stand with it, and so does a label."""
    parts = SENTENCE_END.split(line)
    if (
        len(parts) > 1
        and len(parts[0]) < MIN_PIECE_CHARS
        and parts[0].endswith(".")
        and parts[0][0].isalpha()
    ):
        parts[:2] = [f"{parts[0]} {parts[1]}"]
    if len(parts) == 1 or not _CONDITION.match(line):
        for at in range(len(parts) - 1, 0, -1):
            if _DEPENDS.match(parts[at]):
                parts[at - 1 : at + 1] = [f"{parts[at - 1]} {parts[at]}"]
        return parts
    return [line if len(line) <= MAX_PIECE_CHARS else parts[0]]


def is_item(source: str) -> bool:
    """Tell whether a line of a report is an item of a list or a row of a table."""
    return _ITEM.match(source) is not None


def is_stressed(source: str) -> bool:
    """Tell whether a line of a report is a statement all in bold print."""
    return bool(_HEADING.match(source)) and source.startswith("**") and source.rstrip("*_").endswith(CLAIMS)


def opens(text: str) -> bool:
    """Tell whether a statement only announces what comes."""
    return _OPENING.match(text.lower()) is not None


@lru_cache(4_000)
def explains(text: str) -> bool:
    """Tell whether a statement says what something comes from, and is no mere announcement."""
    low = text.lower()
    return (
        any(map(low.__contains__, _FOUND_HINTS))
        and bool(_FOUND.search(low))
        and not _OPENING.match(low)
        and not text.endswith(":")
    )


@lru_cache(4_000)
def is_courtesy(text: str) -> bool:
    """Tell whether a statement is a few words of praise with nothing in them."""
    return (
        text.count(" ") < COURTESY_SPACES
        and worth(Piece(text, False, text, "")) < 0
        and bool(_PRAISE.search(text.lower()))
    )


@lru_cache(4_000)
def announces(text: str) -> bool:
    """Tell whether a statement only says what the agent is about to do."""
    return text[:1] in "LINOFSlinofs" and bool(_ANNOUNCES.match(text.lower().replace("\u2019", "'")))


@lru_cache(4_000)
def invites(text: str) -> bool:
    """Tell whether a statement only asks the person to try something right then."""
    return text[:1] in "*_GgTtPpRrHhFfNn" and _INVITES.match(text.lower()) is not None


def cues(text: str) -> int:
    """Return how many words of a statement say that something is not as one would think, or why."""
    return sum(cue[0].isalpha() for cue in _CUE.findall(text.lower()))


@lru_cache(4_000)
def worth(piece: Piece) -> float:
    """Return what a piece tells: numbers, names and words that announce facts count, praise does not."""
    part, heading = piece.text, piece.heading
    low = part.lower()
    found = min(len(_NUMBER.findall(part)), 3) * 0.7
    if any(map(part[:-1].__contains__, "`_/.-")) or low[1:] != part[1:] or _HEX.search(low):
        found += min(len(_NAME.findall(part)), 3) * 0.8
    found += min(len(_CUE.findall(low)), 2) * 1.0
    if _OPENING.match(low):
        found -= 4
    elif _PRAISE.search(low):
        found -= 1.6
    return found - (1.5 if heading else 0) - (2 if part.endswith(":") else 0) - len(part) / 250


def dense(said: str) -> str:
    """Return a report, headings before what they head, without what only shapes it: rules and bars of tables, the length of code, bold print, parting words."""
    said = FENCED.sub(lambda found: _code(found[0]), said)
    out, before, columns = list[str](), "", list[str]()
    for line in said.splitlines():
        row = line.strip()
        columns = columns if row.startswith("|") else []
        if _RULED.fullmatch(row):
            continue
        if columns:
            out.append(f"{before}{_row(_cells(row), columns)}")
            before = ""
            continue
        if row.startswith("|"):
            columns = _cells(row)
            row = ": ".join(filter(None, columns))
        heading = bool(_HEADING.match(row))
        row = row.lstrip("#: ").replace("**", "")
        if heading or row.endswith(":"):
            before += f"{row.rstrip(': ')}: "
            continue
        out.append(f"{before}{row}")
        before = ""
    if before:
        out.append(before.rstrip())
    while len(out) > 1 and _PARTING.match(out[-1]):
        out.pop()
    return "\n".join(out)


def _cells(row: str) -> list[str]:
    return [cell.replace("**", "").strip() for cell in row.removeprefix("|").removesuffix("|").split("|")]


def _row(cells: list[str], columns: list[str]) -> str:
    """Return a row of a table; what follows an empty cell with its column, which nobody would know else."""
    gap = cells.index("") if "" in cells else len(cells)
    known = len(cells) == len(columns)
    return ": ".join(
        f"{columns[at]}: {cell}" if at > gap and known and columns[at] else cell
        for at, cell in enumerate(cells)
        if cell
    )


def _code(fenced: str) -> str:
    """Return the beginning of a fenced piece on one line."""
    lines = [line.strip(" │├└─\t") for line in fenced.splitlines()[1:] if line.strip().strip("`")]
    return f"\n`{shorten('; '.join(lines), CODE_CHARS)}`\n" if lines else ""


@lru_cache(1_000)
def points(said: str, most: int) -> str:
    """Return the parts of a report that tell most, in their order and whole, in at most `most` characters."""
    parts = pieces(said)
    value = list(map(worth, parts))
    chosen, leads, room = set[int](), set[str](), most
    for at in sorted(range(len(parts)), key=value.__getitem__, reverse=True):
        part = parts[at]
        if chosen and value[at] < 0:
            break
        lead = len(part.under) + 2 if part.under and part.under not in leads else 0
        if len(part.text) + lead + 3 <= room:
            chosen.add(at)
            leads.add(part.under)
            room -= len(part.text) + lead + 3
    return listed((parts[at].under, parts[at].text, parts[at].place) for at in sorted(chosen))


def listed(parts: Iterable[tuple[str, str, int]]) -> str:
    """Return parts one after the other, with their places, each list of them below what stands before it.

    What did not follow at once begins with an ellipsis, so that nobody reads two statements as one.
    """
    out, last, title, before = "", "", "", 0
    for under, text, place in parts:
        gap = "…" if out and place != before + 1 else ""
        known = under in ("", last, title)
        ends = out and under != last and not out.endswith(_CLOSED)
        told = f"{gap}{text}" if known else f"{under.removeprefix(title).lstrip()}: {text}"
        out = joined((f"{out}." if ends else out, told)) if out else told
        last, title, before = under, shorten(text.rstrip(": "), LEAD_CHARS), place
    return out


def joined(parts: Iterable[str]) -> str:
    """Return parts one after the other; signs that stand alone would count as words."""
    out = ""
    for part in parts:
        out += f"{'' if not out else ' ' if out.endswith(_CLOSED) else '; '}{part}"
    return out
