# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""The prompts of a session, each with what it answered, what was answered to it, and the choices that it states."""

import re
from typing import Final

import msgspec

from spread.distill.options import named, picked
from spread.distill.prompts import assents, objection, objects, only_declines
from spread.distill.questions import OFFER, with_aside
from spread.distill.reports import dense
from spread.distill.subject import is_empty, offered, subject_of
from spread.distill.verdicts import spoken_of
from spread.distill.words import (
    OUTPUT,
    PASTED_CHARS,
    in_plain,
    kept_stems,
    own_words,
    sentences,
    stems,
    stems_once,
    typed,
    unpasted,
)
from spread.distillation_codec import shorten
from spread.distillation_told import OBJECTED, WISHED
from spread.transcript_events import Prompt, Say

# A name is told from a word by what stands in it: `db:generate`, `a/b.py`, `read_all`.
_DENIED: Final = re.compile(
    r"\bnot (?:the |an? |in |from |because of |due to )?[`\"'“]?(\w+(?:[./:_-]+\w+)+)"
)
ABOUT_READ: Final = 4_000
ABOUT_CHARS: Final = 200
OBJECTION_CHARS: Final = 240
OBJECT_TO_CHARS: Final = 240  # of what one is to
OBJECT_CHARS: Final = 28  # a shorter message is nothing to object to
LAST_CHARS: Final = 80  # of the last message
FEW_OBJECTING: Final = 30  # words of one
SHORT_CHARS: Final = 60  # of a prompt that speaks of something said before
REMARK_CHARS: Final = 200  # of one that follows an offer
GENERAL: Final = 2  # words of an offer that hardly says what is offered
MOST_ITEMS: Final = 5  # of a short list
ITEMS_CHARS: Final = 220
_NUMBERED: Final = re.compile(r"[1-9]\. ")  # begins items that a reply names by their numbers
_ITEM: Final = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+")
EXPLAINED_CHARS: Final = 100  # of an answer to what names nothing; a longer one says itself to what
SHARED: Final = 2  # words of what a prompt speaks of, and
OF_WORDS: Final = 3  # of so many of its own one
_AGREES: Final = re.compile(
    r"\W*(?:y|yes|yep|yeah|ok(?:ay)?|sure|cool|great|good|nice|perfect|fine|right|correct|let'?s|go|do|ja|sí|oui)\b",
    re.I,
)
ASKING: Final = ("?", "\uff1f")  # end a question
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
    r"\b(?:after all|on second thoughts?|you know what|let it be|once and for all|make it (?!work|so\b|pass|compile|happen|clear|possible))\b|"
    r"\b(?:endgültig|(?:fliegt|kommt|muss|soll) (?:wieder )?raus|finalement|en fin de compte|al final|finalmente|afinal)\b|最终|やっぱり|"
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
    r"displayed|stuck)\b|^(?:(?:ok(?:ay)?|yes|ah+|oh|right|that)[ ,]+){0,3}(?:makes sense|i see|got it|understood|fair enough)\W*$|"
    r"^(?:done|perfect|great|nice|good|cool|awesome)\b[,.!]"  # or what the user did, or is content with
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


class Turn(msgspec.Struct, array_like=True, gc=False):
    """One prompt, what it answered, and the last and longest words of the agent on it."""

    prompt: Prompt
    asked: str = ""  # the question in what the agent had said before
    picked: str = ""  # the option of that which the prompt picks
    passed: str = ""  # the other options
    chosen: tuple[str, ...] | None = None  # what it prefers, decides, corrects, verbatim; see `choices_of`
    objects: bool = False
    # The sentence of what the agent had said before that it objects to, or in short speaks of.
    about: str = ""
    admits: str = ""  # what the agent answered to that
    denies: tuple[str, ...] = ()  # names of what it says is not the cause
    halts: bool = False  # the agent was stopped for it
    last: Say | None = None
    longest: Say | None = None  # of the last turns only
    shown: int = 0  # the line of an image without a word that came after it


def turn_of(prompt: Prompt, asked: str, before: Say | None, wish: str = "") -> Turn:
    """Return the turn that a prompt begins.

    Args:
        asked: The question of the agent that it follows, if any.
        before: What the agent said last.
        wish: What the user had asked for that the agent answered so, if it was only talked of.
    """
    if prompt.kind == "shell":  # a command that the user runs answers nothing, and objects to nothing
        return Turn(prompt)
    taken, others = picked(prompt.text, before.text, asked) if before else ("", "")
    if before and asked and not taken and assents(prompt.text):
        asked = with_aside(before.text, asked)  # a mere yes is to that, too
    against = objects(prompt.text) and (is_general(asked) or not only_declines(prompt.text, asked))
    turn = Turn(prompt, asked, taken, others, objects=against)
    # A question may lay out two ways of its own that a number means.
    listed = before.text if before and not (asked or taken) and prompt.kind == "typed" else ""
    by_label = spoken_of(prompt.text, listed) if listed else ""
    if turn.objects:
        said, read = before.text if before else "", prompt.text[:ABOUT_READ]
        end, own = said[-ABOUT_READ:], own_words(prompt.text)[:ABOUT_READ]  # what a program said tells less
        turn.about = (by_label or named(read, said) or _about(own, end) or _about(read, end)) if said else ""
        turn.denies = tuple(_DENIED.findall(prompt.text[:ABOUT_READ]))
    elif by_label:
        turn.about = by_label
    elif before and not taken and prompt.kind == "typed":
        if _says_little(prompt.text, asked):
            turn.about = _remarked(prompt.text, before.text)
        if not turn.about and is_empty(asked):
            _explain(turn, before.text, wish)
    return turn


