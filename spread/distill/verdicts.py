"""What a reply says of the items of a list by their numbers: "2 would open a port, no. 3 yes"."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.options import options_of
from spread.distillation_codec import shorten
from spread.distillation_parts import title

READ_CHARS: Final = 1_000
ITEM_CHARS: Final = 60
# A number that begins a clause, or is turned down, and counts nothing: what follows speaks of it, or a clause ends.
_CITED: Final = re.compile(
    r"(?:\A\W{0,3}|(?P<ends>[.!?;:\n])\s+|,\s+|\s[–—-]\s+|\b(?P<turns>skip|drop|not|without|no|leave out|sin|ohne|sans)\s+)"  # noqa: RUF001 - people write all of these dashes
    r"(?:(?:and|but|so|for|on|und|y|et|pero|aber)\s+)?(?P<skips>(?:skip|drop|not|without|sin|ohne|sans)\s+)?#?(?P<label>[1-9])\b(?![./]\w)"
    r"(?:(?P<more>(?:(?:,? and|,| &| und| y| et) #?[1-9]\b)+)|(?=\s*[):.,;!?]|\s*\Z|\s+(?:is|are|was|does|did|do|isn'?t|doesn'?t|would|will|can|could|should|needs?|has|yes|yep|no|nope|not|ok|okay|fine|wrong|out|i|we|you|he|she|please|sounds?|"
    r"looks?|seems?|too|also|first|later|ja|nein|sí|si|non|oui|raus|fuera|ist|es|está|est)\b|\s[–—-]\s))",  # noqa: RUF001 - as above
    re.I,
)
_NUMBER: Final = re.compile(r"[1-9]")
# Behind a number, up to the end of its clause.
_DECLINED: Final = re.compile(
    r"\W*(?:(?:is|are|was|i|we|ist|es|est)\s+)?(?:(?:just|simply|definitely|clearly)\s+)?"
    r"(?:no|nope|not|never|out|wrong|(?:do|is|does|wo|ca)n'?t|disagree|nein|raus|nicht|falsch|fuera|non|faux)\b(?!\s+(?:problem|worries|doubt|rush|hurry))",
    re.I,
)


@lru_cache(200)  # a reply is asked about again at the next revision
def verdicts(reply: str, said: str) -> dict[str, bool]:
    """Return the labels of a message's numbered list that a reply speaks of, each with whether it turns that down."""
    reply = reply[:READ_CHARS]
    options = options_of(said) if _NUMBER.search(reply) else {}
    out = dict[str, bool]()
    for found in _CITED.finditer(reply) if options else ():
        declined = bool(found["turns"] or found["skips"] or _DECLINED.match(reply, found.end()))
        for label in (found["label"], *_NUMBER.findall(found["more"] or "")):
            if label in options:
                out.setdefault(label, declined)
    return out


def spoken_of(reply: str, said: str) -> str:
    """Return the items of a message's list that a reply speaks of by their numbers, as "2. wait; 3. go on"."""
    options = options_of(said)
    return "; ".join(
        f"{label}. {shorten(title(options[label].replace('**', '')).rstrip('.'), ITEM_CHARS)}"
        for label in sorted(verdicts(reply, said))
    )
