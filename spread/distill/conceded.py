"""How the agent's words grant that those before were wrong: to the user, or by what it found out since."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.words import in_plain

READ_CHARS: Final = 400  # of a message, in which it takes back what it said before
BACK, FLATLY, IS_NOT = "back", "no", "is not"
# Also "Ah yes, you're right" and "Good catch - it has one".
_CONCEDES: Final = re.compile(
    r"\W{0,4}(?:(?:ah|oh|hmm+|yes|sí|ja|oui|sorry|apologies|good (?:point|question))\b[ ,.!\u2013\u2014-]{1,4}){0,2}"
    r"((?:you(?:['\u2019]re| are) (?:\w{1,20}ly |quite )?right|good catch|that['\u2019]s an? (?:\w{1,12} )?(?:distinction|correction)|my (?:mistake|bad)|i (?:was wrong|stand corrected|mis(?:read|understood|counted))|"
    r"(?:sorry|apologies)[ ,\u2013\u2014-]{1,3}i (?:mis\w{1,12}|marked|forgot|overlooked|assumed|mixed up|was wrong|should(?:n't| not)? have)|"
    r"(?:da )?(?:hast du|du hast|haben sie|sie haben) (?:völlig |vollkommen |natürlich )?recht|stimmt(?=[ ]?[,.!:;\u2013\u2014])|gut gesehen|mein fehler|"
    r"ich (?:habe?|hatte) mich (?:geirrt|verlesen|vertan|verzählt)|"
    r"(?:tienes|tiene|tenés) (?:toda la )?razón|mi error|me equivoqué|error mío|"
    r"(?:tu as|vous avez) (?:tout à fait |parfaitement )?raison|exact(?=[ ]?[,.!:;\u2013\u2014])|bien vu|mon erreur|je me suis trompée?|"
    r"(?:você )?tem (?:toda a )?razão|tens razão|erro meu)\b|你说得对|您说得对|你是对的)",
    re.I,
)
# What was supposed or tried did not come true; in lower case with straight apostrophes.
_TAKES_BACK: Final = re.compile(
    r"\b(?:did|does|do)(?:n't| not) help\b|\b(?:made|makes) no difference\b|\b(?:had|has) no effect\b|"
    r"\bthe (?:real|actual|true) (?:root )?(?:cause|problem|issue|reason|culprit)\b|"
    r"\bmy (?:first|earlier|previous|initial) (?:suspicion|guess|theory|diagnosis|assumption|hypothesis) was\b|\bi was wrong\b|"
    r"\bhilft (?:auch )?nicht\b|\bhat (?:auch )?nicht(?:s)? geholfen\b|\bno (?:ha ayudado|ayudó|era eso)\b|\bn'a rien changé\b|\bce n'était pas\b"
)
# Likewise, but where the user asked whether it is so, it is no more than the answer.
_DENIES: Final = re.compile(
    r"\b(?:is|was|are|were)(?:n't| not) (?:it(?= either|[.,;:!]|$)|the (?:root )?(?:cause|problem|issue|reason|culprit)\b)"
)
# Names what it takes back, of a message that tells more.
_NAMES_IT: Final = re.compile(r"\bI was wrong (?:to|about|that|in|when)\b[^.!?\n]{4,80}(?=[.!?\n]|\Z)", re.I)
_OWN: Final = re.compile(
    r"\W{0,3}(?:(?:ah+|oh+|oops|ups|hm+|sorry|wait|ok(?:ay)?|no)\b[ ,.!\u2013\u2014-]{1,4}){0,3}"
    r"(?:i (?:messed|screwed|mixed) (?:\w+ )?up|i (?:just )?(?:forgot to|made a mistake)|my (?:bad|mistake|fault)|that was me|mein fehler|ich hab(?:e)? (?:es )?vergessen|"
    r"c'est ma faute|mi error|culpa mía|me equivoqué)\b",
    re.I,
)
_NO: Final = re.compile(r"\W{0,3}no(?:pe)?\b ?[,:\u2013\u2014] ?\w")
# How a run went right then, unlike a fault of what was read; each pattern begins with what is looked for first, as that is fast.
_FAILS: Final = tuple(
    (hint, re.compile(hint + rest))
    for hint, rest in (
        ("stuck", r"\b"),
        ("refus", r"(?:es|ed|ing)\b.{0,20}\bconnection"),
        ("connection", r"s? refused\b"),
        ("unable to ", r"(?:reach|resolve|connect|find|load|open)\b"),
        ("n't ", r"(?:\w+ )?(?:reach|resolve|connect|find|load|open|running|working|responding|loading|showing|reachable|rendering|available)\b"),
        ("not ", r"(?:\w+ )?(?:reach|resolve|connect|load|open|running|working|responding|loading|showing|reachable|rendering|available)\b"),
        ("fail", r"(?:s|ing|ed)\b"),
        ("crash", r"(?:es|ed|ing)\b"),
        ("time", r"[sd]? out\b"),
        ("hang", r"(?:s|ing)\b"),
        (" error", r"\b(?<=\b[45]\d\d error)"),
        ("cors error", r"\b"),
        (" on ", r"(?<=\b[45]\d\d on )"),
        ("there", r"(?:'s| is| are) no \w+(?: \w+){0,2} yet\b"),
        ("let me ", r"(?:now |also |just )?(?:re-?start|re-?build|re-?install|re-?try|re-?run|kill|stop|clean up|clear)\b"),
    )
)  # fmt: skip
_TROUBLES: Final = ("block", "issue", "problem", "cause", "culprit")
_TROUBLE: Final = re.compile(
    r"\b(?:the (?:only |real |main |actual )?(?:blocker|issue|problem|cause|culprit) is\b|(?:is|are) (?:still )?block(?:ed|ing)\b)"
)
# In lower case with straight apostrophes.
_OVER: Final = re.compile(
    r"\b(?:restored|(?:is|are|came) back|(?:works?|working|up|online|running|reachable|available|fixed) (?:again|now)|"
    r"(?:geht|läuft|ist) (?:jetzt )?wieder|ya funciona|(?:re)?marche (?:à nouveau|maintenant))\b"
)
_NOT_SO: Final = re.compile(r"\b(?:not|no|never|isn't|doesn't|but|until|once|when|if|nicht|pas|sin)\b")
SHORT: Final = 1_500  # characters of a message that tells little else
_HINTS: Final = (
    "help", "no difference", "no effect", "n't it", "not it", "n't the", "not the ", "the real", "the actual", "the true", "my first", "my earlier", "my previous", "my initial", "i was wrong",
    "hilft", "geholfen", "ayud", "era eso", "rien chang", "ce n'",
)  # fmt: skip


@lru_cache(400)  # most words come again at the next revision
def concedes(said: str) -> str:
    """Return how words grant that the user is right, an empty string where they do not begin so."""
    found = _CONCEDES.match(said)
    return found[1].lower() if found else ""


@lru_cache(400)
def takes_back(said: str) -> str:
    """Return how a message says near its beginning that something was not so: BACK, IS_NOT, or FLATLY by a mere "no"."""
    low = in_plain(said[:READ_CHARS])
    if _NO.match(low):
        return FLATLY
    if not any(map(low.__contains__, _HINTS)):
        return ""
    return BACK if _TAKES_BACK.search(low) else IS_NOT if _DENIES.search(low) else ""


def named_wrong(said: str) -> str:
    """Return what a message says near its beginning that it was wrong about, in its words."""
    found = _NAMES_IT.search(said[:READ_CHARS])
    return found[0] if found else ""


def owns_up(prompt: str) -> bool:
    """Tell whether a prompt begins with a mistake of the user's own: what the agent met may come from that."""
    return _OWN.match(prompt) is not None


@lru_cache(400)
def tells_of_a_failure(said: str) -> bool:
    """Tell whether a short message says how something fails right then."""
    low = in_plain(said) if len(said) <= SHORT else ""
    return any(hint in low and pattern.search(low) for hint, pattern in _FAILS)


@lru_cache(400)
def speaks_of_trouble(said: str) -> bool:
    """Tell whether a short message names what stands in the way, or may be the cause of that."""
    if tells_of_a_failure(said):
        return True
    low = in_plain(said) if len(said) <= SHORT else ""
    return any(map(low.__contains__, _TROUBLES)) and _TROUBLE.search(low) is not None


@lru_cache(400)
def is_over(prompt: str) -> bool:
    """Tell whether a prompt says that something is there again: what was said of its lack holds no longer."""
    low = in_plain(prompt)
    return "?" not in low and _OVER.search(low) is not None and _NOT_SO.search(low) is None
