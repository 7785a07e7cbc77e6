# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""Of what kind a prompt is: an objection, an answer, a short reply, the same once more, or nothing by itself."""

import re
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate, chain, islice
from typing import Final

from spread.distill.words import OUTPUT, in_plain, sentences, unframed, unpasted
from spread.distillation_codec import shorten

LEAD_CHARS: Final = 60  # before what objects
OPENS: Final = 16  # characters of a question are before what leaves all open
_FENCE: Final = "```"

_OBJECTION: Final = re.compile(
    r"^(?:no\b(?!,? (?:leave|keep) (?:it|this|that|them) then\b)(?! (?:worries|problem|need|thanks|thank you|rush|hurry|questions?|hace falta|hay|pasa nada|te preocupes|gracias)\b)(?! (?:to|tak|i|a|więc|dobr[ae]|dobrze|jasne|właśnie|ok)\b.*[ąćęłńóśźżěščřžůťď])|nope|nah|wrong|stop\b(?! (?:(?:there|here) )?for (?:today|tonight|now)\b| (?:here|there)[.!]*$| (?:the|my|that|this|both|all|all the) (?:[\w-]+ ){0,2}(?:servers?|services?|process(?:es)?|containers?|watchers?|jobs?|tasks?|apps?|preview|db|database|stack|vm|daemon|workers?|tunnel|emulator|simulator)\b)|(?:wait|hold on|hang on)\b(?!,? (?:what happens (?:if|when|with)\b|one|another|also|for|before|until|till|while|can|could|let me)\b|,? i want to (?:try|see|test|look|check|know|understand|ask)\b)|"
    r"нет\b(?!,? (?:спасибо|проблем|не (?:надо|нужно))\b)|nie,(?! (?:dzięki|dziękuję|trzeba)\b)|아니(?:요|야)?[,.! ]|不是[,，]|(?:(?:ah+|oh|euh|mais)\b,? )?non\b(?!-|,? (?:merci|rien|c'est bon|pas de (?:souci|problème))\b)|(?:ah+,? )?não\b(?!,? (?:obrigad[oa]|precisa|tem|há)\b)|"
    r"espera\b(?! (?:a|que|hasta)\b)|(?:nee?,? )?warte\b(?! (?:bis|auf)\b)|nee?,? moment\b|moment mal\b|nee?,? (?:doch|nicht|lieber|das|so)\b|attends\b(?! que\b)|hmm+,? (?!(?:wait,? )?i want to (?:try|see|test|look|check|know|understand|ask)\b|ok|yes|nice|good|cool|great|pros\b|what|how|which|where|can\b|could|should|would|let'?s|(?:i think )?(?:i'?d like|i would like|i wonder|one more))|undo|revert|none of|but what (?:if|about)|(?:ah+\b.{0,3})?the (?:issue|problem|cause) is\b)|"
    r"\b(?:that'?s (?:wrong|not (?:right|what|correct|it|true))|not what i|did(?:n'?t| not) (?:work|help|fix|change)|"
    r"does(?:n'?t| not) (?:work|help|look right|seem (?:to )?(?:work|right))|still (?:fail|stop|crash|hang|freez|leak|flicker|throw|broken|not|the same|see|get|wrong|happen|"
    r"doesn)\w*|you (?:broke|removed|deleted|forgot|missed|didn'?t|ignored)|(?<!\bthen )(?<!\b(?:the|den|der|das|ein|une) )(?<!\b(?:le|un|du|ce|el) )(?<!\bdel )(?<!\ba )(?<!\()(?:revert|undo)(?!(?:/| and | or | & )redo)|why did you|not working|"
    r"isn'?t (?:working|right|correct)|(?:is|are|was|were) not (?:correct|accurate|true)|worse|better not|(?<!forget what )(?<!ignore what )(?<!scratch what )i said|i told you|incorrect)\b|不对|错了|还是不|頼んでい?(?:ない|ません)|我没(?:有)?(?:让|叫)你|没有用|違う|(?:(?<!\w )|\b(?:ach|oh|aber) )nein\b(?!,? (?:danke|nicht nötig|passt)\b)|falsch|"
    r"\b(?:est[aá] mal|no es (?:eso|correcto|así)|(?:sigue sin|no) funciona\w*|se te (?:ha )?olvid\w+|(?:te )?has olvidado|(?:funktioniert|geht) (?:immer noch )?nicht|"
    r"pourquoi (?:tu as|as-tu|t'as)|warum hast du|por qu[eé] (?:has|hiciste|você)|(?:зачем|почему) ты|нельзя было|je n'ai pas demandé|não (?:te )?pedi|(?:ich )?nicht gebeten|не просил[аи]?|"
    r"immer noch (?:nicht|falsch|kaputt)|c'est faux|ne (?:marche|fonctionne) (?:toujours )?pas|tu as oublié)\b",
)
# After other words: that there be none of something is a rule.
_NONE_OF: Final = re.compile(
    r"no (?!(?:i|you|it|that|this|these|those|they|we|he|she|not|do|does|don'?t|use|just|still|now|wait|way|longer|need|leave|revert|undo)\b)\w"
    r"(?!.*\b(?:found|luck|success|such|effect|changes?|difference|output|results?|response|reaction|works?|shows?|shown|appears?)\b)"
)
_TAKES_BACK: Final = re.compile(r"(?:no|oh|ah)?,? ?(?:wait|hang on|hold on|scratch that)\b", re.I)
_NO: Final = re.compile(r"(?:no(?:pe)?|nah|nein)\b", re.I)
_HALT: Final = re.compile(
    r"(?:(?:please|ok(?:ay)?|no),? )?(?:stop|wait|hold on|hang on|pause)(?: (?:please|a (?:sec|second|minute|moment)))?[.!]*",
    re.I,
)
_GREETING: Final = re.compile(
    r"^(?:hi|hello|hey|yo|hiya|good (?:morning|evening|afternoon)|test(?:ing)?|are you there|continue|go on|resume|"
    r"thanks?(?: you)?|ok(?:ay)?|yes|no|y|n|hallo|hola|你好|こんにちは)\b[\s\w,]{0,12}[.!?]*$",
    re.I,
)
_LOCAL: Final = frozenset((
    "add-dir", "agents", "bashes", "bug", "clear", "compact", "config", "context", "copy", "cost", "desktop",
    "doctor", "effort", "exit", "export", "extra-usage", "fast", "feedback", "fork", "help", "hooks", "ide",
    "init-verifiers", "install", "install-github-app", "keybindings", "login", "logout", "mcp", "memory", "mobile",
    "model", "output-style", "permissions", "plan", "plugin", "plugins", "privacy-settings", "quit",
    "rate-limit-options", "release-notes", "reload-plugins", "remote-control", "remote-env", "rename", "resume",
    "rewind", "sandbox", "session", "skills", "stats", "status", "statusline", "tag", "tasks", "terminal-setup",
    "theme", "todos", "upgrade", "usage", "vim", "voice", "passes", "color", "branch", "btw",
))  # fmt: skip
_ANSWER: Final = re.compile(
    r"(?:yes|yep|yeah|no|nope|ok(?:ay)?|sure|let'?s|option|number|both|neither|all|none|use|go|keep|i'd|i would|i want|prefer|"
    r"don'?t|do|leave|skip|only|\d[.):]?)\b",
    re.I,
)


