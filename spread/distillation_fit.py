"""How a list of the page gets into few words: all its items cut alike, and the least telling left out."""

import heapq
import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final

from spread import distillation_parts as parts
from spread.distillation_also import ASKS, LABEL, OLDEST, also, brief, cause, goes_on, repeats
from spread.distillation_codec import shorten
from spread.distillation_lean import LEAST, codes, lean, part, passed
from spread.distillation_lean import MOST as LEAN
from spread.distillation_letters import Words
from spread.distillation_quote import MANY, parts_of, quote
from spread.distillation_spoken import is_spoken, whole
from spread.distillation_told import OBJECTED, REFUSED_PLAN, REWORKED, SAID_SO, UNDONE

ITEM_CHARS: Final = 1_200
ROOMY: Final = 4  # of the cuts below, with which what only tells to go on, or was a slip, stays too
DULL: Final = 0.7  # the worth of that, below
DULL_WORDS: Final = 30  # for all of it
CUTS: Final = (600, 420, 300, 240, 190, 150)  # characters of an item, from roomy to tight
NEVER: Final = ("never allowed", "never seen to pass")  # end a failure that nothing helped against
SHORT: Final = 10  # characters of a mere yes
MEANT: Final = 24  # characters of an answer that can stand alone
GOING_ON: Final = 0.2  # worth of what only tells the agent to go on: the deed shows it
DIAGNOSIS: Final = "agent's diagnosis: “"  # begins what the agent says was the cause
DENIED: Final = "denied: "  # begins a call that the user refused with words
NOTED: Final = "agent noted: “"  # begins what it says proved wrong: its words may tell of no failure
EXPLAINED: Final = 0.15  # worth of what the agent said of a failure
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
_TESTS: Final = re.compile(r": (?:tests |[\w./-]{3,80}: \S{1,160}\.\w{1,5}[:(]\d)")
_PLACED: Final = re.compile(r": \S{1,160}\.\w{1,5}[:(]\d")
_DASH: Final = re.compile(r" [—–-] ")  # noqa: RUF001 - as written
_SENTENCE: Final = re.compile(r"(?<=[.!?…”])(?<!\d\.)\s+")  # a number may be of a list
_NAMES: Final = re.compile(r"[\"'`“]\w[^\"'`”]*[\"'`”]|\w+[._/]\w+|\w+[a-z][A-Z]\w+|\b[A-Z]{2,}\d*\b")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_TERM: Final = Words(r"[^\W\d_]{3,}|\d[\d.]+")
TERM_CHARS: Final = 7
FREQUENT: Final = 2
# Of few binary places, so that they add up to the same in any order: sets have none.
_VALUES: Final = [round(math.sqrt(count) * 2**30) / 2**30 for count in range(FREQUENT + 1)]
AGAIN: Final = 0.5  # what is left of an item that tells a rule again
WHOLE: Final = (0.75, 0.5, 0.25)  # parts of a list's words for what is not told in short
IN_SHORT: Final = 0.85  # what an item tells then
OBJECTED_IN_SHORT: Final = 0.5
CHARS: Final = 5  # of a word, about
LONG_WORD: Final = 8  # characters, above which it takes the room of more than one
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
    if made := _alike(items, words, CUTS[:ROOMY] if rest else CUTS):
        return made
    short = [tight(item, CUTS[-1]) for item in items]
    if rest:
        short = [_lean(item, cut) for item, cut in zip(items, short, strict=True)]
        if made := _dull_in_few(items, short, words):
            return made
        if (spent := sum(map(words_in, short))) <= words:
            return Fit(short, spent)
        if made := _without_dull(items, words, beside):
            return made
    return _fewer(items, short, words, rest=rest, beside=beside)


def _dull_in_few(items: list[str], short: list[str], words: int) -> Fit | None:
    """Return the items that tell something cut alike, and the others as they are in few words; None: no room."""
    dull = [worth(item) < DULL for item in items]
    few = [told for told, is_dull in zip(short, dull, strict=True) if is_dull]
    telling = [item for item, is_dull in zip(items, dull, strict=True) if not is_dull]
    made = _alike(telling, words - sum(map(room_of, few)), CUTS)
    if made is None:
        return None
    told, others = iter(made.items), iter(few)
    shown = [next(others if is_dull else told) for is_dull in dull]
    return Fit(shown, sum(map(words_in, shown)))


