"""Last words of the user that ask the agent for nothing: thanks, or that they do themselves what is left."""

import re
from functools import lru_cache
from typing import Final

from spread.distill.words import in_plain, sentences

MOST_CHARS: Final = 160  # of such words
_THANK: Final = (
    r"(?:thanks?(?: you)?|thx|thnx|tnx|ty|tysm|cheers|danke?(?:schön)?|merci|gracias|obrigad[oa]|grazie|dank ?je|tack|"
    r"спасибо|ありがとう(?:ございます)?|谢谢|多谢|감사합니다|고마워)"
)
# With these alone nothing is asked; after a question they may be leave, unless they thank.
_LEAVE: Final = re.compile(
    r"(?:(?:ok(?:ay)?|and|well|yes|so|then|great|good|nice|perfect|awesome|excellent|cool|fine|lovely|brilliant|super|works?|it|that|that's|thats|all|is|for|now|today|tonight|you|very|so|much|"
    rf"{_THANK}|many|again|a lot|a bunch|mate|man|claude|bye|goodbye|see you|later|tomorrow|good ?night|job|work|done|we're|i'm|"
    r"vielen|dir|alles klar|super|passt|tschüss|bis morgen|feierabend|bien|mille|parfait|beaucoup|au revoir|à demain|vale|muchas|perfecto|genial|hasta mañana|adiós|valeu|até amanhã)\b[\s,.!:)🙏👍]*)+"
)
_CLOSE: Final = re.compile(
    rf"\b(?:{_THANK}|bye|night|perfect|done|that's all|thats all|passt|tschüss|feierabend|parfait|au revoir|perfecto|adiós|valeu)"
)
_THANKS: Final = re.compile(rf"\b{_THANK}\b")
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


def takes_leave(text: str, question: str) -> bool:
    """Tell whether a prompt only thanks or takes leave; `question` is what the agent had asked before it, if anything."""
    said = _parts(text)
    closes = bool(said) and all(map(_LEAVE.fullmatch, said)) and any(map(_CLOSE.search, said))
    return closes and (not question or any(map(_THANKS.search, said)))


def is_their_own(text: str) -> bool:
    """Tell whether a prompt asks the agent for nothing, as its user does themselves what is left."""
    said = _parts(text)
    does = [_OWN.fullmatch(part) is not None and not _ASKS.search(part) for part in said]
    leads = [_OPENING.fullmatch(part) or _LEAVE.fullmatch(part) for part in said]
    return any(does) and all(own or lead for own, lead in zip(does, leads, strict=True))


@lru_cache(200)  # the last ones come again at each revision
def _parts(text: str) -> list[str]:
    return [in_plain(part) for part in sentences(text)] if len(text) <= MOST_CHARS else []
