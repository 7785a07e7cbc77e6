"""What was seen of the result: the user's last word that it works or does not, and the agent's on what a call showed."""

import re
import sys
from bisect import bisect_left
from functools import lru_cache
from itertools import islice
from typing import Final

from spread.distill.files import relative
from spread.distill.heard import AGENT
from spread.distill.ledger import Ledger
from spread.distill.record import CHECKED, GIVEN, OPEN, RAN, WROTE
from spread.distill.turns import Turn
from spread.distill.words import sentences, unpasted
from spread.distillation_codec import shorten, some_of
from spread.distillation_paths import shortest
from spread.distillation_told import WORD

RECENT_TURNS: Final = 12
READ_CHARS: Final = 600  # of a prompt: who judges does it at once
READ_SENTENCES: Final = 3
QUOTED_CHARS: Final = 80
MAX_CHARS: Final = 240  # a longer sentence tells more than that it works
OVERTAKEN: Final = 3  # prompts after a denial and edits for it; and
OUTDATED: Final = 5  # after a word that it works, and edits
MAX_NAMES: Final = 2
LEAST_CHARS: Final = 24
NEAR_LINES: Final = 8  # between what a call showed and the words on it

# What worked at another time says nothing of now.
_THEN: Final = r"last|yesterday|before|earlier|previously|once|until|till|back|a (?:day|week|month|year|while)|fine (?:last|yesterday|before|until|till)"
_WORKS: Final = re.compile(
    r"\b(?:it|that|this|those|they|these|everything|all)(?: both)?(?: now| just| finally| actually| indeed)?(?: seems? to| appears? to)?(?: be)? "
    rf"(?:works?|worked|working|(?:is|are) (?:now )?(?:working|fixed|solved|resolved|gone))\b(?! (?:for|in|on|if|as|like|with|{_THEN})\b)|"
    rf"^(?:ok |okay |yes |yep |yeah |great |nice |cool |perfect )?(?:now )?(?:seems? to work|works|worked|(?:fixed|solved)(?=\W+\w))\b(?! (?:for|in|on|if|as|like|with|{_THEN})\b)|\bfix works\b|"
    r"\b(?:funktioniert|läuft) (?:jetzt|nun|wieder)\b|\b(?:ça|cela) (?:marche|fonctionne)\b|\b(?:ya|ahora)(?: s[ií],?)? funciona\b|"
    r"\b(?:jetzt|nun) (?:geht|klappt|läuft|funktioniert)(?: es| das| alles)?(?=[,.!]|$| und\b)|\b(?:geht|klappt) (?:jetzt|nun|wieder)(?=[,.!]|$| und\b)|"
    r"^(?:(?:ok(?:ay)?|yes|yep|yeah|great|nice|cool|perfect|super|danke|gut)\b,? )*(?:(?:it|that|this|everything|all|das|es|alles) )?(?:now |jetzt )?"
    r"(?:works|worked|funktioniert|läuft|klappt|geht|marche|funciona)(?: [\w'-]+){0,4} (?:now|too|as well|auch|jetzt|aussi|también)(?=[,.!]|$)|"
    r"\b(?:it|that|this)(?:'s| is)(?: now)? \w+ enough(?=[,.!]|$)|"
    rf"\b(?:is|are) (?:now working|working (?:now|again))\b(?! (?:for|in|on|if|as|like|with|{_THEN})\b)|"
    r"(?:好了|可以了|成功了|正常了|搞定了|解决了)|(?:動きました|動いた|直りました|直った|解決しました)|\b(?:теперь|всё) работает\b",
)
_FAILS: Final = re.compile(
    r"\bstill (?:no\b|not\b|see|get|fail|broken|the same|wrong|happen|doesn|isn|won|can|shows?\b|showing|says\b|gives\b|returns?\b|displays?\b|prints?\b|"
    r"throws?\b|crash|hangs?\b|hanging|missing|nothing|flicker|overlap|cut off|an? (?:error|bug)|errors?\b|there(?=[,.!]|$))|\bno (?:luck|change|difference)(?=[,.!]|$)|\b(?:does|did|is)(?:n'?t| not) (?:work|help)|\bnot working\b|"
    r"\b(?:getting|(?:i|we) (?:get|see)|(?:i'm|we're|i am|we are) seeing|(?:it|that|this) (?:gives|throws)) (?!no\b|zero\b|any\b|fewer\b)"
    r"(?:an? |the |these |this |some |more |\d{3} )?(?:[\w-]+ )?errors?\b|"
    r"\bsame (?:error|issue|problem|result)\b|\bnothing (?:happens|happened|changed)\b|\bsomething(?:'s| is)? (?:went )?wrong\b|"
    r"\b(?:funktioniert|geht|klappt) (?:immer )?(?:noch )?nicht|\bne (?:marche|fonctionne) (?:pas|toujours pas)|\b(?:no|sigue sin) funciona|"
    r"(?:还是不行|还是报错|没有用|不行|没好)|(?:動きません|動かない|直っていません|まだ直)|\bне работает\b"  # noqa: RUF001 - it is Russian
)
# Who asks why something fails has seen it fail, unless the question only weighs what might be.
_WHY: Final = re.compile(
    r"\bwhy (?:is|are|isn't|aren't|does|doesn't|do|don't|did|didn't|the|this|that|these|those|it|its|it's|my|our|we|i)\b(?! you\b)"
    r"(?!.*\b(?:would|might|could|should|will|if|whether|when)\b)[^.;:]*?\b(?:fail(?:s|ing|ed)?|broken|not working|crash(?:es|ing|ed)?|"
    r"(?:get(?:s|ting)?|see(?:ing)?|throw(?:s|ing)?|giv(?:es|ing)|show(?:s|ing)?) (?:\w+ ){0,3}errors?|(?:ci|build|pipeline|checks?|tests?) (?:\w+ ){0,2}red)\b"
)
# Who asks, wishes or weighs tells nothing that was seen.
_UNSURE: Final = re.compile(
    r"[?？]\s*$|\b(?:if|whether|how|what|why|when|once|until|unless|so that|make sure|ensure|verify|check|should|would|could|can|will|may|might|want|need|"  # noqa: RUF001 - both are asked with
    r"guess|think|assume|expect|hope|let'?s|let me|please)\b"
)
# What stands before that something does not work, where the sentence says no more than that.
_SUBJECT: Final = re.compile(
    r"\W*(?:(?:no|nope|hm+|ok|okay|sorry|but|and|well|unfortunately)\W+)?(?:(?:it|that|this|they|the [\w-]{1,20}(?: [\w-]{1,20})?)(?:'s| is| are)? ?)?"
)
# Begins the agent's words on what it saw, where that is as it was before the edits.
_STILL: Final = re.compile(
    r"(?:(?:hm+|ok|okay|no|nope|interesting|strange)\W+)?(?:it(?:'s| is) |that(?:'s| is) )?still (?:~?\d|slow\b|fail|broken\b|the same\b|wrong\b|not\b|no\b|"
    r"getting\b|seeing\b|an? error\b|errors?\b|red\b|hang|crash|stuck\b|too\b|missing\b|nothing\b)"
)
_DENIED: Final = re.compile(r"\b(?:not|never|no longer|nothing|neither|hardly|barely)\b|n't\b")