def _without_dull(items: list[str], words: int, beside: str) -> Fit | None:
    """Return the items that tell something cut alike, and a last one that tells the others in short."""
    telling = [item for item in items if worth(item) >= DULL]
    dull = [item for item in items if worth(item) < DULL]
    made = _alike(telling, words - min(sum(room_of(brief(item)) + 1 for item in dull), DULL_WORDS), CUTS)
    if made is None or not dull:
        return made
    line, told = also(dull, words - made.words, "\n".join([beside, *made.items]))
    shown = [*made.items, *([line] if line else [])]
    return Fit(shown, sum(map(words_in, shown)), len(dull) - len(told), max(len(told), 1))


def _alike(items: list[str], words: int, cuts: tuple[int, ...]) -> Fit | None:
    """Return all items cut alike, those that tell most less where words are left; None where they are too many."""
    if sum(room_of(tight(item, cuts[-1])) for item in items) > words:
        return None
    for before, cut in pairwise((ITEM_CHARS, *cuts)):
        short = [tight(item, cut) for item in items]
        spent = sum(map(words_in, short))
        if spent > words:
            continue
        for at in sorted(range(len(items)), key=lambda at: -worth(items[at])):
            longer = tight(items[at], before)
            if (more := room_of(longer) - room_of(short[at])) <= words - spent:
                short[at], spent = longer, spent + more
        return Fit(short, spent)
    return None


def said_in(items: list[str]) -> int:
    """Return how many words decisions take that are told in few, with the user's own as they are."""
    return sum(room_of(_lean(item, tight(item, CUTS[-1]))) for item in items)


def _lean(item: str, cut: str) -> str:
    """Return an item in few words; what the user objected to needs more of them."""
    said = "“" in item and not item.startswith(f"- {OBJECTED}")
    return lean(item) or (tight(item, LEAN) if said else cut)


def _fewer(items: list[str], short: list[str], words: int, *, rest: bool, beside: str) -> Fit:
    """Return those items that tell most; the best one cut to the words, where even that is longer."""
    if rest:
        made = max((_both(items, short, words, share, beside) for share in WHOLE), key=lambda it: it[0])[1]
    else:
        kept = sorted(_chosen(items, short, words, 1.0))
        made = Fit([short[at] for at in kept], 0, len(items) - len(kept))
    if not made.items and words >= LEAST_WORDS:
        best = max(range(len(items)), key=lambda at: worth(items[at]))
        made = Fit([tight(items[best], (words - ITEM_WORDS) * CHARS)], 0, len(items) - 1)
    return replace(made, words=sum(map(words_in, made.items)))


def _both(items: list[str], short: list[str], words: int, share: float, beside: str) -> tuple[float, Fit]:
    """Return items of which about this share of the words tells some as they are, and a last item the others in short.

    With what they tell: those in short less.
    """
    room = int(words * share)
    kept, line, told, unused = _parted(items, short, words, room, beside)
    if unused >= WORTH_ANOTHER:  # the few words of the others need less than was left for them
        kept, line, told, _ = _parted(items, short, words, room + unused, beside)
    value = sum(_aged(items, at) for at in kept) + sum(_aged(items, at) * _left(items[at]) for at in told)
    shown = [*(short[at] for at in kept), *([line] if line else [])]
    return value, Fit(shown, 0, len(items) - len(kept) - len(told), max(len(told), 1))


def _left(item: str) -> float:
    """Return the part of what an item tells that a few words of it do; an objection says little without what it is to."""
    return OBJECTED_IN_SHORT if item.startswith(f"- {OBJECTED}") else IN_SHORT


def _aged(items: list[str], at: int) -> float:
    """Return what an item tells, less when newer ones may overrule it."""
    return worth(items[at]) * (1.0 - (1.0 - OLDEST) * at / len(items))


