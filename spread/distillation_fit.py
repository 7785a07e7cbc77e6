"""How a list of the page gets into few words: all its items cut alike, and the least telling left out."""

import heapq
import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Final

from spread import distillation_parts as parts
from spread.distillation_also import ASKS, OLDEST, also, cause, goes_on
from spread.distillation_codec import command, shorten
from spread.distillation_letters import Words
from spread.distillation_quote import MANY, parts_of, quote
from spread.distillation_told import OBJECTED, REFUSED_PLAN, SAID_SO, UNDONE

CUTS: Final = (600, 420, 300, 240, 190, 150)  # characters of an item, from roomy to tight
SHORT: Final = 10  # characters of a mere yes
LABEL: Final = 3  # of an answer that is but the letter or number of an option
MEANT: Final = 24  # characters of an answer that can stand alone
GOING_ON: Final = 0.2  # worth of what only tells the agent to go on: the deed shows it
DIAGNOSIS: Final = "agent's diagnosis: “"  # begins what the agent says was the cause
DENIED: Final = "denied: "  # begins a call that the user refused with words
NOTED: Final = "agent noted: “"  # begins what it says proved wrong: its words may tell of no failure
LEAST: Final = 40  # characters of a part of one
NOT_TAKEN: Final = " (not: "  # begins the options beside an answer
EACH_OPTION: Final = 36  # characters of each
ASKED_CHARS: Final = 80  # of a question beside its answer, where room is short
_SLIP: Final = re.compile(
    r"(?:File has not been read yet|String to replace not found|Found \d+ matches|modified since)"
)
_QUOTED: Final = re.compile(r"(?P<lead>[^“]*)“(?P<said>.*)”(?P<rest>[^”]*)$", re.S)
_ASKING: Final = re.compile(  # words a question can be told without
    r"^(?:(?:and|so|ok(?:ay)?|or|also|but|quick clarifying question)\W+)*"
    r"(?:(?:how )?(?:should|shall|would|could|can|do|does|did|is|are|will) (?:i|we|you|it|this|that|there|the)\b(?: (?:like|want|prefer|rather|handle|also|still|be|have|think|envision))*"
    r"(?: (?:me|us))?(?: to)?(?: \w+ or)?(?: (?:the|a|an))?|how important is it|how do you (?:want|envision)(?: to)?|which (?:of these )?)\s+",
    re.I,
)
_GENERAL: Final = re.compile(  # a question that asks for whatever is on the user's mind
    r"\W*(?:[A-H]\W+)?(?:(?:does|do|is|are|did) (?:that|this|these|it|everything|any of|the \w+|there anything)\b.*\b(?:right|good|match|look|make sense|missing|work|approach|land|intent|"
    r"envision\w*|understanding)\b.*|ready (?:to|for)\b.*|thoughts|something else|anything else.*|other priority|what would you like.*|what do you (?:think|prefer)|"
    r"how to handle this.*|which (?:direction|approach|option).*|sounds? good.*|want me to\b.*|shall (?:i|we)\b.*|continue\b.*)\W*$",
    re.I,
)
_OPENS: Final = re.compile(
    r"\b(?:do|does|did|is|are|can|could|would|should|what|how|why) (?:we|i|you|it|there|the|they|this|that|happens|about)\b",
    re.I,
)
_CODE: Final = re.compile(r"`([^`]*)`")
_DASH: Final = re.compile(r" [—–-] ")  # noqa: RUF001 - as written
_SENTENCE: Final = re.compile(r"(?<=[.!?…”])(?<!\d\.)\s+")  # a number may be of a list
_NAMES: Final = re.compile(r"[\"'`“]\w[^\"'`”]*[\"'`”]|\w+[._/]\w+|\w+[a-z][A-Z]\w+|\b[A-Z]{2,}\d*\b")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_TERM: Final = Words(r"[^\W\d_]{3,}|\d[\d.]+")
TERM_CHARS: Final = 7
FREQUENT: Final = 2
# Of few binary places, so that they add up to the same in any order: sets have none.
_VALUES: Final = [round(math.sqrt(count) * 2**30) / 2**30 for count in range(FREQUENT + 1)]
REST: Final = (4, 2)  # the part of a list's words for what is told in short; where most of it is
LEAST_REST: Final = 28  # words of these, unless that is more than half of the list's
CHARS: Final = 5  # of a word, about
ITEM_WORDS: Final = 3  # its dash, its line and its ellipsis
WORTH_ANOTHER: Final = 16  # words, for which one more item is looked for
LEAST_WORDS: Final = 8  # below which nothing is worth its room
ITEM_COST: Final = 20  # words: the reader's effort for one item more
_DULL_WORDS: Final = (
    "the and for you that this with not are was were but all any from have has had will would could can may into also "
    "then than what which how why our your they them there here these those let now about been does did done only use "
    "using want need make like get see look user failed worked later should just"
)
_DULL: Final = frozenset(_DULL_WORDS.split())