_LINKS: Final = r"(?:and|but|so|ok(?:ay)?|well|also)\b"  # before what is asked
_ASKS: Final = re.compile(
    rf"(?:(?:{_LINKS}|hm+)[, ]+)*(?:what|why|how|who|when|where|which|does|did|is|are|was|were|has|have|"
    r"(?:do|can|could|should|would|will) (?:we|you|i|they|it|this|that|the))\b[^.!?\n]*\?",
    re.I,
)


# Begins a question in what is typed without its mark; "what you think" is none, and "can we" asks for something.
_ASKS_BACK: Final = re.compile(
    rf"(?:(?:{_LINKS}|(?:wait|h+m+)\b)[,. ]*)*(?:(?:please |can you )?explain\b|(?:the )?pros (?:and|&|n) cons\b|why\b|"
    r"(?:what|how|where|who|which)(?:'s| is| are| does| do| did| would| could| can| about| if| come| much| many)\b|"
    r"(?:does|did|is|are|was|were|has|have) (?:it|this|that|the|they|these|those|there|we|you|i)\b)(?! (?:fine|good|ok(?:ay)?|enough)\b)",
    re.I,
)
BACK_CHARS: Final = 120
_ENDS: Final = re.compile(r"[.!\n;]\s*")
_WONDERS: Final = re.compile(
    rf"(?:{_LINKS}[, ]+)*(?:does|do (?:we|they)|is|are|was|were|has|did (?:it|that|this|they|the)|should (?:we|i))\b(?! (?:not|no)\b)",
    re.I,
)


