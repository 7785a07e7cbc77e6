"""What the user does not want to be seen to: a check that failed, known or left as it is; something that was to be done."""

import re
from functools import lru_cache
from itertools import islice
from typing import Final

from spread.distill.turns import Turn
from spread.distill.validation import Check
from spread.distill.words import in_plain, kept_stems, sentences

READ_CHARS: Final = 300  # of a prompt: who waves a thing off does so briefly
SOON: Final = 2  # prompts after the check: what failed may be looked into first
_WAIVES: Final = re.compile(
    r"(?<!n't )(?<!dont )(?<!not )(?<!never )\b(?:(?:leave|ignore|skip|forget) (?:it|that|this|those|them|these)\b(?! (?:to|in|on|with|out|at)\b)|not now\b|never ?mind\b|nvm\b|"
    r"(?:(?:that|it|this)(?:'?s| is| was)|(?:those|these|they)(?:'?re| are)) (?:all |just |only |already )?"
    r"(?:known|expected|unrelated|pre-?existing|flaky|fine|ok|okay|not (?:ours|mine|yours|us|important|related))\b|"
    r"\A\W*(?:yeah |yes |ok(?:ay)? |ah |oh )?known\b(?= ?[,.;!:-]|\Z)|\b(?:is|are) (?:already )?on (?:it|that|this|those)\b(?=[,.;!]|\Z| already)|"
    r"known (?:issue|bug|problem|failure|flake)\b|(?:not|isn'?t) (?:our|my|your) (?:problem|bug|fault|change|job)\b|"
    r"(?:is|are) (?:already )?(?:fixing|working on|looking (?:at|into)) (?:it|that|this|them|those)\b|"
    r"(?:don'?t|do not) (?:bother|worry|care|fix)\b|\bi(?:'ll| will|'m going to) (?:fix|do|handle|sort|see to|deal with) (?:it|that|this|those|them)\b|"
    r"\blass (?:es|das|mal)?\b(?= ?[,.;!]|\Z)|\b(?:mach|mache|fixe|erledige) ich (?:\w+ ){0,2}(?:selbst|selber|später|nachher|morgen)\b)",
    re.I,
)


# Likewise of what is named; what is to be left for someone or in some state is not left as it is.
_BY_NAME: Final = re.compile(
    r"(?<!n't )(?<!dont )(?<!not )(?<!never )\b(?:leave|ignore|skip|forget(?: about)?|lass) (?:the |that |den |die |das )?([a-z][\w:.-]{2,40})"
    r"(?: (?:alone|as (?:it )?is|be|for now|out|so|job|check|test|failure|error|one|red|then))?(?=\W*$|[,.;!])"
)


# Said before the check: what fails is to stay so for now.
_STAYS: Final = re.compile(
    r"(?<!n't )(?<!dont )(?<!not )(?<!never )\b(?:leave|keep) (?:the|that|this) (?:bug|defect|error|failure|fault)\b(?! (?:to|out)\b)|"
    r"\b(?:don'?t|do not) (?:fix|mend) (?:the|that|this) (?:bug|defect|error|failure|fault)\b|"
    r"\blass(?:t|en)? (?:den|diesen) (?:bug|fehler)\b(?! (?:weg|raus|verschwinden)\b)",
    re.I,
)


def waived(turns: list[Turn], check: Check, changed: int) -> tuple[int, str]:
    """Return the line and words of the prompt soon after a failed check where the user waves it off; else no words.

    Where nothing was said since, what they had said on the prompt that it ran for counts.

    Args:
        changed: The line of the last change of a file: after one, only the next prompt can be of the check.
    """
    after = (turn.prompt for turn in turns if turn.prompt.line > check.at)
    for prompt in islice(after, SOON if changed <= check.at else 1):
        said = sentences(prompt.text) if len(prompt.text) <= READ_CHARS else ()
        if found := next((part for part in said if _is_waved_off(part, check) and "?" not in part), ""):
            return prompt.line, found
    asked = turns[-1].prompt if turns else None
    if asked is None or asked.line > check.at or len(asked.text) > READ_CHARS:
        return 0, ""
    found = next((part for part in sentences(asked.text) if _STAYS.search(part) and "?" not in part), "")
    return (asked.line, found) if found else (0, "")


def _is_waved_off(said: str, check: Check) -> bool:
    """Tell whether a sentence leaves a failure as it is: it says so of "that", or of what the check names as failed."""
    if _WAIVES.search(said):
        return True
    failed = f"{check.command}\n{check.failure}".lower()
    return any(
        re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", failed) is not None
        for name in _BY_NAME.findall(in_plain(said))
    )


SHARED: Final = 2  # words of a sentence that speaks of what was to be done
_DROP_HINTS: Final = ("drop", "skip", "scrap", "forget", "leave", "need", "weg", "streich", "brauch")
_DROPS: Final = re.compile(
    r"(?<!n't )(?<!not )(?<!dont )(?<!never )\b(?:drop|skip|scrap|forget(?: about)?|leave out)\b|\bleave (?:\S+ ){1,6}out\b|"
    r"\b(?:don't|dont|do not|no longer|nobody|no one) needs? |\b(?:not|no longer) needed\b|\bno need (?:for|to)\b|"
    r"\bweglassen\b|\bstreich\w*\b|\bbrauch\w* (?:wir|ich|man) (?:\w+ ){0,2}nicht\b"
)


def waved_off(turns: list[Turn], text: str, line: int) -> tuple[int, str]:
    """Return the line and words where the user says later that a todo need not be done; else no words."""
    words = kept_stems(text)
    for turn in turns:
        for said in _dropping(turn.prompt.text) if turn.prompt.line > line else ():
            if len(words & kept_stems(said)) >= min(SHARED, len(words)) > 0:
                return turn.prompt.line, said
    return 0, ""


@lru_cache(500)  # the prompts are asked about for each todo
def _dropping(text: str) -> tuple[str, ...]:
    """Return the sentences of a prompt that something need not be done."""
    if len(text) > READ_CHARS or not any(map(in_plain(text).__contains__, _DROP_HINTS)):
        return ()
    return tuple(said for said in sentences(text) if not said.endswith("?") and _DROPS.search(in_plain(said)))
