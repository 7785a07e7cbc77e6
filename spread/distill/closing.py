"""Last words of the user that ask the agent for nothing: thanks, or that they do themselves what is left."""

import re
from typing import Final

from spread.distill.words import in_plain, sentences

MOST_CHARS: Final = 160  # of such words
# With these alone nothing is asked; after a question they may be leave.
_THANKS: Final = re.compile(
    r"(?:(?:ok(?:ay)?|and|well|yes|so|then|great|good|nice|perfect|awesome|excellent|cool|fine|lovely|brilliant|super|works?|it|that|that's|thats|all|is|for|now|today|tonight|you|very|so|much|"
    r"thank(?:s| you)?|thx|ty|cheers|bye|goodbye|see you|later|tomorrow|good ?night|job|work|done|we're|i'm|"
    r"danke|vielen dank|super|passt|tschüss|bis morgen|feierabend|merci|parfait|beaucoup|au revoir|à demain|gracias|muchas|perfecto|genial|hasta mañana|adiós|obrigad[oa]|valeu|até amanhã)\b[\s,.!]*)+"
)
_CLOSE: Final = re.compile(
    r"\b(?:thank|thx|ty|cheers|bye|night|perfect|done|that's all|thats all|danke|passt|tschüss|feierabend|merci|parfait|au revoir|gracias|perfecto|adiós|obrigad[oa]|valeu)"
)
_LEAD: Final = r"(?:(?:ok(?:ay)?|fine|alright|all right|great|good|cool|yes|no|thanks|thank you|no problem|no worries|then|danke|gut|passt|merci|vale|gracias|so)\b[\s,.!-]*)*"
_OPENING: Final = re.compile(_LEAD)
# The user does it.
_OWN: Final = re.compile(
    rf"{_LEAD}(?:(?:i|we)(?:'ll| will|'m going to| am going to|'re going to)? (?:then |just |now |better |rather )?(?:do|handle|fix|merge|push|deploy|run|open|apply|take|finish|check|look|test|try|switch|forward|pass|send|restart|roll|release|approve|ask|tell|call)\b.*|"
    r"(?:das |den rest |es )?(?:mach(?:e|en)?|übernehm\w*|erledig\w*) (?:ich|wir)\b.*|ich (?:mach|übernehm|erledig)\w*\b.*|"
    r"je (?:le |la |les |m'en )(?:fais|ferai|occupe|charge|transmets)\b.*|(?:ya )?l[oa]s? (?:hago|haré|miro|subo) yo\b.*|(?:eu |deixa que eu )faço\b.*)"
)
# The agent is to do something after all, or for a while only.
_ASKS: Final = re.compile(
    r"\?|\b(?:you|please|pls|first|meanwhile|while|but|until|if|when|du|dir|bitte|tu|toi|vous|usted|você|por favor|s'il)\b"
)


def asks_nothing(text: str, question: str) -> bool:
    """Tell whether a prompt asks the agent for nothing; `question` is what the agent had asked before it, if anything."""
    if len(text) > MOST_CHARS:
        return False
    said = [in_plain(part) for part in sentences(text)]
    closes = [not question and _THANKS.fullmatch(part) is not None for part in said]
    does = [_OWN.fullmatch(part) is not None and not _ASKS.search(part) for part in said]
    plain = all(
        closed or own or _OPENING.fullmatch(part)
        for part, closed, own in zip(said, closes, does, strict=True)
    )
    return plain and (any(does) or any(map(_CLOSE.search, said)))