@dataclass(slots=True)
class Fit:
    """The items to show, in their order, and how many words they take."""

    items: list[str]
    words: int
    left: int = 0
    told: int = 1  # how many the last item tells of


def fit(items: list[str], words: int, *, rest: bool = False, beside: str = "") -> Fit:
    """Return as many items as go into about `words` words: all, cut alike, or those that tell most, cut most.

    Args:
        rest: Whether a last item tells of those that are left out in short, in a share of the words.
        beside: What stands elsewhere on the page, and is not told again in short.
    """
    made = _fit(tuple(items), words, rest, beside)
    return replace(made, items=[*made.items])


@lru_cache(160)  # most lists come again, in one document and in the next
def _fit(given: tuple[str, ...], words: int, rest: bool, beside: str) -> Fit:
    items = [*given]
    short = [tight(item, CUTS[-1]) for item in items]
    if sum(map(words_in, short)) > words:
        return _fewer(items, short, words, rest=rest, beside=beside)
    for cut in CUTS:
        short = [tight(item, cut) for item in items]
        spent = sum(map(words_in, short))
        if spent <= words:
            break
    return Fit(short, spent)


def _fewer(items: list[str], short: list[str], words: int, *, rest: bool, beside: str) -> Fit:
    """Return those items that tell most; the best one cut to the words, where even that is longer."""
    kept, room = list[int](), words
    for part in REST:
        room = words - max(words // part, min(LEAST_REST, words // 2)) if rest else words
        kept = sorted(_chosen(items, short, room, OLDEST if rest else 1.0))
        if not rest or len(kept) > len(items) // 2:
            break
    shown, left, told = [short[at] for at in kept], len(items) - len(kept), 1
    if rest:
        line, count, unused = _also(items, kept, shown, words, beside)
        if unused >= WORTH_ANOTHER:  # the few words of the others need less than was left for them
            kept = sorted(_chosen(items, short, room + unused, OLDEST))
            shown, left = [short[at] for at in kept], len(items) - len(kept)
            line, count, _ = _also(items, kept, shown, words, beside)
        if line:
            shown, left, told = [*shown, line], left - count, count
    if not shown and words >= LEAST_WORDS:
        best = max(range(len(items)), key=lambda at: worth(items[at]))
        shown, left = [tight(items[best], (words - ITEM_WORDS) * CHARS)], len(items) - 1
    return Fit(shown, sum(map(words_in, shown)), left, told)


def _also(
    items: list[str], kept: list[int], shown: list[str], words: int, beside: str
) -> tuple[str, int, int]:
    """Return the line that tells of items that are not shown, of how many, and how many words it leaves."""
    out = [item for at, item in enumerate(items) if at not in set(kept)]
    room = words - sum(map(words_in, shown))
    line, count = also(out, room, "\n".join([beside, *shown]))
    return line, count, room - words_in(line)


def _chosen(items: list[str], short: list[str], words: int, oldest: float) -> list[int]:
    """Return the places of items that, for their length, bring most of the words that the list speaks of more than once.

    Args:
        oldest: What the last item is worth against the first.
    """
    terms = [_terms(item) for item in short]
    counts = Counter(chain.from_iterable(terms))
    value = {term: _VALUES[min(count, FREQUENT)] for term, count in counts.items()}
    told, kept = set[str](), list[int]()
    fall = (1.0 - oldest) / max(len(items), 1)
    worths = [worth(item) * (1.0 - fall * at) for at, item in enumerate(items)]
    costs = [words_in(item) + ITEM_COST for item in short]

    def gain(at: int) -> float:
        return worths[at] * sum(map(value.__getitem__, terms[at] - told)) / costs[at]

    heap = [
        (-worths[at] * sum(map(value.__getitem__, terms[at])) / costs[at], at) for at in range(len(items))
    ]
    heapq.heapify(heap)
    while heap:
        before, at = heapq.heappop(heap)
        now = -gain(at)
        if heap and now > before + 1e-12 and (now, at) > heap[0]:
            heapq.heappush(heap, (now, at))
        elif words_in(short[at]) <= words:
            kept.append(at)
            words -= words_in(short[at])
            told |= terms[at]
    return kept


@lru_cache(2_000)  # the same items come again at the next revision
def _terms(text: str) -> frozenset[str]:
    """Return the telling words of a text, cut so that their forms are one."""
    return frozenset([word[:TERM_CHARS] for word in _TERM.of(text.lower())]) - _DULL


@lru_cache(4_000)
def words_in(text: str) -> int:
    """Return how many words a text has."""
    return len(text.split())


@lru_cache(2_000)
def worth(item: str) -> float:
    """Return how much an item of the decisions or failures tells to who goes on."""
    text = item.removeprefix("- ")
    answer, quoted = parts.answer(text), _QUOTED.match(text)
    said = answer["said"] if answer else quoted["said"] if quoted else text
    substance = min(len({word.lower() for word in _WORD.findall(said)}), 10) / 10
    if answer and (answer["picked"] or answer["means"] or answer["beside"].startswith(" (not")):
        return 4.0 if answer["picked"] else 3.5
    if _SLIP.search(text) and text.startswith(("Edit", "Write", "MultiEdit")):
        return 0.2
    if text.startswith(OBJECTED):
        return 4.0
    if text.startswith((DIAGNOSIS, UNDONE, "rule “")):
        return 3.0
    if text.startswith(NOTED):
        return 1.6
    if _statements(said) == "":
        return 0.2 + substance / 4
    if answer:
        return (GOING_ON if goes_on(said) else 2.0) + substance if len(said) > SHORT else 1.0
    if text.startswith((DENIED, REFUSED_PLAN)):
        return 2.4 + substance
    if text.startswith("approved the plan"):
        return 0.8
    if (failure := parts.failure(text)) and not quoted:
        why = failure["why"]
        if why.startswith(": the user said: "):
            return 3.0
        tests = 0.6 * why.startswith(": tests ")
        names = min(len(_NAMES.findall(why)), 3) / 3
        return 1.6 + names + tests + 0.4 * bool(failure["then"]) if why else 0.6
    if text.startswith(SAID_SO) and "” (to: " not in text:
        return (GOING_ON if goes_on(said) else 1.0) + substance
    return 1.6 + substance


def _statements(said: str) -> str:
    """Return the words of a quotation without its questions; nothing when it only asks."""
    out = list[str]()
    for part in _SENTENCE.split(said):
        if part.rstrip("” ").endswith(("?", "？")):  # noqa: RUF001 - both are asked with
            opens = [found.start() for found in _OPENS.finditer(part)]
            if not opens or opens[-1] < LEAST or ASKS.match(part):
                continue
            part = part[: opens[-1]].rstrip() + "…"
        elif ASKS.match(part):
            continue
        out.append(part)
    return " ".join(out)


@lru_cache(4_000)
def tight(item: str, most: int) -> str:
    """Return an item cut to about `most` characters, each of its parts to a share."""
    found = parts.ITEM.match(item)
    if found is None:
        return item
    text, at = found["text"], found["at"] or ""
    if (answer := parts.answer(text)) and _tells_itself(answer):
        text = f"{SAID_SO}{answer['said']}”"
    return f"- {text if len(text) <= most else _cut(text, most)}{at}"


def _tells_itself(answer: parts.Parts) -> bool:
    """Tell whether an answer says all without its question, which only asked for whatever is on the user's mind."""
    beside = answer["picked"] or answer["means"] or answer["beside"]
    return not beside and len(answer["said"]) > MEANT and bool(_GENERAL.match(answer["asked"]))


def _cut(text: str, most: int) -> str:
    if (quoted := _QUOTED.match(text)) and len(parts_of(quoted["said"])) >= MANY:
        most = most * 3 // 2
    if found := parts.answer(text):
        return _answer(found, most)
    if found := parts.objection(text):
        reply = _part(found["reply"], max(2 * LEAST, most // 2), "”")
        spared = most - len(found["said"]) - len(reply)  # a short one says nothing without what it answers
        to = _part(found["to"], max(LEAST, most // 4, spared), ")")
        said = quote(found["said"], max(2 * LEAST, most * 3 // 4 - len(to) - len(reply) // 2))
        return f"{OBJECTED}“{said}”{to}{reply}"
    if found := parts.failure(text):
        what = _codes(found["what"], max(3 * LEAST // 2, most // 3))
        then = _codes(found["then"], max(LEAST, most // 4))
        why = found["why"].removeprefix(": ")
        room = max(2 * LEAST, most - len(what) - len(then)) - 2
        return what + (f": {cause(why, room)}" if why else "") + then
    if quoted:
        lead = _codes(quoted["lead"], max(LEAST, most // 4))
        rest = _part(quoted["rest"], max(LEAST, most // 3), ")" if quoted["rest"].endswith(")") else "")
        return f"{lead}“{_quote(quoted['said'], max(2 * LEAST, most - len(lead) - len(rest)))}”{rest}"
    return shorten(text, most)


def _answer(found: parts.Parts, most: int) -> str:
    """Return an answer cut: of the question most, then what was said beside a picked option, which is told by its name.

    What was not taken stays, and why something was where there is room.
    """
    beside = _passed(found["beside"], max(LEAST, most // 3))
    picked, reply = found["picked"], found["said"]
    if picked and most <= 2 * CUTS[-1]:
        picked = _DASH.split(picked)[0]
    picked = _part(picked, max(LEAST, most // 3))
    asked = shorten(_ASKING.sub("", found["asked"]), max(LEAST, min(most // 3, ASKED_CHARS)))
    taken = len(asked) + len(picked) + len(beside)
    if picked and len(reply) <= LABEL:
        said = picked.removeprefix(" = ")
    else:
        said = f"“{_quote(reply, most // 3 if picked else max(LEAST, most - taken))}”{picked}"
    rest = most - len(asked) - len(said) - len(beside)
    means = _part(found["means"], rest) if rest > LEAST else ""
    return f"{asked} → {said}{means}{beside}"


def _passed(beside: str, most: int) -> str:
    """Return what stands beside an answer cut; of options that were not taken each to a share, so that none is lost."""
    options = beside.removesuffix(")").split("; ")
    if len(options) == 1 or not beside.startswith(NOT_TAKEN):
        return _part(beside, most, ")")
    share = max(most // len(options), EACH_OPTION)
    return "; ".join(_part(each, share + len(NOT_TAKEN) * (at == 0)) for at, each in enumerate(options)) + ")"


def _quote(said: str, most: int) -> str:
    """Return a quotation cut to `most` characters; questions in it go first."""
    if len(said) <= most:
        return said
    stated = _statements(said)
    if stated and len(stated) < len(said):
        said = stated if said.startswith(stated[:20]) else f"…{stated}"
    return quote(said, most)


def _part(text: str, most: int, end: str = "") -> str:
    """Return `text` cut; a blank that it begins with stays."""
    lead = " " if text[:1] == " " else ""
    return text if len(text) <= most else lead + shorten(text.removesuffix(end), most) + end


def _codes(text: str, most: int) -> str:
    """Return `text` with each piece of code in it cut."""
    return _CODE.sub(lambda found: f"`{command(found[1], most)}`", text)
