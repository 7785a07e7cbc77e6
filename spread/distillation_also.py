"""What a list of the page tells of the items it has no room for: a few words of each, on one line."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from spread import distillation_parts as parts
from spread.distillation_codec import bare, both_ends, command, shorten
from spread.distillation_told import CARRIERS, OBJECTED, OTHERWISE, OWN, REFUSED_PLAN, REWORKED, SAID, WHICH

WORDS: Final = 8  # of what the user said, where it has more than
WHOLE: Final = 16  # these
OF_WORDS: Final = 4  # of one whose answer names an option
OPTION_WORDS: Final = 3  # of one that was not taken
OPTIONS: Final = 2  # of these
TO_WORDS: Final = 6  # of the question it answers
ENDING_CHARS: Final = 40  # of a text are looked at for words it must not end with
CODE_CHARS: Final = 34
WHY_CHARS: Final = 64
EXPLAINS: Final = 6  # words of the agent on a failure, which tell more than its error does
READ_CHARS: Final = 1_400  # of an item, which has fewer
OLDEST: Final = 0.8  # what the last item of a list is worth against the first, as newer ones overrule it
LABEL: Final = 3  # characters of an answer that is but the letter or number of an option
ORDER: Final = 9  # words of a mere order, with its line
TELLING: Final = 3  # words of a wish that says of what it is
LEADS_IN: Final = 4  # words may only lead in what follows
ALONE_TO: Final = 12  # words of an objection, with more of which it says to what it is
ALONE: Final = 3  # so many words are understood without the question
FEWEST: Final = 8  # words of room, below which nothing is told
LEAD: Final = "- also: "
BETWEEN: Final = "; "
CHOSE: Final = "chose "  # begins an option taken by its letter
SLIPPED: Final = 0.3
DIAGNOSIS_CHARS: Final = 100
LEAST_COST: Final = 3  # words: the reader's effort for one more
# What tells the agent to go on, so that what was done then says the same.
_GOES_ON: Final = re.compile(
    r"[“…]*(?:(?:let'?s|please|can (?:we|you)|we should|just|and|then|now) ){0,3}"
    r"(?:keep going|go(?: ahead)?\b|commit|push|implement|continue|proceed|apply|do (?:it|this|that)|check|review|create (?:a )?(?:draft )?pr|"
    r"get this committed|do a commit|fix|test|run)\b",
    re.I,
)
ASKS: Final = re.compile(
    r"\W*(?:(?:ok(?:ay)?|hmm+|uh+|so|and|but|q|yes|no)\W+)*(?:(?:can|could|would|will|do|did|does|is|are|should) (?:you|we|i|it|the|this|that|there|they|user|claude)\b|"
    r"explain|show me|tell me|what|how|why|which|where|when|who|give (?:me )?(?:an )?example|isn'?t|review|check)\b",
    re.I,
)
# What chooses, refuses or corrects.
WISH: Final = re.compile(
    r"\b(?:not?|don'?t|never|drop|leave|keep|use|put|rather|instead|only|let'?s|should|shouldn'?t|want|wanted|prefer|skip|"
    r"remove|rename|add|apply|hide|replace|switch|make|stop|isn'?t|aren'?t|doesn'?t|wrong|must|always|need|needs|have to|has to|too (?:much|many|big|long)|go with|"
    r"i'?d|would like|would be|separate|wait|both|neither|none|revert|undo|move|change|call it|name it)\b",
    re.I,
)
REFUSAL: Final = 1.4
_REFUSES: Final = re.compile(
    r"“[^”]{0,60}(?:\b(?:not|no|don'?t|drop|never|stop|wrong|neither|none|undo|revert|without|instead|rather)\b|n't\b)",
    re.I,
)
_DENIES: Final = re.compile(r"\b(?:not|never|without|dont)\b|n't\b", re.I)
_ASKS_FOR: Final = re.compile(r"“(?:any chance|(?:can|could) we)\b", re.I)
AGAIN: Final = " (edits followed, and it failed again)"  # ends one that did not help
# Ends one, of which more is known.
_BECAME: Final = re.compile(
    r" \((?:edits (?:of \S+ )?followed|then (?:it passed|the user: )|no edit since)[^()]*\)$"
)
_REFUSED_CALL: Final = "denied: "  # begins a call that the user refused with words
_DENIED: Final = "denied by the user: "
_EDITS: Final = ("Edit `", "Write `", "MultiEdit `")
_REFUSED: Final = ("objected “", "denied ", "plan rejected: ")
_STRONG: Final = re.compile(
    r"\b(?:should|let'?s|want|don'?t|must|needs? to|rather|prefer|drop|use|put|keep|leave|never|instead|skip|remove|rename)\b",
    re.I,
)
_ANSWERED: Final = re.compile(
    r"(?P<asked>[^“”]{0,400}) → “(?P<said>[^“”]{0,800})”(?: = (?P<picked>(?:`[^`]{0,120}`|[^(:]){1,200}))?"
)
_SAYS: Final = re.compile(r"(?P<lead>[^“]{0,600})“(?P<said>.{1,900})”", re.S)
_BROKE: Final = re.compile(
    r"(?P<tool>[^`]{0,60})`(?P<what>[^`]{1,400})` (?P<how>[^:;`]{0,80})(?:: (?P<why>[^`].{0,400}))?", re.S
)
_CARRIED: Final = re.compile(rf"^({CARRIERS}) [^:`]{{1,80}}(?::\d+)?: ")
_AT_PLACE: Final = re.compile(r"` failed[^:;`]{0,60}: \S{1,160}\.\w{1,5}[:(]\d")
_WORKED: Final = re.compile(r"; (?:then|later|the same|passed|another|a later|worked)\b")
_INSTEAD: Final = re.compile(
    r"\b(?:then worked(?:: | (?=with |in part: |one by one: ))|later passed: )((?:with \w{1,40} |in part: |one by one: )?)`([^`]{1,400})`"
)
_SKIPPED: Final = re.compile(r"(?: only by|,) skipping tests in ([^\s,;:()]{1,60})")
_EDITED: Final = re.compile(r" after editing ([^\s,;:()]{1,60}(?:, [^\s,;:()`]{1,60}(?=[,;:]| \(|$))*)")
PLACE: Final = re.compile(r"^\S{0,160}\.\w{1,5}[:(]\d{1,6}(?:[:,]\d{1,6})?\)?:? (?=\S)")
_QUOTATION: Final = re.compile(r"“([^”]{12,200})”")
_CLAUSE: Final = re.compile(r"” “|(?<=[.!?;…])\s+|\s[—–-]\s|\n")  # noqa: RUF001 - as written
_FILLER: Final = re.compile(
    r"(?:(?:ok(?:ay)?|so|hmm+|uh+|yes|yeah|yep|and|then|also|well|but|oh|ah|no worries|cool|great|i think|i guess|i feel like|maybe)\b[\s,.!:-]*){1,6}",
    re.I,
)
# What must not end what was cut: the short words, which deny or join what would follow, in any language.
_ENDING: Final = re.compile(r"(?:[\s,;:(]+(?:[^\W\d_A-Z]{1,3}|I|from|that|this)){1,4}$")
_TELLING: Final = re.compile(r"[^\W\d_]{5,}|`[^`]+`")
_POINTS: Final = re.compile(
    r"\b(?:this|it|them|these|those|that (?:out|back|away|again))\b", re.I
)  # to what was said before
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")
_YES: Final = re.compile(r"\W*(?:y|yes|yep|yeah|ok(?:ay)?|sure)\b\W*", re.I)
_WORDS: Final = re.compile(r"\w+")
_ONLY_YES: Final = re.compile(
    r"\W*(?:y|yes|yep|yeah|ok(?:ay)?|sure|go|do it|continue|thanks?|thats? correct|correct)?\W*$", re.I
)


class Few(NamedTuple):
    """What an item is in few words."""

    told: str
    words: int
    said: str | None  # that it quotes
    worth: float
    slipped: float


Ranked = list[tuple[float, int, Few]]  # those that choose, refuse or correct first, with the places in a list


def also(few: Ranked, words: int, shown: str = "", least: int = 1) -> tuple[str, list[int]]:
    """Return a line of about so many words that tells those in short for which it has room, and their places.

    Args:
        shown: What stands in the list, and is not told again.
        least: No item takes fewer words.
    """
    room, kept = words - 2, list[tuple[int, str]]()
    for _, at, it in few if words >= FEWEST else ():
        if it.words <= room and (it.said is None or it.said not in shown):
            kept.append((at, it.told))
            room -= it.words
            if room < least:
                break
    kept.sort()
    return (LEAD + _joined([told for _, told in kept]) if kept else ""), [at for at, _ in kept]


@lru_cache(2_000)  # asked for each room that there may be
def few_of(item: str) -> Few | None:
    """Return it, None where it only tells to go on."""
    told = brief(item)
    if not told or (goes_on(told) and " (to: " not in told):
        return None
    found = _QUOTATION.search(told)
    said = found[1].strip("….?! ") if found else None
    return Few(told, len(told.split()), said, _worth(told), _slipped(item))


def _joined(told: list[str]) -> str:
    """Return these on one line: what they are, and the line they rest on, once for those that follow each other."""
    out = told[0]
    for before, each in pairwise(told):
        lead, same = before.partition("“")[0], parts.AT_LINE.search(each)
        if same and out.endswith(same[0]):
            out = out[: -len(same[0])]
        alike = lead and each.startswith(f"{lead}“")
        out += f", {each.removeprefix(lead)}" if alike else f"; {each}"
    return out


def _slipped(item: str) -> float:
    """Return what it takes from a failure that it was a slip in code, mended at its place, or a trifle."""
    mended = _AT_PLACE.search(item) and " after editing " in item
    failure = parts.failure(item.removeprefix("- ")) if "` failed" in item and not mended else None
    return SLIPPED if mended or (failure and parts.is_trifle(failure["what"], failure["why"])) else 1.0


def _worth(told: str) -> float:
    """Return what a few words tell for their length: most when they choose and are whole, least of an order to go on."""
    value = _kind(told)
    asks = not _picks(told) and ASKS.match(told) and not _ASKS_FOR.match(told)
    asks = asks or (told.partition("” (")[0].endswith("?") and not _ASKS_FOR.match(told))
    if told.startswith("denied "):
        value *= 0.7 if asks else 1.0
    elif asks or goes_on(told):
        value = 0.4
    value *= REFUSAL if _REFUSES.search(told) else 1.0  # no deed shows it
    return value * (0.7 if "…" in told.partition(" (not: ")[0] else 1.0) / (len(told.split()) + LEAST_COST)


def _kind(told: str) -> float:
    """Return what the kind of an item is worth: what the user refused most, then failures whose remedy is known."""
    if told.startswith(_REFUSED[0]):
        return 5.0
    if _picks(told) or told.startswith(_REFUSED) or "`: tests " in told or "`: agent: “" in told:
        return 3.0
    if told.startswith("agent noted: "):
        return 1.5
    if told.startswith("agent's diagnosis: ") or " (then " in told or " (worked, " in told:
        return 2.0
    if told.startswith(REWORKED) or ("`: " in told and told[:1] not in "“…"):
        return 1.5
    return 2.0 if WISH.search(told) else 1.0


def goes_on(said: str) -> bool:
    """Tell whether words only tell the agent to go on."""
    text = said.lstrip("“…")
    if text.count(" ") > ORDER:
        return False  # it says what to do
    filler = _FILLER.match(text)
    return bool(_GOES_ON.match(text) or (filler and _GOES_ON.match(text, filler.end())))


def _picks(told: str) -> bool:
    """Tell whether a few words are of an option that was taken."""
    return parts.takes(told) or told.startswith(CHOSE) or " → " in told.partition("“")[0]


@lru_cache(2_000)
def brief(item: str) -> str:
    """Return an item of a list in a few words, with its line; nothing where these would not tell anything."""
    found = parts.ITEM.match(item[:READ_CHARS])
    if found is None or not (told := _told(found["text"])):
        return ""
    return f"{told}{found['at'] or ''}"


def _told(text: str) -> str:
    if found := _ANSWERED.match(text):
        return _decided(found, text)
    if text.startswith(("approved the plan", "rule “", *_EDITS)):
        return ""
    if text.startswith(OBJECTED):
        return _objected(text)
    if text.startswith(_DENIED):
        return f"denied {shorten(text.removeprefix(_DENIED), WHY_CHARS)}"
    found = None if text.startswith(_REFUSED_CALL) else _BROKE.match(text)
    if found and "“" not in found["how"] and "user" not in found["how"]:
        return _broke(found, text)
    if found := _SAYS.match(text):
        return _worded(found, text)
    return shorten(text, WHY_CHARS)


def _decided(found: re.Match[str], text: str) -> str:
    said, picked = gist(parts.ASKS_TOO.sub("…", found["said"])), (found["picked"] or "").strip()
    if picked:
        named = "; ".join(_few(parts.title(each), TO_WORDS) for each in picked.split("; "))
        asked = f"{_few(found['asked'], OF_WORDS, last=True)} → " if len(named.split()) < ALONE else ""
        if asked and found["asked"] == WHICH:  # neither the question nor the name tells anything
            means = text[found.end() :].partition(": ")[2]
            asked, named = "", f"{named}{means and ': '}{_few(means, OF_WORDS + TO_WORDS)}"
        reply = _CLAUSE.split(found["said"])[0].rstrip(". ")
        if "; " in picked and reply[-1:].isdigit():  # "1. and 2." has no end of a clause in it
            reply = said or reply
        lead = f"{asked}“{reply}” = " if len(reply) > LABEL else asked or CHOSE
        return f"{lead}{named}{_passed(text)}"
    if found["asked"].startswith(parts.OF_THEIRS) and _ONLY_YES.match(found["said"]):
        return f"{_few(found['asked'], WHOLE)} → “{found['said']}”"
    alone = len(said.split()) >= ALONE
    agrees = _ONLY_YES.match(found["said"]) or repeats(found["asked"], found["said"])
    if agrees or not said or not (alone or _LETTERS.search(said)):  # or it is a mere number
        return ""
    to = _passed(text) or ("" if alone else f" (to: {_few(found['asked'], TO_WORDS, last=True)})")
    return f"“{said}”{to}"


def _objected(text: str) -> str:
    said = text.removeprefix(f"{OBJECTED}“").partition("” (to: ")[0].partition("”; the agent: ")[0]
    told = gist(said.rstrip("”"))
    to = text.partition("” (to: ")[2].partition("); the agent: “")[0].removesuffix(")")
    says = len(told.split()) > ALONE_TO and not _POINTS.search(told)
    alone = not to or (says and to.startswith(OWN))
    return (f"objected “{told}”" + ("" if alone else f" (to: {_few(to, WORDS)})")) if told else ""


def _broke(found: re.Match[str], text: str) -> str:
    named = f"{found['tool']}`{call(found['what'], CODE_CHARS)}`"
    failure = parts.failure(text)
    said = failure["said"].removeprefix(SAID).removesuffix("”") if failure else ""
    if failure and len(said.split()) >= EXPLAINS:
        return f"{named}: agent: “{shorten(said, DIAGNOSIS_CHARS)}”{_done(failure['then'])}"
    why = failure["why"].removeprefix(": ") if failure else parts.THEN.split(found["why"] or "")[0]
    then = failure["then"] if failure else text[found.start("why") + len(why) :]
    return f"{named}: {cause(why, WHY_CHARS)}{_done(then)}" if why else ""


def _worded(found: re.Match[str], text: str) -> str:
    lead = found["lead"]
    kind = "plan rejected: " if lead.startswith(REFUSED_PLAN) else ""
    if lead.startswith(_REFUSED_CALL):
        kind = f"denied {_refused(lead)}{', user:' if '`' not in lead else ':'} "  # not the plan's words
    elif lead.startswith("agent"):
        kind = lead
    said = shorten(found["said"], DIAGNOSIS_CHARS) if kind[:5] == "agent" else gist(found["said"])
    became = _BECAME.search(text)
    mended = became[0] if became else ""
    to = text.partition("” (to: ")[2].removesuffix(")") if not kind and len(said.split()) <= ALONE else ""
    return f"{kind}“{said}”{mended}{to and f' (to: {_few(to, WORDS)})'}" if said else ""


def repeats(asked: str, said: str) -> bool:
    """Tell whether an answer only says yes, partly in the words of the question."""
    yes = _YES.match(said)
    return yes is not None and set(_WORDS.findall(said[yes.end() :].lower())) <= set(
        _WORDS.findall(asked.lower())
    )


def _passed(text: str) -> str:
    """Return the options that were not taken, or what an answer in other words chose from, by their first words."""
    beside = parts.NOT if parts.NOT in text else parts.OFFERED
    options = text.rpartition(beside)[2].removesuffix(")").split("; ") if beside in text else []
    told = "; ".join(_few(parts.title(each), OPTION_WORDS) for each in options[:OPTIONS])
    return f"{beside}{told}{'; …' * (len(options) > OPTIONS)})" if told else ""


def _done(then: str) -> str:
    """Return what made work what had failed: the command that did, else the file that was edited before."""
    if not _WORKED.search(then):
        return " (now another error)" if then.startswith(OTHERWISE) else ""
    if found := _SKIPPED.search(then):
        return f" (passed, tests skipped in {found[1]})"
    if found := _INSTEAD.search(then):
        return f" (then {found[1]}`{command(found[2], CODE_CHARS)}`)"
    if found := _EDITED.search(then):
        return f" (worked, {found[1]} edited)"
    return " (later worked)"


def cause(why: str, most: int) -> str:
    """Return why something failed, cut; the place in a file goes before the words do."""
    return both_ends(why if len(why) <= most else PLACE.sub("", why, count=1), most)


def call(what: str, most: int) -> str:
    """Return a command line cut: without what filters its output, what carries it elsewhere by its name."""
    return command(_CARRIED.sub(r"\1: ", bare(what)), most)


def _refused(lead: str) -> str:
    """Return what the user refused in a few words: what an edit would have written, else the call."""
    codes = lead.removeprefix(_REFUSED_CALL).split("`")
    if len(codes) > 3 and codes[3].strip():
        return f"`{command(codes[3], CODE_CHARS)}` in {codes[1].rpartition('/')[2]}"
    return _code("`".join(codes[:2])) if len(codes) > 1 else shorten(codes[0].partition(";")[0], CODE_CHARS)


def _code(named: str) -> str:
    """Return a denied call's name with its input cut."""
    tool, _, what = named.partition("`")
    return f"{tool if tool.strip() not in ('Bash', 'PowerShell') else ''}`{command(what.strip('`'), CODE_CHARS)}`"


