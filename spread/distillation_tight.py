"""How an item of a list is cut: each of its parts to a share."""

import re
from functools import lru_cache
from typing import Final

from spread import distillation_parts as parts
from spread.distillation_also import LABEL, cause
from spread.distillation_codec import shorten
from spread.distillation_lean import LEAST, codes, part, passed
from spread.distillation_quote import MANY, parts_of, quote
from spread.distillation_spoken import is_spoken, whole
from spread.distillation_told import OBJECTED, SAID_SO
from spread.distillation_worth import QUOTED, statements

ITEM_CHARS: Final = 1_200
CUTS: Final = (600, 420, 300, 240, 190, 150)  # characters of an item, from roomy to tight
MEANT: Final = 24  # characters of an answer that can stand alone
WISH: Final = 64  # of what the user wished, at least
EITHER_CHARS: Final = 120  # of one that lays out two ways: of more than that too little would stay
ASKED_CHARS: Final = 80  # of a question beside its answer, where room is short
_ASKING: Final = re.compile(  # words a question can be told without
    r"^(?:(?:and|so|ok(?:ay)?|or|also|but|quick clarifying question)\W+)*"
    r"(?:(?:how )?(?:should|shall|would|could|can|do|does|did|is|are|will) (?:i|we|you|it|this|that|there|the)\b(?: (?:like|want|prefer|rather|handle|also|still|be|have|think|envision))*"
    r"(?: (?:me|us))?(?: to)?(?: \w+ or)?(?: (?:the|a|an))?|how important is it|which (?:of these )?)\s+",
    re.I,
)
_GENERAL: Final = re.compile(  # a question that asks for whatever is on the user's mind
    r"\W*(?:[A-H]\W+)?(?:(?:does|do|is|are|did) (?:that|this|these|it|everything|any of|the \w+|there anything)\b.*\b(?:right|good|match|look|make sense|missing|work|approach|land|intent|"
    r"envision\w*|understanding)\b.*|ready (?:to|for)\b.*|thoughts|something else|anything else.*|other priority|what would you like.*|what do you (?:think|prefer)|"
    r"how to handle this.*|which (?:direction|approach|option).*|(?:do you want|would you like) me to \w+ (?:it|this|that|these|those|them|the (?:feature|change|fix)s?)\b.*|sounds? good.*|want me to\b.*|shall (?:i|we)\b.*|continue\b.*)\W*$",
    re.I,
)
_NO_WAY: Final = re.compile(r"\b(?:anything|something|satisfied|skip|specific|enough)\b", re.I)
# Of one that was lifted: that it was is never cut.
_LIFTED: Final = re.compile(
    r"rule “(?P<rule>[^”]*)”(?P<gone> \(L\d+\) no longer holds, as the user said: )“(?P<said>.*)”\Z", re.S
)
_DASH: Final = re.compile(r" [—–-] ")  # noqa: RUF001 - as written


@lru_cache(4_000)
def tight(item: str, most: int) -> str:
    """Return an item cut to about `most` characters, each of its parts to a share."""
    found = parts.ITEM.match(item)
    if found is None:
        return item
    text, at = found["text"], found["at"] or ""
    answer = parts.answer(text)
    if answer and most < CUTS[2] and answer["beside"].startswith(parts.OFFERED):
        text = text.removesuffix(answer["beside"])  # it takes the room of others
        answer["beside"] = ""
    if answer and _tells_itself(answer):
        text = f"{SAID_SO}{answer['said']}”"
    return f"- {text if len(text) <= most else _cut(text, most)}{at}"


def _tells_itself(answer: parts.Parts) -> bool:
    """Tell whether an answer says all without its question, which only asked for whatever is on the user's mind."""
    beside = answer["picked"] or answer["means"] or answer["beside"]
    return not beside and len(answer["said"]) > MEANT and bool(_GENERAL.match(answer["asked"]))


def _cut(text: str, most: int) -> str:
    if lifted := _LIFTED.match(text):
        rule = quote(lifted["rule"], max(2 * LEAST, most // 2))
        said = quote(lifted["said"], max(2 * LEAST, most - len(rule) - len(lifted["gone"])))
        return f"rule “{rule}”{lifted['gone']}“{said}”"
    if (quoted := QUOTED.match(text)) and len(parts_of(quoted["said"])) >= MANY:
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
        # What else was offered takes the room of others.
        beside = f"{beside.split('; ')[0].removesuffix(')')})"
    picked, reply = found["picked"], found["said"]
    if picked and most <= 2 * CUTS[-1]:
        picked = _DASH.split(picked)[0]
    if "; " in picked and len(picked) > max(LEAST, most // 3):  # several: one alone would say that it was all
        picked = " = " + "; ".join(map(parts.title, picked.removeprefix(" = ").split("; ")))
    else:
        picked = part(picked, max(LEAST, most // 3))
    least = WISH if found["asked"].startswith(parts.OF_THEIRS) else LEAST
    either = not (picked or beside or found["means"])
    asked = _asked(found["asked"], max(least, min(most // 3, ASKED_CHARS)), either=either)
    taken = len(asked) + len(picked) + len(beside)
    if picked and len(reply) <= LABEL:
        said = picked.removeprefix(" = ")
    else:
        room = whole(reply, most // 3 if picked else max(LEAST, most - taken))
        said = f"“{_quote(reply, room)}”{picked}"
    rest = most - len(asked) - len(said) - len(beside)
    means = part(found["means"], rest) if rest > LEAST else ""
    return f"{asked} → {said}{means}{beside}"


def _asked(question: str, most: int, *, either: bool) -> str:
    """Return a question cut; of one that lays out two ways something of both, where nothing else tells the other one."""
    bare = _ASKING.sub("", question)
    one, _, other = bare.partition(", or ")
    if not most < len(bare) <= EITHER_CHARS or not (either and other) or _NO_WAY.search(other):
        return shorten(bare, most)
    other = shorten(_ASKING.sub("", other), max(most, WISH) // 2)
    return f"{shorten(one, max(most, WISH) // 2).removesuffix('…')}…, or {other}"


def _quote(said: str, most: int) -> str:
    """Return a quotation cut to `most` characters; questions in it go first."""
    if len(said) <= most:
        return said
    stated = statements(said)
    if stated and len(stated) < len(said):
        said = stated if said.startswith(stated[:20]) else f"…{stated}"
    return quote(said, most)
