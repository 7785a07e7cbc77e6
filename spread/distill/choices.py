# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""What a prompt prefers, decides, corrects or states: sentences that are no question and tell of no mere symptom."""

import re
from typing import Final

from spread.distill.prompts import objects
from spread.distill.words import OUTPUT, PASTED_CHARS, in_plain, sentences, typed, unpasted

_WONDERS: Final = re.compile(
    r"^(?:(?:(?:so|and|but|ok|okay|then|well|hm+|hey|wait)[ ,]+){0,2}(?:why|what|how|who|where)|would|could|can|should|do (?:you|we))\b"
)
# Asks, though no mark ends it: who types fast leaves that out.
_INVERTED: Final = re.compile(
    r"(?:(?:so|and|but|ok(?:ay)?|also|then),? ){0,2}(?:(?:does|did) (?!not\b)\w|(?:is|are|was|were) (?:it|this|that|there\w?|these|those|they|we|you|the|any|our|my|your)\b"
    r"|(?:do|have) (?:we|you|they|i)\b)|"
    r".*\b(?:doesn't (?:that|this|it) mean|wouldn't (?:that|this|it) (?:be|mean)|(?:should|could|can|are|do|did|have)n't we|(?:isn't|aren't) there"
    r"|or (?:should|is|are|does?|can|shall|would) (?:it|we|i|they|this|that))\b"
)
_CHOICE: Final = re.compile(
    r"\b(?:i think|i'd|i would|i feel like|i guess|i want|i need|we (?:would )?want|we should|should (?:be|appear|just|live|use|"
    r"display|also|have|capture|go)|let's|lets|(?:has|have) to|is|are|keeps|directly|not|instead|for now|name it|called|rather|use|"
    r"actually|already|isn't|too? much|risk|don't have|doesn't (?:keep|handle)|for consistency|"
    r"back to|go with|stick (?:with|to)|no longer|(?:leave|keep) (?:it|that|this|them|[\w-]+ (?:in|at|on|as|to))|drop (?:it|that|this|them))\b|"
    r"\b(?:lieber|statt(?:dessen)?|zurück (?:zu|damit|auf)|wie vorher|bleibt|mejor|en (?:vez|lugar) de|prefiero|plutôt|au lieu de|on garde)\b|"
    r"ではなく|のまま|に戻|改成|改回|不要|还是用|"
    r"^(?:no|yes|ok|okay|hmm+|[a-d][.)])\b|^(?:do it|fine|agreed|sure|go ahead)\b[ ,]+(?!(?:and )?(?:commit|push|merge|go|lets?|proceed|thanks?)\b)\S.{2,}|"
    r"^also (?!i\b|it\b|this\b|that\b|there|the\b|wh|how\b|is\b|are\b|can\b|could\b|[a-z]+[^s]s\b)[a-z]{3,}",
)
# A wish in the form of a question.
_ASKED_FOR: Final = re.compile(
    r"^(?:any chance (?:we|you) c(?:an|ould)|(?:can|could) we (?:please |just |also |instead |maybe )?(?:use|not|drop|leave|keep|rename|put|avoid|skip))\b"
)


# What the user sees go wrong, as long as no word tells what to do: a report, which the repair soon makes untrue.
_SYMPTOM: Final = re.compile(
    r"\b(?:still (?:see|seeing|get|getting|show\w*|not)|(?:can't|cannot|can not) (?:get|see|find|log|open)|seems?|"
    r"looks like|(?:it's|its|is) giving|giving me|i'm (?:seeing|getting)|i (?:get|see|got)|there's no|remains?|ends? up|off by|"
    r"displayed|stuck)\b|^(?:done|perfect|great|nice|good|cool|awesome)\b[,.!]"  # or what the user did, or is content with
)
_DIRECTS: Final = re.compile(
    r"\b(?:should|must|let's|lets|want|need|instead|prefer|rather|please|don't|dont|do not|use|keep|make|name it|called|"
    r"i'd|i would|has to|have to|for now|add|remove|change|put|only|never|always)\b"
)
_REDIRECTS: Final = re.compile(
    r"\b(?:should|must|let's|lets|prefer|rather|don't|dont|do not|use|keep|put|leave|remove|only|never|always|"
    r"usa|pon(?:lo|la)?|deja|quita|solo|nunca|siempre|nimm|lass|immer|nur|utilise|mets|laisse|jamais|toujours)\b"
)
_OWN_VOICE: Final = re.compile(r"\b(?:i|we|you|let's|lets|please|don't|dont|my|our|me|us)\b")


# A decision, and a request in the form of a question that builds on it.
_THEN_ASKS: Final = re.compile(
    r"((?:(?:ok|okay|yes|so)[ ,]+){0,2}let'?s (?!see\b|look\b|talk\b)[^?,.]{8,120}), (?:can|could|would) you\b",
    re.I,
)
# Says of itself that it asks.
_QUESTION: Final = re.compile(
    r"\W*(?:(?:so|ok|okay|and|now|just|but)[ ,]+){0,3}(?:(?:a|one|another|quick|other) ){0,2}question\b", re.I
)
# Begins what the agent had said, of which the user then speaks: no choice of theirs.
_QUOTES: Final = re.compile(
    r"(?:[\w']+,? ){0,3}?(?:you (?:just |had )?(?:wrote|said|say|stated|mentioned|claimed|write)|du (?:schreibst|sagst|hast geschrieben)|"
    r"(?:dijiste|escribiste|tu as (?:dit|écrit)|você (?:disse|escreveu)))(?: (?:above|before|earlier|oben|that))?(?::|[ ,]+[\"\u201c\u201e\u00ab>])",
    re.I,
)
SEVERAL: Final = 3  # paragraphs of a prompt are a list of what is wanted
_BLANK: Final = re.compile(r"\n\s*\n")


def choices(text: str, *, answers: bool = False, halts: bool = False) -> list[str]:
    """Return the sentences of a prompt that prefer, decide, correct or state something, verbatim; no questions.

    Args:
        answers: The prompt follows a question of the agent; then whatever it states counts.
        halts: The person stopped the agent to say this: what it directs then corrects that.
    """
    text = unpasted(text)
    if _QUESTION.match(text) and text.rstrip().endswith("?"):
        return []  # what it states leads to what it asks
    listed = len(text) <= PASTED_CHARS and len(_BLANK.findall(text.strip())) >= SEVERAL - 1
    corrects = answers or objects(text) or listed
    out = []
    for said in sentences(typed(text)):
        if said.endswith("?") and (found := _THEN_ASKS.match(said)):
            said = found[1]
        plain = in_plain(said)
        wish = bool(_ASKED_FOR.match(plain))
        wonders = _WONDERS.match(plain) or ("," not in plain.replace(", or ", " ") and _INVERTED.match(plain))
        asks = not wish and (said.endswith(("?", "？")) or (bool(wonders) and not corrects))
        if (
            not 10 <= len(said) <= 300
            or asks
            or _QUOTES.match(plain)
            or not (wish or corrects or _CHOICE.search(plain) or (halts and _REDIRECTS.search(plain)))
        ):
            continue
        if not answers and _SYMPTOM.search(plain) and not _DIRECTS.search(plain):
            continue
        if (len(text) <= PASTED_CHARS or _OWN_VOICE.search(plain)) and not OUTPUT.search(said):
            out.append(said)
    return out