_DEEDS: Final = (WROTE, RAN, CHECKED, OPEN)
_EDITED: Final = "; edited since: "
_SAW: Final = "the agent on what it saw after the last edit of code: “{}”"

Doubts = list[tuple[int, str]]


def told(ledger: Ledger, root: str, code: int) -> Doubts:
    """Return (line, text) of the user's last word on the result, then of the agent's, unless the user's came later.

    Args:
        code: The line of the last edit of code.
    """
    out = _of_user(ledger, root)
    since = max(code, out[0][0] if out else 0)
    return [*out, *(_still(ledger, since) or _of_agent(ledger, since))] if code else out


@lru_cache(200)  # the last prompts are asked about at each revision
def judges(text: str) -> str:
    """Return the sentence of a prompt that says that something works or does not, or an empty string."""
    text = unpasted(text) or text
    for part in islice(sentences(text[:READ_CHARS]), READ_SENTENCES):
        low = part.lower().replace("\u2019", "'")
        unsure = _UNSURE.search(low)
        if len(part) > MAX_CHARS or (unsure and not _fails_first(low, unsure)):
            continue
        if denied := _FAILS.search(low):
            return part[low.rfind(", ", 0, denied.start()) + 1 :].strip() if len(low) == len(part) else part
        if _WORKS.search(low) and not _DENIED.search(low):
            return part
    return ""


def _fails_first(low: str, unsure: re.Match[str]) -> bool:
    """Tell whether a sentence begins with what does not work: what it asks or when it is so comes after that."""
    found = _FAILS.search(low, 0, unsure.start()) if unsure[0][0].isalpha() else None
    return found is not None and _SUBJECT.fullmatch(low, 0, found.start()) is not None


@lru_cache(200)
def asks_why(text: str) -> str:
    """Return the sentence of a prompt that asks why something fails, or an empty string."""
    for part in islice(sentences((unpasted(text) or text)[:READ_CHARS]), READ_SENTENCES):
        if len(part) <= MAX_CHARS and _WHY.search(part.lower().replace("\u2019", "'")):
            return part
    return ""


