"""What a document says in few words: of each of its parts what tells most.

Chosen like what the log of the page tells (`said`), but from one text that is all in force: so each part has its
say before any has a second one, items of a list stand together, and what was written last counts more.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise, takewhile, zip_longest
from typing import Final

from spread.distill.extract import STEM_CHARS, WORD
from spread.distill.plans import LOOK, OF_FILES, OPENS, PATH
from spread.distill.reports import Piece, cues, joined, listed, pieces, worth
from spread.distillation_codec import clean, shorten

TITLE_CHARS: Final = 60
STATEMENT_CHARS: Final = 240
MIN_SPACES: Final = 3  # in what says something
ITEM_COST: Final = 6  # words: the reader's effort for one statement more
NEXT_OF_PART: Final = 0.6  # what each further statement of a part is worth
NEIGHBOUR: Final = 1.35  # one that stands beside it in a list, which tells half without it
ROW: Final = 0.85  # of which each further row of a table is worth so much: it may go on for pages
FOLLOWS: Final = 0.5  # what the end of a document is worth against its beginning
ELABORATES: Final = 0.5  # a sentence that goes on from the first one of its line, unless it is
NAMES: Final = 1.5  # worth so much for its names and numbers
LABELLED: Final = 0.5  # a statement below a label that stands in
LABELS: Final = 3  # parts or more, such as files and checks
EDITED: Final = (1.2, 2.0)  # one that the first or the last edit wrote, as somebody wanted just that
COVERED: Final = 0.1  # what a word is still worth that was told
IN_RULE: Final = 0.55  # and in what has the form of a rule: it says of the same words something else
COMMON_COUNT: Final = 8
RULED: Final = 0.2  # what a word adds to a statement that says what not, only when, or why
MOST_CUES: Final = 3
RULE: Final = 1.5  # worth of what has the form of a definition or a rule
FILES: Final = 0.18  # of the room is kept for the files that a document lists, half of it on top
FEW: Final = 3  # files without a name beside them tell less than the title of their part
LISTED: Final = 0.6  # what such a file is worth in full
RUN: Final = 2.0  # and what is to be run
COMMANDS: Final = 4  # lines of a fenced piece that tells what to run
FEW_WORDS: Final = 5  # of a label and its value, such as a date, above all headings
_QUOTE: Final = ">"
_ITEMS: Final = "-*|0123456789"  # begin an item of a list or a row
_HEADING: Final = re.compile(r"#{1,6}\s+(\S.*?)\s*#*$")
MATTER: Final = re.compile(r"\A---\n.*?\n---\n", re.S)
_FENCE: Final = re.compile(r"(?m)^\s*```")
_ARROW: Final = re.compile(r"\s*[─━═-]{2,}>\s*|\s+(?:=>|->)\s+")
_DRAWN: Final = re.compile(r"[─━═│┌┐└┘├┤┬┴┼]+")
_SAYS: Final = re.compile(r"\w.*\S → \S|\w[\w ()/-]{2,40}: \w.*\w\s\w")
_FOLDERS: Final = re.compile(r"(?<![\w/:.])/?(?:[\w.@~-]+/){2,}(?=[\w.-]+\.\w)")
_DEFINES: Final = re.compile(  # begins with a term, is a row, has an arrow
    r"(?:[-*]\s+|\d+[.)]\s+)?\*\*\S|\||.*\S → \S"
)
_LABEL: Final = re.compile(r"([\w ]{3,20}): ")
_ID: Final = re.compile(r"\A[A-Z]+-\d+\b")  # numbers an item, tells nothing
_RULE_OF_TABLE: Final = re.compile(r"\|[\s|:-]+\Z")
_RUN: Final = "Run"
_SHELL: Final = re.compile(r"(?:bash|sh|shell|zsh|console)\n")

Part = tuple[int, str, str]  # the line it was last edited in, its title, what it says
NAMED: Final = 2  # names beside a file
_LISTED: Final = re.compile(r"(?:[-*|]|\d+[.)])\s+(?:\[[ x]\] )?(\**[A-Za-z ]{2,20}:\**\s+)?\**(?=`)")
_OWN: Final = re.compile(r"(\**Files?\**:\**) (?=`)")
_CELLS: Final = re.compile(r"\|(?:[^|`]*\|)*[^|`]*()(?=`)")
_TREE: Final = re.compile(r"[├└]── +([\w.-]+\.\w+) +# *([Nn](?:EW|ew)\b.{,50})")
_NAME: Final = re.compile(r"`([^`\s]{3,40})`")


@dataclass(slots=True)
class _Statement:
    part: int
    under: str
    text: str
    place: int
    item: bool
    row: bool
    words: frozenset[str]
    rule: bool
    weight: float
    line: int
    source: str


def statements(text: str, line: int, edits: dict[str, int], told: str, words: int) -> list[Part]:
    """Return what tells most of a document in about so many words, by its parts.

    Args:
        line: Where it was last written.
        edits: Lines of the text that edits wrote, each with the line of that edit.
        told: What stands elsewhere on the page in the same words.
    """
    return [*_told(_document(text, line, tuple(edits.items())), line, told, words)]


class _Document:
    """What holds of a document whatever stands elsewhere on the page, and however many words it gets.

    Args:
        edits: The lines of the text that edits wrote, each with the line of that edit.
    """

    def __init__(self, text: str, line: int, edits: tuple[tuple[str, int], ...]) -> None:
        parts = list(parts_of(text))
        listings = [files_of(title, body) for title, body in parts]
        self.titles, self.files = [title for title, _ in parts], [each for each, _ in listings]
        self.ends = [_followed(body) for _, body in parts]
        self.found = _weighed(parts, [lines for _, lines in listings], dict(edits), line)
        counts = Counter(word for it in self.found for word in it.words)
        self.value = {word: math.sqrt(min(count, COMMON_COUNT)) for word, count in counts.items()}
        self.sizes = Counter(it.part for it in self.found)
        self.usual = len(self.found) / max(len(self.sizes), 1)
        # How many words they are, those of their parts' titles, and of what they stand under.
        self.lengths = [it.text.count(" ") + 1 for it in self.found]
        self.named = [len(title.split()) + 1 for title in self.titles]
        self.led = [it.under.count(" ") + bool(it.under) for it in self.found]


_document: Final = lru_cache(8)(_Document)  # until it is edited, the same one comes again at each revision


@lru_cache(8)  # likewise, as long as the page tells the same of it elsewhere
def _told(known: _Document, line: int, told: str, words: int) -> list[Part]:
    listing = sum(told.count(" ") + 1 for each in known.files for told in each.values())
    kept, titles = min(listing, int(words * FILES)), known.titles
    chosen = _Choice(known, stems(told)).made(words - kept // 2)
    groups: dict[int, list[_Statement]] = {}
    for it in sorted(chosen, key=lambda it: (it.part, it.place)):
        groups.setdefault(it.part, []).append(it)
    said = {part: listed(_marked(its, known.ends[part])) for part, its in groups.items()}
    more = _files_beside(known.files, titles, said, kept)
    return [
        (
            max((it.line for it in groups.get(part, ())), default=line),
            titles[part],
            joined(filter(None, (said.get(part, ""), more.get(part, "")))),
        )
        for part in sorted(said.keys() | more.keys())
    ]


def _weighed(
    parts: list[tuple[str, str]], listings: Sequence[Collection[str]], edits: dict[str, int], line: int
) -> list[_Statement]:
    """Return all statements, each with what it is worth by its form, its place and its age.

    Args:
        listings: Of each part, the lines that list files.
    """
    found = list[_Statement]()
    pieces_of = [list(_pieces(body)) for _, body in parts]
    labels = Counter(chain.from_iterable({_label(piece) for piece, _ in each} for each in pieces_of))
    begun, last = min(edits.values(), default=0), max(edits.values(), default=0)

    def newer(at: int) -> float:
        first, most = EDITED
        return most - (most - first) * (last - at) / max(last - begun, 1) if at else 1.0

    for part, each in enumerate(pieces_of):
        standing = 1 - (1 - FOLLOWS) * part / len(parts)
        for piece, form in each:
            label = _label(piece)
            often = label != "" and labels[label] >= LABELS
            text = piece.text[len(label) + 2 :] if often else piece.text
            shown = shorten(_FOLDERS.sub("", text), STATEMENT_CHARS)
            if not parts[part][0] and label and shown.count(" ") < FEW_WORDS:
                continue
            edited = edits.get(piece.source, 0)
            weight = form * standing * (LABELLED if often else 1.0) * newer(edited)
            weight *= LISTED if piece.source in listings[part] else 1.0
            weight *= RUN if label == _RUN and not often else 1.0
            item, row = piece.source[:1] in _ITEMS, piece.source.startswith("|")
            rule = not often and bool(_DEFINES.match(piece.source))
            words = stems(_ID.sub("", shown))
            found.append(
                _Statement(part, piece.under, shown, piece.place, item, row, words, rule, weight, edited or line, piece.source)
            )  # fmt: skip
    return found


def _followed(body: str) -> set[str]:
    """Return the lines of a part after which its list goes on."""
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    return {line for line, then in pairwise(lines) if line[0] in _ITEMS and then[0] in _ITEMS}


def _marked(chosen: list[_Statement], followed: set[str]) -> Iterable[tuple[str, str, int]]:
    """Yield statements with what they stand under and their places; the last one told of a list that goes on says so."""
    for it, then in zip_longest(chosen, chosen[1:]):
        cut = it.under and it.source in followed and (then is None or then.under != it.under)
        yield it.under, f"{it.text}…" if cut and not it.text.endswith("…") else it.text, it.place


def _files_beside(
    files: list[dict[str, str]], titles: list[str], said: dict[int, str], room: int
) -> dict[int, str]:
    """Return, by part, the files that are told beside what is said in about so many words: of parts that say something first."""
    out = dict[int, str]()
    for part in sorted(range(len(files)), key=lambda part: (part not in said, part)):
        head = 0 if part in said else len(titles[part].split()) + 1
        bare = not any(": " in told for told in files[part].values())
        if not files[part] or (head and bare and len(files[part]) < FEW):
            continue
        told, size = besides(files[part], f"{titles[part]} {said.get(part, '')}", room - head)
        if told:
            out[part] = told
            room -= size + head
    return out


def parts_of(text: str) -> Iterable[tuple[str, str]]:
    """Yield the parts of a document: the heading each stands under, and its text."""
    title, body, fenced = "", list[str](), False
    for line in MATTER.sub("", text, count=1).splitlines():
        fenced ^= line.lstrip().startswith("```")
        if not fenced and line.startswith("#") and (heading := _HEADING.match(line)):
            if body:
                yield title, "\n".join(body)
            named = not line.startswith("# ")  # the title of all of it stands elsewhere
            title, body = shorten(heading[1].replace("**", ""), TITLE_CHARS) if named else "", []
        else:
            body.append(line)
    if body:
        yield title, "\n".join(body)


def _pieces(body: str) -> Iterable[tuple[Piece, float]]:
    """Yield the statements of a part, each with what its form is worth."""
    blocks, before = _FENCE.split(body), _QUOTE
    heads = _heads(body) if "|" in body else {}
    prose = [_drawn(block) if at % 2 else block for at, block in enumerate(blocks)]
    for piece in pieces(clean("\n".join(prose))):
        goes_on, before = piece.source == before, piece.source
        says = piece.text.count(" ") >= MIN_SPACES or ": " in piece.text
        if piece.heading or piece.text.endswith(":") or before.startswith(_QUOTE) or not says:
            continue
        if (head := heads.get(before)) is not None:
            if not head:
                continue
            piece = piece._replace(under=head)
        defines = bool(_DEFINES.match(before))
        ruled = defines * (1 if before.startswith("|") else 2)
        value = worth(piece) + (RULE if defines else 0.0)
        form = 1 + 0.1 * max(min(value, 5.0), -4.0)
        form += RULED * min(max(cues(piece.text), ruled), MOST_CUES)
        yield piece, form * (ELABORATES if goes_on and value < NAMES else 1.0)


def _heads(body: str) -> dict[str, str]:
    """Return the heads of tables, without a text, and each row that answers what its head asks, with that."""
    out, lines = dict[str, str](), [line.strip() for line in body.splitlines()]
    for at, line in enumerate(lines):
        if not (at and _RULE_OF_TABLE.match(line) and lines[at - 1].startswith("|")):
            continue
        cells = [cell.strip() for cell in lines[at - 1].strip("|").split("|")]
        out[lines[at - 1]] = ""
        if any(cell.endswith("?") for cell in cells):
            rows = takewhile(lambda row: row.startswith("|"), lines[at + 1 :])
            out.update(dict.fromkeys(rows, ", ".join(cells)))
    return out


def _drawn(block: str) -> str:
    """Return the lines of a fenced piece of no language that each state what leads to what, and the commands of a short one."""
    if _SHELL.match(block):
        run = [line.strip() for line in block.splitlines()[1:] if line.strip() and line.lstrip()[0] != "#"]
        return f"- {_RUN}: `{'`; `'.join(run)}`" if len(run) <= COMMANDS and "`" not in block else ""
    lines = (
        [_DRAWN.sub(" ", _ARROW.sub(" → ", line)) for line in block.splitlines()] if block[:1] == "\n" else []
    )
    return "\n".join(f"- {' '.join(line.split())}" for line in lines if _SAYS.match(line))


def _label(piece: Piece) -> str:
    found = _LABEL.match(piece.text)
    return found[1] if found else ""


def stems(text: str) -> frozenset[str]:
    """Return the telling words of a text, cut so that their forms are one."""
    return frozenset([word[:STEM_CHARS] for word in WORD.of(text.lower())])


class _Choice:
    """Which statements are taken, and what each further one brings of what the document speaks of."""

    def __init__(self, document: _Document, told: frozenset[str]) -> None:
        self.document, self.found, self.known = document, document.found, set(told)
        self.taken = Counter[int]()  # by part
        self.unders, self.places = set[tuple[int, str]](), set[tuple[int, str, int]]()

    def made(self, room: int) -> list[_Statement]:
        """Return what is taken into so many words, the first one of each part before its next."""
        out, found = list[_Statement](), self.found
        gains = {at: self._gain(at) for at in range(len(found))}
        while gains:
            best = max(gains, key=gains.__getitem__)
            del gains[best]
            if (cost := self._cost(best)) > room:
                continue
            room -= cost
            it = found[best]
            out.append(it)
            new = it.words - self.known
            self._take(it)
            for at in gains:  # those that it makes worth more or less
                if found[at].part == it.part or not new.isdisjoint(found[at].words):
                    gains[at] = self._gain(at)
        return out

    def _cost(self, at: int) -> int:
        it, document = self.found[at], self.document
        title = 0 if self.taken[it.part] else document.named[it.part]
        return document.lengths[at] + title + (0 if (it.part, it.under) in self.unders else document.led[at])

    def _gain(self, at: int) -> float:
        it, document, value, known = self.found[at], self.document, self.document.value, self.known
        taken, again = self.taken[it.part], IN_RULE if it.rule else COVERED
        total = math.fsum([value[word] * (again if word in known else 1.0) for word in it.words])
        places, spot = self.places, it.place
        if it.item and ((it.part, it.under, spot - 1) in places or (it.part, it.under, spot + 1) in places):
            factor = NEIGHBOUR * (ROW**taken if it.row else 1.0)
        else:
            factor = NEXT_OF_PART ** (taken * min(document.usual / document.sizes[it.part], 1.0))
        return it.weight * total * factor / (self._cost(at) + ITEM_COST)

    def _take(self, it: _Statement) -> None:
        self.known |= it.words
        self.taken[it.part] += 1
        self.unders.add((it.part, it.under))
        self.places.add((it.part, it.under, it.place))


def files_of(title: str, body: str) -> tuple[dict[str, str], set[str]]:
    """Return the files that a part lists as its own by their names, each with how it is told, and the lines of these."""
    out, lines, fenced, here = dict[str, str](), set[str](), False, bool(OF_FILES.match(title))
    for line in body.splitlines():
        bare = line.strip()
        fenced ^= bare.startswith("```")
        if fenced or not bare:
            continue
        if not (lead := _LISTED.match(bare)):
            here = (here and bare.startswith("|")) or bool(OPENS.match(bare))
            lead = _OWN.match(bare) or _CELLS.match(bare)
        if not (lead and (here or lead[1])) or not (path := PATH.match(bare, lead.end())):
            continue
        if LOOK.search(bare):
            continue
        lines.add(bare)
        name = path[1].rpartition("/")[2]
        known = out.get(name, f"{name}:")
        beside = [each for each in _NAME.findall(bare, path.end()) if "/" not in each and each not in known]
        if beside:
            out[name] = f"{known}{' ' if known[-1] == ':' else ', '}{', '.join(beside[:NAMED])}"
        else:
            out[name] = known
    out = {name: told.rstrip(":") for name, told in out.items()}
    return out or {name: f"{name}: {what}" for name, what in _TREE.findall(body)}, lines


def besides(files: dict[str, str], said: str, room: int) -> tuple[str, int]:
    """Return the files of a part that what is said of it leaves out, and the words these take, at most so many."""
    out, words = list[str](), 1
    for name, told in files.items():
        size = told.count(" ") + 1
        if name not in said and words + size <= room:
            out.append(told)
            words += size
    return (f"Files: {'; '.join(out)}", words) if out else ("", 0)
