"""A check that failed and that the user does not want to be seen to: known, another's, or left as it is."""

import re
from typing import Final

from spread.distill.turns import Turn
from spread.distill.validation import Check
from spread.distill.words import sentences

READ_CHARS: Final = 300  # of a prompt: who waves a thing off does so briefly
_WAIVES: Final = re.compile(
    r"(?<!n't )(?<!dont )(?<!not )(?<!never )\b(?:(?:leave|ignore|skip|forget) (?:it|that|this|those|them|these)\b(?! (?:to|in|on|with|out)\b)|not now\b|never ?mind\b|nvm\b|"
    r"(?:(?:that|it|this)(?:'?s| is| was)|(?:those|these|they)(?:'?re| are)) (?:all |just |only |already )?"
    r"(?:known|expected|unrelated|pre-?existing|flaky|fine|ok|okay|not (?:ours|mine|yours|us|important|related|our (?:problem|bug|fault)))\b|"
    r"\A\W*(?:yeah |yes |ok(?:ay)? |ah |oh )?known\b(?= ?[,.;!:-]|\Z)|\b(?:is|are) (?:already )?on (?:it|that|this|those)\b(?=[,.;!]|\Z| already)|"
    r"known (?:issue|bug|problem|failure|flake)\b|(?:not|isn'?t) (?:our|my|your) (?:problem|bug|fault|change|job)\b|"
    r"(?:is|are) (?:already )?(?:fixing|working on|looking (?:at|into)) (?:it|that|this|them|those)\b|"
    r"(?:don'?t|do not) (?:bother|worry|care|fix)\b|\bi(?:'ll| will|'m going to) (?:fix|do|handle|sort|see to|deal with) (?:it|that|this|those|them)\b|"
    r"\blass (?:es|das|mal)?\b(?= ?[,.;!]|\Z)|\b(?:mach|mache|fixe|erledige) ich (?:\w+ ){0,2}(?:selbst|selber|später|nachher|morgen)\b)",
    re.I,
)


def waived(turns: list[Turn], check: Check) -> tuple[int, str]:
    """Return the line and words of the first prompt after a failed check where the user waves it off; else no words."""
    prompt = next((turn.prompt for turn in turns if turn.prompt.line > check.at), None)
    if prompt is None or len(prompt.text) > READ_CHARS:
        return 0, ""
    said = next((part for part in sentences(prompt.text) if _WAIVES.search(part) and "?" not in part), "")
    return prompt.line, said