def denied_since(turns: list[Turn], line: int) -> bool:
    """Tell whether the last word of the user on the result, after a line, is that it does not work."""
    for turn in reversed(turns[-RECENT_TURNS:]):
        prompt = turn.prompt
        if prompt.line <= line:
            return False
        if turn is turns[-1] and prompt.kind in ("typed", "queued") and asks_why(prompt.text):
            return True
        if prompt.kind in ("typed", "queued") and (said := judges(prompt.text)):
            return not approves(said)
    return False


def approves(text: str) -> str:
    """Return the sentence of a prompt that says that something works, or an empty string."""
    said = judges(text)
    return "" if _FAILS.search(said.lower().replace("\u2019", "'")) else said


def _of_user(ledger: Ledger, root: str) -> Doubts:
    turns = ledger.turns[-RECENT_TURNS:] if len(ledger.turns) > RECENT_TURNS else ledger.turns[1:]
    for left, turn in enumerate(reversed(turns)):
        prompt = turn.prompt
        asked = "" if left else asks_why(prompt.text)  # a later prompt may be on the answer
        if prompt.kind not in ("typed", "queued") or not (said := judges(prompt.text) or asked):
            continue
        if not _begun(ledger, prompt.line):
            break  # it is of something else, or of a proposal
        after = _after(ledger, prompt.line, root)
        fails = said == asked or _FAILS.search(said.lower().replace("\u2019", "'"))
        if left >= (OVERTAKEN if fails else OUTDATED) and after.startswith(_EDITED):
            break  # the user would have said so again; and what works may be something else by now
        ago = f", {left} prompt{'s' if left > 1 else ''} ago" if left else ""
        quoted = f"“{shorten(said, QUOTED_CHARS)}”"
        return [
            (
                prompt.line,
                f"{WORD}{ago}: {quoted}{after}",
            )
        ]
    return []


def _begun(ledger: Ledger, line: int) -> bool:
    """Tell whether anything was edited or run before a line."""
    edited = min(ledger.files.edited().values(), default=line)
    deeds = [item.line for item in ledger.record if item.kind in _DEEDS]
    return min(deeds, default=line) < line or edited < line


def _after(ledger: Ledger, line: int, root: str) -> str:
    """Tell what was edited after a line; nothing where nothing was edited at all."""
    edited = ledger.files.edited()
    late = sorted((path for path, at in edited.items() if at > line), key=lambda path: -edited[path])
    if not late:
        return ", no edit seen since" if edited else ""
    ends = shortest(late[:MAX_NAMES], edited)
    return f"{_EDITED}{some_of(late, MAX_NAMES, lambda path: relative(ends[path], root))}"


def _of_agent(ledger: Ledger, since: int) -> Doubts:
    """Return the agent's last word that something works; a short one says nothing of what."""
    line, part = seen_to_work(ledger, since, least=LEAST_CHARS)
    return [(line, _SAW.format(shorten(part, QUOTED_CHARS)))] if part else []


def _still(ledger: Ledger, since: int) -> Doubts:
    line, part = seen_to_fail(ledger, since)
    return [(line, _SAW.format(shorten(part, QUOTED_CHARS)))] if part else []


def seen_to_fail(ledger: Ledger, since: int) -> tuple[int, str]:
    """Return the agent's last words after a line, where it says that something still is as it was, right after a call.

    Nothing was edited since.
    """
    said = ledger.last_say
    if said is None or not max(since, ledger.files.last_change) < said.line:
        return 0, ""
    part = next(sentences(said.text[:READ_CHARS]), "")
    if len(part) > MAX_CHARS or not _STILL.match(part.lower().replace("\u2019", "'")):
        return 0, ""
    kinds = (GIVEN, RAN, CHECKED)
    near = any(0 < said.line - item.line <= NEAR_LINES and item.kind in kinds for item in ledger.record)
    return (said.line, part) if near else (0, "")


def seen_to_work(ledger: Ledger, since: int, until: int = sys.maxsize, least: int = 0) -> tuple[int, str]:
    """Return where between two lines the agent last said that something works, right after a call showed it something.

    Args:
        least: So many characters at least of the sentence, which is returned, too.
    """
    shown = sorted(
        item.line
        for item in ledger.record
        if since < item.line < until and item.kind in (GIVEN, RAN) and item.ok
    )
    for line, said, who in reversed(ledger.heard if shown else []):
        if line <= since:
            break
        before = bisect_left(shown, line)
        if line >= until or who != AGENT or not before or line - shown[before - 1] > NEAR_LINES:
            continue
        if part := _works(said[:READ_CHARS], least):
            return line, part
    return 0, ""


@lru_cache(200)
def _works(said: str, least: int) -> str:
    """Return the sentence of the agent's that says that something works, or an empty string."""
    for part in islice(sentences(said), READ_SENTENCES):
        low = part.lower().replace("\u2019", "'")
        if not least <= len(part) <= MAX_CHARS:
            continue
        if _WORKS.search(low) and not _UNSURE.search(low) and not _DENIED.search(low):
            return part
    return ""