def objection_of(turn: Turn, about: str, before: Say | None) -> str:
    """Return what a prompt objects, and to what: if nothing is known to be meant, a short one to what was said last.

    What answers a list by its numbers is told whole, as all of it is of that.
    """
    said = turn.prompt.text
    last = dense(before.text) if before and not (about or says_itself(said)) else ""
    about = about or (shorten(last, LAST_CHARS) if len(last) >= OBJECT_CHARS else "")
    to = f" (to: {shorten(about, OBJECT_TO_CHARS)})" if about else ""
    whole = _NUMBERED.match(turn.about)
    told = shorten(" ".join(said.split()), OBJECTION_CHARS) if whole else objection(said, OBJECTION_CHARS)
    return f"{OBJECTED}“{told}”{to}"


def says_itself(objection: str) -> bool:
    """Tell whether an objection has so many words of its own that they say what it is against."""
    return len(own_words(objection).split()) > FEW_OBJECTING


def _remarked(reply: str, said: str) -> str:
    """Return the sentence that a remark is on: it shares enough words with it, and says more than these."""
    words = kept_stems(reply)
    about, shared = _spoken_of(reply, said[-ABOUT_READ:])
    if shared < max(SHARED, len(words) // OF_WORDS) or about.endswith(ASKING):
        return ""
    return shorten(about, ABOUT_CHARS) if len(stems_once(about) - words) >= SHARED else ""


def _explain(turn: Turn, said: str, wish: str) -> None:
    """Put in place of a question that names nothing what it is about, and note between what it leaves to choose."""
    reply = turn.prompt.text
    if assents(reply):
        turn.about = wish if wish.startswith(WISHED) else ""
        return
    turn.passed = offered(said, turn.asked)
    subject = subject_of(said, turn.asked)
    if subject.endswith(ASKING) or (subject and not turn.passed and len(reply) <= EXPLAINED_CHARS):
        turn.asked = subject
    elif wish and len(reply) <= EXPLAINED_CHARS:
        # To what they only wanted to know, nobody says yes, unless they choose.
        fits = turn.passed or wish.startswith(WISHED) or not _AGREES.match(reply)
        turn.asked = wish if fits else turn.asked


def _says_little(reply: str, asked: str) -> bool:
    """Tell whether a prompt is hardly understood without what it speaks of: a short one, or a remark on a mere offer."""
    most = REMARK_CHARS if is_general(asked) else SHORT_CHARS if not asked else 0
    return len(reply) <= most and not reply.rstrip().endswith(ASKING) and not assents(reply)


def is_general(asked: str, most: int = GENERAL) -> bool:
    """Tell whether a question is an offer that hardly says what is offered: in at most so many words."""
    found = OFFER.search(asked)
    return found is not None and len(stems(asked[found.end() :])) <= most


def _about(objection: str, said: str) -> str:
    """Return the sentence that speaks most of what an objection speaks of; of such the last.

    Of one in a short list, or that leads to one, the whole of it: it is what was done, and did not help.
    """
    part = _spoken_of(objection, said)[0]
    items, found, leads = list[str](), False, False
    for line in [*said.replace("**", "").splitlines(), ""]:
        if item := _ITEM.match(line):
            items.append(line[item.end() :].strip())
            found = found or leads or bool(part and part in line)
        elif found and len(items) <= MOST_ITEMS and sum(map(len, items)) <= ITEMS_CHARS:
            return "; ".join(items)
        else:
            leads = part.endswith(":") and (part in line or (leads and not line and not items))
            items, found = [], False
    return part


def speaks_of(reply: str, said: str) -> bool:
    """Tell whether a reply shares some telling words with a sentence of what was said."""
    return _spoken_of(reply[:ABOUT_READ], said[-ABOUT_READ:])[1] >= SHARED


def _spoken_of(reply: str, said: str) -> tuple[str, int]:
    """Return the sentence that speaks most of what a reply speaks of, of such the last, and how many words it shares."""
    words = kept_stems(reply)
    found = [(_shared(words, part), part) for part in sentences(said) if not part.startswith("#")]
    most = max((count for count, _ in found), default=0)
    part = next((part for count, part in reversed(found) if count == most), "") if most else ""
    return part.replace("**", ""), most


def _shared(words: frozenset[str], part: str) -> int:
    """Return how many of some telling words a sentence has; most have none, which shows before it is parted into words."""
    low = part.lower()
    return len(words & stems_once(part)) if any(map(low.__contains__, words)) else 0


def choices_of(turn: Turn) -> tuple[str, ...]:
    """Return what the prompt prefers, decides or corrects; looked for when first wanted, then kept."""
    if turn.chosen is None:
        typed = turn.prompt.kind in ("typed", "queued")
        found = choices(turn.prompt.text, answers=bool(turn.asked), halts=turn.halts) if typed else []
        turn.chosen = tuple(found[:12])
    return turn.chosen


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
    for said in sentences(_without_premises(typed(text))):
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


def _without_premises(text: str) -> str:
    """Return a prompt without those items of its lists that lead to a question; what one asks for is a wish.

    What leads to a list of nothing else goes with it.
    """
    if "?" not in text or "\n" not in text:
        return text
    kept: list[str] = []
    dropped = False
    for line in reversed(text.split("\n")):
        if _ITEM.match(line) and _only_leads(line):
            dropped = not kept or not _ITEM.match(kept[-1])
        elif not (dropped and line.rstrip().endswith(":")):
            kept.append(line)
            dropped = False
    return "\n".join(reversed(kept))


def _only_leads(item: str) -> bool:
    """Tell whether what an item of a list states is there for the question that ends it."""
    said = [*sentences(item)] if item.rstrip().endswith("?") else []
    return len(said) > 1 and not _ASKED_FOR.match(in_plain(said[-1]))