_TAG: Final = re.compile(
    r"\byou (?:have|did|do|are)(?:n'?t| not)? .*, ?(?:right|correct|yes)\?\Z", re.I
)  # to be confirmed


@lru_cache(100)  # a new prompt is asked about for each thing that depends on it
def objects(text: str) -> bool:
    """Tell whether a prompt objects to what was just done or said."""
    return bool(_objecting(text))


# What was done does not do, or something that was said is not so: as far as it goes, all of it. Else it may be a mere wish.
_REFUTES: Final = re.compile(
    r"\b(?:wrong|incorrect|still|not|never|(?:is|does|did|was|do|ca)n'?t|(?:issue|problem|cause) (?:is|was)|worse|bro\wen?|fail\w*|"
    r"falsch|nicht|kaputt|mal|faux|pas|oubli\w*|olvid\w+)\b|不对|错了|还是不(?!要)|没有用|違う"
)
FEW_WORDS: Final = 4  # of a "no" to all of it
# What is not to be done from then on says nothing of what was.
_BAN: Final = re.compile(r"(?:(?<=[.,;!] )|\b(?:and|also|please),? )(?:do not|don'?t|never)\b[^.,;!\n]*")


@lru_cache(500)  # most prompts are asked about again at the next revision
def refutes(text: str) -> bool:
    """Tell whether an objection may be against all that was said before it, and no wish about the last thing only."""
    few = (
        len(text.split(None, FEW_WORDS)) < FEW_WORDS
        and sum(letter > "\u2e80" for letter in text) <= 2 * FEW_WORDS
    )
    return few or _REFUTES.search(_BAN.sub("", in_plain(text))) is not None


# The agent asks whether it is to do something, or which of several things: a "no" to that is a choice, not a word against what was done.
_PROPOSES: Final = re.compile(
    r"\b(?:should|shall|want (?:me|it|this|that|us)|would you (?:like|prefer)|do you want|worth|may i|can i|let me|which|"
    r"soll(?:en|te|ten)?|möchtest|willst|welche[nrs]?|quieres|cuál|lequel|laquelle|qual|debo|debería\w*|veux-tu|voulez|dois-je|faut-il|devo|quer(?:es)?)\b",
    re.I,
)
_SAYS_NO: Final = re.compile(
    r"\W*(?:(?:hm+|ah+|oh|well)[ ,.]+)?(?:no(?:pe)?|nah|nein|nee|non|não)\b[\s,.;:!-]*", re.I
)


def says_no(text: str) -> bool:
    """Tell whether a prompt begins with a no, whatever to."""
    return _SAYS_NO.match(text) is not None


def only_declines(text: str, asked: str) -> bool:
    """Tell whether a prompt says no to what the agent asked whether to do, and nothing against what it did."""
    found = _SAYS_NO.match(text) if _PROPOSES.search(asked) else None
    return found is not None and not objects(text[found.end() :])


def _objecting(text: str) -> str:
    """Return the first sentence that objects, of the first few."""
    first = list(islice(sentences(text[:1500]), 4))
    found = (
        (at, said)
        for at, said in enumerate(first)
        if _OBJECTION.search(in_plain(said)) and not _wonders(said)
    )
    # After other words of the user's own, who says so takes these back, answers a question of theirs, or says what is not there.
    return next((said for at, said in found if not (at and _of_own(said, first[at - 1]))), "")


def _wonders(said: str) -> bool:
    """Tell whether a sentence only asks how something is: "does it revert that?" says nothing of what was done."""
    return said.endswith(("?", "\uff1f")) and (_WONDERS.match(said) or _TAG.search(said)) is not None


def _of_own(said: str, before: str) -> bool:
    """Tell whether what seems to object has to do with the user's own words before it."""
    asked = before.endswith(("?", "\uff1f")) and _NO.match(said)
    return bool(asked or _TAKES_BACK.match(said) or _rules(in_plain(said)))


def _rules(low: str) -> bool:
    """Tell whether a sentence that objects does it only by the "no" of what there is to be none of."""
    return _NONE_OF.match(low) is not None and _OBJECTION.search(low, len("no")) is None


def only_halts(text: str) -> bool:
    """Tell whether a prompt only stops the agent: whether what it did was wrong, a later one says."""
    return _HALT.fullmatch(text.strip()) is not None


