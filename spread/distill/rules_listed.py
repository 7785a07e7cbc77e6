"""What a prompt lists below a line that calls it constraints, rules or conventions: it binds, whatever it says."""

import re
from typing import Final

from spread.distill.words import in_plain

_ITEM: Final = r"(?:[ \t]*(?:[-*•+]|\d{1,2}[.)]) [^\n]+\n*)"
# What is listed below such a line; the rules of a game that is to be made are not.
_HEADED: Final = re.compile(
    r"^[ \t#*_]*(?:(?:the|my|our|some|a few|project|coding|code|ground|house|general|hard|strict|important|technical|additional|other|basic|key|global|team|"
    r"working|standing|and|&|style) )*(?:constraints?|(?P<bare>rules)|guidelines|conventions|non-negotiables|limits|limitations|restrictions|do(?:'?s) and don'?t'?s|don'?ts|"
    r"preferences|agreements|ground rules|regeln|vorgaben|einschränkungen|règles|contraintes|reglas|restricciones|regras|restrições|правила|ограничения)"
    rf"(?: (?:for|to|of|in|on|here)\b[^\n:]{{0,40}})?[ *_]*+:?[ *_]*+\n+(?P<list>{_ITEM}+)",
    re.I | re.M,
)
_HEADS: Final = (
    "constraint", "rules", "guideline", "convention", "negotiable", "limit", "restriction", "don'ts", "donts", "preferences", "agreements",
    "regeln", "vorgaben", "einschränk", "règles", "contrainte", "reglas", "restriccion", "regras", "restriç", "правила", "ограничения",
)  # fmt: skip
# Orders something to be made, or is a heading: what a list below it calls rules may be of that.
_MADE: Final = re.compile(
    r"\W*(?:(?:please|can you|could you|let'?s|i want (?:you )?to|i need (?:you )?to|ok(?:ay)?|now|next:?),? )*"
    r"(?:build|write|implement|create|make|add|develop|design)(?: me| us)? (?:an?|the|some|new|support)\b"
)
_TITLED: Final = re.compile(
    r"#{0,6} ?(?!(?i:.*\b(?:rules?|notes?|before|please|constraints?|guidelines?|conventions?|requirements?|you|we|i)\b))[^\n.:!?]{3,40}:?\n+(?:[ \t]*[-*•] [^\n]+\n){2}"
)
TITLE_CHARS: Final = 80  # of a heading, with its marks
MADE_CHARS: Final = 200  # of a prompt, in which it orders something


def listed(text: str) -> str:
    """Return what a prompt lists so, of the work; what it only calls rules may be those of what it orders to be made."""
    low = text.lower() if "\n" in text else ""
    if not any(map(low.__contains__, _HEADS)):
        return ""
    made = _MADE.match(in_plain(text[:MADE_CHARS])) or ("\n" in text[:TITLE_CHARS] and _TITLED.match(text))
    return "\n".join(found["list"] for found in _HEADED.finditer(text) if not (made and found["bare"]))
