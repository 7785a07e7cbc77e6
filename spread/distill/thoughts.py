"""What the agent thought and told nobody: what a failure came from, and what it was about to do when the record ends.

Thinking is tentative. Of each thought only its end counts, of that nothing that stands before a turn of it, and no guess,
plan, question, or what the user is taken to want.
"""

import re
from typing import Final

from spread.distill.reports import announces, pieces
from spread.distill.words import sentences
from spread.distillation_codec import clean, shorten

LAST: Final = 3  # thoughts, of which the end of a record may be told
KEPT: Final = 12  # since anything was said, of which the log may tell what they found
CAUSE_CHARS: Final = 140
MIN_CHARS: Final = 40
LEAST_CHARS: Final = 24  # of what one found
AIMS: Final = 2  # sentences of a thought
ENOUGH_CHARS: Final = 40  # for a reader to see what was to be done

Thoughts = list[tuple[int, str]]  # the line, the end of the thought

_HINTS: Final = (  # one of these stands in all of the next
    "cause", "issue", "problem", "culprit", "reason", "bug", "fix was", "mistake", "turns out", "due to", " why", "stem",
    "result", "forgot", "missing", "depend",
)  # fmt: skip
_CAUSES: Final = re.compile(
    r"\b(?:cause|problem|issue|culprit|reason|bug|mistake)(?: here)?(?: now)?(?: is\b| was\b|:| ?[—–])|\b(?:fix was|turns out|"  # noqa: RUF001 - as agents write
    r"which is why|explains (?:why|the)|caused by|due to|because|(?:stem|result)(?:s|ed|med)? from|forgot|missing|"
    r"depend(?:s|ed)? on)\b"
)
_LEAD: Final = re.compile(
    r"(?:ah,? )?i(?:'ve)? (?:\w+ )?(?:found|see|discovered|identified|spotted) (?:it|the (?:\w+ )?(?:issue|problem|bug|cause|culprit))"
    r"(?: now)?(?::|\.| ?[—–-]+) ?",  # noqa: RUF001 - as agents write
    re.I,
)
_DASH: Final = re.compile(r" ?—| – ")  # noqa: RUF001 - what stands behind it only goes on
_TURN: Final = re.compile(
    r"\W*(?:wait|hmm*|no|actually|but (?:wait|no)|oh|on second thought|alternatively)\b"
)
_TENTATIVE: Final = re.compile(
    r"\b(?:likely|probably|perhaps|maybe|might|may|could|would|should|seems?|seemingly|appears?|apparently|presumably|possib\w+|"
    r"suspect\w*|assum\w+|guess\w*|wonder\w*|i think|i believe|i(?:'m| am) (?:not|\w+ing)|if|whether|either|let me|let's|"
    r"i'll|i will|i'd|(?:i|we) (?:need|want|have|can|must|ought)|the user|they|options?|question)\b|"
    r"^\W*(?:user|this|that|these|those|it|there)\b"  # of which the words before it are wanted
)
_AIM: Final = re.compile(
    r"\W*(?:(?:so|but|and|now|next|first|then|ok(?:ay)?|good|also|finally)[,.]? )*"
    r"(?:let me|let's|(?:i|we)(?:'ll| will| should| need to| have to| must)|i'm going to)\b"
)
_CHEERS: Final = re.compile(r"\A(?:good|great|perfect|excellent|nice|ok(?:ay)?|yes)[,.!:]+ ", re.I)
# What was achieved: what the calls showed tells that.
_CLAIMS: Final = re.compile(
    r"\b(?:done|pass(?:e[sd]|ing)?|push(?:ed)?|commit(?:ted)?|fixed|works?|working|completed?|success\w*|succeed\w*|merged|deployed|verified)\b"
)
# What is done next, as an order or as the title of a thought.
_PLANS: Final = re.compile(
    r"\W*(?:(?:good|great|ok(?:ay)?|perfect)[,.!]* )?(?:now|next|then)\b|(?!(?:no|some|every)thing|string|missing|during)[a-z]+ing\b"
)


def cause(thought: str) -> str:
    """Return the last firm statement of a thought that says what something comes from."""
    low = thought.lower()
    if not any(map(low.__contains__, _HINTS)):
        return ""
    out = ""
    for piece in pieces(clean(thought)):
        text = piece.text
        low = text.lower().replace("\u2019", "'")
        if _TURN.match(low):
            out = ""
        if text[-1] not in "?:…" and _CAUSES.search(low) and not _TENTATIVE.search(low):
            bare = text[lead.end() :] if (lead := _LEAD.match(text)) else text
            head = _DASH.split(bare)[0]
            bare = head if len(head) >= MIN_CHARS and _CAUSES.search(head.lower()) else bare
            out = shorten(bare, CAUSE_CHARS) if len(bare) >= MIN_CHARS else out
    return out


def found(thoughts: Thoughts) -> list[tuple[int, str]]:
    """Return what each thought firmly says to be so, but for what was achieved, with its line; items of a list below its lead."""
    out = list[tuple[int, str]]()
    for line, thought in thoughts:
        told, under = list[str](), ""
        for piece in pieces(clean(thought)):
            low = f"{piece.under}: {piece.text}".lower().replace("\u2019", "'").removeprefix(": ")
            low = low.replace("i can see ", "i see ")
            if _TURN.match(low) and not low.startswith("no "):  # such as that there is no file
                told.clear()
                under = ""
            elif "?" in low or piece.text[-1] in ":…" or _PLANS.match(low) or _CLAIMS.search(low):
                continue
            elif not (_TENTATIVE.search(low) or _AIM.match(low)):
                text = _CHEERS.sub("", piece.text, count=1)
                if piece.under:
                    told += [*([f"{piece.under}:"] if piece.under != under else []), f"- {text}"]
                elif len(text) >= LEAST_CHARS:
                    told.append(text)
                under = piece.under
        if told:
            out.append((line, "\n".join(told)))
    return out


def aim(thoughts: Thoughts) -> tuple[int, str]:
    """Return what the last thoughts were about to do, of one alone where it says enough, and the line of the first told."""
    out, at = "", 0
    for line, thought in reversed(thoughts):
        aims = [text for text in sentences(thought) if _AIM.match(text.lower().replace("\u2019", "'"))]
        # What comes then is no part of it.
        aims = [text for text in aims if not text.endswith((":", "...", "…"))]
        if len(aims) > 1 and len(aims[-2]) >= ENOUGH_CHARS and announces(aims[-1]):
            aims.pop()  # only the next call
        if told := " ".join(aims[-AIMS:]):
            out, at = f"{told} {out}".strip(), line
        if len(out) >= ENOUGH_CHARS:
            break
    return at, out
