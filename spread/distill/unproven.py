"""What the agent says that nobody tried, and what the user asked for whose call was denied and that nobody took up again."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from spread.distill.prompts import assents, says_no
from spread.distill.turns import Turn
from spread.distill.words import in_plain, sentences, stems

KEPT: Final = 12  # sentences
MAX_CHARS: Final = 400
FEW_WORDS: Final = 4  # a shorter request says too little
_UNPROVEN: Final = re.compile(
    r"\b(?:has|have|had|was|were)(?:n'?t| not| never)(?: yet)?(?: been)?(?: actually)? (?:run|executed|tested|verified|exercised|tried|checked|confirmed)\b"
    r"|\bnot (?:yet |been )?(?:tested|verified|exercised|executed)\b(?! here)|\b(?:untested|unverified)\b|\bnever (?:been )?(?:executed|tested|verified|exercised)\b"
    r"|\b(?:i |we )(?:could(?:n'?t| not)|can(?:'?t|not)|was unable to|wasn'?t able to|did(?:n'?t| not)|haven'?t|have not)(?: yet)?(?: actually)? "
    r"(?:verif(?:y|ied)|test(?:ed)?|run|confirm(?:ed)?|try|tried|exercised?)\b"
)
# What stands in all that is found; to look for it in a whole message is much faster than to part it into sentences. It
# begins with a letter, also of `unable` and `untested`, as the search is several times as fast so.
_MAY_BE: Final = re.compile(
    r"n(?:tested|verified|(?:'?t(?: able to)?|ot|ever|able to)(?: yet)?(?: been)?(?: actually)? "
    r"(?:run|exec|test|verif|exerc|tri|try|check|confirm))"
)
_HINTS: Final = ("test", "verif", "run", "exec", "exerc", "tried", "try", "check", "confirm")
# One of these stands in all that is found; to look is much faster than to part a text into sentences.
_DENIALS: Final = (
    "not ", "n't", "never", "untested", "unverified", "unable to", "hasnt", "havent", "hadnt", "wasnt", "werent", "couldnt", "cant", "didnt",
)  # fmt: skip
_NO_FACT: Final = re.compile(r"\?$|\b(?:if|unless|whether|when|until|deliberately|intentionally)\b")
_BY_SELF: Final = re.compile(
    r"\bi(?:'?ll| will|'m going to)\b|\bmyself\b|\b(?:mach|mache|tu) ich\b|\b(?:selbst|selber)\b"
)
_BY_CHECKS: Final = re.compile(r"\b(?:tests?|suite|build|lint\w*)\b(?! (?:in|on) )", re.I)


def unproven(said: str, low: str = "") -> list[str]:
    """Return the sentences of a report that say of something that it was not run or could not be verified.

    Args:
        low: The report in lower case, where that is known.
    """
    low = low or said.lower()
    plain = low.replace("\u2019", "'")
    if not _MAY_BE.search(plain):
        return []
    if "n't" not in low and not any(map(low.__contains__, (" not ", "never", "un"))):
        return []
    denials = [word for word in _DENIALS if word in plain]
    if not denials or not any(map(low.__contains__, _HINTS)):
        return []

    def wanted(part: str) -> bool:
        low = part.lower().replace("\u2019", "'")
        return any(map(low.__contains__, denials)) and any(map(low.__contains__, _HINTS))

    out: list[str] = []
    for part in sentences(said, wanted):
        plain = part.lower().replace("\u2019", "'")
        if len(part) <= MAX_CHARS and _UNPROVEN.search(plain) and not _NO_FACT.search(plain):
            out.append(part.replace("**", "").strip(" *|"))
    return out


def still(
    known: Sequence[tuple[int, str]], heard: Iterable[tuple[int, str]], checked: int
) -> list[tuple[int, str]]:
    """Return those that nothing said later speaks of, and no later check of tests may have settled, the newest first.

    Args:
        heard: What was said, with lines.
        checked: The line of the last check.
    """
    texts, out = [(at, said, stems(said)) for at, said in heard] if known else [], list[tuple[int, str]]()
    for line, text in known:
        words = stems(text)
        if not words or (checked > line and _BY_CHECKS.search(text)):
            continue
        # What does not speak of it as a whole does so in no sentence.
        later = (said for at, said, whole in texts if at > line and 2 * len(words & whole) >= len(words))
        if not any(2 * len(words & stems(part)) >= len(words) for said in later for part in sentences(said)):
            out.append((line, text))
    return out[::-1]


def dropped(turns: list[Turn], refused: Iterable[int], changed: Iterable[int]) -> list[tuple[int, str]]:
    """Return (line, words) of requests whose call the user denied, and that were not made again.

    Args:
        refused: The lines of calls that the user denied without a word and that nothing did later.
        changed: The lines of changes of files: with one of these, part of a request was done at least.
    """
    done = sorted(changed)
    lines, out = sorted(refused), list[tuple[int, str]]()
    for at, turn in enumerate(turns[:-1]):  # the last one is told as unfinished
        prompt, end = turn.prompt, turns[at + 1].prompt.line
        denied = [line for line in lines if prompt.line < line < end]
        answered = turn.last is not None and turn.last.line > max(denied, default=0)
        if prompt.kind not in ("typed", "queued") or answered or not denied:
            continue
        reply = turns[at + 1].prompt.text[:MAX_CHARS]
        if _BY_SELF.search(in_plain(reply)) or says_no(reply):  # who says no to it does not want it any more
            continue
        if any(prompt.line < line < end for line in done):
            continue
        words = stems(prompt.text[:MAX_CHARS])
        if len(prompt.text.split()) < FEW_WORDS or assents(prompt.text) or prompt.text.endswith("?"):
            continue
        again = (stems(later.prompt.text[:MAX_CHARS]) for later in turns[at + 1 :])
        if not any(2 * len(words & each) >= min(len(words), max(len(each), 1)) for each in again):
            out.append((prompt.line, prompt.text))
    return out[::-1]
