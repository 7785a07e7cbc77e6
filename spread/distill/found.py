# ruff: noqa: RUF001  (the patterns hold the dashes and quotes that people and agents write)
"""What the agent says of its own errors: what proved wrong, what the cause was, and how it answers an objection."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from spread.distill.intents import stated
from spread.distill.words import sentences, stems
from spread.distillation_codec import shorten

FOUND_CHARS: Final = 240
MIN_CHARS: Final = 40
LEAST_CHARS: Final = 20  # of what is said of a failure that was just met
LEAST_STEMS: Final = 3  # telling words of what proved wrong; "I had it backwards" says of nothing what
MAX_A_SAY: Final = 2
READ_CHARS: Final = 4_000
WRONG, CAUSE = "agent noted", "agent's diagnosis"
SUPPOSED: Final = "agent supposed"  # that code has errors: told only where it had none
# Both look at text in lower case with straight apostrophes.
_WRONG: Final = re.compile(
    r"\b(?:i was wrong|(?:my|a) mistake\b|i(?:'d| had)? (?:misread|misunderstood|overlooked|assumed)|i should(?:n't| not) have|i had it backwards|"
    r"turns? out|turned out|(?:did|does)(?:n't| not) (?:work|help|fix|bring|take effect)|wasn't the (?:cause|issue|problem|reason)|"
    r"not the (?:cause|issue|problem)\b|(?:is|are|was|were) still broken|still (?:fails|failing)|had no effect|"
    r"isn't supported|not supported (?:in|on|for|by)|only (?:works|accepts) |(?:is|are) not accepted|which is (?:odd|strange|unexpected|wrong)|"
    r"unexpectedly|(?:not|n't) actually|false alarm|must have been (?:stale|transient|left over)|(?:i )?f(?:a|e)ll(?:ing)? back (?:to|on)|worked around|"
    r"(?:is|was|as|using|used|there's) (?:a|the) workaround|workaround (?:is|was))\b"
)
_CAUSE: Final = re.compile(
    r"\b(?:root cause|(?:real|actual|underlying) (?:issue|problem|cause)|the (?:issue|problem|cause|reason|culprit) (?:is|was|here is)\b(?! clear)|caused by|"
    r"that explains)"
)
_SUPPOSED: Final = re.compile(
    r"\b(?:are|were|is|has|have) (?:(?:some|still|now|also|an?|few) ){0,2}(?:compil\w+|syntax|type|build|import) errors?\b"
)
_DONE: Final = ("work", "help", "fix", "bring", "take effect")
_HINTS: Final = (
    "i was wrong", "my mistake", "a mistake", "i misread", "d misread", "misunder", "overlooked", "i assumed", "d assumed", "i shouldn", "i should not",
    "backwards", "turn out", "turns out", "turned out", "only works ", "only accepts ", "not accepted", "had no effect", "still fail",
    "still broken", "t supported", "which is odd", "which is strange", "which is unexpected", "which is wrong", "unexpectedly",
    "fall back ", "fell back ", "ing back ", "workaround", "worked around", "root cause ", "caused by",
    *(f"the {it} {now}" for it in ("issue", "problem", "cause", "reason", "culprit") for now in ("is", "was", "here is")),
    *(f"{lead} {it}" for lead in ("t the", "real", "actual", "underlying") for it in ("issue ", "issue:", "problem", "cause ", "cause:")),
    "t the reason ", "t actually", "false alarm", "must have been ",
    *(f"{what} error" for what in ("compilation", "compile", "compiler", "syntax", "type", "build", "import")),
    *(f"{no} {done}" for no in ("n't", "n\u2019t", "not") for done in _DONE),
)  # fmt: skip
_STEMS: Final[dict[str, list[str]]] = {  # each hint holds one of these
    stem: [hint for hint in _HINTS if stem in hint]
    for stem in ("cause", "issue", "problem", "culprit", "reason", "wrong", "mis", "overl", "assumed", "i should", "back", " out", "work",
                 "t help", "t fix", "t bring", "effect", "still ", "supported", "accept", "which is ", "unexpected",
                 "t actually", "false alarm", "must have been ", " error")
}  # fmt: skip
# Says that the cause is found; what follows is the cause.
_WHAT: Final = r" (?:what(?:'s| is) wrong|(?:the |that'?s the )?(?:real |actual |root )?(?:issue|problem|bug|cause|culprit))(?: now)?\W"
_SEES: Final = re.compile(  # each begins with its letter, as the search is several times as fast so
    rf"f(?<!\wf)ound it\b\W|f(?<!\wf)ound{_WHAT}|i(?<!\wi) (?:can )?(?:now )?(?:see|know|understand){_WHAT}|"
    rf"h(?<!\wh)ere(?:'s| is){_WHAT}|s(?<!\ws)potted{_WHAT}|i(?<!\wi)dentified{_WHAT}"
)
_SEES_HINTS: Final = ("found it", "issue", "problem", "bug", "cause", "culprit", "wrong")
_FOUND_IT: Final = "found it"  # may be what was looked for
_TROUBLE: Final = re.compile(
    r"\b(?:but|not|no|never|only|still|should|instead|default\w*|hard-?cod\w*|missing|wrong\w*|bugs?|err\w*|fail\w*|"
    r"because|since|interfer\w*|conflict\w*|mean(?:s|t)|stale|without|overrid\w*|overwr\w*|br(?:eak|oke)\w*|cause\w*|issues?|problems?|"
    r"twice|again|before|undefined|null|too|ignor\w*|skip\w*|drop\w*|los(?:es|t)|mismatch\w*)\b|n't\b"
)
_DASH: Final = re.compile(r" [—–-] ")
_NEEDS: Final = re.compile(r"i (?:need|have) to\b")
_OPEN_ENDS: Final = "?:\uff1a"
EXPLAINED_CHARS: Final = 600
REPORT_CHARS: Final = 1_200  # of a message that is longer, a report of more than that
SEEN_CHARS: Final = 600  # after these words are looked at
_PLANS: Final = re.compile(
    r"\W*(?:let me|let's|i'll|i will|i need to|now|first|next|if|would|should|could|can|do you|want|perhaps|maybe|this would|shall|fall back|looking at|"
    r"i'm (?:(?:now|also|just|only|then|going to) )*(?!seeing|getting|hitting|missing|running)\w+ing)\b"
)
# A plan that says what it takes back, or does in place of that.
_TURNS: Final = re.compile(
    r"\W*(?:let me|i'll|i will)\b.{0,80}\b(?:instead|revert\w*|undo(?:ing)?|back out)\b"
)
_UNSURE: Final = re.compile(
    r"\b(?:likely|probably|perhaps|maybe|might|may be|could be|seems?|appears?|i think|i suspect|if )\b|^\W*that explains"
)
_PLEASES: Final = re.compile(
    r"\W*(?:(?:ah|oh|yes|ok(?:ay)?|no|right|understood|got it|good (?:catch|point|question)|great (?:point|question|catch)|"
    r"you(?:'re| are) (?:absolutely |completely |totally )?right(?: to \w+(?: (?:that|this))?)?|apologies|sorry(?: (?:about|for) (?:that|the \w+))?|i apologi[sz]e|thanks?(?: you)?|"
    r"makes sense|fair (?:point|enough)|i see)\b[\s,.!:;—–-]*)+",
    re.I,
)


def found(said: str, low: str = "") -> list[tuple[str, str]]:
    """Return (kind, sentence) of what a message says that proved wrong or was the cause of something.

    Args:
        low: The message in lower case, where that is known.
    """
    out: list[tuple[str, str]] = []
    if len(said) < MIN_CHARS:
        return out
    said, low = said[:READ_CHARS], (low or said.lower())[:READ_CHARS]
    if seen := _seen(said, low):
        out.append((CAUSE, seen))
    roots = filter(low.__contains__, _STEMS)  # to look for these is much faster than for the patterns
    hints = [*filter(low.__contains__, chain.from_iterable(map(_STEMS.__getitem__, roots)))]
    if not hints:
        return out
    for text in sentences(said, lambda part: any(map(part.lower().__contains__, hints))):
        low = text.lower().replace("’", "'")
        if (
            len(text) < MIN_CHARS
            or _UNSURE.search(low)
            or text[-1] in "?:"
            or text[0] in "|#"
            or _PLANS.match(low)
        ):
            continue
        kind = CAUSE if _CAUSE.search(low) else WRONG if _WRONG.search(low) else ""
        kind = kind or (SUPPOSED if _SUPPOSED.search(low) else "")
        told = shorten(text.replace("**", ""), FOUND_CHARS)
        says = len(stems(_PLEASES.sub("", told, count=1))) >= LEAST_STEMS if kind == WRONG else bool(kind)
        if says and (kind, told) not in out:
            out.append((kind, told))
    return out[:MAX_A_SAY]


def _seen(said: str, low: str) -> str:
    """Return the sentence that follows the words that a cause is found, unless it only says what is done next."""
    found = _SEES.search(low) if len(low) == len(said) and any(map(low.__contains__, _SEES_HINTS)) else None
    if found is None:
        return ""
    text = next(sentences(said[found.end() : found.end() + SEEN_CHARS].lstrip(" *-—–!.:\n")), "")
    bare = text.replace("**", "").strip()
    plain = bare.lower().replace("’", "'")
    if found[0].startswith(_FOUND_IT) and not _TROUBLE.search(plain):
        return ""
    if (
        len(bare) < MIN_CHARS
        or bare[-1] in "?:"
        or bare[0] in "|#"
        or _PLANS.match(plain)
        or _UNSURE.search(plain)
    ):
        return ""
    return shorten(bare, FOUND_CHARS)


def answer_to_objection(said: str) -> str:
    """Return the first sentence of a message that tells more than that the user is right; empty when there is none."""
    for text in sentences(said[:READ_CHARS]):
        bare = (
            _PLEASES.sub("", text.replace("**", ""), count=1)
            if _PLEASES.match(text.replace("**", ""))
            else text
        )
        bare = bare.replace("**", "").strip(" *_#")
        low = bare.lower().replace("’", "'")
        plans = _PLANS.match(low) and not _TURNS.match(low)
        if len(bare) >= MIN_CHARS and not plans and bare[-1] not in "?:" and bare[0] not in "|#`":
            return shorten(bare, FOUND_CHARS)
    return ""


def explanation(said: str) -> str:
    """Return the first sentence of what was said right after a failure that tells more than what is done next.

    Of one that is a plan only what stands behind a dash, which is why; without any other, what is needed.
    """
    return shorten(next((bare for _, bare in explanations(said)), ""), FOUND_CHARS)


def explanations(said: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of which `explanation` takes the first, as they were written and what of them counts."""
    needed = list[tuple[str, str]]()
    for text in sentences(said[:EXPLAINED_CHARS]) if len(said) <= REPORT_CHARS else ():
        bare = text.replace("**", "").strip(" *_#")
        low = bare.lower().replace("’", "'")
        if _PLANS.match(low):
            if _NEEDS.match(low) and bare[-1] != ":":
                needed.append((text, bare))
            bare = bare[dash.end() :] if (dash := _DASH.search(bare)) else ""
        bare = stated(bare)
        if len(bare) >= LEAST_CHARS and bare[-1] not in _OPEN_ENDS and bare[0] not in "|#":
            yield text, bare
    yield from needed