def _parted(
    items: list[str], short: list[str], words: int, room: int, beside: str
) -> tuple[list[int], str, list[int], int]:
    """Return the places of items that go into the room, the line that tells of others, of which, and what is left."""
    kept = sorted(_chosen(items, short, room, OLDEST, beside))
    shown, known = [short[at] for at in kept], set(kept)
    others = [at for at in range(len(items)) if at not in known]
    left = words - sum(map(words_in, shown))
    line, told = also([items[at] for at in others], left, "\n".join([beside, *shown]))
    return kept, line, [others[at] for at in told], left - room_of(line)


def _chosen(items: list[str], short: list[str], words: int, oldest: float, beside: str = "") -> list[int]:
    """Return the places of items that, for their length, bring most of the words that the list speaks of more than once.

    Args:
        oldest: What the last item is worth against the first.
        beside: What stands elsewhere on the page.
    """
    terms = [_terms(item) for item in short]
    counts = Counter(chain.from_iterable(terms))
    value = {term: _VALUES[min(count, FREQUENT)] for term, count in counts.items()}
    told, kept = set[str](), list[int]()
    fall = (1.0 - oldest) / max(len(items), 1)
    worths = [worth(item) * (1.0 - fall * at) * _apart(item, beside) for at, item in enumerate(items)]
    costs = [room_of(item) + ITEM_COST for item in short]

    def gain(at: int) -> float:
        return worths[at] * sum(map(value.__getitem__, terms[at] - told)) / costs[at]

    telling = [at for at, item in enumerate(items) if oldest == 1.0 or worth(item) >= DULL]
    heap = [(-worths[at] * sum(map(value.__getitem__, terms[at])) / costs[at], at) for at in telling]
    heapq.heapify(heap)
    while heap:
        before, at = heapq.heappop(heap)
        now = -gain(at)
        if heap and now > before + 1e-12 and (now, at) > heap[0]:
            heapq.heappush(heap, (now, at))
        elif room_of(short[at]) <= words:
            kept.append(at)
            words -= room_of(short[at])
            told |= terms[at]
    return kept


def _apart(item: str, beside: str) -> float:
    """Return what it takes from an item that the user's words in it stand elsewhere on the page."""
    quoted = _QUOTED.match(item) if beside else None
    return AGAIN if quoted and len(quoted["said"]) > MEANT and quoted["said"] in beside else 1.0


@lru_cache(2_000)  # the same items come again at the next revision
def _terms(text: str) -> frozenset[str]:
    """Return the telling words of a text, cut so that their forms are one."""
    return frozenset([word[:TERM_CHARS] for word in _TERM.of(text.lower())]) - _DULL


@lru_cache(4_000)
def words_in(text: str) -> int:
    """Return how many words a text has."""
    return len(text.split())