def objection(text: str, most: int) -> str:
    """Return an objection in at most so many characters, without what was pasted behind it and a long way to it."""
    own = unframed(unpasted(text))
    if not own:
        return shorten(unframed(text), most)
    text = own.partition(_FENCE)[0].strip() or own
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    own = " ".join(lines)
    said = " ".join(_objecting(own).split())
    at = own.find(said)
    ends = accumulate(len(line) + 1 for line in lines)
    line = next((line for line, end in zip(lines, ends, strict=True) if at < end), "")
    if OUTPUT.search(said) or OUTPUT.search(line):  # what stands on a line that a program printed is its word
        at = -1
    return shorten(own if at < LEAD_CHARS else f"…{own[at:]}", most)


@lru_cache(500)  # the prompts of a session are asked about at each revision
def is_incidental(text: str, kind: str) -> bool:
    """Tell whether a prompt asks for nothing by itself: greetings, "continue", the client's own commands."""
    if kind == "shell":
        return True
    if kind == "command":
        return text[1:].split(" ", 1)[0] in _LOCAL
    return len(text) < 2 or bool(_GREETING.match(text.strip()))


_HELLO: Final = re.compile(
    r"(?:hi|hello|hey|hiya|good (?:morning|evening|afternoon)|hallo|hola|你好|こんにちは)(?: (?:there|claude))?[\s,.!]*",
    re.I,
)


@lru_cache(500)
def greets(text: str) -> bool:
    """Tell whether a prompt only says hello: neither that nor the answer tells anything."""
    return len(text) < 30 and _HELLO.fullmatch(text.strip()) is not None


_FORBIDS: Final = re.compile(r"(?:please |but |and )*(?:do not|don'?t|never|no|stop)\b", re.I)


@lru_cache(500)  # the prompts of a session are asked about at each revision
def says_a_goal(text: str, kind: str) -> bool:
    """Tell whether a prompt can be what a session is for: more than a word or two, and no mere prohibition."""
    if kind != "command" and len(text.split(None, 3)) < 4:
        return False
    said = sentences(text[:1_000])
    first = next(said, "")
    return not first or any(not _FORBIDS.match(in_plain(part)) for part in chain((first,), said))


def is_same(one: str, other: str) -> bool:
    """Tell whether two prompts are the same but for a word in six: one was given again, a slip in it mended."""
    words = SequenceMatcher(None, one[:1_000].split(), other[:1_000].split(), autojunk=False)
    return len(one.split(None, 3)) > 3 and words.ratio() >= 5 / 6


def is_short_reply(text: str) -> bool:
    """Tell whether a prompt can only be understood from what it answers."""
    return len(text) <= 40 and len(text.split()) <= 6


_OPEN_QUESTION: Final = re.compile(
    r"\b(?:anything else|what(?:'s| is) next|what (?:would you like|do you want|should (?:i|we)) (?:to )?(?:work|do|prioriti[sz]e|focus|tackle)|how can i help)\b",
    re.I,
)


@lru_cache(500)
def is_answer(text: str, question: str = "") -> bool:
    """Tell whether a prompt that follows a question answers it, rather than asks for the next thing."""
    if len(text) > 300 or text.startswith("/") or _OPEN_QUESTION.search(question):
        return False
    if text.endswith("?") and (len(text) < 60 or _ASKS.match(text)):
        return bool(re.match(r"(?:yes|no|ok)\b[^?]*,", text, re.I))
    if asks_back(text):
        return False
    return is_short_reply(text) or bool(_ANSWER.match(text)) or "?" not in text


@lru_cache(500)  # the prompts of a session are asked about at each revision
def asks_back(text: str) -> bool:
    """Tell whether a short prompt ends in a question without its mark."""
    return (
        len(text) <= BACK_CHARS
        and "?" not in text
        and _ASKS_BACK.match(_ENDS.split(text.rstrip(" .!\n"))[-1]) is not None
    )


def asks_openly(question: str) -> bool:
    """Tell whether a question leaves all to the person: what they say to that is no answer, but the next request."""
    found = _OPEN_QUESTION.search(question)
    return found is not None and found.start() < OPENS and " or " not in question


_ASSENT: Final = re.compile(
    r"(?:(?:y|yes|yep|yeah|ok(?:ay)?|sure|go(?: ahead| on)?|continue|proceed|please|do (?:it|so|that)|lets?|let's|sounds good|good|great|"
    r"perfect|nice|cool|fine|thanks?|try|keep|going|it|that|this|and|with|for|now|then|correct|right|agreed?|all|looks|exactly|absolutely|definitely|implement)\b[\s,.!]*){1,7}",
    re.I,
)


@lru_cache(500)
def assents(text: str) -> bool:
    """Tell whether a reply only says yes: what follows shows what to."""
    return bool(_ASSENT.fullmatch(text.strip()))