def gist(said: str) -> str:
    """Return the few words of what a person said that choose, refuse or correct; marked where others are left out."""
    parts = [part.strip() for part in _CLAUSE.split(said) if part and part.strip()]
    stated = [part for part in parts if not part.endswith(("?", ":"))] or parts
    wishes = [part for part in stated if WISH.search(part)]
    telling = (part for part in wishes if len(_TELLING.findall(part)) >= TELLING)
    best = next(telling, wishes[0] if wishes else stated[0] if stated else "")
    at = stated.index(best) if best else 0
    leads = best == parts[0] if parts else False
    if leads and len(stated) < len(parts) and len(best.split()) <= LEADS_IN and not WISH.search(best):
        return ""  # "two more things" before questions
    if len(best.split()) < ALONE and at + 1 < len(stated):
        best = f"{best} {stated[at + 1]}"  # "no." says too little
    bare = best[found.end() :] if (found := _FILLER.match(best)) and len(best) - found.end() > 3 else best
    before = "…" if parts and not best.startswith(parts[0]) else ""
    most = len(bare.split())
    if most > WHOLE:  # of a long one, the clause that says what is to be
        clauses = bare.split(", ")
        wished = next((part for part in clauses if _STRONG.search(part)), clauses[0])
        if wished == clauses[0] and len(clauses) > 1 and len(wished.split()) >= ALONE and WISH.search(wished):
            bare = f"{wished}…"
        before, bare = (before, bare) if wished == clauses[0] else ("…", bare[bare.index(wished) :])
        lead, colon, wanted = bare.partition(": ")
        if colon and lead.count(" ") < ORDER and _STRONG.search(wanted):  # what comes before only leads to it
            before, bare = "…", wanted
        most = WHOLE if _DENIES.search(bare) else WORDS  # what is not, is often followed by what is
    told = f"{before.removeprefix('…' * bare.startswith('…'))}{_few(bare, most)}".strip(" ,;:")
    return f"{told}?" if best.endswith("?") and not told.endswith("?") else told


def _few(text: str, most: int, *, last: bool = False) -> str:
    """Return the first words of a text, or the last ones of a question."""
    words = text.split()
    if len(words) <= most + 1:
        return " ".join(words)
    if last:
        return "…" + " ".join(words[-most:])
    cut = " ".join(words[:most])
    if cut.count("(") > cut.count(")") and cut.rfind("(") > len(cut) // 2:
        cut = cut[: cut.rfind("(")]
    return unended(cut) + "…"


def unended(cut: str) -> str:
    """Return what is left of a text that was cut, without the words that only begin what is gone."""
    kept = _ENDING.sub("", cut[-ENDING_CHARS:])
    whole = cut[:-ENDING_CHARS] + kept
    return (whole if len(whole) * 2 > len(cut) else cut).rstrip(" ,;:.(")