@lru_cache(4_000)
def room_of(text: str) -> int:
    """Return how many words of room a text takes: a page has its limits in characters, too."""
    return max(len(text.split()), len(text) // LONG_WORD)


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
    if text.startswith(REWORKED):
        return 2.8
    if text.startswith((DIAGNOSIS, UNDONE, "rule “")):
        return 3.0
    if text.startswith(NOTED):
        return 1.6
    if text.startswith((DENIED, REFUSED_PLAN)):  # also with a question
        return (2.6 if _statements(said) else 1.8) + substance
    if _statements(said) == "":
        return 0.2 + substance / 4
    if answer and len(said) > SHORT:
        yes = goes_on(said) or repeats(answer["asked"], said)
        asks = ASKS.match(_SENTENCE.split(said)[-1])  # what stands before a question only leads to it
        return (GOING_ON if yes else 1.2 if asks else 2.4) + substance
    if answer:
        return 1.0
    if text.startswith("approved the plan"):
        return 0.8
    if (failure := parts.failure(text)) and (failure["said"] or not quoted):
        why = failure["why"]
        if why.startswith(": the user said: "):
            return 3.0
        names = min(len(_NAMES.findall(why)), 3) / 3
        known = EXPLAINED if failure["said"] else 0.0
        return 1.6 + names + known + _kind(why, failure["then"]) if why else 0.6
    if text.startswith(SAID_SO):
        return (GOING_ON if goes_on(said) else 1.6 if "” (to: " in text else 1.0) + substance
    return 1.6 + substance


def _kind(why: str, then: str) -> float:
    """Return what it adds to a failure of what kind it was, and how it ended: a slip in code is mended at its place."""
    if then.endswith(NEVER):
        return 0.8
    if not then:  # an approach that was left, for all one knows
        return 0.0 if _PLACED.match(why) else 0.5
    helped = 0.4 if " after " in then or "`" in then else 0.0
    return helped + (0.6 if _TESTS.match(why) else -0.6 if helped and _PLACED.match(why) else 0.0)


def _statements(said: str) -> str:
    """Return the words of a quotation without its questions; nothing when it only asks."""
    out = list[str]()
    for each in _SENTENCE.split(said):
        if each.rstrip("” ").endswith(("?", "？")):  # noqa: RUF001 - both are asked with
            opens = [found.start() for found in _OPENS.finditer(each)]
            if not opens or opens[-1] < LEAST or ASKS.match(each):
                continue
            each = each[: opens[-1]].rstrip() + "…"
        elif ASKS.match(each):
            continue
        out.append(each)
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
        reply = part(found["reply"], max(2 * LEAST, most // 2), "”")
        spared = most - len(found["said"]) - len(reply)  # a short one says nothing without what it answers
        to = passed(found["to"], max(LEAST, most // (3 if "; " in found["to"] else 4), spared))
        said = quote(found["said"], max(2 * LEAST, most * 3 // 4 - len(to) - len(reply) // 2))
        return f"{OBJECTED}“{said}”{to}{reply}"
    if found := parts.failure(text):
        what = codes(found["what"], max(3 * LEAST // 2, most // 3))
        then = codes(found["then"], max(LEAST, most // 4))
        why, said = found["why"].removeprefix(": "), part(found["said"], max(2 * LEAST, most // 2), "”")
        room = max(2 * LEAST, most - len(what) - len(then) - len(said)) - 2
        return what + (f": {cause(why, room)}" if why else "") + said + then
    if quoted:
        lead = codes(quoted["lead"], max(LEAST, most // 4))
        rest = part(quoted["rest"], max(LEAST, most // 3), ")" if quoted["rest"].endswith(")") else "")
        room = max(2 * LEAST, most - len(lead) - len(rest))
        room = whole(quoted["said"], room) if is_spoken(text) else room
        return f"{lead}“{_quote(quoted['said'], room)}”{rest}"
    return shorten(text, most)


def _answer(found: parts.Parts, most: int) -> str:
    """Return an answer cut: of the question most, then what was said beside a picked option, which is told by its name.

    What was not taken stays, and why something was where there is room.
    """
    beside = passed(found["beside"], max(LEAST, most // 3))
    if most < CUTS[2] and beside.startswith(parts.ADVISED):
        beside = (
            f"{beside.split('; ')[0].removesuffix(')')})"  # what else was offered takes the room of others
        )
    picked, reply = found["picked"], found["said"]
    if picked and most <= 2 * CUTS[-1]:
        picked = _DASH.split(picked)[0]
    if "; " in picked and len(picked) > max(LEAST, most // 3):  # several: one alone would say that it was all
        picked = " = " + "; ".join(map(parts.title, picked.removeprefix(" = ").split("; ")))
    else:
        picked = part(picked, max(LEAST, most // 3))
    asked = shorten(_ASKING.sub("", found["asked"]), max(LEAST, min(most // 3, ASKED_CHARS)))
    taken = len(asked) + len(picked) + len(beside)
    if picked and len(reply) <= LABEL:
        said = picked.removeprefix(" = ")
    else:
        room = whole(reply, most // 3 if picked else max(LEAST, most - taken))
        said = f"“{_quote(reply, room)}”{picked}"
    rest = most - len(asked) - len(said) - len(beside)
    means = part(found["means"], rest) if rest > LEAST else ""
    return f"{asked} → {said}{means}{beside}"


def _quote(said: str, most: int) -> str:
    """Return a quotation cut to `most` characters; questions in it go first."""
    if len(said) <= most:
        return said
    stated = _statements(said)
    if stated and len(stated) < len(said):
        said = stated if said.startswith(stated[:20]) else f"…{stated}"
    return quote(said, most)
